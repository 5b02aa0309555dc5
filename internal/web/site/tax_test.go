package site_test

import (
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"stoa/internal/access"
	"stoa/internal/appointment"
	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/blob"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/flow"
	"stoa/internal/insight"
	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/tax"
	"stoa/internal/treasury"
	"stoa/internal/vault"
	"stoa/internal/view"
)

// revenues is a town whose treasury works.
type revenues struct {
	*town
	jobs      *job.Runner
	olu, cleo policy.Actor // an officer, and a supervisor
	n         int
}

// taxed opens the town on a day with its books and its tax office.
func taxed(t *testing.T, day string) *revenues {
	t.Helper()
	return taxedIn(t, open(t, true), day)
}

func taxedIn(t *testing.T, tn *town, day string) *revenues {
	t.Helper()
	o := &revenues{town: tn}
	o.on(day)
	err := o.flow.DB.Migrate(t.Context(), job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(), insight.Migrations(), record.Migrations(),
		notify.Migrations(), mandate.Migrations(), appointment.Migrations(), access.Migrations(), release.Migrations(), ledger.Migrations(), bill.Migrations(), pay.Migrations(), bank.Migrations(), tax.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	keys := o.flow.People.Vault
	books := &treasury.Treasury{Bills: &bill.Bills{Vault: keys}, Payments: &pay.Pay{Vault: keys}, Ledger: &ledger.Ledger{}}
	o.flow.Money = &flow.Money{Treasury: books, Exceptions: &pay.Exceptions{Vault: keys}, Tills: &pay.Tills{Vault: keys}, Bank: &bank.Bank{Vault: keys}, Taxes: &tax.Taxes{Vault: keys}, Requests: &tax.Requests{Vault: keys}}
	o.view.Money = view.Money{Treasury: books, Exceptions: o.flow.Money.Exceptions, Tills: o.flow.Money.Tills, Bank: o.flow.Money.Bank, Taxes: o.flow.Money.Taxes}
	o.jobs = job.NewRunner(o.flow.DB, slog.New(slog.NewTextHandler(io.Discard, nil)))
	o.jobs.HandleTx(flow.TaxRunJob, o.flow.Taxation().WorkRun)
	if err := o.flow.Publish(t.Context(), policy.Actor{System: true}, o.flow.Docket.Releases.Current()); err != nil { // once more: now there are books to open
		t.Fatal(err)
	}
	o.olu, o.cleo = o.staff("Olu Revenue", policy.Officer), o.staff("Cleo Chief", policy.Supervisor)
	return o
}

func (o *revenues) staff(name string, role policy.Role) policy.Actor {
	o.t.Helper()
	a := policy.Actor{Name: name, Grants: []policy.Grant{{Role: role, Organisation: "revenues"}}}
	var err error
	if a.Person, err = o.flow.AddStaff(o.t.Context(), policy.Actor{System: true}, flow.AddStaff{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@town.example", Language: "en", Grants: a.Grants}); err != nil {
		o.t.Fatal(err)
	}
	return a
}

// on sets the clock to noon of a day.
func (o *revenues) on(day string) {
	d := calendar.MustDate(day)
	o.clock.Set(time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, time.UTC))
}

func (o *revenues) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *revenues) work() {
	o.t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = o.jobs.RunDue(o.t.Context())
		o.must(err)
	}
}

// bill assesses a tax for the period of a day and publishes it.
func (o *revenues) bill(taxID, begins string) {
	o.t.Helper()
	o.n++
	today := o.flow.Docket.Releases.Current().Calendar.DateOf(o.clock.Now())
	run, err := o.flow.Taxation().StartRun(o.t.Context(), o.olu, flow.StartRun{Tax: taxID, Begins: calendar.MustDate(begins), Issued: today, Key: "run" + begins + taxID})
	o.must(err)
	o.work()
	seen, err := o.view.TaxOffice().Run(o.t.Context(), view.Reader{Actor: o.cleo, P: o.flow.Words.For("en")}, run, "")
	o.must(err)
	if seen.Declared { // it has opened the accounts, and nothing is charged before anybody declares
		return
	}
	if seen.Failed > 0 || !seen.CanPublish {
		o.t.Fatalf("the run has %d problems: %+v", seen.Failed, seen.Problems)
	}
	o.must(o.flow.Taxation().PublishRun(o.t.Context(), o.cleo, flow.PublishRun{Run: run, Version: seen.Version, Key: "publish" + run}))
	o.work()
}

// path finds the first address of a kind on a page.
func path(t testing.TB, a answer, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindString(a.body)
	if found == "" {
		t.Fatalf("no address like %s in: %s", pattern, text(a.body))
	}
	return found
}

func says(t testing.TB, a answer, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, text(a.body))
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("no %q in: %s", w, text(a.body))
		}
	}
}

