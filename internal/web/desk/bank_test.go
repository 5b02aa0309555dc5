package desk_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/job"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/web/desk"
)

// upload posts a file as a browser does.
func (b *books) upload(a policy.Actor, name, text string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	b.must(err)
	_, err = part.Write([]byte(text))
	b.must(err)
	b.must(w.Close())
	r := httptest.NewRequestWithContext(b.ctx, http.MethodPost, "https://greenvale.example/desk/money/bank/import", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "__Host-stoa-session", Value: a.Person})
	answered := httptest.NewRecorder()
	b.web.ServeHTTP(answered, r)
	return answer{answered, answered.Body.String()}
}

// filled is a form with other values; the form itself stays.
func filled(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = slices.Clone(v)
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// matches lets the job work that a file gave.
func (b *books) matches() {
	b.t.Helper()
	b.must(b.flow.Banking().MatchBank(b.ctx, job.Job{}))
}

// line is the first line of a state, and its id.
func (b *books) line(state bank.State) (id string) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *store.Tx) error {
		all, err := b.flow.Money.Bank.InState(ctx, tx, b.book.Organisation, state, bank.Place{}, 10)
		if err == nil && len(all) == 0 {
			b.t.Fatalf("no line is %s", state)
		}
		id = all[0].ID
		return err
	})
	return id
}

const csvHead = "booked,value,amount,currency,name,iban,reference,text,id\n"

// TestAStatementAtTheDesk: imported, matched, a line explained and taken back, and nothing else recorded than what was shown.
func TestAStatementAtTheDesk(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		day := b.today().String()
		b.upload(b.hannah, "cut.csv", csvHead+day+",,1.00").says(t, 422, "There is a problem", "Line 2", `name="file"`)
		b.upload(b.hannah, "nothing.csv", "").says(t, 422, "The file is empty")
		b.upload(b.staff["Priya"], "s.csv", csvHead).says(t, 403)
		file := csvHead + day + ",,21.00,GBP,Somebody,GB29NWBK60161331926819,,no number,\n" + day + ",,1.00,GBP,Payer,,," + b.number + ",\n"
		to := b.upload(b.hannah, "s.csv", file)
		to.says(t, 303)
		statement, _, _ := strings.Cut(to.Header().Get("Location"), "?")
		b.get(b.gareth, statement).says(t, 200, "Being matched")
		b.matches()
		b.upload(b.hannah, "again.csv", file).says(t, 303)
		b.get(b.gareth, statement).says(t, 200, "Matched", "Not known yet", "Payment of a bill")
		if looks := len(b.looks(b.payer)); looks != 0 {
			t.Errorf("%d looks at lists that name nobody", looks)
		}
		b.get(b.gareth, "/desk/money/bank").says(t, 200, "£21.00", "Purpose not known")
		b.get(b.gareth, "/desk/money/bank/queue").says(t, 200, "£21.00")

		matched := b.line(bank.Matched)
		page := b.get(b.gareth, "/desk/money/bank/lines/"+matched)
		page.says(t, 200, b.number, "Payer")
		if strings.Contains(page.text, "Take back") {
			t.Error("an auditor is offered to take a part back")
		}
		if looks := b.looks(b.payer); len(looks) != 1 || looks[0].What != "bill" || looks[0].Ref != b.number || looks[0].Actor != b.gareth.Person {
			t.Errorf("the look at the line was recorded as %+v", looks)
		}

		waits := "/desk/money/bank/lines/" + b.line(bank.Suspense)
		b.get(b.hannah, waits).says(t, 200, "Say what it is for", "no number")
		form := b.get(b.hannah, waits+"/resolve").posts(t, waits+"/resolve")
		try := func(pairs ...string) answer {
			return b.send(b.hannah, "POST", waits+"/resolve", filled(form, pairs...))
		}
		try("do", "add", "to-1", "bill", "number-1", b.number).says(t, 200, `name="amount-2"`, b.number)
		try("to-1", "bill", "number-1", b.number, "amount-1", "x").says(t, 422, "Enter an amount like 12.50")
		try("to-1", "bill", "number-1", "B-1999-000001", "amount-1", "21.00").says(t, 422, "Enter the number or the reference of a bill", `href="#number-1"`)
		two := []string{"rows", "2", "to-1", "bill", "number-1", b.number, "amount-1", "20.00", "to-2", "other", "amount-2", "1.00"}
		try(two...).says(t, 422, "Choose an account of the books", "Say what the money is for")
		try(append(two, "account-2", "6030", "why-2", "Found in the street")...).says(t, 303)
		b.get(b.hannah, waits).says(t, 200, "Found in the street", "£20.00", "Hannah Okoro", "Take back")
		if one := b.read(); one.Balance != 0 || one.State != bill.Settled {
			t.Errorf("the bill: %d %s", one.Balance, one.State)
		}
		undo := waits + "/undo/2"
		b.post(b.hannah, undo).says(t, 422, "Say why it was wrong")
		b.post(b.hannah, undo, "why", "Another's").says(t, 303)
		b.get(b.gareth, waits).says(t, 200, "Another&#39;s", "Taken back", "£20.00")
		b.get(b.hannah, undo).says(t, 404)
		b.balanced()
	})
}

