package flow

import (
	"context"
	"errors"
	"strings"
	"time"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/store"
)

const (
	retainBatch  = 50
	messageLife  = 180 * 24 * time.Hour // of sent messages: what they said is in the case, the bill or the letter
	rowsAtOnce   = 1000
	heldLook     = 1 // days until what is held is looked at again
	openLook     = 7 // days until what has an open bill is looked at again
	looksDefault = 72
)

// Retain deletes what is past its time: ended cases by the periods of the definition under which they began, and fields
// of them that are kept shorter, looks, sent messages, copies. It goes on where it was broken off, and may run on several
// nodes at once: a case is locked while it is looked at.
func (f Privacy) Retain(ctx context.Context, actor policy.Actor) (deleted int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "retention"}); err != nil {
		return 0, err
	}
	var failed []error
	for after := ""; ; {
		var ids []string
		err := f.DB.Read(ctx, "flow.toRetain", func(ctx context.Context, tx *store.Tx) (err error) {
			ids, err = f.keeping().Due(ctx, tx, f.today(tx), after, retainBatch)
			return err
		})
		if err != nil || len(ids) == 0 {
			failed = append(failed, err)
			break
		}
		after = ids[len(ids)-1]
		n, err := f.retainCases(ctx, ids)
		if err != nil { // one that fails stops no other
			n = 0
			for _, id := range ids {
				one, err := f.retainCases(ctx, []string{id})
				n, failed = n+one, append(failed, err)
			}
		}
		deleted += n
	}
	return deleted, errors.Join(append(failed, f.retainRows(ctx))...)
}

func (f Privacy) keeping() cases.Keeping { return cases.Keeping{Cases: f.Docket.Cases} }

func (f Privacy) retainCases(ctx context.Context, ids []string) (deleted int, err error) {
	err = f.DB.Write(ctx, "flow.Retain", func(ctx context.Context, tx *store.Tx) error {
		done := f.deletions(tx)
		deleted = 0
		for _, id := range ids {
			gone, err := f.retainCase(ctx, tx, id, done)
			if err != nil {
				return err
			}
			if gone {
				deleted++
			}
		}
		return done.prove(ctx, tx)
	})
	return deleted, err
}

// retainCase deletes a case whose time is over, or what of it is kept shorter, and notes when to look again.
func (f Privacy) retainCase(ctx context.Context, tx *store.Tx, id string, done *deletions) (gone bool, err error) {
	c, err := f.Docket.Cases.Get(ctx, tx, id)
	if err != nil {
		return false, err
	}
	destroyed, err := f.keeping().Destroyed(ctx, tx, id)
	if err != nil || destroyed || c.Open() {
		return false, err // another node was faster, or it was opened again
	}
	m, err := f.Docket.KeepCase(ctx, tx, f.books(), c)
	if err != nil {
		return false, err
	}
	today := f.today(tx)
	if due, err := m.Keep.Due(today); err != nil {
		return false, err
	} else if due {
		if err := f.destroy(ctx, tx, m); err != nil {
			return false, err
		}
		return true, done.mark(m)
	}
	next := calendar.MaxDate
	last, known, err := m.Keep.Until()
	switch {
	case err != nil:
		return false, err
	case m.Always:
	case m.Keep.Held:
		next, err = today.AddDays(heldLook)
	case !known:
		next, err = today.AddDays(openLook)
	default:
		next, err = last.AddDays(1)
	}
	if err != nil {
		return false, err
	}
	if !m.Keep.Held {
		stage, err := f.blankFields(ctx, tx, c, m.Keep.Ended, today)
		if err != nil {
			return false, err
		}
		if !stage.IsZero() && stage.Before(next) {
			next = stage
		}
	}
	return false, f.keeping().LookAgain(ctx, tx, id, next)
}

