package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"stoa/internal/bank"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
)

// Days of a month on which the demo's organisations spend.
const (
	enterOn   = 5
	approveOn = 8
	orderOn   = 12
)

// spendStory is how far spending has come. It throws dice of its own, so that the other stories go on as they did.
type spendStory struct {
	*service.DemoSpending
	dice      *rand.Rand
	keys      int
	suppliers map[string]string  // id by the file's
	numbers   map[int]string     // of commitments, by their place in the file
	entered   []flow.InvoiceAt   // of this month
	by        map[string]string  // organisation, by invoice
	stories   map[string]string  // by invoice: what becomes of it
	reasons   map[string]string  // by invoice
	returns   map[string]bool    // by invoice: its payment comes back, once
	out       []moved            // what our bank has been told and not done
	income    map[string][]moved // by month
	from      calendar.Date
	until     calendar.Date
}

// spendingStarts enters opening balances and suppliers on the first day of the first budget, and lets the months before the
// demo's own first day pass: contracts, invoices, orders, statements. Everything passes through the use cases.
func (s *seeder) spendingStarts(ctx context.Context, first calendar.Date) error {
	f, budgets := s.j.Demo.Spending, s.j.Budgets
	if f == nil || len(budgets) == 0 || s.j.Money == nil || !budgets[0].From.Before(first) {
		return nil
	}
	s.spending = &spendStory{DemoSpending: f, dice: rand.New(rand.NewPCG(20, 25)), suppliers: map[string]string{}, numbers: map[int]string{},
		by: map[string]string{}, stories: map[string]string{}, reasons: map[string]string{}, returns: map[string]bool{}, income: map[string][]moved{},
		from: budgets[0].From, until: budgets[len(budgets)-1].Until}
	s.spendClock(s.spending.from, 8)
	if err := s.openingBalance(ctx); err != nil {
		return fmt.Errorf("opening balances: %w", err)
	}
	if err := s.addSuppliers(ctx); err != nil {
		return fmt.Errorf("suppliers: %w", err)
	}
	for day := s.spending.from; day.Before(first); {
		next, err := day.AddDays(1)
		if err != nil {
			return err
		}
		if err := s.spendingOn(ctx, day, first); err != nil {
			return err
		}
		if next.Day() == 1 || next == first {
			if err := s.spendingStatement(ctx, day); err != nil {
				return fmt.Errorf("the bank's statement of %s: %w", day, err)
			}
		}
		day = next
	}
	return nil
}

func (s *seeder) spendClock(day calendar.Date, hour int) {
	s.Clock.Set(s.j.Calendar.StartOf(day).Add(time.Duration(hour) * time.Hour))
}

func (p *spendStory) key() string { p.keys++; return fmt.Sprint("spend-", p.keys) }

// who finds somebody with a role in an organisation, another than some.
func (s *seeder) who(organisation string, role policy.Role, but ...string) (policy.Actor, error) {
	for _, a := range s.staff {
		if a.Has(organisation, role) && !slices.Contains(but, a.Person) {
			return a, nil
		}
	}
	return policy.Actor{}, fmt.Errorf("the demo has no %s of %s", role, organisation)
}

func (s *seeder) minorOf(amount fmt.Stringer) int64 {
	var whole, cents int64
	text := amount.String()
	if n, _ := fmt.Sscanf(text, "%d.%d", &whole, &cents); n == 2 && len(text)-strings.Index(text, ".") == 2 {
		cents *= 10
	}
	return whole*100 + cents
}

