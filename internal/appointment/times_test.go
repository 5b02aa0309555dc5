package appointment_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/appointment"
	"stoa/internal/calendar"
	"stoa/internal/service"
)

// office is an appointment at a place, open every day of the week as hours say.
func office(t interface{ Fatal(...any) }, zone string, step int, hours []service.AppointmentHoursFile) *service.Appointment {
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	k, err := calendar.New(calendar.Config{Zone: at, From: calendar.MustDate("2026-01-01"), Until: calendar.MustDate("2026-12-31"),
		Holidays: []calendar.Holiday{{Date: calendar.MustDate("2026-12-25"), Name: map[string]string{"en": "Christmas Day"}}}})
	if err != nil {
		t.Fatal(err)
	}
	a := &service.Appointment{Jurisdiction: &service.Jurisdiction{Calendar: k}, Weekdays: map[time.Weekday][]service.AppointmentHoursFile{}}
	a.Appointment, a.Step, a.Ahead = "office", step, 60
	for w := time.Sunday; w <= time.Saturday; w++ {
		a.Weekdays[w] = hours
	}
	for _, h := range hours {
		a.Counters = max(a.Counters, h.Counters)
	}
	return a
}

func clock(hour, minute int) calendar.Clock { return calendar.Clock(hour*60 + minute) }

func nobody(appointment.Seat) bool { return false }

// TestADayIsAsLongAsItsClocksMakeIt: of 23 and 25 hours too.
func TestADayIsAsLongAsItsClocksMakeIt(t *testing.T) {
	a := office(t, "Europe/London", 60, []service.AppointmentHoursFile{{From: 0, Until: clock(4, 0), Counters: 1}})
	for day, want := range map[string]string{
		"2026-03-28": "00:00Z 01:00Z 02:00Z 03:00Z",
		"2026-03-29": "00:00Z 01:00Z 02:00Z",               // at 01:00 clocks go forward to 02:00
		"2026-06-01": "23:00Z 00:00Z 01:00Z 02:00Z",        // summer time
		"2026-10-25": "23:00Z 00:00Z 01:00Z 02:00Z 03:00Z", // at 02:00 clocks go back to 01:00
		"2026-12-25": "",                                   // a holiday
		"2027-01-04": "",                                   // no holidays are known
	} {
		var got []string
		for _, x := range appointment.Free(a, calendar.MustDate(day), 60, time.Time{}, nobody) {
			got = append(got, x.At.Format("15:04Z"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", day, strings.Join(got, " "), want)
		}
	}
}

// TestFreeTimesAgreeWithLookingAtEachMinute holds the times against a slow and obvious way to find them.
func TestFreeTimesAgreeWithLookingAtEachMinute(t *testing.T) {
	days := []string{"2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26", "2026-06-01", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2026-12-25"}
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]int{5, 10, 15, 30}).Draw(t, "step")
		var hours []service.AppointmentHoursFile
		for at, n := 0, rapid.IntRange(1, 4).Draw(t, "parts"); len(hours) < n && at < 20*60; {
			from := at + step*rapid.IntRange(0, 6).Draw(t, "pause")
			until := min(from+step*rapid.IntRange(1, 12).Draw(t, "length"), 24*60) // no file says more
			hours = append(hours, service.AppointmentHoursFile{From: calendar.Clock(from), Until: calendar.Clock(until), Counters: rapid.IntRange(1, 3).Draw(t, "counters")})
			at = until
		}
		a := office(t, rapid.SampledFrom([]string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"}).Draw(t, "zone"), step, hours)
		k, day := a.Jurisdiction.Calendar, calendar.MustDate(rapid.SampledFrom(days).Draw(t, "day"))
		minutes := 5 * rapid.IntRange(1, 18).Draw(t, "minutes")
		start := k.StartOf(day)
		notBefore := start.Add(time.Duration(rapid.IntRange(-60, 300).Draw(t, "not before")) * time.Minute)
		type booking struct {
			from, until time.Time
			counter     int
		}
		var booked []booking
		for range rapid.IntRange(0, 6).Draw(t, "bookings") {
			from := start.Add(time.Duration(rapid.IntRange(0, 180).Draw(t, "from")) * 5 * time.Minute)
			booked = append(booked, booking{from, from.Add(time.Duration(rapid.IntRange(1, 12).Draw(t, "long")) * 5 * time.Minute), rapid.IntRange(1, 3).Draw(t, "counter")})
		}
		busy := func(at time.Time, counter int) bool {
			return slices.ContainsFunc(booked, func(b booking) bool { return b.counter == counter && !at.Before(b.from) && at.Before(b.until) })
		}
		open := func(at time.Time, counter int) bool {
			for _, h := range hours {
				if !at.Before(k.In(day, h.From)) && at.Before(k.In(day, h.Until)) {
					return counter <= h.Counters
				}
			}
			return false
		}
		var want []string
		for at := start; at.Before(k.EndOf(day)); at = at.Add(time.Minute) {
			if _, closed := k.Holiday(day); closed || at.Before(notBefore) {
				continue
			}
			begins := false
			for _, h := range hours {
				from := k.In(day, h.From)
				begins = begins || !at.Before(from) && at.Before(k.In(day, h.Until)) && int(at.Sub(from)/time.Minute)%step == 0
			}
			line := at.UTC().Format(time.RFC3339)
			any := false
			for counter := 1; counter <= 3; counter++ {
				fits := begins
				for m := 0; m < minutes && fits; m++ {
					then := at.Add(time.Duration(m) * time.Minute)
					fits = open(then, counter) && !busy(then, counter)
				}
				if fits {
					any = true
					line += string(rune('0' + counter))
				}
			}
			if any {
				want = append(want, line)
			}
		}
		var got []string
		for _, x := range appointment.Free(a, day, minutes, notBefore, func(s appointment.Seat) bool { return busy(s.At, s.Counter) }) {
			line := x.At.Format(time.RFC3339)
			for _, c := range x.Counters {
				line += string(rune('0' + c))
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s\nfree: %v\nwant: %v", day, got, want)
		}
	})
}

// TestACalendarFile holds a file against RFC 5545: lines of at most 75 octets, whole characters, what is special escaped.
func TestACalendarFile(t *testing.T) {
	at := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	raw := string(appointment.ICS(appointment.Event{ID: "01X", Site: "town.example", Made: at, Starts: at, Ends: at.Add(time.Hour), Changes: 2,
		Title: "تسجيل ولادة في مكتب السجل المدني بمبنى البورصة القديم; الطابق الأول", Place: "1 Square, Town", Text: "Bring:\na paper", URL: "https://town.example/x", Remind: 24 * time.Hour}))
	for _, line := range strings.Split(strings.TrimSuffix(raw, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !isWhole(line) {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	whole := strings.ReplaceAll(raw, "\r\n ", "")
	for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "UID:01X@town.example\r\n", "DTSTART:20261025T003000Z\r\n", "DTEND:20261025T013000Z\r\n", "SEQUENCE:2\r\n",
		`LOCATION:1 Square\, Town` + "\r\n", `DESCRIPTION:Bring:\na paper` + "\r\n", `القديم\; الطابق`, "TRIGGER:-PT1440M\r\n", "STATUS:CONFIRMED\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n"} {
		if !strings.Contains(whole, want) {
			t.Errorf("%q is not in\n%s", want, whole)
		}
	}
}

func isWhole(s string) bool { return strings.ToValidUTF8(s, "\uFFFD") == s }
