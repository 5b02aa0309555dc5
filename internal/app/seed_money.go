package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// payFee pays the fee of an application that was just sent, on the practice provider's page as anybody would. Some cards do
// not work, and some applicants never pay.
func (s *seeder) payFee(ctx context.Context, holder policy.Actor, draft string) error {
	owes, err := s.owes(ctx, draft)
	if err != nil || !owes || s.dice.IntN(25) == 0 {
		return err
	}
	begun, err := s.Flow.Finance().PayBill(ctx, holder, flow.PayBill{
		Draft: draft, Language: s.j.File.Languages[0], Key: s.key(), Back: "/apply/" + draft + "/paid/{payment}", Cancel: "/apply/" + draft + "/done",
	})
	if err != nil {
		return fmt.Errorf("paying a fee: %w", err)
	}
	if err := s.choose(ctx, begun.URL, s.card()); err != nil {
		return err
	}
	return s.Flow.Finance().ReturnFromProvider(ctx, holder, begun.Payment)
}

// card is what happens to a payment: almost always that it works.
func (s *seeder) card() string {
	switch s.dice.IntN(30) {
	case 0:
		return "declined"
	case 1:
		return "silent"
	case 2:
		return "twice"
	case 3:
		return "disputed"
	}
	return "succeeds"
}

// owes reports whether something is to be paid for a draft's case.
func (s *seeder) owes(ctx context.Context, draft string) (owes bool, err error) {
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		d, err := s.Flow.Docket.Cases.Draft(ctx, tx, draft)
		if err != nil || d.Case == "" {
			return err
		}
		c, err := s.Flow.Docket.Case(ctx, tx, d.Case)
		owes = err == nil && c.Judged.Owes()
		return err
	})
	return owes, err
}

// choose posts the provider's page as a browser does.
func (s *seeder) choose(ctx context.Context, page, card string) error {
	form := url.Values{"card": {card}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, page, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("paying a fee: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := transport(func() http.Handler { return s.sandbox }).RoundTrip(r)
	if err != nil {
		return fmt.Errorf("paying a fee: %w", err)
	}
	return answer.Body.Close()
}
