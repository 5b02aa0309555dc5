package record

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/store"
)

// What a search may read. Which way is quickest depends on how many records have a word, so that is looked at first,
// no further than it matters.
var (
	gatherOne  = 2_000 // hits of one word that are gathered and sorted
	gatherMany = 3_000 // and of the rarest of several, each then asked for the others
	streamMost = 16    // whole words with one beginning whose lists are merged
)

// word is a word that was searched for: the start of one, or a whole.
type word struct {
	from, until string // terms from the first until before the second
	hits        int    // records that have it, counted as far as it matters
}

// Find lists records of a register that hold all the words (a word may be the start of one), by number:
// with the public fields only, or whole.
func (s *Records) Find(ctx context.Context, tx *store.Tx, register, words, after string, limit int, whole bool) ([]*Record, error) {
	query, args := `SELECT `+columns+` FROM record WHERE register = $1 AND number > $2 AND state <> '`+Merged+`'`, []any{register, after}
	if list := terms(words); len(list) > 0 {
		hits, more, err := s.searching(ctx, tx, register, list, after, limit)
		if err != nil {
			return nil, fmt.Errorf("searching a register: %w", err)
		}
		if len(hits) > 0 {
			// Which numbers, and then their records: a planner that joins the two may choose to go through the register.
			query = `SELECT ` + columns + ` FROM record WHERE register = $1 AND number IN (`
		}
		switch {
		case len(hits) > 0:
			args = []any{register}
			for _, n := range hits {
				args = append(args, n)
			}
			query += store.Marks(2, len(hits)) + `)`
		case more == "":
			return nil, nil
		default:
			query += more
			for _, w := range list {
				args = append(args, w, w+lastRune)
			}
		}
	}
	args = append(args, limit)
	return s.many(ctx, tx, whole, query+fmt.Sprintf(` ORDER BY number LIMIT $%d`, len(args)), args...)
}

// lastRune comes after whatever a word may go on with.
const lastRune = "\U0010FFFF"

// searching gives the numbers that hold all the words, or, where so many do that going through the register finds them
// soonest, what a record must satisfy: $3 on, two for each word in the order of the list.
func (s *Records) searching(ctx context.Context, tx *store.Tx, register string, list []string, after string, limit int) (hits []string, must string, err error) {
	most := gatherOne
	if len(list) > 1 {
		most = gatherMany
	}
	all := make([]word, len(list))
	for i, w := range list {
		all[i] = word{from: w, until: w + lastRune}
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM record_word WHERE register = $1 AND term >= $2 AND term < $3 LIMIT $4) AS found`,
			register, w, w+lastRune, most+1).Scan(&all[i].hits)
		if err != nil || all[i].hits == 0 {
			return nil, "", err
		}
		if i > 0 && all[i].hits < most { // no other needs to be counted further than the rarest
			most = max(all[i].hits, 1)
		}
	}
	rarest := slices.MinFunc(all, func(a, b word) int { return a.hits - b.hits })
	bound := gatherOne
	if len(all) > 1 {
		bound = gatherMany
	}
	args := []any{register, after, rarest.from, rarest.until}
	others := ""
	for _, w := range all {
		if w != rarest {
			args = append(args, w.from, w.until)
			others += has("a.number", len(args)-1)
		}
	}
	if rarest.hits <= bound {
		args = append(args, limit)
		hits, err = store.Strings(ctx, tx, `SELECT DISTINCT a.number || '' AS found FROM record_word AS a WHERE a.register = $1 AND a.number || '' > $2 AND a.term >= $3 AND a.term < $4`+
			others+fmt.Sprintf(` ORDER BY found LIMIT $%d`, len(args)), args...) // || '': by the word's index, and not by the number's
		return hits, "", err
	}
	whole, err := s.wholeWords(ctx, tx, register, rarest)
	if err != nil {
		return nil, "", err
	}
	if len(whole) > streamMost {
		for i := range list {
			must += has("record.number", 3+2*i)
		}
		return nil, must, nil
	}
	for _, term := range whole {
		one := append(slices.Clone(args), limit)
		one[2], one[3] = term, term
		found, err := store.Strings(ctx, tx, `SELECT a.number FROM record_word AS a WHERE a.register = $1 AND a.number > $2 AND a.term = $3 AND a.term = $4`+
			others+fmt.Sprintf(` ORDER BY a.number LIMIT $%d`, len(one)), one...)
		if err != nil {
			return nil, "", err
		}
		hits = append(hits, found...)
	}
	slices.Sort(hits)
	hits = slices.Compact(hits)
	return hits[:min(len(hits), limit)], "", nil
}

// has is the condition that a record has a word that begins like the arguments from a place on.
func has(number string, at int) string {
	return fmt.Sprintf(` AND EXISTS (SELECT 1 FROM record_word AS o WHERE o.register = $1 AND o.number = %s AND o.term >= $%d AND o.term < $%d)`, number, at, at+1)
}

// wholeWords lists the terms that a word may stand for, as far as it matters, each found by one step in the index.
func (s *Records) wholeWords(ctx context.Context, tx *store.Tx, register string, w word) (list []string, err error) {
	at := w.from
	for len(list) <= streamMost {
		next, err := store.Strings(ctx, tx, `SELECT term FROM record_word WHERE register = $1 AND term >= $2 AND term < $3 ORDER BY term LIMIT 1`, register, at, w.until)
		if err != nil || len(next) == 0 {
			return list, err
		}
		list = append(list, next[0])
		at = next[0] + "\x01" // no term holds it: the next one
	}
	return list, nil
}
