package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	oldestPostgres = 150000
	writeConns     = 16
	maxTries       = 12
	askConns       = 4
)

// postgresDB is a PostgreSQL server, or something that speaks its protocol.
type postgresDB struct {
	writing *pgxpool.Pool
	reading *pgxpool.Pool

	commits, writes, trips atomic.Int64 // since it was opened

	standbys []*standby
	asking   *pgxpool.Pool // where the primary's log ends; nil without standbys
	lagMost  time.Duration
	primary  lineage
	turn     atomic.Uint64
	unwatch  func() // nil before WatchStandbys
	passes   struct {
		sync.Mutex
		by map[string]int64
	}
}

func openPostgres(ctx context.Context, c Config) (engine, error) {
	unreadable := errors.New("the URL cannot be read, want postgres://user@host:port/database")
	db := &postgresDB{lagMost: c.StandbyLag}
	var err error
	if db.writing, err = openPool(ctx, c.URL, writeConns, answers, unreadable); err != nil {
		return nil, err
	}
	if db.reading, err = openPool(ctx, c.URL, c.ReadConns, answers, unreadable); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := db.check(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if len(c.Standbys) > 0 {
		if db.asking, err = openPool(ctx, c.URL, askConns, answers, unreadable); err != nil {
			return nil, errors.Join(err, db.close())
		}
	}
	for _, url := range c.Standbys {
		s, err := openStandby(ctx, url, c.ReadConns)
		if err != nil {
			return nil, errors.Join(err, db.close())
		}
		db.standbys = append(db.standbys, s)
	}
	return db, nil
}

// openPool makes a pool of connections that do not wait for ever; none is made before it is asked for. An error of the URL is given as
// unreadable: its own may show a password.
func openPool(ctx context.Context, url string, conns int, connect time.Duration, unreadable error) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, unreadable
	}
	cfg.ConnConfig.DialFunc = attentive()
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = connect
	}
	cfg.MaxConns = int32(conns)
	cfg.PingTimeout = answers
	return pgxpool.NewWithConfig(ctx, cfg)
}

// check refuses a database on which the same program would behave differently.
func (db *postgresDB) check(ctx context.Context) error {
	var version, encoding, collation, provider, name string
	err := db.reading.QueryRow(ctx, `SELECT current_setting('server_version_num'), current_setting('server_encoding'),
		datcollate, datlocprovider::text, datname FROM pg_database WHERE datname = current_database()`).
		Scan(&version, &encoding, &collation, &provider, &name)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(version); err != nil || n < oldestPostgres {
		return fmt.Errorf("the server's version number is %s, want at least %d (PostgreSQL 15)", version, oldestPostgres)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("database %q has encoding %s, want UTF8: create it with "+
			"CREATE DATABASE … ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", name, encoding)
	}
	switch {
	case provider == "b": // built in since PostgreSQL 17: always by code point
		return nil
	case provider == "i":
		collation = "ICU"
	case collation == "C", collation == "POSIX", collation == "C.UTF-8", collation == "C.utf8":
		return nil
	}
	return fmt.Errorf("database %q sorts text by %s, want C, so that order is the same everywhere and an upgrade of the "+
		"server cannot change it: create it with CREATE DATABASE … ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
		name, collation)
}

// write runs fn again after a serialization failure or a deadlock: the one place where transactions are retried.
func (db *postgresDB) write(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error {
	for try := 1; ; try++ {
		tx := newTx()
		err := db.once(ctx, db.writing, beginWrite, tx, fn)
		db.writes.Add(1)
		if err == nil {
			db.commits.Add(1)
			tx.committed()
			return nil
		}
		if !errors.Is(tx.failed, ErrSerialization) || try == maxTries {
			return err
		}
		wait := time.NewTimer(time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 7))))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

