package bank_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/store"
)

func refunds(names ...string) bank.NewOrder {
	n := bank.NewOrder{Key: strings.Join(names, " "), Day: date("2026-06-15"), By: "cora",
		From: bankfile.Party{Name: "Greenvale Council", IBAN: ours, BIC: "BUKBGB22"}}
	for _, name := range names {
		n.Payments = append(n.Payments, bank.NewPayment{Refund: "refund " + name, Amount: pounds(2100),
			PaymentWords: bank.PaymentWords{To: bankfile.Party{Name: name, IBAN: "GB29NWBK60161331926819"}, Text: "Refund of bill 1"}})
	}
	return n
}

func (w *world) newOrder(n bank.NewOrder) (o *bank.Order, err error) {
	err = w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = w.orders.New(ctx, tx, council, n)
		return err
	})
	return o, err
}

func (w *world) order(id string) (o *bank.Order) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = w.orders.Get(ctx, tx, council, id)
		return err
	})
	return o
}

func (w *world) on(id string, f func(ctx context.Context, tx *store.Tx, o *bank.Order) error) error {
	return w.write(func(ctx context.Context, tx *store.Tx) error {
		o, err := w.orders.Get(ctx, tx, council, id)
		if err != nil {
			return err
		}
		return f(ctx, tx, o)
	})
}

func (w *world) propose(id, by string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, o *bank.Order) error { return w.orders.Propose(ctx, tx, o, by) })
}

func (w *world) approve(id, by string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, o *bank.Order) error { return w.orders.Approve(ctx, tx, o, by) })
}

func (w *world) refuse(id, by string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, o *bank.Order) error {
		return w.orders.Refuse(ctx, tx, o, "no", by)
	})
}

func (w *world) export(id, day string) (file []byte, err error) {
	err = w.on(id, func(ctx context.Context, tx *store.Tx, o *bank.Order) (err error) {
		file, err = w.orders.Export(ctx, tx, o, date(day), "tom")
		return err
	})
	return file, err
}

func (w *world) confirm(endToEnd, line string) error {
	return w.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := w.orders.Confirm(ctx, tx, council, endToEnd, line)
		return err
	})
}

func (w *world) fail(endToEnd, line string) error {
	return w.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := w.orders.Fail(ctx, tx, council, endToEnd, line, "AC04")
		return err
	})
}

func TestAnOrderOnItsWay(t *testing.T) {
	each(t, func(w *world) {
		o, err := w.newOrder(refunds("Rana", "Omar"))
		w.must(err)
		if o.Number != "O-2026-000001" || o.State != bank.Draft || o.Total != 4200 || o.Count != 2 || o.Payments[1].EndToEnd != "O-2026-000001-2" {
			t.Errorf("%+v", o)
		}
		_, err = w.export(o.ID, "2026-06-16")
		w.refused(err, fault.Conflict)
		w.refused(w.approve(o.ID, "tom"), fault.Conflict) // nobody proposed it
		w.must(w.propose(o.ID, "paul"))
		w.must(w.propose(o.ID, "paul"))
		w.refused(w.approve(o.ID, "paul"), fault.Forbidden)
		w.refused(w.approve(o.ID, "cora"), fault.Forbidden)
		w.refused(w.approve(o.ID, ""), fault.Forbidden)
		w.must(w.approve(o.ID, "tom"))
		w.must(w.approve(o.ID, "tom"))
		w.refused(w.confirm("O-2026-000001-1", "l1"), fault.Conflict) // not sent yet

		file, err := w.export(o.ID, "2026-06-16")
		w.must(err)
		if !bytes.Contains(file, []byte("<MsgId>O-2026-000001</MsgId>")) || !bytes.Contains(file, []byte("<CtrlSum>42.00</CtrlSum>")) {
			t.Errorf("%s", file)
		}
		w.clock.Advance(24 * time.Hour)
		again, err := w.export(o.ID, "2026-06-20")
		if err != nil || !bytes.Equal(file, again) {
			t.Errorf("exported again it is another file: %v", err)
		}
		w.refused(w.refuse(o.ID, "tom"), fault.Conflict)
		if got := w.order(o.ID); got.State != bank.Exported || got.DecidedBy != "tom" || len(got.Hash) != 32 || got.Payments[0].To.Name != "Rana" || got.From.IBAN != ours {
			t.Errorf("%+v", got)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.orders.Expected(ctx, tx, council, w.clock.Now())
			if want := (bankfile.Refund{ID: "refund Rana", EndToEnd: "O-2026-000001-1", Amount: pounds(2100)}); err != nil || len(all) != 2 || all[0] != want {
				t.Errorf("expected: %+v, %v", all, err)
			}
			return nil
		})

		w.must(w.confirm("O-2026-000001-1", "l1"))
		w.must(w.confirm("O-2026-000001-1", "l1"))
		w.refused(w.confirm("O-2026-000001-1", "l2"), fault.Conflict)
		if err := w.confirm("O-2026-000009-1", "l1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody's payment: %v", err)
		}
		w.must(w.fail("O-2026-000001-2", ""))
		w.must(w.fail("O-2026-000001-2", ""))
		got := w.order(o.ID)
		if got.State != bank.Done || got.Payments[0].State != bank.Left || got.Payments[0].LeftLine != "l1" || got.Payments[1].State != bank.Failed || got.Payments[1].Reason != "AC04" {
			t.Errorf("%+v", got)
		}
		// It came back a week later: it is known with which lines it left and came.
		w.must(w.fail("O-2026-000001-1", "l7"))
		w.must(w.fail("O-2026-000001-1", "l7"))
		w.must(w.confirm("O-2026-000001-1", "l1"))
		if p := w.order(o.ID).Payments[0]; p.State != bank.Failed || p.LeftLine != "l1" || p.BackLine != "l7" {
			t.Errorf("%+v", p)
		}
	})
}

