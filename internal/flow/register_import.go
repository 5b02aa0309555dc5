package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// RegisterImportJob is the kind of job that goes on with an import; give WorkImport to the job runner under it.
const RegisterImportJob = "register.import"

// Registers is what happens to many records at once.
type Registers struct{ *Flow }

// Registers is what happens to many records at once.
func (f *Flow) Registers() Registers { return Registers{f} }

// register is one that the actor may do something with.
func (g Registers) register(actor policy.Actor, right policy.Action, id, decider string) (*service.Register, error) {
	reg := g.Docket.Releases.Current().Registers[id]
	if reg == nil {
		return nil, fault.NewNotFound("")
	}
	return reg, policy.Can(actor, right, policy.Thing{Kind: "register", ID: id, Organisation: reg.Organisation, Decider: decider})
}

// ImportRecords is a file for a register: CSV or JSON Lines.
type ImportRecords struct {
	Register, Name string
	AllOrNone      bool // nothing is taken if any row is bad
	Key            string
	File           io.Reader
}

// Import receives a file, whose rows are then judged by a job. Nothing is changed before somebody has seen the preview.
func (g Registers) Import(ctx context.Context, actor policy.Actor, in ImportRecords) (id string, err error) {
	reg, err := g.register(actor, policy.RecordBulk, in.Register, "")
	if err != nil {
		return "", err
	}
	r := &reception{Registers: g, actor: actor, reg: reg, in: in}
	hash, size := sha256.New(), &counted{}
	err = record.ReadRows(reg, io.TeeReader(in.File, io.MultiWriter(hash, size)), func(c record.Columns) error { return r.begin(ctx, c) }, func(row record.Row) error { return r.row(ctx, row) })
	if err == nil && r.imp == nil || errors.Is(err, errReceived) {
		return r.id, nil // the form was sent twice, and this is what came of it first
	}
	if err == nil {
		err = r.flush(ctx)
	}
	if err == nil && r.imp.Rows == 0 {
		err = fault.NewInvalid("The file names columns but has no rows")
	}
	if err != nil {
		return "", errors.Join(err, r.abandon(ctx))
	}
	err = g.DB.Write(ctx, "flow.ImportReceived", func(ctx context.Context, tx *store.Tx) error {
		i, err := g.imports().Get(ctx, tx, r.id)
		if err != nil {
			return err
		}
		i.State, i.Place, i.Hash, i.Size = record.Judging, 0, hex.EncodeToString(hash.Sum(nil)), size.n
		return g.goOn(ctx, tx, i)
	})
	return r.id, err
}

type counted struct{ n int64 }

// Write implements io.Writer.
func (c *counted) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

var errReceived = errors.New("the file was received before")

func (g Registers) imports() record.Imports { return g.Docket.Records.Imports() }

// reception stores the rows of a file, a chunk to a transaction.
type reception struct {
	Registers
	actor policy.Actor
	reg   *service.Register
	in    ImportRecords
	id    string
	imp   *record.Import
	rows  []record.Row
	size  int
}

func (r *reception) begin(ctx context.Context, columns record.Columns) error {
	by, ok := record.KeyOf(r.reg, columns)
	if !ok {
		return fault.NewInvalid("The file must have a column number, or one that the register can find records by")
	}
	return r.DB.Write(ctx, "flow.ImportBegins", func(ctx context.Context, tx *store.Tx) error {
		fresh := false
		id, err := r.once(ctx, tx, r.actor, r.in.Key, r.in.Name, func() (string, error) {
			fresh = true
			r.imp = &record.Import{Register: r.reg.Register, Organisation: r.reg.Organisation, Name: name(r.in.Name), By: by, AllOrNone: r.in.AllOrNone, Columns: columns, StartedBy: r.actor.Person}
			err := r.imports().Start(ctx, tx, r.imp)
			return r.imp.ID, err
		})
		if r.id = id; err == nil && !fresh {
			return errReceived
		}
		return err
	})
}

