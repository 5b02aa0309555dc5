package view

import (
	"context"
	"math"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/evaluate"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/service"
)

// ProgrammeLine is something that a public body began, in a list.
type ProgrammeLine struct {
	ID, Title, About, Organisation, Since string
}

// ProgrammePage is what came of it, as far as can be told.
type ProgrammePage struct {
	InsightPage // finding and picture
	ProgrammeLine
	Aim       string
	Others    []string // what it is compared with
	Source    Law
	Budget    [2]string // year and line
	Estimates []ProgrammeRow
	Means     []ProgrammeRow // before and after, with it and elsewhere
	Warnings  []string
}

// ProgrammeRow is a row of a table.
type ProgrammeRow struct{ Cells []string }

// Programmes lists them, the newest first.
func (v Insight) Programmes(r Reader) (list []ProgrammeLine) {
	if policy.Can(r.Actor, policy.InsightSee, policy.Thing{Kind: "insight", Public: true}) != nil {
		return nil
	}
	all := slices.Clone(v.place().Programmes)
	slices.SortStableFunc(all, func(a, b *service.EvaluationFile) int { return b.Since.Compare(a.Since) })
	for _, p := range all {
		list = append(list, r.programmeLine(v.place(), p))
	}
	return list
}

func (r Reader) programmeLine(j *service.Jurisdiction, p *service.EvaluationFile) ProgrammeLine {
	return ProgrammeLine{ID: p.Programme, Title: r.words(j, p.Title), About: r.words(j, p.About), Organisation: r.organisationName(j, p.Organisation), Since: r.date(p.Since)}
}

// Programme evaluates one: at the desk exactly for those who may read the organisation's figures, else with small numbers held
// back, which then count as not known.
func (v Insight) Programme(ctx context.Context, r Reader, id string, desk bool) (p ProgrammePage, err error) {
	j := v.place()
	i := slices.IndexFunc(j.Programmes, func(f *service.EvaluationFile) bool { return f.Programme == id })
	if i < 0 {
		return p, fault.NewNotFound("")
	}
	f := j.Programmes[i]
	scope := f.Where.Organisation
	if of := serviceOf(j, f.Where.Service); of != nil {
		scope = of.Organisation
	}
	desk = desk && policy.Can(r.Actor, policy.InsightRead, policy.Thing{Kind: "insight", Organisation: scope}) == nil // else as everybody sees it
	q := InsightAsk{Desk: desk, Topic: id, Organisation: f.Where.Organisation, Service: f.Where.Service, From: calendar.MustDate("2000-01-01")}
	page, err := v.ask(ctx, r, q, func(a *asked) error {
		p = ProgrammePage{ProgrammeLine: r.programmeLine(j, f)}
		a.p.Title = p.ProgrammeLine.Title
		if a.nothing() {
			return nil
		}
		return a.programme(f, &p)
	})
	p.InsightPage = page
	if f.Source != nil {
		p.Source = lawOf(*f.Source)
	}
	for k, c := range f.Budget {
		if c == '/' {
			p.Budget = [2]string{f.Budget[:k], f.Budget[k+1:]}
		}
	}
	for _, s := range f.Compare {
		p.Others = append(p.Others, r.scopeName(j, s))
	}
	p.Aim = map[string]string{"applications more": r.P.T("More applications"), "applications fewer": r.P.T("Fewer applications"), "decisions more": r.P.T("More decisions"),
		"decisions fewer": r.P.T("Fewer decisions"), "days more": r.P.T("Longer until the decision"), "days fewer": r.P.T("Shorter until the decision")}[f.Change+" "+f.Aim]
	return p, err
}

func (r Reader) scopeName(j *service.Jurisdiction, s service.EvaluationScopeFile) string {
	name := r.words(j, j.File.Name)
	if of := serviceOf(j, s.Service); of != nil {
		name = r.words(j, of.Title)
	} else if s.Organisation != "" {
		name = r.organisationName(j, s.Organisation)
	}
	if s.Area != "" {
		name = r.P.T("{name} in {area}", i18n.V{"name": name, "area": s.Area})
	}
	return name
}

