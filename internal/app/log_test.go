package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/store"
	"stoa/internal/view"
	"stoa/internal/witness"
	"stoa/jurisdictions"
)

// seeded is the demo with a few cases, its log published.
func seeded(t *testing.T, c Config) *App {
	t.Helper()
	a := open(t, c, true, quiet())
	if err := a.SeedDemo(t.Context(), jurisdictions.Greenvale(), 60, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	return a
}

// publishAll runs the sequencer until nothing waits and enough holds.
func (a *App) publishAll(t *testing.T, enough func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	wait, err := a.publish(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); wait() }()
	for deadline := time.Now().Add(30 * time.Second); ; {
		s, err := a.logStatus(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s.Waiting == 0 && s.Published == s.Size && enough() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not published after 30 s: %+v", s)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func always() bool { return true }

// TestTheSeededLogHoldsNobody walks all leaves of the demo's half year and looks for everybody's name, address and
// number; then opens a licence's proof as its holder.
func TestTheSeededLogHoldsNobody(t *testing.T) {
	w := newWitness(t)
	dir := t.TempDir()
	a := seeded(t, Config{Data: dir, URL: "http://log.example"})
	// The witness follows the log by its key, which is there by now.
	keys, err := a.signet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := keys.Keys()
	if err != nil {
		t.Fatal(err)
	}
	a.Config.Log.Witnesses = []WitnessConfig{w.follow(all[0])}
	a.View.Log.Witnesses = []proof.Key{w.key}
	a.publishAll(t, func() bool { return a.confirmed(t) })

	j := a.Flow.Docket.Releases.Current()
	var secret []string
	people := []person.Details{}
	for _, p := range j.Demo.Staff {
		secret = append(secret, p.Name, p.Email)
	}
	for _, p := range j.Demo.Residents {
		people = append(people, person.Details{Name: p.Name, Email: p.Email, Phone: p.Phone})
	}
	for i := range 60 {
		people = append(people, invented(i))
	}
	for _, p := range people {
		secret = append(secret, p.Name, p.Email)
		if p.Phone != "" {
			secret = append(secret, p.Phone)
		}
	}
	leaves := 0
	err = a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		fetch := proof.Fetch(func(ctx context.Context, path string) ([]byte, error) {
			data, _, err := a.publog.Serve(ctx, tx, path)
			return data, err
		})
		s, err := proof.Newest(ctx, fetch, proof.Trust{Logs: all, Witnesses: []proof.Key{w.key}})
		if err != nil {
			return err
		}
		return proof.Follow(ctx, fetch, s.Checkpoint, 0, func(_ int64, entry []byte) error {
			leaves++
			lower := bytes.ToLower(entry)
			for _, one := range secret {
				if bytes.Contains(lower, []byte(strings.ToLower(one))) {
					t.Errorf("%q stands in a leaf: %q", one, entry)
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if leaves < 200 {
		t.Errorf("only %d leaves", leaves)
	}
	a.proofsInTheHand(t, all, w.key)
	a.sentences(t, dir, leaves)
}

// proofsInTheHand: the holder's proof shows what only the holder may show, and no changed byte passes.
func (a *App) proofsInTheHand(t *testing.T, keys []proof.Key, witness proof.Key) {
	t.Helper()
	trust := proof.Trust{Logs: keys, Witnesses: []proof.Key{witness}, Quorum: 1}
	licence, holder := a.oneOf(t, `SELECT id, holder FROM record WHERE holder <> '' ORDER BY id LIMIT 1`)
	reader := view.Reader{Actor: policy.Actor{Person: holder}, P: a.words.For("en")}
	pages := a.View.LogPages()
	p, bundle, err := pages.Licence(t.Context(), reader, licence)
	if err != nil || !p.Published || p.Witnesses != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	raw, err := bundle()
	if err != nil {
		t.Fatal(err)
	}
	proved, err := proof.Verify(raw, trust)
	if err != nil || len(proved.Opened) == 0 {
		t.Fatalf("%+v, %v", proved, err)
	}
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		if _, err := proof.Verify(changed, trust); err == nil {
			t.Errorf("byte %d changed, and it holds", i)
		}
	}
	other := view.Reader{Actor: policy.Actor{Person: "somebody"}, P: reader.P}
	if _, _, err := pages.Licence(t.Context(), other, licence); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another person: %v", err)
	}
	if public, err := pages.LeafProof(t.Context(), p.Index); err != nil || len(public) >= len(raw) {
		t.Errorf("the public proof shows as much: %d and %d bytes, %v", len(public), len(raw), err)
	}
	payment, payer := a.oneOf(t, `SELECT id, payer FROM pay_payment WHERE payer <> '' AND state = '`+string(pay.StatePaid)+`' ORDER BY id LIMIT 1`)
	reader.Actor.Person = payer
	p, bundle, err = pages.Payment(t.Context(), reader, payment)
	if err != nil || !p.Published {
		t.Fatalf("%+v, %v", p, err)
	}
	if raw, err = bundle(); err != nil {
		t.Fatal(err)
	}
	page, err := pages.Prove(t.Context(), reader, raw)
	if err != nil || len(page.Shown) == 0 || len(page.Seen) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
}

func (a *App) oneOf(t *testing.T, query string) (id, person string) {
	t.Helper()
	err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, query).Scan(&id, &person)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id, person
}

func (a *App) confirmed(t *testing.T) (yes bool) {
	t.Helper()
	err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		seen, err := a.publog.Seen(ctx, tx)
		status, err2 := a.publog.Status(ctx, tx)
		yes = len(seen) == 1 && seen[0].Size == status.Published
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

// sentences: every kind of leaf of the demo has a word and a line, and every detail of it a label.
func (a *App) sentences(t *testing.T, dir string, leaves int) {
	t.Helper()
	r := view.Reader{P: a.words.For("en")}
	kinds := map[string]bool{}
	for before := int64(leaves); before > 0; {
		list, next, err := a.View.LogPages().Leaves(t.Context(), r, before)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			kinds[l.Kind] = true
			if strings.Contains(l.Kind, ".") || l.Says == "" || l.By == "" {
				t.Errorf("leaf %d says %q, %q, by %q", l.Index, l.Kind, l.Says, l.By)
			}
		}
		before = next
	}
	if len(kinds) < 7 {
		t.Errorf("the demo shows %v", kinds)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := LogStatus(t.Context(), Config{Data: dir})
	if err != nil || len(report.Findings) > 0 || report.Published != int64(leaves) || report.Origin != "log.example/log" {
		t.Errorf("%+v, %v", report, err)
	}
	found, err := Doctor(t.Context(), Config{Data: dir}, jurisdictions.Greenvale(), false)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, x := range found {
		if x.What == "log" {
			said = x.Says
		}
	}
	if said != fmt.Sprintf("consistent, %d leaves", leaves) {
		t.Errorf("the doctor says %q", said)
	}
	reopened := open(t, Config{Data: dir, URL: "http://log.example"}, true, quiet())
	if err := reopened.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE publog_leaf SET bytes = $1 WHERE idx = 7`, []byte("changed"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	report, err = LogStatus(t.Context(), Config{Data: dir})
	if err != nil || len(report.Findings) != 1 || !strings.Contains(report.Findings[0], "7") {
		t.Errorf("a changed leaf: %+v, %v", report, err)
	}
}

// standIn is a witness behind a listener of its own.
type standIn struct {
	t   *testing.T
	dir string
	key proof.Key
}

func newWitness(t *testing.T) *standIn { return &standIn{t: t, dir: t.TempDir()} }

func (s *standIn) follow(log proof.Key) WitnessConfig {
	s.t.Helper()
	w, err := witness.Open(witness.Config{Dir: s.dir, Name: "witness.example", Now: time.Now, Log: slog.New(slog.DiscardHandler), Logs: []proof.Key{log}})
	if err != nil {
		s.t.Fatal(err)
	}
	server := httptest.NewServer(w.HTTP().Handler)
	s.t.Cleanup(func() {
		server.Close()
		if err := w.Close(); err != nil {
			s.t.Error(err)
		}
	})
	s.key = w.Key()
	return WitnessConfig{Key: s.key.String(), URL: server.URL}
}

// TestLostLogKeysAreNotReplaced: keys that have signed are not made anew.
func TestLostLogKeysAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: dir, URL: "http://log.example"}
	a := open(t, c, false, quiet())
	if problems, err := a.Publish(t.Context(), os.DirFS(town(t))); len(problems) > 0 || err != nil {
		t.Fatal(problems, err)
	}
	a.publishAll(t, always)
	for _, name := range []string{"log.keys", "log.keys.signed"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	a.sealer.s = nil
	if _, err := a.signet(t.Context()); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("opened without the keys: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "log.keys")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("new keys were made: %v", err)
	}
}

// TestLogSettings are refused with a sentence.
func TestLogSettings(t *testing.T) {
	for text, says := range map[string]string{"KEY": "write KEY URL", "k u, x": "write KEY URL"} {
		if _, err := readWitnesses(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	w := newWitness(t)
	good := w.follow(mustKey(t))
	for _, c := range []WitnessConfig{{Key: "x", URL: good.URL}, {Key: good.Key, URL: "witness.example"}} {
		if _, err := (LogConfig{Witnesses: []WitnessConfig{c}}).witnesses(); err == nil || !strings.Contains(err.Error(), "log.witnesses, number 1") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	all, err := readWitnesses(good.Key + " " + good.URL)
	if err != nil || len(all) != 1 || all[0] != good {
		t.Errorf("%+v, %v", all, err)
	}
}

func mustKey(t *testing.T) proof.Key {
	t.Helper()
	s, err := proof.NewSigner("log.example/log", strings.NewReader(strings.Repeat("x", 64)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Key()
}
