package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Civil is what happens with extracts and certified copies of what registers hold.
type Civil struct{ *Flow }

// Civil is what happens with extracts and certified copies of what registers hold.
func (f *Flow) Civil() Civil { return Civil{f} }

// ofExtract is what the bill of a copy comes from.
func ofExtract(id string) bill.Source { return bill.Source{Kind: "extract", ID: id} }

// OrderExtract asks for a copy of a record.
type OrderExtract struct {
	Record  string
	Extract string
	Reason  string
	Key     string
}

// extractOf is a copy that the register in force gives of a record, with the record.
type extractOf struct {
	reg *service.Register
	x   *service.ExtractFile
	r   *record.Record
}

func (e extractOf) of() extract.Of {
	return extract.Of{ID: e.r.ID, Holder: e.r.Holder, Fields: e.r.Fields}
}

// extractOf finds them. A record that is sealed, or was merged into another, is not there.
func (f *Flow) extractOf(ctx context.Context, tx *store.Tx, recordID, id string) (e extractOf, err error) {
	if f.Extracts == nil {
		return e, fault.NewNotFound("")
	}
	if e.r, err = f.Docket.Records.Get(ctx, tx, recordID); err != nil {
		return e, missing(err)
	}
	e.reg = f.Docket.Releases.Current().Registers[e.r.Register]
	if e.reg == nil || e.r.State == merged {
		return e, fault.NewNotFound("")
	}
	if e.x = e.reg.Extract(id); e.x == nil {
		return e, fault.NewNotFound("")
	}
	return e, nil
}

// merged is the state of a record that is another's second: that one is copied.
const merged = "merged"

// Order orders a copy for whoever is signed in, and gives the order's id. One that is free is issued at once; for another a
// bill is sent, and it is issued when that is paid.
func (c Civil) Order(ctx context.Context, actor policy.Actor, in OrderExtract) (id string, err error) {
	err = c.DB.Write(ctx, "flow.OrderExtract", func(ctx context.Context, tx *store.Tx) error {
		who, err := c.People.Get(ctx, tx, actor.Person)
		if err != nil {
			return missing(err)
		}
		e, err := c.extractOf(ctx, tx, in.Record, in.Extract)
		if err != nil {
			return err
		}
		as, err := extract.May(extract.Who{Actor: actor, Email: who.Email}, e.x, e.of())
		if err != nil {
			return err
		}
		if !e.x.Delivers("download") {
			return fault.NewConflict("This copy is given at the counter only")
		}
		if e.x.NeedsReason(as) && in.Reason == "" {
			return fault.NewInvalid("Say why you need the copy")
		}
		id, err = c.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			o := &extract.Order{Organisation: e.reg.Organisation, Register: e.reg.Register, Extract: e.x.ID, Record: e.r.ID, Person: who.ID, As: as.As,
				Language: who.Language, Subject: who.Subject, RecordSubject: e.r.Subject,
				Asked: extract.Asked{Name: who.Name, Email: who.Email, Reason: in.Reason}}
			err := c.order(ctx, tx, e, o)
			return o.ID, err
		})
		return err
	})
	return id, err
}

// order stores an order, and issues it or asks for its fee.
func (f *Flow) order(ctx context.Context, tx *store.Tx, e extractOf, o *extract.Order) error {
	today := f.today(tx)
	fee, _, err := f.Docket.Releases.Current().ExtractFee(e.x, today)
	if err != nil {
		return err
	}
	if err := f.Extracts.New(ctx, tx, o, today.Year()); err != nil {
		return err
	}
	if fee.IsZero() {
		return f.issueExtract(ctx, tx, e, o)
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	due, err := today.AddDays(e.x.Pay)
	if err != nil {
		return fmt.Errorf("until when copy %s is paid: %w", o.Number, err)
	}
	words := f.Words.For(o.Language)
	title := e.x.Title.In(words.Tag(), f.Docket.Releases.Current().File.Languages...)
	b := &bill.Bill{
		Kind: bill.Fee, Of: ofExtract(o.ID), For: o.Organisation, Service: e.reg.Register, Payer: o.Person, Subject: o.Subject,
		Language: o.Language, Currency: fee.Currency, Day: today, Plan: []bill.Instalment{{Due: due, Amount: fee.Minor}},
		Items: []bill.Item{{ID: e.x.ID, Title: i18n.Text(e.x.Title.By), Account: e.x.Account, Component: bill.Principal, Amount: fee.Minor}},
		Words: bill.Words{Name: o.Name, Email: o.Email, Title: title + ", " + o.Number},
	}
	if err := f.Money.Treasury.Issue(ctx, tx, book, b); err != nil {
		return fmt.Errorf("asking for the fee of copy %s: %w", o.Number, err)
	}
	return f.Extracts.Bill(ctx, tx, o, b.ID)
}

// DropExtract takes an order back that waits for its fee.
type DropExtract struct{ Order, Key string }

// Drop takes an order back; nothing is owed on it any more.
func (c Civil) Drop(ctx context.Context, actor policy.Actor, in DropExtract) error {
	return c.DB.Write(ctx, "flow.DropExtract", func(ctx context.Context, tx *store.Tx) error {
		o, err := c.ownOrder(ctx, tx, actor, in.Order)
		if err != nil {
			return err
		}
		_, err = c.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if o.State != extract.Waiting {
				return "", fault.NewConflict("This order cannot be taken back any more. Look at it again")
			}
			return "", c.lapseExtract(ctx, tx, o, "taken back")
		})
		return err
	})
}

