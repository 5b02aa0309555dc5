package service

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// forFieldTypes says which types of field a key is for.
var forFieldTypes = map[string][]string{
	"min": {"number", "money"}, "max": {"number", "money"},
	"longest": {"text"}, "pattern": {"text"}, "choices": {"text"}, "refers": {"text"}, "alike": {"text", "date"},
}

// wantedText is what to write where a text is not of a field's type.
var wantedText = map[string]string{
	"number": i18n.Msg("This must be a number, like 30"), "money": i18n.Msg("This must be an amount of money, like 1234.50"),
	"date": i18n.Msg("This must be a real date, like 2026-03-27"), "yes_no": i18n.Msg("Choose yes or no"),
}

// checkKept checks what a register says of its privacy, its sources and its corrections.
func (l *loader) checkKept(f *RegisterFile) {
	l.checkNumber(l.places.at(f.Pos, "number"), f.Number)
	for i, s := range f.Sources {
		l.known(l.places.at(s.Pos, "organisation"), "organisation", s.Organisation, l.organisations())
		for n, id := range s.Fields {
			l.known(l.places.at(f.Sources[i].Pos, "fields", n), "field", id, ids(f.Fields, func(x *RegisterField) string { return x.ID }))
		}
	}
	used := map[string]bool{}
	for i := range f.Fields {
		used[f.Fields[i].Personal] = true
		l.checkField(&f.Fields[i])
		l.checkWhyHeld(f, &f.Fields[i])
	}
	for _, id := range slices.Sorted(maps.Keys(f.Privacy)) {
		p := f.Privacy[id]
		if months, always := p.Months(); p.Keep != "" && months == 0 && !always {
			l.problem(l.places.at(p.Pos, "keep"), "write how long: 6 years, 18 months, or always", "%q is not a length of time", p.Keep)
		}
		if !used[id] {
			l.problem(p.Pos, "name it in personal: of a field, or remove it", "the privacy section %q is about no field", id)
		}
	}
}

// checkWhyHeld sees to it that what is held about a person has its purpose, its law and its end: in the register, or in the
// service or the tax that brings it there. A definition that is pinned was checked when it came into force; a file that cannot be read may hold what is looked for.
func (l *loader) checkWhyHeld(f *RegisterFile, field *RegisterField) {
	if field.Personal == "" || l.pinned || !l.legible {
		return
	}
	if _, here := f.Privacy[field.Personal]; here {
		return
	}
	for _, s := range l.services {
		if _, there := s.Privacy[field.Personal]; there && s.Issues != nil && s.Issues.Record == f.Register {
			return
		}
	}
	for _, t := range l.taxes {
		if _, there := t.Privacy[field.Personal]; there && t.Object.Register == f.Register {
			return
		}
	}
	l.problem(l.places.at(field.Pos, "personal"), fmt.Sprintf("add privacy: with the section %s to the register: its purpose, law and keep", field.Personal),
		"the field %q holds something personal, but nothing says why %q is held, by which law and how long", field.ID, field.Personal)
}

func (l *loader) checkField(f *RegisterField) {
	if n := l.places.node(f.Pos); n != nil {
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if types, limited := forFieldTypes[key]; limited && !contains(types, f.Type) {
				l.problem(l.places.key(f.Pos, key), "remove it, or change the type", "%q is only for fields of type %s, and this is %s", key, list(types, "or"), f.Type)
			}
		}
	}
	for i, who := range f.See {
		l.known(l.places.at(f.Pos, "see", i), "role or organisation", who, append(slices.Clone(seeRoles), l.organisations()...))
	}
	if f.Min != nil && f.Max != nil && f.Min.Cmp(*f.Max) > 0 {
		l.problem(l.places.at(f.Pos, "max"), "max must not be less than min", "min %s is more than max %s", f.Min, f.Max)
	}
	if f.Longest > 10_000 {
		l.problem(l.places.at(f.Pos, "longest"), "at most 10000", "%d characters are too many", f.Longest)
	}
	l.unique("choice", len(f.Choices), func(i int) (string, Pos) { return f.Choices[i].Value, l.places.at(f.Choices[i].Pos, "value") })
	l.checkFieldPattern(f)
}

