package view

import (
	"context"
	"errors"
	"slices"

	"stoa/internal/bill"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// MoneyBillsAsk asks for a page of bills.
type MoneyBillsAsk struct {
	Words        string // beginning of a number or reference
	State, Kind  string
	Service      string
	Organisation string
	Payer        string // number of a bill: all bills of its payer
	Object       string // number of a taxed object
	Before       string
}

// MoneyBills is a page of bills. The lines name nobody.
type MoneyBills struct {
	Lines         []BillLine
	Next          string
	Services      []Option
	Organisations []Option
}

const billPage = 50

// MoneyBills is for all who may read the money. Asking for everything of one payer is recorded for them.
func (v MoneyDesk) MoneyBills(ctx context.Context, r Reader, ask MoneyBillsAsk) (m MoneyBills, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return m, err
	}
	payer := ""
	if ask.Payer != "" {
		err := v.recordPayer(ctx, r, book, policy.MoneyRead, func(ctx context.Context, tx *store.Tx) (string, string, string, error) {
			b, err := v.Money.Treasury.Bills.ByNumber(ctx, tx, book.Organisation, ask.Payer)
			if err != nil {
				return "", "", "", err
			}
			payer = b.Payer
			return b.Payer, lookBill, b.Number, nil
		})
		if err != nil {
			return m, err
		}
	}
	err = v.read(ctx, "MoneyBills", func(ctx context.Context, tx *store.Tx) error {
		m = MoneyBills{}
		bills, err := v.findBills(ctx, tx, book, ask, payer)
		if err != nil {
			return err
		}
		for _, b := range bills {
			m.Lines = append(m.Lines, v.billLine(r, b, v.today(tx)))
		}
		if len(bills) == billPage && ask.Payer == "" && ask.Object == "" {
			m.Next = bills[billPage-1].Number
		}
		m.Services, m.Organisations = v.billedServices(r)
		return nil
	})
	return m, err
}

func (v *View) findBills(ctx context.Context, tx *store.Tx, book *treasury.Book, ask MoneyBillsAsk, payer string) ([]*bill.Bill, error) {
	switch {
	case ask.Payer != "":
		return v.Money.Treasury.Bills.Of(ctx, tx, book.Organisation, payer)
	case ask.Object != "":
		return v.Money.Treasury.Bills.OfObject(ctx, tx, book.Organisation, ask.Object)
	}
	return v.Money.Treasury.Bills.Find(ctx, tx, bill.Query{Organisation: book.Organisation, For: ask.Organisation, Begins: ask.Words, State: bill.State(ask.State),
		Kind: ask.Kind, Service: ask.Service, Before: ask.Before, Limit: billPage})
}

// billedServices are what a bill can be for, and whose money it can be.
func (v *View) billedServices(r Reader) (services, organisations []Option) {
	j := v.place()
	add := func(organisation string) {
		if !slices.ContainsFunc(organisations, func(o Option) bool { return o.Value == organisation }) {
			organisations = append(organisations, Option{Value: organisation, Label: r.organisationName(j, organisation)})
		}
	}
	for _, s := range j.Services {
		if s.Payment != nil {
			services = append(services, Option{Value: s.Service, Label: r.words(j, s.Title)})
			add(s.Organisation)
		}
	}
	for _, t := range j.Taxes {
		services = append(services, Option{Value: t.Tax, Label: r.words(j, t.Title)})
		add(t.Organisation)
	}
	return services, organisations
}

// MoneyBill is a bill whole, as the treasury sees it.
type MoneyBill struct {
	BillPage
	MoneyRights
	Reference  string
	Kind       string
	For        string      // organisation's name
	PayerKnown bool        // there may be other bills of the same payer
	Whole      []MoneyMove // newest first
	Steps      []MoneyStep
	Before     []MoneyPlan // plans that stood before, oldest first
	Proposals  []ProposalLine
	Entries    int
	Till       bool       // the reader has a till open
	Source     SourceLink // the case or assessment; its ID is "" where the reader may not see it
	Can        MoneyActions
}

// MoneyActions are what can be proposed or done on a bill now.
type MoneyActions struct{ Cash, Waive, WriteOff, Arrange, Refund, Cancel, Credit bool }

// MoneyMove is a move of a bill with where it stands in the books.
type MoneyMove struct {
	BillMove
	Raises, Lowers     string // what is owed, by how much
	Entry, Account, By string
	Posted             string // another day than when it happened; "" the same
	Source             SourceLink
}

