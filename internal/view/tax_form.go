package view

import (
	"regexp"
	"slices"

	"stoa/internal/docket"
	"stoa/internal/process"
	"stoa/internal/service"
)

// taxForm is what an estimate, a claim or a declaration is typed into, as process reads it.
type taxForm struct {
	r     Reader
	t     *service.Tax
	typed process.Typed
}

// field is a question of a tax with what was typed.
func (f taxForm) field(q *service.Question) Field {
	d := &docket.Draft{Service: f.t.Rules, Judged: &process.Judgement{}}
	return f.r.field(d, &f.typed, "", q)
}

// factFields are the questions of facts, all of them optional: nobody has to know them.
func (f taxForm) facts(list []*service.Fact) (fields []Field) {
	for _, x := range list {
		fields = append(fields, f.field(x.Question))
	}
	return fields
}

// objectField asks for a field of the object.
func (f taxForm) objectField(x service.RegisterField) Field {
	j := f.t.Jurisdiction
	field := Field{ID: x.ID, Path: x.ID, Type: x.Type, Ask: f.r.words(j, x.Title), Short: f.r.words(j, x.Title), Typed: map[string]string{}}
	for _, name := range fieldNames(x) {
		field.Typed[name] = f.typed.Get(name)
	}
	if x.Type == "text" {
		for _, value := range textsOf(f.t, x.ID) {
			field.Options = append(field.Options, Option{Value: value, Label: value})
		}
		if len(field.Options) > 0 {
			field.Type = "one_of"
		}
	}
	return field
}

func fieldNames(x service.RegisterField) []string {
	if x.Type == "date" {
		return []string{x.ID + "-day", x.ID + "-month", x.ID + "-year"}
	}
	return []string{x.ID}
}

const textsMost = 20

// textsOf are the values that a field of text takes: those that the tables name and those of the records that came with the
// files; nil where there are many.
func textsOf(t *service.Tax, field string) (list []string) {
	for _, n := range t.Rules.Values {
		if n.Table == nil {
			continue
		}
		for _, in := range n.Table.File.Inputs {
			if in.Is.Source != t.TaxFile.Object.As+"."+field {
				continue
			}
			for _, row := range n.Table.File.Rows {
				for _, m := range texts.FindAllStringSubmatch(row.When[in.ID].Source, -1) {
					list = append(list, m[1])
				}
			}
		}
	}
	for _, seed := range t.Register.Seeds {
		if s, ok := seed.Fields[field].(string); ok {
			list = append(list, s)
		}
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > textsMost {
		return nil
	}
	return list
}

// takenOver finds "fact.orValue(object.field)": a fact takes the field's place, and is asked for instead.
func takenOver(t *service.Tax) map[string]*service.Fact {
	found := map[string]*service.Fact{}
	rule := regexp.MustCompile(`([a-z0-9_]+)\.orValue\((?:has\()?` + regexp.QuoteMeta(t.TaxFile.Object.As) + `\.([a-z0-9_]+)`)
	for _, x := range t.TaxFile.Values {
		for _, m := range rule.FindAllStringSubmatch(x.Is.Source, -1) {
			if f := t.Fact(m[1]); f != nil {
				found[m[2]] = f
			}
		}
	}
	return found
}
