package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/store"
)

// Fact is what statistics count of a case: nothing of it is sealed.
type Fact struct {
	ID, Variant, Language string
	Ending                string // "" while it is open
	Submitted, Ended      time.Time
}

// Past is what cases came to.
type Past struct{ *Cases }

// Facts lists those of the cases of a service submitted before an instant, by id, at most limit after one.
func (Past) Facts(ctx context.Context, tx *store.Tx, service string, before time.Time, after string, limit int) ([]Fact, error) {
	rows, err := tx.Query(ctx, `SELECT id, variant, language, ending, submitted, ended FROM cases
		WHERE id > $1 AND service = $2 AND submitted < $3 ORDER BY id LIMIT $4`, after, service, store.Micros(before), limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (f Fact, err error) {
		var submitted, ended int64
		err = row.Scan(&f.ID, &f.Variant, &f.Language, &f.Ending, &submitted, &ended)
		f.Submitted, f.Ended = store.Time(submitted), store.Time(ended)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what cases of %s came to: %w", service, err)
	}
	return list, nil
}

// Whole lists cases of a service submitted from one instant on and before another, with what was said, by id, at most limit
// after one.
func (p Past) Whole(ctx context.Context, tx *store.Tx, service string, from, before time.Time, after string, limit int) ([]*Case, error) {
	return p.whole(ctx, tx, `SELECT `+columns+`, sealed FROM cases WHERE id > $1 AND service = $2 AND submitted >= $3 AND submitted < $4
		ORDER BY id LIMIT $5`, after, service, store.Micros(from), store.Micros(before), limit)
}

// Stood are the states that cases stood in before their end, by id of the case, in order and each once. Their timelines say so.
func (Past) Stood(ctx context.Context, tx *store.Tx, list []*Case) (map[string][]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids, ended := make([]any, len(list)), map[string]*Case{}
	for i, c := range list {
		ids[i] = c.ID
		if !c.Open() {
			ended[c.ID] = c
		}
	}
	type move struct{ of, from, to string }
	rows, err := tx.Query(ctx, `SELECT case_id, from_state, to_state FROM case_event WHERE case_id IN (`+store.Marks(1, len(ids))+`)
		AND kind IN `+counted+` ORDER BY case_id, seq, id`, ids...)
	moves, err := store.Collect(rows, err, func(row store.Scanner) (m move, err error) {
		return m, row.Scan(&m.of, &m.from, &m.to)
	})
	if err != nil {
		return nil, fmt.Errorf("reading where cases stood: %w", err)
	}
	stood := map[string][]string{}
	for _, m := range moves {
		for _, state := range []string{m.from, m.to} {
			if c := ended[m.of]; state != "" && (c == nil || state != c.State) && !slices.Contains(stood[m.of], state) {
				stood[m.of] = append(stood[m.of], state)
			}
		}
	}
	return stood, nil
}

// Handled is a step that somebody took on a case.
type Handled struct {
	Case, Actor           string
	Organisation, Service string    // of the case
	At, Submitted         time.Time // Submitted: the case
}

// Handled lists the steps that people took on cases of an organisation, or of all with "", in a time, by person and time. To take a case for oneself
// is one; to give it to somebody else is none.
func (Past) Handled(ctx context.Context, tx *store.Tx, organisation string, from, before time.Time, limit int) ([]Handled, error) {
	rows, err := tx.Query(ctx, `SELECT e.case_id, e.actor, c.organisation, c.service, e.at, c.submitted FROM case_event e JOIN cases c ON c.id = e.case_id
		WHERE e.id >= $9 AND e.id < $10 AND (c.organisation = $1 OR $1 = '') AND e.at >= $2 AND e.at < $3 AND e.actor <> '' AND e.actor <> c.person
		AND (e.kind IN ($4, $5, $6) OR e.kind = $7 AND e.action = e.actor)
		ORDER BY e.actor, e.at, e.id LIMIT $8`, organisation, store.Micros(from), store.Micros(before), EventAction, EventProposed, EventMessage, EventAssigned, limit,
		store.FirstID(from.Add(-noted)), store.FirstID(before.Add(noted)))
	list, err := store.Collect(rows, err, func(row store.Scanner) (h Handled, err error) {
		var at, submitted int64
		err = row.Scan(&h.Case, &h.Actor, &h.Organisation, &h.Service, &at, &submitted)
		h.At, h.Submitted = store.Time(at), store.Time(submitted)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what was done on cases of %s: %w", organisation, err)
	}
	return list, nil
}

// First is when the first thing happened in any case; zero where nothing has.
func (Past) First(ctx context.Context, tx *store.Tx) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, `SELECT at FROM case_event ORDER BY id LIMIT 1`).Scan(&at)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("looking for the first case: %w", err)
	}
	return store.Time(at), nil
}

// noted is by how much the time of a step may differ from that of its transaction.
const noted = time.Hour

// Came lists when cases of an organisation came in, in a time, in order, at most limit.
func (Past) Came(ctx context.Context, tx *store.Tx, organisation string, from, before time.Time, limit int) ([]time.Time, error) {
	rows, err := tx.Query(ctx, `SELECT submitted FROM cases WHERE organisation = $1 AND submitted >= $2 AND submitted < $3 ORDER BY submitted LIMIT $4`,
		organisation, store.Micros(from), store.Micros(before), limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (time.Time, error) {
		var at int64
		err := row.Scan(&at)
		return store.Time(at), err
	})
	if err != nil {
		return nil, fmt.Errorf("listing when cases of %s came in: %w", organisation, err)
	}
	return list, nil
}

// Count is how many cases of a service were submitted in a time.
func (Past) Count(ctx context.Context, tx *store.Tx, service string, from, before time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM cases WHERE service = $1 AND submitted >= $2 AND submitted < $3`,
		service, store.Micros(from), store.Micros(before)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting cases of %s: %w", service, err)
	}
	return n, nil
}

// After lists ids of cases after one, in order.
func (Past) After(ctx context.Context, tx *store.Tx, after string, limit int) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM cases WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing cases: %w", err)
	}
	return ids, nil
}

// Endings are how cases ended, by id; of those that are over.
func (Past) Endings(ctx context.Context, tx *store.Tx, ids []string) (map[string]string, error) {
	endings := map[string]string{}
	for part := range slices.Chunk(ids, 500) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		rows, err := tx.Query(ctx, `SELECT id, ending FROM cases WHERE id IN (`+store.Marks(1, len(part))+`) AND ending <> ''`, args...)
		list, err := store.Collect(rows, err, func(row store.Scanner) (e [2]string, err error) { return e, row.Scan(&e[0], &e[1]) })
		if err != nil {
			return nil, fmt.Errorf("reading how cases ended: %w", err)
		}
		for _, e := range list {
			endings[e[0]] = e[1]
		}
	}
	return endings, nil
}
