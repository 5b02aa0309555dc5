package sandbox_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/provider/sandbox"
	"stoa/internal/store/storetest"
)

const secret = "the sandbox's secret"

// town is a provider and somebody who hears its callbacks, on one server.
type town struct {
	t      *testing.T
	clock  *storetest.Clock
	server *sandbox.Server
	client *sandbox.Client
	http   *http.Client // of a payer: follows no redirect

	mu     sync.Mutex
	heard  []pay.Event
	forged int
	broken bool // the hearer answers 500
}

func newTown(t *testing.T) *town {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, clock: storetest.NewClock()}
	mux := http.NewServeMux()
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	w.http = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.server = sandbox.New(sandbox.Config{Secret: secret, URL: site.URL, Callback: site.URL + "/hear", HTTP: site.Client(), Now: w.clock.Now,
		Rand: rand.NewChaCha8([32]byte{1}), Words: words.For, Log: slog.New(slog.DiscardHandler)})
	w.client = &sandbox.Client{URL: site.URL, Secret: secret, HTTP: site.Client()}
	mux.Handle(sandbox.Prefix, w.server)
	mux.HandleFunc("POST /hear", w.hear)
	return w
}

func (w *town) hear(res http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	e, err := w.client.Read(r.Header.Get, body, w.clock.Now())
	switch {
	case errors.Is(err, pay.ErrSignature):
		w.forged++
		res.WriteHeader(http.StatusBadRequest)
	case err != nil:
		w.t.Error(err)
	case w.broken:
		res.WriteHeader(http.StatusInternalServerError)
	default:
		w.heard = append(w.heard, e)
	}
}

// kinds gives what was heard, and forgets it.
func (w *town) kinds() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, e := range w.heard {
		all = append(all, string(e.Kind))
	}
	w.heard = nil
	return strings.Join(all, " ")
}

func (w *town) asked(ref string) string {
	w.t.Helper()
	all, err := w.client.Ask(w.t.Context(), ref)
	if err != nil {
		w.t.Fatal(err)
	}
	var kinds []string
	for _, r := range all {
		kinds = append(kinds, string(r.Kind))
	}
	return strings.Join(kinds, " ")
}

func (w *town) pass(d time.Duration) {
	w.clock.Advance(d)
	w.server.Tick(w.t.Context())
}

func (w *town) order(key string) pay.Order {
	return pay.Order{Key: key, Payment: "payment of " + key, Amount: money.Amount{Minor: 2100, Currency: "GBP"}, Title: "Notice <TEN>", Language: "en",
		Return: "https://town.example/paid?p=1", Cancel: "https://town.example/pay", Expires: w.clock.Now().Add(30 * time.Minute)}
}

func (w *town) start(key string) pay.Started {
	w.t.Helper()
	page, err := w.client.Start(w.t.Context(), w.order(key))
	if err != nil {
		w.t.Fatal(err)
	}
	return page
}

func (w *town) send(req *http.Request, err error) (int, string, http.Header) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

func (w *town) post(address string, form url.Values) (int, string, http.Header) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return w.send(req, err)
}

