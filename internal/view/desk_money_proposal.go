package view

import (
	"context"

	"stoa/internal/bill"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// ProposalLine is what one person proposes about a bill and another decides.
type ProposalLine struct {
	ID, Bill, Number    string
	Kind, Title         string
	Amount              string // "" where it is about the whole bill
	Component           string
	Plan                []BillPart
	Receipt, IBAN, Name string // of a refund
	Reason              string
	Proposer            string
	At                  Instant
	Own                 bool
	Waits               bool
	State               BillState
	Decider, Answer     string
	DecidedAt           Instant
}

// Approvals is what waits for a second person.
type Approvals struct {
	MoneyRights
	Others, Mine []ProposalLine
	Next         string
}

const proposalPage = 100

// Approvals is for all who may read the money. The list gives no reasons: they are of one payer, and stand on the
// proposal's own page.
func (v MoneyDesk) Approvals(ctx context.Context, r Reader, after string) (a Approvals, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return a, err
	}
	err = v.read(ctx, "Approvals", func(ctx context.Context, tx *store.Tx) error {
		a = Approvals{MoneyRights: r.moneyRights(book)}
		open, err := v.Money.Treasury.Bills.OpenProposals(ctx, tx, book.Organisation, after, proposalPage)
		if err != nil {
			return err
		}
		var ids []string
		for _, o := range open {
			ids = append(ids, o.Bill)
		}
		bills, err := v.Money.Treasury.Bills.GetAll(ctx, tx, book.Organisation, ids)
		if err != nil {
			return err
		}
		byID := map[string]*bill.Bill{}
		for _, b := range bills {
			byID[b.ID] = b
		}
		staff := v.names(r)
		for i := range open {
			line, err := v.proposalLine(ctx, tx, r, byID[open[i].Bill], &open[i].Proposal, staff)
			if err != nil {
				return err
			}
			line.Reason, line.IBAN, line.Name = "", "", ""
			if line.Own {
				a.Mine = append(a.Mine, line)
			} else {
				a.Others = append(a.Others, line)
			}
		}
		if len(open) == proposalPage {
			a.Next = open[proposalPage-1].ID
		}
		return nil
	})
	return a, err
}

// ProposalPage is a proposal whole, and what the reader may do about it.
type ProposalPage struct {
	MoneyRights
	ProposalLine
	Bill                 BillLine
	MayDecide, MayRevoke bool
	OwnBill              bool // it is the reader's own bill
}

// Proposal is for all who may read the money; the payer sees that their bill was looked at.
func (v MoneyDesk) Proposal(ctx context.Context, r Reader, billID, id string) (p ProposalPage, err error) {
	book, err := v.lookAtBill(ctx, r, billID, policy.MoneyRead)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Proposal", func(ctx context.Context, tx *store.Tx) error {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, billID)
		if err != nil {
			return err
		}
		one, err := v.Money.Treasury.Bills.Proposal(ctx, tx, b, id)
		if err != nil {
			return err
		}
		p = ProposalPage{MoneyRights: r.moneyRights(book), Bill: v.billLine(r, b, v.today(tx))}
		if p.ProposalLine, err = v.proposalLine(ctx, tx, r, b, one, v.names(r)); err != nil {
			return err
		}
		thing := policy.Thing{Kind: "money", ID: b.ID, Organisation: book.Organisation, Owner: b.Payer, Decider: one.Proposer}
		p.MayDecide = p.Waits && policy.Can(r.Actor, policy.MoneyApprove, thing) == nil
		p.MayRevoke = p.Waits && p.Own && p.Work
		p.OwnBill = b.Payer != "" && b.Payer == r.Actor.Person
		return nil
	})
	return p, err
}

func (v *View) proposalLine(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill, p *bill.Proposal, staff *names) (l ProposalLine, err error) {
	l = ProposalLine{ID: p.ID, Bill: p.Bill, Number: b.Number, Kind: p.Kind, Title: r.proposalKind(p.Kind), Reason: p.Reason, Answer: p.Answer,
		At: r.instant(v.place(), p.Proposed), Own: p.Proposer == r.Actor.Person, Waits: p.Outcome == bill.Undecided, IBAN: p.IBAN, Name: p.Terms.Name,
		Amount: r.amountOr(p.Amount, b.Currency), State: r.proposalState(p.Outcome)}
	if p.Component != "" {
		l.Component = r.component(p.Component)
	}
	for _, part := range p.Plan {
		l.Plan = append(l.Plan, BillPart{Due: r.date(part.Due), Amount: r.money(part.Amount, b.Currency)})
	}
	if p.Payment != "" {
		one, err := v.Money.Treasury.Payments.Get(ctx, tx, b.Organisation, p.Payment)
		if err != nil {
			return l, err
		}
		l.Receipt = one.Number
	}
	if l.Proposer, err = staff.of(ctx, tx, p.Proposer); err != nil {
		return l, err
	}
	if !l.Waits {
		l.DecidedAt = r.instant(v.place(), p.Decided)
		l.Decider, err = staff.of(ctx, tx, p.Decider)
	}
	return l, err
}

func (r Reader) proposalState(o bill.Outcome) BillState {
	switch o {
	case bill.Undecided:
		return BillState{r.P.T("Awaits approval"), "soon"}
	case bill.Approved:
		return BillState{r.P.T("Approved"), "done"}
	case bill.Refused:
		return BillState{r.P.T("Refused"), "late"}
	case bill.Withdrawn:
		return BillState{r.P.T("Withdrawn"), "ok"}
	}
	return BillState{string(o), "ok"}
}
