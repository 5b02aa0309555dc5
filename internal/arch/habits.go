package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"sort"
	"strings"
)

// exception is one file that may break a rule, and why.
type exception struct{ file, why string }

// An exception that nothing needs any more is a problem too.
var (
	clocks = []exception{
		{"internal/store/group.go", "how long a group of writers stays open; no row ever sees it"},
		{"internal/store/postgres.go", "the pause before a transaction is tried again"},
		{"internal/store/silence.go", "deadlines of connections, which the system counts by its own clock"},
		{"internal/store/standby.go", "how far a standby is behind is counted by this process alone, between two questions of its own"},
		{"internal/store/watch.go", "the same"},
		{"internal/store/store.go", "the clock of whoever names none"},
		{"internal/web/serve.go", "deadlines of a connection, not of the domain"},
		{"internal/web/web.go", "the clock of whoever names none"},
		{"internal/view/view.go", "the clock of whoever names none"},
		{"internal/app/clock.go", "the clock that everybody is given"},
		{"internal/app/seed.go", "the demo's half year ends today"},
		{"internal/app/explain.go", "stoa explain judges as of today unless told a day"},
		{"internal/app/watch.go", "what stoa check says will soon be wrong, as of today"},
		{"internal/app/operate.go", "how long answers take, and how long it goes on answering when it is to end"},
		{"internal/app/app.go", "minutes between looks at what is due"},
		{"internal/app/log.go", "tenths of a second between looks for leaves"},
		{"internal/app/bucket.go", "when a backup last said that it is still written"},
		{"internal/app/elsewhere.go", "the pause before a register of others is asked again"},
		{"internal/visitor/person.go", "how long answers took"},
		{"internal/visitor/crowd/crowd.go", "when people come, and how long they waited"},
		{"cmd/stoa/bench.go", "people apply today"},
		{"internal/blob/carrier.go", "rests between rounds; no row ever sees it"},
		{"internal/job/runner.go", "pauses between looks at the queue"},
		{"cmd/stoa/assist.go", "how long questions took, for the terminal"},
		{"cmd/stoa/new.go", "the year that a new jurisdiction's calendar begins with"},
		{"cmd/stoa/serve.go", "how long the demo took to seed, for the terminal"},
	}
	panics = []exception{
		{"internal/money/decimal.go", "literals of ours that cannot be wrong: MustDecimal"},
		{"internal/calendar/date.go", "literals of ours that cannot be wrong: MustDate"},
		{"internal/fault/fault.go", "arguments in pairs: a mistake of the programmer, at the first call"},
		{"internal/rule/env.go", "two functions of one name: a mistake of the programmer, at the start"},
		{"internal/rule/parse.go", "the parser's options: a mistake of the programmer, at the start"},
		{"internal/job/runner.go", "two handlers for one kind: a mistake of the programmer, at the start"},
		{"internal/store/id.go", "no randomness: nothing sensible can be done without"},
		{"internal/web/request.go", "no randomness: nothing sensible can be done without"},
		{"internal/credential/envelope/cose.go", "options of ours that cannot be wrong, at the start"},
		{"internal/web/errors.go", "net/http's own way to break off half an answer"},
		{"internal/web/stream.go", "breaks off an answer that cannot be written to its end, as net/http asks for it: a part must not look like the whole"},
		{"internal/scan/scan.go", "the one way out of a reader that is not ours, once it finds too much; read takes it back"},
		{"internal/web/serve.go", "hands on a panic that is not ours"},
		{"jurisdictions/jurisdictions.go", "a constant name of an embedded folder"},
	}
	inits = []exception{
		{"internal/rule/functions.go", "the table of functions refers to itself"},
	}
)

func excused(list []exception, file string) bool {
	return slices.ContainsFunc(list, func(e exception) bool { return e.file == file })
}

// timely are the names in package time that look at a clock.
var timely = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep"}

// finding is a place where a habit is broken.
type finding struct {
	pos  token.Pos
	what string
}

// habit is a rule about single lines of the product's code.
type habit struct {
	name       string
	why        string
	exceptions *[]exception
	find       func(*File) []finding
}

var habits = []habit{
	{"clock", "time comes in from outside: one instant for a transaction, now func() time.Time elsewhere", &clocks, selectors("time", timely...)},
	{"exit", "only a command ends the program: libraries return errors", &[]exception{}, exits},
	{"panic", "libraries return errors; a panic says that the program itself is wrong", &panics, calls("panic")},
	{"init", "nothing happens because a package was imported", &inits, initFuncs},
}

