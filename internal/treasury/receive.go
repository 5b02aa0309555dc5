package treasury

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// source is where the entries of a payment lead.
func source(p *pay.Payment) ledger.Source { return ledger.Source{Kind: "payment", ID: p.ID} }

// heldKind is the source of entries about money of a payment that pays no bill.
const heldKind = "held"

// methods are the accounts on which money of a method lies.
var methods = map[string]string{pay.Card: service.UseCard, pay.Bank: service.UseBank, pay.Cash: service.UseCash}

// Receive books the money of a payment that has come, by card, at the till or at the bank: on the bills that it was
// for, whatever became of them meanwhile. What is more than a bill is owed stays there as the payer's credit. Money of
// another currency than was asked for pays no bill and lies in suspense.
func (t *Treasury) Receive(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, day calendar.Date) error {
	_, err := t.receive(ctx, tx, book, p, day, book.Code(methods[p.Method]))
	return err
}

func (t *Treasury) receive(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, day calendar.Date, from string) (entry, error) {
	if p.State != pay.StatePaid || from == "" {
		return entry{}, fmt.Errorf("receiving payment %s, which is %s by %q", p.ID, p.State, p.Method)
	}
	e := event{key: "payment " + p.ID, day: day, text: "Payment " + p.Number, source: source(p), payment: p.ID}
	e.debit(from, p.Received.Minor, p.Received.Currency)
	return t.onBills(ctx, tx, book, e, bill.MovePayment, p.Received, p.Arrived())
}

// onBills credits bills (or, negative, debits them) with an amount that the event's line has debited elsewhere. What is for
// no bill, or for one in another currency, lies in suspense.
func (t *Treasury) onBills(ctx context.Context, tx *store.Tx, book *Book, e event, kind bill.MoveKind, amount money.Amount, targets []pay.Target) (entry, error) {
	on := map[string]int64{}
	var ids []string
	for _, target := range targets {
		ids = append(ids, target.Bill)
		on[target.Bill] += target.Amount
	}
	bills, err := t.Bills.GetAll(ctx, tx, book.Organisation, ids)
	if err != nil {
		return entry{}, err
	}
	if len(bills) == 0 || slices.ContainsFunc(bills, func(b *bill.Bill) bool { return b.Currency != amount.Currency }) {
		e.source = ledger.Source{Kind: heldKind, ID: e.payment}
		e.credit(book.Code(service.UseSuspense), amount.Minor, amount.Currency)
		return t.post(ctx, tx, book, e)
	}
	moves := make([][]bill.Move, len(bills)) // entry and posted day are still to come
	again, first := int64(0), entry{}
	for i, b := range bills {
		for _, m := range b.Event(e.key) {
			if m.Kind == kind {
				again -= m.Amount
				first = entry{m.Entry, m.Posted}
			}
		}
		moves[i] = e.credits(book, b, kind, on[b.ID])
	}
	switch again {
	case 0:
	case amount.Minor:
		return first, nil
	default:
		return entry{}, errOther
	}
	at, err := t.post(ctx, tx, book, e.against(book, bills, moves))
	if err != nil {
		return entry{}, err
	}
	for i, b := range bills {
		for j := range moves[i] {
			moves[i][j].Entry, moves[i][j].Posted = at.id, at.day
		}
		if err := t.Bills.Apply(ctx, tx, b, e.key, moves[i]...); err != nil {
			return entry{}, err
		}
	}
	return at, nil
}

// against gives the event a line for each bill that it moves, and one for what comes back that was written off.
func (e event) against(book *Book, bills []*bill.Bill, moves [][]bill.Move) event {
	e.lines = slices.Clone(e.lines)
	back, currency := int64(0), bills[0].Currency
	var numbers []string
	for i, b := range bills {
		net := int64(0)
		for _, m := range moves[i] {
			net += m.Amount
			if m.Kind == bill.MoveWriteOff {
				back += m.Amount
			}
		}
		e.debit(book.Code(service.UseReceivable), net, currency)
		numbers = append(numbers, b.Number)
	}
	e.credit(book.Code(service.UseWrittenOff), back, currency)
	if e.text += " for bill " + strings.Join(numbers, ", "); len(e.text) > 400 {
		e.text = fmt.Sprintf("%.300s … %d bills", e.text, len(bills))
	}
	return e
}

