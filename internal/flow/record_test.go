package flow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// peopleRegister is a register that is filled by hand.
const peopleRegister = `register: people
title: Register of people
record: Person
organisation: markets
label: entry
number: "P-{year}-{seq:3}"
privacy:
  keeping: {purpose: To know who is who, law: {title: Markets Act}, keep: always}
fields:
  - {id: entry, title: Entry, type: text, required: true, longest: 20, key: true}
  - {id: name, title: Name, type: text, required: true, personal: keeping, key: true}
  - {id: email, title: Email, type: text, personal: keeping, key: true}
  - {id: kind, title: Kind, type: text, choices: [{value: a, label: Adult}, {value: c, label: Child}]}
  - {id: stall, title: Stall, type: text, refers: stalls}
  - {id: secret, title: Secret, type: text, see: [supervisor]}
  - {id: fires, title: Fires, type: number, min: 0, max: 9, see: [fire-service]}
`

// withPeople puts the register of people in force.
func (w *world) withPeople() {
	w.t.Helper()
	files := base(w.t)
	files["registers/people.yaml"] = &fstest.MapFile{Data: []byte(peopleRegister)}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

// whole reads a record with all its fields.
func (w *world) whole(register, number string) *record.Record {
	w.t.Helper()
	var r *record.Record
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = w.Docket.Records.ByNumber(ctx, tx, register, number)
		return err
	}))
	return r
}

// entered is a person in the register: what Olu entered and Sue approved.
func (w *world) entered(fields map[string]string) string {
	w.t.Helper()
	out, err := w.Registry().Enter(w.ctx, w.officer, flow.EnterRecord{Register: "people", Fields: fields, Source: "Passport 1", Key: w.key()})
	w.must(err)
	number, err := w.Registry().Decide(w.ctx, w.boss, flow.DecideRecord{Proposal: out.Proposal, Outcome: record.Approved, Key: w.key()})
	w.must(err)
	return number
}

func wrongFields(err error) (list []string) {
	var fields fault.Fields
	if errors.As(err, &fields) {
		for _, f := range fields {
			list = append(list, f.Field)
		}
	}
	return list
}

func TestARecordIsEnteredByTwo(t *testing.T) {
	each(t, func(w *world) {
		w.withPeople()
		g := w.Registry()
		for _, test := range []struct {
			fields map[string]string
			wrong  []string
		}{
			{map[string]string{"entry": strings.Repeat("x", 21), "name": ""}, []string{"entry", "name", "source"}},
			{map[string]string{"entry": "One", "name": "Ada", "kind": "b", "stall": "S-1"}, []string{"kind", "stall", "source"}},
		} {
			_, err := g.Enter(w.ctx, w.officer, flow.EnterRecord{Register: "people", Fields: test.fields, Key: w.key()})
			if got := wrongFields(err); !slices.Equal(got, test.wrong) {
				w.t.Errorf("%v: wrong is %v (%v), want %v", test.fields, got, err, test.wrong)
			}
		}
		in := flow.EnterRecord{Register: "people", Fields: map[string]string{"entry": "One", "name": "Ada", "email": "ada@testshire.example"}, Source: "Passport 1", Key: w.key()}
		if _, err := g.Enter(w.ctx, w.other, in); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("another organisation enters: %v", err)
		}
		beyond := flow.EnterRecord{Register: "people", Fields: map[string]string{"entry": "One", "name": "Ada", "secret": "x"}, Source: "Passport 1", Key: w.key()}
		if _, err := g.Enter(w.ctx, w.officer, beyond); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("a field beyond the right: %v", err)
		}
		own := in
		own.Fields, own.Key = map[string]string{"entry": "Me", "name": "Olu", "email": "olu.officer@testshire.example"}, w.key()
		if _, err := g.Enter(w.ctx, w.officer, own); fault.KindOf(err) != fault.Forbidden {
			w.t.Errorf("about oneself: %v", err)
		}
		before := w.counts()["record"]
		out, err := g.Enter(w.ctx, w.officer, in)
		w.must(err)
		again, err := g.Enter(w.ctx, w.officer, in)
		if w.must(err); out.Proposal == "" || again != out {
			w.t.Fatalf("%+v, sent again %+v", out, again)
		}
		if n := w.counts()["record"]; n != before {
			w.t.Fatalf("%d records before anybody approved, and %d before", n, before)
		}
		yes := flow.DecideRecord{Proposal: out.Proposal, Outcome: record.Approved, Key: w.key()}
		for _, who := range []policy.Actor{w.officer, w.other} {
			if _, err := g.Decide(w.ctx, who, yes); fault.KindOf(err) != fault.NotFound {
				w.t.Errorf("%s approves: %v", who.Name, err)
			}
		}
		number, err := g.Decide(w.ctx, w.boss, yes)
		w.must(err)
		r := w.whole("people", number)
		if number != "P-2026-001" || r.Fields["name"] != "Ada" || r.Label != "One" || w.counts()["publog_leaf"] == 0 {
			w.t.Errorf("%s: %+v", number, r)
		}
		if _, err := g.Decide(w.ctx, w.boss, flow.DecideRecord{Proposal: out.Proposal, Outcome: record.Approved, Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("approved twice: %v", err)
		}
	})
}

