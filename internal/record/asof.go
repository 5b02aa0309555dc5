package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// A register has two times. Each version of a record says of the days from ValidFrom to ValidUntil what was so on them, and
// was recorded at At. What was so on a day, as it was known at a moment, is the latest version recorded by then that speaks
// of the day. What a record says now is its latest version without a last day: nothing is recorded for days to come.

// Period is a stretch of days. A zero From is the day on which something is recorded; a zero Until: no end.
type Period struct{ From, Until calendar.Date }

// Instant is a place in both times.
type Instant struct {
	Valid calendar.Date // the day it is about; zero: the day of the transaction
	Known time.Time     // what had been recorded by then; zero: everything
}

// Version is a former or present state of a record, with its public fields; whole, with all of them.
type Version struct {
	Version               int64
	At                    time.Time
	Change                string
	State                 string
	From, Until           calendar.Date
	ValidFrom, ValidUntil calendar.Date // the days of which it says what was so
	Case                  string
	Fields                map[string]string
	Actor, Reason, Source string // only whole
}

// Past is the way to how records stood, and to saying how they did.
type Past struct{ s *Records }

// Past is the way to how records stood, and to saying how they did.
func (s *Records) Past() Past { return Past{s} }

// today is the day of the transaction, as the jurisdiction counts it.
func (s *Records) today(tx *store.Tx) calendar.Date { return s.dayOf(tx.Now()) }

func (s *Records) dayOf(t time.Time) calendar.Date {
	if s.Days != nil {
		return s.Days(t)
	}
	t = t.UTC()
	d, err := calendar.NewDate(t.Year(), t.Month(), t.Day())
	if err != nil {
		return calendar.Date{} // no clock shows such a year
	}
	return d
}

// holdsFrom is for which days a version of a whole record is so.
func (s *Records) holdsFrom(tx *store.Tx, r *Record, valid Period) (Period, error) {
	today := s.today(tx)
	switch {
	case !valid.Until.IsZero():
		return valid, fmt.Errorf("storing record %s: a version with a last day is a correction", r.Number)
	case valid.From.After(today):
		return valid, errFuture
	case !valid.From.IsZero():
		return valid, nil
	case r.Version == 0 && !r.From.IsZero() && r.From.Before(today):
		return Period{From: r.From}, nil
	}
	return Period{From: today}, nil
}

var errFuture = fault.NewInvalid("The first day must not be in the future: enter the change on that day")

const versionColumns = `v.version, v.at, v.actor, v.change, v.state, v.from_day, v.until_day, v.valid_from, v.valid_until, v.case_id, v.public, v.sealed, v.why`

// versionRow is a version as it is stored.
type versionRow struct {
	Version
	sealed, why []byte
}

func scanVersion(row store.Scanner) (v versionRow, err error) {
	var at int64
	var public string
	var days [4]string
	err = row.Scan(&v.Version.Version, &at, &v.Actor, &v.Change, &v.State, &days[0], &days[1], &days[2], &days[3], &v.Case, &public, &v.sealed, &v.why)
	if err != nil {
		return v, err
	}
	v.At = store.Time(at)
	for i, to := range []*calendar.Date{&v.From, &v.Until, &v.ValidFrom, &v.ValidUntil} {
		if *to, err = day(days[i]); err != nil {
			return v, err
		}
	}
	return v, json.Unmarshal([]byte(public), &v.Fields)
}

// versions lists those of a record, the oldest first, as they are stored.
func (s *Records) versions(ctx context.Context, tx *store.Tx, id string) ([]versionRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+versionColumns+` FROM record_version AS v WHERE v.record_id = $1 ORDER BY v.version`, id)
	list, err := store.Collect(rows, err, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("reading a record's history: %w", err)
	}
	return list, nil
}

