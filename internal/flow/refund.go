package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/job"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// RefundJob is the kind of the outbox rows that owe a refund to a payment provider.
const RefundJob = "pay.refund"

type refundOwed struct{ Organisation, Refund string }

// oweRefund promises to pay a credit on a bill back. By card it goes back the way it came, by itself; otherwise an officer
// sends it.
func (f *Flow) oweRefund(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, r *pay.Refund, act treasury.Act) error {
	if err := f.Money.Treasury.DecideRefund(ctx, tx, book, b.ID, r, act); err != nil {
		return fmt.Errorf("promising a refund on bill %s: %w", b.Number, err)
	}
	if r.Method != pay.Card {
		return nil
	}
	payload, err := json.Marshal(refundOwed{book.Organisation, r.ID})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: RefundJob, Key: r.ID, Payload: payload})
}

// SendRefund asks the provider for a refund that is owed; give it to the job runner under RefundJob. The refund's id is the
// key under which the provider does it once, however often it is asked.
func (f Finance) SendRefund(ctx context.Context, j job.Job) error {
	var owed refundOwed
	if err := json.Unmarshal(j.Payload, &owed); err != nil {
		return job.Permanent(fmt.Errorf("reading the job: %w", err))
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	var r *pay.Refund
	var p *pay.Payment
	err = f.DB.Read(ctx, "flow.SendRefund", func(ctx context.Context, tx *store.Tx) error {
		r, p, err = f.Money.Treasury.Payments.Refund(ctx, tx, owed.Organisation, owed.Refund)
		return err
	})
	if err != nil {
		return err
	}
	provider, ok := f.provider(p.Provider)
	switch {
	case r.State != pay.RefundIsOwed:
		return nil
	case !ok:
		return fmt.Errorf("refund %s: the provider %q is not configured", r.ID, p.Provider)
	}
	report, err := provider.Refund(ctx, pay.RefundOrder{Key: r.Key, Payment: p.ID, Ref: p.Ref, Charge: p.Charge, Amount: r.Amount})
	if errors.Is(err, pay.ErrRefused) { // it will not do it: an officer has to
		report = pay.Report{Payment: p.ID, Ref: p.Ref, Kind: pay.RefundFailed, Key: r.Key, Amount: r.Amount, At: f.DB.Now()}
	} else if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.SendRefund told", func(ctx context.Context, tx *store.Tx) error {
		result, err := f.Money.Treasury.Payments.Report(ctx, tx, book.Organisation, p.ID, f.today(tx), report)
		if err != nil {
			return err
		}
		return f.follows(ctx, tx, book, result)
	})
}
