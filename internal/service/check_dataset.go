package service

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// mostDimensions is how many things numbers are protected by at once.
const mostDimensions = 4

// datasetFormat begins what the hash of a dataset is of.
const datasetFormat = "stoa dataset 1"

// checkDatasets checks the files of datasets/, and adds the datasets that make themselves.
func (l *loader) checkDatasets() {
	if l.pinned {
		return
	}
	l.unique("dataset", len(l.datasets), func(i int) (string, Pos) {
		return l.datasets[i].Dataset, l.places.at(l.datasets[i].Pos, "dataset")
	})
	published := map[string]bool{}
	for _, f := range l.datasets {
		published[f.Dataset] = true
		l.known(l.places.at(f.Pos, "organisation"), "organisation", f.Organisation, l.organisations())
		d := &Dataset{DatasetFile: *f, Jurisdiction: l.j}
		if !l.datasetSource(d) {
			continue
		}
		before := len(l.problems)
		l.datasetColumns(d)
		if len(l.problems) > before {
			continue
		}
		l.datasetKey(d)
		l.datasetQuality(d)
		l.datasetDisclosure(d)
		if d.Source == FromFile {
			l.datasetFile(d)
		}
		l.j.Datasets = append(l.j.Datasets, d)
	}
	if len(l.problems) == 0 {
		l.j.Datasets = append(l.j.Datasets, l.madeDatasets(published)...)
	}
	slices.SortFunc(l.j.Datasets, func(a, b *Dataset) int { return strings.Compare(a.Dataset, b.Dataset) })
}

// datasetSource finds what a dataset is from; exactly one source must be named.
func (l *loader) datasetSource(d *Dataset) bool {
	f := &d.From
	var named []string
	for key, is := range map[string]bool{"register": f.Register != "", "ledger": f.Ledger != "", "cases": f.Cases != nil, "tax": f.Tax != "", "studies": f.Studies, "file": f.File != ""} {
		if is {
			named = append(named, key)
		}
	}
	slices.Sort(named)
	if len(named) != 1 {
		says := "the rows come from nowhere"
		if len(named) > 1 {
			says = "the rows come from " + list(named, "and") + " at once"
		}
		l.problem(f.Pos, "name one of register, ledger, cases, tax, studies or file", "%s", says)
		return false
	}
	if named[0] != "register" {
		for _, key := range []string{"states", "history", "count"} {
			if n := l.places.node(f.Pos, key); n != nil {
				l.problem(l.places.key(f.Pos, key), "remove it", "%s: is for datasets from a register", key)
			}
		}
	}
	if named[0] != "ledger" && len(f.Accounts) > 0 {
		l.problem(l.places.key(f.Pos, "accounts"), "remove it", "accounts: is for datasets from the ledger")
	}
	return l.findSource(d, named[0])
}

func (l *loader) findSource(d *Dataset, from string) bool {
	f := &d.From
	at := l.places.at(f.Pos, from)
	switch from {
	case "register":
		if !l.known(at, "register", f.Register, keys(l.j.Registers)) {
			return false
		}
		d.Register, d.Source = l.j.Registers[f.Register], FromRecords
		switch {
		case f.History && f.Count:
			l.problem(l.places.key(f.Pos, "count"), "keep one of the two", "history: and count: exclude each other")
			return false
		case f.History:
			d.Source = FromHistory
		case f.Count:
			d.Source = FromCounts
		}
		if d.Source != FromCounts && !d.Register.Public {
			l.problem(at, "publish numbers of its records with count: true, or make the register public", "the register %q is not public", f.Register)
			return false
		}
	case "ledger":
		return l.ledgerSource(d, at)
	case "cases":
		d.Source = FromCases
		for _, s := range l.j.Services {
			if s.Service == f.Cases.Service {
				d.Service, d.Standard = s, standardOf(s)
			}
		}
		if f.Cases.Standard > 0 {
			d.Standard = f.Cases.Standard
		}
		return l.known(l.places.at(f.Cases.Pos, "service"), "service", f.Cases.Service, serviceIDs(l.j.Services))
	case "tax":
		d.Source = FromTax
		var ids []string
		for _, t := range l.j.Taxes {
			ids = append(ids, t.Tax)
			if t.Tax == f.Tax {
				d.Tax, d.Register = t, t.Register
			}
		}
		return l.known(at, "tax", f.Tax, ids) && d.Register != nil // one without is noted with the tax
	case "studies":
		d.Source = FromStudies
	case "file":
		d.Source = FromFile
		if path.Base(f.File) != f.File || path.Ext(f.File) != ".csv" {
			l.problem(at, "name a file beside this one: "+d.Dataset+".csv", "%q is not a CSV file beside this one", f.File)
			return false
		}
	}
	return true
}

