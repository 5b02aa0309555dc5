package desk

import (
	"net/http"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// sealRecord is /desk/records/{register}/{number}/seal.
func (d *Desk) sealRecord(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	register, number := r.PathValue("register"), r.PathValue("number")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Registry().Seal(r.Context(), r.Actor, flow.SealRecord{Register: register, Number: number, Version: version(r), Field: r.Field("field"),
			Reason: r.Field("reason"), Law: r.Field("law"), Until: dayTyped(r, "until"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, deskRecordPath(register, number)+"?done=sealed")
		}
		if err := f.refused(r, err, "reason"); err != nil {
			return err
		}
	}
	p, err := d.View.Registry().Record(r.Context(), reader(r), register, number, view.Then{})
	if err != nil {
		return err
	}
	if !p.MaySeal || p.Closed {
		return fault.NewNotFound("")
	}
	title := r.T("Seal {number}", i18n.V{"number": number})
	what := page.Select{Name: "field", Value: r.Field("field"), Label: page.Label{Text: r.T("What must not be seen?"), Classes: "govuk-label--s"}, ErrorMessage: f.Problems.at("field"),
		Items: []page.Option{{Text: r.T("The whole record")}}}
	for _, x := range p.Fields {
		what.Items = append(what.Items, page.Option{Value: x.ID, Text: x.Title})
	}
	until := dayInput("until", r.T("Until when? (optional)"), r.Field("until"))
	until.Hint, until.ErrorMessage = page.Hint{Text: r.T("The last day. Without it, until somebody unseals it.")}, f.Problems.at("until")
	form := page.Form{Action: recordStep(p, "seal"), Key: r.NewKey(), HTML: page.Group{hiddenVersion(p.Version), what,
		page.Textarea{Name: "reason", Rows: 3, Value: r.Field("reason"), Label: page.Label{Text: r.T("Why?"), Classes: "govuk-label--s"}, ErrorMessage: f.Problems.at("reason")},
		textOf("law", r.T("Order or law"), r.T("For example: order of the Family Court of 3 March 2026"), r.Field("law"), f.Problems), until,
		page.ButtonGroup{page.Button{Text: r.T("Seal"), Classes: "govuk-button--warning", PreventDoubleClick: true}, page.LinkTo{Text: r.T("Cancel"), URL: deskRecordPath(register, number)}}}}
	return d.show(w, r, areaRegisters, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Back: deskRecordPath(register, number), Content: append(f.top(),
		page.Heading{Level: 1, Text: title, Caption: p.RegisterTitle},
		page.WarningText{Text: r.T("To everybody without your right it will be as if it were not there: on public pages, in search, in its history and in what is published from now on. What was published before cannot be called back.")}, form)})
}

// unsealRecord is /desk/records/{register}/{number}/unseal/{seal}.
func (d *Desk) unsealRecord(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	register, number := r.PathValue("register"), r.PathValue("number")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Registry().Unseal(r.Context(), r.Actor, flow.UnsealRecord{Seal: r.PathValue("seal"), Reason: r.Field("reason"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, deskRecordPath(register, number)+"?done=unsealed")
		}
		if err := f.refused(r, err, "reason"); err != nil {
			return err
		}
	}
	p, err := d.View.Registry().Record(r.Context(), reader(r), register, number, view.Then{})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Seals, func(s view.SealLine) bool { return s.ID == r.PathValue("seal") })
	if !p.MaySeal || i < 0 {
		return fault.NewNotFound("")
	}
	title := r.T("Unseal {number}", i18n.V{"number": number})
	form := page.Form{Action: recordStep(p, "unseal/"+p.Seals[i].ID), Key: r.NewKey(), HTML: page.Group{
		page.Textarea{Name: "reason", Rows: 3, Value: r.Field("reason"), Label: page.Label{Text: r.T("Why?"), Classes: "govuk-label--s"}, ErrorMessage: f.Problems.at("reason")},
		page.ButtonGroup{page.Button{Text: r.T("Unseal"), Classes: "govuk-button--warning", PreventDoubleClick: true}, page.LinkTo{Text: r.T("Cancel"), URL: deskRecordPath(register, number)}}}}
	return d.show(w, r, areaRegisters, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Back: deskRecordPath(register, number),
		Content: append(f.top(), page.Heading{Level: 1, Text: title, Caption: p.RegisterTitle}, form)})
}

