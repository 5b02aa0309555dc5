package person

import (
	"context"
	"fmt"
	"io"

	"stoa/internal/store"
)

// Erase destroys what is known of a person: their key, and with it name, address and whatever else was sealed under it,
// and every way to sign in. The row stays, empty, since cases and entries name its id. The address is free again: whoever
// signs in with it is somebody new.
func Erase(ctx context.Context, tx *store.Tx, p *People, id string) error {
	who, err := p.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	nobody := make([]byte, 32)
	if _, err := io.ReadFull(p.Rand, nobody); err != nil {
		return fmt.Errorf("erasing a person: %w", err)
	}
	if err := p.Vault.Erase(ctx, tx, who.Subject); err != nil {
		return fmt.Errorf("erasing a person: %w", err)
	}
	if err := p.Factors().Clear(ctx, tx, id); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM code WHERE email_key = (SELECT email_key FROM person WHERE id = $1)`,
		`DELETE FROM once WHERE person = $1`,
		`DELETE FROM person_absence WHERE person = $1`,
		`DELETE FROM session WHERE person = $1`,
	} {
		if err := tx.Put(ctx, statement, id); err != nil {
			return fmt.Errorf("erasing a person: %w", err)
		}
	}
	if err := tx.Put(ctx, `UPDATE person SET email_key = $2, updated = $3 WHERE id = $1`, id, nobody, store.Micros(tx.Now())); err != nil {
		return fmt.Errorf("erasing a person: %w", err)
	}
	return nil
}

// Erased reports whether a person was erased. Who stands for a record has a name and no address.
func (w Person) Erased() bool { return w.Email == "" && w.Name == "" }