// TestABillOpensIntoRuleFigureSourceAndFact walks a resident through their bill, a claim, another number of instalments and
// an objection.
func TestABillOpensIntoRuleFigureSourceAndFact(t *testing.T) {
	o := taxed(t, "2026-07-06")
	o.bill("council-tax", "2026-04-01")
	b := o.browser()
	b.signIn("peter@example.com")
	says(t, b.get("/account"), 200, "/account/taxes")
	list := b.get("/account/taxes")
	account := path(t, list, `/account/taxes/[0-9a-z]+`)
	own := b.get(account)
	says(t, own, 200, "Account", "Change the number of instalments", "Single person discount", "Register")
	bill := b.get(path(t, own, `/account/bills/[0-9a-z]+`))
	says(t, bill, 200, "How it comes to this", "Council tax of the band", // the rule
		"Council tax of band D for the year", "£2,514.96", "in force since 1 April 2026", // the figure
		"setting of council tax 2026-27", "section 5(1)", // its source, and the law of the rule
		"Council tax band", "in the register", "Adults who count") // what is known
	o.claim(b, account)
	b.follow(account+"/instalments", v("number", "12", "form-key", "twelve"))
	says(t, b.get(account), 200, "12 instalments")
	o.object(b, account)

	other := o.browser()
	other.signIn("ben@example.org")
	for _, p := range []string{account, path(t, own, account+`/assessments/[0-9a-z]+`), account + "/instalments", account + "/claim/adults_who_count",
		path(t, own, account+`/object/[0-9a-z]+`), path(t, own, `/account/bills/[0-9a-z]+`)} {
		if a := other.get(p); a.status != 404 {
			t.Errorf("%s for somebody else: %d", p, a.status)
		}
	}
	if a := other.post(account+"/instalments", v("number", "10", "form-key", "x")); a.status != 404 {
		t.Errorf("somebody else chooses instalments: %d", a.status)
	}
}

// claim claims that one adult counts from 1 September, which an officer grants.
func (o *revenues) claim(b *browser, account string) {
	o.t.Helper()
	form := account + "/claim/adults_who_count"
	says(o.t, b.get(form), 200, "25% less", "certificate from the college", "From which day")
	says(o.t, b.post(form, v("adults_who_count", "", "form-key", "k1")), 422, "There is a problem", "Confirm that what you say is right")
	says(o.t, b.post(form, v("adults_who_count", "many", "from-day", "1", "from-month", "9", "from-year", "2026", "sure", "yes", "form-key", "k2")), 422, "There is a problem")
	a := b.upload(form, "files", "proof.pdf", []byte(paperPDF), "adults_who_count", "1", "from-day", "1", "from-month", "9", "from-year", "2026", "sure", "yes", "form-key", "k3")
	if a.status != 303 {
		o.t.Fatalf("the claim: %d %s", a.status, text(a.body))
	}
	request := strings.Split(a.to, "?")[0]
	page := b.get(a.to)
	says(o.t, page, 200, "We have received your claim", "Being looked at", "proof.pdf")
	if got := b.get(path(o.t, page, account+`/files/[0-9a-z]+`)); got.status != 200 || !strings.HasPrefix(got.body, "%PDF") {
		o.t.Errorf("the evidence: %d", got.status)
	}
	id := request[strings.LastIndexByte(request, '/')+1:]
	o.must(o.flow.Taxation().DecideClaim(o.t.Context(), o.olu, flow.DecideClaim{Request: id, Version: 1, Grant: true, Answer: "Seen.", Key: "grant"}))
	says(o.t, b.get(request), 200, "Granted", "Seen.")
	own := b.get(account)
	says(o.t, own, 200, "A claim was granted", "Replaced by a later one")
	bill := b.get(path(o.t, own, `/account/bills/[0-9a-z]+`))
	says(o.t, bill, 200, "Assessed more than once", "Adults who count", "from 1 September 2026", "1 September 2026 to 31 March 2027", "since 1 September 2026")
}

// object objects to the assessment that counts, and takes it back.
func (o *revenues) object(b *browser, account string) {
	o.t.Helper()
	form := path(o.t, b.get(account), account+`/object/[0-9a-z]+`)
	says(o.t, b.get(form), 200, "The home is exempt", "Valuation Tribunal")
	says(o.t, b.post(form, v("text", "Wrong", "form-key", "o1")), 422, "Choose why you object")
	to, page := b.follow(form, v("ground", "exempt", "text", "We are students.", "form-key", "o2"))
	says(o.t, page, 200, "We have received your objection", "We are students.")
	to, page = b.follow(strings.Split(to, "?")[0], v("form-key", "o3"))
	says(o.t, page, 200, "You have taken it back")
	_ = to
}

