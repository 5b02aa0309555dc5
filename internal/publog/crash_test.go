package publog_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestBrokenOffAtEveryStep: whoever takes over after a break publishes everything once, in an order that continues what
// was published before.
func TestBrokenOffAtEveryStep(t *testing.T) {
	each(t, func(w *world) {
		last := w.sequencer("first")
		w.append(3)
		w.cycle(last)
		for i, at := range publog.Steps {
			for _, sameProcess := range []bool{true, false} {
				before, was := w.audit()
				w.append(4)
				last.BreakAt(func(step string) error {
					if step == at {
						return errBreak
					}
					return nil
				})
				if _, err := last.Cycle(w.ctx); !errors.Is(err, errBreak) {
					t.Fatalf("at %s: %v", at, err)
				}
				w.audit() // what is published is whole at every moment
				w.append(1)
				if sameProcess {
					last.BreakAt(func(string) error { return nil })
				} else {
					last = w.sequencer(fmt.Sprint("heir ", i))
					if done := w.cycle(last); done.Sequenced != 0 && at != "placed" {
						t.Errorf("at %s: another took over within the lease", at)
					}
					w.clock.Advance(publog.Lease + time.Second)
				}
				w.cycle(last)
				w.complete()
				after, is := w.audit()
				w.must(proof.Extends(w.ctx, w.fetch, before, after))
				if !slices.Equal(was, is[:len(was)]) {
					t.Errorf("at %s: reordered after publication", at)
				}
			}
		}
	})
}

// TestAStaleSequencerPublishesNothing: one that was silent for longer than its lease, at any step, while another worked.
func TestAStaleSequencerPublishesNothing(t *testing.T) {
	each(t, func(w *world) {
		for i, at := range []string{"sequenced", "checked", "signed"} {
			stale, other := w.sequencer(fmt.Sprint("stale ", i)), w.sequencer(fmt.Sprint("other ", i))
			w.clock.Advance(publog.Lease + time.Second)
			w.append(3)
			var mid proof.Checkpoint
			stale.BreakAt(func(step string) error {
				if step == at {
					w.append(2)
					w.clock.Advance(publog.Lease + time.Second)
					w.cycle(other)
					mid, _ = w.audit()
				}
				return nil
			})
			if done := w.cycle(stale); done.Published > mid.Size {
				t.Errorf("at %s: %+v", at, done)
			}
			after, _ := w.audit()
			if after != mid || mid.Size != int64(w.logged) {
				t.Errorf("at %s: %+v was published over %+v", at, after, mid)
			}
			w.complete()
		}
	})
}

// TestTwoSequencersAtOnce while many write: nothing is lost, doubled or moved, and what anybody saw is continued.
func TestTwoSequencersAtOnce(t *testing.T) {
	each(t, func(w *world) {
		const writers, events = 4, 60
		stop := make(chan struct{})
		var beside, wait sync.WaitGroup
		for i := range 3 {
			beside.Go(func() {
				s := w.sequencer(fmt.Sprint("s", i))
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := s.Cycle(w.ctx); err != nil {
						t.Errorf("sequencer %d: %v", i, err)
						return
					}
					w.clock.Advance(publog.Lease / 3) // so that leases run out under everybody's hands
				}
			})
		}
		beside.Go(func() {
			var seen proof.Checkpoint
			for {
				select {
				case <-stop:
					return
				default:
				}
				s, err := proof.Newest(w.ctx, w.fetch, w.trust())
				if errors.Is(err, proof.ErrMissing) {
					continue
				}
				if err == nil && seen.Origin != "" {
					err = proof.Extends(w.ctx, w.fetch, seen, s.Checkpoint)
				}
				if err != nil {
					t.Errorf("whoever watches: %v", err)
					return
				}
				seen = s.Checkpoint
			}
		})
		for i := range writers {
			wait.Go(func() {
				for n := range events {
					e := event(i*events + n)
					if err := w.db.Write(w.ctx, "log", func(ctx context.Context, tx *store.Tx) error { return w.Append(ctx, tx, e) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		w.logged = writers * events
		close(stop)
		beside.Wait()
		w.clock.Advance(publog.Lease + time.Second)
		w.cycle(w.sequencer("last"))
		w.complete()
	})
}

// TestAnyHistoryOfBreaks draws who works, where it breaks off, how the clock goes, against a list in memory.
func TestAnyHistoryOfBreaks(t *testing.T) {
	db, clock := storetest.SQLite(t, schema...)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, db, clock)
		run++
		w.Log = publog.New(publog.Config{Name: fmt.Sprint("log ", run)})
		hands := []*publog.Sequencer{w.sequencer(fmt.Sprint(run, "a")), w.sequencer(fmt.Sprint(run, "b"))}
		var seen proof.Checkpoint
		var order []string
		for range rapid.IntRange(2, 12).Draw(rt, "steps") {
			w.append(rapid.IntRange(0, 5).Draw(rt, "events"))
			at := rapid.SampledFrom(append([]string{"nowhere"}, publog.Steps...)).Draw(rt, "break")
			s := rapid.SampledFrom(hands).Draw(rt, "hand")
			s.BreakAt(func(step string) error {
				if step == at {
					return errBreak
				}
				return nil
			})
			if _, err := s.Cycle(w.ctx); err != nil && !errors.Is(err, errBreak) {
				rt.Fatal(err)
			}
			clock.Advance(time.Duration(rapid.IntRange(0, 40).Draw(rt, "seconds")) * time.Second)
			if _, err := w.fetch(w.ctx, proof.CheckpointPath); errors.Is(err, proof.ErrMissing) {
				continue
			}
			now, ids := w.audit()
			if seen.Origin != "" {
				if err := proof.Extends(w.ctx, w.fetch, seen, now); err != nil {
					rt.Fatal(err)
				}
				if !slices.Equal(order, ids[:len(order)]) {
					rt.Fatal("reordered after publication")
				}
			}
			seen, order = now, ids
		}
		clock.Advance(time.Minute)
		w.cycle(w.sequencer("last"))
		w.complete()
	})
}
