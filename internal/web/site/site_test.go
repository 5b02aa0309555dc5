package site_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

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
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/site"
)

// town is a whole installation on SQLite, with Greenvale in force, as strangers meet it.
type town struct {
	t       *testing.T
	server  *web.Server
	handler http.Handler
	flow    *flow.Flow
	view    *view.View
	clock   *storetest.Clock
}

func open(t *testing.T, demo bool) *town {
	t.Helper()
	j, problems := service.Load(os.DirFS("../../../jurisdictions/greenvale"))
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
		Config: web.Config{URL: "http://test", Demo: demo, PostsPerMinute: 10_000, CodesPerHour: 10_000},
		Who:    web.Who{Session: tn.flow.Session, Draft: tn.flow.HoldsDraft}, Jurisdiction: d.Releases.Current, Words: words, Assets: &asset.Set{},
		Outside: web.Outside{Now: clock.Now, Log: slog.New(slog.NewTextHandler(testLog{t}, nil))},
	}, site.Routes(&site.Site{Flow: tn.flow, View: tn.view}))
	if err != nil {
		t.Fatal(err)
	}
	tn.handler = tn.server.Handler()
	return tn
}

// testLog shows what the server logs as an error.
type testLog struct{ t *testing.T }

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
	b.cookies = append(b.cookies, res.Cookies()...)
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

func TestEveryAreaIsClosedToStrangers(t *testing.T) {
	tn := open(t, false)
	b := tn.browser()
	place := regexp.MustCompile(`\{[^}]*\}`)
	open := map[string]bool{"POST /apply/{service}/start": true}
	for _, r := range tn.server.Routes() {
		if r.Area == web.Public || r.Area == web.System || open[r.Method+" "+r.Pattern] {
			continue
		}
		path := place.ReplaceAllString(r.Pattern, "01aaaaaaaaaaaaaaaaaaaaaaaa")
		var a answer
		if r.Method == "GET" {
			a = b.get(path)
		} else {
			a = b.post(path, v("form-key", "k"))
		}
		want := 404
		if r.Area == web.Account || r.Area == web.Desk {
			want = 303
		}
		if strings.HasSuffix(r.Pattern, "/submit") && r.Method == "GET" {
			want = 303 // leads to the summary, which answers 404
		}
		if a.status != want || want == 303 && !strings.HasPrefix(a.to, "/sign-in") && !strings.HasSuffix(a.to, "/check") {
			t.Errorf("%s %s (%s): a stranger got %d %s, want %d", r.Method, path, r.Action, a.status, a.to, want)
		}
	}
}

func TestPublicPagesInBothLanguages(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	left := regexp.MustCompile(`>\s*(Services|Continue|Who to ask|Start now|Search|Contact)\s*<`)
	for _, path := range []string{"/", "/services", "/services?q=cafe", "/services/premises-licence", "/services/temporary-event-notice/check", "/topics/food",
		"/life-events/running-an-event", "/registers", "/registers/premises?q=hall", "/notices", "/verify", "/verify?number=none", "/sign-in", "/resume",
		"/accessibility", "/privacy", "/cookies", "/contact", "/demo", "/demo/mailbox"} {
		join := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
		for _, lang := range []string{"en", "ar"} {
			a := b.get(path + join + "lang=" + lang)
			if a.status != 200 || !strings.Contains(a.body, `lang="`+lang+`"`) || strings.Count(a.body, "<h1") != 1 {
				t.Errorf("%s in %s: %d, %d level-1 headings", path, lang, a.status, strings.Count(a.body, "<h1"))
			}
			if lang == "ar" && left.MatchString(a.body) {
				t.Errorf("%s in Arabic says %q", path, left.FindString(a.body))
			}
			if strings.Contains(a.body, "{") && regexp.MustCompile(`>[^<]*\{[a-z_]+\}`).MatchString(a.body) {
				t.Errorf("%s in %s shows a place that was not filled", path, lang)
			}
		}
	}
}

