package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

type heldKey struct{}

// need is what a transaction lacks; fetching it enters the database itself, which only works outside of every transaction.
type need struct {
	db   *store.DB
	what string
	err  error
}

func (*need) Error() string { return "not here" }

func (n *need) Fetch(ctx context.Context) (context.Context, error) {
	if n.err != nil {
		return nil, n.err
	}
	err := n.db.Write(ctx, "fetch", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO item (id, org, code, n, ok) VALUES ($1, 'fetched', $1, 0, TRUE)`, n.what)
		return err
	})
	held, _ := ctx.Value(heldKey{}).([]string)
	return context.WithValue(ctx, heldKey{}, append(slices.Clone(held), n.what)), err
}

// What a function needs from outside is fetched between transactions, and what it wrote before it knew is undone.
func TestFetchedOutside(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		runs := 0
		err := db.Write(t.Context(), "needs two", func(ctx context.Context, tx *store.Tx) error {
			runs++
			held, _ := ctx.Value(heldKey{}).([]string)
			if _, err := tx.Exec(ctx, `INSERT INTO item (id, org, code, n, ok) VALUES ($1, 'own', 'x', 0, TRUE)`, tx.NewID()); err != nil {
				return err
			}
			for _, what := range []string{"a", "b"} {
				if !slices.Contains(held, what) {
					return errors.Join(errors.New("on the way"), &need{db: db, what: what})
				}
			}
			return nil
		})
		if err != nil || runs != 3 {
			t.Fatalf("%d runs: %v", runs, err)
		}
		for org, want := range map[string]int{"own": 1, "fetched": 2} {
			var n int
			err := db.Read(t.Context(), "count", func(ctx context.Context, tx *store.Tx) error {
				return tx.QueryRow(ctx, `SELECT COUNT(*) FROM item WHERE org = $1`, org).Scan(&n)
			})
			if err != nil || n != want {
				t.Errorf("%s: %d rows, want %d (%v)", org, n, want, err)
			}
		}
		away := errors.New("away")
		err = db.Read(t.Context(), "refused", func(context.Context, *store.Tx) error { return &need{err: away} })
		if !errors.Is(err, away) {
			t.Errorf("what cannot be fetched: %v", err)
		}
		err = db.Read(t.Context(), "for ever", func(context.Context, *store.Tx) error { return endless{} })
		if err == nil {
			t.Error("fetched for ever")
		}
	})
}

type endless struct{}

func (endless) Error() string                                      { return "more" }
func (endless) Fetch(ctx context.Context) (context.Context, error) { return ctx, nil }
