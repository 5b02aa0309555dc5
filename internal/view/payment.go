package view

import (
	"context"
	"errors"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/document"
	"stoa/internal/i18n"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// PaymentPage is a payment as its payer sees it.
type PaymentPage struct {
	PaymentLine
	Waiting bool // nothing is known yet of money: it is worth looking again
	Failed  bool // it did not succeed, and can be tried again
	Draft   string
	Case    string // of the fee
	Bills   []BillLine
	Refunds []RefundLine
	Receipt document.Document // once money came
}

// RefundLine is money that goes back, or went.
type RefundLine struct {
	Amount, Method, Why string
	State               BillState
	At                  Instant
}

// Payment is a payment as its payer sees it, or whoever holds the draft that it was made for.
func (v Finance) Payment(ctx context.Context, r Reader, id string) (p PaymentPage, err error) {
	book, err := v.book()
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Payment", func(ctx context.Context, tx *store.Tx) error {
		one, err := v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		thing, err := treasury.PaymentThing(ctx, tx, v.Money.Treasury.Bills, one)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.BillOwn, thing); err != nil {
			return err
		}
		p, err = v.paymentPage(ctx, tx, r, book, one)
		return err
	})
	return p, err
}

func (v *View) paymentPage(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, one *pay.Payment) (PaymentPage, error) {
	j := v.place()
	p := PaymentPage{
		PaymentLine: r.paymentLine(j, one), Draft: one.Draft,
		Waiting: one.State == pay.StateCreated || one.State == pay.StateOpen,
		Failed:  one.State == pay.StateFailed || one.State == pay.StateExpired,
	}
	var bills []*bill.Bill
	for _, target := range one.Targets {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, target.Bill)
		if err != nil {
			return p, err
		}
		bills = append(bills, b)
		p.Bills = append(p.Bills, v.billLine(r, b, v.today(tx)))
		if b.Of.Kind == "case" {
			p.Case = b.Of.ID
		}
	}
	for _, x := range one.Refunds {
		p.Refunds = append(p.Refunds, r.refundLine(v, x))
	}
	if one.State == pay.StatePaid {
		p.Receipt = v.receipt(r, one, bills)
	}
	return p, nil
}

func (r Reader) refundLine(v *View, x pay.Refund) RefundLine {
	line := RefundLine{Amount: r.money(x.Amount.Minor, x.Amount.Currency), Method: r.method(x.Method), Why: x.Reason, At: r.instant(v.place(), x.Created)}
	switch x.State {
	case pay.RefundIsDone:
		line.State, line.At = BillState{r.P.T("Paid back"), "done"}, r.instant(v.place(), x.Settled)
	case pay.RefundIsFailed:
		line.State = BillState{r.P.T("Could not be paid back this way"), "late"}
	default:
		line.State = BillState{r.P.T("On its way"), "soon"}
	}
	return line
}

// receipt is the document that confirms a payment.
func (v *View) receipt(r Reader, one *pay.Payment, bills []*bill.Bill) document.Document {
	p, j := r.P, v.place()
	treasurer := r.contact(j, one.Organisation)
	facts := []document.Fact{
		{Label: p.T("Received"), Value: document.Isolate(p.Money(one.Received.Minor, one.Received.Currency))},
		{Label: p.T("By"), Value: document.Plain(r.method(one.Method))},
	}
	if one.Name != "" {
		facts = append(facts, document.Fact{Label: p.T("From"), Value: document.Isolate(one.Name)})
	}
	for _, b := range bills {
		facts = append(facts, document.Fact{Label: p.T("For"), Value: document.Plain(b.Title)},
			document.Fact{Label: p.T("Bill"), Value: document.Isolate(b.Number)})
	}
	d := document.Document{
		Kind: document.Letter, Lang: p.Tag(), Title: p.T("Receipt {number}", i18n.V{"number": one.Number}),
		Issuer: document.Issuer{Name: treasurer.Name, Address: treasurer.Address, Contact: treasurer.Email},
		Head: []document.Fact{{Label: p.T("Date"), Value: document.Isolate(r.instant(j, one.Settled).Text)},
			{Label: p.T("Receipt"), Value: document.Isolate(one.Number)}},
		Blocks: []document.Block{document.Facts{Items: facts}, document.Paragraph{Text: document.Plain(p.T("Keep this receipt. You do not need to send it to us."))}},
	}
	if p.Dir() == "rtl" {
		d.Dir = document.RTL
	}
	return d
}

// StatementAsk is a time and what the statement is of.
type StatementAsk struct {
	From, Until calendar.Date
	Object      string // number of a taxed object; "" everything of the payer
}

// Statement is everything that moved on a payer's bills.
type Statement struct {
	From, Until      string
	Opening, Closing string
	Lines            []StatementLine
	More             bool
	Bills            []BillLine
}

// StatementLine is a move on a statement.
type StatementLine struct {
	Date, Bill, Number, Title string
	Charged, Paid, Balance    string
}

const statementMost = 500

// Statement is the reader's own account with the treasury, by day.
func (v Finance) Statement(ctx context.Context, r Reader, ask StatementAsk) (s Statement, err error) {
	if err := own(r); err != nil {
		return s, err
	}
	return v.statement(ctx, r, bill.Account{Payer: r.Actor.Person}, ask)
}

func (v *View) statement(ctx context.Context, r Reader, account bill.Account, ask StatementAsk) (s Statement, err error) {
	book, err := v.book()
	if err != nil {
		return s, err
	}
	err = v.read(ctx, "Statement", func(ctx context.Context, tx *store.Tx) error {
		today := v.today(tx)
		if ask.Until.IsZero() {
			ask.Until = today
		}
		if ask.From.IsZero() {
			if ask.From, err = ask.Until.AddYears(-1); err != nil {
				return err
			}
		}
		account.Organisation, account.Currency, account.From, account.Until, account.Limit = book.Organisation, book.Currency, ask.From, ask.Until, statementMost
		got, err := v.Money.Treasury.Bills.Statement(ctx, tx, account)
		if err != nil {
			return err
		}
		s = Statement{From: r.date(ask.From), Until: r.date(ask.Until), More: got.More,
			Opening: r.money(got.Opening, book.Currency), Closing: r.money(got.Closing, book.Currency)}
		known := map[string]*bill.Bill{}
		for _, l := range got.Lines {
			b := known[l.Bill]
			if b == nil {
				if b, err = v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, l.Bill); err != nil {
					return err
				}
				known[l.Bill] = b
			}
			line := StatementLine{Date: r.date(l.Value), Bill: l.Bill, Number: l.Number, Title: v.billMove(r, b, l.Move).Title, Balance: r.money(l.Balance, book.Currency)}
			if l.Amount > 0 {
				line.Charged = r.money(l.Amount, book.Currency)
			} else {
				line.Paid = r.money(-l.Amount, book.Currency)
			}
			s.Lines = append(s.Lines, line)
		}
		return nil
	})
	if errors.Is(err, errNoBooks) {
		err = missing(err)
	}
	return s, err
}
