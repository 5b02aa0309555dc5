package view

import (
	"context"
	"slices"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// ConsultQueue is what the reader's organisations are asked.
type ConsultQueue struct {
	Open, Answered []ConsultLine
}

// ConsultLine is a question in a list: it names the case and tells nothing of it.
type ConsultLine struct {
	ID, Number, Service string
	From, To            string // organisations: who asks, who is asked
	Asked, Replied      Instant
	Due, ReplyText      string
	Timing              Timing
}

const (
	consultOpenMost     = 200
	consultAnsweredMost = 50
)

// Consultations lists the questions to the reader's organisations.
func (v Consulting) Consultations(ctx context.Context, r Reader) (q ConsultQueue, err error) {
	err = v.read(ctx, "Consultations", func(ctx context.Context, tx *store.Tx) error {
		q = ConsultQueue{}
		for _, o := range r.consulted() {
			open, err := v.asked(ctx, tx, r, o, false, consultOpenMost)
			if err != nil {
				return err
			}
			answered, err := v.asked(ctx, tx, r, o, true, consultAnsweredMost)
			if err != nil {
				return err
			}
			q.Open, q.Answered = append(q.Open, open...), append(q.Answered, answered...)
		}
		return nil
	})
	return q, err
}

func (v *View) asked(ctx context.Context, tx *store.Tx, r Reader, organisation string, answered bool, most int) ([]ConsultLine, error) {
	list, err := v.Docket.Cases.Asked(ctx, tx, organisation, answered, most)
	if err != nil {
		return nil, err
	}
	var lines []ConsultLine
	for _, q := range list {
		c, err := v.Docket.Cases.Get(ctx, tx, q.Case)
		if err != nil {
			return nil, err
		}
		if c.Person == r.Actor.Person || !answered && !c.Open() {
			continue // nobody replies about themselves; an ended case asks nothing any more
		}
		s, err := v.definition(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		lines = append(lines, r.consultLine(s, c, q, docket.Day(s, tx.Now())))
	}
	return lines, nil
}

func (r Reader) consultLine(s *service.Service, c *cases.Case, q cases.Consultation, today calendar.Date) ConsultLine {
	j := s.Jurisdiction
	line := ConsultLine{
		ID: q.ID, Number: c.Number, Service: r.words(j, s.Title), From: r.organisationName(j, c.Organisation), To: r.organisationName(j, q.Organisation),
		Asked: r.instant(j, q.Asked), Due: r.date(q.Due), ReplyText: r.replyWord(q.Reply, q.Silent),
	}
	if q.Reply == "" {
		line.Timing = r.timing(j, q.Due, false, today)
	} else {
		line.Replied = r.instant(j, q.Replied)
	}
	return line
}

// ConsultPage is a question with the part of the case that the file shows to the asked organisation.
type ConsultPage struct {
	ConsultLine
	Case    string // id, for the reply
	Ask     string
	Law     Law
	Cards   []Card
	Scans   map[string]string
	Reply   string
	By      string
	Text    string
	Closed  bool // answered, or the case has ended
	Silence bool // no reply in time counts as no objection
}

// consultation loads a question and its case for the asked organisation.
func (v *View) consultation(ctx context.Context, tx *store.Tx, r Reader, id string) (*docket.Case, cases.Consultation, error) {
	caseID, err := v.Docket.Cases.CaseOfConsultation(ctx, tx, id)
	if err != nil {
		return nil, cases.Consultation{}, err
	}
	c, err := v.Docket.Case(ctx, tx, caseID)
	if err != nil {
		return nil, cases.Consultation{}, err
	}
	i := slices.IndexFunc(c.Consultations, func(q cases.Consultation) bool { return q.ID == id })
	if i < 0 {
		return nil, cases.Consultation{}, outOfSight()
	}
	q := c.Consultations[i]
	if err := policy.Can(r.Actor, policy.ConsultRead, consultThing(c, q)); err != nil {
		return nil, cases.Consultation{}, err
	}
	return c, q, v.unconsented(ctx, tx, c)
}

// consultThing is one question as rights see it: the other organisations that are asked are not party to it.
func consultThing(c *docket.Case, q cases.Consultation) policy.Thing {
	t := c.Thing()
	t.Kind, t.ID, t.Consulted = "consultation", q.ID, []string{q.Organisation}
	return t
}

func (v *View) lookAtConsultation(ctx context.Context, r Reader, id string) error {
	return v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		c, q, err := v.consultation(ctx, tx, r, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: c.Person, Organisation: q.Organisation, What: lookConsultation, Ref: c.Number, Service: c.Service.Service, Why: string(policy.ConsultRead)}, consultThing(c, q), nil
	})
}

