package page

import (
	"context"
	"io"
	"slices"
	"strconv"
)

// Radios ask to choose one.
type Radios struct {
	Name         string
	IDPrefix     string // Name when empty
	Value        string // the chosen one
	Items        []Choice
	Fieldset     Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Classes      string // govuk-radios--inline, govuk-radios--small
	Attributes   Attributes
}

// Checkboxes ask to choose any number.
type Checkboxes struct {
	Name         string
	IDPrefix     string   // Name when empty
	Values       []string // the chosen ones
	Items        []Choice
	Fieldset     Fieldset
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	DescribedBy  string
	Classes      string
	Attributes   Attributes
}

// Choice is one radio or one checkbox, or a divider ("or") between them.
type Choice struct {
	Value       string
	Text        string
	HTML        Component
	ID          string
	Name        string // checkboxes only
	Label       ChoiceLabel
	Hint        Hint
	Checked     bool
	Disabled    bool
	Behaviour   string // "exclusive": unticks the others
	Divider     string
	Conditional Conditional
	Attributes  Attributes
}

// ChoiceLabel styles the label of a choice.
type ChoiceLabel struct {
	Classes    string
	Attributes Attributes
}

// Conditional is what a choice opens. Without scripts it is always open.
type Conditional struct{ HTML Component }

func (c Choice) id(prefix string, index int) string {
	if c.ID != "" {
		return c.ID
	}
	if index == 0 {
		return prefix // so that the error summary can point at the group
	}
	return prefix + "-" + strconv.Itoa(index+1)
}

func (c Choice) chosen(values ...string) bool {
	return c.Checked || c.Value != "" && slices.Contains(values, c.Value)
}

func (c Choice) label(class, id string) Label {
	return Label{Text: c.Text, HTML: c.HTML, For: id, Classes: classes(class, c.Label.Classes), Attributes: c.Label.Attributes}
}

func (c Choice) hint(class, id string) Hint {
	h := c.Hint
	h.ID, h.Classes = id+"-item-hint", classes(class, h.Classes)
	return h
}

// Render prints the group.
func (p Radios) Render(ctx context.Context, w io.Writer) error { return radios(p).Render(ctx, w) }

// Render prints the group.
func (p Checkboxes) Render(ctx context.Context, w io.Writer) error {
	return checkboxes(p).Render(ctx, w)
}

// YesNo are the two choices of a plain question.
func YesNo(yes, no string) []Choice {
	return []Choice{{Value: "yes", Text: yes}, {Value: "no", Text: no}}
}
