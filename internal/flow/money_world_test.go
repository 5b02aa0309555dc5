package flow_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/provider/sandbox"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// testMoney is the money.yaml of the test's jurisdiction, which the markets office keeps itself.
const testMoney = `
treasury: markets
bank: {name: Testshire, iban: GB33BUKB20201555555555, cards: [SANDBOX CARDS], cash: [CASH PAID IN]}
funds: [{id: general, title: General}]
accounts:
  - {code: "1000", title: Bank, kind: asset, use: bank}
  - {code: "1010", title: Cards, kind: asset, use: card}
  - {code: "1020", title: Cash, kind: asset, use: cash}
  - {code: "1200", title: Owed, kind: asset, use: receivable}
  - {code: "1250", title: Disputed, kind: asset, use: disputed}
  - {code: "2300", title: Suspense, kind: liability, use: suspense}
  - {code: "2310", title: Refunds, kind: liability, use: refund}
  - {code: "4100", title: Stalls, kind: income, for: markets, fund: general}
  - {code: "6010", title: Written off, kind: expense, use: written_off}
  - {code: "6020", title: Waived, kind: expense, use: waived}
  - {code: "6030", title: Difference, kind: expense, use: difference}
  - {code: "4200", title: Interest and costs, kind: income}
late:
  - {id: reminder, title: Reminder, after: 7, remind: Please pay.}
  - {id: costs, title: Costs, after: 21, charge: costs, amount: "overdue >= 100 ? 15 : 10", account: "4200"}
interest: {rate: "8", account: "4200"}
`

// paid is the base jurisdiction, whose stall costs a fee that is paid before anybody looks at the application.
func paid(t testing.TB) fs.FS {
	files := base(t)
	files["money.yaml"] = &fstest.MapFile{Data: []byte(testMoney)}
	name := "services/street-stall.yaml"
	text := string(files[name].Data)
	for old, changed := range map[string]string{
		"declaration: What I said":                "payment: {account: \"4100\", waits: fee, refunds: [{on: [lapsed], share: 50}]}\ndeclaration: What I said",
		"  states:\n":                             "  states:\n    - {id: fee, title: Waiting for the fee, tell: Pay it., deadline: {days: 14, then: not-paid}}\n    - {id: withdrawn, title: Withdrawn, end: withdrawn}\n    - {id: unpaid, title: Not paid, end: lapsed}\n",
		"    - {id: lapse, title: Lapse,":         "    - {id: not-paid, title: Not paid, by: system, from: [fee], to: unpaid}\n    - {id: withdraw, title: Withdraw, kind: withdraw, by: applicant, from: [fee, received], to: withdrawn}\n    - {id: lapse, title: Lapse,",
		"refunds: [{on: [lapsed], share: 50}]}\n": "refunds: [{on: [withdrawn], from: [received]}, {on: [lapsed], share: 50}]}\n",
	} {
		if !strings.Contains(text, old) && !strings.Contains(old, "refunds") {
			t.Fatalf("the base has no %q", old)
		}
		text = strings.Replace(text, old, changed, 1)
	}
	text = strings.Replace(text, "refunds: [{on: [lapsed], share: 50}]}", "refunds: [{on: [withdrawn], from: [received]}, {on: [lapsed], share: 50}]}", 1)
	files[name] = &fstest.MapFile{Data: []byte(text)}
	return files
}

// till is a world in which fees are paid, with the practice provider behind a connection of its own.
type till struct {
	*world
	provider *sandbox.Server
	runner   *job.Runner
	boss2    policy.Actor
	down     bool // the provider does not answer
	deaf     bool // our own call-back address does not answer
}

// direct reaches a handler without a network.
type direct func(r *http.Request) (*http.Response, error)

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) { return d(r) }

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI = r.URL.RequestURI()
	h.ServeHTTP(w, r)
	return w.Result()
}

