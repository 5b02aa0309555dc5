package service

import (
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/rule"
)

// On returns the value in force on a day: the latest that begins on it or before; nil if there is none.
func (p *Parameter) On(d calendar.Date) *ParameterValue {
	for i := len(p.Values) - 1; i >= 0; i-- {
		if !p.Values[i].From.After(d) {
			return &p.Values[i]
		}
	}
	return nil
}

// checkGaps looks for inputs that no row of a table matches, or several do, with the parameters of each
// day on which one of them changed.
func (b *builder) checkGaps(f *TableFile, t *Table, env *rule.Env) {
	told := map[string]bool{}
	for _, day := range b.turns(t) {
		params := func(name string) (rule.Value, error) {
			if p := b.params[name]; p != nil {
				if v := p.On(day); v != nil && v.Value != nil {
					return v.Value, nil
				}
			}
			return nil, fmt.Errorf("no value of %s on %s", name, day)
		}
		for _, p := range env.CheckTable(f.ID, params) {
			key := fmt.Sprint(p.Row, p.Column, p.Message)
			if told[key] {
				continue
			}
			told[key] = true
			if !day.IsZero() {
				p.Message += fmt.Sprintf(" (with the parameters from %s on)", day)
			}
			b.tableProblem(f, p)
		}
	}
}

// turns lists the days on which a parameter that the tests of a table name gets a value, from the day on
// which all of them have one; one zero day if they name none.
func (b *builder) turns(t *Table) []calendar.Date {
	var days []calendar.Date
	var first calendar.Date
	for _, row := range t.Rows {
		for _, test := range row.When {
			for name := range names(test) {
				p := b.params[paramID(name)]
				if p == nil || len(p.Values) == 0 {
					continue
				}
				if p.Values[0].From.After(first) {
					first = p.Values[0].From
				}
				for _, v := range p.Values {
					days = append(days, v.From)
				}
			}
		}
	}
	if len(days) == 0 {
		return []calendar.Date{{}}
	}
	slices.SortFunc(days, calendar.Date.Compare)
	days = slices.Compact(days)
	return slices.DeleteFunc(days, func(d calendar.Date) bool { return d.Before(first) })
}

// paramID is the id in param.ID, or nothing.
func paramID(name string) string {
	if len(name) > len("param.") && name[:len("param.")] == "param." {
		return name[len("param."):]
	}
	return ""
}
