// Package bill owns what payers are asked for: bills, every movement of what is owed on them, plans of instalments, the
// steps taken when one is late, and what one person proposes about a bill and another decides.
//
// It stops before the books: package treasury moves a bill and posts the entry, in one transaction, so whoever calls
// Insert and Apply is treasury. When a payer is reminded and what interest costs is decided by flow. Days come in
// already computed on the business calendar.
//
// Amounts are minor units of the bill's currency; more owed is positive, less is negative. A bill with a negative
// balance holds the payer's credit.
//
// Names, addresses and reasons are sealed under the bill's subject; numbers, days and amounts are in the open.
package bill

import (
	"embed"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Bills is the way to the tables.
type Bills struct{ Vault *vault.Vault }

// Kinds of bill.
const (
	Fee = "fee"
	Tax = "tax"
)

// State is where a bill stands.
type State string

// The states. A cancelled bill stays cancelled; money that arrives for it still counts, as the payer's credit.
const (
	Open      State = "open"
	Settled   State = "settled" // nothing is owed
	Cancelled State = "cancelled"
)

// Source is what a bill or a move comes from: {"case", "01j…"}.
type Source struct{ Kind, ID string }

// Bill is what a payer is asked for.
type Bill struct {
	ID            string
	Organisation  string // keeps the books
	Number        string // B-2026-000001
	Reference     string // RF…, for the bank
	Kind          string // Fee, Tax
	Of            Source
	Part          string // tells several bills of one source apart; "" for the only one
	For           string // the organisation whose money it is
	Service       string // of the fee, or the tax
	Payer         string // person id; "" unknown
	Owner         string // person id of who owes, where that is another than who pays
	Subject       string // whose key seals the words; may be shared by many bills
	Object        string // number of the taxed object
	Language      string // in which the payer is written to
	Currency      string
	Day           calendar.Date // of issue
	Items         []Item
	Plan          []Instalment
	PlanSince     calendar.Date // from when the plan stands
	PlanMoves     int           // the plan holds the charges up to this move; later ones are due on their own
	Balance       int64         // what is owed; negative: the payer's credit
	Next          calendar.Date // due day of the first instalment that is not covered; zero when nothing is owed
	InterestUntil calendar.Date // last day for which interest was charged
	State         State
	Version       int64
	Created       time.Time
	Updated       time.Time
	Words
	Moves []Move // all, oldest first; read by Get, not by lists
}

// About is what a bill is for, as mandates name it.
func (b *Bill) About() string {
	if b.Kind == Tax {
		return policy.TaxService(b.Service)
	}
	return b.Service
}

// Words are the sealed part.
type Words struct {
	Name    string   `json:"name,omitempty"`
	Address []string `json:"address,omitempty"` // lines
	Email   string   `json:"email,omitempty"`
	Title   string   `json:"title,omitempty"` // what the bill is for
	Note    string   `json:"note,omitempty"`
}

// Item is one line of a bill. A negative amount takes something off; the sum is positive.
type Item struct {
	ID        string    `json:"id"` // of the fee or part of the tax
	Title     i18n.Text `json:"title,omitempty"`
	Account   string    `json:"account"` // code of the income account
	Component Component `json:"component"`
	Amount    int64     `json:"amount"`
}

// Instalment is a part of what is owed, with the last day on which it may be paid.
type Instalment struct {
	Due    calendar.Date `json:"due"`
	Amount int64         `json:"amount"`
}

// Total is the sum of the items: what was asked for in the beginning.
func (b *Bill) Total() (sum int64) {
	for _, i := range b.Items {
		sum += i.Amount
	}
	return sum
}

// Credit is what the payer has to their good.
func (b *Bill) Credit() int64 { return max(0, -b.Balance) }

// most is the largest amount of an item or a move, eleven million million pounds, and mostOwed the largest balance:
// sums of them stay far from the end of 64 bits.
const (
	most     = 1 << 50
	mostOwed = 1 << 56
)

// ChangedMeanwhile is the message for a form that was made for an earlier state of the bill.
const ChangedMeanwhile = "This bill has changed since you opened the page. Look at it again, then repeat"

// check finds what is wrong with a bill that is to be issued. Whoever calls has made it, so that this is our mistake;
// but an amount may come from a person.
func (b *Bill) check() error {
	malformed := func(format string, args ...any) error {
		return fmt.Errorf("bill of %s %s: "+format, append([]any{b.Of.Kind, b.Of.ID}, args...)...)
	}
	switch {
	case b.Organisation == "" || b.Of.Kind == "" || b.Of.ID == "" || b.For == "" || b.Service == "":
		return malformed("organisation, source, service and whose money it is are needed")
	case b.Kind != Fee && b.Kind != Tax:
		return malformed("kind %q", b.Kind)
	case b.Day.IsZero():
		return malformed("no day")
	case len(b.Items) == 0 || len(b.Items) > 100 || len(b.Plan) == 0 || len(b.Plan) > 400:
		return malformed("%d items, %d instalments", len(b.Items), len(b.Plan))
	}
	for _, i := range b.Items {
		if !i.Component.known() || i.Account == "" || i.Amount == 0 {
			return malformed("item %q", i.ID)
		}
		if tooLarge(i.Amount) {
			return errTooLarge()
		}
	}
	sum, err := planned(b.Plan)
	switch {
	case err != nil:
		return malformed("%w", err)
	case sum != b.Total():
		return malformed("its instalments make %d, its items %d", sum, b.Total())
	}
	return nil
}

// planned is the sum of instalments, each of which asks for something.
func planned(plan []Instalment) (sum int64, err error) {
	for _, p := range plan {
		if p.Due.IsZero() || p.Amount <= 0 {
			return 0, fmt.Errorf("an instalment of %d due %s", p.Amount, p.Due)
		}
		if tooLarge(p.Amount) {
			return 0, errTooLarge()
		}
		sum += p.Amount
	}
	return sum, nil
}

func tooLarge(amount int64) bool { return amount > most || amount < -most }

func errTooLarge() error { return fault.NewTooLarge("The amount is too large") }
