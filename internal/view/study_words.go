package view

import (
	"slices"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/simulate"
)

// changeWords says what is tried, a sentence each.
func (v WhatIf) changeWords(r Reader, c *service.ChangeFile) (says []string) {
	j := v.place()
	for _, x := range c.Parameters {
		title, value := x.ID, x.Value
		for _, p := range j.Parameters {
			if p.ID == x.ID {
				title = r.words(j, p.Title)
			}
		}
		said := r.P.T("{figure}: {value}", i18n.V{"figure": title, "value": value})
		if !x.From.IsZero() {
			said = r.P.T("{figure}: {value}, from {day} on", i18n.V{"figure": title, "value": value, "day": r.date(x.From)})
		}
		says = append(says, said)
	}
	for _, x := range c.Amounts {
		says = append(says, r.P.T("{item} is computed as {rule}", i18n.V{"item": v.itemTitle(r, c, x.ID), "rule": x.Amount}))
	}
	for _, x := range c.Deadlines {
		title := x.State
		if s := serviceNamed(j, c.Service); s != nil && s.States[x.State] != nil {
			title = r.words(j, s.States[x.State].Title)
		}
		says = append(says, r.P.T("{state}: decided within {length}", i18n.V{"state": title, "length": r.length(x)}))
	}
	switch n := int(c.Officers); {
	case n > 0:
		says = append(says, r.P.N("{n} officer more", "{n} officers more", n))
	case n < 0:
		says = append(says, r.P.N("{n} officer fewer", "{n} officers fewer", -n))
	}
	return says
}

func (v WhatIf) itemTitle(r Reader, c *service.ChangeFile, id string) string {
	j := v.place()
	if s := serviceNamed(j, c.Service); s != nil {
		for _, f := range s.Fee {
			if f.ID == id {
				return r.words(j, f.Title)
			}
		}
	}
	if t := taxNamed(j, c.Tax); t != nil {
		for _, f := range t.Charge {
			if f.ID == id {
				return r.words(j, f.Title)
			}
		}
	}
	return id
}

func (r Reader) length(x service.DeadlineChangeFile) string {
	switch {
	case x.WorkingDays > 0:
		return r.P.N("{n} working day", "{n} working days", x.WorkingDays)
	case x.Months > 0:
		return r.P.N("{n} month", "{n} months", x.Months)
	}
	return r.P.N("{n} day", "{n} days", x.Days)
}

// findings are what a study says in sentences, the most important first; there is always one.
func (v WhatIf) findings(r Reader, s *simulate.Study) (says []string) {
	if q := s.Queue; q != nil {
		says = append(says, r.queueSays(q)...)
	}
	if m := s.Money; m != nil {
		says = append(says, r.moneySays(s, m)...)
	}
	switch n, all := flipped(s); {
	case !all:
		says = append(says, r.P.T("Some cases would have ended otherwise. How many is not shown, because that would tell of too few."))
	case n > 0:
		says = append(says, r.P.N("{n} case would have ended otherwise.", "{n} cases would have ended otherwise.", n))
	case s.Money != nil && s.Kind == "service":
		says = append(says, r.P.T("No case would have ended otherwise."))
	}
	switch lacking, all := lacking(s); {
	case !all:
		says = append(says, r.P.T("Some past cases do not hold what these rules ask for, and are left out. How many is not shown, because that would tell of too few."))
	case lacking > 0:
		says = append(says, r.P.N("{n} past case does not hold what these rules ask for, and is left out.", "{n} past cases do not hold what these rules ask for, and are left out.", lacking))
	}
	if len(says) == 0 {
		says = append(says, r.P.T("There are too few past cases to show anything without telling of single people."))
	}
	return says
}

// flipped is how many cases would have ended otherwise, unless some of the numbers are hidden.
func flipped(s *simulate.Study) (n int, all bool) {
	all = true
	for _, f := range s.Flips {
		n, all = n+f.N, all && !f.Hidden
	}
	return n, all
}

