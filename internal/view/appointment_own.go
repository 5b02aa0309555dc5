package view

import (
	"context"
	"time"

	"stoa/internal/access"
	"stoa/internal/appointment"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// OwnAppointment is an appointment of the reader, or of the one for whom they act.
type OwnAppointment struct {
	ID, Kind, What       string
	Title, Office, State string
	When                 Instant
	Until                string
	People               int
	By                   string // who booked it for them
	Place, Bring         []string
	Coming               bool
	Contact              Contact
}

// NewAppointment is a time that was chosen and is not booked yet.
type NewAppointment struct {
	Title, Office, Time string
	Place, Bring        []string
	Privacy             Privacy
}

// OwnAppointments lists what is to come, the next first, and what is past.
func (v Appointments) OwnAppointments(ctx context.Context, r Reader) (coming, past []OwnAppointment, err error) {
	if err := ownList(r); err != nil {
		return nil, nil, err
	}
	err = v.read(ctx, "OwnAppointments", func(ctx context.Context, tx *store.Tx) error {
		coming, past = nil, nil
		all, err := v.appointed().Of(ctx, tx, r.Actor.Whose())
		for _, a := range all {
			if policy.Can(r.Actor, policy.AppointmentOwn, a.Thing()) != nil {
				continue // of another, and not covered
			}
			if line := v.ownAppointment(r, a, tx.Now()); line.Coming {
				coming = append([]OwnAppointment{line}, coming...)
			} else {
				past = append(past, line)
			}
		}
		return err
	})
	return coming, past, err
}

// OwnAppointment is one of them. That somebody who acts for its owner looks at it is recorded.
func (v Appointments) OwnAppointment(ctx context.Context, r Reader, id string) (line OwnAppointment, err error) {
	err = v.ownOne(ctx, r, id, func(tx *store.Tx, a appointment.Appointment) { line = v.ownAppointment(r, a, tx.Now()) })
	return line, err
}

// AppointmentFile is it as a calendar reads it (RFC 5545).
func (v Appointments) AppointmentFile(ctx context.Context, r Reader, id string) (raw []byte, err error) {
	err = v.ownOne(ctx, r, id, func(tx *store.Tx, a appointment.Appointment) {
		if kind := v.place().AppointmentKind(a.Kind); kind != nil {
			a.Language = r.P.Tag()
			raw = appointment.ICS(appointment.EventOf(kind, a, v.Site.URL, tx.Now()))
		}
	})
	if err == nil && raw == nil {
		err = fault.NewNotFound("")
	}
	return raw, err
}

func (v Appointments) ownOne(ctx context.Context, r Reader, id string, found func(*store.Tx, appointment.Appointment)) error {
	err := v.lookFor(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		a, err := v.appointed().Get(ctx, tx, id)
		return access.Look{Person: a.Owner, What: lookAppointment, Ref: a.ID, Why: string(policy.AppointmentOwn)}, a.Thing(), err
	})
	if err != nil {
		return err
	}
	return v.read(ctx, "OwnAppointment", func(ctx context.Context, tx *store.Tx) error {
		a, err := v.appointed().Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.AppointmentOwn, a.Thing()); err != nil {
			return err
		}
		found(tx, a)
		return nil
	})
}

// NewAppointment is the page before booking; it looks whether the time can still be had.
func (v Appointments) NewAppointment(ctx context.Context, r Reader, ask Seek, at time.Time) (n NewAppointment, free bool, err error) {
	a, err := v.kind(r, ask.Kind)
	if err != nil {
		return n, false, err
	}
	j := a.Jurisdiction
	ask.Day = j.Calendar.DateOf(at)
	times, err := v.Free(ctx, r, ask)
	if err != nil {
		return n, false, err
	}
	n = NewAppointment{Title: r.words(j, a.TitleOf(ask.What)), Office: r.organisationName(j, a.Organisation), Place: service.Lines(a.Place, r.P.Tag(), j.File.Languages...),
		Bring: service.Lines(a.Brings(ask.What), r.P.Tag(), j.File.Languages...), Time: r.freeTime(j.Calendar, at).Full,
		Privacy: Privacy{Purpose: r.words(j, a.Privacy.Purpose), Keep: r.P.N("{n} month", "{n} months", a.Privacy.Months()), Basis: lawOf(a.Law[a.Privacy.Basis])}}
	for _, t := range times.Day {
		free = free || t.At == at.UTC().Format(TimeForm)
	}
	return n, free, nil
}

func (v Appointments) ownAppointment(r Reader, a appointment.Appointment, now time.Time) OwnAppointment {
	j := v.place()
	line := OwnAppointment{ID: a.ID, Kind: a.Kind, What: a.What, Title: a.Kind, Office: r.organisationName(j, a.Organisation), State: r.appointmentState(a, now),
		When: r.instant(j, a.Starts), Until: r.clock(j, a.Ends), People: a.People, By: a.Words.By, Coming: a.Coming(now), Contact: r.contact(j, a.Organisation)}
	if kind := j.AppointmentKind(a.Kind); kind != nil {
		line.Title = r.words(j, kind.TitleOf(a.What))
		line.Place, line.Bring = service.Lines(kind.Place, r.P.Tag(), j.File.Languages...), service.Lines(kind.Brings(a.What), r.P.Tag(), j.File.Languages...)
	}
	return line
}

func (r Reader) clock(j *service.Jurisdiction, t time.Time) string {
	local := t.In(j.Calendar.Zone())
	return r.P.Time(local.Hour(), local.Minute())
}

