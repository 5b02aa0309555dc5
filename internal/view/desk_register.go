package view

import (
	"context"
	"errors"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DeskRegisterLine is a register in the list of those that the reader works with.
type DeskRegisterLine struct {
	ID, Title, Summary, Organisation string
	Public                           bool
	Waiting                          int // corrections and entries that another person must decide on
}

// DeskRegister is a page of a register at the desk.
type DeskRegister struct {
	DeskRegisterLine
	Law      Law
	Ask      RegisterAsk
	On       string // the day as which it is shown, in words; "" today
	Wrong    bool   // what was typed is no day, or a day to come
	Columns  []string
	Rows     []RecordRow
	Next     string
	Waits    []RecordProposalLine
	Closed   []RecordRow // records that are sealed whole, for those with the right
	Keys     []Option    // fields by whose exact value records are found
	MayEnter bool
	Own      bool // the reader's organisation keeps it
}

// RegisterAsk is what a register is asked for: words, or the exact value of a key field, or a day.
type RegisterAsk struct{ Words, Key, Value, After, On string }

// registerThing is a register as rights at the desk see it.
func registerThing(reg *service.Register) policy.Thing {
	return policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation, Consulted: reg.Shared()}
}

// Registers lists the registers that the reader's organisations keep, or see something of, by title.
func (v Registry) Registers(ctx context.Context, r Reader) (list []DeskRegisterLine, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"}); err != nil {
		return nil, err
	}
	j := v.place()
	err = v.read(ctx, "DeskRegisters", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		for _, id := range sortedKeys(j.Registers) {
			reg := j.Registers[id]
			if policy.Can(r.Actor, policy.RecordRead, registerThing(reg)) != nil {
				continue
			}
			line := v.registerLine(r, reg)
			if v.own(r, reg) {
				waits, err := v.Docket.Records.Proposals().Waiting(ctx, tx, id, 100)
				if err != nil {
					return err
				}
				line.Waiting = len(waits)
			}
			list = append(list, line)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b DeskRegisterLine) int { return compareText(a.Title, b.Title) })
	return list, err
}

func (v Registry) registerLine(r Reader, reg *service.Register) DeskRegisterLine {
	j := v.place()
	return DeskRegisterLine{ID: reg.Register, Title: r.words(j, reg.Title), Summary: r.words(j, reg.Summary), Organisation: r.organisationName(j, reg.Organisation), Public: reg.Public}
}

// own reports whether the reader reads for the organisation that keeps a register.
func (v Registry) own(r Reader, reg *service.Register) bool {
	return policy.Can(r.Actor, policy.RecordRead, policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation}) == nil
}

// Register is a page of a register at the desk: with what it publishes, and what is nobody's and the reader sees. What is
// personal is for a record's own page.
func (v Registry) Register(ctx context.Context, r Reader, id string, ask RegisterAsk) (p DeskRegister, err error) {
	reg := v.place().Registers[id]
	if reg == nil {
		return p, fault.NewNotFound("")
	}
	if err := policy.Can(r.Actor, policy.RecordRead, registerThing(reg)); err != nil {
		return p, err
	}
	var found []*record.Record
	err = v.read(ctx, "DeskRegister", func(ctx context.Context, tx *store.Tx) (err error) {
		p = DeskRegister{DeskRegisterLine: v.registerLine(r, reg), Law: lawOf(reg.Law), Ask: ask, Own: v.own(r, reg)}
		if found, err = v.pageOf(ctx, tx, r, reg, ask, &p); err != nil {
			return err
		}
		return v.registerParts(ctx, tx, r, reg, &p)
	})
	if err != nil {
		return DeskRegister{}, err
	}
	if ask.Key == "" {
		return p, nil
	}
	return p, v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error { // looking for somebody is a look at them
		for _, rec := range found {
			if err := v.lookAtRecord(ctx, tx, r, reg, rec, policy.RecordRead, lookSearch); err != nil {
				return err
			}
		}
		return nil
	})
}

// pageOf finds the records of a page and writes their rows.
func (v Registry) pageOf(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, ask RegisterAsk, p *DeskRegister) (found []*record.Record, err error) {
	j := v.place()
	today := j.Calendar.DateOf(tx.Now())
	day := today
	thing := registerThing(reg)
	switch {
	case ask.On != "":
		at, shown, ok := r.asked(j, Then{On: ask.On}, tx.Now())
		if p.On, p.Wrong = shown.On, !ok; !ok {
			return nil, nil
		}
		day = at.Valid
		found, err = v.Docket.Records.Past().Page(ctx, tx, reg, ask.After, recordsOnPage+1, at, true)
	case ask.Key != "":
		if f := reg.Field(ask.Key); f == nil || !f.Key || !r.sees(thing, f) {
			return nil, fault.NewNotFound("")
		}
		found, err = v.Docket.Records.ByKey(ctx, tx, reg.Register, map[string]string{ask.Key: ask.Value})
		if len(found) > recordsOnPage {
			found = found[:recordsOnPage]
		}
	default:
		found, err = v.Docket.Records.Find(ctx, tx, reg.Register, ask.Words, ask.After, recordsOnPage+1, true)
	}
	if err != nil {
		return nil, err
	}
	if len(found) > recordsOnPage {
		found = found[:recordsOnPage]
		p.Next = found[recordsOnPage-1].Number
	}
	columns := v.deskColumns(r, reg, thing)
	for _, f := range columns {
		p.Columns = append(p.Columns, r.words(j, f.Title))
	}
	mine := found[:0:0]
	for _, rec := range found {
		if about, err := v.recordThing(ctx, tx, r, reg, rec); err != nil || policy.Can(r.Actor, policy.RecordRead, about) != nil {
			if err != nil {
				return nil, err
			}
			continue // about the reader
		}
		mine = append(mine, rec)
		p.Rows = append(p.Rows, v.deskRow(r, reg, rec, columns, thing, day))
	}
	return mine, nil
}

