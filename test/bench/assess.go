package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"stoa/internal/app"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// massAssessment measures what a year's council tax takes: every dwelling of a register assessed, and every bill issued.
func massAssessment(ctx context.Context, o options, out io.Writer) error {
	w, err := fresh(ctx, o, "")
	if err != nil {
		return err
	}
	defer w.Close()
	dwellings := 5_000
	if o.cases >= 100_000 {
		dwellings = 100_000
	}
	if err := w.build(ctx, dwellings); err != nil {
		return fmt.Errorf("filling the register: %w", err)
	}
	officer, err := w.revenue(ctx, "Rae Revenue", policy.Officer)
	if err != nil {
		return err
	}
	treasurer, err := w.revenue(ctx, "Tess Treasurer", policy.Supervisor)
	if err != nil {
		return err
	}
	issued := w.Flow.Docket.Releases.Current().Calendar.DateOf(w.Clock.Now())
	run, err := w.Flow.Taxation().StartRun(ctx, officer, flow.StartRun{Tax: "council-tax", Begins: calendar.MustDate("2026-04-01"), Issued: issued, Key: "bench start"})
	if err != nil {
		return err
	}
	assessed, failed := w.jobs(ctx)
	r, err := w.run(ctx, run)
	if err != nil {
		return err
	}
	if r.Assessed == 0 {
		return fmt.Errorf("nothing was assessed: %w", failed)
	}
	if err := w.Flow.Taxation().PublishRun(ctx, treasurer, flow.PublishRun{Run: run, Version: r.Version, Key: "bench publish"}); err != nil {
		return err
	}
	billed, failed := w.jobs(ctx)
	if r, err = w.run(ctx, run); err != nil {
		return err
	}
	if r.Published == 0 {
		return fmt.Errorf("nothing was published: %w", failed)
	}
	fmt.Fprintf(out, "\nCouncil tax of %d dwellings, SQLite, one after the other\n\n", r.Objects)
	fmt.Fprintf(out, "| | seconds | per second |\n|---|---:|---:|\n")
	fmt.Fprintf(out, "| assessed (%d, %d could not be) | %.1f | %.0f |\n", r.Assessed, r.Failed, assessed.Seconds(), float64(r.Assessed)/assessed.Seconds())
	fmt.Fprintf(out, "| published as bills (%d) | %.1f | %.0f |\n", r.Published, billed.Seconds(), float64(r.Published)/billed.Seconds())
	return nil
}

// build adds dwellings to Greenvale's own.
func (w *world) build(ctx context.Context, n int) error {
	reg := w.Flow.Docket.Releases.Current().Registers["dwellings"]
	if reg == nil {
		return fmt.Errorf("the sample has no dwellings")
	}
	model := reg.Seeds[0]
	for from := 0; from < n; from += batch {
		err := w.DB.Write(ctx, "bench.build", func(ctx context.Context, tx *store.Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				if err := w.dwelling(ctx, tx, reg, model, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) dwelling(ctx context.Context, tx *store.Tx, reg *service.Register, model service.SeedRecord, i int) error {
	fields := map[string]string{}
	for id, v := range model.Fields {
		if text, ok := record.Text(v); ok {
			fields[id] = text
		}
	}
	number := fmt.Sprintf("X%06d", i)
	fields["reference"], fields["address"], fields["band"] = number, fmt.Sprintf("%d Long Street, Greenvale", i), string(rune('A'+i%8))
	r := &record.Record{Register: reg.Register, Organisation: reg.Organisation, Number: number, State: record.Active, From: calendar.MustDate("2000-01-01"), Fields: fields}
	return w.Flow.Docket.Records.Put(ctx, tx, reg, r, record.Change{Change: "seeded"})
}

func (w *world) revenue(ctx context.Context, name string, role policy.Role) (policy.Actor, error) {
	grants := []policy.Grant{{Role: role, Organisation: "revenues"}}
	id, err := w.Flow.AddStaff(ctx, app.System, flow.AddStaff{Name: name, Email: name[:3] + "@bench.example", Language: "en", Grants: grants})
	return policy.Actor{Person: id, Name: name, Grants: grants}, err
}

// jobs runs what is due until nothing is, and tells how long it took. Letters have nowhere to go here and fail, which is no
// matter of taxes: what the run itself came to is looked at after.
func (w *world) jobs(ctx context.Context) (took time.Duration, failed error) {
	begun := time.Now()
	_, failed = w.Jobs.RunDue(ctx)
	return time.Since(begun), failed
}

func (w *world) run(ctx context.Context, id string) (r *tax.Run, err error) {
	err = w.DB.Read(ctx, "bench.run", func(ctx context.Context, tx *store.Tx) error {
		r, err = w.Flow.Money.Runs.Get(ctx, tx, "revenues", id)
		return err
	})
	return r, err
}
