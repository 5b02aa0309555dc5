package site

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// answers is /apply/{draft}/check: everything once more, the fee and why, and the declaration.
func (s *Site) answers(w http.ResponseWriter, r *web.Request) error {
	a, err := s.View.CheckAnswers(r.Context(), reader(r), r.PathValue("draft"))
	if err != nil {
		return err
	}
	if a.Case != "" {
		return r.Redirect(w, "/apply/"+a.ID+"/done")
	}
	return renderAnswers(w, r, a, nil)
}

// toAnswers is for a reload of the address that the form was sent to.
func (s *Site) toAnswers(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, "/apply/"+r.PathValue("draft")+"/check")
}

// submit is POST /apply/{draft}/submit.
func (s *Site) submit(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	draft := r.PathValue("draft")
	_, err := s.Flow.Submit(r.Context(), r.Actor, flow.Submit{Draft: draft, Declared: r.Field("declared") != "", Language: r.P.Tag()})
	if err == nil {
		return r.Redirect(w, "/apply/"+draft+"/done")
	}
	if waits := (&flow.WaitsForSecond{}); errors.As(err, &waits) {
		return r.Redirect(w, "/account?told=second")
	}
	var notReady *flow.NotReady
	var changed *flow.KnownChanged
	said, ok := r.Say(err, fault.Invalid)
	if !errors.As(err, &notReady) && !errors.As(err, &changed) && !ok {
		return err
	}
	a, bad := s.View.CheckAnswers(r.Context(), reader(r), draft)
	if bad != nil {
		return bad
	}
	wrong := pagesNotDone(a)
	if changed != nil {
		wrong = append(knownChanged(r, a), wrong...)
	}
	if ok {
		wrong = append(wrong, view.Problem{Path: "declared", Anchor: "declared", Text: said})
	}
	return renderAnswers(w, r, a, wrong)
}

// pagesNotDone leads from the summary to each page that is not done; the links are whole addresses.
func pagesNotDone(a view.Answers) []view.Problem { return a.Problems }

func renderAnswers(w http.ResponseWriter, r *web.Request, a view.Answers, wrong []view.Problem) error {
	base := "/apply/" + a.ID
	title := r.T("Check your answers before you send them")
	var g page.Group
	if len(wrong) > 0 {
		g = append(g, answerErrors(r, base, wrong))
	} else if len(a.Problems) > 0 {
		g = append(g, page.InsetText{HTML: page.Group{page.Text(r.T("Some parts are not complete yet:")), openPages(base, a.Problems)}})
	}
	g = append(g, heading1(a.Service.Title, title))
	for _, c := range a.Cards {
		g = append(g, answerCard(r, base, c))
	}
	g = append(g, feeSection(r, a.Fee, len(a.Problems) == 0))
	if len(a.Refusals) > 0 {
		g = append(g, h2(r.T("You cannot use this service")), refusals(r, a.Refusals))
	}
	g = append(g, privacyOf(r, a.Privacy), sendForm(r, base, a, wrong))
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Content: column(g...), ServiceName: a.Service.Title, ServiceURL: base, Back: base})
}

// answerErrors is the summary of what keeps the application from being sent.
func answerErrors(r *web.Request, base string, wrong []view.Problem) page.Component {
	sum := page.ErrorSummary{TitleText: r.T("There is a problem"), Focus: true}
	for _, p := range wrong {
		link := page.ErrorLink{Text: p.Text, Href: base + "/" + p.Path + "?from=check&show=1"}
		if p.Anchor != "" {
			link.Href = "#" + p.Anchor
		}
		sum.ErrorList = append(sum.ErrorList, link)
	}
	return sum
}

func openPages(base string, list []view.Problem) page.Component {
	var items []page.Component
	for _, p := range list {
		items = append(items, page.LinkTo{Text: p.Text, URL: base + "/" + p.Path + "?from=check&show=1"})
	}
	return page.List{Items: items}
}

