package service

import (
	"stoa/internal/calendar"
	"stoa/internal/money"
)

// TaxFile is one file of taxes/: a whole tax.
type TaxFile struct {
	Pos          Pos
	Tax          string                 `yaml:"tax" must:"required id"` // id, the file's name, the address /taxes/ID
	Title        Text                   `yaml:"title" must:"required"`
	Summary      Text                   `yaml:"summary" must:"required"`
	Organisation string                 `yaml:"organisation" must:"required"` // whose tax it is; the treasury collects it
	Topics       []string               `yaml:"topics"`
	LifeEvents   []string               `yaml:"life_events"`
	Keywords     map[string][]string    `yaml:"keywords"`        // per language: everyday words people search for
	Law          map[string]SourceFile  `yaml:"law" must:"word"` // sources by id; `law:` elsewhere names one
	Privacy      map[string]PrivacyFile `yaml:"privacy" must:"word"`
	Object       TaxObjectFile          `yaml:"object" must:"required"`
	Period       TaxPeriodFile          `yaml:"period" must:"required"`
	// By says how the charge comes about: by the authority (assessment; default), or declared by the payer
	// (self-assessment), who answers the questions of `pages` for each period.
	By        string                `yaml:"by" must:"one:authority|declared"`
	OnBehalf  []string              `yaml:"on_behalf" must:"one:parent|guardian|company|accountant|helper|assisted"` // who may declare, pay and ask for the payer, by mandate; default: nobody
	ByDay     bool                  `yaml:"by_day"`                                                                  // amounts are for the whole period, and only the share of the days is charged
	Account   string                `yaml:"account" must:"option"`                                                   // income account of money.yaml, for items that name none
	Facts     []FactFile            `yaml:"facts"`
	Carry     []CarryFile           `yaml:"carry"`
	Pages     []PageFile            `yaml:"pages"` // what a payer declares for a period
	Lookups   map[string]LookupFile `yaml:"lookups" must:"name"`
	Values    []ValueFile           `yaml:"values"`
	Tables    []TableFile           `yaml:"tables"`
	Charge    []ChargeFile          `yaml:"charge" must:"required"`
	BelowZero bool                  `yaml:"below_zero"` // the sum of a day may be negative; otherwise reliefs take no more than there is
	Breaks    []BreakFile           `yaml:"breaks"`
	Rounding  *RoundingFile         `yaml:"rounding"` // of the sum; default: half up to the smallest coin

	Instalments *InstalmentsFile `yaml:"instalments"`
	Due         TermFile         `yaml:"due" must:"required"` // of a sum paid at once, from the day of the bill
	DeclareBy   *TermFile        `yaml:"declare_by"`          // for the declaration, from the last day of the period
	AmendBy     *TermFile        `yaml:"amend_by"`            // a declaration may be amended, from the last day of the period; default: always
	Objection   *ObjectionFile   `yaml:"objection"`
	Note        Text             `yaml:"note"` // printed on every bill
	Late        []LateFile       `yaml:"late"`
	Interest    *InterestFile    `yaml:"interest"`
	Examples    []TaxExampleFile `yaml:"examples" must:"required"`
}

// TaxObjectFile is what is taxed: every record of a register, or those for which a rule holds.
type TaxObjectFile struct {
	Pos      Pos
	Register string    `yaml:"register" must:"required id"`
	As       string    `yaml:"as" must:"required name"` // rules name it so: dwelling.band, dwelling.key, dwelling.label
	Title    Text      `yaml:"title" must:"required"`   // what one is called: "Dwelling"
	Lacks    []string  `yaml:"lacks"`                   // fields that may be empty in a record; rules must ask: has(dwelling.note)
	When     *Expr     `yaml:"when"`                    // taxed on days on which this holds; default: every record, every day
	Payer    PayerFile `yaml:"payer" must:"required"`
	Law      string    `yaml:"law"`
}

// PayerFile says which fields of the register say who is liable. Rules do not see them: what is owed never
// rests on who somebody is. The name is needed; the fields say personal: in the register's file.
type PayerFile struct {
	Pos      Pos
	Name     string `yaml:"name" must:"required"`
	Email    string `yaml:"email"`
	Company  string `yaml:"company"`  // number of its record in a register that says who represents companies: they declare, pay and ask for it; empty for a person
	Address  string `yaml:"address"`  // where bills go; default: the label of the object
	Since    string `yaml:"since"`    // a date: liable since then
	Personal string `yaml:"personal"` // id in `privacy:`: why it is held
}

// TaxPeriodFile is the period that one bill is for.
type TaxPeriodFile struct {
	Pos    Pos
	Every  string        `yaml:"every" must:"required one:year|quarter|month"` // year, quarter, month
	Begins string        `yaml:"begins" must:"month_day"`                      // month and day on which the year, and so its quarters and months, begin: "04-01"; default "01-01"
	First  calendar.Date `yaml:"first"`                                        // no period before the one of this day is charged
}

