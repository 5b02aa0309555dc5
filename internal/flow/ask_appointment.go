package flow

import (
	"context"
	"errors"
	"strconv"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/converse"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// appointmentWorld lets a conversation know which times are free, and which appointments the asker has.
func (f *Flow) appointmentWorld(ctx context.Context, tx *store.Tx, actor policy.Actor, w converse.World) (converse.World, error) {
	w.Signed = actor.Person != ""
	w.Slots = func(ctx context.Context, a *service.Appointment, minutes int, after time.Time, n int) ([]time.Time, error) {
		return f.slots(ctx, tx, a, minutes, after, n)
	}
	if !w.Signed {
		return w, nil
	}
	all, err := f.appointed().Of(ctx, tx, actor.Whose())
	for _, a := range all {
		if a.Coming(tx.Now()) && policy.Can(actor, policy.AppointmentOwn, a.Thing()) == nil {
			w.Appointments = append(w.Appointments, a.ID)
		}
	}
	return w, err
}

// slots are the next free times from an instant on.
func (f *Flow) slots(ctx context.Context, tx *store.Tx, a *service.Appointment, minutes int, after time.Time, n int) (list []time.Time, err error) {
	k := a.Jurisdiction.Calendar
	notBefore, last := appointment.Bounds(a, tx.Now())
	if after.After(notBefore) {
		notBefore = after
	}
	for d := k.DateOf(notBefore); !d.After(last) && len(list) < n; {
		week, err := d.AddDays(6)
		if err != nil {
			return list, nil //nolint:nilerr // there is no such day
		}
		busy, err := f.appointed().Busy(ctx, tx, k, a.Appointment, d, week)
		if err != nil {
			return nil, err
		}
		for ; !d.After(week) && !d.After(last); d, err = d.AddDays(1) {
			if err != nil {
				return list, nil
			}
			for _, t := range appointment.Free(a, d, minutes, notBefore, busy) {
				list = append(list, t.At)
			}
		}
	}
	return list[:min(n, len(list))], nil
}

// bookInTalk does what somebody has said an explicit yes to, and answers with what came of it. The words of a refusal are those of
// the page.
func (f Assistant) bookInTalk(ctx context.Context, actor policy.Actor, key string, answer converse.Answer) (converse.Answer, error) {
	b, p := answer.Book, f.Words.For(answer.Language)
	answer.Book, answer.Choices = nil, nil
	done := p.T("It is booked. We have written to you.")
	var err error
	if b.Cancel != "" {
		done, err = p.T("It is cancelled. The time is free for others."), f.Appointments().Cancel(ctx, actor, b.Cancel)
	} else {
		_, err = f.Appointments().Book(ctx, actor, BookAppointment{Kind: b.Kind, What: b.For, People: b.People, At: time.Unix(b.At, 0), Language: answer.Language, Key: key})
	}
	var said *fault.Error
	switch {
	case err == nil:
		answer.Kind, answer.Own = converse.Mine, converse.MyAppointments
	case errors.As(err, &said) && (said.Kind == fault.Conflict || said.Kind == fault.Invalid) && said.Key != "":
		done = p.Key(said.Key, i18n.V(said.Args))
		if b.Cancel == "" {
			answer.Choices = []converse.Choice{{Label: p.T("All free times"), URL: "/appointments/" + b.Kind + "?for=" + b.For + "&people=" + strconv.Itoa(b.People)}}
		}
	default:
		return answer, err
	}
	answer.Sentences = append(answer.Sentences, converse.Sentence{Kind: converse.Fixed, Text: done, Source: -1})
	return answer, nil
}
