package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stoa/internal/store"
)

// row is a row that a submission leaves behind.
type row struct {
	table   string
	columns []string
	values  []any
}

// trace is what one submission writes.
type trace struct {
	rows []row
	ids  []string // those that are new with each submission
}

// tables are those in which a submission leaves rows.
var tables = []string{"person", "subject_key", "cases", "case_term", "case_event", "consultation", "letter", "message", "notification", "job",
	"record", "record_version", "record_key", "record_word", "bill", "bill_move", "ledger_entry", "ledger_line", "ledger_pending"}

// traced sends one application and reads what it added.
func traced(ctx context.Context, w *world) (t trace, err error) {
	holder, _, err := w.draft(ctx, int(residents.Add(1)))
	if err != nil {
		return t, err
	}
	return w.trace(ctx, tables, func() error { _, err := w.submit(ctx, holder); return err })
}

// trace does something and reads what it added to some tables.
func (w *world) trace(ctx context.Context, tables []string, do func() error) (t trace, err error) {
	before, err := w.rows(ctx, tables)
	if err != nil {
		return t, err
	}
	if err := do(); err != nil {
		return t, err
	}
	after, err := w.rows(ctx, tables)
	if err != nil {
		return t, err
	}
	for key, r := range after {
		if _, old := before[key]; old {
			continue
		}
		t.add(r)
	}
	slices.SortFunc(t.rows, func(a, b row) int { return strings.Compare(a.table, b.table) })
	return t, nil
}

// rising are the ids by which new rows of tables are known: they ascend.
var rising = map[string]string{"draft": "id", "bill": "id", "bill_move": "bill", "ledger_entry": "id", "ledger_line": "entry", "notification": "id",
	"record_pending": "id", "record_key": "record_id"}

// added does something and reads the rows that it added to some tables, however many these have.
func (w *world) added(ctx context.Context, tables []string, do func() error) (t trace, err error) {
	after := map[string]string{}
	err = w.DB.Read(ctx, "bench.last", func(ctx context.Context, tx *store.Tx) error {
		for _, name := range tables {
			var last string
			if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX("+rising[name]+"), '') FROM "+name).Scan(&last); err != nil {
				return err
			}
			after[name] = " WHERE " + rising[name] + " > '" + last + "'"
		}
		return nil
	})
	if err == nil {
		err = do()
	}
	if err != nil {
		return t, err
	}
	all, err := w.rowsOf(ctx, tables, after)
	for _, r := range all {
		t.add(r)
	}
	slices.SortFunc(t.rows, func(a, b row) int { return strings.Compare(a.table, b.table) })
	return t, err
}

// add takes a row, with the ids in it that are new with each submission.
func (t *trace) add(r row) {
	t.rows = append(t.rows, r)
	for i, column := range r.columns {
		id, ok := r.values[i].(string)
		if ok && len(id) > 12 && slices.Contains([]string{"id", "subject", "number", "record_id", "reference", "idem_key"}, column) && !slices.Contains(t.ids, id) {
			t.ids = append(t.ids, id)
		}
	}
}

// rows reads all rows of the tables, by their content.
func (w *world) rows(ctx context.Context, tables []string) (map[string]row, error) {
	return w.rowsOf(ctx, tables, nil)
}

// rowsOf reads those of which a condition of each table is true.
func (w *world) rowsOf(ctx context.Context, tables []string, where map[string]string) (map[string]row, error) {
	all := map[string]row{}
	err := w.DB.Read(ctx, "bench.rows", func(ctx context.Context, tx *store.Tx) error {
		known, err := tx.Tables(ctx)
		if err != nil {
			return err
		}
		for _, t := range known {
			if !slices.Contains(tables, t.Name) {
				continue
			}
			columns := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				columns[i] = c.Name
			}
			rows, err := tx.Query(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+t.Name+where[t.Name])
			list, err := store.Collect(rows, err, func(s store.Scanner) (row, error) {
				r := row{t.Name, columns, make([]any, len(columns))}
				to := make([]any, len(columns))
				for i := range to {
					to[i] = &r.values[i]
				}
				return r, s.Scan(to...)
			})
			if err != nil {
				return err
			}
			for _, r := range list {
				all[t.Name+fmt.Sprint(r.values...)] = r
			}
		}
		return nil
	})
	return all, err
}

func (r row) get(column string) any { return r.values[slices.Index(r.columns, column)] }

// insertion is the statement that stores a row.
func (r row) insertion() string {
	return "INSERT INTO " + r.table + " (" + strings.Join(r.columns, ", ") + ") VALUES (" + store.Marks(1, len(r.columns)) + ")"
}

// booleans are columns that SQLite reads as numbers and PostgreSQL takes as what they are.
var booleans = []string{"public", "stopped", "is_open", "silent", "incoming", "seen"}

var copies atomic.Int64

