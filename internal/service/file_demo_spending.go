package service

import (
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// DemoSpending is what the demo's organisations spend: `stoa demo` plays it through the budgets' years, month by month.
type DemoSpending struct {
	Pos         Pos
	Opening     *money.Decimal       `yaml:"opening" must:"required"`   // at the bank on the first day of the first budget, held as reserve
	Suppliers   []DemoSupplier       `yaml:"suppliers" must:"required"` //
	Commitments []DemoCommitmentFile `yaml:"commitments"`               // contracts, grants and orders
	Invoices    []DemoInvoiceFile    `yaml:"invoices"`                  // without one
	Income      []DemoIncomeFile     `yaml:"income"`                    // on the bank's statement once a month, beside what Stoa itself takes
}

// DemoSupplier is whom the demo pays.
type DemoSupplier struct {
	Pos        Pos
	ID         string `yaml:"id" must:"required id"`
	Name       string `yaml:"name" must:"required"`
	Person     bool   `yaml:"person"`     // a private person
	Identifier string `yaml:"identifier"` // GB-COH-01234567
	IBAN       string `yaml:"iban" must:"required"`
}

// DemoCommitmentFile is a contract, a grant or an order of the demo.
type DemoCommitmentFile struct {
	Pos      Pos
	Kind     string         `yaml:"kind" must:"required one:contract|grant|order"`
	Supplier string         `yaml:"supplier" must:"required"` // one of suppliers:, or who holds the grant
	Method   string         `yaml:"method" must:"one:open|selective|limited|direct"`
	Title    string         `yaml:"title" must:"required"`
	About    string         `yaml:"about"` // of a grant: its purpose
	Signed   calendar.Date  `yaml:"signed" must:"required"`
	From     calendar.Date  `yaml:"from"`
	Until    calendar.Date  `yaml:"until"`
	Parts    []DemoPartFile `yaml:"parts" must:"required"`
	Every    string         `yaml:"every" must:"required one:month|quarter|year"` // how often it is invoiced
}

// DemoPartFile is what a commitment takes of a budget line.
type DemoPartFile struct {
	Pos    Pos
	Year   string         `yaml:"year" must:"required"`
	Line   string         `yaml:"line" must:"required"`
	Amount *money.Decimal `yaml:"amount" must:"required"`
}

// DemoInvoiceFile is an invoice of the demo without a commitment.
type DemoInvoiceFile struct {
	Pos      Pos
	Supplier string         `yaml:"supplier" must:"required"`
	Line     string         `yaml:"line" must:"required"` // of the budget of its day
	Title    string         `yaml:"title" must:"required"`
	Amount   *money.Decimal `yaml:"amount" must:"required"`
	Day      calendar.Date  `yaml:"day" must:"required"`            // the first, where it comes again
	Every    string         `yaml:"every" must:"one:month|quarter"` // left out: it comes once
	// Story is what becomes of it beside being paid: refused, twice (it comes again and is not taken), disputed, beyond (it is
	// approved beyond the line, with a reason), returned (the bank sends the payment back once).
	Story  string `yaml:"story" must:"one:refused|twice|disputed|beyond|returned"`
	Reason string `yaml:"reason"`
}

// DemoIncomeFile is what comes in once a month on an account.
type DemoIncomeFile struct {
	Pos     Pos
	Account string         `yaml:"account" must:"required"`
	Title   string         `yaml:"title" must:"required"`
	Amount  *money.Decimal `yaml:"amount" must:"required"` // a month
}

// checkDemoSpending holds references of the demo's spending against what they name.
func (l *loader) checkDemoSpending() {
	f := l.demo.Spending
	if f == nil || f.Pos.Line == 0 {
		return
	}
	suppliers := ids(f.Suppliers, func(s *DemoSupplier) string { return s.ID })
	l.unique("supplier", len(f.Suppliers), func(i int) (string, Pos) { return f.Suppliers[i].ID, l.places.at(f.Suppliers[i].Pos, "id") })
	var years []string
	for _, b := range l.budgets {
		years = append(years, b.Budget)
	}
	for _, c := range f.Commitments {
		l.known(l.places.at(c.Pos, "supplier"), "supplier", c.Supplier, suppliers)
		for _, p := range c.Parts {
			if l.known(l.places.at(p.Pos, "year"), "budget", p.Year, years) {
				l.known(l.places.at(p.Pos, "line"), "budget line", p.Line, l.budgetLines(p.Year))
			}
		}
	}
	for _, i := range f.Invoices {
		l.known(l.places.at(i.Pos, "supplier"), "supplier", i.Supplier, suppliers)
		l.known(l.places.at(i.Pos, "line"), "budget line", i.Line, l.budgetLines(""))
	}
	if m := l.j.Money; m != nil {
		for _, i := range f.Income {
			l.known(l.places.at(i.Pos, "account"), "account", i.Account, ids(m.Accounts, func(a *AccountFile) string { return a.Code }))
		}
	}
}

// budgetLines are the lines of a year, or of all years.
func (l *loader) budgetLines(year string) (all []string) {
	for _, b := range l.budgets {
		if b.Budget == year || year == "" {
			all = slices.Concat(all, ids(b.Lines, func(x *BudgetLineFile) string { return x.ID }))
		}
	}
	return all
}
