package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// point is one row of the long form.
type point struct {
	at    int    // steps, months or days from some beginning
	day   int    // of the month
	unit  string // "step", "month" or "day"
	text  string
	value float64
	line  int
}

// long reads the long form. Times may come in any order; one that is missing is a missing value. Days that all fall on
// the same day of the month are months; the step is the largest that meets every time.
func long(r *csv.Reader, column map[string]int) ([]Row, error) {
	points := map[string][]point{}
	var order []string
	for total := 0; ; total++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading the file: %w", err)
		}
		line, _ := r.FieldPos(0)
		if total >= maxValues {
			return nil, fmt.Errorf("line %d: the file holds more than %d values", line, maxValues)
		}
		if len(record) <= max(column["series"], column["t"], column["value"]) {
			return nil, fmt.Errorf("line %d: series, t and value are needed", line)
		}
		id := strings.Clone(strings.TrimSpace(record[column["series"]]))
		p, err := moment(strings.Clone(strings.TrimSpace(record[column["t"]])))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if p.value, err = number(record[column["value"]]); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		p.line = line
		if points[id] == nil {
			order = append(order, id)
		}
		points[id] = append(points[id], p)
	}
	var out []Row
	for _, id := range order {
		row, err := line(id, points[id])
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func moment(s string) (point, error) {
	if n, err := strconv.Atoi(s); err == nil {
		return point{at: n, unit: "step", text: s}, nil
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		return point{at: t.Year()*12 + int(t.Month()) - 1, unit: "month", text: s}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return point{at: int(t.Unix() / 86400), day: t.Day(), unit: "day", text: s}, nil
	}
	return point{}, fmt.Errorf("t is %q, not a whole number, a month like 2026-07 or a day like 2026-07-31", s)
}

// line puts the points of one series in order, one value for each step.
func line(id string, points []point) (Row, error) {
	row := Row{ID: id}
	monthly := true
	for _, p := range points {
		if p.unit != points[0].unit {
			return row, fmt.Errorf("line %d: series %s mixes %ss and %ss in t", p.line, id, points[0].unit, p.unit)
		}
		monthly = monthly && p.unit == "day" && p.day == points[0].day
	}
	if monthly && len(points) > 1 {
		for i := range points {
			t := time.Unix(int64(points[i].at)*86400, 0).UTC()
			points[i].at = t.Year()*12 + int(t.Month()) - 1
		}
	}
	slices.SortStableFunc(points, func(a, b point) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	step := 0
	for i := 1; i < len(points); i++ {
		d := points[i].at - points[i-1].at
		if d == 0 {
			return row, fmt.Errorf("line %d: series %s has two values for %s", points[i].line, id, points[i].text)
		}
		step = divisor(step, d)
	}
	step = max(step, 1)
	span := (points[len(points)-1].at-points[0].at)/step + 1
	if span < 0 || span > maxValues {
		return row, fmt.Errorf("series %s: from %s to %s are more than %d steps", id, points[0].text, points[len(points)-1].text, maxValues)
	}
	row.Series.Period = seasons[season{monthly && len(points) > 1 || points[0].unit == "month", step}]
	if points[0].unit == "step" {
		row.Series.Period = 0
	}
	row.Series.Values, row.Times = make([]float64, span), make([]string, span)
	for i := range row.Series.Values {
		row.Series.Values[i] = math.NaN()
	}
	for _, p := range points {
		i := (p.at - points[0].at) / step
		row.Series.Values[i], row.Times[i] = p.value, p.text
	}
	return row, nil
}

// season is a step of so many months or days.
type season struct {
	months bool
	steps  int
}

// seasons are the steps in a year of months, of quarters and of weeks, and in a week of days.
var seasons = map[season]int{{true, 1}: 12, {true, 3}: 4, {false, 7}: 52, {false, 1}: 7}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
