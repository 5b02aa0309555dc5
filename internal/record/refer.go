package record

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"stoa/internal/service"
	"stoa/internal/store"
)

// References are what fields of records refer to.
type References struct{ s *Records }

// References is the way to what fields of records refer to.
func (s *Records) References() References { return References{s} }

// Find finds the record that a field's text refers to, with its public fields. store.ErrNotFound where there is none, and
// where it is sealed.
func (q References) Find(ctx context.Context, tx *store.Tx, f *service.RegisterField, text string) (*Record, error) {
	register, key := f.Reference()
	if key == "" {
		return q.s.PublicByNumber(ctx, tx, register, text)
	}
	list, err := q.s.many(ctx, tx, false, `SELECT `+columns+` FROM record WHERE id IN (SELECT record_id FROM record_key WHERE register = $1 AND field = $2 AND value = $3) ORDER BY id LIMIT 1`,
		register, key, q.s.key(register, key, text))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("following a reference: %w", store.ErrNotFound)
	}
	return list[0], nil
}

// Dangling names the fields of a record that refer to nothing.
func (q References) Dangling(ctx context.Context, tx *store.Tx, reg *service.Register, fields map[string]string) (dangling []string, err error) {
	for i := range reg.Fields {
		f := &reg.Fields[i]
		if f.Refers == "" || fields[f.ID] == "" {
			continue
		}
		_, err := q.Find(ctx, tx, f, fields[f.ID])
		if errors.Is(err, store.ErrNotFound) {
			dangling = append(dangling, f.ID)
		} else if err != nil {
			return nil, err
		}
	}
	return dangling, nil
}

// Concerns reports whether a record names somebody by their email address in what it holds of persons: who works on records
// keeps off those about themselves.
func Concerns(reg *service.Register, fields map[string]string, email string) bool {
	for _, f := range reg.Fields {
		if f.Personal != "" && email != "" && strings.EqualFold(strings.TrimSpace(fields[f.ID]), email) {
			return true
		}
	}
	return false
}

// EachDangling goes through a register and tells each reference to nothing, until do says that it is enough. What is
// sealed is there.
func (q References) EachDangling(ctx context.Context, tx *store.Tx, reg *service.Register, do func(number, field string) bool) error {
	after := ""
	for {
		page, err := q.s.Page(ctx, tx, reg.Register, after, 500)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			after = r.Number
			dangling, err := q.Dangling(ctx, tx, reg, r.Fields)
			if err != nil {
				return err
			}
			for _, field := range dangling {
				sealed, err := q.maybeSealed(ctx, tx, reg.Field(field), r.Fields[field])
				if err != nil {
					return err
				}
				if !sealed && !do(r.Number, field) {
					return nil
				}
			}
		}
	}
}

// maybeSealed reports whether what a field refers to may be sealed: by its number that is certain; a sealed record's keys
// are gone, so that one by its key may be any of them.
func (q References) maybeSealed(ctx context.Context, tx *store.Tx, f *service.RegisterField, text string) (bool, error) {
	register, key := f.Reference()
	if key == "" {
		return q.s.Taken(ctx, tx, register, text)
	}
	list, err := q.s.Seals().List(ctx, tx, register, 1)
	return len(list) > 0, err
}
