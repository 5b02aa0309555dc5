package flow_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/publog"
	"stoa/internal/retain"
	"stoa/internal/store"
)

func (w *world) write(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, "test", fn))
}

// looked records a look of an officer at a case, as a page does, and gives its id.
func (w *world) looked(actor policy.Actor, id string) string {
	w.t.Helper()
	c := w.load(id)
	w.clock.Advance(time.Second) // of looks at one instant none is the last
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return access.Record(ctx, tx, access.Look{Person: c.Person, Actor: actor.Person, Organisation: c.Organisation, What: "case", Ref: c.Number, Service: c.Service.Service, Why: string(policy.CaseRead)})
	})
	var looks []access.Look
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		looks, err = access.Of(ctx, tx, c.Person, 1)
		return err
	})
	return looks[0].ID
}

// mails are the messages in the outbox, by title.
func (w *world) mails() map[string]notify.Message {
	w.t.Helper()
	all := map[string]notify.Message{}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		list, err := w.Outbox.Latest(ctx, tx, 1000)
		for _, m := range list {
			if _, newer := all[m.Title]; !newer {
				all[m.Title] = m
			}
		}
		return err
	})
	return all
}

// refuse ends a case today.
func (w *world) refuse(id string) {
	w.t.Helper()
	w.must(w.act(w.officer, id, "refuse", process.Decision{Reason: "No room."}, ""))
}

func (w *world) retain(want int) {
	w.t.Helper()
	n, err := w.Privacy().Retain(w.ctx, w.system)
	w.must(err)
	if n != want {
		w.t.Errorf("on %s %d cases were deleted, not %d", w.clock.Now().Format(time.DateOnly), n, want)
	}
}

// TestACaseIsDeletedAfterItsTimeAndNotBefore goes day by day over the end of six years, with a hold on one of two cases.
func TestACaseIsDeletedAfterItsTimeAndNotBefore(t *testing.T) {
	each(t, func(w *world) {
		one, _ := w.submitted("rana@testshire.example")
		held, _ := w.submitted("ben@testshire.example")
		open, _ := w.submitted("cy@testshire.example")
		w.clock.Set(time.Date(2026, 3, 3, 23, 30, 0, 0, time.UTC)) // the last hour of the day in London
		w.refuse(one.Case)
		w.refuse(held.Case)
		w.retain(0)
		hold := flow.HoldCase{Number: held.Number, Organisation: "markets", Reason: "An appeal.", Review: w.load(held.Case).Service.Jurisdiction.Calendar.DateOf(w.clock.Now().AddDate(0, 6, 0))}
		if err := w.Privacy().Hold(w.ctx, w.officer, hold); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an officer holds: %v", err)
		}
		w.must(w.Privacy().Hold(w.ctx, w.boss, hold))
		for _, day := range []time.Time{time.Date(2032, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(2032, 3, 3, 0, 30, 0, 0, time.UTC), time.Date(2032, 3, 3, 23, 59, 0, 0, time.UTC)} {
			w.clock.Set(day)
			w.retain(0)
		}
		if c := w.load(one.Case); c.Label == "" || len(c.Typed.Fields) == 0 {
			t.Error("it was deleted before its time")
		}
		w.clock.Set(time.Date(2032, 3, 4, 0, 1, 0, 0, time.UTC))
		w.retain(1)
		w.retain(0)
		if c := w.load(one.Case); c.Label != "" || len(c.Typed.Fields) != 0 || c.Number != one.Number || c.Ending != "refused" {
			t.Errorf("after it was deleted: %q, %v", c.Label, c.Typed)
		}
		if c := w.load(held.Case); c.Label == "" {
			t.Error("what was held is deleted")
		}
		if c := w.load(open.Case); c.Label == "" || !c.Open() {
			t.Error("what is open is deleted")
		}
		var holds []retain.Hold
		w.write(func(ctx context.Context, tx *store.Tx) (err error) {
			holds, err = retain.HoldsOf(ctx, tx, "markets", 10)
			return err
		})
		w.must(w.Privacy().Lift(w.ctx, w.boss, holds[0].ID))
		w.clock.Advance(24 * time.Hour)
		w.retain(1)
		// The proof: a leaf with the root over the commitments that the office shows.
		leaves, _ := w.leaves()
		roots := map[string]bool{}
		for _, l := range leaves {
			if l.Kind != publog.DataDeleted {
				continue
			}
			for _, f := range l.Fields {
				if f.Name == "root" {
					roots[f.Value] = true
				}
			}
		}
		w.write(func(ctx context.Context, tx *store.Tx) error {
			done, err := retain.Proved(ctx, tx, "markets", 10)
			if err != nil || len(done) != 2 {
				t.Errorf("%d proofs, %v", len(done), err)
			}
			for _, b := range done {
				lines, err := retain.Commitments(ctx, tx, b.ID)
				if err != nil || !roots[hex.EncodeToString(retain.RootOf(lines))] || b.N != 1 || b.Law == "" {
					t.Errorf("the proof %+v is not in the log: %v", b, err)
				}
			}
			return nil
		})
	})
}

