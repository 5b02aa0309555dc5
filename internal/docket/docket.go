// Package docket brings together what a draft or a case is judged by: its rows, the definition it began
// under, what the registers said, and the judgement that package process gives. Flow and view both read
// through it, so that what is shown and what is done rest on the same facts. It changes nothing and
// asks no rights.
package docket

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"stoa/internal/blob"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Docket reads.
type Docket struct {
	Cases    *cases.Cases
	Records  *record.Records
	Releases *release.Releases
	Blobs    *blob.Store
}

// Draft is a draft with its definition and judgement.
type Draft struct {
	*cases.Draft
	Service *service.Service
	Judged  *process.Judgement
	Lookups map[string]cases.Looked // what the registers said
	Picks   map[string]cases.Picked // records chosen
	live    *live                   // what it was judged by
}

// Thing is the draft as rights see it.
func (d *Draft) Thing() policy.Thing {
	t := policy.Thing{Kind: "draft", ID: d.ID, Draft: d.ID, Owner: d.Person, Organisation: d.Service.Organisation, Service: d.Service.Service}
	switch {
	case d.Behalf == nil: // what somebody begins themselves is theirs alone until it is sent
		t.Service = ""
	default: // a mandate lets in, and when it ends no token does
		t.Draft, t.Mandate, t.By = "", d.Behalf.Mandate, d.Behalf.Person
	}
	if who := d.Kept(); who != "" {
		t.Draft, t.Owner, t.Service = "", who, ""
	}
	return t
}

// Case is a case with its definition, judgement and facts.
type Case struct {
	*cases.Case
	Service       *service.Service
	Judged        *process.Judgement
	Facts         process.Facts
	Consultations []cases.Consultation
	LicenceNumber string
}

// Thing is the case as rights see it.
func (c *Case) Thing() policy.Thing {
	t := policy.Thing{Kind: "case", ID: c.ID, Organisation: c.Organisation, Owner: c.Person, Service: c.Case.Service}
	if c.Behalf != nil {
		t.Mandate, t.By = c.Behalf.Mandate, c.Behalf.Person
	}
	for _, q := range c.Consultations {
		t.Consulted = append(t.Consulted, q.Organisation)
	}
	if c.Pending != nil {
		t.Decider = c.Pending.By
	}
	t.Public = c.Noticed()
	return t
}

// Noticed reports whether the public may see the case's notice now.
func (c *Case) Noticed() bool {
	n := c.Service.Notice
	if n == nil || !c.Open() {
		return false
	}
	for _, s := range n.States {
		if s == c.State {
			return true
		}
	}
	return false
}

// StateOf is the definition of the state the case is in.
func (c *Case) StateOf() *service.State { return c.Service.States[c.State] }

// Day is the civil day of an instant in the jurisdiction.
func Day(s *service.Service, t time.Time) calendar.Date { return s.Jurisdiction.Calendar.DateOf(t) }

