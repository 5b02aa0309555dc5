package assess_test

import (
	"math/rand/v2"
	"testing"

	"stoa/internal/assess"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// random is an input with facts, states and days that come from a generator.
func random(t testing.TB, x *service.Tax, r *rand.Rand) assess.Input {
	t.Helper()
	p, err := x.Period(plus(t, day("2025-04-01"), r.IntN(730)))
	if err != nil {
		t.Fatal(err)
	}
	in := assess.Input{Tax: x, Period: p, Liable: p}
	if r.IntN(2) == 0 {
		from := plus(t, p.From, r.IntN(p.Days()))
		in.Liable = assess.Span{From: from, Until: plus(t, from, r.IntN(from.DaysUntil(p.Until)+1))}
	}
	in.Object.Key = "X"
	for i := range 1 + r.IntN(3) {
		s := assess.State{Fields: map[string]rule.Value{
			"band": string(rune('A' + r.IntN(8))), "rateable_value": money.NewDecimal(int64(r.IntN(80_000))),
		}}
		if i > 0 {
			s.From = plus(t, p.From, r.IntN(500)-60)
		}
		in.Object.States = append(in.Object.States, s)
	}
	for range r.IntN(8) {
		f := x.Facts[r.IntN(len(x.Facts))]
		on := plus(t, p.From, r.IntN(800)-400)
		fact := assess.Fact{ID: f.ID, From: on}
		switch {
		case r.IntN(5) == 0:
		case f.Type == "date":
			fact.Value = plus(t, on, -r.IntN(200))
		default:
			fact.Value = r.IntN(2) == 0
		}
		in.Facts = append(in.Facts, fact)
	}
	if len(x.Carry) > 0 && r.IntN(2) == 0 {
		in.Carried = map[string]rule.Value{"last_year": money.Scaled(int64(r.IntN(4_000_000)), 3)}
	}
	return in
}

// TestEveryDayComesToTheSame holds random assessments against the slow, obvious model: each day judged by itself,
// added up, and rounded once.
func TestEveryDayComesToTheSame(t *testing.T) {
	all := taxes(t)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		in := random(t, all[[]string{"council-tax", "business-rates"}[n%2]], r)
		a := mustAssess(t, in)
		days, err := assess.EveryDay(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		want := slowTotal(t, days, in.Period.Days(), 1, money.HalfUp)
		if a.Total.Minor != want || want < 0 {
			t.Errorf("%d: %s comes to %s, day by day to %d: %v", n, in.Tax.Tax, a.Total, want, in)
		}
		checkSums(t, a)
	}
}

// TestRoundingLosesNothing rounds random assessments to coins and pounds, each way, also where reliefs are more than
// what they relieve.
func TestRoundingLosesNothing(t *testing.T) {
	how := map[string]money.Rounding{"half_up": money.HalfUp, "half_even": money.HalfEven, "down": money.Down, "up": money.Up}
	r := rand.New(rand.NewPCG(9, 10))
	for name, mode := range how {
		for to, unit := range map[string]int64{"0.05": 5, "1": 100, "25": 2500} {
			x := changed(t, "taxes/council-tax.yaml", "by_day: true", "by_day: true\nbelow_zero: true\nrounding: {to: "+to+", how: "+name+"}",
				"-0.25 * after_band", "-1.7 * after_band")["council-tax"]
			for range 8 {
				in := random(t, x, r)
				a := mustAssess(t, in)
				days, err := assess.EveryDay(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				if want := slowTotal(t, days, in.Period.Days(), unit, mode); a.Total.Minor != want || a.Total.Minor%unit != 0 {
					t.Errorf("%s to %s: %s, day by day %d", name, to, a.Total, want)
				}
				checkSums(t, a)
			}
		}
	}
}

// slowTotal adds up all days exactly, and rounds to units of pence.
func slowTotal(t *testing.T, days []assess.Day, of int, unit int64, how money.Rounding) int64 {
	t.Helper()
	var sum money.Decimal
	for _, d := range days {
		for _, l := range d.Lines {
			var err error
			if sum, err = sum.Add(l.Whole); err != nil {
				t.Fatal(err)
			}
		}
	}
	pence, err := sum.Mul(money.NewDecimal(100))
	if err == nil {
		pence, err = pence.Quo(money.NewDecimal(int64(of)*unit), 0, how)
	}
	n, ok := pence.Int64()
	if err != nil || !ok {
		t.Fatal(err)
	}
	return n * unit
}

// checkSums sees to it that nothing is lost between the total, its items, its stretches and their lines.
func checkSums(t *testing.T, a *assess.Assessment) {
	t.Helper()
	var items, segments int64
	byItem := map[*service.Charge]int64{}
	for _, i := range a.Items {
		items += i.Amount.Minor
	}
	at, covered := a.Input.Liable.From, 0
	for _, s := range a.Segments {
		segments += s.Total.Minor
		if s.From != at || s.Days != s.Span.Days() {
			t.Errorf("a stretch from %s of %d days, expected from %s", s.From, s.Days, at)
		}
		at, covered = plus(t, s.Until, 1), covered+s.Days
		var lines int64
		for _, l := range s.Lines {
			lines += l.Amount.Minor
			byItem[l.Charge] += l.Amount.Minor
		}
		if lines != s.Total.Minor {
			t.Errorf("the lines from %s sum to %d, not %s", s.From, lines, s.Total)
		}
	}
	if items != a.Total.Minor || segments != a.Total.Minor || covered != a.Input.Liable.Days() {
		t.Errorf("items %d, stretches %d, total %s, %d days", items, segments, a.Total, covered)
	}
	for _, i := range a.Items {
		if byItem[i.Charge] != i.Amount.Minor {
			t.Errorf("the lines of %s sum to %d, not %s", i.Charge.ID, byItem[i.Charge], i.Amount)
		}
	}
}
