package dataset

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// Format is a form in which a version can be had; also the end of the file's name.
type Format string

// The formats. GeoJSON is there where a row has a place.
const (
	CSV     Format = "csv"
	CSVGzip Format = "csv.gz"
	JSONL   Format = "jsonl"
	Parquet Format = "parquet"
	GeoJSON Format = "geojson"

	sqlite Format = "sqlite" // answers questions; our own form, not for downloads
)

// ErrDamaged says that the bytes in the database are not those that were published.
var ErrDamaged = errors.New("the rows in the database are not those that were published: put them back from a copy")

// Formats are those that a version can be had in.
func (v *Version) Formats() []Format {
	all := []Format{CSV, CSVGzip, JSONL, Parquet}
	if _, ok := v.Spec.place(); ok {
		all = append(all, GeoJSON)
	}
	return all
}

// TableSchema is the version's schema.json, its texts in the language.
func (v *Version) TableSchema(lang string) ([]byte, error) {
	return v.Spec.TableSchema(lang, v.Profile)
}

// Open gives a version's file in a format, made if it is not there, checked: a reader that can seek, with its size and
// hash, for http.ServeContent. Call it outside any transaction; close the file.
func (s *Store) Open(ctx context.Context, v *Version, f Format) (*shelf.File, error) {
	if err := v.gone(); err != nil {
		return nil, err
	}
	write, ok := writers[f]
	if !ok {
		return nil, fmt.Errorf("%q is no format", f)
	}
	hash := ""
	if f == CSV {
		hash = v.Hash
	}
	return s.shelf.Get(ctx, v.file(f), hash, func(ctx context.Context, t *shelf.Temp) error {
		out := bufio.NewWriterSize(t, 256<<10)
		if err := write(ctx, s, v, out); err != nil {
			return err
		}
		return out.Flush()
	})
}

var writers = map[Format]func(context.Context, *Store, *Version, io.Writer) error{
	CSV: writeCSV, CSVGzip: writeGzip, JSONL: writeJSONL, Parquet: writeParquet, GeoJSON: writeGeoJSON,
}

// layout changes when files of the same version are written in another way than before.
const layout = "1"

// file is the name on the shelf: of the content and its form, so that equal versions share files.
func (v *Version) file(f Format) string {
	sum := sha256.Sum256([]byte(v.Hash + " " + v.form + " " + layout))
	return hex.EncodeToString(sum[:16]) + "." + string(f)
}

// forget removes the files of a version that was withdrawn. Another node's are never handed out, and go by age.
func (s *Store) forget(v *Version) {
	names := []string{v.file(sqlite)}
	for f := range writers {
		names = append(names, v.file(f))
	}
	if err := s.shelf.Remove(names...); err != nil {
		s.log.Error("remove the files of a withdrawn version", "dataset", v.Dataset, "number", v.Number, "error", err)
	}
}

// chunks reads the gzip members of a version one after the other, each batch in a transaction of its own.
type chunks struct {
	ctx  context.Context
	db   *store.DB
	of   string
	seq  int
	left []byte
	more [][]byte
}

// Read gives the bytes of the .csv.gz.
func (c *chunks) Read(p []byte) (int, error) {
	for len(c.left) == 0 {
		if len(c.more) == 0 {
			if err := c.fetch(); err != nil {
				return 0, err
			}
			if len(c.more) == 0 {
				return 0, io.EOF
			}
		}
		c.left, c.more = c.more[0], c.more[1:]
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}

func (c *chunks) fetch() error {
	return c.db.Read(c.ctx, "dataset.chunks", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT data FROM dataset_chunk WHERE content = $1 AND seq >= $2 ORDER BY seq LIMIT $3`, c.of, c.seq, atOnce)
		parts, err := store.Collect(rows, err, func(row store.Scanner) (b []byte, err error) {
			err = row.Scan(&b)
			return b, err
		})
		if err != nil {
			return fmt.Errorf("read the rows of a dataset: %w", err)
		}
		c.more = parts
		c.seq += len(parts)
		return nil
	})
}

// checked ends in ErrDamaged instead of io.EOF where what was read is not what was published.
type checked struct {
	r    io.Reader
	hash hash.Hash
	want string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	_, _ = c.hash.Write(p[:n]) // never fails
	switch {
	case err == io.EOF && hex.EncodeToString(c.hash.Sum(nil)) != c.want:
		err = ErrDamaged
	case err != nil && err != io.EOF && notGzip(err):
		err = fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return n, err
}

func notGzip(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt)
}

// csv reads the canonical CSV from the database. What is read is known to be right only at its end.
func (s *Store) csv(ctx context.Context, v *Version, also io.Writer) (io.Reader, error) {
	if err := v.gone(); err != nil {
		return nil, err
	}
	var packed io.Reader = &chunks{ctx: ctx, db: s.db, of: v.content}
	if also != nil {
		packed = io.TeeReader(packed, also)
	}
	zip, err := gzip.NewReader(bufio.NewReaderSize(packed, 64<<10))
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return &checked{zip, sha256.New(), v.Hash}, nil
}

// Rows streams the rows of a version from the database, without a file. They are known to be those that were published
// only when it ends without an error. Call it outside any transaction.
func (s *Store) Rows(ctx context.Context, v *Version) tabular.Rows {
	return func(yield func([]string) error) error {
		r, err := s.csv(ctx, v, nil)
		if err != nil {
			return err
		}
		return v.Spec.ReadCanonical(r)(yield)
	}
}

func writeCSV(ctx context.Context, s *Store, v *Version, w io.Writer) error {
	r, err := s.csv(ctx, v, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

func writeGzip(ctx context.Context, s *Store, v *Version, w io.Writer) error {
	r, err := s.csv(ctx, v, w)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}
