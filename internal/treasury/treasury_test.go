package treasury_test

import (
	"context"
	"errors"
	"testing"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

func TestABillIsIssuedOncePaidAndBalances(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 2100), w.fee("c2", 500))
		if b.Number != "B-2026-000001" || b.Reference == "" || b.State != bill.Open || b.Balance != 2100 || b.Next != day(14) {
			t.Errorf("issued %+v", b)
		}
		again := w.issued(w.fee("c1", 9999))
		if again.ID != b.ID || again.Balance != 2100 || again.Name != "Asha Rao" {
			t.Errorf("again %+v", again)
		}
		third := w.issued(w.fee("c3", 100))
		if third.Number != "B-2026-000003" {
			t.Errorf("third is %s", third.Number)
		}
		p := w.card("k1", pay.Target{Bill: b.ID, Amount: 2100})
		for range 2 {
			w.must(w.reports(p, day(3), pay.Report{Kind: pay.Paid, Amount: gbp(2100), At: w.clock.Now()}))
		}
		w.write(func(ctx context.Context, tx *store.Tx) error { // doubled past pay: the books do not care
			p, err := w.Payments.Get(ctx, tx, "revenues", p.ID)
			if err != nil {
				return err
			}
			return w.Receive(ctx, tx, w.book, p, day(4))
		})
		got := w.get(b)
		if got.State != bill.Settled || got.Balance != 0 || !got.Next.IsZero() || len(got.Moves) != 2 {
			t.Errorf("paid: %+v", got)
		}
		m := got.Moves[1]
		if m.Kind != bill.MovePayment || m.Of != (bill.Source{Kind: "payment", ID: p.ID}) || m.Account != "1010" || m.Value != day(3) || m.Entry == "" {
			t.Errorf("the move is %+v", m)
		}
		if w.holds(service.UseCard) != 2100 || w.holds(service.UseReceivable) != 600 || w.balance("4110") != -2700 {
			t.Errorf("card %d, receivable %d, income %d", w.holds(service.UseCard), w.holds(service.UseReceivable), w.balance("4110"))
		}
		w.sound()
	})
}

func TestPartsPayInOrderAndExcessIsCredit(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		interest := func(day0 calendar.Date, key string, pence int64) {
			w.must(w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Charge(ctx, tx, w.book, b, treasury.Act{Key: key, Day: day0}, calendar.Date{},
					bill.Item{ID: "interest", Account: "4900", Component: bill.Interest, Amount: pence})
			}))
		}
		interest(day(20), "one", 30)
		interest(day(20), "one", 30)
		w.must(w.reports(w.card("k1", pay.Target{Bill: b.ID, Amount: 100}), day(21), pay.Report{Kind: pay.Paid, Amount: gbp(100)}))
		got := w.get(b)
		if owed := bill.Owed(got.Moves); owed[bill.Interest] != 0 || owed[bill.Principal] != 930 || got.Balance != 930 || got.Next != day(14) {
			t.Errorf("owed %v, %+v", owed, got)
		}
		w.must(w.reports(w.card("k2", pay.Target{Bill: b.ID, Amount: 1000}), day(22), pay.Report{Kind: pay.Paid, Amount: gbp(1000)}))
		if got = w.get(b); got.Credit() != 70 || got.State != bill.Settled {
			t.Errorf("credit %d, %s", got.Credit(), got.State)
		}
		other := w.issued(w.fee("c2", 50))
		w.write(func(ctx context.Context, tx *store.Tx) error {
			for range 2 {
				all, err := w.Bills.GetAll(ctx, tx, "revenues", []string{b.ID, other.ID})
				if err != nil {
					return err
				}
				from, to := all[0], all[1]
				if from.ID != b.ID {
					from, to = to, from
				}
				if err := w.Transfer(ctx, tx, w.book, from, to, treasury.Act{Key: "t", Day: day(23)}, 50); err != nil {
					return err
				}
			}
			return nil
		})
		if w.get(b).Credit() != 20 || w.get(other).State != bill.Settled {
			t.Errorf("after the transfer: %d and %s", w.get(b).Balance, w.get(other).State)
		}
		w.sound()
	})
}

