package desk_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
	"stoa/internal/view"
	"stoa/internal/web/desk"
)

// Every address of the money is for whoever reads the money of the treasury, and only for them.
func TestMoneyIsForTheTreasury(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		payment := b.paid()
		var entry, exception string
		b.in(func(ctx context.Context, tx *store.Tx) error {
			entry = b.mustBill(ctx, tx).Moves[0].Entry
			e := &pay.Exception{Organisation: b.book.Organisation, Kind: pay.PaidTwice, Key: "test", Payment: payment, Bill: b.bill}
			err := b.flow.Money.Exceptions.Raise(ctx, tx, e)
			exception = e.ID
			return err
		})
		till := b.till()
		fill := strings.NewReplacer("{bill}", b.bill, "{payment}", payment, "{exception}", exception, "{till}", till, "{code}", "1200", "{entry}", entry, "{kind}", "waive",
			"{refund}", "none", "{proposal}", "none")
		seen := 0
		for _, route := range desk.Routes(&desk.Desk{Flow: b.flow, View: b.view}) {
			if !strings.HasPrefix(route.Pattern, "/desk/money") || strings.Contains(route.Pattern, "/bank") || strings.Contains(route.Pattern, "/orders") || strings.Contains(route.Pattern, "/taxes") {
				continue
			}
			seen++
			path := fill.Replace(route.Pattern)
			for _, who := range []string{"Priya", "Margaret", "Ines", "Tom"} {
				if got := b.send(b.staff[who], route.Method, path, url.Values{"form-key": {"k" + who + path}, "decide": {"approved"}, "how": {"dismissed"}, "note": {"x"}, "amount": {"1"}, "counted": {"1"}, "step": {"close"},
					"float": {"1"}, "reason": {"r"}, "to": {"x"}, "version": {"1"}, "day": {"2020-01-01"}}); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
					t.Errorf("%s %s for %s: status %d", route.Method, path, who, got.Code)
				}
			}
			if route.Method != http.MethodGet || strings.Contains(path, "none") {
				continue
			}
			got := b.get(b.victor, path)
			if got.Code != http.StatusOK {
				t.Errorf("GET %s for the treasurer: status %d\n%s", path, got.Code, got.text)
			}
			if got := b.get(b.gareth, path); got.Code != http.StatusOK && route.Action == policy.MoneyRead {
				t.Errorf("GET %s for the auditor: status %d", path, got.Code)
			} else if route.Action == policy.MoneyRead && moneyPost.MatchString(got.text) {
				t.Errorf("GET %s offers the auditor a form", path)
			}
		}
		if seen < 40 {
			t.Errorf("only %d addresses were tried", seen)
		}
		b.get(b.gareth, "/desk").says(t, 200, `href="/desk/money"`)
		if strings.Contains(b.get(b.staff["Priya"], "/desk").text, `href="/desk/money"`) {
			t.Error("a licensing officer is led to the money")
		}
		b.balanced()
	})
}

// A bill at the desk is looked at before the eyes of its payer, and leads to its case for who may see that.
func TestBillAtTheDesk(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		before := len(b.looks(b.payer))
		page := b.get(b.gareth, b.url(""))
		page.says(t, 200, b.number, "£21.00", b.caseNumber, "Why £21.00", "/desk/cases/", "/desk/money/accounts/4110")
		if strings.Contains(page.text, "Propose to") {
			t.Error("the auditor is offered to propose")
		}
		looks := b.looks(b.payer)
		if len(looks) != before+1 || looks[0].What != "bill" || looks[0].Ref != b.number || looks[0].Actor != b.gareth.Person || looks[0].Why != "money.read" {
			t.Errorf("the look was recorded as %+v", looks)
		}
		hannah := b.get(b.hannah, b.url(""))
		hannah.says(t, 200, "Propose to waive", "Open your till to take cash")
		if strings.Contains(hannah.text, `href="/desk/cases/`) {
			t.Error("who may not see the case is led there")
		}
		if got := b.get(b.hannah, "/desk/money/bills?q="+strings.TrimPrefix(b.number, "B-")); got.Code != 303 {
			t.Errorf("a number that was typed does not lead to the bill: %d", got.Code)
		}
		b.get(b.hannah, "/desk/money/bills?state=open").says(t, 200, b.number)
		b.get(b.hannah, "/desk/money/bills?state=settled").says(t, 200, "No bill fits")
		b.get(b.hannah, "/desk/money/bills?payer="+b.number).says(t, 200, b.number)
		if got := len(b.looks(b.payer)); got != before+3 {
			t.Errorf("%d looks, want %d: asking for all bills of a payer is one", got, before+3)
		}
		b.staff["Payer"] = policy.Actor{Person: b.payer, Name: "Payer", Grants: []policy.Grant{{Role: policy.Officer, Organisation: "revenues"}}}
		b.get(b.staff["Payer"], b.url("")).says(t, 403) // nobody works on what they owe themselves
	})
}