// lacking is how many cases are left out, unless some of the numbers are hidden.
func lacking(s *simulate.Study) (n int, all bool) {
	all = true
	for _, l := range s.Lacking {
		n, all = n+l.N, all && !l.Hidden
	}
	return n, all
}

func (r Reader) moneySays(s *simulate.Study, m *simulate.Money) (says []string) {
	if m.Hidden {
		return append(says, r.P.T("What people would have paid in all is not shown: too few would pay more or less, and the sum would tell of them."))
	}
	amount := func(n int64) string { return r.P.Money(n, s.Currency) }
	d := m.Total.After - m.Total.Before
	args := i18n.V{"change": amount(max(d, -d)), "before": amount(m.Total.Before), "after": amount(m.Total.After)}
	switch {
	case d > 0:
		says = append(says, r.P.T("People would have paid {change} more in all: {after} instead of {before}.", args))
	case d < 0:
		says = append(says, r.P.T("People would have paid {change} less in all: {after} instead of {before}.", args))
	default:
		says = append(says, r.P.T("People would have paid the same in all: {before}.", args))
	}
	if m.Unsent > 0 {
		says = append(says, r.P.T("{n} of {all} could not have applied, or could only then.", i18n.V{"n": r.P.Plain(m.Unsent), "all": r.P.Plain(s.Judged)}))
	} else {
		says = append(says, r.P.T("Of {n}, {more} would pay more, {less} less and {same} the same.", i18n.V{"n": r.P.Plain(s.Judged), "more": r.P.Plain(m.More), "less": r.P.Plain(m.Less), "same": r.P.Plain(m.Same)}))
	}
	return says
}

// hours writes a time of waiting.
func (r Reader) hours(h float64) string {
	switch {
	case h < 0.05:
		return r.P.T("no time")
	case h < 1:
		return r.P.N("{n} minute", "{n} minutes", max(1, int(h*60+0.5)))
	}
	return r.P.T("{n} hours", i18n.V{"n": r.P.Number(strconv.FormatFloat(h, 'f', 1, 64))})
}

// waitOf says a time of a queue: office hours, or working days where it is longer than a day that officers have for it.
func (r Reader) waitOf(q *simulate.Played, h float64) string {
	if q.Day <= 0 || h*60 < q.Day {
		if q.Day > 0 && q.Day < 7*60 && h >= 0.05 { // a part of a short day is no hours of a whole one
			return r.P.T("less than a working day")
		}
		return r.hours(h)
	}
	return r.P.T("{n} working days", i18n.V{"n": r.P.Number(strconv.FormatFloat(h*60/q.Day, 'f', 1, 64))})
}

func (r Reader) queueSays(q *simulate.Played) (says []string) {
	now, then := q.With(q.Now), q.With(q.Then)
	wait := func(h float64) string { return r.waitOf(q, h) }
	args := i18n.V{"before": wait(now.Mean), "after": wait(then.Mean), "n": r.P.Plain(q.Then), "now": r.P.Plain(q.Now), "within": wait(then.Within)}
	switch {
	case now.Mean < 0.05 && then.Mean < 0.05:
		says = append(says, r.P.T("People wait no time to be taken up with {now} officers, and none with {n}.", args))
	case then.Within >= 0.05:
		says = append(says, r.P.T("With {n} officers instead of {now}, cases would have waited {after} on average instead of {before}, give or take {within}.", args))
	default:
		says = append(says, r.P.T("With {n} officers instead of {now}, cases would have waited {after} on average instead of {before}.", args))
	}
	if q.One != nil {
		says = append(says, r.P.T("One officer more than that would take another {time} off the wait: officers are what is short.", i18n.V{"time": wait(*q.One)}))
	} else {
		says = append(says, r.P.T("One officer more than that would change next to nothing: officers are not what people wait for."))
	}
	if q.Then < q.Least {
		says = append(says, r.P.T("With fewer than {n} officers the queue only grows.", i18n.V{"n": r.P.Plain(q.Least)}))
	}
	return says
}

