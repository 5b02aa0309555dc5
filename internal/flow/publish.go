package flow

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Publish puts a checked jurisdiction in force: its definitions are kept under their hashes, and the
// registers get the seed records they do not have yet. Drafts and cases that run stay on the definition
// they began under.
func (f *Flow) Publish(ctx context.Context, actor policy.Actor, j *service.Jurisdiction) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "jurisdiction", ID: j.File.Jurisdiction}); err != nil {
		return err
	}
	err := f.DB.Write(ctx, "flow.Publish", func(ctx context.Context, tx *store.Tx) error {
		if err := f.Docket.Releases.Publish(ctx, tx, j); err != nil {
			return err
		}
		for _, reg := range j.Registers {
			if err := f.seed(ctx, tx, reg); err != nil {
				return fmt.Errorf("filling register %s: %w", reg.Register, err)
			}
		}
		return f.logRelease(ctx, tx, j)
	})
	if err != nil {
		return err
	}
	f.Docket.Releases.Enforce(j)
	return nil
}

func (f *Flow) seed(ctx context.Context, tx *store.Tx, reg *service.Register) error {
	if len(reg.Seeds) == 0 {
		return nil
	}
	have, err := f.Docket.Records.Numbers(ctx, tx, reg.Register)
	if err != nil {
		return err
	}
	today := calendar.MustDate("2000-01-01") // seeds have no beginning that anybody knows
	for _, s := range reg.Seeds {
		if have[s.Key] {
			continue
		}
		taken, err := f.Docket.Records.Taken(ctx, tx, reg.Register, s.Key) // by one that is sealed
		if err != nil {
			return err
		}
		if taken {
			continue
		}
		fields := map[string]string{}
		for id, v := range s.Fields {
			if text, ok := record.Text(v); ok {
				fields[id] = text
			}
		}
		r := &record.Record{Register: reg.Register, Organisation: reg.Organisation, Number: s.Key, State: record.Active, From: today, Fields: fields}
		if err := f.Docket.Records.Put(ctx, tx, reg, r, record.Change{Change: "seeded"}); err != nil {
			return err
		}
		if err := f.logRecord(ctx, tx, reg, r, "seeded", ""); err != nil {
			return err
		}
	}
	return nil
}

// AddStaff makes somebody a member of staff.
type AddStaff struct {
	Name, Email, Language string
	Grants                []policy.Grant
}

// AddStaff is for administrators and for setting up.
func (f *Flow) AddStaff(ctx context.Context, actor policy.Actor, in AddStaff) (id string, err error) {
	if !actor.System {
		if err := policy.Can(actor, policy.StaffManage, policy.Thing{Kind: "staff"}); err != nil {
			return "", err
		}
	}
	err = f.DB.Write(ctx, "flow.AddStaff", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Ensure(ctx, tx, person.Details{Name: in.Name, Email: in.Email}, in.Language)
		if err != nil {
			return err
		}
		id = who.ID
		for _, g := range in.Grants {
			if slices.Contains(who.Grants, g) {
				continue
			}
			if err := f.People.Grant(ctx, tx, who.ID, g); err != nil {
				return err
			}
			if err := f.logRight(ctx, tx, publog.RoleGranted, actor, who, g); err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// RemoveRole takes a role away and ends the person's sessions.
type RemoveRole struct {
	Person string
	Grant  policy.Grant
}

// RemoveRole is for administrators; nobody takes their own role as administrator away.
func (f *Flow) RemoveRole(ctx context.Context, actor policy.Actor, in RemoveRole) error {
	if err := policy.Can(actor, policy.StaffManage, policy.Thing{Kind: "staff", ID: in.Person}); err != nil {
		return err
	}
	if in.Person == actor.Person && in.Grant.Role == policy.Administrator {
		return fault.NewForbidden("You cannot take away your own role as administrator")
	}
	return f.DB.Write(ctx, "flow.RemoveRole", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Get(ctx, tx, in.Person)
		if err != nil {
			return missing(err)
		}
		if err := f.People.Revoke(ctx, tx, in.Person, in.Grant); err != nil {
			return err
		}
		if !slices.Contains(who.Grants, in.Grant) {
			return nil // taken away before
		}
		return f.logRight(ctx, tx, publog.RoleWithdrawn, actor, who, in.Grant)
	})
}

// KnowResident makes a resident known before they first sign in: for the demo's people and its seeding.
func (f *Flow) KnowResident(ctx context.Context, actor policy.Actor, d person.Details, language string) (id string, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "person"}); err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.KnowResident", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Ensure(ctx, tx, d, language)
		id = who.ID
		return err
	})
	return id, err
}
