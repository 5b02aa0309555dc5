package site_test

import (
	"regexp"
	"strings"
	"testing"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/view"
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

// officer is a member of staff who works on food businesses.
func (tn *town) officer() policy.Actor {
	tn.t.Helper()
	grant := policy.Grant{Role: policy.Officer, Organisation: "environmental-health"}
	id, err := tn.flow.AddStaff(tn.t.Context(), policy.Actor{System: true}, flow.AddStaff{Name: "Tom Adeyemi", Email: "tom@town.example", Language: "en", Grants: []policy.Grant{grant}})
	if err != nil {
		tn.t.Fatal(err)
	}
	return policy.Actor{Person: id, Name: "Tom Adeyemi", Grants: []policy.Grant{grant}}
}

// act takes an officer's action on the case that the browser's person sees at a path.
func (b *browser) act(officer policy.Actor, path string, in flow.ActOnCase) {
	b.t.Helper()
	in.Case = path[strings.LastIndexByte(path, '/')+1:]
	who, err := b.flow.Session(b.t.Context(), b.session())
	if err != nil {
		b.t.Fatal(err)
	}
	seen, err := b.view.Case(b.t.Context(), view.Reader{Actor: who, P: b.flow.Words.For("en")}, in.Case)
	if err == nil {
		in.Version, in.Key = seen.Version, in.Action+" key"
		err = b.flow.ActOnCase(b.t.Context(), officer, in)
	}
	if err != nil {
		b.t.Fatalf("%s: %v", in.Action, err)
	}
}

// session is the browser's session.
func (b *browser) session() (token string) {
	for _, c := range b.cookies {
		if c.Name == "stoa-session" {
			token = c.Value
		}
	}
	return token
}

func TestFromAQuestionToALicenceThatAStrangerVerifies(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	draft := b.food()
	b.follow(draft+"/submit", v("declared", "yes"))
	b.signIn("asha@example.org")
	path := regexp.MustCompile(`/account/cases/[0-9a-z]+`).FindString(b.get("/account").body)
	tom := tn.officer()

	b.act(tom, path, flow.ActOnCase{Action: "ask", Text: "Which day do you open?"})
	page := b.get(path)
	if !strings.Contains(page.body, path+"/do/answer") || !strings.Contains(page.body, "Which day do you open?") {
		t.Fatalf("the request for information: %s", text(page.body))
	}
	page = b.get(path + "/do/answer")
	if !strings.Contains(page.body, "Which day do you open?") {
		t.Errorf("the answer's page does not show the question: %s", text(page.body))
	}
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page.body)[1]
	k := key(page.body)
	if a := b.post(path+"/do/answer", v("version", version, "form-key", k)); a.status != 422 {
		t.Errorf("an empty answer: %d", a.status)
	}
	answered := v("version", version, "form-key", k+"2", "text", "On 1 June.")
	b.follow(path+"/do/answer", answered)
	_, page = b.follow(path+"/do/answer", answered) // doubled: the same result
	if n := strings.Count(page.body, "On 1 June."); n != 1 {
		t.Errorf("the answer is there %d times", n)
	}
	if a := b.post(path+"/do/answer", v("version", version, "form-key", k+"3", "text", "stale")); a.status != 409 {
		t.Errorf("an answer to an earlier state of the case: %d", a.status)
	}

	b.act(tom, path, flow.ActOnCase{Action: "register", Decision: process.Decision{}})
	licence := regexp.MustCompile(`/account/licences/[0-9a-z]+`).FindString(b.get("/account").body)
	if licence == "" {
		t.Fatalf("no licence in the account: %s", text(b.get("/account").body))
	}
	page = b.get(licence)
	verify := regexp.MustCompile(`/verify/[0-9a-z]+`).FindString(page.body)
	if a := b.get(licence + "/pdf"); !strings.HasPrefix(a.body, "%PDF") {
		t.Errorf("the certificate's PDF: %d", a.status)
	}
	stranger := tn.browser()
	seen := stranger.get(verify)
	if seen.status != 200 || !strings.Contains(seen.body, "Genuine, and in force today") || !strings.Contains(seen.body, "Asha’s Kitchen") {
		t.Errorf("what a stranger sees: %d %s", seen.status, text(seen.body))
	}
	if n := strings.Count(seen.body, "<h1"); n != 1 {
		t.Errorf("%d first headings on the verification page", n)
	}
	for _, personal := range []string{"asha@example.org", "Asha Rao", "01632"} {
		if main := seen.body[strings.Index(seen.body, "<main"):strings.Index(seen.body, "</main>")]; strings.Contains(main, personal) {
			t.Errorf("a stranger sees %q", personal)
		}
	}
	number := regexp.MustCompile(`FB-\d+-\d+`).FindString(seen.body)
	if to := stranger.get("/verify?number=" + number).to; to != verify {
		t.Errorf("the number leads to %q, not %s", to, verify)
	}
	if a := stranger.get(licence); a.status != 303 {
		t.Errorf("the holder's page for a stranger: %d", a.status)
	}
	b.follow(licence+"/do/close", v("version", "1", "form-key", "close key", "text", "Sold"))
	if seen = stranger.get(verify); strings.Contains(seen.body, "in force today") || !strings.Contains(seen.body, "given up") {
		t.Errorf("after it was given up a stranger sees: %s", text(seen.body))
	}
}