func newTill(t testing.TB, db *store.DB, clock *storetest.Clock) *till {
	w := newWorld(t, db, clock)
	keys := w.People.Vault
	tl := &till{world: w}
	tl.provider = sandbox.New(sandbox.Config{
		Secret: "secret", URL: w.Site.URL, Callback: w.Site.URL + "/pay/callback/sandbox", Now: clock.Now, Rand: rand.Reader, Words: w.Words.For,
		Log:  slog.New(slog.NewTextHandler(io.Discard, nil)),
		HTTP: &http.Client{Transport: direct(tl.hear)},
	})
	client := &sandbox.Client{URL: w.Site.URL, Secret: "secret", HTTP: &http.Client{Transport: direct(func(r *http.Request) (*http.Response, error) {
		if tl.down {
			return nil, errors.New("connection refused")
		}
		return serve(tl.provider, r), nil
	})}}
	statements := &bank.Bank{Vault: keys}
	w.Money = &flow.Money{
		Treasury:   &treasury.Treasury{Bills: &bill.Bills{Vault: keys}, Payments: &pay.Pay{Vault: keys}, Bank: statements, Ledger: &ledger.Ledger{}, Log: flow.LogEntries(w.Log)},
		Exceptions: &pay.Exceptions{Vault: keys}, Tills: &pay.Tills{Vault: keys}, Bank: statements, Taxes: &tax.Taxes{Vault: keys},
		Providers: []pay.Provider{client},
	}
	tl.runner = job.NewRunner(db, slog.New(slog.NewTextHandler(io.Discard, nil)))
	tl.runner.Handle(flow.RefundJob, tl.Finance().SendRefund)
	tl.runner.Handle(flow.BankMatchJob, tl.Banking().MatchBank)
	j, problems := service.Load(paid(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
	tl.boss2 = w.staff("Bea Boss", policy.Grant{Role: policy.Supervisor, Organisation: "markets"})
	return tl
}

// hear is our own call-back address.
func (tl *till) hear(r *http.Request) (*http.Response, error) {
	if tl.deaf {
		return nil, errors.New("connection refused")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	err = tl.Finance().HearProvider(r.Context(), flow.Callback{Provider: "sandbox", Header: r.Header.Get, Body: body})
	status := http.StatusOK
	if err != nil {
		status = http.StatusBadRequest
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

func eachTill(t *testing.T, test func(tl *till)) {
	t.Helper()
	storetest.Each(t, moneyTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newTill(t, db, clock)) })
}

var moneyTables = append(append([]fs.FS{}, tables...), ledger.Migrations(), bill.Migrations(), pay.Migrations(), bank.Migrations(), tax.Migrations())

// sent is an application that waits for its fee.
func (tl *till) sent(email string) (draft, id string, holder policy.Actor) {
	tl.t.Helper()
	draft, holder = tl.filled(email)
	done, err := tl.Submit(tl.ctx, holder, flow.Submit{Draft: draft, Declared: true})
	tl.must(err)
	return draft, done.Case, holder
}

// begin begins to pay the fee of a draft.
func (tl *till) begin(draft string, holder policy.Actor) flow.Begun {
	tl.t.Helper()
	begun, err := tl.Finance().PayBill(tl.ctx, holder, flow.PayBill{Draft: draft, Language: "en", Key: tl.key(), Back: "/back/{payment}", Cancel: "/cancel"})
	tl.must(err)
	return begun
}

// choose chooses a card on the provider's page.
func (tl *till) choose(begun flow.Begun, card string) *http.Response {
	tl.t.Helper()
	form := url.Values{"card": {card}}.Encode()
	r, err := http.NewRequestWithContext(tl.ctx, http.MethodPost, begun.URL, bytes.NewBufferString(form))
	tl.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return serve(tl.provider, r)
}

// bill is the bill of a case.
func (tl *till) bill(caseID string) (b *bill.Bill) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := tl.Money.Treasury.Bills.BySource(ctx, tx, "markets", bill.Source{Kind: "case", ID: caseID})
		if err == nil && len(all) != 1 {
			tl.t.Fatalf("%d bills", len(all))
		}
		b = all[0]
		return err
	}))
	return b
}

// payment reads a payment.
func (tl *till) payment(id string) (p *pay.Payment) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = tl.Money.Treasury.Payments.Get(ctx, tx, "markets", id)
		return err
	}))
	return p
}

// balances are the accounts that hold anything, by code; the books are looked at whole.
func (tl *till) balances() map[string]int64 {
	tl.t.Helper()
	all := map[string]int64{}
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		book, err := treasury.NewBook(tl.Docket.Releases.Current())
		if err != nil {
			return err
		}
		found, err := tl.Money.Treasury.Check(ctx, tx, book)
		if err != nil {
			return err
		}
		for _, f := range found {
			tl.t.Error(f)
		}
		rows, err := tl.Money.Treasury.Ledger.TrialBalance(ctx, tx, "markets", ledger.As{})
		sum := int64(0)
		for _, r := range rows {
			if sum += r.Balance.Minor; r.Balance.Minor != 0 {
				all[r.Code] = r.Balance.Minor
			}
		}
		if sum != 0 {
			tl.t.Errorf("the books sum to %d", sum)
		}
		return err
	}))
	return all
}

// exceptions are the open ones, by kind.
func (tl *till) exceptions() (n map[string]int64) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		n, err = tl.Money.Exceptions.Counts(ctx, tx, "markets")
		return err
	}))
	return n
}

func (tl *till) work() {
	tl.t.Helper()
	_, err := tl.runner.RunDue(tl.ctx)
	tl.must(err)
}

func (tl *till) later(d time.Duration) {
	tl.clock.Advance(d)
	tl.provider.Tick(tl.ctx)
}

// proposal is the one that waits on a bill.
func (tl *till) proposal(b *bill.Bill) (id string) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := tl.Money.Treasury.Bills.Proposals(ctx, tx, b)
		for _, p := range all {
			if p.Outcome == bill.Undecided {
				id = p.ID
			}
		}
		return err
	}))
	return id
}
