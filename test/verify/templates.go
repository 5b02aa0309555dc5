package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// templates generates the templates again, in copies, and compares.
func templates(root string) (problems []string, err error) {
	folders, err := templateFolders(root)
	if err != nil {
		return nil, err
	}
	copies, err := os.MkdirTemp("", "stoa-verify-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the templates: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(copies)) }()
	modfile, err := filepath.Abs(filepath.Join(root, "tools", "go.mod"))
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		wrong, err := templatesIn(filepath.Join(root, folder), filepath.Join(copies, folder), modfile)
		if err != nil {
			return nil, fmt.Errorf("generating the templates of %s: %w", folder, err)
		}
		for _, name := range wrong {
			problems = append(problems, filepath.Join(folder, name)+" is not what its template gives: run make generate")
		}
	}
	return problems, nil
}

func templateFolders(root string) ([]string, error) {
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".templ") {
			rel, err := filepath.Rel(root, filepath.Dir(name))
			if err != nil {
				return err
			}
			found[rel] = true
		}
		return err
	})
	return keys(found), err
}

// templatesIn lists the generated files of folder that are stale, missing or without a template.
func templatesIn(folder, work, modfile string) (wrong []string, err error) {
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	sources, err := filepath.Glob(filepath.Join(folder, "*.templ"))
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(work, filepath.Base(source)), text, 0o600); err != nil {
			return nil, err
		}
	}
	// The generated files name their sources as seen from where they were generated: the folder itself. The
	// module of the copies is only there so that the go command starts.
	if err := os.WriteFile(filepath.Join(work, "go.mod"), []byte("module copy\n"), 0o600); err != nil {
		return nil, err
	}
	if out, err := output(work, "go", "tool", "-modfile="+modfile, "templ", "generate"); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, tail(out, 20))
	}
	return differ(folder, work)
}

// differ lists the generated files that are not the same in both folders.
func differ(folder, work string) (wrong []string, err error) {
	compare := map[string]bool{}
	for _, pattern := range []string{filepath.Join(folder, "*_templ.go"), filepath.Join(work, "*_templ.go")} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			compare[filepath.Base(f)] = true
		}
	}
	for _, name := range keys(compare) {
		have, errHave := os.ReadFile(filepath.Join(folder, name))
		want, errWant := os.ReadFile(filepath.Join(work, name))
		if errHave != nil || errWant != nil || !bytes.Equal(have, want) {
			wrong = append(wrong, name)
		}
	}
	return wrong, nil
}
