package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/store"
)

// Lookups asks for records by their key fields, as rules do.
type Lookups struct{ *Records }

// Lookups asks for records by their key fields.
func (s *Records) Lookups() Lookups { return Lookups{s} }

// Match is what a look-up asks for: what has a value in each of some key fields of a register.
type Match struct {
	register string
	keys     []matchKey // the one that fewest share first
}

type matchKey struct {
	field string
	value []byte
	n     int // how many share it, up to fewHits
}

// Counted is how many records have a key, for look-ups that one transaction makes one after the other.
type Counted map[string]int

// fewHits is up to how many records are counted to find the key that tells most.
const fewHits = 100

// few is how many records are so few that it is not worth a count whether another key has fewer.
const few = 8

// Match prepares a look-up. It begins with a key that few records share: a year or a kind leads to half a register, an
// address to a few. SQLite goes through a CROSS JOIN from left to right. Without counted, a single key is not counted.
func (s Lookups) Match(ctx context.Context, tx *store.Tx, register string, match map[string]string, counted Counted) (Match, error) {
	m := Match{register: register, keys: make([]matchKey, 0, len(match))}
	for field, value := range match {
		k := matchKey{field: field, value: s.key(register, field, value), n: fewHits}
		if n, known := counted[k.name(register)]; known {
			k.n = n
		}
		m.keys = append(m.keys, k)
	}
	m.sort()
	if len(match) == 1 && counted == nil {
		return m, nil
	}
	for i := 0; i < len(m.keys) && m.keys[0].n > few; i++ {
		n, err := s.countKey(ctx, tx, register, m.keys[i], counted)
		if err != nil {
			return Match{}, err
		}
		if m.keys[i].n = n; n <= few {
			m.sort()
		}
	}
	m.sort()
	return m, nil
}

// sort puts the key first that fewest share, as far as they are counted.
func (m Match) sort() {
	slices.SortFunc(m.keys, func(a, b matchKey) int { return cmp.Or(a.n-b.n, strings.Compare(a.field, b.field)) })
}

func (k matchKey) name(register string) string {
	return register + "\x00" + k.field + "\x00" + string(k.value)
}