// History lists a record's versions, newest first, with what they publish; none of a record that is sealed.
func (s *Records) History(ctx context.Context, tx *store.Tx, id string) ([]Version, error) {
	rows, err := tx.Query(ctx, `SELECT `+versionColumns+` FROM record AS r JOIN record_version AS v ON v.record_id = r.id WHERE r.id = $1 ORDER BY v.version DESC`, id)
	list, err := store.Collect(rows, err, func(row store.Scanner) (Version, error) {
		v, err := scanVersion(row)
		v.Actor = ""
		return v.Version, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading a record's history: %w", err)
	}
	return list, nil
}

// History lists a record's versions, newest first, with all fields, who made them and why.
func (q Past) History(ctx context.Context, tx *store.Tx, id string) ([]Version, error) {
	s := q.s
	r, err := s.Public(ctx, tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := s.versions(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	all := make([]Version, len(rows))
	for i, v := range rows {
		if err := s.openVersion(ctx, tx, r, &v); err != nil {
			return nil, err
		}
		all[len(rows)-1-i] = v.Version
	}
	return all, nil
}

// words are why a version came about, as they are sealed with it.
type words struct{ Reason, Source string }

func (s *Records) sealWords(ctx context.Context, tx *store.Tx, r *Record, why Change) ([]byte, error) {
	if why.Reason == "" && why.Source == "" {
		return nil, nil
	}
	plain, err := json.Marshal(words{why.Reason, why.Source})
	if err != nil {
		return nil, fmt.Errorf("writing why record %s changes: %w", r.Number, err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, r.Subject, "why "+r.ID, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing why record %s changes: %w", r.Number, err)
	}
	return sealed, nil
}

// openVersion adds to a version what is sealed of it; nothing where that was erased.
func (s *Records) openVersion(ctx context.Context, tx *store.Tx, r *Record, v *versionRow) error {
	plain, err := s.Vault.Open(ctx, tx, r.Subject, "record "+r.ID, v.sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(plain, &v.Fields)
	}
	if err == nil && len(v.why) > 0 {
		var w words
		if plain, err = s.Vault.Open(ctx, tx, r.Subject, "why "+r.ID, v.why); err == nil {
			err = json.Unmarshal(plain, &w)
		}
		v.Reason, v.Source = w.Reason, w.Source
	}
	if err != nil {
		return fmt.Errorf("opening a version of record %s: %w", r.Number, err)
	}
	return nil
}

const asOfColumns = `r.id, r.register, r.organisation, r.number, r.service, v.case_id, r.holder, r.subject, v.state, v.from_day, v.until_day, v.version, '', v.public, v.sealed, v.at, v.valid_from, v.valid_until`

// asOf is the record in a place of both times: $1 the moment, $2 the day.
const asOf = ` FROM record AS r JOIN record_version AS v ON v.record_id = r.id AND v.version = (
	SELECT MAX(w.version) FROM record_version AS w
	WHERE w.record_id = r.id AND w.at <= $1 AND w.valid_from <= $2 AND (w.valid_until = '' OR w.valid_until >= $2))`

func (s *Records) place(tx *store.Tx, at Instant) (known int64, day string) {
	known = 1<<63 - 1
	if !at.Known.IsZero() {
		known = store.Micros(at.Known)
	}
	if at.Valid.IsZero() {
		at.Valid = s.today(tx)
	}
	return known, at.Valid.String()
}

// AsOf reads a record as it stood: with what it publishes, or whole. store.ErrNotFound where nothing was known of the day.
func (q Past) AsOf(ctx context.Context, tx *store.Tx, reg *service.Register, id string, at Instant, whole bool) (*Record, error) {
	known, day := q.s.place(tx, at)
	list, err := q.s.asOf(ctx, tx, reg, whole, `SELECT `+asOfColumns+asOf+` WHERE r.id = $3`, known, day, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("reading a record: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Page lists a register as it stood, by number, at most limit after one.
func (q Past) Page(ctx context.Context, tx *store.Tx, reg *service.Register, after string, limit int, at Instant, whole bool) ([]*Record, error) {
	known, day := q.s.place(tx, at)
	return q.s.asOf(ctx, tx, reg, whole, `SELECT `+asOfColumns+asOf+` WHERE r.register = $3 AND r.number > $4 ORDER BY r.number LIMIT $5`,
		known, day, reg.Register, after, limit)
}

func (s *Records) asOf(ctx context.Context, tx *store.Tx, reg *service.Register, whole bool, query string, args ...any) ([]*Record, error) {
	rows, err := tx.Query(ctx, query, args...)
	var closed [][]byte
	list, err := store.Collect(rows, err, func(row store.Scanner) (*Record, error) {
		var from, until string
		r, sealed, err := scan(alsoScan{row, []any{&from, &until}})
		if err != nil {
			return nil, err
		}
		closed = append(closed, sealed)
		if r.ValidFrom, err = day(from); err == nil {
			r.ValidUntil, err = day(until)
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading records as they stood: %w", err)
	}
	for i, r := range list {
		if whole {
			if err := s.unseal(ctx, tx, r, "record ", closed[i]); err != nil {
				return nil, err
			}
		}
		r.Label = label(reg, r.Fields)
	}
	return list, nil
}

// alsoScan reads more columns behind those of a record.
type alsoScan struct {
	row  scanner
	more []any
}

func (a alsoScan) Scan(to ...any) error { return a.row.Scan(append(to, a.more...)...) }
