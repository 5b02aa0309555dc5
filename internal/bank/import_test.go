package bank_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

func TestImport(t *testing.T) {
	each(t, func(w *world) {
		got := w.mustImport(statement("01 10.00 Rana bill 1", "02 -3.50 Bank fee", "02 -3.50 Bank fee"))
		if got.Again || got.New != 3 || got.Known != 0 || got.By != "cora" || len(got.Statements) != 1 {
			t.Fatalf("%+v", got)
		}
		s := got.Statements[0]
		if s.Account != ours || s.From != date("2026-04-01") || s.Until != date("2026-04-02") || s.Opening != nil || s.New != 3 {
			t.Errorf("%+v", s)
		}
		all := w.next()
		if len(all) != 3 || all[0].Name != "Rana" || all[0].Text != "bill 1" || all[0].IBAN != "GB29NWBK60161331926819" || all[0].Amount != pounds(1000) ||
			all[0].State != bank.New || all[0].Value != date("2026-04-01") || all[2].No != 3 || all[0].File().Name != "Rana" {
			t.Fatalf("%+v", all)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			page, err := w.Lines(ctx, tx, council, s.ID, 1, 10)
			if err != nil || len(page) != 2 || page[0].No != 2 {
				t.Errorf("lines after the first: %+v, %v", page, err)
			}
			counts, err := w.Counts(ctx, tx, council)
			if want := []bank.Count{{State: bank.New, Currency: "GBP", Lines: 3, In: 1000, Out: 700, Oldest: date("2026-04-01")}}; err != nil || !reflect.DeepEqual(counts, want) {
				t.Errorf("counts %+v, %v", counts, err)
			}
			one, err := w.File(ctx, tx, council, got.ID)
			if err != nil || len(one.Statements) != 1 || one.Name != "april.csv" {
				t.Errorf("the file: %+v, %v", one, err)
			}
			if _, err := w.Line(ctx, tx, "other", all[0].ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("another organisation's line: %v", err)
			}
			return nil
		})
	})
}

func TestTheSameFileTwice(t *testing.T) {
	each(t, func(w *world) {
		text := statement("01 10.00 Rana", "02 5.00 Ana")
		first := w.mustImport(text)
		before := w.counts()
		again := w.mustImport(text)
		if !again.Again || again.ID != first.ID || again.New != 2 || len(again.Statements) != 1 || again.Statements[0].ID != first.Statements[0].ID {
			t.Errorf("again: %+v, first %+v", again, first)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			known, err := w.Known(ctx, tx, council, [32]byte(first.Hash))
			if err != nil || known.ID != first.ID || !known.Again {
				t.Errorf("known: %+v, %v", known, err)
			}
			_, err = w.Known(ctx, tx, council, [32]byte{})
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("never seen: %v", err)
			}
			return nil
		})
		if after := w.counts(); !reflect.DeepEqual(before, after) {
			t.Errorf("before %v, after %v", before, after)
		}
	})
}

func TestOverlap(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana", "02 5.00 Ana", "02 5.00 Ana"))
		got := w.mustImport(statement("02 5.00 Ana", "02 5.00 Ana", "03 7.00 Omar"))
		if got.New != 1 || got.Known != 2 || got.Statements[0].New != 1 || got.Statements[0].Known != 2 {
			t.Errorf("%+v", got)
		}
		if all := w.next(); len(all) != 4 || all[3].Name != "Omar" {
			t.Errorf("%d lines", len(all))
		}
		nothing := w.mustImport(statement("03 7.00 Omar"))
		if nothing.New != 0 || nothing.Known != 1 {
			t.Errorf("all known: %+v", nothing)
		}
		// The same statement in another file: other bytes, the same lines.
		same := w.mustImport(statement("03 7.00 Omar") + "\n")
		if same.New != 0 || same.Known != 1 || same.Again || same.Statements[0].ID != nothing.Statements[0].ID {
			t.Errorf("the same statement in another file: %+v", same)
		}
	})
}