func (s Lookups) countKey(ctx context.Context, tx *store.Tx, register string, k matchKey, counted Counted) (n int, err error) {
	name := k.name(register)
	if n, known := counted[name]; known {
		return n, nil
	}
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM record_key WHERE register = $1 AND field = $2 AND value = $3 LIMIT $4) AS found`,
		register, k.field, k.value, fewHits).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the records of a key: %w", err)
	}
	if counted != nil {
		counted[name] = n
	}
	return n, nil
}

// nothing reports whether a key was counted that no record has.
func (m Match) nothing() bool { return len(m.keys) > 0 && m.keys[0].n == 0 }

// hits is the query for the ids of what has all the values. The register is the first of the arguments that it adds.
func (m Match) hits(args *[]any) string {
	add := func(v any) string {
		*args = append(*args, v)
		return "$" + strconv.Itoa(len(*args))
	}
	register := add(m.register)
	query := `SELECT k.record_id FROM record_key AS k WHERE k.register = ` + register
	for i, one := range m.keys {
		field, value := add(one.field), add(one.value)
		if i == 0 {
			query += ` AND k.field = ` + field + ` AND k.value = ` + value
			continue
		}
		query += ` AND EXISTS (SELECT 1 FROM record_key AS o WHERE o.register = ` + register + ` AND o.field = ` + field + ` AND o.value = ` + value + ` AND o.record_id = k.record_id)`
	}
	return query
}

// Matching lists the records of a register that a look-up finds, whole.
func (s Lookups) Matching(ctx context.Context, tx *store.Tx, m Match) ([]*Record, error) {
	if m.nothing() {
		return nil, nil
	}
	var args []any
	hits := m.hits(&args)
	found, err := s.many(ctx, tx, true, `SELECT `+columns+` FROM (`+hits+`) AS hit CROSS JOIN record WHERE id = hit.record_id AND register = $1 ORDER BY id LIMIT `+lookupMost, args...)
	if err == nil && len(found) > lookupLimit {
		return nil, fmt.Errorf("more than %d records of register %s match a look-up: its count would be wrong", lookupLimit, m.register)
	}
	return found, err
}

// Seen is a look-up with what it found: records by their version and last change, and what is pending if that counted.
type Seen struct {
	match   Match
	pending bool
	found   map[string]mark
}

// mark tells what a record says from what it says after any change. What is pending never changes.
type mark struct{ version, updated int64 }

// See notes what a look-up has found.
func See(m Match, pending bool, found []*Record) Seen {
	s := Seen{match: m, pending: pending, found: make(map[string]mark, len(found))}
	if m.nothing() { // and as long as nothing has that key it finds nothing
		s.match.keys = m.keys[:1]
	}
	for _, r := range found {
		s.found[r.ID] = mark{r.Version, store.Micros(r.Updated)}
	}
	return s
}

// Stand reports whether look-ups made in another transaction would find the same in this one. It is one statement, without
// reading what the records say.
func (s Lookups) Stand(ctx context.Context, tx *store.Tx, all []Seen) (bool, error) {
	var args []any
	var parts []string
	asked := map[string]bool{}
	for i, one := range all {
		k := len(args)
		hits := one.match.hits(&args)
		if same := fmt.Sprint(args[k:], one.pending); one.match.nothing() && asked[same] {
			args = args[:k] // another began with a key that nothing had
			continue
		} else {
			asked[same] = true
		}
		parts = append(parts, fmt.Sprintf(`SELECT %d, hit.record_id, COALESCE(r.version, 0), COALESCE(r.updated, 0) FROM (%s) AS hit LEFT JOIN record AS r ON r.id = hit.record_id`, i, hits))
	}
	if len(parts) == 0 {
		return true, nil
	}
	type row struct {
		seen int
		id   string
		mark
	}
	rows, err := tx.Query(ctx, strings.Join(parts, " UNION ALL "), args...)
	list, err := store.Collect(rows, err, func(r store.Scanner) (one row, err error) {
		return one, r.Scan(&one.seen, &one.id, &one.version, &one.updated)
	})
	if err != nil {
		return false, fmt.Errorf("looking whether records have changed: %w", err)
	}
	left := 0
	for _, one := range all {
		left += len(one.found)
	}
	for _, one := range list {
		if one.version == 0 && !all[one.seen].pending {
			continue
		}
		was, known := all[one.seen].found[one.id]
		if !known || was != one.mark {
			return false, nil
		}
		left--
	}
	return left == 0, nil
}

// Picked is which record had a number, and what it said then; the zero Picked: none.
type Picked struct {
	ID, subject string
	mark
}

// Picked notes a record that was read by its number.
func (r *Record) Picked() Picked {
	return Picked{r.ID, r.Subject, mark{r.Version, store.Micros(r.Updated)}}
}

// Picked is which record has a number now; in Write it is locked until commit.
func (s Lookups) Picked(ctx context.Context, tx *store.Tx, register, number string) (p Picked, err error) {
	err = tx.QueryRow(ctx, `SELECT id, subject, version, updated FROM record WHERE register = $1 AND number = $2`+tx.Lock(), register, number).Scan(&p.ID, &p.subject, &p.version, &p.updated)
	if errors.Is(err, store.ErrNotFound) {
		return Picked{}, nil
	}
	if err == nil {
		if readable, err := s.Vault.Readable(ctx, tx, p.subject); err != nil || !readable {
			return Picked{}, err // whom it was about is erased: what was read of them is not so any more
		}
	}
	if err != nil {
		return Picked{}, fmt.Errorf("looking whether a record has changed: %w", err)
	}
	return p, nil
}