// copy gives each row's values for one more submission: with new ids, and new keys where they are unique.
func (t trace) copy() [][]any {
	n := copies.Add(1)
	var pairs []string
	for _, id := range t.ids {
		pairs = append(pairs, id, fmt.Sprintf("%012d", n)+id[12:]) // ascending, as ids are
	}
	fit := strings.NewReplacer(pairs...)
	all := make([][]any, len(t.rows))
	for i, r := range t.rows {
		values := slices.Clone(r.values)
		for k, v := range values {
			if s, ok := v.(string); ok {
				values[k] = fit.Replace(s)
			}
			if n, ok := v.(int64); ok && slices.Contains(booleans, r.columns[k]) {
				values[k] = n != 0
			}
			if r.columns[k] == "email_key" {
				values[k] = strconv.AppendInt(slices.Clone(v.([]byte)), n, 10)
			}
		}
		all[i] = values
	}
	return all
}

// fit gives each row's values for a case that is stored beside: with the ids of what it is said to be the same as, new ones for the
// rest, and keys that nobody else has where a submission's are its own.
func (t trace) fit(tx *store.Tx, same map[string]string, dice *rand.Rand) [][]any {
	var pairs []string
	for _, id := range t.ids {
		if same[id] == "" && !strings.HasPrefix(id, "issue ") {
			if same[id] = tx.NewID(); len(id) != len(same[id]) { // a number or a reference
				same[id] = id[:7] + strings.ToUpper(same[id][4:])
			}
		}
	}
	for from, to := range same {
		pairs = append(pairs, from, to)
	}
	fit := strings.NewReplacer(pairs...)
	all := make([][]any, len(t.rows))
	for i, r := range t.rows {
		values := slices.Clone(r.values)
		for k, v := range values {
			if s, ok := v.(string); ok {
				values[k] = fit.Replace(s)
			}
		}
		if r.table == "record_key" && slices.Contains([]any{"email", "place_reference"}, r.values[1]) {
			own := slices.Clone(values[2].([]byte))
			binary.LittleEndian.PutUint64(own, dice.Uint64())
			values[2] = own
		}
		all[i] = values
	}
	return all
}

// bareSQLite hands copies to one goroutine, which stores all that wait in one transaction: the same
// group commit and settings as package store's, without savepoints, turns and anybody's own code.
type bareSQLite struct {
	trace trace
	db    *sql.DB
	puts  []*sql.Stmt
	queue chan bareRequest
	ended chan struct{}
}

type bareRequest struct {
	rows [][]any
	done chan error
}

func openBareSQLite(ctx context.Context, o options, t trace) (*bareSQLite, error) {
	dir, err := os.MkdirTemp(o.dir, "bare-")
	if err != nil {
		return nil, err
	}
	w, err := open(ctx, dir, "") // for its tables
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "stoa.db")+
		"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)&_pragma=cache_size(-8000)&_pragma=secure_delete(1)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	b := &bareSQLite{trace: t, db: db, queue: make(chan bareRequest, 64), ended: make(chan struct{})}
	for _, r := range t.rows {
		put, err := db.PrepareContext(ctx, r.insertion())
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		b.puts = append(b.puts, put)
	}
	go b.loop()
	return b, nil
}

func (b *bareSQLite) insert() error {
	r := bareRequest{b.trace.copy(), make(chan error, 1)}
	b.queue <- r
	return <-r.done
}

func (b *bareSQLite) loop() {
	defer close(b.ended)
	for first := range b.queue {
		group := []bareRequest{first}
		for more := true; more; {
			select {
			case r, ok := <-b.queue:
				if more = ok; ok {
					group = append(group, r)
				}
			default:
				more = false
			}
		}
		err := b.commit(group)
		for _, r := range group {
			r.done <- err
		}
	}
}

func (b *bareSQLite) commit(group []bareRequest) error {
	tx, err := b.db.Begin()
	if err != nil {
		return err
	}
	for i, put := range b.puts {
		st := tx.Stmt(put)
		for _, r := range group {
			if _, err := st.Exec(r.rows[i]...); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
	}
	return tx.Commit()
}

func (b *bareSQLite) close() error {
	close(b.queue)
	<-b.ended
	return b.db.Close()
}

// barePostgres sends each copy as one batch: begin, the inserts, commit, in one round trip.
type barePostgres struct {
	trace trace
	pool  *pgxpool.Pool
}

func openBarePostgres(ctx context.Context, at string, o options, t trace) (*barePostgres, error) {
	own, err := database(ctx, at, "bench_bare")
	if err != nil {
		return nil, err
	}
	w, err := fresh(ctx, o, own) // for its tables
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(own)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return &barePostgres{t, pool}, err
}

func (b *barePostgres) insert() error {
	var batch pgx.Batch
	batch.Queue("BEGIN")
	for i, values := range b.trace.copy() {
		batch.Queue(b.trace.rows[i].insertion(), values...)
	}
	batch.Queue("COMMIT")
	return b.pool.SendBatch(context.Background(), &batch).Close()
}

func (b *barePostgres) close() error { b.pool.Close(); return nil }
