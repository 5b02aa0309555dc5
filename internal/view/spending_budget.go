package view

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/service"
	"stoa/internal/spend"
)

// By what a budget is parted.
const (
	byProgramme    = "programme"
	byOrganisation = "organisation"
	byFunction     = "function"
)

const (
	newestPayments = 5  // on the first page
	someInvoices   = 10 // on pages of what they belong to
	somePayments   = 15
	largestChanges = 5
)

// Home is where the money comes from and goes.
func (v Spending) Home(ctx context.Context, r Reader) (p SpendingHome, err error) {
	err = v.look(ctx, r, "Spending", func(w *public) error {
		b := w.current()
		p = SpendingHome{Year: w.year(b), Years: w.years(), AsOf: r.date(w.asOf(b)), Currency: w.book.Currency}
		lines, err := w.spending(b)
		if err != nil {
			return err
		}
		p.Out, p.Going = w.together(lines), w.parts(b, lines, byProgramme)
		if p.Coming, p.In, err = w.coming(b); err != nil {
			return err
		}
		p.Until = w.incomeUntil(b)
		p.Changes = largest(w.changes(b, b.Lines...), largestChanges)
		p.Newest, err = w.payments(spend.PaymentQuery{Organisation: w.org, Limit: newestPayments})
		return err
	})
	return p, err
}

// Budget is a year's budget, parted by programme unless asked otherwise.
func (v Spending) Budget(ctx context.Context, r Reader, year, by string) (p BudgetPage, err error) {
	err = v.look(ctx, r, "Budget", func(w *public) error {
		b, err := w.budget(year)
		if err != nil {
			return err
		}
		if by != byOrganisation && by != byFunction {
			by = byProgramme
		}
		p = BudgetPage{Year: w.year(b), Years: w.years(), By: by, AsOf: r.date(w.asOf(b)), Currency: w.book.Currency, Decision: b.Decision, Law: b.Law}
		lines, err := w.spending(b)
		if err != nil {
			return err
		}
		p.Parts, p.Out = w.parts(b, lines, by), w.together(lines)
		p.Changes, p.Until = w.changes(b, b.Lines...), w.incomeUntil(b)
		p.Coming, p.In, err = w.coming(b)
		return err
	})
	return p, err
}

// Line is a line of a budget with all that came of it.
func (v Spending) Line(ctx context.Context, r Reader, year, id string) (p LinePage, err error) {
	err = v.look(ctx, r, "BudgetLine", func(w *public) error {
		b, err := w.budget(year)
		if err != nil {
			return err
		}
		l := b.Line(id)
		if l == nil {
			return errNoBudget
		}
		p = LinePage{BudgetLine: w.line(b, l), BudgetYear: w.year(b), Income: l.Kind == service.LineRevenue, Currency: w.book.Currency,
			AsOf: r.date(w.asOf(b)), Changes: w.changes(b, l), Code: l.Account}
		if x := b.Programme(l.Programme); x != nil {
			p.About = r.words(w.j, x.About)
		}
		if p.Income {
			return w.incomeLine(&p, b, l)
		}
		return w.spendingLine(&p, b, l)
	})
	return p, err
}

func (w *public) spendingLine(p *LinePage, b *service.Budget, l *service.BudgetLine) error {
	at := spend.LineRef{Year: b.Budget, Line: l.ID}
	sums, err := w.Money.Spend.Lines.Now(w.ctx, w.tx, w.org, b.Budget)
	if err != nil {
		return err
	}
	p.Sums = w.sums(l, sums[l.ID], w.asOf(b))
	for kind, list := range map[string]*[]CommitmentLine{spend.Contract: &p.Contracts, spend.Grant: &p.Grants, spend.Order: &p.Orders} {
		if *list, err = w.commitments(spend.CommitmentQuery{Organisation: w.org, Kind: kind, LineRef: at, Public: true, Limit: onePage}); err != nil {
			return err
		}
	}
	if p.Invoices, err = w.invoices(spend.InvoiceQuery{Organisation: w.org, LineRef: at, Limit: someInvoices}); err != nil {
		return err
	}
	q := spend.PaymentQuery{Organisation: w.org, LineRef: at, Limit: somePayments + 1}
	if p.Payments, err = w.payments(q); err != nil {
		return err
	}
	if p.More = len(p.Payments) > somePayments; p.More {
		p.Payments = p.Payments[:somePayments]
	}
	if p.Part, err = w.part(q); err != nil {
		return err
	}
	q.Public, q.Limit = true, 0 // persons are in the sum of the year only: a month would tell of one
	moved, err := w.Money.Spend.Payments.Totals(w.ctx, w.tx, q, spend.ByMonth)
	if err != nil {
		return err
	}
	paid := map[string]int64{}
	for _, m := range moved {
		paid[m.Key] = m.Amount
	}
	for _, m := range months(b.From, w.asOf(b)) {
		p.Months = append(p.Months, w.month(m, paid[isoMonth(m)]))
	}
	return nil
}

// months are those that two days are in and between, by their first days.
func months(from, until calendar.Date) (all []calendar.Date) {
	for d, err := calendar.NewDate(from.Year(), from.Month(), 1); err == nil && !d.After(until); d, err = d.AddMonths(1) {
		all = append(all, d)
	}
	return all
}

func isoMonth(d calendar.Date) string { return d.String()[:7] }

// month is what moved in a month, which its first day names.
func (w *public) month(first calendar.Date, minor int64) MonthFigure {
	return MonthFigure{Month: w.r.P.Month(first.Year(), first.Month()), Date: first, Amount: w.shown(minor)}
}

// fewest is how many payments to persons must be to be counted in public.
const fewest = 5

// part says how much of what a query finds is told payment by payment, and how much as one sum.
func (w *public) part(q spend.PaymentQuery) (p SpendingPart, err error) {
	q.Public, q.Persons = true, false
	named, err := w.Money.Spend.Payments.Total(w.ctx, w.tx, q)
	if err != nil {
		return p, err
	}
	q.Public, q.Persons = false, true
	persons, err := w.Money.Spend.Payments.Total(w.ctx, w.tx, q)
	p = SpendingPart{Named: w.shown(named.Amount), Persons: w.shown(persons.Amount)}
	if persons.Count >= fewest {
		p.Payments = w.r.P.Number(itoa(persons.Count))
	}
	return p, err
}
