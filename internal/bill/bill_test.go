package bill_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

func TestABillComesBackAsItWas(t *testing.T) {
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		if b.Number != "B-2026-000001" || !strings.HasPrefix(b.Reference, "RF") || !strings.HasSuffix(b.Reference, "2026000001") || b.Balance != 300 || b.Next != dayAfter(30) {
			t.Errorf("issued %+v", b)
		}
		got := map[string]*bill.Bill{}
		w.read(func(ctx context.Context, tx *store.Tx) (err error) {
			var errs [5]error
			got["id"], errs[0] = w.Get(ctx, tx, "revenues", b.ID)
			got["number"], errs[1] = w.ByNumber(ctx, tx, "revenues", b.Number)
			got["reference"], errs[2] = w.ByReference(ctx, tx, "revenues", b.Reference)
			all, err := w.BySource(ctx, tx, "revenues", b.Of)
			if len(all) == 1 {
				got["source"] = all[0]
			}
			errs[3] = err
			all, errs[4] = w.GetAll(ctx, tx, "revenues", []string{b.ID, b.ID})
			if len(all) == 1 {
				got["all"] = all[0]
			}
			return errors.Join(errs[:]...)
		})
		for by, one := range got {
			if !reflect.DeepEqual(one, b) {
				t.Errorf("by %s:\n%+v, want\n%+v", by, one, b)
			}
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			_, err := w.Get(ctx, tx, "other", b.ID)
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("of another organisation: %v", err)
			}
			_, err = w.GetAll(ctx, tx, "revenues", []string{b.ID, "none"})
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("one of two: %v", err)
			}
			for _, l := range []struct {
				name string
				list func() ([]*bill.Bill, error)
				want int
			}{
				{"payer", func() ([]*bill.Bill, error) { return w.Of(ctx, tx, "revenues", "asha") }, 1},
				{"owner", func() ([]*bill.Bill, error) { return w.Of(ctx, tx, "revenues", "olu") }, 1},
				{"nobody", func() ([]*bill.Bill, error) { return w.Of(ctx, tx, "revenues", "") }, 0},
				{"object", func() ([]*bill.Bill, error) { return w.OfObject(ctx, tx, "revenues", "UPRN-1") }, 1},
			} {
				list, err := l.list()
				if err != nil || len(list) != l.want || l.want == 1 && list[0].Name != "Asha Rao" {
					t.Errorf("of %s: %v %v", l.name, list, err)
				}
			}
			return nil
		})
	})
}

func TestNumbersHaveNoGaps(t *testing.T) {
	each(t, func(w *world) {
		w.issue(w.tax("a1"), w.tax("a2"))
		err := w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			if err := w.Number(ctx, tx, w.tax("a3")); err != nil {
				return err
			}
			return errors.New("thought better of it")
		})
		if err == nil {
			t.Fatal("no error")
		}
		next := w.tax("a4")
		next.Day = calendar.MustDate("2027-02-01")
		w.issue(w.tax("a3"), next)
		if next.Number != "B-2027-000001" || w.get(next.ID).Number != next.Number {
			t.Errorf("the first of another year is %s", next.Number)
		}
		if all := w.findings(); len(all) > 0 {
			t.Error(all)
		}
		err = w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			b := w.tax("a1")
			if err := w.Number(ctx, tx, b); err != nil {
				return err
			}
			for i := range b.Moves {
				b.Moves[i].Entry, b.Moves[i].Posted = "entry", b.Day
			}
			return w.Insert(ctx, tx, b)
		})
		if !store.ConflictOn(err, "bill", "organisation", "of_kind", "of_id", "part") {
			t.Errorf("a second bill of an assessment: %v", err)
		}
	})
}

