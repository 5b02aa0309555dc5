package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Config says where the database is and where time and randomness come from.
type Config struct {
	URL        string           // "sqlite:/path/file.db" or "postgres://…"
	Now        func() time.Time // default time.Now
	Rand       io.Reader        // default crypto/rand
	ReadConns  int              // connections for Read; default the number of processors
	Standbys   []string         // "postgres://…" of servers that follow, and may answer Look; see WatchStandbys
	StandbyLag time.Duration    // how old what they show may be at most; default 10 s
	Watch      Watch            // told of every transaction; nil for nobody
	Log        *slog.Logger     // default slog.Default
}

// Watch is told that a transaction is asked for; what it gives is called when it has ended.
type Watch func(ctx context.Context, name string, writes bool) (context.Context, func(error))

// DB is an open database.
type DB struct {
	engine engine
	now    func() time.Time
	rand   *entropy
	log    *slog.Logger
	watch  Watch
	bells  bells

	mu     sync.Mutex
	closed bool
	active sync.WaitGroup
}

// Now is the time by the database's clock, for what happens between transactions: in one, there is Tx.Now.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Microsecond) }

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	write(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error
	read(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error
	look(ctx context.Context, newTx func() *Tx, fn func(context.Context, *Tx) error) error
	migrate(ctx context.Context, set migrationSet) error
	stats() Stats
	notes(ctx context.Context, now time.Time) ([]string, error)
	close() error
}

// Open connects and checks that the database is one we can keep our promises on.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.ReadConns == 0 {
		cfg.ReadConns = runtime.NumCPU()
	}
	if cfg.StandbyLag == 0 {
		cfg.StandbyLag = lagUsual
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	db := &DB{now: cfg.Now, rand: &entropy{r: cfg.Rand}, log: cfg.Log, watch: cfg.Watch}
	scheme, rest, _ := strings.Cut(cfg.URL, ":")
	var err error
	switch scheme {
	case "sqlite":
		db.engine, err = openSQLite(ctx, strings.TrimPrefix(rest, "//"), cfg.ReadConns)
	case "postgres", "postgresql":
		db.engine, err = openPostgres(ctx, cfg)
	default:
		// The URL may hold a password: only its scheme is named.
		return nil, fmt.Errorf("the URL of the database starts with %q, want sqlite:PATH or postgres://HOST", scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s database: %w", scheme, err)
	}
	return db, nil
}

// Write runs fn in a transaction and returns once its rows are on disk, or with an error and nothing stored. The name
// says in errors and logs which use case it was. Cancelling ctx while waiting for the turn means that fn did not run;
// from the commit on, ctx is no longer looked at.
func (db *DB) Write(ctx context.Context, name string, fn func(ctx context.Context, tx *Tx) error) error {
	trailOf(ctx).touch(true)
	return fetching(ctx, func(ctx context.Context) error { return db.enter(ctx, name, true, db.engine.write, fn) })
}

// Read runs fn on one committed state, which includes every Write that returned before.
func (db *DB) Read(ctx context.Context, name string, fn func(ctx context.Context, tx *Tx) error) error {
	trailOf(ctx).touch(false)
	return fetching(ctx, func(ctx context.Context) error { return db.enter(ctx, name, false, db.engine.read, fn) })
}

// Look is Read for what is shown and decides nothing. In the context of a Trail that allows it a standby may answer: with one
// committed state that is no older than what the reader has seen, nor than Config.StandbyLag.
func (db *DB) Look(ctx context.Context, name string, fn func(ctx context.Context, tx *Tx) error) error {
	return fetching(ctx, func(ctx context.Context) error { return db.enter(ctx, name, false, db.engine.look, fn) })
}

type runner func(context.Context, func() *Tx, func(context.Context, *Tx) error) error

func (db *DB) enter(ctx context.Context, name string, writable bool, run runner, fn func(context.Context, *Tx) error) (err error) {
	for tx, _ := ctx.Value(insideKey{}).(*Tx); tx != nil; tx = tx.outer {
		if tx.db == db && !tx.done {
			return &Error{Kind: ErrNested, Tx: name + " inside " + tx.name}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return &Error{Kind: ErrClosed, Tx: name}
	}
	db.active.Add(1)
	db.mu.Unlock()
	defer db.active.Done()

	if db.watch != nil {
		var ended func(error)
		ctx, ended = db.watch(ctx, name, writable)
		defer func() { ended(err) }()
	}
	newTx := func() *Tx {
		return &Tx{db: db, name: name, writable: writable, now: db.Now()}
	}
	return translateUnlessOurs(name, run(ctx, newTx, fn))
}

// translateUnlessOurs leaves the errors of fn alone: they belong to its package, or were translated at the statement.
func translateUnlessOurs(name string, err error) error {
	var raw *engineError
	if errors.As(err, &raw) {
		return translate(name, raw.cause)
	}
	return err
}

// engineError marks an error of begin or commit on its way through engine.write and engine.read.
type engineError struct{ cause error }

func (e *engineError) Error() string { return e.cause.Error() }
func (e *engineError) Unwrap() error { return e.cause }

// Close waits for the transactions under way, then closes the connections. Later ones get ErrClosed.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	db.mu.Unlock()
	db.active.Wait()
	if err := db.engine.close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}
