package site_test

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"stoa/internal/inquiry"
)

func asking(t *testing.T) *town {
	t.Helper()
	tn := open(t, true)
	if err := tn.flow.DB.Migrate(t.Context(), inquiry.Migrations()); err != nil {
		t.Fatal(err)
	}
	return tn
}

// says asks, and gives the page that follows: a browser leaves out what stands behind the #.
func (b *browser) says(question string) answer {
	b.t.Helper()
	if a := b.post("/ask", v("q", question)); a.status != 303 || a.to != "/ask#latest" {
		b.t.Errorf("%q leads to %d %s", question, a.status, a.to)
	}
	a := b.get("/ask")
	if a.status != 200 || !strings.Contains(a.body, `id="latest"`) {
		b.t.Errorf("%q: %d without an answer", question, a.status)
	}
	return a
}

func TestAConversationInPages(t *testing.T) {
	tn := asking(t)
	b := tn.browser()
	if a := b.post("/ask", v("q", "")); a.status != 422 {
		t.Errorf("an empty question: %d", a.status)
	}
	a := b.says("How much does a temporary event notice cost?")
	if !strings.Contains(a.body, "The fee is") || !strings.Contains(a.body, "£21.00") || !strings.Contains(a.body, "Licensing Act 2003 (Fees) Regulations 2005") {
		t.Error(text(a.body))
	}
	if a := b.post("/ask", v("q", "من يمكنه تقديم إشعار فعالية مؤقتة؟")); a.status != 303 || a.to != "/ask?lang=ar#latest" {
		t.Errorf("asked in Arabic: %d %s", a.status, a.to)
	}
	if a := tn.browser().get("/ask"); strings.Contains(a.body, "£21.00") {
		t.Error("another browser sees the conversation")
	}
	b.follow("/ask", v("do", "forget"))
	if a := b.get("/ask"); a.status != 200 || strings.Contains(a.body, "£21.00") {
		t.Error("the conversation was not forgotten")
	}
}

// TestAConversationInParts: a script gets what a page would show, line by line.
func TestAConversationInParts(t *testing.T) {
	tn := asking(t)
	b := tn.browser()
	r := httptest.NewRequest("POST", "/ask", strings.NewReader(v("q", "How much does a temporary event notice cost?").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/x-ndjson")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	a := b.do(r)
	var part struct{ HTML string }
	if err := json.Unmarshal([]byte(a.body), &part); a.status != 200 || err != nil {
		t.Fatal(a.status, err, a.body)
	}
	if page := b.get("/ask"); !strings.Contains(part.HTML, "£21.00") || !strings.Contains(part.HTML, `id="latest"`) || !strings.Contains(keyless(page.body), keyless(part.HTML)) {
		t.Error("the page shows something else", part.HTML, page.body)
	}
}

// keyless is a page without what differs each time.
func keyless(html string) string { return formKeys.ReplaceAllString(html, "") }

var formKeys = regexp.MustCompile(`name="form-key" value="[^"]*"`)

func TestMarkupInAQuestionStaysText(t *testing.T) {
	tn := asking(t)
	b := tn.browser()
	if a := b.says(`<script>alert(1)</script> <img src=x onerror=alert(1)>`); strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") {
		t.Error("what was typed is markup")
	}
}

// TestOneOwnCasesAreToldToThemAlone and are not kept with the conversation.
func TestOnesOwnCasesAreToldToThemAlone(t *testing.T) {
	tn := asking(t)
	b := tn.browser()
	draft := b.food()
	b.follow(draft+"/submit", v("declared", "yes"))
	a := b.says("Where is my application?")
	if !strings.Contains(a.body, "Sign in") || strings.Contains(a.body, "FBR-") {
		t.Errorf("a stranger is told %s", text(a.body))
	}
	b.signIn("asha@example.org")
	if a := b.get("/ask"); !strings.Contains(a.body, "FBR-") {
		t.Errorf("the applicant is told %s", text(a.body))
	}
	b.follow("/sign-out", v())
	if a := b.get("/ask"); strings.Contains(a.body, "FBR-") {
		t.Error("what was told stays when the applicant has gone")
	}
}

func TestAConversationIsHandedOver(t *testing.T) {
	tn := asking(t)
	b := tn.browser()
	b.says("May I keep bees on the roof of the town hall?")
	to, _ := b.follow("/ask", v("do", "person"))
	if !strings.HasPrefix(to, "/apply/") {
		t.Fatal(to)
	}
	if a := b.get(to + "/question"); !strings.Contains(a.body, "May I keep bees") {
		t.Errorf("%d %s", a.status, text(a.body))
	}
	if a := tn.browser().get(to + "/question"); a.status != 404 {
		t.Errorf("a stranger reads it: %d", a.status)
	}
}
