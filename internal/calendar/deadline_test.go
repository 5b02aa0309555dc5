package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
)

// The obvious model: walk day by day and count the days that count.
func TestDueAgreesWithWalkingDayByDay(t *testing.T) {
	k := england(t)
	rapid.Check(t, func(t *rapid.T) {
		dl := calendar.Deadline{Start: anyDate("2024-02-01", "2025-06-01").Draw(t, "start"), RollForward: rapid.Bool().Draw(t, "roll")}
		n := rapid.IntRange(1, 60).Draw(t, "n")
		switch rapid.IntRange(0, 2).Draw(t, "unit") {
		case 0:
			dl.WorkingDays = n
		case 1:
			dl.CalendarDays = n
		case 2:
			dl.Months = n%6 + 1
			end, err := dl.Start.AddMonths(dl.Months)
			if err != nil {
				t.Fatal(err)
			}
			n = dl.Start.DaysUntil(end)
		}
		for range rapid.IntRange(0, 4).Draw(t, "pauses") {
			p := calendar.Interval{From: anyDate("2024-01-01", "2025-12-01").Draw(t, "from")}
			if rapid.IntRange(0, 9).Draw(t, "open") > 0 {
				p.Until = anyDate("2024-01-01", "2026-03-01").Draw(t, "until")
			}
			dl.Pauses = append(dl.Pauses, p)
		}
		want, running := walk(t, k, dl, n)
		due, ok, err := k.Due(dl)
		if err != nil || ok != running || (ok && due != want) {
			t.Fatalf("%+v: %v, %v, %v; want %v, %v", dl, due, ok, err, want, running)
		}
	})
}

func walk(t *rapid.T, k *calendar.Calendar, dl calendar.Deadline, n int) (calendar.Date, bool) {
	d := dl.Start
	next := func() bool {
		d, _ = d.AddDays(1)
		working, err := k.IsWorkingDay(d)
		if err != nil {
			t.Fatal(err)
		}
		return working
	}
	for n > 0 {
		working := next()
		paused := false
		for _, p := range dl.Pauses {
			covered := !d.Before(p.From) && (p.Until.IsZero() || d.Before(p.Until))
			if covered && p.Until.IsZero() {
				return calendar.Date{}, false
			}
			paused = paused || covered
		}
		if !paused && (working || dl.WorkingDays == 0) {
			n--
		}
	}
	if dl.RollForward {
		for {
			working, err := k.IsWorkingDay(d)
			if err != nil {
				t.Fatal(err)
			}
			if working {
				break
			}
			next()
		}
	}
	return d, true
}

func TestDueRefusesTwoUnitsAndNone(t *testing.T) {
	k := england(t)
	for _, dl := range []calendar.Deadline{{Start: day("2026-01-01")}, {Start: day("2026-01-01"), Months: 1, WorkingDays: 2}, {Start: day("2026-01-01"), CalendarDays: -3}} {
		if due, _, err := k.Due(dl); err == nil {
			t.Errorf("%+v gave %v", dl, due)
		}
	}
}

func TestInstantsAroundClockChanges(t *testing.T) {
	for _, c := range []struct{ zone, date, clock, want string }{
		{"Europe/London", "2026-03-29", "01:30", "2026-03-29T01:00:00Z"},      // skipped: the change itself
		{"Europe/London", "2026-10-25", "01:30", "2026-10-25T00:30:00Z"},      // twice: the first
		{"Europe/London", "2026-07-01", "12:00", "2026-07-01T11:00:00Z"},      // summer
		{"Europe/London", "2026-12-01", "12:00", "2026-12-01T12:00:00Z"},      // winter
		{"Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00:00Z"},       // the day starts at 01:00
		{"Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z"},       // a day that never was
		{"America/St_Johns", "2026-11-01", "01:30", "2026-11-01T04:00:00Z"},   // half-hour zone, twice
		{"Pacific/Kiritimati", "2026-01-01", "00:00", "2025-12-31T10:00:00Z"}, // +14
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		k, err := calendar.New(calendar.Config{Zone: zone, From: day("2026-01-01"), Until: day("2026-12-31")})
		if err != nil {
			t.Fatal(err)
		}
		clock, err := calendar.ParseClock(c.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.In(day(c.date), clock).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s %s is %s, want %s", c.zone, c.date, c.clock, got, c.want)
		}
	}
}

func TestDaysTileTheYear(t *testing.T) {
	k := england(t)
	for d := day("2026-01-01"); d != day("2027-01-01"); {
		start, end := k.StartOf(d), k.EndOf(d)
		if k.DateOf(start) != d || k.DateOf(start.Add(-1)) == d || k.DateOf(end.Add(-1)) != d {
			t.Fatalf("%v runs from %v to %v", d, start, end)
		}
		d, _ = d.AddDays(1)
		if !k.StartOf(d).Equal(end) {
			t.Fatalf("a hole before %v", d)
		}
	}
	if h := k.EndOf(day("2026-03-29")).Sub(k.StartOf(day("2026-03-29"))); h != 23*time.Hour {
		t.Error(h)
	}
}
