package view

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// Estimate is what somebody would pay for an object and facts that they choose, without saying who they are. Nothing of it
// is kept.
type Estimate struct {
	Tax      TaxLine
	Period   string
	Register RegisterLine // to look an object up in; its ID is "" where it is not public
	Searched string
	Hits     []Hit
	Object   *Hit    // that was chosen
	Fields   []Field // of the object, and facts
	Declared []Field
	From     Field // the first day
	Problems []Problem
	Failed   string // why it cannot be worked out although nothing that was typed is wrong
	Result   *TaxWhy
	Due      []BillPart // when it would have to be paid
}

// Estimate works out what was asked for. chosen is the number of a record of the register, words what to look for in it; asked
// says that the form was filled in.
func (v Taxation) Estimate(ctx context.Context, r Reader, id string, form url.Values, today calendar.Date) (e Estimate, err error) {
	t, err := v.taxInForce(r, id)
	if err != nil {
		return e, err
	}
	if today.IsZero() {
		today = v.taxDay()
	}
	span, err := taxYear(t, today)
	if err != nil {
		return e, err
	}
	e = Estimate{Tax: r.taxLine(t), Period: assess.PeriodName(r.P, span), Searched: strings.TrimSpace(form.Get("find"))}
	f := taxForm{r, t, process.Typed{Fields: map[string][]string{}}}
	for name, values := range form {
		if len(values) > 0 && len(name) <= 100 {
			f.typed.Fields[name] = values[:min(len(values), 50)]
		}
	}
	if err := v.estimateObject(ctx, f, form.Get("object"), &e); err != nil {
		return e, err
	}
	e.ask(f)
	if form.Get("do") == "show" {
		err = v.estimate(ctx, f, span, today, &e)
	}
	return e, err
}

// estimateObject looks the object up, and takes over its public fields where nothing else was typed.
func (v *View) estimateObject(ctx context.Context, f taxForm, number string, e *Estimate) error {
	if !f.t.Register.Public {
		return nil
	}
	e.Register = f.r.registerLine(f.t.Jurisdiction, f.t.Register)
	return v.read(ctx, "Estimate", func(ctx context.Context, tx *store.Tx) error {
		if e.Searched != "" {
			found, err := v.Docket.Records.Find(ctx, tx, f.t.Register.Register, e.Searched, "", hitsMost+1, false)
			if err != nil {
				return err
			}
			e.Hits = nil
			for _, rec := range found {
				e.Hits = append(e.Hits, f.hit(rec))
			}
		}
		if number == "" {
			return nil
		}
		rec, err := v.Docket.Records.PublicByNumber(ctx, tx, f.t.Register.Register, number)
		if errors.Is(err, store.ErrNotFound) {
			return nil // it has been taken out of the register: the fields can be typed
		}
		if err != nil {
			return err
		}
		hit := f.hit(rec)
		e.Object = &hit
		for _, x := range f.t.Fields {
			if text := rec.Fields[x.ID]; x.Public && f.typed.Get(fieldNames(x)[0]) == "" {
				f.put(x, text)
			}
		}
		return nil
	})
}

// hit is a record with the public fields that the rules look at.
func (f taxForm) hit(rec *record.Record) Hit {
	h := Hit{Key: rec.Number, Label: rec.Label}
	for _, x := range f.t.Fields {
		if text := rec.Fields[x.ID]; x.Public && text != "" {
			h.Facts = append(h.Facts, f.r.P.T("{label}: {value}", map[string]any{"label": f.r.words(f.t.Jurisdiction, x.Title), "value": f.r.showField(f.t.Jurisdiction, x, text)}))
		}
	}
	return h
}

// put fills a field of the form with what a record says.
func (f taxForm) put(x service.RegisterField, text string) {
	if x.Type == "date" {
		if d, err := calendar.ParseISO(text); err == nil {
			names := fieldNames(x)
			f.typed.Set(names[0], itoa(d.Day()))
			f.typed.Set(names[1], itoa(int(d.Month())))
			f.typed.Set(names[2], itoa(d.Year()))
		}
		return
	}
	f.typed.Set(x.ID, text)
}