func TestMovesAreWhatIsOwed(t *testing.T) {
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		b = w.apply(b.ID, "pay 1", move(bill.MovePayment, bill.Principal, dayAfter(3), -150))
		if b.Balance != 150 || b.Next != dayAfter(60) || b.State != bill.Open {
			t.Errorf("in part: %+v", b)
		}
		interest := move(bill.MoveCharge, bill.Interest, dayAfter(70), 5)
		interest.Why = "the second instalment was late"
		b = w.apply(b.ID, "interest", interest)
		if s := b.On(dayAfter(71)); s.Overdue != 55 || s.Open != 155 || b.Moves[3].Why != interest.Why {
			t.Errorf("late: %+v", s)
		}
		b = w.apply(b.ID, "pay 2", move(bill.MovePayment, bill.Interest, dayAfter(72), -5), move(bill.MovePayment, bill.Principal, dayAfter(72), -195))
		if b.State != bill.Settled || b.Credit() != 45 || !b.Next.IsZero() {
			t.Errorf("too much: %+v", b)
		}
		if len(b.Event("pay 2")) != 2 || len(b.Event("pay 3")) != 0 {
			t.Error("events are not found by their keys")
		}
		if err := w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			return w.Apply(ctx, tx, b, "pay 2", move(bill.MovePayment, bill.Principal, dayAfter(72), -1))
		}); err == nil {
			t.Error("the same event twice")
		}
		for _, bad := range []bill.Move{{}, move("gift", bill.Principal, dayAfter(1), 1), move(bill.MoveCharge, "tip", dayAfter(1), 1),
			move(bill.MoveCharge, bill.Costs, calendar.Date{}, 1), move(bill.MoveCharge, bill.Costs, dayAfter(1), 1<<51)} {
			if err := w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error { return w.Apply(ctx, tx, b, "bad", bad) }); err == nil {
				t.Errorf("took %+v", bad)
			}
		}
		stale := w.get(b.ID)
		w.apply(b.ID, "more", move(bill.MoveCharge, bill.Costs, dayAfter(80), 7))
		if err := w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return w.Save(ctx, tx, stale) }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a bill that has changed: %v", err)
		}
		if all := w.findings(); len(all) > 0 {
			t.Error(all)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			sums, err := bill.Figures{Bills: w.Bills}.Balances(ctx, tx, "revenues")
			if sums["GBP"] != -38 {
				t.Errorf("balances %v", sums)
			}
			return err
		})
	})
}

func TestPlansAreReplacedAndKept(t *testing.T) {
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		w.apply(b.ID, "pay", move(bill.MovePayment, bill.Principal, dayAfter(3), -60))
		arranged := []bill.Instalment{{Due: dayAfter(100), Amount: 120}, {Due: dayAfter(200), Amount: 120}}
		replan := func(plan []bill.Instalment) error {
			return w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				return w.Replan(ctx, tx, b, plan, dayAfter(65), "olu")
			})
		}
		for _, bad := range [][]bill.Instalment{nil, arranged[:1], {{Amount: 300}}, {{Due: dayAfter(3), Amount: -1}}} {
			if err := replan(bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v: %v", bad, err)
			}
		}
		w.must(replan(arranged))
		b = w.apply(b.ID, "costs", move(bill.MoveCharge, bill.Costs, dayAfter(66), 10))
		if b.Next != dayAfter(66) || b.Balance != 250 {
			t.Errorf("arranged: %+v", b)
		}
		if s := b.On(dayAfter(150)); s.Overdue != 130 {
			t.Errorf("standing %+v", s)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			plans, err := w.Plans(ctx, tx, b)
			if len(plans) != 2 || plans[0].Until != dayAfter(65) || len(plans[0].Parts) != 3 || !slices.Equal(plans[1].Parts, arranged) || plans[1].Moves != 3 {
				t.Errorf("plans %+v", plans)
			}
			if s := bill.Stand(plans[0], b.Moves, dayAfter(64)); s.Overdue != 140 {
				t.Errorf("under the first plan: %+v", s)
			}
			return err
		})
		w.must(w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			b.Payer, b.Owner, b.Name, b.InterestUntil = "rana", "", "Rana Aziz", dayAfter(64)
			return w.Readdress(ctx, tx, b)
		}))
		if got := w.get(b.ID); got.Payer != "rana" || got.Name != "Rana Aziz" || got.InterestUntil != dayAfter(64) || got.Balance != 250 {
			t.Errorf("readdressed: %+v", got)
		}
		if all := w.findings(); len(all) > 0 {
			t.Error(all)
		}
	})
}

func TestStepsAreTakenOnce(t *testing.T) {
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		reminder := bill.Step{Due: dayAfter(30), ID: "reminder", Taken: dayAfter(40)}
		var fresh []bool
		w.write(func(ctx context.Context, tx *store.Tx) error {
			for _, s := range []bill.Step{reminder, reminder, {Due: dayAfter(60), ID: "reminder", Taken: dayAfter(70)}} {
				is, err := bill.Take(ctx, tx, b, s)
				if err != nil {
					return err
				}
				fresh = append(fresh, is)
			}
			all, err := bill.Steps(ctx, tx, b)
			if len(all) != 2 || all[0] != reminder {
				t.Errorf("steps %v", all)
			}
			return err
		})
		if !slices.Equal(fresh, []bool{true, false, true}) {
			t.Errorf("new: %v", fresh)
		}
	})
}

