package assess_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/service"
)

func pounds(s string) money.Amount {
	a, err := money.FromDecimal(money.MustDecimal(s), "GBP")
	if err != nil {
		panic(err)
	}
	return a
}

// TestInstalmentsLoseNothing spreads random sums: they sum to the whole, are in order, in the period, and all but
// the first are multiples of the rounding.
func TestInstalmentsLoseNothing(t *testing.T) {
	x := taxes(t)["council-tax"]
	p, err := x.Period(day("2026-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		total := money.Amount{Minor: r.Int64N([]int64{50, 5_000, 500_000, 50_000_000}[r.IntN(4)]), Currency: "GBP"}
		issued := plus(t, p.From, r.IntN(420)-40)
		number := []int{0, 1, 10, 12}[r.IntN(4)]
		list, err := assess.Instalments(t.Context(), x, p, total, issued, number)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for i, one := range list {
			sum += one.Amount.Minor
			if i > 0 && (!one.Due.After(list[i-1].Due) || one.Amount.Minor%100 != 0 || one.Due.After(p.Until)) {
				t.Errorf("%s issued %s in %d: %v", total, issued, number, list)
			}
			if len(list) > 1 && (one.Amount.Minor <= 0 || issued.DaysUntil(one.Due) < 14) {
				t.Errorf("%s issued %s in %d: %v", total, issued, number, list)
			}
		}
		if sum != total.Minor || number > 0 && len(list) > number || number == 0 && len(list) > 10 {
			t.Errorf("%s issued %s in %d: %v", total, issued, number, list)
		}
	}
	if _, err := assess.Instalments(t.Context(), x, p, pounds("1"), p.From, 11); !errors.Is(err, assess.ErrChoice) {
		t.Errorf("eleven instalments: %v", err)
	}
	if _, err := assess.Instalments(t.Context(), taxes(t)["visitor-levy"], p, pounds("1"), p.From, 2); !errors.Is(err, assess.ErrChoice) {
		t.Errorf("instalments of a tax that has none: %v", err)
	}
}

func TestTerms(t *testing.T) {
	all := taxes(t)
	levy, home := all["visitor-levy"], all["council-tax"]
	july, err := levy.Period(day("2026-07-01"))
	if err != nil {
		t.Fatal(err)
	}
	year, err := home.Period(day("2026-07-01"))
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		got  func() (calendar.Date, error)
		want string
	}{
		"due by rule":             {func() (calendar.Date, error) { return assess.DueDay(t.Context(), levy, july, day("2026-08-15")) }, "2026-08-20"},
		"declare by, a Saturday":  {func() (calendar.Date, error) { return assess.DeclareBy(t.Context(), levy, july) }, "2026-08-17"},
		"amend by, a Saturday":    {func() (calendar.Date, error) { return assess.AmendBy(t.Context(), levy, july) }, "2027-08-02"},
		"due from the bill":       {func() (calendar.Date, error) { return assess.DueDay(t.Context(), home, year, day("2026-03-10")) }, "2026-03-24"},
		"due, over Good Friday":   {func() (calendar.Date, error) { return assess.DueDay(t.Context(), home, year, day("2026-03-20")) }, "2026-04-06"},
		"objection":               {func() (calendar.Date, error) { return assess.ObjectBy(t.Context(), home, year, day("2026-03-10")) }, "2026-05-11"},
		"no objection to a levy":  {func() (calendar.Date, error) { return assess.ObjectBy(t.Context(), levy, july, day("2026-03-10")) }, ""},
		"nothing to declare here": {func() (calendar.Date, error) { return assess.DeclareBy(t.Context(), home, year) }, ""},
	} {
		if got, err := c.got(); err != nil || got.String() != c.want {
			t.Errorf("%s: %s, %v, want %s", what, got, err, c.want)
		}
	}
	var uncovered *calendar.CoverageError
	if _, err := assess.DueDay(t.Context(), home, year, day("2029-01-01")); !errors.As(err, &uncovered) {
		t.Errorf("beyond the calendar: %v", err)
	}
}

func TestLate(t *testing.T) {
	all := taxes(t)
	step := func(x *service.Tax, id string) *service.Late {
		for _, s := range x.Late {
			if s.ID == id {
				return s
			}
		}
		t.Fatal(id)
		return nil
	}
	o := assess.Overdue{Overdue: pounds("120.33"), Total: pounds("1000"), DaysLate: 30, Today: day("2026-09-01")}
	for _, c := range []struct {
		tax, id string
		days    int
		want    string
	}{{"council-tax", "summons", 28, "65"}, {"council-tax", "summons", 27, "0"}, {"council-tax", "reminder", 30, "0"}, {"visitor-levy", "penalty", 30, "6.02"}} {
		o.DaysLate = c.days
		x := all[c.tax]
		a, ok, err := assess.LateCharge(t.Context(), x.Jurisdiction, step(x, c.id), o)
		want := pounds(c.want)
		if err != nil || ok != (want.Minor > 0) || ok && a != want {
			t.Errorf("%s %s after %d days: %s, %v, %v", c.tax, c.id, c.days, a, ok, err)
		}
	}
	o.Today = day("2020-01-01")
	o.DaysLate = 30
	if _, _, err := assess.LateCharge(t.Context(), all["council-tax"].Jurisdiction, step(all["council-tax"], "summons"), o); !errors.Is(err, assess.ErrRate) {
		t.Errorf("without a figure: %v", err)
	}
}

// TestInterest cuts where the rate changes, and comes to the sum of its days.
func TestInterest(t *testing.T) {
	x := taxes(t)["business-rates"]
	days := assess.Span{From: day("2026-09-01"), Until: day("2026-10-31")}
	lines, sum, err := assess.InterestOn(t.Context(), x.Jurisdiction, x.Interest, pounds("1000"), days)
	if err != nil || len(lines) != 2 || lines[1].From != day("2026-10-01") {
		t.Fatalf("%v, %v", lines, err)
	}
	if got, err := sum.Round(2, money.HalfUp); err != nil || got.String() != "12.95" { // 1000 × (30 × 8 + 31 × 7.5) / 36500
		t.Errorf("%s, %v", got, err)
	}
	var slow money.Decimal
	for d := days.From; !d.After(days.Until); d = plus(t, d, 1) {
		_, one, err := assess.InterestOn(t.Context(), x.Jurisdiction, x.Interest, pounds("1000"), assess.Span{From: d, Until: d})
		if err != nil {
			t.Fatal(err)
		}
		if slow, err = slow.Add(one); err != nil {
			t.Fatal(err)
		}
	}
	if a, _ := slow.Round(20, money.HalfUp); true {
		if b, _ := sum.Round(20, money.HalfUp); !a.Equal(b) {
			t.Errorf("day by day %s, together %s", slow, sum)
		}
	}
	if lines, _, err := assess.InterestOn(t.Context(), x.Jurisdiction, x.Interest, pounds("0"), days); err != nil || lines != nil {
		t.Errorf("interest on nothing: %v, %v", lines, err)
	}
	if _, _, err := assess.InterestOn(t.Context(), x.Jurisdiction, x.Interest, pounds("1"), assess.Span{From: day("2020-01-01"), Until: day("2020-01-01")}); !errors.Is(err, assess.ErrRate) {
		t.Errorf("without a rate: %v", err)
	}
}
