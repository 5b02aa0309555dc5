package extract

import (
	"slices"
	"strings"

	"stoa/internal/policy"
	"stoa/internal/service"
)

// Who asks for a copy.
type Who struct {
	Actor policy.Actor
	Email string // as it was proved by signing in
}

// Of is what a right to a copy depends on, of the record that is asked for.
type Of struct {
	ID, Holder string
	Fields     map[string]string
}

// May finds what entitles somebody to a copy of a record; the error of package policy where nothing does. It says nothing of
// the record, so that the answer is the same whether there is one or not.
func May(who Who, x *service.ExtractFile, r Of) (*service.EntitledFile, error) {
	err := policy.Can(who.Actor, policy.ExtractOrder, policy.Thing{Kind: "extract", ID: r.ID})
	for i := range x.For {
		if err = policy.Can(who.Actor, policy.ExtractOrder, thing(who, &x.For[i], r)); err == nil {
			return &x.For[i], nil
		}
	}
	return nil, err
}

// thing is the record as rights see it, by one way of being entitled.
func thing(who Who, e *service.EntitledFile, r Of) policy.Thing {
	t := policy.Thing{Kind: "extract", ID: r.ID}
	switch {
	case e.Anyone:
		t.Public = true
	case e.Holder:
		t.Owner = r.Holder
	case e.Field != "" && who.Email != "" && same(r.Fields[e.Field], who.Email):
		t.Owner = who.Actor.Person
	case e.Role == "reader", e.Role == "officer" && who.Actor.Has(e.Organisation, policy.Officer, policy.Supervisor):
		t.Organisation = e.Organisation
	}
	return t
}

// same compares e-mail addresses as they are known: without outer spaces and letter case.
func same(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// Concerned are the addresses of those whom a copy is about, who are told that it was made: of a copy that everybody may
// have, nobody's.
func Concerned(x *service.ExtractFile, r Of) (emails []string) {
	for i := range x.For {
		if x.For[i].Anyone {
			return nil
		}
		email := strings.ToLower(strings.TrimSpace(r.Fields[x.For[i].Field]))
		if x.For[i].Field != "" && email != "" && !slices.Contains(emails, email) {
			emails = append(emails, email)
		}
	}
	return emails
}
