package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/store"
)

func TestAPersonAsksWhyAndIsAnswered(t *testing.T) {
	each(t, func(w *world) {
		done, rana := w.submitted("rana@testshire.example")
		look := w.looked(w.officer, done.Case)
		ask := flow.AskWhy{Look: look, Text: "Why did you look?\r\nI wonder.", Key: w.key()}
		for name, actor := range map[string]policy.Actor{"somebody else": {Person: "ben"}, "the officer": w.officer, "nobody": {}} {
			if _, err := w.Privacy().AskWhy(w.ctx, actor, ask); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s asks: %v", name, err)
			}
		}
		if _, err := w.Privacy().AskWhy(w.ctx, rana, flow.AskWhy{Look: look, Key: w.key()}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an empty question: %v", err)
		}
		id, err := w.Privacy().AskWhy(w.ctx, rana, ask)
		w.must(err)
		again, err := w.Privacy().AskWhy(w.ctx, rana, ask)
		if again != id || err != nil {
			t.Errorf("the same form again: %q, %v", again, err)
		}
		if _, err := w.Privacy().AskWhy(w.ctx, rana, flow.AskWhy{Look: look, Text: "And?", Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second question about one look: %v", err)
		}
		told := w.mails()["Somebody asks why their data was looked at"]
		if told.To == "" || strings.Contains(told.Text, "Rana") || strings.Contains(told.Text, "wonder") {
			t.Errorf("the office is told: %+v", told.Content)
		}
		answer := flow.AnswerWhy{Question: id, Text: "To decide on it.", Key: w.key()}
		sue := w.staff("Sam Second", policy.Grant{Role: policy.Supervisor, Organisation: "markets"})
		for name, actor := range map[string]policy.Actor{"whoever looked": w.officer, "the person": rana, "another organisation": w.other} {
			if err := w.Privacy().AnswerWhy(w.ctx, actor, answer); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s answers: %v", name, err)
			}
		}
		w.must(w.Privacy().AnswerWhy(w.ctx, sue, answer))
		if err := w.Privacy().AnswerWhy(w.ctx, w.boss, flow.AnswerWhy{Question: id, Text: "Twice.", Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		if m := w.mails()["Your question about a look at your data has been answered"]; !strings.Contains(m.Text, "To decide on it.") || m.To != "rana@testshire.example" {
			t.Errorf("the answer by mail: %+v", m.Content)
		}
		// A supervisor's own look is answered by another one.
		own := w.looked(w.boss, done.Case)
		id, err = w.Privacy().AskWhy(w.ctx, rana, flow.AskWhy{Look: own, Text: "And you?", Key: w.key()})
		w.must(err)
		if err := w.Privacy().AnswerWhy(w.ctx, w.boss, flow.AnswerWhy{Question: id, Text: "I may.", Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a look explains itself: %v", err)
		}
		w.must(w.Privacy().AnswerWhy(w.ctx, sue, flow.AnswerWhy{Question: id, Text: "She assigns.", Key: w.key()}))
	})
}

// TestOddReadingIsToldOnce and only where it is odd.
func TestOddReadingIsToldOnce(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		read := func(actor policy.Actor, persons int) {
			w.write(func(ctx context.Context, tx *store.Tx) error {
				for i := range persons {
					l := access.Look{Person: fmt.Sprintf("p%d", i), Actor: actor.Person, Organisation: "markets", What: "licence", Ref: "x", Why: string(policy.LicenceRead)}
					if err := access.Record(ctx, tx, l); err != nil {
						return err
					}
				}
				return nil
			})
		}
		watch := func(want int) {
			t.Helper()
			n, err := w.Privacy().WatchReading(w.ctx, w.system)
			w.must(err)
			if n != want {
				t.Errorf("%d alerts, not %d", n, want)
			}
		}
		for range 5 { // a usual week of somebody who reads much
			read(w.boss, 10)
			w.clock.Advance(24 * time.Hour)
		}
		watch(0)
		read(w.officer, 15)
		watch(0)
		if _, told := w.mails()["Unusual reading was noticed"]; told {
			t.Error("told of nothing")
		}
		read(w.officer, 40)
		watch(1)
		if m := w.mails()["Unusual reading was noticed"]; m.To != "sue.supervisor@testshire.example" {
			t.Errorf("told: %+v", m)
		}
		watch(0)
		sam := w.staff("Sam Resident", policy.Grant{Role: policy.Officer, Organisation: "markets"})
		w.looked(sam, done.Case) // of Rana Resident
		watch(1)
		w.write(func(ctx context.Context, tx *store.Tx) error {
			alerts, err := access.Alerts(ctx, tx, "markets", 10)
			if len(alerts) != 2 {
				t.Fatalf("%d alerts", len(alerts))
			}
			kinds := alerts[0].Kind + " " + alerts[1].Kind
			if !strings.Contains(kinds, access.AlertMany) || !strings.Contains(kinds, access.AlertName) {
				t.Errorf("alerts: %+v", alerts)
			}
			for _, a := range alerts {
				if a.Kind == access.AlertMany && (a.N != 40 || a.Usual != 0 || a.Peers != 10) {
					t.Errorf("the figures: %+v", a)
				}
			}
			return err
		})
	})
}
