// Package mandate owns that somebody acts for another: who gave it to whom, for which services and until when, whether both
// sides have accepted, how it ended, what was done under it, and who of several has signed.
//
// It stops before rights and words: package policy decides what a mandate allows, use cases find out whether a register still
// says so, and pages say what it is. What ended stays, as the history of both sides.
package mandate

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// States of a mandate. One that is past its last day is Accepted and over: see Holds.
const (
	Offered  = "offered"  // by the principal; the other side has not answered
	Declared = "declared" // by the representative; an officer has not confirmed it
	Accepted = "accepted"
	Refused  = "refused"
	Revoked  = "revoked"
)

// Who gets messages about what a mandate covers.
const (
	ToPrincipal      = "principal"
	ToRepresentative = "representative"
	ToBoth           = "both"
)

// Mandate is one mandate.
type Mandate struct {
	ID             string
	Principal      string // person id
	Representative string // person id; "" until somebody has accepted
	EmailKey       []byte // of the address to which it was offered
	Subject        string // whose key seals the words: the principal's
	Kind           string // of policy
	Scope          []string
	Register       string // whose record says so; "" none
	Record         string // its number
	Organisation   string // that confirms, or assists
	Messages       string
	From, Until    calendar.Date // the first and the last day
	State          string
	Offered        time.Time
	Answered       time.Time
	Ended          time.Time
	EndedBy        string
	Words
}

// Words are the sealed part.
type Words struct {
	Principal string `json:"principal,omitempty"` // names, as they were
	To        string `json:"to,omitempty"`
	Email     string `json:"email,omitempty"`   // to which it was offered
	Consent   string `json:"consent,omitempty"` // how somebody agreed to be assisted, or why somebody is a guardian
	Reason    string `json:"reason,omitempty"`  // of an officer's answer
	Given     *Given `json:"given,omitempty"`   // for a company: by whom
}

// Given is who gave a mandate for a company, and the record that says that they may speak for it.
type Given struct {
	Person   string `json:"person"`
	Register string `json:"register"`
	Record   string `json:"record"`
}

// Rests is the record on which it rests that somebody may speak for the principal; "" for none.
func (m Mandate) Rests() (register, record string) {
	if m.Given != nil {
		return m.Given.Register, m.Given.Record
	}
	return m.Register, m.Record
}

// ForCompany reports whether those who speak for a company act under it, or somebody whom one of them has let in.
func (m Mandate) ForCompany() bool { return m.Kind == policy.Company || m.Given != nil }

// Holds reports whether one may act under it on a day. Where a register says so, that is asked besides.
func (m Mandate) Holds(day calendar.Date) bool {
	return m.State == Accepted && !day.Before(m.From) && !day.After(m.Until)
}

// Over reports whether it was accepted and its last day has passed.
func (m Mandate) Over(day calendar.Date) bool { return m.State == Accepted && day.After(m.Until) }

// Within are those of what a kind of mandate may do that its scope names.
func (m Mandate) Within(may []string) []string {
	return slices.DeleteFunc(slices.Clone(may), func(id string) bool { return len(m.Scope) > 0 && !slices.Contains(m.Scope, id) })
}

// Longest is the last day that a mandate of a kind may have which begins on a day. A parent's ends with childhood, which its
// record says.
func Longest(kind string, from calendar.Date) (calendar.Date, error) {
	switch kind {
	case policy.Assisted:
		return from, nil
	case policy.Parent:
		return from.AddYears(18)
	case policy.Company:
		return from.AddYears(5)
	case policy.Accountant, policy.Guardian:
		return from.AddYears(2)
	}
	return from.AddYears(1)
}

// Mandates is the way to the tables.
type Mandates struct{ Vault *vault.Vault }

const columns = `id, owner, representative, email_key, subject, kind, scope, register, record, organisation, messages, from_day, until_day,
	state, offered, answered, ended, ended_by, sealed`

// Put stores a new mandate.
func (s *Mandates) Put(ctx context.Context, tx *store.Tx, m *Mandate) error {
	m.ID, m.Offered = tx.NewID(), tx.Now()
	if m.State == Accepted {
		m.Answered = tx.Now()
	}
	sealed, err := s.seal(ctx, tx, m.Subject, "mandate "+m.ID, m.Words)
	if err != nil {
		return err
	}
	if m.EmailKey == nil {
		m.EmailKey = []byte{}
	}
	err = tx.Put(ctx, `INSERT INTO mandate (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, '', $17)`,
		m.ID, m.Principal, m.Representative, m.EmailKey, m.Subject, m.Kind, strings.Join(m.Scope, " "), m.Register, m.Record, m.Organisation, m.Messages,
		m.From.String(), m.Until.String(), m.State, store.Micros(m.Offered), micros(m.Answered), sealed)
	if err != nil {
		return fmt.Errorf("storing a mandate: %w", err)
	}
	return nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Micros(t)
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return store.Time(n)
}

func (s *Mandates) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

func (s *Mandates) open(ctx context.Context, tx *store.Tx, subject, place string, sealed []byte, v any) error {
	plain, err := s.Vault.Open(ctx, tx, subject, place, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(plain, v)
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", place, err)
	}
	return nil
}

type stored struct {
	Mandate
	sealed []byte
}

func scan(row store.Scanner) (m stored, err error) {
	var scope, from, until string
	var offered, answered, ended int64
	err = row.Scan(&m.ID, &m.Mandate.Principal, &m.Representative, &m.EmailKey, &m.Subject, &m.Kind, &scope, &m.Register, &m.Record, &m.Organisation, &m.Messages,
		&from, &until, &m.State, &offered, &answered, &ended, &m.EndedBy, &m.sealed)
	if err != nil {
		return m, err
	}
	m.Scope, m.Offered, m.Answered, m.Ended = strings.Fields(scope), store.Time(offered), instant(answered), instant(ended)
	if m.From, err = calendar.ParseISO(from); err == nil {
		m.Until, err = calendar.ParseISO(until)
	}
	return m, err
}

