package pay

import (
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
)

// Methods of payments and refunds.
const (
	Card = "card"
	Bank = "bank"
	Cash = "cash"
)

// State is how far a payment has come.
type State string

// The states, in their order: a later one never gives way to an earlier one, whatever is reported when.
const (
	StateCreated State = "created" // the row exists; the provider does not know yet
	StateOpen    State = "open"    // the provider has a page
	StateFailed  State = "failed"  // an attempt failed; another may succeed
	StateExpired State = "expired" // the window has closed; money that still comes counts
	StatePaid    State = "paid"
)

var rank = map[State]int{StateCreated: 1, StateOpen: 2, StateFailed: 3, StateExpired: 4, StatePaid: 5}

// What a payer may be told.
var (
	ErrKeyTaken = fault.NewConflict("This form was sent before with other contents. Open the page again")
	ErrAmount   = fault.NewInvalid("Enter an amount of money that is more than nothing")
	ErrTooMuch  = fault.NewConflict("This is more than what is left of the payment")
)

// Payment is what a payer set out to pay, and what became of it.
type Payment struct {
	ID, Organisation string
	Number           string // receipt number "R-2026-000001"; "" before money came
	Method           string
	Provider         string // "" for bank and cash
	Ref              string // Started.Ref
	Charge           string // Report.Charge
	Payer            string // person id; "" unknown
	Subject          string // whose key seals the words
	Draft            string // "" or the draft whose holder may see it
	Till             string // cash
	Key              string // one for each post of a form
	State            State
	Amount           money.Amount // asked
	Received         money.Amount // what really came, in its own currency
	Refunded         money.Amount // went back
	Disputed         money.Amount // taken back by the payer's bank, for now or for good
	Created          time.Time
	Until            time.Time     // end of the window
	Settled          time.Time     // when the money came
	Day              calendar.Date // of the booking; zero before money came
	Words
	Targets  []Target
	Refunds  []Refund
	Disputes []Dispute

	nextAsk time.Time // zero: nothing to ask the provider
}

// Words are the sealed part of a payment.
type Words struct {
	Title string `json:"title"`           // as the payer reads it on the provider's page
	Name  string `json:"name,omitempty"`  // the payer's
	URL   string `json:"url,omitempty"`   // the provider's page; whoever has it can pay, and see
	Email string `json:"email,omitempty"` // for the provider's receipt
}

// Target is a bill that a payment pays, and how much of it.
type Target struct {
	Bill   string
	Amount int64 // minor units
}

// Dispute is money that the payer's bank takes back.
type Dispute struct {
	Key            string // the provider's name of it
	Amount         money.Amount
	State          string // open, won, lost
	Opened, Closed time.Time
}

// States of a dispute.
const (
	DisputeIsOpen = "open"
	DisputeIsWon  = "won"
	DisputeIsLost = "lost"
)

// Status is the state as people know it: it also says what happened to the money afterwards.
func (p *Payment) Status() string {
	switch {
	case p.State != StatePaid:
		return string(p.State)
	case p.Disputed.Minor > 0:
		return "disputed"
	case p.Refunded.Minor >= p.Received.Minor:
		return "refunded"
	case p.Refunded.Minor > 0:
		return "partly_refunded"
	}
	return string(StatePaid)
}

// Left is how much may still be paid back: what came, less what went back or was promised to.
func (p *Payment) Left() money.Amount {
	left := p.Received
	left.Minor -= p.Refunded.Minor + p.Disputed.Minor
	for _, r := range p.Refunds {
		if r.State == RefundIsOwed || r.State == RefundIsAsked {
			left.Minor -= r.Amount.Minor
		}
	}
	return left
}

// Arrived divides what really came over the targets: each gets what it was to get, in their order, as
// far as the money goes; what is more than asked goes to the first. Money of another currency pays
// nobody: it gives no targets.
func (p *Payment) Arrived() []Target {
	left := p.Received.Minor
	if p.Received.Currency != p.Amount.Currency || left <= 0 {
		return nil
	}
	var all []Target
	for _, t := range p.Targets {
		if part := min(t.Amount, left); part > 0 {
			all = append(all, Target{t.Bill, part})
			left -= part
		}
	}
	if left > 0 && len(all) > 0 {
		all[0].Amount += left
	}
	return all
}
