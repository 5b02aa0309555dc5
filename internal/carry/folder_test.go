package carry

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestAFolderHoldsEachPartOnce: of a second backup only what has changed is written, and each is restored as it was.
func TestAFolderHoldsEachPartOnce(t *testing.T) {
	text, recipient, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		fill(t, db, rand.New(rand.NewPCG(1, 2)))
		dir := t.TempDir()
		take := func() (Backup, Kept) {
			t.Helper()
			clock.Advance(time.Hour)
			b, k, err := SaveInto(t.Context(), db, Folder(dir), []string{recipient}, Elsewhere{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return b, k
		}
		restored := func(at time.Time) (Backup, *store.DB, error) {
			from, _, err := OpenAt(t.Context(), Folder(dir), at, []byte(text))
			if err != nil {
				return Backup{}, nil, err
			}
			defer from.Close()
			to, _ := storetest.Open(t, "sqlite:"+t.TempDir()+"/new.db")
			b, err := Restore(t.Context(), to, from, sets, nil)
			return b, to, err
		}
		first, all := take()
		if all.New != all.Parts || all.Parts < 12 {
			t.Fatalf("the first backup: %+v", all)
		}
		err := db.Write(t.Context(), "change", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE flock SET size = 8 WHERE id = 'made by the migration'`)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO sheep (flock, n, dog, name) VALUES ('made by the migration', 1, TRUE, 'Ida')`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		second, few := take()
		// Beginning, end, two sums, and one part of each table that changed (two where the new row ends one).
		if few.New < 6 || few.New > 8 || few.Bytes*2 > all.Bytes {
			t.Errorf("the second backup: %+v after %+v", few, all)
		}
		for at, want := range map[time.Time]Backup{first.Made: first, second.Made.Add(-time.Second): first, second.Made: second, {}: second} {
			got, to, err := restored(at)
			if err != nil || !slices.Equal(got.Sums, want.Sums) || !got.Made.Equal(want.Made) || !slices.Equal(sumsOf(t, to), want.Sums) {
				t.Errorf("at %v: %v, %v instead of %v", at, err, got, want)
			}
		}
		if _, _, err := restored(first.Made.Add(-time.Second)); !errors.Is(err, ErrNone) {
			t.Errorf("before the first: %v", err)
		}
		if from, _, err := OpenAt(t.Context(), Folder(dir), time.Time{}, nil); err == nil {
			if _, err = Check(t.Context(), from, nil); !errors.Is(err, ErrSealed) {
				t.Errorf("without an identity: %v", err)
			}
		}

		if backups, gone, err := Clear(t.Context(), Folder(dir), second.Made); err != nil || backups != 1 || gone != few.New {
			t.Errorf("cleared %d backups, %d parts instead of %d, %v", backups, gone, few.New, err)
		}
		if _, _, err := restored(time.Time{}); err != nil {
			t.Errorf("after clearing: %v", err)
		}
		if backups, _, err := Clear(t.Context(), Folder(dir), second.Made.Add(time.Hour)); err != nil || backups != 0 {
			t.Errorf("the only backup was cleared away: %d, %v", backups, err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "parts", "*"))
		if err != nil || len(files) == 0 {
			t.Fatal(err)
		}
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		if _, _, err := restored(time.Time{}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("with a part missing: %v", err)
		}
	})
}

// TestOneAtATimeWritesIntoAFolder: what one is about to need another must not clear away.
func TestOneAtATimeWritesIntoAFolder(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		dir := t.TempDir()
		stay, err := Folder(dir).Enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := SaveInto(t.Context(), db, Folder(dir), nil, Elsewhere{}, nil); !errors.Is(err, ErrBusy) {
			t.Errorf("a second backup: %v", err)
		}
		if _, _, err := Clear(t.Context(), Folder(dir), clock.Now()); !errors.Is(err, ErrBusy) {
			t.Errorf("clearing meanwhile: %v", err)
		}
		stay.Leave()
		if _, _, err := SaveInto(t.Context(), db, Folder(dir), nil, Elsewhere{}, nil); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		if _, _, err := Clear(t.Context(), Folder(dir), clock.Now()); err != nil {
			t.Errorf("clearing afterwards: %v", err)
		}
	})
}