func TestUnconfirm(t *testing.T) {
	each(t, func(w *world) {
		o, err := w.newOrder(refunds("Rana"))
		w.must(err)
		w.must(w.propose(o.ID, "cora"))
		w.must(w.approve(o.ID, "tom"))
		_, err = w.export(o.ID, "2026-06-16")
		w.must(err)
		w.must(w.confirm(o.Payments[0].EndToEnd, "l1"))
		for range 2 {
			w.mustWrite(func(ctx context.Context, tx *store.Tx) error {
				_, err := w.orders.Unconfirm(ctx, tx, council, o.Payments[0].EndToEnd, "l1")
				return err
			})
		}
		if got := w.order(o.ID); got.State != bank.Exported || got.Payments[0].State != bank.Waiting {
			t.Errorf("%+v", got)
		}
		w.must(w.confirm(o.Payments[0].EndToEnd, "l2"))
	})
}

func TestARefundIsInOneOrder(t *testing.T) {
	each(t, func(w *world) {
		first, err := w.newOrder(refunds("Rana"))
		w.must(err)
		_, err = w.newOrder(refunds("Omar", "Rana"))
		w.refused(err, fault.Conflict)
		w.must(w.refuse(first.ID, "cora"))
		w.must(w.refuse(first.ID, "cora"))
		w.clock.Advance(time.Second)
		second, err := w.newOrder(refunds("Omar", "Rana"))
		w.must(err)
		if second.Number != "O-2026-000002" {
			t.Errorf("%s: a number was lost", second.Number)
		}
		if got := w.order(first.ID); got.State != bank.Refused || got.Reason != "no" || got.Payments[0].State != bank.Dropped {
			t.Errorf("%+v", got)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			open, err := w.orders.List(ctx, tx, council, []bank.OrderState{bank.Draft, bank.Proposed}, "", 10)
			if err != nil || len(open) != 1 || open[0].ID != second.ID {
				t.Errorf("open: %v, %v", open, err)
			}
			all, err := w.orders.List(ctx, tx, council, []bank.OrderState{bank.Draft, bank.Refused}, second.ID, 10)
			if err != nil || len(all) != 1 || all[0].ID != first.ID {
				t.Errorf("before the second: %v, %v", all, err)
			}
			return nil
		})
	})
}

func TestOrdersThatCannotBe(t *testing.T) {
	each(t, func(w *world) {
		for name, change := range map[string]func(n *bank.NewOrder){
			"nothing to pay":   func(n *bank.NewOrder) { n.Payments = nil },
			"a wrong account":  func(n *bank.NewOrder) { n.Payments[0].To.IBAN = "GB00" },
			"no Latin letters": func(n *bank.NewOrder) { n.Payments[0].To.Name = "رنا" },
			"nought":           func(n *bank.NewOrder) { n.Payments[0].Amount = pounds(0) },
		} {
			n := refunds("Rana")
			change(&n)
			_, err := w.newOrder(n)
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.counts(); n["order"] != 0 || n["payment"] != 0 {
			t.Errorf("%v", n)
		}
	})
}

func TestTheSameOrderTwice(t *testing.T) {
	each(t, func(w *world) {
		var wait sync.WaitGroup
		got, errs := make([]*bank.Order, 8), make([]error, 8)
		for i := range got {
			wait.Go(func() { got[i], errs[i] = w.newOrder(refunds("Rana", "Omar")) })
		}
		wait.Wait()
		w.must(errors.Join(errs...))
		for _, o := range got {
			if o.ID != got[0].ID || len(o.Payments) != 2 {
				t.Errorf("%s and %s", o.Number, got[0].Number)
			}
		}
		other := refunds("Rana", "Omar")
		other.Payments[0].Amount = pounds(1)
		_, err := w.newOrder(other)
		w.refused(err, fault.Conflict)
		next, err := w.newOrder(refunds("Zoe"))
		if err != nil || next.Number != "O-2026-000002" {
			t.Errorf("%+v, %v", next, err)
		}
	})
}

// Of many who decide at once one does, and of many exports all give the same.
func TestDecidingAndExportingAtOnce(t *testing.T) {
	each(t, func(w *world) {
		o, err := w.newOrder(refunds("Rana"))
		w.must(err)
		w.must(w.propose(o.ID, "cora"))
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() { errs[i] = w.approve(o.ID, fmt.Sprint("p", i)) })
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			}
		}
		if done != 1 {
			t.Errorf("%d approved", done)
		}
		files := make([][]byte, 8)
		for i := range files {
			wait.Go(func() { files[i], errs[i] = w.export(o.ID, "2026-06-16") })
		}
		wait.Wait()
		w.must(errors.Join(errs...))
		for _, f := range files {
			if !bytes.Equal(f, files[0]) {
				t.Error("two files")
			}
		}
	})
}
