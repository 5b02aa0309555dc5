package site_test

import (
	"regexp"
	"strings"
	"testing"
)

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
