package app

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"stoa/internal/carry"
	"stoa/internal/store/storetest"
	"stoa/jurisdictions"
)

// TestAnInstallationIsCarried: the seeded demo is backed up while it is open, restored elsewhere, moved to PostgreSQL and back, and
// every time everything in it agrees.
func TestAnInstallationIsCarried(t *testing.T) {
	c := Config{Data: t.TempDir(), URL: "http://127.0.0.1:1"}
	a := seeded(t, c)
	var b bytes.Buffer
	saved, err := Backup(t.Context(), c, &b, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := c.KeyFiles()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if saved.Rows() < 1000 || len(keys) < 1 {
		t.Fatalf("%d rows, keys %v", saved.Rows(), keys)
	}
	well := func(c Config) {
		t.Helper()
		for _, file := range keys {
			text, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(c.Data, filepath.Base(file)), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		all, err := Doctor(t.Context(), c, jurisdictions.Greenvale(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if len(x.Findings) > 0 && x.What != "database" { // the test's own cluster does not sync
				t.Errorf("%s: %v", x.What, x.Findings)
			}
		}
	}
	restored := Config{Data: t.TempDir(), URL: c.URL}
	got, err := Restore(t.Context(), restored, bytes.NewReader(b.Bytes()), nil)
	if err != nil || !slices.Equal(got.Sums, saved.Sums) {
		t.Fatalf("restored: %v", err)
	}
	well(restored)
	if _, err := Restore(t.Context(), restored, bytes.NewReader(b.Bytes()), nil); err == nil {
		t.Error("restored twice")
	}
	if _, err := Backup(t.Context(), Config{Data: t.TempDir()}, &bytes.Buffer{}, false, nil); err == nil {
		t.Error("a backup of nothing was made")
	}
	if _, err := Move(t.Context(), restored, "postgres://stoa@db.example/stoa", nil); err == nil {
		t.Error("moved to another machine in the open")
	}
	if !storetest.HasPostgres() {
		return
	}
	url := storetest.PostgresURL(t, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
	there, err := Move(t.Context(), restored, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	onPostgres := Config{Data: t.TempDir(), URL: c.URL, Database: Secret(url)}
	well(onPostgres)
	back := filepath.Join(t.TempDir(), "back.db")
	again, err := Move(t.Context(), onPostgres, "sqlite:"+back, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(there) != len(again) || (carry.Backup{Sums: there}).Rows() > (carry.Backup{Sums: again}).Rows() {
		t.Errorf("%d tables and %d rows there, %d and %d back", len(there), carry.Backup{Sums: there}.Rows(), len(again), carry.Backup{Sums: again}.Rows())
	}
}
