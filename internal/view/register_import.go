package view

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// RegisterFiles is what can be seen of registers as files: imports, exports, changes, duplicates.
type RegisterFiles struct{ *View }

// RegisterFiles is what can be seen of registers as files: imports, exports, changes, duplicates.
func (v *View) RegisterFiles() RegisterFiles { return RegisterFiles{v} }

// RegisterFields is a register for whoever brings a file for it or takes one of it.
type RegisterFields struct {
	ID, Title string
	Fields    []RegisterColumn
}

// RegisterColumn is a field that the reader sees.
type RegisterColumn struct {
	ID, Title, Type string
	Key, Required   bool
}

// ImportHome is what the page shows from which files are sent.
type ImportHome struct {
	RegisterFields
	Imports []ImportLine
}

// ImportLine is an import in a list.
type ImportLine struct {
	ID, Name string
	State    string // as package record names it
	Rows     int
	Bad      int
	Taken    int
	Started  Instant
	By       string
}

// ImportPage is an import whole.
type ImportPage struct {
	ImportLine
	Register, Title           string
	Version                   int64
	GoesBy                    string // title of the field by which rows find their records; "" the number
	AllOrNone                 bool
	InParts                   bool // all or none was asked for, and the file is too large for one transaction
	PartRows                  int
	Fresh, Changed, Same      int
	Left                      int
	Done, Of                  int // chunks of the step at hand
	Wrong                     []ImportWrong
	More                      bool // there are more wrong rows than are shown
	Working                   bool
	CanCarry, CanDrop         bool
	Own, TwoPersons, NothingY bool // the reader's own; another person must say yes; there is nothing to say yes to
	EndedBy                   string
	Ended                     Instant
}

// ImportWrong is what is wrong with a row.
type ImportWrong struct {
	Line          int64
	Field, Reason string
}

const (
	importsShown = 20
	wrongShown   = 50
)

// deskRegister is a register of the desk that the reader may do something with.
func (v RegisterFiles) deskRegister(r Reader, id string, right policy.Action) (*service.Register, error) {
	reg := v.place().Registers[id]
	if reg == nil {
		return nil, fault.NewNotFound("")
	}
	return reg, policy.Can(r.Actor, right, policy.Thing{Kind: "register", ID: id, Organisation: reg.Organisation})
}

func (r Reader) registerFields(j *service.Jurisdiction, reg *service.Register) RegisterFields {
	f := RegisterFields{ID: reg.Register, Title: r.words(j, reg.Title)}
	for i := range reg.Fields {
		x := &reg.Fields[i]
		if record.MaySee(r.Actor, reg, x) {
			f.Fields = append(f.Fields, RegisterColumn{x.ID, r.words(j, x.Title), x.Type, x.Key, x.Required})
		}
	}
	return f
}

// ImportHome is for those who work on a register.
func (v RegisterFiles) ImportHome(ctx context.Context, r Reader, register string) (h ImportHome, err error) {
	reg, err := v.deskRegister(r, register, policy.RecordBulk)
	if err != nil {
		return h, err
	}
	err = v.read(ctx, "ImportHome", func(ctx context.Context, tx *store.Tx) error {
		h = ImportHome{RegisterFields: r.registerFields(v.place(), reg)}
		list, err := v.Docket.Records.Imports().List(ctx, tx, register, importsShown)
		if err != nil {
			return err
		}
		names := v.names(r)
		for _, i := range list {
			line, err := v.importLine(ctx, tx, r, names, i)
			if err != nil {
				return err
			}
			h.Imports = append(h.Imports, line)
		}
		return nil
	})
	return h, err
}

func (v RegisterFiles) importLine(ctx context.Context, tx *store.Tx, r Reader, names *names, i *record.Import) (l ImportLine, err error) {
	l = ImportLine{ID: i.ID, Name: i.Name, State: i.State, Rows: int(i.Rows), Bad: int(i.Bad), Taken: int(i.Taken), Started: r.instant(v.place(), i.Started)}
	l.By, err = names.of(ctx, tx, i.StartedBy)
	return l, err
}

