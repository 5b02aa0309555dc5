// Package person owns people: residents and staff, their roles, absences and sessions, what they sign in with (codes,
// passkeys, authenticator apps, identity schemes), and the one-time keys of their forms. It stops before rights (package policy decides) and before
// what people do.
//
// A person is found by e-mail address. The address, the name and the telephone number are sealed under
// the person's own key; finding goes by a keyed hash of the address.
package person

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// People is the way to the tables.
type People struct {
	Vault *vault.Vault
	Rand  io.Reader // for tokens and codes
}

// Person is somebody known by e-mail address.
type Person struct {
	ID       string
	Subject  string // whose key seals what is about them
	Language string
	Details
	Grants []policy.Grant
}

// Details are sealed.
type Details struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email"`
	Phone string `json:"phone,omitempty"`
}

// NormalEmail is the form under which an address is known: trimmed, lower case.
func NormalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func (p *People) emailKey(email string) []byte {
	return p.Vault.Blind("person.email", NormalEmail(email))
}

// Ensure finds the person with the address or makes one. A name or phone is filled in where there was
// none; what is there stays.
func (p *People) Ensure(ctx context.Context, tx *store.Tx, d Details, language string) (Person, error) {
	d.Email = NormalEmail(d.Email)
	known, err := p.ByEmail(ctx, tx, d.Email)
	if err == nil {
		if known.Name != "" && (known.Phone != "" || d.Phone == "") || d.Name == "" && d.Phone == "" {
			return known, nil
		}
		if known.Name == "" {
			known.Name = d.Name
		}
		if known.Phone == "" {
			known.Phone = d.Phone
		}
		return known, p.Update(ctx, tx, known)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Person{}, err
	}
	subject, err := p.Vault.NewSubject(ctx, tx)
	if err != nil {
		return Person{}, fmt.Errorf("making a person: %w", err)
	}
	made := Person{ID: tx.NewID(), Subject: subject, Language: language, Details: d}
	sealed, err := p.seal(ctx, tx, made)
	if err != nil {
		return Person{}, err
	}
	now := store.Micros(tx.Now())
	n, err := tx.Exec(ctx, `INSERT INTO person (id, subject, email_key, sealed, language, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (email_key) DO NOTHING`,
		made.ID, subject, p.emailKey(d.Email), sealed, language, now)
	if err != nil {
		return Person{}, fmt.Errorf("making a person: %w", err)
	}
	if n == 0 { // somebody else was faster
		return p.ByEmail(ctx, tx, d.Email)
	}
	return made, nil
}

// Update stores changed details and language.
func (p *People) Update(ctx context.Context, tx *store.Tx, person Person) error {
	sealed, err := p.seal(ctx, tx, person)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `UPDATE person SET sealed = $2, language = $3, updated = $4 WHERE id = $1`,
		person.ID, sealed, person.Language, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("updating a person: %w", err)
	}
	return nil
}

func (p *People) seal(ctx context.Context, tx *store.Tx, person Person) ([]byte, error) {
	plain, err := json.Marshal(person.Details)
	if err != nil {
		return nil, fmt.Errorf("writing a person's details: %w", err)
	}
	sealed, err := p.Vault.Seal(ctx, tx, person.Subject, "person "+person.ID, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing a person's details: %w", err)
	}
	return sealed, nil
}

// ByEmail finds a person; store.ErrNotFound if there is none.
func (p *People) ByEmail(ctx context.Context, tx *store.Tx, email string) (Person, error) {
	return p.one(ctx, tx, `SELECT id, subject, sealed, language FROM person WHERE email_key = $1`, p.emailKey(email))
}

// Get finds a person by id; store.ErrNotFound if there is none.
func (p *People) Get(ctx context.Context, tx *store.Tx, id string) (Person, error) {
	return p.one(ctx, tx, `SELECT id, subject, sealed, language FROM person WHERE id = $1`, id)
}

func (p *People) one(ctx context.Context, tx *store.Tx, query string, arg any) (Person, error) {
	var person Person
	var sealed []byte
	err := tx.QueryRow(ctx, query, arg).Scan(&person.ID, &person.Subject, &sealed, &person.Language)
	if err != nil {
		return Person{}, fmt.Errorf("finding a person: %w", err)
	}
	if err := p.open(ctx, tx, &person, sealed); err != nil {
		return Person{}, err
	}
	grants, err := p.grantsOf(ctx, tx, `person = $1`, person.ID)
	person.Grants = grants[person.ID]
	return person, err
}

func (p *People) open(ctx context.Context, tx *store.Tx, person *Person, sealed []byte) error {
	plain, err := p.Vault.Open(ctx, tx, person.Subject, "person "+person.ID, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil // an erased person has no details
	}
	if err != nil {
		return fmt.Errorf("opening a person's details: %w", err)
	}
	if err := json.Unmarshal(plain, &person.Details); err != nil {
		return fmt.Errorf("reading a person's details: %w", err)
	}
	return nil
}

