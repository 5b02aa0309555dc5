package flow_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"stoa/internal/cases"
	"stoa/internal/disclosure"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/redact"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/jurisdictions"
)

// oneWorld is a world on SQLite, where what is tried does not depend on the database.
func oneWorld(t *testing.T) *world {
	db, clock := storetest.SQLite(t, tables...)
	return newWorld(t, db, clock)
}

// inquiry is Greenvale with a request for information from Grace Lin, an information officer and two supervisors.
type inquiry struct {
	*world
	id, number              string
	grace                   policy.Actor
	fiona, hamza, somebody2 policy.Actor
}

func ask(w *world) *inquiry {
	w.t.Helper()
	w.clock.Set(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
	j, problems := service.Load(jurisdictions.Greenvale())
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
	w.Disclosures = &disclosure.Store{Vault: w.People.Vault, Blobs: w.Docket.Blobs, Words: w.Words}
	const office = "information-governance"
	a := &inquiry{world: w, fiona: w.staff("Fiona Blake", policy.Grant{Role: policy.Officer, Organisation: office}),
		hamza: w.staff("Hamza Qureshi", policy.Grant{Role: policy.Supervisor, Organisation: office}), somebody2: w.staff("Bo Other", policy.Grant{Role: policy.Supervisor, Organisation: "licensing"})}
	draft, _, err := w.StartDraft(w.ctx, policy.Actor{}, flow.StartDraft{Service: "information-request", Language: "en"})
	w.must(err)
	holder := policy.Actor{Draft: draft}
	for page, form := range map[string]url.Values{
		"before-you-start": {"own_data": {"no"}},
		"request": {"subject": {"Mowing, asked by Grace Lin"}, "topic": {"spending"},
			"wanted": {"What did you pay for mowing?\n\nGrace Lin, grace@example.com"}},
		"you": {"full_name": {"Grace Lin"}, "email": {"grace@example.com"}, "phone": {"07700 900105"}},
	} {
		_, _, err := w.SavePage(w.ctx, holder, flow.SavePage{Draft: draft, Page: page, Form: form})
		w.must(err)
	}
	done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: draft, Declared: true})
	w.must(err)
	a.id, a.number = done.Case, w.load(done.Case).Number
	a.grace = policy.Actor{Person: w.load(done.Case).Person, Name: "Grace Lin"}
	return a
}

func (a *inquiry) attach(name, text string) *disclosure.Document {
	a.t.Helper()
	id, err := a.Disclosure().AddMaterial(a.ctx, a.fiona, flow.AddMaterial{Case: a.id, Name: name, Content: strings.NewReader(text), Key: a.key()})
	a.must(err)
	return a.document(id)
}

func (a *inquiry) document(id string) (d *disclosure.Document) {
	a.t.Helper()
	a.must(a.DB.Read(a.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = a.Disclosures.Document(ctx, tx, id)
		return err
	}))
	return d
}

func (a *inquiry) documents() (all []*disclosure.Document) {
	a.t.Helper()
	a.must(a.DB.Read(a.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = a.Disclosures.Of(ctx, tx, a.id)
		return err
	}))
	return all
}

// without takes a passage out of the first line.
func (a *inquiry) without(d *disclosure.Document, from, to int) {
	a.t.Helper()
	a.must(a.Disclosure().Redact(a.ctx, a.fiona, flow.Redact{Document: d.ID, Version: d.Version, Add: []redact.Mark{{From: from, To: to, Reason: "personal"}}, Key: a.key()}))
}

func (a *inquiry) propose(id string) {
	a.t.Helper()
	a.must(a.Disclosure().ProposeRelease(a.ctx, a.fiona, flow.DocumentStep{Document: id, Version: a.document(id).Version, Key: a.key()}))
}

func (a *inquiry) agree(by policy.Actor, id string) error {
	a.t.Helper()
	return a.Disclosure().AgreeRelease(a.ctx, by, flow.AgreeRelease{Document: id, Version: a.document(id).Version, Yes: true, Key: a.key()})
}

