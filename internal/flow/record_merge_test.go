package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// townsfolk makes a register in which some are there twice, and pets one that refers to it.
func townsfolk(w *world) {
	j := w.Docket.Releases.Current()
	j.Registers["people"] = &service.Register{RegisterFile: service.RegisterFile{Register: "people", Organisation: "markets", Public: true, Label: "name", Fields: []service.RegisterField{
		{ID: "name", Type: "text", Public: true, Alike: "name"}, {ID: "born", Type: "date", Alike: "date", Personal: "applicant"},
		{ID: "address", Type: "text", Alike: "address", Personal: "applicant"}, {ID: "email", Type: "text", Key: true}, {ID: "secret", Type: "text", See: []string{"supervisor"}},
	}}}
	j.Registers["pets"] = &service.Register{RegisterFile: service.RegisterFile{Register: "pets", Organisation: "markets", Label: "name", Fields: []service.RegisterField{
		{ID: "name", Type: "text"}, {ID: "owner", Type: "text", Refers: "people"}, {ID: "owner_mail", Type: "text", Refers: "people.email"},
	}}}
}

func (c *clerk) found(register string) (list []record.Pair) {
	c.t.Helper()
	c.must(c.Registers().SearchDuplicates(c.ctx, c.officer, flow.SearchDuplicates{Register: register, Key: c.key()}))
	c.work()
	c.must(c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = c.Docket.Records.Duplicates().Pairs(ctx, tx, register, record.PairOpen, 100)
		return err
	}))
	return list
}

func (c *clerk) one(register, number string) (r *record.Record) {
	c.t.Helper()
	c.must(c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = c.Docket.Records.ByNumber(ctx, tx, register, number)
		return err
	}))
	return r
}

func twins(w *world) *clerk {
	townsfolk(w)
	c := newClerk(w)
	c.runner.Handle(flow.RegisterResembleJob, w.Registers().FindDuplicates)
	file := "number,name,born,address,email,secret\nA,Ada Marsh,1990-04-03,12 Mill Street,ada@x.example,\nB,Marsh Ada,1990-04-03,12 Mill St,marsh@x.example,\n" +
		"C,Tom Marsh,1990-04-03,12 Mill Street,,\nD,Ada Marsh,1962-01-09,12 Mill Street,,\n"
	if i := c.sent("people", file, false); i.Bad != 4 { // an officer does not see the field, and learns nothing by guessing at it
		w.t.Fatal(c.bad(i))
	}
	people := c.sent("people", strings.ReplaceAll(strings.Replace(file, ",secret", "", 1), ",\n", "\n"), false)
	c.must(c.carry(c.boss, people))
	c.work()
	i := c.sent("pets", "number,name,owner,owner_mail\nP1,Rex,B,marsh@x.example\nP2,Tib,A,ada@x.example\n", false)
	c.must(c.carry(c.officer, i))
	c.work()
	return c
}

