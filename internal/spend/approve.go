package spend

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/store"
)

// Post books what happens and says where it stands in the books: the entry, and the day on which they know it.
type Post func() (entry string, on calendar.Date, err error)

// Approve makes a checked invoice owed: by another person than entered or checked it. Beyond its contract, or beyond what
// its line has left, it gives Over, unless override says why it must be. What is refused is refused before post is called,
// so that the transaction can go on.
func (s *Invoices) Approve(ctx context.Context, tx *store.Tx, x *Invoice, limits Limits, override string, a Act, post Post) error {
	switch {
	case x.State != Checked:
		return fault.NewConflict(msgInvoiceMoved)
	case a.By == "" || a.By == x.EnteredBy || a.By == x.CheckedBy:
		return fault.NewForbidden(msgSamePerson)
	}
	w, err := s.weigh(ctx, tx, x)
	if err != nil {
		return err
	}
	if w.c != nil && w.c.State != Active {
		return fault.NewConflict(msgClosed)
	}
	if over := w.overContract(x.Amount); over > 0 && override == "" {
		return &Over{LineRef: x.LineRef, Contract: true, By: money.Amount{Minor: over, Currency: x.Currency}}
	}
	delta := w.delta(x.Amount)
	beyond := within(x.LineRef, w.sums, delta, limits, "", x.Currency)
	if over, is := beyond.(*Over); beyond != nil && (!is || override == "") { //nolint:errorlint // it is ours, as it was made
		if is {
			return over
		}
		return beyond
	}
	x.Overridden = beyond != nil || w.overContract(x.Amount) > 0
	entry, on, err := post()
	if err != nil {
		return err
	}
	if err := s.carry(ctx, tx, x, w, Act{By: a.By, Day: on}, entry, x.Amount); err != nil {
		return err
	}
	x.State, x.Decided, x.DecidedBy, x.ApprovedDay, x.Entry, x.Override = Approved, tx.Now(), a.By, on, entry, ""
	if x.Overridden {
		x.Override = override
	}
	x.Times++
	return s.update(ctx, tx, x)
}

// TakeBack takes an approval back, of an invoice that is in no order: it is disputed from then on.
func (s *Invoices) TakeBack(ctx context.Context, tx *store.Tx, x *Invoice, reason string, a Act, post Post) error {
	if x.State != Approved || a.By == "" {
		return fault.NewConflict(msgInvoiceMoved)
	}
	w, err := s.weigh(ctx, tx, x)
	if err != nil {
		return err
	}
	entry, on, err := post()
	if err != nil {
		return err
	}
	if err := s.carry(ctx, tx, x, w, Act{By: a.By, Day: on}, entry, -x.Amount); err != nil {
		return err
	}
	x.State, x.Decided, x.DecidedBy, x.Reason = Disputed, tx.Now(), a.By, reason
	x.Overridden, x.ApprovedDay, x.Entry, x.Override = false, calendar.Date{}, "", ""
	return s.update(ctx, tx, x)
}

// weighed is what an invoice bears upon, locked.
type weighed struct {
	c     *Commitment // nil: none
	share int         // of c
	sums  Sums
}

// weigh locks the commitment, then the line.
func (s *Invoices) weigh(ctx context.Context, tx *store.Tx, x *Invoice) (w weighed, err error) {
	if x.Commitment != "" {
		if w.c, err = s.commitments.Get(ctx, tx, x.Organisation, x.Commitment); err != nil {
			return w, err
		}
		w.share = slices.IndexFunc(w.c.Shares, func(sh Share) bool { return sh.LineRef == x.LineRef })
		if w.share < 0 {
			w.share = len(w.c.Shares)
			w.c.Shares = append(w.c.Shares, Share{LineRef: x.LineRef})
		}
	}
	w.sums, err = lock(ctx, tx, x.Organisation, x.LineRef)
	return w, err
}

// overContract is by how much so much more would exceed the commitment's value; nothing where there is none.
func (w weighed) overContract(more int64) int64 {
	if w.c == nil {
		return 0
	}
	return max(0, w.c.Invoiced+more-w.c.Value)
}

// delta is by how much the line is committed to more when so much more is invoiced.
func (w weighed) delta(more int64) int64 {
	if w.c == nil {
		return more
	}
	after := w.c.Shares[w.share]
	after.Invoiced += more
	return w.c.held(after) - w.c.held(w.c.Shares[w.share])
}

// carry moves commitment and line by an amount that is owed from now on, or with a minus is not any more.
func (s *Invoices) carry(ctx context.Context, tx *store.Tx, x *Invoice, w weighed, a Act, entry string, amount int64) error {
	m := Move{LineRef: x.LineRef, What: Committed, Amount: w.delta(amount), Day: a.Day, Commitment: x.Commitment, Invoice: x.ID, By: a.By}
	if err := move(ctx, tx, x.Organisation, m); err != nil {
		return err
	}
	m.What, m.Amount, m.Entry = Invoiced, amount, entry
	if err := move(ctx, tx, x.Organisation, m); err != nil || w.c == nil {
		return err
	}
	w.c.Invoiced += amount
	w.c.Shares[w.share].Invoiced += amount
	if err := s.commitments.putShare(ctx, tx, w.c, w.c.Shares[w.share]); err != nil {
		return err
	}
	return s.commitments.update(ctx, tx, w.c)
}
