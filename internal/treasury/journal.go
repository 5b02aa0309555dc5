package treasury

import (
	"context"
	"slices"

	"stoa/internal/bank"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Posting is an entry about no bill: an invoice of a supplier, what a person enters by hand.
type Posting struct {
	Key    string        // the same for every attempt
	Day    calendar.Date // on which it counts, if the books are open
	Text   string        // nothing personal
	Source ledger.Source
	Lines  []ledger.Line
}

// Posted is where a posting stands in the books.
type Posted struct {
	Entry string
	Day   calendar.Date // the first open day, where that of the posting is closed
}

// Journal posts what is about no bill.
func (t *Treasury) Journal(ctx context.Context, tx *store.Tx, book *Book, p Posting) (Posted, error) {
	at, err := t.post(ctx, tx, book, event{key: p.Key, day: p.Day, text: p.Text, source: p.Source, lines: p.Lines})
	return Posted{at.id, at.day}, err
}

// Between are the lines that move an amount from the credit of one account to the debit of another.
func Between(debit, credit string, amount money.Amount) []ledger.Line {
	return []ledger.Line{{Account: debit, Amount: amount}, {Account: credit, Amount: money.Amount{Minor: -amount.Minor, Currency: amount.Currency}}}
}

// ByHand reports whether a person may enter an amount on an account: one that is there, and of which no bill, refund,
// invoice or line of the bank accounts for every penny. The bank's account is open, since it has held money before its
// statements came here.
func (b *Book) ByHand(code string) bool {
	_, there := b.owners[code]
	return there && (!b.controls(code) || code == b.Code(service.UseBank))
}

// InvoiceKind is the source of entries about an invoice of a supplier: owed, paid, come back.
const InvoiceKind = "invoice"

// placeOnInvoice books that an invoice was paid, or that its payment came back: the supplier is owed less or more.
func (t *Treasury) placeOnInvoice(ctx context.Context, tx *store.Tx, book *Book, l *bank.Line, key, from string, amount money.Amount, p Placement) (entry, error) {
	if p.Invoice == "" || p.Number == "" || book.Code(service.UsePayable) == "" {
		return entry{}, fault.NewInvalid("Choose another account")
	}
	placed, err := t.Bank.PartsTo(ctx, tx, book.Organisation, bank.ToPayment, p.Number)
	if err != nil {
		return entry{}, err
	}
	if i := slices.IndexFunc(placed, func(x bank.Part) bool { return x.Line == l.ID && x.Stands() }); i >= 0 {
		return entry{placed[i].Entry, l.Value}, nil
	}
	e := transfer(l, key, from, book.Code(service.UsePayable), amount)
	e.text, e.source = "Payment "+p.Number, ledger.Source{Kind: InvoiceKind, ID: p.Invoice}
	if amount.Minor > 0 {
		e.text += ": came back"
	}
	return t.post(ctx, tx, book, e)
}
