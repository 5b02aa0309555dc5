// Package keyfile owns how a file that must never be half written is written: keys, and what was last signed. It knows
// nothing of what is in it.
package keyfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Create writes a new file as a whole and returns when it is on disk. Of two that create it at the same time one gets
// fs.ErrExist, so that they do not both believe in their own.
func Create(path string, data []byte) error { return write(path, data, os.Link) }

// Replace writes a file as a whole in place of the one that may be there, and returns when it is on disk.
func Replace(path string, data []byte) error { return write(path, data, os.Rename) }

func write(path string, data []byte, into func(from, to string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".whole-*") // mode 0600
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
	if err := into(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Lock lets one process at a time change what stands at path; the system frees it when that process dies.
func Lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", filepath.Base(path), err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(path), err), f.Close())
	}
	return f.Close, nil
}
