package treasury

import (
	"context"

	"stoa/internal/bill"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// PaymentThing is a payment as rights see it: it belongs to what its bills are for, where that is one thing.
func PaymentThing(ctx context.Context, tx *store.Tx, bills *bill.Bills, p *pay.Payment) (policy.Thing, error) {
	thing := policy.Thing{Kind: "payment", ID: p.ID, Organisation: p.Organisation, Owner: p.Payer, Draft: p.Draft}
	for i, target := range p.Targets {
		b, err := bills.Get(ctx, tx, p.Organisation, target.Bill)
		if err != nil {
			return thing, err
		}
		if about := b.About(); i == 0 {
			thing.Service = about
		} else if about != thing.Service {
			thing.Service = "" // then no mandate for one of them shows it
			break
		}
	}
	return thing, nil
}
