package flow

import (
	"context"
	"errors"
	"strconv"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Where a person may place some of a line of the bank's statement, beside bank.ToCard, bank.ToCash and bank.ToSuspense.
const (
	LineToBill   = bank.ToBill   // Number: of the bill
	LineToRefund = bank.ToRefund // Number: of a payment of ours that left or came back
	LineToOther  = bank.ToOther  // Account and Why
	LineToSender = "sender"      // goes back to whoever sent it
)

// LinePart is some of a line and where it goes. Amount is in minor units and positive with the line: of money that left too.
type LinePart struct {
	To      string
	Number  string // as a person types it: a bill's number or reference, or our payment's number
	Amount  int64
	Account string
	Why     string // of LineToOther
}

// ResolveLine says of a line that waits what it is for. The parts make what waits exactly.
type ResolveLine struct {
	Line    string
	Version int64
	Parts   []LinePart
	Key     string
}

// lineChanged is the message for a form that was made for an earlier state of the line.
const lineChanged = "This line has changed since you opened the page. Look at it again, then repeat"

// ResolveLine is for officers of the treasury; of bills, never their own. Errors are told by row: to-1, number-1, payment-1, amount-1 …
func (f Banking) ResolveLine(ctx context.Context, actor policy.Actor, in ResolveLine) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Line)); err != nil {
		return err
	}
	return missing(f.DB.Write(ctx, "flow.ResolveLine", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			l, err := f.Money.Bank.Line(ctx, tx, book.Organisation, in.Line)
			if err != nil {
				return "", err
			}
			if l.Version != in.Version {
				return "", fault.NewConflict(lineChanged)
			}
			return "", f.resolveLine(ctx, tx, actor, book, l, in)
		})
		return err
	}))
}

func (f *Flow) resolveLine(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, l *bank.Line, in ResolveLine) error {
	open := l.Open()
	if open == 0 {
		return fault.NewConflict("Nothing of this line is left to be placed: somebody has done it meanwhile")
	}
	r := resolving{f: f, actor: actor, book: book, line: l, sign: 1}
	if open < 0 {
		r.sign = -1
	}
	var parts []treasury.Placement
	sum, known := int64(0), false
	for i, p := range in.Parts {
		part, err := r.part(ctx, tx, strconv.Itoa(i+1), p)
		if err != nil {
			return err
		}
		sum += part.Amount
		known = known || part.To != bank.ToSuspense
		parts = append(parts, part)
	}
	switch {
	case len(r.problems) > 0:
		return r.problems.Err()
	case sum != open:
		return fault.NewInvalid("The parts make {sum}, and {amount} is to be placed", "sum", amountOf(sum*r.sign, l.Amount.Currency),
			"amount", amountOf(open*r.sign, l.Amount.Currency))
	case !known:
		return fault.NewInvalid("Say of at least some of the money what it is for")
	}
	change := bank.Change{Key: "form " + in.Key, By: actor.Person}
	if err := f.placeOnBills(ctx, tx, book, l, change, parts); err != nil {
		return err
	}
	for _, p := range parts {
		moved := map[string]func(context.Context, *store.Tx, *treasury.Book, *bank.Line, treasury.Placement) error{
			bank.ToRefund: f.refundMoved, bank.ToPayment: f.invoiceMoved}[p.To]
		if moved == nil {
			continue
		}
		if err := moved(ctx, tx, book, l, p); err != nil {
			return err
		}
	}
	return nil
}

// resolving reads the rows of a form about a line.
type resolving struct {
	f        *Flow
	actor    policy.Actor
	book     *treasury.Book
	line     *bank.Line
	sign     int64
	paid     map[string]bool // payments of ours that rows name
	problems fault.Fields
}

// part is a row as the treasury places it; what is wrong with it is noted for the person.
func (r *resolving) part(ctx context.Context, tx *store.Tx, row string, p LinePart) (treasury.Placement, error) {
	out := treasury.Placement{To: p.To, Amount: p.Amount * r.sign, Why: p.Why}
	if p.Amount == 0 || p.Amount > mostOfLine || p.Amount < -mostOfLine || p.Amount < 0 && p.To != LineToOther {
		r.problems.Add("amount-"+row, "Enter an amount of money that is more than nothing")
		return out, nil
	}
	switch p.To {
	case bank.ToCard, bank.ToCash, bank.ToSuspense:
	case LineToOther:
		out.Account = p.Account
		if !r.book.Open(p.Account) {
			r.problems.Add("account-"+row, "Choose an account of the books")
		}
		if p.Why == "" {
			r.problems.Add("why-"+row, "Say what the money is for")
		}
	case LineToSender:
		out.To, out.Payment = bank.ToBill, &pay.Payment{Words: pay.Words{Name: r.line.Name, Title: r.line.Booked.String()}}
		if r.sign < 0 {
			r.problems.Add("to-"+row, "Only money that came in can go back to its sender")
		}
	case LineToBill:
		return out, r.toBill(ctx, tx, row, p, &out)
	case LineToRefund:
		return out, r.toRefund(ctx, tx, row, p, &out)
	default:
		r.problems.Add("to-"+row, "Choose what the money is for")
	}
	return out, nil
}