// grantsOf reads the roles of those for whom a condition holds.
func (p *People) grantsOf(ctx context.Context, tx *store.Tx, where string, args ...any) (map[string][]policy.Grant, error) {
	rows, err := tx.Query(ctx, `SELECT person, role, organisation FROM person_role WHERE `+where+` ORDER BY person, organisation, role`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading roles: %w", err)
	}
	defer rows.Close()
	all := map[string][]policy.Grant{}
	for rows.Next() {
		var id string
		var g policy.Grant
		if err := rows.Scan(&id, &g.Role, &g.Organisation); err != nil {
			return nil, fmt.Errorf("reading roles: %w", err)
		}
		all[id] = append(all[id], g)
	}
	return all, rows.Err()
}

// Grant gives a role and ends the person's sessions: new rights begin with a new one.
func (p *People) Grant(ctx context.Context, tx *store.Tx, id string, g policy.Grant) error {
	err := tx.Put(ctx, `INSERT INTO person_role (person, organisation, role, given) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person, organisation, role) DO NOTHING`, id, g.Organisation, string(g.Role), store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("giving a role: %w", err)
	}
	return p.endAll(ctx, tx, id)
}

// Revoke takes a role away and ends the person's sessions.
func (p *People) Revoke(ctx context.Context, tx *store.Tx, id string, g policy.Grant) error {
	if err := tx.Put(ctx, `DELETE FROM person_role WHERE person = $1 AND organisation = $2 AND role = $3`,
		id, g.Organisation, string(g.Role)); err != nil {
		return fmt.Errorf("taking a role: %w", err)
	}
	return p.endAll(ctx, tx, id)
}

// Staff lists those with a role in any of the organisations; all staff if none is named.
func (p *People) Staff(ctx context.Context, tx *store.Tx, organisations ...string) ([]Person, error) {
	where, args := "", []any{}
	if len(organisations) > 0 {
		where = ` WHERE organisation IN (` + store.Marks(1, len(organisations)) + `)`
		for _, o := range organisations {
			args = append(args, o)
		}
	}
	who := `SELECT person FROM person_role` + where
	rows, err := tx.Query(ctx, `SELECT id, subject, sealed, language FROM person WHERE id IN (`+who+`) ORDER BY id`, args...)
	type row struct {
		Person
		sealed []byte
	}
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
		return r, s.Scan(&r.ID, &r.Subject, &r.sealed, &r.Language)
	})
	if err != nil {
		return nil, fmt.Errorf("listing staff: %w", err)
	}
	grants, err := p.grantsOf(ctx, tx, `person IN (`+who+`)`, args...)
	if err != nil {
		return nil, err
	}
	all := make([]Person, len(found))
	for i, r := range found {
		all[i] = r.Person
		all[i].Grants = grants[r.ID]
		if err := p.open(ctx, tx, &all[i], r.sealed); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Absence is when somebody is away and who stands in.
type Absence struct {
	From, Until calendar.Date
	Substitute  string
}

// SetAbsence notes it; a zero Absence ends it.
func (p *People) SetAbsence(ctx context.Context, tx *store.Tx, id string, a Absence) error {
	if err := tx.Put(ctx, `DELETE FROM person_absence WHERE person = $1`, id); err != nil {
		return fmt.Errorf("ending an absence: %w", err)
	}
	if a == (Absence{}) {
		return nil
	}
	err := tx.Put(ctx, `INSERT INTO person_absence (person, from_day, until_day, substitute) VALUES ($1, $2, $3, $4)`,
		id, a.From.String(), a.Until.String(), a.Substitute)
	if err != nil {
		return fmt.Errorf("noting an absence: %w", err)
	}
	return nil
}

// AbsenceOf tells somebody's absence, past or to come; false if none is noted.
func (p *People) AbsenceOf(ctx context.Context, tx *store.Tx, id string) (Absence, bool, error) {
	var from, until string
	var a Absence
	err := tx.QueryRow(ctx, `SELECT from_day, until_day, substitute FROM person_absence WHERE person = $1`, id).Scan(&from, &until, &a.Substitute)
	if errors.Is(err, store.ErrNotFound) {
		return Absence{}, false, nil
	}
	if err == nil {
		a.From, err = calendar.ParseISO(from)
	}
	if err == nil {
		a.Until, err = calendar.ParseISO(until)
	}
	if err != nil {
		return Absence{}, false, fmt.Errorf("reading an absence: %w", err)
	}
	return a, true, nil
}

// Cover lists those for whom somebody stands in on a day.
func (p *People) Cover(ctx context.Context, tx *store.Tx, substitute string, day calendar.Date) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT person FROM person_absence
		WHERE substitute = $1 AND from_day <= $2 AND until_day >= $2 ORDER BY person`, substitute, day.String())
	if err != nil {
		return nil, fmt.Errorf("reading absences: %w", err)
	}
	return ids, nil
}
