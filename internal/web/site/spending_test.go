package site_test

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/service"
)

// gbp is an amount as the English pages write it.
func gbp(minor int64) string { return printed("en", minor) }

func printed(language string, minor int64) string {
	words, err := i18n.Load()
	if err != nil {
		panic(err)
	}
	return words.For(language).Money(minor, "GBP")
}

func (o *purse) ok(path string) string {
	o.t.Helper()
	a := o.browser().get(path)
	if a.status != 200 {
		o.t.Fatalf("%s: %d\n%s", path, a.status, text(a.body))
	}
	return a.body
}

// table reads a CSV with its heading.
func (o *purse) table(path string) (rows []map[string]string) {
	o.t.Helper()
	all, err := csv.NewReader(strings.NewReader(o.ok(path))).ReadAll()
	o.must(err)
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, c := range cells {
			row[all[0][i]] = c
		}
		rows = append(rows, row)
	}
	return rows
}

func minor(t testing.TB, cell string) int64 {
	t.Helper()
	d, err := money.ParseDecimal(cell)
	if err != nil {
		t.Fatalf("%q: %v", cell, err)
	}
	a, err := money.FromDecimal(d, "GBP")
	if err != nil {
		t.Fatal(err)
	}
	return a.Minor
}

// sum adds up the documents that a test keeps; what came back counts for nothing.
func sum(all []document, keep func(document) bool) (n int64, count int) {
	for _, d := range all {
		if !d.back && keep(d) {
			n, count = n+d.amount, count+1
		}
	}
	return n, count
}

func tells(t testing.TB, what, page, want string) {
	t.Helper()
	if !strings.Contains(text(page), want) {
		t.Errorf("%s does not say %q:\n%s", what, want, text(page))
	}
}

// TestSumsOfPagesAreSumsOfDocuments holds every sum that is shown to the documents that the test has itself entered.
func TestSumsOfPagesAreSumsOfDocuments(t *testing.T) {
	o := spent(t)
	lines := map[string][3]int64{ // adopted, with amendments (none is in force yet), bound
		"cleaning": {100_000_00, 100_000_00, 52_500_00}, "repairs": {50_000_00, 50_000_00, 120_45 + 77_00 + 6*10_00 + 15}, "festivals": {40_000_00, 40_000_00, 900_00 + 12_000_00 + 700_00},
	}
	budget := o.ok("/money/budget/" + year)
	var all, planned int64
	for _, row := range o.table("/money/fiscal/" + year + "/budget.csv") {
		line := row["line"]
		paid, _ := sum(o.paid, func(d document) bool { return d.line == line })
		invoiced := int64(0)
		for _, d := range o.owed {
			if d.line == line {
				invoiced += d.amount
			}
		}
		want := lines[line]
		for column, is := range map[string]int64{"approved": want[0], "adjusted": want[1], "committed": want[2], "executed": paid} {
			if got := minor(t, row[column]); got != is {
				t.Errorf("%s: %s is %d, the documents make %d", line, column, got, is)
			}
		}
		page := o.ok("/money/budget/" + year + "/" + line)
		for what, is := range map[string]int64{"planned": want[1], "bound": want[2], "invoiced": invoiced, "paid": paid, "not bound": want[1] - want[2]} {
			tells(t, line+": "+what, page, gbp(is))
		}
		for what, is := range map[string]int64{"planned": want[1], "bound": want[2], "invoiced": invoiced, "paid": paid} {
			tells(t, "the budget: "+line+": "+what, budget, gbp(is))
		}
		all, planned = all+paid, planned+want[1]
	}
	tells(t, "the first page", o.ok("/money"), "plans to spend "+gbp(planned))
	tells(t, "the first page", o.ok("/money"), "it has paid "+gbp(all))
	for _, by := range []string{"organisation", "function"} {
		tells(t, "the budget by "+by, o.ok("/money/budget/"+year+"?by="+by), gbp(all))
	}

	named, count := sum(o.paid, func(d document) bool { return !d.person })
	tells(t, "the payments", o.ok("/money/payments"), payments(count)+", "+gbp(named)+" in all")
	persons, _ := sum(o.paid, func(d document) bool { return d.person && d.line == "repairs" })
	tells(t, "a line", o.ok("/money/budget/"+year+"/repairs"), gbp(persons)+" of this went to persons, who are not named, in 6 payments")
	persons, _ = sum(o.paid, func(d document) bool { return d.person && d.line == "festivals" })
	tells(t, "a line with one payment to a person", o.ok("/money/budget/"+year+"/festivals"), gbp(persons)+" of this went to persons, who are not named. Such")
	var spending int64
	for _, row := range o.table("/money/fiscal/" + year + "/spending.csv") {
		spending += minor(t, row["amount"])
	}
	if spending != all {
		t.Errorf("the table of payments makes %d, the budget %d", spending, all)
	}
	for name, x := range o.ids {
		if x.Person {
			continue
		}
		paid, n := sum(o.paid, func(d document) bool { return d.supplier == name })
		tells(t, name, o.ok("/money/suppliers/"+x.ID), "Paid in all "+gbp(paid))
		tells(t, "the search for "+name, o.ok("/money/payments?supplier="+x.ID), payments(n)+", "+gbp(paid)+" in all")
	}
	for name, c := range o.agree {
		if c.Person {
			continue
		}
		paid, _ := sum(o.paid, func(d document) bool { return d.commitment == name })
		page := o.ok("/money/" + c.Kind + "s/" + c.Number)
		tells(t, name, page, "Paid so far "+gbp(paid))
		tells(t, name, page, "Value "+gbp(c.Value))
	}
	o.on("2026-06-02") // the amendments are in force
	tells(t, "after the amendment", o.ok("/money/budget/"+year+"/cleaning"), "Planned "+gbp(105_000_00)+" adopted: "+gbp(100_000_00))
	tells(t, "after the amendment", o.ok("/money"), "The square was enlarged.")
}

