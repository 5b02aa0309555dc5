package site_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"stoa/internal/passkey"
	"stoa/internal/passkey/passkeytest"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/totp"
	"stoa/internal/view"
)

// withPasskeys opens a town whose site has a name that devices know.
func withPasskeys(t *testing.T) (*town, *passkeytest.Device) {
	t.Helper()
	tn := open(t, true)
	party, err := passkey.New("http://localhost:80")
	if err != nil {
		t.Fatal(err)
	}
	tn.flow.Ways.Passkeys = party
	return tn, passkeytest.New("http://localhost:80", "localhost", rand.Reader)
}

// askDevice posts as the script does.
func (b *browser) askDevice(path string) (ceremony string, options []byte) {
	b.t.Helper()
	a := b.post(path, v())
	var asked struct {
		Ceremony string
		Options  json.RawMessage
	}
	if err := json.Unmarshal([]byte(a.body), &asked); err != nil || a.status != 200 {
		b.t.Fatalf("%s: %d, %v: %s", path, a.status, err, text(a.body))
	}
	return asked.Ceremony, asked.Options
}

func (b *browser) addPasskey(d *passkeytest.Device) {
	b.t.Helper()
	ceremony, options := b.askDevice("/account/security/passkeys/ask")
	answer, err := d.Make(options)
	if err != nil {
		b.t.Fatal(err)
	}
	to, page := b.follow("/account/security/passkeys", v("ceremony", ceremony, "answer", string(answer), "name", "My phone"))
	if to != "/account/security?told=passkey" || !strings.Contains(page.body, "My phone") {
		b.t.Fatalf("%s: %s", to, text(page.body))
	}
}

func TestAPasskeyOnThePages(t *testing.T) {
	tn, device := withPasskeys(t)
	b := tn.browser()
	b.signIn("asha@example.org")
	if page := b.get("/account/security"); !strings.Contains(page.body, "Where you are signed in") || strings.Contains(page.body, "My phone") {
		t.Fatal(text(page.body))
	}
	if page := b.get("/account/security/passkeys"); !strings.Contains(page.body, `data-passkey="create"`) || !strings.Contains(page.body, "hidden novalidate") {
		t.Fatal(text(page.body))
	}
	b.addPasskey(device)
	other := tn.browser()
	ceremony, options := other.askDevice("/sign-in/passkey/ask")
	answer, err := device.Use(options)
	if err != nil {
		t.Fatal(err)
	}
	form := v("ceremony", ceremony, "answer", string(answer), "to", "/account/security")
	to, page := other.follow("/sign-in/passkey", form)
	if to != "/account/security" || !strings.Contains(page.body, "My phone") {
		t.Fatalf("%s: %s", to, text(page.body))
	}
	if a := tn.browser().post("/sign-in/passkey", form); a.status != 422 || !strings.Contains(a.body, "Begin again") {
		t.Errorf("the same answer again: %d", a.status)
	}
	remove := regexp.MustCompile(`/account/security/passkeys/[0-9a-z]+/remove`).FindString(page.body)
	if a := tn.browser().post(remove, v()); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in") {
		t.Errorf("removing by a stranger: %d %s", a.status, a.to)
	}
	stranger := tn.browser()
	stranger.signIn("ben@example.org")
	if a := stranger.post(remove, v()); a.status != 404 {
		t.Errorf("removing by somebody else: %d", a.status)
	}
	other.get(remove)
	_, page = other.follow(remove, v())
	if strings.Contains(page.body, "My phone") {
		t.Error("it is still there")
	}
	if a := b.get("/account"); a.status != 303 {
		t.Error("the other session goes on after a key was removed")
	}
}

