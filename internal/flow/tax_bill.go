package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// ofAssessment is what the bills of taxes come from: the assessment that was the first to charge anything.
func ofAssessment(id string) bill.Source { return bill.Source{Kind: "assessment", ID: id} }

// taxBill is the bill of an assessment that charges something.
func (f *Flow) taxBill(ctx context.Context, t *service.Tax, account *tax.Account, a *tax.Assessment, issued calendar.Date) (*bill.Bill, error) {
	language := f.languageOf(account)
	p := f.Words.For(language)
	period := service.Span{From: a.Begins, Until: a.Ends}
	b := &bill.Bill{
		Kind: bill.Tax, Of: ofAssessment(a.ID), For: t.Organisation, Service: t.Tax, Payer: account.Holder, Subject: account.Subject,
		Object: account.Object, Language: language, Currency: a.Currency, Day: issued,
		Words: bill.Words{Name: account.Name, Address: account.Address, Email: account.Email, Note: t.Note.In(language), Title: f.taxTitle(p, t, account, period)},
	}
	for _, i := range a.Items {
		if i.Amount != 0 {
			b.Items = append(b.Items, bill.Item{ID: i.ID, Title: chargeTitle(t, i.ID), Account: i.Account, Component: bill.Principal, Amount: i.Amount})
		}
	}
	plan, err := assess.Instalments(ctx, t, period, amountOf(a.Total, a.Currency), issued, account.Choice)
	if errors.Is(err, assess.ErrChoice) { // the tax offers it no longer
		plan, err = assess.Instalments(ctx, t, period, amountOf(a.Total, a.Currency), issued, 0)
	}
	b.Plan = instalments(plan)
	return b, err
}

func instalments(plan []assess.Instalment) (all []bill.Instalment) {
	for _, i := range plan {
		all = append(all, bill.Instalment{Due: i.Due, Amount: i.Amount.Minor})
	}
	return all
}

func chargeTitle(t *service.Tax, id string) i18n.Text {
	for _, c := range t.Charge {
		if c.ID == id {
			return i18n.Text(c.Title.By)
		}
	}
	return nil
}

// taxTitle is what a charge is called: Council tax 2026-27, 1 High Street.
func (f *Flow) taxTitle(p *i18n.Printer, t *service.Tax, account *tax.Account, period service.Span) string {
	title := t.Title.In(p.Tag()) + " " + assess.PeriodName(p, period)
	if account.Label != "" {
		title += ", " + account.Label
	}
	return title
}

// languageOf is the language in which the holder of an account is written to.
func (f *Flow) languageOf(account *tax.Account) string {
	if account.Language != "" {
		return account.Language
	}
	return f.Docket.Releases.Current().File.Languages[0]
}

// charged is what items come to by account, in the order in which accounts appear.
func charged(items []tax.Item) (all []bill.Item) {
	for _, i := range items {
		at := slices.IndexFunc(all, func(x bill.Item) bool { return x.Account == i.Account })
		if at < 0 {
			at, all = len(all), append(all, bill.Item{ID: i.ID, Account: i.Account, Component: bill.Principal})
		}
		all[at].Amount += i.Amount
	}
	return all
}

// asked is what a bill asks for of the tax itself, by account: without interest, penalties and costs.
func asked(b *bill.Bill) []bill.Item {
	return slices.DeleteFunc(bill.Charged(b.Moves), func(i bill.Item) bool { return i.Component != bill.Principal })
}

func sumOf(items []bill.Item) (sum int64) {
	for _, i := range items {
		sum += i.Amount
	}
	return sum
}

// moveBill moves a bill, read in this Write, to what the tax now comes to: more is charged, less is credited, each on the
// accounts that it belongs to. It tells by how much the bill moved.
func (f *Flow) moveBill(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, b *bill.Bill, items []tax.Item, due calendar.Date, act treasury.Act) (moved int64, err error) {
	is := asked(b)
	want := withGivenUp(b, is, charged(items))
	was := sumOf(is)
	up, down := differences(is, want)
	if grows(is, down) { // a relief on an account of its own that becomes larger: everything is taken back and asked anew
		if err := f.credit(ctx, tx, book, b, act, creditable(b, is)); err != nil {
			return 0, err
		}
		if up, down = differences(asked(b), want); sumOf(up) <= sumOf(down) {
			up = nil // what is left was given up: nothing is to be asked for
		}
		for i := range down {
			if down[i].Amount = -down[i].Amount; up != nil {
				up = append(up, down[i])
			}
		}
		down = nil
	}
	if len(up) > 0 {
		for i := range up {
			up[i].Title = chargeTitle(t, up[i].ID)
		}
		if err := f.Money.Treasury.Charge(ctx, tx, book, b, act, due, up...); err != nil {
			return 0, fmt.Errorf("charging bill %s: %w", b.Number, err)
		}
	}
	if err := f.credit(ctx, tx, book, b, act, down); err != nil {
		return 0, err
	}
	return sumOf(asked(b)) - was, nil
}

