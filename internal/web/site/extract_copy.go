package site

import (
	"net/http"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// ownCopy is /account/extracts/{extract}: an order, and the copy once it is made. Whoever paid comes back here.
func (s *Site) ownCopy(w http.ResponseWriter, r *web.Request) error {
	if payment := r.Query("payment"); payment != "" { // from the provider's page: it may know more than it has told us
		if err := s.Flow.Finance().ReturnFromProvider(r.Context(), r.Actor, payment); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return s.showCopy(w, r, "")
}

func (s *Site) showCopy(w http.ResponseWriter, r *web.Request, problem string) error {
	p, err := s.View.Civil().Order(r.Context(), reader(r), r.PathValue("extract"))
	if err != nil {
		return err
	}
	base := "/account/extracts/" + p.ID
	var wrong []view.Problem
	if problem != "" {
		wrong = []view.Problem{{Anchor: "pay", Text: problem}}
	}
	g := page.Group{summary(r, wrong), banner(r, map[string]string{"cancelled": r.T("You did not pay. Nothing was taken.")}), heading1(p.Register, p.Title)}
	switch p.State {
	case "waiting":
		g = append(g, s.copyToPay(r, p, base))
	case "issued":
		parts, err := s.copyReady(r, p, base)
		if err != nil {
			return err
		}
		g = append(g, parts)
	case "refused":
		g = append(g, page.StatusPanel{Label: r.T("Your copy"), Status: p.StateWord, Tone: page.Bad,
			Text: r.T("The register has changed since you ordered the copy, and we may not give it to you any more."), HTML: body(r.T("What you paid goes back to you."))})
	case "lapsed":
		g = append(g, page.StatusPanel{Label: r.T("Your copy"), Status: p.StateWord, Tone: page.Neutral, Text: r.T("It was not paid in time, or you took the order back. Nothing is owed. You can order it again.")})
	default:
		g = append(g, page.StatusPanel{Label: r.T("Your copy"), Status: p.StateWord, Tone: page.Neutral, Text: r.T("It cannot be looked at or downloaded any more. You can order it again.")})
	}
	list := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Number of this copy")}, Value: page.Cell{HTML: page.ID(p.Number)}},
		{Key: page.Cell{Text: r.T("Ordered")}, Value: page.Cell{HTML: timeOf(p.Ordered)}},
		{Key: page.Cell{Text: r.T("Given to")}, Value: page.Cell{Text: p.As}},
	}}
	if p.Reason != "" {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("The reason you gave")}, Value: page.Cell{Text: p.Reason}})
	}
	if p.Fee != "" {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Fee")}, Value: page.Cell{HTML: page.ID(p.Fee)}})
	}
	g = append(g, h2(r.T("About this order")), list, contactBlock(r.T("Questions about this copy"), p.Contact))
	return r.Render(w, web.Page{Title: p.Title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account/records", NoIndex: true})
}

// copyToPay is an order that waits for its fee.
func (s *Site) copyToPay(r *web.Request, p view.OrderPage, base string) page.Component {
	return page.Group{
		page.StatusPanel{Label: r.T("Your copy"), Status: p.StateWord, Tone: page.Caution,
			Text:  r.T("{amount} to be paid. The copy is made as soon as the money has come.", i18n.V{"amount": p.Fee}),
			Clock: page.Clock{Text: r.T("By {date}", i18n.V{"date": p.Due})}},
		page.Form{Action: base + "/pay", Key: r.NewKey(), HTML: page.Button{Text: r.T("Pay {amount} by card", i18n.V{"amount": p.Fee}), ID: "pay", PreventDoubleClick: true}},
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Pay by bank transfer instead"), URL: "/account/bills/" + p.Bill}},
		page.Details{SummaryText: r.T("I do not want it any more"), HTML: page.Form{Action: base + "/drop", Key: r.NewKey(),
			HTML: page.Button{Text: r.T("Take the order back"), Classes: "govuk-button--secondary", PreventDoubleClick: true}}},
	}
}

// copyReady is the copy: to look at, to download, and its proof.
func (s *Site) copyReady(r *web.Request, p view.OrderPage, base string) (page.Component, error) {
	proof, _, err := s.View.LogPages().Extract(r.Context(), reader(r), p.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	return page.Group{
		page.StatusPanel{Label: r.T("Your copy"), Status: p.StateWord, Tone: page.Good,
			Text: r.T("Made on {date}. You can download it until {until}.", i18n.V{"date": p.Issued.Text, "until": p.Until})},
		page.ButtonGroup{
			page.Button{Text: r.T("Download as PDF"), Href: base + "/pdf"},
			page.Button{Text: r.T("Open the copy as a page"), Href: base + "/copy", Classes: "govuk-button--secondary"},
		},
		proofOf(r, proof, base),
	}, nil
}

// made is the reader's own copy, once there is one.
func (s *Site) made(r *web.Request) (p view.OrderPage, err error) {
	if p, err = s.View.Civil().Order(r.Context(), reader(r), r.PathValue("extract")); err == nil && p.State != "issued" {
		err = fault.NewNotFound("")
	}
	return p, err
}

// copyPage is the copy as an accessible page.
func (s *Site) copyPage(w http.ResponseWriter, r *web.Request) error {
	p, err := s.made(r)
	if err != nil {
		return err
	}
	svg, err := document.QRSVG(p.CheckURL, r.T("Code that leads to the page which verifies this"))
	if err != nil {
		return err
	}
	base := "/account/extracts/" + p.ID
	proof, _, err := s.View.LogPages().Extract(r.Context(), reader(r), p.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	content := page.Group{paper.Sheet{Document: p.Document, Code: templ.Raw(string(svg))}, proofOf(r, proof, base)}
	return r.Render(w, web.Page{Title: p.Document.Title, Area: "account", Paper: true, Content: content, Back: base, NoIndex: true})
}

// copyPDF is the copy as a tagged PDF, which carries its proof.
func (s *Site) copyPDF(w http.ResponseWriter, r *web.Request) error {
	p, err := s.made(r)
	if err != nil {
		return err
	}
	proof, bundle, err := s.View.LogPages().Extract(r.Context(), reader(r), p.ID)
	carry, err := s.carriedProof(r, p.Document, "copy", proof, bundle, err)
	if err != nil {
		return err
	}
	return pdf(w, r, p.Document, p.Number, carry)
}

func (s *Site) copyProof(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("extract")
	p, bundle, err := s.View.LogPages().Extract(r.Context(), reader(r), id)
	return ownProof(w, r, "copy", "/account/extracts/"+id, p, bundle, err)
}

// payCopy begins the payment of an order's fee.
func (s *Site) payCopy(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	p, err := s.View.Civil().Order(r.Context(), reader(r), r.PathValue("extract"))
	if err != nil {
		return err
	}
	base := "/account/extracts/" + p.ID
	if p.Bill == "" {
		return r.Redirect(w, base)
	}
	begun, err := s.Flow.Finance().PayBill(r.Context(), r.Actor, flow.PayBill{Bill: p.Bill, Language: r.P.Tag(), Key: r.Key(),
		Back: base + "?payment={payment}", Cancel: base + "?told=cancelled"})
	if said, ok := r.Say(err, fault.Invalid, fault.Conflict, fault.Unavailable); ok {
		return s.showCopy(w, r, said)
	}
	if err != nil {
		return err
	}
	return r.Leave(w, begun.URL)
}

func (s *Site) dropCopy(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	id := r.PathValue("extract")
	err := s.Flow.Civil().Drop(r.Context(), r.Actor, flow.DropExtract{Order: id, Key: r.Key()})
	if said, ok := r.Say(err, fault.Conflict); ok {
		return s.showCopy(w, r, said)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, "/account/extracts/"+id)
}

// toCopy leads from an address that is posted to, to the page of the order.
func (s *Site) toCopy(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, "/account/extracts/"+r.PathValue("extract"))
}

// checkCopy is /verify/copies/{copy}, where the code of a copy leads: it is genuine, and nothing of whom it is about.
func (s *Site) checkCopy(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Civil().Check(r.Context(), reader(r), r.PathValue("copy"))
	if err != nil {
		return err
	}
	title := r.T("We made this copy")
	list := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Number of this copy")}, Value: page.Cell{HTML: page.ID(p.Number)}},
		{Key: page.Cell{Text: r.T("Kind")}, Value: page.Cell{Text: p.Kind}},
		{Key: page.Cell{Text: r.T("Register")}, Value: page.Cell{Text: p.Register}},
		{Key: page.Cell{Text: r.T("Made on")}, Value: page.Cell{HTML: page.ID(p.Issued)}},
	}}
	g := page.Group{
		page.StatusPanel{Label: p.Title, Status: title, Tone: page.Good, Heading: 1, Text: r.T("It was issued by {issuer}.", i18n.V{"issuer": p.Issuer})}, list,
		body(r.T("Compare the number with the one on the copy. To be sure of every word on it, check the file itself: it carries a proof of what it says.")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Check a proof file"), URL: "/verify#proof"}},
	}
	return r.Render(w, web.Page{Title: title, Area: "registers", Content: column(g...), NoIndex: true})
}