func TestTheDemoIsOnlyInTheDemo(t *testing.T) {
	b := open(t, false).browser()
	for _, path := range []string{"/demo", "/demo/mailbox", "/demo/mailbox/x"} {
		if a := b.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := b.post("/demo/sign-in", v("email", "sam@example.com")); a.status != 404 {
		t.Errorf("signing in by a click: %d", a.status)
	}
	if a := b.get("/"); strings.Contains(a.body, "/demo") {
		t.Error("the home page leads to the demo")
	}
}

func TestWhoIsNotEligibleLearnsWhy(t *testing.T) {
	b := open(t, false).browser()
	path := "/services/food-business-registration/check"
	a := b.post(path, v("in_greenvale", "no", "food_for_others", "yes", "animal_products_to_trade", "no"))
	if a.status != 200 || !strings.Contains(a.body, "Register with the council of the district") || !strings.Contains(a.body, "regulation 5") {
		t.Errorf("%d %s", a.status, text(a.body))
	}
	a = b.post(path, v("in_greenvale", "yes", "seen", "in_greenvale", "seen", "food_for_others", "seen", "animal_products_to_trade"))
	if a.status != 422 || strings.Count(a.body, "govuk-error-message") != 2 || !strings.Contains(a.body, `value="yes" checked`) {
		t.Errorf("half answered: %d, %d messages", a.status, strings.Count(a.body, `class="govuk-error-message"`))
	}
}

func TestWrongAnswersComeBackAndNothingIsLost(t *testing.T) {
	b := open(t, false).browser()
	draft := b.food()
	a := b.post(draft+"/contact", v("contact_name", "", "contact_email", "asha@", "contact_phone", "<b>12</b>"))
	if a.status != 422 || !strings.Contains(a.body, "<title>Error: ") || !strings.Contains(a.body, "autofocus") {
		t.Fatalf("%d %s", a.status, text(a.body))
	}
	for _, want := range []string{`href="#contact_name"`, `href="#contact_email"`, `href="#contact_phone"`, `value="asha@"`, `value="&lt;b&gt;12&lt;/b&gt;"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if got := b.get(draft + "/contact").body; !strings.Contains(got, `value="asha@"`) || strings.Contains(got, "<title>Error") {
		t.Error("what was typed is not there when the page is opened again, or it is shown with errors")
	}
	if a := b.get(draft + "/check"); a.status != 200 || !strings.Contains(a.body, "/contact?from=check") {
		t.Errorf("the summary does not lead to what is open: %d", a.status)
	}
	if a := b.post(draft+"/submit", v("declared", "yes")); a.status != 422 || !strings.Contains(a.body, "Error: ") {
		t.Errorf("submitting what is not ready: %d", a.status)
	}
	if _, p := b.follow(draft+"/contact", v("contact_name", "Asha Rao", "contact_email", "asha@example.org", "contact_phone", "01632 960 001", "from", "check")); !strings.Contains(p.body, "Check your answers") {
		t.Error("a change from the summary does not lead back to it")
	}
}

func TestAQuestionThatAnAnswerBringsUpIsShownFirst(t *testing.T) {
	b := open(t, false).browser()
	first, _ := b.follow("/services/food-business-registration/check", v("in_greenvale", "yes", "food_for_others", "yes", "animal_products_to_trade", "no"))
	draft := strings.Join(strings.Split(first, "/")[:3], "/")
	a := b.post(draft+"/place", v("business_name", "Kitchen", "place_kind", "home"))
	if a.status != 200 || !strings.Contains(a.body, "address-line1") || strings.Contains(a.body, `class="govuk-error-summary"`) {
		t.Errorf("%d %s", a.status, text(a.body))
	}
	if a = b.post(draft+"/place", v("business_name", "Kitchen", "place_kind", "home")); a.status != 422 || !strings.Contains(a.body, `href="#address-line1"`) {
		t.Errorf("left empty the second time: %d", a.status)
	}
}

func TestGroupsAreAddedChangedAndRemoved(t *testing.T) {
	b := open(t, false).browser()
	draft := b.food()
	operator := draft + "/operator"
	b.post(operator, v("operator_kind", "partnership"))
	k := key(b.get(operator).body)
	add := v("operator_kind", "partnership", "do", "add:partners", "form-key", k)
	item, page := b.follow(operator, add)
	if again, _ := b.follow(operator, add); again != item {
		t.Errorf("the doubled post added another item: %s and %s", item, again)
	}
	if !strings.Contains(page.body, "Partner") {
		t.Errorf("the item's page: %s", text(page.body))
	}
	b.follow(item, v("name", "Omar Farouk", "responsible", "yes"))
	if a := b.get(operator); !strings.Contains(a.body, "Omar Farouk") || strings.Count(a.body, "remove:") != 1 {
		t.Errorf("the list of items: %s", text(a.body))
	}
	id := item[strings.LastIndexByte(item, '/')+1:]
	b.follow(operator, v("operator_kind", "partnership", "do", "remove:"+id))
	if a := b.get(operator); strings.Contains(a.body, "Omar Farouk") {
		t.Error("the item is still there")
	}
	if a := b.get(item); a.status != 404 {
		t.Errorf("the removed item's page: %d", a.status)
	}
}

func TestSubmittedOnceHoweverOftenItIsSent(t *testing.T) {
	tn := open(t, false)
	b := tn.browser()
	draft := b.food()
	if a := b.post(draft+"/submit", v()); a.status != 422 || !strings.Contains(a.body, `href="#declared"`) {
		t.Fatalf("without the declaration: %d %s", a.status, text(a.body))
	}
	_, done := b.follow(draft+"/submit", v("declared", "yes"))
	number := regexp.MustCompile(`FBR-\d+-\d+`).FindString(done.body)
	if number == "" || !strings.Contains(done.body, "asha@example.org") {
		t.Fatalf("the confirmation: %s", text(done.body))
	}
	_, again := b.follow(draft+"/submit", v("declared", "yes"))
	if got := regexp.MustCompile(`FBR-\d+-\d+`).FindString(again.body); got != number {
		t.Errorf("sent twice, two cases: %s and %s", number, got)
	}
	if a := b.post(draft+"/contact", v("contact_name", "Other")); a.status != 410 && a.status != 404 {
		t.Errorf("changing what was sent: %d", a.status)
	}
	if a := tn.browser().get(draft + "/done"); a.status != 404 {
		t.Errorf("a stranger's look at the confirmation: %d", a.status)
	}
}

func TestSaveForLaterOnAnotherDevice(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.food()
	if a := b.post(draft+"/save", v("email", "asha")); a.status != 422 || !strings.Contains(a.body, `value="asha"`) {
		t.Errorf("a wrong address: %d", a.status)
	}
	b.follow(draft+"/save", v("email", "asha@example.org"))
	mails, err := tn.view.Mailbox(t.Context(), view.Reader{P: tn.flow.Words.For("en")})
	if err != nil || len(mails) == 0 {
		t.Fatalf("no message: %v", err)
	}
	code := regexp.MustCompile(`\d{6}`).FindString(mails[0].Text)
	other := tn.browser()
	if a := other.get(draft); a.status != 404 {
		t.Fatalf("another device without the code: %d", a.status)
	}
	if a := other.post(mails[0].Link, v("code", "000001")); a.status != 422 {
		t.Errorf("a wrong code: %d", a.status)
	}
	to, page := other.follow(mails[0].Link, v("code", code))
	if to != draft || page.status != 200 {
		t.Errorf("resuming led to %s: %d", to, page.status)
	}
	if a := tn.browser().post(mails[0].Link, v("code", code)); a.status != 422 {
		t.Errorf("the code worked twice: %d", a.status)
	}
}

// signIn signs a browser in by the code that was sent.
func (b *browser) signIn(email string) {
	b.t.Helper()
	to, _ := b.follow("/sign-in", v("email", email, "to", "/account"))
	mails, err := b.view.Mailbox(b.t.Context(), view.Reader{P: b.flow.Words.For("en")})
	if err != nil {
		b.t.Fatal(err)
	}
	at, _, _ := strings.Cut(to, "?")
	if home, _ := b.follow(at, v("code", regexp.MustCompile(`\d{6}`).FindString(mails[0].Text), "to", "/account")); home != "/account" {
		b.t.Fatalf("signing in led to %s", home)
	}
}

func TestTheApplicantFollowsTheCaseAndNobodyElse(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.food()
	b.follow(draft+"/submit", v("declared", "yes"))
	b.signIn("asha@example.org")
	account := b.get("/account")
	path := regexp.MustCompile(`/account/cases/[0-9a-z]+`).FindString(account.body)
	if path == "" || !strings.Contains(account.body, "Asha’s Kitchen") {
		t.Fatalf("the account: %s", text(account.body))
	}
	page := b.get(path)
	if page.status != 200 || !strings.Contains(page.body, "Application received") {
		t.Fatalf("the case: %d %s", page.status, text(page.body))
	}
	if a := b.post(path+"/messages", v("form-key", key(page.body))); a.status != 422 {
		t.Errorf("an empty message: %d", a.status)
	}
	message := v("text", "When do you come?", "form-key", key(page.body))
	b.follow(path+"/messages", message)
	_, page = b.follow(path+"/messages", message)
	if n := strings.Count(page.body, "When do you come?"); n != 1 {
		t.Errorf("the doubled message is there %d times", n)
	}
	letter := regexp.MustCompile(path + `/letters/[0-9a-z]+`).FindString(page.body)
	if a := b.get(letter); letter == "" || a.status != 200 {
		t.Errorf("the letter: %d", a.status)
	}
	if a := b.get(letter + "/pdf"); a.status != 200 || !strings.HasPrefix(a.body, "%PDF") {
		t.Errorf("the letter's PDF: %d", a.status)
	}
	other := tn.browser()
	other.signIn("ben@example.org")
	for _, p := range []string{path, letter, letter + "/pdf", path + "/do/withdraw"} {
		if a := other.get(p); a.status != 404 {
			t.Errorf("%s for somebody else: %d", p, a.status)
		}
	}
	b.follow("/sign-out", v())
	b.cookies = nil
	if a := b.get(path); a.status != 303 {
		t.Errorf("after signing out: %d", a.status)
	}
}

func TestSearchUnderstandsPeople(t *testing.T) {
	tn := open(t, false)
	for _, c := range []struct{ lang, words, first string }{
		{"en", "cafe", "food-business-registration"},
		{"en", "restaraunt", "food-business-registration"},
		{"en", "I want to open a food van", "food-business-registration"},
		{"en", "one-off event alcohol", "temporary-event-notice"},
		{"en", "premises licence", "premises-licence"},
		{"ar", "مقهى", "food-business-registration"},
		{"ar", "المطعم", "food-business-registration"},
		{"ar", "فعالية", "temporary-event-notice"},
	} {
		hits := tn.view.Search(view.Reader{P: tn.flow.Words.For(c.lang)}, c.words)
		if len(hits) == 0 || hits[0].ID != c.first {
			t.Errorf("%q finds %v, want %s first", c.words, hits, c.first)
		}
	}
	if hits := tn.view.Search(view.Reader{P: tn.flow.Words.For("en")}, "zzzzqqq"); len(hits) != 0 {
		t.Errorf("nonsense finds %v", hits)
	}
}

func TestWeightOfAQuestionPage(t *testing.T) {
	b := open(t, false).browser()
	draft := b.food()
	for _, p := range []string{"/place", "/food", "/contact"} {
		r := httptest.NewRequest("GET", draft+p, nil)
		r.Header.Set("Accept-Encoding", "br")
		if a := b.do(r); len(a.body) > 3<<10 || a.header.Get("Content-Encoding") != "br" {
			t.Errorf("%s: %d bytes compressed, want at most 3 kB", p, len(a.body))
		}
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

func TestUploadsAreTakenOrRefusedWithAReason(t *testing.T) {
	tn := open(t, false)
	b := tn.browser()
	page := b.food() + "/documents"
	for name, content := range map[string][]byte{
		"menu.pdf": []byte("not a PDF at all"),
		"menu.exe": []byte("MZ\x90\x00"),
		"big.pdf":  append([]byte(paperPDF), make([]byte, 11<<20)...),
		"huge.pdf": append([]byte(paperPDF), make([]byte, web.FileMost)...),
	} {
		a := b.upload(page, "menu", name, content)
		if a.status != 422 || !strings.Contains(a.body, `href="#menu"`) || !strings.Contains(a.body, "<title>Error") {
			t.Errorf("%s: %d %s", name, a.status, text(a.body)[:200])
		}
	}
	if a := b.upload(page, "menu", "menu.pdf", []byte(paperPDF)); a.status != 303 {
		t.Fatalf("a good file: %d %s", a.status, text(a.body))
	}
	shown := b.get(page)
	at := regexp.MustCompile(`/apply/[0-9a-z]+/files/[0-9a-z]+`).FindString(shown.body)
	if a := b.get(at); at == "" || a.status != 200 || a.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("looking at the file again: %d %v", a.status, a.header)
	}
	if a := tn.browser().get(at); a.status != 404 {
		t.Errorf("a stranger's look at the file: %d", a.status)
	}
	b.follow(page, v("do", "remove-file:menu"))
	if a := b.get(page); strings.Contains(a.body, "menu.pdf") {
		t.Error("the removed file is still there")
	}
}

func TestAPlaceIsFoundChosenOrTyped(t *testing.T) {
	b := open(t, false).browser()
	day := b.clock.Now().AddDate(0, 0, 60)
	first, _ := b.follow("/services/temporary-event-notice/check", v("adult", "yes", "start_date-day", day.Format("2"), "start_date-month", day.Format("1"),
		"start_date-year", day.Format("2006"), "most_people", "100"))
	place := strings.Join(strings.Split(first, "/")[:3], "/") + "/place"
	a := b.post(place, v("place-find", "corn hall", "do", "find:place"))
	if a.status != 200 || !strings.Contains(a.body, "The Corn Hall") || strings.Contains(a.body, "error-summary") {
		t.Fatalf("looking for a place: %d %s", a.status, text(a.body))
	}
	key := regexp.MustCompile(`name="place" type="radio" value="([^"]+)"`).FindStringSubmatch(a.body)
	if key == nil {
		t.Fatalf("no place to choose: %s", a.body)
	}
	if a = b.post(place, v("place-find", "corn hall")); a.status != 200 || !strings.Contains(a.body, "The Corn Hall") {
		t.Errorf("words and the ordinary button do not search: %d", a.status)
	}
	if a = b.post(place, v("place-find", "xyzzy", "do", "find:place")); !strings.Contains(a.body, "Nothing was found") {
		t.Errorf("nothing found is not said: %s", text(a.body))
	}
	b.follow(place, v("place", key[1], "place_licensed", "no"))
	if a = b.get(place); !strings.Contains(a.body, "The Corn Hall") || !strings.Contains(a.body, `value="`+key[1]+`" checked`) {
		t.Errorf("the chosen place is not shown: %s", text(a.body))
	}
	b.follow(place, v("place", "-", "place-manual", "The meadow behind the mill", "place_licensed", "no"))
	if a = b.get(place); !strings.Contains(a.body, "The meadow behind the mill") {
		t.Errorf("what was typed is not shown: %s", text(a.body))
	}
}
