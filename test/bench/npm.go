package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// install brings packages from npm into a folder outside the repository, once. What packages want to run when they are installed is
// not run, but for those named in native: they look for a binary elsewhere first, and where that cannot be had they are built here,
// which takes minutes.
func install(ctx context.Context, dir string, packages []string, native ...string) error {
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"name": "bench", "private": true}`), 0o644); err != nil {
		return err
	}
	const limit = 20 * time.Minute
	few, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	quiet := []string{"--no-audit", "--no-fund", "--loglevel=error"}
	for _, args := range [][]string{
		append(append([]string{"install", "--ignore-scripts", "--legacy-peer-deps"}, quiet...), packages...),
		append(append([]string{"rebuild"}, quiet...), native...),
	} {
		begun := time.Now()
		cmd := exec.CommandContext(few, "npm", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "JOBS=max") // what builds, builds with all processors
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // its compilers, too
		if text, err := cmd.CombinedOutput(); few.Err() != nil {
			return fmt.Errorf("npm %s was not done after %s in all", args[0], limit)
		} else if err != nil {
			return fmt.Errorf("npm %s after %.0f s: %w: %.300s", args[0], time.Since(begun).Seconds(), err, bytes.TrimSpace(text))
		}
	}
	return os.WriteFile(done, nil, 0o644)
}
