package site

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// account is /account.
func (s *Site) account(w http.ResponseWriter, r *web.Request) error {
	a, err := s.View.Account(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Your account")
	if r.Actor.Acting() {
		title = r.T("What you may see and do for {name}", i18n.V{"name": r.Actor.For.Name})
	}
	g := page.Group{banner(r, map[string]string{"second": r.T("You have agreed. A second representative must look at it and send it. We have written to them.")}),
		heading1("", title), page.Paragraph{HTML: r.P.H("Signed in as {email}.", i18n.V{"email": a.Email})}}
	g = append(g, h2(r.T("Your applications")), caseCards(r, a.Cases))
	if len(r.Place.Appointments) > 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Your appointments"), URL: ownAppointments}})
	}
	if len(a.Bills) > 0 {
		g = append(g, h2(r.T("To be paid")), billCards(r, a.Bills))
	}
	if a.Taxes > 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Your taxes: what they come to, claims and declarations"), URL: "/account/taxes"}})
	}
	if a.Money {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("All your bills and payments"), URL: "/account/bills"}})
	}
	if len(a.Drafts) > 0 {
		g = append(g, h2(r.T("Not sent yet")), draftList(r, a.Drafts))
	}
	if len(a.Licences) > 0 {
		g = append(g, h2(r.T("Your licences and registrations")), licenceCards(r, a.Licences))
	}
	if r.Actor.Acting() {
		g = append(g, h2(r.T("Acting for others")), page.Paragraph{HTML: page.LinkTo{Text: r.T("This mandate, and others"), URL: "/account/acting"}})
		return r.Render(w, web.Page{Title: title, Area: "account", Content: g})
	}
	g = append(g, h2(r.T("Acting for others")), page.Paragraph{HTML: page.LinkTo{Text: r.T("Act for somebody else, or let somebody act for you"), URL: "/account/acting"}})
	g = append(g, h2(r.T("Your data")))
	if s.View.Civil().Any(reader(r)) {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Records about you and yours, and copies of them"), URL: "/account/records"}})
	}
	g = append(g, dataLinks(r))
	if len(r.Place.Datasets) > 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Open data that you follow"), URL: "/account/data"}})
	}
	g = append(g, h2(r.T("Signing in and security")), page.Paragraph{HTML: page.LinkTo{Text: r.T("Passkeys, and where you are signed in"), URL: "/account/security"}})
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g})
}

func caseCards(r *web.Request, list []view.CaseLine) page.Component {
	if len(list) == 0 {
		return page.EmptyState{Heading: r.T("Nothing here yet"), Text: r.T("What you apply for appears here, with its number and where it stands."), Level: 3,
			Link: page.Link{Text: r.T("Find a service"), URL: "/services"}}
	}
	var cards []page.ServiceCard
	for _, c := range list {
		card := page.ServiceCard{Title: c.Label, URL: "/account/cases/" + c.ID, Text: c.Service, Tag: page.State(c.State, caseTone(c)), Level: 3, Facts: []string{c.Number}}
		if card.Title == "" {
			card.Title = c.Service
		}
		if c.New > 0 {
			card.Facts = append(card.Facts, r.P.N("{n} new message", "{n} new messages", c.New))
		}
		if c.Due != "" {
			card.Facts = append(card.Facts, r.T("Next date: {date}", i18n.V{"date": c.Due}))
		} else {
			card.Facts = append(card.Facts, r.T("Sent {date}", i18n.V{"date": c.Submitted.Text}))
		}
		cards = append(cards, card)
	}
	return page.ServiceGrid{Cards: cards}
}

// caseTone is how a case's state feels to its applicant.
func caseTone(c view.CaseLine) page.Tone {
	switch {
	case c.Waiting:
		return page.Caution
	case c.Ending == "granted":
		return page.Good
	case c.Ending == "refused" || c.Ending == "lapsed":
		return page.Bad
	case c.Ending != "":
		return page.Neutral
	}
	return page.Info
}

func draftList(r *web.Request, list []view.DraftLine) page.Component {
	var cards []page.ServiceCard
	for _, d := range list {
		cards = append(cards, page.ServiceCard{Title: d.Service, URL: "/apply/" + d.ID, Level: 3,
			Facts: []string{r.T("Saved {date}", i18n.V{"date": d.Saved.Text}), r.T("Kept until {date}", i18n.V{"date": d.Until})}})
	}
	return page.ServiceGrid{Cards: cards}
}

func licenceCards(r *web.Request, list []view.LicenceLine) page.Component {
	var cards []page.ServiceCard
	for _, l := range list {
		card := page.ServiceCard{Title: l.Label, URL: "/account/licences/" + l.ID, Text: l.Kind, Level: 3,
			Tag: page.State(reader(r).RecordState(l.State), tone(l.State)), Facts: []string{l.Number}}
		if card.Title == "" {
			card.Title = l.Number
		}
		if l.Until != "" {
			card.Facts = append(card.Facts, r.T("Valid until {date}", i18n.V{"date": l.Until}))
		}
		cards = append(cards, card)
	}
	return page.ServiceGrid{Cards: cards}
}
