package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The answers for a small file of days, months and rare events, as a person has read them. Numbers may differ in the fourth digit:
// processors round differently when they multiply and add at once.
func TestForecastsAndAnomaliesAsRead(t *testing.T) {
	for golden, args := range map[string][]string{
		"testdata/forecast.golden":  {"forecast", "--in", "testdata/series.csv", "--horizon", "7"},
		"testdata/anomalies.golden": {"anomalies", "--in", "testdata/series.csv"},
	} {
		code, out, errs := call(t, args...)
		if want := map[string]int{"forecast": exitNo, "anomalies": 0}[args[0]]; code != want {
			t.Errorf("%s: exit code %d, not %d: %s", args[0], code, want, errs)
		}
		if args[0] == "forecast" && errs != "stoa: series nothing known: a series needs at least one number\n" {
			t.Errorf("it said %q", errs)
		}
		if *update {
			if err := os.WriteFile(golden, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		got, read := strings.Split(out, "\n"), strings.Split(string(want), "\n")
		if len(got) != len(read) {
			t.Errorf("%s: %d lines, not %d", golden, len(got), len(read))
			continue
		}
		for i := range got {
			if !alike(got[i], read[i]) {
				t.Errorf("%s, line %d: %q, not %q; read it, then go test ./cmd/stoa -update", golden, i+1, got[i], read[i])
			}
		}
	}
}

func alike(a, b string) bool {
	x, y := strings.Split(a, ","), strings.Split(b, ",")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		v, err := strconv.ParseFloat(x[i], 64)
		w, err2 := strconv.ParseFloat(y[i], 64)
		if (err != nil || err2 != nil || math.Abs(v-w) > 1e-3*(1+math.Abs(w))) && x[i] != y[i] {
			return false
		}
	}
	return true
}

func TestForecastToAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "next.csv")
	in := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(in, []byte("id,m,h,start,train,test\na,1,2,,1;2;3;4;5;6;7;8,9;10\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, "forecast", "--in", in, "--out", file); code != 0 || out != "" || errs != "" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(raw), "\n"); len(lines) != 4 || lines[0] != "id,h,mean,lo80,hi80,lo95,hi95" || !strings.HasPrefix(lines[2], "a,2,") {
		t.Errorf("wrote %q", raw)
	}
}

func TestForecastRefusesInOneSentence(t *testing.T) {
	for args, want := range map[string]string{
		"forecast":                           "--in is needed: the file of series",
		"anomalies":                          "--in is needed: the file of series",
		"forecast --in testdata/none.csv":    "opening the series",
		"forecast --in testdata/help.golden": "names no form that is known",
		"forecast --in testdata/series.csv --horizon -1": "--period and --horizon count steps",
		"forecast --in testdata/series.csv --period 7":   "series requests: the file has no horizon: say --horizon",
	} {
		code, _, errs := call(t, strings.Fields(args)...)
		if code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d, %q", args, code, errs)
		}
	}
}
