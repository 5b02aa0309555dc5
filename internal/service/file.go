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
// name: underscores, word: either) or, on a mapping, of its keys; one:a|b, the words allowed; none: the
// keys of a mapping may have no value.

import (
	"stoa/internal/calendar"
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
	Pos            Pos
	Jurisdiction   string              `yaml:"jurisdiction" must:"required id"` // id
	Name           Text                `yaml:"name" must:"required"`
	Languages      []string            `yaml:"languages" must:"required language"` // the first is the default
	Currency       string              `yaml:"currency" must:"required"`           // ISO 4217
	TimeZone       string              `yaml:"time_zone" must:"required"`          // IANA name
	Contact        ContactFile         `yaml:"contact"`
	Theme          ThemeFile           `yaml:"theme"`
	Topics         []TopicFile         `yaml:"topics"`
	LifeEvents     []TopicFile         `yaml:"life_events"`
	Organisations  []OrganisationFile  `yaml:"organisations" must:"required"`
	OpenData       *OpenDataFile       `yaml:"open_data"`       // what datasets have in common that no file describes
	DataProtection *DataProtectionFile `yaml:"data_protection"` // what is said of personal data that no service says
	Rights         *RightsFile         `yaml:"rights"`          // how roles are looked after, and what may be opened without one
	Assistant      *AssistantFile      `yaml:"assistant"`       // what it says and does that no service file can say
	Hints          *HintsFile          `yaml:"hints"`           // what is pointed out to officers; everything, if nothing is said
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
	Hour    string      `yaml:"hour"` // parameter of type money: what an hour of an officer costs, with pension and overheads
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

// DemoFile is demo.yaml: the people of `stoa demo`; `stoa serve` ignores it.
type DemoFile struct {
	Pos       Pos
	Staff     []DemoStaff    `yaml:"staff"`
	Left      []DemoLeft     `yaml:"left"` // who worked here until some time ago
	Residents []DemoResident `yaml:"residents"`
	// Answers are what the demo's made-up applications say instead of what the worked examples say, by
	// question: names of events and businesses, so that no two cases look the same.
	Answers  map[string][]string `yaml:"answers"`
	Spending *DemoSpending       `yaml:"spending"`
	Requests []DemoRequestFile   `yaml:"requests"` // for information
	Mandates []DemoMandateFile   `yaml:"mandates"` // who acts for whom
}

// DemoMandateFile is a mandate that one of the demo's residents has given to another.
type DemoMandateFile struct {
	Pos      Pos
	Of       string   `yaml:"of" must:"required"` // email of a resident
	To       string   `yaml:"to" must:"required"`
	Kind     string   `yaml:"kind" must:"required one:accountant|helper"`
	Scope    []string `yaml:"scope"` // services, and taxes as tax/ID; none: all that the kind may do
	Months   int      `yaml:"months" must:"required"`
	Messages string   `yaml:"messages" must:"required one:principal|representative|both"`
}

// DemoRequestFile is a request for information in the demo, and what became of it.
type DemoRequestFile struct {
	Pos      Pos
	DaysAgo  int      `yaml:"days_ago" must:"required"` // on which it was sent
	By       string   `yaml:"by" must:"required"`       // email of a resident
	Subject  string   `yaml:"subject" must:"required"`
	Topic    string   `yaml:"topic" must:"required"`
	Wanted   string   `yaml:"wanted" must:"required"`
	Action   string   `yaml:"action"`   // taken by the officer; none: nothing was done yet
	After    int      `yaml:"after"`    // so many days later
	Text     string   `yaml:"text"`     // what is asked, of an action that asks
	Reasons  []string `yaml:"reasons"`  // standard reasons of the decision; the first is also why words are taken out
	File     string   `yaml:"file"`     // name of the document that was found
	Document string   `yaml:"document"` // and its text
	Remove   []string `yaml:"remove"`   // words that are taken out of it
	Waits    bool     `yaml:"waits"`    // for a second person
	Publish  bool     `yaml:"publish"`
}

// DemoStaff is a member of staff to sign in as.
type DemoStaff struct {
	Pos   Pos
	Name  string     `yaml:"name" must:"required"`
	Email string     `yaml:"email" must:"required"`
	Does  Text       `yaml:"does"` // one line for the sign-in page
	Roles []RoleFile `yaml:"roles" must:"required"`
}

// DemoLeft is a member of staff of the demo who has gone: work has taken longer since.
type DemoLeft struct {
	Pos     Pos
	Name    string     `yaml:"name" must:"required"`
	Email   string     `yaml:"email" must:"required"`
	DaysAgo int        `yaml:"days_ago" must:"required"`
	Roles   []RoleFile `yaml:"roles" must:"required"`
}

// RoleFile is a role in an organisation: leader, reader, officer, supervisor, administrator.
type RoleFile struct {
	Pos          Pos
	Role         string `yaml:"role" must:"required one:leader|officer|supervisor|reader|administrator"`
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
	Quiet    bool   `yaml:"quiet"` // applies for nothing before somebody signs in as them
}
