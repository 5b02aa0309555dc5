package site_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"stoa/internal/view"
	"stoa/internal/web"
)

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

func TestTheUsualWayOfACaseComesFirst(t *testing.T) {
	tn := open(t, true)
	for service, want := range map[string]string{
		"food-business-registration": "Received, Registered / Waiting for you",
		"premises-licence":           "Waiting for the fee, Received, Open for comments, To be granted, Granted / Waiting for a hearing, With the police and the Home Office, Waiting for you",
	} {
		p, err := tn.view.Service(view.Reader{P: tn.flow.Words.For("en")}, service)
		if err != nil {
			t.Fatal(err)
		}
		titles := func(list []view.Stage) string {
			var all []string
			for _, s := range list {
				all = append(all, s.Title)
			}
			return strings.Join(all, ", ")
		}
		if got := titles(p.Steps) + " / " + titles(p.Otherwise); got != want {
			t.Errorf("%s: %s\nwant %s", service, got, want)
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
	if a := b.post("/demo/time", v("days", "1")); a.status != 404 {
		t.Errorf("letting time pass: %d", a.status)
	}
	if a := b.get("/"); strings.Contains(a.body, "/demo") {
		t.Error("the home page leads to the demo")
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
