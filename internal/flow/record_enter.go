package flow

import (
	"context"
	"fmt"
	"maps"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// EnterRecord is a record to be entered by hand.
type EnterRecord struct {
	Register       string
	Fields         map[string]string
	Since          calendar.Date // since when it is so; zero: today
	Reason, Source string
	Key            string
}

// Entered is what came of it: the number of the record, or the proposal that waits for another person.
type Entered struct{ Number, Proposal string }

// Enter is for officers of the organisation that keeps the register, where its file gives numbers. Errors are told by field.
func (f Registry) Enter(ctx context.Context, actor policy.Actor, in EnterRecord) (out Entered, err error) {
	reg, err := f.register(in.Register)
	if err != nil {
		return out, err
	}
	thing := policy.Thing{Kind: "register", ID: in.Register, Organisation: reg.Organisation}
	if err := policy.Can(actor, policy.RecordWork, thing); err != nil {
		return out, err
	}
	if reg.Number == "" {
		return out, fault.NewNotFound("")
	}
	maps.DeleteFunc(in.Fields, func(_, text string) bool { return text == "" })
	err = f.DB.Write(ctx, "flow.EnterRecord", func(ctx context.Context, tx *store.Tx) error {
		about, err := f.thing(ctx, tx, actor, reg, &record.Record{Fields: in.Fields})
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.RecordWork, about); err != nil {
			return fault.Wrap(err, fault.Forbidden, "Nobody enters what is about themselves. Ask a colleague to do it")
		}
		made, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if err := f.mayEnter(ctx, tx, actor, thing, reg, in); err != nil {
				return "", err
			}
			touched := make([]string, 0, len(in.Fields))
			for id := range in.Fields {
				touched = append(touched, id)
			}
			p := &record.Proposal{Register: reg.Register, Valid: record.Period{From: in.Since}, Proposer: actor.Person,
				ProposalWords: record.ProposalWords{Set: in.Fields, Reason: in.Reason, Source: in.Source}}
			if p.Valid.From.IsZero() {
				p.Valid.From = f.today(tx)
			}
			if reg.TwoPersons(touched) {
				return "p" + p.ID, f.propose(ctx, tx, p)
			}
			r, err := f.enter(ctx, tx, reg, p, actor.Person)
			if err != nil {
				return "", err
			}
			return "n" + r.Number, nil
		})
		if err != nil {
			return err
		}
		if out = (Entered{Number: made[1:]}); made[0] == 'p' {
			out = Entered{Proposal: made[1:]}
		}
		return nil
	})
	return out, err
}

func (f Registry) mayEnter(ctx context.Context, tx *store.Tx, actor policy.Actor, thing policy.Thing, reg *service.Register, in EnterRecord) error {
	var problems fault.Fields
	for id := range in.Fields {
		if field := reg.Field(id); field == nil || !policy.SeesField(actor, thing, field.Public, field.See) {
			return fault.NewNotFound("")
		}
	}
	if err := f.judge(ctx, tx, reg, in.Fields, func(string) bool { return true }, &problems); err != nil {
		return err
	}
	if in.Source == "" {
		problems.Add("source", "Name the document that shows it")
	}
	if in.Since.After(f.today(tx)) {
		problems.Add("since", "The first day must not be in the future: enter the change on that day")
	}
	return problems.Err()
}

// enter puts a proposed record into its register.
func (f Registry) enter(ctx context.Context, tx *store.Tx, reg *service.Register, p *record.Proposal, by string) (*record.Record, error) {
	number, err := f.number(ctx, tx, reg)
	if err != nil {
		return nil, err
	}
	r := &record.Record{Register: reg.Register, Organisation: reg.Organisation, Number: number, Subject: p.Subject, State: record.Active, From: p.Valid.From, Fields: p.Set}
	why := record.Change{Actor: by, Change: "entered", Reason: p.Reason, Source: p.Source, Valid: record.Period{From: p.Valid.From}}
	if err := f.Docket.Records.Put(ctx, tx, reg, r, why); err != nil {
		return nil, err
	}
	if err := f.logRecord(ctx, tx, reg, r, why.Change, p.Reason); err != nil {
		return nil, fmt.Errorf("entering record %s: %w", r.Number, err)
	}
	return r, nil
}
