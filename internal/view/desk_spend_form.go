package view

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// SpendForm is what the forms that enter something are made of.
type SpendForm struct {
	SpendFrame
	For       []Option // organisations for which the reader may enter
	Suppliers []Option
	Lines     []Option // of the organisation that is chosen: "2026-27/trees"
	Today     string   // ISO
}

const mostSuppliers = 2000

// SpendForm is for officers of an organisation. The form is for one organisation; "" the first of theirs.
func (v SpendDesk) SpendForm(ctx context.Context, r Reader, organisation string) (f SpendForm, err error) {
	book, frame, err := v.spender(r, organisation, "")
	if err != nil {
		return f, err
	}
	j := v.place()
	mine := spenders(r.Actor, j, policy.SpendEnter)
	if organisation == "" && len(mine) > 0 {
		organisation = mine[0]
	}
	if err := policy.Can(r.Actor, policy.SpendEnter, spendingOf(j, "", organisation, "", "")); err != nil {
		return f, err
	}
	shown := map[string]string{}
	err = v.read(ctx, "SpendForm", func(ctx context.Context, tx *store.Tx) error {
		clear(shown)
		f = SpendForm{SpendFrame: frame, Lines: v.linesOf(r, organisation), Today: v.today(tx).String()}
		f.Organisation = organisation
		for _, o := range mine {
			f.For = append(f.For, Option{Value: o, Label: r.organisationName(j, o)})
		}
		all, err := v.Money.Spend.Suppliers.Find(ctx, tx, spend.SupplierQuery{Organisation: book.Organisation, Limit: mostSuppliers})
		for _, x := range all {
			if x.Owner == "" || x.Owner != r.Actor.Person { // nobody enters what they are paid
				f.Suppliers = append(f.Suppliers, Option{Value: x.ID, Label: x.Name})
				shown[x.Owner] = x.ID
			}
		}
		slices.SortFunc(f.Suppliers, func(a, b Option) int { return strings.Compare(a.Label, b.Label) })
		return err
	})
	if err == nil {
		err = v.recordPayers(ctx, r, book, lookPayment, shown)
	}
	return f, err
}

// SpendLinesFile is the lines of a year as a file.
func (v SpendDesk) SpendLinesFile(ctx context.Context, r Reader, year, organisation string) (MoneyFile, error) {
	p, err := v.SpendLines(ctx, r, year, organisation)
	if err != nil {
		return MoneyFile{}, err
	}
	rows := make([]treasury.LineRow, len(p.Lines))
	for i, l := range p.Lines {
		rows[i] = treasury.LineRow{Year: l.Year, Line: l.ID, Title: l.Title, Organisation: l.Organisation, Programme: l.Programme, Account: l.Account,
			Appropriated: l.minor.given, Committed: l.minor.Committed, Invoiced: l.minor.Invoiced, Paid: l.minor.Paid}
	}
	var b bytes.Buffer
	if err := treasury.WriteBudgetLines(&b, rows, v.place().File.Currency); err != nil {
		return MoneyFile{}, err
	}
	return MoneyFile{Name: "budget-lines-" + p.Year + ".csv", Data: b.Bytes()}, nil
}

func invoiceSource(id string) ledger.Source {
	return ledger.Source{Kind: treasury.InvoiceKind, ID: id}
}

// SpendDrafts is entries that are made by hand.
type SpendDrafts struct {
	MoneyRights
	List     []SpendDraft
	Accounts []Option // that are open for them
	Today    string   // ISO
	Next     string
}

// SpendDraft is an entry that is made by hand.
type SpendDraft struct {
	ID, Number, Date, Text string
	State                  BillState
	Lines                  []SpendDraftLine
	ProposedBy, DecidedBy  string
	Answer, Entry          string
	Version                int64
	Waits, MayPost, Own    bool
}

// SpendDraftLine is one line of it.
type SpendDraftLine struct{ Account, Title, Debit, Credit string }

// SpendDrafts is for all who may read the money.
func (v SpendDesk) SpendDrafts(ctx context.Context, r Reader, before string) (p SpendDrafts, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	j := v.place()
	err = v.read(ctx, "SpendDrafts", func(ctx context.Context, tx *store.Tx) error {
		p = SpendDrafts{MoneyRights: r.moneyRights(book), Today: v.today(tx).String()}
		for _, a := range j.Money.Accounts {
			if book.ByHand(a.Code) {
				p.Accounts = append(p.Accounts, Option{Value: a.Code, Label: a.Code + " " + r.words(j, a.Title)})
			}
		}
		all, err := v.Money.Drafts.List(ctx, tx, book.Organisation, "", before, spendPage)
		if err != nil {
			return err
		}
		for _, d := range all {
			one, err := v.spendDraft(ctx, tx, r, j, book, d)
			if err != nil {
				return err
			}
			p.List = append(p.List, one)
		}
		if len(all) == spendPage {
			p.Next = all[spendPage-1].ID
		}
		return nil
	})
	return p, err
}

func (v *View) spendDraft(ctx context.Context, tx *store.Tx, r Reader, j *service.Jurisdiction, book *treasury.Book, d *ledger.Draft) (one SpendDraft, err error) {
	one = SpendDraft{ID: d.ID, Number: d.Number, Date: r.date(d.Value), Text: d.Text, Answer: d.Answer, Entry: d.Entry, Version: d.Version,
		Waits: d.State == ledger.DraftWaits, Own: d.ProposedBy == r.Actor.Person}
	one.State = map[ledger.DraftState]BillState{ledger.DraftWaits: {r.P.T("Waits for approval"), "soon"}, ledger.DraftPosted: {r.P.T("Posted"), "done"},
		ledger.DraftRefused: {r.P.T("Refused"), "late"}}[d.State]
	one.MayPost = one.Waits && policy.Can(r.Actor, policy.MoneyApprove, policy.Thing{Kind: "money", ID: d.ID, Organisation: book.Organisation, Decider: d.ProposedBy}) == nil
	for _, l := range d.Lines {
		line := SpendDraftLine{Account: l.Account}
		if a := j.Money.Account(l.Account); a != nil {
			line.Title = r.words(j, a.Title)
		}
		if l.Amount.Minor > 0 {
			line.Debit = r.money(l.Amount.Minor, l.Amount.Currency)
		} else {
			line.Credit = r.money(-l.Amount.Minor, l.Amount.Currency)
		}
		one.Lines = append(one.Lines, line)
	}
	staff := v.names(r)
	if one.ProposedBy, err = staff.of(ctx, tx, d.ProposedBy); err != nil || d.DecidedBy == "" {
		return one, err
	}
	one.DecidedBy, err = staff.of(ctx, tx, d.DecidedBy)
	return one, err
}

// DefaultDue is thirty days after a day, as most invoices ask.
func DefaultDue(day calendar.Date) calendar.Date {
	if due, err := day.AddDays(30); err == nil {
		return due
	}
	return day
}
