// Package record owns the registers' records: licences and other entries, with every version they had.
// It stops before what a register file says (package service) and who may see what (policy).
//
// The fields that a register publishes are stored in the open, since the law publishes them; all others
// are sealed under the key of the person they are about. Look-ups match on keyed hashes of key fields.
package record

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// States of a record.
const (
	Pending     = "pending" // asked for, and not decided: see pending.go
	Active      = "active"
	Suspended   = "suspended"
	Revoked     = "revoked"
	Surrendered = "surrendered"
)

// Records is the way to the tables.
type Records struct {
	Vault *vault.Vault
	Days  func(time.Time) calendar.Date // the jurisdiction's day of a moment; nil: that of UTC
}

// Record is an entry of a register, as it is now. Fields hold canonical texts, see Text.
type Record struct {
	ID, Register, Organisation, Number string
	Service, Case, Holder, Subject     string // Case: the latest; Holder: a person, "" for seeds
	State                              string
	From, Until                        calendar.Date // zero Until: no end
	Version                            int64
	Label                              string
	Fields                             map[string]string
	Updated                            time.Time
	ValidFrom, ValidUntil              calendar.Date // only of what is read as of a day: for which days it says what was so
}

// On is the state on a day: a record past its end is "ended", whatever else it was.
func (r *Record) On(day calendar.Date) string {
	switch {
	case r.State == Active && r.Until != (calendar.Date{}) && r.Until.Before(day):
		return "ended"
	case r.State == Active && day.Before(r.From):
		return "future"
	}
	return r.State
}

// In reports whether the record is, on a day, in one of the states that a file names; none named: active.
// Past its end an active record is expired.
func (r *Record) In(states []string, day calendar.Date) bool {
	state := r.State
	if r.On(day) == "ended" {
		state = "expired"
	}
	return slices.Contains(states, state) || len(states) == 0 && state == Active
}

// Change says who changed a record and how.
type Change struct {
	Actor  string // person; "" Stoa itself
	Change string // issued, renewed …: a variant's or a licence action's id
	Reason string // sealed with the version
	Source string // the document that shows it; sealed with the version
	Valid  Period // for which days it is so
}

func noEnd(d calendar.Date) string {
	if d == (calendar.Date{}) {
		return ""
	}
	return d.String()
}

func day(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(s)
}

// split divides fields into those that the register publishes and the rest.
func split(reg *service.Register, fields map[string]string) (public, personal map[string]string) {
	public, personal = map[string]string{}, map[string]string{}
	for _, f := range reg.Fields {
		v, ok := fields[f.ID]
		if !ok {
			continue
		}
		if f.Public {
			public[f.ID] = v
		} else {
			personal[f.ID] = v
		}
	}
	return public, personal
}

// label is the field that names a record, unless it is not published and personal or not for everybody at the desk.
func label(reg *service.Register, fields map[string]string) string {
	for _, f := range reg.Fields {
		if f.ID == reg.Label && (f.Public || f.Personal == "" && len(f.See) == 0) {
			return fields[f.ID]
		}
	}
	return ""
}

// Put stores a new record (Version 0) or the next version of one, with its history, keys and words. It holds from the day
// on which it is recorded, a new one from the day on which it begins if that is earlier, or as the change says; a change
// with a last day is for Correct.
func (s *Records) Put(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, why Change) (err error) {
	valid, err := s.holdsFrom(tx, r, why.Valid)
	if err != nil {
		return err
	}
	if r.Version == 0 {
		if r.ID == "" {
			r.ID = tx.NewID()
		}
		if r.Subject == "" {
			if r.Subject, err = s.Vault.NewSubject(ctx, tx); err != nil {
				return fmt.Errorf("storing record %s: %w", r.Number, err)
			}
		}
	} else if err := s.setAside(ctx, tx, r, r.Version+1, 0, r.Fields); err != nil {
		return err
	}
	return s.putNext(ctx, tx, reg, r, r.Version+1, why, valid)
}

