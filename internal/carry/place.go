package carry

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"stoa/internal/keyfile"
)

// Place is where backups lie together: a folder, or something like it. Names are those of lists, and of parts behind partsDir.
type Place interface {
	// Enter keeps others away: parts that a list is about to need must not be cleared away.
	Enter(ctx context.Context) (Stay, error)
	// Names gives those that begin so, sorted.
	Names(ctx context.Context, begin string) ([]string, error)
	// Put stores something whole, or not at all.
	Put(ctx context.Context, name string, data []byte) error
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	Delete(ctx context.Context, name string) error
}

// Stay is having a place for oneself.
type Stay interface {
	// Still says between two steps that the place is still one's own; surely, if it must be asked for right now.
	Still(ctx context.Context, surely bool) error
	Leave()
}

// ErrBusy is a place into which another process writes.
var ErrBusy = errors.New("another backup is being written here, or cleared away: repeat when it is done")

// Folder is a place on a disk.
type Folder string

// Enter locks the folder, which it makes if it is not there.
func (f Folder) Enter(context.Context) (Stay, error) {
	if err := os.MkdirAll(filepath.Join(string(f), partsDir), 0o700); err != nil {
		return nil, err
	}
	d, err := os.Open(string(f))
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrBusy
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return locked{d}, nil
}

// locked is an open folder with a lock, which closing ends.
type locked struct{ *os.File }

func (locked) Still(context.Context, bool) error { return nil }
func (l locked) Leave()                          { _ = l.Close() }

// Names lists files.
func (f Folder) Names(_ context.Context, begin string) ([]string, error) {
	dir := filepath.Dir(begin + "x")
	files, err := os.ReadDir(filepath.Join(string(f), dir))
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		err = nil
	}
	var names []string
	for _, one := range files {
		if name := filepath.Join(dir, one.Name()); strings.HasPrefix(name, begin) && !one.IsDir() {
			names = append(names, name)
		}
	}
	return names, err
}

// Put writes a file, which is on disk then.
func (f Folder) Put(_ context.Context, name string, data []byte) error {
	return keyfile.Replace(filepath.Join(string(f), name), data)
}

// Open reads a file.
func (f Folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(f), name))
}

// Delete removes a file.
func (f Folder) Delete(_ context.Context, name string) error {
	return os.Remove(filepath.Join(string(f), name))
}
