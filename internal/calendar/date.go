// Package calendar owns civil time: dates, times of day, working days of one
// place, and when a statutory deadline falls. It reads no clock; an instant
// becomes a date only in the zone of a Calendar. How a date is written for a
// reader is i18n's.
package calendar

import (
	"fmt"
	"time"

	"stoa/internal/fault"
)

// Errors of this package, of kind Invalid.
var (
	ErrDate  = fault.NewInvalid("date.format") // not a day that exists, written YYYY-MM-DD
	ErrRange = fault.NewInvalid("date.range")  // outside the years 1 to 9999
	ErrClock = fault.NewInvalid("time.format") // not a time of day, written HH:MM
)

// Date is a day of the Gregorian calendar in the years 1 to 9999, without zone.
// The zero value is no date. Dates compare with == and order with Compare.
type Date struct {
	year       int16
	month, day uint8
}

// First and last date there is.
var (
	MinDate = Date{1, 1, 1}
	MaxDate = Date{9999, 12, 31}
)

// NewDate returns the day, or ErrDate when there is no such day.
func NewDate(year int, month time.Month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, ErrDate
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

// ParseISO reads YYYY-MM-DD and nothing else.
func ParseISO(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, ErrDate
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return Date{}, ErrDate
	}
	return NewDate(y, time.Month(m), d)
}

// MustDate is ParseISO for constants in code; it panics.
func MustDate(s string) Date {
	d, err := ParseISO(s)
	if err != nil {
		panic("calendar: not a date: " + s)
	}
	return d
}

func digits(s string) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// fromUTC takes the date of an instant in UTC.
func fromUTC(t time.Time) (Date, error) {
	y, m, d := t.Date()
	if y < 1 || y > 9999 {
		return Date{}, ErrRange
	}
	return Date{int16(y), uint8(m), uint8(d)}, nil
}

func (d Date) utc() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// serial counts days since 1970-01-01.
func (d Date) serial() int { return int(d.utc().Unix() / 86400) }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Year returns 1 to 9999.
func (d Date) Year() int { return int(d.year) }

// Month returns the month.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day returns the day of the month.
func (d Date) Day() int { return int(d.day) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String writes YYYY-MM-DD, and "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Compare returns -1, 0 or 1 as d is before, the same as or after o.
func (d Date) Compare(o Date) int {
	a := int(d.year)<<16 | int(d.month)<<8 | int(d.day)
	b := int(o.year)<<16 | int(o.month)<<8 | int(o.day)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Before reports whether d comes before o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d comes after o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// maxDays is more days than there are between any two dates.
const maxDays = 4_000_000

// AddDays returns the day n days later (earlier for n < 0), or ErrRange.
func (d Date) AddDays(n int) (Date, error) {
	if n < -maxDays || n > maxDays {
		return Date{}, ErrRange
	}
	return fromUTC(d.utc().AddDate(0, 0, n))
}

// AddMonths returns the same day n months later (earlier for n < 0), or the
// last day of that month where it has no such day: 31 January and one month is
// 28 or 29 February. Beyond the years 1 to 9999 it returns ErrRange.
func (d Date) AddMonths(n int) (Date, error) {
	months := int(d.year)*12 + int(d.month) - 1 + n // a sum that goes round is below nothing
	year, month := months/12, time.Month(months%12+1)
	if months < 12 || year > 9999 {
		return Date{}, ErrRange
	}
	return Date{int16(year), uint8(month), uint8(min(int(d.day), daysIn(year, month)))}, nil
}

// AddYears is AddMonths by twelves: 29 February becomes 28 February in a common
// year.
func (d Date) AddYears(n int) (Date, error) {
	if n < -maxDays || n > maxDays {
		return Date{}, ErrRange
	}
	return d.AddMonths(12 * n)
}

// DaysUntil counts days from d to o: 1 for the next day, negative when o is
// earlier.
func (d Date) DaysUntil(o Date) int { return o.serial() - d.serial() }

// MonthsUntil counts completed months from d to o, negative when o is earlier.
// A month is complete on the same day of a later month; where that month is
// shorter, on the first of the month after it.
func (d Date) MonthsUntil(o Date) int {
	if o.Before(d) {
		return -o.MonthsUntil(d)
	}
	n := (int(o.year)-int(d.year))*12 + int(o.month) - int(d.month)
	if o.day < d.day {
		n--
	}
	return n
}

// YearsUntil counts completed years from d to o: the age on o of a person born
// on d. Who was born on 29 February is a year older on 1 March of a common year.
func (d Date) YearsUntil(o Date) int { return d.MonthsUntil(o) / 12 }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD, and no date from nothing.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseISO(string(b))
	return err
}

// Clock is a time of day in minutes since midnight, 0 to 1439. It orders and
// compares as a number.
type Clock int16

// NewClock returns the time of day, or ErrClock.
func NewClock(hour, minute int) (Clock, error) {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, ErrClock
	}
	return Clock(hour*60 + minute), nil
}

// ParseClock reads HH:MM from 00:00 to 23:59 and nothing else.
func ParseClock(s string) (Clock, error) {
	if len(s) != 5 || s[2] != ':' {
		return 0, ErrClock
	}
	h, ok1 := digits(s[:2])
	m, ok2 := digits(s[3:])
	if !ok1 || !ok2 {
		return 0, ErrClock
	}
	return NewClock(h, m)
}

// Valid reports whether c is a time of day.
func (c Clock) Valid() bool { return c >= 0 && c < 24*60 }

// Hour returns 0 to 23.
func (c Clock) Hour() int { return int(c) / 60 }

// Minute returns 0 to 59.
func (c Clock) Minute() int { return int(c) % 60 }

// String writes HH:MM.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour(), c.Minute()) }

// MarshalText writes HH:MM.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads HH:MM.
func (c *Clock) UnmarshalText(b []byte) (err error) {
	*c, err = ParseClock(string(b))
	return err
}
