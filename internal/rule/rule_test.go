package rule_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a bare machine has no zones

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
)

func dec(s string) money.Decimal { return money.MustDecimal(s) }

var partner = rule.Record(
	rule.Field{Name: "name", Type: rule.Text()},
	rule.Field{Name: "age", Type: rule.Number()},
	rule.Field{Name: "share", Type: rule.Number()},
	rule.Field{Name: "left", Type: rule.Optional(rule.Date())},
)

// decl is the declaration most tests use; its values are in values.
func decl(t interface{ Fatal(...any) }) rule.Decl {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	k, err := calendar.New(calendar.Config{
		Zone: zone, Weekend: []time.Weekday{time.Saturday, time.Sunday},
		Holidays: []calendar.Holiday{{Date: calendar.MustDate("2026-05-25")}, {Date: calendar.MustDate("2026-08-31")}},
		From:     calendar.MustDate("2026-01-01"), Until: calendar.MustDate("2026-12-31"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return rule.Decl{
		Calendar: k,
		Vars: []rule.Var{
			{Name: "expected_attendance", Type: rule.Number()},
			{Name: "rateable_value", Type: rule.Number()},
			{Name: "variant", Type: rule.Choice("new", "renewal", "transfer")},
			{Name: "submitted", Type: rule.Date()},
			{Name: "event_start", Type: rule.Date()},
			{Name: "opens", Type: rule.Time()},
			{Name: "alcohol", Type: rule.Bool()},
			{Name: "title", Type: rule.Text()},
			{Name: "holder_phone", Type: rule.Optional(rule.Text())},
			{Name: "staff", Type: rule.Optional(rule.Number())},
			{Name: "premises", Type: rule.Optional(rule.Record(
				rule.Field{Name: "rateable_value", Type: rule.Number()},
				rule.Field{Name: "ward", Type: rule.Optional(rule.Text())}))},
			{Name: "partners", Type: rule.List(partner)},
			{Name: "activities", Type: rule.List(rule.Choice("music", "food", "sport"))},
		},
		Params: []rule.Var{
			{Name: "ten_max_people", Type: rule.Number()},
			{Name: "ten.fee", Type: rule.Number()},
			{Name: "zero", Type: rule.Number()},
			{Name: "gone", Type: rule.Number()},
		},
		Lookups: []rule.Lookup{{Name: "events_of", Args: []rule.Type{rule.Text()}, Result: rule.Number()}},
		Tables:  []*rule.Table{feeBand()},
	}
}

// feeBand is the table of premises licence fees: Licensing Act 2003 (Fees)
// Regulations 2005 (SI 2005/79), schedules 1 and 2, without the multipliers.
func feeBand() *rule.Table {
	return &rule.Table{
		Name:    "fee_band",
		Inputs:  []rule.Column{{Name: "value", Type: rule.Number(), Source: "rateable_value", Min: dec("0"), Whole: true}},
		Outputs: []rule.Field{{Name: "band", Type: rule.Choice("A", "B", "C", "D", "E")}, {Name: "fee", Type: rule.Number()}},
		Rows: []rule.Row{
			{When: []string{"<= 4300"}, Then: []string{`"A"`, "100"}},
			{When: []string{"[4301..33000]"}, Then: []string{`"B"`, "190"}},
			{When: []string{"[33001..87000]"}, Then: []string{`"C"`, "315"}},
			{When: []string{"[87001..125000]"}, Then: []string{`"D"`, "450"}},
			{When: []string{"> 125000"}, Then: []string{`"E"`, "635"}},
		},
	}
}

func values() rule.Values {
	return rule.Values{
		Vars: map[string]rule.Value{
			"expected_attendance": dec("499"), "rateable_value": dec("33001"), "variant": "new",
			"submitted": calendar.MustDate("2026-06-01"), "event_start": calendar.MustDate("2026-06-16"),
			"opens": calendar.Clock(18 * 60), "alcohol": true, "title": "Summer fête", "staff": dec("4"),
			"premises": map[string]rule.Value{"rateable_value": dec("4300"), "ward": nil},
			"partners": []rule.Value{
				map[string]rule.Value{"name": "Ann", "age": dec("40"), "share": dec("0.1"), "left": nil},
				map[string]rule.Value{"name": "Bo", "age": dec("17"), "share": dec("0.2"), "left": calendar.MustDate("2026-02-01")},
			},
			"activities": []rule.Value{"music", "food"},
		},
		Params:  map[string]rule.Value{"ten_max_people": dec("499"), "ten.fee": dec("21"), "zero": dec("0")},
		Lookups: func(_ context.Context, name string, args []rule.Value) (rule.Value, error) { return dec("3"), nil },
	}
}

func env(t interface{ Fatal(...any) }) *rule.Env {
	e, err := rule.NewEnv(decl(t))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEvaluation(t *testing.T) {
	e := env(t)
	for src, want := range map[string]rule.Value{
		`expected_attendance <= param.ten_max_people`:                  true,
		`clear_working_days_between(submitted, event_start) >= 10`:     true,
		`working_days_between(submitted, event_start)`:                 dec("11"),
		`tables.fee_band(rateable_value).fee`:                          dec("315"),
		`tables.fee_band().band == "C"`:                                true,
		`has(premises) ? premises.rateable_value : 0`:                  dec("4300"),
		`has(premises) && premises.rateable_value == 4300.00`:          true,
		`!has(premises) || premises.rateable_value > 1`:                true,
		`partners.all(p, p.age >= 18)`:                                 false,
		`partners.exists_one(p, p.age >= 18)`:                          true,
		`partners.exists_one(p, p.age > 1)`:                            false,
		`partners.map(p, p.share).sum()`:                               dec("0.3"),
		`partners.map(p, p.share).sum() == 0.3`:                        true,
		`partners.filter(p, has(p.left) && p.left < submitted).size()`: dec("1"),
		`partners.map(p, p.age).max().orValue(0)`:                      dec("40"),
		`first(partners.map(p, p.name)).orValue("none") + "!"`:         "Ann!",
		`variant == "new" ? "a" : "b"`:                                 "a",
		`variant in ["new", "transfer"]`:                               true,
		`"music" in activities && !("sport" in activities)`:            true,
		`holder_phone.orValue("")`:                                     "",
		`has(holder_phone)`:                                            false,
		`0.1 + 0.2`:                                                    dec("0.3"),
		`-1.50 - -1`:                                                   dec("-0.5"),
		`round(2.345, 2)`:                                              dec("2.35"),
		`round_half_even(2.345, 2)`:                                    dec("2.34"),
		`round_up(2.01) + round_down(2.99)`:                            dec("5"),
		`round(1250, -2)`:                                              dec("1300"),
		`10 / 4`:                                                       dec("2.5"),
		`1 / 3`:                                                        dec("0.3333333333333333333333333333333333"),
		`7 % 4 + div(1, staff.orValue(0) - 4, 99)`:                     dec("102"),
		`expected_attendance / param.ten.fee`:                          dec("23.76190476190476190476190476190476"),
		`min(3, 1, 2) + max(3, 1) + abs(-2)`:                           dec("6"),
		`submitted + days(3)`:                                          calendar.MustDate("2026-06-04"),
		`date("2026-01-31") + months(1)`:                               calendar.MustDate("2026-02-28"),
		`date("2024-02-29") - years(1)`:                                calendar.MustDate("2023-02-28"),
		`add_working_days(submitted, -6)`:                              calendar.MustDate("2026-05-21"),
		`days_between(submitted, event_start)`:                         dec("15"),
		`age_on(date("2008-06-02"), submitted) < 18`:                   true,
		`year(submitted) * 100 + month(submitted) + day(submitted)`:    dec("202607"),
		`weekday(submitted) == "monday"`:                               true,
		`hours_between(submitted, opens, event_start, time("02:00"))`:  dec("344"),
		`opens >= time("17:59")`:                                       true,
		`size(title)`:                                                  dec("11"),
		`title.lower().startsWith("summer") && title.matches("f.te$")`: true,
		`activities.join(", ").upper()`:                                "MUSIC, FOOD",
		`events_of(title) < 20 && alcohol`:                             true,
		`[1, 2, 2].distinct().size()`:                                  dec("2"),
		`size([]) == 0`:                                                true,
	} {
		p, problems := e.Compile(src, rule.Type{})
		if len(problems) > 0 {
			t.Errorf("%s: %v", src, problems)
			continue
		}
		got, _, err := p.Eval(context.Background(), values())
		if err != nil || !rule.Equal(got, want) {
			t.Errorf("%s = %v, %v; want %v", src, got, err, want)
		}
	}
}

func TestProblemsSayWhatToWrite(t *testing.T) {
	e := env(t)
	for src, want := range map[string]string{
		``:                           "nothing here",
		`staff > 3`:                  "1:1: staff may be missing; write staff.orValue(…) to say what to take instead, or ask first: has(staff) && …",
		`premises.rateable_value`:    "has(premises)",
		`staff.value() > 3`:          "value() is not used here",
		`has(staff) || staff > 3`:    "staff may be missing",
		`variant == "nwe"`:           `variant has no option "nwe"; did you mean "new"?`,
		`"nwe" == variant`:           `did you mean "new"?`,
		`variant in ["new", "olde"]`: `no option "olde"`,
		`expected_atendance > 1`:     "there is nothing called expected_atendance; did you mean expected_attendance?",
		`param.ten_max_peple`:        "did you mean ten_max_people?",
		`tables.fee_bnd(1).fee`:      "did you mean fee_band?",
		`tables.fee_band(1).fees`:    "did you mean fee?",
		`working_day_between(submitted, event_start)`: "did you mean working_days_between?",
		`1 / expected_attendance`:                     "write div(",
		`1 / 0`:                                       "divided by 0",
		`1 / -0.0`:                                    "divided by 0",
		`partners[0].name`:                            "first(list)",
		`event_start - submitted`:                     "days_between",
		`submitted + 3`:                               "days(3)",
		`submitted == "2026-01-01"`:                   `date("2026-01-31")`,
		`date("2026-02-30")`:                          "there is no such date",
		`date(title)`:                                 "quotation marks",
		`title < "b"`:                                 "no order",
		`alcohol = true`:                              "write ==",
		`alcohol and alcohol`:                         "write &&",
		`1 +`:                                         "stops too early",
		`title + 1`:                                   "means nothing",
		`1e3`:                                         "not how numbers are written",
		`0x10`:                                        "not how numbers are written",
		`null`:                                        "null is not used",
		`{"a": 1}`:                                    "records cannot be written out",
		`partners.all(p, p.age)`:                      "all needs yes or no",
		`partners.all(title, true)`:                   "already means something",
		`partners.map(p, q)`:                          "nothing called q",
		`round(1.5, expected_attendance)`:             "must be written out",
		`title.matches("(")`:                          "pattern cannot be read",
		`alcohol ? 1 : "a"`:                           "one way gives a number",
		`partners.share.sum()`:                        ".map(x, x.share)",
		`"a`:                                          "does not end",
		strings.Repeat("(", 200) + "1":                "nested",
		`[1, "a"]`:                                    "one kind of thing",
		`round()`:                                     "round takes 1 to 2 values, here it gets 0",
		strings.Repeat("1+", 1500) + "1":              "strung together",
		strings.Repeat("1+", 6000) + "1":              "too long",
		`activities.contains("food")`:                 "write value in list",
		`.alcohol`:                                    "did you mean alcohol?",
		"9" + strings.Repeat("9", 30):                 "too long",
		`age_on`:                                      "age_on is a function",
	} {
		p, problems := e.Compile(src, rule.Type{})
		if p != nil {
			t.Errorf("%s was accepted", src)
			continue
		}
		var all []string
		for _, q := range problems {
			all = append(all, q.String())
		}
		if got := strings.Join(all, "\n"); !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant %s", src, got, want)
		}
	}
}

func TestAllProblemsComeAtOnceWithTheirPlace(t *testing.T) {
	_, problems := env(t).Compile("variant == \"nwe\" &&\n  é > 1 || staff > 2", rule.Bool())
	if len(problems) == 0 {
		t.Fatal("accepted")
	}
	_, problems = env(t).Compile("variant == \"nwe\" &&\n  foo > 1 || staff > 2", rule.Bool())
	if len(problems) != 3 || problems[1].Line != 2 || problems[1].Column != 3 || problems[1].Offset != 22 || problems[2].Column != 14 {
		t.Errorf("%+v", problems)
	}
}

func TestATableCannotFeedItself(t *testing.T) {
	d := decl(t)
	d.Tables[0].Inputs[0].Source = "tables.fee_band().fee"
	e, err := rule.NewEnv(d)
	if err != nil {
		t.Fatal(err)
	}
	if p, problems := e.Compile("tables.fee_band().fee", rule.Number()); p != nil || !strings.Contains(problems[0].Message, "no table called fee_band") {
		t.Error(problems)
	}
}

func TestDeclaredErrors(t *testing.T) {
	e := env(t)
	big := strings.Repeat("9", 17)
	for src, want := range map[string]rule.Code{
		`param.gone + 1`:                          rule.NoParam,
		`1 / param.zero`:                          rule.ZeroParam,
		`tables.fee_band(-0.5).fee * 1`:           "",
		`tables.fee_band(4300.5).fee`:             rule.NoRow,
		`submitted + years(9000)`:                 rule.DateTooFar,
		`submitted + years(4611686018427387904)`:  rule.DateTooFar, // twelve times that goes round to nothing
		`submitted - months(9223372036854775807)`: rule.DateTooFar,
		`submitted + months(-4000000)`:            rule.DateTooFar,
		`submitted + days(1` + big + ` * 10)`:     rule.DateTooFar,
		`add_working_days(submitted, 400)`:        rule.NoCalendar,
		strings.Repeat(big+"*", 20) + big:         rule.NumberTooBig,
	} {
		p, problems := e.Compile(src, rule.Type{})
		if p == nil {
			t.Errorf("%s: %v", src, problems)
			continue
		}
		_, _, err := p.Eval(context.Background(), values())
		var re *rule.Error
		if want == "" && err == nil {
			continue
		}
		if !errors.As(err, &re) || re.Code != want {
			t.Errorf("%s: %v, want %s", src, err, want)
		}
	}
}
