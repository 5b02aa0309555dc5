package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// approvals is /desk/money/approvals: what one person has proposed and another must decide.
func (d *Desk) approvals(w http.ResponseWriter, r *web.Request) error {
	a, err := d.View.Finance().MoneyDesk().Approvals(r.Context(), reader(r), r.Query("after"))
	if err != nil {
		return err
	}
	title := r.T("Approvals")
	say := r.T("What one person proposes, another decides: a supervisor of Revenues who is not the one who proposed it.")
	if !a.Supervise {
		say += " " + r.T("You can look at what waits. Only a supervisor decides.")
	}
	g := page.Group{moneyDone(r), heading1(title), page.Paragraph{Text: say}}
	if len(a.Others) == 0 && len(a.Mine) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("Nothing waits"), Text: r.T("When somebody proposes to waive, write off, pay back, cancel or agree on instalments, it appears here."), Level: 2})
	}
	if len(a.Others) > 0 {
		g = append(g, proposalTable(r, r.T("Proposed by others"), a.Others))
	}
	if len(a.Mine) > 0 {
		g = append(g, proposalTable(r, r.T("Proposed by you"), a.Mine), page.Paragraph{Text: r.T("You cannot approve what you have proposed yourself. You can withdraw it.")})
	}
	g = append(g, nextPage(r, "/desk/money/approvals", url.Values{}, "after", a.Next))
	return d.showMoney(w, r, web.Page{Title: title, Content: g})
}

// proposalTable are proposals in a list.
func proposalTable(r *web.Request, caption string, list []view.ProposalLine) page.QueueTable {
	t := page.QueueTable{Caption: caption, Columns: append(append([]page.Column{{Text: r.T("What")}}, numbers(r.T("Amount"))...),
		page.Column{Text: r.T("Bill")}, page.Column{Text: r.T("Proposed by")}, page.Column{Text: r.T("State")})}
	for _, p := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: moneyLink(p.Title, proposalURL(p), "")}, {HTML: page.ID(orDash(p.Amount))}, {HTML: moneyLink(p.Number, billURL(p.Bill, ""), "")},
			{HTML: byWhom(p.Proposer, p.At)}, {HTML: moneyTag(p.State)},
		}})
	}
	return t
}

func proposalURL(p view.ProposalLine) string {
	return billURL(p.Bill, "/proposals/"+url.PathEscape(p.ID))
}

// proposalPage is /desk/money/bills/{bill}/proposals/{proposal}: deciding, or withdrawing one's own.
type proposalPage struct {
	view.ProposalPage
	form    moneyForm
	Typed   string
	Preview *flow.ProposalPreview
}

func (d *Desk) proposal(w http.ResponseWriter, r *web.Request) error {
	var p proposalPage
	bill, id := r.PathValue("bill"), r.PathValue("proposal")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		p.Typed = r.Field("answer")
		in := flow.DecideProposal{Bill: bill, Proposal: id, Answer: p.Typed, Key: r.Key()}
		done := r.Field("decide")
		err := error(fault.NewInvalid("Choose what to do"))
		if in.Choose(done) {
			err = d.Flow.Finance().DecideProposal(r.Context(), r.Actor, in)
		}
		if err == nil {
			return r.Redirect(w, address("/desk/money/approvals", url.Values{"done": {done}}))
		}
		if err := p.form.refused(r, err, "answer"); err != nil {
			return err
		}
	}
	var err error
	if p.ProposalPage, err = d.View.Finance().MoneyDesk().Proposal(r.Context(), reader(r), bill, id); err != nil {
		return err
	}
	impossible := ""
	if p.Waits {
		preview, err := d.rehearse().PreviewDecision(r.Context(), r.Actor, bill, id)
		switch said, no := r.Say(err, fault.Conflict, fault.Invalid, fault.TooLarge); {
		case no: // the bill has changed since: it can only be refused
			impossible = said
		case err != nil:
			return err
		default:
			p.Preview = &preview
		}
	}
	g := page.Group{p.form.Problems.summary()}
	if p.form.Changed != "" {
		g = append(g, page.WarningText{Text: p.form.Changed})
	}
	if impossible != "" && p.form.Changed == "" {
		g = append(g, page.WarningText{Text: r.T("As the bill stands now, this can no longer be carried out:") + " " + impossible})
	}
	g = append(g, page.Heading{Level: 1, Text: p.Title, Caption: r.T("Proposal")}, proposalFacts(r, p.ProposalPage))
	if p.Preview != nil {
		g = append(g, previewPanel(r, *p.Preview))
	}
	g = append(g, p.decision(r))
	return d.showMoney(w, r, web.Page{Title: p.Title, Status: p.form.status, Failed: p.form.Problems.any(), Content: g}, page.Crumb{Text: r.T("Approvals"), Href: "/desk/money/approvals"})
}

