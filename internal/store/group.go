package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// Group commit. A sync of the disk costs more than a whole transaction, so transactions that wait at the same time share
// one. The writer's goroutine opens a transaction and gives those who wait the turn, one after the other; each runs its
// function in its own goroutine under its own savepoint, and hands the turn back. Then the writer commits once, and only
// then answers them all. What one of them does wrong is rolled back to its savepoint and concerns no other.

const (
	maxGroup  = 256                   // transactions that share a sync
	groupTime = 20 * time.Millisecond // after this no more join: who came first has waited long enough
)

// member is one transaction that waits for the turn, has it, or waits for the commit.
type member struct {
	alone bool          // shares its transaction with nobody
	state atomic.Int32  // waiting, then exactly one of the others
	turn  chan struct{} // the writer gives the turn
	ran   chan error    // the member hands it back, with how its function ended
	done  chan error    // the writer says how the commit ended
	err   error         // what ran gave
}

const (
	waiting int32 = iota
	called        // has or had the turn
	gone          // stopped waiting
)

type writer struct {
	s     *stmtCache
	queue chan *member
	ended chan error

	commits, writes atomic.Int64 // since it began

	begun   bool    // a transaction is open
	broken  error   // why the group cannot commit
	culprit *member // whose failure broke it
	members []*member
	next    *member // already taken from the queue
}

func startWriter(s *stmtCache) *writer {
	w := &writer{s: s, queue: make(chan *member, maxGroup), ended: make(chan error, 1)}
	go w.loop()
	return w
}

// write runs fn in a group; if another member took the group down with it (see keep), then again, alone.
func (w *writer) write(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error {
	err := w.once(ctx, false, newTx, fn)
	if errors.Is(err, errGroupLost) {
		err = w.once(ctx, true, newTx, fn)
	}
	return err
}

// once waits for the turn, runs fn and waits for the commit.
func (w *writer) once(ctx context.Context, alone bool, newTx func() *Tx, fn func(context.Context, *Tx) error) error {
	m := &member{alone: alone, turn: make(chan struct{}), ran: make(chan error, 1), done: make(chan error, 1)}
	select {
	case w.queue <- m:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-m.turn:
	case err := <-m.done: // not even begun
		return err
	case <-ctx.Done():
		if m.state.CompareAndSwap(waiting, gone) {
			return ctx.Err()
		}
		select { // called at the same moment
		case <-m.turn:
		case err := <-m.done:
			return err
		}
	}
	tx := newTx()
	tx.conn = steady{w.s}
	ended := false
	defer func() {
		if !ended { // fn panics or leaves by Goexit: roll back, let the panic go on in this goroutine
			tx.abandon()
			m.ran <- errAborted
		}
	}()
	err := tx.run(ctx, fn)
	ended = true
	m.ran <- err
	if err := <-m.done; err != nil {
		return err
	}
	tx.committed()
	return nil
}

// steady keeps a cancelled context from interrupting a statement: SQLite would roll back the whole group. Tx looks at
// the context between statements instead.
type steady struct{ s *stmtCache }

func (c steady) put(ctx context.Context, query string, args []any) error {
	return c.s.put(context.WithoutCancel(ctx), query, args)
}

func (c steady) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return c.s.exec(context.WithoutCancel(ctx), query, args)
}

func (c steady) query(ctx context.Context, query string, args []any) (rows, error) {
	return c.s.query(context.WithoutCancel(ctx), query, args)
}

func (w *writer) loop() {
	for {
		first, ok := w.next, true
		if first == nil {
			first, ok = <-w.queue
		}
		if !ok {
			w.ended <- w.s.close()
			return
		}
		w.next = nil
		w.group(first)
	}
}

// close is called when no member waits any more.
func (w *writer) close() error {
	close(w.queue)
	return <-w.ended
}

// group runs one shared transaction.
func (w *writer) group(first *member) {
	w.broken, w.culprit, w.members = nil, nil, w.members[:0]
	start := time.Now() // how long the group stays open; no row ever sees it
	for m := first; m != nil; m = w.join(start) {
		w.run(m)
	}
	err := w.commit()
	for _, m := range w.members {
		if m.err != nil && (err == nil || m == w.culprit) {
			m.done <- m.err
		} else {
			m.done <- err
		}
	}
}

// join is who comes into the group next, nil when it is time to commit.
func (w *writer) join(start time.Time) *member {
	if w.broken != nil || len(w.members) >= maxGroup || time.Since(start) > groupTime {
		return nil
	}
	if len(w.members) > 0 && w.members[0].alone {
		return nil
	}
	for range 2 {
		select {
		case m := <-w.queue:
			if m != nil && m.alone && len(w.members) > 0 {
				w.next = m
				return nil
			}
			return m
		default:
		}
		runtime.Gosched() // those who are about to ask may do so now
	}
	return nil
}

// run gives m the turn and settles what it left behind.
func (w *writer) run(m *member) {
	if !m.state.CompareAndSwap(waiting, called) {
		return
	}
	// Whoever opens the transaction needs no savepoint: if it fails, there is nothing else to keep.
	opened := !w.begun
	begin := "SAVEPOINT member"
	if opened {
		begin = "BEGIN IMMEDIATE"
	}
	if err := w.exec(begin); err != nil {
		m.done <- &engineError{fmt.Errorf("begin: %w", err)}
		return
	}
	w.begun = true
	m.turn <- struct{}{}
	m.err = <-m.ran
	w.members = append(w.members, m)
	w.writes.Add(1)
	switch {
	case m.err == nil && opened:
	case m.err == nil:
		w.keep("RELEASE member")
	case opened:
		w.rollback()
	default:
		w.keep("ROLLBACK TO member")
		w.keep("RELEASE member")
	}
	if w.broken != nil {
		w.culprit = m
	}
}

// keep runs a statement on which the whole group depends. It fails after an error for which SQLite has rolled back
// everything by itself (disk full, I/O error); then the group is lost.
func (w *writer) keep(stmt string) {
	if w.broken != nil {
		return
	}
	if err := w.exec(stmt); err != nil {
		// Not the failing member's own error: that is none of the others' business.
		w.broken = &Error{Kind: ErrBusy, cause: fmt.Errorf("%w: %w", errGroupLost, err)}
	}
}

// commit ends the shared transaction and says what its members are told.
func (w *writer) commit() error {
	if !w.begun {
		return nil
	}
	if w.broken == nil {
		err := w.exec("COMMIT")
		if err == nil {
			w.commits.Add(1)
			w.begun = false
			return nil
		}
		w.broken = fmt.Errorf("commit: %w", err)
	}
	w.rollback()
	return &engineError{w.broken}
}

// rollback ends the transaction whatever its state is; a connection that cannot is replaced.
func (w *writer) rollback() {
	w.begun = false
	if err := w.exec("ROLLBACK"); err != nil {
		_ = w.s.close() // closing rolls back; the next group connects anew
	}
}

func (w *writer) exec(stmt string) error {
	if err := w.s.prepareConn(context.Background()); err != nil {
		return err
	}
	_, err := w.s.exec(context.Background(), stmt, nil)
	return err
}
