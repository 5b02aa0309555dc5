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
	how := p.T("A step is timed where the same person took another one within {n} minutes before; a decision takes the average of those, times the steps for each decision.", map[string]any{"n": int(insight.LongestSpell.Minutes())})
	time.Finding = p.T("A decision on “{service}” takes {minutes} minutes of officers’ time.", map[string]any{"service": time.Categories[0], "minutes": number(p.Number, list[0].minutes)})
	time.Notes = append(time.Notes, how, a.paceNote())
	if len(cost.Categories) > 0 {
		a.costFinding(&cost, list[0])
		a.p.Figures = append(a.p.Figures, cost)
	}
	a.p.Figures = append(a.p.Figures, time)
	if a.q.Desk {
		if err := a.hoursNeeded(list); err != nil {
			return err
		}
	}
	if len(unsaid) > 0 {
		a.p.Notes = append(a.p.Notes, p.T("The files do not say what an hour of an officer costs at: {organisations}.", map[string]any{"organisations": strings.Join(unsaid, ", ")}))
	}
	return nil
}

// weeksAhead is for how long officers' hours are told, and weeksSeen of how many the usual is taken where nothing can be forecast.
const (
	weeksAhead = 4
	weeksSeen  = 8
)

// hoursNeeded tells how many hours of officers what comes next needs: applications a week as they are forecast, where a forecast does
// better on its own past than repeating it, else as of late; times what a decision takes.
func (a *asked) hoursNeeded(list []unitCost) error {
	p, weeks := a.r.P, a.weeks()
	if len(weeks) < weeksSeen {
		return nil
	}
	f := InsightFigure{ID: "hours", Title: p.T("Officers’ hours a week in the coming four weeks"), Kind: KindBars, Decimals: 1,
		DataFigures: DataFigures{Of: p.T("Service"), Unit: p.T("hours a week"), Series: []DataSeries{{Name: p.T("Officers’ hours a week")}}}}
	all, most, usual := 0.0, 0, []string{}
	for i, u := range list {
		points, err := a.series(insight.Ask{Measure: insight.Came, Grain: insight.Day, Organisation: u.s.Organisation, Service: u.s.Service, From: weeks[0], Until: addDays(weeks[len(weeks)-1], 6)})
		if err != nil {
			return err
		}
		came, forecast := a.expectedWeekly(floats(byWeek(weeks, points, counts)))
		if !forecast {
			usual = append(usual, a.r.words(a.j, u.s.Title))
		}
		hours := math.Round(came*u.minutes/60*10) / 10
		f.Categories, f.Series[0].Values = append(f.Categories, a.r.words(a.j, u.s.Title)), append(f.Series[0].Values, known(hours))
		if all += hours; hours > f.Series[0].Values[most].N {
			most = i
		}
	}
	f.Finding = p.T("What comes needs about {hours} hours of officers a week, most of them for “{service}”: {most}.",
		map[string]any{"hours": decimals(p.Number, all, 1), "service": f.Categories[most], "most": decimals(p.Number, f.Series[0].Values[most].N, 1)})
	if len(list) == 1 {
		f.Finding = p.T("What comes needs about {hours} hours of officers a week.", map[string]any{"hours": decimals(p.Number, all, 1)})
	}
	f.Notes = append(f.Notes, p.T("Applications a week as they are expected, times what a decision takes."))
	if len(usual) > 0 {
		f.Notes = append(f.Notes, p.T("As many as in the last {n} weeks are expected, since no forecast does better: {services}.", map[string]any{"n": weeksSeen, "services": strings.Join(usual, ", ")}))
	}
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

// expectedWeekly is how many a week come in the next weeks: as forecast, where that is better than the past alone.
func (a *asked) expectedWeekly(y []float64) (mean float64, forecast bool) {
	if len(y) >= fewestToForecast && !constant(y) {
		if o := a.next(y, 1, weeksAhead); o != nil && o.Check.Origins > 0 && o.Check.Naive > 0 && o.Check.Error <= o.Check.Naive {
			for _, m := range o.Mean {
				mean += math.Max(0, m) / weeksAhead
			}
			return mean, true
		}
	}
	late := y[max(0, len(y)-weeksSeen):]
	for _, n := range late {
		mean += n / float64(len(late))
	}
	return mean, false
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
