package flow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/hint"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// eachHinted runs a test in a world in which people also give a telephone number.
func eachHinted(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, append(append([]fs.FS{}, tables...), hint.Migrations()), func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		w.Hints = &hint.Hints{Vault: w.People.Vault}
		w.hinted("")
		test(w)
	})
}

// hinted puts the files in force, with kinds switched off.
func (w *world) hinted(off string) {
	w.t.Helper()
	files := base(w.t)
	s := files["services/street-stall.yaml"]
	s.Data = []byte(strings.Replace(string(s.Data), "      - id: helpers\n", "      - {id: phone, type: phone, ask: Your telephone, personal: applicant, optional: true}\n      - id: helpers\n", 1))
	s.Data = []byte(strings.Replace(string(s.Data), "lookup.others < 3", "lookup.others < 300", 1))
	if off != "" {
		j := files["jurisdiction.yaml"]
		j.Data = append(j.Data, []byte("hints: {off: ["+off+"]}\n")...)
	}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

func (w *world) calls(email, phone string, metres int) string {
	w.t.Helper()
	w.clock.Advance(time.Second) // ids are in the order of time
	id, holder := w.filled(email)
	_, _, err := w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "stall", Form: url.Values{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {fmt.Sprint(metres)}}})
	w.must(err)
	_, _, err = w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "you", Form: url.Values{"applicant_name": {"Rana Resident"}, "applicant_email": {email}, "phone": {phone}}})
	w.must(err)
	done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
	w.must(err)
	return done.Case
}

func (w *world) follow() int {
	w.t.Helper()
	n, err := w.PointOut().Follow(w.ctx, w.system)
	w.must(err)
	return n
}

func (w *world) flags(id string) (all []*hint.Flag) {
	w.t.Helper()
	c := w.load(id)
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Hints.Of(ctx, tx, c.ID, c.Subject)
		return err
	}))
	return all
}

// dump is all that a case is, as it is stored.
func (w *world) dump(table string) string {
	w.t.Helper()
	var all []string
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = store.Strings(ctx, tx, map[string]string{
			"cases":      `SELECT id || state || CAST(version AS TEXT) || CAST(updated AS TEXT) || assignee || awaits || turn || due || ending FROM cases ORDER BY id`,
			"case_event": `SELECT id || kind || to_state FROM case_event ORDER BY id`,
			"job":        `SELECT CAST(COUNT(*) AS TEXT) FROM job`,
		}[table])
		return err
	}))
	return strings.Join(all, "\n")
}

// TestAFlagStartsNothing: what stands in another person's case is pointed out once, with that case; the case, its history, its
// deadline and the work to be done stay as they were, whatever an officer says of it.
func TestAFlagStartsNothing(t *testing.T) {
	eachHinted(t, func(w *world) {
		first := w.calls("rana@testshire.example", "020 7946 0000", 4)
		again := w.calls("rana@testshire.example", "020 7946 0000", 4)
		other := w.calls("omar@testshire.example", "(020) 7946-0000", 4)
		lone := w.calls("zoe@testshire.example", "020 7946 0001", 4)
		before, cases, events, jobs := w.counts(), w.dump("cases"), w.dump("case_event"), w.dump("job")
		if n := w.follow(); n != 4 {
			t.Errorf("looked at %d", n)
		}
		if n := w.follow(); n != 0 {
			t.Errorf("looked at %d again", n)
		}
		for id, want := range map[string]int{first: 0, again: 0, other: 1, lone: 0} {
			if got := w.flags(id); len(got) != want {
				t.Errorf("%s has %d flags: %+v", w.load(id).Number, len(got), got)
			}
		}
		f := w.flags(other)[0]
		if f.Kind != hint.SamePhone || f.Question != "phone" || !slices.Equal(f.Others, []string{again, first}) || f.More != 0 {
			t.Errorf("%+v", *f)
		}
		clear := flow.ClearFlag{Case: other, Flag: f.ID, Why: "They are a couple.", Key: w.key()}
		for _, who := range []policy.Actor{{}, w.other, {Person: w.load(other).Person}} {
			if err := w.PointOut().Clear(w.ctx, who, clear); fault.KindOf(err) == 0 {
				t.Errorf("%q may clear it", who.Name)
			}
		}
		wordless := clear
		wordless.Why, wordless.Key = "  ", w.key()
		if err := w.PointOut().Clear(w.ctx, w.officer, wordless); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		w.must(w.PointOut().Clear(w.ctx, w.officer, clear))
		w.must(w.PointOut().Clear(w.ctx, w.officer, clear))
		if f = w.flags(other)[0]; f.Why != "They are a couple." || f.ClearedBy != w.officer.Person || f.Cleared.IsZero() {
			t.Errorf("%+v", *f)
		}
		for table, n := range w.counts() {
			if before[table] != n {
				t.Errorf("%s had %d rows and has %d", table, before[table], n)
			}
		}
		if w.dump("cases") != cases || w.dump("case_event") != events || w.dump("job") != jobs {
			t.Error("a case is not as it was")
		}
	})
}

