package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	oldestPostgres = 150000
	writeConns     = 16
	maxTries       = 12
	askConns       = 4
)

// postgresDB is a PostgreSQL server, or something that speaks its protocol.
type postgresDB struct {
	writing *sql.DB
	reading *sql.DB

	commits, writes atomic.Int64 // since it was opened

	standbys []*standby
	asking   *sql.DB // where the primary's log ends; nil without standbys
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
	readConns := c.ReadConns
	cfg, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("the URL cannot be read, want postgres://user@host:port/database") // err may show a password
	}
	cfg.DialFunc = attentive()
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = answers
	}
	db := &postgresDB{writing: stdlib.OpenDB(*cfg), reading: stdlib.OpenDB(*cfg), lagMost: c.StandbyLag}
	db.writing.SetMaxOpenConns(writeConns)
	db.writing.SetMaxIdleConns(writeConns)
	db.reading.SetMaxOpenConns(readConns)
	db.reading.SetMaxIdleConns(readConns)
	if err := db.check(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if len(c.Standbys) > 0 {
		db.asking = stdlib.OpenDB(*cfg)
		db.asking.SetMaxOpenConns(askConns)
		db.asking.SetMaxIdleConns(askConns)
	}
	for _, url := range c.Standbys {
		s, err := openStandby(url, readConns)
		if err != nil {
			return nil, errors.Join(err, db.close())
		}
		db.standbys = append(db.standbys, s)
	}
	return db, nil
}

// check refuses a database on which the same program would behave differently.
func (db *postgresDB) check(ctx context.Context) error {
	var version, encoding, collation, provider, name string
	err := db.reading.QueryRowContext(ctx, `SELECT current_setting('server_version_num'), current_setting('server_encoding'),
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
		err := db.once(ctx, db.writing, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, tx, fn)
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
	return db.once(ctx, db.reading, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, newTx(), fn)
}

func (db *postgresDB) once(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, tx *Tx, fn func(context.Context, *Tx) error) error {
	// The connection outlives a cancelled ctx until our own Rollback: an answered commit is never turned into an error.
	still := context.WithoutCancel(ctx)
	soon, cancel := context.WithTimeout(ctx, queue)
	c, err := pool.Conn(soon)
	late := soon.Err() != nil && ctx.Err() == nil
	cancel()
	if err != nil && late {
		return &Error{Kind: ErrUnavailable, Tx: tx.name, cause: errQueue}
	}
	if err != nil {
		return beginError(ctx, err)
	}
	defer c.Close()
	ptx, err := c.BeginTx(still, opts)
	if err != nil {
		return beginError(ctx, err)
	}
	defer ptx.Rollback() // after a commit it does nothing; otherwise the server forgets all anyway
	tx.conn, tx.lock = pgConn{ptx}, " FOR UPDATE"
	if err := tx.run(ctx, fn); err != nil {
		return err
	}
	if err := ptx.Commit(); err != nil {
		err = translate(tx.name, fmt.Errorf("commit: %w", err))
		var e *Error
		if errors.As(err, &e) && (e.Kind == ErrUnavailable || e.Kind == errOther) {
			e.Kind = ErrInDoubt
		}
		return tx.spoil(err)
	}
	return nil
}

func beginError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &engineError{fmt.Errorf("begin: %w", err)}
}

func (db *postgresDB) stats() Stats {
	w, r := db.writing.Stats(), db.reading.Stats()
	st := Stats{Commits: db.commits.Load(), Writes: db.writes.Load(), Waited: w.WaitCount + r.WaitCount, Readers: r.InUse}
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
	err = db.reading.QueryRowContext(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
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
	return errors.Join(db.closeStandbys(), db.writing.Close(), db.reading.Close())
}

// pgConn sends a transaction's statements; pgx prepares each text once per connection.
type pgConn struct{ tx *sql.Tx }

func (c pgConn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return c.tx.ExecContext(ctx, query, args...)
}

func (c pgConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return c.tx.QueryContext(ctx, query, args...)
}
