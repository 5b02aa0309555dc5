package record

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
)

// States of an import.
const (
	Receiving = "receiving" // its rows come in
	Judging   = "judging"
	Judged    = "judged" // the preview is whole, and somebody must say yes
	Carrying  = "carrying"
	Carried   = "carried"
	Dropping  = "dropping"
	Dropped   = "dropped"
)

// Import is a file of records on its way into a register: received, judged row by row, looked at, and carried out, each in
// steps that are transactions. Place is the chunk with which the step at hand goes on, so that a stop anywhere loses and
// doubles nothing.
type Import struct {
	ID, Register, Organisation string
	Name, Hash                 string
	Size                       int64
	By                         string // field by which rows find their records: NumberColumn, or a key field
	AllOrNone                  bool   // nothing is taken if any row is bad
	Columns                    Columns
	Subject                    string // whose key seals the rows
	State                      string
	Version                    int64
	Chunks, Place              int64
	Rows                       int64
	Fresh, Changed, Same, Bad  int64
	Taken, Left                int64 // carried out; left out since the record had changed after the preview
	Started, Ended             time.Time
	StartedBy, EndedBy         string
}

// Working reports whether the import goes on by itself.
func (i *Import) Working() bool {
	return i.State == Judging || i.State == Carrying || i.State == Dropping
}

// ChunkRows is how many rows are judged or taken in one transaction, in which others who write wait.
const ChunkRows = 250

// wholeChunks is how many chunks of an import that takes all or nothing are one transaction: more would keep every other
// writer waiting.
const wholeChunks = 20

// Whole reports whether all rows are taken in one transaction, or none.
func (i *Import) Whole() bool { return i.AllOrNone && i.Chunks <= wholeChunks }

// ImportChanged is what whoever acts on an import hears that somebody else has dealt with.
const ImportChanged = "This import has changed since you opened the page. Look at it again, then repeat"

// Imports is the way to the imports.
type Imports struct{ *Records }

// Imports is the way to the imports of these records.
func (s *Records) Imports() Imports { return Imports{s} }

const importColumns = `id, register, organisation, name, hash, size, by_field, all_or_none, columns, subject, state, version, chunks, place,
	rows_read, fresh, changed, same, bad, taken, left_out, started, started_by, ended, ended_by`

func scanImport(row store.Scanner) (*Import, error) {
	var i Import
	var all, started, ended int64
	var columns string
	err := row.Scan(&i.ID, &i.Register, &i.Organisation, &i.Name, &i.Hash, &i.Size, &i.By, &all, &columns, &i.Subject, &i.State, &i.Version, &i.Chunks, &i.Place,
		&i.Rows, &i.Fresh, &i.Changed, &i.Same, &i.Bad, &i.Taken, &i.Left, &started, &i.StartedBy, &ended, &i.EndedBy)
	i.AllOrNone, i.Started, i.Ended = all != 0, store.Time(started), store.Time(ended)
	if columns != "" {
		i.Columns = strings.Split(columns, ",")
	}
	return &i, err
}

