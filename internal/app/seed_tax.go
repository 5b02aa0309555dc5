package app

import (
	"context"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// taxStory is how far the taxes of the demo have come.
type taxStory struct {
	first, today calendar.Date   // of the demo's life
	day          calendar.Date   // that was lived through last
	runs         []string        // to be published
	todo         map[string]bool // what happens once: has happened

	with, without []payer // accounts whose holders can sign in, and the others
}

// Days of the demo on which something happens about taxes.
const (
	runDay     = 1
	publishDay = 2
	claimDay   = 60
	decideDay  = 66
	lastDays   = 9 // before today: what still waits
	lateDays   = 9 // by which those pay late who do
)

// taxes is what happens about taxes on a day: early on the year is assessed by one officer and published by another; some
// payers pay each instalment when it is due, some later, some forget; reliefs are claimed, granted, refused and waited for;
// hotels declare their months. Call it once for each day that the demo lives.
func (s *seeder) taxes(ctx context.Context) error {
	day := s.j.Calendar.DateOf(s.Clock.Now())
	if s.j.Money == nil || len(s.j.Taxes) == 0 || day == s.tax.day {
		return nil
	}
	s.tax.day = day
	n, left := s.tax.first.DaysUntil(day), day.DaysUntil(s.tax.today)
	var err error
	switch {
	case n == runDay:
		err = s.startRuns(ctx, day)
	case n == publishDay:
		err = s.publishRuns(ctx)
	case n > publishDay:
		err = s.taxDay(ctx, day, n, left)
	}
	if err != nil {
		return fmt.Errorf("taxes on %s: %w", day, err)
	}
	return nil
}

// startRuns assesses every tax for the period of a day; of those that are declared it opens the accounts.
func (s *seeder) startRuns(ctx context.Context, day calendar.Date) error {
	officer, ok := s.treasurer(policy.Officer, "")
	if !ok {
		return nil
	}
	for _, t := range s.j.Taxes {
		run, err := s.Flow.Taxation().StartRun(ctx, officer, flow.StartRun{Tax: t.Tax, Begins: day, Issued: day, Key: s.key()})
		if ignoreConflict(err) != nil {
			return fmt.Errorf("assessing %s: %w", t.Tax, err)
		}
		if err == nil {
			s.tax.runs = append(s.tax.runs, run)
		}
	}
	return s.work(ctx)
}

// work lets the jobs run until none is due.
func (s *seeder) work(ctx context.Context) error {
	for n := 1; n > 0; {
		var err error
		if n, err = s.Jobs.RunDue(ctx); err != nil {
			return err
		}
	}
	return nil
}

// treasurer finds somebody of the treasury with a role who is not somebody else.
func (s *seeder) treasurer(role policy.Role, not string) (policy.Actor, bool) {
	for _, a := range s.staff {
		if a.Has(s.j.Money.Treasury, role) && a.Person != not {
			return a, true
		}
	}
	return policy.Actor{}, false
}

func (s *seeder) publishRuns(ctx context.Context) error {
	for _, id := range s.tax.runs {
		var run *tax.Run
		err := s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) (err error) {
			run, err = s.Flow.Money.Runs.Get(ctx, tx, s.j.Money.Treasury, id)
			return err
		})
		if err != nil {
			return err
		}
		boss, ok := s.treasurer(policy.Supervisor, run.StartedBy)
		if run.State != tax.Ready || !ok {
			continue
		}
		if err := s.Flow.Taxation().PublishRun(ctx, boss, flow.PublishRun{Run: id, Version: run.Version, Key: s.key()}); err != nil {
			return fmt.Errorf("publishing the run of %s: %w", run.Tax, err)
		}
	}
	return s.work(ctx)
}

// payer is a tax account whose holder can sign in, with its place among those of its tax.
type payer struct {
	*tax.Account
	t     *service.Tax
	place int
}

func (p payer) actor() policy.Actor { return policy.Actor{Person: p.Holder, Name: p.Name} }

