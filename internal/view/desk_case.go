package view

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DeskCase is one case on one page, for those who work on it.
type DeskCase struct {
	DeskHead
	of              *docket.Case // which its pointers are about
	Tell            string       // what the applicant is told
	Then            string       // what happens by itself when the deadline has passed; "" nothing
	Tacit           bool         // that is: it is granted by law
	DueLaw          Law
	DueWhy          *Why
	Applicant       Contact
	Submitted       Instant
	Definition      string // hash
	Duties          []Duty
	Actions         []DeskAction
	Staff           []Option // to whom the case can be given; none where the reader may not give it
	Pending         *DeskPending
	Works           bool // the reader may act and write
	Discloses       bool // documents are released with its answer
	Cards           []Card
	Scans           map[string]string // uploads that are not known to be clean, by blob: infected, waiting, unscanned
	Conditions      []Condition
	Values          []*Why
	Fee             *Fee
	Waived          bool
	Letters         []LetterLine
	Events          []DeskEvent // newest first
	Messages        []Message
	Unread          int
	Consultations   []DeskConsultation
	Representations []DeskRepresentation
	Notice          string // until when the public may write; "" where it may not
	Decision        *Decision
	Licence         *LicenceLine // what was issued, or what a variant is about
	Previous        []RecordFact // what a variant began from
}

// DeskHead is what every page about a case says at its top.
type DeskHead struct {
	ID, Number, Label          string
	Version                    int64
	Service, Variant           string
	Organisation, State        string
	Ending, EndingText         string
	Timing                     Timing
	Due                        string
	Assignee, AssigneeName     string
	Mine, Covering, Supervises bool
}

// Duty is something that is still to be done on a case.
type Duty struct {
	Text   string
	Timing Timing // of the duty itself; the zero Timing for none
	Part   string // where on the page: replies, messages, representations, approval, assign
}

// DeskAction is an action that can be taken now.
type DeskAction struct {
	ID, Title, Kind string
	Approval        bool
}

// DeskPending is a decision that waits for a second person.
type DeskPending struct {
	Action, By string
	Own        bool // the reader proposed it
	May        bool // the reader may approve it
}

// Condition is an eligibility condition as judged on submission.
type Condition struct {
	Otherwise string // what a person is told when it does not hold
	Holds     *bool
	Law       Law
	Why       *Why
}

// deskCase loads a case for staff with a right.
func (v *View) deskCase(ctx context.Context, tx *store.Tx, r Reader, id string, do policy.Action) (*docket.Case, error) {
	c, err := v.Docket.Case(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Can(r.Actor, do, c.Thing()); err != nil {
		return nil, err
	}
	return c, v.unconsented(ctx, tx, c)
}

// DeskCase is the page of a case. The read is recorded first.
func (v *View) DeskCase(ctx context.Context, r Reader, id string) (p DeskCase, err error) {
	if err := v.lookAtCase(ctx, r, id, lookCase, policy.CaseRead); err != nil {
		return DeskCase{}, err
	}
	err = v.read(ctx, "DeskCase", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.deskCase(ctx, tx, r, id, policy.CaseRead)
		if err != nil {
			return err
		}
		head, err := v.deskHead(ctx, tx, r, c)
		if err != nil {
			return err
		}
		p = DeskCase{DeskHead: head, of: c, Submitted: r.instant(c.Service.Jurisdiction, c.Submitted), Definition: c.Definition, Waived: c.Waived,
			Works: policy.Can(r.Actor, policy.CaseWork, c.Thing()) == nil, Cards: r.answered(c), Fee: r.fee(c.Service, c.Judged),
			Decision: r.decision(c), Conditions: r.conditions(c), Values: r.values(c)}
		p.Discloses = c.Service.Disclosure != nil
		r.applicant(c, &p)
		for _, part := range []func(context.Context, *store.Tx, Reader, *docket.Case, *DeskCase) error{
			v.deskClock, v.deskActions, v.deskPending, v.deskStaff, v.deskScans, v.deskCorrespondence, v.deskEvents, v.deskReplies, v.deskRepresentations, v.deskLicence,
		} {
			if err := part(ctx, tx, r, c, &p); err != nil {
				return err
			}
		}
		p.Duties = r.duties(&p)
		return nil
	})
	return p, err
}