func (db *postgresDB) read(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error {
	return db.once(ctx, db.reading, beginRead, newTx(), fn)
}

func (db *postgresDB) once(ctx context.Context, pool *pgxpool.Pool, begin string, tx *Tx, fn func(context.Context, *Tx) error) error {
	soon, cancel := context.WithTimeout(ctx, queue)
	c, err := pool.Acquire(soon)
	late := soon.Err() != nil && ctx.Err() == nil
	cancel()
	switch {
	case err == nil:
	case late:
		return &Error{Kind: ErrUnavailable, Tx: tx.name, cause: errQueue}
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return &engineError{fmt.Errorf("connect: %w", err)}
	}
	defer c.Release()
	conn := newPgConn(c, begin)
	defer func() {
		if tx.writable {
			db.trips.Add(conn.trips)
		}
	}()
	// The end of a transaction is not cancelled with ctx: an answered commit is never turned into an error.
	still := context.WithoutCancel(ctx)
	defer conn.rollback(still) // after a commit it does nothing
	tx.conn, tx.lock = conn, " FOR UPDATE"
	defer tx.abandon() // if fn panicked between rows
	if err := tx.run(ctx, fn); err != nil || !tx.writable {
		return err
	}
	if doubt, err := conn.commit(still); err != nil {
		err = translate(tx.name, fmt.Errorf("commit: %w", err))
		var e *Error
		if errors.As(err, &e) && doubt && (e.Kind == ErrUnavailable || e.Kind == errOther) {
			e.Kind = ErrInDoubt
		}
		return tx.spoil(err)
	}
	return nil
}

func (db *postgresDB) stats() Stats {
	w, r := db.writing.Stat(), db.reading.Stat()
	st := Stats{Commits: db.commits.Load(), Writes: db.writes.Load(), Trips: db.trips.Load(), Waited: w.EmptyAcquireCount() + r.EmptyAcquireCount(), Readers: int(r.AcquiredConns())}
	for _, s := range db.standbys {
		st.Standbys = append(st.Standbys, s.stats())
	}
	db.passes.Lock()
	defer db.passes.Unlock()
	st.Passed = maps.Clone(db.passes.by)
	return st
}

// notes looks at what a server may be told and should not, and whether its clock goes with ours.
func (db *postgresDB) notes(ctx context.Context, now time.Time) (all []string, err error) {
	var fsync, pages, commit, name string
	var standby bool
	var clock time.Time
	err = db.reading.QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
		pg_is_in_recovery(), clock_timestamp(), current_database()`).Scan(&fsync, &pages, &commit, &standby, &clock, &name)
	if err != nil {
		return nil, fmt.Errorf("look at the server's settings: %w", err)
	}
	if fsync != "on" {
		all = append(all, "fsync is off: a power cut can destroy the whole database. Set fsync = on in postgresql.conf and restart the server")
	}
	if pages != "on" {
		all = append(all, "full_page_writes is off: a power cut can destroy pages of the database. Set full_page_writes = on in postgresql.conf and reload")
	}
	if commit == "off" {
		all = append(all, "synchronous_commit is off: what people were told is stored can be lost. Say ALTER DATABASE "+name+" SET synchronous_commit = on, or remote_apply with a standby")
	}
	if standby {
		all = append(all, "this server is a standby and takes no writes. Name all servers in the URL, with target_session_attrs=read-write, so that the one that takes writes is found")
	}
	for _, s := range db.standbys {
		if st := s.stats(); !st.Used && st.Why != notAsked {
			all = append(all, "standby "+st.Name+" is not used: "+st.Why)
		}
	}
	if apart := clock.Sub(now); apart.Abs() > skewMost {
		all = append(all, fmt.Sprintf("the server's clock is %s away from this machine's: let both follow a time server (systemctl status systemd-timesyncd)", apart.Round(time.Second/10)))
	}
	return all, nil
}

func (db *postgresDB) close() error {
	db.closeStandbys()
	for _, pool := range []*pgxpool.Pool{db.writing, db.reading, db.asking} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}