// TestNobodyElseReadsFlags holds the code to it: flags are read where officers see them, where the person asks what is held of
// them, and where the register of algorithms counts them; nothing that happens to a case can look at one.
func TestNobodyElseReadsFlags(t *testing.T) {
	allowed := []string{"app/app.go", "flow/doc.go", "flow/hint.go", "flow/privacy_copy_parts.go", "flow/privacy_delete.go", "docket/compare.go",
		"view/view.go", "view/desk_hint.go", "view/desk_similar.go", "view/open_hint.go"}
	var found []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, "../"))
		src, err := os.ReadFile(path)
		if strings.HasPrefix(name, "hint/") || err != nil || !strings.Contains(string(src), "internal/hint\"") && !strings.Contains(string(src), ".Hints.Of(") && !strings.Contains(string(src), ".Hints.Flagged(") && !strings.Contains(string(src), ".Hints.Forget(") {
			return err
		}
		if found = append(found, name); !slices.Contains(allowed, name) && name != "arch/rings.go" {
			t.Errorf("%s reads what is pointed out: it may start nothing", name)
		}
		return nil
	})
	if err != nil || len(found) < 8 {
		t.Errorf("%v %v", found, err)
	}
}

// TestAFigureFarFromTheUsual is pointed out once it is known what is usual.
func TestAFigureFarFromTheUsual(t *testing.T) {
	eachHinted(t, func(w *world) {
		for i := range 31 {
			w.calls(fmt.Sprintf("p%d@testshire.example", i), "", 2+i%2)
			if i == 10 {
				w.follow()
				early := w.calls("early@testshire.example", "", 19)
				if w.follow(); len(w.flags(early)) != 0 {
					t.Error("what is usual is not known after eleven")
				}
			}
		}
		high, near := w.calls("high@testshire.example", "", 20), w.calls("near@testshire.example", "", 4)
		w.follow()
		if len(w.flags(near)) != 0 {
			t.Errorf("%+v", *w.flags(near)[0])
		}
		got := w.flags(high)
		if len(got) != 1 || got[0].Kind != hint.UnusualAmount || got[0].Said != 20 || got[0].Of != 32 || got[0].Low < 1.9 || got[0].Low > 2.1 || got[0].High < 2.9 || got[0].High > 3.1 {
			t.Errorf("%+v", got)
		}
	})
}

// TestSwitchedOff holds at once: nothing is compared any more, what was compared by is gone, and a case that is deleted takes
// its flags with it.
func TestSwitchedOff(t *testing.T) {
	eachHinted(t, func(w *world) {
		first := w.calls("rana@testshire.example", "020 7946 0000", 4)
		other := w.calls("omar@testshire.example", "020 7946 0000", 4)
		w.follow()
		kinds := func(id string) (list []string) {
			w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
				list, err = w.Hints.Compared(ctx, tx, id)
				return err
			}))
			return list
		}
		if got := kinds(first); !slices.Equal(got, []string{hint.SameEmail, hint.SamePhone}) {
			t.Errorf("compared by %v", got)
		}
		w.hinted("same_phone, similar")
		third := w.calls("zoe@testshire.example", "020 7946 0000", 4)
		w.follow()
		if len(w.flags(third)) != 0 || slices.Contains(kinds(first), hint.SamePhone) || slices.Contains(kinds(third), hint.SamePhone) || len(w.flags(other)) != 1 {
			t.Errorf("%v %v %v", w.flags(third), kinds(first), kinds(third))
		}
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error { return w.Hints.Forget(ctx, tx, other) }))
		if len(w.flags(other))+len(kinds(other)) != 0 {
			t.Error("something is left of a case that was deleted")
		}
	})
}