// TestAPaymentOrderAtTheDesk goes from a stranger's money to the file for the bank, by two persons.
func TestAPaymentOrderAtTheDesk(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		b.upload(b.hannah, "s.csv", csvHead+b.today().String()+",,55.00,GBP,A. Stranger,DE89370400440532013000,,gift,\n").says(t, 303)
		b.matches()
		waits := "/desk/money/bank/lines/" + b.line(bank.Suspense)
		b.post(b.hannah, waits+"/resolve", "to-1", "sender", "amount-1", "55").says(t, 303)
		b.get(b.gareth, "/desk/money/orders").says(t, 200, "£55.00", "1 refund is")
		b.get(b.hannah, "/desk/money/orders/new").says(t, 200, `value="A. Stranger"`, `value="DE89 3704 0044 0532 0130 00"`)
		var refund string
		b.in(func(ctx context.Context, tx *store.Tx) error {
			owed, err := b.flow.Money.Treasury.Payments.RefundsIn(ctx, tx, b.book.Organisation, pay.RefundIsOwed, pay.Bank, "", 10)
			refund = owed[0].ID
			return err
		})
		form := b.get(b.hannah, "/desk/money/orders/new").posts(t, "/desk/money/orders/new")
		try := func(pairs ...string) answer {
			return b.send(b.hannah, "POST", "/desk/money/orders/new", filled(form, pairs...))
		}
		try().says(t, 422, "Choose at least one refund to pay")
		try("refund", refund, "name-"+refund, "A. Stranger", "iban-"+refund, "DE00").says(t, 422, "Enter the account number (IBAN)")
		to := try("refund", refund, "name-"+refund, "A. Stranger", "iban-"+refund, "DE89370400440532013000")
		to.says(t, 303)
		order, _, _ := strings.Cut(to.Header().Get("Location"), "?")
		b.get(b.gareth, order).says(t, 200, "A. Stranger", "DE89 3704 0044 0532 0130 00", "Draft")
		b.send(b.victor, "POST", order+"/propose", b.get(b.victor, order).posts(t, order+"/propose")).says(t, 303)
		if strings.Contains(b.get(b.victor, order).text, order+"/approve") {
			t.Error("whoever proposed an order is offered to approve it")
		}
		approve := b.get(b.salma, order).posts(t, order+"/approve")
		b.send(b.hannah, "POST", order+"/approve", filled(approve, "form-key", "another")).says(t, 403)
		b.send(b.salma, "POST", order+"/approve", approve).says(t, 303)
		first := b.send(b.hannah, "POST", order+"/file", b.get(b.hannah, order).posts(t, order+"/file"))
		first.says(t, 200, "O-", "<IBAN>DE89370400440532013000</IBAN>")
		again := b.send(b.salma, "POST", order+"/file", url.Values{})
		if again.text != first.text {
			t.Error("the second download differs")
		}
		b.get(b.gareth, order).says(t, 200, "Under way", "Sent to the bank")
		payment := order + "/payments/" + strings.TrimSpace(between(first.text, "<EndToEndId>", "</EndToEndId>"))
		b.post(b.hannah, payment).says(t, 422, "Say what the bank told")
		b.post(b.hannah, payment, "reason", "Account closed").says(t, 303)
		b.get(b.gareth, order).says(t, 200, "Not paid, or came back", "Account closed")
		b.get(b.gareth, "/desk/money/orders").says(t, 200, "1 refund is")
		b.balanced()
	})
}

func between(text, from, until string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, until)
	return text
}

// TestTheBankIsForTheTreasury: every address of it is closed to all others, and what is not there does not exist.
func TestTheBankIsForTheTreasury(t *testing.T) {
	eachBooks(t, func(t *testing.T, b *books) {
		seen := 0
		for _, route := range desk.Routes(&desk.Desk{Flow: b.flow, View: b.view}) {
			if !strings.Contains(route.Pattern, "/money/bank") && !strings.Contains(route.Pattern, "/money/orders") {
				continue
			}
			seen++
			path := strings.NewReplacer("{statement}", "x", "{line}", "x", "{part}", "1", "{order}", "x", "{payment}", "x").Replace(route.Pattern)
			form := url.Values{"form-key": {"k" + path}, "version": {"1"}, "why": {"x"}, "reason": {"x"}, "refund": {"x"}, "rows": {"1"}, "to-1": {"card"}, "amount-1": {"1"}}
			for _, who := range []string{"Priya", "Ines", "Margaret"} {
				if got := b.send(b.staff[who], route.Method, path, form); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound && got.Code != http.StatusUnprocessableEntity {
					t.Errorf("%s %s for %s: status %d", route.Method, path, who, got.Code)
				}
			}
			if got := b.send(b.gareth, route.Method, path, form); route.Action != policy.MoneyRead && !slices.Contains([]int{403, 404, 422}, got.Code) && route.Method == http.MethodPost {
				t.Errorf("%s %s for the auditor: status %d", route.Method, path, got.Code)
			}
		}
		if seen < 20 {
			t.Errorf("only %d addresses were tried", seen)
		}
	})
}
