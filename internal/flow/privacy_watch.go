package flow

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"stoa/internal/access"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

const (
	watchBack   = 28 * 24 * time.Hour // what counts as usual
	watchSpan   = time.Hour
	othersADay  = 10 // cases of others in a day that are nothing to speak of
	watchAtOnce = 500
)

// WatchReading notices odd reading of staff and tells their supervisors: a reason to ask, never more. It looks at the
// last hour, so it is called several times in each; each thing is told once.
func (f Privacy) WatchReading(ctx context.Context, actor policy.Actor) (raised int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "reading"}); err != nil {
		return 0, err
	}
	err = f.DB.Write(ctx, "flow.WatchReading", func(ctx context.Context, tx *store.Tx) error {
		raised = 0
		for _, watch := range []func(context.Context, *store.Tx, func(access.Alert) error) error{f.watchMany, f.watchEach} {
			err := watch(ctx, tx, func(a access.Alert) error {
				fresh, err := access.Raise(ctx, tx, a)
				if err != nil || !fresh {
					return err
				}
				raised++
				return f.tellOfReading(ctx, tx, a)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return raised, err
}

// tellOfReading owes word to the supervisors of the organisation, but for the one it is about. It names nobody.
func (f Privacy) tellOfReading(ctx context.Context, tx *store.Tx, a access.Alert) error {
	to, err := f.supervisors(ctx, tx, a.Actor, a.Organisation)
	if err != nil {
		return err
	}
	for _, address := range slices.Sorted(maps.Keys(to)) {
		p := f.Words.For(to[address].Language)
		err := f.tell(ctx, tx, to[address], p.T("Unusual reading was noticed"),
			p.T("A program noticed that somebody of your organisation reads otherwise than usual. It is a reason to ask, and proves nothing. Who and what, you see at the desk."), "/desk/access-questions")
		if err != nil {
			return err
		}
	}
	return nil
}

// watchMany compares the persons looked at within an hour with what the same reader and the others usually do.
func (f Privacy) watchMany(ctx context.Context, tx *store.Tx, raise func(access.Alert) error) error {
	now := tx.Now()
	readings, err := access.Readings(ctx, tx, now.Add(-watchSpan), now.Add(time.Microsecond))
	if err != nil {
		return err
	}
	for _, r := range readings {
		if !access.Odd(r.Persons, 0, 0) {
			continue
		}
		usual, err := access.Usual(ctx, tx, r.Organisation, r.Actor, now.Add(-watchBack), now.Add(-watchSpan))
		if err != nil {
			return err
		}
		staff, err := f.People.Staff(ctx, tx, r.Organisation)
		if err != nil {
			return err
		}
		var others []int
		for _, s := range staff {
			if s.ID == r.Actor {
				continue
			}
			n, err := access.Usual(ctx, tx, r.Organisation, s.ID, now.Add(-watchBack), now)
			if err != nil {
				return err
			}
			if n > 0 {
				others = append(others, n)
			}
		}
		peers := access.Median(others)
		if !access.Odd(r.Persons, usual, peers) {
			continue
		}
		window := now.UTC().Truncate(watchSpan).Format(time.RFC3339)
		err = raise(access.Alert{Organisation: r.Organisation, Actor: r.Actor, Kind: access.AlertMany, Window: window, N: r.Persons, Usual: usual, Peers: peers})
		if err != nil {
			return err
		}
	}
	return nil
}

// watchEach looks at single reads of the last hour: of somebody of the same family name or the same address, and of cases
// that are assigned to others.
func (f Privacy) watchEach(ctx context.Context, tx *store.Tx, raise func(access.Alert) error) error {
	known := map[string]person.Person{}
	get := func(id string) (person.Person, error) {
		if who, ok := known[id]; ok {
			return who, nil
		}
		who, err := f.People.Get(ctx, tx, id)
		known[id] = who
		return who, err
	}
	day := f.Docket.Releases.Current().Calendar.DateOf(tx.Now())
	others := map[[2]string]map[string]bool{} // organisation and reader: cases
	for after := ""; ; {
		looks, err := access.Since(ctx, tx, tx.Now().Add(-watchSpan), after, watchAtOnce)
		if err != nil || len(looks) == 0 {
			return err
		}
		for _, l := range looks {
			after = l.ID
			reader, err := get(l.Actor)
			if err != nil {
				return missing(err)
			}
			about, err := get(l.Person)
			if err != nil {
				continue // of somebody who is no person here any more
			}
			if kind := kin(reader, about); kind != "" {
				if err := raise(access.Alert{Organisation: l.Organisation, Actor: l.Actor, Kind: kind, Window: day.String() + " " + l.Person, N: 1}); err != nil {
					return err
				}
			}
			if l.What != "case" {
				continue
			}
			c, err := f.Docket.Cases.ByNumber(ctx, tx, l.Organisation, l.Ref)
			if err != nil {
				continue
			}
			if c.Assignee == "" || c.Assignee == l.Actor || (policy.Actor{Person: l.Actor, Grants: reader.Grants}).Has(l.Organisation, policy.Supervisor) {
				continue
			}
			key := [2]string{l.Organisation, l.Actor}
			if others[key] == nil {
				others[key] = map[string]bool{}
			}
			others[key][c.ID] = true
			if n := len(others[key]); n > othersADay {
				if err := raise(access.Alert{Organisation: l.Organisation, Actor: l.Actor, Kind: access.AlertOthers, Window: day.String(), N: n}); err != nil {
					return err
				}
			}
		}
	}
}

// kin reports whether a reader and the person read about may be close: by the address they share, or the family name.
func kin(reader, about person.Person) string {
	switch {
	case reader.ID == about.ID || about.Email == "":
		return ""
	case reader.Email == about.Email, reader.Phone != "" && reader.Phone == about.Phone:
		return access.AlertHome
	}
	a, b := family(reader.Name), family(about.Name)
	if a != "" && a == b {
		return access.AlertName
	}
	return ""
}

// family is the last word of a name of several: a guess, good enough for a question.
func family(name string) string {
	words := strings.Fields(strings.ToLower(name))
	if len(words) < 2 {
		return ""
	}
	return words[len(words)-1]
}