// recordProposal is /desk/proposals/{proposal}: a correction or an entry that another person decides on.
func (d *Desk) recordProposal(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id := r.PathValue("proposal")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		outcome := r.Field("do")
		number, err := d.Flow.Registry().Decide(r.Context(), r.Actor, flow.DecideRecord{Proposal: id, Outcome: outcome, Answer: r.Field("answer"), Key: r.Key()})
		if err == nil {
			p, err := d.View.Registry().Proposal(r.Context(), reader(r), id)
			if err != nil {
				return err
			}
			to := deskRegisterPath(p.Register)
			if number != "" {
				to = deskRecordPath(p.Register, number)
			}
			return r.Redirect(w, to+"?done="+outcomeOf(outcome))
		}
		if err := f.refused(r, err, "answer"); err != nil {
			return err
		}
	}
	p, err := d.View.Registry().Proposal(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := r.T("New entry")
	back := deskRegisterPath(p.Register)
	if p.Number != "" {
		title, back = r.T("Correction of {number}", i18n.V{"number": p.Number}), deskRecordPath(p.Register, p.Number)
	}
	g := append(f.top(), recordDone(r), page.Heading{Level: 1, Text: title, Caption: p.RegisterTitle}, recordProposalFacts(r, p))
	return d.show(w, r, areaRegisters, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Back: back, Content: append(g, recordProposalSteps(r, p, &f))})
}

// outcomeOf is an outcome as it stands in an address; what is none is nothing.
func outcomeOf(outcome string) string {
	if slices.Contains([]string{"approved", "refused", "withdrawn"}, outcome) {
		return outcome
	}
	return ""
}

func recordProposalFacts(r *web.Request, p view.RecordProposalPage) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component, is bool) {
		if is {
			list.Rows = append(list.Rows, factRow(key, value))
		}
	}
	add(r.T("Proposed by"), page.Group{page.ID(p.By), page.Text(" "), instant(p.At)}, true)
	add(r.T("So it is said of"), page.Text(p.Valid), p.Valid != "")
	add(r.T("Why"), page.ID(p.Reason), p.Reason != "")
	add(r.T("Shown by"), page.ID(p.Source), p.Source != "")
	add(r.T("Decided by"), page.ID(p.Decider), p.Decider != "")
	add(r.T("Answer"), page.ID(p.Answer), p.Answer != "")
	t := page.QueueTable{Caption: r.T("What changes"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Field")}, {Text: r.T("Before")}, {Text: r.T("After")}},
		Empty: page.EmptyState{Heading: r.T("There is nothing in this record that you may see")}}
	for _, c := range p.Changes {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: c.Title}, {HTML: page.ID(orDash(c.Before))}, {HTML: page.ID(orDash(c.After))}}})
	}
	return page.Group{list, heading2(r.T("What changes")), t}
}

func recordProposalSteps(r *web.Request, p view.RecordProposalPage, f *moneyForm) page.Component {
	step := func(do, text, classes string, more ...page.Component) page.Component {
		return page.Form{Action: "/desk/proposals/" + p.ID, Key: r.NewKey(), HTML: append(append(page.Group{page.Hidden{Name: "do", Value: do}}, more...),
			page.Button{Text: text, Classes: classes, PreventDoubleClick: true})}
	}
	g := page.Group{}
	switch {
	case p.State != "waiting":
		return page.InsetText{Text: r.T("This has been decided.")}
	case p.Own:
		g = append(g, page.InsetText{Text: r.T("You have proposed this yourself, so a supervisor who is not you decides on it.")}, step("withdrawn", r.T("Withdraw"), "govuk-button--secondary"))
	case p.MayDecide:
		answer := page.Textarea{Name: "answer", Rows: 3, Value: r.Field("answer"), Label: page.Label{Text: r.T("Why?")}, ErrorMessage: f.Problems.at("answer")}
		g = append(g, step("approved", r.T("Approve"), ""), page.Details{SummaryText: r.T("Refuse it"), Open: r.Field("do") == "refused", HTML: step("refused", r.T("Refuse"), "govuk-button--warning", answer)})
	default:
		g = append(g, page.Paragraph{Text: r.T("There is nothing for you to do here now.")})
	}
	return g
}
