// Package table reads and writes the plain forms in which series come to stoa forecast and stoa anomalies and
// in which the answers leave. It knows columns and separators; what the numbers say is forecast's.
//
// Three forms are read, told apart by the header:
//
//	id,m,h,start,train,test   a series per row, numbers separated by ; (the benchmark's; start and test are optional)
//	id,m,values,labels        the same without a horizon (labels are optional)
//	series,t,value            a value per row; t is a whole number, a month (2026-07) or a day (2026-07-31)
package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"stoa/internal/forecast"
)

// Row is one series of a file.
type Row struct {
	ID      string
	Series  forecast.Series
	Horizon int       // steps; 0 when the form has none
	Test    []float64 // what came after, where the file says it
	Labels  string    // what is known to be out of the ordinary, where the file says it
	Times   []string  // of the values, in the long form
}

// Limits on what is read: far more than a file of figures holds.
const (
	maxValues  = 5_000_000 // of all series together
	maxHorizon = 1000
)

// Read reads any of the forms. Period and horizon fill in where the form or the row has none; a period handed in goes before one
// that only follows from days or months.
func Read(from io.Reader, period, horizon int) ([]Row, error) {
	r := csv.NewReader(from)
	r.ReuseRecord = true
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; it begins with the names of its columns")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the names of the columns: %w", err)
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := column[n]; !ok {
				return false
			}
		}
		return true
	}
	var rows []Row
	switch {
	case has("id", "m", "train"):
		rows, err = wide(r, column, "train")
	case has("id", "m", "values"):
		rows, err = wide(r, column, "values")
	case has("series", "t", "value"):
		rows, err = long(r, column)
	default:
		return nil, errors.New("the first line names no form that is known: id,m,h,start,train,test or id,m,values,labels or series,t,value")
	}
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("the file holds no series")
	}
	for i := range rows {
		if rows[i].Series.Period == 0 || rows[i].Times != nil && period > 0 {
			rows[i].Series.Period = period
		}
		if rows[i].Horizon == 0 {
			rows[i].Horizon = horizon
		}
	}
	return rows, nil
}

func wide(r *csv.Reader, column map[string]int, values string) ([]Row, error) {
	var out []Row
	seen := map[string]bool{}
	total := 0
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the file: %w", err)
		}
		get := func(name string) string {
			if i, ok := column[name]; ok && i < len(record) {
				return strings.Clone(strings.TrimSpace(record[i]))
			}
			return ""
		}
		at, _ := r.FieldPos(0)
		row := Row{ID: get("id"), Labels: get("labels")}
		if row.ID == "" {
			return nil, fmt.Errorf("line %d: the series has no id", at)
		}
		if seen[row.ID] {
			return nil, fmt.Errorf("line %d: there is a series %s already", at, row.ID)
		}
		seen[row.ID] = true
		if row.Series.Period, err = whole(get("m"), 100_000); err != nil {
			return nil, fmt.Errorf("line %d: m, the steps in a season, %w", at, err)
		}
		if row.Horizon, err = whole(get("h"), maxHorizon); err != nil {
			return nil, fmt.Errorf("line %d: h, the steps to forecast, %w", at, err)
		}
		if row.Series.Values, err = numbers(get(values)); err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", at, values, err)
		}
		if row.Test, err = numbers(get("test")); err != nil {
			return nil, fmt.Errorf("line %d: test: %w", at, err)
		}
		if total += len(row.Series.Values); total > maxValues {
			return nil, fmt.Errorf("line %d: the file holds more than %d values", at, maxValues)
		}
		out = append(out, row)
	}
}

// whole reads a number of steps; nothing is 0.
func whole(s string, limit int) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > limit {
		return 0, fmt.Errorf("is %q, not a whole number up to %d", s, limit)
	}
	return n, nil
}

func numbers(s string) ([]float64, error) {
	if s == "" {
		return nil, nil
	}
	parts := strings.Split(s, ";")
	out := make([]float64, len(parts))
	for i, p := range parts {
		v, err := number(p)
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

// number reads one value; nothing, NA and NaN are a value that is missing.
func number(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "NA" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return v, nil
}

// ForecastHeader names the columns of WriteForecast.
const ForecastHeader = "id,h,mean,lo80,hi80,lo95,hi95"

// WriteForecast writes a row for every step, the first being 1.
func WriteForecast(w *csv.Writer, id string, o *forecast.Outlook) error {
	for i := range o.Mean {
		row := []string{id, strconv.Itoa(i + 1), text(o.Mean[i]), text(o.Low80[i]), text(o.High80[i]), text(o.Low95[i]), text(o.High95[i])}
		if err := w.Write(row); err != nil {
			return fmt.Errorf("writing the forecast: %w", err)
		}
	}
	return nil
}

// text writes nine significant digits: more than a forecast knows.
func text(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
