package desk_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"stoa/internal/access"
	"stoa/internal/appointment"
	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/blob"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/insight"
	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
	"stoa/internal/treasury"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/desk"
	"stoa/jurisdictions"
)

var tables = []fs.FS{job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(), insight.Migrations(),
	record.Migrations(), notify.Migrations(), mandate.Migrations(), appointment.Migrations(), access.Migrations(), release.Migrations(), ledger.Migrations(), bill.Migrations(),
	pay.Migrations(), bank.Migrations(), tax.Migrations()}

// greenvale is read once: it is the sample that the desk is shown with.
var greenvale = sync.OnceValues(func() (*service.Jurisdiction, service.Problems) { return service.Load(jurisdictions.Greenvale()) })

// office is an installation with Greenvale in force, its staff, and the desk's pages.
type office struct {
	t     testing.TB
	ctx   context.Context
	clock *storetest.Clock
	flow  *flow.Flow
	view  *view.View
	j     *service.Jurisdiction
	web   http.Handler
	staff map[string]policy.Actor // by first name
}

// each opens an office on every database.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, open(t, db, clock)) })
}

func open(t testing.TB, db *store.DB, clock *storetest.Clock) *office {
	t.Helper()
	j, problems := greenvale()
	if len(problems) > 0 {
		t.Fatalf("Greenvale has problems: %v", problems[0])
	}
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	people, outbox := &person.People{Vault: keys, Rand: rand.Reader}, &notify.Outbox{Vault: keys}
	d := &docket.Docket{Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blob.New(keys, blob.None{})}
	o := &office{t: t, ctx: context.Background(), clock: clock, j: j, staff: map[string]policy.Actor{},
		flow: &flow.Flow{DB: db, Docket: d, People: people, Outbox: outbox, Words: words, Site: flow.Site{URL: "https://greenvale.example"}},
		view: view.New(view.Deps{DB: db, Docket: d, People: people, Outbox: outbox, Site: view.Site{URL: "https://greenvale.example"}, Now: clock.Now})}
	books := &treasury.Treasury{Bills: &bill.Bills{Vault: keys}, Payments: &pay.Pay{Vault: keys}, Bank: &bank.Bank{Vault: keys}, Ledger: &ledger.Ledger{}}
	m := flow.Money{Treasury: books, Exceptions: &pay.Exceptions{Vault: keys}, Tills: &pay.Tills{Vault: keys}, Bank: books.Bank, Taxes: &tax.Taxes{Vault: keys}}
	o.flow.Money = &m
	o.view.Money = view.Money{Treasury: books, Exceptions: m.Exceptions, Tills: m.Tills, Bank: m.Bank, Taxes: m.Taxes}
	o.must(o.flow.Publish(o.ctx, policy.Actor{System: true}, j))
	for _, p := range j.Demo.Staff {
		actor := policy.Actor{Name: p.Name}
		for _, r := range p.Roles {
			actor.Grants = append(actor.Grants, policy.Grant{Role: policy.Role(r.Role), Organisation: r.Organisation})
		}
		first, _, _ := strings.Cut(p.Name, " ")
		o.staff[first] = o.hire(p.Name, p.Email, actor.Grants)
	}
	server, err := web.New(web.Deps{Words: words, Assets: &asset.Set{}, Jurisdiction: d.Releases.Current,
		Config:  web.Config{URL: "https://greenvale.example", PostsPerMinute: 1 << 20},
		Outside: web.Outside{Now: clock.Now, Log: slog.New(slog.DiscardHandler)},
		Who:     web.Who{Session: o.session, Draft: o.flow.HoldsDraft},
	}, desk.Routes(&desk.Desk{Flow: o.flow, View: o.view}))
	o.must(err)
	o.web = server.Handler()
	return o
}

func (o *office) hire(name, email string, grants []policy.Grant) policy.Actor {
	o.t.Helper()
	id, err := o.flow.AddStaff(o.ctx, policy.Actor{System: true}, flow.AddStaff{Name: name, Email: email, Language: "en", Grants: grants})
	o.must(err)
	return policy.Actor{Person: id, Name: name, Grants: grants}
}