// Start stores a new import, whose rows are to come.
func (m Imports) Start(ctx context.Context, tx *store.Tx, i *Import) (err error) {
	i.ID, i.State, i.Started, i.Version = tx.NewID(), Receiving, tx.Now(), 1
	if i.Subject, err = m.Vault.NewSubject(ctx, tx); err == nil {
		err = tx.Put(ctx, `INSERT INTO record_import (`+importColumns+`) VALUES (`+store.Marks(1, 7)+`, $8, $9, $10, $11, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, $12, $13, 0, '')`,
			i.ID, i.Register, i.Organisation, i.Name, i.Hash, i.Size, i.By, flag(i.AllOrNone), strings.Join(i.Columns, ","), i.Subject, i.State, store.Micros(i.Started), i.StartedBy)
	}
	if err != nil {
		return fmt.Errorf("starting an import: %w", err)
	}
	return nil
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

// Get reads an import; in Write it is locked until commit. store.ErrNotFound if there is none.
func (m Imports) Get(ctx context.Context, tx *store.Tx, id string) (*Import, error) {
	i, err := scanImport(tx.QueryRow(ctx, `SELECT `+importColumns+` FROM record_import WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return nil, fmt.Errorf("reading an import: %w", err)
	}
	return i, nil
}

// List gives the imports into a register, the newest first.
func (m Imports) List(ctx context.Context, tx *store.Tx, register string, limit int) ([]*Import, error) {
	rows, err := tx.Query(ctx, `SELECT `+importColumns+` FROM record_import WHERE register = $1 ORDER BY started DESC, id DESC LIMIT $2`, register, limit)
	list, err := store.Collect(rows, err, scanImport)
	if err != nil {
		return nil, fmt.Errorf("listing imports: %w", err)
	}
	return list, nil
}

// Save writes how far an import has come that was read in this Write.
func (m Imports) Save(ctx context.Context, tx *store.Tx, i *Import) error {
	n, err := tx.Exec(ctx, `UPDATE record_import SET hash = $3, size = $4, columns = $5, state = $6, chunks = $7, place = $8, rows_read = $9, fresh = $10, changed = $11,
			same = $12, bad = $13, taken = $14, left_out = $15, ended = $16, ended_by = $17, all_or_none = $18, version = version + 1 WHERE id = $1 AND version = $2`,
		i.ID, i.Version, i.Hash, i.Size, strings.Join(i.Columns, ","), i.State, i.Chunks, i.Place, i.Rows, i.Fresh, i.Changed, i.Same, i.Bad, i.Taken, i.Left, store.Micros(i.Ended), i.EndedBy, flag(i.AllOrNone))
	if err != nil {
		return fmt.Errorf("noting how far an import has come: %w", err)
	}
	if n == 0 {
		return fault.NewConflict(ImportChanged)
	}
	i.Version++
	return nil
}

// Add stores the next chunk of an import that is being received.
func (m Imports) Add(ctx context.Context, tx *store.Tx, i *Import, rows []Row) error {
	plain, err := json.Marshal(rows)
	if err == nil {
		var sealed []byte
		if sealed, err = m.Vault.Seal(ctx, tx, i.Subject, chunkName(i.ID, i.Chunks), plain); err == nil {
			err = tx.Put(ctx, `INSERT INTO record_import_chunk (import_id, no, sealed, judged, leaves) VALUES ($1, $2, $3, '', '')`, i.ID, i.Chunks, sealed)
		}
	}
	if err != nil {
		return fmt.Errorf("storing rows of an import: %w", err)
	}
	i.Chunks++
	i.Rows += int64(len(rows))
	return nil
}

func chunkName(id string, no int64) string { return fmt.Sprintf("import %s %d", id, no) }

// Verdict is what a row would do, as it was judged: of its record, the version that was there.
type Verdict struct {
	Kind    string `json:"k"` // one of the kinds below
	ID      string `json:"i,omitempty"`
	Version int64  `json:"v,omitempty"`
}

// Kinds of verdicts.
const (
	RowFresh   = "new"
	RowChanged = "changed"
	RowSame    = "same"
	RowBad     = "bad"
)

// Chunk reads the rows of a chunk, and how they were judged, if they were.
func (m Imports) Chunk(ctx context.Context, tx *store.Tx, i *Import, no int64) (rows []Row, judged []Verdict, err error) {
	var sealed []byte
	var text string
	err = tx.QueryRow(ctx, `SELECT sealed, judged FROM record_import_chunk WHERE import_id = $1 AND no = $2`, i.ID, no).Scan(&sealed, &text)
	if err == nil {
		var plain []byte
		if plain, err = m.Vault.Open(ctx, tx, i.Subject, chunkName(i.ID, no), sealed); err == nil {
			err = json.Unmarshal(plain, &rows)
		}
	}
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &judged)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading rows of an import: %w", err)
	}
	return rows, judged, nil
}

// Judge stores how the rows of a chunk were judged.
func (m Imports) Judge(ctx context.Context, tx *store.Tx, i *Import, no int64, judged []Verdict) error {
	text, err := json.Marshal(judged)
	if err == nil {
		err = tx.Put(ctx, `UPDATE record_import_chunk SET judged = $3 WHERE import_id = $1 AND no = $2`, i.ID, no, string(text))
	}
	if err != nil {
		return fmt.Errorf("noting how rows of an import were judged: %w", err)
	}
	return nil
}

// Leaves stores what a chunk's leaf in the public log stands for.
func (m Imports) Leaves(ctx context.Context, tx *store.Tx, i *Import, no int64, lines string) error {
	if err := tx.Put(ctx, `UPDATE record_import_chunk SET leaves = $3 WHERE import_id = $1 AND no = $2`, i.ID, no, lines); err != nil {
		return fmt.Errorf("keeping what a leaf of an import stands for: %w", err)
	}
	return nil
}

// Leaf gives what Leaves stored.
func (m Imports) Leaf(ctx context.Context, tx *store.Tx, id string, no int64) (lines string, err error) {
	err = tx.QueryRow(ctx, `SELECT leaves FROM record_import_chunk WHERE import_id = $1 AND no = $2`, id, no).Scan(&lines)
	if err != nil {
		return "", fmt.Errorf("reading what a leaf of an import stands for: %w", err)
	}
	return lines, nil
}

// Claim notes that a line of the file names a record, and gives the line that did so before; 0 for none.
func (m Imports) Claim(ctx context.Context, tx *store.Tx, i *Import, name string, line int64) (before int64, err error) {
	hash := m.blind(i, name)
	n, err := tx.Exec(ctx, `INSERT INTO record_import_name (import_id, name, line) VALUES ($1, $2, $3) ON CONFLICT (import_id, name) DO NOTHING`, i.ID, hash, line)
	if err == nil && n == 0 {
		err = tx.QueryRow(ctx, `SELECT line FROM record_import_name WHERE import_id = $1 AND name = $2`, i.ID, hash).Scan(&before)
	}
	if err != nil {
		return 0, fmt.Errorf("looking for a row that is there twice: %w", err)
	}
	return before, nil
}

// NoteBad keeps what is wrong with rows.
func (m Imports) NoteBad(ctx context.Context, tx *store.Tx, i *Import, list []Wrong) error {
	for _, w := range list {
		args, err := json.Marshal(w.Args)
		if err == nil {
			err = tx.Put(ctx, `INSERT INTO record_import_bad (import_id, line, field, reason, args) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (import_id, line, field) DO NOTHING`, i.ID, w.Line, w.Field, w.Reason, string(args))
		}
		if err != nil {
			return fmt.Errorf("noting what is wrong with a row: %w", err)
		}
	}
	return nil
}

// BadRows lists what is wrong, by line, after a line and field.
func (m Imports) BadRows(ctx context.Context, tx *store.Tx, id string, line int64, field string, limit int) ([]Wrong, error) {
	rows, err := tx.Query(ctx, `SELECT line, field, reason, args FROM record_import_bad WHERE import_id = $1 AND (line > $2 OR line = $2 AND field > $3) ORDER BY line, field LIMIT $4`, id, line, field, limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (w Wrong, err error) {
		var args string
		if err = row.Scan(&w.Line, &w.Field, &w.Reason, &args); err == nil {
			err = json.Unmarshal([]byte(args), &w.Args)
		}
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what is wrong with a file: %w", err)
	}
	return list, nil
}

// Forget lets go of what the rows of a chunk said, when nothing more is to be done with them.
func (m Imports) Forget(ctx context.Context, tx *store.Tx, i *Import, no int64, rows []Row) error {
	args := []any{i.ID}
	for _, row := range rows {
		if name := row.Name(i.By); name != "" {
			args = append(args, m.blind(i, name))
		}
	}
	err := tx.Put(ctx, `UPDATE record_import_chunk SET sealed = $3, judged = '' WHERE import_id = $1 AND no = $2`, i.ID, no, []byte{})
	if err == nil && len(args) > 1 {
		err = tx.Put(ctx, `DELETE FROM record_import_name WHERE import_id = $1 AND name IN (`+store.Marks(2, len(args)-1)+`)`, args...)
	}
	if err != nil {
		return fmt.Errorf("letting go of rows of an import: %w", err)
	}
	return nil
}

// Close ends an import: what its rows said cannot be read any more. Which rows were bad, and what leaves stand for, stays.
func (m Imports) Close(ctx context.Context, tx *store.Tx, i *Import, state string) error {
	i.State, i.Ended = state, tx.Now()
	if err := m.Vault.Erase(ctx, tx, i.Subject); err != nil {
		return fmt.Errorf("ending an import: %w", err)
	}
	return nil
}

// Name is what a row names its record by: its number, or what it says of a key field.
func (r *Row) Name(by string) string {
	if by == NumberColumn {
		return r.Number
	}
	return strings.ToLower(r.Fields[by])
}

func (m Imports) blind(i *Import, name string) []byte {
	return m.Vault.Blind("record.import", i.ID+"\x00"+name)
}

// KeyOf is the field by which the rows of a file find their records: the number where it has one, else the first key field.
func KeyOf(reg *service.Register, columns Columns) (string, bool) {
	if slices.Contains(columns, NumberColumn) {
		return NumberColumn, true
	}
	for _, c := range columns {
		if f := reg.Field(c); f != nil && f.Key {
			return c, true
		}
	}
	return "", false
}
