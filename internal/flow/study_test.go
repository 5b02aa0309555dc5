package flow_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/simulate"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/study"
)

var studyTables = append(append([]fs.FS{}, dataTables...), study.Migrations())

func eachStudio(t *testing.T, test func(o *office, leader policy.Actor)) {
	t.Helper()
	storetest.Each(t, studyTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		o := newOffice(t, db, clock)
		o.runner.Handle(flow.StudyJob, o.Studies().WorkStudy)
		test(o, o.staff("Lea Leader", policy.Grant{Role: policy.Leader, Organisation: "markets"}))
	})
}

func (o *office) try(who policy.Actor, text string) (string, error) {
	o.t.Helper()
	c, problems := service.ReadChange("change", []byte(text))
	if len(problems) > 0 {
		o.t.Fatal(problems)
	}
	o.clock.Advance(time.Minute) // what has just come in is past then
	return o.Studies().Start(o.ctx, who, flow.Try{Change: *c, Key: o.key()})
}

func (o *office) studied(id string) (s *study.Study) {
	o.t.Helper()
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = o.Trials.Get(ctx, tx, id)
		return err
	}))
	return s
}

func (o *office) did() {
	o.t.Helper()
	_, err := o.runner.RunDue(o.ctx)
	o.must(err)
}

// TestALeaderTriesAFee: what people would have paid, to the coin, on real cases; kept, published once, told in the log and as rows.
func TestALeaderTriesAFee(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		o.write("tried.yaml", "frequency: IRREG\nfrom: {studies: true}\n")
		for i := range 7 {
			o.submitted(fmt.Sprintf("rana%d@testshire.example", i))
		}
		before := o.load(o.firstCase()).Fee
		const fee = `{title: Dearer, service: street-stall, parameters: [{id: stall_fee, value: "20"}]}`
		for _, who := range []policy.Actor{o.officer, o.other, {}} {
			if _, err := o.try(who, fee); fault.KindOf(err) != fault.NotFound {
				o.t.Errorf("%q may try: %v", who.Name, err)
			}
		}
		id, err := o.try(leader, fee)
		o.must(err)
		o.did()
		s := o.studied(id)
		if s.State != study.Done || s.Result == nil || s.Problem != "" {
			o.t.Fatalf("the study: %+v", s)
		}
		m, want := s.Result.Money, int64(7*4*750)
		if s.Result.Judged != 7 || m.Charged != 7*before || m.Total.Before != 7*before || m.Total.After-m.Total.Before != want || m.More != 7 || m.Less != 0 {
			o.t.Errorf("%+v of %d cases; one paid %d", *m, s.Result.Judged, before)
		}
		if len(s.Result.Flips)+len(s.Result.Lacking) != 0 {
			o.t.Errorf("flips %+v, lacking %+v", s.Result.Flips, s.Result.Lacking)
		}

		again, err := o.try(leader, fee)
		o.must(err)
		o.did()
		if o.studied(again).Hash != s.Hash || s.Hash == "" {
			o.t.Error("the same input has another fingerprint")
		}
		in := flow.PublishStudy{Study: id, Version: s.Version, Key: o.key()}
		if err := o.Studies().Publish(o.ctx, o.officer, in); fault.KindOf(err) != fault.NotFound {
			o.t.Errorf("an officer publishes: %v", err)
		}
		o.must(o.Studies().Publish(o.ctx, leader, in))
		o.must(o.Studies().Publish(o.ctx, leader, in))
		o.did()
		rows, _ := o.rows("tried")
		if o.kinds()[publog.StudyPublished] != 1 || len(rows) < 2 || rows[1][0] != id || !slices.Contains(rows[1], s.Hash) {
			o.t.Errorf("published: %v, %d leaves", rows, o.kinds()[publog.StudyPublished])
		}
	})
}