func (v *View) deskHead(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case) (DeskHead, error) {
	s := c.Service
	j := s.Jurisdiction
	h := DeskHead{
		ID: c.ID, Number: c.Number, Label: c.Label, Version: c.Version, Service: r.words(j, s.Title), Organisation: r.organisationName(j, c.Organisation),
		State: r.stateTitle(s, c.State), Ending: c.Ending, EndingText: r.outcome(c.Ending), Due: r.date(c.Due), Assignee: c.Assignee,
		Mine: c.Assignee == r.Actor.Person, Supervises: policy.Can(r.Actor, policy.CaseSupervise, c.Thing()) == nil,
	}
	for _, variant := range s.Variants {
		if variant.ID == c.Variant {
			h.Variant = r.words(j, variant.Title)
		}
	}
	if c.Open() {
		h.Timing = r.timing(j, c.Due, c.Stopped, docket.Day(s, tx.Now()))
	}
	if c.Assignee == "" {
		return h, nil
	}
	who, err := v.People.Get(ctx, tx, c.Assignee)
	if err != nil {
		return h, err
	}
	h.AssigneeName = nameOf(who)
	covered, _, err := v.mine(ctx, tx, r)
	h.Covering = !h.Mine && slices.Contains(covered, c.Assignee)
	return h, err
}

// applicant is who applies, as they said in this case.
func (r Reader) applicant(c *docket.Case, p *DeskCase) {
	text := func(question string) string {
		q := questionAt(c.Service, question)
		if q == nil {
			return ""
		}
		lines := process.ShowAnswer(r.P, c.Service, q, c.Judged.Answers[q.ID])
		if len(lines) == 0 {
			return ""
		}
		return lines[0]
	}
	who := c.Service.Applicant
	p.Applicant = Contact{Name: text(who.Name), Email: text(who.Email), Phone: text(who.Phone)}
}

// deskClock says what the deadline is, why, and what happens by itself when it has passed.
func (v *View) deskClock(_ context.Context, _ *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	s := c.Service
	st := c.StateOf()
	if st == nil {
		return nil
	}
	p.Tell = r.words(s.Jurisdiction, st.Tell)
	if !c.Open() || st.Deadline == nil {
		return nil
	}
	p.DueLaw = law(s, st.Deadline.Law)
	i := slices.IndexFunc(s.Actions, func(a *service.Action) bool { return a.ID == c.DueThen })
	if i < 0 {
		return nil
	}
	a := s.Actions[i]
	p.Tacit = a.Kind == "decide" && a.Outcome == "granted"
	what := i18n.V{"action": r.words(s.Jurisdiction, a.Title), "state": r.stateTitle(s, a.To)}
	if p.Tacit {
		p.Then = r.P.T("If nothing is decided by then, the law grants it: {action}. The case then is: {state}.", what)
	} else {
		p.Then = r.P.T("If nothing happens by then: {action}. The case then is: {state}.", what)
	}
	return nil
}

// deskActions are those that the file offers now to somebody with the reader's role.
func (v *View) deskActions(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	if !p.Works || !c.Open() || c.Pending != nil {
		return nil
	}
	offered, err := process.Offered(ctx, c.Judged, c.Facts, deskRole(p.Supervises), tx.Now())
	if err != nil {
		return fmt.Errorf("finding what can be done with case %s: %w", c.Number, err)
	}
	for _, a := range offered {
		p.Actions = append(p.Actions, DeskAction{a.ID, r.words(c.Service.Jurisdiction, a.Title), a.Kind, a.Approval})
	}
	return nil
}

// deskRole is who acts, in the file's words.
func deskRole(supervises bool) string {
	if supervises {
		return "supervisor"
	}
	return "officer"
}

func (v *View) deskPending(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	if c.Pending == nil {
		return nil
	}
	who, err := v.People.Get(ctx, tx, c.Pending.By)
	if err != nil {
		return err
	}
	p.Pending = &DeskPending{Action: r.actionTitle(c.Service, c.Pending.Action), By: nameOf(who), Own: who.ID == r.Actor.Person,
		May: policy.Can(r.Actor, policy.CaseApprove, c.Thing()) == nil}
	return nil
}

