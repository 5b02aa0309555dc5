package cases

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/store"
)

// DraftLife is how long an untouched draft is kept.
const DraftLife = 60 * 24 * time.Hour

// Draft is an application being written. It is no case: saving it validates nothing away and completes nothing.
type Draft struct {
	ID, Service, Variant, Definition, Subject string
	Person                                    string // "" while nobody has signed in for it
	Licence                                   string // record id: what a variant is about
	Language                                  string
	Version                                   int64
	Updated                                   time.Time
	Case                                      string // the case it became
	DraftBody
}

// DraftBody is the sealed part of a draft.
type DraftBody struct {
	Typed    process.Typed     `json:"typed"`
	Previous map[string]string `json:"previous,omitempty"`
	Known    map[string]*Known `json:"known,omitempty"`  // by question, see process.Typed.Key
	Behalf   *Behalf           `json:"behalf,omitempty"` // who began it for the person; nil: they themselves
	Passed   []string          `json:"passed,omitempty"` // pages that were answered without a mistake once, for statistics
	Said     bool              `json:"said,omitempty"`   // how it went was told
}

// StartDraft stores a new draft. tokenHash proves later that a browser started or resumed it.
func (c *Cases) StartDraft(ctx context.Context, tx *store.Tx, d *Draft, tokenHash []byte) error {
	var err error
	if d.Subject, err = c.Vault.NewSubject(ctx, tx); err != nil {
		return fmt.Errorf("starting a draft: %w", err)
	}
	d.Version, d.Updated = 1, tx.Now()
	sealed, err := c.seal(ctx, tx, d.Subject, "draft "+d.ID, d.DraftBody)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO draft (id, token_hash, service, variant, definition, subject, person, licence, language, sealed, version, created, updated, made_case)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, '')`,
		d.ID, tokenHash, d.Service, d.Variant, d.Definition, d.Subject, d.Person, d.Licence, d.Language, sealed, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("storing a draft: %w", err)
	}
	return nil
}

// Draft reads a draft; in Write it is locked until commit. store.ErrNotFound if there is none.
func (c *Cases) Draft(ctx context.Context, tx *store.Tx, id string) (*Draft, error) {
	var d Draft
	var sealed []byte
	var updated int64
	err := tx.QueryRow(ctx, `SELECT id, service, variant, definition, subject, person, licence, language, sealed, version, updated, made_case
		FROM draft WHERE id = $1`+tx.Lock(), id).
		Scan(&d.ID, &d.Service, &d.Variant, &d.Definition, &d.Subject, &d.Person, &d.Licence, &d.Language, &sealed, &d.Version, &updated, &d.Case)
	if err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	d.Updated = store.Time(updated)
	return &d, c.open(ctx, tx, d.Subject, "draft "+d.ID, sealed, &d.DraftBody)
}

// HoldDraft locks a draft until commit, and gives its version. store.ErrNotFound if there is none.
func HoldDraft(ctx context.Context, tx *store.Tx, id string) (version int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT version FROM draft WHERE id = $1`+tx.Lock(), id).Scan(&version); err != nil {
		return 0, fmt.Errorf("holding a draft: %w", err)
	}
	return version, nil
}

// HoldsDraft reports whether a token is the draft's.
func (c *Cases) HoldsDraft(ctx context.Context, tx *store.Tx, id string, tokenHash []byte) (bool, error) {
	var want []byte
	err := tx.QueryRow(ctx, `SELECT token_hash FROM draft WHERE id = $1`, id).Scan(&want)
	if err != nil {
		return false, fmt.Errorf("reading a draft's token: %w", err)
	}
	return subtle.ConstantTimeCompare(want, tokenHash) == 1, nil
}

// HandDraft makes a new token the draft's: it goes on in another browser. store.ErrNotFound if it was forgotten.
func (c *Cases) HandDraft(ctx context.Context, tx *store.Tx, id string, tokenHash []byte) error {
	n, err := tx.Exec(ctx, `UPDATE draft SET token_hash = $2 WHERE id = $1`, id, tokenHash)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("handing a draft over: %w", err)
	}
	return nil
}

const draftUpdate = `UPDATE draft SET sealed = $3, person = $4, language = $5, made_case = $6, version = $2 + 1, updated = $7
	WHERE id = $1 AND version = $2`

// SaveDraft stores what was typed, the language and the person.
func (c *Cases) SaveDraft(ctx context.Context, tx *store.Tx, d *Draft) error {
	values, err := c.draftValues(ctx, tx, d)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, draftUpdate, values...)
	if err != nil {
		return fmt.Errorf("saving a draft: %w", err)
	}
	if n == 0 {
		return fault.NewConflict("This application was changed in another window. Open the page again, then repeat")
	}
	d.Version, d.Updated = d.Version+1, tx.Now()
	return nil
}

// SaveHeld is SaveDraft for whoever holds the draft in the version that it has: nobody can have changed it since.
func SaveHeld(ctx context.Context, tx *store.Tx, c *Cases, d *Draft) error {
	values, err := c.draftValues(ctx, tx, d)
	if err != nil {
		return err
	}
	if err := tx.Put(ctx, draftUpdate, values...); err != nil {
		return fmt.Errorf("saving a draft: %w", err)
	}
	d.Version, d.Updated = d.Version+1, tx.Now()
	return nil
}

func (c *Cases) draftValues(ctx context.Context, tx *store.Tx, d *Draft) ([]any, error) {
	sealed, err := c.seal(ctx, tx, d.Subject, "draft "+d.ID, d.DraftBody)
	return []any{d.ID, d.Version, sealed, d.Person, d.Language, d.Case, store.Micros(tx.Now())}, err
}

// DraftsOf lists a person's unfinished drafts, newest first.
func (c *Cases) DraftsOf(ctx context.Context, tx *store.Tx, person string) ([]*Draft, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM draft WHERE person = $1 AND made_case = '' ORDER BY updated DESC LIMIT 50`, person)
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	var all []*Draft
	for _, id := range ids {
		d, err := c.Draft(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// ForgetDrafts deletes drafts untouched since an instant, with the key that sealed them; it tells how
// many. Submitted ones keep their row, so that a repeated post still finds its case.
func (c *Cases) ForgetDrafts(ctx context.Context, tx *store.Tx, before time.Time, limit int) (int, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM draft WHERE made_case = '' AND updated < $1 ORDER BY updated LIMIT $2`, store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("listing old drafts: %w", err)
	}
	forgotten := 0
	for _, id := range ids {
		// Asked again while the row is held: a draft that was sent meanwhile has become a case, with the same key.
		var subject string
		err := tx.QueryRow(ctx, `DELETE FROM draft WHERE id = $1 AND made_case = '' AND updated < $2 RETURNING subject`,
			id, store.Micros(before)).Scan(&subject)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("forgetting a draft: %w", err)
		}
		if err := c.Vault.Erase(ctx, tx, subject); err != nil {
			return 0, fmt.Errorf("forgetting a draft's key: %w", err)
		}
		forgotten++
	}
	return forgotten, nil
}
