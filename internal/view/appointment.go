package view

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Appointments is what can be seen of appointments.
type Appointments struct{ *View }

func (v Appointments) appointed() *appointment.Appointments {
	return &appointment.Appointments{Vault: v.People.Vault}
}

// AppointmentLine is a counter at which people are seen.
type AppointmentLine struct{ ID, Title, Summary, Organisation string }

// AppointmentKind is one in full.
type AppointmentKind struct {
	AppointmentLine
	Place   []string
	Hours   []HoursLine
	For     []ComeFor
	People  int
	Contact Contact
	Privacy Privacy
}

// HoursLine is when it is open on a day of the week.
type HoursLine struct{ Day, Hours string }

// ComeFor is something to come for.
type ComeFor struct {
	ID, Title, Time string // how long it takes for one person
	Bring           []string
	Law             Law
}

// AppointmentKinds lists those that there are.
func (v Appointments) AppointmentKinds(r Reader) (list []AppointmentLine) {
	j := v.place()
	for _, a := range j.Appointments {
		list = append(list, r.appointmentLine(a))
	}
	return list
}

func (r Reader) appointmentLine(a *service.Appointment) AppointmentLine {
	j := a.Jurisdiction
	return AppointmentLine{a.Appointment, r.words(j, a.Title), r.words(j, a.Summary), r.organisationName(j, a.Organisation)}
}

// AppointmentsFor are the links from a service's page to what one can come for.
func (v Appointments) AppointmentsFor(r Reader, id string) (list []Option) {
	j := v.place()
	for _, a := range j.Appointments {
		for _, x := range a.For {
			if x.Service == id {
				list = append(list, Option{Value: "/appointments/" + a.Appointment + "?for=" + x.ID, Label: r.words(j, x.Title)})
			}
		}
	}
	return list
}

func (v Appointments) kind(r Reader, id string) (*service.Appointment, error) {
	a := v.place().AppointmentKind(id)
	if a == nil {
		return nil, fault.NewNotFound("")
	}
	return a, policy.Can(r.Actor, policy.AppointmentSee, policy.Thing{Kind: "appointments", ID: id, Organisation: a.Organisation, Public: true})
}

// AppointmentKind is the page of one.
func (v Appointments) AppointmentKind(r Reader, id string) (k AppointmentKind, err error) {
	a, err := v.kind(r, id)
	if err != nil {
		return k, err
	}
	j := a.Jurisdiction
	k = AppointmentKind{AppointmentLine: r.appointmentLine(a), Place: service.Lines(a.Place, r.P.Tag(), j.File.Languages...), People: a.People, Contact: r.contact(j, a.Organisation),
		Privacy: Privacy{Purpose: r.words(j, a.Privacy.Purpose), Keep: r.P.N("{n} month", "{n} months", a.Privacy.Months()), Basis: lawOf(a.Law[a.Privacy.Basis])}}
	for i := range 7 {
		w := time.Weekday((i + 1) % 7)
		line := HoursLine{Day: r.weekday(w)}
		for _, h := range openHours(a.Weekdays[w]) {
			if line.Hours != "" {
				line.Hours += ", "
			}
			line.Hours += r.P.T("{from} to {until}", map[string]any{"from": r.P.Time(h.From.Hour(), h.From.Minute()), "until": r.P.Time(h.Until.Hour(), h.Until.Minute())})
		}
		if line.Hours != "" {
			k.Hours = append(k.Hours, line)
		}
	}
	for _, x := range a.For {
		line := ComeFor{ID: x.ID, Title: r.words(j, x.Title), Time: r.P.N("{n} minute", "{n} minutes", x.Minutes), Bring: service.Lines(a.Brings(x.ID), r.P.Tag(), j.File.Languages...)}
		if src, ok := a.Law[x.Law]; ok {
			line.Law = lawOf(src)
		}
		k.For = append(k.For, line)
	}
	return k, nil
}

// openHours are the parts of a day that people see: where only the number of counters changes, it is one.
func openHours(hours []service.AppointmentHoursFile) (all []service.AppointmentHoursFile) {
	for _, h := range hours {
		if n := len(all); n > 0 && all[n-1].Until == h.From {
			all[n-1].Until = h.Until
			continue
		}
		all = append(all, h)
	}
	return all
}

// weekday is the name of a day: that of some day which is one.
func (r Reader) weekday(w time.Weekday) string {
	p := r.P
	return map[time.Weekday]string{time.Monday: p.T("Monday"), time.Tuesday: p.T("Tuesday"), time.Wednesday: p.T("Wednesday"), time.Thursday: p.T("Thursday"),
		time.Friday: p.T("Friday"), time.Saturday: p.T("Saturday"), time.Sunday: p.T("Sunday")}[w]
}

// TimeForm is how addresses name a time: in UTC, so that no hour is named twice.
const TimeForm = "2006-01-02T15:04Z"

// Seek is what somebody looks for.
type Seek struct {
	Kind, What string
	People     int
	Day        calendar.Date // shown in full; zero: none is chosen
	Week       calendar.Date // a day of the week to look through; zero: that of the first free time
	Own        string        // the appointment that is moved
	Desk       bool          // an officer looks: from now on
}

// FreeTime is a time that can be booked.
type FreeTime struct {
	At         string // as addresses name it
	Text, Full string // of the day; with its day
}

// FreeDay is a day of a week.
type FreeDay struct {
	Day, Text string
	Free      int
}

// FreeTimes are the times that somebody can choose from.
type FreeTimes struct {
	First        []FreeTime // the next ones
	Week         []FreeDay
	Day          []FreeTime
	DayText      string
	Before, Next string // days of the weeks before and after; "" none
	Minutes      string
}

