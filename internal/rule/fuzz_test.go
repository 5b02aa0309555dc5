package rule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/rule"
)

// declared are the only reasons for which a checked rule may give no value when
// its input is of the declared types.
var declared = map[rule.Code]bool{
	rule.NoParam: true, rule.ZeroParam: true, rule.NoLookup: true, rule.NoRow: true, rule.ManyRows: true,
	rule.NumberTooBig: true, rule.DateTooFar: true, rule.NoCalendar: true, rule.TooMuchWork: true,
}

// anyValue draws a value of a type, the extremes included.
func anyValue(r *rand.Rand, t rule.Type) rule.Value {
	switch t.Kind() {
	case rule.NumberKind:
		return dec([]string{"0", "-1", "1", "0.5", "499", "33000.5", "-0.0001", "999999999999999999999999999999", "12", "1" + strings.Repeat("0", 290)}[r.IntN(10)])
	case rule.TextKind:
		return []string{"", "a", "Summer fête", "ﷺ\x00\xff", strings.Repeat("x", 500)}[r.IntN(5)]
	case rule.ChoiceKind:
		return t.Options()[r.IntN(len(t.Options()))]
	case rule.BoolKind:
		return r.IntN(2) == 0
	case rule.DateKind:
		return []calendar.Date{calendar.MinDate, calendar.MaxDate, calendar.MustDate("2026-02-28"), calendar.MustDate("2024-02-29"), calendar.MustDate("2026-12-31")}[r.IntN(5)]
	case rule.TimeKind:
		return calendar.Clock(r.IntN(1440))
	case rule.ListKind:
		list := []rule.Value{}
		for range r.IntN(4) {
			list = append(list, anyValue(r, t.Elem()))
		}
		return list
	case rule.RecordKind:
		rec := map[string]rule.Value{}
		for _, f := range t.Fields() {
			rec[f.Name] = anyValue(r, f.Type)
		}
		return rec
	case rule.OptionalKind:
		if r.IntN(2) == 0 {
			return nil
		}
		return anyValue(r, t.Elem())
	}
	panic("no such type")
}

// anyInput answers everything a declaration names, sometimes with the declared
// failures.
func anyInput(r *rand.Rand, d rule.Decl) rule.Values {
	in := rule.Values{Vars: map[string]rule.Value{}, Params: map[string]rule.Value{}}
	for _, v := range d.Vars {
		in.Vars[v.Name] = anyValue(r, v.Type)
	}
	for _, p := range d.Params {
		if r.IntN(8) > 0 {
			in.Params[p.Name] = anyValue(r, p.Type)
		}
	}
	fails := r.IntN(8) == 0
	answer := anyValue(r, d.Lookups[0].Result)
	in.Lookups = func(context.Context, string, []rule.Value) (rule.Value, error) {
		if fails {
			return nil, errors.New("down")
		}
		return answer, nil
	}
	return in
}

// holds checks the promise of the package for one expression: problems that
// point into the text, or values of the type told, twice the same, save for the
// declared errors.
func holds(t interface {
	Fatalf(string, ...any)
}, d rule.Decl, e *rule.Env, src string, seed uint64) bool {
	p, problems := e.Compile(src, rule.Type{})
	if p == nil {
		if len(problems) == 0 {
			t.Fatalf("%q: neither a program nor a problem", src)
		}
		for _, q := range problems {
			if q.Offset < 0 || q.Offset > len(src) || q.Line < 1 || q.Column < 1 || q.Message == "" {
				t.Fatalf("%q: %+v points nowhere", src, q)
			}
		}
		return false
	}
	fixed, constant := rule.Constant(p)
	r := rand.New(rand.NewPCG(seed, 7))
	for range 6 {
		in := anyInput(r, d)
		v, tr, err := p.Eval(context.Background(), in)
		again, tr2, err2 := p.Eval(context.Background(), in)
		if fmt.Sprint(err) != fmt.Sprint(err2) || len(tr) != len(tr2) || !rule.Equal(v, again) {
			t.Fatalf("%q gave %v, %v and then %v, %v", src, v, err, again, err2)
		}
		if plain, err2 := p.Value(context.Background(), in); fmt.Sprint(err) != fmt.Sprint(err2) || !rule.Equal(v, plain) {
			t.Fatalf("%q gave %v, %v and without a trace %v, %v", src, v, err, plain, err2)
		}
		var re *rule.Error
		if err != nil {
			if !errors.As(err, &re) || !declared[re.Code] {
				t.Fatalf("%q failed for an undeclared reason: %v", src, err)
			}
			continue
		}
		if err := rule.Check(v, p.Type()); err != nil {
			t.Fatalf("%q gave a value that is not of its type: %v", src, err)
		}
		if constant && !rule.Equal(v, fixed) {
			t.Fatalf("%q was told to be always %v, and is %v", src, fixed, v)
		}
		for _, l := range tr {
			root, _, _ := strings.Cut(l.Name, "[")
			if l.Kind == rule.VarRef {
				root, _, _ = strings.Cut(root, ".")
			}
			if !used(p, rule.Ref{Kind: l.Kind, Name: root}) {
				t.Fatalf("%q looked at %s, which Uses does not name", src, l.Name)
			}
		}
	}
	return true
}

