package record

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stoa/internal/service"
	"stoa/internal/store"
)

// index makes the record findable: by the keyed hash of each key field, and by words: of the published
// fields, or, in a register without public pages, of those that are not personal.
func (s *Records) index(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record) error {
	for _, table := range []string{"record_key", "record_term"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE record_id = $1`, r.ID); err != nil {
			return fmt.Errorf("clearing the index of record %s: %w", r.Number, err)
		}
	}
	if err := s.indexKeys(ctx, tx, reg, r); err != nil {
		return err
	}
	words := r.Number
	for _, f := range reg.Fields {
		if f.Public || !reg.Public && f.Personal == "" {
			words += " " + r.Fields[f.ID]
		}
	}
	for _, w := range terms(words) {
		_, err := tx.Exec(ctx, `INSERT INTO record_term (register, term, record_id) VALUES ($1, $2, $3) ON CONFLICT (register, term, record_id) DO NOTHING`, r.Register, w, r.ID)
		if err != nil {
			return fmt.Errorf("indexing record %s: %w", r.Number, err)
		}
	}
	return nil
}

func (s *Records) indexKeys(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record) error {
	for _, f := range reg.Fields {
		v, ok := r.Fields[f.ID]
		if !f.Key || !ok {
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO record_key (register, field, value, record_id) VALUES ($1, $2, $3, $4)`,
			r.Register, f.ID, s.key(r.Register, f.ID, v), r.ID)
		if err != nil {
			return fmt.Errorf("indexing record %s: %w", r.Number, err)
		}
	}
	return nil
}

// key is the keyed hash of a key field's value. Letter case and outer spaces do not tell values apart.
func (s *Records) key(register, field, value string) []byte {
	return s.Vault.Blind("record.key", register+"\x00"+field+"\x00"+strings.ToLower(strings.TrimSpace(value)))
}

// ByKey lists the records of a register whose key field has the value, whole.
func (s *Records) ByKey(ctx context.Context, tx *store.Tx, register string, match map[string]string) ([]*Record, error) {
	where, args := s.matching(register, match)
	return s.many(ctx, tx, true, `SELECT `+columns+` FROM record WHERE register = $1`+where+` ORDER BY id LIMIT 1000`, args...)
}

// matching is the condition that key fields have values, for a query whose first argument is the register.
func (s *Records) matching(register string, match map[string]string) (where string, args []any) {
	args = []any{register}
	for field, value := range match {
		args = append(args, field, s.key(register, field, value))
		where += fmt.Sprintf(` AND id IN (SELECT record_id FROM record_key WHERE register = $1 AND field = $%d AND value = $%d)`, len(args)-1, len(args))
	}
	return where, args
}

// Find lists records of a register that hold all the words (a word may be the start of one), by number:
// with the public fields only, or whole.
func (s *Records) Find(ctx context.Context, tx *store.Tx, register, words, after string, limit int, whole bool) ([]*Record, error) {
	args := []any{register, after}
	query := `SELECT ` + columns + ` FROM record WHERE register = $1 AND number > $2`
	for _, w := range terms(words) {
		args = append(args, w, w+"\U0010FFFF")
		query += fmt.Sprintf(` AND id IN (SELECT record_id FROM record_term WHERE register = $1 AND term >= $%d AND term < $%d)`, len(args)-1, len(args))
	}
	args = append(args, limit)
	return s.many(ctx, tx, whole, query+fmt.Sprintf(` ORDER BY number LIMIT $%d`, len(args)), args...)
}

// terms are the words of public texts for searching: marks folded, lower case.
func terms(text string) []string {
	var all []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(norm.NFKD.String(strings.ToLower(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	}) {
		w = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) || r == 'ـ' {
				return -1
			}
			return r
		}, w)
		if w != "" && !seen[w] && len(all) < 100 {
			seen[w] = true
			all = append(all, w)
		}
	}
	return all
}
