package site_test

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/appointment"
	"stoa/internal/blob"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/hint"
	"stoa/internal/i18n"
	"stoa/internal/insight"
	"stoa/internal/job"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/site"
)

// town is a whole installation on SQLite, with Greenvale in force, as strangers meet it.
type town struct {
	t       testing.TB
	server  *web.Server
	handler http.Handler
	flow    *flow.Flow
	view    *view.View
	clock   *storetest.Clock
}

func open(t testing.TB, demo bool) *town {
	t.Helper()
	return openWith(t, demo, os.DirFS("../../../jurisdictions/greenvale"))
}

// openWith is open with other files in force.
func openWith(t testing.TB, demo bool, files fs.FS) *town {
	t.Helper()
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	db, clock := storetest.SQLite(t, job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(), insight.Migrations(),
		record.Migrations(), notify.Migrations(), mandate.Migrations(), appointment.Migrations(), access.Migrations(), release.Migrations(), hint.Migrations())
	random := storetest.Rand()
	keys, err := vault.Open(vault.Config{KeyFile: t.TempDir() + "/keys", Rand: random})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	people := &person.People{Vault: keys, Rand: random}
	outbox := &notify.Outbox{Vault: keys}
	d := &docket.Docket{Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blob.New(keys, blob.None{})}
	tn := &town{t: t, clock: clock}
	tn.flow = &flow.Flow{DB: db, Docket: d, People: people, Outbox: outbox, Words: words, Site: flow.Site{URL: "http://test", Demo: demo}}
	tn.view = view.New(view.Deps{DB: db, Docket: d, People: people, Outbox: outbox, Site: view.Site{URL: "http://test", Demo: demo}, Now: clock.Now})
	if err := tn.flow.Publish(t.Context(), policy.Actor{System: true}, j); err != nil {
		t.Fatal(err)
	}
	tn.server, err = web.New(web.Deps{
		Confirm: (&site.Site{Flow: tn.flow, View: tn.view}).Confirm,
		Config:  web.Config{URL: "http://test", Demo: demo, PostsPerMinute: 10_000, CodesPerHour: 10_000, FormsPerHour: 10_000},
		Who:     web.Who{Session: tn.flow.Session, Draft: tn.flow.HoldsDraft}, Jurisdiction: d.Releases.Current, Words: words, Assets: &asset.Set{},
		Outside: web.Outside{Now: clock.Now, Log: slog.New(slog.NewTextHandler(testLog{t}, nil))},
	}, site.Routes(&site.Site{Flow: tn.flow, View: tn.view}))
	if err != nil {
		t.Fatal(err)
	}
	tn.handler = tn.server.Handler()
	return tn
}

// testLog shows what the server logs as an error.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("level=ERROR")) {
		l.t.Logf("%s", p)
	}
	return len(p), nil
}

// browser keeps cookies by path, as browsers do.
type browser struct {
	*town
	cookies []*http.Cookie
}

func (tn *town) browser() *browser { return &browser{town: tn} }

// answer is what came back.
type answer struct {
	status int
	to     string // Location
	body   string
	header http.Header
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	for _, c := range b.cookies {
		if strings.HasPrefix(r.URL.Path, c.Path) {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		b.cookies = slices.DeleteFunc(b.cookies, func(old *http.Cookie) bool { return old.Name == c.Name && old.Path == c.Path })
		b.cookies = append(b.cookies, c)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(httptest.NewRequest("GET", path, nil))
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// follow posts and opens where that leads; it fails the test unless it leads somewhere.
func (b *browser) follow(path string, form url.Values) (string, answer) {
	b.t.Helper()
	a := b.post(path, form)
	if a.status != 303 {
		b.t.Fatalf("POST %s: %d, want 303\n%s", path, a.status, text(a.body))
	}
	return a.to, b.get(a.to)
}

var tags = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)
var space = regexp.MustCompile(`\s+`)

// text is a page without its markup, for messages.
func text(body string) string { return space.ReplaceAllString(tags.ReplaceAllString(body, " "), " ") }

var keyField = regexp.MustCompile(`name="form-key" value="([^"]+)"`)

// key is the first form key of a page.
func key(body string) string {
	if m := keyField.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

func v(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

// food is a whole application for a food business, up to the summary; it returns the draft's address.
func (b *browser) food() string {
	b.t.Helper()
	early := "/services/food-business-registration/check"
	first, _ := b.follow(early, v("in_greenvale", "yes", "food_for_others", "yes", "animal_products_to_trade", "no"))
	draft := strings.Join(strings.Split(first, "/")[:3], "/")
	day := b.clock.Now().AddDate(0, 0, 60)
	b.follow(draft+"/place", v("business_name", "Asha’s Kitchen", "place_kind", "premises", "address-line1", "1 High Street", "address-town", "Greenvale", "address-postcode", "GV1 1AA"))
	b.follow(draft+"/food", v("activities", "restaurant", "opening_date-day", "1", "opening_date-month", "6", "opening_date-year", day.Format("2006"), "seasonal", "no", "water", "mains"))
	b.follow(draft+"/operator", v("operator_kind", "sole_trader", "sole_trader", "Asha Rao"))
	b.follow(draft+"/contact", v("contact_name", "Asha Rao", "contact_email", "asha@example.org", "contact_phone", "01632 960 001"))
	return draft
}

// signIn signs a browser in by the code that was sent.
func (b *browser) signIn(email string) {
	b.t.Helper()
	b.clock.Advance(time.Second) // so that the code's mail is the latest
	to, _ := b.follow("/sign-in", v("email", email, "to", "/account"))
	mails, _, err := b.view.Demonstration().Mailbox(b.t.Context(), view.Reader{P: b.flow.Words.For("en")}, 1)
	if err != nil {
		b.t.Fatal(err)
	}
	at, _, _ := strings.Cut(to, "?")
	if home, _ := b.follow(at, v("code", regexp.MustCompile(`\d{6}`).FindString(mails[0].Text), "to", "/account")); home != "/account" {
		b.t.Fatalf("signing in led to %s", home)
	}
}

// upload posts a page with a file.
func (b *browser) upload(path, field, name string, content []byte, pairs ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	w, err := m.CreateFormFile(field, name)
	if err == nil {
		_, err = w.Write(content)
	}
	for i := 0; i < len(pairs) && err == nil; i += 2 {
		err = m.WriteField(pairs[i], pairs[i+1])
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(r)
}

// paperPDF is the least a PDF is.
const paperPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
