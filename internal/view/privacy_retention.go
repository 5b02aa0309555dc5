package view

import (
	"context"
	"encoding/hex"

	"stoa/internal/cases"
	"stoa/internal/policy"
	"stoa/internal/retain"
	"stoa/internal/store"
)

const retentionMost = 100

// Retention is what of the reader's organisations is due to be deleted, what is held, and what was deleted. It names
// nobody: cases by their numbers.
func (v Own) Retention(ctx context.Context, r Reader) (d RetentionDesk, err error) {
	mine := r.organisations(policy.RetentionSee)
	if len(mine) == 0 {
		return d, policy.Can(r.Actor, policy.RetentionSee, policy.Thing{Kind: "retention"})
	}
	err = v.read(ctx, "Retention", func(ctx context.Context, tx *store.Tx) error {
		d = RetentionDesk{}
		if err := v.comingDue(ctx, tx, r, mine, &d); err != nil {
			return err
		}
		names := v.names(r)
		for _, o := range mine {
			d.Organisations = append(d.Organisations, Option{Value: o, Label: r.organisationName(v.place(), o)})
			if err := v.holds(ctx, tx, r, names, o, &d); err != nil {
				return err
			}
			done, err := retain.Proved(ctx, tx, o, retentionMost)
			if err != nil {
				return err
			}
			for _, b := range done {
				d.Done = append(d.Done, DoneLine{ID: b.ID, Kind: r.matterKind(b.Kind), Service: v.billedTitle(r, b.Service), For: r.organisationName(v.place(), b.Organisation), Law: b.Law,
					Day: r.date(b.Day), Root: hex.EncodeToString(b.Root), N: b.N})
			}
		}
		return nil
	})
	return d, err
}

func (v Own) holds(ctx context.Context, tx *store.Tx, r Reader, names *names, organisation string, d *RetentionDesk) error {
	list, err := retain.HoldsOf(ctx, tx, organisation, retentionMost)
	if err != nil {
		return err
	}
	for _, h := range list {
		line := HoldLine{ID: h.ID, Number: h.Number, For: r.organisationName(v.place(), h.Organisation), Reason: h.Reason, Review: r.date(h.Review), Placed: r.instant(v.place(), h.Placed), Stands: h.Lifted.IsZero()}
		if line.By, err = names.of(ctx, tx, h.PlacedBy); err != nil {
			return err
		}
		line.CanLift = line.Stands && policy.Can(r.Actor, policy.HoldSet, policy.Thing{Kind: "hold", Organisation: organisation}) == nil
		d.Holds = append(d.Holds, line)
	}
	return nil
}

// comingDue lists cases that the job looks at within a month.
func (v Own) comingDue(ctx context.Context, tx *store.Tx, r Reader, mine []string, d *RetentionDesk) error {
	soon, err := v.place().Calendar.DateOf(tx.Now()).AddMonths(1)
	if err != nil {
		return err
	}
	ids, err := (cases.Keeping{Cases: v.Docket.Cases}).Coming(ctx, tx, mine, soon, retentionMost)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := v.Docket.Cases.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		m, err := v.Docket.KeepCase(ctx, tx, v.books(), c)
		if err != nil {
			return err
		}
		line, _, err := v.matterLine(r, m, v.place().Calendar.DateOf(tx.Now()), false)
		if err != nil {
			return err
		}
		if m.Keep.Held || line.Until != "" {
			d.Due = append(d.Due, line)
		}
	}
	return nil
}