// payers finds the accounts with a holder, and the others.
func (s *seeder) payers(ctx context.Context) error {
	return s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		s.tax.with, s.tax.without = nil, nil
		for _, t := range s.j.Taxes {
			list, err := s.Flow.Money.Taxes.Accounts(ctx, tx, s.j.Money.Treasury, t.Tax, "", "", 10_000)
			if err != nil {
				return err
			}
			n := 0
			for _, a := range list {
				if a.Holder == "" {
					s.tax.without = append(s.tax.without, payer{a, t, len(s.tax.without)})
					continue
				}
				s.tax.with = append(s.tax.with, payer{a, t, n})
				n++
			}
		}
		return nil
	})
}

// taxDay is a day on which bills stand.
func (s *seeder) taxDay(ctx context.Context, day calendar.Date, n, left int) error {
	if s.tax.todo == nil {
		s.tax.todo = map[string]bool{}
		if err := s.payers(ctx); err != nil {
			return err
		}
	}
	for _, p := range s.tax.with {
		if err := s.payTax(ctx, p, day); ignoreConflict(err) != nil {
			return fmt.Errorf("account %s pays: %w", p.Number, err)
		}
		if p.t.By == "declared" && day.Day() == 12 && left > 25 {
			if err := s.declare(ctx, p, day); ignoreConflict(err) != nil {
				return fmt.Errorf("account %s declares: %w", p.Number, err)
			}
		}
		if err := s.askTax(ctx, p, day, n, left); ignoreConflict(err) != nil {
			return fmt.Errorf("account %s asks: %w", p.Number, err)
		}
	}
	for _, p := range s.tax.without {
		if p.t.By != "declared" || day.Day() != 3 || p.place%4 == 3 { // of some nobody knows anything
			continue
		}
		if err := s.estimateTax(ctx, p, day); ignoreConflict(err) != nil {
			return fmt.Errorf("account %s is estimated: %w", p.Number, err)
		}
	}
	return nil
}

// payTax pays what is due on an account: on its day, some days later, or after the first time not any more.
func (s *seeder) payTax(ctx context.Context, p payer, day calendar.Date) error {
	late := 0
	switch p.place % 4 {
	case 2:
		late = lateDays
	case 3:
		return nil
	}
	bills, err := s.billsOf(ctx, p)
	if err != nil {
		return err
	}
	for _, b := range bills {
		due := b.On(day)
		amount := due.Overdue
		for _, part := range due.Parts {
			if part.Open > 0 && part.Due == day {
				amount += part.Open
			}
		}
		if amount <= 0 || b.Next.IsZero() || b.Next.DaysUntil(day) < late {
			continue
		}
		if amount >= b.Balance {
			amount = 0 // all that is owed
		}
		begun, err := s.Flow.Finance().PayBill(ctx, p.actor(), flow.PayBill{Bill: b.ID, Amount: amount, Language: p.Language, Key: s.key(),
			Back: "/account/payments/{payment}?back=1", Cancel: "/account/bills/" + b.ID})
		if err != nil {
			return err
		}
		if err := s.choose(ctx, begun.URL, "succeeds"); err != nil {
			return err
		}
		if err := s.Flow.Finance().ReturnFromProvider(ctx, p.actor(), begun.Payment); err != nil {
			return err
		}
	}
	return nil
}

// billsOf are an account's bills on which something is owed.
func (s *seeder) billsOf(ctx context.Context, p payer) (open []*bill.Bill, err error) {
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		open = nil
		bills, err := s.Flow.Money.Treasury.Bills.OfObject(ctx, tx, p.Organisation, p.Object)
		if err != nil {
			return err
		}
		for _, b := range bills {
			if b.Balance <= 0 || b.Payer != p.Holder || b.Service != p.Tax {
				continue
			}
			whole, err := s.Flow.Money.Treasury.Bills.Get(ctx, tx, p.Organisation, b.ID)
			if err != nil {
				return err
			}
			open = append(open, whole)
		}
		return nil
	})
	return open, err
}