func TestACancelledBillKeepsWhatWasPaid(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		w.must(w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			return w.Waive(ctx, tx, w.book, b, treasury.Act{Key: "w", Day: day(2), By: "olu", Why: "hardship"}, "", 400)
		}))
		w.must(w.reports(w.card("k1", pay.Target{Bill: b.ID, Amount: 600}), day(3), pay.Report{Kind: pay.Paid, Amount: gbp(600)}))
		late := w.card("k2", pay.Target{Bill: b.ID, Amount: 600})
		for range 2 {
			w.must(w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Cancel(ctx, tx, w.book, b, treasury.Act{Day: day(4), Why: "withdrawn"})
			}))
		}
		if got := w.get(b); got.State != bill.Cancelled || got.Credit() != 600 || w.holds(service.UseWaived) != 0 || w.balance("4110") != 0 {
			t.Errorf("%s, credit %d, waived %d, income %d", got.State, got.Credit(), w.holds(service.UseWaived), w.balance("4110"))
		}
		w.must(w.reports(late, day(5), pay.Report{Kind: pay.Paid, Amount: gbp(600)}))
		if got := w.get(b); got.State != bill.Cancelled || got.Credit() != 1200 || got.Moves[1].Why != "hardship" {
			t.Errorf("%s, credit %d, %+v", got.State, got.Credit(), got.Moves[1])
		}
		w.sound()
	})
}

func TestRefundsAreOwedUntilTheyAreDone(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		p := w.card("k1", pay.Target{Bill: b.ID, Amount: 1000})
		w.must(w.reports(p, day(3), pay.Report{Kind: pay.Paid, Amount: gbp(1000)}))
		decide := func(key string, pence int64) error {
			return w.db.Write(w.ctx, "decide", func(ctx context.Context, tx *store.Tx) error {
				return w.DecideRefund(ctx, tx, w.book, b.ID, &pay.Refund{Payment: p.ID, Key: key, Amount: gbp(pence)}, treasury.Act{Day: day(5)})
			})
		}
		if err := decide("r0", 400); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a refund without credit: %v", err)
		}
		w.must(w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			items, err := bill.Portion(b.Moves, 400)
			if err != nil {
				return err
			}
			return w.Credit(ctx, tx, w.book, b, treasury.Act{Key: "withdrawn", Day: day(4)}, items...)
		}))
		w.must(decide("r1", 400))
		w.must(decide("r1", 400))
		other := w.issued(w.fee("c2", 100))
		err := w.db.Write(w.ctx, "decide", func(ctx context.Context, tx *store.Tx) error {
			return w.DecideRefund(ctx, tx, w.book, other.ID, &pay.Refund{Payment: p.ID, Key: "r1", Amount: gbp(400)}, treasury.Act{Day: day(5)})
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same refund on another bill: %v", err)
		}
		if w.holds(service.UseRefund) != -400 || w.get(b).Balance != 0 {
			t.Errorf("owed %d, balance %d", w.holds(service.UseRefund), w.get(b).Balance)
		}
		w.sound()
		w.must(w.reports(p, day(6), pay.Report{Kind: pay.RefundFailed, Key: "r1", Amount: gbp(400)}))
		if w.holds(service.UseRefund) != 0 || w.get(b).Credit() != 400 {
			t.Errorf("after it failed: owed %d, credit %d", w.holds(service.UseRefund), w.get(b).Credit())
		}
		w.must(decide("r2", 400))
		w.must(w.reports(p, day(7), pay.Report{Kind: pay.Refunded, Key: "r2", Amount: gbp(400)}))
		if w.holds(service.UseRefund) != 0 || w.holds(service.UseCard) != 600 {
			t.Errorf("after it was done: owed %d, card %d", w.holds(service.UseRefund), w.holds(service.UseCard))
		}
		w.must(w.reports(p, day(8), pay.Report{Kind: pay.RefundFailed, Key: "r2", Amount: gbp(400)}))
		if w.holds(service.UseCard) != 1000 || w.get(b).Credit() != 400 {
			t.Errorf("after it came back: card %d, credit %d", w.holds(service.UseCard), w.get(b).Credit())
		}
		w.must(w.reports(p, day(9), pay.Report{Kind: pay.Refunded, Key: "made at the provider's", Amount: gbp(300)}))
		if w.holds(service.UseCard) != 700 || w.get(b).Credit() != 100 {
			t.Errorf("after one that nobody asked for: card %d, credit %d", w.holds(service.UseCard), w.get(b).Credit())
		}
		w.must(w.reports(p, day(9), pay.Report{Kind: pay.Refunded, Key: "more than came", Amount: gbp(1100)}))
		if w.holds(service.UseCard) != -400 || w.get(b).Balance != 1000 {
			t.Errorf("after one of more than came: card %d, balance %d", w.holds(service.UseCard), w.get(b).Balance)
		}
		if err := decide("made at the provider's", 300); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one under a key of the provider's: %v", err)
		}
		w.sound()
	})
}

