package view

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

func (v Registry) deskRecord(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, rec *record.Record, thing policy.Thing, then Then) (DeskRecord, error) {
	p := v.frame(r, reg, rec, tx)
	history, err := v.Docket.Records.Past().History(ctx, tx, rec.ID)
	if err != nil {
		return p, err
	}
	see := func(f *service.RegisterField) bool { return r.sees(thing, f) }
	if f := reg.Field(reg.Label); f == nil || !see(f) {
		p.Label = ""
	}
	for i := range reg.Fields {
		f := &reg.Fields[i]
		if rec.Fields[f.ID] == "" || !see(f) {
			continue
		}
		field, err := v.deskField(ctx, tx, r, reg, f, rec, history)
		if err != nil {
			return p, err
		}
		p.Fields = append(p.Fields, field)
	}
	for i := range history {
		one, err := v.deskVersion(ctx, tx, r, reg, rec, history, i, see)
		if err != nil {
			return p, err
		}
		p.History = append(p.History, one)
	}
	if p.Then, err = v.then(ctx, tx, r, reg, rec.ID, then, see, true); err != nil {
		return p, err
	}
	if reg.Public {
		p.Public = "/registers/" + reg.Register + "/" + url.PathEscape(rec.Number)
	}
	if rec.Case != "" && policy.Can(r.Actor, policy.LicenceRead, licenceThing(rec)) == nil {
		p.Licence = "/desk/licences/" + rec.ID
	}
	p.MayCorrect = policy.Can(r.Actor, policy.RecordWork, thing) == nil
	p.MaySeal = policy.Can(r.Actor, policy.RecordSupervise, thing) == nil
	if policy.Can(r.Actor, policy.RecordRead, policy.Thing{Organisation: thing.Organisation, Owner: thing.Owner}) == nil {
		if p.Waiting, err = v.proposalsOf(ctx, tx, r, reg, rec); err != nil {
			return p, err
		}
	}
	if policy.Can(r.Actor, policy.RecordSealed, thing) == nil {
		p.Seals, err = v.seals(ctx, tx, r, reg, rec)
	}
	return p, err
}

// deskField is a field with where it comes from: the version that first said what it says now.
func (v Registry) deskField(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, f *service.RegisterField, rec *record.Record, history []record.Version) (DeskField, error) {
	j, text := v.place(), rec.Fields[f.ID]
	out := DeskField{ID: f.ID, Title: r.words(j, f.Title), Value: r.showField(j, *f, text), Text: text, Published: reg.Public && f.Public, Personal: v.whyHeld(r, reg, f)}
	var came *record.Version
	for i := range history { // the newest first
		if h := &history[i]; h.ValidUntil.IsZero() {
			if h.Fields[f.ID] != text {
				break
			}
			came = h
		}
	}
	if came != nil {
		out.Came = r.P.T("{change}, {when}", i18n.V{"change": r.change(v.View, rec.Service, came.Change), "when": r.instant(j, came.At).Text})
	}
	for _, s := range reg.Sources {
		if len(s.Fields) == 0 || slices.Contains(s.Fields, f.ID) {
			out.Source = r.words(j, s.Title)
		}
	}
	if f.Refers == "" {
		return out, nil
	}
	other, err := v.Docket.Records.References().Find(ctx, tx, f, text)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if target := j.Registers[other.Register]; target != nil && policy.Can(r.Actor, policy.RecordRead, policy.Thing{Organisation: target.Organisation, Consulted: target.Shared()}) == nil {
		out.Refers = recordPath(other.Register, other.Number)
	} else if target != nil && target.Public {
		out.Refers = "/registers/" + other.Register + "/" + url.PathEscape(other.Number)
	}
	return out, nil
}

func recordPath(register, number string) string {
	return "/desk/registers/" + register + "/" + url.PathEscape(number)
}

// whyHeld is the purpose for which a personal field is held.
func (v *View) whyHeld(r Reader, reg *service.Register, f *service.RegisterField) string {
	j := v.place()
	if f.Personal == "" {
		return ""
	}
	if p, here := reg.Privacy[f.Personal]; here {
		return r.words(j, p.Purpose)
	}
	for _, s := range j.Services {
		if p, there := s.Privacy[f.Personal]; there && s.Issues != nil && s.Issues.Record == reg.Register {
			return r.words(j, p.Purpose)
		}
	}
	for _, t := range j.Taxes {
		if p, there := t.Privacy[f.Personal]; there && t.Register != nil && t.Register.Register == reg.Register {
			return r.words(j, p.Purpose)
		}
	}
	return f.Personal
}

// deskVersion is a change in a history (the newest first), with what it did to the fields that the reader sees.
func (v Registry) deskVersion(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, rec *record.Record, history []record.Version, i int, see func(f *service.RegisterField) bool) (DeskVersion, error) {
	j, h := v.place(), history[i]
	out := DeskVersion{At: r.instant(j, h.At), Change: r.change(v.View, rec.Service, h.Change), State: h.State, Reason: h.Reason, Source: h.Source, Valid: r.days(h.ValidFrom, h.ValidUntil)}
	var err error
	if out.By, err = v.staffName(ctx, tx, h.Actor); err != nil {
		return out, err
	}
	var before map[string]string
	for _, older := range history[i+1:] { // what was known before of the first day that it speaks of
		if !older.ValidFrom.After(h.ValidFrom) && (older.ValidUntil.IsZero() || !older.ValidUntil.Before(h.ValidFrom)) {
			before = older.Fields
			break
		}
	}
	if before == nil {
		return out, nil // the first one says it all
	}
	for n := range reg.Fields {
		f := &reg.Fields[n]
		if was, is := before[f.ID], h.Fields[f.ID]; was != is && see(f) {
			out.Changes = append(out.Changes, FieldChange{r.words(j, f.Title), r.showIf(j, f, was), r.showIf(j, f, is)})
		}
	}
	return out, nil
}

// showIf is a field's text for the reader; "" where there is none.
func (r Reader) showIf(j *service.Jurisdiction, f *service.RegisterField, text string) string {
	if text == "" {
		return ""
	}
	return r.showField(j, *f, text)
}
