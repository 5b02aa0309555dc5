package view

import (
	"context"
	"strings"

	"stoa/internal/access"
	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// BankQueue is a page of the lines whose purpose nobody knows, oldest first.
type BankQueue struct {
	MoneyRights
	Lines []BankLine
	Next  BankAsk
}

const bankQueuePage = 50

// BankQueue is for all who may read the money.
func (v Banking) BankQueue(ctx context.Context, r Reader, ask BankAsk) (q BankQueue, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return q, err
	}
	err = v.read(ctx, "BankQueue", func(ctx context.Context, tx *store.Tx) error {
		q = BankQueue{MoneyRights: r.moneyRights(book)}
		after := bank.Place{ID: ask.ID}
		if ask.Day != "" {
			var err error
			if after.Day, err = calendar.ParseISO(ask.Day); err != nil {
				after = bank.Place{}
			}
		}
		list, err := v.Money.Bank.InState(ctx, tx, book.Organisation, bank.Suspense, after, bankQueuePage)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := v.Money.Bank.ReadParts(ctx, tx, list); err != nil {
			return err
		}
		m, err := v.finder().All(ctx, tx, book, v.place().Money.Bank, list)
		if err != nil {
			return err
		}
		for _, l := range list {
			line := v.bankLine(r, l)
			line.Amount = r.money(l.Open(), l.Amount.Currency)
			all := candidates(m, l)
			if line.Matches = len(all); line.Matches > 0 {
				line.Best = r.candidateTitle(m, all[0])
			}
			q.Lines = append(q.Lines, line)
		}
		if len(list) == bankQueuePage {
			last := list[bankQueuePage-1].Place()
			q.Next = BankAsk{last.Day.String(), last.ID}
		}
		return nil
	})
	return q, err
}

func (v *View) finder() treasury.Finder {
	return treasury.Finder{Bills: v.Money.Treasury.Bills, Bank: v.Money.Bank}
}

// candidates are what a line may be, the best first, as the debts are now; of a line that is partly placed, by what is open.
func candidates(m *treasury.Matching, l *bank.Line) []bankfile.Candidate {
	line := l.File()
	line.Amount.Minor = l.Open()
	found := m.Match(line)
	if found.Sure != nil {
		return append([]bankfile.Candidate{*found.Sure}, found.Suggestions...)
	}
	return found.Suggestions
}

// candidateTitle says what a candidate is; it names nobody.
func (r Reader) candidateTitle(m *treasury.Matching, c bankfile.Candidate) string {
	if c.To != bankfile.ToBill {
		return r.placeOf(map[bankfile.Target]string{bankfile.ToCard: bank.ToCard, bankfile.ToCash: bank.ToCash,
			bankfile.ToRefund: bank.ToRefund, bankfile.ToReturned: bank.ToRefund}[c.To])
	}
	var numbers []string
	for _, id := range c.IDs {
		numbers = append(numbers, m.Debts[id].Number)
	}
	return strings.Join(numbers, ", ")
}

// BankLinePage is a line whole: what the bank says, what became of it, and what it may be.
type BankLinePage struct {
	MoneyRights
	BankLine
	Version             int64
	Booked              string
	Statement, Number   string // id and number of the statement
	Words               bank.Words
	Open                string // what is still to be placed; "" nothing
	OpenMinor           int64  // positive with the line
	Currency            string
	All                 []BankPart // those that ended included, oldest first
	Suggestions         []BankSuggestion
	Accounts            []Option // on which a person may place money
	CanSendBack, Inward bool
}

// BankSuggestion is something that a line may be.
type BankSuggestion struct {
	Title   string
	Score   int
	Reasons []string
	Bills   []BankBill
	Use     []BankUse // how the form about the line would be filled in
}

// BankUse is a row of that form.
type BankUse struct {
	To, Number string
	Minor      int64
}

