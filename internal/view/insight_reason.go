package view

import (
	"math"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/forecast"
	"stoa/internal/insight"
	"stoa/internal/policy"
)

// InsightStep is a lasting change of how long people wait, and what changed with it: what leaders ask about first.
type InsightStep struct {
	Text    string
	Longer  bool
	Since   calendar.Date
	Service string // that most of it comes from; "" where none does
	Title   string // of that service
	Reasons []string
	MayTry  bool // whether the reader may try more officers on it
}

// mostAround is how many weeks before and after a change are held against each other, and mostReasonMonths how many months.
const (
	mostAround       = 8
	mostReasonMonths = 2
)

// clearly is by which share a figure must differ before it is called a change.
const clearly = .15

// around are the days before and after a change.
type around struct {
	from, then, since, until calendar.Date // both inclusive
	weeks                    float64
}

// explain says what else changed when waiting did.
func (a *asked) explain(weeks []calendar.Date, c forecast.Change) (*InsightStep, error) {
	if c.At < 1 || c.At >= len(weeks) {
		return nil, nil
	}
	n := min(mostAround, c.At, len(weeks)-c.At)
	t := around{weeks[c.At-n], addDays(weeks[c.At], -1), weeks[c.At], addDays(weeks[c.At+n-1], 6), float64(n)}
	p := a.r.P
	said := map[string]any{"date": a.r.date(t.since), "days": decimals(p.Number, math.Abs(c.After-c.Before), 0), "after": decimals(p.Number, c.After, 0), "before": decimals(p.Number, c.Before, 0)}
	s := &InsightStep{Since: t.since, Longer: c.After > c.Before}
	if s.Longer {
		s.Text = p.T("Since the week from {date} people wait about {days} days longer: {after} instead of {before}.", said)
	} else {
		s.Text = p.T("Since the week from {date} people wait about {days} days less: {after} instead of {before}.", said)
	}
	for _, find := range []func(*InsightStep, around) error{a.mostOf, a.inWhichStep, a.moreCame, a.fewerHands} {
		if err := find(s, t); err != nil {
			return nil, err
		}
	}
	if x := serviceOf(a.j, s.Service); x != nil && s.Longer {
		s.MayTry = policy.Can(a.r.Actor, policy.WhatIfTry, policy.Thing{Kind: "service", ID: x.Service, Organisation: x.Organisation}) == nil
	}
	return s, nil
}

// mostOf finds the service that most of the change comes from.
func (a *asked) mostOf(s *InsightStep, t around) error {
	most := 0.0
	var was, is float64
	for _, x := range a.j.Services {
		if a.q.Service != "" && x.Service != a.q.Service || a.q.Organisation != "" && x.Organisation != a.q.Organisation {
			continue
		}
		points, err := a.series(insight.Ask{Measure: insight.Decided, Grain: insight.Day, Organisation: x.Organisation, Service: x.Service, From: t.from, Until: t.until})
		if err != nil {
			return err
		}
		var n, days [2]float64
		for _, p := range points {
			i := 0
			if !p.Day.Before(t.since) {
				i = 1
			}
			n[i], days[i] = n[i]+float64(p.N), days[i]+float64(p.Amount)
		}
		if n[0] == 0 || n[1] == 0 {
			continue
		}
		before, after := days[0]/n[0], days[1]/n[1]
		if by := (after - before) * n[1]; s.Longer && by > most || !s.Longer && -by > most {
			most, was, is, s.Service, s.Title = math.Abs(by), before, after, x.Service, a.r.words(a.j, x.Title)
		}
	}
	if s.Service != "" && a.q.Service == "" {
		s.Reasons = append(s.Reasons, a.r.P.T("Most of it comes from “{service}”: {after} days on average instead of {before}.",
			map[string]any{"service": s.Title, "after": decimals(a.r.P.Number, is, 1), "before": decimals(a.r.P.Number, was, 1)}))
	}
	return nil
}