const firstShown = 4

// Free finds times.
func (v Appointments) Free(ctx context.Context, r Reader, ask Seek) (f FreeTimes, err error) {
	a, err := v.kind(r, ask.Kind)
	if err != nil {
		return f, err
	}
	x := a.Purpose(ask.What)
	if x == nil || ask.People < 1 || ask.People > a.People {
		return f, fault.NewNotFound("")
	}
	f.Minutes = r.P.N("{n} minute", "{n} minutes", x.Length(ask.People))
	err = v.read(ctx, "FreeTimes", func(ctx context.Context, tx *store.Tx) error {
		k := a.Jurisdiction.Calendar
		s := seeker{v: v, tx: tx, a: a, minutes: x.Length(ask.People)}
		today := k.DateOf(tx.Now())
		if s.notBefore, s.last = appointment.Bounds(a, tx.Now()); ask.Desk {
			s.notBefore = tx.Now().Add(-time.Duration(a.Step) * time.Minute)
		}
		if ask.Own != "" {
			own, err := v.appointed().Get(ctx, tx, ask.Own)
			if err != nil {
				return err
			}
			s.own = own.Seats()
		}
		first, err := s.first(ctx, today, firstShown)
		if err != nil {
			return err
		}
		f.First = nil
		for _, t := range first {
			f.First = append(f.First, r.freeTime(k, t))
		}
		return s.show(ctx, r, ask, today, first, &f)
	})
	return f, err
}

func (r Reader) freeTime(k *calendar.Calendar, t time.Time) FreeTime {
	local := t.In(k.Zone())
	return FreeTime{At: t.UTC().Format(TimeForm), Text: r.P.Time(local.Hour(), local.Minute()), Full: i18n.DateTimeLong(r.P, local)}
}

// seeker looks through days.
type seeker struct {
	v         Appointments
	tx        *store.Tx
	a         *service.Appointment
	minutes   int
	notBefore time.Time
	last      calendar.Date
	own       []appointment.Seat
}

// days are the free times of some days from one on, as far as can be booked.
func (s seeker) days(ctx context.Context, from calendar.Date, n int) (all map[calendar.Date][]time.Time, err error) {
	k := s.a.Jurisdiction.Calendar
	until, err := from.AddDays(n - 1)
	if err != nil {
		return nil, nil //nolint:nilerr // beyond the last day there is nothing
	}
	busy, err := s.v.appointed().Busy(ctx, s.tx, k, s.a.Appointment, from, until)
	if err != nil {
		return nil, err
	}
	own := map[appointment.Seat]bool{}
	for _, x := range s.own {
		own[x] = true
	}
	all = map[calendar.Date][]time.Time{}
	for d := from; !d.After(until) && !d.After(s.last); {
		for _, t := range appointment.Free(s.a, d, s.minutes, s.notBefore, func(x appointment.Seat) bool { return !own[x] && busy(x) }) {
			all[d] = append(all[d], t.At)
		}
		if d, err = d.AddDays(1); err != nil {
			break
		}
	}
	return all, nil
}

// first are the next times.
func (s seeker) first(ctx context.Context, from calendar.Date, n int) (list []time.Time, err error) {
	for d := from; !d.After(s.last) && len(list) < n; {
		week, err := s.days(ctx, d, 7)
		if err != nil {
			return nil, err
		}
		for range 7 {
			list = append(list, week[d]...)
			if d, err = d.AddDays(1); err != nil {
				return nil, err
			}
		}
	}
	return list[:min(n, len(list))], nil
}

// show fills in the week and the day.
func (s seeker) show(ctx context.Context, r Reader, ask Seek, today calendar.Date, first []time.Time, f *FreeTimes) error {
	k := s.a.Jurisdiction.Calendar
	at := ask.Week
	switch {
	case !at.IsZero():
	case !ask.Day.IsZero():
		at = ask.Day
	case len(first) > 0:
		at = k.DateOf(first[0])
	default:
		at = today
	}
	if at.Before(today) || at.After(s.last) {
		at = today
	}
	monday, err := at.AddDays(-(int(at.Weekday()) + 6) % 7)
	if err != nil {
		return err
	}
	week, err := s.days(ctx, monday, 7)
	if err != nil {
		return err
	}
	f.Week = nil
	for d, i := monday, 0; i < 7; i++ {
		if len(s.a.Weekdays[d.Weekday()]) > 0 && !d.Before(today) && !d.After(s.last) {
			f.Week = append(f.Week, FreeDay{d.String(), r.P.DateLong(d.Year(), d.Month(), d.Day()), len(week[d])})
		}
		if d == ask.Day {
			f.Day, f.DayText = nil, r.P.DateLong(d.Year(), d.Month(), d.Day())
			for _, t := range week[d] {
				f.Day = append(f.Day, r.freeTime(k, t))
			}
		}
		if d, err = d.AddDays(1); err != nil {
			return err
		}
		if i == 6 && !d.After(s.last) {
			f.Next = d.String()
		}
	}
	if monday.After(today) {
		before, err := monday.AddDays(-7)
		if err != nil {
			return err
		}
		f.Before = before.String()
		if before.Before(today) {
			f.Before = today.String()
		}
	}
	return nil
}

// BookingURL is the page on which a time that was chosen is booked, with all that was chosen.
func BookingURL(kind, what string, people int, at string) string {
	return "/account/appointments/new?" + url.Values{"kind": {kind}, "for": {what}, "people": {strconv.Itoa(people)}, "at": {at}}.Encode()
}
