package record

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/service"
	"stoa/internal/tabular"
)

// What a file of records may hold. Whatever is larger is a mistake, or meant to do harm.
const (
	MostRows   = 2_000_000
	longestRow = 1 << 20 // bytes
)

// EndMark names the last line of JSON Lines that we write: a file without one was cut off.
const EndMark = "$end"

// NumberColumn names the column with the numbers of records.
const NumberColumn = "number"

// Row is a row of a file: what it says of a record, in canonical texts.
type Row struct {
	Line   int64             `json:"l"`
	Number string            `json:"n,omitempty"`
	Fields map[string]string `json:"f,omitempty"` // "" takes the value away; a field that is not here stays as it is
	Wrong  []Wrong           `json:"w,omitempty"` // what cannot be read

	end bool // the last line of an export
}

// Wrong is what is wrong with a row.
type Wrong struct {
	Line   int64          `json:"-"`
	Field  string         `json:"f,omitempty"` // id; "" the row as a whole
	Reason string         `json:"r"`           // a sentence for people, see i18n
	Args   map[string]any `json:"a,omitempty"`
}

func (r *Row) wrong(field, reason string, args map[string]any) {
	r.Wrong = append(r.Wrong, Wrong{Line: r.Line, Field: field, Reason: reason, Args: args})
}

// Columns are the ids of what the rows of a file say.
type Columns []string

// ReadRows reads a file of records row by row: CSV with a first line of field ids or titles, or JSON Lines. What is wrong
// with one row is in the row. An error is of the file: it cannot be read at all, or on.
func ReadRows(reg *service.Register, file io.Reader, header func(Columns) error, each func(Row) error) error {
	in := bufio.NewReaderSize(file, 64<<10)
	start, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading a file of records: %w", err)
	}
	if len(start) >= 2 && (start[0] == 0xff && start[1] == 0xfe || start[0] == 0xfe && start[1] == 0xff || start[0] == 0 || start[1] == 0) {
		return fault.NewInvalid("The file is in UTF-16. Save it as UTF-8")
	}
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		return fault.NewInvalid("This is a file of a spreadsheet program. Save it as CSV in UTF-8")
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) {
		_, _ = in.Discard(3) // it was peeked
	}
	r := rowReader{reg: reg, header: header, each: each}
	for {
		first, err := in.Peek(1)
		if errors.Is(err, io.EOF) {
			return fault.NewInvalid("The file is empty")
		}
		if err != nil {
			return fmt.Errorf("reading a file of records: %w", err)
		}
		if first[0] != '\n' && first[0] != '\r' && first[0] != ' ' {
			if first[0] == '{' {
				return r.jsonLines(in)
			}
			return r.csv(in)
		}
		_, _ = in.Discard(1)
		if first[0] == '\n' {
			r.skipped++
		}
	}
}

type rowReader struct {
	reg     *service.Register
	header  func(Columns) error
	each    func(Row) error
	rows    int
	skipped int64 // empty lines before the first
}

func (r *rowReader) give(row Row) error {
	if r.rows++; r.rows > MostRows {
		return fault.NewInvalid("The file has more than {most} rows. Divide it", "most", MostRows)
	}
	return r.each(row)
}

// column finds what a name stands for: the number, or a field by its id or one of its titles.
func (r *rowReader) column(name string) (id string, ok bool) {
	name = strings.TrimSpace(name)
	if name == NumberColumn {
		return NumberColumn, true
	}
	for i := range r.reg.Fields {
		f := &r.reg.Fields[i]
		if f.ID == name {
			return f.ID, true
		}
		for _, title := range f.Title.By {
			if strings.EqualFold(title, name) {
				return f.ID, true
			}
		}
	}
	return "", false
}

// set takes a cell over in its canonical form.
func (r *rowReader) set(row *Row, id, text string) {
	switch {
	case !utf8.ValidString(text):
		row.wrong(id, i18n.Msg("This is not UTF-8. Save the file as UTF-8"), nil)
		return
	case strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\t' && c != '\n' && c != '\r' || c == '\u202e' }):
		row.wrong(id, i18n.Msg("This contains characters that cannot be shown"), nil)
		return
	}
	text = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"))
	if id == NumberColumn {
		if row.Number = text; len(text) > 100 || strings.ContainsAny(text, "\n\t/") {
			row.wrong(id, i18n.Msg("This is no number of a record"), nil)
		}
		return
	}
	row.Fields[id] = canonical(r.reg.Field(id), text)
}

// canonical is a text as records hold it; one that is of another type stays as it is, for the register's checks to refuse.
func canonical(f *service.RegisterField, text string) string {
	if text == "" {
		return ""
	}
	if f.Type == "yes_no" {
		switch strings.ToLower(text) {
		case "true", "yes":
			return "yes"
		case "false", "no":
			return "no"
		}
		return text
	}
	v, err := Value(f.Type, text)
	if err != nil {
		return text
	}
	s, _ := Text(v)
	return s
}

