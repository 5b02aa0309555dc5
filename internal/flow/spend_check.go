package flow

import (
	"context"

	"stoa/internal/policy"
	"stoa/internal/store"
)

// Check compares what is spent with itself and with the books, and says in words what does not agree. It changes nothing.
func (f Spending) Check(ctx context.Context, actor policy.Actor) (findings []string, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "spending"}); err != nil {
		return nil, err
	}
	book, err := f.book()
	if err != nil || f.Money.Spend == nil {
		return nil, nil //nolint:nilerr // nothing is spent here
	}
	err = f.DB.Read(ctx, "flow.CheckSpending", func(ctx context.Context, tx *store.Tx) error {
		if findings, err = f.Money.Spend.Lines.Check(ctx, tx, book.Organisation); err != nil {
			return err
		}
		books, err := f.payableFits(ctx, tx, book)
		findings = append(findings, books...)
		return err
	})
	return findings, err
}
