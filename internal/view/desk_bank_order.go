package view

import (
	"context"
	"slices"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// BankOrders is the orders of payments to our bank, newest first.
type BankOrders struct {
	MoneyRights
	Orders []BankOrder
	ToPay  int // refunds that are owed by bank and in no order
	Sum    string
	Next   string
}

// BankOrder is an order.
type BankOrder struct {
	ID, Number    string
	State, Title  string
	Total         string
	Count         int
	Created       Instant
	Mine, Decides bool // the reader made or proposed it; the reader may approve it
}

const bankOrderPage = 50

var (
	openOrders = []bank.OrderState{bank.Draft, bank.Proposed, bank.Approved}
	allOrders  = append(slices.Clone(openOrders), bank.Exported, bank.Done, bank.Refused)
)

func (v *View) orders() *bank.Orders { return &bank.Orders{Vault: v.Money.Bank.Vault} }

// orderState is where an order stands, in words.
func (r Reader) orderState(s bank.OrderState) string {
	switch s {
	case bank.Draft:
		return r.P.T("Draft")
	case bank.Proposed:
		return r.P.T("Waits for approval")
	case bank.Approved:
		return r.P.T("Approved, to be sent to the bank")
	case bank.Exported:
		return r.P.T("Sent to the bank")
	case bank.Done:
		return r.P.T("Done")
	case bank.Refused:
		return r.P.T("Refused")
	}
	return string(s)
}

// orderPaymentState is where a payment of an order stands, in words.
func (r Reader) orderPaymentState(s bank.PaymentState) string {
	switch s {
	case bank.Waiting:
		return r.P.T("Under way")
	case bank.Left:
		return r.P.T("Paid")
	case bank.Failed:
		return r.P.T("Not paid, or came back")
	case bank.Dropped:
		return r.P.T("Not in this order any more")
	}
	return string(s)
}

func (v *View) bankOrder(r Reader, o *bank.Order) BankOrder {
	thing := policy.Thing{Kind: "order", ID: o.ID, Organisation: o.Organisation, Decider: o.ProposedBy}
	return BankOrder{ID: o.ID, Number: o.Number, State: string(o.State), Title: r.orderState(o.State), Total: r.money(o.Total, o.Currency), Count: o.Count,
		Created: r.instant(v.place(), o.Created), Mine: o.CreatedBy == r.Actor.Person || o.ProposedBy == r.Actor.Person,
		Decides: o.State == bank.Proposed && o.CreatedBy != r.Actor.Person && policy.Can(r.Actor, policy.MoneyApprove, thing) == nil}
}

// BankOrders is for all who may read the money. The lines name nobody.
func (v Banking) BankOrders(ctx context.Context, r Reader, before string) (list BankOrders, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return list, err
	}
	err = v.read(ctx, "BankOrders", func(ctx context.Context, tx *store.Tx) error {
		list = BankOrders{MoneyRights: r.moneyRights(book)}
		found, err := v.orders().List(ctx, tx, book.Organisation, allOrders, before, bankOrderPage)
		if err != nil {
			return err
		}
		for _, o := range found {
			list.Orders = append(list.Orders, v.bankOrder(r, o))
		}
		if len(found) == bankOrderPage {
			list.Next = found[bankOrderPage-1].ID
		}
		owed, err := v.toPayBack(ctx, tx, book)
		sum := int64(0)
		for _, x := range owed {
			if x.Amount.Currency == book.Currency {
				sum += x.Amount.Minor
			}
		}
		list.ToPay, list.Sum = len(owed), r.money(sum, book.Currency)
		return err
	})
	return list, err
}

const toPayMost = 200