// BankLine is for all who may read the money; the payers that it shows see that it was looked at.
func (v Banking) BankLine(ctx context.Context, r Reader, id string) (p BankLinePage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	shown := map[string]string{} // number of a bill or payment by its payer
	err = v.read(ctx, "BankLine", func(ctx context.Context, tx *store.Tx) error {
		l, err := v.Money.Bank.Line(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p = BankLinePage{MoneyRights: r.moneyRights(book), BankLine: v.bankLine(r, l), Version: l.Version, Booked: r.date(l.Booked), Statement: l.Statement,
			Words: l.Words, Currency: l.Amount.Currency, Inward: l.Amount.Minor > 0}
		s, err := v.Money.Bank.Statement(ctx, tx, book.Organisation, l.Statement)
		if err != nil {
			return err
		}
		p.Number = s.Number
		if err := v.bankParts(ctx, tx, r, book, l, &p, shown); err != nil {
			return err
		}
		if open := l.Open(); open != 0 && l.State != bank.New {
			p.Open, p.OpenMinor, p.CanSendBack = r.money(open, p.Currency), max(open, -open), open > 0
			return v.bankSuggestions(ctx, tx, r, book, l, &p, shown)
		}
		return nil
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookBill, shown)
	}
	if err != nil {
		return BankLinePage{}, err
	}
	return p, nil
}

// recordPayers stores a look for each payer of whom something is about to be shown: its number by the payer. A page that
// cannot be recorded is not shown.
func (v *View) recordPayers(ctx context.Context, r Reader, book *treasury.Book, what string, shown map[string]string) error {
	delete(shown, "")
	delete(shown, r.Actor.Person)
	if len(shown) == 0 {
		return nil
	}
	return v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		for payer, number := range shown {
			look := access.Look{Person: payer, Actor: r.Actor.Person, Organisation: book.Organisation, What: what, Ref: number, Why: string(policy.MoneyRead)}
			if err := access.Record(ctx, tx, look); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v *View) bankParts(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, l *bank.Line, p *BankLinePage, shown map[string]string) (err error) {
	staff := v.names(r)
	for _, part := range l.Parts {
		one := v.bankPart(r, l, part)
		if one.By, err = staff.of(ctx, tx, part.By); err != nil {
			return err
		}
		if one.Ended {
			if one.EndedBy, err = staff.of(ctx, tx, part.EndedBy); err != nil {
				return err
			}
		}
		if part.To == bank.ToBill {
			if err := v.bankPaid(ctx, tx, book, part.Ref, &one, shown); err != nil {
				return err
			}
		}
		if part.To == bank.ToRefund {
			refund, of, err := v.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, part.Ref)
			if err != nil {
				return err
			}
			one.PaymentNumber, shown[of.Payer] = refund.Ref, of.Number
		}
		if part.To == bank.ToPayment {
			if err := v.bankPaidOut(ctx, tx, book, part.Ref, &one, shown); err != nil {
				return err
			}
		}
		one.Undo = p.Work && !one.Ended && !one.SentBack && part.To != bank.ToSuspense && part.To != bank.ToRefund && part.To != bank.ToPayment
		p.All = append(p.All, one)
	}
	return nil
}

// bankPaidOut adds the invoice that a payment of ours paid.
func (v *View) bankPaidOut(ctx context.Context, tx *store.Tx, book *treasury.Book, number string, one *BankPart, shown map[string]string) error {
	p, err := v.orders().Payment(ctx, tx, book.Organisation, number)
	if err != nil {
		return err
	}
	id, _ := p.Invoice()
	owner, invoice, err := v.paidInvoice(ctx, tx, book, id)
	one.PaymentNumber, one.Invoice, one.InvoiceNumber = number, id, invoice
	shown[owner] = invoice
	return err
}

// bankPaid adds the payment that a part became, with its bills.
func (v *View) bankPaid(ctx context.Context, tx *store.Tx, book *treasury.Book, payment string, one *BankPart, shown map[string]string) error {
	paid, err := v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, payment)
	if err != nil {
		return err
	}
	one.Receipt, one.SentBack = paid.Number, len(paid.Targets) == 0
	for _, target := range paid.Targets {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, target.Bill)
		if err != nil {
			return err
		}
		one.Bills = append(one.Bills, BankBill{b.ID, b.Number, b.Title})
		shown[b.Payer] = b.Number
	}
	return nil
}

