// Package blob owns attachments: it checks what people send, takes out of images what they did not mean to send (where
// and with what a photograph was taken), keeps the bytes in the database sealed under the person's key, and has them
// scanned for viruses.
//
// It stops at bytes: which question an attachment answers and who may see it is decided by its callers.
package blob

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/fault"
	"stoa/internal/job"
	"stoa/internal/objects"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

// partLen keeps rows small enough for every database and memory small while reading.
const partLen = 256 << 10

// ScanState is what is known about viruses.
type ScanState string

// A blob is Waiting where a scanner is configured, else Unscanned from the start.
const (
	Waiting   ScanState = "waiting"
	Clean     ScanState = "clean"
	Infected  ScanState = "infected"
	Unscanned ScanState = "unscanned"
)

// Blob is a stored attachment without its bytes.
type Blob struct {
	ID        string
	Subject   string
	Name      string // as sent, without folders and control characters
	Type      Type   // by content, not as declared
	Size      int64
	SHA256    [sha256.Size]byte // of the bytes as stored, after stripping
	Scan      ScanState
	CreatedAt time.Time
}

// Store keeps blobs.
type Store struct {
	vault   *vault.Vault
	scanner Scanner
	objects *objects.Store // where attachments are carried to; nil: they stay in the database
}

// New makes a store that scans with scanner; None{} where there is none.
func New(v *vault.Vault, scanner Scanner) *Store { return &Store{vault: v, scanner: scanner} }

// Put stores an upload for the subject. Receive it first, outside the transaction: others wait while one writes.
func (s *Store) Put(ctx context.Context, tx *store.Tx, subject string, u *Upload) (Blob, error) {
	b := Blob{
		ID: tx.NewID(), Subject: subject, Name: u.name, Type: u.kind, Size: int64(len(u.data)),
		SHA256: sha256.Sum256(u.data), Scan: Waiting, CreatedAt: tx.Now(),
	}
	if _, none := s.scanner.(None); none {
		b.Scan = Unscanned
	}
	// The hash is sealed too: it would tell whether a person sent a certain document, also after erasure.
	label, err := s.vault.Seal(ctx, tx, subject, labelPlace(b.ID), append(b.SHA256[:], b.Name...))
	if err != nil {
		return Blob{}, fmt.Errorf("store a blob: %w", err)
	}
	parts := (len(u.data) + partLen - 1) / partLen
	_, err = tx.Exec(ctx, `INSERT INTO blob (id, subject, label, type, size, parts, scan, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		b.ID, subject, label, string(b.Type), b.Size, parts, string(b.Scan), store.Micros(b.CreatedAt))
	if err != nil {
		return Blob{}, fmt.Errorf("store a blob: %w", err)
	}
	for n := range parts {
		sealed, err := s.vault.Seal(ctx, tx, subject, partPlace(b.ID, n, parts), u.data[n*partLen:min((n+1)*partLen, len(u.data))])
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO blob_part (blob_id, n, sealed) VALUES ($1, $2, $3)`, b.ID, n, sealed)
		}
		if err != nil {
			return Blob{}, fmt.Errorf("store part %d of a blob: %w", n, err)
		}
	}
	if s.objects != nil {
		tx.Notify(topic)
	}
	if b.Scan == Waiting {
		n := job.New{Kind: scanKind, Key: b.ID, Payload: fmt.Appendf(nil, `{"blob":%q}`, b.ID)}
		if err := job.Enqueue(ctx, tx, n); err != nil {
			return Blob{}, err
		}
	}
	return b, nil
}

// Info gives the blob without its bytes.
func (s *Store) Info(ctx context.Context, tx *store.Tx, id string) (Blob, error) {
	b, _, err := s.info(ctx, tx, id)
	return b, err
}

func (s *Store) info(ctx context.Context, tx *store.Tx, id string) (b Blob, parts int, err error) {
	b.ID = id
	var label []byte
	var createdAt int64
	err = tx.QueryRow(ctx, `SELECT subject, label, type, size, parts, scan, created_at FROM blob WHERE id = $1`, id).
		Scan(&b.Subject, &label, &b.Type, &b.Size, &parts, &b.Scan, &createdAt)
	if err != nil {
		return Blob{}, 0, fmt.Errorf("find a blob: %w", err)
	}
	b.CreatedAt = store.Time(createdAt)
	plain, err := s.vault.Open(ctx, tx, b.Subject, labelPlace(id), label)
	if err == nil && len(plain) < len(b.SHA256) {
		err = errors.New("label too short")
	}
	if err != nil {
		return Blob{}, 0, fmt.Errorf("open a blob's label: %w", err)
	}
	b.Name = string(plain[copy(b.SHA256[:], plain):])
	return b, parts, nil
}

// ReadAll gives the bytes, checked against their hash. Where they lie in an object store, its error is a store.Outside: the
// transaction is left, the object fetched, and the transaction begun again. An infected blob is refused; what to do with one that waits or
// was not scanned is the caller's decision.
func (s *Store) ReadAll(ctx context.Context, tx *store.Tx, id string) (Blob, []byte, error) {
	b, parts, err := s.info(ctx, tx, id)
	if err != nil {
		return Blob{}, nil, err
	}
	if b.Scan == Infected {
		return Blob{}, nil, fault.NewForbidden("blob.infected")
	}
	away, err := s.away(ctx, tx, id, parts)
	if err != nil {
		return Blob{}, nil, err
	}
	data := make([]byte, 0, b.Size)
	for n := range parts {
		var sealed []byte
		if away != nil {
			sealed = away[n]
		} else if err := tx.QueryRow(ctx, `SELECT sealed FROM blob_part WHERE blob_id = $1 AND n = $2`, id, n).Scan(&sealed); err != nil {
			return Blob{}, nil, fmt.Errorf("read part %d of a blob: %w", n, err)
		}
		plain, err := s.vault.Open(ctx, tx, b.Subject, partPlace(id, n, parts), sealed)
		if err != nil {
			return Blob{}, nil, fmt.Errorf("open part %d of a blob: %w", n, err)
		}
		data = append(data, plain...)
	}
	if sha256.Sum256(data) != b.SHA256 {
		return Blob{}, nil, errors.New("a blob's bytes do not have its hash")
	}
	return b, data, nil
}

// Delete removes the blob and its bytes.
func (s *Store) Delete(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, goneAway+`blob_id = $2 AND gone_at = 0`, store.Micros(tx.Now()), id); err != nil {
		return fmt.Errorf("delete a blob's object: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM blob_part WHERE blob_id = $1`, id); err != nil {
		return fmt.Errorf("delete a blob's parts: %w", err)
	}
	tx.Notify(topic)
	n, err := tx.Exec(ctx, `DELETE FROM blob WHERE id = $1`, id)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete a blob: %w", err)
	}
	return nil
}

func labelPlace(id string) string { return "blob.label/" + id }

// partPlace binds a part to its place among all, so that none can be left out, doubled or swapped.
func partPlace(id string, n, parts int) string {
	return fmt.Sprintf("blob.part/%s/%d/%d", id, n, parts)
}
