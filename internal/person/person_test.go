package person_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{vault.Migrations(), person.Migrations()}

// town is a database with people.
type town struct {
	*person.People
	t     *testing.T
	db    *store.DB
	clock *storetest.Clock
}

func newTown(t *testing.T, db *store.DB, clock *storetest.Clock) *town {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return &town{&person.People{Vault: keys, Rand: rand.Reader}, t, db, clock}
}

func each(t *testing.T, test func(w *town)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newTown(t, db, clock)) })
}

func (w *town) write(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), "test", fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) read(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), "test", fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) ensure(d person.Details) (who person.Person) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		who, err = w.Ensure(ctx, tx, d, "en")
		return err
	})
	return who
}

func (w *town) count(table string) (n int) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n)
	})
	return n
}

func TestEnsureKnowsAnAddressHoweverItIsWritten(t *testing.T) {
	each(t, func(w *town) {
		first := w.ensure(person.Details{Email: "Asha@Greenvale.example"})
		for _, email := range []string{"asha@greenvale.example", "  ASHA@GREENVALE.EXAMPLE\n"} {
			if again := w.ensure(person.Details{Email: email}); again.ID != first.ID || again.Email != "asha@greenvale.example" {
				w.t.Errorf("%q is %+v, the first was %+v", email, again, first)
			}
		}
		if other := w.ensure(person.Details{Email: "asha@greenvale.test"}); other.ID == first.ID {
			w.t.Error("another address is the same person")
		}
	})
}

func TestEnsureFillsInAndKeeps(t *testing.T) {
	each(t, func(w *town) {
		const email = "asha@greenvale.example"
		w.ensure(person.Details{Email: email})
		w.ensure(person.Details{Email: email, Phone: "01632 960001"})
		w.ensure(person.Details{Email: email, Name: "Asha Rao"})
		w.ensure(person.Details{Email: email, Name: "Somebody Else", Phone: "01632 960999"})
		var got person.Person
		w.read(func(ctx context.Context, tx *store.Tx) (err error) {
			got, err = w.ByEmail(ctx, tx, email)
			return err
		})
		if want := (person.Details{Name: "Asha Rao", Email: email, Phone: "01632 960001"}); got.Details != want {
			w.t.Errorf("details are %+v, want %+v", got.Details, want)
		}
	})
}

// TestTwoAtOnceAreOnePerson makes the same new address known from many sides at the same time.
func TestTwoAtOnceAreOnePerson(t *testing.T) {
	each(t, func(w *town) {
		const email = "asha@greenvale.example"
		ids := make([]string, 8)
		var ready, wait sync.WaitGroup
		ready.Add(len(ids))
		for i := range ids {
			wait.Go(func() {
				ready.Done()
				ready.Wait()
				err := w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
					who, err := w.Ensure(ctx, tx, person.Details{Email: email, Name: "Asha Rao"}, "en")
					ids[i] = who.ID
					if err == nil && who.Name != "Asha Rao" {
						w.t.Errorf("the name is %q", who.Name)
					}
					return err
				})
				if err != nil {
					w.t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 1 || w.count("person") != 1 {
			w.t.Errorf("%d people: %q", w.count("person"), ids)
		}
	})
}

func TestNothingPersonalIsStoredInTheClear(t *testing.T) {
	path := storetest.SQLiteFile(t, tables...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	w := newTown(t, db, clock)
	who := w.ensure(person.Details{Name: "Asha Raonarayan", Email: "asha.raonarayan@greenvale.example", Phone: "01632 960123"})
	var code string
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if err = w.Grant(ctx, tx, who.ID, policy.Grant{Role: policy.Officer, Organisation: "licensing-marker"}); err != nil {
			return err
		}
		if _, err = w.Sessions().StartSession(ctx, tx, person.Arrival{Person: who.ID, Method: person.ByCode, Level: policy.Low, Desk: true}); err != nil {
			return err
		}
		_, code, _, err = w.NewCode(ctx, tx, who.Email, person.CodeSignIn, "")
		return err
	})
	stored := fileBytes(t, path)
	if !bytes.Contains(stored, []byte("licensing-marker")) {
		t.Fatal("the check does not see what is stored: an organisation's id, which is in the clear, was not found")
	}
	for _, secret := range []string{"Asha", "aonarayan", "greenvale.example", "960123", code} {
		if bytes.Contains(bytes.ToLower(stored), []byte(strings.ToLower(secret))) {
			t.Errorf("%q is in the database's file", secret)
		}
	}
}

// fileBytes is the SQLite file with its log, as they lie on the disk.
func fileBytes(t *testing.T, path string) []byte {
	t.Helper()
	var all []byte
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw...)
	}
	return all
}

