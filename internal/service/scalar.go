package service

import (
	"encoding"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"stoa/internal/money"
)

// must is what the tag `must` of a field asks for.
type must struct {
	required bool
	none     bool     // a mapping's keys may have no value
	form     string   // of an id, or of a mapping's keys
	one      []string // the words allowed
}

type field struct {
	index int
	must  must
}

type fields struct {
	by   map[string]field
	keys []string // in the order of the type
}

var knownFields sync.Map // reflect.Type → *fields

func structFields(t reflect.Type) *fields {
	if f, ok := knownFields.Load(t); ok {
		return f.(*fields)
	}
	f := &fields{by: map[string]field{}}
	for i := range t.NumField() {
		key := t.Field(i).Tag.Get("yaml")
		if key == "" {
			continue
		}
		f.keys = append(f.keys, key)
		f.by[key] = field{index: i, must: parseMust(t.Field(i).Tag.Get("must"))}
	}
	knownFields.Store(t, f)
	return f
}

func fieldsOf(t reflect.Type) map[string]field { return structFields(t).by }
func keysOf(t reflect.Type) []string           { return structFields(t).keys }

func parseMust(tag string) (m must) {
	for _, word := range strings.Fields(tag) {
		switch {
		case word == "required":
			m.required = true
		case word == "none":
			m.none = true
		case strings.HasPrefix(word, "one:"):
			m.one = strings.Split(strings.TrimPrefix(word, "one:"), "|")
		default:
			m.form = word
		}
	}
	return m
}

// form is how an id is written, and how to say it.
type form struct {
	pattern *regexp.Regexp
	say     string
}

var forms = map[string]form{
	"id":        {regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`), "lower-case words with hyphens: food-business"},
	"name":      {regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`), "lower-case words with underscores: floor_area"},
	"word":      {regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`), "lower-case words with hyphens or underscores: licensing-act"},
	"option":    {regexp.MustCompile(`^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$`), "letters and digits, words joined by hyphens or underscores: sole_trader"},
	"language":  {regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`), "a language tag: en"},
	"month_day": {regexp.MustCompile(`^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$`), "a month and a day of it up to the 28th: \"04-01\""},
	"colour":    {regexp.MustCompile(`^#[0-9a-fA-F]{6}$`), "a colour as six hexadecimal digits: \"#1d70b8\""},
}

func (d *decoder) form(n *yaml.Node, name string) {
	if f := forms[name]; len(n.Value) > 80 || !f.pattern.MatchString(n.Value) {
		d.problem(n, "write "+f.say, "%q is not well formed", short(n.Value))
	}
}

// scalar reads a text, a yes or no, or a whole number.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, m must) {
	if n.Kind != yaml.ScalarNode {
		d.problem(n, "write one value", "%s where one value is needed", kindOf(n))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if n.Value != "true" && n.Value != "false" {
			d.problem(n, "write true or false", "%q is neither true nor false", short(n.Value))
		}
		v.SetBool(n.Value == "true")
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil || i < 0 || i > 1_000_000 {
			d.problem(n, "write a whole number, at most 1000000", "%q is not such a number", short(n.Value))
			return
		}
		v.SetInt(int64(i))
	default:
		v.SetString(strings.TrimSpace(n.Value))
		switch {
		case strings.TrimSpace(n.Value) == "":
			d.problem(n, "write it, or remove the key", "the value is empty")
		case m.one != nil && !slices.Contains(m.one, n.Value):
			d.problem(n, suggest(n.Value, m.one), "%q is not known here", short(n.Value))
		case m.form != "":
			d.form(n, m.form)
		}
	}
}

// readable reads a type that reads itself, from the text as it stands in the file: a number never
// becomes a binary fraction, a date never an instant.
func (d *decoder) readable(n *yaml.Node, v reflect.Value) {
	examples := map[string]string{"Date": "a date as 2026-04-01", "Clock": "a time as 09:30", "Decimal": "a number as 12.50"}
	say := examples[v.Type().Name()]
	if n.Kind != yaml.ScalarNode {
		d.problem(n, "write "+say, "%s where one value is needed", kindOf(n))
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
		d.problem(n, "write "+say, "%q cannot be read", short(n.Value))
	}
}

// loose reads a value whose type the file decides: number, yes or no, text, list or mapping. Dates and
// times stay text.
func (d *decoder) loose(n *yaml.Node, depth int) any {
	n, ok := d.enter(n, depth)
	if !ok {
		return nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			out = append(out, d.loose(c, depth+1))
		}
		return out
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if _, twice := out[key.Value]; twice {
				d.problem(key, "keep one of the two", "%q is given twice", key.Value)
			}
			out[key.Value] = d.loose(n.Content[i+1], depth+1)
		}
		return out
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		switch n.Value {
		case "true":
			return true
		case "false":
			return false
		case "", "~", "null":
			return nil
		}
		if x, err := money.ParseDecimal(n.Value); err == nil && !leadingZero(n.Value) {
			return x
		}
	}
	return n.Value
}

// leadingZero tells a telephone number from a number.
func leadingZero(s string) bool {
	return len(s) > 1 && s[0] == '0' && s[1] != '.'
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func contains(words []string, w string) bool { return slices.Contains(words, w) }

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values stand"
	case yaml.SequenceNode:
		return "a list stands"
	}
	return "a single value stands"
}

// short cuts what a file says for a message.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
