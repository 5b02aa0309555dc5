package service

import (
	"maps"
	"slices"
)

// carry makes of each register that offers its records to wallets what stands for a service there: the same protocol, the
// same pages and the same checks serve both.
func (l *loader) carry() {
	for _, id := range slices.Sorted(maps.Keys(l.j.Registers)) {
		reg := l.j.Registers[id]
		f := reg.Credential
		if f == nil {
			continue
		}
		l.checkCarried(reg)
		c := CredentialFile{Pos: f.Pos, Claims: f.Claims, Formats: f.Formats, Type: f.Type, DocType: f.DocType}
		s := &Service{ServiceFile: ServiceFile{Service: id, Title: reg.Record, Summary: reg.Summary, Organisation: reg.Organisation}, Jurisdiction: l.j}
		s.Issue = &Issue{IssueFile: IssueFile{Record: id, Title: reg.Record}, Register: reg,
			Credential: &Credential{CredentialFile: c, Fields: credentialFields(&c, reg), DocType: f.DocType}}
		if f.DocType == "" {
			s.Issue.Credential.DocType = "stoa." + l.j.File.Jurisdiction + "." + id + ".1"
		}
		l.j.Carried = append(l.j.Carried, s)
	}
}

func (l *loader) checkCarried(reg *Register) {
	f, fields := reg.Credential, reg.fieldIDs()
	for i, id := range f.For {
		at := l.places.at(f.Pos, "for", i)
		if l.known(at, "field", id, fields) && (!reg.field(id).Key || reg.field(id).Type != "text") {
			l.problem(at, "name a field with type: text and key: true, which holds an e-mail address", "nobody is found by the field %q", id)
		}
	}
	for i, id := range f.Claims {
		at := l.places.at(f.Pos, "claims", i)
		if !l.known(at, "field", id, fields) {
			continue
		}
		switch {
		case slices.Contains(f.Claims[:i], id):
			l.problem(at, "keep one of the two", "the claim %q is there twice", id)
		case slices.Contains(reservedClaims, id):
			l.problem(at, "leave it out of claims:, or give the field of the register another name", "a credential says %q of itself, so that no field can be called that", id)
		}
	}
	if f.DocType != "" && !docTypeForm.MatchString(f.DocType) {
		l.problem(l.places.at(f.Pos, "doctype"), "write it like example.greenvale.birth.1", "%q is no document type", f.DocType)
	}
	if slices.ContainsFunc(l.j.Services, func(s *Service) bool { return s.Service == reg.Register }) {
		l.problem(f.Pos, "give the register or the service another name", "a service is called %q too, and wallets could not tell their credentials apart", reg.Register)
	}
}

// Offered are the services, and the registers that stand for one, whose records are offered to wallets.
func (j *Jurisdiction) Offered() (all []*Service) {
	for _, s := range j.Services {
		if s.Issue != nil && s.Issue.Credential != nil {
			all = append(all, s)
		}
	}
	return append(all, j.Carried...)
}

// CarriedBy finds what stands for a service where a register itself offers its records to wallets; nil where it does not.
func (j *Jurisdiction) CarriedBy(register string) *Service {
	i := slices.IndexFunc(j.Carried, func(s *Service) bool { return s.Service == register })
	if i < 0 {
		return nil
	}
	return j.Carried[i]
}