// TestAMonthIsDeclaredAmendedAndPaid walks an inn through its declaration.
func TestAMonthIsDeclaredAmendedAndPaid(t *testing.T) {
	o := taxed(t, "2026-07-02")
	o.bill("visitor-levy", "2026-07-01")
	o.on("2026-08-10")
	b := o.browser()
	b.signIn("ada@example.com")
	account := ""
	for _, p := range regexp.MustCompile(`/account/taxes/[0-9a-z]+`).FindAllString(b.get("/account/taxes").body, -1) {
		if strings.Contains(b.get(p).body, "Visitor levy") {
			account = p
		}
	}
	own := b.get(account)
	says(t, own, 200, "July 2026", "To be declared", "By 30 August 2026")
	declare := account + "/declare/2026-07-01"
	first := b.get(declare)
	if first.status != 303 || !strings.HasSuffix(first.to, "/stays") {
		t.Fatalf("the beginning: %d %s", first.status, first.to)
	}
	says(t, b.get(first.to), 200, "What did guests pay for their stays?", "Save for later")
	says(t, b.post(first.to, v("charges", "1000", "nights", "900", "long_stays", "0", "form-key", "r1")), 422, "That is more than your rooms hold", "There is a problem", `value="1000"`)
	to, page := b.follow(first.to, v("charges", "1000.00", "nights", "20", "long_stays", "100", "exempt_stays", "0", "form-key", "r2"))
	if to != declare {
		t.Fatalf("a page without problems led to %s", to)
	}
	says(t, page, 200, "Check your declaration", "£44.10", "Levy collected", "Price of the nights that count", "Visitor Levy (Scotland) Act 2024")
	to, page = b.follow(declare, v("form-key", "r3"))
	says(t, page, 200, "Declaration received", "£44.10", "Pay £44.10", "Change the declaration")
	says(t, b.get(account), 200, "Sent")
	b.follow(first.to, v("charges", "1200.00", "nights", "20", "long_stays", "100", "exempt_stays", "0", "form-key", "r4"))
	says(t, b.get(declare), 200, "£44.10 counted before", "£53.90")
	_, page = b.follow(declare, v("form-key", "r5"))
	says(t, page, 200, "£53.90", "£1,200.00 instead of £1,000.00")
	_ = to
	for _, lang := range []string{"en", "ar"} {
		for _, p := range []string{"/taxes", "/taxes/council-tax", "/taxes/business-rates", "/taxes/visitor-levy", "/taxes/council-tax/estimate", "/taxes/council-tax/estimate?find=bridge", account, declare + "/done", first.to} {
			join := map[bool]string{true: "&", false: "?"}[strings.Contains(p, "?")]
			a := b.get(p + join + "lang=" + lang)
			if a.status != 200 || strings.Count(a.body, "<h1") != 1 || regexp.MustCompile(`>[^<]*\{[a-z_]+\}`).MatchString(a.body) {
				t.Errorf("%s in %s: %d, %d first headings", p, lang, a.status, strings.Count(a.body, "<h1"))
			}
		}
	}
}

// TestTaxesAreFound by those who do not know what they are called.
func TestTaxesAreFound(t *testing.T) {
	b := open(t, false).browser()
	says(t, b.get("/"), 200, "/taxes/council-tax")
	for words, want := range map[string]string{"single person discount": "/taxes/council-tax", "tourist tax": "/taxes/visitor-levy", "rateable value": "/taxes/business-rates"} {
		says(t, b.get("/services?q="+url.QueryEscape(words)), 200, want)
	}
	says(t, b.get("/taxes/council-tax"), 200, "Ninths of band D", "£2,395.86", "10 instalments, April to January", "Valuation Tribunal", "Somebody lives there")
	says(t, b.get("/taxes/nothing"), 404)
}

// TestAnEstimateIsTheWorkedExample holds what anybody can work out against the examples of the tax files.
func TestAnEstimateIsTheWorkedExample(t *testing.T) {
	b := open(t, false).browser()
	b.clock.Advance(120 * 24 * time.Hour) // into the year 2026-27
	for _, c := range []struct {
		tax  string
		ask  url.Values
		says []string
	}{
		{"council-tax", v("do", "show", "band", "D", "adults_who_count", "1"), []string{"£1,886.22", "Council tax of band D for the year", "£2,514.96", "setting of council tax 2026-27", "Discount where one adult counts", "Adults who count"}},
		{"council-tax", v("do", "show", "band", "E", "adults_who_count", "0"), []string{"£1,536.92"}},
		{"council-tax", v("do", "show", "band", "D", "adults_who_count", "2", "from-day", "15", "from-month", "9", "from-year", "2026"), []string{"£1,364.28", "198 days"}},
		{"council-tax", v("do", "show", "object", "D1081"), []string{"Answer “How many adults"}},
		{"business-rates", v("do", "show", "rateable_value", "12000", "small_business", "yes"), []string{"£0.00", "£5,184.00", "Small business rate relief"}},
		{"business-rates", v("do", "show", "rateable_value", "14000", "small_business", "yes"), []string{"£4,125.33"}},
		{"visitor-levy", v("do", "show", "rooms", "3", "charges", "450.00", "nights", "3", "long_stays", "0", "exempt_stays", "0"), []string{"£22.05"}},
		{"visitor-levy", v("do", "show", "rooms", "3", "charges", "100.00", "nights", "94", "long_stays", "0", "exempt_stays", "0"), []string{"That is more than your rooms hold in a month."}},
	} {
		a := b.get("/taxes/" + c.tax + "/estimate?" + c.ask.Encode())
		for _, said := range c.says {
			if !strings.Contains(a.body, said) {
				t.Errorf("%s of %s: %d, no %q in:\n%s", c.tax, c.ask.Encode(), a.status, said, text(a.body)[:600])
			}
		}
	}
}
