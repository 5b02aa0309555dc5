package flow

import (
	"context"
	"errors"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// Steps of reminding somebody to declare.
const (
	remindDue  = "due"  // the period has ended
	remindLate = "late" // the last day has passed
)

// remindPage is how many accounts are looked at in one transaction.
const remindPage = 200

// RemindDeclarations reminds those who must declare: once when a period has ended, and once when the last day has passed.
// Each account is a transaction of its own. It is for Stoa itself, every day.
func (f Taxation) RemindDeclarations(ctx context.Context, actor policy.Actor) (reminded int, err error) {
	book, err := f.book()
	if err != nil {
		return 0, noBooks(err)
	}
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "taxes"}); err != nil {
		return 0, err
	}
	var failed []error
	for _, t := range f.Docket.Releases.Current().Taxes {
		if t.TaxFile.By != byDeclaration || t.DeclareBy == nil {
			continue
		}
		for after, more := "", true; more; {
			var due []dueReturn
			due, after, more, err = f.toRemind(ctx, book, t, after)
			if err != nil {
				return reminded, errors.Join(append(failed, err)...)
			}
			for _, d := range due {
				if err := f.remind(ctx, book, t, d); err != nil {
					failed = append(failed, err)
					continue
				}
				reminded++
			}
		}
	}
	return reminded, errors.Join(failed...)
}

// dueReturn is a declaration that is due, and what its holder is told.
type dueReturn struct {
	account string
	period  service.Span
	step    string
	by      calendar.Date
}

// toRemind looks at some accounts of a tax: who has not declared the period that ended last, and has not been told.
func (f *Flow) toRemind(ctx context.Context, book *treasury.Book, t *service.Tax, after string) (due []dueReturn, last string, more bool, err error) {
	err = f.DB.Read(ctx, "flow.toRemind", func(ctx context.Context, tx *store.Tx) error {
		list, err := f.Money.Taxes.Accounts(ctx, tx, book.Organisation, t.Tax, "", after, remindPage)
		if err != nil || len(list) == 0 {
			return err
		}
		last, more = list[len(list)-1].Number, len(list) == remindPage
		today := f.today(tx)
		periods, err := assess.PeriodsDue(t, t.TaxFile.Period.First, calendar.Date{}, today, 2)
		if err != nil {
			return err
		}
		for _, p := range periods {
			some, err := f.undeclared(ctx, tx, t, list, p, today)
			if err != nil {
				return err
			}
			due = append(due, some...)
		}
		return nil
	})
	return due, last, more, err
}

func (f *Flow) undeclared(ctx context.Context, tx *store.Tx, t *service.Tax, list []*tax.Account, p service.Span, today calendar.Date) (due []dueReturn, err error) {
	by, err := assess.DeclareBy(ctx, t, p)
	if err != nil {
		return nil, err
	}
	done, err := f.Money.Taxes.InPeriod(ctx, tx, list, p.From)
	if err != nil {
		return nil, err
	}
	told, err := tax.Reminded(ctx, tx, list, p.From)
	if err != nil {
		return nil, err
	}
	step := remindDue
	if today.After(by) {
		step = remindLate
	}
	for _, a := range list {
		_, liable := a.Liable(t, p)
		if liable && (a.Email != "" || a.Holder != "") && done[a.ID] == nil && !slices.Contains(told[a.ID], step) {
			due = append(due, dueReturn{a.ID, p, step, by})
		}
	}
	return due, nil
}

// remind writes to one holder, unless another node was faster.
func (f *Flow) remind(ctx context.Context, book *treasury.Book, t *service.Tax, d dueReturn) error {
	return f.DB.Write(ctx, "flow.remind", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.Money.Taxes.Account(ctx, tx, book.Organisation, d.account)
		if err != nil {
			return err
		}
		one, err := f.counting(ctx, tx, a, d.period.From)
		if err != nil || one != nil {
			return err
		}
		first, err := tax.Remind(ctx, tx, a, d.period.From, d.step)
		if err != nil || !first {
			return err
		}
		p := f.Words.For(f.languageOf(a))
		v := i18n.V{"title": f.taxTitle(p, t, a, d.period), "date": p.Date(d.by.Year(), d.by.Month(), d.by.Day())}
		title, text := p.T("Please declare: {title}", v), p.T("Please declare in your account until {date}.", v)
		if d.step == remindLate {
			title, text = p.T("Your return is late: {title}", v), p.T("You had until {date} to declare. Please do it now; otherwise we must estimate.", v)
		}
		return f.tellHolder(ctx, tx, a, "tax reminder", title, text, "/account/taxes/"+a.ID)
	})
}