// Habits holds the product's code to the habits, and the exceptions to being needed.
func Habits(t *Tree) (problems []string) {
	for _, h := range habits {
		used := map[string]bool{}
		for _, f := range t.Files {
			if f.Test || f.Generated || besides(f.Package) {
				continue
			}
			for _, at := range h.find(f) {
				if excused(*h.exceptions, f.Path) {
					used[f.Path] = true
					continue
				}
				problems = append(problems, t.at(at.pos, "%s: %s; if this place is right, add it to internal/arch/habits.go with its reason", at.what, h.why))
			}
		}
		for _, e := range *h.exceptions {
			if !used[e.file] {
				problems = append(problems, "internal/arch/habits.go: "+e.file+" needs no exception for "+h.name+" (any more): take it out")
			}
		}
	}
	return problems
}

// besides are packages that build or measure the product and are not part of it.
func besides(pkg string) bool {
	r := ringOf(pkg)
	return r != nil && (r.name == "drivers" || r.name == "beside" && pkg != "jurisdictions" && pkg != "schema")
}

// selectors finds names of a package of the standard library, called or handed on.
func selectors(pkg string, names ...string) func(*File) []finding {
	return func(f *File) (found []finding) {
		if !slices.ContainsFunc(f.imports(), func(i imported) bool { return i.path == pkg }) {
			return nil
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg && slices.Contains(names, s.Sel.Name) {
				found = append(found, finding{s.Pos(), pkg + "." + s.Sel.Name})
			}
			return true
		})
		return found
	}
}

func exits(f *File) []finding {
	if f.Name.Name == "main" {
		return nil
	}
	return append(selectors("os", "Exit")(f), selectors("log", "Fatal", "Fatalf", "Fatalln")(f)...)
}

func calls(name string) func(*File) []finding {
	return func(f *File) (found []finding) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if x, ok := c.Fun.(*ast.Ident); ok && x.Name == name {
					found = append(found, finding{c.Pos(), name})
				}
			}
			return true
		})
		return found
	}
}

func initFuncs(f *File) (found []finding) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			found = append(found, finding{fn.Pos(), "func init"})
		}
	}
	return found
}

// Comments wants a comment on every package that says what it owns, and where it stops.
func Comments(t *Tree) (problems []string) {
	has, first := map[string]bool{}, map[string]string{}
	for _, f := range t.Files {
		if f.Test {
			continue
		}
		if first[f.Package] == "" {
			first[f.Package] = f.Path
		}
		want := "Package " + f.Name.Name + " "
		if f.Name.Name == "main" {
			want = "Command "
		}
		if f.Doc != nil && strings.HasPrefix(f.Doc.Text(), want) && len(f.Doc.Text()) > 60 {
			has[f.Package] = true
		}
	}
	for _, pkg := range sorted(first) {
		if !has[pkg] {
			problems = append(problems, first[pkg]+": package "+pkg+" has no comment that says what it owns and where it stops")
		}
	}
	return problems
}

// maxMethods is when a type knows too much. Flow and View are lists by design: everything that can
// happen, everything that can be seen; they are divided by area when they pass their limit. Cases has
// drafts beside cases; drafts leave it when it passes its limit.
var maxMethods = map[string]int{"": 25, "flow.Flow": 60, "view.View": 60, "cases.Cases": 36}

// Methods counts the exported methods of each type.
func Methods(t *Tree) (problems []string) {
	count := map[string]int{}
	for _, f := range t.Files {
		if f.Test || f.Generated {
			continue
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Recv != nil && fn.Name.IsExported() {
				count[f.Package+"."+receiver(fn)]++
			}
		}
	}
	for name, n := range count {
		limit, special := maxMethods[name]
		if !special {
			limit = maxMethods[""]
		}
		if n > limit {
			problems = append(problems, fmt.Sprintf("%s has %d exported methods, more than %d: divide it by what it knows", name, n, limit))
		}
	}
	sort.Strings(problems)
	return problems
}

func receiver(fn *ast.FuncDecl) string {
	expr := fn.Recv.List[0].Type
	for {
		switch x := expr.(type) {
		case *ast.StarExpr:
			expr = x.X
		case *ast.IndexExpr:
			expr = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// Long lists files over 400 lines and functions over 80: measured, not forbidden.
func Long(t *Tree) (report []string) {
	for _, f := range t.Files {
		if f.Generated || f.Test {
			continue
		}
		if f.Lines > 400 {
			report = append(report, fmt.Sprintf("%s has %d lines", f.Path, f.Lines))
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				from, to := t.Fset.Position(fn.Pos()).Line, t.Fset.Position(fn.End()).Line
				if to-from+1 > 80 {
					report = append(report, fmt.Sprintf("%s:%d: %s has %d lines", f.Path, from, fn.Name.Name, to-from+1))
				}
			}
		}
	}
	return report
}
