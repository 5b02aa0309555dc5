package elsewhere_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/elsewhere"
	"stoa/internal/service"
)

// peer is a register of others: a real server, whose answers a test says.
type peer struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request)
	asked  []*http.Request
}

func newPeer(t testing.TB, secure bool) *peer {
	p := &peer{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked = append(p.asked, r)
		p.answer(w, r)
	})
	if secure {
		p.Server = httptest.NewTLSServer(handler)
	} else {
		p.Server = httptest.NewServer(handler)
	}
	t.Cleanup(p.Close)
	return p
}

func says(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func (p *peer) registers(c *clock, inside bool) *elsewhere.Registers {
	config := elsewhere.Config{
		Secrets: func(string) string { return "Bearer s3cret" }, Now: c.Now, ID: func() string { return "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb" },
		Wait: func(context.Context, time.Duration) error { return nil }, Log: slog.New(slog.DiscardHandler), Security: p.URL,
	}
	if p.TLS != nil {
		roots := x509.NewCertPool()
		roots.AddCert(p.Certificate())
		config.TLS = &tls.Config{RootCAs: roots}
	}
	if inside {
		config.Inside = []string{p.Listener.Addr().String()}
	}
	return elsewhere.New(config)
}

func companies(url string) *service.Elsewhere {
	return &service.Elsewhere{ElsewhereFile: service.ElsewhereFile{
		Elsewhere: "companies", By: []string{"email"}, Records: "/companies", Number: "/number", Updated: "/changed",
		HTTP: &service.HTTPSourceFile{URL: url, Header: "Authorization"},
		Fields: []service.ElsewhereField{
			{ID: "name", Type: "text", At: "/name"}, {ID: "postcode", Type: "text", At: "/address/postcode"}, {ID: "staff", Type: "number", At: "/staff"},
			{ID: "since", Type: "date", At: "/since"}, {ID: "active", Type: "yes_no", At: "/active"},
		},
	}}
}

const oneCompany = `{"companies": [{"number": "01234567", "changed": "2026-02-27T10:00:00Z", "name": "Rye & Sons", "address": {"postcode": "GV1 2BA"}, "staff": 4, "since": "2019-03-04", "active": true, "secret": 1}]}`

func TestARegisterOfOthersAnswers(t *testing.T) {
	p, c := newPeer(t, true), &clock{}
	p.answer = says(200, oneCompany)
	found, err := p.registers(c, true).Ask(t.Context(), elsewhere.Question{Of: companies(p.URL + "/v1?email={email}"), By: map[string]string{"email": "a+b&c=d@example.com"}})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	got := found[0]
	want := map[string]string{"name": "Rye & Sons", "postcode": "GV1 2BA", "staff": "4", "since": "2019-03-04", "active": "yes"}
	for id, text := range want {
		if got.Fields[id] != text {
			t.Errorf("%s is %q, not %q", id, got.Fields[id], text)
		}
	}
	if got.Number != "01234567" || got.Day != "2026-02-27" || len(got.Fields) != len(want) {
		t.Errorf("%+v", got)
	}
	r := p.asked[0]
	if r.URL.Query().Get("email") != "a+b&c=d@example.com" || len(r.URL.Query()) != 1 || r.Header.Get("Authorization") != "Bearer s3cret" || r.Method != "GET" {
		t.Errorf("it was asked by %s %s", r.Method, r.URL)
	}
}

// TestWhatIsNoAnswer: whatever the other side does, there is an answer in time or none, and none is never half of one.
func TestWhatIsNoAnswer(t *testing.T) {
	for name, x := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		asked  int
	}{
		"not found is nothing": {says(404, "{}"), 1},
		"no content":           {says(204, ""), 1},
		"an empty list":        {says(200, `{"companies": []}`), 1},
		"no list at all":       {says(200, `{}`), 1},
	} {
		p, c := newPeer(t, true), &clock{}
		p.answer = x.answer
		found, err := p.registers(c, true).Ask(t.Context(), elsewhere.Question{Of: companies(p.URL + "?email={email}"), By: map[string]string{"email": "x"}})
		if err != nil || len(found) != 0 || len(p.asked) != x.asked {
			t.Errorf("%s: %v %v, asked %d times", name, found, err, len(p.asked))
		}
	}
	for name, x := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		asked  int
	}{
		"broken":            {says(500, oneCompany), 3},
		"busy":              {says(429, ""), 3},
		"not allowed":       {says(403, oneCompany), 1},
		"no JSON":           {says(200, "<html>"), 1},
		"too long":          {says(200, `{"companies": [{"number": "1", "name": "`+strings.Repeat("x", 1<<20)+`"}]}`), 1},
		"too many":          {says(200, `{"companies": [`+strings.Repeat(`{"number": "1"},`, 30)+`{"number": "1"}]}`), 1},
		"nothing names it":  {says(200, `{"companies": [{"name": "x"}]}`), 1},
		"a wrong type":      {says(200, `{"companies": [{"number": "1", "since": "yesterday"}]}`), 1},
		"an object as text": {says(200, `{"companies": [{"number": "1", "name": {"first": "x"}}]}`), 1},
		"a redirection": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, 1},
		"hangs up": {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, 3},
	} {
		p, c := newPeer(t, true), &clock{}
		p.answer = x.answer
		found, err := p.registers(c, true).Ask(t.Context(), elsewhere.Question{Of: companies(p.URL + "?email={email}"), By: map[string]string{"email": "somebody"}})
		var down *elsewhere.Down
		if !errors.As(err, &down) || len(found) != 0 || len(p.asked) != x.asked {
			t.Errorf("%s: %v %v, asked %d times", name, found, err, len(p.asked))
		}
		if err != nil && strings.Contains(err.Error(), "somebody") {
			t.Errorf("%s: the error tells about whom was asked: %v", name, err)
		}
	}
}

