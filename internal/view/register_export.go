package view

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// exportPage is how many records are read at once: between pages no connection to the database is held, so that whoever
// reads slowly keeps nobody waiting.
const exportPage = 500

// RegisterFile is a register as a file, to be written to whoever asked.
type RegisterFile struct {
	Name  string
	Write func(io.Writer) error // an error: what was written is cut off, and the reader must hear so
}

// ExportAsk says what of a register is wanted.
type ExportAsk struct {
	Register string
	Format   string // csv or jsonl
	Day      string // as it was at the end of that day, by what is known now; "" as it is
}

// exported is one export under way.
type exported struct {
	v      RegisterFiles
	reg    *service.Register
	fields []*service.RegisterField
	whole  bool
	at     *record.Instant
	look   func(ctx context.Context, list []*record.Record) error // before anything of a page is written
}

// PublicFile is a public register with its public fields.
func (v RegisterFiles) PublicFile(ctx context.Context, r Reader, register, format string) (f RegisterFile, err error) {
	reg, err := v.publicRegister(r, register)
	if err != nil {
		return f, err
	}
	e := exported{v: v, reg: reg}
	for i := range reg.Fields {
		if reg.Fields[i].Public {
			e.fields = append(e.fields, &reg.Fields[i])
		}
	}
	return e.file(ctx, format)
}

// DeskFile is a register with the fields that the reader sees, for those who work on it. Whose records are in it is
// recorded before they are written.
func (v RegisterFiles) DeskFile(ctx context.Context, r Reader, ask ExportAsk) (f RegisterFile, err error) {
	reg, err := v.deskRegister(r, ask.Register, policy.RecordBulk)
	if err != nil {
		return f, err
	}
	e := exported{v: v, reg: reg, whole: true}
	for i := range reg.Fields {
		if record.MaySee(r.Actor, reg, &reg.Fields[i]) {
			e.fields = append(e.fields, &reg.Fields[i])
		}
	}
	if ask.Day != "" {
		day, err := calendar.ParseISO(ask.Day)
		if err != nil {
			return f, fault.NewInvalid("Enter the day as it is in a calendar")
		}
		e.at = &record.Instant{Valid: day}
	}
	e.look = func(ctx context.Context, list []*record.Record) error {
		return v.DB.Write(ctx, "view.RegisterExported", func(ctx context.Context, tx *store.Tx) error {
			var looks []access.Look
			for _, rec := range list {
				if rec.Holder != "" && rec.Holder != r.Actor.Person {
					looks = append(looks, access.Look{Person: rec.Holder, Actor: r.Actor.Person, Organisation: reg.Organisation, What: lookExport, Ref: rec.Number,
						Service: reg.Register, Why: string(policy.RecordBulk)})
				}
			}
			return access.RecordAll(ctx, tx, looks)
		})
	}
	return e.file(ctx, ask.Format)
}

// lookExport is the kind of a look at a record in an export.
const lookExport = "export"

func (e exported) file(ctx context.Context, format string) (RegisterFile, error) {
	f := RegisterFile{Name: e.reg.Register + "." + format}
	switch format {
	case "csv":
		f.Write = func(w io.Writer) error { return e.csv(ctx, w) }
	case "jsonl":
		f.Write = func(w io.Writer) error { return e.jsonLines(ctx, w) }
	default:
		return f, fault.NewNotFound("")
	}
	return f, nil
}

// each goes through the records a page at a time, each as it is when its page is read, or as it was on the day.
func (e exported) each(ctx context.Context, do func(*record.Record, calendar.Date) error) (n int, err error) {
	after := ""
	for {
		var list []*record.Record
		var today calendar.Date
		err := e.v.read(ctx, "RegisterFile", func(ctx context.Context, tx *store.Tx) (err error) {
			if today = e.v.place().Calendar.DateOf(tx.Now()); e.at != nil {
				today = e.at.Valid
				if e.at.Known.IsZero() {
					e.at.Known = tx.Now()
				}
				list, err = e.v.Docket.Records.Past().Page(ctx, tx, e.reg, after, exportPage, *e.at, e.whole)
				return err
			}
			list, err = e.v.Docket.Records.Find(ctx, tx, e.reg.Register, "", after, exportPage, e.whole)
			return err
		})
		if err == nil && e.look != nil && len(list) > 0 {
			err = e.look(ctx, list)
		}
		if err != nil {
			return n, err
		}
		for _, rec := range list {
			if after = rec.Number; rec.State == record.Merged {
				continue
			}
			if err := do(rec, today); err != nil {
				return n, err
			}
			n++
		}
		if len(list) < exportPage {
			return n, nil
		}
	}
}

// ownColumns are what every record has besides its fields.
var ownColumns = []string{record.NumberColumn, "state", "valid_from", "valid_until"}

