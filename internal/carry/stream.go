package carry

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"stoa/internal/store"
)

// head begins a stream; what follows is compressed frames: a length, a letter, the rest.
const head = "stoa backup 1\n"

const (
	frameAbout = 'A' // Backup without its sums
	frameTable = 'T' // store.Table
	frameRow   = 'R'
	frameSum   = 'S' // Sum of the table
	frameEnd   = 'Z' // Backup
)

// frameMost bounds a frame: a part of an attachment is far shorter.
const frameMost = 64 << 20

// ErrStream is a stream that is none, or not whole.
var ErrStream = errors.New("this is no whole backup")

// Backup says what a stream holds.
type Backup struct {
	Made   time.Time `json:"made"`
	Schema []int64   `json:"schema"` // numbers of migrations
	Sums   []Sum     `json:"sums,omitempty"`
	Left   int64     `json:"left_elsewhere,omitempty"` // of what lies outside the database: not in the stream
	Lost   []string  `json:"lost,omitempty"`           // ids of what was to be brought in and could not: known at the end
}

// Rows counts them.
func (b Backup) Rows() (n int64) {
	for _, s := range b.Sums {
		n += s.Rows
	}
	return n
}

// writing writes frames. Where the stream is kept in parts, cut ends one.
type writing struct {
	to   io.Writer
	cut  func() error
	size int // of the part
	err  error
}

func (w *writing) frame(kind byte, body []byte) {
	if w.err != nil {
		return
	}
	_, w.err = w.to.Write(append(binary.AppendUvarint(nil, uint64(len(body))), kind))
	if w.err == nil {
		_, w.err = w.to.Write(body)
	}
	w.size += len(body)
}

// part ends a part, if there is anything in it.
func (w *writing) part() {
	if w.err == nil && w.cut != nil && w.size > 0 {
		w.err, w.size = w.cut(), 0
	}
}

func (w *writing) row(row []byte) {
	w.frame(frameRow, row)
	if ends(row, w.size) {
		w.part()
	}
}

func (w *writing) json(kind byte, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		w.err = errors.Join(w.err, err)
		return
	}
	w.frame(kind, body)
}

// Elsewhere is what a database's rows have outside of it, and what is done about it in a backup. Its zero value is nothing.
type Elsewhere struct {
	// Rows gives tables with what lies outside brought in, in place of the rows that they have; each row by the names of its columns.
	Rows map[string]func(ctx context.Context, tx *store.Tx, put func(row map[string]any) error) error
	// Left counts what is left where it is.
	Left func(ctx context.Context, tx *store.Tx) (int64, error)
	// Lost names what could not be brought in, once all tables are read.
	Lost func() []string
}

// each reads a table's rows, or those in place of them.
func (e Elsewhere) each(ctx context.Context, tx *store.Tx, t store.Table, take func(row []byte) error) error {
	instead := e.Rows[t.Name]
	if instead == nil {
		return each(ctx, tx, t, nil, func(row []byte, _ []any) error { return take(row) })
	}
	var b []byte
	return instead(ctx, tx, func(row map[string]any) error {
		b = b[:0]
		for _, c := range t.Columns {
			v, ok := row[c.Name]
			if !ok || v != nil && kindOf(v) != c.Kind {
				return fmt.Errorf("%w: column %s of table %s", errRow, c.Name, t.Name)
			}
			b = appendCell(b, v)
		}
		return take(b)
	})
}

// Save writes all rows of one committed state into a stream. The database goes on being written to meanwhile.
func Save(ctx context.Context, db *store.DB, to io.Writer, e Elsewhere, told Told) (b Backup, err error) {
	if _, err := io.WriteString(to, head); err != nil {
		return b, fmt.Errorf("writing the backup: %w", err)
	}
	z := gzip.NewWriter(to)
	if b, err = save(ctx, db, &writing{to: z}, e, told); err != nil {
		return b, err
	}
	if err := z.Close(); err != nil {
		return b, fmt.Errorf("writing the backup: %w", err)
	}
	return b, nil
}

// save writes the frames of a stream. What is the same in every backup and what is not stand in parts of their own.
func save(ctx context.Context, db *store.DB, w *writing, e Elsewhere, told Told) (b Backup, err error) {
	err = db.Read(ctx, "carry.Save", func(ctx context.Context, tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		if err != nil {
			return err
		}
		b = Backup{Made: tx.Now()}
		if b.Schema, err = tx.Schema(ctx); err != nil {
			return err
		}
		if e.Left != nil {
			if b.Left, err = e.Left(ctx, tx); err != nil {
				return err
			}
		}
		w.json(frameAbout, b)
		w.part()
		for _, t := range tables {
			w.json(frameTable, t)
			w.part()
			h := newHashing(t.Name)
			err := e.each(ctx, tx, t, func(row []byte) error {
				h.add(row)
				w.row(row)
				told.row(t.Name, h.rows)
				return errors.Join(w.err, ctx.Err())
			})
			if err != nil {
				return err
			}
			w.part()
			b.Sums = append(b.Sums, h.done())
			w.json(frameSum, h.done())
			w.part()
		}
		if e.Lost != nil {
			b.Lost = e.Lost()
		}
		w.json(frameEnd, b)
		w.part()
		return w.err
	})
	if err != nil {
		return b, fmt.Errorf("writing the backup: %w", err)
	}
	return b, nil
}

// handlers are what is done with the parts of a stream.
type handlers struct {
	about func(Backup) error
	table func(store.Table) error
	row   func(store.Table, []any) error
	sum   func(Sum) error
}

