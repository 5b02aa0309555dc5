package view

import (
	"context"
	"errors"
	"strings"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/document"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// MoneyPaymentsAsk asks for the payments that were booked on a day.
type MoneyPaymentsAsk struct {
	Day    calendar.Date // zero: today
	Method string
	After  string
}

// MoneyPayments is a page of them, with the day's sums.
type MoneyPayments struct {
	Day, DayISO string
	Lines       []PaymentLine
	Sums        []PaymentSum
	Next        string
}

// PaymentSum is how much moved on a day by one means.
type PaymentSum struct {
	Method, Title     string
	In, Out           string
	InCount, OutCount int
}

const paymentPage = 50

// MoneyPayments is for all who may read the money. The lines name nobody.
func (v MoneyDesk) MoneyPayments(ctx context.Context, r Reader, ask MoneyPaymentsAsk) (m MoneyPayments, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return m, err
	}
	err = v.read(ctx, "MoneyPayments", func(ctx context.Context, tx *store.Tx) error {
		day := ask.Day
		if day.IsZero() {
			day = v.today(tx)
		}
		m = MoneyPayments{Day: r.date(day), DayISO: day.String()}
		list, err := v.Money.Treasury.Payments.OnDay(ctx, tx, book.Organisation, day, ask.Method, ask.After, paymentPage)
		if err != nil {
			return err
		}
		for _, one := range list {
			m.Lines = append(m.Lines, r.paymentLine(v.place(), one))
		}
		if len(list) == paymentPage {
			m.Next = list[paymentPage-1].ID
		}
		sums, err := v.Money.Treasury.Payments.Totals(ctx, tx, book.Organisation, day, day)
		for _, s := range sums {
			m.Sums = append(m.Sums, PaymentSum{Method: s.Method, Title: r.method(s.Method), In: r.money(s.In.Minor, s.In.Currency), Out: r.amountOr(s.Out.Minor, s.Out.Currency),
				InCount: int(s.InCount), OutCount: int(s.OutCount)})
		}
		return err
	})
	return m, err
}

// PaymentNumbered finds a payment by the number of its receipt; "" for none.
func (v MoneyDesk) PaymentNumbered(ctx context.Context, r Reader, number string) (id string, err error) {
	book, err := v.moneyReader(r)
	if err != nil || number == "" {
		return "", err
	}
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	err = v.read(ctx, "PaymentNumbered", func(ctx context.Context, tx *store.Tx) error {
		p, err := v.Money.Treasury.Payments.ByNumber(ctx, tx, book.Organisation, number)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			id = p.ID
		}
		return err
	})
	return id, err
}

// MoneyPayment is a payment whole, as the treasury sees it.
type MoneyPayment struct {
	PaymentPage
	MoneyRights
	From        string // the payer's name
	Provider    string
	Asked       string // where another amount came
	Left        string // that can still be paid back; "" nothing
	Day         string
	Till, Line  string // cash: the till; bank: the line of the statement
	Bills       []PaidBill
	Events      []PaymentEvent
	Disputes    []DisputeLine
	Oddities    []OddityLine
	Entries     []EntryLine
	RefundsDone []MoneyRefund
}

// PaidBill is a bill that a payment pays.
type PaidBill struct {
	BillLine
	Amount string // of the payment
	Give   bool   // it holds a credit that can be paid back
}

// PaymentEvent is what was told about a payment.
type PaymentEvent struct {
	At, Received         Instant
	Title, Outcome, Name string // Name: as the provider names the message
	Amount               string
}

// DisputeLine is a dispute.
type DisputeLine struct {
	Amount, State  string
	Level          string // late, done
	Opened, Closed Instant
	Ended          bool
}

// MoneyRefund is money that goes back, or went.
type MoneyRefund struct {
	RefundLine
	ID, Means, Ref string
	Unasked        bool
	PayOut         bool   // it can be paid out in cash
	Again          string // bill whose credit it is again, so that it can be tried another way
}

// MoneyPayment is for all who may read the money; the payer sees that it was looked at.
func (v MoneyDesk) MoneyPayment(ctx context.Context, r Reader, id string) (m MoneyPayment, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return m, err
	}
	if err := v.lookAtPayment(ctx, r, book, id); err != nil {
		return m, err
	}
	err = v.read(ctx, "MoneyPayment", func(ctx context.Context, tx *store.Tx) error {
		one, err := v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		m = MoneyPayment{MoneyRights: r.moneyRights(book), From: one.Name, Provider: one.Provider, Day: r.date(one.Day), Till: one.Till}
		if m.PaymentPage, err = v.paymentPage(ctx, tx, r, book, one); err != nil {
			return err
		}
		if one.State == pay.StatePaid && one.Received != one.Amount {
			m.Asked = r.money(one.Amount.Minor, one.Amount.Currency)
		}
		if left := one.Left(); one.State == pay.StatePaid && left.Minor > 0 {
			m.Left = r.money(left.Minor, left.Currency)
		}
		if err := v.paidBills(ctx, tx, r, book, one, &m); err != nil {
			return err
		}
		return v.paymentTrail(ctx, tx, r, book, one, &m)
	})
	return m, err
}

