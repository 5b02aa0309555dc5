package consent_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/consent"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

func TestAConsentIsGivenAndTakenBack(t *testing.T) {
	storetest.Each(t, []fs.FS{consent.Migrations(), vault.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys")})
		if err != nil {
			t.Fatal(err)
		}
		box := &consent.Consents{Vault: keys}
		today, last := calendar.MustDate("2026-03-02"), calendar.MustDate("2028-03-02")
		var subject string
		write := func(fn func(ctx context.Context, tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), "test", fn); err != nil {
				t.Fatal(err)
			}
			clock.Advance(time.Hour)
		}
		stands := func(person, purpose string, day calendar.Date) (is bool) {
			t.Helper()
			write(func(ctx context.Context, tx *store.Tx) (err error) {
				is, err = consent.Stands(ctx, tx, person, purpose, day)
				return err
			})
			return is
		}
		give := func() {
			t.Helper()
			write(func(ctx context.Context, tx *store.Tx) error {
				return box.Give(ctx, tx, &consent.Consent{Person: "asha", Purpose: "surveys", Subject: subject, Until: last,
					Receipt: consent.Receipt{Schema: consent.Schema, Principal: "asha", Processing: []consent.Processing{{Notice: "https://a.example/privacy", Purposes: []consent.Purpose{{Purpose: "Asking how it was", Basis: "consent"}}}}}})
			})
		}
		write(func(ctx context.Context, tx *store.Tx) (err error) {
			subject, err = keys.NewSubject(ctx, tx)
			return err
		})
		if stands("asha", "surveys", today) {
			t.Error("before it was given")
		}
		give()
		give() // again: the one before ends
		next, err := last.AddDays(1)
		if err != nil {
			t.Fatal(err)
		}
		if !stands("asha", "surveys", today) || !stands("asha", "surveys", last) || stands("asha", "surveys", next) || stands("asha", "other", today) || stands("ben", "surveys", today) {
			t.Error("it does not stand as it was given")
		}
		write(func(ctx context.Context, tx *store.Tx) error { return box.Withdraw(ctx, tx, "asha", "surveys") })
		if stands("asha", "surveys", today) {
			t.Error("after it was withdrawn")
		}
		write(func(ctx context.Context, tx *store.Tx) error {
			all, err := box.Of(ctx, tx, "asha")
			if len(all) != 2 {
				t.Fatalf("%d consents", len(all))
			}
			raw, err2 := json.Marshal(all[0].Receipt)
			for _, part := range []string{`"schema_version":"ISO/IEC TS 27560:2023"`, `"record_id":"` + all[0].ID, `"pii_principal_id":"asha"`, `"lawful_basis":"consent"`,
				`"event_state":"given"`, `"event_state":"withdrawn"`, `"validity_duration":"2028-03-02"`} {
				if !strings.Contains(string(raw), part) {
					t.Errorf("the receipt lacks %s: %s", part, raw)
				}
			}
			return errors.Join(err, err2, keys.Erase(ctx, tx, subject))
		})
		write(func(ctx context.Context, tx *store.Tx) error {
			all, err := box.Of(ctx, tx, "asha")
			if len(all) != 2 || all[0].Receipt.RecordID != "" {
				t.Errorf("after the erasure: %+v", all)
			}
			return err
		})
	})
}
