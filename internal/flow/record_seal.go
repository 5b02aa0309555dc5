package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// SealRecord takes a record, or one field of it, out of everybody's sight.
type SealRecord struct {
	Register, Number string
	Version          int64
	Field            string // "": the whole record
	Reason, Law      string
	Until            calendar.Date // zero: until it is unsealed
	Key              string
}

// Seal is for supervisors of the organisation that keeps the register. Errors are told by field.
func (f Registry) Seal(ctx context.Context, actor policy.Actor, in SealRecord) error {
	reg, err := f.register(in.Register)
	if err != nil {
		return err
	}
	return missing(f.DB.Write(ctx, "flow.SealRecord", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) { // the second time the record is not there any more
			r, err := f.Docket.Records.ByNumber(ctx, tx, in.Register, in.Number)
			if err != nil {
				return "", err
			}
			thing, err := f.thing(ctx, tx, actor, reg, r)
			if err != nil {
				return "", err
			}
			if err := policy.Can(actor, policy.RecordSupervise, thing); err != nil {
				return "", err
			}
			if err := f.maySeal(tx, reg, r, in); err != nil {
				return "", err
			}
			return "", f.seal(ctx, tx, actor, reg, r, in)
		})
		return err
	}))
}

// seal takes what is to be sealed out of sight, with the credentials that say it.
func (f Registry) seal(ctx context.Context, tx *store.Tx, actor policy.Actor, reg *service.Register, r *record.Record, in SealRecord) error {
	seal := &record.Seal{Field: in.Field, Until: in.Until, By: actor.Person, Reason: in.Reason, Law: in.Law}
	if err := f.Docket.Records.Seals().Put(ctx, tx, reg, r, seal); err != nil {
		return err
	}
	sealed := *r
	since := r.Version + 1 // a credential that says what is sealed is never valid again
	if in.Field == "" {
		sealed.State, since = record.Suspended, 0
	}
	if err := f.credentialsFollow(ctx, tx, &sealed, since); err != nil {
		return err
	}
	return f.logSeal(ctx, tx, reg, r, seal, "sealed", in.Reason)
}

func (f Registry) maySeal(tx *store.Tx, reg *service.Register, r *record.Record, in SealRecord) error {
	if r.Version != in.Version {
		return fault.NewConflict(recordChanged)
	}
	var problems fault.Fields
	field := reg.Field(in.Field)
	if in.Field != "" && field == nil {
		return fault.NewNotFound("")
	}
	if in.Field == "" && f.taxed(reg.Register) {
		problems.Add("field", "A tax is levied on this entry: choose the field that must not be seen")
	}
	if in.Reason == "" {
		problems.Add("reason", "Say why it is sealed")
	}
	if in.Law == "" {
		problems.Add("law", "Name the order or the law")
	}
	if !in.Until.IsZero() && in.Until.Before(f.today(tx)) {
		problems.Add("until", "The last day must not be over")
	}
	return problems.Err()
}

// UnsealRecord ends a seal.
type UnsealRecord struct {
	Seal   string
	Reason string
	Key    string
}

// Unseal is for supervisors of the organisation that keeps the register.
func (f Registry) Unseal(ctx context.Context, actor policy.Actor, in UnsealRecord) error {
	return missing(f.DB.Write(ctx, "flow.UnsealRecord", func(ctx context.Context, tx *store.Tx) error {
		seal, err := f.Docket.Records.Seals().Get(ctx, tx, in.Seal)
		if err != nil {
			return err
		}
		r, err := f.sealedRecord(ctx, tx, seal)
		if err != nil {
			return err
		}
		reg, err := f.register(r.Register)
		if err != nil {
			return err
		}
		thing, err := f.thing(ctx, tx, actor, reg, r)
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.RecordSupervise, thing); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if in.Reason == "" {
				return "", fault.NewInvalid("Say why it is unsealed")
			}
			return "", f.lift(ctx, tx, reg, seal, actor.Person, in.Reason)
		})
		return err
	}))
}

// sealedRecord is the record of a seal, without what it says if it is sealed whole.
func (f Registry) sealedRecord(ctx context.Context, tx *store.Tx, seal *record.Seal) (*record.Record, error) {
	r, err := f.Docket.Records.Seals().ClosedByID(ctx, tx, seal.Record)
	if errors.Is(err, store.ErrNotFound) {
		r, err = f.Docket.Records.Get(ctx, tx, seal.Record)
	}
	return r, err
}

func (f Registry) lift(ctx context.Context, tx *store.Tx, reg *service.Register, seal *record.Seal, by, reason string) error {
	r, err := f.Docket.Records.Seals().Lift(ctx, tx, reg, seal, by)
	if err != nil {
		return err
	}
	if err := f.credentialsFollow(ctx, tx, r, 0); err != nil {
		return err
	}
	return f.logSeal(ctx, tx, reg, r, seal, "unsealed", reason)
}

// logSeal tells the public that something in a register was sealed or unsealed: not what.
func (f Registry) logSeal(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record, seal *record.Seal, change, reason string) error {
	until := ""
	if !seal.Until.IsZero() {
		until = seal.Until.String()
	}
	return f.log(ctx, tx, publog.Event{
		Kind: publog.RecordSealed, ID: seal.ID + "." + change, Organisation: reg.Organisation, Subject: r.Subject,
		Refs:   []proof.Ref{{Kind: "register", ID: reg.Register}},
		Fields: []proof.Field{{Name: "change", Value: change}},
		Hidden: hidden("record", r.ID, "number", r.Number, "field", seal.Field, "reason", reason, "law", seal.Law, "until", until),
	})
}

const sealBatch = 100

// LiftSeals ends the seals whose last day is over.
func (f Registry) LiftSeals(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "seals"}); err != nil {
		return 0, err
	}
	var due []*record.Seal
	err = f.DB.Read(ctx, "flow.dueSeals", func(ctx context.Context, tx *store.Tx) error {
		due, err = f.Docket.Records.Seals().Due(ctx, tx, f.today(tx), sealBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, one := range due {
		err := f.DB.Write(ctx, "flow.LiftSeal", func(ctx context.Context, tx *store.Tx) error {
			seal, err := f.Docket.Records.Seals().Get(ctx, tx, one.ID)
			if err != nil || !seal.Lifted.IsZero() {
				return err // another node was faster
			}
			r, err := f.sealedRecord(ctx, tx, seal)
			if err != nil {
				return err
			}
			reg, err := f.register(r.Register)
			if err != nil {
				return err
			}
			return f.lift(ctx, tx, reg, seal, "", "")
		})
		if fault.KindOf(err) == fault.Conflict {
			continue // a field of a record that is sealed whole waits for the record
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("lifting a seal: %w", err))
			continue
		}
		n++
	}
	return n, errors.Join(failed...)
}
