package docket

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/record"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// Matter is something that is held of a person, with the law under which it is kept and until when.
type Matter struct {
	Kind, ID, Number string
	Organisation     string
	Service          string // service, register or tax
	Title            service.Text
	Law              service.SourceFile
	Keep             retain.Keep
	Always           bool // it is kept for ever: the law wants the register to be whole
	Destroyed        bool // its key is gone already
	Active           bool // the person is still written to about it: their account stays as long
	Holds            []retain.Hold
}

// Books are where bills and taxes are; the zero value where no money is taken.
type Books struct {
	Organisation string
	Bills        *bill.Bills
	Taxes        *tax.Taxes
}

// KeepCase says until when a case is kept: the longest of what its definition says of personal answers, and as long as
// the bills that are sealed under its key.
func (d *Docket) KeepCase(ctx context.Context, tx *store.Tx, b Books, c *cases.Case) (Matter, error) {
	s, err := d.Releases.Get(ctx, tx, c.Definition)
	if err != nil {
		return Matter{}, err
	}
	m := Matter{Kind: retain.Case, ID: c.ID, Number: c.Number, Organisation: c.Organisation, Service: c.Service, Title: s.Title, Active: c.Open(),
		Keep: retain.Keep{Open: c.Open()}}
	if !c.Ended.IsZero() {
		m.Keep.Ended = Day(s, c.Ended)
	}
	if m.Keep.Months, m.Law = longest(s.Privacy, s.Law); m.Keep.Months == 0 {
		m.Always, m.Keep.Open = true, true // it says of nothing that it is personal
	}
	if m.Holds, err = retain.HoldsOn(ctx, tx, retain.Case, c.ID); err != nil {
		return Matter{}, err
	}
	personal, err := retain.HoldsOn(ctx, tx, retain.Person, c.Person)
	if err != nil {
		return Matter{}, err
	}
	m.Holds = append(m.Holds, personal...)
	m.Keep.Held = len(m.Holds) > 0
	if b.Bills == nil {
		return m, nil
	}
	bills, err := b.Bills.BySource(ctx, tx, b.Organisation, bill.Source{Kind: "case", ID: c.ID})
	if err != nil {
		return Matter{}, err
	}
	for _, one := range bills {
		k := keepBill(s.Jurisdiction, one)
		last, known, err := k.Until()
		if err != nil {
			return Matter{}, err
		}
		if !known {
			m.Keep.Open = true
			continue
		}
		m.Keep.Also = append(m.Keep.Also, last)
	}
	return m, nil
}

// longest is the longest time that any section keeps, and its law.
func longest(sections map[string]service.PrivacyFile, laws map[string]service.SourceFile) (months int, law service.SourceFile) {
	for _, id := range slices.Sorted(maps.Keys(sections)) {
		if p := sections[id]; p.Months() > months {
			months, law = p.Months(), laws[p.Basis]
		}
	}
	return months, law
}

// moneyMonths is how long bills are kept where no file says it.
const moneyMonths = 72

// keepBill keeps a bill as long as something is owed, and then from the end of the year of its last change.
func keepBill(j *service.Jurisdiction, b *bill.Bill) retain.Keep {
	months := moneyMonths
	if p := j.File.DataProtection; p != nil && p.Money.Months() > 0 {
		months = p.Money.Months()
	}
	last := j.Calendar.DateOf(b.Updated)
	end, err := calendar.NewDate(last.Year(), time.December, 31)
	if err != nil {
		end = last
	}
	return retain.Keep{Open: b.Balance != 0, Ended: end, Months: months}
}

// Matters lists all that is held of a person beside their account.
func (d *Docket) Matters(ctx context.Context, tx *store.Tx, b Books, person string) (all []Matter, err error) {
	k := cases.Keeping{Cases: d.Cases}
	j := d.Releases.Current()
	drafts, err := k.Drafts(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	for _, id := range drafts {
		draft, err := d.Cases.Draft(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		m := Matter{Kind: retain.Draft, ID: id, Service: draft.Service}
		if s, ok := d.Releases.InForce(draft.Service); ok {
			m.Title, m.Organisation = s.Title, s.Organisation
		}
		all = append(all, m)
	}
	list, err := k.All(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		m, err := d.KeepCase(ctx, tx, b, c)
		if err != nil {
			return nil, err
		}
		if m.Destroyed, err = k.Destroyed(ctx, tx, c.ID); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	records, err := record.AllOf(ctx, tx, d.Records, person)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		all = append(all, keepRecord(j, r, j.Calendar.DateOf(tx.Now())))
	}
	if b.Bills == nil {
		return all, nil
	}
	return d.moneyMatters(ctx, tx, b, person, all)
}

// keepRecord keeps a record as its register says: by the longest of its sections from the day on which it ended.
func keepRecord(j *service.Jurisdiction, r *record.Record, today calendar.Date) Matter {
	m := Matter{Kind: retain.Record, ID: r.ID, Number: r.Number, Organisation: r.Organisation, Service: r.Register}
	state := r.On(today)
	m.Active = state == record.Active || state == record.Suspended
	m.Keep.Open = m.Active
	m.Keep.Ended = j.Calendar.DateOf(r.Updated)
	if !r.Until.IsZero() && r.Until.Before(today) {
		m.Keep.Ended = r.Until
	}
	reg := j.Registers[r.Register]
	if reg == nil {
		m.Always = true
		return m
	}
	m.Title, m.Law = reg.Record, reg.Law
	for _, p := range reg.Privacy {
		months, always := p.Months()
		if always || months > m.Keep.Months {
			m.Keep.Months, m.Law, m.Always = months, p.Law, m.Always || always
		}
	}
	m.Always = m.Always || m.Keep.Months == 0 // no file says when it ends: the register is kept whole
	return m
}

func (d *Docket) moneyMatters(ctx context.Context, tx *store.Tx, b Books, person string, all []Matter) ([]Matter, error) {
	j := d.Releases.Current()
	bills, err := bill.AllOf(ctx, tx, b.Bills, b.Organisation, person)
	if err != nil {
		return nil, err
	}
	var law service.SourceFile
	if p := j.File.DataProtection; p != nil {
		law = p.Law[p.Money.Basis]
	}
	for _, one := range bills {
		all = append(all, Matter{Kind: retain.Bill, ID: one.ID, Number: one.Number, Organisation: one.For, Service: one.Service, Law: law,
			Keep: keepBill(j, one), Active: one.Balance != 0})
	}
	if b.Taxes == nil {
		return all, nil
	}
	accounts, err := b.Taxes.AccountsOf(ctx, tx, b.Organisation, person)
	if err != nil {
		return nil, fmt.Errorf("listing tax accounts: %w", err)
	}
	for _, a := range accounts {
		m := Matter{Kind: retain.Tax, ID: a.ID, Number: a.Number, Organisation: b.Organisation, Service: a.Tax, Keep: retain.Keep{Ended: a.Until, Open: a.Until.IsZero()}}
		if t, ok := d.Releases.TaxInForce(a.Tax); ok {
			m.Title = t.Title
			m.Keep.Months, m.Law = longest(t.Privacy, t.Law)
		}
		m.Keep.Open = m.Keep.Open || m.Keep.Months == 0
		m.Active = a.Until.IsZero() || !a.Until.Before(j.Calendar.DateOf(tx.Now()))
		all = append(all, m)
	}
	return all, nil
}