// ask lays out the form: fields that no fact takes the place of, then the facts, then what would be declared.
func (e *Estimate) ask(f taxForm) {
	over := takenOver(f.t)
	for _, x := range f.t.Fields {
		if over[x.ID] == nil && (x.Public || !slices.Contains(f.t.TaxFile.Object.Lacks, x.ID)) {
			e.Fields = append(e.Fields, f.objectField(x))
		}
	}
	e.Fields = append(e.Fields, f.facts(f.t.Facts)...)
	for i := range e.Fields {
		f.suggest(&e.Fields[i], over)
	}
	for _, p := range f.t.Pages {
		for _, q := range p.Questions {
			e.Declared = append(e.Declared, f.field(q))
		}
	}
	if f.t.ByDay {
		e.From = Field{ID: "from", Path: "from", Type: "date", Ask: f.r.P.T("From which day would you pay?"), Optional: true, Typed: map[string]string{},
			Help: f.r.P.T("Leave it empty for the whole period.")}
		for _, part := range []string{"from-day", "from-month", "from-year"} {
			e.From.Typed[part] = f.typed.Get(part)
		}
	}
}

// suggest chooses what is usual where nothing was chosen yet: the first of the choices, and no for what is yes or no.
func (f taxForm) suggest(x *Field, over map[string]*service.Fact) {
	fact := f.t.Fact(x.ID)
	usual := ""
	switch {
	case x.Type == "one_of" && (taken(over, x.ID) || fact != nil && fact.Default != nil) && len(x.Options) > 0:
		usual = x.Options[0].Value
	case x.Type == "yes_no":
		usual = "no"
	}
	if usual != "" && f.typed.Get(x.ID) == "" {
		x.Typed[x.ID] = usual
	}
	x.Optional = x.Optional && usual == "" && !needed(over, fact)
}

// taken reports whether a fact takes the place of a field of the object.
func taken(over map[string]*service.Fact, id string) bool {
	for _, fact := range over {
		if fact.ID == id {
			return true
		}
	}
	return false
}

// needed reports whether a fact must be answered: it takes the place of a number, for which nothing is usual.
func needed(over map[string]*service.Fact, fact *service.Fact) bool {
	return fact != nil && fact.Type == "number" && taken(over, fact.ID)
}

// estimate assesses what was typed.
func (v *View) estimate(ctx context.Context, f taxForm, span service.Span, today calendar.Date, e *Estimate) error {
	in := assess.Input{Tax: f.t, Period: span, Liable: span, Declared: f.typed, Object: assess.Object{Key: "-", Label: f.r.words(f.t.Jurisdiction, f.t.TaxFile.Object.Title)}}
	if e.Object != nil {
		in.Object.Key, in.Object.Label = e.Object.Key, e.Object.Label
	}
	if e.From.ID != "" && f.typed.Get("from-year") != "" {
		from, err := readDay(f.typed, "from")
		if err != nil || !span.Has(from) {
			text := f.r.P.T("Enter a day from {from} to {until}", map[string]any{"from": f.r.date(span.From), "until": f.r.date(span.Until)})
			e.Problems = append(e.Problems, Problem{Path: "from", Anchor: "from-day", Text: text, Parts: []string{"day", "month", "year"}})
			e.From.Error = text
		} else {
			in.Liable.From = from
		}
	}
	in.Object.States = []assess.State{{From: span.From, Fields: f.objectValues(e)}}
	if err := f.factValues(ctx, today, &in, e); err != nil {
		return err
	}
	if len(e.Problems) == 0 {
		a, err := assess.Assess(ctx, in)
		var refused *assess.Refused
		switch {
		case errors.As(err, &refused):
			for _, wrong := range refused.Errors {
				e.Problems = append(e.Problems, f.r.problem(f.t.Rules, wrong))
			}
		case fault.KindOf(err) == fault.Conflict && err != nil:
			e.Failed = f.r.faultText(err)
		case err != nil:
			return err
		default:
			e.Result = f.r.taxWhy(a, false)
			e.Due, err = f.r.wouldBeDue(ctx, a, today)
			if err != nil {
				return err
			}
		}
	}
	markWrong(e.Fields, e.Problems)
	markWrong(e.Declared, e.Problems)
	return nil
}

// faultText is the sentence that an error has for the person.
func (r Reader) faultText(err error) string {
	var known *fault.Error
	if errors.As(err, &known) && known.Key != "" {
		return r.P.Key(known.Key, i18n.V(known.Args))
	}
	return r.P.T("This cannot be worked out here. Ask the office.")
}

