package insight

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"stoa/internal/fault"
	"stoa/internal/view"
	"stoa/internal/web"
)

// Send answers with a page's figures as a file: csv or json.
func Send(w http.ResponseWriter, r *web.Request, kind string, p view.InsightPage) error {
	name := p.Topic + "." + kind
	switch kind {
	case "csv":
		body, err := asCSV(p)
		if err != nil {
			return err
		}
		return r.Send(w, "text/csv; charset=utf-8", name, body)
	case "json":
		body, err := asJSON(p)
		if err != nil {
			return err
		}
		return r.Send(w, "application/json", name, body)
	}
	return fault.NewNotFound("")
}

// cell is a figure as programs read it: empty where there is none; what is held back says so.
func cell(v view.DataValue) string {
	switch {
	case v.Held:
		return "held back"
	case !v.Known:
		return ""
	}
	return strconv.FormatFloat(v.N, 'f', -1, 64)
}

// asCSV is one row for each figure, of all pictures of a page.
func asCSV(p view.InsightPage) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"picture", "of", "series", "value", "low", "high", "forecast"}}
	for _, f := range p.Figures {
		for i, s := range f.Series {
			for k, v := range s.Values {
				row := []string{f.ID, plain(of(f, k)), plain(s.Name), cell(v), "", "", strconv.FormatBool(f.Expected > 0 && i == 0 && k >= len(s.Values)-f.Expected)}
				if i == 0 && k < len(f.Low) {
					row[4], row[5] = cell(f.Low[k]), cell(f.High[k])
				}
				rows = append(rows, row)
			}
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("writing figures: %w", err)
	}
	return b.Bytes(), nil
}

// plain keeps a name from being taken for a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// of is the category or day of a figure.
func of(f view.InsightFigure, i int) string {
	if i < len(f.Categories) {
		return f.Categories[i]
	}
	if f.Grain == "month" {
		return f.Dates[i].Format("2006-01")
	}
	return f.Dates[i].Format(time.DateOnly)
}

type jsonFigure struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Finding string       `json:"finding,omitempty"`
	Unit    string       `json:"unit,omitempty"`
	Money   string       `json:"currency,omitempty"` // figures are in its minor units
	Notes   []string     `json:"notes,omitempty"`
	Of      []string     `json:"of"`
	Series  []jsonSeries `json:"series"`
}

type jsonSeries struct {
	Name     string     `json:"name"`
	Values   []*float64 `json:"values"` // null: none is known, or it is held back
	Held     []int      `json:"held_back,omitempty"`
	Low      []*float64 `json:"low,omitempty"`
	High     []*float64 `json:"high,omitempty"`
	Forecast int        `json:"forecast,omitempty"` // so many of the last values
}

func asJSON(p view.InsightPage) ([]byte, error) {
	out := struct {
		Topic   string       `json:"topic"`
		Title   string       `json:"title"`
		Scope   string       `json:"scope"`
		Period  string       `json:"period"`
		Finding string       `json:"finding"`
		Figures []jsonFigure `json:"figures"`
	}{p.Topic, p.Title, p.Scope, p.Period, p.Finding, []jsonFigure{}}
	for _, f := range p.Figures {
		one := jsonFigure{ID: f.ID, Title: f.Title, Finding: f.Finding, Unit: f.Unit, Money: f.Currency}
		for _, n := range f.Notes {
			if n != "" {
				one.Notes = append(one.Notes, n)
			}
		}
		for i, s := range f.Series {
			js := jsonSeries{Name: s.Name, Values: numbers(s.Values)}
			for k, v := range s.Values {
				if i == 0 {
					one.Of = append(one.Of, of(f, k))
				}
				if v.Held {
					js.Held = append(js.Held, k)
				}
			}
			if i == 0 {
				js.Low, js.High, js.Forecast = numbers(f.Low), numbers(f.High), f.Expected
			}
			one.Series = append(one.Series, js)
		}
		out.Figures = append(out.Figures, one)
	}
	return json.Marshal(out)
}

func numbers(list []view.DataValue) []*float64 {
	var out []*float64
	for _, v := range list {
		if v.Known {
			out = append(out, &v.N)
		} else {
			out = append(out, nil)
		}
	}
	return out
}
