package mandate_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

func TestAMandateIsKeptAsItWasAndEnds(t *testing.T) {
	storetest.Each(t, []fs.FS{mandate.Migrations(), vault.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys")})
		if err != nil {
			t.Fatal(err)
		}
		box := &mandate.Mandates{Vault: keys}
		first, last := calendar.MustDate("2026-03-02"), calendar.MustDate("2026-06-02")
		m := mandate.Mandate{Principal: "asha", EmailKey: []byte("key of ben"), Kind: policy.Helper, Scope: []string{"stalls", "tax/levy"}, Messages: mandate.ToBoth,
			From: first, Until: last, State: mandate.Offered, Words: mandate.Words{Principal: "Asha", To: "Ben", Email: "ben@example.org"}}
		write := func(fn func(ctx context.Context, tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), "test", fn); err != nil {
				t.Fatal(err)
			}
			clock.Advance(time.Hour)
		}
		write(func(ctx context.Context, tx *store.Tx) (err error) {
			if m.Subject, err = keys.NewSubject(ctx, tx); err != nil {
				return err
			}
			return box.Put(ctx, tx, &m)
		})
		write(func(ctx context.Context, tx *store.Tx) error {
			held, err := box.Held(ctx, tx, "ben", []byte("key of ben"))
			if err != nil || len(held) != 1 || held[0].Words != m.Words || held[0].Holds(first) {
				t.Errorf("what is offered to Ben: %+v, %v", held, err)
			}
			if others, err := box.Held(ctx, tx, "eve", []byte("key of eve")); err != nil || len(others) != 0 {
				t.Errorf("what is offered to Eve: %+v, %v", others, err)
			}
			return box.Answer(ctx, tx, &held[0], mandate.Accepted, "ben")
		})
		next, err := last.AddDays(1)
		if err != nil {
			t.Fatal(err)
		}
		write(func(ctx context.Context, tx *store.Tx) error {
			got, err := box.Get(ctx, tx, m.ID)
			if !got.Holds(first) || !got.Holds(last) || got.Holds(next) || !got.Over(next) || got.Representative != "ben" {
				t.Errorf("accepted: %+v", got)
			}
			if may := got.Within([]string{"stalls", "other", "tax/levy"}); len(may) != 2 {
				t.Errorf("within its scope: %v", may)
			}
			return err
		})
		write(func(ctx context.Context, tx *store.Tx) error { return box.Forget(ctx, tx, "ben", []byte("key of ben")) })
		write(func(ctx context.Context, tx *store.Tx) error {
			got, err := box.Get(ctx, tx, m.ID)
			if got.Holds(first) || got.State != mandate.Revoked || got.Words.To != "" || got.Words.Email != "" || len(got.EmailKey) != 0 {
				t.Errorf("after Ben was erased: %+v", got)
			}
			return err
		})
		write(func(ctx context.Context, tx *store.Tx) error {
			for _, sign := range []struct {
				who, what string
				want      int
			}{{"a", "1", 1}, {"a", "1", 1}, {"b", "2", 1}, {"a", "2", 2}} {
				if who, err := box.Sign(ctx, tx, "firm", "thing", sign.who, []byte(sign.what)); err != nil || len(who) != sign.want || !slices.Contains(who, sign.who) {
					t.Errorf("%+v: %v, %v", sign, who, err)
				}
			}
			return nil
		})
	})
}

func TestEachKindHasItsLongest(t *testing.T) {
	from := calendar.MustDate("2026-03-02")
	for kind, want := range map[string]string{policy.Assisted: "2026-03-02", policy.Helper: "2027-03-02", policy.Accountant: "2028-03-02", policy.Guardian: "2028-03-02",
		policy.Company: "2031-03-02", policy.Parent: "2044-03-02"} {
		if got, err := mandate.Longest(kind, from); err != nil || got.String() != want {
			t.Errorf("%s: %s, %v", kind, got, err)
		}
	}
}
