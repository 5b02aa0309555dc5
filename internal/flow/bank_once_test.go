package flow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// everyKind is a statement of every kind of line, for bills of 100.00.
func (tl *till) everyKind() (file []byte, want map[string]int64) {
	tl.t.Helper()
	tax := tl.taxes("Asha", "Ben", "Cora")
	o := tl.sentOff(tl.owed(tax[2]))
	return camt("S9", 0, move{Minor: 10000, Reference: tax[0].Reference}, move{Minor: 2500, Text: tax[1].Number},
		move{Minor: 70000, Name: "SANDBOX CARDS"}, move{Minor: 12000, Text: "CASH PAID IN"}, move{Minor: -10000, ToPay: o.Payments[0].EndToEnd},
		move{Minor: 777, Name: "Nobody"}), map[string]int64{"1000": 105277, "1010": -70000, "1020": -12000, "1200": 7500, "2300": -777, "4100": -30000}
}

// TestMatchingBreaksWhole breaks the matching at every look at its context: what is not committed has left nothing, and
// whoever goes on posts nothing twice.
func TestMatchingBreaksWhole(t *testing.T) {
	eachTill(t, func(tl *till) {
		file, want := tl.everyKind()
		in := flow.ImportStatement{Name: "statement.xml", Bytes: file}
		for n, broken := 0, true; broken; n++ {
			_, err := tl.Banking().ImportStatement(breakAt(n), tl.officer, in)
			if broken = err != nil; broken && !errors.Is(err, context.Canceled) || n > 500 {
				tl.t.Fatalf("broken at look %d: %v", n, err)
			}
		}
		before := tl.balances()
		for n := 0; ; n++ {
			err := tl.Banking().MatchBank(breakAt(n), job.Job{})
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) || n > 1000 {
				tl.t.Fatalf("broken at look %d: %v", n, err)
			}
			if n%25 == 0 { // comparing every time only takes longer
				if got := tl.balances(); len(got) != len(before) && len(got) != len(want) {
					tl.t.Fatalf("broken at look %d, it has left %v", n, got)
				}
			}
		}
		tl.stands(want)
		tl.work() // the job itself, which finds nothing left
		got, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, in)
		tl.must(err)
		tl.work()
		if p := tl.placed(got); !slices.Equal(p, []string{"matched bill", "matched bill", "matched card", "matched cash", "matched refund", "suspense suspense"}) {
			tl.t.Errorf("the lines: %q", p)
		}
		tl.stands(want)
	})
}

// TestManyMatchAtOnce: two imports of one file and several runs of the job beside one another place each line once.
func TestManyMatchAtOnce(t *testing.T) {
	eachTill(t, func(tl *till) {
		file, want := tl.everyKind()
		var wait sync.WaitGroup
		ids := make(chan string, 4)
		for range 4 {
			wait.Go(func() {
				got, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, flow.ImportStatement{Name: "statement.xml", Bytes: file})
				if err != nil {
					tl.t.Error(err)
				}
				ids <- got.ID
				if err := tl.Banking().MatchBank(tl.ctx, job.Job{}); err != nil {
					tl.t.Error(err)
				}
			})
		}
		wait.Wait()
		first := <-ids
		for range 3 {
			if id := <-ids; id != first {
				tl.t.Errorf("two imports of one file: %s and %s", id, first)
			}
		}
		tl.work()
		tl.stands(want)
	})
}

// TestOneLineKeepsNoOtherWaiting: a line that cannot be booked as it seems to be goes to the queue, and all others go on.
func TestOneLineKeepsNoOtherWaiting(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha", "Ben")
		damaged := tl.taxes("Cora")[0]
		tl.must(tl.DB.Write(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error { // past our programs
			_, err := tx.Exec(ctx, `UPDATE bill SET sealed = $1 WHERE id = $2`, []byte("damaged"), damaged.ID)
			return err
		}))
		got, err := tl.Banking().ImportStatement(tl.ctx, tl.officer, flow.ImportStatement{Bytes: camt("S1", 0,
			move{Minor: 10000, Reference: tax[0].Reference}, move{Minor: 10000, Reference: damaged.Reference}, move{Minor: 10000, Reference: tax[1].Reference})})
		tl.must(err)
		if _, err := tl.runner.RunDue(tl.ctx); err == nil || !strings.Contains(err.Error(), flow.BankMatchJob) {
			tl.t.Errorf("the job does not tell of the line: %v", err)
		}
		if p := tl.placed(got); !slices.Equal(p, []string{"matched bill", "suspense suspense", "matched bill"}) {
			tl.t.Errorf("the lines: %q", p)
		}
	})
}

