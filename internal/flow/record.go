package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Registry is what happens to single records at the desk: entering, correcting, sealing.
type Registry struct{ *Flow }

// Registry is what happens to single records at the desk.
func (f *Flow) Registry() Registry { return Registry{f} }

func (f Registry) register(id string) (*service.Register, error) {
	reg := f.Docket.Releases.Current().Registers[id]
	if reg == nil {
		return nil, fault.NewNotFound("")
	}
	return reg, nil
}

// thing is a record as rights at the desk see it. Whoever it names is who it is about, whether it is theirs or not.
func (f Registry) thing(ctx context.Context, tx *store.Tx, actor policy.Actor, reg *service.Register, r *record.Record) (policy.Thing, error) {
	t := policy.Thing{Kind: "record", ID: r.ID, Organisation: reg.Organisation, Owner: r.Holder}
	if actor.Person == "" || r.Holder == actor.Person {
		return t, nil
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return t, err
	}
	if record.Concerns(reg, r.Fields, who.Email) {
		t.Owner = actor.Person
	}
	return t, nil
}

const recordChanged = "This record has changed since you opened the page. Look at it again, then repeat"

// judge says by field what is wrong with what is to be said in some fields of a record: with the fields' own checks, and with
// references that lead nowhere.
func (f Registry) judge(ctx context.Context, tx *store.Tx, reg *service.Register, set map[string]string, only func(field string) bool, problems *fault.Fields) error {
	for _, e := range reg.Check(set) {
		if only(e.Field) {
			*problems = append(*problems, e)
		}
	}
	dangling, err := f.Docket.Records.References().Dangling(ctx, tx, reg, set)
	for _, field := range dangling {
		if only(field) {
			problems.Add(field, "There is no such entry in the other register: check the number")
		}
	}
	return err
}

// number is the next number of a register that it has not given.
func (f Registry) number(ctx context.Context, tx *store.Tx, reg *service.Register) (string, error) {
	for {
		number, err := f.numbered(ctx, tx, reg.Organisation, reg.Number, f.today(tx))
		if err != nil {
			return "", err
		}
		taken, err := f.Docket.Records.Taken(ctx, tx, reg.Register, number)
		if err != nil || !taken {
			return number, err
		}
	}
}

// numbered fills in a pattern like TEN-{year}-{seq:5}. Numbers have no gaps: the counter is a row of the same transaction.
func (f *Flow) numbered(ctx context.Context, tx *store.Tx, organisation, pattern string, today calendar.Date) (string, error) {
	number := strings.ReplaceAll(pattern, "{year}", strconv.Itoa(today.Year()))
	start := strings.Index(number, "{seq")
	end := strings.Index(number, "}")
	if start < 0 || end < start {
		return "", fmt.Errorf("the number pattern %q of %s has no {seq}", pattern, organisation)
	}
	width := 1
	if _, after, ok := strings.Cut(number[start:end], ":"); ok {
		n, err := strconv.Atoi(after)
		if err != nil {
			return "", fmt.Errorf("the number pattern %q of %s: %w", pattern, organisation, err)
		}
		width = n
	}
	n, err := tx.Next(ctx, "number "+organisation+" "+number[:start]+number[end+1:])
	if err != nil {
		return "", fmt.Errorf("numbering: %w", err)
	}
	return number[:start] + fmt.Sprintf("%0*d", width, n) + number[end+1:], nil
}

// tellHolder owes the person whose record it is a message that what it says has changed. It says what kind of record, and
// nothing of it: that is for who has signed in.
func (f Registry) tellHolder(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record, said func(p *i18n.Printer, kind string) (title, text string)) error {
	if r.Holder == "" {
		return nil
	}
	who, err := f.People.Get(ctx, tx, r.Holder)
	if errors.Is(err, store.ErrNotFound) {
		return nil // they left
	}
	if err != nil {
		return err
	}
	p := f.Words.For(who.Language)
	title, text := said(p, reg.Record.In(who.Language))
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: who.Subject, Kind: "record", Language: who.Language, Content: notify.Content{
		To: who.Email, Name: who.Name, Title: title, Text: text, Link: "/account",
	}})
}

// taxed reports whether a tax is levied on the records of a register.
func (f *Flow) taxed(register string) bool {
	return slices.ContainsFunc(f.Docket.Releases.Current().Taxes, func(t *service.Tax) bool { return t.Register != nil && t.Register.Register == register })
}
