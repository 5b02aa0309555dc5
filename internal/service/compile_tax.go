package service

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"stoa/internal/rule"
)

// tax checks and compiles a tax file. Its rules are compiled as those of a service, so that values, tables,
// look-ups and explanations are the same everywhere.
func (l *loader) tax(f *TaxFile) *Tax {
	l.taxDefaults(f)
	b := &builder{
		loader: l, f: rulesOf(f), tax: f, used: map[string]bool{},
		envs: map[string]*rule.Env{}, questions: map[string]*Question{}, byID: map[string]*Question{},
	}
	t := &Tax{TaxFile: *f, Jurisdiction: l.j, Register: l.j.Registers[f.Object.Register], Fields: l.fieldsNamed(f)}
	b.fields = t.Fields
	b.setDefaults()
	b.s = &Service{
		ServiceFile: *b.f, Jurisdiction: l.j,
		States: map[string]*State{}, Consultees: map[string]*Consultee{}, Letters: map[string]*Letter{},
	}
	t.Rules = b.s
	b.layQuestions()
	if !b.bounded() {
		return t
	}
	b.checkNames()
	b.checkDirectory()
	b.checkQuestions()
	b.checkParts()
	b.checkTax()
	b.checkBehalf(b.tax.Pos, b.tax.OnBehalf)
	if b.unsound || b.misshapen() {
		b.problem(f.Pos, "correct the questions and names first", "the rules of %q could not be checked yet", f.Tax)
		return t
	}
	before := len(l.problems)
	b.compile()
	b.compileTax(t)
	sound := len(l.problems) == before
	if sound {
		b.checkUnused()
		b.checkUnusedFacts()
	}
	b.checkTaxExamples(t, sound)
	return t
}

// Pages of the rules that stand before those of the declaration: what is known beforehand. No page of a file
// can have these names.
const (
	objectPage = "object:"
	factsPage  = "facts:"
)

// rulesOf writes a tax as a service: what is known about the object are answers, the charge is the fee.
func rulesOf(f *TaxFile) *ServiceFile {
	s := &ServiceFile{
		Pos: f.Pos, Service: f.Tax, Title: f.Title, Summary: f.Summary, Organisation: f.Organisation,
		Topics: f.Topics, LifeEvents: f.LifeEvents, Keywords: f.Keywords, Law: f.Law, Privacy: f.Privacy,
		Lookups: f.Lookups, Values: f.Values, Tables: f.Tables,
	}
	o := f.Object
	object := QuestionFile{Pos: o.Pos, ID: o.As, Type: "lookup", Ask: o.Title, Register: o.Register}
	s.Pages = []PageFile{{Pos: o.Pos, Page: objectPage, Title: o.Title, Questions: []QuestionFile{object}}}
	var known []QuestionFile
	for _, x := range f.Facts {
		known = append(known, QuestionFile{
			Pos: x.Pos, ID: x.ID, Type: x.Type, Ask: x.Ask, Short: x.Short, Help: x.Help, Optional: x.Default == nil,
			Personal: x.Personal, Min: x.Min, Max: x.Max, Places: x.Places, Unit: x.Unit, Options: x.Options,
		})
	}
	types := map[string]string{}
	for _, v := range f.Values {
		types[v.ID] = v.Type
	}
	for _, c := range f.Carry {
		t := types[c.Value] // an unknown value is noted by checkCarry
		if t == "" {
			t = "number"
		}
		known = append(known, QuestionFile{Pos: c.Pos, ID: c.ID, Type: t, Ask: c.Title, Optional: true})
	}
	if len(known) > 0 {
		s.Pages = append(s.Pages, PageFile{Pos: f.Pos, Page: factsPage, Title: f.Title, Questions: known})
	}
	s.Pages = append(s.Pages, slices.Clone(f.Pages)...)
	if o.When != nil {
		s.Eligibility = []EligibilityFile{{Pos: o.Pos, That: *o.When, Otherwise: o.Title, Law: o.Law}}
	}
	for _, c := range f.Charge {
		s.Fee = append(s.Fee, FeeFile{Pos: c.Pos, ID: c.ID, Title: c.Title, When: c.When, Amount: c.Amount, Law: c.Law})
	}
	return s
}