func (l *loader) ledgerSource(d *Dataset, at Pos) bool {
	d.Source = map[string]string{"entries": FromEntries, "months": FromMonths}[d.From.Ledger]
	m := l.j.Money
	if m == nil {
		l.problem(at, "describe the accounts in money.yaml", "there are no books: the jurisdiction has no money.yaml")
		return false
	}
	for i, code := range d.From.Accounts {
		l.known(l.places.at(d.From.Pos, "accounts", i), "account", code, ids(m.Accounts, func(a *AccountFile) string { return a.Code }))
	}
	if len(d.From.Accounts) == 0 {
		d.From.Accounts = l.booksAccounts()
	}
	return d.Source != ""
}

// booksAccounts are the accounts of income and expense: what a government takes and spends.
func (l *loader) booksAccounts() (codes []string) {
	for _, a := range l.j.Money.Accounts {
		if a.Kind == "income" || a.Kind == "expense" {
			codes = append(codes, a.Code)
		}
	}
	return codes
}

// standardOf is how many working days a decision should take: what the service promises, else the deadline of the state in
// which cases begin.
func standardOf(s *Service) int {
	if s.ServiceFile.Standard != nil && s.ServiceFile.Standard.WorkingDays > 0 {
		return s.ServiceFile.Standard.WorkingDays
	}
	if st := s.States[s.Case.Start]; st != nil && st.StateFile.Deadline != nil {
		return st.StateFile.Deadline.WorkingDays
	}
	return 0
}

func serviceIDs(services []*Service) (ids []string) {
	for _, s := range services {
		ids = append(ids, s.Service)
	}
	return ids
}

// datasetColumns fills in what the file leaves out, and holds its columns against what the source has.
func (l *loader) datasetColumns(d *Dataset) {
	if d.Source == FromFile {
		l.fileColumns(d)
		return
	}
	all := l.offers(d)
	names := ids(all, func(o *offer) string { return o.id })
	given := d.Columns
	if len(given) == 0 {
		for _, o := range all {
			if !o.leftOut && !(o.id == "in_time" && d.Standard == 0) {
				given = append(given, DatasetColumnFile{Pos: d.From.Pos, ID: o.id})
			}
		}
	}
	l.unique("column", len(given), func(i int) (string, Pos) { return given[i].ID, l.places.at(given[i].Pos, "id") })
	for i := range given {
		c := &DatasetColumn{DatasetColumnFile: given[i]}
		set(&c.Field, c.ID)
		at := l.places.at(c.Pos, "field")
		if l.places.node(c.Pos, "field") == nil {
			at = l.places.at(c.Pos, "id")
		}
		if l.hidden(d, c, at) || !l.known(at, "column of "+d.Source, c.Field, names) {
			continue
		}
		l.offered(d, c, all[slices.Index(names, c.Field)])
		d.Fields = append(d.Fields, c)
	}
	if len(d.Fields) == len(given) {
		l.statistic(d)
	}
}

// hidden notes a field of the register that may not be published as it is.
func (l *loader) hidden(d *Dataset, c *DatasetColumn, at Pos) bool {
	if d.Register == nil || d.Source == FromCounts {
		return false
	}
	f := d.Register.field(c.Field)
	const otherwise = "leave it out, or publish numbers of records with from: {register: …, count: true}"
	switch {
	case f == nil || f.Public && f.Personal == "":
		return false
	case f.Personal != "":
		l.problem(at, otherwise, "the field %q of the register %s is a personal detail and is not published", f.ID, d.Register.Register)
	default:
		l.problem(at, otherwise, "the field %q of the register %s is not public", f.ID, d.Register.Register)
	}
	return true
}

// offered takes over what the source knows of a column.
func (l *loader) offered(d *Dataset, c *DatasetColumn, o offer) {
	c.Role, c.Count, c.Of = o.role, o.count, o.of
	c.Required = c.Required || o.required
	if c.Type != "" && c.Type != o.typ {
		l.problem(l.places.at(c.Pos, "type"), "remove it", "the column %q is of type %s", c.ID, o.typ)
	}
	c.Type = o.typ
	set(&c.Unit, o.unit)
	if c.Title.By == nil {
		c.Title = o.title
	}
	if c.About.By == nil {
		c.About = o.about
	}
	l.together(c)
	if c.Role == Dimension && len(c.Enum) > 0 && !contains(c.Enum, Unknown) {
		c.Enum = append(slices.Clone(c.Enum), Unknown)
	}
	l.constraints(c)
	if o.id == "in_time" && d.Standard == 0 {
		l.problem(l.places.at(c.Pos, "id"), "say standard: in cases:, or leave the column out", "the service %q has no deadline in working days", d.From.Cases.Service)
	}
}

