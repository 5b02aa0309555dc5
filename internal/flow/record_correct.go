package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// CorrectRecord says what was so in some fields of a record, since when, and how that is known.
type CorrectRecord struct {
	Register, Number string
	Version          int64
	Set              map[string]string // canonical texts; "" takes one away
	Valid            record.Period     // zero From: from today on
	Reason, Source   string
	Key              string
}

// Correct is for officers of the organisation that keeps the register. Where the register's file asks for two persons it
// gives the id of the proposal, which waits for the other; else it is done. Errors are told by field.
func (f Registry) Correct(ctx context.Context, actor policy.Actor, in CorrectRecord) (proposal string, err error) {
	reg, err := f.register(in.Register)
	if err != nil {
		return "", err
	}
	err = missing(f.DB.Write(ctx, "flow.CorrectRecord", func(ctx context.Context, tx *store.Tx) error {
		r, err := f.Docket.Records.ByNumber(ctx, tx, in.Register, in.Number)
		if err != nil {
			return err
		}
		thing, err := f.thing(ctx, tx, actor, reg, r)
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.RecordWork, thing); err != nil {
			return err
		}
		proposal, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if r.Version != in.Version {
				return "", fault.NewConflict(recordChanged)
			}
			if err := f.mayCorrect(ctx, tx, actor, thing, reg, r, in); err != nil {
				return "", err
			}
			if reg.TwoPersons(slices.Sorted(maps.Keys(in.Set))) {
				p := &record.Proposal{Register: reg.Register, Record: r.ID, Version: r.Version, Valid: in.Valid, Proposer: actor.Person, Subject: r.Subject,
					ProposalWords: record.ProposalWords{Set: in.Set, Reason: in.Reason, Source: in.Source}}
				if p.Valid.From.IsZero() {
					p.Valid.From = f.today(tx) // of the day on which it was proposed, whenever it is approved
				}
				return p.ID, f.propose(ctx, tx, p)
			}
			return "", f.correct(ctx, tx, reg, r, in.Set, record.Change{Actor: actor.Person, Change: "corrected", Reason: in.Reason, Source: in.Source, Valid: in.Valid})
		})
		return err
	}))
	return proposal, err
}

func (f Registry) propose(ctx context.Context, tx *store.Tx, p *record.Proposal) error {
	return f.Docket.Records.Proposals().Add(ctx, tx, p)
}

// mayCorrect holds a correction against the register's file, and against what the officer sees: a field beyond that is to
// them as if it were not there.
func (f Registry) mayCorrect(ctx context.Context, tx *store.Tx, actor policy.Actor, thing policy.Thing, reg *service.Register, r *record.Record, in CorrectRecord) error {
	var problems fault.Fields
	if len(in.Set) == 0 {
		problems.Add("fields", "Choose what is to be corrected")
	}
	whole := maps.Clone(r.Fields)
	for id, text := range in.Set {
		field := reg.Field(id)
		if field == nil || !policy.SeesField(actor, thing, field.Public, field.See) {
			return fault.NewNotFound("")
		}
		if whole[id] = text; text == "" {
			delete(whole, id)
		}
	}
	if err := f.judge(ctx, tx, reg, whole, func(id string) bool { _, set := in.Set[id]; return set }, &problems); err != nil {
		return err
	}
	if in.Reason == "" {
		problems.Add("reason", "Say why it is corrected")
	}
	if in.Source == "" {
		problems.Add("source", "Name the document that shows it")
	}
	if in.Valid.From.After(f.today(tx)) {
		problems.Add("since", "The first day must not be in the future: enter the change on that day")
	}
	return problems.Err()
}

// correct makes a correction true, and tells whom it must.
func (f Registry) correct(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record, set map[string]string, why record.Change) error {
	if err := f.Docket.Records.Past().Correct(ctx, tx, reg, r, set, why); err != nil {
		return err
	}
	if why.Valid.Until.IsZero() { // what it says now has changed
		if err := f.credentialsFollow(ctx, tx, r, r.Version); err != nil {
			return err
		}
	}
	if err := f.logRecord(ctx, tx, reg, r, why.Change, why.Reason); err != nil {
		return fmt.Errorf("correcting record %s: %w", r.Number, err)
	}
	return f.tellHolder(ctx, tx, reg, r, func(p *i18n.Printer, kind string) (string, string) {
		return p.T("An entry about you was corrected: {kind} {number}", i18n.V{"kind": kind, "number": r.Number}),
			p.T("The entry {number} in the register “{register}” was corrected. Sign in to see what it says now and what it said before. If it is not right, tell the organisation that keeps the register.",
				i18n.V{"number": r.Number, "register": reg.Title.In(p.Tag())})
	})
}
