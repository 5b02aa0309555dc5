package assess_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

func day(s string) calendar.Date { return calendar.MustDate(s) }

func plus(t testing.TB, d calendar.Date, n int) calendar.Date {
	t.Helper()
	d, err := d.AddDays(n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// home is an input for council tax: a dwelling in a band for a year.
func home(t testing.TB, band, from string) assess.Input {
	t.Helper()
	x := taxes(t)["council-tax"]
	p, err := x.Period(day(from))
	if err != nil {
		t.Fatal(err)
	}
	return assess.Input{Tax: x, Period: p, Liable: p, Object: assess.Object{
		Key: "D1", Label: "1 High Street", States: []assess.State{{Fields: map[string]rule.Value{"band": band}}},
	}}
}

func mustAssess(t testing.TB, in assess.Input) *assess.Assessment {
	t.Helper()
	a, err := assess.Assess(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestWhatIsStoredComesToTheSame marshals random inputs and assesses them again, under the pinned definition.
func TestWhatIsStoredComesToTheSame(t *testing.T) {
	all := taxes(t)
	r := rand.New(rand.NewPCG(3, 4))
	for name, x := range all {
		pinned, problems := service.LoadPinned(x.Sources())
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for n := range 20 {
			in := levy(t, all["visitor-levy"], map[string]any{"nights": money.NewDecimal(int64(r.IntN(900))), "exempt": money.NewDecimal(0)})
			if name != "visitor-levy" {
				in = random(t, x, r)
			}
			first := mustAssess(t, in)
			stored, err := first.Input.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			again, err := assess.Unmarshal(pinned.Taxes[0], stored)
			if err != nil {
				t.Fatal(err)
			}
			second := mustAssess(t, again)
			if second.Total != first.Total || len(second.Segments) != len(first.Segments) || !same(first.Values, second.Values) {
				t.Errorf("%s %d: %s became %s", name, n, first.Total, second.Total)
			}
			if twice, err := again.Marshal(); err != nil || string(twice) != string(stored) {
				t.Errorf("%s %d: stored again it differs:\n%s\n%s", name, n, stored, twice)
			}
		}
	}
	if _, err := assess.Unmarshal(all["business-rates"], mustMarshal(t, home(t, "C", "2026-04-01"))); !errors.Is(err, assess.ErrInput) {
		t.Errorf("an input of another tax is read: %v", err)
	}
}

func same(a, b map[string]rule.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for id, v := range a {
		if !rule.Equal(v, b[id]) {
			return false
		}
	}
	return true
}

func mustMarshal(t *testing.T, in assess.Input) []byte {
	t.Helper()
	b, err := in.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func levy(t testing.TB, x *service.Tax, declared map[string]any) assess.Input {
	t.Helper()
	p, err := x.Period(day("2026-07-15"))
	if err != nil {
		t.Fatal(err)
	}
	return assess.Input{Tax: x, Period: p, Liable: p, Declared: process.TypedFrom(x.Rules, declared), Object: assess.Object{
		Key: "H1", States: []assess.State{{Fields: map[string]rule.Value{"rooms": money.NewDecimal(20)}}},
	}}
}

// TestADeclarationIsRefused where it is incomplete or wrong, with the questions at fault; and it cannot say what
// is known already.
func TestADeclarationIsRefused(t *testing.T) {
	x := taxes(t)["visitor-levy"]
	_, err := assess.Assess(t.Context(), levy(t, x, map[string]any{"nights": money.NewDecimal(5000)}))
	var refused *assess.Refused
	var fields fault.Fields
	if !errors.As(err, &refused) || !errors.As(err, &fields) || fault.KindOf(err) != fault.Invalid {
		t.Fatal(err)
	}
	got := []string{refused.Errors[0].Path, refused.Errors[1].Path}
	if !slices.Equal(got, []string{"nights", "exempt"}) {
		t.Errorf("refused: %v", got)
	}
	in := levy(t, x, map[string]any{"nights": money.NewDecimal(700), "exempt": money.NewDecimal(0)})
	in.Declared.Set("hotel", "H9")
	if a := mustAssess(t, in); a.Total.Minor != 137200 {
		t.Errorf("%s", a.Total)
	}
	out := home(t, "C", "2026-04-01")
	out.Declared.Set("single_adult", "yes")
	out.Declared.Set("empty_since-day", "2020-01-01")
	if a := mustAssess(t, out); a.Total.Minor != 168307 {
		t.Errorf("a fact was slipped in: %s", a.Total)
	}
}

// TestInputsThatDoNotFit are refused, and none panics.
func TestInputsThatDoNotFit(t *testing.T) {
	for what, change := range map[string]func(*assess.Input){
		"no period":            func(in *assess.Input) { in.Period.Until = plus(t, in.Period.Until, -1) },
		"liable before it":     func(in *assess.Input) { in.Liable.From = plus(t, in.Period.From, -1) },
		"liable never":         func(in *assess.Input) { in.Liable.Until = plus(t, in.Liable.From, -1) },
		"unknown fact":         func(in *assess.Input) { in.Facts = []assess.Fact{{ID: "no", Value: true}} },
		"fact of another type": func(in *assess.Input) { in.Facts = []assess.Fact{{ID: "single_adult", Value: "yes"}} },
		"no record":            func(in *assess.Input) { in.Object.States = nil },
		"field of another type": func(in *assess.Input) {
			in.Object.States = []assess.State{{Fields: map[string]rule.Value{"band": money.NewDecimal(1)}}}
		},
	} {
		in := home(t, "C", "2026-04-01")
		change(&in)
		if _, err := assess.Assess(t.Context(), in); !errors.Is(err, assess.ErrInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
	in := home(t, "C", "2026-04-01")
	in.Object.States = append(in.Object.States, assess.State{From: day("2026-06-01")})
	if _, err := assess.Assess(t.Context(), in); !errors.Is(err, assess.ErrObject) {
		t.Errorf("an empty field: %v", err)
	}
	if _, err := assess.Assess(t.Context(), home(t, "C", "2024-04-01")); !errors.Is(err, assess.ErrRate) {
		t.Errorf("a year without a rate: %v", err)
	}
}

// TestSumsBeyondWhatCanBeBooked have an outcome of their own.
func TestSumsBeyondWhatCanBeBooked(t *testing.T) {
	x := taxes(t)["business-rates"]
	p, err := x.Period(day("2026-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	for digits, want := range map[string]error{"999999999999999999": assess.ErrTooLarge, "9" + fmt.Sprintf("%0290d", 9): assess.ErrCharge} {
		in := assess.Input{Tax: x, Period: p, Liable: p, Object: assess.Object{Key: "P", States: []assess.State{{
			Fields: map[string]rule.Value{"rateable_value": money.MustDecimal(digits)},
		}}}}
		if _, err := assess.Assess(t.Context(), in); !errors.Is(err, want) && !errors.Is(err, assess.ErrTooLarge) {
			t.Errorf("%d digits: %v", len(digits), err)
		}
	}
}

// TestWhatIsCarried is the value as it stood on the last day.
func TestWhatIsCarried(t *testing.T) {
	x := taxes(t)["business-rates"]
	p, err := x.Period(day("2025-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	in := assess.Input{Tax: x, Period: p, Liable: p, Object: assess.Object{Key: "P", States: []assess.State{
		{Fields: map[string]rule.Value{"rateable_value": money.NewDecimal(60_000)}},
		{From: day("2025-10-01"), Fields: map[string]rule.Value{"rateable_value": money.NewDecimal(20_000)}},
	}}}
	first := mustAssess(t, in)
	if want := map[string]rule.Value{"last_year": money.NewDecimal(9980)}; !same(first.Carry(), want) {
		t.Fatalf("carried %v", first.Carry())
	}
	if in.Period, err = x.After(p); err != nil {
		t.Fatal(err)
	}
	in.Liable, in.Carried = in.Period, first.Carry()
	in.Object.States = []assess.State{{Fields: map[string]rule.Value{"rateable_value": money.NewDecimal(40_000)}}}
	second := mustAssess(t, in)
	if second.Total.Minor != 1147700 { // 9980 and 15 per cent, less than 40000 × 0.432
		t.Errorf("%s", second.Total)
	}
	if got := second.Items[1]; got.Charge.ID != "transition" || got.Amount.Minor != 1147700-1728000 {
		t.Errorf("%s %s", got.Charge.ID, got.Amount)
	}
}

// TestReasonsReachTheLaw follows a line to the figure, its source and the fact.
func TestReasonsReachTheLaw(t *testing.T) {
	in := home(t, "C", "2026-04-01")
	in.Facts = []assess.Fact{{ID: "single_adult", From: day("2026-07-01"), Value: true}}
	a := mustAssess(t, in)
	if len(a.Segments) != 2 || a.Segments[1].From != day("2026-07-01") {
		t.Fatalf("%d stretches", len(a.Segments))
	}
	var met []string
	var walk func(x *process.Explained)
	walk = func(x *process.Explained) {
		met = append(met, x.Kind+" "+x.ID)
		for _, b := range x.Because() {
			walk(b)
		}
	}
	walk(a.Segments[1].Lines[0].Why)
	for _, want := range []string{"fee band", "value full", "param band_d", "answer dwelling.band"} {
		if !slices.Contains(met, want) {
			t.Errorf("the reasons %v do not name %s", met, want)
		}
	}
}

// TestReadFact reads what a form sends for one fact.
func TestReadFact(t *testing.T) {
	x := taxes(t)["council-tax"]
	for typed, want := range map[string]any{"yes": true, "no": false, "maybe": nil, "": nil} {
		v, wrong, err := assess.ReadFact(t.Context(), x, "single_adult", process.Typed{Fields: map[string][]string{"single_adult": {typed}, "adapted": {"x"}}}, day("2026-04-01"))
		if err != nil || !reflect.DeepEqual(v, want) || (len(wrong) > 0) != (want == nil) {
			t.Errorf("%q is %v, %v, %v", typed, v, wrong, err)
		}
	}
	if v, _, err := assess.ReadFact(t.Context(), x, "empty_since", process.Typed{Fields: map[string][]string{"empty_since-day": {"2026-01-02"}}}, day("2026-04-01")); err != nil || v != day("2026-01-02") {
		t.Errorf("%v, %v", v, err)
	}
	if _, _, err := assess.ReadFact(t.Context(), x, "no", process.Typed{}, day("2026-04-01")); !errors.Is(err, assess.ErrInput) {
		t.Errorf("an unknown fact: %v", err)
	}
}

// FuzzUnmarshal reads any bytes as a stored input: what is read can be stored again, and nothing panics.
func FuzzUnmarshal(f *testing.F) {
	in := home(f, "C", "2026-04-01")
	in.Facts = []assess.Fact{{ID: "empty_since", From: day("2026-05-01"), Value: day("2026-05-01")}, {ID: "adapted", From: day("2026-05-01")}}
	stored, err := in.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stored)
	f.Fuzz(func(t *testing.T, b []byte) {
		read, err := assess.Unmarshal(in.Tax, b)
		if err != nil {
			return
		}
		if _, err := assess.Assess(t.Context(), read); err != nil {
			return
		}
		again, err := read.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := assess.Unmarshal(in.Tax, again); err != nil || !same(twice.Object.States[0].Fields, read.Object.States[0].Fields) {
			t.Fatalf("what was read cannot be stored: %v", err)
		}
	})
}

func BenchmarkAssess(b *testing.B) {
	plain := home(b, "C", "2026-04-01")
	changed := home(b, "C", "2026-04-01")
	changed.Facts = []assess.Fact{{ID: "single_adult", From: day("2026-07-01"), Value: true}}
	rates := random(b, taxes(b)["business-rates"], rand.New(rand.NewPCG(5, 6)))
	rates.Facts = nil
	for name, in := range map[string]assess.Input{"council tax": plain, "council tax with a change": changed, "business rates": rates} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := assess.Assess(context.Background(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