// firstCase is the id of a case.
func (o *office) firstCase() (id string) {
	o.t.Helper()
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM cases ORDER BY id LIMIT 1`).Scan(&id)
	}))
	return id
}

// TestWhatCasesLackIsNamed: nothing is guessed for cases that were never asked.
func TestWhatCasesLackIsNamed(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		for i := range 6 {
			o.submitted(fmt.Sprintf("rana%d@testshire.example", i))
		}
		file := o.files["services/street-stall.yaml"]
		file.Data = []byte(strings.NewReplacer("      - {id: adult,", "      - {id: roof, type: yes_no, ask: \"Has it a roof?\"}\n      - {id: adult,",
			"      adult: true\n", "      roof: true\n      adult: true\n").Replace(string(file.Data)))
		j, problems := service.Load(o.files)
		if len(problems) > 0 {
			o.t.Fatal(problems)
		}
		o.must(o.Flow.Publish(o.ctx, o.system, j))
		id, err := o.try(leader, `{title: Dearer, service: street-stall, parameters: [{id: stall_fee, value: "20"}]}`)
		o.must(err)
		o.did()
		s := o.studied(id)
		if r := s.Result; r == nil || r.Judged != 0 || r.Money != nil || len(r.Lacking) != 1 || r.Lacking[0].What != "roof" || r.Lacking[0].N != 6 || !r.Lacking[0].Older || len(s.Examples.Lacks[0]) != 6 {
			o.t.Errorf("%+v: %+v", s, s.Result)
		}
	})
}

// TestWhatCannotBeTriedIsASentence: nothing past, a figure that does not exist, everybody sent away.
func TestWhatCannotBeTriedIsASentence(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		refused := func(text, says string) {
			o.t.Helper()
			id, err := o.try(leader, text)
			if err == nil {
				o.did()
				if s := o.studied(id); s.State != study.Failed || !strings.Contains(s.Problem, says) {
					o.t.Errorf("%s: %s %q", text, s.State, s.Problem)
				}
				return
			}
			var f *fault.Error
			if fault.KindOf(err) != fault.Invalid || !errors.As(err, &f) || !strings.Contains(fmt.Sprint(f.Args)+f.Key, says) {
				o.t.Errorf("%s: %v", text, err)
			}
		}
		refused(`{title: A, service: street-stall, parameters: [{id: stall_fee, value: "20"}]}`, "no past cases")
		refused(`{title: A, service: street-stall, parameters: [{id: stal_fee, value: "20"}]}`, `did you mean "stall_fee"`)
		refused(`{title: A, service: nowhere, officers: 1}`, "nowhere")
		refused(`{service: street-stall, officers: 1}`, "name")
		o.submitted("rana@testshire.example")
		o.submitted("rana2@testshire.example")
		refused(`{title: A, service: street-stall, officers: -5, minutes: 30}`, "Somebody has to do the work")
		refused(`{title: A, service: street-stall, officers: 1}`, "how many minutes")
	})
}

// TestMoreOfficersAreTried on the cases that came in.
func TestMoreOfficersAreTried(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		for i := range 12 {
			o.submitted(fmt.Sprintf("rana%d@testshire.example", i))
		}
		id, err := o.try(leader, `{title: Two more, service: street-stall, officers: 2, minutes: 90}`)
		o.must(err)
		o.did()
		q := o.studied(id).Result.Queue
		if q == nil || q.Now != 3 || q.Then != 5 || q.Arrivals != 12 || q.Measured != 0 || q.With(5).Mean >= q.With(3).Mean || q.One == nil {
			o.t.Fatalf("%+v", q)
		}
		if m := o.studied(id).Result.Money; m != nil {
			o.t.Errorf("nothing about money was tried: %+v", m)
		}
	})
}

// TestAStudyWhoseWorkDiesEnds: whoever waits for it is told, on the last try and at once where trying again mends nothing.
func TestAStudyWhoseWorkDiesEnds(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		o.submitted("rana@testshire.example")
		const fee = `{title: Dearer, service: street-stall, parameters: [{id: stall_fee, value: "20"}]}`
		broken := func() (id string) {
			id, err := o.try(leader, fee)
			o.must(err)
			o.must(o.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE cases SET sealed = label`)
				return err
			}))
			return id
		}
		id := broken()
		for try := 1; o.studied(id).State == study.Working; try++ {
			if _, err := o.runner.RunDue(o.ctx); err == nil || try > 20 {
				o.t.Fatalf("try %d: %v, %s", try, err, o.studied(id).State)
			}
			o.clock.Advance(7 * time.Hour)
		}
		if s := o.studied(id); s.State != study.Failed || s.Problem != study.NotWorkedOut || s.Ended.IsZero() {
			o.t.Errorf("after the last try: %s %q", s.State, s.Problem)
		}
		if n, err := o.runner.RunDue(o.ctx); n != 0 || err != nil {
			o.t.Errorf("it is tried again: %d, %v", n, err)
		}
		id = broken()
		o.must(o.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE study SET change = '{"service": 7}' WHERE id = $1`, id)
			return err
		}))
		if _, err := o.runner.RunDue(o.ctx); err == nil {
			o.t.Error("a change that cannot be read is no error")
		}
		if s := o.studied(id); s.State != study.Failed || s.Problem != study.NotWorkedOut {
			o.t.Errorf("a change that cannot be read: %s %q", s.State, s.Problem)
		}
	})
}

// TestAStudyThatPanicsEnds: on the last try, whatever goes wrong.
func TestAStudyThatPanicsEnds(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		o.submitted("rana@testshire.example")
		id, err := o.try(leader, `{title: Dearer, service: street-stall, parameters: [{id: stall_fee, value: "20"}]}`)
		o.must(err)
		docket := o.Flow.Docket
		o.Flow.Docket = nil // so that looking for the rules panics
		work := job.Job{Kind: flow.StudyJob, Payload: []byte(`{"study": "` + id + `"}`), Attempts: 1000}
		err = flow.Studies{Flow: o.Flow}.WorkStudy(o.ctx, work)
		o.Flow.Docket = docket
		if err == nil {
			o.t.Error("a panic is no error")
		}
		if s := o.studied(id); s.State != study.Failed || s.Problem != study.NotWorkedOut {
			o.t.Errorf("after a panic: %s %q", s.State, s.Problem)
		}
	})
}

// TestStudiesThatOverlapAreNotPublished: the cases in which two differ were few, and the two would tell of them.
func TestStudiesThatOverlapAreNotPublished(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		for i := range 14 {
			o.submitted(fmt.Sprintf("rana%d@testshire.example", i))
			if i == 5 || i == 7 {
				o.clock.Advance(48 * time.Hour)
			}
		}
		publish := func(more string) error {
			id, err := o.try(leader, `{title: Dearer, service: street-stall, parameters: [{id: stall_fee, value: "20"}]`+more+`}`)
			o.must(err)
			o.did()
			s := o.studied(id)
			if s.State != study.Done {
				o.t.Fatalf("%+v", s)
			}
			return o.Studies().Publish(o.ctx, leader, flow.PublishStudy{Study: id, Version: s.Version, Key: o.key()})
		}
		o.must(publish(""))
		o.must(publish("")) // the same cases
		o.must(publish(", from: 2026-03-05"))
		if err := publish(", from: 2026-03-03"); fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("two that differ in two cases: %v", err)
		}
	})
}

// TestAQueueIsNotMeasuredOnAPart: steps come by officer, so the first of too many are those of the first officers.
func TestAQueueIsNotMeasuredOnAPart(t *testing.T) {
	eachStudio(t, func(o *office, _ policy.Actor) {
		for i := range 5 {
			id, _ := o.received(fmt.Sprintf("rana%d@testshire.example", i))
			o.must(o.act(o.officer, id, "refuse", process.Decision{Reason: "No room."}, ""))
		}
		o.clock.Advance(time.Minute)
		studies, now := o.Studies(), o.clock.Now()
		try := func(most, minutes int) error {
			studies.MostSteps = most
			_, err := studies.Simulate(o.ctx, &service.ChangeFile{Title: "A", Service: "street-stall", Officers: 1, Minutes: minutes}, now, nil)
			return err
		}
		says := func(err error, text string) bool {
			var f *fault.Error
			return errors.As(err, &f) && strings.Contains(f.Key, text)
		}
		if err := try(4, 0); !says(err, "Choose a shorter time") {
			o.t.Errorf("five steps of which four are measured: %v", err)
		}
		if err := try(5, 0); !says(err, "how many minutes") {
			o.t.Errorf("five steps of five: %v", err)
		}
		o.must(try(4, 30))
	})
}

// TestAStoppedClockIsNotATurn: the timeline says where a case stood, and what was asked and answered is not late.
func TestAStoppedClockIsNotATurn(t *testing.T) {
	eachStudio(t, func(o *office, leader policy.Actor) {
		for i := range 6 {
			asked, applicant := o.received(fmt.Sprintf("rana%d@testshire.example", i))
			o.must(o.act(o.officer, asked, "ask", process.Decision{}, "How wide is it?"))
			o.clock.Advance(24 * time.Hour)
			o.must(o.act(applicant, asked, "answer", process.Decision{}, "Four metres."))
			o.clock.Advance(6 * 24 * time.Hour)
			o.must(o.act(o.officer, asked, "refuse", process.Decision{Reason: "No room."}, ""))
			plain, _ := o.received(fmt.Sprintf("sami%d@testshire.example", i))
			o.clock.Advance(7 * 24 * time.Hour)
			o.must(o.act(o.officer, plain, "refuse", process.Decision{Reason: "No room."}, ""))
		}
		id, err := o.try(leader, `{title: Faster, service: street-stall, deadlines: [{state: received, working_days: 3}]}`)
		o.must(err)
		o.did()
		r := o.studied(id).Result
		if r == nil || len(r.Flips) != 1 || r.Flips[0].From != "refused" || r.Flips[0].To != "lapsed" || r.Flips[0].N != 6 ||
			len(r.Lacking) != 1 || r.Lacking[0].What != "deadline" || r.Lacking[0].N != 6 || r.Late != (simulate.Pair{After: 6}) {
			o.t.Errorf("%+v", r)
		}
	})
}

// received is a case whose fee is paid.
func (o *office) received(email string) (id string, applicant policy.Actor) {
	o.t.Helper()
	draft, id, holder := o.sent(email)
	o.choose(o.begin(draft, holder), "succeeds")
	return id, policy.Actor{Person: o.load(id).Person, Name: "Rana Resident"}
}
