// Package insight owns what happened, added up: how much was asked for, how long it took, where it waited, what it
// brought in, by day and month, service, organisation and area. It holds small tables of sums and how far they have come,
// so that a page of ten million events is answered from a few thousand rows.
//
// Sums come from two places. Most are made from the log of events again and again: [Figures.Forget] throws them away, and
// following the log from its beginning gives the same. What no log keeps (which question somebody failed at, how
// satisfied they were) is left by whoever knows it as a note without a name ([Note]), which the same worker adds up.
//
// Nothing here leads to a person. The package stops before reading events (package flow) and before what a reader may
// see of small numbers (package view).
package insight

import (
	"embed"
	"io/fs"
	"time"

	"stoa/internal/calendar"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// The measures. N counts; what Amount is stands beside each.
const (
	Came     = "came"     // applications sent
	Decided  = "decided"  // granted, refused or closed; whole days since they were sent
	Wait     = "wait"     // the same, by Bucket of days
	Ended    = "ended"    // over, in whatever way
	Step     = "step"     // a state that was left; seconds spent in it
	Again    = "again"    // a state that was entered another time
	Move     = "move"     // from one state to another
	Objected = "objected" // representations
	Taken    = "taken"    // steps that officers took
	Spent    = "spent"    // those of them that came soon after another of the same person; seconds in between
	Hands    = "hands"    // steps that staff took, by who took them: how many worked in a month

	Started = "started" // drafts
	Reached = "reached" // a page of questions was come to
	Passed  = "passed"  // and answered without a mistake
	Wrong   = "wrong"   // a question was answered wrongly, or not
	Promise = "promise" // over, with a day by which it should be; how many of them by it
	Said    = "said"    // asked how it went; the sum of answers from 1 to 5, which are the buckets too

	Billed  = "billed"  // minor units
	Paid    = "paid"    // minor units
	Arrears = "arrears" // minor units that are late on the day
)

// LongestSpell is how long somebody can have been at a step, since the one before: a longer gap was something else.
const LongestSpell = 2 * time.Hour

// logged are the measures that the log of events gives again.
var logged = []string{Came, Decided, Wait, Ended, Step, Again, Move, Objected, Hands}

// What a measure may be told apart by.
const (
	ByArea     = "area"
	ByLanguage = "language"
	ByChannel  = "channel"
	ByOutcome  = "outcome"
	ByStep     = "step" // the state of a case
	ByMove     = "move" // "from>to"
	ByPage     = "page"
	ByQuestion = "question"
	ByHand     = "hand" // a mark of a person that is another one each month
)

// In is a further distinction of a by in one language: which questions are hard in Arabic.
func In(by, language string) string { return by + "@" + language }

// Unknown is the area of what has none, or none that can still be read.
const Unknown = "unknown"

// Grain is how finely time is told apart.
type Grain string

// The grains. Days are kept of totals only.
const (
	Day   Grain = "day"
	Month Grain = "month"
)

// Mark says of what a thing is counted, by what.
type Mark struct {
	By string `json:"by"`
	Of string `json:"of"`
}

// Count is one thing that is added to the sums.
type Count struct {
	Measure               string
	Organisation, Service string
	Day                   calendar.Date
	Bucket                int
	N, Amount             int64
	Marks                 []Mark
	// Inside is for what belongs to one service only, such as its states: no sums over services are kept.
	Inside bool
	// Apart is for what only the marks tell: it is part of no total.
	Apart bool
}

// Ask asks for a series.
type Ask struct {
	Measure      string
	Organisation string // "" the whole place
	Service      string // "" all services of it
	By           string // "" totals
	Grain        Grain
	From, Until  calendar.Date // both inclusive; zero is no bound
}

// Point is one sum of a series. By months, Day is the first of the month.
type Point struct {
	Day       calendar.Date
	Value     string
	Bucket    int
	N, Amount int64
}
