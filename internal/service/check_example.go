package service

import (
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"stoa/internal/calendar"
)

// checkExamples sees to it that worked examples speak of what the service has, and reads their values
// by type. Whether they come true is for package process.
func (b *builder) checkExamples() {
	b.unique("example", len(b.f.Examples), func(i int) (string, Pos) {
		return b.f.Examples[i].Name, b.places.at(b.f.Examples[i].Pos, "name")
	})
	for i := range b.f.Examples {
		e := &b.f.Examples[i]
		e.Answers = b.exampleAnswers(b.places.node(e.Pos, "answers"), b.places.at(e.Pos, "answers"), b.topQuestions())
		for _, id := range keys(e.Lookups) {
			b.known(b.places.at(e.Pos, "lookups", id), "look-up", id, keys(b.f.Lookups))
		}
		b.recordValues(e.Pos, "previous", e.Previous, "number", "from", "until")
		b.inherit(e, b.f.Examples[:i])
		if e.Variant != "new" {
			b.known(b.places.at(e.Pos, "variant"), "variant", e.Variant, ids(b.f.Variants, func(v *VariantFile) string { return v.ID }))
		} else if len(e.Previous) > 0 {
			b.problem(b.places.key(e.Pos, "previous"), "add variant:, or remove it", "a first application begins from no licence")
		}
		b.checkExpect(&e.Expect)
		last := e.Submitted
		for n := range e.Steps {
			b.checkStep(&e.Steps[n], &last)
		}
	}
	b.s.Examples = b.f.Examples
}

// inherit takes over what the example that this one is like begins with.
func (b *builder) inherit(e *ExampleFile, above []ExampleFile) {
	of := ExampleFile{}
	if e.Like != "" {
		i := slices.IndexFunc(above, func(o ExampleFile) bool { return o.Name == e.Like })
		if i < 0 {
			b.known(b.places.at(e.Pos, "like"), "example above", e.Like, ids(above, func(o *ExampleFile) string { return o.Name }))
			return
		}
		of = above[i]
		set(&e.Submitted, of.Submitted)
		set(&e.Variant, of.Variant)
		if b.places.node(e.Pos, "at") == nil {
			e.At = of.At
		}
		if e.Paid == nil {
			e.Paid = of.Paid
		}
	}
	for key, missing := range map[string]bool{"submitted": e.Submitted.IsZero(), "answers": e.Like == "" && b.places.node(e.Pos, "answers") == nil} {
		if missing {
			b.problem(e.Pos, "add "+key+": with its value, or like: with the name of an example above", "%q is missing", key)
		}
	}
	e.Answers = b.differing(e.Pos, "answers", of.Answers, e.Answers)
	e.Lookups = b.differing(e.Pos, "lookups", of.Lookups, e.Lookups)
	e.Previous = b.differing(e.Pos, "previous", of.Previous, e.Previous)
}

// differing is what an example is like, with what it gives itself; a key without a value takes one away.
func (b *builder) differing(pos Pos, key string, of, own map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, of)
	for _, id := range keys(own) {
		n := b.places.node(pos, key, id)
		if own[id] != nil || n == nil || !isNull(n) {
			all[id] = own[id]
			continue
		}
		if _, there := of[id]; !there {
			b.problem(b.places.at(pos, key, id), "remove it", "there is no %q to take away", id)
		}
		delete(all, id)
	}
	return all
}

func (b *builder) topQuestions() (out []*Question) {
	for _, p := range b.s.Pages {
		out = append(out, p.Questions...)
	}
	return out
}

// exampleAnswers reads answers by the types of their questions: money.Decimal for numbers and amounts,
// bool for yes or no, a list of mappings for a group, []any of texts for many_of, a mapping for an
// address, and the text as it stands for everything else. A wrong answer is left as text: some examples
// show that it is refused.
func (b *builder) exampleAnswers(n *yaml.Node, pos Pos, questions []*Question) map[string]any {
	out := map[string]any{}
	if n == nil || n.Kind != yaml.MappingNode {
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], unalias(n.Content[i+1])
		at := slices.IndexFunc(questions, func(q *Question) bool { return q.ID == key.Value })
		if at < 0 {
			var known []string
			for _, q := range questions {
				known = append(known, q.ID)
			}
			b.known(Pos{pos.File, key.Line, key.Column}, "question", key.Value, known)
			continue
		}
		if isNull(val) {
			out[key.Value] = nil // without an answer
			continue
		}
		out[key.Value] = b.exampleAnswer(val, Pos{pos.File, val.Line, val.Column}, questions[at])
	}
	return out
}

func (b *builder) exampleAnswer(n *yaml.Node, pos Pos, q *Question) any {
	switch {
	case q.Type == "group":
		if n.Kind != yaml.SequenceNode {
			b.problem(pos, "write each item behind a dash", "%s, but %q is answered by a list", kindOf(n), q.ID)
			return nil
		}
		items := []any{}
		for _, c := range n.Content {
			c = unalias(c)
			items = append(items, b.exampleAnswers(c, Pos{pos.File, c.Line, c.Column}, q.Members))
		}
		return items
	case n.Kind == yaml.SequenceNode && q.Type == "many_of":
		return words(n)
	case n.Kind == yaml.MappingNode && contains([]string{"address", "file", "lookup"}, q.Type):
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			b.known(Pos{pos.File, key.Line, key.Column}, "part of an answer of type "+q.Type, key.Value, b.answerParts(q))
			out[key.Value] = plainValue(unalias(n.Content[i+1]), "")
		}
		return out
	case n.Kind != yaml.ScalarNode:
		b.problem(pos, "write the answer as the applicant gives it", "%s, which is no answer to %q of type %s", kindOf(n), q.ID, q.Type)
		return nil
	}
	return plainValue(n, q.Type)
}

