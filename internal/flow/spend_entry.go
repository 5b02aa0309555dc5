package flow

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// EntryLine is a line of an entry that is made by hand: one of Debit and Credit is more than nothing.
type EntryLine struct {
	Account       string
	Debit, Credit int64 // minor units
}

// ProposeEntry proposes an entry that is about no bill, payment or line of the bank: opening balances, a correction, a grant
// of the state that is known by letter only.
type ProposeEntry struct {
	Day   calendar.Date // on which it counts
	Text  string        // names nobody: it stays in the books for ever
	Lines []EntryLine
	Key   string
}

// ProposeEntry is for officers of the treasury; another person posts it. Accounts of which bills, refunds, invoices or the
// bank's statements account for every penny are not for entries by hand. Errors are told by field: day, text, account-1 …
func (f Spending) ProposeEntry(ctx context.Context, actor policy.Actor, in ProposeEntry) (id string, err error) {
	book, err := f.book()
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, "journal")); err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.ProposeEntry", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			lines, err := entryLines(book, in, f.today(tx))
			if err != nil {
				return "", err
			}
			d := &ledger.Draft{Organisation: book.Organisation, Value: in.Day, Text: in.Text, Lines: lines, ProposedBy: actor.Person}
			if err := f.Money.Drafts.Propose(ctx, tx, "form "+in.Key, d); err != nil {
				return "", err
			}
			return d.ID, nil
		})
		return err
	})
	return id, err
}

func entryLines(book *treasury.Book, in ProposeEntry, today calendar.Date) (lines []ledger.Line, err error) {
	var problems fault.Fields
	if in.Day.IsZero() || in.Day.After(today) {
		problems.Add("day", "Enter a day that has come")
	}
	if in.Text == "" || len(in.Text) > 300 {
		problems.Add("text", "Say what it is, in one line that names nobody")
	}
	if len(in.Lines) < 2 {
		problems.Add("account-1", "An entry has at least two lines")
	}
	for i, l := range in.Lines {
		if !book.ByHand(l.Account) {
			problems.Add(rowed("account", i, 2), "Choose an account that is open for entries by hand")
		}
		if l.Debit < 0 || l.Credit < 0 || l.Debit > mostOfLine || l.Credit > mostOfLine || (l.Debit > 0) == (l.Credit > 0) {
			problems.Add(rowed("debit", i, 2), "Enter an amount as debit or as credit, and nothing as the other")
		}
		lines = append(lines, ledger.Line{Account: l.Account, Amount: amountOf(l.Debit-l.Credit, book.Currency)})
	}
	return lines, problems.Err()
}

// DecideEntry posts or refuses an entry that another has proposed.
type DecideEntry struct {
	Draft   string
	Version int64
	Post    bool
	Answer  string // why it is refused
	Key     string
}

// DecideEntry is for another supervisor of the treasury than who proposed. Refusing is also for who did.
func (f Spending) DecideEntry(ctx context.Context, actor policy.Actor, in DecideEntry) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if !in.Post && in.Answer == "" {
		return fault.NewInvalid("Say why you refuse")
	}
	return missing(f.DB.Write(ctx, "flow.DecideEntry", func(ctx context.Context, tx *store.Tx) error {
		d, err := f.Money.Drafts.Get(ctx, tx, book.Organisation, in.Draft)
		if err != nil {
			return err
		}
		right, thing := policy.MoneyApprove, moneyThing(book, d.ID)
		thing.Decider = d.ProposedBy
		if !in.Post {
			right = policy.MoneyWork
		}
		if err := policy.Can(actor, right, thing); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if d.Version != in.Version || d.State != ledger.DraftWaits {
				return "", fault.NewConflict(changedMeanwhile)
			}
			at := treasury.Posted{}
			if in.Post {
				at, err = f.Money.Treasury.Journal(ctx, tx, book, treasury.Posting{Key: "journal " + d.ID, Day: d.Value, Text: d.Number + ": " + d.Text,
					Source: d.Source(), Lines: d.Lines})
				if err != nil {
					return "", err
				}
			}
			return "", f.Money.Drafts.Decide(ctx, tx, d, at.Entry, in.Answer, actor.Person)
		})
		return err
	}))
}
