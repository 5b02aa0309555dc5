package view

import (
	"context"
	"slices"
	"strings"
	"time"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Open is what a government shows of its own work: decisions, the rules by which they come about, and promises.
type Open struct{ v *View }

// Open groups them.
func (v *View) Open() Open { return Open{v} }

// DecisionAsk narrows the register of decisions. Before is the place that a page ended at.
type DecisionAsk struct {
	Service, Ending string
	From, Until     time.Time // of the jurisdiction's zone; Until is the first instant after
	Before          string
}

// DecisionLine is a decision in the register.
type DecisionLine struct {
	ID, Day               string
	ServiceID, Service    string
	Organisation          string
	About                 string // "" where the file does not show it
	Outcome, Ending, Done string // Done: by an officer, or by the law because a day passed
	Law                   Law
}

// DecisionList is a page of the register, with how many decisions of each kind there are in all.
type DecisionList struct {
	Lines    []DecisionLine
	Next     string
	Services []Option
	Endings  []Option
	Counts   []DecisionCount
}

// DecisionCount is how the decisions of a service came out.
type DecisionCount struct {
	Service string
	By      map[string]int64 // by ending
}

// DecisionPage is one decision as the public sees it.
type DecisionPage struct {
	DecisionLine
	Step            string // what was done
	Reasons         []string
	Conditions      []string
	OwnReason       string
	OwnConditions   []string
	Withheld        bool // there are own words, or a name, that are not shown
	Took            int  // working days; -1: beyond the calendar
	Promised        int  // working days; 0: nothing is promised
	Definition      string
	Since           Instant
	ServiceTitle    string
	Proof           Proof
	Appeal          string
	RulesAreCurrent bool
}

// decisionEndings are how a case that is decided may end.
var decisionEndings = []string{"granted", "refused", "closed"}

const decisionsOnPage = 20

// listed are the services whose decisions are public.
func (o Open) listed(r Reader) (list []*service.Service) {
	for _, s := range o.v.place().Services {
		thing := policy.Thing{Kind: "decision", Organisation: s.Organisation, Public: s.Decisions == nil || !s.Decisions.Hide}
		if policy.Can(r.Actor, policy.DecisionRead, thing) == nil {
			list = append(list, s)
		}
	}
	return list
}

func (o Open) ask(r Reader, ask DecisionAsk) (cases.Decided, error) {
	q := cases.Decided{From: ask.From, Until: ask.Until, Limit: decisionsOnPage + 1}
	for _, s := range o.listed(r) {
		if ask.Service == "" || ask.Service == s.Service {
			q.Services = append(q.Services, s.Service)
		}
	}
	if ask.Ending != "" && !slices.Contains(decisionEndings, ask.Ending) {
		return q, fault.NewNotFound("")
	}
	q.Ending = ask.Ending
	if ask.Before != "" {
		at, id, _ := strings.Cut(ask.Before, "~")
		var err error
		if q.Before, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return q, fault.NewNotFound("")
		}
		q.BeforeID = id
	}
	return q, nil
}

// Decisions is a page of the register of decisions, newest first.
func (o Open) Decisions(ctx context.Context, r Reader, ask DecisionAsk) (list DecisionList, err error) {
	j := o.v.place()
	q, err := o.ask(r, ask)
	if err != nil {
		return list, err
	}
	err = o.v.read(ctx, "Decisions", func(ctx context.Context, tx *store.Tx) error {
		list = DecisionList{}
		rows, err := cases.Past{Cases: o.v.Docket.Cases}.Decided(ctx, tx, q)
		if err != nil {
			return err
		}
		if len(rows) > decisionsOnPage {
			rows = rows[:decisionsOnPage]
			last := rows[len(rows)-1]
			list.Next = last.Ended.UTC().Format(time.RFC3339Nano) + "~" + last.ID
		}
		for _, c := range rows {
			s, err := o.v.Docket.Releases.Get(ctx, tx, c.Definition)
			if err != nil {
				return err
			}
			if c.Decision != nil {
				list.Lines = append(list.Lines, r.decisionLine(s, c, o.rules(c)))
			}
		}
		counts, err := cases.Past{Cases: o.v.Docket.Cases}.Outcomes(ctx, tx, cases.Decided{Services: q.Services, From: q.From, Until: q.Until})
		if err != nil {
			return err
		}
		for _, n := range counts {
			if i := len(list.Counts); i == 0 || list.Counts[i-1].Service != n.Service {
				list.Counts = append(list.Counts, DecisionCount{n.Service, map[string]int64{}})
			}
			list.Counts[len(list.Counts)-1].By[n.Ending] = n.N
		}
		return nil
	})
	for _, s := range o.listed(r) {
		list.Services = append(list.Services, Option{Value: s.Service, Label: r.words(j, s.Title)})
	}
	for i := range list.Counts {
		if s := serviceNamed(j, list.Counts[i].Service); s != nil {
			list.Counts[i].Service = r.words(j, s.Title)
		}
	}
	for _, e := range decisionEndings {
		list.Endings = append(list.Endings, Option{Value: e, Label: r.outcome(e)})
	}
	return list, err
}

