package site

import (
	"errors"
	"net/http"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

func returnURL(account, begins, more string) string {
	return taxURL(account, "/declare/"+begins+more)
}

// returnPage is /account/taxes/{account}/declare/{period}/{page}: one page of questions of a declaration.
func (s *Site) returnPage(w http.ResponseWriter, r *web.Request) error {
	account, period, id := r.PathValue("account"), r.PathValue("period"), r.PathValue("page")
	if r.Method != http.MethodPost {
		p, err := s.View.Taxation().ReturnPage(r.Context(), reader(r), account, period, id, r.Query("show") != "")
		if err != nil {
			return err
		}
		return renderReturnPage(w, r, p)
	}
	if err := r.ReadForm(); err != nil {
		return err
	}
	begins, err := calendar.ParseISO(period)
	if err != nil {
		return fault.NewNotFound("")
	}
	if _, err := s.Flow.Taxation().SaveReturn(r.Context(), r.Actor, flow.SaveReturn{Account: account, Begins: begins, Page: id, Form: r.PostForm}); err != nil {
		return err
	}
	if r.Field("do") == "save" {
		return r.Redirect(w, taxURL(account, "?told=saved"))
	}
	before := r.PostForm
	p, err := s.View.Taxation().ReturnPage(r.Context(), reader(r), account, period, id, true)
	if err != nil {
		return err
	}
	more := slices.ContainsFunc(p.Fields, func(f view.Field) bool {
		return f.Optional && !before.Has(f.ID) && f.Type != "yes_no" && f.Type != "one_of" && f.Type != "many_of" && f.Type != "date"
	})
	if len(p.Problems) > 0 || more {
		return renderReturnPage(w, r, p)
	}
	if p.After != "" && r.Field("from") != "check" {
		return r.Redirect(w, returnURL(account, period, "/"+p.After))
	}
	return r.Redirect(w, returnURL(account, period, ""))
}

func renderReturnPage(w http.ResponseWriter, r *web.Request, p view.ReturnPage) error {
	base := returnURL(p.Account.ID, p.Begins, "")
	f := form{r: r, base: base + "/" + p.Page.ID}
	back := taxURL(p.Account.ID, "")
	switch {
	case r.Query("from") == "check":
		back = base
	case p.Before != "":
		back = base + "/" + p.Before
	}
	q := page.Question{Heading: page.Heading{Text: p.Page.Title, Caption: r.T("{tax}, {period}", i18n.V{"tax": p.Account.Tax, "period": p.Period})}, Action: r.URL.Path, Key: r.NewKey(),
		ErrorTitle: r.T("There is a problem"), Errors: problems(p.Problems), Continue: r.T("Save and continue"),
		Also: []page.Component{page.Button{Text: r.T("Save for later"), Name: "do", Value: "save", Classes: "govuk-button--secondary"}}}
	var lead page.Group
	if p.Amends {
		lead = append(lead, page.InsetText{Text: r.T("You declared this period before. What you send now takes its place.")})
	}
	q.Lead = append(lead, para(p.Intro))
	if from := r.Query("from") + r.PostFormValue("from"); from == "check" {
		q.Fields = append(q.Fields, page.Hidden{Name: "from", Value: "check"})
	}
	q.Fields = append(q.Fields, enterKey())
	q.Fields = append(q.Fields, f.controls(p.Fields)...)
	return r.Render(w, web.Page{Title: p.Page.Title, Failed: len(p.Problems) > 0, Content: q, ServiceName: p.Account.Tax, ServiceURL: taxURL(p.Account.ID, ""), Back: back, Asks: true})
}

// checkReturn is /account/taxes/{account}/declare/{period}: what was answered, and what it comes to. Where nothing has been
// answered yet it leads to the first question.
func (s *Site) checkReturn(w http.ResponseWriter, r *web.Request) error {
	account, period := r.PathValue("account"), r.PathValue("period")
	c, err := s.View.Taxation().ReturnCheck(r.Context(), reader(r), account, period)
	if err != nil {
		return err
	}
	if !c.Can {
		return r.Redirect(w, returnURL(account, period, "/done"))
	}
	if len(c.Problems) == len(c.Cards) && c.First != "" && empty(c.Cards) {
		return r.Redirect(w, returnURL(account, period, "/"+c.First))
	}
	return renderReturn(w, r, c, nil)
}

func empty(cards []view.Card) bool {
	for _, c := range cards {
		for _, row := range c.Rows {
			if len(row.Lines) > 0 {
				return false
			}
		}
	}
	return true
}

func renderReturn(w http.ResponseWriter, r *web.Request, c view.ReturnCheck, wrong []view.Problem) error {
	base := returnURL(c.Account.ID, c.Begins, "")
	title := r.T("Check your declaration before you send it")
	g := page.Group{summary(r, wrong), heading1(r.T("{tax}, {period}", i18n.V{"tax": c.Account.Tax, "period": c.Period}), title)}
	if len(c.Problems) > 0 {
		g = append(g, page.InsetText{HTML: page.Group{page.Text(r.T("Some parts are not complete yet:")), openPages(base, c.Problems)}})
	}
	for _, card := range c.Cards {
		g = append(g, answerCard(r, base, card))
	}
	switch {
	case c.Failed != "":
		g = append(g, page.WarningText{Text: c.Failed})
	case c.Result != nil:
		p := page.StatusPanel{Label: r.T("What it comes to"), Status: c.Total, Tone: page.Info}
		if c.Sent != "" {
			p.Text = r.T("{amount} counted before.", i18n.V{"amount": c.Sent})
		}
		g = append(g, p, h2(r.T("How it comes to this")), paper.TaxReasons{P: r.P, Why: c.Result})
	}
	if c.Late {
		g = append(g, page.WarningText{Text: r.T("This was due on {date}. Send it now.", i18n.V{"date": c.DeclareBy})})
	}
	if len(c.Problems) == 0 {
		g = append(g, returnSend(r, base, c, wrong))
	}
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Content: column(g...), ServiceName: c.Account.Tax, ServiceURL: taxURL(c.Account.ID, ""), Back: taxURL(c.Account.ID, "")})
}