// openingBalance takes over what lay at the bank, by two persons.
func (s *seeder) openingBalance(ctx context.Context) error {
	p, treasury := s.spending, s.j.Money.Treasury
	officer, err := s.who(treasury, policy.Officer)
	if err != nil {
		return err
	}
	boss, err := s.who(treasury, policy.Supervisor, officer.Person)
	if err != nil {
		return err
	}
	opening := s.minorOf(p.Opening)
	id, err := s.Flow.Spending().ProposeEntry(ctx, officer, flow.ProposeEntry{Day: p.from, Text: "Opening balances", Key: p.key(), Lines: []flow.EntryLine{
		{Account: s.j.Money.Code(service.UseBank), Debit: opening}, {Account: s.j.Money.Code(service.UseReserve), Credit: opening}}})
	if err != nil {
		return err
	}
	s.statements = bankStory{from: p.from, balance: opening}
	return s.Flow.Spending().DecideEntry(ctx, boss, flow.DecideEntry{Draft: id, Version: 1, Post: true, Key: p.key()})
}

func (s *seeder) addSuppliers(ctx context.Context) error {
	p := s.spending
	organisation := s.lineOf(p.Commitments[0].Parts[0].Year, p.Commitments[0].Parts[0].Line).Organisation
	officer, err := s.who(organisation, policy.Officer)
	if err != nil {
		return err
	}
	for _, x := range p.Suppliers {
		id, err := s.Flow.Spending().AddSupplier(ctx, officer, flow.AddSupplier{For: organisation, Person: x.Person, Name: x.Name, Identifier: x.Identifier, IBAN: x.IBAN, Key: p.key()})
		if err != nil {
			return err
		}
		p.suppliers[x.ID] = id
	}
	return nil
}

func (s *seeder) lineOf(year, line string) *service.BudgetLine {
	if b := s.j.Budget(year); b != nil {
		return b.Line(line)
	}
	return nil
}

// spendingOn is what is spent on a day, as seen on today.
func (s *seeder) spendingOn(ctx context.Context, day, today calendar.Date) error {
	p := s.spending
	if p == nil || day.Before(p.from) || day.After(p.until) {
		return nil
	}
	s.spendClock(day, 7)
	var err error
	switch day.Day() {
	case enterOn:
		if err = s.award(ctx, day); err == nil {
			err = s.enterMonth(ctx, day)
		}
	case approveOn:
		err = s.approveMonth(ctx)
	case orderOn:
		err = s.orderMonth(ctx, day)
	}
	if err != nil {
		return fmt.Errorf("spending on %s: %w", day, err)
	}
	if day == today {
		err = s.waiting(ctx, day)
	}
	return err
}

// lastMorning is the last day whose morning the demo lives: not today, before its offices open.
func (s *seeder) lastMorning(today calendar.Date, now time.Time) calendar.Date {
	yesterday, err := today.AddDays(-1)
	if err != nil || s.j.Calendar.StartOf(today).Add(8*time.Hour).Before(now) {
		return today
	}
	return yesterday
}

