package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// RemindReviews writes to the supervisors of each organisation in which somebody's role should be confirmed again: once a week
// while there are any. It is for Stoa itself, every day.
func (f Rights) RemindReviews(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "roles"}); err != nil {
		return err
	}
	var failed []error
	for _, o := range f.Docket.Releases.Current().File.Organisations {
		failed = append(failed, f.DB.Write(ctx, "flow.RemindReviews", func(ctx context.Context, tx *store.Tx) error {
			return f.remindReviews(ctx, tx, actor, o.ID)
		}))
	}
	return errors.Join(failed...)
}

func (f Rights) remindReviews(ctx context.Context, tx *store.Tx, actor policy.Actor, organisation string) error {
	j := f.Docket.Releases.Current()
	today := f.today(tx)
	held, err := f.People.Roles().Held(ctx, tx, organisation)
	if err != nil {
		return err
	}
	due := 0
	for _, h := range held {
		day, err := h.Due(j.Calendar, j.File.ReviewMonths())
		if err != nil {
			return err
		}
		if !today.Before(day) {
			due++
		}
	}
	if due == 0 {
		return nil
	}
	year, week := tx.Now().ISOWeek()
	key := fmt.Sprintf("reviews %x %d %d", f.People.Vault.Blind("reviews", organisation)[:8], year, week)
	_, err = f.once(ctx, tx, actor, key, organisation, func() (string, error) {
		to, err := f.supervisors(ctx, tx, "", organisation)
		if err != nil {
			return "", err
		}
		for _, who := range to {
			p := f.Words.For(who.Language)
			err := f.tell(ctx, tx, who, p.T("Roles are waiting to be confirmed"),
				p.N("{n} role in your organisation has not been confirmed for a long time. Please look whether it is still needed.",
					"{n} roles in your organisation have not been confirmed for a long time. Please look whether they are still needed.", due, i18n.V{}), "/desk/rights/review")
			if err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}
