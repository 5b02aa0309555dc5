package process

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/service"
)

// Owes reports whether something is to be paid for the application.
func (j *Judgement) Owes() bool {
	return j.Situation.Service.Payment != nil && j.Fee != nil && j.Fee.Total.Minor > 0
}

// start is the state that submission leads to: the file's, or waiting for the fee.
func (j *Judgement) start() string {
	s := j.Situation.Service
	if j.Owes() && s.Payment.Waits != "" {
		return s.Payment.Waits
	}
	return s.Case.Start
}

// Waits reports whether the case stands until its fee is paid.
func Waits(s *service.Service, f Facts) bool {
	return s.Payment != nil && s.Payment.Waits != "" && f.State == s.Payment.Waits
}

// Paid lets a case go on that stood until its fee was paid. What was due before is done first: if that ends the case, the
// payment came too late and nothing more follows. The application counts as given now, when it is complete, so j must be
// judged as of now; if it may not be given any more, the case takes the action that not paying in time would have led to.
// A case that does not wait for its fee: no effects but what was due.
func Paid(ctx context.Context, j *Judgement, f Facts, now time.Time) ([]Effects, error) {
	m := newMachine(j, f, now)
	if err := m.catchUp(ctx, now); err != nil {
		return nil, err
	}
	if !Waits(m.s, m.facts) {
		return m.settle(ctx)
	}
	if eligible := j.Eligible(); eligible != nil && !*eligible {
		then := ""
		if d := m.s.States[m.facts.State].Deadline; d != nil {
			then = d.Then
		}
		i := slices.IndexFunc(m.s.Actions, func(a *service.Action) bool { return a.ID == then })
		if i < 0 {
			return nil, fault.NewInternal("taking a fee", fmt.Errorf("%s does not say what follows when the fee comes too late", m.s.Service))
		}
		if err := m.take(ctx, m.s.Actions[i], Decision{}); err != nil {
			return nil, err
		}
		return m.settle(ctx)
	}
	if err := m.enter(ctx, Effects{At: now, From: m.facts.State, To: m.s.Case.Start, Complete: true}); err != nil {
		return nil, err
	}
	return m.settle(ctx)
}

// Refund is what of a fee is given back, or not asked for any more, when the case ends: by the first rule of the file that
// fits, and all of it where the case ends while it waits for the fee. The zero amount for nothing.
func Refund(s *service.Service, fee money.Amount, end, from string) (money.Amount, *service.RefundFile, error) {
	none := money.Amount{Currency: fee.Currency}
	if s.Payment == nil || end == "" || fee.IsZero() {
		return none, nil, nil
	}
	if from == s.Payment.Waits && from != "" {
		return fee, nil, nil
	}
	for i := range s.Payment.Refunds {
		r := &s.Payment.Refunds[i]
		if !slices.Contains(r.On, end) || len(r.From) > 0 && !slices.Contains(r.From, from) {
			continue
		}
		back, err := fee.Mul(money.Scaled(int64(r.Share), 2), money.HalfUp)
		return back, r, err
	}
	return none, nil, nil
}
