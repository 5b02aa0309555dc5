package view

import (
	"context"
	"math"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/insight"
)

// Demand, waiting, backlog and what was promised: the pages of how much and how long.

// Topic is a page of what happened.
func (v Insight) Topic(ctx context.Context, r Reader, q InsightAsk) (InsightPage, error) {
	if !slices.Contains(InsightTopics, q.Topic) {
		return InsightPage{}, fault.NewNotFound("")
	}
	return v.ask(ctx, r, q, func(a *asked) error {
		a.p.Title = r.InsightTitle(q.Topic)
		if a.nothing() {
			return nil
		}
		return a.build(q.Topic)
	})
}

// build fills in a topic's page.
func (a *asked) build(topic string) error {
	err := map[string]func(*asked) error{
		InsightDemand: (*asked).demand, InsightWaiting: (*asked).waiting, InsightSteps: (*asked).where, InsightBacklog: (*asked).backlog,
		InsightPromise: (*asked).promise, InsightCompletion: (*asked).completion, InsightQuestions: (*asked).questions,
		InsightAreas: (*asked).areas, InsightLanguages: (*asked).languages, InsightChannels: (*asked).channels,
		InsightSatisfaction: (*asked).satisfaction, InsightMoney: (*asked).money, InsightCost: (*asked).cost, InsightObjections: (*asked).objections,
	}[topic](a)
	if len(a.p.Figures) > 0 && a.p.Finding == "" {
		a.p.Finding = a.p.Figures[0].Finding
	}
	return err
}

// InsightTitle is what a topic is called.
func (r Reader) InsightTitle(topic string) string {
	p := r.P
	return map[string]string{
		InsightDemand: p.T("How much is applied for"), InsightWaiting: p.T("How long decisions take"), InsightSteps: p.T("Where the time goes"),
		InsightBacklog: p.T("What is waiting"), InsightPromise: p.T("Decided in time"), InsightCompletion: p.T("Begun and finished"),
		InsightQuestions: p.T("Which questions are hard"), InsightAreas: p.T("Need by area"), InsightLanguages: p.T("Languages"),
		InsightChannels: p.T("Ways in"), InsightSatisfaction: p.T("How people say it went"), InsightMoney: p.T("Fees and what is late"), InsightCost: p.T("What a decision costs"),
		InsightObjections: p.T("Objections and comments"),
	}[topic]
}

func (a *asked) monthly(id, title, unit string, months []calendar.Date, series ...DataSeries) InsightFigure {
	return InsightFigure{ID: id, Title: title, Kind: KindLines,
		DataFigures: DataFigures{Of: a.r.P.T("Month"), Unit: unit, Dates: instants(months), Grain: "month", Series: series}}
}

func (a *asked) weekly(id, title, unit string, weeks []calendar.Date, series ...DataSeries) InsightFigure {
	return InsightFigure{ID: id, Title: title, Kind: KindLines,
		DataFigures: DataFigures{Of: a.r.P.T("Week from"), Unit: unit, Dates: instants(weeks), Grain: "day", Series: series}}
}

// mostWeeks is how many weeks a picture goes back.
const mostWeeks = 110

// weeks are those that are over, from the first Monday on which something was counted, as their Mondays.
func (a *asked) weeks() (list []calendar.Date) {
	if a.first.IsZero() {
		return nil
	}
	monday := addDays(a.today, -(int(a.today.Weekday())+6)%7)
	for m := addDays(monday, -7); !m.Before(a.first) && len(list) < mostWeeks; m = addDays(m, -7) {
		list = append([]calendar.Date{m}, list...)
	}
	return list
}

func addDays(d calendar.Date, n int) calendar.Date {
	next, err := d.AddDays(n)
	if err != nil {
		return d
	}
	return next
}

// byWeek adds up days by the weeks that they lie in.
func byWeek(weeks []calendar.Date, points []insight.Point, of func(insight.Point) int64) []int64 {
	sums := make([]int64, len(weeks))
	if len(weeks) == 0 {
		return sums
	}
	for _, p := range points {
		if i := weeks[0].DaysUntil(p.Day) / 7; !p.Day.Before(weeks[0]) && i < len(sums) {
			sums[i] += of(p)
		}
	}
	return sums
}

func counts(p insight.Point) int64  { return p.N }
func amounts(p insight.Point) int64 { return p.Amount }

func floats(n []int64) []float64 {
	out := make([]float64, len(n))
	for i, v := range n {
		out[i] = float64(v)
	}
	return out
}

func knownAll(n []int64) []DataValue {
	out := make([]DataValue, len(n))
	for i, v := range n {
		out[i] = known(float64(v))
	}
	return out
}

