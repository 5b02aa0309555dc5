package docket_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"stoa/internal/blob"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{vault.Migrations(), blob.Migrations(), cases.Migrations(), record.Migrations(), release.Migrations()}

// office is a database with the small jurisdiction of package service's tests in force.
type office struct {
	*docket.Docket
	t     *testing.T
	db    *store.DB
	keys  *vault.Vault
	law   *service.Service
	place *record.Record // the register's record of Market Square
}

func newOffice(t *testing.T, db *store.DB, _ *storetest.Clock) *office {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	j, problems := service.Load(os.DirFS("../service/testdata/base"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o := &office{t: t, db: db, keys: keys, law: j.Services[0], Docket: &docket.Docket{
		Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blob.New(keys, blob.None{})}}
	o.place = &record.Record{Register: "places", Number: "P1", State: record.Active, From: calendar.MustDate("2020-01-01"),
		Fields: map[string]string{"name": "Market Square", "rate": "4"}}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := o.Releases.Publish(ctx, tx, j); err != nil {
			return err
		}
		return o.Records.Put(ctx, tx, j.Registers["places"], o.place, record.Change{})
	})
	o.Releases.Enforce(j)
	return o
}

func each(t *testing.T, test func(o *office)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newOffice(t, db, clock)) })
}

func (o *office) write(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), "test", fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) read(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Read(o.t.Context(), "test", fn); err != nil {
		o.t.Fatal(err)
	}
}

// stall enters a licence at Market Square.
func (o *office) stall(number, metres string) {
	o.t.Helper()
	r := &record.Record{Register: "stalls", Number: number, State: record.Active, From: calendar.MustDate("2026-01-01"),
		Fields: map[string]string{"place": "Market Square", "metres": metres}}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return o.Records.Put(ctx, tx, o.law.Jurisdiction.Registers["stalls"], r, record.Change{})
	})
}

// start begins a draft with all its answers.
func (o *office) start() string {
	o.t.Helper()
	var id string
	o.write(func(ctx context.Context, tx *store.Tx) error {
		id = tx.NewID()
		return o.Cases.StartDraft(ctx, tx, &cases.Draft{ID: id, Service: o.law.Service, Variant: "new", Definition: o.law.Hash, Language: "en",
			DraftBody: cases.DraftBody{Typed: process.Typed{Fields: map[string][]string{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"},
				"applicant_name": {"Rana Resident"}, "applicant_email": {"rana@testshire.example"}}}}}, []byte("x"))
	})
	return id
}

func (o *office) draft(id string) (d *docket.Draft) {
	o.t.Helper()
	o.read(func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = o.Docket.Draft(ctx, tx, id)
		return err
	})
	return d
}

// submit makes a case of a draft as it is judged now.
func (o *office) submit(id string) string {
	o.t.Helper()
	var made string
	o.write(func(ctx context.Context, tx *store.Tx) error {
		d, err := o.Docket.Draft(ctx, tx, id)
		if err != nil {
			return err
		}
		if !d.Judged.Ready() {
			o.t.Fatalf("not ready: %+v", d.Judged.Errors)
		}
		made = tx.NewID()
		return o.Cases.Insert(ctx, tx, &cases.Case{ID: made, Organisation: "markets", Number: made, Service: d.Service.Service, Variant: "new", Definition: d.Definition,
			Person: "rana", Subject: d.Subject, State: "received", Submitted: tx.Now(), Entered: tx.Now(),
			Body: cases.Body{Typed: d.Typed, Lookups: d.Lookups, Picks: d.Picks}})
	})
	return made
}

func (o *office) load(id string) (c *docket.Case) {
	o.t.Helper()
	o.read(func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = o.Docket.Case(ctx, tx, id)
		return err
	})
	return c
}

// verdict is what a judgement says, as far as registers have to do with it.
func verdict(j *process.Judgement) map[string]any {
	all := map[string]any{"ready": j.Ready(), "place": j.Answers["place"]}
	for _, e := range j.Eligibility {
		if e.Holds != nil {
			all[string(e.Rule.Otherwise.In("en"))] = *e.Holds
		}
	}
	if j.Fee != nil {
		all["fee"] = j.Fee.Total
	}
	return all
}

