package view

import (
	"context"
	"errors"

	"stoa/internal/access"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// BillLine is a bill in a list.
type BillLine struct {
	ID, Number, Title string
	Service           string // title of the service or tax
	Object            string
	Date              string
	Total, Balance    string
	Owed, Credit      bool
	Due               string // of the next instalment
	State             BillState
}

// BillState is where a bill stands, in words and for the eye.
type BillState struct{ Text, Level string } // level: late, soon, ok, done

// BillPage is a bill whole, as its payer or the treasury sees it.
type BillPage struct {
	BillLine
	Version     int64
	Payer       string
	Address     []string
	Items       []BillItem
	Instalments []BillPart
	Moves       []BillMove // newest first
	Charges     []BillWhy  // each item with its reasons
	Payments    []PaymentLine
	Transfer    *Transfer   // how to pay by bank
	Pay         []PayChoice // what can be paid by card now
	Overdue     string
	Interest    string // that has run and is not charged yet
	Note        string
	Case        string   // of a fee
	Account     string   // of a tax
	Tax         *BillTax // why a tax comes to this
	Contact     Contact
}

// BillItem is a line of a bill.
type BillItem struct{ Title, Amount string }

// BillWhy is an amount with its reasons; Parts are the stretches of days of a tax.
type BillWhy struct {
	Title, Amount string
	Why           *Why
	Law           Law
}

// BillPart is an instalment, or a charge that is due on its own.
type BillPart struct {
	Due, Amount, Open string
	State             BillState
}

// BillMove is something that moved what is owed.
type BillMove struct {
	Date, Title, Amount, Why string
	More                     bool   // more is owed
	Payment                  string // id
}

// PaymentLine is a payment in a list.
type PaymentLine struct {
	ID, Number, Amount, Method, Title string
	At                                Instant
	State                             BillState
	Paid                              bool
}

// Transfer is what a payer needs for a bank transfer.
type Transfer struct {
	Name, IBAN, BIC, Reference string
	QR                         string // what a banking app reads; "" where it knows none for this currency
}

// PayChoice is an amount that can be paid by card.
type PayChoice struct {
	Minor        int64 // 0: all
	Title, Shown string
}

// billLine writes a bill for a list; it needs no moves.
func (v *View) billLine(r Reader, b *bill.Bill, today calendar.Date) BillLine {
	l := BillLine{
		ID: b.ID, Number: b.Number, Title: b.Title, Service: v.billedTitle(r, b.Service), Object: b.Object, Date: r.date(b.Day),
		Total: r.money(b.Total(), b.Currency), Balance: r.money(max(b.Balance, -b.Balance), b.Currency),
		Owed: b.Balance > 0, Credit: b.Balance < 0, Due: r.date(b.Next),
	}
	l.State = r.billState(b, today)
	return l
}

func (r Reader) billState(b *bill.Bill, today calendar.Date) BillState {
	p := r.P
	switch {
	case b.Balance < 0:
		return BillState{p.T("Credit"), "ok"}
	case b.State == bill.Cancelled:
		return BillState{p.T("Cancelled"), "done"}
	case b.Balance == 0:
		return BillState{p.T("Paid"), "done"}
	case !b.Next.IsZero() && b.Next.Before(today):
		return BillState{p.T("Overdue"), "late"}
	case !b.Next.IsZero() && today.DaysUntil(b.Next) <= 7:
		return BillState{p.T("Due soon"), "soon"}
	}
	return BillState{p.T("To be paid"), "ok"}
}

// ownBill is a bill as the rights of its payer see it.
func ownBill(b *bill.Bill) policy.Thing {
	return policy.Thing{Kind: "bill", ID: b.ID, Organisation: b.Organisation, Owner: b.Payer, Service: b.About()}
}

// Bills lists the bills that the reader pays or owes, newest first.
func (v Finance) Bills(ctx context.Context, r Reader) (list []BillLine, err error) {
	if err := ownList(r); err != nil {
		return nil, err
	}
	book, err := v.book()
	if errors.Is(err, errNoBooks) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = v.read(ctx, "Bills", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		bills, err := v.Money.Treasury.Bills.Of(ctx, tx, book.Organisation, r.Actor.Whose())
		for _, b := range bills {
			if policy.Can(r.Actor, policy.BillOwn, ownBill(b)) != nil {
				continue
			}
			list = append(list, v.billLine(r, b, v.today(tx)))
		}
		return err
	})
	return list, err
}

// accountBills adds what is owed to the reader's own page.
func (v *View) accountBills(ctx context.Context, tx *store.Tx, r Reader, a *Account) error {
	book, err := v.book()
	if errors.Is(err, errNoBooks) {
		return nil
	}
	if err != nil {
		return err
	}
	bills, err := v.Money.Treasury.Bills.Of(ctx, tx, book.Organisation, r.Actor.Whose())
	for _, b := range bills {
		if policy.Can(r.Actor, policy.BillOwn, ownBill(b)) != nil {
			continue
		}
		a.Money = true
		if b.Balance != 0 {
			a.Bills = append(a.Bills, v.billLine(r, b, v.today(tx)))
		}
	}
	return err
}

