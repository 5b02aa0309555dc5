package record

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// stretch is what was so on some days, as it is known now: the version that says it, and the next stretch begins after it.
type stretch struct {
	Period
	of *versionRow
}

// stretches cuts the days of a record into those of which one version speaks, the first day first. The last has no end.
func stretches(versions []versionRow) (list []stretch) {
	for i := range versions {
		v := &versions[i]
		list = lay(list, stretch{Period{v.ValidFrom, v.ValidUntil}, v})
	}
	return list
}

// lay puts a stretch over others: of the days that both speak of, it has the last word.
func lay(list []stretch, over stretch) (out []stretch) {
	put := false
	for _, s := range list {
		if s.From.Before(over.From) { // what lies before it stays
			before := s
			if last, ok := dayBefore(over.From); ok && (before.Until.IsZero() || before.Until.After(last)) {
				before.Until = last
			}
			out = append(out, before)
		}
		if !put && !s.From.Before(over.From) {
			out, put = append(out, over), true
		}
		if next, ok := dayAfter(over.Until); ok && (s.Until.IsZero() || !s.Until.Before(next)) { // what lies behind it stays
			if !put {
				out, put = append(out, over), true
			}
			after := s
			if after.From.Before(next) {
				after.From = next
			}
			out = append(out, after)
		}
	}
	if !put {
		out = append(out, over)
	}
	return out
}

func dayBefore(d calendar.Date) (calendar.Date, bool) {
	before, err := d.AddDays(-1)
	return before, err == nil
}

// dayAfter is the day behind a last day; not where there is none.
func dayAfter(d calendar.Date) (calendar.Date, bool) {
	if d.IsZero() {
		return d, false
	}
	next, err := d.AddDays(1)
	return next, err == nil
}

// within is the part of a stretch that lies in a period.
func (s stretch) within(p Period) (Period, bool) {
	got := s.Period
	if got.From.Before(p.From) {
		got.From = p.From
	}
	if !p.Until.IsZero() && (got.Until.IsZero() || p.Until.Before(got.Until)) {
		got.Until = p.Until
	}
	return got, got.Until.IsZero() || !got.Until.Before(got.From)
}

// Correct says of the fields in set ("" takes one away) what was so in the days that the change names, whatever else the
// record says of those days. What had been recorded stays in its history. r was read whole; it is then what the record
// says now, which a correction of days that are over leaves as it is. r.Version counts on by each stretch that is corrected.
func (q Past) Correct(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, set map[string]string, why Change) error {
	s := q.s
	today := s.today(tx)
	if why.Valid.From.IsZero() {
		why.Valid.From = today
	}
	switch p := why.Valid; {
	case p.From.After(today):
		return errFuture
	case !p.Until.IsZero() && p.Until.Before(p.From):
		return fault.NewInvalid("The last day must not be before the first")
	case !p.Until.IsZero() && !p.Until.Before(today):
		return fault.NewInvalid("The last day must be over: leave it empty where it still holds")
	}
	versions, err := s.versions(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	last := r.Version
	parts, err := s.toCorrect(ctx, tx, r, versions, why.Valid)
	if err != nil {
		return err
	}
	for i, part := range parts {
		fields := maps.Clone(part.of.Fields)
		maps.Copy(fields, set)
		version := last + int64(i) + 1
		if err := s.setAside(ctx, tx, r, version, part.of.Version.Version, fields); err != nil {
			return err
		}
		maps.DeleteFunc(fields, func(id, text string) bool { _, corrected := set[id]; return corrected && text == "" })
		if part.Until.IsZero() {
			r.Fields = fields
			err = s.putNext(ctx, tx, reg, r, version, why, part.Period)
		} else {
			err = s.putPast(ctx, tx, reg, r, version, part, fields, why)
		}
		if err != nil {
			return err
		}
	}
	if !why.Valid.Until.IsZero() { // nothing that holds now has changed, but the history has
		return s.touch(ctx, tx, r.Register, r.ID, r.Number, why.Change)
	}
	return nil
}

// toCorrect are the stretches of a period that a record speaks of, opened.
func (s *Records) toCorrect(ctx context.Context, tx *store.Tx, r *Record, versions []versionRow, p Period) (parts []stretch, err error) {
	all := stretches(versions)
	if len(all) == 0 || p.From.Before(all[0].From) {
		begins := p.From
		if len(all) > 0 {
			begins = all[0].From
		}
		return nil, fault.NewInvalid("This record says nothing of the days before {day}: the first day must not be earlier", "day", begins.String())
	}
	for _, one := range all {
		period, some := one.within(p)
		if !some {
			continue
		}
		if _, err := s.Vault.Open(ctx, tx, r.Subject, "record "+r.ID, one.of.sealed); errors.Is(err, vault.ErrErased) {
			return nil, fault.NewConflict("What this record said of a person was erased: it cannot be corrected any more")
		}
		of := *one.of
		of.Fields = maps.Clone(of.Fields)
		if err := s.openVersion(ctx, tx, r, &of); err != nil {
			return nil, err
		}
		parts = append(parts, stretch{period, &of})
	}
	return parts, nil
}

// putPast stores a version for days that are over: the record says now what it said.
func (s *Records) putPast(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, version int64, part stretch, fields map[string]string, why Change) error {
	open, sealed, err := s.close(ctx, tx, reg, r, fields)
	if err != nil {
		return err
	}
	updated := notBefore(tx.Now(), r.Updated)
	n, err := tx.Exec(ctx, `UPDATE record SET version = $3, updated = $4 WHERE id = $1 AND version = $2`, r.ID, r.Version, version, store.Micros(updated))
	if err != nil {
		return fmt.Errorf("storing record %s: %w", r.Number, err)
	}
	if n == 0 {
		return errChanged
	}
	r.Version, r.Updated = version, updated
	then := *r
	then.State, then.From, then.Until, then.Case = part.of.State, part.of.From, part.of.Until, part.of.Case
	return s.putVersion(ctx, tx, &then, why, part.Period, open, sealed)
}
