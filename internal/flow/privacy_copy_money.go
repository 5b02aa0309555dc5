package flow

import (
	"context"
	"encoding/json"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/tax"
)

// money adds bills, payments and tax accounts.
func (g *everything) money(ctx context.Context, person string) error {
	book, err := g.f.book()
	if err != nil {
		return nil //nolint:nilerr // no money is taken here
	}
	bills, err := bill.AllOf(ctx, g.tx, g.f.Money.Treasury.Bills, book.Organisation, person)
	if err != nil {
		return err
	}
	for _, b := range bills {
		g.doc.Bills = append(g.doc.Bills, CopiedBill{Number: b.Number, For: b.Title, Day: b.Day.String(), Currency: b.Currency, Balance: b.Balance, Name: b.Name, Email: b.Email, Address: b.Address})
	}
	for after := ""; ; {
		list, err := g.f.Money.Treasury.Payments.Of(ctx, g.tx, book.Organisation, person, after, 50)
		if err != nil {
			return err
		}
		for _, p := range list {
			after = p.ID
			g.doc.Payments = append(g.doc.Payments, CopiedPayment{Receipt: p.Number, Method: p.Method, State: string(p.State), At: p.Created, Currency: p.Amount.Currency,
				Asked: p.Amount.Minor, Received: p.Received.Minor, Name: p.Name})
		}
		if len(list) < 50 {
			break
		}
	}
	accounts, err := g.f.Money.Taxes.AccountsOf(ctx, g.tx, book.Organisation, person)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		one, err := g.taxAccount(ctx, a)
		if err != nil {
			return err
		}
		g.doc.Taxes = append(g.doc.Taxes, one)
	}
	return nil
}

func (g *everything) taxAccount(ctx context.Context, a *tax.Account) (one CopiedTax, err error) {
	one = CopiedTax{Number: a.Number, Tax: a.Tax, Object: a.Object, Name: a.Name, Email: a.Email, Address: a.Address, From: a.From.String()}
	if !a.Until.IsZero() {
		one.Until = a.Until.String()
	}
	known, err := g.f.Money.Taxes.Known(ctx, g.tx, a)
	if err != nil {
		return one, err
	}
	for _, k := range known {
		one.Known = append(one.Known, map[string]any{"from": k.From.String(), "known_since": k.At, "source": k.Of.Kind, "record": k.Object, "facts": k.Facts})
	}
	assessments, err := g.f.Money.Taxes.AssessmentsOf(ctx, g.tx, a)
	if err != nil {
		return one, err
	}
	for _, x := range assessments {
		whole, err := g.f.Money.Taxes.Assessment(ctx, g.tx, a.Organisation, x.ID)
		if err != nil {
			return one, err
		}
		one.Assessments = append(one.Assessments, map[string]any{"begins": x.Begins.String(), "ends": x.Ends.String(), "state": x.State, "total_minor_units": x.Total, "currency": x.Currency,
			"rests_on": whole.Contents.Input, "items": whole.Items})
	}
	returns, err := g.f.Money.Taxes.Returns(ctx, g.tx, a, calendar.Date{})
	if err != nil {
		return one, err
	}
	for _, r := range returns {
		one.Returns = append(one.Returns, map[string]any{"begins": r.Begins.String(), "state": r.State, "at": r.At, "typed": json.RawMessage(r.Typed)})
	}
	requests, err := g.f.Money.Requests.Of(ctx, g.tx, a)
	if err != nil {
		return one, err
	}
	for _, r := range requests {
		files, err := g.take(ctx, "taxes/"+a.Number, r.Files)
		if err != nil {
			return one, err
		}
		one.Requests = append(one.Requests, map[string]any{"kind": r.Kind, "about": r.About, "state": r.State, "at": r.At, "value": r.Value, "text": r.Text, "files": files})
	}
	return one, nil
}
