package cases

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// Sorts of a queue.
const (
	ByDue       = "due"       // nearest deadline first
	BySubmitted = "submitted" // newest first
	ByOldest    = "oldest"    // oldest first
	ByMade      = "made"      // newest first by when the case was made, in which order words are kept
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

// Page is a page of a queue: cases without their bodies. Next is the cursor for the following one; "" on the last.
type Page struct {
	Cases []*Case
	Next  string
}

// arguments collects the values of a query's placeholders.
type arguments []any

func (a *arguments) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

func (a *arguments) in(column string, values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = a.add(v)
	}
	return column + " IN (" + strings.Join(marks, ", ") + ")"
}

// where builds the condition for one organisation, without words and cursor.
func (q Query) where(organisation string, args *arguments) string {
	all := []string{"cases.organisation = " + args.add(organisation), "is_open = " + args.add(!q.Closed)}
	if q.Service != "" {
		all = append(all, "service = "+args.add(q.Service))
	}
	if q.State != "" {
		all = append(all, "state = "+args.add(q.State))
	}
	if len(q.Assignees) > 0 {
		all = append(all, args.in("assignee", q.Assignees))
	}
	if q.Unassigned {
		all = append(all, "assignee = ''")
	}
	if q.Awaits != "" { // the second condition is what the index asks for
		all = append(all, "awaits = "+args.add(q.Awaits), "awaits <> ''")
	}
	if q.DueBefore != (calendar.Date{}) {
		all = append(all, "due < "+args.add(q.DueBefore.String()))
	}
	return strings.Join(all, " AND ")
}

type cursor struct {
	Key string `json:"k"`
	ID  string `json:"i"`
}

// Queue gives a page. Pages hang on the last row's key, so a row that comes or goes shifts nothing. Each
// organisation's first rows come from its own stretch of an index; only those few are sorted together,
// and only those of the page are read.
func (c *Cases) Queue(ctx context.Context, tx *store.Tx, q Query) (Page, error) {
	if len(q.Organisations) == 0 {
		return Page{}, nil
	}
	column, order, more := "due", "ASC", ">"
	switch q.Sort {
	case BySubmitted:
		column, order, more = "submitted", "DESC", "<"
	case ByOldest:
		column = "submitted"
	case ByMade:
		column, order, more = "id", "DESC", "<"
	}
	if q.Limit <= 0 || q.Limit > 200 {
		q.Limit = 25
	}
	var at *position
	if q.After != "" {
		p, err := readCursor(q.After, column)
		if err != nil {
			return Page{}, err
		}
		at = &p
	}
	var args arguments
	limit := args.add(q.Limit + 1)
	parts := make([]string, len(q.Organisations))
	for i, o := range q.Organisations {
		from, where, err := c.search(ctx, tx, q, o, column != "id", &args)
		if err != nil {
			return Page{}, err
		}
		by, id := column, "id"
		if column == "id" && from != "cases" { // the words' own order
			by, id = "t.case_id", "t.case_id"
		}
		switch {
		case at != nil && by == id:
			where += fmt.Sprintf(" AND %s %s %s", id, more, args.add(at.id))
		case at != nil:
			where += fmt.Sprintf(" AND (%s, id) %s (%s, %s)", column, more, args.add(at.key), args.add(at.id))
		}
		if by != id {
			by += " " + order + ", " + id
		}
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT id AS found, %s AS place FROM %s WHERE %s ORDER BY %s %s LIMIT %s) AS part`,
			column, from, where, by, order, limit)
	}
	found, err := c.lines(ctx, tx, fmt.Sprintf(`SELECT %s FROM (%s ORDER BY place %s, found %s LIMIT %s) AS page CROSS JOIN cases
		WHERE id = found ORDER BY place %s, found %s`,
		columns, strings.Join(parts, " UNION ALL "), order, order, limit, order, order), args...)
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

// HowMany counts what a query finds on all its pages, up to most: what is beyond is not worth the time.
func (c *Cases) HowMany(ctx context.Context, tx *store.Tx, q Query, most int) (int, error) {
	if len(q.Organisations) == 0 {
		return 0, nil
	}
	var args arguments
	limit := args.add(most)
	parts := make([]string, len(q.Organisations))
	for i, o := range q.Organisations {
		from, where, err := c.search(ctx, tx, q, o, false, &args)
		if err != nil {
			return 0, err
		}
		parts[i] = `SELECT * FROM (SELECT id FROM ` + from + ` WHERE ` + where + ` LIMIT ` + limit + `) AS part`
	}
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (`+strings.Join(parts, " UNION ALL ")+`) AS found`, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting cases: %w", err)
	}
	return min(n, most), nil
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
