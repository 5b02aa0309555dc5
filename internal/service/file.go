package service

// This file is the file format: one Go type for each mapping that a jurisdiction's YAML files may
// hold. The decoder, the JSON Schema under schema/ and the guide all follow from it.
//
// Conventions: Text is a text per language ({en: …, ar: …}; a bare string where the jurisdiction has
// one language). Expr is the source of a rule (CEL; see package rule) with its place in the file.
// ID is lower-case words: services, pages, states, actions and registers with hyphens, everything
// that a rule can name (questions, values, tables, look-ups, parameters) with underscores.
//
// The tag `must` holds what is checked while reading: required; the form of an id (id: hyphens,
// name: underscores, word: either) or, on a mapping, of its keys; one:a|b, the words allowed.

import (
	"stoa/internal/calendar"
	"stoa/internal/money"
)

// Pos is a place in a file, 1-based, for problems.
type Pos struct {
	File         string
	Line, Column int
}

// Text is a text in each language of the jurisdiction.
type Text struct {
	Pos Pos
	By  map[string]string // language → text
}

// Expr is the source of a rule.
type Expr struct {
	Pos    Pos
	Source string
}

// JurisdictionFile is jurisdiction.yaml.
type JurisdictionFile struct {
	Pos           Pos
	Jurisdiction  string             `yaml:"jurisdiction" must:"required id"` // id
	Name          Text               `yaml:"name" must:"required"`
	Languages     []string           `yaml:"languages" must:"required language"` // the first is the default
	Currency      string             `yaml:"currency" must:"required"`           // ISO 4217
	TimeZone      string             `yaml:"time_zone" must:"required"`          // IANA name
	Contact       ContactFile        `yaml:"contact"`
	Theme         ThemeFile          `yaml:"theme"`
	Topics        []TopicFile        `yaml:"topics"`
	LifeEvents    []TopicFile        `yaml:"life_events"`
	Organisations []OrganisationFile `yaml:"organisations" must:"required"`
}

// ContactFile is how to reach a public body.
type ContactFile struct {
	Pos     Pos
	Email   string `yaml:"email"`
	Phone   string `yaml:"phone"`
	Address []Text `yaml:"address"` // one text a line
	Hours   Text   `yaml:"hours"`
}

// ThemeFile is the jurisdiction's look: colours as #rrggbb.
type ThemeFile struct {
	Pos    Pos
	Brand  string `yaml:"brand" must:"colour"`
	Accent string `yaml:"accent" must:"colour"`
}

// TopicFile is a topic or a life event under which services are found.
type TopicFile struct {
	Pos     Pos
	ID      string `yaml:"id" must:"required id"`
	Title   Text   `yaml:"title" must:"required"`
	Summary Text   `yaml:"summary"`
}

// OrganisationFile is a public organisation.
type OrganisationFile struct {
	Pos     Pos
	ID      string      `yaml:"id" must:"required id"`
	Name    Text        `yaml:"name" must:"required"`
	Contact ContactFile `yaml:"contact"`
}

// CalendarFile is calendar.yaml: the working days of the jurisdiction.
type CalendarFile struct {
	Pos      Pos
	Weekend  []string      `yaml:"weekend" must:"required one:monday|tuesday|wednesday|thursday|friday|saturday|sunday"` // saturday, sunday
	From     calendar.Date `yaml:"from" must:"required"`                                                                 // holidays are known from … until
	Until    calendar.Date `yaml:"until" must:"required"`
	Source   SourceFile    `yaml:"source"`
	Holidays []HolidayFile `yaml:"holidays"`
}

// HolidayFile is one public holiday.
type HolidayFile struct {
	Pos  Pos
	Date calendar.Date `yaml:"date" must:"required"`
	Name Text          `yaml:"name" must:"required"`
}

// SourceFile is where a rule, a figure or a duty comes from.
type SourceFile struct {
	Pos     Pos
	Title   string `yaml:"title" must:"required"` // Licensing Act 2003
	Section string `yaml:"section"`               // section 100(5)
	Year    int    `yaml:"year"`
	URL     string `yaml:"url"`
}

