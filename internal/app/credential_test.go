package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/credential"
	"stoa/internal/store"
)

// TestLostCredentialKeysAreNotReplaced: where a credential was issued, new keys would make every wallet's copy forged.
func TestLostCredentialKeysAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), Config{Data: dir, URL: "http://127.0.0.1"}, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	file := filepath.Join(dir, "credential.keys")
	if _, err := os.Stat(file); err == nil {
		t.Fatal("opening an installation made keys")
	}
	if err := a.credentialKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, err := RotateCredentialKey(a.Config)
	if err != nil || id == "" {
		t.Fatalf("rotating: %q, %v", id, err)
	}
	if s, err := a.Flow.Wallets.Keys.Signer(); err != nil || s.ID != id {
		t.Errorf("the running program signs with %s, %v; want %s", s.ID, err, id)
	}
	err = a.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		return a.Flow.Wallets.Store.Note(ctx, tx, &credential.Issued{Record: "r"}, "told")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := a.credentialKeys(t.Context()); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("went on without the keys: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("new keys were made beside credentials that the lost ones had signed")
	}
}
