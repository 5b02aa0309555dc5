package view

import (
	"context"
	"errors"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// This file and the other files desk_spend… are what organisations see of what they spend: budget lines, contracts, grants,
// invoices; and the treasury and the auditors of all of them.

// SpendDesk is the pages on which money is spent.
type SpendDesk struct{ *View }

// SpendDesk gives them.
func (v Finance) SpendDesk() SpendDesk { return SpendDesk(v) }

// SpendArea reports whether an actor may read what some organisation spends.
func SpendArea(a policy.Actor, j *service.Jurisdiction) bool {
	return j != nil && j.Money != nil && len(j.Budgets) > 0 && len(spenders(a, j, policy.SpendRead)) > 0
}

// spenders are the organisations with budget lines for which an actor may do something.
func spenders(a policy.Actor, j *service.Jurisdiction, do policy.Action) (all []string) {
	for _, o := range j.File.Organisations {
		has := slices.ContainsFunc(j.Budgets, func(b *service.Budget) bool {
			return slices.ContainsFunc(b.Lines, func(l *service.BudgetLine) bool { return l.Organisation == o.ID })
		})
		if has && policy.Can(a, do, spendingOf(j, "", o.ID, "", "")) == nil {
			all = append(all, o.ID)
		}
	}
	return all
}

// spendingOf is something of an organisation's spending, as rights see it.
func spendingOf(j *service.Jurisdiction, id, forWhom, owner, decider string) policy.Thing {
	return policy.Thing{Kind: "spending", ID: id, Organisation: forWhom, Owner: owner, Decider: decider, Consulted: []string{j.Money.Treasury}}
}

// SpendRights are what the reader may do beside reading.
type SpendRights struct {
	Enter bool // for some organisation
	Pay   bool // make payment orders, enter by hand, change bank accounts
}

// SpendFrame is what all these pages have in common.
type SpendFrame struct {
	SpendRights
	Organisations []Option // that the reader may read
	Organisation  string   // that is asked for; "" all of them
	Years         []Option
	Year          string
}

// spender gives the book and what pages have in common, to whoever may read some organisation's spending.
func (v *View) spender(r Reader, organisation, year string) (*treasury.Book, SpendFrame, error) {
	var f SpendFrame
	book, err := v.book()
	if err != nil {
		return nil, f, err
	}
	j := v.place()
	if v.Money.Spend == nil || len(j.Budgets) == 0 {
		return nil, f, fault.Wrap(errors.New("nothing is spent by a budget here"), fault.NotFound, "")
	}
	mine := spenders(r.Actor, j, policy.SpendRead)
	if len(mine) == 0 || organisation != "" && !slices.Contains(mine, organisation) {
		return nil, f, policy.Can(r.Actor, policy.SpendRead, spendingOf(j, "", organisation, "", ""))
	}
	f.Enter = len(spenders(r.Actor, j, policy.SpendEnter)) > 0
	f.Pay = policy.Can(r.Actor, policy.MoneyWork, policy.Thing{Kind: "order", Organisation: book.Organisation}) == nil
	f.Organisation, f.Year = organisation, year
	for _, o := range mine {
		f.Organisations = append(f.Organisations, Option{Value: o, Label: r.organisationName(j, o)})
	}
	for _, b := range slices.Backward(j.Budgets) {
		f.Years = append(f.Years, Option{Value: b.Budget, Label: b.Budget})
	}
	return book, f, nil
}

// mine are the organisations that a list is of.
func (f SpendFrame) mine() (all []string) {
	if f.Organisation != "" {
		return []string{f.Organisation}
	}
	for _, o := range f.Organisations {
		all = append(all, o.Value)
	}
	return all
}

// SpendSums are what stands on a line or on many, as the reader writes money.
type SpendSums struct {
	Appropriated, Committed, Invoiced, Paid, Left string
	Over                                          bool // more is committed than the line was given
	Share                                         int  // per cent of what it was given that is committed
}

func (r Reader) spendSums(given int64, s spend.Sums, currency string) SpendSums {
	share := 0
	if given > 0 {
		share = int(s.Committed * 100 / given)
	}
	return SpendSums{r.money(given, currency), r.money(s.Committed, currency), r.money(s.Invoiced, currency), r.money(s.Paid, currency),
		r.money(given-s.Committed, currency), s.Committed > given, share}
}

// SpendLine is a budget line in a list.
type SpendLine struct {
	Year, ID, Title         string
	Organisation, Programme string
	Account                 string
	SpendSums
	minor spendMinor
}

// spendMinor are a line's sums for files.
type spendMinor struct {
	given int64
	spend.Sums
}

// SpendLines is the lines of a year with what stands on them.
type SpendLines struct {
	SpendFrame
	Title string
	Lines []SpendLine
	All   SpendSums
}

// SpendLines is for all who may read an organisation's spending; without one, of all that are theirs.
func (v SpendDesk) SpendLines(ctx context.Context, r Reader, year, organisation string) (p SpendLines, err error) {
	book, frame, err := v.spender(r, organisation, year)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "SpendLines", func(ctx context.Context, tx *store.Tx) error {
		p = SpendLines{SpendFrame: frame}
		j, today := v.place(), v.today(tx)
		b := j.Budget(year)
		if b == nil && year == "" {
			if b = j.BudgetOn(today); b == nil {
				b = j.Budgets[len(j.Budgets)-1]
			}
		}
		if b == nil {
			return fault.NewNotFound("")
		}
		p.Year, p.Title = b.Budget, r.words(j, b.Title)
		sums, err := v.Money.Spend.Lines.Sums(ctx, tx, book.Organisation, b.Budget, today)
		if err != nil {
			return err
		}
		var all spendMinor
		for _, l := range b.Lines {
			if l.Kind != service.LineExpenditure || !slices.Contains(frame.mine(), l.Organisation) {
				continue
			}
			one := v.spendLine(r, j, b, l, l.On(today), sums[l.ID], book.Currency)
			all.given += one.minor.given
			all.Committed, all.Invoiced, all.Paid = all.Committed+one.minor.Committed, all.Invoiced+one.minor.Invoiced, all.Paid+one.minor.Paid
			p.Lines = append(p.Lines, one)
		}
		p.All = r.spendSums(all.given, all.Sums, book.Currency)
		return nil
	})
	return p, err
}

