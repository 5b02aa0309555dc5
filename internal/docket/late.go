package docket

import (
	"context"

	"stoa/internal/bill"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// Late is what follows on a bill that stays unpaid.
type Late struct {
	Jurisdiction *service.Jurisdiction // whose figures the rules look at
	Steps        []*service.Late
	Interest     *service.Interest // nil: none
}

// LateRules finds what follows on a bill: on a fee what money.yaml says now, on a tax what its file said when it was assessed.
func (d *Docket) LateRules(ctx context.Context, tx *store.Tx, taxes *tax.Taxes, b *bill.Bill) (Late, error) {
	j := d.Releases.Current()
	if b.Kind != bill.Tax {
		return Late{j, j.Late, j.Interest}, nil
	}
	a, err := taxes.OfBill(ctx, tx, b.Organisation, b.ID)
	if err != nil {
		return Late{}, err
	}
	t, err := d.Releases.Tax(ctx, tx, a.Definition)
	if err != nil {
		return Late{}, err
	}
	return Late{t.Jurisdiction, t.Late, t.Interest}, nil
}
