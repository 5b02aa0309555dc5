package ckan_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/blob"
	"stoa/internal/cases"
	"stoa/internal/dataset"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/insight"
	"stoa/internal/job"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tabular"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/ckan"
)

// portal is Greenvale with some datasets published, and programs that ask about them.
type portal struct {
	t       testing.TB
	db      *store.DB
	clock   *storetest.Clock
	sets    *dataset.Store
	handler http.Handler
}

const base = "http://test"

func open(t testing.TB) *portal {
	t.Helper()
	j, problems := service.Load(os.DirFS("../../../jurisdictions/greenvale"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	db, clock := storetest.SQLite(t, job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(), insight.Migrations(),
		record.Migrations(), notify.Migrations(), access.Migrations(), release.Migrations(), dataset.Migrations())
	random := storetest.Rand()
	keys, err := vault.Open(vault.Config{KeyFile: t.TempDir() + "/keys", Rand: random})
	must(t, err)
	words, err := i18n.Load()
	must(t, err)
	files, err := shelf.Open(t.TempDir(), 1<<30)
	must(t, err)
	p := &portal{t: t, db: db, clock: clock, sets: dataset.New(dataset.Config{DB: db, Shelf: files, Log: slog.New(slog.DiscardHandler)})}
	t.Cleanup(func() {
		files.Wait()
		must(t, p.sets.Close())
	})
	people := &person.People{Vault: keys, Rand: random}
	outbox := &notify.Outbox{Vault: keys}
	d := &docket.Docket{Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blob.New(keys, blob.None{})}
	f := &flow.Flow{DB: db, Docket: d, People: people, Outbox: outbox, Words: words, Site: flow.Site{URL: base}}
	v := view.New(view.Deps{DB: db, Docket: d, People: people, Outbox: outbox, Site: view.Site{URL: base}, Datasets: p.sets, Now: clock.Now})
	must(t, f.Publish(t.Context(), policy.Actor{System: true}, j))
	server, err := web.New(web.Deps{
		Config: web.Config{URL: base}, Who: web.Who{Session: f.Session, Draft: f.HoldsDraft}, Jurisdiction: d.Releases.Current, Words: words, Assets: &asset.Set{},
		Outside: web.Outside{Now: clock.Now, Log: slog.New(slog.DiscardHandler)},
	}, ckan.Routes(&ckan.API{View: v, Words: words}))
	must(t, err)
	p.handler = server.Handler()
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The datasets of the tests: two whose files Greenvale has, so that themes and keywords come with them, and one that no file
// describes.
const (
	counted  = "books-by-month"
	listed   = "food-businesses"
	orphaned = "trees"
)

var trees = []tabular.Column{
	{ID: "number", Title: i18n.Text{"en": "Number", "ar": "الرقم"}, About: i18n.Text{"en": "On its tag"}, Type: tabular.Integer, Required: true},
	{ID: "kind", Title: i18n.Text{"en": "Kind"}, Type: tabular.String},
	{ID: "height", Title: i18n.Text{"en": "Height"}, Type: tabular.Number, Unit: "m"},
	{ID: "planted", Title: i18n.Text{"en": "Planted"}, Type: tabular.Date},
	{ID: "protected", Title: i18n.Text{"en": "Protected"}, Type: tabular.Boolean},
}

var forest = [][]string{
	{"1", "Oak", "12.5", "1980-03-01", "true"},
	{"2", "Oak", "9", "1999-11-20", "false"},
	{"3", "Plane, London", "", "2001-01-05", "false"},
	{"4", "زيتون", "4.25", "", ""},
	{"5", "Silver birch", "7", "2010-06-30", "true"},
}

// planted opens a portal and publishes: the books, a day later the food businesses, a day later the trees, twice.
func planted(t testing.TB) *portal {
	p := open(t)
	month := []tabular.Column{{ID: "month", Type: tabular.YearMonth, Title: i18n.Text{"en": "Month"}}, {ID: "applications", Type: tabular.Integer, Title: i18n.Text{"en": "Applications"}}}
	p.publish(counted, "revenues", "OGL-UK-3.0", month, []string{"month"}, [][]string{{"2026-01", "7"}, {"2026-02", "9"}})
	p.clock.Advance(24 * time.Hour)
	p.publish(listed, "environmental-health", "OGL-UK-3.0", month, []string{"month"}, [][]string{{"2026-01", "6"}})
	p.clock.Advance(24 * time.Hour)
	p.publish(orphaned, "planning", "CC0-1.0", trees, []string{"number"}, forest[:4])
	p.clock.Advance(24 * time.Hour)
	p.publish(orphaned, "planning", "CC0-1.0", trees, []string{"number"}, forest)
	return p
}

func (p *portal) publish(id, organisation, licence string, columns []tabular.Column, key []string, rows [][]string) {
	p.t.Helper()
	d, err := p.sets.Draft(p.t.Context(), dataset.Spec{Dataset: id, Organisation: organisation, Licence: licence, Title: i18n.Text{"en": "The " + id}, Summary: i18n.Text{"en": "About " + id},
		Schema: tabular.Schema{Columns: columns, Key: key}}, func(yield func([]string) error) error {
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	})
	must(p.t, err)
	defer func() { must(p.t, d.Close()) }()
	must(p.t, p.sets.Prepare(p.t.Context(), d))
	must(p.t, p.db.Write(p.t.Context(), "test.publish", func(ctx context.Context, tx *store.Tx) error {
		_, _, err := p.sets.Publish(ctx, tx, d, "")
		return err
	}))
}

// said is an answer of the interface.
type said struct {
	t       testing.TB
	of      string
	status  int
	header  http.Header
	Help    string          `json:"help"`
	Success *bool           `json:"success"`
	Result  json.RawMessage `json:"result"`
	Error   map[string]any  `json:"error"`
}

func (p *portal) do(r *http.Request) said {
	p.t.Helper()
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	s := said{t: p.t, of: r.Method + " " + r.URL.String(), status: w.Code, header: w.Header()}
	if kind := w.Header().Get("Content-Type"); kind != "application/json;charset=utf-8" {
		p.t.Fatalf("%s answers as %s: %d %s", s.of, kind, w.Code, w.Body)
	}
	d := json.NewDecoder(w.Body)
	d.UseNumber()
	if err := d.Decode(&s); err != nil || s.Success == nil || s.Help == "" {
		p.t.Fatalf("%s: not the envelope: %v", s.of, err)
	}
	return s
}

// get asks with an address: name, value, name, value.
func (p *portal) get(action string, pairs ...string) said {
	p.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return p.do(httptest.NewRequest("GET", "/api/3/action/"+action+"?"+q.Encode(), nil))
}

// post asks with a JSON dictionary, at the address without a version.
func (p *portal) post(action string, body any) said {
	p.t.Helper()
	raw, err := json.Marshal(body)
	must(p.t, err)
	r := httptest.NewRequest("POST", "/api/action/"+action, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	return p.do(r)
}

// ok is the result of what must have worked, as the value of a type.
func ok[T any](s said) T {
	s.t.Helper()
	if s.status != 200 || !*s.Success || s.Error != nil {
		s.t.Fatalf("%s: %d %v", s.of, s.status, s.Error)
	}
	var v T
	d := json.NewDecoder(bytes.NewReader(s.Result))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		s.t.Fatalf("%s: %v\n%s", s.of, err, s.Result)
	}
	return v
}

// fails holds an answer against the error that CKAN documents.
func (s said) fails(status int, kind string, fields ...string) {
	s.t.Helper()
	if s.status != status || *s.Success || s.Error["__type"] != kind || s.Result != nil {
		s.t.Errorf("%s: %d %v %s, want %d %s", s.of, s.status, s.Error, s.Result, status, kind)
	}
	for _, f := range fields {
		if s.Error[f] == nil {
			s.t.Errorf("%s: %v says nothing about %s", s.of, s.Error, f)
		}
	}
}

type object = map[string]any

// has holds an object against the fields that the documentation lists.
func has(t testing.TB, what string, o object, fields string) {
	t.Helper()
	for _, f := range strings.Fields(fields) {
		if _, there := o[f]; !there {
			t.Errorf("%s has no %s", what, f)
		}
	}
}

func names(list []object) string {
	var all []string
	for _, o := range list {
		all = append(all, o["name"].(string))
	}
	return strings.Join(all, " ")
}

func raw(t testing.TB, h http.Handler, r *http.Request) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	must(t, err)
	return w.Code, string(b)
}
