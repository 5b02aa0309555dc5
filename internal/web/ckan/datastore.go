package ckan

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/tabular"
	"stoa/internal/view"
)

const limitUsual = 100

// dataset is the dataset whose rows a resource has: of its CSV, or by the dataset's own name, which is an alias of it.
func (c *call) dataset(resource string) (string, error) {
	for _, d := range c.r.Place.Datasets {
		if d.Dataset == resource || resourceID(d.Dataset, "csv") == resource {
			return d.Dataset, nil
		}
	}
	all, err := c.data()
	if err != nil {
		return "", err
	}
	for _, d := range all.Datasets { // also those that no file describes any more
		if d.ID == resource || resourceID(d.ID, "csv") == resource {
			return d.ID, nil
		}
	}
	return "", notFound(`Resource "` + resource + `" was not found.`)
}

func (c *call) rows() view.Catalogues { return c.View.Catalogues(c.Words) }

// field is a column as the datastore describes it: its type in PostgreSQL's words.
func field(col view.RowsColumn) members {
	f := members{"id": col.ID, "type": typeOf(col.Type)}
	if col.Title != "" || col.About != "" || col.Unit != "" {
		f["info"] = members{"label": col.Title, "notes": col.About, "unit": col.Unit}
	}
	return f
}

func typeOf(tableSchema string) string {
	switch tableSchema {
	case "integer", "year":
		return "int"
	case "number":
		return "numeric"
	case "boolean":
		return "bool"
	case "date":
		return "date"
	}
	return "text"
}

func datastoreInfo(c *call) (any, error) {
	id := c.given.text("id")
	if id == "" {
		id = c.given.text("resource_id")
	}
	if id == "" {
		return nil, invalid("id", "Missing value")
	}
	set, err := c.dataset(id)
	if err != nil {
		return nil, err
	}
	columns, count, err := c.rows().Columns(c.ctx, c.reader, set)
	if err != nil {
		return nil, missing(err, id)
	}
	fields := []members{}
	for _, col := range columns[1:] { // the number of the row is not a field of the data
		f := field(col)
		f["schema"] = members{"native_type": typeOf(col.Type), "notnull": false, "index_name": nil, "is_index": false, "uniquekey": false}
		fields = append(fields, f)
	}
	return members{"meta": members{"id": resourceID(set, "csv"), "count": count, "table_type": "BASE TABLE", "aliases": []string{set}}, "fields": fields}, nil
}

func missing(err error, resource string) error {
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Gone {
		return notFound(`Resource "` + resource + `" was not found.`)
	}
	return err
}

func noSQL(*call) (any, error) {
	return nil, denied("SQL is not taken here. Ask with datastore_search, or download the whole table")
}

// asked is a question to the datastore, read and checked against the columns.
type asked struct {
	view.RowsQuery
	format string
	limit  int
	echo   members // what the answer repeats
}

func datastoreSearch(c *call) (any, error) {
	resource, err := c.given.must("resource_id")
	if err != nil {
		if resource, err = c.given.must("id"); err != nil {
			return nil, invalid("resource_id", "Missing value")
		}
	}
	set, err := c.dataset(resource)
	if err != nil {
		return nil, err
	}
	columns, _, err := c.rows().Columns(c.ctx, c.reader, set)
	if err != nil {
		return nil, missing(err, resource)
	}
	q, err := c.question(columns)
	if err != nil {
		return nil, err
	}
	found, err := c.rows().Rows(c.ctx, c.reader, set, q.RowsQuery)
	if said, ok := c.r.Say(err, fault.Invalid); ok {
		return nil, invalid("query", said)
	}
	if err != nil {
		return nil, missing(err, resource)
	}
	out := q.echo
	out["resource_id"], out["limit"], out["records_format"], out["include_total"], out["total_estimation_threshold"] = resource, q.limit, q.format, q.Count, nil
	fields := []members{}
	for _, col := range found.Columns {
		i := slices.IndexFunc(columns, func(k view.RowsColumn) bool { return k.ID == col.ID })
		fields = append(fields, field(columns[max(i, 0)]))
	}
	out["fields"] = fields
	if q.Count {
		out["total"], out["total_was_estimated"] = found.Total, false
	}
	if out["records"], err = records(found, q.format); err != nil {
		return nil, fault.NewInternal("writing records", err)
	}
	out["_links"] = c.links(q, len(found.Cells))
	return out, nil
}

// question reads what is asked. Whatever names a column that is not there is said for the parameter that named it.
func (c *call) question(columns []view.RowsColumn) (q asked, err error) {
	known := func(id string) bool {
		return slices.ContainsFunc(columns, func(col view.RowsColumn) bool { return col.ID == id })
	}
	q.echo = members{}
	if q.limit, err = c.given.natural("limit", limitUsual); err != nil {
		return q, err
	}
	q.limit = min(q.limit, view.MostRows)
	q.Limit = q.limit
	if q.Offset, err = c.given.natural("offset", 0); err != nil {
		return q, err
	}
	if q.Offset > 0 {
		q.echo["offset"] = q.Offset
	}
	if q.Distinct, err = c.given.yes("distinct", false); err != nil {
		return q, err
	}
	if q.Count, err = c.given.yes("include_total", true); err != nil {
		return q, err
	}
	switch q.format = c.given.text("records_format"); q.format {
	case "":
		q.format = "objects"
	case "objects", "lists", "csv", "tsv":
	default:
		return q, invalid("records_format", "Value must be one of ('objects', 'lists', 'csv', 'tsv')")
	}
	for _, f := range c.given.list("fields") {
		if !known(f) {
			return q, invalid("fields", `field "`+f+`" not in table`)
		}
		q.Columns = append(q.Columns, f)
	}
	if err = c.order(&q, known); err != nil {
		return q, err
	}
	return q, c.narrow(&q, known)
}