func (v *View) lookAtPayment(ctx context.Context, r Reader, book *treasury.Book, id string) error {
	return v.recordPayer(ctx, r, book, policy.MoneyRead, func(ctx context.Context, tx *store.Tx) (payer, what, ref string, err error) {
		one, err := v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return "", "", "", err
		}
		ref = one.Number
		if ref == "" {
			ref = one.ID
		}
		return one.Payer, lookPayment, ref, nil
	})
}

func (v *View) paidBills(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, one *pay.Payment, m *MoneyPayment) error {
	got := map[string]int64{}
	for _, target := range one.Arrived() {
		got[target.Bill] += target.Amount
	}
	for _, target := range one.Targets {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, target.Bill)
		if err != nil {
			return err
		}
		paid := PaidBill{BillLine: v.billLine(r, b, v.today(tx)), Give: b.Credit() > 0}
		if n := got[b.ID]; n != 0 {
			paid.Amount = r.money(n, one.Received.Currency)
		}
		m.Bills = append(m.Bills, paid)
	}
	return nil
}

// paymentTrail is everything that happened to a payment.
func (v *View) paymentTrail(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, one *pay.Payment, m *MoneyPayment) error {
	j := v.place()
	events, err := v.Money.Treasury.Payments.Events(ctx, tx, book.Organisation, one.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		m.Events = append(m.Events, PaymentEvent{At: r.instant(j, e.At), Received: r.instant(j, e.Received), Title: r.eventWord(e.Kind), Outcome: r.eventOutcome(e.Outcome),
			Name: e.ID, Amount: r.amountOf(e.Amount.Minor, e.Amount.Currency)})
	}
	for _, d := range one.Disputes {
		line := DisputeLine{Amount: r.money(d.Amount.Minor, d.Amount.Currency), State: r.P.T("Not decided"), Level: "late", Opened: r.instant(j, d.Opened)}
		switch d.State {
		case pay.DisputeIsWon:
			line.State, line.Level = r.P.T("Won: the money came back"), "done"
		case pay.DisputeIsLost:
			line.State = r.P.T("Lost: it is owed again")
		}
		if line.Ended = !d.Closed.IsZero(); line.Ended {
			line.Closed = r.instant(j, d.Closed)
		}
		m.Disputes = append(m.Disputes, line)
	}
	staff := v.names(r)
	for _, resolved := range []bool{false, true} {
		list, err := v.Money.Exceptions.List(ctx, tx, pay.ExceptionQuery{Organisation: book.Organisation, Payment: one.ID, Resolved: resolved, Limit: oddPage})
		if err != nil {
			return err
		}
		for _, e := range list {
			line, err := v.oddityLine(ctx, tx, r, book, staff, e)
			if err != nil {
				return err
			}
			m.Oddities = append(m.Oddities, line)
		}
	}
	if m.Line, err = v.lineOf(ctx, tx, book, one.ID); err != nil {
		return err
	}
	if err := v.paymentRefunds(ctx, tx, r, book, one, m); err != nil {
		return err
	}
	m.Entries, err = v.entriesOf(ctx, tx, r, book, one)
	return err
}

func (v *View) paymentRefunds(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, one *pay.Payment, m *MoneyPayment) error {
	for _, x := range one.Refunds {
		line := MoneyRefund{RefundLine: r.refundLine(v, x), ID: x.ID, Means: x.Method, Ref: x.Ref, Unasked: x.Unasked,
			PayOut: x.Method == pay.Cash && (x.State == pay.RefundIsOwed || x.State == pay.RefundIsAsked)}
		if x.State == pay.RefundIsFailed {
			touched, err := v.Money.Treasury.Bills.Touched(ctx, tx, book.Organisation, bill.Source{Kind: "refund", ID: x.ID})
			if err != nil {
				return err
			}
			if len(touched) > 0 {
				line.Again = touched[0]
			}
		}
		m.RefundsDone = append(m.RefundsDone, line)
	}
	return nil
}

// MoneyReceipt is the receipt of a payment for its printing, and its number.
func (v MoneyDesk) MoneyReceipt(ctx context.Context, r Reader, id string) (d document.Document, number string, err error) {
	m, err := v.MoneyPayment(ctx, r, id)
	if err == nil && !m.Paid {
		err = outOfSight()
	}
	return m.Receipt, m.Number, err
}

// amountOf is an amount in whatever currency, "" for none.
func (r Reader) amountOf(minor int64, currency string) string {
	if currency == "" || minor == 0 {
		return ""
	}
	return r.money(minor, currency)
}
