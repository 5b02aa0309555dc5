package rule_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/rule"
)

// looks writes a trace as "name=value" with spaces between.
func looks(tr rule.Trace) string {
	var out []string
	for _, l := range tr {
		s := fmt.Sprintf("%s=%v", l.Name, l.Value)
		switch l.Kind {
		case rule.TableRef:
			s = fmt.Sprintf("%s%v#%d", l.Name, l.Args, l.Row)
		case rule.LookupRef:
			s = fmt.Sprintf("%s%v=%v", l.Name, l.Args, l.Value)
		case rule.ParamRef:
			s = "param." + s
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestTraceNamesWhatWasLookedAtAndNothingElse(t *testing.T) {
	e := env(t)
	for src, want := range map[string]string{
		`alcohol || expected_attendance > 5`:                          "alcohol=true",
		`!alcohol && expected_attendance > 5`:                         "alcohol=true",
		`expected_attendance <= param.ten_max_people`:                 "expected_attendance=499 param.ten_max_people=499",
		`has(premises) ? premises.rateable_value : param.ten.fee`:     "premises=map[rateable_value:4300 ward:<nil>] premises.rateable_value=4300",
		`has(staff) && has(holder_phone)`:                             "staff=4 holder_phone=<nil>",
		`tables.fee_band(rateable_value).fee + rateable_value`:        "rateable_value=33001 fee_band[33001]#3",
		`events_of(title) + events_of("Summer " + "fête")`:            "title=Summer fête events_of[Summer fête]=3",
		`activities.exists(a, a == "music")`:                          "activities=[music food] activities[0]=music",
		`expected_attendance > 1 ? variant == "new" : opens > opens`:  "expected_attendance=499 variant=new",
		`holder_phone.orValue(title)`:                                 "holder_phone=<nil> title=Summer fête",
		`partners.map(p, p).filter(p, p.age > 17).size() > 0 && true`: "", // compared below
	} {
		p, problems := e.Compile(src, rule.Type{})
		if p == nil {
			t.Errorf("%s: %v", src, problems)
			continue
		}
		_, tr, err := p.Eval(context.Background(), values())
		if got := looks(tr); err != nil || (want != "" && got != want) {
			t.Errorf("%s looked at\n%s, %v; want\n%s", src, got, err, want)
		}
	}
}

func TestTraceGivesThePathOfAListItem(t *testing.T) {
	p, problems := env(t).Compile(`partners.all(p, p.age >= 18 && p.share > 0)`, rule.Bool())
	if p == nil {
		t.Fatal(problems)
	}
	_, tr, err := p.Eval(context.Background(), values())
	var names []string
	for _, l := range tr {
		names = append(names, l.Name)
	}
	if got := strings.Join(names, " "); err != nil || got != "partners partners[0].age partners[0].share partners[1].age" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestUses(t *testing.T) {
	d := decl(t)
	d.Tables[0].Rows[0].Then[1] = "param.ten.fee"
	e, err := rule.NewEnv(d)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := e.Compile(`tables.fee_band().fee + events_of(title) + (alcohol ? param.zero : 0)`, rule.Number())
	if p == nil {
		t.Fatal(problems)
	}
	var got []string
	for _, r := range p.Uses() {
		got = append(got, string(r.Kind)+" "+r.Name)
	}
	want := "lookup events_of, param ten.fee, param zero, table fee_band, var alcohol, var rateable_value, var title"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

func TestOutputsOfATableSeeItsInputsOnly(t *testing.T) {
	d := decl(t)
	d.Tables = []*rule.Table{{
		Name: "twice", Inputs: []rule.Column{{Name: "rateable_value", Type: rule.Number()}},
		Outputs: []rule.Field{{Name: "out", Type: rule.Number()}},
		Rows:    []rule.Row{{When: []string{"-"}, Then: []string{"rateable_value * param.ten.fee"}}},
	}}
	e, err := rule.NewEnv(d)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := e.Compile(`rateable_value + tables.twice(expected_attendance).out + param.ten.fee`, rule.Number())
	if p == nil {
		t.Fatal(problems)
	}
	v, tr, err := p.Eval(context.Background(), values())
	if err != nil || !rule.Equal(v, dec("43501")) { // 33001 + 499×21 + 21
		t.Error(v, err)
	}
	if got := looks(tr); got != "rateable_value=33001 expected_attendance=499 param.ten.fee=21 twice[499]#1" {
		t.Error(got)
	}
}

func TestWithDeclaresAnew(t *testing.T) {
	e := env(t)
	if p, _ := e.Compile("staff > 3", rule.Bool()); p != nil {
		t.Fatal("staff was taken as present")
	}
	p, problems := e.With(rule.Var{Name: "staff", Type: rule.Number()}, rule.Var{Name: "extra", Type: rule.Bool()}).Compile("staff > 3 || extra", rule.Bool())
	if p == nil {
		t.Fatal(problems)
	}
	if v, _, err := p.Eval(context.Background(), values()); err != nil || v != true {
		t.Error(v, err)
	}
	if _, ok := e.VarType("extra"); ok {
		t.Error("With changed its environment")
	}
}

func TestConstant(t *testing.T) {
	e := env(t)
	for src, want := range map[string]rule.Value{
		`1 + 1 == 2`: true,
		`variant == "new" && variant == "renewal"`:            false,
		`variant != "new" || variant != "renewal"`:            true,
		`expected_attendance > 5 && (alcohol && !alcohol)`:    false,
		`variant in ["new", "renewal", "transfer"]`:           true,
		`(alcohol ? 1 : 1) + 1`:                               dec("2"),
		`expected_attendance > 5`:                             nil,
		`variant == "new"`:                                    nil,
		`alcohol || param.zero > 1`:                           nil,
		`alcohol || !alcohol || tables.fee_band(1).fee > 100`: true,
		`has(staff) && !has(staff)`:                           nil, // a number: not tried
	} {
		p, problems := e.Compile(src, rule.Type{})
		if p == nil {
			t.Errorf("%s: %v", src, problems)
			continue
		}
		got, ok := rule.Constant(p)
		if ok != (want != nil) || (ok && !rule.Equal(got, want)) {
			t.Errorf("%s: %v, %v; want %v", src, got, ok, want)
		}
	}
}

func TestBadInputIsAnErrorAndNoPanic(t *testing.T) {
	e := env(t)
	for src, broken := range map[string]rule.Values{
		"expected_attendance > 1":             {Vars: map[string]rule.Value{"expected_attendance": 7}},
		"alcohol":                             {},
		`variant == "new"`:                    {Vars: map[string]rule.Value{"variant": "newer"}},
		"submitted < submitted":               {Vars: map[string]rule.Value{"submitted": calendar.Date{}}},
		"partners.all(p, p.age > 1)":          {Vars: map[string]rule.Value{"partners": []rule.Value{map[string]rule.Value{"age": nil}}}},
		"opens > opens":                       {Vars: map[string]rule.Value{"opens": calendar.Clock(1440)}},
		"activities.exists(a, a == \"food\")": {Vars: map[string]rule.Value{"activities": []string{"food"}}},
	} {
		p, problems := e.Compile(src, rule.Bool())
		if p == nil {
			t.Fatal(problems)
		}
		var re *rule.Error
		if v, _, err := p.Eval(context.Background(), broken); !errors.As(err, &re) || re.Code != rule.BadInput || fault.KindOf(err) != fault.Internal {
			t.Errorf("%s gave %v, %v", src, v, err)
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	e := env(t)
	in := values()
	many := make([]rule.Value, 2_000)
	for i := range many {
		many[i] = "music"
	}
	in.Vars["activities"] = many
	p, problems := e.Compile(`activities.all(a, activities.all(b, a == b))`, rule.Bool())
	if p == nil {
		t.Fatal(problems)
	}
	var re *rule.Error
	if _, _, err := p.Eval(context.Background(), in); !errors.As(err, &re) || re.Code != rule.TooMuchWork {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := p.Eval(ctx, in); !errors.As(err, &re) || re.Code != rule.Cancelled || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if p, _ := e.Compile(`activities.all(a, activities.all(b, activities.all(c, activities.all(d, a == d))))`, rule.Bool()); p != nil {
		t.Error("four lists deep was accepted")
	}
}

func TestRegistersThatDoNotAnswer(t *testing.T) {
	p, problems := env(t).Compile(`events_of(title) < 3`, rule.Bool())
	if p == nil {
		t.Fatal(problems)
	}
	in := values()
	for cause, want := range map[error]fault.Kind{errors.New("broken pipe"): fault.Unavailable, fault.NewForbidden("x"): fault.Forbidden} {
		in.Lookups = func(context.Context, string, []rule.Value) (rule.Value, error) { return nil, cause }
		var re *rule.Error
		if _, _, err := p.Eval(context.Background(), in); !errors.As(err, &re) || re.Code != rule.NoLookup || fault.KindOf(err) != want {
			t.Error(err)
		}
	}
}

func TestOneProgramServesManyAtOnce(t *testing.T) {
	e := env(t)
	p, problems := e.Compile(`partners.map(p, p.share).sum() + tables.fee_band().fee + events_of(title)`, rule.Number())
	if p == nil {
		t.Fatal(problems)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if v, _, err := p.Eval(context.Background(), values()); err != nil || !rule.Equal(v, dec("318.3")) {
					t.Error(v, err)
				}
				if _, problems := e.Compile(`variant == "new" && has(staff)`, rule.Bool()); problems != nil {
					t.Error(problems)
				}
			}
		})
	}
	wg.Wait()
}

func TestEveryFunctionIsDescribed(t *testing.T) {
	for _, f := range rule.Functions() {
		if f.Usage == "" || f.Doc == "" || !strings.Contains(f.Usage, f.Name) {
			t.Errorf("%+v", f)
		}
	}
}
