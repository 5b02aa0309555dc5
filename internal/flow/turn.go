package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// turnBatch bounds how many cases are looked up at once.
const turnBatch = 200

// Turn does what the passing of days does to every case for which it is due: tacit approval, lapse,
// silence of those who were asked. Each case is a transaction of its own, so that one that fails stops
// no other. It may run on several nodes at once: a case is locked while it is turned.
func (f *Flow) Turn(ctx context.Context, actor policy.Actor) (turned int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "cases"}); err != nil {
		return 0, err
	}
	var failed []error
	after := ""
	for {
		ids, err := f.toTurn(ctx, after)
		if err != nil || len(ids) == 0 {
			return turned, errors.Join(append(failed, err)...)
		}
		for _, id := range ids {
			if err := f.turnOne(ctx, id); err != nil {
				failed = append(failed, err)
				continue
			}
			turned++
		}
		after = ids[len(ids)-1]
	}
}

func (f *Flow) toTurn(ctx context.Context, after string) (ids []string, err error) {
	calendar := f.Docket.Releases.Current().Calendar
	err = f.DB.Read(ctx, "flow.toTurn", func(ctx context.Context, tx *store.Tx) error {
		today := calendar.DateOf(tx.Now())
		ids, err = f.Docket.Cases.ToTurn(ctx, tx, today, after, turnBatch)
		return err
	})
	return ids, err
}

func (f *Flow) turnOne(ctx context.Context, id string) error {
	return f.DB.Write(ctx, "flow.Turn", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, id)
		if err != nil {
			return err
		}
		today := c.Service.Jurisdiction.Calendar.DateOf(tx.Now())
		if c.Turn.IsZero() || c.Turn.After(today) {
			return nil // another node was faster
		}
		effects, err := process.Pass(ctx, c.Judged, c.Facts, tx.Now())
		if err != nil {
			return fmt.Errorf("turning case %s: %w", c.Number, err)
		}
		return f.follow(ctx, tx, c, effects)
	})
}

// forgetBatch bounds what one transaction forgets.
const forgetBatch = 100

// Forget deletes drafts that nobody has touched for long, and what signing in leaves behind.
func (f *Flow) Forget(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "drafts"}); err != nil {
		return 0, err
	}
	err = f.DB.Write(ctx, "flow.Forget", func(ctx context.Context, tx *store.Tx) error {
		n, err = f.Docket.Cases.ForgetDrafts(ctx, tx, tx.Now().Add(-cases.DraftLife), forgetBatch)
		if err != nil {
			return err
		}
		return f.People.Forget(ctx, tx, forgetBatch)
	})
	return n, err
}
