package view

import (
	"context"
	"errors"

	"stoa/internal/blob"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DeskEvent is an entry of the whole timeline.
type DeskEvent struct {
	At                    Instant
	Title, Text, By, Kind string
	Letter, Licence       string // ids, where the entry leads somewhere
	Public                bool   // the applicant sees it too
}

// DeskConsultation is a question to another organisation, with its reply.
type DeskConsultation struct {
	ID, Organisation, Ask string
	Asked                 Instant
	Due                   string
	Timing                Timing
	Reply, ReplyText      string // no_objection, objection, comment; and its word
	Silent                bool
	By, Text              string
	Replied               Instant
	Law                   Law
}

// DeskRepresentation is what a member of the public wrote.
type DeskRepresentation struct {
	ID           string
	At           Instant
	Ground, Text string
	Name, Email  string
	Address      []string
	Counts       string // "", yes, no
}

// deskScans looks up what is known of the uploads.
func (v *View) deskScans(ctx context.Context, tx *store.Tx, _ Reader, _ *docket.Case, p *DeskCase) error {
	p.Scans = map[string]string{}
	for _, card := range p.Cards {
		for _, row := range card.Rows {
			if row.File == "" {
				continue
			}
			b, err := v.Docket.Blobs.Info(ctx, tx, row.File)
			if err != nil {
				return err
			}
			if b.Scan != blob.Clean {
				p.Scans[row.File] = string(b.Scan)
			}
		}
	}
	return nil
}

// deskCorrespondence adds messages and letters.
func (v *View) deskCorrespondence(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	j := c.Service.Jurisdiction
	messages, err := v.Docket.Cases.Messages(ctx, tx, c.Case)
	if err != nil {
		return err
	}
	for _, m := range messages {
		from := m.Name
		switch {
		case m.For != "":
			from = r.bothNames(m.Name, m.For)
		case from == "":
			from = r.P.T("Applicant")
		}
		unread := m.Incoming && !m.Seen
		if unread {
			p.Unread++
		}
		p.Messages = append(p.Messages, Message{r.instant(j, m.At), from, m.Text, !m.Incoming, unread})
	}
	letters, err := v.Docket.Cases.SentLetters(ctx, tx, c.Case)
	for _, l := range letters {
		p.Letters = append(p.Letters, LetterLine{l.ID, l.Title, r.instant(j, l.At)})
	}
	return err
}

// deskEvents is the whole timeline.
func (v *View) deskEvents(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	all, err := v.Docket.Cases.Timeline(ctx, tx, c.Case)
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- {
		e := all[i]
		event := DeskEvent{At: r.instant(c.Service.Jurisdiction, e.At), Kind: e.Kind, Public: e.Public, By: e.Name, Title: r.deskEventTitle(c.Service, e)}
		switch {
		case e.For != "":
			event.By = r.bothNames(e.Name, e.For)
		case e.Actor == "":
			event.By = r.P.T("By itself")
		}
		switch e.Kind {
		case cases.EventLetter:
			event.Letter = e.Ref
		case cases.EventIssued:
			event.Licence, event.Text = e.Ref, e.Text
		case cases.EventSubmitted, cases.EventAction:
			event.Text = e.Text
			if e.To != "" && e.To != e.From {
				event.Text = joinLines(r.P.T("Now: {state}", i18n.V{"state": r.stateTitle(c.Service, e.To)}), e.Text)
			}
		case cases.EventProposed, cases.EventReturned, cases.EventNote:
			event.Text = e.Text
		case cases.EventReplied:
			event.Text = r.replyWord(e.Text, e.Actor == "")
		}
		p.Events = append(p.Events, event)
	}
	return nil
}

func joinLines(a, b string) string {
	if b == "" {
		return a
	}
	return a + "\n\n" + b
}

// deskEventTitle says what happened, from the office's side.
func (r Reader) deskEventTitle(s *service.Service, e cases.Event) string {
	p := r.P
	switch e.Kind {
	case cases.EventSubmitted:
		return p.T("Application received")
	case cases.EventMessage:
		if e.Action == "incoming" {
			return p.T("Message from the applicant")
		}
		return p.T("Message to the applicant")
	case cases.EventAssigned:
		if e.Action == "" {
			return p.T("Put back into the queue")
		}
		return p.T("Given to {name}", i18n.V{"name": e.Text})
	case cases.EventProposed:
		return p.T("Proposed: {action}", i18n.V{"action": r.actionTitle(s, e.Action)})
	case cases.EventReturned:
		return p.T("Not approved: {action}", i18n.V{"action": r.actionTitle(s, e.Action)})
	case cases.EventRepresented:
		return p.T("Representation by a member of the public")
	case cases.EventNote:
		switch e.Action {
		case "weighed-yes":
			return p.T("A representation counts")
		case "weighed-no":
			return p.T("A representation was set aside")
		}
		return p.T("Note")
	}
	return r.eventTitle(s, e)
}

// replyWord is a consultee's reply in words.
func (r Reader) replyWord(reply string, silent bool) string {
	switch {
	case silent:
		return r.P.T("No reply in time; that counts as no objection")
	case reply == "objection":
		return r.P.T("Objection")
	case reply == "no_objection":
		return r.P.T("No objection")
	case reply == "comment":
		return r.P.T("Comment, without objection")
	}
	return ""
}

// deskReplies are the questions to other organisations and what they said.
func (v *View) deskReplies(_ context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	j := c.Service.Jurisdiction
	today := docket.Day(c.Service, tx.Now())
	for _, q := range c.Consultations {
		one := DeskConsultation{ID: q.ID, Organisation: r.organisationName(j, q.Organisation), Asked: r.instant(j, q.Asked), Due: r.date(q.Due),
			Reply: q.Reply, ReplyText: r.replyWord(q.Reply, q.Silent), Silent: q.Silent, By: q.Name, Text: q.Text}
		if k := c.Service.Consultees[q.Consultee]; k != nil {
			one.Ask, one.Law = r.words(j, k.Ask), law(c.Service, k.Law)
		}
		if q.Reply == "" {
			one.Timing = r.timing(j, q.Due, false, today)
		} else {
			one.Replied = r.instant(j, q.Replied)
		}
		p.Consultations = append(p.Consultations, one)
	}
	return nil
}

// deskRepresentations are what the public wrote.
func (v *View) deskRepresentations(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	if c.Service.Notice == nil {
		return nil
	}
	open, until, err := process.NoticeOpen(c.Judged, c.Facts, tx.Now())
	if err != nil {
		return err
	}
	if open {
		p.Notice = r.dayOr(until, r.P.T("as long as the case is in this state"))
	}
	all, err := v.Docket.Cases.Representations(ctx, tx, c.ID)
	for _, rep := range all {
		one := DeskRepresentation{ID: rep.ID, At: r.instant(c.Service.Jurisdiction, rep.At), Text: rep.Text, Name: rep.Name, Email: rep.Email, Address: rep.Address, Counts: rep.Counts}
		if texts := r.choices(c.Service.Jurisdiction, c.Service.Notice.Grounds, []string{rep.Ground}); len(texts) > 0 {
			one.Ground = texts[0]
		}
		p.Representations = append(p.Representations, one)
	}
	return err
}

// deskLicence is what was issued, or what the case is about, with what a variant began from.
func (v *View) deskLicence(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	if c.Licence == "" {
		return nil
	}
	rec, err := v.Docket.Records.Public(ctx, tx, c.Licence)
	if errors.Is(err, store.ErrNotFound) {
		return nil // sealed
	}
	if err != nil {
		return err
	}
	today := docket.Day(c.Service, tx.Now())
	p.Licence = &LicenceLine{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: rec.On(today), From: r.date(rec.From), Until: r.date(rec.Until)}
	if c.Service.Issue == nil || len(c.Previous) == 0 {
		return nil
	}
	j := c.Service.Jurisdiction
	p.Licence.Kind = r.words(j, c.Service.Issue.Title)
	for _, f := range c.Service.Issue.Register.Fields {
		if text := c.Previous[f.ID]; text != "" {
			p.Previous = append(p.Previous, RecordFact{r.words(j, f.Title), r.showField(j, f, text)})
		}
	}
	return nil
}

// DeskLetter is a letter of a case as it was sent, for staff.
func (v *View) DeskLetter(ctx context.Context, r Reader, caseID, letter string) (h DeskHead, line LetterLine, d document.Document, err error) {
	if err = v.lookAtCase(ctx, r, caseID, lookCase, policy.CaseRead); err != nil {
		return h, line, d, err
	}
	err = v.read(ctx, "DeskLetter", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.deskCase(ctx, tx, r, caseID, policy.CaseRead)
		if err != nil {
			return err
		}
		if h, err = v.deskHead(ctx, tx, r, c); err != nil {
			return err
		}
		letters, err := v.Docket.Cases.SentLetters(ctx, tx, c.Case)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if l.ID == letter {
				line = LetterLine{l.ID, l.Title, r.instant(c.Service.Jurisdiction, l.At)}
				d, err = decodeDocument(l.Document)
				return err
			}
		}
		return fault.NewNotFound("")
	})
	return h, line, d, err
}

// DeskFile is an upload of a case, for staff.
func (v *View) DeskFile(ctx context.Context, r Reader, caseID, file string) (name, mediaType string, data []byte, err error) {
	if err = v.lookAtCase(ctx, r, caseID, lookFile, policy.CaseRead); err != nil {
		return "", "", nil, err
	}
	err = v.read(ctx, "DeskFile", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.deskCase(ctx, tx, r, caseID, policy.CaseRead)
		if err != nil {
			return err
		}
		name, mediaType, data, err = v.file(ctx, tx, file, c.Subject)
		return err
	})
	return name, mediaType, data, err
}
