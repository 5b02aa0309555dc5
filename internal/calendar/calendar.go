package calendar

import (
	"fmt"
	"sort"
	"time"

	"stoa/internal/fault"
)

// Holiday is a day on which the place does not work, with its name by language.
type Holiday struct {
	Date Date
	Name map[string]string
}

// Config describes the working days of one place.
type Config struct {
	Zone        *time.Location // UTC when nil
	Weekend     []time.Weekday // days of the week that never are working days
	Holidays    []Holiday
	From, Until Date // first and last day for which Holidays is complete
}

// maxCoverage bounds what a calendar may span; two hundred years.
const maxCoverage = 73_500

// Calendar knows the working days of one place. Outside the days it covers it
// answers with a CoverageError instead of guessing. It is safe for concurrent
// use.
type Calendar struct {
	zone        *time.Location
	from, until Date
	names       map[Date]map[string]string
	weekend     [7]bool
	// before[i] counts the working days in the i days that start with from.
	before []int32
}

// CoverageError says which year's holidays are missing.
type CoverageError struct{ Year int }

// Error names the year.
func (e *CoverageError) Error() string {
	return fmt.Sprintf("the calendar has no holidays for %d", e.Year)
}

// FaultKind is Internal: the file of holidays is ours to keep.
func (e *CoverageError) FaultKind() fault.Kind { return fault.Internal }

// New checks the configuration and returns its calendar.
func New(c Config) (*Calendar, error) {
	if c.From.IsZero() || c.Until.IsZero() || c.Until.Before(c.From) {
		return nil, fmt.Errorf("calendar: from %q until %q is not a period", c.From, c.Until)
	}
	days := c.From.DaysUntil(c.Until) + 1
	if days > maxCoverage {
		return nil, fmt.Errorf("calendar: %d days is more than two hundred years", days)
	}
	k := &Calendar{zone: c.Zone, from: c.From, until: c.Until, names: make(map[Date]map[string]string, len(c.Holidays))}
	if k.zone == nil {
		k.zone = time.UTC
	}
	for _, w := range c.Weekend {
		if w < time.Sunday || w > time.Saturday {
			return nil, fmt.Errorf("calendar: %d is no day of the week", w)
		}
		k.weekend[w] = true
	}
	for _, h := range c.Holidays {
		if h.Date.Before(c.From) || h.Date.After(c.Until) {
			return nil, fmt.Errorf("calendar: holiday %s lies outside %s to %s", h.Date, c.From, c.Until)
		}
		if _, twice := k.names[h.Date]; twice {
			return nil, fmt.Errorf("calendar: holiday %s is given twice", h.Date)
		}
		k.names[h.Date] = h.Name
	}
	k.before = make([]int32, days+1)
	for i, t := 0, c.From.utc(); i < days; i, t = i+1, t.AddDate(0, 0, 1) {
		d, err := fromUTC(t)
		if err != nil {
			return nil, fmt.Errorf("calendar: counting from %s: %w", c.From, err)
		}
		k.before[i+1] = k.before[i]
		if _, holiday := k.names[d]; !holiday && !k.weekend[d.Weekday()] {
			k.before[i+1]++
		}
	}
	return k, nil
}

// Zone returns the zone of the place.
func (k *Calendar) Zone() *time.Location { return k.zone }

// Coverage returns the first and the last day the calendar knows.
func (k *Calendar) Coverage() (from, until Date) { return k.from, k.until }

// Holiday returns the names of the holiday on d, if it is one.
func (k *Calendar) Holiday(d Date) (names map[string]string, ok bool) {
	names, ok = k.names[d]
	return names, ok
}

// index returns how many days d lies after the first, or a CoverageError.
func (k *Calendar) index(d Date) (int, error) {
	if d.Before(k.from) || d.After(k.until) {
		return 0, &CoverageError{d.Year()}
	}
	return k.from.DaysUntil(d), nil
}

// IsWorkingDay reports whether d is neither weekend nor holiday.
func (k *Calendar) IsWorkingDay(d Date) (bool, error) {
	i, err := k.index(d)
	if err != nil {
		return false, err
	}
	return k.before[i+1] > k.before[i], nil
}

// AddWorkingDays returns the n-th working day after d, or before d when n is
// negative. The day itself never counts, whether it is a working day or not;
// for n = 0 it is the answer.
func (k *Calendar) AddWorkingDays(d Date, n int) (Date, error) {
	i, err := k.index(d)
	if err != nil || n == 0 {
		return d, err
	}
	// The day sought is the one whose end first sees the wanted count.
	want := int(k.before[i+1]) + n
	if n < 0 {
		want = int(k.before[i]) + n + 1
	}
	last := len(k.before) - 1
	if want > int(k.before[last]) {
		return Date{}, &CoverageError{k.until.Year() + edge(k.until, 12, 31)}
	}
	if want < 1 {
		return Date{}, &CoverageError{k.from.Year() - edge(k.from, 1, 1)}
	}
	j := sort.Search(last, func(j int) bool { return int(k.before[j+1]) >= want })
	return k.from.AddDays(j)
}

// edge is 1 when d ends its year, so that the year missing is the neighbour.
func edge(d Date, month time.Month, day int) int {
	if d.Month() == month && d.Day() == day {
		return 1
	}
	return 0
}

// NextWorkingDay returns d when it is a working day, otherwise the first
// working day after it.
func (k *Calendar) NextWorkingDay(d Date) (Date, error) {
	working, err := k.IsWorkingDay(d)
	if err != nil || working {
		return d, err
	}
	return k.AddWorkingDays(d, 1)
}

// WorkingDaysBetween counts working days from a to b, counting b and not a. It
// undoes AddWorkingDays; when b is before a it is negative.
func (k *Calendar) WorkingDaysBetween(a, b Date) (int, error) {
	i, err := k.index(a)
	if err != nil {
		return 0, err
	}
	j, err := k.index(b)
	if err != nil {
		return 0, err
	}
	if j >= i {
		return int(k.before[j+1] - k.before[i+1]), nil
	}
	return -int(k.before[i] - k.before[j]), nil
}

// ClearWorkingDaysBetween counts the working days strictly between a and b:
// neither the day of the notice nor the day of the event. It is 0 when b is not
// after a. This is the count of "n clear working days before".
func (k *Calendar) ClearWorkingDaysBetween(a, b Date) (int, error) {
	i, err := k.index(a)
	if err != nil {
		return 0, err
	}
	j, err := k.index(b)
	if err != nil || j <= i {
		return 0, err
	}
	return int(k.before[j] - k.before[i+1]), nil
}