// ParameterFile is one file of parameters/: a list of dated figures that rules name param.ID.
type ParameterFile struct {
	Pos        Pos
	Parameters []Parameter `yaml:"parameters" must:"required"`
}

// Parameter is a figure with its history.
type Parameter struct {
	Pos    Pos
	ID     string           `yaml:"id" must:"required name"`
	Title  Text             `yaml:"title" must:"required"`
	Type   string           `yaml:"type" must:"required one:number|money|text|yes_no|date"` // number, money, text, yes_no, date
	Values []ParameterValue `yaml:"values" must:"required"`
}

// ParameterValue is a figure from a day on, until the next one's day.
type ParameterValue struct {
	Pos    Pos
	From   calendar.Date `yaml:"from" must:"required"`
	Value  any           `yaml:"value" must:"required"` // money.Decimal, string, bool or calendar.Date
	Source SourceFile    `yaml:"source" must:"required"`
}

// RegisterFile is one file of registers/.
type RegisterFile struct {
	Pos          Pos
	Register     string          `yaml:"register" must:"required id"` // id
	Title        Text            `yaml:"title" must:"required"`       // of the register
	Record       Text            `yaml:"record" must:"required"`      // of one record: "Temporary event notice"
	Summary      Text            `yaml:"summary"`
	Organisation string          `yaml:"organisation" must:"required"`
	Law          SourceFile      `yaml:"law"`
	Public       bool            `yaml:"public"`                // has public pages (with the public fields only)
	Label        string          `yaml:"label" must:"required"` // the field that names a record in lists
	Fields       []RegisterField `yaml:"fields" must:"required"`
	Seed         string          `yaml:"seed"` // a CSV beside the file: header = field ids, first column the record's key
}

// RegisterField is a column of a register.
type RegisterField struct {
	Pos      Pos
	ID       string `yaml:"id" must:"required name"`
	Title    Text   `yaml:"title" must:"required"`
	Type     string `yaml:"type" must:"required one:text|number|money|date|yes_no"` // text, number, money, date, yes_no
	Public   bool   `yaml:"public"`                                                 // on public pages
	Key      bool   `yaml:"key"`                                                    // look-ups may match on it
	Personal string `yaml:"personal"`                                               // "": not personal; else why it is held, in the words of the privacy section it came from
}

// DemoFile is demo.yaml: the people of `stoa demo`; `stoa serve` ignores it.
type DemoFile struct {
	Pos       Pos
	Staff     []DemoStaff    `yaml:"staff"`
	Residents []DemoResident `yaml:"residents"`
}

// DemoStaff is a member of staff to sign in as.
type DemoStaff struct {
	Pos   Pos
	Name  string     `yaml:"name" must:"required"`
	Email string     `yaml:"email" must:"required"`
	Does  Text       `yaml:"does"` // one line for the sign-in page
	Roles []RoleFile `yaml:"roles" must:"required"`
}

// RoleFile is a role in an organisation: officer, supervisor, reader, administrator.
type RoleFile struct {
	Pos          Pos
	Role         string `yaml:"role" must:"required one:officer|supervisor|reader|administrator"`
	Organisation string `yaml:"organisation"`
}

