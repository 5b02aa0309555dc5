package desk

import (
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/service"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// tryChange is /desk/whatif/try?of=service.ID: what is changed. Whatever is left as it is, is not changed.
func (d *Desk) tryChange(w http.ResponseWriter, r *web.Request) error {
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
	}
	of := r.Query("of")
	if r.Method == http.MethodPost {
		of = r.Field("of")
	}
	kind, id, _ := strings.Cut(of, ".")
	form, err := d.View.Data().WhatIf().Form(reader(r), kind, id)
	if err != nil {
		return err
	}
	var wrongs problems
	if r.Method == http.MethodPost {
		change, err := readChange(r, form)
		study := ""
		if err == nil {
			study, err = d.Flow.Studies().Start(r.Context(), r.Actor, flow.Try{Change: change, Key: r.Key()})
		}
		if err == nil {
			return r.Redirect(w, studyPath(study))
		}
		ours := false
		if wrongs, ours = wrong(r, err, "title"); !ours {
			return err
		}
	}
	g := page.Group{wrongs.summary(), page.Heading{Level: 1, Text: r.T("What would you change?"), Caption: form.Title},
		page.Paragraph{Text: r.T("Fill in what should be otherwise, and leave the rest as it is.")},
		page.Form{Action: "/desk/whatif/try", Key: r.NewKey(), HTML: append(append(page.Group{page.Hidden{Name: "of", Value: of}}, tryFields(r, form, wrongs)...),
			page.Button{Text: r.T("Try it"), PreventDoubleClick: true})}}
	return d.show(w, r, areaWhatIf, web.Page{Title: r.T("What would you change?"), Failed: wrongs.any(), Asks: true, Crumbs: crumbs(r, whatIfCrumb(r)), Content: g})
}

// typedOr is what was typed, or what there is.
func typedOr(r *web.Request, name, now string) string {
	if r.Method == http.MethodPost {
		return r.Field(name)
	}
	if asked := r.Query(name); asked != "" { // by the page that led here
		return asked
	}
	return now
}

func tryFields(r *web.Request, f view.TryForm, wrongs problems) page.Group {
	g := page.Group{page.Input{Name: "title", Value: typedOr(r, "title", ""), Label: page.Label{Text: r.T("Name of the study"), Classes: "govuk-label--s"},
		Hint: page.Hint{Text: r.T("So that others find it: “A fee of 25 pounds”.")}, ErrorMessage: wrongs.at("title")}}
	if len(f.Amounts) > 0 {
		list := page.Group{}
		for _, a := range f.Amounts {
			name := "amount-" + a.ID
			list = append(list, page.Input{Name: name, Value: typedOr(r, name, a.Rule), Label: page.Label{Text: a.Title, Classes: "govuk-label--s"}, Spellcheck: "false",
				Hint: page.Hint{Text: r.T("An amount like 25, or a rule.")}, ErrorMessage: wrongs.at(name)})
		}
		g = append(g, heading2(map[bool]string{true: r.T("The charge"), false: r.T("The fee")}[f.Kind == "tax"]), list)
	}
	g = append(g, figureFields(r, f, wrongs), deadlineFields(r, f, wrongs), queueFields(r, f, wrongs))
	days := page.Group{page.Paragraph{Text: r.T("Leave empty to look at everything that there is.")}, labelledDay("from", r.T("First day"), typedOr(r, "from", ""), wrongs), labelledDay("until", r.T("Last day"), typedOr(r, "until", ""), wrongs)}
	return append(g, heading2(r.T("Which past cases")), days)
}

func figureFields(r *web.Request, f view.TryForm, wrongs problems) page.Component {
	if len(f.Figures) == 0 {
		return page.Group{}
	}
	g := page.Group{heading2(r.T("Figures of the law"))}
	for _, x := range f.Figures {
		name := "figure-" + x.ID
		about := page.Group{page.Text(r.T("Now {value}, since {day}.", i18n.V{"value": x.Shown, "day": x.Since}) + " "), paper.Law(x.Law)}
		label := page.Label{Text: x.Title, Classes: "govuk-label--s"}
		if x.Type == "yes_no" {
			g = append(g, page.Select{Name: name, Value: typedOr(r, name, x.Value), Items: []page.Option{{Value: "yes", Text: r.T("Yes")}, {Value: "no", Text: r.T("No")}}, Label: label, Hint: page.Hint{HTML: about}, ErrorMessage: wrongs.at(name)})
			continue
		}
		in := page.Input{Name: name, Value: typedOr(r, name, x.Value), Label: label, Hint: page.Hint{HTML: about}, ErrorMessage: wrongs.at(name), Classes: "govuk-input--width-10", Spellcheck: "false"}
		if x.Type == "number" || x.Type == "money" {
			in.Inputmode = "decimal"
		}
		g = append(g, in)
	}
	return append(g, labelledDay("since", r.T("The changed figures count from"), typedOr(r, "since", ""), wrongs), page.Paragraph{Text: r.T("Leave the day empty to try them on all past cases, as if they had always been so.")})
}

