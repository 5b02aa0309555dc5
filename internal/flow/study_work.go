package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"stoa/internal/assess"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/simulate"
	"stoa/internal/store"
	"stoa/internal/study"
	"stoa/internal/tax"
)

// WorkStudy works a study out, from the beginning if it was stopped: the same input comes to the same. One that is not tried again
// ends as failed, so that nobody waits for it.
func (f Studies) WorkStudy(ctx context.Context, j job.Job) error {
	var of studyOf
	if err := json.Unmarshal(j.Payload, &of); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	result, err := f.guarded(ctx, of.Study)
	problem := f.said(err)
	switch {
	case err == nil && result == nil: // it is done already
		return nil
	case problem != "":
		err = nil
	case j.Over(err):
		problem = study.NotWorkedOut
	case err != nil:
		return err
	}
	// What is left of the time of the last try may be nothing, and the study has to end all the same.
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), studyEnds)
	defer cancel()
	return errors.Join(err, f.DB.Write(lasting, "flow.StudyDone", func(ctx context.Context, tx *store.Tx) error {
		s, err := f.Trials.Get(ctx, tx, of.Study)
		if err != nil || s.State != study.Working {
			return err
		}
		s.Ended, s.State, s.Problem = tx.Now(), study.Done, problem
		if problem != "" {
			s.State = study.Failed
			return f.Trials.Save(ctx, tx, s)
		}
		s.Result, s.Hash, s.Of = result, result.Hash, s.Done
		for _, x := range result.Flips {
			s.Examples.Flips = append(s.Examples.Flips, x.Examples)
		}
		for _, x := range result.Lacking {
			s.Examples.Lacks = append(s.Examples.Lacks, x.Examples)
		}
		return f.Trials.Save(ctx, tx, s)
	}))
}

// studyEnds is how long noting the end of a study may take.
const studyEnds = 20 * time.Second

// guarded works a study out, of which a panic is a failure like another: else nobody would end the study of the last try.
func (f Studies) guarded(ctx context.Context, id string) (s *simulate.Study, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("working out a study: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f.workOut(ctx, id)
}

// workOut is what a study comes to; nil if it has ended already.
func (f Studies) workOut(ctx context.Context, id string) (*simulate.Study, error) {
	var s *study.Study
	err := f.DB.Read(ctx, "flow.ReadStudy", func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = f.Trials.Get(ctx, tx, id)
		return err
	})
	if err != nil || s.State != study.Working {
		return nil, err
	}
	c, problems := service.ReadChange("change", s.Change)
	if len(problems) > 0 {
		return nil, job.Permanent(problems)
	}
	return f.Simulate(ctx, c, s.Created, func(done, all int) error {
		return f.DB.Write(ctx, "flow.StudyProgress", func(ctx context.Context, tx *store.Tx) error {
			return f.Trials.Progress(ctx, tx, s.ID, int64(done), int64(all))
		})
	})
}

// said is a sentence for whoever asked for a study; "" for an error that is ours.
func (f Studies) said(err error) string {
	var says *fault.Error
	if errors.As(err, &says) && says.Kind != fault.Internal && says.Key != "" {
		return f.Words.For(f.Docket.Releases.Current().File.Languages[0]).T(says.Key, i18n.V(says.Args))
	}
	return ""
}

// MayTry asks for the right to try a change.
func (f Studies) MayTry(actor policy.Actor, c *service.ChangeFile) error {
	t, err := f.find(c)
	if err != nil {
		return err
	}
	return policy.Can(actor, policy.WhatIfTry, policy.Thing{Kind: t.kind, ID: t.subject, Organisation: t.organisation})
}

// studyPage is how many cases are read in one transaction.
const studyPage = 2000

// Simulate replays a change over what happened before an instant. tell hears how far it is; nil: nobody does. Rights are asked
// before, with MayTry.
func (f Studies) Simulate(ctx context.Context, c *service.ChangeFile, now time.Time, tell func(done, of int) error) (*simulate.Study, error) {
	t, err := f.find(c)
	if err != nil {
		return nil, err
	}
	if tell == nil {
		tell = func(int, int) error { return nil }
	}
	w := studyWork{Studies: f, change: c, tried: t, tell: tell}
	k := f.Docket.Releases.Current().Calendar
	w.before = now
	if !c.Until.IsZero() {
		next, err := c.Until.AddDays(1)
		if err != nil {
			return nil, fmt.Errorf("reading the time of a study: %w", err)
		}
		w.before = k.StartOf(next)
	}
	if !c.From.IsZero() {
		w.from = k.StartOf(c.From)
	} else {
		w.from = time.UnixMicro(0)
	}
	if t.tax != nil {
		return w.taxes(ctx)
	}
	return w.cases(ctx)
}