// inWhichStep finds the step of that service in which the time grew most.
func (a *asked) inWhichStep(s *InsightStep, t around) error {
	x := serviceOf(a.j, s.Service)
	if x == nil {
		return nil
	}
	one := *a
	one.q.Organisation, one.q.Service = x.Organisation, x.Service
	before, after := one.reasonMonths(t.since)
	if len(before) == 0 || len(after) == 0 {
		return nil
	}
	perCase := func(months []calendar.Date) (map[string]stepTime, float64, error) {
		n, err := one.endings(months[0], months[len(months)-1])
		if err != nil {
			return nil, 0, err
		}
		times, err := one.stepTimes(months[0], months[len(months)-1])
		return times, 86400 * math.Max(1, float64(n)), err
	}
	was, wasN, err := perCase(before)
	if err != nil {
		return err
	}
	is, isN, err := perCase(after)
	if err != nil || len(was) == 0 {
		return err
	}
	grew, title, said := 0.0, "", map[string]any{}
	for _, st := range statesOf(x) {
		days, former := float64(is[st.ID].seconds)/isN, float64(was[st.ID].seconds)/wasN
		if d := days - former; s.Longer && d > grew || !s.Longer && -d > grew {
			grew, title = math.Abs(d), a.r.words(a.j, st.Title)
			said = map[string]any{"step": title, "after": decimals(a.r.P.Number, days, 1), "before": decimals(a.r.P.Number, former, 1)}
		}
	}
	if grew >= .1 {
		s.Reasons = append(s.Reasons, a.r.P.T("The step that changed most is “{step}”: {after} days for each case instead of {before}.", said))
	}
	return nil
}

// reasonMonths are months before and after a day, of which something may be known.
func (a *asked) reasonMonths(since calendar.Date) (before, after []calendar.Date) {
	of := monthStart(since)
	for i := mostReasonMonths; i >= 1; i-- {
		if m := back(of, i); !m.Before(a.first) {
			before = append(before, m)
		}
	}
	begins := 1
	if since.Day() <= 15 { // most of its month is after
		begins = 0
	}
	for i := begins; len(after) < mostReasonMonths; i++ {
		m := back(of, -i)
		if m.After(a.today) { // the month that is running counts as far as it is
			break
		}
		after = append(after, m)
	}
	return before, after
}

// moreCame holds what came before and after against each other.
func (a *asked) moreCame(s *InsightStep, t around) error {
	q := insight.Ask{Measure: insight.Came, Grain: insight.Day, Organisation: a.q.Organisation, Service: a.q.Service, From: t.from, Until: t.until}
	if x := serviceOf(a.j, s.Service); x != nil {
		q.Organisation, q.Service = x.Organisation, x.Service
	}
	points, err := a.series(q)
	if err != nil {
		return err
	}
	var before, after float64
	for _, p := range points {
		if p.Day.Before(t.since) {
			before += float64(p.N) / t.weeks
		} else {
			after += float64(p.N) / t.weeks
		}
	}
	p := a.r.P
	said := map[string]any{"after": decimals(p.Number, after, 1), "before": decimals(p.Number, before, 1)}
	switch {
	case before == 0:
	case after > before*(1+clearly):
		s.Reasons = append(s.Reasons, p.T("More is applied for: about {after} a week instead of {before}.", said))
	case after < before*(1-clearly):
		s.Reasons = append(s.Reasons, p.T("Less is applied for: about {after} a week instead of {before}.", said))
	default:
		s.Reasons = append(s.Reasons, p.T("About as much is applied for as before: {after} a week, and it was {before}.", said))
	}
	return nil
}

// fewerHands holds against each other how many people worked on cases of the organisation in the months before and after.
func (a *asked) fewerHands(s *InsightStep, t around) error {
	organisation := a.q.Organisation
	if x := serviceOf(a.j, s.Service); x != nil {
		organisation = x.Organisation
	}
	if organisation == "" {
		return nil
	}
	b, n := a.reasonMonths(t.since)
	before, err := a.hands(organisation, b)
	if err != nil {
		return err
	}
	after, err := a.hands(organisation, n)
	if err != nil || before == 0 || after == 0 {
		return err
	}
	p := a.r.P
	said := map[string]any{"organisation": a.r.organisationName(a.j, organisation), "after": number(p.Number, math.Round(after*10)/10), "before": number(p.Number, math.Round(before*10)/10)}
	text := p.T("As many people work on cases of {organisation} as before: {after} in a month.", said)
	switch {
	case after > before*(1+clearly):
		text = p.T("More people work on cases of {organisation}: {after} in a month instead of {before}.", said)
	case after < before*(1-clearly):
		text = p.T("Fewer people work on cases of {organisation}: {after} in a month instead of {before}.", said)
	}
	s.Reasons = append(s.Reasons, text)
	return nil
}

// lastStep is the latest change of level that lasts until now; ok where there is one.
func lastStep(changes []forecast.Change) (c forecast.Change, ok bool) {
	if len(changes) == 0 {
		return c, false
	}
	return slices.MaxFunc(changes, func(x, y forecast.Change) int { return x.At - y.At }), true
}