func TestSigningInFromAnotherSiteIsRefused(t *testing.T) {
	tn, _ := withPasskeys(t)
	b := tn.browser()
	b.signIn("asha@example.org")
	for _, path := range []string{"/sign-in/passkey", "/sign-in/passkey/ask", "/sign-in/confirm", "/account/security/passkeys", "/account/security/app/new", "/account/security/sessions/end", "/sign-in/link", "/sign-in/with/x"} {
		r := httptest.NewRequest("POST", path, strings.NewReader(""))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if a := b.do(r); a.status != 403 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// TestAStaleFormIsCarried: a form of keys that comes too late goes through the question whether it is still the same person,
// without scripts, and arrives as it was.
func TestAStaleFormIsCarried(t *testing.T) {
	tn, _ := withPasskeys(t)
	b := tn.browser()
	b.signIn("asha@example.org")
	b.clock.Advance(policy.FreshFor + time.Second)
	if a := b.get("/account/security/passkeys"); a.status != 303 || a.to != "/sign-in/confirm?to=%2Faccount%2Fsecurity%2Fpasskeys" {
		t.Fatalf("%d %s", a.status, a.to)
	}
	question := b.post("/account/security/app/new", v("form-key", "k1", "typed", "some <words> & more", "typed", "twice"))
	fields := hidden(question.body)
	if question.status != 200 || fields.Get("carried") != "/account/security/app/new" || len(fields["carried.typed"]) != 2 {
		t.Fatalf("%d %v", question.status, fields)
	}
	fields.Set("do", "send")
	b.clock.Advance(time.Second)
	sent := b.post("/sign-in/confirm", fields)
	fields = hidden(sent.body)
	fields.Set("code", "000000")
	wrong := b.post("/sign-in/confirm", fields)
	if wrong.status != 422 {
		t.Errorf("a wrong code: %d", wrong.status)
	}
	fields = hidden(wrong.body)
	fields.Set("code", b.lastCode())
	old := b.session()
	go_on := b.post("/sign-in/confirm", fields)
	if go_on.status != 200 || b.session() == old {
		t.Fatalf("%d, the session is the same: %v", go_on.status, b.session() == old)
	}
	fields = hidden(go_on.body)
	want := url.Values{"form-key": {"k1"}, "typed": {"some <words> & more", "twice"}}
	if fields.Encode() != want.Encode() || !strings.Contains(go_on.body, `action="/account/security/app/new"`) {
		t.Fatalf("what arrives is %v", fields)
	}
	if to, _ := b.follow("/account/security/app/new", fields); to != "/account/security/app" {
		t.Error(to)
	}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// hidden are the hidden fields of the form that a page is about: all but the sign-out button's.
func hidden(body string) url.Values {
	f := url.Values{}
	unescape := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&")
	for _, m := range hiddenField.FindAllStringSubmatch(body[strings.Index(body, "<main"):], -1) {
		if m[1] != "ceremony" && m[1] != "answer" {
			f.Add(m[1], unescape.Replace(m[2]))
		}
	}
	for name, values := range f { // several forms of one page carry the same
		if name == "to" || name == "carried" {
			f[name] = values[:1]
		}
	}
	return f
}

func (b *browser) lastCode() string {
	b.t.Helper()
	mails, _, err := b.view.Demonstration().Mailbox(b.t.Context(), view.Reader{P: b.flow.Words.For("en")}, 1)
	if err != nil || len(mails) == 0 {
		b.t.Fatal(err)
	}
	return regexp.MustCompile(`\b\d{6}\b`).FindString(mails[0].Text)
}

func TestAnAppOnThePages(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	b.signIn("asha@example.org")
	_, page := b.follow("/account/security/app/new", v())
	if !strings.Contains(page.body, "<svg") {
		t.Fatal(text(page.body))
	}
	who, err := b.flow.Session(t.Context(), b.session())
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := tn.flow.Identity().AppSecret(t.Context(), who)
	if err != nil || !strings.Contains(strings.ReplaceAll(page.body, " ", ""), totp.Text(secret)) {
		t.Fatal("the secret is not on the page", err)
	}
	shown := b.post("/account/security/app", v("code", totp.Code(secret, totp.StepAt(b.clock.Now()))))
	codes := regexp.MustCompile(`\b[a-z2-7]{5}-[a-z2-7]{5}\b`).FindAllString(text(shown.body), -1)
	if shown.status != 200 || len(codes) != 10 {
		t.Fatalf("%d, %v", shown.status, codes)
	}
	again := tn.browser()
	again.clock.Advance(time.Minute)
	to, _ := again.follow("/sign-in", v("email", "asha@example.org", "to", "/account/bills"))
	second, _ := again.follow(strings.Split(to, "?")[0], v("code", again.lastCode(), "to", "/account/bills"))
	if !strings.HasPrefix(second, "/sign-in/second/") {
		t.Fatal(second)
	}
	path := strings.Split(second, "?")[0]
	if a := again.post(path, v("code", "aaaaa-aaaaa")); a.status != 422 {
		t.Errorf("a wrong recovery code: %d", a.status)
	}
	if to, _ := again.follow(path, v("code", codes[3], "to", "/account/bills")); to != "/account/bills" {
		t.Error(to)
	}
}

// TestAServiceAsksForMore: the file names the level; the draft waits while its holder signs in better, and is sent then.
func TestAServiceAsksForMore(t *testing.T) {
	tn := open(t, true)
	j := *tn.flow.Docket.Releases.Current()
	b := tn.browser()
	draft := b.food()
	var s *service.Service
	for _, one := range j.Services {
		if one.ServiceFile.Service == "food-business-registration" {
			s = one
		}
	}
	s.Assurance = "substantial"
	check := b.get(draft + "/check")
	if strings.Contains(check.body, "Send application") || !strings.Contains(check.body, "level=substantial") {
		t.Fatal("the page offers to send it: " + text(check.body))
	}
	r := httptest.NewRequest("POST", "http://test"+draft+"/submit", strings.NewReader("declared=yes"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Referer", "http://test"+draft+"/check")
	refused := b.do(r)
	if refused.status != 303 || refused.to != "/sign-in?to="+url.QueryEscape(draft+"/check")+"&level=substantial" {
		t.Fatalf("%d %s", refused.status, refused.to)
	}
	b.signIn("asha@example.org") // a code by mail is not enough
	if a := b.post(draft+"/submit", v("declared", "yes")); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in?") {
		t.Fatalf("a code by mail: %d %s", a.status, a.to)
	}
	page := b.get(refused.to)
	if !strings.Contains(page.body, "/demo?to=") || strings.Contains(page.body, "Send the code") {
		t.Fatal(text(page.body))
	}
	var email string
	if err := tn.flow.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		who, err := tn.flow.People.ByEmail(ctx, tx, "asha@example.org")
		email = who.Email
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if to, _ := b.follow("/demo/sign-in", v("email", email, "to", draft+"/check")); to != draft+"/check" {
		t.Fatal(to)
	}
	if to, _ := b.follow(draft+"/submit", v("declared", "yes")); to != draft+"/done" {
		t.Error(to)
	}
}