func (l *loader) checkFieldPattern(f *RegisterField) {
	if f.Pattern == "" {
		return
	}
	at := l.places.at(f.Pos, "pattern")
	if _, err := regexp.Compile(f.Pattern); err != nil {
		l.problem(at, "write a regular expression of RE2", "the pattern cannot be read: %v", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		f.Pattern = ""
		return
	}
	if strings.HasPrefix(f.Pattern, "^") || strings.HasSuffix(f.Pattern, "$") {
		l.problem(at, "leave out ^ and $", "a pattern always stands for the whole text")
	}
}

// checkReferences checks that references lead to registers, and those of the folder's own records to records.
func (l *loader) checkReferences() {
	registers := slices.Sorted(maps.Keys(l.j.Registers))
	for _, f := range l.registers {
		for i := range f.Fields {
			field := &f.Fields[i]
			at := l.places.at(field.Pos, "refers")
			to, key := field.Reference()
			if l.pinned && l.j.Registers[to] == nil {
				continue // a pinned definition has only the registers that it asks itself
			}
			if field.Refers == "" || !l.known(at, "register", to, registers) {
				continue
			}
			target := l.j.Registers[to]
			if k := target.field(key); key != "" && (k == nil || !k.Key) {
				l.problem(at, "name a field of "+to+" that says key: true, or leave it out: the number is meant then", "%q is no key field of the register %s", key, to)
				continue
			}
			l.seedReferences(l.j.Registers[f.Register], field, target, key)
		}
	}
}

// seedReferences holds what the folder's own records refer to against those that it has. A register that also gets records
// otherwise may have more: stoa doctor looks at all of them.
func (l *loader) seedReferences(r *Register, f *RegisterField, target *Register, key string) {
	if l.pinned || target.Seed == "" || target.Number != "" ||
		slices.ContainsFunc(l.services, func(s *ServiceFile) bool { return s.Issues != nil && s.Issues.Record == target.Register }) {
		return
	}
	there := map[string]bool{}
	for _, s := range target.Seeds {
		if key == "" {
			there[s.Key] = true
		} else if text, ok := s.Fields[key].(string); ok {
			there[strings.ToLower(strings.TrimSpace(text))] = true
		}
	}
	noted := 0
	for _, s := range r.Seeds {
		text, ok := s.Fields[f.ID].(string)
		if key != "" {
			text = strings.ToLower(strings.TrimSpace(text))
		}
		if !ok || text == "" || there[text] || noted == maxNoted {
			continue
		}
		noted++
		l.problem(Pos{"registers/" + r.Seed, s.line, 1}, "write one that is there, or add the record to "+target.Register,
			"the record %q refers by %s to %q, which is not in the register %s", s.Key, f.ID, s.Fields[f.ID], target.Register)
	}
}

// checkSeed holds a record of the folder against the checks of its register's fields.
func (s *seedReader) checkSeed(row []string) {
	at := map[string]int{}
	texts := map[string]string{}
	for i, f := range s.columns {
		if f != nil {
			at[f.ID], texts[f.ID] = i, row[i]
		}
	}
	for _, e := range s.r.Check(texts) {
		if f := s.r.field(e.Field); f.parses(texts[e.Field]) { // what is not of its type was noted with its column
			s.note(at[e.Field], "mend it in the file", "%s: %s", e.Field, plainly(e))
		}
	}
}

func (f *RegisterField) parses(text string) bool {
	_, err := parseTyped(text, f.Type)
	return err == nil || text == ""
}

// plainly is a problem of a field as stoa check prints it.
func plainly(e fault.FieldError) string {
	text := strings.ToLower(e.Key[:1]) + e.Key[1:]
	for name, v := range e.Args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(v))
	}
	return text
}