func (a *asked) inWeek(weeks []calendar.Date) func(int) string {
	return func(i int) string {
		return a.r.P.T("in the week from {date}", map[string]any{"date": a.r.date(weeks[min(max(i, 0), len(weeks)-1)])})
	}
}

func (a *asked) inMonth(months []calendar.Date) func(int) string {
	return func(i int) string {
		return a.r.P.T("in {month}", map[string]any{"month": a.monthName(months[min(max(i, 0), len(months)-1)])})
	}
}

// yearly is the season of months, where two whole years are known.
func yearly(n int) int {
	if n > 24 {
		return 12
	}
	return 1
}

func (a *asked) demand() error {
	p, months := a.r.P, a.months()
	long := months
	if !a.q.Desk && a.q.Area == "" {
		long = a.longer(months)
	}
	all, err := a.counted(insight.Came, a.q.Area, long)
	if err != nil {
		return err
	}
	values := all[len(long)-len(months):]
	f := a.monthly("demand", p.T("Applications by month"), p.T("applications"), months, DataSeries{Name: p.T("Applications"), Values: values})
	f.Finding = a.moved(values, months, p.T("applications"))
	f.Notes = append(f.Notes, a.heldNote())
	if !a.q.Desk && a.q.Area == "" {
		if y, ok := mostKnown(all); ok {
			a.outages(&f, y[len(long)-len(months):], a.inMonth(months))
			a.carryOn(&f, y, yearly(len(y)), 3, func(i int) calendar.Date { return back(months[len(months)-1], -1-i) })
		}
	}
	a.p.Figures = append(a.p.Figures, f)
	if a.q.Desk && a.q.Area == "" {
		if err := a.demandByWeek(); err != nil {
			return err
		}
	}
	return a.compareAreas(insight.Came, p.T("Applications by area"), p.T("applications"))
}

// mostMonths is how many months a forecast looks back.
const mostMonths = 36

// longer are the months of a picture and those before it, for what is forecast from more than is shown.
func (a *asked) longer(months []calendar.Date) (list []calendar.Date) {
	if len(months) == 0 {
		return nil
	}
	last := months[len(months)-1]
	for i := mostMonths - 1; i >= 0; i-- {
		if m := back(last, i); !m.Before(a.first) || !m.Before(months[0]) {
			list = append(list, m)
		}
	}
	if len(list) < len(months) {
		return months
	}
	return list
}

