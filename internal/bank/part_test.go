package bank_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/bank"
	"stoa/internal/fault"
	"stoa/internal/store"
)

func bill(pence int64, ref string) bank.Part {
	return bank.Part{Amount: pence, To: bank.ToBill, Ref: ref, Entry: "e-" + ref}
}

func suspense(pence int64) bank.Part {
	return bank.Part{Amount: pence, To: bank.ToSuspense, Entry: "e-suspense"}
}

func TestPlacing(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana", "02 20.00 Ana", "03 95.00 Card", "04 0 Nothing"))
		all := w.next()
		w.must(w.place(all[0].ID, "k", bill(1000, "b1")))
		if l := w.line(all[0].ID); l.State != bank.Matched || l.Open() != 0 || len(l.Parts) != 1 || l.Parts[0].By != "cora" || l.Parts[0].Entry != "e-b1" || l.Version != 2 {
			t.Errorf("%+v", l)
		}
		w.must(w.place(all[1].ID, "k", bill(1500, "b1"), suspense(500)))
		if l := w.line(all[1].ID); l.State != bank.Suspense || l.Open() != 500 {
			t.Errorf("%+v", l)
		}
		if s := w.sound(); len(s) != 1 || s[0] != pounds(500) {
			t.Errorf("in suspense: %v", s)
		}
		w.must(w.place(all[1].ID, "k2", bill(300, "b2"), suspense(200)))
		w.must(w.place(all[1].ID, "k3", bank.Part{Amount: 200, To: bank.ToOther, Account: "4900", Entry: "e3"}))
		l := w.line(all[1].ID)
		if l.State != bank.Resolved || len(l.Parts) != 5 || len(l.Standing()) != 3 || l.Parts[1].EndedEntry != "" || l.Parts[3].EndedEntry != "e3" {
			t.Errorf("%+v", l)
		}
		// A payout and its fee.
		w.must(w.place(all[2].ID, "k", bank.Part{Amount: 10000, To: bank.ToCard}, bank.Part{Amount: -500, To: bank.ToOther, Account: "5400"}))
		w.must(w.place(all[3].ID, "k"))
		if s := w.sound(); len(s) != 0 {
			t.Errorf("in suspense: %v", s)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			to, err := w.PartsTo(ctx, tx, council, bank.ToBill, "b1")
			if err != nil || len(to) != 2 || to[0].Line != all[0].ID || to[1].Amount != 1500 {
				t.Errorf("parts to the bill: %+v, %v", to, err)
			}
			some := []*bank.Line{{ID: all[0].ID, Organisation: council}, {ID: all[1].ID, Organisation: council}}
			if err := w.ReadParts(ctx, tx, some); err != nil || len(some[0].Parts) != 1 || len(some[1].Parts) != 5 {
				t.Errorf("%v", err)
			}
			return nil
		})
	})
}

func TestPartsThatDoNotFit(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana", "02 -10.00 Bank"))
		in, out := w.next()[0].ID, w.next()[1].ID
		for name, c := range map[string]struct {
			line string
			set  []bank.Part
		}{
			"nothing":             {in, nil},
			"too little":          {in, []bank.Part{bill(999, "b")}},
			"too much":            {in, []bank.Part{bill(1000, "b"), suspense(1)}},
			"nought":              {in, []bank.Part{bill(1000, "b"), suspense(0)}},
			"the other sign":      {in, []bank.Part{bill(1100, "b"), suspense(-100)}},
			"a sign of its own":   {out, []bank.Part{bill(1000, "b")}},
			"sums beyond 64 bits": {in, []bank.Part{bill(1<<62, "b"), bill(1<<62, "c"), bill(1<<62, "d")}},
		} {
			w.refused(w.place(c.line, name, c.set...), fault.Invalid)
		}
		for name, p := range map[string]bank.Part{
			"a bill without its id":         {Amount: 1000, To: bank.ToBill},
			"elsewhere, unsaid":             {Amount: 1000, To: bank.ToOther},
			"an account of a bill":          {Amount: 1000, To: bank.ToBill, Ref: "b", Account: "1"},
			"suspense for something":        {Amount: 1000, To: bank.ToSuspense, Ref: "b"},
			"a place that is none":          {Amount: 1000, To: "x"},
			"a refund without its id":       {Amount: 1000, To: bank.ToRefund},
			"suspense with another account": {Amount: 1000, To: bank.ToSuspense, Account: "1"},
		} {
			if err := w.place(in, name, p); fault.KindOf(err) != fault.Internal || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.counts()["part"]; n != 0 {
			t.Errorf("%d parts", n)
		}
		w.must(w.place(out, "k", bank.Part{Amount: -1000, To: bank.ToRefund, Ref: "r"}))
	})
}