func TestALostDisputeIsOwedAgain(t *testing.T) {
	each(t, func(w *world) {
		b, c := w.issued(w.fee("c1", 1000)), w.issued(w.fee("c2", 500))
		p := w.card("k1", pay.Target{Bill: b.ID, Amount: 1000}, pay.Target{Bill: c.ID, Amount: 500})
		w.must(w.reports(p, day(3), pay.Report{Kind: pay.Paid, Amount: gbp(1500)}, pay.Report{Kind: pay.Disputed, Key: "d1", Amount: gbp(1500)}))
		if w.holds(service.UseCard) != 0 || w.holds(service.UseDisputed) != 1500 || w.get(b).State != bill.Settled {
			t.Errorf("card %d, disputed %d", w.holds(service.UseCard), w.holds(service.UseDisputed))
		}
		w.must(w.reports(p, day(9), pay.Report{Kind: pay.DisputeLost, Key: "d1", Amount: gbp(1500)}))
		got := w.get(b)
		if w.holds(service.UseDisputed) != 0 || got.Balance != 1000 || got.State != bill.Open || got.Next != day(14) || w.get(c).Balance != 500 {
			t.Errorf("disputed %d, %+v", w.holds(service.UseDisputed), got)
		}
		w.sound()
	})
}

func TestMoneyForWhatWasWrittenOffBringsItBack(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 900))
		w.must(w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			err := w.Charge(ctx, tx, w.book, b, treasury.Act{Key: "late", Day: day(80)}, calendar.Date{}, bill.Item{Account: "4900", Component: bill.Interest, Amount: 100})
			return errors.Join(err, w.WriteOff(ctx, tx, w.book, b, treasury.Act{Key: "bankrupt", Day: day(100)}, 1000))
		}))
		if w.get(b).State != bill.Settled || w.holds(service.UseWrittenOff) != 1000 {
			t.Errorf("written off: %+v", w.get(b))
		}
		p := w.card("k", pay.Target{Bill: b.ID, Amount: 700})
		for range 2 { // the day is before the write-off: it was only told late
			w.must(w.reports(p, day(90), pay.Report{Kind: pay.Paid, Amount: gbp(700)}))
			w.write(func(ctx context.Context, tx *store.Tx) error {
				p, err := w.Payments.Get(ctx, tx, "revenues", p.ID)
				if err != nil {
					return err
				}
				return w.Receive(ctx, tx, w.book, p, day(90))
			})
		}
		got := w.get(b)
		if owed := bill.Owed(got.Moves); got.Balance != 0 || owed[bill.Interest] != 0 || w.holds(service.UseWrittenOff) != 300 {
			t.Errorf("balance %d, owed %v, written off %d", got.Balance, owed, w.holds(service.UseWrittenOff))
		}
		w.sound()
	})
}

