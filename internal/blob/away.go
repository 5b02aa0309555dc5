package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"stoa/internal/fault"
	"stoa/internal/objects"
	"stoa/internal/store"
)

// Where an object store is named, an attachment's sealed parts are carried there as one object after they were stored here
// (carrier.go), and leave the database when they have been read back. blob_away says which have left.

// Use names the object store, before anything else is done.
func (s *Store) Use(o *objects.Store) { s.objects = o }

// topic is what wakes the carriers of this process.
const topic = "blob"

// goneAway marks objects for deletion. One that is perhaps being put just now is left alone for as long as that may last.
const goneAway = `UPDATE blob_away SET gone_at = $1, until = CASE WHEN carried_at = 0 THEN until ELSE 0 END WHERE `

const (
	folder    = "attachments/"
	form      = 1           // of an object: this byte, then each part after its length
	fetchTime = time.Minute // of a large one, over a slow line; one that is silent is given up sooner
	atOnce    = 4           // objects under way
)

// objectName is new each time: a copy of an installation, which carries the same attachments, does not touch its objects.
func objectName(id string, tx *store.Tx) string { return folder + id + "." + tx.NewID() }

// ErrDamaged is an object that is not what was carried away, or not there.
var ErrDamaged = errors.New("an attachment is damaged in the object store")

// pack is the object of a blob.
func pack(parts [][]byte) []byte {
	b := []byte{form}
	for _, p := range parts {
		b = append(binary.AppendUvarint(b, uint64(len(p))), p...)
	}
	return b
}

func unpack(b []byte, parts int) ([][]byte, error) {
	if len(b) == 0 || b[0] != form {
		return nil, errors.New("an object of a form that is not known")
	}
	b = b[1:]
	var all [][]byte
	for len(b) > 0 {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, errors.New("an object is cut off")
		}
		all, b = append(all, b[size:size+int(n)]), b[size+int(n):]
	}
	if len(all) != parts {
		return nil, fmt.Errorf("an object has %d parts, not %d", len(all), parts)
	}
	return all, nil
}

// carried is an object as the database knows it.
type carried struct {
	id    string
	name  string
	sha   []byte
	size  int64
	parts int
}

// away gives the sealed parts of a blob that has left the database, if they were fetched for this transaction; nil for one
// that is here.
func (s *Store) away(ctx context.Context, tx *store.Tx, id string, parts int) ([][]byte, error) {
	c := carried{id: id, parts: parts}
	err := tx.QueryRow(ctx, `SELECT name, sha256, size FROM blob_away WHERE blob_id = $1 AND carried_at > 0 AND gone_at = 0`, id).Scan(&c.name, &c.sha, &c.size)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find where a blob is: %w", err)
	}
	held, _ := ctx.Value(heldKey{}).(map[string][]byte)
	object := held[id]
	if object == nil {
		return nil, &Away{s.objects, []carried{c}}
	}
	return unpack(object, parts)
}

// heldKey is where a context has the objects that were fetched for its transaction.
type heldKey struct{}

// Away is what ReadAll lacks.
type Away struct {
	from *objects.Store
	want []carried
}

func (a *Away) Error() string {
	ids := make([]string, len(a.want))
	for i, w := range a.want {
		ids[i] = w.id
	}
	return "attachments lie in the object store: " + strings.Join(ids, ", ")
}

// With joins what several reads lacked, so that all are fetched at once. a may be nil.
func (a *Away) With(b *Away) *Away {
	if a == nil {
		return b
	}
	return &Away{a.from, append(a.want[:len(a.want):len(a.want)], b.want...)}
}

// Fetch implements store.Outside.
func (a *Away) Fetch(ctx context.Context) (context.Context, error) {
	held, _ := ctx.Value(heldKey{}).(map[string][]byte)
	held = maps.Clone(held)
	if held == nil {
		held = map[string][]byte{}
	}
	errs := make([]error, len(a.want))
	var mu sync.Mutex
	each(len(a.want), func(i int) {
		object, err := get(ctx, a.from, a.want[i])
		mu.Lock()
		defer mu.Unlock()
		held[a.want[i].id], errs[i] = object, err
	})
	if err := errors.Join(errs...); errors.Is(err, ErrDamaged) {
		return nil, err
	} else if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "This file cannot be fetched just now. Nothing is lost. Try again in a few minutes")
	}
	return context.WithValue(ctx, heldKey{}, held), nil
}

// get fetches an object, and holds it against its hash.
func get(ctx context.Context, from *objects.Store, c carried) ([]byte, error) {
	if from == nil {
		return nil, errors.New("the attachment lies in an object store, and the settings name none (objects.url)")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	var b bytes.Buffer
	b.Grow(int(c.size))
	err := from.Read(ctx, c.name, c.size, &b)
	sum := sha256.Sum256(b.Bytes())
	switch {
	case errors.Is(err, objects.ErrMissing), errors.Is(err, objects.ErrTooLong):
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, c.id, err)
	case err != nil:
		return nil, err
	case !bytes.Equal(sum[:], c.sha):
		return nil, fmt.Errorf("%w: %s: it does not have its hash", ErrDamaged, c.id)
	}
	return b.Bytes(), nil
}

// each does n things, some at once.
func each(n int, do func(i int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range min(n, atOnce) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