func used(p *rule.Program, ref rule.Ref) bool {
	for _, u := range p.Uses() {
		if u == ref {
			return true
		}
	}
	return false
}

func FuzzCompileAndEval(f *testing.F) {
	for _, s := range []string{
		`expected_attendance <= param.ten_max_people && has(staff) && staff > 3`, `partners.all(p, has(p.left) ? p.left < submitted : p.age >= 18)`,
		`tables.fee_band(rateable_value).fee / param.zero`, `round(0.1 + div(1, staff.orValue(0), 2), 2) % 3`, `first(partners.map(p, p.name)).orValue(title) + "!"`,
		`add_working_days(submitted, expected_attendance) - months(3)`, `-1.50 - - -1`, "a\n== '\\u00e9' || é", `[[1], []].map(x, x.sum()).max()`, `"\xff`, `.alcohol`, "variant in [\"new\", \"ol\"]",
	} {
		f.Add(s, uint64(1))
	}
	d := decl(f)
	e := env(f)
	f.Fuzz(func(t *testing.T, src string, seed uint64) {
		if utf8.ValidString(src) {
			holds(t, d, e, src, seed)
		} else {
			e.Compile(src, rule.Type{})
		}
	})
}

// Random well-typed and nearly well-typed expressions reach further than
// random text.
func TestRandomExpressionsKeepThePromise(t *testing.T) {
	d := decl(t)
	e := env(t)
	compiled, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		src := grow(t, rapid.SampledFrom([]string{"num", "bool", "text", "date"}).Draw(t, "type"), 4)
		tried++
		if holds(t, d, e, src, rapid.Uint64().Draw(t, "seed")) {
			compiled++
		}
	})
	if compiled*2 < tried {
		t.Errorf("only %d of %d expressions compiled; this test has gone blind", compiled, tried)
	}
}

// Whatever guards a value that may be missing, the rule is refused or holds.
func TestRandomGuardsKeepThePromise(t *testing.T) {
	d := decl(t)
	e := env(t)
	compiled, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		guard := grow(t, "guard", 3)
		for _, form := range []string{"%s ? staff : 0", "%s ? 0 : staff", "%s && staff > 1", "%s || staff > 1", "!%s || staff > 1"} {
			tried++
			if holds(t, d, e, fmt.Sprintf(form, guard), rapid.Uint64().Draw(t, "seed")) {
				compiled++
			}
		}
	})
	if compiled < 50 || tried-compiled < 50 {
		t.Errorf("%d of %d compiled; this test has gone blind", compiled, tried)
	}
}

