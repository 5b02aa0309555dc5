package service

import (
	"slices"

	"stoa/internal/policy"
)

// checkBehalf checks who may do something for another: a kind of mandate that a register must vouch for needs one that does.
func (l *loader) checkBehalf(pos Pos, kinds []string) {
	for i, kind := range kinds {
		at := l.places.at(pos, "on_behalf", i)
		if slices.Contains(kinds[:i], kind) {
			l.problem(at, "keep one of the two", "%q stands twice", kind)
		}
		as := kind
		if kind == policy.Guardian {
			as = policy.Parent // who keeps the births confirms guardians
		}
		if (as == policy.Parent || as == policy.Company) && !l.pinned && !l.represented(as) { // a pinned definition has only the registers that it asks itself
			l.problem(at, "add represent: with as: "+as+" to a register, or leave it out", "no register says who is a %s", kind)
		}
	}
}

func (l *loader) represented(as string) bool {
	for _, reg := range l.registers {
		if reg.Represent != nil && reg.Represent.As == as {
			return true
		}
	}
	return false
}

// checkRepresent checks who may act for whom a record is about.
func (l *loader) checkRepresent(f *RegisterFile) {
	r := f.Represent
	if r == nil {
		return
	}
	set(&r.Together, "one")
	fields := ids(f.Fields, func(x *RegisterField) string { return x.ID })
	for i, id := range r.By {
		at := l.places.at(r.Pos, "by", i)
		if l.known(at, "field", id, fields) && (!f.field(id).Key || f.field(id).Type != "text" || f.field(id).Personal == "" || f.field(id).Public) {
			l.problem(at, "name a field with type: text, key: true and personal:, which holds an e-mail address", "nobody is found by the field %q", id)
		}
	}
	for i, id := range r.Name {
		l.known(l.places.at(r.Pos, "name", i), "field", id, fields)
	}
	switch {
	case r.As == policy.Parent && r.Born == "":
		l.problem(r.Pos, "add born: with the field of the day of birth", "it is not known when the child is 18")
	case r.As != policy.Parent && r.Born != "":
		l.problem(l.places.key(r.Pos, "born"), "remove it", "only a child grows up")
	}
	if at := l.places.at(r.Pos, "born"); l.known(at, "field", r.Born, fields) && f.field(r.Born).Type != "date" {
		l.problem(at, "name a field with type: date", "the field %q is no day", r.Born)
	}
	if r.Together == "two" && len(r.By) < 2 {
		l.problem(l.places.key(r.Pos, "together"), "name two fields under by:, or remove it", "two must agree, and the record names one")
	}
}

// Representing lists the registers whose records somebody may act for in a way, in the order of their names.
func (j *Jurisdiction) Representing(as string) (all []*Register) {
	for _, id := range keys(j.Registers) {
		if r := j.Registers[id]; r.Represent != nil && r.Represent.As == as {
			all = append(all, r)
		}
	}
	return all
}

// OnBehalf lists what may be done under a kind of mandate: services, and taxes and appointments as package policy names them.
func (j *Jurisdiction) OnBehalf(kind string) (all []string) {
	for _, s := range j.Services {
		if slices.Contains(s.OnBehalf, kind) {
			all = append(all, s.Service)
		}
	}
	for _, t := range j.Taxes {
		if slices.Contains(t.TaxFile.OnBehalf, kind) {
			all = append(all, policy.TaxService(t.Tax))
		}
	}
	for _, a := range j.Appointments {
		if slices.Contains(a.OnBehalf, kind) {
			all = append(all, a.Scope())
		}
	}
	return all
}
