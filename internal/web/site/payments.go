package site

import (
	"net/http"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// payment is /account/payments/{payment}: where the payer returns to, and the receipt.
func (s *Site) payment(w http.ResponseWriter, r *web.Request) error {
	return s.showPayment(w, r, r.PathValue("payment"), "/account/bills")
}

func (s *Site) showPayment(w http.ResponseWriter, r *web.Request, id, back string) error {
	if r.Query("back") != "" { // from the provider's page: it may know more than it has told us
		if err := s.Flow.Finance().ReturnFromProvider(r.Context(), r.Actor, id); err != nil {
			return err
		}
	}
	p, err := s.View.Finance().Payment(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	var g page.Group
	title := r.T("Payment")
	switch {
	case p.Paid:
		title = r.T("Payment received")
		g = append(g, page.Panel{TitleText: title, HTML: panelNumber(r.T("Number of your receipt"), p.Number)},
			page.Paragraph{HTML: r.P.H("{amount} received on {date}.", i18n.V{"amount": strong(p.Amount), "date": timeOf(p.At)})})
	case p.Waiting:
		title = r.T("We have not heard of your payment yet")
		again := r.URL.Path + "?back=1"
		g = append(g, heading1("", title), body(r.T("This can take a minute. You do not need to pay again: as soon as we hear of it, we send you a receipt.")),
			page.Button{Text: r.T("Look again"), Href: again, Classes: "govuk-button--secondary"})
	case p.Failed:
		title = r.T("The payment did not succeed")
		g = append(g, heading1("", title), body(r.T("Nothing was taken, as far as we know. You can try again, or pay by bank transfer.")))
	}
	g = append(g, s.paymentNext(r, p))
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: back})
}

// paymentNext is what to do after a payment: the receipt, the bill, the case.
func (s *Site) paymentNext(r *web.Request, p view.PaymentPage) page.Component {
	var g page.Group
	if len(p.Refunds) > 0 {
		g = append(g, h2(r.T("Paid back")))
		for _, x := range p.Refunds {
			g = append(g, page.Paragraph{HTML: r.P.H("{amount}, {method}: {state}", i18n.V{"amount": strong(x.Amount), "method": x.Method, "state": billTag(x.State)})})
		}
	}
	if p.Draft != "" && r.Actor.Person == "" { // paid without an account, by whoever holds the draft
		base := "/apply/" + p.Draft
		if p.Paid {
			return append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("See what happens next"), URL: base + "/done"}})
		}
		return append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Back to the payment"), URL: base + "/done"}})
	}
	if p.Paid {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Receipt"), URL: "/account/payments/" + p.ID + "/receipt"}})
	}
	for _, b := range p.Bills {
		g = append(g, page.Paragraph{HTML: link(r.T("Bill {number}: {title}", i18n.V{"number": b.Number, "title": b.Title}), "/account/bills/"+b.ID)})
	}
	if p.Case != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Your application"), URL: "/account/cases/" + p.Case}})
	}
	return g
}

