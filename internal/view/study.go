package view

import (
	"context"
	"errors"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/study"
)

// WhatIf is what can be seen of changes that are tried, and of what they would do.
type WhatIf struct{ *View }

// WhatIf is what can be seen of changes that are tried.
func (v Data) WhatIf() WhatIf { return WhatIf(v) }

// WhatIfArea reports whether the part of the desk where changes are tried is the reader's.
func WhatIfArea(a policy.Actor) bool {
	return len(Reader{Actor: a}.organisations(policy.WhatIfTry)) > 0
}

// WhatIfHome is the list of studies, and of what can be tried.
type WhatIfHome struct {
	Subjects []StudySubject
	Studies  []StudyLine
}

// StudySubject is a service or a tax whose rules can be tried otherwise.
type StudySubject struct {
	Kind, ID, Title, Organisation string // Kind: service, tax
}

// StudyLine is a study in a list.
type StudyLine struct {
	ID, Title, About, Organisation string
	State                          string // as package study names it
	Finding                        string // "" before it is done
	Published                      bool
	At                             Instant
}

// TryForm is what can be tried of a service or a tax.
type TryForm struct {
	StudySubject
	Figures   []TryFigure
	Amounts   []TryAmount
	Deadlines []TryDeadline
	Queue     bool // it has one
}

// TryFigure is a figure of the law.
type TryFigure struct {
	ID, Title, Type, Value, Shown string // Value as it is typed, Shown as it is read
	Since                         string
	Law                           Law
}

// TryAmount is an item of the fee or the charge.
type TryAmount struct {
	ID, Title, Rule string
}

// TryDeadline is a deadline; N is 0 where a rule gives its day.
type TryDeadline struct {
	State, Title, Unit string // Unit: working_days, days, months
	N                  int
	Law                Law
}

const studiesShown = 100

// Home is for those who lead an organisation.
func (v WhatIf) Home(ctx context.Context, r Reader) (h WhatIfHome, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"}); err != nil {
		return h, err
	}
	orgs := r.organisations(policy.WhatIfTry)
	if len(orgs) == 0 {
		return h, policy.Can(r.Actor, policy.WhatIfTry, policy.Thing{Kind: "studies"})
	}
	j := v.place()
	for _, s := range j.Services {
		if slices.Contains(orgs, s.Organisation) {
			h.Subjects = append(h.Subjects, StudySubject{"service", s.Service, r.words(j, s.Title), r.organisationName(j, s.Organisation)})
		}
	}
	for _, t := range j.Taxes {
		if slices.Contains(orgs, t.Organisation) {
			h.Subjects = append(h.Subjects, StudySubject{"tax", t.Tax, r.words(j, t.Title), r.organisationName(j, t.Organisation)})
		}
	}
	err = v.read(ctx, "WhatIf", func(ctx context.Context, tx *store.Tx) error {
		list, err := study.Studies{}.Of(ctx, tx, orgs, studiesShown)
		h.Studies = nil
		for _, s := range list {
			h.Studies = append(h.Studies, v.line(r, s))
		}
		return err
	})
	return h, err
}

func (v WhatIf) line(r Reader, s *study.Study) StudyLine {
	l := StudyLine{ID: s.ID, Title: s.Title, About: v.subjectTitle(r, s.Kind, s.Subject), Organisation: r.organisationName(v.place(), s.Organisation),
		State: s.State, Published: !s.Published.IsZero(), At: r.instant(v.place(), s.Created)}
	if s.Result != nil {
		l.Finding = strings.Join(v.findings(r, s.Result)[:1], " ")
	}
	return l
}

func (v WhatIf) subjectTitle(r Reader, kind, id string) string {
	j := v.place()
	if s := serviceNamed(j, id); s != nil && kind == "service" {
		return r.words(j, s.Title)
	}
	if t := taxNamed(j, id); t != nil && kind == "tax" {
		return r.words(j, t.Title)
	}
	return id
}

func taxNamed(j *service.Jurisdiction, id string) *service.Tax {
	i := slices.IndexFunc(j.Taxes, func(t *service.Tax) bool { return t.Tax == id })
	if i < 0 {
		return nil
	}
	return j.Taxes[i]
}

