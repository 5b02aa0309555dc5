package app

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/policy"
)

// appointmentDays is for how many days from today on the demo's counters have somebody to see; appointmentsOn how many on each.
const (
	appointmentDays = 5
	appointmentsOn  = 5
)

// appointments are those of people who rang up: officers of each counter have booked for them. Who should have been here already
// has come, but for the first.
func (s *seeder) appointments(ctx context.Context, today calendar.Date, now time.Time) error {
	for i, kind := range s.j.Appointments {
		officer, ok := s.officerOf(kind.Organisation)
		if !ok {
			continue
		}
		for n := range appointmentDays {
			day, err := today.AddDays(n)
			if err != nil {
				return err
			}
			for k := range appointmentsOn {
				x, person := kind.For[(n+k)%len(kind.For)], invented((i*appointmentDays+n)*appointmentsOn+k)
				people := 1 + k%min(2, kind.People)
				free := appointment.Free(kind, day, x.Length(people), s.Clock.Now(), func(appointment.Seat) bool { return false })
				if len(free) == 0 {
					continue
				}
				at := free[len(free)*k/appointmentsOn].At
				id, err := s.Flow.Appointments().BookFor(ctx, officer, flow.BookFor{Kind: kind.Appointment, What: x.ID, People: people, At: at,
					Name: person.Name, Phone: person.Phone, Language: s.j.File.Languages[0], Key: fmt.Sprintf("demo appointment %s %s %d", kind.Appointment, day, k)})
				if err == nil && at.Before(now) {
					state := appointment.Came
					if k == 0 {
						state = appointment.Missed
					}
					err = s.Flow.Appointments().End(ctx, officer, flow.EndAppointment{Appointment: id, State: state})
				}
				if ignoreConflict(err) != nil {
					return fmt.Errorf("an appointment at %s on %s: %w", kind.Appointment, day, err)
				}
			}
		}
	}
	return nil
}

// officerOf is the first of the staff who is an officer there.
func (s *seeder) officerOf(organisation string) (policy.Actor, bool) {
	for _, a := range s.staff {
		if a.Has(organisation, policy.Officer) {
			return a, true
		}
	}
	return policy.Actor{}, false
}
