package hint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/store"
	"stoa/internal/vault"
)

// Place is how far cases were looked at; every case up to it was.
func (h *Hints) Place(ctx context.Context, tx *store.Tx) (place string, err error) {
	err = tx.QueryRow(ctx, `SELECT place FROM hint_cursor WHERE name = 'cases'`).Scan(&place)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("reading how far cases were looked at: %w", err)
	}
	return place, nil
}

// Reach notes how far it is. It never goes back.
func (h *Hints) Reach(ctx context.Context, tx *store.Tx, place string) error {
	_, err := tx.Exec(ctx, `INSERT INTO hint_cursor (name, place) VALUES ('cases', $1)
		ON CONFLICT (name) DO UPDATE SET place = excluded.place WHERE hint_cursor.place < excluded.place`, place)
	if err != nil {
		return fmt.Errorf("noting how far cases were looked at: %w", err)
	}
	return nil
}

// Unseen are those of the ids that were not looked at yet.
func (h *Hints) Unseen(ctx context.Context, tx *store.Tx, ids []string) (fresh []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	seen, err := store.Strings(ctx, tx, `SELECT case_id FROM hint_case WHERE case_id IN (`+store.Marks(1, len(ids))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("finding cases that were looked at: %w", err)
	}
	for _, id := range ids {
		if !slices.Contains(seen, id) {
			fresh = append(fresh, id)
		}
	}
	return fresh, nil
}

// Look compares a case with those that were looked at before it, keeps what is to be pointed out, and keeps what later cases
// are compared with. Kinds that are off are neither compared nor kept. A case is looked at once.
func (h *Hints) Look(ctx context.Context, tx *store.Tx, c Case, off []string) error {
	n, err := tx.Exec(ctx, `INSERT INTO hint_case (case_id, organisation, service, language, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (case_id) DO NOTHING`, c.ID, c.Organisation, c.Service, c.Language, store.Micros(c.At))
	if err != nil {
		return fmt.Errorf("noting that a case was looked at: %w", err)
	}
	if n == 0 {
		return nil
	}
	told := map[[2]string]bool{}
	for _, m := range c.Marks {
		if slices.Contains(off, m.Kind) {
			continue
		}
		hash := h.Vault.Blind("hint."+m.Kind, m.Value)[:16]
		b, err := others(ctx, tx, m.Kind, hash, c)
		if err != nil {
			return err
		}
		key := [2]string{m.Kind, m.Question}
		if len(b.Others) > 0 && !told[key] {
			told[key] = true
			if err := h.keep(ctx, tx, c, m.Kind, m.Question, b); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO hint_mark (kind, mark, case_id, by_person) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, mark, case_id) DO NOTHING`, m.Kind, hash, c.ID, c.Person)
		if err != nil {
			return fmt.Errorf("keeping what cases are compared by: %w", err)
		}
	}
	if slices.Contains(off, UnusualAmount) {
		return nil
	}
	for _, a := range c.Amounts {
		s, err := spread(ctx, tx, c.Service, a.Question)
		if err != nil {
			return err
		}
		if b, far := s.Far(a.Value); far {
			if err := h.keep(ctx, tx, c, UnusualAmount, a.Question, b); err != nil {
				return err
			}
		}
		if err := addUsual(ctx, tx, c.Service, a); err != nil {
			return err
		}
	}
	return nil
}

// others are the cases of other persons that hold the same, in the same organisation: what people told another is not its to compare.
func others(ctx context.Context, tx *store.Tx, kind string, hash []byte, c Case) (b Body, err error) {
	ids, err := store.Strings(ctx, tx, `SELECT m.case_id FROM hint_mark m JOIN hint_case o ON o.case_id = m.case_id
		WHERE m.kind = $1 AND m.mark = $2 AND m.by_person <> $3 AND o.organisation = $4 ORDER BY m.case_id DESC LIMIT 100`, kind, hash, c.Person, c.Organisation)
	if err != nil {
		return b, fmt.Errorf("looking for the same in other cases: %w", err)
	}
	b.Others = ids[:min(len(ids), mostOthers)]
	b.More = len(ids) - len(b.Others)
	return b, nil
}

func (h *Hints) keep(ctx context.Context, tx *store.Tx, c Case, kind, question string, b Body) error {
	id := tx.NewID()
	sealed, err := h.seal(ctx, tx, c.Subject, "hint "+id, b)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO hint_flag (id, kind, question, case_id, service, language, at, sealed, cleared, cleared_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '') ON CONFLICT (case_id, kind, question) DO NOTHING`,
		id, kind, question, c.ID, c.Service, c.Language, store.Micros(c.At), sealed)
	if err != nil {
		return fmt.Errorf("keeping what is pointed out: %w", err)
	}
	return nil
}

func (h *Hints) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := h.Vault.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

func (h *Hints) open(ctx context.Context, tx *store.Tx, subject, place string, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := h.Vault.Open(ctx, tx, subject, place, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", place, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("reading %s: %w", place, err)
	}
	return nil
}

// Of are the flags of a case, in the order of their kinds.
func (h *Hints) Of(ctx context.Context, tx *store.Tx, id, subject string) ([]*Flag, error) {
	type row struct {
		*Flag
		sealed, why []byte
	}
	rows, err := tx.Query(ctx, `SELECT id, kind, question, case_id, service, language, at, sealed, cleared, cleared_by, why FROM hint_flag WHERE case_id = $1 ORDER BY id`, id)
	list, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
		var at, cleared int64
		r.Flag = &Flag{}
		err = s.Scan(&r.ID, &r.Kind, &r.Question, &r.Case, &r.Service, &r.Language, &at, &r.sealed, &cleared, &r.ClearedBy, &r.why)
		if r.At = store.Time(at); cleared > 0 {
			r.Cleared = store.Time(cleared)
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is pointed out: %w", err)
	}
	var all []*Flag
	for _, r := range list {
		if err := h.open(ctx, tx, subject, "hint "+r.ID, r.sealed, &r.Body); err != nil {
			return nil, err
		}
		if err := h.open(ctx, tx, subject, "hint why "+r.ID, r.why, &r.Why); err != nil {
			return nil, err
		}
		all = append(all, r.Flag)
	}
	slices.SortStableFunc(all, func(a, b *Flag) int { return slices.Index(Flags, a.Kind) - slices.Index(Flags, b.Kind) })
	return all, nil
}