// putNext stores what a record says from now on as its version.
func (s *Records) putNext(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, version int64, why Change, valid Period) error {
	open, sealed, err := s.close(ctx, tx, reg, r, r.Fields)
	if err != nil {
		return err
	}
	r.Label, r.Updated = label(reg, r.Fields), notBefore(tx.Now(), r.Updated)
	if err := s.putCurrent(ctx, tx, r, version, open, sealed); err != nil {
		return err
	}
	if err := s.putVersion(ctx, tx, r, why, valid, open, sealed); err != nil {
		return err
	}
	return s.index(ctx, tx, reg, r, why.Change)
}

// notBefore keeps what is recorded in the order of its versions, whatever the clocks of several machines say.
func notBefore(now, last time.Time) time.Time {
	if now.Before(last) {
		return last
	}
	return now
}

// close writes fields as they are stored: in the open what is published, all else sealed.
func (s *Records) close(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, fields map[string]string) (open string, sealed []byte, err error) {
	public, personal := split(reg, fields)
	return s.closeAs(ctx, tx, r, public, personal)
}

func (s *Records) closeAs(ctx context.Context, tx *store.Tx, r *Record, public, personal map[string]string) (open string, sealed []byte, err error) {
	clear, err := json.Marshal(public)
	if err != nil {
		return "", nil, fmt.Errorf("writing record %s: %w", r.Number, err)
	}
	closed, err := json.Marshal(personal)
	if err != nil {
		return "", nil, fmt.Errorf("writing record %s: %w", r.Number, err)
	}
	if sealed, err = s.Vault.Seal(ctx, tx, r.Subject, "record "+r.ID, closed); err != nil {
		return "", nil, fmt.Errorf("sealing record %s: %w", r.Number, err)
	}
	return string(clear), sealed, nil
}

// putVersion adds the version that r is to its history.
func (s *Records) putVersion(ctx context.Context, tx *store.Tx, r *Record, why Change, valid Period, open string, sealed []byte) error {
	words, err := s.sealWords(ctx, tx, r, why)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO record_version (record_id, version, at, actor, change, state, from_day, until_day, case_id, public, sealed, valid_from, valid_until, why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		r.ID, r.Version, store.Micros(r.Updated), why.Actor, why.Change, r.State, r.From.String(), noEnd(r.Until), r.Case, open, sealed,
		noEnd(valid.From), noEnd(valid.Until), words)
	if err != nil {
		return fmt.Errorf("storing a version of record %s: %w", r.Number, err)
	}
	return nil
}

var errChanged = fault.NewConflict("This licence has changed since you opened the page. Look at it again, then repeat")

func (s *Records) putCurrent(ctx context.Context, tx *store.Tx, r *Record, version int64, open string, sealed []byte) error {
	now := store.Micros(r.Updated)
	if r.Version == 0 {
		err := tx.Put(ctx, `INSERT INTO record (id, register, organisation, number, service, case_id, holder, subject, state, from_day, until_day, version, label, public, sealed, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $14, $15)`,
			r.ID, r.Register, r.Organisation, r.Number, r.Service, r.Case, r.Holder, r.Subject, r.State, r.From.String(), noEnd(r.Until), r.Label, open, sealed, now)
		if err != nil {
			return fmt.Errorf("storing record %s: %w", r.Number, err)
		}
		r.Version = 1
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE record SET case_id = $3, holder = $4, state = $5, from_day = $6, until_day = $7, version = $13,
		label = $8, public = $9, sealed = $10, updated = $11, subject = $12 WHERE id = $1 AND version = $2`,
		r.ID, r.Version, r.Case, r.Holder, r.State, r.From.String(), noEnd(r.Until), r.Label, open, sealed, now, r.Subject, version)
	if err != nil {
		return fmt.Errorf("storing record %s: %w", r.Number, err)
	}
	if n == 0 {
		return errChanged
	}
	r.Version = version
	return nil
}

const columns = `id, register, organisation, number, service, case_id, holder, subject, state, from_day, until_day, version, label, public, sealed, updated`

type scanner interface{ Scan(...any) error }

func scan(row scanner) (*Record, []byte, error) {
	var r Record
	var from, until, public string
	var sealed []byte
	var updated int64
	err := row.Scan(&r.ID, &r.Register, &r.Organisation, &r.Number, &r.Service, &r.Case, &r.Holder, &r.Subject, &r.State,
		&from, &until, &r.Version, &r.Label, &public, &sealed, &updated)
	if err != nil {
		return nil, nil, err
	}
	r.Updated = store.Time(updated)
	if r.From, err = day(from); err == nil {
		r.Until, err = day(until)
	}
	if err == nil {
		err = json.Unmarshal([]byte(public), &r.Fields)
	}
	return &r, sealed, err
}

// Public reads a record with its public fields only; store.ErrNotFound if there is none.
func (s *Records) Public(ctx context.Context, tx *store.Tx, id string) (*Record, error) {
	r, _, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record WHERE id = $1`, id))
	if err != nil {
		return nil, fmt.Errorf("reading a record: %w", err)
	}
	return r, nil
}

