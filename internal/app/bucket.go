package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"stoa/internal/carry"
	"stoa/internal/objects"
)

// bucket is a place of backups in an object store. Whoever enters puts an object that says so, and then looks whether there is another: of two
// who come at the same time at least one sees the other, and leaves. It needs no more of a store than that it lists what was put.
type bucket struct {
	*objects.Store
	now func() time.Time
}

// newBucket makes a place of a store.
func newBucket(o *objects.Store) bucket { return bucket{o, time.Now} }

const (
	busyDir   = "busy/"
	renew     = time.Minute
	abandoned = 20 * time.Minute // by the store's clock: whoever has not said for so long that it works does not
	objectMax = 1 << 30
)

// Enter puts an object beside those of others, if there are none.
func (b bucket) Enter(ctx context.Context) (carry.Stay, error) {
	s := &busy{store: b.Store, name: busyDir + rand.Text(), now: b.now}
	if err := s.say(ctx); err != nil {
		return nil, err
	}
	var all []objects.Object
	err := b.List(ctx, busyDir, func(o objects.Object) error { all = append(all, o); return nil })
	mine := slices.IndexFunc(all, func(o objects.Object) bool { return o.Name == s.name })
	if err == nil && mine < 0 {
		err = fmt.Errorf("the object store %s does not list what was just put there", b.Store)
	}
	for i := 0; err == nil && i < len(all); i++ {
		switch {
		case i == mine:
		case all[mine].Put.Sub(all[i].Put) < abandoned:
			err = carry.ErrBusy
		default:
			err = b.Store.Delete(ctx, all[i].Name)
		}
	}
	if err != nil {
		s.Leave()
		return nil, err
	}
	return s, nil
}

// busy is the object that keeps others away.
type busy struct {
	store *objects.Store
	name  string
	now   func() time.Time
	said  time.Time
}

func (s *busy) say(ctx context.Context) error {
	err := s.store.Put(ctx, s.name, []byte("a backup is being written here, or cleared away"))
	s.said = s.now().Round(0) // a machine that slept must notice
	return err
}

// Still says again, once a minute, that somebody is here; nobody may have thought otherwise.
func (s *busy) Still(ctx context.Context, surely bool) error {
	if !surely && s.now().Round(0).Sub(s.said) < renew {
		return nil
	}
	if _, err := s.store.Stat(ctx, s.name); errors.Is(err, objects.ErrMissing) {
		return errors.New("this backup stood still for so long that another began: repeat it")
	} else if err != nil {
		return err
	}
	return s.say(ctx)
}

// Leave lets others in.
func (s *busy) Leave() {
	ctx, cancel := context.WithTimeout(context.Background(), renew) // also after the work was broken off
	defer cancel()
	_ = s.store.Delete(ctx, s.name) // otherwise it is abandoned, which others see
}

// Names lists objects.
func (b bucket) Names(ctx context.Context, begin string) (names []string, err error) {
	err = b.List(ctx, begin, func(o objects.Object) error { names = append(names, o.Name); return nil })
	return names, err
}

// Open reads an object into memory: a part is about a megabyte, or one row that is longer.
func (b bucket) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	var data bytes.Buffer
	if err := b.Read(ctx, name, objectMax, &data); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return io.NopCloser(&data), nil
}
