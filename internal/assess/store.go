package assess

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// stored is the form in which an input is kept: texts, since its tax knows their types. A changed form gets
// another number and this one stays readable.
type stored struct {
	Form       int                        `json:"form"`
	Tax        string                     `json:"tax"`
	Definition string                     `json:"definition"`
	Period     Span                       `json:"period"`
	Liable     Span                       `json:"liable"`
	Object     storedObject               `json:"object"`
	Facts      []storedFact               `json:"facts,omitempty"`
	Declared   process.Typed              `json:"declared"`
	Carried    map[string]string          `json:"carried,omitempty"`
	Registers  map[string]json.RawMessage `json:"registers,omitempty"`
}

type storedObject struct {
	Key    string        `json:"key"`
	Label  string        `json:"label"`
	States []storedState `json:"states"`
}

type storedState struct {
	From   calendar.Date     `json:"from"`
	Fields map[string]string `json:"fields"`
}

type storedFact struct {
	ID    string        `json:"id"`
	From  calendar.Date `json:"from"`
	Value []string      `json:"value"` // one text, those chosen of many, or null
}

const storedForm = 1

// Marshal writes the stored form: the same bytes for the same input.
func (in Input) Marshal() ([]byte, error) {
	s := stored{
		Form: storedForm, Tax: in.Tax.Tax, Definition: in.Tax.Hash, Period: in.Period, Liable: in.Liable,
		Object: storedObject{Key: in.Object.Key, Label: in.Object.Label}, Declared: in.Declared,
	}
	d := lay(&in)
	for _, state := range d.states {
		fields := map[string]string{}
		for _, f := range in.Tax.Fields {
			if v := state.Fields[f.ID]; v != nil {
				fields[f.ID] = text(v)
			}
		}
		s.Object.States = append(s.Object.States, storedState{state.From, fields})
	}
	for _, id := range sortedKeys(d.facts) {
		for _, f := range d.facts[id] {
			x := storedFact{ID: id, From: f.From}
			switch v := f.Value.(type) {
			case nil:
			case []string:
				x.Value = v
			default:
				x.Value = []string{text(v)}
			}
			s.Facts = append(s.Facts, x)
		}
	}
	for id, v := range in.Carried {
		if v == nil {
			continue
		}
		if s.Carried == nil {
			s.Carried = map[string]string{}
		}
		s.Carried[id] = text(v)
	}
	for q, v := range in.Registers {
		raw, err := storeAnswer(v)
		if err != nil {
			return nil, err
		}
		if s.Registers == nil {
			s.Registers = map[string]json.RawMessage{}
		}
		s.Registers[q] = raw
	}
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("storing the input of %s: %w", in.Object.Key, err)
	}
	return b, nil
}

// storeAnswer writes what a register answered: a text, or a list of texts.
func storeAnswer(v rule.Value) (json.RawMessage, error) {
	list, ok := v.([]rule.Value)
	if !ok {
		return json.Marshal(text(v))
	}
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = text(list[i])
	}
	return json.Marshal(texts)
}

// Unmarshal reads a stored input of a tax.
func Unmarshal(t *service.Tax, b []byte) (in Input, err error) {
	var s stored
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return in, fmt.Errorf("reading a stored input: %w", err)
	}
	if s.Form != storedForm || s.Definition != t.Hash {
		return in, fmt.Errorf("reading a stored input: form %d of the definition %.12s, not %.12s: %w", s.Form, s.Definition, t.Hash, ErrInput)
	}
	in = Input{Tax: t, Period: s.Period, Liable: s.Liable, Declared: s.Declared, Object: Object{Key: s.Object.Key, Label: s.Object.Label}}
	for _, state := range s.Object.States {
		fields := map[string]rule.Value{}
		for _, f := range t.Fields {
			text, ok := state.Fields[f.ID]
			if !ok {
				continue
			}
			if fields[f.ID], err = value(text, f.Type); err != nil {
				return in, fmt.Errorf("reading the field %s of a stored input: %w", f.ID, err)
			}
		}
		in.Object.States = append(in.Object.States, State{state.From, fields})
	}
	if err := in.readFacts(s.Facts); err != nil {
		return in, err
	}
	for _, c := range t.Carry {
		text, ok := s.Carried[c.ID]
		if !ok {
			continue
		}
		if in.Carried == nil {
			in.Carried = map[string]rule.Value{}
		}
		if in.Carried[c.ID], err = value(text, c.Type); err != nil {
			return in, fmt.Errorf("reading what was carried as %s: %w", c.ID, err)
		}
	}
	return in, in.readRegisters(s.Registers)
}

func (in *Input) readFacts(facts []storedFact) (err error) {
	for _, f := range facts {
		x := in.Tax.Fact(f.ID)
		if x == nil {
			return fmt.Errorf("reading a stored input: no fact %q: %w", f.ID, ErrInput)
		}
		out := Fact{ID: f.ID, From: f.From}
		switch {
		case f.Value == nil:
		case x.Type == "many_of":
			out.Value = f.Value
		case len(f.Value) == 1:
			if out.Value, err = value(f.Value[0], x.Type); err != nil {
				return fmt.Errorf("reading the fact %s of a stored input: %w", f.ID, err)
			}
		default:
			return fmt.Errorf("reading the fact %s of a stored input: %d values: %w", f.ID, len(f.Value), ErrInput)
		}
		in.Facts = append(in.Facts, out)
	}
	return nil
}

func (in *Input) readRegisters(answers map[string]json.RawMessage) error {
	if len(answers) > 0 {
		in.Registers = map[string]rule.Value{}
	}
	for _, q := range slices.Sorted(maps.Keys(answers)) {
		v, err := in.readAnswer(q, answers[q])
		if err != nil {
			return fmt.Errorf("reading what a register answered to %q: %w", q, err)
		}
		in.Registers[q] = v
	}
	return nil
}

func (in *Input) readAnswer(q string, raw json.RawMessage) (rule.Value, error) {
	id, _, _ := bytes.Cut([]byte(q), []byte("\n"))
	i := slices.IndexFunc(in.Tax.Rules.Lookups, func(l *service.Lookup) bool { return l.ID == string(id) })
	if i < 0 {
		return nil, ErrInput
	}
	t := in.Tax.Rules.Lookups[i].Type
	if t.Kind() != rule.ListKind {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		return value(s, kindName(t))
	}
	var texts []string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, err
	}
	list := make([]rule.Value, len(texts))
	for i := range texts {
		v, err := value(texts[i], kindName(t.Elem()))
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

func kindName(t rule.Type) string {
	switch t.Kind() {
	case rule.NumberKind:
		return "number"
	case rule.DateKind:
		return "date"
	case rule.BoolKind:
		return "yes_no"
	}
	return "text"
}

// text writes a value; value reads it again, given its type.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "true"
		}
		return "false"
	case string:
		return v
	}
	return fmt.Sprint(v)
}

func value(s, typ string) (any, error) {
	switch typ {
	case "number", "money":
		return money.ParseDecimal(s)
	case "date":
		return calendar.ParseISO(s)
	case "yes_no":
		switch s {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false: %w", s, ErrInput)
	}
	return s, nil
}

// sameType reports whether v is of the type that files call typ.
func sameType(v any, typ string) (ok bool) {
	switch typ {
	case "number", "money":
		_, ok = v.(money.Decimal)
	case "date":
		_, ok = v.(calendar.Date)
	case "yes_no":
		_, ok = v.(bool)
	default:
		_, ok = v.(string)
	}
	return ok
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