func (r Reader) appointmentState(a appointment.Appointment, now time.Time) string {
	p := r.P
	switch {
	case a.Coming(now):
		return p.T("Booked")
	case a.State == appointment.Booked:
		return p.C("appointment", "Over")
	}
	return map[string]string{appointment.Cancelled: p.C("appointment", "Cancelled"), appointment.Closed: p.T("Cancelled by the office"),
		appointment.Came: p.T("Came"), appointment.Missed: p.T("Did not come")}[a.State]
}

// lookAppointment is a look at an appointment.
const lookAppointment = "appointment"

// DayLine is an appointment in an office's list of a day.
type DayLine struct {
	ID, Time, Until, What, Name, Email, Phone, By, State string
	Counter, People                                      int
	Coming, Held, Today                                  bool // it is to come; it is or was to be kept; what came of it can be noted
	Came, Missed                                         bool // is what is noted
}

// ClosingLine is what is closed on a day.
type ClosingLine struct {
	ID, Reason string
	Counter    int // 0: all
}

// AppointmentDay is the day of a counter, for its officers.
type AppointmentDay struct {
	Kind                AppointmentLine
	Day, Text           string
	Before, Next, Today string
	Lines               []DayLine
	Closed              []ClosingLine
	Counters, Held      int
	For                 []Option
	People              int
}

// AppointmentsArea reports whether there is a list of appointments for somebody of the desk.
func AppointmentsArea(a policy.Actor, j *service.Jurisdiction) bool { return len(deskKinds(a, j)) > 0 }

func deskKinds(a policy.Actor, j *service.Jurisdiction) (list []*service.Appointment) {
	if j == nil {
		return nil
	}
	for _, k := range j.Appointments {
		if policy.Can(a, policy.AppointmentWork, policy.Thing{Kind: "appointments", ID: k.Appointment, Organisation: k.Organisation}) == nil {
			list = append(list, k)
		}
	}
	return list
}

// DeskKinds are the counters of the reader's organisations.
func (v Appointments) DeskKinds(r Reader) (list []AppointmentLine) {
	for _, k := range deskKinds(r.Actor, v.place()) {
		list = append(list, r.appointmentLine(k))
	}
	return list
}

// AppointmentDay is the list of a day; the zero day is today. Each line that is shown is recorded.
func (v Appointments) AppointmentDay(ctx context.Context, r Reader, kind string, day calendar.Date) (AppointmentDay, error) {
	d, looks, err := v.appointmentDay(ctx, r, kind, day)
	if err != nil {
		return d, err
	}
	return d, v.lookAtAll(ctx, r, looks, true)
}

// AppointmentDayHead is AppointmentDay without anybody's name.
func (v Appointments) AppointmentDayHead(ctx context.Context, r Reader, kind string, day calendar.Date) (AppointmentDay, error) {
	d, _, err := v.appointmentDay(ctx, r, kind, day)
	d.Lines = nil
	return d, err
}

func (v Appointments) appointmentDay(ctx context.Context, r Reader, kind string, day calendar.Date) (d AppointmentDay, looks []access.Look, err error) {
	a, err := v.kind(r, kind)
	if err != nil {
		return d, nil, err
	}
	if err := policy.Can(r.Actor, policy.AppointmentWork, policy.Thing{Kind: "appointments", ID: kind, Organisation: a.Organisation}); err != nil {
		return d, nil, err
	}
	j := a.Jurisdiction
	err = v.read(ctx, "AppointmentDay", func(ctx context.Context, tx *store.Tx) error {
		looks = nil
		today := j.Calendar.DateOf(tx.Now())
		if day.IsZero() {
			day = today
		}
		before, err := day.AddDays(-1)
		if err != nil {
			return fault.NewNotFound("")
		}
		next, err := day.AddDays(1)
		if err != nil {
			return fault.NewNotFound("")
		}
		d = AppointmentDay{Kind: r.appointmentLine(a), Day: day.String(), Text: r.P.DateLong(day.Year(), day.Month(), day.Day()), Before: before.String(), Next: next.String(),
			Counters: a.Counters, People: a.People}
		if day != today {
			d.Today = today.String()
		}
		for _, x := range a.For {
			d.For = append(d.For, Option{Value: x.ID, Label: r.words(j, x.Title)})
		}
		list, err := v.appointed().Between(ctx, tx, kind, j.Calendar.StartOf(day), j.Calendar.EndOf(day))
		if err != nil {
			return err
		}
		for _, x := range list {
			if policy.Can(r.Actor, policy.AppointmentWork, x.Thing()) != nil {
				continue // the officer's own
			}
			held := x.State != appointment.Cancelled && x.State != appointment.Closed
			if held {
				d.Held++
			}
			d.Lines = append(d.Lines, DayLine{ID: x.ID, Time: r.clock(j, x.Starts), Until: r.clock(j, x.Ends), What: r.words(j, a.TitleOf(x.What)), Name: x.Words.Name, Email: x.Words.Email,
				Phone: x.Words.Phone, By: x.Words.By, State: r.appointmentState(x, tx.Now()), Counter: x.Counter, People: x.People, Coming: x.Coming(tx.Now()), Held: held, Today: held && !day.After(today),
				Came: x.State == appointment.Came, Missed: x.State == appointment.Missed})
			looks = append(looks, access.Look{Person: x.Owner, Organisation: x.Organisation, What: lookAppointment, Ref: x.ID, Why: string(policy.AppointmentWork)})
		}
		closed, err := v.appointed().Closings(ctx, tx, kind, day, day)
		for _, c := range closed {
			d.Closed = append(d.Closed, ClosingLine{c.ID, c.Reason, c.Counter})
		}
		return err
	})
	return d, looks, err
}
