package treasury

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/bill"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Check looks at the books by themselves, at bills against their moves, and at both together (Controls). It gives all that
// does not agree, in words. In a Read it sees one state; it reads everything.
func (t *Treasury) Check(ctx context.Context, tx *store.Tx, book *Book) (all []string, err error) {
	inLedger, err := t.Ledger.Check(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, f := range inLedger {
		all = append(all, "ledger: "+f.String())
	}
	inBills, err := bill.Figures{Bills: t.Bills}.Check(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, f := range inBills {
		all = append(all, f.String())
	}
	controls, err := t.Controls(ctx, tx, book)
	return append(all, controls...), err
}

// Controls compares accounts of the book with what they stand for: what all bills are owed with the receivable account,
// what is to be paid back with the refund account, and what came without a known purpose with suspense. It is quick enough
// for closing a day.
func (t *Treasury) Controls(ctx context.Context, tx *store.Tx, book *Book) (all []string, err error) {
	rows, err := t.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{})
	if err != nil {
		return nil, err
	}
	held := map[string]map[string]int64{} // by account and currency
	for _, r := range rows {
		if held[r.Code] == nil {
			held[r.Code] = map[string]int64{}
		}
		held[r.Code][r.Balance.Currency] = r.Balance.Minor
	}
	for _, c := range []struct {
		use  string
		sign int64
		what string
		read func(context.Context, *store.Tx, *Book) (map[string]int64, error)
	}{
		{service.UseReceivable, 1, "the bills", t.owed},
		{service.UseRefund, -1, "the refunds that are owed", t.refundsOwed},
		{service.UseSuspense, -1, "the lines that wait", t.waiting},
	} {
		want, err := c.read(ctx, tx, book)
		if err != nil {
			return nil, err
		}
		code := book.Code(c.use)
		currencies := maps.Clone(want)
		maps.Copy(currencies, held[code])
		for _, currency := range slices.Sorted(maps.Keys(currencies)) {
			if is, should := held[code][currency], c.sign*want[currency]; is != should {
				all = append(all, fmt.Sprintf("account %s (%s) holds %s, %s make %s", code, c.use,
					money.Amount{Minor: is, Currency: currency}, c.what, money.Amount{Minor: should, Currency: currency}))
			}
		}
	}
	return all, nil
}

func (t *Treasury) owed(ctx context.Context, tx *store.Tx, book *Book) (map[string]int64, error) {
	return bill.Figures{Bills: t.Bills}.Balances(ctx, tx, book.Organisation)
}

// refundsOwed is what was promised to be paid back and is not, by currency.
func (t *Treasury) refundsOwed(ctx context.Context, tx *store.Tx, book *Book) (map[string]int64, error) {
	owed := map[string]int64{}
	const page = 200
	for _, state := range []string{pay.RefundIsOwed, pay.RefundIsAsked} {
		for after := ""; ; {
			list, err := t.Payments.RefundsIn(ctx, tx, book.Organisation, state, "", after, page)
			if err != nil {
				return nil, err
			}
			for _, r := range list {
				if after = r.ID; !r.Unasked {
					owed[r.Amount.Currency] += r.Amount.Minor
				}
			}
			if len(list) < page {
				break
			}
		}
	}
	return owed, nil
}

// waiting is what came without a known purpose: lines of the bank in suspense, and money of payments that pays no bill
// because it is of another currency than the book's.
func (t *Treasury) waiting(ctx context.Context, tx *store.Tx, book *Book) (map[string]int64, error) {
	lines, err := t.Bank.InSuspense(ctx, tx, book.Organisation)
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for _, a := range lines {
		all[a.Currency] = a.Minor
	}
	rows, err := t.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Code == book.Code(service.UseSuspense) && r.Balance.Currency != book.Currency {
			held, err := t.held(ctx, tx, book, r.Balance.Currency)
			if err != nil {
				return nil, err
			}
			all[r.Balance.Currency] += held
		}
	}
	return all, nil
}

// held adds up what entries about payments hold in suspense.
func (t *Treasury) held(ctx context.Context, tx *store.Tx, book *Book, currency string) (sum int64, err error) {
	page := ledger.Page{Organisation: book.Organisation, Code: book.Code(service.UseSuspense), Currency: currency, Limit: readPage}
	for {
		s, err := t.Ledger.Statement(ctx, tx, page)
		if err != nil {
			return 0, err
		}
		for _, l := range s.Lines {
			if page.After = l.Place; l.Source.Kind == heldKind {
				sum -= l.Amount.Minor
			}
		}
		if !s.More {
			return sum, nil
		}
	}
}
