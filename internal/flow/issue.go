package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/store"
)

// issue enters a licence in its register, or the next version of the one that a variant is about.
func (f *Flow) issue(ctx context.Context, tx *store.Tx, c *docket.Case, l *process.Licence, by doer) error {
	reg := c.Service.Issue.Register
	r := &record.Record{Register: reg.Register, Organisation: c.Organisation, Service: c.Service.Service}
	change := "issued"
	if c.Licence == "" {
		var err error
		if r.Number, err = f.freeNumber(ctx, tx, c); err != nil {
			return err
		}
		r.ID, r.Subject, err = f.Docket.Records.Claim(ctx, tx, c.ID) // "" where nothing was pending
		if err != nil && !errors.Is(err, store.ErrNotFound) {
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
	r.Fields, r.From, r.Until = texts(l.Fields), l.From, l.Until
	if err := f.Docket.Records.Put(ctx, tx, reg, r, record.Change{Actor: by.Person, Change: change}); err != nil {
		return fmt.Errorf("issuing %s: %w", r.Number, err)
	}
	if err := f.credentialsFollow(ctx, tx, r, r.Version); err != nil {
		return err
	}
	if err := f.logRecord(ctx, tx, reg, r, change, ""); err != nil {
		return fmt.Errorf("issuing %s: %w", r.Number, err)
	}
	c.Licence, c.LicenceNumber, c.Facts.Licence = r.ID, r.Number, r.Number
	return f.Docket.Cases.Note(ctx, tx, c.Case, cases.Event{
		Kind: cases.EventIssued, Public: true, Actor: by.Person, Action: change, EventWords: cases.EventWords{Name: by.Name, For: by.For, Text: r.Number, Ref: r.ID},
	})
}

// await enters what a case asks for, so that look-ups can count it before it is decided.
func (f *Flow) await(ctx context.Context, tx *store.Tx, c *docket.Case, l *process.Licence) error {
	reg := c.Service.Issue.Register
	return f.Docket.Records.Await(ctx, tx, reg, &record.Record{
		Register: reg.Register, Case: c.ID, Fields: texts(l.Fields), From: l.From, Until: l.Until,
	})
}

func texts(fields map[string]rule.Value) map[string]string {
	all := map[string]string{}
	for id, v := range fields {
		if text, ok := record.Text(v); ok {
			all[id] = text
		}
	}
	return all
}

// freeNumber is the next number that the register does not have: records that came with the folder, or
// from the office's former books, keep theirs.
func (f *Flow) freeNumber(ctx context.Context, tx *store.Tx, c *docket.Case) (string, error) {
	for {
		number, err := f.number(ctx, tx, c.Service, c.Service.Issue.Number)
		if err != nil {
			return "", err
		}
		taken, err := f.Docket.Records.Taken(ctx, tx, c.Service.Issue.Register.Register, number)
		if err != nil || !taken {
			return number, err
		}
	}
}
