package desk_test

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
	"stoa/internal/view"
)

// books is an office whose treasury has something to do: a fee of 21 pounds is owed by somebody known.
type books struct {
	*office
	book                            *treasury.Book
	hannah, victor, salma, gareth   policy.Actor // officer, two supervisors, auditor
	bill, number, payer, caseNumber string
}

func eachBooks(t *testing.T, test func(t *testing.T, b *books)) {
	t.Helper()
	each(t, func(t *testing.T, o *office) {
		book, err := treasury.NewBook(o.j)
		o.must(err)
		b := &books{office: o, book: book, hannah: o.staff["Hannah"], victor: o.staff["Victor"], salma: o.staff["Salma"], gareth: o.staff["Gareth"]}
		id := o.handIn(notice)
		b.caseNumber = o.load(id).Number
		one := b.billOf(id)
		b.bill, b.number, b.payer = one.ID, one.Number, one.Payer
		test(t, b)
	})
}

func (b *books) in(fn func(ctx context.Context, tx *store.Tx) error) {
	b.t.Helper()
	b.must(b.flow.DB.Write(b.ctx, "test", fn))
}

func (b *books) billOf(caseID string) (one *bill.Bill) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *store.Tx) error {
		all, err := b.flow.Money.Treasury.Bills.BySource(ctx, tx, b.book.Organisation, bill.Source{Kind: "case", ID: caseID})
		b.must(err)
		one = all[0]
		return nil
	})
	return one
}

func (b *books) read() (one *bill.Bill) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *store.Tx) (err error) {
		one, err = b.flow.Money.Treasury.Bills.Get(ctx, tx, b.book.Organisation, b.bill)
		return err
	})
	return one
}

// balanced fails the test unless the books agree with everything.
func (b *books) balanced() {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *store.Tx) error {
		found, err := b.flow.Money.Treasury.Check(ctx, tx, b.book)
		if len(found) > 0 {
			b.t.Errorf("the books do not agree: %v", found)
		}
		return err
	})
}

func (b *books) url(more string) string { return "/desk/money/bills/" + b.bill + more }

// post fills the form of a page to its own address and sends it.
func (b *books) post(a policy.Actor, path string, pairs ...string) answer {
	b.t.Helper()
	return b.send(a, "POST", path, with(b.get(a, path).posts(b.t, path), pairs...))
}

// posts is form, of a form that posts: another to the same address may ask for another day.
func (a answer) posts(t testing.TB, action string) url.Values {
	t.Helper()
	return a.form(t, action+`" method="post`)
}

// paid opens Hannah's till and takes all 21 pounds; it gives the payment's id.
func (b *books) paid() string {
	b.t.Helper()
	b.post(b.hannah, "/desk/money/till", "float", "50").says(b.t, 303)
	to := b.post(b.hannah, b.url("/cash"), "amount", "21.00")
	to.says(b.t, 303)
	id, _, _ := strings.Cut(strings.TrimPrefix(to.Header().Get("Location"), "/desk/money/payments/"), "?")
	return id
}

var moneyPost = regexp.MustCompile(`action="/desk/money[^"]*" method="post"`)

func (b *books) mustBill(ctx context.Context, tx *store.Tx) *bill.Bill {
	b.t.Helper()
	one, err := b.flow.Money.Treasury.Bills.Get(ctx, tx, b.book.Organisation, b.bill)
	b.must(err)
	return one
}

func (b *books) till() (id string) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *store.Tx) error {
		all, err := b.flow.Money.Tills.NotClosed(ctx, tx, b.book.Organisation)
		if len(all) > 0 {
			id = all[0].ID
		}
		return err
	})
	return id
}

// proposal is the address of the only proposal on the bill.
func (b *books) proposal() string {
	b.t.Helper()
	all, err := b.view.Finance().MoneyDesk().Approvals(b.ctx, view.Reader{Actor: b.gareth, P: b.flow.Words.For("en")}, "")
	b.must(err)
	list := slices.Concat(all.Mine, all.Others)
	if len(list) != 1 {
		b.t.Fatalf("%d proposals wait, want 1", len(list))
	}
	return b.url("/proposals/" + list[0].ID)
}

