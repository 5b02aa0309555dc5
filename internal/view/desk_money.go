package view

import (
	"context"
	"maps"
	"slices"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// This file and the other files desk_money… are what the treasury sees: revenue officers, cashiers, treasurers, auditors.
// Figures are for all who may read the money; a page about one payer's bill or payment is recorded for that person first.

// MoneyDesk is the pages on which the treasury works: bills, payments, refunds, tills, what waits.
type MoneyDesk struct{ *View }

// MoneyDesk gives them.
func (v Finance) MoneyDesk() MoneyDesk { return MoneyDesk(v) }

// Books are the pages of what was booked, and the files of it.
type Books struct{ *View }

// Books gives them.
func (v Finance) Books() Books { return Books(v) }

// MoneyArea reports whether an actor may read the money of a jurisdiction.
func MoneyArea(a policy.Actor, j *service.Jurisdiction) bool {
	return j != nil && j.Money != nil && policy.Can(a, policy.MoneyRead, policy.Thing{Kind: "money", Organisation: j.Money.Treasury}) == nil
}

// MoneyRights are what the reader may do beside reading.
type MoneyRights struct{ Work, Supervise bool }

func (r Reader) moneyRights(book *treasury.Book) MoneyRights {
	may := func(do policy.Action) bool {
		return policy.Can(r.Actor, do, policy.Thing{Kind: "money", Organisation: book.Organisation}) == nil
	}
	return MoneyRights{Work: may(policy.MoneyWork), Supervise: may(policy.MoneySupervise)}
}

const (
	lookBill    = "bill"
	lookPayment = "payment"
)

// recordPayer stores a look at what is personal of a payer, after asking for the right; nothing is recorded where the payer
// is not known to us as a person.
func (v *View) recordPayer(ctx context.Context, r Reader, book *treasury.Book, why policy.Action,
	find func(ctx context.Context, tx *store.Tx) (payer, what, ref string, err error)) error {
	return v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		payer, what, ref, err := find(ctx, tx)
		look := access.Look{Person: payer, Organisation: book.Organisation, What: what, Ref: ref, Why: string(why)}
		return look, policy.Thing{Kind: what, ID: ref, Organisation: book.Organisation, Owner: payer}, err
	})
}

// names gives the names of members of staff, each looked up once.
type names struct {
	v     *View
	r     Reader
	known map[string]string
}

func (v *View) names(r Reader) *names { return &names{v, r, map[string]string{"": r.P.T("Stoa")}} }

func (n *names) of(ctx context.Context, tx *store.Tx, id string) (string, error) {
	if name, ok := n.known[id]; ok {
		return name, nil
	}
	who, err := n.v.People.Get(ctx, tx, id)
	n.known[id] = nameOf(who)
	return n.known[id], err
}

// MoneyHome is the money at a glance.
type MoneyHome struct {
	MoneyRights
	Today, ClosedUntil  string
	Queue               []MoneyCount // what did not fit, by kind
	Open                int          // of it in all
	ToApprove, Proposed Number       // by others; by the reader
	Tills               []TillLine   // open
	Owed                []RefundSum  // refunds, by method
	OwedAll             string       // "" nothing
	OwedCount           Number
	Suspense            string     // "" nothing
	Cash                []CashLine // the last days, newest first
	Ageing              Ageing     // of everything
	Month               string
	Revenue             Revenue
}

// MoneyCount is how much of a kind waits.
type MoneyCount struct {
	Kind, Title string
	N           int
}

// RefundSum is what is owed by one means.
type RefundSum struct {
	Method, Title, Amount string
	N                     int
}

const cashDays = 5

// MoneyHome is for all who may read the money.
func (v MoneyDesk) MoneyHome(ctx context.Context, r Reader) (h MoneyHome, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return h, err
	}
	err = v.read(ctx, "MoneyHome", func(ctx context.Context, tx *store.Tx) error {
		today := v.today(tx)
		h = MoneyHome{MoneyRights: r.moneyRights(book), Today: r.date(today)}
		closed, err := v.Money.Treasury.Ledger.ClosedUntil(ctx, tx, book.Organisation)
		if err != nil {
			return err
		}
		h.ClosedUntil = r.date(closed)
		for _, part := range []func(context.Context, *store.Tx, Reader, *treasury.Book, *MoneyHome) error{
			v.homeQueue, v.homeProposals, v.homeTills, v.homeRefunds, v.homeSuspense} {
			if err := part(ctx, tx, r, book, &h); err != nil {
				return err
			}
		}
		return v.homeFigures(ctx, tx, r, book, today, &h)
	})
	return h, err
}