func TestACaseThatIsOpenedAgainIsKept(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		w.refuse(done.Case)
		w.retain(0)
		w.write(func(ctx context.Context, tx *store.Tx) error { // as an appeal does
			c, err := w.Docket.Cases.Get(ctx, tx, done.Case)
			if err != nil {
				return err
			}
			c.State, c.Ending, c.Ended = "received", "", time.Time{}
			return w.Docket.Cases.Update(ctx, tx, c)
		})
		w.clock.Set(time.Date(2033, 1, 1, 12, 0, 0, 0, time.UTC))
		w.retain(0)
		w.write(func(ctx context.Context, tx *store.Tx) error { // and refused again
			c, err := w.Docket.Cases.Get(ctx, tx, done.Case)
			if err != nil {
				return err
			}
			c.State, c.Ending, c.Ended = "refused", "refused", tx.Now()
			return w.Docket.Cases.Update(ctx, tx, c)
		})
		w.clock.Set(time.Date(2039, 1, 1, 12, 0, 0, 0, time.UTC))
		w.retain(0)
		w.clock.Set(time.Date(2039, 1, 2, 12, 0, 0, 0, time.UTC))
		w.retain(1)
	})
}

// TestAPersonIsErased follows the wish from the button to the last letter, and looks at what is left.
func TestAPersonIsErased(t *testing.T) {
	each(t, func(w *world) {
		done, rana := w.submitted("rana@testshire.example")
		w.refuse(done.Case)
		draft, holder := w.filled("rana@testshire.example")
		w.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE draft SET person = $1 WHERE id = $2`, rana.Person, draft)
			return err
		})
		_ = holder
		look := w.looked(w.officer, done.Case)
		_, err := w.Privacy().AskWhy(w.ctx, rana, flow.AskWhy{Look: look, Text: "Why?", Key: w.key()})
		w.must(err)
		if err := w.Privacy().AskErasure(w.ctx, rana, flow.AskErasure{Key: w.key()}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without confirming: %v", err)
		}
		if err := w.Privacy().AskErasure(w.ctx, w.officer, flow.AskErasure{Sure: true, Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a member of staff: %v", err)
		}
		erased := func(want int) {
			t.Helper()
			n, err := w.Privacy().Erase(w.ctx, w.system)
			w.must(err)
			if n != want {
				t.Errorf("%d were erased, not %d", n, want)
			}
		}
		w.must(w.Privacy().AskErasure(w.ctx, rana, flow.AskErasure{Sure: true, Key: w.key()}))
		w.must(w.Privacy().StopErasure(w.ctx, rana))
		w.clock.Advance(8 * 24 * time.Hour)
		erased(0) // it was stopped
		w.must(w.Privacy().AskErasure(w.ctx, rana, flow.AskErasure{Sure: true, Key: w.key()}))
		w.must(w.Privacy().AskErasure(w.ctx, rana, flow.AskErasure{Sure: true, Key: w.key()}))
		w.clock.Advance(7*24*time.Hour - time.Minute)
		erased(0) // it can still be stopped
		w.clock.Advance(2 * time.Minute)
		erased(1)
		erased(0)
		w.write(func(ctx context.Context, tx *store.Tx) error {
			who, err := w.People.Get(ctx, tx, rana.Person)
			if err != nil || who.Name != "" || who.Email != "" {
				t.Errorf("the person: %+v, %v", who, err)
			}
			if looks, err := access.Of(ctx, tx, rana.Person, 10); len(looks) != 0 || err != nil {
				t.Errorf("looks: %v, %v", looks, err)
			}
			if drafts, err := w.Docket.Cases.DraftsOf(ctx, tx, rana.Person); len(drafts) != 0 || err != nil {
				t.Errorf("drafts: %v, %v", drafts, err)
			}
			again, err := w.People.Ensure(ctx, tx, who.Details, "en")
			_ = again
			return err
		})
		// What the law keeps is kept under its own key, and still read by the office.
		if c := w.load(done.Case); c.Label == "" || len(c.Typed.Fields) == 0 {
			t.Error("what must be kept is deleted")
		}
		last := w.mails()["You are erased"]
		if last.To != "rana@testshire.example" || !strings.Contains(last.Text, done.Number+": Markets Act, section 1") || !strings.Contains(last.Text, "until 2 March 2032") {
			t.Errorf("the last word:\n%s", last.Text)
		}
		w.proofsHold(last.Text)
		// Whoever signs in with the address is somebody new.
		second, other := w.submitted("rana@testshire.example")
		if other.Person == rana.Person || w.load(second.Case).Person != other.Person {
			t.Error("the erased person came back")
		}
		// Days pass over what is left without failing.
		_, err = w.Turn(w.ctx, w.system)
		w.must(err)
		w.clock.Set(time.Date(2032, 3, 3, 12, 0, 0, 0, time.UTC))
		_, err = w.Turn(w.ctx, w.system)
		w.must(err)
		w.retain(1)
		if c := w.load(done.Case); c.Label != "" {
			t.Error("what was kept is not deleted on its day")
		}
	})
}

// proofsHold looks for each code of the last word among the commitments.
func (w *world) proofsHold(text string) {
	w.t.Helper()
	_, codes, found := strings.Cut(text, "Nobody else has them:\n")
	if !found {
		w.t.Fatalf("no proofs in:\n%s", text)
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		all := ""
		for _, o := range []string{"markets", "testshire"} {
			done, err := retain.Proved(ctx, tx, o, 100)
			if err != nil {
				return err
			}
			for _, b := range done {
				lines, err := retain.Commitments(ctx, tx, b.ID)
				if err != nil {
					return err
				}
				all += lines + "\n"
			}
		}
		n := 0
		for line := range strings.Lines(codes) {
			ref, code, _ := strings.Cut(strings.TrimSpace(line), " ")
			salt, err := base64.RawURLEncoding.DecodeString(code)
			if err != nil {
				return err
			}
			in := false
			for _, kind := range []string{retain.Draft, retain.Person, retain.Case, retain.Record} {
				in = in || strings.Contains(all, retain.Item{Ref: ref, Salt: salt}.Commitment(kind))
			}
			if n++; !in {
				w.t.Errorf("%s is not among what was deleted", ref)
			}
		}
		if n != 2 {
			w.t.Errorf("%d proofs, not those of the draft and the account", n)
		}
		return nil
	})
}

// TestAnOpenCaseKeepsTheAccount until it has ended; then the account goes by itself.
func TestAnOpenCaseKeepsTheAccount(t *testing.T) {
	each(t, func(w *world) {
		done, rana := w.submitted("rana@testshire.example")
		w.must(w.Privacy().AskErasure(w.ctx, rana, flow.AskErasure{Sure: true, Key: w.key()}))
		for range 3 {
			w.clock.Advance(8 * 24 * time.Hour)
			if n, err := w.Privacy().Erase(w.ctx, w.system); n != 0 || err != nil {
				t.Fatalf("erased %d with an open case, %v", n, err)
			}
		}
		if m := w.mails()["What we could delete is deleted"]; m.To == "" {
			t.Error("nobody was told")
		}
		w.refuse(done.Case)
		w.clock.Advance(2 * 24 * time.Hour)
		if n, err := w.Privacy().Erase(w.ctx, w.system); n != 1 || err != nil {
			t.Errorf("erased %d after it ended, %v", n, err)
		}
	})
}

// TestEverythingIsInTheCopy makes somebody with something in every part, and looks for each in the file.
func TestEverythingIsInTheCopy(t *testing.T) {
	each(t, func(w *world) {
		done, rana := w.submitted("rana@testshire.example")
		rana.Name = "Rana Resident"
		w.must(w.act(w.officer, done.Case, "ask", process.Decision{}, "How wide is it?"))
		w.clock.Advance(time.Second)
		w.must(w.act(rana, done.Case, "answer", process.Decision{}, "Four metres <b>."))
		w.refuse(done.Case)
		draft, _ := w.filled("rana@testshire.example")
		w.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE draft SET person = $1 WHERE id = $2`, rana.Person, draft); err != nil {
				return err
			}
			_, err := w.People.Sessions().StartSession(ctx, tx, person.Arrival{Person: rana.Person, Method: "code", Level: policy.Low})
			return err
		})
		look := w.looked(w.officer, done.Case)
		_, err := w.Privacy().AskWhy(w.ctx, rana, flow.AskWhy{Look: look, Text: "Why did you look?", Key: w.key()})
		w.must(err)
		w.must(w.Privacy().AskCopy(w.ctx, rana, w.key()))
		w.must(w.Privacy().AskCopy(w.ctx, rana, w.key())) // on its way: not a second one
		var copies []retain.Copy
		list := func() {
			w.write(func(ctx context.Context, tx *store.Tx) (err error) {
				copies, err = (&retain.Copies{Vault: w.People.Vault}).Of(ctx, tx, rana.Person)
				return err
			})
		}
		list()
		if len(copies) != 1 {
			t.Fatalf("%d copies", len(copies))
		}
		j := job.Job{Payload: fmt.Appendf(nil, `{"copy":%q}`, copies[0].ID)}
		w.must(w.Privacy().MakeCopy(w.ctx, j))
		w.must(w.Privacy().MakeCopy(w.ctx, j)) // the job again
		if _, err := w.Privacy().ReadCopy(w.ctx, w.officer, copies[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the officer reads it: %v", err)
		}
		data, err := w.Privacy().ReadCopy(w.ctx, rana, copies[0].ID)
		w.must(err)
		files := unzipped(t, data)
		var doc flow.Everything
		w.must(json.Unmarshal(files["data.json"], &doc))
		if doc.Form != "stoa everything 1" || doc.Account.Email != "rana@testshire.example" || len(doc.Sessions) != 1 || len(doc.Drafts) != 1 || len(doc.Cases) != 1 || len(doc.Looks) != 1 {
			t.Fatalf("the copy holds %s", files["data.json"])
		}
		c := doc.Cases[0]
		if c.Number != done.Number || len(c.Messages) != 2 || c.Messages[1].Text != "Four metres <b>." || len(c.Letters) == 0 || c.KeptUntil != "2032-03-02" || !strings.Contains(c.Law, "Markets Act") || len(c.Answers) < 5 {
			t.Errorf("the case: %+v", c)
		}
		if files[strings.TrimPrefix(c.Letters[0].File, "")] == nil || !bytes.HasPrefix(files[c.Letters[0].File], []byte("%PDF")) {
			t.Errorf("its letter %s is not there", c.Letters[0].File)
		}
		if doc.Looks[0].Who != "Olu Officer" || doc.Looks[0].Question != "Why did you look?" {
			t.Errorf("the look: %+v", doc.Looks[0])
		}
		page := string(files["data.html"])
		if !strings.Contains(page, "Four metres &lt;b&gt;.") || strings.Contains(page, "metres <b>") || !strings.Contains(page, "Why did you look?") {
			t.Error("the page does not say it, or says it raw")
		}
		w.clock.Advance(8 * 24 * time.Hour)
		if _, err := w.Privacy().ReadCopy(w.ctx, rana, copies[0].ID); fault.KindOf(err) != fault.Gone {
			t.Errorf("after a week: %v", err)
		}
		w.retain(0)
		if list(); len(copies) != 0 {
			t.Error("the copy is still there")
		}
	})
}

