package view

import (
	"context"
	"slices"

	"stoa/internal/access"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/store"
)

// lookOrder is what who ordered a copy reads of a member of staff who opened the order.
const lookOrder = "extract-order"

// DeskCopies are the copies that the reader's organisations make, and the latest orders.
type DeskCopies struct {
	Copies []Option // register/extract, for those given at the counter
	Orders []OrderLine
}

// CopiesArea reports whether the reader makes copies at a counter.
func CopiesArea(a policy.Actor, j *service.Jurisdiction) bool {
	for _, reg := range j.Registers {
		thing := policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation}
		if slices.ContainsFunc(reg.Extracts, func(x service.ExtractFile) bool { return x.Delivers("counter") }) && policy.Can(a, policy.ExtractIssue, thing) == nil {
			return true
		}
	}
	return false
}

func (c Civil) counterCopies(r Reader) (list []Option) {
	j := c.place()
	for _, reg := range c.registersWithCopies(r) {
		if policy.Can(r.Actor, policy.ExtractIssue, policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation}) != nil {
			continue
		}
		for i := range reg.Extracts {
			if x := &reg.Extracts[i]; x.Delivers("counter") {
				list = append(list, Option{Value: reg.Register + "/" + x.ID, Label: r.words(j, reg.Title) + ": " + r.words(j, x.Title)})
			}
		}
	}
	return list
}

// DeskCopies lists the orders of the reader's organisations: what, when and how it stands; for whom is on the order's own page.
func (c Civil) DeskCopies(ctx context.Context, r Reader) (p DeskCopies, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"}); err != nil {
		return p, err
	}
	if p.Copies = c.counterCopies(r); len(p.Copies) == 0 || c.View.Extracts == nil {
		return p, fault.NewNotFound("")
	}
	err = c.read(ctx, "DeskCopies", func(ctx context.Context, tx *store.Tx) error {
		p.Orders = nil
		for _, organisation := range r.organisations(policy.ExtractIssue) {
			orders, err := c.View.Extracts.For(ctx, tx, organisation)
			if err != nil {
				return err
			}
			for _, o := range orders {
				p.Orders = append(p.Orders, c.orderLine(r, o, tx))
			}
		}
		return nil
	})
	return p, err
}

// CounterForm is what an officer needs to know to make a copy for somebody.
type CounterForm struct {
	Extract  ExtractLine
	Register string
	As       []Option
	Reason   string
}

// CounterForm says who may have a copy; which record it is of is asked when it is made.
func (c Civil) CounterForm(r Reader, register, id string) (p CounterForm, err error) {
	j := c.place()
	reg := j.Registers[register]
	if reg == nil || c.View.Extracts == nil {
		return p, fault.NewNotFound("")
	}
	if err := policy.Can(r.Actor, policy.ExtractIssue, policy.Thing{Kind: "register", ID: register, Organisation: reg.Organisation}); err != nil {
		return p, err
	}
	x := reg.Extract(id)
	if x == nil || !x.Delivers("counter") {
		return p, fault.NewNotFound("")
	}
	p = CounterForm{Register: r.words(j, reg.Title), Reason: x.Reason}
	for i := range x.For {
		if !slices.ContainsFunc(p.As, func(o Option) bool { return o.Value == x.For[i].As }) {
			p.As = append(p.As, Option{Value: x.For[i].As, Label: r.words(j, x.For[i].Title)})
		}
	}
	p.Extract, err = c.extractLine(r, reg, x, j.Calendar.DateOf(c.now()))
	return p, err
}

// DeskCopy is an order as staff see it.
type DeskCopy struct {
	OrderPage
	Name, Email, Shown string
	Counter            bool
	Till               bool // the reader may take the fee
}

// DeskCopy is an order whole; who ordered it sees who opened it.
func (c Civil) DeskCopy(ctx context.Context, r Reader, id string) (p DeskCopy, err error) {
	if err := c.lookAtOrder(ctx, r, id); err != nil {
		return p, err
	}
	err = c.read(ctx, "DeskCopy", func(ctx context.Context, tx *store.Tx) error {
		o, err := c.View.Extracts.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		page, err := c.orderPage(ctx, tx, r, o)
		p = DeskCopy{OrderPage: page, Name: o.Name, Email: o.Email, Shown: o.Shown, Counter: o.Counter != ""}
		if j := c.place(); j.Money != nil {
			p.Till = policy.Can(r.Actor, policy.MoneyWork, policy.Thing{Kind: "money", Organisation: j.Money.Treasury}) == nil
		}
		return err
	})
	return p, err
}

func (c Civil) lookAtOrder(ctx context.Context, r Reader, id string) error {
	if c.View.Extracts == nil {
		return fault.NewNotFound("")
	}
	return c.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		o, err := c.View.Extracts.Get(ctx, tx, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: o.Person, Organisation: o.Organisation, What: lookOrder, Ref: o.Number, Service: o.Register, Why: string(policy.ExtractIssue)}, deskThing(o), nil
	})
}

func deskThing(o *extract.Order) policy.Thing {
	return policy.Thing{Kind: "extract", ID: o.ID, Organisation: o.Organisation, Owner: o.Person}
}

// ExtractAtDesk is a copy in the log, for the officer who hands it over.
func (l LogPages) ExtractAtDesk(ctx context.Context, r Reader, id string) (p Proof, bundle func() ([]byte, error), err error) {
	return l.own(ctx, "ExtractLeafAtDesk", func(ctx context.Context, tx *store.Tx) (publog.Name, error) {
		o, err := l.v.Extracts.Get(ctx, tx, id)
		if err != nil {
			return publog.Name{}, err
		}
		if err := policy.Can(r.Actor, policy.ExtractIssue, deskThing(o)); err != nil {
			return publog.Name{}, err
		}
		return l.v.Civil().leafOf(ctx, tx, o)
	})
}
