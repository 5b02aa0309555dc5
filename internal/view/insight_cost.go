package view

import (
	"math"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/money"
	"stoa/internal/service"
)

// What a decision costs in officers' time, beside the fees of an application. A figure is told where enough steps were timed and
// several people took them: else it would be one person's pace.

const (
	leastTimed  = 30 // steps whose length is known; fewer say nothing
	leastHands  = 2  // people who work on cases, at the desk
	publicHands = 3  // and for everybody
)

// unitCost is what is known of a service's decisions in a period.
type unitCost struct {
	s              *service.Service
	taken, decided int64
	months         int     // of which steps are known
	minutes        float64 // of a decision: mean minutes of the steps that could be timed, times steps for each decision
	hour, cost     money.Amount
	fee            DataValue
}

func (a *asked) cost() error {
	p := a.r.P
	var list []unitCost
	var unknown, unsaid []string
	short := false // some months are left out
	for _, s := range a.j.Services {
		if a.q.Service != "" && s.Service != a.q.Service || a.q.Organisation != "" && s.Organisation != a.q.Organisation {
			continue
		}
		u, few, err := a.unitCost(s)
		switch {
		case err != nil:
			return err
		case u.decided == 0:
		case few:
			unknown = append(unknown, a.r.words(a.j, s.Title))
		default:
			list, short = append(list, u), short || u.months < len(a.months())
			if name := a.r.organisationName(a.j, s.Organisation); u.cost.Minor == 0 && !slices.Contains(unsaid, name) {
				unsaid = append(unsaid, name)
			}
		}
	}
	if len(unknown) > 0 {
		a.p.Notes = append(a.p.Notes, p.T("Too little is known, or too few people work there, to tell it of: {services}.", map[string]any{"services": strings.Join(unknown, ", ")}))
	}
	if len(list) == 0 {
		a.p.Finding = p.T("Too little was noted in this time to say how long officers work for a decision.")
		return nil
	}
	slices.SortStableFunc(list, func(x, y unitCost) int { return int(y.cost.Minor - x.cost.Minor) })
	time := InsightFigure{ID: "time", Title: p.T("Officers’ time for a decision"), Kind: KindBars,
		DataFigures: DataFigures{Of: p.T("Service"), Unit: p.T("minutes"), Series: []DataSeries{{Name: p.T("Officers’ time for a decision")}}}}
	cost := InsightFigure{ID: "cost", Title: p.T("What a decision costs in officers’ time"), Kind: KindBars,
		DataFigures: DataFigures{Of: p.T("Service"), Currency: a.j.File.Currency, Series: []DataSeries{{Name: p.T("Officers’ time for a decision")}}}}
	if a.q.Desk {
		cost.Series = append(cost.Series, DataSeries{Name: p.T("Fees billed for an application")})
	}
	if short {
		a.p.Notes = append(a.p.Notes, p.T("Months of which no steps are known are not part of this."))
	}
	for _, u := range list {
		title := a.r.words(a.j, u.s.Title)
		time.Categories, time.Series[0].Values = append(time.Categories, title), append(time.Series[0].Values, known(u.minutes))
		if u.cost.Minor == 0 {
			continue
		}
		cost.Categories, cost.Series[0].Values = append(cost.Categories, title), append(cost.Series[0].Values, known(float64(u.cost.Minor)))
		if a.q.Desk {
			cost.Series[1].Values = append(cost.Series[1].Values, u.fee)
		}
	}
	how := p.T("A step is timed where the same person took another one within {n} minutes before; a decision takes the average of those, times the steps for each decision.", map[string]any{"n": 120})
	time.Finding = p.T("A decision on “{service}” takes {minutes} minutes of officers’ time.", map[string]any{"service": time.Categories[0], "minutes": number(p.Number, list[0].minutes)})
	time.Notes = append(time.Notes, how, a.paceNote())
	if len(cost.Categories) > 0 {
		a.costFinding(&cost, list[0])
		a.p.Figures = append(a.p.Figures, cost)
	}
	a.p.Figures = append(a.p.Figures, time)
	if len(unsaid) > 0 {
		a.p.Notes = append(a.p.Notes, p.T("The files do not say what an hour of an officer costs at: {organisations}.", map[string]any{"organisations": strings.Join(unsaid, ", ")}))
	}
	return nil
}

