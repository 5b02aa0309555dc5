package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// actionPage is /desk/cases/{case}/do/{action}: the form for an action of the file.
type actionPage struct {
	view.DeskActionPage
	P        *i18n.Printer
	Key      page.FormKey
	Typed    actionForm
	Problems problems
	Changed  string
	Preview  *previewPart
}

// actionForm is what was typed, as it came.
type actionForm struct {
	Reasons, Conditions []string // ids of standard ones
	Reason, Own, Text   string
}

// previewPart is what would happen, in words, with the letters as they would be sent.
type previewPart struct {
	State, Due string
	Ends       bool
	Stopped    bool
	Letters    []paper.Sheet
}

func (p actionPage) path() string { return "/desk/cases/" + p.DeskHead.ID + "/do/" + p.Action.ID }

func (d *Desk) action(w http.ResponseWriter, r *web.Request) error {
	p := actionPage{P: r.P, Key: r.NewKey()}
	if r.Method != http.MethodPost {
		return d.showAction(w, r, p, nil)
	}
	if err := r.ReadForm(); err != nil {
		return err
	}
	p.Typed = readAction(r)
	in := flow.ActOnCase{Case: r.PathValue("case"), Version: version(r), Action: r.PathValue("action"), Text: p.Typed.Text, Key: r.Key(),
		Decision: process.Decision{Reasons: p.Typed.Reasons, Reason: p.Typed.Reason, Conditions: p.Typed.Conditions, Own: splitLines(p.Typed.Own)}}
	if r.Field("step") == "preview" {
		preview, err := d.Flow.PreviewAction(r.Context(), r.Actor, in)
		if err == nil {
			p.Preview, err = d.previewPart(r.Context(), r, in.Case, preview)
		}
		return d.showAction(w, r, p, err)
	}
	if err := d.Flow.ActOnCase(r.Context(), r.Actor, in); err != nil {
		return d.showAction(w, r, p, err)
	}
	how := "acted"
	if r.Field("proposes") == "yes" {
		how = "proposed"
	}
	return r.Redirect(w, "/desk/cases/"+in.Case+"?done="+how)
}

// showAction shows the form with what was typed, and with what was wrong or has changed since.
func (d *Desk) showAction(w http.ResponseWriter, r *web.Request, p actionPage, failed error) error {
	status := 0
	if failed != nil {
		ours := false
		if p.Problems, ours = wrong(r, failed, firstField(r)); !ours {
			if p.Changed, ours = r.Say(failed, fault.Conflict); !ours {
				return failed
			}
			status = http.StatusConflict
		}
	}
	form, err := d.View.DeskAction(r.Context(), reader(r), r.PathValue("case"), r.PathValue("action"))
	if err != nil {
		return err
	}
	p.DeskActionPage = form
	return d.show(w, r, areaCases, web.Page{Title: form.Action.Title, Status: status, Failed: p.Problems.any(), Back: "/desk/cases/" + form.DeskHead.ID, Content: action(p)})
}

// firstField is where an error that names no field is shown.
func firstField(r *web.Request) string {
	if r.PostForm.Has("text") {
		return "text"
	}
	return "reasons"
}

// readAction reads the form.
func readAction(r *web.Request) actionForm {
	return actionForm{Reasons: chosen(r, "reasons"), Conditions: chosen(r, "conditions"), Reason: r.Field("reason"), Own: r.Field("own"), Text: r.Field("text")}
}

// chosen are the ticked values of a group of checkboxes, each once.
func chosen(r *web.Request, name string) []string {
	var list []string
	for _, v := range r.PostForm[name] {
		if v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// splitLines are the lines that say something.
func splitLines(text string) []string {
	var list []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

func (d *Desk) previewPart(ctx context.Context, r *web.Request, id string, p flow.Preview) (*previewPart, error) {
	state, err := d.View.StateTitle(ctx, reader(r), id, p.State)
	part := &previewPart{State: state, Ends: p.Ending != "", Stopped: p.Stopped}
	if !p.Due.IsZero() {
		part.Due = r.P.Date(p.Due.Year(), p.Due.Month(), p.Due.Day())
	}
	for _, l := range p.Letters {
		part.Letters = append(part.Letters, paper.Sheet{Document: l, Level: 3})
	}
	return part, err
}

// choices are standard reasons or conditions as checkboxes, each with its law.
func choices(list []view.DeskChoice) []page.Choice {
	var items []page.Choice
	for _, c := range list {
		item := page.Choice{Value: c.ID, Text: c.Text}
		if c.Law.Text != "" {
			item.Hint = page.Hint{HTML: paper.Law(c.Law)}
		}
		items = append(items, item)
	}
	return items
}

// reasonFields ask for the reasons: standard ones first, own words after.
func (p actionPage) reasonFields() page.Component {
	if p.Reasons == "none" || p.Asks {
		return page.Group{}
	}
	title, hint := p.P.T("Reasons"), p.P.T("Required: choose standard reasons, or give your own, or both.")
	if p.Reasons == "optional" {
		title, hint = p.P.T("Reasons (optional)"), ""
	}
	own := page.Textarea{Name: "reason", Value: p.Typed.Reason, Rows: 4, Label: page.Label{Text: p.P.T("Reasons in your own words"), Classes: "govuk-label--s"},
		Hint: page.Hint{Text: p.P.T("They stand in the letter as you write them. An empty line begins a new paragraph.")}}
	if len(p.Standard) == 0 {
		own.ID, own.ErrorMessage = "reasons", p.Problems.at("reasons")
		own.Label.Text = title
		return own
	}
	return page.Group{page.Checkboxes{Name: "reasons", IDPrefix: "reasons", Values: p.Typed.Reasons, Items: choices(p.Standard), Hint: page.Hint{Text: hint},
		Fieldset: page.Fieldset{Legend: page.Legend{Text: title, Classes: "govuk-fieldset__legend--m"}}, ErrorMessage: p.Problems.at("reasons"), Classes: "govuk-checkboxes--small"}, own}
}

// conditionFields ask for conditions, where the action decides something.
func (p actionPage) conditionFields() page.Component {
	if !p.Decides || p.Reasons == "none" && len(p.Conditions) == 0 && p.Issues == "" {
		return page.Group{}
	}
	own := page.Textarea{Name: "own", Value: p.Typed.Own, Rows: 4, Label: page.Label{Text: p.P.T("Further conditions"), Classes: "govuk-label--s"}, Hint: page.Hint{Text: p.P.T("One condition a line.")}}
	if len(p.Conditions) == 0 {
		own.ID, own.ErrorMessage = "conditions", p.Problems.at("conditions")
		return own
	}
	return page.Group{page.Checkboxes{Name: "conditions", IDPrefix: "conditions", Values: p.Typed.Conditions, Items: choices(p.Conditions),
		Fieldset: page.Fieldset{Legend: page.Legend{Text: p.P.T("Conditions"), Classes: "govuk-fieldset__legend--m"}}, ErrorMessage: p.Problems.at("conditions"), Classes: "govuk-checkboxes--small"}, own}
}

// confirm is the word of the last button.
func (p actionPage) confirm() string {
	if p.Approval {
		return p.P.T("Propose for approval")
	}
	return p.P.T("Confirm")
}
