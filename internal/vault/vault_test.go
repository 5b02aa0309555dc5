package vault_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var update = flag.Bool("update", false, "rewrite the golden file")

var sets = []fs.FS{vault.Migrations()}

func open(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys")
	return reopen(t, file), file
}

func reopen(t *testing.T, file string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(vault.Config{KeyFile: file, Rand: storetest.Rand()})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func write(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), t.Name(), fn); err != nil {
		t.Fatal(err)
	}
}

// sealed makes a subject with one sealed text.
func sealed(t *testing.T, db *store.DB, v *vault.Vault, text string) (subject string, b []byte) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if subject, err = v.NewSubject(ctx, tx); err != nil {
			return err
		}
		b, err = v.Seal(ctx, tx, subject, "person.name", []byte(text))
		return err
	})
	return subject, b
}

func unseal(t *testing.T, db *store.DB, v *vault.Vault, subject, aad string, b []byte) (text string, err error) {
	t.Helper()
	err = db.Read(t.Context(), "unseal", func(ctx context.Context, tx *store.Tx) error {
		plain, err := v.Open(ctx, tx, subject, aad, b)
		text = string(plain)
		return err
	})
	return text, err
}

func TestSealAndOpen(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		v, file := open(t)
		subject, b := sealed(t, db, v, "Ada")
		other, _ := sealed(t, db, v, "Bob")
		for _, v := range []*vault.Vault{v, reopen(t, file)} { // from the cache, then unwrapped
			if text, err := unseal(t, db, v, subject, "person.name", b); text != "Ada" || err != nil {
				t.Errorf("%q, %v", text, err)
			}
			if _, err := unseal(t, db, v, subject, "person.mail", b); !errors.Is(err, vault.ErrSealed) {
				t.Errorf("other place: %v", err)
			}
			if _, err := unseal(t, db, v, other, "person.name", b); !errors.Is(err, vault.ErrSealed) {
				t.Errorf("other subject: %v", err)
			}
			if _, err := unseal(t, db, v, "nobody", "person.name", b); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("no subject: %v", err)
			}
		}
		strange := filepath.Join(t.TempDir(), "keys")
		text := "blind 1 " + strings.Repeat("A", 43) + "=\nmaster 1 " + strings.Repeat("A", 43) + "=\n"
		if err := os.WriteFile(strange, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := unseal(t, db, reopen(t, strange), subject, "person.name", b); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("other master key: %v", err)
		}
	})
}

// Whatever bit changes, nothing opens; whatever is sealed, opens to the same.
func TestEveryBitCounts(t *testing.T) {
	db, _ := storetest.SQLite(t, sets...)
	v, _ := open(t)
	subject, _ := sealed(t, db, v, "")
	rapid.Check(t, func(r *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
		aad := rapid.String().Draw(r, "aad")
		err := db.Read(t.Context(), "property", func(ctx context.Context, tx *store.Tx) error {
			b, err := v.Seal(ctx, tx, subject, aad, plain)
			if err != nil {
				return err
			}
			got, err := v.Open(ctx, tx, subject, aad, b)
			if err != nil || !bytes.Equal(got, plain) {
				r.Fatalf("%x became %x, %v", plain, got, err)
			}
			bit := rapid.IntRange(0, 8*len(b)-1).Draw(r, "bit")
			b[bit/8] ^= 1 << (bit % 8)
			if _, err := v.Open(ctx, tx, subject, aad, b); !errors.Is(err, vault.ErrSealed) {
				r.Fatalf("changed bit %d: %v", bit, err)
			}
			b[bit/8] ^= 1 << (bit % 8)
			cut := rapid.IntRange(0, len(b)-1).Draw(r, "cut")
			if _, err := v.Open(ctx, tx, subject, aad, b[:cut]); !errors.Is(err, vault.ErrSealed) {
				r.Fatalf("cut to %d: %v", cut, err)
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
	})
}

func TestErase(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		v, file := open(t)
		node := reopen(t, file) // another node with a cache of its own
		subject, b := sealed(t, db, v, "Ada")
		keep, kept := sealed(t, db, v, "Bob")
		if _, err := unseal(t, db, node, subject, "person.name", b); err != nil {
			t.Fatal(err)
		}
		err := db.Write(t.Context(), "rolled back", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(v.Erase(ctx, tx, subject), errors.New("no"))
		})
		if err == nil {
			t.Fatal("committed")
		}
		if _, err := unseal(t, db, v, subject, "person.name", b); err != nil {
			t.Errorf("after a rollback: %v", err)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			if err := v.Erase(ctx, tx, subject); err != nil {
				return err
			}
			if _, err := v.Open(ctx, tx, subject, "person.name", b); !errors.Is(err, vault.ErrErased) {
				t.Errorf("in the same transaction: %v", err)
			}
			return v.Erase(ctx, tx, subject)
		})
		clock.Advance(2 * time.Minute)
		for _, v := range []*vault.Vault{v, node, reopen(t, file)} {
			if _, err := unseal(t, db, v, subject, "person.name", b); !errors.Is(err, vault.ErrErased) {
				t.Errorf("open: %v", err)
			}
			if text, err := unseal(t, db, v, keep, "person.name", kept); text != "Bob" || err != nil {
				t.Errorf("another: %q, %v", text, err)
			}
		}
		err = db.Write(t.Context(), "nobody", func(ctx context.Context, tx *store.Tx) error { return v.Erase(ctx, tx, "nobody") })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestRotation(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		v, file := open(t)
		node := reopen(t, file)
		type person struct {
			subject string
			b       []byte
		}
		var people []person
		add := func() {
			s, b := sealed(t, db, v, "Ada")
			people = append(people, person{s, b})
		}
		for range 5 {
			add()
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return v.Erase(ctx, tx, people[0].subject) })
		people = people[1:]
		if err := v.Rotate(); err != nil {
			t.Fatal(err)
		}
		add()
		rewrap := func() (n int) {
			write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = v.Rewrap(ctx, tx, 3)
				return err
			})
			return n
		}
		if a, b, c := rewrap(), rewrap(), rewrap(); a != 3 || b != 1 || c != 0 {
			t.Errorf("rewrapped %d, %d, %d", a, b, c)
		}
		for _, v := range []*vault.Vault{v, node, reopen(t, file)} {
			for _, p := range people {
				if text, err := unseal(t, db, v, p.subject, "person.name", p.b); text != "Ada" || err != nil {
					t.Errorf("%q, %v", text, err)
				}
			}
		}
		// Without the first master key everything still opens: that is what rotation is for.
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var rest []string
		for _, line := range strings.SplitAfter(string(text), "\n") {
			if !strings.HasPrefix(line, "master 1 ") {
				rest = append(rest, line)
			}
		}
		if err := os.WriteFile(file, []byte(strings.Join(rest, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, err := unseal(t, db, reopen(t, file), people[0].subject, "person.name", people[0].b); text != "Ada" || err != nil {
			t.Errorf("without the first: %q, %v", text, err)
		}
	})
}

