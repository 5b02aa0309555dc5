package desk_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
	"stoa/internal/view"
	"stoa/internal/web/desk"
)

// revenues is an office that assesses taxes.
type revenues struct {
	*office
	jobs                          *job.Runner
	hannah, victor, salma, gareth policy.Actor // officer, two supervisors, auditor
}

func eachRevenues(t *testing.T, day string, test func(t *testing.T, o *revenues)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		o := &revenues{office: open(t, db, clock)}
		o.hannah, o.victor, o.salma, o.gareth = o.staff["Hannah"], o.staff["Victor"], o.staff["Salma"], o.staff["Gareth"]
		o.flow.Money.Requests = &tax.Requests{Vault: o.flow.Money.Taxes.Vault}
		o.jobs = job.NewRunner(db, slog.New(slog.DiscardHandler))
		o.jobs.HandleTx(flow.TaxRunJob, o.flow.Taxation().WorkRun)
		o.on(day)
		test(t, o)
	})
}

func (o *revenues) on(day string) {
	d := calendar.MustDate(day)
	o.clock.Set(time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, time.UTC))
}

func (o *revenues) work() {
	o.t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = o.jobs.RunDue(o.ctx)
		o.must(err)
	}
}

// post fills the form of a page to its own address and sends it.
func (o *revenues) post(a policy.Actor, path string, pairs ...string) answer {
	o.t.Helper()
	form := o.get(a, path).form(o.t, path+`" method="post`)
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return o.send(a, "POST", path, form)
}

// account is the account of an object.
func (o *revenues) account(taxID, object string) (a *tax.Account) {
	o.t.Helper()
	o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		list, err := o.flow.Money.Taxes.Accounts(ctx, tx, "revenues", taxID, object, "", 10)
		if err == nil && len(list) > 0 {
			a = list[len(list)-1]
		}
		return err
	}))
	if a == nil {
		o.t.Fatalf("%s has no account", object)
	}
	return a
}

// assessed runs a tax through the pages: started by the officer, published by the supervisor. It gives the run's address.
func (o *revenues) assessed(taxID string) string {
	o.t.Helper()
	started := o.post(o.hannah, "/desk/money/taxes/start/"+taxID, "begins", "2026-04-01", "issued", o.today().String())
	started.says(o.t, 303)
	run, _, _ := strings.Cut(started.Header().Get("Location"), "?")
	o.work()
	o.post(o.victor, run, "do", "publish").says(o.t, 303)
	o.work()
	return run
}

// A run is started by one person, looked through, taken back, started again, and published by another.
func TestARunIsPublishedByAnother(t *testing.T) {
	eachRevenues(t, "2026-07-06", func(t *testing.T, o *revenues) {
		start := "/desk/money/taxes/start/council-tax"
		o.post(o.hannah, start, "begins", "2026-04-01", "issued", "").says(t, 422, "Enter the day that the bills bear")
		started := o.post(o.hannah, start, "begins", "2026-04-01", "issued", "2026-07-06")
		started.says(t, 303)
		run, _, _ := strings.Cut(started.Header().Get("Location"), "?")
		o.get(o.hannah, run).says(t, 200, "Being worked out", "Look again")
		o.work()
		page := o.get(o.hannah, run)
		page.says(t, 200, "Ready to be looked through", "Disabled band reduction (taken off)", "£290,966.32", "120", "You started it: another person", "Take it back", "No run was published for the period before")
		if strings.Contains(page.text, "http-equiv") {
			t.Error("the page refreshes by itself")
		}
		form := page.form(t, run+`" method="post`)
		o.send(o.hannah, "POST", run, with(url.Values{"version": form["version"], "form-key": {"mine"}}, "do", "publish")).says(t, 403)
		o.send(o.hannah, "POST", run, with(url.Values{"version": form["version"], "form-key": {"undo"}}, "do", "undo")).says(t, 303)
		o.work()
		o.get(o.gareth, run).says(t, 200, "Taken back")
		run = o.assessed("council-tax")
		o.get(o.victor, run).says(t, 200, "Published", "£290,966.32", "Second home premium")
		o.get(o.gareth, "/desk/money/taxes").says(t, 200, "Council tax 2026-27", "Published")
	})
}

