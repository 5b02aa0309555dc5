// Package shelf owns a folder of files that can be made again: caches of what is kept elsewhere. A file is made once,
// whoever asks first, under another name until it is whole; it is checked before it is handed out; and the ones not used
// for longest go when there are too many.
//
// It stops at bytes: what a file holds and how it is made is the caller's. Whatever is found damaged is made again.
package shelf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// ErrOther says that what was made has another hash than the one asked for: what it was made from is damaged.
var ErrOther = errors.New("what was made is not what it should be")

// Shelf is the folder. It is best used by one process; what two make of each other's files is checked like everything.
type Shelf struct {
	dir    string
	limit  int64
	makers chan struct{} // bounds how many files are made at once

	mu      sync.Mutex
	turn    int64
	flights map[string]*flight
	checked map[string]checked
}

// checked is what a file looked like when its bytes were last held to its hash.
type checked struct {
	info fs.FileInfo
	hash string
	used int64 // the turn at which it was last handed out
}

// flight is a file being made. err is read after done is closed.
type flight struct {
	done chan struct{}
	err  error
}

const (
	half    = ".tmp" // of files that are not whole
	sumEnd  = ".sum" // of what a file's hash is
	atOnce  = 2
	private = 0o600
)

// Open makes the folder ready. The files in it take at most limit bytes, but the newest stays however large it is. What
// a process that stopped midway left more than a day ago is removed.
func Open(dir string, limit int64) (*Shelf, error) {
	s := &Shelf{dir: dir, limit: limit, makers: make(chan struct{}, atOnce), flights: map[string]*flight{}, checked: map[string]checked{}}
	return s, s.sweep()
}

const aDay = 24 * time.Hour

// sweep asks the folder itself what time it is.
func (s *Shelf) sweep() error {
	fresh, err := s.Scratch()
	if err != nil {
		return err
	}
	now, err := fresh.Stat()
	if err = errors.Join(err, fresh.Drop()); err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(s.dir, "*"+half))
	if err != nil {
		return err
	}
	for _, path := range left {
		info, err := os.Stat(path)
		if err != nil || now.ModTime().Sub(info.ModTime()) < aDay {
			continue // it went in between, or another process writes it
		}
		if err := gone(os.Remove(path)); err != nil {
			return fmt.Errorf("remove what is not whole: %w", err)
		}
	}
	return nil
}

// File is an open file of the shelf. It stays readable when it is taken off the shelf; close it.
type File struct {
	*os.File
	Size    int64
	Hash    string // SHA-256, hexadecimal
	Changed time.Time
}

// Temp is a file that is being written. It has a path, for what writes by path.
type Temp struct{ *os.File }

// Path is where it is.
func (t *Temp) Path() string { return t.Name() }

// Drop closes and removes the file.
func (t *Temp) Drop() error {
	err := t.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	return errors.Join(err, gone(os.Remove(t.Name())))
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Scratch is a file for work under way; Drop it.
func (s *Shelf) Scratch() (*Temp, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil { // somebody may have deleted it
		return nil, fmt.Errorf("make the folder for cached files: %w", err)
	}
	f, err := os.CreateTemp(s.dir, "scratch-*"+half)
	if err != nil {
		return nil, fmt.Errorf("make a file for work under way: %w", err)
	}
	return &Temp{f}, nil
}

// Build writes a file from its beginning.
type Build func(ctx context.Context, f *Temp) error

// Get opens the file called name, or has it made: once, by whoever asks first, while others wait. With a hash, it must
// be this one. Making goes on when the one who asked goes away. Build must not Get from the same shelf.
func (s *Shelf) Get(ctx context.Context, name, hash string, build Build) (*File, error) {
	if name == "" || strings.ContainsAny(name, "/\\") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, half) || strings.HasSuffix(name, sumEnd) {
		return nil, fmt.Errorf("%q is no name for a file on a shelf", name)
	}
	for range 3 { // a file just made may be evicted before it is opened
		f, err := s.open(name, hash)
		if err != nil || f != nil {
			return f, err
		}
		fl := s.fly(ctx, name, hash, build)
		select {
		case <-fl.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if fl.err != nil {
			return nil, fl.err
		}
	}
	return nil, fmt.Errorf("%s is removed again and again: the limit for cached files is too small", name)
}

// fly joins whoever makes the file, or begins.
func (s *Shelf) fly(ctx context.Context, name, hash string, build Build) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fl := s.flights[name]; fl != nil {
		return fl
	}
	fl := &flight{done: make(chan struct{})}
	s.flights[name] = fl
	go func() {
		fl.err = s.make(context.WithoutCancel(ctx), name, hash, build)
		s.mu.Lock()
		delete(s.flights, name)
		s.mu.Unlock()
		close(fl.done)
	}()
	return fl
}

