package release_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var tables = []fs.FS{release.Migrations()}

// folder is the jurisdiction of package service's tests, with replacements in its files.
func folder(t *testing.T, replace ...string) *service.Jurisdiction {
	t.Helper()
	const base = "../service/testdata/base"
	files, replacer, changed := fstest.MapFS{}, strings.NewReplacer(replace...), len(replace) == 0
	err := fs.WalkDir(os.DirFS(base), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(base, path))
		text := replacer.Replace(string(raw))
		changed = changed || text != string(raw)
		files[path] = &fstest.MapFile{Data: []byte(text)}
		return err
	})
	if err != nil || !changed {
		t.Fatalf("nothing was replaced by %q: %v", replace, err)
	}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return j
}

func publish(t *testing.T, db *store.DB, r *release.Releases, j *service.Jurisdiction) {
	t.Helper()
	if err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return r.Publish(ctx, tx, j) }); err != nil {
		t.Fatal(err)
	}
	r.Enforce(j)
}

func get(t *testing.T, db *store.DB, r *release.Releases, hash string) (s *service.Service, err error) {
	t.Helper()
	err = db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		s, err = r.Get(ctx, tx, hash)
		return err
	})
	return s, err
}

// TestADefinitionIsTheSameFromTheDatabase compiles it again in another process, so to say, after the
// folder has changed twice.
func TestADefinitionIsTheSameFromTheDatabase(t *testing.T) {
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		r := release.New()
		first := folder(t)
		publish(t, db, r, first)
		published := clock.Now()
		clock.Advance(time.Hour)
		dearer := folder(t, "value: 12.50", "value: 99")
		publish(t, db, r, dearer)
		stricter := folder(t, "lookup.others < 3", "lookup.others < 1")
		publish(t, db, r, stricter)
		publish(t, db, r, first) // and back: nothing new is kept
		hashes := map[string]bool{}
		for _, j := range []*service.Jurisdiction{first, dearer, stricter} {
			want := j.Services[0]
			hashes[want.Hash] = true
			warm, err := get(t, db, r, want.Hash)
			if err != nil || warm != want {
				t.Errorf("from memory: %v, %v", warm, err)
			}
			other := release.New()
			cold, err := get(t, db, other, want.Hash)
			if err != nil {
				t.Fatal(err)
			}
			if cold == want || cold.Hash != want.Hash || cold.Service != want.Service || !reflect.DeepEqual(cold.Sources(), want.Sources()) {
				t.Errorf("from the database: another definition, %s instead of %s", cold.Hash, want.Hash)
			}
			if again, err := get(t, db, other, want.Hash); err != nil || again != cold {
				t.Errorf("asked again it is compiled again: %v", err)
			}
		}
		if len(hashes) != 3 {
			t.Errorf("%d hashes of three definitions", len(hashes))
		}
		if s, ok := r.InForce("street-stall"); !ok || s != first.Services[0] || r.Current() != first {
			t.Error("what was enforced last is not in force")
		}
		if _, ok := r.InForce("nothing"); ok {
			t.Error("an unknown service is in force")
		}
		err := db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			at, err := release.Since(ctx, tx, first.Services[0].Hash)
			if !at.Equal(published) {
				t.Errorf("in force since %s, want %s", at, published)
			}
			if _, err := release.Since(ctx, tx, "nothing"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("since when nothing is: %v", err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if _, err := get(t, db, r, "nothing"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown hash: %v", err)
		}
	})
}

// TestWhatDoesNotChangeAServiceKeepsItsHash: a seed record is a row, not a rule.
func TestWhatDoesNotChangeAServiceKeepsItsHash(t *testing.T) {
	a, b := folder(t), folder(t, "Market Square", "The Square")
	if a.Services[0].Hash != b.Services[0].Hash {
		t.Error("a seed record makes another definition")
	}
	if a.Hash == b.Hash {
		t.Error("the folder's own hash does not see it")
	}
}

func TestNothingPublishedIsNothingInForce(t *testing.T) {
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		r, no, j := release.New(), errors.New("no"), folder(t)
		err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return errors.Join(r.Publish(ctx, tx, j), no) })
		if !errors.Is(err, no) || r.Current() != nil {
			t.Fatal(err)
		}
		if _, err := get(t, db, r, j.Services[0].Hash); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("kept although the transaction failed: %v", err)
		}
	})
}

// TestFormerDefinitionsLeaveMemory publishes more than are kept compiled: the oldest come from the
// database again, and all are there.
func TestFormerDefinitionsLeaveMemory(t *testing.T) {
	db, _ := storetest.SQLite(t, tables...)
	r := release.New()
	var all []*service.Service
	for i := range 70 {
		j := folder(t, "Sell from a stall in the street.", fmt.Sprintf("Sell from stall %d.", i))
		publish(t, db, r, j)
		all = append(all, j.Services[0])
	}
	for i, want := range all {
		if i > 5 && i < 66 {
			continue
		}
		got, err := get(t, db, r, want.Hash)
		if err != nil || got.Hash != want.Hash {
			t.Fatalf("definition %d: %v", i, err)
		}
		if evicted := got != want; evicted != (i < 6) {
			t.Errorf("definition %d was compiled again: %v", i, evicted)
		}
	}
}

// TestADamagedSourceIsNoDefinition holds the hash to its promise.
func TestADamagedSourceIsNoDefinition(t *testing.T) {
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		j := folder(t)
		publish(t, db, release.New(), j)
		err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			for path, src := range j.Services[0].Sources() {
				if !strings.HasPrefix(path, "parameters/") {
					continue
				}
				dearer := []byte(strings.Replace(string(src), "12.50", "99.50", 1))
				if _, err := tx.Exec(ctx, `UPDATE source SET bytes = $1 WHERE bytes = $2`, dearer, src); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, db, release.New(), j.Services[0].Hash); err == nil || !strings.Contains(err.Error(), "another hash") {
			t.Errorf("a changed source: %v", err)
		}
	})
}

// TestATaxIsTheSameFromTheDatabase compiles it again after it has changed, and knows it from a service.
func TestATaxIsTheSameFromTheDatabase(t *testing.T) {
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		j, problems := service.Load(os.DirFS("../service/testdata/taxes/base"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		r, want := release.New(), j.Taxes[0]
		publish(t, db, r, j)
		publish(t, db, r, folder(t)) // no tax any more
		if _, ok := r.TaxInForce(want.Tax); ok {
			t.Error("a tax is in force that was taken away")
		}
		r.Enforce(j)
		if x, ok := r.TaxInForce(want.Tax); !ok || x != want {
			t.Error("the tax is not in force")
		}
		err := db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			cold, err := release.New().Tax(ctx, tx, want.Hash)
			if err != nil {
				return err
			}
			if cold == want || cold.Hash != want.Hash || cold.Tax != want.Tax || !reflect.DeepEqual(cold.Sources(), want.Sources()) {
				t.Errorf("from the database: another tax, %s", cold.Hash)
			}
			if _, err := r.Get(ctx, tx, want.Hash); err == nil {
				t.Error("a tax was handed out as a service")
			}
			if _, err := r.Tax(ctx, tx, folder(t).Services[0].Hash); err == nil {
				t.Error("a service was handed out as a tax")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
