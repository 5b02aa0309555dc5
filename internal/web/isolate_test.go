package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"stoa/internal/policy"
	"stoa/internal/web"
)

// TestPagesOfOthersCannotHoldOurs: what is somebody's own is opened by its address, never as a part of another site's page.
func TestPagesOfOthersCannotHoldOurs(t *testing.T) {
	f := serve(t, web.Config{}, route("/account", web.Account, says("mine")), route("/open", web.Public, says("ours")))
	for name, test := range map[string]struct {
		path, site, mode, dest string
		want                   int
	}{
		"typed":                     {"/account", "none", "navigate", "document", 200},
		"a link of ours":            {"/account", "same-origin", "navigate", "document", 200},
		"a picture of ours":         {"/account", "same-origin", "no-cors", "image", 200},
		"a link in a mail":          {"/account", "cross-site", "navigate", "document", 200},
		"an old browser":            {"/account", "", "", "", 200},
		"a picture of theirs":       {"/account", "cross-site", "no-cors", "image", 403},
		"a frame of theirs":         {"/account", "cross-site", "navigate", "iframe", 403},
		"a script of theirs":        {"/account", "cross-site", "cors", "empty", 403},
		"a script of a sister site": {"/account", "same-site", "cors", "empty", 403},
		"what is public":            {"/open", "cross-site", "no-cors", "image", 200},
	} {
		r := httptest.NewRequest("GET", test.path, nil)
		r.AddCookie(&http.Cookie{Name: "stoa-session", Value: "asha"})
		for header, value := range map[string]string{"Sec-Fetch-Site": test.site, "Sec-Fetch-Mode": test.mode, "Sec-Fetch-Dest": test.dest} {
			if value != "" {
				r.Header.Set(header, value)
			}
		}
		if w := f.do(r); w.Code != test.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, test.want)
		}
	}
}

func TestViolationsAreNoted(t *testing.T) {
	f := serve(t, web.Config{}, route("/x", web.Public, says("ok")))
	send := func(body string) int {
		r := httptest.NewRequest("POST", "/csp-report", strings.NewReader(body))
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		return f.do(r).Code
	}
	if code := send(`{"csp-report": {"document-uri": "https://x/account/cases/secret", "effective-directive": "script-src-elem", "blocked-uri": "https://evil.example/x.js?asha"}}`); code != 204 {
		t.Errorf("status %d", code)
	}
	said := f.log.String()
	if !strings.Contains(said, "event=csp.violation") || !strings.Contains(said, "blocked=https://evil.example") {
		t.Errorf("nothing is noted: %s", said)
	}
	for _, word := range []string{"secret", "asha", "x.js"} {
		if strings.Contains(said, word) {
			t.Errorf("the log holds %q: %s", word, said)
		}
	}
	for body, want := range map[string]int{"": 400, "[]": 400, `{"csp-report": {"blocked-uri": "inline"}}`: 204, strings.Repeat("x", 20<<10): 413} {
		if code := send(body); code != want {
			t.Errorf("%.20q: status %d, want %d", body, code, want)
		}
	}
	if w := f.get("/x"); !strings.Contains(w.Header().Get("Content-Security-Policy"), "report-uri /csp-report") {
		t.Error("browsers are not told where to report")
	}
}

func TestSigningOutLeavesNothing(t *testing.T) {
	f := serve(t, web.Config{}, web.Route{Method: "POST", Pattern: "/out", Area: web.Public, Action: policy.ServiceRead,
		Handle: func(w http.ResponseWriter, r *web.Request) error { r.SignOut(w); return r.Redirect(w, "/") }})
	if got := f.do(httptest.NewRequest("POST", "/out", nil)).Header().Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data: %s", got)
	}
}