// DemoResident is a resident to sign in as.
type DemoResident struct {
	Pos      Pos
	Name     string `yaml:"name" must:"required"`
	Email    string `yaml:"email" must:"required"`
	Phone    string `yaml:"phone"`
	Language string `yaml:"language"`
	Does     Text   `yaml:"does"`
}

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
	Variants     []VariantFile          `yaml:"variants"` // besides the implicit variant "new"
	Lookups      map[string]LookupFile  `yaml:"lookups" must:"name"`
	Pages        []PageFile             `yaml:"pages" must:"required"`
	Eligibility  []EligibilityFile      `yaml:"eligibility"`
	Values       []ValueFile            `yaml:"values"`
	Tables       []TableFile            `yaml:"tables"`
	Fee          []FeeFile              `yaml:"fee"`
	Declaration  Text                   `yaml:"declaration"` // what the applicant declares on submitting
	Case         CaseFile               `yaml:"case" must:"required"`
	Consultees   []ConsulteeFile        `yaml:"consultees"`
	Notice       *NoticeFile            `yaml:"notice"` // public notice and representations
	Letters      map[string]LetterFile  `yaml:"letters" must:"id"`
	Issues       *IssueFile             `yaml:"issues"` // the licence
	Examples     []ExampleFile          `yaml:"examples" must:"required"`
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
	Match    map[string]Expr `yaml:"match" must:"required"`                                          // register field (key: true) ← rule
	States   []string        `yaml:"states" must:"one:active|suspended|expired|revoked|surrendered"` // of the records; default [active]
	Give     string          `yaml:"give" must:"required"`                                           // count | sum FIELD | list FIELD
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
	Pos      Pos
	ID       string         `yaml:"id" must:"required name"`
	Type     string         `yaml:"type" must:"required one:text|long_text|number|money|date|time|yes_no|one_of|many_of|name|address|email|phone|identifier|file|lookup|group"`
	Ask      Text           `yaml:"ask" must:"required"`
	Short    Text           `yaml:"short"` // for summaries and letters; default: Ask
	Help     Text           `yaml:"help"`
	When     *Expr          `yaml:"when"`
	Optional bool           `yaml:"optional"`
	Personal string         `yaml:"personal"` // id in `privacy:`, or "no" for a name, email … that is nobody's
	Search   bool           `yaml:"search"`   // officers find the case by its words
	Check    []CheckFile    `yaml:"check"`
	Min      *money.Decimal `yaml:"min"` // number, money: least value
	Max      *money.Decimal `yaml:"max"`
	Places   int            `yaml:"places"`                               // number: decimal places allowed; default 0
	Unit     Text           `yaml:"unit"`                                 // number: shown behind the field
	Longest  int            `yaml:"longest"`                              // text: characters; default 200, long_text 4000
	Pattern  string         `yaml:"pattern"`                              // identifier: RE2, whole string
	Checksum string         `yaml:"checksum" must:"one:luhn|mod11|mod97"` // identifier: luhn, mod11, mod97
	Options  []OptionFile   `yaml:"options"`                              // one_of, many_of
	Accept   []string       `yaml:"accept" must:"one:pdf|jpeg|png|webp"`  // file: pdf, jpeg, png, webp
	Largest  int            `yaml:"largest"`                              // file: megabytes; default 10
	Register string         `yaml:"register"`                             // lookup
	Show     []string       `yaml:"show"`                                 // lookup: fields shown with a hit; rules see every field: premises.rateable_value
	Manual   bool           `yaml:"manual"`                               // lookup: may be typed by hand instead; rules then see only .key (empty) and .label, so the fields are optional
	Repeat   *RepeatFile    `yaml:"repeat"`                               // group
	Each     Text           `yaml:"each"`                                 // group: what one is called: "Partner"
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

// CaseFile is the life of a case.
type CaseFile struct {
	Pos     Pos
	Number  string       `yaml:"number" must:"required"` // "TEN-{year}-{seq:5}"
	Label   Expr         `yaml:"label" must:"required"`  // names the case in lists
	Start   string       `yaml:"start" must:"required"`  // the state after submission
	States  []StateFile  `yaml:"states" must:"required"`
	Actions []ActionFile `yaml:"actions"`
}

// StateFile is a state of a case.
type StateFile struct {
	Pos      Pos
	ID       string        `yaml:"id" must:"required id"`
	Title    Text          `yaml:"title" must:"required"`
	Tell     Text          `yaml:"tell"`                                                   // to the applicant: what happens now and next
	Clock    string        `yaml:"clock" must:"one:running|stopped"`                       // running (default), stopped
	Consult  []string      `yaml:"consult"`                                                // consultees asked on entering
	Letter   string        `yaml:"letter"`                                                 // sent on entering
	Deadline *DeadlineFile `yaml:"deadline"`                                               // for leaving it
	End      string        `yaml:"end" must:"one:granted|refused|withdrawn|lapsed|closed"` // granted, refused, withdrawn, lapsed, closed: the case is over
}

