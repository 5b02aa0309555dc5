package flow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestAViewIsSavedSentAndStopped: it is sent once on its day, to whoever may still read it, until one press ends it.
func TestAViewIsSavedSentAndStopped(t *testing.T) {
	storetest.Each(t, dataTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		o := newOffice(t, db, clock)
		save := flow.SaveView{Name: " Waiting  here ", Topic: "waiting", Query: "service=street-stall", Organisation: "markets", Every: "week", Key: o.key()}
		if err := o.Insight().SaveView(o.ctx, policy.Actor{Person: "x"}, save); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a stranger saves one: %v", err)
		}
		for _, wrong := range []flow.SaveView{{Organisation: "markets"}, {Organisation: "markets", Name: strings.Repeat("x", 101)}, {Organisation: "markets", Name: "x", Every: "hour"}} {
			if err := o.Insight().SaveView(o.ctx, o.officer, wrong); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v is saved: %v", wrong, err)
			}
		}
		o.must(o.Insight().SaveView(o.ctx, o.officer, save))
		o.must(o.Insight().SaveView(o.ctx, o.officer, save)) // the same form again
		due := func() []flow.DueReport {
			list, err := o.Insight().DueReports(o.ctx, o.system)
			o.must(err)
			return list
		}
		if list := due(); len(list) != 0 {
			t.Errorf("on the day it was saved, %d are due", len(list))
		}
		clock.Advance(7 * 24 * time.Hour)
		list := due()
		if len(list) != 1 || list[0].Name != "Waiting here" || list[0].Actor.Person != o.officer.Person || len(list[0].Actor.Grants) == 0 {
			t.Fatalf("due: %+v", list)
		}
		send := flow.Report{Due: list[0], Title: "Waiting", Text: "Nine days."}
		o.must(o.Insight().SendReport(o.ctx, o.system, send))
		o.must(o.Insight().SendReport(o.ctx, o.system, send)) // another machine
		var mails []notify.Message
		o.must(db.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			all, err := o.Outbox.Latest(ctx, tx, 100)
			for _, m := range all {
				if m.Kind == "report" {
					mails = append(mails, m)
				}
			}
			return err
		}))
		if len(mails) != 1 || mails[0].Link != "/desk/insight/waiting?service=street-stall" || !strings.Contains(mails[0].Text, "Nine days.") {
			t.Fatalf("mails: %+v", mails)
		}
		if list := due(); len(list) != 0 {
			t.Errorf("after it was sent, %d are due", len(list))
		}
		parts := strings.Split(mails[0].Leave, "/") // "", reports, view, pass
		if err := o.Insight().StopReports(o.ctx, parts[2], "0"+parts[3][1:]); fault.KindOf(err) != fault.NotFound && parts[3][0] != '0' {
			t.Errorf("a wrong pass ends the mails: %v", err)
		}
		o.must(o.Insight().StopReports(o.ctx, parts[2], parts[3]))
		clock.Advance(40 * 24 * time.Hour)
		if list := due(); len(list) != 0 {
			t.Errorf("after it was stopped, %d are due", len(list))
		}
		if err := o.Insight().ChangeView(o.ctx, o.other, flow.ChangeView{View: parts[2], Remove: true}); err == nil {
			t.Error("somebody else removes it")
		}
		o.must(o.Insight().ChangeView(o.ctx, o.officer, flow.ChangeView{View: parts[2], Every: "month"}))
		clock.Advance(40 * 24 * time.Hour)
		if list = due(); len(list) != 1 {
			t.Fatalf("each month: %d due", len(list))
		}
		o.must(o.Insight().SendReport(o.ctx, o.system, flow.Report{Due: list[0]})) // whoever saved it may not read it any more
		if list := due(); len(list) != 0 {
			t.Errorf("what may not be read is due %d times", len(list))
		}
		o.must(o.Insight().ChangeView(o.ctx, o.officer, flow.ChangeView{View: parts[2], Remove: true}))
	})
}
