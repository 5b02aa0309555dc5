package service

import (
	"stoa/internal/calendar"
	"stoa/internal/rule"
)

// Jurisdiction is a checked and compiled folder: immutable, safe for concurrent use.
type Jurisdiction struct {
	File       JurisdictionFile
	Calendar   *calendar.Calendar
	Money      *MoneyFile // nil where no books are kept
	Late       []*Late    // steps on unpaid bills for fees
	Interest   *Interest  // on unpaid bills for fees; nil: none
	Parameters []*Parameter
	Registers  map[string]*Register
	Elsewhere  map[string]*Elsewhere // registers of others
	Shares     []*ShareFile          // who else may read our registers
	Services   []*Service            // by id
	Carried    []*Service            // registers whose records are offered to wallets without a service that issues them, each as one; by id
	Taxes      []*Tax                // by id
	Budgets    []*Budget             // by year
	Datasets   []*Dataset            // by id: those of files, and those made by themselves
	Demo       DemoFile

	Appointments []*Appointment    // by id
	Promises     *CommitmentsFile  // nil where the folder has none
	Programmes   []*EvaluationFile // by id
	Hash         string            // of every file that was read
}

// Register is a checked register file with its seed records.
type Register struct {
	RegisterFile
	Seeds []SeedRecord
}

// SeedRecord is a record that comes with the folder.
type SeedRecord struct {
	Key    string
	Fields map[string]rule.Value

	line int // of the file
}

// Service is a checked and compiled service file.
type Service struct {
	ServiceFile
	Hash         string // pins the service with everything that it is judged by
	Jurisdiction *Jurisdiction
	Pages        []*Page
	Questions    []*Question // all, groups before their members
	Lookups      []*Lookup   // in an order in which each needs only earlier ones (and values)
	Eligibility  []*Eligibility
	Values       []*Named // values and tables in an order in which each needs only earlier ones
	Fee          []*Fee
	FeeQuestions []*Question // those that the fee depends on, directly or not, in asking order
	Label        *Rule
	States       map[string]*State
	Actions      []*Action
	Consultees   map[string]*Consultee
	Letters      map[string]*Letter
	Issue        *Issue

	sources map[string][]byte
}

// Rule is a compiled expression.
type Rule struct {
	Expr
	*rule.Program
}

// Page is a topic.
type Page struct {
	File      PageFile
	When      *Rule // nil: always
	Questions []*Question
}

// Question is a question in its place. Its conditions hold in this order: its page's, its group's, its
// own; each rule may take for granted what those before it ask, and is not to be evaluated without them.
type Question struct {
	QuestionFile
	Path       string // ids from the outermost group inwards: partners.children.name
	Page       *Page
	Parent     *Question // the group it is in; nil at the top
	When       *Rule
	Checks     []*Check
	Members    []*Question       // of a group
	Known      *Known            // the register that may know the answer; nil: none
	Credential *CredentialAnswer // the licence that may be shown instead; nil: none
	ValueType  rule.Type         // what rules see when it is answered; where it may not be, they see it as optional
}

// Check is a compiled validation.
type Check struct {
	CheckFile
	That *Rule
}

// Lookup is a compiled look-up. Rules see it as the value lookup_ID (lookup.ID, as the file writes it,
// made one name).
type Lookup struct {
	ID string
	LookupFile
	Match map[string]*Rule
	Verb  string // count, sum, list
	Field string // of sum and list
	Type  rule.Type
}

// Eligibility is a compiled condition. Questions are those it depends on, directly or not, in asking order.
type Eligibility struct {
	EligibilityFile
	That      *Rule
	Questions []*Question
}

// Named is a value (File) or a decision table (Table). Its Rule gives the value of either: of a table,
// a record of its outputs, with the row that matched in the trace.
type Named struct {
	ID    string
	Title Text
	Law   string
	Type  rule.Type
	Rule  *Rule
	File  *ValueFile
	Table *Table
}

// Table is a compiled decision table.
type Table struct {
	File   TableFile
	Inputs []*Rule
	*rule.Table

	tested map[string]bool              // names that the inputs and tests look at
	given  []map[string]map[string]bool // by row and output: names that the cell looks at
}

// Uses reports whether an output of a row (from 1) rests on a name, as rules write it: by which row
// matched, or by what that row gives.
func (t *Table) Uses(row int, output, name string) bool {
	return t.tested[name] || row > 0 && row <= len(t.given) && t.given[row-1][output][name]
}

// Fee is a compiled item of the fee.
type Fee struct {
	FeeFile
	When   *Rule
	Amount *Rule
}

// State is a compiled state.
type State struct {
	StateFile
	Deadline *Deadline
}

// Deadline is a compiled deadline.
type Deadline struct {
	DeadlineFile
	On *Rule
}

// Action is a compiled action.
type Action struct {
	ActionFile
	When *Rule
}

// Consultee is a compiled consultee; Sees lists its questions.
type Consultee struct {
	ConsulteeFile
	When   *Rule
	Sees   []*Question
	Within *Deadline
}

// Letter is a compiled letter.
type Letter struct {
	ID string
	LetterFile
	Blocks []*LetterBlock
}

// LetterBlock holds, per language, text cut at its {{ rules }}.
type LetterBlock struct {
	LetterBlockFile
	When    *Rule
	Heading Template
	Text    Template
	Items   []Template
}

// Template is a text per language with rules in it.
type Template map[string][]Piece

// Piece is literal text or a rule.
type Piece struct {
	Text string
	Rule *Rule
}

// Issue is what is issued, compiled.
type Issue struct {
	IssueFile
	Register *Register
	Fields   map[string]*Rule
	From     *Rule
	Until    *Rule
	Actions  []*LicenceAction
	// Certificate is Text cut at its {{ rules }}.
	Certificate Template
	Credential  *Credential // nil: it is not offered to wallets
}

// LicenceAction is a compiled action on what was issued.
type LicenceAction struct {
	LicenceActionFile
	When *Rule
}
