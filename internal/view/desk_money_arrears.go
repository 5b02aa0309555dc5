package view

import (
	"context"
	"strings"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// errTooManyDays is what a report of a very long time gives, which a page cannot show.
var errTooManyDays = fault.NewInvalid("Ask for at most three months at a time")

// LateAsk asks for the bills behind a figure of the arrears: of a service, and of an age (an index of bill.Buckets; less than
// zero: any).
type LateAsk struct {
	Organisation, Service, Currency string
	Age                             int
	After                           string
}

// LateBills is the bills behind a figure, the longest due first.
type LateBills struct {
	Day, Title string
	Heads      [bill.Buckets]string
	Lines      []LateBill
	Next       string
}

// LateBill is what is open on a bill, by how late it is.
type LateBill struct {
	BillLine
	Ages [bill.Buckets]string
}

const (
	latePage = 50
	lateScan = 2000 // bills that are looked at for one page
)

// LateBills is for all who may read the money.
func (v Books) LateBills(ctx context.Context, r Reader, ask LateAsk) (l LateBills, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return l, err
	}
	after, err := readDue(ask.After)
	if err != nil || ask.Age >= bill.Buckets {
		return l, fault.Wrap(err, fault.NotFound, "")
	}
	err = v.read(ctx, "LateBills", func(ctx context.Context, tx *store.Tx) error {
		today := v.today(tx)
		l = LateBills{Day: r.date(today), Heads: r.ageHeads()}
		if ask.Service != "" {
			l.Title = v.billedTitle(r, ask.Service)
		}
		before := today
		if ask.Age <= 0 { // also what is not due yet
			before = calendar.MaxDate
		}
		for at, seen := after, 0; ; {
			bills, err := v.Money.Treasury.Bills.Overdue(ctx, tx, book.Organisation, before, at, latePage)
			if err != nil {
				return err
			}
			if err := v.withMoves(ctx, tx, book, bills); err != nil {
				return err
			}
			for _, b := range bills {
				if at = b.PlaceOf(); !ask.wants(b, today) {
					continue
				}
				if l.Lines = append(l.Lines, v.lateBill(r, b, today)); len(l.Lines) == latePage {
					l.Next = dueText(at)
					return nil
				}
			}
			if seen += len(bills); len(bills) < latePage {
				return nil
			}
			if seen >= lateScan {
				l.Next = dueText(at)
				return nil
			}
		}
	})
	return l, err
}

// withMoves reads the moves of bills that a list gave without them.
func (v *View) withMoves(ctx context.Context, tx *store.Tx, book *treasury.Book, bills []*bill.Bill) error {
	var ids []string
	for _, b := range bills {
		ids = append(ids, b.ID)
	}
	whole, err := v.Money.Treasury.Bills.GetAll(ctx, tx, book.Organisation, ids)
	if err != nil {
		return err
	}
	moves := map[string][]bill.Move{}
	for _, b := range whole {
		moves[b.ID] = b.Moves
	}
	for _, b := range bills {
		b.Moves = moves[b.ID]
	}
	return nil
}

// wants tells whether a bill is behind the figure.
func (a LateAsk) wants(b *bill.Bill, today calendar.Date) bool {
	if a.Organisation != "" && a.Organisation != b.For || a.Service != "" && a.Service != b.Service || a.Currency != "" && a.Currency != b.Currency {
		return false
	}
	return a.Age < 0 || ages(b, today)[a.Age] != 0
}

// ages is what is open on a bill by how late it is, as the ageing of all bills counts it.
func ages(b *bill.Bill, today calendar.Date) [bill.Buckets]int64 {
	return b.On(calendar.MaxDate).Ages(today)
}

func (v *View) lateBill(r Reader, b *bill.Bill, today calendar.Date) LateBill {
	l := LateBill{BillLine: v.billLine(r, b, today)}
	for i, n := range ages(b, today) {
		l.Ages[i] = r.amountOr(n, b.Currency)
	}
	return l
}

func dueText(p bill.Place) string { return p.Due.String() + "." + p.ID }

func readDue(text string) (p bill.Place, err error) {
	if text == "" {
		return p, nil
	}
	day, id, _ := strings.Cut(text, ".")
	p.ID = id
	p.Due, err = calendar.ParseISO(day)
	return p, err
}
