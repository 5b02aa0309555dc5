package flow

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// BookFor is an appointment that an officer books for somebody at the counter or on the telephone.
type BookFor struct {
	Kind, What         string
	People             int
	At                 time.Time
	Name, Email, Phone string
	Language           string // in which they are written to
	Key                string
}

// BookFor is for officers. Neither how far ahead nor how shortly before binds them, nor how many somebody may hold.
func (f Appointments) BookFor(ctx context.Context, actor policy.Actor, in BookFor) (id string, err error) {
	w, err := f.sought(in.Kind, in.What, in.People, in.At)
	if err != nil {
		return "", err
	}
	w.counter = true
	in.Name, in.Email = strings.TrimSpace(in.Name), strings.TrimSpace(in.Email)
	a := appointment.Appointment{Kind: in.Kind, What: in.What, People: in.People, Organisation: w.kind.Organisation, Language: in.Language,
		Words: appointment.Words{Name: in.Name, Email: in.Email, Phone: in.Phone}}
	if err := policy.Can(actor, policy.AppointmentWork, a.Thing()); err != nil {
		return "", err
	}
	var wrong fault.Fields
	if in.Name == "" {
		wrong.Add("name", "Enter the name of who is to come")
	}
	if at := strings.IndexByte(in.Email, '@'); in.Email != "" && (at < 1 || at == len(in.Email)-1) {
		wrong.Add("email", "Enter an email address in the right form, like name@example.com")
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	err = f.seated(ctx, "flow.BookFor", w, func(ctx context.Context, tx *store.Tx, pick func() (int, error)) (err error) {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			one := a
			if one.Subject, err = f.People.Vault.NewSubject(ctx, tx); err != nil {
				return "", err
			}
			return one.ID, f.book(ctx, tx, w, &one, pick, 0)
		})
		return err
	})
	return id, err
}

// EndAppointment is what an officer notes of an appointment: that they came, that they did not, that it is cancelled.
type EndAppointment struct {
	Appointment string
	State       string // appointment.Came, Missed, Cancelled
}

// End is for officers of the organisation. Whether somebody came is only known once the day has begun, and can be put right.
func (f Appointments) End(ctx context.Context, actor policy.Actor, in EndAppointment) error {
	return f.DB.Write(ctx, "flow.EndAppointment", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.appointed().Get(ctx, tx, in.Appointment)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AppointmentWork, a.Thing()); err != nil {
			return err
		}
		k := f.Docket.Releases.Current().Calendar
		switch {
		case a.State == in.State:
			return nil
		case a.State == appointment.Cancelled || a.State == appointment.Closed:
			return fault.NewConflict("This appointment is over, or was cancelled")
		case in.State == appointment.Cancelled && a.Coming(tx.Now()):
			if err := f.appointed().End(ctx, tx, &a, in.State); err != nil {
				return err
			}
			return f.tellAppointment(ctx, tx, f.Docket.Releases.Current().AppointmentKind(a.Kind), a, appointmentCancelled, "")
		case (in.State == appointment.Came || in.State == appointment.Missed) && !k.DateOf(a.Starts).After(k.DateOf(tx.Now())):
			return f.appointed().End(ctx, tx, &a, in.State)
		}
		return fault.NewInvalid("That cannot be noted before the day of the appointment")
	})
}

// CloseCounter says that nobody is seen on a day, or at one counter of it.
type CloseCounter struct {
	Kind    string
	Day     calendar.Date
	Counter int // 0: all
	Reason  string
	Key     string
}

// CloseCounter tells those who had an appointment there, with the reason, and how many they were. The form that comes once more, when
// the day may be open again, closes nothing.
func (f Appointments) CloseCounter(ctx context.Context, actor policy.Actor, in CloseCounter) (told int, err error) {
	kind := f.Docket.Releases.Current().AppointmentKind(in.Kind)
	if kind == nil {
		return 0, fault.NewNotFound("")
	}
	if err := policy.Can(actor, policy.AppointmentWork, policy.Thing{Kind: "appointments", ID: in.Kind, Organisation: kind.Organisation}); err != nil {
		return 0, err
	}
	if problem := plainText(in.Reason, "Say why, for those who had an appointment"); problem != nil {
		return 0, problem
	}
	if in.Counter < 0 || in.Counter > kind.Counters {
		return 0, fault.NewInvalid("Choose a counter")
	}
	for try := 0; ; try++ {
		err = f.DB.Write(ctx, "flow.CloseCounter", func(ctx context.Context, tx *store.Tx) error {
			result, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
				n, err := f.closeCounter(ctx, tx, kind, in)
				return strconv.Itoa(n), err
			})
			if err == nil {
				told, err = strconv.Atoi(result)
			}
			return err
		})
		if !errors.Is(err, appointment.ErrTaken) || try == 100 { // somebody booked meanwhile: they are told too
			return told, err
		}
	}
}

func (f Appointments) closeCounter(ctx context.Context, tx *store.Tx, kind *service.Appointment, in CloseCounter) (told int, err error) {
	k := kind.Jurisdiction.Calendar
	if in.Day.Before(k.DateOf(tx.Now())) {
		return 0, fault.NewInvalid("This day is over")
	}
	stays := map[string]bool{} // what keeps its seats: earlier closings, and those who have been here
	closed, err := f.appointed().Closings(ctx, tx, in.Kind, in.Day, in.Day)
	if err != nil {
		return 0, err
	}
	for _, c := range closed {
		stays[c.ID] = true
	}
	list, err := f.appointed().Between(ctx, tx, in.Kind, k.StartOf(in.Day), k.EndOf(in.Day))
	if err != nil {
		return 0, err
	}
	for _, a := range list {
		if !a.Coming(tx.Now()) || in.Counter != 0 && a.Counter != in.Counter {
			stays[a.ID] = true
			continue
		}
		if err := f.appointed().End(ctx, tx, &a, appointment.Closed); err != nil {
			return 0, err
		}
		if err := f.tellAppointment(ctx, tx, kind, a, appointmentClosed, in.Reason); err != nil {
			return 0, err
		}
		told++
	}
	taken, err := f.appointed().Taken(ctx, tx, in.Kind, k.StartOf(in.Day), k.EndOf(in.Day))
	if err != nil {
		return 0, err
	}
	var seats []appointment.Seat
	for _, s := range appointment.Opens(kind, in.Day) {
		if (in.Counter == 0 || s.Counter == in.Counter) && !stays[taken[s]] { // one that was booked since the list is a conflict
			seats = append(seats, s)
		}
	}
	return told, f.appointed().Close(ctx, tx, &appointment.Closing{Kind: in.Kind, Day: in.Day, Counter: in.Counter, Reason: in.Reason}, seats)
}

// OpenDay takes a closing back. Those who were told of it are not booked again.
func (f Appointments) OpenDay(ctx context.Context, actor policy.Actor, kind, closing string) error {
	file := f.Docket.Releases.Current().AppointmentKind(kind)
	if file == nil {
		return fault.NewNotFound("")
	}
	if err := policy.Can(actor, policy.AppointmentWork, policy.Thing{Kind: "appointments", ID: kind, Organisation: file.Organisation}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.OpenDay", func(ctx context.Context, tx *store.Tx) error {
		return f.appointed().Reopen(ctx, tx, kind, closing)
	})
}
