package flow_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
)

var flowStranger = policy.Actor{}

// breaking is a context that ends at its n-th look: the transaction breaks at that statement.
type breaking struct {
	context.Context
	left atomic.Int64
}

func (c *breaking) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func breakAt(n int) *breaking {
	c := &breaking{Context: context.Background()}
	c.left.Store(int64(n))
	return c
}

// TestEveryHopOfTheSubmissionFailsWhole breaks the submission at every statement, one after the other:
// failed and not persisted. At last it goes through: failed but persisted is the answer that is lost,
// and the same form again gives the same case.
func TestEveryHopOfTheSubmissionFailsWhole(t *testing.T) {
	each(t, func(w *world) {
		draft, holder := w.filled("rana@testshire.example")
		before := w.counts()
		broken := 0
		var done flow.Submitted
		for n := 0; ; n++ {
			if n > 2000 {
				w.t.Fatal("the submission never went through")
			}
			var err error
			done, err = w.Submit(breakAt(n), holder, flow.Submit{Draft: draft, Declared: true})
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				w.t.Fatalf("broken at look %d: %v", n, err)
			}
			broken++
			if n%7 == 0 { // comparing every time only takes longer
				if after := w.counts(); !maps.Equal(before, after) {
					w.t.Fatalf("broken at look %d, the submission left rows: %v, before %v", n, after, before)
				}
			}
		}
		if broken < 12 {
			w.t.Errorf("only %d places to break at: does the context still reach the statements?", broken)
		}
		after := w.counts()
		if after["cases"] != 1 || after["consultation"] != 1 || after["notification"] < before["notification"]+1 || after["job"] != after["notification"] {
			w.t.Errorf("after the submission: %v", after)
		}
		if done.Number != "ST-2026-00001" {
			w.t.Errorf("a broken submission used up a number: %s", done.Number)
		}
		for range 3 { // the answer was lost: the same form again
			again, err := w.Submit(w.ctx, holder, flow.Submit{Draft: draft, Declared: true})
			w.must(err)
			if again != done {
				w.t.Errorf("again gave %+v, not %+v", again, done)
			}
		}
		if again := w.counts(); !maps.Equal(after, again) {
			w.t.Errorf("the repetition left rows: %v, before %v", again, after)
		}
	})
}

// TestTwoPostsOfOneFormGiveOneCase lets many posts of the same form run at once.
func TestTwoPostsOfOneFormGiveOneCase(t *testing.T) {
	each(t, func(w *world) {
		for round := range 5 {
			draft, holder := w.filled(fmt.Sprintf("rana%d@testshire.example", round))
			var wait sync.WaitGroup
			results := make([]flow.Submitted, 6)
			for i := range results {
				wait.Go(func() {
					done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: draft, Declared: true})
					if err != nil {
						w.t.Error(err)
					}
					results[i] = done
				})
			}
			wait.Wait()
			for _, r := range results {
				if r != results[0] {
					w.t.Errorf("round %d: %+v and %+v", round, r, results[0])
				}
			}
			if n := w.counts()["cases"]; n != round+1 {
				w.t.Errorf("round %d: %d cases", round, n)
			}
		}
	})
}

// TestAnActionBrokenAnywhereIsWhole does for an officer's decision what the test above does for the
// submission, with the job of its mail.
func TestAnActionBrokenAnywhereIsWhole(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		before, version := w.counts(), w.load(done.Case).Version
		in := flow.ActOnCase{Case: done.Case, Version: version, Action: "refuse", Key: w.key(),
			Decision: process.Decision{Reason: "The place is taken."}}
		for n := 0; ; n++ {
			err := w.ActOnCase(breakAt(n), w.officer, in)
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) || n > 2000 {
				w.t.Fatalf("broken at look %d: %v", n, err)
			}
		}
		after := w.counts()
		if after["letter"] != before["letter"]+1 || after["notification"] != before["notification"]+1 {
			w.t.Errorf("after the decision: %v, before %v", after, before)
		}
		w.must(w.ActOnCase(w.ctx, w.officer, in))
		if again := w.counts(); !maps.Equal(after, again) {
			w.t.Errorf("the repetition left rows: %v, before %v", again, after)
		}
	})
}
