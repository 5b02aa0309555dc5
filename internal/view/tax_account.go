package view

import (
	"context"
	"errors"

	"stoa/internal/access"
	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// TaxAccountLine is a tax account in a list.
type TaxAccountLine struct {
	ID, Number, Tax, TaxID  string
	Object, Label           string // number of the record, and what it is called
	From, Until             string
	Ended                   bool
	Owed                    string // on its bills; "" nothing
	Due                     int    // declarations that are missing
	Overdue                 bool
	Organisation, HolderRef string
}

// TaxAccount is a tax account whole, as its holder sees it.
type TaxAccount struct {
	TaxAccountLine
	Version  int64
	Summary  string
	Declared bool
	Periods  []TaxPeriod // the latest first
	Known    []TaxKnown  // what counts today
	Later    []TaxKnown  // what will count from a later day
	Claims   []TaxClaimLine
	Requests []TaxRequest
	Choices  []TaxChoice
	Choice   int
	Due      []ReturnLine // declarations: missing, and those that can still be amended
	Acts     []ActLine    // what others did with it for the payer
	Contact  Contact
	Note     string
}

// TaxPeriod is a period with its assessments.
type TaxPeriod struct {
	Name        string
	Begins      string // ISO
	Assessments []AssessmentLine
}

// AssessmentLine is an assessment in a list.
type AssessmentLine struct {
	ID, Period, Cause, Total, Issued string
	State                            BillState
	Counts                           bool
	Bill                             *BillLine
	ObjectBy                         string // an objection is possible until then; "" it is not
}

// TaxClaimLine is a relief that can be claimed for this account.
type TaxClaimLine struct {
	TaxClaim
	Now   string // what counts today; "" nothing is known
	Since string
	Open  bool // asked for, and not decided
}

// TaxChoice is a number of instalments.
type TaxChoice struct {
	Number int
	Title  string
	Chosen bool
}

// ReturnLine is a declaration that is due or was made.
type ReturnLine struct {
	Begins, Period, By string
	Sent, Draft, Late  bool
	Waits              bool  // somebody has agreed to it, and a second one must
	Declared           DidBy // who sent it for the payer
	Estimated          bool
	AmendBy            string
	Can                bool // be made or amended now
	Total              string
	Bill               string // id
}

const dueMost = 24

// OwnTaxes lists the tax accounts of the reader.
func (v Taxation) OwnTaxes(ctx context.Context, r Reader) (list []TaxAccountLine, err error) {
	if err := ownList(r); err != nil {
		return nil, err
	}
	book, err := v.book()
	if errors.Is(err, errNoBooks) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = v.read(ctx, "OwnTaxes", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		accounts, err := v.Money.Taxes.AccountsOf(ctx, tx, book.Organisation, r.Actor.Whose())
		for _, a := range accounts {
			if policy.Can(r.Actor, policy.TaxOwn, taxThing(a)) != nil {
				continue
			}
			line, err := v.taxAccountLine(ctx, tx, r, a)
			if err != nil {
				return err
			}
			list = append(list, line)
		}
		return err
	})
	return list, err
}

