package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/store"
)

// issue enters a licence in its register, or the next version of the one that a variant is about.
func (f *Flow) issue(ctx context.Context, tx *store.Tx, c *docket.Case, l *process.Licence, by doer) error {
	reg := c.Service.Issue.Register
	fields := map[string]string{}
	for id, v := range l.Fields {
		if text, ok := record.Text(v); ok {
			fields[id] = text
		}
	}
	r := &record.Record{Register: reg.Register, Organisation: c.Organisation, Service: c.Service.Service}
	change := "issued"
	if c.Licence == "" {
		var err error
		if r.Number, err = f.freeNumber(ctx, tx, c); err != nil {
			return err
		}
	} else {
		former, err := f.Docket.Records.Get(ctx, tx, c.Licence)
		if err != nil {
			return err
		}
		r, change = former, c.Variant
	}
	r.Case, r.Holder, r.State = c.ID, c.Person, record.Active
	r.Fields, r.From, r.Until = fields, l.From, l.Until
	if err := f.Docket.Records.Put(ctx, tx, reg, r, record.Change{Actor: by.Person, Change: change}); err != nil {
		return fmt.Errorf("issuing %s: %w", r.Number, err)
	}
	c.Licence, c.LicenceNumber, c.Facts.Licence = r.ID, r.Number, r.Number
	return f.Docket.Cases.Note(ctx, tx, c.Case, cases.Event{
		Kind: cases.EventIssued, Public: true, Actor: by.Person, Action: change, EventWords: cases.EventWords{Name: by.Name, Text: r.Number, Ref: r.ID},
	})
}

// freeNumber is the next number that the register does not have: records that came with the folder, or
// from the office's former books, keep theirs.
func (f *Flow) freeNumber(ctx context.Context, tx *store.Tx, c *docket.Case) (string, error) {
	for {
		number, err := f.number(ctx, tx, c.Service, c.Service.Issue.Number)
		if err != nil {
			return "", err
		}
		_, err = f.Docket.Records.PublicByNumber(ctx, tx, c.Service.Issue.Register.Register, number)
		if errors.Is(err, store.ErrNotFound) {
			return number, nil
		}
		if err != nil {
			return "", err
		}
	}
}
