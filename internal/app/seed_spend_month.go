package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/bank"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/store"
)

// newInvoice is an invoice of a month, with what becomes of it.
type newInvoice struct {
	flow.NewInvoice
	organisation string
	story        string
	reason       string
}

// enterMonth takes in what comes in a month, by organisation, and checks it.
func (s *seeder) enterMonth(ctx context.Context, day calendar.Date) error {
	all, err := s.invoicesOf(day)
	if err != nil {
		return err
	}
	return s.enter(ctx, all, true)
}

func (s *seeder) enter(ctx context.Context, all []newInvoice, check bool) error {
	p := s.spending
	slices.SortStableFunc(all, func(a, b newInvoice) int { return strings.Compare(a.organisation, b.organisation) })
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].organisation == all[0].organisation {
			n++
		}
		officer, _, err := s.pair(all[0].organisation)
		if err != nil {
			return err
		}
		in := flow.EnterInvoices{For: all[0].organisation, Key: p.key()}
		for _, x := range all[:n] {
			in.Invoices = append(in.Invoices, x.NewInvoice)
		}
		ids, err := s.Flow.Spending().EnterInvoices(ctx, officer, in)
		if err != nil {
			return fmt.Errorf("invoices of %s: %w", in.For, err)
		}
		move := flow.MoveInvoices{Do: flow.CheckInvoice, Key: p.key()}
		for i, id := range ids {
			p.by[id] = in.For
			switch x := all[i]; x.story {
			case "refused", "disputed":
				do := map[string]string{"refused": flow.RefuseInvoice, "disputed": flow.DisputeInvoice}[x.story]
				if _, err := s.Flow.Spending().MoveInvoices(ctx, officer, flow.MoveInvoices{Invoices: []flow.InvoiceAt{{ID: id, Version: 1}}, Do: do, Reason: x.reason, Key: p.key()}); err != nil {
					return err
				}
				continue
			case "twice":
				again := flow.EnterInvoices{For: in.For, Invoices: []flow.NewInvoice{x.NewInvoice}, Key: p.key()}
				if _, err := s.Flow.Spending().EnterInvoices(ctx, officer, again); fault.KindOf(err) != fault.Invalid {
					return fmt.Errorf("an invoice that came twice: %w", err)
				}
			case "beyond":
				p.stories[id], p.reasons[id] = x.story, x.reason
			case "returned":
				p.returns[id] = true
			}
			move.Invoices = append(move.Invoices, flow.InvoiceAt{ID: id, Version: 1})
			p.entered = append(p.entered, flow.InvoiceAt{ID: id, Version: 2})
		}
		if check && len(move.Invoices) > 0 {
			if _, err := s.Flow.Spending().MoveInvoices(ctx, officer, move); err != nil {
				return err
			}
		}
		all = all[n:]
	}
	return nil
}

// invoicesOf are the invoices that come up to the fifth of a month.
func (s *seeder) invoicesOf(day calendar.Date) (all []newInvoice, err error) {
	p := s.spending
	for i, c := range p.Commitments {
		if p.numbers[i] == "" || c.Signed.After(day) {
			continue
		}
		for k, part := range c.Parts {
			b := s.j.Budget(part.Year)
			n, nth := times(later(b.From, c.From), earlier(b.Until, c.Until), c.Every, day)
			if nth == 0 {
				continue
			}
			amount := s.minorOf(part.Amount) / int64(n)
			amount -= amount * int64(p.dice.IntN(25)) / 1000
			all = append(all, s.newInvoice(c.Supplier, p.numbers[i], part.Year, part.Line, c.Title, amount, day, fmt.Sprint(i, "-", k), "", ""))
		}
	}
	last, err := day.AddMonths(-1)
	if err != nil {
		return nil, err
	}
	for i, x := range p.Invoices {
		b := s.j.BudgetOn(day)
		if b == nil || b.Line(x.Line) == nil {
			continue
		}
		amount := s.minorOf(x.Amount)
		switch {
		case x.Every == "" && (x.Day.After(day) || !x.Day.After(last)):
			continue
		case x.Every != "" && (x.Day.After(day) || x.Every == "quarter" && (monthsBetween(x.Day, day)%3 != 0)):
			continue
		case x.Every != "":
			amount += amount * int64(p.dice.IntN(30)-15) / 1000
		}
		all = append(all, s.newInvoice(x.Supplier, "", b.Budget, x.Line, x.Title, amount, day, fmt.Sprint("i", i), x.Story, x.Reason))
	}
	return all, nil
}

func (s *seeder) newInvoice(supplier, commitment, year, line, title string, amount int64, day calendar.Date, mark, story, reason string) newInvoice {
	issued, due := day, day
	if before, err := day.AddDays(-4); err == nil {
		issued = before
	}
	if after, err := issued.AddDays(30); err == nil {
		due = after
	}
	return newInvoice{organisation: s.lineOf(year, line).Organisation, story: story, reason: reason, NewInvoice: flow.NewInvoice{
		Supplier: s.spending.suppliers[supplier], Commitment: commitment, Year: year, Line: line, Title: title, Amount: amount, Day: issued, Due: due,
		SupplierNumber: fmt.Sprintf("%s-%s-%s", strings.ToUpper(supplier[:3]), strings.ReplaceAll(day.String()[2:7], "-", ""), mark)}}
}