// accountTaxes counts the reader's tax accounts, for their own page.
func (v *View) accountTaxes(ctx context.Context, tx *store.Tx, r Reader, a *Account) error {
	book, err := v.book()
	if errors.Is(err, errNoBooks) {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := v.Money.Taxes.AccountsOf(ctx, tx, book.Organisation, r.Actor.Whose())
	for _, one := range list {
		if policy.Can(r.Actor, policy.TaxOwn, taxThing(one)) == nil {
			a.Taxes++
		}
	}
	return err
}

// taxAccountLine writes an account for a list.
func (v *View) taxAccountLine(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account) (line TaxAccountLine, err error) {
	today := v.today(tx)
	line = TaxAccountLine{ID: a.ID, Number: a.Number, TaxID: a.Tax, Tax: v.billedTitle(r, a.Tax), Object: a.Object, Label: a.Label, From: r.date(a.From), Until: r.date(a.Until),
		Ended: !a.Until.IsZero() && a.Until.Before(today)}
	if line.Label == "" {
		line.Label = a.Object
	}
	bills, err := v.billsOfAccount(ctx, tx, a)
	if err != nil {
		return line, err
	}
	var owed int64
	currency := v.place().File.Currency
	for _, b := range bills {
		if b.Balance > 0 {
			owed += b.Balance
			line.Overdue = line.Overdue || !b.Next.IsZero() && b.Next.Before(today)
		}
	}
	if owed > 0 {
		line.Owed = r.money(owed, currency)
	}
	if t, ok := v.Docket.Releases.TaxInForce(a.Tax); ok && t.By == "declared" {
		due, err := v.returnLines(ctx, tx, r, t, a)
		if err != nil {
			return line, err
		}
		for _, d := range due {
			if !d.Sent {
				line.Due++
			}
		}
	}
	return line, nil
}

// billsOfAccount are the bills that the account's assessments ask for, by id.
func (v *View) billsOfAccount(ctx context.Context, tx *store.Tx, a *tax.Account) (map[string]*bill.Bill, error) {
	all, err := v.Money.Taxes.AssessmentsOf(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	bills := map[string]*bill.Bill{}
	for _, one := range all {
		if one.Bill == "" || bills[one.Bill] != nil {
			continue
		}
		if bills[one.Bill], err = v.Money.Treasury.Bills.Get(ctx, tx, a.Organisation, one.Bill); err != nil {
			return nil, err
		}
	}
	return bills, nil
}

// ownTax opens an account for its holder: to anybody else it is not there.
func (v *View) ownTax(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, id string) (*tax.Account, *service.Tax, error) {
	a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, id)
	if err != nil {
		return nil, nil, err
	}
	if err := policy.Can(r.Actor, policy.TaxOwn, taxThing(a)); err != nil {
		return nil, nil, err
	}
	t, ok := v.Docket.Releases.TaxInForce(a.Tax)
	if !ok {
		return nil, nil, store.ErrNotFound
	}
	return a, t, nil
}

// OwnTax is one of the reader's tax accounts.
func (v Taxation) OwnTax(ctx context.Context, r Reader, id string) (p TaxAccount, err error) {
	book, err := v.book()
	if err != nil {
		return p, err
	}
	if err := v.lookFor(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: a.Holder, What: lookTax, Ref: a.Number, Service: a.Tax, Why: string(policy.TaxOwn)}, taxThing(a), nil
	}); err != nil {
		return p, err
	}
	err = v.read(ctx, "OwnTax", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.ownTax(ctx, tx, r, book, id)
		if err != nil {
			return err
		}
		p, err = v.taxAccount(ctx, tx, r, a, t)
		return err
	})
	return p, err
}

// taxAccount writes an account whole. Who may see it was asked before.
func (v *View) taxAccount(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account, t *service.Tax) (p TaxAccount, err error) {
	line, err := v.taxAccountLine(ctx, tx, r, a)
	if err != nil {
		return p, err
	}
	j := t.Jurisdiction
	p = TaxAccount{TaxAccountLine: line, Version: a.Version, Summary: r.words(j, t.Summary), Declared: t.By == "declared", Choice: a.Choice, Contact: r.contact(j, t.Organisation), Note: r.words(j, t.Note)}
	if p.Periods, err = v.taxPeriods(ctx, tx, r, a); err != nil {
		return p, err
	}
	known, err := v.Money.Taxes.Known(ctx, tx, a)
	if err != nil {
		return p, err
	}
	p.Known, p.Later = r.knownToday(t, known, v.today(tx))
	requests := &tax.Requests{Vault: v.Money.Taxes.Vault}
	asked, err := requests.Of(ctx, tx, a)
	if err != nil {
		return p, err
	}
	open := map[string]bool{}
	for _, one := range asked {
		shown, err := v.taxRequest(ctx, tx, r, t, a, one)
		if err != nil {
			return p, err
		}
		p.Requests = append(p.Requests, shown)
		open[one.About] = open[one.About] || one.State == tax.Open
	}
	for _, c := range r.taxClaims(t) {
		one := TaxClaimLine{TaxClaim: c, Open: open[c.Fact]}
		for _, k := range p.Known {
			if k.ID == c.Fact {
				one.Now, one.Since = k.Value, k.From
			}
		}
		p.Claims = append(p.Claims, one)
	}
	if t.Instalments != nil && !line.Ended {
		for i, c := range t.Instalments.Choices {
			p.Choices = append(p.Choices, TaxChoice{c.Number, r.choiceTitle(t, c), c.Number == a.Choice || a.Choice == 0 && i == 0})
		}
	}
	if p.Acts, err = v.taxActs(ctx, tx, r, a); err != nil {
		return p, err
	}
	if p.Declared {
		p.Due, err = v.returnLines(ctx, tx, r, t, a)
	}
	return p, err
}

