package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/service"
	"stoa/internal/store"
)

// A pending record is what a case asks for, before it is decided: a notice that was given. It lies in a
// table of its own, sealed whole, so that nothing shows it as a licence or lists it; only a look-up that
// names the state counts it. It has no number and no history: those begin when it is granted.

// Await enters the pending record of a case.
func (s *Records) Await(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record) (err error) {
	r.ID, r.State = tx.NewID(), Pending
	if r.Subject, err = s.Vault.NewSubject(ctx, tx); err != nil {
		return fmt.Errorf("storing what case %s asks for: %w", r.Case, err)
	}
	plain, err := json.Marshal(r.Fields)
	if err != nil {
		return fmt.Errorf("writing what case %s asks for: %w", r.Case, err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, r.Subject, "pending "+r.ID, plain)
	if err != nil {
		return fmt.Errorf("sealing what case %s asks for: %w", r.Case, err)
	}
	err = tx.Put(ctx, `INSERT INTO record_pending (id, register, case_id, subject, from_day, until_day, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.Register, r.Case, r.Subject, r.From.String(), noEnd(r.Until), sealed)
	if err != nil {
		return fmt.Errorf("storing what case %s asks for: %w", r.Case, err)
	}
	return s.indexKeys(ctx, tx, reg, r)
}

// Claim takes the pending record of a case out, to be Put as a record: id and subject stay the same.
// store.ErrNotFound if there is none.
func (s *Records) Claim(ctx context.Context, tx *store.Tx, caseID string) (id, subject string, err error) {
	err = tx.QueryRow(ctx, `SELECT id, subject FROM record_pending WHERE case_id = $1`+tx.Lock(), caseID).Scan(&id, &subject)
	if err != nil {
		return "", "", fmt.Errorf("finding what case %s asked for: %w", caseID, err)
	}
	for _, from := range []string{`record_key WHERE record_id`, `record_pending WHERE id`} {
		if err := tx.Put(ctx, `DELETE FROM `+from+` = $1`, id); err != nil {
			return "", "", fmt.Errorf("taking out what case %s asked for: %w", caseID, err)
		}
	}
	return id, subject, nil
}

// Drop forgets the pending record of a case, if it has one. What it said cannot be read any more: it
// never became anything.
func (s *Records) Drop(ctx context.Context, tx *store.Tx, caseID string) error {
	_, subject, err := s.Claim(ctx, tx, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = s.Vault.Erase(ctx, tx, subject)
	}
	return err
}

// MatchingPending is Matching of pending records.
func (s Lookups) MatchingPending(ctx context.Context, tx *store.Tx, m Match) (all []*Record, err error) {
	if m.nothing() {
		return nil, nil
	}
	var args []any
	hits := m.hits(&args)
	rows, err := tx.Query(ctx, `SELECT id, case_id, subject, from_day, until_day, sealed FROM (`+hits+`) AS hit CROSS JOIN record_pending
		WHERE id = hit.record_id ORDER BY id LIMIT `+lookupMost, args...)
	if err != nil {
		return nil, fmt.Errorf("listing pending records: %w", err)
	}
	defer rows.Close()
	var closed [][]byte
	for rows.Next() {
		r := &Record{Register: m.register, State: Pending, Fields: map[string]string{}}
		var from, until string
		var sealed []byte
		if err = rows.Scan(&r.ID, &r.Case, &r.Subject, &from, &until, &sealed); err == nil {
			r.From, err = day(from)
		}
		if err == nil {
			r.Until, err = day(until)
		}
		if err != nil {
			return nil, fmt.Errorf("listing pending records: %w", err)
		}
		all, closed = append(all, r), append(closed, sealed)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing pending records: %w", err)
	}
	rows.Close()
	for i, r := range all {
		if err := s.unseal(ctx, tx, r, "pending ", closed[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}
