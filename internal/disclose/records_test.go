package disclose_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/disclose"
	"stoa/internal/fault"
)

func someRecords(r *rapid.T) disclose.Records {
	out := disclose.Records{Columns: []string{"born", "postcode", "age", "illness", "note"}}
	for i := range rapid.IntRange(0, 60).Draw(r, "rows") {
		out.Rows = append(out.Rows, []string{
			fmt.Sprintf("%d-%02d-%02d", rapid.IntRange(1990, 1993).Draw(r, "year"), rapid.IntRange(1, 12).Draw(r, "month"), rapid.IntRange(1, 28).Draw(r, "day")),
			rapid.SampledFrom([]string{"10115", "10117", "20095", ""}).Draw(r, "postcode"),
			fmt.Sprint(rapid.IntRange(-3, 40).Draw(r, "age")),
			rapid.SampledFrom([]string{"flu", "cold", "none"}).Draw(r, "illness"),
			fmt.Sprint(i),
		})
	}
	return out
}

func someRule(r *rapid.T) disclose.Anonymity {
	a := disclose.Anonymity{K: rapid.IntRange(2, 6).Draw(r, "k"), MostLost: rapid.IntRange(0, 30).Draw(r, "lost"),
		Quasi: []disclose.Quasi{
			{Column: "born", Steps: []disclose.Step{{Kind: "month"}, {Kind: "year"}, {Kind: "all"}}},
			{Column: "postcode", Steps: []disclose.Step{{Kind: "prefix", Width: 2}}},
			{Column: "age", Steps: []disclose.Step{{Kind: "band", Width: 10}, {Kind: "all"}}},
		}}
	if rapid.Bool().Draw(r, "diverse") {
		a.Sensitive, a.L = "illness", 2
	}
	return a
}

// TestAnonymise counts, the slow way, how many records look like each published one.
func TestAnonymise(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in, a := someRecords(r), someRule(r)
		out, report, err := disclose.Anonymise(in, a)
		if err != nil {
			r.Fatal(err)
		}
		smallest := len(out.Rows)
		for _, x := range out.Rows {
			alike, kinds := 0, map[string]bool{}
			for _, y := range out.Rows {
				if x[0] == y[0] && x[1] == y[1] && x[2] == y[2] {
					alike++
					kinds[y[3]] = true
				}
			}
			if alike < a.K || len(kinds) < a.L {
				r.Fatalf("%v looks like %d, with %d values", x, alike, len(kinds))
			}
			smallest = min(smallest, alike)
			var i int
			if _, err := fmt.Sscan(x[4], &i); err != nil || in.Rows[i][3] != x[3] || !strings.HasPrefix(in.Rows[i][0], x[0]) && x[0] != disclose.Anything {
				r.Fatalf("%v was %v", x, in.Rows[i])
			}
		}
		if report.Rows != len(out.Rows) || report.Left != len(in.Rows)-len(out.Rows) || report.Smallest != smallest {
			r.Fatalf("%+v of %d rows, %d published, smallest %d", report, len(in.Rows), len(out.Rows), smallest)
		}
		if few, err := disclose.Groups(out, a); err != nil || len(few) > 0 {
			r.Fatalf("%v %v", few, err)
		}
		if few, _ := disclose.Groups(in, a); len(few) != report.Groups {
			r.Fatalf("%d groups, reported %d", len(few), report.Groups)
		}
	})
}

