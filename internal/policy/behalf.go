package policy

import (
	"slices"

	"stoa/internal/fault"
)

// Kinds of mandate: what somebody is to the one for whom they act.
const (
	Parent     = "parent"     // of a minor child, as a register says
	Guardian   = "guardian"   // as they declared and an officer confirmed
	Company    = "company"    // an officer of a company, as a register says
	Accountant = "accountant" // or another agent who does it for a living
	Helper     = "helper"     // a trusted person
	Assisted   = "assisted"   // an officer who helps somebody fill in a form, who is present or on the telephone
)

// MandateKinds lists them.
func MandateKinds() []string {
	return []string{Parent, Guardian, Company, Accountant, Helper, Assisted}
}

// Behalf is for whom an actor acts; the zero Behalf is for themselves. While somebody acts for another they have the rights
// of the mandate and none of their own: neither what is theirs nor their roles.
type Behalf struct {
	Mandate string   // its id
	Person  string   // the principal: a person, or who stands for a record of a register (a company, a child)
	Name    string   // the principal's
	Kind    string   //
	Covers  []string // services, and taxes as TaxService names them; what is not here is not covered
	Only    bool     // nothing but what was begun under this mandate
}

// TaxService is how the scope of a mandate names a tax.
func TaxService(tax string) string { return "tax/" + tax }

// AppointmentService is how the scope of a mandate names an appointment.
func AppointmentService(id string) string { return "appointment/" + id }

// Acting reports whether the actor acts for another.
func (a Actor) Acting() bool { return a.For.Mandate != "" }

// Whose is the person whose things are meant by "my": the principal's, of who acts for another.
func (a Actor) Whose() string {
	if a.Acting() {
		return a.For.Person
	}
	return a.Person
}

// Alone is the actor as who they are, whoever they act for: for showing that it is still they.
func (a Actor) Alone() Actor {
	a.For = Behalf{}
	return a
}

// covers reports whether the mandate is about a thing. A thing that names no service is about none.
func (b Behalf) covers(t Thing) bool {
	return b.Mandate != "" && t.Owner != "" && t.Owner == b.Person && t.Service != "" && slices.Contains(b.Covers, t.Service) &&
		(!b.Only || t.Mandate == b.Mandate)
}

// represented reports whether an action can be done for another at all.
func represented(do Action) bool {
	for _, r := range table[do] {
		if r.says == represents.says || r.says == actsFor.says || r.says == party.says || r.says == officerOf.says {
			return true
		}
	}
	return false
}

// notForAnother answers who tries as another what can only be done for oneself. It says nothing of the thing.
func notForAnother(cause error) error {
	return fault.Wrap(cause, fault.Forbidden, "You are acting for somebody else, and this can only be done for yourself. Go back to acting for yourself first")
}
