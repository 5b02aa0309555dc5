package view

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/hint"
	"stoa/internal/i18n"
	"stoa/internal/store"
)

func isHint(id string) bool {
	kind, ok := strings.CutPrefix(id, ownMethod+".")
	return ok && slices.Contains(hint.Kinds, kind)
}

// ofHints are the methods that point something out to officers, in the register of algorithms.
func (o Open) ofHints(r Reader) (list []AlgorithmPage) {
	if o.v.Hints == nil {
		return nil
	}
	for _, kind := range hint.Kinds {
		p := AlgorithmPage{AlgorithmLine: AlgorithmLine{ID: ownMethod + "." + kind, Title: r.flagTitle(kind), Organisation: r.words(o.v.place(), o.v.place().File.Name), Off: (Hinting{o.v}).off(kind)},
			Purpose: r.P.T("Officers see at once what they would have to look for, and look more closely where it may matter."),
			Person:  r.P.T("Everything. It is shown to the officer of a case and does nothing else: no case is stopped, moved, delayed or decided by it. An officer may say that it is not a problem, and why."),
			Data:    []string{r.P.T("What applicants answered"), r.P.T("Keyed hashes of what earlier applicants answered; they are deleted with each case")},
			Checked: r.P.T("Each flag is held against what was decided afterwards. The figures are below, and beside each flag. It learns nothing by itself: the rule is fixed."),
		}
		switch kind {
		case hint.Missing:
			p.Title, p.What = r.P.T("What an application lacks"), r.P.T("Lists what is missing and what does not agree, by the service’s rules and the registers.")
			p.Data = []string{r.P.T("What applicants answered"), r.P.T("The registers that the service asks, as they are today")}
			p.Checked = r.P.T("It is no model: each line is a rule of the service’s file, or a record. It has no error rate beyond that of the rules and registers themselves.")
		case hint.Similar:
			p.Title, p.What = r.P.T("Past cases like it"), r.P.T("Shows decided cases of the same service with the most similar answers, how each was decided, and why.")
			p.Data = []string{r.P.T("Choices, yes or no, and figures that applicants gave; never names, texts, addresses or dates"), r.P.T("The newest 200 decisions of the service that the officer may see")}
			p.Checked = r.P.T("Each day it is tried on the newest 300 decisions, each held against earlier ones only.")
		case hint.UnusualAmount:
			p.What = r.P.T("Points out a figure that lies far outside what others said: beyond three times the distance of the quartiles.")
			p.Data = []string{r.P.T("Figures that applicants gave, kept as counts only")}
		default:
			p.What = r.P.T("Points out that the same stands in an earlier case of another person.")
		}
		list = append(list, p)
	}
	return list
}

// results are how a method did on the past, lately, and for groups. Everybody sees them: counts are rounded as statistics are.
func (v Hinting) results(ctx context.Context, tx *store.Tx, r Reader, kind string) ([]AlgorithmResult, error) {
	switch kind {
	case hint.Missing:
		return nil, nil
	case hint.Similar:
		return v.triedResults(ctx, tx, r)
	}
	m, seen, endings, err := v.measure(ctx, tx, kind, "")
	if err != nil {
		return nil, err
	}
	back := AlgorithmResult{Title: r.P.T("How often it was right"), Text: r.P.T("A flag is right, as far as can be told, where the case was refused. Small numbers are rounded to fives."),
		Columns: []string{r.P.T("Cases"), r.P.T("Decided"), r.P.T("Refused"), r.P.T("Share")},
		Rows: [][]string{
			{r.P.T("With this flag"), r.rounded(m.flagged), r.rounded(m.refused), r.shareOf(m.refused, m.flagged)},
			{r.P.T("Without it"), r.rounded(m.without), r.rounded(m.withoutRefused), r.shareOf(m.withoutRefused, m.without)}}}
	if m.flagged < insightFloor {
		back.Text = r.P.T("Too few cases with this flag have been decided to say how often it is right.")
		back.Rows = nil
	}
	drift, err := v.drift(ctx, tx, r, kind, seen)
	if err != nil {
		return nil, err
	}
	fair, err := v.fair(ctx, tx, r, seen, endings)
	return []AlgorithmResult{back, drift, fair}, err
}

func (r Reader) rounded(n int64) string {
	if n > 0 && n < insightFloor {
		return r.P.T("fewer than {n}", i18n.V{"n": insightFloor})
	}
	return r.P.Plain(int((n + 2) / insightFloor * insightFloor))
}

// shareOf is a share in a hundred, where enough are known for one.
func (r Reader) shareOf(n, of int64) string {
	if of < 4*insightFloor {
		return r.P.T("too few")
	}
	return r.P.Percent(r.P.Plain(int((100*n + of/2) / of)))
}

const driftQuarters = 4

