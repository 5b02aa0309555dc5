package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"stoa/internal/service"
)

// simulations measures how long a study of changed rules takes over all past cases of a service, and of a queue.
func simulations(ctx context.Context, o options, out io.Writer) error {
	w, err := large(ctx, o, o.cases)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // a bench's database
	fmt.Fprintf(out, "\n## What if, SQLite: %s past cases of all services\n\n| study | past cases | time | for 100,000 |\n|---|---|---|---|\n", thousands(float64(o.cases)))
	for _, s := range []struct{ name, change string }{
		{"another fee of events", `{title: Dearer, service: temporary-event-notice, amounts: [{id: notice, amount: "30"}]}`},
		{"another fee, and two officers more", `{title: Dearer, service: temporary-event-notice, amounts: [{id: notice, amount: "30"}], officers: 2, minutes: 30}`},
		{"another deadline of registering food", `{title: Sooner, service: food-business-registration, deadlines: [{state: received, days: 14}]}`},
	} {
		c, problems := service.ReadChange("change", []byte(s.change))
		if len(problems) > 0 {
			return fmt.Errorf("%s: %w", s.name, problems)
		}
		begun := time.Now()
		study, err := w.Flow.Studies().Simulate(ctx, c, time.Now(), nil)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		took := time.Since(begun)
		n := max(1, study.Cases)
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", s.name, thousands(float64(n)), took.Round(10*time.Millisecond), (took * 100_000 / time.Duration(n)).Round(100*time.Millisecond))
	}
	return nil
}
