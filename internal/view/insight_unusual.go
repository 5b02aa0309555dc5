package view

import (
	"cmp"
	"context"
	"slices"

	"stoa/internal/forecast"
	"stoa/internal/insight"
	"stoa/internal/policy"
)

// InsightUnusual is something out of the ordinary, for those who can act.
type InsightUnusual struct {
	InsightAsk
	Text  string
	score float64
}

// recentWeeks is how long something out of the ordinary is told.
const recentWeeks = 3

// mostUnusual bounds the list: the clearest are told.
const mostUnusual = 5

// Unusual looks at the last weeks of every service of which the reader works on cases, for what is not as usual.
func (v Insight) Unusual(ctx context.Context, r Reader, q InsightAsk) (list []InsightUnusual, err error) {
	q.Desk = true
	_, err = v.ask(ctx, r, q, func(a *asked) error {
		weeks := a.weeks()
		if len(weeks) == 0 {
			return nil
		}
		for _, s := range a.j.Services {
			if policy.Can(r.Actor, policy.CaseWork, policy.Thing{Kind: "case", Organisation: s.Organisation}) != nil {
				continue
			}
			points, err := a.series(insight.Ask{Measure: insight.Came, Grain: insight.Day, Organisation: s.Organisation, Service: s.Service, From: weeks[0], Until: addDays(weeks[len(weeks)-1], 6)})
			if err != nil {
				return err
			}
			for _, an := range forecast.Anomalies(forecast.Series{Values: floats(byWeek(weeks, points, counts)), Period: 1}) {
				if an.From < len(weeks)-recentWeeks {
					continue
				}
				list = append(list, InsightUnusual{InsightAsk{Desk: true, Topic: InsightDemand, Service: s.Service}, a.reason(r.words(a.j, s.Title), an, a.inWeek(weeks)(an.From)), an.Score})
			}
		}
		slices.SortStableFunc(list, func(x, y InsightUnusual) int { return cmp.Compare(y.score, x.score) })
		list = list[:min(len(list), mostUnusual)]
		return nil
	})
	return list, err
}

// reason says in words what is not as usual.
func (a *asked) reason(name string, an forecast.Anomaly, when string) string {
	p := a.r.P
	said := map[string]any{"service": name, "when": when, "n": decimals(p.Number, an.Value, 0), "usual": number(p.Number, float64(int(an.Usual*10+.5))/10)}
	switch an.Kind {
	case forecast.Outage:
		return p.T("{service}: hardly anything came {when}, where about {usual} applications a week are usual. Are people able to apply?", said)
	case forecast.Drop:
		return p.T("{service}: {n} applications came {when}, where about {usual} a week are usual.", said)
	case forecast.Shift:
		return p.T("{service}: another level begins {when}: about {n} applications a week instead of about {usual}.", said)
	}
	return p.T("{service}: {n} applications came {when}, many more than the usual {usual} a week.", said)
}
