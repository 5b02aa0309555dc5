package view

import (
	"slices"
	"strings"

	"stoa/internal/assess"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/tax"
)

// TaxWhy is a charge with its reasons: per stretch of equal days the items, each opening into the rule, the figure and its
// source, and what is known of the payer and the object.
type TaxWhy struct {
	Tax, Object, Period string
	Liable              string // "1 April 2026 to 31 March 2027"
	Days, Whole         int    // of liability; of the period
	ByDay               bool
	Total               string
	Items               []BillItem
	Parts               []TaxPart
	Known               []TaxKnown // all that the charge rests on, with its days
}

// TaxPart is a stretch of days on which the charge is the same.
type TaxPart struct {
	From, Until  string
	Days         int
	Whole, Total string // for a whole period; for these days
	Items        []TaxItem
}

// TaxItem is an item in a stretch of days.
type TaxItem struct {
	ID, Title     string
	Whole, Amount string
	Reduced       bool // a relief of which only a part was needed
	Why           *Why
	Law           Law
}

// TaxKnown is something that is known, since when, and from whom.
type TaxKnown struct {
	ID, Title, Value string
	From             string
	Source           string
	Object           bool // a field of the register
}

// taxWhy explains an assessment; real says that it is of what is known, and not of what somebody tries out.
func (r Reader) taxWhy(a *assess.Assessment, real bool) *TaxWhy {
	t, j := a.Input.Tax, a.Input.Tax.Jurisdiction
	in := a.Input
	w := &TaxWhy{Tax: r.words(j, t.Title), Object: in.Object.Label, Period: assess.PeriodName(r.P, in.Period), Liable: r.fromUntil(in.Liable),
		Days: in.Liable.Days(), Whole: in.Period.Days(), ByDay: t.ByDay, Total: r.money(a.Total.Minor, a.Total.Currency)}
	for _, i := range a.Items {
		w.Items = append(w.Items, BillItem{r.words(j, i.Charge.Title), r.money(i.Amount.Minor, i.Amount.Currency)})
	}
	for _, s := range a.Segments {
		part := TaxPart{From: r.date(s.From), Until: r.date(s.Until), Days: s.Days, Whole: r.exact(t, s.Whole), Total: r.money(s.Total.Minor, s.Total.Currency)}
		since := r.sinceOf(&in, s, real)
		for _, l := range s.Lines {
			part.Items = append(part.Items, TaxItem{ID: l.Charge.ID, Title: r.words(j, l.Charge.Title), Whole: r.exact(t, l.Whole),
				Amount: r.money(l.Amount.Minor, l.Amount.Currency), Reduced: l.Reduced, Law: law(t.Rules, l.Charge.Law),
				Why: r.whyWith(t.Rules, s.Judged, l.Why, since)})
		}
		w.Parts = append(w.Parts, part)
	}
	if real {
		w.Known = r.knownOf(&in)
	}
	return w
}

// fieldWords calls a field of the register, which holds a word of the files, as the fact that takes its place does.
func (r Reader) fieldWords(t *service.Tax, over map[string]*service.Fact, field, text, title, value string) (string, string) {
	fact := over[field]
	if fact == nil {
		return title, value
	}
	for _, o := range fact.Options {
		if o.Value == text {
			return r.words(t.Jurisdiction, fact.Short), r.words(t.Jurisdiction, o.Label)
		}
	}
	return title, value
}

func (r Reader) fromUntil(s service.Span) string {
	return r.P.T("{from} to {until}", i18n.V{"from": r.date(s.From), "until": r.date(s.Until)})
}

// exact is an amount for a whole period, which may be an exact fraction of the smallest coin.
func (r Reader) exact(t *service.Tax, d money.Decimal) string { return r.showValue(t, d, "money") }

// sinceOf gives, for what was looked at in a stretch of days, since when that is known; not of what somebody only tries out.
func (r Reader) sinceOf(in *assess.Input, s assess.Segment, real bool) func(*process.Explained, *Why) {
	over := takenOver(in.Tax)
	return func(x *process.Explained, w *Why) {
		if x.Kind != "answer" || w.Since != "" || w.Value == "" {
			return
		}
		field, ofObject := strings.CutPrefix(x.ID, in.Tax.TaxFile.Object.As+".")
		if text, ok := x.Value.(string); ok && ofObject {
			w.Title, w.Value = r.fieldWords(in.Tax, over, field, text, w.Title, w.Value)
		}
		if !real {
			return
		}
		if ofObject {
			w.Since = r.P.T("in the register")
			return
		}
		for _, c := range in.Tax.Carry {
			if c.ID == x.ID {
				w.Since = r.P.T("from the period before")
				return
			}
		}
		for _, f := range slices.Backward(sortedFacts(in.Facts)) {
			if f.ID == x.ID && !f.From.After(s.From) {
				if f.Value != nil {
					w.Since = r.holdsSince(f.From)
				}
				return
			}
		}
	}
}

func sortedFacts(facts []assess.Fact) []assess.Fact {
	list := slices.Clone(facts)
	slices.SortStableFunc(list, func(a, b assess.Fact) int { return a.From.Compare(b.From) })
	return list
}

