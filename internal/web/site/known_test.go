package site_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// begunAs begins a premises licence as somebody who has signed in.
func (b *browser) begunAs(email string) string {
	b.t.Helper()
	b.signIn(email)
	form := b.get("/services/premises-licence/check")
	a := b.post("/apply/premises-licence/start", v("form-key", key(form.body)))
	if a.status != 303 {
		b.t.Fatalf("starting: %d %s", a.status, text(a.body))
	}
	return a.to
}

// TestWeAlreadyKnow: the list before the questions, the question itself, its use, and what others with the link get.
func TestWeAlreadyKnow(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.begunAs("ada@example.com")
	tasks := b.get(draft)
	for _, want := range []string{"We already know", "Bell and Anchor", "Register of businesses, record GV-ST-0003", "Use what you know"} {
		if !strings.Contains(tasks.body, want) {
			t.Errorf("the tasks do not say %q: %s", want, text(tasks.body))
		}
	}
	page := b.get(draft + "/place")
	for _, want := range []string{"We already know this", "Use this: Bell and Anchor", "This is wrong", "I would rather type it myself", `name="known-trading_name"`, `value="use:GV-ST-0003"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the question does not say %q", want)
		}
	}
	b.follow(draft+"/known", v("form-key", key(tasks.body)))
	check := b.get(draft + "/check")
	if !strings.Contains(text(check.body), "From: Register of businesses, record GV-ST-0003, as of") || !strings.Contains(check.body, "7 Market Square") {
		t.Errorf("the summary: %s", text(check.body))
	}

	// Who holds the token and has not signed in is led to sign in; nobody else gets anything.
	holder := tn.browser()
	for _, c := range b.cookies {
		if strings.Contains(c.Name, "draft") || c.Path != "/" {
			holder.cookies = append(holder.cookies, c)
		}
	}
	if a := holder.get(draft + "/check"); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in?to=") {
		t.Errorf("the holder of the link: %d %s", a.status, a.to)
	}
	holder.signIn("ben@example.org")
	if a := holder.get(draft + "/place"); a.status != 404 || strings.Contains(a.body, "Bell and Anchor") {
		t.Errorf("another person with the link: %d", a.status)
	}
	looks := b.get("/account/looks")
	if looks.status != 200 || !strings.Contains(looks.body, "Register of businesses") {
		t.Errorf("who looked: %d %s", looks.status, text(looks.body))
	}
}

// TestWithoutSigningInItIsAnOrdinaryQuestion: nothing of it is on the page, and nothing is recorded.
func TestWithoutSigningInItIsAnOrdinaryQuestion(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	form := b.get("/services/premises-licence/check")
	draft := b.post("/apply/premises-licence/start", v("form-key", key(form.body))).to
	page := b.get(draft + "/place")
	if page.status != 200 || strings.Contains(page.body, "already know") || strings.Contains(page.body, "known-") {
		t.Errorf("%d %s", page.status, text(page.body))
	}
}

// TestAWrongRecordIsToldAndTheRightAnswerTyped: refused answers need their own, and the page says that it was reported.
func TestAWrongRecordIsToldAndTheRightAnswerTyped(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.begunAs("ada@example.com")
	page := b.get(draft + "/place")
	wrong := url.Values{"form-key": {key(page.body)}, "known-trading_name": {"wrong"}, "known-place": {"use:GV-ST-0003"}}
	a := b.post(draft+"/place", wrong)
	if !strings.Contains(a.body, "There is a problem") {
		t.Fatalf("wrong without a right answer: %d %s", a.status, text(a.body))
	}
	wrong.Set("form-key", key(a.body))
	wrong.Set("trading_name", "The Bell")
	if a = b.post(draft+"/place", wrong); a.status != 303 {
		t.Fatalf("with a right answer: %d %s", a.status, text(a.body))
	}
	page = b.get(draft + "/place")
	if !strings.Contains(page.body, "We have told Trading Standards") || !regexp.MustCompile(`value="wrong"[^>]*checked`).MatchString(page.body) {
		t.Errorf("afterwards: %s", text(page.body))
	}
	if check := text(b.get(draft + "/check").body); !strings.Contains(check, "The Bell") || !strings.Contains(check, "is said to be wrong") {
		t.Errorf("the summary: %s", check)
	}
}
