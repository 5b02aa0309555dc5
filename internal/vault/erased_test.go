package vault_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

// TestAnOldBackupUndoesNoErasure puts the wrapped key back, as restoring a backup does.
func TestAnOldBackupUndoesNoErasure(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		v, file := open(t)
		gone, b := sealed(t, db, v, "Ada")
		stays, kept := sealed(t, db, v, "Bob")
		var backup []byte
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.QueryRow(ctx, `SELECT wrapped FROM subject_key WHERE subject = $1`, gone).Scan(&backup); err != nil {
				return err
			}
			return v.Erase(ctx, tx, gone)
		})
		restore := func() {
			write(t, db, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE subject_key SET wrapped = $1, erased_at = 0 WHERE subject = $2`, backup, gone)
				return err
			})
		}
		restore()
		node := reopen(t, file)
		if text, err := unseal(t, db, node, gone, "person.name", b); text != "Ada" {
			t.Fatalf("the restored backup does not open: %v; the test shows nothing", err)
		}
		if alive, missing, err := node.Unrepeated(t.Context(), db); alive != 1 || missing != 0 || err != nil {
			t.Errorf("found %d to erase again, %d to note, %v", alive, missing, err)
		}
		if done, err := node.Reapply(t.Context(), db); done.Erased != 1 || done.Noted != 0 || err != nil {
			t.Errorf("reapplied: %+v, %v", done, err)
		}
		for _, v := range []*vault.Vault{node, reopen(t, file)} {
			if _, err := unseal(t, db, v, gone, "person.name", b); !errors.Is(err, vault.ErrErased) {
				t.Errorf("after the restore: %v", err)
			}
			if text, err := unseal(t, db, v, stays, "person.name", kept); text != "Bob" {
				t.Errorf("another: %q, %v", text, err)
			}
		}
		// A crash between the commit and the line in the file: the database still knows.
		if err := os.Remove(file + ".erased"); err != nil {
			t.Fatal(err)
		}
		if done, err := node.Reapply(t.Context(), db); done.Erased != 0 || done.Noted != 1 || err != nil {
			t.Errorf("without the list: %+v, %v", done, err)
		}
		restore()
		if done, err := reopen(t, file).Reapply(t.Context(), db); done.Erased != 1 || err != nil {
			t.Errorf("after the list was written again: %+v, %v", done, err)
		}
	})
}

// TestRotationUnderLoad rotates the master key again and again while others make, seal, open and erase.
func TestRotationUnderLoad(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		v, file := open(t)
		server := reopen(t, file) // the running program; v is the command that rotates
		var stop atomic.Bool
		var working sync.WaitGroup
		type kept struct {
			subject string
			b       []byte
			erased  bool
		}
		results := make([][]kept, 3)
		failed := make(chan error, 3)
		for i := range results {
			working.Go(func() {
				for n := 0; n < 1000 && (!stop.Load() || n < 20); n++ {
					var k kept
					err := db.Write(t.Context(), "load", func(ctx context.Context, tx *store.Tx) (err error) {
						if k.subject, err = server.NewSubject(ctx, tx); err != nil {
							return err
						}
						k.b, err = server.Seal(ctx, tx, k.subject, "person.name", []byte("Ada"))
						return err
					})
					if err == nil && n%5 == 0 {
						k.erased = true
						err = db.Write(t.Context(), "load", func(ctx context.Context, tx *store.Tx) error { return server.Erase(ctx, tx, k.subject) })
					}
					if err != nil {
						failed <- err
						return
					}
					results[i] = append(results[i], k)
				}
			})
		}
		for range 4 {
			if err := v.Rotate(); err != nil {
				t.Fatal(err)
			}
			if err := server.Refresh(); err != nil { // or it would go on to wrap with the older key, and this would not end
				t.Fatal(err)
			}
			for {
				var n int
				write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
					n, err = v.Rewrap(ctx, tx, 7)
					return err
				})
				if n == 0 {
					break
				}
			}
		}
		stop.Store(true)
		working.Wait()
		select {
		case err := <-failed:
			t.Fatal(err)
		default:
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { // what was made while the server had not read the file yet
			for {
				if n, err := v.Rewrap(ctx, tx, 100); n == 0 || err != nil {
					return err
				}
			}
		})
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			n, err := v.Behind(ctx, tx)
			if n != 0 {
				t.Errorf("%d subjects are still under an older key", n)
			}
			return err
		})
		fresh, all := reopen(t, file), 0
		for _, list := range results {
			for _, k := range list {
				all++
				text, err := unseal(t, db, fresh, k.subject, "person.name", k.b)
				if k.erased && !errors.Is(err, vault.ErrErased) || !k.erased && text != "Ada" {
					t.Errorf("erased %v: %q, %v", k.erased, text, err)
				}
			}
		}
		if all < 60 {
			t.Errorf("only %d were made meanwhile", all)
		}
	})
}
