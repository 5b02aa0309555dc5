package flow

import (
	"context"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// ClaimMandate begins to act for whom a record of a register is about: a parent's child, an officer's company.
type ClaimMandate struct{ Register, Record string }

// ClaimMandate is for those whom the record names. The register is the word of the other side: there is nobody to accept it.
func (f Representation) ClaimMandate(ctx context.Context, actor policy.Actor, in ClaimMandate) (id string, err error) {
	actor = actor.Alone()
	if err := policy.Can(actor, policy.MandateClaim, policy.Thing{Kind: "mandate"}); err != nil {
		return "", err
	}
	reg := f.Docket.Releases.Current().Registers[in.Register]
	if reg == nil || reg.Represent == nil {
		return "", fault.NewNotFound("")
	}
	err = f.DB.Write(ctx, "flow.ClaimMandate", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Get(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		r, err := f.Docket.Records.ByNumber(ctx, tx, in.Register, in.Record)
		if err != nil {
			return missing(err)
		}
		today := f.today(tx)
		until, says := docket.Represents(reg, r, who.Email, today)
		if !says {
			return fault.NewNotFound("")
		}
		held, err := f.mandates().Held(ctx, tx, who.ID, f.People.EmailKey(who.Email))
		if err != nil {
			return err
		}
		for _, m := range held { // chosen before: it goes on
			if m.Register == in.Register && m.Record == in.Record && m.Holds(today) {
				id = m.ID
				return f.act(ctx, tx, actor, m)
			}
		}
		principal, err := person.Standing(ctx, tx, f.People, reg.Register, r.Number, docket.NameOf(reg, r), who.Language)
		if err != nil {
			return err
		}
		m := mandate.Mandate{Principal: principal.ID, Representative: who.ID, Subject: principal.Subject, Kind: reg.Represent.As, Register: in.Register, Record: in.Record,
			Messages: mandate.ToRepresentative, From: today, Until: until, State: mandate.Accepted,
			Words: mandate.Words{Principal: principal.Name, To: displayName(who), Email: who.Email}}
		if m.Until.IsZero() {
			if m.Until, err = mandate.Longest(m.Kind, today); err != nil {
				return err
			}
		}
		if err := f.mandates().Put(ctx, tx, &m); err != nil {
			return err
		}
		id = m.ID
		f.secure(tx, EventMandateAccepted, who.ID, "mandate", m.ID, "for", m.Principal)
		return f.act(ctx, tx, actor, m)
	})
	return id, err
}

// DeclareGuardian says that somebody is another's guardian, where no register does.
type DeclareGuardian struct {
	Name   string // of the other
	Why    string // by which order, of which court
	Months int
	Key    string
}

// DeclareGuardian waits for an officer of those who keep the register of parents.
func (f Representation) DeclareGuardian(ctx context.Context, actor policy.Actor, in DeclareGuardian) (id string, err error) {
	if err := policy.Can(actor, policy.MandateClaim, policy.Thing{Kind: "mandate"}); err != nil {
		return "", err
	}
	keeps := f.Docket.Releases.Current().Representing(policy.Parent)
	if len(keeps) == 0 {
		return "", fault.NewNotFound("")
	}
	err = f.DB.Write(ctx, "flow.DeclareGuardian", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Get(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			today := f.today(tx)
			var wrong fault.Fields
			if strings.TrimSpace(in.Name) == "" {
				wrong.Add("name", "Enter the name of the one for whom you act")
			}
			if strings.TrimSpace(in.Why) == "" {
				wrong.Add("why", "Say which court or authority has decided it, and when")
			}
			most, err := mandate.Longest(policy.Guardian, today)
			if err != nil {
				return "", err
			}
			until, err := today.AddMonths(boundedMonths(in.Months))
			if err != nil {
				return "", err
			}
			if in.Months < 1 || until.After(most) {
				wrong.Add("months", "Choose how long, up to two years")
			}
			if len(wrong) > 0 {
				return "", wrong
			}
			m := &mandate.Mandate{Representative: who.ID, Kind: policy.Guardian, Organisation: keeps[0].Organisation, Messages: mandate.ToBoth, From: today, Until: until,
				State: mandate.Declared, Words: mandate.Words{Principal: strings.TrimSpace(in.Name), To: displayName(who), Email: who.Email, Consent: in.Why}}
			// Who is meant stands for themselves alone: whoever has the same name is somebody else.
			principal, err := person.Standing(ctx, tx, f.People, "ward", tx.NewID(), m.Words.Principal, who.Language)
			if err != nil {
				return "", err
			}
			m.Principal, m.Subject = principal.ID, principal.Subject
			return m.ID, f.mandates().Put(ctx, tx, m)
		})
		return err
	})
	return id, err
}

// ConfirmMandate is an officer's answer to what somebody declares.
type ConfirmMandate struct {
	Mandate string
	Yes     bool
	Reason  string
}

// ConfirmMandate is for officers of the organisation that was asked.
func (f Representation) ConfirmMandate(ctx context.Context, actor policy.Actor, in ConfirmMandate) error {
	return f.DB.Write(ctx, "flow.ConfirmMandate", func(ctx context.Context, tx *store.Tx) error {
		m, err := f.mandates().Get(ctx, tx, in.Mandate)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.MandateConfirm, mandateThing(m)); err != nil {
			return err
		}
		if m.State != mandate.Declared {
			return fault.NewConflict("This was answered already, or taken back")
		}
		if strings.TrimSpace(in.Reason) == "" {
			return fault.NewInvalid("Say what you have seen, or why you do not confirm it")
		}
		state, what := mandate.Refused, "refused"
		if in.Yes {
			state, what = mandate.Accepted, "confirmed"
			f.secure(tx, EventMandateAccepted, m.Representative, "mandate", m.ID, "for", m.Principal, "by", actor.Person)
		}
		m.Words.Reason = in.Reason
		if err := f.mandates().Answer(ctx, tx, &m, state, actor.Person); err != nil {
			return err
		}
		who, err := f.People.Get(ctx, tx, m.Representative)
		if err != nil {
			return err
		}
		p := f.Words.For(who.Language)
		title := p.T("You cannot act for {name}", i18n.V{"name": m.Words.Principal})
		if what == "confirmed" {
			title = p.T("You can act for {name} now", i18n.V{"name": m.Words.Principal})
		}
		return f.tell(ctx, tx, who, title, in.Reason, "/account/acting")
	})
}
