package app

import (
	"context"
	"errors"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// due are the periods of a declared tax that an account has not declared yet, the oldest first, but for the latest.
func (s *seeder) due(ctx context.Context, p payer, day calendar.Date) (list []service.Span, err error) {
	spans, err := assess.PeriodsDue(p.t, p.From, p.Until, day, 12)
	if err != nil {
		return nil, err
	}
	slices.Reverse(spans)
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		for _, span := range spans {
			_, err := s.Flow.Money.Taxes.Counting(ctx, tx, p.Account, span.From)
			if errors.Is(err, store.ErrNotFound) {
				list = append(list, span)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// declared is what the worked examples of a tax declare, as somebody would type it; of an example at another place a part.
func (s *seeder) declared(t *service.Tax) (list []process.Typed) {
	for _, e := range t.Examples {
		if len(e.Declared) > 0 && len(e.Expect.Errors) == 0 && e.Object["key"] != nil {
			list = append(list, process.TypedFrom(t.Rules, e.Declared))
		}
	}
	for _, e := range t.Examples {
		if len(e.Declared) > 0 && len(e.Expect.Errors) == 0 && e.Like == "" {
			list = append(list, process.TypedFrom(t.Rules, e.Declared))
		}
	}
	return list
}

// declare sends the declarations of an account that are due, as the first worked example that fits it.
func (s *seeder) declare(ctx context.Context, p payer, day calendar.Date) error {
	spans, err := s.due(ctx, p, day)
	if err != nil {
		return err
	}
	for _, span := range spans {
		for _, typed := range s.declared(p.t) {
			for _, page := range p.t.Pages {
				if _, err := s.Flow.Taxation().SaveReturn(ctx, p.actor(), flow.SaveReturn{Account: p.ID, Begins: span.From, Page: page.File.Page, Form: typed.Fields}); err != nil {
					return err
				}
			}
			_, err := s.Flow.Taxation().SendReturn(ctx, p.actor(), flow.SendReturn{Account: p.ID, Begins: span.From, Key: s.key()})
			var refused *flow.TaxRefused
			if errors.As(err, &refused) {
				continue // it does not fit this place
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// estimateTax assesses an account that has not declared in time.
func (s *seeder) estimateTax(ctx context.Context, p payer, day calendar.Date) error {
	officer, ok := s.treasurer(policy.Officer, "")
	spans, err := s.due(ctx, p, day)
	if err != nil || !ok {
		return err
	}
	for _, span := range spans {
		by, err := assess.DeclareBy(ctx, p.t, span)
		if err != nil {
			return err
		}
		if !by.Before(day) {
			continue
		}
		for _, typed := range s.declared(p.t) {
			_, err := s.Flow.Taxation().EstimateReturn(ctx, officer, flow.EstimateReturn{Account: p.ID, Begins: span.From, Typed: typed, Reason: "No declaration has come. Estimated from the size of the place.", Key: s.key()})
			var refused *flow.TaxRefused
			if errors.As(err, &refused) {
				continue
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// standingOrders are what payers who have no account here transferred in some days for their instalments, each on its day:
// almost all of them do, some only once. Bills that are paid by other transfers are left out.
func (s *seeder) standingOrders(ctx context.Context, days service.Span, others []moved) (all []moved, err error) {
	paid := map[string]bool{}
	for _, m := range others {
		paid[m.reference] = true
	}
	var open []*bill.Bill
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) (err error) {
		open, err = s.Flow.Money.Treasury.Bills.Find(ctx, tx, bill.Query{Organisation: s.j.Money.Treasury, Kind: bill.Tax, State: bill.Open, Limit: 2000})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, b := range open {
		place := int(b.Number[len(b.Number)-1]-'0') + 10*int(b.Number[len(b.Number)-2]-'0')
		if b.Payer != "" || paid[b.Reference] || place%23 == 3 {
			continue
		}
		left := b.Balance
		for n, part := range b.Plan {
			if !days.Has(part.Due) || left <= 0 || n > 0 && place%19 == 5 {
				continue
			}
			amount := min(part.Amount, left)
			left -= amount
			all = append(all, moved{day: part.Due, minor: amount, name: b.Name, iban: fictitious[place%len(fictitious)], reference: b.Reference, text: b.Title})
		}
	}
	return all, nil
}
