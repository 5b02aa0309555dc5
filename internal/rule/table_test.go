package rule_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
)

func noParams(string) (rule.Value, error) { return nil, errors.New("none") }

func check(t *testing.T, table *rule.Table, params map[string]rule.Value) []string {
	t.Helper()
	d := decl(t)
	d.Tables = []*rule.Table{table}
	e, err := rule.NewEnv(d)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range e.CheckTable(table.Name, rule.Values{Params: params}.Param) {
		out = append(out, p.Message)
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFeeBandsHaveNeitherGapNorOverlap(t *testing.T) {
	same(t, check(t, feeBand(), nil))
}

func TestGapsAndOverlapsComeWithAnExample(t *testing.T) {
	table := feeBand()
	table.Inputs[0].Whole = false
	same(t, check(t, table, nil),
		"no row for value = 4300.5", "no row for value = 33000.5", "no row for value = 87000.5")

	table = feeBand()
	table.Inputs[0].Whole, table.Rows = false, []rule.Row{{When: []string{"< 1"}, Then: table.Rows[0].Then}, {When: []string{"> 1.5"}, Then: table.Rows[1].Then}}
	same(t, check(t, table, nil), "no row for value = 1")

	table = feeBand()
	table.Inputs[0].Whole, table.Rows = false, []rule.Row{{When: []string{"<= 1"}, Then: table.Rows[0].Then}, {When: []string{">= 1.5"}, Then: table.Rows[1].Then}}
	same(t, check(t, table, nil), "no row for value = 1.25")

	table = feeBand()
	table.Rows[2].When[0] = "[33000..87000]"
	same(t, check(t, table, nil), "rows 2 and 3 both match value = 33000")

	table = feeBand()
	table.Inputs[0].Min = nil
	table.Rows[0].When[0] = "[0..4300]"
	table.Rows[4].When[0] = "(125000..200000)"
	same(t, check(t, table, nil), "no row for value = -1", "no row for value = 200000")
}

func TestRowsThatNeverDecide(t *testing.T) {
	table := feeBand()
	table.Hit = rule.First
	table.Rows = []rule.Row{
		{When: []string{"< 100"}, Then: []string{`"A"`, "1"}},
		{When: []string{">= 50"}, Then: []string{`"B"`, "1"}},
		{When: []string{"[60..70]"}, Then: []string{`"C"`, "1"}},
		{When: []string{"< 0"}, Then: []string{`"D"`, "1"}},
	}
	same(t, check(t, table, nil),
		"row 3 never decides: the rows above it, or its own tests, leave nothing",
		"row 4 never decides: the rows above it, or its own tests, leave nothing")
	table.Hit = rule.Unique
	table.Rows[3].When[0] = `not(< 100, >= 50)`
	same(t, check(t, table, nil), "rows 1 and 2 both match value = 50", "rows 1 and 3 both match value = 60", "rows 2 and 3 both match value = 60", "row 4 never matches")
}

func TestBoundsFromParameters(t *testing.T) {
	table := &rule.Table{
		Name:    "late",
		Inputs:  []rule.Column{{Name: "days", Type: rule.Number(), Min: dec("0")}, {Name: "kind", Type: rule.Choice("new", "old")}},
		Outputs: []rule.Field{{Name: "fee", Type: rule.Number()}},
		Rows: []rule.Row{
			{When: []string{"< param.ten_max_people", "-"}, Then: []string{"param.ten.fee * 2"}},
			{When: []string{">= 10", `"new"`}, Then: []string{"days"}},
			{When: []string{">= 10", `"old"`}, Then: []string{"0"}},
		},
	}
	same(t, check(t, table, map[string]rule.Value{"ten_max_people": dec("10")}))
	same(t, check(t, table, map[string]rule.Value{"ten_max_people": dec("8")}), `no row for days = 8, kind = "new"`)
	same(t, check(t, table, map[string]rule.Value{"ten_max_people": dec("11")}),
		`rows 1 and 2 both match days = 10, kind = "new"`, `rows 1 and 3 both match days = 10, kind = "old"`)
	same(t, check(t, table, nil), "param.ten_max_people has no value on this date")
}

func TestTableProblemsNameTheCell(t *testing.T) {
	table := feeBand()
	table.Rows[0].When[0] = "[5..1]"
	table.Rows[1].When[0] = `"A"`
	table.Rows[2].Then[0] = `"F"`
	table.Rows[3].Then[1] = `vale * 2`
	table.Rows[4].When = nil
	d := decl(t)
	d.Tables = []*rule.Table{table}
	_, err := rule.NewEnv(d)
	var problems rule.TableProblems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	same(t, got,
		"table fee_band row 1 column 1: nothing lies in this interval; write the smaller end first",
		`table fee_band row 2 column 1: "A" is a text, not a number`,
		`table fee_band row 3 column 2: no option "F"; the options are "A", "B", "C", "D", "E"`,
		"table fee_band row 4 column 3: there is nothing called vale; did you mean value?",
		"table fee_band row 5: this row has 0 tests and 2 results, the table has 1 inputs and 2 outputs; write - for a test that does not matter")
}

func TestTestsOfEveryType(t *testing.T) {
	for _, c := range []struct {
		typ   rule.Type
		text  string
		value rule.Value
		want  bool
	}{
		{rule.Number(), "-", dec("1"), true}, {rule.Number(), "-5", dec("-5"), true}, {rule.Number(), "(1..5]", dec("1"), false},
		{rule.Number(), "(1..5]", dec("5.0"), true}, {rule.Number(), "[1..5)", dec("5"), false}, {rule.Number(), "1, 3,[ 7 .. 9 ]", dec("8"), true},
		{rule.Number(), "not(1, 3)", dec("3"), false}, {rule.Number(), "[0.5..param.ten.fee]", dec("21"), true},
		{rule.Text(), `"a,b", 'c'`, "a,b", true}, {rule.Text(), `"a\"b"`, `a"b`, true}, {rule.Choice("x", "y"), `not("x")`, "y", true},
		{rule.Bool(), "true", false, false}, {rule.Date(), "< 2026-02-01", calendar.MustDate("2026-01-31"), true},
		{rule.Time(), "[09:00..17:30]", calendar.Clock(17*60 + 31), false},
	} {
		d := decl(t)
		d.Tables = []*rule.Table{{Name: "t", Inputs: []rule.Column{{Name: "put", Type: c.typ}}, Outputs: []rule.Field{{Name: "out", Type: rule.Bool()}},
			Hit: rule.First, Rows: []rule.Row{{When: []string{c.text}, Then: []string{"true"}}, {When: []string{"-"}, Then: []string{"false"}}}}}
		d.Vars = append(d.Vars, rule.Var{Name: "given", Type: c.typ})
		e, err := rule.NewEnv(d)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		p, problems := e.Compile("tables.t(given).out", rule.Bool())
		if p == nil {
			t.Fatal(problems)
		}
		in := values()
		in.Vars["given"] = c.value
		if got, _, err := p.Eval(context.Background(), in); err != nil || got != c.want {
			t.Errorf("%s on %v = %v, %v", c.text, c.value, got, err)
		}
	}
	for _, text := range []string{"", "5 6", "[1..5", "1..5", "< ", "[1,5]", "param.nope", "not(1", `"a"`, "1e3", "<5>", "not()", "[..]", "(", "param.", "param..5"} {
		d := decl(t)
		d.Tables = []*rule.Table{{Name: "t", Inputs: []rule.Column{{Name: "put", Type: rule.Number()}}, Outputs: []rule.Field{{Name: "out", Type: rule.Bool()}},
			Rows: []rule.Row{{When: []string{text}, Then: []string{"true"}}}}}
		if _, err := rule.NewEnv(d); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

// Whatever the table, what CheckTable says must agree with trying every input:
// numbers in halves (the bounds are whole), all choices, both truths.
func TestCheckTableAgreesWithTryingEverything(t *testing.T) {
	d := decl(t)
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Bool().Draw(t, "whole")
		table := &rule.Table{
			Name: "t",
			Inputs: []rule.Column{
				{Name: "n", Type: rule.Number(), Whole: whole, Min: dec("-1"), Max: dec("6")},
				{Name: "c", Type: rule.Choice("a", "b", "c")},
				{Name: "d", Type: rule.Date(), Min: calendar.MustDate("2026-01-01"), Max: calendar.MustDate("2026-01-04")},
				{Name: "b", Type: rule.Bool()},
			},
			Outputs: []rule.Field{{Name: "row", Type: rule.Number()}},
			Hit:     rapid.SampledFrom([]rule.Hit{rule.Unique, rule.First}).Draw(t, "hit"),
		}
		tests := [][]string{
			{"-", "< 2", ">= 2", "[0..3]", "(0..3)", "5", "not(1, 4)", "> 3, 0", "[-1..1]", "(1..6]"},
			{"-", `"a"`, `"b","c"`, `not("b")`},
			{"-", "2026-01-02", "<= 2026-01-02", "> 2026-01-02", "(2026-01-01..2026-01-04)"},
			{"-", "true", "false"},
		}
		for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
			var when []string
			for _, options := range tests {
				when = append(when, rapid.SampledFrom(options).Draw(t, "test"))
			}
			table.Rows = append(table.Rows, rule.Row{When: when, Then: []string{fmt.Sprint(i + 1)}})
		}
		d.Tables = []*rule.Table{table}
		e, err := rule.NewEnv(d)
		if err != nil {
			t.Fatal(err)
		}
		p, problems := e.Compile(`tables.t(rateable_value, title == "a" ? "a" : title == "b" ? "b" : "c", submitted, alcohol).row`, rule.Number())
		if p == nil {
			t.Fatal(problems)
		}
		want := tryEverything(t, p, whole)
		got := map[string]bool{}
		for _, q := range e.CheckTable("t", noParams) {
			switch {
			case strings.HasPrefix(q.Message, "no row for"):
				got["gap"] = true
				if _, ok := want[q.Message]; !ok {
					t.Fatalf("%s, but there is", q.Message)
				}
			case strings.Contains(q.Message, "both match"):
				pair, _, _ := strings.Cut(q.Message, " both")
				got[pair] = true
			case strings.Contains(q.Message, "never"):
				got[fmt.Sprintf("unused %d", q.Row)] = true
			default:
				t.Fatal(q)
			}
		}
		for i := range table.Rows {
			unused, used := got[fmt.Sprintf("unused %d", i+1)], want[fmt.Sprintf("used %d", i+1)]
			if unused && used || (table.Hit == rule.First && !unused && !used) {
				t.Fatalf("row %d: said unused %v, is used %v", i+1, unused, used)
			}
		}
		if got["gap"] != want["gap"] {
			t.Fatalf("a gap: said %v, is %v", got["gap"], want["gap"])
		}
		for key := range want {
			if strings.HasPrefix(key, "rows") && !got[key] {
				t.Fatalf("%s overlap was missed", key)
			}
		}
	})
}

// tryEverything evaluates a call for all inputs of the small domain. Overlaps
// are known only for the first two rows, which the error names.
func tryEverything(t *rapid.T, p *rule.Program, whole bool) map[string]bool {
	facts := map[string]bool{}
	step := money.Scaled(5, 1)
	if whole {
		step = money.NewDecimal(1)
	}
	for n := dec("-1"); n.Cmp(dec("6")) <= 0; n, _ = n.Add(step) {
		for _, c := range []string{"a", "b", "c"} {
			for day := range 4 {
				date, _ := calendar.MustDate("2026-01-01").AddDays(day)
				for _, b := range []bool{true, false} {
					v, _, err := p.Eval(context.Background(), rule.Values{Vars: map[string]rule.Value{"rateable_value": n, "title": c, "submitted": date, "alcohol": b}})
					var re *rule.Error
					switch {
					case err == nil:
						facts["used "+v.(money.Decimal).String()] = true
					case !errors.As(err, &re):
						t.Fatal(err)
					case re.Code == rule.NoRow:
						facts["gap"] = true
						facts[re.Cause.Error()] = true
					case re.Code == rule.ManyRows:
						pair, _, _ := strings.Cut(re.Cause.Error(), " both")
						facts[pair] = true
						var i, j int
						if _, err := fmt.Sscanf(pair, "rows %d and %d", &i, &j); err != nil {
							t.Fatal(err)
						}
						facts[fmt.Sprintf("used %d", i)], facts[fmt.Sprintf("used %d", j)] = true, true
					default:
						t.Fatal(err)
					}
				}
			}
		}
	}
	return facts
}
