package tax_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/tax"
)

func TestManyAccountsAtOnceAreAsOneByOne(t *testing.T) {
	each(t, func(o *office) {
		const n = 130 // more than two statements take
		var list []*tax.Account
		o.do(func(ctx context.Context, tx *store.Tx) error {
			var learned []tax.Learned
			for i := range n {
				list = append(list, &tax.Account{Organisation: home, Tax: "council-tax", Object: fmt.Sprintf("D%03d", i), From: april, Words: tax.Words{Name: fmt.Sprint("Payer ", i)}})
			}
			if err := o.OpenAccounts(ctx, tx, list...); err != nil {
				return err
			}
			for i, a := range list {
				for range 1 + i%2 {
					learned = append(learned, tax.Learned{Account: a, Known: tax.Known{From: april, Of: tax.Source{Kind: "register"}, Object: map[string]string{"band": fmt.Sprint(i)}}})
				}
			}
			return o.Learn(ctx, tx, learned...)
		})
		o.do(func(ctx context.Context, tx *store.Tx) error {
			found, err := o.OnObjects(ctx, tx, home, "council-tax", []string{"D000", "D129", "none"}, march)
			if err != nil || len(found) != 2 || found["D129"][0].Name != "Payer 129" || found["D000"][0].Number != list[0].Number {
				o.t.Errorf("found %v, %v", found, err)
			}
			known, err := o.KnownOf(ctx, tx, list...)
			if err != nil || len(known) != n || len(known[list[129].ID]) != 2 || known[list[129].ID][1].No != 2 || known[list[128].ID][0].Object["band"] != "128" {
				o.t.Errorf("known of %d, %v", len(known), err)
			}
			var made []tax.Made
			for _, a := range list {
				made = append(made, tax.Made{Account: a, Assessment: &tax.Assessment{Begins: april, Ends: march, Run: "r", Currency: "GBP", Total: 7,
					Contents: tax.Contents{Input: []byte(`{}`), Items: []tax.Item{{ID: "band", Account: "4010", Amount: 7}}, Carry: map[string]string{"before": "7"}}}})
			}
			return o.Assess(ctx, tx, made...)
		})
		o.do(func(ctx context.Context, tx *store.Tx) error {
			some, err := o.ToPublish(ctx, tx, home, "r", "", 100)
			if err != nil || len(some) != 100 || some[0].Items[0].Amount != 7 {
				o.t.Fatalf("to publish %d, %v", len(some), err)
			}
			rest, err := o.ToPublish(ctx, tx, home, "r", some[99].Account, 100)
			if err != nil || len(rest) != n-100 {
				o.t.Errorf("the rest %d, %v", len(rest), err)
			}
			return tax.Publish(ctx, tx, april, some...)
		})
		o.do(func(ctx context.Context, tx *store.Tx) error {
			done, err := o.InPeriod(ctx, tx, list, april)
			count := map[string]int{}
			for _, one := range done {
				count[one.State]++
			}
			if err != nil || count[tax.Published] != 100 || count[tax.Proposed] != n-100 || done[list[0].ID].Carry["before"] != "7" {
				o.t.Errorf("in the period %v, %v", count, err)
			}
			all, after := 0, ""
			for {
				page, err := o.All(ctx, tx, home, after, 50)
				if err != nil || len(page) == 0 {
					break
				}
				all, after = all+len(page), page[len(page)-1].ID
			}
			if all != n {
				o.t.Errorf("all are %d", all)
			}
			return nil
		})
	})
}

// TestOneAssessmentCounts for an account and period, whatever is tried; one that ended can be followed by another.
func TestOneAssessmentCounts(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("D1", "p1", april)
		make := func() *tax.Assessment {
			return &tax.Assessment{Begins: april, Ends: march, Currency: "GBP", Total: 1, Contents: tax.Contents{Input: []byte(`{}`)}}
		}
		first := make()
		o.do(func(ctx context.Context, tx *store.Tx) error {
			return o.Assess(ctx, tx, tax.Made{Account: a, Assessment: first})
		})
		err := o.try(func(ctx context.Context, tx *store.Tx) error {
			return o.Assess(ctx, tx, tax.Made{Account: a, Assessment: make()})
		})
		if !errors.Is(err, store.ErrConflict) {
			o.t.Errorf("proposed twice: %v", err)
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			if err := tax.Publish(ctx, tx, april, first); err != nil {
				return err
			}
			return tax.End(ctx, tx, first)
		})
		if first.State != tax.Void {
			o.t.Errorf("ended it is %s", first.State)
		}
		err = o.try(func(ctx context.Context, tx *store.Tx) error { return tax.Publish(ctx, tx, april, first) })
		if fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("published after its end: %v", err)
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			second := make()
			if err := o.Assess(ctx, tx, tax.Made{Account: a, Assessment: second}); err != nil || second.Seq != 2 {
				return fmt.Errorf("the second is number %d: %w", second.Seq, err)
			}
			list, err := o.Standing(ctx, tx, a, april, tax.Proposed, tax.Void)
			if len(list) != 2 || list[0].State != tax.Void || list[1].State != tax.Proposed {
				o.t.Errorf("standing %+v", list)
			}
			return err
		})
	})
}

func TestARemindersStepIsTakenOnce(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("D1", "p1", april)
		o.do(func(ctx context.Context, tx *store.Tx) error {
			for i, want := range []bool{true, false} {
				if got, err := tax.Remind(ctx, tx, a, april, "due"); err != nil || got != want {
					o.t.Errorf("%d: %t, %v", i, got, err)
				}
			}
			steps, err := tax.Reminded(ctx, tx, []*tax.Account{a}, april)
			if !slices.Equal(steps[a.ID], []string{"due"}) {
				o.t.Errorf("reminded %v", steps)
			}
			return err
		})
	})
}
