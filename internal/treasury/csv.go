package treasury

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// The files are RFC 4180: UTF-8, commas, CRLF, a heading. Amounts are in major units with a point, days are ISO 8601,
// instants in UTC. A text that a spreadsheet would take for a formula has an apostrophe before it.

// table writes a file of comma-separated values.
type table struct{ w *csv.Writer }

func newTable(w io.Writer, heading ...string) (table, error) {
	t := table{csv.NewWriter(w)}
	t.w.UseCRLF = true
	return t, t.w.Write(heading)
}

func (t table) row(cells ...string) error {
	for i, c := range cells {
		cells[i] = tabular.Guard(c)
	}
	return t.w.Write(cells)
}

func (t table) end() error {
	t.w.Flush()
	return t.w.Error()
}

// sides writes an amount as debit and credit, of which one is empty.
func sides(a money.Amount) (debit, credit string, err error) {
	d, err := a.Decimal()
	if err != nil {
		return "", "", err
	}
	digits, err := money.MinorDigits(a.Currency)
	if err != nil {
		return "", "", err
	}
	text := d.Abs().Fixed(digits)
	if a.Minor < 0 {
		return "", text, nil
	}
	return text, "", nil
}

// WriteTrialBalance writes the accounts as
//
//	account, title, kind, fund, for, currency, debit, credit
//
// and the title in a language.
func WriteTrialBalance(w io.Writer, rows []Balance, language string) error {
	t, err := newTable(w, "account", "title", "kind", "fund", "for", "currency", "debit", "credit")
	if err != nil {
		return fmt.Errorf("writing the trial balance: %w", err)
	}
	for _, r := range rows {
		debit, credit, err := sides(r.Amount)
		if err == nil {
			err = t.row(r.Account.Code, r.Account.Title.In(language), string(r.Account.Kind), r.Account.Fund, r.For, r.Amount.Currency, debit, credit)
		}
		if err != nil {
			return fmt.Errorf("writing the trial balance: %w", err)
		}
	}
	return t.end()
}

// WriteDayBook writes the entries that count on the days from and until, a line of theirs in each row, as
//
//	day, entry, line, text, account, title, currency, debit, credit
func (t *Treasury) WriteDayBook(ctx context.Context, tx *store.Tx, book *Book, from, until calendar.Date, language string, w io.Writer) error {
	out, err := newTable(w, "day", "entry", "line", "text", "account", "title", "currency", "debit", "credit")
	if err != nil {
		return fmt.Errorf("writing the day book: %w", err)
	}
	err = t.eachEntry(ctx, tx, book, from, until, ledger.Place{}, func(e *DayEntry) (bool, error) {
		for _, l := range e.Lines {
			debit, credit, err := sides(l.Amount)
			if err == nil {
				err = out.row(e.Value.String(), e.ID, fmt.Sprint(l.No), e.Text, l.Account.Code, l.Account.Title.In(language), l.Amount.Currency, debit, credit)
			}
			if err != nil {
				return false, err
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("writing the day book: %w", err)
	}
	return out.end()
}

// WriteExport writes the same lines for another accounting system, as
//
//	entry       id, the same for every line of an entry
//	line        number in the entry
//	value_date  day on which it counts
//	booked_at   instant at which it was posted
//	account     code
//	kind        asset, liability, income, expense, equity
//	fund        of the account
//	for         organisation whose income or expense it is
//	currency    ISO 4217
//	debit       or
//	credit
//	text
//	source      what it comes from: bill, payment, refund, bank_line, till
//	source_id
//
// In an entry, and so in the file, debits and credits of a currency are equal.
func (t *Treasury) WriteExport(ctx context.Context, tx *store.Tx, book *Book, from, until calendar.Date, w io.Writer) error {
	out, err := newTable(w, "entry", "line", "value_date", "booked_at", "account", "kind", "fund", "for", "currency", "debit", "credit", "text", "source", "source_id")
	if err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	err = t.eachEntry(ctx, tx, book, from, until, ledger.Place{}, func(e *DayEntry) (bool, error) {
		for _, l := range e.Lines {
			debit, credit, err := sides(l.Amount)
			if err == nil {
				err = out.row(e.ID, fmt.Sprint(l.No), e.Value.String(), e.Booked.Format("2006-01-02T15:04:05.000000Z"), l.Account.Code,
					string(l.Account.Kind), l.Account.Fund, book.Owner(l.Account.Code), l.Amount.Currency, debit, credit, e.Text, e.Source.Kind, e.Source.ID)
			}
			if err != nil {
				return false, err
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return out.end()
}
