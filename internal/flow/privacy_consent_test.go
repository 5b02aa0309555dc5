package flow_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"stoa/internal/consent"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// TestConsentIsGivenAndTakenBack gives one by answering and one by the button; both end by the button.
func TestConsentIsGivenAndTakenBack(t *testing.T) {
	each(t, func(w *world) {
		j, problems := service.Load(consenting(t))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		w.must(w.Publish(w.ctx, w.system, j))
		id, holder := w.filled("rana@testshire.example")
		you := url.Values{"applicant_name": {"Rana Resident"}, "applicant_email": {"rana@testshire.example"}, "news_to": {"news@testshire.example"}}
		_, _, err := w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "you", Form: you})
		w.must(err)
		done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
		w.must(err)
		rana := policy.Actor{Person: w.load(done.Case).Person, Name: "Rana Resident"}
		_, without := w.submitted("ben@testshire.example")
		stands := func(person string) (is bool) {
			w.write(func(ctx context.Context, tx *store.Tx) (err error) {
				is, err = consent.Stands(ctx, tx, person, "news", j.Calendar.DateOf(tx.Now()))
				return err
			})
			return is
		}
		if !stands(rana.Person) || stands(without.Person) {
			t.Errorf("by answering: %v; by not answering: %v", stands(rana.Person), stands(without.Person))
		}
		w.must(w.Privacy().Consent(w.ctx, rana, flow.Consent{Purpose: "news"}))
		if stands(rana.Person) {
			t.Error("after it was taken back")
		}
		w.must(w.Privacy().Consent(w.ctx, without, flow.Consent{Purpose: "news", Yes: true, Key: w.key()}))
		if !stands(without.Person) {
			t.Error("by the button")
		}
		if err := w.Privacy().Consent(w.ctx, rana, flow.Consent{Purpose: "nothing", Yes: true, Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("to what no file asks: %v", err)
		}
		if err := w.Privacy().Consent(w.ctx, policy.Actor{}, flow.Consent{Purpose: "news"}); err == nil {
			t.Error("nobody took something back")
		}
		// Its answer goes after a year, the case after six.
		w.refuse(done.Case)
		w.clock.Set(time.Date(2027, 3, 2, 12, 0, 0, 0, time.UTC))
		w.retain(0)
		if got := w.load(done.Case).Typed.Fields["news_to"]; len(got) == 0 {
			t.Error("the answer went before its time")
		}
		w.clock.Set(time.Date(2027, 3, 3, 12, 0, 0, 0, time.UTC))
		w.retain(0)
		if c := w.load(done.Case); len(c.Typed.Fields["news_to"]) != 0 || len(c.Typed.Fields["applicant_name"]) == 0 {
			t.Errorf("after a year: %v", c.Typed.Fields)
		}
	})
}
