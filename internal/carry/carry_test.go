package carry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var sets = []fs.FS{fstest.MapFS{
	"90001_sheep.sql": {Data: []byte(`-- +goose Up
CREATE TABLE flock (id TEXT PRIMARY KEY, size BIGINT NOT NULL, home BOOLEAN, mark BYTEA);
CREATE TABLE sheep (flock TEXT NOT NULL REFERENCES flock (id), n BIGINT NOT NULL, dog BOOLEAN NOT NULL, picture BYTEA, name TEXT, PRIMARY KEY (flock, dog, n));
INSERT INTO flock (id, size) VALUES ('made by the migration', 7);
`)},
}}

var newer = append(slices.Clone(sets), fstest.MapFS{"90002_wool.sql": {Data: []byte(`-- +goose Up
ALTER TABLE sheep ADD COLUMN wool TEXT NOT NULL DEFAULT 'white';
CREATE TABLE shearer (id TEXT PRIMARY KEY);
`)}})

// fill writes rows that are easily confused: empty and absent, signs, letters beyond ASCII, zero bytes, many of one table.
func fill(t *testing.T, db *store.DB, r *rand.Rand) {
	t.Helper()
	err := db.Write(t.Context(), "fill", func(ctx context.Context, tx *store.Tx) error {
		for i := range 20 {
			id := fmt.Sprintf("ف%c%d", rune('A'+r.IntN(50)), i)
			mark := []any{nil, []byte{}, []byte{0}, []byte("\xff\x00x")}[r.IntN(4)]
			if _, err := tx.Exec(ctx, `INSERT INTO flock (id, size, home, mark) VALUES ($1, $2, $3, $4)`, id, r.Int64()-r.Int64(), []any{nil, true, false}[r.IntN(3)], mark); err != nil {
				return err
			}
			for n := range r.IntN(250) {
				name := []any{nil, "", "Ida", "a\nb\tc", "نعجة", strings.Repeat("x", 3000)}[r.IntN(6)]
				_, err := tx.Exec(ctx, `INSERT INTO sheep (flock, n, dog, picture, name) VALUES ($1, $2, $3, $4, $5)`, id, int64(n)-100, r.IntN(2) == 0, mark, name)
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sumsOf(t *testing.T, db *store.DB) (all []Sum) {
	t.Helper()
	err := db.Read(t.Context(), "sums", func(ctx context.Context, tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		for _, table := range tables {
			s, e := sumOf(ctx, tx, table, nil)
			err = errors.Join(err, e)
			all = append(all, s)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// targets are new databases of each kind, before any migration.
func targets(t *testing.T) map[string]func() *store.DB {
	all := map[string]func() *store.DB{"to sqlite": func() *store.DB {
		db, _ := storetest.Open(t, "sqlite:"+t.TempDir()+"/new.db")
		return db
	}}
	if storetest.HasPostgres() {
		all["to postgres"] = func() *store.DB {
			db, _ := storetest.Open(t, storetest.PostgresURL(t, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"))
			return db
		}
	}
	return all
}

func TestABackupIsTheSameElsewhere(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		fill(t, db, rand.New(rand.NewPCG(1, 2)))
		want := sumsOf(t, db)
		var b bytes.Buffer
		said := 0
		saved, err := Save(t.Context(), db, &b, Elsewhere{}, func(string, int64) { said++ })
		if err != nil || !slices.Equal(saved.Sums, want) || saved.Rows() < 1000 {
			t.Fatalf("%v, %d rows, %v instead of %v", err, saved.Rows(), saved.Sums, want)
		}
		if checked, err := Check(t.Context(), bytes.NewReader(b.Bytes()), nil); err != nil || !slices.Equal(checked.Sums, want) {
			t.Errorf("checked: %v", err)
		}
		for name, open := range targets(t) {
			to := open()
			if _, err := Restore(t.Context(), to, bytes.NewReader(b.Bytes()), sets, nil); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := sumsOf(t, to); !slices.Equal(got, want) {
				t.Errorf("%s: %v instead of %v", name, got, want)
			}
			if _, err := Restore(t.Context(), to, bytes.NewReader(b.Bytes()), sets, nil); !errors.Is(err, ErrNotEmpty) {
				t.Errorf("%s: restored over what was there: %v", name, err)
			}
			fill(t, to, rand.New(rand.NewPCG(8, 9))) // it can be written to as before
		}
		// A newer program reads what an older one has written, and brings it up to date.
		to := targets(t)["to sqlite"]()
		if _, err := Restore(t.Context(), to, bytes.NewReader(b.Bytes()), newer, nil); err != nil {
			t.Fatal(err)
		}
		if got := sumsOf(t, to); len(got) != len(want)+1 || got[len(got)-1].Rows != want[len(want)-1].Rows {
			t.Errorf("under a newer schema: %v", got)
		}
		var later bytes.Buffer
		if _, err := Save(t.Context(), to, &later, Elsewhere{}, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(t.Context(), targets(t)["to sqlite"](), &later, sets, nil); err == nil || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("an older program restored what a newer one had written: %v", err)
		}
	})
}

func TestADamagedBackupIsRefused(t *testing.T) {
	db, _ := storetest.SQLite(t, sets...)
	fill(t, db, rand.New(rand.NewPCG(3, 4)))
	var b bytes.Buffer
	if _, err := Save(t.Context(), db, &b, Elsewhere{}, nil); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		damaged := bytes.Clone(whole)
		if at := r.IntN(len(damaged)); r.IntN(2) == 0 {
			damaged = damaged[:at]
		} else {
			damaged[at] ^= 1 << r.IntN(8)
		}
		got, err := Check(t.Context(), bytes.NewReader(damaged), nil)
		if err == nil && got.Rows() != 0 && !bytes.Equal(damaged[:30], whole[:30]) {
			continue // a bit of gzip's own header that says nothing: the time, the system
		}
		if err == nil {
			t.Fatal("a damaged backup was taken")
		}
	}
	if _, err := Check(t.Context(), bytes.NewReader(append(bytes.Clone(whole), whole[len(head):]...)), nil); !errors.Is(err, ErrStream) {
		t.Errorf("a backup with more behind it: %v", err)
	}
	if _, err := Check(t.Context(), strings.NewReader("SQLite format 3\x00 and so on"), nil); !errors.Is(err, ErrStream) {
		t.Errorf("something else: %v", err)
	}
}

func TestMoveGoesOn(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		fill(t, db, rand.New(rand.NewPCG(7, 8)))
		want := sumsOf(t, db)
		for name, open := range targets(t) {
			to := open()
			if _, err := Move(t.Context(), db, to, nil); err == nil {
				t.Errorf("%s: moved into a database without a schema", name)
			}
			if err := to.Migrate(t.Context(), sets...); err != nil {
				t.Fatal(err)
			}
			// Broken off after the first rows, and again, as a machine that stops: what was written stays.
			err := to.Write(t.Context(), "begun", func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM flock`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			broken, cancel := context.WithCancel(t.Context())
			go func() { cancel() }()
			if _, err := Move(broken, db, to, nil); err == nil {
				t.Log("the move was faster than its end")
			}
			got, err := Move(t.Context(), db, to, nil)
			if err != nil || !slices.Equal(got, want) || !slices.Equal(sumsOf(t, to), want) {
				t.Fatalf("%s: %v", name, err)
			}
			// Half of it is lost, something of it is changed, and somebody else's is there.
			for what, statement := range map[string]string{
				"the end is missing":  `DELETE FROM sheep WHERE n > 50 AND dog`,
				"a row has changed":   `UPDATE flock SET size = 5 WHERE id = 'made by the migration'`,
				"a row is too much":   `INSERT INTO flock (id, size) VALUES ('zzz', 1)`,
				"all of it is absent": `DELETE FROM sheep`,
			} {
				err := to.Write(t.Context(), "change", func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Exec(ctx, statement)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if slices.Equal(sumsOf(t, to), want) {
					t.Errorf("%s: %s does not show", name, what)
				}
				if _, err := Move(t.Context(), db, to, nil); err != nil || !slices.Equal(sumsOf(t, to), want) {
					t.Errorf("%s: %s: %v", name, what, err)
				}
			}
		}
	})
}

// TestOneRowHasOneWriting: rows that differ are written differently, and each is read back.
func TestOneRowHasOneWriting(t *testing.T) {
	table := store.Table{Name: "t", Columns: []store.Column{{Name: "a", Kind: store.Text}, {Name: "b", Kind: store.Bytes}, {Name: "c", Kind: store.Integer}, {Name: "d", Kind: store.Boolean}}}
	seen := map[string]string{}
	for _, a := range []any{nil, "", "x", "xb", "n"} {
		for _, b := range []any{nil, []byte{}, []byte("x"), []byte("tx")} {
			for _, c := range []any{nil, int64(0), int64(-1), int64(1)} {
				for _, d := range []any{nil, true, false} {
					var row []byte
					for _, v := range []any{a, b, c, d} {
						row = appendCell(row, v)
					}
					what := fmt.Sprintf("%#v %#v %#v %#v", a, b, c, d)
					if other, ok := seen[string(row)]; ok {
						t.Fatalf("%s is written like %s", what, other)
					}
					seen[string(row)] = what
					got, err := values(table, row)
					if err != nil || fmt.Sprintf("%#v %#v %#v %#v", got...) != what {
						t.Fatalf("%s came back as %#v, %v", what, got, err)
					}
					for cut := range row {
						if _, err := values(table, row[:cut]); !errors.Is(err, errRow) {
							t.Fatalf("%s cut after %d: %v", what, cut, err)
						}
					}
				}
			}
		}
	}
	// Frozen: backups are kept for years.
	if got := fmt.Sprintf("%x", appendCell(appendCell(appendCell(nil, "é"), int64(-2)), true)); got != "7402c3a969fffffffffffffffe79" {
		t.Errorf("the writing has changed: %s", got)
	}
}
