package process

import (
	"net/url"
	"strings"
	"unicode"

	"stoa/internal/service"
)

// Question types, as files write them.
const (
	typeText       = "text"
	typeLongText   = "long_text"
	typeNumber     = "number"
	typeMoney      = "money"
	typeDate       = "date"
	typeTime       = "time"
	typeYesNo      = "yes_no"
	typeOneOf      = "one_of"
	typeManyOf     = "many_of"
	typeName       = "name"
	typeAddress    = "address"
	typeEmail      = "email"
	typePhone      = "phone"
	typeIdentifier = "identifier"
	typeFile       = "file"
	typeLookup     = "lookup"
	typeGroup      = "group"
)

// The parts of questions that have several form fields.
var (
	dateParts    = []string{"day", "month", "year"}
	addressParts = []string{"line1", "line2", "town", "postcode", "country"}
)

// Fields returns the form field names of a question, within its page or item: start-day, start-month,
// start-year. A group has none: its items have pages of their own.
func Fields(q *service.Question) []string {
	switch q.Type {
	case typeGroup:
		return nil
	case typeDate:
		return fieldParts(q.ID, dateParts)
	case typeAddress:
		return fieldParts(q.ID, addressParts)
	case typeLookup:
		if q.Manual {
			return []string{q.ID, q.ID + "-manual"}
		}
	}
	return []string{q.ID}
}

func fieldParts(id string, parts []string) []string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = id + "-" + p
	}
	return names
}

// ReadForm keeps of a posted form what belongs to the questions of its page: known fields only, without
// outer spaces and control characters, within the bounds of a draft. Every field of the questions is in
// the result, with nil where nothing came: a browser leaves out a box that was unticked.
func ReadForm(questions []*service.Question, form url.Values) map[string][]string {
	read := map[string][]string{}
	for _, q := range questions {
		for _, name := range Fields(q) {
			var kept []string
			for i, v := range form[name] {
				if i >= maxValues || i > 0 && q.Type != typeManyOf {
					break
				}
				if v = typedValue(v); v != "" {
					kept = append(kept, v)
				}
			}
			read[name] = kept
		}
	}
	return read
}

// Merge puts what ReadForm returned into a place of the draft ("" is the top, partners[1] an item). It
// reports whether the place exists.
func (t *Typed) Merge(place string, read map[string][]string) bool {
	if t.Level(place) == nil {
		return false
	}
	for name, values := range read {
		t.Set(join(place, name), values...)
	}
	return true
}

// typedValue is a value as it is kept: valid UTF-8, one kind of line end, nothing around it that
// cannot be seen, and not longer than a draft holds.
func typedValue(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if len(s) > maxValue {
		s = strings.ToValidUTF8(s[:maxValue], "")
	}
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
