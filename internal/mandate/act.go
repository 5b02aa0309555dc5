package mandate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
)

// What is done for another.
const (
	Began     = "began"     // an application
	Submitted = "submitted" //
	Acted     = "acted"     // an action on a case: an answer, a withdrawal
	Wrote     = "wrote"     // a message to the office
	Paid      = "paid"      // began a payment
	Agreed    = "agreed"    // to a declaration that a second one must agree to as well
	Declined  = "declined"  // to agree to it
	Declares  = "declares"  // a declaration for a tax
	Amended   = "amended"   // what was declared before
	Appointed = "appointed" // booked, moved or cancelled an appointment
	Claimed   = "claimed"   // a claim about a tax, or a choice
	Objected  = "objected"  // against an assessment
	Arranged  = "arranged"  // in how many parts a tax is paid
	TookBack  = "took back" // a claim or an objection
)

// Act is something that was done for another.
type Act struct {
	ID, Mandate, Principal, Representative string
	At                                     time.Time
	What, Service, Ref                     string
	Subject                                string // the principal's
	ActWords
}

// ActWords are the sealed part.
type ActWords struct {
	Name   string `json:"name,omitempty"` // of who did it
	For    string `json:"for,omitempty"`  // of the principal
	Number string `json:"number,omitempty"`
	Title  string `json:"title,omitempty"`
	Wrong  string `json:"wrong,omitempty"` // what the principal says is wrong about it
}

// Note stores what was done.
func (s *Mandates) Note(ctx context.Context, tx *store.Tx, a *Act) error {
	a.ID, a.At = tx.NewID(), tx.Now()
	sealed, err := s.seal(ctx, tx, a.Subject, "act "+a.ID, a.ActWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO mandate_act (id, mandate, owner, representative, at, what, service, ref, subject, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, a.ID, a.Mandate, a.Principal, a.Representative, store.Micros(a.At), a.What, a.Service, a.Ref, a.Subject, sealed)
	if err != nil {
		return fmt.Errorf("noting what was done for another: %w", err)
	}
	return nil
}

type storedAct struct {
	Act
	sealed []byte
}

// Acts lists what was done for a person, or by a person for others, the newest first.
func (s *Mandates) Acts(ctx context.Context, tx *store.Tx, principal, representative string, limit int) ([]Act, error) {
	return s.acts(ctx, tx, `($1 <> '' AND owner = $1 OR $2 <> '' AND representative = $2) ORDER BY id DESC LIMIT $3`, principal, representative, limit)
}

// ActsOn lists what was done for a person with one thing, the newest first.
func (s *Mandates) ActsOn(ctx context.Context, tx *store.Tx, principal, ref string, limit int) ([]Act, error) {
	return s.acts(ctx, tx, `owner = $1 AND ref = $2 ORDER BY at DESC, id DESC LIMIT $3`, principal, ref, limit)
}

// Act reads one; store.ErrNotFound if there is none.
func (s *Mandates) Act(ctx context.Context, tx *store.Tx, id string) (Act, error) {
	all, err := s.acts(ctx, tx, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Act{}, err
	}
	return all[0], nil
}

func (s *Mandates) acts(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Act, error) {
	rows, err := tx.Query(ctx, `SELECT id, mandate, owner, representative, at, what, service, ref, subject, sealed FROM mandate_act WHERE `+where, args...)
	found, err := store.Collect(rows, err, func(row store.Scanner) (a storedAct, err error) {
		var at int64
		err = row.Scan(&a.ID, &a.Mandate, &a.Principal, &a.Representative, &at, &a.What, &a.Service, &a.Ref, &a.Subject, &a.sealed)
		a.At = store.Time(at)
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what was done for others: %w", err)
	}
	var all []Act
	for _, a := range found {
		if err := s.open(ctx, tx, a.Subject, "act "+a.ID, a.sealed, &a.ActWords); err != nil {
			return nil, err
		}
		all = append(all, a.Act)
	}
	return all, nil
}

// Object notes what the principal says is wrong about what was done.
func (s *Mandates) Object(ctx context.Context, tx *store.Tx, a *Act, wrong string) error {
	a.Wrong = wrong
	sealed, err := s.seal(ctx, tx, a.Subject, "act "+a.ID, a.ActWords)
	if err != nil {
		return err
	}
	if err := tx.Put(ctx, `UPDATE mandate_act SET sealed = $2 WHERE id = $1`, a.ID, sealed); err != nil {
		return fmt.Errorf("noting an objection: %w", err)
	}
	return nil
}

// Hash tells one thing that several agree to from what it is once somebody has changed it.
func Hash(as any) ([]byte, error) {
	plain, err := json.Marshal(as)
	if err != nil {
		return nil, fmt.Errorf("writing what is to be signed: %w", err)
	}
	sum := sha256.Sum256(plain)
	return sum[:], nil
}

// Unsign takes back what everybody has agreed to.
func (s *Mandates) Unsign(ctx context.Context, tx *store.Tx, principal, what string) error {
	if err := tx.Put(ctx, `DELETE FROM mandate_signature WHERE owner = $1 AND what = $2`, principal, what); err != nil {
		return fmt.Errorf("taking back signatures: %w", err)
	}
	return nil
}

// Sign notes that one of several agrees to something as it stands, which hash tells, and gives who does.
func (s *Mandates) Sign(ctx context.Context, tx *store.Tx, principal, what, person string, hash []byte) ([]string, error) {
	err := tx.Put(ctx, `INSERT INTO mandate_signature (owner, what, person, hash, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (owner, what, person) DO UPDATE SET hash = $4, at = $5`, principal, what, person, hash, store.Micros(tx.Now()))
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return s.Signed(ctx, tx, principal, what, hash)
}

// Became says that what was begun and agreed to under one name has another now: the case of a draft.
func (s *Mandates) Became(ctx context.Context, tx *store.Tx, draft, thing string) error {
	if err := tx.Put(ctx, `UPDATE mandate_act SET ref = $2 WHERE ref = $1`, draft, thing); err != nil {
		return fmt.Errorf("noting what a draft became: %w", err)
	}
	if err := tx.Put(ctx, `UPDATE mandate_signature SET what = $2 WHERE what = $1`, Application(draft), Application(thing)); err != nil {
		return fmt.Errorf("noting what a draft became: %w", err)
	}
	return nil
}

// Application names an application, or its case, that several sign.
func Application(id string) string { return "application " + id }

// Declaration names a declaration for a tax that several sign, by its return.
func Declaration(id string) string { return "declaration " + id }

// Did reports whether a person has done something for another in a case, or agreed to it.
func (s *Mandates) Did(ctx context.Context, tx *store.Tx, person, thing string) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM mandate_act WHERE ref = $2 AND representative = $1)
		+ (SELECT COUNT(*) FROM mandate_signature WHERE what = $3 AND person = $1)`, person, thing, Application(thing)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking who did something for another: %w", err)
	}
	return n > 0, nil
}

// Signed lists who agrees to something as it stands.
func (s *Mandates) Signed(ctx context.Context, tx *store.Tx, principal, what string, hash []byte) ([]string, error) {
	type row struct {
		person string
		hash   []byte
	}
	rows, err := tx.Query(ctx, `SELECT person, hash FROM mandate_signature WHERE owner = $1 AND what = $2 ORDER BY at, person`, principal, what)
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) { return r, s.Scan(&r.person, &r.hash) })
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading signatures: %w", err)
	}
	var who []string
	for _, r := range found {
		if bytes.Equal(r.hash, hash) {
			who = append(who, r.person)
		}
	}
	return who, nil
}