// times is how often something is invoiced from one day until another, and whether the month of a day is one of those: the
// how manyth, 0 for none.
func times(from, until calendar.Date, every string, day calendar.Date) (n, nth int) {
	step := map[string]int{"month": 1, "quarter": 3, "year": 12}[every]
	months := monthsBetween(from, until) + 1
	n = (months + step - 1) / step
	if at := monthsBetween(from, day); at >= 0 && at < months && at%step == 0 {
		nth = at/step + 1
	}
	return n, nth
}

func monthsBetween(a, b calendar.Date) int {
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month())
}

func later(a, b calendar.Date) calendar.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b calendar.Date) calendar.Date {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// waiting leaves some invoices of the next month where they are on the demo's last day: received, checked, approved.
func (s *seeder) waiting(ctx context.Context, today calendar.Date) error {
	next, err := today.AddMonths(1)
	if err != nil {
		return err
	}
	all, err := s.invoicesOf(next)
	if err != nil || next.After(s.spending.until) {
		return err
	}
	s.spending.entered = nil
	for i := range all {
		all[i].Day, all[i].story = today, ""
	}
	n := min(4, len(all)/3)
	if err := s.enter(ctx, all[:n], false); err != nil {
		return err
	}
	s.spending.entered = nil
	if err := s.enter(ctx, all[n:2*n], true); err != nil {
		return err
	}
	s.spending.entered = nil
	if err := s.enter(ctx, all[2*n:3*n], true); err != nil {
		return err
	}
	return s.approveMonth(ctx)
}

// incomeText is by what our bank's statement names what comes in once a month.
const incomeText = "COLLECTIONS AND GRANTS"

// bankMoves are what our bank did for spending, or took in, from a day until another.
func (s *seeder) bankMoves(from, until calendar.Date) (all []moved) {
	p := s.spending
	if p == nil {
		return nil
	}
	p.out = slices.DeleteFunc(p.out, func(m moved) bool {
		if m.day.After(until) {
			return false
		}
		if m.day.Before(from) {
			m.day = from
		}
		all = append(all, m)
		return true
	})
	sum := int64(0)
	for _, x := range p.Income {
		sum += s.minorOf(x.Amount)
	}
	for day := from; !day.After(until) && !day.After(p.until); {
		if day.Day() == 2 {
			all = append(all, moved{day: day, minor: sum, name: "COUNTY TREASURER", text: incomeText})
		}
		next, err := day.AddDays(1)
		if err != nil {
			return all
		}
		day = next
	}
	return all
}

// spendingStatement lets the bank send its statement of the months before the demo's own.
func (s *seeder) spendingStatement(ctx context.Context, until calendar.Date) error {
	s.spendClock(until, 20)
	officer, _, err := s.pair(s.j.Money.Treasury)
	if err != nil {
		return err
	}
	story := &s.statements
	moves := s.bankMoves(story.from, until)
	slices.SortStableFunc(moves, func(a, b moved) int { return a.day.Compare(b.day) })
	story.no++
	file, closing := s.statement(story.no, story.from, until, story.balance, moves)
	if _, err := s.Flow.Banking().ImportStatement(ctx, officer, flow.ImportStatement{Name: fmt.Sprintf("statement-%s.xml", until), Bytes: file}); err != nil {
		return err
	}
	story.balance = closing
	if story.from, err = until.AddDays(1); err != nil {
		return err
	}
	if _, err := s.Jobs.RunDue(ctx); err != nil {
		return fmt.Errorf("matching: %w", err)
	}
	return s.placeIncome(ctx)
}

// placeIncome says of what came in once a month what it is.
func (s *seeder) placeIncome(ctx context.Context) error {
	if s.spending == nil {
		return nil
	}
	officer, _, err := s.pair(s.j.Money.Treasury)
	if err != nil {
		return err
	}
	var lines []*bank.Line
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		lines, err = s.Flow.Money.Bank.InState(ctx, tx, s.j.Money.Treasury, bank.Suspense, bank.Place{}, 200)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Text != incomeText {
			continue
		}
		in := flow.ResolveLine{Line: l.ID, Version: l.Version, Key: s.spending.key()}
		for _, x := range s.spending.Income {
			in.Parts = append(in.Parts, flow.LinePart{To: flow.LineToOther, Account: x.Account, Amount: s.minorOf(x.Amount), Why: x.Title})
		}
		if err := s.Flow.Banking().ResolveLine(ctx, officer, in); err != nil {
			return fmt.Errorf("placing %s: %w", l.Value, err)
		}
	}
	return nil
}