func (f *Flow) credit(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, act treasury.Act, items []bill.Item) error {
	if len(items) == 0 {
		return nil
	}
	if err := f.Money.Treasury.Credit(ctx, tx, book, b, act, items...); err != nil {
		return fmt.Errorf("crediting bill %s: %w", b.Number, err)
	}
	return nil
}

// givenUp is what of a bill was waived or written off.
func givenUp(b *bill.Bill) (sum int64) {
	for _, m := range b.Moves {
		if m.Kind == bill.MoveWaiver || m.Kind == bill.MoveWriteOff {
			sum -= m.Amount
		}
	}
	return sum
}

// withGivenUp is what a bill is to ask for, so that nobody is paid what was only given up: where the tax becomes less than
// what was paid and given up together, the bill stays by the difference above it, and what is owed is right.
func withGivenUp(b *bill.Bill, is, want []bill.Item) []bill.Item {
	given := givenUp(b)
	if given == 0 || len(is) == 0 {
		return want
	}
	whole := sumOf(bill.Charged(b.Moves))
	paid := whole - given - b.Balance
	needed := min(given, max(0, sumOf(want)+whole-sumOf(is)-paid))
	if needed == given {
		return want
	}
	over := is[0]
	for _, i := range is {
		if i.Amount > over.Amount {
			over = i
		}
	}
	over.Amount = given - needed
	at := slices.IndexFunc(want, func(x bill.Item) bool { return x.Account == over.Account })
	if at < 0 {
		return append(want, over)
	}
	want[at].Amount += over.Amount
	return want
}

// differences tells what is more and what is less, by account; both are positive where the account is.
func differences(is, want []bill.Item) (up, down []bill.Item) {
	left := slices.Clone(is)
	for _, w := range want {
		if at := slices.IndexFunc(left, func(x bill.Item) bool { return x.Account == w.Account }); at >= 0 {
			w.Amount -= left[at].Amount
			left = slices.Delete(left, at, at+1)
		}
		switch {
		case w.Amount > 0:
			up = append(up, w)
		case w.Amount < 0:
			w.Amount = -w.Amount
			down = append(down, w)
		}
	}
	for _, x := range left { // not charged any more
		if x.Amount != 0 {
			down = append(down, x)
		}
	}
	return up, down
}

// grows reports whether taking something off would take an account further from nothing.
func grows(is, down []bill.Item) bool {
	for _, d := range down {
		at := slices.IndexFunc(is, func(x bill.Item) bool { return x.Account == d.Account })
		if at < 0 || is[at].Amount < 0 && d.Amount > 0 || is[at].Amount > 0 && d.Amount > is[at].Amount {
			return true
		}
	}
	return false
}

// creditable cuts what is to be credited down to what the bill still asks for and has not given up, the last first.
func creditable(b *bill.Bill, down []bill.Item) []bill.Item {
	left := int64(0)
	for _, i := range bill.Charged(b.Moves) {
		left += i.Amount
	}
	left -= givenUp(b)
	down = slices.Clone(down)
	for i := len(down) - 1; i >= 0; i-- {
		if over := sumOf(down) - max(left, 0); over > 0 && down[i].Amount > 0 {
			down[i].Amount -= min(over, down[i].Amount)
		}
	}
	return slices.DeleteFunc(down, func(i bill.Item) bool { return i.Amount == 0 })
}

