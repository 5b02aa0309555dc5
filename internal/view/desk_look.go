package view

import (
	"context"
	"sync"

	"stoa/internal/access"
	"stoa/internal/cases"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// What is looked at, as the person it is about reads it in their account; see Reader.looked.
const (
	lookCase         = "case"
	lookConsultation = "consultation"
	lookFile         = "file"
	lookLicence      = "licence"
	lookSearch       = "search"
	lookListed       = "list"
	lookOpened       = "opened"  // that it was opened in an emergency
	lookRights       = "rights"  // who may see it
	lookExtract      = "extract" // the number of a copy: see Civil.lookedCopy
)

// record is the one place through which staff come to see what is personal: it asks for the right and
// stores who looks at what and why, before anything is read for showing. find names the person and the
// right asked for; a read that cannot be recorded does not happen.
func (v *View) record(ctx context.Context, r Reader, find func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error)) error {
	return missing(v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		look, thing, err := find(ctx, tx)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.Action(look.Why), thing); err != nil {
			return err
		}
		if look.Person == "" || look.Person == r.Actor.Person {
			return nil // nobody's, as a seed of a register; or the reader's own
		}
		look.Actor = r.Actor.Person
		look.Why = string(r.whyOpened(policy.Action(look.Why), thing))
		return access.Record(ctx, tx, look)
	}))
}

// whyOpened is the right under which the reader looks, as the person it is about reads it.
func (r Reader) whyOpened(right policy.Action, t policy.Thing) policy.Action {
	if policy.InEmergency(r.Actor, right, t) {
		return policy.EmergencyOpen
	}
	return right
}

// lookAtCase records a read of a case under a right of the desk.
func (v *View) lookAtCase(ctx context.Context, r Reader, id, what string, why policy.Action) error {
	return v.record(ctx, r, func(ctx context.Context, tx *store.Tx) (access.Look, policy.Thing, error) {
		row, err := v.Docket.Cases.Get(ctx, tx, id)
		if err != nil {
			return access.Look{}, policy.Thing{}, err
		}
		thing := policy.Thing{Kind: "case", ID: id, Organisation: row.Organisation, Owner: row.Person}
		if row.Pending != nil {
			thing.Decider = row.Pending.By
		}
		return access.Look{Person: row.Person, Organisation: row.Organisation, What: what, Ref: row.Number, Service: row.Service, Why: string(why)}, thing, nil
	})
}

// lookAtFound records that a search for words, or a page of a queue, showed these cases. A page of a queue is written down
// once a day for each person: it looks for nobody, and would bury the reads that do.
func (v *View) lookAtFound(ctx context.Context, r Reader, found []*cases.Case, searched bool) error {
	var looks []access.Look
	for _, c := range found {
		look := access.Look{Person: c.Person, Organisation: c.Organisation, What: lookSearch, Ref: c.Number, Service: c.Service, Why: string(policy.CaseList)}
		if !searched {
			look.What = lookListed
		}
		looks = append(looks, look)
	}
	return v.lookAtAll(ctx, r, looks, !searched)
}

// lookAtAll records the lines of a list. With daily, those that this program has recorded today already cost nothing.
func (v *View) lookAtAll(ctx context.Context, r Reader, looks []access.Look, daily bool) error {
	today, fresh := v.place().Calendar.DateOf(v.now()).String(), looks[:0]
	for _, l := range looks {
		if l.Person == "" || l.Person == r.Actor.Person {
			continue
		}
		if l.Actor = r.Actor.Person; daily {
			if l.Day = today; v.listed.has(l) {
				continue
			}
		}
		fresh = append(fresh, l)
	}
	if len(fresh) == 0 {
		return nil
	}
	err := v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error { return access.RecordAll(ctx, tx, fresh) })
	if err == nil && daily {
		v.listed.add(today, fresh)
	}
	return err
}

// listed remembers which lines of lists were recorded today, so that looking at a queue again writes nothing. It is a
// memory only: what it forgot is recorded again, and the row of the day stays one.
type listed struct {
	mu   sync.Mutex
	day  string
	seen map[access.Look]bool
}

const listedMost = 50_000

func (l *listed) has(look access.Look) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.day == look.Day && l.seen[look]
}

func (l *listed) add(day string, looks []access.Look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.day != day || len(l.seen) > listedMost {
		l.day, l.seen = day, map[access.Look]bool{}
	}
	for _, look := range looks {
		l.seen[look] = true
	}
}
