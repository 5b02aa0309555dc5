package service

import (
	"maps"
	"slices"
)

// checkDataProtection checks what jurisdiction.yaml says of personal data.
func (l *loader) checkDataProtection() {
	d := l.j.File.DataProtection
	if d == nil {
		return
	}
	laws := slices.Sorted(maps.Keys(d.Law))
	basis := func(at Pos, id string) {
		if id != "" && !slices.Contains(laws, id) {
			l.problem(at, "name a source under law: of data_protection:", "there is no source %q", id)
		}
	}
	keeps := func(at Pos, keep string, months int) {
		if keep != "" && months == 0 {
			l.problem(at, "write how long: 6 years, or 18 months", "%q is not a length of time", keep)
		}
	}
	for name, p := range map[string]PrivacyFile{"account": d.Account, "money": d.Money, "looks": d.Looks} {
		if p.Keep == "" {
			continue
		}
		basis(l.places.at(d.Pos, name, "basis"), p.Basis)
		keeps(l.places.at(d.Pos, name, "keep"), p.Keep, p.Months())
	}
	for i, r := range d.Recipients {
		basis(l.places.at(d.Pos, "recipients", i, "basis"), r.Basis)
	}
	for _, id := range slices.Sorted(maps.Keys(d.Consents)) {
		c := d.Consents[id]
		basis(l.places.at(c.Pos, "basis"), c.Basis)
		keeps(l.places.at(c.Pos, "keep"), c.Keep, c.Months())
	}
}

// checkConsents sees to it that what rests on consent can be left out.
func (b *builder) checkConsents() {
	d := b.j.File.DataProtection
	for _, id := range slices.Sorted(maps.Keys(b.f.Privacy)) {
		p := b.f.Privacy[id]
		if p.Consent == "" {
			continue
		}
		if d == nil || d.Consents[p.Consent].Title.By == nil {
			b.problem(b.places.at(p.Pos, "consent"), "name it under data_protection: consents: of jurisdiction.yaml", "there is no consent %q", p.Consent)
		}
		for _, q := range b.byID {
			if q.Personal == id && !q.Optional {
				b.problem(q.Pos, "add optional: true", "%q rests on consent, which nobody may be made to give", q.ID)
			}
		}
	}
}
