package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Acting is /account/acting: for whom the reader acts, and who acts for the reader.
type Acting struct {
	Name      string // of whose mandates these are: the reader, or the company for which they act
	Offers    []MandateLine
	Held      []MandateLine // the reader acts for others
	Says      []SaidLine    // what registers say besides
	Given     []MandateLine // others act for the reader
	Past      []MandateLine
	Acts      []ActLine // done for the reader
	Done      []ActLine // done by the reader
	Gives     bool      // the reader can let somebody act
	Guardians bool      // the reader can declare to be a guardian
	Alone     bool      // the reader acts for nobody now
}

// MandateLine is a mandate in words.
type MandateLine struct {
	ID, Name, Kind, Scope, From, Until, Messages string
	State                                        string // as package mandate has it, or over
	StateWord                                    string
	Given                                        bool // by the reader
	Holds                                        bool
	Consent                                      string // how somebody agreed to be assisted, or why somebody is a guardian
}

// SaidLine is a record that says that the reader may act.
type SaidLine struct{ Register, Record, Name, Kind, Until string }

// ActLine is something that was done for another.
type ActLine struct {
	ID, What, Who, Number, Title, Wrong string
	At                                  Instant
	Link                                string
}

// Representation is what can be seen of acting for others.
type Representation struct{ *View }

func (v Representation) mandates() *mandate.Mandates { return &mandate.Mandates{Vault: v.People.Vault} }

// Acting lists what the reader has to do with acting for others. For a company its officers see what the company has given.
func (v Representation) Acting(ctx context.Context, r Reader) (p Acting, err error) {
	if err := ownList(r); err != nil {
		return p, err
	}
	err = v.read(ctx, "Acting", func(ctx context.Context, tx *store.Tx) error {
		p = Acting{Name: r.Actor.Name, Alone: !r.Actor.Acting(), Gives: policy.Can(r.Actor, policy.MandateGive, policy.Thing{Kind: "mandate", Owner: r.Actor.Whose()}) == nil}
		if r.Actor.Acting() {
			p.Name = r.Actor.For.Name
			if !p.Gives {
				return nil
			}
		}
		today := v.today(tx)
		given, err := v.mandates().Given(ctx, tx, r.Actor.Whose())
		if err != nil {
			return err
		}
		for _, m := range given {
			line := v.mandateLine(r, m, today, true)
			if m.State == mandate.Offered || m.Holds(today) {
				p.Given = append(p.Given, line)
			} else {
				p.Past = append(p.Past, line)
			}
		}
		acts, err := v.mandates().Acts(ctx, tx, r.Actor.Whose(), "", actsMost)
		if err != nil {
			return err
		}
		p.Acts = v.actLines(r, acts, false)
		if r.Actor.Acting() {
			return nil
		}
		return v.held(ctx, tx, r, today, &p)
	})
	return p, err
}

const actsMost = 50

func (v Representation) held(ctx context.Context, tx *store.Tx, r Reader, today calendar.Date, p *Acting) error {
	who, err := v.People.Get(ctx, tx, r.Actor.Person)
	if err != nil {
		return err
	}
	held, err := v.mandates().Held(ctx, tx, who.ID, v.People.EmailKey(who.Email))
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, m := range held {
		line := v.mandateLine(r, m, today, false)
		switch {
		case m.State == mandate.Offered && !today.After(m.Until):
			p.Offers = append(p.Offers, line)
		case m.State == mandate.Declared, m.Holds(today) && m.Kind != policy.Assisted:
			p.Held = append(p.Held, line)
			taken[m.Register+" "+m.Record] = m.Register != ""
		default:
			p.Past = append(p.Past, line)
		}
	}
	said, err := v.Docket.SaidOf(ctx, tx, who.Email)
	if err != nil {
		return err
	}
	for _, s := range said {
		if !taken[s.Register.Register+" "+s.Record.Number] {
			p.Says = append(p.Says, SaidLine{s.Register.Register, s.Record.Number, s.Name, r.mandateKind(s.Register.Represent.As, false), r.date(s.Until)})
		}
	}
	p.Guardians = len(v.place().Representing(policy.Parent)) > 0 && len(v.place().OnBehalf(policy.Guardian)) > 0
	done, err := v.mandates().Acts(ctx, tx, "", who.ID, actsMost)
	p.Done = v.actLines(r, done, true)
	return err
}