// MoneyStep is what was done because something was late.
type MoneyStep struct{ Due, Taken, Title string }

// MoneyPlan is a plan of instalments that stood once.
type MoneyPlan struct {
	Since, Until string
	Parts        []BillPart
}

// MoneyBill is for all who may read the money; the payer sees that it was looked at.
func (v MoneyDesk) MoneyBill(ctx context.Context, r Reader, id string) (m MoneyBill, err error) {
	book, err := v.lookAtBill(ctx, r, id, policy.MoneyRead)
	if err != nil {
		return m, err
	}
	err = v.read(ctx, "MoneyBill", func(ctx context.Context, tx *store.Tx) error {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		m = MoneyBill{MoneyRights: r.moneyRights(book), Reference: b.Reference, Kind: b.Kind, For: r.organisationName(v.place(), b.For), PayerKnown: b.Payer != ""}
		if m.BillPage, err = v.billPage(ctx, tx, r, b); err != nil {
			return err
		}
		if m.Till, err = v.hasTill(ctx, tx, r, book); err != nil {
			return err
		}
		m.Source = v.billSource(r, b)
		staff := v.names(r)
		if err := v.wholeMoves(ctx, tx, r, b, staff, &m); err != nil {
			return err
		}
		if err := v.billHistory(ctx, tx, r, b, &m); err != nil {
			return err
		}
		proposals, err := v.Money.Treasury.Bills.Proposals(ctx, tx, b)
		if err != nil {
			return err
		}
		for i := range proposals {
			line, err := v.proposalLine(ctx, tx, r, b, &proposals[i], staff)
			if err != nil {
				return err
			}
			m.Proposals = append(m.Proposals, line)
		}
		m.Can = actionsOn(b, m.MoneyRights, m.Till)
		return nil
	})
	return m, err
}

// lookAtBill asks for a right to a bill and records the look for its payer.
func (v *View) lookAtBill(ctx context.Context, r Reader, id string, why policy.Action) (*treasury.Book, error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return nil, err
	}
	return book, v.recordPayer(ctx, r, book, why, func(ctx context.Context, tx *store.Tx) (payer, what, ref string, err error) {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return "", "", "", err
		}
		return b.Payer, lookBill, b.Number, nil
	})
}

