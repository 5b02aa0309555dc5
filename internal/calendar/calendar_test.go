package calendar_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // a bare machine has no zones

	"pgregory.net/rapid"

	"stoa/internal/calendar"
)

// Bank holidays in England and Wales, as published at
// https://www.gov.uk/bank-holidays under the Open Government Licence v3.0.
var bankHolidays = []string{
	"2024-01-01", "2024-03-29", "2024-04-01", "2024-05-06", "2024-05-27", "2024-08-26", "2024-12-25", "2024-12-26",
	"2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26",
	"2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
	"2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
}

func england(t interface{ Fatal(...any) }) *calendar.Calendar {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	c := calendar.Config{
		Zone: zone, Weekend: []time.Weekday{time.Saturday, time.Sunday},
		From: day("2024-01-01"), Until: day("2027-12-31"),
	}
	for _, h := range bankHolidays {
		c.Holidays = append(c.Holidays, calendar.Holiday{Date: day(h), Name: map[string]string{"en": "Bank holiday"}})
	}
	k, err := calendar.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The list above against the law it follows (Banking and Financial Dealings Act
// 1971, schedule 1; Good Friday and Christmas at common law) and Easter by
// the method of Meeus, Jones and Butcher: a slip of the pen would show.
func TestBankHolidaysFollowTheLaw(t *testing.T) {
	listed := map[string]bool{}
	for _, h := range bankHolidays {
		listed[h] = true
	}
	expect := 0
	want := func(tm time.Time) {
		expect++
		if s := tm.Format(time.DateOnly); !listed[s] {
			t.Errorf("%s is missing", s)
		}
	}
	monday := func(y int, m time.Month, from int) time.Time {
		tm := time.Date(y, m, from, 0, 0, 0, 0, time.UTC)
		for tm.Weekday() != time.Monday {
			tm = tm.AddDate(0, 0, 1)
		}
		return tm
	}
	for y := 2024; y <= 2027; y++ {
		a, b, c := y%19, y/100, y%100
		d, e := b/4, b%4
		g := (b - (b+8)/25 + 1) / 3
		h := (19*a + b - d - g + 15) % 30
		i, k := c/4, c%4
		l := (32 + 2*e + 2*i - h - k) % 7
		n := h + l - 7*((a+11*h+22*l)/451) + 114
		easter := time.Date(y, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
		want(easter.AddDate(0, 0, -2))
		want(easter.AddDate(0, 0, 1))
		want(monday(y, time.May, 1))
		want(monday(y, time.May, 25))
		want(monday(y, time.August, 25))
		for _, fixed := range []time.Time{time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y, 12, 25, 0, 0, 0, 0, time.UTC), time.Date(y, 12, 26, 0, 0, 0, 0, time.UTC)} {
			switch wd := fixed.Weekday(); {
			case wd == time.Saturday:
				fixed = fixed.AddDate(0, 0, 2)
			case wd == time.Sunday && fixed.Day() == 26: // Monday is the substitute of the 25th or free
				fixed = fixed.AddDate(0, 0, 2)
			case wd == time.Sunday:
				fixed = fixed.AddDate(0, 0, 1)
			}
			want(fixed)
		}
	}
	if expect != len(bankHolidays) {
		t.Errorf("%d expected, %d listed", expect, len(bankHolidays))
	}
}

// https://www.gov.uk/temporary-events-notice asks for "at least 10 clear working
// days before your event", counting neither the day of receipt nor the day of
// the event; Licensing Act 2003 s.193 takes out Saturdays, Sundays, Christmas
// Day, Good Friday and bank holidays.
func TestTemporaryEventNotice(t *testing.T) {
	k := england(t)
	for _, c := range []struct {
		given, event string
		want         int
	}{
		{"2026-06-01", "2026-06-16", 10}, // Monday to Tuesday a fortnight on
		{"2026-06-02", "2026-06-16", 9},  // late
		{"2026-03-23", "2026-04-10", 11}, // over Easter: both bank holidays drop out
		{"2026-03-25", "2026-04-10", 9},
		{"2026-06-16", "2026-06-16", 0}, {"2026-06-16", "2026-06-01", 0}, {"2026-06-16", "2026-06-17", 0},
	} {
		if got, err := k.ClearWorkingDaysBetween(day(c.given), day(c.event)); err != nil || got != c.want {
			t.Errorf("%s to %s: %d, %v; want %d", c.given, c.event, got, err, c.want)
		}
	}
}

// Freedom of Information Act 2000 s.10(1): the twentieth working day following
// the date of receipt.
func TestFreedomOfInformation(t *testing.T) {
	k := england(t)
	for received, want := range map[string]string{
		"2026-03-02": "2026-03-30", "2026-03-20": "2026-04-21", "2026-12-14": "2027-01-14",
	} {
		due, running, err := k.Due(calendar.Deadline{Start: day(received), WorkingDays: 20})
		if err != nil || !running || due != day(want) {
			t.Errorf("received %s: due %v, %v, %v; want %s", received, due, running, err, want)
		}
	}
}

func TestWorkingDaysAgreeWithCountingThem(t *testing.T) {
	k := england(t)
	working := func(d calendar.Date) bool {
		for _, h := range bankHolidays {
			if h == d.String() {
				return false
			}
		}
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	step := func(t *rapid.T, d calendar.Date, n int) calendar.Date {
		d, err := d.AddDays(n)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate("2024-06-01", "2027-06-01").Draw(t, "a"), anyDate("2024-06-01", "2027-06-01").Draw(t, "b")
		if got, err := k.IsWorkingDay(a); err != nil || got != working(a) {
			t.Fatalf("%v: %v, %v", a, got, err)
		}
		dir, count, clear := 1, 0, 0
		if b.Before(a) {
			dir = -1
		}
		for d := a; d != b; {
			d = step(t, d, dir)
			if working(d) {
				count += dir
				if d != b && dir > 0 {
					clear++
				}
			}
		}
		if got, err := k.WorkingDaysBetween(a, b); err != nil || got != count {
			t.Fatalf("between %v and %v: %d, %v; want %d", a, b, got, err, count)
		}
		if got, err := k.ClearWorkingDaysBetween(a, b); err != nil || got != clear {
			t.Fatalf("clear between %v and %v: %d, %v; want %d", a, b, got, err, clear)
		}
		n := rapid.IntRange(-80, 80).Draw(t, "n")
		want, dir := a, 1
		if n < 0 {
			dir = -1
		}
		for left := n; left != 0; {
			if want = step(t, want, dir); working(want) {
				left -= dir
			}
		}
		got, err := k.AddWorkingDays(a, n)
		if err != nil || got != want {
			t.Fatalf("%v and %d: %v, %v; want %v", a, n, got, err, want)
		}
		if back, err := k.WorkingDaysBetween(a, got); err != nil || back != n {
			t.Fatalf("%d working days from %v counted as %d, %v", n, a, back, err)
		}
	})
}

func TestOutsideCoverageNamesTheYear(t *testing.T) {
	k := england(t)
	var missing *calendar.CoverageError
	_, err := k.AddWorkingDays(day("2027-12-20"), 10)
	if !errors.As(err, &missing) || missing.Year != 2028 {
		t.Error(err)
	}
	_, err = k.AddWorkingDays(day("2024-01-05"), -10)
	if !errors.As(err, &missing) || missing.Year != 2023 {
		t.Error(err)
	}
	_, err = k.WorkingDaysBetween(day("2027-12-20"), day("2031-01-01"))
	if !errors.As(err, &missing) || missing.Year != 2031 {
		t.Error(err)
	}
}

func TestNewRefusesWhatContradictsItself(t *testing.T) {
	h := calendar.Holiday{Date: day("2026-01-01")}
	for name, c := range map[string]calendar.Config{
		"no coverage": {}, "backwards": {From: day("2026-01-02"), Until: day("2026-01-01")},
		"outside": {From: day("2026-01-02"), Until: day("2026-12-31"), Holidays: []calendar.Holiday{h}},
		"twice":   {From: day("2026-01-01"), Until: day("2026-12-31"), Holidays: []calendar.Holiday{h, h}},
		"endless": {From: calendar.MinDate, Until: calendar.MaxDate},
		"weekday": {From: day("2026-01-01"), Until: day("2026-12-31"), Weekend: []time.Weekday{7}},
	} {
		if _, err := calendar.New(c); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
