package record

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

const sealColumns = `id, record_id, field, since, until_day, actor, lifted, lifter`

func scanSeal(row store.Scanner) (*Seal, error) {
	var one Seal
	var since, lifted int64
	var until string
	err := row.Scan(&one.ID, &one.Record, &one.Field, &since, &until, &one.By, &lifted, &one.LiftedBy)
	if err != nil {
		return nil, err
	}
	one.Since = store.Time(since)
	if lifted != 0 {
		one.Lifted = store.Time(lifted)
	}
	one.Until, err = day(until)
	return &one, err
}

// holding are the seals of fields of a record that hold.
func (q Seals) holding(ctx context.Context, tx *store.Tx, record string) ([]*Seal, error) {
	rows, err := tx.Query(ctx, `SELECT `+sealColumns+` FROM record_seal WHERE record_id = $1 AND lifted = 0 AND field <> '' ORDER BY id`, record)
	list, err := store.Collect(rows, err, scanSeal)
	if err != nil {
		return nil, fmt.Errorf("reading what is sealed: %w", err)
	}
	return list, nil
}

// Fields names the fields of a record that are sealed.
func (q Seals) Fields(ctx context.Context, tx *store.Tx, record string) (fields []string, err error) {
	list, err := q.holding(ctx, tx, record)
	for _, one := range list {
		fields = append(fields, one.Field)
	}
	return fields, err
}

// Of lists the seals of a record, those that were lifted too, the newest first, with why.
func (q Seals) Of(ctx context.Context, tx *store.Tx, r *Record) ([]*Seal, error) {
	rows, err := tx.Query(ctx, `SELECT `+sealColumns+` FROM record_seal WHERE record_id = $1 ORDER BY id DESC`, r.ID)
	list, err := store.Collect(rows, err, scanSeal)
	if err != nil {
		return nil, fmt.Errorf("reading what is sealed: %w", err)
	}
	for _, one := range list {
		var sealed []byte
		if err := tx.QueryRow(ctx, `SELECT words FROM record_seal WHERE id = $1`, one.ID).Scan(&sealed); err != nil {
			return nil, fmt.Errorf("reading why something is sealed: %w", err)
		}
		var w sealWord
		if err := q.s.openJSON(ctx, tx, r.Subject, "seal "+one.ID, sealed, &w); err != nil {
			return nil, err
		}
		one.Reason, one.Law = w.Reason, w.Law
	}
	return list, nil
}

// Get finds a seal.
func (q Seals) Get(ctx context.Context, tx *store.Tx, id string) (*Seal, error) {
	one, err := scanSeal(tx.QueryRow(ctx, `SELECT `+sealColumns+` FROM record_seal WHERE id = $1`, id))
	if err != nil {
		return nil, fmt.Errorf("reading what is sealed: %w", err)
	}
	return one, nil
}

// Due lists seals that hold although their last day is over.
func (q Seals) Due(ctx context.Context, tx *store.Tx, today calendar.Date, limit int) ([]*Seal, error) {
	rows, err := tx.Query(ctx, `SELECT `+sealColumns+` FROM record_seal WHERE lifted = 0 AND until_day <> '' AND until_day < $1 ORDER BY until_day, id LIMIT $2`, today.String(), limit)
	list, err := store.Collect(rows, err, scanSeal)
	if err != nil {
		return nil, fmt.Errorf("looking for seals that are over: %w", err)
	}
	return list, nil
}

// Closed reads a record that is sealed whole, by its id or by register and number, without what it says: nobody needs that
// to see that it is sealed, or to unseal it.
func (q Seals) Closed(ctx context.Context, tx *store.Tx, register, number string) (*Record, error) {
	r, _, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record_closed WHERE register = $1 AND number = $2`, register, number))
	if err != nil {
		return nil, fmt.Errorf("reading a sealed record: %w", err)
	}
	return r, nil
}

// ClosedByID is Closed by the record's id.
func (q Seals) ClosedByID(ctx context.Context, tx *store.Tx, id string) (*Record, error) {
	r, _, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM record_closed WHERE id = $1`, id))
	if err != nil {
		return nil, fmt.Errorf("reading a sealed record: %w", err)
	}
	return r, nil
}

// List are the records of a register that are sealed whole, by number, without what they say.
func (q Seals) List(ctx context.Context, tx *store.Tx, register string, limit int) ([]*Record, error) {
	return q.s.many(ctx, tx, false, `SELECT `+columns+` FROM record_closed WHERE register = $1 ORDER BY number LIMIT $2`, register, limit)
}

// Taken reports whether a register has given a number, to a sealed record too. It is for what gives numbers: nobody hears of it.
func (s *Records) Taken(ctx context.Context, tx *store.Tx, register, number string) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM record WHERE register = $1 AND number = $2) + (SELECT COUNT(*) FROM record_closed WHERE register = $1 AND number = $2)`,
		register, number).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for a number: %w", err)
	}
	return n > 0, nil
}
