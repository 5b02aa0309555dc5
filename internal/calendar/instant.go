package calendar

import "time"

// DateOf returns the date of the instant in the zone of the calendar. Instants
// outside the years 1 to 9999 give the first or last date.
func (k *Calendar) DateOf(t time.Time) Date {
	y, m, d := t.In(k.zone).Date()
	switch {
	case y < 1:
		return MinDate
	case y > 9999:
		return MaxDate
	}
	return Date{int16(y), uint8(m), uint8(d)}
}

// ClockOf returns the time of day of the instant in the zone of the calendar.
func (k *Calendar) ClockOf(t time.Time) Clock {
	t = t.In(k.zone)
	return Clock(t.Hour()*60 + t.Minute())
}

// In returns the instant at which the clock of the place shows c on d. Where
// clocks go back and it is shown twice, that is the first time; where they go
// forward and it is never shown, it is the instant they go forward.
func (k *Calendar) In(d Date, c Clock) time.Time {
	return k.wall(d.utc().Add(time.Duration(c) * time.Minute))
}

// StartOf returns the first instant of d.
func (k *Calendar) StartOf(d Date) time.Time { return k.In(d, 0) }

// EndOf returns the first instant after d: the end that is not part of the day.
func (k *Calendar) EndOf(d Date) time.Time { return k.wall(d.utc().AddDate(0, 0, 1)) }

// wall finds the instant whose local reading equals that of naive in UTC. Zones
// lie within 15 hours of UTC, so the offsets that far on both sides are the
// only candidates.
func (k *Calendar) wall(naive time.Time) time.Time {
	const reach = 15 * time.Hour
	at := func(probe time.Time) (time.Time, bool) {
		_, offset := probe.In(k.zone).Zone()
		t := naive.Add(-time.Duration(offset) * time.Second).In(k.zone)
		_, own := t.Zone()
		return t, own == offset
	}
	before, ok1 := at(naive.Add(-reach))
	after, ok2 := at(naive.Add(reach))
	switch {
	case ok1 && (!ok2 || before.Before(after)):
		return before
	case ok2:
		return after
	}
	start, _ := before.ZoneBounds() // in the gap: the change itself
	return start
}