func TestTheSameChangeTwice(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana"))
		id := w.next()[0].ID
		w.must(w.place(id, "k", bill(400, "b1"), suspense(600)))
		w.must(w.place(id, "k", bill(400, "b1"), suspense(600)))
		w.refused(w.place(id, "k", bill(600, "b1")), fault.Conflict)
		w.must(w.place(id, "k2", bill(600, "b2")))
		w.must(w.place(id, "k", bill(400, "b1"), suspense(600))) // late, and still the first
		w.refused(w.place(id, "k3", bill(600, "b3")), fault.Conflict)
		if l := w.line(id); len(l.Parts) != 3 || l.State != bank.Resolved {
			t.Errorf("%+v", l)
		}
	})
}

func TestUndo(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana"))
		id := w.next()[0].ID
		w.must(w.place(id, "k", bill(400, "b1"), bill(600, "b2")))
		w.must(w.undo(id, 1, "r1"))
		w.must(w.undo(id, 1, "r1"))
		w.refused(w.undo(id, 1, "r2"), fault.Conflict)
		w.refused(w.undo(id, 3, "r3"), fault.Conflict) // suspense is resolved, not undone
		w.refused(w.undo(id, 9, "r3"), fault.NotFound)
		l := w.line(id)
		if l.State != bank.Suspense || l.Open() != 400 || len(l.Standing()) != 2 || l.Parts[0].EndedEntry != "r1" || l.Parts[0].EndedBy != "cora" {
			t.Errorf("%+v", l)
		}
		w.must(w.undo(id, 2, "r2"))
		if s := w.sound(); len(s) != 1 || s[0] != pounds(1000) {
			t.Errorf("in suspense: %v", s)
		}
		w.must(w.place(id, "k2", bill(1000, "b3")))
		if l := w.line(id); l.State != bank.Resolved || len(l.Standing()) != 1 || len(l.Parts) != 5 {
			t.Errorf("%+v", l)
		}
		w.sound()
	})
}

// Of many who place a line at once, one does.
func TestPlacingAtOnce(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana"))
		id := w.next()[0].ID
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() { errs[i] = w.place(id, fmt.Sprint("k", i), bill(1000, fmt.Sprint("b", i))) })
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
				continue
			}
			w.refused(err, fault.Conflict)
		}
		if l := w.line(id); done != 1 || len(l.Parts) != 1 {
			t.Errorf("%d placed it: %+v", done, l)
		}
	})
}

// Any history of placing and taking back keeps the sum.
func TestAnyHistoryKeepsTheSum(t *testing.T) {
	each(t, func(w *world) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			sign := rapid.SampledFrom([]int64{1, -1}).Draw(rt, "sign")
			w.mustImport(statement(fmt.Sprintf("01 %d.00 N%d", sign*10, n)))
			l := w.next()[0]
			for step := range rapid.IntRange(1, 6).Draw(rt, "steps") {
				l = w.line(l.ID)
				if open := l.Open(); open != 0 && rapid.Bool().Draw(rt, "place") || l.State == bank.New {
					first := sign * rapid.Int64Range(1, sign*open).Draw(rt, "first")
					set := []bank.Part{bill(first, fmt.Sprint(n, step))}
					if rest := open - first; rest != 0 {
						set = append(set, suspense(rest))
					}
					w.must(w.place(l.ID, fmt.Sprint(step), set...))
				} else {
					for _, p := range l.Standing() {
						if p.To == bank.ToBill {
							w.must(w.undo(l.ID, p.No, fmt.Sprint("r", step)))
							break
						}
					}
				}
			}
			w.sound()
			l = w.line(l.ID)
			sum := int64(0)
			for _, p := range l.Standing() {
				sum += p.Amount
			}
			if sum != l.Amount.Minor || (l.State == bank.Suspense) != (l.Open() != 0) {
				rt.Fatalf("%+v", l)
			}
		})
	})
}

var errStop = errors.New("stop")

func TestCheckSeesWhatIsWrong(t *testing.T) {
	each(t, func(w *world) {
		w.mustImport(statement("01 10.00 Rana"))
		id := w.next()[0].ID
		w.must(w.place(id, "k", bill(1000, "b1")))
		err := w.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE bank_part SET amount = 999`); err != nil {
				return err
			}
			wrong, err := w.Check(ctx, tx, council, 10)
			if err != nil || len(wrong) != 1 || wrong[0] != id {
				t.Errorf("found %v, %v", wrong, err)
			}
			return errStop
		})
		if !errors.Is(err, errStop) {
			t.Error(err)
		}
	})
}