// returnSend is the end of the page: sending it; where two must agree, who has, agreeing, and saying that one does not.
func returnSend(r *web.Request, base string, c view.ReturnCheck, wrong []view.Problem) page.Component {
	text := r.T("Send the declaration")
	if c.Amends {
		text = r.T("Send the changed declaration")
	}
	var g page.Group
	if c.Two {
		told := page.Group{page.Paragraph{Text: r.T("Two representatives must agree. Until then nothing is declared.")}}
		if c.Agreed != "" {
			told = append(told, page.Paragraph{HTML: r.P.H("Agreed to this as it stands: {names}.", i18n.V{"names": strong(c.Agreed)})})
		}
		last := c.DeclareBy
		if c.Amends {
			last = c.AmendBy
		}
		if last != "" && !c.Late {
			told = append(told, page.Paragraph{HTML: r.P.H("The last day to send it is {date}.", i18n.V{"date": strong(last)})})
		}
		g = append(g, h2(r.T("Who must agree")), page.InsetText{HTML: told})
		if text = r.T("Agree, and ask another"); c.Answer {
			text = r.T("Agree and send")
		}
	}
	if !c.Mine {
		g = append(g, page.Form{Action: base, Key: r.NewKey(), HTML: page.Group{
			body(r.T("By sending it you say that it is complete and right, as far as you know.")), page.Button{Text: text, PreventDoubleClick: true}}})
	}
	if c.Answer {
		why := page.Textarea{Name: "why", ID: "why", Value: r.PostFormValue("why"), Label: page.Label{Text: r.T("What is to be changed")}}
		for _, p := range wrong {
			if p.Anchor == "why" {
				why.ErrorMessage = page.ErrorMessage{Text: p.Text}
			}
		}
		g = append(g, h2(r.T("If you do not agree")), page.Form{Action: base, Key: r.NewKey(), HTML: page.Group{why,
			page.Button{Text: r.T("I do not agree"), Name: "do", Value: "decline", Classes: "govuk-button--secondary", PreventDoubleClick: true}}})
	}
	return g
}

