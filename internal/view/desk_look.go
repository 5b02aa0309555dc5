package view

import (
	"context"

	"stoa/internal/access"
	"stoa/internal/cases"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// What is looked at, as the person it is about reads it in their account; see Reader.looked.
const (
	lookCase         = "case"
	lookConsultation = "consultation"
	lookFile         = "file"
	lookLicence      = "licence"
	lookSearch       = "search"
)

// record is the one place through which staff come to see what is personal: it asks for the right and
// stores who looks at what and why, before anything is read for showing. find names the person and the
// right asked for; a read that cannot be recorded does not happen.
func (v *View) record(ctx context.Context, r Reader, find func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error)) error {
	return missing(v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		look, thing, err := find(ctx, tx)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.Action(look.Why), thing); err != nil {
			return err
		}
		if look.Person == "" || look.Person == r.Actor.Person {
			return nil // nobody's, as a seed of a register; or the reader's own
		}
		look.Actor = r.Actor.Person
		return access.Record(ctx, tx, look)
	}))
}

// lookAtCase records a read of a case under a right of the desk.
func (v *View) lookAtCase(ctx context.Context, r Reader, id, what string, why policy.Action) error {
	return v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		row, err := v.Docket.Cases.Get(ctx, tx, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		thing := policy.Thing{Kind: "case", ID: id, Organisation: row.Organisation, Owner: row.Person}
		if row.Pending != nil {
			thing.Decider = row.Pending.By
		}
		return access.Look{Person: row.Person, Organisation: row.Organisation, What: what, Ref: row.Number, Why: string(why)}, thing, nil
	})
}

// lookAtFound records that a search for words gave these cases. Opening one's queue is not recorded: it
// looks for nobody, and would bury the reads that do.
func (v *View) lookAtFound(ctx context.Context, r Reader, found []*cases.Case) error {
	if len(found) == 0 {
		return nil
	}
	return v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		for _, c := range found {
			if c.Person == r.Actor.Person {
				continue
			}
			look := access.Look{Person: c.Person, Actor: r.Actor.Person, Organisation: c.Organisation, What: lookSearch, Ref: c.Number, Why: string(policy.CaseList)}
			if err := access.Record(ctx, tx, look); err != nil {
				return err
			}
		}
		return nil
	})
}
