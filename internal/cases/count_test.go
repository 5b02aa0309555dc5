package cases_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/store"
)

// slow counts the open cases one by one.
func (o *office) slow(all []*cases.Case, asked []string, day calendar.Date) (list []cases.Count) {
	at := map[string]*cases.Count{}
	for _, c := range all {
		if !c.Open() || !slices.Contains(asked, c.Organisation) {
			continue
		}
		key := c.Organisation + " " + c.Service + " " + c.State
		if at[key] == nil {
			at[key] = &cases.Count{Organisation: c.Organisation, Service: c.Service, State: c.State}
		}
		n := at[key]
		n.Open++
		if !c.Due.IsZero() && c.Due.Before(day) {
			n.Overdue++
		}
		if c.Assignee == "" {
			n.Unassigned++
		}
	}
	for _, n := range at {
		list = append(list, *n)
	}
	slices.SortFunc(list, func(a, b cases.Count) int { return compareCounts(a, b) })
	return list
}

func compareCounts(a, b cases.Count) int {
	return slices.Compare([]string{a.Organisation, a.Service, a.State}, []string{b.Organisation, b.Service, b.State})
}

func (o *office) sums() cases.Sums { return cases.Sums{Cases: o.Cases} }

func (o *office) fold(today calendar.Date) {
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := o.sums().Fold(ctx, tx, today)
		return err
	})
}

// checked fails where the sums are not what a count gives.
func (o *office) checked(today calendar.Date) (findings []string) {
	o.read(func(ctx context.Context, tx *store.Tx) (err error) {
		findings, err = o.sums().Check(ctx, tx, today)
		return err
	})
	return findings
}

// TestSumsAreThoseOfACount lets cases come, move, end and come back while days pass and sums are folded, and counts them each time.
func TestSumsAreThoseOfACount(t *testing.T) {
	today := calendar.MustDate("2026-01-05")
	each(t, func(o *office) {
		var all []*cases.Case
		now := today
		rapid.Check(o.t, func(t *rapid.T) {
			for _, k := range o.add(t, rapid.SliceOfN(rapid.Custom(drawCase), 0, 3).Draw(t, "more cases")) {
				all = append(all, k.Case)
			}
			for range rapid.IntRange(0, 3).Draw(t, "changes") {
				if len(all) == 0 {
					break
				}
				i, to := rapid.IntRange(0, len(all)-1).Draw(t, "which"), drawCase(t)
				if rapid.Bool().Draw(t, "read again") {
					all[i] = o.get(all[i].ID)
				}
				if rapid.IntRange(0, 3).Draw(t, "made by hand") == 0 { // as a caller that did not read it
					c := *all[i]
					all[i] = &cases.Case{ID: c.ID, Organisation: c.Organisation, Service: c.Service, Version: c.Version, Subject: c.Subject}
				}
				all[i].State, all[i].Assignee, all[i].Ending, all[i].Due = to.State, to.Assignee, to.Ending, to.Due
				o.write(func(ctx context.Context, tx *store.Tx) error { return o.Update(ctx, tx, all[i]) })
			}
			if rapid.Bool().Draw(t, "folds") {
				o.fold(now)
			}
			if now.Before(calendar.MustDate("2026-02-03")) && rapid.IntRange(0, 3).Draw(t, "a day passes") == 0 {
				now, _ = now.AddDays(1)
			}
			asked := rapid.SliceOfNDistinct(rapid.SampledFrom(organisations), 1, 3, rapid.ID).Draw(t, "organisations")
			late, _ := now.AddDays(rapid.IntRange(-1, 3).Draw(t, "a clock that is late or early"))
			o.read(func(ctx context.Context, tx *store.Tx) error {
				got, err := o.Counts(ctx, tx, asked, late)
				if want := o.slow(all, asked, late); !slices.Equal(got, want) {
					t.Fatalf("on %s the sums give\n%+v, want\n%+v", late, got, want)
				}
				return err
			})
			if off := o.checked(now); len(off) > 0 {
				t.Fatalf("held to a count: %v", off)
			}
		})
	})
}

// A program that does not know of the sums writes beside this one; that is found, and mended.
func TestSumsAreMended(t *testing.T) {
	today := calendar.MustDate("2026-01-06")
	each(t, func(o *office) {
		var all []*cases.Case
		for i := range 40 {
			all = append(all, o.insert(&cases.Case{Due: dayOf(days[i%len(days)]), State: states[i%2], Assignee: assignees[i%3]}))
		}
		o.fold(today)
		for i, c := range all {
			change := []string{`DELETE FROM cases WHERE id = $1`, `UPDATE cases SET state = 'granted' WHERE id = $1`, `UPDATE cases SET assignee = '' WHERE id = $1`,
				`UPDATE cases SET due = '2026-01-05' WHERE id = $1`, `UPDATE cases SET is_open = FALSE WHERE id = $1`}[i%5]
			o.write(func(ctx context.Context, tx *store.Tx) error { _, err := tx.Exec(ctx, change, c.ID); return err })
		}
		if off := o.checked(today); len(off) == 0 {
			o.t.Fatal("nothing was found")
		}
		for range 2 { // the second has nothing to do
			var nodes sync.WaitGroup
			for range 16 {
				nodes.Go(func() {
					if err := o.db.Write(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error { return o.sums().Mend(ctx, tx, today) }); err != nil {
						o.t.Error(err)
					}
				})
			}
			nodes.Wait()
			if off := o.checked(today); len(off) > 0 {
				o.t.Errorf("after mending: %v", off)
			}
			o.fold(today)
		}
		if off := o.checked(today); len(off) > 0 {
			o.t.Errorf("after folding: %v", off)
		}
	})
}

// TestSumsWhileManyWrite folds and mends while others write: every count in between is right, and so is the last.
func TestSumsWhileManyWrite(t *testing.T) {
	today := calendar.MustDate("2026-01-06")
	each(t, func(o *office) {
		for range 10 {
			o.insert(&cases.Case{})
		}
		var writers, others sync.WaitGroup
		end := make(chan struct{})
		failed := make(chan error, 100)
		for w := range 6 {
			writers.Go(func() {
				for i := range 25 {
					err := o.db.Write(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error {
						c := &cases.Case{ID: tx.NewID(), Number: fmt.Sprint(w, "-", i), Organisation: "licensing", Service: "stall", State: "received", Subject: o.subject,
							Due: dayOf(days[i%len(days)]), Submitted: tx.Now()}
						if err := o.Insert(ctx, tx, c); err != nil {
							return err
						}
						c.State, c.Assignee = "waiting", "olu"
						if i%3 == 0 {
							c.Ending = "granted"
						}
						return o.Update(ctx, tx, c)
					})
					if err != nil {
						failed <- err
					}
				}
			})
		}
		for k := range 3 {
			others.Go(func() {
				for {
					select {
					case <-end:
						return
					default:
					}
					err := o.db.Write(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error {
						if k == 0 {
							return o.sums().Mend(ctx, tx, today)
						}
						_, err := o.sums().Fold(ctx, tx, today)
						return err
					})
					if err == nil {
						err = o.db.Read(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error {
							off, err := o.sums().Check(ctx, tx, today)
							if len(off) > 0 {
								err = fmt.Errorf("in between: %v", off)
							}
							return err
						})
					}
					if err != nil {
						failed <- err
						return
					}
				}
			})
		}
		writers.Wait()
		close(end)
		others.Wait()
		close(failed)
		for err := range failed {
			o.t.Error(err)
		}
		if off := o.checked(today); len(off) > 0 {
			o.t.Errorf("at the end: %v", off)
		}
	})
}