func deadlineFields(r *web.Request, f view.TryForm, wrongs problems) page.Component {
	if len(f.Deadlines) == 0 {
		return page.Group{}
	}
	g := page.Group{heading2(r.T("Deadlines"))}
	units := map[string]string{"working_days": r.T("working days"), "days": r.T("days"), "months": r.T("months")}
	for _, x := range f.Deadlines {
		name := "deadline-" + x.State
		in := page.Input{Name: name, Value: typedOr(r, name, strconv.Itoa(x.N)), Label: page.Label{Text: x.Title, Classes: "govuk-label--s"}, Suffix: page.Affix{Text: units[x.Unit]}, Inputmode: "numeric", Classes: "govuk-input--width-5", ErrorMessage: wrongs.at(name)}
		if x.Law.Text != "" {
			in.Hint = page.Hint{HTML: paper.Law(x.Law)}
		}
		g = append(g, in)
	}
	return g
}

func queueFields(r *web.Request, f view.TryForm, wrongs problems) page.Component {
	if !f.Queue {
		return page.Group{}
	}
	whole := func(name, label, hint, value string) page.Component {
		return page.Input{Name: name, Value: typedOr(r, name, value), Label: page.Label{Text: label, Classes: "govuk-label--s"}, Hint: page.Hint{Text: hint}, Inputmode: "numeric", Classes: "govuk-input--width-5", ErrorMessage: wrongs.at(name)}
	}
	return page.Group{heading2(r.T("Officers")), page.Paragraph{Text: r.T("The cases of {organisation} are taken up as they came in, by more or fewer officers.", i18n.V{"organisation": f.Organisation})},
		whole("officers", r.T("Officers more, or fewer"), r.T("2 for two more, -1 for one fewer."), ""),
		whole("minutes", r.T("Minutes that a case takes an officer"), r.T("Leave empty to have it measured from what officers did."), ""),
		whole("hours", r.T("Hours of a day that an officer has for these cases"), r.T("7 where they do nothing else. Leave empty to have it fitted to how long people waited."), "")}
}

// readChange is what was changed in the form.
func readChange(r *web.Request, f view.TryForm) (c service.ChangeFile, err error) {
	var fields fault.Fields
	c.Title = r.Field("title")
	if f.Kind == "tax" {
		c.Tax = f.ID
	} else {
		c.Service = f.ID
	}
	day := func(name string) (d calendar.Date) {
		if typed := strings.TrimSpace(r.Field(name)); typed != "" {
			var err error
			if d, err = calendar.ParseISO(typed); err != nil {
				fields.Add(name, i18n.Msg("Enter a day like 2026-04-01"))
			}
		}
		return d
	}
	whole := func(name string) int {
		typed := strings.TrimSpace(r.Field(name))
		if typed == "" {
			return 0
		}
		n, err := strconv.Atoi(strings.ReplaceAll(typed, "−", "-"))
		if err != nil {
			fields.Add(name, i18n.Msg("Enter a whole number"))
		}
		return n
	}
	c.From, c.Until = day("from"), day("until")
	since := day("since")
	for _, x := range f.Figures {
		if typed := strings.TrimSpace(r.Field("figure-" + x.ID)); typed != "" && typed != x.Value {
			c.Parameters = append(c.Parameters, service.ParameterChangeFile{ID: x.ID, Value: typed, From: since})
		}
	}
	for _, x := range f.Amounts {
		if typed := strings.TrimSpace(r.Field("amount-" + x.ID)); typed != "" && typed != x.Rule {
			c.Amounts = append(c.Amounts, service.AmountChangeFile{ID: x.ID, Amount: typed})
		}
	}
	for _, x := range f.Deadlines {
		if n := whole("deadline-" + x.State); n != x.N && n != 0 {
			change := service.DeadlineChangeFile{State: x.State}
			switch x.Unit {
			case "working_days":
				change.WorkingDays = n
			case "months":
				change.Months = n
			default:
				change.Days = n
			}
			c.Deadlines = append(c.Deadlines, change)
		}
	}
	if f.Queue {
		c.Officers, c.Minutes, c.Hours = service.More(whole("officers")), whole("minutes"), whole("hours")
	}
	if err := fields.Err(); err != nil {
		return c, err
	}
	if !c.OfRules() && c.Officers == 0 {
		fields.Add("title", i18n.Msg("Change something first: a fee, a figure, a deadline or the number of officers"))
	}
	if strings.TrimSpace(c.Title) == "" {
		fields.Add("title", i18n.Msg("Give the study a name, so that others can find it"))
	}
	return c, fields.Err()
}
