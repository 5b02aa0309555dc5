package reader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	mproof "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"

	"stoa/internal/fault"
	"stoa/internal/proof"
	"stoa/internal/proof/reader"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

const origin = "log.greenvale.example/log"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site serves a log as the product will.
type site struct {
	t      testing.TB
	db     *store.DB
	log    *publog.Log
	s      *publog.Sequencer
	keys   []proof.Key
	url    string
	logged int
}

func newSite(t testing.TB, db *store.DB) *site {
	t.Helper()
	keys, err := signet.Open(signet.Config{File: filepath.Join(t.TempDir(), "log.keys"), Origin: origin})
	must(t, err)
	w := &site{t: t, db: db, log: publog.New(publog.Config{Name: "public"})}
	w.keys, err = keys.Keys()
	must(t, err)
	w.s = publog.NewSequencer(publog.SequencerDeps{Log: w.log, DB: db, Signet: keys, Holder: "a", Errors: slog.New(slog.DiscardHandler)})
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.url = server.URL + "/log"
	return w
}

func (w *site) serve(rw http.ResponseWriter, r *http.Request) {
	var data []byte
	err := w.db.Read(r.Context(), "serve", func(ctx context.Context, tx *store.Tx) (err error) {
		data, _, err = w.log.Serve(ctx, tx, strings.TrimPrefix(r.URL.Path, "/log/"))
		return err
	})
	switch {
	case fault.KindOf(err) == fault.NotFound:
		http.NotFound(rw, r)
	case err != nil:
		http.Error(rw, err.Error(), http.StatusInternalServerError)
	default:
		_, _ = rw.Write(data)
	}
}

func (w *site) grow(n int) {
	w.t.Helper()
	must(w.t, w.db.Write(w.t.Context(), "log", func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			e := publog.Event{Kind: "fee.paid", ID: fmt.Sprint(w.logged + i), Organisation: "council"}
			if err := w.log.Append(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	}))
	w.logged += n
	_, err := w.s.Cycle(w.t.Context())
	must(w.t, err)
}

// TestTesseraReadsTheLog: the client library of Trillian Tessera, which is not ours, fetches our checkpoint, tiles and
// bundles over HTTP, proves inclusion and follows the log as it grows.
func TestTesseraReadsTheLog(t *testing.T) {
	storetest.Each(t, []fs.FS{publog.Migrations()}, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		w := newSite(t, db)
		root, err := url.Parse(w.url + "/")
		must(t, err)
		f, err := client.NewHTTPFetcher(root, nil)
		must(t, err)
		v, err := note.NewVerifier(w.keys[0].String())
		must(t, err)
		ctx := t.Context()
		w.grow(3)
		first, raw, _, err := client.FetchCheckpoint(ctx, f.ReadCheckpoint, v, origin)
		must(t, err)
		if first.Size != 3 {
			t.Errorf("%d entries", first.Size)
		}
		tracker, err := client.NewLogStateTracker(ctx, f.ReadTile, raw, v, origin, client.UnilateralConsensus(f.ReadCheckpoint))
		must(t, err)
		for _, more := range []int{1, 252, 1, 255, 700} {
			w.grow(more)
			_, proofs, _, err := tracker.Update(ctx)
			must(t, err)
			if got := tracker.Latest().Size; got != uint64(w.logged) || len(proofs) == 0 {
				t.Errorf("followed to %d of %d, with %d hashes", got, w.logged, len(proofs))
			}
		}
		now := tracker.Latest()
		builder, err := client.NewProofBuilder(ctx, now.Size, f.ReadTile)
		must(t, err)
		seen := uint64(0)
		for b, err := range client.EntryBundles(ctx, 2, func(context.Context) (uint64, error) { return now.Size, nil }, f.ReadEntryBundle, 0, now.Size) {
			must(t, err)
			var bundle api.EntryBundle
			must(t, bundle.UnmarshalText(b.Data))
			for _, e := range bundle.Entries {
				if seen%97 == 0 {
					hashes, err := builder.InclusionProof(ctx, seen)
					must(t, err)
					must(t, mproof.VerifyInclusion(rfc6962.DefaultHasher, seen, now.Size, rfc6962.DefaultHasher.HashLeaf(e), hashes, now.Hash))
				}
				seen++
			}
		}
		if seen != now.Size {
			t.Errorf("%d entries of %d", seen, now.Size)
		}
	})
}

// TestAFolderIsALog: what was saved from a site reads like the site, also after the site has grown on.
func TestAFolderIsALog(t *testing.T) {
	db, _ := storetest.SQLite(t, publog.Migrations())
	w, dir, ctx := newSite(t, db), t.TempDir(), t.Context()
	w.grow(600)
	trust := proof.Trust{Logs: w.keys}
	remote := reader.Log(w.url + "/")
	saving := proof.Fetch(func(ctx context.Context, path string) ([]byte, error) {
		data, err := remote(ctx, path)
		if err == nil {
			err = reader.Save(dir, path, data)
		}
		return data, err
	})
	old, err := proof.Newest(ctx, saving, trust)
	must(t, err)
	must(t, proof.Audit(ctx, saving, old.Checkpoint, nil))
	w.grow(300)
	local := reader.Log(dir)
	copied, err := proof.Newest(ctx, local, trust)
	must(t, err)
	must(t, proof.Audit(ctx, local, copied.Checkpoint, nil))
	now, err := proof.Newest(ctx, remote, trust)
	must(t, err)
	must(t, proof.Extends(ctx, remote, copied.Checkpoint, now.Checkpoint))
	must(t, os.Remove(filepath.Join(dir, "tile", "entries", "001")))
	if err := proof.Audit(ctx, local, copied.Checkpoint, nil); !errors.Is(err, proof.ErrMissing) || !strings.Contains(err.Error(), "001") {
		t.Errorf("a file is gone: %v", err)
	}
}

// TestWhatDoesNotAnswerIsTold in sentences that say what to do.
func TestWhatDoesNotAnswerIsTold(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"/gone":  http.NotFound,
		"/sick":  func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) },
		"/large": func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(bytes.Repeat([]byte("x"), 17<<20)) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { answers[r.URL.Path](rw, r) }))
	defer server.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	for address, says := range map[string]string{
		server.URL + "/gone": "is not there", server.URL + "/sick": "502 Bad Gateway; try again later", server.URL + "/large": "is larger than any part",
		closed.URL: "does not answer; is the address right", "http://\x7f": "is no address",
	} {
		if _, err := reader.Get(t.Context(), address); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := reader.File(filepath.Join(t.TempDir(), "none")); !errors.Is(err, proof.ErrMissing) {
		t.Errorf("no file: %v", err)
	}
	if _, err := reader.File(t.TempDir()); err == nil {
		t.Error("a folder is read as a file")
	}
	if !slices.Equal([]bool{reader.IsURL("https://x"), reader.IsURL("http://x"), reader.IsURL("x")}, []bool{true, true, false}) {
		t.Error("addresses are not told from paths")
	}
}