func (v Registry) deskRow(r Reader, reg *service.Register, rec *record.Record, columns []*service.RegisterField, thing policy.Thing, day calendar.Date) RecordRow {
	row := RecordRow{ID: rec.ID, Number: rec.Number, State: rec.On(day)}
	if f := reg.Field(reg.Label); f != nil && r.sees(thing, f) && f.Personal == "" {
		row.Label = rec.Label
	}
	for _, f := range columns {
		row.Cells = append(row.Cells, r.showIf(v.place(), f, rec.Fields[f.ID]))
	}
	return row
}

// deskColumns are the first fields besides the label that are nobody's and that the reader sees.
func (v Registry) deskColumns(r Reader, reg *service.Register, thing policy.Thing) (list []*service.RegisterField) {
	for i := range reg.Fields {
		if f := &reg.Fields[i]; f.ID != reg.Label && (f.Personal == "" || f.Public) && r.sees(thing, f) && len(list) < 3 {
			list = append(list, f)
		}
	}
	return list
}

// registerParts are what else a register's page shows: what waits, what is sealed, how to find somebody.
func (v Registry) registerParts(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, p *DeskRegister) (err error) {
	j, thing := v.place(), registerThing(reg)
	for i := range reg.Fields {
		if f := &reg.Fields[i]; f.Key && r.sees(thing, f) {
			p.Keys = append(p.Keys, Option{Value: f.ID, Label: r.words(j, f.Title)})
		}
	}
	if !p.Own {
		return nil
	}
	p.MayEnter = reg.Number != "" && policy.Can(r.Actor, policy.RecordWork, thing) == nil
	if p.Waits, err = v.waiting(ctx, tx, r, reg); err != nil {
		return err
	}
	if policy.Can(r.Actor, policy.RecordSealed, thing) != nil {
		return nil
	}
	closed, err := v.Docket.Records.Seals().List(ctx, tx, reg.Register, 100)
	for _, rec := range closed {
		p.Closed = append(p.Closed, RecordRow{ID: rec.ID, Number: rec.Number})
	}
	return err
}

// RecordForm is what a form asks about a record: the fields that the reader sees.
type RecordForm struct {
	DeskRecord
	Inputs []RecordInput
}

// RecordInput is a field to be filled in.
type RecordInput struct {
	ID, Title, Type, Text string // Text: canonical
	Required              bool
	Personal              string
	Choices               []Option
	Refers                string // title of the register in which what is written must be
}

// Form is what is asked to enter a record, or, with a number, to correct fields of one as they stood on a day.
func (v Registry) Form(ctx context.Context, r Reader, register, number, on string) (p RecordForm, err error) {
	reg := v.place().Registers[register]
	if reg == nil {
		return p, fault.NewNotFound("")
	}
	thing := registerThing(reg)
	if err := policy.Can(r.Actor, policy.RecordWork, thing); err != nil {
		return p, err
	}
	texts := map[string]string{}
	if number == "" {
		if reg.Number == "" {
			return p, fault.NewNotFound("")
		}
		p.Register, p.RegisterTitle, p.Kind = reg.Register, r.words(v.place(), reg.Title), r.words(v.place(), reg.Record)
	} else {
		if p.DeskRecord, err = v.Record(ctx, r, register, number, Then{}); err != nil {
			return p, err
		}
		if !p.MayCorrect || p.Closed {
			return p, fault.NewNotFound("")
		}
		if texts, err = v.textsOn(ctx, r, reg, p.ID, on); err != nil {
			return p, err
		}
	}
	for i := range reg.Fields {
		if f := &reg.Fields[i]; r.sees(thing, f) {
			p.Inputs = append(p.Inputs, v.input(r, reg, f, texts[f.ID]))
		}
	}
	return p, nil
}

// textsOn is what a record said of a day; empty where it said nothing, or the day is none.
func (v Registry) textsOn(ctx context.Context, r Reader, reg *service.Register, id, on string) (texts map[string]string, err error) {
	texts = map[string]string{}
	err = v.read(ctx, "RecordForm", func(ctx context.Context, tx *store.Tx) error {
		at, _, ok := r.asked(v.place(), Then{On: on}, tx.Now())
		if !ok {
			return nil
		}
		rec, err := v.Docket.Records.Past().AsOf(ctx, tx, reg, id, at, true)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			texts = rec.Fields
		}
		return err
	})
	return texts, err
}

func (v Registry) input(r Reader, reg *service.Register, f *service.RegisterField, text string) RecordInput {
	j := v.place()
	in := RecordInput{ID: f.ID, Title: r.words(j, f.Title), Type: f.Type, Text: text, Required: f.Required, Personal: v.whyHeld(r, reg, f)}
	for _, c := range f.Choices {
		in.Choices = append(in.Choices, Option{Value: c.Value, Label: r.words(j, c.Label)})
	}
	if to, _ := f.Reference(); to != "" && j.Registers[to] != nil {
		in.Refers = r.words(j, j.Registers[to].Title)
	}
	return in
}