// toPayBack lists the refunds that are owed by bank and in no order that is under way.
func (v *View) toPayBack(ctx context.Context, tx *store.Tx, book *treasury.Book) (all []pay.Refund, err error) {
	orders, err := v.orders().List(ctx, tx, book.Organisation, openOrders, "", toPayMost)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, o := range orders {
		whole, err := v.orders().Get(ctx, tx, book.Organisation, o.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range whole.Payments {
			taken[p.Refund] = true
		}
	}
	owed, err := v.Money.Treasury.Payments.RefundsIn(ctx, tx, book.Organisation, pay.RefundIsOwed, pay.Bank, "", toPayMost)
	return slices.DeleteFunc(owed, func(x pay.Refund) bool { return taken[x.ID] }), err
}

// BankPayee is a refund that may go into an order, with whom it goes to as far as that is known.
type BankPayee struct {
	Refund, Payment, Receipt string
	Amount                   string
	Since                    Instant
	Name, IBAN               string
	Why                      string // how name and account are known
}

// NewBankOrder is the refunds that an order can be made of.
type NewBankOrder struct {
	MoneyRights
	Payees []BankPayee
	Capped bool
}

// NewBankOrder is for officers of the treasury; the payers see that they were looked at.
func (v Banking) NewBankOrder(ctx context.Context, r Reader) (n NewBankOrder, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return n, err
	}
	if err := policy.Can(r.Actor, policy.MoneyWork, policy.Thing{Kind: "order", Organisation: book.Organisation}); err != nil {
		return n, err
	}
	shown := map[string]string{}
	err = v.read(ctx, "NewBankOrder", func(ctx context.Context, tx *store.Tx) error {
		n = NewBankOrder{MoneyRights: r.moneyRights(book)}
		owed, err := v.toPayBack(ctx, tx, book)
		if err != nil {
			return err
		}
		n.Capped = len(owed) == toPayMost
		for _, x := range owed {
			one, payer, err := v.payee(ctx, tx, r, book, x)
			if err != nil {
				return err
			}
			shown[payer] = one.Receipt
			n.Payees = append(n.Payees, one)
		}
		return nil
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, shown)
	}
	if err != nil {
		return NewBankOrder{}, err
	}
	return n, nil
}

// payee is whom a refund goes to: whom the proposal named, or else the account from which the money came.
func (v *View) payee(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, x pay.Refund) (one BankPayee, payer string, err error) {
	p, err := v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, x.Payment)
	if err != nil {
		return one, "", err
	}
	one = BankPayee{Refund: x.ID, Payment: p.ID, Receipt: p.Number, Amount: r.money(x.Amount.Minor, x.Amount.Currency), Since: r.instant(v.place(), x.Created), Name: p.Name}
	named, err := v.namedPayee(ctx, tx, book, x)
	if err != nil {
		return one, "", err
	}
	if named.IBAN != "" {
		one.Name, one.IBAN, one.Why = named.Name, bankfile.IBAN(named.IBAN).Printed(), r.P.T("As it was proposed and approved")
		return one, p.Payer, nil
	}
	line, err := v.lineOf(ctx, tx, book, p.ID)
	if err != nil || line == "" {
		return one, p.Payer, err
	}
	l, err := v.Money.Bank.Line(ctx, tx, book.Organisation, line)
	if err != nil {
		return one, "", err
	}
	if iban, err := bankfile.ParseIBAN(l.IBAN); err == nil {
		one.Name, one.IBAN, one.Why = l.Name, iban.Printed(), r.P.T("The account from which the money came")
	}
	return one, p.Payer, nil
}

// namedPayee is the account that a proposal to pay a credit back named.
func (v *View) namedPayee(ctx context.Context, tx *store.Tx, book *treasury.Book, x pay.Refund) (t bill.Terms, err error) {
	bills, err := v.Money.Treasury.Bills.Touched(ctx, tx, book.Organisation, bill.Source{Kind: "refund", ID: x.ID})
	if err != nil || len(bills) == 0 {
		return t, err
	}
	b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, bills[0])
	if err != nil {
		return t, err
	}
	all, err := v.Money.Treasury.Bills.Proposals(ctx, tx, b)
	for _, p := range all {
		if p.Kind == bill.Refund && p.Outcome == bill.Approved && p.Payment == x.Payment && p.IBAN != "" {
			t = p.Terms
		}
	}
	return t, err
}

// BankOrderPage is an order whole.
type BankOrderPage struct {
	MoneyRights
	BankOrder
	Version  int64
	Payments []BankPayment
	Steps    []BankStep
	Reason   string
	FromName string
	FromIBAN string
	Hash     []byte
}

