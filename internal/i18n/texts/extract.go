// Package texts treats the words of the interface as code: it finds every
// message in the Go sources and holds the PO files to them. It reads files and
// changes none but the PO files; the running platform does not import it.
//
// A message is a literal in one of these calls:
//
//	p.T("…") p.H("…") i18n.Msg("…")
//	p.C("context", "…")
//	p.N("one", "many", n) p.HN(…) p.Forms("one", "many")
//	t("…") forms("one", "many")                       functions that stand for T and Forms
//	fault.New…("key") fault.Wrap(err, kind, "key") fields.Add(field, "key") fault.Error{Key: "key"} p.Key("key")
//	                                                  each also with a sentence for a key
//
// Templates are read as the Go code generated from them.
package texts

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/i18n"
)

// ID is what a message is found by. Key is true of a fault key, whose English
// text stands in en.po; all others are their own English text.
type ID struct{ Context, Text string }

// Key reports whether the message is a key of package fault.
func (id ID) Key() bool { return id.Context == i18n.KeyContext }

// Message is one message of the code.
type Message struct {
	ID
	Plural string   // empty unless the message counts something
	Where  []string // file:line
}

// Extract reads the Go files below root/internal and root/cmd, tests excepted.
// problems are what is wrong with the calls themselves; a file that does not
// parse is one of them.
func Extract(root string) (messages []Message, problems []string, err error) {
	x := extractor{root: root, fset: token.NewFileSet(), found: map[ID]*Message{}}
	for _, dir := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), x.visit)
		if err != nil && !os.IsNotExist(err) {
			return nil, nil, fmt.Errorf("reading the messages of %s: %w", dir, err)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(x.found), compare) {
		messages = append(messages, *x.found[id])
	}
	return messages, x.problems, nil
}

func compare(a, b ID) int {
	if c := strings.Compare(a.Context, b.Context); c != 0 {
		return c
	}
	return strings.Compare(a.Text, b.Text)
}

type extractor struct {
	root     string
	fset     *token.FileSet
	found    map[ID]*Message
	problems []string
}

func (x *extractor) visit(path string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")):
		return filepath.SkipDir
	case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
		return nil
	}
	name, err := filepath.Rel(x.root, path)
	if err != nil {
		return err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(x.fset, filepath.ToSlash(name), source, parser.SkipObjectResolution)
	if err != nil {
		x.problems = append(x.problems, fmt.Sprintf("%v", err))
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			x.call(n)
		case *ast.CompositeLit:
			x.faultLiteral(n)
		case *ast.ValueSpec:
			x.keyConstants(n)
		}
		return true
	})
	return nil
}

func (x *extractor) call(c *ast.CallExpr) {
	on, name := callee(c.Fun)
	text := func(i int) string {
		if i >= len(c.Args) {
			return ""
		}
		s, _ := literal(c.Args[i])
		return s
	}
	switch {
	case on == "fault" && strings.HasPrefix(name, "New") && name != "New":
		x.key(c, text(0))
	case on == "fault" && name == "New":
		x.key(c, text(1))
	case on == "fault" && name == "Wrap":
		x.key(c, text(2))
	case on == "":
		switch name {
		case "t":
			x.add(c, ID{"", text(0)}, "")
		case "forms":
			x.add(c, ID{"", text(0)}, text(1))
		}
	case name == "Add":
		x.key(c, text(1))
	case name == "Key":
		x.key(c, text(0))
	case name == "T" || name == "H":
		x.add(c, ID{"", text(0)}, "")
		x.values(c, 1, text(0))
	case name == "C" || name == "pattern":
		if text(1) == "" {
			return
		}
		x.add(c, ID{text(0), text(1)}, "")
		if name == "C" {
			x.values(c, 2, text(1))
		}
	case name == "N" || name == "HN":
		if text(1) != "" {
			x.add(c, ID{"", text(0)}, text(1))
			x.values(c, 3, text(1))
		}
	case name == "Forms":
		x.add(c, ID{"", text(0)}, text(1))
	case on == "i18n" && name == "Msg":
		x.add(c, ID{"", text(0)}, "")
	}
}

// callee splits a call into what it is called on and the name called.
func callee(f ast.Expr) (on, name string) {
	switch f := f.(type) {
	case *ast.Ident:
		return "", f.Name
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			return id.Name, f.Sel.Name
		}
		return "…", f.Sel.Name
	}
	return "", ""
}

// literal reads a string literal, also one of several joined by +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}

func (x *extractor) where(n ast.Node) string {
	at := x.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", at.Filename, at.Line)
}

func (x *extractor) problem(n ast.Node, format string, args ...any) {
	x.problems = append(x.problems, x.where(n)+": "+fmt.Sprintf(format, args...))
}

func (x *extractor) add(n ast.Node, id ID, plural string) {
	if id.Text == "" {
		return // not a literal: it was marked with Msg where it was written
	}
	if strings.TrimSpace(id.Text) != id.Text {
		x.problem(n, "%q begins or ends with space: put the space outside the message", id.Text)
	}
	m := x.found[id]
	if m == nil {
		m = &Message{ID: id, Plural: plural}
		x.found[id] = m
	}
	if m.Plural != plural {
		x.problem(n, "%q is here with the plural %q and at %s with %q: one message, one plural", id.Text, plural, m.Where[0], m.Plural)
	}
	m.Where = append(m.Where, x.where(n))
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// sentenceForm is an error said in words at the place where it happens; names of headers are not.
var sentenceForm = regexp.MustCompile(`^\p{Lu}\S* .*\S$`)

func (x *extractor) key(n ast.Node, key string) {
	switch {
	case keyForm.MatchString(key):
		x.add(n, ID{i18n.KeyContext, key}, "")
	case sentenceForm.MatchString(key):
		x.add(n, ID{"", key}, "")
	}
}

// keyConstants reads keys that a package names: KeyEmpty = "blob.empty".
func (x *extractor) keyConstants(v *ast.ValueSpec) {
	for i, name := range v.Names {
		if i < len(v.Values) && strings.HasPrefix(name.Name, "Key") {
			s, _ := literal(v.Values[i])
			x.key(v, s)
		}
	}
}

func (x *extractor) faultLiteral(c *ast.CompositeLit) {
	if _, name := callee(c.Type); name != "Error" && name != "FieldError" {
		return
	}
	for _, e := range c.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "Key" {
				s, _ := literal(kv.Value)
				x.key(kv, s)
			}
		}
	}
}

// values compares the places of a message with the values it is given, where
// those are written out.
func (x *extractor) values(c *ast.CallExpr, from int, text string) {
	given := []string{}
	for _, arg := range c.Args[min(from, len(c.Args)):] {
		lit, ok := arg.(*ast.CompositeLit)
		if !ok {
			return
		}
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return
			}
			name, ok := literal(kv.Key)
			if !ok {
				return
			}
			given = append(given, "{"+name+"}")
		}
	}
	if from == 3 {
		given = append(given, "{n}") // N fills it; the form for one may do without
	}
	slices.Sort(given)
	if text != "" && !slices.Equal(places(text), slices.Compact(given)) {
		x.problem(c, "%q has the places %v and is given %v", text, places(text), given)
	}
}

var place = regexp.MustCompile(`\{[^{}]*\}|%[sd]`)

// places are the variables of a text, sorted, each once.
func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
