package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/store"
)

// The primary is lost and the standby promoted. Positions of the old timeline lead to the new primary, and a standby of that answers.
func TestTheDatabaseFailsOver(t *testing.T) {
	p := ownPair(t, time.Minute, true)
	third, err := p.first.Standby() // which will not follow: nobody tells it to
	if err != nil {
		t.Fatal(err)
	}
	defer third.Stop()
	both := "postgres://stoa@/" + p.name + "?host=" + p.first.Dir + "," + p.second.Dir + "&target_session_attrs=read-write&connect_timeout=2"
	p.db = p.use(store.Config{URL: both, Standbys: []string{p.url(third), p.url(p.second), p.url(p.first)}, StandbyLag: time.Minute})
	used := p.used
	p.until("both are used", func() bool { return used(0)() && used(1)() && !used(2)() })
	w := &reader{pair: p}
	w.asks("a")
	before := w.position
	copied, err := sql.Open("pgx", p.url(p.second))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	p.until("it has arrived where it is to last", func() bool {
		var n int
		return copied.QueryRowContext(t.Context(), `SELECT count(*) FROM item`).Scan(&n) == nil && n == 1
	})

	if err := p.first.Stop(); err != nil { // it is killed
		t.Log(err)
	}
	p.say("SELECT pg_promote()")
	p.until("the new primary is written to", func() bool {
		return p.db.Write(t.Context(), "write", func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "o", "b", 0) }) == nil
	})
	p.until("the fail-over is noticed", func() bool { return p.log.say("has failed over") })
	p.until("nobody follows", func() bool { return !used(0)() && !used(1)() && !used(2)() })
	p.until("all connections to the old one have gone", func() bool { _, err := look(t.Context(), p.db); return err == nil })
	if w.expect("", 2, false); w.position == before || strings.HasPrefix(before, strings.Split(w.position, ".")[0]+".") {
		t.Errorf("the position went from %s to %s", before, w.position)
	}

	fourth, err := p.second.Standby()
	if err != nil {
		t.Fatal(err)
	}
	defer fourth.Stop()
	db := p.use(store.Config{URL: both, Standbys: []string{p.url(fourth)}, StandbyLag: time.Minute})
	for name, position := range map[string]string{"of before": before, "of now": w.position} {
		p.until("a position "+name+" is answered", func() bool {
			ctx, trail := db.Trail(t.Context(), position, false)
			looks := db.Stats().Standbys[0].Looks
			n, err := look(ctx, db)
			if err != nil || n != 2 {
				t.Fatalf("%d, %v", n, err)
			}
			if name == "of before" {
				return db.Stats().Standbys[0].Looks == looks && strings.HasPrefix(trail.Position(ctx), strings.Split(w.position, ".")[0]+".")
			}
			return db.Stats().Standbys[0].Looks > looks
		})
	}
}

// hush is a line to a server that can go silent: nothing arrives, and no connection breaks.
type hush struct {
	sync.Mutex
	silent bool
}

func (h *hush) set(silent bool) {
	h.Lock()
	defer h.Unlock()
	h.silent = silent
}

func (h *hush) carry(to io.Writer, from io.Reader) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		for silent := true; silent; {
			h.Lock()
			silent = h.silent
			h.Unlock()
			if silent {
				time.Sleep(5 * time.Millisecond)
			}
		}
		if err != nil {
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// A standby that says nothing more holds nobody up for long: the watch finds out, and ends the looks that wait for it.
func TestAStandbyGoesSilent(t *testing.T) {
	p := sharedPair(t, time.Minute)
	dir := t.TempDir()
	const socket = ".s.PGSQL.5432"
	l, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var line hush
	defer line.set(false)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", filepath.Join(p.second.Dir, socket))
			if err != nil {
				_ = c.Close()
				continue
			}
			go func() { defer far.Close(); line.carry(far, c) }()
			go func() { defer c.Close(); line.carry(c, far) }()
		}
	}()
	p.db = p.use(store.Config{URL: p.url(p.first), Standbys: []string{"postgres://stoa@/" + p.name + "?host=" + dir}, StandbyLag: time.Minute})
	p.until("it answers", func() bool { _, at := (&reader{pair: p}).asks(""); return at })
	ctx, trail := p.db.Trail(t.Context(), "", false)
	err = p.db.Look(ctx, "long", func(ctx context.Context, tx *store.Tx) error {
		line.set(true)
		var n int
		return tx.QueryRow(ctx, `SELECT 1`).Scan(&n)
	})
	if !errors.Is(err, store.ErrUnavailable) || !trail.Again() {
		t.Errorf("%v, again: %v", err, trail.Again())
	}
	for range 3 {
		(&reader{pair: p}).expect("", 0, false)
	}
	line.set(false)
	p.until("it answers again", func() bool { _, at := (&reader{pair: p}).asks(""); return at })
}

// Of two standbys one lags. Whoever was answered by the other is not answered by that one any more; others are by both.
func TestTwoStandbysOneOfThemBehind(t *testing.T) {
	p := ownPair(t, time.Minute, false)
	both, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	p.db = p.use(store.Config{URL: p.url(p.first), Standbys: []string{p.url(p.second), p.url(both[1])}, StandbyLag: time.Minute})
	p.until("both are used", func() bool { return p.used(0)() && p.used(1)() })
	p.say("SELECT pg_wal_replay_pause()")
	(&reader{pair: p}).asks("a")
	saw := map[int]bool{}
	p.until("strangers are answered by both", func() bool { n, _ := (&reader{pair: p}).asks(""); saw[n] = true; return saw[0] && saw[1] })
	r, most := &reader{pair: p}, 0
	for range 12 {
		n, _ := r.asks("")
		if n < most {
			t.Errorf("they saw %d rows, and now %d", most, n)
		}
		most = max(most, n)
	}
	if most != 1 {
		t.Error("they were never answered by the one that follows")
	}
}
