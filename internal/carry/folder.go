package carry

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"stoa/internal/store"
)

// A place of backups holds each part of a stream once. A part is some rows of a table, compressed and encrypted by itself under the
// name of its hash; where it ends depends on the rows alone, so that what has not changed is the same part as before. A backup is
// a list of parts, which put one after the other are a stream: each can be restored without the others.

const (
	partsDir = "parts"
	listing  = ".list.json"
	moment   = "20060102T150405.000000Z" // names of lists sort as their times do
	partMost = 1 << 20
	partCut  = 1<<8 - 1 // of the check sums of rows, one in so many ends a part
)

// list is a backup in a place. Nothing in it is secret, so that old ones can be cleared away without an identity.
type list struct {
	Made  time.Time `json:"made"`
	Rows  int64     `json:"rows"`
	Parts []string  `json:"parts"`
}

// Kept is what a backup added to its place.
type Kept struct {
	Parts int   `json:"parts"`
	New   int   `json:"new_parts"`
	Bytes int64 `json:"new_bytes"`
}

// writers is how many parts are packed and put at the same time: a bucket far away takes many small objects slowly one by one.
const writers = 8

// SaveInto writes all rows of one committed state into a place of backups, encrypted for the recipients, if any.
func SaveInto(ctx context.Context, db *store.DB, place Place, recipients []string, e Elsewhere, told Told) (b Backup, k Kept, err error) {
	failed := func(err error) (Backup, Kept, error) { return b, k, fmt.Errorf("writing the backup: %w", err) }
	stay, err := place.Enter(ctx)
	if err != nil {
		return failed(err)
	}
	defer stay.Leave()
	there, err := place.Names(ctx, partsDir+"/")
	if err != nil {
		return failed(err)
	}
	to := &parts{place: place, stay: stay, recipients: recipients, there: map[string]bool{}}
	for _, name := range there {
		to.there[name] = true
	}
	to.group, to.ctx = errgroup.WithContext(ctx)
	to.group.SetLimit(writers)
	b, err = save(ctx, db, &writing{to: &to.buffer, cut: to.cut}, e, told)
	if wrong := to.group.Wait(); wrong != nil {
		err = wrong // of which the other is only the echo
	}
	if err != nil {
		return failed(err)
	}
	body, err := json.Marshal(list{Made: b.Made, Rows: b.Rows(), Parts: to.names})
	if err == nil {
		err = stay.Still(ctx, true)
	}
	if err == nil { // last: the parts that it needs are stored
		err = place.Put(ctx, b.Made.UTC().Format(moment)+listing, body)
	}
	if err != nil {
		return failed(err)
	}
	return b, to.kept, nil
}

// parts puts what is written into parts.
type parts struct {
	place      Place
	stay       Stay
	recipients []string
	there      map[string]bool
	buffer     bytes.Buffer
	names      []string
	kept       Kept // what is new counts while it is written
	mu         sync.Mutex
	group      *errgroup.Group
	ctx        context.Context // ends with the first part that fails
}

// cut ends a part; one that is there already is not written again.
func (p *parts) cut() error {
	defer p.buffer.Reset()
	if err := errors.Join(p.ctx.Err(), p.stay.Still(p.ctx, false)); err != nil {
		return err
	}
	h := sha256.New()
	for _, r := range p.recipients { // for others it must be encrypted again
		_, _ = io.WriteString(h, r+"\n") // never fails (hash.Hash)
	}
	_, _ = h.Write(p.buffer.Bytes())
	hash := hex.EncodeToString(h.Sum(nil))
	p.names = append(p.names, hash)
	p.kept.Parts++
	name := path.Join(partsDir, hash)
	if p.there[name] {
		return nil
	}
	p.there[name] = true
	plain := bytes.Clone(p.buffer.Bytes())
	p.group.Go(func() error { return p.put(name, plain) })
	return nil
}

// put packs a part and stores it.
func (p *parts) put(name string, plain []byte) error {
	var out bytes.Buffer
	var to io.WriteCloser = plainly{&out}
	if len(p.recipients) > 0 {
		var err error
		if to, err = Seal(&out, p.recipients); err != nil {
			return err
		}
	}
	z := gzip.NewWriter(to)
	_, err := z.Write(plain)
	if err = errors.Join(err, z.Close(), to.Close()); err != nil {
		return err
	}
	if err := p.place.Put(p.ctx, name, out.Bytes()); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept.New++
	p.kept.Bytes += int64(out.Len())
	return nil
}