// answerParts are the keys under which an example gives an answer that has parts.
func (b *builder) answerParts(q *Question) []string {
	switch q.Type {
	case "address":
		return []string{"line1", "line2", "town", "postcode", "country"}
	case "file":
		return []string{"name", "type", "size"}
	}
	parts := []string{"key", "label"}
	if r := b.j.Registers[q.Register]; r != nil {
		parts = append(parts, r.fieldIDs()...)
	}
	return parts
}

func words(n *yaml.Node) []any {
	out := []any{}
	for _, c := range n.Content {
		out = append(out, unalias(c).Value)
	}
	return out
}

func plainValue(n *yaml.Node, typ string) any {
	switch typ {
	case "number", "money", "yes_no":
		if v, err := parseTyped(n.Value, typ); err == nil {
			return v
		}
	}
	return n.Value
}

var indexed = regexp.MustCompile(`\[\d+\]`)

// path checks a question by path; items have an index: partners[1].name.
func (b *builder) path(pos Pos, path string) {
	b.known(pos, "question", indexed.ReplaceAllString(path, ""), keys(b.questions))
}

func (b *builder) checkExpect(x *ExpectFile) {
	if x.Pos.Line == 0 {
		return
	}
	for key, paths := range map[string][]string{"asked": x.Asked, "not_asked": x.NotAsked, "errors": x.Errors} {
		for i, p := range paths {
			b.path(b.places.at(x.Pos, key, i), p)
		}
	}
	b.known(b.places.at(x.Pos, "state"), "state", x.State, b.stateIDs())
	b.expectValues(x.Pos, x.Values)
}

// expectValues reads expected values by the types of the values; a table's column is TABLE.COLUMN.
func (b *builder) expectValues(parent Pos, values map[string]any) {
	types := map[string]string{}
	for _, v := range b.f.Values {
		types[v.ID] = v.Type
	}
	for _, t := range b.f.Tables {
		for _, o := range t.Outputs {
			types[t.ID+"."+o.ID] = o.Type
		}
	}
	for _, id := range keys(values) {
		at := b.places.at(parent, "values", id)
		if n := b.places.node(parent, "values", id); n != nil && b.known(at, "value", id, keys(types)) {
			values[id] = b.typed(n, at, types[id])
		}
	}
}

func (b *builder) checkStep(s *StepFile, last *calendar.Date) {
	n := 0
	for _, is := range []bool{s.Do != "", s.Approve != nil, len(s.Reply) > 0, s.Represent > 0, s.Pass, s.Pay} {
		if is {
			n++
		}
	}
	if n != 1 {
		b.problem(s.Pos, "give one of do, approve, reply, represent, pass and pay", "a step is one event, not %d", n)
	}
	if !s.On.IsZero() {
		if s.On.Before(*last) {
			b.problem(b.places.at(s.Pos, "on"), "list the steps in order of time", "%s lies before the step or submission on %s", s.On, *last)
		}
		*last = s.On
	}
	b.known(b.places.at(s.Pos, "do"), "action", s.Do, ids(b.f.Case.Actions, func(a *ActionFile) string { return a.ID }))
	for _, who := range keys(s.Reply) {
		at := b.places.at(s.Pos, "reply", who)
		b.known(at, "consultee", who, ids(b.f.Consultees, func(c *ConsulteeFile) string { return c.ID }))
		b.known(at, "reply", s.Reply[who], []string{"no_objection", "objection", "comment"})
	}
	b.known(b.places.at(s.Pos, "state"), "state", s.State, b.stateIDs())
	b.known(b.places.at(s.Pos, "letter"), "letter", s.Letter, keys(b.f.Letters))
	b.expectValues(s.Pos, s.Values)
	b.recordValues(s.Pos, "issued", s.Issued, "from", "until")
}

// recordValues reads values by the types of the register's fields, and of what every record has besides.
func (b *builder) recordValues(parent Pos, key string, values map[string]any, besides ...string) {
	if len(values) == 0 {
		return
	}
	if b.f.Issues == nil {
		b.problem(b.places.key(parent, key), "remove it, or add issues:", "the service issues nothing")
		return
	}
	types := map[string]string{}
	for _, id := range besides {
		types[id] = map[string]string{"number": "text", "from": "date", "until": "date"}[id]
	}
	for _, f := range b.j.Registers[b.f.Issues.Record].Fields {
		types[f.ID] = f.Type
	}
	for _, id := range keys(values) {
		at := b.places.at(parent, key, id)
		if n := b.places.node(parent, key, id); n != nil && b.known(at, "field", id, keys(types)) && !isNull(n) {
			values[id] = b.typed(n, at, types[id])
		}
	}
}
