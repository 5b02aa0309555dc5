package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/jurisdictions"
)

// personal are the names of columns by which a table knows a person.
var personal = []string{"person", "holder", "payer", "owner", "subject", "email_key"}

// notPeople are columns of such a name that hold no person.
var notPeople = map[string]string{
	"appointment_seat.holder": "the appointment that has the seat, or what closed it",
	"publog_tree.holder":      "the node that writes the log",
	"spend_commitment.person": "whether the supplier is a person",
	"spend_invoice.person":    "whether the supplier is a person",
	"spend_payment.person":    "whether the supplier is a person",
}

// TestEveryTableWithAPersonIsCovered walks the tables of all packages.
func TestEveryTableWithAPersonIsCovered(t *testing.T) {
	sets := Migrations()
	db, _ := storetest.SQLite(t, sets...)
	covered, seen := flow.Covered(), map[string]bool{}
	err := db.Read(t.Context(), "tables", func(ctx context.Context, tx *store.Tx) error {
		tables, err := store.Strings(ctx, tx, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			columns, err := store.Strings(ctx, tx, `SELECT name FROM pragma_table_info('`+table+`')`)
			if err != nil {
				return err
			}
			for _, c := range columns {
				if !slices.Contains(personal, c) || notPeople[table+"."+c] != "" {
					continue
				}
				seen[table] = true
				if covered[table] == "" {
					t.Errorf("the table %s knows a person (%s): say in internal/flow/privacy_cover.go where the copy of everything holds it, or why not", table, c)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for table := range covered {
		if !seen[table] && table != "person_role" {
			t.Errorf("there is no table %s with a person", table)
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d tables were looked at", len(seen))
	}
}

// TestTheRecordOfProcessingComesFromTheFiles holds Greenvale's record against its files.
func TestTheRecordOfProcessingComesFromTheFiles(t *testing.T) {
	var b strings.Builder
	if err := PrivacyRecord(&b, jurisdictions.Greenvale(), "en", false); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"premises-licence", "kept: 6 years after the case is closed", "Licensing Act 2003", "council-tax", "Being asked how it went", "Data of several sources is matched: yes"} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the record lacks %q", part)
		}
	}
	if strings.Contains(b.String(), "law: \n") {
		t.Error("a purpose has no law")
	}
}

// TestAnErasureLeavesLogAndBooksSound erases the residents of the demo after all their times are over, rotates the master
// key in between, and then looks at the whole log, the books and everything else that the doctor looks at. An old backup
// of the database does not bring them back.
func TestAnErasureLeavesLogAndBooksSound(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: dir, URL: "http://log.example"}
	a := seeded(t, c)
	ctx := t.Context()
	var people []string
	err := a.DB.Read(ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		people, err = store.Strings(ctx, tx, `SELECT DISTINCT person FROM cases WHERE ended > 0 AND person NOT IN (SELECT person FROM person_role) LIMIT 12`)
		return err
	})
	if err != nil || len(people) < 5 {
		t.Fatalf("%d people with ended cases, %v", len(people), err)
	}
	for _, id := range people {
		if err := a.Flow.Privacy().AskErasure(ctx, policy.Actor{Person: id}, flow.AskErasure{Sure: true, Key: "erase-" + id}); err != nil {
			t.Fatal(err)
		}
	}
	a.Clock.Advance(8 * 24 * time.Hour)
	if err := a.vault.Rotate(); err != nil {
		t.Fatal(err)
	}
	if n, err := a.rewrap(ctx); n == 0 || err != nil {
		t.Errorf("%d keys were moved, %v", n, err)
	}
	erased, err := a.Flow.Privacy().Erase(ctx, System)
	if err != nil {
		t.Fatal(err)
	}
	a.Clock.Advance(8 * 366 * 24 * time.Hour)
	deleted, err := a.Flow.Privacy().Retain(ctx, System)
	if err != nil {
		t.Fatal(err)
	}
	if erased == 0 || deleted == 0 {
		t.Errorf("%d people and %d cases are gone: the test shows nothing", erased, deleted)
	}
	a.publishAll(t, func() bool { return true })
	backup, err := os.ReadFile(filepath.Join(dir, "keys.erased"))
	if err != nil || len(backup) == 0 {
		t.Errorf("the list of erasures: %d bytes, %v", len(backup), err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := Doctor(ctx, c, jurisdictions.Greenvale(), false)
	if err != nil {
		t.Fatal(err)
	}
	looked := map[string]bool{}
	for _, x := range found {
		looked[x.What] = true
		for _, f := range x.Findings {
			if x.What != "datasets" {
				t.Errorf("%s: %s", x.What, f)
			}
		}
	}
	for _, what := range []string{"ledger", "log", "erasures", "master keys"} {
		if !looked[what] {
			t.Errorf("the doctor did not look at %s", what)
		}
	}
	t.Logf("%d people erased, %d cases deleted", erased, deleted)
}
