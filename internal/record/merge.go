package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// Duplicates is the way to records that may be there twice, and to those that became one.
type Duplicates struct{ *Records }

// Duplicates is the way to records that may be there twice, and to those that became one.
func (s *Records) Duplicates() Duplicates { return Duplicates{s} }

// States of a merge.
const (
	MergeProposed = "proposed"
	MergeDone     = "merged"
	MergeRefused  = "refused"
	MergeUndone   = "undone"
)

// Merge is two records becoming one: the record Ended ends and points to Kept, which goes on with what was chosen of both.
type Merge struct {
	ID, Register              string
	Ended, Kept               string // ids of records
	State                     string
	Version                   int64
	EndedVersion, KeptVersion int64             // of the records: when it was proposed; when it was done, as it left them
	Fields                    map[string]string // of the record that goes on
	Before                    Before            // what to go back to
	Proposed, Decided         time.Time
	ProposedBy, DecidedBy     string

	subject string
}

// Before is what a merge changed, as it was.
type Before struct {
	KeptFields map[string]string `json:"kept,omitempty"`
	EndedState string            `json:"state,omitempty"`
	References []Followed        `json:"refs,omitempty"`
}

// Followed is a reference that was turned from the record that ended to the one that goes on.
type Followed struct {
	ID      string `json:"id"` // of the record that refers
	Field   string `json:"f"`
	From    string `json:"from"`
	Version int64  `json:"v"` // that this made
}

type mergeSealed struct {
	Fields map[string]string `json:"fields"`
	Before Before            `json:"before"`
}

const mergeColumns = `id, register, ended, kept, state, version, ended_version, kept_version, subject, sealed, proposed, proposed_by, decided, decided_by`

// MergeChanged is what whoever decides on a merge hears when the records are not as they were.
const MergeChanged = "One of the two has changed since. Look at them again"

// ProposeMerge stores what somebody proposes. A record is in one open proposal at a time.
func (s Duplicates) ProposeMerge(ctx context.Context, tx *store.Tx, m *Merge, keptSubject string) error {
	var open int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM record_merge WHERE register = $1 AND state = $2 AND (ended IN ($3, $4) OR kept IN ($3, $4))`,
		m.Register, MergeProposed, m.Ended, m.Kept).Scan(&open)
	if err != nil {
		return fmt.Errorf("looking for other proposals: %w", err)
	}
	if open > 0 {
		return fault.NewConflict("One of the two is in another proposal already. Decide on that first")
	}
	m.ID, m.State, m.Version, m.Proposed, m.subject = tx.NewID(), MergeProposed, 1, tx.Now(), keptSubject
	sealed, err := s.sealMerge(ctx, tx, m)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO record_merge (`+mergeColumns+`) VALUES (`+store.Marks(1, 12)+`, 0, '')`,
		m.ID, m.Register, m.Ended, m.Kept, m.State, m.Version, m.EndedVersion, m.KeptVersion, m.subject, sealed, store.Micros(m.Proposed), m.ProposedBy)
	if err != nil {
		return fmt.Errorf("proposing a merge: %w", err)
	}
	return nil
}

func (s Duplicates) sealMerge(ctx context.Context, tx *store.Tx, m *Merge) ([]byte, error) {
	plain, err := json.Marshal(mergeSealed{m.Fields, m.Before})
	if err == nil {
		var sealed []byte
		if sealed, err = s.Vault.Seal(ctx, tx, m.subject, "merge "+m.ID, plain); err == nil {
			return sealed, nil
		}
	}
	return nil, fmt.Errorf("sealing a merge: %w", err)
}