func TestItRecoversWithinOneQuestion(t *testing.T) {
	p, c := newPeer(t, true), &clock{}
	p.answer = func(w http.ResponseWriter, r *http.Request) {
		if len(p.asked) < 3 {
			says(503, "")(w, r)
			return
		}
		says(200, oneCompany)(w, r)
	}
	if found, err := p.registers(c, true).Ask(t.Context(), elsewhere.Question{Of: companies(p.URL + "?email={email}"), By: map[string]string{"email": "x"}}); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
}

// TestARegisterThatIsDownIsLeftAlone: nobody waits for it again and again, and it is asked again after a while.
func TestARegisterThatIsDownIsLeftAlone(t *testing.T) {
	p, c := newPeer(t, true), &clock{now: time.Unix(1_700_000_000, 0)}
	p.answer = says(500, "")
	registers := p.registers(c, true)
	ask := func() error {
		_, err := registers.Ask(t.Context(), elsewhere.Question{Of: companies(p.URL + "?email={email}"), By: map[string]string{"email": "x"}})
		return err
	}
	first, second := ask(), ask()
	if first == nil || second == nil || len(p.asked) != 3 {
		t.Fatalf("asked %d times", len(p.asked))
	}
	c.now = c.now.Add(6 * time.Second)
	if ask() == nil || len(p.asked) != 6 {
		t.Fatalf("after a while: asked %d times", len(p.asked))
	}
	c.now = c.now.Add(6 * time.Second) // it rests twice as long now
	if ask() == nil || len(p.asked) != 6 {
		t.Fatalf("the second rest: asked %d times", len(p.asked))
	}
	p.answer = says(200, oneCompany)
	c.now = c.now.Add(5 * time.Second)
	if err := ask(); err != nil {
		t.Fatal(err)
	}
}

func TestASlowRegisterDoesNotKeepAnybodyWaiting(t *testing.T) {
	p, c := newPeer(t, true), &clock{}
	release := make(chan struct{})
	p.answer = func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	defer close(release)
	of := companies(p.URL + "?email={email}")
	of.Wait = 1
	var down *elsewhere.Down
	if _, err := p.registers(c, true).Ask(t.Context(), elsewhere.Question{Of: of, By: map[string]string{"email": "x"}}); !errors.As(err, &down) || !strings.Contains(down.Why, "too long") {
		t.Error(err)
	}
}

// TestNobodyInsideIsAsked: unless the operator has named the address, a file cannot make us ask our own network.
func TestNobodyInsideIsAsked(t *testing.T) {
	p, c := newPeer(t, true), &clock{}
	p.answer = says(200, oneCompany)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.URL, "https://"), ":")
	for _, at := range []string{p.URL, "https://localhost:" + port, "https://[::1]:" + port, "https://127.1:" + port, "https://0:" + port} {
		if _, err := p.registers(c, false).Ask(t.Context(), elsewhere.Question{Of: companies(at + "?email={email}"), By: map[string]string{"email": "x"}}); err == nil {
			t.Errorf("%s: asked", at)
		}
	}
	if len(p.asked) > 0 {
		t.Error("somebody inside was asked")
	}
}

// TestAValueStaysOneValue: whatever somebody typed, it comes out as that value on the other side, and changes nothing else of
// the address.
func TestAValueStaysOneValue(t *testing.T) {
	p, c := newPeer(t, false), &clock{}
	p.answer = says(404, "{}")
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.OneOf(rapid.StringN(1, 20, 60), rapid.SampledFrom([]string{"..", ".", "../x", "a/b", "a?b=c", "a#b", "%2e%2e", "a b", "a+b", "{email}", "é", "a&b=c"})).Draw(rt, "value")
		p.asked = nil
		of := companies("")
		of.HTTP, of.XRoad = nil, &service.XRoadSourceFile{Client: "GV/GOV/1/licensing", Service: "GV/GOV/2/registry/companies", Path: "/by/{email}/all?email={email}&all=1"}
		_, err := p.registers(c, false).Ask(t.Context(), elsewhere.Question{Of: of, By: map[string]string{"email": value}})
		if err != nil || len(p.asked) != 1 {
			rt.Fatalf("%q: %v", value, err)
		}
		u := p.asked[0].URL
		steps := strings.Split(u.EscapedPath(), "/")
		if len(steps) != 10 || steps[9] != "all" {
			rt.Fatalf("%q: the path is %s", value, u.EscapedPath())
		}
		if step, err := url.PathUnescape(steps[8]); err != nil || step != value {
			rt.Fatalf("%q came out as %q", value, step)
		}
		if q := u.Query(); len(q) != 2 || q.Get("email") != value || q.Get("all") != "1" {
			rt.Fatalf("%q: the query is %s", value, u.RawQuery)
		}
	})
}
