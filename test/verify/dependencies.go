package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const dependencyPage = "docs/dependencies.md"

// may lists the licences under which something may be linked into a program under the EUPL-1.2.
var may = []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "MPL-2.0", "MIT AND Apache-2.0"}

// read by hand, since their files are not one plain licence.
var readByHand = map[string]string{
	"eliasnaur.com/font": "OFL-1.1 AND Apache-2.0", // Noto and Roboto, each under its own
	"go.yaml.in/yaml/v3": "MIT AND Apache-2.0",     // the C library's parts and the rest
}

// row is one dependency as the page has it.
type row struct {
	line                  int
	why, licence, instead string
}

var (
	requireLine = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.-]+\.[a-z]+/\S+|[a-z0-9.-]+\.[a-z]+/?\S*) v\S+`)
	toolLine    = regexp.MustCompile(`(?m)^\s*(?:tool )?\s*([a-z0-9.-]+\.[a-z]+/\S+)$`)
)

// dependencies holds the page to what is imported, and the licences to what the page says and to what may be linked.
func dependencies(root string) ([]string, error) {
	src, err := os.ReadFile(filepath.Join(root, dependencyPage))
	if err != nil {
		return nil, err
	}
	page, problems := rows(string(src))
	direct, err := directDependencies(root)
	if err != nil {
		return nil, err
	}
	problems = append(problems, compare(page, direct)...)
	linked, err := licences(root, "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Dir}}{{end}}", "./cmd/stoa")
	if err != nil {
		return nil, err
	}
	for _, module := range sortedKeys(linked) {
		if l := linked[module]; !slices.Contains(may, l) && readByHand[module] == "" {
			problems = append(problems, fmt.Sprintf("%s is linked into the program under %q: read its licence, and decide", module, l))
		}
	}
	return problems, nil
}

// rows reads the tables: name, why, licence, what would replace it.
func rows(text string) (map[string]row, []string) {
	all, problems := map[string]row{}, []string(nil)
	for n, line := range strings.Split(text, "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		name := strings.TrimSpace(cells[0])
		if !strings.HasPrefix(line, "|") || !strings.HasPrefix(name, "`") {
			continue
		}
		name = strings.Trim(name, "`")
		if len(cells) != 4 || strings.TrimSpace(cells[1]) == "" || strings.TrimSpace(cells[2]) == "" || strings.TrimSpace(cells[3]) == "" {
			problems = append(problems, fmt.Sprintf("%s:%d: %s needs why, licence and what would replace it", dependencyPage, n+1, name))
			continue
		}
		all[name] = row{n + 1, strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])}
	}
	return all, problems
}

// compare holds the page to what there is; direct gives the licence of each, "" where it cannot be read here.
func compare(page map[string]row, direct map[string]string) (problems []string) {
	for _, name := range sortedKeys(direct) {
		r, ok := page[name]
		switch {
		case !ok:
			problems = append(problems, dependencyPage+": "+name+" is used and has no row")
		case direct[name] != "" && r.licence != direct[name]:
			problems = append(problems, fmt.Sprintf("%s:%d: %s is under %s, not %s", dependencyPage, r.line, name, direct[name], r.licence))
		}
	}
	for _, name := range sortedKeys(page) {
		if _, ok := direct[name]; !ok {
			problems = append(problems, fmt.Sprintf("%s:%d: %s is not used (any more)", dependencyPage, page[name].line, name))
		}
	}
	return problems
}

// directDependencies are the modules that our own files import, the linters, and what npm brings.
func directDependencies(root string) (map[string]string, error) {
	all := map[string]string{}
	modules, err := importedModules(root)
	if err != nil {
		return nil, err
	}
	found, err := licences(root, append([]string{"list", "-m", "-f", "{{.Path}} {{.Dir}}"}, modules...)...)
	if err != nil {
		return nil, err
	}
	for module, l := range found {
		all[module] = l
	}
	tools, err := toolModules(root)
	if err != nil {
		return nil, err
	}
	for _, t := range tools {
		if _, ok := all[t]; !ok {
			all[t] = ""
		}
	}
	for _, folder := range []string{"web", "test/e2e", "test/standards"} {
		if err := npm(filepath.Join(root, folder), all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func importedModules(root string) ([]string, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	required := firsts(requireLine, string(mod))
	used := map[string]bool{}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if m := longest(required, path); m != "" {
				used[m] = true
			}
		}
		return nil
	})
	return keys(used), err
}

// longest is the module that a package belongs to.
func longest(modules []string, path string) (best string) {
	for _, m := range modules {
		if (path == m || strings.HasPrefix(path, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

func toolModules(root string) ([]string, error) {
	mod, err := os.ReadFile(filepath.Join(root, "tools", "go.mod"))
	if err != nil {
		return nil, err
	}
	required := firsts(requireLine, string(mod))
	found := map[string]bool{}
	for _, tool := range firsts(toolLine, string(mod)) {
		if m := longest(required, tool); m != "" {
			found[m] = true
		}
	}
	if len(found) == 0 {
		return nil, errors.New("tools/go.mod names no tools: has it changed its form?")
	}
	return keys(found), nil
}

// npm adds what a package.json asks for, with the licences that its lock file gives.
func npm(folder string, all map[string]string) error {
	var asks struct{ Dependencies, DevDependencies map[string]string }
	err := readJSON(filepath.Join(folder, "package.json"), &asks)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var lock struct {
		Packages map[string]struct{ License any } // a text; in old packages further down a list, which we do not ask for
	}
	if err := readJSON(filepath.Join(folder, "package-lock.json"), &lock); err != nil {
		return err
	}
	for _, group := range []map[string]string{asks.Dependencies, asks.DevDependencies} {
		for name := range group {
			all[name], _ = lock.Packages["node_modules/"+name].License.(string)
		}
	}
	return nil
}

func readJSON(file string, to any) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(src, to); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}

// licences asks the go command for lines of module and folder, and reads the licence in each.
func licences(root string, args ...string) (map[string]string, error) {
	out, err := output(root, "go", args...)
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args[:2], " "), err, tail(out, 10))
	}
	all := map[string]string{}
	for _, line := range strings.Split(out, "\n") {
		module, dir, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || module == "stoa" || all[module] != "" {
			continue
		}
		if all[module] = readByHand[module]; all[module] == "" {
			all[module] = licenceIn(dir)
		}
	}
	return all, nil
}

func licenceIn(dir string) string {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return classify(string(text))
		}
	}
	return "no licence file"
}

// classify names a licence by the sentences that only it has.
func classify(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("Apache License") && has("Version 2.0"):
		return "Apache-2.0"
	case has("Mozilla Public License"):
		return "MPL-2.0"
	case has("GNU AFFERO GENERAL PUBLIC LICENSE"), has("GNU LESSER GENERAL PUBLIC LICENSE"), has("GNU GENERAL PUBLIC LICENSE"):
		return "GPL family"
	case has("Permission is hereby granted, free of charge"):
		return "MIT"
	case has("Redistribution and use in source and binary forms") && (has("Neither the name") || has("The names of") || has("may not be used to endorse")):
		return "BSD-3-Clause"
	case has("Redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("Permission to use, copy, modify, and"):
		return "ISC"
	}
	return "unknown"
}
