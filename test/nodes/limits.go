package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// wrongClocks lets the clock of one node or the other jump, forth and back, by up to 40 minutes: longer than any lease.
func wrongClocks(life context.Context, w *world, dice *rand.Rand) error {
	set := func(n *node, by time.Duration) error {
		file := filepath.Join(n.data, clockFile)
		if err := os.WriteFile(file+".new", []byte(by.String()), 0o600); err != nil {
			return err
		}
		return os.Rename(file+".new", file)
	}
	for life.Err() == nil {
		wait(life, 200+dice.IntN(800))
		by := time.Duration(dice.IntN(80)-40) * time.Minute
		if err := set(w.nodes[dice.IntN(len(w.nodes))], by); err != nil {
			return err
		}
		if by < 0 {
			w.tell("a clock put back")
		} else {
			w.tell("a clock put forward")
		}
	}
	var errs []error
	for _, n := range w.nodes {
		errs = append(errs, set(n, 0))
	}
	return errors.Join(errs...)
}

// diskSize has room for the database and its log, and not much more.
const diskSize = "size=320m"

// smallDisk is a disk of its own for a folder. What is full on it does not matter to the machine.
func smallDisk(ctx context.Context, dir string) error {
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", diskSize+",mode=755", "stoa-nodes", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("mounting a small disk: %w: %s", err, out)
	}
	return nil
}

// fullDisk fills the disk of the database to the last byte, and makes room again. PostgreSQL ends when it cannot write its log; an
// operator starts it again.
func fullDisk(life context.Context, w *world, dice *rand.Rand) error {
	always := context.WithoutCancel(life)
	ballast := filepath.Join(filepath.Dir(w.primary.dir), "ballast")
	for life.Err() == nil {
		wait(life, 1000+dice.IntN(1500))
		if life.Err() != nil {
			return nil
		}
		if err := fill(ballast); err != nil {
			return err
		}
		w.tell("disk full")
		wait(life, 1000+dice.IntN(3000))
		if err := os.Remove(ballast); err != nil {
			return err
		}
		select {
		case err := <-w.primary.gone:
			w.primary.gone <- err
			w.tell("the database server had ended and was started")
			if err := w.primary.start(always); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

// fill writes a file until there is no room left.
func fill(file string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for size := 1 << 20; size > 0; {
		_, err := f.Write(make([]byte, size))
		switch {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return err
		}
	}
	return nil
}
