package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
	"stoa/internal/vault"
)

// mostCharged is the largest sum that a bill may have (package bill refuses more): what comes to more is not assessed, so
// that issuing bills never stops at it.
const mostCharged = 1 << 50

// errBelowNothing says that a charge cannot be billed.
var errBelowNothing = fault.NewConflict("The charge comes to less than nothing, which cannot be billed")

// accountThing is a tax account as rights see it.
func accountThing(a *tax.Account) policy.Thing {
	return policy.Thing{Kind: "tax account", ID: a.ID, Organisation: a.Organisation, Owner: a.Holder, Service: policy.TaxService(a.Tax)}
}

// taxAccount reads an account for somebody who has the right.
func (f *Flow) taxAccount(ctx context.Context, tx *store.Tx, actor policy.Actor, right policy.Action, book *treasury.Book, id string) (*tax.Account, error) {
	a, err := f.Money.Taxes.Account(ctx, tx, book.Organisation, id)
	if err != nil {
		return nil, missing(err)
	}
	thing := accountThing(a)
	if actor.Staff() { // whoever did something with it for the payer does not decide on it, in whatever office they are now
		did, err := f.mandates().Did(ctx, tx, actor.Person, a.ID)
		if err != nil {
			return nil, err
		}
		if did {
			thing.By = actor.Person
		}
	}
	return a, policy.Can(actor, right, thing)
}

// taxInForce is the definition of a tax that counts now.
func (f *Flow) taxInForce(id string) (*service.Tax, error) {
	t, ok := f.Docket.Releases.TaxInForce(id)
	if !ok {
		return nil, fault.NewNotFound("")
	}
	return t, nil
}

// compute works out a charge; look-ups that the input does not answer are asked of the registers now. What cannot be billed
// is an error.
func (f *Flow) compute(ctx context.Context, tx *store.Tx, in assess.Input) (*assess.Assessment, error) {
	if len(in.Tax.Rules.Lookups) > 0 {
		in.Lookup = f.Docket.Live(tx, in.Tax.Rules, "", in.Liable.From, "").Lookup
	}
	a, err := assess.Assess(ctx, in)
	if err != nil {
		return nil, err
	}
	if a.Total.Minor < 0 {
		return nil, errBelowNothing
	}
	for _, i := range a.Items {
		if i.Amount.Minor > mostCharged || i.Amount.Minor < -mostCharged {
			return nil, assess.ErrTooLarge
		}
	}
	if a.Total.Minor > mostCharged {
		return nil, assess.ErrTooLarge
	}
	return a, nil
}

// recorded is what is kept of a charge.
func recorded(a *assess.Assessment, cause, by string) (*tax.Assessment, error) {
	t, period := a.Input.Tax, a.Input.Period
	c, err := contents(a)
	if err != nil {
		return nil, err
	}
	return &tax.Assessment{
		Begins: period.From, Ends: period.Until, Cause: cause, Definition: t.Hash, Currency: a.Total.Currency, Total: a.Total.Minor, By: by, Contents: c,
	}, nil
}

func contents(a *assess.Assessment) (c tax.Contents, err error) {
	if c.Input, err = a.Input.Marshal(); err != nil {
		return c, err
	}
	for _, i := range a.Items {
		c.Items = append(c.Items, tax.Item{ID: i.Charge.ID, Account: i.Charge.Account, Amount: i.Amount.Minor})
	}
	for id, v := range a.Carry() {
		if c.Carry == nil {
			c.Carry = map[string]string{}
		}
		c.Carry[id] = tax.Text(v)
	}
	return c, nil
}

// carried reads what a period takes over from the one before.
func carried(t *service.Tax, before *tax.Assessment) (map[string]rule.Value, error) {
	if before == nil {
		return nil, nil
	}
	out := map[string]rule.Value{}
	for _, c := range t.Carry {
		text := before.Carry[c.ID]
		if text == "" {
			continue
		}
		v, err := tax.Value(c.Type, text)
		if err != nil {
			return nil, fmt.Errorf("reading what is carried as %s: %w", c.ID, err)
		}
		out[c.ID] = v
	}
	return out, nil
}

