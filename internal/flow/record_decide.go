package flow

import (
	"context"
	"errors"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DecideRecord approves or refuses what another has proposed of a register, or withdraws one's own.
type DecideRecord struct {
	Proposal string
	Outcome  string // record.Approved, Refused, Withdrawn
	Answer   string
	Key      string
}

// Decide is for a supervisor who did not propose it; withdrawing is for who did. What is approved is done at once. It gives
// the number of the record, if there is one then.
func (f Registry) Decide(ctx context.Context, actor policy.Actor, in DecideRecord) (number string, err error) {
	err = missing(f.DB.Write(ctx, "flow.DecideRecord", func(ctx context.Context, tx *store.Tx) error {
		p, err := f.Docket.Records.Proposals().Get(ctx, tx, in.Proposal)
		if err != nil {
			return err
		}
		reg, err := f.register(p.Register)
		if err != nil {
			return err
		}
		r := &record.Record{Fields: p.Set}
		if p.Record != "" {
			if r, err = f.Docket.Records.Get(ctx, tx, p.Record); err != nil { // of a sealed record nobody hears
				return err
			}
		}
		if err := f.mayDecide(ctx, tx, actor, reg, p, r, in.Outcome); err != nil {
			return err
		}
		number, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			return f.decide(ctx, tx, actor, reg, p, r, in)
		})
		return err
	}))
	return number, err
}

func (f Registry) mayDecide(ctx context.Context, tx *store.Tx, actor policy.Actor, reg *service.Register, p *record.Proposal, r *record.Record, outcome string) error {
	about := *r
	about.Fields = map[string]string{}
	for _, fields := range []map[string]string{r.Fields, p.Set} { // whom it names, and whom it would name
		about.Fields = fields
		thing, err := f.thing(ctx, tx, actor, reg, &about)
		if err != nil {
			return err
		}
		right := policy.RecordApprove
		thing.Decider = p.Proposer
		if outcome == record.Withdrawn {
			right = policy.RecordWork
			if p.Proposer != actor.Person {
				return fault.NewNotFound("")
			}
		}
		if err := policy.Can(actor, right, thing); err != nil {
			return err
		}
	}
	return nil
}

func (f Registry) decide(ctx context.Context, tx *store.Tx, actor policy.Actor, reg *service.Register, p *record.Proposal, r *record.Record, in DecideRecord) (string, error) {
	switch in.Outcome {
	case record.Approved:
	case record.Refused:
		if in.Answer == "" {
			return "", fault.NewInvalid("Say why you refuse")
		}
		return r.Number, f.Docket.Records.Proposals().Decide(ctx, tx, p, in.Outcome, actor.Person, in.Answer)
	case record.Withdrawn:
		return r.Number, f.Docket.Records.Proposals().Decide(ctx, tx, p, in.Outcome, actor.Person, in.Answer)
	default:
		return "", fault.NewInvalid("Choose whether to approve or to refuse it")
	}
	if p.State != record.Waiting {
		return "", fault.NewConflict("This has been decided already. Look at it again")
	}
	var problems fault.Fields
	if p.Record == "" {
		if err := f.judge(ctx, tx, reg, p.Set, func(string) bool { return true }, &problems); err != nil {
			return "", err
		}
		if len(problems) > 0 {
			return "", errStale
		}
		entered, err := f.enter(ctx, tx, reg, p, p.Proposer)
		if err != nil {
			return "", err
		}
		p.Record = entered.ID
		return entered.Number, f.Docket.Records.Proposals().Decide(ctx, tx, p, in.Outcome, actor.Person, in.Answer)
	}
	if r.Version != p.Version {
		return "", errStale
	}
	why := record.Change{Actor: p.Proposer, Change: "corrected", Reason: p.Reason, Source: p.Source, Valid: p.Valid}
	if err := f.Registry().correct(ctx, tx, reg, r, p.Set, why); err != nil {
		if fault.KindOf(err) == fault.Invalid {
			return "", errors.Join(errStale, err)
		}
		return "", err
	}
	return r.Number, f.Docket.Records.Proposals().Decide(ctx, tx, p, in.Outcome, actor.Person, in.Answer)
}

var errStale = fault.NewConflict("The register has changed since this was proposed, so that it does not fit any more. Refuse it; it can be proposed anew")
