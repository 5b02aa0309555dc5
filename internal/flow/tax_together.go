package flow

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// togetherDeclare reports whether a declaration that somebody sends for another waits for a second who must agree. What is wrong
// with it is refused before anybody signs. The names of those who declare go into c.
func (f *Flow) togetherDeclare(ctx context.Context, tx *store.Tx, actor policy.Actor, d *Declaration, c *change) (waits bool, err error) {
	a, language := d.Account, f.languageOf(d.Account)
	d.input.Declared = d.Typed
	if _, err := f.compute(ctx, tx, d.input); err != nil {
		return false, f.unassessed(d.Tax, language, err)
	}
	if err := f.keepReturn(ctx, tx, d, tax.Draft, "", actor.Person); err != nil { // so that it has a name under which it is signed
		return false, err
	}
	by := d.DeclareBy
	if d.Amends {
		by = d.AmendBy
	}
	p := f.Words.For(language)
	may, agreed, err := f.alone(ctx, tx, actor, signing{what: mandate.Declaration(d.draft.ID), as: d.Typed, title: f.taxTitle(p, d.Tax, a, d.Period), by: by})
	if err != nil {
		return false, err
	}
	if !may {
		return true, f.didWithTax(ctx, tx, actor, mandate.Agreed, a, d.Period)
	}
	names := []string{actor.Name}
	for _, who := range agreed {
		if who.ID != actor.Person {
			names = append(names, displayName(who))
		}
	}
	c.name, c.of = p.List(names), actor.For.Name
	return false, nil
}

// didWithTax notes what somebody does with a period of another's tax account; a period of nothing is the account itself.
func (f *Flow) didWithTax(ctx context.Context, tx *store.Tx, actor policy.Actor, what string, a *tax.Account, period service.Span) error {
	title := a.Label
	if t, err := f.taxInForce(a.Tax); err == nil && !period.From.IsZero() {
		title = f.taxTitle(f.Words.For(f.languageOf(a)), t, a, period)
	}
	return f.doneFor(ctx, tx, actor, what, policy.TaxService(a.Tax), a.ID, a.Number, title)
}

// DeclineReturn is the answer of a representative who does not agree to what another has prepared.
type DeclineReturn struct {
	Account string
	Begins  calendar.Date
	Why     string
	Key     string
}

// DeclineReturn is for those who speak for the company. What was agreed to is taken back, and those who did are told why; what was
// typed stays, to be changed. Until when to declare does not change.
func (f Taxation) DeclineReturn(ctx context.Context, actor policy.Actor, in DeclineReturn) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.DeclineReturn", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, in.Account)
		if err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			return "", f.declineReturn(ctx, tx, actor, a, in)
		})
		return err
	})
}

func (f *Flow) declineReturn(ctx context.Context, tx *store.Tx, actor policy.Actor, a *tax.Account, in DeclineReturn) error {
	if !actor.Acting() || actor.For.Kind != policy.Company {
		return fault.NewNotFound("")
	}
	m, err := f.mandates().Get(ctx, tx, actor.For.Mandate)
	if err != nil {
		return err
	}
	d, err := f.declaration(ctx, tx, a, in.Begins)
	if err != nil {
		return err
	}
	hash, err := mandate.Hash(d.Typed)
	if err != nil {
		return err
	}
	var signed []string
	if d.draft != nil {
		if signed, err = f.mandates().Signed(ctx, tx, a.Holder, mandate.Declaration(d.draft.ID), hash); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(signed, func(id string) bool { return id != actor.Person }) {
		return fault.NewConflict("Nothing waits for your agreement. It was sent already, or somebody has changed it")
	}
	if in.Why = strings.TrimSpace(in.Why); in.Why == "" {
		return fault.NewInvalid("Say what is to be changed")
	}
	if err := f.mandates().Unsign(ctx, tx, a.Holder, mandate.Declaration(d.draft.ID)); err != nil {
		return err
	}
	if err := f.didWithTax(ctx, tx, actor, mandate.Declined, a, d.Period); err != nil {
		return err
	}
	register, number := m.Rests()
	reg := f.Docket.Releases.Current().Registers[register]
	r, err := f.Docket.Records.ByNumber(ctx, tx, register, number)
	if err != nil {
		return err
	}
	p := f.Words.For(f.languageOf(a))
	v := i18n.V{"name": actor.Name, "title": f.taxTitle(p, d.Tax, a, d.Period), "other": docket.NameOf(reg, r)}
	text := p.T("{name} does not agree to this for {other}: {title}. Nothing was declared. Change it and send it again.", v) + "\n\n" + p.T("Why: {reason}", i18n.V{"reason": in.Why})
	if !d.Amends && !d.DeclareBy.IsZero() {
		text += "\n\n" + p.T("Please declare in your account until {date}.", i18n.V{"date": p.Date(d.DeclareBy.Year(), d.DeclareBy.Month(), d.DeclareBy.Day())})
	}
	return f.tellOthers(ctx, tx, reg, r, m, p.T("{other}: a declaration was not agreed to", v), text)
}
