package flow_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/flow"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// edited is the small jurisdiction with pieces of its service replaced, old by new.
func edited(t testing.TB, pieces ...string) fs.FS {
	t.Helper()
	files := base(t)
	const name = "services/street-stall.yaml"
	src := string(files[name].Data)
	for i := 0; i < len(pieces); i += 2 {
		if strings.Count(src, pieces[i]) != 1 {
			t.Fatalf("%q is not in the service once", pieces[i])
		}
		src = strings.Replace(src, pieces[i], pieces[i+1], 1)
	}
	files[name] = &fstest.MapFile{Data: []byte(src)}
	return files
}

func (w *world) publish(files fs.FS) {
	w.t.Helper()
	j, problems := service.Load(files)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

// others is how many stalls a new application for the same place sees.
func (w *world) others(email string) string {
	w.t.Helper()
	id, _ := w.filled(email)
	return w.draft(id).Lookups["others"].Values[0]
}

// TestWhatIsPendingCounts: a look-up that names the state sees what was asked for, and nothing else does,
// until it is granted as the same record, or dropped.
func TestWhatIsPendingCounts(t *testing.T) {
	each(t, func(w *world) {
		w.publish(edited(t, "    give: count\n", "    give: count\n    states: [pending, active, expired]\n",
			"  register: stalls\n  fields:", "  register: stalls\n  pending: true\n  fields:"))
		first, applicant := w.submitted("rana@testshire.example")
		if n := w.others("omar@testshire.example"); n != "1" {
			w.t.Errorf("after one application a second sees %s", n)
		}
		second, _ := w.submitted("omar@testshire.example")
		third, _ := w.submitted("mona@testshire.example")
		id, holder := w.filled("sami@testshire.example")
		if _, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true}); !errors.As(err, new(*flow.NotReady)) {
			w.t.Errorf("a fourth is accepted, with three before it: %v", err)
		}
		if eligible := w.load(third.Case).Judged.Eligible(); eligible == nil || !*eligible {
			w.t.Error("the third counts itself")
		}
		pending := w.hidden(applicant.Person)

		w.clock.Advance(7 * 24 * time.Hour)
		_, err := w.Turn(w.ctx, w.system)
		w.must(err)
		w.must(w.act(w.officer, first.Case, "grant", process.Decision{}, ""))
		w.must(w.act(w.officer, second.Case, "refuse", process.Decision{Reason: "No room."}, ""))
		if n := w.others("sami@testshire.example"); n != "2" {
			w.t.Errorf("with one granted, one refused and one pending a new one sees %s", n)
		}
		licence := w.load(first.Case).Licence
		if !pending[licence] {
			w.t.Errorf("licence %s is none of the records that were pending: %v", licence, pending)
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r, err := w.Docket.Records.Get(ctx, tx, licence)
			if err != nil {
				return err
			}
			versions, err := w.Docket.Records.History(ctx, tx, licence)
			if r.State != "active" || r.Number != "SL-2026-00001" || r.Fields["holder"] != "Rana Resident" || len(versions) != 1 {
				w.t.Errorf("record %+v with %d versions", r, len(versions))
			}
			return err
		}))
		w.clock.Advance(60 * 24 * time.Hour) // the third lapses
		_, err = w.Turn(w.ctx, w.system)
		w.must(err)
		if n := w.others("sami@testshire.example"); n != "1" {
			w.t.Errorf("with one granted and nothing pending a new one sees %s", n)
		}
		w.clock.Advance(366 * 24 * time.Hour)
		if n := w.others("sami@testshire.example"); n != "1" {
			w.t.Errorf("expired is named and not counted: %s", n)
		}
	})
}

// hidden shows that nothing lists what is pending, and returns its ids.
func (w *world) hidden(person string) map[string]bool {
	w.t.Helper()
	ids := map[string]bool{}
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		look := w.Docket.Records.Lookups()
		match, err := look.Match(ctx, tx, "stalls", map[string]string{"place": "Market Square"}, nil)
		if err != nil {
			return err
		}
		pending, err := look.MatchingPending(ctx, tx, match)
		if err != nil {
			return err
		}
		if len(pending) != 3 || pending[0].Fields["holder"] != "Rana Resident" {
			w.t.Errorf("pending: %+v", pending)
		}
		for _, r := range pending {
			ids[r.ID] = true
			if _, err := w.Docket.Records.Public(ctx, tx, r.ID); !errors.Is(err, store.ErrNotFound) {
				w.t.Errorf("what is pending is shown by its id: %v", err)
			}
			if _, err := w.Docket.Records.PublicByNumber(ctx, tx, "stalls", r.Number); !errors.Is(err, store.ErrNotFound) {
				w.t.Errorf("what is pending is shown by its number %q: %v", r.Number, err)
			}
		}
		own, err := w.Docket.Records.Of(ctx, tx, person)
		if err != nil {
			return err
		}
		found, err := w.Docket.Records.Find(ctx, tx, "stalls", "market", "", 10, true)
		if len(own)+len(found) > 0 {
			w.t.Errorf("what is pending is listed: %v %v", own, found)
		}
		return err
	}))
	return ids
}

// TestActiveIsNotExpired: a look-up that names active alone does not count a licence that is over.
func TestActiveIsNotExpired(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		w.clock.Advance(7 * 24 * time.Hour)
		_, err := w.Turn(w.ctx, w.system)
		w.must(err)
		if n := w.others("omar@testshire.example"); n != "0" {
			w.t.Errorf("an application counts as a licence: %s", n)
		}
		w.must(w.act(w.officer, done.Case, "grant", process.Decision{}, ""))
		for _, want := range []string{"1", "0"} {
			if n := w.others("omar@testshire.example"); n != want {
				w.t.Errorf("a new application sees %s, want %s", n, want)
			}
			w.clock.Advance(366 * 24 * time.Hour)
		}
	})
}
