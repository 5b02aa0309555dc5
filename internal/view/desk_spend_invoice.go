package view

import (
	"context"
	"slices"

	"stoa/internal/policy"
	"stoa/internal/spend"
	"stoa/internal/store"
)

// SpendInvoice is an invoice of a supplier in a list.
type SpendInvoice struct {
	ID, Number, Title      string
	Supplier               string
	SupplierNumber         string
	Organisation           string
	State                  BillState
	StateID                string
	Amount, Due, Line      string
	LineURL                [2]string // year and line
	Version                int64
	Late, MayCheck, Passes bool // Passes: the reader may approve it now
}

// InvoiceState is the word for a state of an invoice.
func (r Reader) InvoiceState(s string) BillState {
	switch spend.InvoiceState(s) {
	case spend.Received:
		return BillState{r.P.T("To be checked"), "soon"}
	case spend.Checked:
		return BillState{r.P.T("To be approved"), "soon"}
	case spend.Approved:
		return BillState{r.P.T("Approved, to be paid"), "ok"}
	case spend.Ordered:
		return BillState{r.P.T("On its way"), "ok"}
	case spend.Settled:
		return BillState{r.P.T("Paid"), "done"}
	case spend.Refused:
		return BillState{r.P.T("Refused"), "late"}
	case spend.Disputed:
		return BillState{r.P.T("Disputed"), "late"}
	}
	return BillState{s, ""}
}

// InvoiceStates are the states of invoices, in the order of their way.
func InvoiceStates() (all []string) {
	for _, s := range spend.InvoiceStates() {
		all = append(all, string(s))
	}
	return all
}

