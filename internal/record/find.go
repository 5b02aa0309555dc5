package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stoa/internal/service"
	"stoa/internal/store"
)

// A look-up that would have to read more is refused: a count of what was cut off would be wrong.
const (
	lookupLimit = 5000
	lookupMost  = "5001"
)

// index makes the record findable, by the keyed hash of each key field and by words: of the published
// fields, or, in a register without public pages, of those that are not personal. And it is news of the register.
func (s *Records) index(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record, change string) error {
	if r.Version > 1 {
		if err := tx.Put(ctx, `DELETE FROM record_key WHERE record_id = $1`, r.ID); err != nil {
			return fmt.Errorf("clearing the keys of record %s: %w", r.Number, err)
		}
	}
	if r.State == Merged { // it answers by its number, and where to is all that it says
		if err := s.unindex(ctx, tx, r); err != nil {
			return err
		}
		return s.touch(ctx, tx, r.Register, r.ID, r.Number, change)
	}
	if err := s.indexKeys(ctx, tx, reg, r); err != nil {
		return err
	}
	words := r.Number
	for _, f := range reg.Fields {
		if f.Public || !reg.Public && f.Personal == "" && len(f.See) == 0 {
			words += " " + r.Fields[f.ID]
		}
	}
	if err := s.indexWords(ctx, tx, r, terms(words)); err != nil {
		return fmt.Errorf("indexing record %s: %w", r.Number, err)
	}
	return s.touch(ctx, tx, r.Register, r.ID, r.Number, change)
}

// indexWords writes only the words that a change has brought or taken: most leave most of them.
func (s *Records) indexWords(ctx context.Context, tx *store.Tx, r *Record, words []string) error {
	if r.Version > 1 {
		had, err := store.Strings(ctx, tx, `SELECT term FROM record_word WHERE register = $1 AND number = $2`, r.Register, r.Number)
		if err != nil {
			return err
		}
		for _, w := range had {
			if i := slices.Index(words, w); i >= 0 {
				words = slices.Delete(words, i, i+1)
				continue
			}
			if err := tx.Put(ctx, `DELETE FROM record_word WHERE register = $1 AND number = $2 AND term = $3`, r.Register, r.Number, w); err != nil {
				return err
			}
		}
	}
	if len(words) == 0 {
		return nil
	}
	args, values := []any{r.Register, r.Number}, make([]string, len(words))
	for i, w := range words {
		args = append(args, w)
		values[i] = fmt.Sprintf("($1, $%d, $2)", len(args))
	}
	err := tx.Put(ctx, `INSERT INTO record_word (register, term, number) VALUES `+strings.Join(values, ", ")+` ON CONFLICT (register, term, number) DO NOTHING`, args...)
	return err
}

func (s *Records) indexKeys(ctx context.Context, tx *store.Tx, reg *service.Register, r *Record) error {
	args, values := []any{r.Register, r.ID}, []string{}
	for _, f := range reg.Fields {
		if v, ok := r.Fields[f.ID]; (f.Key || f.Refers != "") && ok { // a reference is found from the other end
			args = append(args, f.ID, s.key(r.Register, f.ID, v))
			values = append(values, fmt.Sprintf("($1, $%d, $%d, $2)", len(args)-1, len(args)))
		}
	}
	if len(values) == 0 {
		return nil
	}
	err := tx.Put(ctx, `INSERT INTO record_key (register, field, value, record_id) VALUES `+strings.Join(values, ", "), args...)
	if err != nil {
		return fmt.Errorf("indexing record %s: %w", r.Number, err)
	}
	return nil
}

// key is the keyed hash of a key field's value. Letter case and outer spaces do not tell values apart.
func (s *Records) key(register, field, value string) []byte {
	return s.Vault.Blind("record.key", register+"\x00"+field+"\x00"+strings.ToLower(strings.TrimSpace(value)))
}

// ByKey lists the records of a register whose key fields have the values, whole.
func (s *Records) ByKey(ctx context.Context, tx *store.Tx, register string, match map[string]string) ([]*Record, error) {
	m, err := s.Lookups().Match(ctx, tx, register, match, nil)
	if err != nil {
		return nil, err
	}
	return s.Lookups().Matching(ctx, tx, m)
}

// Page lists all records of a register whole, by number, at most limit after one: for work that goes through a register.
func (s *Records) Page(ctx context.Context, tx *store.Tx, register, after string, limit int) ([]*Record, error) {
	return s.many(ctx, tx, true, `SELECT `+columns+` FROM record WHERE register = $1 AND number > $2 ORDER BY number LIMIT $3`, register, after, limit)
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
