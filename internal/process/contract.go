package process

import (
	"context"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Typed is what a person has typed, question by question, exactly as it came: a draft. Nothing is
// lost by saving it, however wrong; Judge says what it amounts to. Its JSON form is stored.
type Typed struct {
	Fields map[string][]string    `json:"fields,omitempty"` // by field name below: "name", "start-day"
	Groups map[string][]TypedItem `json:"groups,omitempty"`
}

// TypedItem is one item of a repeated group. ID is made once and never changes.
type TypedItem struct {
	ID string `json:"id"`
	Typed
}

// Answers are read and valid answers, of questions that were asked, by question id. Values: string
// (text, identifier, email, phone, one_of), money.Decimal, bool, calendar.Date, calendar.Clock,
// []string (many_of), Name, Address, File, Pick, and []Item for a group.
type Answers map[string]any

// Item is an answered item of a group.
type Item struct {
	ID      string
	Answers Answers
}

// Name is a person's name as they write it; rules see the text.
type Name struct{ Full string }

// Address is an address that need not be in any list. Rules see .lines (text), .town, .postcode, .country.
type Address struct{ Line1, Line2, Town, Postcode, Country string }

// File is an uploaded file, by its blob.
type File struct {
	ID, Name, Type string
	Size           int64
}

// Pick is a record found in a register, or typed by hand (Key empty). The fields are those of the
// record when it was picked: they are kept with the answer.
type Pick struct {
	Key, Label string
	Fields     map[string]rule.Value
}

// Situation is everything besides the answers that a judgement rests on.
type Situation struct {
	Service  *service.Service
	Variant  string
	Today    calendar.Date         // `submitted` and `today` in a draft; in a case: the day it was submitted
	Previous map[string]rule.Value // fields of the licence that a variant begins from; rules: previous.FIELD (optional)
	// Known are answers that are known beforehand, by question id at the top level: nothing is read for them.
	Known Answers
	// Brief leaves out all reasons, and the values that nothing rests on.
	Brief bool
	// Given are names that rules see besides, where the definition declares them: a tax its period.
	Given map[string]rule.Value
	// Lookup asks a register: the count, sum or list that the file declares. nil: nothing is found. What to match is to be read
	// before it returns.
	Lookup func(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error)
	// Pick finds a record by key for a lookup question. nil: none is found.
	Pick func(ctx context.Context, register, key string) (Pick, bool, error)
	// File describes an uploaded file that this draft owns. nil: there is none.
	File func(ctx context.Context, id string) (File, bool, error)
}

// Judgement is what Typed amounts to in a Situation.
type Judgement struct {
	Situation   Situation
	Answers     Answers // never holds the answer to a question that is not asked
	Errors      []FieldError
	Eligibility []Verdict
	Fee         *Fee           // nil while an answer it needs is missing, or when the service has none
	Broken      []error        // rules that failed for a reason that no answer explains: the file's fault, for the log
	asked       map[string]int // paths of the questions, in their order
	rules       *rules
}

// FieldError is what is wrong with one field, for the reader. Path is question ids with item indices:
// partners[1].name. Either Key with Args (a message of ours) or Text (the file's own words).
type FieldError struct {
	Path     string
	Question *service.Question
	Parts    []string // of a date, address: the parts that are wrong ("day")
	Missing  bool     // simply not answered yet: shown on submission, or when the page was posted
	Key      string
	Args     map[string]any
	Text     service.Text
	Law      *service.SourceFile // of a check of the file
	Why      *Explained          // what the check looked at
	fallback []string            // languages of the jurisdiction, the default first
}

// Verdict is one eligibility condition: Holds is nil while it cannot be said yet.
type Verdict struct {
	Rule  *service.Eligibility
	Holds *bool
	Why   *Explained
}

// Explained is a value with its reasons: value ← rule ← parameter and its source ← answers.
type Explained struct {
	Kind    string       // value, table, fee, param, lookup, answer, given (today, variant …), eligibility
	ID      string       // in the file
	Title   service.Text // in every language; empty for `given`
	Value   rule.Value
	Type    string              // number, money, text, yes_no, date …: how to show it
	Rule    string              // source of the rule, for those who read it
	Law     *service.SourceFile // legal source
	From    *calendar.Date      // parameter: in force from
	because []*Explained
	row     int

	rules *rules // by which because and row are still to be found, from the rule in its place; nil: they have been
	rule  *service.Rule
	scope *scope
}

// Fee is what is to be paid.
type Fee struct {
	Total money.Amount
	Items []FeeItem
}

// FeeItem is one item of it.
type FeeItem struct {
	Fee    *service.Fee
	Amount money.Amount
	Why    *Explained
}

// PageState is how far a page is.
type PageState int

// Page states.
const (
	PageHidden PageState = iota // none of its questions is asked
	PageTodo                    // something is missing
	PageWrong                   // something is wrong
	PageDone
)

// Facts are what the life of a case rests on besides its answers.
type Facts struct {
	Number          string
	State           string
	Submitted       time.Time
	Entered         time.Time // into State
	Stops           []Stop    // times for which the clock stood
	Consultations   []Consultation
	Representations int // that count
	Decision        *Decision
	Licence         string // number of what was issued, or of what the variant is about
}

// Stop is a time for which the clock stood; Until is zero while it stands.
type Stop struct{ From, Until time.Time }

// Consultation is a question to another organisation.
type Consultation struct {
	Consultee string
	Asked     time.Time
	Due       calendar.Date // zero: no day
	Reply     string        // "", no_objection, objection, comment
	Silent    bool          // the reply is the file's word for silence
}

// Decision is what was decided.
type Decision struct {
	Action     string
	Outcome    string
	Reasons    []string // ids of standard reasons
	Reason     string   // in own words
	Conditions []string // ids of standard conditions
	Own        []string // own conditions
	By         string   // who decided; empty: the law, by the passing of a deadline
	Date       calendar.Date
}

// Effects is what an event does to a case: the same for a worked example and for the real thing,
// which carries it out in one transaction.
type Effects struct {
	At       time.Time // when it happened; a deadline that passed unnoticed is taken as of its own instant
	Action   string    // "" for submission, and for replies and the like, which change no state
	From, To string    // the same where the state does not change
	Entered  bool      // the state was entered (anew): its duties begin
	Complete bool      // the fee was paid: the application counts as given now
	Deadline *Due      // of the state the case is now in; nil: none
	Stopped  bool      // the clock stands now
	Consult  []ConsultationDue
	Reply    *Consultation // what a consultee replied
	Silence  []string      // consultees whose silence now counts as the file says
	Heard    int           // representations that came in
	Letters  []string
	Decision *Decision
	Said     *Decision // reasons given with an action that decides nothing: the information asked for
	Pending  *Licence  // on submission: what is asked for, where look-ups are to count it
	Issue    *Licence
	End      string // the case is over
}

// Due is a duty with its day.
type Due struct {
	Date calendar.Date // last day on which it is in time
	Then string        // the action taken when it has passed
	Why  *Explained
}

// ConsultationDue is a question to ask and the day for its answer.
type ConsultationDue struct {
	Consultee *service.Consultee
	Due       calendar.Date
}

// Licence is what is to be issued.
type Licence struct {
	Fields map[string]rule.Value
	From   calendar.Date
	Until  calendar.Date // zero: no end
}
