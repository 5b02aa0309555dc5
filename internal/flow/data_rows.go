package flow

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/opendata"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// made is what a source gave: rows that may be published as far as protection goes, and what the next version must know.
type made struct {
	rows     tabular.Rows // nil: nothing is to be published
	findings []opendata.Finding
	memory   []byte
	truth    string
}

// sourcePage is how many rows of a source are in memory at once.
const sourcePage = 500

// produce takes the rows of a dataset from their source.
func (t *attempt) produce(ctx context.Context, tx *store.Tx) (*made, error) {
	switch t.d.Source {
	case service.FromRecords, service.FromHistory:
		return &made{rows: t.records(ctx, tx)}, nil
	case service.FromEntries:
		return &made{rows: t.entries(ctx, tx)}, nil
	case service.FromMonths:
		return &made{rows: t.months(ctx, tx)}, nil
	case service.FromStudies:
		return &made{rows: t.studies(ctx, tx)}, nil
	case service.FromFile:
		return &made{rows: t.d.Rows()}, nil
	}
	return t.statistics(ctx, tx)
}

// records are those of a register, with what it publishes of them and nothing else.
func (t *attempt) records(ctx context.Context, tx *store.Tx) tabular.Rows {
	return func(yield func([]string) error) error {
		today, cells := t.today(tx), make([]string, len(t.d.Fields))
		return t.eachRecord(ctx, tx, false, func(r *record.Record) error {
			if t.d.Source == service.FromRecords {
				t.recordCells(cells, r, today, record.Version{})
				return yield(cells)
			}
			history, err := t.Docket.Records.History(ctx, tx, r.ID)
			for i := len(history) - 1; i >= 0 && err == nil; i-- { // the oldest first
				v := history[i]
				then := *r
				then.State, then.From, then.Until, then.Fields = v.State, v.From, v.Until, v.Fields
				t.recordCells(cells, &then, today, v)
				err = yield(cells)
			}
			return err
		})
	}
}

// eachRecord goes through the records of the dataset's register that are in one of its states.
func (t *attempt) eachRecord(ctx context.Context, tx *store.Tx, whole bool, do func(*record.Record) error) error {
	today, last := t.today(tx), ""
	for {
		page, err := t.Docket.Records.Find(ctx, tx, t.d.Register.Register, "", last, sourcePage, whole)
		if err != nil {
			return err
		}
		for _, r := range page {
			last = r.Number
			if states := t.d.From.States; len(states) > 0 && !slices.Contains(states, r.On(today)) {
				continue
			}
			if err := do(r); err != nil {
				return err
			}
		}
		if len(page) < sourcePage {
			return nil
		}
	}
}

func (t *attempt) recordCells(cells []string, r *record.Record, today calendar.Date, v record.Version) {
	for i, c := range t.d.Fields {
		switch {
		case c.Of != nil:
			cells[i] = fieldCell(c.Of, r.Fields[c.Of.ID])
		case c.Field == "number":
			cells[i] = r.Number
		case c.Field == "state":
			cells[i] = r.On(today)
		case c.Field == "valid_from":
			cells[i] = dayCell(r.From)
		case c.Field == "valid_until":
			cells[i] = dayCell(r.Until)
		case c.Field == "version":
			cells[i] = strconv.FormatInt(v.Version, 10)
		case c.Field == "changed":
			cells[i] = t.Docket.Releases.Current().Calendar.DateOf(v.At).String()
		}
	}
}

// fieldCell is a register's field as a cell: the register writes yes and no, and people who type into it break lines as
// their machine does.
func fieldCell(f *service.RegisterField, text string) string {
	if f.Type == "yes_no" {
		return map[string]string{"yes": "true", "no": "false"}[text]
	}
	return oneBreak.Replace(text)
}

var oneBreak = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func dayCell(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// amountCell is an amount in minor units as a decimal with all its places.
func amountCell(minor int64, currency string) string {
	digits, err := money.MinorDigits(currency)
	if err != nil {
		return strconv.FormatInt(minor, 10)
	}
	return tabular.Unscaled(minor, digits, digits)
}

// accountCells fills in what the chart says of an account.
func (t *attempt) accountCells(cells []string, code string) {
	j := t.Docket.Releases.Current()
	a := j.Money.Account(code)
	for i, c := range t.d.Fields {
		switch {
		case c.Field == "account":
			cells[i] = code
		case a == nil:
		case c.Field == "account_name":
			cells[i] = a.Title.In(j.File.Languages[0])
		case c.Field == "kind":
			cells[i] = a.Kind
		case c.Field == "fund":
			cells[i] = a.Fund
		case c.Field == "organisation":
			if cells[i] = a.For; a.For == "" {
				cells[i] = j.Money.Treasury
			}
		}
	}
}

// months are the sums of the books per month and account, of months that are over.
func (t *attempt) months(ctx context.Context, tx *store.Tx) tabular.Rows {
	return func(yield func([]string) error) error {
		j := t.Docket.Releases.Current()
		last, err := t.lastMonth(tx)
		if err != nil {
			return err
		}
		list, err := t.Money.Treasury.Ledger.Months(ctx, tx, j.Money.Treasury, t.d.From.Accounts, last)
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.Currency != j.File.Currency {
				return errCurrency
			}
			cells := make([]string, len(t.d.Fields))
			t.accountCells(cells, m.Code)
			amount := m.Amount
			if a := j.Money.Account(m.Code); a != nil && !ledger.Kind(a.Kind).Debit() {
				amount = -amount
			}
			for i, c := range t.d.Fields {
				switch c.Field {
				case "month":
					cells[i] = m.Month
				case "amount":
					cells[i] = amountCell(amount, m.Currency)
				case "entries":
					cells[i] = strconv.FormatInt(m.Entries, 10)
				}
			}
			if err := yield(cells); err != nil {
				return err
			}
		}
		return nil
	}
}

var errCurrency = errors.New("the books are kept in a currency that is not the jurisdiction's")

// lastMonth is the last day of the last month that is over.
func (t *attempt) lastMonth(tx *store.Tx) (calendar.Date, error) {
	today := t.today(tx)
	first, err := calendar.NewDate(today.Year(), today.Month(), 1)
	if err != nil {
		return first, err
	}
	return first.AddDays(-1)
}

// entries are the lines of the books, in the order of posting.
func (t *attempt) entries(ctx context.Context, tx *store.Tx) tabular.Rows {
	return func(yield func([]string) error) error {
		j, last := t.Docket.Releases.Current(), ledger.Place{}
		for {
			page, err := t.Money.Treasury.Ledger.Moves(ctx, tx, j.Money.Treasury, t.d.From.Accounts, last, sourcePage)
			if err != nil {
				return err
			}
			for _, m := range page {
				last.Entry, last.No = m.Entry, m.No
				cells := make([]string, len(t.d.Fields))
				t.accountCells(cells, m.Code)
				for i, c := range t.d.Fields {
					switch c.Field {
					case "entry":
						cells[i] = m.Entry
					case "line":
						cells[i] = strconv.FormatInt(m.No, 10)
					case "day":
						cells[i] = m.Day.String()
					case "amount":
						cells[i] = amountCell(m.Amount, m.Currency)
					case "about":
						cells[i] = m.About
					}
				}
				if err := yield(cells); err != nil {
					return err
				}
			}
			if len(page) < sourcePage {
				return nil
			}
		}
	}
}
