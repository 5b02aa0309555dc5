package witness_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stoa/internal/proof"
	"stoa/internal/proof/reader"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/witness"
)

const origin = "log.greenvale.example/log"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// history is a log's tree in memory.
type history struct {
	t      testing.TB
	key    *proof.Signer
	stored []tlog.Hash
	size   int64
}

func (h *history) ReadHashes(indexes []int64) (all []tlog.Hash, err error) {
	for _, i := range indexes {
		all = append(all, h.stored[i])
	}
	return all, nil
}

func (h *history) grow(n int, with string) {
	for range n {
		add, err := tlog.StoredHashes(h.size, fmt.Append(nil, with, h.size), h)
		must(h.t, err)
		h.stored = append(h.stored, add...)
		h.size++
	}
}

func (h *history) checkpoint() proof.Checkpoint {
	root, err := tlog.TreeHash(h.size, h)
	must(h.t, err)
	return proof.Checkpoint{Origin: origin, Size: h.size, Root: root}
}

// ask is the request for the tree as it is.
func (h *history) ask(old int64) *proof.Ask {
	note, err := h.checkpoint().Sign(h.key)
	must(h.t, err)
	hashes, err := proof.Consistency(h.size, min(old, h.size), h)
	must(h.t, err)
	return &proof.Ask{Old: old, Proof: hashes, Checkpoint: note}
}

func newHistory(t testing.TB) *history {
	key, err := proof.NewSigner(origin, storetest.Rand())
	must(t, err)
	return &history{t: t, key: key}
}

