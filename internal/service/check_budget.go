package service

import (
	"regexp"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/money"
)

// checkBudgets checks budget/*.yaml against the chart of accounts, and makes budgets of them.
func (l *loader) checkBudgets() {
	for _, f := range l.budgets {
		if f.Pos.Line == 0 {
			continue
		}
		c := budgetCheck{loader: l, f: f}
		c.check()
		l.j.Budgets = append(l.j.Budgets, c.budget())
	}
	for i, b := range l.j.Budgets {
		for _, other := range l.j.Budgets[:i] {
			if b.Covers(other.From) || other.Covers(b.From) {
				l.problem(l.places.at(b.Pos, "from"), "let one year end before the other begins", "the years %q and %q overlap", other.Budget, b.Budget)
			}
		}
	}
	if m := l.j.Money; len(l.budgets) > 0 && m != nil && m.Pos.Line > 0 {
		for _, use := range []string{UsePayable, UseReserve} {
			if m.Code(use) == "" {
				l.problem(l.places.key(m.Pos, "accounts"), "add an account with kind: "+useKinds[use]+" and use: "+use,
					"there is no account for %s, which spending by budget needs", use)
			}
		}
	}
}

// budgetCheck checks one file.
type budgetCheck struct {
	*loader
	f *BudgetFile
}

func (c budgetCheck) check() {
	f := c.f
	if c.j.Money == nil {
		c.problem(f.Pos, "describe the accounts in money.yaml", "there is a budget, but the jurisdiction keeps no books")
	}
	if !f.From.IsZero() && !f.Until.IsZero() && f.Until.Before(f.From) {
		c.problem(c.places.at(f.Pos, "until"), "write the last day of the year", "the year ends before it begins")
	}
	c.unique("programme", len(f.Programmes), func(i int) (string, Pos) { return f.Programmes[i].ID, c.places.at(f.Programmes[i].Pos, "id") })
	c.unique("budget line", len(f.Lines), func(i int) (string, Pos) { return f.Lines[i].ID, c.places.at(f.Lines[i].Pos, "id") })
	c.unique("line of revenue for the account", len(f.Lines), func(i int) (string, Pos) {
		if x := f.Lines[i]; x.Kind == LineRevenue { // what came in on the account is what the line brought
			return x.Account, c.places.at(x.Pos, "account")
		}
		return "", Pos{}
	})
	for i := range f.Lines {
		c.line(&f.Lines[i])
	}
	c.amendments()
	c.totals()
}

func (c budgetCheck) line(x *BudgetLineFile) {
	c.known(c.places.at(x.Pos, "organisation"), "organisation", x.Organisation, c.organisations())
	c.known(c.places.at(x.Pos, "programme"), "programme", x.Programme, ids(c.f.Programmes, func(p *ProgrammeFile) string { return p.ID }))
	if minor, ok := c.minor(c.places.at(x.Pos, "amount"), x.Amount); ok && minor < 0 {
		c.problem(c.places.at(x.Pos, "amount"), "write it without a minus: kind: says whether it comes in or goes out", "the line %q has an amount below nothing", x.ID)
	}
	if m := c.j.Money; m != nil && c.known(c.places.at(x.Pos, "account"), "account", x.Account, ids(m.Accounts, func(a *AccountFile) string { return a.Code })) {
		want := map[string]string{LineRevenue: "income", LineExpenditure: "expense"}[x.Kind]
		switch a := m.Account(x.Account); {
		case want != "" && a.Kind != want:
			c.problem(c.places.at(x.Pos, "account"), "name an account with kind: "+want, "the account %q is of kind %s, and the line is %s", x.Account, a.Kind, x.Kind)
		case x.Kind == LineExpenditure && a.Use != "":
			c.problem(c.places.at(x.Pos, "account"), "name another", "Stoa itself posts to the account %q (use: %s)", x.Account, a.Use)
		}
	}
	if x.Classification == "" && x.Kind == LineExpenditure {
		c.problem(x.Pos, "add classification: with a code of COFOG, such as 05.1", "the line %q does not say which function of government it serves", x.ID)
	}
	if x.Classification != "" && !ClassifiedByFunction(x.Classification) {
		c.problem(c.places.at(x.Pos, "classification"), "write division and group, such as 05.1", "%q is no code of COFOG", x.Classification)
	}
}

