package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// known is what the documentation may name.
type known struct {
	root     string
	top      []string          // files and folders of the root
	targets  []string          // of make
	commands []string          // of stoa
	options  map[string]bool   // of stoa, and what stoa new makes: every word in quotes
	settings map[string]bool   // name of a setting: is it a secret
	named    map[string]bool   // STOA_… names that some source reads
	tests    map[string]bool   // names of tests, fuzz targets and benchmarks
	pages    map[string]string // text of each page by path
}

var (
	target     = regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):`)
	use        = regexp.MustCompile(`Use:\s+"([a-z]+)`)
	quoted     = regexp.MustCompile(`"([a-z][a-z-]+)"`)
	settingRow = regexp.MustCompile(`\{"([a-z_]+)", (true|false), `)
	environ    = regexp.MustCompile(`\bSTOA_[A-Z][A-Z_]*[A-Z]\b`)
	testFunc   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	testName   = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+`)
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	span       = regexp.MustCompile("`([^`]+)`")
	making     = regexp.MustCompile(`(?:^|[\s(])make ([a-z][a-z0-9-]*)`)
	calling    = regexp.MustCompile(`(?:^|[\s$(])(?:bin/)?stoa ([a-z]+)(?: ([a-z]+))?`)
	option     = regexp.MustCompile(`(?:^|\s)--([a-z][a-z-]*)`)
	pathLike   = regexp.MustCompile(`^\.?[\w@-][\w.@*-]*(?:/[\w.@*-]+)+/?$`)
)

// documentation holds every page to what there is: paths, targets, commands, options, settings, tests.
func documentation(root string) ([]string, error) {
	k, err := learn(root)
	if err != nil {
		return nil, fmt.Errorf("reading what the documentation may name: %w", err)
	}
	var problems []string
	for _, page := range sortedKeys(k.pages) {
		problems = append(problems, k.page(page, k.pages[page])...)
	}
	return append(problems, k.complete()...), nil
}

func learn(root string) (*known, error) {
	k := &known{root: root, options: map[string]bool{"help": true, "version": true}, settings: map[string]bool{},
		named: map[string]bool{}, tests: map[string]bool{}, pages: map[string]string{}, commands: []string{"help", "completion"}}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		k.top = append(k.top, e.Name())
	}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || base == ".git" || base == "bin" || base == "dist" {
				return filepath.SkipDir
			}
			return nil
		}
		return k.file(name)
	})
	return k, err
}

// file takes from one file what it defines.
func (k *known) file(name string) error {
	rel, err := filepath.Rel(k.root, name)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	kind := filepath.Ext(rel)
	if !slices.Contains([]string{".go", ".md", ".mjs", ".js"}, kind) && rel != "Makefile" && rel != ".ci/run" {
		return nil
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text := string(src)
	switch {
	case kind == ".md":
		k.pages[rel] = text
		return nil
	case rel == "Makefile":
		k.targets = firsts(target, text)
	case strings.HasSuffix(rel, "_test.go"):
		for _, t := range firsts(testFunc, text) {
			k.tests[t] = true
		}
	case rel == "internal/app/config.go":
		for _, m := range settingRow.FindAllStringSubmatch(text, -1) {
			k.settings["STOA_"+strings.ToUpper(m[1])] = m[2] == "true"
		}
	case strings.HasPrefix(rel, "cmd/stoa/"):
		k.commands = append(k.commands, firsts(use, text)...)
		for _, o := range firsts(quoted, text) {
			k.options[o] = true
		}
	}
	for _, name := range environ.FindAllString(text, -1) {
		k.named[name] = true
	}
	return nil
}

// page lists what one page names and is not there.
func (k *known) page(page, text string) (problems []string) {
	wrong := func(n int, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s:%d: ", page, n+1)+fmt.Sprintf(format, args...))
	}
	block := false
	for n, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			block = !block
			continue
		}
		var codes []string
		if block {
			codes = append(strings.Fields(line), line)
		} else {
			for _, to := range firsts(link, line) {
				if !k.exists(filepath.Join(filepath.Dir(page), to), to) {
					wrong(n, "the link leads to %s, which is not there", to)
				}
			}
			codes = firsts(span, line)
		}
		for _, code := range codes {
			for _, p := range k.code(code) {
				wrong(n, "%s", p)
			}
		}
	}
	return problems
}

func (k *known) exists(file, as string) bool {
	if strings.Contains(as, "://") || strings.HasPrefix(as, "#") || strings.HasPrefix(as, "mailto:") {
		return true
	}
	file, _, _ = strings.Cut(file, "#")
	found, err := filepath.Glob(filepath.Join(k.root, file))
	return err == nil && len(found) > 0
}

// code lists what is wrong in a piece of code.
func (k *known) code(code string) (problems []string) {
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, t := range firsts(making, code) {
		if !slices.Contains(k.targets, t) {
			wrong("there is no make %s", t)
		}
	}
	for _, m := range calling.FindAllStringSubmatch(code, -1) {
		if !slices.Contains(k.commands, m[1]) {
			wrong("there is no stoa %s", m[1])
		}
		if m[1] == "new" && m[2] != "" && !k.options[m[2]] {
			wrong("there is no stoa new %s", m[2])
		}
		for _, o := range firsts(option, code) {
			if !k.options[o] {
				wrong("stoa has no option --%s", o)
			}
		}
	}
	for _, name := range environ.FindAllString(code, -1) {
		plain := strings.TrimSuffix(name, "_FILE")
		_, setting := k.settings[name]
		if !setting && !(plain != name && k.settings[plain]) && !k.named[name] {
			wrong("nothing reads %s", name)
		}
	}
	for _, t := range testName.FindAllString(code, -1) {
		if !k.tests[t] {
			wrong("there is no test %s", t)
		}
	}
	first, _, _ := strings.Cut(code, "/")
	if pathLike.MatchString(code) && slices.Contains(k.top, first) && first != "bin" && first != "data" && !k.exists(code, code) {
		wrong("there is no %s", code)
	}
	return problems
}

const operating = "docs/guides/operating.md"

// complete finds settings that the guide for operators leaves out.
func (k *known) complete() (problems []string) {
	if len(k.settings) < 10 {
		return []string{"internal/app/config.go: found only " + fmt.Sprint(len(k.settings)) + " settings: has the table changed its form?"}
	}
	text := k.pages[operating]
	for name, secret := range k.settings {
		if !strings.Contains(text, "`"+name+"`") {
			problems = append(problems, operating+": the setting "+name+" is missing")
		}
		if secret && !strings.Contains(text, "`"+name+"_FILE`") {
			problems = append(problems, operating+": the secret "+name+"_FILE is missing")
		}
	}
	sort.Strings(problems)
	return problems
}

func firsts(re *regexp.Regexp, text string) (all []string) {
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

func sortedKeys[V any](m map[string]V) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	sort.Strings(all)
	return all
}

func keys(m map[string]bool) []string { return sortedKeys(m) }
