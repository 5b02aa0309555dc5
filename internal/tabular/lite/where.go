package lite

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"stoa/internal/fault"
	"stoa/internal/tabular"
)

// wrong is a mistake in a question.
func wrong(key, column, value string) error {
	return fault.NewInvalid(key, "column", column, "value", value)
}

// clause is a part of a statement with its arguments.
type clause struct {
	sql  strings.Builder
	args []any
	from string // what it is about
	id   string // the number of the row there
	only bool   // it is a search and nothing else
}

func (c *clause) add(sql string, args ...any) {
	c.sql.WriteString(sql)
	c.args = append(c.args, args...)
}

// where is "" or begins with " WHERE". A search leads: the index of words gives the rows in their order.
func (f form) where(q Query) (*clause, error) {
	if len(q.Where) > MaxFilters {
		return nil, fault.NewInvalid(KeyLimits)
	}
	c := &clause{from: "t", id: "id"}
	if strings.TrimSpace(q.Search) != "" {
		c.next()
		if match := words(q.Search); match == "" || !f.searchable() {
			c.add("0") // nothing in it is a word
		} else {
			c.from, c.id, c.only = "f CROSS JOIN t ON t.id = f.rowid", "f.rowid", len(q.Where) == 0
			c.add("f MATCH ?", match)
		}
	}
	for _, filter := range q.Where {
		c.next()
		if err := f.filter(c, filter); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *clause) next() {
	if c.sql.Len() == 0 {
		c.add(" WHERE ")
	} else {
		c.add(" AND ")
	}
}

// words is a search in the language of FTS5: every word must occur; the last may be a beginning if it is not so short
// that too much begins with it. Every word stands in quotation marks and holds letters and digits only.
func words(search string) string {
	parts := strings.FieldsFunc(search, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.N, unicode.Mn, unicode.Co)
	})
	parts = parts[:min(len(parts), 20)]
	for i, p := range parts {
		parts[i] = `"` + p + `"`
	}
	if len(parts) == 0 {
		return ""
	}
	whole := strings.Join(parts, " ")
	if utf8.RuneCountInString(parts[len(parts)-1]) < 3+len(`""`) {
		return whole
	}
	return whole + "*"
}

func (f form) filter(c *clause, filter Filter) error {
	if len(filter.Values) > MaxValues {
		return fault.NewInvalid(KeyLimits)
	}
	if filter.Column == RowID {
		return rowFilter(c, filter)
	}
	_, i := f.Column(filter.Column)
	if i < 0 {
		return wrong(KeyColumn, filter.Column, "")
	}
	return f.holds(c, i, name(i), filter)
}

// holds is what a filter says of an expression that has the values of a column.
func (f form) holds(c *clause, i int, expr string, filter Filter) error {
	switch filter.Op {
	case Is, Not:
		return f.oneOf(c, i, expr, filter)
	case Between:
		return f.between(c, i, expr, filter.Values)
	case Contains:
		if f.Columns[i].Type != tabular.String || len(filter.Values) != 1 || len(filter.Values[0]) > 1000 {
			return wrong(KeyFilter, filter.Column, "")
		}
		piece := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(filter.Values[0])
		c.add(expr+` LIKE ? ESCAPE '\'`, "%"+piece+"%")
	case Empty:
		c.add(expr + " IS NULL")
	case Filled:
		c.add(expr + " IS NOT NULL")
	default:
		return wrong(KeyFilter, filter.Column, string(filter.Op))
	}
	return nil
}

func rowFilter(c *clause, filter Filter) error {
	if filter.Op != Is {
		return wrong(KeyFilter, RowID, string(filter.Op))
	}
	c.add("id IN (" + marks(len(filter.Values)) + ")")
	for _, v := range filter.Values {
		n, err := tabular.Scaled(v, 0)
		if canon, bad := (tabular.Column{Type: tabular.Integer}).Canon(v); err != nil || bad != nil || canon != v {
			return wrong(KeyValue, RowID, v)
		}
		c.args = append(c.args, n)
	}
	return nil
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// oneOf: a missing cell is none of the values, unless "" is among them.
func (f form) oneOf(c *clause, i int, expr string, filter Filter) error {
	var values []any
	var alternatives clause
	missing := slices.Contains(filter.Values, "")
	or := func() {
		if alternatives.sql.Len() > 0 {
			alternatives.add(" OR ")
		}
	}
	for _, raw := range filter.Values {
		if raw == "" {
			continue
		}
		low, high, empty, err := f.span(i, raw)
		switch {
		case err != nil:
			return err
		case empty:
		case low == high:
			values = append(values, low)
		default:
			or()
			alternatives.add(expr+" BETWEEN ? AND ?", low, high)
		}
	}
	if len(values) > 0 {
		or()
		alternatives.add(expr+" IN ("+marks(len(values))+")", values...)
	}
	if missing {
		or()
		alternatives.add(expr + " IS NULL")
	}
	if alternatives.sql.Len() == 0 {
		alternatives.add("0")
	}
	if filter.Op == Is {
		c.add("("+alternatives.sql.String()+")", alternatives.args...)
		return nil
	}
	c.add(fmt.Sprintf("coalesce(NOT (%s), 1)", alternatives.sql.String()), alternatives.args...)
	return nil
}

func (f form) between(c *clause, i int, expr string, values []string) error {
	if len(values) != 2 || !f.Columns[i].Type.Ordered() {
		return wrong(KeyFilter, f.Columns[i].ID, "")
	}
	c.add(expr + " IS NOT NULL")
	if values[0] != "" {
		low, _, _, err := f.span(i, values[0])
		if err != nil {
			return err
		}
		c.add(" AND "+expr+" >= ?", low)
	}
	if values[1] != "" {
		_, high, _, err := f.span(i, values[1])
		if err != nil {
			return err
		}
		c.add(" AND "+expr+" <= ?", high)
	}
	return nil
}