// SaveMerge stores what became of a merge that was read in this Write.
func (s Duplicates) SaveMerge(ctx context.Context, tx *store.Tx, m *Merge) error {
	sealed, err := s.sealMerge(ctx, tx, m)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE record_merge SET state = $3, ended_version = $4, kept_version = $5, sealed = $6, decided = $7, decided_by = $8, version = version + 1
		WHERE id = $1 AND version = $2`, m.ID, m.Version, m.State, m.EndedVersion, m.KeptVersion, sealed, store.Micros(m.Decided), m.DecidedBy)
	if err != nil {
		return fmt.Errorf("storing a merge: %w", err)
	}
	if n == 0 {
		return fault.NewConflict(MergeChanged)
	}
	m.Version++
	return nil
}

// GetMerge reads a merge; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s Duplicates) GetMerge(ctx context.Context, tx *store.Tx, id string) (*Merge, error) {
	m := &Merge{}
	var sealed []byte
	var proposed, decided int64
	err := tx.QueryRow(ctx, `SELECT `+mergeColumns+` FROM record_merge WHERE id = $1`+tx.Lock(), id).Scan(&m.ID, &m.Register, &m.Ended, &m.Kept, &m.State, &m.Version,
		&m.EndedVersion, &m.KeptVersion, &m.subject, &sealed, &proposed, &m.ProposedBy, &decided, &m.DecidedBy)
	if err != nil {
		return nil, fmt.Errorf("reading a merge: %w", err)
	}
	m.Proposed, m.Decided = store.Time(proposed), store.Time(decided)
	plain, err := s.Vault.Open(ctx, tx, m.subject, "merge "+m.ID, sealed)
	if err == nil {
		var in mergeSealed
		err = json.Unmarshal(plain, &in)
		m.Fields, m.Before = in.Fields, in.Before
	}
	if err != nil {
		return nil, fmt.Errorf("opening a merge: %w", err)
	}
	return m, nil
}

// Merges lists the ids of a register's merges in a state, the newest first.
func (s Duplicates) Merges(ctx context.Context, tx *store.Tx, register, state string, limit int) ([]string, error) {
	list, err := store.Strings(ctx, tx, `SELECT id FROM record_merge WHERE register = $1 AND state = $2 ORDER BY proposed DESC, id DESC LIMIT $3`, register, state, limit)
	if err != nil {
		return nil, fmt.Errorf("listing merges: %w", err)
	}
	return list, nil
}

// MergedInto is the id of the record that another one lives on in, through as many merges as there were; "" where it was
// not merged.
func (s Duplicates) MergedInto(ctx context.Context, tx *store.Tx, id string) (into string, err error) {
	for range 20 { // each merge is of two that are there, so there is no circle; this only bounds what a damaged table does
		next := ""
		err := tx.QueryRow(ctx, `SELECT kept FROM record_merge WHERE ended = $1 AND state = $2`, id, MergeDone).Scan(&next)
		if errors.Is(err, store.ErrNotFound) {
			return into, nil
		}
		if err != nil {
			return "", fmt.Errorf("following a merge: %w", err)
		}
		id, into = next, next
	}
	return into, nil
}

// Pair is two records that may be one, in the order of their ids.
type Pair struct {
	A, B   string
	Weight float64 // how much speaks for it, in bits
	Why    string  // what was found, field by field, as whoever searched writes it; nothing that the records say
	State  string
	At     time.Time
	By     string
}

// States of a pair.
const (
	PairOpen    = "open"
	PairNotSame = "not the same"
	PairMerged  = "merged"
)

// Resemblance is the last search for pairs in a register.
type Resemblance struct {
	State          string // PairsSearching, PairsFound; "" never searched
	Records, Pairs int64
	Started, Ended time.Time
	By             string
}

// States of a search.
const (
	PairsSearching = "searching"
	PairsFound     = "found"
)

// Resemblance tells of the last search for pairs.
func (s Duplicates) Resemblance(ctx context.Context, tx *store.Tx, register string) (r Resemblance, err error) {
	var started, ended int64
	err = tx.QueryRow(ctx, `SELECT state, records, pairs, started, ended, by_whom FROM record_resemblance WHERE register = $1`, register).Scan(&r.State, &r.Records, &r.Pairs, &started, &ended, &r.By)
	if errors.Is(err, store.ErrNotFound) {
		return Resemblance{}, nil
	}
	if err != nil {
		return r, fmt.Errorf("reading of a search for duplicates: %w", err)
	}
	r.Started, r.Ended = store.Time(started), store.Time(ended)
	return r, nil
}

// Searching notes that a search begins or has ended.
func (s Duplicates) Searching(ctx context.Context, tx *store.Tx, register string, r Resemblance) error {
	err := tx.Put(ctx, `INSERT INTO record_resemblance (register, state, records, pairs, started, ended, by_whom) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (register) DO UPDATE SET state = excluded.state, records = excluded.records, pairs = excluded.pairs, started = excluded.started, ended = excluded.ended, by_whom = excluded.by_whom`,
		register, r.State, r.Records, r.Pairs, store.Micros(r.Started), store.Micros(r.Ended), r.By)
	if err != nil {
		return fmt.Errorf("noting a search for duplicates: %w", err)
	}
	return nil
}

// Found replaces the open pairs of a register by those of a new search. What was decided stays decided.
func (s Duplicates) Found(ctx context.Context, tx *store.Tx, register string, pairs []Pair) error {
	err := tx.Put(ctx, `DELETE FROM record_pair WHERE register = $1 AND state = $2`, register, PairOpen)
	for _, p := range pairs {
		if err != nil {
			break
		}
		a, b := min(p.A, p.B), max(p.A, p.B)
		err = tx.Put(ctx, `INSERT INTO record_pair (register, a, b, weight, why, state, at, by_whom) VALUES ($1, $2, $3, $4, $5, $6, $7, '')
			ON CONFLICT (register, a, b) DO NOTHING`, register, a, b, int64(p.Weight*1000), p.Why, PairOpen, store.Micros(tx.Now()))
	}
	if err != nil {
		return fmt.Errorf("storing what may be the same: %w", err)
	}
	return nil
}

const pairColumns = `a, b, weight, why, state, at, by_whom`

func scanPair(row store.Scanner) (p Pair, err error) {
	var weight, at int64
	err = row.Scan(&p.A, &p.B, &weight, &p.Why, &p.State, &at, &p.By)
	p.Weight, p.At = float64(weight)/1000, store.Time(at)
	return p, err
}

// Pairs lists the pairs of a register in a state, those for which most speaks first.
func (s Duplicates) Pairs(ctx context.Context, tx *store.Tx, register, state string, limit int) ([]Pair, error) {
	rows, err := tx.Query(ctx, `SELECT `+pairColumns+` FROM record_pair WHERE register = $1 AND state = $2 ORDER BY weight DESC, a, b LIMIT $3`, register, state, limit)
	list, err := store.Collect(rows, err, scanPair)
	if err != nil {
		return nil, fmt.Errorf("listing what may be the same: %w", err)
	}
	return list, nil
}

// Pair reads what is known of two records; store.ErrNotFound where nothing is.
func (s Duplicates) Pair(ctx context.Context, tx *store.Tx, register, a, b string) (Pair, error) {
	p, err := scanPair(tx.QueryRow(ctx, `SELECT `+pairColumns+` FROM record_pair WHERE register = $1 AND a = $2 AND b = $3`+tx.Lock(), register, min(a, b), max(a, b)))
	if err != nil {
		return p, fmt.Errorf("reading what may be the same: %w", err)
	}
	return p, nil
}

// Decide notes what was decided about two records, also about two that no search had found.
func (s Duplicates) Decide(ctx context.Context, tx *store.Tx, register, a, b, state, by string) error {
	err := tx.Put(ctx, `INSERT INTO record_pair (register, a, b, weight, why, state, at, by_whom) VALUES ($1, $2, $3, 0, '', $4, $5, $6)
		ON CONFLICT (register, a, b) DO UPDATE SET state = excluded.state, at = excluded.at, by_whom = excluded.by_whom`,
		register, min(a, b), max(a, b), state, store.Micros(tx.Now()), by)
	if err != nil {
		return fmt.Errorf("noting what was decided about two records: %w", err)
	}
	return nil
}

// Referring lists the ids of the records of a register that have a value in a field that is a key.
func (s Duplicates) Referring(ctx context.Context, tx *store.Tx, register, field, value string) ([]string, error) {
	list, err := store.Strings(ctx, tx, `SELECT record_id FROM record_key WHERE register = $1 AND field = $2 AND value = $3 ORDER BY record_id`, register, field, s.key(register, field, value))
	if err != nil {
		return nil, fmt.Errorf("looking for references: %w", err)
	}
	return list, nil
}