func payments(n int) string {
	if n == 1 {
		return "1 payment"
	}
	return strconv.Itoa(n) + " payments"
}

var hrefs = regexp.MustCompile(`(?:href|action)="([^"]*)"`)

// walk opens every address under /money that can be reached, in a language.
func (o *purse) walk(language string, see func(path string, a answer)) int {
	o.t.Helper()
	b := o.browser()
	b.get("/?lang=" + language)
	seen, next := map[string]bool{}, []string{"/money"}
	for _, y := range o.j.Budgets {
		for _, name := range []string{"datapackage.json", "budget.csv", "spending.csv", "income.csv"} {
			next = append(next, "/money/fiscal/"+y.Budget+"/"+name)
		}
	}
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		a := b.get(path)
		see(path, a)
		for _, m := range hrefs.FindAllStringSubmatch(a.body, -1) {
			to, _, _ := strings.Cut(html.UnescapeString(m[1]), "#")
			if strings.HasPrefix(to, "/money") && !strings.Contains(to, "lang=") && !seen[to] {
				next = append(next, to)
			}
		}
	}
	return len(seen)
}

// TestNobodyIsNamed walks all pages and exports: a person who is paid is nowhere, and neither is what the person was paid
// for, what is sealed of suppliers, or who worked on it.
func TestNobodyIsNamed(t *testing.T) {
	o := spent(t)
	hidden := []string{persona, "Quillfeather", "Portrait", "Hidden Lane", "hidden@mail.example", "GB29NWBK", o.ids[persona].ID, o.agree[secret].ID, o.agree[secret].Number, "anna", "no such account"}
	for _, d := range o.paid {
		if d.person {
			hidden = append(hidden, d.payment)
		}
	}
	for _, language := range []string{"en", "ar"} {
		n := o.walk(language, func(path string, a answer) {
			if a.status != 200 && (a.status != 404 || !strings.HasPrefix(path, "/money/fiscal/")) && !(strings.HasSuffix(path, "/proof") && a.status == 404) {
				t.Errorf("%s: %d", path, a.status)
			}
			for _, word := range hidden {
				if strings.Contains(a.body, word) {
					t.Errorf("%s shows %q", path, word)
				}
			}
			if strings.Contains(a.body, "<b>Fair") && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("%s lets a supplier write the page", path)
			}
		})
		if n < 50 {
			t.Errorf("only %d addresses were walked", n)
		}
	}
	b := o.browser()
	for _, path := range []string{"/money/suppliers/" + o.ids[persona].ID, "/money/payments?supplier=" + o.ids[persona].ID, "/money/payments/csv?supplier=" + o.ids[persona].ID,
		"/money/contracts/" + o.agree[secret].Number, "/money/ocds/" + o.j.File.OpenData.OCID + "-" + o.agree[secret].Number + ".json", "/money/payments?for=" + o.agree[secret].Number} {
		if a := b.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	for _, d := range o.paid {
		for _, more := range []string{"", "/proof"} {
			if a := b.get("/money/payments/" + d.payment + more); d.person && a.status != 404 {
				t.Errorf("a payment to a person%s: %d", more, a.status)
			}
		}
	}
	for _, q := range []string{"Zenobia", "Portrait", "quill"} {
		for _, path := range []string{"/money/payments?q=", "/money/suppliers?q=", "/money/contracts?q="} {
			tells(t, path+q, o.ok(path+q), "Nothing found")
		}
	}
}