// Import is for those who work on its register.
func (v RegisterFiles) Import(ctx context.Context, r Reader, id string) (p ImportPage, err error) {
	err = v.read(ctx, "Import", func(ctx context.Context, tx *store.Tx) error {
		i, reg, err := v.anImport(ctx, tx, r, id)
		if err != nil {
			return err
		}
		j, names := v.place(), v.names(r)
		p = ImportPage{Register: reg.Register, Title: r.words(j, reg.Title), Version: i.Version, AllOrNone: i.AllOrNone, Fresh: int(i.Fresh), Changed: int(i.Changed),
			Same: int(i.Same), Left: int(i.Left), Done: int(i.Place), Of: int(i.Chunks), Working: i.Working(), Own: i.StartedBy == r.Actor.Person,
			TwoPersons: reg.TwoPersons(i.Columns), NothingY: i.Fresh+i.Changed == 0 || i.AllOrNone && i.Bad > 0,
			InParts: i.AllOrNone && !i.Whole(), PartRows: record.ChunkRows}
		if p.ImportLine, err = v.importLine(ctx, tx, r, names, i); err != nil {
			return err
		}
		if f := reg.Field(i.By); f != nil {
			p.GoesBy = r.words(j, f.Title)
		}
		if !i.Ended.IsZero() {
			p.Ended = r.instant(j, i.Ended)
		}
		if i.EndedBy != "" {
			if p.EndedBy, err = names.of(ctx, tx, i.EndedBy); err != nil {
				return err
			}
		}
		p.CanCarry = i.State == record.Judged && !p.NothingY
		if p.TwoPersons {
			agree := policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation, Decider: i.StartedBy}
			p.CanCarry = p.CanCarry && policy.Can(r.Actor, policy.RecordAgree, agree) == nil
		}
		p.CanDrop = i.State == record.Judged || i.State == record.Judging || i.State == record.Receiving
		list, err := v.Docket.Records.Imports().BadRows(ctx, tx, id, 0, "", wrongShown+1)
		if p.More = len(list) > wrongShown; p.More {
			list = list[:wrongShown]
		}
		for _, w := range list {
			p.Wrong = append(p.Wrong, r.importWrong(j, reg, w))
		}
		return err
	})
	return p, err
}

func (v RegisterFiles) anImport(ctx context.Context, tx *store.Tx, r Reader, id string) (*record.Import, *service.Register, error) {
	i, err := v.Docket.Records.Imports().Get(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	reg, err := v.deskRegister(r, i.Register, policy.RecordBulk)
	return i, reg, err
}

func (r Reader) importWrong(j *service.Jurisdiction, reg *service.Register, w record.Wrong) ImportWrong {
	out := ImportWrong{Line: w.Line, Field: r.P.T("The whole row"), Reason: r.P.Key(w.Reason, i18n.V(w.Args))}
	if f := reg.Field(w.Field); f != nil {
		out.Field = r.words(j, f.Title)
	} else if w.Field == record.NumberColumn {
		out.Field = r.P.T("Number")
	}
	return out
}

// ImportWrongs writes all that is wrong with the rows of an import as a table: line, field, what is wrong.
func (v RegisterFiles) ImportWrongs(ctx context.Context, r Reader, id string) (write func(io.Writer) error, err error) {
	var reg *service.Register
	err = v.read(ctx, "ImportWrongs", func(ctx context.Context, tx *store.Tx) (err error) {
		_, reg, err = v.anImport(ctx, tx, r, id)
		return err
	})
	return func(w io.Writer) error {
		out := csv.NewWriter(w)
		err := out.Write([]string{"line", "field", "id", "problem"})
		last := record.Wrong{}
		for err == nil {
			var list []record.Wrong
			err = v.read(ctx, "ImportWrongs", func(ctx context.Context, tx *store.Tx) (err error) {
				list, err = v.Docket.Records.Imports().BadRows(ctx, tx, id, last.Line, last.Field, exportPage)
				return err
			})
			for _, x := range list {
				said := r.importWrong(v.place(), reg, x)
				if err == nil {
					err = out.Write([]string{strconv.FormatInt(x.Line, 10), said.Field, x.Field, said.Reason})
				}
				last = x
			}
			if len(list) < exportPage {
				break
			}
		}
		out.Flush()
		if err == nil {
			err = out.Error()
		}
		return err
	}, err
}

// States of imports, for whoever names them.
const (
	ImportReceiving = record.Receiving
	ImportJudging   = record.Judging
	ImportJudged    = record.Judged
	ImportCarrying  = record.Carrying
	ImportCarried   = record.Carried
)
