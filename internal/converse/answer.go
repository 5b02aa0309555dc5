package converse

import (
	"stoa/internal/process"
)

// Kinds of sentences.
const (
	Quoted   = "quoted"   // stands so in the source
	Computed = "computed" // by the engine that decides, or read from a register
	Fixed    = "fixed"    // words of the platform, which state nothing
)

// Sentence is a part of an answer.
type Sentence struct {
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Source int    `json:"source"` // in Answer.Sources; -1 for fixed words
}

// Law is a legal source.
type Law struct {
	Text string `json:"text,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Source is where a sentence stands, or what it is computed from.
type Source struct {
	ID      string `json:"id"`    // service/premises-licence#needs/2
	Title   string `json:"title"` // of the page
	Part    string `json:"part,omitempty"`
	URL     string `json:"url"` // of ours
	Law     Law    `json:"law,omitzero"`
	Since   string `json:"since,omitempty"`   // a figure: in force since, in the reader's words
	Version string `json:"version,omitempty"` // of the file
}

// What an answer is.
const (
	Answered  = "answered" // by quotations
	Reckoned  = "computed" // by the engine
	Asking    = "asking"   // one of the service's questions
	Choosing  = "choosing" // between services
	Unknown   = "unknown"
	HandedOff = "hand_off" // a fixed text of the jurisdiction
	Mine      = "mine"     // about the asker's own cases or bills: filled in when it is shown, and never kept
	ToPerson  = "person"
)

// What is asked of the asker's own.
const (
	MyCases        = "cases"
	MyBills        = "bills"
	MyAppointments = "appointments"
)

// Answer is what the assistant says.
type Answer struct {
	Kind      string     `json:"kind"`
	Language  string     `json:"language"`
	Sentences []Sentence `json:"sentences,omitempty"`
	Brief     []Sentence `json:"brief,omitempty"` // those of the sentences that a language model chose
	Sources   []Source   `json:"sources,omitempty"`
	Choices   []Choice   `json:"choices,omitempty"`
	Question  *Question  `json:"question,omitempty"`
	Taken     []Taken    `json:"taken,omitempty"` // what was understood, to be corrected
	Service   string     `json:"service,omitempty"`
	Tax       string     `json:"tax,omitempty"`
	Do        []string   `json:"do,omitempty"` // what the page offers: apply, fee, eligible, person, sign_in, estimate
	Phone     string     `json:"phone,omitempty"`
	Link      string     `json:"link,omitempty"`
	Own       string     `json:"own,omitempty"` // MyCases, MyBills
	On        string     `json:"on,omitempty"`  // hand-off: what on
	Book      *Booking   `json:"-"`             // what is to be done now about an appointment
	Day       string     `json:"day"`           // as of which it holds, in the reader's words
}

// Choice is one of several things that may be meant.
type Choice struct {
	Label string `json:"label"`
	Say   string `json:"say"` // what choosing it says
	About string `json:"about"`
	Do    string `json:"do,omitempty"`
	URL   string `json:"url,omitempty"` // of a tax, which has a page that works it out
}

// Question is one of the service's own questions, asked in the conversation.
type Question struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	Problem string `json:"problem,omitempty"` // what was wrong with the last reply
	Hits    []Hit  `json:"hits,omitempty"`    // of a look-up: what was found
	Words   string `json:"words,omitempty"`   // looked for
}

// Hit is a record that may be meant.
type Hit struct {
	Key   string   `json:"key"`
	Label string   `json:"label"`
	Facts []string `json:"facts,omitempty"`
}

// Taken is an answer that was understood.
type Taken struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Value   string `json:"value"`
	Assumed bool   `json:"assumed,omitempty"` // nobody said so: it follows from what was said
}

// State is a conversation so far.
type State struct {
	Language string   `json:"language,omitempty"` // of the last question
	About    string   `json:"about,omitempty"`    // the service talked about
	Turns    []Turn   `json:"turns,omitempty"`
	Task     *Task    `json:"task,omitempty"`
	Booking  *Booking `json:"booking,omitempty"`
}

// Turn is one utterance.
type Turn struct {
	Person bool    `json:"person,omitempty"`
	Text   string  `json:"text,omitempty"` // of a person
	At     int64   `json:"at,omitempty"`   // seconds
	Answer *Answer `json:"answer,omitempty"`
	N      int     `json:"n,omitempty"` // of an answer: its number in the conversation
	Thumb  int     `json:"thumb,omitempty"`
}

// Task is something being worked out by asking what is missing.
type Task struct {
	Do      string        `json:"do"` // Fee, Eligible
	Service string        `json:"service"`
	Typed   process.Typed `json:"typed"`
	Assumed []string      `json:"assumed,omitempty"` // question ids
	Asking  string        `json:"asking,omitempty"`  // question id
}

// What can be worked out.
const (
	Fee      = "fee"
	Eligible = "eligible"
)

// source adds a source once and gives its place.
func (a *Answer) source(s Source) int {
	for i, known := range a.Sources {
		if known.ID == s.ID && known.Law == s.Law {
			return i
		}
	}
	a.Sources = append(a.Sources, s)
	return len(a.Sources) - 1
}

func (a *Answer) say(kind, text string, source int) {
	if text != "" {
		a.Sentences = append(a.Sentences, Sentence{kind, text, source})
	}
}

func (a *Answer) fixed(text string) { a.say(Fixed, text, -1) }
