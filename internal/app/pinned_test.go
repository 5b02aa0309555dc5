package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// stalls is the jurisdiction of package service's tests, with replacements in its files.
func stalls(t *testing.T, replace ...string) fs.FS {
	t.Helper()
	const base = "../service/testdata/base"
	files, replacer := fstest.MapFS{}, strings.NewReplacer(replace...)
	err := fs.WalkDir(os.DirFS(base), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(base, path))
		files[path] = &fstest.MapFile{Data: []byte(replacer.Replace(string(raw)))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// changed is what the law becomes meanwhile: dearer, stricter, slower.
var changed = []string{
	"value: 12.50", "value: 99",
	"{early: true, that: adult,", "{early: true, that: metres > 4,",
	"deadline: {working_days: 20,", "deadline: {working_days: 40,",
	"metres: 4\n      applicant_name", "metres: 5\n      applicant_name", // the worked example follows
	"values: {base_fee: 50}, fee: 50, state: received, due: 2026-03-30", "state: received",
	"issued: {metres: 4}", "issued: {metres: 5}",
}

// TestTheLawOfTheFirstDayStays puts changed files in force while a draft is being written and a case
// decided, and restarts: both keep their fee, their rules and their deadlines; a new draft has the new ones.
func TestTheLawOfTheFirstDayStays(t *testing.T) {
	databases := map[string]func(t *testing.T) Secret{"sqlite": func(*testing.T) Secret { return "" }}
	if storetest.HasPostgres() {
		databases["postgres"] = func(t *testing.T) Secret { return Secret(storetest.PostgresURL(t, "")) }
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			config := Config{Data: t.TempDir(), Database: database(t), URL: "https://testshire.example"}
			a := open(t, config, false, quiet())
			force := func(a *App, files fs.FS) {
				t.Helper()
				if problems, err := a.Publish(t.Context(), files); len(problems) > 0 || err != nil {
					t.Fatal(problems, err)
				}
				a.Clock.Set(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
			}
			force(a, stalls(t))
			waiting, sent := fill(t, a), fill(t, a)
			done, err := a.Flow.Submit(t.Context(), policy.Actor{Draft: sent}, flow.Submit{Draft: sent, Declared: true})
			if err != nil {
				t.Fatal(err)
			}
			was := loaded(t, a, done.Case)
			if was.Fee != 5000 || was.Due.String() != "2026-03-30" {
				t.Fatalf("fee %d, due %s", was.Fee, was.Due)
			}
			force(a, stalls(t, changed...))
			again := open(t, config, false, quiet()) // another process, which never compiled the old files
			force(again, stalls(t, changed...))
			for process, a := range map[string]*App{"the same process": a, "another": again} {
				draft := drafted(t, a, waiting)
				if !draft.Judged.Ready() || draft.Judged.Fee.Total.Minor != 5000 {
					t.Errorf("%s: the draft is ready %v, fee %+v", process, draft.Judged.Ready(), draft.Judged.Fee)
				}
				now := loaded(t, a, done.Case)
				if now.Definition != was.Definition || now.Service.Hash != was.Definition || now.Judged.Fee.Total.Minor != 5000 || now.Due != was.Due {
					t.Errorf("%s: the case has fee %+v, due %s", process, now.Judged.Fee, now.Due)
				}
				fresh := drafted(t, a, fill(t, a))
				if fresh.Definition == was.Definition || fresh.Judged.Ready() || fresh.Judged.Fee != nil && fresh.Judged.Fee.Total.Minor != 39600 {
					t.Errorf("%s: a new draft is ready %v, fee %+v", process, fresh.Judged.Ready(), fresh.Judged.Fee)
				}
			}
			late, err := again.Flow.Submit(t.Context(), policy.Actor{Draft: waiting}, flow.Submit{Draft: waiting, Declared: true})
			if err != nil {
				t.Fatalf("a draft under the former files cannot be sent: %v", err)
			}
			if c := loaded(t, again, late.Case); c.Fee != 5000 || c.Due.String() != "2026-03-30" {
				t.Errorf("sent after the change: fee %d, due %s", c.Fee, c.Due)
			}
			again.Clock.Set(time.Date(2026, 4, 2, 12, 0, 0, 0, time.UTC))
			if _, err := again.Flow.Turn(t.Context(), System); err != nil {
				t.Fatal(err)
			}
			if c := loaded(t, again, done.Case); c.Ending != "lapsed" {
				t.Errorf("past the former deadline the case is %s", c.State)
			}
		})
	}
}

// fill starts a draft of a stall and answers everything.
func fill(t *testing.T, a *App) string {
	t.Helper()
	id, _, err := a.Flow.StartDraft(t.Context(), policy.Actor{}, flow.StartDraft{Service: "street-stall", Language: "en", Typed: process.Typed{Fields: map[string][]string{
		"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"}, "applicant_name": {"Rana Resident"}, "applicant_email": {"rana@testshire.example"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func loaded(t *testing.T, a *App, id string) (c *docket.Case) {
	t.Helper()
	err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = a.Flow.Docket.Case(ctx, tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func drafted(t *testing.T, a *App, id string) (d *docket.Draft) {
	t.Helper()
	err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = a.Flow.Docket.Draft(ctx, tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
