package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

const (
	lateBatch     = 100
	interestEvery = 28 // days: interest is booked about once a month, and on the day of a payment
)

// Dun does what follows on bills that stay unpaid: reminders, costs and penalties, the end of paying by instalments,
// interest. Each bill is a transaction of its own, and each step is taken once for an instalment that was missed, however
// often this runs.
func (f Finance) Dun(ctx context.Context, actor policy.Actor) (done int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "bills"}); err != nil {
		return 0, err
	}
	book, err := f.book()
	if err != nil {
		return 0, nil //nolint:nilerr // nothing is asked for here
	}
	var failed []error
	for after := (bill.Place{}); ; {
		var late []*bill.Bill
		err := f.DB.Read(ctx, "flow.Dun", func(ctx context.Context, tx *store.Tx) error {
			late, err = f.Money.Treasury.Bills.Overdue(ctx, tx, book.Organisation, f.today(tx), after, lateBatch)
			return err
		})
		if err != nil {
			return done, errors.Join(append(failed, err)...)
		}
		for _, b := range late {
			after = b.PlaceOf()
			n, err := f.dunOne(ctx, book, b.ID)
			done, failed = done+n, append(failed, err)
		}
		if len(late) < lateBatch {
			return done, errors.Join(failed...)
		}
	}
}

func (f *Flow) dunOne(ctx context.Context, book *treasury.Book, id string) (done int, err error) {
	err = f.DB.Write(ctx, "flow.Dun one", func(ctx context.Context, tx *store.Tx) error {
		done = 0
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		if b.Of.Kind == "extract" {
			done, err = f.extractLate(ctx, tx, b)
			return err
		}
		rules, err := f.Docket.LateRules(ctx, tx, f.Money.Taxes, b)
		if err != nil {
			return fmt.Errorf("dunning bill %s: %w", b.Number, err)
		}
		today := f.today(tx)
		stands := b.On(today)
		if stands.Overdue == 0 || b.State == bill.Cancelled {
			return nil
		}
		if since := lastInterest(b, stands); since.DaysUntil(today) > interestEvery {
			yesterday, err := today.AddDays(-1)
			if err != nil {
				return err
			}
			if err := f.chargeInterest(ctx, tx, book, rules, b, yesterday, today); err != nil {
				return err
			}
		}
		done, err = f.lateSteps(ctx, tx, book, rules, b, stands, today)
		return err
	})
	return done, err
}

// lastInterest is the last day for which interest was charged, or the day from which it runs.
func lastInterest(b *bill.Bill, stands bill.Standing) calendar.Date {
	if !b.InterestUntil.IsZero() {
		return b.InterestUntil
	}
	return stands.Next
}

// lateSteps takes the steps that are due for the oldest instalment that was missed.
func (f *Flow) lateSteps(ctx context.Context, tx *store.Tx, book *treasury.Book, rules docket.Late, b *bill.Bill, stands bill.Standing, today calendar.Date) (done int, err error) {
	missed := stands.Next
	o := assess.Overdue{Overdue: amountOf(stands.Overdue, b.Currency), Total: amountOf(b.Total(), b.Currency), DaysLate: missed.DaysUntil(today), Today: today}
	for _, step := range rules.Steps {
		applies, err := assess.LateApplies(ctx, rules.Jurisdiction, step, o)
		if err != nil {
			return done, fmt.Errorf("bill %s: %w", b.Number, err)
		}
		if !applies {
			continue
		}
		fresh, err := bill.Take(ctx, tx, b, bill.Step{Due: missed, ID: step.ID, Taken: today})
		if err != nil {
			return done, err
		}
		if !fresh {
			continue
		}
		if err := f.lateStep(ctx, tx, book, rules, b, step, o, missed); err != nil {
			return done, fmt.Errorf("step %s on bill %s: %w", step.ID, b.Number, err)
		}
		done++
	}
	return done, nil
}