// objectValues reads the object's fields. One that is asked for nothing gets what is neutral, so that its fact decides.
func (f taxForm) objectValues(e *Estimate) map[string]rule.Value {
	values, over := map[string]rule.Value{}, takenOver(f.t)
	for _, x := range f.t.Fields {
		asked := slices.ContainsFunc(e.Fields, func(y Field) bool { return y.ID == x.ID && f.t.Fact(x.ID) == nil })
		if !asked {
			if !slices.Contains(f.t.TaxFile.Object.Lacks, x.ID) {
				values[x.ID] = f.neutral(x, over[x.ID])
			}
			continue
		}
		v, err := f.readField(x)
		switch {
		case err != nil || v == nil && !slices.Contains(f.t.TaxFile.Object.Lacks, x.ID):
			e.Problems = append(e.Problems, Problem{Path: x.ID, Anchor: fieldNames(x)[0], Text: f.r.P.T("Answer “{question}”", map[string]any{"question": f.r.words(f.t.Jurisdiction, x.Title)})})
		case v != nil:
			values[x.ID] = v
		}
	}
	return values
}

// neutral is what a field says when nobody has said anything.
func (f taxForm) neutral(x service.RegisterField, fact *service.Fact) rule.Value {
	switch x.Type {
	case "yes_no":
		return false
	case "number", "money":
		return money.NewDecimal(0)
	}
	if fact != nil && len(fact.Options) > 0 {
		return fact.Options[0].Value
	}
	return "none"
}

// readField reads what was typed for a field of the object; nil for nothing.
func (f taxForm) readField(x service.RegisterField) (rule.Value, error) {
	text := strings.TrimSpace(f.typed.Get(x.ID))
	if x.Type == "date" {
		if f.typed.Get(x.ID+"-year") == "" {
			return nil, nil
		}
		return readDay(f.typed, x.ID)
	}
	if text == "" && x.Type == "yes_no" {
		return false, nil
	}
	if text == "" {
		return nil, nil
	}
	switch x.Type {
	case "money":
		if d, err := money.ParseDecimal(text); err == nil { // as a record writes it
			return d, nil
		}
		a, err := process.ReadMoney(text, f.t.Jurisdiction.File.Currency)
		if err != nil {
			return nil, err
		}
		return a.Decimal()
	case "number":
		return money.ParseDecimal(strings.ReplaceAll(text, ",", ""))
	case "yes_no":
		return text == "yes", nil
	}
	return text, nil
}

// factValues reads the facts; all of them hold from the first day.
func (f taxForm) factValues(ctx context.Context, today calendar.Date, in *assess.Input, e *Estimate) error {
	over := takenOver(f.t)
	for _, x := range f.t.Facts {
		v, wrong, err := assess.ReadFact(ctx, f.t, x.ID, f.typed, today)
		if err != nil {
			return err
		}
		if v == nil && len(wrong) == 0 && needed(over, x) {
			e.Problems = append(e.Problems, Problem{Path: x.ID, Anchor: anchor(x.Question, nil), Text: f.r.P.T("Answer “{question}”", map[string]any{"question": f.r.words(f.t.Jurisdiction, x.Ask)})})
		}
		for _, w := range wrong {
			if !w.Missing {
				e.Problems = append(e.Problems, f.r.problem(f.t.Rules, w))
			}
		}
		if v != nil {
			in.Facts = append(in.Facts, assess.Fact{ID: x.ID, From: in.Liable.From, Value: v})
		}
	}
	return nil
}

// wouldBeDue is when a bill of today would have to be paid.
func (r Reader) wouldBeDue(ctx context.Context, a *assess.Assessment, today calendar.Date) (parts []BillPart, err error) {
	if a.Total.Minor <= 0 {
		return nil, nil
	}
	issued := today
	if issued.Before(a.Input.Period.From) {
		issued = a.Input.Period.From
	}
	list, err := assess.Instalments(ctx, a.Input.Tax, a.Input.Period, a.Total, issued, 0)
	for _, i := range list {
		parts = append(parts, BillPart{Due: r.date(i.Due), Amount: r.money(i.Amount.Minor, i.Amount.Currency)})
	}
	return parts, err
}

// readDay reads a day in three fields.
func readDay(typed process.Typed, name string) (calendar.Date, error) {
	part := func(p string) string { return strings.TrimSpace(typed.Get(name + "-" + p)) }
	return calendar.ParseISO(part("year") + "-" + twoDigits(part("month")) + "-" + twoDigits(part("day")))
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// taxThing is an account as rights see it.
func taxThing(a *tax.Account) policy.Thing {
	return policy.Thing{Kind: "tax account", ID: a.ID, Organisation: a.Organisation, Owner: a.Holder, Service: policy.TaxService(a.Tax)}
}
