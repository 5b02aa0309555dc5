package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// change is why an account is assessed anew.
type change struct {
	cause    string        // as package tax has it
	from     calendar.Date // first day that is touched
	by       string        // person id
	why      string        // for the payer
	name, of string        // who declared, and for whom; "" the payer themselves
	begins   calendar.Date // of the period for which something else was declared
	declared *process.Typed
}

// changed is what a change came to for a period.
type changed struct {
	tax      *service.Tax
	now, was *tax.Assessment // now is nil where the account is not liable any more; was nil where it was not before
	bill     *bill.Bill      // nil where nothing was ever charged
}

// total is what is charged now.
func (c changed) total() int64 {
	if c.now == nil {
		return 0
	}
	return c.now.Total
}

func (c changed) before() int64 {
	if c.was == nil {
		return 0
	}
	return c.was.Total
}

// reassess assesses everything anew that stands for an account and that a change touches, the earliest period first, since
// the next may take over from it. What is published is replaced, and its bill moves by the difference; what a run has only
// proposed is proposed anew. A period that nobody has assessed yet stays so. The account was read in this Write.
func (f *Flow) reassess(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account, c change) (all []changed, err error) {
	known, err := f.Money.Taxes.Known(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	standing, err := f.Money.Taxes.Standing(ctx, tx, a, c.from, tax.Proposed, tax.Published)
	if err != nil {
		return nil, err
	}
	for _, former := range standing {
		in, err := f.again(ctx, tx, a, known, former)
		if errors.Is(err, tax.ErrNotLiable) {
			one, err := f.release(ctx, tx, book, a, former, c)
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.declared != nil && c.begins == former.Begins {
			in.Declared = *c.declared
		}
		one, err := f.replace(ctx, tx, book, a, in, former, c)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	for _, one := range all {
		if err := f.tellChanged(ctx, tx, a, one, c.why); err != nil {
			return nil, err
		}
	}
	return all, f.passOn(ctx, tx, book, a, all, c)
}

// passOn assesses those anew who pay for the object later, where what they take over from a period has changed.
func (f *Flow) passOn(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account, all []changed, c change) error {
	at := slices.IndexFunc(all, func(one changed) bool {
		return one.now != nil && one.was != nil && !maps.Equal(one.now.Carry, one.was.Carry)
	})
	if at < 0 {
		return nil
	}
	from, err := all[at].now.Ends.AddDays(1)
	if err != nil {
		return err
	}
	accounts, err := f.Money.Taxes.OnObjects(ctx, tx, book.Organisation, a.Tax, []string{a.Object}, calendar.MaxDate)
	if err != nil {
		return err
	}
	for _, other := range accounts[a.Object] {
		if !other.From.After(a.From) {
			continue
		}
		why := f.Words.For(f.languageOf(other)).T("What is taken over from the period before has changed")
		if _, err := f.reassess(ctx, tx, book, other, change{cause: c.cause, from: from, by: c.by, why: why}); err != nil {
			return err
		}
	}
	return nil
}

// replace puts another assessment in the place of one, unless it rests on the same.
func (f *Flow) replace(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account, in assess.Input, former *tax.Assessment, c change) ([]changed, error) {
	result, err := f.compute(ctx, tx, in)
	if err != nil {
		return nil, f.unassessed(in.Tax, f.Docket.Releases.Current().File.Languages[0], err)
	}
	now, err := recorded(result, c.cause, c.by)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(now.Input, former.Input) {
		return nil, nil
	}
	if former.State == tax.Proposed {
		return nil, f.proposeAgain(ctx, tx, a, now, former)
	}
	if err := f.Money.Taxes.Assess(ctx, tx, tax.Made{Account: a, Assessment: now}); err != nil {
		return nil, err
	}
	b, err := f.count(ctx, tx, book, in.Tax, a, now, former, treasury.Act{Key: "assessment " + now.ID, Day: f.today(tx), By: c.by, Why: c.why})
	if err != nil {
		return nil, err
	}
	return []changed{{tax: in.Tax, now: now, was: former, bill: b}}, nil
}

// count makes a proposed assessment count from today on, in the place of a former one (nil: there is none): the bill moves,
// or is issued where nothing was charged so far.
func (f *Flow) count(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, a *tax.Account, now, former *tax.Assessment, act treasury.Act) (b *bill.Bill, err error) {
	id := ""
	if former != nil && former.Bill != "" {
		if b, err = f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, former.Bill); err != nil {
			return nil, err
		}
	}
	switch {
	case b != nil && b.State != bill.Cancelled:
		id, err = b.ID, f.moveAndPlan(ctx, tx, book, t, a, b, now, act)
	case now.Total > 0:
		if b, err = f.taxBill(ctx, t, a, now, act.Day); err == nil {
			err = f.Money.Treasury.Issue(ctx, tx, book, b)
			id = b.ID
		}
	}
	if err != nil {
		return nil, err
	}
	now.Bill = id
	return b, tax.Publish(ctx, tx, act.Day, now)
}

// moveAndPlan moves a bill to an assessment and spreads what is open then.
func (f *Flow) moveAndPlan(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, a *tax.Account, b *bill.Bill, now *tax.Assessment, act treasury.Act) error {
	before := b.On(calendar.MaxDate)
	due, err := assess.DueDay(ctx, t, service.Span{From: now.Begins, Until: now.Ends}, act.Day)
	if err != nil {
		return err
	}
	moved, err := f.moveBill(ctx, tx, book, t, b, now.Items, due, act)
	if err != nil || moved == 0 {
		return err
	}
	return f.replan(ctx, tx, b, t, before, act.Day, act.By, f.overLater(ctx, t, a, now, act.Day))
}

// release ends what stands for a period in which an account is not liable any more.
func (f *Flow) release(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account, former *tax.Assessment, c change) ([]changed, error) {
	proposed := former.State == tax.Proposed
	if err := tax.End(ctx, tx, former); err != nil {
		return nil, err
	}
	if proposed {
		return nil, f.recountRun(ctx, tx, former, nil)
	}
	t, err := f.Docket.Releases.Tax(ctx, tx, former.Definition)
	if err != nil {
		return nil, err
	}
	one := changed{tax: t, was: former}
	if former.Bill != "" {
		if one.bill, err = f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, former.Bill); err != nil {
			return nil, err
		}
		if one.bill.State == bill.Cancelled {
			return []changed{one}, nil
		}
		nothing := &tax.Assessment{Begins: former.Begins, Ends: former.Ends, Currency: former.Currency}
		act := treasury.Act{Key: "end of assessment " + former.ID, Day: f.today(tx), By: c.by, Why: c.why}
		if err := f.moveAndPlan(ctx, tx, book, t, a, one.bill, nothing, act); err != nil {
			return nil, err
		}
	}
	return []changed{one}, nil
}

// proposeAgain puts another proposal in the place of one that a run has made and nobody has published.
func (f *Flow) proposeAgain(ctx context.Context, tx *store.Tx, a *tax.Account, now, former *tax.Assessment) error {
	if err := tax.End(ctx, tx, former); err != nil {
		return err
	}
	now.Run, now.Cause = former.Run, former.Cause
	if err := f.Money.Taxes.Assess(ctx, tx, tax.Made{Account: a, Assessment: now}); err != nil {
		return err
	}
	return f.recountRun(ctx, tx, former, now)
}

// recountRun corrects the figures of a run of which one proposal was taken out (nil: there was none) and another put in.
func (f *Flow) recountRun(ctx context.Context, tx *store.Tx, out, in *tax.Assessment) error {
	one := out
	if one == nil {
		one = in
	}
	run, err := f.Money.Runs.Get(ctx, tx, one.Organisation, one.Run)
	if err != nil {
		return fmt.Errorf("correcting the figures of a run: %w", err)
	}
	for x, sign := range map[*tax.Assessment]int64{out: -1, in: 1} {
		if x == nil {
			continue
		}
		run.Assessed, run.Total = run.Assessed+sign, run.Total+sign*x.Total
		if x.Total == 0 {
			run.Nothing += sign
		}
	}
	return f.Money.Runs.Save(ctx, tx, run)
}

// tellChanged owes the holder of an account a message about what has changed for a period and why.
func (f *Flow) tellChanged(ctx context.Context, tx *store.Tx, a *tax.Account, c changed, why string) error {
	same := c.now != nil && c.was != nil && slices.Equal(c.now.Items, c.was.Items)
	if same || c.total() == 0 && c.before() == 0 {
		return nil
	}
	p := f.Words.For(f.languageOf(a))
	one := c.now
	if one == nil {
		one = c.was
	}
	title := f.taxTitle(p, c.tax, a, service.Span{From: one.Begins, Until: one.Ends})
	text := p.T("Your bill has changed: {title}.", i18n.V{"title": title}) + "\n\n" +
		p.T("It was {before}. It is now {now}.", i18n.V{"before": p.Money(c.before(), one.Currency), "now": p.Money(c.total(), one.Currency)})
	if c.was == nil {
		text = p.T("You have a new bill: {title}.", i18n.V{"title": title}) + "\n\n" + p.T("It is {amount}.", i18n.V{"amount": p.Money(c.total(), one.Currency)})
	}
	if why != "" {
		text += "\n\n" + p.T("Why: {reason}", i18n.V{"reason": why})
	}
	return f.tellHolder(ctx, tx, a, "tax changed", title, text+"\n\n"+f.toPay(p, c.bill)+f.howToObject(p, c.tax, c.now), "/account/bills")
}

// toPay says in words what is to be paid and when.
func (f *Flow) toPay(p *i18n.Printer, b *bill.Bill) string {
	switch {
	case b == nil || b.Balance == 0:
		return p.T("Nothing is to be paid.")
	case b.Balance < 0:
		return p.T("You have paid {amount} more than is owed. We will pay it back or set it against another bill, as you like.", i18n.V{"amount": p.Money(b.Credit(), b.Currency)})
	}
	var lines []string
	for _, part := range b.On(calendar.MaxDate).Parts {
		if part.Open > 0 {
			lines = append(lines, p.DateShort(part.Due.Year(), part.Due.Month(), part.Due.Day())+": "+p.Money(part.Open, b.Currency))
		}
	}
	text := p.T("This is to be paid:") + "\n"
	for _, line := range lines {
		text += line + "\n"
	}
	return text + "\n" + p.T("You can pay in your account, or by bank transfer. Give this reference: {reference}.", i18n.V{"reference": b.Reference})
}

// howToObject is what the tax says about objections, for an assessment that counts.
func (f *Flow) howToObject(p *i18n.Printer, t *service.Tax, a *tax.Assessment) string {
	if t.Objection == nil || a == nil {
		return ""
	}
	return "\n\n" + t.Objection.Text.In(p.Tag())
}

// tellHolder owes the holder of an account a message. Who has no address of e-mail gets what is printed.
func (f *Flow) tellHolder(ctx context.Context, tx *store.Tx, a *tax.Account, kind, title, text, link string) error {
	return f.inform(ctx, tx, a.Holder, policy.TaxService(a.Tax), notify.Message{
		Subject: a.Subject, Kind: kind, Language: f.languageOf(a),
		Content: notify.Content{To: a.Email, Name: a.Name, Title: title, Text: text, Link: link},
	})
}
