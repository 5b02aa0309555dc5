package process

import (
	"context"
	"fmt"
	"maps"
	"path"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Answers of examples are written naturally: numbers, dates, true and false, lists and mappings. Here
// they become what a person would have typed, so that an example tests reading as well.

// situation prepares the outside world of the example, and its draft.
func (x *exampleRun) situation() (Situation, Typed) {
	t := exampleTyper{s: x.s, picks: map[string]Pick{}, files: map[string]File{}}
	var typed Typed
	for _, p := range x.s.Pages {
		t.level(&typed, p.Questions, x.e.Answers)
	}
	s := Situation{
		Service: x.s, Variant: x.e.Variant, Today: x.e.Submitted, Previous: x.e.Previous,
		Lookup: func(_ context.Context, l *service.Lookup, _ map[string]rule.Value) (rule.Value, error) {
			if v, ok := x.e.Lookups[l.ID]; ok {
				return typedForm(v, l.Type), nil
			}
			return nothingFound(l)
		},
		Pick: func(_ context.Context, register, key string) (Pick, bool, error) {
			p, ok := t.picks[register+" "+key]
			return p, ok, nil
		},
		File: func(_ context.Context, id string) (File, bool, error) {
			f, ok := t.files[id]
			return f, ok, nil
		},
	}
	return s, typed
}

type exampleTyper struct {
	s     *service.Service
	picks map[string]Pick // by register and key
	files map[string]File
	items int
}

func (t *exampleTyper) level(to *Typed, questions []*service.Question, answers map[string]any) {
	for _, q := range questions {
		v, ok := answers[q.ID]
		if !ok || v == nil {
			continue
		}
		if q.Type == typeGroup {
			t.group(to, q, v)
			continue
		}
		t.answer(to, q, v)
	}
}

func (t *exampleTyper) group(to *Typed, q *service.Question, v any) {
	list, _ := v.([]any) // the check of the file says that it is one
	for _, item := range list {
		answers, _ := item.(map[string]any)
		t.items++
		at, ok := to.AddItem(q.ID, strconv.Itoa(t.items))
		if !ok {
			return
		}
		t.level(to.Level(at), q.Members, answers)
	}
}

func (t *exampleTyper) answer(to *Typed, q *service.Question, v any) {
	switch q.Type {
	case typeDate:
		to.Set(q.ID+"-day", inPlain(v)) // a whole date in the first field is understood
		return
	case typeYesNo:
		if b, ok := v.(bool); ok {
			v = map[bool]string{true: "yes", false: "no"}[b]
		}
	case typeAddress:
		if m, ok := v.(map[string]any); ok {
			for part, text := range m {
				to.Set(q.ID+"-"+part, inPlain(text))
			}
			return
		}
	case typeLookup:
		t.pick(to, q, v)
		return
	case typeFile:
		t.file(to, q, v)
		return
	case typeManyOf:
		if list, ok := v.([]any); ok {
			var values []string
			for _, item := range list {
				values = append(values, inPlain(item))
			}
			to.Set(q.ID, values...)
			return
		}
	}
	to.Set(q.ID, inPlain(v))
}

// pick answers with a record: one of the seed records by its key, with the fields that the example gives
// otherwise; one that only the example has; or by hand (label only).
func (t *exampleTyper) pick(to *Typed, q *service.Question, v any) {
	reg := t.s.Jurisdiction.Registers[q.Register]
	given, ok := v.(map[string]any)
	if !ok {
		given = map[string]any{"key": v}
	}
	p := Pick{Key: inPlain(given["key"]), Label: inPlain(given["label"]), Fields: map[string]rule.Value{}}
	known := false
	for _, seed := range reg.Seeds {
		if seed.Key == p.Key {
			known = true
			maps.Copy(p.Fields, seed.Fields)
		}
	}
	for _, f := range reg.Fields {
		if text, ok := given[f.ID]; ok {
			known = true
			p.Fields[f.ID] = fieldForm(text, f.Type)
		}
	}
	switch {
	case !known && p.Key == "":
		to.Set(q.ID+"-manual", p.Label)
		return
	case p.Key == "":
		p.Key = "example"
	}
	if p.Label == "" {
		p.Label = inPlain(p.Fields[reg.Label])
	}
	if known {
		t.picks[q.Register+" "+p.Key] = p
	}
	to.Set(q.ID, p.Key)
}

// file answers with a file: its name, or a mapping with name, type and size in bytes.
func (t *exampleTyper) file(to *Typed, q *service.Question, v any) {
	f := File{ID: "file" + strconv.Itoa(len(t.files)+1), Size: 1000}
	if m, ok := v.(map[string]any); ok {
		f.Name, f.Type = inPlain(m["name"]), inPlain(m["type"])
		if n, err := strconv.ParseInt(inPlain(m["size"]), 10, 64); err == nil {
			f.Size = n
		}
	} else {
		f.Name = inPlain(v)
	}
	if f.Type == "" {
		kind := strings.TrimPrefix(path.Ext(f.Name), ".")
		if kind == "jpg" {
			kind = "jpeg"
		}
		f.Type = kind
	}
	if media, ok := fileKinds[f.Type]; ok {
		f.Type = media
	}
	t.files[f.ID] = f
	to.Set(q.ID, f.ID)
}

// fieldForm turns what an example says of a register's field into a value of its type.
func fieldForm(v any, typ string) rule.Value {
	text := inPlain(v)
	switch typ {
	case typeNumber, typeMoney:
		if d, err := money.ParseDecimal(text); err == nil {
			return d
		}
	case typeDate:
		if d, err := calendar.ParseISO(text); err == nil {
			return d
		}
	case typeYesNo:
		return text == "true" || text == "yes"
	}
	return text
}

// typedForm turns what an example says into a value of a rule's type.
func typedForm(v any, t rule.Type) rule.Value {
	switch t.Kind() {
	case rule.NumberKind:
		return fieldForm(v, typeNumber)
	case rule.DateKind:
		return fieldForm(v, typeDate)
	case rule.BoolKind:
		return fieldForm(v, typeYesNo)
	case rule.OptionalKind:
		return typedForm(v, t.Elem())
	case rule.ListKind:
		items, _ := v.([]any)
		list := make([]rule.Value, len(items))
		for i := range items {
			list[i] = typedForm(items[i], t.Elem())
		}
		return list
	}
	return inPlain(v)
}

// ruleForm makes an expected value comparable with one that came.
func ruleForm(want any, got rule.Value) rule.Value {
	switch got.(type) {
	case money.Decimal:
		return fieldForm(want, typeNumber)
	case calendar.Date:
		return fieldForm(want, typeDate)
	case bool:
		return fieldForm(want, typeYesNo)
	case string:
		return inPlain(want)
	}
	return want
}

// inPlain writes a value as files do.
func inPlain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []rule.Value:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = inPlain(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]rule.Value:
		var parts []string
		for _, k := range sortedKeys(v) {
			parts = append(parts, k+": "+inPlain(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// inWords says what a result rests on, for the writer of the file; what was said before, briefly.
func inWords(x *Explained) string { return inFewerWords(x, map[*Explained]bool{}) }

func inFewerWords(x *Explained, said map[*Explained]bool) string {
	if x == nil {
		return ""
	}
	s := inPlain(x.Value)
	if x.ID != "" {
		s = x.ID + " is " + s
	}
	if said[x] {
		return s
	}
	said[x] = true
	if row := x.Row(); row > 0 {
		s += fmt.Sprintf(" by row %d", row)
	}
	if x.From != nil {
		s += " since " + x.From.String()
	}
	if x.Law != nil && x.Law.Title != "" {
		s += " (" + Source(*x.Law) + ")"
	}
	var because []string
	for _, b := range x.Because() {
		because = append(because, inFewerWords(b, said))
	}
	if len(because) > 0 {
		s += " (because " + strings.Join(because, ", ") + ")"
	}
	return s
}