func TestAClosedPeriodIsBookedOnTheFirstOpenDay(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		w.write(func(ctx context.Context, tx *store.Tx) error {
			return w.Ledger.ClosePeriod(ctx, tx, "revenues", day(30), "olu")
		})
		p := w.card("k", pay.Target{Bill: b.ID, Amount: 1000})
		w.must(w.reports(p, day(10), pay.Report{Kind: pay.Paid, Amount: gbp(1000)}))
		suspend := func(ctx context.Context, tx *store.Tx) error {
			l, err := w.line(ctx, tx, "l1", day(11), 77)
			if err != nil {
				return err
			}
			return w.Place(ctx, tx, w.book, l, bank.Change{Key: "import"}, []treasury.Placement{{To: bank.ToSuspense, Amount: 77}})
		}
		w.write(suspend)
		w.write(suspend)
		w.write(func(ctx context.Context, tx *store.Tx) error {
			return w.Ledger.ClosePeriod(ctx, tx, "revenues", day(40), "olu")
		})
		w.write(suspend)
		m := w.get(b).Moves[1]
		if m.Value != day(10) || m.Posted != day(31) || !m.Late() {
			t.Errorf("the move is %+v", m)
		}
		if w.holds(service.UseSuspense) != -77 {
			t.Errorf("suspense %d", w.holds(service.UseSuspense))
		}
		opened := pay.Change{Kind: pay.DisputeOpened, Amount: gbp(5), Method: pay.Card, Key: "d"}
		for range 2 { // moves no bill: only the books know that it is the same
			w.write(func(ctx context.Context, tx *store.Tx) error { return w.Apply(ctx, tx, w.book, p, opened, day(13)) })
		}
		opened.Amount = gbp(6)
		err := w.db.Write(w.ctx, "other", func(ctx context.Context, tx *store.Tx) error { return w.Apply(ctx, tx, w.book, p, opened, day(13)) })
		if w.holds(service.UseDisputed) != 5 || fault.KindOf(err) != fault.Conflict {
			t.Errorf("disputed %d; with another amount: %v", w.holds(service.UseDisputed), err)
		}
		act := treasury.Act{Key: "k", Day: day(12)}
		for range 2 { // booked late too, and with it once
			w.must(w.on(w.issued(w.fee("c2", 50)), func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Waive(ctx, tx, w.book, b, act, "", 20)
			}))
		}
		if w.holds(service.UseWaived) != 20 {
			t.Errorf("waived %d", w.holds(service.UseWaived))
		}
		w.sound()
	})
}

