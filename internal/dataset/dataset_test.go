package dataset_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tabular"
)

func TestAVersionIsPublishedOnceAndStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := [][]string{{"1", "2026-03-01", "Ann & Sons", "12.5", "0.125", "true", "2026", "2026-03", "35.93, 31.95"}, {"2", "", "=1+1", "-3", "", "", "", "", ""}}
		v, fresh := w.publish(payments, first)
		if v.Number != 1 || !fresh || v.Rows != 2 || !v.Changes.Whole || v.Changes.Added != 2 {
			t.Fatalf("the first version: %+v, fresh %v", v, fresh)
		}
		again, fresh := w.publish(payments, first)
		if again.Number != 1 || fresh {
			t.Fatalf("the same again: number %d, fresh %v", again.Number, fresh)
		}
		second := [][]string{{"2", "", "=1+1", "-3.01", "", "", "", "", ""}, {"3", "", "", "", "", "", "", "", ""}}
		v2, fresh := w.publish(payments, second)
		want := dataset.Changes{Added: 1, Removed: 1, Changed: 1}
		if v2.Number != 2 || !fresh || v2.Changes != want {
			t.Fatalf("the second version: number %d, fresh %v, %+v", v2.Number, fresh, v2.Changes)
		}
		renamed := payments
		renamed.Title = map[string]string{"en": "Payments"}
		if _, fresh := w.publish(renamed, second); fresh {
			t.Error("another title made another version")
		}
		licensed := payments
		licensed.Licence = "CC0-1.0"
		if v, fresh := w.publish(licensed, second); !fresh || v.Number != 3 {
			t.Errorf("another licence: number %d, fresh %v", v.Number, fresh)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.s.Versions(ctx, tx, "payments")
			must(t, err)
			latest, err := w.s.Latest(ctx, tx, "payments")
			must(t, err)
			one, err := w.s.Version(ctx, tx, "payments", 1)
			must(t, err)
			newest, err := w.s.Newest(ctx, tx)
			must(t, err)
			recent, err := w.s.Recent(ctx, tx, 2)
			must(t, err)
			if len(all) != 3 || all[0].Number != 3 || latest.Number != 3 || newest["payments"].Number != 3 || len(recent) != 2 {
				t.Errorf("%d versions, latest %d", len(all), latest.Number)
			}
			if !reflect.DeepEqual(one, v) {
				t.Errorf("the first version reads\n%+v, and was\n%+v", one, v)
			}
			_, err = w.s.Version(ctx, tx, "payments", 4)
			if !errors.Is(err, &fault.Error{Kind: fault.NotFound}) {
				t.Errorf("version 4: %v", err)
			}
			return nil
		})
		canonical := [][]string{{"1", "2026-03-01", "Ann & Sons", "12.50", "0.125", "true", "2026", "2026-03", "35.93,31.95"}, {"2", "", "=1+1", "-3.00", "", "", "", "", ""}}
		if got := w.rows(v); !reflect.DeepEqual(got, canonical) {
			t.Errorf("the first version holds %q", got)
		}
	})
}

func TestRowsThatBreakTheSchemaAreAllNamed(t *testing.T) {
	w := sqliteWorld(t)
	_, _, err := w.try(t.Context(), payments, [][]string{
		{"1", "2026-02-30", "a", "1.234", "1e5", "yes", "26", "2026-13", "200,1"},
		{"", "", "bell \a", "", "", "", "", "", ""},
		{"3", "", "\xff", "", "", "", "", "", ""},
		{"4"},
	})
	var refused *dataset.Refused
	if !errors.As(err, &refused) || refused.Count != 11 {
		t.Fatalf("%v", err)
	}
	for i, want := range []string{"line 2, paid", "line 2, amount", "line 2, rate", "line 2, final", "line 2, year", "line 2, period", "line 2, place: “200,1” is not on the globe",
		"line 3, id: it is empty", "line 3, supplier: it holds the control character U+0007", "line 4, supplier: it is not UTF-8", "line 5: it has 1 cells"} {
		if got := refused.Problems[i].String(); !strings.HasPrefix(got, want) {
			t.Errorf("problem %d: %s; want %s", i, got, want)
		}
	}
	_, _, err = w.try(t.Context(), payments, [][]string{row("1"), row("2"), row("01")})
	if !errors.As(err, &refused) || refused.Problems[0].String() != "line 4, id: it is the same as in line 2, and no two rows may have the same" {
		t.Errorf("a key that is there twice: %v", err)
	}
	if v, _ := w.publish(payments, [][]string{row("1")}); v.Number != 1 {
		t.Errorf("after refusals the first version has number %d", v.Number)
	}
}

func row(id string) []string { return []string{id, "", "", "", "", "", "", "", ""} }

func sqliteWorld(t *testing.T) *world {
	t.Helper()
	db, _ := storetest.SQLite(t, sets()...)
	return newWorld(t, db, t.TempDir())
}