func (v *View) spendLine(r Reader, j *service.Jurisdiction, b *service.Budget, l *service.BudgetLine, given int64, s spend.Sums, currency string) SpendLine {
	return SpendLine{Year: l.Year, ID: l.ID, Title: r.words(j, l.Title), Organisation: r.organisationName(j, l.Organisation),
		Programme: r.words(j, b.Programme(l.Programme).Title), Account: l.Account, SpendSums: r.spendSums(given, s, currency), minor: spendMinor{given, s}}
}

// SpendLinePage is a line with all that stands on it.
type SpendLinePage struct {
	SpendFrame
	SpendLine
	Adopted     string
	Amendments  []SpendAmendment
	Commitments []SpendCommitment
	Invoices    []SpendInvoice
	More        bool // there are older invoices
}

// SpendAmendment is a change of a line, or of what a contract may use.
type SpendAmendment struct {
	Date, Amount, Why, Decision string
	Line                        string
	Waits                       bool
	By, Approved                string
}

const spendPage = 50

// SpendLine is for all who may read the spending of the line's organisation.
func (v SpendDesk) SpendLine(ctx context.Context, r Reader, year, line string) (p SpendLinePage, err error) {
	j := v.place()
	b := j.Budget(year)
	if b == nil || b.Line(line) == nil {
		return p, fault.NewNotFound("")
	}
	l := b.Line(line)
	book, frame, err := v.spender(r, l.Organisation, year)
	if err != nil {
		return p, err
	}
	var names *supplierNames
	err = v.read(ctx, "SpendLine", func(ctx context.Context, tx *store.Tx) error {
		today := v.today(tx)
		sums, err := v.Money.Spend.Lines.Sums(ctx, tx, book.Organisation, year, today)
		if err != nil {
			return err
		}
		p = SpendLinePage{SpendFrame: frame, SpendLine: v.spendLine(r, j, b, l, l.On(today), sums[line], book.Currency), Adopted: r.money(l.Adopted, book.Currency)}
		for _, a := range l.Amendments {
			p.Amendments = append(p.Amendments, SpendAmendment{Date: r.date(a.Date), Amount: r.money(a.Amount, book.Currency),
				Why: a.Reason.In(r.P.Tag(), j.File.Languages...), Decision: a.Decision})
		}
		at := spend.LineRef{Year: year, Line: line}
		commitments, err := v.Money.Spend.Commitments.Find(ctx, tx, spend.CommitmentQuery{Organisation: book.Organisation, LineRef: at, Limit: spendPage})
		if err != nil {
			return err
		}
		invoices, err := v.Money.Spend.Invoices.Find(ctx, tx, spend.InvoiceQuery{Organisation: book.Organisation, LineRef: at, Limit: spendPage + 1})
		if err != nil {
			return err
		}
		if p.More = len(invoices) > spendPage; p.More {
			invoices = invoices[:spendPage]
		}
		names = v.supplierNames(r, book)
		if p.Commitments, err = v.spendCommitments(ctx, tx, r, names, commitments); err != nil {
			return err
		}
		p.Invoices, err = v.spendInvoices(ctx, tx, r, names, invoices)
		return err
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, names.shown)
	}
	return p, err
}
