package arch

import (
	"strings"
	"testing"
)

const root = "../.."

var checks = []struct {
	name string
	find func(*Tree) []string
}{
	{"packages", Packages}, {"imports", Imports}, {"outside", Outside}, {"tables", Tables},
	{"habits", Habits}, {"comments", Comments}, {"methods", Methods},
}

func TestTheHouseIsAsTheMapSays(t *testing.T) {
	tree, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) < 100 || len(tree.SQL) < 5 {
		t.Fatalf("read only %d Go files and %d migrations: is this the root?", len(tree.Files), len(tree.SQL))
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range c.find(tree) {
				t.Error(p)
			}
		})
	}
	t.Logf("the map:\n%s", Says())
	if long := Long(tree); len(long) > 0 {
		t.Logf("longer than we like:\n%s", strings.Join(long, "\n"))
	}
}

// TestEachRuleCanFail gives every rule a small source that breaks it.
func TestEachRuleCanFail(t *testing.T) {
	const doc = "// Package x owns something small here, and stops before everything that matters to others.\n"
	for _, c := range []struct {
		name, path, src, want string
		find                  func(*Tree) []string
	}{
		{"inwards", "internal/rule/x.go", `import _ "stoa/internal/store"`, "rule may not import store: ring pure", Imports},
		{"downwards", "internal/money/x.go", `import _ "stoa/internal/rule"`, "money may not import rule: ring pure", Imports},
		{"neighbours", "internal/cases/x.go", `import _ "stoa/internal/record"`, "cases may not import record: ring domain", Imports},
		{"use cases apart", "internal/view/x.go", `import _ "stoa/internal/flow"`, "view may not import flow: ring use cases", Imports},
		{"pages past use cases", "internal/web/desk/x.go", `import _ "stoa/internal/store"`, "web/desk may not import store: ring edge", Imports},
		{"wiring is nobody's", "internal/web/x.go", `import _ "stoa/internal/app"`, "web may not import app: ring edge", Imports},
		{"tests too", "internal/rule/x_test.go", `import _ "stoa/internal/flow"`, "rule may not import flow", Imports},
		{"unknown import", "internal/cases/x.go", `import _ "stoa/internal/util"`, "not in the map", Imports},
		{"stale neighbour", "internal/docket/x.go", ``, "docket does not import cases", Imports},
		{"unknown package", "internal/util/x.go", ``, "package util is not in the map", Packages},
		{"HTTP inside", "internal/flow/x.go", `import _ "net/http"`, "flow may not import net/http: HTTP ends at the edge", Outside},
		{"SQL driver outside", "internal/cases/x.go", `import _ "database/sql"`, "cases may not import database/sql", Outside},
		{"new module", "internal/cases/x.go", `import _ "example.org/new"`, "example.org/new is not in", Outside},
		{"module elsewhere", "internal/cases/x.go", `import _ "github.com/jackc/pgx/v5/pgconn"`, "cases may not import github.com/jackc/pgx/v5/pgconn", Outside},
		{"stale module", "internal/cases/x.go", ``, "nothing imports rsc.io/qr", Outside},
		{"another's table", "internal/record/x.go", "var _ = `SELECT id FROM cases`", "table cases is cases's", Tables},
		{"another's table, written", "internal/flow/x.go", `var _ = "UPDATE cases SET state = $1"`, "table cases is cases's", Tables},
		{"clock", "internal/flow/x.go", "import \"time\"\nvar _ = time.Now", "time.Now: time comes in", Habits},
		{"exit", "internal/app/x.go", "import \"os\"\nfunc f() { os.Exit(1) }", "os.Exit: only a command", Habits},
		{"panic", "internal/flow/x.go", `func f() { panic("oh") }`, "panic: libraries return errors", Habits},
		{"init", "internal/flow/x.go", `func init() {}`, "func init: nothing happens", Habits},
		{"stale exception", "internal/flow/x.go", ``, "internal/store/id.go needs no exception for panic", Habits},
		{"methods", "internal/app/x.go", "type T struct{}\n" + manyMethods(26), "app.T has 26 exported methods", Methods},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := Empty()
			for path, src := range map[string]string{c.path: doc + "package x\n" + c.src, "internal/cases/migrations/1.sql": "CREATE TABLE cases (id TEXT)"} {
				if err := tree.Add(path, src); err != nil {
					t.Fatal(err)
				}
			}
			if found := strings.Join(c.find(tree), "\n"); !strings.Contains(found, c.want) {
				t.Errorf("want %q, got:\n%s", c.want, found)
			}
		})
	}
}

func TestAPackageWithoutACommentIsFound(t *testing.T) {
	tree := Empty()
	if err := tree.Add("internal/flow/x.go", "// Package flow.\npackage flow"); err != nil {
		t.Fatal(err)
	}
	if found := Comments(tree); len(found) != 1 {
		t.Errorf("found %q", found)
	}
}

func TestAForeignKeyToAnotherPackageIsFound(t *testing.T) {
	tree := Empty()
	for path, src := range map[string]string{
		"internal/person/migrations/1.sql": "CREATE TABLE person (id TEXT)",
		"internal/cases/migrations/2.sql":  "CREATE TABLE cases (person TEXT REFERENCES person (id))",
		"internal/access/migrations/3.sql": "CREATE TABLE person (id TEXT)",
	} {
		if err := tree.Add(path, src); err != nil {
			t.Fatal(err)
		}
	}
	found := strings.Join(Tables(tree), "\n")
	for _, want := range []string{"refers to table person", "is access's already"} {
		if !strings.Contains(found, want) {
			t.Errorf("want %q, got:\n%s", want, found)
		}
	}
}

func manyMethods(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("func (T) M" + string(rune('A'+i)) + "() {}\n")
	}
	return b.String()
}