// credits are the moves that an amount makes on a bill. A payment pays what is owed in the order of the book; when that is
// paid, what was written off comes back and is paid; the rest is the payer's credit. A negative amount is owed again.
func (e *event) credits(book *Book, b *bill.Bill, kind bill.MoveKind, amount int64) []bill.Move {
	var moves []bill.Move
	add := func(kind bill.MoveKind, component bill.Component, account string, amount int64) {
		if amount != 0 {
			m := e.move(entry{}, kind, component, account, amount)
			m.Of = bill.Source(e.source)
			moves = append(moves, m)
		}
	}
	account := e.lines[0].Account
	if amount < 0 {
		add(kind, bill.Principal, account, -amount)
		return moves
	}
	owed := bill.Owed(b.Moves)
	if kind == bill.MovePayment { // what was given up comes back first
		more := amount - max(b.Balance, 0)
		for _, w := range writtenOff(b) {
			if back := min(more, w.Amount); back > 0 {
				add(bill.MoveWriteOff, w.Component, book.Code(service.UseWrittenOff), back)
				owed[w.Component] += back
				more -= back
			}
		}
	}
	shares, rest := bill.Split(amount, owed, book.Order)
	for _, s := range shares {
		add(kind, s.Component, account, -s.Amount)
	}
	add(kind, bill.Principal, account, -rest)
	return merged(moves)
}

// writtenOff is what was written off of a bill and did not come after all, by component.
func writtenOff(b *bill.Bill) (all []bill.Share) {
	for _, m := range b.Moves {
		if m.Kind != bill.MoveWriteOff {
			continue
		}
		i := slices.IndexFunc(all, func(s bill.Share) bool { return s.Component == m.Component })
		if i < 0 {
			i, all = len(all), append(all, bill.Share{Component: m.Component})
		}
		all[i].Amount -= m.Amount
	}
	return all
}

// merged makes one of two moves of a kind and component.
func merged(moves []bill.Move) (all []bill.Move) {
	for _, m := range moves {
		i := slices.IndexFunc(all, func(o bill.Move) bool { return o.Kind == m.Kind && o.Component == m.Component })
		if i < 0 {
			all = append(all, m)
			continue
		}
		all[i].Amount += m.Amount
	}
	return all
}

// Transfer moves a payer's credit from one bill to another that they owe, both read with Bills.GetAll in this Write.
func (t *Treasury) Transfer(ctx context.Context, tx *store.Tx, book *Book, from, to *bill.Bill, a Act, amount int64) error {
	e := about(from, "transfer "+from.ID+" "+to.ID+" "+a.Key, "credit for bill "+to.Number, a)
	if again, err := done(from, e.key, amount); again || err != nil {
		return err
	}
	switch {
	case from.ID == to.ID || from.Currency != to.Currency || from.Payer == "" || from.Payer != to.Payer:
		return fault.NewInvalid("Credit goes to another bill of the same payer")
	case amount <= 0 || amount > from.Credit():
		return fault.NewInvalid("This is more than the credit")
	case amount > to.Balance:
		return fault.NewInvalid("This is more than what is owed")
	}
	receivable := book.Code(service.UseReceivable)
	e.debit(receivable, amount, from.Currency)
	e.credit(receivable, amount, from.Currency)
	at, err := t.post(ctx, tx, book, e)
	if err != nil {
		return err
	}
	m := e.move(at, bill.MoveTransfer, bill.Principal, receivable, amount)
	m.Of = bill.Source{Kind: "bill", ID: to.ID}
	if err := t.Bills.Apply(ctx, tx, from, e.key, m); err != nil {
		return err
	}
	shares, _ := bill.Split(amount, bill.Owed(to.Moves), book.Order)
	var moves []bill.Move
	for _, s := range shares {
		m := e.move(at, bill.MoveTransfer, s.Component, receivable, -s.Amount)
		m.Of = bill.Source{Kind: "bill", ID: from.ID}
		moves = append(moves, m)
	}
	return t.Bills.Apply(ctx, tx, to, e.key, moves...)
}
