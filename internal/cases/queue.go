package cases

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// Sorts of a queue.
const (
	ByDue       = "due"       // nearest deadline first
	BySubmitted = "submitted" // newest first
	ByOldest    = "oldest"    // oldest first
)

// Query asks for a page of a queue.
type Query struct {
	Organisations []string // of which the asker may read cases; none: nothing is found
	Service       string
	State         string
	Assignees     []string      // any of these persons
	Unassigned    bool          //
	Awaits        string        //
	DueBefore     calendar.Date // due on an earlier day, that is: overdue on this day
	Closed        bool          // ended cases instead of open ones
	Words         string        // all of these words
	Sort          string
	After         string // cursor of a former page's last row
	Limit         int
}

// Page is a page of a queue. Next is the cursor for the following one; "" on the last.
type Page struct {
	Cases []*Case
	Next  string
}

// where builds the condition, without the cursor.
func (c *Cases) where(q Query) (string, []any) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	in := func(column string, values []string) string {
		marks := make([]string, len(values))
		for i, v := range values {
			marks[i] = arg(v)
		}
		return column + " IN (" + strings.Join(marks, ", ") + ")"
	}
	all := []string{in("organisation", q.Organisations), "is_open = " + arg(!q.Closed)}
	if q.Service != "" {
		all = append(all, "service = "+arg(q.Service))
	}
	if q.State != "" {
		all = append(all, "state = "+arg(q.State))
	}
	if len(q.Assignees) > 0 {
		all = append(all, in("assignee", q.Assignees))
	}
	if q.Unassigned {
		all = append(all, "assignee = ''")
	}
	if q.Awaits != "" {
		all = append(all, "awaits = "+arg(q.Awaits))
	}
	if q.DueBefore != (calendar.Date{}) {
		all = append(all, "due < "+arg(q.DueBefore.String()))
	}
	for _, term := range Terms(q.Words) {
		var perOrganisation []string
		for _, o := range q.Organisations {
			perOrganisation = append(perOrganisation, "id IN (SELECT case_id FROM case_term WHERE organisation = "+arg(o)+
				" AND term = "+arg(c.term(o, term))+")")
		}
		all = append(all, "("+strings.Join(perOrganisation, " OR ")+")")
	}
	return strings.Join(all, " AND "), args
}

type cursor struct {
	Key string `json:"k"`
	ID  string `json:"i"`
}

// Queue gives a page. Pages hang on the last row's key, so a row that comes or goes shifts nothing.
func (c *Cases) Queue(ctx context.Context, tx *store.Tx, q Query) (Page, error) {
	if len(q.Organisations) == 0 {
		return Page{}, nil
	}
	where, args := c.where(q)
	column, order, more := "due", "ASC", ">"
	switch q.Sort {
	case BySubmitted:
		column, order, more = "submitted", "DESC", "<"
	case ByOldest:
		column = "submitted"
	}
	if q.After != "" {
		at, err := readCursor(q.After, column)
		if err != nil {
			return Page{}, err
		}
		n := len(args)
		where += fmt.Sprintf(" AND (%s, id) %s ($%d, $%d)", column, more, n+1, n+2)
		args = append(args, at.key, at.id)
	}
	if q.Limit <= 0 || q.Limit > 200 {
		q.Limit = 25
	}
	args = append(args, q.Limit+1)
	found, err := c.many(ctx, tx, fmt.Sprintf(`SELECT %s FROM cases WHERE %s ORDER BY %s %s, id %s LIMIT $%d`,
		columns, where, column, order, order, len(args)), args...)
	if err != nil {
		return Page{}, err
	}
	page := Page{Cases: found}
	if len(found) > q.Limit {
		page.Cases = found[:q.Limit]
		last := page.Cases[q.Limit-1]
		key := dayText(last.Due)
		if column == "submitted" {
			key = strconv.FormatInt(store.Micros(last.Submitted), 10)
		}
		page.Next = writeCursor(cursor{key, last.ID})
	}
	return page, nil
}

func writeCursor(c cursor) string {
	raw, _ := json.Marshal(c) // two strings always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}

type position struct {
	key any
	id  string
}

func readCursor(s, column string) (position, error) {
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	p := position{key: c.Key, id: c.ID}
	if err == nil && column == "submitted" {
		p.key, err = strconv.ParseInt(c.Key, 10, 64)
	}
	if err != nil {
		return position{}, fault.Wrap(err, fault.NotFound, "")
	}
	return p, nil
}

// Count is how many open cases of a service are in a state, and how many of them are overdue.
type Count struct {
	Organisation, Service, State string
	Open, Overdue, Unassigned    int
}

// Counts counts the open cases of organisations on a day.
func (c *Cases) Counts(ctx context.Context, tx *store.Tx, organisations []string, day calendar.Date) ([]Count, error) {
	if len(organisations) == 0 {
		return nil, nil
	}
	args := []any{day.String()}
	for _, o := range organisations {
		args = append(args, o)
	}
	rows, err := tx.Query(ctx, `SELECT organisation, service, state, COUNT(*),
		COUNT(CASE WHEN due < $1 THEN 1 END), COUNT(CASE WHEN assignee = '' THEN 1 END)
		FROM cases WHERE organisation IN (`+store.Marks(2, len(organisations))+`) AND is_open = TRUE
		GROUP BY organisation, service, state ORDER BY organisation, service, state`, args...)
	if err != nil {
		return nil, fmt.Errorf("counting cases: %w", err)
	}
	defer rows.Close()
	var all []Count
	for rows.Next() {
		var n Count
		if err := rows.Scan(&n.Organisation, &n.Service, &n.State, &n.Open, &n.Overdue, &n.Unassigned); err != nil {
			return nil, fmt.Errorf("counting cases: %w", err)
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// Terms are the words of a text as the index knows them: compatibility forms and letters with marks
// folded, lower case, at most 64 distinct.
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
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case isMark(r):
		case isWord(r):
			word.WriteRune(r)
		default:
			end()
		}
	}
	end()
	return all
}

// Index makes a case findable by the words of texts. ADR 5 says why words are stored as keyed hashes.
func (c *Cases) Index(ctx context.Context, tx *store.Tx, one *Case, texts ...string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM case_term WHERE case_id = $1`, one.ID); err != nil {
		return fmt.Errorf("clearing the index of case %s: %w", one.Number, err)
	}
	for _, term := range Terms(strings.Join(texts, " ")) {
		_, err := tx.Exec(ctx, `INSERT INTO case_term (organisation, term, case_id) VALUES ($1, $2, $3) ON CONFLICT (organisation, term, case_id) DO NOTHING`,
			one.Organisation, c.term(one.Organisation, term), one.ID)
		if err != nil {
			return fmt.Errorf("indexing case %s: %w", one.Number, err)
		}
	}
	return nil
}

// term is the keyed hash of a word; 12 bytes keep false hits out of reach and the index small.
func (c *Cases) term(organisation, word string) []byte {
	return c.Vault.Blind("cases.term", organisation+" "+word)[:12]
}