// name is a file's as lists show it.
func name(file string) string {
	file = file[strings.LastIndexAny(file, `/\`)+1:]
	if r := []rune(strings.ToValidUTF8(file, "")); len(r) > 100 {
		return string(r[:100])
	}
	return strings.ToValidUTF8(file, "")
}

// chunkBytes is how much a chunk may hold, where rows are long.
const chunkBytes = 1 << 20

func (r *reception) row(ctx context.Context, row record.Row) error {
	row.MayNotSay(r.actor, r.reg)
	r.rows = append(r.rows, row)
	for _, text := range row.Fields {
		r.size += len(text)
	}
	if len(r.rows) < record.ChunkRows && r.size < chunkBytes {
		return nil
	}
	return r.flush(ctx)
}

func (r *reception) flush(ctx context.Context) error {
	if len(r.rows) == 0 {
		return nil
	}
	err := r.DB.Write(ctx, "flow.ImportRows", func(ctx context.Context, tx *store.Tx) error {
		i, err := r.imports().Get(ctx, tx, r.id)
		if err != nil {
			return err
		}
		if i.State != record.Receiving {
			return fault.NewConflict(record.ImportChanged)
		}
		if err := r.imports().Add(ctx, tx, i, r.rows); err != nil {
			return err
		}
		r.imp = i
		return r.imports().Save(ctx, tx, i)
	})
	r.rows, r.size = r.rows[:0], 0
	return err
}

// abandon ends what came in of a file that cannot be read on.
func (r *reception) abandon(ctx context.Context) error {
	if r.imp == nil || r.id == "" {
		return nil
	}
	return r.DB.Write(context.WithoutCancel(ctx), "flow.ImportAbandoned", func(ctx context.Context, tx *store.Tx) error {
		i, err := r.imports().Get(ctx, tx, r.id)
		if err != nil {
			return err
		}
		i.State, i.Place, i.EndedBy = record.Dropping, 0, r.actor.Person
		return r.goOn(ctx, tx, i)
	})
}

// goOn stores how far an import has come and owes its next step, once for each state of it.
func (g Registers) goOn(ctx context.Context, tx *store.Tx, i *record.Import) error {
	if err := g.imports().Save(ctx, tx, i); err != nil {
		return err
	}
	if !i.Working() {
		return nil
	}
	payload, err := json.Marshal(importOf{i.ID})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: RegisterImportJob, Key: i.ID + " " + strconv.FormatInt(i.Version, 10), Payload: payload})
}

// importOf is what a job of an import knows.
type importOf struct {
	Import string `json:"import"`
}

// WorkImport does a step of an import and owes the next, in one transaction: whatever breaks, each row is taken once.
func (g Registers) WorkImport(ctx context.Context, tx *store.Tx, j job.Job) error {
	var of importOf
	if err := json.Unmarshal(j.Payload, &of); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	i, err := g.imports().Get(ctx, tx, of.Import)
	if err != nil {
		return err
	}
	if !i.Working() {
		return nil
	}
	reg := g.Docket.Releases.Current().Registers[i.Register]
	if reg == nil && i.State != record.Dropping {
		return job.Permanent(fmt.Errorf("there is no register %s any more", i.Register))
	}
	switch i.State {
	case record.Judging:
		err = g.judgeSome(ctx, tx, reg, i)
	case record.Carrying:
		err = g.carrySome(ctx, tx, reg, i)
	case record.Dropping:
		err = g.dropSome(ctx, tx, i)
	}
	if err != nil {
		return fmt.Errorf("going on with the import %s: %w", i.ID, err)
	}
	return g.goOn(ctx, tx, i)
}

func (g Registers) judgeSome(ctx context.Context, tx *store.Tx, reg *service.Register, i *record.Import) error {
	rows, _, err := g.imports().Chunk(ctx, tx, i, i.Place)
	if err != nil {
		return err
	}
	verdicts, wrongs, err := g.Docket.Records.Imports().JudgeRows(ctx, tx, reg, i, rows)
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		switch v.Kind {
		case record.RowFresh:
			i.Fresh++
		case record.RowChanged:
			i.Changed++
		case record.RowSame:
			i.Same++
		case record.RowBad:
			i.Bad++
		}
	}
	if err := g.imports().NoteBad(ctx, tx, i, wrongs); err != nil {
		return err
	}
	if err := g.imports().Judge(ctx, tx, i, i.Place, verdicts); err != nil {
		return err
	}
	if i.Place++; i.Place == i.Chunks {
		i.State, i.Place = record.Judged, 0
	}
	return nil
}

func (g Registers) dropSome(ctx context.Context, tx *store.Tx, i *record.Import) error {
	if i.Place < i.Chunks {
		rows, _, err := g.imports().Chunk(ctx, tx, i, i.Place)
		if err != nil {
			return err
		}
		i.Place++
		return g.imports().Forget(ctx, tx, i, i.Place-1, rows)
	}
	return g.imports().Close(ctx, tx, i, record.Dropped)
}

// ActOnImport is what is decided about an import that was looked at.
type ActOnImport struct {
	Import  string
	Version int64 // of the import when the form was made
	Key     string
}

// CarryOutImport takes the rows into the register. Where the register wants two persons for what the file says, it is for a
// supervisor who did not send the file.
func (g Registers) CarryOutImport(ctx context.Context, actor policy.Actor, in ActOnImport) error {
	return g.onImport(ctx, actor, in, func(reg *service.Register, i *record.Import) error {
		if reg.TwoPersons(i.Columns) {
			if _, err := g.register(actor, policy.RecordAgree, i.Register, i.StartedBy); err != nil {
				if actor.Person == i.StartedBy {
					return fault.NewForbidden("You sent this file. Another supervisor must look at it and carry it out")
				}
				return err
			}
		}
		switch {
		case i.State != record.Judged || i.Version != in.Version:
			return fault.NewConflict(record.ImportChanged)
		case i.AllOrNone && i.Bad > 0:
			return fault.NewConflict("Some rows are wrong, and you asked for nothing to be taken then. Mend the file and send it again")
		case i.Fresh+i.Changed == 0:
			return fault.NewConflict("There is nothing to take: no row is new and none changes a record")
		}
		i.State, i.Place, i.EndedBy = record.Carrying, 0, actor.Person
		return nil
	})
}

// DropImport lets go of a file that is not carried out.
func (g Registers) DropImport(ctx context.Context, actor policy.Actor, in ActOnImport) error {
	return g.onImport(ctx, actor, in, func(_ *service.Register, i *record.Import) error {
		if i.State != record.Judged && i.State != record.Judging && i.State != record.Receiving {
			return fault.NewConflict(record.ImportChanged)
		}
		i.State, i.Place, i.EndedBy = record.Dropping, 0, actor.Person
		return nil
	})
}

func (g Registers) onImport(ctx context.Context, actor policy.Actor, in ActOnImport, do func(*service.Register, *record.Import) error) error {
	return g.DB.Write(ctx, "flow.ActOnImport", func(ctx context.Context, tx *store.Tx) error {
		i, err := g.imports().Get(ctx, tx, in.Import)
		if err != nil {
			return missing(err)
		}
		reg, err := g.register(actor, policy.RecordBulk, i.Register, "")
		if err != nil {
			return err
		}
		_, err = g.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if err := do(reg, i); err != nil {
				return "", err
			}
			return "", g.goOn(ctx, tx, i)
		})
		return err
	})
}

// logImport logs a chunk that was carried out: one leaf for all its records, by the hash of the lines that name each
// record's version and the hash of what the register publishes of it. A leaf for each would give outsiders a million
// entries to fetch for one import; a record is proved by the lines, which are published beside it.
func (g Registers) logImport(ctx context.Context, tx *store.Tx, reg *service.Register, i *record.Import, changed []*record.Record) error {
	if g.Log == nil || len(changed) == 0 {
		return nil
	}
	var lines strings.Builder
	for _, r := range changed {
		line, err := record.Line(reg, r)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(line)
		fmt.Fprintf(&lines, "%s %d %x\n", r.ID, r.Version, sum)
	}
	part := strconv.FormatInt(i.Place, 10)
	if err := g.imports().Leaves(ctx, tx, i, i.Place, lines.String()); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(lines.String()))
	return g.log(ctx, tx, publog.Event{Kind: publog.RegisterImported, ID: i.ID + "." + part, Organisation: i.Organisation,
		Refs: []proof.Ref{{Kind: "register", ID: i.Register}, {Kind: "import", ID: i.ID}},
		Fields: []proof.Field{{Name: "part", Value: part}, {Name: "records", Value: strconv.Itoa(len(changed))},
			{Name: "lines", Value: hex.EncodeToString(sum[:])}}})
}
