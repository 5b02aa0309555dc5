package bill_test

import (
	"context"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/store"
)

// TestBillsAreFoundByWhatAPayerNames: whatever became of them, by reference or by number.
func TestBillsAreFoundByWhatAPayerNames(t *testing.T) {
	each(t, func(w *world) {
		bills := w.street(4)
		w.apply(bills[1].ID, "pay", move(bill.MovePayment, bill.Principal, dayAfter(1), -300))
		number := func(i int) string { return strings.ReplaceAll(bills[i].Number, "-", "") }
		w.read(func(ctx context.Context, tx *store.Tx) error {
			for _, c := range []struct {
				keys []string
				want []int
			}{
				{nil, nil},
				{[]string{"B", "B2026", "2026000001", "RF", "RF00", "HELLO", "Bx2026000001", "B20260000019"}, nil},
				{[]string{number(2)}, []int{2}},
				{[]string{bills[1].Reference, number(1)}, []int{1}}, // paid, and named twice
				{[]string{bills[3].Reference, number(0), "B2026999999"}, []int{0, 3}},
			} {
				got, err := w.Named(ctx, tx, "revenues", c.keys)
				if err != nil {
					return err
				}
				found := map[string]bill.Debt{}
				for _, d := range got {
					found[d.ID] = d
				}
				for _, i := range c.want {
					if found[bills[i].ID].Number != bills[i].Number {
						t.Errorf("%q does not find %s", c.keys, bills[i].Number)
					}
				}
				if len(got) != len(c.want) {
					t.Errorf("%q finds %d bills, want %d", c.keys, len(got), len(c.want))
				}
			}
			none, err := w.Named(ctx, tx, "other", []string{number(2)})
			if len(none) != 0 {
				t.Errorf("another organisation finds %d", len(none))
			}
			paid, err2 := w.Named(ctx, tx, "revenues", []string{number(1)})
			if err2 == nil && (paid[0].State != bill.Settled || paid[0].Owed != 0 || paid[0].Name == "") {
				t.Errorf("a paid bill: %+v", paid[0])
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}
