package cases

import (
	"cmp"
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
		if err := tx.Put(ctx, `DELETE FROM case_term WHERE case_id = $1`, one.ID); err != nil {
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
	err := tx.Put(ctx, `INSERT INTO case_term (organisation, term, case_id) VALUES `+strings.Join(rows, ", ")+
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

// fewMost is up to how many cases a search in another order than theirs begins with the words.
var fewMost = 1000 // a variable for its test alone

// search says where to look for an organisation's part of a query, and the condition. It begins with the rarest word, whose cases
// are kept in the order in which they were made. A page in another order looks for words that many cases have along the queue,
// where they soon come.
func (c *Cases) search(ctx context.Context, tx *store.Tx, q Query, organisation string, otherwise bool, args *arguments) (from, where string, err error) {
	where = q.where(organisation, args)
	terms := Terms(q.Words)
	if len(terms) == 0 {
		return "cases", where, nil
	}
	hashes, err := c.rare(ctx, tx, organisation, terms)
	if err != nil {
		return "", "", err
	}
	if otherwise {
		together, err := c.count(ctx, tx, organisation, hashes[0], hashes[1:], fewMost)
		if err != nil {
			return "", "", err
		}
		if together >= fewMost {
			return "cases", where + c.have(organisation, "id", hashes, args), nil
		}
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

// sample is of how many cases a word is looked at to tell how rare it is.
const sample = 64

// rare gives the words' hashes, the rarest first. Nobody counts: the newest cases of a rare word reach further back.
func (c *Cases) rare(ctx context.Context, tx *store.Tx, organisation string, terms []string) ([][]byte, error) {
	type reach struct {
		hash []byte
		n    int
		back string // the oldest of the newest
	}
	all := make([]reach, len(terms))
	for i, t := range terms {
		all[i].hash = c.term(organisation, t)
		if len(terms) == 1 {
			break
		}
		err := tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MIN(case_id), '') FROM
			(SELECT case_id FROM case_term WHERE organisation = $1 AND term = $2 ORDER BY case_id DESC LIMIT $3) AS newest`,
			organisation, all[i].hash, sample).Scan(&all[i].n, &all[i].back)
		if err != nil {
			return nil, fmt.Errorf("looking how rare words are: %w", err)
		}
	}
	slices.SortStableFunc(all, func(a, b reach) int { return cmp.Or(a.n-b.n, strings.Compare(a.back, b.back)) })
	hashes := make([][]byte, len(all))
	for i, r := range all {
		hashes[i] = r.hash
	}
	return hashes, nil
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
