package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/page"
)

// place is a jurisdiction with nothing but its names.
func place() *service.Jurisdiction {
	return &service.Jurisdiction{File: service.JurisdictionFile{
		Jurisdiction: "testham", Languages: []string{"en", "ar"}, Theme: service.ThemeFile{Brand: "#14532d"},
		Name: service.Text{By: map[string]string{"en": "Testham", "ar": "تستهام"}},
	}}
}

type fixture struct {
	*web.Server
	log *bytes.Buffer
}

func serve(t *testing.T, c web.Config, routes ...web.Route) fixture {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s, err := web.New(web.Deps{
		Config: c, Words: words, Jurisdiction: place, Assets: &asset.Set{},
		Outside: web.Outside{Log: slog.New(slog.NewTextHandler(&log, nil))},
		Who: web.Who{
			Session: func(_ context.Context, token string) (policy.Actor, error) {
				switch token {
				case "asha":
					return policy.Actor{Person: "p1", Name: "Asha"}, nil
				case "olu":
					return policy.Actor{Person: "p2", Name: "Olu", Grants: []policy.Grant{{Role: policy.Officer, Organisation: "o"}}}, nil
				}
				return policy.Actor{}, nil
			},
			Draft: func(_ context.Context, draft, token string) (bool, error) { return token == "token of "+draft, nil },
		},
	}, routes)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{s, &log}
}

func (f fixture) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, r)
	return w
}

func (f fixture) get(path string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return f.do(r)
}

func route(pattern string, area web.Area, h web.Handler) web.Route {
	return web.Route{Method: "GET", Pattern: pattern, Area: area, Action: policy.ServiceRead, Handle: h}
}

func says(text string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		return r.Render(w, web.Page{Title: "T", Content: page.Text(text)})
	}
}

func fails(err error) web.Handler {
	return func(http.ResponseWriter, *web.Request) error { return err }
}

func TestEveryKindOfErrorHasItsPage(t *testing.T) {
	secret := errors.New("the hidden cause")
	for _, c := range []struct {
		err    error
		status int
		shows  string
	}{
		{secret, 500, "Sorry, something went wrong"},
		{fault.NewInternal("doing", secret), 500, "Sorry, something went wrong"},
		{fault.Wrap(secret, fault.Invalid, ""), 400, "That did not work"},
		{fault.Wrap(secret, fault.NotFound, ""), 404, "Page not found"},
		{fault.Wrap(secret, fault.Forbidden, ""), 403, "You cannot do this"},
		{fault.Wrap(secret, fault.Conflict, ""), 409, "Something has changed"},
		{fault.Wrap(secret, fault.Conflict, "Too many tries"), 409, "Too many tries"},
		{fault.Wrap(secret, fault.TooLarge, ""), 413, "That is too large"},
		{fault.Wrap(secret, fault.Gone, ""), 410, "This is finished"},
		{fault.Wrap(secret, fault.Unavailable, ""), 503, "Not available just now"},
	} {
		f := serve(t, web.Config{}, route("/x", web.Public, fails(c.err)))
		w := f.get("/x")
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.shows) {
			t.Errorf("%v: status %d, want %d with %q", c.err, w.Code, c.status, c.shows)
		}
		if strings.Contains(body, "hidden cause") {
			t.Errorf("%v: the reader sees the cause", c.err)
		}
		if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(body, id) || !strings.Contains(f.log.String(), id) {
			t.Errorf("%v: the request id %q is not on the page and in the log", c.err, id)
		}
		if !strings.Contains(f.log.String(), "hidden cause") {
			t.Errorf("%v: the log does not have the cause", c.err)
		}
	}
}

func TestAPanicIsAnErrorPage(t *testing.T) {
	f := serve(t, web.Config{}, route("/x", web.Public, func(http.ResponseWriter, *web.Request) error { panic("oh") }))
	if w := f.get("/x"); w.Code != 500 || !strings.Contains(w.Body.String(), "Sorry") {
		t.Errorf("status %d", w.Code)
	}
	if !strings.Contains(f.log.String(), "web_test.go") {
		t.Error("the log has no stack")
	}
}