// A statement that is here already must not grow.
func TestTheSameNumberWithOtherLines(t *testing.T) {
	each(t, func(w *world) {
		read := func(rows ...string) []bankfile.Statement {
			all, err := bankfile.ReadCSV(strings.NewReader(statement(rows...)), bankfile.DefaultFormat, ours, "GBP")
			w.must(err)
			all[0].ID = "S-1"
			return all
		}
		_, err := w.importAll("a", read("01 10.00 Rana", "02 1.00 x"))
		w.must(err)
		before := w.counts()
		_, err = w.importAll("b", read("01 10.00 Rana", "02 1.00 x", "02 2.00 y"))
		w.refused(err, fault.Conflict)
		if after := w.counts(); !reflect.DeepEqual(before, after) {
			t.Errorf("before %v, after %v", before, after)
		}
		// Another year, another statement.
		_, err = w.importAll("c", read("03 2.00 y"))
		w.must(err)
	})
}

func TestARefusedFileLeavesNothing(t *testing.T) {
	each(t, func(w *world) {
		text := statement("01 10.00 Rana", "02 5.00 Ana")
		if _, err := w.importCSV(text[:len(text)-30]); err == nil {
			t.Error("a file that was cut off is imported")
		}
		all, err := bankfile.ReadCSV(strings.NewReader(text), bankfile.DefaultFormat, ours, "GBP")
		w.must(err)
		other := slices.Clone(all)
		other[0].Currency, other[0].ID = "EUR", "x"
		_, err = w.importAll(text, append(slices.Clone(all), other...)) // one account, two currencies
		w.refused(err, fault.Conflict)
		for table, n := range w.counts() {
			if n != 0 {
				t.Errorf("%s has %d rows", table, n)
			}
		}
		w.mustImport(text)
	})
}

func TestGaps(t *testing.T) {
	each(t, func(w *world) {
		balances := func(day string, opening, closing int64) bankfile.Statement {
			o, c := pounds(opening), pounds(closing)
			return bankfile.Statement{ID: day, Account: ours, Currency: "GBP", From: date(day), Until: date(day), Opening: &o, Closing: &c}
		}
		_, err := w.importAll("a", []bankfile.Statement{balances("2026-04-01", 0, 100), balances("2026-04-02", 100, 150), balances("2026-04-04", 170, 200)})
		w.must(err)
		gaps := func() (all []bank.Gap) {
			w.read(func(ctx context.Context, tx *store.Tx) (err error) {
				all, err = w.Gaps(ctx, tx, council, ours, 100)
				return err
			})
			return all
		}
		if all := gaps(); len(all) != 1 || all[0].Before.Number != "2026-04-02" || all[0].After.Number != "2026-04-04" || *all[0].After.Opening != pounds(170) {
			t.Errorf("%+v", all)
		}
		_, err = w.importAll("b", []bankfile.Statement{balances("2026-04-03", 150, 170)})
		w.must(err)
		if all := gaps(); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			var seen []string
			var at bank.Place
			for {
				page, err := w.Statements(ctx, tx, council, at, 3)
				if err != nil {
					return err
				}
				for _, s := range page {
					seen, at = append(seen, s.Number), s.Place()
				}
				if len(page) < 3 {
					break
				}
			}
			if want := []string{"2026-04-04", "2026-04-03", "2026-04-02", "2026-04-01"}; !slices.Equal(seen, want) {
				t.Errorf("statements %v", seen)
			}
			return nil
		})
	})
}

// Whoever imports at the same time, the same file or ones that overlap, no line comes twice and none is lost.
func TestImportsAtOnce(t *testing.T) {
	each(t, func(w *world) {
		rows := func(from, to int) (all []string) {
			for i := from; i < to; i++ {
				all = append(all, fmt.Sprintf("%02d %d.00 N%d", i/40+1, i+1, i))
			}
			return all
		}
		texts := []string{statement(rows(0, 400)...), statement(rows(200, 600)...), statement(rows(0, 600)...)}
		var wait sync.WaitGroup
		got, errs := make([]bank.Imported, 9), make([]error, 9)
		for i := range got {
			wait.Go(func() { got[i], errs[i] = w.importCSV(texts[i%3]) })
		}
		wait.Wait()
		w.must(errors.Join(errs...))
		fresh, files := 0, map[string]int{}
		for _, g := range got {
			if !g.Again {
				fresh += g.New
				files[g.ID]++
			}
		}
		if n := w.counts(); fresh != 600 || n["line"] != 600 || n["file"] != 3 || len(files) != 3 {
			t.Errorf("%d lines were new, %v, files %v", fresh, n, files)
		}
	})
}

