package keys_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"stoa/internal/credential/keys"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func made(t *testing.T) (*keys.Keys, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credential.keys")
	k := keys.Open(keys.Config{File: file, Name: "Testshire", Country: "GB", URL: "https://testshire.example"})
	if k.There() {
		t.Fatal("there are keys before any were made")
	}
	if err := k.Make(noon); err != nil {
		t.Fatal(err)
	}
	return k, file
}

// TestOldKeysStayPublished: a key signs for three months, outlives what it signs, and is known for ever.
func TestOldKeysStayPublished(t *testing.T) {
	k, file := made(t)
	first, err := k.Signer()
	if err != nil {
		t.Fatal(err)
	}
	if did, err := k.Renew(noon.Add(89 * 24 * time.Hour)); err != nil || did {
		t.Errorf("renewed within three months: %v, %v", did, err)
	}
	later := noon.Add(91 * 24 * time.Hour)
	if did, err := k.Renew(later); err != nil || !did {
		t.Fatalf("not renewed after three months: %v, %v", did, err)
	}
	second, err := k.Signer()
	if err != nil || second.ID == first.ID {
		t.Fatalf("the same key signs on: %v", err)
	}
	again := keys.Open(keys.Config{File: file, URL: "https://testshire.example"}) // another process
	all, err := again.Published()
	if err != nil || len(all) != 2 || all[0].ID != second.ID || all[1].ID != first.ID {
		t.Fatalf("published: %v, %v", all, err)
	}
	root, err := again.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if err := p.Cert.CheckSignatureFrom(root); err != nil {
			t.Errorf("the root does not vouch for %s: %v", p.ID, err)
		}
		if got, err := again.ByID(p.ID, nil); err != nil || !got.Equal(p.Key) {
			t.Errorf("by its name: %v", err)
		}
		if got, err := again.ByID("", [][]byte{p.Cert.Raw}); err != nil || !got.Equal(p.Key) {
			t.Errorf("by its certificate: %v", err)
		}
	}
	lastSigned := noon.Add(90 * 24 * time.Hour)
	if all[1].Cert.NotAfter.Before(lastSigned.Add(keys.Life)) {
		t.Errorf("the first key's certificate ends on %v, before what it may have signed", all[1].Cert.NotAfter)
	}
	if _, err := again.ByID("stranger", nil); err == nil {
		t.Error("a stranger's key is known")
	}
}

// TestAKeyFileIsItsOwnersOnly, and a damaged one is no key file.
func TestAKeyFileIsItsOwnersOnly(t *testing.T) {
	k, file := made(t)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if err := k.Make(noon); err != nil { // a second time keeps what is there
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func() error{
		"readable by others": func() error { return os.Chmod(file, 0o644) },
		"cut off":            func() error { return os.WriteFile(file, raw[:len(raw)/2], 0o600) },
		"empty":              func() error { return os.WriteFile(file, nil, 0o600) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Open(keys.Config{File: file}).Signer(); err == nil {
			t.Errorf("%s: it was read", name)
		}
		if err := os.Chmod(file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
