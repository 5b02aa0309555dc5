package treasury

import (
	"context"
	"time"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/money"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Finder finds what lines of the bank's statements are about.
type Finder struct {
	Bills *bill.Bills
	Bank  *bank.Bank
}

// Matching is what lines of the bank's statements are held against.
type Matching struct {
	*bankfile.Matcher
	Debts map[string]bill.Debt // by id: what the matcher knows of bills
}

// returns is how long after it left a refund may still come back.
const returns = 400 * 24 * time.Hour

// Named is what suffices to say of which lines it is sure what they are: the bills that they name, whatever became of
// those, our patterns, and the refunds that are on their way. It costs as much as there are lines, not as there are debts.
func (f Finder) Named(ctx context.Context, tx *store.Tx, book *Book, own service.BankFile, lines []*bank.Line) (*Matching, error) {
	return f.matching(ctx, tx, book, own, lines, nil)
}

// All adds to Named everything that is owed now, so that what a line may be is suggested.
func (f Finder) All(ctx context.Context, tx *store.Tx, book *Book, own service.BankFile, lines []*bank.Line) (*Matching, error) {
	const page = 1000
	var all []bill.Debt
	for after := (bill.Place{}); ; {
		some, err := f.Bills.Debts(ctx, tx, book.Organisation, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < page {
			return f.matching(ctx, tx, book, own, lines, all)
		}
		after = some[len(some)-1].Place
	}
}

func (f Finder) matching(ctx context.Context, tx *store.Tx, book *Book, own service.BankFile, lines []*bank.Line, owed []bill.Debt) (*Matching, error) {
	var keys []string
	for _, l := range lines {
		keys = append(keys, bankfile.Named(l.File())...)
	}
	named, err := f.Bills.Named(ctx, tx, book.Organisation, keys)
	if err != nil {
		return nil, err
	}
	m := &Matching{Debts: make(map[string]bill.Debt, len(owed)+len(named))}
	var debts []bankfile.Debt
	for _, d := range append(owed, named...) {
		if _, known := m.Debts[d.ID]; known {
			continue
		}
		m.Debts[d.ID] = d
		debts = append(debts, bankfile.Debt{Bill: d.ID, Number: d.Number, Reference: bankfile.Reference(d.Reference), Payer: d.Payer, Name: d.Name,
			Owed: money.Amount{Minor: d.Owed, Currency: d.Currency}, Due: d.Due})
	}
	orders := bank.Orders{Vault: f.Bank.Vault}
	refunds, err := orders.Expected(ctx, tx, book.Organisation, tx.Now().Add(-returns))
	if err != nil {
		return nil, err
	}
	m.Matcher = bankfile.NewMatcher(debts, bankfile.Own{Card: patterns(own.Cards), Cash: patterns(own.Cash), Refunds: refunds})
	return m, nil
}

// patterns are the words of money.yaml by which our own movements are known.
func patterns(words []string) (all []bankfile.Pattern) {
	for _, w := range words {
		all = append(all, bankfile.Pattern{Text: w})
	}
	return all
}
