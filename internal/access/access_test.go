package access_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

func TestLooksAreKeptForThePerson(t *testing.T) {
	storetest.Each(t, []fs.FS{access.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		looks := []access.Look{
			{Person: "asha", Actor: "olu", Organisation: "licensing", What: "case", Ref: "ST-1", Why: "case.read"},
			{Person: "ben", Actor: "olu", Organisation: "licensing", What: "case", Ref: "ST-2", Why: "case.read"},
			{Person: "asha", Actor: "pam", Organisation: "police", What: "consultation", Ref: "ST-1", Why: "consult.read"},
			{Person: "asha", Actor: "olu", Organisation: "licensing", What: "file", Ref: "ST-1", Why: "case.read"},
		}
		for i := range looks {
			clock.Advance(time.Second)
			looks[i].At = clock.Now()
			if err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return access.Record(ctx, tx, looks[i]) }); err != nil {
				t.Fatal(err)
			}
		}
		no := errors.New("no")
		err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(access.Record(ctx, tx, looks[0]), no)
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		for person, want := range map[string][]access.Look{"asha": {looks[3], looks[2], looks[0]}, "ben": {looks[1]}, "nobody": nil} {
			for limit := range 5 {
				err := db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
					got, err := access.Of(ctx, tx, person, limit)
					for i := range got {
						got[i].ID = ""
					}
					if most := want[:min(limit, len(want))]; !slices.Equal(got, most) {
						t.Errorf("the latest %d of %s: %+v, want %+v", limit, person, got, most)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// TestALookCannotBeTakenInReading keeps the order: the row is stored before anything is shown.
func TestALookCannotBeTakenInReading(t *testing.T) {
	storetest.Each(t, []fs.FS{access.Migrations()}, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		err := db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			if err := access.Record(ctx, tx, access.Look{Person: "asha", Actor: "olu", Why: "case.read"}); err == nil {
				return fmt.Errorf("a reading transaction wrote")
			}
			return nil
		})
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("the transaction ended with %v", err)
		}
	})
}