// TestACaseIsJudgedByWhatTheRegistersSaidThen changes the registers after submission, in every way: a
// draft sees it, the case does not.
func TestACaseIsJudgedByWhatTheRegistersSaidThen(t *testing.T) {
	each(t, func(o *office) {
		o.stall("SL-1", "3")
		o.stall("SL-2", "3")
		waiting, sent := o.start(), o.start()
		id := o.submit(sent)
		then := verdict(o.load(id).Judged)
		if draft := verdict(o.draft(waiting).Judged); !reflect.DeepEqual(then, draft) {
			o.t.Errorf("the case says %v, the draft %v", then, draft)
		}
		if looked := o.load(id).Lookups["others"]; !reflect.DeepEqual(looked, cases.Looked{Kind: "one", Values: []string{"2"}}) {
			o.t.Errorf("noted: %+v", looked)
		}
		o.stall("SL-3", "3") // now the place is full
		if d := o.draft(waiting); d.Judged.Ready() {
			o.t.Error("a draft does not see that the place is full")
		}
		o.place.Fields["name"], o.place.Fields["rate"] = "Renamed Square", "99"
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return o.Records.Put(ctx, tx, o.law.Jurisdiction.Registers["places"], o.place, record.Change{})
		})
		if pick, ok := o.draft(waiting).Judged.Answers["place"].(process.Pick); !ok || pick.Label != "Renamed Square" {
			o.t.Errorf("a draft sees %+v", pick)
		}
		o.write(func(ctx context.Context, tx *store.Tx) error {
			for _, table := range []string{"record_key", "record_version"} {
				if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE record_id = $1`, o.place.ID); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `DELETE FROM record WHERE id = $1`, o.place.ID)
			return err
		})
		if d := o.draft(waiting); d.Judged.Ready() {
			o.t.Error("a draft goes on with a record that is gone")
		}
		if now := verdict(o.load(id).Judged); !reflect.DeepEqual(now, then) {
			o.t.Errorf("the case is judged anew: %v, then %v", now, then)
		}
		if pick, ok := o.load(id).Judged.Answers["place"].(process.Pick); !ok || pick.Label != "Market Square" || pick.Fields["name"] != "Market Square" {
			o.t.Errorf("the choice is %+v", pick)
		}
	})
}

// TestAnErasedPersonsCaseStillOpens shows an empty case; nothing that lists or opens it fails.
func TestAnErasedPersonsCaseStillOpens(t *testing.T) {
	each(t, func(o *office) {
		id := o.submit(o.start())
		subject := o.load(id).Subject
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.keys.Erase(ctx, tx, subject) })
		c := o.load(id)
		if len(c.Judged.Answers) != 0 || c.Judged.Ready() || c.State != "received" || c.StateOf() == nil {
			o.t.Errorf("answers %v, ready %v, state %s", c.Judged.Answers, c.Judged.Ready(), c.State)
		}
		o.read(func(ctx context.Context, tx *store.Tx) error {
			page, err := o.Cases.Queue(ctx, tx, cases.Query{Organisations: []string{"markets"}})
			if err != nil {
				return err
			}
			for _, row := range page.Cases {
				if _, err := o.Whole(ctx, tx, row); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func TestWhatRightsSee(t *testing.T) {
	each(t, func(o *office) {
		c := o.load(o.submit(o.start()))
		if thing := c.Thing(); thing.Owner != "rana" || thing.Organisation != "markets" || !thing.Public || thing.Decider != "" || thing.Consulted != nil {
			o.t.Errorf("%+v", thing)
		}
		c.Pending = &process.Decision{By: "olu"}
		c.Consultations = []cases.Consultation{{Organisation: "fire-service"}}
		c.Ending = "granted"
		if thing := c.Thing(); thing.Public || thing.Decider != "olu" || len(thing.Consulted) != 1 {
			o.t.Errorf("%+v", thing)
		}
		d := o.draft(o.start())
		if thing := d.Thing(); thing.Draft != d.ID || thing.Owner != "" || thing.Organisation != "markets" {
			o.t.Errorf("%+v", thing)
		}
	})
}
