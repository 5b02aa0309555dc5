package app

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
)

// publishes lets datasets be published on the first working day of each month, and at the end: the demo's visitors find some
// versions of each.
func (s *seeder) publishes(ctx context.Context, day, today calendar.Date) error {
	first, err := calendar.NewDate(day.Year(), day.Month(), 1)
	if err == nil {
		first, err = s.j.Calendar.NextWorkingDay(first)
	}
	if err != nil {
		return fmt.Errorf("finding the first working day: %w", err)
	}
	if day != first && day != today {
		return nil
	}
	if _, err := s.Flow.Data().Schedule(ctx, System); err != nil {
		return fmt.Errorf("publishing datasets on %s: %w", day, err)
	}
	if _, err := s.Jobs.RunDue(ctx); err != nil {
		return fmt.Errorf("publishing datasets on %s: %w", day, err)
	}
	return nil
}
