package vault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"stoa/internal/store"
)

// The list of erasures is a file beside the master keys: the subjects whose keys were destroyed, a line each. It only
// grows, and it is no part of the backups of the database, so that putting an old one back undoes no erasure: Reapply
// destroys again what the list says. Two copies of it are put together by joining their lines.

const erasedHead = `# Subjects whose keys were destroyed. They are random names and tell nothing about anybody. Never put an older copy back.
`

// Reapplied is what Reapply found and put right.
type Reapplied struct {
	Erased int // keys that were there again, and are destroyed again
	Noted  int // erasures that the list did not know
}

// Reapply makes list and database agree: what either says is erased, is. It belongs to every start, before anything is
// served.
func (v *Vault) Reapply(ctx context.Context, db *store.DB) (done Reapplied, err error) {
	known, err := readErased(v.erased)
	if err != nil {
		return done, fmt.Errorf("read the list of erasures: %w", err)
	}
	alive, missing, err := v.compare(ctx, db, known)
	if err != nil {
		return done, err
	}
	for len(alive) > 0 {
		n := min(len(alive), 500)
		err := db.Write(ctx, "vault.Reapply", func(ctx context.Context, tx *store.Tx) error {
			for _, subject := range alive[:n] {
				if err := v.Erase(ctx, tx, subject); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, fmt.Errorf("repeat erasures: %w", err)
		}
		done.Erased, alive = done.Erased+n, alive[n:]
	}
	done.Noted = len(missing)
	return done, v.note(missing...)
}

// Unrepeated tells how many subjects are erased according to one of list and database, and not according to the other.
// It changes nothing.
func (v *Vault) Unrepeated(ctx context.Context, db *store.DB) (alive, missing int, err error) {
	known, err := readErased(v.erased)
	if err != nil {
		return 0, 0, fmt.Errorf("read the list of erasures: %w", err)
	}
	there, unknown, err := v.compare(ctx, db, known)
	return len(there), len(unknown), err
}

// compare gives the subjects of the list whose keys are there, and the erased ones that it lacks.
func (v *Vault) compare(ctx context.Context, db *store.DB, known map[string]bool) (alive, missing []string, err error) {
	err = db.Read(ctx, "vault.erased", func(ctx context.Context, tx *store.Tx) error {
		alive, missing = nil, nil
		erased, err := store.Strings(ctx, tx, `SELECT subject FROM subject_key WHERE erased_at > 0`)
		if err != nil {
			return err
		}
		for _, subject := range erased {
			if !known[subject] {
				missing = append(missing, subject)
			}
		}
		var ask []string
		for subject := range known {
			ask = append(ask, subject)
		}
		for len(ask) > 0 {
			n := min(len(ask), 500)
			args := make([]any, n)
			for i, subject := range ask[:n] {
				args[i] = subject
			}
			there, err := store.Strings(ctx, tx, `SELECT subject FROM subject_key WHERE erased_at = 0 AND subject IN (`+store.Marks(1, n)+`)`, args...)
			if err != nil {
				return err
			}
			alive, ask = append(alive, there...), ask[n:]
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("compare the list of erasures: %w", err)
	}
	return alive, missing, nil
}

func readErased(path string) (map[string]bool, error) {
	known := map[string]bool{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			known[line] = true
		}
	}
	return known, lines.Err()
}

// note adds subjects to the list. What a crash between a commit and this line loses, the next start finds in the database.
func (v *Vault) note(subjects ...string) error {
	if len(subjects) == 0 {
		return nil
	}
	v.listing.Lock()
	defer v.listing.Unlock()
	file, err := os.OpenFile(v.erased, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("note an erasure: %w", err)
	}
	var b strings.Builder
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		b.WriteString(erasedHead)
	}
	for _, subject := range subjects {
		b.WriteString(subject + "\n")
	}
	_, err = file.WriteString(b.String())
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("note an erasure: %w", err)
	}
	return nil
}