// together checks how the values of a dimension are put together.
func (l *loader) together(c *DatasetColumn) {
	grouped := 0
	for key, want := range map[string]struct {
		is  bool
		typ string
	}{"bands": {len(c.Bands) > 0, "number"}, "prefix": {c.Prefix > 0, "string"}, "per": {c.Per != "", "date"}} {
		if !want.is {
			continue
		}
		grouped++
		switch {
		case c.Role != Dimension || c.Of == nil:
			l.problem(l.places.key(c.Pos, key), "remove it", "%s: is for a field by which records are counted", key)
		case c.Type != want.typ:
			l.problem(l.places.key(c.Pos, key), "remove it", "the column %q is of type %s, and %s: is for a %s", c.ID, c.Type, key, want.typ)
		}
	}
	if c.Role == Dimension && c.Of != nil && grouped == 0 && (c.Type == "number" || c.Type == "date") {
		l.problem(c.Pos, map[string]string{"number": "add bands: [12000, 51000]", "date": "add per: month or year"}[c.Type], "the values of %q are too many to count by", c.ID)
	}
	for i := 1; i < len(c.Bands); i++ {
		if c.Bands[i].Cmp(c.Bands[i-1]) <= 0 {
			l.problem(l.places.at(c.Pos, "bands", i), "list them from the lowest to the highest", "the band %s does not come after %s", c.Bands[i], c.Bands[i-1])
		}
	}
	switch {
	case grouped > 1:
		l.problem(c.Pos, "keep one of them", "bands:, prefix: and per: exclude each other")
	case len(c.Bands) > 0:
		c.Type, c.Unit = "string", ""
	case c.Role == Dimension && c.Type == "boolean":
		c.Type = "string" // true, false, or unknown
	case c.Per == "month":
		c.Type = "yearmonth"
	case c.Per == "year":
		c.Type = "year"
	}
}

// statistic checks that statistics count something by something.
func (l *loader) statistic(d *Dataset) {
	if !d.Statistics() {
		return
	}
	var by, counts, outcomes []string
	for _, c := range d.Fields {
		if c.Role == Dimension {
			by = append(by, c.Field)
		} else if c.Count {
			counts = append(counts, c.Field)
			if c.Field != "ended" && c.Field != "in_time" {
				outcomes = append(outcomes, c.Field)
			}
		}
	}
	at := l.places.key(d.Pos, "columns")
	if n := len(d.Counted()); n > mostDimensions {
		l.problem(at, fmt.Sprintf("at most %d; make several datasets of it", mostDimensions), "the numbers are counted by %d things at once", n)
	}
	if len(by) == 0 {
		l.problem(at, "add a column by which is counted", "the dataset would have one row")
	}
	if len(counts) == 0 {
		l.problem(at, "add the column that counts: "+list(l.countsOf(d), "or"), "nothing is counted")
	}
	if d.Source == FromCases && slices.Contains(by, "outcome") && len(outcomes) > 0 {
		l.problem(at, "count by outcome with ended, or leave the column outcome out", "%s cannot be counted by outcome", list(outcomes, "and"))
	}
}

func (l *loader) countsOf(d *Dataset) (names []string) {
	for _, o := range l.offers(d) {
		if o.count {
			names = append(names, o.id)
		}
	}
	return names
}

// datasetKey finds the columns that name a row, where the file does not say them and the source knows them.
func (l *loader) datasetKey(d *Dataset) {
	for i, id := range d.Key {
		l.known(l.places.at(d.Pos, "key", i), "column", id, d.columnIDs())
	}
	if len(d.Key) > 0 {
		return
	}
	own := map[string][]string{FromRecords: {"number"}, FromHistory: {"number", "version"}, FromEntries: {"entry", "line"}, FromMonths: {"month", "account"}}[d.Source]
	var found []string
	for _, c := range d.Fields {
		if d.Statistics() && c.Role == Dimension || slices.Contains(own, c.Field) {
			found = append(found, c.ID)
		}
	}
	if d.Statistics() || len(found) == len(own) {
		d.Key = found
	}
}

func (d *Dataset) columnIDs() (ids []string) {
	for _, c := range d.Fields {
		ids = append(ids, c.ID)
	}
	return ids
}

// datasetHash pins the definition of a dataset: its file, and what it takes titles and types from.
func (l *loader) datasetHash(d *Dataset) string {
	sources := map[string][]byte{"made": []byte(fmt.Sprint(d.Made, d.Dataset, d.Licence, d.From))}
	take := func(name string) {
		if src, there := l.sources[name]; there {
			sources[name] = src
		}
	}
	if !d.Made {
		take(d.Pos.File)
	}
	if d.Source == FromFile {
		take(path.Join("datasets", d.From.File))
	}
	if d.Register != nil {
		take(d.Register.Pos.File)
	}
	if d.Source == FromEntries || d.Source == FromMonths {
		take(moneyFile)
	}
	return hashSources(datasetFormat, sources)
}