// shapes are ways to write an expression of a type; $num and the like stand for
// further expressions.
var shapes = map[string][]string{
	"guard": {"has(staff)", "alcohol", "!has(staff)", "staff.hasValue()", "has(holder_phone)", "($guard && $guard)", "($guard || $guard)", "!$guard", "($guard && $guard && $guard)", "($guard || $guard || $guard)"},
	"num": {
		"1", "0.1", "-2.50", "expected_attendance", "rateable_value", "param.ten_max_people", "param.gone", "param.zero",
		"($num + $num)", "($num - $num)", "($num * $num)", "$num / 3", "$num % param.zero", "$num / param.ten.fee", "div($num, $num, $num)",
		"round($num, 2)", "round_up($num, -1)", "min($num, $num)", "max($num, $num, $num)", "abs($num)", "size($text)", "staff.orValue($num)",
		"($bool ? $num : $num)", "(has(staff) ? staff : $num)", "(has(premises) ? premises.rateable_value : $num)", "partners.map(p, p.share).sum()",
		"partners.filter(p, p.age > $num && $bool).size()", "partners.map(p, p.age).min().orValue($num)", "days_between($date, $date)", "age_on($date, $date)",
		"working_days_between($date, $date)", "clear_working_days_between($date, $date)", "year($date)", "day($date)", "hours_between($date, opens, $date, opens)",
		"tables.fee_band($num).fee", "events_of($text)", "[$num, $num].distinct().size()", "tables.fee_band().fee",
	},
	"bool": {
		"true", "alcohol", "($bool && $bool)", "($bool || $bool)", "!$bool", "$num < $num", "$num == $num", "$date >= $date", "$text == $text", `variant == "new"`,
		`variant in ["new", "transfer"]`, "has(staff)", "(has(staff) && staff > $num)", "(!has(staff) || staff < $num)", "partners.all(p, p.age >= $num)",
		"partners.exists(p, has(p.left) && p.left < $date)", "activities.exists_one(a, a == \"food\" || $bool)", "$text.matches(\"^[a-z]+$\")", "$num in [$num, 1]",
		"$text.startsWith($text)", "opens < time(\"12:00\")", "is_working_day($date)", "weekday($date) == \"monday\"", "(has(premises) && has(premises.ward) && premises.ward == $text)",
	},
	"text": {
		`"a"`, `"é\n"`, "title", "($text + $text)", "holder_phone.orValue($text)", "activities.join($text)", "$text.upper()", "$text.trim()", "($bool ? $text : $text)",
		"first(partners.map(p, p.name + $text)).orValue($text)", "tables.fee_band($num).band", "partners.map(p, p.name).distinct().join($text)", "last(activities).orValue($text)",
	},
	"date": {
		"submitted", "event_start", `date("2026-02-28")`, "($date + days($num))", "($date - months($num))", "($date + years(1))", "add_working_days($date, $num)",
		"min($date, $date)", "(first(partners.filter(p, has(p.left)).map(p, p.left.orValue($date))).orValue($date))",
	},
}

func grow(t *rapid.T, typ string, depth int) string { return growFrom(t, shapes, typ, depth) }

// blank is a place in a shape for a further expression.
var blank = regexp.MustCompile(`\$(num|bool|text|date|list|guard)\b`)

// growFrom writes a random expression out of shapes; the first two of each kind
// have no blanks and end it.
func growFrom(t *rapid.T, shapes map[string][]string, typ string, depth int) string {
	options := shapes[typ]
	if depth == 0 {
		options = options[:2]
	}
	return blank.ReplaceAllStringFunc(rapid.SampledFrom(options).Draw(t, typ), func(name string) string {
		return growFrom(t, shapes, name[1:], depth-1)
	})
}

func FuzzTableTest(f *testing.F) {
	for _, s := range []string{"-", "< 5", "[1..5)", "not(1, 2)", `"a\"", 'b'`, "param.ten.fee..5", "[..]", "2026-01-01", "", "((", "param."} {
		f.Add(s)
	}
	d := decl(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range []rule.Type{rule.Number(), rule.Text(), rule.Choice("a", "b"), rule.Bool(), rule.Date(), rule.Time()} {
			d.Tables = []*rule.Table{{Name: "t", Inputs: []rule.Column{{Name: "x", Type: typ}}, Outputs: []rule.Field{{Name: "y", Type: rule.Number()}},
				Rows: []rule.Row{{When: []string{text}, Then: []string{"1"}}, {When: []string{"-"}, Then: []string{"2"}}}}}
			e, err := rule.NewEnv(d)
			if err != nil {
				continue
			}
			if found := e.CheckTable("t", values().Param); len(found) == 0 {
				t.Fatalf("%q: neither an overlap with the second row nor a row that never matches", text)
			}
		}
	})
}
