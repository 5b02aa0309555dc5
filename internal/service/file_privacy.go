package service

// DataProtectionFile is data_protection: of jurisdiction.yaml: what the record of processing, the account pages and the
// keeping of data need to know that no service says.
type DataProtectionFile struct {
	Pos        Pos
	Officer    ContactFile            `yaml:"officer"`         // the data-protection officer: questions about personal data go there
	Authority  AuthorityFile          `yaml:"authority"`       // to whom anybody can complain
	Law        map[string]SourceFile  `yaml:"law" must:"word"` // sources by id; `basis:` names one
	Account    PrivacyFile            `yaml:"account"`         // name, addresses, sign-in
	Money      PrivacyFile            `yaml:"money"`           // bills and payments; kept from the end of the year they are of
	Looks      PrivacyFile            `yaml:"looks"`           // the record of who looked at whose data
	Recipients []RecipientFile        `yaml:"recipients"`      // to whom data is given, and who processes it for us
	Consents   map[string]ConsentFile `yaml:"consents" must:"id"`
	Measures   []Text                 `yaml:"measures"` // how data is protected, beside what the program does by itself
}

// AuthorityFile is the public body that watches over data protection.
type AuthorityFile struct {
	Pos  Pos
	Name Text   `yaml:"name"`
	URL  string `yaml:"url"`
}

// RecipientFile is who gets personal data.
type RecipientFile struct {
	Pos      Pos
	Name     Text   `yaml:"name" must:"required"`
	What     Text   `yaml:"what" must:"required"` // which data
	Why      Text   `yaml:"why" must:"required"`
	Basis    string `yaml:"basis" must:"required"` // id of a source in `law:`
	For      bool   `yaml:"for_us"`                // processes it for us, under a contract
	Transfer Text   `yaml:"transfer"`              // to a third country: which one, and under which safeguard
}

// ConsentFile is something done only with a person's consent.
type ConsentFile struct {
	Pos     Pos
	Title   Text   `yaml:"title" must:"required"`
	Purpose Text   `yaml:"purpose" must:"required"` // what it is used for, in plain words
	Data    Text   `yaml:"data" must:"required"`    // which data
	Without Text   `yaml:"without"`                 // what is different for who does not agree
	Basis   string `yaml:"basis" must:"required"`   // id of a source in `law:`
	Keep    string `yaml:"keep" must:"required"`    // how long it holds at most; then it is asked for again
}

// Months returns how long a consent holds.
func (c ConsentFile) Months() int { return PrivacyFile{Keep: c.Keep}.Months() }
