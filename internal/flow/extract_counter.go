package flow

import (
	"context"
	"slices"

	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// IssueAtCounter makes a copy for somebody who stands at the counter and has shown who they are.
type IssueAtCounter struct {
	Register string
	Number   string // of the record
	Extract  string
	As       string // what entitles them, as the file calls it; the officer has seen it
	Name     string
	Email    string // "" for none: then it is handed over, and not found in an account
	Shown    string // by what they showed who they are: passport, driving licence …
	Reason   string
	Language string
	Key      string
}

// AtCounter gives the order's id. A copy that costs a fee is issued when it was paid, at the till or otherwise.
func (c Civil) AtCounter(ctx context.Context, actor policy.Actor, in IssueAtCounter) (id string, err error) {
	in.Email = person.NormalEmail(in.Email)
	err = c.DB.Write(ctx, "flow.IssueAtCounter", func(ctx context.Context, tx *store.Tx) error {
		e, err := c.atCounter(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(e.x.For, func(f service.EntitledFile) bool { return f.As == in.As })
		if !e.x.Delivers("counter") {
			return fault.NewConflict("This copy is not given at the counter")
		}
		if err := checkCounter(e.x, i, in); err != nil {
			return err
		}
		id, err = c.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			o := &extract.Order{Organisation: e.reg.Organisation, Register: e.reg.Register, Extract: e.x.ID, Record: e.r.ID, As: in.As, Counter: actor.Person,
				Language: in.Language, RecordSubject: e.r.Subject, Asked: extract.Asked{Name: in.Name, Email: in.Email, Reason: in.Reason, Shown: in.Shown}}
			if in.Email != "" {
				who, err := c.People.Ensure(ctx, tx, person.Details{Name: in.Name, Email: in.Email}, in.Language)
				if err != nil {
					return "", err
				}
				o.Person, o.Subject = who.ID, who.Subject
			}
			err := c.order(ctx, tx, e, o)
			return o.ID, err
		})
		return err
	})
	return id, err
}

// checkCounter is what is missing of what the officer has to write down.
func checkCounter(x *service.ExtractFile, as int, in IssueAtCounter) error {
	var lacks fault.Fields
	if as < 0 {
		lacks.Add("as", "Choose what entitles them to the copy")
	}
	if in.Name == "" {
		lacks.Add("name", "Enter the name of the person")
	}
	if in.Shown == "" {
		lacks.Add("shown", "Say by what they showed who they are")
	}
	if as >= 0 && x.NeedsReason(&x.For[as]) && in.Reason == "" {
		lacks.Add("reason", "Say why they need the copy")
	}
	return lacks.Err()
}

// atCounter finds what is to be copied, for an officer of the organisation that keeps the register. Nobody copies what is
// about themselves.
func (c Civil) atCounter(ctx context.Context, tx *store.Tx, actor policy.Actor, in IssueAtCounter) (e extractOf, err error) {
	reg := c.Docket.Releases.Current().Registers[in.Register]
	if reg == nil || c.Extracts == nil {
		return e, fault.NewNotFound("")
	}
	thing := policy.Thing{Kind: "extract", ID: in.Register, Organisation: reg.Organisation}
	if err := policy.Can(actor, policy.ExtractIssue, thing); err != nil {
		return e, err
	}
	r, err := c.Docket.Records.ByNumber(ctx, tx, in.Register, in.Number)
	if err != nil {
		if gone(missing(err)) {
			return e, fault.NewInvalid("There is no entry with this number of which a copy can be made")
		}
		return e, err
	}
	if e, err = c.extractOf(ctx, tx, r.ID, in.Extract); err != nil {
		return e, err
	}
	me, err := c.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return e, missing(err)
	}
	if slices.Contains(extract.Concerned(e.x, e.of()), person.NormalEmail(me.Email)) {
		thing.Owner = actor.Person
	}
	return e, policy.Can(actor, policy.ExtractIssue, thing)
}