func (w *town) show(address string) (int, string, http.Header) {
	w.t.Helper()
	return w.send(http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil))
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Each card goes its way: what is heard at once, what by asking at once, and the same after an hour.
func TestCards(t *testing.T) {
	type way struct {
		tries                             int
		heard, asked, heardLater, finally string
		forged                            int
	}
	for card, want := range map[string]way{
		"succeeds":        {1, "paid", "paid", "", "paid", 0},
		"second_try":      {2, "failed paid", "failed paid", "", "failed paid", 0},
		"silent":          {1, "", "paid", "", "paid", 0},
		"twice":           {1, "paid paid", "paid", "", "paid", 0},
		"late":            {1, "", "", "paid", "paid", 0},
		"out_of_order":    {1, "paid failed", "paid failed", "", "paid failed", 0},
		"wrong_signature": {1, "", "paid", "", "paid", 1},
		"wrong_amount":    {1, "paid", "paid", "", "paid", 0},
		"disputed":        {1, "paid", "paid", "disputed", "paid disputed", 0},
		"dispute_won":     {1, "paid", "paid", "disputed dispute_won", "paid disputed dispute_won", 0},
		"dispute_lost":    {1, "paid", "paid", "disputed dispute_lost", "paid disputed dispute_lost", 0},
		"refund_fails":    {1, "paid", "paid", "", "paid", 0},
	} {
		t.Run(card, func(t *testing.T) {
			w := newTown(t)
			page := w.start("k")
			for i := range want.tries {
				status, body, h := w.post(page.URL, url.Values{"card": {card}})
				if i < want.tries-1 {
					same(t, "status", status, http.StatusUnprocessableEntity)
					if !strings.Contains(body, "The card was declined") {
						t.Error("the page does not say that the card was declined")
					}
					continue
				}
				same(t, "status", status, http.StatusSeeOther)
				same(t, "goes to", h.Get("Location"), "https://town.example/paid?p=1")
			}
			same(t, "heard", w.kinds(), want.heard)
			same(t, "asked", w.asked(page.Ref), want.asked)
			for range 60 {
				w.pass(time.Minute)
			}
			same(t, "heard later", w.kinds(), want.heardLater)
			same(t, "asked finally", w.asked(page.Ref), want.finally)
			same(t, "forged", w.forged, want.forged)
			status, _, h := w.post(page.URL, url.Values{"card": {"succeeds"}}) // the form once more
			same(t, "again", status, http.StatusSeeOther)
			same(t, "again to", h.Get("Location"), "https://town.example/paid?p=1")
			same(t, "nothing new", w.asked(page.Ref), want.finally)
		})
	}
}

func TestOutOfOrderComesAfterwards(t *testing.T) {
	w := newTown(t)
	page := w.start("k")
	w.post(page.URL, url.Values{"card": {"out_of_order"}})
	if w.heard[0].Kind != pay.Paid || w.heard[1].Kind != pay.Failed || !w.heard[1].At.Before(w.heard[0].At) {
		t.Errorf("heard %v", w.heard)
	}
}

func TestTwiceIsOneEvent(t *testing.T) {
	w := newTown(t)
	w.post(w.start("k").URL, url.Values{"card": {"twice"}})
	same(t, "events", w.heard[0], w.heard[1])
}

func TestDeclinedAndExpired(t *testing.T) {
	w := newTown(t)
	page := w.start("k")
	for range 2 {
		status, _, _ := w.post(page.URL, url.Values{"card": {"declined"}})
		same(t, "status", status, http.StatusUnprocessableEntity)
	}
	same(t, "heard", w.kinds(), "failed failed")
	status, _, h := w.post(page.URL, url.Values{"do": {"cancel"}})
	same(t, "status", status, http.StatusSeeOther)
	same(t, "goes to", h.Get("Location"), "https://town.example/pay")
	w.pass(31 * time.Minute)
	same(t, "heard", w.kinds(), "expired")
	status, body, _ := w.post(page.URL, url.Values{"card": {"succeeds"}})
	same(t, "status", status, http.StatusGone)
	if !strings.Contains(body, "The time to pay is over") {
		t.Error("the page does not say that it is too late")
	}
	same(t, "asked", w.asked(page.Ref), "failed failed expired")
}

func TestSameKeySamePage(t *testing.T) {
	w := newTown(t)
	first := w.start("k")
	same(t, "page", w.start("k"), first)
	other := w.order("k")
	other.Amount.Minor++
	if _, err := w.client.Start(t.Context(), other); !errors.Is(err, pay.ErrRefused) {
		t.Errorf("another amount under the same key: %v", err)
	}
}