// factTitle is what a fact is called.
func (v WhatIf) factTitle(r Reader, s *simulate.Study, id string) string {
	j := v.place()
	switch id {
	case "variant":
		return r.P.T("Kind of application")
	case "language":
		return r.P.T("Language")
	case "period":
		return r.P.T("Period")
	}
	if rules := v.rulesOf(s); rules != nil {
		for _, q := range rules.Questions {
			if q.Path == id {
				return r.words(j, q.Short)
			}
		}
		for _, n := range rules.Values {
			if n.ID == id {
				return r.words(j, n.Title)
			}
			if n.Table == nil {
				continue
			}
			for _, o := range n.Table.File.Outputs {
				if n.ID+"."+o.ID == id {
					return r.words(j, o.Title)
				}
			}
		}
	}
	if t := taxNamed(j, s.Subject); t != nil && t.Register != nil {
		for _, f := range t.Register.Fields {
			if f.ID == id {
				return r.words(j, f.Title)
			}
		}
	}
	return id
}

// rulesOf are the rules in force that a study is of; nil where they are no more.
func (v WhatIf) rulesOf(s *simulate.Study) *service.Service {
	if x := serviceNamed(v.place(), s.Subject); x != nil && s.Kind != "tax" {
		return x
	}
	if t := taxNamed(v.place(), s.Subject); t != nil {
		return t.Rules
	}
	return nil
}

// groupTitle is what a group is called.
func (v WhatIf) groupTitle(r Reader, s *simulate.Study, fact, value string) string {
	switch {
	case value == simulate.NotAsked:
		return r.P.T("Not asked")
	case value == simulate.Others:
		return r.P.T("All others")
	case value == simulate.Nothing:
		return r.P.T("Says nothing")
	case value == "yes":
		return r.P.T("Yes")
	case value == "no":
		return r.P.T("No")
	case fact == "language":
		if name := map[string]string{"en": r.P.T("English"), "ar": r.P.T("Arabic")}[value]; name != "" {
			return name
		}
		return value
	case fact == "variant" && value == "new":
		return r.P.T("First application")
	}
	if low, high, is := strings.Cut(value, ".."); is {
		return r.bandTitle(low, high)
	}
	j := v.place()
	if rules := v.rulesOf(s); rules != nil {
		for _, q := range rules.Questions {
			for _, o := range q.Options {
				if q.Path == fact && o.Value == value {
					return r.words(j, o.Label)
				}
			}
		}
		if i := slices.IndexFunc(rules.Variants, func(x service.VariantFile) bool { return x.ID == value }); fact == "variant" && i >= 0 {
			return r.words(j, rules.Variants[i].Title)
		}
	}
	return value
}

func (r Reader) bandTitle(low, high string) string {
	switch {
	case low == "":
		return r.P.T("Below {n}", i18n.V{"n": r.P.Number(high)})
	case high == "":
		return r.P.T("{n} or more", i18n.V{"n": r.P.Number(low)})
	}
	return r.P.T("{low} to below {high}", i18n.V{"low": r.P.Number(low), "high": r.P.Number(high)})
}

// lackTitle says what a case does not hold.
func (v WhatIf) lackTitle(r Reader, s *simulate.Study, l simulate.Lack) string {
	switch l.What {
	case "erased":
		return r.P.T("What was said has been deleted, as the law asks")
	case "register", "object":
		return r.P.T("What the register said does not fit the form that it has now")
	case "calendar":
		return r.P.T("The calendar does not reach the day of the deadline")
	case "deadline":
		return r.P.T("The clock was stopped, or the case went on through other states: what another deadline would have made of it is not known")
	case "eligibility", "fee":
		return r.P.T("The rules come to nothing with what was said")
	}
	if id, is := strings.CutPrefix(l.What, "lookup."); is {
		if rules := v.rulesOf(s); rules != nil {
			for _, k := range rules.Lookups {
				if k.ID == id {
					return r.P.T("The register was not asked then: {what}", i18n.V{"what": r.words(v.place(), k.Title)})
				}
			}
		}
		return r.P.T("The register was not asked then: {what}", i18n.V{"what": id})
	}
	return r.P.T("There is no answer to: {what}", i18n.V{"what": v.factTitle(r, s, l.What)})
}

