package service

import (
	"slices"
	"strings"
)

// Sources of datasets: where rows come from, and in what form.
const (
	FromRecords = "records" // of a register, as they are now
	FromHistory = "history" // every version of every record
	FromCounts  = "counts"  // of a register's records by some of its fields
	FromEntries = "entries" // lines of the books
	FromMonths  = "months"  // sums of the books
	FromCases   = "cases"   // statistics of a service
	FromTax     = "tax"     // statistics of a tax
	FromStudies = "studies" // what changes that were tried would do
	FromFile    = "file"    // a CSV of the folder
)

// Dataset is a checked dataset: one that a file describes, or one that Stoa makes of a service, a tax, a register or the
// books by itself.
type Dataset struct {
	DatasetFile
	Hash         string // of its definition: of the file, and of what it names
	Jurisdiction *Jurisdiction
	Made         bool // by Stoa itself; no file says it
	Source       string
	Fields       []*DatasetColumn // the columns with all that the file leaves out
	Register     *Register        // of records, history and counts, and of the objects of a tax; else nil
	Service      *Service         // of cases
	Tax          *Tax             // of a tax
	Standard     int              // working days that a decision should take; 0: there is none

	csv []byte // of a file
}

// What a column is in statistics.
const (
	Dimension = "dimension" // what is counted apart
	Measure   = "measure"   // a number of a row
)

// Unknown is counted for records that say nothing, or nothing that a column's enum has.
const Unknown = "unknown"

// DatasetColumn is a column with its origin.
type DatasetColumn struct {
	DatasetColumnFile
	Role  string         // Dimension or Measure in statistics; "" elsewhere
	Count bool           // a measure that counts: what a floor and noise are about
	Of    *RegisterField // nil where the source itself has it: number, month, amount
}

// Statistics reports whether the rows are counts, and not single records.
func (d *Dataset) Statistics() bool {
	return d.Source == FromCounts || d.Source == FromCases || d.Source == FromTax
}

// Counted are the fields by which the numbers of statistics are counted: the dimensions, and what its measures tell apart.
func (d *Dataset) Counted() (fields []string) {
	outcome, inTime := false, false
	for _, c := range d.Fields {
		switch {
		case c.Role == Dimension:
			fields = append(fields, c.Field)
			outcome = outcome || d.Source == FromCases && c.Field == "outcome"
		case c.Field == "in_time":
			inTime = true
		}
	}
	if d.Source == FromCases {
		if !outcome {
			fields = append(fields, "outcome")
		}
		if inTime {
			fields = append(fields, "in_time")
		}
	}
	return fields
}

// Months reports whether the rows are of months: then only those that are over are published.
func (d *Dataset) Months() bool { return d.Source == FromCases || d.Source == FromMonths }

// Column finds a column by its id; nil if there is none.
func (d *Dataset) Column(id string) *DatasetColumn {
	for _, c := range d.Fields {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Dataset finds a dataset by its id; nil if there is none.
func (j *Jurisdiction) Dataset(id string) *Dataset {
	i, found := slices.BinarySearchFunc(j.Datasets, id, func(d *Dataset, id string) int { return strings.Compare(d.Dataset, id) })
	if !found {
		return nil
	}
	return j.Datasets[i]
}

// Licence is a licence for data, with its place on the web and in the EU's list.
type Licence struct {
	ID, Title, URL, EU string
}

// Licences are those that a file may name.
func Licences() []Licence {
	const eu = "http://publications.europa.eu/resource/authority/licence/"
	return []Licence{
		{"CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/", eu + "CC_BY_4_0"},
		{"CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", eu + "CC_BYSA_4_0"},
		{"CC0-1.0", "Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", eu + "CC0"},
		{"ODbL-1.0", "Open Data Commons Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", eu + "ODC_BL"},
		{"OGL-UK-3.0", "Open Government Licence 3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", eu + "OGL_3_0"},
		{"dl-de-by-2.0", "Datenlizenz Deutschland – Namensnennung 2.0", "https://www.govdata.de/dl-de/by-2-0", eu + "DL_DE_BY_2_0"},
		{"etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/", eu + "ETALAB_2_0"},
	}
}

// LicenceOf finds a licence; the zero value if there is none.
func LicenceOf(id string) Licence {
	for _, l := range Licences() {
		if l.ID == id {
			return l
		}
	}
	return Licence{}
}

// Code is an entry of an authority's list.
type Code struct{ ID, URI string }

// Frequencies are the EU's codes for how often a dataset is published.
func Frequencies() []Code {
	return codes("frequency", "CONT", "DAILY", "WEEKLY", "BIWEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL_2", "ANNUAL", "IRREG", "NEVER")
}

// Themes are the EU's themes of data.
func Themes() []Code {
	return codes("data-theme", "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN")
}

func codes(list string, ids ...string) []Code {
	var all []Code
	for _, id := range ids {
		all = append(all, Code{id, "http://publications.europa.eu/resource/authority/" + list + "/" + id})
	}
	return all
}