// Bill is a bill as its payer sees it.
func (v Finance) Bill(ctx context.Context, r Reader, id string) (p BillPage, err error) {
	book, err := v.book()
	if err != nil {
		return p, err
	}
	if err := v.lookFor(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: b.Payer, What: lookBill, Ref: b.Number, Service: b.Service, Why: string(policy.BillOwn)}, ownBill(b), nil
	}); err != nil {
		return p, err
	}
	err = v.read(ctx, "Bill", func(ctx context.Context, tx *store.Tx) error {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.BillOwn, ownBill(b)); err != nil {
			return err
		}
		p, err = v.billPage(ctx, tx, r, b)
		return err
	})
	return p, err
}

// billOfCase is what is to be paid for a case, and how by bank; nil for nothing.
func (v *View) billOfCase(ctx context.Context, tx *store.Tx, r Reader, caseID string) (*BillLine, *Transfer, error) {
	book, err := v.book()
	if errors.Is(err, errNoBooks) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	bills, err := v.Money.Treasury.Bills.BySource(ctx, tx, book.Organisation, bill.Source{Kind: "case", ID: caseID})
	if err != nil || len(bills) == 0 {
		return nil, nil, err
	}
	line := v.billLine(r, bills[0], v.today(tx))
	return &line, v.transfer(bills[0], 0), nil
}

// billPage writes a bill whole. Who may see it was asked before.
func (v *View) billPage(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill) (p BillPage, err error) {
	j, today := v.place(), v.today(tx)
	stands := b.On(today)
	p = BillPage{
		BillLine: v.billLine(r, b, today), Version: b.Version, Payer: b.Name, Address: b.Address, Note: b.Note,
		Contact: r.contact(j, b.Organisation),
	}
	if stands.Overdue > 0 {
		p.Overdue = r.money(stands.Overdue, b.Currency)
	}
	for _, i := range b.Items {
		p.Items = append(p.Items, BillItem{r.textOf(j, i.Title), r.money(i.Amount, b.Currency)})
	}
	p.Instalments = r.parts(b, stands, today)
	for i := len(b.Moves) - 1; i >= 0; i-- {
		p.Moves = append(p.Moves, v.billMove(r, b, b.Moves[i]))
	}
	payments, err := v.Money.Treasury.Payments.ForBill(ctx, tx, b.Organisation, b.ID)
	if err != nil {
		return p, err
	}
	for _, one := range payments {
		p.Payments = append(p.Payments, r.paymentLine(j, one))
	}
	if b.Balance > 0 && b.State != bill.Cancelled {
		interest, err := v.interest(ctx, tx, b, today)
		if err != nil {
			return p, err
		}
		if interest > 0 {
			p.Interest = r.money(interest, b.Currency)
		}
		p.Transfer, p.Pay = v.transfer(b, interest), v.payChoices(r, b, stands, interest)
	}
	if b.Of.Kind == "case" {
		p.Case = b.Of.ID
	}
	p.Charges, err = v.whyBilled(ctx, tx, r, b, &p)
	return p, err
}

func (r Reader) parts(b *bill.Bill, stands bill.Standing, today calendar.Date) (list []BillPart) {
	for _, part := range stands.Parts {
		one := BillPart{Due: r.date(part.Due), Amount: r.money(part.Amount, b.Currency), Open: r.money(part.Open, b.Currency)}
		switch {
		case part.Open == 0:
			one.State = BillState{r.P.T("Paid"), "done"}
		case part.Overdue:
			one.State = BillState{r.P.T("Overdue"), "late"}
		case part.Covered > 0:
			one.State = BillState{r.P.T("Paid in part"), "soon"}
		case today.DaysUntil(part.Due) <= 7:
			one.State = BillState{r.P.T("Due soon"), "soon"}
		default:
			one.State = BillState{r.P.T("To be paid"), "ok"}
		}
		list = append(list, one)
	}
	return list
}