// DeadlineFile is a duty with a day. One of WorkingDays, Days, Months, On.
type DeadlineFile struct {
	Pos         Pos
	WorkingDays int    `yaml:"working_days"`
	Days        int    `yaml:"days"`
	Months      int    `yaml:"months"`
	From        string `yaml:"from" must:"one:submitted|entered"` // submitted (default), entered
	On          *Expr  `yaml:"on"`                                // a date by rule
	Then        string `yaml:"then"`                              // the action taken when it passes; none: it is only overdue
	Law         string `yaml:"law"`
}

// ActionFile is something that can be done to a case.
type ActionFile struct {
	Pos   Pos
	ID    string   `yaml:"id" must:"required id"`
	Title Text     `yaml:"title" must:"required"`                                           // the button
	Kind  string   `yaml:"kind" must:"one:move|decide|request_information|answer|withdraw"` // move (default), decide, request_information, answer, withdraw
	By    string   `yaml:"by" must:"required one:officer|supervisor|applicant|system"`      // officer, supervisor, applicant, system
	From  []string `yaml:"from" must:"required"`
	To    string   `yaml:"to" must:"required"`
	When  *Expr    `yaml:"when"` // offered only if; for `auto` done as soon as
	Auto  bool     `yaml:"auto"` // by system: taken as soon as `when` holds (after a reply, a representation, a day's turn)
	// decide:
	Outcome    string       `yaml:"outcome" must:"word"`                       // granted, refused, …: the word of the decision
	Reasons    string       `yaml:"reasons" must:"one:required|optional|none"` // required, optional, none (default)
	Standard   []ChoiceFile `yaml:"standard"`                                  // standard reasons to choose from
	Conditions []ChoiceFile `yaml:"conditions"`
	Approval   bool         `yaml:"approval"` // a second person (supervisor) must approve
	Appeal     Text         `yaml:"appeal"`   // how to appeal, in the letter
	Letter     string       `yaml:"letter"`
	Issue      bool         `yaml:"issue"` // issues the licence, or its next version for a variant
	Law        string       `yaml:"law"`
}

// ChoiceFile is a standard reason or condition.
type ChoiceFile struct {
	Pos  Pos
	ID   string `yaml:"id" must:"required word"`
	Text Text   `yaml:"text" must:"required"`
	Law  string `yaml:"law"`
}

// ConsulteeFile is another organisation that is asked.
type ConsulteeFile struct {
	Pos          Pos
	ID           string        `yaml:"id" must:"required id"`
	Organisation string        `yaml:"organisation" must:"required"`
	Ask          Text          `yaml:"ask" must:"required"`
	Sees         []string      `yaml:"sees" must:"required"` // question and page ids; nothing else of the case
	Within       *DeadlineFile `yaml:"within"`
	Silence      string        `yaml:"silence" must:"one:no_objection|none"` // no_objection (default) or none, when the day passes
	Law          string        `yaml:"law"`
}

// NoticeFile opens a case to the public.
type NoticeFile struct {
	Pos     Pos
	Title   Text         `yaml:"title" must:"required"`
	Ask     Text         `yaml:"ask"`                    // what a representation may be about
	States  []string     `yaml:"states" must:"required"` // in which it is open
	Shows   []string     `yaml:"shows" must:"required"`  // questions published
	Days    int          `yaml:"days"`                   // open for so many days from submission
	Grounds []ChoiceFile `yaml:"grounds"`
	Law     string       `yaml:"law"`
}

// LetterFile is a letter or message. Texts hold {{ rule }} for values, shown in the reader's language.
type LetterFile struct {
	Pos    Pos
	Title  Text              `yaml:"title" must:"required"`
	Blocks []LetterBlockFile `yaml:"blocks" must:"required"`
}