func (v *View) spendInvoices(ctx context.Context, tx *store.Tx, r Reader, names *supplierNames, all []*spend.Invoice) (list []SpendInvoice, err error) {
	for _, x := range all {
		one, err := v.spendInvoice(ctx, tx, r, names, x)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (v *View) spendInvoice(ctx context.Context, tx *store.Tx, r Reader, names *supplierNames, x *spend.Invoice) (one SpendInvoice, err error) {
	from, err := names.of(ctx, tx, x.Supplier, x.Number)
	if err != nil {
		return one, err
	}
	j := v.place()
	open := x.State != spend.Settled && x.State != spend.Refused
	may := func(do policy.Action) bool {
		return policy.Can(r.Actor, do, spendingOf(j, x.ID, x.For, from.Owner, x.EnteredBy)) == nil
	}
	return SpendInvoice{ID: x.ID, Number: x.Number, Title: x.Title, Supplier: from.Name, SupplierNumber: x.SupplierNumber, Organisation: r.organisationName(j, x.For),
		State: r.InvoiceState(string(x.State)), StateID: string(x.State), Amount: r.money(x.Amount, x.Currency), Due: r.date(x.Due), Line: v.lineTitle(r, x.LineRef),
		LineURL: [2]string{x.Year, x.Line}, Version: x.Version, Late: open && x.Due.Before(v.today(tx)), MayCheck: x.State == spend.Received && may(policy.SpendEnter),
		Passes: x.State == spend.Checked && x.CheckedBy != r.Actor.Person && may(policy.SpendApprove)}, nil
}

// SpendInvoicesAsk narrows a list of invoices.
type SpendInvoicesAsk struct{ State, Organisation, Before string }

// SpendInvoices is invoices; those that wait come in the order of their due days, all others the newest first.
type SpendInvoices struct {
	SpendFrame
	Counts []SpendCount
	List   []SpendInvoice
	Next   string
}

// SpendCount is how many invoices are in a state and what they make.
type SpendCount struct {
	State, Title, Amount string
	N                    int
}

// SpendInvoices is for all who may read an organisation's spending.
func (v SpendDesk) SpendInvoices(ctx context.Context, r Reader, ask SpendInvoicesAsk) (p SpendInvoices, err error) {
	book, frame, err := v.spender(r, ask.Organisation, "")
	if err != nil {
		return p, err
	}
	names := v.supplierNames(r, book)
	err = v.read(ctx, "SpendInvoices", func(ctx context.Context, tx *store.Tx) error {
		p = SpendInvoices{SpendFrame: frame}
		q := spend.InvoiceQuery{Organisation: book.Organisation, Any: frame.mine(), Before: ask.Before, Limit: spendPage + 1}
		if ask.State != "" {
			q.States = []spend.InvoiceState{spend.InvoiceState(ask.State)}
			q.ByDue = slices.Contains([]spend.InvoiceState{spend.Received, spend.Checked, spend.Approved}, q.States[0])
		}
		if q.ByDue {
			q.Before, q.Limit = "", 200
		}
		all, err := v.Money.Spend.Invoices.Find(ctx, tx, q)
		if err != nil {
			return err
		}
		if !q.ByDue && len(all) > spendPage {
			all = all[:spendPage]
			p.Next = all[spendPage-1].ID
		}
		if p.List, err = v.spendInvoices(ctx, tx, r, names, all); err != nil {
			return err
		}
		p.Counts, err = v.spendCounts(ctx, tx, r, book.Organisation, book.Currency, frame)
		return err
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, names.shown)
	}
	if err != nil {
		return SpendInvoices{}, err
	}
	return p, nil
}

// SpendToPay is the approved invoices that may go into a payment order, those due first at the top; for officers of the treasury.
func (v SpendDesk) SpendToPay(ctx context.Context, r Reader) (p SpendInvoices, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	if err := policy.Can(r.Actor, policy.MoneyWork, policy.Thing{Kind: "order", Organisation: book.Organisation}); err != nil {
		return p, err
	}
	return v.SpendInvoices(ctx, r, SpendInvoicesAsk{State: string(spend.Approved)})
}

// spendCounts counts the invoices of the organisations that the reader may read.
func (v *View) spendCounts(ctx context.Context, tx *store.Tx, r Reader, organisation, currency string, frame SpendFrame) (list []SpendCount, err error) {
	counts, sums := map[spend.InvoiceState]int{}, map[spend.InvoiceState]int64{}
	for _, o := range frame.mine() {
		all, err := v.Money.Spend.Invoices.Counts(ctx, tx, organisation, o)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			counts[c.State] += c.Count
			sums[c.State] += c.Amount
		}
	}
	for _, s := range spend.InvoiceStates() {
		list = append(list, SpendCount{string(s), r.InvoiceState(string(s)).Text, r.money(sums[s], currency), counts[s]})
	}
	return list, nil
}

// SpendInvoicePage is an invoice whole, with what the reader can do.
type SpendInvoicePage struct {
	SpendFrame
	SpendInvoice
	Day, Arrived, Approved     string
	EnteredBy, CheckedBy       string
	DecidedBy                  string
	Commitment, CommitmentID   string
	Reason, Override           string
	Order                      string
	Entries                    []SpendEntry
	Payments                   []SpendPayment
	MayEnd, MayResume, MayTake bool // refuse or dispute; take up again; take the approval back
	Own                        bool // the reader entered or checked it
}

// SpendEntry is an entry in the books about an invoice.
type SpendEntry struct{ ID, Date, Text string }

// SpendPayment is a payment of an invoice.
type SpendPayment struct{ Number, Date, Back, BankLine, BackLine string }

// SpendInvoice is for all who may read the spending of its organisation.
func (v SpendDesk) SpendInvoice(ctx context.Context, r Reader, id string) (p SpendInvoicePage, err error) {
	book, _, err := v.spender(r, "", "")
	if err != nil {
		return p, err
	}
	names := v.supplierNames(r, book)
	err = v.read(ctx, "SpendInvoice", func(ctx context.Context, tx *store.Tx) error {
		x, err := v.Money.Spend.Invoices.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		from, err := names.of(ctx, tx, x.Supplier, x.Number)
		if err != nil {
			return err
		}
		j := v.place()
		if err := policy.Can(r.Actor, policy.SpendRead, spendingOf(j, x.ID, x.For, from.Owner, "")); err != nil {
			return err
		}
		_, frame, err := v.spender(r, x.For, "")
		if err != nil {
			return err
		}
		one, err := v.spendInvoice(ctx, tx, r, names, x)
		if err != nil {
			return err
		}
		p = SpendInvoicePage{SpendFrame: frame, SpendInvoice: one, Day: r.date(x.Day), Arrived: r.date(x.Arrived), Approved: r.date(x.ApprovedDay), Reason: x.Reason,
			Override: x.Override, CommitmentID: x.Commitment, Own: x.EnteredBy == r.Actor.Person || x.CheckedBy == r.Actor.Person}
		if policy.Can(r.Actor, policy.MoneyRead, policy.Thing{Kind: "order", Organisation: book.Organisation}) == nil {
			p.Order = x.BankOrder
		}
		work := policy.Can(r.Actor, policy.SpendEnter, spendingOf(j, x.ID, x.For, from.Owner, "")) == nil
		p.MayEnd = work && (x.State == spend.Received || x.State == spend.Checked || x.State == spend.Disputed)
		p.MayResume = work && x.State == spend.Disputed
		p.MayTake = x.State == spend.Approved && policy.Can(r.Actor, policy.SpendApprove, spendingOf(j, x.ID, x.For, from.Owner, x.EnteredBy)) == nil
		return v.invoiceDetails(ctx, tx, r, x, &p)
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, names.shown)
	}
	if err != nil {
		return SpendInvoicePage{}, err
	}
	return p, nil
}

// invoiceDetails adds who did what, the contract, the entries and the payments.
func (v *View) invoiceDetails(ctx context.Context, tx *store.Tx, r Reader, x *spend.Invoice, p *SpendInvoicePage) (err error) {
	staff := v.names(r)
	for _, step := range []struct {
		by string
		to *string
	}{{x.EnteredBy, &p.EnteredBy}, {x.CheckedBy, &p.CheckedBy}, {x.DecidedBy, &p.DecidedBy}} {
		if step.by == "" {
			continue
		}
		if *step.to, err = staff.of(ctx, tx, step.by); err != nil {
			return err
		}
	}
	if x.Commitment != "" {
		c, err := v.Money.Spend.Commitments.Get(ctx, tx, x.Organisation, x.Commitment)
		if err != nil {
			return err
		}
		p.Commitment = c.Number
	}
	entries, err := v.Money.Treasury.Ledger.Of(ctx, tx, x.Organisation, invoiceSource(x.ID))
	if err != nil {
		return err
	}
	for _, e := range entries {
		p.Entries = append(p.Entries, SpendEntry{e.ID, r.date(e.Value), e.Text})
	}
	payments, err := v.Money.Spend.Payments.Find(ctx, tx, spend.PaymentQuery{Organisation: x.Organisation, Invoice: x.ID, Limit: spendPage})
	for _, one := range payments {
		p.Payments = append(p.Payments, SpendPayment{one.Number, r.date(one.Day), r.date(one.BackDay), one.BankLine, one.BackLine})
	}
	return err
}
