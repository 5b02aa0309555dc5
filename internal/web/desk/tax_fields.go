package desk

import (
	"errors"
	"net/url"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// taxWrong sorts what a use case of taxes refused into what stands beside each field; what names no field belongs to the one
// named first. Another error is not the form's.
func taxWrong(r *web.Request, err error, first string) (problems, error) {
	f := problems{Title: r.T("There is a problem"), by: map[string]string{}}
	add := func(field, anchor, text string) {
		if f.by[field] == "" {
			f.by[field] = text
			f.Links = append(f.Links, page.ErrorLink{Text: text, Href: "#" + anchor})
		}
	}
	var refused *flow.TaxRefused
	if errors.As(err, &refused) {
		for _, e := range refused.Errors {
			anchor := e.Path
			if e.Question != nil && e.Question.Type == "date" {
				anchor += "-day"
			}
			add(e.Path, anchor, e.Message(r.P))
		}
		return f, nil
	}
	if said, ok := r.Say(err, fault.Invalid, fault.Conflict); ok {
		add(first, first, said)
		return f, nil
	}
	return f, err
}

// taxField is a question of a tax as a component; one that is refused says so.
func taxField(r *web.Request, x view.Field, f problems) page.Component {
	said := f.at(x.Path)
	if x.Error != "" {
		said.Text = x.Error
	}
	label := page.Label{Text: x.Ask, Classes: "govuk-label--s"}
	legend := page.Fieldset{Legend: page.Legend{Text: x.Ask, Classes: "govuk-fieldset__legend--s"}}
	hint := page.Hint{Text: x.Help}
	switch x.Type {
	case "yes_no":
		return page.Radios{Name: x.ID, Value: x.Typed[x.ID], Items: page.YesNo(r.T("Yes"), r.T("No")), Fieldset: legend, Hint: hint, ErrorMessage: said, Classes: "govuk-radios--inline"}
	case "one_of":
		items := []page.Option{{}}
		for _, o := range x.Options {
			items = append(items, page.Option{Value: o.Value, Text: o.Label})
		}
		return page.Select{Name: x.ID, Value: x.Typed[x.ID], Items: items, Label: label, Hint: hint, ErrorMessage: said}
	case "many_of":
		var items []page.Choice
		for _, o := range x.Options {
			items = append(items, page.Choice{Value: o.Value, Text: o.Label})
		}
		return page.Checkboxes{Name: x.ID, Values: x.Chosen, Items: items, Fieldset: legend, Hint: hint, ErrorMessage: said}
	case "date":
		items := []page.DateItem{{Name: "day"}, {Name: "month"}, {Name: "year"}}
		return page.DateInput{ID: x.ID, NamePrefix: x.ID, Items: items, Values: x.Typed, Fieldset: legend, Hint: hint, ErrorMessage: said}
	}
	in := page.Input{Name: x.ID, Value: x.Typed[x.ID], Label: label, Hint: hint, ErrorMessage: said, Spellcheck: "false"}
	if x.Type == "number" || x.Type == "money" {
		in.Inputmode, in.Classes = "decimal", "govuk-input--width-10"
	}
	if x.Unit != "" {
		in.Suffix = page.Affix{Text: x.Unit}
	}
	return in
}

// typedFrom takes a posted form as it came.
func typedFrom(form url.Values) process.Typed {
	t := process.Typed{Fields: map[string][]string{}}
	for name, values := range form {
		t.Fields[name] = values
	}
	return t
}

// fieldDay reads a day of one field; the zero day where it is none.
func fieldDay(r *web.Request, name string) calendar.Date {
	d, err := calendar.ParseISO(r.Field(name))
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// labelledDay asks for a day with a label that stands out, and says what is wrong with it.
func labelledDay(name, label, value string, f problems) page.Input {
	in := dayInput(name, label, value)
	in.Label.Classes, in.ErrorMessage = "govuk-label--s", f.at(name)
	return in
}

// reasonField asks why; the audit reads it.
func reasonField(r *web.Request, value string, f problems) page.Component {
	return page.Textarea{Name: "reason", Value: value, Rows: 3, Label: page.Label{Text: r.T("Reasons"), Classes: "govuk-label--s"},
		Hint: page.Hint{Text: r.T("For the audit. The payer can see them.")}, ErrorMessage: f.at("reason")}
}