// Draft loads a draft and judges it; in Write it is locked until commit. store.ErrNotFound if there is none.
func (d *Docket) Draft(ctx context.Context, tx *store.Tx, id string) (*Draft, error) {
	draft, err := d.Unjudged(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return draft, d.Judge(ctx, tx, draft)
}

// Unjudged is Draft without its judgement, for whoever will change the draft and judge it then.
func (d *Docket) Unjudged(ctx context.Context, tx *store.Tx, id string) (*Draft, error) {
	row, err := d.Cases.Draft(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	s, err := d.Releases.Get(ctx, tx, row.Definition)
	if err != nil {
		return nil, err
	}
	return &Draft{Draft: row, Service: s}, nil
}

// Judge judges a draft as it now stands, as of the transaction's day.
func (d *Docket) Judge(ctx context.Context, tx *store.Tx, draft *Draft) error {
	today := Day(draft.Service, tx.Now())
	previous, err := d.previous(draft.Service, draft.Previous)
	if err != nil {
		return err
	}
	draft.Lookups, draft.Picks = map[string]cases.Looked{}, map[string]cases.Picked{}
	draft.live = d.live(tx, draft.Service, today, draft.Subject)
	situation := draft.live.situation(draft.Variant)
	situation.Previous = previous
	situation = recording(situation, draft)
	draft.Judged, err = process.Judge(ctx, situation, draft.Whole())
	if err != nil {
		return fmt.Errorf("judging draft %s: %w", draft.ID, err)
	}
	return nil
}

// Pick finds a record by its number for a question. Rules see every field; pages show those that the
// question names.
func (d *Docket) Pick(ctx context.Context, tx *store.Tx, s *service.Service, register, key string) (process.Pick, bool, error) {
	p, _, ok, err := d.pick(ctx, tx, s, register, key)
	return p, ok, err
}

func (d *Docket) pick(ctx context.Context, tx *store.Tx, s *service.Service, register, key string) (p process.Pick, seen record.Picked, ok bool, err error) {
	reg, ok := s.Jurisdiction.Registers[register]
	if !ok {
		return p, seen, false, nil
	}
	r, err := d.Records.ByNumber(ctx, tx, register, key)
	if errors.Is(err, store.ErrNotFound) {
		return p, seen, false, nil
	}
	if err != nil {
		return p, seen, false, err
	}
	fields, err := record.Values(reg, r.Fields)
	if err != nil {
		return p, seen, false, err
	}
	return process.Pick{Key: r.Number, Label: r.Label, Fields: fields}, r.Picked(), true, nil
}

// Offers reports whether an action on a licence is offered on a day: by the state of its record, which
// was read whole, and by the condition that the file gives.
func (d *Docket) Offers(ctx context.Context, s *service.Service, a *service.LicenceAction, r *record.Record, day calendar.Date) (bool, error) {
	if !r.In(a.From, day) {
		return false, nil
	}
	licence, err := d.previous(s, Previous(r))
	if err != nil {
		return false, err
	}
	return process.OfferedOn(ctx, s, a, licence, day)
}

func (d *Docket) previous(s *service.Service, fields map[string]string) (map[string]rule.Value, error) {
	if len(fields) == 0 || s.Issue == nil {
		return nil, nil
	}
	values, err := record.Values(s.Issue.Register, fields)
	if err != nil {
		return nil, fmt.Errorf("reading the former licence: %w", err)
	}
	for _, name := range []string{"from", "until"} {
		if text, ok := fields[name]; ok {
			if values[name], err = calendar.ParseISO(text); err != nil {
				return nil, fmt.Errorf("reading the former licence: %w", err)
			}
		}
	}
	if number, ok := fields["number"]; ok {
		values["number"] = number
	}
	return values, nil
}

// Previous writes a licence down as what a variant begins from.
func Previous(r *record.Record) map[string]string {
	all := map[string]string{"number": r.Number, "from": r.From.String()}
	for k, v := range r.Fields {
		all[k] = v
	}
	if !r.Until.IsZero() {
		all["until"] = r.Until.String()
	}
	return all
}

// Case loads a case; in Write it is locked until commit. store.ErrNotFound if there is none.
func (d *Docket) Case(ctx context.Context, tx *store.Tx, id string) (*Case, error) {
	row, err := d.Cases.Get(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return d.Whole(ctx, tx, row)
}

// Whole adds to a case's row what belongs to it.
func (d *Docket) Whole(ctx context.Context, tx *store.Tx, row *cases.Case) (*Case, error) {
	s, err := d.Releases.Get(ctx, tx, row.Definition)
	if err != nil {
		return nil, err
	}
	c := &Case{Case: row, Service: s}
	if c.Consultations, err = d.Cases.Consultations(ctx, tx, row); err != nil {
		return nil, err
	}
	if row.Licence != "" {
		licence, err := d.Records.Public(ctx, tx, row.Licence)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil { // else it is sealed
			c.LicenceNumber = licence.Number
		}
	}
	if c.Facts, err = d.facts(ctx, tx, c); err != nil {
		return nil, err
	}
	return c, d.judgeCase(ctx, tx, c)
}

func (d *Docket) facts(ctx context.Context, tx *store.Tx, c *Case) (process.Facts, error) {
	n, err := d.Cases.CountRepresentations(ctx, tx, c.ID)
	if err != nil {
		return process.Facts{}, err
	}
	f := process.Facts{
		Number: c.Number, State: c.State, Submitted: c.Submitted, Entered: c.Entered, Stops: c.Stops,
		Representations: n, Decision: c.Decision, Licence: c.LicenceNumber,
	}
	for _, q := range c.Consultations {
		f.Consultations = append(f.Consultations, q.Process())
	}
	return f, nil
}

// Rejudge judges a case anew after the day that it is judged as of has changed.
func (d *Docket) Rejudge(ctx context.Context, tx *store.Tx, c *Case) error {
	return d.judgeCase(ctx, tx, c)
}

// judgeCase judges a case as of the day it was submitted, with what the registers said then.
func (d *Docket) judgeCase(ctx context.Context, tx *store.Tx, c *Case) error {
	day := Day(c.Service, c.Submitted)
	previous, err := d.previous(c.Service, c.Previous)
	if err != nil {
		return err
	}
	situation := frozen(process.Situation{
		Service: c.Service, Variant: c.Variant, Today: day, Previous: previous, File: d.files(tx, c.Subject),
	}, c.Lookups, c.Picks)
	c.Judged, err = process.Judge(ctx, situation, c.Typed)
	if err != nil {
		return fmt.Errorf("judging case %s: %w", c.Number, err)
	}
	return nil
}

// Registers lists the ids of a definition's registers in order.
func Registers(j *service.Jurisdiction) []string {
	var ids []string
	for id := range j.Registers {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}
