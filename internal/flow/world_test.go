package flow_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/access"
	"stoa/internal/appointment"
	"stoa/internal/blob"
	"stoa/internal/bookmark"
	"stoa/internal/cases"
	"stoa/internal/consent"
	"stoa/internal/credential"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	talks "stoa/internal/inquiry"
	"stoa/internal/insight"
	"stoa/internal/job"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(), insight.Migrations(),
	record.Migrations(), credential.Migrations(), disclosure.Migrations(), notify.Migrations(), access.Migrations(), retain.Migrations(), consent.Migrations(), mandate.Migrations(), appointment.Migrations(), bookmark.Migrations(), release.Migrations(), talks.Migrations(), publog.Migrations()}

// world is an installation with the small jurisdiction of package service's tests in force.
type world struct {
	*flow.Flow
	t       testing.TB
	ctx     context.Context
	clock   *storetest.Clock
	system  policy.Actor
	officer policy.Actor
	other   policy.Actor // an officer of the organisation that is asked
	boss    policy.Actor
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := &docket.Docket{Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blob.New(keys, blob.None{})}
	w := &world{t: t, ctx: context.Background(), clock: clock, system: policy.Actor{System: true}, Flow: &flow.Flow{
		DB: db, Docket: d, People: &person.People{Vault: keys, Rand: rand.Reader}, Outbox: &notify.Outbox{Vault: keys}, Words: words,
		Log:  publog.New(publog.Config{Name: "public", Vault: keys, Rand: rand.Reader}),
		Site: flow.Site{URL: "https://testshire.example", Demo: true},
	}}
	clock.Set(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)) // a Monday
	j, problems := service.Load(base(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
	w.officer = w.staff("Olu Officer", policy.Grant{Role: policy.Officer, Organisation: "markets"})
	w.boss = w.staff("Sue Supervisor", policy.Grant{Role: policy.Supervisor, Organisation: "markets"})
	w.other = w.staff("Fay Fire", policy.Grant{Role: policy.Officer, Organisation: "fire-service"})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) staff(name string, g policy.Grant) policy.Actor {
	w.t.Helper()
	id, err := w.AddStaff(w.ctx, w.system, flow.AddStaff{Name: name, Email: strings.ReplaceAll(name, " ", ".") + "@testshire.example", Language: "en", Grants: []policy.Grant{g}})
	w.must(err)
	return policy.Actor{Person: id, Name: name, Grants: []policy.Grant{g}}
}

// filled starts a draft and answers everything as the worked example does; the actor holds it.
func (w *world) filled(email string) (string, policy.Actor) {
	w.t.Helper()
	id, _, err := w.StartDraft(w.ctx, policy.Actor{}, flow.StartDraft{Service: "street-stall", Language: "en"})
	w.must(err)
	holder := policy.Actor{Draft: id}
	stall := url.Values{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"}}
	_, _, err = w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "stall", Form: stall})
	w.must(err)
	you := url.Values{"applicant_name": {"Rana Resident"}, "applicant_email": {email}}
	_, _, err = w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "you", Form: you})
	w.must(err)
	return id, holder
}

func (w *world) submitted(email string) (flow.Submitted, policy.Actor) {
	w.t.Helper()
	id, holder := w.filled(email)
	done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
	w.must(err)
	return done, policy.Actor{Person: w.load(done.Case).Person, Name: "Rana Resident"}
}

func (w *world) load(id string) *docket.Case {
	w.t.Helper()
	var c *docket.Case
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = w.Docket.Case(ctx, tx, id)
		return err
	}))
	return c
}

func (w *world) key() string {
	w.t.Helper()
	token, err := w.People.Token()
	w.must(err)
	return token[:20]
}

func (w *world) act(actor policy.Actor, id, action string, d process.Decision, text string) error {
	w.t.Helper()
	return w.ActOnCase(w.ctx, actor, flow.ActOnCase{Case: id, Version: w.load(id).Version, Action: action, Decision: d, Text: text, Key: w.key()})
}

// each runs a test in a fresh world on every database.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newWorld(t, db, clock)) })
}

// counts is how many rows each table of effects has.
func (w *world) counts() map[string]int {
	w.t.Helper()
	all := map[string]int{}
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"cases", "case_event", "consultation", "message", "letter", "case_term", "record", "record_version", "notification", "job", "person", "counter", "representation", "access", "publog_leaf", "publog_opening"} {
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
				return err
			}
			all[table] = n
		}
		return nil
	}))
	return all
}

func (w *world) draft(id string) *docket.Draft {
	w.t.Helper()
	var d *docket.Draft
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = w.Docket.Draft(ctx, tx, id)
		return err
	}))
	return d
}

// base is the jurisdiction of package service's tests, with a calendar for one more year.
func base(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS("../service/testdata/base"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join("../service/testdata/base", path))
		files[path] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(raw), "until: 2026-12-31", "until: 2027-12-31"))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
