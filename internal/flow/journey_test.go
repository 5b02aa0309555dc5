package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/notify"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/store"
)

func TestFromDraftToLicence(t *testing.T) {
	each(t, func(w *world) {
		done, applicant := w.submitted("rana@testshire.example")
		if done.Number != "ST-2026-00001" {
			w.t.Errorf("number %s", done.Number)
		}
		c := w.load(done.Case)
		if c.State != "received" || c.Due.String() != "2026-03-30" || c.DueThen != "lapse" || c.Label != "Rana Resident, Market Square" {
			w.t.Errorf("case is %s, due %s then %s, %q", c.State, c.Due, c.DueThen, c.Label)
		}
		if len(c.Consultations) != 1 || c.Consultations[0].Due.String() != "2026-03-05" {
			w.t.Fatalf("consultations: %+v", c.Consultations)
		}
		if err := w.act(w.officer, done.Case, "grant", process.Decision{}, ""); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("granted before the reply: %v", err)
		}
		reply := flow.ReplyToConsultation{Case: done.Case, Consultation: c.Consultations[0].ID, Reply: "no_objection", Key: w.key()}
		w.must(w.ReplyToConsultation(w.ctx, w.other, reply))

		w.clock.Advance(24 * time.Hour)
		w.must(w.act(w.officer, done.Case, "ask", process.Decision{}, "How wide is it?"))
		c = w.load(done.Case)
		if c.State != "waiting" || !c.Stopped || !c.Due.IsZero() {
			w.t.Errorf("waiting case is %s, stopped %v, due %s", c.State, c.Stopped, c.Due)
		}
		w.clock.Advance(2 * 24 * time.Hour)
		w.must(w.act(applicant, done.Case, "answer", process.Decision{}, "Four metres."))
		c = w.load(done.Case)
		if c.State != "received" || c.Due.String() != "2026-04-01" {
			w.t.Errorf("after two days' stop the case is %s, due %s", c.State, c.Due)
		}
		w.must(w.act(w.officer, done.Case, "grant", process.Decision{}, ""))
		c = w.load(done.Case)
		if c.Ending != "granted" || c.LicenceNumber != "SL-2026-00001" || !c.Turn.IsZero() {
			w.t.Errorf("granted case: ending %q, licence %q, turn %s", c.Ending, c.LicenceNumber, c.Turn)
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r, err := w.Docket.Records.Get(ctx, tx, c.Licence)
			if err != nil {
				return err
			}
			if r.Fields["holder"] != "Rana Resident" || r.Fields["metres"] != "4" || r.Holder != applicant.Person || r.Until.String() != "2027-03-02" {
				w.t.Errorf("licence: %+v", r)
			}
			public, err := w.Docket.Records.Public(ctx, tx, c.Licence)
			if err != nil {
				return err
			}
			if _, leaked := public.Fields["holder"]; leaked {
				w.t.Error("the holder's name is public")
			}
			letters, err := w.Docket.Cases.SentLetters(ctx, tx, c.Case)
			if err != nil || len(letters) != 1 || !strings.Contains(string(letters[0].Document), "Market Square") && letters[0].Title != "Our decision" {
				w.t.Errorf("letters: %+v, %v", letters, err)
			}
			return nil
		}))
		if err := w.act(w.officer, done.Case, "grant", process.Decision{}, ""); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("granted twice: %v", err)
		}
	})
}

func TestSilenceAndLapse(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		w.clock.Set(time.Date(2026, 3, 6, 1, 0, 0, 0, time.UTC))
		n, err := w.Turn(w.ctx, w.system)
		w.must(err)
		c := w.load(done.Case)
		if n != 1 || !c.Consultations[0].Silent || c.State != "received" {
			w.t.Errorf("turned %d; consultation %+v; state %s", n, c.Consultations[0], c.State)
		}
		w.clock.Set(time.Date(2026, 4, 20, 1, 0, 0, 0, time.UTC)) // Stoa was off for weeks
		_, err = w.Turn(w.ctx, w.system)
		w.must(err)
		c = w.load(done.Case)
		if c.Ending != "lapsed" || c.Ended.UTC().Format("2006-01-02") != "2026-03-31" && c.Ended.UTC().Format("2006-01-02") != "2026-03-30" {
			w.t.Errorf("ending %q at %s", c.Ending, c.Ended)
		}
	})
}

