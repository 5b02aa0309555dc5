package view

import (
	"regexp"
	"strings"

	"stoa/internal/money"
	"stoa/internal/ocds"
	"stoa/internal/service"
	"stoa/internal/spend"
)

// personsID is whom a row names that stands for all persons of a line together.
const personsID = "persons"

var packageName = regexp.MustCompile(`[^a-z0-9._-]+`)

// fiscal is a year's public money as programs read it. Its texts are in the first language, whoever asks.
func (w *public) fiscal(b *service.Budget) (*ocds.Fiscal, error) {
	l := w.licence()
	f := &ocds.Fiscal{Name: packageName.ReplaceAllString(strings.ToLower(w.j.File.Jurisdiction+"-"+b.Budget), "-"), Title: b.Title.By, Year: b.From.Year(),
		From: b.From.String(), Until: b.Until.String(), Homepage: w.Site.URL + "/money/budget/" + b.Budget, Currency: w.book.Currency,
		Licence: ocds.Licence{Name: l.ID, Path: l.URL, Title: l.Title}, Languages: w.j.File.Languages}
	if err := w.fiscalLines(f, b); err != nil {
		return nil, err
	}
	if err := w.fiscalIncome(f, b); err != nil {
		return nil, err
	}
	return f, w.fiscalPayments(f, b)
}

func (w *public) amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: w.book.Currency}
}

func (w *public) organisationCode(id string) ocds.Code {
	return ocds.Code{ID: id, Label: w.body(id).Name}
}

func (w *public) accountCode(code string) ocds.Code {
	c := ocds.Code{ID: code}
	if a := w.j.Money.Account(code); a != nil {
		c.Label = w.inFirst(a.Title)
	}
	return c
}

func (w *public) fiscalLines(f *ocds.Fiscal, b *service.Budget) error {
	sums, err := w.Money.Spend.Lines.Now(w.ctx, w.tx, w.org, b.Budget)
	if err != nil {
		return err
	}
	for _, l := range b.Lines {
		if l.Kind != service.LineExpenditure {
			continue
		}
		s := sums[l.ID]
		one := ocds.FiscalLine{ID: l.ID, Title: w.inFirst(l.Title), Organisation: w.organisationCode(l.Organisation), Programme: ocds.Code{ID: l.Programme},
			Function: ocds.Code{ID: l.Classification}, Account: w.accountCode(l.Account), Approved: w.amount(l.Adopted), Adjusted: w.amount(l.On(w.asOf(b))),
			Committed: w.amount(s.Committed), Executed: w.amount(s.Paid)}
		if p := b.Programme(l.Programme); p != nil {
			one.Programme.Label = w.inFirst(p.Title)
		}
		f.Lines = append(f.Lines, one)
	}
	return nil
}

func (w *public) fiscalIncome(f *ocds.Fiscal, b *service.Budget) error {
	is, err := w.came(b)
	if err != nil {
		return err
	}
	for _, m := range is.months {
		for _, code := range is.codes {
			one := ocds.FiscalIncome{Month: isoMonth(m), Account: w.accountCode(code), Amount: w.amount(is.sums[[2]string{isoMonth(m), code}])}
			if a := w.j.Money.Account(code); a.For != "" {
				one.Organisation = w.organisationCode(a.For)
			}
			f.Income = append(f.Income, one)
		}
	}
	return nil
}

// fiscalPayments are all payments of a year: those to organisations one by one, those to persons as one sum for each line.
func (w *public) fiscalPayments(f *ocds.Fiscal, b *service.Budget) error {
	q := spend.PaymentQuery{Organisation: w.org, LineRef: spend.LineRef{Year: b.Budget}, Limit: mostRows}
	found, err := w.Money.Spend.Payments.Shown(w.ctx, w.tx, q)
	if err != nil {
		return err
	}
	for i := len(found) - 1; i >= 0; i-- {
		p := found[i]
		f.Payments = append(f.Payments, ocds.FiscalPayment{ID: p.Number, Day: p.Day.String(), Line: p.Line, Organisation: w.organisationCode(p.For),
			Recipient: ocds.Code{ID: p.SupplierID, Label: p.Supplier}, Contract: ocds.Code{ID: p.Commitment, Label: p.CommitmentName}, Purpose: p.Title,
			Amount: money.Amount{Minor: p.Amount, Currency: p.Currency}})
	}
	q.Persons, q.Limit = true, 0
	persons, err := w.Money.Spend.Payments.Totals(w.ctx, w.tx, q, spend.ByLine)
	if err != nil {
		return err
	}
	for _, t := range persons {
		one := ocds.FiscalPayment{ID: personsID + "-" + t.Key, Line: t.Key, Recipient: ocds.Code{ID: personsID, Label: "Persons, not named"}, Amount: w.amount(t.Amount)}
		if l := b.Line(t.Key); l != nil {
			one.Organisation = w.organisationCode(l.Organisation)
		}
		f.Payments = append(f.Payments, one)
	}
	return nil
}
