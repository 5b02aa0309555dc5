package desk_test

import (
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/policy"
)

// TestOnlyTheListOfADayLooksAtPeople: whoever books for somebody else, or closes a day, is shown nobody, and no look is noted.
func TestOnlyTheListOfADayLooksAtPeople(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		resident := o.hire("Rana Resident", "rana@example.org", nil)
		day, err := o.today().AddDays(2)
		o.must(err)
		for day.Weekday() != time.Tuesday {
			day, err = day.AddDays(1)
			o.must(err)
		}
		at := o.j.Calendar.StartOf(day).Add(10 * time.Hour)
		_, err = o.flow.Appointments().Book(o.ctx, policy.Actor{Person: resident.Person, Name: resident.Name},
			flow.BookAppointment{Kind: "licensing-advice", What: "event", People: 1, At: at, Language: "en", Key: "book"})
		o.must(err)
		on := "?day=" + day.String()
		for _, page := range []string{"/desk/appointments/licensing-advice/new" + on, "/desk/appointments/licensing-advice/close" + on} {
			o.get(o.staff["Priya"], page).says(t, 200)
			if n := len(o.looks(resident.Person)); n != 0 {
				t.Errorf("%s: %d looks at somebody whom it does not show", page, n)
			}
		}
		o.get(o.staff["Priya"], "/desk/appointments/licensing-advice"+on).says(t, 200, "Rana Resident")
		if n := len(o.looks(resident.Person)); n != 1 {
			t.Errorf("the list of the day: %d looks", n)
		}
	})
}
