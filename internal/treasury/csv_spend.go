package treasury

import (
	"fmt"
	"io"

	"stoa/internal/money"
	"stoa/internal/tabular"
)

// LineRow is a budget line with what stands on it, in minor units.
type LineRow struct {
	Year, Line, Title, Organisation, Programme, Account string
	Appropriated, Committed, Invoiced, Paid             int64
}

// WriteBudgetLines writes lines as
//
//	year, line, title, organisation, programme, account, currency, appropriated, committed, invoiced, paid, left
func WriteBudgetLines(w io.Writer, rows []LineRow, currency string) error {
	t, err := newTable(w, "year", "line", "title", "organisation", "programme", "account", "currency", "appropriated", "committed", "invoiced", "paid", "left")
	if err != nil {
		return fmt.Errorf("writing budget lines: %w", err)
	}
	digits, err := money.MinorDigits(currency)
	if err != nil {
		return err
	}
	for _, r := range rows {
		cells := []string{r.Year, r.Line, r.Title, r.Organisation, r.Programme, r.Account, currency}
		for i := range cells {
			cells[i] = tabular.Guard(cells[i])
		}
		for _, minor := range []int64{r.Appropriated, r.Committed, r.Invoiced, r.Paid, r.Appropriated - r.Committed} {
			d, err := money.Amount{Minor: minor, Currency: currency}.Decimal()
			if err != nil {
				return err
			}
			cells = append(cells, d.Fixed(digits)) // what is left may be less than nothing: a number, no formula
		}
		if err := t.w.Write(cells); err != nil {
			return fmt.Errorf("writing budget lines: %w", err)
		}
	}
	return t.end()
}
