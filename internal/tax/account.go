package tax

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// Account is who owes a tax on an object, from one day until another. Bills go to the holder; an account whose holder has
// no address of e-mail has none, and its bills are printed.
type Account struct {
	ID, Organisation string
	Number           string // T-2026-000001
	Tax, Object      string // id of the tax, number of the record
	Holder           string // person id
	Subject          string
	Language         string
	From             calendar.Date
	Until            calendar.Date // last day; zero: no end is known
	Choice           int           // number of instalments; 0: what the tax says
	Version          int64
	Created, Updated time.Time
	Words

	facts int
}

// Words are the sealed part: whom bills are for.
type Words struct {
	Name    string   `json:"name"`
	Email   string   `json:"email,omitempty"`
	Address []string `json:"address,omitempty"` // lines
	Label   string   `json:"label,omitempty"`   // what the object is called
}

func (a *Account) place() string { return "tax account " + a.ID }

func (a *Account) until() string {
	if a.Until.IsZero() {
		return noDay.String()
	}
	return a.Until.String()
}

// OpenAccounts stores new accounts and gives each its id, number and, unless it has one, a subject. ErrConflict of the store
// where an object has an account that begins on the same day.
func (t *Taxes) OpenAccounts(ctx context.Context, tx *store.Tx, list ...*Account) error {
	var rows []any
	for _, a := range list {
		if err := t.number(ctx, tx, a); err != nil {
			return err
		}
		sealed, err := t.seal(ctx, tx, a.Subject, a.place(), a.Words)
		if err != nil {
			return err
		}
		at := store.Micros(tx.Now())
		rows = append(rows, a.Organisation, a.ID, a.Number, a.Tax, a.Object, a.Holder, a.Subject, a.Language, a.From.String(), a.until(),
			int64(a.Choice), int64(0), int64(1), at, at, sealed)
	}
	err := insert(ctx, tx, `INSERT INTO tax_account (`+accountColumns+`) VALUES `, rows, 16)
	if err != nil {
		return fmt.Errorf("opening accounts: %w", err)
	}
	return nil
}

// number gives a new account what it needs.
func (t *Taxes) number(ctx context.Context, tx *store.Tx, a *Account) error {
	if a.Organisation == "" || a.Tax == "" || a.Object == "" || a.From.IsZero() || a.Name == "" {
		return fmt.Errorf("opening an account of %s for %q: organisation, tax, object, name and first day are needed", a.Tax, a.Object)
	}
	if !a.Until.IsZero() && a.Until.Before(a.From) {
		return fault.NewInvalid("The last day must not lie before the first")
	}
	var err error
	if a.Subject == "" {
		if a.Subject, err = t.Vault.NewSubject(ctx, tx); err != nil {
			return fmt.Errorf("opening an account: %w", err)
		}
	}
	year := tx.Now().Year()
	n, err := tx.Next(ctx, fmt.Sprintf("tax account %s %d", a.Organisation, year))
	if err != nil {
		return fmt.Errorf("numbering an account: %w", err)
	}
	a.ID, a.Number = tx.NewID(), fmt.Sprintf("T-%d-%06d", year, n)
	a.Created, a.Updated, a.Version = tx.Now(), tx.Now(), 1
	return nil
}

