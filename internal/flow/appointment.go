package flow

import (
	"context"
	"errors"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Appointments is what happens to appointments.
type Appointments struct{ *Flow }

// Appointments is what happens to appointments.
func (f *Flow) Appointments() Appointments { return Appointments{f} }

func (f *Flow) appointed() *appointment.Appointments {
	return &appointment.Appointments{Vault: f.People.Vault}
}

// sought is an appointment that somebody wants, held against its file.
type sought struct {
	kind    *service.Appointment
	purpose *service.AppointmentForFile
	people  int
	at      time.Time
	own     string // the appointment that is moved: its seats count as free
	counter bool   // an officer books: neither notice nor the days ahead bind them
}

func (f *Flow) sought(kind, what string, people int, at time.Time) (w sought, err error) {
	w = sought{kind: f.Docket.Releases.Current().AppointmentKind(kind), people: people, at: at.UTC().Truncate(time.Minute)}
	if w.kind == nil {
		return w, fault.NewNotFound("")
	}
	if w.purpose = w.kind.Purpose(what); w.purpose == nil {
		return w, fault.NewInvalid("Choose what the appointment is for")
	}
	if people < 1 || people > w.kind.People {
		return w, fault.NewInvalid("Choose for how many people")
	}
	return w, nil
}

func (w sought) ends() time.Time {
	return w.at.Add(time.Duration(w.purpose.Length(w.people)) * time.Minute)
}

var errSeatsTaken = fault.NewConflict("This time has just been taken, or cannot be booked any more. Choose another")

// counters are those that are free at the time that is sought.
func (f *Flow) counters(ctx context.Context, tx *store.Tx, w sought) ([]int, error) {
	k := w.kind.Jurisdiction.Calendar
	day := k.DateOf(w.at)
	notBefore, last := appointment.Bounds(w.kind, tx.Now())
	if w.counter {
		notBefore = tx.Now().Add(-time.Duration(w.kind.Step) * time.Minute)
	} else if day.After(last) {
		return nil, errSeatsTaken
	}
	busy, err := f.appointed().Busy(ctx, tx, k, w.kind.Appointment, day, day)
	if err != nil {
		return nil, err
	}
	own := map[appointment.Seat]bool{}
	if w.own != "" {
		a, err := f.appointed().Get(ctx, tx, w.own)
		if err != nil {
			return nil, err
		}
		for _, s := range a.Seats() {
			own[s] = true
		}
	}
	for _, t := range appointment.Free(w.kind, day, w.purpose.Length(w.people), notBefore, func(s appointment.Seat) bool { return !own[s] && busy(s) }) {
		if t.At.Equal(w.at) {
			return t.Counters, nil
		}
	}
	return nil, errSeatsTaken
}

// seated runs do in a transaction, and again where somebody else was faster at the counter that it picked: as long as there is one.
func (f Appointments) seated(ctx context.Context, name string, w sought, do func(ctx context.Context, tx *store.Tx, pick func() (counter int, err error)) error) error {
	for try := 0; ; try++ {
		err := f.DB.Write(ctx, name, func(ctx context.Context, tx *store.Tx) error {
			return do(ctx, tx, func() (int, error) {
				free, err := f.counters(ctx, tx, w)
				if err != nil {
					return 0, err
				}
				return free[try%len(free)], nil
			})
		})
		switch {
		case !errors.Is(err, appointment.ErrTaken):
			return err
		case try > 2*w.kind.Counters: // each try that fails is a counter that somebody else has got
			return errSeatsTaken
		}
	}
}

// BookAppointment is a time that somebody chose.
type BookAppointment struct {
	Kind, What string
	People     int
	At         time.Time
	Language   string // of the page: in it they are written to
	Key        string
}

// Book books for the actor, or for whom they act.
func (f Appointments) Book(ctx context.Context, actor policy.Actor, in BookAppointment) (id string, err error) {
	w, err := f.sought(in.Kind, in.What, in.People, in.At)
	if err != nil {
		return "", err
	}
	a := appointment.Appointment{Kind: in.Kind, What: in.What, People: in.People, Organisation: w.kind.Organisation, Owner: actor.Whose(), Language: in.Language}
	if actor.Acting() {
		a.By, a.Words.By = actor.Person, actor.Name
	}
	if err := policy.Can(actor, policy.AppointmentOwn, a.Thing()); err != nil {
		return "", err
	}
	err = f.seated(ctx, "flow.BookAppointment", w, func(ctx context.Context, tx *store.Tx, pick func() (int, error)) error {
		who, err := f.People.Get(ctx, tx, actor.Whose())
		if err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			one := a
			one.Subject, one.Words.Name, one.Words.Email, one.Words.Phone = who.Subject, displayName(who), who.Email, who.Phone
			if err := f.book(ctx, tx, w, &one, pick, w.kind.Open); err != nil {
				return "", err
			}
			return one.ID, f.appointedFor(ctx, tx, actor, w.kind, one)
		})
		return err
	})
	return id, err
}

