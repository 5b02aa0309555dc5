package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/forecast"
	"stoa/internal/forecast/table"
)

// label is an event that was put into a series.
type label struct {
	from, to int
	kind     forecast.Kind
}

// tally counts events found, missed and alerted falsely.
type tally struct{ hits, missed, falsely, years float64 }

func (t tally) f1() float64 {
	if t.hits == 0 {
		return 0
	}
	return 2 * t.hits / (2*t.hits + t.missed + t.falsely)
}

// anomalies holds what is found against the labels: an event counts once, if an alert lies within a step of it, or for a shift begins
// within a week (seven steps of a day, one of anything longer) of it. An alert within what is labelled an outage is no false
// one; whatever lies inside the time after a shift is.
func anomalies(rows []table.Row) error {
	var all tally
	byKind := map[string]*tally{}
	count := func(kind string) *tally {
		if byKind[kind] == nil {
			byKind[kind] = &tally{}
		}
		return byKind[kind]
	}
	began := processorTime()
	for _, row := range rows {
		labels, err := events(row.Labels)
		if err != nil {
			return fmt.Errorf("%s: %w", row.ID, err)
		}
		found := forecast.Anomalies(row.Series)
		used := make([]bool, len(found))
		all.years += float64(len(row.Series.Values)) / map[int]float64{7: 365.25, 52: 52, 12: 12}[row.Series.Period]
		for _, l := range labels {
			hit := false
			for i, a := range found {
				if meets(a, l, row.Series.Period) {
					used[i], hit = true, true
				}
			}
			if hit {
				all.hits++
				count(string(l.kind)).hits++
			} else {
				all.missed++
				count(string(l.kind)).missed++
			}
		}
		for i, a := range found {
			if !used[i] {
				all.falsely++
				count(string(a.Kind)).falsely++
			}
		}
	}
	rate := float64(len(rows)) / (processorTime() - began).Seconds()
	fmt.Printf("\nanomalies in %d series: F1 %.3f, %.0f of %.0f found, %.0f false alerts, %.3f per series-year, %.0f series per second\n",
		len(rows), all.f1(), all.hits, all.hits+all.missed, all.falsely, all.falsely/all.years, rate)
	for _, kind := range []string{"spike", "drop", "outage", "shift"} {
		t := count(kind)
		fmt.Printf("  %-7s F1 %.3f, %.0f of %.0f found, %.0f false\n", kind, t.f1(), t.hits, t.hits+t.missed, t.falsely)
	}
	say(all.f1() >= .7, "event F1 %.3f, target .70", all.f1())
	say(all.falsely/all.years <= .5, "%.3f false alerts per series-year, target .5", all.falsely/all.years)
	return nil
}

func meets(a forecast.Anomaly, l label, period int) bool {
	if l.kind == forecast.Shift {
		week := 1
		if period == 7 {
			week = 7
		}
		return max(a.From-l.from, l.from-a.From) <= week
	}
	return a.From <= l.to+1 && (a.To >= l.from-1 && a.Kind != forecast.Shift || a.From >= l.from-1)
}

func events(labels string) ([]label, error) {
	var out []label
	for _, text := range strings.Split(labels, ";") {
		if text == "" {
			continue
		}
		span, kind, ok := strings.Cut(text, ":")
		from, to, ok2 := strings.Cut(span, "-")
		first, err := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if !ok || !ok2 || err != nil || err2 != nil || !slices.Contains([]string{"spike", "drop", "outage", "shift"}, kind) {
			return nil, fmt.Errorf("the label %q is not like 12-14:outage", text)
		}
		out = append(out, label{first, last, forecast.Kind(kind)})
	}
	return out, nil
}