// Get reads a mandate; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Mandates) Get(ctx context.Context, tx *store.Tx, id string) (Mandate, error) {
	m, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM mandate WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return Mandate{}, fmt.Errorf("reading a mandate: %w", err)
	}
	return m.Mandate, s.open(ctx, tx, m.Subject, "mandate "+m.ID, m.sealed, &m.Words)
}

// listed bounds the lists of pages.
const listed = ` ORDER BY id DESC LIMIT 500`

// AllOf lists every mandate of which a person is a side, and those that are offered to their address, the newest first.
func (s *Mandates) AllOf(ctx context.Context, tx *store.Tx, person string, emailKey []byte) ([]Mandate, error) {
	return s.list(ctx, tx, `(owner = $1 OR representative = $1 OR (representative = '' AND email_key = $2))`, ` ORDER BY id DESC`, person, emailKey)
}

func (s *Mandates) list(ctx context.Context, tx *store.Tx, where, end string, args ...any) ([]Mandate, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM mandate WHERE `+where+``+end, args...)
	found, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing mandates: %w", err)
	}
	var all []Mandate
	for _, m := range found {
		if err := s.open(ctx, tx, m.Subject, "mandate "+m.ID, m.sealed, &m.Words); err != nil {
			return nil, err
		}
		all = append(all, m.Mandate)
	}
	return all, nil
}

// Given lists those by which others act for a person, those of the past too, the newest first.
func (s *Mandates) Given(ctx context.Context, tx *store.Tx, principal string) ([]Mandate, error) {
	return s.list(ctx, tx, `owner = $1`, listed, principal)
}

// Held lists those by which a person acts for others, and those that are offered to their address.
func (s *Mandates) Held(ctx context.Context, tx *store.Tx, representative string, emailKey []byte) ([]Mandate, error) {
	return s.list(ctx, tx, `representative = $1 OR (representative = '' AND email_key = $2)`, listed, representative, emailKey)
}

// Waiting lists those that organisations have to confirm.
func (s *Mandates) Waiting(ctx context.Context, tx *store.Tx, organisations []string) ([]Mandate, error) {
	if len(organisations) == 0 {
		return nil, nil
	}
	args := []any{Declared}
	for _, o := range organisations {
		args = append(args, o)
	}
	return s.list(ctx, tx, `state = $1 AND organisation IN (`+store.Marks(2, len(organisations))+`)`, listed, args...)
}

// Answer notes that an offer or a declaration was accepted or refused, by whom it was for.
func (s *Mandates) Answer(ctx context.Context, tx *store.Tx, m *Mandate, state, by string) error {
	m.State, m.Answered = state, tx.Now()
	if m.Representative == "" {
		m.Representative = by
	}
	sealed, err := s.seal(ctx, tx, m.Subject, "mandate "+m.ID, m.Words)
	if err != nil {
		return err
	}
	if err := tx.Put(ctx, `UPDATE mandate SET state = $2, answered = $3, representative = $4, sealed = $5 WHERE id = $1`,
		m.ID, m.State, store.Micros(m.Answered), m.Representative, sealed); err != nil {
		return fmt.Errorf("answering a mandate: %w", err)
	}
	return nil
}

// End revokes a mandate: from now on nobody acts under it.
func (s *Mandates) End(ctx context.Context, tx *store.Tx, m *Mandate, by string) error {
	m.State, m.Ended, m.EndedBy = Revoked, tx.Now(), by
	if err := tx.Put(ctx, `UPDATE mandate SET state = $2, ended = $3, ended_by = $4 WHERE id = $1`, m.ID, m.State, store.Micros(m.Ended), by); err != nil {
		return fmt.Errorf("revoking a mandate: %w", err)
	}
	return nil
}

// Forget ends what a person who is erased has to do with, and takes their name and address out of what others gave them. What
// was sealed under their own key is gone with it.
func (s *Mandates) Forget(ctx context.Context, tx *store.Tx, person string, emailKey []byte) error {
	held, err := s.Held(ctx, tx, person, emailKey)
	if err != nil {
		return err
	}
	for _, m := range held {
		m.Words.To, m.Words.Email = "", ""
		sealed, err := s.seal(ctx, tx, m.Subject, "mandate "+m.ID, m.Words)
		if errors.Is(err, vault.ErrErased) {
			continue
		}
		if err != nil {
			return err
		}
		if err := tx.Put(ctx, `UPDATE mandate SET sealed = $2, email_key = $3 WHERE id = $1`, m.ID, sealed, []byte{}); err != nil {
			return fmt.Errorf("forgetting a mandate: %w", err)
		}
		if m.State == Offered && m.Representative == "" {
			if err := s.End(ctx, tx, &m, person); err != nil {
				return err
			}
		}
	}
	err = tx.Put(ctx, `UPDATE mandate SET state = $2, ended = $3, ended_by = $1 WHERE (owner = $1 OR representative = $1) AND state IN ($4, $5, $6)`,
		person, Revoked, store.Micros(tx.Now()), Offered, Declared, Accepted)
	if err == nil {
		err = tx.Put(ctx, `DELETE FROM mandate_signature WHERE person = $1`, person)
	}
	if err != nil {
		return fmt.Errorf("forgetting mandates: %w", err)
	}
	return nil
}