func (a *inquiry) publishes() (string, error) {
	return a.Disclosure().PublishAnswer(a.ctx, a.fiona, flow.PublishAnswer{Case: a.id, Key: a.key()})
}

// A request goes all the way: a document without a name, agreed to by a second person, the answer, and the log without
// whoever asked.
func TestARequestIsAnsweredAndPublished(t *testing.T) {
	each(t, func(w *world) {
		a := ask(w)
		d := a.attach("mowing.txt", "Approved by Janet Marlowe.\nIt cost 420 pounds.\n")
		a.without(d, 12, 25)
		a.propose(d.ID)
		if err := a.agree(a.fiona, d.ID); fault.KindOf(err) == 0 || err == nil {
			t.Error("who proposed it agreed to it")
		}
		for _, stranger := range []policy.Actor{a.somebody2, a.grace, {}} {
			if err := a.agree(stranger, d.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s agreed: %v", stranger.Name, err)
			}
		}
		if _, err := a.publishes(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("published before it was decided: %v", err)
		}
		a.must(a.agree(a.hamza, d.ID))
		a.must(a.act(a.fiona, a.id, "disclose", process.Decision{}, ""))
		a.must(a.Disclosure().Prepare(a.ctx, a.fiona, a.id))
		a.must(a.Disclosure().Prepare(a.ctx, a.fiona, a.id)) // again makes nothing new
		all := a.documents()
		if len(all) != 3 {
			t.Fatalf("%d documents", len(all))
		}
		for _, one := range all[1:] {
			if _, err := a.publishes(); fault.KindOf(err) != fault.Conflict {
				t.Errorf("published before a second person agreed: %v", err)
			}
			a.propose(one.ID)
			a.must(a.agree(a.hamza, one.ID))
		}
		number, err := a.publishes()
		a.must(err)
		a.must(a.DB.Read(a.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			e, err := a.Disclosures.Entry(ctx, tx, number)
			if err != nil {
				return err
			}
			files, err := a.Disclosures.Files(ctx, tx, e.ID)
			if err != nil {
				return err
			}
			if len(files) != 1 || files[0].Removed != 1 || files[0].Name != a.number+"-1.txt" {
				t.Errorf("%+v", files)
			}
			if err := a.Disclosures.Bytes(ctx, tx, &files[0]); err != nil {
				return err
			}
			if got := string(files[0].Data); got != "Approved by [removed: section 40(2)].\nIt cost 420 pounds.\n" {
				t.Errorf("%q", got)
			}
			for _, text := range []string{e.Title, e.Request, e.Answer} {
				for _, gone := range []string{"Grace", "Lin,", "grace@", "900105"} {
					if strings.Contains(text, gone) {
						t.Errorf("%q is published: %q", gone, text)
					}
				}
			}
			if e.Title != "Mowing, asked by [removed: section 40(2)]" || e.Topic != "spending" || strings.Join(e.Exemptions, " ") != "personal" || !strings.Contains(e.Request, "What did you pay") || e.Answer == "" {
				t.Errorf("%+v", e)
			}
			for words, want := range map[string]int{"mowing": 1, "MOWING pay": 1, "grace": 0, "": 1} {
				list, err := a.Disclosures.List(ctx, tx, disclosure.Query{Terms: cases.Terms(words), Limit: 9})
				if err != nil || len(list) != want {
					t.Errorf("%q: %d, %v", words, len(list), err)
				}
			}
			return nil
		}))
		// What is published stays as it is.
		if err := a.Disclosure().Reopen(a.ctx, a.fiona, flow.DocumentStep{Document: d.ID, Version: a.document(d.ID).Version, Key: a.key()}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("changed after it was published: %v", err)
		}
		if _, err := a.publishes(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("published twice: %v", err)
		}
		a.withdraw(number)
	})
}

