package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// TaxRunJob is the kind of job that goes on with a run; give WorkRun to the job runner under it.
const TaxRunJob = "tax.run"

// How much of a run is one transaction, in which others who write wait.
const (
	assessChunk  = 200
	publishChunk = 100
	undoChunk    = 500
)

// StartRun assesses every object of a tax for a period.
type StartRun struct {
	Tax    string
	Begins calendar.Date // any day of the period
	Issued calendar.Date // day that the bills will bear
	Key    string
}

// StartRun is for officers of the treasury. The work is done by jobs; what it comes to is proposed and counts when somebody
// else publishes it. Of a declared tax it only opens the accounts of those who must declare.
func (f Taxation) StartRun(ctx context.Context, actor policy.Actor, in StartRun) (id string, err error) {
	book, err := f.book()
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Tax)); err != nil {
		return "", err
	}
	t, err := f.taxInForce(in.Tax)
	if err != nil {
		return "", err
	}
	period, err := t.Period(in.Begins)
	if err != nil || in.Begins.IsZero() || period.Until.Before(t.TaxFile.Period.First) {
		return "", fault.NewInvalid("Choose a period for which the tax is charged")
	}
	if err := planned(ctx, t, period, in.Issued); err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.StartRun", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if in.Issued.Before(f.today(tx)) {
				return "", fault.NewInvalid("The day of the bills is today or later")
			}
			r := &tax.Run{Organisation: book.Organisation, Tax: t.Tax, Begins: period.From, Ends: period.Until, Definition: t.Hash,
				Issued: in.Issued, Currency: book.Currency, StartedBy: actor.Person}
			if err := f.Money.Runs.Start(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, goOn(ctx, tx, r)
		})
		return err
	})
	return id, err
}

// planned sees to it that bills of a day can be planned at all: the calendar has the years, the terms can be counted.
func planned(ctx context.Context, t *service.Tax, period service.Span, issued calendar.Date) error {
	if issued.IsZero() {
		return fault.NewInvalid("Enter the day that the bills will bear")
	}
	if _, err := assess.Instalments(ctx, t, period, amountOf(100_000, t.Jurisdiction.File.Currency), issued, 0); err != nil {
		return fault.Wrap(err, fault.Invalid, "The due days of bills of this day cannot be counted: the calendar or a figure does not reach so far")
	}
	return nil
}

// runOf is what a job of a run knows.
type runOf struct {
	Organisation string `json:"organisation"`
	Run          string `json:"run"`
}

// goOn owes the next step of a run. Its key is the state of the run, so that each step is owed once.
func goOn(ctx context.Context, tx *store.Tx, r *tax.Run) error {
	payload, err := json.Marshal(runOf{r.Organisation, r.ID})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: TaxRunJob, Key: r.ID + " " + strconv.FormatInt(r.Version, 10), Payload: payload})
}

// WorkRun does a step of a run and owes the next, in one transaction: whatever breaks, each object is done once.
func (f Taxation) WorkRun(ctx context.Context, tx *store.Tx, j job.Job) error {
	var of runOf
	if err := json.Unmarshal(j.Payload, &of); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	r, err := f.Money.Runs.Get(ctx, tx, of.Organisation, of.Run)
	if err != nil {
		return err
	}
	if !r.Working() {
		return nil
	}
	t, err := f.Docket.Releases.Tax(ctx, tx, r.Definition)
	if err != nil {
		return err
	}
	switch r.State {
	case tax.Assessing:
		err = f.assessSome(ctx, tx, book, t, r)
	case tax.Publishing:
		err = f.publishSome(ctx, tx, book, t, r)
	case tax.Undoing:
		err = f.undoSome(ctx, tx, r)
	}
	if err != nil {
		return fmt.Errorf("going on with the run of %s: %w", r.Tax, err)
	}
	if err := f.Money.Runs.Save(ctx, tx, r); err != nil {
		return err
	}
	if !r.Working() {
		return nil
	}
	return goOn(ctx, tx, r)
}

// PublishRun makes what a run proposes count: bills are issued, and holders written to.
type PublishRun struct {
	Run     string
	Version int64 // of the run when the form was made
	Key     string
}

// PublishRun is for a supervisor who did not start the run, on the day that the bills bear or later; then they bear the day
// on which they are published, so that nobody has less time than the law gives.
func (f Taxation) PublishRun(ctx context.Context, actor policy.Actor, in PublishRun) error {
	return f.onRun(ctx, actor, policy.MoneySupervise, in.Run, in.Key, in, func(ctx context.Context, tx *store.Tx, _ *treasury.Book, r *tax.Run) error {
		today := f.today(tx)
		switch {
		case r.StartedBy == actor.Person:
			return fault.NewForbidden("You started this. Somebody else must publish it")
		case r.Version != in.Version || r.State != tax.Ready:
			return fault.NewConflict(tax.ChangedMeanwhile)
		case r.Issued.After(today):
			return fault.NewConflict("The bills bear a later day. Publish them on that day")
		}
		t, err := f.Docket.Releases.Tax(ctx, tx, r.Definition)
		if err != nil {
			return err
		}
		if err := planned(ctx, t, service.Span{From: r.Begins, Until: r.Ends}, today); err != nil {
			return err
		}
		r.State, r.Place, r.Issued, r.EndedBy = tax.Publishing, "", today, actor.Person
		return nil
	})
}

// UndoRun takes back what a run has proposed.
type UndoRun struct{ Run, Key string }

// UndoRun is for officers of the treasury, until the run is published. The accounts that it opened stay: they say what the
// register says.
func (f Taxation) UndoRun(ctx context.Context, actor policy.Actor, in UndoRun) error {
	return f.onRun(ctx, actor, policy.MoneyWork, in.Run, in.Key, in, func(_ context.Context, _ *store.Tx, _ *treasury.Book, r *tax.Run) error {
		if r.State != tax.Ready && r.State != tax.Assessing {
			return fault.NewConflict("What is published cannot be undone. Single assessments can be made anew")
		}
		r.State, r.Place, r.EndedBy = tax.Undoing, "", actor.Person
		return nil
	})
}

// onRun changes the state of a run for somebody who may, once for a form, and owes the work.
func (f *Flow) onRun(ctx context.Context, actor policy.Actor, right policy.Action, run, key string, input any,
	do func(context.Context, *store.Tx, *treasury.Book, *tax.Run) error) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, right, moneyThing(book, run)); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.Run", func(ctx context.Context, tx *store.Tx) error {
		r, err := f.Money.Runs.Get(ctx, tx, book.Organisation, run)
		if err != nil {
			return missing(err)
		}
		_, err = f.once(ctx, tx, actor, key, input, func() (string, error) {
			if err := do(ctx, tx, book, r); err != nil {
				return "", err
			}
			if err := f.Money.Runs.Save(ctx, tx, r); err != nil {
				return "", err
			}
			return "", goOn(ctx, tx, r)
		})
		return err
	})
}

// undoSome takes back some of what a run has proposed.
func (f *Flow) undoSome(ctx context.Context, tx *store.Tx, r *tax.Run) error {
	n, err := tax.Drop(ctx, tx, r.Organisation, r.ID, undoChunk)
	if err == nil && n < undoChunk {
		r.State, r.Ended = tax.Undone, tx.Now()
	}
	return err
}