// Mandate is one mandate, for either of its sides; offered says that the reader is asked to accept it.
func (v Representation) Mandate(ctx context.Context, r Reader, id string) (line MandateLine, err error) {
	err = v.read(ctx, "Mandate", func(ctx context.Context, tx *store.Tx) error {
		m, err := v.mandates().Get(ctx, tx, id)
		if err != nil {
			return err
		}
		thing := policy.Thing{Kind: "mandate", ID: m.ID, Owner: m.Principal, By: m.Representative}
		if r.Actor.Person != "" && m.Representative == "" && len(m.EmailKey) > 0 {
			who, err := v.People.Get(ctx, tx, r.Actor.Person)
			if err != nil {
				return err
			}
			if string(v.People.EmailKey(who.Email)) == string(m.EmailKey) {
				thing.By = who.ID
			}
		}
		if err := policy.Can(r.Actor.Alone(), policy.MandateOwn, thing); err != nil {
			return err
		}
		line = v.mandateLine(r, m, v.today(tx), m.Principal == r.Actor.Person)
		return nil
	})
	return line, err
}

// DeclaredLine is what somebody declares to be to another, for the officer who answers.
type DeclaredLine struct{ ID, Who, Email, Name, Why, Until string }

// Declared lists what waits for an officer of the reader's organisations. Each line that is shown is recorded.
func (v Representation) Declared(ctx context.Context, r Reader) (list []DeclaredLine, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"}); err != nil {
		return nil, err
	}
	var looks []access.Look
	err = v.read(ctx, "Declared", func(ctx context.Context, tx *store.Tx) error {
		list, looks = nil, nil
		waiting, err := v.mandates().Waiting(ctx, tx, r.organisations(policy.MandateConfirm))
		for _, m := range waiting {
			thing := policy.Thing{Kind: "mandate", ID: m.ID, Organisation: m.Organisation, Owner: m.Principal, By: m.Representative}
			if policy.Can(r.Actor, policy.MandateConfirm, thing) != nil {
				continue
			}
			list = append(list, DeclaredLine{m.ID, m.Words.To, m.Words.Email, m.Words.Principal, m.Words.Consent, r.date(m.Until)})
			looks = append(looks, access.Look{Person: m.Representative, Organisation: m.Organisation, What: lookMandate, Ref: m.ID, Why: string(policy.MandateConfirm)})
		}
		return err
	})
	if err == nil {
		err = v.lookAtAll(ctx, r, looks, true)
	}
	return list, err
}

// lookMandate is a look at what somebody declares to be to another.
const lookMandate = "mandate"

// AssistArea reports whether somebody of the desk helps people with forms.
func AssistArea(a policy.Actor, j *service.Jurisdiction) bool {
	return j != nil && len(j.OnBehalf(policy.Assisted)) > 0 && policy.Can(a, policy.MandateAssist, policy.Thing{Kind: "mandate"}) == nil
}

// AssistChoices are the services that an officer may fill in with somebody.
func (v Representation) AssistChoices(r Reader) (list []Option, err error) {
	if err := policy.Can(r.Actor, policy.MandateAssist, policy.Thing{Kind: "mandate"}); err != nil {
		return nil, err
	}
	return v.Behalfs(r, policy.Assisted), nil
}

// Behalfs are the services and taxes that a kind of mandate may be about.
func (v Representation) Behalfs(r Reader, kind string) (list []Option) {
	for _, id := range v.place().OnBehalf(kind) {
		list = append(list, Option{Value: id, Label: v.aboutTitle(r, id)})
	}
	return list
}

func (v Representation) aboutTitle(r Reader, id string) string {
	j := v.place()
	if tax, ok := strings.CutPrefix(id, policy.TaxService("")); ok {
		if i := slices.IndexFunc(j.Taxes, func(t *service.Tax) bool { return t.Tax == tax }); i >= 0 {
			return r.words(j, j.Taxes[i].Title)
		}
	}
	if kind, ok := strings.CutPrefix(id, policy.AppointmentService("")); ok {
		if a := j.AppointmentKind(kind); a != nil {
			return r.words(j, a.Title)
		}
	}
	if s, ok := v.Docket.Releases.InForce(id); ok {
		return r.words(j, s.Title)
	}
	return id
}

