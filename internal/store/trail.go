package store

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

// position is a place in the history of a PostgreSQL cluster. Two can be compared where they have the same mark: that of the
// timeline on which both stand.
type position struct {
	mark int64  // of the timeline, see watch.go; 0 for none
	lsn  uint64 // in its log
}

// Unknown is the position of somebody of whom nothing is known but that they have come far: the primary answers them.
const Unknown = "-"

// String writes it for whoever keeps it; readPosition reads that, and nothing else.
func (p position) String() string {
	return strconv.FormatInt(p.mark, 36) + "." + strconv.FormatUint(p.lsn, 36)
}

func readPosition(s string) (p position, ok bool) {
	if len(s) > 32 {
		return p, false
	}
	mark, lsn, ok := strings.Cut(s, ".")
	if !ok {
		return p, false
	}
	var errs [2]error
	p.mark, errs[0] = strconv.ParseInt(mark, 36, 64)
	p.lsn, errs[1] = strconv.ParseUint(lsn, 36, 64)
	return p, errs[0] == nil && errs[1] == nil && p.mark > 0 && p.String() == s
}

// readLSN reads PostgreSQL's way of writing a place in the log: 16/B374D848.
func readLSN(s string) (uint64, bool) {
	high, low, ok := strings.Cut(s, "/")
	if !ok {
		return 0, false
	}
	h, err := strconv.ParseUint(high, 16, 32)
	if err != nil {
		return 0, false
	}
	l, err := strconv.ParseUint(low, 16, 32)
	return h<<32 | l, err == nil
}

// Trail is how far one reader has come in the history of the database: what they wrote and what they were shown. Whatever Look
// shows in its context is no older. One request has one; the reader brings its Position along from the request before.
type Trail struct {
	of *postgresDB

	mu      sync.Mutex
	from    string
	seen    position // what a standby must have; the zero position for nothing
	current bool     // the primary answers from here on
	touched bool     // it did: seen is not all
	wrote   bool
	looked  bool // a standby answered
}

type trailKey struct{}

// Trail begins one where standbys are in use, and else gives nil, on which all methods may be called. From is the reader's
// Position, "" for who has seen nothing; it may be anything at all. Where current is set, the primary answers everything.
func (db *DB) Trail(ctx context.Context, from string, current bool) (context.Context, *Trail) {
	pg, ok := db.engine.(*postgresDB)
	if !ok || len(pg.standbys) == 0 {
		return ctx, nil
	}
	t := &Trail{of: pg, from: from, current: current}
	if from != "" {
		var known bool
		if t.seen, known = readPosition(from); !known || t.seen.mark != pg.primary.mark() {
			t.seen, t.current = position{}, true // of another timeline, or nonsense: in doubt it is the primary
		}
	}
	return context.WithValue(ctx, trailKey{}, t), t
}

func trailOf(ctx context.Context) *Trail {
	t, _ := ctx.Value(trailKey{}).(*Trail)
	return t
}

// Current lets the primary answer from here on.
func (t *Trail) Current() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = true
}

// touch notes that the primary answers, or stores. Going back to a standby would be going back in time.
func (t *Trail) touch(writes bool) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.touched, t.wrote = true, true, t.wrote || writes
}

// Again reports whether what came out was shown by a standby and nothing was stored, so that an error may be asked about again
// where it cannot be the standby's.
func (t *Trail) Again() bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.looked && !t.wrote
}

// needs is what a standby must have; ok is false where the primary answers.
func (t *Trail) needs() (p position, ok bool) {
	if t == nil {
		return p, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen, !t.current
}

// saw notes what a standby shows.
func (t *Trail) saw(p position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.looked = true
	if p.mark != t.seen.mark || p.lsn > t.seen.lsn {
		t.seen = p
	}
}

// asking is how long an answer may wait for its position.
const asking = 2 * time.Second

// Position is how far the reader has come by now, to be brought along for Keep; "" where that is what they brought. Where the
// primary has answered, it is asked: the end of its log lies behind every commit that it has shown or taken.
func (t *Trail) Position(ctx context.Context) string {
	if t == nil {
		return ""
	}
	t.mu.Lock()
	seen, touched := t.seen, t.touched
	t.mu.Unlock()
	if touched {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), asking) // they may have gone, and come back
		defer cancel()
		var err error
		if seen, err = t.of.end(ctx); err != nil || seen.mark == 0 {
			return Unknown
		}
	}
	if seen.mark == 0 || seen.String() == t.from {
		return ""
	}
	return seen.String()
}

// Keep is how long a Position means anything: afterwards every standby in use has passed it.
func (t *Trail) Keep() time.Duration {
	if t == nil {
		return 0
	}
	return t.of.lagMost + time.Minute
}
