package service

// LateFile is a step that is taken when a bill stays unpaid: a reminder, a charge, or the end of paying by
// instalments. Taxes have their own under `late:`; money.yaml has those of bills for services. Its rules see
// `overdue` (what is overdue now), `total` (what the whole bill came to), `days_late` (days since the oldest
// unpaid due day), `today` and the figures of today as param.ID.
type LateFile struct {
	Pos     Pos
	ID      string `yaml:"id" must:"required word"`
	Title   Text   `yaml:"title" must:"required"`           // what it is called: "Reminder", "Summons costs"
	After   int    `yaml:"after" must:"required"`           // so many days after the due day that was missed
	When    *Expr  `yaml:"when"`                            // taken only if
	Remind  Text   `yaml:"remind"`                          // the payer is written to, in these words
	Charge  string `yaml:"charge" must:"one:costs|penalty"` // this is added to the bill: costs, penalty
	Amount  *Expr  `yaml:"amount"`                          // how much, of `charge`
	Account string `yaml:"account" must:"option"`           // income account of the charge; default: that of the bill's first item
	AllDue  bool   `yaml:"all_due"`                         // paying by instalments ends: all that is left is due
	Law     string `yaml:"law"`
}

// InterestFile is the interest on what is overdue. It is counted day by day from the day after the due day to
// the day of payment, on the principal only, and never on interest.
type InterestFile struct {
	Pos     Pos
	Rate    Expr   `yaml:"rate" must:"required"`            // percent a year, by rule: param.late_interest; today is the day it is counted for
	Basis   string `yaml:"basis" must:"one:365|360|actual"` // days of a year: 365 (default), 360, actual
	After   int    `yaml:"after"`                           // it begins so many days after the due day; default 0
	Account string `yaml:"account" must:"option"`           // income account; default: that of the bill's first item
	Law     string `yaml:"law"`
}