// Form is what can be tried of a service or tax.
func (v WhatIf) Form(r Reader, kind, id string) (f TryForm, err error) {
	j := v.place()
	today := j.Calendar.DateOf(v.now())
	f.Kind, f.ID = kind, id
	may := func(organisation string) error {
		f.Title, f.Organisation = v.subjectTitle(r, kind, id), r.organisationName(j, organisation)
		return policy.Can(r.Actor, policy.WhatIfTry, policy.Thing{Kind: kind, ID: id, Organisation: organisation})
	}
	if t := taxNamed(j, id); t != nil && kind == "tax" {
		if err := may(t.Organisation); err != nil {
			return f, err
		}
		f.Figures = r.figures(t.Rules, t.Figures(), today)
		for _, c := range t.Charge {
			f.Amounts = append(f.Amounts, TryAmount{c.ID, r.words(j, c.Title), c.Fee.Amount.Expr.Source})
		}
		return f, nil
	}
	s := serviceNamed(j, id)
	if s == nil || kind != "service" {
		return f, fault.NewNotFound("")
	}
	if err := may(s.Organisation); err != nil {
		return f, err
	}
	f.Queue = true
	f.Figures = r.figures(s, s.Figures(), today)
	for _, x := range s.Fee {
		f.Amounts = append(f.Amounts, TryAmount{x.ID, r.words(j, x.Title), x.Amount.Expr.Source})
	}
	for _, st := range s.Case.States {
		if st.Deadline != nil && st.Deadline.On == nil {
			f.Deadlines = append(f.Deadlines, r.deadline(s, st))
		}
	}
	return f, nil
}

func (r Reader) figures(s *service.Service, list []*service.Parameter, today calendar.Date) (out []TryFigure) {
	j := s.Jurisdiction
	for _, p := range list {
		now := p.On(today)
		if now == nil {
			continue
		}
		f := TryFigure{ID: p.ID, Title: r.words(j, p.Title), Type: p.Type, Since: r.date(now.From), Law: lawOf(now.Source),
			Shown: process.Show(r.P, s, now.Value, p.Type)}
		switch x := now.Value.(type) {
		case bool:
			f.Value = map[bool]string{true: "yes", false: "no"}[x]
		case money.Decimal:
			f.Value = x.String()
		case calendar.Date:
			f.Value = x.String()
		case string:
			f.Value = x
		}
		out = append(out, f)
	}
	return out
}

func (r Reader) deadline(s *service.Service, st service.StateFile) TryDeadline {
	d := TryDeadline{State: st.ID, Title: r.words(s.Jurisdiction, st.Title), Unit: "days", N: st.Deadline.Days}
	switch {
	case st.Deadline.WorkingDays > 0:
		d.Unit, d.N = "working_days", st.Deadline.WorkingDays
	case st.Deadline.Months > 0:
		d.Unit, d.N = "months", st.Deadline.Months
	}
	if law, there := s.Law[st.Deadline.Law]; there {
		d.Law = lawOf(law)
	}
	return d
}

// get reads a study that the reader may see at the desk.
func (v WhatIf) get(ctx context.Context, tx *store.Tx, r Reader, id string) (*study.Study, error) {
	s, err := study.Studies{}.Get(ctx, tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.NewNotFound("")
	}
	if err != nil {
		return nil, err
	}
	return s, policy.Can(r.Actor, policy.WhatIfTry, policy.Thing{Kind: "study", ID: s.ID, Organisation: s.Organisation})
}

// Published lists the studies that everybody may read.
func (v WhatIf) Published(ctx context.Context, r Reader) (list []StudyLine, err error) {
	if err := policy.Can(r.Actor, policy.StudyRead, policy.Thing{Kind: "studies", Public: true}); err != nil {
		return nil, err
	}
	err = v.read(ctx, "Studies", func(ctx context.Context, tx *store.Tx) error {
		all, err := study.Studies{}.Published(ctx, tx, studiesShown)
		list = nil
		for _, s := range all {
			l := v.line(r, s)
			l.At = r.instant(v.place(), s.Published)
			list = append(list, l)
		}
		return err
	})
	return list, err
}

// How a study stands, as pages show it.
const (
	StudyWorking = study.Working
	StudyFailed  = study.Failed
)