func TestRightsOnACase(t *testing.T) {
	each(t, func(w *world) {
		done, applicant := w.submitted("rana@testshire.example")
		own := w.officer
		own.Person = applicant.Person
		for name, err := range map[string]error{
			"a stranger acts":        w.act(flowStranger, done.Case, "grant", process.Decision{}, ""),
			"another organisation":   w.act(w.other, done.Case, "grant", process.Decision{}, ""),
			"an officer's own case":  w.act(own, done.Case, "refuse", process.Decision{Reason: "x"}, ""),
			"the applicant decides":  w.act(applicant, done.Case, "grant", process.Decision{}, ""),
			"an unknown action":      w.act(w.officer, done.Case, "abolish", process.Decision{}, ""),
			"messages of a stranger": w.WriteMessage(w.ctx, flowStranger, flow.WriteMessage{Case: done.Case, Text: "x", Key: w.key()}),
			"assigning by another":   w.Assign(w.ctx, w.other, flow.Assign{Case: done.Case, To: w.other.Person, Key: w.key()}),
		} {
			if fault.KindOf(err) != fault.NotFound || err == nil {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		stale := flow.Assign{Case: done.Case, Version: 99, To: w.officer.Person, Key: w.key()}
		if err := w.Assign(w.ctx, w.officer, stale); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("a stale form: %v", err)
		}
		claim := flow.Assign{Case: done.Case, Version: w.load(done.Case).Version, To: w.officer.Person, Key: w.key()}
		w.must(w.Assign(w.ctx, w.officer, claim))
		w.must(w.Assign(w.ctx, w.officer, claim)) // the same form again changes nothing
		if c := w.load(done.Case); c.Assignee != w.officer.Person || c.Version != claim.Version+1 {
			w.t.Errorf("assignee %q, version %d", c.Assignee, c.Version)
		}
	})
}

func TestCodes(t *testing.T) {
	each(t, func(w *world) {
		id, err := w.RequestCode(w.ctx, flowStranger, flow.RequestCode{Email: "rana@testshire.example", Language: "en"})
		w.must(err)
		code := w.lastCode()
		if _, err := w.EnterCode(w.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: "000000"}); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("a wrong code: %v", err)
		}
		token, err := w.EnterCode(w.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: " " + code[:3] + " " + code[3:]})
		w.must(err)
		if _, err := w.EnterCode(w.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: code}); err == nil {
			w.t.Error("a code worked twice")
		}
		actor, err := w.Session(w.ctx, token)
		w.must(err)
		if actor.Person == "" {
			w.t.Error("nobody is signed in")
		}
		w.clock.Advance(13 * time.Hour)
		if actor, err = w.Session(w.ctx, token); err != nil || actor.Person != "" {
			w.t.Errorf("the session did not end: %+v, %v", actor, err)
		}
	})
}

func TestGuessingACodeEndsIt(t *testing.T) {
	each(t, func(w *world) {
		id, err := w.RequestCode(w.ctx, flowStranger, flow.RequestCode{Email: "rana@testshire.example", Language: "en"})
		w.must(err)
		code := w.lastCode()
		for range 5 {
			wrong := "111111"
			if wrong == code {
				wrong = "222222"
			}
			if _, err := w.EnterCode(w.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: wrong}); err == nil {
				w.t.Fatal("a wrong code worked")
			}
		}
		if _, err := w.EnterCode(w.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: code}); err == nil {
			w.t.Error("the right code worked after five wrong ones")
		}
	})
}

// lastCode reads the code from the latest message.
func (w *world) lastCode() string {
	w.t.Helper()
	var all []notify.Message
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Outbox.Latest(ctx, tx, 1)
		return err
	}))
	for _, word := range strings.FieldsFunc(all[0].Text, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(word) == 6 {
			return word
		}
	}
	w.t.Fatalf("no code in %q", all[0].Text)
	return ""
}

func TestSaveAndResumeElsewhere(t *testing.T) {
	each(t, func(w *world) {
		id, _, err := w.StartDraft(w.ctx, flowStranger, flow.StartDraft{Service: "street-stall", Language: "en"})
		w.must(err)
		holder := flowStranger
		holder.Draft = id
		// Wrong and half answers are kept as they are (Open Forms #2928).
		_, _, err = w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "stall", Form: map[string][]string{"metres": {"many"}}})
		w.must(err)
		codeID, err := w.SaveForLater(w.ctx, holder, flow.SaveForLater{Draft: id, Email: "rana@testshire.example"})
		w.must(err)
		got, token, err := w.ResumeDraft(w.ctx, flowStranger, flow.ResumeDraft{CodeID: codeID, Code: w.lastCode()})
		w.must(err)
		holds, err := w.HoldsDraft(w.ctx, got, token)
		w.must(err)
		if got != id || !holds {
			w.t.Fatalf("resumed %q, holds %v", got, holds)
		}
		draft := w.draft(id)
		if draft.Typed.Get("metres") != "many" || draft.Judged.Ready() {
			w.t.Errorf("typed %q", draft.Typed.Get("metres"))
		}
		_, err = w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
		var not *flow.NotReady
		if !errors.As(err, &not) {
			w.t.Errorf("an unfinished draft was taken: %v", err)
		}
	})
}

