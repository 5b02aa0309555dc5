package view

import (
	"cmp"
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// public is what every page about public money is read from: one state of the database, on one day.
type public struct {
	Spending
	ctx   context.Context
	tx    *store.Tx
	r     Reader
	j     *service.Jurisdiction
	book  *treasury.Book
	org   string // that keeps the books
	today calendar.Date
}

// look asks for the right to see public money, and reads it.
func (v Spending) look(ctx context.Context, r Reader, name string, fn func(w *public) error) error {
	j := v.place()
	if err := policy.Can(r.Actor, policy.SpendingSee, policy.Thing{Kind: "spending", Public: true}); err != nil {
		return err
	}
	if v.Money.Spend == nil || len(j.Budgets) == 0 {
		return errNoBudget
	}
	book, err := v.book()
	if err != nil {
		return err
	}
	return v.read(ctx, name, func(ctx context.Context, tx *store.Tx) error {
		return fn(&public{Spending: v, ctx: ctx, tx: tx, r: r, j: j, book: book, org: book.Organisation, today: v.today(tx)})
	})
}

func (w *public) shown(minor int64) Figure { return w.r.shown(minor, w.book.Currency) }

// budget finds a year's budget.
func (w *public) budget(year string) (*service.Budget, error) {
	if b := w.j.Budget(year); b != nil {
		return b, nil
	}
	return nil, errNoBudget
}

// current is the budget of today; between two, or before the first, the one that is nearest.
func (w *public) current() *service.Budget {
	best := w.j.Budgets[0]
	for _, b := range w.j.Budgets {
		if !b.From.After(w.today) {
			best = b
		}
	}
	return best
}

// asOf is the day up to which a year is told.
func (w *public) asOf(b *service.Budget) calendar.Date {
	if w.today.After(b.Until) {
		return b.Until
	}
	return w.today
}

func (w *public) year(b *service.Budget) BudgetYear {
	return BudgetYear{ID: b.Budget, Title: w.r.words(w.j, b.Title),
		Period: w.r.P.T("{from} to {until}", map[string]any{"from": w.r.date(b.From), "until": w.r.date(b.Until)})}
}

// years are all that have a budget, the newest first.
func (w *public) years() (all []BudgetYear) {
	for _, b := range slices.Backward(w.j.Budgets) {
		all = append(all, w.year(b))
	}
	return all
}

// sums are those of a line of spending.
func (w *public) sums(l *service.BudgetLine, at spend.Sums, day calendar.Date) Sums {
	return w.sumsOf(l.Adopted, l.On(day), at)
}

func (w *public) sumsOf(adopted, plan int64, at spend.Sums) Sums {
	return Sums{Adopted: w.shown(adopted), Plan: w.shown(plan), Committed: w.shown(at.Committed), Invoiced: w.shown(at.Invoiced), Paid: w.shown(at.Paid),
		Left: w.shown(plan - at.Committed), Share: w.r.Percent(at.Paid, plan)}
}

// together adds up sums.
func (w *public) together(all []BudgetLine) Sums {
	var adopted, plan int64
	var at spend.Sums
	for _, l := range all {
		adopted, plan = adopted+l.Adopted.Minor, plan+l.Plan.Minor
		at.Committed, at.Invoiced, at.Paid = at.Committed+l.Committed.Minor, at.Invoiced+l.Invoiced.Minor, at.Paid+l.Paid.Minor
	}
	return w.sumsOf(adopted, plan, at)
}

// line is a line in words, without its sums.
func (w *public) line(b *service.Budget, l *service.BudgetLine) BudgetLine {
	one := BudgetLine{Year: b.Budget, ID: l.ID, Title: w.r.words(w.j, l.Title), Organisation: w.r.organisationName(w.j, l.Organisation), Programme: l.Programme}
	if p := b.Programme(l.Programme); p != nil {
		one.Programme = w.r.words(w.j, p.Title)
	}
	if l.Classification != "" {
		one.Function = w.r.function(l.Classification)
	}
	one.Account = w.account(l.Account)
	return one
}

func (w *public) account(code string) string {
	if a := w.j.Money.Account(code); a != nil {
		return code + " " + w.r.words(w.j, a.Title)
	}
	return code
}

// spending are the lines of spending of a year with their sums.
func (w *public) spending(b *service.Budget) (all []BudgetLine, err error) {
	sums, err := w.Money.Spend.Lines.Now(w.ctx, w.tx, w.org, b.Budget)
	if err != nil {
		return nil, err
	}
	for _, l := range b.Lines {
		if l.Kind == service.LineExpenditure {
			one := w.line(b, l)
			one.Sums = w.sums(l, sums[l.ID], w.asOf(b))
			all = append(all, one)
		}
	}
	return all, nil
}

// parts groups lines by what they have in common, in the order in which the first of each stands in the budget.
func (w *public) parts(b *service.Budget, all []BudgetLine, by string) (parts []BudgetPart) {
	at := map[string]int{}
	for _, one := range all {
		l := b.Line(one.ID)
		id, title, about := l.Programme, one.Programme, ""
		switch by {
		case byOrganisation:
			id, title = l.Organisation, one.Organisation
		case byFunction:
			id = division(l.Classification)
			title = w.r.division(id)
			id = "cofog-" + id
		default:
			if p := b.Programme(l.Programme); p != nil {
				about = w.r.words(w.j, p.About)
			}
		}
		i, ok := at[id]
		if !ok {
			i = len(parts)
			at[id], parts = i, append(parts, BudgetPart{ID: id, Title: title, About: about})
		}
		parts[i].Lines = append(parts[i].Lines, one)
	}
	for i := range parts {
		parts[i].Sums = w.together(parts[i].Lines)
	}
	return parts
}

// changes are the amendments of a year that are in force, by day.
func (w *public) changes(b *service.Budget, lines ...*service.BudgetLine) (all []BudgetChange) {
	type dated struct {
		at  calendar.Date
		one BudgetChange
	}
	var found []dated
	for _, l := range lines {
		for _, a := range l.Amendments {
			if !a.Date.After(w.today) {
				found = append(found, dated{a.Date, BudgetChange{Year: b.Budget, Line: l.ID, Title: w.r.words(w.j, l.Title), Day: w.r.date(a.Date),
					Amount: w.r.changed(a.Amount, w.book.Currency), Reason: a.Reason.In(w.r.P.Tag(), w.j.File.Languages...), Decision: a.Decision}})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b dated) int { return a.at.Compare(b.at) })
	for _, f := range found {
		all = append(all, f.one)
	}
	return all
}

// largest are the changes that move most.
func largest(all []BudgetChange, n int) []BudgetChange {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b BudgetChange) int { return cmp.Compare(abs(b.Amount.Minor), abs(a.Amount.Minor)) })
	return all[:min(n, len(all))]
}

func abs(n int64) int64 { return max(n, -n) }