// TestHostileSearches are answered with a page, and with nothing of theirs in it as markup.
func TestHostileSearches(t *testing.T) {
	o := spent(t)
	b := o.browser()
	evil := []string{"%", "_", `\`, "'", "'; DROP TABLE spend_payment; --", "<script>alert(1)</script>", "\x00", "\xff\xfe", strings.Repeat("a", 9000), "\u202e", "${7*7}", "-1", "1e9",
		"99999999999999999999", "2026-02-31", "0", "../../etc/passwd"}
	for _, path := range []string{"/money/payments", "/money/payments/csv", "/money/suppliers", "/money/contracts", "/money/grants", "/money/income", "/money/budget/" + year} {
		for _, name := range []string{"q", "supplier", "organisation", "year", "line", "for", "least", "most", "from", "until", "page", "before", "after", "by"} {
			for _, v := range evil {
				a := b.get(path + "?" + url.Values{name: {v}}.Encode())
				if a.status != 200 && a.status != 404 && a.status != 400 && a.status != 422 {
					t.Errorf("%s?%s=%.40q: %d", path, name, v, a.status)
				}
				if strings.Contains(a.body, "<script>alert") {
					t.Errorf("%s?%s writes the page", path, name)
				}
			}
		}
	}
	for _, path := range []string{"/money/budget/1999-00", "/money/budget/" + year + "/nothing", "/money/contracts/C-2026-999999", "/money/grants/" + o.agree["@Bunting"].Number,
		"/money/payments/nothing", "/money/ocds/nothing.json", "/money/ocds/releases", "/money/fiscal/" + year + "/persons.csv", "/money/fiscal/1999-00/budget.csv"} {
		if a := b.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	tells(t, "a search for a per cent sign", o.ok("/money/payments?q=%25"), "Nothing found")
	tells(t, "a search for an amount", o.ok("/money/payments?least=4000&most=4000"), "1 payment, "+gbp(4_000_00)+" in all")
	tells(t, "a search for days", o.ok("/money/payments?from=2026-04-30&until=2026-04-30"), "1 payment, "+gbp(899_99)+" in all")
	tells(t, "a search for a purpose", o.ok("/money/payments?q=BENCH"), "1 payment, "+gbp(120_45)+" in all")
	tells(t, "a search for an organisation", o.ok("/money/payments?organisation=licensing"), "3 payments, ")
	if a := o.browser().get("/money/payments?least=much"); a.status != 422 || !strings.Contains(a.body, "Enter an amount") {
		t.Errorf("what is no amount: %d", a.status)
	}
}

// TestNoCellIsAFormula looks at every cell of every table.
func TestNoCellIsAFormula(t *testing.T) {
	o := spent(t)
	cells, tamed := 0, 0
	o.walk("en", func(path string, a answer) {
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
			return
		}
		rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		o.must(err)
		for _, row := range rows {
			for _, c := range row {
				cells++
				if strings.HasPrefix(c, "'") {
					tamed++
				}
				if c != "" && strings.ContainsRune("=+-@\t\r|", rune(c[0])) {
					if _, err := money.ParseDecimal(c); err != nil {
						t.Errorf("%s has the cell %q", path, c)
					}
				}
			}
		}
	})
	if cells < 100 || tamed < 3 {
		t.Errorf("%d cells, of which %d would have been formulas", cells, tamed)
	}
}

// TestContractsAsOpenData holds what programs read to the documents.
func TestContractsAsOpenData(t *testing.T) {
	o := spent(t)
	type transaction struct {
		Value struct {
			Amount   json.Number
			Currency string
		}
	}
	var p struct {
		Records []struct {
			OCID            string
			CompiledRelease struct {
				Contracts []struct {
					ID             string
					Value          struct{ Amount json.Number }
					Implementation struct{ Transactions []transaction }
				}
				Parties []struct{ Name string }
			}
		}
	}
	o.must(json.Unmarshal([]byte(o.ok("/money/ocds/records.json")), &p))
	if len(p.Records) != 1 {
		t.Fatalf("%d records", len(p.Records))
	}
	c := p.Records[0].CompiledRelease.Contracts[0]
	var paid int64
	for _, x := range c.Implementation.Transactions {
		paid += minor(t, x.Value.Amount.String())
	}
	want, _ := sum(o.paid, func(d document) bool { return d.commitment == "Cleaning of the market square" })
	if paid != want || minor(t, c.Value.Amount.String()) != 52_500_00 {
		t.Errorf("%d paid of %s, want %d", paid, c.Value.Amount, want)
	}
	one := o.ok("/money/ocds/" + p.Records[0].OCID + ".json")
	if !strings.Contains(one, "The square was enlarged.") || !strings.Contains(one, broom) {
		t.Error(one)
	}
	if a := o.browser().get("/money/ocds/releases.json"); a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Error(a.header)
	}
}

// TestIncomeIsTheBooks: what came in is told by account, of months that are over and no other.
func TestIncomeIsTheBooks(t *testing.T) {
	o := spent(t)
	rows := o.table("/money/income/csv?year=" + year)
	income := map[string]string{}
	for _, row := range rows {
		if row["month"] != "2026-04" {
			t.Errorf("%s is told", row["month"])
		}
		income[row["account"]] = row["income"]
	}
	if income["4010"] != "2100.00" || income["4110"] != "21.00" || income["4020"] != "0.00" {
		t.Error(income)
	}
	if income["4120"] != "65.00" {
		t.Error(income)
	}
	o.walk("en", func(path string, a answer) {
		said := text(a.body)
		for _, amount := range []int64{999_00, 3_099_00} {
			for _, written := range []string{gbp(amount), strings.TrimPrefix(gbp(amount), "£")} {
				if strings.Contains(said, " "+written+" ") {
					t.Errorf("%s tells %s", path, written)
				}
			}
		}
	})
	tells(t, "the page", o.ok("/money/income"), gbp(21_00))
}

// TestAReceiptSaysEverything goes from a payment up to the budget.
func TestAReceiptSaysEverything(t *testing.T) {
	o := spent(t)
	i := slices.IndexFunc(o.paid, func(d document) bool { return d.title == "May" })
	page := o.ok("/money/payments/" + o.paid[i].payment)
	for _, want := range []string{gbp(4_375_50), "Broom Ltd", "Cleaning of the market square", "Cleaning of markets", "Environmental Health", "2 May 2026", o.book.Code(service.UsePayable), o.book.Code(service.UseBank), "from before the public log began"} {
		tells(t, "the receipt", page, want)
	}
	i = slices.IndexFunc(o.paid, func(d document) bool { return d.back })
	tells(t, "a payment that came back", o.ok("/money/payments/"+o.paid[i].payment), "The bank gave this payment back on 24 April 2026")
}

// TestWithoutABudget there are no pages about money, and nothing leads to them.
func TestWithoutABudget(t *testing.T) {
	o := spent(t)
	o.view.Money.Spend = nil
	b := o.browser()
	for _, path := range []string{"/money", "/money/payments", "/money/income", "/money/ocds/releases.json", "/money/fiscal/" + year + "/budget.csv"} {
		if a := b.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
