package tax

import (
	"fmt"
	"slices"
	"strings"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// ErrNotLiable says that an account does not hold on any day of a period.
var ErrNotLiable = fault.NewConflict("This account does not hold in the period")

// Liable is the part of a period in which an account holds and the tax is charged; ok is false where that is no day.
func (a *Account) Liable(t *service.Tax, period service.Span) (liable service.Span, ok bool) {
	liable = period
	for _, from := range []calendar.Date{a.From, t.TaxFile.Period.First} {
		if from.After(liable.From) {
			liable.From = from
		}
	}
	if !a.Until.IsZero() && a.Until.Before(liable.Until) {
		liable.Until = a.Until
	}
	return liable, liable.Days() > 0
}

// Input lays out what an account is charged by in a period: only what is known of the days on which it is liable, and only
// what the tax asks for.
func (a *Account) Input(t *service.Tax, known []Known, period service.Span) (in assess.Input, err error) {
	in = assess.Input{Tax: t, Period: period, Object: assess.Object{Key: a.Object, Label: a.Label}}
	ok := false
	if in.Liable, ok = a.Liable(t, period); !ok {
		return in, ErrNotLiable
	}
	line := Timeline(known)
	now := On(line, in.Liable.From)
	if now.From.IsZero() && len(line) > 0 { // what the register said first counts before that too
		now.Object = line[0].Object
	}
	now.From = in.Liable.From
	stretches := []Dated{now}
	for _, d := range line {
		if d.From.After(in.Liable.From) && !d.From.After(in.Liable.Until) {
			stretches = append(stretches, d)
		}
	}
	for i, d := range stretches {
		before := Dated{}
		if i > 0 {
			before = stretches[i-1]
		}
		if err := addState(&in, d, before, i == 0); err != nil {
			return in, err
		}
		if err := addFacts(&in, d, before); err != nil {
			return in, err
		}
	}
	return in, nil
}

func addState(in *assess.Input, d, before Dated, first bool) error {
	fields, changed := map[string]rule.Value{}, first
	for _, f := range in.Tax.Fields {
		text := d.Object[f.ID]
		changed = changed || text != before.Object[f.ID]
		if text == "" {
			continue
		}
		v, err := Value(f.Type, text)
		if err != nil {
			return misfit(f.ID, err)
		}
		fields[f.ID] = v
	}
	if changed {
		in.Object.States = append(in.Object.States, assess.State{From: d.From, Fields: fields})
	}
	return nil
}

func addFacts(in *assess.Input, d, before Dated) error {
	for _, f := range in.Tax.Facts {
		text := d.Facts[f.ID]
		if text == before.Facts[f.ID] {
			continue
		}
		fact := assess.Fact{ID: f.ID, From: d.From}
		if text != "" {
			v, err := Value(f.Type, text)
			if err != nil || !offered(f, text) {
				return misfit(f.ID, err)
			}
			fact.Value = v
		}
		in.Facts = append(in.Facts, fact)
	}
	return nil
}

// offered reports whether what is known is one of the options that the file still has.
func offered(f *service.Fact, text string) bool {
	if f.Type != "one_of" && f.Type != "many_of" {
		return true
	}
	for _, one := range strings.Split(text, manyMark) {
		if !slices.ContainsFunc(f.Options, func(o service.OptionFile) bool { return o.Value == one }) {
			return false
		}
	}
	return true
}

func misfit(id string, err error) error {
	return fault.Wrap(fmt.Errorf("reading what is known as %s: %w", id, err), fault.Conflict,
		"What is known as {field} does not fit the tax", "field", id)
}

// manyMark stands between the values of many_of.
const manyMark = ","

// Text writes an answer as it is kept: like package record, and several values with commas between them.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case []string:
		return strings.Join(v, manyMark)
	}
	return fmt.Sprint(v)
}

// Value reads what Text wrote, given the type that files call it by.
func Value(typ, text string) (any, error) {
	switch typ {
	case "number", "money":
		return money.ParseDecimal(text)
	case "date":
		return calendar.ParseISO(text)
	case "yes_no":
		switch text {
		case "yes":
			return true, nil
		case "no":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither yes nor no", text)
	case "many_of":
		return strings.Split(text, manyMark), nil
	}
	return text, nil
}