// ownOrder is an order of the actor's own.
func (f *Flow) ownOrder(ctx context.Context, tx *store.Tx, actor policy.Actor, id string) (*extract.Order, error) {
	if f.Extracts == nil {
		return nil, fault.NewNotFound("")
	}
	o, err := f.Extracts.Get(ctx, tx, id)
	if err != nil {
		return nil, missing(err)
	}
	return o, policy.Can(actor, policy.ExtractOwn, policy.Thing{Kind: "extract", ID: o.ID, Organisation: o.Organisation, Owner: o.Person})
}

// FindExtract names a record by details, as its register's file says.
type FindExtract struct {
	Register string
	Details  map[string]string
}

// Find gives the records that have all the details and of which the actor may have a copy. For everybody else it gives
// nothing, whether there is such a record or not. Whoever is entitled by a role has looked: the person concerned sees it.
func (c Civil) Find(ctx context.Context, actor policy.Actor, in FindExtract) (records []string, err error) {
	if err := policy.Can(actor, policy.ExtractFind, policy.Thing{Kind: "extract", ID: in.Register}); err != nil {
		return nil, err
	}
	reg := c.Docket.Releases.Current().Registers[in.Register]
	if c.Extracts == nil || reg == nil || len(reg.Extracts) == 0 || len(reg.Find) == 0 {
		return nil, fault.NewNotFound("")
	}
	match := map[string]string{}
	for _, id := range reg.Find {
		if in.Details[id] == "" {
			return nil, fault.NewInvalid("Fill in all details")
		}
		match[id] = in.Details[id]
	}
	err = c.DB.Write(ctx, "flow.FindExtract", func(ctx context.Context, tx *store.Tx) error {
		records = nil
		who, err := c.People.Get(ctx, tx, actor.Person)
		if err != nil {
			return missing(err)
		}
		found, err := c.Docket.Records.ByKey(ctx, tx, reg.Register, match)
		if err != nil {
			return err
		}
		for _, r := range found {
			as, err := mayAny(actor, who.Email, reg, r)
			if err != nil {
				return err
			}
			if as == nil {
				continue
			}
			records = append(records, r.ID)
			if as.Role != "" {
				e := extractOf{reg, reg.Extract(reg.Extracts[0].ID), r}
				if err := c.told(ctx, tx, e, lookOf{Actor: actor.Person, Organisation: as.Organisation, What: lookSearched, Ref: r.Number, Why: policy.ExtractOrder}, who.Email); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return records, err
}

// mayAny finds what entitles the actor to any copy of a record; nil where nothing does.
func mayAny(actor policy.Actor, email string, reg *service.Register, r *record.Record) (*service.EntitledFile, error) {
	if r.State == merged {
		return nil, nil
	}
	for i := range reg.Extracts {
		as, err := extract.May(extract.Who{Actor: actor, Email: email}, &reg.Extracts[i], extract.Of{ID: r.ID, Holder: r.Holder, Fields: r.Fields})
		if err == nil {
			return as, nil
		}
		if kind := fault.KindOf(err); kind != fault.NotFound {
			return nil, err
		}
	}
	return nil, nil
}

// until is the end of the last day on which a copy can be downloaded.
func (f *Flow) extractUntil(tx *store.Tx, x *service.ExtractFile) (calendar.Date, error) {
	return f.today(tx).AddDays(x.Keep + 1)
}

// gone reports whether a record or a right is not there: then a copy is refused, and no error.
func gone(err error) bool {
	return fault.KindOf(err) == fault.NotFound || errors.Is(err, store.ErrNotFound)
}
