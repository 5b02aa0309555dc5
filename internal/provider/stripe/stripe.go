// Package stripe takes payments by Stripe Checkout: Stripe's hosted page, its callbacks, its refunds.
//
// It stops at the contract in pay. Of Stripe's interface it knows the four calls and the few fields that
// it needs; Stripe's own library is not used (docs/adr says why).
package stripe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stoa/internal/pay"
)

// Name is the provider's.
const Name = "stripe"

// Version is the version of Stripe's interface that this package speaks; callbacks are to be set up with
// the same.
const Version = "2025-09-30.clover"

const (
	baseURL  = "https://api.stripe.com"
	timeout  = 30 * time.Second
	maxBody  = 1 << 20
	maxTitle = 250 // of a product's name
)

// Config is what a Client needs.
type Config struct {
	SecretKey     string // "sk_…" or, better, a restricted key: Checkout Sessions and Refunds write, Disputes read
	WebhookSecret string // "whsec_…"
	BaseURL       string // Stripe's own when empty
	Transport     http.RoundTripper
}

// String keeps secrets out of logs.
func (Config) String() string { return "stripe.Config" }

// GoString keeps secrets out of logs.
func (Config) GoString() string { return "stripe.Config" }

// Client speaks with Stripe.
type Client struct {
	config Config
	http   *http.Client
}

var _ pay.Provider = (*Client)(nil)

// New makes a client.
func New(c Config) *Client {
	if c.BaseURL == "" {
		c.BaseURL = baseURL
	}
	return &Client{config: c, http: &http.Client{Timeout: timeout, Transport: c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}} // the key goes nowhere else
}

// Name is what payments keep as their provider.
func (c *Client) Name() string { return Name }

// Start makes a Checkout Session. Stripe wants Expires between 30 minutes and 24 hours from now.
func (c *Client) Start(ctx context.Context, o pay.Order) (pay.Started, error) {
	minor, currency, err := toStripe(o.Amount)
	if err != nil {
		return pay.Started{}, err
	}
	form := url.Values{
		"mode":                                               {"payment"},
		"line_items[0][quantity]":                            {"1"},
		"line_items[0][price_data][currency]":                {currency},
		"line_items[0][price_data][unit_amount]":             {strconv.FormatInt(minor, 10)},
		"line_items[0][price_data][product_data][name]":      {cut(o.Title, maxTitle)},
		"client_reference_id":                                {o.Payment},
		"metadata[" + metaPayment + "]":                      {o.Payment},
		"payment_intent_data[metadata][" + metaPayment + "]": {o.Payment}, // failures and refunds carry the intent's
		"success_url":                                        {o.Return},
		"cancel_url":                                         {o.Cancel},
		"expires_at":                                         {strconv.FormatInt(o.Expires.Unix(), 10)},
		"locale":                                             {locale(o.Language)},
	}
	if o.Email != "" {
		form.Set("customer_email", o.Email)
	}
	var s session
	if err := c.call(ctx, http.MethodPost, "/v1/checkout/sessions", form, idempotency("order", o.Key), &s); err != nil {
		return pay.Started{}, err
	}
	if s.ID == "" || s.URL == "" {
		return pay.Started{}, fmt.Errorf("%w: a session without a page", pay.ErrRefused)
	}
	return pay.Started{Ref: s.ID, URL: s.URL}, nil
}

// Ask retrieves the session, its refunds and its disputes.
func (c *Client) Ask(ctx context.Context, ref string) ([]pay.Report, error) {
	s, err := c.session(ctx, ref)
	if err != nil {
		return nil, err
	}
	at := s.Created
	if charge := s.PaymentIntent.Charge; charge != nil {
		at = charge.Created
	}
	var all []pay.Report
	add := func(r pay.Report, e error) {
		switch {
		case e != nil && err == nil:
			err = fmt.Errorf("%w: an answer that makes no sense: %w", pay.ErrRefused, e)
		case e == nil && r.Kind != "":
			r.Payment, r.Ref = s.Metadata[metaPayment], s.ID
			all = append(all, r)
		}
	}
	switch {
	case s.PaymentStatus == "paid":
		add(s.report(pay.Paid, at))
	case s.Status == "expired":
		add(s.report(pay.Expired, s.ExpiresAt))
	case s.PaymentIntent.Failed:
		add(s.report(pay.Failed, at))
	}
	if s.PaymentStatus != "paid" || s.PaymentIntent.ID == "" {
		return all, err
	}
	query := url.Values{"payment_intent": {s.PaymentIntent.ID}, "limit": {"100"}}
	var refunds list[refund]
	if err := c.call(ctx, http.MethodGet, "/v1/refunds", query, "", &refunds); err != nil {
		return nil, err
	}
	for _, x := range refunds.Data {
		add(x.report(x.Created))
	}
	if charge := s.PaymentIntent.Charge; charge == nil || !charge.Disputed {
		return all, err
	}
	var disputes list[dispute]
	if err := c.call(ctx, http.MethodGet, "/v1/disputes", query, "", &disputes); err != nil {
		return nil, err
	}
	for _, d := range disputes.Data {
		add(d.report(d.Created))
	}
	return all, err
}

