package service

import "stoa/internal/money"

// DatasetFile is one file of datasets/: a dataset of open data. Services, taxes, public registers and the books publish
// theirs without one; a file with the same id takes its place.
type DatasetFile struct {
	Pos          Pos
	Dataset      string              `yaml:"dataset" must:"required id"` // id, the file's name, the address /data/ID
	Title        Text                `yaml:"title" must:"required"`
	Summary      Text                `yaml:"summary" must:"required"`      // what it holds, whom it is for, what is left out
	Organisation string              `yaml:"organisation" must:"required"` // whose data it is: who answers questions about it
	Licence      string              `yaml:"licence" must:"required one:CC-BY-4.0|CC-BY-SA-4.0|CC0-1.0|ODbL-1.0|OGL-UK-3.0|dl-de-by-2.0|etalab-2.0"`
	Frequency    string              `yaml:"frequency" must:"required one:CONT|DAILY|WEEKLY|BIWEEKLY|MONTHLY|QUARTERLY|ANNUAL_2|ANNUAL|IRREG|NEVER"` // how often it is published; EU code
	Themes       []string            `yaml:"themes" must:"required one:AGRI|ECON|EDUC|ENER|ENVI|GOVE|HEAL|INTR|JUST|REGI|SOCI|TECH|TRAN"`            // EU data themes
	Keywords     map[string][]string `yaml:"keywords"`                                                                                               // per language: everyday words people search for
	Law          SourceFile          `yaml:"law"`                                                                                                    // that asks for its publication
	From         DatasetFromFile     `yaml:"from" must:"required"`
	Columns      []DatasetColumnFile `yaml:"columns"` // in order; default: all that the source publishes
	Key          []string            `yaml:"key"`     // columns that name a row for good: differences between versions are told by it
	Quality      []QualityFile       `yaml:"quality"` // what must hold before a version is published; otherwise the former one stays
	Disclosure   DisclosureFile      `yaml:"disclosure"`
}

// DatasetFromFile is where the rows come from. One of register, ledger, cases, tax, studies, file.
type DatasetFromFile struct {
	Pos      Pos
	Register string           `yaml:"register"`                                                     // its records as they are now
	States   []string         `yaml:"states" must:"one:active|suspended|ended|revoked|surrendered"` // of the records; default: all
	History  bool             `yaml:"history"`                                                      // every version of every record
	Count    bool             `yaml:"count"`                                                        // how many records have each combination of the columns, instead of the records
	Ledger   string           `yaml:"ledger" must:"one:entries|months"`                             // lines of entries, or sums per month and account
	Accounts []string         `yaml:"accounts"`                                                     // of the ledger; default: income and expense
	Cases    *DatasetCaseFile `yaml:"cases"`
	Tax      string           `yaml:"tax"`     // assessments that count: how many, and how much
	Studies  bool             `yaml:"studies"` // published studies of what a change would do
	File     string           `yaml:"file"`    // a CSV beside this file: header = column ids
}

// DatasetCaseFile is statistics of the cases of a service.
type DatasetCaseFile struct {
	Pos     Pos
	Service string `yaml:"service" must:"required id"`
	// Working days that a decision should take at most; default: what the service promises, else the
	// deadline in working days of the state in which cases begin.
	Standard int `yaml:"standard"`
}

// DatasetColumnFile is a column, as Table Schema describes it. What a source knows of its own (title, type) need not be said.
type DatasetColumnFile struct {
	Pos      Pos
	ID       string          `yaml:"id" must:"required name"`
	Field    string          `yaml:"field"` // of the source; default: the id
	Title    Text            `yaml:"title"`
	About    Text            `yaml:"about"`                                                                      // what the values mean
	Type     string          `yaml:"type" must:"one:string|integer|number|boolean|date|year|yearmonth|geopoint"` // of a file's column; default string
	Bands    []money.Decimal `yaml:"bands"`                                                                      // of a number by which is counted: [12000, 51000] makes <12000, 12000-51000 and >=51000
	Prefix   int             `yaml:"prefix"`                                                                     // of a text by which is counted: its first characters; 3 makes GV1 of GV1 2BA
	Per      string          `yaml:"per" must:"one:month|year"`                                                  // of a date by which is counted
	Unit     string          `yaml:"unit"`                                                                       // GBP, day, m2
	Required bool            `yaml:"required"`                                                                   // never empty
	Unique   bool            `yaml:"unique"`
	Enum     []string        `yaml:"enum"`
	Minimum  string          `yaml:"minimum"`
	Maximum  string          `yaml:"maximum"`
	Pattern  string          `yaml:"pattern"` // RE2, whole value
}

// QualityFile is something that must hold of the rows.
type QualityFile struct {
	Pos    Pos
	Check  string `yaml:"check" must:"required one:rows|complete|fresh|change"` // number of rows; share of a column that is filled; age of its latest day; change in the number of rows
	Column string `yaml:"column"`                                               // of complete and fresh
	Least  int    `yaml:"least"`                                                // rows: at least so many; complete: per cent
	Most   int    `yaml:"most"`                                                 // rows: at most so many; fresh: days; change: per cent
}

// DisclosureFile is how nobody is found in what is published. Statistics have a floor of 5 with complementary suppression
// unless the file says otherwise.
type DisclosureFile struct {
	Pos           Pos
	Floor         *int           `yaml:"floor"`         // smaller numbers are not shown; default 5, at least 3
	Complementary *bool          `yaml:"complementary"` // nor what would give them away; default true
	Rounding      int            `yaml:"rounding"`      // numbers are rounded to a multiple
	Anonymous     *AnonymousFile `yaml:"anonymous"`     // of single records
	Noise         *NoiseFile     `yaml:"noise"`         // differential privacy, instead of a floor
}

// AnonymousFile asks that every combination of values that somebody may know of a person is shared by several records. If
// it is not, nothing is published.
type AnonymousFile struct {
	Pos  Pos
	K    int      `yaml:"k" must:"required"` // by at least so many
	Over []string `yaml:"over" must:"required"`
}

// NoiseFile adds discrete Laplace noise to every number. Each version spends of a public budget; when it is spent, no more
// versions are published.
type NoiseFile struct {
	Pos     Pos
	Epsilon money.Decimal `yaml:"epsilon" must:"required"` // spent by a version
	Budget  money.Decimal `yaml:"budget" must:"required"`  // of all versions together
}

// OpenDataFile is what the datasets have in common that no file describes.
type OpenDataFile struct {
	Pos     Pos
	Licence string `yaml:"licence" must:"required one:CC-BY-4.0|CC-BY-SA-4.0|CC0-1.0|ODbL-1.0|OGL-UK-3.0|dl-de-by-2.0|etalab-2.0"`
	// OCID is the prefix of worldwide identifiers of contracts, as it was registered with the Open Contracting Partnership.
	OCID string `yaml:"ocid"` // ocds-213czf
}
