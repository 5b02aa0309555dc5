package docket

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// majority is when a child is one no longer.
const majority = 18

// Represents reports whether a record says that the owner of an address may act for whom it is about, and until when; the zero
// day for as long as it says so.
func Represents(reg *service.Register, r *record.Record, email string, today calendar.Date) (until calendar.Date, says bool) {
	if reg.Represent == nil || email == "" || r.On(today) != record.Active {
		return until, false
	}
	if !slices.ContainsFunc(reg.Represent.By, func(field string) bool { return strings.EqualFold(strings.TrimSpace(r.Fields[field]), email) }) {
		return until, false
	}
	if reg.Represent.As != policy.Parent {
		return until, true
	}
	born, err := calendar.ParseISO(r.Fields[reg.Represent.Born])
	if err != nil {
		return until, false
	}
	grown, err := born.AddYears(majority)
	if err == nil {
		until, err = grown.AddDays(-1)
	}
	return until, err == nil && !today.After(until)
}

// TwoMustAgree reports whether a register says that two of those who speak for a record's company send something together.
func TwoMustAgree(reg *service.Register) bool {
	return reg != nil && reg.Represent != nil && reg.Represent.Together == "two"
}

// NameOf is what a record's person or company is called: what the register says of names, or its label.
func NameOf(reg *service.Register, r *record.Record) string {
	var parts []string
	if reg.Represent != nil {
		for _, field := range reg.Represent.Name {
			if part := strings.TrimSpace(r.Fields[field]); part != "" {
				parts = append(parts, part)
			}
		}
	}
	if len(parts) == 0 && r.Label == "" { // a label that is personal is kept with the fields
		return r.Fields[reg.Label]
	}
	if len(parts) == 0 {
		return r.Label
	}
	return strings.Join(parts, " ")
}

// Said is a record that says that somebody may act for whom it is about.
type Said struct {
	Register *service.Register
	Record   *record.Record
	Name     string
	Until    calendar.Date // the zero day: as long as it says so
}

// SaidOf lists the records that name an address as one that may act for whom they are about.
func (d *Docket) SaidOf(ctx context.Context, tx *store.Tx, email string) (all []Said, err error) {
	j := d.Releases.Current()
	today := j.Calendar.DateOf(tx.Now())
	for _, reg := range slices.Concat(j.Representing(policy.Parent), j.Representing(policy.Company)) {
		seen := map[string]bool{}
		for _, field := range reg.Represent.By {
			found, err := d.Records.ByKey(ctx, tx, reg.Register, map[string]string{field: email})
			if err != nil {
				return nil, err
			}
			for _, r := range found {
				until, says := Represents(reg, r, email, today)
				if says && !seen[r.ID] {
					all = append(all, Said{reg, r, NameOf(reg, r), until})
				}
				seen[r.ID] = true
			}
		}
	}
	return all, nil
}

// Concerned are the persons whom a record is about: its holder, and those with an account whose email address it holds among
// what is personal; if there are none and something is, whoever its key stands for. find gives the account of an address.
func Concerned(reg *service.Register, r *record.Record, find func(email string) (person string, err error)) (about []string, err error) {
	if r.Holder != "" {
		about = append(about, r.Holder)
	}
	personal := false
	for _, f := range reg.Fields {
		personal = personal || f.Personal != ""
		text := r.Fields[f.ID]
		if f.Personal == "" || !strings.Contains(text, "@") {
			continue
		}
		who, err := find(text)
		if err != nil {
			return nil, err
		}
		if who != "" && !slices.Contains(about, who) {
			about = append(about, who)
		}
	}
	if len(about) == 0 && personal {
		about = append(about, "subject "+r.Subject)
	}
	return about, nil
}
