package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/flow"
)

func TestALostKeyFileIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: dir, URL: "http://127.0.0.1"}
	a, err := Open(t.Context(), c, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Flow.AddStaff(t.Context(), System, flow.AddStaff{Name: "A", Email: "a@x.example", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), c, false, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Fatalf("opened without the keys: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "keys")); err == nil {
		t.Error("a new key file was made beside sealed data")
	}
}
