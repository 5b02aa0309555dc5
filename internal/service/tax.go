package service

import (
	"time"

	"stoa/internal/calendar"
	"stoa/internal/rule"
)

// Tax is a checked and compiled tax file.
type Tax struct {
	TaxFile
	Hash         string // pins the tax with everything that it is computed by
	Jurisdiction *Jurisdiction
	Register     *Register
	// Rules are the tax in the form of a service: the object, the facts and what is carried are answers that are
	// known beforehand, the charge is its fee, and object.when its only condition. Package assess judges it.
	Rules     *Service
	Fields    []RegisterField // of the register, those that rules name: nothing else of a record is needed
	Params    []*Parameter    // those that rules name: a new value begins a new stretch of days
	Facts     []*Fact
	Carry     []*Carry
	Pages     []*Page // what is declared for a period
	Charge    []*Charge
	Breaks    []*Break
	Due       *Term
	DeclareBy *Term // nil: not declared
	AmendBy   *Term // nil: without end, or not declared
	ObjectBy  *Term // the last day of an objection; nil: there is none
	Late      []*Late
	Interest  *Interest

	sources map[string][]byte
}

// Fact is a compiled fact. Default is of the type of an answer; nil: it may be missing.
type Fact struct {
	FactFile
	Default  any
	Question *Question
}

// Carry is what is taken over from the period before. Type is that of the value.
type Carry struct {
	CarryFile
	Type     string
	Question *Question
}

// Charge is a compiled item of the charge.
type Charge struct {
	ChargeFile
	Fee *Fee // the same in Rules
}

// Break is a compiled break.
type Break struct {
	BreakFile
	When *Rule
	On   *Rule
}

// Term is a compiled term.
type Term struct {
	TermFile
	On *Rule
}

// Late is a compiled step on unpaid bills.
type Late struct {
	LateFile
	When   *Rule
	Amount *Rule
}

// Interest is compiled interest.
type Interest struct {
	InterestFile
	Rate *Rule
}

// Span is a stretch of days, both counted.
type Span struct {
	From  calendar.Date `json:"from"`
	Until calendar.Date `json:"until"`
}

// Days is the number of days; 0 where it ends before it begins.
func (s Span) Days() int { return max(0, s.From.DaysUntil(s.Until)+1) }

// Has reports whether a day lies in it.
func (s Span) Has(d calendar.Date) bool { return !d.Before(s.From) && !d.After(s.Until) }

// Sources returns every file that the tax is computed by, as it was read. LoadPinned makes the same tax of them
// again.
func (t *Tax) Sources() map[string][]byte { return copied(t.sources) }

// registers names the registers that the tax reads.
func (t *Tax) registers() []string { return t.Rules.registers() }

// declared are the ids of the questions of a declaration.
func (t *Tax) declared() (ids []string) {
	for _, p := range t.Pages {
		for _, q := range p.Questions {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// Fact finds a fact by its id; nil if there is none.
func (t *Tax) Fact(id string) *Fact {
	for _, f := range t.Facts {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Period is the period in which a day lies.
func (t *Tax) Period(day calendar.Date) (Span, error) {
	months := map[string]int{"year": 12, "quarter": 3, "month": 1}[t.TaxFile.Period.Every]
	month, dom := MonthDay(t.TaxFile.Period.Begins)
	first, err := calendar.NewDate(max(day.Year()-1, 1), month, dom)
	if err != nil {
		return Span{}, err
	}
	n := max(0, first.MonthsUntil(day)) / months
	from, err := first.AddMonths(n * months)
	if err != nil {
		return Span{}, err
	}
	return ending(from, months)
}

// After is the period that follows one.
func (t *Tax) After(s Span) (Span, error) {
	next, err := s.Until.AddDays(1)
	if err != nil {
		return Span{}, err
	}
	return t.Period(next)
}

// Before is the period before one.
func (t *Tax) Before(s Span) (Span, error) {
	last, err := s.From.AddDays(-1)
	if err != nil {
		return Span{}, err
	}
	return t.Period(last)
}

func ending(from calendar.Date, months int) (Span, error) {
	next, err := from.AddMonths(months)
	if err != nil {
		return Span{}, err
	}
	last, err := next.AddDays(-1)
	return Span{from, last}, err
}

// MonthDay reads "04-01"; its form was checked when the file was read.
func MonthDay(s string) (time.Month, int) {
	if len(s) != len("04-01") {
		return time.January, 1
	}
	digit := func(i int) int { return int(s[i] - '0') }
	return time.Month(digit(0)*10 + digit(1)), digit(3)*10 + digit(4)
}

// Fields are those that say who pays; "" for one that there is not.
func (p PayerFile) Fields() []string {
	return []string{p.Name, p.Email, p.Company, p.Address, p.Since}
}

// has reports whether a field says who pays.
func (p PayerFile) has(field string) bool {
	return contains(p.Fields(), field)
}

// givenInTax are the names that every rule of a tax sees besides today and param.
var givenInTax = []string{"period_begins", "period_ends", "liable_from", "liable_until"}

// taxVars are what all rules of a tax see besides the object and its facts.
var taxVars = []rule.Var{
	{Name: "today", Type: rule.Date()},
	{Name: "period_begins", Type: rule.Date()}, {Name: "period_ends", Type: rule.Date()},
	{Name: "liable_from", Type: rule.Date()}, {Name: "liable_until", Type: rule.Date()},
}
