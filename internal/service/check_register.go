package service

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"unicode/utf8"

	"stoa/internal/rule"
)

// ownFields are what every record has besides the fields of its file.
var ownFields = []string{"key", "label", "number", "from", "until", "state"}

func folderOf(name string) string { return path.Dir(name) }

func (l *loader) checkRegisters() {
	l.unique("register", len(l.registers), func(i int) (string, Pos) {
		return l.registers[i].Register, l.places.at(l.registers[i].Pos, "register")
	})
	for _, f := range l.registers {
		l.known(l.places.at(f.Pos, "organisation"), "organisation", f.Organisation, l.organisations())
		l.unique("field", len(f.Fields), func(i int) (string, Pos) { return f.Fields[i].ID, l.places.at(f.Fields[i].Pos, "id") })
		for _, field := range f.Fields {
			if contains(ownFields, field.ID) || (field.ID != "" && !usableName(field.ID)) {
				l.problem(l.places.at(field.Pos, "id"), "choose another", "every record already has %q, or rules cannot name it", field.ID)
			}
			if field.Public && !f.Public {
				l.problem(l.places.key(field.Pos, "public"), "add public: true to the register, or remove it here", "the field %q is public but the register is not", field.ID)
			}
		}
		l.checkLabel(f)
		l.checkKept(f)
		l.checkExtracts(f)
		l.checkRepresent(f)
		r := &Register{RegisterFile: *f}
		l.j.Registers[f.Register] = r
		l.seeds(r)
	}
	l.checkReferences()
}

func (l *loader) checkLabel(f *RegisterFile) {
	at := l.places.at(f.Pos, "label")
	i := slices.IndexFunc(f.Fields, func(x RegisterField) bool { return x.ID == f.Label })
	switch {
	case i < 0:
		l.known(at, "field", f.Label, ids(f.Fields, func(x *RegisterField) string { return x.ID }))
	case f.Fields[i].Type != "text":
		l.problem(at, "name a field of type text", "the field %q is of type %s and cannot name a record", f.Label, f.Fields[i].Type)
	case f.Public && !f.Fields[i].Public:
		l.problem(at, "name a public field", "the field %q is not public but names the record on public pages", f.Label)
	}
}

// seeds reads the records that come with the folder.
func (l *loader) seeds(r *Register) {
	if r.Seed == "" || l.pinned {
		return
	}
	at := l.places.at(r.Pos, "seed")
	if path.Base(r.Seed) != r.Seed || path.Ext(r.Seed) != ".csv" {
		l.problem(at, "name a file beside this one: "+r.Register+".csv", "%q is not a CSV file beside this one", r.Seed)
		return
	}
	name := path.Join("registers", r.Seed)
	if !l.seed(name) {
		l.problem(at, "add the file, or remove seed:", "there is no file %s", name)
		return
	}
	s := &seedReader{loader: l, r: r, name: name, csv: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(l.sources[name], []byte("\ufeff"))))}
	s.csv.ReuseRecord = true
	s.read()
}

// seedReader reads a register's CSV.
type seedReader struct {
	*loader
	r       *Register
	name    string
	csv     *csv.Reader
	columns []*RegisterField // nil: only the key
	noted   int
}

const maxNoted = 20 // problems of one CSV file that are worth reading

func (s *seedReader) note(field int, fix, what string, args ...any) {
	s.noted++
	if s.noted <= maxNoted {
		line, column := s.csv.FieldPos(field)
		s.problem(Pos{s.name, line, column}, fix, what, args...)
	}
}

func (s *seedReader) read() {
	header, err := s.csv.Read()
	if err != nil {
		s.problem(Pos{s.name, 1, 1}, "begin with a line of field ids, first the key", "the file has no header")
		return
	}
	if !s.header(header) {
		return
	}
	seen := map[string]int{}
	for s.noted <= maxNoted {
		row, err := s.csv.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			s.problem(Pos{s.name, bad.Line, max(bad.Column, 1)}, fmt.Sprintf("every line has %d values, with quotes around those that hold commas", len(s.columns)), "the line cannot be read: %v", bad.Err)
			return
		}
		if err != nil {
			s.problem(Pos{File: s.name}, "", "the file cannot be read: %v", err)
			return
		}
		line, _ := s.csv.FieldPos(0)
		if first, twice := seen[row[0]]; twice || row[0] == "" {
			s.note(0, "give every record a key of its own", "the key %q is empty or already on line %d", row[0], first)
		}
		seen[row[0]] = line
		s.record(row)
	}
}

// header reads the line of field ids; the first column is the key, whether it is a field too or not.
func (s *seedReader) header(header []string) bool {
	ok := true
	seen := map[string]bool{}
	for i, id := range header {
		f := s.r.field(id)
		switch {
		case seen[id]:
			s.note(i, "remove one", "the column %q is there twice", id)
			ok = false
		case f == nil && (i > 0 || id != "key"):
			s.note(i, suggest(id, s.r.fieldIDs()), "there is no field %q in the register %s", id, s.r.Register)
			ok = false
		}
		seen[id] = true
		s.columns = append(s.columns, f)
	}
	return ok
}

func (s *seedReader) record(row []string) {
	line, _ := s.csv.FieldPos(0)
	rec := SeedRecord{Key: row[0], Fields: make(map[string]rule.Value, len(row)), line: line}
	for i, text := range row {
		f := s.columns[i]
		if f == nil {
			continue
		}
		if !utf8.ValidString(text) {
			s.note(i, "save the file as UTF-8", "the text is not UTF-8")
			continue
		}
		if text == "" && f.Type != "text" {
			continue // missing
		}
		v, err := parseTyped(text, f.Type)
		if err != nil {
			s.note(i, "write "+wanted[f.Type], "%q is not of type %s", short(text), f.Type)
			continue
		}
		rec.Fields[f.ID] = v
	}
	s.checkSeed(row)
	s.r.Seeds = append(s.r.Seeds, rec)
}