// endTitle is what an ending is called.
func (r Reader) endTitle(end string) string {
	switch end {
	case simulate.Unsent:
		return r.P.T("could not have been sent")
	case simulate.Open:
		return r.P.T("still open")
	}
	return r.outcome(end)
}

// result is a study in words and figures.
func (v WhatIf) result(r Reader, s *simulate.Study) *StudyResult {
	out := &StudyResult{Findings: v.findings(r, s), Currency: s.Currency, Raw: s}
	if m := s.Money; m != nil && !m.Hidden {
		pair := func(what string, before, after int64) {
			d := after - before
			sign := "+"
			if d < 0 {
				sign = "−"
			}
			out.Money = append(out.Money, StudyPair{what, r.P.Money(before, s.Currency), r.P.Money(after, s.Currency), sign + r.P.Money(max(d, -d), s.Currency)})
		}
		pair(r.P.T("What people pay in all"), m.Total.Before, m.Total.After)
		if n := int64(s.Judged); n > 0 {
			pair(r.P.T("On average"), m.Total.Before/n, m.Total.After/n)
		}
	}
	for _, g := range s.Groups {
		x := StudyGroup{ID: strings.ReplaceAll(g.Fact, ".", "-"), Title: v.factTitle(r, s, g.Fact)}
		for _, row := range g.Rows {
			y := StudyRow{Title: v.groupTitle(r, s, g.Fact, row.Value), Cases: row.Cases, More: row.More, Same: row.Same, Less: row.Less, Unsent: row.Unsent}
			if !row.Hidden {
				y.Before, y.After = r.P.Money(row.Before, s.Currency), r.P.Money(row.After, s.Currency)
			}
			x.Rows = append(x.Rows, y)
		}
		out.Groups = append(out.Groups, x)
	}
	for _, f := range s.Flips {
		why := ""
		if f.Why != "" {
			why = v.whyTitle(r, s, f.Why)
		}
		out.Flips = append(out.Flips, StudyFlip{From: r.endTitle(f.From), To: r.endTitle(f.To), Why: why, N: countOrHidden(f.N, f.Hidden)})
	}
	for _, l := range s.Lacking {
		out.Lacking = append(out.Lacking, StudyLack{What: v.lackTitle(r, s, l), N: countOrHidden(l.N, l.Hidden)})
	}
	if s.Queue != nil {
		out.Queue = &StudyQueue{Raw: s.Queue, Says: r.queueSays(s.Queue)}
	}
	i := s.Inputs
	out.Inputs = []StudyInput{{r.P.T("Rules in force"), i.Definition}, {r.P.T("Rules with the change"), i.Changed}, {r.P.T("The change"), i.Change},
		{r.P.T("Which cases, in which state"), i.Cases}, {r.P.T("All of it together"), s.Hash}}
	out.Days = r.P.T("{from} to {until}", i18n.V{"from": i.From, "until": i.Until})
	return out
}

// countOrHidden is a number, or -1 where it is hidden.
func countOrHidden(n int, hidden bool) int {
	if hidden {
		return -1
	}
	return n
}

// whyTitle says which condition or which answer stands in the way.
func (v WhatIf) whyTitle(r Reader, s *simulate.Study, why string) string {
	rules := v.rulesOf(s)
	if n, is := strings.CutPrefix(why, "eligibility."); is && rules != nil {
		if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= len(rules.Eligibility) {
			return process.Words(r.P, rules, rules.Eligibility[i-1].Otherwise)
		}
	}
	return v.factTitle(r, s, why)
}

// Says is what a study found, a sentence each.
func (v WhatIf) Says(r Reader, s *simulate.Study) []string { return v.findings(r, s) }
