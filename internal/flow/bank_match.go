package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/job"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// BankMatchJob is the kind of the job that places the lines of imported statements.
const BankMatchJob = "bank.match"

// matchAtOnce is how many lines are placed in one transaction: enough that the disk does not count, few enough that nobody
// waits long for a bill that is locked.
const matchAtOnce = 200

// MatchBank places every line that nothing was done with yet: what is sure is booked where it belongs, all else waits in
// suspense, in the queue. Give it to the job runner under BankMatchJob. Each transaction finds for itself what is new, so
// that a run that breaks off, is repeated, or goes on beside another books no line twice.
func (f Banking) MatchBank(ctx context.Context, _ job.Job) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	var failed []error
	for {
		n, err := f.matchSome(ctx, book, matchAtOnce, false)
		if ofTheLines(err) {
			// One line cannot be booked as it seems to be: it goes to the queue, and keeps no other waiting.
			failed = append(failed, err)
			n, err = f.matchEach(ctx, book)
		}
		if err != nil || n == 0 {
			return errors.Join(append(failed, err)...)
		}
	}
}

// ofTheLines tells an error that comes again with the same lines from one that passes.
func ofTheLines(err error) bool {
	var stored *store.Error
	return err != nil && !errors.As(err, &stored) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// matchEach places the next lines one by one, and what cannot be placed in suspense.
func (f *Flow) matchEach(ctx context.Context, book *treasury.Book) (n int, err error) {
	for n < matchAtOnce {
		one, err := f.matchSome(ctx, book, 1, false)
		if ofTheLines(err) {
			one, err = f.matchSome(ctx, book, 1, true)
		}
		if err != nil || one == 0 {
			return n, err
		}
		n++
	}
	return n, nil
}

// matchSome places the next lines in one transaction, or leaves all as they were; blind puts them into suspense unseen. It
// tells how many there were.
func (f *Flow) matchSome(ctx context.Context, book *treasury.Book, limit int, blind bool) (n int, err error) {
	own := f.Docket.Releases.Current().Money.Bank
	err = f.DB.Write(ctx, "flow.MatchBank", func(ctx context.Context, tx *store.Tx) error {
		lines, err := f.Money.Bank.Next(ctx, tx, book.Organisation, limit)
		if n = len(lines); err != nil || n == 0 {
			return err
		}
		if blind {
			return f.wait(ctx, tx, book, lines[0])
		}
		m, err := treasury.Finder{Bills: f.Money.Treasury.Bills, Bank: f.Money.Bank}.Named(ctx, tx, book, own, lines)
		if err != nil {
			return err
		}
		sure := make([]*bankfile.Candidate, n)
		var ids []string
		for i, l := range lines {
			if sure[i] = m.Match(l.File()).Sure; sure[i] != nil && sure[i].To == bankfile.ToBill {
				ids = append(ids, sure[i].IDs...)
			}
		}
		// All bills first, in one order: others who pay some of them wait, and never crosswise.
		list, err := f.Money.Treasury.Bills.GetAll(ctx, tx, book.Organisation, ids)
		if err != nil {
			return err
		}
		bills := make(map[string]*bill.Bill, len(list))
		for _, b := range list {
			bills[b.ID] = b
		}
		for i, l := range lines {
			if err := f.placeSure(ctx, tx, book, bills, l, sure[i]); err != nil {
				return fmt.Errorf("placing line %s: %w", l.ID, err)
			}
		}
		return nil
	})
	return n, err
}

// matched is the change by which Stoa itself places a line: once.
var matched = bank.Change{Key: "match"}

// wait puts what of a line is open into suspense.
func (f *Flow) wait(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line) error {
	return f.Money.Treasury.Place(ctx, tx, book, l, matched, []treasury.Placement{{To: bank.ToSuspense, Amount: l.Open()}})
}

// placeSure places a new line as what it surely is; nil means that nobody knows.
func (f *Flow) placeSure(ctx context.Context, tx *store.Tx, book *treasury.Book, bills map[string]*bill.Bill, l *bank.Line, sure *bankfile.Candidate) error {
	if sure == nil {
		return f.wait(ctx, tx, book, l)
	}
	part := treasury.Placement{Amount: l.Amount.Minor}
	switch sure.To {
	case bankfile.ToBill:
		var named []*bill.Bill
		for _, id := range sure.IDs {
			named = append(named, bills[id])
		}
		targets := targetsOf(named, l.Amount.Minor)
		if targets == nil {
			return f.wait(ctx, tx, book, l)
		}
		for _, b := range named {
			if !b.Next.IsZero() && b.Next.Before(l.Value) { // interest counts up to the day of the money's value
				if err := f.interestOn(ctx, tx, book, l.Value, b.ID); err != nil {
					return err
				}
			}
		}
		return f.placeOnBills(ctx, tx, book, l, matched, []treasury.Placement{{To: bank.ToBill, Amount: l.Amount.Minor, Payment: paymentFor(named, targets)}})
	case bankfile.ToCard:
		part.To = bank.ToCard
	case bankfile.ToCash:
		part.To = bank.ToCash
	case bankfile.ToRefund, bankfile.ToReturned:
		return f.placeRefund(ctx, tx, book, l, matched, sure.IDs[0])
	}
	return f.Money.Treasury.Place(ctx, tx, book, l, matched, []treasury.Placement{part})
}

// targetsOf divides the amount of a line over the bills that it names: a single one gets all of it, whatever it is owed;
// several get what each is owed. nil where that does not make the amount.
func targetsOf(bills []*bill.Bill, amount int64) (all []pay.Target) {
	if len(bills) == 1 {
		return []pay.Target{{Bill: bills[0].ID, Amount: amount}}
	}
	for _, b := range bills {
		if b.Balance <= 0 {
			return nil
		}
		all = append(all, pay.Target{Bill: b.ID, Amount: b.Balance})
		amount -= b.Balance
	}
	if amount != 0 {
		return nil
	}
	return all
}

// paymentFor is the payment that a transfer is: the payer's of its bills, where they are one person's.
func paymentFor(bills []*bill.Bill, targets []pay.Target) *pay.Payment {
	first := bills[0]
	p := &pay.Payment{Targets: targets, Payer: first.Payer, Subject: first.Subject, Words: pay.Words{Name: first.Name, Title: first.Title + " (" + first.Number + ")"}}
	for _, b := range bills[1:] {
		p.Title += ", " + b.Number
		if b.Payer != first.Payer || b.Name != first.Name {
			p.Payer, p.Name, p.Subject = "", "", ""
		}
	}
	return p
}

// placeOnBills places a line of which some goes to bills, and does what follows when money has come.
func (f *Flow) placeOnBills(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line, c bank.Change, parts []treasury.Placement) error {
	if err := f.Money.Treasury.Place(ctx, tx, book, l, c, parts); err != nil {
		return err
	}
	for _, p := range parts {
		if p.Payment == nil || len(p.Payment.Targets) == 0 {
			continue
		}
		if err := f.moneyCame(ctx, tx, book, p.Payment); err != nil {
			return err
		}
	}
	return nil
}

// placeRefund places a line with which a refund of ours, or a payment of an invoice, left or came back: then it is owed again.
func (f *Flow) placeRefund(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line, c bank.Change, id string) error {
	if invoice, is := bank.Invoice(id); is {
		return f.placeOnInvoice(ctx, tx, book, l, c, invoice)
	}
	part := treasury.Placement{To: bank.ToRefund, Amount: l.Open(), Refund: id}
	if err := f.Money.Treasury.Place(ctx, tx, book, l, c, []treasury.Placement{part}); err != nil {
		return err
	}
	return f.refundMoved(ctx, tx, book, l, part)
}

// refundMoved notes in its payment order that a refund left or came back with a line.
func (f *Flow) refundMoved(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line, part treasury.Placement) error {
	r, _, err := f.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, part.Refund)
	if err != nil {
		return err
	}
	if part.Amount < 0 {
		_, err = f.orders().Confirm(ctx, tx, book.Organisation, r.Ref, l.ID)
		return err
	}
	if _, err := f.orders().Fail(ctx, tx, book.Organisation, r.Ref, l.ID, l.Returned); err != nil {
		return err
	}
	return f.oweAgain(ctx, tx, book, r)
}

// oweAgain promises a refund once more that was not made or came back: somebody has to find the right account. A refund that
// failed stays in the queue of exceptions until then.
func (f *Flow) oweAgain(ctx context.Context, tx *store.Tx, book *treasury.Book, r *pay.Refund) error {
	again := &pay.Refund{Payment: r.Payment, Key: "again " + r.ID, Amount: r.Amount, Method: pay.Bank, Reason: r.Reason}
	bills, err := f.Money.Treasury.Bills.Touched(ctx, tx, book.Organisation, bill.Source{Kind: "refund", ID: r.ID})
	if err != nil {
		return err
	}
	if len(bills) == 0 { // money that paid no bill goes back to its sender
		return f.Money.Treasury.ReturnHeld(ctx, tx, book, again, f.today(tx))
	}
	b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, bills[0])
	if err != nil {
		return err
	}
	if b.Credit() < r.Amount.Minor { // it has served another bill or day meanwhile
		return nil
	}
	return f.oweRefund(ctx, tx, book, b, again, treasury.Act{Key: again.Key, Day: f.today(tx), Why: r.Reason})
}
