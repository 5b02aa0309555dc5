package view

import (
	"math"
	"slices"

	"stoa/internal/evaluate"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// teller puts into words what an evaluation tells, and what it cannot.
type teller struct {
	a    *asked
	f    *service.EvaluationFile
	log  bool
	unit string
}

// figure writes an effect: in percent of what would have been, or in the unit.
func (t teller) figure(v float64) string {
	p := t.a.r.P
	sign := "+"
	if v < 0 {
		sign = "−"
	}
	if t.log {
		return sign + p.Percent(decimals(p.Number, math.Abs(100*v), 0))
	}
	text := p.T("{n} {unit}", i18n.V{"n": sign + decimals(p.Number, math.Abs(v), 1), "unit": t.unit})
	if p.Dir() == "rtl" { // isolated parts have no direction together: the unit would stand before the number
		text = "\u200f" + text
	}
	return text
}

// read is an estimate in the terms of figure.
func (t teller) read(e evaluate.Estimate) evaluate.Estimate {
	if t.log {
		return evaluate.Factor(e)
	}
	return e
}

// finding is the one sentence. What is beside others counts more than a break alone.
func (t teller) finding(alone evaluate.Break, beside evaluate.Differences, s evaluate.Series) string {
	p := t.a.r.P
	e, why := beside.Effect, beside.Why
	if why != "" {
		e, why = alone.Average, alone.Why
	}
	switch why {
	case evaluate.ShortBefore, evaluate.ShortAfter:
		before, after := 0, 0
		for i, v := range s.Values {
			switch {
			case math.IsNaN(v):
			case i < s.Start:
				before++
			default:
				after++
			}
		}
		return p.T("Nothing can be told yet: {before} months before it began and {after} since are known; at least {least} before and {since} since are needed.",
			i18n.V{"before": before, "after": after, "least": evaluate.LeastBefore, "since": evaluate.LeastAfter})
	case evaluate.Constant:
		return p.T("Nothing changed at all.")
	case "":
	default:
		return p.T("Nothing can be told from these figures.")
	}
	e = t.read(e)
	v := i18n.V{"value": t.figure(e.Value), "low": t.figure(e.Low), "high": t.figure(e.High)}
	if !e.Tells() {
		return p.T("It cannot be told whether it changed anything: the change lies between {low} and {high}.", v)
	}
	text := p.T("Since it began: {value} against what went on before (between {low} and {high}).", v)
	if beside.Why == "" {
		text = p.T("Since it began: {value} against the others (between {low} and {high}).", v)
	}
	if (e.Value > 0) == (t.f.Aim == "more") {
		return text + " " + p.T("That is what was intended.")
	}
	return text + " " + p.T("That is the opposite of what was intended.")
}

func (t teller) row(name string, e evaluate.Estimate) ProgrammeRow {
	e = t.read(e)
	said := t.a.r.P.T("cannot be told")
	if e.Tells() {
		said = t.a.r.P.T("changed")
	}
	return ProgrammeRow{[]string{name, t.figure(e.Value), t.a.r.P.T("{low} to {high}", i18n.V{"low": t.figure(e.Low), "high": t.figure(e.High)}), said}}
}

func (t teller) estimates(alone evaluate.Break, beside evaluate.Differences) (rows []ProgrammeRow) {
	p := t.a.r.P
	if alone.Why == "" {
		rows = append(rows, t.row(p.T("By itself: at once"), alone.Level), t.row(p.T("By itself: with each month more"), alone.Slope), t.row(p.T("By itself: on average since"), alone.Average))
	}
	if beside.Why == "" {
		rows = append(rows, t.row(p.T("Beside the others"), beside.Effect), t.row(p.T("How they ran apart before, each month"), beside.TrendBefore))
	}
	return rows
}

func (t teller) means(d evaluate.Differences) (rows []ProgrammeRow) {
	if d.Why != "" {
		return nil
	}
	p := t.a.r.P
	row := func(name string, before, after float64) {
		rows = append(rows, ProgrammeRow{[]string{name, decimals(p.Number, before, 1), decimals(p.Number, after, 1), decimals(p.Number, after-before, 1)}})
	}
	row(p.T("With the programme"), d.WithBefore, d.With)
	row(p.T("The others, on average"), d.OthersBefore, d.Others)
	return rows
}

// warnings are what speaks against believing it, each once, and what else happened then.
func (t teller) warnings(alone evaluate.Break, beside evaluate.Differences) (list []string) {
	p := t.a.r.P
	words := map[evaluate.Warning]string{
		evaluate.NoSeason:   p.T("Less than two years before are known, so what belongs to the time of the year may look like an effect."),
		evaluate.Gaps:       p.T("Some months are not known and were left out."),
		evaluate.Few:        p.T("It is less than a year old: what follows may be different."),
		evaluate.Drifts:     p.T("What is left over hangs together from month to month more than the interval allows for: it is too narrow."),
		evaluate.Trends:     p.T("The others did not run alike with it before it began, so they are no good measure."),
		evaluate.TrendsWide: p.T("It cannot be told whether the others ran alike before it began."),
		evaluate.FewOthers:  p.T("There are too few others to see how often as much happens without a programme."),
		evaluate.Elsewhere:  p.T("As much changed at others where nothing began."),
		evaluate.Earlier:    p.T("As much changed at other times before it began."),
		evaluate.Disagree:   p.T("By itself and beside the others it looks different. Believe neither before you know why."),
	}
	all := slices.Clone(alone.Warnings)
	if beside.Why == "" {
		all = append(all, beside.Warnings...)
		if a, b := alone.Average, beside.Effect; alone.Why == "" && a.Tells() && b.Tells() && (a.Value > 0) != (b.Value > 0) {
			all = append(all, evaluate.Disagree)
		}
	} else if alone.Why == "" {
		list = append(list, p.T("Nothing stands beside it: whatever else changed at that time looks like an effect too."))
	}
	for i, w := range all {
		if slices.Index(all, w) == i {
			list = append(list, words[w])
		}
	}
	for _, text := range t.f.SameTime {
		list = append(list, p.T("At the same time: {what}. No figure can tell the two apart.", i18n.V{"what": t.a.r.words(t.a.j, text)}))
	}
	return list
}