// receipt is /account/payments/{payment}/receipt, as a page and as PDF.
func (s *Site) receipt(w http.ResponseWriter, r *web.Request) error {
	p, err := s.receiptOf(r)
	if err != nil {
		return err
	}
	proof, _, err := s.View.LogPages().Payment(r.Context(), reader(r), p.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	content := page.Group{paper.Sheet{Document: p.Receipt}, proofOf(r, proof, r.URL.Path), page.Paragraph{HTML: page.LinkTo{Text: r.T("Download as PDF"), URL: r.URL.Path + "/pdf"}}}
	return r.Render(w, web.Page{Title: p.Receipt.Title, Area: "account", Paper: true, Content: content, Back: "/account/payments/" + p.ID})
}

func (s *Site) receiptPDF(w http.ResponseWriter, r *web.Request) error {
	p, err := s.receiptOf(r)
	if err != nil {
		return err
	}
	proof, bundle, err := s.View.LogPages().Payment(r.Context(), reader(r), p.ID)
	carry, err := s.carriedProof(r, p.Receipt, "receipt", proof, bundle, err)
	if err != nil {
		return err
	}
	return pdf(w, r, p.Receipt, p.Number, carry)
}

func (s *Site) receiptOf(r *web.Request) (view.PaymentPage, error) {
	p, err := s.View.Finance().Payment(r.Context(), reader(r), r.PathValue("payment"))
	if err == nil && !p.Paid {
		err = fault.NewNotFound("")
	}
	return p, err
}

// statement is /account/statement: everything charged and paid between two days.
func (s *Site) statement(w http.ResponseWriter, r *web.Request) error {
	from, err1 := dayField(r, "from")
	until, err2 := dayField(r, "until")
	var wrong []view.Problem
	if err1 != nil || err2 != nil || !from.IsZero() && !until.IsZero() && until.Before(from) {
		wrong = []view.Problem{{Anchor: "from", Text: r.T("Enter days like 2026-04-01, the first not after the last")}}
		from, until = calendar.Date{}, calendar.Date{}
	}
	st, err := s.View.Finance().Statement(r.Context(), reader(r), view.StatementAsk{From: from, Until: until})
	if err != nil {
		return err
	}
	title := r.T("Statement of account")
	t := page.QueueTable{Caption: r.T("From {from} to {until}", i18n.V{"from": st.From, "until": st.Until}),
		Columns: []page.Column{{Text: r.T("Date")}, {Text: r.T("Bill")}, {Text: r.T("What")}, {Text: r.T("Charged"), Format: "numeric"}, {Text: r.T("Paid"), Format: "numeric"}, {Text: r.T("Owed"), Format: "numeric"}},
		Empty:   page.EmptyState{Heading: r.T("Nothing in this time")}}
	for _, l := range st.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(l.Date)}, {HTML: link(l.Number, "/account/bills/"+l.Bill)}, {Text: l.Title},
			{HTML: page.ID(l.Charged)}, {HTML: page.ID(l.Paid)}, {HTML: page.ID(l.Balance)}}})
	}
	facts := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Owed before")}, Value: page.Cell{HTML: page.ID(st.Opening)}},
		{Key: page.Cell{Text: r.T("Owed at the end")}, Value: page.Cell{HTML: strong(st.Closing)}},
	}}
	form := page.Filters{Heading: r.T("Another time"), Action: "/account/statement", Fields: []page.Component{
		page.Input{Name: "from", ID: "from", Value: r.Query("from"), Label: page.Label{Text: r.T("From")}, Hint: page.Hint{Text: "2026-04-01"}},
		page.Input{Name: "until", ID: "until", Value: r.Query("until"), Label: page.Label{Text: r.T("Until")}, Hint: page.Hint{Text: "2027-03-31"}},
	}}
	content := page.Group{summary(r, wrong), heading1("", title), page.TwoColumns{SideFirst: true, SideLabel: r.T("Another time"), Side: form, Main: page.Group{facts, t}}}
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Area: "account", Content: content, Back: "/account/bills"})
}

// dayField reads a day of the address; nothing is the zero day.
func dayField(r *web.Request, name string) (calendar.Date, error) {
	text := r.Query(name)
	if text == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(text)
}

// payDraft is POST /apply/{draft}/pay: paying the fee right after sending the application.
func (s *Site) payDraft(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	draft := r.PathValue("draft")
	begun, err := s.Flow.Finance().PayBill(r.Context(), r.Actor, flow.PayBill{
		Draft: draft, Language: r.P.Tag(), Key: r.Key(),
		Back: "/apply/" + draft + "/paid/{payment}?back=1", Cancel: "/apply/" + draft + "/done?told=cancelled",
	})
	if said, ok := r.Say(err, fault.Conflict, fault.Unavailable); ok {
		return s.showDone(w, r, said)
	}
	if err != nil {
		return err
	}
	return r.Leave(w, begun.URL)
}

// paidDraft is /apply/{draft}/paid/{payment}, where the payer returns to.
func (s *Site) paidDraft(w http.ResponseWriter, r *web.Request) error {
	return s.showPayment(w, r, r.PathValue("payment"), "/apply/"+r.PathValue("draft")+"/done")
}

// hearProvider is POST /pay/callback/{provider}: what a payment provider says by itself.
func (s *Site) hearProvider(w http.ResponseWriter, r *web.Request) error {
	raw, err := r.ReadAll()
	if err != nil {
		return err
	}
	err = s.Flow.Finance().HearProvider(r.Context(), flow.Callback{Provider: r.PathValue("provider"), Header: r.Header.Get, Body: raw})
	if err != nil {
		return err
	}
	return r.Send(w, "text/plain; charset=utf-8", "", []byte("ok\n"))
}