// deskStaff are those to whom the reader may give the case: officers give what is theirs or free,
// supervisors anything.
func (v *View) deskStaff(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *DeskCase) error {
	own := c.Assignee == "" || p.Mine || p.Covering
	if !c.Open() || !p.Works || !own && !p.Supervises {
		return nil
	}
	staff, err := v.People.Staff(ctx, tx, c.Organisation)
	if err != nil {
		return err
	}
	for _, who := range staff {
		if policy.Can(policy.Actor{Person: who.ID, Grants: who.Grants}, policy.CaseWork, c.Thing()) == nil {
			p.Staff = append(p.Staff, Option{Value: who.ID, Label: nameOf(who)})
		}
	}
	return nil
}

// conditions are those of eligibility, as judged on submission.
func (r Reader) conditions(c *docket.Case) []Condition {
	s := c.Service
	var list []Condition
	for _, e := range c.Judged.Eligibility {
		list = append(list, Condition{r.words(s.Jurisdiction, e.Rule.Otherwise), e.Holds, law(s, e.Rule.Law), r.why(s, c.Judged, e.Why)})
	}
	return list
}

// values are the file's named results in its order, each with its reasons.
func (r Reader) values(c *docket.Case) []*Why {
	var list []*Why
	for _, n := range c.Service.Values {
		w := r.why(c.Service, c.Judged, c.Judged.Value(n.ID))
		if w == nil {
			continue
		}
		if w.Value == "" && n.Table != nil { // a table is several values
			list = append(list, r.columns(c, n, w)...)
			continue
		}
		list = append(list, w)
	}
	return list
}

// columns are the outputs of a decision table, which rest on the same reasons.
func (r Reader) columns(c *docket.Case, n *service.Named, whole *Why) []*Why {
	row, ok := c.Judged.Value(n.ID).Value.(map[string]any)
	if !ok {
		return nil
	}
	var list []*Why
	for _, o := range n.Table.File.Outputs {
		w := *whole
		w.Title, w.Value = r.words(c.Service.Jurisdiction, o.Title), process.Show(r.P, c.Service, row[o.ID], o.Type)
		list = append(list, &w)
	}
	return list
}

// duties are what is still to be done, gathered from the parts of the page.
func (r Reader) duties(p *DeskCase) []Duty {
	if p.Ending != "" {
		return nil
	}
	var list []Duty
	if p.Pending != nil {
		list = append(list, Duty{Text: r.P.T("{name} proposes: {action}. A second person must approve it.", i18n.V{"name": p.Pending.By, "action": p.Pending.Action}), Part: "approval"})
	}
	if p.Assignee == "" {
		list = append(list, Duty{Text: r.P.T("Nobody has this case yet."), Part: "assign"})
	}
	if p.Unread > 0 {
		list = append(list, Duty{Text: r.P.N("{n} message from the applicant is not answered or marked as read.",
			"{n} messages from the applicant are not answered or marked as read.", p.Unread), Part: "messages"})
	}
	if silent := unanswered(p.Consultations); len(silent) == 1 {
		list = append(list, Duty{Text: r.P.T("{organisation} has not replied yet.", i18n.V{"organisation": silent[0].Organisation}), Timing: silent[0].Timing, Part: "replies"})
	} else if len(silent) > 1 {
		list = append(list, Duty{Text: r.P.N("{n} organisation has not replied yet.", "{n} organisations have not replied yet.", len(silent)), Timing: silent[0].Timing, Part: "replies"})
	}
	fresh := 0
	for _, q := range p.Representations {
		if q.Counts == "" {
			fresh++
		}
	}
	if fresh > 0 {
		list = append(list, Duty{Text: r.P.N("{n} representation by the public is not looked at yet.", "{n} representations by the public are not looked at yet.", fresh), Part: "representations"})
	}
	return list
}

// unanswered are the questions without a reply, the one that is due first before the others.
func unanswered(all []DeskConsultation) []DeskConsultation {
	var list []DeskConsultation
	for _, q := range all {
		if q.Reply == "" {
			list = append(list, q)
		}
	}
	slices.SortStableFunc(list, func(a, b DeskConsultation) int {
		return strings.Compare(dateKey(a.Timing.Date), dateKey(b.Timing.Date))
	})
	return list
}

// dateKey sorts what has no day last.
func dateKey(date string) string {
	if date == "" {
		return "9999"
	}
	return date
}

// dayOr is a day for the reader, or a word where there is none.
func (r Reader) dayOr(d calendar.Date, none string) string {
	if d.IsZero() {
		return none
	}
	return r.date(d)
}
