package policy

import "slices"

// Opened names what somebody has opened in an emergency, as Actor.Opened lists it.
func Opened(kind, id string) string { return kind + " " + id }

// InEmergency reports whether an actor may do something only because they opened the thing in an emergency.
func InEmergency(a Actor, do Action, t Thing) bool {
	if len(a.Opened) == 0 || Can(a, do, t) != nil {
		return false
	}
	a.Opened = nil
	return Can(a, do, t) != nil
}

// Because are the words of the rules under which the actor may do something to a thing, as Actions has them; none where they
// may not.
func Because(a Actor, do Action, t Thing) (says []string) {
	for _, r := range table[do] {
		if r.holds(a, t) {
			says = append(says, r.says)
		}
	}
	return says
}

// Grounds are the words of the rules under which an actor's roles let them do something to some thing of an organisation: one
// about which it is asked, or that another has proposed. What they may do without a role is not among them.
func Grounds(a Actor, do Action, organisation string) (says []string) {
	bare := a
	bare.Grants = nil
	things := []Thing{
		{Organisation: organisation},
		{Organisation: organisation, Decider: a.Person + " or another"},
		{Organisation: organisation, Consulted: []string{organisation}},
	}
	for _, r := range table[do] {
		if slices.ContainsFunc(things, func(t Thing) bool { return r.holds(a, t) && !r.holds(bare, t) }) {
			says = append(says, r.says)
		}
	}
	return says
}