// Wait waits until nothing is being made.
func (s *Shelf) Wait() {
	for {
		var fl *flight
		s.mu.Lock()
		for _, fl = range s.flights {
			break
		}
		s.mu.Unlock()
		if fl == nil {
			return
		}
		<-fl.done
	}
}

func (s *Shelf) make(ctx context.Context, name, hash string, build Build) (err error) {
	s.makers <- struct{}{}
	defer func() { <-s.makers }()
	if f, err := s.open(name, hash); err != nil || f != nil { // made by another between our look and our turn
		if f != nil {
			err = f.Close()
		}
		return err
	}
	t, err := s.Scratch()
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("making %s: panic: %v", name, p)
		}
		err = errors.Join(err, t.Drop()) // after a rename there is nothing to remove
	}()
	if err := build(ctx, t); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	return s.put(t, name, hash)
}

func (s *Shelf) put(t *Temp, name, hash string) error {
	if _, err := t.Seek(0, io.SeekStart); err != nil {
		return err
	}
	got, err := sum(t)
	if err != nil {
		return err
	}
	if hash != "" && got != hash {
		return fmt.Errorf("make %s: %w: its SHA-256 is %s, and %s was published", name, ErrOther, got, hash)
	}
	info, err := t.Stat()
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path(name)+sumEnd+half, []byte(got), private); err != nil {
		return err
	}
	if err := os.Rename(s.path(name)+sumEnd+half, s.path(name)+sumEnd); err != nil {
		return err
	}
	if err := os.Rename(t.Name(), s.path(name)); err != nil {
		return err
	}
	s.note(name, checked{info: info, hash: got})
	return s.evict(name)
}

func (s *Shelf) note(name string, c checked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	c.used = s.turn
	s.checked[name] = c
}

func (s *Shelf) path(name string) string { return filepath.Join(s.dir, name) }

func sum(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, r, make([]byte, 256<<10)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// open gives nil where the file is not there, or is damaged and was removed. Bytes are held to their hash when this
// process first sees them, and whenever the file has changed since.
func (s *Shelf) open(name, hash string) (*File, error) {
	f, err := os.Open(s.path(name))
	if err != nil {
		return nil, gone(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s.mu.Lock()
	was, known := s.checked[name]
	s.mu.Unlock()
	same := known && os.SameFile(was.info, info) && was.info.Size() == info.Size() && was.info.ModTime().Equal(info.ModTime())
	if !same {
		was = checked{info: info}
		if was.hash, err = s.verify(f, name); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	if was.hash == "" || hash != "" && was.hash != hash {
		return nil, errors.Join(f.Close(), s.remove(name))
	}
	s.note(name, was)
	return &File{f, info.Size(), was.hash, info.ModTime()}, nil
}

// verify gives the file's hash, "" where it is not the one noted beside it.
func (s *Shelf) verify(f *os.File, name string) (string, error) {
	noted, err := os.ReadFile(s.path(name) + sumEnd)
	if err != nil {
		return "", gone(err)
	}
	got, err := sum(f)
	if err != nil {
		return "", err
	}
	if got != string(noted) {
		return "", nil
	}
	_, err = f.Seek(0, io.SeekStart)
	return got, err
}

// Remove takes files off the shelf; one that is not there is no error.
func (s *Shelf) Remove(names ...string) error {
	var errs []error
	for _, name := range names {
		errs = append(errs, s.remove(name))
	}
	return errors.Join(errs...)
}

func (s *Shelf) remove(name string) error {
	s.mu.Lock()
	delete(s.checked, name)
	s.mu.Unlock()
	return errors.Join(gone(os.Remove(s.path(name))), gone(os.Remove(s.path(name)+sumEnd)))
}
