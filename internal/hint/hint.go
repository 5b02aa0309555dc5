// Package hint owns what a computer points out to officers: that something in a case stands in another person's case too, or
// is far from what others said. It keeps what is compared as keyed hashes, how amounts are spread as counts, what was pointed
// out with its reason, and what an officer made of it.
//
// It changes no case and starts nothing: flags are read at the desk, by those who decide. What is compared of a case is said
// by package flow; who may see what, by package view.
package hint

import (
	"embed"
	"io/fs"
	"time"

	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Hints is the way to the tables.
type Hints struct{ Vault *vault.Vault }

// The kinds of what is pointed out. The file may switch each off by its name.
const (
	Missing       = "missing"        // what the file's own rules and registers say is lacking; nothing is stored
	Similar       = "similar"        // past cases that are like it; nothing is stored of a case
	SameEmail     = "same_email"     // as in a case of another person
	SamePhone     = "same_phone"     //
	SameAddress   = "same_address"   //
	SameNumber    = "same_number"    // an account's, a company's: what a question of type identifier asks for
	SameDocument  = "same_document"  // the very same bytes
	UnusualAmount = "unusual_amount" // far from what others said
)

// Flags are the kinds that are stored, in the order of pages.
var Flags = []string{SameNumber, SameDocument, SamePhone, SameEmail, SameAddress, UnusualAmount}

// Kinds are all of them.
var Kinds = append([]string{Missing, Similar}, Flags...)

// Mark is something of a case that is compared with others.
type Mark struct {
	Kind, Question string
	Value          string // normal form; only its keyed hash is kept
}

// Amount is what a case says where numbers are asked for.
type Amount struct {
	Question string
	Value    float64
}

// Case is what is looked at of a case.
type Case struct {
	ID, Person, Subject, Organisation, Service, Language string
	At                                                   time.Time
	Marks                                                []Mark
	Amounts                                              []Amount
}

// Flag is something that was pointed out.
type Flag struct {
	ID, Kind, Question, Case, Service, Language string
	At                                          time.Time
	Body
	Cleared   time.Time // zero: nobody said that it is not a problem
	ClearedBy string    // person id
	Why       string    // it is not
}

// Body is the sealed part of a flag.
type Body struct {
	Others []string `json:"others,omitempty"` // ids of the cases that hold the same, newest first
	More   int      `json:"more,omitempty"`   // how many besides these
	Said   float64  `json:"said,omitempty"`
	Low    float64  `json:"low,omitempty"` // between these was half of what others said
	High   float64  `json:"high,omitempty"`
	Of     int64    `json:"of,omitempty"` // how many others
}

// mostOthers bounds the cases that a flag names.
const mostOthers = 5
