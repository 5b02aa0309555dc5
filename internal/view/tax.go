package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
)

// Taxation is what can be seen of taxes; it sees whatever View does.
type Taxation struct{ *View }

// Taxation is what can be seen of taxes.
func (v *View) Taxation() Taxation { return Taxation{v} }

// TaxLine is a tax in a list.
type TaxLine struct {
	ID, Title, Summary, Organisation string
	Every                            string // "Each year" and so on
	Declared                         bool   // the payer declares it
}

// TaxPage is a tax's own page: what it is, who pays, by which figures, and what can be done about it.
type TaxPage struct {
	TaxLine
	Object    string // what is taxed: "Dwelling"
	Register  RegisterLine
	Period    string // the one of today: "2026-27"
	ByDay     bool
	Charges   []TaxCharge
	Tables    []TaxTable
	Figures   []TaxFigure
	Claims    []TaxClaim
	Choices   []string // instalments
	Due       string   // of a sum paid at once
	DeclareBy string
	AmendBy   string
	Objection string
	ObjectLaw Law
	Grounds   []string
	Late      []TaxLate
	Note      string
	Laws      []Law
	Privacy   []Privacy
	Contact   Contact
}

// TaxCharge is an item of the charge.
type TaxCharge struct {
	Title string
	Law   Law
}

// TaxFigure is a figure of the law as it is today.
type TaxFigure struct {
	Title, Value, Since string
	Law                 Law
}

// TaxClaim is a relief that can be claimed.
type TaxClaim struct {
	Fact, Title, Intro, Evidence string
	Duty                         bool
	Law                          Law
}

// TaxLate is what follows when nobody pays.
type TaxLate struct{ Title, When string }

// Taxes lists the taxes of the jurisdiction by title.
func (v Taxation) Taxes(r Reader) []TaxLine {
	var list []TaxLine
	for _, t := range v.place().Taxes {
		list = append(list, r.taxLine(t))
	}
	slices.SortFunc(list, func(a, b TaxLine) int { return compareText(a.Title, b.Title) })
	return list
}

func (r Reader) taxLine(t *service.Tax) TaxLine {
	j := t.Jurisdiction
	line := TaxLine{ID: t.Tax, Title: r.words(j, t.Title), Summary: r.words(j, t.Summary), Organisation: r.organisationName(j, t.Organisation), Declared: t.By == "declared"}
	switch t.TaxFile.Period.Every {
	case "year":
		line.Every = r.P.T("Each year")
	case "quarter":
		line.Every = r.P.T("Each quarter")
	case "month":
		line.Every = r.P.T("Each month")
	}
	return line
}

// taxInForce is a tax for the public.
func (v *View) taxInForce(r Reader, id string) (*service.Tax, error) {
	t, ok := v.Docket.Releases.TaxInForce(id)
	if !ok {
		return nil, fault.NewNotFound("")
	}
	return t, policy.Can(r.Actor, policy.ServiceRead, policy.Thing{Kind: "tax", ID: id, Organisation: t.Organisation, Public: true})
}

// taxDay is the civil day for what is computed without the database.
func (v *View) taxDay() calendar.Date { return v.place().Calendar.DateOf(v.now()) }

// taxYear is the period whose figures are shown: that of the day, or the first one that is charged.
func taxYear(t *service.Tax, day calendar.Date) (service.Span, error) {
	if first := t.TaxFile.Period.First; first.After(day) {
		day = first
	}
	return t.Period(day)
}

// Tax is a tax's page.
func (v Taxation) Tax(ctx context.Context, r Reader, id string) (p TaxPage, err error) {
	t, err := v.taxInForce(r, id)
	if err != nil {
		return p, err
	}
	j := t.Jurisdiction
	span, err := taxYear(t, v.taxDay())
	if err != nil {
		return p, err
	}
	p = TaxPage{TaxLine: r.taxLine(t), Object: r.words(j, t.TaxFile.Object.Title), Period: assess.PeriodName(r.P, span), ByDay: t.ByDay,
		Note: r.words(j, t.Note), Privacy: r.privacy(t.Rules), Contact: r.contact(j, t.Organisation)}
	if t.Register.Public {
		p.Register = r.registerLine(j, t.Register)
	}
	for _, c := range t.Charge {
		p.Charges = append(p.Charges, TaxCharge{r.words(j, c.Title), law(t.Rules, c.Law)})
	}
	if p.Tables, err = v.taxTables(ctx, r, t, span); err != nil {
		return p, err
	}
	for _, x := range t.Params {
		if value := x.On(span.From); value != nil {
			p.Figures = append(p.Figures, TaxFigure{r.words(j, x.Title), r.showValue(t, value.Value, x.Type), r.date(value.From), lawOf(value.Source)})
		}
	}
	p.Claims = r.taxClaims(t)
	p.payingWords(r, t)
	for _, src := range t.Law {
		p.Laws = append(p.Laws, lawOf(src))
	}
	slices.SortFunc(p.Laws, func(a, b Law) int { return strings.Compare(a.Text+a.URL, b.Text+b.URL) })
	p.Laws = slices.Compact(p.Laws)
	return p, nil
}

// taxClaims are the reliefs that payers can claim.
func (r Reader) taxClaims(t *service.Tax) (list []TaxClaim) {
	j := t.Jurisdiction
	for _, f := range t.Facts {
		if c := f.Claim; c != nil {
			list = append(list, TaxClaim{f.ID, r.words(j, c.Title), r.words(j, c.Intro), r.words(j, c.Evidence), c.Duty, law(t.Rules, c.Law)})
		}
	}
	return list
}

// payingWords says when and how the tax is paid and declared, and what can be done about it.
func (p *TaxPage) payingWords(r Reader, t *service.Tax) {
	j := t.Jurisdiction
	p.Choices = r.choiceWords(t)
	p.Due = r.term(t.Due.TermFile)
	if t.DeclareBy != nil {
		p.DeclareBy = r.term(t.DeclareBy.TermFile)
	}
	if t.AmendBy != nil {
		p.AmendBy = r.term(t.AmendBy.TermFile)
	}
	if o := t.Objection; o != nil {
		p.Objection, p.ObjectLaw = r.words(j, o.Text), law(t.Rules, o.Law)
		for _, g := range o.Grounds {
			p.Grounds = append(p.Grounds, r.words(j, g.Text))
		}
	}
	for _, step := range t.Late {
		p.Late = append(p.Late, TaxLate{r.words(j, step.Title), r.P.N("{n} day after an instalment was missed", "{n} days after an instalment was missed", step.After)})
	}
}

// choiceWords are the numbers of instalments that the file offers, each in its words.
func (r Reader) choiceWords(t *service.Tax) (list []string) {
	if t.Instalments == nil {
		return nil
	}
	for _, c := range t.Instalments.Choices {
		list = append(list, r.choiceTitle(t, c))
	}
	return list
}

func (r Reader) choiceTitle(t *service.Tax, c service.InstalmentChoiceFile) string {
	if title := r.words(t.Jurisdiction, c.Title); title != "" {
		return title
	}
	return r.P.N("{n} instalment", "{n} instalments", c.Number)
}

// term is a term in words; "" where a rule gives its day.
func (r Reader) term(t service.TermFile) string {
	return r.period(service.DeadlineFile{Days: t.Days, WorkingDays: t.WorkingDays, Months: t.Months})
}

// holdsSince says since when a figure or a fact holds.
func (r Reader) holdsSince(day calendar.Date) string {
	return r.P.T("since {date}", i18n.V{"date": r.date(day)})
}
