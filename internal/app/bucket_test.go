package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stoa/internal/carry"
	"stoa/internal/objects"
	"stoa/internal/objects/objectstest"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestABucketHoldsBackups: what is kept in a bucket of a real S3 server is what a folder would hold, and comes back whole.
func TestABucketHoldsBackups(t *testing.T) {
	g := objectstest.Start(t)
	place := newBucket(g.Open(t))
	db, clock := storetest.SQLite(t)
	count := func(n int) {
		t.Helper()
		err := db.Write(t.Context(), "count", func(ctx context.Context, tx *store.Tx) error {
			for i := range n {
				if _, err := tx.Next(ctx, fmt.Sprint("counter ", i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	take := func() (carry.Backup, carry.Kept) {
		t.Helper()
		clock.Advance(time.Hour)
		b, k, err := carry.SaveInto(t.Context(), db, place, nil, carry.Elsewhere{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b, k
	}
	count(5000)
	first, all := take()
	count(1)
	second, few := take()
	if all.New != all.Parts || all.Parts < 12 || few.New >= all.New/2 {
		t.Errorf("first %+v, then %+v", all, few)
	}
	for at, want := range map[time.Time]carry.Backup{first.Made: first, {}: second} {
		from, _, err := carry.OpenAt(t.Context(), place, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		to, _ := storetest.Open(t, "sqlite:"+t.TempDir()+"/new.db")
		if got, err := carry.Restore(t.Context(), to, from, nil, nil); err != nil || !slices.Equal(got.Sums, want.Sums) {
			t.Errorf("at %v: %v, %v instead of %v", at, err, got, want)
		}
	}
	names := func() []string {
		t.Helper()
		all, err := place.Names(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := len(names())
	if backups, gone, err := carry.Clear(t.Context(), place, second.Made); err != nil || backups != 1 || gone == 0 || len(names()) != before-gone-1 {
		t.Errorf("cleared %d backups, %d parts, %v; %d objects of %d are left", backups, gone, err, len(names()), before)
	}
	part := slices.IndexFunc(names(), func(name string) bool { return filepath.Dir(name) == "parts" })
	if err := place.Delete(t.Context(), names()[part]); err != nil {
		t.Fatal(err)
	}
	from, _, err := carry.OpenAt(t.Context(), place, time.Time{}, nil)
	if err == nil {
		_, err = carry.Check(t.Context(), from, nil)
	}
	if !errors.Is(err, objects.ErrMissing) {
		t.Errorf("with a part missing: %v", err)
	}
	g.Down(t)
	if _, _, err := carry.SaveInto(t.Context(), db, place, nil, carry.Elsewhere{}, nil); err == nil {
		t.Error("a backup is said to be whole though the store is down")
	}
}

// TestOneAtATimeWritesIntoABucket: of two at the same moment at least one leaves, and whoever is gone for long keeps nobody away.
func TestOneAtATimeWritesIntoABucket(t *testing.T) {
	g := objectstest.Start(t)
	place := newBucket(g.Open(t))
	db, clock := storetest.SQLite(t)
	stay, err := place.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := carry.SaveInto(t.Context(), db, place, nil, carry.Elsewhere{}, nil); !errors.Is(err, carry.ErrBusy) {
		t.Errorf("a second backup: %v", err)
	}
	if _, _, err := carry.Clear(t.Context(), place, clock.Now()); !errors.Is(err, carry.ErrBusy) {
		t.Errorf("clearing meanwhile: %v", err)
	}
	if err := stay.Still(t.Context(), true); err != nil {
		t.Errorf("who was there first: %v", err)
	}
	old := time.Now().Add(-abandoned - time.Minute)
	files, err := filepath.Glob(filepath.Join(g.Dir, "here", busyDir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.Chtimes(files[0], old, old); err != nil {
		t.Fatal(err)
	}
	if _, _, err := carry.SaveInto(t.Context(), db, place, nil, carry.Elsewhere{}, nil); err != nil {
		t.Errorf("after the first was gone for long: %v", err)
	}
	if err := stay.Still(t.Context(), true); err == nil {
		t.Error("who slept is not told that another was here")
	}

	entered := make(chan carry.Stay, 8)
	start := make(chan struct{})
	for range cap(entered) {
		go func() {
			<-start
			s, err := place.Enter(context.WithoutCancel(t.Context()))
			if err != nil && !errors.Is(err, carry.ErrBusy) {
				t.Error(err)
			}
			entered <- s
		}()
	}
	close(start)
	in := 0
	for range cap(entered) {
		if s := <-entered; s != nil {
			in++
		}
	}
	if in > 1 {
		t.Errorf("%d are in at the same time", in)
	}
}