// csv reads a table. A cell that is empty takes a value away.
func (r *rowReader) csv(in *bufio.Reader) error {
	start, err := in.Peek(in.Size())
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return fmt.Errorf("reading a file of records: %w", err)
	}
	short := &bounded{in: in}
	c := csv.NewReader(short)
	c.Comma, c.ReuseRecord, c.FieldsPerRecord = separator(start), true, -1
	names, err := c.Read()
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "The first line must name the columns, with commas between them")
	}
	columns, err := r.columns(names)
	if err != nil {
		return err
	}
	for {
		short.since = 0
		cells, err := c.Read()
		line, _ := place(c, cells)
		line += r.skipped
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLongRow):
			return fault.NewInvalid("The row after line {line} is longer than 1 MB. A quotation mark may not be closed", "line", line)
		case errors.As(err, &bad):
			row := Row{Line: int64(bad.StartLine) + r.skipped}
			row.wrong("", i18n.Msg("The line cannot be read: look at its quotation marks"), nil)
			if err := r.give(row); err != nil {
				return err
			}
			continue
		case err != nil:
			return fmt.Errorf("reading a file of records: %w", err)
		}
		row := Row{Line: line, Fields: make(map[string]string, len(columns))}
		if len(cells) != len(columns) {
			row.wrong("", i18n.Msg("The row has {have} values, the first line names {want}"), map[string]any{"have": len(cells), "want": len(columns)})
			cells = nil
		}
		for i, cell := range cells {
			r.set(&row, columns[i], tabular.Unguard(cell))
		}
		if err := r.give(row); err != nil {
			return err
		}
	}
}

// place is the line of a row that was just read.
func place(c *csv.Reader, cells []string) (line int64, column int) {
	if len(cells) == 0 {
		return 0, 0
	}
	l, column := c.FieldPos(0)
	return int64(l), column
}

func (r *rowReader) columns(names []string) (columns Columns, err error) {
	for _, name := range names {
		id, ok := r.column(name)
		switch {
		case !ok || !utf8.ValidString(name):
			return nil, fault.NewInvalid("The register has no field {name}. The first line must name the register's fields", "name", shown(name))
		case slices.Contains(columns, id):
			return nil, fault.NewInvalid("The column {name} is there twice", "name", shown(name))
		}
		columns = append(columns, id)
	}
	return columns, r.header(columns)
}

// shown is a name out of a file as a sentence may repeat it.
func shown(name string) string {
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '\u202e' {
			return '�'
		}
		return c
	}, strings.ToValidUTF8(name, "�"))
	if r := []rune(name); len(r) > 40 {
		name = string(r[:40]) + "…"
	}
	return name
}

func separator(start []byte) rune {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, c := range ";\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

var errLongRow = errors.New("a row is too long")

// bounded ends a file in which one row does not end: a quotation mark that is never closed would take all of it in.
type bounded struct {
	in    io.Reader
	since int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.since > longestRow {
		return 0, errLongRow
	}
	n, err := b.in.Read(p[:min(len(p), 16<<10)])
	b.since += n
	return n, err
}

// jsonLines reads an object to a line. null takes a value away; a field that is not named stays as it is.
func (r *rowReader) jsonLines(in *bufio.Reader) error {
	all := Columns{NumberColumn}
	for i := range r.reg.Fields {
		all = append(all, r.reg.Fields[i].ID)
	}
	if err := r.header(all); err != nil {
		return err
	}
	for line := r.skipped + 1; ; line++ {
		text, long, err := wholeLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading a file of records: %w", err)
		}
		if len(bytes.TrimSpace(text)) > 0 || long {
			row := Row{Line: line, Fields: map[string]string{}}
			if long {
				row.wrong("", i18n.Msg("The line is longer than 1 MB"), nil)
			} else {
				r.object(&row, text)
			}
			if row.end {
				return nil
			}
			if err := r.give(row); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// wholeLine reads a line, and skips what is longer than a row may be.
func wholeLine(in *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if !long {
			if line = append(line, part...); len(line) > longestRow {
				line, long = nil, true
			}
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func (r *rowReader) object(row *Row, text []byte) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	unreadable := func() {
		row.Number, row.Fields, row.Wrong = "", nil, nil
		row.wrong("", i18n.Msg("The line is not a JSON object"), nil)
	}
	if !utf8.Valid(text) {
		row.wrong("", i18n.Msg("This is not UTF-8. Save the file as UTF-8"), nil)
		return
	}
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		unreadable()
		return
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		var value any
		if err == nil {
			err = d.Decode(&value)
		}
		key, isText := name.(string)
		if err != nil || !isText {
			unreadable()
			return
		}
		id, ok := r.column(key)
		switch {
		case key == EndMark:
			row.end = true
			continue
		case !ok:
			row.wrong("", i18n.Msg("The register has no field {name}"), map[string]any{"name": shown(key)})
			continue
		case seen[id]:
			row.wrong(id, i18n.Msg("The field is there twice"), nil)
			continue
		}
		seen[id] = true
		switch v := value.(type) {
		case nil:
			r.set(row, id, "")
		case string:
			r.set(row, id, v)
		case json.Number:
			r.set(row, id, v.String())
		case bool:
			r.set(row, id, map[bool]string{true: "yes", false: "no"}[v])
		default:
			row.wrong(id, i18n.Msg("This must be a text, a number or yes or no"), nil)
		}
	}
	if _, err := d.Token(); err != nil {
		unreadable()
	} else if _, err := d.Token(); !errors.Is(err, io.EOF) {
		unreadable()
	}
}
