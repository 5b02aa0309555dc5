package view

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// RefundOwed is a refund that is promised and not done.
type RefundOwed struct {
	ID, Payment, Receipt string
	Amount, Means, Title string
	Since                Instant
	Days                 int  // since it was promised
	Asked                bool // it is on its way
}

// RefundsOwed is the refunds that are owed, by means and age.
type RefundsOwed struct {
	MoneyRights
	Sums   []RefundSum
	Lines  []RefundOwed
	Till   bool // the reader has a till open
	Capped bool // there are more
}

const refundsMost = 500

// Refunds is for all who may read the money; method "" is any. The lines name nobody.
func (v MoneyDesk) Refunds(ctx context.Context, r Reader, method string) (o RefundsOwed, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return o, err
	}
	err = v.read(ctx, "Refunds", func(ctx context.Context, tx *store.Tx) error {
		o = RefundsOwed{MoneyRights: r.moneyRights(book)}
		var h MoneyHome
		if err := v.homeRefunds(ctx, tx, r, book, &h); err != nil {
			return err
		}
		o.Sums = h.Owed
		if o.Lines, err = v.refundsOwed(ctx, tx, r, book, method, "", refundsMost); err != nil {
			return err
		}
		o.Capped = len(o.Lines) == refundsMost
		o.Till, err = v.hasTill(ctx, tx, r, book)
		return err
	})
	return o, err
}

// RefundPayment is the payment that a refund is of.
func (v MoneyDesk) RefundPayment(ctx context.Context, r Reader, id string) (payment string, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return "", err
	}
	err = v.read(ctx, "RefundPayment", func(ctx context.Context, tx *store.Tx) error {
		_, p, err := v.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, id)
		if err == nil {
			payment = p.ID
		}
		return err
	})
	return payment, err
}

// refundsOwed lists what is owed by a means, those that nobody has sent off first.
func (v *View) refundsOwed(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, method, after string, limit int) (list []RefundOwed, err error) {
	j := v.place()
	today := v.today(tx)
	for _, state := range []string{pay.RefundIsOwed, pay.RefundIsAsked} {
		for at := after; len(list) < limit; {
			found, err := v.Money.Treasury.Payments.RefundsIn(ctx, tx, book.Organisation, state, method, at, min(200, limit-len(list)))
			if err != nil {
				return nil, err
			}
			for _, x := range found {
				at = x.ID
				_, p, err := v.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, x.ID)
				if err != nil {
					return nil, err
				}
				list = append(list, RefundOwed{ID: x.ID, Payment: x.Payment, Receipt: p.Number, Amount: r.money(x.Amount.Minor, x.Amount.Currency), Means: x.Method,
					Title: r.method(x.Method), Since: r.instant(j, x.Created), Days: daysSince(j.Calendar, x, today), Asked: x.State == pay.RefundIsAsked})
			}
			if len(found) == 0 {
				break
			}
		}
	}
	return list, nil
}

func daysSince(c *calendar.Calendar, x pay.Refund, today calendar.Date) int {
	return max(0, c.DateOf(x.Created).DaysUntil(today))
}

// entriesOf are the entries of a payment and its refunds, in the order of posting.
func (v *View) entriesOf(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, p *pay.Payment) (list []EntryLine, err error) {
	sources := []ledger.Source{{Kind: "payment", ID: p.ID}, {Kind: "held", ID: p.ID}}
	for _, x := range p.Refunds {
		sources = append(sources, ledger.Source{Kind: "refund", ID: x.ID})
	}
	for _, s := range sources {
		booked, err := v.Money.Treasury.Ledger.Of(ctx, tx, book.Organisation, s)
		if err != nil {
			return nil, err
		}
		for i := range booked {
			list = append(list, v.entryLine(r, book, &booked[i]))
		}
	}
	return list, nil
}