// billMove says in words what moved.
func (v *View) billMove(r Reader, b *bill.Bill, m bill.Move) BillMove {
	p := r.P
	one := BillMove{Date: r.date(m.Value), Amount: r.money(m.Amount, b.Currency), More: m.Amount > 0, Why: m.Why}
	switch m.Kind {
	case bill.MoveCharge:
		one.Title = p.T("Charged")
		for _, i := range b.Items {
			if i.ID == m.Item {
				one.Title = r.textOf(v.place(), i.Title)
			}
		}
		switch m.Component {
		case bill.Interest:
			one.Title = p.T("Interest")
		case bill.Penalty:
			one.Title = p.T("Penalty")
		case bill.Costs:
			one.Title = p.T("Costs")
		case bill.Principal:
		}
	case bill.MoveCredit:
		one.Title = p.T("Taken back")
	case bill.MoveWaiver:
		one.Title = p.T("Waived")
	case bill.MoveWriteOff:
		one.Title = p.T("Written off")
	case bill.MovePayment:
		one.Title = p.T("Payment")
	case bill.MoveRefund:
		one.Title = p.T("Refund")
	case bill.MoveDispute:
		one.Title = p.T("Payment taken back by your bank")
	case bill.MoveTransfer:
		one.Title = p.T("Credit moved between bills")
	}
	if m.Of.Kind == "payment" {
		one.Payment = m.Of.ID
	}
	return one
}

// transfer is how a bill is paid by bank; nil where the place names no account.
func (v *View) transfer(b *bill.Bill, interest int64) *Transfer {
	m := v.place().Money
	if m == nil || m.Bank.IBAN == "" {
		return nil
	}
	ref := bankfile.Reference(b.Reference)
	t := &Transfer{Name: m.Bank.Name, IBAN: m.Bank.IBAN, BIC: m.Bank.BIC, Reference: ref.Printed()}
	iban, err := bankfile.ParseIBAN(m.Bank.IBAN)
	if err != nil {
		return t
	}
	t.IBAN = iban.Printed()
	order := bankfile.Payment{Amount: money.Amount{Minor: b.Balance + interest, Currency: b.Currency}, Creditor: bankfile.Party{Name: m.Bank.Name, IBAN: iban, BIC: m.Bank.BIC}, Reference: ref}
	if code, err := bankfile.EPC(order); err == nil { // it is defined for euros
		t.QR = code
	}
	return t
}

// interest is what has run on a bill and is booked when it is paid.
func (v *View) interest(ctx context.Context, tx *store.Tx, b *bill.Bill, today calendar.Date) (int64, error) {
	if b.Next.IsZero() || !b.Next.Before(today) {
		return 0, nil
	}
	rules, err := v.Docket.LateRules(ctx, tx, v.Money.Taxes, b)
	if err != nil {
		return 0, err
	}
	amount, _, err := treasury.Accrued(ctx, rules.Jurisdiction, rules.Interest, b, today)
	return amount, err
}

// payChoices are the amounts that a payer may want to pay now: what is overdue or due next, and all.
func (v *View) payChoices(r Reader, b *bill.Bill, stands bill.Standing, interest int64) (list []PayChoice) {
	if !v.Money.Cards {
		return nil
	}
	add := func(minor int64, title string) {
		if minor > 0 && minor < b.Balance {
			list = append(list, PayChoice{minor, title, r.money(minor, b.Currency)})
		}
	}
	add(stands.Overdue, r.P.T("What is overdue"))
	for _, part := range stands.Parts {
		if part.Open > 0 && !part.Overdue {
			add(stands.Overdue+part.Open, r.P.T("Up to the instalment of {date}", i18n.V{"date": r.date(part.Due)}))
			break
		}
	}
	all := PayChoice{0, r.P.T("All that is owed"), r.money(b.Balance+interest, b.Currency)}
	if interest > 0 {
		all.Title = r.P.T("All that is owed, with the interest of today")
	}
	return append(list, all)
}

func (r Reader) paymentLine(j *service.Jurisdiction, p *pay.Payment) PaymentLine {
	at, amount := p.Created, p.Amount
	if p.State == pay.StatePaid {
		at, amount = p.Settled, p.Received
	}
	return PaymentLine{ID: p.ID, Number: p.Number, Title: p.Title, Amount: r.money(amount.Minor, amount.Currency), Method: r.method(p.Method),
		At: r.instant(j, at), State: r.paymentState(p), Paid: p.State == pay.StatePaid}
}

func (r Reader) method(method string) string {
	switch method {
	case pay.Card:
		return r.P.T("Card")
	case pay.Bank:
		return r.P.T("Bank transfer")
	case pay.Cash:
		return r.P.T("Cash")
	}
	return method
}

func (r Reader) paymentState(p *pay.Payment) BillState {
	switch p.Status() {
	case "paid":
		return BillState{r.P.T("Received"), "done"}
	case "refunded":
		return BillState{r.P.T("Paid back"), "done"}
	case "partly_refunded":
		return BillState{r.P.T("Paid back in part"), "done"}
	case "disputed":
		return BillState{r.P.T("In dispute"), "late"}
	case string(pay.StateFailed):
		return BillState{r.P.T("Did not succeed"), "late"}
	case string(pay.StateExpired):
		return BillState{r.P.T("Not made"), "ok"}
	}
	return BillState{r.P.T("Not finished"), "soon"}
}