// costFinding says what the dearest decision costs, and where the price of an hour comes from.
func (a *asked) costFinding(f *InsightFigure, u unitCost) {
	p := a.r.P
	said := map[string]any{"service": f.Categories[0], "cost": a.r.money(u.cost.Minor, f.Currency), "minutes": number(p.Number, u.minutes), "fee": a.r.money(int64(u.fee.N), f.Currency)}
	f.Finding = p.T("A decision on “{service}” costs {cost} of officers’ time: {minutes} minutes.", said)
	if a.q.Desk && u.fee.Known {
		f.Finding = p.T("A decision on “{service}” costs {cost} of officers’ time ({minutes} minutes); {fee} of fees were billed for an application.", said)
	}
	_, v, err := a.j.HourCost(u.s.Organisation, a.lastDay())
	if err == nil && v != nil {
		f.Notes = append(f.Notes, p.T("An hour of an officer costs {amount} since {date}. Source: {source}.",
			map[string]any{"amount": a.r.money(u.hour.Minor, f.Currency), "date": a.r.date(v.From), "source": v.Source.Title}))
	}
	f.Notes = append(f.Notes, p.T("What else a decision needs, such as rooms, programs and whoever is asked, is not part of it."))
}

func (a *asked) paceNote() string {
	if a.q.Desk {
		return a.r.P.T("It is told where {n} people or more work on cases in a month, so that it shows nobody’s own pace.", map[string]any{"n": leastHands})
	}
	return a.r.P.T("It is told where {n} people or more work on cases in a month, so that it shows nobody’s own pace.", map[string]any{"n": publicHands})
}

// lastDay is the last of the question's months.
func (a *asked) lastDay() calendar.Date { return addDays(back(a.q.Until, -1), -1) }

// unitCost works it out for one service; few where too little is known, or it would tell of single people.
func (a *asked) unitCost(s *service.Service) (u unitCost, few bool, err error) {
	u.s = s
	taken, err := a.byMonth(insight.Taken, s)
	if err != nil {
		return u, false, err
	}
	months := slices.DeleteFunc(a.months(), func(m calendar.Date) bool { return taken[m].N == 0 }) // of what was taken over no steps are known
	u.months = len(months)
	sum := func(measure string) (n, amount int64, err error) {
		by, err := a.byMonth(measure, s)
		for _, m := range months {
			n, amount = n+by[m].N, amount+by[m].Amount
		}
		return n, amount, err
	}
	if u.decided, _, err = sum(insight.Decided); err != nil || u.decided == 0 {
		return u, false, err
	}
	if u.taken, _, err = sum(insight.Taken); err != nil {
		return u, false, err
	}
	timed, seconds, err := sum(insight.Spent)
	if err != nil {
		return u, false, err
	}
	hands, err := a.hands(s.Organisation, months)
	if err != nil {
		return u, false, err
	}
	least := float64(publicHands)
	if a.q.Desk {
		least = leastHands
	}
	if timed < leastTimed || hands < least || a.few(u.decided) {
		return u, true, nil
	}
	// Exact in seconds until the last step: seconds/timed × taken/decided.
	u.minutes = math.Max(1, math.Round(float64(seconds)/float64(timed)*float64(u.taken)/float64(u.decided)/60))
	if u.hour, _, err = a.j.HourCost(s.Organisation, a.lastDay()); err != nil {
		return u, false, err
	}
	u.cost = u.hour
	u.cost.Minor = int64(math.Round(float64(u.hour.Minor) * u.minutes / 60))
	came, _, err := sum(insight.Came)
	if err != nil || came == 0 {
		return u, false, err
	}
	_, billed, err := sum(insight.Billed)
	u.fee = known(math.Round(float64(billed) / float64(came)))
	return u, false, err
}

// byMonth are a service's sums of a measure in the question's months.
func (a *asked) byMonth(measure string, s *service.Service) (map[calendar.Date]insight.Point, error) {
	points, err := a.series(insight.Ask{Measure: measure, Grain: insight.Month, Organisation: s.Organisation, Service: s.Service, From: a.q.From, Until: a.q.Until})
	by := map[calendar.Date]insight.Point{}
	for _, p := range points {
		by[p.Day] = p
	}
	return by, err
}

// hands is how many people work on cases of an organisation in a month, on average.
func (a *asked) hands(organisation string, months []calendar.Date) (mean float64, err error) {
	if len(months) == 0 {
		return 0, nil
	}
	points, err := a.series(insight.Ask{Measure: insight.Hands, By: insight.ByHand, Grain: insight.Month, Organisation: organisation, From: months[0], Until: months[len(months)-1]})
	counted := map[calendar.Date]int{}
	for _, p := range points {
		counted[p.Day]++
	}
	for _, m := range months {
		mean += float64(counted[m]) / float64(len(months))
	}
	return mean, err
}
