package flow

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// ChangeFacts says that something else holds of an account's object or payer from a day on.
type ChangeFacts struct {
	Account string
	Version int64 // of the account when the form was made
	From    calendar.Date
	Facts   process.Typed
	Change  []string          // ids of the facts that are given anew; one for which nothing is typed holds no longer
	Object  map[string]string // fields of the register as typed
	Reason  string            // for the payer
	Key     string
}

// ChangeFacts is for officers of the treasury. What is published and touched by the change is assessed anew at once, and the
// payer told; a period that is not published changes nothing yet.
func (f Taxation) ChangeFacts(ctx context.Context, actor policy.Actor, in ChangeFacts) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.ChangeFacts", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.taxAccount(ctx, tx, actor, policy.MoneyWork, book, in.Account)
		if err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if a.Version != in.Version {
				return "", fault.NewConflict(tax.ChangedMeanwhile)
			}
			k, err := f.readChange(ctx, tx, a, in.From, in.Facts, in.Change, in.Object)
			if err != nil {
				return "", err
			}
			if in.Reason == "" {
				return "", fault.NewInvalid("Say why, for the payer")
			}
			if err := f.learn(ctx, tx, a, in.From, k, tax.Source{Kind: ofOfficer, ID: in.Key}, actor.Person); err != nil {
				return "", err
			}
			_, err = f.reassess(ctx, tx, book, a, change{cause: tax.ByChange, from: in.From, by: actor.Person, why: in.Reason})
			return "", err
		})
		return err
	})
}

// readChange reads what an officer says of an account from a day on.
func (f *Flow) readChange(ctx context.Context, tx *store.Tx, a *tax.Account, from calendar.Date, typed process.Typed, change []string, object map[string]string) (k known, err error) {
	t, err := f.taxInForce(a.Tax)
	if err != nil {
		return k, err
	}
	var wrong refusals
	if k, err = typedKnown(ctx, t, typed, change, object, f.today(tx), &wrong); err != nil {
		return k, err
	}
	wrong.day(a, from)
	if err := wrong.err(); err != nil {
		return k, err
	}
	if k.empty() {
		return k, fault.NewInvalid("Say what is different")
	}
	return k, nil
}

// day holds a day from which something is to hold against the days of an account.
func (r *refusals) day(a *tax.Account, from calendar.Date) {
	switch {
	case from.IsZero():
		r.add("from", i18n.Msg("Enter the day"), nil)
	case from.Before(a.From):
		r.add("from", i18n.Msg("The account begins later, on {day}"), map[string]any{"day": a.From})
	case !a.Until.IsZero() && from.After(a.Until):
		r.add("from", i18n.Msg("The account ended before, on {day}"), map[string]any{"day": a.Until})
	}
}

// learn notes what has become known of an account, which is another then.
func (f *Flow) learn(ctx context.Context, tx *store.Tx, a *tax.Account, from calendar.Date, k known, of tax.Source, by string) error {
	if err := f.Money.Taxes.Learn(ctx, tx, tax.Learned{Account: a, Known: tax.Known{From: from, By: by, Of: of, Object: k.object, Facts: k.facts}}); err != nil {
		return err
	}
	return f.Money.Taxes.SaveAccount(ctx, tx, a)
}
