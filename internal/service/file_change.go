package service

import (
	"fmt"
	"strconv"

	"stoa/internal/calendar"
)

// ChangeFile is a change that is tried on the past before anybody decides it: what `stoa simulate --change` reads, and what
// the desk's page writes. It changes one service or one tax; nothing in the folder is touched.
type ChangeFile struct {
	Pos        Pos                   `json:"-"`
	Title      string                `yaml:"title" json:"title,omitempty"`               // what it is called in lists
	Service    string                `yaml:"service" must:"id" json:"service,omitempty"` // this or tax
	Tax        string                `yaml:"tax" must:"id" json:"tax,omitempty"`         //
	From       calendar.Date         `yaml:"from" json:"from,omitzero"`                  // past cases from this day on; default: all there are
	Until      calendar.Date         `yaml:"until" json:"until,omitzero"`                // the last day; default: the day of the study
	Parameters []ParameterChangeFile `yaml:"parameters" json:"parameters,omitempty"`     // figures of the law that would be others
	Amounts    []AmountChangeFile    `yaml:"amounts" json:"amounts,omitempty"`           // items of the fee, or of the charge of a tax
	Deadlines  []DeadlineChangeFile  `yaml:"deadlines" json:"deadlines,omitempty"`       // of a service's states
	Officers   More                  `yaml:"officers" json:"officers,omitempty"`         // so many more; below zero: fewer
	Minutes    int                   `yaml:"minutes" json:"minutes,omitempty"`           // that one case takes an officer; default: as measured
	Hours      int                   `yaml:"hours" json:"hours,omitempty"`               // of a working day that one officer has for cases; default 7
	Seed       int                   `yaml:"seed" json:"seed,omitempty"`                 // of chance, where there is any; default 1
}

// OnlyPrices reports whether nothing but items of the fee, or of the charge, would be others.
func (c *ChangeFile) OnlyPrices() bool { return len(c.Parameters)+len(c.Deadlines) == 0 }

// More is a whole number that may be below zero.
type More int

// UnmarshalText reads it.
func (m *More) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return fmt.Errorf("%q is no whole number", text)
	}
	*m = More(n)
	return nil
}

// ParameterChangeFile gives a parameter another value.
type ParameterChangeFile struct {
	Pos   Pos           `json:"-"`
	ID    string        `yaml:"id" must:"required name" json:"id"`
	Value string        `yaml:"value" must:"required" json:"value"`
	From  calendar.Date `yaml:"from" json:"from,omitzero"` // from this day on, whatever the file says of later days; default: always
}

// AmountChangeFile gives an item of the fee or the charge another rule.
type AmountChangeFile struct {
	Pos    Pos    `json:"-"`
	ID     string `yaml:"id" must:"required word" json:"id"`
	Amount string `yaml:"amount" must:"required" json:"amount"` // a rule: "25", or "param.ten_fee * 1.1"
}

// DeadlineChangeFile gives the deadline of a state another length.
type DeadlineChangeFile struct {
	Pos         Pos    `json:"-"`
	State       string `yaml:"state" must:"required id" json:"state"`
	WorkingDays int    `yaml:"working_days" json:"working_days,omitempty"`
	Days        int    `yaml:"days" json:"days,omitempty"`
	Months      int    `yaml:"months" json:"months,omitempty"`
}