// closesTheDay counts the till a pound short, explains it and closes the books.
func (b *books) closesTheDay() {
	t := b.t
	t.Helper()
	day := b.today().String()
	b.get(b.victor, "/desk/money/close?day="+day).says(t, 200, "Must be done")
	b.send(b.victor, "POST", "/desk/money/close", url.Values{"day": {day}, "form-key": {"c"}}).says(t, 409, "A till of this day is still open")
	count := "/desk/money/till/" + b.till() + "/close"
	if blind := b.get(b.hannah, count); strings.Contains(blind.text, "£50.00") {
		t.Error("the cashier is told what the count should give")
	}
	b.get(b.gareth, count).says(t, 403)
	b.post(b.hannah, count, "counted", "49", "step", "count").says(t, 200, "£1.00 short", "£50.00")
	b.post(b.hannah, count, "counted", "49", "step", "close").says(t, 422, "Say how the difference may have come about")
	b.post(b.hannah, count, "counted", "49", "step", "close", "note", "Gave too much change.").says(t, 303)
	queue, err := b.view.Finance().MoneyDesk().Oddities(b.ctx, view.Reader{Actor: b.hannah, P: b.flow.Words.For("en")}, view.OdditiesAsk{})
	b.must(err)
	if len(queue.Lines) != 1 || queue.Lines[0].Kind != pay.TillDifference {
		t.Fatalf("the queue holds %+v", queue.Lines)
	}
	odd := "/desk/money/exceptions/" + queue.Lines[0].ID
	b.post(b.hannah, odd, "note", "Looked into it.").says(t, 422, "Choose what was done")
	b.post(b.hannah, odd, "how", "corrected").says(t, 422, "Say what you did about it")
	b.post(b.hannah, odd, "how", "corrected", "note", "Looked into it.").says(t, 303)
	b.get(b.hannah, "/desk/money/exceptions").says(t, 200, "Nothing is open")
	b.balanced()
	b.send(b.hannah, "POST", "/desk/money/close", url.Values{"day": {day}, "form-key": {"h"}}).says(t, 403)
	form := b.get(b.victor, "/desk/money/close?day="+day).posts(t, "/desk/money/close")
	b.send(b.victor, "POST", "/desk/money/close", form).says(t, 303)
	b.get(b.victor, "/desk/money/close?day="+day).says(t, 200, "This day is closed")
}

// issue asks the payer for 30 pounds more; it gives the bill's id.
func (b *books) issue(part string) string {
	b.t.Helper()
	one := b.read()
	more := &bill.Bill{Kind: bill.Fee, Of: one.Of, Part: part, For: one.For, Service: one.Service, Payer: one.Payer, Language: "en", Currency: "GBP", Day: b.today(),
		Items: []bill.Item{{ID: "more", Account: "4110", Component: bill.Principal, Amount: 3000}}, Plan: []bill.Instalment{{Due: b.today(), Amount: 3000}}}
	b.in(func(ctx context.Context, tx *store.Tx) error {
		return b.flow.Money.Treasury.Issue(ctx, tx, b.book, more)
	})
	return more.ID
}

// pays lets money arrive for a bill by bank.
func (b *books) pays(id string, minor int64) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx *store.Tx) error {
		p := &pay.Payment{Organisation: b.book.Organisation, Method: pay.Bank, Payer: b.payer, Key: "bank " + id, Amount: money.Amount{Minor: minor, Currency: "GBP"},
			Targets: []pay.Target{{Bill: id, Amount: minor}}}
		if _, err := b.flow.Money.Treasury.Payments.Enter(ctx, tx, p, b.today()); err != nil {
			return err
		}
		return b.flow.Money.Treasury.Receive(ctx, tx, b.book, p, b.today())
	})
}
