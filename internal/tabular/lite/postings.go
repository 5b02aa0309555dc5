package lite

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"

	"stoa/internal/tabular"
)

// A column with few different values has, for each of them, the list of its rows, as the differences of their numbers.
// Filters over such columns are answered by sets of bits: exact totals of any combination without reading a row. A column
// of days has a list for each month.

const (
	maxValues   = 1000     // different values of a column that has lists
	maxPostings = 64 << 20 // bytes of all lists while they are built
)

// postings collects the lists while rows are written.
type postings struct {
	form
	columns []map[any]*posting // nil where there are too many values
	row     int64
	bytes   int
}

type posting struct {
	n    int64
	last int64
	rows []byte
}

func newPostings(f form) *postings {
	p := &postings{form: f, columns: make([]map[any]*posting, len(f.Columns))}
	for i, c := range f.Columns {
		if !c.Unique && f.profile.Columns[i].Longest <= maxIndexed {
			p.columns[i] = map[any]*posting{}
		}
	}
	return p
}

// add takes the values of the next row, as they lie in the file.
func (p *postings) add(values []any) {
	p.row++
	for i, of := range p.columns {
		if of == nil {
			continue
		}
		v := values[i]
		if n, ok := v.(int64); ok && p.Columns[i].Type == tabular.Date {
			v = n / 100
		}
		list := of[v]
		if list == nil {
			list = &posting{}
			of[v] = list
		}
		p.append(list, p.row)
		if len(of) > maxValues || p.bytes > maxPostings {
			p.drop(i)
		}
	}
}

func (p *postings) append(list *posting, row int64) {
	before := len(list.rows)
	list.rows = binary.AppendUvarint(list.rows, uint64(row-list.last))
	list.last = row
	list.n++
	p.bytes += len(list.rows) - before
}

func (p *postings) drop(i int) {
	for _, list := range p.columns[i] {
		p.bytes -= len(list.rows)
	}
	p.columns[i] = nil
}

func (w *writer) keepPostings(ctx context.Context) error {
	if err := w.exec(ctx, "CREATE TABLE p (c INTEGER, v, n INTEGER, rows BLOB)"); err != nil {
		return err
	}
	if err := w.exec(ctx, "BEGIN"); err != nil {
		return err
	}
	for i, of := range w.lists.columns {
		for v, list := range of {
			if err := w.exec(ctx, "INSERT INTO p VALUES (?, ?, ?, ?)", i, v, list.n, list.rows); err != nil {
				return err
			}
		}
	}
	if err := w.exec(ctx, "COMMIT"); err != nil {
		return err
	}
	return w.exec(ctx, "CREATE INDEX pv ON p (c, v, n)")
}

// rowSet is a set of rows: the bit of each.
type rowSet []uint64

func (s rowSet) count() (n int64) {
	for _, word := range s {
		n += int64(bits.OnesCount64(word))
	}
	return n
}

func (s rowSet) and(other rowSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

// invert gives all other rows; the first has the number 1.
func (s rowSet) invert(rows int64) {
	for i := range s {
		s[i] = ^s[i]
	}
	s[0] &^= 1
	s[len(s)-1] &= 1<<(rows%64+1) - 1
}

// add puts the rows of a list in.
func (s rowSet) add(list []byte) error {
	row := uint64(0)
	for len(list) > 0 {
		d, n := binary.Uvarint(list)
		row += d
		if n <= 0 || row/64 >= uint64(len(s)) {
			return fmt.Errorf("a list of rows is damaged at row %d", row)
		}
		s[row/64] |= 1 << (row % 64)
		list = list[n:]
	}
	return nil
}

// page gives rows in their order, or the other way round, without the first ones.
func (s rowSet) page(desc bool, after int64, skip, limit int) (ids []int64) {
	for k := range s {
		i := k
		if desc {
			i = len(s) - 1 - k
		}
		word := s[i]
		if n := bits.OnesCount64(word); after < 0 && n <= skip {
			skip -= n
			continue
		}
		for word != 0 && len(ids) < limit {
			bit := bits.TrailingZeros64(word)
			if desc {
				bit = 63 - bits.LeadingZeros64(word)
			}
			word &^= 1 << bit
			id := int64(i*64 + bit)
			switch {
			case after >= 0 && (id == after || id > after == desc):
			case skip > 0:
				skip--
			default:
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// listed tells which columns have lists.
func (t *Table) listed(ctx context.Context) (map[int]bool, error) {
	t.hasLists.Lock()
	defer t.hasLists.Unlock()
	if t.lists != nil {
		return t.lists, nil
	}
	lists := map[int]bool{}
	err := t.each(ctx, "SELECT DISTINCT c FROM p", nil, func(values []any) error {
		if c, ok := values[0].(int64); ok {
			lists[int(c)] = true
		}
		return nil
	})
	if err == nil {
		t.lists = lists
	}
	return lists, err
}

// rowsByLists is the set of rows that pass all filters; nil where lists do not tell, or there is nothing to tell.
func (t *Table) rowsByLists(ctx context.Context, q Query) (rowSet, error) {
	if q.Search != "" || len(q.Where) == 0 {
		return nil, nil
	}
	lists, err := t.listed(ctx)
	if err != nil {
		return nil, err
	}
	for _, filter := range q.Where {
		if _, i := t.Column(filter.Column); i < 0 || !lists[i] || !wholeMonths(t.Columns[i].Type, filter) {
			return nil, nil
		}
	}
	var all rowSet
	for _, filter := range q.Where {
		set, err := t.rowsWith(ctx, filter)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = set
		} else {
			all.and(set)
		}
	}
	return all, nil
}

// wholeMonths tells whether a filter of days speaks of months or years only.
func wholeMonths(t tabular.Type, f Filter) bool {
	if t != tabular.Date {
		return true
	}
	for _, v := range f.Values {
		if len(v) > len("2026-03") {
			return false
		}
	}
	return true
}

func (t *Table) rowsWith(ctx context.Context, filter Filter) (rowSet, error) {
	switch filter.Op { // the lists of the few values named are shorter than those of all others
	case Not:
		filter.Op = Is
	case Filled:
		filter.Op = Empty
	default:
		return t.listedRows(ctx, filter)
	}
	set, err := t.listedRows(ctx, filter)
	if err != nil {
		return nil, err
	}
	set.invert(t.profile.Rows)
	return set, nil
}

func (t *Table) listedRows(ctx context.Context, filter Filter) (rowSet, error) {
	_, i := t.Column(filter.Column)
	expr := "v"
	if t.Columns[i].Type == tabular.Date {
		expr = "v * 100"
	}
	c := &clause{}
	c.add(" WHERE c = ? AND ", i)
	if err := t.holds(c, i, expr, filter); err != nil {
		return nil, err
	}
	set := make(rowSet, t.profile.Rows/64+1)
	err := t.each(ctx, "SELECT rows FROM p"+c.sql.String(), c.args, func(values []any) error {
		list, ok := values[0].([]byte)
		if !ok {
			return fmt.Errorf("a list of rows is a %T", values[0])
		}
		return set.add(list)
	})
	return set, err
}

// only is the clause of these rows.
func only(ids []int64) (*clause, error) {
	b, err := json.Marshal(ids)
	c := &clause{from: "t", id: "id"}
	c.add(" WHERE id IN (SELECT value FROM json_each(?))", string(b))
	return c, err
}
