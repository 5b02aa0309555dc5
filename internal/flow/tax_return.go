package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// SaveReturn keeps what a payer types on a page of the declaration for a period, whatever it is.
type SaveReturn struct {
	Account string
	Begins  calendar.Date // first day of the period
	Page    string
	Form    url.Values
}

// Declaration is what is declared for a period so far, judged.
type Declaration struct {
	Account   *tax.Account
	Tax       *service.Tax
	Period    service.Span
	Typed     process.Typed
	Judged    *process.Judgement
	DeclareBy calendar.Date // last day
	AmendBy   calendar.Date // last day on which it may be amended; zero: always
	Amends    bool          // something was declared before

	former *tax.Assessment // that counts; nil: there is none
	draft  *tax.Return
	input  assess.Input
}

// SaveReturn is for the holder of the account. Nothing typed is validated away: the judgement that comes back says what is
// wrong. What was declared before is where an amended return begins.
func (f Taxation) SaveReturn(ctx context.Context, actor policy.Actor, in SaveReturn) (d *Declaration, err error) {
	book, err := f.book()
	if err != nil {
		return nil, err
	}
	err = f.DB.Write(ctx, "flow.SaveReturn", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, in.Account)
		if err != nil {
			return err
		}
		if d, err = f.declaration(ctx, tx, a, in.Begins); err != nil {
			return err
		}
		var page *service.Page
		for _, p := range d.Tax.Pages {
			if p.File.Page == in.Page {
				page = p
			}
		}
		if page == nil {
			return fault.NewNotFound("")
		}
		d.Typed.Merge("", process.ReadForm(page.Questions, in.Form))
		if err := f.keepReturn(ctx, tx, d, tax.Draft, "", actor.Person); err != nil {
			return err
		}
		d.input.Declared = d.Typed
		d.Judged, err = assess.JudgeOn(ctx, d.input, d.input.Liable.From)
		return err
	})
	return d, err
}