// read goes through a stream and holds every sum against the rows.
func read(ctx context.Context, from io.Reader, do handlers) (end Backup, err error) {
	begin := make([]byte, len(head))
	if _, err := io.ReadFull(from, begin); err != nil || string(begin) != head {
		return end, fmt.Errorf("%w: it does not begin like one", ErrStream)
	}
	z, err := gzip.NewReader(bufio.NewReader(from))
	if err != nil {
		return end, fmt.Errorf("%w: %w", ErrStream, err)
	}
	in := bufio.NewReaderSize(z, 1<<16)
	var table *store.Table
	var h *hashing
	var sums []Sum
	for {
		kind, body, err := frame(in)
		if err != nil {
			return end, fmt.Errorf("%w: %w", ErrStream, err)
		}
		if err := ctx.Err(); err != nil {
			return end, err
		}
		switch kind {
		case frameAbout:
			var b Backup
			if err = json.Unmarshal(body, &b); err == nil {
				err = do.about(b)
			}
		case frameTable:
			table = &store.Table{}
			if err = json.Unmarshal(body, table); err == nil {
				h = newHashing(table.Name)
				err = do.table(*table)
			}
		case frameRow:
			if table == nil {
				return end, fmt.Errorf("%w: a row of no table", ErrStream)
			}
			h.add(body)
			var v []any
			if v, err = values(*table, body); err == nil {
				err = do.row(*table, v)
			}
		case frameSum:
			var s Sum
			if err = json.Unmarshal(body, &s); err == nil {
				if h == nil || h.done() != s {
					return end, fmt.Errorf("%w: table %s is not what was written", ErrStream, s.Table)
				}
				sums, table, h = append(sums, s), nil, nil
				err = do.sum(s)
			}
		case frameEnd:
			if err := json.Unmarshal(body, &end); err != nil || !slices.Equal(end.Sums, sums) {
				return end, fmt.Errorf("%w: its end does not fit", ErrStream)
			}
			if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
				return end, fmt.Errorf("%w: something follows its end", ErrStream)
			}
			return end, nil
		default:
			return end, fmt.Errorf("%w: a part that is not known", ErrStream)
		}
		if err != nil {
			return end, err
		}
	}
}

func frame(in *bufio.Reader) (kind byte, body []byte, err error) {
	n, err := binary.ReadUvarint(in)
	if err == nil && n > frameMost {
		err = errors.New("a part is too long")
	}
	if err == nil {
		kind, err = in.ReadByte()
	}
	if err == nil {
		body = make([]byte, n)
		_, err = io.ReadFull(in, body)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return kind, body, err
}

// Check reads a whole stream, and says what it holds if it is whole.
func Check(ctx context.Context, from io.Reader, told Told) (Backup, error) {
	var n int64
	return read(ctx, from, handlers{
		about: func(Backup) error { return nil },
		table: func(store.Table) error { n = 0; return nil },
		row: func(t store.Table, _ []any) error {
			n++
			told.row(t.Name, n)
			return nil
		},
		sum: func(Sum) error { return nil },
	})
}

// ErrNotEmpty is a database that holds something already.
var ErrNotEmpty = errors.New("the database is not empty: restore into a new one")

// Restore fills an empty database from a stream: the schema as it was, every row, and then what newer migrations change. Each
// table is read again and held against the stream's sum.
func Restore(ctx context.Context, db *store.DB, from io.Reader, sets []fs.FS, told Told) (Backup, error) {
	var in *inserting
	var tables []store.Table
	b, err := read(ctx, from, handlers{
		about: func(b Backup) error {
			if err := empty(ctx, db); err != nil {
				return err
			}
			if err := db.MigrateTo(ctx, b.Schema, sets...); err != nil {
				return err
			}
			return cleared(ctx, db, &tables)
		},
		table: func(t store.Table) error {
			if !slices.ContainsFunc(tables, func(have store.Table) bool { return sameTable(have, t) }) {
				return fmt.Errorf("%w: table %s is not as its migrations make it", ErrStream, t.Name)
			}
			in = &inserting{db: db, table: t, told: told}
			return nil
		},
		row: func(_ store.Table, v []any) error { return in.add(ctx, v) },
		sum: func(s Sum) error {
			if err := in.flush(ctx); err != nil {
				return err
			}
			return same(ctx, db, in.table, s)
		},
	})
	if err != nil {
		return b, fmt.Errorf("restoring: %w", err)
	}
	if err := db.Migrate(ctx, sets...); err != nil {
		return b, fmt.Errorf("restoring: %w", err)
	}
	return b, nil
}

// empty refuses a database in which somebody has been at work.
func empty(ctx context.Context, db *store.DB) error {
	return db.Read(ctx, "carry.empty", func(ctx context.Context, tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		if err == nil && len(tables) > 0 {
			return ErrNotEmpty
		}
		return err
	})
}

// cleared removes what migrations put into new tables: the stream has it, or what became of it.
func cleared(ctx context.Context, db *store.DB, tables *[]store.Table) error {
	return db.Write(ctx, "carry.cleared", func(ctx context.Context, tx *store.Tx) (err error) {
		if *tables, err = tx.Tables(ctx); err != nil {
			return err
		}
		for _, t := range slices.Backward(*tables) {
			if err := tx.Put(ctx, "DELETE FROM "+t.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

func sameTable(a, b store.Table) bool {
	return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Key, b.Key)
}

// same holds a table of the database against a sum.
func same(ctx context.Context, db *store.DB, t store.Table, want Sum) error {
	return db.Read(ctx, "carry.same", func(ctx context.Context, tx *store.Tx) error {
		got, err := sumOf(ctx, tx, t, nil)
		if err == nil && got != want {
			err = fmt.Errorf("table %s came to be another: %d rows with the hash %s instead of %d with %s", t.Name, got.Rows, got.Hash, want.Rows, want.Hash)
		}
		return err
	})
}