// blankFields deletes the answers of an ended case that are kept for a shorter time than the case, and says on which day
// the next of them are due; the zero day for none.
func (f Privacy) blankFields(ctx context.Context, tx *store.Tx, c *cases.Case, ended, today calendar.Date) (next calendar.Date, err error) {
	s, err := f.Docket.Releases.Get(ctx, tx, c.Definition)
	if err != nil || ended.IsZero() {
		return next, err
	}
	over := map[string]bool{}
	for id, p := range s.Privacy {
		if p.Months() == 0 {
			continue
		}
		last, err := retain.LastDay(ended, p.Months())
		if err != nil {
			return next, err
		}
		due, err := last.AddDays(1)
		if err != nil {
			return next, err
		}
		if !today.Before(due) {
			over[id] = true
		} else if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	if len(over) == 0 {
		return next, nil
	}
	changed, files := false, []string{}
	for _, page := range s.Pages {
		if blank(&c.Typed, page.Questions, over, &files) {
			changed = true
		}
	}
	if !changed {
		return next, nil
	}
	for _, id := range files {
		if err := f.Docket.Blobs.Delete(ctx, tx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return next, err
		}
	}
	if err := f.keeping().ForgetWords(ctx, tx, c.ID); err != nil {
		return next, err
	}
	return next, f.Docket.Cases.Update(ctx, tx, c)
}

// blank removes the answers to questions of privacy sections whose time is over, and tells which files went with them.
func blank(typed *process.Typed, questions []*service.Question, over map[string]bool, files *[]string) (changed bool) {
	for _, q := range questions {
		if items := typed.Groups[q.ID]; len(items) > 0 {
			for i := range items {
				changed = blank(&items[i].Typed, q.Members, over, files) || changed
			}
		}
		if !over[q.Personal] {
			continue
		}
		for name := range typed.Fields {
			if name == q.ID || strings.HasPrefix(name, q.ID+"-") {
				if q.Type == "file" {
					*files = append(*files, typed.Fields[name]...)
				}
				delete(typed.Fields, name)
				changed = true
			}
		}
	}
	return changed
}

// retainRows deletes looks, messages and copies that are past their time.
func (f Privacy) retainRows(ctx context.Context) error {
	months := looksDefault
	if d := f.Docket.Releases.Current().File.DataProtection; d != nil && d.Looks.Months() > 0 {
		months = d.Looks.Months()
	}
	for {
		var n int64
		err := f.DB.Write(ctx, "flow.retainRows", func(ctx context.Context, tx *store.Tx) error {
			oldest, err := f.today(tx).AddMonths(-months)
			if err != nil {
				return err
			}
			before := f.Docket.Releases.Current().Calendar.StartOf(oldest)
			if _, err := access.ForgetOpenings(ctx, tx, before, rowsAtOnce); err != nil {
				return err
			}
			looks, err := access.ForgetBefore(ctx, tx, before, rowsAtOnce)
			if err != nil {
				return err
			}
			messages, err := f.Outbox.Forget(ctx, tx, tx.Now().Add(-messageLife), rowsAtOnce)
			if err != nil {
				return err
			}
			n = looks + messages
			_, err = retain.ForgetCopies(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		if n < rowsAtOnce {
			return f.retainAppointments(ctx)
		}
	}
}

// HoldCase orders that a case is kept beyond its time.
type HoldCase struct {
	Number, Organisation, Reason string
	Review                       calendar.Date
}

// Hold places a legal hold on a case: nothing of it is deleted while it stands.
func (f Privacy) Hold(ctx context.Context, actor policy.Actor, in HoldCase) error {
	return f.DB.Write(ctx, "flow.Hold", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Cases.ByNumber(ctx, tx, in.Organisation, strings.ToUpper(strings.TrimSpace(in.Number)))
		if errors.Is(err, store.ErrNotFound) {
			return fault.NewInvalid("There is no case with this number in your organisation")
		}
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.HoldSet, policy.Thing{Kind: "case", ID: c.ID, Organisation: c.Organisation, Owner: c.Person}); err != nil {
			return err
		}
		if problem := plainText(in.Reason, "Say why it must be kept, without naming the person"); problem != nil {
			return problem
		}
		if in.Review.IsZero() || !in.Review.After(f.today(tx)) {
			return fault.NewInvalid("Enter a day to come on which somebody looks whether it is still needed")
		}
		return retain.Place(ctx, tx, &retain.Hold{Kind: retain.Case, Ref: c.ID, Number: c.Number, Organisation: c.Organisation, Reason: in.Reason, PlacedBy: actor.Person, Review: in.Review})
	})
}

// Lift ends a hold.
func (f Privacy) Lift(ctx context.Context, actor policy.Actor, id string) error {
	return f.DB.Write(ctx, "flow.Lift", func(ctx context.Context, tx *store.Tx) error {
		h, err := retain.GetHold(ctx, tx, id)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.HoldSet, policy.Thing{Kind: "hold", ID: h.ID, Organisation: h.Organisation}); err != nil {
			return err
		}
		return retain.Lift(ctx, tx, id, actor.Person)
	})
}