func serviceNamed(j *service.Jurisdiction, id string) *service.Service {
	for _, s := range j.Services {
		if s.Service == id {
			return s
		}
	}
	return nil
}

// rules is what the file in force says of showing decisions: what is published follows today's file, what was decided the
// one of its time.
func (o Open) rules(c *cases.Case) *service.DecisionsFile {
	if s := serviceNamed(o.v.place(), c.Service); s != nil {
		return s.Decisions
	}
	return &service.DecisionsFile{Hide: true}
}

func (r Reader) decisionLine(s *service.Service, c *cases.Case, rules *service.DecisionsFile) DecisionLine {
	j, d := s.Jurisdiction, c.Decision
	l := DecisionLine{ID: c.ID, Day: r.date(d.Date), ServiceID: s.Service, Service: r.words(j, s.Title), Organisation: r.organisationName(j, c.Organisation),
		Outcome: r.stateTitle(s, c.State), Ending: c.Ending, Done: r.P.T("By an officer")}
	if d.By == "" {
		l.Done = r.P.T("By law, because a deadline had passed")
	}
	if rules.Shows("about") {
		l.About = c.Label
	}
	for _, a := range s.Actions {
		if a.ID == d.Action {
			l.Law = law(s, a.Law)
		}
	}
	return l
}

// Decision is one decision of the register.
func (o Open) Decision(ctx context.Context, r Reader, id string) (p DecisionPage, err error) {
	err = o.v.read(ctx, "Decision", func(ctx context.Context, tx *store.Tx) error {
		c, err := o.v.Docket.Cases.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		rules := o.rules(c)
		thing := policy.Thing{Kind: "decision", ID: id, Organisation: c.Organisation, Public: rules == nil || !rules.Hide}
		if err := policy.Can(r.Actor, policy.DecisionRead, thing); err != nil {
			return err
		}
		if c.Decision == nil || !slices.Contains(decisionEndings, c.Ending) {
			return fault.NewNotFound("")
		}
		s, err := o.v.Docket.Releases.Get(ctx, tx, c.Definition)
		if err != nil {
			return err
		}
		p = r.decisionPage(s, c, rules)
		since, err := release.Since(ctx, tx, c.Definition)
		if err != nil {
			return err
		}
		p.Since = r.instant(s.Jurisdiction, since)
		now := serviceNamed(o.v.place(), c.Service)
		p.RulesAreCurrent = now != nil && now.Hash == c.Definition
		if now != nil && now.Standard != nil {
			p.Promised = now.Standard.WorkingDays
		}
		l := o.v.LogPages()
		name, err := l.last(ctx, tx, publog.Name{Organisation: c.Organisation, Kind: publog.CaseDecided, ID: c.ID})
		if err != nil {
			return err
		}
		p.Proof, err = l.standing(ctx, tx, name)
		return err
	})
	return p, err
}

func (r Reader) decisionPage(s *service.Service, c *cases.Case, rules *service.DecisionsFile) DecisionPage {
	d, j := c.Decision, s.Jurisdiction
	p := DecisionPage{DecisionLine: r.decisionLine(s, c, rules), Definition: c.Definition, ServiceTitle: r.words(j, s.Title), Took: docket.Took(s, c)}
	for _, a := range s.Actions {
		if a.ID == d.Action {
			p.Step, p.Appeal = r.words(j, a.Title), r.words(j, a.Appeal)
			p.Reasons, p.Conditions = r.chosen(j, a.Standard, d.Reasons), r.chosen(j, a.Conditions, d.Conditions)
		}
	}
	show := func(part string, filled bool, put func()) {
		switch {
		case !filled:
		case rules.Shows(part):
			put()
		default:
			p.Withheld = true
		}
	}
	show("about", c.Label != "", func() {})
	show("reason", d.Reason != "", func() { p.OwnReason = d.Reason })
	show("conditions", len(d.Own) > 0, func() { p.OwnConditions = d.Own })
	return p
}

// chosen are the texts of the standard choices that were made, in the order of the file.
func (r Reader) chosen(j *service.Jurisdiction, all []service.ChoiceFile, chosen []string) (list []string) {
	for _, c := range all {
		if slices.Contains(chosen, c.ID) {
			list = append(list, r.words(j, c.Text))
		}
	}
	return list
}

// source of a file as one line.
func sourceText(src *service.SourceFile) Law {
	if src == nil {
		return Law{}
	}
	return lawOf(*src)
}
