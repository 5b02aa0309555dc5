package spend_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/spend"
	"stoa/internal/store"
)

// TestWhatThePublicReads holds lists for the public to the rows that they are made of, read one by one: no person, nothing
// that came back, and what stands on lines is the sum of its moves.
func TestWhatThePublicReads(t *testing.T) {
	each(t, func(w *world) {
		firm, other, person := w.supplier("Mower & Sons", false), w.supplier("100% Green_", false), w.supplier("Pat Private", true)
		contract := w.contract(firm, "parks", 200_00)
		var paid []string
		for n, x := range []*spend.Supplier{firm, other, person, firm, other} {
			c := contract
			if x != firm {
				c = nil
			}
			i, err := w.invoice(x, c, fmt.Sprint("R", n), "parks", int64(10_00+n))
			w.must(err)
			w.must(w.check(i.ID))
			w.must(w.approve(i.ID, "sue", ""))
			w.must(w.order(i.ID, "order"))
			w.must(w.pay(i.ID, fmt.Sprint("O-", n)))
			paid = append(paid, i.ID)
		}
		w.must(w.back(paid[4], "O-4"))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			q := spend.PaymentQuery{Organisation: w.org, Limit: 50, Persons: true} // which the public cannot ask for
			shown, err := w.Payments.Shown(ctx, tx, q)
			w.must(err)
			found, err := w.Payments.Find(ctx, tx, spend.PaymentQuery{Organisation: w.org, Limit: 50, Public: true})
			w.must(err)
			if len(shown) != 3 || len(found) != 3 {
				w.t.Fatalf("%d shown, %d found", len(shown), len(found))
			}
			for i, p := range found {
				x, err := w.Suppliers.Get(ctx, tx, w.org, p.Supplier)
				w.must(err)
				in, err := w.Invoices.Get(ctx, tx, w.org, p.Invoice)
				w.must(err)
				want := spend.Shown{ID: p.ID, Number: p.Number, SupplierID: x.ID, Supplier: x.Name, Title: in.Title, InvoiceNumber: in.Number, SupplierNumber: in.SupplierNumber,
					For: p.For, LineRef: p.LineRef, Amount: p.Amount, Currency: p.Currency, Day: p.Day}
				if p.Commitment != "" {
					want.Commitment, want.CommitmentKind, want.CommitmentName = contract.Number, contract.Kind, contract.Title
				}
				if shown[i] != want {
					w.t.Errorf("shown %+v, want %+v", shown[i], want)
				}
			}
			names, err := w.Suppliers.Names(ctx, tx, w.org, []string{firm.ID, person.ID, "nobody", other.ID})
			w.must(err)
			if len(names) != 2 || names[firm.ID].Name != firm.Name {
				w.t.Error(names)
			}
			for text, want := range map[string][]string{"": {other.ID, firm.ID}, "MOWER": {firm.ID}, "%": {other.ID}, "n_": {other.ID}, "pat": nil, "private": nil} {
				list, err := w.Suppliers.Named(ctx, tx, w.org, text, 10)
				w.must(err)
				var ids []string
				for _, x := range list {
					ids = append(ids, x.ID)
				}
				if !slices.Equal(ids, want) {
					w.t.Errorf("%q finds %v, want %v", text, ids, want)
				}
			}
			now, err := w.Lines.Now(ctx, tx, w.org, year)
			w.must(err)
			moves, err := w.Lines.Sums(ctx, tx, w.org, year, calendar.Date{})
			w.must(err)
			if len(now) != 1 || now["parks"] != moves["parks"] {
				w.t.Errorf("%v stands on the lines, their moves make %v", now, moves)
			}
			return nil
		})
	})
}
