package view

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/ocds"
	"stoa/internal/service"
	"stoa/internal/tabular"
)

// What came in is told by account and month, of months that are over. The books are public, entry by entry and without names
// (ADR 23), so no sum of them is held back.

// income is what came in: minor units by month and account; the month "" is the total of an account.
type income struct {
	months []calendar.Date
	codes  []string
	sums   map[[2]string]int64
}

// incomes keeps the tables of income for a short time: they change with the day, hardly within it.
type incomes struct {
	mu     sync.Mutex
	of     *service.Jurisdiction
	byYear map[string]keptIncome
}

type keptIncome struct {
	at    time.Time
	until calendar.Date
	is    *income
}

const keepIncome = time.Minute

// came is what came in during a year of the budget.
func (w *public) came(b *service.Budget) (*income, error) {
	until := w.lastMonth(b)
	w.income.mu.Lock()
	defer w.income.mu.Unlock()
	if w.income.of != w.j {
		w.income.of, w.income.byYear = w.j, map[string]keptIncome{}
	}
	if kept, ok := w.income.byYear[b.Budget]; ok && kept.until == until && w.tx.Now().Sub(kept.at).Abs() < keepIncome {
		return kept.is, nil
	}
	is, err := w.readIncome(b, until)
	if err == nil {
		w.income.byYear[b.Budget] = keptIncome{w.tx.Now(), until, is}
	}
	return is, err
}

// lastMonth is the last day of the last month of a year that is over; before its first day where none is.
func (w *public) lastMonth(b *service.Budget) calendar.Date {
	last, err := b.From.AddDays(-1)
	for _, m := range months(b.From, b.Until) {
		next, e := m.AddMonths(1)
		end, f := next.AddDays(-1)
		if err = errors.Join(err, e, f); err != nil || !end.Before(w.today) {
			break
		}
		last = end
	}
	return last
}

// incomeUntil is the day up to which income is told, in words; "" where no month is over yet.
func (w *public) incomeUntil(b *service.Budget) string {
	if last := w.lastMonth(b); !last.Before(b.From) {
		return w.r.date(last)
	}
	return ""
}

func (w *public) readIncome(b *service.Budget, until calendar.Date) (*income, error) {
	is := &income{sums: map[[2]string]int64{}}
	if until.Before(b.From) {
		return is, nil
	}
	is.months = months(b.From, until)
	for _, a := range w.j.Money.Accounts {
		if a.Kind == "income" {
			is.codes = append(is.codes, a.Code)
		}
	}
	moved, err := w.Money.Treasury.Ledger.Months(w.ctx, w.tx, w.org, is.codes, until)
	if err != nil {
		return nil, err
	}
	for _, m := range moved {
		if m.Currency != w.book.Currency || m.Month < isoMonth(is.months[0]) {
			continue
		}
		for _, at := range [][2]string{{m.Month, m.Code}, {"", m.Code}} {
			is.sums[at] -= m.Amount // income stands on the credit side
		}
	}
	return is, nil
}

// incomeFigure is what came in on an account in a month, or for the zero month in all of them.
func (w *public) incomeFigure(is *income, month calendar.Date, code string) MonthFigure {
	at := [2]string{"", code}
	var m MonthFigure
	if !month.IsZero() {
		at[0], m = isoMonth(month), w.month(month, 0)
	}
	m.Amount = w.shown(is.sums[at])
	return m
}

// coming are the lines of income of a year, and what they come to.
func (w *public) coming(b *service.Budget) (all []BudgetLine, sum Sums, err error) {
	is, err := w.came(b)
	if err != nil {
		return nil, sum, err
	}
	var adopted, plan, came int64
	var lines int
	for _, l := range b.Lines {
		if l.Kind != service.LineRevenue {
			continue
		}
		one := w.line(b, l)
		one.Sums = w.incomeSums(is, b, l)
		all, lines = append(all, one), lines+1
		adopted, plan, came = adopted+one.Adopted.Minor, plan+one.Plan.Minor, came+one.Paid.Minor
	}
	sum = Sums{Adopted: w.shown(adopted), Plan: w.shown(plan), Paid: w.shown(came), Share: w.r.Percent(came, plan)}
	return all, sum, nil
}

// incomeSums are what was expected of a line of income, and what came in. An account that several lines share is told
// with the first of them.
func (w *public) incomeSums(is *income, b *service.Budget, l *service.BudgetLine) Sums {
	plan := l.On(w.asOf(b))
	s := Sums{Adopted: w.shown(l.Adopted), Plan: w.shown(plan), Paid: w.incomeFigure(is, calendar.Date{}, l.Account).Amount}
	s.Share = w.r.Percent(is.sums[[2]string{"", l.Account}], plan)
	return s
}

func (w *public) incomeLine(p *LinePage, b *service.Budget, l *service.BudgetLine) error {
	is, err := w.came(b)
	if err != nil {
		return err
	}
	p.Sums, p.AsOf = w.incomeSums(is, b, l), w.incomeUntil(b)
	for _, m := range is.months {
		p.Months = append(p.Months, w.incomeFigure(is, m, l.Account))
	}
	return nil
}

// Income is what came in, by account and month; of the year of today where none is named.
func (v Spending) Income(ctx context.Context, r Reader, year string) (p IncomePage, err error) {
	err = v.look(ctx, r, "Income", func(w *public) error {
		b := w.current()
		if year != "" {
			if b, err = w.budget(year); err != nil {
				return err
			}
		}
		is, err := w.came(b)
		if err != nil {
			return err
		}
		p = IncomePage{Year: w.year(b), Years: w.years(), AsOf: w.incomeUntil(b), Currency: w.book.Currency, Dates: is.months}
		for _, m := range is.months {
			p.Months = append(p.Months, w.month(m, 0).Month)
		}
		for _, code := range is.codes {
			a := w.j.Money.Account(code)
			one := IncomeAccount{Code: code, Title: r.words(w.j, a.Title), Total: w.incomeFigure(is, calendar.Date{}, code)}
			if a.For != "" {
				one.Organisation = r.organisationName(w.j, a.For)
			}
			for _, m := range is.months {
				one.Months = append(one.Months, w.incomeFigure(is, m, code))
			}
			p.Accounts = append(p.Accounts, one)
		}
		return nil
	})
	return p, err
}

// IncomeFile is Income as a table.
func (v Spending) IncomeFile(ctx context.Context, r Reader, year string) (f MoneyFile, err error) {
	p, err := v.Income(ctx, r, year)
	if err != nil {
		return f, err
	}
	var b bytes.Buffer
	err = ocds.CSV(&b, []string{"month", "account", "account_name", "organisation", "currency", "income"}, func(yield func([]string) error) error {
		for _, a := range p.Accounts {
			for i, m := range a.Months {
				amount, err := ocds.Number(m.Amount.Minor, p.Currency)
				if err != nil {
					return err
				}
				if err := yield([]string{isoMonth(p.Dates[i]), a.Code, tabular.Guard(a.Title), tabular.Guard(a.Organisation), p.Currency, amount}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return MoneyFile{Name: "income-" + p.Year.ID + ".csv", Data: b.Bytes()}, err
}