// Two persons: nobody decides what they have proposed, what is shown before is what happens, and one form acts once.
func TestFourEyes(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		path := b.url("/propose/waive")
		form := b.get(b.victor, path).form(t, path)
		b.send(b.victor, "POST", path, with(form, "amount", "5", "step", "preview")).says(t, 422, "Give the reasons")
		form = b.get(b.victor, path).form(t, path)
		shown := b.send(b.victor, "POST", path, with(form, "amount", "5", "reason", "Hardship.", "step", "preview"))
		shown.says(t, 200, "Nothing has been done yet", "£16.00", "6020")
		if got := b.read(); got.Balance != 2100 || got.Version != 1 {
			t.Fatalf("a preview stored something: %d, version %d", got.Balance, got.Version)
		}
		form = with(shown.form(t, path), "amount", "5", "reason", "Hardship.", "step", "confirm")
		b.send(b.victor, "POST", path, form).says(t, 303)
		b.send(b.victor, "POST", path, form).says(t, 303) // a double click
		b.get(b.hannah, "/desk/money/approvals").says(t, 200, "Proposed by others", "Victor Lane")
		at := b.proposal()
		own := b.get(b.victor, at)
		own.says(t, 200, "You have proposed this yourself, so somebody else must decide it", "Withdraw it", "Hardship.")
		if strings.Contains(own.text, `value="approved"`) {
			t.Error("who proposed is offered to approve")
		}
		b.send(b.victor, "POST", at, url.Values{"decide": {"approved"}, "form-key": {"v"}}).says(t, 403)
		b.send(b.hannah, "POST", at, url.Values{"decide": {"approved"}, "form-key": {"h"}}).says(t, 403)
		b.send(b.gareth, "POST", at, url.Values{"decide": {"approved"}, "form-key": {"g"}}).says(t, 403)
		decide := b.get(b.salma, at).form(t, at)
		b.send(b.salma, "POST", at, with(decide, "decide", "refused")).says(t, 422, "Say why you refuse")
		if b.read().Balance != 2100 {
			t.Fatal("something was waived before it was approved")
		}
		decide = b.get(b.salma, at).form(t, at)
		b.send(b.salma, "POST", at, with(decide, "decide", "approved")).says(t, 303)
		b.send(b.salma, "POST", at, decide).says(t, 303) // a double click
		if got := b.read(); got.Balance != 1600 {
			t.Errorf("after a waiver of 5 of 21 pounds %d is owed", got.Balance)
		}
		b.get(b.salma, b.url("")).says(t, 200, "Approved", "Waived", "Salma Idris")
		b.send(b.victor, "POST", path, with(b.get(b.victor, path).form(t, path), "amount", "17", "reason", "More.", "step", "preview")).says(t, 422, "Enter an amount up to what is owed")
		b.balanced()
	})
}

