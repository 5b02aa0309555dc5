package flow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/converse"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/mandate"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/store"
)

// permits is an office that is open on Tuesdays and Thursdays; the clock of the tests stands on Monday the 2nd of March 2026.
const permits = `appointment: permits
title: Ask about a permit
summary: Talk to somebody about a permit.
organisation: markets
place: [Town hall, 1 Square]
law:
  act: {title: Markets Act}
for:
  - {id: stall, title: Ask about a stall, minutes: 20, more: 20, bring: [A plan of the stall]}
people: 2
hours:
  - {days: [tuesday, thursday], from: "09:00", until: "10:00", counters: 3}
step: 20
notice: 1
remind: 24
on_behalf: [helper]
privacy: {purpose: To know who has come., basis: act, keep: 6 months}
`

func (w *world) withPermits(change ...string) {
	w.t.Helper()
	files := base(w.t)
	files["appointments/permits.yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer(change...).Replace(permits))}
	j, problems := service.Load(fs.FS(files))
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

func tuesday(hour, minute int) time.Time { return time.Date(2026, 3, 3, hour, minute, 0, 0, time.UTC) }

func (w *world) books(a policy.Actor, at time.Time, people int) (string, error) {
	return w.Appointments().Book(w.ctx, a, flow.BookAppointment{Kind: "permits", What: "stall", People: people, At: at, Language: "en", Key: w.key()})
}

func (w *world) appointment(id string) (a appointment.Appointment) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = (&appointment.Appointments{Vault: w.People.Vault}).Get(ctx, tx, id)
		return err
	}))
	return a
}

// rows counts.
func (w *world) rows(query string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&n) }))
	return n
}

// TestNobodyIsBookedTwice: a thousand people want three times at three counters at once. Nine get one, the others are told, and
// each seat has one holder.
func TestNobodyIsBookedTwice(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits()
		const many = 1000
		people := make([]policy.Actor, many)
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			for i := range people {
				who, err := w.People.Ensure(ctx, tx, person.Details{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("p%d@example.org", i)}, "en")
				if err != nil {
					return err
				}
				people[i] = policy.Actor{Person: who.ID, Name: who.Name}
			}
			return nil
		}))
		start, outcomes := make(chan struct{}), make([]error, many)
		var all sync.WaitGroup
		for i, a := range people {
			key := w.key()
			all.Add(1)
			go func() {
				defer all.Done()
				<-start
				_, outcomes[i] = w.Appointments().Book(w.ctx, a, flow.BookAppointment{Kind: "permits", What: "stall", People: 1, At: tuesday(9, 20*(i%3)), Language: "en", Key: key})
			}()
		}
		close(start)
		all.Wait()
		booked := 0
		for i, err := range outcomes {
			if err == nil {
				booked++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Fatalf("person %d was told %v", i, err)
			}
		}
		if booked != 9 {
			t.Errorf("%d people were booked on 9 seats", booked)
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment`); n != 9 {
			t.Errorf("%d appointments", n)
		}
		if n := w.rows(`SELECT COUNT(*) FROM (SELECT DISTINCT starts, counter FROM appointment) AS apart`); n != 9 {
			t.Errorf("only %d of them are at a time and counter of their own", n)
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment_seat`); n != 36 {
			t.Errorf("%d seats are taken, of 36", n)
		}
		if n := w.rows(`SELECT COUNT(*) FROM notification WHERE kind = 'appointment'`); n != 9 {
			t.Errorf("%d confirmations", n)
		}
	})
}