type plainly struct{ io.Writer }

func (plainly) Close() error { return nil }

// ends tells whether a part ends after a row.
func ends(row []byte, size int) bool { return size >= partMost || crc32.ChecksumIEEE(row)&partCut == 0 }

// ErrNone is a place without a backup of the time that was asked for.
var ErrNone = errors.New("there is no backup of that time or before")

// OpenAt opens a place's newest backup, or the newest that was made at a time or before, as a stream.
func OpenAt(ctx context.Context, place Place, at time.Time, identity []byte) (io.ReadCloser, time.Time, error) {
	names, err := lists(ctx, place)
	if err != nil {
		return nil, time.Time{}, err
	}
	for _, name := range slices.Backward(names) {
		l, err := readList(ctx, place, name)
		if err != nil {
			return nil, time.Time{}, err
		}
		if at.IsZero() || !l.Made.After(at) {
			return &joined{ctx: ctx, place: place, names: l.Parts, identity: identity, now: strings.NewReader(head)}, l.Made, nil
		}
	}
	return nil, time.Time{}, ErrNone
}

// lists are the names of a place's backups, the oldest first.
func lists(ctx context.Context, place Place) ([]string, error) {
	all, err := place.Names(ctx, "")
	return slices.DeleteFunc(all, func(name string) bool { return !strings.HasSuffix(name, listing) || strings.Contains(name, "/") }), err
}

func readList(ctx context.Context, place Place, name string) (l list, err error) {
	f, err := place.Open(ctx, name)
	if err == nil {
		err = errors.Join(json.NewDecoder(f).Decode(&l), f.Close())
	}
	if err != nil {
		return l, fmt.Errorf("%w: its list %s cannot be read: %w", ErrStream, name, err)
	}
	return l, nil
}

// joined reads parts one after the other.
type joined struct {
	ctx      context.Context
	place    Place
	names    []string
	identity []byte
	now      io.Reader
	part     io.Closer
}

func (j *joined) Read(b []byte) (int, error) {
	for {
		n, err := j.now.Read(b)
		if n > 0 || !errors.Is(err, io.EOF) || len(j.names) == 0 {
			return n, err
		}
		if err := j.Close(); err != nil {
			return 0, err
		}
		part, err := j.place.Open(j.ctx, path.Join(partsDir, path.Base(j.names[0]))) // a list is no reason to read elsewhere
		if err != nil {
			return 0, err
		}
		j.part = part
		if j.now, err = Unseal(part, j.identity); err != nil {
			return 0, err
		}
		j.names = j.names[1:]
	}
}

// Close closes the part that is being read.
func (j *joined) Close() error {
	if j.part == nil {
		return nil
	}
	err := j.part.Close()
	j.part = nil
	return err
}

// Clear takes backups away that were made before a time, except the newest, and the parts that no other needs. It gives how many.
func Clear(ctx context.Context, place Place, before time.Time) (backups, gone int, err error) {
	stay, err := place.Enter(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer stay.Leave()
	remove := func(name string) error {
		if err := stay.Still(ctx, false); err != nil {
			return err
		}
		return place.Delete(ctx, name)
	}
	names, err := lists(ctx, place)
	if err != nil {
		return 0, 0, err
	}
	needed := map[string]bool{}
	for i, name := range names {
		l, err := readList(ctx, place, name)
		if err != nil {
			return backups, gone, err
		}
		if i < len(names)-1 && l.Made.Before(before) {
			if err := remove(name); err != nil {
				return backups, gone, err
			}
			backups++
			continue
		}
		for _, part := range l.Parts {
			needed[path.Join(partsDir, part)] = true
		}
	}
	if backups == 0 {
		return 0, 0, nil
	}
	all, err := place.Names(ctx, partsDir+"/")
	if err != nil {
		return backups, gone, err
	}
	for _, name := range all {
		if !needed[name] {
			if err := remove(name); err != nil {
				return backups, gone, err
			}
			gone++
		}
	}
	return backups, gone, nil
}
