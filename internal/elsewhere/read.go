package elsewhere

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/service"
)

// one reads one record. A value that is not of the type that the file names makes the whole answer void: half of it would be
// taken for all of it.
func one(of *service.Elsewhere, from any) (Record, error) {
	rec := Record{Fields: map[string]string{}}
	number, ok := pointed(from, of.Number)
	if rec.Number = plain(number); !ok || rec.Number == "" {
		return rec, fmt.Errorf("a record has nothing at %s, which names it", of.Number)
	}
	if day, ok := pointed(from, of.Updated); of.Updated != "" && ok {
		text := plain(day)
		if len(text) > 10 { // an instant
			text = text[:10]
		}
		if _, err := calendar.ParseISO(text); err == nil {
			rec.Day = text
		}
	}
	for _, f := range of.Fields {
		v, ok := pointed(from, f.At)
		if !ok || v == nil {
			continue
		}
		text, err := typed(v, f.Type)
		if err != nil {
			return rec, fmt.Errorf("the value at %s is not of type %s", f.At, f.Type)
		}
		rec.Fields[f.ID] = text
	}
	return rec, nil
}

// pointed follows a JSON pointer (RFC 6901).
func pointed(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, step := range strings.Split(pointer, "/")[1:] {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[step]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n < 0 || n >= len(in) || strconv.Itoa(n) != step {
				return nil, false
			}
			v = in[n]
		default:
			return nil, false
		}
	}
	return v, true
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

const textMost = 1000 // characters of a value

// typed writes a value as package record does.
func typed(v any, typ string) (string, error) {
	wrong := fmt.Errorf("not of type %s", typ)
	switch typ {
	case "yes_no":
		b, ok := v.(bool)
		if !ok {
			return "", wrong
		}
		return map[bool]string{true: "yes", false: "no"}[b], nil
	case "number", "money":
		d, err := money.ParseDecimal(plain(v))
		if err != nil {
			return "", wrong
		}
		return d.String(), nil
	case "date":
		d, err := calendar.ParseISO(plain(v))
		if err != nil {
			return "", wrong
		}
		return d.String(), nil
	}
	switch v.(type) {
	case string, json.Number:
	default:
		return "", wrong
	}
	if text := plain(v); len(text) <= textMost {
		return strings.TrimSpace(text), nil
	}
	return "", wrong
}