// TestAnAppointmentIsMovedAndCancelled by whom it is for, and nobody else; what it leaves is free for others.
func TestAnAppointmentIsMovedAndCancelled(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits("counters: 3", "counters: 1")
		ann, ben := w.comes("Ann", "ann@example.org").Actor, w.comes("Ben", "ben@example.org").Actor
		key := w.key()
		in := flow.BookAppointment{Kind: "permits", What: "stall", People: 2, At: tuesday(9, 0), Language: "en", Key: key}
		id, err := w.Appointments().Book(w.ctx, ann, in)
		w.must(err)
		if again, err := w.Appointments().Book(w.ctx, ann, in); err != nil || again != id {
			t.Errorf("the same form again: %q, %v", again, err)
		}
		if _, err := w.books(ann, tuesday(9, 40), 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second one: %v", err)
		}
		for what, at := range map[string]time.Time{"within": tuesday(9, 20), "closed": tuesday(10, 0), "no step": tuesday(9, 45), "a Wednesday": tuesday(9, 40).AddDate(0, 0, 1), "too far ahead": tuesday(9, 0).AddDate(0, 3, 0)} {
			if _, err := w.books(ben, at, 1); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.books(ben, tuesday(9, 0), 3); fault.KindOf(err) != fault.Invalid {
			t.Errorf("three people: %v", err)
		}
		if _, err := w.books(policy.Actor{}, tuesday(9, 40), 1); err == nil {
			t.Error("a visitor has booked")
		}
		if err := w.Appointments().Move(w.ctx, ben, flow.MoveAppointment{Appointment: id, At: tuesday(9, 20)}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger moves: %v", err)
		}
		if err := w.Appointments().Cancel(w.ctx, ben, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger cancels: %v", err)
		}
		w.must(w.Appointments().Move(w.ctx, ann, flow.MoveAppointment{Appointment: id, At: tuesday(9, 20)})) // half of it is its own
		if a := w.appointment(id); !a.Starts.Equal(tuesday(9, 20)) || !a.Ends.Equal(tuesday(10, 0)) || a.Changes != 1 {
			t.Errorf("moved: %+v", a)
		}
		other, err := w.books(ben, tuesday(9, 0), 1)
		w.must(err)
		if err := w.Appointments().Move(w.ctx, ben, flow.MoveAppointment{Appointment: other, At: tuesday(9, 40)}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("moved to where somebody is: %v", err)
		}
		if a := w.appointment(other); !a.Starts.Equal(tuesday(9, 0)) || w.rows(`SELECT COUNT(*) FROM appointment_seat WHERE holder = $1`, other) != 4 {
			t.Errorf("a move that failed changed %+v", a)
		}
		w.must(w.Appointments().Cancel(w.ctx, ann, id))
		w.must(w.Appointments().Cancel(w.ctx, ann, id))
		w.must(w.Appointments().Move(w.ctx, ben, flow.MoveAppointment{Appointment: other, At: tuesday(9, 40)}))
		if err := w.Appointments().Move(w.ctx, ann, flow.MoveAppointment{Appointment: id, At: tuesday(9, 0)}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("moving what is cancelled: %v", err)
		}
		var titles []string
		for _, m := range w.outbox() {
			if m.To == "ann@example.org" && m.Kind == "appointment" {
				titles = append(titles, strings.SplitN(m.Title, ":", 2)[0])
				if len(m.Attach) != 1 || !strings.Contains(string(m.Attach[0].Bytes), "BEGIN:VEVENT") {
					t.Errorf("%q has no calendar file", m.Title)
				}
			}
		}
		slices.Sort(titles)
		if want := []string{"Your appointment", "Your appointment has moved", "Your appointment is cancelled"}; !slices.Equal(titles, want) {
			t.Errorf("Ann was told %q", titles)
		}
	})
}

// TestOneIsRemindedOnce: a day before, never after a cancellation, again after a move, and not of what one has just booked.
func TestOneIsRemindedOnce(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits("open: 1", "")
		thursday := tuesday(9, 0).AddDate(0, 0, 2)
		ann, ben, eve := w.comes("Ann", "ann@example.org").Actor, w.comes("Ben", "ben@example.org").Actor, w.comes("Eve", "eve@example.org").Actor
		anns, err := w.books(ann, thursday, 1)
		w.must(err)
		bens, err := w.books(ben, thursday, 1)
		w.must(err)
		_, err = w.books(eve, tuesday(9, 0), 1) // in 21 hours
		w.must(err)
		reminded := func(want int) {
			t.Helper()
			n, err := w.Appointments().Remind(w.ctx, w.system)
			if w.must(err); n != want {
				t.Errorf("%s: %d reminders, want %d", w.clock.Now(), n, want)
			}
		}
		reminded(0)
		w.must(w.Appointments().Cancel(w.ctx, ben, bens))
		w.clock.Set(thursday.Add(-24 * time.Hour))
		reminded(1)
		reminded(0)
		w.must(w.Appointments().Move(w.ctx, ann, flow.MoveAppointment{Appointment: anns, At: thursday.AddDate(0, 0, 7)}))
		reminded(0)
		w.clock.Set(thursday.AddDate(0, 0, 7).Add(-23 * time.Hour))
		reminded(1)
		if !w.hasMail("ann@example.org", "appointment") {
			t.Error("Ann was not told")
		}
		if _, err := w.Appointments().Remind(w.ctx, ann); err == nil {
			t.Error("anybody can send reminders")
		}
	})
}