func unzipped(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// consenting is the base jurisdiction with a question that rests on consent.
func consenting(t testing.TB) fs.FS {
	files := base(t)
	files["jurisdiction.yaml"].Data = append(files["jurisdiction.yaml"].Data, []byte(`
data_protection:
  law: {gdpr: {title: GDPR, section: article 6}}
  consents:
    news: {title: News, purpose: To send news., data: The address, basis: gdpr, keep: 2 years}
`)...)
	file := files["services/street-stall.yaml"]
	text := strings.Replace(string(file.Data), "applicant: {purpose: To decide on the application., basis: act, keep: 6 years}",
		"applicant: {purpose: To decide on the application., basis: act, keep: 6 years}\n  news: {purpose: To send news., basis: act, keep: 1 year, consent: news}", 1)
	file.Data = []byte(strings.Replace(text, "      - id: helpers\n", "      - {id: news_to, type: email, ask: \"Where do you want news?\", personal: news, optional: true}\n      - id: helpers\n", 1))
	return files
}

func TestAnAccountIsCorrected(t *testing.T) {
	each(t, func(w *world) {
		done, rana := w.submitted("rana@testshire.example")
		w.must(w.Privacy().CorrectAccount(w.ctx, rana, flow.CorrectAccount{Name: "  Rana   Rashid ", Phone: "01632 960 999", Language: "en", Key: w.key()}))
		w.write(func(ctx context.Context, tx *store.Tx) error {
			who, err := w.People.Get(ctx, tx, rana.Person)
			if who.Name != "Rana Rashid" || who.Phone != "01632 960 999" || who.Email != "rana@testshire.example" {
				t.Errorf("the account: %+v", who.Details)
			}
			return err
		})
		if err := w.Privacy().SayWrong(w.ctx, w.officer, flow.SayWrong{Case: done.Case, What: "x", Right: "y", Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the officer asks for a correction: %v", err)
		}
		w.must(w.Privacy().SayWrong(w.ctx, rana, flow.SayWrong{Case: done.Case, What: "My name", Right: "Rana Rashid", Key: w.key()}))
		w.write(func(ctx context.Context, tx *store.Tx) error {
			c, err := w.Docket.Cases.Get(ctx, tx, done.Case)
			if err != nil {
				return err
			}
			messages, err := w.Docket.Cases.Messages(ctx, tx, c)
			if len(messages) != 1 || !messages[0].Incoming || !strings.Contains(messages[0].Text, "Rana Rashid") {
				t.Errorf("messages: %+v", messages)
			}
			return err
		})
	})
}
