package rule

import (
	"stoa/internal/calendar"
	"stoa/internal/money"
)

func dateFunctions() map[string]function {
	part := func(name, doc string, do func(calendar.Date) int) function {
		return plain(name+"(d)", doc, []Type{Date()}, Number(), func(_ *run, a []Value) (Value, error) {
			return num(do(a[0].(calendar.Date))), nil
		})
	}
	between := func(usage, doc string, do func(a, b calendar.Date) int) function {
		return plain(usage, doc, []Type{Date(), Date()}, Number(), func(_ *run, a []Value) (Value, error) {
			return num(do(a[0].(calendar.Date), a[1].(calendar.Date))), nil
		})
	}
	weekdays := []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	return map[string]function{
		"date": written("date", `date("2026-01-31")`, Date(), func(s string) (Value, error) { return calendar.ParseISO(s) }),
		"time": written("time", `time("18:30")`, Time(), func(s string) (Value, error) { return calendar.ParseClock(s) }),
		"days": length("days", func(n int) period { return period{days: n} }),
		"months": length("months", func(n int) period {
			return period{months: n}
		}),
		"years": length("years", func(n int) period { return period{months: 12 * n} }),

		"year":           part("year", "the year of the date", calendar.Date.Year),
		"month":          part("month", "the month of the date, 1 to 12", func(d calendar.Date) int { return int(d.Month()) }),
		"day":            part("day", "the day of the month, 1 to 31", calendar.Date.Day),
		"days_between":   between("days_between(from, to)", "days from one date to the other: 1 for the next day, negative when to is earlier", calendar.Date.DaysUntil),
		"months_between": between("months_between(from, to)", "completed months from one date to the other", calendar.Date.MonthsUntil),
		"age_on":         between("age_on(birth, d)", "completed years on the date d; who was born on 29 February is a year older on 1 March", calendar.Date.YearsUntil),
		"weekday": plain("weekday(d)", `"monday" to "sunday"`, []Type{Date()}, Choice(weekdays...), func(_ *run, a []Value) (Value, error) {
			return weekdays[a[0].(calendar.Date).Weekday()], nil
		}),
	}
}

// written makes a function whose argument is read when the rule is checked.
func written(name, usage string, t Type, read func(string) (Value, error)) function {
	return function{usage: usage, doc: "the " + name + " written out", min: 1, max: 1, check: func(c *checker, id int64, args []node) node {
		s, ok := c.literalText(args[0], usage)
		if !ok {
			return node{id: id}
		}
		v, err := read(s)
		if err != nil {
			return c.fail(args[0].id, "there is no such "+name, "write "+usage)
		}
		return constant(id, t, v)
	}}
}

// length makes a function for a length of time. A part of a unit is left out.
func length(name string, make func(n int) period) function {
	usage := "d + " + name + "(3)"
	return function{usage: usage, doc: "so many " + name + " later (or earlier, with -); parts are left out, and where a month has no such day its last day is meant", min: 1, max: 1,
		check: func(c *checker, id int64, args []node) node {
			if d, ok := args[0].lit.(money.Decimal); ok && !d.IsWhole() {
				return c.fail(args[0].id, "only whole "+name+" can be added to a date", "write "+usage)
			}
			if !c.need(args[0], Number(), name) {
				return node{id: id}
			}
			return computed(id, Type{kind: periodKind}, args, func(_ *run, a []Value) (Value, error) {
				n, err := wholeNumber(a[0])
				if err != nil {
					return nil, err
				}
				return make(n), nil
			})
		}}
}

// wholeNumber drops what is after the point. More than any two dates are apart
// is an error.
func wholeNumber(v Value) (int, error) {
	d, err := v.(money.Decimal).Round(0, money.Down)
	n, ok := d.Int64()
	if err != nil || !ok || n > 4_000_000 || n < -4_000_000 {
		return 0, &Error{Code: DateTooFar, Cause: calendar.ErrRange}
	}
	return int(n), nil
}

func workingDayFunctions() map[string]function {
	between := func(usage, doc string, do func(k *calendar.Calendar, a, b calendar.Date) (int, error)) function {
		f := plain(usage, doc, []Type{Date(), Date()}, Number(), func(r *run, a []Value) (Value, error) {
			n, err := do(r.env.calendar, a[0].(calendar.Date), a[1].(calendar.Date))
			if err != nil {
				return nil, &Error{Code: NoCalendar, Cause: err}
			}
			return num(n), nil
		})
		f.place = true
		return f
	}
	add := plain("add_working_days(d, n)", "the n-th working day after d, or before it when n is negative; d itself does not count", []Type{Date(), Number()}, Date(),
		func(r *run, a []Value) (Value, error) {
			n, err := wholeNumber(a[1])
			if err != nil {
				return nil, err
			}
			d, err := r.env.calendar.AddWorkingDays(a[0].(calendar.Date), n)
			if err != nil {
				return nil, &Error{Code: NoCalendar, Cause: err}
			}
			return d, nil
		})
	is := plain("is_working_day(d)", "true when d is neither weekend nor holiday", []Type{Date()}, Bool(), func(r *run, a []Value) (Value, error) {
		b, err := r.env.calendar.IsWorkingDay(a[0].(calendar.Date))
		if err != nil {
			return nil, &Error{Code: NoCalendar, Cause: err}
		}
		return b, nil
	})
	moment := []Type{Date(), Time(), Date(), Time()}
	minutes := plain("minutes_between(d1, t1, d2, t2)", "minutes that pass between two moments, changes of the clocks included", moment, Number(), func(r *run, a []Value) (Value, error) {
		return num(elapsed(r, a)), nil
	})
	hours := plain("hours_between(d1, t1, d2, t2)", "hours that pass between two moments, changes of the clocks included", moment, Number(), func(r *run, a []Value) (Value, error) {
		return number(num(elapsed(r, a)).QuoDigits(num(60), quotientDigits))
	})
	add.place, is.place, minutes.place, hours.place = true, true, true, true
	return map[string]function{
		"working_days_between": between("working_days_between(from, to)", "working days from one date to the other, counting to and not from",
			(*calendar.Calendar).WorkingDaysBetween),
		"clear_working_days_between": between("clear_working_days_between(from, to)", "working days strictly between two dates, counting neither",
			(*calendar.Calendar).ClearWorkingDaysBetween),
		"add_working_days": add, "is_working_day": is, "minutes_between": minutes, "hours_between": hours,
	}
}

// elapsed counts minutes between two moments in the zone of the calendar.
func elapsed(r *run, a []Value) int {
	k := r.env.calendar
	from := k.In(a[0].(calendar.Date), a[1].(calendar.Clock))
	to := k.In(a[2].(calendar.Date), a[3].(calendar.Clock))
	return int((to.Unix() - from.Unix()) / 60)
}
