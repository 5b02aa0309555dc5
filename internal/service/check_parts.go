package service

import (
	"maps"
	"slices"
)

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// checkParts checks the consultees, the notice, the letters, what is issued, and the references to law.
func (b *builder) checkParts() {
	f := b.f
	for id, k := range f.Lookups {
		b.law(k.Pos, k.Law)
		b.known(b.places.at(k.Pos, "register"), "register", k.Register, keys(b.j.Registers))
		if !usableName(id) {
			b.problem(k.Pos, "choose another", "%q means something else in rules", id)
			b.unsound = true
		}
	}
	for _, e := range f.Eligibility {
		b.law(e.Pos, e.Law)
	}
	for _, v := range f.Values {
		b.law(v.Pos, v.Law)
	}
	for _, t := range f.Tables {
		b.law(t.Pos, t.Law)
		b.checkTable(&t)
	}
	item := "item of the fee"
	if b.tax != nil {
		item = "item of the charge"
	}
	b.unique(item, len(f.Fee), func(i int) (string, Pos) { return f.Fee[i].ID, b.places.at(f.Fee[i].Pos, "id") })
	for _, i := range f.Fee {
		b.law(i.Pos, i.Law)
	}
	b.checkPayment()
	b.checkConsultees()
	b.checkNotice()
	b.checkLetters()
	b.checkIssues()
}

func (b *builder) checkTable(t *TableFile) {
	in := ids(t.Inputs, func(i *TableInputFile) string { return i.ID })
	out := ids(t.Outputs, func(o *TableOutputFile) string { return o.ID })
	b.unique("column", len(in)+len(out), func(i int) (string, Pos) {
		if i < len(in) {
			return in[i], b.places.at(t.Inputs[i].Pos, "id")
		}
		return out[i-len(in)], b.places.at(t.Outputs[i-len(in)].Pos, "id")
	})
	for _, r := range t.Rows {
		for id, e := range r.When {
			b.known(e.Pos, "input", id, in)
		}
		for id, e := range r.Then {
			b.known(e.Pos, "output", id, out)
		}
		for _, id := range out {
			if _, ok := r.Then[id]; !ok && len(r.Then) > 0 {
				b.problem(r.Pos, "add "+id+": under then:", "the row gives no %q", id)
			}
		}
	}
}

// shown finds the question that a file lets somebody see, by path, or a page's.
func (b *builder) shown(at Pos, id string, pages bool) []*Question {
	if q := b.questions[id]; q != nil {
		return []*Question{q}
	}
	names := slices.Sorted(maps.Keys(b.questions))
	if pages {
		for _, p := range b.s.Pages {
			if p.File.Page == id {
				return p.Questions
			}
			names = append(names, p.File.Page)
		}
		b.known(at, "question or page", id, names)
		return nil
	}
	b.known(at, "question", id, names)
	return nil
}

func (b *builder) checkConsultees() {
	all := b.f.Consultees
	b.unique("consultee", len(all), func(i int) (string, Pos) { return all[i].ID, b.places.at(all[i].Pos, "id") })
	for _, c := range all {
		b.known(b.places.at(c.Pos, "organisation"), "organisation", c.Organisation, b.organisations())
		b.law(c.Pos, c.Law)
		b.checkDeadline(c.Within)
		if c.Within != nil && c.Within.Then != "" {
			b.problem(b.places.key(c.Within.Pos, "then"), "remove it, and say with silence: what no answer means", "the day for an answer has no action")
		}
		for i, id := range c.Sees {
			b.shown(b.places.at(c.Pos, "sees", i), id, true)
		}
		if !b.used["consultee "+c.ID] && c.ID != "" {
			b.problem(c.Pos, "add it to consult: of a state, or remove it", "the consultee %q is never asked", c.ID)
		}
	}
}