func (r *resolving) toBill(ctx context.Context, tx *store.Tx, row string, p LinePart, out *treasury.Placement) error {
	found, err := r.f.Money.Treasury.Bills.Named(ctx, tx, r.book.Organisation, bankfile.Named(bankfile.Line{Text: p.Number}))
	if err != nil {
		return err
	}
	if len(found) != 1 {
		r.problems.Add("number-"+row, "Enter the number or the reference of a bill, like B-2026-000001")
		return nil
	}
	b, err := r.f.Money.Treasury.Bills.Get(ctx, tx, r.book.Organisation, found[0].ID)
	if err != nil {
		return err
	}
	if err := policy.Can(r.actor, policy.MoneyWork, billThing(b, "")); err != nil {
		return err
	}
	switch {
	case r.sign < 0:
		r.problems.Add("to-"+row, "Only money that came in pays a bill")
	case b.Currency != r.line.Amount.Currency:
		r.problems.Add("number-"+row, "This bill is in {bill}, the money in {money}: send it back, or place it elsewhere", "bill", b.Currency, "money", r.line.Amount.Currency)
	}
	if p.Amount <= 0 || len(r.problems) > 0 {
		return nil
	}
	out.Payment = paymentFor([]*bill.Bill{b}, []pay.Target{{Bill: b.ID, Amount: p.Amount}})
	return r.f.interestOn(ctx, tx, r.book, r.line.Value, b.ID)
}

// toRefund finds the payment of ours that a line is, where the bank did not pass its number on.
func (r *resolving) toRefund(ctx context.Context, tx *store.Tx, row string, p LinePart, out *treasury.Placement) error {
	if is, err := r.toInvoice(ctx, tx, row, p, out); is || err != nil {
		return err
	}
	refund, paid, err := r.f.Money.Treasury.Payments.RefundByRef(ctx, tx, r.book.Organisation, p.Number)
	if errors.Is(err, store.ErrNotFound) {
		r.problems.Add("payment-"+row, "Enter the number of one of our payments, like O-2026-000001-1")
		return nil
	}
	if err != nil {
		return err
	}
	if err := policy.Can(r.actor, policy.MoneyWork, payerThing(paid)); err != nil { // nobody confirms what they are paid
		return err
	}
	if refund.Amount.Currency != r.line.Amount.Currency || refund.Amount.Minor != p.Amount {
		r.problems.Add("amount-"+row, "Our payment was of {amount}", "amount", refund.Amount)
	}
	out.Refund = refund.ID
	return nil
}

// toInvoice finds the invoice that a payment of ours pays; false where the number is of no such payment.
func (r *resolving) toInvoice(ctx context.Context, tx *store.Tx, row string, p LinePart, out *treasury.Placement) (bool, error) {
	one, err := r.f.orders().Payment(ctx, tx, r.book.Organisation, p.Number)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	id, is := one.Invoice()
	if err != nil || !is {
		return false, err
	}
	x, err := r.f.Money.Spend.Invoices.Get(ctx, tx, r.book.Organisation, id)
	if err != nil {
		return true, err
	}
	to, err := r.f.Money.Spend.Suppliers.Get(ctx, tx, r.book.Organisation, x.Supplier)
	if err != nil {
		return true, err
	}
	if err := policy.Can(r.actor, policy.MoneyWork, payeeThing(r.book, to, x)); err != nil { // nobody confirms what they are paid
		return true, err
	}
	if x.Currency != r.line.Amount.Currency || x.Amount != p.Amount {
		r.problems.Add("amount-"+row, "Our payment was of {amount}", "amount", amountOf(x.Amount, x.Currency))
	}
	if r.paid[one.EndToEnd] {
		r.problems.Add("payment-"+row, "Another row names this payment already")
	}
	if r.paid == nil {
		r.paid = map[string]bool{}
	}
	r.paid[one.EndToEnd] = true
	out.To, out.Invoice, out.Number = bank.ToPayment, id, one.EndToEnd
	return true, nil
}

// UndoLine takes back a part of a line that was placed by mistake: its money waits again, and what it paid is owed again.
type UndoLine struct {
	Line    string
	Version int64
	Part    int // number
	Why     string
	Key     string
}

// UndoLine is for officers of the treasury. It stays to be seen in the line's history, on the bill and in the books.
func (f Banking) UndoLine(ctx context.Context, actor policy.Actor, in UndoLine) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Line)); err != nil {
		return err
	}
	if in.Why == "" {
		return fault.NewInvalid("Say why it was wrong")
	}
	return missing(f.DB.Write(ctx, "flow.UndoLine", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			l, err := f.Money.Bank.Line(ctx, tx, book.Organisation, in.Line)
			if err != nil {
				return "", err
			}
			if l.Version != in.Version {
				return "", fault.NewConflict(lineChanged)
			}
			if err := f.undoable(ctx, tx, actor, book, l, in.Part); err != nil {
				return "", err
			}
			act := treasury.Act{Key: in.Key, Day: f.today(tx), By: actor.Person, Why: in.Why}
			return "", f.Money.Treasury.Undo(ctx, tx, book, l, in.Part, act)
		})
		return err
	}))
}

// undoable asks for the right to the bills that a part paid; money that is promised back to its sender is no longer ours.
func (f *Flow) undoable(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, l *bank.Line, no int) error {
	switch {
	case no < 1 || no > len(l.Parts):
		return fault.NewNotFound("")
	case !l.Parts[no-1].Stands():
		return fault.NewConflict("This part was taken back already")
	case l.Parts[no-1].To != bank.ToBill:
		return nil
	}
	p, err := f.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, l.Parts[no-1].Ref)
	if err != nil {
		return err
	}
	if len(p.Targets) == 0 {
		return fault.NewConflict("This money is promised back to its sender. Nobody can take that back here")
	}
	return policy.Can(actor, policy.MoneyWork, payerThing(p))
}
