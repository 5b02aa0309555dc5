package view

import (
	"bytes"
	"context"
	"io"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// MoneyFile is a report for a spreadsheet or another system: RFC 4180, UTF-8, harmless where a cell looks like a formula.
type MoneyFile struct {
	Name string
	Data []byte
}

// moneyFile makes a file under the right to read the money, on one state of the database.
func (v *View) moneyFile(ctx context.Context, r Reader, write func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (name string, err error)) (f MoneyFile, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return f, err
	}
	err = v.read(ctx, "MoneyFile", func(ctx context.Context, tx *store.Tx) error {
		var b bytes.Buffer
		name, err := write(ctx, tx, book, &b)
		f = MoneyFile{Name: name, Data: b.Bytes()}
		return err
	})
	return f, err
}

// mostFileDays bounds how long a time a file of entries is of: a year, and the day it began on.
const mostFileDays = 367

func (v *View) filePeriod(tx *store.Tx, p Period, month bool) (Period, string, error) {
	p, err := v.whole(tx, p, month)
	if err == nil && p.From.DaysUntil(p.Until) >= mostFileDays {
		err = fault.NewInvalid("Ask for at most one year at a time")
	}
	name := p.From.String()
	if p.Until != p.From {
		name += "-" + p.Until.String()
	}
	return p, name, err
}

// DayBookFile is the day book.
func (v Books) DayBookFile(ctx context.Context, r Reader, p Period) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		p, name, err := v.filePeriod(tx, p, false)
		if err != nil {
			return "", err
		}
		return "daybook-" + name + ".csv", v.Money.Treasury.WriteDayBook(ctx, tx, book, p.From, p.Until, r.P.Tag(), w)
	})
}

// ExportFile is all entries for another accounting system.
func (v Books) ExportFile(ctx context.Context, r Reader, p Period) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		p, name, err := v.filePeriod(tx, p, true)
		if err != nil {
			return "", err
		}
		return "accounting-" + name + ".csv", v.Money.Treasury.WriteExport(ctx, tx, book, p.From, p.Until, w)
	})
}

// TrialFile is the trial balance at the end of a day.
func (v Books) TrialFile(ctx context.Context, r Reader, day calendar.Date) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		if day.IsZero() {
			day = v.today(tx)
		}
		rows, err := v.Money.Treasury.TrialBalance(ctx, tx, book, day)
		if err != nil {
			return "", err
		}
		return "trial-balance-" + day.String() + ".csv", treasury.WriteTrialBalance(w, rows, r.P.Tag())
	})
}

// AccountFile is the statement of an account.
func (v Books) AccountFile(ctx context.Context, r Reader, ask AccountAsk) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		if _, ok := book.Chart.Find(book.Organisation, ask.Code); !ok {
			return "", fault.NewNotFound("")
		}
		if ask.Currency == "" {
			ask.Currency = book.Currency
		}
		page := ledger.Page{Organisation: book.Organisation, Code: ask.Code, Currency: ask.Currency, From: ask.From, Until: ask.Until}
		return "account-" + ask.Code + ".csv", treasury.WriteStatement(ctx, tx, v.Money.Treasury.Ledger, page, w)
	})
}

// RevenueFile is the revenue by day.
func (v Books) RevenueFile(ctx context.Context, r Reader, p Period) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		p, name, err := v.filePeriod(tx, p, true)
		if err != nil {
			return "", err
		}
		rows, err := v.Money.Treasury.Revenue(ctx, tx, book, p.From, p.Until)
		if err != nil {
			return "", err
		}
		return "revenue-" + name + ".csv", treasury.WriteRevenue(w, rows)
	})
}

// ArrearsFile is the ageing of everything that is owed.
func (v Books) ArrearsFile(ctx context.Context, r Reader) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		day := v.today(tx)
		rows, err := v.Money.Treasury.Ageing(ctx, tx, book, day)
		if err != nil {
			return "", err
		}
		return "arrears-" + day.String() + ".csv", treasury.WriteAgeing(w, rows, day)
	})
}

// CashFile is the cash position.
func (v Books) CashFile(ctx context.Context, r Reader, p Period) (MoneyFile, error) {
	return v.moneyFile(ctx, r, func(ctx context.Context, tx *store.Tx, book *treasury.Book, w io.Writer) (string, error) {
		p, err := v.cashPeriod(tx, p)
		if err != nil {
			return "", err
		}
		rows, err := v.Money.Treasury.CashPosition(ctx, tx, book, p.From, p.Until)
		if err != nil {
			return "", err
		}
		return "cash-" + p.From.String() + "-" + p.Until.String() + ".csv", treasury.WriteCashPosition(w, rows)
	})
}