// declaration reads what an account has declared for a period: the draft, or what was sent last.
func (f *Flow) declaration(ctx context.Context, tx *store.Tx, a *tax.Account, begins calendar.Date) (d *Declaration, err error) {
	d = &Declaration{Account: a}
	if d.Tax, err = f.taxInForce(a.Tax); err != nil {
		return nil, err
	}
	if d.Period, err = d.Tax.Period(begins); err != nil || d.Period.From != begins || d.Tax.TaxFile.By != byDeclaration {
		return nil, fault.NewNotFound("")
	}
	if d.former, err = f.counting(ctx, tx, a, begins); err != nil {
		return nil, err
	}
	if d.former != nil { // what is amended stays under the law that it was assessed by
		if d.Tax, err = f.Docket.Releases.Tax(ctx, tx, d.former.Definition); err != nil {
			return nil, err
		}
	}
	known, err := f.Money.Taxes.Known(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	if d.input, err = a.Input(d.Tax, known, d.Period); errors.Is(err, tax.ErrNotLiable) {
		return nil, fault.NewNotFound("")
	} else if err != nil {
		return nil, err
	}
	if d.former != nil {
		err = f.takeOver(ctx, tx, a.Organisation, &d.input, d.former)
	}
	if err == nil {
		d.DeclareBy, err = assess.DeclareBy(ctx, d.Tax, d.Period)
	}
	if err == nil {
		d.AmendBy, err = assess.AmendBy(ctx, d.Tax, d.Period)
	}
	if err != nil {
		return nil, err
	}
	return d, f.typedBefore(ctx, tx, d)
}

// typedBefore finds the draft of a declaration, or what was sent last.
func (f *Flow) typedBefore(ctx context.Context, tx *store.Tx, d *Declaration) error {
	returns, err := f.Money.Taxes.Returns(ctx, tx, d.Account, d.Period.From)
	if err != nil {
		return err
	}
	var last *tax.Return
	for _, r := range returns {
		if last = r; r.State == tax.Draft {
			d.draft = r
		} else {
			d.Amends = true
		}
	}
	if d.draft != nil {
		last = d.draft
	}
	if last == nil || len(last.Typed) == 0 {
		return nil
	}
	if err := json.Unmarshal(last.Typed, &d.Typed); err != nil {
		return fmt.Errorf("reading a return of account %s: %w", d.Account.Number, err)
	}
	return nil
}

// counting is the assessment that counts for an account and period with its contents; nil if there is none.
func (f *Flow) counting(ctx context.Context, tx *store.Tx, a *tax.Account, begins calendar.Date) (*tax.Assessment, error) {
	found, err := f.Money.Taxes.InPeriod(ctx, tx, []*tax.Account{a}, begins)
	if one := found[a.ID]; one != nil && one.State == tax.Published {
		return one, nil
	}
	return nil, err
}

func (f *Flow) keepReturn(ctx context.Context, tx *store.Tx, d *Declaration, state, assessment, by string) error {
	typed, err := json.Marshal(d.Typed)
	if err != nil {
		return fmt.Errorf("writing a return: %w", err)
	}
	if d.draft == nil {
		d.draft = &tax.Return{Begins: d.Period.From}
	}
	d.draft.State, d.draft.Assessment, d.draft.By, d.draft.Typed = state, assessment, by, typed
	return f.Money.Taxes.SaveReturn(ctx, tx, d.Account, d.draft)
}

// SendReturn declares what was typed for a period.
type SendReturn struct {
	Account string
	Begins  calendar.Date
	Key     string
}

// Assessed is what an assessment came to.
type Assessed struct {
	Assessment string
	Bill       string // "" where nothing was ever charged
	Total      int64
	Before     int64 // what counted before
	Currency   string
	Waits      bool // for a second who must agree: nothing is assessed yet
}

// SendReturn is for the holder of the account, when the period has ended. What is incomplete or wrong is refused with all
// fields (TaxRefused); otherwise it is assessed, and billed at once. Sent again, until the last day for that, it amends: the
// difference goes onto the same bill. For a company of which two must agree, the first to send it agrees (WaitsForSecond), and
// it is declared when a second one sends the same.
func (f Taxation) SendReturn(ctx context.Context, actor policy.Actor, in SendReturn) (done Assessed, err error) {
	done, err = f.assessed(ctx, actor, policy.TaxOwn, in.Account, in.Key, in, func(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account) (Assessed, error) {
		d, err := f.declaration(ctx, tx, a, in.Begins)
		if err != nil {
			return Assessed{}, err
		}
		today := f.today(tx)
		switch {
		case !today.After(d.Period.Until):
			return Assessed{}, fault.NewConflict("The period has not ended yet")
		case d.Amends && !d.AmendBy.IsZero() && today.After(d.AmendBy):
			return Assessed{}, fault.NewConflict("The time to amend what you declared has ended. Write to us")
		}
		c := change{cause: tax.ByReturn, by: actor.Person}
		if actor.Acting() {
			waits, err := f.togetherDeclare(ctx, tx, actor, d, &c)
			if err != nil || waits {
				return Assessed{Waits: waits}, err
			}
		}
		done, err := f.declare(ctx, tx, book, d, c)
		if err != nil {
			return done, err
		}
		what := mandate.Declares
		if d.Amends {
			what = mandate.Amended
		}
		if err := f.didWithTax(ctx, tx, actor, what, a, d.Period); err != nil {
			return done, err
		}
		return done, f.keepReturn(ctx, tx, d, tax.Sent, done.Assessment, actor.Person)
	})
	if err == nil && done.Waits {
		err = &WaitsForSecond{actor.For.Name}
	}
	return done, err
}

// EstimateReturn is what an officer assesses where nobody declares.
type EstimateReturn struct {
	Account string
	Begins  calendar.Date
	Typed   process.Typed // what is taken to be so
	Reason  string        // for the payer
	Key     string
}

// EstimateReturn is for officers of the treasury, once the last day for the declaration has passed. A return that comes
// after all takes its place.
func (f Taxation) EstimateReturn(ctx context.Context, actor policy.Actor, in EstimateReturn) (done Assessed, err error) {
	return f.assessed(ctx, actor, policy.MoneyWork, in.Account, in.Key, in, func(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account) (Assessed, error) {
		if in.Reason == "" {
			return Assessed{}, fault.NewInvalid("Say why, for the payer")
		}
		d, err := f.declaration(ctx, tx, a, in.Begins)
		if err != nil {
			return Assessed{}, err
		}
		switch {
		case !f.today(tx).After(later(d.Period.Until, d.DeclareBy)):
			return Assessed{}, fault.NewConflict("There is still time to declare")
		case d.Amends:
			return Assessed{}, fault.NewConflict("This period was declared. What was declared can be changed by an objection or an amended return")
		}
		d.Typed = in.Typed
		return f.declare(ctx, tx, book, d, change{cause: tax.ByEstimate, by: actor.Person, why: in.Reason})
	})
}

// assessed does something that ends in an assessment, once for a form.
func (f *Flow) assessed(ctx context.Context, actor policy.Actor, right policy.Action, account, key string, input any,
	do func(context.Context, *store.Tx, *treasury.Book, *tax.Account) (Assessed, error)) (done Assessed, err error) {
	book, err := f.book()
	if err != nil {
		return done, err
	}
	err = f.DB.Write(ctx, "flow.assessed", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.taxAccount(ctx, tx, actor, right, book, account)
		if err != nil {
			return err
		}
		result, err := f.once(ctx, tx, actor, key, input, func() (string, error) {
			done, err := do(ctx, tx, book, a)
			if err != nil {
				return "", err
			}
			text, err := json.Marshal(done)
			return string(text), err
		})
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(result), &done)
	})
	return done, err
}