// award enters the contracts and grants of which the day has come, and has them approved.
func (s *seeder) award(ctx context.Context, day calendar.Date) error {
	p := s.spending
	for i, c := range p.Commitments {
		if p.numbers[i] != "" || c.Signed.After(day) {
			continue
		}
		in := flow.ProposeCommitment{Kind: c.Kind, Supplier: p.suppliers[c.Supplier], Method: c.Method, Title: c.Title, About: c.About, Signed: c.Signed,
			From: c.From, Until: c.Until, Key: p.key()}
		for _, part := range c.Parts {
			line := s.lineOf(part.Year, part.Line)
			in.For = line.Organisation
			in.Parts = append(in.Parts, flow.CommitmentPart{Year: part.Year, Line: part.Line, Amount: s.minorOf(part.Amount)})
		}
		officer, boss, err := s.pair(in.For)
		if err != nil {
			return err
		}
		id, err := s.Flow.Spending().ProposeCommitment(ctx, officer, in)
		if err != nil {
			return fmt.Errorf("contract %q: %w", c.Title, err)
		}
		if err := s.Flow.Spending().DecideCommitment(ctx, boss, flow.DecideCommitment{Commitment: id, Version: 1, Approve: true, Key: p.key()}); err != nil {
			return fmt.Errorf("approving %q: %w", c.Title, err)
		}
		if err := s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
			made, err := s.Flow.Money.Spend.Commitments.Get(ctx, tx, s.j.Money.Treasury, id)
			if err == nil {
				p.numbers[i] = made.Number
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// pair is who enters and who approves for an organisation.
func (s *seeder) pair(organisation string) (officer, boss policy.Actor, err error) {
	if officer, err = s.who(organisation, policy.Officer); err == nil {
		boss, err = s.who(organisation, policy.Supervisor, officer.Person)
	}
	return officer, boss, err
}

// approveMonth approves what was entered this month, and deals with what is not simply paid.
func (s *seeder) approveMonth(ctx context.Context) error {
	p := s.spending
	byOrganisation := map[string][]flow.InvoiceAt{}
	var order []string
	for _, x := range p.entered {
		o := p.by[x.ID]
		if byOrganisation[o] == nil {
			order = append(order, o)
		}
		byOrganisation[o] = append(byOrganisation[o], x)
	}
	p.entered = nil
	for _, o := range order {
		_, boss, err := s.pair(o)
		if err != nil {
			return err
		}
		left, err := s.Flow.Spending().MoveInvoices(ctx, boss, flow.MoveInvoices{Invoices: byOrganisation[o], Do: flow.ApproveInvoice, Key: p.key()})
		if err != nil {
			return err
		}
		for _, x := range left {
			if p.stories[x.ID] != "beyond" {
				return fmt.Errorf("invoice %s was not approved: %w", x.Number, x.Why)
			}
			_, err := s.Flow.Spending().MoveInvoices(ctx, boss, flow.MoveInvoices{Invoices: []flow.InvoiceAt{{ID: x.ID, Version: 2}}, Do: flow.ApproveInvoice,
				Override: p.reasons[x.ID], Key: p.key()})
			if err != nil {
				return fmt.Errorf("approving %s all the same: %w", x.Number, err)
			}
		}
	}
	return nil
}

// orderMonth sends everything that is approved to our bank, by two persons; the bank does it two days later.
func (s *seeder) orderMonth(ctx context.Context, day calendar.Date) error {
	p, treasury := s.spending, s.j.Money.Treasury
	var ids []string
	err := s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		all, err := s.Flow.Money.Spend.Invoices.Find(ctx, tx, spend.InvoiceQuery{Organisation: treasury, States: []spend.InvoiceState{spend.Approved}, ByDue: true, Limit: 1000})
		for _, x := range all {
			ids = append(ids, x.ID)
		}
		return err
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	officer, boss, err := s.pair(treasury)
	if err != nil {
		return err
	}
	id, err := s.Flow.Spending().PayInvoices(ctx, officer, flow.PayInvoices{Invoices: ids, Key: p.key()})
	if err != nil {
		return err
	}
	banking := s.Flow.Banking()
	if err := banking.ProposeOrder(ctx, officer, flow.MoveOrder{Order: id, Version: 1, Key: p.key()}); err != nil {
		return err
	}
	if err := banking.ApproveOrder(ctx, boss, flow.MoveOrder{Order: id, Version: 2, Key: p.key()}); err != nil {
		return err
	}
	if _, _, err := banking.ExportOrder(ctx, officer, id); err != nil {
		return err
	}
	return s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		o, err := (&bank.Orders{Vault: s.Flow.Money.Bank.Vault}).Get(ctx, tx, treasury, id)
		if err != nil {
			return err
		}
		return p.told(o, day)
	})
}

// told notes what our bank is going to do.
func (p *spendStory) told(o *bank.Order, day calendar.Date) error {
	done, err := day.AddDays(2)
	if err != nil {
		return err
	}
	for _, x := range o.Payments {
		m := moved{day: done, minor: -x.Amount.Minor, name: x.To.Name, iban: string(x.To.IBAN), text: x.Text, toPay: x.EndToEnd}
		p.out = append(p.out, m)
		if id, _ := x.Invoice(); p.returns[id] {
			delete(p.returns, id)
			if m.day, err = done.AddDays(3); err != nil {
				return err
			}
			m.minor, m.returned = -m.minor, "AC04"
			p.out = append(p.out, m)
		}
	}
	return nil
}
