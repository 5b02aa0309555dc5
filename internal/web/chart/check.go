package chart

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
)

// Limits of one picture: more is not read by anybody, and makes a page heavy.
const (
	mostSeries = 24
	mostPlaces = 3000
)

func (f Frame) check() error {
	if f.ID == "" || strings.ContainsFunc(f.ID, func(r rune) bool {
		return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return fmt.Errorf("chart %q: its ID is not a word of letters, digits and hyphens", f.ID)
	}
	if f.Title == "" || f.Printer == nil {
		return fmt.Errorf("chart %q: has no title or no printer", f.ID)
	}
	return nil
}

func checkValue(v Value) error {
	switch {
	case v.Is > Suppressed:
		return fmt.Errorf("state %d is none", v.Is)
	case v.Is == Known && (math.IsNaN(v.N) || math.Abs(v.N) > largest):
		return fmt.Errorf("%v is not a figure that can be drawn exactly", v.N)
	}
	return nil
}

func (c Chart) check() error {
	if err := c.Frame.check(); err != nil {
		return err
	}
	switch c.Kind {
	case Bars, Stack, Lines, Area, Panels:
	default:
		return fmt.Errorf("chart %q: there is no kind %q", c.ID, c.Kind)
	}
	n := c.size()
	switch {
	case len(c.Dates) > 0 && len(c.Categories) > 0:
		return fmt.Errorf("chart %q: has both dates and categories", c.ID)
	case n > mostPlaces || len(c.Series) > mostSeries:
		return fmt.Errorf("chart %q: %d series of %d figures are more than can be shown", c.ID, len(c.Series), n)
	case len(c.Links) > 0 && len(c.Links) != n:
		return fmt.Errorf("chart %q: %d links for %d categories", c.ID, len(c.Links), n)
	}
	if err := c.checkDates(); err != nil {
		return err
	}
	for i, s := range c.Series {
		if err := c.checkSeries(s, n); err != nil {
			return fmt.Errorf("chart %q, series %d: %w", c.ID, i+1, err)
		}
	}
	return nil
}

func (c Chart) checkDates() error {
	if len(c.Dates) == 0 {
		return nil
	}
	if c.Grain != Day && c.Grain != Month && c.Grain != Year {
		return fmt.Errorf("chart %q: dates need a grain", c.ID)
	}
	for i := range c.Dates {
		if y := c.Dates[i].Year(); y < 1 || y > 9999 {
			return fmt.Errorf("chart %q: the year %d is out of range", c.ID, y)
		}
		if i > 0 && ordinal(c.Dates[i], c.Grain) <= ordinal(c.Dates[i-1], c.Grain) {
			return fmt.Errorf("chart %q: date %d is not after the one before", c.ID, i+1)
		}
	}
	return nil
}

func (c Chart) checkSeries(s Series, n int) error {
	if len(s.Values) != n {
		return fmt.Errorf("%d figures for %d categories", len(s.Values), n)
	}
	if len(s.Low) != len(s.High) || len(s.Low) != 0 && len(s.Low) != n || s.Expected < 0 || s.Expected > n {
		return fmt.Errorf("a band or a forecast of another length than the series")
	}
	if c.Kind != Lines && (len(s.Low) > 0 || s.Expected > 0) {
		return fmt.Errorf("only lines have a band or a forecast")
	}
	for _, values := range [][]Value{s.Values, s.Low, s.High} {
		for i, v := range values {
			if err := checkValue(v); err != nil {
				return fmt.Errorf("figure %d: %w", i+1, err)
			}
			if c.Kind == Area && v.Is == Known && v.N < 0 {
				return fmt.Errorf("figure %d: areas upon one another cannot show %v", i+1, v.N)
			}
		}
	}
	return nil
}

// size is how many categories or dates there are.
func (c Chart) size() int { return len(c.Dates) + len(c.Categories) }

// ordinal counts days, months or years.
func ordinal(t time.Time, g Grain) int {
	switch g {
	case Year:
		return t.Year()
	case Month:
		return t.Year()*12 + int(t.Month()) - 1
	}
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