// Instalments, withdrawn and agreed; cancelled and paid back in cash; counted a pound short; the day closed.
func TestADayAtTheTreasury(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		first, err := b.today().AddMonths(1)
		b.must(err)
		path := b.url("/propose/arrange")
		b.post(b.hannah, path, "count", "3", "every", "month", "first", first.String(), "reason", "Agreed by phone.", "step", "preview").says(t, 200, "Instalments that would stand", "£7.00")
		b.post(b.hannah, path, "count", "3", "every", "month", "first", first.String(), "reason", "Agreed by phone.", "step", "confirm").says(t, 303)
		at := b.proposal()
		b.post(b.hannah, at, "decide", "withdrawn").says(t, 303)
		b.post(b.hannah, path, "count", "3", "every", "month", "first", first.String(), "reason", "Agreed by phone.", "step", "confirm").says(t, 303)
		b.post(b.victor, b.proposal(), "decide", "approved").says(t, 303)
		if got := b.read(); len(got.Plan) != 3 {
			t.Errorf("%d instalments stand, want 3", len(got.Plan))
		}

		payment := b.paid()
		b.get(b.hannah, "/desk/money/payments/"+payment).says(t, 200, "R-", "£21.00", "Cash")
		receipt := b.get(b.hannah, "/desk/money/payments/"+payment+"/receipt")
		receipt.says(t, 200, "£21.00", b.number)
		if pdf := b.get(b.hannah, "/desk/money/payments/"+payment+"/receipt/pdf"); pdf.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.text, "%PDF") {
			t.Error("the receipt is no PDF")
		}

		b.post(b.hannah, b.url("/propose/cancel"), "reason", "Withdrawn at the counter.", "step", "confirm").says(t, 303)
		b.post(b.victor, b.proposal(), "decide", "approved").says(t, 303)
		refund := b.url("/propose/refund")
		b.post(b.hannah, refund, "amount", "21", "way", "bank", "reason", "x", "step", "preview").says(t, 422, "Enter the name and the IBAN of the account")
		b.post(b.hannah, refund, "amount", "21", "way", "same", "payment", payment, "reason", "Withdrawn.", "step", "confirm").says(t, 303)
		b.post(b.salma, b.proposal(), "decide", "approved").says(t, 303)
		b.get(b.hannah, "/desk/money/refunds?method=cash").says(t, 200, "Pay it out")
		owed, err := b.view.Finance().MoneyDesk().Refunds(b.ctx, view.Reader{Actor: b.hannah, P: b.flow.Words.For("en")}, "")
		b.must(err)
		out := "/desk/money/refunds/" + owed.Lines[0].ID
		b.post(b.hannah, out).says(t, 303)
		b.get(b.hannah, out).says(t, 303) // it is paid: nothing is left to do there

		b.closesTheDay()
	})
}

// Any figure leads to its source: trial balance, account, entry, bill, case; and the files say the same.
func TestEveryFigureHasASource(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		b.paid()
		b.get(b.gareth, "/desk/money/trial").says(t, 200, "they sum to zero", "£21.00", `href="/desk/money/accounts/1020?`, `href="/desk/money/accounts/4110?`)
		account := b.get(b.gareth, "/desk/money/accounts/4110")
		account.says(t, 200, "Temporary event notices", "£21.00", `href="/desk/money/bills/`+b.bill+`"`)
		entry := b.read().Moves[0].Entry
		b.get(b.gareth, "/desk/money/entries/"+entry).says(t, 200, "4110", "1200", `href="/desk/money/bills/`+b.bill+`"`)
		b.get(b.gareth, "/desk/money/daybook").says(t, 200, b.number, "R-2026-000001")
		b.get(b.gareth, "/desk/money/accounts/9999").says(t, 404)
		b.get(b.gareth, "/desk/money/daybook?from=2026-12-31&until=2026-01-01").says(t, 422, "The first day must not be after the last")
		for path, want := range map[string]string{
			"/desk/money/trial/csv": "4110", "/desk/money/daybook/csv": "4110", "/desk/money/export/csv": b.bill, "/desk/money/accounts/4110/csv": b.bill,
			"/desk/money/revenue/csv": notice, "/desk/money/arrears/csv": "late_31_60", "/desk/money/cash/csv": "21.00",
		} {
			got := b.get(b.gareth, path)
			if got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") || !strings.Contains(got.Header().Get("Content-Disposition"), ".csv") {
				t.Fatalf("%s: status %d, %s", path, got.Code, got.Header())
			}
			rows, err := csv.NewReader(strings.NewReader(got.text)).ReadAll()
			if err != nil || len(rows) == 0 || !strings.Contains(got.text, want) || !strings.Contains(got.text, "\r\n") {
				t.Errorf("%s does not hold %q: %v\n%s", path, want, err, got.text)
			}
		}
	})
}

