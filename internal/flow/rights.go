package flow

import (
	"context"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/store"
)

// Rights is how roles are looked after, and how something is opened in an emergency without one.
type Rights struct{ *Flow }

// EndSessions signs somebody who works here out everywhere: a lost device, or a doubt. They are told.
func (f Rights) EndSessions(ctx context.Context, actor policy.Actor, id string) (ended int64, err error) {
	if err := policy.Can(actor, policy.StaffManage, policy.Thing{Kind: "staff", ID: id}); err != nil {
		return 0, err
	}
	err = f.DB.Write(ctx, "flow.EndSessions", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.Identity().staffMember(ctx, tx, id)
		if err != nil {
			return err
		}
		keep := "" // whoever ends their own goes on with this one
		if id == actor.Person {
			keep = actor.Session
		}
		if ended, err = f.People.Sessions().EndOthers(ctx, tx, id, keep); err != nil || ended == 0 {
			return err
		}
		f.secure(tx, EventSessionsEnded, id, "count", ended, "by", actor.Person)
		if id == actor.Person {
			return nil
		}
		p := f.Words.For(who.Language)
		return f.tell(ctx, tx, who, p.T("You have been signed out everywhere"),
			p.T("{name} ended everything that you had open. You can sign in again. If you do not know why, ask them.", i18n.V{"name": actor.Name}), "")
	})
	return ended, err
}

// ReviewRole is a supervisor's answer to whether somebody still needs a role.
type ReviewRole struct {
	Person string
	Grant  policy.Grant
	Keep   bool
	Key    string
}

// ReviewRole confirms a role, or takes it away at once. Nobody answers for themselves.
func (f Rights) ReviewRole(ctx context.Context, actor policy.Actor, in ReviewRole) error {
	err := policy.Can(actor, policy.RightsReview, policy.Thing{Kind: "role", ID: in.Person, Organisation: in.Grant.Organisation, Owner: in.Person})
	if err != nil {
		return err
	}
	if !in.Keep && in.Grant.Role == policy.Administrator { // who is an administrator counts everywhere, and one must remain
		if err := policy.Can(actor, policy.StaffManage, policy.Thing{Kind: "staff", ID: in.Person, Owner: in.Person}); err != nil {
			return err
		}
	}
	return f.DB.Write(ctx, "flow.ReviewRole", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.reviewRole(ctx, tx, actor, in) })
		return err
	})
}

func (f Rights) reviewRole(ctx context.Context, tx *store.Tx, actor policy.Actor, in ReviewRole) error {
	who, err := f.People.Get(ctx, tx, in.Person)
	if err != nil {
		return missing(err)
	}
	if !slices.Contains(who.Grants, in.Grant) {
		return fault.NewConflict("They do not have this role any more")
	}
	if err := f.People.Roles().Reviewed(ctx, tx, who.ID, in.Grant, in.Keep, actor.Person); err != nil {
		return err
	}
	if in.Keep {
		f.secure(tx, EventRoleConfirmed, who.ID, "role", in.Grant.Role, "organisation", in.Grant.Organisation, "by", actor.Person)
		return f.logRight(ctx, tx, publog.RoleConfirmed, actor, who, in.Grant)
	}
	if err := f.People.Revoke(ctx, tx, who.ID, in.Grant); err != nil {
		return err
	}
	f.secure(tx, EventRoleWithdrawn, who.ID, "role", in.Grant.Role, "organisation", in.Grant.Organisation, "by", actor.Person)
	if err := f.logRight(ctx, tx, publog.RoleWithdrawn, actor, who, in.Grant); err != nil {
		return err
	}
	p := f.Words.For(who.Language)
	return f.tell(ctx, tx, who, p.T("A role of yours has been taken away"),
		p.T("{name} looked through the roles of the organisation and took one of yours away. If you still need it, ask them.", i18n.V{"name": actor.Name}), "")
}

// supervisors are those of some organisations, but for one person, by address, with their language.
func (f *Flow) supervisors(ctx context.Context, tx *store.Tx, but string, organisations ...string) (map[string]person.Person, error) {
	to := map[string]person.Person{}
	staff, err := f.People.Staff(ctx, tx, organisations...)
	if err != nil {
		return nil, err
	}
	for _, s := range staff {
		has := slices.ContainsFunc(organisations, func(o string) bool {
			return policy.Actor{Person: s.ID, Grants: s.Grants}.Has(o, policy.Supervisor)
		})
		if has && s.ID != but && s.Email != "" {
			to[s.Email] = s
		}
	}
	return to, nil
}
