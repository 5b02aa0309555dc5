package flow_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"stoa/internal/bank"
	"stoa/internal/flow"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/treasury"
)

// BenchmarkReconcile imports a statement of 10,000 lines for 12,000 bills and matches it: most by reference, some by the
// number in the text, one in twenty unknown. It gives the seconds of the import and of the matching with all that follows
// (postings, receipts), and of a page of the queue with suggestions; and looks that every line is placed or in the queue.
func BenchmarkReconcile(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchReconcile(b, "sqlite:"+b.TempDir()+"/bench.db") })
	if storetest.HasPostgres() {
		b.Run("postgres", func(b *testing.B) { benchReconcile(b, storetest.PostgresURL(b, "LC_COLLATE 'C' LC_CTYPE 'C'")) })
	}
}

func benchReconcile(b *testing.B, url string) {
	const bills, lines, unknown = 12_000, 10_000, 20
	db, err := store.Open(b.Context(), store.Config{URL: url}) // at real time, so that ids ascend as they do in use
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := db.Migrate(b.Context(), moneyTables...); err != nil {
		b.Fatal(err)
	}
	tl := newTill(b, db, storetest.NewClock())
	var references, numbers []string
	for n := 0; n < bills; n += 200 {
		var payers []string
		for i := range 200 {
			payers = append(payers, fmt.Sprintf("Payer%d", n+i))
		}
		for _, one := range tl.taxes(payers...) {
			references, numbers = append(references, one.Reference), append(numbers, one.Number)
		}
	}
	var importing, matching time.Duration
	waits, round := 0, 0
	day := func(lines int) {
		round++
		var moves []move
		for i := range lines {
			m := move{Minor: 1, Name: fmt.Sprintf("Payer%d", i), IBAN: "GB29NWBK60161331926819", Ref: fmt.Sprintf("r%d-%d", round, i)}
			switch {
			case i%unknown == 0:
				m.Text = "council tax"
			case i%5 == 1:
				m.Text = "council tax " + numbers[i]
			default:
				m.Reference = references[i]
			}
			moves = append(moves, m)
		}
		file := camt(fmt.Sprint("S", round), 0, moves...)
		start := time.Now()
		got, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, flow.ImportStatement{Name: "statement.xml", Bytes: file})
		tl.must(err)
		importing += time.Since(start)
		start = time.Now()
		tl.work()
		matching += time.Since(start)
		if waits += lines / unknown; got.New != lines {
			b.Fatalf("%d lines imported", got.New)
		}
	}
	day(2_000)
	tl.must(db.Write(b.Context(), "analyze", func(ctx context.Context, tx *store.Tx) error { // as autovacuum does in use
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	}))
	importing, matching = 0, 0
	for b.Loop() {
		day(lines)
	}
	rounds := float64(b.N)
	tl.must(tl.DB.Read(tl.ctx, "bench", func(ctx context.Context, tx *store.Tx) error {
		counts, err := tl.Money.Bank.Counts(ctx, tx, "markets")
		for _, c := range counts {
			if c.State == bank.New || c.State == bank.Suspense && c.Lines != waits {
				b.Errorf("%d lines are %s, and %d should wait", c.Lines, c.State, waits)
			}
		}
		return err
	}))
	start := time.Now()
	tl.must(tl.DB.Read(tl.ctx, "bench", func(ctx context.Context, tx *store.Tx) error { // a page of the queue, against all debts
		list, err := tl.Money.Bank.InState(ctx, tx, "markets", bank.Suspense, bank.Place{}, 50)
		if err != nil {
			return err
		}
		book, err := treasury.NewBook(tl.Docket.Releases.Current())
		if err != nil {
			return err
		}
		m, err := treasury.Finder{Bills: tl.Money.Treasury.Bills, Bank: tl.Money.Bank}.All(ctx, tx, book, tl.Docket.Releases.Current().Money.Bank, list)
		if err != nil {
			return err
		}
		for _, l := range list {
			m.Match(l.File())
		}
		return nil
	}))
	b.ReportMetric(time.Since(start).Seconds(), "s-queue")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(importing.Seconds()/rounds, "s-import")
	b.ReportMetric(matching.Seconds()/rounds, "s-match")
	b.ReportMetric(lines*rounds/matching.Seconds(), "lines/s")
}
