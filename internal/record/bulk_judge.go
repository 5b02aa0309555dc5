package record

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"stoa/internal/i18n"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Merged is the state of a record that lives on in another: see merge.go.
const Merged = "merged"

// JudgeRows says of each row of an import what it would do, and what is wrong with those that can do nothing. Records are
// found by what the import goes by, and held to their register as they would be.
func (m Imports) JudgeRows(ctx context.Context, tx *store.Tx, reg *service.Register, i *Import, rows []Row) ([]Verdict, []Wrong, error) {
	have, err := m.named(ctx, tx, reg, i, rows)
	if err != nil {
		return nil, nil, fmt.Errorf("judging rows of an import: %w", err)
	}
	verdicts, wrongs := make([]Verdict, len(rows)), []Wrong{}
	for n := range rows {
		row := &rows[n]
		v, wrong, err := m.judgeRow(ctx, tx, reg, i, row, have)
		if err != nil {
			return nil, nil, fmt.Errorf("judging line %d of an import: %w", row.Line, err)
		}
		if len(wrong) > 0 {
			v = Verdict{Kind: RowBad}
		}
		for _, w := range wrong {
			w.Line = row.Line
			wrongs = append(wrongs, w)
		}
		verdicts[n] = v
	}
	return verdicts, wrongs, nil
}

// held are the records of a register that rows of an import name.
type held struct {
	records map[string][]*Record // by the row's name of them
	taken   map[string]bool      // numbers that are there, also those that nobody may read
}

// named finds the records that rows name, all at once.
func (s *Records) named(ctx context.Context, tx *store.Tx, reg *service.Register, i *Import, rows []Row) (held, error) {
	h := held{records: map[string][]*Record{}, taken: map[string]bool{}}
	if i.By != NumberColumn {
		for n := range rows {
			name := rows[n].Name(i.By)
			if _, done := h.records[name]; done || name == "" {
				continue
			}
			found, err := s.ByKey(ctx, tx, reg.Register, map[string]string{i.By: name})
			if err != nil {
				return h, err
			}
			h.records[name] = found
		}
		return h, nil
	}
	args := []any{reg.Register}
	for n := range rows {
		if rows[n].Number != "" {
			args = append(args, rows[n].Number)
		}
	}
	if len(args) == 1 {
		return h, nil
	}
	where := ` WHERE register = $1 AND number IN (` + store.Marks(2, len(args)-1) + `)`
	numbers, err := store.Strings(ctx, tx, `SELECT number FROM record_closed`+where, args...)
	if err != nil {
		return h, err
	}
	for _, n := range numbers {
		h.taken[n] = true
	}
	found, err := s.many(ctx, tx, true, `SELECT `+columns+` FROM record`+where+` ORDER BY number`+tx.Lock(), args...)
	for _, r := range found {
		h.records[r.Number] = append(h.records[r.Number], r)
	}
	return h, err
}

func (s *Records) judgeRow(ctx context.Context, tx *store.Tx, reg *service.Register, i *Import, row *Row, have held) (v Verdict, wrong []Wrong, err error) {
	no := func(field, reason string, args map[string]any) {
		wrong = append(wrong, Wrong{Field: field, Reason: reason, Args: args})
	}
	if len(row.Wrong) > 0 {
		return v, row.Wrong, nil
	}
	name := row.Name(i.By)
	if name == "" {
		no(i.By, i18n.Msg("The row does not say which record it is about"), nil)
		return v, wrong, nil
	}
	before, err := s.Imports().Claim(ctx, tx, i, name, row.Line)
	if err != nil {
		return v, nil, err
	}
	if before != 0 && before != row.Line {
		no(i.By, i18n.Msg("Line {line} is about the same record"), map[string]any{"line": before})
		return v, wrong, nil
	}
	found := have.records[name]
	switch {
	case len(found) > 1:
		no(i.By, i18n.Msg("Several records have this"), nil)
	case len(found) == 1 && found[0].State == Merged:
		no(i.By, i18n.Msg("This record was merged into another one"), nil)
	case len(found) == 0 && have.taken[name]:
		no(i.By, i18n.Msg("This number cannot be given"), nil)
	case len(found) == 0 && row.Number == "":
		no(i.By, i18n.Msg("No record has this, and a new one needs a number"), nil)
	}
	if len(wrong) > 0 {
		return v, wrong, nil
	}
	fields := map[string]string{}
	if v.Kind = RowFresh; len(found) == 1 {
		v, fields = Verdict{RowChanged, found[0].ID, found[0].Version}, found[0].Fields
	}
	with := row.over(fields)
	if v.Kind == RowChanged && maps.Equal(with, fields) {
		v.Kind = RowSame
		return v, nil, nil
	}
	for _, p := range reg.Check(with) {
		no(p.Field, p.Key, p.Args)
	}
	if len(wrong) > 0 {
		return v, wrong, nil
	}
	lost, err := s.References().Dangling(ctx, tx, reg, with)
	for _, field := range lost {
		no(field, i18n.Msg("There is no such record in the register that this refers to"), nil)
	}
	return v, wrong, err
}

// over are the fields of a record with what the row says of it.
func (r *Row) over(fields map[string]string) map[string]string {
	with := map[string]string{}
	maps.Copy(with, fields)
	for id, text := range r.Fields {
		if with[id] = text; text == "" {
			delete(with, id)
		}
	}
	return with
}

// TakeRow does what a row was judged to do, if its record is still as it was then. nil: there was nothing to do, or the
// record has changed; taken tells them apart.
func (m Imports) TakeRow(ctx context.Context, tx *store.Tx, reg *service.Register, row *Row, v Verdict, fresh Record, why Change) (r *Record, taken bool, err error) {
	switch v.Kind {
	case RowSame:
		return nil, true, nil
	case RowFresh:
		there, err := m.Taken(ctx, tx, reg.Register, row.Number)
		if err != nil || there {
			return nil, false, err
		}
		r = &fresh
		r.Number, r.Fields = row.Number, row.over(nil)
	case RowChanged:
		r, err = m.Records.Get(ctx, tx, v.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && r.Version != v.Version {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		r.Fields = row.over(r.Fields)
	default:
		return nil, false, nil
	}
	if err := m.Put(ctx, tx, reg, r, why); err != nil {
		return nil, false, err
	}
	return r, true, nil
}

// Stands reports whether the record of a row is still as it was when the row was judged.
func (m Imports) Stands(ctx context.Context, tx *store.Tx, reg *service.Register, row *Row, v Verdict) (bool, error) {
	var version int64
	err := tx.QueryRow(ctx, `SELECT version FROM record WHERE register = $1 AND (id = $2 OR number = $3)`+tx.Lock(), reg.Register, v.ID, row.Number).Scan(&version)
	if errors.Is(err, store.ErrNotFound) {
		return v.Kind == RowFresh, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking at the record of a row: %w", err)
	}
	return v.Kind != RowFresh && version == v.Version, nil
}
