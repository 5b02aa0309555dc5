package flow_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/access"
	"stoa/internal/cases"
	"stoa/internal/elsewhere"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

const traders = `register: traders
title: Register of traders
record: Trader
organisation: fire-service
label: shop
privacy:
  applicant: {purpose: To know who trades., law: {title: Fire Act}, keep: 6 years}
fields:
  - {id: shop, title: Shop, type: text}
  - {id: owner, title: Owner, type: text, key: true, personal: applicant}
  - {id: email, title: Email, type: text, key: true, personal: applicant}
  - {id: place, title: Place, type: text}
  - {id: metres, title: Metres, type: number}
  - {id: born, title: Born, type: date, personal: applicant}
seed: traders.csv
`

const tradersSeed = `key,shop,owner,email,place,metres,born
T1,Rana’s Rolls,Rana Register,rana@testshire.example,P1,4,1990-05-06
T2,Somebody Else,Sam Stranger,sam@testshire.example,P2,9,1980-01-02
`

const registry = `elsewhere: companies
title: Register of companies
keeper: Registry of Companies
contact: {email: registry@companies.example}
by: [email]
number: /number
fields:
  - {id: name, title: Company name, type: text, at: /name}
http: {url: "https://%s/companies?email={email}"}
`

// knowing is a world in which a register of another organisation, and one of others, know answers.
func knowing(w *world, host string) {
	w.t.Helper()
	files := base(w.t)
	files["registers/traders.yaml"] = &fstest.MapFile{Data: []byte(traders)}
	files["registers/traders.csv"] = &fstest.MapFile{Data: []byte(tradersSeed)}
	files["elsewhere/companies.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(registry, "%s", host, 1))}
	edit := func(old, text string) {
		src := string(files["services/street-stall.yaml"].Data)
		if !strings.Contains(src, old) {
			w.t.Fatalf("the file has no %q", old)
		}
		files["services/street-stall.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(src, old, text, 1))}
	}
	knows := func(field string) string {
		return ", known: {register: traders, field: " + field + ", basis: act, match: {email: person.email}}"
	}
	edit("type: name, ask: Your name", "type: name, ask: Your name"+knows("owner"))
	edit(`ask: "Where?"`, `ask: "Where?"`+knows("place"))
	edit(`ask: "How many metres?"`, `ask: "How many metres?"`+knows("metres"))
	edit("ask: Born on", "ask: Born on, known: {register: traders, field: born, basis: act, match: {email: person.email, owner: helper_name}}")
	edit("ask: \"Anything else?\"", "ask: \"Anything else?\", known: {register: companies, field: name, basis: act, match: {email: person.email}}")
	j, problems := service.Load(fs.FS(files))
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

// signedIn is a person whom an address belongs to.
func (w *world) signedIn(email string) policy.Actor {
	w.t.Helper()
	id := ""
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		p, err := w.People.Ensure(ctx, tx, personDetails(email), "en")
		id = p.ID
		return err
	}))
	return policy.Actor{Person: id}
}

func (w *world) begun(actor policy.Actor) string {
	w.t.Helper()
	id, _, err := w.StartDraft(w.ctx, actor, flow.StartDraft{Service: "street-stall", Language: "en"})
	w.must(err)
	return id
}

func (w *world) lookUp(actor policy.Actor, draft, page string) {
	w.t.Helper()
	w.must(w.Known().LookUp(w.ctx, actor, flow.LookUp{Draft: draft, Page: page}))
}

func (w *world) save(actor policy.Actor, draft, page string, form url.Values) {
	w.t.Helper()
	_, _, err := w.SavePage(w.ctx, actor, flow.SavePage{Draft: draft, Page: page, Form: form})
	w.must(err)
}

func (w *world) looksOf(person string) (list []access.Look) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = access.Of(ctx, tx, person, 100)
		return err
	}))
	return list
}

// correct changes what the register of traders says of Rana.
func (w *world) correct(set map[string]string, state string) {
	w.t.Helper()
	reg := w.Docket.Releases.Current().Registers["traders"]
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := w.Docket.Records.ByNumber(ctx, tx, "traders", "T1")
		if err != nil {
			return err
		}
		for k, v := range set {
			r.Fields[k] = v
		}
		r.State = state
		return w.Docket.Records.Put(ctx, tx, reg, r, record.Change{Change: "corrected"})
	}))
}

