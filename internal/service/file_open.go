package service

import (
	"stoa/internal/calendar"
)

// StandardFile is what a service promises about its time: so many in a hundred are decided within so many working days.
type StandardFile struct {
	Pos         Pos
	WorkingDays int    `yaml:"working_days" must:"required"` // from submission to the decision, without the days on which the clock stood
	Share       int    `yaml:"share"`                        // percent; 100 unless the file says otherwise
	Law         string `yaml:"law"`
}

// DecisionsFile is what the public register of decisions shows of the decisions of a service, besides the service, the day,
// the outcome, the law, the version of the rules, and standard reasons and conditions.
type DecisionsFile struct {
	Pos  Pos
	Show []string `yaml:"show" must:"one:about|reason|conditions"` // about (what names the case), reason (in own words), conditions (in own words)
	Hide bool     `yaml:"hide"`                                    // the decisions are not listed at all; law says why
	Law  string   `yaml:"law"`
}

// Shows tells whether the register shows a part of the decisions of a service.
func (d *DecisionsFile) Shows(part string) bool { return d != nil && contains(d.Show, part) }

// DisclosureLogFile makes a service one for requests for information: documents are released with passages removed, and what was
// asked and answered is published in the disclosure log, without who asked.
type DisclosureLogFile struct {
	Pos        Pos
	Title      string       `yaml:"title" must:"required"`      // the question whose answer says in a few words what is asked for
	Request    string       `yaml:"request" must:"required"`    // the question whose answer is the request itself
	Topic      string       `yaml:"topic" must:"required"`      // a question of type one_of: the subjects of the log
	Exemptions []ChoiceFile `yaml:"exemptions" must:"required"` // why something may be held back; law says by which section, which is printed in its place
	Personal   string       `yaml:"personal" must:"required"`   // the exemption by which personal data of those who ask is left out
	Law        string       `yaml:"law"`
}

// CommitmentsFile is commitments.yaml: what the jurisdiction has promised, by when, and how it stands. What services promise
// about their time is added to it by itself.
type CommitmentsFile struct {
	Pos         Pos
	Commitments []CommitmentFile `yaml:"commitments" must:"required"`
}

// CommitmentFile is one promise.
type CommitmentFile struct {
	Pos          Pos
	ID           string         `yaml:"id" must:"required id"`
	Title        Text           `yaml:"title" must:"required"`
	About        Text           `yaml:"about"`
	Kind         string         `yaml:"kind" must:"required one:plan|project|reform"`
	Organisation string         `yaml:"organisation" must:"required"`
	Source       *SourceFile    `yaml:"source"` // where it was promised
	Begun        calendar.Date  `yaml:"begun"`
	Due          calendar.Date  `yaml:"due" must:"required"`
	Progress     []ProgressFile `yaml:"progress"`
}

// ProgressFile is how a promise stood on a day. The last one counts.
type ProgressFile struct {
	Pos   Pos
	Date  calendar.Date `yaml:"date" must:"required"`
	State string        `yaml:"state" must:"required one:not_begun|under_way|kept|broken|changed"`
	Share int           `yaml:"share"` // percent that is done
	Text  Text          `yaml:"text" must:"required"`
	Due   calendar.Date `yaml:"due"` // a new day, where it was moved; the first one stays to be seen
}

// The states of promises.
const (
	NotBegun = "not_begun"
	UnderWay = "under_way"
	Kept     = "kept"
	Broken   = "broken"
	Changed  = "changed" // another promise stands in its place
)
