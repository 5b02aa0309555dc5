package view

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/service"
)

// Where the time goes between the steps of a service, from the log of events alone.

// stepTime is how long cases were in a state, in a period.
type stepTime struct{ visits, seconds, again int64 }

func (a *asked) stepTimes(from, until calendar.Date) (map[string]stepTime, error) {
	all := map[string]stepTime{}
	for _, m := range []string{insight.Step, insight.Again} {
		points, err := a.mine(m, insight.ByStep, insight.Month, from, until)
		if err != nil {
			return nil, err
		}
		for _, p := range points {
			t := all[p.Value]
			if m == insight.Again {
				t.again += p.N
			} else {
				t.visits, t.seconds = t.visits+p.N, t.seconds+p.Amount
			}
			all[p.Value] = t
		}
	}
	return all, nil
}

// endings is how many cases ended between two months.
func (a *asked) endings(from, until calendar.Date) (n int64, err error) {
	points, err := a.mine(insight.Ended, "", insight.Month, from, until)
	for _, p := range points {
		n += p.N
	}
	return n, err
}

// where is the page of one service's steps: days in each for a case, in the period and in the one before, and loops.
func (a *asked) where() error {
	p := a.r.P
	s := serviceOf(a.j, a.q.Service)
	if s == nil {
		a.p.Finding = p.T("Choose a service to see where its time goes.")
		return nil
	}
	from, until := a.period()
	length := from.MonthsUntil(until) + 1
	if length > 3 { // the last three months against the three before
		from = back(until, 2)
		length = 3
	}
	before, then := back(from, length), back(from, 1)
	now, err := a.stepTimes(from, until)
	if err != nil {
		return err
	}
	was, err := a.stepTimes(before, then)
	if err != nil {
		return err
	}
	nowN, err := a.endings(from, until)
	if err != nil {
		return err
	}
	wasN, err := a.endings(before, then)
	if err != nil {
		return err
	}
	a.p.Period = p.T("{from} to {until}", map[string]any{"from": a.monthName(from), "until": a.monthName(until)})
	if nowN == 0 || !a.q.Desk && nowN < insightFloor {
		a.p.Finding = p.T("Too little ended in this time to say where it goes.")
		return nil
	}
	f := InsightFigure{ID: "steps", Title: p.T("Days in each step, for each case that ended"), Kind: KindBars, Decimals: 1,
		DataFigures: DataFigures{Of: p.T("Step"), Unit: p.T("days"), Series: []DataSeries{{Name: p.T("In this time")}, {Name: p.T("In the same time before")}}}}
	loops := InsightFigure{ID: "loops", Title: p.T("Steps that cases come back to"), Kind: KindBars,
		DataFigures: DataFigures{Of: p.T("Step"), Unit: p.T("times"), Series: []DataSeries{{Name: p.T("Came back")}}}}
	perCase := func(seconds, n int64) float64 { return float64(seconds) / 86400 / math.Max(1, float64(n)) }
	var longest, grown, backTo string
	var most, grew float64
	var returns DataValue
	for _, st := range statesOf(s) {
		t, o := now[st.ID], was[st.ID]
		if t.visits+o.visits == 0 {
			continue
		}
		title := a.r.words(a.j, st.Title)
		days, former := perCase(t.seconds, nowN), perCase(o.seconds, wasN)
		f.Categories = append(f.Categories, title)
		is, was := a.of(least(nowN, t.visits), math.Round(days*10)/10), a.of(least(wasN, o.visits), math.Round(former*10)/10)
		f.Series[0].Values, f.Series[1].Values = append(f.Series[0].Values, is), append(f.Series[1].Values, was)
		if days > most && is.Known {
			most, longest = days, title
		}
		if wasN > 0 && is.Known && was.Known && days-former > grew {
			grew, grown = days-former, title
		}
		if t.again > 0 {
			loops.Categories, loops.Series[0].Values = append(loops.Categories, title), append(loops.Series[0].Values, a.rough(t.again))
			if v := a.rough(t.again); shown(v) > shown(returns) {
				returns, backTo = v, title
			}
		}
	}
	if wasN == 0 {
		f.Series = f.Series[:1]
	}
	f.Finding = p.T("Too little ended in this time to say where it goes.")
	if longest != "" {
		f.Finding = p.T("Most time goes into “{step}”: {days} days for each case.", map[string]any{"step": longest, "days": decimals(p.Number, most, 1)})
	}
	if (a.q.Desk || wasN >= insightFloor) && grew >= .1 {
		f.Finding += " " + p.T("It grew most in “{step}”: {days} days more than before.", map[string]any{"step": grown, "days": decimals(p.Number, grew, 1)})
	}
	f.Notes = append(f.Notes, p.T("The figures are made from the log of every case. A step that a case enters twice counts with both times."), a.heldNote())
	a.p.Figures = append(a.p.Figures, f)
	if len(loops.Categories) > 0 {
		if returns.Known {
			loops.Finding = p.T("Cases came back to “{step}” {n} times.", map[string]any{"step": backTo, "n": number(p.Number, returns.N)})
		}
		loops.Notes = append(loops.Notes, a.roundedNote())
		a.p.Figures = append(a.p.Figures, loops)
	}
	return a.ways(s, from, until)
}

// least is of how many cases a figure of a step tells: of those that came to it, where these are fewer.
func least(ended, visits int64) int64 {
	if visits > 0 {
		return min(ended, visits)
	}
	return ended // that nobody came to it tells of all
}

func statesOf(s *service.Service) []service.StateFile { return s.Case.States }

// mostWays bounds the picture of them.
const mostWays = 12

// ways are the most used ways from one step to another.
func (a *asked) ways(s *service.Service, from, until calendar.Date) error {
	points, err := a.mine(insight.Move, insight.ByMove, insight.Month, from, until)
	if err != nil {
		return err
	}
	list, _ := tallies(points)
	if len(list) == 0 {
		return nil
	}
	name := func(id string) string {
		i := slices.IndexFunc(s.Case.States, func(st service.StateFile) bool { return st.ID == id })
		if i < 0 {
			return id
		}
		return a.r.words(a.j, s.Case.States[i].Title)
	}
	p := a.r.P
	way := func(id string) string {
		x, y, _ := strings.Cut(id, ">")
		return p.T("{from}, then {to}", map[string]any{"from": name(x), "to": name(y)})
	}
	a.order(list, way)
	list = list[:min(len(list), mostWays)]
	f := a.bars("ways", p.T("Ways that cases go"), p.T("From one step to the next"), p.T("times"), list, way)
	f.Finding, f.Notes = cmp.Or(a.most(f)), append(f.Notes, a.roundedNote())
	a.p.Figures = append(a.p.Figures, f)
	return nil
}
