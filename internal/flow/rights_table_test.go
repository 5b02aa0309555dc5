package flow_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateRights = flag.Bool("update-rights", false, "rewrite the table of rights that use cases ask")

// asksNothing are the use cases that ask for no right, each with why.
var asksNothing = map[string]string{
	"Credentials.Answer":        "a wallet answers a question that somebody with the right has asked",
	"Credentials.Authorization": "what a wallet wants is read; the holder is asked afterwards",
	"Credentials.Nonce":         "a number for proofs, which opens nothing",
	"Credentials.Push":          "what a wallet wants is kept until the holder's browser brings it",
	"Credentials.Tell":          "whoever has the token that a wallet was given",
	"Credentials.Question":      "a wallet reads what it is asked, by the id that whoever has the right was given",
	"Credentials.Token":         "whoever has the code that the holder agreed to",
	"Flow.EnterCode":            "whoever has the code of the mail signs in by it",
	"Flow.RequestCode":          "anybody may ask for a code to an address",
	"Flow.ResumeDraft":          "whoever has the code of the mail gets the draft back",
	"Identity.AskPasskey":       "anybody may be asked for a passkey",
	"Schemes.AskScheme":         "anybody may be asked by an identity scheme who they are",
	"Schemes.HearScheme":        "the scheme's answer to the question of this browser",
}

// TestEveryUseCaseAsksARight: for every exported use case that is told who acts, the rights that it may ask on its way, read from
// the code. Who has each right, in every relation to a thing, is the table of internal/policy (testdata/rights.golden); the two
// together are every use case with every role. What asks nothing is named with why.
func TestEveryUseCaseAsksARight(t *testing.T) {
	f := readFlow(t)
	var b strings.Builder
	b.WriteString("# Which rights each use case asks, itself or in what it calls. Written by: go test ./internal/flow -run TestEveryUseCase -update-rights\n\n")
	for _, name := range slices.Sorted(maps.Keys(f.cases)) {
		asked := map[string]bool{}
		f.collect(f.cases[name], asked, map[*ast.FuncDecl]bool{})
		why, exempt := asksNothing[name]
		switch {
		case len(asked) == 0 && !exempt:
			t.Errorf("%s asks for no right. Ask package policy, or say in asksNothing why not", name)
		case len(asked) > 0 && exempt:
			t.Errorf("%s asks %v: take it out of asksNothing", name, slices.Sorted(maps.Keys(asked)))
		}
		if exempt {
			fmt.Fprintf(&b, "%s: nothing: %s\n", name, why)
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(slices.Sorted(maps.Keys(asked)), " "))
	}
	golden := filepath.Join("testdata", "rights.golden")
	if *updateRights {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("rights of use cases have changed: look whether that is meant, then run this test with -update-rights\n%s", difference(string(want), b.String()))
	}
}

// flowCode is the package's functions by their bare names, which calls are followed by; one name may be several functions.
type flowCode struct {
	cases map[string]*ast.FuncDecl
	all   map[string][]*ast.FuncDecl
	keep  map[string]bool // names of actions
}

func readFlow(t *testing.T) flowCode {
	t.Helper()
	f := flowCode{map[string]*ast.FuncDecl{}, map[string][]*ast.FuncDecl{}, map[string]bool{}}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			f.all[fn.Name.Name] = append(f.all[fn.Name.Name], fn)
			if fn.Recv != nil && fn.Name.IsExported() && takesActor(fn) {
				f.cases[receiver(fn)+"."+fn.Name.Name] = fn
			}
		}
	}
	actions, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "policy", "policy.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(actions, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if is, ok := v.Type.(*ast.Ident); ok && is.Name == "Action" {
				f.keep[v.Names[0].Name] = true
			}
		}
		return true
	})
	return f
}

func takesActor(fn *ast.FuncDecl) bool {
	return slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool {
		s, ok := p.Type.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Actor"
	})
}

func receiver(fn *ast.FuncDecl) string {
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	return typ.(*ast.Ident).Name
}

// collect finds the actions that a function names, and those of what it calls in this package.
func (f flowCode) collect(fn *ast.FuncDecl, asked map[string]bool, seen map[*ast.FuncDecl]bool) {
	if seen[fn] {
		return
	}
	seen[fn] = true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if of, ok := x.X.(*ast.Ident); ok && of.Name == "policy" && f.keep[x.Sel.Name] {
				asked[x.Sel.Name] = true
			}
		case *ast.CallExpr:
			for _, called := range f.called(fn, x) {
				f.collect(called, asked, seen)
			}
		}
		return true
	})
}

// called are the functions of this package that a call may mean: on the receiver itself, those of its type and of Flow, which all
// embed; on anything else those that are not exported, since exported names are other packages' too.
func (f flowCode) called(in *ast.FuncDecl, call *ast.CallExpr) (all []*ast.FuncDecl) {
	switch to := call.Fun.(type) {
	case *ast.Ident:
		for _, fn := range f.all[to.Name] {
			if fn.Recv == nil {
				all = append(all, fn)
			}
		}
	case *ast.SelectorExpr:
		of, _ := to.X.(*ast.Ident)
		own := of != nil && in.Recv != nil && len(in.Recv.List[0].Names) > 0 && in.Recv.List[0].Names[0].Name == of.Name
		for _, fn := range f.all[to.Sel.Name] {
			if fn.Recv == nil {
				continue
			}
			if own && (receiver(fn) == receiver(in) || receiver(fn) == "Flow" || len(f.all[to.Sel.Name]) == 1) || !own && !ast.IsExported(to.Sel.Name) {
				all = append(all, fn)
			}
		}
		for _, fn := range all { // its own stands before what it embeds
			if own && receiver(fn) == receiver(in) {
				return []*ast.FuncDecl{fn}
			}
		}
	}
	return all
}

// difference is the lines that only one of two texts has.
func difference(a, b string) string {
	var out strings.Builder
	have := strings.Split(a, "\n")
	for line := range strings.Lines(b) {
		if !slices.Contains(have, strings.TrimSuffix(line, "\n")) {
			out.WriteString("+ " + line)
		}
	}
	now := strings.Split(b, "\n")
	for line := range strings.Lines(a) {
		if !slices.Contains(now, strings.TrimSuffix(line, "\n")) {
			out.WriteString("- " + line)
		}
	}
	return out.String()
}