func (e exported) csv(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	header := append([]string{}, ownColumns...)
	for _, f := range e.fields {
		header = append(header, f.ID)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	cells := make([]string, len(header))
	_, err := e.each(ctx, func(rec *record.Record, today calendar.Date) error {
		copy(cells, []string{tabular.Guard(rec.Number), rec.On(today), isoDay(rec.From), isoDay(rec.Until)})
		for i, f := range e.fields {
			if cells[len(ownColumns)+i] = rec.Fields[f.ID]; f.Type == "text" {
				cells[len(ownColumns)+i] = tabular.Guard(rec.Fields[f.ID])
			}
		}
		return out.Write(cells)
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

func isoDay(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// jsonLines ends with a line that says how many records there were: a file without it was cut off.
func (e exported) jsonLines(ctx context.Context, w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	n, err := e.each(ctx, func(rec *record.Record, today calendar.Date) error {
		return out.Encode(e.object(rec, today))
	})
	if err != nil {
		return err
	}
	return out.Encode(map[string]any{record.EndMark: n})
}

// object is a record as programs read it: numbers as they are written, so that no digit is lost.
func (e exported) object(rec *record.Record, today calendar.Date) map[string]any {
	m := map[string]any{record.NumberColumn: rec.Number, "state": rec.On(today)}
	if !rec.From.IsZero() {
		m["valid_from"] = isoDay(rec.From)
	}
	if !rec.Until.IsZero() {
		m["valid_until"] = isoDay(rec.Until)
	}
	for _, f := range e.fields {
		if text, ok := rec.Fields[f.ID]; ok {
			m[f.ID] = typed(f, text)
		}
	}
	return m
}

func typed(f *service.RegisterField, text string) any {
	switch f.Type {
	case "yes_no":
		return text == "yes"
	case "number":
		if json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return text
}

// RegisterChanges is what changed in a public register, as programs follow it.
type RegisterChanges struct {
	Title, Path, Organisation string
	Changes                   []RegisterChange
	Next                      string // the cursor to go on with
	More                      bool   // there is more already
	Updated                   time.Time
}

// RegisterChange is the latest change of a record. What is not public any more says nothing but that.
type RegisterChange struct {
	Number  string         `json:"number"`
	Change  string         `json:"change,omitempty"`
	At      time.Time      `json:"at"`
	Public  bool           `json:"public"`
	Into    string         `json:"merged_into,omitempty"`
	Record  map[string]any `json:"record,omitempty"`
	Title   string         `json:"-"`
	Words   string         `json:"-"` // what happened, for people
	Address string         `json:"-"`
	Place   string         `json:"cursor"`
}

const (
	changesPage = 500
	changesNews = 50
)

// Changes lists what changed after a cursor, in order; "" from the beginning.
func (v RegisterFiles) Changes(ctx context.Context, r Reader, register, after string) (RegisterChanges, error) {
	place, err := int64(0), error(nil)
	if after != "" {
		if place, err = strconv.ParseInt(after, 10, 64); err != nil || place < 0 {
			return RegisterChanges{}, fault.NewInvalid("This cursor is none of ours. Begin without one")
		}
	}
	return v.changes(ctx, r, register, place, func(ctx context.Context, tx *store.Tx) ([]record.FeedEntry, error) {
		return v.Docket.Records.Feed().After(ctx, tx, register, place, changesPage)
	})
}

// News lists the latest changes, the newest first, for people's readers.
func (v RegisterFiles) News(ctx context.Context, r Reader, register string) (RegisterChanges, error) {
	return v.changes(ctx, r, register, 0, func(ctx context.Context, tx *store.Tx) ([]record.FeedEntry, error) {
		return v.Docket.Records.Feed().Newest(ctx, tx, register, changesNews)
	})
}

func (v RegisterFiles) changes(ctx context.Context, r Reader, register string, after int64, list func(context.Context, *store.Tx) ([]record.FeedEntry, error)) (c RegisterChanges, err error) {
	reg, err := v.publicRegister(r, register)
	if err != nil {
		return c, err
	}
	e := exported{v: v, reg: reg}
	for i := range reg.Fields {
		if reg.Fields[i].Public {
			e.fields = append(e.fields, &reg.Fields[i])
		}
	}
	err = v.read(ctx, "RegisterChanges", func(ctx context.Context, tx *store.Tx) error {
		j := v.place()
		c = RegisterChanges{Title: r.words(j, reg.Title), Path: "/registers/" + reg.Register, Organisation: r.organisationName(j, reg.Organisation), Next: strconv.FormatInt(after, 10)}
		entries, err := list(ctx, tx)
		if err != nil {
			return err
		}
		today := j.Calendar.DateOf(tx.Now())
		for _, entry := range entries {
			change := RegisterChange{Number: entry.Number, At: entry.At, Place: strconv.FormatInt(entry.Place, 10), Title: entry.Number, Address: c.Path + "/" + entry.Number}
			if entry.At.After(c.Updated) {
				c.Updated = entry.At
			}
			switch rec := entry.Record; {
			case rec != nil && rec.State == record.Merged:
				if change.Into, err = v.mergedInto(ctx, tx, rec.ID); err != nil {
					return err
				}
				change.Words = r.P.T("Merged into another entry")
			case rec == nil:
				change.Words = r.P.T("No longer public")
			default:
				change.Public, change.Change, change.Record, change.Words = true, entry.Change, e.object(rec, today), r.change(v.View, rec.Service, entry.Change)
				if rec.Label != "" {
					change.Title = rec.Label + " (" + rec.Number + ")"
				}
			}
			c.Changes, c.Next = append(c.Changes, change), change.Place
		}
		c.More = len(entries) == changesPage
		return nil
	})
	return c, err
}

// mergedInto is the number of the record that another one lives on in, if that is public; "" otherwise.
func (v RegisterFiles) mergedInto(ctx context.Context, tx *store.Tx, id string) (string, error) {
	into, err := v.Docket.Records.Duplicates().MergedInto(ctx, tx, id)
	if err != nil || into == "" {
		return "", err
	}
	rec, err := v.Docket.Records.Public(ctx, tx, into)
	if err != nil {
		return "", missing(err)
	}
	return rec.Number, nil
}
