package site_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/view"
)

// logged is a town whose log is kept and published as far as it goes.
func logged(t *testing.T) *town {
	t.Helper()
	tn, _ := logging(t, false)
	return tn
}

// logging is logged with what publishes the log again.
func logging(t *testing.T, demo bool) (tn *town, publish func()) {
	t.Helper()
	tn = open(t, demo)
	if err := tn.flow.DB.Migrate(t.Context(), publog.Migrations()); err != nil {
		t.Fatal(err)
	}
	log := publog.New(publog.Config{Name: "public", Vault: tn.flow.People.Vault, Rand: rand.Reader})
	keys, err := signet.Open(signet.Config{File: filepath.Join(t.TempDir(), "log.keys"), Origin: "test/log"})
	if err != nil {
		t.Fatal(err)
	}
	tn.flow.Log = log
	tn.view.Log = view.Log{Public: log, Keys: func(context.Context) ([]proof.Key, error) { return keys.Keys() }}
	_, err = tn.flow.AddStaff(t.Context(), policy.Actor{System: true}, flow.AddStaff{Name: "Ada Admin", Email: "ada@test.example", Language: "en",
		Grants: []policy.Grant{{Role: policy.Officer, Organisation: "licensing"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := publog.NewSequencer(publog.SequencerDeps{Log: log, DB: tn.flow.DB, Signet: keys, Holder: "test", Errors: slog.New(slog.DiscardHandler)})
	publish = func() {
		t.Helper()
		if _, err := s.Cycle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	publish()
	return tn, publish
}

// TestThePublicLogIsServed to programs and in words; a proof that anybody may have is checked by the site, and with one
// byte changed it is refused with a sentence.
func TestThePublicLogIsServed(t *testing.T) {
	b := logged(t).browser()
	for path, says := range map[string]string{
		"/log/checkpoint": "test/log\n1\n", "/log/keys.txt": "test/log+", "/log": "stoa verify http://test/log", "/log/leaves": "Role given",
		"/log/leaves/0": "Only the person concerned can show this",
	} {
		a := b.get(path)
		if a.status != 200 || !strings.Contains(a.body, says) || strings.Contains(a.body, "Ada Admin") {
			t.Errorf("%s: %d, %.300s", path, a.status, a.body)
		}
	}
	if a := b.get("/log/tile/entries/000.p/1"); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("entries: %d, %v", a.status, a.header)
	}
	for _, path := range []string{"/log/leaves/1", "/log/leaves/01", "/log/leaves/x", "/log/leaves/1/proof", "/log/tile/0/000", "/log/tile/0/000.p/2", "/log/../x", "/log/none"} {
		if a := b.get(path); a.status < 300 || a.status >= 500 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	raw := []byte(b.get("/log/leaves/0/proof").body)
	if a := b.upload("/verify", "file", "x.tlog-proof", raw); a.status != 200 || !strings.Contains(a.body, "The proof holds") {
		t.Errorf("%d, %s", a.status, a.body)
	}
	for i := 0; i < len(raw); i += 37 {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		a := b.upload("/verify", "file", "x.tlog-proof", changed)
		if a.status != 200 || !strings.Contains(a.body, "The proof does not hold") {
			t.Fatalf("byte %d changed: %d, %s", i, a.status, a.body)
		}
	}
	for _, bad := range [][]byte{{0}, bytes.Repeat([]byte("x"), 1<<20+5)} {
		if a := b.upload("/verify", "file", "x.pdf", bad); a.status != 422 || !strings.Contains(a.body, "This is nothing that we can check") {
			t.Errorf("%d bytes of something else: %d", len(bad), a.status)
		}
	}
	if a := b.upload("/verify", "file", "x.tlog-proof", []byte("x")); a.status != 200 || !strings.Contains(a.body, "The proof does not hold") {
		t.Errorf("a proof of which nothing is left: %d", a.status)
	}
	if a := b.upload("/verify", "other", "x", []byte("x")); a.status != 422 || !strings.Contains(a.body, "Choose a file") {
		t.Errorf("no file: %d", a.status)
	}
	verify, other := b.get("/verify").header.Get("Content-Security-Policy"), b.get("/log").header.Get("Content-Security-Policy")
	if !strings.Contains(verify, "'wasm-unsafe-eval'") || strings.Contains(other, "wasm") {
		t.Errorf("only the page that verifies may compile: %q, %q", verify, other)
	}
}

// TestWithoutALog the pages of the log are not there, and those beside it work.
func TestWithoutALog(t *testing.T) {
	b := open(t, false).browser()
	for path, status := range map[string]int{"/log": 404, "/log/checkpoint": 404, "/log/leaves": 404, "/verify": 200} {
		if a := b.get(path); a.status != status {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