func TestRefunds(t *testing.T) {
	w := newTown(t)
	page := w.start("k")
	refund := func(key string, minor int64) (pay.Report, error) {
		return w.client.Refund(t.Context(), pay.RefundOrder{Key: key, Payment: "payment of k", Ref: page.Ref, Amount: money.Amount{Minor: minor, Currency: "GBP"}})
	}
	if _, err := refund("early", 1); !errors.Is(err, pay.ErrRefused) {
		t.Errorf("before the money came: %v", err)
	}
	w.post(page.URL, url.Values{"card": {"succeeds"}})
	w.kinds()
	first, err := refund("r", 2000)
	if err != nil || first.Kind != pay.Refunded || first.Key != "r" {
		t.Fatalf("%v %v", first, err)
	}
	again, err := refund("r", 2000)
	if err != nil || again != first {
		t.Errorf("again: %v %v", again, err)
	}
	if _, err := refund("more", 101); !errors.Is(err, pay.ErrRefused) {
		t.Errorf("more than is left: %v", err)
	}
	same(t, "heard", w.kinds(), "refunded")

	page = w.start("k2")
	w.post(page.URL, url.Values{"card": {"refund_fails"}})
	order := pay.RefundOrder{Key: "r", Payment: "payment of k2", Ref: page.Ref, Amount: money.Amount{Minor: 2100, Currency: "GBP"}}
	asked, err := w.client.Refund(t.Context(), order)
	if err != nil || asked.Kind != pay.RefundAsked {
		t.Errorf("%v %v", asked, err)
	}
	w.kinds()
	w.pass(time.Minute)
	same(t, "heard", w.kinds(), "refund_failed")
	same(t, "asked", w.asked(page.Ref), "paid refund_asked refund_failed")
}

func TestTriesAgainAndGivesUp(t *testing.T) {
	w := newTown(t)
	w.broken = true
	w.post(w.start("k").URL, url.Values{"card": {"succeeds"}})
	w.pass(time.Second)
	w.mu.Lock()
	w.broken = false
	w.mu.Unlock()
	same(t, "too early", w.kinds(), "")
	w.pass(10 * time.Second)
	same(t, "second try", w.kinds(), "paid")
	w.broken = true
	w.post(w.start("k2").URL, url.Values{"card": {"succeeds"}})
	for range 60 {
		w.pass(10 * time.Minute)
	}
	w.broken = false
	w.pass(24 * time.Hour)
	same(t, "given up", w.kinds(), "")
}

