package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// pair is a primary with a real standby, which replays when it is told to, and a database that uses both.
type pair struct {
	testing.TB
	first, second *storetest.Cluster
	name          string // of the database
	stopped       bool   // the second, or it is not ours to stop
	on            *sql.DB
	db            *store.DB
	log           *lines
}

type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *lines) say(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.String(), what)
}

// shared are the servers of the tests that leave both as they are, each in a database of its own.
var shared = sync.OnceValues(func() (both [2]*storetest.Cluster, err error) {
	if both[0], err = storetest.StartCluster(); err == nil {
		both[1], err = both[0].Standby()
	}
	return both, err
})

var pairs atomic.Int64

// sharedPair is a pair for a test that harms neither.
func sharedPair(t testing.TB, lag time.Duration) *pair {
	t.Helper()
	if !storetest.HasPostgres() {
		t.Skip("a standby needs PostgreSQL")
	}
	both, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return (&pair{TB: t, first: both[0], second: both[1], stopped: true, log: &lines{}}).open(lag)
}

// ownPair is one with a standby that the test may harm; own is for a primary that it may harm too.
func ownPair(t *testing.T, lag time.Duration, own bool) *pair {
	t.Helper()
	if !storetest.HasPostgres() {
		t.Skip("a standby needs PostgreSQL")
	}
	p := &pair{TB: t, log: &lines{}}
	both, err := shared()
	p.first = both[0]
	if own {
		p.first, err = storetest.StartCluster()
		t.Cleanup(func() { _ = p.first.Stop() }) // it may have been killed
	}
	if err == nil {
		p.second, err = p.first.Standby()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p.open(lag)
}

// open makes a database, and opens it with its standby.
func (p *pair) open(lag time.Duration) *pair {
	p.Helper()
	must := func(err error) {
		p.Helper()
		if err != nil {
			p.Fatal(err)
		}
	}
	p.name = fmt.Sprintf("pair_%d", pairs.Add(1))
	first, err := sql.Open("pgx", p.first.URL)
	must(err)
	_, err = first.ExecContext(p.Context(), "CREATE DATABASE "+p.name)
	must(errors.Join(err, first.Close()))
	p.db, err = store.Open(p.Context(), store.Config{URL: p.url(p.first), Log: slog.New(slog.DiscardHandler)})
	must(err)
	must(p.db.Migrate(p.Context(), schema...))
	must(p.db.Close())
	p.on, err = sql.Open("pgx", p.second.URL)
	must(err)
	p.Cleanup(func() {
		_, _ = p.on.ExecContext(context.Background(), "SELECT pg_wal_replay_resume()") // it may be gone
		_ = p.on.Close()
	})
	p.db = p.use(store.Config{URL: p.url(p.first), Standbys: []string{p.url(p.second)}, StandbyLag: lag})
	p.until("the standby is used", p.used(0))
	return p
}

// url is the address of the test's database at a server.
func (p *pair) url(of *storetest.Cluster) string {
	return strings.Replace(of.URL, "/postgres?", "/"+p.name+"?", 1)
}

// use opens a database that uses its standbys.
func (p *pair) use(c store.Config) *store.DB {
	p.Helper()
	c.Log = slog.New(slog.NewTextHandler(p.log, nil))
	db, err := store.Open(p.Context(), c)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() {
		if err := db.Close(); err != nil {
			p.Error(err)
		}
	})
	if err := db.WatchStandbys(p.Context()); err != nil {
		p.Fatal(err)
	}
	return db
}

// used tells whether a standby is.
func (p *pair) used(i int) func() bool { return func() bool { return p.db.Stats().Standbys[i].Used } }

func (p *pair) kill() {
	if !p.stopped {
		p.stopped = true
		_ = p.second.Stop() // it is killed
	}
}

// until waits for something that other processes bring about.
func (p *pair) until(what string, is func() bool) {
	p.Helper()
	for range 600 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Fatalf("never: %s", what)
}

func (p *pair) say(sql string) {
	p.Helper()
	if _, err := p.on.ExecContext(p.Context(), sql); err != nil {
		p.Fatal(err)
	}
}

// reader is somebody with a browser: what they brought along from the answer before.
type reader struct {
	*pair
	position string
}

// asks is one request of theirs: it may write, and then counts what is there. It tells whether a standby answered.
func (r *reader) asks(code string) (n int, standby bool) {
	r.Helper()
	ctx, trail := r.db.Trail(r.Context(), r.position, false)
	if code != "" {
		if err := r.db.Write(ctx, "write", func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "o", code, 0) }); err != nil {
			r.Fatal(err)
		}
	}
	before := r.db.Stats().Standbys[0].Looks
	n, err := look(ctx, r.db)
	if err != nil {
		r.Fatal(err)
	}
	if p := trail.Position(ctx); p != "" {
		r.position = p
	}
	return n, r.db.Stats().Standbys[0].Looks > before
}

