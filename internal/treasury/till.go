package treasury

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// TakeCash stores money that was taken at a till that is open, and books it. It is as pay.Enter: the same key is the same
// payment, once.
func (t *Treasury) TakeCash(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, day calendar.Date) error {
	if p.Method != pay.Cash {
		return fmt.Errorf("taking cash: the method is %q", p.Method)
	}
	again, err := t.enter(ctx, tx, book, p, day)
	if err != nil || again {
		return err
	}
	return t.Receive(ctx, tx, book, p, day)
}

// enter stores a payment that has come. Again means that it had come before, and was booked then.
func (t *Treasury) enter(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, day calendar.Date) (again bool, err error) {
	p.Organisation = book.Organisation
	return t.Payments.Enter(ctx, tx, p, day)
}

// TillDifference books what a till that was closed had more or less than it should.
func (t *Treasury) TillDifference(ctx context.Context, tx *store.Tx, book *Book, till *pay.Till, day calendar.Date) error {
	d := till.Difference()
	if d.IsZero() {
		return nil
	}
	e := event{key: "till " + till.ID, day: day, text: "Till counted", source: ledger.Source{Kind: "till", ID: till.ID}}
	e.debit(book.Code(service.UseCash), d.Minor, d.Currency)
	e.credit(book.Code(service.UseDifference), d.Minor, d.Currency)
	_, err := t.post(ctx, tx, book, e)
	return err
}
