package service

import (
	"fmt"
	"slices"

	"stoa/internal/calendar"
)

// checkTaxExamples sees to it that worked examples speak of what the tax has, and reads their values by type.
// Whether they come true is for package assess.
func (b *builder) checkTaxExamples(t *Tax, sound bool) {
	all := b.tax.Examples
	b.unique("example", len(all), func(i int) (string, Pos) { return all[i].Name, b.places.at(all[i].Pos, "name") })
	for i := range all {
		e := &all[i]
		for key, missing := range map[string]bool{"name": e.Name == "", "expect": e.Expect.Pos.Line == 0} {
			if missing && e.Pos.Line > 0 {
				b.problem(e.Pos, "add "+key+": with its value", "%q is missing", key)
			}
		}
		b.taxExample(t, e, all[:i])
		b.checkTaxExpect(t, &e.Expect)
		if sound { // else it is not certain which fields rules name
			b.checkWholeObject(t, e)
		}
	}
	t.Examples = all
}

// ReadTaxExample reads a worked example of a tax that stands in no file of the folder, and may have neither name
// nor expectations.
func ReadTaxExample(t *Tax, name string, src []byte) (*TaxExampleFile, Problems) {
	l := &loader{sources: map[string][]byte{name: src}, places: places{}, j: t.Jurisdiction, pinned: len(t.Register.Seeds) == 0}
	e := &TaxExampleFile{}
	if decodeFile(name, src, t.Jurisdiction.File.Languages, l.places, &l.problems, e) {
		b := &builder{loader: l, f: &t.Rules.ServiceFile, s: t.Rules, tax: &t.TaxFile, fields: t.Fields}
		b.taxExample(t, e, nil)
		b.checkWholeObject(t, e)
	}
	return e, l.problems.sorted()
}

// taxExample reads what one example begins with.
func (b *builder) taxExample(t *Tax, e *TaxExampleFile, above []TaxExampleFile) {
	b.objectValues(e.Pos, e.Object, true)
	b.factValues(e.Pos, e.Facts)
	var last calendar.Date
	for n := range e.Changes {
		c := &e.Changes[n]
		b.objectValues(c.Pos, c.Object, false)
		b.factValues(c.Pos, c.Facts)
		if !c.From.IsZero() && !c.From.After(last) {
			b.problem(b.places.at(c.Pos, "from"), "list the changes in order of time, each day once", "%s does not come after %s", c.From, last)
		}
		last = c.From
	}
	var declared []*Question
	for _, p := range t.Pages {
		declared = append(declared, p.Questions...)
	}
	e.Declared = b.exampleAnswers(b.places.node(e.Pos, "declared"), b.places.at(e.Pos, "declared"), declared)
	b.carriedValues(t, e)
	for _, id := range keys(e.Lookups) {
		b.known(b.places.at(e.Pos, "lookups", id), "look-up", id, keys(b.f.Lookups))
	}
	b.inheritTax(e, above)
	b.checkTaxPeriod(t, e)
	b.checkChosen(e)
}

// objectValues reads values by the types of the register's fields.
func (b *builder) objectValues(parent Pos, values map[string]any, key bool) {
	r := b.j.Registers[b.tax.Object.Register]
	if r == nil {
		return
	}
	var known []string
	for _, id := range r.fieldIDs() {
		if !b.tax.Object.Payer.has(id) {
			known = append(known, id)
		}
	}
	if key {
		known = append(known, "key")
	}
	for _, id := range keys(values) {
		at := b.places.at(parent, "object", id)
		n := b.places.node(parent, "object", id)
		if n == nil || isNull(n) {
			continue
		}
		switch field := r.field(id); {
		case id == "key" && key:
			values[id] = n.Value
			if !b.pinned && !slices.ContainsFunc(r.Seeds, func(s SeedRecord) bool { return s.Key == n.Value }) {
				b.problem(at, "name one of the CSV beside the register, or give the fields", "the register %s has no record %q", r.Register, n.Value)
			}
		case field == nil || b.tax.Object.Payer.has(id):
			b.known(at, "field of the object", id, known)
		default:
			values[id] = b.typed(n, at, field.Type)
		}
	}
}

func (b *builder) factValues(parent Pos, values map[string]any) {
	for _, id := range keys(values) {
		at := b.places.at(parent, "facts", id)
		n := b.places.node(parent, "facts", id)
		if n == nil || !b.known(at, "fact", id, ids(b.tax.Facts, func(f *FactFile) string { return f.ID })) || isNull(n) {
			continue
		}
		i := slices.IndexFunc(b.tax.Facts, func(f FactFile) bool { return f.ID == id })
		values[id] = b.factValue(n, at, &b.tax.Facts[i])
	}
}