// FactFile is a fact about the object or its payer that is not in the register. It holds from a day on until
// another takes its place, and changes during a period count from their day. Rules see it as an answer; what
// nobody has said is the default, and without one it may be missing.
type FactFile struct {
	Pos      Pos
	ID       string         `yaml:"id" must:"required name"`
	Type     string         `yaml:"type" must:"required one:text|number|money|date|yes_no|one_of|many_of"`
	Ask      Text           `yaml:"ask" must:"required"`
	Short    Text           `yaml:"short"` // for bills and explanations; default: Ask
	Help     Text           `yaml:"help"`
	Default  any            `yaml:"default"`  // while nobody has said otherwise
	Personal string         `yaml:"personal"` // id in `privacy:`
	Min      *money.Decimal `yaml:"min"`
	Max      *money.Decimal `yaml:"max"`
	Places   int            `yaml:"places"` // number: decimal places allowed; default 0
	Unit     Text           `yaml:"unit"`
	Options  []OptionFile   `yaml:"options"` // one_of, many_of
	Claim    *ClaimFile     `yaml:"claim"`   // the payer may claim it; otherwise only an officer enters it
	Law      string         `yaml:"law"`
}

// ClaimFile lets payers claim a fact; an officer decides.
type ClaimFile struct {
	Pos      Pos
	Title    Text   `yaml:"title" must:"required"`                    // "Single person discount"
	Intro    Text   `yaml:"intro"`                                    // who can claim it, and what it does
	Evidence Text   `yaml:"evidence"`                                 // what is to be shown
	Upload   string `yaml:"upload" must:"one:required|optional|none"` // of the evidence; default none
	Back     int    `yaml:"back"`                                     // it may hold from so many days before the claim; default: without limit
	Duty     bool   `yaml:"duty"`                                     // the payer must report it, to their advantage or not
	Law      string `yaml:"law"`
}

// CarryFile is taken over from the assessment of the period before: a value as it stood on its last day.
// Rules see it under its own id, and it may be missing: has(last_charge).
type CarryFile struct {
	Pos   Pos
	ID    string `yaml:"id" must:"required name"`
	Title Text   `yaml:"title" must:"required"`
	Value string `yaml:"value" must:"required"` // id of a value of this file
	Law   string `yaml:"law"`
}

// ChargeFile is one item of the charge; items whose `when` holds are added up. Reliefs and discounts are
// negative. Amounts may be exact fractions: only the sum is rounded.
type ChargeFile struct {
	Pos     Pos
	ID      string `yaml:"id" must:"required word"`
	Title   Text   `yaml:"title" must:"required"`
	When    *Expr  `yaml:"when"`
	Amount  Expr   `yaml:"amount" must:"required"`
	Account string `yaml:"account" must:"option"` // income account; default: that of the tax
	Law     string `yaml:"law"`
}

// BreakFile is a day on which the charge changes although no fact and no figure does: three months after a
// dwelling became empty. The rule gives the first day on which it is different.
type BreakFile struct {
	Pos  Pos
	When *Expr  `yaml:"when"`
	On   Expr   `yaml:"on" must:"required"` // what `when` asks with has(x) is sure to be there
	Law  string `yaml:"law"`
}

// RoundingFile says how the sum of a bill is rounded, once. Its items are rounded so that they add up to it.
type RoundingFile struct {
	Pos Pos
	To  *money.Decimal `yaml:"to"`                                       // 0.01, 0.05, 1; default: the smallest coin
	How string         `yaml:"how" must:"one:half_up|half_even|down|up"` // half_up (default), half_even, down, up
	Law string         `yaml:"law"`
}

// InstalmentsFile is how a bill for a period may be paid in parts.
type InstalmentsFile struct {
	Pos     Pos
	Choices []InstalmentChoiceFile `yaml:"choices" must:"required"` // the first one if the payer says nothing
	First   string                 `yaml:"first" must:"month_day"`  // of the first instalment: "04-01"; default: the first day of the period
	Day     int                    `yaml:"day"`                     // of the month, 1 to 28, of all others; default: that of the first
	Notice  int                    `yaml:"notice"`                  // days between the bill and its first instalment, at least
	Every   int                    `yaml:"every"`                   // months from one to the next; default 1
	Round   *money.Decimal         `yaml:"round"`                   // each is a multiple of this, and the first takes the rest; default: the smallest coin
	Least   *money.Decimal         `yaml:"least"`                   // an instalment is not smaller than this: rather fewer
	Roll    bool                   `yaml:"roll"`                    // to the next working day
	Law     string                 `yaml:"law"`
}

