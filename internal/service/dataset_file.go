package service

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/tabular"
)

// Schema is the form of the rows.
func (d *Dataset) Schema() tabular.Schema {
	s := tabular.Schema{Key: d.Key}
	for _, c := range d.Fields {
		s.Columns = append(s.Columns, c.tabular(d.Jurisdiction))
	}
	return s
}

func (c *DatasetColumn) tabular(j *Jurisdiction) tabular.Column {
	t := tabular.Column{ID: c.ID, Title: i18n.Text(c.Title.By), About: i18n.Text(c.About.By), Type: tabular.Type(c.Type), Unit: c.Unit,
		Required: c.Required, Unique: c.Unique, Enum: c.Enum, Minimum: c.Minimum, Maximum: c.Maximum, Pattern: c.Pattern}
	if t.Type == tabular.Number && c.Unit != "" && c.Unit == j.File.Currency {
		t.Decimals, _ = money.MinorDigits(c.Unit) // the currency was checked
		for _, bound := range []*string{&t.Minimum, &t.Maximum} {
			if canon, err := t.Canon(*bound); err == nil { // files say 0 for 0.00; what is no number is noted as it stands
				*bound = canon
			}
		}
	}
	return t
}

// Rows gives the rows of a dataset from a file.
func (d *Dataset) Rows() tabular.Rows { return d.Schema().ReadCSV(bytes.NewReader(d.csv)) }

// fileColumns takes the columns of a file as they are said.
func (l *loader) fileColumns(d *Dataset) {
	if len(d.Columns) == 0 {
		l.problem(d.Pos, "add columns: with id, title and type of each", "a file does not say what its columns mean")
	}
	l.unique("column", len(d.Columns), func(i int) (string, Pos) { return d.Columns[i].ID, l.places.at(d.Columns[i].Pos, "id") })
	for i := range d.Columns {
		c := &DatasetColumn{DatasetColumnFile: d.Columns[i]}
		set(&c.Type, string(tabular.String))
		if c.Title.By == nil {
			l.problem(c.Pos, "add title: with its words", "the column %q has no title", c.ID)
		}
		if l.places.node(c.Pos, "field") != nil {
			l.problem(l.places.key(c.Pos, "field"), "remove it: the header of the file has the ids", "field: is for datasets from a register, the ledger, cases or a tax")
		}
		l.together(c)
		l.constraints(c)
		d.Fields = append(d.Fields, c)
	}
}

// constraints checks what must hold of a column's values.
func (l *loader) constraints(c *DatasetColumn) {
	if _, err := regexp.Compile(c.Pattern); err != nil {
		l.problem(l.places.at(c.Pos, "pattern"), "write it in the syntax of RE2", "the pattern cannot be read: %v", err)
		return
	}
	if c.ID == "" {
		return // noted when it was read
	}
	err := tabular.Schema{Columns: []tabular.Column{c.tabular(l.j)}}.Check()
	if err != nil {
		l.problem(c.Pos, "", "%v", err)
	}
}

// datasetFile reads the CSV of a dataset and holds every row against the columns.
func (l *loader) datasetFile(d *Dataset) {
	name := path.Join("datasets", d.From.File)
	if !l.seed(name) {
		l.problem(l.places.at(d.From.Pos, "file"), "add the file, or take the rows from elsewhere", "there is no file %s", name)
		return
	}
	d.csv = l.sources[name]
	checker, err := tabular.NewChecker(d.Schema())
	if err != nil {
		l.problem(d.Pos, "", "%v", err)
		return
	}
	r := &rowReader{loader: l, d: d, name: name, seen: map[string]int{}}
	err = d.Rows()(func(cells []string) error { return r.row(checker.Row(cells)) })
	if err != nil && !errors.Is(err, errEnough) {
		l.problem(Pos{File: name}, "", "the file cannot be read: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if _, problems := checker.Profile(); r.noted == 0 {
		for _, p := range problems {
			r.line = 1
			r.note(p.Column, p.What)
		}
	}
}

var errEnough = errors.New("enough problems are noted")

// rowReader notes what is wrong with the rows of a CSV file.
type rowReader struct {
	*loader
	d     *Dataset
	name  string
	line  int
	noted int
	seen  map[string]int // what must not be there twice → its line
}

func (r *rowReader) note(column, what string) {
	if column != "" {
		what = column + ": " + what
	}
	r.problem(Pos{r.name, r.line, 1}, "", "%s", what)
	r.noted++
}

func (r *rowReader) row(cells []string, problems []tabular.Problem) error {
	if r.line == 0 {
		r.line = 1 // the header
	}
	r.line++
	for _, p := range problems {
		r.note(p.Column, p.What)
	}
	if len(problems) == 0 {
		if len(r.d.Key) > 0 {
			r.once("", "its key", r.d.keyOf(cells))
		}
		for i, c := range r.d.Fields {
			if c.Unique && cells[i] != "" {
				r.once(c.ID, short(cells[i]), c.ID+"\x01"+cells[i])
			}
		}
	}
	if r.noted > maxNoted {
		return errEnough
	}
	return nil
}

func (r *rowReader) once(column, what, key string) {
	if first, twice := r.seen[key]; twice {
		r.note(column, what+" is already on line "+strconv.Itoa(first))
		return
	}
	r.seen[key] = r.line
}

// keyOf is what names a row.
func (d *Dataset) keyOf(cells []string) string {
	var b strings.Builder
	for i, c := range d.Fields {
		for _, id := range d.Key {
			if id == c.ID {
				b.WriteString(cells[i] + "\x00")
			}
		}
	}
	return b.String()
}
