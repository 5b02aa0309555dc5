package service

import (
	"slices"
	"time"

	"stoa/internal/policy"
)

// RightsFile is rights: of jurisdiction.yaml: how roles are looked after, and what may be opened without one.
type RightsFile struct {
	Pos       Pos
	Review    string         `yaml:"review"`    // how often a supervisor confirms each role of the organisation: 6 months, if nothing is said
	Emergency *EmergencyFile `yaml:"emergency"` // who may open in an emergency what they do not see; nobody, if nothing is said
}

// EmergencyFile is who may open a case or a record in an emergency that they do not see otherwise. They give a reason, which
// the person whom it is about reads; supervisors and the data-protection officer are told at once.
type EmergencyFile struct {
	Pos           Pos
	Roles         []string `yaml:"roles" must:"required one:reader|officer|supervisor"`
	Organisations []string `yaml:"organisations"` // whose staff; of all organisations, if none is named
	Minutes       int      `yaml:"minutes"`       // for how long: 60, if nothing is said; a day at most
}

// HintsFile is hints: of jurisdiction.yaml: which of the things that a computer points out to officers are switched off. It holds
// from the moment the file is in force; what was kept to compare cases by is deleted then. The register of algorithms says so.
type HintsFile struct {
	Pos Pos
	Off []string `yaml:"off" must:"one:missing|similar|same_number|same_document|same_phone|same_email|same_address|unusual_amount"`
}

// HintsOff are the kinds that are switched off.
func (f JurisdictionFile) HintsOff() []string {
	if f.Hints == nil {
		return nil
	}
	return f.Hints.Off
}

const (
	reviewMonths    = 6
	emergencyFor    = time.Hour
	emergencyAtMost = 24 * 60
)

// ReviewMonths is how many months a role holds until a supervisor confirms it.
func (f JurisdictionFile) ReviewMonths() int {
	if f.Rights != nil {
		if n := (PrivacyFile{Keep: f.Rights.Review}).Months(); n > 0 {
			return n
		}
	}
	return reviewMonths
}

// Emergency is who may open what they do not see, and for how long; no organisations where nobody may.
func (f JurisdictionFile) Emergency() (roles, organisations []string, length time.Duration) {
	if f.Rights == nil || f.Rights.Emergency == nil {
		return nil, nil, 0
	}
	e := f.Rights.Emergency
	organisations, length = e.Organisations, emergencyFor
	if len(organisations) == 0 {
		for _, o := range f.Organisations {
			organisations = append(organisations, o.ID)
		}
	}
	if e.Minutes > 0 {
		length = time.Duration(e.Minutes) * time.Minute
	}
	return e.Roles, organisations, length
}

// ForEmergency is somebody with those of their roles to which emergencies are open, and the organisations whose staff may open
// something.
func (f JurisdictionFile) ForEmergency(a policy.Actor) (narrow policy.Actor, organisations []string) {
	roles, organisations, _ := f.Emergency()
	a.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g policy.Grant) bool { return !slices.Contains(roles, string(g.Role)) })
	return a, organisations
}

// checkRights checks how roles are looked after.
func (l *loader) checkRights() {
	r := l.j.File.Rights
	if r == nil {
		return
	}
	if r.Review != "" && (PrivacyFile{Keep: r.Review}).Months() == 0 {
		l.problem(l.places.at(r.Pos, "review"), "write how often: 6 months, or 1 year", "%q is not a length of time", r.Review)
	}
	if r.Emergency == nil {
		return
	}
	for i, id := range r.Emergency.Organisations {
		if !slices.ContainsFunc(l.j.File.Organisations, func(o OrganisationFile) bool { return o.ID == id }) {
			l.problem(l.places.at(r.Emergency.Pos, "organisations", i), "name one of organisations:", "there is no organisation %q", id)
		}
	}
	if m := r.Emergency.Minutes; m < 0 || m > emergencyAtMost {
		l.problem(l.places.at(r.Emergency.Pos, "minutes"), "write from 1 to 1440 minutes", "%d minutes are no short time", m)
	}
}
