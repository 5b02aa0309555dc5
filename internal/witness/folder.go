package witness

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"stoa/internal/proof"
)

// folder is a witness's store: its key, and for each log the largest checkpoint that it has cosigned, as it came.
type folder struct {
	dir  string
	lock *os.File
	mu   sync.Mutex // one step at a time: looking and remembering must not come apart
}

func openFolder(cfg Config) (f *folder, signer *proof.Signer, err error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, nil, err
	}
	// Two processes on one folder could cosign two histories: the second is refused until the first has ended.
	lock, err := os.OpenFile(filepath.Join(cfg.Dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("another witness works in %s: %w", cfg.Dir, err), lock.Close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	f = &folder{dir: cfg.Dir, lock: lock}
	path := filepath.Join(cfg.Dir, "key")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if signer, err = proof.NewSigner(cfg.Name, cfg.Rand); err != nil {
			return nil, nil, err
		}
		return f, signer, replace(path, []byte(signer.Secret()+"\n"))
	}
	if err != nil {
		return nil, nil, err
	}
	if signer, err = proof.ParseSigner(strings.TrimSpace(string(raw))); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if cfg.Name != "" && signer.Name() != cfg.Name {
		return nil, nil, fmt.Errorf("the key in %s is that of %q, not of %q", path, signer.Name(), cfg.Name)
	}
	return f, signer, nil
}

func (f *folder) path(origin string) string {
	return filepath.Join(f.dir, fmt.Sprintf("%x.checkpoint", sha256.Sum256([]byte(origin))))
}

// step hands what was last seen of a log to judge, and stores what that gives, on disk, before it returns.
func (f *folder) step(origin string, judge func(seen proof.Checkpoint) (note []byte, err error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	raw, err := os.ReadFile(f.path(origin))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read what was last seen: %w", err)
	}
	var seen proof.Checkpoint
	if err == nil {
		// Not by its signature: the key that made it may have been retired since. It is our own file.
		_, text, err := proof.Peek(raw)
		if err != nil {
			return fmt.Errorf("read what was last seen of %s: %w", origin, err)
		}
		if seen, err = proof.ParseCheckpoint(text); err != nil {
			return fmt.Errorf("read what was last seen of %s: %w", origin, err)
		}
	}
	note, err := judge(seen)
	if err != nil {
		return err
	}
	if string(note) == string(raw) {
		return nil
	}
	if err := replace(f.path(origin), note); err != nil {
		return fmt.Errorf("remember what was seen: %w", err)
	}
	return nil
}

// replace writes a file as a whole and returns when it is on disk.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".witness-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if e := os.Remove(f.Name()); err == nil && !errors.Is(e, fs.ErrNotExist) {
			err = e
		}
	}()
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
