package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// build makes the program of a commit, with the style sheets of today: what is built of them is in no commit.
func build(ctx context.Context, commit string) (program string, err error) {
	dir, err := os.MkdirTemp("", "stoa-old-")
	if err != nil {
		return "", err
	}
	tree := filepath.Join(dir, "tree")
	do := func(in, name string, args ...string) error {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = in
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %s: %w\n%s", commit, name, err, out)
		}
		return nil
	}
	if err := do("", "git", "worktree", "add", "--detach", tree, commit); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, do("", "git", "worktree", "remove", "--force", tree)) }()
	const dist = "internal/web/asset/dist"
	if err := do("", "cp", "-r", dist, filepath.Join(tree, filepath.Dir(dist))); err != nil {
		return "", err
	}
	program = filepath.Join(dir, "stoa")
	return program, do(tree, "go", "build", "-buildvcs=false", "-trimpath", "-o", program, "./cmd/stoa")
}
