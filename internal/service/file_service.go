package service

import (
	"stoa/internal/money"
)

// ServiceFile is one file of services/: a whole public service.
type ServiceFile struct {
	Pos          Pos
	Service      string                 `yaml:"service" must:"required id"` // id, the file's name, the address /services/ID
	Title        Text                   `yaml:"title" must:"required"`
	Summary      Text                   `yaml:"summary" must:"required"`
	Organisation string                 `yaml:"organisation" must:"required"`
	Topics       []string               `yaml:"topics"`
	LifeEvents   []string               `yaml:"life_events"`
	Keywords     map[string][]string    `yaml:"keywords"`        // per language: everyday words people search for
	Law          map[string]SourceFile  `yaml:"law" must:"word"` // sources by id; `law:` elsewhere names one
	Who          Text                   `yaml:"who"`             // who may apply, in words
	Needs        []NeedFile             `yaml:"needs"`
	Channels     []string               `yaml:"channels" must:"one:web|desk|paper|phone"` // web, desk, paper, phone
	Privacy      map[string]PrivacyFile `yaml:"privacy" must:"word"`                      // by id; a question's `personal:` names one
	Applicant    ApplicantFile          `yaml:"applicant" must:"required"`
	Assurance    string                 `yaml:"assurance" must:"one:low|substantial|high"`                               // how sure it must be who applies (eIDAS); without it nobody has to sign in
	OnBehalf     []string               `yaml:"on_behalf" must:"one:parent|guardian|company|accountant|helper|assisted"` // who may do it for somebody else, by mandate; default: nobody
	Variants     []VariantFile          `yaml:"variants"`                                                                // besides the implicit variant "new"
	Lookups      map[string]LookupFile  `yaml:"lookups" must:"name"`
	Pages        []PageFile             `yaml:"pages" must:"required"`
	Eligibility  []EligibilityFile      `yaml:"eligibility"`
	Values       []ValueFile            `yaml:"values"`
	Tables       []TableFile            `yaml:"tables"`
	Fee          []FeeFile              `yaml:"fee"`
	Payment      *PaymentFile           `yaml:"payment"`     // how the fee is paid
	Declaration  Text                   `yaml:"declaration"` // what the applicant declares on submitting
	Case         CaseFile               `yaml:"case" must:"required"`
	Consultees   []ConsulteeFile        `yaml:"consultees"`
	Notice       *NoticeFile            `yaml:"notice"` // public notice and representations
	Letters      map[string]LetterFile  `yaml:"letters" must:"id"`
	Issues       *IssueFile             `yaml:"issues"`         // the licence
	Standard     *StandardFile          `yaml:"standard"`       // what is promised about the time
	Decisions    *DecisionsFile         `yaml:"decisions"`      // what the public register of decisions shows
	Disclosure   *DisclosureLogFile     `yaml:"disclosure_log"` // requests for information: their answers are published, and documents released with passages removed
	Examples     []ExampleFile          `yaml:"examples" must:"required"`
	Asked        []AskedFile            `yaml:"asked"` // questions to the assistant with what must come of them
}

// NeedFile is a requirement and the evidence that shows it.
type NeedFile struct {
	Pos      Pos
	Title    Text   `yaml:"title" must:"required"`
	Evidence Text   `yaml:"evidence"`
	Law      string `yaml:"law"`
}

// PrivacyFile is why personal answers are asked, by which right, and how long they are kept.
type PrivacyFile struct {
	Pos     Pos
	Purpose Text   `yaml:"purpose" must:"required"`
	Basis   string `yaml:"basis" must:"required"` // id of a source in `law:`
	Keep    string `yaml:"keep" must:"required"`  // "6 years", "18 months" after the case closes
	Consent string `yaml:"consent"`               // id of a consent in jurisdiction.yaml, where nothing else is the basis: its questions are optional
}

// ApplicantFile says which questions tell who applies; name and email are needed.
type ApplicantFile struct {
	Pos   Pos
	Name  string `yaml:"name" must:"required"`
	Email string `yaml:"email" must:"required"`
	Phone string `yaml:"phone"`
}