func TestCashTheBankAndTheTill(t *testing.T) {
	each(t, func(w *world) {
		b, c := w.issued(w.fee("c1", 1000)), w.issued(w.fee("c2", 500))
		for range 2 {
			w.write(func(ctx context.Context, tx *store.Tx) error {
				return w.TakeCash(ctx, tx, w.book, &pay.Payment{Method: pay.Cash, Till: w.till.ID, Key: "cash", Subject: w.subject, Amount: gbp(300),
					Targets: []pay.Target{{Bill: b.ID, Amount: 300}}}, day(2))
			})
		}
		w.write(func(ctx context.Context, tx *store.Tx) error {
			till, err := w.tills.Close(ctx, tx, "revenues", w.till.ID, 295, "")
			if err != nil {
				return err
			}
			return errors.Join(w.TillDifference(ctx, tx, w.book, till, day(2)), w.TillDifference(ctx, tx, w.book, till, day(2)))
		})
		place := func(key string, on, pence int64, change string, parts ...treasury.Placement) {
			t.Helper()
			for range 2 {
				w.write(func(ctx context.Context, tx *store.Tx) error {
					l, err := w.line(ctx, tx, key, day(int(on)), pence)
					if err != nil {
						return err
					}
					for _, p := range parts {
						if p.Payment != nil {
							p.Payment.ID, p.Payment.Number = "", ""
						}
					}
					return w.Place(ctx, tx, w.book, l, bank.Change{Key: change, By: "olu"}, parts)
				})
			}
		}
		pays := func(b *bill.Bill, pence int64) treasury.Placement {
			return treasury.Placement{To: bank.ToBill, Amount: pence, Payment: &pay.Payment{Subject: w.subject, Targets: []pay.Target{{Bill: b.ID, Amount: pence}}}}
		}
		place("cash", 4, 295, "c", treasury.Placement{To: bank.ToCash, Amount: 295})
		place("whole", 5, 700, "c", pays(b, 700))
		place("held", 6, 900, "c", treasury.Placement{To: bank.ToSuspense, Amount: 900})
		place("held", 6, 900, "d", pays(c, 600), treasury.Placement{To: bank.ToSuspense, Amount: 300})
		for use, want := range map[string]int64{service.UseCash: 0, service.UseDifference: 5, service.UseBank: 1895, service.UseSuspense: -300} {
			if w.holds(use) != want {
				t.Errorf("%s holds %d, want %d", use, w.holds(use), want)
			}
		}
		if w.get(b).State != bill.Settled || w.get(c).Credit() != 100 {
			t.Errorf("bills: %+v %+v", w.get(b), w.get(c))
		}
		w.sound()
		w.write(func(ctx context.Context, tx *store.Tx) error {
			l, err := w.line(ctx, tx, "held", day(6), 900)
			if err == nil && (len(l.Parts) != 3 || l.Parts[0].Entry == "" || l.Parts[1].Entry == "" || l.Parts[2].Entry != "") {
				t.Errorf("parts, of which the last only went on waiting: %+v", l.Parts)
			}
			return err
		})
		undo := func(key string, on int, pence int64, no int) error {
			return w.db.Write(w.ctx, "undo", func(ctx context.Context, tx *store.Tx) error {
				l, err := w.line(ctx, tx, key, day(on), pence)
				if err != nil {
					return err
				}
				return w.Undo(ctx, tx, w.book, l, no, treasury.Act{Day: day(9), By: "olu"})
			})
		}
		for range 2 {
			w.must(undo("held", 6, 900, 2))
			w.must(undo("cash", 4, 295, 1))
		}
		if err := undo("held", 6, 900, 3); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undoing suspense: %v", err)
		}
		if w.get(c).Balance != 500 || w.holds(service.UseSuspense) != -1195 || w.holds(service.UseCash) != 295 {
			t.Errorf("taken back: %d, suspense %d, cash %d", w.get(c).Balance, w.holds(service.UseSuspense), w.holds(service.UseCash))
		}
		place("held", 6, 900, "e", pays(c, 500), treasury.Placement{To: bank.ToOther, Amount: 400, Account: "4900"})
		if w.get(c).State != bill.Settled || w.balance("4900") != -400 {
			t.Errorf("placed anew: %+v", w.get(c))
		}
		w.sound()
	})
}

