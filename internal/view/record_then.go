package view

import (
	"context"
	"errors"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Then asks how something stood: on a day, and by what was known at the end of another. As they were typed.
type Then struct{ On, Known string }

// Asked reports whether anything was asked.
func (t Then) Asked() bool { return t.On != "" || t.Known != "" }

// RecordThen is a record as it stood.
type RecordThen struct {
	On, Known string // the days in words
	Wrong     bool   // what was typed is no day, or a day to come
	Nothing   bool   // nothing was known of that day
	State     string
	Facts     []RecordFact
	Valid     string // the days of which this was so
}

// instant reads what was asked; ok is false where it is no day, or one to come.
func (r Reader) asked(j *service.Jurisdiction, t Then, now time.Time) (at record.Instant, shown RecordThen, ok bool) {
	today := j.Calendar.DateOf(now)
	day := func(typed string) (calendar.Date, bool) {
		d, err := calendar.ParseISO(typed)
		return d, err == nil && !d.After(today)
	}
	at.Valid = today
	if t.On != "" {
		if at.Valid, ok = day(t.On); !ok {
			return at, RecordThen{Wrong: true}, false
		}
	}
	shown.On = r.date(at.Valid)
	if t.Known != "" {
		known, ok := day(t.Known)
		if !ok {
			return at, RecordThen{Wrong: true}, false
		}
		at.Known = endOf(j, known)
		shown.Known = r.date(known)
	}
	return at, shown, true
}

// endOf is the last moment of a day, as the place's clocks show it.
func endOf(j *service.Jurisdiction, d calendar.Date) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, 0, 0, j.Calendar.Zone()).Add(-time.Microsecond)
}

// then is a record as it stood, with the fields for which see holds.
func (v *View) then(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, id string, t Then, see func(f *service.RegisterField) bool, whole bool) (*RecordThen, error) {
	if !t.Asked() {
		return nil, nil
	}
	j := v.place()
	at, shown, ok := r.asked(j, t, tx.Now())
	if !ok {
		return &shown, nil
	}
	rec, err := v.Docket.Records.Past().AsOf(ctx, tx, reg, id, at, whole)
	if errors.Is(err, store.ErrNotFound) {
		shown.Nothing = true
		return &shown, nil
	}
	if err != nil {
		return nil, err
	}
	shown.State, shown.Valid = rec.On(at.Valid), r.days(rec.ValidFrom, rec.ValidUntil)
	for i := range reg.Fields {
		if f := &reg.Fields[i]; rec.Fields[f.ID] != "" && see(f) {
			shown.Facts = append(shown.Facts, RecordFact{r.words(j, f.Title), r.showField(j, *f, rec.Fields[f.ID])})
		}
	}
	return &shown, nil
}

// days are a first and a last day in words; without a last one, since when.
func (r Reader) days(from, until calendar.Date) string {
	switch {
	case from.IsZero() && until.IsZero():
		return ""
	case until.IsZero():
		return r.P.T("since {day}", i18n.V{"day": r.date(from)})
	}
	return r.P.T("from {day} until {last}", i18n.V{"day": r.date(from), "last": r.date(until)})
}