func TestWhatARegisterKnowsIsUsedAndNoted(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		knowing(w, "companies.example")
		rana := w.signedIn("rana@testshire.example")
		draft := w.begun(rana)
		w.lookUp(rana, draft, "stall")
		d := w.draft(draft)
		if k := d.Known["metres"]; k == nil || len(k.Found) != 1 || k.Found[0].Text != "4" || k.Found[0].Number != "T1" {
			t.Fatalf("known of metres: %+v", d.Known["metres"])
		}
		if d.Judged.Answers["metres"] != nil {
			t.Error("what was not used is an answer")
		}
		w.save(rana, draft, "stall", url.Values{"adult": {"yes"}, "goods": {"other"}, "known-place": {"use:T1"}, "known-metres": {"use:T1"}, "metres": {"9"}})
		w.lookUp(rana, draft, "you")
		w.save(rana, draft, "you", url.Values{"known-applicant_name": {"own"}, "applicant_name": {"Rana Resident"}, "applicant_email": {"rana@testshire.example"}})
		d = w.draft(draft)
		if d.Typed.Get("metres") != "" || !d.Judged.Ready() {
			t.Fatalf("typed %q, errors %v", d.Typed.Get("metres"), d.Judged.Errors)
		}
		done, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		c := w.load(done.Case)
		if c.Typed.Get("metres") != "4" || c.Typed.Get("place") != "P1" || c.Typed.Get("applicant_name") != "Rana Resident" {
			t.Errorf("the case has %v", c.Typed.Fields)
		}
		if k := c.Known["metres"]; k == nil || k.Choice != cases.KnownUse || k.Register != "traders" || k.Organisation != "fire-service" || k.Chosen.Day != "2026-03-02" || len(k.Found) > 0 {
			t.Errorf("where the metres came from: %+v", k)
		}
		if k := c.Known["applicant_name"]; k == nil || k.Choice != cases.KnownOwn || k.Chosen.Text != "" || len(k.Found) > 0 {
			t.Errorf("where the name came from: %+v", k)
		}
		if len(w.draft(draft).Known) > 0 {
			t.Error("the draft still knows after it was sent")
		}
	})
}

// TestEveryReadOfARegisterIsShownToThePerson: one row for each question to a register, and another when it is asked again on
// sending.
func TestEveryReadOfARegisterIsShownToThePerson(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		knowing(w, "companies.example")
		rana := w.signedIn("rana@testshire.example")
		draft := w.begun(rana)
		w.lookUp(rana, draft, "stall")
		w.lookUp(rana, draft, "stall") // known of today already
		looks := w.looksOf(rana.Person)
		if len(looks) != 1 || looks[0].Ref != "traders" || looks[0].Organisation != "markets" || looks[0].Service != "street-stall" || looks[0].System == "" || looks[0].Why == "" {
			t.Fatalf("recorded: %+v", looks)
		}
		w.clock.Advance(24 * time.Hour)
		w.lookUp(rana, draft, "stall")
		if n := len(w.looksOf(rana.Person)); n != 2 {
			t.Errorf("the day after: %d rows", n)
		}
	})
}

// TestNobodyElseSeesWhatIsKnown: not who holds the draft's link, signed in or not, nor who types the person's address.
func TestNobodyElseSeesWhatIsKnown(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		knowing(w, "companies.example")
		rana, sam := w.signedIn("rana@testshire.example"), w.signedIn("sam@testshire.example")
		holds := func(a policy.Actor, draft string) policy.Actor { a.Draft = draft; return a }

		draft := w.begun(policy.Actor{})
		w.save(holds(policy.Actor{}, draft), draft, "you", url.Values{"applicant_email": {"rana@testshire.example"}})
		w.lookUp(holds(policy.Actor{}, draft), draft, "you")
		if len(w.draft(draft).Known) > 0 || len(w.looksOf(rana.Person)) > 0 {
			t.Fatal("an address that was typed is taken for one that was proven")
		}

		draft = w.begun(rana)
		w.lookUp(rana, draft, "stall")
		for name, a := range map[string]policy.Actor{"the holder": {Draft: draft}, "another person with the link": holds(sam, draft)} {
			w.save(a, draft, "stall", url.Values{"known-metres": {"use:T1"}})
			if w.draft(draft).Known["metres"].Choice != "" {
				t.Errorf("%s takes what is known of another", name)
			}
		}
		w.save(rana, draft, "stall", url.Values{"known-metres": {"use:T1"}})
		_, _, err := w.SavePage(w.ctx, policy.Actor{Draft: draft}, flow.SavePage{Draft: draft, Page: "stall"})
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("the holder, once something is used: %v", err)
		}
		for name, a := range map[string]policy.Actor{"another person with the link": holds(sam, draft), "a stranger": {}, "another person": sam} {
			if _, _, err := w.SavePage(w.ctx, a, flow.SavePage{Draft: draft, Page: "stall"}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s saves: %v", name, err)
			}
			if _, err := w.Submit(w.ctx, a, flow.Submit{Draft: draft, Declared: true}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s submits: %v", name, err)
			}
			if err := w.Known().LookUp(w.ctx, a, flow.LookUp{Draft: draft, Page: "stall"}); a.Person != "" && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s looks up: %v", name, err)
			}
		}
		w.save(rana, draft, "stall", url.Values{"known-metres": {"use:T1"}})
	})
}

