package pay

import (
	"context"
	"errors"
	"time"

	"stoa/internal/money"
)

// What a provider's call can fail with, for errors.Is.
var (
	ErrUnavailable = errors.New("the payment provider does not answer")    // passes by itself: try again
	ErrRefused     = errors.New("the payment provider refuses")            // the same call will not succeed
	ErrSignature   = errors.New("the callback is not from the provider")   // Read: nothing in it is to be believed
	ErrCallback    = errors.New("the provider's callback is not readable") // Read: signed, and still no message
)

// Provider takes payments on pages of its own. Implementations: provider/sandbox, provider/stripe.
//
// Start, Ask and Refund go over the network and are never called inside a transaction. Each may be
// repeated: the Key makes it one page, one refund. An error is ErrUnavailable or ErrRefused and holds no
// secret and nothing personal.
type Provider interface {
	// Name is what payments keep as their Provider: "sandbox", "stripe".
	Name() string
	// Start makes the page on which the payer pays; the same Order.Key gives the same page.
	Start(ctx context.Context, o Order) (Started, error)
	// Ask gives everything that is so about a payment, by Started.Ref, in no particular order: what was
	// reported before may be among it. Nothing yet is an empty list.
	Ask(ctx context.Context, ref string) ([]Report, error)
	// Refund pays back; the same RefundOrder.Key is one refund. The report is RefundAsked where the
	// provider has taken it on and not done it.
	Refund(ctx context.Context, o RefundOrder) (Report, error)
	// Read verifies a callback and reads it; header gives a header by name. ErrSignature and ErrCallback
	// are its only errors. An event of no concern has no Kind.
	Read(header func(string) string, body []byte, now time.Time) (Event, error)
}

// Window is how long a page stays open where nothing else is said. Stripe wants 30 minutes to 24 hours.
const Window = time.Hour

// Order asks a provider for a page.
type Order struct {
	Key      string // the payment's: repeated orders are one
	Payment  string // our id of it, which reports carry
	Amount   money.Amount
	Title    string // what the payer reads on the page
	Language string // tag, "cy"
	Return   string // where the payer goes having paid
	Cancel   string // where the payer goes having not
	Email    string // "" unknown
	Expires  time.Time
}

// Started is a provider's page.
type Started struct{ Ref, URL string }

// RefundOrder asks a provider to pay back.
type RefundOrder struct {
	Key     string // the refund's
	Payment string // our id
	Ref     string // Payment.Ref
	Charge  string // Payment.Charge
	Amount  money.Amount
}

// Kind says what a report reports.
type Kind string

// The kinds of reports.
const (
	Paid         Kind = "paid"
	Failed       Kind = "failed"       // an attempt; another may succeed
	Expired      Kind = "expired"      // the provider's page has closed
	RefundAsked  Kind = "refund_asked" // the provider has taken it on
	Refunded     Kind = "refunded"
	RefundFailed Kind = "refund_failed" // also after Refunded: the payer's bank sent it back
	Disputed     Kind = "disputed"      // the payer's bank has taken the money back
	DisputeWon   Kind = "dispute_won"
	DisputeLost  Kind = "dispute_lost"
	Look         Kind = "look" // something has changed: Ask
)

// Report is one fact about a payment, as a provider states it.
type Report struct {
	Payment string // our id; "" where the provider knows only its own
	Ref     string // Started.Ref; may be ""
	Charge  string // the provider's own name of the money that came, which disputes go by; may be ""
	Kind    Kind
	Key     string       // refunds: RefundOrder.Key, or the provider's own name of one that we did not ask for; disputes: the provider's name of it
	Amount  money.Amount // what came, went back or is disputed; nothing for Failed, Expired and Look
	At      time.Time
}

// Event is a callback that was verified.
type Event struct {
	ID string // the provider's, the same when it repeats itself
	Report
}
