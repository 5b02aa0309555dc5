package service

import (
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

// BudgetFile is budget/YEAR.yaml: what may be spent in a year and what is expected to come in, line by line, and how that
// was amended during the year. What was spent is not in it: every commitment, invoice and payment names a line.
type BudgetFile struct {
	Pos        Pos
	Budget     string                `yaml:"budget" must:"required"` // the year as people call it, which is the file's name: "2026-27"
	Title      Text                  `yaml:"title" must:"required"`
	From       calendar.Date         `yaml:"from" must:"required"`  // first day of the year
	Until      calendar.Date         `yaml:"until" must:"required"` // last day of the year
	Decision   string                `yaml:"decision"`              // by which it was adopted: body, date, number
	Law        string                `yaml:"law"`                   // act and section, in words
	Totals     BudgetTotalsFile      `yaml:"totals" must:"required"`
	Programmes []ProgrammeFile       `yaml:"programmes" must:"required"`
	Lines      []BudgetLineFile      `yaml:"lines" must:"required"`
	Amendments []BudgetAmendmentFile `yaml:"amendments"` // in the order of their days
}

// BudgetTotalsFile is what the lines make as the budget was adopted. A sum that differs from its lines is refused.
type BudgetTotalsFile struct {
	Pos         Pos
	Revenue     *money.Decimal `yaml:"revenue" must:"required"`
	Expenditure *money.Decimal `yaml:"expenditure" must:"required"`
}

// ProgrammeFile is a purpose that several lines serve.
type ProgrammeFile struct {
	Pos   Pos
	ID    string         `yaml:"id" must:"required id"`
	Title Text           `yaml:"title" must:"required"`
	About Text           `yaml:"about"` // one or two sentences for the public
	Total *money.Decimal `yaml:"total"` // of its expenditure as adopted; checked where it is given
}

// BudgetLineFile is a line of a budget.
type BudgetLineFile struct {
	Pos          Pos
	ID           string         `yaml:"id" must:"required id"`
	Title        Text           `yaml:"title" must:"required"`
	Organisation string         `yaml:"organisation" must:"required"` // that spends it, or takes it in
	Programme    string         `yaml:"programme" must:"required"`    // one of programmes:
	Account      string         `yaml:"account" must:"required"`      // of money.yaml: of kind expense, or of kind income
	Kind         string         `yaml:"kind" must:"required one:revenue|expenditure"`
	Amount       *money.Decimal `yaml:"amount" must:"required"` // as adopted
	// Classification is the code of the United Nations' Classification of the Functions of Government (COFOG): division,
	// group and class, such as 05.1 (waste management). Expenditure has one.
	Classification string `yaml:"classification"`
}

// BudgetAmendmentFile is a change of a line during the year. What moves from one line to another is two.
type BudgetAmendmentFile struct {
	Pos      Pos
	Date     calendar.Date  `yaml:"date" must:"required"`
	Line     string         `yaml:"line" must:"required"`   // one of lines:
	Amount   *money.Decimal `yaml:"amount" must:"required"` // more; with a minus, less
	Reason   Text           `yaml:"reason" must:"required"`
	Decision string         `yaml:"decision"` // body, date, number
}

// The kinds of lines.
const (
	LineRevenue     = "revenue"
	LineExpenditure = "expenditure"
)

// Budget is a checked budget. Amounts are in minor units of the jurisdiction's currency.
type Budget struct {
	BudgetFile
	Lines []*BudgetLine // in the file's order
	lines map[string]*BudgetLine
}

// BudgetLine is a checked line.
type BudgetLine struct {
	BudgetLineFile
	Year       string // of its budget
	Adopted    int64
	Fund       string // of its account
	Amendments []BudgetAmendment
}

// BudgetAmendment is a checked change of a line.
type BudgetAmendment struct {
	Date     calendar.Date
	Amount   int64
	Reason   i18n.Text
	Decision string
}

// Line finds a line; nil if there is none.
func (b *Budget) Line(id string) *BudgetLine { return b.lines[id] }

// Programme finds a programme; nil if there is none.
func (b *Budget) Programme(id string) *ProgrammeFile {
	i := slices.IndexFunc(b.Programmes, func(p ProgrammeFile) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &b.Programmes[i]
}

// Covers reports whether a day is in the budget's year.
func (b *Budget) Covers(d calendar.Date) bool { return !d.Before(b.From) && !d.After(b.Until) }

// On is what the line may spend, or is expected to bring, as decided up to and on a day.
func (l *BudgetLine) On(day calendar.Date) int64 {
	sum := l.Adopted
	for _, a := range l.Amendments {
		if !a.Date.After(day) {
			sum += a.Amount
		}
	}
	return sum
}

// Budget finds the budget of a year; nil if there is none.
func (j *Jurisdiction) Budget(year string) *Budget {
	i := slices.IndexFunc(j.Budgets, func(b *Budget) bool { return b.Budget == year })
	if i < 0 {
		return nil
	}
	return j.Budgets[i]
}

// BudgetOn finds the budget whose year a day is in; nil if there is none.
func (j *Jurisdiction) BudgetOn(day calendar.Date) *Budget {
	i := slices.IndexFunc(j.Budgets, func(b *Budget) bool { return b.Covers(day) })
	if i < 0 {
		return nil
	}
	return j.Budgets[i]
}