func TestVariantMakesTheNextVersion(t *testing.T) {
	each(t, func(w *world) {
		done, applicant := w.submitted("rana@testshire.example")
		w.clock.Set(time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC))
		_, err := w.Turn(w.ctx, w.system)
		w.must(err)
		w.must(w.act(w.officer, done.Case, "grant", process.Decision{}, ""))
		licence := w.load(done.Case).Licence

		renewal := flow.StartDraft{Service: "street-stall", Variant: "renewal", Licence: licence, Language: "en"}
		if _, _, err := w.StartDraft(w.ctx, applicant, renewal); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("renewed a year before the end: %v", err)
		}
		w.clock.Set(time.Date(2027, 2, 1, 12, 0, 0, 0, time.UTC))
		if _, _, err := w.StartDraft(w.ctx, flowStranger, renewal); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("renewed by a stranger: %v", err)
		}
		id, _, err := w.StartDraft(w.ctx, applicant, renewal)
		w.must(err)
		draft, _, err := w.SavePage(w.ctx, applicant, flow.SavePage{Draft: id, Page: "stall", Form: map[string][]string{
			"adult": {"yes"}, "goods": {"other"}, "place": {"P2"}, "metres": {"5"}}})
		w.must(err)
		if draft.Variant != "renewal" || draft.Typed.Get("goods") != "other" {
			w.t.Errorf("draft %+v", draft.Draft)
		}
		_, _, err = w.SavePage(w.ctx, applicant, flow.SavePage{Draft: id, Page: "you", Form: map[string][]string{
			"applicant_name": {"Rana Resident"}, "applicant_email": {"rana@testshire.example"}}})
		w.must(err)
		again, err := w.Submit(w.ctx, applicant, flow.Submit{Draft: id, Declared: true})
		w.must(err)
		w.clock.Set(time.Date(2027, 2, 8, 12, 0, 0, 0, time.UTC))
		_, err = w.Turn(w.ctx, w.system)
		w.must(err)
		w.must(w.act(w.officer, again.Case, "grant", process.Decision{}, ""))
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r, err := w.Docket.Records.Get(ctx, tx, licence)
			if err != nil {
				return err
			}
			history, err := w.Docket.Records.History(ctx, tx, licence)
			if err != nil {
				return err
			}
			if r.Version != 2 || r.Number != "SL-2026-00001" || r.Fields["place"] != "High Street, north" || len(history) != 2 || history[1].Fields["place"] != "Market Square" {
				w.t.Errorf("record %+v, history %+v", r, history)
			}
			return nil
		}))
		suspend := flow.ActOnLicence{Licence: licence, Version: 2, Action: "suspend", Key: w.key()}
		if err := w.ActOnLicence(w.ctx, w.officer, suspend); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("suspended without reasons: %v", err)
		}
		suspend.Reason, suspend.Key = "The fee was not paid.", w.key()
		w.must(w.ActOnLicence(w.ctx, w.officer, suspend))
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r, err := w.Docket.Records.Public(ctx, tx, licence)
			if err == nil && r.State != record.Suspended {
				w.t.Errorf("state %s", r.State)
			}
			return err
		}))
	})
}

func TestSearchFindsTheWordsThatTheFileMarks(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		w.submitted("omar@testshire.example")
		find := func(words string) int {
			var page cases.Page
			w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
				page, err = w.Docket.Cases.Queue(ctx, tx, cases.Query{Organisations: []string{"markets"}, Words: words})
				return err
			}))
			return len(page.Cases)
		}
		for words, want := range map[string]int{"rana": 2, "RÄNA resident": 2, done.Number: 1, "rana nobody": 0, "": 2} {
			if got := find(words); got != want {
				w.t.Errorf("%q finds %d cases, want %d", words, got, want)
			}
		}
	})
}

func TestTypingAnAddressMakesNobodyKnown(t *testing.T) {
	each(t, func(w *world) {
		before := w.counts()["person"]
		id, err := w.RequestCode(w.ctx, flowStranger, flow.RequestCode{Email: "somebody@testshire.example", Language: "en"})
		w.must(err)
		if n := w.counts()["person"]; n != before {
			w.t.Errorf("%d persons after asking for a code, %d before", n, before)
		}
		_, err = w.EnterCode(w.ctx, flowStranger, flow.EnterCode{CodeID: id, Code: w.lastCode()})
		w.must(err)
		if n := w.counts()["person"]; n != before+1 {
			w.t.Errorf("%d persons after signing in, %d before", n, before)
		}
		w.clock.Advance(48 * time.Hour)
		_, err = w.Forget(w.ctx, w.system)
		w.must(err)
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			left, err := w.Outbox.Latest(ctx, tx, 10)
			if len(left) != 0 {
				w.t.Errorf("the mail with the code can still be read: %q", left[0].Title)
			}
			return err
		}))
	})
}
