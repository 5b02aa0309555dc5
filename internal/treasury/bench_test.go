package treasury_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stoa/internal/bill"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// openAtRealTime lets ids ascend as they do in use; under a clock that stands still they would be in random order.
func openAtRealTime(b *testing.B, url string) *world {
	b.Helper()
	db, err := store.Open(b.Context(), store.Config{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Migrate(b.Context(), schema...); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return newWorld(b, db, storetest.NewClock())
}

func onBoth(b *testing.B, bench func(b *testing.B, w *world)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, openAtRealTime(b, "sqlite:"+b.TempDir()+"/bench.db")) })
	if storetest.HasPostgres() {
		b.Run("postgres", func(b *testing.B) {
			bench(b, openAtRealTime(b, storetest.PostgresURL(b, "LC_COLLATE 'C' LC_CTYPE 'C'")))
		})
	}
}

const batch = 200

// BenchmarkIssue gives bills per second, issued by one writer in batches of 200, beside bare inserts of the same rows
// (bill, move, entry, lines, pending) in as large batches in the same run, and the ratio.
func BenchmarkIssue(b *testing.B) {
	onBoth(b, func(b *testing.B, w *world) {
		var issue, bare time.Duration
		n := 0
		for i := range 5 {
			var list []*bill.Bill
			for j := range batch {
				list = append(list, w.fee(fmt.Sprint("before ", i, " ", j), 2100))
			}
			w.issued(list...)
		}
		w.analyze()
		for b.Loop() {
			start := time.Now()
			w.write(func(ctx context.Context, tx *store.Tx) error {
				var list []*bill.Bill
				for i := range batch {
					list = append(list, w.fee(fmt.Sprint("c", n, " ", i), 2100))
				}
				return w.Issue(ctx, tx, w.book, list...)
			})
			issue += time.Since(start)
			start = time.Now()
			w.write(func(ctx context.Context, tx *store.Tx) error {
				for i := range batch {
					if err := w.bareBill(ctx, tx, n*batch+i); err != nil {
						return err
					}
				}
				return nil
			})
			bare += time.Since(start)
			n++
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(n*batch)/issue.Seconds(), "bills/s")
		b.ReportMetric(float64(n*batch)/bare.Seconds(), "bare/s")
		b.ReportMetric(100*bare.Seconds()/issue.Seconds(), "%ofbare")
	})
}

// BenchmarkReceive gives payments per second of one bill each, every one a transaction, by 1 and 16 writers on many bills,
// beside bare inserts of the same rows (move, entry, lines, pending; and the bill's update), and the ratio. Folding goes
// on meanwhile.
func BenchmarkReceive(b *testing.B) {
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			onBoth(b, func(b *testing.B, w *world) { w.benchReceive(b, writers) })
		})
	}
}

func (w *world) benchReceive(b *testing.B, writers int) {
	var bills []*bill.Bill
	for i := range min(b.N, 2000) {
		bills = append(bills, w.fee(fmt.Sprint("c", i), 1<<40))
	}
	for from := 0; from < len(bills); from += batch {
		w.issued(bills[from:min(len(bills), from+batch)]...)
	}
	w.analyze()
	var n atomic.Int64
	var bare, received time.Duration
	const rounds = 4 // interleaved, so that what else the machine does meets both
	b.ResetTimer()
	for r := range rounds {
		some := b.N*(r+1)/rounds - b.N*r/rounds
		bare += timed(b, writers, some, func() error {
			i := int(n.Add(1))
			return w.db.Write(w.ctx, "bare", func(ctx context.Context, tx *store.Tx) error {
				return w.barePayment(ctx, tx, bills[i%len(bills)].ID, i)
			})
		})
		received += timed(b, writers, some, func() error {
			i := int(n.Add(1))
			p := &pay.Payment{ID: fmt.Sprint("p", i), Number: fmt.Sprint("R-", i), Organisation: "revenues", Method: pay.Card, State: pay.StatePaid,
				Amount: gbp(100), Received: gbp(100), Targets: []pay.Target{{Bill: bills[i%len(bills)].ID, Amount: 100}}}
			return w.db.Write(w.ctx, "receive", func(ctx context.Context, tx *store.Tx) error {
				return w.Receive(ctx, tx, w.book, p, day(3))
			})
		})
		received += timed(b, 1, 1, w.fold)
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/received.Seconds(), "payments/s")
	b.ReportMetric(float64(b.N)/bare.Seconds(), "bare/s")
	b.ReportMetric(100*bare.Seconds()/received.Seconds(), "%ofbare")
}

