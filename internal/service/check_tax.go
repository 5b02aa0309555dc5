package service

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"stoa/internal/money"
	"stoa/internal/policy"
)

// checkTax checks what a tax has besides what services have.
func (b *builder) checkTax() {
	b.checkObject()
	b.checkTaxFacts()
	b.checkCarry()
	b.checkDeclared()
	f := b.tax
	for i := range f.Charge {
		b.incomeAccount(b.accountPos(f.Charge[i].Pos), f.Charge[i].Account)
		if f.Charge[i].Account == "" && b.j.Money != nil {
			b.problem(f.Charge[i].Pos, "add account: here or to the tax", "the item %q has no income account", f.Charge[i].ID)
		}
	}
	for _, k := range f.Breaks {
		b.law(k.Pos, k.Law)
		if !f.ByDay {
			b.problem(k.Pos, "add by_day: true, or remove the breaks", "nothing changes on a day: the charge is for the whole period")
		}
	}
	b.checkRounding()
	b.checkInstalments()
	for _, t := range []*TermFile{&f.Due, f.DeclareBy, f.AmendBy} {
		b.checkTerm(t)
	}
	if o := f.Objection; o != nil {
		b.law(o.Pos, o.Law)
		b.checkTerm(&o.Within)
		b.choices("ground", o.Grounds)
	}
	b.checkLate(f.Late, f.Interest, slices.Sorted(maps.Keys(f.Law)))
}

// accountPos is where an item says its account, else where the tax says it.
func (b *builder) accountPos(item Pos) Pos {
	if b.places.node(item, "account") == nil {
		item = b.tax.Pos
	}
	return b.places.at(item, "account")
}

// checkObject checks what is taxed, and the fields that say who pays.
func (b *builder) checkObject() {
	o := &b.tax.Object
	b.law(o.Pos, o.Law)
	r := b.j.Registers[o.Register]
	if r == nil {
		return // noted with the question that it becomes
	}
	for i, id := range o.Lacks {
		at := b.places.at(o.Pos, "lacks", i)
		if b.known(at, "field of the register "+o.Register, id, r.fieldIDs()) && o.Payer.has(id) {
			b.problem(at, "remove it", "rules do not see %q: it says who pays", id)
		}
	}
	p := &o.Payer
	if p.Personal != "" {
		b.used["privacy "+p.Personal] = true
		b.known(b.places.at(p.Pos, "personal"), "section under privacy:", p.Personal, slices.Sorted(maps.Keys(b.tax.Privacy)))
	}
	if p.Company != "" && len(b.j.Representing(policy.Company)) == 0 {
		b.problem(b.places.at(p.Pos, "company"), "add represent: {as: company, by: [...]} to a register", "no register says who represents a company")
	}
	for _, part := range []struct{ key, id, typ string }{{"name", p.Name, "text"}, {"email", p.Email, "text"}, {"company", p.Company, "text"}, {"address", p.Address, "text"}, {"since", p.Since, "date"}} {
		at := b.places.at(p.Pos, part.key)
		if !b.known(at, "field of the register "+o.Register, part.id, r.fieldIDs()) {
			continue
		}
		switch field := r.field(part.id); {
		case field.Type != part.typ:
			b.problem(at, "name a field of type "+part.typ, "the field %q is of type %s", part.id, field.Type)
		case part.typ == "text" && part.key != "company" && field.Personal == "":
			b.problem(at, "add personal: to the field of the register", "%q is about a person, but the register does not say that it holds anything personal there", part.id)
		}
	}
}

func (b *builder) checkTaxFacts() {
	for i := range b.tax.Facts {
		f := &b.tax.Facts[i]
		b.law(f.Pos, f.Law)
		if f.Claim != nil {
			b.law(f.Claim.Pos, f.Claim.Law)
			if f.Claim.Upload != "none" && f.Claim.Evidence.By == nil {
				b.problem(b.places.key(f.Claim.Pos, "upload"), "add evidence: with what is to be shown", "the payer does not learn what to upload")
			}
		}
		if f.Default != nil {
			b.factDefault(f) // for its problems; it is read again when it is compiled
		}
	}
}

// checkUnusedFacts notes what changes no charge.
func (b *builder) checkUnusedFacts() {
	for _, f := range b.tax.Facts {
		if !b.used["table "+f.ID] {
			b.problem(f.Pos, "use it in a rule, or remove it", "the fact %q changes nothing: no rule names it", f.ID)
		}
	}
	for _, c := range b.tax.Carry {
		if !b.used["table "+c.ID] {
			b.problem(c.Pos, "use it in a rule, or remove it", "what is carried as %q is never used", c.ID)
		}
	}
}

func (b *builder) checkCarry() {
	for _, c := range b.tax.Carry {
		b.law(c.Pos, c.Law)
		b.known(b.places.at(c.Pos, "value"), "value", c.Value, ids(b.tax.Values, func(v *ValueFile) string { return v.ID }))
	}
}