// declare assesses what was typed, makes it count, and tells the holder.
func (f *Flow) declare(ctx context.Context, tx *store.Tx, book *treasury.Book, d *Declaration, c change) (done Assessed, err error) {
	d.input.Declared = d.Typed
	result, err := f.compute(ctx, tx, d.input)
	if err != nil {
		return done, f.unassessed(d.Tax, f.languageOf(d.Account), err)
	}
	now, err := recorded(result, c.cause, c.by)
	if err != nil {
		return done, err
	}
	one := changed{tax: d.Tax, now: now, was: d.former}
	if d.former != nil && d.former.Cause == c.cause && bytes.Equal(now.Input, d.former.Input) { // the same once more
		return Assessed{Assessment: d.former.ID, Bill: d.former.Bill, Total: d.former.Total, Before: d.former.Total, Currency: d.former.Currency}, nil
	}
	if err := f.Money.Taxes.Assess(ctx, tx, tax.Made{Account: d.Account, Assessment: now}); err != nil {
		return done, err
	}
	act := treasury.Act{Key: "assessment " + now.ID, Day: f.today(tx), By: c.by, Why: c.why}
	if one.bill, err = f.count(ctx, tx, book, d.Tax, d.Account, now, d.former, act); err != nil {
		return done, err
	}
	done = Assessed{Assessment: now.ID, Bill: now.Bill, Total: now.Total, Before: one.before(), Currency: now.Currency}
	return done, f.tellDeclared(ctx, tx, d, one, c)
}

// tellDeclared owes the holder a message about what was declared, or assessed for want of it.
func (f *Flow) tellDeclared(ctx context.Context, tx *store.Tx, d *Declaration, c changed, why change) error {
	p := f.Words.For(f.languageOf(d.Account))
	title := f.taxTitle(p, d.Tax, d.Account, d.Period)
	v := i18n.V{"title": title, "amount": p.Money(c.total(), c.now.Currency), "before": p.Money(c.before(), c.now.Currency)}
	text := p.T("We have received your return: {title}. It comes to {amount}.", v)
	switch {
	case why.cause == tax.ByEstimate:
		text = p.T("You have not declared, so we have estimated: {title}. It comes to {amount}. If you declare after all, your return takes its place.", v)
	case d.Amends:
		text = p.T("We have received your amended return: {title}. It comes to {amount}; before it was {before}.", v)
	}
	if why.name != "" {
		text += "\n\n" + p.T("Declared by {name}, for {other}.", i18n.V{"name": why.name, "other": why.of})
	}
	if why.why != "" {
		text += "\n\n" + p.T("Why: {reason}", i18n.V{"reason": why.why})
	}
	return f.tellHolder(ctx, tx, d.Account, "tax return", title, text+"\n\n"+f.toPay(p, c.bill)+f.howToObject(p, d.Tax, c.now), "/account/taxes/"+d.Account.ID)
}