// analyze does what PostgreSQL does by itself in use, and the one that tests start does not: it tells its planner that the
// tables are no longer empty.
func (w *world) analyze() {
	w.write(func(ctx context.Context, tx *store.Tx) error {
		if tx.Lock() == "" {
			return nil
		}
		_, err := tx.Exec(ctx, `ANALYZE`)
		return err
	})
}

func (w *world) fold() error {
	return w.db.Write(w.ctx, "fold", func(ctx context.Context, tx *store.Tx) error {
		_, err := w.Ledger.Fold(ctx, tx, 100, ledger.Enough)
		return err
	})
}

// timed spreads n calls over writers.
func timed(b *testing.B, writers, n int, call func() error) time.Duration {
	start := time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return time.Since(start)
}

// insertRow inserts a row of these columns.
func insertRow(ctx context.Context, tx *store.Tx, table, columns string, values ...any) error {
	_, err := tx.Exec(ctx, `INSERT INTO `+table+` (`+columns+`) VALUES (`+store.Marks(1, strings.Count(columns, ",")+1)+`)`, values...)
	return err
}

func (w *world) bareBill(ctx context.Context, tx *store.Tx, i int) error {
	id, now := tx.NewID(), store.Micros(tx.Now())
	err := insertRow(ctx, tx, "bill", `organisation, id, number, reference, kind, of_kind, of_id, part, for_whom, service, payer, owner, subject, object,
		language, currency, issued, items, plan, balance, next_due, interest_until, state, version, created, updated, sealed`,
		"bare", id, fmt.Sprintf("B-2026-%06d", i), fmt.Sprintf("RF992026%06d", i), "fee", "case", fmt.Sprint("c", i), "", "licensing", "licence", "asha", "",
		w.subject, "P-1", "en", "GBP", "2026-01-01", strings.Repeat("i", 90), strings.Repeat("p", 80), 2100, "2026-01-15", "", "open", 1, now, now, make([]byte, 90))
	if err != nil {
		return err
	}
	return w.bareEvent(ctx, tx, id, 1, "issue "+id)
}

func (w *world) barePayment(ctx context.Context, tx *store.Tx, billID string, i int) error {
	_, err := tx.Exec(ctx, `UPDATE bill SET plan = plan || '', balance = balance + 0, next_due = $3, state = $4, version = version + 0, updated = $5,
		interest_until = '', payer = $6, owner = '', language = 'en' WHERE organisation = $1 AND id = $2`,
		"revenues", billID, "2026-01-15", "open", store.Micros(tx.Now()), "asha")
	if err != nil {
		return err
	}
	return w.bareEvent(ctx, tx, "bare "+strconv.Itoa(i), 1, "payment "+strconv.Itoa(i))
}

// bareEvent inserts the rows of a move and its entry.
func (w *world) bareEvent(ctx context.Context, tx *store.Tx, billID string, no int, key string) error {
	entry, now := tx.NewID(), store.Micros(tx.Now())
	err := insertRow(ctx, tx, "bill_move", `organisation, bill, no, idem_key, at, value_day, posted_day, due_day, kind, component, item, account, amount, entry,
		of_kind, of_id, by_person, sealed`, "bare", billID, no, key, now, "2026-01-01", "2026-01-01", "", "charge", "principal", "fee", "4110", 2100, entry, "", "", "", nil)
	if err != nil {
		return err
	}
	err = insertRow(ctx, tx, "ledger_entry", `organisation, id, idem_key, input_hash, value_day, booked, text, source_kind, source_id, reverses`,
		"bare", entry, key, make([]byte, 32), "2026-01-01", now, "Bill B-2026-000001: issued", "bill", billID, nil)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ledger_line (organisation, entry, value_day, booked, no, account, amount)
		VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $4, $8, $9, $10)`,
		"bare", entry, "2026-01-01", now, 1, "01kh4v2m1e7aaaaaaaaaaaaaaa", 1, 2, "01kh4v2m1e7bbbbbbbbbbbbbbb", -1)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ledger_pending (organisation, entry, value_day, account, amount) VALUES ($1, $2, $3, $4, $5), ($1, $2, $3, $6, $7)`,
		"bare", entry, "2026-01-01", "01kh4v2m1e7aaaaaaaaaaaaaaa", 1, "01kh4v2m1e7bbbbbbbbbbbbbbb", -1)
	return err
}