// session takes a person's id for a token.
func (o *office) session(_ context.Context, token string) (policy.Actor, error) {
	for _, a := range o.staff {
		if a.Person == token {
			a.Proved = o.clock.Now()
			return a, nil
		}
	}
	return policy.Actor{}, nil
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// apply hands in an application and pays its fee, so that the case goes on.
func (o *office) apply(id string) string {
	o.t.Helper()
	c := o.handIn(id)
	o.payFee(c)
	return c
}

// payFee pays what is asked for a case, in cash at a till that is open for nothing else.
func (o *office) payFee(c string) {
	o.t.Helper()
	var owed *bill.Bill
	o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := o.flow.Money.Treasury.Bills.BySource(ctx, tx, o.j.Money.Treasury, bill.Source{Kind: "case", ID: c})
		if len(all) > 0 && all[0].Balance > 0 {
			owed = all[0]
		}
		return err
	}))
	if owed == nil {
		return
	}
	cashier := policy.Actor{Person: "cashier of " + c, Grants: []policy.Grant{{Role: policy.Officer, Organisation: o.j.Money.Treasury}}}
	till, err := o.flow.Finance().OpenTill(o.ctx, cashier, flow.OpenTill{Key: "open " + c})
	o.must(err)
	_, err = o.flow.Finance().TakeCash(o.ctx, cashier, flow.TakeCash{Bill: owed.ID, Amount: owed.Balance, Key: "take " + c})
	o.must(err)
	o.must(o.flow.Finance().CloseTill(o.ctx, cashier, flow.CloseTill{Till: till, Counted: owed.Total(), Key: "close " + c}))
}

// handIn hands in the first worked example of a service that needs no upload, on its own day.
func (o *office) handIn(id string) string {
	o.t.Helper()
	s, ok := o.flow.Docket.Releases.InForce(id)
	if !ok {
		o.t.Fatalf("no service %s", id)
	}
	e := example(s)
	if e == nil {
		o.t.Fatalf("%s has no example to apply with", id)
	}
	o.clock.Set(s.Jurisdiction.Calendar.In(e.Submitted, e.At))
	draft, _, err := o.flow.StartDraft(o.ctx, policy.Actor{}, flow.StartDraft{Service: id, Language: "en", Typed: process.TypedFrom(s, e.Answers)})
	o.must(err)
	done, err := o.flow.Submit(o.ctx, policy.Actor{Draft: draft}, flow.Submit{Draft: draft, Declared: true})
	o.must(err)
	return done.Case
}

func example(s *service.Service) *service.ExampleFile {
	for i := range s.Examples {
		e := &s.Examples[i]
		upload := false
		for _, q := range s.Questions {
			upload = upload || q.Type == "file" && e.Answers[q.ID] != nil
		}
		if (e.Variant == "" || e.Variant == "new") && len(e.Lookups) == 0 && len(e.Expect.Errors) == 0 && (e.Expect.Eligible == nil || *e.Expect.Eligible) && !upload {
			return e
		}
	}
	return nil
}

// load reads a case whole.
func (o *office) load(id string) *docket.Case {
	o.t.Helper()
	var c *docket.Case
	o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = o.flow.Docket.Case(ctx, tx, id)
		return err
	}))
	return c
}

// count counts what a case has, to see that nothing was stored.
func (o *office) count(id string) (events, letters, messages int) {
	o.t.Helper()
	c := o.load(id)
	o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := o.flow.Docket.Cases.Timeline(ctx, tx, c.Case)
		o.must(err)
		sent, err := o.flow.Docket.Cases.SentLetters(ctx, tx, c.Case)
		o.must(err)
		written, err := o.flow.Docket.Cases.Messages(ctx, tx, c.Case)
		o.must(err)
		events, letters, messages = len(all), len(sent), len(written)
		return nil
	}))
	return events, letters, messages
}

// looks lists who has looked at a person's data.
func (o *office) looks(id string) []access.Look {
	o.t.Helper()
	var looks []access.Look
	o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		looks, err = access.Of(ctx, tx, id, 100)
		return err
	}))
	return looks
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	text string
}

func (o *office) send(a policy.Actor, method, path string, form url.Values) answer {
	o.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "__Host-stoa-session", Value: a.Person})
	w := httptest.NewRecorder()
	o.web.ServeHTTP(w, r)
	return answer{w, w.Body.String()}
}

func (o *office) get(a policy.Actor, path string) answer {
	o.t.Helper()
	return o.send(a, http.MethodGet, path, nil)
}

// form is the values that the last form of a page to an address would send by itself.
func (a answer) form(t testing.TB, action string) url.Values {
	t.Helper()
	at := strings.LastIndex(a.text, `action="`+action+`"`)
	if at < 0 {
		t.Fatalf("the page has no form to %s:\n%s", action, a.text)
	}
	body, _, _ := strings.Cut(a.text[at:], "</form>")
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		values.Add(m[1], m[2])
	}
	return values
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// says fails the test unless the answer has a status and holds the texts.
func (a answer) says(t testing.TB, status int, texts ...string) {
	t.Helper()
	if a.Code != status {
		t.Fatalf("status %d, want %d:\n%s", a.Code, status, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			t.Errorf("the page does not say %q:\n%s", text, a.text)
		}
	}
}

// with adds values to a form.
func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

func (o *office) today() calendar.Date { return o.j.Calendar.DateOf(o.clock.Now()) }