func TestTwoPersonsDecide(t *testing.T) {
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		p := &bill.Proposal{Kind: bill.Waive, Proposer: "olu", Terms: bill.Terms{Amount: 50, Component: bill.Principal, Reason: "hardship"}}
		propose := func(p *bill.Proposal) error {
			return w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error { return w.Propose(ctx, tx, b, p) })
		}
		w.must(propose(p))
		again := *p
		if err := propose(&again); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same again: %v", err)
		}
		if err := propose(&bill.Proposal{Kind: bill.Cancel, Proposer: "olu"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without reasons: %v", err)
		}
		w.must(propose(&bill.Proposal{Kind: bill.Arrange, Proposer: "olu", Terms: bill.Terms{Plan: b.Plan, Reason: "asked for"}}))
		decide := func(outcome bill.Outcome, by string) error {
			return w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
				p, err := w.Proposal(ctx, tx, b, p.ID)
				if err != nil {
					return err
				}
				if p.Reason != "hardship" || p.Amount != 50 {
					t.Errorf("read %+v", p)
				}
				return w.Decide(ctx, tx, b, p, outcome, by, "agreed")
			})
		}
		for _, wrong := range []struct {
			outcome bill.Outcome
			by      string
		}{{bill.Approved, "olu"}, {bill.Refused, "olu"}, {bill.Withdrawn, "rana"}} {
			if err := decide(wrong.outcome, wrong.by); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s by %s: %v", wrong.outcome, wrong.by, err)
			}
		}
		w.must(decide(bill.Approved, "rana"))
		if err := decide(bill.Approved, "rana"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			open, err := w.OpenProposals(ctx, tx, "revenues", "", 10)
			if len(open) != 1 || open[0].Kind != bill.Arrange || open[0].Number != b.Number || len(open[0].Plan) != 3 {
				t.Errorf("open: %+v", open)
			}
			all, err2 := w.Proposals(ctx, tx, b)
			if len(all) != 2 || all[0].Outcome != bill.Approved || all[0].Decider != "rana" || all[0].Answer != "agreed" {
				t.Errorf("all: %+v", all)
			}
			if _, err := w.Proposal(ctx, tx, b, "none"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("none: %v", err)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	wrongs := map[string]struct{ query, finds string }{
		"balance":   {`UPDATE bill SET balance = balance + 1 WHERE id = $1`, "its balance is"},
		"next":      {`UPDATE bill SET next_due = '2026-12-24' WHERE id = $1`, "the next due day"},
		"state":     {`UPDATE bill SET state = 'settled' WHERE id = $1`, "its moves make it open"},
		"items":     {`UPDATE bill SET items = '[]' WHERE id = $1`, "its items make 0"},
		"reference": {`UPDATE bill SET reference = 'RF18539007547034' WHERE id = $1`, "the reference is"},
		"number":    {`UPDATE bill SET number = 'B-2026-000004' WHERE id = $1`, "numbers are missing"},
		"move":      {`UPDATE bill_move SET amount = 399 WHERE bill = $1 AND no = 1`, "its moves make 299"},
		"lost move": {`DELETE FROM bill_move WHERE bill = $1 AND no = 1`, "moves are missing"},
		"lost bill": {`DELETE FROM bill WHERE id = $1`, "moves without the bill"},
	}
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		if all := w.findings(); len(all) > 0 {
			t.Errorf("found %v before anything was wrong", all)
		}
		for what, c := range wrongs {
			back := errors.New("takes it back")
			err := w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.Exec(ctx, c.query, b.ID); err != nil {
					return err
				}
				all, err := bill.Figures{Bills: w.Bills}.Check(ctx, tx)
				if !strings.Contains(fmt.Sprint(all), c.finds) {
					t.Errorf("%s: found %v, want %q", what, all, c.finds)
				}
				return errors.Join(err, back)
			})
			if !errors.Is(err, back) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestAnErasedPersonsBillStaysAFigure(t *testing.T) {
	each(t, func(w *world) {
		b := w.issue(w.tax("a1"))
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Vault.Erase(ctx, tx, w.subject) })
		m := move(bill.MoveWriteOff, bill.Principal, dayAfter(3), -300)
		m.Why = "died"
		got := w.apply(b.ID, "off", m)
		if got.Name != "" || got.Balance != 0 || got.Moves[2].Why != "" {
			t.Errorf("erased: %+v", got)
		}
		p := &bill.Proposal{Kind: bill.Refund, Proposer: "olu", Terms: bill.Terms{Amount: 5, Reason: "to the heirs", IBAN: "GB33"}}
		w.must(w.on(b.ID, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error {
			if err := w.Propose(ctx, tx, b, p); err != nil {
				return err
			}
			p, err := w.Proposal(ctx, tx, b, p.ID)
			if err != nil || p.Amount != 5 || p.Reason != "" {
				t.Errorf("a proposal about them: %+v %v", p, err)
			}
			return w.Decide(ctx, tx, b, p, bill.Approved, "rana", "yes")
		}))
	})
}