// studyWork is a study while it is worked out.
type studyWork struct {
	Studies
	change       *service.ChangeFile
	tried        tried
	from, before time.Time
	tell         func(done, of int) error
}

var errNothingPast = fault.NewInvalid("There are no past cases in this time, so nothing can be said. Choose a longer time, or a service that people have used")

func (w *studyWork) cases(ctx context.Context) (*simulate.Study, error) {
	replay, played := simulate.Service(w.tried.service, w.tried.newService, StudyFloor), (*simulate.Played)(nil)
	replay.OnlyPrices = w.change.OnlyPrices()
	past, after, done, of := cases.Past{Cases: w.Docket.Cases}, "", 0, int64(0)
	err := w.DB.Read(ctx, "flow.StudyCount", func(ctx context.Context, tx *store.Tx) (err error) {
		of, err = past.Count(ctx, tx, w.tried.subject, w.from, w.before)
		return err
	})
	if err != nil {
		return nil, err
	}
	for {
		var list []*cases.Case
		var stood map[string][]string
		err := w.DB.Read(ctx, "flow.StudyCases", func(ctx context.Context, tx *store.Tx) (err error) {
			if list, err = past.Whole(ctx, tx, w.tried.subject, w.from, w.before, after, studyPage); err != nil {
				return err
			}
			stood, err = past.Stood(ctx, tx, list)
			return err
		})
		if err != nil {
			return nil, err
		}
		batch := make([]simulate.Case, len(list))
		for i, one := range list {
			batch[i], after = w.Docket.Past(one), one.ID
			batch[i].Stood = stood[one.ID]
		}
		if err := replay.Add(ctx, batch); err != nil {
			return nil, err
		}
		done += len(list)
		if err := w.tell(done, int(of)); err != nil {
			return nil, err
		}
		if len(list) < studyPage {
			break
		}
	}
	if done == 0 {
		return nil, errNothingPast
	}
	if w.change.Officers != 0 {
		if played, err = w.queue(ctx); err != nil {
			return nil, err
		}
	}
	return replay.Study(w.change, played)
}

func (w *studyWork) taxes(ctx context.Context) (*simulate.Study, error) {
	if w.Money == nil {
		return nil, errNoBooks
	}
	replay, after, done := simulate.Tax(w.tried.tax, w.tried.newTax, StudyFloor), "", 0
	for {
		var batch []simulate.Charge
		full := false
		err := w.DB.Read(ctx, "flow.StudyAssessments", func(ctx context.Context, tx *store.Tx) error {
			batch = nil
			list, err := w.Money.Taxes.All(ctx, tx, w.tried.organisation, after, studyPage)
			if err != nil {
				return err
			}
			full = len(list) == studyPage
			for _, a := range list {
				after = a.ID
				if !w.counts(a) {
					continue
				}
				one := simulate.Charge{ID: a.ID, Definition: a.Definition, Charged: a.Total, Erased: len(a.Input) == 0}
				if !one.Erased {
					t, err := w.Docket.Releases.Tax(ctx, tx, a.Definition)
					if err != nil {
						return err
					}
					if one.Input, err = assess.Unmarshal(t, a.Input); err != nil {
						return fmt.Errorf("reading assessment %s: %w", a.ID, err)
					}
				} else {
					one.Input.Period.From = a.Begins
				}
				batch = append(batch, one)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := replay.Add(ctx, batch); err != nil {
			return nil, err
		}
		done += len(batch)
		if err := w.tell(done, 0); err != nil {
			return nil, err
		}
		if !full {
			break
		}
	}
	if done == 0 {
		return nil, errNothingPast
	}
	return replay.Study(w.change)
}

// counts reports whether an assessment is one that stands, of the tax and the time.
func (w *studyWork) counts(a *tax.Assessment) bool {
	return a.Tax == w.tried.subject && a.State == tax.Published && (w.change.From.IsZero() || !a.Begins.Before(w.change.From)) &&
		(w.change.Until.IsZero() || !a.Begins.After(w.change.Until)) && a.At.Before(w.before.Add(time.Microsecond))
}
