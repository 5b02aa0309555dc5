package stripe_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/provider/stripe"
)

var at = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

func pounds(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "GBP"} }

func order() pay.Order {
	return pay.Order{Key: "rosa@example.org pressed once", Payment: "01payment", Amount: pounds(2100), Title: "Temporary event notice", Language: "cy",
		Return: "https://town.example/paid", Cancel: "https://town.example/pay", Email: "rosa@example.org", Expires: at.Add(time.Hour)}
}

func refundOrder() pay.RefundOrder {
	return pay.RefundOrder{Key: "withdrawn", Payment: "01payment", Ref: "cs_1", Charge: "pi_1", Amount: pounds(600)}
}

func TestStart(t *testing.T) {
	o := newOffice(t)
	o.says("POST /v1/checkout/sessions", ok(text(object{"id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1", "payment_intent": nil})))
	c := o.client()
	for range 2 {
		got, err := c.Start(t.Context(), order())
		if err != nil || got != (pay.Started{Ref: "cs_1", URL: "https://checkout.stripe.com/c/pay/cs_1"}) {
			t.Fatalf("%v %v", got, err)
		}
	}
	if o.keys[0] != o.keys[1] {
		t.Error("the same order has two idempotency keys")
	}
	for name, want := range map[string]string{"line_items[0][price_data][unit_amount]": "2100", "line_items[0][price_data][currency]": "gbp", "locale": "auto",
		"client_reference_id": "01payment", "expires_at": fmt.Sprint(at.Add(time.Hour).Unix()), "payment_intent_data[metadata][payment]": "01payment"} {
		if got := o.forms[0].Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	other := order()
	other.Key, other.Email, other.Language, other.Title = "another", "", "pt-BR", strings.Repeat("ü", 400)
	if _, err := c.Start(t.Context(), other); err != nil {
		t.Error(err)
	}
	if o.keys[2] == o.keys[0] || o.forms[2].Get("locale") != "pt-BR" {
		t.Error("another order is not another")
	}
}

func TestAsk(t *testing.T) {
	whole := func(change object) string {
		s := object{"id": "cs_1", "status": "open", "payment_status": "unpaid", "amount_total": 2100, "currency": "gbp", "created": at.Unix(), "expires_at": at.Unix() + 1800,
			"metadata": object{"payment": "01payment"}, "payment_intent": nil}
		for k, v := range change {
			s[k] = v
		}
		return text(s)
	}
	intent := func(disputed bool) object {
		return object{"id": "pi_1", "last_payment_error": nil, "latest_charge": object{"id": "ch_1", "created": at.Unix() + 60, "disputed": disputed}}
	}
	refunds := text(object{"data": []object{
		{"id": "re_1", "status": "succeeded", "amount": 600, "currency": "gbp", "created": at.Unix() + 100, "payment_intent": "pi_1", "metadata": object{"payment": "01payment", "refund": "withdrawn"}},
		{"id": "re_2", "status": "failed", "amount": 100, "currency": "gbp", "created": at.Unix() + 200, "payment_intent": "pi_1", "metadata": object{}}}})
	disputes := text(object{"data": []object{
		{"id": "dp_1", "status": "lost", "amount": 1500, "currency": "gbp", "created": at.Unix() + 300, "payment_intent": "pi_1"},
		{"id": "dp_2", "status": "warning_closed", "amount": 1500, "currency": "gbp", "created": at.Unix() + 300, "payment_intent": "pi_1"}}})
	for name, c := range map[string]struct{ session, want string }{
		"nothing yet":   {whole(nil), ""},
		"expired":       {whole(object{"status": "expired"}), "expired  0"},
		"failed":        {whole(object{"payment_intent": object{"id": "pi_1", "last_payment_error": object{"code": "card_declined"}}}), "failed  0"},
		"paid":          {whole(object{"status": "complete", "payment_status": "paid", "payment_intent": intent(false)}), "paid  2100, refunded withdrawn 600, refund_failed re_2 100"},
		"disputed":      {whole(object{"status": "complete", "payment_status": "paid", "payment_intent": intent(true)}), "paid  2100, refunded withdrawn 600, refund_failed re_2 100, dispute_lost dp_1 1500"},
		"on its way":    {whole(object{"status": "complete", "payment_intent": intent(false)}), ""},
		"intent by id":  {whole(object{"payment_status": "paid", "payment_intent": "pi_1"}), "paid  2100, refunded withdrawn 600, refund_failed re_2 100"},
		"paid no money": {whole(object{"payment_status": "no_payment_required", "status": "complete"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.says("GET /v1/checkout/sessions/{id}", ok(c.session))
			o.says("GET /v1/refunds", ok(refunds))
			o.says("GET /v1/disputes", ok(disputes))
			all, err := o.client().Ask(t.Context(), "cs_1")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range all {
				got = append(got, fmt.Sprintf("%s %s %d", r.Kind, r.Key, r.Amount.Minor))
				if r.Payment != "01payment" || r.Ref != "cs_1" || r.At.IsZero() {
					t.Errorf("%+v", r)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s, want %s", strings.Join(got, ", "), c.want)
			}
		})
	}
	o := newOffice(t)
	if _, err := o.client().Ask(t.Context(), "../balance"); !errors.Is(err, pay.ErrRefused) || o.called() != "" {
		t.Errorf("a strange reference: %v", err)
	}
}

func TestRefund(t *testing.T) {
	for status, want := range map[string]pay.Kind{"succeeded": pay.Refunded, "pending": pay.RefundAsked, "requires_action": pay.RefundAsked, "failed": pay.RefundFailed, "canceled": pay.RefundFailed} {
		o := newOffice(t)
		o.says("POST /v1/refunds", ok(text(object{"id": "re_1", "status": status, "amount": 600, "currency": "gbp", "created": at.Unix(), "payment_intent": "pi_1"})))
		got, err := o.client().Refund(t.Context(), refundOrder())
		if err != nil || got != (pay.Report{Payment: "01payment", Ref: "cs_1", Charge: "pi_1", Kind: want, Key: "withdrawn", Amount: pounds(600), At: at}) {
			t.Errorf("%s: %+v %v", status, got, err)
		}
	}
	o := newOffice(t) // where we do not know the intent yet
	o.says("GET /v1/checkout/sessions/{id}", ok(text(object{"id": "cs_1", "payment_intent": "pi_9"})))
	o.says("POST /v1/refunds", ok(text(object{"id": "re_1", "status": "succeeded", "amount": 600, "currency": "gbp"})))
	r := refundOrder()
	r.Charge = ""
	if got, err := o.client().Refund(t.Context(), r); err != nil || got.Charge != "pi_9" {
		t.Errorf("%+v %v", got, err)
	}
}

// Errors tell what passes from what does not, are tried again where that is safe, and show nothing.
func TestErrors(t *testing.T) {
	const said = `{"error":{"type":"invalid_request_error","code":"email_invalid","param":"customer_email","message":"Invalid email address: rosa@example.org sk_test_neverToBeSeen"}}`
	session := ok(text(object{"id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1"}))
	for name, c := range map[string]struct {
		answers []answer
		want    error
		calls   int
	}{
		"bad request":       {[]answer{{status: 400, body: said}}, pay.ErrRefused, 1},
		"wrong key":         {[]answer{{status: 401, body: said}}, pay.ErrUnavailable, 1},
		"narrow key":        {[]answer{{status: 403, body: said}}, pay.ErrUnavailable, 1},
		"declined":          {[]answer{{status: 402, body: said}}, pay.ErrRefused, 1},
		"unknown":           {[]answer{{status: 404, body: said}}, pay.ErrRefused, 1},
		"redirect":          {[]answer{{status: 302, header: map[string]string{"Location": "https://elsewhere.example/"}}}, pay.ErrRefused, 1},
		"busy, then well":   {[]answer{{status: 429, body: said}, session}, nil, 2},
		"locked, then well": {[]answer{{status: 409, body: said}, session}, nil, 2},
		"down":              {[]answer{{status: 500, body: "<html>"}}, pay.ErrUnavailable, 2},
		"not to be retried": {[]answer{{status: 503, body: said, header: map[string]string{"Stripe-Should-Retry": "false"}}}, pay.ErrUnavailable, 1},
		"no JSON":           {[]answer{ok("<html>")}, pay.ErrUnavailable, 1},
		"no page":           {[]answer{ok("{}")}, pay.ErrRefused, 1},
		"endless":           {[]answer{ok(`{"id":"` + strings.Repeat("x", 2<<20))}, pay.ErrUnavailable, 2},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.says("POST /v1/checkout/sessions", c.answers...)
			_, err := o.client().Start(t.Context(), order())
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if len(o.calls) != c.calls || c.calls == 2 && o.keys[0] != o.keys[1] {
				t.Errorf("called %d times with keys %v", len(o.calls), o.keys)
			}
			if err != nil && (strings.Contains(err.Error(), secretKey) || strings.Contains(err.Error(), "rosa")) {
				t.Errorf("the error shows %v", err)
			}
		})
	}
	away := stripe.New(stripe.Config{SecretKey: secretKey, BaseURL: "http://127.0.0.1:1"})
	if _, err := away.Start(t.Context(), order()); !errors.Is(err, pay.ErrUnavailable) || strings.Contains(err.Error(), secretKey) {
		t.Errorf("nobody there: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := away.Ask(gone, "cs_1"); !errors.Is(err, pay.ErrUnavailable) {
		t.Errorf("cancelled: %v", err)
	}
	config := stripe.Config{SecretKey: secretKey, WebhookSecret: secretKey}
	if s := fmt.Sprintf("%v %+v %#v %s", config, config, config, config); strings.Contains(s, secretKey) {
		t.Errorf("the settings print %s", s)
	}
}