// VariantFile is a later step on what was issued: renewal, transfer, amendment. It is a case of its
// own that begins from the licence's record and, when granted, makes its next version. Rules see the
// id as `variant` ("new" for a first application).
type VariantFile struct {
	Pos     Pos
	ID      string   `yaml:"id" must:"required id"`
	Title   Text     `yaml:"title" must:"required"`
	Summary Text     `yaml:"summary"`
	Law     string   `yaml:"law"`
	By      string   `yaml:"by" must:"one:holder|anyone"`                                  // holder, or anyone (a transfer is applied for by the new holder)
	From    []string `yaml:"from" must:"one:active|suspended|expired|revoked|surrendered"` // states of the licence it may begin from; default [active]
	Prefill []string `yaml:"prefill"`                                                      // questions whose former answers are carried over
	Opens   int      `yaml:"opens"`                                                        // only in the last so many days before the licence ends; 0: any time
}

// LookupFile asks a register. Rules see the answer as `lookup.ID`.
type LookupFile struct {
	Pos      Pos
	Title    Text            `yaml:"title" must:"required"`
	Register string          `yaml:"register" must:"required"`
	Match    map[string]Expr `yaml:"match" must:"required"`                                                  // register field (key: true) ← rule
	States   []string        `yaml:"states" must:"one:pending|active|suspended|expired|revoked|surrendered"` // of the records; default [active]
	Give     string          `yaml:"give" must:"required"`                                                   // count | sum FIELD | list FIELD
	Law      string          `yaml:"law"`
}

// PageFile is one topic: a page of questions.
type PageFile struct {
	Pos       Pos
	Page      string         `yaml:"page" must:"required id"` // id, in the address
	Title     Text           `yaml:"title" must:"required"`
	Intro     Text           `yaml:"intro"`
	When      *Expr          `yaml:"when"`
	Questions []QuestionFile `yaml:"questions" must:"required"`
}

// QuestionFile is one question. Types: text, long_text, number, money, date, time, yes_no, one_of,
// many_of, name, address, email, phone, identifier, file, lookup, group.
type QuestionFile struct {
	Pos        Pos
	ID         string                `yaml:"id" must:"required name"`
	Type       string                `yaml:"type" must:"required one:text|long_text|number|money|date|time|yes_no|one_of|many_of|name|address|email|phone|identifier|file|lookup|group"`
	Ask        Text                  `yaml:"ask" must:"required"`
	Short      Text                  `yaml:"short"` // for summaries and letters; default: Ask
	Help       Text                  `yaml:"help"`
	When       *Expr                 `yaml:"when"`
	Optional   bool                  `yaml:"optional"`
	Personal   string                `yaml:"personal"` // id in `privacy:`, or "no" for a name, email … that is nobody's
	Search     bool                  `yaml:"search"`   // officers find the case by its words
	Check      []CheckFile           `yaml:"check"`
	Min        *money.Decimal        `yaml:"min"` // number, money: least value
	Max        *money.Decimal        `yaml:"max"`
	Places     int                   `yaml:"places"`                               // number: decimal places allowed; default 0
	Unit       Text                  `yaml:"unit"`                                 // number: shown behind the field
	Longest    int                   `yaml:"longest"`                              // text: characters; default 200, long_text 4000
	Pattern    string                `yaml:"pattern"`                              // identifier: RE2, whole string
	Checksum   string                `yaml:"checksum" must:"one:luhn|mod11|mod97"` // identifier: luhn, mod11, mod97
	Options    []OptionFile          `yaml:"options"`                              // one_of, many_of
	Accept     []string              `yaml:"accept" must:"one:pdf|jpeg|png|webp"`  // file: pdf, jpeg, png, webp
	Largest    int                   `yaml:"largest"`                              // file: megabytes; default 10
	Register   string                `yaml:"register"`                             // lookup
	Show       []string              `yaml:"show"`                                 // lookup: fields shown with a hit; rules see every field: premises.rateable_value
	Manual     bool                  `yaml:"manual"`                               // lookup: may be typed by hand instead; rules then see only .key (empty) and .label, so the fields are optional
	Known      *KnownFile            `yaml:"known"`                                // a register that may know the answer
	Credential *CredentialAnswerFile `yaml:"credential"`                           // a licence in a wallet that may answer it
	Repeat     *RepeatFile           `yaml:"repeat"`                               // group
	Each       Text                  `yaml:"each"`                                 // group: what one is called: "Partner"
	// Questions of a group; groups nest to any depth. Inside, siblings are named bare, the item's own
	// outer answers too; outside, rules see the group as a list: partners.all(p, p.age >= 18).
	Questions []QuestionFile `yaml:"questions"`
}

