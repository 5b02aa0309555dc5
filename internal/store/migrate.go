package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var ownMigrations embed.FS

// Migrations are the store's own, which Migrate always adds.
func Migrations() fs.FS { return ownMigrations }

// migrationTable is where the database remembers what was applied.
const migrationTable = "schema_migration"

// Migrate brings the schema up to date: its own migrations and those of the sets, in the order of their numbers. A set
// holds files named 00101_what.sql, at its root or in the folder migrations. Migrations only go forward; what was
// applied is never applied again, and a lower number that arrives later (another package's range) is still applied.
func (db *DB) Migrate(ctx context.Context, sets ...fs.FS) error {
	set, err := mergeMigrations(append([]fs.FS{ownMigrations}, sets...))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := db.engine.migrate(ctx, set); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// migrationSet is all packages' files in one flat folder, as goose wants them.
type migrationSet map[string]migrationFile

type migrationFile struct {
	set  fs.FS
	path string
}

var migrationName = regexp.MustCompile(`^([0-9]{5})_[a-z0-9_]+\.sql$`)

// mergeMigrations reports everything that is wrong at once.
func mergeMigrations(sets []fs.FS) (migrationSet, error) {
	all := migrationSet{}
	numbers := map[string]string{}
	var errs []error
	for _, set := range sets {
		var files []string
		for _, pattern := range []string{"*.sql", "migrations/*.sql"} {
			found, err := fs.Glob(set, pattern)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
		for _, file := range files {
			name := path.Base(file)
			m := migrationName.FindStringSubmatch(name)
			if m == nil {
				errs = append(errs, fmt.Errorf("%s: want five digits, an underline and a name: 00101_job.sql", file))
				continue
			}
			if other, taken := numbers[m[1]]; taken {
				errs = append(errs, fmt.Errorf("%s: %s has the same number", name, other))
				continue
			}
			numbers[m[1]] = name
			all[name] = migrationFile{set, file}
			text, err := fs.ReadFile(set, file)
			if err != nil {
				return nil, err
			}
			if strings.Contains(string(text), "+goose Down") {
				errs = append(errs, fmt.Errorf("%s: has a way down; the schema only goes forward", name))
			}
		}
	}
	return all, errors.Join(errs...)
}

// Open implements fs.FS.
func (s migrationSet) Open(name string) (fs.File, error) {
	f, ok := s[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.set.Open(f.path)
}

// Glob implements fs.GlobFS, the only way in which goose looks for files.
func (s migrationSet) Glob(pattern string) ([]string, error) {
	var names []string
	for name := range s {
		ok, err := path.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func migrate(ctx context.Context, dialect goose.Dialect, pool *sql.DB, set migrationSet, locker lock.Locker) error {
	p, err := goose.NewProvider(dialect, pool, set, goose.WithTableName(migrationTable), goose.WithLocker(locker),
		goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	return nil
}

// migrate uses a connection of its own: the writer's may be in a group, and waits for the lock like another process.
func (db *sqliteDB) migrate(ctx context.Context, set migrationSet) (err error) {
	pool, err := sql.Open("sqlite", sqliteDSN(db.path, "rw"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return migrate(ctx, goose.DialectSQLite3, pool, set, &fileLock{path: db.path + ".migrate"})
}

func (db *postgresDB) migrate(ctx context.Context, set migrationSet) (err error) {
	// A row, not an advisory lock: those do not work through every pooler, nor on every engine.
	locker, err := lock.NewPostgresTableLocker(lock.WithTableName(migrationTable+"_lock"),
		lock.WithTableLockTimeout(200*time.Millisecond, 1500))
	if err != nil {
		return err
	}
	pool := stdlib.OpenDBFromPool(db.writing)
	defer func() { err = errors.Join(err, pool.Close()) }()
	return migrate(ctx, goose.DialectPostgres, pool, set, locker)
}

// fileLock lets one process at a time migrate a file; the system frees it when that process dies.
type fileLock struct {
	path string
	f    io.Closer
}

// Lock implements lock.Locker.
func (l *fileLock) Lock(context.Context, *sql.DB) error {
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return errors.Join(err, f.Close())
	}
	l.f = f
	return nil
}

// Unlock implements lock.Locker. The file stays: removing it would let two processes lock two files of one name.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.f.Close() }
