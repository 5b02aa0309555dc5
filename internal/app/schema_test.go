package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/jurisdictions"
)

var update = flag.Bool("update", false, "add new migrations to testdata/migrations.txt")

// schemas is the file of what every migration is, in the order in which they came; an empty line lies between two states of the
// schema that a program has had.
const schemas = "testdata/migrations.txt"

// TestMigrationsStay: an installation has applied a migration as it was; one that changes afterwards leaves it with another schema.
func TestMigrationsStay(t *testing.T) {
	text, err := os.ReadFile(schemas)
	if err != nil {
		t.Fatal(err)
	}
	var added []string
	for _, set := range append([]fs.FS{store.Migrations()}, Migrations()...) {
		files, err := fs.Glob(set, "migrations/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			body, err := fs.ReadFile(set, file)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(body)
			line := hex.EncodeToString(sum[:]) + " " + path.Base(file) + "\n"
			switch {
			case bytes.Contains(text, []byte(line)):
			case bytes.Contains(text, []byte(" "+path.Base(file)+"\n")):
				t.Errorf("%s is not what it was when installations applied it: leave it, and write another", path.Base(file))
			default:
				added = append(added, line)
			}
		}
	}
	if len(added) == 0 {
		return
	}
	if !*update {
		t.Fatalf("new migrations: go test ./internal/app -run MigrationsStay -update writes them down:\n%s", strings.Join(added, ""))
	}
	if err := os.WriteFile(schemas, append(text, "\n"+strings.Join(added, "")...), 0o644); err != nil {
		t.Fatal(err)
	}
}

// wholeFrom is in the first state of the schema that has all that is in the books: of today's rows, those before keep half.
const wholeFrom = "02300_spend.sql"

// TestEverySchemaComesUpToDate: a seeded installation as each earlier program would have stored it, as far as its schema goes, is
// opened by this one; then everything in it agrees.
func TestEverySchemaComesUpToDate(t *testing.T) {
	text, err := os.ReadFile(schemas)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Data: t.TempDir(), URL: "http://127.0.0.1:1"}
	a := seeded(t, c)
	rows := allRows(t, a.DB)
	keys := c.KeyFiles()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	databases := map[string]func() Secret{"sqlite": func() Secret { return "" }}
	if storetest.HasPostgres() {
		databases["postgres"] = func() Secret {
			return Secret(storetest.PostgresURL(t, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"))
		}
	}
	var numbers []int64
	whole := false
	states := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	for i, state := range states[:len(states)-1] {
		var last string
		for line := range strings.Lines(state + "\n") {
			_, name, _ := strings.Cut(strings.TrimSpace(line), " ")
			n, err := strconv.ParseInt(name[:5], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			numbers, last = append(numbers, n), name
			whole = whole || name == wholeFrom
		}
		if !whole {
			continue
		}
		for kind, database := range databases {
			if kind == "postgres" && i != len(states)-2 {
				continue // it is the same migrations: the last step is enough
			}
			t.Run(strconv.Itoa(len(numbers))+" to "+last+" "+kind, func(t *testing.T) {
				old := Config{Data: t.TempDir(), URL: c.URL, Database: database()}
				for _, file := range keys {
					text, err := os.ReadFile(file)
					if err == nil {
						err = os.WriteFile(filepath.Join(old.Data, filepath.Base(file)), text, 0o600)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				asStored(t, old, numbers, rows)
				all, err := Doctor(t.Context(), old, jurisdictions.Greenvale(), false)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range all {
					if len(x.Findings) > 0 && x.What != "database" { // the test's own cluster does not sync
						t.Errorf("%s: %v", x.What, x.Findings)
					}
				}
			})
		}
	}
	if !whole {
		t.Errorf("no state has %s", wholeFrom)
	}
}

// allRows are the rows of every table, by the names of their columns.
func allRows(t *testing.T, db *store.DB) map[string][]map[string]any {
	t.Helper()
	all := map[string][]map[string]any{}
	err := db.Read(t.Context(), "rows", func(ctx context.Context, tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := tx.Query(ctx, "SELECT "+names(table.Columns)+" FROM "+table.Name+" ORDER BY "+strings.Join(table.Key, ", "))
			all[table.Name], err = store.Collect(rows, err, func(s store.Scanner) (map[string]any, error) {
				cells, into := make([]any, len(table.Columns)), make([]any, len(table.Columns))
				for i := range cells {
					into[i] = &cells[i]
				}
				err := s.Scan(into...)
				row := map[string]any{}
				for i, column := range table.Columns {
					switch v := cells[i].(type) {
					case []byte: // none of them is no NULL
						row[column.Name] = append([]byte{}, v...)
					case int64:
						if row[column.Name] = v; column.Kind == store.Boolean {
							row[column.Name] = v != 0
						}
					default:
						row[column.Name] = v
					}
				}
				return row, err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// asStored makes a database of some migrations, and fills what it has room for.
func asStored(t *testing.T, c Config, numbers []int64, rows map[string][]map[string]any) {
	t.Helper()
	db, err := openDatabase(t.Context(), c.databaseURL())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.MigrateTo(t.Context(), numbers, Migrations()...); err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), "fill", func(ctx context.Context, tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		if err != nil {
			return err
		}
		for _, table := range slices.Backward(tables) { // what migrations wrote is among the rows
			if _, err := tx.Exec(ctx, "DELETE FROM "+table.Name); err != nil {
				return err
			}
		}
		for _, table := range tables {
			marks := make([]string, len(table.Columns))
			for i := range marks {
				marks[i] = "$" + strconv.Itoa(i+1)
			}
			insert := "INSERT INTO " + table.Name + " (" + names(table.Columns) + ") VALUES (" + strings.Join(marks, ", ") + ")"
			for _, row := range rows[table.Name] {
				args := make([]any, len(table.Columns))
				for i, column := range table.Columns {
					args[i] = row[column.Name]
				}
				if _, err := tx.Exec(ctx, insert, args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func names(columns []store.Column) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Name
	}
	return strings.Join(all, ", ")
}
