package bank

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/store"
)

var (
	msgOtherCurrency = i18n.Msg("Statement {number} is in {currency}; account {account} is kept in another currency")
	msgOtherContent  = i18n.Msg("Statement {number} of {day} is here already, without some of these lines. Ask the bank which of the two holds")
)

// Upload is a file as it was uploaded.
type Upload struct {
	Name string
	Size int64
	Hash [32]byte // SHA-256 of the bytes
}

// File is an imported file.
type File struct {
	ID       string
	Name     string
	Size     int64
	Hash     []byte
	Imported time.Time
	By       string // person id
	New      int    // lines that came with it
	Known    int    // lines that had come before
	Pending  int    // entries left out, since not booked yet
	subject  string
}

// Statement is an imported statement.
type Statement struct {
	ID, File         string
	Account, Number  string
	Currency         string
	From, Until      calendar.Date // zero: neither file nor lines say
	Opening, Closing *money.Amount // nil: not said
	New              int           // lines that came with it
	Known            int           // lines that had come before
	Pending          int           // entries left out, since not booked yet
}

// Imported is what an import gave.
type Imported struct {
	File
	Again      bool        // the same bytes were here before: this is what they gave then
	Statements []Statement // that came with it; the first time also those that were here already
}

// Import stores the statements of a file, all or none. The same bytes again give what they gave first. Of a statement that
// overlaps earlier ones only the lines that are not here yet are added; a statement that is here already and now has
// other lines is refused, since one of the two must be wrong.
func (b *Bank) Import(ctx context.Context, tx *store.Tx, organisation string, up Upload, all []bankfile.Statement, by string) (Imported, error) {
	if err := lockAccounts(ctx, tx, organisation, all); err != nil {
		return Imported{}, err
	}
	first, err := b.fileByHash(ctx, tx, organisation, up.Hash[:])
	if err == nil {
		first.Again = true
		return first, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Imported{}, err
	}
	out := Imported{File: File{ID: tx.NewID(), Name: up.Name, Size: up.Size, Hash: up.Hash[:], Imported: tx.Now(), By: by}}
	f := &out.File
	if f.subject, err = b.Vault.NewSubject(ctx, tx); err != nil {
		return Imported{}, fmt.Errorf("importing a file of the bank: %w", err)
	}
	for i := range all {
		s, err := b.statement(ctx, tx, organisation, f, &all[i])
		if err != nil {
			return Imported{}, err
		}
		out.Statements = append(out.Statements, s)
		f.New, f.Known, f.Pending = f.New+s.New, f.Known+s.Known, f.Pending+s.Pending
	}
	err = tx.Put(ctx, `INSERT INTO bank_file (organisation, id, name, size, hash, subject, imported, imported_by, new_lines, known_lines, pending)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		organisation, f.ID, f.Name, f.Size, f.Hash, f.subject, store.Micros(f.Imported), f.By, f.New, f.Known, f.Pending)
	if err != nil {
		return Imported{}, fmt.Errorf("storing a file of the bank: %w", err)
	}
	return out, nil
}

// lockAccounts makes imports for an account take turns, so that what one finds missing no other adds meanwhile.
func lockAccounts(ctx context.Context, tx *store.Tx, organisation string, all []bankfile.Statement) error {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b bankfile.Statement) int { return strings.Compare(a.Account, b.Account) })
	for _, s := range sorted {
		err := tx.Put(ctx, `INSERT INTO bank_account (organisation, account, currency, created) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation, account) DO NOTHING`, organisation, s.Account, s.Currency, store.Micros(tx.Now()))
		if err != nil {
			return fmt.Errorf("storing an account: %w", err)
		}
		var currency string
		err = tx.QueryRow(ctx, `SELECT currency FROM bank_account WHERE organisation = $1 AND account = $2`+tx.Lock(), organisation, s.Account).Scan(&currency)
		if err != nil {
			return fmt.Errorf("locking an account: %w", err)
		}
		if currency != s.Currency {
			return fault.NewConflict(msgOtherCurrency, "number", s.ID, "currency", s.Currency, "account", s.Account)
		}
	}
	return nil
}

// statement stores one statement with the lines that are not here yet.
func (b *Bank) statement(ctx context.Context, tx *store.Tx, organisation string, f *File, said *bankfile.Statement) (Statement, error) {
	s, err := scanStatement(tx.QueryRow(ctx, `SELECT `+statementColumns+` FROM bank_statement
		WHERE organisation = $1 AND account = $2 AND number = $3 AND until_day = $4`, organisation, said.Account, said.ID, said.Until.String()))
	known := err == nil
	switch {
	case errors.Is(err, store.ErrNotFound):
		s = Statement{ID: tx.NewID(), File: f.ID, Account: said.Account, Number: said.ID, Currency: said.Currency,
			From: said.From, Until: said.Until, Opening: said.Opening, Closing: said.Closing}
	case err != nil:
		return Statement{}, fmt.Errorf("looking for a statement: %w", err)
	}
	s.Pending = said.Pending
	if s.New, err = b.insertLines(ctx, tx, organisation, f, s, said.Lines); err != nil {
		return Statement{}, err
	}
	s.Known = len(said.Lines) - s.New
	if known {
		if s.New > 0 {
			err = fault.NewConflict(msgOtherContent, "number", said.ID, "day", said.Until)
		}
		return s, err
	}
	err = tx.Put(ctx, `INSERT INTO bank_statement (organisation, id, file, account, number, currency, from_day, until_day, opening, closing, new_lines, known_lines, pending)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, organisation, s.ID, s.File, s.Account, s.Number, s.Currency,
		s.From.String(), s.Until.String(), minor(s.Opening), minor(s.Closing), s.New, s.Known, s.Pending)
	if err != nil {
		return Statement{}, fmt.Errorf("storing statement %s: %w", s.Number, err)
	}
	return s, nil
}

func minor(a *money.Amount) any {
	if a == nil {
		return nil
	}
	return a.Minor
}

const chunk = 200 // rows of one statement of SQL

// insertLines adds the lines that are not here yet, and tells how many those are.
func (b *Bank) insertLines(ctx context.Context, tx *store.Tx, organisation string, f *File, s Statement, all []bankfile.Line) (fresh int, err error) {
	const width = 14
	ids := make([]string, 0, len(all)) // of one instant: sorted, so that lists by day and id keep the bank's order
	for range all {
		ids = append(ids, tx.NewID())
	}
	slices.Sort(ids)
	no := 0
	for some := range slices.Chunk(all, chunk) {
		var rows []string
		var args []any
		for i := range some {
			l, id := &some[i], ids[no]
			no++
			sealed, err := seal(ctx, tx, b.Vault, f.subject, linePlace+id, wordsOf(l))
			if err != nil {
				return 0, err
			}
			rows = append(rows, "("+store.Marks(len(args)+1, width)+", 1)")
			args = append(args, organisation, id, s.Account, b.Vault.Blind("bank line", l.ID), s.ID, no, l.Booked.String(), l.Value.String(),
				l.Amount.Minor, l.Amount.Currency, string(New), store.Micros(tx.Now()), f.subject, sealed)
		}
		n, err := tx.Exec(ctx, `INSERT INTO bank_line (organisation, id, account, line_key, statement, no, booked, value_day, amount, currency, state, updated, subject, sealed, version)
			VALUES `+strings.Join(rows, ", ")+` ON CONFLICT (organisation, account, line_key) DO NOTHING`, args...)
		if err != nil {
			return 0, fmt.Errorf("storing lines of statement %s: %w", s.Number, err)
		}
		fresh += int(n)
	}
	return fresh, nil
}
