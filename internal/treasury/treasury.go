// Package treasury brings bills, payments, the bank and the books together. Each event of money is one function here: it
// moves what is owed on bills and posts one entry, in the caller's transaction, or does neither. A call that is repeated
// under the same key changes nothing.
//
// It owns no table, asks no rights and decides nothing: that something is charged, waived or paid back is decided by
// flow, and that money came is said by packages pay and bank. Days come in; there is no clock.
//
// What is not true of the postings themselves but of all of them together (the receivable account is the sum of all
// bills) is looked after by Check.
package treasury

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Treasury posts.
type Treasury struct {
	Bills    *bill.Bills
	Payments *pay.Pay
	Bank     *bank.Bank
	Ledger   *ledger.Ledger
	// Log is told of every entry in the transaction that posts it, and ends it with an error; nil where nobody listens.
	// An entry that is posted again under its key is told of again.
	Log func(ctx context.Context, tx *store.Tx, b *ledger.Booked) error
}

// Book is what postings need of a jurisdiction: its chart, who keeps the books, which account is for what, and the order
// in which part payments pay.
type Book struct {
	Chart        *ledger.Chart
	Organisation string
	Currency     string
	Order        []bill.Component
	codes        map[string]string // by use
	owners       map[string]string // by code: whose income or expense it is
}

// NewBook makes the book of a jurisdiction that has a money.yaml.
func NewBook(j *service.Jurisdiction) (*Book, error) {
	if j.Money == nil {
		return nil, errors.New("the jurisdiction keeps no books: it has no money.yaml")
	}
	chart, err := Chart(j.Money)
	if err != nil {
		return nil, err
	}
	b := &Book{Chart: chart, Organisation: j.Money.Treasury, Currency: j.File.Currency,
		codes: map[string]string{}, owners: map[string]string{}}
	for _, a := range j.Money.Accounts {
		if a.Use != "" {
			b.codes[a.Use] = a.Code
		}
		b.owners[a.Code] = a.For
	}
	for _, c := range j.Money.Order {
		b.Order = append(b.Order, bill.Component(c))
	}
	return b, nil
}

// Books keeps the book that was asked for last: a release stays in force for long.
type Books struct{ last atomic.Pointer[kept] }

type kept struct {
	book *Book
	of   *service.Jurisdiction
}

// Of is the book of a jurisdiction that has a money.yaml.
func (b *Books) Of(j *service.Jurisdiction) (*Book, error) {
	if k := b.last.Load(); k != nil && k.of == j {
		return k.book, nil
	}
	book, err := NewBook(j)
	if err == nil {
		b.last.Store(&kept{book, j})
	}
	return book, err
}

// Chart makes the chart of accounts of a money.yaml.
func Chart(m *service.MoneyFile) (*ledger.Chart, error) {
	var all []ledger.Account
	for _, a := range m.Accounts {
		// What was waived or written off may come back, with the day on which the money came: before it was given up.
		given := a.Use == service.UseWaived || a.Use == service.UseWrittenOff
		all = append(all, ledger.Account{Organisation: m.Treasury, Code: a.Code, Fund: a.Fund, Title: i18n.Text(a.Title.By),
			Kind: ledger.Kind(a.Kind), EitherSide: a.EitherSide() || given})
	}
	chart, err := ledger.NewChart(all...)
	if err != nil {
		return nil, fmt.Errorf("making the chart of accounts: %w", err)
	}
	return chart, nil
}

// Code is the account that serves a use (service.UseBank …).
func (b *Book) Code(use string) string { return b.codes[use] }

// Owner is the organisation whose income or expense an account is; "" for the treasury's own.
func (b *Book) Owner(code string) string { return b.owners[code] }

// Act is who does something to a bill, when and why.
type Act struct {
	Key string        // the same for every attempt at the same thing: a form's, a step's, a proposal's
	Day calendar.Date // on which it counts
	By  string        // person id; "" Stoa itself
	Why string        // is sealed
}

// errOther is what a key gives that was used for something else.
var errOther = fault.NewConflict("This was done before with other contents. Open the page again")

// event is something on its way into bills and books.
type event struct {
	key    string
	day    calendar.Date
	text   string // nothing personal
	source ledger.Source
	by     string
	why    string
	lines  []ledger.Line

	payment string // whose money it is that may be held
}

// entry is where an event stands in the books.
type entry struct {
	id  string
	day calendar.Date // as posted
}

// debit adds a line; a negative amount is a credit. Nothing is no line.
func (e *event) debit(account string, amount int64, currency string) {
	if amount != 0 {
		e.lines = append(e.lines, ledger.Line{Account: account, Amount: money.Amount{Minor: amount, Currency: currency}})
	}
}

func (e *event) credit(account string, amount int64, currency string) {
	e.debit(account, -amount, currency)
}

// post adds the entry. Where the books of its day are closed it counts on the first day that is open. The same event
// gives the same entry, also when its first attempt was moved to another day.
func (t *Treasury) post(ctx context.Context, tx *store.Tx, book *Book, e event) (entry, error) {
	in := ledger.Entry{Organisation: book.Organisation, Key: short(e.key), Value: e.day, Text: e.text, Source: e.source, Lines: e.lines}
	id, err := t.Ledger.Post(ctx, tx, book.Chart, in)
	var refused *ledger.Refusal
	if errors.As(err, &refused) && refused.Why == ledger.ErrPeriodClosed && !refused.Open.IsZero() {
		in.Value = refused.Open
		id, err = t.Ledger.Post(ctx, tx, book.Chart, in)
	}
	if errors.As(err, &refused) && refused.Why == ledger.ErrKeyTaken {
		return t.moved(ctx, tx, in, refused.Entry)
	}
	if err == nil && t.Log != nil {
		err = t.Log(ctx, tx, &ledger.Booked{ID: id, At: tx.Now(), Entry: in})
	}
	return entry{id, in.Value}, err
}

// moved is an earlier attempt at the entry that had to count on a later day.
func (t *Treasury) moved(ctx context.Context, tx *store.Tx, in ledger.Entry, id string) (entry, error) {
	first, err := t.Ledger.Entry(ctx, tx, in.Organisation, id)
	if err != nil {
		return entry{}, err
	}
	if first.Source != in.Source || !slices.Equal(first.Lines, in.Lines) {
		return entry{}, errOther
	}
	return entry{first.ID, first.Value}, nil
}

// short is a key of an entry: parts of it come from outside, and may be long.
func short(key string) string {
	if len(key) <= 150 {
		return key
	}
	hash := sha256.Sum256([]byte(key))
	return key[:100] + " " + hex.EncodeToString(hash[:16])
}

// move makes a move of an event that is posted.
func (e *event) move(at entry, kind bill.MoveKind, component bill.Component, account string, amount int64) bill.Move {
	return bill.Move{Value: e.day, Posted: at.day, Kind: kind, Component: component, Account: account, Amount: amount,
		Entry: at.id, By: e.by, Why: e.why}
}

// done tells whether an event has moved a bill already, by so much.
func done(b *bill.Bill, key string, amount int64) (bool, error) {
	moves := b.Event(key)
	if len(moves) == 0 {
		return false, nil
	}
	sum := int64(0)
	for _, m := range moves {
		sum += m.Amount
	}
	if sum != amount {
		return true, errOther
	}
	return true, nil
}
