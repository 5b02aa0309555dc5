package view

import (
	"context"

	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// The kinds of commitments and how a supplier is found, as forms name them.
var (
	CommitmentKinds    = []string{spend.Contract, spend.Grant, spend.Order}
	ProcurementMethods = spend.Methods()
)

// SpendWord is the word for a kind of commitment or a method of procurement.
func (r Reader) SpendWord(id string) string {
	switch id {
	case spend.Contract:
		return r.P.T("Contract")
	case spend.Grant:
		return r.P.T("Grant")
	case spend.Order:
		return r.P.T("Order")
	case spend.Open:
		return r.P.T("Open tender")
	case spend.Selective:
		return r.P.T("Tender among chosen suppliers")
	case spend.Limited:
		return r.P.T("A few suppliers were asked")
	case spend.Direct:
		return r.P.T("One supplier was asked")
	}
	return id
}

// SpendCommitment is a contract, grant or order in a list.
type SpendCommitment struct {
	ID, Number, Kind, Title string
	Supplier                string
	Organisation            string
	State                   BillState
	Value, Invoiced, Paid   string
	Waits                   bool // for a decision
}

func (r Reader) commitmentState(c *spend.Commitment, waits bool) BillState {
	switch {
	case c.State == spend.Proposed:
		return BillState{r.P.T("Waits for approval"), "soon"}
	case c.State == spend.Rejected:
		return BillState{r.P.T("Refused"), "late"}
	case c.State == spend.Closed:
		return BillState{r.P.T("Ended"), ""}
	case waits:
		return BillState{r.P.T("In force; a change waits"), "soon"}
	}
	return BillState{r.P.T("In force"), "done"}
}

// supplierNames gives names of suppliers, each looked up once, and who must see that they were looked at.
type supplierNames struct {
	v     *View
	book  *treasury.Book
	known map[string]*spend.Supplier
	shown map[string]string // number of what was shown, by person
}

func (v *View) supplierNames(_ Reader, book *treasury.Book) *supplierNames {
	return &supplierNames{v, book, map[string]*spend.Supplier{}, map[string]string{}}
}

func (n *supplierNames) of(ctx context.Context, tx *store.Tx, id, number string) (*spend.Supplier, error) {
	x := n.known[id]
	if x == nil {
		var err error
		if x, err = n.v.Money.Spend.Suppliers.Get(ctx, tx, n.book.Organisation, id); err != nil {
			return nil, err
		}
		n.known[id] = x
	}
	if x.Owner != "" {
		n.shown[x.Owner] = number
	}
	return x, nil
}

func (v *View) spendCommitments(ctx context.Context, tx *store.Tx, r Reader, names *supplierNames, all []*spend.Commitment) (list []SpendCommitment, err error) {
	for _, c := range all {
		one, err := v.spendCommitment(ctx, tx, r, names, c)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (v *View) spendCommitment(ctx context.Context, tx *store.Tx, r Reader, names *supplierNames, c *spend.Commitment) (one SpendCommitment, err error) {
	x, err := names.of(ctx, tx, c.Supplier, c.Number)
	if err != nil {
		return one, err
	}
	waits := c.State == spend.Proposed || len(c.Pending()) > 0
	return SpendCommitment{ID: c.ID, Number: c.Number, Kind: r.SpendWord(c.Kind), Title: c.Title, Supplier: x.Name, Organisation: r.organisationName(v.place(), c.For),
		State: r.commitmentState(c, waits), Value: r.money(c.Value, c.Currency), Invoiced: r.money(c.Invoiced, c.Currency), Paid: r.money(c.Paid, c.Currency), Waits: waits}, nil
}

// SpendCommitmentsAsk narrows a list of commitments.
type SpendCommitmentsAsk struct {
	Kind, Organisation, Words string
	Waits                     bool
	Before                    string
}

// SpendCommitments is contracts, grants and orders, the newest first.
type SpendCommitments struct {
	SpendFrame
	List []SpendCommitment
	Next string
}

// SpendCommitments is for all who may read an organisation's spending.
func (v SpendDesk) SpendCommitments(ctx context.Context, r Reader, ask SpendCommitmentsAsk) (p SpendCommitments, err error) {
	book, frame, err := v.spender(r, ask.Organisation, "")
	if err != nil {
		return p, err
	}
	names := v.supplierNames(r, book)
	err = v.read(ctx, "SpendCommitments", func(ctx context.Context, tx *store.Tx) error {
		p = SpendCommitments{SpendFrame: frame}
		all, err := v.Money.Spend.Commitments.Find(ctx, tx, spend.CommitmentQuery{Organisation: book.Organisation, Any: frame.mine(), Kind: ask.Kind, Text: ask.Words,
			Pending: ask.Waits, Before: ask.Before, Limit: spendPage + 1})
		if err != nil {
			return err
		}
		if len(all) > spendPage {
			all = all[:spendPage]
			p.Next = all[spendPage-1].ID
		}
		p.List, err = v.spendCommitments(ctx, tx, r, names, all)
		return err
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, names.shown)
	}
	if err != nil {
		return SpendCommitments{}, err
	}
	return p, nil
}

// SpendCommitmentPage is a contract, grant or order whole, with what the reader can do.
type SpendCommitmentPage struct {
	SpendFrame
	SpendCommitment
	Version                     int64
	ForID                       string
	About, Method, Signed, Span string
	Reason, Override            string
	EnteredBy, DecidedBy        string
	Parts                       []SpendAmendment
	Shares                      []SpendShare
	Invoices                    []SpendInvoice
	MayDecide, Own, MayChange   bool
	Lines                       []Option // "2026-27/trees", on which a change may be
}

// SpendShare is what of a commitment falls on a line.
type SpendShare struct {
	Year, Line, Title         string
	Allocated, Invoiced, Paid string
}

// SpendCommitment is for all who may read the spending of its organisation.
func (v SpendDesk) SpendCommitment(ctx context.Context, r Reader, id string) (p SpendCommitmentPage, err error) {
	book, _, err := v.spender(r, "", "")
	if err != nil {
		return p, err
	}
	names := v.supplierNames(r, book)
	err = v.read(ctx, "SpendCommitment", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.Money.Spend.Commitments.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		x, err := names.of(ctx, tx, c.Supplier, c.Number)
		if err != nil {
			return err
		}
		j := v.place()
		if err := policy.Can(r.Actor, policy.SpendRead, spendingOf(j, c.ID, c.For, x.Owner, "")); err != nil {
			return err
		}
		_, frame, err := v.spender(r, c.For, "")
		if err != nil {
			return err
		}
		one, err := v.spendCommitment(ctx, tx, r, names, c)
		if err != nil {
			return err
		}
		p = SpendCommitmentPage{SpendFrame: frame, SpendCommitment: one, Version: c.Version, ForID: c.For, About: c.About, Method: r.SpendWord(c.Method),
			Signed: r.date(c.Signed), Span: r.span(c), Reason: c.Reason, Override: c.Override, Lines: v.linesOf(r, c.For)}
		p.MayDecide = one.Waits && policy.Can(r.Actor, policy.SpendApprove, spendingOf(j, c.ID, c.For, x.Owner, c.EnteredBy)) == nil
		p.MayChange = c.State == spend.Active && !one.Waits && policy.Can(r.Actor, policy.SpendEnter, spendingOf(j, c.ID, c.For, x.Owner, "")) == nil
		p.Own = one.Waits && c.EnteredBy == r.Actor.Person
		staff := v.names(r)
		if p.EnteredBy, err = staff.of(ctx, tx, c.EnteredBy); err != nil {
			return err
		}
		if c.DecidedBy != "" {
			if p.DecidedBy, err = staff.of(ctx, tx, c.DecidedBy); err != nil {
				return err
			}
		}
		for _, a := range c.Allocations {
			p.Parts = append(p.Parts, SpendAmendment{Date: r.date(a.Day), Amount: r.money(a.Amount, c.Currency), Why: a.Why, Line: v.lineTitle(r, a.LineRef), Waits: a.Day.IsZero()})
		}
		for _, sh := range c.Shares {
			p.Shares = append(p.Shares, SpendShare{sh.Year, sh.Line, v.lineTitle(r, sh.LineRef), r.money(sh.Allocated, c.Currency), r.money(sh.Invoiced, c.Currency), r.money(sh.Paid, c.Currency)})
		}
		invoices, err := v.Money.Spend.Invoices.Find(ctx, tx, spend.InvoiceQuery{Organisation: book.Organisation, Commitment: c.ID, Limit: spendPage})
		if err != nil {
			return err
		}
		p.Invoices, err = v.spendInvoices(ctx, tx, r, names, invoices)
		return err
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, names.shown)
	}
	if err != nil {
		return SpendCommitmentPage{}, err
	}
	return p, nil
}

// span is from when until when a commitment lasts.
func (r Reader) span(c *spend.Commitment) string {
	switch {
	case c.From.IsZero() && c.Until.IsZero():
		return ""
	case c.Until.IsZero():
		return r.date(c.From)
	}
	return r.date(c.From) + " – " + r.date(c.Until)
}

// lineTitle is the title of a budget line with its year.
func (v *View) lineTitle(r Reader, at spend.LineRef) string {
	j := v.place()
	if b := j.Budget(at.Year); b != nil && b.Line(at.Line) != nil {
		return r.words(j, b.Line(at.Line).Title) + " (" + at.Year + ")"
	}
	return at.Line + " (" + at.Year + ")"
}

// linesOf are the lines on which an organisation may spend, the latest year first.
func (v *View) linesOf(r Reader, organisation string) (all []Option) {
	j := v.place()
	for i := len(j.Budgets) - 1; i >= 0; i-- {
		for _, l := range j.Budgets[i].Lines {
			if l.Organisation == organisation && l.Kind == service.LineExpenditure {
				all = append(all, Option{Value: l.Year + "/" + l.ID, Label: r.words(j, l.Title) + " (" + l.Year + ")"})
			}
		}
	}
	return all
}