// SaveAccount writes what may change of an account that was read in this Write: holder, language, days, choice and words.
func (t *Taxes) SaveAccount(ctx context.Context, tx *store.Tx, a *Account) error {
	if !a.Until.IsZero() && a.Until.Before(a.From) {
		return fault.NewInvalid("The last day must not lie before the first")
	}
	sealed, err := t.seal(ctx, tx, a.Subject, a.place(), a.Words)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE tax_account SET holder = $4, language = $5, from_day = $6, until_day = $7, choice = $8,
			version = version + 1, updated = $9, sealed = $10
		WHERE organisation = $1 AND id = $2 AND version = $3`, a.Organisation, a.ID, a.Version,
		a.Holder, a.Language, a.From.String(), a.until(), int64(a.Choice), store.Micros(tx.Now()), sealed)
	if err != nil {
		return fmt.Errorf("changing account %s: %w", a.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(ChangedMeanwhile)
	}
	a.Version, a.Updated = a.Version+1, tx.Now()
	return nil
}

const accountColumns = `organisation, id, number, tax, object, holder, subject, language, from_day, until_day, choice, facts, version,
	created, updated, sealed`

type storedAccount struct {
	*Account
	sealed []byte
}

func scanAccount(row store.Scanner) (storedAccount, error) {
	s := storedAccount{Account: &Account{}}
	a := s.Account
	var from, until string
	var choice, facts, created, updated int64
	err := row.Scan(&a.Organisation, &a.ID, &a.Number, &a.Tax, &a.Object, &a.Holder, &a.Subject, &a.Language, &from, &until,
		&choice, &facts, &a.Version, &created, &updated, &s.sealed)
	if err != nil {
		return s, err
	}
	a.Choice, a.facts, a.Created, a.Updated = int(choice), int(facts), store.Time(created), store.Time(updated)
	if until == noDay.String() {
		until = ""
	}
	return s, days(map[*calendar.Date]string{&a.From: from, &a.Until: until})
}

func (t *Taxes) accounts(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Account, error) {
	rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM tax_account `+where, args...)
	found, err := store.Collect(rows, err, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("reading tax accounts: %w", err)
	}
	list := make([]*Account, len(found))
	for i, s := range found {
		if err := t.open(ctx, tx, s.Subject, s.place(), s.sealed, &s.Words); err != nil {
			return nil, err
		}
		list[i] = s.Account
	}
	return list, nil
}

func first[T any](list []T, err error) (one T, _ error) {
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return one, err
	}
	return list[0], nil
}

// Account reads an account; in Write it is locked until commit. store.ErrNotFound if there is none.
func (t *Taxes) Account(ctx context.Context, tx *store.Tx, organisation, id string) (*Account, error) {
	return first(t.accounts(ctx, tx, `WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id))
}

// AccountByNumber is Account by its number.
func (t *Taxes) AccountByNumber(ctx context.Context, tx *store.Tx, organisation, number string) (*Account, error) {
	return first(t.accounts(ctx, tx, `WHERE organisation = $1 AND number = $2`+tx.Lock(), organisation, number))
}

// AccountsOf lists the accounts of a holder, by number.
func (t *Taxes) AccountsOf(ctx context.Context, tx *store.Tx, organisation, holder string) ([]*Account, error) {
	return t.accounts(ctx, tx, `WHERE organisation = $1 AND holder = $2 ORDER BY number`, organisation, holder)
}

// AccountsOn lists the accounts of an object for a tax that hold on some day from a day until another, in the order of
// their first days; in Write they are locked.
func (t *Taxes) AccountsOn(ctx context.Context, tx *store.Tx, organisation, tax, object string, from, until calendar.Date) ([]*Account, error) {
	return t.accounts(ctx, tx, `WHERE organisation = $1 AND tax = $2 AND object = $3 AND from_day <= $4 AND until_day >= $5
		ORDER BY from_day`+tx.Lock(), organisation, tax, object, until.String(), from.String())
}

// Accounts lists the accounts of a tax, by number, at most limit after a number; object "" is any.
func (t *Taxes) Accounts(ctx context.Context, tx *store.Tx, organisation, tax, object, after string, limit int) ([]*Account, error) {
	return t.accounts(ctx, tx, `WHERE organisation = $1 AND tax = $2 AND number > $3 AND ($4 = '' OR object = $4)
		ORDER BY number LIMIT $5`, organisation, tax, after, object, limit)
}

// errNoAccount says that an account is not there, as for a thing that is none of the asker's business.
var errNoAccount = errors.New("no such tax account")

// Own is Account for its holder: to anybody else it is not there.
func (t *Taxes) Own(ctx context.Context, tx *store.Tx, organisation, id, holder string) (*Account, error) {
	a, err := t.Account(ctx, tx, organisation, id)
	if err == nil && (holder == "" || a.Holder != holder) {
		return nil, errors.Join(errNoAccount, store.ErrNotFound)
	}
	return a, err
}