// An account is found by its number or its object, is looked at before the eyes of its holder, and changes from a day on.
func TestATaxAccountAtTheDesk(t *testing.T) {
	eachRevenues(t, "2026-07-06", func(t *testing.T, o *revenues) {
		o.assessed("council-tax")
		a := o.account("council-tax", "D1015")
		path := "/desk/money/taxes/accounts/" + a.ID
		for _, words := range []string{a.Number, "D1015"} {
			if to := o.get(o.gareth, "/desk/money/taxes/accounts?q="+words).Header().Get("Location"); to != path {
				t.Errorf("%s leads to %q", words, to)
			}
		}
		o.get(o.gareth, "/desk/money/taxes/accounts?tax=council-tax").says(t, 200, "T-2026-")
		before := len(o.looks(a.Holder))
		page := o.get(o.gareth, path)
		page.says(t, 200, "Peter Holm", "Somebody’s main home", "£2,235.52")
		if strings.Contains(page.text, path+"/change/") {
			t.Error("the auditor is offered to change something")
		}
		if looks := o.looks(a.Holder); len(looks) != before+1 || looks[0].What != "tax account" || looks[0].Ref != a.Number || looks[0].Actor != o.gareth.Person {
			t.Errorf("the look was recorded as %+v", looks)
		}
		change := path + "/change/adults_who_count"
		o.post(o.hannah, change, "adults_who_count", "many", "from", "2026-09-01", "reason", "Told us").says(t, 422, "There is a problem")
		o.post(o.hannah, change, "adults_who_count", "1", "from", "2026-09-01", "reason", "Told us on the phone").says(t, 303)
		page = o.get(o.hannah, path)
		page.says(t, 200, "Something changed", "Entered by the office", "Replaced by a later one", "Hannah")
		assessment := regexp.MustCompile(`/desk/money/taxes/assessments/[0-9a-z]+`).FindString(page.text)
		o.get(o.gareth, assessment).says(t, 200, "Assessed more than once", "Adults who count", "1 September 2026 to 31 March 2027", "Work it out again", "£2,514.96")
		o.get(o.gareth, assessment+"?again=1").says(t, 200, "Worked out again: equal.")
		o.post(o.hannah, path+"/payer", "who", "new", "from", "2026-10-01", "name", "Ida Bloom", "email", "", "language", "en", "reason", "Sold").says(t, 303)
		o.get(o.hannah, path).says(t, 200, "30 September 2026", "Another account about it")
	})
}

// A claim and an objection wait in a queue that names nobody, and are decided with reasons.
func TestClaimsAreDecidedWithReasons(t *testing.T) {
	eachRevenues(t, "2026-07-06", func(t *testing.T, o *revenues) {
		o.assessed("council-tax")
		a := o.account("council-tax", "D1015")
		holder := policy.Actor{Person: a.Holder, Name: a.Name}
		claim := func(key, text string) string {
			id, _, err := o.flow.Taxation().ClaimFact(o.ctx, holder, flow.ClaimFact{Account: a.ID, Fact: "adults_who_count", From: o.today(), Text: text, Key: key,
				Typed: process.Typed{Fields: map[string][]string{"adults_who_count": {"1"}}}})
			o.must(err)
			return "/desk/money/taxes/requests/" + id
		}
		path := claim("c1", "My son has moved out.")
		queue := o.get(o.gareth, "/desk/money/taxes/requests")
		queue.says(t, 200, "Single person discount", a.Number)
		if strings.Contains(queue.text, "Peter Holm") || strings.Contains(queue.text, "moved out") {
			t.Error("the queue tells whose it is")
		}
		o.get(o.hannah, path).says(t, 200, "My son has moved out.", "Peter Holm", "Grant it as claimed")
		o.post(o.hannah, path, "yes", "no").says(t, 422, "Say why you refuse")
		o.post(o.hannah, path, "yes", "no", "answer", "The register of voters shows two adults.").says(t, 303)
		o.get(o.gareth, path).says(t, 200, "Refused", "The register of voters shows two adults.")
		path = claim("c2", "He really has.")
		o.post(o.hannah, path, "yes", "yes", "answer", "Seen.").says(t, 303)
		o.get(o.gareth, "/desk/money/taxes/accounts/"+a.ID).says(t, 200, "A claim was granted")

		var counts string
		o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			one, err := o.flow.Money.Taxes.Counting(ctx, tx, a, calendar.MustDate("2026-04-01"))
			counts = one.ID
			return err
		}))
		id, _, err := o.flow.Taxation().Object(o.ctx, holder, flow.Object{Assessment: counts, Ground: "other", Text: "The band is wrong.", Key: "o1"})
		o.must(err)
		path = "/desk/money/taxes/requests/" + id
		o.get(o.hannah, path).says(t, 200, "The band is wrong.", "The calculation is wrong", "How the assessment came to")
		o.post(o.hannah, path, "yes", "yes", "what", "object.band", "value", "B", "from", "2026-04-01", "answer", "It is band B.").says(t, 303)
		o.get(o.gareth, "/desk/money/taxes/accounts/"+a.ID).says(t, 200, "An objection was upheld")
	})
}

