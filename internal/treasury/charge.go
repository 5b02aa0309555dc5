package treasury

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Issue issues bills: it numbers them, posts an entry for each and stores them. For a source and part there is one bill:
// where it is there already, the bill in the list becomes that one, and nothing else happens. Of two transactions that
// issue it at the same moment the second fails with store.ErrConflict, and finds it when it is tried again.
//
// From the first number until the commit, others who issue bills in the same year wait: a batch is some hundred bills.
func (t *Treasury) Issue(ctx context.Context, tx *store.Tx, book *Book, bills ...*bill.Bill) error {
	known, err := bill.Known(ctx, tx, book.Organisation, bills)
	if err != nil {
		return err
	}
	var fresh []*bill.Bill
	first := map[bill.Origin]*bill.Bill{}
	for _, b := range bills {
		origin := bill.Origin{Of: b.Of, Part: b.Part}
		switch {
		case known[origin] != "":
			old, err := t.Bills.Get(ctx, tx, book.Organisation, known[origin])
			if err != nil {
				return err
			}
			*b = *old
		case first[origin] != nil:
			return fmt.Errorf("two bills of %s %s %q in one batch", b.Of.Kind, b.Of.ID, b.Part)
		default:
			first[origin] = b
			if err := t.issue(ctx, tx, book, b); err != nil {
				return err
			}
			fresh = append(fresh, b)
		}
	}
	return t.Bills.Insert(ctx, tx, fresh...)
}

func (t *Treasury) issue(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill) error {
	b.Organisation = book.Organisation
	if b.Currency == "" {
		b.Currency = book.Currency
	}
	if err := t.Bills.Number(ctx, tx, b); err != nil {
		return err
	}
	e := about(b, bill.IssueKey(b.ID), "issued", Act{Day: b.Day})
	charge(&e, book, b, b.Items)
	at, err := t.post(ctx, tx, book, e)
	if err != nil {
		return err
	}
	for i := range b.Moves {
		b.Moves[i].Entry, b.Moves[i].Posted = at.id, at.day
	}
	return nil
}

// about is an event of one bill.
func about(b *bill.Bill, key, what string, a Act) event {
	return event{key: key, day: a.Day, text: "Bill " + b.Number + ": " + what, source: ledger.Source{Kind: "bill", ID: b.ID}, by: a.By, why: a.Why}
}

// charge adds the lines of items: what is owed more, and whose income it is.
func charge(e *event, book *Book, b *bill.Bill, items []bill.Item) {
	total := int64(0)
	var codes []string
	sums := map[string]int64{}
	for _, i := range items {
		total += i.Amount
		if !slices.Contains(codes, i.Account) {
			codes = append(codes, i.Account)
		}
		sums[i.Account] += i.Amount
	}
	e.debit(book.Code(service.UseReceivable), total, b.Currency)
	for _, c := range codes {
		e.credit(c, sums[c], b.Currency)
	}
}

// Charge asks for more on a bill: interest, penalties, costs, or more of a tax. It is due on a day, zero for at once,
// outside the plan; Bills.Replan then may take it into a new one. The bill was read with Get in this Write.
func (t *Treasury) Charge(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act, due calendar.Date, items ...bill.Item) error {
	return t.change(ctx, tx, book, b, a, bill.MoveCharge, due, items)
}

// Credit takes back some of what a bill asked for: items with what is taken off each account, as bill.Portion and
// bill.Charged give them. What was paid for it becomes the payer's credit.
func (t *Treasury) Credit(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act, items ...bill.Item) error {
	key := string(bill.MoveCredit) + " " + b.ID + " " + a.Key
	if len(b.Event(key)) == 0 {
		if err := bill.Creditable(b.Moves, items); err != nil {
			return err
		}
	}
	less := slices.Clone(items)
	for i := range less {
		less[i].Amount = -less[i].Amount
	}
	return t.change(ctx, tx, book, b, a, bill.MoveCredit, calendar.Date{}, less)
}