func TestKeyFileIsStrict(t *testing.T) {
	const key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for name, c := range map[string]struct {
		text, want string
		mode       os.FileMode
	}{
		"good":          {"# c\n\nblind 1 " + key + "\nmaster 2 " + key + "\nmaster 5 " + key + "\n", "", 0o600},
		"readable":      {"blind 1 " + key + "\nmaster 1 " + key + "\n", "chmod 600", 0o640},
		"empty":         {"", "at least one master key", 0o600},
		"no blind":      {"master 1 " + key + "\n", "blind key", 0o600},
		"two blind":     {"blind 1 " + key + "\nblind 1 " + key + "\n", "line 2", 0o600},
		"descending":    {"blind 1 " + key + "\nmaster 2 " + key + "\nmaster 1 " + key + "\n", "line 3", 0o600},
		"short":         {"blind 1 AAAA\n", "32 bytes", 0o600},
		"something new": {"blind 1 " + key + "\nother 1 " + key + "\n", "other 1", 0o600},
	} {
		file := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(file, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := vault.Open(vault.Config{KeyFile: file})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Errorf("%s: the error shows a key: %v", name, err)
		}
	}
	_, file := open(t)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("created with %v, %v", info.Mode(), err)
	}
}

func TestBlind(t *testing.T) {
	v, file := open(t)
	a := v.Blind("mail", "a@example.org")
	if !bytes.Equal(a, reopen(t, file).Blind("mail", "a@example.org")) || len(a) != 32 {
		t.Error("not the same after opening again")
	}
	if err := v.Rotate(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, v.Blind("mail", "a@example.org")) {
		t.Error("changed by rotation")
	}
	if bytes.Equal(a, v.Blind("phone", "a@example.org")) || bytes.Equal(v.Blind("ab", "c"), v.Blind("a", "bc")) {
		t.Error("purposes mix")
	}
}

// The golden file freezes every format: key file, wrapped key, sealed bytes, blind value. What an older version wrote
// must open forever; a change of format is a new version beside it, and a new golden file.
func TestFormatIsFrozen(t *testing.T) {
	db, _ := storetest.SQLite(t, sets...)
	v, file := open(t)
	subject, b := sealed(t, db, v, "Ada Lovelace")
	var wrapped []byte
	err := db.Read(t.Context(), "wrapped", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT wrapped FROM subject_key WHERE subject = $1`, subject).Scan(&wrapped)
	})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%ssubject %s\nwrapped %s\nsealed %s\nblind %s\n", keys, subject, hex.EncodeToString(wrapped),
		hex.EncodeToString(b), hex.EncodeToString(v.Blind("mail", "a@example.org")))
	const golden = "testdata/format.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