func proposalFacts(r *web.Request, p view.ProposalPage) page.Component {
	list := page.SummaryList{}
	add := func(key string, is bool, value page.Component) {
		if is {
			list.Rows = append(list.Rows, factRow(key, value))
		}
	}
	add(r.T("State"), true, moneyTag(p.State))
	add(r.T("Bill"), true, twoLines(moneyLink(p.Bill.Number, billURL(p.Bill.ID, ""), ""), p.Bill.Title))
	add(r.T("Amount"), p.Amount != "", moneyStrong(p.Amount))
	add(r.T("Of what"), p.Component != "", page.Text(p.Component))
	add(r.T("Out of the payment"), p.Receipt != "", page.ID(p.Receipt))
	add(r.T("To the account"), p.IBAN != "", page.ID(strings.Join(notEmpty(p.Name, p.IBAN), ", ")))
	add(r.T("Reasons"), true, paragraphs(p.Reason))
	add(r.T("Proposed by"), true, byWhom(p.Proposer, p.At))
	add(r.T("Decided by"), p.Decider != "", byWhom(p.Decider, p.DecidedAt))
	add(r.T("Answer"), p.Answer != "", paragraphs(p.Answer))
	g := page.Group{list}
	if len(p.Plan) > 0 && !p.Waits {
		g = append(g, planTable(r, r.T("Instalments"), p.Plan))
	}
	return g
}

// decision is the form, or why there is none.
func (p *proposalPage) decision(r *web.Request) page.Component {
	form := func(inside ...page.Component) page.Component {
		return page.Form{Action: proposalURL(p.ProposalLine), Key: r.NewKey(), HTML: page.Group(inside)}
	}
	switch {
	case !p.Waits:
		return nil
	case p.MayRevoke:
		return page.Group{
			page.InsetText{Text: r.T("You have proposed this yourself, so somebody else must decide it. You can withdraw it.")},
			form(page.Button{Text: r.T("Withdraw it"), Name: "decide", Value: "withdrawn", Classes: "govuk-button--secondary", PreventDoubleClick: true}),
		}
	case p.MayDecide:
		buttons := page.ButtonGroup{}
		if p.Preview != nil {
			buttons = append(buttons, page.Button{Text: r.T("Approve"), Name: "decide", Value: "approved", PreventDoubleClick: true})
		}
		buttons = append(buttons, page.Button{Text: r.T("Refuse"), Name: "decide", Value: "refused", Classes: "govuk-button--secondary", PreventDoubleClick: true})
		return form(page.Textarea{Name: "answer", Value: p.Typed, Rows: 3, Label: page.Label{Text: r.T("If you refuse it: why"), Classes: "govuk-label--s"}, ErrorMessage: p.form.Problems.at("answer")}, buttons)
	case p.OwnBill:
		return page.InsetText{Text: r.T("This bill is your own, so somebody else must decide.")}
	}
	return page.InsetText{Text: r.T("A supervisor of Revenues decides this. You can look at it.")}
}