// RepeatFile bounds a group.
type RepeatFile struct {
	Pos Pos
	Min int `yaml:"min"`
	Max int `yaml:"max"` // default 20
}

// CheckFile is a validation across answers: a rule that must hold, and what to say if it does not.
type CheckFile struct {
	Pos  Pos
	That Expr   `yaml:"that" must:"required"`
	Say  Text   `yaml:"say" must:"required"`
	Law  string `yaml:"law"`
}

// OptionFile is a choice.
type OptionFile struct {
	Pos   Pos
	Value string `yaml:"value" must:"required option"`
	Label Text   `yaml:"label" must:"required"`
	Help  Text   `yaml:"help"`
}

// EligibilityFile is a condition for the service. Early ones are asked before starting: the questions
// they depend on become the eligibility check.
type EligibilityFile struct {
	Pos       Pos
	Early     bool   `yaml:"early"`
	That      Expr   `yaml:"that" must:"required"`
	Otherwise Text   `yaml:"otherwise" must:"required"`
	Law       string `yaml:"law"`
}

// ValueFile is a named result; rules, letters, fees and later values name it.
type ValueFile struct {
	Pos   Pos
	ID    string `yaml:"id" must:"required name"`
	Title Text   `yaml:"title" must:"required"`
	Type  string `yaml:"type" must:"required one:number|money|text|yes_no|date"` // number, money, text, yes_no, date
	Is    Expr   `yaml:"is" must:"required"`
	Law   string `yaml:"law"`
}

// TableFile is a decision table; rules name its outputs as ID.OUTPUT.
type TableFile struct {
	Pos     Pos
	ID      string            `yaml:"id" must:"required name"`
	Title   Text              `yaml:"title" must:"required"`
	Law     string            `yaml:"law"`
	First   bool              `yaml:"first"` // first matching row; otherwise exactly one row must match
	Inputs  []TableInputFile  `yaml:"inputs" must:"required"`
	Outputs []TableOutputFile `yaml:"outputs" must:"required"`
	Rows    []TableRowFile    `yaml:"rows" must:"required"`
}

// TableInputFile is a column that is tested.
type TableInputFile struct {
	Pos   Pos
	ID    string         `yaml:"id" must:"required name"`
	Title Text           `yaml:"title" must:"required"`
	Is    Expr           `yaml:"is" must:"required"`
	Min   *money.Decimal `yaml:"min"` // the domain of a number, for the search for gaps
	Max   *money.Decimal `yaml:"max"`
}

// TableOutputFile is a column that is given.
type TableOutputFile struct {
	Pos   Pos
	ID    string `yaml:"id" must:"required name"`
	Title Text   `yaml:"title" must:"required"`
	Type  string `yaml:"type" must:"required one:number|money|text|yes_no"` // number, money, text, yes_no
}

// TableRowFile: unary tests per input ("<= 4300", "[1..5]", "A, B", "-"; a missing input is "-"), and
// a rule per output.
type TableRowFile struct {
	Pos  Pos
	When map[string]Expr `yaml:"when"`
	Then map[string]Expr `yaml:"then" must:"required"`
}

// FeeFile is one item of the fee; items whose `when` holds are added up.
type FeeFile struct {
	Pos    Pos
	ID     string `yaml:"id" must:"required word"`
	Title  Text   `yaml:"title" must:"required"`
	When   *Expr  `yaml:"when"`
	Amount Expr   `yaml:"amount" must:"required"`
	Law    string `yaml:"law"`
}