func TestAnonymiseIsAsFineAsItCan(t *testing.T) {
	in := disclose.Records{Columns: []string{"born", "age"}}
	for i := range 12 {
		in.Rows = append(in.Rows, []string{fmt.Sprintf("2001-%02d-1%d", 1+i/6, i%6), fmt.Sprint(20 + i%6)})
	}
	a := disclose.Anonymity{K: 6, Quasi: []disclose.Quasi{
		{Column: "born", Steps: []disclose.Step{{Kind: "month"}, {Kind: "year"}}}, {Column: "age", Steps: []disclose.Step{{Kind: "band", Width: 10}}}}}
	out, report, err := disclose.Anonymise(in, a)
	if err != nil {
		t.Fatal(err)
	}
	if report.Groups != 12 || report.Left != 0 || report.Changed != 12 || report.Coarser["born"] != 1 || out.Rows[0][0] != "2001-01" || out.Rows[0][1] != "20-29" {
		t.Errorf("%+v %v", report, out.Rows[0])
	}
	a.Quasi[0].Steps, a.Quasi[1].Steps = nil, nil
	if out, report, err = disclose.Anonymise(in, a); err != nil || len(out.Rows) != 0 || report.Left != 12 {
		t.Errorf("%v %+v %v", out, report, err)
	}
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		step        disclose.Step
		value, want string
	}{
		{disclose.Step{Kind: "month"}, "2026-03-14", "2026-03"}, {disclose.Step{Kind: "year"}, "2026-03", "2026"},
		{disclose.Step{Kind: "prefix", Width: 2}, "ÄÖ115", "ÄÖ"}, {disclose.Step{Kind: "prefix", Width: 9}, "1", "1"},
		{disclose.Step{Kind: "band", Width: 10}, "37", "30-39"}, {disclose.Step{Kind: "band", Width: 10}, "-1", "-10--1"},
		{disclose.Step{Kind: "band", Width: 10}, "-0.5", "-10--1"}, {disclose.Step{Kind: "band", Width: 5}, "9.99", "5-9"},
		{disclose.Step{Kind: "all"}, "x", "*"}, {disclose.Step{Kind: "year"}, "", ""},
		{disclose.Step{Kind: "year"}, "soon", "!"}, {disclose.Step{Kind: "band", Width: 10}, "many", "!"}, {disclose.Step{Kind: "month"}, "2026", "!"},
	} {
		got, ok := disclose.Apply(c.step, c.value)
		if ok != (c.want != "!") || ok && got != c.want {
			t.Errorf("%+v of %q is %q, %v", c.step, c.value, got, ok)
		}
	}
	in := disclose.Records{Columns: []string{"born"}, Rows: [][]string{{"soon"}, {"later"}}}
	a := disclose.Anonymity{K: 2, Quasi: []disclose.Quasi{{Column: "born", Steps: []disclose.Step{{Kind: "year"}}}}}
	if out, _, err := disclose.Anonymise(in, a); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAnonymityRefuses(t *testing.T) {
	columns := []string{"born", "illness"}
	q := []disclose.Quasi{{Column: "born"}}
	for name, a := range map[string]disclose.Anonymity{
		"k":        {K: 1, Quasi: q},
		"column":   {K: 5, Quasi: []disclose.Quasi{{Column: "name"}}},
		"twice":    {K: 5, Quasi: append(q, q...)},
		"none":     {K: 5},
		"l":        {K: 5, L: 6, Sensitive: "illness", Quasi: q},
		"no l":     {K: 5, L: 2, Quasi: q},
		"step":     {K: 5, Quasi: []disclose.Quasi{{Column: "born", Steps: []disclose.Step{{Kind: "round"}}}}},
		"width":    {K: 5, Quasi: []disclose.Quasi{{Column: "born", Steps: []disclose.Step{{Kind: "band"}}}}},
		"same":     {K: 5, L: 2, Sensitive: "born", Quasi: q},
		"lost":     {K: 5, Quasi: q, MostLost: 101},
		"too many": {K: 5, Quasi: []disclose.Quasi{{Column: "born", Steps: make([]disclose.Step, 0)}, {Column: "illness", Steps: many(1001)}}},
	} {
		if err := a.Check(columns); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func many(n int) (s []disclose.Step) {
	for range n {
		s = append(s, disclose.Step{Kind: "all"})
	}
	return s
}
