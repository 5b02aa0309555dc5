package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/dataset"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

func someRows(n int) (rows [][]string) {
	for i := range n {
		r := row(fmt.Sprint(i + 1))
		r[2] = fmt.Sprintf("Supplier %d, “Ltd”", i%7)
		rows = append(rows, r)
	}
	return rows
}

// Files are damaged at any byte, cut, or swapped: what is handed out is what was published.
func TestFilesAreNeverServedDamaged(t *testing.T) {
	w := sqliteWorld(t)
	v, _ := w.publish(payments, someRows(50))
	want := map[dataset.Format][]byte{}
	for _, f := range v.Formats() {
		want[f] = w.bytes(v, f)
	}
	asked, err := w.s.Query(t.Context(), v, dataset.Query{Search: "supplier 3"})
	must(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		paths, err := filepath.Glob(filepath.Join(w.dir, "*"))
		must(t, err)
		path := rapid.SampledFrom(paths).Draw(rt, "file")
		b, err := os.ReadFile(path)
		must(t, err)
		switch rapid.IntRange(0, 2).Draw(rt, "how") {
		case 0:
			b[rapid.IntRange(0, len(b)-1).Draw(rt, "byte")] ^= byte(1 << rapid.IntRange(0, 7).Draw(rt, "bit"))
		case 1:
			b = b[:rapid.IntRange(0, len(b)-1).Draw(rt, "cut")]
		case 2:
			b = append(b, 'x')
		}
		must(t, os.WriteFile(path, b, 0o600))
		node := w
		if rapid.Bool().Draw(rt, "restart") {
			node = newWorld(t, w.db, w.dir)
		}
		for f, b := range want {
			if got := node.bytes(v, f); !bytes.Equal(got, b) {
				rt.Fatalf("%s is served as %q", f, got)
			}
		}
		again, err := node.s.Query(t.Context(), v, dataset.Query{Search: "supplier 3"})
		if err != nil || fmt.Sprint(again) != fmt.Sprint(asked) {
			rt.Fatalf("the answer is %v, %v", again, err)
		}
	})
}

// A change of the database is found before a byte leaves.
func TestDamagedRowsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, _ := w.publish(payments, someRows(50))
		var whole []byte
		w.read(func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT data FROM dataset_chunk`).Scan(&whole)
		})
		set := func(b []byte) {
			must(t, w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE dataset_chunk SET data = $1`, b)
				return err
			}))
		}
		for i := 0; i < len(whole); i += 3 {
			damaged := bytes.Clone(whole)
			damaged[i] ^= 0x10
			set(damaged)
			node := newWorld(t, w.db, t.TempDir())
			err := node.s.Rows(t.Context(), v)(func([]string) error { return nil })
			f, openErr := node.s.Open(t.Context(), v, dataset.CSV)
			if i > 2 && i < 10 { // what a gzip header says of time and system is not the table's
				if openErr == nil {
					must(t, f.Close())
				}
				continue
			}
			if err == nil || openErr == nil {
				t.Fatalf("byte %d: rows %v, file %v", i, err, openErr)
			}
		}
		set(whole[:len(whole)-1])
		node := newWorld(t, w.db, t.TempDir())
		for _, f := range v.Formats() {
			if _, err := node.s.Open(t.Context(), v, f); !errors.Is(err, dataset.ErrDamaged) {
				t.Errorf("%s of what breaks off: %v", f, err)
			}
		}
		if _, err := node.s.Query(t.Context(), v, dataset.Query{}); !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("a question to what breaks off: %v", err)
		}
		set(whole)
		if got := node.rows(v); len(got) != 50 {
			t.Errorf("afterwards %d rows", len(got))
		}
	})
}

// A table of many chunks, read by a node that has nothing.
func TestManyChunks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		long := strings.Repeat("long ", 10_000)
		rows := someRows(60)
		for _, r := range rows {
			r[2] = long + r[2]
		}
		spec := payments
		spec.Columns = append([]tabular.Column{}, payments.Columns...)
		v, _ := w.publish(spec, rows)
		var n int
		w.read(func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM dataset_chunk`).Scan(&n)
		})
		if n < 3 || v.Bytes < 3_000_000 {
			t.Errorf("%d bytes in %d chunks", v.Bytes, n)
		}
		node := newWorld(t, w.db, t.TempDir())
		if got := node.bytes(v, dataset.CSV); int64(len(got)) != v.Bytes || !bytes.Equal(got, w.bytes(v, dataset.CSV)) {
			t.Errorf("%d bytes of %d", len(got), v.Bytes)
		}
		if got := node.rows(v); len(got) != 60 || got[59][2] != rows[59][2] {
			t.Errorf("%d rows", len(got))
		}
		must(t, w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM dataset_chunk WHERE seq = $1`, n-1)
			return err
		}))
		if err := node.s.Rows(t.Context(), v)(func([]string) error { return nil }); !errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("without its last chunk: %v", err)
		}
		for _, f := range v.Formats() {
			if _, err := newWorld(t, w.db, t.TempDir()).s.Open(t.Context(), v, f); !errors.Is(err, dataset.ErrDamaged) {
				t.Errorf("%s without its last chunk: %v", f, err)
			}
		}
		r, err := w.s.Query(t.Context(), v, dataset.Query{Search: "long supplier 6", Columns: []string{"id"}})
		if err != nil || r.Total != 8 {
			t.Errorf("%v, %v", r, err)
		}
	})
}