// TestAnOfficeClosesADay: who had an appointment is told why, nobody can book there, and what was closed opens again.
func TestAnOfficeClosesADay(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits("counters: 3", "counters: 2")
		desk := w.Appointments()
		ann, ben := w.comes("Ann", "ann@example.org").Actor, w.comes("Ben", "ben@example.org").Actor
		for _, a := range []policy.Actor{ann, ben} {
			_, err := w.books(a, tuesday(9, 0), 1)
			w.must(err)
		}
		close := flow.CloseCounter{Kind: "permits", Day: w.Docket.Releases.Current().Calendar.DateOf(tuesday(9, 0)), Counter: 2, Reason: "The officer is ill.", Key: w.key()}
		for _, stranger := range []policy.Actor{ann, w.other} {
			if _, err := desk.CloseCounter(w.ctx, stranger, close); err == nil {
				t.Errorf("%s closes a counter", stranger.Name)
			}
		}
		for range 2 { // the button twice
			n, err := desk.CloseCounter(w.ctx, w.officer, close)
			if w.must(err); n != 1 {
				t.Errorf("%d people were told", n)
			}
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment_closing`); n != 1 {
			t.Errorf("closed %d times by one form", n)
		}
		once := close
		if _, err := w.books(w.comes("Eve", "eve@example.org").Actor, tuesday(9, 0), 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("booked at a closed counter: %v", err)
		}
		if told := w.outboxWith("The officer is ill."); told != 1 {
			t.Errorf("%d messages have the reason", told)
		}
		if _, err := desk.BookFor(w.ctx, w.officer, flow.BookFor{Kind: "permits", What: "stall", People: 1, At: tuesday(9, 20), Name: "Walter", Language: "en", Key: w.key()}); err != nil {
			t.Errorf("for somebody at the counter: %v", err)
		}
		close.Counter, close.Key = 0, w.key()
		n, err := desk.CloseCounter(w.ctx, w.officer, close)
		if w.must(err); n != 2 {
			t.Errorf("%d people were told of the whole day", n)
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment_seat`); n != 24 {
			t.Errorf("%d seats are taken on a closed day", n)
		}
		var closings []appointment.Closing
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			closings, err = (&appointment.Appointments{}).Closings(ctx, tx, "permits", close.Day, close.Day)
			return err
		}))
		for _, c := range closings {
			w.must(desk.OpenDay(w.ctx, w.officer, "permits", c.ID))
		}
		if _, err := desk.CloseCounter(w.ctx, w.officer, once); err != nil { // the form that was left open, once more
			t.Error(err)
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment_closing`); n != 0 {
			t.Error("a form that was sent before closes what was opened again")
		}
		id, err := w.books(ann, tuesday(9, 0), 1)
		w.must(err)
		end := func(state string) error {
			return desk.End(w.ctx, w.officer, flow.EndAppointment{Appointment: id, State: state})
		}
		if err := end(appointment.Came); fault.KindOf(err) != fault.Invalid {
			t.Errorf("came a day before: %v", err)
		}
		w.clock.Set(tuesday(9, 5))
		w.must(end(appointment.Missed))
		w.must(end(appointment.Came))
		if err := end(appointment.Cancelled); err == nil {
			t.Error("who has come was cancelled")
		}
		if err := desk.End(w.ctx, w.other, flow.EndAppointment{Appointment: id, State: appointment.Missed}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an officer of another organisation: %v", err)
		}
	})
}

// TestWhoBooksWhileADayIsClosed is told, or refused; nobody stays booked on a closed day.
func TestWhoBooksWhileADayIsClosed(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits()
		var people []policy.Actor
		for i := range 12 {
			people = append(people, w.comes(fmt.Sprint("Person ", i), fmt.Sprintf("p%d@example.org", i)).Actor)
		}
		var all sync.WaitGroup
		for i, a := range people {
			all.Add(1)
			go func() {
				defer all.Done()
				if _, err := w.Appointments().Book(w.ctx, a, flow.BookAppointment{Kind: "permits", What: "stall", People: 1, At: tuesday(9, 20*(i%3)), Language: "en", Key: fmt.Sprint("form of person ", i)}); err != nil && fault.KindOf(err) != fault.Conflict {
					t.Errorf("person %d: %v", i, err)
				}
			}()
			if i == 5 {
				all.Add(1)
				go func() {
					defer all.Done()
					if _, err := w.Appointments().CloseCounter(w.ctx, w.officer, flow.CloseCounter{Kind: "permits", Day: w.Docket.Releases.Current().Calendar.DateOf(tuesday(9, 0)), Reason: "A burst pipe.", Key: w.key()}); err != nil {
						t.Error(err)
					}
				}()
			}
		}
		all.Wait()
		if n := w.rows(`SELECT COUNT(*) FROM appointment WHERE state = 'booked'`); n != 0 {
			t.Errorf("%d people are booked on a closed day", n)
		}
		if closed, told := w.rows(`SELECT COUNT(*) FROM appointment`), w.outboxWith("A burst pipe."); closed != told {
			t.Errorf("%d had an appointment, %d were told", closed, told)
		}
	})
}

func (w *world) outboxWith(words string) (n int) {
	for _, m := range w.outbox() {
		if strings.Contains(m.Text, words) {
			n++
		}
	}
	return n
}

// TestAnAppointmentForAnother has both names, and ends with the mandate.
func TestAnAppointmentForAnother(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits()
		ann, ben := w.comes("Ann", "ann@example.org"), w.comes("Ben", "ben@example.org")
		id := w.give(ann, ben, "ben@example.org", flow.GiveMandate{Kind: policy.Helper, Scope: []string{policy.AppointmentService("permits")}, Months: 3, Messages: mandate.ToBoth})
		w.actFor(ben, id)
		booked, err := w.books(ben.Actor, tuesday(9, 0), 1)
		w.must(err)
		if a := w.appointment(booked); a.Owner != ann.Person || a.By != ben.Person || a.Words.Name != "Ann" || a.Words.By != "Ben" {
			t.Errorf("booked for Ann: %+v", a)
		}
		if !w.hasMail("ann@example.org", "appointment") || !w.hasMail("ben@example.org", "appointment") {
			t.Error("not both were told")
		}
		w.must(w.Representation().RevokeMandate(w.ctx, ann.Actor, flow.RevokeMandate{Mandate: id}))
		if err := w.Appointments().Cancel(w.ctx, w.again(ben).Actor, booked); err == nil {
			t.Error("cancelled after the end of the mandate")
		}
		w.must(w.Appointments().Cancel(w.ctx, ann.Actor, booked))
	})
}

// TestAppointmentsAreCopiedAndDeleted: they are in the copy of everything, and go six months after the day.
func TestAppointmentsAreCopiedAndDeleted(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits()
		ann := w.comes("Ann", "ann@example.org").Actor
		_, err := w.books(ann, tuesday(9, 0), 2)
		w.must(err)
		_, err = w.Appointments().BookFor(w.ctx, w.officer, flow.BookFor{Kind: "permits", What: "stall", People: 1, At: tuesday(9, 0), Name: "Walter", Language: "en", Key: w.key()})
		w.must(err)
		doc := w.everything(ann)
		if len(doc.Appointments) != 1 || doc.Appointments[0].Name != "Ann" || doc.Appointments[0].People != 2 || !doc.Appointments[0].From.Equal(tuesday(9, 0)) {
			t.Errorf("copied: %+v", doc.Appointments)
		}
		keys := w.rows(`SELECT COUNT(*) FROM subject_key`)
		w.clock.Set(time.Date(2026, 9, 3, 12, 0, 0, 0, time.UTC))
		_, err = w.Privacy().Retain(w.ctx, w.system)
		w.must(err)
		if n := w.rows(`SELECT COUNT(*) FROM appointment`); n != 2 {
			t.Errorf("%d are left on the last day", n)
		}
		w.clock.Set(time.Date(2026, 9, 4, 12, 0, 0, 0, time.UTC))
		_, err = w.Privacy().Retain(w.ctx, w.system)
		w.must(err)
		if n := w.rows(`SELECT (SELECT COUNT(*) FROM appointment) + (SELECT COUNT(*) FROM appointment_seat)`); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if left := w.rows(`SELECT COUNT(*) FROM subject_key`); left > keys {
			t.Errorf("%d keys, before %d", left, keys)
		}
	})
}

// everything is the copy of what is held of somebody.
func (w *world) everything(a policy.Actor) (doc flow.Everything) {
	w.t.Helper()
	w.must(w.Privacy().AskCopy(w.ctx, a, w.key()))
	var copies []retain.Copy
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		copies, err = (&retain.Copies{Vault: w.People.Vault}).Of(ctx, tx, a.Person)
		return err
	})
	w.must(w.Privacy().MakeCopy(w.ctx, job.Job{Payload: fmt.Appendf(nil, `{"copy":%q}`, copies[0].ID)}))
	data, err := w.Privacy().ReadCopy(w.ctx, a, copies[0].ID)
	w.must(err)
	w.must(json.Unmarshal(unzipped(w.t.(*testing.T), data)["data.json"], &doc))
	return doc
}

// TestTheAssistantBooks by talk, after an explicit yes: the next free time is offered, the booking is a real one, and it is
// given up the same way. A visitor is led to the page, with what was chosen.
func TestTheAssistantBooks(t *testing.T) {
	each(t, func(w *world) {
		w.withPermits()
		ann, token := w.comes("Ann", "ann@example.org").Actor, ""
		says := func(a policy.Actor, text string) converse.Answer {
			t.Helper()
			next, answer, err := w.Assistant().Ask(w.ctx, a, flow.Ask{Token: token, Said: converse.Said{Text: text, Page: "en"}})
			w.must(err)
			token = next
			return answer
		}
		if a := says(ann, "I want an appointment to ask about a stall"); len(a.Choices) != 2 || a.Choices[1].Say != "2" {
			t.Fatalf("it asks for how many: %+v", a)
		}
		a := says(ann, "2")
		if len(a.Choices) != 5 || a.Choices[0].Say != "2026-03-03 09:00" || a.Choices[4].URL != "/appointments/permits?for=stall&people=2" {
			t.Fatalf("it offers times: %+v", a.Choices)
		}
		if a = says(ann, "on 5 March at 9:20"); !slices.ContainsFunc(a.Sources, func(s converse.Source) bool { return s.ID == "appointment/permits#place" }) || !slices.ContainsFunc(a.Sentences, func(s converse.Sentence) bool { return strings.Contains(s.Text, "5 March") }) {
			t.Fatalf("it says when and where: %+v", a)
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment`); n != 0 {
			t.Fatal("it booked before a yes")
		}
		if a = says(ann, "no"); len(a.Choices) != 0 || w.rows(`SELECT COUNT(*) FROM appointment`) != 0 {
			t.Fatalf("it booked after a no: %+v", a)
		}
		says(ann, "book an appointment for a stall for 2 people")
		says(ann, "1")
		if a = says(ann, "yes please"); a.Kind != converse.Mine || a.Own != converse.MyAppointments {
			t.Fatalf("booked: %+v", a)
		}
		if n := w.rows(`SELECT COUNT(*) FROM appointment WHERE owner = $1 AND state = 'booked' AND people = 2 AND starts = $2`, ann.Person, store.Micros(tuesday(9, 0))); n != 1 {
			t.Fatalf("%d appointments", n)
		}
		if a = says(ann, "When is my appointment?"); a.Own != converse.MyAppointments {
			t.Errorf("when: %+v", a)
		}
		if a = says(ann, "cancel my appointment"); len(a.Choices) != 2 {
			t.Fatalf("it asks before cancelling: %+v", a)
		}
		if says(ann, "yes"); w.rows(`SELECT COUNT(*) FROM appointment WHERE state = 'cancelled'`) != 1 {
			t.Error("it is not cancelled")
		}
		token = ""
		says(policy.Actor{}, "I need an appointment about a stall for 1 person")
		if a = says(policy.Actor{}, "1"); len(a.Choices) != 1 || a.Choices[0].URL != "/account/appointments/new?kind=permits&for=stall&people=1&at=2026-03-03T09:00Z" {
			t.Errorf("a visitor: %+v", a)
		}
		if says(policy.Actor{}, "yes"); w.rows(`SELECT COUNT(*) FROM appointment`) != 1 {
			t.Error("a visitor has booked")
		}
	})
}
