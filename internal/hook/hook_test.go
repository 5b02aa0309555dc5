package hook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"stoa/internal/hook"
)

// TestOnlyThePublicInternetIsCalled: addresses of IANA's special-purpose registries (RFC 6890 and later) and of cloud
// providers' inner services are not.
func TestOnlyThePublicInternetIsCalled(t *testing.T) {
	for _, a := range strings.Fields(`0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1
		192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1
		64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 3fff::1 5f00::1`) {
		if hook.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s would be called", a)
		}
	}
	for _, a := range strings.Fields("1.1.1.1 9.9.9.9 172.32.0.1 192.0.1.1 100.128.0.1 198.20.0.1 2606:4700:4700::1111 2a00:1450::1 2001:4860:4860::8888 ::ffff:1.1.1.1") {
		if !hook.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s would not be called", a)
		}
	}
}

func now() time.Time { return time.Unix(1_700_000_000, 0) }

// TestANameThatLeadsInsideIsNotCalled: what counts is where it leads when it is called.
func TestANameThatLeadsInsideIsNotCalled(t *testing.T) {
	called := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "https://"), ":")
	public := hook.New(false, now)
	for _, to := range []string{server.URL, "https://localhost:" + port, "https://[::1]:" + port, "https://127.1:" + port, "https://0:" + port, "http://1.1.1.1/"} {
		if err := public.Call(t.Context(), to, "s", "k", nil); err == nil {
			t.Errorf("%s: called", to)
		}
	}
	if called {
		t.Error("somebody inside was called")
	}
}

func TestAWebhookFollowsNobody(t *testing.T) {
	var other bool
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { other = true }))
	defer inside.Close()
	status := http.StatusTemporaryRedirect
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", inside.URL)
		w.WriteHeader(status)
	}))
	defer server.Close()
	caller := hook.New(true, now)
	if err := caller.Call(t.Context(), server.URL, "s", "k", nil); err == nil || other {
		t.Errorf("%v, followed: %v", err, other)
	}
	if status = http.StatusNoContent; caller.Call(t.Context(), server.URL, "s", "k", nil) != nil {
		t.Error("204 is well")
	}
}

// TestTheSignature is what the page tells receivers to work out, written out here once more.
func TestTheSignature(t *testing.T) {
	var header, key string
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header, key = r.Header.Get("Stoa-Signature"), r.Header.Get("Idempotency-Key")
		body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	if err := hook.New(true, now).Call(t.Context(), server.URL, "secret", "job 1", []byte(`{"a":1}`)); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write([]byte(`1700000000.{"a":1}`))
	if want := "t=1700000000,v1=" + hex.EncodeToString(mac.Sum(nil)); header != want || key != "job 1" || string(body) != `{"a":1}` {
		t.Errorf("%s, %s, %s; want %s", header, key, body, want)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := hook.New(true, now).Call(ended, server.URL+"/hidden-path", "s", "k", nil); err == nil || strings.Contains(err.Error(), "hidden-path") {
		t.Errorf("an error names the address: %v", err)
	}
}