// TestPastDecisionsAreTried once a day, each against those before it.
func TestPastDecisionsAreTried(t *testing.T) {
	eachHinted(t, func(w *world) {
		for i := range 26 {
			id := w.calls(fmt.Sprintf("p%d@testshire.example", i), "", map[bool]int{true: 2, false: 15}[i%2 == 0])
			action, d := "grant", process.Decision{}
			if i%2 == 1 {
				action, d = "refuse", process.Decision{Reason: "Too wide."}
			}
			if action == "grant" {
				w.must(w.ReplyToConsultation(w.ctx, w.other, flow.ReplyToConsultation{Case: id, Consultation: w.load(id).Consultations[0].ID, Reply: "no_objection", Key: w.key()}))
			}
			w.must(w.act(w.officer, id, action, d, ""))
		}
		w.follow()
		w.follow()
		var tests []hint.Test
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			tests, err = w.Hints.Tests(ctx, tx, hint.Similar)
			return err
		}))
		if len(tests) == 0 || tests[0].Language != "" || tests[0].N != 6 || tests[0].Agreed != 6 || tests[0].Usual != 3 {
			t.Errorf("%+v", tests)
		}
	})
}

// TestTheCopyHoldsWhatWasPointedOut: whoever asks for everything reads the flag, the officer's word on it and by what they are
// compared, and not whose the other cases are.
func TestTheCopyHoldsWhatWasPointedOut(t *testing.T) {
	eachHinted(t, func(w *world) {
		first := w.calls("omar@testshire.example", "020 7946 0000", 4)
		id := w.calls("rana@testshire.example", "020 7946 0000", 4)
		w.follow()
		w.must(w.PointOut().Clear(w.ctx, w.officer, flow.ClearFlag{Case: id, Flag: w.flags(id)[0].ID, Why: "They are a couple.", Key: w.key()}))
		rana := policy.Actor{Person: w.load(id).Person, Name: "Rana Resident"}
		w.must(w.Privacy().AskCopy(w.ctx, rana, w.key()))
		var copies []retain.Copy
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			copies, err = (&retain.Copies{Vault: w.People.Vault}).Of(ctx, tx, rana.Person)
			return err
		}))
		w.must(w.Privacy().MakeCopy(w.ctx, job.Job{Payload: fmt.Appendf(nil, `{"copy":%q}`, copies[0].ID)}))
		data, err := w.Privacy().ReadCopy(w.ctx, rana, copies[0].ID)
		w.must(err)
		files := unzipped(t, data)
		var doc flow.Everything
		w.must(json.Unmarshal(files["data.json"], &doc))
		p := doc.Cases[0].PointedOut
		if p == nil || len(p.Flags) != 1 || !slices.Equal(p.Compared, []string{hint.SameEmail, hint.SamePhone}) {
			t.Fatalf("%s", files["data.json"])
		}
		if f := p.Flags[0]; f.Kind != hint.SamePhone || f.Question != "phone" || f.Others != 1 || f.Why != "They are a couple." || f.Cleared == nil {
			t.Errorf("%+v", f)
		}
		for name, text := range files {
			if strings.Contains(string(text), first) || strings.Contains(string(text), w.load(first).Number) {
				t.Errorf("%s names another person's case", name)
			}
		}
	})
}

// TestWhatAnotherOfficeWasToldIsNotCompared: the same number, told by another person to another organisation, stands out nowhere.
func TestWhatAnotherOfficeWasToldIsNotCompared(t *testing.T) {
	eachHinted(t, func(w *world) {
		for _, organisation := range []string{"markets", "fire-service"} {
			number := "020 7946 01" + fmt.Sprint(len(organisation))
			w.calls("rana@testshire.example", number, 4)
			w.follow()
			w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE hint_case SET organisation = $1`, organisation)
				return err
			}))
			other := w.calls("omar@testshire.example", number, 4)
			w.follow()
			if n := len(w.flags(other)); n != map[string]int{"markets": 1}[organisation] {
				t.Errorf("told to %s before: %d flags", organisation, n)
			}
		}
	})
}