// taxDefaults fills in what the file leaves out.
func (l *loader) taxDefaults(f *TaxFile) {
	set(&f.By, "authority")
	set(&f.Period.Begins, "01-01")
	for i := range f.Facts {
		x := &f.Facts[i]
		if x.Short.By == nil {
			x.Short = x.Ask
		}
		if x.Claim != nil {
			set(&x.Claim.Upload, "none")
		}
	}
	if f.Rounding == nil {
		f.Rounding = &RoundingFile{Pos: f.Pos}
	}
	set(&f.Rounding.How, "half_up")
	if in := f.Instalments; in != nil {
		set(&in.First, f.Period.Begins)
		_, day := MonthDay(in.First)
		set(&in.Day, day)
		set(&in.Every, 1)
	}
	if f.Interest != nil {
		set(&f.Interest.Basis, "365")
	}
	for i := range f.Charge {
		set(&f.Charge[i].Account, f.Account)
	}
}

// compileTax compiles what a tax has besides what services have.
func (b *builder) compileTax(t *Tax) {
	f := b.tax
	for _, p := range b.s.Pages {
		if p.File.Page != objectPage && p.File.Page != factsPage {
			t.Pages = append(t.Pages, p)
		}
	}
	for _, e := range b.s.Eligibility {
		if slices.ContainsFunc(e.Questions, func(q *Question) bool { return contains(t.declared(), q.ID) }) {
			b.problem(f.Object.When.Pos, "rest it on the object and its facts", "whether something is taxed must be known before anybody declares")
		}
	}
	for i := range f.Facts {
		x := &Fact{FactFile: f.Facts[i], Question: b.byID[f.Facts[i].ID]}
		x.Default = b.factDefault(&x.FactFile)
		t.Facts = append(t.Facts, x)
	}
	for _, c := range f.Carry {
		if q := b.byID[c.ID]; q != nil {
			t.Carry = append(t.Carry, &Carry{CarryFile: c, Type: q.Type, Question: q})
		}
	}
	for i := range f.Charge {
		if i < len(b.s.Fee) {
			t.Charge = append(t.Charge, &Charge{ChargeFile: f.Charge[i], Fee: b.s.Fee[i]})
		}
	}
	for _, x := range f.Breaks {
		k := &Break{BreakFile: x}
		k.When = b.rule(k.BreakFile.When, rule.Bool(), setting{})
		k.On = b.rule(&k.BreakFile.On, rule.Date(), under(k.BreakFile.When, setting{}))
		t.Breaks = append(t.Breaks, k)
	}
	t.Params = b.paramsOf(t)
	t.Due = b.term(&f.Due)
	t.DeclareBy = b.term(f.DeclareBy)
	t.AmendBy = b.term(f.AmendBy)
	if f.Objection != nil {
		t.ObjectBy = b.term(&f.Objection.Within)
	}
	t.Late, t.Interest = b.compileLate(f.Late, f.Interest)
}

// paramsOf lists the parameters that the rules of the charge name, by id.
func (b *builder) paramsOf(t *Tax) (out []*Parameter) {
	var all []*Rule
	for _, n := range t.Rules.Values {
		all = append(all, n.Rule)
	}
	for _, k := range t.Rules.Lookups {
		all = slices.AppendSeq(all, maps.Values(k.Match))
	}
	for _, e := range t.Rules.Eligibility {
		all = append(all, e.That)
	}
	for _, f := range t.Rules.Fee {
		all = append(all, f.When, f.Amount)
	}
	for _, k := range t.Breaks {
		all = append(all, k.When, k.On)
	}
	named := map[string]bool{}
	for _, r := range all {
		if r == nil {
			continue // none, or one with a problem
		}
		for _, use := range r.Uses() {
			if use.Kind == rule.ParamRef {
				named[use.Name] = true
			}
		}
	}
	for _, id := range sortedNames(named) {
		if p := b.params[id]; p != nil {
			out = append(out, p)
		}
	}
	return out
}

