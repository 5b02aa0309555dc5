package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/flow"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/provider/sandbox"
	"stoa/internal/provider/stripe"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web/asset"
)

// PaymentConfig is how card payments are taken.
type PaymentConfig struct {
	StripeKey     Secret `yaml:"stripe_key"`     // secret key of the Stripe account
	StripeWebhook Secret `yaml:"stripe_webhook"` // signing secret of the webhook URL/pay/callback/stripe
}

// money wires what bills, payments and books need.
func (a *App) money(keys *vault.Vault) error {
	exceptions, tills, taxes, statements := &pay.Exceptions{Vault: keys}, &pay.Tills{Vault: keys}, &tax.Taxes{Vault: keys}, &bank.Bank{Vault: keys}
	books := &treasury.Treasury{Bills: &bill.Bills{Vault: keys}, Payments: &pay.Pay{Vault: keys}, Bank: statements, Ledger: &ledger.Ledger{}}
	books.Log = flow.LogEntries(a.publog)
	spending := spend.New(keys)
	m := &flow.Money{Spend: spending, Treasury: books, Exceptions: exceptions, Tills: tills, Bank: statements, Taxes: taxes, Requests: &tax.Requests{Vault: keys}}
	switch c := a.Config.Payments; {
	case a.Demo:
		client, err := a.openSandbox()
		if err != nil {
			return err
		}
		m.Providers = []pay.Provider{client}
	case c.StripeKey != "":
		m.Providers = []pay.Provider{stripe.New(stripe.Config{SecretKey: string(c.StripeKey), WebhookSecret: string(c.StripeWebhook)})}
		a.payAt = []string{"https://checkout.stripe.com"}
	}
	a.Flow.Money = m
	a.View.Money = view.Money{Treasury: books, Exceptions: exceptions, Tills: tills, Bank: statements, Taxes: taxes, Cards: len(m.Providers) > 0, Spend: spending}
	a.Jobs.Handle(flow.RefundJob, a.Flow.Finance().SendRefund)
	a.Jobs.HandleTx(flow.TaxRunJob, a.Flow.Taxation().WorkRun)
	a.Jobs.HandleTx(flow.RegisterImportJob, a.Flow.Registers().WorkImport)
	a.Jobs.Handle(flow.RegisterResembleJob, a.Flow.Registers().FindDuplicates)
	a.Jobs.Handle(flow.BankMatchJob, a.Flow.Banking().MatchBank)
	return nil
}

// openSandbox makes the demo's payment provider: a handler of its own, with its own memory, which Stoa and the provider reach
// as they would over a network.
func (a *App) openSandbox() (*sandbox.Client, error) {
	var secret [32]byte
	if _, err := io.ReadFull(rand.Reader, secret[:]); err != nil {
		return nil, fmt.Errorf("making the practice provider's secret: %w", err)
	}
	assets, err := asset.Load()
	if err != nil {
		return nil, fmt.Errorf("loading the style sheets: %w", err)
	}
	a.pages.set(http.HandlerFunc(a.hear))
	a.sandbox = sandbox.New(sandbox.Config{
		Secret: hex.EncodeToString(secret[:]), URL: a.Config.URL, Callback: a.Config.URL + "/pay/callback/" + sandbox.Name,
		HTTP: inProcess(func() http.Handler { return a.pages.get() }), Now: a.Clock.Now, Rand: rand.Reader, Words: a.words.For,
		Assets: assets, ThemeURL: "/theme.css", Log: a.Log,
	})
	return &sandbox.Client{URL: a.Config.URL, Secret: hex.EncodeToString(secret[:]), HTTP: inProcess(func() http.Handler { return a.sandbox })}, nil
}

// hear takes the practice provider's callbacks while there are no pages yet, as the demo lives through its first months.
func (a *App) hear(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		err = a.Flow.Finance().HearProvider(r.Context(), flow.Callback{Provider: sandbox.Name, Header: r.Header.Get, Body: body})
	}
	if err != nil {
		http.Error(w, "not taken", http.StatusBadRequest)
	}
}

// late is a handler that is made after those who call it.
type late struct {
	mu sync.Mutex
	h  http.Handler
}

func (l *late) set(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.h = h
}

func (l *late) get() http.Handler {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.h
}

// inProcess is a client that reaches a handler of this process as if over a network, before anything listens and behind
// whatever proxy.
func inProcess(handler func() http.Handler) *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: transport(handler)}
}

type transport func() http.Handler

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	h := t()
	if h == nil {
		return nil, errors.New("nothing answers yet")
	}
	r = r.Clone(r.Context())
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := &answer{status: http.StatusOK, header: http.Header{}}
	h.ServeHTTP(w, r)
	return &http.Response{StatusCode: w.status, Status: http.StatusText(w.status), Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r}, nil
}

// answer holds what a handler of this process answers.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (w *answer) Header() http.Header         { return w.header }
func (w *answer) WriteHeader(status int)      { w.status = status }
func (w *answer) Write(b []byte) (int, error) { return w.body.Write(b) }

// Handler is everything that answers: the pages, and in the demo the practice provider beside them.
func (a *App) Handler(pages http.Handler) http.Handler {
	a.pages.set(pages)
	mux := http.NewServeMux()
	if a.Config.Metrics == "" && !a.Config.Proxy && !strings.HasPrefix(a.Config.URL, "https:") { // TLS ends at a proxy, which may be on this machine and not say so
		mux.Handle("GET /metrics", near(a.telemetry.Handler(), pages))
	}
	if a.sandbox != nil {
		mux.Handle(sandbox.Prefix, a.sandbox)
	}
	mux.Handle("/", pages)
	return mux
}

// keepMoney does what money needs from time to time: providers are asked, late bills get their steps, balances are folded.
func (a *App) keepMoney(ctx context.Context) {
	report := func(doing string, err error) {
		if err != nil && ctx.Err() == nil {
			a.Log.Error(doing, "err", err)
		}
	}
	report("asking payment providers", a.Flow.Finance().AskProviders(ctx, System))
	if today := a.Flow.Docket.Releases.Current().Calendar.DateOf(a.Clock.Now()); today != a.dunned { // once a day is enough
		_, err := a.Flow.Finance().Dun(ctx, System)
		report("dealing with late bills", err)
		_, err = a.Flow.Taxation().RemindDeclarations(ctx, System)
		report("reminding of declarations", err)
		a.dunned = today
	}
	report("folding balances", a.fold(ctx))
}

const foldAtOnce = 20

func (a *App) fold(ctx context.Context) error {
	for n := foldAtOnce; n == foldAtOnce; {
		err := a.DB.Write(ctx, "app.fold", func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = a.Flow.Money.Treasury.Ledger.Fold(ctx, tx, foldAtOnce, ledger.Enough)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