func TestARefundLeavesByBankAndComesBack(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		p := w.card("k1", pay.Target{Bill: b.ID, Amount: 1000})
		w.must(w.reports(p, day(3), pay.Report{Kind: pay.Paid, Amount: gbp(1000)}))
		r := &pay.Refund{Payment: p.ID, Key: "r", Amount: gbp(300), Method: pay.Bank}
		w.must(w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			return w.Credit(ctx, tx, w.book, b, treasury.Act{Key: "less", Day: day(4)}, bill.Item{Account: "4110", Component: bill.Principal, Amount: 300})
		}))
		w.write(func(ctx context.Context, tx *store.Tx) error {
			return w.DecideRefund(ctx, tx, w.book, b.ID, r, treasury.Act{Day: day(4)})
		})
		place := func(key string, pence int64) error {
			return w.db.Write(w.ctx, "place", func(ctx context.Context, tx *store.Tx) error {
				l, err := w.line(ctx, tx, key, day(6), pence)
				if err != nil {
					return err
				}
				return w.Place(ctx, tx, w.book, l, bank.Change{Key: "c"}, []treasury.Placement{{To: bank.ToRefund, Amount: pence, Refund: r.ID}})
			})
		}
		if err := place("other", -299); fault.KindOf(err) != fault.Invalid {
			t.Errorf("another amount: %v", err)
		}
		for range 2 {
			w.must(place("out", -300))
		}
		if err := place("out again", -300); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second line: %v", err)
		}
		if w.holds(service.UseBank) != -300 || w.holds(service.UseRefund) != 0 || w.get(b).Balance != 0 {
			t.Errorf("left: bank %d, owed %d", w.holds(service.UseBank), w.holds(service.UseRefund))
		}
		w.sound()
		for range 2 {
			w.must(place("back", 300))
		}
		if w.holds(service.UseBank) != 0 || w.get(b).Credit() != 300 {
			t.Errorf("came back: bank %d, credit %d", w.holds(service.UseBank), w.get(b).Credit())
		}
		w.sound()
	})
}

func TestMoneyOfAnotherCurrencyIsHeld(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		p := w.card("k", pay.Target{Bill: b.ID, Amount: 1000})
		w.must(w.reports(p, day(1), pay.Report{Kind: pay.Paid, Amount: money.Amount{Minor: 1000, Currency: "EUR"}}))
		if got := w.get(b); got.Balance != 1000 {
			t.Errorf("balance %d", got.Balance)
		}
		w.write(func(ctx context.Context, tx *store.Tx) error {
			return w.ReturnHeld(ctx, tx, w.book, &pay.Refund{Payment: p.ID, Key: "r", Amount: money.Amount{Minor: 1000, Currency: "EUR"}}, day(2))
		})
		w.must(w.reports(p, day(3), pay.Report{Kind: pay.Refunded, Key: "r", Amount: money.Amount{Minor: 1000, Currency: "EUR"}}))
		w.sound()
	})
}

func TestWhatIsTooMuchIsRefused(t *testing.T) {
	each(t, func(w *world) {
		b := w.issued(w.fee("c1", 1000))
		act := treasury.Act{Key: "k", Day: day(2)}
		for name, do := range map[string]func(ctx context.Context, tx *store.Tx, b *bill.Bill) error{
			"waive": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Waive(ctx, tx, w.book, b, act, bill.Principal, 1001)
			},
			"waive what is not owed": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Waive(ctx, tx, w.book, b, act, bill.Interest, 1)
			},
			"waive less than nothing": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Waive(ctx, tx, w.book, b, act, "", -5)
			},
			"write off": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.WriteOff(ctx, tx, w.book, b, act, 1001)
			},
			"credit": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Credit(ctx, tx, w.book, b, act, bill.Item{Account: "4110", Component: bill.Principal, Amount: 1001})
			},
			"credit of another account": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Credit(ctx, tx, w.book, b, act, bill.Item{Account: "4210", Component: bill.Principal, Amount: 1})
			},
			"charge nothing": func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Charge(ctx, tx, w.book, b, act, calendar.Date{})
			},
		} {
			if err := w.on(b, do); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.on(b, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			return w.Charge(ctx, tx, w.book, b, act, calendar.Date{}, bill.Item{Account: "4110", Component: bill.Costs, Amount: 1 << 60})
		}); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("a huge charge: %v", err)
		}
		if got := w.get(b); got.Balance != 1000 || len(got.Moves) != 1 {
			t.Errorf("it left %+v", got)
		}
		w.sound()
	})
}
