package flow

import (
	"context"

	"stoa/internal/spend"
)

// supplies adds what a person is paid, or is to be paid, by the public body as its supplier.
func (g *everything) supplies(ctx context.Context, person string) error {
	g.doc.Supplies = []CopiedSupplier{}
	book, err := g.f.book()
	if err != nil || g.f.Money.Spend == nil {
		return nil //nolint:nilerr // nobody is paid here
	}
	list, err := g.f.Money.Spend.Suppliers.Owned(ctx, g.tx, book.Organisation, person)
	if err != nil {
		return err
	}
	for _, x := range list {
		one := CopiedSupplier{Name: x.Name, Identifier: x.Identifier, Address: x.Address, Email: x.Email, Since: x.Created.UTC(),
			Commitments: []CopiedSupply{}, Invoices: []CopiedSupply{}, Payments: []CopiedSupply{}}
		if x.Person { // of an organisation it is only that this address stands with it: its account and its money are not theirs
			one.Account = string(x.IBAN)
			if err := g.supplied(ctx, book.Organisation, x.ID, &one); err != nil {
				return err
			}
		}
		g.doc.Supplies = append(g.doc.Supplies, one)
	}
	return nil
}

func (g *everything) supplied(ctx context.Context, organisation, supplier string, one *CopiedSupplier) error {
	s := g.f.Money.Spend
	commitments, err := s.Commitments.Find(ctx, g.tx, spend.CommitmentQuery{Organisation: organisation, Supplier: supplier, Limit: allOfThem})
	if err != nil {
		return err
	}
	for _, c := range commitments {
		one.Commitments = append(one.Commitments, CopiedSupply{Number: c.Number, Title: c.Title, About: c.About, Office: c.For, State: string(c.State), Reason: c.Reason,
			Day: c.Signed.String(), Currency: c.Currency, Amount: c.Value})
	}
	invoices, err := s.Invoices.Find(ctx, g.tx, spend.InvoiceQuery{Organisation: organisation, Supplier: supplier, Limit: allOfThem})
	if err != nil {
		return err
	}
	for _, i := range invoices {
		one.Invoices = append(one.Invoices, CopiedSupply{Number: i.Number, Own: i.SupplierNumber, Title: i.Title, Office: i.For, State: string(i.State), Reason: i.Reason,
			Day: i.Day.String(), Currency: i.Currency, Amount: i.Amount})
	}
	payments, err := s.Payments.Find(ctx, g.tx, spend.PaymentQuery{Organisation: organisation, Supplier: supplier, Limit: allOfThem})
	if err != nil {
		return err
	}
	for _, p := range payments {
		state := "paid"
		if p.Returned() {
			state = "came back"
		}
		one.Payments = append(one.Payments, CopiedSupply{Number: p.Number, Office: p.For, State: state, Day: p.Day.String(), Currency: p.Currency, Amount: p.Amount})
	}
	return nil
}