// order reads "a, b desc".
func (c *call) order(q *asked, known func(string) bool) error {
	text := strings.Join(c.given.list("sort"), ",")
	if text == "" {
		return nil
	}
	q.echo["sort"] = text
	for _, part := range strings.Split(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		o := view.RowsOrder{Column: strings.Trim(words[0], `"`)}
		for _, w := range words[1:] {
			switch strings.ToLower(w) {
			case "desc":
				o.Desc = true
			case "asc", "nulls", "last", "first": // missing cells have their one place
			default:
				return invalid("sort", "Unknown sort direction `"+w+"`")
			}
		}
		if !known(o.Column) {
			return invalid("sort", `field "`+o.Column+`" not in table`)
		}
		q.Sort = append(q.Sort, o)
	}
	return nil
}

// narrow reads filters, {"column": value or list of values}, and q, words for all columns or {"column": "words"}.
func (c *call) narrow(q *asked, known func(string) bool) error {
	if given, is := c.given["filters"]; is && given != nil && given != "" {
		filters, ok := c.given.dictionary("filters")
		if !ok {
			return invalid("filters", "Cannot parse JSON")
		}
		q.echo["filters"] = filters
		for _, column := range sorted(filters) {
			if !known(column) {
				return invalid("filters", `field "`+column+`" not in table`)
			}
			q.Where = append(q.Where, view.RowsFilter{Column: column, Values: valuesOf(filters[column])})
		}
	}
	given, is := c.given["q"]
	if !is || given == nil || given == "" {
		return nil
	}
	q.echo["q"] = given
	words, ok := c.given.dictionary("q")
	if !ok {
		q.Search = c.given.text("q")
		return nil
	}
	for _, column := range sorted(words) {
		if !known(column) {
			return invalid("q", `field "`+column+`" not in table`)
		}
		q.Where = append(q.Where, view.RowsFilter{Column: column, Values: valuesOf(words[column]), Contains: true})
	}
	return nil
}

func sorted(m map[string]any) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// valuesOf are the cells that a filter names; null is a missing one.
func valuesOf(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	values := make([]string, len(list))
	for i, one := range list {
		values[i] = params{"": one}.text("")
	}
	return values
}

// records writes the rows in the form asked for.
func records(found view.Rows, format string) (any, error) {
	switch format {
	case "csv", "tsv":
		var b strings.Builder
		w := csv.NewWriter(&b)
		if format == "tsv" {
			w.Comma = '\t'
		}
		for _, row := range found.Cells {
			cells := slices.Clone(row)
			for i, cell := range cells {
				if found.Columns[i].Type == string(tabular.String) {
					cells[i] = tabular.Guard(cell)
				}
			}
			if err := w.Write(cells); err != nil {
				return nil, err
			}
		}
		w.Flush()
		return b.String(), w.Error()
	case "lists":
		lists := make([][]any, len(found.Cells))
		for i, row := range found.Cells {
			lists[i] = make([]any, len(row))
			for k, cell := range row {
				lists[i][k] = typed(found.Columns[k].Type, cell)
			}
		}
		return lists, nil
	}
	objects := make([]record, len(found.Cells))
	for i, row := range found.Cells {
		objects[i] = record{found.Columns, row}
	}
	return objects, nil
}

// record is a row as an object whose members stand in the order of the columns.
type record struct {
	columns []view.RowsColumn
	cells   []string
}

// MarshalJSON implements json.Marshaler.
func (r record) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, cell := range r.cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, r.columns[i].ID) // an id is letters, digits and underscores
		value, err := json.Marshal(typed(r.columns[i].Type, cell))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.columns[i].ID, err)
		}
		b = append(append(b, ':'), value...)
	}
	return append(b, '}'), nil
}

// typed is a cell as JSON has it.
func typed(kind, cell string) any {
	if cell == "" {
		return nil
	}
	switch kind {
	case "integer", "year", "number":
		return json.Number(cell)
	case "boolean":
		return cell == "true"
	}
	return cell
}

// links lead to the first and the next page, and to the one before.
func (c *call) links(q asked, got int) members {
	at := func(offset int) string {
		values := url.Values{}
		for name, v := range c.given {
			text := c.given.text(name)
			if nested, err := json.Marshal(v); err == nil && text == "" && v != nil && v != "" {
				text = string(nested)
			} else if list, ok := v.([]any); ok {
				var all []string
				for _, one := range list {
					all = append(all, params{"": one}.text(""))
				}
				text = strings.Join(all, ",")
			}
			if text != "" && name != "offset" {
				values.Set(name, text)
			}
		}
		if offset > 0 {
			values.Set("offset", strconv.Itoa(offset))
		}
		return "/api/3/action/datastore_search?" + values.Encode()
	}
	links := members{"start": at(0), "next": at(q.Offset + max(q.limit, got))}
	if q.Offset > 0 {
		links["prev"] = at(max(0, q.Offset-q.limit))
	}
	return links
}