// drift is how often the flag was raised, quarter by quarter.
func (v Hinting) drift(ctx context.Context, tx *store.Tx, r Reader, kind string, seen []hint.Seen) (t AlgorithmResult, err error) {
	k := v.place().Calendar
	t = AlgorithmResult{Title: r.P.T("Whether that changes"), Text: r.P.T("How many of the cases that came in had the flag, by quarter."),
		Columns: []string{r.P.T("Quarter from"), r.P.T("Cases"), r.P.T("With this flag"), r.P.T("Share")}}
	today := k.DateOf(tx.Now())
	month := (int(today.Month())-1)/3*3 + 1
	from, err := calendar.NewDate(today.Year(), time.Month(month), 1)
	if err != nil {
		return t, fmt.Errorf("finding a quarter: %w", err)
	}
	until := tx.Now()
	for range driftQuarters {
		begin := k.StartOf(from)
		looked, err := v.Hints.Looked(ctx, tx, "", begin, until)
		if err != nil {
			return t, err
		}
		var all, flagged int64
		for _, n := range looked {
			all += n
		}
		for _, s := range seen {
			if !s.At.Before(begin) && s.At.Before(until) {
				flagged++
			}
		}
		t.Rows = append(t.Rows, []string{r.date(from), r.rounded(all), r.rounded(flagged), r.shareOf(flagged, all)})
		until = begin
		if from, err = from.AddMonths(-3); err != nil {
			return t, fmt.Errorf("finding a quarter: %w", err)
		}
	}
	return t, nil
}

// fair is how often the flag was raised, and right, by the language in which people applied: the only group that is known.
func (v Hinting) fair(ctx context.Context, tx *store.Tx, r Reader, seen []hint.Seen, endings map[string]string) (t AlgorithmResult, err error) {
	t = AlgorithmResult{Title: r.P.T("Whether it treats groups alike"),
		Text:    r.P.T("By the language in which people applied. Sex, age, origin, religion and health are not known to these services, so nothing can be said of them."),
		Columns: []string{r.P.T("Language"), r.P.T("Cases"), r.P.T("With this flag"), r.P.T("Of these refused")}}
	looked, err := v.Hints.Looked(ctx, tx, "", time.Unix(0, 0), tx.Now().Add(time.Hour))
	if err != nil {
		return t, err
	}
	for _, language := range slices.Sorted(maps.Keys(looked)) {
		var flagged, decided, refused int64
		for _, s := range seen {
			if s.Language != language {
				continue
			}
			flagged++
			if slices.Contains(decisionEndings, endings[s.Case]) {
				decided++
			}
			if endings[s.Case] == "refused" {
				refused++
			}
		}
		t.Rows = append(t.Rows, []string{(&asked{r: r}).languageName(language), r.rounded(looked[language]), r.rounded(flagged) + " (" + r.shareOf(flagged, looked[language]) + ")", r.shareOf(refused, decided)})
	}
	return t, nil
}

// triedResults are how past decisions went beside those on cases like them.
func (v Hinting) triedResults(ctx context.Context, tx *store.Tx, r Reader) ([]AlgorithmResult, error) {
	all, err := v.Hints.Tests(ctx, tx, hint.Similar)
	if err != nil {
		return nil, err
	}
	columns := []string{r.P.T("Service"), r.P.T("Decisions"), r.P.T("As most cases like it"), r.P.T("As is most frequent")}
	back := AlgorithmResult{Title: r.P.T("How often it was right"), Columns: columns,
		Text: r.P.T("How often a case was decided as most of the five cases like it before, beside guessing what is most frequent. It is a measure of how much the cases have in common, not of how they should be decided.")}
	drift := AlgorithmResult{Title: r.P.T("Whether that changes"), Columns: []string{r.P.T("Day"), columns[1], columns[2], columns[3]}, Text: r.P.T("The same for all services together, on the first day that is known of each month.")}
	fair := AlgorithmResult{Title: r.P.T("Whether it treats groups alike"), Columns: []string{r.P.T("Language"), columns[1], columns[2], columns[3]},
		Text: r.P.T("By the language in which people applied. Sex, age, origin, religion and health are not known to these services, so nothing can be said of them.")}
	day := ""
	groups, months := map[string]hint.Test{}, map[string]hint.Test{}
	for _, t := range all {
		if day == "" {
			day = t.Day
		}
		if t.Day == day && t.Language == "" && t.N > 0 {
			if s := serviceNamed(v.place(), t.Service); s != nil {
				back.Rows = append(back.Rows, append([]string{r.words(v.place(), s.Title)}, r.triedCells(t)...))
			}
		}
		if t.Day == day && t.Language != "" {
			groups[t.Language] = sumTests(groups[t.Language], t)
		}
		if t.Language == "" {
			if m := months[t.Day[:7]]; m.Day > t.Day {
				months[t.Day[:7]] = t // a day before it
			} else {
				months[t.Day[:7]] = sumTests(m, t)
			}
		}
	}
	for _, language := range slices.Sorted(maps.Keys(groups)) {
		fair.Rows = append(fair.Rows, append([]string{(&asked{r: r}).languageName(language)}, r.triedCells(groups[language])...))
	}
	for _, m := range slices.Backward(slices.Sorted(maps.Keys(months))) {
		if months[m].N > 0 {
			drift.Rows = append(drift.Rows, append([]string{r.isoDay(months[m].Day)}, r.triedCells(months[m])...))
		}
	}
	if len(back.Rows) == 0 {
		back.Text = r.P.T("How often past decisions went as those on cases like them cannot be said: too few cases have been decided.")
	}
	return []AlgorithmResult{back, drift, fair}, nil
}

func sumTests(a, b hint.Test) hint.Test {
	b.N, b.Agreed, b.Usual = a.N+b.N, a.Agreed+b.Agreed, a.Usual+b.Usual
	return b
}

func (r Reader) triedCells(t hint.Test) []string {
	return []string{r.rounded(t.N), r.shareOf(t.Agreed, t.N), r.shareOf(t.Usual, t.N)}
}
