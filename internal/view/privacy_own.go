package view

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/consent"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/retain"
	"stoa/internal/store"
)

// CopyLine is a copy of everything that the reader asked for.
type CopyLine struct {
	ID                 string
	Asked, Made, Until Instant
	Size               string
	Ready              bool
}

// Copies lists the reader's copies that are being made or can be downloaded.
func (v Own) Copies(ctx context.Context, r Reader) (list []CopyLine, err error) {
	if err := own(r); err != nil {
		return nil, err
	}
	err = v.read(ctx, "Copies", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		all, err := (&retain.Copies{Vault: v.People.Vault}).Of(ctx, tx, r.Actor.Person)
		for _, c := range all {
			line := CopyLine{ID: c.ID, Asked: r.instant(v.place(), c.Asked)}
			if !c.Made.IsZero() {
				if c.Until.Before(tx.Now()) {
					continue
				}
				line.Ready, line.Made, line.Until, line.Size = true, r.instant(v.place(), c.Made), r.instant(v.place(), c.Until), r.P.FileSize(c.Size)
			}
			list = append(list, line)
		}
		return err
	})
	return list, err
}

// ConsentLine is a purpose that needs the reader's consent, and whether they gave it.
type ConsentLine struct {
	ID, Title, Purpose, Data, Without string
	Law                               Law
	Keep                              string
	Given                             bool
	Since                             Instant
	Until                             string
	Receipt                           string // id; "" where there was never one
}

// Consents lists what the file asks consent for.
func (v Own) Consents(ctx context.Context, r Reader) (list []ConsentLine, err error) {
	if err := own(r); err != nil {
		return nil, err
	}
	err = v.read(ctx, "Consents", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		j := v.place()
		if j.File.DataProtection == nil {
			return nil
		}
		given, err := (&consent.Consents{Vault: v.People.Vault}).Of(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		today := j.Calendar.DateOf(tx.Now())
		for _, id := range slices.Sorted(maps.Keys(j.File.DataProtection.Consents)) {
			c := j.File.DataProtection.Consents[id]
			line := ConsentLine{ID: id, Title: r.words(j, c.Title), Purpose: r.words(j, c.Purpose), Data: r.words(j, c.Data), Without: r.words(j, c.Without),
				Law: lawOf(j.File.DataProtection.Law[c.Basis]), Keep: r.monthsLong(c.Months())}
			for _, one := range given {
				if one.Purpose != id {
					continue
				}
				if line.Receipt == "" {
					line.Receipt = one.ID
				}
				if one.On(today) {
					line.Given, line.Since, line.Until, line.Receipt = true, r.instant(j, one.Given), r.date(one.Until), one.ID
				}
			}
			list = append(list, line)
		}
		return nil
	})
	return list, err
}

// Receipt is the receipt of one consent of the reader, as JSON.
func (v Own) Receipt(ctx context.Context, r Reader, id string) (data []byte, err error) {
	if err := own(r); err != nil {
		return nil, err
	}
	err = v.read(ctx, "Receipt", func(ctx context.Context, tx *store.Tx) error {
		all, err := (&consent.Consents{Vault: v.People.Vault}).Of(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.ID == id {
				data, err = json.MarshalIndent(c.Receipt, "", "  ")
				return err
			}
		}
		return fault.NewNotFound("")
	})
	return data, err
}

// monthsLong is a length of time in words.
func (r Reader) monthsLong(months int) string {
	if months%12 == 0 {
		return r.P.N("{n} year", "{n} years", months/12)
	}
	return r.P.N("{n} month", "{n} months", months)
}

// MatterLine is something that is held of the reader, with what becomes of it when they are erased.
type MatterLine struct {
	Kind, Title, Number, For string
	Law                      Law
	Until                    string // last day on which it must be kept; "" not known yet, or never
	Why                      string // in words
}

// ErasePage is what happens when the reader is erased.
type ErasePage struct {
	Now, Kept    []MatterLine
	AccountStays bool // until what is open has ended
	Waiting      bool
	Due          Instant // when it is carried out
	Staff        bool
}

