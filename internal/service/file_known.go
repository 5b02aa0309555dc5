package service

// KnownFile says which register may know the answer to a question. Somebody who has signed in is asked "We already know" with
// what the register holds on them; they use it, say that it is wrong, or type it themselves. It is never read for anybody else.
type KnownFile struct {
	Pos      Pos
	Register string `yaml:"register" must:"required"` // of registers/ or of elsewhere/
	Field    string `yaml:"field" must:"required"`    // whose value answers the question; of a question that picks a record, its number there
	// field of the register ← person.email (the address they have signed in with), or an earlier question outside groups or of
	// the same item. One must be person.email.
	Match map[string]string `yaml:"match" must:"required"`
	Basis string            `yaml:"basis"` // id of a source in `law:`: by which right the register of another organisation is asked
}

// CredentialAnswerFile lets a question be answered by showing a licence from a wallet. What is shown is checked as on /verify.
type CredentialAnswerFile struct {
	Pos     Pos
	Licence string `yaml:"licence" must:"required"` // id of the service that issues it
	Field   string `yaml:"field" must:"required"`   // of its register, or number
}

// ElsewhereFile is one file of elsewhere/: a register that others keep, and how it is asked.
type ElsewhereFile struct {
	Pos       Pos
	Elsewhere string           `yaml:"elsewhere" must:"required id"` // id, the file's name; `known:` names it as register
	Title     Text             `yaml:"title" must:"required"`
	Keeper    Text             `yaml:"keeper" must:"required"`  // who keeps it: "Registry of Companies"
	Contact   ContactFile      `yaml:"contact"`                 // of the keeper: told where somebody says that a value is wrong
	Law       SourceFile       `yaml:"law"`                     // by which the register is kept
	By        []string         `yaml:"by" must:"required name"` // what it is asked by; {NAME} in path and query
	Records   string           `yaml:"records"`                 // JSON pointer to the list of records, or to the one; default: the whole answer
	Number    string           `yaml:"number" must:"required"`  // JSON pointer within a record to what names it
	Updated   string           `yaml:"updated"`                 // JSON pointer within a record to the day it is of; default: the day it is asked
	Fields    []ElsewhereField `yaml:"fields" must:"required"`
	HTTP      *HTTPSourceFile  `yaml:"http"`
	XRoad     *XRoadSourceFile `yaml:"xroad"`
	Wait      int              `yaml:"wait"` // seconds for one question, with all its tries; default 5, at most 20
}

// ElsewhereField is a value that a register of others gives.
type ElsewhereField struct {
	Pos   Pos
	ID    string `yaml:"id" must:"required name"`
	Title Text   `yaml:"title" must:"required"`
	Type  string `yaml:"type" must:"required one:text|number|money|date|yes_no"`
	At    string `yaml:"at" must:"required"` // JSON pointer within a record (RFC 6901): /address/postcode
}

// HTTPSourceFile asks by a GET that is answered with JSON.
type HTTPSourceFile struct {
	Pos    Pos
	URL    string `yaml:"url" must:"required"` // https://…/companies?email={email}
	Header string `yaml:"header"`              // that carries the secret which the operator sets, such as Authorization
}

// XRoadSourceFile asks by X-Road's message protocol for REST, through the security server that the operator sets.
type XRoadSourceFile struct {
	Pos     Pos
	Client  string `yaml:"client" must:"required"`  // who asks: INSTANCE/CLASS/MEMBER/SUBSYSTEM
	Service string `yaml:"service" must:"required"` // what is asked: INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE
	Path    string `yaml:"path"`                    // behind the service: /companies?email={email}
}

// SharesFile is shares.yaml: who else may read what of our registers, by X-Road's message protocol for REST.
type SharesFile struct {
	Pos    Pos
	Shares []ShareFile `yaml:"shares" must:"required"`
}

// ShareFile is one right to read. Every read is recorded for the person whom the record is about.
type ShareFile struct {
	Pos      Pos
	Share    string     `yaml:"share" must:"required id"` // id, the service's code: /xroad/ID
	Register string     `yaml:"register" must:"required"`
	With     []string   `yaml:"with" must:"required"` // who may ask: INSTANCE/CLASS/MEMBER/SUBSYSTEM
	Name     Text       `yaml:"name" must:"required"` // who that is, as the person reads it
	Purpose  Text       `yaml:"purpose" must:"required"`
	Law      SourceFile `yaml:"law" must:"required"`
	By       []string   `yaml:"by" must:"required"`     // number, or fields with key: true
	Fields   []string   `yaml:"fields" must:"required"` // what is answered
}
