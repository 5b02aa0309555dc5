package lite

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/tabular"
)

// Query answers a question. A mistake in the question is a fault of kind Invalid.
func (t *Table) Query(ctx context.Context, q Query) (Result, error) {
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 0 || q.Limit > MaxLimit || q.Offset < 0 || q.Offset > 0 && q.After != "" {
		return Result{}, fault.NewInvalid(KeyLimits)
	}
	limited, cancel := context.WithTimeout(ctx, MaxTime)
	defer cancel()
	var r Result
	var err error
	if len(q.Group) > 0 || len(q.Measures) > 0 {
		r, err = t.groupsOf(limited, q)
	} else {
		r, err = t.rowsOf(limited, q)
	}
	if err != nil && strings.Contains(err.Error(), "phrase queries are not supported") {
		return Result{}, wrong(KeySearch, "", q.Search) // letters newer than the index of words
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return Result{}, fault.Wrap(err, fault.Invalid, KeySlow)
	}
	return r, err
}

// picked is a column of rows: a place in the table, -1 for RowID.
type picked struct {
	at int
	ResultColumn
}

func (f form) pick(ids []string) ([]picked, error) {
	if len(ids) == 0 {
		ids = f.IDs()
	}
	if len(ids) > tabular.MaxColumns+1 {
		return nil, wrong(KeyColumn, ids[0], "")
	}
	out := make([]picked, len(ids))
	for i, id := range ids {
		c, at := f.Column(id)
		switch {
		case id == RowID:
			out[i] = picked{-1, ResultColumn{ID: RowID, Type: string(tabular.Integer)}}
		case at < 0:
			return nil, wrong(KeyColumn, id, "")
		default:
			out[i] = picked{at, ResultColumn{ID: id, Type: string(c.Type), Column: id, Unit: c.Unit, Decimals: c.Decimals}}
		}
	}
	return out, nil
}

func (p picked) expr() string {
	if p.at < 0 {
		return "id"
	}
	return name(p.at)
}

func (t *Table) rowsOf(ctx context.Context, q Query) (Result, error) {
	columns, err := t.pick(q.Columns)
	if err != nil {
		return Result{}, err
	}
	where, err := t.where(q)
	if err != nil {
		return Result{}, err
	}
	r := Result{Total: -1}
	exprs := make([]string, len(columns))
	for i, c := range columns {
		exprs[i] = c.expr()
		r.Columns = append(r.Columns, c.ResultColumn)
	}
	list := strings.Join(exprs, ", ")
	if q.Distinct {
		list = "DISTINCT " + list
	}
	set, err := t.rowsByLists(ctx, q)
	if err != nil {
		return Result{}, err
	}
	switch {
	case q.NoTotal:
	case set != nil && !q.Distinct:
		r.Total = set.count()
	default:
		if r.Total, err = t.total(ctx, q, list, where); err != nil {
			return Result{}, err
		}
	}
	order, seek, err := t.order(q, columns, where.id)
	if err != nil {
		return Result{}, err
	}
	limit, offset := q.Limit+1, q.Offset
	if set != nil && seek.can && seek.column == "" {
		where, err = seek.pageOf(set, q)
		offset = 0
	} else if q.After != "" {
		err = seek.after(where, q.After)
	}
	if err != nil {
		return Result{}, err
	}
	keys := ""
	if !q.Distinct {
		keys = ", " + where.id + seek.also()
	}
	query := "SELECT " + list + keys + " FROM " + where.from + where.sql.String() + " ORDER BY " + order + " LIMIT ? OFFSET ?"
	err = t.each(ctx, query, append(where.args, limit, offset), func(values []any) error {
		if len(r.Rows) == q.Limit { // there is another page
			r.Next = seek.token()
			return errEnough
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			if c.at < 0 {
				row[i] = fmt.Sprint(values[i])
			} else if row[i], err = t.cell(c.at, "", values[i]); err != nil {
				return err
			}
		}
		r.Rows = append(r.Rows, row)
		seek.remember(values[len(columns):])
		return nil
	})
	return r, err
}

var errEnough = errors.New("enough")

