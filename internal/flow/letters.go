package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/document"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/process"
	"stoa/internal/store"
)

// sendLetter writes a letter, keeps it as it is for ever, and owes the applicant a message with it.
func (f *Flow) sendLetter(ctx context.Context, tx *store.Tx, c *docket.Case, letter string, said *process.Decision) error {
	doc, err := f.Letter(ctx, tx, c, letter, said)
	if err != nil {
		return err
	}
	bytes, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("writing the letter %s: %w", letter, err)
	}
	sent := &cases.Letter{Letter: letter, Language: c.Language, LetterWords: cases.LetterWords{Title: doc.Title, Document: bytes}}
	if err := f.Docket.Cases.Send(ctx, tx, c.Case, sent); err != nil {
		return err
	}
	event := cases.Event{Kind: cases.EventLetter, Public: true, Action: letter, EventWords: cases.EventWords{Text: doc.Title, Ref: sent.ID}}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
		return err
	}
	who, err := f.People.Get(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	p := f.Words.For(c.Language)
	return f.inform(ctx, tx, c.Person, c.Case.Service, notify.Message{
		Subject: c.Subject, Kind: "letter", Language: c.Language,
		Content: notify.Content{
			To: who.Email, Name: who.Name,
			Title: p.T("{title} ({number})", i18n.V{"title": doc.Title, "number": c.Number}),
			Text:  document.PlainText(doc),
			Link:  "/account/cases/" + c.ID,
		},
	})
}

// Letter writes a letter of the file for a case as it now stands; the desk's preview uses it too. said are the
// words of an action that decides nothing.
func (f *Flow) Letter(ctx context.Context, tx *store.Tx, c *docket.Case, letter string, said *process.Decision) (document.Document, error) {
	who, err := f.People.Get(ctx, tx, c.Person)
	if err != nil {
		return document.Document{}, err
	}
	to := []string{who.Name}
	if c.Behalf != nil {
		to = append(to, f.Words.For(c.Language).T("represented by {name}", i18n.V{"name": c.Behalf.Name}))
	}
	verify := ""
	if c.Licence != "" {
		verify = f.Site.URL + "/verify/" + c.Licence
	}
	doc, err := process.RenderLetter(ctx, c.Judged, c.Facts, letter, process.LetterContext{
		Printer: f.Words.For(c.Language), Date: docket.Day(c.Service, tx.Now()), To: to, Said: said,
		Follow: f.Site.URL + "/account/cases/" + c.ID, Verify: verify,
	})
	if err != nil {
		return document.Document{}, fmt.Errorf("writing the letter %s: %w", letter, err)
	}
	return doc, nil
}

// receipt owes the applicant a message that the application has arrived.
func (f *Flow) receipt(ctx context.Context, tx *store.Tx, c *docket.Case, who person.Person, state string) error {
	p := f.Words.For(c.Language)
	title := c.Service.Title.In(c.Language)
	next := c.Service.States[state].Tell.In(c.Language)
	if c.Judged.Owes() {
		next += "\n\n" + p.T("The fee is {amount}. Pay it in your account, if you have not paid it already.",
			i18n.V{"amount": p.Money(c.Judged.Fee.Total.Minor, c.Judged.Fee.Total.Currency)})
	}
	return f.inform(ctx, tx, c.Person, c.Case.Service, notify.Message{
		Subject: c.Subject, Kind: "receipt", Language: c.Language,
		Content: notify.Content{
			To: who.Email, Name: who.Name,
			Title: p.T("We have received your application {number}", i18n.V{"number": c.Number}),
			Text: p.T("We have received your application: {service}. Its number is {number}. Keep it for your records.",
				i18n.V{"service": title, "number": c.Number}) + "\n\n" + next + "\n\n" + p.T("You can follow it in your account. Sign in with this email address; no password is needed."),
			Link: "/account/cases/" + c.ID,
		},
	})
}

// tellOrganisation owes an organisation a message that it is asked; it names the case and nothing of it.
func (f *Flow) tellOrganisation(ctx context.Context, tx *store.Tx, c *docket.Case, q process.ConsultationDue) error {
	for _, o := range c.Service.Jurisdiction.File.Organisations {
		if o.ID != q.Consultee.Organisation || o.Contact.Email == "" {
			continue
		}
		language := c.Service.Jurisdiction.File.Languages[0]
		p := f.Words.For(language)
		text := p.T("You are asked about case {number}: {service}.", i18n.V{"number": c.Number, "service": c.Service.Title.In(language)})
		if !q.Due.IsZero() {
			text += " " + p.T("Please reply by {date}.", i18n.V{"date": p.Date(q.Due.Year(), q.Due.Month(), q.Due.Day())})
		}
		return f.Outbox.Put(ctx, tx, notify.Message{
			Subject: c.Subject, Kind: "consultation", Language: language,
			Content: notify.Content{
				To: o.Contact.Email, Name: o.Name.In(language),
				Title: p.T("Case {number}: your view is asked", i18n.V{"number": c.Number}),
				Text:  text, Link: "/desk/consultations",
			},
		})
	}
	return nil
}
