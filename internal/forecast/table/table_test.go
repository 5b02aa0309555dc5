package table_test

import (
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/forecast"
	"stoa/internal/forecast/table"
)

func read(t *testing.T, text string) []table.Row {
	t.Helper()
	rows, err := table.Read(strings.NewReader(text), 7, 14)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

func TestForms(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		text    string
		values  []float64
		period  int
		horizon int
	}{
		"benchmark":       {"id,m,h,start,train,test\na,12,18,1990.1,1;2.5;NA;;-4e2,7;8\n", []float64{1, 2.5, nan, nan, -400}, 12, 18},
		"labelled":        {"id,m,values,labels\na,,1;2,0-0:spike\n", []float64{1, 2}, 7, 14},
		"steps":           {"series,t,value\na,3,30\na,1,10\na,2,\n", []float64{10, nan, 30}, 7, 14},
		"days with a gap": {"series,t,value\na,2026-01-01,1\na,2026-01-02,2\na,2026-01-04,4\n", []float64{1, 2, nan, 4}, 7, 14},
		"weeks":           {"series,t,value\na,2026-01-01,1\na,2026-01-15,3\na,2026-01-08,2\n", []float64{1, 2, 3}, 7, 14},
		"months":          {"series,t,value\na,2025-12,1\na,2026-02,3\na,2026-01,2\n", []float64{1, 2, 3}, 7, 14},
		"first days":      {"series,t,value\na,2026-01-01,1\na,2026-03-01,3\na,2026-02-01,2\n", []float64{1, 2, 3}, 7, 14},
		"quarters":        {"series,t,value\na,2026-01-01,1\na,2026-04-01,2\na,2026-10-01,4\n", []float64{1, 2, nan, 4}, 7, 14},
		"columns moved":   {"value,extra,series,t\n5,x,a,9\n", []float64{5}, 7, 14},
	} {
		row := read(t, c.text)[0]
		if row.ID != "a" || !same(row.Series.Values, c.values) || row.Series.Period != c.period || row.Horizon != c.horizon {
			t.Errorf("%s: %+v", name, row)
		}
	}
	if row := read(t, "id,m,h,start,train,test\na,12,18,1990.1,1;2,7;8\n")[0]; !same(row.Test, []float64{7, 8}) {
		t.Errorf("test part %v", row.Test)
	}
	if rows := read(t, "series,t,value\nb,1,1\na,1,2\nb,2,3\n"); len(rows) != 2 || rows[0].ID != "b" || rows[0].Times[1] != "2" {
		t.Errorf("two series: %+v", rows)
	}
}

func TestProblemsAreSentences(t *testing.T) {
	for text, want := range map[string]string{
		"":                                            "the file is empty",
		"a,b,c\n":                                     "names no form that is known",
		"id,m,h,start,train,test\n":                   "holds no series",
		"id,m,train\n,1,2\n":                          "line 2: the series has no id",
		"id,m,train\na,1,2\na,1,2\n":                  "line 3: there is a series a already",
		"id,m,train\na,x,2\n":                         `m, the steps in a season, is "x", not a whole number`,
		"id,m,h,train\na,1,1001,2\n":                  "h, the steps to forecast, is",
		"id,m,train\na,1,2;x\n":                       `train: value 2: "x" is not a number`,
		"series,t,value\na,yesterday,1\n":             `t is "yesterday"`,
		"series,t,value\na,1,one\n":                   `"one" is not a number`,
		"series,t,value\na,1,1\na,1,2\n":              "has two values for 1",
		"series,t,value\na,1,1\na,2026-01,2\n":        "mixes steps and months",
		"series,t,value\na,1,1\na,99999999,2\nb,2":    "",
		"series,t,value\na,0,1\na,1,1\na,9999999,2\n": "more than",
		"id,m,train\n\"a,1\n":                         "reading the file",
	} {
		_, err := table.Read(strings.NewReader(text), 0, 0)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
}

// Whatever a file holds, it is read or refused.
func TestNothingBreaksTheReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SampledFrom([]string{"id,m,h,start,train,test", "id,m,values,labels", "series,t,value"}).Draw(t, "header")
		body := rapid.StringOf(rapid.SampledFrom([]rune("ab,,,\n\n;12-.e\"N:\x00é"))).Draw(t, "body")
		rows, err := table.Read(strings.NewReader(header+"\n"+body), 0, 0)
		if err == nil && len(rows) == 0 {
			t.Fatal("neither series nor a reason")
		}
	})
}

func TestWriting(t *testing.T) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	o := &forecast.Outlook{Mean: []float64{1234567.125}, Low80: []float64{1}, High80: []float64{2}, Low95: []float64{0}, High95: []float64{1. / 3}}
	if err := table.WriteForecast(w, "a,b", o); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	if want := "\"a,b\",1,1234567.12,1,2,0,0.333333333\n"; b.String() != want {
		t.Errorf("%q, not %q", b.String(), want)
	}
}
