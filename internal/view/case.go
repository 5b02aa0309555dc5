package view

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/access"
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

// CasePage is a case as its applicant sees it.
type CasePage struct {
	CaseLine
	Released  []DisclosureFile // what was released of a request for information
	Published string           // its number in the disclosure log
	ServiceID string
	Version   int64
	Tell      string // what happens now and next
	Who       string // whose turn it is
	Due       string
	DueNote   string // what the day means
	Stopped   bool
	Stations  []Station
	Events    []Event // newest first
	Messages  []Message
	Actions   []Action
	Letters   []LetterLine
	Cards     []Card
	Fee       *Fee
	Waived    bool
	Bill      *BillLine
	Licence   *LicenceLine
	Decision  *Decision
	Contact   Contact
}

// Station is a step on the way of a case.
type Station struct {
	Title string
	State string // passed, current, ahead
}

// Event is something that happened.
type Event struct {
	At                Instant
	Title, Text, By   string
	Kind              string
	Letter, LicenceID string
	asked             []string // organisations
}

// Message is one of the conversation with the office.
type Message struct {
	At   Instant
	From string
	Text string
	Own  bool
	New  bool
}

// Action is something the applicant, or a licence's holder, can do now.
type Action struct {
	ID, Title, Kind string
	Text            bool // words are needed
}

// LetterLine is a letter in a list.
type LetterLine struct {
	ID, Title string
	At        Instant
}

// Decision is what was decided, for the applicant.
type Decision struct {
	Outcome, Date       string
	Reasons, Conditions []string
	Appeal              string
	Law                 Law
}

// ownCase loads a case for its applicant.
func (v *View) ownCase(ctx context.Context, tx *store.Tx, r Reader, id string) (*docket.Case, error) {
	c, err := v.Docket.Case(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return c, policy.Can(r.Actor, policy.CaseOwn, c.Thing())
}

// Case is the applicant's page of a case.
func (v *View) Case(ctx context.Context, r Reader, id string) (p CasePage, err error) {
	if err := v.lookFor(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		c, err := v.Docket.Case(ctx, tx, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: c.Person, What: lookCase, Ref: c.Number, Service: c.Case.Service, Why: string(policy.CaseOwn)}, c.Thing(), nil
	}); err != nil {
		return CasePage{}, err
	}
	err = v.read(ctx, "Case", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.ownCase(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p = CasePage{ServiceID: c.Service.Service, Version: c.Version, Stopped: c.Stopped, Waived: c.Waived, Fee: r.fee(c.Service, c.Judged)}
		if p.CaseLine, err = v.caseLine(ctx, tx, r, c.Case); err != nil {
			return err
		}
		r.standing(c, &p)
		timeline, err := v.Docket.Cases.Timeline(ctx, tx, c.Case)
		if err != nil {
			return err
		}
		p.Events, p.Stations = r.events(c, timeline), r.stations(c, timeline)
		if err := v.correspondence(ctx, tx, r, c, &p); err != nil {
			return err
		}
		if p.Actions, err = r.caseActions(ctx, tx, c); err != nil {
			return err
		}
		p.Cards = r.answered(c)
		p.Decision = r.decision(c)
		if p.Bill, _, err = v.billOfCase(ctx, tx, r, c.ID); err != nil {
			return err
		}
		return v.caseLicence(ctx, tx, r, c, &p)
	})
	return p, err
}

// standing says where the case is, whose turn it is and by when.
func (r Reader) standing(c *docket.Case, p *CasePage) {
	s := c.Service
	j := s.Jurisdiction
	p.Contact = r.contact(j, s.Organisation)
	st := c.StateOf()
	if st == nil {
		return
	}
	p.Tell = r.words(j, st.Tell)
	switch {
	case !c.Open():
		p.Due = ""
	case p.Waiting:
		p.Who = r.P.T("You")
	default:
		p.Who = p.Contact.Name
	}
	if c.Open() && !c.Due.IsZero() {
		p.Due = r.date(c.Due)
		p.DueNote = r.dueNote(s, c.DueThen)
	}
}

// dueNote says what happens when the day has passed.
func (r Reader) dueNote(s *service.Service, then string) string {
	for _, a := range s.Actions {
		if a.ID == then {
			return r.P.T("If nothing is decided by then: {action}", i18n.V{"action": r.words(s.Jurisdiction, a.Title)})
		}
	}
	return r.P.T("You should hear from us by then.")
}

// correspondence adds messages and letters.
func (v *View) correspondence(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *CasePage) error {
	messages, err := v.Docket.Cases.Messages(ctx, tx, c.Case)
	if err != nil {
		return err
	}
	for _, m := range messages {
		from := m.Name
		switch {
		case m.For != "":
			from = r.bothNames(m.Name, m.For)
		case m.Incoming && !r.Actor.Acting():
			from = r.P.T("You")
		}
		p.Messages = append(p.Messages, Message{r.instant(c.Service.Jurisdiction, m.At), from, m.Text, m.Incoming, !m.Incoming && !m.Seen})
	}
	letters, err := v.Docket.Cases.SentLetters(ctx, tx, c.Case)
	for _, l := range letters {
		p.Letters = append(p.Letters, LetterLine{l.ID, l.Title, r.instant(c.Service.Jurisdiction, l.At)})
	}
	return err
}