// answerCard is a page's answers, each with the way to change it; base is "" where they are final.
func answerCard(r *web.Request, base string, c view.Card) page.Component {
	at := base + "/" + c.Page
	if c.Item != "" {
		at += "/" + c.Item
	}
	list := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: c.Title}}}
	if c.Empty != "" {
		row := page.SummaryRow{Key: page.Cell{Text: c.Title}, Value: page.Cell{Text: c.Empty}}
		if base != "" {
			row.Actions.Items = []page.Action{{Text: r.T("Change"), Href: at + "?from=check", VisuallyHiddenText: c.Title}}
		}
		list.Rows = append(list.Rows, row)
	}
	for _, a := range c.Rows {
		value := page.Cell{HTML: paper.Lines(a.Lines)}
		if a.From != "" {
			value.HTML = page.Group{value.HTML, page.Hint{Text: a.From}}
		}
		if len(a.Lines) == 0 {
			value = page.Cell{Text: r.T("Not answered")}
		}
		row := page.SummaryRow{Key: page.Cell{Text: a.Label}, Value: value}
		if base != "" {
			row.Actions.Items = []page.Action{{Text: r.T("Change"), Href: at + "?from=check#" + a.Anchor, VisuallyHiddenText: a.Label}}
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// feeSection is what is to be paid and why.
func feeSection(r *web.Request, fee *view.Fee, complete bool) page.Component {
	if fee == nil {
		if complete {
			return nil
		}
		return page.Group{h2(r.T("Fee")), body(r.T("The fee is worked out when all parts are complete."))}
	}
	g := page.Group{h2(r.T("Fee"))}
	if len(fee.Items) == 0 {
		return append(g, body(r.T("There is nothing to pay.")))
	}
	list := page.SummaryList{}
	for _, item := range fee.Items {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: item.Title}, Value: page.Cell{HTML: page.ID(item.Amount)}})
	}
	list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Total")}, Value: page.Cell{HTML: strong(fee.Total)}})
	g = append(g, list)
	for _, item := range fee.Items {
		if item.Why != nil {
			g = append(g, page.Details{SummaryText: r.T("Why this amount: {title}", i18n.V{"title": item.Title}), HTML: paper.Reasons{Why: item.Why}})
		}
	}
	return g
}

func sendForm(r *web.Request, base string, a view.Answers, wrong []view.Problem) page.Component {
	if a.SignIn > policy.Unknown {
		to := "/sign-in?level=" + a.SignIn.String() + "&to=" + url.QueryEscape(base+"/check")
		return page.Group{h2(r.T("Show who you are, then send it")), body(r.T("To send this you have to be signed in. Your answers are kept, and afterwards you come back to this page.")),
			page.ButtonGroup{page.Button{Text: r.T("Sign in and come back"), Href: to}, page.LinkTo{Text: r.T("Save and come back later"), URL: base + "/save"}}}
	}
	var inside page.Group
	if a.Declaration != "" {
		box := page.Checkboxes{Name: "declared", Items: []page.Choice{{Value: "yes", Text: a.Declaration}},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Declaration"), Classes: "govuk-fieldset__legend--m"}}}
		for _, p := range wrong {
			if p.Anchor == "declared" {
				box.ErrorMessage = page.ErrorMessage{Text: p.Text}
			}
		}
		inside = append(inside, box)
	}
	inside = append(inside, page.ButtonGroup{
		page.Button{Text: r.T("Send application"), PreventDoubleClick: true},
		page.LinkTo{Text: r.T("Save and come back later"), URL: base + "/save"},
	})
	return page.Form{Action: base + "/submit", Key: r.NewKey(), HTML: inside}
}

// done is /apply/{draft}/done: the number, what is to be paid, and what happens next.
func (s *Site) done(w http.ResponseWriter, r *web.Request) error { return s.showDone(w, r, "") }

func (s *Site) showDone(w http.ResponseWriter, r *web.Request, problem string) error {
	draft := r.PathValue("draft")
	d, err := s.View.Done(r.Context(), reader(r), draft)
	if err != nil {
		return err
	}
	title := r.T("Application sent")
	if d.Bill != nil && d.Bill.Owed {
		title = r.T("Pay the fee")
	}
	var wrong []view.Problem
	if problem != "" {
		wrong = []view.Problem{{Anchor: "pay", Text: problem}}
	}
	g := page.Group{summary(r, wrong), banner(r, map[string]string{"cancelled": r.T("You did not pay. Nothing was taken.")})}
	if d.Bill != nil && d.Bill.Owed {
		g = append(g, payFee(r, draft, d)...)
	} else {
		g = append(g, page.Panel{TitleText: title, HTML: panelNumber(r.T("Your number"), d.Number)})
	}
	if d.Email != "" {
		g = append(g, page.Paragraph{HTML: r.P.H("We have sent a confirmation to {email}.", i18n.V{"email": d.Email})})
	}
	g = append(g, h2(r.T("What happens next")), para(d.Tell))
	if d.Due != "" {
		g = append(g, page.Paragraph{HTML: r.P.H("This step ends on {date} at the latest.", i18n.V{"date": d.Due})})
	}
	follow := page.LinkTo{Text: r.T("Follow it in your account"), URL: "/account/cases/" + d.Case}
	g = append(g, page.Paragraph{HTML: follow},
		page.Paragraph{Text: r.T("To sign in, use the same email address. You do not need a password: we send you a code.")},
		howItWent(r, draft, d), contactBlock(r.T("Who to ask"), d.Contact))
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Content: column(g...), ServiceName: d.Service})
}