// checkDeclared sees to it that a payer who declares has something to answer, and nobody else has.
func (b *builder) checkDeclared() {
	f := b.tax
	declared := f.By == "declared"
	if declared && len(f.Pages) == 0 {
		b.problem(b.places.at(f.Pos, "by"), "add pages: with what the payer declares, or write by: authority", "there is nothing to declare")
	}
	for key, has := range map[string]bool{"pages": len(f.Pages) > 0, "declare_by": f.DeclareBy != nil, "amend_by": f.AmendBy != nil} {
		if has && !declared {
			b.problem(b.places.key(f.Pos, key), "write by: declared, or remove it", "nobody declares this tax: %q is only for those that are declared", key)
		}
	}
	if declared && f.DeclareBy == nil {
		b.problem(f.Pos, "add declare_by:", "the payer does not learn until when to declare")
	}
	for _, q := range b.s.Questions {
		page := q.Page.File.Page
		if page != objectPage && page != factsPage && contains([]string{"file", "lookup"}, q.Type) {
			b.problem(b.places.at(q.Pos, "type"), "ask for what is in it", "a declaration is computed again from what is kept of it: it has no answers of type %s", q.Type)
		}
	}
}

func (b *builder) checkRounding() {
	r := b.tax.Rounding
	b.law(r.Pos, r.Law)
	if r.To != nil {
		b.coins(b.places.at(r.Pos, "to"), *r.To)
	}
}

// coins notes an amount that is not some of the smallest coins.
func (b *builder) coins(at Pos, d money.Decimal) {
	currency := b.j.File.Currency
	if _, err := money.MinorDigits(currency); err != nil {
		return // noted with jurisdiction.yaml
	}
	if a, err := money.FromDecimal(d, currency); err != nil || a.Minor <= 0 {
		b.problem(at, "write an amount as 0.05 or 1", "%s is not a number of the smallest coins of %s", d, currency)
	}
}

// most instalments of a bill: one a week.
const maxInstalments = 53

func (b *builder) checkInstalments() {
	f := b.tax.Instalments
	if f == nil {
		return
	}
	b.law(f.Pos, f.Law)
	b.unique("number of instalments", len(f.Choices), func(i int) (string, Pos) {
		return fmt.Sprint(f.Choices[i].Number), b.places.at(f.Choices[i].Pos, "number")
	})
	for _, c := range f.Choices {
		if c.Number < 1 || c.Number > maxInstalments {
			b.problem(b.places.at(c.Pos, "number"), fmt.Sprintf("1 to %d", maxInstalments), "%d instalments are not possible", c.Number)
		}
	}
	if f.Day < 1 || f.Day > 28 {
		b.problem(b.places.at(f.Pos, "day"), "1 to 28, which every month has", "the day %d is not in every month", f.Day)
	}
	if f.Every > 12 {
		b.problem(b.places.at(f.Pos, "every"), "1 to 12", "%d months from one instalment to the next are too many", f.Every)
	}
	for key, d := range map[string]*money.Decimal{"round": f.Round, "least": f.Least} {
		if d != nil {
			b.coins(b.places.at(f.Pos, key), *d)
		}
	}
}

func (b *builder) checkTerm(t *TermFile) {
	if t == nil || t.Pos.Line == 0 {
		return
	}
	b.law(t.Pos, t.Law)
	n := 0
	for _, key := range []string{"days", "working_days", "months", "on"} {
		if b.places.node(t.Pos, key) != nil {
			n++
		}
	}
	if n != 1 {
		b.problem(t.Pos, "give one of days, working_days, months and on", "a term says its last day in exactly one way")
	}
}

// checkLate checks what follows when a bill stays unpaid; laws are the sources that it may name.
func (l *loader) checkLate(steps []LateFile, interest *InterestFile, laws []string) {
	l.unique("step", len(steps), func(i int) (string, Pos) { return steps[i].ID, l.places.at(steps[i].Pos, "id") })
	for i := range steps {
		s := &steps[i]
		l.known(l.places.at(s.Pos, "law"), "source under law:", s.Law, laws)
		l.incomeAccount(l.places.at(s.Pos, "account"), s.Account)
		if (s.Charge == "") != (s.Amount == nil) {
			l.problem(s.Pos, "give both charge: and amount:, or neither", "a charge is costs or a penalty, and has an amount")
		}
		if s.Remind.By == nil && s.Charge == "" && !s.AllDue {
			l.problem(s.Pos, "add remind:, charge: or all_due: true", "nothing follows from the step %q", s.ID)
		}
	}
	if interest != nil {
		l.known(l.places.at(interest.Pos, "law"), "source under law:", interest.Law, laws)
		l.incomeAccount(l.places.at(interest.Pos, "account"), interest.Account)
	}
}

// factValue reads what a file says of a fact, as an answer of its type.
func (b *builder) factValue(n *yaml.Node, at Pos, f *FactFile) any {
	options := ids(f.Options, func(o *OptionFile) string { return o.Value })
	switch f.Type {
	case "many_of":
		if n.Kind != yaml.SequenceNode {
			b.problem(at, "write [a, b]", "%s where a list is needed", kindOf(n))
			return nil
		}
		chosen := []string{}
		for _, c := range n.Content {
			if c = unalias(c); b.known(Pos{at.File, c.Line, c.Column}, "option", c.Value, options) {
				chosen = append(chosen, c.Value)
			}
		}
		return chosen
	case "one_of":
		if v, ok := b.typed(n, at, "text").(string); ok && b.known(at, "option", v, options) {
			return v
		}
		return nil
	}
	return b.typed(n, at, f.Type)
}
