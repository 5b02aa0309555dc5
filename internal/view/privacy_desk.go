package view

import (
	"context"

	"stoa/internal/access"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// LookDesk is what a supervisor answers and watches.
type LookDesk struct {
	Waiting, Answered []LookQuestion
	Alerts            []ReadingAlert
	Open              int // alerts nobody has looked at
}

// ReadingAlert is what was noticed about the reading of somebody: a reason to ask, and no finding.
type ReadingAlert struct {
	ID, Who, For string
	At           Instant
	Reason       string
	Seen         Instant
	By, Note     string
	Done, Own    bool
}

const lookDeskMost = 100

// SupervisorArea reports whether an actor answers for the reading and keeping of an organisation.
func SupervisorArea(a policy.Actor) bool {
	return len(Reader{Actor: a}.organisations(policy.AccessAnswer)) > 0
}

// LookDesk lists the questions and alerts of the reader's organisations.
func (v Own) LookDesk(ctx context.Context, r Reader) (d LookDesk, err error) {
	mine := r.organisations(policy.AccessAnswer)
	if len(mine) == 0 {
		return LookDesk{}, policy.Can(r.Actor, policy.AccessAnswer, policy.Thing{Kind: "look questions"})
	}
	err = v.read(ctx, "LookDesk", func(ctx context.Context, tx *store.Tx) error {
		d = LookDesk{}
		names := v.names(r)
		for _, o := range mine {
			for _, answered := range []bool{false, true} {
				list, err := v.askBox().To(ctx, tx, o, answered, lookDeskMost)
				if err != nil {
					return err
				}
				for _, q := range list {
					if policy.Can(r.Actor, policy.AccessAnswer, lookThing(q)) != nil {
						continue // their own look, or about themselves
					}
					line, err := v.lookQuestion(ctx, tx, r, names, q)
					if err != nil {
						return err
					}
					line.Text = "" // the list names nobody; the words are on the question's own page
					if answered {
						d.Answered = append(d.Answered, line)
					} else {
						d.Waiting = append(d.Waiting, line)
					}
				}
			}
			if err := v.alerts(ctx, tx, r, names, o, &d); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

func (v Own) alerts(ctx context.Context, tx *store.Tx, r Reader, names *names, organisation string, d *LookDesk) error {
	list, err := access.Alerts(ctx, tx, organisation, lookDeskMost)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Actor == r.Actor.Person {
			continue // somebody else looks into it
		}
		one := ReadingAlert{ID: a.ID, For: r.organisationName(v.place(), a.Organisation), At: r.instant(v.place(), a.At), Reason: r.alertReason(a), Note: a.Note, Done: !a.Seen.IsZero()}
		if one.Who, err = names.of(ctx, tx, a.Actor); err != nil {
			return err
		}
		if one.Done {
			one.Seen = r.instant(v.place(), a.Seen)
			if one.By, err = names.of(ctx, tx, a.SeenBy); err != nil {
				return err
			}
		} else {
			d.Open++
		}
		d.Alerts = append(d.Alerts, one)
	}
	return nil
}

// alertReason says what was noticed, with the figures that it was compared with.
func (r Reader) alertReason(a access.Alert) string {
	switch a.Kind {
	case access.AlertMany:
		return r.P.T("Looked at the data of {n} different people within an hour. The most in an hour of the four weeks before was {usual}; for others of the organisation it is {peers}.",
			i18n.V{"n": a.N, "usual": a.Usual, "peers": a.Peers})
	case access.AlertOthers:
		return r.P.T("Opened {n} cases in a day that are assigned to somebody else.", i18n.V{"n": a.N})
	case access.AlertName:
		return r.P.T("Looked at the data of somebody with the same family name. It may be chance.")
	case access.AlertHome:
		return r.P.T("Looked at the data of somebody with the same e-mail address or telephone number.")
	}
	return a.Kind
}

// ToAnswerWhy is one question for a supervisor. It shows whose data it is, so that it is a look itself.
func (v Own) ToAnswerWhy(ctx context.Context, r Reader, id string) (q LookQuestion, err error) {
	var look access.Look
	err = v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		ask, err := v.askBox().Get(ctx, tx, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		if look, err = access.Get(ctx, tx, ask.Look); err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		return access.Look{Person: ask.Person, Organisation: ask.Organisation, What: lookQuestionAsked, Ref: look.Ref, Service: look.Service, Why: string(policy.AccessAnswer)}, lookThing(ask), nil
	})
	if err != nil {
		return q, err
	}
	err = v.read(ctx, "ToAnswerWhy", func(ctx context.Context, tx *store.Tx) error {
		ask, err := v.askBox().Get(ctx, tx, id)
		if err != nil {
			return err
		}
		names := v.names(r)
		if q, err = v.lookQuestion(ctx, tx, r, names, ask); err != nil {
			return err
		}
		q.Look, err = v.lookLine(ctx, tx, r, names, look)
		return err
	})
	return q, err
}

const lookQuestionAsked = "question"

func lookThing(q *access.Question) policy.Thing {
	return policy.Thing{Kind: "look question", ID: q.ID, Organisation: q.Organisation, Owner: q.Person, Decider: q.Looker}
}
