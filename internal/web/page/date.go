package page

import (
	"context"
	"io"
	"strings"
)

// DateInput asks for a memorable date in three short fields, in the order of
// Items. Left without items it asks for day, month and year.
type DateInput struct {
	ID           string
	NamePrefix   string // gives "prefix-day", "prefix-month", "prefix-year"
	Items        []DateItem
	Values       map[string]string // by full field name
	Fieldset     Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Attributes   Attributes
}

// DateItem is one of the fields. Its Name is "day", "month" or "year".
type DateItem struct {
	Name         string
	ID           string
	Label        string // the word for the name when empty
	Value        string
	Error        bool // mark this field; when none is marked, an error marks all
	Classes      string
	Autocomplete string
	Pattern      string
	Inputmode    string // "numeric" when empty
	Attributes   Attributes
}

const inputError = "govuk-input--error"

// Render prints the group.
func (p DateInput) Render(ctx context.Context, w io.Writer) error {
	if len(p.Items) == 0 {
		p.Items = []DateItem{{Name: "day"}, {Name: "month"}, {Name: "year"}}
	}
	return dateInput(p).Render(ctx, w)
}

// anyMarked tells whether the caller chose which fields are wrong.
func (p DateInput) anyMarked() bool {
	for _, item := range p.Items {
		if item.marked() {
			return true
		}
	}
	return false
}

func (d DateItem) marked() bool { return d.Error || strings.Contains(d.Classes, inputError) }

// input is one field of the group as an ordinary input.
func (p DateInput) input(item DateItem, word *Words, allWrong bool) Input {
	name := item.Name
	if p.NamePrefix != "" {
		name = p.NamePrefix + "-" + name
	}
	own := "govuk-date-input__input"
	if !strings.Contains(item.Classes, inputError) && (item.Error || allWrong) {
		own += " " + inputError
	}
	if !strings.Contains(item.Classes, "govuk-input--width-") {
		own += " govuk-input--width-" + map[bool]string{true: "4", false: "2"}[item.Name == "year"]
	}
	return Input{
		ID: either(item.ID, p.ID+"-"+item.Name), Name: name,
		Value:   either(item.Value, p.Values[name]),
		Label:   Label{Text: either(item.Label, word.dateField(item.Name)), Classes: "govuk-date-input__label"},
		Classes: classes(own, item.Classes), Inputmode: either(item.Inputmode, "numeric"),
		Autocomplete: item.Autocomplete, Pattern: item.Pattern, Attributes: item.Attributes,
	}
}

func (w *Words) dateField(name string) string {
	switch name {
	case "day":
		return w.Day
	case "month":
		return w.Month
	case "year":
		return w.Year
	}
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
