package appointment

import (
	"cmp"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/service"
)

// Seat is five minutes at a counter.
type Seat struct {
	At      time.Time
	Counter int // from 1
}

const seat = service.SeatMinutes * time.Minute

// Time is one at which an appointment can begin, at each of some counters.
type Time struct {
	At       time.Time
	Counters []int
}

// window is a part of a day, as instants: it is as long as the clocks of the place make it.
type window struct {
	from, until time.Time
	counters    int
}

// windows are the opening hours of a day; none on a holiday, and where the calendar does not know the day.
func windows(a *service.Appointment, day calendar.Date) (list []window) {
	k := a.Jurisdiction.Calendar
	if _, closed := k.Holiday(day); closed {
		return nil
	}
	if from, until := k.Coverage(); day.Before(from) || day.After(until) {
		return nil
	}
	for _, h := range a.Weekdays[day.Weekday()] {
		list = append(list, window{k.In(day, h.From), k.In(day, h.Until), h.Counters})
	}
	return list
}

// Opens are the seats of a day, each with one counter.
func Opens(a *service.Appointment, day calendar.Date) (list []Seat) {
	for _, w := range windows(a, day) {
		for at := w.from; at.Before(w.until); at = at.Add(seat) {
			for c := 1; c <= w.counters; c++ {
				list = append(list, Seat{at.UTC(), c})
			}
		}
	}
	return list
}

// Free lists the times of a day, not before an instant, from which on one counter is open and has nobody for so many minutes.
// taken says whether a seat is. It knows no clock and no database.
func Free(a *service.Appointment, day calendar.Date, minutes int, notBefore time.Time, taken func(Seat) bool) (list []Time) {
	open := map[Seat]bool{}
	for _, s := range Opens(a, day) {
		open[s] = !taken(s)
	}
	run := map[Seat]int{} // free seats from this one on
	var length func(s Seat) int
	length = func(s Seat) int {
		if !open[s] {
			return 0
		}
		if n, known := run[s]; known {
			return n
		}
		run[s] = 1 + length(Seat{s.At.Add(seat), s.Counter})
		return run[s]
	}
	step := time.Duration(a.Step) * time.Minute
	for _, w := range windows(a, day) {
		for at := w.from; at.Before(w.until); at = at.Add(step) {
			if at.Before(notBefore) {
				continue
			}
			t := Time{At: at.UTC()}
			for c := 1; c <= w.counters; c++ {
				if length(Seat{t.At, c})*service.SeatMinutes >= minutes {
					t.Counters = append(t.Counters, c)
				}
			}
			if len(t.Counters) > 0 {
				list = append(list, t)
			}
		}
	}
	slices.SortFunc(list, func(x, y Time) int { return cmp.Compare(x.At.UnixMicro(), y.At.UnixMicro()) })
	return list
}

// Bounds are the instant from which on, and the last day on which, an appointment can be booked at an instant.
func Bounds(a *service.Appointment, now time.Time) (notBefore time.Time, last calendar.Date) {
	today := a.Jurisdiction.Calendar.DateOf(now)
	last, err := today.AddDays(a.Ahead)
	if err != nil {
		last = calendar.MaxDate
	}
	return now.Add(time.Duration(a.Notice) * time.Hour), last
}