// TestAChangedRegisterIsToldBeforeSending: the value is read again; what has changed meanwhile is shown once, and sent only then.
func TestAChangedRegisterIsToldBeforeSending(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		knowing(w, "companies.example")
		rana := w.signedIn("rana@testshire.example")
		begin := func() string {
			draft := w.begun(rana)
			w.lookUp(rana, draft, "")
			w.must(w.Known().UseAll(w.ctx, rana, flow.UseKnown{Draft: draft}))
			w.save(rana, draft, "stall", url.Values{"adult": {"yes"}, "goods": {"other"}})
			w.lookUp(rana, draft, "you")
			w.save(rana, draft, "you", url.Values{"known-applicant_name": {"use:T1"}, "applicant_email": {"rana@testshire.example"}})
			return draft
		}
		draft := begin()
		w.correct(map[string]string{"metres": "6"}, record.Active)
		var changed *flow.KnownChanged
		if _, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true}); !errors.As(err, &changed) {
			t.Fatalf("sent what has changed: %v", err)
		}
		if k := w.draft(draft).Known["metres"]; k.Former != "4" || k.Chosen.Text != "6" {
			t.Errorf("after the change: %+v", k)
		}
		done, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		if got := w.load(done.Case).Typed.Get("metres"); got != "6" {
			t.Errorf("the case has %s metres", got)
		}

		draft = begin()
		w.correct(nil, record.Revoked)
		if _, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true}); !errors.As(err, &changed) {
			t.Fatalf("sent what is not there any more: %v", err)
		}
		var notReady *flow.NotReady
		if _, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true}); !errors.As(err, &notReady) {
			t.Errorf("sent without an answer: %v", err)
		}
	})
}

func TestAWrongRecordIsReportedOnce(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		knowing(w, "companies.example")
		rana := w.signedIn("rana@testshire.example")
		draft := w.begun(rana)
		w.lookUp(rana, draft, "stall")
		before := w.counts()["notification"]
		wrong := url.Values{"known-metres": {"wrong"}, "metres": {""}}
		w.save(rana, draft, "stall", wrong)
		if n := w.counts()["notification"]; n != before {
			t.Error("reported before anybody said what is right")
		}
		wrong.Set("metres", "5")
		for range 2 {
			w.save(rana, draft, "stall", wrong)
		}
		if n := w.counts()["notification"]; n != before+1 {
			t.Errorf("%d reports", n-before)
		}
		// Of the same record more waits, of her own from the desk too, and much has been decided.
		w.clock.Advance(time.Second) // numbers of rows are in order of time
		known := w.draft(draft).Known["metres"]
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			r, err := w.Docket.Records.ByNumber(ctx, tx, known.Register, known.Found[0].Number)
			if err != nil {
				return err
			}
			for i := range 62 {
				p := &record.Proposal{Register: r.Register, Record: r.ID, Version: r.Version, Proposer: []string{rana.Person, "an officer"}[i%2], Subject: r.Subject,
					ProposalWords: record.ProposalWords{Set: map[string]string{"metres": "8"}, Reason: "Measured", Source: "Plan"}}
				if err := w.Docket.Records.Proposals().Add(ctx, tx, p); err != nil {
					return err
				}
				if i < 60 {
					if err := w.Docket.Records.Proposals().Decide(ctx, tx, p, record.Refused, "another", "No"); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		w.save(rana, draft, "stall", url.Values{"known-place": {"wrong"}, "place": {"P2"}, "known-metres": {"wrong"}, "metres": {"5"}})
		before++
		wrong.Set("metres", "7")
		w.save(rana, draft, "stall", wrong)
		if n := w.counts()["notification"]; n != before+2 {
			t.Errorf("%d reports after another thought", n-before)
		}
		if d := w.draft(draft); d.Judged.Answers["metres"] == nil || d.Known["metres"].Choice != cases.KnownWrong {
			t.Errorf("the typed answer does not count: %v", d.Judged.Answers)
		}
		// It waits at the desk as a correction: the last word on each field, and the register is as it was.
		var waits []*record.Proposal
		var stands string
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			var err error
			if waits, err = w.Docket.Records.Proposals().Waiting(ctx, tx, known.Register, 10); err != nil {
				return err
			}
			r, err := w.Docket.Records.ByNumber(ctx, tx, known.Register, known.Found[0].Number)
			if err == nil {
				stands = r.Fields["metres"]
			}
			return err
		}))
		var said []string
		for _, p := range waits {
			who := "officer"
			if p.Proposer == rana.Person {
				who = "rana"
			}
			said = append(said, fmt.Sprint(who, p.Set))
		}
		slices.Sort(said)
		if want := []string{"officermap[metres:8]", "ranamap[metres:7]", "ranamap[metres:8]", "ranamap[place:P2]"}; !slices.Equal(said, want) || stands != known.Found[0].Text {
			t.Errorf("at the desk waits %q, and the register says %s", said, stands)
		}
	})
}

