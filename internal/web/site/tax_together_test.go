package site_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// brewery is Greenvale where Mill Lane Brewing Ltd, of whose two directors both must agree, keeps the Wickfield Hotel.
func brewery(t *testing.T) fs.FS {
	t.Helper()
	from, files := os.DirFS("../../../jurisdictions/greenvale"), fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(from, path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	change := func(path, old, now string) {
		text := string(files[path].Data)
		if !strings.Contains(text, old) {
			t.Fatalf("%s has no %q", path, old)
		}
		files[path].Data = []byte(strings.ReplaceAll(text, old, now))
	}
	change("registers/visitor-premises.yaml", "  - {id: liable_since", "  - {id: company, title: {en: Company, ar: الشركة}, type: text, public: true}\n  - {id: liable_since")
	change("registers/visitor-premises.csv", "email,liable_since", "email,liable_since,company")
	change("registers/visitor-premises.csv", "-01\n", "-01,\n")
	change("registers/visitor-premises.csv", "Wickfield Hotel Ltd,,2026-07-01,", "Mill Lane Brewing Ltd,,2026-07-01,GB-COH-99002444")
	change("taxes/visitor-levy.yaml", "email: email, since", "email: email, company: company, since")
	change("taxes/visitor-levy.yaml", "on_behalf: [accountant", "on_behalf: [company, accountant")
	change("registers/businesses.yaml", "second_director_email]}", "second_director_email], together: two}")
	return files
}

// director signs in and acts for the brewery.
func (o *revenues) director(email string) *browser {
	o.t.Helper()
	b := o.browser()
	b.signIn(email)
	says(o.t, b.get("/account/acting"), 200, "Mill Lane Brewing Ltd")
	b.post("/account/acting/claim", v("register", "businesses", "record", "GB-COH-99002444", "form-key", email))
	return b
}

// TestTwoDirectorsDeclare: one prepares, the other refuses it with a reason, and in the end both names stand on it.
func TestTwoDirectorsDeclare(t *testing.T) {
	o := taxedIn(t, openWith(t, true, brewery(t)), "2026-07-02")
	o.bill("visitor-levy", "2026-07-01")
	o.on("2026-08-10")
	tessa, ravi := o.director("tessa@example.com"), o.director("ravi@example.com")
	account := regexp.MustCompile(`/account/taxes/[0-9a-z]+`).FindString(tessa.get("/account/taxes").body)
	declare := account + "/declare/2026-07-01"
	answers := v("charges", "1000.00", "nights", "20", "long_stays", "0", "exempt_stays", "0", "form-key", "t1")
	_, page := tessa.follow(declare+"/stays", answers)
	says(t, page, 200, "Who must agree", "Two representatives must agree. Until then nothing is declared.", "The last day to send it is", "30 August 2026", "Agree, and ask another")
	if strings.Contains(page.body, "I do not agree") {
		t.Error("who prepares it is asked whether they agree to it")
	}
	_, page = tessa.follow(declare, v("form-key", "t2"))
	says(t, page, 200, "You have agreed. A second representative must look at it", "Waits for a second agreement", "By 30 August 2026", "Agreed to a declaration")
	page = tessa.get(declare)
	if strings.Contains(page.body, "Agree, and ask another") || strings.Contains(page.body, "Agree and send") {
		t.Error("who has agreed agrees once more")
	}
	says(t, ravi.get(account), 200, "Waits for a second agreement")
	says(t, ravi.get(declare), 200, "Agreed to this as it stands:", "tessa@example.com", "Agree and send", "I do not agree")
	says(t, ravi.post(declare, v("do", "decline", "why", "", "form-key", "r1")), 422, "Say what is to be changed")
	_, page = ravi.follow(declare, v("do", "decline", "why", "A week is missing.", "form-key", "r2"))
	says(t, page, 200, "You have not agreed. We have told the others why.", "To be declared", "Did not agree to a declaration")
	answers.Set("nights", "30")
	answers.Set("form-key", "t3")
	tessa.follow(declare+"/stays", answers)
	tessa.follow(declare, v("form-key", "t4"))
	to, page := ravi.follow(declare, v("form-key", "r3"))
	if to != declare+"/done" {
		t.Fatalf("the second was led to %s: %s", to, text(page.body))
	}
	says(t, page, 200, "Declaration received", "Sent by", "tessa@example.com and ravi@example.com", "Mill Lane Brewing Ltd")
}