// knownOf lists what an input says: the object's fields, the facts in the order of their days, what was declared and what was
// carried over.
func (r Reader) knownOf(in *assess.Input) (list []TaxKnown) {
	t, j := in.Tax, in.Tax.Jurisdiction
	over := takenOver(t)
	for i, state := range in.Object.States {
		for _, f := range t.Fields {
			v := state.Fields[f.ID]
			if v == nil || i > 0 && sameValue(in.Object.States[i-1].Fields[f.ID], v) {
				continue
			}
			known := TaxKnown{ID: f.ID, Title: r.words(j, f.Title), Value: r.showValue(t, v, f.Type), Source: r.P.T("Register"), Object: true}
			if text, ok := v.(string); ok {
				known.Title, known.Value = r.fieldWords(t, over, f.ID, text, known.Title, known.Value)
			}
			if i > 0 {
				known.From = r.date(state.From)
			}
			list = append(list, known)
		}
	}
	for _, f := range sortedFacts(in.Facts) {
		x := t.Fact(f.ID)
		list = append(list, TaxKnown{ID: f.ID, Title: r.words(j, x.Short), Value: r.factValue(t, x, f.Value), From: r.date(f.From)})
	}
	for _, p := range t.Pages {
		for _, q := range p.Questions {
			if text := in.Declared.Get(process.Fields(q)[0]); text != "" {
				list = append(list, TaxKnown{ID: q.ID, Title: r.short(t.Rules, q), Value: r.declaredValue(t, q, in), Source: r.P.T("Declared")})
			}
		}
	}
	for _, c := range t.Carry {
		if v := in.Carried[c.ID]; v != nil {
			list = append(list, TaxKnown{ID: c.ID, Title: r.words(j, c.Title), Value: r.showValue(t, v, c.Type), Source: r.P.T("From the period before")})
		}
	}
	return list
}

// declaredValue writes what was declared, as it was read; what was typed where it cannot be.
func (r Reader) declaredValue(t *service.Tax, q *service.Question, in *assess.Input) string {
	text := in.Declared.Get(process.Fields(q)[0])
	switch q.Type {
	case "money":
		if a, err := process.ReadMoney(text, t.Jurisdiction.File.Currency); err == nil {
			return r.money(a.Minor, a.Currency)
		}
	case "number":
		return r.P.Number(text)
	case "one_of":
		return strings.Join(process.ShowAnswer(r.P, t.Rules, q, text), ", ")
	}
	return text
}

// factValue writes a fact; where it holds no longer, it says so.
func (r Reader) factValue(t *service.Tax, f *service.Fact, value any) string {
	if value == nil {
		if f.Default == nil {
			return r.P.T("holds no longer")
		}
		value = f.Default
	}
	return strings.Join(process.ShowAnswer(r.P, t.Rules, f.Question, value), ", ")
}

// factText is factValue of what is kept as text.
func (r Reader) factText(t *service.Tax, f *service.Fact, text string) string {
	if text == "" {
		return r.factValue(t, f, nil)
	}
	v, err := tax.Value(f.Type, text)
	if err != nil {
		return text
	}
	return r.factValue(t, f, v)
}

func sameValue(a, b rule.Value) bool {
	if x, ok := a.(money.Decimal); ok {
		y, ok := b.(money.Decimal)
		return ok && x.Equal(y)
	}
	return a == b
}

// changes says what a later assessment knows that an earlier one did not, and the other way about.
func (r Reader) changes(before, after *assess.Input) (list []string) {
	p := r.P
	if before.Liable != after.Liable {
		list = append(list, p.T("Liable {days} instead of {before}", i18n.V{"days": r.fromUntil(after.Liable), "before": r.fromUntil(before.Liable)}))
	}
	key := func(k TaxKnown) string { return k.ID + "\n" + k.From + "\n" + k.Value }
	had, has := map[string]bool{}, map[string]bool{}
	was := map[string]string{} // what was said of the same thing and day
	for _, k := range r.knownOf(before) {
		had[key(k)], was[k.ID+"\n"+k.From] = true, k.Value
	}
	now := r.knownOf(after)
	for _, k := range now {
		has[key(k)], has[k.ID+"\n"+k.From] = true, true
		old, changed := was[k.ID+"\n"+k.From]
		switch {
		case had[key(k)]:
		case changed:
			list = append(list, p.T("{what}: {now} instead of {before}", i18n.V{"what": k.Title, "now": k.Value, "before": old}))
		case k.From != "":
			list = append(list, p.T("{what}: {now}, from {date}", i18n.V{"what": k.Title, "now": k.Value, "date": k.From}))
		default:
			list = append(list, p.T("{what}: {now}", i18n.V{"what": k.Title, "now": k.Value}))
		}
	}
	for _, k := range r.knownOf(before) {
		if !has[key(k)] && !has[k.ID+"\n"+k.From] {
			list = append(list, p.T("No longer counted: {what}, {before}", i18n.V{"what": k.Title, "before": k.Value}))
		}
	}
	if before.Tax.Hash != after.Tax.Hash {
		list = append(list, p.T("The rules in force were others"))
	}
	return list
}

// cause says how an assessment came about.
func (r Reader) cause(c string) string {
	switch c {
	case tax.ByRun:
		return r.P.T("Yearly bill")
	case tax.ByReturn:
		return r.P.T("Declared")
	case tax.ByEstimate:
		return r.P.T("Estimated by the office, as no declaration came")
	case tax.ByClaim:
		return r.P.T("A claim was granted")
	case tax.ByChange:
		return r.P.T("Something changed")
	case tax.ByObjection:
		return r.P.T("An objection was upheld")
	}
	return c
}

// assessmentState is where an assessment stands, in words and for the eye.
func (r Reader) assessmentState(state string) BillState {
	switch state {
	case tax.Proposed:
		return BillState{r.P.T("Proposed"), "soon"}
	case tax.Published:
		return BillState{r.P.T("Counts"), "done"}
	case tax.Replaced:
		return BillState{r.P.T("Replaced by a later one"), "ok"}
	case tax.Dropped:
		return BillState{r.P.T("Taken back"), "ok"}
	case tax.Void:
		return BillState{r.P.T("Nothing is owed any more"), "ok"}
	}
	return BillState{state, "ok"}
}