// Clear notes that an officer finds no problem, and why. It may be said again; the last word stays.
func (h *Hints) Clear(ctx context.Context, tx *store.Tx, f *Flag, subject, by, why string) error {
	sealed, err := h.seal(ctx, tx, subject, "hint why "+f.ID, why)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE hint_flag SET cleared = $2, cleared_by = $3, why = $4 WHERE id = $1`, f.ID, store.Micros(tx.Now()), by, sealed); err != nil {
		return fmt.Errorf("noting that it is not a problem: %w", err)
	}
	return nil
}

// Compared are the kinds of what is kept of a case to compare others with.
func (h *Hints) Compared(ctx context.Context, tx *store.Tx, id string) ([]string, error) {
	kinds, err := store.Strings(ctx, tx, `SELECT DISTINCT kind FROM hint_mark WHERE case_id = $1 ORDER BY kind`, id)
	if err != nil {
		return nil, fmt.Errorf("reading what cases are compared by: %w", err)
	}
	return kinds, nil
}

// Forget deletes what is kept of a case: what it is compared by, and what was pointed out.
func (h *Hints) Forget(ctx context.Context, tx *store.Tx, id string) error {
	for _, table := range []string{"hint_mark", "hint_flag"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE case_id = $1`, id); err != nil {
			return fmt.Errorf("forgetting what was pointed out: %w", err)
		}
	}
	return nil
}

// ForgetKind deletes what is kept to compare by, of a kind that was switched off. What was pointed out and decided stays for
// those who ask for what is held of them; it is not shown at the desk.
func (h *Hints) ForgetKind(ctx context.Context, tx *store.Tx, kind string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM hint_mark WHERE kind = $1`, kind); err != nil {
		return fmt.Errorf("forgetting what cases are compared by: %w", err)
	}
	return nil
}

// Seen is a case that was looked at, or was flagged, as its kind's record is worked out from.
type Seen struct {
	Case, Language string
	At             time.Time
	Cleared        bool
}

// Flagged are the newest cases of a kind that were flagged, each once; service "" all.
func (h *Hints) Flagged(ctx context.Context, tx *store.Tx, kind, service string, limit int) ([]Seen, error) {
	rows, err := tx.Query(ctx, `SELECT case_id, language, MAX(at), MAX(cleared) FROM hint_flag WHERE kind = $1 AND ($2 = '' OR service = $2)
		GROUP BY case_id, language ORDER BY case_id DESC LIMIT $3`, kind, service, limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (s Seen, err error) {
		var at, cleared int64
		err = row.Scan(&s.Case, &s.Language, &at, &cleared)
		s.At, s.Cleared = store.Time(at), cleared > 0
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was pointed out: %w", err)
	}
	return list, nil
}

// Looked is how many cases were looked at, by language, sent in a time; service "" all.
func (h *Hints) Looked(ctx context.Context, tx *store.Tx, service string, from, before time.Time) (map[string]int64, error) {
	type one struct {
		language string
		n        int64
	}
	rows, err := tx.Query(ctx, `SELECT language, COUNT(*) FROM hint_case WHERE ($1 = '' OR service = $1) AND at >= $2 AND at < $3 GROUP BY language`, service, store.Micros(from), store.Micros(before))
	list, err := store.Collect(rows, err, func(row store.Scanner) (o one, err error) { return o, row.Scan(&o.language, &o.n) })
	if err != nil {
		return nil, fmt.Errorf("counting cases that were looked at: %w", err)
	}
	all := map[string]int64{}
	for _, o := range list {
		all[o.language] = o.n
	}
	return all, nil
}

// Test is how a method did on the past.
type Test struct {
	Kind, Service, Language, Day string
	N, Agreed, Usual             int64
}

// KeepTest keeps how a method did on a day.
func (h *Hints) KeepTest(ctx context.Context, tx *store.Tx, t Test) error {
	_, err := tx.Exec(ctx, `INSERT INTO hint_test (kind, service, language, day, n, agreed, usual) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (kind, service, language, day) DO UPDATE SET n = excluded.n, agreed = excluded.agreed, usual = excluded.usual`,
		t.Kind, t.Service, t.Language, t.Day, t.N, t.Agreed, t.Usual)
	if err != nil {
		return fmt.Errorf("keeping how a method did: %w", err)
	}
	return nil
}

// Tests are how a method did, the newest day first.
func (h *Hints) Tests(ctx context.Context, tx *store.Tx, kind string) ([]Test, error) {
	rows, err := tx.Query(ctx, `SELECT kind, service, language, day, n, agreed, usual FROM hint_test WHERE kind = $1 ORDER BY day DESC, service, language LIMIT 1000`, kind)
	list, err := store.Collect(rows, err, func(row store.Scanner) (t Test, err error) {
		return t, row.Scan(&t.Kind, &t.Service, &t.Language, &t.Day, &t.N, &t.Agreed, &t.Usual)
	})
	if err != nil {
		return nil, fmt.Errorf("reading how a method did: %w", err)
	}
	return list, nil
}
