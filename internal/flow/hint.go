package flow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/hint"
	"stoa/internal/policy"
	"stoa/internal/precedent"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// PointOut is what a computer points out to those who decide. It writes to no case: what is done about a flag, an officer does.
type PointOut struct{ *Flow }

// PointOut is what a computer points out to those who decide.
func (f *Flow) PointOut() PointOut { return PointOut{f} }

const (
	pointBatch   = 100
	pointSettled = 10 * time.Minute // longer than any transaction takes: no case comes in with an earlier id than that
)

// Follow looks at cases that came in since, each once, and tells at how many. It may run on several nodes at once and be broken
// off anywhere. Once a day it tries on the past how alike cases were decided.
func (f PointOut) Follow(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "hints"}); err != nil {
		return 0, err
	}
	j := f.Docket.Releases.Current()
	if f.Hints == nil || j == nil {
		return 0, nil
	}
	off := j.File.HintsOff()
	for after, more := "", true; more; {
		var batch []hint.Case
		if batch, after, more, err = f.toLookAt(ctx, after); err != nil {
			return n, err
		}
		err = f.DB.Write(ctx, "flow.PointOut", func(ctx context.Context, tx *store.Tx) error {
			for _, kind := range off {
				if err := f.Hints.ForgetKind(ctx, tx, kind); err != nil {
					return err
				}
			}
			for _, c := range batch {
				if err := f.Hints.Look(ctx, tx, c, off); err != nil {
					return err
				}
			}
			settled := store.FirstID(tx.Now().Add(-pointSettled))
			return f.Hints.Reach(ctx, tx, min(after, settled))
		})
		if err != nil {
			return n, err
		}
		n += len(batch)
	}
	if slices.Contains(off, hint.Similar) {
		return n, nil
	}
	return n, f.tryPrecedents(ctx, j)
}

// toLookAt reads cases before others wait for the writing of what comes of them.
func (f PointOut) toLookAt(ctx context.Context, after string) (batch []hint.Case, last string, more bool, err error) {
	err = f.DB.Read(ctx, "flow.toLookAt", func(ctx context.Context, tx *store.Tx) error {
		batch = nil
		place, err := f.Hints.Place(ctx, tx)
		if err != nil {
			return err
		}
		ids, err := cases.Past{Cases: f.Docket.Cases}.After(ctx, tx, max(after, place), pointBatch)
		if err != nil {
			return err
		}
		last, more = max(after, place), len(ids) == pointBatch
		if len(ids) > 0 {
			last = ids[len(ids)-1]
		}
		fresh, err := f.Hints.Unseen(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, id := range fresh {
			c, err := f.Docket.Case(ctx, tx, id)
			if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) {
				continue
			}
			if err != nil {
				return err
			}
			h, err := f.Docket.ToCompare(ctx, tx, c)
			if err != nil {
				return err
			}
			batch = append(batch, h)
		}
		return nil
	})
	return batch, last, more, err
}

const (
	triedCases  = 300 // the newest decided, of each service
	triedLeast  = 20  // before it can be said what was alike
	triedNearby = 5
)

// tryPrecedents tries how often the decision on a case was that of most cases like it, once a day.
func (f PointOut) tryPrecedents(ctx context.Context, j *service.Jurisdiction) error {
	var today string
	due, found := false, map[string]map[string]precedent.Tried{}
	err := f.DB.Read(ctx, "flow.toTry", func(ctx context.Context, tx *store.Tx) error {
		today, due = j.Calendar.DateOf(tx.Now()).String(), false
		last, err := f.Hints.Tests(ctx, tx, hint.Similar)
		if err != nil || len(last) > 0 && last[0].Day >= today {
			return err
		}
		due = true
		for _, s := range j.Services {
			rows, err := cases.Past{Cases: f.Docket.Cases}.Decided(ctx, tx, cases.Decided{Services: []string{s.Service}, Limit: triedCases})
			if err != nil {
				return err
			}
			var past []precedent.Case
			language := map[string]string{}
			for _, row := range slices.Backward(rows) {
				c, err := f.Docket.Whole(ctx, tx, row)
				if err != nil {
					return err
				}
				if p := c.Precedent(); len(p.Answers) > 0 {
					past, language[c.ID] = append(past, p), c.Language
				}
			}
			found[s.Service] = precedent.Try(past, triedNearby, triedLeast, func(c precedent.Case) string { return language[c.ID] })
		}
		return nil
	})
	if err != nil || !due {
		return err
	}
	return f.DB.Write(ctx, "flow.TryPrecedents", func(ctx context.Context, tx *store.Tx) error {
		for _, s := range j.Services {
			tried := found[s.Service]
			if _, there := tried[""]; !there { // so that it is known to have been tried
				tried[""] = precedent.Tried{}
			}
			for language, t := range tried {
				err := f.Hints.KeepTest(ctx, tx, hint.Test{Kind: hint.Similar, Service: s.Service, Language: language, Day: today, N: int64(t.N), Agreed: int64(t.Agreed), Usual: int64(t.Usual)})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// ClearFlag is an officer's word that what was pointed out is not a problem.
type ClearFlag struct {
	Case, Flag string
	Why        string
	Key        string
}

// Clear notes it, with the reason. The case is as it was.
func (f PointOut) Clear(ctx context.Context, actor policy.Actor, in ClearFlag) error {
	return f.DB.Write(ctx, "flow.ClearFlag", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		if err := f.mayOn(ctx, tx, actor, policy.CaseWork, c); err != nil {
			return err
		}
		if f.Hints == nil {
			return fault.NewNotFound("")
		}
		flags, err := f.Hints.Of(ctx, tx, c.ID, c.Subject)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(flags, func(g *hint.Flag) bool { return g.ID == in.Flag })
		if i < 0 {
			return fault.NewNotFound("")
		}
		in.Why = strings.TrimSpace(in.Why)
		if err := plainText(in.Why, "Say why it is not a problem"); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			return "", f.Hints.Clear(ctx, tx, flags[i], c.Subject, actor.Person, in.Why)
		})
		return err
	})
}
