package cases_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"stoa/internal/cases"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// draft starts a draft of a person ("" for nobody).
func (o *office) draft(person, words string) *cases.Draft {
	o.t.Helper()
	var d *cases.Draft
	o.write(func(ctx context.Context, tx *store.Tx) error {
		d = &cases.Draft{ID: tx.NewID(), Service: "stall", Variant: "new", Definition: "h1", Person: person, Language: "en",
			DraftBody: cases.DraftBody{Typed: typed("name", words), Previous: map[string]string{"place": "Market Square"}}}
		return o.StartDraft(ctx, tx, d, []byte("hash of "+d.ID))
	})
	return d
}

func (o *office) readDraft(id string) (d *cases.Draft, err error) {
	err = o.db.Read(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		d, err = o.Draft(ctx, tx, id)
		return err
	})
	return d, err
}

func TestADraftIsKeptAsItIs(t *testing.T) {
	each(t, func(o *office) {
		d := o.draft("", "half a na")
		got, err := o.readDraft(d.ID)
		if err != nil || !reflect.DeepEqual(got, d) {
			o.t.Errorf("%+v, %v, want %+v", got, err, d)
		}
		stale, err := o.readDraft(d.ID)
		o.must(err)
		d.Typed, d.Person, d.Language = typed("name", ""), "asha", "ar"
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.SaveDraft(ctx, tx, d) })
		if got, err = o.readDraft(d.ID); err != nil || got.Version != 2 || !reflect.DeepEqual(got, d) {
			o.t.Errorf("saved: %+v, %v, want %+v", got, err, d)
		}
		stale.Typed = typed("name", "lost")
		err = o.db.Write(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return o.SaveDraft(ctx, tx, stale) })
		if got, _ = o.readDraft(d.ID); !isConflict(err) || got.Typed.Get("name") != "" {
			o.t.Errorf("a stale window: %v; now %q", err, got.Typed.Get("name"))
		}
		if _, err := o.readDraft("nothing"); !isNotFound(err) {
			o.t.Errorf("an unknown draft: %v", err)
		}
	})
}

func TestADraftIsHandedOver(t *testing.T) {
	each(t, func(o *office) {
		d := o.draft("", "x")
		holds := func(hash string) (ok bool) {
			o.read(func(ctx context.Context, tx *store.Tx) (err error) {
				ok, err = o.HoldsDraft(ctx, tx, d.ID, []byte(hash))
				return err
			})
			return ok
		}
		first := "hash of " + d.ID
		if !holds(first) || holds("another") || holds("") {
			o.t.Error("who holds the draft at first")
		}
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.HandDraft(ctx, tx, d.ID, []byte("another")) })
		if holds(first) || !holds("another") {
			o.t.Error("the first browser still holds the draft")
		}
		err := o.db.Write(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			return o.HandDraft(ctx, tx, "forgotten", []byte("another"))
		})
		if !isNotFound(err) {
			o.t.Errorf("handing over what is gone: %v", err)
		}
	})
}

func TestDraftsOfAPerson(t *testing.T) {
	each(t, func(o *office) {
		old := o.draft("asha", "old")
		o.clock.Advance(time.Hour)
		late := o.draft("asha", "new")
		o.draft("ben", "another's")
		sent := o.draft("asha", "sent")
		sent.Case = "c1"
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.SaveDraft(ctx, tx, sent) })
		o.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := o.DraftsOf(ctx, tx, "asha")
			var ids []string
			for _, d := range all {
				ids = append(ids, d.ID)
			}
			if !slices.Equal(ids, []string{late.ID, old.ID}) {
				o.t.Errorf("drafts %v", ids)
			}
			return err
		})
	})
}

func (o *office) forget() (n int, err error) {
	err = o.db.Write(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		n, err = o.ForgetDrafts(ctx, tx, o.clock.Now().Add(-cases.DraftLife), 100)
		return err
	})
	return n, err
}

// TestForgettingADraftDestroysItsKey asks that even a copy of the sealed bytes cannot be opened any more.
func TestForgettingADraftDestroysItsKey(t *testing.T) {
	each(t, func(o *office) {
		d := o.draft("", "Rana")
		sent := o.draft("", "Omar")
		sent.Case = "c1"
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.SaveDraft(ctx, tx, sent) })
		var copied []byte
		o.read(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.QueryRow(ctx, `SELECT sealed FROM draft WHERE id = $1`, d.ID).Scan(&copied); err != nil {
				return err
			}
			_, err := o.Vault.Open(ctx, tx, d.Subject, "draft "+d.ID, copied) // as long as there is a key
			return err
		})
		o.clock.Advance(cases.DraftLife)
		fresh := o.draft("", "fresh")
		if n, err := o.forget(); n != 0 || err != nil {
			o.t.Errorf("forgot %d on the last day, %v", n, err)
		}
		o.clock.Advance(time.Microsecond)
		if n, err := o.forget(); n != 1 || err != nil {
			o.t.Errorf("forgot %d, %v", n, err)
		}
		if _, err := o.readDraft(d.ID); !isNotFound(err) {
			o.t.Errorf("the row: %v", err)
		}
		o.read(func(ctx context.Context, tx *store.Tx) error {
			if _, err := o.Vault.Open(ctx, tx, d.Subject, "draft "+d.ID, copied); !errors.Is(err, vault.ErrErased) {
				o.t.Errorf("the copy: %v", err)
			}
			return nil
		})
		for _, kept := range []*cases.Draft{sent, fresh} {
			if got, err := o.readDraft(kept.ID); err != nil || got.Typed.Get("name") == "" {
				o.t.Errorf("a draft that stays: %+v, %v", got, err)
			}
		}
	})
}

// TestADraftThatIsSentJustNowIsNotForgotten lets forgetting begin while an old draft becomes a case in a
// transaction that has not ended: the case has the draft's key, which must live.
func TestADraftThatIsSentJustNowIsNotForgotten(t *testing.T) {
	each(t, func(o *office) {
		d := o.draft("", "Rana")
		o.clock.Advance(cases.DraftLife + time.Hour)
		held, waiting := make(chan struct{}), make(chan struct{})
		sent, forgot := make(chan error, 1), make(chan error, 1)
		go func() {
			sent <- o.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				d.Case = "c1"
				if err := o.SaveDraft(ctx, tx, d); err != nil {
					return err
				}
				close(held)
				<-waiting
				return nil
			})
		}()
		<-held
		go func() {
			n, err := o.forget()
			if n != 0 {
				err = errors.Join(err, fmt.Errorf("forgot %d", n))
			}
			forgot <- err
		}()
		if o.t.Name() == t.Name()+"/postgres" {
			o.untilBlocked()
		}
		close(waiting)
		o.must(<-sent)
		if err := <-forgot; err != nil {
			o.t.Error(err)
		}
		if got, err := o.readDraft(d.ID); err != nil || got.Case != "c1" || got.Typed.Get("name") != "Rana" {
			o.t.Errorf("the draft is %+v, %v", got, err)
		}
	})
}

// untilBlocked returns when some transaction of this database waits for another's row.
func (o *office) untilBlocked() {
	o.t.Helper()
	for n := 0; n == 0; {
		o.must(o.t.Context().Err())
		o.read(func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		})
	}
}