func open(t testing.TB, dir string, logs ...proof.Key) *witness.Witness {
	t.Helper()
	w, err := witness.Open(witness.Config{Dir: dir, Name: "witness.example", Logs: logs, Now: func() time.Time { return time.Unix(1_772_600_000, 0) },
		Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	return w
}

// post asks over HTTP, as any log would.
func post(t testing.TB, url string, a *proof.Ask) proof.Answer {
	t.Helper()
	answer, err := reader.Post(context.Background(), url, a.Format())
	must(t, err)
	return answer
}

// TestProtocol goes through what c2sp.org/tlog-witness asks of a witness, in its order.
func TestProtocol(t *testing.T) {
	h := newHistory(t)
	w := open(t, t.TempDir(), h.key.Key())
	site := httptest.NewServer(w.Handler())
	defer site.Close()
	want := func(what string, a proof.Answer, status int, body string) {
		t.Helper()
		if a.Status != status || !strings.Contains(string(a.Body), body) {
			t.Errorf("%s: %d %q, want %d %q", what, a.Status, a.Body, status, body)
		}
	}
	h.grow(5, "")
	conflict := post(t, site.URL, h.ask(3))
	want("an old size when nothing was seen", conflict, 409, "0\n")
	if conflict.Type != "text/x.tlog.size" {
		t.Error(conflict.Type)
	}
	first := h.ask(0)
	answer := post(t, site.URL+"/", first)
	want("the first state", answer, 200, "— witness.example ")
	line, err := proof.Cosigned(first.Checkpoint, answer.Body, w.Key())
	must(t, err)
	// A library that is not ours reads the cosignature.
	verifier, err := fnote.NewVerifierForCosignatureV1(w.Key().String())
	must(t, err)
	_, err = note.Open(append(first.Checkpoint, line...), note.VerifierList(verifier))
	must(t, err)
	want("the same again from the start", post(t, site.URL, first), 409, "5\n")
	want("the same again", post(t, site.URL, h.ask(5)), 200, "— witness.example ")
	fork := newHistory(t)
	fork.grow(5, "x")
	want("another tree of the same size", post(t, site.URL, fork.ask(5)), 409, "5\n")
	fork.grow(5, "x")
	want("another tree that is larger", post(t, site.URL, fork.ask(5)), 422, "")
	h.grow(7, "")
	broken := h.ask(5)
	broken.Proof[0][0] ^= 1
	want("a proof that does not hold", post(t, site.URL, broken), 422, "")
	broken.Proof = nil
	want("no proof", post(t, site.URL, broken), 422, "")
	want("an old size beyond the new", post(t, site.URL, h.ask(13)), 400, "")
	stranger := newHistory(t)
	stranger.key, err = proof.NewSigner(origin, strings.NewReader(strings.Repeat("s", 32)))
	must(t, err)
	stranger.grow(12, "")
	want("another's signature", post(t, site.URL, stranger.ask(5)), 403, "")
	stranger.key, err = proof.NewSigner("other.example", strings.NewReader(strings.Repeat("s", 32)))
	must(t, err)
	foreign, err := proof.Checkpoint{Origin: "other.example", Size: 1}.Sign(stranger.key)
	must(t, err)
	want("an unknown log", post(t, site.URL, &proof.Ask{Checkpoint: foreign}), 404, "")
	want("what continues", post(t, site.URL, h.ask(5)), 200, "— witness.example ")
	for _, bad := range []string{"", "old x\n\n", "old 1\n\nnothing\n", strings.Repeat("x", proof.MaxAsk+1)} {
		a, err := reader.Post(t.Context(), site.URL, []byte(bad))
		must(t, err)
		want("no request", a, 400, "")
	}
	r, err := http.Get(site.URL)
	must(t, err)
	defer r.Body.Close()
	page, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(string(page), w.Key().String()) || !strings.Contains(string(page), h.key.Key().String()) {
		t.Errorf("%s, %v", page, err)
	}
}

// TestItRemembers what it has seen and who it is, and lets one process at a time work.
func TestItRemembers(t *testing.T) {
	h, dir := newHistory(t), filepath.Join(t.TempDir(), "new")
	w := open(t, dir, h.key.Key())
	h.grow(4, "")
	_, err := w.Cosign(h.ask(0).Format())
	must(t, err)
	if _, err := witness.Open(witness.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another witness works") {
		t.Errorf("a second one: %v", err)
	}
	key := w.Key()
	must(t, w.Close())
	w = open(t, dir, h.key.Key())
	if w.Key() != key {
		t.Error("another key")
	}
	fork := newHistory(t)
	fork.grow(9, "x")
	if _, err := w.Cosign(fork.ask(4).Format()); err == nil {
		t.Error("it has forgotten")
	}
	must(t, w.Close())
	if _, err := witness.Open(witness.Config{Dir: dir, Name: "somebody.else"}); err == nil || !strings.Contains(err.Error(), "witness.example") {
		t.Errorf("another name: %v", err)
	}
	if _, err := witness.Open(witness.Config{Dir: t.TempDir(), Name: "a b"}); err == nil {
		t.Error("a name with a space")
	}
	if _, err := witness.Open(witness.Config{Dir: t.TempDir(), Name: "w", Logs: []proof.Key{key}}); err == nil {
		t.Error("a witness of a witness")
	}
}

// TestManyAsk at once, along two histories: of one size, one tree is cosigned.
func TestManyAsk(t *testing.T) {
	one, two := newHistory(t), newHistory(t)
	w := open(t, t.TempDir(), one.key.Key())
	var mu sync.Mutex
	given := map[int64]map[proof.Hash]bool{}
	for range 8 {
		one.grow(3, "")
		two.grow(3, "x")
		var wait sync.WaitGroup
		for i := range 8 {
			h := one
			if i%2 == 0 {
				h = two
			}
			for old := int64(0); old <= h.size; old++ {
				a, c := h.ask(old), h.checkpoint()
				wait.Go(func() {
					if _, err := w.Cosign(a.Format()); err == nil {
						mu.Lock()
						defer mu.Unlock()
						if given[c.Size] == nil {
							given[c.Size] = map[proof.Hash]bool{}
						}
						given[c.Size][c.Root] = true
					}
				})
			}
		}
		wait.Wait()
	}
	for size, roots := range given {
		if len(roots) != 1 {
			t.Errorf("%d trees of %d entries are cosigned", len(roots), size)
		}
	}
	if len(given) == 0 {
		t.Error("nothing is cosigned")
	}
}

// TestALogWithTwoWitnesses is the whole way: events, sequencer, two witnesses over HTTP, and a proof that rests on both.
func TestALogWithTwoWitnesses(t *testing.T) {
	storetest.Each(t, []fs.FS{publog.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		keys, err := signet.Open(signet.Config{File: filepath.Join(t.TempDir(), "log.keys"), Origin: origin})
		must(t, err)
		trust := proof.Trust{Quorum: 2}
		trust.Logs, err = keys.Keys()
		must(t, err)
		var witnesses []publog.Witness
		for range 2 {
			w, err := witness.Open(witness.Config{Dir: t.TempDir(), Name: fmt.Sprintf("w%d.example", len(witnesses)), Logs: trust.Logs, Now: clock.Now,
				Log: slog.New(slog.DiscardHandler)})
			must(t, err)
			site := httptest.NewServer(w.Handler())
			t.Cleanup(site.Close)
			witnesses = append(witnesses, publog.Witness{Key: w.Key(), Ask: func(ctx context.Context, body []byte) (proof.Answer, error) {
				return reader.Post(ctx, site.URL, body)
			}})
			trust.Witnesses = append(trust.Witnesses, w.Key())
		}
		log := publog.New(publog.Config{Name: "public"})
		s := publog.NewSequencer(publog.SequencerDeps{Log: log, DB: db, Signet: keys, Holder: "a", Witnesses: witnesses,
			Errors: slog.New(slog.DiscardHandler)})
		for round := range 4 {
			must(t, db.Write(t.Context(), "log", func(ctx context.Context, tx *store.Tx) error {
				for i := range 100 {
					e := publog.Event{Kind: "fee.paid", ID: fmt.Sprint(round, "-", i), Organisation: "council"}
					if err := log.Append(ctx, tx, e); err != nil {
						return err
					}
				}
				return nil
			}))
			_, err := s.Cycle(t.Context())
			must(t, err)
			must(t, s.Cosign(t.Context()))
			must(t, db.Read(t.Context(), "proof", func(ctx context.Context, tx *store.Tx) error {
				data, err := log.Bundle(ctx, tx, publog.Name{Organisation: "council", Kind: "fee.paid", ID: "0-7"}, false)
				if err != nil {
					return err
				}
				p, err := proof.Verify(data, trust)
				if err == nil && (len(p.Cosigned) != 2 || p.Size != int64(100*(round+1))) {
					err = errors.New("not on the newest state that both have seen")
				}
				return err
			}))
		}
	})
}
