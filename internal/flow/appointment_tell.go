package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"stoa/internal/appointment"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// What people are told of an appointment.
const (
	appointmentBooked    = "booked"
	appointmentMoved     = "moved"
	appointmentCancelled = "cancelled"
	appointmentClosed    = "closed"
	appointmentReminder  = "reminder"
)

// tellAppointment owes a message about an appointment, in the language in which it was booked. reason is why it was closed.
func (f *Flow) tellAppointment(ctx context.Context, tx *store.Tx, kind *service.Appointment, a appointment.Appointment, what, reason string) error {
	if kind == nil { // its file is gone: there is nothing to say of it
		return nil
	}
	p, languages := f.Words.For(a.Language), kind.Jurisdiction.File.Languages
	title := kind.TitleOf(a.What).In(a.Language, languages...)
	v := i18n.V{"title": title, "time": p.DateTime(a.Starts.In(kind.Jurisdiction.Calendar.Zone())), "name": a.Words.By}
	head := map[string]string{appointmentBooked: p.T("Your appointment: {title}, {time}", v), appointmentMoved: p.T("Your appointment has moved: {title}, {time}", v),
		appointmentCancelled: p.T("Your appointment is cancelled: {title}, {time}", v), appointmentClosed: p.T("We cannot see you at this time: {title}, {time}", v),
		appointmentReminder: p.T("Do not forget your appointment: {title}, {time}", v)}[what]
	parts, link := []string{}, "/account/appointments/"+a.ID
	held := what != appointmentCancelled && what != appointmentClosed
	switch {
	case what == appointmentClosed:
		parts, link = append(parts, p.T("Why: {reason}", i18n.V{"reason": reason}), p.T("We are sorry. Please choose another time.")), "/appointments/"+a.Kind
	case held:
		parts = append(parts, p.T("Where to come:")+"\n"+strings.Join(service.Lines(kind.Place, a.Language, languages...), "\n"))
		if bring := service.Lines(kind.Brings(a.What), a.Language, languages...); len(bring) > 0 {
			parts = append(parts, p.T("What to bring:")+"\n"+strings.Join(bring, "\n"))
		}
	}
	if a.Words.By != "" {
		parts = append(parts, p.T("{name} booked it for you.", v))
	}
	if a.Owner == "" {
		link = "" // no account; who wants another time calls, or comes
	} else if held {
		parts = append(parts, p.T("You can move or cancel it in your account."))
	}
	m := notify.Message{Subject: a.Subject, Kind: "appointment", Language: a.Language,
		Content: notify.Content{To: a.Words.Email, Name: a.Words.Name, Title: head, Text: strings.Join(parts, "\n\n"), Link: link}}
	if what != appointmentReminder {
		m.Attach = []notify.File{{Name: "appointment.ics", Type: "text/calendar; charset=utf-8", Bytes: appointment.ICS(appointment.EventOf(kind, a, f.Site.URL, tx.Now()))}}
	}
	return f.inform(ctx, tx, a.Owner, kind.Scope(), m)
}

const remindBatch = 200

// Remind owes those a message whose appointment is near: once for each, and never for one that was cancelled. It tells how many.
func (f Appointments) Remind(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "appointments"}); err != nil {
		return 0, err
	}
	j := f.Docket.Releases.Current()
	if j == nil {
		return 0, nil
	}
	var failed []error
	for _, kind := range j.Appointments {
		if kind.Remind == 0 {
			continue
		}
		var ids []string
		err := f.DB.Read(ctx, "flow.toRemind", func(ctx context.Context, tx *store.Tx) (err error) {
			ids, err = f.appointed().ToRemind(ctx, tx, kind.Appointment, tx.Now(), tx.Now().Add(time.Duration(kind.Remind)*time.Hour), remindBatch)
			return err
		})
		failed = append(failed, err)
		for _, id := range ids {
			sent, err := f.remind(ctx, kind, id)
			if sent {
				n++
			}
			failed = append(failed, err)
		}
	}
	return n, errors.Join(failed...)
}

func (f Appointments) remind(ctx context.Context, kind *service.Appointment, id string) (sent bool, err error) {
	err = f.DB.Write(ctx, "flow.RemindAppointment", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.appointed().Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if sent, err = f.appointed().Remind(ctx, tx, id); err != nil || !sent {
			return err
		}
		return f.tellAppointment(ctx, tx, kind, a, appointmentReminder, "")
	})
	if fault.KindOf(missing(err)) == fault.NotFound {
		return false, nil // it was deleted meanwhile
	}
	if err != nil {
		return false, fmt.Errorf("reminding somebody: %w", err)
	}
	return sent, nil
}