func (c *Client) session(ctx context.Context, ref string) (s session, err error) {
	if !strings.HasPrefix(ref, "cs_") {
		return s, fmt.Errorf("%w: no such session", pay.ErrRefused)
	}
	return s, c.call(ctx, http.MethodGet, "/v1/checkout/sessions/"+url.PathEscape(ref), url.Values{"expand[]": {"payment_intent.latest_charge"}}, "", &s)
}

// Refund pays back to the card.
func (c *Client) Refund(ctx context.Context, o pay.RefundOrder) (pay.Report, error) {
	minor, _, err := toStripe(o.Amount)
	if err != nil {
		return pay.Report{}, err
	}
	if o.Charge == "" {
		s, err := c.session(ctx, o.Ref)
		if err != nil {
			return pay.Report{}, err
		}
		o.Charge = s.PaymentIntent.ID
	}
	form := url.Values{
		"payment_intent":                {o.Charge},
		"amount":                        {strconv.FormatInt(minor, 10)},
		"metadata[" + metaPayment + "]": {o.Payment},
		"metadata[" + metaRefund + "]":  {o.Key},
	}
	var x refund
	if err := c.call(ctx, http.MethodPost, "/v1/refunds", form, idempotency("refund", o.Payment, o.Key), &x); err != nil {
		return pay.Report{}, err
	}
	r, err := x.report(x.Created)
	if err != nil || r.Kind == "" {
		return pay.Report{}, fmt.Errorf("%w: an answer that makes no sense", pay.ErrUnavailable)
	}
	r.Payment, r.Ref, r.Key, r.Charge = o.Payment, o.Ref, o.Key, o.Charge
	return r, nil
}

// idempotency makes a key that Stripe keeps for at least a day, out of what may be long or personal.
func idempotency(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// call asks Stripe. What may be repeated (a GET, and a POST with its key) is tried a second time at
// once, for connections that had been closed; more is the business of whoever called.
func (c *Client) call(ctx context.Context, method, path string, values url.Values, key string, to any) error {
	again, err := c.try(ctx, method, path, values, key, to)
	if again && ctx.Err() == nil {
		_, err = c.try(ctx, method, path, values, key, to)
	}
	return err
}

func (c *Client) try(ctx context.Context, method, path string, values url.Values, key string, to any) (again bool, err error) {
	address, body := c.config.BaseURL+path, io.Reader(http.NoBody)
	if method == http.MethodGet {
		address += "?" + values.Encode()
	} else {
		body = strings.NewReader(values.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return false, fmt.Errorf("%w: Stripe's address is wrong", pay.ErrRefused)
	}
	req.Header.Set("Authorization", "Bearer "+c.config.SecretKey)
	req.Header.Set("Stripe-Version", Version)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return true, fmt.Errorf("%w: %w", pay.ErrUnavailable, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil || len(raw) > maxBody {
		return true, fmt.Errorf("%w: its answer did not come whole", pay.ErrUnavailable)
	}
	if res.StatusCode != http.StatusOK {
		return refusal(res, raw)
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return false, fmt.Errorf("%w: its answer is not readable", pay.ErrUnavailable)
	}
	return false, nil
}

// refusal says what Stripe said, as far as it is neither secret nor personal: its sentences may quote
// what was sent (https://docs.stripe.com/api/errors).
func refusal(res *http.Response, raw []byte) (again bool, err error) {
	var said struct {
		Error struct {
			Type  string `json:"type"`
			Code  string `json:"code"`
			Param string `json:"param"`
		} `json:"error"`
	}
	_ = json.Unmarshal(raw, &said) // whatever stands there, the status counts
	kind := pay.ErrRefused
	switch s := res.StatusCode; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden: // our key is wrong: it says nothing of the payment or refund
		kind = pay.ErrUnavailable
	case s >= 500 || s == http.StatusTooManyRequests || s == http.StatusConflict || s == http.StatusRequestTimeout:
		kind, again = pay.ErrUnavailable, res.Header.Get("Stripe-Should-Retry") != "false"
	}
	return again, fmt.Errorf("%w: status %d %s %s %s, request %s", kind, res.StatusCode, word(said.Error.Type), word(said.Error.Code), word(said.Error.Param),
		word(res.Header.Get("Request-Id")))
}

// word keeps what looks like a code.
func word(s string) string {
	if len(s) > 80 || strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-[]", r))
	}) {
		return "?"
	}
	return s
}

// locales are those of Checkout.
var locales = strings.Fields(`bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi
	zh zh-HK zh-TW`)

// locale is the page's language, or the browser's where Stripe does not have ours.
func locale(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	for _, l := range []string{tag, base} {
		if slices.Contains(locales, l) {
			return l
		}
	}
	return "auto"
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