// Erase says what would be deleted and what must be kept, as of today.
func (v Own) Erase(ctx context.Context, r Reader) (p ErasePage, err error) {
	if err := own(r); err != nil {
		return p, err
	}
	err = v.read(ctx, "Erase", func(ctx context.Context, tx *store.Tx) error {
		p = ErasePage{Staff: r.Actor.Staff()}
		wishes, err := retain.ErasuresOf(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		if len(wishes) > 0 && wishes[0].State == retain.Waiting {
			p.Waiting, p.Due = true, r.instant(v.place(), wishes[0].Due)
		}
		matters, err := v.Docket.Matters(ctx, tx, v.books(), r.Actor.Person)
		if err != nil {
			return err
		}
		held, err := retain.HoldsOn(ctx, tx, retain.Person, r.Actor.Person)
		if err != nil {
			return err
		}
		today := v.place().Calendar.DateOf(tx.Now())
		for _, m := range matters {
			if m.Destroyed {
				continue
			}
			line, now, err := v.matterLine(r, m, today, len(held) > 0)
			if err != nil {
				return err
			}
			if now {
				p.Now = append(p.Now, line)
			} else {
				p.Kept = append(p.Kept, line)
			}
			p.AccountStays = p.AccountStays || m.Active || len(held) > 0
		}
		return nil
	})
	return p, err
}

// books are where bills and taxes are; the zero value where no money is taken.
func (v *View) books() docket.Books {
	j := v.place()
	if v.Money.Treasury == nil || j.Money == nil {
		return docket.Books{}
	}
	return docket.Books{Organisation: j.Money.Treasury, Bills: v.Money.Treasury.Bills, Taxes: v.Money.Taxes}
}

func (v Own) matterLine(r Reader, m docket.Matter, today calendar.Date, held bool) (line MatterLine, now bool, err error) {
	j := v.place()
	line = MatterLine{Kind: r.matterKind(m.Kind), Title: r.words(j, m.Title), Number: m.Number, For: r.organisationName(j, m.Organisation), Law: lawOf(m.Law)}
	if line.Title == "" {
		line.Title = line.Kind
	}
	if m.Law.Title == "" {
		line.Law = Law{}
	}
	last, known, err := m.Keep.Until()
	if err != nil {
		return line, false, err
	}
	switch {
	case held, len(m.Holds) > 0:
		line.Why = r.P.T("An order says that it must be kept for now")
	case m.Kind == retain.Draft:
		now = true
	case m.Always:
		line.Why = r.P.T("The law wants this register to be whole, so the entry stays")
	case m.Active:
		line.Why = r.P.T("It is still open. The time begins when it ends")
	case !known:
		line.Why = r.P.T("The time has not begun yet")
	default:
		line.Until = r.date(last)
		if today.After(last) {
			now = m.Kind == retain.Case || m.Kind == retain.Record
		}
	}
	return line, now, nil
}

func (r Reader) matterKind(kind string) string {
	switch kind {
	case retain.Draft:
		return r.P.T("Application not sent")
	case retain.Case:
		return r.P.T("Application")
	case retain.Record:
		return r.P.T("Licence or record")
	case retain.Bill:
		return r.P.T("Bill")
	case retain.Tax:
		return r.P.T("Tax account")
	case retain.Person:
		return r.P.T("Account")
	}
	return kind
}

// CorrectPage is what the reader may correct, and where.
type CorrectPage struct {
	Name, Phone, Email, Language string
	Languages                    []Option
	Cases                        []CaseLine
	Licences                     []LicenceLine
}

// Correct is the reader's account data as they can change it, and what else they can say is wrong.
func (v Own) Correct(ctx context.Context, r Reader) (p CorrectPage, err error) {
	if err := own(r); err != nil {
		return p, err
	}
	err = v.read(ctx, "Correct", func(ctx context.Context, tx *store.Tx) error {
		p = CorrectPage{}
		who, err := v.People.Get(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		p.Name, p.Phone, p.Email, p.Language = who.Name, who.Phone, who.Email, who.Language
		for _, l := range v.place().File.Languages {
			p.Languages = append(p.Languages, Option{Value: l, Label: l})
		}
		rows, err := v.Docket.Cases.Of(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		for _, row := range rows {
			line, err := v.caseLine(ctx, tx, r, row)
			if err != nil {
				return err
			}
			p.Cases = append(p.Cases, line)
		}
		p.Licences, err = v.licenceLines(ctx, tx, r)
		return err
	})
	return p, err
}

// HoldLine is a legal hold in a list.
type HoldLine struct {
	ID, Number, For, Reason, Review, By string
	Placed                              Instant
	Stands, CanLift                     bool
}

// DoneLine is what was deleted at once, as it is proved.
type DoneLine struct {
	ID, Kind, Service, For, Law, Day, Root string
	N                                      int
}

// RetentionDesk is what is kept, held and deleted.
type RetentionDesk struct {
	Due           []MatterLine // whose time ends within a month
	Holds         []HoldLine
	Done          []DoneLine
	Organisations []Option
}
