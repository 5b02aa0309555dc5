package forecast

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// report turns what was found into anomalies in the caller's unit and count.
func (d *dissection) report(values []float64) []Anomaly {
	n := len(d.z)
	usual := make([]float64, n)
	d.rebuild()
	s := fitSmoothing(minus(d.clean, d.season), level)
	l := s.level0
	steps := make([]float64, n)
	for _, e := range d.events {
		if e.shift {
			for i := e.at; i < n; i++ {
				steps[i] += e.size
			}
		}
	}
	for i := range usual {
		usual[i] = l + d.season[i]
		l += s.alpha * (d.clean[i] - usual[i])
	}
	var out []Anomaly
	add := func(from, to int, kind Kind, usual, value, score float64) {
		out = append(out, Anomaly{from + d.p.from, to + d.p.from, kind, usual * d.p.scale, value * d.p.scale, score, d.period})
	}
	for i := 0; i < n; i++ {
		if !d.hidden[i] {
			continue
		}
		from := i
		for i+1 < n && d.hidden[i+1] {
			i++
		}
		kind := Outage
		if from == i && d.p.y[i] > 0 {
			kind = Drop
		}
		expected := d.unscaled(usual[from] + steps[from])
		add(from, i, kind, expected, d.p.y[from], math.Abs(d.z[from]-usual[from])/max(d.noise, tiny))
	}
	for _, e := range d.events {
		before := usual[e.at] + steps[e.at]
		if e.shift {
			add(e.at, n-1, Shift, d.unscaled(before-e.size), d.unscaled(before), e.score)
			continue
		}
		kind := Spike
		if e.size < 0 {
			kind = Drop
		}
		add(e.at, e.at, kind, d.unscaled(before), d.p.y[e.at], e.score)
	}
	out = slices.DeleteFunc(out, func(a Anomaly) bool { return a.Kind != Shift && !finite(values[a.From]) })
	slices.SortStableFunc(out, func(a, b Anomaly) int {
		if a.From != b.From {
			return a.From - b.From
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	return out
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// places are what a step of a season is called, by its period.
var places = map[int]string{4: "quarter", 7: "day of the week", 12: "month", 24: "hour", 52: "week of the year"}

// units are what its steps are, by the period.
var units = map[int]string{4: "quarters", 7: "days", 12: "months", 24: "hours", 52: "weeks"}

// Reason says in plain words what is out of the ordinary. The place is what the value's place in the season is called,
// such as "Tuesday" or "July"; it may be empty.
func (a Anomaly) Reason(place string) string {
	usual := "the usual"
	switch name := places[a.period]; {
	case place != "":
		usual += " for " + article(place)
	case name != "":
		usual += " for this " + name
	}
	steps := a.To - a.From + 1
	switch a.Kind {
	case Outage:
		if steps == 1 {
			return fmt.Sprintf("%s, where about %s is %s", nothing(a.Value), short(a.Usual), usual)
		}
		unit := units[a.period]
		if unit == "" {
			unit = "steps"
		}
		return fmt.Sprintf("%s for %d %s, where about %s is %s", nothing(a.Value), steps, unit, short(a.Usual), usual)
	case Shift:
		return fmt.Sprintf("from here on about %s instead of about %s%s", short(a.Value), short(a.Usual), change(a.Value/a.Usual))
	}
	return compared(a.Value, a.Usual, usual)
}

func article(word string) string {
	if strings.ContainsRune("AEIOUaeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

func nothing(v float64) string {
	if v == 0 {
		return "nothing"
	}
	return "nearly nothing"
}

var times = []string{"", "", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times", "nine times", "ten times"}

// compared puts a ratio into words.
func compared(value, usual float64, what string) string {
	ratio := value / usual
	percent := math.Abs(ratio-1) * 100
	switch {
	case !finite(ratio) || ratio < 0:
		return fmt.Sprintf("%s, where about %s is %s", short(value), short(usual), what)
	case ratio >= 1.9 && math.Abs(ratio-math.Round(ratio)) < .1 && math.Round(ratio) <= 10:
		return times[int(math.Round(ratio))] + " " + what
	case ratio >= 1.9:
		return multiple(ratio) + " times " + what
	case ratio >= 1:
		return fmt.Sprintf("%.0f %% above %s", percent, what)
	case math.Abs(ratio-.5) < .025:
		return "half of " + what
	}
	return fmt.Sprintf("%.0f %% below %s", percent, what)
}

// change says by how much a level moved, where that can be said as a share.
func change(ratio float64) string {
	percent := math.Round(math.Abs(ratio-1) * 100)
	switch {
	case !finite(ratio) || ratio < 0 || percent == 0:
		return ""
	case ratio >= 1.9:
		return ", " + multiple(ratio) + " times as much"
	case ratio > 1:
		return fmt.Sprintf(", %.0f %% more", percent)
	}
	return fmt.Sprintf(", %.0f %% less", percent)
}

func multiple(ratio float64) string {
	if ratio < 10 {
		return strconv.FormatFloat(ratio, 'f', 1, 64)
	}
	return short(math.Round(ratio))
}

// short writes a number as one says it: three digits and no fraction from ten on; the rest is noise.
func short(v float64) string {
	size := math.Abs(v)
	switch {
	case size >= 1e15 || size < 10:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case size < 1000:
		return strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	}
	digits := math.Pow(10, math.Floor(math.Log10(size))-2)
	s := strconv.FormatFloat(math.Round(v/digits)*digits, 'f', 0, 64)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