// Declarations that have not come are listed, and estimated until they come.
func TestMissingDeclarationsAreEstimated(t *testing.T) {
	eachRevenues(t, "2026-07-02", func(t *testing.T, o *revenues) {
		_, err := o.flow.Taxation().StartRun(o.ctx, o.hannah, flow.StartRun{Tax: "visitor-levy", Begins: o.today(), Issued: o.today(), Key: "levy"})
		o.must(err)
		o.work()
		o.on("2026-09-15")
		missing := o.get(o.gareth, "/desk/money/taxes/returns")
		missing.says(t, 200, "July 2026", "Overdue since 30 August 2026", "August 2026", "Due by 30 September 2026")
		path := "/desk/money/taxes/accounts/" + o.account("visitor-levy", "V002").ID + "/estimate/2026-07-01"
		o.post(o.hannah, path, "charges", "1000", "nights", "9999999", "long_stays", "0", "exempt_stays", "0", "reason", "None came").says(t, 422, "more than your rooms hold")
		o.post(o.hannah, path, "charges", "1000", "nights", "20", "long_stays", "0", "exempt_stays", "0", "reason", "None came").says(t, 303)
		o.get(o.gareth, "/desk/money/taxes/accounts/"+o.account("visitor-levy", "V002").ID).says(t, 200, "Estimated by the office", "£49.00")
	})
}

// Every address of the taxes is for whoever reads the money of the treasury, and only for them.
func TestTaxesAreForTheTreasury(t *testing.T) {
	eachRevenues(t, "2026-07-06", func(t *testing.T, o *revenues) {
		run := o.assessed("council-tax")
		a := o.account("council-tax", "D1015")
		seen, err := o.view.TaxOffice().DeskTaxAccount(o.ctx, view.Reader{Actor: o.gareth, P: o.flow.Words.For("en")}, a.ID)
		o.must(err)
		fill := strings.NewReplacer("{run}", run[strings.LastIndexByte(run, '/')+1:], "{account}", a.ID, "{tax}", "council-tax", "{what}", "adults_who_count",
			"{assessment}", seen.Periods[0].Assessments[0].ID, "{request}", "none", "{file}", "none", "{period}", "none")
		tried := 0
		for _, route := range desk.Routes(&desk.Desk{Flow: o.flow, View: o.view}) {
			if !strings.HasPrefix(route.Pattern, "/desk/money/taxes") {
				continue
			}
			tried++
			path := fill.Replace(route.Pattern)
			for _, who := range []string{"Priya", "Ines", "Tom"} {
				if got := o.send(o.staff[who], route.Method, path, url.Values{"form-key": {"k" + who + path}, "version": {"1"}, "do": {"undo"}, "yes": {"yes"}, "who": {"nobody"}, "from": {"2026-09-01"}, "reason": {"r"}}); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
					t.Errorf("%s %s for %s: status %d", route.Method, path, who, got.Code)
				}
			}
			if route.Method == http.MethodGet && !strings.Contains(path, "none") {
				o.get(o.victor, path).says(t, 200)
			}
		}
		if tried < 18 {
			t.Errorf("only %d addresses were tried", tried)
		}
	})
}
