package flow

import (
	"context"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/i18n"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// publishSome makes some of what a run proposes count: assessments that charge something get their bill, and holders who have
// an address of e-mail a message.
func (f *Flow) publishSome(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, r *tax.Run) error {
	list, err := f.Money.Taxes.ToPublish(ctx, tx, r.Organisation, r.ID, r.Place, publishChunk)
	if err != nil {
		return err
	}
	var ids []string
	for _, a := range list {
		ids = append(ids, a.Account)
	}
	accounts, err := f.Money.Taxes.ByID(ctx, tx, r.Organisation, ids)
	if err != nil {
		return err
	}
	var bills []*bill.Bill
	billOf := map[string]*bill.Bill{}
	for _, a := range list {
		if a.Total == 0 {
			continue
		}
		b, err := f.taxBill(ctx, t, accounts[a.Account], a, r.Issued)
		if err != nil {
			return fmt.Errorf("making the bill of account %s: %w", accounts[a.Account].Number, err)
		}
		billOf[a.ID], bills = b, append(bills, b)
	}
	if err := f.Money.Treasury.Issue(ctx, tx, book, bills...); err != nil {
		return err
	}
	for _, a := range list {
		if b := billOf[a.ID]; b != nil {
			a.Bill = b.ID
		}
	}
	if err := tax.Publish(ctx, tx, r.Issued, list...); err != nil {
		return err
	}
	for _, a := range list {
		r.Place, r.Published = a.Account, r.Published+1
		if b := billOf[a.ID]; b != nil {
			if err := f.tellBill(ctx, tx, t, accounts[a.Account], a, b); err != nil {
				return err
			}
		}
	}
	if len(list) < publishChunk {
		r.State, r.Ended = tax.RunPublished, tx.Now()
	}
	return nil
}

// tellBill owes the holder of an account a message about a bill: what, how much, until when, how to pay and how to object.
func (f *Flow) tellBill(ctx context.Context, tx *store.Tx, t *service.Tax, account *tax.Account, a *tax.Assessment, b *bill.Bill) error {
	if account.Email == "" && account.Holder == "" {
		return nil
	}
	p := f.Words.For(f.languageOf(account))
	text := p.T("Your bill is {amount}: {title}.", i18n.V{"amount": p.Money(a.Total, a.Currency), "title": b.Title}) + "\n\n" + f.toPay(p, b) + f.howToObject(p, t, a)
	if b.Note != "" {
		text += "\n\n" + b.Note
	}
	return f.tellHolder(ctx, tx, account, "tax bill", b.Title, text, "/account/bills/"+b.ID)
}
