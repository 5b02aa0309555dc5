package flow

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Submit hands in an application. The same draft again gives the same case.
type Submit struct {
	Draft    string
	Declared bool   // the declaration was agreed to
	Language string // of the letters from now on; "" for the draft's
}

// Submitted is the case a draft became.
type Submitted struct{ Case, Number string }

// NotReady is the refusal of a draft that is incomplete, wrong or not eligible; Draft says how.
type NotReady struct{ Draft *docket.Draft }

// Error implements error.
func (e *NotReady) Error() string { return "draft " + e.Draft.ID + " is not ready" }

// FaultKind implements the kind of package fault.
func (e *NotReady) FaultKind() fault.Kind { return fault.Invalid }

// Submit is the main job's one transaction: number, case, timeline, consultations, letters and messages owed, all or
// nothing. It is judged before, so that nobody waits for it who writes at the same time; in the transaction it is judged
// again only if anything has changed that it was judged by.
func (f *Flow) Submit(ctx context.Context, actor policy.Actor, in Submit) (done Submitted, err error) {
	changed, err := f.Known().refresh(ctx, actor, in.Draft)
	if err != nil {
		return done, err
	}
	if len(changed) > 0 {
		return done, &KnownChanged{Draft: in.Draft}
	}
	var before *docket.Draft
	err = f.DB.Read(ctx, "flow.Submit judging", func(ctx context.Context, tx *store.Tx) (err error) {
		before, err = f.judged(ctx, tx, actor, in.Draft)
		return err
	})
	if err != nil {
		return done, err
	}
	waits := false
	err = f.DB.Write(ctx, "flow.Submit", func(ctx context.Context, tx *store.Tx) error {
		waits = false
		version, err := cases.HoldDraft(ctx, tx, in.Draft)
		if err != nil {
			return missing(err)
		}
		draft := before
		before = nil // only for the first try: what a transaction does to it, another does not begin with
		sure := draft == nil || draft.Version != version
		if sure {
			if draft, err = f.judged(ctx, tx, actor, in.Draft); err != nil {
				return err
			}
		}
		if draft.Case != "" { // sent before: the answer is the same
			one, err := f.Docket.Cases.Get(ctx, tx, draft.Case)
			if err != nil {
				return err
			}
			done = Submitted{one.ID, one.Number}
			return nil
		}
		if err := enough(actor, policy.LevelOf(draft.Service.Assurance)); err != nil {
			return err
		}
		if !in.Declared && len(draft.Service.Declaration.By) > 0 {
			return fault.NewInvalid("Confirm the declaration before you send the application")
		}
		if err := f.stillShown(ctx, tx, draft); err != nil {
			return err
		}
		if in.Language != "" {
			draft.Language = in.Language
		}
		title := draft.Service.Title.In(draft.Language)
		may, _, err := f.alone(ctx, tx, actor, signing{what: mandate.Application(draft.ID), as: draft.Whole(), title: title})
		if err != nil {
			return err
		}
		if waits = !may; waits {
			return nil
		}
		draft.Behalf = onBehalf(actor)
		who, by, err := f.applies(ctx, tx, actor, draft)
		if err != nil {
			return err
		}
		judged := draft.Judged
		number, err := f.number(ctx, tx, draft.Service, draft.Service.Case.Number)
		if err != nil {
			return err
		}
		// Whoever has the number has it alone until the end: what others under the same pattern have done is seen from here on.
		if !sure || tx.Lock() != "" {
			if err := f.stillReady(ctx, tx, draft); err != nil {
				return err
			}
			if draft.Judged != judged { // by which other questions may have been asked
				if who, by, err = f.applies(ctx, tx, actor, draft); err != nil {
					return err
				}
			}
		}
		c, err := f.open(ctx, tx, actor, draft, number, who, by)
		if err != nil {
			return err
		}
		if err := f.mandates().Became(ctx, tx, draft.ID, c.ID); err != nil {
			return err
		}
		if err := f.doneFor(ctx, tx, actor, mandate.Submitted, c.Case.Service, c.ID, c.Number, title); err != nil {
			return err
		}
		done = Submitted{c.ID, c.Number}
		draft.Case, draft.Person, draft.Typed, draft.Known = c.ID, c.Person, process.Typed{}, nil
		return cases.SaveHeld(ctx, tx, f.Docket.Cases, draft.Draft)
	})
	if err == nil && waits {
		err = &WaitsForSecond{actor.For.Name}
	}
	return done, err
}

// judged is a draft with its judgement, which its holder may send: one that is ready, or was sent before.
func (f *Flow) judged(ctx context.Context, tx *store.Tx, actor policy.Actor, id string) (*docket.Draft, error) {
	draft, err := f.Docket.Unjudged(ctx, tx, id)
	if err != nil {
		return nil, missing(err)
	}
	if err := docket.Open(actor, policy.DraftSubmit, draft); err != nil || draft.Case != "" {
		return draft, err
	}
	if err := f.Docket.Judge(ctx, tx, draft); err != nil {
		return nil, err
	}
	if !draft.Judged.Ready() {
		return nil, &NotReady{draft}
	}
	return draft, nil
}

