package xroad_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/access"
	"stoa/internal/blob"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/job"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/xroad"
)

const proof = "a proof that only the proxy knows"

var folder = fstest.MapFS{
	"jurisdiction.yaml": {Data: []byte("jurisdiction: testshire\nname: Testshire\nlanguages: [en]\ncurrency: EUR\ntime_zone: Europe/Tallinn\norganisations:\n  - {id: office, name: Office}\n")},
	"calendar.yaml":     {Data: []byte("weekend: [saturday, sunday]\nfrom: 2026-01-01\nuntil: 2027-12-31\n")},
	"registers/people.yaml": {Data: []byte(`register: people
title: People
record: Person
organisation: office
label: street
privacy: {home: {purpose: To know who lives where., law: {title: Act}, keep: 6 years}}
fields:
  - {id: street, title: Street, type: text}
  - {id: name, title: Name, type: text, key: true, personal: home}
  - {id: email, title: Email, type: text, key: true, personal: home}
  - {id: wealth, title: Wealth, type: money, personal: home}
  - {id: alive, title: Alive, type: yes_no}
seed: people.csv
`)},
	"registers/people.csv": {Data: []byte("key,street,name,email,wealth,alive\nA1,High Street,Ada,ada@testshire.example,1000000,true\nA2,Low Street,Ben,ben@testshire.example,2,false\n")},
	"shares.yaml": {Data: []byte(`shares:
  - share: who-lives-where
    register: people
    with: [EE/GOV/70000310/tax, EE/GOV/Rüütli/Amt 1]
    name: Tax Office
    purpose: To send letters.
    law: {title: Act}
    by: [number, email]
    fields: [name, street, alive]
`)},
	"services/move.yaml": {Data: []byte(move)},
}

// move is a service, since a jurisdiction has one.
const move = `service: move
title: Move
summary: Say that you move.
organisation: office
law: {act: {title: Act}}
privacy: {contact: {purpose: To reach you., basis: act, keep: 1 year}}
applicant: {name: who, email: mail}
pages:
  - page: you
    title: You
    questions:
      - {id: who, type: name, ask: Name, personal: contact}
      - {id: mail, type: email, ask: Email, personal: contact}
case:
  number: "M-{year}-{seq}"
  label: who
  start: open
  states:
    - {id: open, title: Open, tell: We look at it.}
    - {id: done, title: Done, end: granted}
  actions:
    - {id: finish, title: Finish, kind: decide, by: officer, from: [open], to: done, outcome: granted}
examples:
  - name: somebody moves
    submitted: 2026-03-02
    answers: {who: Ada, mail: ada@testshire.example}
    expect: {eligible: true}
`

// provider is our side behind a security server, over real HTTP.
type provider struct {
	*testing.T
	db     *store.DB
	people *person.People
	url    string
}

func serve(t *testing.T, secret string) *provider {
	t.Helper()
	j, problems := service.Load(folder)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	db, clock := storetest.SQLite(t, job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(),
		record.Migrations(), notify.Migrations(), access.Migrations(), release.Migrations())
	random := storetest.Rand()
	keys, err := vault.Open(vault.Config{KeyFile: t.TempDir() + "/keys", Rand: random})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	people, outbox := &person.People{Vault: keys, Rand: random}, &notify.Outbox{Vault: keys}
	d := &docket.Docket{Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blob.New(keys, blob.None{})}
	f := &flow.Flow{DB: db, Docket: d, People: people, Outbox: outbox, Words: words}
	if err := f.Publish(t.Context(), policy.Actor{System: true}, j); err != nil {
		t.Fatal(err)
	}
	v := view.New(view.Deps{DB: db, Docket: d, People: people, Outbox: outbox, Now: clock.Now})
	server, err := web.New(web.Deps{
		Config: web.Config{URL: "http://test"}, Who: web.Who{Session: f.Session, Draft: f.HoldsDraft}, Jurisdiction: d.Releases.Current, Words: words,
		Assets: &asset.Set{}, Outside: web.Outside{Now: clock.Now, Log: slog.New(slog.DiscardHandler)},
	}, xroad.Routes(&xroad.API{View: v, Proof: secret}))
	if err != nil {
		t.Fatal(err)
	}
	peer := httptest.NewServer(server.Handler())
	t.Cleanup(peer.Close)
	return &provider{t, db, people, peer.URL}
}

// ask asks as a provider's security server does: the path behind the service's code, with the client's head as it came.
func (p *provider) ask(path string, head map[string]string) (int, http.Header, map[string]any, string) {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.url+path, http.NoBody)
	if err != nil {
		p.Fatal(err)
	}
	for k, v := range head {
		r.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.Fatal(err)
	}
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	return res.StatusCode, res.Header, body, string(raw)
}

func through(client string) map[string]string {
	return map[string]string{"Stoa-Peer": proof, "X-Road-Client": client, "X-Road-Id": "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb", "X-Road-UserId": "EE12345678901", "Accept": "application/json"}
}