func TestUnknownPeopleAreNotFound(t *testing.T) {
	each(t, func(w *town) {
		w.read(func(ctx context.Context, tx *store.Tx) error {
			if _, err := w.Get(ctx, tx, "nobody"); !errors.Is(err, store.ErrNotFound) {
				w.t.Errorf("an unknown id: %v", err)
			}
			_, err := w.ByEmail(ctx, tx, "nobody@greenvale.example")
			if !errors.Is(err, store.ErrNotFound) {
				w.t.Errorf("an unknown address: %v", err)
			}
			return nil
		})
	})
}

func TestRolesAndStaff(t *testing.T) {
	each(t, func(w *town) {
		ada := w.ensure(person.Details{Name: "Ada", Email: "ada@greenvale.example"})
		ben := w.ensure(person.Details{Name: "Ben", Email: "ben@greenvale.example"})
		w.ensure(person.Details{Name: "Rana", Email: "rana@greenvale.example"})
		grants := []policy.Grant{{Role: policy.Administrator, Organisation: "council"}, {Role: policy.Officer, Organisation: "licensing"}}
		w.write(func(ctx context.Context, tx *store.Tx) error {
			for _, g := range append(grants, grants...) { // twice is once
				if err := w.Grant(ctx, tx, ada.ID, g); err != nil {
					return err
				}
			}
			return w.Grant(ctx, tx, ben.ID, grants[1])
		})
		w.read(func(ctx context.Context, tx *store.Tx) error {
			for _, test := range []struct {
				organisations []string
				want          []string
			}{{nil, []string{"Ada", "Ben"}}, {[]string{"licensing"}, []string{"Ada", "Ben"}}, {[]string{"council"}, []string{"Ada"}}, {[]string{"police"}, nil}, {[]string{"council", "licensing"}, []string{"Ada", "Ben"}}} {
				all, err := w.Staff(ctx, tx, test.organisations...)
				if err != nil {
					return err
				}
				var names []string
				for _, p := range all {
					names = append(names, p.Name)
				}
				slices.Sort(names)
				if !slices.Equal(names, test.want) {
					w.t.Errorf("staff of %v: %v, want %v", test.organisations, names, test.want)
				}
			}
			got, err := w.Get(ctx, tx, ada.ID)
			if err == nil && !slices.Equal(got.Grants, grants) {
				w.t.Errorf("grants %v, want %v", got.Grants, grants)
			}
			return err
		})
	})
}

func TestAbsenceCoversItsDaysAndNoOthers(t *testing.T) {
	each(t, func(w *town) {
		day := calendar.MustDate
		away := person.Absence{From: day("2026-02-27"), Until: day("2026-03-02"), Substitute: "sue"}
		set := func(id string, a person.Absence) {
			w.write(func(ctx context.Context, tx *store.Tx) error { return w.SetAbsence(ctx, tx, id, a) })
		}
		covered := func(on, substitute string) (ids []string) {
			w.read(func(ctx context.Context, tx *store.Tx) (err error) {
				ids, err = w.Cover(ctx, tx, substitute, day(on))
				return err
			})
			return ids
		}
		set("olu", person.Absence{From: day("2026-01-01"), Until: day("2026-12-31"), Substitute: "ben"})
		set("olu", away) // the later one counts
		set("amy", person.Absence{From: day("2026-03-02"), Until: day("2026-03-02"), Substitute: "sue"})
		for on, want := range map[string]int{"2026-02-26": 0, "2026-02-27": 1, "2026-03-01": 1, "2026-03-02": 2, "2026-03-03": 0} {
			if got := covered(on, "sue"); len(got) != want {
				w.t.Errorf("on %s sue stands in for %v, want %d", on, got, want)
			}
		}
		if got := covered("2026-02-28", "ben"); len(got) != 0 {
			w.t.Errorf("ben still stands in for %v", got)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			a, ok, err := w.AbsenceOf(ctx, tx, "olu")
			if err == nil && (!ok || a != away) {
				w.t.Errorf("absence %+v, %v", a, ok)
			}
			return err
		})
		set("olu", person.Absence{})
		w.read(func(ctx context.Context, tx *store.Tx) error {
			_, ok, err := w.AbsenceOf(ctx, tx, "olu")
			if ok {
				w.t.Error("the absence did not end")
			}
			return err
		})
	})
}
