package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// smallDisk is a disk of its own for a folder, with room for the demo and not much more.
func smallDisk(ctx context.Context, dir string) (free func(), err error) {
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=128m,mode=700", "stoa-crash", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mounting a small disk: %w: %s", err, out)
	}
	return func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			fmt.Printf("the small disk at %s stays: %v: %s\n", dir, err, out)
		}
	}, nil
}

// fullDisk lets people apply while the disk is full, and free, and full again. Whoever is refused meanwhile tries no more; the program
// may not end, and when there is room it must serve again.
func (l *load) fullDisk(ctx context.Context, o options) error {
	s, err := launch(ctx, o)
	if err != nil {
		return err
	}
	life, over := context.WithTimeout(ctx, time.Duration(o.seconds)*time.Second)
	defer over()
	var busy sync.WaitGroup
	for range o.people {
		busy.Go(func() {
			for life.Err() == nil {
				if p, err := l.next(); err != nil || p.Apply(ctx, s.url) != nil {
					time.Sleep(50 * time.Millisecond)
				}
			}
		})
	}
	ballast := filepath.Join(o.data, "ballast")
	times := 0
	for wait(life, 500+l.roll(1500)); life.Err() == nil; wait(life, 500+l.roll(1500)) {
		if err := fill(ballast); err != nil {
			return err
		}
		times++
		wait(life, 500+l.roll(2500))
		if err := os.Remove(ballast); err != nil {
			return err
		}
		if !s.alive() {
			return fmt.Errorf("the program has ended; its log is %s.log", o.data)
		}
	}
	<-life.Done()
	busy.Wait()
	fmt.Printf("disk full %d times: %d applications sent, %d payments, %d not answered\n", times, l.acknowledged(), l.payments(), l.doubtful())
	sent := l.acknowledged()
	for begun := time.Now(); l.acknowledged() == sent; {
		p, err := l.next()
		if err == nil {
			err = p.Apply(ctx, s.url)
		}
		if err != nil && time.Since(begun) > 30*time.Second {
			return fmt.Errorf("there is room again, and it does not serve: %w", err)
		}
	}
	return s.end(os.Interrupt)
}

func wait(life context.Context, ms int) {
	select {
	case <-life.Done():
	case <-time.After(time.Duration(ms) * time.Millisecond):
	}
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