func (a *inquiry) withdraw(number string) {
	a.t.Helper()
	in := flow.WithdrawAnswer{Number: number, Text: "A name was left in it.", Key: a.key()}
	if err := a.Disclosure().WithdrawAnswer(a.ctx, a.fiona, in); fault.KindOf(err) != fault.NotFound {
		a.t.Errorf("an officer withdrew it: %v", err)
	}
	a.must(a.Disclosure().WithdrawAnswer(a.ctx, a.hamza, in))
	a.must(a.DB.Read(a.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		e, err := a.Disclosures.Entry(ctx, tx, number)
		if err != nil {
			return err
		}
		files, err := a.Disclosures.Files(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if e.Request != "" || e.Title != "" || e.Why == "" || len(files) != 0 {
			a.t.Errorf("%+v %+v", e, files)
		}
		var left int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM disclosure_part`).Scan(&left); err != nil || left != 0 {
			a.t.Errorf("%d parts are left, %v", left, err)
		}
		list, err := a.Disclosures.List(ctx, tx, disclosure.Query{Limit: 9})
		if len(list) != 0 {
			a.t.Errorf("it is still listed: %+v", list)
		}
		return err
	}))
}

// A change takes back a second person's word: nobody agreed to what it has become.
func TestAChangeTakesTheAgreementBack(t *testing.T) {
	a := ask(oneWorld(t))
	d := a.attach("mowing.txt", "Approved by Janet Marlowe.\n")
	a.propose(d.ID)
	a.must(a.agree(a.hamza, d.ID))
	if d = a.document(d.ID); d.State != disclosure.Approved || d.Released == "" {
		t.Fatalf("%+v", d)
	}
	a.without(d, 0, 8)
	if d = a.document(d.ID); d.State != disclosure.Open || d.Released != "" {
		t.Errorf("%+v", d)
	}
	if err := a.Disclosure().Redact(a.ctx, a.fiona, flow.Redact{Document: d.ID, Version: d.Version - 1, Key: a.key()}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a stale form was taken: %v", err)
	}
	for _, m := range []redact.Mark{{From: 0, To: 3, Reason: "nonsense"}, {From: 0, To: 3}, {Unit: 9, From: 0, To: 3, Reason: "personal"}} {
		if err := a.Disclosure().Redact(a.ctx, a.fiona, flow.Redact{Document: d.ID, Version: d.Version, Add: []redact.Mark{m}, Key: a.key()}); err == nil {
			t.Errorf("%+v was taken", m)
		}
	}
}

// If two people overlook the name of whoever asked, nothing is published all the same.
func TestNothingIsPublishedWithTheNameOfWhoeverAsked(t *testing.T) {
	a := ask(oneWorld(t))
	d := a.attach("mail.txt", "A question came from GRACE  LIN, press.\n")
	d2 := a.attach("mail2.txt", "A question came from GRACE LIN, press.\n")
	a.must(a.act(a.fiona, a.id, "disclose", process.Decision{}, ""))
	a.must(a.Disclosure().Prepare(a.ctx, a.fiona, a.id))
	for _, one := range a.documents() {
		a.propose(one.ID)
		a.must(a.agree(a.hamza, one.ID))
	}
	if _, err := a.publishes(); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "personal detail") {
		t.Fatalf("%v", err)
	}
	for _, one := range []*disclosure.Document{d, d2} {
		a.without(a.document(one.ID), 21, 31)
		a.propose(one.ID)
		a.must(a.agree(a.hamza, one.ID))
	}
	_, err := a.publishes()
	a.must(err)
}

// What cannot be redacted is refused when it is attached, and whoever may not work on the case attaches nothing.
func TestMaterialIsRefused(t *testing.T) {
	a := ask(oneWorld(t))
	add := func(by policy.Actor, name string, data []byte) error {
		_, err := a.Disclosure().AddMaterial(a.ctx, by, flow.AddMaterial{Case: a.id, Name: name, Content: bytes.NewReader(data), Key: a.key()})
		return err
	}
	for name, data := range map[string][]byte{"locked.pdf": []byte("%PDF-1.7\nnothing\n%%EOF"), "table.docx": []byte("PK\x03\x04"), "latin.txt": {0xe9, 0x20}, "zero.txt": {0, 1}} {
		if err := add(a.fiona, name, data); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, by := range []policy.Actor{a.grace, a.somebody2, {}} {
		if err := add(by, "a.txt", []byte("a")); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s attached something: %v", by.Name, err)
		}
	}
}
