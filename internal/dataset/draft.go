package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"stoa/internal/fault"
	"stoa/internal/shelf"
	"stoa/internal/tabular"
)

// maxChunk bounds the CSV in a chunk; a row longer than that has one of its own.
const maxChunk = 1 << 20

// Draft is a table that was read, checked and brought into its canonical form, and can be published. Close it.
type Draft struct {
	Spec    Spec
	Rows    int64
	Bytes   int64
	Hash    string // SHA-256 of the canonical CSV
	Profile tabular.Profile

	form    string
	spool   *shelf.Temp // gzip members, one after the other
	chunks  []int       // their lengths
	content string      // under which they are stored
	base    int         // the version that it was compared with; 0: none
	changes Changes
}

// Close removes what the draft keeps on disk.
func (d *Draft) Close() error { return d.spool.Drop() }

// Refused says what is wrong with rows: nothing of them is published.
type Refused struct {
	Problems []tabular.Problem // the first ones
	Count    int64             // all
}

// maxProblems is how many are told in words.
const maxProblems = 100

// Error is the first problem, and how many there are.
func (r *Refused) Error() string {
	return fmt.Sprintf("%d problems in the rows; the first: %s", r.Count, r.Problems[0])
}

// FaultKind says that whoever sent the rows can mend them.
func (*Refused) FaultKind() fault.Kind { return fault.Invalid }

func (r *Refused) add(problems []tabular.Problem) {
	r.Count += int64(len(problems))
	r.Problems = append(r.Problems, problems[:min(len(problems), maxProblems-len(r.Problems))]...)
}

func (r *Refused) err() error {
	if r.Count == 0 {
		return nil
	}
	return r
}

// Draft reads all rows in constant memory. It touches files only, and may be called within a transaction of Read that
// gives the rows. Rows that break the schema are *Refused, all of them counted; rows that are there twice are found by
// Prepare.
func (s *Store) Draft(ctx context.Context, spec Spec, rows tabular.Rows) (_ *Draft, err error) {
	check, err := tabular.NewChecker(spec.Schema)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "data.schema")
	}
	form, err := spec.form()
	if err != nil {
		return nil, err
	}
	spool, err := s.shelf.Scratch()
	if err != nil {
		return nil, err
	}
	d := &Draft{Spec: spec, form: form, spool: spool}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	p := newPress(d)
	if err := p.write(spec.AppendHeader(nil)); err != nil {
		return nil, err
	}
	var refused Refused
	var line []byte
	err = rows(func(cells []string) error {
		canonical, problems := check.Row(cells)
		if refused.add(problems); refused.Count > 0 {
			return ctx.Err()
		}
		line = spec.AppendRow(line[:0], canonical)
		if err := p.write(line); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	var problems []tabular.Problem
	d.Profile, problems = check.Profile()
	refused.add(problems)
	if err := refused.err(); err != nil {
		return nil, err
	}
	d.Rows = d.Profile.Rows
	return d, p.end()
}

// form is the hash of what the spec says about the form of the table: other words in titles are no other version.
func (s Spec) form() (string, error) {
	bare := struct {
		Licence string           `json:"licence"`
		Columns []tabular.Column `json:"columns"`
		Key     []string         `json:"key"`
	}{s.Licence, make([]tabular.Column, len(s.Columns)), s.Key}
	for i, c := range s.Columns {
		c.Title, c.About = nil, nil
		bare.Columns[i] = c
	}
	b, err := json.Marshal(bare)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// press packs lines into chunks.
type press struct {
	d    *Draft
	raw  []byte
	zip  *gzip.Writer
	out  bytes.Buffer
	hash hash.Hash
	file *bufio.Writer
}

func newPress(d *Draft) *press {
	p := &press{d: d, raw: make([]byte, 0, maxChunk), hash: sha256.New(), file: bufio.NewWriterSize(d.spool, 256<<10)}
	p.zip = gzip.NewWriter(&p.out)
	return p
}

func (p *press) write(line []byte) error {
	if len(p.raw) > 0 && len(p.raw)+len(line) > maxChunk {
		if err := p.flush(); err != nil {
			return err
		}
	}
	p.raw = append(p.raw, line...)
	return nil
}

func (p *press) flush() error {
	p.d.Bytes += int64(len(p.raw))
	p.out.Reset()
	p.zip.Reset(&p.out)
	if _, err := p.hash.Write(p.raw); err != nil {
		return err
	}
	if _, err := p.zip.Write(p.raw); err != nil {
		return err
	}
	if err := p.zip.Close(); err != nil {
		return err
	}
	p.d.chunks = append(p.d.chunks, p.out.Len())
	p.raw = p.raw[:0]
	_, err := p.file.Write(p.out.Bytes())
	return err
}

func (p *press) end() error {
	if err := p.flush(); err != nil {
		return err
	}
	p.d.Hash = hex.EncodeToString(p.hash.Sum(nil))
	return p.file.Flush()
}

// rows are the draft's rows, from its spool.
func (d *Draft) rows() tabular.Rows {
	return func(yield func([]string) error) error {
		zip, err := gzip.NewReader(bufio.NewReaderSize(d.packed(), 256<<10))
		if err != nil {
			return err
		}
		return errors.Join(d.Spec.ReadCanonical(zip)(yield), zip.Close())
	}
}

// packed reads the chunks from the beginning, whoever else reads them.
func (d *Draft) packed() io.Reader {
	var size int64
	for _, n := range d.chunks {
		size += int64(n)
	}
	return io.NewSectionReader(d.spool, 0, size)
}