// howItWent asks one question, which nobody has to answer.
func howItWent(r *web.Request, draft string, d view.Done) page.Component {
	if d.Bill != nil && d.Bill.Owed {
		return nil
	}
	if d.Said {
		return page.InsetText{Text: r.T("Thank you for saying how it went.")}
	}
	choices := page.Radios{Name: "score", Classes: "govuk-radios--small", Hint: page.Hint{Text: r.T("You do not have to answer. Your answer is kept apart from who you are.")},
		Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("How did it go?"), Classes: "govuk-fieldset__legend--m"}},
		Items: []page.Choice{{Value: "5", Text: r.T("Very well")}, {Value: "4", Text: r.T("Well")}, {Value: "3", Text: r.T("Neither well nor badly")},
			{Value: "2", Text: r.T("Badly")}, {Value: "1", Text: r.T("Very badly")}}}
	return page.Form{Action: "/apply/" + draft + "/went", Key: r.NewKey(), HTML: page.Group{choices, page.Button{Text: r.T("Say how it went"), Classes: "govuk-button--secondary"}}}
}

// went is POST /apply/{draft}/went. Without a choice nothing was said, which is no mistake.
func (s *Site) went(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	draft := r.PathValue("draft")
	score, _ := strconv.Atoi(r.Field("score")) // nothing chosen is no score
	if err := s.Flow.Insight().Went(r.Context(), r.Actor, flow.Went{Draft: draft, Score: score}); err != nil {
		return err
	}
	return r.Redirect(w, "/apply/"+draft+"/done")
}

// payFee is the fee of an application that was just sent: by card at once, or by bank.
func payFee(r *web.Request, draft string, d view.Done) page.Group {
	g := page.Group{
		heading1(d.Service, r.T("Pay the fee")),
		page.Paragraph{HTML: r.P.H("Your application has the number {number}. The fee is {amount}.", i18n.V{"number": page.ID(d.Number), "amount": strong(d.Bill.Balance)})},
	}
	if d.Cards {
		g = append(g, page.Form{Action: "/apply/" + draft + "/pay", Key: r.NewKey(), HTML: page.Button{Text: r.T("Pay {amount} by card", i18n.V{"amount": d.Bill.Balance}), ID: "pay", PreventDoubleClick: true}})
	}
	if d.Transfer != nil {
		g = append(g, page.Details{SummaryText: r.T("Pay by bank transfer instead"), HTML: bankDetails(r, d.Transfer)})
	}
	return g
}
