package treasury_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"stoa/internal/bill"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
)

func BenchmarkZZ(b *testing.B) {
	onBoth(b, func(b *testing.B, w *world) {
		for round := range 6 {
			var list []*bill.Bill
			for i := range 200 {
				list = append(list, w.fee(fmt.Sprint("z", round, " ", i), 2100))
			}
			w.write(func(ctx context.Context, tx *store.Tx) error {
				t0 := time.Now()
				for _, x := range list {
					x.Organisation, x.Currency = "revenues", "GBP"
					if err := w.Bills.Number(ctx, tx, x); err != nil {
						return err
					}
				}
				t1 := time.Now()
				for _, x := range list {
					id, err := w.Ledger.Post(ctx, tx, w.book.Chart, ledger.Entry{Organisation: "revenues", Key: x.ID, Value: x.Day, Text: "x", Source: ledger.Source{Kind: "bill", ID: x.ID},
						Lines: []ledger.Line{{Account: "1200", Amount: money.Amount{Minor: 2100, Currency: "GBP"}}, {Account: "4110", Amount: money.Amount{Minor: -2100, Currency: "GBP"}}}})
					if err != nil {
						return err
					}
					for i := range x.Moves {
						x.Moves[i].Entry, x.Moves[i].Posted = id, x.Day
					}
				}
				t2 := time.Now()
				err := w.Bills.Insert(ctx, tx, list...)
				t3 := time.Now()
				for i := range 200 {
					if err := w.bareBill(ctx, tx, 200*round+i); err != nil {
						return err
					}
				}
				fmt.Println("number", t1.Sub(t0), "post", t2.Sub(t1), "insert", t3.Sub(t2), "bare", time.Since(t3))
				return err
			})
		}
		for b.Loop() {
		}
	})
}