func TestErasedLines(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana bill"))
		w.mustWrite(func(ctx context.Context, tx *store.Tx) error {
			subjects, err := store.Strings(ctx, tx, `SELECT subject FROM bank_file`)
			if err == nil {
				err = w.keys.Erase(ctx, tx, subjects[0])
			}
			return err
		})
		if l := w.next()[0]; l.Name != "" || l.Text != "" || l.Amount != pounds(1000) {
			t.Errorf("%+v", l)
		}
	})
}

// What stands in the rows says nothing of people.
func TestNothingPersonalInTheOpen(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana bill-for-the-yard"))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			var text, subject string
			var key, sealed []byte
			err := tx.QueryRow(ctx, `SELECT l.id || ' ' || l.account || ' ' || l.statement || ' ' || l.booked || ' ' || l.value_day || ' ' || l.currency || ' ' || l.state || ' ' || s.number || ' ' || f.name,
				l.subject, l.line_key, l.sealed FROM bank_line l JOIN bank_statement s ON s.id = l.statement JOIN bank_file f ON f.id = s.file`).Scan(&text, &subject, &key, &sealed)
			for _, personal := range []string{"Rana", "yard", "31926819"} {
				if all := text + subject + string(key) + string(sealed); strings.Contains(all, personal) {
					t.Errorf("%q says %s", all, personal)
				}
			}
			return err
		})
	})
}

func TestManyLines(t *testing.T) {
	each(t, func(w *world) {
		var rows []string
		for i := range 1500 {
			rows = append(rows, fmt.Sprintf("%02d %d.00 N", i%28+1, i+1))
		}
		if got := w.mustImport(statement(rows...)); got.New != 1500 {
			t.Errorf("%+v", got)
		}
		var total money.Amount
		w.read(func(ctx context.Context, tx *store.Tx) error {
			seen := map[string]bool{}
			var at bank.Place
			for {
				page, err := w.InState(ctx, tx, council, bank.New, at, 97)
				if err != nil || len(page) == 0 {
					break
				}
				for _, l := range page {
					if seen[l.ID] || l.Value.Before(at.Day) {
						t.Fatalf("%s again, or out of order", l.ID)
					}
					seen[l.ID], at = true, l.Place()
					total.Minor += l.Amount.Minor
				}
			}
			if len(seen) != 1500 || total.Minor != 1500*1501/2*100 {
				t.Errorf("%d lines, %d", len(seen), total.Minor)
			}
			return nil
		})
	})
}

// BenchmarkImport10000 is what storing a statement of 10,000 lines takes, sealed and in one transaction.
func BenchmarkImport10000(b *testing.B) {
	var rows []string
	for i := range 10_000 {
		rows = append(rows, fmt.Sprintf("%02d %d.00 N%d bill", i%28+1, i+1, i))
	}
	text := statement(rows...)
	all, err := bankfile.ReadCSV(strings.NewReader(text), bankfile.DefaultFormat, ours, "GBP")
	if err != nil {
		b.Fatal(err)
	}
	run := func(b *testing.B, db *store.DB, clock *storetest.Clock) {
		w := newWorld(b, db, clock)
		n := 0
		for b.Loop() {
			n++
			for i := range all[0].Lines {
				all[0].Lines[i].ID = fmt.Sprint(n, " ", i)
			}
			all[0].ID = fmt.Sprint(n)
			if got, err := w.importAll(fmt.Sprint(n), all); err != nil || got.New != 10_000 {
				b.Fatal(err)
			}
		}
	}
	b.Run("sqlite", func(b *testing.B) {
		db, clock := storetest.SQLite(b, schema...)
		run(b, db, clock)
	})
	if storetest.HasPostgres() {
		b.Run("postgres", func(b *testing.B) {
			db, clock := storetest.Postgres(b, schema...)
			run(b, db, clock)
		})
	}
}