// each runs a query and gives its rows; the values are used again.
func (t *Table) each(ctx context.Context, query string, args []any, fn func(values []any) error) (err error) {
	rows, err := t.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := fn(values); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *Table) total(ctx context.Context, q Query, list string, where *clause) (int64, error) {
	from := where.from
	if where.only {
		from = "f"
	}
	count := "SELECT count(*) FROM " + from + where.sql.String()
	if q.Distinct {
		count = "SELECT count(*) FROM (SELECT " + list + " FROM " + where.from + where.sql.String() + ")"
	} else if len(where.args) == 0 && where.sql.Len() == 0 {
		return t.profile.Rows, nil
	}
	key := fmt.Sprintf("%s %q", count, where.args)
	return t.totals.get(ctx, key, func(int64) int { return 1 + len(key)/20 }, func(ctx context.Context) (n int64, err error) {
		err = t.db.QueryRowContext(ctx, count, where.args...).Scan(&n)
		return n, err
	})
}

// order is what rows are sorted by, always to the last tie, and how the next page is found without counting from the
// beginning: where one column without gaps decides, or none.
func (t *Table) order(q Query, columns []picked, id string) (string, *seek, error) {
	var by []string
	for n, o := range q.Sort {
		p, err := t.pick([]string{o.Column})
		if err != nil {
			return "", nil, err
		}
		if q.Distinct && !slices.ContainsFunc(columns, func(c picked) bool { return c.ID == o.Column }) {
			return "", nil, wrong(KeySort, o.Column, "")
		}
		by = append(by, p[0].expr()+direction(o.Desc))
		if n == MaxGroups*2 {
			return "", nil, wrong(KeySort, o.Column, "")
		}
	}
	if q.Distinct {
		for _, c := range columns {
			by = append(by, c.expr())
		}
		return strings.Join(by, ", "), &seek{}, nil
	}
	s := &seek{can: true}
	if len(q.Sort) > 0 && q.Sort[0].Column == RowID {
		return id + direction(q.Sort[0].Desc), &seek{can: true, desc: q.Sort[0].Desc}, nil
	}
	if len(q.Sort) > 0 {
		_, at := t.Column(q.Sort[0].Column)
		s.desc = q.Sort[0].Desc
		if at >= 0 {
			s.column = name(at)
			s.can = len(q.Sort) == 1 && t.profile.Columns[at].Filled == t.profile.Rows
		}
	}
	return strings.Join(append(by, id+direction(s.desc)), ", "), s, nil
}

func direction(desc bool) string {
	if desc {
		return " DESC"
	}
	return ""
}

// seek finds the next page by the last row of the one before.
type seek struct {
	can    bool
	desc   bool
	column string // "" where rows are in their own order
	last   []any  // id, and the value of the column
}

func (s *seek) also() string {
	if s.column == "" || !s.can {
		return ""
	}
	return ", " + s.column
}

func (s *seek) remember(values []any) {
	if s.can {
		s.last = append(s.last[:0], values...)
	}
}

func (s *seek) token() string {
	if !s.can || len(s.last) == 0 {
		return ""
	}
	b, err := json.Marshal(s.last)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// pageOf picks the rows of a page out of a set.
func (s *seek) pageOf(set rowSet, q Query) (*clause, error) {
	after := int64(-1)
	if q.After != "" {
		last, err := s.parse(q.After)
		if err != nil {
			return nil, err
		}
		after = last[0].(int64)
	}
	return only(set.page(s.desc, after, q.Offset, q.Limit+1))
}

// after lets only what follows the row of the token through.
func (s *seek) after(c *clause, token string) error {
	last, err := s.parse(token)
	if err != nil {
		return err
	}
	than := " > "
	if s.desc {
		than = " < "
	}
	c.next()
	if s.column == "" {
		c.add(c.id+than+"?", last[0])
	} else {
		c.add("("+s.column+", "+c.id+")"+than+"(?, ?)", last[1], last[0])
	}
	return nil
}

// parse gives the id of the token's row, and the value of the column.
func (s *seek) parse(token string) ([]any, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || !s.can || len(token) > 200_000 {
		return nil, wrong(KeyAfter, "", "")
	}
	in := json.NewDecoder(strings.NewReader(string(b)))
	in.UseNumber()
	var last []any
	want := 1
	if s.column != "" {
		want = 2
	}
	if err := in.Decode(&last); err != nil || len(last) != want {
		return nil, wrong(KeyAfter, "", "")
	}
	for i, v := range last {
		if n, ok := v.(json.Number); ok {
			if last[i], err = n.Int64(); err != nil {
				return nil, wrong(KeyAfter, "", "")
			}
		} else if _, ok := v.(string); !ok || i == 0 {
			return nil, wrong(KeyAfter, "", "")
		}
	}
	return last, nil
}
