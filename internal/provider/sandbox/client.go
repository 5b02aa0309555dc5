package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"stoa/internal/pay"
)

// Client is Stoa's side: it speaks with the provider over HTTP, as with any other.
type Client struct {
	URL    string // where the provider's handler is reached, without Prefix: "http://127.0.0.1:8080"
	Secret string
	HTTP   *http.Client // with a time limit
}

var _ pay.Provider = (*Client)(nil)

// Name is what payments keep as their provider.
func (c *Client) Name() string { return Name }

// Start makes a page.
func (c *Client) Start(ctx context.Context, o pay.Order) (pay.Started, error) {
	var got startedWire
	err := c.call(ctx, http.MethodPost, "orders", orderWire{Key: o.Key, Payment: o.Payment, Amount: o.Amount.Minor, Currency: o.Amount.Currency,
		Title: o.Title, Language: o.Language, Return: o.Return, Cancel: o.Cancel, Email: o.Email, Expires: o.Expires}, &got)
	return pay.Started(got), err
}

// Ask gives what is so about a payment.
func (c *Client) Ask(ctx context.Context, ref string) ([]pay.Report, error) {
	var got []reportWire
	if err := c.call(ctx, http.MethodGet, "orders/"+url.PathEscape(ref), nil, &got); err != nil {
		return nil, err
	}
	var all []pay.Report
	for _, w := range got {
		r, err := fromWire(w)
		if err != nil {
			return nil, fmt.Errorf("%w: its answer makes no sense", pay.ErrRefused)
		}
		all = append(all, r)
	}
	return all, nil
}

// Refund pays back.
func (c *Client) Refund(ctx context.Context, o pay.RefundOrder) (pay.Report, error) {
	var got reportWire
	err := c.call(ctx, http.MethodPost, "refunds", refundWire{Key: o.Key, Payment: o.Payment, Ref: o.Ref, Amount: o.Amount.Minor, Currency: o.Amount.Currency}, &got)
	if err != nil {
		return pay.Report{}, err
	}
	r, err := fromWire(got)
	if err != nil {
		return pay.Report{}, fmt.Errorf("%w: its answer makes no sense", pay.ErrRefused)
	}
	return r, nil
}

// Read verifies a callback.
func (c *Client) Read(header func(string) string, body []byte, now time.Time) (pay.Event, error) {
	return read(c.Secret, header(SignatureHeader), body, now)
}

func (c *Client) call(ctx context.Context, method, path string, send, get any) error {
	var body io.Reader
	if send != nil {
		raw, err := json.Marshal(send)
		if err != nil {
			return fmt.Errorf("%w: %w", pay.ErrRefused, err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+Prefix+"api/"+path, body)
	if err != nil {
		return fmt.Errorf("%w: the sandbox's address is wrong", pay.ErrRefused)
	}
	req.Header.Set("Authorization", "Bearer "+c.Secret)
	req.Header.Set("Content-Type", "application/json")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", pay.ErrUnavailable, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", pay.ErrUnavailable, err)
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w: status %d", pay.ErrUnavailable, res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: status %d", pay.ErrRefused, res.StatusCode)
	}
	if err := json.Unmarshal(raw, get); err != nil {
		return fmt.Errorf("%w: its answer is not readable", pay.ErrUnavailable)
	}
	return nil
}
