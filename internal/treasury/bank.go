package treasury

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// lineKind is the source of entries that are of a line of the bank's statement, and of nothing else.
const lineKind = "bank_line"

// Placement says where a part of a line goes.
type Placement struct {
	To      string       // bank.ToBill, ToCard, ToCash, ToRefund, ToPayment, ToSuspense, ToOther
	Amount  int64        // minor units, with the line's sign
	Payment *pay.Payment // to bills: Targets that make the amount; Payer, Subject and Words as far as they are known. Without Targets: back to whoever sent it
	Refund  string       // id of a refund that left by bank, or came back
	Invoice string       // to payment: id of the invoice that was paid, or whose payment came back
	Number  string       // to payment: its end-to-end id
	Account string       // to other: a code of the chart that nothing here posts to by itself
	Why     string       // is sealed
}

// Place books what of a line is open: all of a new line, or what is in suspense. The parts make it exactly; what is still
// not known is a part to suspense. A part to bills becomes a payment with a receipt. The line was read with Bank.Line, or
// with Bank.Next, in this Write. The same change again changes nothing.
func (t *Treasury) Place(ctx context.Context, tx *store.Tx, book *Book, l *bank.Line, c bank.Change, parts []Placement) error {
	from, done := book.Code(service.UseBank), map[string]entry{}
	if l.State != bank.New {
		from = book.Code(service.UseSuspense)
		booked, err := t.Ledger.Of(ctx, tx, book.Organisation, ledger.Source{Kind: lineKind, ID: l.ID})
		if err != nil {
			return err
		}
		for _, b := range booked { // by this very change, when it is made again
			done[b.Key] = entry{b.ID, b.Value}
		}
	}
	set := make([]bank.Part, len(parts))
	for i, p := range parts {
		key := fmt.Sprintf("%s %s %s %d", lineKind, l.ID, c.Key, i+1)
		at, ref, err := done[short(key)], "", error(nil)
		if at.id == "" {
			at, ref, err = t.place(ctx, tx, book, l, key, from, p)
		}
		if err != nil {
			return err
		}
		set[i] = bank.Part{Amount: p.Amount, To: p.To, Account: p.Account, Ref: ref, Entry: at.id, Why: p.Why}
	}
	return t.Bank.SetParts(ctx, tx, l, c, set)
}

func (t *Treasury) place(ctx context.Context, tx *store.Tx, book *Book, l *bank.Line, key, from string, p Placement) (at entry, ref string, err error) {
	amount := money.Amount{Minor: p.Amount, Currency: l.Amount.Currency}
	switch p.To {
	case bank.ToBill:
		if p.Payment == nil || p.Amount <= 0 {
			return at, "", fault.NewInvalid("Only money that came in pays a bill")
		}
		at, err = t.placeOnBills(ctx, tx, book, l, key, from, amount, p.Payment)
		return at, p.Payment.ID, err
	case bank.ToRefund:
		at, err = t.placeOnRefund(ctx, tx, book, l, from, amount, p.Refund)
		return at, p.Refund, err
	case bank.ToPayment:
		at, err = t.placeOnInvoice(ctx, tx, book, l, key, from, amount, p)
		return at, p.Number, err
	}
	to, err := book.place(p)
	if err == nil && to != from { // what stays in suspense is not moved
		at, err = t.post(ctx, tx, book, transfer(l, key, from, to, amount))
	}
	return at, "", err
}

// transfer is an event of a line alone: the amount goes from one account to another.
func transfer(l *bank.Line, key, from, to string, amount money.Amount) event {
	e := event{key: key, day: l.Value, text: "Bank statement", source: ledger.Source{Kind: lineKind, ID: l.ID}}
	e.debit(from, amount.Minor, amount.Currency)
	e.credit(to, amount.Minor, amount.Currency)
	return e
}

// place is the account that a part goes to which is about no bill and no refund.
func (b *Book) place(p Placement) (string, error) {
	switch p.To {
	case bank.ToCard:
		return b.Code(service.UseCard), nil
	case bank.ToCash:
		return b.Code(service.UseCash), nil
	case bank.ToSuspense:
		return b.Code(service.UseSuspense), nil
	}
	if p.To != bank.ToOther || !b.Open(p.Account) {
		return "", fault.NewInvalid("Choose another account")
	}
	return p.Account, nil
}

// Open reports whether a person may place money of the bank's statement on an account: one that is there, and whose balance
// nothing else accounts for.
func (b *Book) Open(code string) bool {
	_, there := b.owners[code]
	return there && !b.controls(code)
}

// controls tells of an account whose balance something else accounts for.
func (b *Book) controls(code string) bool {
	return slices.Contains([]string{b.Code(service.UseReceivable), b.Code(service.UseRefund), b.Code(service.UseSuspense), b.Code(service.UseBank),
		b.Code(service.UseDisputed), b.Code(service.UsePayable)}, code)
}

func (t *Treasury) placeOnBills(ctx context.Context, tx *store.Tx, book *Book, l *bank.Line, key, from string, amount money.Amount, p *pay.Payment) (entry, error) {
	p.Method, p.Key, p.Amount = pay.Bank, key, amount
	again, err := t.enter(ctx, tx, book, p, l.Value)
	if err != nil {
		return entry{}, err
	}
	if len(p.Targets) == 0 {
		return t.sendBack(ctx, tx, book, l.Value, from, p)
	}
	if !again {
		return t.receive(ctx, tx, book, p, l.Value, from)
	}
	all, err := t.Ledger.Of(ctx, tx, book.Organisation, source(p)) // the first is of the money itself
	if err != nil || len(all) == 0 {
		return entry{}, err
	}
	return entry{all[0].ID, all[0].Value}, nil
}