func (t *Treasury) change(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act, kind bill.MoveKind, due calendar.Date, items []bill.Item) error {
	total := int64(0)
	for _, i := range items {
		total += i.Amount
	}
	e := about(b, string(kind)+" "+b.ID+" "+a.Key, string(kind), a)
	if again, err := done(b, e.key, total); again || err != nil {
		return err
	}
	if total == 0 || (kind == bill.MoveCharge) != (total > 0) {
		return fault.NewInvalid("Enter an amount of money that is more than nothing")
	}
	charge(&e, book, b, items)
	at, err := t.post(ctx, tx, book, e)
	if err != nil {
		return err
	}
	var moves []bill.Move
	for _, i := range items {
		m := e.move(at, kind, i.Component, i.Account, i.Amount)
		m.Item, m.Due = i.ID, due
		moves = append(moves, m)
	}
	return t.Bills.Apply(ctx, tx, b, e.key, moves...)
}

// Waive gives up some of what is owed; component "" takes it in the order of part payments.
func (t *Treasury) Waive(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act, component bill.Component, amount int64) error {
	return t.giveUp(ctx, tx, book, b, a, bill.MoveWaiver, service.UseWaived, component, amount)
}

// WriteOff gives up what cannot be had. Money that still comes is taken, and brings back as much.
func (t *Treasury) WriteOff(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act, amount int64) error {
	return t.giveUp(ctx, tx, book, b, a, bill.MoveWriteOff, service.UseWrittenOff, "", amount)
}

func (t *Treasury) giveUp(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act, kind bill.MoveKind, use string,
	component bill.Component, amount int64) error {
	e := about(b, string(kind)+" "+b.ID+" "+a.Key, string(kind), a)
	if again, err := done(b, e.key, -amount); again || err != nil {
		return err
	}
	owed := bill.Owed(b.Moves)
	shares, rest := bill.Split(amount, owed, book.Order)
	if component != "" {
		shares, rest = []bill.Share{{Component: component, Amount: amount}}, max(0, amount-min(owed[component], b.Balance))
	}
	if amount <= 0 || rest > 0 {
		return fault.NewInvalid("This is more than what is owed")
	}
	account := book.Code(use)
	e.debit(account, amount, b.Currency)
	e.credit(book.Code(service.UseReceivable), amount, b.Currency)
	at, err := t.post(ctx, tx, book, e)
	if err != nil {
		return err
	}
	var moves []bill.Move
	for _, s := range shares {
		moves = append(moves, e.move(at, kind, s.Component, account, -s.Amount))
	}
	return t.Bills.Apply(ctx, tx, b, e.key, moves...)
}

// Cancel takes back everything that a bill asked for; what was waived or written off of it is no longer given up, and
// what was paid becomes the payer's credit. Money that comes later still counts.
func (t *Treasury) Cancel(ctx context.Context, tx *store.Tx, book *Book, b *bill.Bill, a Act) error {
	if b.State == bill.Cancelled {
		return nil
	}
	e := about(b, "cancel "+b.ID, "cancelled", a)
	type move struct {
		kind      bill.MoveKind
		component bill.Component
		account   string
	}
	var order []move
	net := map[move]int64{}
	for _, m := range b.Moves {
		k := move{m.Kind, m.Component, m.Account}
		switch m.Kind {
		case bill.MoveCharge, bill.MoveCredit:
			k.kind = bill.MoveCredit
		case bill.MoveWaiver, bill.MoveWriteOff:
		default:
			continue
		}
		if _, there := net[k]; !there {
			order = append(order, k)
		}
		net[k] -= m.Amount
	}
	total := int64(0)
	for _, k := range order {
		total += net[k]
		e.debit(k.account, -net[k], b.Currency)
	}
	e.debit(book.Code(service.UseReceivable), total, b.Currency)
	b.State = bill.Cancelled
	if len(e.lines) == 0 {
		return t.Bills.Save(ctx, tx, b)
	}
	at, err := t.post(ctx, tx, book, e)
	if err != nil {
		return err
	}
	var moves []bill.Move
	for _, k := range order {
		if net[k] != 0 {
			moves = append(moves, e.move(at, k.kind, k.component, k.account, net[k]))
		}
	}
	return t.Bills.Apply(ctx, tx, b, e.key, moves...)
}
