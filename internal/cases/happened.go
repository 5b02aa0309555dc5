package cases

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// Happened is an event with what statistics count of it and of its case: nothing of it is sealed.
type Happened struct {
	ID, Case, Kind, From, To string
	At                       time.Time
	Organisation, Service    string
	Language                 string
	Ending                   string    // of the case, if this event ended it
	Submitted                time.Time // of the case
	Entered                  time.Time // when the case had come into From; zero where this left no state
	Again                    bool      // To was left before
	Action, Actor            string    // what was done by whom, where somebody did it
}

// counted are the kinds of events that statistics count.
const counted = `('` + EventSubmitted + `', '` + EventAction + `', '` + EventRepresented + `')`

// Happened lists events in the order of their ids, at most limit after one, and the last id it looked at.
func (p Past) Happened(ctx context.Context, tx *store.Tx, after string, limit int) ([]Happened, error) {
	rows, err := tx.Query(ctx, `SELECT e.id, e.case_id, e.kind, e.from_state, e.to_state, e.at, c.organisation, c.service, c.language, c.submitted,
			CASE WHEN c.ended > 0 AND e.at = c.ended AND e.to_state = c.state THEN c.ending ELSE '' END, e.action, e.actor
		FROM case_event e JOIN cases c ON c.id = e.case_id WHERE e.id > $1 AND e.kind IN `+counted+` ORDER BY e.id LIMIT $2`, after, limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (h Happened, err error) {
		var at, submitted int64
		err = row.Scan(&h.ID, &h.Case, &h.Kind, &h.From, &h.To, &at, &h.Organisation, &h.Service, &h.Language, &submitted, &h.Ending, &h.Action, &h.Actor)
		h.At, h.Submitted = store.Time(at), store.Time(submitted)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what happened: %w", err)
	}
	return list, p.before(ctx, tx, list)
}

// HappenedUpTo is how many events there are whose id is not above one.
func (Past) HappenedUpTo(ctx context.Context, tx *store.Tx, id string) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM case_event WHERE id <= $1 AND kind IN `+counted, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting what happened: %w", err)
	}
	return n, nil
}

// before finds for each event that moved a case when the case had come to where it was moved from, and whether it had been
// where it went. The timelines of the cases say so.
func (Past) before(ctx context.Context, tx *store.Tx, list []Happened) error {
	at := map[string]*Happened{}
	var ids []any
	seen := map[string]bool{}
	for i := range list {
		if h := &list[i]; h.Kind == EventAction {
			at[h.ID] = h
			if !seen[h.Case] {
				seen[h.Case], ids = true, append(ids, h.Case)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT case_id, id, at, from_state, to_state FROM case_event
		WHERE case_id IN (`+store.Marks(1, len(ids))+`) AND kind IN `+counted+` ORDER BY case_id, seq, id`, ids...)
	type move struct {
		of, id, from, to string
		at               int64
	}
	moves, err := store.Collect(rows, err, func(row store.Scanner) (m move, err error) {
		return m, row.Scan(&m.of, &m.id, &m.at, &m.from, &m.to)
	})
	if err != nil {
		return fmt.Errorf("reading where cases had been: %w", err)
	}
	var of, state string
	var entered int64
	var been map[string]bool
	for _, m := range moves {
		if m.of != of {
			of, state, entered, been = m.of, "", 0, map[string]bool{}
		}
		if h := at[m.id]; h != nil && m.from != "" && m.from != m.to {
			if state == m.from {
				h.Entered = store.Time(min(entered, m.at)) // what the law did on a day that had passed is noted as of then
			}
			h.Again = been[m.to]
		}
		if m.to != "" && m.to != state {
			been[state] = state != ""
			state, entered = m.to, m.at
		}
	}
	return nil
}