func TestUnknownAddresses(t *testing.T) {
	f := serve(t, web.Config{}, route("/x", web.Public, says("hello")))
	if w := f.get("/none"); w.Code != 404 {
		t.Errorf("status %d", w.Code)
	}
	if w := f.get("/x/"); w.Code != 301 || w.Header().Get("Location") != "/x" {
		t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := f.get("//evil.example/"); w.Code >= 300 && w.Code < 400 && strings.HasPrefix(w.Header().Get("Location"), "//") {
		t.Errorf("redirected to another site: %q", w.Header().Get("Location"))
	}
	if w := f.do(httptest.NewRequest("POST", "/x", nil)); w.Code != 405 || w.Header().Get("Allow") != "GET" {
		t.Errorf("status %d, allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestAreasAskForSignIn(t *testing.T) {
	f := serve(t, web.Config{}, route("/account", web.Account, says("mine")), route("/desk", web.Desk, says("work")))
	asha, olu := &http.Cookie{Name: "stoa-session", Value: "asha"}, &http.Cookie{Name: "stoa-session", Value: "olu"}
	if w := f.get("/account?x=1"); w.Code != 303 || w.Header().Get("Location") != "/sign-in?to=%2Faccount%3Fx%3D1" {
		t.Errorf("visitor at the account: %d %q", w.Code, w.Header().Get("Location"))
	}
	if w := f.get("/desk"); w.Code != 303 {
		t.Errorf("visitor at the desk: %d", w.Code)
	}
	if w := f.get("/desk", asha); w.Code != 403 {
		t.Errorf("resident at the desk: %d", w.Code)
	}
	if w := f.get("/desk", olu); w.Code != 200 {
		t.Errorf("officer at the desk: %d", w.Code)
	}
	w := f.get("/account", asha)
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), "noindex") {
		t.Errorf("resident at the account: %d, %v", w.Code, w.Header())
	}
}

func TestDraftTokenBelongsToItsDraft(t *testing.T) {
	var got policy.Actor
	f := serve(t, web.Config{URL: "https://stoa.example"}, route("/apply/{draft}", web.Apply, func(w http.ResponseWriter, r *web.Request) error {
		got = r.Actor
		r.HoldDraft(w, "d1", "token of d1")
		r.SignIn(w, "asha")
		return r.Redirect(w, "/x")
	}))
	token := &http.Cookie{Name: "__Secure-stoa-draft", Value: "token of d1"}
	w := f.get("/apply/d1", token)
	if got.Draft != "d1" {
		t.Errorf("actor %+v", got)
	}
	if f.get("/apply/d2", token); got.Draft != "" {
		t.Errorf("the token of one draft opened another")
	}
	cookies := strings.Join(w.Header().Values("Set-Cookie"), "\n")
	for _, want := range []string{
		"__Secure-stoa-draft=token of d1; Path=/apply/d1;", "__Host-stoa-session=asha; Path=/; HttpOnly; Secure; SameSite=Lax", "HttpOnly; Secure; SameSite=Lax",
	} {
		if !strings.Contains(strings.ReplaceAll(cookies, `"`, ""), want) {
			t.Errorf("cookies lack %q:\n%s", want, cookies)
		}
	}
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS on https")
	}
}

func TestHeaders(t *testing.T) {
	w := serve(t, web.Config{}, route("/x", web.Public, says("hello"))).get("/x")
	for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"} {
		if w.Header().Get(h) == "" {
			t.Errorf("no %s", h)
		}
	}
	if w.Header().Get("Strict-Transport-Security") != "" {
		t.Error("HSTS without https")
	}
	if strings.Contains(w.Body.String(), "<script>") || strings.Contains(w.Body.String(), " style=") {
		t.Error("inline script or style, which the policy refuses")
	}
}

