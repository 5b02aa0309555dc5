package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// inForm is the name of a register's field in a form, where reason and source have names too.
func inForm(field string) string { return "field-" + field }

// named gives the problems of fields the names that they have in the form.
func named(err error, inputs []view.RecordInput) error {
	var fields fault.Fields
	if !errors.As(err, &fields) {
		return err
	}
	fields = slices.Clone(fields)
	for i, f := range fields {
		if slices.ContainsFunc(inputs, func(in view.RecordInput) bool { return in.ID == f.Field }) {
			fields[i].Field = inForm(f.Field)
		}
	}
	return fields
}

// typed reads what was typed into a field as the register holds it. What cannot be read stays as it is, and is refused.
func typed(r *web.Request, in view.RecordInput) string {
	text := strings.TrimSpace(r.Field(inForm(in.ID)))
	if in.Type != "money" && in.Type != "number" || text == "" {
		return text
	}
	if d, ok := process.ReadNumber(text); ok {
		return d.String()
	}
	return text
}

// recordInput asks for a field.
func recordInput(r *web.Request, in view.RecordInput, value string, p problems) page.Component {
	label := page.Label{Text: in.Title, Classes: "govuk-label--s"}
	if !in.Required {
		label.Text = r.T("{field} (optional)", i18n.V{"field": in.Title})
	}
	hint := page.Hint{}
	if in.Refers != "" {
		hint.Text = r.T("As it stands in the register “{register}”.", i18n.V{"register": in.Refers})
	}
	name := inForm(in.ID)
	choices := in.Choices
	if in.Type == "yes_no" {
		choices = []view.Option{{Value: "yes", Label: r.T("Yes")}, {Value: "no", Label: r.T("No")}}
	}
	if len(choices) > 0 {
		s := page.Select{Name: name, Label: label, Hint: hint, Value: value, ErrorMessage: p.at(name), Items: []page.Option{{Text: r.T("Choose")}}}
		s.Items = append(s.Items, options(choices)...)
		return s
	}
	input := page.Input{Name: name, Label: label, Hint: hint, Value: value, ErrorMessage: p.at(name), Classes: "govuk-!-width-two-thirds"}
	switch in.Type {
	case "date":
		input.Type, input.Classes = "date", "govuk-input--width-10"
	case "number", "money":
		input.Inputmode, input.Classes = "decimal", "govuk-input--width-10"
	}
	return input
}

// correctRecord is /desk/records/{register}/{number}/correct: first which fields and since when, then what they must say.
func (d *Desk) correctRecord(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	register, number := r.PathValue("register"), r.PathValue("number")
	value := r.Query
	chosen := r.URL.Query()["fields"]
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		value, chosen = r.Field, r.PostForm["fields"]
	}
	p, err := d.View.Registry().Form(r.Context(), reader(r), register, number, value("since"))
	if err != nil {
		return err
	}
	inputs := slices.DeleteFunc(slices.Clone(p.Inputs), func(in view.RecordInput) bool { return !slices.Contains(chosen, in.ID) })
	if r.Method == http.MethodPost {
		in := flow.CorrectRecord{Register: register, Number: number, Version: version(r), Set: map[string]string{}, Reason: r.Field("reason"), Source: r.Field("source"), Key: r.Key()}
		in.Valid.From, in.Valid.Until = dayTyped(r, "since"), dayTyped(r, "until")
		for _, one := range inputs {
			in.Set[one.ID] = typed(r, one)
		}
		proposal, err := d.Flow.Registry().Correct(r.Context(), r.Actor, in)
		if err == nil {
			done := "corrected"
			if proposal != "" {
				done = "proposed"
			}
			return r.Redirect(w, deskRecordPath(register, number)+"?done="+done)
		}
		if err := f.refused(r, named(err, p.Inputs), "since"); err != nil {
			return err
		}
	}
	title := r.T("Correct {number}", i18n.V{"number": number})
	g := append(f.top(), page.Heading{Level: 1, Text: title, Caption: p.RegisterTitle})
	if len(inputs) == 0 {
		g = append(g, correctWhat(r, p, &f))
	} else {
		g = append(g, correctHow(r, p, inputs, value, &f))
	}
	return d.show(w, r, areaRegisters, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Back: deskRecordPath(register, number), Content: g})
}