func look(ctx context.Context, db *store.DB) (n int, err error) {
	err = db.Look(ctx, "look", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM item`).Scan(&n)
	})
	return n, err
}

func (r *reader) expect(code string, n int, standby bool) {
	r.Helper()
	if got, at := r.asks(code); got != n || at != standby {
		r.Errorf("%d rows, by a standby: %v; want %d, %v", got, at, n, standby)
	}
}

// Whoever wrote sees it, whoever saw it goes on seeing it, and others are answered by a standby that does not have it yet.
func TestNobodyGoesBack(t *testing.T) {
	p := sharedPair(t, time.Minute)
	writer, other, witness := &reader{pair: p}, &reader{pair: p}, &reader{pair: p}
	writer.expect("a", 1, false)
	p.until("it has arrived", func() bool { n, at := writer.asks(""); return n == 1 && at })
	other.expect("", 1, true)

	p.say("SELECT pg_wal_replay_pause()")
	writer.expect("b", 2, false)
	writer.expect("", 2, false) // another request: what they wrote is not there yet
	other.expect("", 1, true)   // older, and so they may
	other.expect("", 1, true)
	ctx, trail := p.db.Trail(t.Context(), "", true) // somebody who is shown the newest
	if n, err := look(ctx, p.db); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	witness.position = trail.Position(ctx)
	witness.expect("", 2, false)
	if by := p.db.Stats().Passed; by["behind"] < 2 || by["none"] != 0 {
		t.Errorf("passed: %v", by)
	}

	p.say("SELECT pg_wal_replay_resume()")
	p.until("it has arrived", func() bool { n, at := writer.asks(""); return n == 2 && at })
	witness.expect("", 2, true)
	other.expect("", 2, true)
	seen := other.position
	p.say("SELECT pg_wal_replay_pause()")
	if other.expect("", 2, true); other.position < seen {
		t.Errorf("what was seen went from %s to %s", seen, other.position)
	}
	p.say("SELECT pg_wal_replay_resume()")
}

// After a write or a read of the primary nothing in the same request is older.
func TestARequestStaysWithThePrimary(t *testing.T) {
	p := sharedPair(t, time.Minute)
	p.say("SELECT pg_wal_replay_pause()")
	for name, touch := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"read":  func(context.Context, *store.Tx) error { return nil },
		"write": func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "o", "w", 0) },
	} {
		ctx, trail := p.db.Trail(t.Context(), "", false)
		if _, err := look(ctx, p.db); err != nil || !trail.Again() {
			t.Fatalf("%s: a standby answers first: %v", name, err)
		}
		run := p.db.Read
		if name == "write" {
			run = p.db.Write
		}
		if err := run(ctx, name, touch); err != nil {
			t.Fatal(err)
		}
		before := p.db.Stats().Standbys[0].Looks
		if _, err := look(ctx, p.db); err != nil || p.db.Stats().Standbys[0].Looks != before {
			t.Errorf("%s: a standby answered afterwards, %v", name, err)
		}
		if trail.Again() != (name == "read") {
			t.Errorf("%s: may be done again: %v", name, trail.Again())
		}
	}
	p.say("SELECT pg_wal_replay_resume()")
}

// A position may come from anybody: what is none leads to the primary, and is put right there.
func TestHostilePositions(t *testing.T) {
	p := sharedPair(t, time.Minute)
	honest := &reader{pair: p}
	honest.expect("a", 1, false)
	mark, _, _ := strings.Cut(honest.position, ".")
	for _, position := range []string{"-", "x", ".", "1.1", "0.0", mark + ".", mark + ".-1", mark + ".+5", mark + ".007", mark + "." + strings.Repeat("z", 30), mark + ".3w5e11264sgsf",
		"' OR 1=1", strings.Repeat("a", 5000), mark + ".zz zz", "\x00", mark + ".1\r\nSet-Cookie: x"} {
		r := &reader{pair: p, position: position}
		r.expect("", 1, false)
		if r.position != honest.position && len(r.position) > 32 || !strings.HasPrefix(r.position, mark+".") {
			t.Errorf("%.40q: goes on with %q", position, r.position)
		}
		p.until("they are like others again", func() bool { _, at := r.asks(""); return at })
	}
	behind := &reader{pair: p, position: mark + ".1"} // they would only cheat themselves
	p.until("it has arrived", func() bool { n, at := behind.asks(""); return n == 1 && at })
}

// What a standby is too far behind with, everybody is shown by the primary.
func TestTooFarBehind(t *testing.T) {
	p := sharedPair(t, 2*time.Second)
	p.say("SELECT pg_wal_replay_pause()")
	(&reader{pair: p}).expect("a", 1, false)
	p.until("it is not used", func() bool { return !p.db.Stats().Standbys[0].Used })
	(&reader{pair: p}).expect("", 1, false)
	if !p.log.say("it is too far behind") || p.db.Stats().Passed["none"] == 0 {
		t.Errorf("nobody was told: %s", p.log)
	}
	notes, err := p.db.Notes(t.Context())
	if err != nil || len(notes) == 0 || !strings.Contains(strings.Join(notes, "\n"), "too far behind") {
		t.Errorf("notes: %q, %v", notes, err)
	}
	p.say("SELECT pg_wal_replay_resume()")
	p.until("it is used again", func() bool { return p.db.Stats().Standbys[0].Used })
	p.until("it answers", func() bool { n, at := (&reader{pair: p}).asks(""); return n == 1 && at })
}

// A standby that dies takes nobody with it.
func TestAStandbyDies(t *testing.T) {
	p := ownPair(t, time.Minute, false)
	(&reader{pair: p}).expect("a", 1, false)
	p.until("it answers", func() bool { _, at := (&reader{pair: p}).asks(""); return at })
	p.kill()
	for range 5 {
		(&reader{pair: p}).expect("", 1, false)
	}
	p.until("it is said", func() bool { return p.log.say("a standby is not used") })
}

// What replaying cancels is an error of the standby: the caller is told that it can be asked about again.
func TestReplayingCancelsALook(t *testing.T) {
	p := sharedPair(t, time.Minute)
	w := &reader{pair: p}
	for _, code := range []string{"a", "b", "c"} {
		w.asks(code)
	}
	p.until("it answers", func() bool { _, at := w.asks(""); return at })
	ctx, trail := p.db.Trail(t.Context(), "", false)
	first, err := sql.Open("pgx", p.url(p.first))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	err = p.db.Look(ctx, "long", func(ctx context.Context, tx *store.Tx) error {
		for _, sql := range []string{`DELETE FROM item`, `VACUUM item`} { // the rows that the look sees go for good
			if _, err := first.ExecContext(ctx, sql); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `SELECT pg_sleep(60) FROM item`)
		return err
	})
	if !errors.Is(err, store.ErrSerialization) || !trail.Again() {
		t.Fatalf("%v, again: %v", err, trail.Again())
	}
	trail.Current()
	if n, err := look(ctx, p.db); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if p.db.Stats().Passed["cancelled"] != 1 {
		t.Errorf("passed: %v", p.db.Stats().Passed)
	}
}

// A standby that is promoted has a history of its own: nobody is shown it, and no position of it is taken.
func TestAStandbyIsPromoted(t *testing.T) {
	p := ownPair(t, time.Minute, false)
	w := &reader{pair: p}
	w.expect("a", 1, false)
	p.until("it answers", func() bool { _, at := w.asks(""); return at })
	p.say("SELECT pg_promote()")
	own, err := sql.Open("pgx", p.url(p.second))
	if err == nil {
		_, err = own.ExecContext(t.Context(), "DELETE FROM item")
	}
	if err := errors.Join(err, own.Close()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		w.expect("", 1, false)
	}
	p.until("it is said", func() bool { return p.log.say("it takes writes itself") })

	// The former primary goes away, and an installation finds the new one: what was seen before counts for nothing.
	before := w.position
	db := p.use(store.Config{URL: p.url(p.second), Standbys: []string{p.url(p.first)}, StandbyLag: time.Minute})
	ctx, trail := db.Trail(t.Context(), before, false)
	if n, err := look(ctx, db); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	after := trail.Position(ctx)
	if a, _, _ := strings.Cut(after, "."); a == "" || strings.HasPrefix(before, a+".") {
		t.Errorf("the new primary has the history of the old: %s, %s", before, after)
	}
	if db.Stats().Standbys[0].Used {
		t.Error("a server that takes writes is no standby")
	}
}

// A server of another cluster is named by mistake.
func TestAStandbyOfAnother(t *testing.T) {
	p := sharedPair(t, time.Minute)
	db, err := store.Open(t.Context(), store.Config{URL: p.url(p.first), Standbys: []string{storetest.PostgresURL(t, "")}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.WatchStandbys(t.Context()); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("%v", err)
	}
}
