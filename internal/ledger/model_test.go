package ledger_test

import (
	"errors"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
)

// model is the ledger as one would explain it: a list of entries, added up anew for every question.
type model struct {
	entries     []modelEntry
	closedUntil calendar.Date
}

type modelEntry struct {
	ledger.Entry
	at         time.Time
	reverses   int // index, −1 for none
	reversedBy int
}

type modelAccount struct{ code, currency string }

// strict are the accounts of chartOf that may not change sides: 1 stays a debit, −1 a credit.
var strict = map[string]int64{"bank": 1, "deposits": -1, "fees": -1, "costs": 1}

func (m *model) balance(a modelAccount, as ledger.As) (sum int64) {
	for _, e := range m.entries {
		if !as.Value.IsZero() && e.Value.After(as.Value) || !as.Booked.IsZero() && e.at.After(as.Booked) {
			continue
		}
		for _, l := range e.Lines {
			if l.Account == a.code && l.Amount.Currency == a.currency {
				sum += l.Amount.Minor
			}
		}
	}
	return sum
}

// post says which entry it is, or why not.
func (m *model) post(e ledger.Entry, at time.Time, reverses int) (int, error) {
	if i := m.byKey(e.Key); i >= 0 {
		if !sameEntry(m.entries[i], e, reverses) {
			return 0, ledger.ErrKeyTaken
		}
		return i, nil
	}
	if reverses >= 0 {
		switch o := m.entries[reverses]; {
		case o.reversedBy >= 0:
			return 0, ledger.ErrReversed
		case o.reverses >= 0:
			return 0, ledger.ErrReversal
		case e.Value.Before(o.Value):
			return 0, ledger.ErrMalformed
		}
	}
	if !e.Value.After(m.closedUntil) {
		return 0, ledger.ErrPeriodClosed
	}
	m.entries = append(m.entries, modelEntry{Entry: e, at: at, reverses: reverses, reversedBy: -1})
	if m.sideways() {
		m.entries = m.entries[:len(m.entries)-1]
		return 0, ledger.ErrSide
	}
	if reverses >= 0 {
		m.entries[reverses].reversedBy = len(m.entries) - 1
	}
	return len(m.entries) - 1, nil
}

func (m *model) byKey(key string) int {
	return slices.IndexFunc(m.entries, func(e modelEntry) bool { return e.Key == key })
}

func sameEntry(a modelEntry, b ledger.Entry, reverses int) bool {
	return a.reverses == reverses && a.Value == b.Value && a.Text == b.Text && a.Source == b.Source && slices.Equal(a.Lines, b.Lines)
}

// sideways tells whether an account is on the wrong side at the end of any day.
func (m *model) sideways() bool {
	for a := range m.accounts() {
		for _, e := range m.entries {
			if m.balance(a, ledger.As{Value: e.Value})*strict[a.code] < 0 {
				return true
			}
		}
	}
	return false
}

func (m *model) accounts() map[modelAccount]bool {
	all := map[modelAccount]bool{}
	for _, e := range m.entries {
		for _, l := range e.Lines {
			all[modelAccount{l.Account, l.Amount.Currency}] = true
		}
	}
	return all
}

// reversal is the entry that takes another back.
func (m *model) reversal(organisation string, i int, key string, value calendar.Date, why string) ledger.Entry {
	o := m.entries[i]
	e := ledger.Entry{Organisation: organisation, Key: key, Value: value, Text: why, Source: o.Source}
	for _, l := range o.Lines {
		l.Amount.Minor = -l.Amount.Minor
		e.Lines = append(e.Lines, l)
	}
	return e
}

func (m *model) close(until calendar.Date) error {
	if until.Before(m.closedUntil) {
		return ledger.ErrPeriodClosed
	}
	m.closedUntil = until
	return nil
}

// why is the kind of a refusal, the error itself if it is none.
func why(err error) error {
	var r *ledger.Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return err
}