func TestACorrectionTakesTwoWhereItIsPersonal(t *testing.T) {
	each(t, func(w *world) {
		w.withPeople()
		number := w.entered(map[string]string{"entry": "One", "name": "Ada", "email": "ada@testshire.example"})
		g := w.Registry()
		w.clock.Advance(10 * 24 * time.Hour)
		correct := func(actor policy.Actor, set map[string]string, change func(in *flow.CorrectRecord)) (string, error) {
			in := flow.CorrectRecord{Register: "people", Number: number, Version: w.whole("people", number).Version, Set: set, Reason: "Misread", Source: "Passport 1", Key: w.key()}
			if change != nil {
				change(&in)
			}
			return g.Correct(w.ctx, actor, in)
		}
		if _, err := correct(w.officer, map[string]string{"entry": ""}, func(in *flow.CorrectRecord) { in.Reason, in.Source = "", "" }); !slices.Equal(wrongFields(err), []string{"entry", "reason", "source"}) {
			w.t.Errorf("an empty form: %v", err)
		}
		for set, who := range map[string]policy.Actor{"name": w.other, "secret": w.officer, "fires": w.boss, "nothing": w.boss} {
			if _, err := correct(who, map[string]string{set: "1"}, nil); fault.KindOf(err) != fault.NotFound {
				w.t.Errorf("%s corrects %s: %v", who.Name, set, err)
			}
		}
		if _, err := correct(w.officer, map[string]string{"entry": "1"}, func(in *flow.CorrectRecord) { in.Version++ }); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("a stale form: %v", err)
		}
		proposal, err := correct(w.officer, map[string]string{"entry": "Uno"}, nil) // nobody's: one person is enough
		if r := w.whole("people", number); err != nil || proposal != "" || r.Label != "Uno" || r.Version != 2 {
			w.t.Fatalf("%q, %v: %+v", proposal, err, r)
		}
		proposal, err = correct(w.boss, map[string]string{"name": "Ida"}, func(in *flow.CorrectRecord) { in.Valid.From = calendar.MustDate("2026-03-05") })
		if w.must(err); proposal == "" || w.whole("people", number).Fields["name"] != "Ada" {
			w.t.Fatalf("a personal field was corrected by one: %q", proposal)
		}
		yes := flow.DecideRecord{Proposal: proposal, Outcome: record.Approved, Key: w.key()}
		if _, err := g.Decide(w.ctx, w.boss, yes); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("one's own proposal is approved: %v", err)
		}
		second := w.staff("Sam Second", policy.Grant{Role: policy.Supervisor, Organisation: "markets"})
		if _, err := g.Decide(w.ctx, second, flow.DecideRecord{Proposal: proposal, Outcome: record.Refused, Key: w.key()}); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("refused without a word: %v", err)
		}
		w.clock.Advance(24 * time.Hour)
		_, err = g.Decide(w.ctx, second, yes)
		w.must(err)
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			reg := w.Docket.Releases.Current().Registers["people"]
			for day, want := range map[string]string{"2026-03-04": "Ada", "2026-03-05": "Ida", "2026-03-13": "Ida"} {
				r, err := w.Docket.Records.Past().AsOf(ctx, tx, reg, w.whole("people", number).ID, record.Instant{Valid: calendar.MustDate(day)}, true)
				if err != nil || r.Fields["name"] != want {
					w.t.Errorf("on %s %v, %v; want %s", day, r, err, want)
				}
			}
			return nil
		}))
		// what was proposed before somebody else's correction is not carried out over it
		stale, err := correct(w.officer, map[string]string{"name": "Eda"}, nil)
		w.must(err)
		_, err = correct(w.officer, map[string]string{"entry": "Due"}, nil)
		w.must(err)
		if _, err := g.Decide(w.ctx, second, flow.DecideRecord{Proposal: stale, Outcome: record.Approved, Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("a stale proposal: %v", err)
		}
		if _, err := g.Decide(w.ctx, w.boss, flow.DecideRecord{Proposal: stale, Outcome: record.Withdrawn, Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("another's proposal is withdrawn: %v", err)
		}
		_, err = g.Decide(w.ctx, w.officer, flow.DecideRecord{Proposal: stale, Outcome: record.Withdrawn, Key: w.key()})
		w.must(err)
	})
}

