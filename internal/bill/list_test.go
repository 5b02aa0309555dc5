package bill_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/store"
)

// street issues n bills, of which every other is a fee that is due earlier and has been paid in part.
func (w *world) street(n int) (bills []*bill.Bill) {
	w.t.Helper()
	for i := range n {
		b := w.tax(fmt.Sprint("s", i))
		if i%2 == 1 {
			b.Kind, b.Service, b.For, b.Payer = bill.Fee, "licence", "licensing", "rana"
			b.Plan = []bill.Instalment{{Due: dayAfter(10), Amount: 300}}
		}
		bills = append(bills, b)
	}
	w.issue(bills...)
	return bills
}

func TestListsComeInPages(t *testing.T) {
	each(t, func(w *world) {
		bills := w.street(7)
		w.apply(bills[1].ID, "pay", move(bill.MovePayment, bill.Principal, dayAfter(1), -300))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			var late []string
			for after := (bill.Place{}); ; {
				page, err := w.Overdue(ctx, tx, "revenues", dayAfter(31), after, 2)
				if err != nil {
					return err
				}
				for _, b := range page {
					late, after = append(late, b.Number), b.PlaceOf()
				}
				if len(page) < 2 {
					break
				}
			}
			if len(late) != 6 || !slices.Equal(sorted(late[:2]), []string{bills[3].Number, bills[5].Number}) {
				t.Errorf("overdue %v", late)
			}
			var debts []bill.Debt
			for after := (bill.Place{}); ; {
				page, err := w.Debts(ctx, tx, "revenues", after, 4)
				if err != nil {
					return err
				}
				if len(page) == 0 {
					break
				}
				debts, after = append(debts, page...), page[len(page)-1].Place
			}
			if len(debts) != 6 || debts[0].Name != "Asha Rao" || debts[0].Owed != 300 || debts[0].Reference == "" || debts[0].Payer != "rana" {
				t.Errorf("debts %+v", debts)
			}
			return nil
		})
	})
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestTheDeskFindsBills(t *testing.T) {
	each(t, func(w *world) {
		bills := w.street(5)
		w.apply(bills[1].ID, "pay", move(bill.MovePayment, bill.Principal, dayAfter(1), -300))
		for _, c := range []struct {
			query bill.Query
			want  []int
		}{
			{bill.Query{}, []int{4, 3, 2, 1, 0}},
			{bill.Query{Limit: 2}, []int{4, 3}},
			{bill.Query{Limit: 2, Before: bills[3].Number}, []int{2, 1}},
			{bill.Query{Begins: "2026-000003"}, []int{2}},
			{bill.Query{Begins: " b-2026-00000"}, []int{4, 3, 2, 1, 0}},
			{bill.Query{Begins: "b-2027"}, nil},
			{bill.Query{Begins: bills[2].Reference[:4] + " " + bills[2].Reference[4:]}, []int{2}},
			{bill.Query{Kind: bill.Fee}, []int{3, 1}},
			{bill.Query{Service: "council-tax"}, []int{4, 2, 0}},
			{bill.Query{For: "licensing", State: bill.Settled}, []int{1}},
			{bill.Query{Organisation: "other"}, nil},
		} {
			q := c.query
			if q.Organisation == "" {
				q.Organisation = "revenues"
			}
			if q.Limit == 0 {
				q.Limit = 10
			}
			w.read(func(ctx context.Context, tx *store.Tx) error {
				found, err := w.Find(ctx, tx, q)
				var got []int
				for _, b := range found {
					got = append(got, slices.IndexFunc(bills, func(o *bill.Bill) bool { return o.ID == b.ID }))
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("%+v finds %v, want %v", c.query, got, c.want)
				}
				return err
			})
		}
	})
}

