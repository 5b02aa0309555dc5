package view

import (
	"context"
	"errors"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// RecordProposalLine is something that waits for another person, in a list.
type RecordProposalLine struct {
	ID, Number, By string // Number of the record; "" where one is to be entered
	At             Instant
	State          string
}

// RecordProposalPage is a correction, or a record to be entered, that somebody proposed.
type RecordProposalPage struct {
	RecordProposalLine
	Register, RegisterTitle string
	Valid                   string
	Reason, Source, Answer  string
	Decider                 string
	Changes                 []FieldChange
	MayDecide, Own          bool
}

func (v Registry) proposalLine(ctx context.Context, tx *store.Tx, r Reader, p *record.Proposal, number string) (RecordProposalLine, error) {
	by, err := v.staffName(ctx, tx, p.Proposer)
	return RecordProposalLine{ID: p.ID, Number: number, By: by, At: r.instant(v.place(), p.At), State: p.State}, err
}

// proposalsOf are what waits of a record.
func (v Registry) proposalsOf(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, rec *record.Record) (list []RecordProposalLine, err error) {
	all, err := v.Docket.Records.Proposals().WaitingOf(ctx, tx, rec.ID)
	for _, p := range all {
		if err != nil {
			return nil, err
		}
		var line RecordProposalLine
		line, err = v.proposalLine(ctx, tx, r, p, rec.Number)
		list = append(list, line)
	}
	return list, err
}

// waiting lists what waits in a register. What is proposed of a sealed record is not among it.
func (v Registry) waiting(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register) (list []RecordProposalLine, err error) {
	all, err := v.Docket.Records.Proposals().Waiting(ctx, tx, reg.Register, 100)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		number := ""
		if p.Record != "" {
			rec, err := v.Docket.Records.Public(ctx, tx, p.Record)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			number = rec.Number
		}
		line, err := v.proposalLine(ctx, tx, r, p, number)
		if err != nil {
			return nil, err
		}
		list = append(list, line)
	}
	return list, nil
}

// Proposal is what somebody proposed of a register, with the fields of it that the reader sees. The read is recorded first.
func (v Registry) Proposal(ctx context.Context, r Reader, id string) (out RecordProposalPage, err error) {
	err = missing(v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		p, err := v.Docket.Records.Proposals().Get(ctx, tx, id)
		if err != nil {
			return err
		}
		reg := v.place().Registers[p.Register]
		if reg == nil {
			return fault.NewNotFound("")
		}
		rec := &record.Record{Register: p.Register, Organisation: reg.Organisation, Subject: p.Subject, Fields: p.Set}
		if p.Record != "" {
			if rec, err = v.Docket.Records.Get(ctx, tx, p.Record); err != nil {
				return err
			}
		}
		thing, err := v.recordThing(ctx, tx, r, reg, rec)
		if err != nil {
			return err
		}
		thing.Consulted = nil
		if err := policy.Can(r.Actor, policy.RecordRead, thing); err != nil {
			return err
		}
		if err := v.lookAtRecord(ctx, tx, r, reg, rec, policy.RecordRead, lookLicence); err != nil {
			return err
		}
		out, err = v.proposalPage(ctx, tx, r, reg, p, rec, thing)
		return err
	}))
	return out, err
}

func (v Registry) proposalPage(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, p *record.Proposal, rec *record.Record, thing policy.Thing) (out RecordProposalPage, err error) {
	j := v.place()
	if out.RecordProposalLine, err = v.proposalLine(ctx, tx, r, p, rec.Number); err != nil {
		return out, err
	}
	out.Register, out.RegisterTitle, out.Valid = reg.Register, r.words(j, reg.Title), r.days(p.Valid.From, p.Valid.Until)
	out.Reason, out.Source, out.Answer, out.Own = p.Reason, p.Source, p.Answer, p.Proposer == r.Actor.Person
	if out.Decider, err = v.staffName(ctx, tx, p.Decider); err != nil {
		return out, err
	}
	before := map[string]string{}
	if p.Record != "" {
		then, err := v.Docket.Records.Past().AsOf(ctx, tx, reg, rec.ID, record.Instant{Valid: p.Valid.From, Known: p.At}, true)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return out, err
		}
		if err == nil {
			before = then.Fields
		}
	}
	sealed, err := v.Docket.Records.Seals().Fields(ctx, tx, p.Record)
	if err != nil {
		return out, err
	}
	for i := range reg.Fields {
		f := &reg.Fields[i]
		text, set := p.Set[f.ID]
		if !set || !r.sees(thing, f) || slices.Contains(sealed, f.ID) {
			continue
		}
		out.Changes = append(out.Changes, FieldChange{r.words(j, f.Title), r.showIf(j, f, before[f.ID]), r.showIf(j, f, text)})
	}
	thing.Decider = p.Proposer
	out.MayDecide = p.State == record.Waiting && policy.Can(r.Actor, policy.RecordApprove, thing) == nil
	return out, nil
}