// measured is a programme's measure at a place for each month, exactly where the reader may read it so.
func (a *asked) measuredAt(f *service.EvaluationFile, s service.EvaluationScopeFile, months []calendar.Date) ([]DataValue, error) {
	at := *a
	at.q.Service, at.q.Organisation = s.Service, s.Organisation
	if of := serviceOf(a.j, s.Service); of != nil {
		at.q.Organisation = of.Organisation
	}
	at.q.Desk = a.q.Desk && policy.Can(a.r.Actor, policy.InsightRead, policy.Thing{Kind: "insight", Organisation: at.q.Organisation}) == nil
	measure := insight.Decided
	if f.Change == "applications" {
		measure = insight.Came
	}
	counts, err := at.counted(measure, s.Area, months)
	if err != nil || f.Change != "days" {
		return counts, err
	}
	by := ""
	if s.Area != "" {
		by = insight.ByArea
	}
	points, err := at.mine(insight.Decided, by, insight.Month, months[0], months[len(months)-1])
	if err != nil {
		return nil, err
	}
	days, n := map[calendar.Date]int64{}, map[calendar.Date]int64{}
	for _, p := range points {
		if p.Value == s.Area {
			days[p.Day] += p.Amount
			n[p.Day] += p.N
		}
	}
	for i, m := range months {
		switch {
		case counts[i].Held || !at.q.Desk && n[m] < insightFloor:
			counts[i] = DataValue{Held: true}
		case n[m] == 0:
			counts[i] = DataValue{}
		default:
			counts[i] = known(math.Round(10*float64(days[m])/float64(n[m])) / 10)
		}
	}
	return counts, nil
}

func numbersOf(values []DataValue) []float64 {
	y := make([]float64, len(values))
	for i, v := range values {
		if y[i] = v.N; !v.Known {
			y[i] = math.NaN()
		}
	}
	return y
}

// programme works out what a programme's page says.
func (a *asked) programme(f *service.EvaluationFile, p *ProgrammePage) error {
	months := a.months()
	mine, err := a.measuredAt(f, f.Where, months)
	if err != nil {
		return err
	}
	s := evaluate.Series{Values: numbersOf(mine), Start: len(months), Log: f.Change != "days"}
	for i, m := range months {
		if !m.Before(monthStart(f.Since)) {
			s.Start = i
			break
		}
	}
	var others [][]float64
	series := []DataSeries{{Name: a.r.scopeName(a.j, f.Where), Values: mine}}
	for _, c := range f.Compare {
		values, err := a.measuredAt(f, c, months)
		if err != nil {
			return err
		}
		others, series = append(others, numbersOf(values)), append(series, DataSeries{Name: a.r.scopeName(a.j, c), Values: values})
	}
	for _, y := range append(others, s.Values) {
		s.Log = s.Log && !slices.ContainsFunc(y, func(v float64) bool { return v <= 0 })
	}
	alone, beside := evaluate.Interrupted(s), evaluate.Compare(s, others)
	unit := map[string]string{"applications": a.r.P.T("applications"), "decisions": a.r.P.T("decisions"), "days": a.r.P.T("days")}[f.Change]
	if alone.Why == "" {
		var without []DataValue
		for i, v := range alone.Without {
			if i < s.Start {
				without = append(without, DataValue{})
				continue
			}
			without = append(without, known(math.Round(10*v)/10))
		}
		series = append(series[:1], append([]DataSeries{{Name: a.r.P.T("Without it, by what went on before"), Values: without}}, series[1:]...)...)
	}
	t := teller{a: a, f: f, log: s.Log, unit: unit}
	fig := a.monthly("programme", a.r.P.T("Before and after"), unit, months, series...)
	fig.Finding = t.finding(alone, beside, s)
	a.p.Finding = fig.Finding
	if slices.ContainsFunc(series, func(d DataSeries) bool {
		return slices.ContainsFunc(d.Values, func(v DataValue) bool { return v.Held })
	}) {
		fig.Notes = append(fig.Notes, a.r.P.T("Small numbers are held back, and count as not known."))
	}
	a.p.Figures = append(a.p.Figures, fig)
	p.Estimates, p.Means, p.Warnings = t.estimates(alone, beside), t.means(beside), t.warnings(alone, beside)
	return nil
}