// TestARepeatedGroupKnowsByItem: what is known belongs to the item, whatever is removed before it.
func TestARepeatedGroupKnowsByItem(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		knowing(w, "companies.example")
		rana := w.signedIn("rana@testshire.example")
		draft := w.begun(rana)
		var items []string
		for _, name := range []string{"Sam Stranger", "Rana Register"} {
			path, err := w.AddItem(w.ctx, rana, flow.AddItem{Draft: draft, Group: "helpers", Key: w.key()})
			w.must(err)
			d := w.draft(draft)
			item, _ := d.Typed.Item(path)
			items = append(items, item.ID)
			_, _, err = w.SavePage(w.ctx, rana, flow.SavePage{Draft: draft, Page: "you", Place: path, Form: url.Values{"helper_name": {name}}})
			w.must(err)
			w.must(w.Known().LookUp(w.ctx, rana, flow.LookUp{Draft: draft, Page: "you", Item: item.ID}))
		}
		d := w.draft(draft)
		if k := d.Known[items[0]+".helper_born"]; k == nil || len(k.Found) != 0 {
			t.Errorf("of somebody else: %+v", k)
		}
		if k := d.Known[items[1]+".helper_born"]; k == nil || len(k.Found) != 1 || k.Found[0].Text != "1990-05-06" {
			t.Fatalf("of the person: %+v", k)
		}
		_, _, err := w.SavePage(w.ctx, rana, flow.SavePage{Draft: draft, Page: "you", Place: "helpers[1]", Form: url.Values{"helper_name": {"Rana Register"}, "known-helper_born": {"use:T1"}}})
		w.must(err)
		w.must(w.RemoveItem(w.ctx, rana, flow.RemoveItem{Draft: draft, ID: items[0]}))
		d = w.draft(draft)
		whole := d.Whole()
		if got := whole.Get("helpers[0].helper_born-day"); got != "1990-05-06" {
			t.Errorf("after an earlier item was removed: %q", got)
		}
	})
}

// TestARegisterOfOthersThatIsDown: the question falls back to typing, and what was taken before stands with its day.
func TestARegisterOfOthersThatIsDown(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		up, asked := true, 0
		peer := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			asked++
			if !up {
				rw.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_ = json.NewEncoder(rw).Encode(map[string]string{"number": "0042", "name": "Rolls of " + r.URL.Query().Get("email")})
		}))
		defer peer.Close()
		roots := x509.NewCertPool()
		roots.AddCert(peer.Certificate())
		w.Elsewhere = elsewhere.New(elsewhere.Config{Inside: []string{peer.Listener.Addr().String()}, TLS: &tls.Config{RootCAs: roots}, Now: w.clock.Now,
			Wait: func(context.Context, time.Duration) error { return nil }, Log: slog.New(slog.DiscardHandler)})
		knowing(w, peer.Listener.Addr().String())
		rana := w.signedIn("rana@testshire.example")
		draft := w.begun(rana)
		w.lookUp(rana, draft, "you")
		if k := w.draft(draft).Known["remark"]; k == nil || len(k.Found) != 1 || k.Found[0].Text != "Rolls of rana@testshire.example" || k.Down {
			t.Fatalf("%+v", k)
		}
		up = false
		w.save(rana, draft, "you", url.Values{"known-remark": {"use:0042"}, "applicant_name": {"Rana"}, "applicant_email": {"rana@testshire.example"}})
		w.save(rana, draft, "stall", url.Values{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"}})
		before := asked
		done, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		if k := w.load(done.Case).Known["remark"]; k.Chosen.Text != "Rolls of rana@testshire.example" || asked == before {
			t.Errorf("%+v, asked %d times", k, asked-before)
		}
		next := w.begun(rana)
		w.lookUp(rana, next, "you")
		if k := w.draft(next).Known["remark"]; k == nil || !k.Down || len(k.Found) > 0 {
			t.Errorf("down: %+v", k)
		}
		rows := w.looksOf(rana.Person)
		if n := len(rows); n == 0 || rows[0].Organisation != "markets" {
			t.Errorf("recorded: %+v", rows)
		}
	})
}

func personDetails(email string) person.Details { return person.Details{Name: "Rana", Email: email} }
