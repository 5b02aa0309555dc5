package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"

	"stoa/internal/store"
)

// URLVariable names a running cluster that `make test` started for all packages. Without it a test binary starts its own.
const URLVariable = "STOA_TEST_POSTGRES"

// started keeps the cluster's pipe from the garbage collector, which would close it and so end the server.
//
//lint:ignore U1000 it is only ever held
var started *Cluster

// cluster is found or started when first asked for, and stays until the test binary ends.
var cluster = sync.OnceValues(func() (string, error) {
	if u := os.Getenv(URLVariable); u != "" {
		return u, nil
	}
	c, err := StartCluster()
	started = c
	if errors.Is(err, ErrNoPostgres) {
		fmt.Fprintln(os.Stderr, "PostgreSQL not found: suite ran on SQLite only")
		return "", err
	}
	if err != nil {
		return "", err
	}
	return c.URL, nil
})

// HasPostgres tells whether this machine has PostgreSQL. A cluster that is there and does not start is no reason to
// leave it out: then Postgres fails.
func HasPostgres() bool {
	_, err := cluster()
	return !errors.Is(err, ErrNoPostgres)
}

var databases atomic.Int64

// Postgres gives a migrated PostgreSQL database that ends with the test.
func Postgres(tb testing.TB, sets ...fs.FS) (*store.DB, *Clock) {
	tb.Helper()
	return Open(tb, postgres(tb, sets))
}

func postgres(tb testing.TB, sets []fs.FS) string {
	tb.Helper()
	base, admin := connect(tb)
	template, err := postgresTemplate(tb.Context(), admin, base, sets)
	if err != nil {
		tb.Fatalf("prepare a PostgreSQL database: %v", err)
	}
	// Copying files takes a fifth of the time of the default strategy.
	return create(tb, base, admin, "TEMPLATE "+template+" STRATEGY FILE_COPY")
}

// PostgresURL gives an empty database created with an option of CREATE DATABASE, for tests of what store.Open refuses.
func PostgresURL(tb testing.TB, option string) string {
	tb.Helper()
	base, admin := connect(tb)
	return create(tb, base, admin, "TEMPLATE template0 "+option)
}

func connect(tb testing.TB) (base string, admin *sql.DB) {
	tb.Helper()
	base, err := cluster()
	if err != nil {
		tb.Fatalf("PostgreSQL for tests: %v", err)
	}
	admin, err = sql.Open("pgx", base)
	if err != nil {
		tb.Fatal(err)
	}
	return base, admin
}

// create makes a database that is dropped when the test ends, after whoever opened it has closed it.
func create(tb testing.TB, base string, admin *sql.DB, options string) string {
	tb.Helper()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := admin.ExecContext(tb.Context(), "CREATE DATABASE "+name+" "+options); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		if err := errors.Join(err, admin.Close()); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	u, err := onDatabase(base, name)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

var templates sync.Mutex

// postgresTemplate migrates once per set of migrations and cluster; tests copy the database.
func postgresTemplate(ctx context.Context, admin *sql.DB, base string, sets []fs.FS) (name string, err error) {
	hash, err := setsHash(append([]fs.FS{store.Migrations()}, sets...)) // which Migrate adds
	if err != nil {
		return "", err
	}
	templates.Lock()
	defer templates.Unlock()
	name = "template_" + hash
	c, err := admin.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	// Other test binaries may be at the same on this cluster.
	if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock(7)"); err != nil {
		return "", err
	}
	defer func() {
		_, e := c.ExecContext(context.Background(), "SELECT pg_advisory_unlock(7)")
		err = errors.Join(err, e)
	}()
	var there bool
	err = c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return name, err
	}
	draft := name + "_draft"
	for _, stmt := range []string{"DROP DATABASE IF EXISTS " + draft, "CREATE DATABASE " + draft} {
		if _, err := c.ExecContext(ctx, stmt); err != nil {
			return "", err
		}
	}
	u, err := onDatabase(base, draft)
	if err != nil {
		return "", err
	}
	if err := migrate(u, sets); err != nil {
		return "", err
	}
	_, err = c.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name)
	return name, err
}

func onDatabase(base, name string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
