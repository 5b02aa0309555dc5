package chart

import (
	"math"

	"stoa/internal/i18n"
)

// What a chart says, computed. Each of these gives "" where the figures do not carry the sentence (none known, all
// equal, too few), so that a caller may try one after the other with [First].

// First gives the first sentence there is.
func First(sentences ...string) string {
	for _, s := range sentences {
		if s != "" {
			return s
		}
	}
	return ""
}

// Highest is "Highest: Northgate, with 41." of series i. Of those held back it says nothing.
func (c Chart) Highest(i int) string {
	if i >= len(c.Series) || c.Check() != nil {
		return ""
	}
	values := c.Series[i].Values
	top, known, low := math.Inf(-1), 0, math.Inf(1)
	var names []string
	for j, v := range values {
		if v.Is != Known {
			continue
		}
		known++
		low = math.Min(low, v.N)
		if v.N > top {
			top, names = v.N, nil
		}
		if v.N == top {
			names = append(names, c.name(j))
		}
	}
	if known < 2 || low == top || len(names) > 3 {
		return ""
	}
	return c.of(i, c.Printer.T("Highest: {names}, with {figure}.", i18n.V{"names": c.Printer.List(names), "figure": c.figures().label(Num(top))}))
}

// Change is "From 30 in May 2025 to 41 in May 2026: 37 percent more." of series i over its dates, forecasts left out.
func (c Chart) Change(i int) string {
	if i >= len(c.Series) || len(c.Dates) == 0 || c.Check() != nil {
		return ""
	}
	first, last := -1, -1
	s := c.Series[i]
	for j, v := range s.Values[:len(s.Values)-s.Expected] {
		if v.Is == Known {
			if last = j; first < 0 {
				first = j
			}
		}
	}
	if first == last {
		return ""
	}
	p, f := c.Printer, c.figures()
	from, to := s.Values[first].N, s.Values[last].N
	said := i18n.V{"from": f.label(Num(from)), "to": f.label(Num(to)), "first": c.name(first), "last": c.name(last)}
	switch {
	case from == to:
		return c.of(i, p.T("The same in {first} and {last}: {to}.", said))
	case from <= 0 || to < 0 || c.Unit.Percent:
		return c.of(i, p.T("From {from} in {first} to {to} in {last}.", said))
	case to > from:
		said["percent"] = f.percent((to - from) / from)
		return c.of(i, p.T("From {from} in {first} to {to} in {last}: {percent} percent more.", said))
	}
	said["percent"] = f.percent((from - to) / from)
	return c.of(i, p.T("From {from} in {first} to {to} in {last}: {percent} percent less.", said))
}

// of says which series a sentence is about, where there are several.
func (c Chart) of(i int, sentence string) string {
	if len(c.Series) < 2 {
		return sentence
	}
	return c.Printer.T("{series}: {sentence}", i18n.V{"series": c.Series[i].Name, "sentence": sentence})
}

// percent is a share in whole percent, below ten with one digit more.
func (f figures) percent(share float64) string {
	digits := 0
	if share < 0.0995 {
		digits = 1
	}
	return f.decimal(share*100, digits)
}

// Trend is "It rose in 9 of 11 steps." of series i over its dates: only where at least four steps are known and three
// quarters of them go the way that the whole goes.
func (c Chart) Trend(i int) string {
	if i >= len(c.Series) || len(c.Dates) == 0 || c.Check() != nil {
		return ""
	}
	s := c.Series[i]
	values := s.Values[:len(s.Values)-s.Expected]
	up, down, steps, sum := 0, 0, 0, 0.0
	for j := 1; j < len(values); j++ {
		if values[j].Is != Known || values[j-1].Is != Known {
			continue
		}
		steps++
		d := values[j].N - values[j-1].N
		sum += d
		if d > 0 {
			up++
		} else if d < 0 {
			down++
		}
	}
	said := i18n.V{"all": steps}
	switch {
	case steps < 4:
		return ""
	case sum > 0 && up*4 >= steps*3:
		said["up"] = up
		return c.of(i, c.Printer.T("It rose from one date to the next in {up} of {all} cases.", said))
	case sum < 0 && down*4 >= steps*3:
		said["down"] = down
		return c.of(i, c.Printer.T("It fell from one date to the next in {down} of {all} cases.", said))
	}
	return ""
}

// Share is "Northgate has 41 percent of all 230." of series i: the largest share. Nothing when a figure is negative,
// missing or held back, since then the whole is not known.
func (c Chart) Share(i int) string {
	if i >= len(c.Series) || c.Check() != nil {
		return ""
	}
	best, total, ties := -1, 0.0, 0
	values := c.Series[i].Values
	for j, v := range values {
		if v.Is != Known || v.N < 0 {
			return ""
		}
		total += v.N
		switch {
		case best < 0 || v.N > values[best].N:
			best, ties = j, 1
		case v.N == values[best].N:
			ties++
		}
	}
	if len(values) < 2 || total <= 0 || ties > 1 {
		return ""
	}
	f := c.figures()
	return c.of(i, c.Printer.T("{name} has {percent} percent of all {total}.", i18n.V{
		"name": c.name(best), "percent": f.percent(values[best].N / total), "total": f.label(Num(total))}))
}

// Largest is "The largest part is Roads, with 41 percent of £2.3m."
func (p Parts) Largest() string {
	if p.Check() != nil {
		return ""
	}
	total, ok := p.whole()
	if !ok || total <= 0 || len(p.Parts) < 2 {
		return ""
	}
	parts := sortedParts(p.Parts)
	if parts[0].Value.N == parts[1].Value.N {
		return ""
	}
	f := figures{p: p.Printer, unit: p.Unit}
	return p.Printer.T("The largest part is {name}, with {percent} percent of {total}.", i18n.V{
		"name": parts[0].Name, "percent": f.percent(parts[0].Value.N / total), "total": f.label(Num(total))})
}