func (b *builder) carriedValues(t *Tax, e *TaxExampleFile) {
	for _, id := range keys(e.Carried) {
		at := b.places.at(e.Pos, "carried", id)
		n := b.places.node(e.Pos, "carried", id)
		i := slices.IndexFunc(t.Carry, func(c *Carry) bool { return c.ID == id })
		if n == nil || !b.known(at, "carried value", id, ids(b.tax.Carry, func(c *CarryFile) string { return c.ID })) || i < 0 || isNull(n) {
			continue
		}
		e.Carried[id] = b.typed(n, at, t.Carry[i].Type)
	}
}

// inheritTax takes over what the example that this one is like begins with.
func (b *builder) inheritTax(e *TaxExampleFile, above []TaxExampleFile) {
	of := TaxExampleFile{}
	if e.Like != "" {
		i := slices.IndexFunc(above, func(o TaxExampleFile) bool { return o.Name == e.Like })
		if i < 0 {
			b.known(b.places.at(e.Pos, "like"), "example above", e.Like, ids(above, func(o *TaxExampleFile) string { return o.Name }))
			return
		}
		of = above[i]
	}
	set(&e.Period, of.Period)
	set(&e.Liable, of.Liable)
	set(&e.Issued, of.Issued)
	set(&e.Choose, of.Choose)
	if b.places.node(e.Pos, "changes") == nil {
		e.Changes = of.Changes
	}
	if e.Period.IsZero() {
		b.problem(e.Pos, "add period: with its first day, or like: with the name of an example above", "%q is missing", "period")
	}
	for _, part := range []struct {
		key string
		of  map[string]any
		own *map[string]any
	}{
		{"object", of.Object, &e.Object}, {"facts", of.Facts, &e.Facts}, {"declared", of.Declared, &e.Declared},
		{"carried", of.Carried, &e.Carried}, {"lookups", of.Lookups, &e.Lookups},
	} {
		*part.own = b.differing(e.Pos, part.key, part.of, *part.own)
	}
}

// checkTaxPeriod sees to it that the example is about one period of the tax.
func (b *builder) checkTaxPeriod(t *Tax, e *TaxExampleFile) {
	if e.Period.IsZero() || t.TaxFile.Period.Every == "" || !forms["month_day"].pattern.MatchString(t.TaxFile.Period.Begins) {
		return // noted where it stands
	}
	p, err := t.Period(e.Period)
	if err != nil {
		b.problem(b.places.at(e.Pos, "period"), "", "the period cannot be counted: %v", err)
		return
	}
	if p.From != e.Period {
		b.problem(b.places.at(e.Pos, "period"), "write the first day of the period: "+p.From.String(), "no period begins on %s", e.Period)
	}
	if e.Liable == nil {
		e.Liable = &LiableFile{Pos: e.Pos, From: p.From, Until: p.Until}
		return
	}
	l := *e.Liable // it may be another example's
	set(&l.From, p.From)
	set(&l.Until, p.Until)
	if l.Until.Before(l.From) || !p.Has(l.From) || !p.Has(l.Until) {
		b.problem(l.Pos, fmt.Sprintf("write days from %s to %s, in order", p.From, p.Until), "the payer is liable from %s to %s, which does not lie in the period", l.From, l.Until)
	}
	e.Liable = &l
}

func (b *builder) checkTaxExpect(t *Tax, x *TaxExpectFile) {
	if x.Pos.Line == 0 {
		return
	}
	for _, id := range keys(x.Items) {
		b.known(b.places.at(x.Pos, "items", id), "item of the charge", id, ids(b.tax.Charge, func(c *ChargeFile) string { return c.ID }))
	}
	b.expectValues(x.Pos, x.Values)
	for i, p := range x.Errors {
		b.path(b.places.at(x.Pos, "errors", i), p)
	}
	if len(x.Instalments) > 0 && b.tax.Instalments == nil {
		b.problem(b.places.key(x.Pos, "instalments"), "remove it, or add instalments: to the tax", "the tax is not paid by instalments")
	}
	if x.DeclareBy != nil && t.DeclareBy == nil {
		b.problem(b.places.key(x.Pos, "declare_by"), "remove it, or add declare_by: to the tax", "the tax is not declared")
	}
}

func (b *builder) checkChosen(e *TaxExampleFile) {
	if e.Choose == 0 {
		return
	}
	if in := b.tax.Instalments; in == nil || !slices.ContainsFunc(in.Choices, func(c InstalmentChoiceFile) bool { return c.Number == e.Choose }) {
		b.problem(b.places.at(e.Pos, "choose"), "name a number under choices:", "nobody can choose %d instalments", e.Choose)
	}
}

// checkWholeObject sees to it that the example gives every field that rules name.
func (b *builder) checkWholeObject(t *Tax, e *TaxExampleFile) {
	if e.Object["key"] != nil {
		return
	}
	for _, f := range t.Fields {
		if e.Object[f.ID] == nil && !b.lacks(f.ID) {
			at := b.places.key(e.Pos, "object")
			b.problem(at, "give it, or key: with that of a record", "the object of the example has no %q, which a rule names", f.ID)
		}
	}
}
