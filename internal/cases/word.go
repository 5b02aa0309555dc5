package cases

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stoa/internal/store"
)

// Terms are the words of a text as the index knows them: compatibility forms, letters with marks and
// what people write for one another folded, lower case, at most 64 distinct.
func Terms(text string) []string {
	var all []string
	seen := map[string]bool{}
	var word strings.Builder
	end := func() {
		if w := word.String(); w != "" && !seen[w] && len(all) < 64 {
			seen[w] = true
			all = append(all, w)
		}
		word.Reset()
	}
	for _, r := range strings.ToLower(norm.NFKD.String(text)) {
		switch {
		case isMark(r):
		case isWord(r):
			word.WriteRune(fold(r))
		default:
			end()
		}
	}
	end()
	return all
}

// Index makes a case findable by the words of texts. ADR 5 says why words are stored as keyed hashes.
func (c *Cases) Index(ctx context.Context, tx *store.Tx, one *Case, texts ...string) error {
	if one.Version > 0 { // else it was never in the index
		if _, err := tx.Exec(ctx, `DELETE FROM case_term WHERE case_id = $1`, one.ID); err != nil {
			return fmt.Errorf("clearing the index of case %s: %w", one.Number, err)
		}
	}
	var args arguments
	organisation, id := args.add(one.Organisation), args.add(one.ID)
	var rows []string
	for _, term := range Terms(strings.Join(texts, " ")) {
		rows = append(rows, "("+organisation+", "+args.add(c.term(one.Organisation, term))+", "+id+")")
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO case_term (organisation, term, case_id) VALUES `+strings.Join(rows, ", ")+
		` ON CONFLICT (organisation, term, case_id) DO NOTHING`, args...)
	if err != nil {
		return fmt.Errorf("indexing case %s: %w", one.Number, err)
	}
	return nil
}

// term is the keyed hash of a word; 12 bytes keep false hits out of reach and the index small.
func (c *Cases) term(organisation, word string) []byte {
	return c.Vault.Blind("cases.term", organisation+" "+word)[:12]
}

// fewMost is up to how many cases a search begins with the words.
var fewMost = 1000 // a variable for its test alone

// search says where to look for an organisation's part of a query, and the condition. Words that few
// cases have together lead to those; words that are in more are looked for along the queue, where they
// soon come: but that pays only for a page in the queue's order.
func (c *Cases) search(ctx context.Context, tx *store.Tx, q Query, organisation string, ordered bool, args *arguments) (from, where string, err error) {
	where = q.where(organisation, args)
	terms := Terms(q.Words)
	if len(terms) == 0 {
		return "cases", where, nil
	}
	hashes, together, err := c.rare(ctx, tx, organisation, terms)
	if err == nil && ordered && together >= fewMost && len(hashes) > 1 {
		together, err = c.count(ctx, tx, organisation, hashes[0], hashes[1:], fewMost)
	}
	if err != nil {
		return "", "", err
	}
	if ordered && together >= fewMost {
		return "cases", where + c.have(organisation, "id", hashes, args), nil
	}
	// SQLite goes through a CROSS JOIN from left to right.
	where += " AND id = t.case_id AND t.organisation = " + args.add(organisation) + " AND t.term = " + args.add(hashes[0])
	return "case_term AS t CROSS JOIN cases", where + c.have(organisation, "t.case_id", hashes[1:], args), nil
}

// have is the condition that a case has words.
func (c *Cases) have(organisation, id string, hashes [][]byte, args *arguments) string {
	all := ""
	for _, h := range hashes {
		all += " AND EXISTS (SELECT 1 FROM case_term AS o WHERE o.organisation = " + args.add(organisation) +
			" AND o.term = " + args.add(h) + " AND o.case_id = " + id + ")"
	}
	return all
}

// rare gives the words' hashes, those in fewest cases first, and in how many the first is: exactly below
// fewMost. Words in more are counted only as far as it takes to find one that is in fewer than the others.
func (c *Cases) rare(ctx context.Context, tx *store.Tx, organisation string, terms []string) (hashes [][]byte, least int, err error) {
	type counted struct {
		hash []byte
		n    int
	}
	all := make([]counted, len(terms))
	for i, t := range terms {
		all[i].hash = c.term(organisation, t)
	}
	for most := fewMost; ; most *= 4 {
		for i := range all {
			if all[i].n, err = c.count(ctx, tx, organisation, all[i].hash, nil, most); err != nil {
				return nil, 0, err
			}
		}
		slices.SortStableFunc(all, func(a, b counted) int { return a.n - b.n })
		if all[0].n < most || len(all) == 1 || most > 16*fewMost {
			break
		}
	}
	for _, t := range all {
		hashes = append(hashes, t.hash)
	}
	return hashes, all[0].n, nil
}

// count counts the cases that have words, up to most.
func (c *Cases) count(ctx context.Context, tx *store.Tx, organisation string, first []byte, others [][]byte, most int) (n int, err error) {
	var args arguments
	query := "SELECT COUNT(*) FROM (SELECT 1 FROM case_term AS t WHERE t.organisation = " + args.add(organisation) + " AND t.term = " + args.add(first) +
		c.have(organisation, "t.case_id", others, &args) + " LIMIT " + args.add(most) + ") AS found"
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting words: %w", err)
	}
	return n, nil
}

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) || r == 'ـ' } // U+0640 only stretches Arabic words

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// fold makes one of the letters that people write for one another in Arabic (and on Persian keyboards), and of the
// digits 0 to 9 in the forms of both: a number is found however it is typed.
func fold(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	}
	switch r {
	case 'ى', 'ی':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	}
	return r
}