func TestStatements(t *testing.T) {
	each(t, func(w *world) {
		bills := w.street(3) // 0 and 2 are asha's, all about one property
		paid := move(bill.MovePayment, bill.Principal, dayAfter(5), -120)
		paid.Why = "at the till"
		w.apply(bills[0].ID, "pay", paid)
		w.apply(bills[1].ID, "pay", move(bill.MovePayment, bill.Principal, dayAfter(6), -10))
		w.apply(bills[2].ID, "late", move(bill.MoveCharge, bill.Interest, dayAfter(40), 4))
		account := bill.Account{Organisation: "revenues", Currency: "GBP", Payer: "asha", From: dayAfter(1), Limit: 50}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			s, err := w.Statement(ctx, tx, account)
			if err != nil {
				return err
			}
			if s.Opening != 600 || s.Closing != 484 || len(s.Lines) != 2 || s.Lines[0].Balance != 480 || s.Lines[1].Balance != 484 || s.More ||
				s.Lines[0].Why != "at the till" || s.Lines[0].Number != bills[0].Number {
				t.Errorf("by person: %+v", s)
			}
			account.Payer, account.Object, account.Until = "", "UPRN-1", dayAfter(39)
			if s, err = w.Statement(ctx, tx, account); err != nil {
				return err
			}
			if s.Opening != 900 || s.Closing != 770 || len(s.Lines) != 2 {
				t.Errorf("by property: %+v", s)
			}
			account.From, account.Limit = dayAfter(-1), 3
			var balances []int64
			for more := true; more; {
				if s, err = w.Statement(ctx, tx, account); err != nil {
					return err
				}
				for _, l := range s.Lines {
					balances, account.After = append(balances, l.Balance), l
				}
				more = s.More
			}
			if want := []int64{400, 300, 700, 600, 1000, 900, 780, 770}; !slices.Equal(balances, want) {
				t.Errorf("in pages: %v, want %v", balances, want)
			}
			return nil
		})
	})
}

func TestTotalsAndAgeing(t *testing.T) {
	each(t, func(w *world) {
		bills := w.street(4)
		w.apply(bills[0].ID, "pay", move(bill.MovePayment, bill.Principal, dayAfter(5), -120))
		w.apply(bills[2].ID, "late", move(bill.MoveCharge, bill.Interest, dayAfter(40), 4))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			totals, err := bill.Figures{Bills: w.Bills}.Totals(ctx, tx, "revenues", dayAfter(0), dayAfter(5))
			want := []bill.Total{
				{For: "licensing", Service: "licence", Day: dayAfter(0), Kind: bill.MoveCharge, Currency: "GBP", Amount: 600, Moves: 4},
				{For: "revenues", Service: "council-tax", Day: dayAfter(0), Kind: bill.MoveCharge, Currency: "GBP", Amount: 600, Moves: 4},
				{For: "revenues", Service: "council-tax", Day: dayAfter(5), Kind: bill.MovePayment, Currency: "GBP", Amount: -120, Moves: 1},
			}
			if err != nil || !slices.Equal(totals, want) {
				t.Errorf("totals %+v %v", totals, err)
			}
			// On the 71st day: instalments of days 30, 60 and 90, the fees of day 10, interest of day 40.
			ages, err := bill.Figures{Bills: w.Bills}.Ageing(ctx, tx, "revenues", dayAfter(71))
			aged := []bill.Arrears{
				{For: "licensing", Service: "licence", Currency: "GBP", Bills: 2, Ages: [5]int64{0, 0, 0, 600, 0}},
				{For: "revenues", Service: "council-tax", Currency: "GBP", Bills: 2, Ages: [5]int64{200, 180, 104, 0, 0}},
			}
			if !slices.Equal(ages, aged) {
				t.Errorf("ages %+v", ages)
			}
			early, err2 := bill.Figures{Bills: w.Bills}.Ageing(ctx, tx, "revenues", dayAfter(10))
			if err == nil {
				err = err2
			}
			if early[0].Ages != [5]int64{600} || early[1].Ages != [5]int64{484} {
				t.Errorf("ages early %+v", early)
			}
			return err
		})
	})
}