// Late money: each figure of the ageing is the sum of the bills behind it.
func TestArrearsDrill(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		due := b.read().Next
		later, err := due.AddDays(45)
		b.must(err)
		b.clock.Set(b.j.Calendar.In(later, 12*60))
		r := view.Reader{Actor: b.gareth, P: b.flow.Words.For("en")}
		a, err := b.view.Finance().Books().Arrears(b.ctx, r)
		b.must(err)
		if a.Total.Ages != [bill.Buckets]string{2: "£21.00"} || a.Total.Late != "£21.00" {
			t.Errorf("45 days late: %+v", a.Total)
		}
		for age := range bill.Buckets {
			l, err := b.view.Finance().Books().LateBills(b.ctx, r, view.LateAsk{Age: age})
			b.must(err)
			if want := map[bool]int{true: 1}[age == 2]; len(l.Lines) != want {
				t.Errorf("age %d: %d bills, want %d", age, len(l.Lines), want)
			}
		}
		b.get(b.gareth, "/desk/money/arrears").says(t, 200, "age=2")
		b.get(b.gareth, "/desk/money/arrears/bills?age=2&service="+notice).says(t, 200, b.number)
	})
}

// A payer's credit moves to another bill of theirs, whichever is the older.
func TestMoveCredit(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		newer := b.issue("newer")
		b.paid()
		b.post(b.hannah, b.url("/propose/cancel"), "reason", "Twice.", "step", "confirm").says(t, 303)
		b.post(b.victor, b.proposal(), "decide", "approved").says(t, 303)
		path := b.url("/credit")
		b.post(b.hannah, path, "amount", "22", "to", newer).says(t, 422, "This is more than the credit")
		form := with(b.get(b.hannah, path).posts(t, path), "amount", "21", "to", newer)
		b.send(b.hannah, "POST", path, form).says(t, 303)
		b.send(b.hannah, "POST", path, form).says(t, 303) // a double click

		older, credited := newer, b.issue("credited") // 9 of 30 are owed on the older
		b.in(func(ctx context.Context, tx *store.Tx) error {
			one, err := b.flow.Money.Treasury.Bills.Get(ctx, tx, b.book.Organisation, credited)
			b.must(err)
			return b.flow.Money.Treasury.Cancel(ctx, tx, b.book, one, treasury.Act{Key: "test", Day: b.today()})
		})
		b.bill = credited
		b.pays(credited, 900)
		form = with(b.get(b.hannah, b.url("/credit")).posts(t, b.url("/credit")), "amount", "9", "to", older)
		b.send(b.hannah, "POST", b.url("/credit"), form).says(t, 303)
		if got := b.read().Balance; got != 0 {
			t.Errorf("the credit is %d after it was moved", -got)
		}
		b.bill = older
		if got := b.read().Balance; got != 0 {
			t.Errorf("the older bill is owed %d", got)
		}
		b.balanced()
	})
}

// What came more than was owed is seen, and a refund that failed can be tried another way.
func TestPaymentTrail(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		p := &pay.Payment{Organisation: b.book.Organisation, Method: pay.Card, Provider: "sandbox", Payer: b.payer, Key: "card", Amount: money.Amount{Minor: 2100, Currency: "GBP"},
			Words: pay.Words{Title: "Fee"}, Targets: []pay.Target{{Bill: b.bill, Amount: 2100}}}
		b.in(func(ctx context.Context, tx *store.Tx) error {
			t := b.flow.Money.Treasury
			if _, err := t.Payments.Begin(ctx, tx, p); err != nil {
				return err
			}
			for _, r := range []pay.Report{{Kind: pay.Paid, Amount: money.Amount{Minor: 2500, Currency: "GBP"}, At: tx.Now()}} {
				res, err := t.Payments.Report(ctx, tx, p.Organisation, p.ID, b.today(), r)
				if err != nil {
					return err
				}
				for _, c := range res.Changes {
					if err := t.Apply(ctx, tx, b.book, res.Payment, c, b.today()); err != nil {
						return err
					}
				}
			}
			return nil
		})
		b.get(b.hannah, "/desk/money/payments/"+p.ID).says(t, 200, "£25.00", "£21.00", "Another amount came", "Propose to pay the credit back", "Money came")
		b.post(b.hannah, b.url("/propose/refund"), "amount", "4", "payment", p.ID, "way", "same", "reason", "Too much.", "step", "preview").says(t, 200, "Card", "2310")
		b.balanced()
	})
}
