package store

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// standby is a server that follows the primary and answers looks. It may be away, behind, promoted, or another cluster's: the
// watch (watch.go) finds out twice a second, and every look finds out for itself what it can.
type standby struct {
	name string // host and port
	pool *pgxpool.Pool

	mu    sync.Mutex
	why   string    // it is not in use; "" where it is
	told  string    // what of that was last said in the log
	has   time.Time // it had everything that the primary had stored by then
	alive context.Context
	die   context.CancelFunc // ends the looks under way

	looks atomic.Int64
}

// Why a look went to the primary though its reader may be shown what a standby has.
const (
	passedNone   = "none"      // no standby was in use
	passedBehind = "behind"    // what the reader has seen had not arrived there
	passedFailed = "failed"    // the standby gave no connection, or no answer
	passedCancel = "cancelled" // replaying could not wait for the look
)

// Passes are all of these.
var Passes = []string{passedNone, passedBehind, passedFailed, passedCancel}

const (
	probeTime = 2 * time.Second        // in which a standby answers a small question
	turnTime  = 500 * time.Millisecond // for a connection; the primary may have one
)

const notAsked = "it was not asked yet"

var (
	errAway   = errors.New("the standby does not answer any more")
	errStrays = errors.New("it lacks the mark of the primary's history: it does not follow, or not yet")
	errBehind = errors.New("it has not got that far")
	errBusy   = errors.New("no connection to it came free")
)

func openStandby(ctx context.Context, url string, conns int) (*standby, error) {
	pool, err := openPool(ctx, url, conns+1, probeTime, // one for the watch
		errors.New("the URL of a standby cannot be read, want postgres://user@host:port/database"))
	if err != nil {
		return nil, err
	}
	at := pool.Config().ConnConfig
	s := &standby{name: net.JoinHostPort(at.Host, strconv.Itoa(int(at.Port))), pool: pool, why: notAsked, told: notAsked}
	s.alive, s.die = context.WithCancel(context.Background())
	return s, nil
}

// look runs fn on the primary or on a standby that has what the context's Trail asks for.
func (db *postgresDB) look(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error {
	t := trailOf(ctx)
	need, ok := t.needs()
	if !ok || t.of != db {
		t.touch(false)
		return db.read(ctx, newTx, fn)
	}
	mark := db.primary.mark()
	passed := passedNone
	first := int(db.turn.Add(1))
	for i := range db.standbys {
		s := db.standbys[(first+i)%len(db.standbys)]
		alive, ok := s.ready(db.lagMost)
		if !ok || mark == 0 || need.mark != 0 && need.mark != mark {
			continue
		}
		var began bool
		err := s.look(ctx, alive, position{mark, need.lsn}, db.primary.name(), t, newTx(), func(ctx context.Context, tx *Tx) error {
			began = true
			return fn(ctx, tx)
		})
		switch {
		case err == nil:
			s.looks.Add(1)
			return nil
		case began:
			if ctx.Err() == nil && cancelled(err) {
				db.passed(passedCancel)
			} else if errors.Is(err, ErrUnavailable) {
				db.passed(passedFailed)
			}
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errBehind):
			passed = passedBehind
		case errors.Is(err, errBusy):
			passed = passedFailed
		default:
			passed = passedFailed
			s.leave(err)
		}
	}
	db.passed(passed)
	t.touch(false)
	return db.read(ctx, newTx, fn)
}

// look runs fn if the standby has got as far as need. An error before fn has begun is for asking elsewhere.
func (s *standby) look(ctx, alive context.Context, need position, lineage string, t *Trail, tx *Tx, fn func(context.Context, *Tx) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(alive, func() { cancel(errAway) })()
	turn, stop := context.WithTimeout(ctx, turnTime)
	c, err := s.pool.Acquire(turn)
	late := turn.Err() != nil
	stop()
	if err != nil && late {
		return errBusy
	}
	if err != nil {
		return err
	}
	defer c.Release()
	soon, stop := context.WithTimeout(ctx, probeTime)
	defer stop()
	if passedBy(c) < need.lsn {
		// Before the transaction: inside, its snapshot is older than what this says.
		has, err := replayed(soon, c)
		if err != nil {
			return err
		}
		if has < need.lsn {
			return errBehind
		}
	}
	conn := newPgConn(c, beginRead)
	defer conn.rollback(context.WithoutCancel(ctx))
	tx.conn = conn
	defer tx.abandon()
	// This takes the snapshot, and then says how far the log was replayed: no less than the snapshot shows. What it says is
	// also proof: only on the primary's history is there this mark, and a standby that was promoted says so.
	seen, err := where(tx.QueryRow(soon, whereSQL, lineage))
	if err != nil {
		return err
	}
	if !seen.follows || seen.mark != need.mark {
		return errStrays
	}
	setPassed(c, seen.lsn)
	t.saw(seen.position)
	if err := tx.run(ctx, fn); err != nil {
		if alive.Err() != nil && errors.Is(err, context.Canceled) {
			return &Error{Kind: ErrUnavailable, Tx: tx.name, cause: errAway}
		}
		return err
	}
	return nil // nothing was written: there is nothing to commit
}

// found is what a standby says of itself.
type found struct {
	position
	follows bool // it is a standby
}

const whereSQL = `SELECT pg_is_in_recovery(), COALESCE(pg_last_wal_replay_lsn(), '0/0')::text, COALESCE((SELECT value FROM counter WHERE name = $1), 0)`

func where(row Scanner) (f found, err error) {
	var lsn string
	if err := row.Scan(&f.follows, &lsn, &f.mark); err != nil {
		return f, err
	}
	var ok bool
	if f.lsn, ok = readLSN(lsn); !ok {
		return f, errors.New("no place in a log: " + lsn)
	}
	return f, nil
}

// replayed asks how far the standby is.
func replayed(ctx context.Context, c *pgxpool.Conn) (uint64, error) {
	var text string
	if err := c.QueryRow(ctx, `SELECT COALESCE(pg_last_wal_replay_lsn(), '0/0')::text`).Scan(&text); err != nil {
		return 0, err
	}
	lsn, _ := readLSN(text)
	setPassed(c, lsn)
	return lsn, nil
}

// passedKey is under which a connection remembers how far its server was. It is the connection that remembers: a server that
// crashes breaks it, and comes back less far.
const passedKey = "stoa.passed"

func passedBy(c *pgxpool.Conn) uint64 {
	lsn, _ := c.Conn().PgConn().CustomData()[passedKey].(uint64)
	return lsn
}

func setPassed(c *pgxpool.Conn, lsn uint64) { c.Conn().PgConn().CustomData()[passedKey] = lsn }

// ready reports whether it is in use, and has everything that is older than lag.
func (s *standby) ready(lag time.Duration) (alive context.Context, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive, s.why == "" && time.Since(s.has) <= lag
}

// leave takes it out of use at once; the watch takes it back.
func (s *standby) leave(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == "" {
		s.why = whyNot(err)
	}
}

// whyNot says without names of databases or people what was wrong with a standby.
func whyNot(err error) string {
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, errStrays):
		return errStrays.Error()
	case errors.As(err, &pg):
		return "it refuses: " + pg.Message
	}
	return "it does not answer"
}

// cancelled tells whether a standby ended a look because replaying could not wait for it.
func cancelled(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "40001"
}