func (v *View) bankSuggestions(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, l *bank.Line, p *BankLinePage, shown map[string]string) error {
	j := v.place()
	for _, a := range j.Money.Accounts {
		if book.Open(a.Code) {
			p.Accounts = append(p.Accounts, Option{Value: a.Code, Label: a.Code + " " + r.words(j, a.Title)})
		}
	}
	m, err := v.finder().All(ctx, tx, book, j.Money.Bank, []*bank.Line{l})
	if err != nil {
		return err
	}
	for _, c := range candidates(m, l) {
		s := BankSuggestion{Title: r.candidateTitle(m, c), Score: c.Score}
		for _, why := range c.Reasons {
			s.Reasons = append(s.Reasons, why.In(r.P))
		}
		switch c.To {
		case bankfile.ToBill:
			for _, id := range c.IDs {
				d := m.Debts[id]
				s.Bills = append(s.Bills, BankBill{ID: id, Number: d.Number, Title: d.Name})
				shown[d.Payer] = d.Number
			}
			s.Use = useOf(c.IDs, m.Debts, p.OpenMinor)
			if !p.CanSendBack { // a payment that was taken back: nothing here does that by itself
				s.Use = nil
			}
		case bankfile.ToCard:
			s.Use = []BankUse{{To: bank.ToCard, Minor: p.OpenMinor}}
		case bankfile.ToCash:
			s.Use = []BankUse{{To: bank.ToCash, Minor: p.OpenMinor}}
		case bankfile.ToRefund, bankfile.ToReturned:
			if invoice, is := bank.Invoice(c.IDs[0]); is {
				if s.Use, err = v.useOfInvoice(ctx, tx, book, invoice, p.OpenMinor, shown); err != nil {
					return err
				}
				break
			}
			var refund *pay.Refund
			var of *pay.Payment
			if refund, of, err = v.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, c.IDs[0]); err != nil {
				return err
			}
			shown[of.Payer] = of.Number
			s.Use = []BankUse{{To: bank.ToRefund, Number: refund.Ref, Minor: refund.Amount.Minor}}
		}
		p.Suggestions = append(p.Suggestions, s)
	}
	return nil
}

// useOfInvoice is the row of the form that says that a line is the payment of an invoice.
func (v *View) useOfInvoice(ctx context.Context, tx *store.Tx, book *treasury.Book, id string, amount int64, shown map[string]string) ([]BankUse, error) {
	paid, err := v.orders().Under(ctx, tx, book.Organisation, bank.OfInvoice(id))
	if err != nil {
		return nil, err
	}
	owner, number, err := v.paidInvoice(ctx, tx, book, id)
	shown[owner] = number
	return []BankUse{{To: bank.ToRefund, Number: paid.EndToEnd, Minor: amount}}, err
}

// useOf divides an amount over bills as they are owed; the last gets what is left, or a row more says that it waits.
func useOf(ids []string, debts map[string]bill.Debt, amount int64) (all []BankUse) {
	for _, id := range ids {
		part := min(max(debts[id].Owed, 0), amount)
		if len(ids) == 1 {
			part = amount
		}
		if part > 0 {
			all = append(all, BankUse{To: bank.ToBill, Number: debts[id].Number, Minor: part})
			amount -= part
		}
	}
	if amount > 0 && len(all) > 0 { // of bills on which nothing is owed, a person has to say which
		all = append(all, BankUse{To: bank.ToSuspense, Minor: amount})
	}
	return all
}
