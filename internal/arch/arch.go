// Package arch holds the map of the house: which package may import which, what a ring may not touch,
// who owns which table, and the few habits that matter enough for a machine to watch. Whatever the map
// does not allow is denied, and each denial prints the reason for its rule.
//
// It reads the sources by itself, inside the test process: asking the go command would be answered from
// a cache. It stops at structure; what the code does is tested where the code is. Nothing imports it.
package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Module is the name of the module, as imports begin.
const Module = "stoa"

// Tree is the sources of a module.
type Tree struct {
	Fset  *token.FileSet
	Files []*File
	SQL   map[string]string // migrations by path
}

// File is one Go file.
type File struct {
	Path      string // internal/cases/queue.go
	Package   string // folder without internal/: cases, web/page, cmd/stoa
	Test      bool
	Generated bool
	Lines     int
	*ast.File
}

// Empty is a tree of nothing, to add to.
func Empty() *Tree { return &Tree{Fset: token.NewFileSet(), SQL: map[string]string{}} }

// Read parses every Go file and migration below root.
func Read(root string) (*Tree, error) {
	t := Empty()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			return skipFolder(root, rel)
		}
		if !strings.HasSuffix(rel, ".go") && !isMigration(rel) {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading the sources: %w", err)
		}
		return t.Add(rel, string(src))
	})
	return t, err
}

// skipFolder leaves out what is not of this module.
func skipFolder(root, rel string) error {
	base := path.Base(rel)
	if rel == "." {
		return nil
	}
	if base == "node_modules" || base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(root, rel, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}

func isMigration(rel string) bool {
	return strings.HasSuffix(rel, ".sql") && strings.Contains(rel, "/migrations/")
}

// Add takes one file into the tree.
func (t *Tree) Add(rel, src string) error {
	if isMigration(rel) {
		t.SQL[rel] = src
		return nil
	}
	parsed, err := parser.ParseFile(t.Fset, rel, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing %s: %w", rel, err)
	}
	t.Files = append(t.Files, &File{
		Path: rel, Package: packageOf(rel), Test: strings.HasSuffix(rel, "_test.go"),
		Generated: ast.IsGenerated(parsed), Lines: strings.Count(src, "\n"), File: parsed,
	})
	return nil
}

// packageOf names the package of a path.
func packageOf(rel string) string { return strings.TrimPrefix(path.Dir(rel), "internal/") }

// imported is one import with its place.
type imported struct {
	path string
	pos  token.Pos
}

func (f *File) imports() []imported {
	var all []imported
	for _, i := range f.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue // the parser has accepted it as a string
		}
		all = append(all, imported{name, i.Pos()})
	}
	return all
}

// inside gives the name of one of our own packages, or false.
func inside(importPath string) (string, bool) {
	name, ours := strings.CutPrefix(importPath, Module+"/")
	return strings.TrimPrefix(name, "internal/"), ours
}

// outside tells whether an import is another module's rather than the standard library's.
func outside(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return strings.Contains(first, ".")
}

// within tells whether a name is prefix or lies below it.
func within(name, prefix string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") }

// at writes a problem with its place.
func (t *Tree) at(pos token.Pos, format string, args ...any) string {
	p := t.Fset.Position(pos)
	return fmt.Sprintf("%s:%d: ", p.Filename, p.Line) + fmt.Sprintf(format, args...)
}
