// Package sandbox is the payment provider of demonstrations and tests: a hosted page on which a person
// chooses how the payment shall go, and signed callbacks. No real money moves.
//
// Server is the provider: a handler of its own with its own memory, which knows nothing of Stoa. Client
// is Stoa's side of it, and speaks with it over HTTP only. The package stops at the contract in pay; the
// memory ends with the process.
package sandbox

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/web/asset"
)

// Prefix is where Server expects to be mounted.
const Prefix = "/sandbox/"

const (
	maxBody   = 64 << 10
	maxOrders = 10_000 // the oldest is forgotten: a demonstration must not fill the memory
)

// Config is what a Server needs.
type Config struct {
	Secret   string
	URL      string                         // where payers reach the handler, without Prefix: "https://demo.example"
	Callback string                         // where it posts what happened
	HTTP     *http.Client                   // posts it; with a time limit
	Now      func() time.Time               //
	Rand     io.Reader                      // for names that cannot be guessed
	Words    func(tag string) *i18n.Printer // the page's language
	Assets   *asset.Set                     // style sheets; nil: a plain page
	ThemeURL string
	Log      *slog.Logger
}

// Server is the provider.
type Server struct {
	Config
	mux *http.ServeMux

	mu     sync.Mutex
	orders map[string]*order // by ref
	byKey  map[string]*order
	age    []string // refs, oldest first
	queue  []*delivery
}

// order is a payment as the provider knows it.
type order struct {
	orderWire
	ref, charge, card string
	amount            money.Amount
	tried, done       bool
	expired           bool
	facts             []pay.Report // what is so from its At on
}

// New makes a provider without any payments.
func New(c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux(), orders: map[string]*order{}, byKey: map[string]*order{}}
	s.mux.HandleFunc("POST "+Prefix+"api/orders", s.api(s.putOrder))
	s.mux.HandleFunc("GET "+Prefix+"api/orders/{ref}", s.api(s.getOrder))
	s.mux.HandleFunc("POST "+Prefix+"api/refunds", s.api(s.putRefund))
	s.mux.HandleFunc("GET "+Prefix+"pay/{ref}", s.showPage)
	s.mux.HandleFunc("POST "+Prefix+"pay/{ref}", s.takePage)
	return s
}

// ServeHTTP answers payers and Client.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r)
}