// TestTwoEntriesBecomeOne: a search finds them and leaves relatives alone; another person agrees; references follow; the
// other one says where it went; and all of it can be taken back while nobody has changed it.
func TestTwoEntriesBecomeOne(t *testing.T) {
	each(t, func(w *world) {
		c := twins(w)
		pairs := c.found("people")
		a, b := c.one("people", "A"), c.one("people", "B")
		if len(pairs) != 1 || pairs[0].A != min(a.ID, b.ID) || pairs[0].B != max(a.ID, b.ID) {
			t.Fatalf("found %+v", pairs)
		}
		for _, seen := range []string{"order", "same"} {
			if !strings.Contains(pairs[0].Why, seen) {
				t.Errorf("why: %s", pairs[0].Why)
			}
		}
		before := c.says("people") + c.says("pets")
		leaves := c.kinds()[publog.RecordChanged]
		propose := flow.ProposeMerge{Register: "people", Kept: a.ID, Ended: b.ID, Versions: [2]int64{a.Version, b.Version}, Choose: map[string]string{"email": "ended"}, Key: c.key()}
		id, err := c.Registers().ProposeMerge(c.ctx, c.officer, propose)
		c.must(err)
		if _, err := c.Registers().ProposeMerge(c.ctx, c.officer, flow.ProposeMerge{Register: "people", Kept: b.ID, Ended: a.ID, Versions: [2]int64{1, 1}, Key: c.key()}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("proposed twice: %v", err)
		}
		decide := func(by policy.Actor, do string, version int64) error {
			return c.Registers().DecideMerge(c.ctx, by, flow.DecideMerge{Merge: id, Version: version, Do: do, Key: c.key()})
		}
		for _, by := range []policy.Actor{c.officer, c.other, {}} {
			if decide(by, "agree", 1) == nil {
				t.Errorf("%s agreed", by.Name)
			}
		}
		if c.says("people")+c.says("pets") != before {
			t.Error("a proposal changed the register")
		}
		c.must(decide(c.boss, "agree", 1))
		if got := c.one("people", "A"); got.Fields["email"] != "marsh@x.example" || got.Fields["name"] != "Ada Marsh" || got.Version != 2 {
			t.Errorf("the one that goes on: %+v", got)
		}
		if got := c.one("people", "B"); got.State != record.Merged {
			t.Errorf("the other one: %+v", got)
		}
		if p1, p2 := c.one("pets", "P1"), c.one("pets", "P2"); p1.Fields["owner"] != "A" || p1.Fields["owner_mail"] != "marsh@x.example" || p2.Version != 1 {
			t.Errorf("references: %+v %+v", p1, p2)
		}
		if n := c.kinds()[publog.RecordChanged] - leaves; n != 3 {
			t.Errorf("%d leaves", n)
		}
		c.must(c.DB.Read(c.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			into, err := c.Docket.Records.Duplicates().MergedInto(ctx, tx, b.ID)
			if into != a.ID {
				t.Errorf("merged into %q", into)
			}
			if list, err := c.Docket.Records.Find(ctx, tx, "people", "marsh ada", "", 9, false); err != nil || len(list) != 2 {
				t.Errorf("a search finds %d, %v", len(list), err)
			}
			return err
		}))
		if list := c.found("people"); len(list) != 0 {
			t.Errorf("found again: %+v", list)
		}
		c.must(decide(c.boss, "undo", 2))
		if got, want := strings.NewReplacer(".2", ".", ".3", ".", ".1", ".").Replace(c.says("people")+c.says("pets")), strings.ReplaceAll(before, ".1", "."); got != want {
			t.Errorf("taken back: %s\nwant %s", got, want)
		}
		if list := c.found("people"); len(list) != 0 {
			t.Errorf("not the same is forgotten: %+v", list)
		}
	})
}

// TestAMergeThatWasChangedIsNotTakenBack, nor is one decided on that no longer fits.
func TestAMergeThatWasChangedIsNotTakenBack(t *testing.T) {
	each(t, func(w *world) {
		c := twins(w)
		a, b := c.one("people", "A"), c.one("people", "B")
		id, err := c.Registers().ProposeMerge(c.ctx, c.officer, flow.ProposeMerge{Register: "people", Kept: a.ID, Ended: b.ID, Versions: [2]int64{1, 1}, Key: c.key()})
		c.must(err)
		c.must(c.Registers().DecideMerge(c.ctx, c.boss, flow.DecideMerge{Merge: id, Version: 1, Do: "agree", Key: c.key()}))
		i := c.sent("people", "number,name\nA,Ada M. Marsh\n", false)
		c.must(c.carry(c.officer, i))
		c.work()
		err = c.Registers().DecideMerge(c.ctx, c.boss, flow.DecideMerge{Merge: id, Version: 2, Do: "undo", Key: c.key()})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone: %v", err)
		}
		if i := c.sent("people", "number,name\nB,Back\n", false); i.Bad != 1 {
			t.Errorf("an import changes what was merged: %+v", i)
		}
	})
}

// TestAMergeBrokenAnywhereIsWhole: both records, references, pair and proposal, or none of it.
func TestAMergeBrokenAnywhereIsWhole(t *testing.T) {
	each(t, func(w *world) {
		c := twins(w)
		a, b := c.one("people", "A"), c.one("people", "B")
		id, err := c.Registers().ProposeMerge(c.ctx, c.officer, flow.ProposeMerge{Register: "people", Kept: a.ID, Ended: b.ID, Versions: [2]int64{1, 1}, Choose: map[string]string{"email": "ended"}, Key: c.key()})
		c.must(err)
		before, rows, broken := c.says("people")+c.says("pets"), fmt.Sprint(c.counts()), 0
		for n := 0; ; n += 1 + n/10 {
			err := c.Registers().DecideMerge(breakAt(n), c.boss, flow.DecideMerge{Merge: id, Version: 1, Do: "agree", Key: "one-key-of-a-form-00"})
			if err == nil {
				break
			}
			broken++
			if c.says("people")+c.says("pets") != before || fmt.Sprint(c.counts()) != rows {
				t.Fatalf("broken at look %d, something remains", n)
			}
		}
		c.must(c.Registers().DecideMerge(c.ctx, c.boss, flow.DecideMerge{Merge: id, Version: 1, Do: "agree", Key: "one-key-of-a-form-00"}))
		if got := c.one("people", "A"); got.Version != 2 || broken < 20 {
			t.Errorf("broken %d times, then %+v", broken, got)
		}
	})
}
