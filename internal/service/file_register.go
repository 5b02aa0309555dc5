package service

import (
	"stoa/internal/money"
)

// RegisterFile is one file of registers/.
type RegisterFile struct {
	Pos          Pos
	Register     string     `yaml:"register" must:"required id"` // id
	Title        Text       `yaml:"title" must:"required"`       // of the register
	Record       Text       `yaml:"record" must:"required"`      // of one record: "Temporary event notice"
	Summary      Text       `yaml:"summary"`
	Organisation string     `yaml:"organisation" must:"required"` // that keeps it
	Law          SourceFile `yaml:"law"`
	Public       bool       `yaml:"public"`                // has public pages (with the public fields only)
	Label        string     `yaml:"label" must:"required"` // the field that names a record in lists
	// Privacy says why personal fields are held, by which right and for how long, by id; a field's `personal:` names one.
	Privacy map[string]RegisterPrivacyFile `yaml:"privacy" must:"word"`
	Sources []RegisterSourceFile           `yaml:"sources"` // who supplies what the register says
	Number  string                         `yaml:"number"`  // of records that are entered by hand: "B-{year}-{seq:5}"; without it nothing is
	// Correct says how many persons a correction or an entry by hand takes: one, or two; default: two where a personal field is touched.
	Correct string          `yaml:"correct" must:"one:one|two"`
	Fields  []RegisterField `yaml:"fields" must:"required"`
	Seed    string          `yaml:"seed"` // a CSV beside the file: header = field ids, first column the record's key
	// Find names the key fields by which a record is named where its number is not known: by all of them together.
	Find     []string      `yaml:"find"`
	Extracts []ExtractFile `yaml:"extracts"` // copies of a record that people may have
	// Credential offers records that no service issued to the wallets of those they name.
	Credential *RegisterCredentialFile `yaml:"credential"`
	Represent  *RepresentFile          `yaml:"represent"` // who may act for the person or the company that a record is about
}

// RepresentFile is who may act for whom a record is about: the register itself is the mandate.
type RepresentFile struct {
	Pos  Pos
	As   string   `yaml:"as" must:"required one:parent|company"` // parent: of a minor child; company: an officer of it
	By   []string `yaml:"by" must:"required"`                    // the fields with the addresses of e-mail of those who may
	Name []string `yaml:"name"`                                  // the fields that make up the name; default: the register's label
	// Born is the field with the day of birth: a parent acts until the child is 18.
	Born     string `yaml:"born"`
	Together string `yaml:"together" must:"one:one|two"` // how many must agree before something is sent; default: one
}

// RegisterPrivacyFile is why a register holds something personal, by which right, and how long.
type RegisterPrivacyFile struct {
	Pos     Pos
	Purpose Text       `yaml:"purpose" must:"required"`
	Law     SourceFile `yaml:"law" must:"required"`
	Keep    string     `yaml:"keep" must:"required"` // "6 years", "18 months" after the record ends, or always
}

// RegisterSourceFile is who supplies a register with what it says.
type RegisterSourceFile struct {
	Pos          Pos
	Title        Text     `yaml:"title" must:"required"` // what comes: "Notice of a birth from the hospital"
	Organisation string   `yaml:"organisation"`          // that sends it, if it is one of the jurisdiction
	Fields       []string `yaml:"fields"`                // that come from there; default: all
}

// RegisterField is a column of a register.
type RegisterField struct {
	Pos      Pos
	ID       string `yaml:"id" must:"required name"`
	Title    Text   `yaml:"title" must:"required"`
	Type     string `yaml:"type" must:"required one:text|number|money|date|yes_no"` // text, number, money, date, yes_no
	Public   bool   `yaml:"public"`                                                 // on public pages
	Key      bool   `yaml:"key"`                                                    // look-ups may match on it
	Personal string `yaml:"personal"`                                               // "": not personal; else why it is held: a section of `privacy:` here, or of the service or tax that it comes from
	// See says who sees the field at the desk: roles in the keeping organisation (reader, officer, supervisor: that or more), or
	// other organisations; default: everybody who reads for the keeping one.
	See      []string       `yaml:"see"`
	Required bool           `yaml:"required"` // a record is not entered or corrected without it
	Min      *money.Decimal `yaml:"min"`      // number, money: least value
	Max      *money.Decimal `yaml:"max"`
	Longest  int            `yaml:"longest"` // text: characters; default 1000
	Pattern  string         `yaml:"pattern"` // text: RE2, whole string
	Choices  []OptionFile   `yaml:"choices"` // text: the values it may have, shown by their labels
	// Alike says how the field tells whether two records are about the same: a name, a day, an address, a postcode, a number
	// of something else (code), or any text. Without such a field the register is not searched for duplicates.
	Alike  string `yaml:"alike" must:"one:name|date|address|postcode|code|text"`
	Refers string `yaml:"refers"` // text: the number of a record in another register, or REGISTER.FIELD: its key field's value
}
