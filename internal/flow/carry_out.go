package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// doer is who did it, for the timeline; the zero doer is Stoa itself.
type doer struct{ Person, Name, For string }

// doneBy is an actor as a doer, with the name of whom they act for.
func doneBy(a policy.Actor) doer { return doer{a.Person, a.Name, a.For.Name} }

// carryOut makes real what package process says an event does, and stores the case.
func (f *Flow) carryOut(ctx context.Context, tx *store.Tx, c *docket.Case, effects []process.Effects, by doer) error {
	due, ran := c.Due, c.Open()
	for _, e := range effects {
		if err := f.one(ctx, tx, c, e, by); err != nil {
			return fmt.Errorf("case %s, %s: %w", c.Number, e.Action, err)
		}
		by = doer{} // what follows by itself was done by nobody
	}
	if len(effects) > 0 {
		last := effects[len(effects)-1]
		c.Due, c.DueThen = calendar.Date{}, ""
		if last.Deadline != nil {
			c.Due, c.DueThen = last.Deadline.Date, last.Deadline.Then
		}
		c.Stopped = last.Stopped
	}
	if ran {
		if err := f.Insight().promise(ctx, tx, c, due); err != nil {
			return err
		}
	}
	setTurn(c, tx.Now())
	return f.Docket.Cases.Save(ctx, tx, c.Case)
}

func (f *Flow) one(ctx context.Context, tx *store.Tx, c *docket.Case, e process.Effects, by doer) error {
	c.Facts = c.Facts.Apply(e)
	c.State, c.Entered, c.Stops, c.Decision = c.Facts.State, c.Facts.Entered, c.Facts.Stops, c.Facts.Decision
	if err := f.overtake(ctx, tx, c, e); err != nil {
		return err
	}
	if e.Action != "" {
		words := cases.EventWords{Name: by.Name, For: by.For}
		if e.Decision != nil {
			words.Text = e.Decision.Reason
		}
		event := cases.Event{At: e.At, Kind: cases.EventAction, Public: true, Actor: by.Person, Action: e.Action, From: e.From, To: e.To, EventWords: words}
		if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
			return err
		}
	}
	if err := f.logDecision(ctx, tx, c, e); err != nil {
		return err
	}
	if err := f.silence(ctx, tx, c, e.Silence); err != nil {
		return err
	}
	for _, q := range e.Consult {
		if err := f.consult(ctx, tx, c, q); err != nil {
			return err
		}
	}
	if e.End != "" {
		c.Ending, c.Ended = e.End, e.At
	}
	if e.Pending != nil {
		if err := f.await(ctx, tx, c, e.Pending); err != nil {
			return err
		}
	}
	if e.Issue != nil {
		if err := f.issue(ctx, tx, c, e.Issue, by); err != nil {
			return err
		}
	}
	if e.End != "" {
		if err := f.Docket.Records.Drop(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := f.feeAtEnd(ctx, tx, c, e); err != nil {
			return err
		}
	}
	for _, letter := range e.Letters {
		if err := f.sendLetter(ctx, tx, c, letter, e.Said); err != nil {
			return err
		}
	}
	return nil
}

// overtake drops a proposed decision when the case moves on without it: a deadline of the law passes
// whether or not the second person has looked at the proposal.
func (f *Flow) overtake(ctx context.Context, tx *store.Tx, c *docket.Case, e process.Effects) error {
	if c.Pending == nil || !e.Entered && e.End == "" {
		return nil
	}
	event := cases.Event{At: e.At, Kind: cases.EventReturned, Action: c.Pending.Action}
	c.Pending, c.Awaits = nil, ""
	return f.Docket.Cases.Note(ctx, tx, c.Case, event)
}

// consult asks another organisation, and tells it.
func (f *Flow) consult(ctx context.Context, tx *store.Tx, c *docket.Case, q process.ConsultationDue) error {
	one := cases.Consultation{Case: c.ID, Consultee: q.Consultee.ID, Organisation: q.Consultee.Organisation, Asked: tx.Now(), Due: q.Due}
	if err := f.Docket.Cases.Consult(ctx, tx, c.Case, one); err != nil {
		return err
	}
	var err error
	if c.Consultations, err = f.Docket.Cases.Consultations(ctx, tx, c.Case); err != nil {
		return err
	}
	if err := f.tellOrganisation(ctx, tx, c, q); err != nil {
		return err
	}
	return f.Docket.Cases.Note(ctx, tx, c.Case, cases.Event{Kind: cases.EventConsulted, Public: true, Action: q.Consultee.ID})
}

// silence notes that organisations did not answer in time, which counts as the file says.
func (f *Flow) silence(ctx context.Context, tx *store.Tx, c *docket.Case, silent []string) error {
	for _, consultee := range silent {
		for i := range c.Consultations {
			q := &c.Consultations[i]
			if q.Consultee != consultee || q.Reply != "" {
				continue
			}
			q.Reply, q.Silent = "no_objection", true
			if err := f.Docket.Cases.ReplyTo(ctx, tx, c.Case, *q); err != nil {
				return err
			}
			if err := f.Docket.Cases.Note(ctx, tx, c.Case, cases.Event{Kind: cases.EventReplied, Action: consultee}); err != nil {
				return err
			}
		}
	}
	return nil
}

// setTurn finds the next day on which something may happen to the case by itself: the day after a
// deadline with a consequence, or after an unanswered consultation's; or tomorrow, where the file has
// actions that are taken as soon as a condition holds, which may depend on the day.
func setTurn(c *docket.Case, now time.Time) {
	c.Turn = calendar.Date{}
	if !c.Open() {
		return
	}
	earlier := func(d calendar.Date) {
		if !d.IsZero() && (c.Turn.IsZero() || d.Before(c.Turn)) {
			c.Turn = d
		}
	}
	if c.DueThen != "" && !c.Due.IsZero() && !c.Stopped {
		earlier(nextDay(c.Due))
	}
	for _, q := range c.Consultations {
		if q.Reply == "" && !q.Due.IsZero() {
			earlier(nextDay(q.Due))
		}
	}
	for _, a := range c.Service.Actions {
		if a.Auto && slices.Contains(a.From, c.State) {
			today := docket.Day(c.Service, now)
			earlier(nextDay(today))
		}
	}
}
