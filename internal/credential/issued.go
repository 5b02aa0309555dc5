package credential

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"stoa/internal/credential/status"
	"stoa/internal/store"
)

// Places in a list. A list is closed when places are hard to find by chance, so that neighbours tell nothing of each other.
const (
	listSize = 1 << 17
	listBits = 2
	chances  = 8
)

// Issued is a credential that was given to a wallet.
type Issued struct {
	ID, Organisation string
	Record           string
	Version          int64
	Holder, Service  string
	Format           string
	List, Place      int64
	Status           int
	At, Ends         time.Time
	Told             string
}

// Note stores a credential before it is signed: its place in a status list, by chance, and the name under which the wallet
// may tell what became of it.
func (s *Store) Note(ctx context.Context, tx *store.Tx, c *Issued, told string) error {
	var list int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM credential_list`).Scan(&list); err != nil {
		return fmt.Errorf("finding a status list: %w", err)
	}
	c.ID, c.At = tx.NewID(), tx.Now()
	for try := 0; ; try++ {
		if list == 0 || try == chances {
			list, try = list+1, 0
			if _, err := tx.Exec(ctx, `INSERT INTO credential_list (id, version) VALUES ($1, 1) ON CONFLICT (id) DO NOTHING`, list); err != nil {
				return fmt.Errorf("beginning a status list: %w", err)
			}
		}
		var b [4]byte
		if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
			return fmt.Errorf("choosing a place in a status list: %w", err)
		}
		c.List, c.Place = list, int64(binary.BigEndian.Uint32(b[:])%listSize)
		n, err := tx.Exec(ctx, `INSERT INTO credential (id, organisation, record_id, version, holder, service, format, list, place, status, issued, ends, told, told_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13) ON CONFLICT (list, place) DO NOTHING`,
			c.ID, c.Organisation, c.Record, c.Version, c.Holder, c.Service, c.Format, c.List, c.Place, c.Status, store.Micros(c.At), store.Micros(c.Ends), hashOf(told))
		if err != nil {
			return fmt.Errorf("noting a credential: %w", err)
		}
		if n == 1 {
			return nil
		}
	}
}

// Standing says how the credentials of a record stand from now on. Those that were made from an earlier version of what it
// says, before since, are invalid for good; so is everything that is invalid already.
func (s *Store) Standing(ctx context.Context, tx *store.Tx, record string, since int64, now int) error {
	touched, err := store.Strings(ctx, tx, `SELECT DISTINCT CAST(list AS TEXT) FROM credential WHERE record_id = $1 AND status <> $2`, record, status.Invalid)
	if err != nil {
		return fmt.Errorf("finding the credentials of a record: %w", err)
	}
	if len(touched) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE credential SET status = CASE WHEN version < $2 THEN $3 ELSE $4 END WHERE record_id = $1 AND status <> $3`,
		record, since, status.Invalid, now); err != nil {
		return fmt.Errorf("changing the status of credentials: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE credential_list SET version = version + 1 WHERE id IN (SELECT list FROM credential WHERE record_id = $1)`, record); err != nil {
		return fmt.Errorf("changing the status of credentials: %w", err)
	}
	return nil
}

// Of lists the credentials of a record, the newest first.
func (s *Store) Of(ctx context.Context, tx *store.Tx, record string) ([]Issued, error) {
	rows, err := tx.Query(ctx, `SELECT id, version, holder, service, format, list, place, status, issued, ends, told FROM credential WHERE record_id = $1 ORDER BY issued DESC, id DESC LIMIT 200`, record)
	if err != nil {
		return nil, fmt.Errorf("listing credentials: %w", err)
	}
	defer rows.Close()
	var all []Issued
	for rows.Next() {
		c := Issued{Record: record}
		var at, ends int64
		if err := rows.Scan(&c.ID, &c.Version, &c.Holder, &c.Service, &c.Format, &c.List, &c.Place, &c.Status, &at, &ends, &c.Told); err != nil {
			return nil, fmt.Errorf("listing credentials: %w", err)
		}
		c.At, c.Ends = store.Time(at), store.Time(ends)
		all = append(all, c)
	}
	return all, rows.Err()
}

// At finds the credential at a place of a list; store.ErrNotFound where there is none.
func (s *Store) At(ctx context.Context, tx *store.Tx, list, place int64) (*Issued, error) {
	var c Issued
	err := tx.QueryRow(ctx, `SELECT id, record_id, version, service, format, status FROM credential WHERE list = $1 AND place = $2`, list, place).
		Scan(&c.ID, &c.Record, &c.Version, &c.Service, &c.Format, &c.Status)
	if err != nil {
		return nil, fmt.Errorf("finding a credential: %w", err)
	}
	return &c, nil
}

// ListVersion is how often a list has changed; store.ErrNotFound where there is no such list.
func (s *Store) ListVersion(ctx context.Context, tx *store.Tx, list int64) (version int64, err error) {
	if err = tx.QueryRow(ctx, `SELECT version FROM credential_list WHERE id = $1`, list).Scan(&version); err != nil {
		return 0, fmt.Errorf("reading a status list: %w", err)
	}
	return version, nil
}

// List is a status list as it stands.
func (s *Store) List(ctx context.Context, tx *store.Tx, list int64) (*status.List, error) {
	l := status.New(listSize, listBits)
	rows, err := tx.Query(ctx, `SELECT place, status FROM credential WHERE list = $1 AND status <> $2`, list, status.Valid)
	if err != nil {
		return nil, fmt.Errorf("reading a status list: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var place, v int64
		if err := rows.Scan(&place, &v); err != nil {
			return nil, fmt.Errorf("reading a status list: %w", err)
		}
		l.Set(int(place), int(v))
	}
	return l, rows.Err()
}

// Tell stores what a wallet says became of what it was given, under the name that it was given for that.
func (s *Store) Tell(ctx context.Context, tx *store.Tx, name, holder, event string) error {
	n, err := tx.Exec(ctx, `UPDATE credential SET told = $3 WHERE told_by = $1 AND holder = $2`, hashOf(name), holder, event)
	if err != nil {
		return fmt.Errorf("noting what a wallet tells: %w", err)
	}
	if n == 0 {
		return Refuse("invalid_notification_id", "there is no such notification")
	}
	return nil
}

// NotificationID makes the name under which a wallet tells.
func (s *Store) NotificationID() (string, error) {
	word, _, err := s.secret()
	return word, err
}