// TestNobodyWorksOnWhatIsAboutThemselves however the record names them.
func TestNobodyWorksOnWhatIsAboutThemselves(t *testing.T) {
	each(t, func(w *world) {
		w.withPeople()
		number := w.entered(map[string]string{"entry": "One", "name": "Sam", "email": "Sam.Second@testshire.example"})
		sam := w.staff("Sam Second", policy.Grant{Role: policy.Supervisor, Organisation: "markets"})
		in := flow.CorrectRecord{Register: "people", Number: number, Version: 1, Set: map[string]string{"name": "Samuel"}, Reason: "x", Source: "y", Key: w.key()}
		if _, err := w.Registry().Correct(w.ctx, sam, in); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("Sam corrects: %v", err)
		}
		proposal, err := w.Registry().Correct(w.ctx, w.officer, in)
		w.must(err)
		if _, err := w.Registry().Decide(w.ctx, sam, flow.DecideRecord{Proposal: proposal, Outcome: record.Approved, Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("Sam approves: %v", err)
		}
		if err := w.Registry().Seal(w.ctx, sam, flow.SealRecord{Register: "people", Number: number, Version: 1, Reason: "x", Law: "y", Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("Sam seals: %v", err)
		}
	})
}

// TestTheHolderIsToldOfACorrection in a message that says nothing of it.
func TestTheHolderIsToldOfACorrection(t *testing.T) {
	each(t, func(w *world) {
		first, _ := w.submitted("rana@testshire.example")
		w.clock.Advance(7 * 24 * time.Hour)
		_, err := w.Turn(w.ctx, w.system)
		w.must(err)
		w.must(w.act(w.officer, first.Case, "grant", process.Decision{}, ""))
		number := w.load(first.Case).LicenceNumber
		before := w.counts()
		proposal, err := w.Registry().Correct(w.ctx, w.officer, flow.CorrectRecord{Register: "stalls", Number: number, Version: 1,
			Set: map[string]string{"holder": "Rania Resident"}, Reason: "Misspelt", Source: "Passport", Key: w.key()})
		w.must(err)
		_, err = w.Registry().Decide(w.ctx, w.boss, flow.DecideRecord{Proposal: proposal, Outcome: record.Approved, Key: w.key()})
		w.must(err)
		after := w.counts()
		for table, more := range map[string]int{"notification": 1, "job": 1, "publog_leaf": 1, "record_version": 1} {
			if after[table] != before[table]+more {
				w.t.Errorf("%s has %d rows, and had %d", table, after[table], before[table])
			}
		}
	})
}

func TestSealingIsForSupervisorsAndEndsOnItsDay(t *testing.T) {
	each(t, func(w *world) {
		w.withPeople()
		number := w.entered(map[string]string{"entry": "One", "name": "Ada"})
		g := w.Registry()
		in := flow.SealRecord{Register: "people", Number: number, Version: 1, Reason: "Threatened", Law: "Order 7", Until: calendar.MustDate("2026-03-10"), Key: w.key()}
		for _, who := range []policy.Actor{w.officer, w.other} {
			if err := g.Seal(w.ctx, who, in); fault.KindOf(err) != fault.NotFound {
				w.t.Errorf("%s seals: %v", who.Name, err)
			}
		}
		empty := in
		empty.Reason, empty.Law, empty.Key = "", "", w.key()
		if err := g.Seal(w.ctx, w.boss, empty); !slices.Equal(wrongFields(err), []string{"reason", "law"}) {
			w.t.Errorf("without a reason: %v", err)
		}
		w.must(g.Seal(w.ctx, w.boss, in))
		w.must(g.Seal(w.ctx, w.boss, in)) // the same form again
		_, err := g.Correct(w.ctx, w.boss, flow.CorrectRecord{Register: "people", Number: number, Version: 1, Set: map[string]string{"entry": "x"}, Reason: "x", Source: "y", Key: w.key()})
		_, nobody := g.Correct(w.ctx, w.boss, flow.CorrectRecord{Register: "people", Number: "P-0", Version: 1, Set: map[string]string{"entry": "x"}, Reason: "x", Source: "y", Key: w.key()})
		if fault.KindOf(err) != fault.NotFound || fault.KindOf(nobody) != fault.NotFound {
			w.t.Errorf("what is sealed answers %v, and what is not there %v", err, nobody)
		}
		if second := w.entered(map[string]string{"entry": "Two", "name": "Ben"}); second == number {
			w.t.Errorf("the number of a sealed record was given again: %s", second)
		}
		for range 10 {
			w.clock.Advance(24 * time.Hour)
			_, err := g.LiftSeals(w.ctx, w.system)
			w.must(err)
			_, err = g.Correct(w.ctx, w.officer, flow.CorrectRecord{Register: "people", Number: number, Version: 0, Key: w.key()})
			today := calendar.MustDate(w.clock.Now().Format("2006-01-02"))
			if there := fault.KindOf(err) == fault.Conflict; there != today.After(in.Until) {
				w.t.Errorf("on %s it is there: %v (%v)", today, there, err)
			}
		}
		if r := w.whole("people", number); r.Fields["name"] != "Ada" {
			w.t.Errorf("%+v", r)
		}
	})
}

// TestASealIsInThePublicLogAndSaysNothing that leads to the record.
func TestASealIsInThePublicLogAndSaysNothing(t *testing.T) {
	each(t, func(w *world) {
		w.withPeople()
		number := w.entered(map[string]string{"entry": "Onemarker", "name": "Ada"})
		var since int64
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM publog_leaf`).Scan(&since)
		}))
		id := w.whole("people", number).ID
		w.must(w.Registry().Seal(w.ctx, w.boss, flow.SealRecord{Register: "people", Number: number, Version: 1, Reason: "Threatmarker", Law: "Order 7", Key: w.key()}))
		parsed, leaves := w.leaves()
		last := ""
		for i, leaf := range parsed {
			if leaf.Kind == publog.RecordSealed {
				last += string(leaves[i])
			}
		}
		for _, secret := range []string{number, id, "Threatmarker", "Onemarker", "Order 7"} {
			if strings.Contains(last, secret) {
				w.t.Errorf("the leaf says %q: %s", secret, last)
			}
		}
		if !strings.Contains(last, "register.sealed") || int64(len(leaves)) != since+1 {
			w.t.Errorf("%d leaves, and the last is %s", len(leaves), last)
		}
	})
}