func TestWhoMayAsk(t *testing.T) {
	w := newTown(t)
	page := w.start("k")
	stranger := *w.client
	stranger.Secret = "guessed"
	_, err := stranger.Ask(t.Context(), page.Ref)
	if !errors.Is(err, pay.ErrRefused) || strings.Contains(err.Error(), "guessed") {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := w.client.Ask(t.Context(), "sb_nothing/../"); !errors.Is(err, pay.ErrRefused) {
		t.Errorf("an unknown order: %v", err)
	}
	away := *w.client
	away.URL = "http://127.0.0.1:1"
	if _, err := away.Ask(t.Context(), page.Ref); !errors.Is(err, pay.ErrUnavailable) {
		t.Errorf("nobody there: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.client.Ask(gone, page.Ref); !errors.Is(err, pay.ErrUnavailable) {
		t.Errorf("cancelled: %v", err)
	}
	for name, spoil := range map[string]func(o *pay.Order){
		"script":   func(o *pay.Order) { o.Return = "javascript:alert(1)" },
		"policy":   func(o *pay.Order) { o.Cancel = "https://x;default-src" },
		"nothing":  func(o *pay.Order) { o.Amount.Minor = 0 },
		"currency": func(o *pay.Order) { o.Amount.Currency = "QQQ" },
	} {
		o := w.order(name)
		spoil(&o)
		if _, err := w.client.Start(t.Context(), o); !errors.Is(err, pay.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The page is whole HTML, labels every radio, has nothing inline, and says that nothing is real, in the payer's language.
func TestPage(t *testing.T) {
	w := newTown(t)
	page := w.start("k")
	status, body, h := w.show(page.URL)
	same(t, "status", status, http.StatusOK)
	for _, want := range []string{"No real money moves, whatever you choose", "Pay £21.00", "Notice &lt;TEN&gt;", `<html lang="en"`, "4000\u00a00000\u00a00000\u00a00010"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	csp := h.Get("Content-Security-Policy")
	if !strings.Contains(csp, "form-action 'self' https://town.example;") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var radios, labels []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("inline %s=%q", a.Key, a.Val)
			}
		}
		switch {
		case n.Data == "input" && attr["type"] == "radio":
			radios = append(radios, attr["id"])
		case n.Data == "label":
			labels = append(labels, attr["for"])
		case n.Data == "style", n.Data == "script" && attr["src"] == "":
			t.Errorf("inline <%s>", n.Data)
		}
	}
	same(t, "radios", len(radios), 13)
	for _, id := range radios {
		if !slices.Contains(labels, id) {
			t.Errorf("radio %q has no label", id)
		}
	}
	status, body, _ = w.post(page.URL, url.Values{})
	same(t, "status", status, http.StatusUnprocessableEntity)
	if !strings.Contains(body, `href="#card"`) || !strings.Contains(body, "Choose a card") {
		t.Error("no summary of what is missing")
	}
	status, _, _ = w.show(page.URL + "x")
	same(t, "no such page", status, http.StatusNotFound)

	o := w.order("arabic")
	o.Language = "ar"
	started, err := w.client.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, body, _ := w.show(started.URL); !strings.Contains(body, `<html lang="ar" dir="rtl"`) {
		t.Error("the page is not in the payer's language")
	}
}

// Two runs with the same clock and randomness are the same.
func TestRepeats(t *testing.T) {
	run := func() []pay.Event {
		w := newTown(t)
		w.post(w.start("k").URL, url.Values{"card": {"dispute_won"}})
		w.pass(time.Hour)
		return w.heard
	}
	if a, b := run(), run(); !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

// Many press "Pay" at once: one payment.
func TestPressedTogether(t *testing.T) {
	w := newTown(t)
	page := w.start("k")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { w.post(page.URL, url.Values{"card": {"succeeds"}}) })
	}
	wg.Wait()
	same(t, "asked", w.asked(page.Ref), "paid")
	same(t, "heard", w.kinds(), "paid")
}

func TestRun(t *testing.T) {
	w := newTown(t)
	w.post(w.start("k").URL, url.Values{"card": {"late"}})
	w.clock.Advance(time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	beat, ended := make(chan time.Time), make(chan struct{})
	go func() { w.server.Run(ctx, beat); close(ended) }()
	beat <- time.Time{}
	cancel()
	<-ended
	same(t, "heard", w.kinds(), "paid")
}

// What is heard and what is asked come to the same payment, whichever card was chosen.
func TestFolds(t *testing.T) {
	for card, want := range map[string]string{"succeeds": "paid 2100", "declined": "expired 0", "silent": "paid 2100", "twice": "paid 2100", "late": "paid 2100",
		"out_of_order": "paid 2100", "wrong_signature": "paid 2100", "wrong_amount": "paid 1890", "disputed": "disputed 2100", "dispute_won": "paid 2100",
		"dispute_lost": "disputed 2100"} {
		w := newTown(t)
		p := pay.Payment{ID: "payment of k", Method: pay.Card, Provider: sandbox.Name, State: pay.StateOpen, Amount: money.Amount{Minor: 2100, Currency: "GBP"}}
		started := w.start("k")
		in := 0
		fold := func(r pay.Report) {
			next, changes := pay.Fold(p, r)
			p = next
			for _, c := range changes {
				if c.Kind == pay.MoneyIn {
					in++
				}
				if c.Kind == pay.NoChange {
					t.Errorf("%s: %s contradicts", card, c.Key)
				}
			}
		}
		w.post(started.URL, url.Values{"card": {card}})
		for range 60 {
			w.pass(time.Minute)
		}
		all, err := w.client.Ask(t.Context(), started.Ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range w.heard {
			fold(e.Report)
		}
		for _, r := range all {
			fold(r)
		}
		same(t, card, p.Status()+" "+strconv.FormatInt(p.Received.Minor, 10), want)
		if in > 1 {
			t.Errorf("%s: the money came %d times", card, in)
		}
	}
}
