package treasury

import (
	"context"
	"fmt"
	"io"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// figures writes a row of texts and, behind them, figures that we made ourselves: a minus before a figure is no formula.
func (t table) figures(texts []string, figures ...string) error {
	for i, c := range texts {
		texts[i] = tabular.Guard(c)
	}
	return t.w.Write(append(texts, figures...))
}

// majors writes amounts in major units, with a minus where they are less than nothing.
func majors(currency string, minor ...int64) ([]string, error) {
	digits, err := money.MinorDigits(currency)
	if err != nil {
		return nil, err
	}
	all := make([]string, len(minor))
	for i, n := range minor {
		all[i] = money.Scaled(n, digits).Fixed(digits)
	}
	return all, nil
}

// WriteRevenue writes what Revenue gives as
//
//	day, for, service, currency, charged, credited, given_up, paid, paid_back
func WriteRevenue(w io.Writer, rows []Revenue) error {
	t, err := newTable(w, "day", "for", "service", "currency", "charged", "credited", "given_up", "paid", "paid_back")
	if err != nil {
		return fmt.Errorf("writing the revenue: %w", err)
	}
	for _, r := range rows {
		amounts, err := majors(r.Currency, r.Charged, r.Credited, r.GivenUp, r.Paid, r.PaidBack)
		if err == nil {
			err = t.figures([]string{r.Day.String(), r.For, r.Service, r.Currency}, amounts...)
		}
		if err != nil {
			return fmt.Errorf("writing the revenue: %w", err)
		}
	}
	return t.end()
}

// WriteAgeing writes what Ageing gives for a day as
//
//	day, for, service, currency, bills, not_due, late_1_30, late_31_60, late_61_90, late_91
func WriteAgeing(w io.Writer, rows []bill.Arrears, day calendar.Date) error {
	t, err := newTable(w, "day", "for", "service", "currency", "bills", "not_due", "late_1_30", "late_31_60", "late_61_90", "late_91")
	if err != nil {
		return fmt.Errorf("writing the arrears: %w", err)
	}
	for _, r := range rows {
		amounts, err := majors(r.Currency, r.Ages[:]...)
		if err == nil {
			err = t.figures([]string{day.String(), r.For, r.Service, r.Currency}, append([]string{fmt.Sprint(r.Bills)}, amounts...)...)
		}
		if err != nil {
			return fmt.Errorf("writing the arrears: %w", err)
		}
	}
	return t.end()
}

// WriteCashPosition writes what CashPosition gives as
//
//	day, place, account, currency, opening, in, out, closing
//
// where a place is bank, card or cash.
func WriteCashPosition(w io.Writer, rows []Position) error {
	t, err := newTable(w, "day", "place", "account", "currency", "opening", "in", "out", "closing")
	if err != nil {
		return fmt.Errorf("writing the cash position: %w", err)
	}
	for _, r := range rows {
		amounts, err := majors(r.Closing.Currency, r.Opening.Minor, r.In.Minor, r.Out.Minor, r.Closing.Minor)
		if err == nil {
			err = t.figures([]string{r.Day.String(), r.Use, r.Account, r.Closing.Currency}, amounts...)
		}
		if err != nil {
			return fmt.Errorf("writing the cash position: %w", err)
		}
	}
	return t.end()
}

// WriteStatement writes an account's lines as
//
//	day, entry, line, text, currency, debit, credit, balance, source, source_id
//
// The page says whose, from when and until when; its Limit and After do not matter: all lines are written.
func WriteStatement(ctx context.Context, tx *store.Tx, books *ledger.Ledger, p ledger.Page, w io.Writer) error {
	out, err := newTable(w, "day", "entry", "line", "text", "currency", "debit", "credit", "balance", "source", "source_id")
	if err != nil {
		return fmt.Errorf("writing a statement: %w", err)
	}
	p.After, p.Limit = ledger.Place{}, readPage
	for {
		s, err := books.Statement(ctx, tx, p)
		if err != nil {
			return err
		}
		for _, l := range s.Lines {
			p.After = l.Place
			debit, credit, err := sides(l.Amount)
			if err != nil {
				return fmt.Errorf("writing a statement: %w", err)
			}
			balance, err := majors(p.Currency, l.Balance.Minor)
			if err == nil {
				err = out.figures([]string{l.Value.String(), l.Entry, fmt.Sprint(l.No), l.Text, p.Currency}, debit, credit, balance[0], tabular.Guard(l.Source.Kind), tabular.Guard(l.Source.ID))
			}
			if err != nil {
				return fmt.Errorf("writing a statement: %w", err)
			}
		}
		if !s.More {
			return out.end()
		}
	}
}