func (c budgetCheck) amendments() {
	f, sums := c.f, map[string]int64{}
	lines := ids(f.Lines, func(x *BudgetLineFile) string { return x.ID })
	for i := range f.Amendments {
		a := &f.Amendments[i]
		if c.known(c.places.at(a.Pos, "line"), "budget line", a.Line, lines) {
			if minor, ok := c.minor(c.places.at(a.Pos, "amount"), a.Amount); ok {
				sums[a.Line] += minor
			}
		}
		if !a.Date.IsZero() && !f.From.IsZero() && a.Date.After(f.Until) {
			c.problem(c.places.at(a.Pos, "date"), "write a day of the year, or before it", "the amendment comes after the year has ended")
		}
		if i > 0 && a.Date.Before(f.Amendments[i-1].Date) {
			c.problem(c.places.at(a.Pos, "date"), "put them in the order of their days", "this amendment is earlier than the one before it")
		}
	}
	for i := range f.Lines {
		x := &f.Lines[i]
		if minor, ok := c.minor(Pos{}, x.Amount); ok && minor+sums[x.ID] < 0 {
			c.problem(x.Pos, "look at its amendments", "the amendments take more from the line %q than it has", x.ID)
		}
	}
}

// totals holds declared sums against the lines.
func (c budgetCheck) totals() {
	f := c.f
	byKind, byProgramme := map[string]int64{}, map[string]int64{}
	for i := range f.Lines {
		minor, _ := c.minor(Pos{}, f.Lines[i].Amount)
		byKind[f.Lines[i].Kind] += minor
		if f.Lines[i].Kind == LineExpenditure {
			byProgramme[f.Lines[i].Programme] += minor
		}
	}
	same := func(pos Pos, what string, said *money.Decimal, sum int64) {
		minor, ok := c.minor(pos, said)
		if ok && minor != sum {
			made := money.Amount{Minor: sum, Currency: c.j.File.Currency}
			c.problem(pos, "correct the lines or the total", "the lines of %s make %s, and %s is written here", what, made, said)
		}
	}
	same(c.places.at(f.Totals.Pos, "revenue"), "revenue", f.Totals.Revenue, byKind[LineRevenue])
	same(c.places.at(f.Totals.Pos, "expenditure"), "expenditure", f.Totals.Expenditure, byKind[LineExpenditure])
	for i := range f.Programmes {
		p := &f.Programmes[i]
		same(c.places.at(p.Pos, "total"), "the programme "+p.ID, p.Total, byProgramme[p.ID])
	}
}

// minor is an amount in minor units; one that has too many decimals is noted at pos, where that is a place.
func (c budgetCheck) minor(pos Pos, d *money.Decimal) (int64, bool) {
	if d == nil {
		return 0, false
	}
	a, err := money.FromDecimal(*d, c.j.File.Currency)
	if err != nil || a.Minor > mostBudget || a.Minor < -mostBudget {
		if pos.Line > 0 {
			c.problem(pos, "write an amount in "+c.j.File.Currency+", such as 12500.50", "%s is not an amount of money", d)
		}
		return 0, false
	}
	return a.Minor, true
}

// mostBudget keeps sums of lines far from the end of 64 bits.
const mostBudget = 1 << 50

// budget makes the checked budget.
func (c budgetCheck) budget() *Budget {
	b := &Budget{BudgetFile: *c.f, lines: map[string]*BudgetLine{}}
	for _, x := range c.f.Lines {
		line := &BudgetLine{BudgetLineFile: x, Year: c.f.Budget}
		line.Adopted, _ = c.minor(Pos{}, x.Amount)
		if m := c.j.Money; m != nil {
			if a := m.Account(x.Account); a != nil {
				line.Fund = a.Fund
			}
		}
		b.Lines, b.lines[x.ID] = append(b.Lines, line), line
	}
	for _, a := range c.f.Amendments {
		if line := b.lines[a.Line]; line != nil {
			minor, _ := c.minor(Pos{}, a.Amount)
			line.Amendments = append(line.Amendments, BudgetAmendment{a.Date, minor, i18n.Text(a.Reason.By), a.Decision})
		}
	}
	return b
}

var cofogForm = regexp.MustCompile(`^(0[1-9]|10)(\.[1-9](\.[0-9])?)?$`)

// cofogGroups is how many groups each division of COFOG 1999 has.
var cofogGroups = [...]int{8, 5, 6, 9, 6, 6, 6, 6, 8, 9}

// ClassifiedByFunction reports whether a code is a division, or division and group (and class), of COFOG.
func ClassifiedByFunction(code string) bool {
	if !cofogForm.MatchString(code) {
		return false
	}
	parts := strings.Split(code, ".")
	division, err := strconv.Atoi(parts[0])
	if err != nil || len(parts) == 1 {
		return err == nil
	}
	group, err := strconv.Atoi(parts[1])
	return err == nil && group <= cofogGroups[division-1]
}
