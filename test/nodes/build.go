package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// earlier is the program of a commit, and the jurisdiction's folder as it was then: whoever upgrades has both.
type earlier struct{ dir, program, folder string }

// build makes it, with the style sheets of today: what is built of them is in no commit.
func build(ctx context.Context, commit, folder string) (e earlier, err error) {
	if e.dir, err = os.MkdirTemp("", "stoa-old-"); err != nil {
		return e, err
	}
	tree := filepath.Join(e.dir, "tree")
	e.program, e.folder = filepath.Join(e.dir, "stoa"), filepath.Join(tree, folder)
	do := func(in, name string, args ...string) error {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = in
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %s: %w\n%s", commit, name, err, out)
		}
		return nil
	}
	const dist = "internal/web/asset/dist"
	archive := filepath.Join(e.dir, "tree.tar")
	for _, step := range [][]string{
		{"", "git", "archive", "-o", archive, commit},
		{"", "mkdir", tree},
		{tree, "tar", "-xf", archive},
		{"", "cp", "-r", dist, filepath.Join(tree, filepath.Dir(dist))},
		{tree, "go", "build", "-buildvcs=false", "-trimpath", "-o", e.program, "./cmd/stoa"},
	} {
		if err := do(step[0], step[1], step[2:]...); err != nil {
			return e, err
		}
	}
	return e, nil
}

// buildWrong makes the program of today with a clock that can be wrong.
func buildWrong(ctx context.Context) (program string, err error) {
	dir, err := os.MkdirTemp("", "stoa-wrong-")
	if err != nil {
		return "", err
	}
	program = filepath.Join(dir, "stoa")
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-ldflags", "-X stoa/internal/app.wrongBy="+clockFile, "-o", program, "./cmd/stoa")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building a program with a wrong clock: %w\n%s", err, out)
	}
	return program, nil
}

// clockFile says, in a node's data folder, by how much its clock is wrong.
const clockFile = "clock"
