package publog_test

import (
	"context"
	"testing"
	"time"

	"stoa/internal/store"
)

// TestWhoEndsLetsGo: after a sequencer has ended in order, another takes over at once.
func TestWhoEndsLetsGo(t *testing.T) {
	each(t, func(w *world) {
		w.append(3)
		first := w.sequencer("first")
		ctx, stop := context.WithCancel(w.ctx)
		tick, ended := make(chan time.Time), make(chan error, 1)
		go func() { ended <- first.Run(ctx, tick) }()
		tick <- time.Time{} // the first cycle is done
		w.append(1)
		second := w.sequencer("second")
		if done := w.cycle(second); done.Sequenced != 0 {
			w.t.Errorf("another took over beside it: %+v", done)
		}
		stop()
		w.must(<-ended)
		if done := w.cycle(second); done.Published != 4 {
			w.t.Errorf("after it ended: %+v", done)
		}
	})
}

// TestLatestAndNewest: what was logged last of a kind, and what was signed last.
func TestLatestAndNewest(t *testing.T) {
	each(t, func(w *world) {
		look := func() (id string, note []byte) {
			w.must(w.db.Read(w.ctx, "look", func(ctx context.Context, tx *store.Tx) (err error) {
				if id, err = w.Latest(ctx, tx, "licensing", "licence.issued"); err != nil {
					return err
				}
				note, _, err = w.Newest(ctx, tx)
				return err
			}))
			return id, note
		}
		if id, note := look(); id != "" || note != nil {
			w.t.Errorf("before the first: %q, %q", id, note)
		}
		w.append(1)
		w.clock.Advance(time.Second)
		w.append(1)
		w.cycle(w.sequencer("one"))
		if id, note := look(); id != "L-000001" || len(note) == 0 {
			w.t.Errorf("%q, %q", id, note)
		}
	})
}