// hasTill tells whether the reader has a till open.
func (v *View) hasTill(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book) (bool, error) {
	_, err := v.Money.Tills.OfCashier(ctx, tx, book.Organisation, r.Actor.Person)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func actionsOn(b *bill.Bill, may MoneyRights, till bool) MoneyActions {
	if !may.Work {
		return MoneyActions{}
	}
	owed := b.Balance > 0
	return MoneyActions{Cash: owed && till, Waive: owed, WriteOff: owed, Arrange: owed, Refund: b.Credit() > 0, Credit: b.Credit() > 0 && b.Payer != "",
		Cancel: b.State != bill.Cancelled}
}

// billSource is the case or assessment that a bill is of.
func (v *View) billSource(r Reader, b *bill.Bill) SourceLink {
	s := r.source(b.Of.Kind, b.Of.ID)
	if b.Of.Kind == "case" && policy.Can(r.Actor, policy.CaseRead, policy.Thing{Kind: "case", ID: b.Of.ID, Organisation: b.For, Owner: b.Payer}) != nil {
		s.ID = ""
	}
	return s
}

func (v *View) wholeMoves(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill, staff *names, m *MoneyBill) error {
	for i := len(b.Moves) - 1; i >= 0; i-- {
		move := b.Moves[i]
		one := MoneyMove{BillMove: v.billMove(r, b, move), Entry: move.Entry, Account: move.Account}
		one.Raises, one.Lowers = r.sides(move.Amount, b.Currency)
		if move.Late() {
			one.Posted = r.date(move.Posted)
		}
		if move.Of.Kind != "" {
			one.Source = r.source(move.Of.Kind, move.Of.ID)
		}
		if move.By != "" {
			var err error
			if one.By, err = staff.of(ctx, tx, move.By); err != nil {
				return err
			}
		}
		m.Whole = append(m.Whole, one)
	}
	return nil
}

// billHistory is the steps taken on a bill, and the plans that stood before.
func (v *View) billHistory(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill, m *MoneyBill) error {
	steps, err := bill.Steps(ctx, tx, b)
	if err != nil {
		return err
	}
	if len(steps) > 0 {
		rules, err := v.Docket.LateRules(ctx, tx, v.Money.Taxes, b)
		if err != nil {
			return err
		}
		for _, s := range steps {
			m.Steps = append(m.Steps, MoneyStep{Due: r.date(s.Due), Taken: r.date(s.Taken), Title: r.stepTitle(rules, s.ID)})
		}
	}
	plans, err := v.Money.Treasury.Bills.Plans(ctx, tx, b)
	if err != nil {
		return err
	}
	for _, p := range plans[:len(plans)-1] {
		one := MoneyPlan{Since: r.date(p.Since), Until: r.date(p.Until)}
		for _, part := range p.Parts {
			one.Parts = append(one.Parts, BillPart{Due: r.date(part.Due), Amount: r.money(part.Amount, b.Currency)})
		}
		m.Before = append(m.Before, one)
	}
	return nil
}

// MoneyForm is a bill with what forms about it need.
type MoneyForm struct {
	BillLine
	Version     int64
	Owed        int64 // minor units; what can be waived, written off, arranged, taken in cash
	Credit      int64
	Currency    string
	OwedText    string
	CreditText  string
	Components  []Option // parts that are owed, where there are several
	Payments    []Option // that money can be paid back out of
	OtherBills  []Option // of the same payer, on which something is owed
	Kind, Title string   // of what is proposed
	Till        bool
}

// MoneyForm is for officers of the treasury: what a form about a bill needs; kind is of the proposal, "" for another form.
func (v MoneyDesk) MoneyForm(ctx context.Context, r Reader, id, kind string) (f MoneyForm, err error) {
	book, err := v.lookAtBill(ctx, r, id, policy.MoneyWork)
	if err != nil {
		return f, err
	}
	if kind != "" && r.proposalKind(kind) == kind {
		return f, fault.NewNotFound("")
	}
	err = v.read(ctx, "MoneyForm", func(ctx context.Context, tx *store.Tx) error {
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		f = MoneyForm{BillLine: v.billLine(r, b, v.today(tx)), Version: b.Version, Owed: max(0, b.Balance), Credit: b.Credit(), Currency: b.Currency, Kind: kind, Title: r.proposalKind(kind)}
		f.OwedText, f.CreditText = r.money(f.Owed, b.Currency), r.money(f.Credit, b.Currency)
		if f.Till, err = v.hasTill(ctx, tx, r, book); err != nil {
			return err
		}
		owed := bill.Owed(b.Moves)
		for _, c := range []bill.Component{bill.Principal, bill.Interest, bill.Penalty, bill.Costs} {
			if owed[c] > 0 {
				f.Components = append(f.Components, Option{Value: string(c), Label: r.component(c), Help: r.money(owed[c], b.Currency)})
			}
		}
		return v.formChoices(ctx, tx, r, book, b, &f)
	})
	return f, err
}

// formChoices are the payments and the other bills that a credit can go to.
func (v *View) formChoices(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, b *bill.Bill, f *MoneyForm) error {
	if b.Credit() == 0 {
		return nil
	}
	payments, err := v.Money.Treasury.Payments.ForBill(ctx, tx, book.Organisation, b.ID)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if left := p.Left(); left.Minor > 0 && left.Currency == b.Currency && p.Number != "" {
			f.Payments = append(f.Payments, Option{Value: p.ID, Label: p.Number + ", " + r.method(p.Method), Help: r.money(left.Minor, left.Currency)})
		}
	}
	others, err := v.Money.Treasury.Bills.Of(ctx, tx, book.Organisation, b.Payer)
	for _, o := range others {
		if o.ID != b.ID && o.Balance > 0 && o.Payer == b.Payer && o.Currency == b.Currency {
			f.OtherBills = append(f.OtherBills, Option{Value: o.ID, Label: o.Number + ", " + v.billedTitle(r, o.Service), Help: r.money(o.Balance, o.Currency)})
		}
	}
	return err
}

// stepTitle is what the file calls a step on a late bill; a step that the file no longer has keeps its id.
func (r Reader) stepTitle(rules docket.Late, id string) string {
	for _, s := range rules.Steps {
		if s.ID == id {
			return r.words(rules.Jurisdiction, s.Title)
		}
	}
	return id
}