func (r Reader) caseActions(ctx context.Context, tx *store.Tx, c *docket.Case) ([]Action, error) {
	offered, err := process.Offered(ctx, c.Judged, c.Facts, "applicant", tx.Now())
	if err != nil {
		return nil, fmt.Errorf("finding what the applicant can do: %w", err)
	}
	var list []Action
	for _, a := range offered {
		list = append(list, Action{ID: a.ID, Title: r.words(c.Service.Jurisdiction, a.Title), Kind: a.Kind, Text: a.Kind == "answer"})
	}
	return list, nil
}

// answered are the answers of a case, as they were sent.
func (r Reader) answered(c *docket.Case) []Card {
	d := &docket.Draft{Draft: &cases.Draft{DraftBody: cases.DraftBody{Typed: c.Typed, Known: c.Known}}, Service: c.Service, Judged: c.Judged}
	var list []Card
	for p := c.Judged.Next(nil); p != nil; p = c.Judged.Next(p) {
		list = append(list, r.cards(d, p, r.words(c.Service.Jurisdiction, p.File.Title), "", "", p.Questions, c.Judged.Answers)...)
	}
	return list
}

func (r Reader) decision(c *docket.Case) *Decision {
	if c.Decision == nil {
		return nil
	}
	d, s := c.Decision, c.Service
	j := s.Jurisdiction
	out := &Decision{Outcome: r.outcome(d.Outcome), Date: r.date(d.Date)}
	for _, a := range s.Actions {
		if a.ID != d.Action {
			continue
		}
		out.Appeal, out.Law = r.words(j, a.Appeal), law(s, a.Law)
		out.Reasons = append(r.choices(j, a.Standard, d.Reasons), nonEmpty(d.Reason)...)
		out.Conditions = append(r.choices(j, a.Conditions, d.Conditions), d.Own...)
		if out.Outcome == "" {
			out.Outcome = r.words(j, a.Title)
		}
	}
	return out
}

func (r Reader) choices(j *service.Jurisdiction, list []service.ChoiceFile, ids []string) []string {
	var out []string
	for _, id := range ids {
		for _, c := range list {
			if c.ID == id {
				out = append(out, r.words(j, c.Text))
			}
		}
	}
	return out
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// outcome is a decision's word; "" for one that is the file's own.
func (r Reader) outcome(word string) string {
	switch word {
	case "granted":
		return r.P.T("Granted")
	case "refused":
		return r.P.T("Refused")
	case "withdrawn":
		return r.P.T("Withdrawn")
	case "lapsed":
		return r.P.T("Lapsed")
	case "closed":
		return r.P.T("Closed")
	}
	return ""
}

func (v *View) caseLicence(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *CasePage) error {
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
	if rec.Holder != r.Actor.Person {
		return nil // a transfer that is not decided yet, for example
	}
	today := docket.Day(c.Service, tx.Now())
	p.Licence = &LicenceLine{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: rec.On(today), From: r.date(rec.From), Until: r.date(rec.Until)}
	return nil
}

// Letter is a letter as it was sent, for the applicant.
func (v *View) Letter(ctx context.Context, r Reader, caseID, letter string) (line LetterLine, d document.Document, number string, err error) {
	err = v.read(ctx, "Letter", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.ownCase(ctx, tx, r, caseID)
		if err != nil {
			return err
		}
		letters, err := v.Docket.Cases.SentLetters(ctx, tx, c.Case)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if l.ID == letter {
				line, number = LetterLine{l.ID, l.Title, r.instant(c.Service.Jurisdiction, l.At)}, c.Number
				d, err = decodeDocument(l.Document)
				return err
			}
		}
		return fault.NewNotFound("")
	})
	return line, d, number, err
}

// CaseFile is an upload of a case, for its applicant.
func (v *View) CaseFile(ctx context.Context, r Reader, caseID, file string) (name, mediaType string, data []byte, err error) {
	err = v.read(ctx, "CaseFile", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.ownCase(ctx, tx, r, caseID)
		if err != nil {
			return err
		}
		name, mediaType, data, err = v.file(ctx, tx, file, c.Subject)
		return err
	})
	return name, mediaType, data, err
}

// Done is what the applicant is told right after sending.
type Done struct {
	Case, Number, Service, Tell, Due, Email string
	Steps                                   []Stage
	Contact                                 Contact
	Bill                                    *BillLine // what is to be paid
	Transfer                                *Transfer
	Cards                                   bool // it can be paid by card, here and now
	Said                                    bool // how it went
}

// Done is for whoever holds the draft that became the case: they may not have signed in.
func (v *View) Done(ctx context.Context, r Reader, draft string) (done Done, err error) {
	err = v.read(ctx, "Done", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.open(ctx, tx, r, draft)
		if err != nil {
			return err
		}
		if d.Case == "" {
			return fault.NewNotFound("")
		}
		c, err := v.Docket.Case(ctx, tx, d.Case)
		if err != nil {
			return err
		}
		j := c.Service.Jurisdiction
		done = Done{Case: c.ID, Number: c.Number, Service: r.words(j, c.Service.Title), Contact: r.contact(j, c.Organisation), Due: r.date(c.Due), Said: d.Said}
		if st := c.StateOf(); st != nil {
			done.Tell = r.words(j, st.Tell)
		}
		if email, ok := c.Judged.Answers[c.Service.Applicant.Email].(string); ok {
			done.Email = email
		}
		done.Cards = v.Money.Cards
		done.Bill, done.Transfer, err = v.billOfCase(ctx, tx, r, c.ID)
		return err
	})
	return done, err
}
