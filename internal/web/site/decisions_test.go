package site_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/process"
	"stoa/internal/service"
)

// TestDecisionsAreInTheOpen: a decision is in the register with its law, its reasons and the rules it was made by; names and
// own words are there only if the file in force says so, and a hidden one is nowhere.
func TestDecisionsAreInTheOpen(t *testing.T) {
	tn := open(t, true)
	stranger := tn.browser()
	if a := stranger.get("/decisions"); a.status != 200 || !strings.Contains(a.body, "Nothing found") {
		t.Errorf("before anything was decided: %d %s", a.status, text(a.body))
	}
	b := tn.browser()
	draft := b.food()
	b.follow(draft+"/submit", v("declared", "yes"))
	b.signIn("asha@example.org")
	path := regexp.MustCompile(`/account/cases/[0-9a-z]+`).FindString(b.get("/account").body)
	b.act(tn.officer(), path, flow.ActOnCase{Action: "register", Decision: process.Decision{}})
	id := path[strings.LastIndexByte(path, '/')+1:]

	secret := func(where string, a answer) {
		t.Helper()
		if a.status != 200 {
			t.Fatalf("%s: %d", where, a.status)
		}
		for _, personal := range []string{"Asha", "asha@", "01632 9", "FBR-"} {
			if main := a.body[strings.Index(a.body, "<main"):strings.Index(a.body, "</main>")]; strings.Contains(main, personal) {
				t.Errorf("%s tells %q", where, personal)
			}
		}
	}
	list, one := stranger.get("/decisions"), stranger.get("/decisions/"+id)
	secret("the register", list)
	secret("the decision", one)
	if !strings.Contains(list.body, "/decisions/"+id) || !strings.Contains(one.body, "are not shown here") || !strings.Contains(one.body, "/algorithms/service.food-business-registration") {
		t.Errorf("the decision: %s", text(one.body))
	}
	if a := stranger.get("/decisions?service=food-business-registration&outcome=granted&from=2020-01-01&until=2100-01-01"); !strings.Contains(a.body, "/decisions/"+id) {
		t.Errorf("asked for, it is not there: %s", text(a.body))
	}
	for _, none := range []string{"?service=premises-licence", "?outcome=refused", "?from=2100-01-01"} {
		if a := stranger.get("/decisions" + none); a.status != 200 || strings.Contains(a.body, "/decisions/"+id) {
			t.Errorf("%s: %d", none, a.status)
		}
	}
	for path, status := range map[string]int{"/decisions?from=yesterday": 422, "/decisions?outcome=%27": 404, "/decisions?before=x": 404, "/decisions/none": 404} {
		if a := stranger.get(path); a.status != status {
			t.Errorf("%s: %d, want %d", path, a.status, status)
		}
	}

	food := func() *service.Service {
		for _, s := range tn.flow.Docket.Releases.Current().Services {
			if s.Service == "food-business-registration" {
				return s
			}
		}
		return nil
	}()
	food.Decisions = &service.DecisionsFile{Show: []string{"about"}}
	if a := stranger.get("/decisions/" + id); !strings.Contains(a.body, "Asha’s Kitchen") {
		t.Errorf("where the file shows what it is about: %s", text(a.body))
	}
	food.Decisions = &service.DecisionsFile{Hide: true}
	if a, l := stranger.get("/decisions/"+id), stranger.get("/decisions"); a.status != 404 || strings.Contains(l.body, id) {
		t.Errorf("where the file hides it: %d", a.status)
	}
}

// TestAlgorithmsAreInTheOpen: all rules in force, with their text as it is, and no file besides.
func TestAlgorithmsAreInTheOpen(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	list := b.get("/algorithms")
	j := tn.flow.Docket.Releases.Current()
	if n := strings.Count(list.body, `href="/algorithms/`); n < len(j.Services)+len(j.Taxes) {
		t.Errorf("%d algorithms", n)
	}
	one := b.get("/algorithms/service.food-business-registration")
	if !strings.Contains(one.body, j.Services[0].Hash[:12]) || !strings.Contains(one.body, "without a person") {
		t.Errorf("%s", text(one.body))
	}
	file := b.get("/algorithms/service.food-business-registration/files/services/food-business-registration.yaml")
	if want := j.Services[0].Sources()["services/food-business-registration.yaml"]; file.body != string(want) || !strings.HasPrefix(file.header.Get("Content-Type"), "text/plain") {
		t.Errorf("the file: %d, %d bytes", file.status, len(file.body))
	}
	for _, none := range []string{"service.none", "service.food-business-registration/files/demo.yaml", "service.food-business-registration/files/../demo.yaml", "x"} {
		if a := b.get("/algorithms/" + none); a.status != 404 && a.status != 307 && a.status != 301 {
			t.Errorf("%s: %d", none, a.status)
		}
	}
	for _, tax := range j.Taxes {
		if a := b.get("/algorithms/tax." + tax.Tax); a.status != 200 {
			t.Errorf("%s: %d", tax.Tax, a.status)
		}
	}
}

// TestLatePromisesStandFirst, and one that was moved says when it was promised first.
func TestLatePromisesStandFirst(t *testing.T) {
	tn := open(t, true)
	tn.clock.Advance(314 * 24 * time.Hour) // 15 November 2026
	body := tn.browser().get("/commitments").body
	last := 0
	for _, title := range []string{"inspected within 28 days", "every payment in the open", "Market Square without steps", "answers in English and Arabic"} {
		at := strings.Index(body, title)
		if at < last {
			t.Errorf("%q stands at %d, behind %d", title, at, last)
		}
		last = at
	}
	for _, says := range []string{"4 promises, of which", "First promised for", "Late", "Kept", "Too little was decided yet to tell"} {
		if !strings.Contains(body, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
}
