package flow

import (
	"context"
	"errors"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Invite is for somebody who has a role.
type Invite struct {
	Person string
	Again  bool // also if they have a way in: they have lost it
}

// Invite sends the link by which somebody makes their first passkey. For somebody who has one, it waits until a second
// administrator agrees: else one alone could sign in as them.
func (f Identity) Invite(ctx context.Context, actor policy.Actor, in Invite) (link string, waits bool, err error) {
	id := in.Person
	if !actor.System {
		if err := policy.Can(actor, policy.StaffManage, policy.Thing{Kind: "staff", ID: id}); err != nil {
			return "", false, err
		}
	}
	err = f.DB.Write(ctx, "flow.Invite", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.staffMember(ctx, tx, id)
		if err != nil {
			return err
		}
		have, err := f.People.Factors().Of(ctx, tx, id)
		if err != nil {
			return err
		}
		if have.Desk() > 0 && !in.Again {
			return nil
		}
		if waits = have.Desk() > 0 && !actor.System; waits {
			if _, err = f.People.Factors().Invite(ctx, tx, id, actor.Person, true); err != nil {
				return err
			}
			f.secure(tx, EventInvited, id, "by", actor.Person, "waits", true)
			p := f.Words.For(who.Language)
			return f.tell(ctx, tx, who, p.T("A new way into your work account was asked for"),
				p.T("{name} says that you need a new way to sign in. A second administrator has to agree.", i18n.V{"name": actor.Name})+"\n\n"+p.T("If you did not ask for it, tell them at once."), "")
		}
		link, err = f.invite(ctx, tx, actor, who)
		return err
	})
	return link, waits, err
}

func (f Identity) staffMember(ctx context.Context, tx *store.Tx, id string) (person.Person, error) {
	who, err := f.People.Get(ctx, tx, id)
	if err == nil && len(who.Grants) == 0 {
		err = fault.NewNotFound("")
	}
	return who, missing(err)
}

func (f Identity) invite(ctx context.Context, tx *store.Tx, actor policy.Actor, who person.Person) (link string, err error) {
	token, err := f.People.Factors().Invite(ctx, tx, who.ID, actor.Person, false)
	if err != nil {
		return "", err
	}
	f.secure(tx, EventInvited, who.ID, "by", actor.Person, "waits", false)
	link = "/invitation/" + token
	p := f.Words.For(who.Language)
	return link, f.tell(ctx, tx, who, p.T("Set up how you sign in to work"),
		p.T("You have been given access. Open the link below on the device that you work with, and set up a passkey.")+"\n\n"+
			p.T("The link can be used once, within three days. Do not pass it on."), link)
}

// AgreeToInvitation is a second administrator's consent.
func (f Identity) AgreeToInvitation(ctx context.Context, actor policy.Actor, id string) error {
	if err := policy.Can(actor, policy.StaffManage, policy.Thing{Kind: "staff", ID: id}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.AgreeToInvitation", func(ctx context.Context, tx *store.Tx) error {
		all, err := f.People.Factors().Invitations(ctx, tx)
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.Person != id || !i.Waits {
				continue
			}
			if i.AskedBy == actor.Person || id == actor.Person {
				return fault.NewForbidden("A second administrator has to agree")
			}
			who, err := f.staffMember(ctx, tx, id)
			if err != nil {
				return err
			}
			_, err = f.invite(ctx, tx, actor, who)
			return err
		}
		return fault.NewNotFound("")
	})
}

// Invited tells who an invitation is for, by the name to greet them with. Looking uses nothing up: mail programs open links.
func (f Identity) Invited(ctx context.Context, token string) (name string, err error) {
	err = f.DB.Read(ctx, "flow.Invited", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.People.Factors().Invitation(ctx, tx, token)
		if err != nil {
			return invitationGone(err)
		}
		who, err := f.People.Get(ctx, tx, i.Person)
		name = displayName(who)
		return err
	})
	return name, err
}

func invitationGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Wrap(err, fault.Gone, "This invitation was used, or it is too old. Ask an administrator for another")
	}
	return err
}

// TakeInvitation signs in for half an hour, to make a passkey and for nothing else. What the person signed in with at the desk
// before ends: it is lost, or it would not be needed.
func (f Identity) TakeInvitation(ctx context.Context, token, device string) (session string, err error) {
	err = f.DB.Write(ctx, "flow.TakeInvitation", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.People.Factors().Invitation(ctx, tx, token)
		if err != nil {
			return invitationGone(err)
		}
		if err := f.endDeskKeys(ctx, tx, i.Person); err != nil {
			return err
		}
		if err := f.People.Factors().EndInvitations(ctx, tx, i.Person); err != nil {
			return err
		}
		f.secure(tx, EventInvitationUsed, i.Person)
		session, err = f.arrive(ctx, tx, person.Arrival{Person: i.Person, Method: person.ByInvitation, Level: policy.Substantial, Device: device})
		return err
	})
	return session, err
}

func (f Identity) endDeskKeys(ctx context.Context, tx *store.Tx, id string) error {
	have, err := f.People.Factors().Of(ctx, tx, id)
	if err != nil {
		return err
	}
	keys, err := f.People.Factors().Passkeys(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if !k.Desk {
			continue
		}
		if _, err := f.People.Factors().RemovePasskey(ctx, tx, id, k.ID); err != nil {
			return err
		}
		f.secure(tx, EventPasskeyRemoved, id, "passkey", k.ID)
	}
	if have.DeskApp {
		if err := f.People.Factors().RemoveApp(ctx, tx, id); err != nil {
			return err
		}
		f.secure(tx, EventAppRemoved, id)
	}
	if have.Desk() == 0 {
		return nil
	}
	_, err = f.People.Sessions().EndOthers(ctx, tx, id, "")
	return err
}