// LetterBlockFile is one of: heading, text, items, facts, standard parts (reasons, conditions, appeal, fee, certificate_link, next).
type LetterBlockFile struct {
	Pos     Pos
	When    *Expr    `yaml:"when"`
	Heading Text     `yaml:"heading" must:"rules"`
	Text    Text     `yaml:"text" must:"rules"`
	Items   []Text   `yaml:"items" must:"rules"`
	Facts   []string `yaml:"facts"` // questions and values
	Part    string   `yaml:"part" must:"one:reasons|conditions|appeal|fee|certificate_link|next"`
}

// IssueFile is what is issued: a record in a register, with a certificate that a stranger can verify.
type IssueFile struct {
	Pos     Pos
	Title   Text                `yaml:"title" must:"required"`
	Number  string              `yaml:"number" must:"required"` // "PL-{year}-{seq:5}"
	Record  string              `yaml:"register" must:"required"`
	Fields  map[string]Expr     `yaml:"fields"`
	From    *Expr               `yaml:"from"`              // first day; default: the day it is issued
	Until   *Expr               `yaml:"until"`             // last day; default: no end
	Text    Text                `yaml:"text" must:"rules"` // on the certificate
	Actions []LicenceActionFile `yaml:"actions"`
}

// LicenceActionFile is something officers do to what was issued: suspend, reinstate, revoke, surrender.
type LicenceActionFile struct {
	Pos     Pos
	ID      string   `yaml:"id" must:"required id"`
	Title   Text     `yaml:"title" must:"required"`
	By      string   `yaml:"by" must:"required one:officer|supervisor|holder"`            // officer, supervisor, holder
	From    []string `yaml:"from" must:"required one:active|suspended|expired"`           // active, suspended
	To      string   `yaml:"to" must:"required one:active|suspended|revoked|surrendered"` // active, suspended, revoked, surrendered
	Reasons string   `yaml:"reasons" must:"one:required|optional|none"`
	Letter  string   `yaml:"letter"`
	Law     string   `yaml:"law"`
}

// ExampleFile is a worked example: these answers, therefore this.
type ExampleFile struct {
	Pos       Pos
	Name      string         `yaml:"name" must:"required"`
	Source    string         `yaml:"source"`                    // where the example is published, if it is
	Submitted calendar.Date  `yaml:"submitted" must:"required"` // the day; rules see it as `submitted`
	At        calendar.Clock `yaml:"at"`                        // the time of day; default 12:00
	Variant   string         `yaml:"variant"`                   // default new
	Answers   map[string]any `yaml:"answers" must:"required"`
	Lookups   map[string]any `yaml:"lookups"` // what the registers say; default: nothing found
	Expect    ExpectFile     `yaml:"expect"`
	Steps     []StepFile     `yaml:"steps"`
}

// ExpectFile is what must come of it on submission; what is left out is not checked.
type ExpectFile struct {
	Pos      Pos
	Asked    []string       `yaml:"asked"`     // these questions are asked
	NotAsked []string       `yaml:"not_asked"` // these are not
	Errors   []string       `yaml:"errors"`    // exactly these questions are refused (paths: partners[1].name)
	Eligible *bool          `yaml:"eligible"`
	Values   map[string]any `yaml:"values"`
	Fee      *money.Decimal `yaml:"fee"`
	State    string         `yaml:"state"`
	Due      *calendar.Date `yaml:"due"`
}

// StepFile is one further event of the example's case, and what must come of it. One of Do, Reply,
// Represent, Pass.
type StepFile struct {
	Pos       Pos
	On        calendar.Date     `yaml:"on"`        // the day; default: the day of the step before
	Do        string            `yaml:"do"`        // an action
	Reply     map[string]string `yaml:"reply"`     // consultee → no_objection | objection | comment
	Represent int               `yaml:"represent"` // so many representations come in
	Pass      bool              `yaml:"pass"`      // the day's turn: deadlines that have passed take effect
	State     string            `yaml:"state"`
	Due       *calendar.Date    `yaml:"due"`
	Letter    string            `yaml:"letter"` // this letter is sent
	Issued    map[string]any    `yaml:"issued"` // register fields, and from, until
	Values    map[string]any    `yaml:"values"`
	Refused   bool              `yaml:"refused"` // the step itself must be refused
}