// termVars are what rules about terms see.
var termVars = []rule.Var{
	{Name: "issued", Type: rule.Date()}, {Name: "period_begins", Type: rule.Date()}, {Name: "period_ends", Type: rule.Date()},
}

// lateVars are what rules about unpaid bills see.
var lateVars = []rule.Var{
	{Name: "overdue", Type: rule.Number()}, {Name: "total", Type: rule.Number()},
	{Name: "days_late", Type: rule.Number()}, {Name: "today", Type: rule.Date()},
}

func (b *builder) term(f *TermFile) *Term {
	if f == nil {
		return nil
	}
	return &Term{TermFile: *f, On: b.aside(f.On, rule.Date(), termVars)}
}

// aside compiles a rule that sees only some names and the figures of its day.
func (l *loader) aside(e *Expr, want rule.Type, vars []rule.Var) *Rule {
	if e == nil || strings.TrimSpace(e.Source) == "" {
		return nil
	}
	env, err := rule.NewEnv(rule.Decl{Calendar: l.j.Calendar, Params: l.paramVars(), Vars: vars})
	if err != nil {
		l.problem(e.Pos, "", "the rule cannot be set up: %v", err)
		return nil
	}
	b := &builder{loader: l, used: map[string]bool{}}
	return b.compileIn(env, e, want)
}

// compileLate compiles what follows when a bill stays unpaid, for taxes and for money.yaml.
func (l *loader) compileLate(steps []LateFile, interest *InterestFile) (out []*Late, in *Interest) {
	for i := range steps {
		s := &Late{LateFile: steps[i]}
		s.When = l.aside(s.LateFile.When, rule.Bool(), lateVars)
		s.Amount = l.aside(s.LateFile.Amount, rule.Number(), lateVars)
		out = append(out, s)
	}
	if interest != nil {
		in = &Interest{InterestFile: *interest}
		in.Rate = l.aside(&in.InterestFile.Rate, rule.Number(), []rule.Var{{Name: "today", Type: rule.Date()}})
	}
	return out, in
}

// lacks reports whether a field of the taxed object may be empty.
func (b *builder) lacks(field string) bool {
	return b.tax != nil && contains(b.tax.Object.Lacks, field)
}

var member = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_.]*`)

// fieldsNamed are the fields of the taxed object that rules name: nothing else of a record is looked at, or kept
// with an assessment. Where a rule names one that does not exist, they are all of them, so that the rule's own
// problem can suggest the right one.
func (l *loader) fieldsNamed(f *TaxFile) (out []RegisterField) {
	r := l.j.Registers[f.Object.Register]
	if r == nil {
		return nil
	}
	named := map[string]bool{}
	for _, e := range exprs(reflect.ValueOf(f)) {
		for _, word := range member.FindAllString(e.Source, -1) {
			if rest, ok := strings.CutPrefix(word, f.Object.As+"."); ok {
				field, _, _ := strings.Cut(rest, ".")
				named[field] = true
			}
		}
	}
	delete(named, "key")
	delete(named, "label")
	all := false
	for name := range named {
		all = all || r.field(name) == nil || f.Object.Payer.has(name)
	}
	for _, field := range r.Fields {
		if (all || named[field.ID]) && !f.Object.Payer.has(field.ID) {
			out = append(out, field)
		}
	}
	return out
}

// exprs are all rules in a file type.
func exprs(v reflect.Value) (out []Expr) {
	if v.Type() == exprType {
		return []Expr{v.Interface().(Expr)}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return exprs(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out = append(out, exprs(v.Field(i))...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, exprs(v.Index(i))...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			out = append(out, exprs(v.MapIndex(key))...)
		}
	}
	return out
}

// asked reports whether a condition that is sure has asked whether an answer is there.
func asked(sure []string, id string) bool {
	return contains(sure, "has("+id+")") || contains(sure, id+".hasValue()")
}

// factDefault reads the default of a fact as an answer of its type.
func (b *builder) factDefault(f *FactFile) any {
	if f.Default == nil {
		return nil
	}
	n := b.places.node(f.Pos, "default")
	if n == nil {
		return nil
	}
	return b.factValue(n, b.places.at(f.Pos, "default"), f)
}
