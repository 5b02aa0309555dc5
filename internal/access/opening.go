package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Opening is something that a member of staff without a right to it opened in an emergency, for a short time.
type Opening struct {
	ID                 string
	Kind, Thing        string // case or record, and its id
	Ref, Service       string // its number; the service or the register
	Organisation       string // that keeps it
	Person             string // about whom
	Subject            string // whose key seals the words
	Actor              string
	At, Until          time.Time
	Reviewed           time.Time // zero: not yet
	Reviewer           string
	Fine               bool
	Reason, Note       string
	sealed, sealedNote []byte
}

// Openings is the way to them.
type Openings struct{ Vault *vault.Vault }

// Open stores an opening from now until a time.
func (b *Openings) Open(ctx context.Context, tx *store.Tx, o *Opening) error {
	o.ID, o.At = tx.NewID(), tx.Now()
	reason, err := b.Vault.Seal(ctx, tx, o.Subject, "opening reason "+o.ID, []byte(o.Reason))
	if err != nil {
		return fmt.Errorf("sealing a reason: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO access_opening (id, kind, thing, ref, service, organisation, person, subject, actor, opened, until, reason, reviewed, reviewer, fine, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '', $13, $14)`,
		o.ID, o.Kind, o.Thing, o.Ref, o.Service, o.Organisation, o.Person, o.Subject, o.Actor, store.Micros(o.At), store.Micros(o.Until), reason, false, []byte{})
	if err != nil {
		return fmt.Errorf("storing an opening: %w", err)
	}
	return nil
}

// Review stores what was found of an opening.
func (b *Openings) Review(ctx context.Context, tx *store.Tx, o *Opening) error {
	o.Reviewed = tx.Now()
	note, err := b.Vault.Seal(ctx, tx, o.Subject, "opening note "+o.ID, []byte(o.Note))
	if err != nil {
		return fmt.Errorf("sealing what was found: %w", err)
	}
	err = tx.Put(ctx, `UPDATE access_opening SET reviewed = $2, reviewer = $3, fine = $4, note = $5 WHERE id = $1`,
		o.ID, store.Micros(o.Reviewed), o.Reviewer, o.Fine, note)
	if err != nil {
		return fmt.Errorf("storing what was found: %w", err)
	}
	return nil
}

const openingColumns = `id, kind, thing, ref, service, organisation, person, subject, actor, opened, until, reason, reviewed, reviewer, fine, note`

func scanOpening(row store.Scanner) (o Opening, err error) {
	var at, until, reviewed int64
	err = row.Scan(&o.ID, &o.Kind, &o.Thing, &o.Ref, &o.Service, &o.Organisation, &o.Person, &o.Subject, &o.Actor, &at, &until, &o.sealed, &reviewed, &o.Reviewer, &o.Fine, &o.sealedNote)
	o.At, o.Until = store.Time(at), store.Time(until)
	if reviewed != 0 {
		o.Reviewed = store.Time(reviewed)
	}
	return o, err
}

// Get is one opening, held for a change; store.ErrNotFound if there is none.
func (b *Openings) Get(ctx context.Context, tx *store.Tx, id string) (*Opening, error) {
	o, err := scanOpening(tx.QueryRow(ctx, `SELECT `+openingColumns+` FROM access_opening WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return nil, fmt.Errorf("reading an opening: %w", err)
	}
	return &o, b.unseal(ctx, tx, &o)
}

// Of lists what an organisation's cases and records were opened for, those that nobody has reviewed first.
func (b *Openings) Of(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]*Opening, error) {
	return b.list(ctx, tx, `organisation = $1 ORDER BY CASE WHEN reviewed = 0 THEN 0 ELSE 1 END, id DESC LIMIT $2`, organisation, limit)
}

// By lists what somebody has opened, the newest first.
func (b *Openings) By(ctx context.Context, tx *store.Tx, actor string, limit int) ([]*Opening, error) {
	return b.list(ctx, tx, `actor = $1 ORDER BY id DESC LIMIT $2`, actor, limit)
}

// During finds the opening under which somebody looked at something at an instant; store.ErrNotFound if there is none.
func (b *Openings) During(ctx context.Context, tx *store.Tx, l Look) (*Opening, error) {
	list, err := b.list(ctx, tx, `actor = $1 AND ref = $2 AND organisation = $3 AND opened <= $4 AND until >= $4 ORDER BY id DESC LIMIT 1`,
		l.Actor, l.Ref, l.Organisation, store.Micros(l.At))
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (b *Openings) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Opening, error) {
	rows, err := tx.Query(ctx, `SELECT `+openingColumns+` FROM access_opening WHERE `+where, args...)
	found, err := store.Collect(rows, err, scanOpening)
	if err != nil {
		return nil, fmt.Errorf("listing openings: %w", err)
	}
	var all []*Opening
	for i := range found {
		if err := b.unseal(ctx, tx, &found[i]); err != nil {
			return nil, err
		}
		all = append(all, &found[i])
	}
	return all, nil
}

// unseal reads the words; an erased matter's are gone.
func (b *Openings) unseal(ctx context.Context, tx *store.Tx, o *Opening) error {
	reason, err := b.Vault.Open(ctx, tx, o.Subject, "opening reason "+o.ID, o.sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil && !o.Reviewed.IsZero() {
		var note []byte
		note, err = b.Vault.Open(ctx, tx, o.Subject, "opening note "+o.ID, o.sealedNote)
		o.Note = string(note)
	}
	if err != nil {
		return fmt.Errorf("opening the words of an opening: %w", err)
	}
	o.Reason = string(reason)
	return nil
}

// OpenFor names what somebody has opened and may still read, as policy.Actor has it.
func OpenFor(ctx context.Context, tx *store.Tx, actor string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT kind, thing FROM access_opening WHERE actor = $1 AND until > $2 ORDER BY kind, thing`, actor, store.Micros(tx.Now()))
	all, err := store.Collect(rows, err, func(row store.Scanner) (string, error) {
		var kind, thing string
		err := row.Scan(&kind, &thing)
		return policy.Opened(kind, thing), err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what somebody opened: %w", err)
	}
	return all, nil
}

// ForgetOpenings deletes openings of before an instant, the oldest first, at most limit.
func ForgetOpenings(ctx context.Context, tx *store.Tx, before time.Time, limit int) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM access_opening WHERE id IN (SELECT id FROM access_opening WHERE opened < $1 ORDER BY opened LIMIT $2)`, store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("forgetting openings: %w", err)
	}
	return n, nil
}