func (f *Flow) lateStep(ctx context.Context, tx *store.Tx, book *treasury.Book, rules docket.Late, b *bill.Bill, step *service.Late, o assess.Overdue, missed calendar.Date) error {
	charge, charged, err := assess.LateCharge(ctx, rules.Jurisdiction, step, o)
	if err != nil {
		return err
	}
	if charged {
		item := bill.Item{ID: step.ID, Title: i18n.Text(step.Title.By), Account: orAccount(step.Account, b), Component: bill.Component(step.Charge), Amount: charge.Minor}
		act := treasury.Act{Key: "late " + step.ID + " " + missed.String(), Day: o.Today, Why: step.Title.In(b.Language)}
		if err := f.Money.Treasury.Charge(ctx, tx, book, b, act, o.Today, item); err != nil {
			return err
		}
	}
	if step.AllDue && b.Balance > 0 {
		if err := f.Money.Treasury.Bills.Replan(ctx, tx, b, []bill.Instalment{{Due: o.Today, Amount: b.Balance}}, o.Today, ""); err != nil {
			return err
		}
	}
	return f.tellLate(ctx, tx, b, step, o, charge.Minor)
}

// orAccount is the income account of a charge: the step's, or that of the bill's first item.
func orAccount(code string, b *bill.Bill) string {
	if code == "" && len(b.Items) > 0 {
		return b.Items[0].Account
	}
	return code
}

// tellLate writes to the payer in the words of the file, with what is owed and how to pay.
func (f *Flow) tellLate(ctx context.Context, tx *store.Tx, b *bill.Bill, step *service.Late, o assess.Overdue, charged int64) error {
	if b.Email == "" && b.Payer == "" {
		return nil // a letter is printed; who has no e-mail is in the list of what to print
	}
	w := f.Words.For(b.Language)
	v := i18n.V{"title": b.Title, "number": b.Number, "overdue": w.Money(o.Overdue.Minor, b.Currency), "owed": w.Money(b.Balance, b.Currency), "reference": b.Reference}
	text := w.T("{overdue} of your bill {number} ({title}) is overdue.", v)
	if words := step.Remind.In(b.Language); words != "" {
		text += "\n\n" + words
	}
	if charged > 0 {
		text += "\n\n" + w.T("We have added {amount}: {what}.", i18n.V{"amount": w.Money(charged, b.Currency), "what": step.Title.In(b.Language)})
	}
	if step.AllDue {
		text += "\n\n" + w.T("You can no longer pay by instalments: all that is owed is due now.")
	}
	text += "\n\n" + w.T("In all, {owed} is owed. Pay in your account, or by bank transfer with the reference {reference}.", v)
	return f.inform(ctx, tx, b.Payer, b.About(), notify.Message{
		Subject: b.Subject, Kind: "reminder", Language: b.Language,
		Content: notify.Content{To: b.Email, Name: b.Name, Title: w.T("{what}: bill {number}", i18n.V{"what": step.Title.In(b.Language), "number": b.Number}), Text: text, Link: "/account/bills/" + b.ID},
	})
}

// chargeInterest books the interest that has run on a bill, up to and including a day.
func (f *Flow) chargeInterest(ctx context.Context, tx *store.Tx, book *treasury.Book, rules docket.Late, b *bill.Bill, until, today calendar.Date) error {
	amount, _, err := treasury.Accrued(ctx, rules.Jurisdiction, rules.Interest, b, until)
	if err != nil || amount == 0 {
		return err
	}
	w := f.Words.For(b.Language)
	item := bill.Item{ID: "interest", Title: i18n.Text{b.Language: w.T("Interest")}, Account: orAccount(rules.Interest.Account, b), Component: bill.Interest, Amount: amount}
	b.InterestUntil = until
	return f.Money.Treasury.Charge(ctx, tx, book, b, treasury.Act{Key: "interest " + until.String(), Day: today}, today, item)
}

// interestToday books the interest on bills that are being paid, so that all of it is asked for before the money counts.
func (f *Flow) interestToday(ctx context.Context, tx *store.Tx, book *treasury.Book, bills ...string) error {
	return f.interestOn(ctx, tx, book, f.today(tx), bills...)
}

// interestOn is interestToday for money that counts on another day: a transfer on the day of its value.
func (f *Flow) interestOn(ctx context.Context, tx *store.Tx, book *treasury.Book, day calendar.Date, bills ...string) error {
	for _, id := range bills {
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		if b.Balance <= 0 || b.State == bill.Cancelled || b.Next.IsZero() || !b.Next.Before(day) {
			continue
		}
		rules, err := f.Docket.LateRules(ctx, tx, f.Money.Taxes, b)
		if err == nil {
			err = f.chargeInterest(ctx, tx, book, rules, b, day, f.today(tx))
		}
		if err != nil {
			return fmt.Errorf("counting the interest of bill %s: %w", b.Number, err)
		}
	}
	return nil
}