// stillReady judges a draft again if what it was judged by has changed since.
func (f *Flow) stillReady(ctx context.Context, tx *store.Tx, draft *docket.Draft) error {
	stands, err := f.Docket.Stands(ctx, tx, draft)
	if err != nil || stands {
		return err
	}
	if err := f.Docket.Judge(ctx, tx, draft); err != nil {
		return err
	}
	if !draft.Judged.Ready() {
		return &NotReady{draft}
	}
	return nil
}

// open makes the case of a draft that is ready.
func (f *Flow) open(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft, number string, who person.Person, by doer) (*docket.Case, error) {
	s, j, now := draft.Service, draft.Judged, tx.Now()
	label, err := j.Label(ctx)
	if err != nil {
		return nil, fmt.Errorf("naming case %s: %w", number, err)
	}
	row := &cases.Case{
		ID: tx.NewID(), Organisation: s.Organisation, Number: number, Service: s.Service, Variant: draft.Variant,
		Definition: draft.Definition, Person: who.ID, Subject: draft.Subject, Language: draft.Language, Licence: draft.Licence,
		State: s.Case.Start, Entered: now, Submitted: now,
		Label: label, Body: cases.Body{Typed: draft.Whole(), Known: origins(draft), Previous: draft.Previous, Lookups: draft.Lookups, Picks: draft.Picks, Behalf: draft.Behalf},
	}
	if j.Fee != nil {
		row.Fee = j.Fee.Total.Minor
	}
	c := &docket.Case{Case: row, Service: s, Judged: j, Facts: process.Facts{Number: number, State: row.State, Submitted: now, Entered: now}}
	if c.Licence != "" {
		licence, err := f.Docket.Records.Public(ctx, tx, c.Licence)
		if err != nil {
			return nil, missing(err)
		}
		c.LicenceNumber, c.Facts.Licence = licence.Number, licence.Number
	}
	effects, err := process.Submit(ctx, j, now)
	if err != nil {
		return nil, fmt.Errorf("submitting case %s: %w", number, err)
	}
	// First what a case is always known by: of a long text only the first words are kept.
	if err := f.Docket.Cases.Index(ctx, tx, row, append([]string{number, label}, j.Searchable()...)...); err != nil {
		return nil, err
	}
	submitted := cases.Event{Kind: cases.EventSubmitted, Public: true, Actor: by.Person, To: row.State, EventWords: cases.EventWords{Name: by.Name, For: by.For}}
	if err := f.Docket.Cases.Note(ctx, tx, row, submitted); err != nil {
		return nil, err
	}
	due := calendar.Date{}
	if d := effects[0].Deadline; d != nil {
		due = d.Date
	}
	if err := f.billFee(ctx, tx, c, who, due); err != nil {
		return nil, err
	}
	if err := f.receipt(ctx, tx, c, who, effects[0].To); err != nil {
		return nil, err
	}
	if err := f.tellAssisted(ctx, tx, actor, c, who); err != nil {
		return nil, err
	}
	if err := f.Privacy().agreed(ctx, tx, s, j, who.ID); err != nil {
		return nil, err
	}
	return c, f.carryOut(ctx, tx, c, effects, by)
}

// applies is whose case it is and who sends it: the person of the address that was typed; or for whom the actor acts.
func (f *Flow) applies(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft) (person.Person, doer, error) {
	d, err := applicant(draft.Service, draft.Judged)
	if err != nil {
		return person.Person{}, doer{}, err
	}
	if actor.Acting() {
		who, err := f.People.Get(ctx, tx, actor.For.Person)
		if err == nil && actor.For.Kind == policy.Assisted { // whom nobody knew by name is known by it now
			d.Email = who.Email
			who, err = f.People.Ensure(ctx, tx, d, draft.Language)
		}
		return who, doneBy(actor), err
	}
	who, err := f.People.Ensure(ctx, tx, d, draft.Language)
	return who, doer{Person: who.ID, Name: who.Name}, err
}

// applicant reads who applies from the questions that the file names for it.
func applicant(s *service.Service, j *process.Judgement) (person.Details, error) {
	text := func(question string) string {
		switch v := j.Answers[question].(type) {
		case string:
			return v
		case process.Name:
			return v.Full
		}
		return ""
	}
	d := person.Details{Name: text(s.Applicant.Name), Email: text(s.Applicant.Email), Phone: text(s.Applicant.Phone)}
	if d.Email == "" {
		return d, fault.NewInvalid("Give an email address, so that we can reach you")
	}
	return d, nil
}

// number fills in a pattern like TEN-{year}-{seq:5}. Numbers have no gaps: the counter is a row of the
// same transaction.
func (f *Flow) number(ctx context.Context, tx *store.Tx, s *service.Service, pattern string) (string, error) {
	return f.numbered(ctx, tx, s.Organisation, pattern, docket.Day(s, tx.Now()))
}

// nextDay is the day after, or zero at the end of time.
func nextDay(d calendar.Date) calendar.Date {
	next, err := d.AddDays(1)
	if err != nil {
		return calendar.Date{}
	}
	return next
}
