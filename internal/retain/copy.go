package retain

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"stoa/internal/store"
	"stoa/internal/vault"
)

// CopyLife is how long a copy can be downloaded.
const CopyLife = 7 * 24 * time.Hour

// Copy is a file with everything about a person.
type Copy struct {
	ID, Person, Subject, Language string
	Asked, Made, Until            time.Time // zero Made: it is being made
	Size                          int64
	parts                         int
}

// Copies is the way to them.
type Copies struct{ Vault *vault.Vault }

const copyPart = 256 << 10

// Ask stores that somebody wants a copy.
func (s *Copies) Ask(ctx context.Context, tx *store.Tx, c *Copy) error {
	c.ID, c.Asked = tx.NewID(), tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO retain_copy (id, person, subject, language, asked, made, until, size, parts) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0)`,
		c.ID, c.Person, c.Subject, c.Language, store.Micros(c.Asked))
	if err != nil {
		return fmt.Errorf("storing the wish for a copy: %w", err)
	}
	return nil
}

// Put stores the file of a copy, sealed under the person's key.
func (s *Copies) Put(ctx context.Context, tx *store.Tx, c *Copy, data []byte) error {
	c.Made, c.Until, c.Size, c.parts = tx.Now(), tx.Now().Add(CopyLife), int64(len(data)), 0
	if _, err := tx.Exec(ctx, `DELETE FROM retain_copy_part WHERE copy = $1`, c.ID); err != nil {
		return fmt.Errorf("storing a copy: %w", err)
	}
	for len(data) > 0 {
		n := min(len(data), copyPart)
		sealed, err := s.Vault.Seal(ctx, tx, c.Subject, copyPlace(c.ID, c.parts), data[:n])
		if err != nil {
			return fmt.Errorf("sealing a copy: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO retain_copy_part (copy, n, sealed) VALUES ($1, $2, $3)`, c.ID, c.parts, sealed); err != nil {
			return fmt.Errorf("storing a copy: %w", err)
		}
		data, c.parts = data[n:], c.parts+1
	}
	_, err := tx.Exec(ctx, `UPDATE retain_copy SET made = $2, until = $3, size = $4, parts = $5 WHERE id = $1`,
		c.ID, store.Micros(c.Made), store.Micros(c.Until), c.Size, c.parts)
	if err != nil {
		return fmt.Errorf("storing a copy: %w", err)
	}
	return nil
}

func copyPlace(id string, n int) string { return "copy " + id + " " + strconv.Itoa(n) }

const copyColumns = `id, person, subject, language, asked, made, until, size, parts`

func scanCopy(row store.Scanner) (c Copy, err error) {
	var asked, made, until int64
	err = row.Scan(&c.ID, &c.Person, &c.Subject, &c.Language, &asked, &made, &until, &c.Size, &c.parts)
	c.Asked = store.Time(asked)
	if made != 0 {
		c.Made, c.Until = store.Time(made), store.Time(until)
	}
	return c, err
}

// Get is one copy; store.ErrNotFound if there is none.
func (s *Copies) Get(ctx context.Context, tx *store.Tx, id string) (Copy, error) {
	c, err := scanCopy(tx.QueryRow(ctx, `SELECT `+copyColumns+` FROM retain_copy WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return Copy{}, fmt.Errorf("reading a copy: %w", err)
	}
	return c, nil
}

// Of lists a person's copies, the newest first.
func (s *Copies) Of(ctx context.Context, tx *store.Tx, person string) ([]Copy, error) {
	return s.of(ctx, tx, person, " LIMIT 20")
}

// AllOf is Of without an end.
func (s *Copies) AllOf(ctx context.Context, tx *store.Tx, person string) ([]Copy, error) {
	return s.of(ctx, tx, person, "")
}

func (s *Copies) of(ctx context.Context, tx *store.Tx, person, end string) ([]Copy, error) {
	rows, err := tx.Query(ctx, `SELECT `+copyColumns+` FROM retain_copy WHERE person = $1 ORDER BY id DESC`+end, person)
	all, err := store.Collect(rows, err, scanCopy)
	if err != nil {
		return nil, fmt.Errorf("listing copies: %w", err)
	}
	return all, nil
}

// Read gives the file of a copy.
func (s *Copies) Read(ctx context.Context, tx *store.Tx, c Copy) ([]byte, error) {
	rows, err := tx.Query(ctx, `SELECT sealed FROM retain_copy_part WHERE copy = $1 ORDER BY n`, c.ID)
	parts, err := store.Collect(rows, err, func(row store.Scanner) (b []byte, err error) { return b, row.Scan(&b) })
	if err != nil {
		return nil, fmt.Errorf("reading a copy: %w", err)
	}
	data := make([]byte, 0, c.Size)
	for n, sealed := range parts {
		plain, err := s.Vault.Open(ctx, tx, c.Subject, copyPlace(c.ID, n), sealed)
		if err != nil {
			return nil, fmt.Errorf("opening a copy: %w", err)
		}
		data = append(data, plain...)
	}
	if int64(len(data)) != c.Size {
		return nil, fmt.Errorf("a copy has %d bytes, not %d", len(data), c.Size)
	}
	return data, nil
}

// ForgetCopies deletes copies whose time is over.
func ForgetCopies(ctx context.Context, tx *store.Tx) (int64, error) {
	const old = `SELECT id FROM retain_copy WHERE until > 0 AND until < $1`
	now := store.Micros(tx.Now())
	if _, err := tx.Exec(ctx, `DELETE FROM retain_copy_part WHERE copy IN (`+old+`)`, now); err != nil {
		return 0, fmt.Errorf("forgetting copies: %w", err)
	}
	n, err := tx.Exec(ctx, `DELETE FROM retain_copy WHERE until > 0 AND until < $1`, now)
	if err != nil {
		return 0, fmt.Errorf("forgetting copies: %w", err)
	}
	return n, nil
}

// ForgetCopiesOf deletes a person's copies.
func ForgetCopiesOf(ctx context.Context, tx *store.Tx, person string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM retain_copy_part WHERE copy IN (SELECT id FROM retain_copy WHERE person = $1)`, person); err != nil {
		return fmt.Errorf("forgetting copies: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM retain_copy WHERE person = $1`, person); err != nil {
		return fmt.Errorf("forgetting copies: %w", err)
	}
	return nil
}
