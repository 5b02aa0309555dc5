package view

import (
	"context"
	"errors"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// TillLine is a till in a list.
type TillLine struct {
	ID, Cashier             string
	Own                     bool
	Opened, Closed          Instant
	IsOpen                  bool
	Day                     string
	Float, Expected         string
	Counted, Difference     string // "" while it is open; no difference is ""
	Over                    bool   // more was counted than expected
	Note                    string
	floatMinor, expectMinor int64
}

// TillHome is the tills of a day, and the reader's own.
type TillHome struct {
	MoneyRights
	Day, DayISO string
	Mine        *TillPage // the one that the reader has open
	Open        []TillLine
	OfDay       []TillLine
}

// TillPage is a till whole.
type TillPage struct {
	MoneyRights
	TillLine
	Takings  []PaymentLine
	Next     string // of the takings
	PayOuts  []TillOut
	In, Out  string
	MayClose bool
	CashOwed []RefundOwed // what the cashier may pay out
}

// TillOut is money that left a till for a refund.
type TillOut struct {
	At             Instant
	Refund, Amount string
}

// Tills is for all who may read the money; the zero day is today.
func (v MoneyDesk) Tills(ctx context.Context, r Reader, day calendar.Date) (h TillHome, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return h, err
	}
	err = v.read(ctx, "Tills", func(ctx context.Context, tx *store.Tx) error {
		h = TillHome{MoneyRights: r.moneyRights(book)}
		if day.IsZero() {
			day = v.today(tx)
		}
		h.Day, h.DayISO = r.date(day), day.String()
		mine, err := v.Money.Tills.OfCashier(ctx, tx, book.Organisation, r.Actor.Person)
		switch {
		case err == nil:
			p, err := v.tillPage(ctx, tx, r, book, mine, "")
			if err != nil {
				return err
			}
			h.Mine = &p
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		open, err := v.Money.Tills.NotClosed(ctx, tx, book.Organisation)
		if err != nil {
			return err
		}
		if h.Open, err = v.tillLines(ctx, tx, r, open); err != nil {
			return err
		}
		of, err := v.Money.Tills.OnDay(ctx, tx, book.Organisation, day)
		if err != nil {
			return err
		}
		h.OfDay, err = v.tillLines(ctx, tx, r, of)
		return err
	})
	return h, err
}

// Till is for all who may read the money.
func (v MoneyDesk) Till(ctx context.Context, r Reader, id, after string) (p TillPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Till", func(ctx context.Context, tx *store.Tx) error {
		t, err := v.Money.Tills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p, err = v.tillPage(ctx, tx, r, book, t, after)
		return err
	})
	return p, err
}

// TillToClose is the till for its count: for its cashier, or a supervisor.
func (v MoneyDesk) TillToClose(ctx context.Context, r Reader, id string) (TillPage, error) {
	p, err := v.Till(ctx, r, id, "")
	if err == nil && !p.MayClose {
		err = fault.NewForbidden("Only its cashier or a supervisor counts a till")
	}
	return p, err
}

// Counted tells what a count of an open till would come to: the difference in words, "" for none.
func (p TillPage) CountedAs(r Reader, counted money.Amount) (difference string, over bool) {
	d := counted.Minor - p.expectMinor
	if d == 0 {
		return "", false
	}
	return r.money(max(d, -d), counted.Currency), d > 0
}

const tillPageMost = 100

func (v *View) tillPage(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, t *pay.Till, after string) (TillPage, error) {
	lines, err := v.tillLines(ctx, tx, r, []*pay.Till{t})
	if err != nil {
		return TillPage{}, err
	}
	p := TillPage{MoneyRights: r.moneyRights(book), TillLine: lines[0]}
	p.MayClose = p.IsOpen && p.Work && (p.Own || p.Supervise)
	takings, err := v.Money.Tills.Takings(ctx, tx, book.Organisation, t.ID, after, tillPageMost)
	if err != nil {
		return p, err
	}
	for _, one := range takings {
		p.Takings = append(p.Takings, r.paymentLine(v.place(), one))
	}
	if len(takings) == tillPageMost {
		p.Next = takings[len(takings)-1].ID
	}
	outs, err := v.Money.Tills.PayOuts(ctx, tx, book.Organisation, t.ID)
	if err != nil {
		return p, err
	}
	out := int64(0)
	for _, o := range outs {
		out += o.Amount.Minor
		p.PayOuts = append(p.PayOuts, TillOut{r.instant(v.place(), o.At), o.Refund, r.money(o.Amount.Minor, o.Amount.Currency)})
	}
	p.Out, p.In = r.money(out, t.Float.Currency), r.money(t.Expected.Minor-t.Float.Minor+out, t.Float.Currency)
	if p.IsOpen && p.Own {
		p.CashOwed, err = v.refundsOwed(ctx, tx, r, book, pay.Cash, "", tillPageMost)
	}
	return p, err
}

func (v *View) tillLines(ctx context.Context, tx *store.Tx, r Reader, tills []*pay.Till) (list []TillLine, err error) {
	staff := v.names(r)
	for _, t := range tills {
		l := TillLine{ID: t.ID, Own: t.Cashier == r.Actor.Person, Opened: r.instant(v.place(), t.Opened), IsOpen: t.Closed.IsZero(), Day: r.date(t.Day),
			Float: r.money(t.Float.Minor, t.Float.Currency), Expected: r.money(t.Expected.Minor, t.Float.Currency), Note: t.Note,
			floatMinor: t.Float.Minor, expectMinor: t.Expected.Minor}
		if l.Cashier, err = staff.of(ctx, tx, t.Cashier); err != nil {
			return nil, err
		}
		if !l.IsOpen {
			l.Closed, l.Counted = r.instant(v.place(), t.Closed), r.money(t.Counted.Minor, t.Float.Currency)
			if d := t.Difference().Minor; d != 0 {
				l.Difference, l.Over = r.money(max(d, -d), t.Float.Currency), d > 0
			}
		}
		list = append(list, l)
	}
	return list, nil
}
