package access_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

func write(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), t.Name(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestNothingIsReadWithoutAPurpose(t *testing.T) {
	storetest.Each(t, []fs.FS{access.Migrations()}, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		for _, l := range []access.Look{{Person: "asha", Actor: "olu"}, {Person: "asha", Why: "case.read"}} {
			if err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return access.Record(ctx, tx, l) }); err == nil {
				t.Errorf("recorded: %+v", l)
			}
		}
	})
}

// TestAListIsRecordedOnceADay holds it against recording everything, and against what is no list.
func TestAListIsRecordedOnceADay(t *testing.T) {
	storetest.Each(t, []fs.FS{access.Migrations()}, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		var list []access.Look
		for i := range 130 { // more than one statement
			list = append(list, access.Look{Person: fmt.Sprintf("p%d", i), Actor: "olu", What: "list", Ref: fmt.Sprint(i), Why: "case.list", Day: "2026-03-02"})
		}
		for range 3 {
			write(t, db, func(ctx context.Context, tx *store.Tx) error { return access.RecordAll(ctx, tx, list) })
		}
		other := list[7]
		other.Day = "2026-03-03"
		single := list[7]
		single.Day = ""
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return access.RecordAll(ctx, tx, []access.Look{other, single, single})
		})
		for person, want := range map[string]int{"p0": 1, "p129": 1, "p7": 4} {
			err := db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				got, err := access.Of(ctx, tx, person, 100)
				if len(got) != want {
					t.Errorf("%s: %d rows, want %d", person, len(got), want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAQuestionAndItsAnswer(t *testing.T) {
	storetest.Each(t, []fs.FS{access.Migrations(), vault.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys")})
		if err != nil {
			t.Fatal(err)
		}
		box := &access.Questions{Vault: keys}
		ask := access.Question{Look: "l1", Person: "asha", Organisation: "licensing", Looker: "olu", Language: "en", Text: "Why did you look?"}
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			if ask.Subject, err = keys.NewSubject(ctx, tx); err != nil {
				return err
			}
			return box.Ask(ctx, tx, &ask)
		})
		again := ask
		err = db.Write(t.Context(), "again", func(ctx context.Context, tx *store.Tx) error { return box.Ask(ctx, tx, &again) })
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("a second question about one look: %v", err)
		}
		clock.Advance(time.Hour)
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			waiting, err := box.To(ctx, tx, "licensing", false, 10)
			if err != nil || len(waiting) != 1 || waiting[0].Text != "Why did you look?" || waiting[0].Answer != "" {
				t.Errorf("waiting: %+v, %v", waiting, err)
				return err
			}
			waiting[0].Answer, waiting[0].AnsweredBy = "To decide on your case.", "sue"
			return box.Answer(ctx, tx, waiting[0])
		})
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			waiting, err := box.To(ctx, tx, "licensing", false, 10)
			mine, err2 := box.Of(ctx, tx, "asha")
			if len(waiting) != 0 || len(mine) != 1 || mine[0].Answer != "To decide on your case." || mine[0].AnsweredBy != "sue" || !mine[0].Answered.Equal(clock.Now()) {
				t.Errorf("waiting %d; hers: %+v", len(waiting), mine)
			}
			return errors.Join(err, err2, keys.Erase(ctx, tx, ask.Subject))
		})
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			mine, err := box.Of(ctx, tx, "asha")
			if len(mine) != 1 || mine[0].Text != "" || mine[0].Answer != "" {
				t.Errorf("after the erasure: %+v", mine)
			}
			return err
		})
	})
}

func TestOddReading(t *testing.T) {
	for _, c := range []struct {
		persons, usual, peers int
		odd                   bool
	}{{15, 0, 0, false}, {16, 0, 0, true}, {16, 5, 5, true}, {16, 6, 0, false}, {16, 0, 6, false}, {100, 33, 33, true}, {100, 34, 1, false}} {
		if got := access.Odd(c.persons, c.usual, c.peers); got != c.odd {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
