package view

import (
	"context"
	"slices"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// LicenceAsk is what the registers are searched for.
type LicenceAsk struct{ Register, Words, After string }

// LicenceList is a page of a register of the reader's organisations.
type LicenceList struct {
	Registers []Option
	Register  string // the one that is shown
	Lines     []LicenceLine
	Next      string
}

// DeskLicence is a record of a register, whole, for staff.
type DeskLicence struct {
	LicenceLine
	Register, Organisation string
	Version                int64
	Holder                 string
	Public, Other          []RecordFact
	Changes                []RecordChange
	Actions                []LicenceStep
	Case, CaseNumber       string // of the latest decision, where there is one
	Verify                 string // path of the public page; "" for a seed
	Entry                  string // path of the register's entry at the desk
}

// LicenceStep is what can be done to a licence.
type LicenceStep struct {
	ID, Title, To, Reasons string
	Law                    Law
}

// deskRegisters are those of the reader's organisations, by title.
func (v *View) deskRegisters(r Reader) []*service.Register {
	j, mine := v.place(), r.organisations(policy.CaseList)
	var list []*service.Register
	for _, reg := range j.Registers {
		if slices.Contains(mine, reg.Organisation) {
			list = append(list, reg)
		}
	}
	slices.SortFunc(list, func(a, b *service.Register) int { return compareText(r.words(j, a.Title), r.words(j, b.Title)) })
	return list
}

const licencesOnPage = 25

// DeskLicences finds records by words of what their register publishes, by number.
func (v *View) DeskLicences(ctx context.Context, r Reader, ask LicenceAsk) (l LicenceList, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"}); err != nil {
		return LicenceList{}, err
	}
	registers := v.deskRegisters(r)
	if len(registers) == 0 {
		return LicenceList{}, nil
	}
	reg := registers[0]
	j := v.place()
	for _, one := range registers {
		l.Registers = append(l.Registers, Option{Value: one.Register, Label: r.words(j, one.Title)})
		if one.Register == ask.Register {
			reg = one
		}
	}
	l.Register = reg.Register
	var shown []access.Look
	err = v.read(ctx, "DeskLicences", func(ctx context.Context, tx *store.Tx) error {
		l.Lines, l.Next, shown = nil, "", nil
		found, err := v.Docket.Records.Find(ctx, tx, reg.Register, ask.Words, ask.After, licencesOnPage+1, false)
		if err != nil {
			return err
		}
		if len(found) > licencesOnPage {
			found = found[:licencesOnPage]
			l.Next = found[licencesOnPage-1].Number
		}
		today := j.Calendar.DateOf(tx.Now())
		for _, rec := range found {
			l.Lines = append(l.Lines, r.licenceLine(j, rec, today))
			shown = append(shown, access.Look{Person: rec.Holder, Organisation: rec.Organisation, What: lookListed, Ref: rec.Number, Service: rec.Register, Why: string(policy.LicenceRead)})
		}
		return nil
	})
	if err == nil {
		err = v.lookAtAll(ctx, r, shown, ask.Words == "")
	}
	if err != nil {
		return LicenceList{}, err
	}
	return l, nil
}

func (r Reader) licenceLine(j *service.Jurisdiction, rec *record.Record, today calendar.Date) LicenceLine {
	line := LicenceLine{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: rec.On(today), From: r.date(rec.From), Until: r.date(rec.Until)}
	if rec.Case == "" {
		line.From = "" // a seed: nobody knows since when
	}
	if reg := j.Registers[rec.Register]; reg != nil {
		line.Kind = r.words(j, reg.Record)
	}
	return line
}

// licenceThing is a record as staff's rights see it: whole, so it does not count that the law publishes a part.
func licenceThing(rec *record.Record) policy.Thing {
	return policy.Thing{Kind: "licence", ID: rec.ID, Organisation: rec.Organisation, Owner: rec.Holder}
}