// PublicByNumber is Public by register and number.
func (s *Records) PublicByNumber(ctx context.Context, tx *store.Tx, register, number string) (*Record, error) {
	r, _, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record WHERE register = $1 AND number = $2`, register, number))
	if err != nil {
		return nil, fmt.Errorf("reading a record: %w", err)
	}
	return r, nil
}

// ByNumber reads a record whole, by register and number.
func (s *Records) ByNumber(ctx context.Context, tx *store.Tx, register, number string) (*Record, error) {
	r, sealed, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record WHERE register = $1 AND number = $2`+tx.Lock(), register, number))
	if err != nil {
		return nil, fmt.Errorf("reading a record: %w", err)
	}
	return r, s.unseal(ctx, tx, r, "record ", sealed)
}

// Get reads a record whole; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Records) Get(ctx context.Context, tx *store.Tx, id string) (*Record, error) {
	r, sealed, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return nil, fmt.Errorf("reading a record: %w", err)
	}
	return r, s.unseal(ctx, tx, r, "record ", sealed)
}

// unseal adds the fields that were sealed as what a record or a pending record holds.
func (s *Records) unseal(ctx context.Context, tx *store.Tx, r *Record, as string, sealed []byte) error {
	plain, err := s.Vault.Open(ctx, tx, r.Subject, as+r.ID, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(plain, &r.Fields) // adds to the public ones
	}
	if err != nil {
		return fmt.Errorf("opening record %s: %w", r.Number, err)
	}
	return nil
}

func (s *Records) many(ctx context.Context, tx *store.Tx, whole bool, query string, args ...any) ([]*Record, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing records: %w", err)
	}
	defer rows.Close()
	var all []*Record
	var closed [][]byte
	for rows.Next() {
		r, sealed, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("listing records: %w", err)
		}
		all, closed = append(all, r), append(closed, sealed)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing records: %w", err)
	}
	rows.Close()
	for i, r := range all {
		if !whole {
			break
		}
		if err := s.unseal(ctx, tx, r, "record ", closed[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Of lists a holder's records, latest change first.
func (s *Records) Of(ctx context.Context, tx *store.Tx, holder string) ([]*Record, error) {
	return s.many(ctx, tx, true, `SELECT `+columns+` FROM record WHERE holder = $1 ORDER BY updated DESC, id DESC LIMIT 200`, holder)
}

// AllOf lists every record of a holder, the oldest first.
func AllOf(ctx context.Context, tx *store.Tx, s *Records, holder string) ([]*Record, error) {
	return s.many(ctx, tx, true, `SELECT `+columns+` FROM record WHERE holder = $1 ORDER BY id`, holder)
}

// Numbers lists the numbers that a register has. What gives numbers asks Taken.
func (s *Records) Numbers(ctx context.Context, tx *store.Tx, register string) (map[string]bool, error) {
	all, err := store.Strings(ctx, tx, `SELECT number FROM record WHERE register = $1`, register)
	if err != nil {
		return nil, fmt.Errorf("listing the numbers of a register: %w", err)
	}
	have := make(map[string]bool, len(all))
	for _, n := range all {
		have[n] = true
	}
	return have, nil
}