// InstalmentChoiceFile is a number of instalments. When the bill comes late in the period there are fewer: one
// for each month that is left, less those to be kept free at the end.
type InstalmentChoiceFile struct {
	Pos    Pos
	Number int  `yaml:"number" must:"required"`
	Spare  int  `yaml:"spare"` // months at the end of the period that stay without one when the bill comes late
	Title  Text `yaml:"title"`
}

// TermFile is a term that ends on a day. One of Days, WorkingDays, Months, On. A day that is no working day
// goes on to the next one, unless the file says roll: false.
type TermFile struct {
	Pos         Pos
	Days        int    `yaml:"days"`
	WorkingDays int    `yaml:"working_days"`
	Months      int    `yaml:"months"`
	On          *Expr  `yaml:"on"`   // a date by rule, of issued, period_begins and period_ends
	Roll        *bool  `yaml:"roll"` // default true
	Law         string `yaml:"law"`
}

// ObjectionFile is how a payer can object to an assessment.
type ObjectionFile struct {
	Pos     Pos
	Text    Text         `yaml:"text" must:"required"`   // on the bill: to whom, how, until when
	Within  TermFile     `yaml:"within" must:"required"` // from the day of the bill
	Grounds []ChoiceFile `yaml:"grounds"`
	Law     string       `yaml:"law"`
}

// TaxExampleFile is a worked example: this object and these facts, therefore this charge. One that is like
// another begins from everything that the other begins with, and gives what differs; what must come of it is
// its own.
type TaxExampleFile struct {
	Pos      Pos
	Name     string          `yaml:"name"`                 // needed
	Source   string          `yaml:"source"`               // where the example is published, if it is
	Like     string          `yaml:"like"`                 // the name of an example above
	Period   calendar.Date   `yaml:"period"`               // its first day; needed without like
	Liable   *LiableFile     `yaml:"liable"`               // default: the whole period
	Object   map[string]any  `yaml:"object" must:"none"`   // fields of the register; with key: those of that seed record besides; null takes one away
	Facts    map[string]any  `yaml:"facts" must:"none"`    // that hold from the beginning; null takes one away
	Changes  []TaxChangeFile `yaml:"changes"`              // of facts and of the object, each from a day on
	Declared map[string]any  `yaml:"declared" must:"none"` // answers to the questions of `pages`
	Carried  map[string]any  `yaml:"carried" must:"none"`  // from the period before, by id under carry:
	Lookups  map[string]any  `yaml:"lookups" must:"none"`  // what the registers say; default: nothing found
	Issued   calendar.Date   `yaml:"issued"`               // the day of the bill; default: the first day of the period
	Choose   int             `yaml:"choose"`               // number of instalments the payer chose
	Expect   TaxExpectFile   `yaml:"expect"`               // needed
}

// LiableFile is the part of the period in which the payer is liable.
type LiableFile struct {
	Pos   Pos
	From  calendar.Date `yaml:"from"`  // default: the first day of the period
	Until calendar.Date `yaml:"until"` // the last day; default: the last day of the period
}

// TaxChangeFile is what is different from a day on.
type TaxChangeFile struct {
	Pos    Pos
	From   calendar.Date  `yaml:"from" must:"required"`
	Facts  map[string]any `yaml:"facts" must:"none"` // null: it holds no longer
	Object map[string]any `yaml:"object" must:"none"`
}

// TaxExpectFile is what must come of it; what is left out is not checked.
type TaxExpectFile struct {
	Pos         Pos
	Charge      *money.Decimal           `yaml:"charge"`      // the sum
	Items       map[string]money.Decimal `yaml:"items"`       // exactly these items, rounded
	Parts       []TaxPartFile            `yaml:"parts"`       // exactly these stretches of days, in order
	Values      map[string]any           `yaml:"values"`      // on the last day
	Errors      []string                 `yaml:"errors"`      // exactly these questions of the declaration are refused
	Instalments []TaxInstalmentFile      `yaml:"instalments"` // exactly these
	Due         *calendar.Date           `yaml:"due"`         // of the sum paid at once
	DeclareBy   *calendar.Date           `yaml:"declare_by"`
}

// TaxPartFile is a stretch of days on which the charge is the same.
type TaxPartFile struct {
	Pos    Pos
	From   calendar.Date  `yaml:"from" must:"required"`
	Days   int            `yaml:"days"`
	Charge *money.Decimal `yaml:"charge"` // for these days
	Whole  *money.Decimal `yaml:"whole"`  // what a whole period would come to, exactly
}

// TaxInstalmentFile is an expected instalment.
type TaxInstalmentFile struct {
	Pos    Pos
	Due    calendar.Date `yaml:"due" must:"required"`
	Amount money.Decimal `yaml:"amount" must:"required"`
}