// DeskLicence is a record with all its fields. The read is recorded first.
func (v *View) DeskLicence(ctx context.Context, r Reader, id string) (p DeskLicence, err error) {
	err = v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		rec, err := v.Docket.Records.Get(ctx, tx, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: rec.Holder, Organisation: rec.Organisation, What: lookLicence, Ref: rec.Number, Service: rec.Register, Why: string(policy.LicenceRead)}, licenceThing(rec), nil
	})
	if err != nil {
		return DeskLicence{}, err
	}
	err = v.read(ctx, "DeskLicence", func(ctx context.Context, tx *store.Tx) error {
		rec, err := v.Docket.Records.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.LicenceRead, licenceThing(rec)); err != nil {
			return err
		}
		p, err = v.wholeLicence(ctx, tx, r, rec)
		return err
	})
	return p, err
}

func (v *View) wholeLicence(ctx context.Context, tx *store.Tx, r Reader, rec *record.Record) (DeskLicence, error) {
	j := v.place()
	reg := j.Registers[rec.Register]
	if reg == nil {
		return DeskLicence{}, fault.NewNotFound("")
	}
	p := DeskLicence{LicenceLine: r.licenceLine(j, rec, j.Calendar.DateOf(tx.Now())), Register: r.words(j, reg.Title),
		Organisation: r.organisationName(j, rec.Organisation), Version: rec.Version}
	for _, f := range reg.Fields {
		text := rec.Fields[f.ID]
		if text == "" || !r.sees(licenceThing(rec), &f) {
			continue
		}
		fact := RecordFact{r.words(j, f.Title), r.showField(j, f, text)}
		if f.Public {
			p.Public = append(p.Public, fact)
		} else {
			p.Other = append(p.Other, fact)
		}
	}
	p.Entry = recordPath(rec.Register, rec.Number)
	history, err := v.Docket.Records.History(ctx, tx, rec.ID)
	if err != nil || rec.Case == "" {
		return p, err
	}
	row, err := v.Docket.Cases.Get(ctx, tx, rec.Case)
	if err != nil {
		return p, err
	}
	c, err := v.Docket.Whole(ctx, tx, row)
	if err != nil {
		return p, err
	}
	p.CaseNumber, p.Verify = c.Number, "/verify/"+rec.ID
	if policy.Can(r.Actor, policy.CaseRead, c.Thing()) == nil {
		p.Case = c.ID
	}
	who, err := v.People.Get(ctx, tx, rec.Holder)
	if err != nil {
		return p, err
	}
	p.Holder = nameOf(who)
	for _, h := range history {
		p.Changes = append(p.Changes, RecordChange{At: r.instant(j, h.At), Change: r.changeTitle(c.Service, h.Change), State: h.State})
	}
	p.Actions, err = v.licenceSteps(ctx, r, c, rec, docket.Day(c.Service, tx.Now()))
	return p, err
}

// changeTitle says what made a version of a record.
func (r Reader) changeTitle(s *service.Service, change string) string {
	if change == "issued" {
		return r.P.T("Issued")
	}
	for _, variant := range s.Variants {
		if variant.ID == change {
			return r.words(s.Jurisdiction, variant.Title)
		}
	}
	return r.actionTitle(s, change)
}

// licenceSteps are the file's actions that the reader may take on a record now.
func (v *View) licenceSteps(ctx context.Context, r Reader, c *docket.Case, rec *record.Record, today calendar.Date) ([]LicenceStep, error) {
	if c.Service.Issue == nil {
		return nil, nil
	}
	rights := map[string]policy.Action{"officer": policy.LicenceWork, "supervisor": policy.LicenceSupervise}
	var list []LicenceStep
	for _, a := range c.Service.Issue.Actions {
		right, ours := rights[a.By]
		if !ours || policy.Can(r.Actor, right, licenceThing(rec)) != nil {
			continue
		}
		offered, err := v.Docket.Offers(ctx, c.Service, a, rec, today)
		if err != nil {
			return nil, err
		}
		if offered {
			list = append(list, LicenceStep{a.ID, r.words(c.Service.Jurisdiction, a.Title), a.To, a.Reasons, law(c.Service, a.Law)})
		}
	}
	return list, nil
}
