package spend

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Supplier is whom public money is paid to: an organisation, or a person.
type Supplier struct {
	ID, Organisation string
	Person           bool   // private: the public sees such suppliers only together
	Identifier       string // scheme and number, as org-id.guide lists schemes: GB-COH-01234567; "" of a person
	Owner            string // person id of who it is, or who stands behind it; "" not known here
	Created          time.Time
	CreatedBy        string
	BankAt           time.Time // when the bank account was last changed
	BankBy           string
	Version          int64
	SupplierWords
	subject string
}

// SupplierWords are the sealed part of a supplier. The name of an organisation stands in the open besides.
type SupplierWords struct {
	Name    string        `json:"name"`
	IBAN    bankfile.IBAN `json:"iban,omitempty"`
	Address string        `json:"address,omitempty"`
	Email   string        `json:"email,omitempty"`
}

// words is the subject under which what is said about the supplier is sealed; "" where it is public.
func (s *Supplier) words() string {
	if s.Person {
		return s.subject
	}
	return ""
}

// Subject is whose key seals what is of the supplier.
func (s *Supplier) Subject() string { return s.subject }

// NewSupplier is what a supplier is entered with.
type NewSupplier struct {
	Key        string // the same for every attempt
	Person     bool
	Identifier string
	Owner      string
	SupplierWords
}

// Suppliers is the way to them.
type Suppliers struct{ vault *vault.Vault }

const (
	supplierPlace   = "spend supplier "
	supplierColumns = `id, organisation, person, name, identifier, owner, created, created_by, bank_at, bank_by, version, subject, sealed`
)

// Add enters a supplier. The same key gives the one that it made first.
func (s *Suppliers) Add(ctx context.Context, tx *store.Tx, organisation string, n NewSupplier, by string) (*Supplier, error) {
	if n.Key == "" || n.Name == "" {
		return nil, errors.New("entering a supplier: no key or no name")
	}
	found, err := s.find(ctx, tx, `WHERE organisation = $1 AND idem_key = $2`, organisation, n.Key)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		if first := found[0]; first.Person != n.Person || first.SupplierWords != n.SupplierWords || first.Identifier != n.Identifier {
			return nil, fault.NewConflict(msgKeyTaken)
		}
		return found[0], nil
	}
	x := &Supplier{ID: tx.NewID(), Organisation: organisation, Person: n.Person, Identifier: n.Identifier, Owner: n.Owner, Created: tx.Now(), CreatedBy: by,
		BankAt: tx.Now(), BankBy: by, Version: 1, SupplierWords: n.SupplierWords}
	if x.Person {
		x.Identifier = ""
	}
	if x.subject, err = s.vault.NewSubject(ctx, tx); err != nil {
		return nil, fmt.Errorf("entering a supplier: %w", err)
	}
	sealed, err := seal(ctx, tx, s.vault, x.subject, supplierPlace+x.ID, x.SupplierWords)
	if err != nil {
		return nil, err
	}
	name, search := x.open()
	err = tx.Put(ctx, `INSERT INTO spend_supplier (organisation, id, idem_key, person, name, search, identifier, owner, created, created_by, bank_at, bank_by, version, subject, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10, 1, $11, $12)`,
		organisation, x.ID, n.Key, x.Person, name, search, x.Identifier, x.Owner, store.Micros(x.Created), by, x.subject, sealed)
	if err != nil {
		return nil, fmt.Errorf("storing a supplier: %w", err)
	}
	return x, nil
}

// open is what stands in the open: of a person nothing.
func (s *Supplier) open() (name, search string) {
	if s.Person {
		return "", ""
	}
	return s.Name, searchable(s.Name, s.Identifier)
}

// Change stores other words about a supplier that was read with Get in this Write. Who changes the bank account is noted:
// that person approves no order that pays to it.
func (s *Suppliers) Change(ctx context.Context, tx *store.Tx, x *Supplier, to SupplierWords, by string) error {
	if to.IBAN != x.IBAN {
		x.BankAt, x.BankBy = tx.Now(), by
	}
	x.SupplierWords = to
	sealed, err := seal(ctx, tx, s.vault, x.subject, supplierPlace+x.ID, x.SupplierWords)
	if err != nil {
		return err
	}
	name, search := x.open()
	n, err := tx.Exec(ctx, `UPDATE spend_supplier SET name = $4, search = $5, bank_at = $6, bank_by = $7, sealed = $8, version = $3 + 1
		WHERE organisation = $1 AND id = $2 AND version = $3`, x.Organisation, x.ID, x.Version, name, search, store.Micros(x.BankAt), x.BankBy, sealed)
	if err != nil {
		return fmt.Errorf("changing a supplier: %w", err)
	}
	if n == 0 {
		return fault.NewConflict(msgChanged)
	}
	x.Version++
	return nil
}

// Get reads a supplier; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Suppliers) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Supplier, error) {
	found, err := s.find(ctx, tx, `WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("reading a supplier: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// SupplierQuery asks for suppliers; what is empty is no bound.
type SupplierQuery struct {
	Organisation string
	Text         string // in the name or the identifier; finds no persons
	Public       bool   // organisations only
	After        string // id of a former page's last
	Limit        int
}

// Find lists suppliers in the order in which they were entered.
func (s *Suppliers) Find(ctx context.Context, tx *store.Tx, q SupplierQuery) ([]*Supplier, error) {
	where, args := `WHERE organisation = $1 AND id > $2`, []any{q.Organisation, q.After}
	if q.Text != "" {
		args = append(args, like(q.Text))
		where += fmt.Sprintf(` AND search LIKE $%d ESCAPE '\'`, len(args))
	}
	if q.Public {
		where += ` AND NOT person`
	}
	args = append(args, q.Limit)
	return s.find(ctx, tx, where+fmt.Sprintf(` ORDER BY id LIMIT $%d`, len(args)), args...)
}

// Owned lists what a person is as a supplier, or stands behind, as far as that is known.
func (s *Suppliers) Owned(ctx context.Context, tx *store.Tx, organisation, owner string) ([]*Supplier, error) {
	return s.find(ctx, tx, `WHERE organisation = $1 AND owner = $2 AND owner <> '' ORDER BY id`, organisation, owner)
}

func (s *Suppliers) find(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Supplier, error) {
	var sealed [][]byte
	rows, err := tx.Query(ctx, `SELECT `+supplierColumns+` FROM spend_supplier `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (*Supplier, error) {
		var x Supplier
		var created, bank int64
		var name string
		var bytes []byte
		err := row.Scan(&x.ID, &x.Organisation, &x.Person, &name, &x.Identifier, &x.Owner, &created, &x.CreatedBy, &bank, &x.BankBy, &x.Version, &x.subject, &bytes)
		x.Created, x.BankAt = store.Time(created), store.Time(bank)
		sealed = append(sealed, bytes)
		return &x, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading suppliers: %w", err)
	}
	for i, x := range all {
		if err := open(ctx, tx, s.vault, x.subject, supplierPlace+x.ID, sealed[i], &x.SupplierWords); err != nil {
			return nil, err
		}
	}
	return all, nil
}