// askTax claims and objects: the first payer of a tax is granted what they claim, or refused it where the tax is of business;
// the second waits for a decision; the third objects.
func (s *seeder) askTax(ctx context.Context, p payer, day calendar.Date, n, left int) error {
	once := func(what string) bool {
		key := what + " " + p.ID
		if s.tax.todo[key] {
			return false
		}
		s.tax.todo[key] = true
		return true
	}
	fact := claimable(p.t, p.place)
	switch {
	case p.place == 0 && n >= claimDay && fact != nil && once("claim"):
		_, err := s.claim(ctx, p, fact, day, "Something has changed since the bill was made. The papers can be seen at any time.")
		return err
	case p.place == 0 && n >= decideDay && fact != nil && once("decide"):
		return s.decideTax(ctx, p)
	case p.place == 1 && left <= lastDays && fact != nil && once("claim"):
		_, err := s.claim(ctx, p, fact, day, "Since then this is so. We can send papers if you need them.")
		return err
	case p.place == 1 && n > publishDay && p.t.Instalments != nil && len(p.t.Instalments.Choices) > 1 && once("choice"):
		return s.Flow.Taxation().ChooseInstalments(ctx, p.actor(), flow.ChooseInstalments{Account: p.ID, Number: p.t.Instalments.Choices[1].Number, Key: s.key()})
	case p.place == 2 && left <= lastDays+4 && p.t.Objection != nil && once("object"):
		return s.objectTo(ctx, p)
	}
	return nil
}

// claimable is a fact that can be claimed by a number or a yes, and needs no papers: another for each payer.
func claimable(t *service.Tax, place int) *service.Fact {
	var list []*service.Fact
	for _, f := range t.Facts {
		if f.Claim != nil && f.Claim.Upload != "required" && (f.Type == "number" || f.Type == "yes_no") {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[place%len(list)]
}

func (s *seeder) claim(ctx context.Context, p payer, f *service.Fact, day calendar.Date, text string) (string, error) {
	value := "yes"
	if f.Type == "number" {
		value = "1"
	}
	request, _, err := s.Flow.Taxation().ClaimFact(ctx, p.actor(), flow.ClaimFact{Account: p.ID, Fact: f.ID, From: day, Typed: process.Typed{Fields: map[string][]string{f.ID: {value}}}, Text: text, Key: s.key()})
	return request, err
}

// decideTax decides what is open on an account.
func (s *seeder) decideTax(ctx context.Context, p payer) error {
	var open []*tax.Request
	err := s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) (err error) {
		open, err = s.Flow.Money.Requests.Of(ctx, tx, p.Account)
		return err
	})
	officer, ok := s.treasurer(policy.Officer, "")
	if err != nil || !ok {
		return err
	}
	for _, r := range open {
		if r.State != tax.Open {
			continue
		}
		in := flow.DecideClaim{Request: r.ID, Version: r.Version, Grant: true, Answer: "We have seen the papers.", Key: s.key()}
		if fact := p.t.Fact(r.About); fact != nil && fact.Type == "yes_no" {
			in.Grant, in.Answer = false, "The property is not the main business property of a small business: another one is of a higher value."
		}
		if err := s.Flow.Taxation().DecideClaim(ctx, officer, in); err != nil {
			return err
		}
	}
	return nil
}

// objectTo objects to what counts for an account.
func (s *seeder) objectTo(ctx context.Context, p payer) error {
	var about string
	err := s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		list, err := s.Flow.Money.Taxes.AssessmentsOf(ctx, tx, p.Account)
		for _, a := range list {
			if a.State == "published" && about == "" {
				about = a.ID
			}
		}
		return err
	})
	if err != nil || about == "" {
		return err
	}
	in := flow.Object{Assessment: about, Text: "The reduction that we had last year is missing.", Key: s.key()}
	if grounds := p.t.Objection.Grounds; len(grounds) > 1 {
		in.Ground = grounds[1].ID
	}
	_, _, err = s.Flow.Taxation().Object(ctx, p.actor(), in)
	return err
}