func (b *builder) checkNotice() {
	n := b.f.Notice
	if n == nil {
		return
	}
	b.law(n.Pos, n.Law)
	b.choices("ground", n.Grounds)
	for i, id := range n.States {
		at := b.places.at(n.Pos, "states", i)
		if b.known(at, "state", id, b.stateIDs()) && b.state(id).End != "" {
			b.problem(at, "remove it", "the case is over in %q: nothing can be said about it any more", id)
		}
	}
	for i, id := range n.Shows {
		at := b.places.at(n.Pos, "shows", i)
		for _, q := range b.shown(at, id, false) {
			if contains([]string{"email", "phone", "file"}, q.Type) {
				b.problem(at, "remove it", "%q would be public, and is of type %s", id, q.Type)
			}
		}
	}
}

func (b *builder) checkLetters() {
	for _, id := range keys(b.f.Letters) {
		for _, block := range b.f.Letters[id].Blocks {
			b.checkBlock(&block)
		}
	}
}

func (b *builder) checkBlock(k *LetterBlockFile) {
	var has []string
	for _, part := range []struct {
		key string
		is  bool
	}{
		{"heading", k.Heading.By != nil}, {"text", k.Text.By != nil}, {"items", len(k.Items) > 0},
		{"facts", len(k.Facts) > 0}, {"part", k.Part != ""},
	} {
		if part.is {
			has = append(has, part.key)
		}
	}
	if len(has) != 1 {
		b.problem(k.Pos, "give one of heading, text, items, facts and part", "a block of a letter is exactly one thing, not %d", len(has))
	}
	if k.Part == "certificate_link" && b.f.Issues == nil {
		b.problem(b.places.at(k.Pos, "part"), "remove it, or add issues:", "there is no certificate: the service issues nothing")
	}
}

func (b *builder) checkIssues() {
	i := b.f.Issues
	if i == nil {
		return
	}
	b.checkNumber(b.places.at(i.Pos, "number"), i.Number)
	if !slices.ContainsFunc(b.f.Case.Actions, func(a ActionFile) bool { return a.Issue }) {
		b.problem(i.Pos, "add issue: true to the action that grants, or remove issues:", "nothing is ever issued")
	}
	if b.known(b.places.at(i.Pos, "register"), "register", i.Record, keys(b.j.Registers)) {
		fields := b.j.Registers[i.Record].fieldIDs()
		for id, e := range i.Fields {
			b.known(e.Pos, "field of the register "+i.Record, id, fields)
		}
	} else {
		b.unsound = true
	}
	b.unique("action", len(i.Actions), func(n int) (string, Pos) { return i.Actions[n].ID, b.places.at(i.Actions[n].Pos, "id") })
	for _, a := range i.Actions {
		b.law(a.Pos, a.Law)
		b.letter(a.Pos, a.Letter)
		if contains(a.From, a.To) {
			b.problem(b.places.at(a.Pos, "to"), "leave it out of from:", "the action %q leads to where it begins", a.ID)
		}
	}
	b.checkCredential(i)
}

// checkUnused notes what nothing refers to. Values may stand for themselves: they are shown.
func (b *builder) checkUnused() {
	for _, id := range keys(b.f.Letters) {
		if !b.used["letter "+id] {
			b.problem(b.f.Letters[id].Pos, "name it in letter: of a state or action, or remove it", "the letter %q is never sent", id)
		}
	}
	for _, t := range b.f.Tables {
		if !b.used["table "+t.ID] {
			b.problem(t.Pos, "use it in a rule, or remove it", "the table %q is never used", t.ID)
		}
	}
	for _, id := range keys(b.f.Privacy) {
		if !b.used["privacy "+id] {
			b.problem(b.f.Privacy[id].Pos, "name it in personal: of a question, or remove it", "the privacy section %q is about no question", id)
		}
	}
	for _, id := range keys(b.f.Lookups) {
		if !b.used["lookup "+id] {
			b.problem(b.f.Lookups[id].Pos, "use lookup."+id+" in a rule, or remove it", "the look-up %q is never used", id)
		}
	}
}
