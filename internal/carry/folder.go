package carry

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"stoa/internal/keyfile"
	"stoa/internal/store"
)

// A folder of backups holds each part of a stream once. A part is some rows of a table, compressed and encrypted by itself under the
// name of its hash; where it ends depends on the rows alone, so that what has not changed is the same part as before. A backup is
// a list of parts, which put one after the other are a stream: each can be restored without the others.

const (
	partsDir = "parts"
	listing  = ".list.json"
	moment   = "20060102T150405.000000Z" // names of lists sort as their times do
	partMost = 1 << 20
	partCut  = 1<<8 - 1 // of the check sums of rows, one in so many ends a part
)

// list is a backup in a folder. Nothing in it is secret, so that old ones can be cleared away without an identity.
type list struct {
	Made  time.Time `json:"made"`
	Rows  int64     `json:"rows"`
	Parts []string  `json:"parts"`
}

// Kept is what a backup added to its folder.
type Kept struct {
	Parts int   `json:"parts"`
	New   int   `json:"new_parts"`
	Bytes int64 `json:"new_bytes"`
}

// SaveInto writes all rows of one committed state into a folder of backups, encrypted for the recipients, if any.
func SaveInto(ctx context.Context, db *store.DB, dir string, recipients []string, e Elsewhere, told Told) (b Backup, k Kept, err error) {
	if err := os.MkdirAll(filepath.Join(dir, partsDir), 0o700); err != nil {
		return b, k, fmt.Errorf("writing the backup: %w", err)
	}
	leave, err := enter(dir)
	if err != nil {
		return b, k, err
	}
	defer leave()
	to := &parts{dir: dir, recipients: recipients}
	if b, err = save(ctx, db, &writing{to: &to.buffer, cut: to.cut}, e, told); err != nil {
		return b, k, err
	}
	body, err := json.Marshal(list{Made: b.Made, Rows: b.Rows(), Parts: to.names})
	if err == nil { // last: the parts that it needs are on disk
		err = keyfile.Replace(filepath.Join(dir, b.Made.UTC().Format(moment)+listing), body)
	}
	if err != nil {
		return b, k, fmt.Errorf("writing the backup: %w", err)
	}
	return b, to.kept, nil
}

// ErrBusy is a folder into which another process writes.
var ErrBusy = errors.New("another backup is being written into this folder, or cleared away: repeat when it is done")

// enter keeps others away from a folder: parts that a list is about to need must not be cleared away.
func enter(dir string) (leave func(), err error) {
	d, err := os.Open(dir)
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
	return func() { _ = d.Close() }, nil // which ends the lock
}

// parts puts what is written into parts.
type parts struct {
	dir        string
	recipients []string
	buffer     bytes.Buffer
	names      []string
	kept       Kept
}

// cut ends a part; one that is there already is not written again.
func (p *parts) cut() error {
	defer p.buffer.Reset()
	h := sha256.New()
	for _, r := range p.recipients { // for others it must be encrypted again
		_, _ = io.WriteString(h, r+"\n") // never fails (hash.Hash)
	}
	_, _ = h.Write(p.buffer.Bytes())
	name := hex.EncodeToString(h.Sum(nil))
	p.names = append(p.names, name)
	p.kept.Parts++
	file := filepath.Join(p.dir, partsDir, name)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var out bytes.Buffer
	var to io.WriteCloser = plainly{&out}
	if len(p.recipients) > 0 {
		var err error
		if to, err = Seal(&out, p.recipients); err != nil {
			return err
		}
	}
	z := gzip.NewWriter(to)
	_, err := z.Write(p.buffer.Bytes())
	if err = errors.Join(err, z.Close(), to.Close()); err != nil {
		return err
	}
	p.kept.New++
	p.kept.Bytes += int64(out.Len())
	return keyfile.Replace(file, out.Bytes())
}

type plainly struct{ io.Writer }

func (plainly) Close() error { return nil }

// ends tells whether a part ends after a row.
func ends(row []byte, size int) bool { return size >= partMost || crc32.ChecksumIEEE(row)&partCut == 0 }

// ErrNone is a folder without a backup of the time that was asked for.
var ErrNone = errors.New("the folder has no backup of that time or before")

// OpenAt opens a folder's newest backup, or the newest that was made at a time or before, as a stream.
func OpenAt(dir string, at time.Time, identity []byte) (io.ReadCloser, time.Time, error) {
	names, err := lists(dir)
	if err != nil {
		return nil, time.Time{}, err
	}
	for _, name := range slices.Backward(names) {
		l, err := readList(dir, name)
		if err != nil {
			return nil, time.Time{}, err
		}
		if at.IsZero() || !l.Made.After(at) {
			return &joined{dir: dir, names: l.Parts, identity: identity, now: strings.NewReader(head)}, l.Made, nil
		}
	}
	return nil, time.Time{}, ErrNone
}

// lists are the names of a folder's backups, the oldest first.
func lists(dir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*"+listing))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	slices.Sort(found)
	return found, nil
}

func readList(dir, name string) (l list, err error) {
	body, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		err = json.Unmarshal(body, &l)
	}
	if err != nil {
		return l, fmt.Errorf("%w: its list %s cannot be read: %w", ErrStream, name, err)
	}
	return l, nil
}

// joined reads parts one after the other.
type joined struct {
	dir      string
	names    []string
	identity []byte
	now      io.Reader
	file     *os.File
}

func (j *joined) Read(b []byte) (int, error) {
	for {
		n, err := j.now.Read(b)
		if n > 0 || !errors.Is(err, io.EOF) || len(j.names) == 0 {
			return n, err
		}
		if err := j.Close(); err != nil {
			return 0, err
		}
		name := filepath.Base(j.names[0]) // a list is no reason to read elsewhere
		if j.file, err = os.Open(filepath.Join(j.dir, partsDir, name)); err != nil {
			return 0, err
		}
		if j.now, err = Unseal(j.file, j.identity); err != nil {
			return 0, err
		}
		j.names = j.names[1:]
	}
}

// Close closes the part that is being read.
func (j *joined) Close() error {
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}

// Clear takes backups away that were made before a time, except the newest, and the parts that no other needs. It gives how many.
func Clear(dir string, before time.Time) (backups, gone int, err error) {
	leave, err := enter(dir)
	if err != nil {
		return 0, 0, err
	}
	defer leave()
	names, err := lists(dir)
	if err != nil {
		return 0, 0, err
	}
	needed := map[string]bool{}
	for i, name := range names {
		l, err := readList(dir, name)
		if err != nil {
			return backups, gone, err
		}
		if i < len(names)-1 && l.Made.Before(before) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return backups, gone, err
			}
			backups++
			continue
		}
		for _, part := range l.Parts {
			needed[part] = true
		}
	}
	files, err := os.ReadDir(filepath.Join(dir, partsDir))
	if err != nil || backups == 0 {
		return backups, gone, err
	}
	for _, f := range files {
		if !needed[f.Name()] {
			if err := os.Remove(filepath.Join(dir, partsDir, f.Name())); err != nil {
				return backups, gone, err
			}
			gone++
		}
	}
	return backups, gone, nil
}
