package flow

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Assign gives a case to an officer: to oneself (claim), to another (hand over; assign), or to nobody.
type Assign struct {
	Case    string
	Version int64
	To      string // person id; "": back into the queue
	Key     string
}

// Assign lets officers claim what is free and hand over what is theirs; supervisors assign anything.
func (f *Flow) Assign(ctx context.Context, actor policy.Actor, in Assign) error {
	return f.DB.Write(ctx, "flow.Assign", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		right := policy.CaseWork
		if c.Assignee != "" && c.Assignee != actor.Person && !f.covers(ctx, tx, actor, c.Case) {
			right = policy.CaseSupervise
		}
		if err := f.mayOn(ctx, tx, actor, right, c); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if c.Version != in.Version {
				return "", fault.NewConflict(cases.ChangedMeanwhile)
			}
			return "", f.assign(ctx, tx, actor, c.Case, in.To, c.Thing())
		})
		return err
	})
}

// covers reports whether the actor stands in today for the one who has the case.
func (f *Flow) covers(ctx context.Context, tx *store.Tx, actor policy.Actor, c *cases.Case) bool {
	today := f.Docket.Releases.Current().Calendar.DateOf(tx.Now())
	absent, err := f.People.Cover(ctx, tx, actor.Person, today)
	return err == nil && slices.Contains(absent, c.Assignee)
}

func (f *Flow) assign(ctx context.Context, tx *store.Tx, actor policy.Actor, c *cases.Case, to string, thing policy.Thing) error {
	name := ""
	if to != "" {
		who, err := f.People.Get(ctx, tx, to)
		if err != nil {
			return missing(err)
		}
		if policy.Can(policy.Actor{Person: who.ID, Grants: who.Grants}, policy.CaseWork, thing) != nil {
			return fault.NewInvalid("This person may not work on the case")
		}
		name = displayName(who)
	}
	c.Assignee = to
	event := cases.Event{Kind: cases.EventAssigned, Actor: actor.Person, Action: to, EventWords: cases.EventWords{Name: actor.Name, Text: name}}
	if err := f.Docket.Cases.Note(ctx, tx, c, event); err != nil {
		return err
	}
	return f.Docket.Cases.Update(ctx, tx, c)
}

// SetAbsence notes when a member of staff is away and who stands in; the zero SetAbsence ends it.
type SetAbsence struct {
	From, Until calendar.Date
	Substitute  string
}

// SetAbsence is for oneself. While it lasts the substitute sees the absent person's cases as their own.
func (f *Flow) SetAbsence(ctx context.Context, actor policy.Actor, in SetAbsence) error {
	if err := policy.Can(actor, policy.AbsenceSet, policy.Thing{Kind: "absence", ID: actor.Person}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.SetAbsence", func(ctx context.Context, tx *store.Tx) error {
		absence := person.Absence{From: in.From, Until: in.Until, Substitute: in.Substitute}
		if in == (SetAbsence{}) {
			return f.People.SetAbsence(ctx, tx, actor.Person, person.Absence{})
		}
		fields := &fault.Fields{}
		if in.From.IsZero() {
			fields.Add("from", "Enter the first day")
		}
		if in.Until.IsZero() || in.Until.Before(in.From) {
			fields.Add("until", "Enter a last day that is not before the first")
		}
		if in.Substitute == "" || in.Substitute == actor.Person {
			fields.Add("substitute", "Choose who stands in")
		}
		if err := fields.Err(); err != nil {
			return err
		}
		who, err := f.People.Get(ctx, tx, in.Substitute)
		if err != nil {
			return missing(err)
		}
		if !colleagues(actor.Grants, who.Grants) {
			return fault.NewNotFound("")
		}
		return f.People.SetAbsence(ctx, tx, actor.Person, absence)
	})
}

// colleagues reports whether two people work in one organisation.
func colleagues(a, b []policy.Grant) bool {
	for _, one := range a {
		for _, other := range b {
			if one.Organisation == other.Organisation {
				return true
			}
		}
	}
	return false
}
