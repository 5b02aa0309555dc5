package flow

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// CommitmentPart is how much a contract, grant or order takes of a budget line.
type CommitmentPart struct {
	Year, Line string
	Amount     int64 // minor units
}

// ProposeCommitment enters a contract, a grant or an order.
type ProposeCommitment struct {
	Kind        string // spend.Contract, spend.Grant, spend.Order
	For         string // the organisation whose budget bears it
	Supplier    string // or who holds the grant
	Method      string // of procurement; "" of a grant
	Title       string
	About       string // of a grant, its purpose
	Signed      calendar.Date
	From, Until calendar.Date
	Parts       []CommitmentPart
	Key         string
}

// ProposeCommitment is for officers of the organisation. It binds nothing before another person approves it. Errors are told
// by field: title, method, signed, until; line-1, amount-1 …
func (f Spending) ProposeCommitment(ctx context.Context, actor policy.Actor, in ProposeCommitment) (id string, err error) {
	book, s, err := f.spends()
	if err != nil {
		return "", err
	}
	err = missing(f.DB.Write(ctx, "flow.ProposeCommitment", func(ctx context.Context, tx *store.Tx) error {
		x, err := s.Suppliers.Get(ctx, tx, book.Organisation, in.Supplier)
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.SpendEnter, spendThing(book, in.Kind, "", in.For, x.Owner)); err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			parts, err := f.commitmentProblems(in)
			if err != nil {
				return "", err
			}
			method := in.Method
			if in.Kind == spend.Grant {
				method = ""
			}
			c, err := s.Commitments.Propose(ctx, tx, x, spend.NewCommitment{Key: "form " + in.Key, Kind: in.Kind, For: in.For, Method: method, Currency: book.Currency,
				Signed: in.Signed, From: in.From, Until: in.Until, Title: in.Title, About: in.About, Allocations: parts}, spend.Act{By: actor.Person, Day: f.today(tx)})
			if err != nil {
				return "", err
			}
			return c.ID, nil
		})
		return err
	}))
	return id, err
}

// commitmentProblems checks the form, and gives its parts.
func (f *Flow) commitmentProblems(in ProposeCommitment) ([]spend.NewAllocation, error) {
	var problems fault.Fields
	if in.Title == "" {
		problems.Add("title", "Say in a few words what it is for")
	}
	if in.Kind != spend.Grant && !slices.Contains(spend.Methods(), in.Method) {
		problems.Add("method", "Choose how the supplier was found")
	}
	if in.Kind == spend.Grant && in.About == "" {
		problems.Add("about", "Say what the grant is to be used for")
	}
	if in.Signed.IsZero() {
		problems.Add("signed", "Enter the day of the award")
	}
	if !in.From.IsZero() && !in.Until.IsZero() && in.Until.Before(in.From) {
		problems.Add("until", "The last day must not be before the first")
	}
	parts := f.partsOf(in.Parts, in.For, false, &problems)
	return parts, problems.Err()
}

// partsOf reads what is taken of lines; less than nothing only where a change may take back.
func (f *Flow) partsOf(in []CommitmentPart, forWhom string, less bool, problems *fault.Fields) (all []spend.NewAllocation) {
	if len(in) == 0 {
		problems.Add(rowed("line", 0, 2), "Choose a budget line")
	}
	for i, p := range in {
		at := spend.LineRef{Year: p.Year, Line: p.Line}
		if f.spendable(at, forWhom) == nil {
			problems.Add(rowed("line", i, 2), "Choose a budget line")
		}
		if p.Amount > mostOfLine || p.Amount < -mostOfLine || p.Amount == 0 || p.Amount < 0 && !less {
			problems.Add(rowed("amount", i, 2), "Enter an amount of money that is more than nothing")
		}
		all = append(all, spend.NewAllocation{LineRef: at, Amount: p.Amount})
	}
	return all
}

// AmendCommitment proposes that a contract, grant or order takes more of a line, or with a minus less.
type AmendCommitment struct {
	Commitment string
	Version    int64
	Parts      []CommitmentPart
	Why        string
	Key        string
}