func (a *asked) demandByWeek() error {
	p, weeks := a.r.P, a.weeks()
	if len(weeks) == 0 {
		return nil
	}
	points, err := a.mine(insight.Came, "", insight.Day, weeks[0], addDays(weeks[len(weeks)-1], 6))
	if err != nil {
		return err
	}
	came := byWeek(weeks, points, counts)
	f := a.weekly("demand-weeks", p.T("Applications by week, and what comes next"), p.T("applications"), weeks, DataSeries{Name: p.T("Applications"), Values: knownAll(came)})
	y := floats(came)
	a.outages(&f, y, a.inWeek(weeks))
	a.carryOn(&f, y, 1, 6, func(i int) calendar.Date { return addDays(weeks[len(weeks)-1], 7*(i+1)) })
	if n := f.Expected; n > 0 {
		f.Finding = p.T("About {n} applications a week are expected.", map[string]any{"n": decimals(p.Number, f.Series[0].Values[len(f.Series[0].Values)-n].N, 0)})
	}
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

func allKnown(values []DataValue) ([]float64, bool) {
	y := make([]float64, len(values))
	for i, v := range values {
		if !v.Known {
			return nil, false
		}
		y[i] = v.N
	}
	return y, true
}

// mostKnown are values of which most are known; what is held back is a gap.
func mostKnown(values []DataValue) ([]float64, bool) {
	y, n := make([]float64, len(values)), 0
	for i, v := range values {
		if y[i] = math.NaN(); v.Known {
			y[i], n = v.N, n+1
		}
	}
	return y, 3*n >= 2*len(values)
}

// lastTwo are the last two values known; -1 for none.
func lastTwo(values []DataValue) (last, before int) {
	last, before = -1, -1
	for i, v := range values {
		if v.Known {
			last, before = i, last
		}
	}
	return last, before
}

// moved is "October 2026: 41 applications, 3 more than in September 2026." of the last two months known.
func (a *asked) moved(values []DataValue, months []calendar.Date, what string) string {
	p := a.r.P
	last, before := lastTwo(values)
	if last < 0 {
		return p.T("Too little was counted to compare.")
	}
	said := map[string]any{"month": a.monthName(months[last]), "n": number(p.Number, values[last].N), "what": what}
	if before < 0 {
		return p.T("{month}: {n} {what}.", said)
	}
	d := values[last].N - values[before].N
	said["before"], said["d"] = a.monthName(months[before]), number(p.Number, math.Abs(d))
	switch {
	case d > 0:
		return p.T("{month}: {n} {what}, {d} more than in {before}.", said)
	case d < 0:
		return p.T("{month}: {n} {what}, {d} fewer than in {before}.", said)
	}
	return p.T("{month}: {n} {what}, as many as in {before}.", said)
}

// number writes a figure with one digit after the point where it is no whole one.
func number(write func(string) string, v float64) string {
	if v == math.Trunc(v) {
		return decimals(write, v, 0)
	}
	return decimals(write, v, 1)
}

func (a *asked) waiting() error {
	p, months := a.r.P, a.months()
	shown, err := a.counted(insight.Decided, a.q.Area, months)
	if err != nil {
		return err
	}
	by := ""
	if a.q.Area != "" {
		by = insight.ByArea
	}
	points, err := a.mine(insight.Wait, by, insight.Month, months[0], months[len(months)-1])
	if err != nil {
		return err
	}
	waits := map[calendar.Date]insight.Waits{}
	for _, pt := range points {
		if pt.Value == a.q.Area {
			if waits[pt.Day] == nil {
				waits[pt.Day] = insight.Waits{}
			}
			waits[pt.Day][pt.Bucket] += pt.N
		}
	}
	median, late := make([]DataValue, len(months)), make([]DataValue, len(months))
	for i, m := range months {
		if !shown[i].Known {
			median[i], late[i] = shown[i], shown[i]
			continue
		}
		n := waits[m].N()
		half, _ := waits[m].Quantile(.5)
		most, _ := waits[m].Quantile(.9)
		median[i], late[i] = a.of(n, half), a.of(n, most)
	}
	f := a.monthly("waiting", p.T("Days from application to decision"), p.T("days"), months,
		DataSeries{Name: p.T("Half were decided within"), Values: median}, DataSeries{Name: p.T("Nine in ten were decided within"), Values: late})
	f.Finding = a.slower(median, months)
	if y, ok := allKnown(median); ok && !a.q.Desk {
		a.monthsSteps(&f, y, months)
	}
	f.Notes = append(f.Notes, a.heldNote())
	a.p.Figures = append(a.p.Figures, f)
	if a.q.Desk && a.q.Area == "" {
		if err := a.waitingByWeek(); err != nil {
			return err
		}
	}
	return a.compareAreas(insight.Decided, p.T("Decisions by area"), p.T("decisions"))
}

// monthsSteps says in which month the level of waiting changed, where everybody looks.
func (a *asked) monthsSteps(f *InsightFigure, y []float64, months []calendar.Date) {
	one := *f
	one.Series = slices.Clone(f.Series[:1])
	if a.steps(&one, y, a.r.P.T("Waiting"), a.inMonth(months)); len(one.Series) > 1 {
		f.Series, f.Notes = append(f.Series, one.Series[1]), one.Notes
	}
}

// slower is "Decisions took 12 days in October 2026, 3 more than in September 2026." of the last two months with decisions.
func (a *asked) slower(median []DataValue, months []calendar.Date) string {
	p := a.r.P
	last, before := lastTwo(median)
	if last < 0 {
		return p.T("Too little was decided to say how long it takes.")
	}
	said := map[string]any{"days": number(p.Number, median[last].N), "month": a.monthName(months[last])}
	if before < 0 {
		return p.T("Half of all decisions in {month} took up to {days} days.", said)
	}
	d := median[last].N - median[before].N
	said["before"], said["d"] = a.monthName(months[before]), number(p.Number, math.Abs(d))
	switch {
	case d > 0:
		return p.T("Half of all decisions in {month} took up to {days} days, {d} more than in {before}.", said)
	case d < 0:
		return p.T("Half of all decisions in {month} took up to {days} days, {d} fewer than in {before}.", said)
	}
	return p.T("Half of all decisions in {month} took up to {days} days, as in {before}.", said)
}

func (a *asked) waitingByWeek() error {
	p, weeks := a.r.P, a.weeks()
	if len(weeks) == 0 {
		return nil
	}
	points, err := a.mine(insight.Decided, "", insight.Day, weeks[0], addDays(weeks[len(weeks)-1], 6))
	if err != nil {
		return err
	}
	n, days := byWeek(weeks, points, counts), byWeek(weeks, points, amounts)
	y, values := make([]float64, len(weeks)), make([]DataValue, len(weeks))
	for i := range weeks {
		if y[i] = math.NaN(); n[i] > 0 {
			y[i] = float64(days[i]) / float64(n[i])
			values[i] = known(math.Round(y[i]*10) / 10)
		}
	}
	f := a.weekly("waiting-weeks", p.T("Average days to a decision, by week, and what comes next"), p.T("days"), weeks, DataSeries{Name: p.T("Average"), Values: values})
	changes := a.steps(&f, y, p.T("Waiting"), a.inWeek(weeks))
	if last, ok := lastStep(changes); ok {
		if a.p.Step, err = a.explain(weeks, last); err != nil {
			return err
		}
	}
	if a.p.Step != nil {
		f.Finding, a.p.Finding = a.p.Step.Text, a.p.Step.Text
	} else if len(f.Series) == 1 {
		f.Finding = p.T("The level of waiting has not changed clearly.")
	} else {
		f.Finding = f.Notes[len(f.Notes)-1]
		f.Notes = f.Notes[:len(f.Notes)-1]
	}
	a.carryOn(&f, y, 1, 6, func(i int) calendar.Date { return addDays(weeks[len(weeks)-1], 7*(i+1)) })
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

func (a *asked) backlog() error {
	p, months := a.r.P, a.months()
	last := months[len(months)-1]
	came, err := a.mine(insight.Came, "", insight.Month, calendar.Date{}, last)
	if err != nil {
		return err
	}
	ended, err := a.mine(insight.Ended, "", insight.Month, calendar.Date{}, last)
	if err != nil {
		return err
	}
	open := make([]DataValue, len(months))
	for i, m := range months {
		n := int64(0)
		for _, c := range came {
			if !c.Day.After(m) {
				n += c.N
			}
		}
		for _, e := range ended {
			if !e.Day.After(m) {
				n -= e.N
			}
		}
		open[i] = a.rough(max(0, n))
	}
	f := a.monthly("backlog", p.T("Open applications at the end of the month"), p.T("applications"), months, DataSeries{Name: p.T("Open"), Values: open})
	f.Finding = a.moved(open, months, p.T("open applications"))
	f.Notes = append(f.Notes, a.roundedNote())
	a.p.Figures = append(a.p.Figures, f)
	if !a.q.Desk {
		return nil
	}
	return a.backlogByWeek()
}

func (a *asked) backlogByWeek() error {
	p, weeks := a.r.P, a.weeks()
	if len(weeks) == 0 {
		return nil
	}
	until := addDays(weeks[len(weeks)-1], 6)
	came, err := a.mine(insight.Came, "", insight.Day, calendar.Date{}, until)
	if err != nil {
		return err
	}
	ended, err := a.mine(insight.Ended, "", insight.Day, calendar.Date{}, until)
	if err != nil {
		return err
	}
	open := int64(0)
	for _, c := range came {
		if c.Day.Before(weeks[0]) {
			open += c.N
		}
	}
	for _, e := range ended {
		if e.Day.Before(weeks[0]) {
			open -= e.N
		}
	}
	in, out := byWeek(weeks, came, counts), byWeek(weeks, ended, counts)
	n := make([]int64, len(weeks))
	for i := range weeks {
		open += in[i] - out[i]
		n[i] = max(0, open)
	}
	f := a.weekly("backlog-weeks", p.T("Open applications at the end of the week, and what comes next"), p.T("applications"), weeks, DataSeries{Name: p.T("Open"), Values: knownAll(n)})
	a.carryOn(&f, floats(n), 1, 6, func(i int) calendar.Date { return addDays(weeks[len(weeks)-1], 7*(i+1)) })
	a.p.Figures = append(a.p.Figures, f)
	return nil
}

func (a *asked) promise() error {
	p, months := a.r.P, a.months()
	points, err := a.mine(insight.Promise, "", insight.Month, months[0], months[len(months)-1])
	if err != nil {
		return err
	}
	values := make([]DataValue, len(months))
	var n, kept int64
	for _, pt := range points {
		if i := months[0].MonthsUntil(pt.Day); i >= 0 && i < len(values) {
			if values[i] = a.share(pt.Amount, pt.N); values[i].Known { // else what is held back were the rest
				n, kept = n+pt.N, kept+pt.Amount
			}
		}
	}
	f := a.monthly("promise", p.T("Ended by the day that was set, by month"), "", months, DataSeries{Name: p.T("In time"), Values: values})
	f.Percent = true
	if v := a.share(kept, n); v.Known {
		f.Finding = p.T("{share} of what ended did so by the day that the rules set for it.", map[string]any{"share": a.r.P.Percent(number(a.r.P.Number, v.N))})
	} else {
		f.Finding = p.T("Too little ended to say how much of it did so in time.")
	}
	f.Notes = append(f.Notes, p.T("Counted are cases with a day by which they had to be decided. Time for which a clock was stopped does not count."), a.heldNote())
	a.p.Figures = append(a.p.Figures, f)
	return nil
}