// taxPeriods are the account's assessments by period, those that were taken back before they counted left out.
func (v *View) taxPeriods(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account) (list []TaxPeriod, err error) {
	all, err := v.Money.Taxes.AssessmentsOf(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	bills, err := v.billsOfAccount(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	today := v.today(tx)
	for _, one := range all {
		if one.State == tax.Proposed || one.State == tax.Dropped {
			continue
		}
		span := service.Span{From: one.Begins, Until: one.Ends}
		if n := len(list); n == 0 || list[n-1].Begins != one.Begins.String() {
			list = append(list, TaxPeriod{Name: assess.PeriodName(r.P, span), Begins: one.Begins.String()})
		}
		line := AssessmentLine{ID: one.ID, Period: assess.PeriodName(r.P, span), Cause: r.cause(one.Cause), Total: r.money(one.Total, one.Currency), Issued: r.date(one.Issued),
			State: r.assessmentState(one.State), Counts: one.State == tax.Published}
		if b := bills[one.Bill]; b != nil {
			shown := v.billLine(r, b, today)
			line.Bill = &shown
		}
		if line.Counts {
			if line.ObjectBy, err = v.objectBy(ctx, tx, r, one); err != nil {
				return nil, err
			}
		}
		last := &list[len(list)-1]
		last.Assessments = append(last.Assessments, line)
	}
	return list, nil
}

// objectBy is the last day of an objection; "" where there is none, or it has passed.
func (v *View) objectBy(ctx context.Context, tx *store.Tx, r Reader, a *tax.Assessment) (string, error) {
	t, err := v.Docket.Releases.Tax(ctx, tx, a.Definition)
	if err != nil {
		return "", err
	}
	last, err := assess.ObjectBy(ctx, t, service.Span{From: a.Begins, Until: a.Ends}, a.Issued)
	if err != nil || last.IsZero() || last.Before(v.today(tx)) {
		return "", err
	}
	return r.date(last), nil
}

// OwnAssessment is one assessment of the reader's account with its reasons.
func (v Taxation) OwnAssessment(ctx context.Context, r Reader, account, id string) (w *BillTax, b *BillLine, err error) {
	book, err := v.book()
	if err != nil {
		return nil, nil, err
	}
	err = v.read(ctx, "OwnAssessment", func(ctx context.Context, tx *store.Tx) error {
		a, _, err := v.ownTax(ctx, tx, r, book, account)
		if err != nil {
			return err
		}
		w, b, err = v.assessmentShown(ctx, tx, r, a, id)
		return err
	})
	return w, b, err
}

// assessmentShown is an assessment with its reasons and its bill.
func (v *View) assessmentShown(ctx context.Context, tx *store.Tx, r Reader, a *tax.Account, id string) (w *BillTax, b *BillLine, err error) {
	one, err := v.Money.Taxes.Assessment(ctx, tx, a.Organisation, id)
	if err != nil || one.Account != a.ID {
		return nil, nil, orNothing(err)
	}
	if w, err = v.whyAssessed(ctx, tx, r, a, id); err != nil || w == nil {
		return nil, nil, orNothing(err)
	}
	if one.Bill != "" {
		x, err := v.Money.Treasury.Bills.Get(ctx, tx, a.Organisation, one.Bill)
		if err != nil {
			return nil, nil, err
		}
		line := v.billLine(r, x, v.today(tx))
		b = &line
	}
	return w, b, nil
}
