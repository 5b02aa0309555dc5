package retain_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/retain"
)

// kept is the slow obvious model: it walks from the day something ended, day by day, and counts a month each time the
// day of the month comes round, or the month ends without it.
func kept(ended calendar.Date, months int) calendar.Date {
	day := time.Date(ended.Year(), ended.Month(), ended.Day(), 0, 0, 0, 0, time.UTC)
	for passed := 0; passed < months; {
		day = day.AddDate(0, 0, 1)
		last := day.AddDate(0, 0, 1).Month() != day.Month()
		if day.Day() == ended.Day() || last && day.Day() < ended.Day() {
			passed++
		}
	}
	d, err := calendar.NewDate(day.Year(), day.Month(), day.Day())
	if err != nil {
		panic(err)
	}
	return d
}

// TestDeletedAfterAndNeverBefore walks through a history of ends, re-openings, holds and bills, and asks on every kind of
// day whether it is to be deleted.
func TestDeletedAfterAndNeverBefore(t *testing.T) {
	day := rapid.Custom(func(r *rapid.T) calendar.Date {
		if rapid.Bool().Draw(r, "edge") {
			return calendar.MustDate(rapid.SampledFrom([]string{"2024-02-29", "2023-02-28", "2024-01-31", "2024-12-31", "2027-08-31", "2028-02-29", "2025-03-01"}).Draw(r, "day"))
		}
		d, err := calendar.MustDate("2023-01-01").AddDays(rapid.IntRange(0, 3000).Draw(r, "days"))
		if err != nil {
			r.Fatal(err)
		}
		return d
	})
	rapid.Check(t, func(r *rapid.T) {
		k := retain.Keep{Months: rapid.IntRange(1, 130).Draw(r, "months")}
		for range rapid.IntRange(1, 6).Draw(r, "events") { // ended, opened again, ended …
			switch rapid.SampledFrom([]string{"end", "open", "hold", "lift", "bill"}).Draw(r, "event") {
			case "end":
				k.Open, k.Ended = false, day.Draw(r, "ended")
			case "open":
				if k.Open = true; rapid.Bool().Draw(r, "anew") { // else something of it is open still: a bill
					k.Ended = calendar.Date{}
				}
			case "hold":
				k.Held = true
			case "lift":
				k.Held = false
			case "bill":
				k.Also = append(k.Also, day.Draw(r, "bill"))
			}
		}
		want := calendar.MaxDate
		if !k.Open && !k.Ended.IsZero() {
			want = kept(k.Ended, k.Months)
			for _, d := range k.Also {
				if d.After(want) {
					want = d
				}
			}
		}
		asks := []calendar.Date{day.Draw(r, "today")}
		if want != calendar.MaxDate {
			next, err := want.AddDays(1)
			if err != nil {
				r.Fatal(err)
			}
			asks = append(asks, want, next)
		}
		if !k.Ended.IsZero() { // also where something else keeps it: long after its months
			late, err := kept(k.Ended, k.Months).AddDays(4000)
			if err != nil {
				r.Fatal(err)
			}
			asks = append(asks, late)
		}
		for _, today := range asks {
			due, err := k.Due(today)
			if err != nil {
				r.Fatal(err)
			}
			if should := !k.Held && want != calendar.MaxDate && today.After(want); due != should {
				r.Fatalf("%+v on %s: due %v, want %v (kept until %s)", k, today, due, should, want)
			}
		}
	})
}

func TestLeapDays(t *testing.T) {
	for _, c := range []struct {
		ended  string
		months int
		last   string
	}{{"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"}, {"2023-02-28", 12, "2024-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2020-08-31", 72, "2026-08-31"}} {
		got, err := retain.LastDay(calendar.MustDate(c.ended), c.months)
		if err != nil || got.String() != c.last {
			t.Errorf("%s and %d months: %s, %v; want %s", c.ended, c.months, got, err, c.last)
		}
	}
}