// BankPayment is a payment of an order.
type BankPayment struct {
	No                    int
	EndToEnd              string
	Name, IBAN, Amount    string
	State, Title          string
	Payment, Receipt      string // that is paid back
	Invoice               string // id of the invoice that is paid; its number is Receipt
	Left, Back            string // lines of statements
	Reason                string
	CanFail, Failed, Paid bool
}

// BankStep is who did what with an order.
type BankStep struct {
	Title, By string
	At        Instant
}

// BankOrder is for all who may read the money; the payees who are our payers see that they were looked at.
func (v Banking) BankOrder(ctx context.Context, r Reader, id string) (p BankOrderPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	shown := map[string]string{}
	err = v.read(ctx, "BankOrder", func(ctx context.Context, tx *store.Tx) error {
		o, err := v.orders().Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p = BankOrderPage{MoneyRights: r.moneyRights(book), BankOrder: v.bankOrder(r, o), Version: o.Version, Reason: o.Reason, FromName: o.From.Name,
			FromIBAN: o.From.IBAN.Printed(), Hash: o.Hash}
		if err := v.orderSteps(ctx, tx, r, o, &p); err != nil {
			return err
		}
		for _, x := range o.Payments {
			one := BankPayment{No: x.No, EndToEnd: x.EndToEnd, Name: x.To.Name, IBAN: x.To.IBAN.Printed(), Amount: r.money(x.Amount.Minor, x.Amount.Currency),
				State: string(x.State), Title: r.orderPaymentState(x.State), Left: x.LeftLine, Back: x.BackLine, Reason: x.Reason,
				CanFail: p.Work && x.State == bank.Waiting && o.State == bank.Exported, Failed: x.State == bank.Failed, Paid: x.State == bank.Left}
			if invoice, is := x.Invoice(); is {
				owner, number, err := v.paidInvoice(ctx, tx, book, invoice)
				if err != nil {
					return err
				}
				one.Invoice, one.Receipt, shown[owner] = invoice, number, number
				p.Payments = append(p.Payments, one)
				continue
			}
			_, of, err := v.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, x.Refund)
			if err != nil {
				return err
			}
			one.Payment, one.Receipt = of.ID, of.Number
			shown[of.Payer] = of.Number
			p.Payments = append(p.Payments, one)
		}
		return nil
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, shown)
	}
	if err != nil {
		return BankOrderPage{}, err
	}
	return p, nil
}

func (v *View) orderSteps(ctx context.Context, tx *store.Tx, r Reader, o *bank.Order, p *BankOrderPage) error {
	staff, j := v.names(r), v.place()
	decided := r.P.T("Approved")
	if o.State == bank.Refused {
		decided = r.P.T("Refused")
	}
	for _, s := range []struct {
		title, by string
		at        Instant
		done      bool
	}{
		{r.P.T("Made"), o.CreatedBy, r.instant(j, o.Created), true},
		{r.P.T("Proposed"), o.ProposedBy, r.instant(j, o.Proposed), !o.Proposed.IsZero()},
		{decided, o.DecidedBy, r.instant(j, o.Decided), !o.Decided.IsZero()},
		{r.P.T("Sent to the bank"), o.ExportedBy, r.instant(j, o.Exported), !o.Exported.IsZero()},
	} {
		if !s.done {
			continue
		}
		by, err := staff.of(ctx, tx, s.by)
		if err != nil {
			return err
		}
		p.Steps = append(p.Steps, BankStep{s.title, by, s.at})
	}
	return nil
}

// paidInvoice is whom an invoice is paid to, where that is a person known here, and its number.
func (v *View) paidInvoice(ctx context.Context, tx *store.Tx, book *treasury.Book, id string) (owner, number string, err error) {
	x, err := v.Money.Spend.Invoices.Get(ctx, tx, book.Organisation, id)
	if err != nil {
		return "", "", err
	}
	to, err := v.Money.Spend.Suppliers.Get(ctx, tx, book.Organisation, x.Supplier)
	if err != nil {
		return "", "", err
	}
	return to.Owner, x.Number, nil
}