func (v *View) homeQueue(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, h *MoneyHome) error {
	counts, err := v.Money.Exceptions.Counts(ctx, tx, book.Organisation)
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		h.Queue = append(h.Queue, MoneyCount{kind, r.oddity(kind).Title, int(counts[kind])})
		h.Open += int(counts[kind])
	}
	return err
}

func (v *View) homeProposals(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, h *MoneyHome) error {
	open, err := v.Money.Treasury.Bills.OpenProposals(ctx, tx, book.Organisation, "", countMost)
	for _, p := range open {
		if p.Proposer == r.Actor.Person {
			h.Proposed.N++
		} else {
			h.ToApprove.N++
		}
	}
	h.ToApprove.More = len(open) == countMost
	return err
}

func (v *View) homeTills(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, h *MoneyHome) error {
	open, err := v.Money.Tills.NotClosed(ctx, tx, book.Organisation)
	if err != nil {
		return err
	}
	h.Tills, err = v.tillLines(ctx, tx, r, open)
	return err
}

func (v *View) homeRefunds(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, h *MoneyHome) error {
	sums := map[string]money.Amount{}
	counts := map[string]int{}
	all := money.Amount{Currency: book.Currency}
	err := v.eachRefundOwed(ctx, tx, book, "", func(x pay.Refund) error {
		h.OwedCount.N++
		if x.Amount.Currency != book.Currency { // each list shows it in its own currency
			return nil
		}
		sum := sums[x.Method]
		sum.Currency = x.Amount.Currency
		sum, err := sum.Add(x.Amount)
		sums[x.Method] = sum
		counts[x.Method]++
		if err == nil {
			all, err = all.Add(x.Amount)
		}
		return err
	})
	for _, method := range slices.Sorted(maps.Keys(sums)) {
		h.Owed = append(h.Owed, RefundSum{method, r.method(method), r.money(sums[method].Minor, book.Currency), counts[method]})
	}
	if all.Minor != 0 {
		h.OwedAll = r.money(all.Minor, all.Currency)
	}
	return err
}

// eachRefundOwed gives the refunds that are promised and not done, the oldest of each state first.
func (v *View) eachRefundOwed(ctx context.Context, tx *store.Tx, book *treasury.Book, method string, f func(pay.Refund) error) error {
	const page = 200
	for _, state := range []string{pay.RefundIsOwed, pay.RefundIsAsked} {
		for after := ""; ; {
			list, err := v.Money.Treasury.Payments.RefundsIn(ctx, tx, book.Organisation, state, method, after, page)
			if err != nil {
				return err
			}
			for _, x := range list {
				after = x.ID
				if err := f(x); err != nil {
					return err
				}
			}
			if len(list) < page {
				break
			}
		}
	}
	return nil
}

func (v *View) homeSuspense(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, h *MoneyHome) error {
	held, err := v.Money.Treasury.Ledger.Balance(ctx, tx, book.Organisation, book.Code(service.UseSuspense), book.Currency, ledger.As{})
	if err == nil && held.Minor != 0 {
		h.Suspense = r.money(-held.Minor, held.Currency)
	}
	return err
}

func (v *View) homeFigures(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, today calendar.Date, h *MoneyHome) error {
	from, err := today.AddDays(1 - cashDays)
	if err != nil {
		return err
	}
	if h.Cash, err = v.cashLines(ctx, tx, r, book, from, today); err != nil {
		return err
	}
	slices.Reverse(h.Cash)
	if h.Ageing, err = v.ageing(ctx, tx, r, book, today); err != nil {
		return err
	}
	first, err := calendar.NewDate(today.Year(), today.Month(), 1)
	if err != nil {
		return err
	}
	h.Month = r.P.Month(today.Year(), today.Month())
	h.Revenue, err = v.revenue(ctx, tx, r, book, first, today, "")
	return err
}