// Many publishers on several nodes: every version has its number, none is there twice, none is missing.
func TestConcurrentPublishersCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		nodes := []*world{w, newWorld(t, w.db, t.TempDir()), newWorld(t, w.db, t.TempDir())}
		const each = 5
		var wg sync.WaitGroup
		for n, node := range nodes {
			wg.Go(func() {
				for i := range each {
					for {
						_, _, err := node.try(t.Context(), payments, [][]string{row(string(rune('1' + n))), row("9" + string(rune('0'+i)))})
						if err == nil {
							break
						}
						if !errors.Is(err, dataset.ErrMoved) {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		wg.Wait()
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.s.Versions(ctx, tx, "payments")
			must(t, err)
			if len(all) != len(nodes)*each {
				t.Errorf("%d versions", len(all))
			}
			for i, v := range all {
				if v.Number != len(all)-i {
					t.Errorf("place %d has number %d", i, v.Number)
				}
				if i+1 < len(all) {
					d, err := w.s.Diff(context.WithoutCancel(t.Context()), all[i+1], v, 0)
					must(t, err)
					if d.Changes != v.Changes {
						t.Errorf("version %d says %+v, and is %+v", v.Number, v.Changes, d.Changes)
					}
				}
			}
			return nil
		})
	})
}

func TestWithdrawnIsGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, _ := w.publish(payments, [][]string{row("1")})
		other := newWorld(t, w.db, t.TempDir())
		for _, node := range []*world{w, other} { // files are there
			f, err := node.s.Open(t.Context(), v, dataset.CSV)
			must(t, err)
			must(t, f.Close())
		}
		withdraw := func(reason string) error {
			return w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				return w.s.Withdraw(ctx, tx, "payments", 1, reason, "Data Protection Act, section 12")
			})
		}
		same, err := w.s.Draft(t.Context(), payments, rowsOf([][]string{row("1")}))
		must(t, err)
		defer func() { must(t, same.Close()) }()
		must(t, w.s.Prepare(t.Context(), same))
		if err := withdraw(""); err == nil {
			t.Error("withdrawn without a reason")
		}
		must(t, withdraw("It named a person."))
		w.read(func(ctx context.Context, tx *store.Tx) (err error) {
			_, err = w.s.Latest(ctx, tx, "payments")
			if !errors.Is(err, &fault.Error{Kind: fault.NotFound}) {
				t.Errorf("the latest: %v", err)
			}
			hash := v.Hash
			v, err = w.s.Version(ctx, tx, "payments", 1)
			must(t, err)
			if v.Withdrawn == nil || v.Withdrawn.Reason != "It named a person." || v.Hash != hash {
				t.Errorf("the tombstone: %+v", v)
			}
			var chunks int
			must(t, tx.QueryRow(ctx, `SELECT count(*) FROM dataset_chunk`).Scan(&chunks))
			if chunks != 0 {
				t.Errorf("%d chunks are left", chunks)
			}
			return nil
		})
		isGone := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, &fault.Error{Kind: fault.Gone}) {
				t.Errorf("%s of a withdrawn version: %v", what, err)
			}
		}
		for _, node := range []*world{w, other} {
			for _, f := range []dataset.Format{dataset.CSV, dataset.JSONL} {
				_, err := node.s.Open(t.Context(), v, f)
				isGone("a file", err)
			}
			_, err := node.s.Query(t.Context(), v, dataset.Query{})
			isGone("a question", err)
			isGone("rows", node.s.Rows(t.Context(), v)(func([]string) error { return nil }))
		}
		_, _, err = w.try(t.Context(), payments, [][]string{row("1")})
		isGone("publishing again", err)
		isGone("publishing what was prepared before", w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.s.Publish(ctx, tx, same, "")
			return err
		}))
		if v, fresh := w.publish(payments, [][]string{row("2")}); v.Number != 2 || !fresh || !v.Changes.Whole {
			t.Errorf("the version after it: %+v", v)
		}
		if err := withdraw("again"); err == nil {
			t.Error("withdrawn twice")
		}
	})
}

// A publisher that stops midway leaves nothing for long, and one that is slow is told.
func TestWhatWasNeverPublishedIsSwept(t *testing.T) {
	storetest.Each(t, sets(), func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, t.TempDir())
		d, err := w.s.Draft(t.Context(), payments, rowsOf([][]string{row("1")}))
		must(t, err)
		defer d.Close()
		must(t, w.s.Prepare(t.Context(), d))
		clock.Advance(25 * 60 * 60 * 1e9)
		other := payments
		other.Dataset = "other"
		w.publish(other, [][]string{row("7")})
		err = db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.s.Publish(ctx, tx, d, "")
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "swept away") {
			t.Errorf("published after a day: %v", err)
		}
		must(t, w.s.Prepare(t.Context(), d))
		must(t, db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.s.Publish(ctx, tx, d, "")
			return err
		}))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			var chunks, contents, versions int
			must(t, tx.QueryRow(ctx, `SELECT count(*) FROM dataset_chunk`).Scan(&chunks))
			must(t, tx.QueryRow(ctx, `SELECT count(*) FROM dataset_content`).Scan(&contents))
			must(t, tx.QueryRow(ctx, `SELECT count(*) FROM dataset_version`).Scan(&versions))
			if chunks != 2 || contents != 0 || versions != 2 {
				t.Errorf("%d chunks, %d contents, %d versions", chunks, contents, versions)
			}
			return nil
		})
	})
}

// Two datasets whose tables happen to be the same bytes are still two: each is read by its own schema.
func TestEqualBytesOfDifferentForms(t *testing.T) {
	w := sqliteWorld(t)
	for _, c := range []struct {
		id, cell string
		of       tabular.Type
	}{{"numbers", "1", tabular.Integer}, {"years", "0001", tabular.Year}, {"truths", "true", tabular.Boolean}} {
		spec := dataset.Spec{Dataset: c.id, Schema: tabular.Schema{Columns: []tabular.Column{{ID: "a", Type: c.of}}}}
		v, _ := w.publish(spec, [][]string{{c.cell}})
		r, err := w.s.Query(t.Context(), v, dataset.Query{})
		if err != nil || len(r.Rows) != 1 || r.Rows[0][0] != c.cell || r.Columns[0].Type != string(c.of) {
			t.Errorf("%s: %v, %v", c.id, r, err)
		}
	}
}
