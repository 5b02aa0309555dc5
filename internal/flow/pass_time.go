package flow

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/policy"
)

// mostDays is how many days of the demo pass at once.
const mostDays = 60

// PassTime lets days pass in the demo, each with its turn, so that a newcomer sees deadlines come and go.
func (f *Flow) PassTime(ctx context.Context, actor policy.Actor, days int) error {
	open := f.Site.Demo && f.Site.Advance != nil
	if err := policy.Can(actor, policy.DemoUse, policy.Thing{Kind: "demo", Public: open}); err != nil {
		return err
	}
	if days < 1 || days > mostDays {
		return fault.NewInvalid("Choose between 1 and 60 days")
	}
	for range days {
		f.Site.Advance(24 * time.Hour)
		if _, err := f.Turn(ctx, policy.Actor{System: true}); err != nil {
			return fmt.Errorf("letting a day pass: %w", err)
		}
		if _, err := f.Appointments().Remind(ctx, policy.Actor{System: true}); err != nil {
			return fmt.Errorf("letting a day pass: %w", err)
		}
		if _, err := f.Registry().LiftSeals(ctx, policy.Actor{System: true}); err != nil {
			return fmt.Errorf("letting a day pass: %w", err)
		}
		if _, err := f.Data().Schedule(ctx, policy.Actor{System: true}); err != nil {
			return fmt.Errorf("letting a day pass: %w", err)
		}
	}
	return nil
}
