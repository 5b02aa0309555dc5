package service

import (
	"stoa/internal/calendar"
	"stoa/internal/money"
)

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
	When         *Expr         `yaml:"when"`                 // asked only if, as of entering the state
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
	Pos    Pos
	Title  Text   `yaml:"title" must:"required"`
	Number string `yaml:"number" must:"required"` // "PL-{year}-{seq:5}"
	Record string `yaml:"register" must:"required"`
	// Pending: a first application enters the record when it is submitted, in the state pending, which only
	// look-ups that name it count; granting makes it active, and any other end drops it.
	Pending bool                `yaml:"pending"`
	Fields  map[string]Expr     `yaml:"fields"`
	From    *Expr               `yaml:"from"`              // first day; default: the day it is issued
	Until   *Expr               `yaml:"until"`             // last day; default: no end
	Text    Text                `yaml:"text" must:"rules"` // on the certificate
	Actions []LicenceActionFile `yaml:"actions"`
	// Credential offers it to the holder's wallet, as SD-JWT VC and as mdoc: credential: {claims: [place, holder]}.
	Credential *CredentialFile `yaml:"credential"`
}

// CredentialFile is what a wallet is given of what was issued. The number, who issued it and for how long it is valid are
// always among it.
type CredentialFile struct {
	Pos     Pos
	Claims  []string `yaml:"claims"`                         // fields of the register; default: those that are public or personal
	Formats []string `yaml:"formats" must:"one:sd_jwt|mdoc"` // default both
	Type    string   `yaml:"type"`                           // vct; default SITE/credentials/types/SERVICE, which describes it
	DocType string   `yaml:"doctype"`                        // of the mdoc; default stoa.JURISDICTION.SERVICE.1
}

// LicenceActionFile is something officers do to what was issued: suspend, reinstate, revoke, surrender.
type LicenceActionFile struct {
	Pos     Pos
	ID      string   `yaml:"id" must:"required id"`
	Title   Text     `yaml:"title" must:"required"`
	By      string   `yaml:"by" must:"required one:officer|supervisor|holder"`            // officer, supervisor, holder
	From    []string `yaml:"from" must:"required one:active|suspended|expired"`           // active, suspended
	To      string   `yaml:"to" must:"required one:active|suspended|revoked|surrendered"` // active, suspended, revoked, surrendered
	When    *Expr    `yaml:"when"`                                                        // offered only if; a rule about the licence: licence.FIELD, today
	Reasons string   `yaml:"reasons" must:"one:required|optional|none"`
	Letter  string   `yaml:"letter"`
	Law     string   `yaml:"law"`
}

// ExampleFile is a worked example: these answers, therefore this. One that is like another begins from
// everything that the other begins with, and gives what differs; what must come of it is its own.
type ExampleFile struct {
	Pos       Pos
	Name      string         `yaml:"name" must:"required"`
	Source    string         `yaml:"source"`              // where the example is published, if it is
	Like      string         `yaml:"like"`                // the name of an example above
	Submitted calendar.Date  `yaml:"submitted"`           // the day; rules see it as `submitted`; needed without like
	At        calendar.Clock `yaml:"at"`                  // the time of day; default 12:00
	Variant   string         `yaml:"variant"`             // default new
	Answers   map[string]any `yaml:"answers" must:"none"` // needed without like; null takes one away
	Lookups   map[string]any `yaml:"lookups" must:"none"` // what the registers say; default: nothing found; null takes one away
	Paid      *bool          `yaml:"paid"`                // whether the fee is paid on submission, where the case waits for it; default true
	// Previous is the licence that a variant begins from: register fields, number, from, until; null takes one away.
	Previous map[string]any `yaml:"previous" must:"none"`
	Expect   ExpectFile     `yaml:"expect"`
	Steps    []StepFile     `yaml:"steps"`
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

// StepFile is one further event of the example's case, and what must come of it. One of Do, Approve,
// Reply, Represent, Pass, Pay.
type StepFile struct {
	Pos       Pos
	On        calendar.Date     `yaml:"on"`        // the day; default: the day of the step before
	Do        string            `yaml:"do"`        // an action
	Approve   *bool             `yaml:"approve"`   // the second person approves the decision that waits for it, or returns it
	Reply     map[string]string `yaml:"reply"`     // consultee → no_objection | objection | comment
	Represent int               `yaml:"represent"` // so many representations come in
	Pass      bool              `yaml:"pass"`      // the day's turn: deadlines that have passed take effect
	Pay       bool              `yaml:"pay"`       // the fee is paid
	State     string            `yaml:"state"`
	Due       *calendar.Date    `yaml:"due"`
	Letter    string            `yaml:"letter"` // this letter is sent
	Issued    map[string]any    `yaml:"issued"` // register fields, and from, until
	Values    map[string]any    `yaml:"values"`
	Refused   bool              `yaml:"refused"` // the step itself must be refused
}