// TestResolvingBreaksWhole breaks a split at every statement: at last it is there once.
func TestResolvingBreaksWhole(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha", "Ben")
		l := tl.lines(tl.imports(camt("S1", 0, move{Minor: 25000, Name: "Asha"})))[0]
		in := flow.ResolveLine{Line: l.ID, Version: tl.line(l.ID).Version, Key: tl.key(), Parts: []flow.LinePart{
			{To: flow.LineToBill, Number: tax[0].Number, Amount: 10000}, {To: flow.LineToBill, Number: tax[1].Number, Amount: 10000},
			{To: flow.LineToSender, Amount: 4000}, {To: flow.LineToOther, Account: "6030", Why: "Found", Amount: 1000}}}
		undo := flow.UndoLine{Line: l.ID, Part: 2, Why: "A mistake", Key: tl.key()}
		until := func(do func(ctx context.Context) error) {
			tl.t.Helper()
			for n := 0; ; n++ {
				err := do(breakAt(n))
				if err == nil {
					return
				}
				if !errors.Is(err, context.Canceled) || n > 1000 {
					tl.t.Fatalf("broken at look %d: %v", n, err)
				}
			}
		}
		until(func(ctx context.Context) error { return tl.Banking().ResolveLine(ctx, tl.officer, in) })
		tl.stands(map[string]int64{"1000": 25000, "2310": -4000, "4100": -20000, "6030": -1000})
		undo.Version = tl.line(l.ID).Version
		until(func(ctx context.Context) error { return tl.Banking().UndoLine(ctx, tl.officer, undo) })
		tl.stands(map[string]int64{"1000": 25000, "1200": 10000, "2300": -10000, "2310": -4000, "4100": -20000, "6030": -1000})
	})
}

// TestWhoMayTouchTheBank: what the table of rights says, asked of each use case.
func TestWhoMayTouchTheBank(t *testing.T) {
	eachTill(t, func(tl *till) {
		reader := policy.Actor{Person: "rea", Grants: []policy.Grant{{Role: policy.Reader, Organisation: "markets"}}}
		for who, actor := range map[string]policy.Actor{"a reader": reader, "an officer elsewhere": tl.other} {
			_, order := tl.Banking().NewPaymentOrder(tl.ctx, actor, flow.NewPaymentOrder{Payees: []flow.Payee{{}}})
			for what, err := range map[string]error{
				"resolve": tl.Banking().ResolveLine(tl.ctx, actor, flow.ResolveLine{Line: "x"}), "undo": tl.Banking().UndoLine(tl.ctx, actor, flow.UndoLine{Line: "x", Why: "y"}),
				"order": order, "fail": tl.Banking().FailPayment(tl.ctx, actor, flow.FailPayment{Reason: "x"}),
			} {
				if fault.KindOf(err) != fault.Forbidden {
					tl.t.Errorf("%s, %s: %v", who, what, err)
				}
			}
		}
		if err := tl.Banking().ResolveLine(tl.ctx, tl.officer, flow.ResolveLine{Line: "x", Key: tl.key()}); fault.KindOf(err) != fault.NotFound {
			tl.t.Errorf("a line that is not there: %v", err)
		}
		if err := tl.Banking().ProposeOrder(tl.ctx, tl.officer, flow.MoveOrder{Order: "x", Key: tl.key()}); fault.KindOf(err) != fault.NotFound {
			tl.t.Errorf("an order that is not there: %v", err)
		}
	})
}