// sendBack promises money that pays no bill to whoever sent it: it is owed as a refund at once.
func (t *Treasury) sendBack(ctx context.Context, tx *store.Tx, book *Book, day calendar.Date, from string, p *pay.Payment) (entry, error) {
	r := &pay.Refund{Organisation: book.Organisation, Payment: p.ID, Key: "send back " + p.ID, Amount: p.Received, Method: pay.Bank}
	if _, err := t.Payments.Owe(ctx, tx, r); err != nil {
		return entry{}, err
	}
	e := event{key: "refund " + r.ID, day: day, text: "Payment " + p.Number + ": to be sent back", source: ledger.Source{Kind: "refund", ID: r.ID}}
	e.debit(from, r.Amount.Minor, r.Amount.Currency)
	e.credit(book.Code(service.UseRefund), r.Amount.Minor, r.Amount.Currency)
	return t.post(ctx, tx, book, e)
}

// placeOnRefund books that a refund left by bank, or that it came back.
func (t *Treasury) placeOnRefund(ctx context.Context, tx *store.Tx, book *Book, l *bank.Line, from string, amount money.Amount, id string) (entry, error) {
	r, p, err := t.Payments.Refund(ctx, tx, book.Organisation, id)
	if err != nil {
		return entry{}, err
	}
	report := pay.Report{Kind: pay.Refunded, Key: r.Key, Amount: r.Amount, At: tx.Now()}
	leaves := money.Amount{Minor: -r.Amount.Minor, Currency: r.Amount.Currency}
	if amount.Minor > 0 {
		report.Kind, leaves = pay.RefundFailed, r.Amount
	}
	if r.Method != pay.Bank || amount != leaves {
		return entry{}, fault.NewInvalid("The line is not what was to be paid back")
	}
	placed, err := t.Bank.PartsTo(ctx, tx, book.Organisation, bank.ToRefund, id)
	if err != nil {
		return entry{}, err
	}
	if i := slices.IndexFunc(placed, func(p bank.Part) bool { return p.Line == l.ID }); i >= 0 {
		return entry{placed[i].Entry, l.Value}, nil
	}
	res, err := t.Payments.Report(ctx, tx, book.Organisation, p.ID, l.Value, report)
	if err != nil {
		return entry{}, err
	}
	if len(res.Changes) != 1 || res.Changes[0].Kind != pay.RefundDone && res.Changes[0].Kind != pay.RefundReturned {
		return entry{}, fault.NewConflict("This refund has been paid already, or has failed")
	}
	return t.refund(ctx, tx, book, res.Payment, res.Changes[0], l.Value, from)
}

// Undo takes back a part of a line that was placed by mistake: its money is in suspense again, and bills that it paid are
// owed again. A refund that left is not taken back. The line was read with Bank.Line in this Write.
func (t *Treasury) Undo(ctx context.Context, tx *store.Tx, book *Book, l *bank.Line, no int, a Act) error {
	if no < 1 || no > len(l.Parts) {
		return fault.NewNotFound("")
	}
	part := l.Parts[no-1]
	e := event{key: fmt.Sprintf("undo %s %s %d", lineKind, l.ID, no), day: a.Day, text: "Bank statement: placed elsewhere",
		source: ledger.Source{Kind: lineKind, ID: l.ID}, by: a.By, why: a.Why}
	amount := money.Amount{Minor: part.Amount, Currency: l.Amount.Currency}
	suspense := book.Code(service.UseSuspense)
	var at entry
	var err error
	switch part.To {
	case bank.ToSuspense, bank.ToRefund, bank.ToPayment:
		return fault.NewConflict("This cannot be taken back")
	case bank.ToBill:
		at, err = t.undoPayment(ctx, tx, book, e, amount, part.Ref)
	default:
		var from string
		if from, err = book.place(Placement{To: part.To, Account: part.Account}); err != nil {
			return err
		}
		e.debit(from, amount.Minor, amount.Currency)
		e.credit(suspense, amount.Minor, amount.Currency)
		at, err = t.post(ctx, tx, book, e)
	}
	if err != nil {
		return err
	}
	return t.Bank.Undo(ctx, tx, l, no, at.id, a.By, a.Why)
}

// undoPayment takes a payment off its bills. With package pay it has gone back by bank: it is not there to be refunded.
func (t *Treasury) undoPayment(ctx context.Context, tx *store.Tx, book *Book, e event, amount money.Amount, id string) (entry, error) {
	r := &pay.Refund{Organisation: book.Organisation, Payment: id, Key: e.key, Amount: amount, Method: pay.Bank}
	if _, err := t.Payments.Owe(ctx, tx, r); err != nil {
		return entry{}, err
	}
	report := pay.Report{Kind: pay.Refunded, Key: r.Key, Amount: amount, At: tx.Now()}
	res, err := t.Payments.Report(ctx, tx, book.Organisation, id, e.day, report)
	if err != nil {
		return entry{}, err
	}
	e.credit(book.Code(service.UseSuspense), amount.Minor, amount.Currency)
	back := money.Amount{Minor: -amount.Minor, Currency: amount.Currency}
	return t.onBills(ctx, tx, book, e, bill.MovePayment, back, over(res.Payment.Arrived(), back.Minor))
}