// before gives, for accounts of some objects, what counts for the period before one, by object: of several accounts the one
// that held last, since what is carried over is a matter of the object.
func (f *Flow) before(ctx context.Context, tx *store.Tx, t *service.Tax, period service.Span, accounts map[string][]*tax.Account) (map[string]*tax.Assessment, error) {
	if len(t.Carry) == 0 {
		return nil, nil
	}
	former, err := t.Before(period)
	if err != nil {
		return nil, err
	}
	var list []*tax.Account
	for _, of := range accounts {
		list = append(list, of...)
	}
	found, err := f.Money.Taxes.InPeriod(ctx, tx, list, former.From)
	if err != nil {
		return nil, err
	}
	byObject := map[string]*tax.Assessment{}
	for object, of := range accounts {
		for _, a := range of { // in the order of their first days
			if x := found[a.ID]; x != nil && x.State == tax.Published {
				byObject[object] = x
			}
		}
	}
	return byObject, nil
}

// again is the input of an assessment with what is known now. What was declared stays, and what registers answered to the
// same question; what is carried over is that of the assessment that counts now.
func (f *Flow) again(ctx context.Context, tx *store.Tx, a *tax.Account, known []tax.Known, former *tax.Assessment) (in assess.Input, err error) {
	t, err := f.Docket.Releases.Tax(ctx, tx, former.Definition)
	if err != nil {
		return in, err
	}
	period := service.Span{From: former.Begins, Until: former.Ends}
	if in, err = a.Input(t, known, period); err != nil {
		return in, err
	}
	return in, f.takeOver(ctx, tx, a.Organisation, &in, former)
}

// takeOver adds to an input what a former assessment of the same object and period rested on besides facts.
func (f *Flow) takeOver(ctx context.Context, tx *store.Tx, organisation string, in *assess.Input, former *tax.Assessment) error {
	if len(former.Input) == 0 {
		return fault.NewGone("What this assessment rested on was erased")
	}
	was, err := assess.Unmarshal(in.Tax, former.Input)
	if err != nil {
		return err
	}
	in.Declared, in.Registers, in.Carried = was.Declared, maps.Clone(was.Registers), was.Carried
	accounts, err := f.Money.Taxes.OnObjects(ctx, tx, organisation, in.Tax.Tax, []string{in.Object.Key}, in.Period.Until)
	if err != nil {
		return err
	}
	before, err := f.before(ctx, tx, in.Tax, in.Period, accounts)
	if err != nil {
		return err
	}
	if b := before[in.Object.Key]; b != nil {
		in.Carried, err = carried(in.Tax, b)
	}
	return err
}

// cannot says in the words of an officer why something cannot be assessed.
func (f *Flow) cannot(t *service.Tax, language string, err error) string {
	p := f.Words.For(language)
	var said *fault.Error
	var refused *assess.Refused
	switch {
	case errors.Is(err, vault.ErrErased):
		return p.T("The person of this account was erased")
	case errors.As(err, &refused):
		return p.T("The declaration is incomplete or wrong")
	case !errors.As(err, &said):
	case said.Key == assess.ErrObject.Key:
		field, _ := said.Args["field"].(string)
		for _, x := range t.Register.Fields {
			if x.ID == field {
				field = x.Title.In(language)
			}
		}
		return p.T("The record says nothing about this: {field}", i18n.V{"field": field})
	case said.Key == assess.ErrRate.Key:
		day, _ := said.Args["on"].(calendar.Date)
		return p.T("The figure {figure} has no value on {date}", i18n.V{"figure": fmt.Sprint(said.Args["figure"]), "date": p.Date(day.Year(), day.Month(), day.Day())})
	case said.Key == assess.ErrTooLarge.Key:
		return p.T("The charge is too large to be billed")
	case said.Kind != fault.Internal && said.Key != assess.ErrCharge.Key && said.Key != "":
		return p.Key(said.Key, i18n.V(said.Args))
	}
	return p.T("The rules of the tax come to no result for it")
}

// unassessed is an error of assessing for whoever asked for the assessment: what the rules say in words of its own.
func (f *Flow) unassessed(t *service.Tax, language string, err error) error {
	var said *fault.Error
	var refused *assess.Refused
	switch {
	case errors.As(err, &refused):
		return &TaxRefused{Errors: refused.Errors}
	case errors.As(err, &said) && (said.Key == assess.ErrObject.Key || said.Key == assess.ErrRate.Key || said.Key == assess.ErrTooLarge.Key || said.Key == assess.ErrCharge.Key):
		return fault.Wrap(err, fault.Conflict, f.cannot(t, language, err))
	}
	return err
}