func TestCrossSitePostsAreRefused(t *testing.T) {
	ran := 0
	f := serve(t, web.Config{}, web.Route{Method: "POST", Pattern: "/x", Area: web.Public, Action: policy.ServiceRead,
		Handle: func(w http.ResponseWriter, r *web.Request) error { ran++; return r.Redirect(w, "/x") }})
	r := httptest.NewRequest("POST", "/x", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := f.do(r); w.Code != 403 || ran != 0 {
		t.Errorf("status %d, ran %d times", w.Code, ran)
	}
	r = httptest.NewRequest("POST", "/x", nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if w := f.do(r); w.Code != 303 || ran != 1 {
		t.Errorf("status %d, ran %d times", w.Code, ran)
	}
}

func TestTooManyPosts(t *testing.T) {
	f := serve(t, web.Config{PostsPerMinute: 3}, web.Route{Method: "POST", Pattern: "/x", Area: web.Public, Action: policy.ServiceRead, Handle: says("ok")})
	for i := range 4 {
		w := f.do(httptest.NewRequest("POST", "/x", nil))
		if want := map[bool]int{true: 429, false: 200}[i == 3]; w.Code != want {
			t.Errorf("post %d: status %d, want %d", i+1, w.Code, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	f := serve(t, web.Config{}, route("/x", web.Public, fails(fault.NewNotFound(""))))
	w := f.get("/x?lang=ar")
	if !strings.Contains(w.Body.String(), `lang="ar" dir="rtl"`) || !strings.Contains(w.Header().Get("Set-Cookie"), "stoa-language=ar") {
		t.Errorf("?lang=ar was not followed: %s", w.Header())
	}
	if w := f.get("/x", &http.Cookie{Name: "stoa-language", Value: "ar"}); !strings.Contains(w.Body.String(), `lang="ar"`) {
		t.Error("the cookie was not followed")
	}
	if w := f.get("/x?lang=xx"); !strings.Contains(w.Body.String(), `lang="en"`) || w.Header().Get("Set-Cookie") != "" {
		t.Error("an unknown language was kept")
	}
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header.Set("Accept-Language", "ar-EG, en;q=0.5")
	if w := f.do(r); !strings.Contains(w.Body.String(), `lang="ar"`) {
		t.Error("Accept-Language was not followed")
	}
}

func TestCompression(t *testing.T) {
	text := strings.Repeat("words and words ", 500)
	f := serve(t, web.Config{}, route("/x", web.Public, says(text)))
	for accept, open := range map[string]func(io.Reader) io.Reader{
		"gzip, deflate, br": func(r io.Reader) io.Reader { return brotli.NewReader(r) },
		"gzip":              func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"br;q=0":            func(r io.Reader) io.Reader { return r },
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.Header.Set("Accept-Encoding", accept)
		w := f.do(r)
		length := w.Body.Len()
		body, err := io.ReadAll(open(w.Body))
		if err != nil || !strings.Contains(string(body), text) {
			t.Errorf("%s: %v", accept, err)
		}
		if accept != "br;q=0" && length > 3000 {
			t.Errorf("%s: %d bytes", accept, length)
		}
	}
}

func TestARouteWithoutARightIsRefused(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]web.Route{
		"no right":      {Method: "GET", Pattern: "/x", Area: web.Public, Handle: says("")},
		"unknown right": {Method: "GET", Pattern: "/x", Area: web.Public, Action: "do.anything", Handle: says("")},
		"no area":       {Method: "GET", Pattern: "/x", Action: policy.ServiceRead, Handle: says("")},
		"twice":         {Method: "GET", Pattern: "/healthz", Area: web.Public, Action: policy.ServiceRead, Handle: says("")},
	} {
		if _, err := web.New(web.Deps{Words: words, Jurisdiction: place}, []web.Route{r}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestUploadsKeepWhatWasTyped(t *testing.T) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	write := func(w io.Writer, err error, text string) {
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	small, err := m.CreateFormFile("menu", "menu.pdf")
	write(small, err, "%PDF")
	big, err := m.CreateFormFile("plan", "plan.pdf")
	write(big, err, strings.Repeat("x", web.FileMost+1))
	field, err := m.CreateFormField("name")
	write(field, err, "Asha")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	ran := false
	f := serve(t, web.Config{}, web.Route{Method: "POST", Pattern: "/x", Area: web.Public, Action: policy.ServiceRead, Body: web.UploadMost,
		Handle: func(w http.ResponseWriter, r *web.Request) error {
			ran = true
			form, files, done, err := r.ReadUpload()
			defer done()
			if err != nil || len(files) != 2 || files[0].TooLarge || files[0].Body.Len() != 4 || !files[1].TooLarge {
				t.Errorf("files %+v, %v", files, err)
			}
			if form.Get("name") != "Asha" || r.Field("name") != "Asha" {
				t.Errorf("what was typed is lost: %v", form)
			}
			return r.Redirect(w, "/x")
		}})
	r := httptest.NewRequest("POST", "/x", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	if w := f.do(r); !ran || w.Code != 303 {
		t.Errorf("status %d", w.Code)
	}
}

func TestTheLogNamesNobody(t *testing.T) {
	f := serve(t, web.Config{}, route("/apply/{draft}", web.Apply, says("x")), route("/services", web.Public, says("x")))
	f.get("/apply/secret-draft", &http.Cookie{Name: "stoa-session", Value: "asha"})
	f.get("/services?q=divorce")
	for _, word := range []string{"secret-draft", "asha", "Asha", "divorce", "192.0.2.1"} {
		if strings.Contains(f.log.String(), word) {
			t.Errorf("the log says %q:\n%s", word, f.log)
		}
	}
	if !strings.Contains(f.log.String(), "/apply/{draft}") {
		t.Errorf("the log does not say which route:\n%s", f.log)
	}
}