// replan lays a bill out anew after it moved or the payer chose. before is where it stood until then: what was paid stays
// with the instalments that it paid, those that were due or fall due before the notice has passed stay as they were asked
// for, and so do charges outside the plan. What else is owed is spread over the days to come; where less is owed than all
// those come to, the last of them become smaller.
func (f *Flow) replan(ctx context.Context, tx *store.Tx, b *bill.Bill, t *service.Tax, before bill.Standing, today calendar.Date, by string, spread spreading) error {
	earliest := today
	if t.Instalments != nil {
		var err error
		if earliest, err = today.AddDays(t.Instalments.Notice); err != nil {
			return err
		}
	}
	var plan []bill.Instalment
	var later, open []calendar.Date
	rest := b.Balance
	for _, part := range before.Parts {
		one := bill.Instalment{Due: part.Due, Amount: part.Amount}
		if part.Move == 0 && !part.Due.Before(earliest) {
			one.Amount = part.Covered
			if later = append(later, part.Due); part.Open > 0 {
				open = append(open, part.Due)
			}
		} else {
			rest -= part.Open
		}
		plan = append(plan, one)
	}
	if len(open) == 0 {
		open = later
	}
	if rest > 0 {
		more, err := spread(slices.Compact(open), rest)
		if err != nil {
			return err
		}
		plan = append(plan, more...)
	}
	for i := len(plan) - 1; i >= 0 && rest < 0; i-- { // less than what is due already: parts are in the order of their days
		cut := min(-rest, plan[i].Amount, before.Parts[i].Open)
		if before.Parts[i].Move != 0 || before.Parts[i].Due.Before(earliest) {
			plan[i].Amount, rest = plan[i].Amount-cut, rest+cut
		}
	}
	if plan = byDay(plan); len(plan) == 0 || b.State == bill.Cancelled {
		return nil // nothing is asked for: what was planned is covered
	}
	return f.Money.Treasury.Bills.Replan(ctx, tx, b, plan, today, by)
}

// spreading divides a sum over the days of instalments that are still to come.
type spreading func(later []calendar.Date, rest int64) ([]bill.Instalment, error)

// byDay brings instalments into order, those of one day together, without any that asks for nothing.
func byDay(plan []bill.Instalment) (all []bill.Instalment) {
	slices.SortStableFunc(plan, func(x, y bill.Instalment) int { return x.Due.Compare(y.Due) })
	for _, i := range plan {
		if n := len(all); n > 0 && all[n-1].Due == i.Due {
			all[n-1].Amount += i.Amount
		} else {
			all = append(all, i)
		}
	}
	return slices.DeleteFunc(all, func(i bill.Instalment) bool { return i.Amount == 0 })
}

// overLater spreads what is left over the instalments that are still to come; where there is none, as a new bill would be.
func (f *Flow) overLater(ctx context.Context, t *service.Tax, account *tax.Account, a *tax.Assessment, today calendar.Date) spreading {
	return func(later []calendar.Date, rest int64) ([]bill.Instalment, error) {
		if len(later) > 0 {
			return spreadOver(t, later, rest, a.Currency)
		}
		period := service.Span{From: a.Begins, Until: a.Ends}
		plan, err := assess.Instalments(ctx, t, period, amountOf(rest, a.Currency), today, account.Choice)
		if errors.Is(err, assess.ErrChoice) {
			plan, err = assess.Instalments(ctx, t, period, amountOf(rest, a.Currency), today, 0)
		}
		return instalments(plan), err
	}
}

// spreadOver divides a sum over days as the tax rounds instalments, over fewer where one would be smaller than the least.
func spreadOver(t *service.Tax, days []calendar.Date, sum int64, currency string) ([]bill.Instalment, error) {
	round, least := int64(0), int64(1)
	if t.Instalments != nil {
		for d, into := range map[*money.Decimal]*int64{t.Instalments.Round: &round, t.Instalments.Least: &least} {
			if d == nil {
				continue
			}
			a, err := money.FromDecimal(*d, currency)
			if err != nil {
				return nil, fmt.Errorf("rounding instalments: %w", err)
			}
			*into = a.Minor
		}
	}
	for n := len(days); n > 1; n-- {
		plan, err := bill.Instalments(sum, days[:n], round, bill.First)
		if err != nil {
			return nil, err
		}
		if len(plan) == n && !slices.ContainsFunc(plan, func(i bill.Instalment) bool { return i.Amount < least }) {
			return plan, nil
		}
	}
	if len(days) == 0 {
		return nil, fault.NewConflict("There is no day left for an instalment")
	}
	return []bill.Instalment{{Due: days[0], Amount: sum}}, nil
}
