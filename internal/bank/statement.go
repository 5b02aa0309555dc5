package bank

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

const statementColumns = `id, file, account, number, currency, from_day, until_day, opening, closing, new_lines, known_lines, pending`

func scanStatement(row store.Scanner) (s Statement, err error) {
	var from, until string
	var opening, closing *int64
	if err := row.Scan(&s.ID, &s.File, &s.Account, &s.Number, &s.Currency, &from, &until, &opening, &closing, &s.New, &s.Known, &s.Pending); err != nil {
		return s, err
	}
	amount := func(minor *int64) *money.Amount {
		if minor == nil {
			return nil
		}
		return &money.Amount{Minor: *minor, Currency: s.Currency}
	}
	s.Opening, s.Closing = amount(opening), amount(closing)
	if s.From, err = day(from); err == nil {
		s.Until, err = day(until)
	}
	return s, err
}

const fileColumns = `id, name, size, hash, subject, imported, imported_by, new_lines, known_lines, pending`

func scanFile(row store.Scanner) (f File, err error) {
	var imported int64
	err = row.Scan(&f.ID, &f.Name, &f.Size, &f.Hash, &f.subject, &imported, &f.By, &f.New, &f.Known, &f.Pending)
	f.Imported = store.Time(imported)
	return f, err
}

func (b *Bank) fileByHash(ctx context.Context, tx *store.Tx, organisation string, hash []byte) (i Imported, err error) {
	i.File, err = scanFile(tx.QueryRow(ctx, `SELECT `+fileColumns+` FROM bank_file WHERE organisation = $1 AND hash = $2`, organisation, hash))
	if err != nil {
		return i, fmt.Errorf("looking for a file of the bank: %w", err)
	}
	return i, b.withStatements(ctx, tx, organisation, &i)
}

func (b *Bank) withStatements(ctx context.Context, tx *store.Tx, organisation string, i *Imported) error {
	rows, err := tx.Query(ctx, `SELECT `+statementColumns+` FROM bank_statement WHERE organisation = $1 AND file = $2 ORDER BY id`, organisation, i.ID)
	if i.Statements, err = store.Collect(rows, err, scanStatement); err != nil {
		return fmt.Errorf("reading the statements of a file: %w", err)
	}
	return nil
}

// Known gives what the same bytes gave when they were imported before; store.ErrNotFound if they were not. Ask it before
// reading a large file a second time.
func (b *Bank) Known(ctx context.Context, tx *store.Tx, organisation string, hash [32]byte) (Imported, error) {
	i, err := b.fileByHash(ctx, tx, organisation, hash[:])
	i.Again = err == nil
	return i, err
}

// File reads an imported file with its statements; store.ErrNotFound if there is none.
func (b *Bank) File(ctx context.Context, tx *store.Tx, organisation, id string) (i Imported, err error) {
	i.File, err = scanFile(tx.QueryRow(ctx, `SELECT `+fileColumns+` FROM bank_file WHERE organisation = $1 AND id = $2`, organisation, id))
	if err != nil {
		return i, fmt.Errorf("reading a file of the bank: %w", err)
	}
	return i, b.withStatements(ctx, tx, organisation, &i)
}

// Files lists imported files, newest first, before the id of a former page's last; "" from the beginning.
func (b *Bank) Files(ctx context.Context, tx *store.Tx, organisation, before string, limit int) ([]File, error) {
	rows, err := tx.Query(ctx, `SELECT `+fileColumns+` FROM bank_file WHERE organisation = $1 AND (id < $2 OR $2 = '') ORDER BY id DESC LIMIT $3`,
		organisation, before, limit)
	all, err := store.Collect(rows, err, scanFile)
	if err != nil {
		return nil, fmt.Errorf("listing files of the bank: %w", err)
	}
	return all, nil
}

// Statement reads a statement; store.ErrNotFound if there is none.
func (b *Bank) Statement(ctx context.Context, tx *store.Tx, organisation, id string) (Statement, error) {
	s, err := scanStatement(tx.QueryRow(ctx, `SELECT `+statementColumns+` FROM bank_statement WHERE organisation = $1 AND id = $2`, organisation, id))
	if err != nil {
		return s, fmt.Errorf("reading a statement: %w", err)
	}
	return s, nil
}

// Place is a place in a list by day. It may travel in a link.
type Place struct {
	Day calendar.Date
	ID  string
}

// Statements lists statements, latest first, before the place of a former page's last; the zero Place from the beginning.
func (b *Bank) Statements(ctx context.Context, tx *store.Tx, organisation string, before Place, limit int) ([]Statement, error) {
	rows, err := tx.Query(ctx, `SELECT `+statementColumns+` FROM bank_statement WHERE organisation = $1 AND ((until_day, id) < ($2, $3) OR $3 = '')
		ORDER BY until_day DESC, id DESC LIMIT $4`, organisation, before.Day.String(), before.ID, limit)
	all, err := store.Collect(rows, err, scanStatement)
	if err != nil {
		return nil, fmt.Errorf("listing statements: %w", err)
	}
	return all, nil
}

// Place is where the list goes on.
func (s Statement) Place() Place { return Place{s.Until, s.ID} }

// Gap is a hole in what the bank sent: between two statements of an account money moved that neither has.
type Gap struct {
	Before, After Statement
}

// Gaps finds holes among the latest statements of an account, at most limit: where one begins with another balance than the
// one before it ended with. Statements that overlap, or do not say their balances, are not judged.
func (b *Bank) Gaps(ctx context.Context, tx *store.Tx, organisation, account string, limit int) ([]Gap, error) {
	rows, err := tx.Query(ctx, `SELECT `+statementColumns+` FROM bank_statement WHERE organisation = $1 AND account = $2 AND until_day <> ''
		ORDER BY until_day DESC, number DESC, id DESC LIMIT $3`, organisation, account, limit)
	all, err := store.Collect(rows, err, scanStatement)
	if err != nil {
		return nil, fmt.Errorf("looking for missing statements: %w", err)
	}
	var gaps []Gap
	for i := 1; i < len(all); i++ {
		before, after := all[i], all[i-1]
		if after.From.After(before.Until) && before.Closing != nil && after.Opening != nil && *before.Closing != *after.Opening {
			gaps = append(gaps, Gap{before, after})
		}
	}
	return gaps, nil
}