func (v Representation) mandateLine(r Reader, m mandate.Mandate, today calendar.Date, given bool) MandateLine {
	line := MandateLine{ID: m.ID, Name: m.Words.Principal, Kind: r.mandateKind(m.Kind, given), From: r.date(m.From), Until: r.date(m.Until), State: m.State, Given: given, Holds: m.Holds(today), Consent: m.Words.Consent}
	if given {
		line.Name = m.Words.To
	}
	if m.Over(today) || m.State == mandate.Offered && today.After(m.Until) {
		line.State = "over"
	}
	p := r.P
	line.StateWord = map[string]string{mandate.Offered: p.T("Not answered yet"), mandate.Declared: p.T("An officer has to confirm it"), mandate.Accepted: p.T("In force"),
		mandate.Refused: p.T("Refused"), mandate.Revoked: p.T("Ended"), "over": p.T("Its time is over")}[line.State]
	var about []string
	for _, id := range m.Scope {
		about = append(about, v.aboutTitle(r, id))
	}
	if line.Scope = p.List(about); len(about) == 0 {
		line.Scope = p.T("Everything that can be done for another")
	}
	line.Messages = map[string]string{mandate.ToPrincipal: p.T("The person themselves"), mandate.ToRepresentative: p.T("Whoever acts for them"), mandate.ToBoth: p.T("Both")}[m.Messages]
	return line
}

// mandateKind is what somebody is to another: the reader, or whoever acts for the reader.
func (r Reader) mandateKind(kind string, given bool) string {
	p := r.P
	switch kind {
	case policy.Parent:
		return p.T("Parent")
	case policy.Guardian:
		return p.T("Guardian")
	case policy.Company:
		return p.T("Officer of the company")
	case policy.Accountant:
		return p.T("Accountant or other agent")
	case policy.Assisted:
		return p.T("Officer who helped with a form")
	}
	return p.T("Trusted helper")
}

func (v Representation) actLines(r Reader, acts []mandate.Act, mine bool) (list []ActLine) {
	p := r.P
	for _, a := range acts {
		line := ActLine{ID: a.ID, At: r.instant(v.place(), a.At), Who: a.Name, Number: a.Number, Title: a.Title, Wrong: a.Wrong}
		if mine {
			line.Who = a.For
		}
		if line.Title == "" {
			line.Title = v.aboutTitle(r, a.Service)
		}
		line.What = map[string]string{mandate.Began: p.T("Began an application"), mandate.Submitted: p.T("Sent an application"), mandate.Acted: p.T("Took a step in a case"),
			mandate.Wrote: p.T("Wrote to the office"), mandate.Appointed: p.T("Booked, moved or cancelled an appointment"), mandate.Paid: p.T("Began a payment"), mandate.Declares: p.T("Declared for a tax"), mandate.Claimed: p.T("Asked for something about a tax"),
			mandate.Agreed: p.T("Agreed to a declaration, which a second one must agree to"), mandate.Declined: p.T("Did not agree to a declaration"), mandate.Amended: p.T("Changed a declaration"),
			mandate.Objected: p.T("Objected to a tax"), mandate.Arranged: p.T("Chose instalments"), mandate.TookBack: p.T("Took back a claim or an objection")}[a.What]
		if !mine {
			switch a.What {
			case mandate.Submitted, mandate.Acted, mandate.Wrote:
				line.Link = "/account/cases/" + a.Ref
			case mandate.Appointed:
				line.Link = "/account/appointments/" + a.Ref
			case mandate.Paid:
				line.Link = "/account/bills/" + a.Ref
			case mandate.Declares, mandate.Claimed, mandate.Agreed, mandate.Declined, mandate.Amended, mandate.Objected, mandate.Arranged, mandate.TookBack:
				line.Link = "/account/taxes/" + a.Ref
			case mandate.Began:
				line.Link = "/apply/" + a.Ref
			}
		}
		list = append(list, line)
	}
	return list
}

// lookFor records that whoever acts for another looks at something of theirs, once a day. For who acts for nobody it does nothing.
func (v *View) lookFor(ctx context.Context, r Reader, find func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error)) error {
	if !r.Actor.Acting() {
		return nil
	}
	return v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		look, thing, err := find(ctx, tx)
		look.Day = v.place().Calendar.DateOf(tx.Now()).String()
		return look, thing, err
	})
}

// actedFor puts a look of somebody who acts for the reader in words.
func (r Reader) actedFor(l access.Look, line *Look) {
	if l.Organisation != "" || l.Actor == "" {
		return
	}
	line.For = r.P.T("who acts for you")
	line.Purpose = r.P.T("Acting for you, by a mandate")
}