// newID makes a name that cannot be guessed. The server is locked.
func (s *Server) newID(prefix string) string {
	var b [15]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		s.Log.Error("the sandbox has no randomness", "err", err) // names repeat; nobody's money hangs on them
	}
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// api answers in JSON to whoever knows the secret.
func (s *Server) api(handle func(r *http.Request) (any, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if s.Secret == "" || subtle.ConstantTimeCompare([]byte(given), []byte(s.Secret)) != 1 {
			http.Error(w, "wrong secret", http.StatusUnauthorized)
			return
		}
		answer, status := handle(r)
		s.deliver(r.Context())
		raw, err := json.Marshal(answer)
		if err != nil {
			s.Log.Error("the sandbox cannot answer", "err", err)
			status = http.StatusInternalServerError
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(raw) // the caller has gone; it will ask again
	}
}

func (s *Server) putOrder(r *http.Request) (any, int) {
	var w orderWire
	if err := json.NewDecoder(r.Body).Decode(&w); err != nil {
		return "not JSON", http.StatusBadRequest
	}
	if w.Key == "" || w.Payment == "" || w.Amount <= 0 || !address(w.Return) || !address(w.Cancel) || w.Expires.IsZero() {
		return "the order is not complete", http.StatusUnprocessableEntity
	}
	if _, err := money.MinorDigits(w.Currency); err != nil {
		return "no such currency", http.StatusUnprocessableEntity
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.byKey[w.Key]
	if o == nil {
		o = &order{orderWire: w, ref: s.newID("sb_"), amount: money.Amount{Minor: w.Amount, Currency: w.Currency}}
		s.orders[o.ref], s.byKey[w.Key] = o, o
		s.age = append(s.age, o.ref)
		if len(s.age) > maxOrders {
			old := s.orders[s.age[0]]
			s.age = s.age[1:]
			delete(s.orders, old.ref)
			delete(s.byKey, old.Key)
		}
	}
	if o.Amount != w.Amount || o.Currency != w.Currency || o.Payment != w.Payment {
		return "the key belongs to another order", http.StatusConflict
	}
	return startedWire{Ref: o.ref, URL: s.URL + Prefix + "pay/" + o.ref}, http.StatusOK
}

// address accepts where a payer may be sent back to.
func address(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && !strings.ContainsAny(u.Host, "; ,'\"")
}

func (s *Server) getOrder(r *http.Request) (any, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[r.PathValue("ref")]
	if o == nil {
		return "no such order", http.StatusNotFound
	}
	now := s.Now()
	s.expire(o, now)
	all := []reportWire{}
	for _, f := range o.facts {
		if !f.At.After(now) {
			all = append(all, toWire(f))
		}
	}
	return all, http.StatusOK
}

func (s *Server) expire(o *order, now time.Time) {
	if !o.done && !o.expired && now.After(o.Expires) {
		o.expired = true
		s.happens(o, pay.Report{Kind: pay.Expired, At: now}, 1)
	}
}

func (s *Server) putRefund(r *http.Request) (any, int) {
	var w refundWire
	if err := json.NewDecoder(r.Body).Decode(&w); err != nil || w.Key == "" || w.Amount <= 0 {
		return "the refund is not complete", http.StatusBadRequest
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[w.Ref]
	if o == nil || o.Payment != w.Payment {
		return "no such order", http.StatusNotFound
	}
	now := s.Now()
	var made *pay.Report
	left := int64(0)
	disputes := map[string]int64{}
	for i, f := range o.facts {
		switch {
		case f.At.After(now):
		case f.Key == w.Key:
			made = &o.facts[i]
		case f.Kind == pay.Paid:
			left += f.Amount.Minor
		case f.Kind == pay.Refunded:
			left -= f.Amount.Minor
		case f.Kind == pay.Disputed:
			disputes[f.Key] = f.Amount.Minor
		case f.Kind == pay.DisputeWon:
			disputes[f.Key] = 0
		}
	}
	for _, n := range disputes {
		left -= n
	}
	switch {
	case made != nil && made.Amount.Minor != w.Amount:
		return "the key belongs to another refund", http.StatusConflict
	case made != nil:
		return toWire(*made), http.StatusOK
	case w.Currency != o.Currency || w.Amount > left:
		return "more than is left", http.StatusConflict
	}
	back := pay.Report{Kind: pay.Refunded, Key: w.Key, Amount: money.Amount{Minor: w.Amount, Currency: w.Currency}, At: now}
	if o.card != "refund_fails" {
		return toWire(s.happens(o, back, 1)), http.StatusOK
	}
	failed := back
	back.Kind = pay.RefundAsked
	asked := s.happens(o, back, 0)
	failed.Kind, failed.At = pay.RefundFailed, now.Add(refundIn)
	s.happens(o, failed, 1)
	return toWire(asked), http.StatusOK
}

// happens makes a report true from its At on, and owes so many callbacks about it. The server is locked.
func (s *Server) happens(o *order, r pay.Report, callbacks int) pay.Report {
	r.Payment, r.Ref = o.Payment, o.ref
	if r.Charge == "" {
		r.Charge = o.charge
	}
	o.facts = append(o.facts, r)
	if callbacks > 0 {
		body, due := s.message(r), r.At
		if now := s.Now(); due.Before(now) {
			due = now // an old message, sent after newer ones
		}
		for range callbacks {
			s.queue = append(s.queue, &delivery{due: due, body: body})
		}
	}
	return r
}

// forge sends a message about something true that bears a wrong signature. The server is locked.
func (s *Server) forge(o *order, r pay.Report) {
	r.Payment, r.Ref = o.Payment, o.ref
	s.queue = append(s.queue, &delivery{due: r.At, body: s.message(r), forged: true})
}

func (s *Server) message(r pay.Report) []byte {
	body, err := json.Marshal(eventWire{ID: s.newID("evt_"), Report: toWire(r)})
	if err != nil {
		s.Log.Error("the sandbox cannot write a message", "err", err)
	}
	return body
}

// delivery is a callback that is owed.
type delivery struct {
	due    time.Time
	body   []byte
	forged bool
	tries  int
}

// pauses are between tries; after the last one the provider gives up.
var pauses = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// Run calls Tick at each beat until ctx ends.
func (s *Server) Run(ctx context.Context, beat <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat:
			s.Tick(ctx)
		}
	}
}

// Tick closes the pages whose time is over and delivers the callbacks that are due, each in its turn.
func (s *Server) Tick(ctx context.Context) {
	s.mu.Lock()
	now := s.Now()
	for _, ref := range s.age {
		s.expire(s.orders[ref], now)
	}
	s.mu.Unlock()
	s.deliver(ctx)
}

func (s *Server) deliver(ctx context.Context) {
	ctx = context.WithoutCancel(ctx) // the payer may close the page; the message goes all the same
	now := s.Now()
	s.mu.Lock()
	var due, rest []*delivery
	for _, d := range s.queue {
		if d.due.After(now) {
			rest = append(rest, d)
		} else {
			due = append(due, d)
		}
	}
	s.queue = rest
	s.mu.Unlock()
	slices.SortStableFunc(due, func(a, b *delivery) int { return a.due.Compare(b.due) })
	for _, d := range due {
		err := s.post(ctx, d, now)
		if err == nil || d.forged {
			continue
		}
		if d.tries == len(pauses) {
			s.Log.Warn("the sandbox gives a callback up", "err", err)
			continue
		}
		d.due = now.Add(pauses[d.tries])
		d.tries++
		s.mu.Lock()
		s.queue = append(s.queue, d)
		s.mu.Unlock()
	}
}

func (s *Server) post(ctx context.Context, d *delivery, now time.Time) error {
	secret := s.Secret
	if d.forged {
		secret += " guessed"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Callback, bytes.NewReader(d.body))
	if err != nil {
		return fmt.Errorf("the address of callbacks: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(SignatureHeader, sign(secret, now, d.body))
	res, err := s.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("posting a callback: %w", err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)); err != nil {
		return fmt.Errorf("posting a callback: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("posting a callback: status %d", res.StatusCode)
	}
	return nil
}
