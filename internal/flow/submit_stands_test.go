package flow_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestWhatChangesBeforeTheTurn: an application is judged before its transaction begins. Whatever changes in between
// that it was judged by, the case is as if it had been judged in the transaction.
func TestWhatChangesBeforeTheTurn(t *testing.T) {
	counted := []string{"    give: count\n", "    give: count\n    states: [pending, active, expired]\n",
		"  register: stalls\n  fields:", "  register: stalls\n  pending: true\n  fields:"}
	var between func() // judging and writing; once
	watch := func(ctx context.Context, name string, writes bool) (context.Context, func(error)) {
		if name == "flow.Submit" && writes && between != nil {
			change := between
			between = nil
			change()
		}
		return ctx, func(error) {}
	}
	send := func(w *world, email string, change func(draft string, holder policy.Actor)) (string, error) {
		w.t.Helper()
		id, holder := w.filled(email)
		between = func() { change(id, holder) }
		done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
		if between != nil {
			w.t.Fatal("nothing came between")
		}
		return done.Case, err
	}
	fee := func(w *world, id string, err error) int64 {
		w.t.Helper()
		w.must(err)
		return w.load(id).Fee
	}
	tests := map[string]func(w *world){
		"nothing": func(w *world) {
			id, err := send(w, "rana@testshire.example", func(string, policy.Actor) {})
			if got := fee(w, id, err); got != 5000 {
				w.t.Errorf("the fee is %d", got)
			}
		},
		"another application": func(w *world) {
			w.publish(edited(w.t, counted...))
			w.submitted("omar@testshire.example")
			w.submitted("mona@testshire.example")
			before := w.counts()["cases"]
			_, err := send(w, "rana@testshire.example", func(string, policy.Actor) { w.submitted("sami@testshire.example") })
			if !errors.As(err, new(*flow.NotReady)) {
				w.t.Errorf("a fourth is accepted: %v", err)
			}
			if n := w.counts()["cases"] - before; n != 1 {
				w.t.Errorf("%d cases were made instead of 1", n)
			}
			id, holder := w.filled("lena@testshire.example")
			form := url.Values{"adult": {"yes"}, "goods": {"other"}, "place": {"P2"}, "metres": {"4"}}
			_, _, err = w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "stall", Form: form})
			w.must(err)
			done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
			w.must(err)
			if done.Number != "ST-2026-00004" {
				w.t.Errorf("the number that was given back is not the next: %s", done.Number)
			}
		},
		"an application ends": func(w *world) {
			w.publish(edited(w.t, counted...))
			first, _ := w.submitted("omar@testshire.example")
			w.submitted("mona@testshire.example")
			id, err := send(w, "rana@testshire.example", func(string, policy.Actor) {
				w.must(w.act(w.officer, first.Case, "refuse", process.Decision{Reason: "No room."}, ""))
			})
			w.must(err)
			if n := w.load(id).Lookups["others"].Values[0]; n != "1" {
				w.t.Errorf("it was decided with %s others, and there is 1", n)
			}
		},
		"the draft": func(w *world) {
			id, err := send(w, "rana@testshire.example", func(draft string, holder policy.Actor) {
				form := url.Values{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"5"}}
				_, _, err := w.SavePage(w.ctx, holder, flow.SavePage{Draft: draft, Page: "stall", Form: form})
				w.must(err)
			})
			if got := fee(w, id, err); got != 6250 {
				w.t.Errorf("the fee is %d, and what was saved says five metres", got)
			}
		},
		"the day, and with it a parameter": func(w *world) {
			w.clock.Set(time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC))
			id, err := send(w, "rana@testshire.example", func(string, policy.Actor) { w.clock.Advance(24 * time.Hour) })
			if got := fee(w, id, err); got != 5200 {
				w.t.Errorf("the fee is %d, and from that day on it is 13 for each metre", got)
			}
		},
		"the record that was chosen": func(w *world) {
			id, err := send(w, "rana@testshire.example", func(string, policy.Actor) {
				w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
					r, err := w.Docket.Records.ByNumber(ctx, tx, "places", "P1")
					if err != nil {
						return err
					}
					r.Fields["name"] = "Old Square"
					return w.Docket.Records.Put(ctx, tx, w.Docket.Releases.Current().Registers["places"], r, record.Change{Change: "corrected"})
				}))
			})
			w.must(err)
			if c := w.load(id); c.Label != "Rana Resident, Old Square" {
				w.t.Errorf("the case is of %q", c.Label)
			}
		},
		"a file": func(w *world) {
			id, holder := w.filled("rana@testshire.example")
			form := url.Values{"adult": {"yes"}, "goods": {"food"}, "place": {"P1"}, "metres": {"4"}, "gas": {"yes"}, "bottles": {"1"}}
			certificate := flow.Upload{Question: "certificate", Name: "gas.pdf", Type: "application/pdf", Content: strings.NewReader("%PDF-1.7\ngas\n%%EOF\n")}
			_, _, err := w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "stall", Form: form, Files: []flow.Upload{certificate}})
			w.must(err)
			between = func() {
				w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
					files, err := store.Strings(ctx, tx, `SELECT id FROM blob`)
					if err == nil && len(files) != 1 {
						w.t.Fatalf("%d files were taken", len(files))
					}
					return errors.Join(err, w.Docket.Blobs.Delete(ctx, tx, files[0]))
				}))
			}
			if _, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true}); !errors.As(err, new(*flow.NotReady)) {
				w.t.Errorf("it was sent without the certificate that it was judged by: %v", err)
			}
		},
		"it is sent": func(w *world) {
			var first flow.Submitted
			id, err := send(w, "rana@testshire.example", func(draft string, holder policy.Actor) {
				var err error
				first, err = w.Submit(w.ctx, holder, flow.Submit{Draft: draft, Declared: true})
				w.must(err)
			})
			w.must(err)
			if id != first.Case || w.counts()["cases"] != 1 {
				w.t.Errorf("sent twice it is case %s and %s", first.Case, id)
			}
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			storetest.EachWatched(t, tables, watch, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newWorld(t, db, clock)) })
		})
	}
}

// TestTheLastPlace: of many applications at once for the last place that a limit leaves, one is taken.
func TestTheLastPlace(t *testing.T) {
	each(t, func(w *world) {
		w.publish(edited(w.t, "    give: count\n", "    give: count\n    states: [pending, active, expired]\n",
			"  register: stalls\n  fields:", "  register: stalls\n  pending: true\n  fields:"))
		w.submitted("omar@testshire.example")
		w.submitted("mona@testshire.example")
		const many = 8
		drafts, holders, results := make([]string, many), make([]policy.Actor, many), make([]error, many)
		for i := range drafts {
			drafts[i], holders[i] = w.filled(fmt.Sprintf("rana.%d@testshire.example", i))
		}
		var sending sync.WaitGroup
		for i := range drafts {
			sending.Go(func() { _, results[i] = w.Submit(w.ctx, holders[i], flow.Submit{Draft: drafts[i], Declared: true}) })
		}
		sending.Wait()
		taken := 0
		for _, err := range results {
			switch {
			case err == nil:
				taken++
			case !errors.As(err, new(*flow.NotReady)):
				w.t.Error(err)
			}
		}
		if taken != 1 {
			w.t.Errorf("%d of %d were taken, and one was to be", taken, many)
		}
	})
}
