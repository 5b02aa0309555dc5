package stripe

import (
	"encoding/json"
	"time"

	"stoa/internal/pay"
)

// The few fields that are read of Stripe's objects (https://docs.stripe.com/api).

// pointer is a payment intent: its id, and more where it was expanded.
type pointer struct {
	ID     string
	Failed bool    // the last attempt
	Charge *charge // the latest
}

type charge struct {
	Created  int64 `json:"created"`
	Disputed bool  `json:"disputed"`
}

// UnmarshalJSON reads "pi_…", null or the whole object.
func (p *pointer) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '{' {
		return json.Unmarshal(b, &p.ID) // null leaves it empty
	}
	var whole struct {
		ID     string          `json:"id"`
		Error  *struct{}       `json:"last_payment_error"`
		Charge json.RawMessage `json:"latest_charge"`
	}
	if err := json.Unmarshal(b, &whole); err != nil {
		return err
	}
	p.ID, p.Failed = whole.ID, whole.Error != nil
	if len(whole.Charge) > 0 && whole.Charge[0] == '{' {
		return json.Unmarshal(whole.Charge, &p.Charge)
	}
	return nil
}

type metadata map[string]string

// What we write into an object's metadata.
const (
	metaPayment = "payment" // our id of the payment
	metaRefund  = "refund"  // RefundOrder.Key
)

type session struct {
	ID            string   `json:"id"`
	URL           string   `json:"url"`
	Status        string   `json:"status"`
	PaymentStatus string   `json:"payment_status"`
	AmountTotal   int64    `json:"amount_total"`
	Currency      string   `json:"currency"`
	ClientRef     string   `json:"client_reference_id"`
	Metadata      metadata `json:"metadata"`
	PaymentIntent pointer  `json:"payment_intent"`
	Created       int64    `json:"created"`
	ExpiresAt     int64    `json:"expires_at"`
}

func (s *session) report(kind pay.Kind, at int64) (pay.Report, error) {
	r := pay.Report{Payment: s.Metadata[metaPayment], Ref: s.ID, Charge: s.PaymentIntent.ID, Kind: kind, At: instant(at)}
	if r.Payment == "" {
		r.Payment = s.ClientRef
	}
	if kind != pay.Paid {
		return r, nil
	}
	var err error
	r.Amount, err = fromStripe(s.AmountTotal, s.Currency)
	return r, err
}

type refund struct {
	ID            string   `json:"id"`
	Status        string   `json:"status"`
	Amount        int64    `json:"amount"`
	Currency      string   `json:"currency"`
	Metadata      metadata `json:"metadata"`
	PaymentIntent pointer  `json:"payment_intent"`
	Created       int64    `json:"created"`
}

var refundKinds = map[string]pay.Kind{"pending": pay.RefundAsked, "requires_action": pay.RefundAsked, "succeeded": pay.Refunded,
	"failed": pay.RefundFailed, "canceled": pay.RefundFailed}

// report of a refund that we did not ask for goes by Stripe's id.
func (x *refund) report(at int64) (pay.Report, error) {
	r := pay.Report{Payment: x.Metadata[metaPayment], Charge: x.PaymentIntent.ID, Kind: refundKinds[x.Status], Key: x.Metadata[metaRefund], At: instant(at)}
	if r.Key == "" || r.Payment == "" {
		r.Key = x.ID
	}
	var err error
	r.Amount, err = fromStripe(x.Amount, x.Currency)
	return r, err
}

type dispute struct {
	ID            string  `json:"id"`
	Status        string  `json:"status"`
	Amount        int64   `json:"amount"`
	Currency      string  `json:"currency"`
	PaymentIntent pointer `json:"payment_intent"`
	Created       int64   `json:"created"`
}

// disputeKinds: while a dispute is a warning no money has moved, and one that was prevented moves none
// (https://docs.stripe.com/disputes/how-disputes-work).
var disputeKinds = map[string]pay.Kind{"needs_response": pay.Disputed, "under_review": pay.Disputed, "won": pay.DisputeWon, "lost": pay.DisputeLost}

func (d *dispute) report(at int64) (pay.Report, error) {
	r := pay.Report{Charge: d.PaymentIntent.ID, Kind: disputeKinds[d.Status], Key: d.ID, At: instant(at)}
	var err error
	r.Amount, err = fromStripe(d.Amount, d.Currency)
	return r, err
}

// other is a payment intent or a charge.
type other struct {
	ID            string   `json:"id"`
	Metadata      metadata `json:"metadata"`
	PaymentIntent pointer  `json:"payment_intent"`
}

type list[T any] struct {
	Data    []T  `json:"data"`
	HasMore bool `json:"has_more"`
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