// correctWhat asks which fields are wrong, and since when.
func correctWhat(r *web.Request, p view.RecordForm, f *moneyForm) page.Component {
	boxes := page.Checkboxes{Name: "fields", ErrorMessage: f.Problems.at("fields"), Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("What is wrong or missing?"), Classes: "govuk-fieldset__legend--m"}}}
	for _, in := range p.Inputs {
		c := page.Choice{Value: in.ID, Text: in.Title}
		if i := slices.IndexFunc(p.Fields, func(x view.DeskField) bool { return x.ID == in.ID }); i >= 0 {
			c.Hint.HTML = page.ID(p.Fields[i].Value)
		}
		boxes.Items = append(boxes.Items, c)
	}
	since, until := dayInput("since", r.T("Since when was it so? (optional)"), r.Query("since")), dayInput("until", r.T("Until when? (optional)"), r.Query("until"))
	since.Hint = page.Hint{Text: r.T("The first day on which the right value was true. Leave it empty if it is so from today on.")}
	until.Hint = page.Hint{Text: r.T("Only if it was so until a day that is over, and what the record says today is right.")}
	return page.Form{Action: recordStep(p.DeskRecord, "correct"), Method: "get", HTML: page.Group{boxes, since, until, page.Button{Text: r.T("Continue")}}}
}

// correctHow asks what the chosen fields must say, why, and how that is known.
func correctHow(r *web.Request, p view.RecordForm, inputs []view.RecordInput, value func(string) string, f *moneyForm) page.Component {
	g := page.Group{hiddenVersion(p.Version), page.Paragraph{Text: r.T("What was recorded before stays in the history. Only the fields below change.")}}
	for _, in := range inputs {
		text := in.Text
		if r.Method == http.MethodPost {
			text = r.Field(inForm(in.ID))
		}
		g = append(g, page.Hidden{Name: "fields", Value: in.ID}, recordInput(r, in, text, f.Problems))
	}
	since, until := dayInput("since", r.T("Since when was it so? (optional)"), value("since")), dayInput("until", r.T("Until when? (optional)"), value("until"))
	since.ErrorMessage, until.ErrorMessage = f.Problems.at("since"), f.Problems.at("until")
	since.Hint = page.Hint{Text: r.T("The first day on which the right value was true. Leave it empty if it is so from today on.")}
	g = append(g, since, until, whyAsked(r, f), page.ButtonGroup{page.Button{Text: r.T("Correct"), PreventDoubleClick: true},
		page.LinkTo{Text: r.T("Choose other fields"), URL: recordStep(p.DeskRecord, "correct") + "?" + url.Values{"since": {value("since")}, "until": {value("until")}}.Encode()}})
	return page.Form{Action: recordStep(p.DeskRecord, "correct"), Key: r.NewKey(), HTML: g}
}

// whyAsked asks for reason and source.
func whyAsked(r *web.Request, f *moneyForm) page.Component {
	return page.Group{
		page.Textarea{Name: "reason", Rows: 3, Value: r.Field("reason"), Label: page.Label{Text: r.T("Why?"), Classes: "govuk-label--s"}, Hint: page.Hint{Text: r.T("Kept with the change. The person concerned may read it.")}, ErrorMessage: f.Problems.at("reason")},
		textOf("source", r.T("What shows it?"), r.T("The document, with its number and day."), r.Field("source"), f.Problems),
	}
}

// enterRecord is /desk/registers/{register}/enter: a new record by hand.
func (d *Desk) enterRecord(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	register := r.PathValue("register")
	p, err := d.View.Registry().Form(r.Context(), reader(r), register, "", "")
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.EnterRecord{Register: register, Fields: map[string]string{}, Since: dayTyped(r, "since"), Reason: r.Field("reason"), Source: r.Field("source"), Key: r.Key()}
		for _, one := range p.Inputs {
			in.Fields[one.ID] = typed(r, one)
		}
		out, err := d.Flow.Registry().Enter(r.Context(), r.Actor, in)
		if err == nil {
			if out.Number != "" {
				return r.Redirect(w, deskRecordPath(register, out.Number)+"?done=entered")
			}
			return r.Redirect(w, "/desk/proposals/"+out.Proposal+"?done=proposed")
		}
		if fault.KindOf(err) == fault.Forbidden {
			said, ok := r.Say(err, fault.Forbidden)
			if !ok {
				return err
			}
			f.Changed, f.status = said, http.StatusForbidden
		} else if err := f.refused(r, named(err, p.Inputs), "source"); err != nil {
			return err
		}
	}
	title := r.T("New entry: {kind}", i18n.V{"kind": p.Kind})
	g := page.Group{}
	for _, in := range p.Inputs {
		g = append(g, recordInput(r, in, r.Field(inForm(in.ID)), f.Problems))
	}
	since := dayInput("since", r.T("Since when is it so? (optional)"), r.Field("since"))
	since.Hint, since.ErrorMessage = page.Hint{Text: r.T("Leave it empty if it is so from today on.")}, f.Problems.at("since")
	g = append(g, since, textOf("source", r.T("What shows it?"), r.T("The document, with its number and day."), r.Field("source"), f.Problems), page.Button{Text: r.T("Enter"), PreventDoubleClick: true})
	return d.show(w, r, areaRegisters, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Back: deskRegisterPath(register),
		Content: append(f.top(), page.Heading{Level: 1, Text: title, Caption: p.RegisterTitle}, page.Form{Action: deskRegisterPath(register) + "/enter", Key: r.NewKey(), HTML: g})})
}
