package calendar_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
)

var day = calendar.MustDate

func anyDate(from, until string) *rapid.Generator[calendar.Date] {
	return rapid.Custom(func(t *rapid.T) calendar.Date {
		n := rapid.IntRange(0, day(from).DaysUntil(day(until))).Draw(t, "day")
		d, err := day(from).AddDays(n)
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func TestParseISOIsStrict(t *testing.T) {
	for _, s := range []string{"", "2026-1-31", "2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-01-32", "10000-01-01", "2026/01/31", "+026-01-01", "2026-01-31 "} {
		if d, err := calendar.ParseISO(s); !errors.Is(err, calendar.ErrDate) {
			t.Errorf("%q gave %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"0001-01-01", "2024-02-29", "1900-02-28", "2000-02-29", "9999-12-31"} {
		if d, err := calendar.ParseISO(s); err != nil || d.String() != s {
			t.Errorf("%q gave %v, %v", s, d, err)
		}
	}
}

func TestDaysAgreeWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate("0001-01-01", "9999-12-31").Draw(t, "a"), anyDate("0001-01-01", "9999-12-31").Draw(t, "b")
		back, err := a.AddDays(a.DaysUntil(b))
		if err != nil || back != b || a.Compare(b) != -b.Compare(a) || a.Before(b) != (a.DaysUntil(b) > 0) {
			t.Fatalf("%v and %v: %v, %v", a, b, back, err)
		}
		ta := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
		tb := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
		if got, want := a.DaysUntil(b), int((tb.Unix()-ta.Unix())/86400); got != want || a.Weekday() != ta.Weekday() {
			t.Fatalf("%v to %v: %d, want %d", a, b, got, want)
		}
		if n := a.MonthsUntil(b); n >= 0 && !b.Before(a) {
			due, err := a.AddMonths(n)
			next, err2 := a.AddMonths(n + 1)
			if err != nil || due.After(b) || (err2 == nil && next.Before(b) && next.Day() == a.Day()) {
				t.Fatalf("%v to %v is not %d months", a, b, n)
			}
		}
	})
}

func TestMonthsAreClampedAndRangesRefused(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-02-29", 12, "2025-02-28"},
		{"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -1, "2025-12-15"}, {"2026-12-31", 2, "2027-02-28"},
		{"0001-01-01", -1, ""}, {"9999-12-01", 1, ""}, {"2026-01-01", -1 << 40, ""},
		{"2026-01-01", math.MaxInt, ""}, {"2026-01-01", math.MinInt, ""}, {"9999-12-31", math.MaxInt - 119_000, ""}, {"0001-01-01", math.MinInt + 12, ""},
	} {
		d, err := day(c.from).AddMonths(c.months)
		if d.String() != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s and %d months gave %v, %v", c.from, c.months, d, err)
		}
	}
	for _, years := range []int{1 << 62, -1 << 62, math.MaxInt, math.MinInt, 9000, -9000} { // twelve times the first is nothing
		if d, err := day("2026-01-01").AddYears(years); !errors.Is(err, calendar.ErrRange) {
			t.Errorf("%d years gave %v, %v", years, d, err)
		}
	}
	if _, err := calendar.MaxDate.AddDays(1); !errors.Is(err, calendar.ErrRange) {
		t.Error(err)
	}
	if _, err := calendar.MinDate.AddDays(-1 << 60); !errors.Is(err, calendar.ErrRange) {
		t.Error(err)
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		born, on string
		want     int
	}{
		{"2008-06-15", "2026-06-14", 17}, {"2008-06-15", "2026-06-15", 18},
		{"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}, {"2026-01-01", "2026-01-01", 0},
	} {
		if got := day(c.born).YearsUntil(day(c.on)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.on, got, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	for _, s := range []string{"24:00", "7:30", "12:60", "12.30", "-1:30", ""} {
		if c, err := calendar.ParseClock(s); !errors.Is(err, calendar.ErrClock) {
			t.Errorf("%q gave %v, %v", s, c, err)
		}
	}
	if c, err := calendar.ParseClock("23:59"); err != nil || c != 1439 || c.String() != "23:59" {
		t.Error(c, err)
	}
}