// Consultation is a question with what may be seen for it. The read is recorded first.
func (v Consulting) Consultation(ctx context.Context, r Reader, id string) (p ConsultPage, err error) {
	if err := v.lookAtConsultation(ctx, r, id); err != nil {
		return ConsultPage{}, err
	}
	err = v.read(ctx, "Consultation", func(ctx context.Context, tx *store.Tx) error {
		c, q, err := v.consultation(ctx, tx, r, id)
		if err != nil {
			return err
		}
		k := c.Service.Consultees[q.Consultee]
		if k == nil {
			return outOfSight()
		}
		p = ConsultPage{ConsultLine: r.consultLine(c.Service, c.Case, q, docket.Day(c.Service, tx.Now())), Case: c.ID, Ask: r.words(c.Service.Jurisdiction, k.Ask),
			Law: law(c.Service, k.Law), Reply: q.Reply, By: q.Name, Text: q.Text, Closed: q.Reply != "" || !c.Open(), Silence: k.Silence != "none"}
		p.Cards = r.seen(c, k)
		whole := DeskCase{Cards: p.Cards}
		if err := v.deskScans(ctx, tx, r, c, &whole); err != nil {
			return err
		}
		p.Scans = whole.Scans
		return nil
	})
	return p, err
}

// seen are the answers to the questions that the file shows to a consultee, and no others.
func (r Reader) seen(c *docket.Case, k *service.Consultee) []Card {
	d := &docket.Draft{Draft: &cases.Draft{DraftBody: cases.DraftBody{Typed: c.Typed}}, Service: c.Service, Judged: c.Judged}
	var list []Card
	for p := c.Judged.Next(nil); p != nil; p = c.Judged.Next(p) {
		if shown := only(p.Questions, k.Sees); len(shown) > 0 {
			list = append(list, r.cards(d, p, r.words(c.Service.Jurisdiction, p.File.Title), "", "", shown, c.Judged.Answers)...)
		}
	}
	return list
}

// only keeps the questions that are shown: those listed, whole groups, and of other groups the members listed.
func only(all, listed []*service.Question) []*service.Question {
	var kept []*service.Question
	for _, q := range all {
		if slices.Contains(listed, q) {
			kept = append(kept, q)
			continue
		}
		if members := only(q.Members, listed); len(members) > 0 {
			part := *q
			part.Members = members
			kept = append(kept, &part)
		}
	}
	return kept
}

// ConsultationFile is an upload that the file shows to the asked organisation.
func (v Consulting) ConsultationFile(ctx context.Context, r Reader, id, file string) (name, mediaType string, data []byte, err error) {
	if err = v.lookAtConsultation(ctx, r, id); err != nil {
		return "", "", nil, err
	}
	err = v.read(ctx, "ConsultationFile", func(ctx context.Context, tx *store.Tx) error {
		c, q, err := v.consultation(ctx, tx, r, id)
		if err != nil {
			return err
		}
		k := c.Service.Consultees[q.Consultee]
		if k == nil || !shows(r.seen(c, k), file) {
			return outOfSight()
		}
		name, mediaType, data, err = v.file(ctx, tx, file, c.Subject)
		return err
	})
	return name, mediaType, data, err
}

func shows(cards []Card, file string) bool {
	return slices.ContainsFunc(cards, func(c Card) bool {
		return slices.ContainsFunc(c.Rows, func(row Row) bool { return row.File == file && file != "" })
	})
}