// sendReturn is POST /account/taxes/{account}/declare/{period}.
func (s *Site) sendReturn(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	account, period := r.PathValue("account"), r.PathValue("period")
	begins, err := calendar.ParseISO(period)
	if err != nil {
		return fault.NewNotFound("")
	}
	decline := r.Field("do") == "decline"
	if decline {
		err = s.Flow.Taxation().DeclineReturn(r.Context(), r.Actor, flow.DeclineReturn{Account: account, Begins: begins, Why: r.Field("why"), Key: r.Key()})
	} else {
		_, err = s.Flow.Taxation().SendReturn(r.Context(), r.Actor, flow.SendReturn{Account: account, Begins: begins, Key: r.Key()})
	}
	waits := (&flow.WaitsForSecond{})
	switch {
	case errors.As(err, &waits):
		return r.Redirect(w, taxURL(account, "?told=second"))
	case err == nil && decline:
		return r.Redirect(w, taxURL(account, "?told=declined"))
	case err == nil:
		return r.Redirect(w, returnURL(account, period, "/done"))
	}
	c, bad := s.View.Taxation().ReturnCheck(r.Context(), reader(r), account, period)
	if bad != nil {
		return bad
	}
	wrong, err := s.taxRefused(r, c.Account.TaxID, nil, err)
	if err != nil {
		return err
	}
	for i := range wrong {
		if wrong[i].Anchor = ""; decline { // the fields are on other pages
			wrong[i].Anchor = "why"
		}
	}
	return renderReturn(w, r, c, wrong)
}

// returnDone is /account/taxes/{account}/declare/{period}/done: the receipt, what is to be paid, and how.
func (s *Site) returnDone(w http.ResponseWriter, r *web.Request) error {
	account, period := r.PathValue("account"), r.PathValue("period")
	p, err := s.View.Taxation().ReturnDone(r.Context(), reader(r), account, period)
	if err != nil {
		return err
	}
	title := r.T("Declaration received")
	g := page.Group{page.Panel{TitleText: title, HTML: panelNumber(r.T("{tax}, {period}", i18n.V{"tax": p.Account.Tax, "period": p.Period}), p.Total)},
		page.Paragraph{HTML: r.P.H("Received on {date}.", i18n.V{"date": timeOf(p.At)})}, didBy(r, p.By)}
	switch {
	case p.Bill == nil:
		g = append(g, body(r.T("There is nothing to pay.")))
	case p.Bill.Owed:
		g = append(g, page.Paragraph{HTML: r.P.H("{amount} is to be paid by {date}.", i18n.V{"amount": strong(p.Bill.Balance), "date": page.ID(p.Bill.Due)})},
			page.Button{Text: r.T("Pay {amount}", i18n.V{"amount": p.Bill.Balance}), Href: "/account/bills/" + p.Bill.ID})
	case p.Bill.Credit:
		g = append(g, body(r.T("You paid more than was asked: you have a credit of {amount}.", i18n.V{"amount": p.Bill.Balance})))
	default:
		g = append(g, body(r.T("Nothing is owed on this bill.")))
	}
	if p.Bill != nil {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Bill {number}: {title}", i18n.V{"number": p.Bill.Number, "title": p.Bill.Title}), URL: "/account/bills/" + p.Bill.ID}})
	}
	g = append(g, taxReasons(r, p.Why, taxURL(account, "/assessments/")))
	if p.Can {
		text := r.T("You can change what you declared.")
		if p.AmendBy != "" {
			text = r.T("You can change what you declared until {date}.", i18n.V{"date": p.AmendBy})
		}
		g = append(g, h2(r.T("If something was wrong")), body(text), page.Paragraph{HTML: page.LinkTo{Text: r.T("Change the declaration"), URL: returnURL(account, period, "/"+p.First)}})
	}
	g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Back to your tax account"), URL: taxURL(account, "")}})
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: taxURL(account, "")})
}