// book takes the seats and owes a confirmation. A reminder whose time has come already is none.
func (f Appointments) book(ctx context.Context, tx *store.Tx, w sought, a *appointment.Appointment, pick func() (int, error), most int) error {
	counter, err := pick()
	if err != nil {
		return err
	}
	a.Starts, a.Ends, a.Counter, a.Reminded = w.at, w.ends(), counter, w.reminded(tx.Now())
	err = f.appointed().Book(ctx, tx, a, most)
	if errors.Is(err, appointment.ErrMost) {
		return fault.NewConflict("You hold as many appointments of this kind as one may. Move or cancel one first", "n", most)
	}
	if err != nil {
		return err
	}
	return f.tellAppointment(ctx, tx, w.kind, *a, appointmentBooked, "")
}

// reminded is the instant for an appointment whose reminder would be due at once: nobody is reminded of what they just did.
func (w sought) reminded(now time.Time) time.Time {
	if w.kind.Remind == 0 || w.at.Add(-time.Duration(w.kind.Remind)*time.Hour).Before(now) {
		return now
	}
	return time.Time{}
}

// MoveAppointment is another time for an appointment.
type MoveAppointment struct {
	Appointment string
	At          time.Time
}

// Move takes the other time and leaves the one before, or changes nothing.
func (f Appointments) Move(ctx context.Context, actor policy.Actor, in MoveAppointment) error {
	a, err := f.held(ctx, actor, in.Appointment)
	if err != nil {
		return err
	}
	w, err := f.sought(a.Kind, a.What, a.People, in.At)
	if err != nil {
		return err
	}
	w.own = a.ID
	return f.seated(ctx, "flow.MoveAppointment", w, func(ctx context.Context, tx *store.Tx, pick func() (int, error)) error {
		a, err := f.coming(ctx, tx, actor, in.Appointment)
		if err != nil || a.Starts.Equal(w.at) {
			return err
		}
		counter, err := pick()
		if err != nil {
			return err
		}
		if err := f.appointed().Move(ctx, tx, &a, w.at, w.ends(), counter, w.reminded(tx.Now())); err != nil {
			return err
		}
		if err := f.appointedFor(ctx, tx, actor, w.kind, a); err != nil {
			return err
		}
		return f.tellAppointment(ctx, tx, w.kind, a, appointmentMoved, "")
	})
}

// held reads an appointment of the actor's that is to come.
func (f Appointments) held(ctx context.Context, actor policy.Actor, id string) (a appointment.Appointment, err error) {
	err = f.DB.Read(ctx, "flow.Appointment", func(ctx context.Context, tx *store.Tx) error {
		a, err = f.coming(ctx, tx, actor, id)
		return err
	})
	return a, err
}

func (f Appointments) coming(ctx context.Context, tx *store.Tx, actor policy.Actor, id string) (appointment.Appointment, error) {
	a, err := f.appointed().Get(ctx, tx, id)
	if err != nil {
		return a, missing(err)
	}
	if err := policy.Can(actor, policy.AppointmentOwn, a.Thing()); err != nil {
		return a, err
	}
	if !a.Coming(tx.Now()) {
		return a, fault.NewConflict("This appointment is over, or was cancelled")
	}
	return a, nil
}

// Cancel gives an appointment up. One that was cancelled already stays so.
func (f Appointments) Cancel(ctx context.Context, actor policy.Actor, id string) error {
	return f.DB.Write(ctx, "flow.CancelAppointment", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.appointed().Get(ctx, tx, id)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AppointmentOwn, a.Thing()); err != nil {
			return err
		}
		if a.State == appointment.Cancelled {
			return nil
		}
		if a, err = f.coming(ctx, tx, actor, id); err != nil {
			return err
		}
		if err := f.appointed().End(ctx, tx, &a, appointment.Cancelled); err != nil {
			return err
		}
		kind := f.Docket.Releases.Current().AppointmentKind(a.Kind)
		if err := f.appointedFor(ctx, tx, actor, kind, a); err != nil {
			return err
		}
		return f.tellAppointment(ctx, tx, kind, a, appointmentCancelled, "")
	})
}

// appointedFor notes what an actor does for another.
func (f Appointments) appointedFor(ctx context.Context, tx *store.Tx, actor policy.Actor, kind *service.Appointment, a appointment.Appointment) error {
	if kind == nil {
		return nil
	}
	return f.doneFor(ctx, tx, actor, mandate.Appointed, kind.Scope(), a.ID, "", kind.Title.In(a.Language, kind.Jurisdiction.File.Languages...))
}