func TestAnotherAuthorityReadsWhatTheFileNames(t *testing.T) {
	p := serve(t, proof)
	status, head, body, raw := p.ask("/xroad/who-lives-where?email=ADA@testshire.example", through("EE/GOV/70000310/tax"))
	if status != 200 || head.Get("Content-Type") != "application/json; charset=utf-8" || head.Get("Cache-Control") != "no-store" {
		t.Fatal(status, head, raw)
	}
	records, _ := body["records"].([]any)
	if len(records) != 1 {
		t.Fatal(raw)
	}
	one, _ := records[0].(map[string]any)
	fields, _ := one["fields"].(map[string]any)
	if one["number"] != "A1" || one["state"] != "active" || len(fields) != 3 || fields["name"] != "Ada" || fields["street"] != "High Street" || fields["alive"] != true {
		t.Error(raw)
	}
	for name := range head {
		if strings.HasPrefix(name, "X-Road-") { // section 4.3: those are for the security server to set
			t.Errorf("we set %s ourselves", name)
		}
	}
	if status, _, _, raw = p.ask("/xroad/who-lives-where?number=A2", through("EE/GOV/R%C3%BC%C3%BCtli/Amt%201")); status != 200 || !strings.Contains(raw, "Ben") {
		t.Error(status, raw)
	}
	if status, _, _, raw = p.ask("/xroad/who-lives-where?number=A3", through("EE/GOV/70000310/tax")); status != 200 || raw != `{"records":[]}` {
		t.Error("nothing: ", status, raw)
	}
}

// TestEveryReadIsRecordedForThePerson, and a question that finds nothing, or is refused, for nobody.
func TestEveryReadIsRecordedForThePerson(t *testing.T) {
	p := serve(t, proof)
	var ada string
	var looks []access.Look
	err := p.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		who, err := p.people.Ensure(ctx, tx, person.Details{Name: "Ada", Email: "ada@testshire.example"}, "en")
		ada = who.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.ask("/xroad/who-lives-where?number=A1", through("EE/GOV/70000310/tax"))
	p.ask("/xroad/who-lives-where?number=A1", through("EE/GOV/70000310/customs"))
	p.ask("/xroad/who-lives-where?number=A2", through("EE/GOV/70000310/tax"))
	err = p.db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		looks, err = access.Of(ctx, tx, ada, 10)
		return err
	})
	if err != nil || len(looks) != 1 || looks[0].Ref != "A1" || looks[0].Service != "who-lives-where" || looks[0].Organisation != "office" || looks[0].System != "xroad" {
		t.Errorf("%v %+v", err, looks)
	}
}

// TestWhoIsNotLetIn: nobody but the security server, no subsystem without an agreement, and no question beyond it. None learns
// anything by it.
func TestWhoIsNotLetIn(t *testing.T) {
	p := serve(t, proof)
	good, path := through("EE/GOV/70000310/tax"), "/xroad/who-lives-where?number=A1"
	but := func(name, value string) map[string]string {
		head := map[string]string{}
		for k, v := range good {
			head[k] = v
		}
		head[name] = value
		if value == "" {
			delete(head, name)
		}
		return head
	}
	for name, x := range map[string]struct {
		path   string
		head   map[string]string
		status int
	}{
		"no proof":               {path, but("Stoa-Peer", ""), 404},
		"another proof":          {path, but("Stoa-Peer", proof+"x"), 404},
		"no client":              {path, but("X-Road-Client", ""), 400},
		"a client of two parts":  {path, but("X-Road-Client", "EE/GOV"), 400},
		"a client with a slash":  {path, but("X-Road-Client", "EE/GOV/70000310%2Ftax/x"), 400},
		"another subsystem":      {path, but("X-Road-Client", "EE/GOV/70000310/customs"), 403},
		"the member, no system":  {path, but("X-Road-Client", "EE/GOV/70000310"), 403},
		"no such share":          {"/xroad/others?number=A1", good, 403},
		"a field not named":      {"/xroad/who-lives-where?name=Ada", good, 400},
		"a field that is no key": {"/xroad/who-lives-where?wealth=2", good, 400},
		"no question":            {"/xroad/who-lives-where", good, 400},
		"an empty question":      {"/xroad/who-lives-where?email=", good, 400},
		"one name twice":         {"/xroad/who-lives-where?number=A2&number=A1", good, 400},
		"another method's share": {"/xroad/who-lives-where/A1", good, 404},
	} {
		status, _, body, raw := p.ask(x.path, x.head)
		if status != x.status || strings.Contains(raw, "Ada") || strings.Contains(raw, "High Street") {
			t.Errorf("%s: %d %s", name, status, raw)
		}
		if status == 400 || status == 403 {
			for _, key := range []string{"type", "message", "detail"} {
				if text, _ := body[key].(string); text == "" {
					t.Errorf("%s: the error has no %s: %s", name, key, raw)
				}
			}
		}
	}
	shut := serve(t, "")
	if status, _, _, _ := shut.ask(path, but("Stoa-Peer", "")); status != 404 {
		t.Error("without a proof set, anybody is let in")
	}
}
