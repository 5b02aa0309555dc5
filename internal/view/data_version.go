package view

import (
	"context"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/publog"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// VersionLine is a version in a list.
type VersionLine struct {
	Dataset   string
	Number    int
	At        Instant
	Rows      int64
	Size      string // of the table as CSV
	Hash      string // SHA-256 of the CSV
	Note      string // of whoever published it
	Changes   string // to the version before, in words
	Compares  bool   // the two can be laid beside each other
	Withdrawn string // why the data of this version was taken away; "" where it was not
}

// VersionPage is one version of a dataset: it never changes.
type VersionPage struct {
	DatasetLine
	This     VersionLine
	Newest   int // number of the newest
	Columns  []DataColumn
	Key      []string // titles of the columns that name a row
	Preview  [][]string
	Files    []DataFile
	Checks   []DataCheck
	Privacy  []string // what was done so that nobody is found in it, sentence by sentence
	Proof    Proof
	Cite     Citation
	Owner    Contact
	Law      Law
	Keywords []string
}

// DataColumn is a column in the dictionary.
type DataColumn struct {
	ID, Title, About string
	Type             string
	Numeric          bool
	Short            bool // never broken into lines: days, months
	Rules            []string
}

// DataFile is a way to have a version.
type DataFile struct {
	Format, Name, For string
	URL               string
	Size              string // "" where it is not known before it is made
}

// DataCheck is a check of quality with its result.
type DataCheck struct {
	Text   string
	Passed bool
	Found  string
}

// Citation is how to name a version for good.
type Citation struct{ Text, BibTeX, URL string }

const previewRows = 5

// Version is a version by its number, 0 for the newest one that was not withdrawn.
func (d Data) Version(ctx context.Context, r Reader, id string, number int) (p VersionPage, err error) {
	var v *dataset.Version
	err = d.read(ctx, "Version", func(ctx context.Context, tx *store.Tx) error {
		if v, err = d.version(ctx, tx, r, id, number); err != nil {
			return err
		}
		set := d.place().Dataset(id)
		p = VersionPage{DatasetLine: d.line(r, set, v), This: d.versionLine(r, v), Newest: v.Number}
		if newest, err := d.Datasets.Latest(ctx, tx, id); err == nil {
			p.Newest = newest.Number
		} else if fault.KindOf(missing(err)) != fault.NotFound {
			return err
		}
		p.Owner = r.contact(d.place(), v.Organisation)
		if set != nil {
			p.Law, p.Keywords = lawOf(set.Law), set.Keywords[r.P.Tag()]
		}
		if p.Checks, p.Privacy, err = d.reported(ctx, tx, r, v); err != nil {
			return err
		}
		p.Proof, err = d.LogPages().standing(ctx, tx, versionLeaf(v))
		return err
	})
	if err != nil {
		return p, err
	}
	p.Columns, p.Key = r.dataColumns(d, v)
	p.Cite = d.cite(r, p, v)
	if v.Withdrawn != nil {
		return p, nil
	}
	if p.Preview, err = d.preview(ctx, r, v); err != nil {
		return p, err
	}
	p.Files = d.files(ctx, r, v)
	return p, nil
}

func versionLeaf(v *dataset.Version) publog.Name {
	return publog.Name{Organisation: v.Organisation, Kind: publog.DatasetPublished, ID: v.Dataset + "." + strconv.Itoa(v.Number)}
}

func (d Data) versionLine(r Reader, v *dataset.Version) VersionLine {
	l := VersionLine{Dataset: v.Dataset, Number: v.Number, At: r.instant(d.place(), v.At), Rows: v.Rows, Size: r.P.FileSize(v.Bytes), Hash: v.Hash,
		Note: v.Note, Changes: r.versionChanges(v.Changes, v.Number), Compares: v.Number > 1 && !v.Changes.Whole}
	if v.Withdrawn != nil {
		l.Withdrawn = v.Withdrawn.Reason
		if l.Withdrawn == "" {
			l.Withdrawn = r.P.T("No reason was given.")
		}
		l.Compares = false
	}
	return l
}

// versionChanges says what a version changed.
func (r Reader) versionChanges(c dataset.Changes, number int) string {
	switch {
	case number == 1:
		return r.P.T("First version")
	case c.Whole:
		return r.P.T("The columns have changed")
	}
	var parts []string
	if c.Added > 0 {
		parts = append(parts, r.P.N("{n} row added", "{n} rows added", int(c.Added)))
	}
	if c.Removed > 0 {
		parts = append(parts, r.P.N("{n} row taken away", "{n} rows taken away", int(c.Removed)))
	}
	if c.Changed > 0 {
		parts = append(parts, r.P.N("{n} row changed", "{n} rows changed", int(c.Changed)))
	}
	if len(parts) == 0 {
		return r.P.T("The same rows, with a new description")
	}
	return strings.Join(parts, " · ")
}

func (r Reader) dataColumns(d Data, v *dataset.Version) (columns []DataColumn, key []string) {
	languages := d.place().File.Languages
	for _, c := range v.Spec.Columns {
		col := DataColumn{ID: c.ID, Title: c.Title.In(r.P.Tag(), languages...), About: c.About.In(r.P.Tag(), languages...),
			Type: r.columnType(c.Type), Numeric: c.Type.Numeric(), Short: c.Type == tabular.Date || c.Type == tabular.YearMonth, Rules: r.columnRules(c)}
		if col.Title == "" {
			col.Title = c.ID
		}
		columns = append(columns, col)
		for _, k := range v.Spec.Key {
			if k == c.ID {
				key = append(key, col.Title)
			}
		}
	}
	return columns, key
}

var errEnough = errors.New("enough rows")

// preview are the first rows as people read them.
func (d Data) preview(ctx context.Context, r Reader, v *dataset.Version) (rows [][]string, err error) {
	err = d.Datasets.Rows(ctx, v)(func(row []string) error {
		cells := make([]string, len(row))
		for i, raw := range row {
			cells[i] = r.cell(v.Spec.Columns[i].Type, raw)
		}
		if rows = append(rows, cells); len(rows) == previewRows {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, err
}

// smallTable is up to where a page may have the other formats made to tell how large they are.
const smallTable = 1 << 20

// files are the downloads of a version. How large a format is, is known once it was made.
func (d Data) files(ctx context.Context, r Reader, v *dataset.Version) []DataFile {
	base := "/data/" + v.Dataset + "/v/" + strconv.Itoa(v.Number) + "/" + v.Dataset + "."
	var list []DataFile
	for _, f := range v.Formats() {
		file := DataFile{Format: string(f), Name: formatName(f), For: r.formatFor(f), URL: base + string(f)}
		if size, ok := d.size(ctx, v, f); ok {
			file.Size = r.P.FileSize(size)
		}
		list = append(list, file)
	}
	return list
}

func (d Data) size(ctx context.Context, v *dataset.Version, f dataset.Format) (int64, bool) {
	if f == dataset.CSV {
		return v.Bytes, true
	}
	if size, ok := d.fileSizes.known.Load(sizeKey(v, f)); ok {
		return size.(int64), true
	}
	if v.Bytes > smallTable {
		return 0, false
	}
	file, err := d.open(ctx, v, f)
	if err != nil {
		return 0, false // the page can do without; the download says what is wrong
	}
	_ = file.Close() // only read
	return file.Size, true
}

// cite names a version so that it can be found and checked for ever.
func (d Data) cite(r Reader, p VersionPage, v *dataset.Version) Citation {
	year, number := v.At.In(d.place().Calendar.Zone()).Format("2006"), strconv.Itoa(v.Number)
	c := Citation{URL: d.Site.URL + "/data/" + v.Dataset + "/v/" + number}
	c.Text = r.P.T("{organisation} ({year}): {title}, version {n}. {address} SHA-256: {hash}.",
		i18n.V{"organisation": p.Organisation, "year": year, "title": p.Title, "n": number, "address": c.URL, "hash": v.Hash})
	note := "Version " + number + ", SHA-256 " + v.Hash
	if p.Proof.Published {
		leaf := d.Site.URL + "/log/leaves/" + strconv.FormatInt(p.Proof.Index, 10)
		c.Text += " " + r.P.T("Public log: {address}.", i18n.V{"address": leaf})
		note += ", public log " + leaf
	}
	c.BibTeX = "@misc{" + v.Dataset + "-v" + number + ",\n  author = {{" + bib(p.Organisation) + "}},\n  title = {{" + bib(p.Title) + "}},\n  year = {" + year +
		"},\n  url = {" + c.URL + "},\n  note = {" + note + "}\n}"
	return c
}

// bib writes a text for BibTeX, to which some characters are commands.
func bib(text string) string {
	return strings.NewReplacer(`\`, `{\textbackslash}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`).Replace(text)
}

// csvOf is a small table as CSV (RFC 4180).
func csvOf(rows [][]string) ([]byte, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = tabular.Guard(c)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return []byte(b.String()), w.Error()
}
