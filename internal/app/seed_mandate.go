package app

import (
	"context"
	"fmt"
	"strconv"

	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// giveMandates lets the demo's residents act for one another, as demo.yaml says: offered by the one, accepted by the other.
func (s *seeder) giveMandates(ctx context.Context) error {
	for i, m := range s.j.Demo.Mandates {
		of, err := s.resident(ctx, m.Of)
		if err != nil {
			return fmt.Errorf("%s acts for %s: %w", m.To, m.Of, err)
		}
		to, err := s.resident(ctx, m.To)
		if err != nil {
			return fmt.Errorf("%s acts for %s: %w", m.To, m.Of, err)
		}
		id, err := s.Flow.Representation().GiveMandate(ctx, of, flow.GiveMandate{Name: to.Name, Email: m.To, Kind: m.Kind, Scope: m.Scope, Months: m.Months, Messages: m.Messages,
			Key: "demo mandate " + strconv.Itoa(i)})
		if err == nil {
			err = s.Flow.Representation().AnswerMandate(ctx, to, flow.AnswerMandate{Mandate: id, Accept: true})
		}
		if err != nil {
			return fmt.Errorf("%s acts for %s: %w", m.To, m.Of, err)
		}
	}
	return nil
}

// resident is one of the demo's people as somebody who has signed in.
func (s *seeder) resident(ctx context.Context, email string) (a policy.Actor, err error) {
	err = s.DB.Read(ctx, "seed.resident", func(ctx context.Context, tx *store.Tx) error {
		var who person.Person
		if who, err = s.Flow.People.ByEmail(ctx, tx, email); err == nil {
			a = policy.Actor{Person: who.ID, Name: who.Name}
		}
		return err
	})
	return a, err
}
