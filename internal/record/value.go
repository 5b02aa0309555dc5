package record

import (
	"fmt"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Text writes a rule's value as a field holds it: numbers and dates in their canonical form, yes or no.
// The absent value has no text.
func Text(v rule.Value) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case bool:
		if v {
			return "yes", true
		}
		return "no", true
	case fmt.Stringer: // money.Decimal, calendar.Date, calendar.Clock
		return v.String(), true
	}
	return fmt.Sprint(v), true
}

// Value reads a field's text as the type that the register gives it.
func Value(typ, text string) (rule.Value, error) {
	switch typ {
	case "number", "money":
		d, err := money.ParseDecimal(text)
		if err != nil {
			return nil, fmt.Errorf("reading a number of a record: %w", err)
		}
		return d, nil
	case "date":
		d, err := calendar.ParseISO(text)
		if err != nil {
			return nil, fmt.Errorf("reading a date of a record: %w", err)
		}
		return d, nil
	case "yes_no":
		return text == "yes", nil
	}
	return text, nil
}

// Values reads all fields of a record by the register's types.
func Values(reg *service.Register, fields map[string]string) (map[string]rule.Value, error) {
	all := make(map[string]rule.Value, len(fields))
	for _, f := range reg.Fields {
		text, ok := fields[f.ID]
		if !ok {
			continue
		}
		v, err := Value(f.Type, text)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.ID, err)
		}
		all[f.ID] = v
	}
	return all, nil
}

// Give is what a look-up gives over the records found: "count", "sum FIELD" or "list FIELD".
func Give(reg *service.Register, give string, states []string, day calendar.Date, found []*Record) (rule.Value, error) {
	what, field, _ := strings.Cut(give, " ")
	total, list := money.Decimal{}, []rule.Value{}
	for _, r := range found {
		if !r.In(states, day) {
			continue
		}
		if what == "count" {
			sum, err := total.Add(money.NewDecimal(1))
			if err != nil {
				return nil, err
			}
			total = sum
			continue
		}
		values, err := Values(reg, r.Fields)
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", r.Number, err)
		}
		v, ok := values[field]
		if !ok {
			continue
		}
		if n, isNumber := v.(money.Decimal); what == "sum" && isNumber {
			if total, err = total.Add(n); err != nil {
				return nil, fmt.Errorf("adding up record %s: %w", r.Number, err)
			}
			continue
		}
		list = append(list, v)
	}
	if what == "list" {
		return list, nil
	}
	return total, nil
}
