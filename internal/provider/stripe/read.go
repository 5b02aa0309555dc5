package stripe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"stoa/internal/pay"
)

// SignatureHeader is the header of a callback.
const SignatureHeader = "Stripe-Signature"

// tolerance is how old a callback may be: Stripe's own libraries' five minutes.
const tolerance = 300 * time.Second

// Read verifies a callback and reads it. Of concern are (https://docs.stripe.com/api/events/types):
// checkout.session.completed, .expired, .async_payment_succeeded, .async_payment_failed;
// payment_intent.payment_failed; refund.created, .updated, .failed; charge.refunded;
// charge.dispute.created, .updated, .closed, .funds_withdrawn, .funds_reinstated.
func (c *Client) Read(header func(string) string, body []byte, now time.Time) (pay.Event, error) {
	if !signed(c.config.WebhookSecret, header(SignatureHeader), body, now) {
		return pay.Event{}, pay.ErrSignature
	}
	var e struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Created int64  `json:"created"`
		Data    struct {
			Object json.RawMessage `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || len(e.ID) > 255 || e.Type == "" {
		return pay.Event{}, pay.ErrCallback
	}
	r, err := reportOf(e.Type, e.Data.Object, e.Created)
	if err != nil {
		return pay.Event{}, pay.ErrCallback
	}
	if r.Kind == "" {
		r = pay.Report{}
	}
	return pay.Event{ID: e.ID, Report: r}, nil
}

func reportOf(kind string, raw json.RawMessage, at int64) (pay.Report, error) {
	switch kind {
	case "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired":
		var s session
		if err := json.Unmarshal(raw, &s); err != nil {
			return pay.Report{}, err
		}
		return sessionReport(kind, &s, at)
	case "payment_intent.payment_failed", "charge.refunded":
		var o other
		if err := json.Unmarshal(raw, &o); err != nil {
			return pay.Report{}, err
		}
		if kind == "charge.refunded" { // it sums refunds up; each is told by an event of its own
			return pay.Report{Payment: o.Metadata[metaPayment], Charge: o.PaymentIntent.ID, Kind: pay.Look, At: instant(at)}, nil
		}
		return pay.Report{Payment: o.Metadata[metaPayment], Charge: o.ID, Kind: pay.Failed, At: instant(at)}, nil
	case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated":
		var x refund
		if err := json.Unmarshal(raw, &x); err != nil {
			return pay.Report{}, err
		}
		return x.report(at)
	case "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated":
		var d dispute
		if err := json.Unmarshal(raw, &d); err != nil {
			return pay.Report{}, err
		}
		return d.report(at)
	}
	return pay.Report{}, nil
}

func sessionReport(kind string, s *session, at int64) (pay.Report, error) {
	switch {
	case kind == "checkout.session.expired":
		return s.report(pay.Expired, at)
	case kind == "checkout.session.async_payment_failed":
		return s.report(pay.Failed, at)
	case s.PaymentStatus == "paid":
		return s.report(pay.Paid, at)
	}
	return pay.Report{}, nil // completed, and the money is still on its way
}

// signed verifies the header "t=…,v1=…,v1=…,v0=…" as Stripe describes it
// (https://docs.stripe.com/webhooks#verify-manually): HMAC-SHA256 of "t.body"; while a secret is being
// changed there are several v1; other schemes are ignored.
func signed(secret, header string, body []byte, now time.Time) bool {
	if secret == "" || len(header) > 4096 {
		return false
	}
	var t string
	var given []string
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			t = value
		case "v1":
			given = append(given, value)
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return false
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return false
	}
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	want, ok := h.Sum(nil), false
	for _, g := range given {
		sum, err := hex.DecodeString(g)
		ok = err == nil && hmac.Equal(sum, want) || ok
	}
	return ok
}
