package service

import (
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// checkExtracts checks the copies that a register gives of its records, and sets what they leave out.
func (l *loader) checkExtracts(f *RegisterFile) {
	l.unique("extract", len(f.Extracts), func(i int) (string, Pos) { return f.Extracts[i].ID, l.places.at(f.Extracts[i].Pos, "id") })
	fields := ids(f.Fields, func(x *RegisterField) string { return x.ID })
	for i, id := range f.Find {
		at := l.places.at(f.Pos, "find", i)
		if l.known(at, "field", id, fields) && !f.field(id).Key {
			l.problem(at, "add key: true to the field, or name another", "no record can be found by the field %q", id)
		}
	}
	for i := range f.Extracts {
		l.checkExtract(f, &f.Extracts[i], fields)
	}
}

func (l *loader) checkExtract(f *RegisterFile, x *ExtractFile, fields []string) {
	set(&x.Reason, "none")
	set(&x.Pay, 14)
	set(&x.Keep, 90)
	if len(x.Delivery) == 0 {
		x.Delivery = []string{"download", "counter"}
	}
	for key, days := range map[string]int{"pay": x.Pay, "keep": x.Keep} {
		if days < 1 || days > 3660 {
			l.problem(l.places.at(x.Pos, key), "write 1 to 3660 days", "%d is no number of days for this", days)
		}
	}
	for i, id := range x.Shows {
		at := l.places.at(x.Pos, "shows", i)
		if l.known(at, "field", id, fields) && slices.Contains(x.Shows[:i], id) {
			l.problem(at, "keep one of the two", "the copy shows %q twice", id)
		}
	}
	l.checkExtractFee(x)
	for i := range x.For {
		l.checkEntitled(f, x, &x.For[i], fields)
	}
}

func (l *loader) checkExtractFee(x *ExtractFile) {
	if x.Fee == "" {
		if x.Account != "" {
			l.problem(l.places.key(x.Pos, "account"), "add fee:, or remove it", "the copy costs nothing, so that no account takes its fee")
		}
		return
	}
	at := l.places.at(x.Pos, "fee")
	if l.known(at, "parameter", x.Fee, keys(l.params)) && l.params[x.Fee].Type != "money" {
		l.problem(at, "name a parameter of type money", "the parameter %q is of type %s", x.Fee, l.params[x.Fee].Type)
	}
	if x.Account == "" {
		l.problem(x.Pos, "add account: with an income account of money.yaml", "no account takes the fee of the copy %q", x.ID)
		return
	}
	l.incomeAccount(l.places.at(x.Pos, "account"), x.Account)
}

func (l *loader) checkEntitled(f *RegisterFile, x *ExtractFile, e *EntitledFile, fields []string) {
	ways := 0
	for _, given := range []bool{e.Field != "", e.Role != "" || e.Organisation != "", e.Holder, e.Anyone} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		l.problem(e.Pos, "give one of field:, role: with organisation:, holder: true and anyone: true", "it must be clear in exactly one way who is entitled as %q", e.As)
	}
	if at := l.places.at(e.Pos, "field"); l.known(at, "field", e.Field, fields) && (!f.field(e.Field).Key || f.field(e.Field).Type != "text") {
		l.problem(at, "name a field with type: text and key: true, which holds an e-mail address", "nobody is found by the field %q", e.Field)
	}
	l.known(l.places.at(e.Pos, "organisation"), "organisation", e.Organisation, l.organisations())
	switch {
	case e.Role != "" && e.Organisation == "":
		l.problem(e.Pos, "add organisation:", "the role %q is one in no organisation", e.Role)
	case e.Role == "" && e.Organisation != "":
		l.problem(e.Pos, "add role: reader or officer", "it is not said which role in the organisation %q is needed", e.Organisation)
	case e.Role != "" && len(f.Find) == 0:
		l.problem(l.places.key(e.Pos, "role"), "add find: to the register, with the key fields by which a record is named", "whoever is entitled by a role finds no record")
	case e.Anyone && !f.Public:
		l.problem(l.places.key(e.Pos, "anyone"), "say who is entitled, or make the register public", "the register is not public, so that not everybody can have a copy")
	}
	if !e.Anyone {
		return
	}
	for i, id := range x.Shows {
		if g := f.field(id); g != nil && !g.Public {
			l.problem(l.places.at(x.Pos, "shows", i), "leave it out, or say who is entitled", "the field %q is not for everybody, and everybody may have this copy", id)
		}
	}
}

// field finds a field of the file.
func (f *RegisterFile) field(id string) *RegisterField {
	i := slices.IndexFunc(f.Fields, func(x RegisterField) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &f.Fields[i]
}

// Extract finds a copy that the register gives; nil where it gives none of that name.
func (f *RegisterFile) Extract(id string) *ExtractFile {
	i := slices.IndexFunc(f.Extracts, func(x ExtractFile) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &f.Extracts[i]
}

// NeedsReason reports whether somebody entitled so must say why they ask.
func (x *ExtractFile) NeedsReason(e *EntitledFile) bool {
	return x.Reason == "required" || e.Role != ""
}

// Delivers reports whether the copy is given in a way: download, counter.
func (x *ExtractFile) Delivers(way string) bool { return slices.Contains(x.Delivery, way) }

// ExtractFee is what a copy costs on a day, and the dated figure that says so; nil where it is free.
func (j *Jurisdiction) ExtractFee(x *ExtractFile, day calendar.Date) (money.Amount, *ParameterValue, error) {
	return j.amountOn(x.Fee, day)
}