// AmendCommitment is for officers of the organisation; it waits for another person. Errors are told by field.
func (f Spending) AmendCommitment(ctx context.Context, actor policy.Actor, in AmendCommitment) error {
	return f.onCommitment(ctx, "flow.AmendCommitment", actor, policy.SpendEnter, in.Commitment, in.Version, in.Key, in,
		func(ctx context.Context, tx *store.Tx, s *spend.Spend, c *spend.Commitment, a spend.Act) error {
			var problems fault.Fields
			if in.Why == "" {
				problems.Add("why", "Say why it is changed")
			}
			parts := f.partsOf(in.Parts, c.For, true, &problems)
			if err := problems.Err(); err != nil {
				return err
			}
			return s.Commitments.Amend(ctx, tx, c, parts, in.Why, a)
		})
}

// DecideCommitment approves or refuses what waits of a contract, grant or order.
type DecideCommitment struct {
	Commitment string
	Version    int64
	Approve    bool
	Reason     string // of refusing it
	Override   string // why it is approved although it goes beyond what a line has left
	Key        string
}

// DecideCommitment is for a supervisor of the organisation who has not entered it. What is approved is published.
func (f Spending) DecideCommitment(ctx context.Context, actor policy.Actor, in DecideCommitment) error {
	return f.onCommitment(ctx, "flow.DecideCommitment", actor, policy.SpendApprove, in.Commitment, in.Version, in.Key, in,
		func(ctx context.Context, tx *store.Tx, s *spend.Spend, c *spend.Commitment, a spend.Act) error {
			if !in.Approve {
				if in.Reason == "" {
					return fault.NewInvalid("Say why you refuse")
				}
				return s.Commitments.Refuse(ctx, tx, c, in.Reason, a)
			}
			var lines []spend.LineRef
			for _, p := range c.Pending() {
				lines = append(lines, p.LineRef)
			}
			amends := c.State == spend.Active
			if err := s.Commitments.Approve(ctx, tx, c, f.limits(a.Day, lines...), in.Override, a); err != nil {
				return told(err)
			}
			return f.logAward(ctx, tx, s, c, amends, a.Day)
		})
}

// CloseCommitment ends a contract, grant or order: what it has not used is free again.
type CloseCommitment struct {
	Commitment string
	Version    int64
	Reason     string
	Key        string
}

// CloseCommitment is for officers of the organisation.
func (f Spending) CloseCommitment(ctx context.Context, actor policy.Actor, in CloseCommitment) error {
	if in.Reason == "" {
		return fault.NewInvalid("Say why it ends")
	}
	return f.onCommitment(ctx, "flow.CloseCommitment", actor, policy.SpendEnter, in.Commitment, in.Version, in.Key, in,
		func(ctx context.Context, tx *store.Tx, s *spend.Spend, c *spend.Commitment, a spend.Act) error {
			return s.Commitments.Close(ctx, tx, c, in.Reason, a)
		})
}

// onCommitment does something to a commitment, once for each form, after asking for the right to it.
func (f *Flow) onCommitment(ctx context.Context, name string, actor policy.Actor, do policy.Action, id string, version int64, key string, in any,
	act func(ctx context.Context, tx *store.Tx, s *spend.Spend, c *spend.Commitment, a spend.Act) error) error {
	book, s, err := f.spends()
	if err != nil {
		return err
	}
	return missing(f.DB.Write(ctx, name, func(ctx context.Context, tx *store.Tx) error {
		c, err := s.Commitments.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		if err := f.mayCommitment(ctx, tx, actor, book, s, do, c); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, key, in, func() (string, error) {
			if c.Version != version {
				return "", fault.NewConflict(changedMeanwhile)
			}
			return "", act(ctx, tx, s, c, spend.Act{By: actor.Person, Day: f.today(tx)})
		})
		return err
	}))
}

func (f *Flow) mayCommitment(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, s *spend.Spend, do policy.Action, c *spend.Commitment) error {
	x, err := s.Suppliers.Get(ctx, tx, book.Organisation, c.Supplier)
	if err != nil {
		return err
	}
	thing := spendThing(book, c.Kind, c.ID, c.For, x.Owner)
	thing.Decider = c.EnteredBy
	return policy.Can(actor, do, thing)
}
