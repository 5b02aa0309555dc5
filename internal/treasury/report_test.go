package treasury_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/treasury"
)

// market is a world in which something has happened on three days.
func market(w *world) {
	b, c := w.issued(w.fee("c1", 1000)), w.issued(w.fee("c2", 500))
	w.must(w.reports(w.card("k1", pay.Target{Bill: b.ID, Amount: 1000}, pay.Target{Bill: c.ID, Amount: 100}), day(1), pay.Report{Kind: pay.Paid, Amount: gbp(1100)}))
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return w.TakeCash(ctx, tx, w.book, &pay.Payment{Method: pay.Cash, Till: w.till.ID, Key: "cash", Subject: w.subject, Amount: gbp(50),
			Targets: []pay.Target{{Bill: c.ID, Amount: 50}}}, day(2))
	})
}

func TestTheDayBookHasEveryEntryOnce(t *testing.T) {
	each(t, func(w *world) {
		market(w)
		w.read(func(ctx context.Context, tx *store.Tx) error {
			var all []treasury.DayEntry
			for after, more := (ledger.Place{}), true; more; {
				page, next, err := w.DayBook(ctx, tx, w.book, day(0), day(9), after, 1)
				if err != nil {
					return err
				}
				all, more = append(all, page...), next
				after = page[len(page)-1].Place()
			}
			if len(all) != 4 || all[2].Value != day(1) || all[2].Source.Kind != "payment" || len(all[2].Lines) != 3 || all[3].Lines[0].Account.Code != "1020" {
				t.Fatalf("the day book: %+v", all)
			}
			for _, e := range all {
				sum := int64(0)
				for i, l := range e.Lines {
					if sum += l.Amount.Minor; l.No != int64(i+1) {
						t.Errorf("line %d is number %d", i, l.No)
					}
				}
				if sum != 0 {
					t.Errorf("entry %+v makes %d", e, sum)
				}
			}
			one, more, err := w.DayBook(ctx, tx, w.book, day(2), day(2), ledger.Place{}, 10)
			if len(one) != 1 || more || !strings.HasPrefix(one[0].Text, "Payment R-2026-000002 for bill B-2026-000002") {
				t.Errorf("one day: %+v %v", one, more)
			}
			return err
		})
	})
}

func TestReportsAddUp(t *testing.T) {
	each(t, func(w *world) {
		market(w)
		w.read(func(ctx context.Context, tx *store.Tx) error {
			revenue, err := w.Revenue(ctx, tx, w.book, day(0), day(9))
			want := []treasury.Revenue{
				{For: "licensing", Service: "licence", Day: day(0), Currency: "GBP", Charged: 1500},
				{For: "licensing", Service: "licence", Day: day(1), Currency: "GBP", Paid: 1100},
				{For: "licensing", Service: "licence", Day: day(2), Currency: "GBP", Paid: 50},
			}
			if !slices.Equal(revenue, want) {
				t.Errorf("revenue %+v", revenue)
			}
			cash, err2 := w.CashPosition(ctx, tx, w.book, day(1), day(2))
			if len(cash) != 6 || cash[1] != (treasury.Position{Use: service.UseCard, Account: "1010", Day: day(1), Opening: gbp(0), In: gbp(1100), Out: gbp(0), Closing: gbp(1100)}) ||
				cash[4].Opening != gbp(1100) || cash[5].In != gbp(50) {
				t.Errorf("cash %+v", cash)
			}
			trial, err3 := w.Treasury.TrialBalance(ctx, tx, w.book, day(1))
			sum, whose := int64(0), ""
			for _, r := range trial {
				sum += r.Amount.Minor
				if r.Account.Code == "4110" {
					whose = r.For
				}
			}
			if sum != 0 || whose != "licensing" || len(trial) != 4 {
				t.Errorf("trial balance %+v", trial)
			}
			return errors.Join(err, err2, err3)
		})
	})
}

func TestFilesForOthers(t *testing.T) {
	db, clock := storetest.SQLite(t, schema...)
	w := newWorld(t, db, clock)
	j := jurisdiction()
	j.Money.Accounts[3].Title.By["en"] = `=HYPERLINK("x","Owed, by all")`
	book, err := treasury.NewBook(j)
	w.must(err)
	w.book = book
	market(w)
	w.read(func(ctx context.Context, tx *store.Tx) error {
		trial, err := w.Treasury.TrialBalance(ctx, tx, w.book, day(9))
		if err != nil {
			return err
		}
		var balance, dayBook, export strings.Builder
		err = errors.Join(treasury.WriteTrialBalance(&balance, trial, "en"), w.WriteDayBook(ctx, tx, w.book, day(0), day(9), "en", &dayBook),
			w.WriteExport(ctx, tx, w.book, day(0), day(9), &export))
		if err != nil {
			return err
		}
		if want := "1200,\"'=HYPERLINK(\"\"x\"\",\"\"Owed, by all\"\")\",asset,,,GBP,3.50,\r\n"; !strings.Contains(balance.String(), want) {
			t.Errorf("the trial balance:\n%s\nwants %s", balance.String(), want)
		}
		if want := ",1,Payment R-2026-000002 for bill B-2026-000002,1020,Account 1020,GBP,0.50,\r\n"; !strings.Contains(dayBook.String(), want) {
			t.Errorf("the day book:\n%s\nwants %s", dayBook.String(), want)
		}
		for name, file := range map[string]string{"trial balance": balance.String(), "day book": dayBook.String(), "export": export.String()} {
			checkFile(t, name, file)
		}
		if !strings.Contains(export.String(), ",4110,income,,licensing,GBP,,10.00,Bill B-2026-000001: issued,bill,") {
			t.Errorf("the export:\n%s", export.String())
		}
		return nil
	})
}

// checkFile reads a file as another program would, and adds up its sides.
func checkFile(t *testing.T, name, file string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil || len(rows) < 3 {
		t.Errorf("%s: %v", name, err)
		return
	}
	debit, credit := slices.Index(rows[0], "debit"), slices.Index(rows[0], "credit")
	var sums [2]float64
	for _, r := range rows[1:] {
		for i, at := range []int{debit, credit} {
			var n float64
			if r[at] != "" {
				if _, err := fmt.Sscan(r[at], &n); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			sums[i] += n * 100
		}
	}
	if sums[0] != sums[1] || sums[0] == 0 {
		t.Errorf("%s: debits %v, credits %v", name, sums[0], sums[1])
	}
}
