package view

import (
	"errors"

	"stoa/internal/calendar"
	"stoa/internal/fault"
)

// Spending is what everybody can see of public money: the budget, and what became of it down to each receipt. A supplier
// who is a person is nowhere named: what was paid to persons is shown as one sum.
type Spending struct{ *View }

// Spending gives it.
func (v *View) Spending() Spending { return Spending{v} }

// errNoBudget is what asking about spending comes to where no budget is kept.
var errNoBudget = fault.Wrap(errors.New("the jurisdiction has no budget"), fault.NotFound, "")

// Figure is an amount as people read it, and as pictures and sums need it.
type Figure struct {
	Text  string
	Minor int64
}

// BudgetYear is a year of the budget.
type BudgetYear struct {
	ID, Title string
	Period    string // its first and last day
}

// Sums are what a line, or lines together, may spend and what became of it.
type Sums struct {
	Adopted   Figure // as the budget was adopted
	Plan      Figure // with all amendments
	Committed Figure // bound by contracts, grants and orders
	Invoiced  Figure
	Paid      Figure
	Left      Figure // of the plan, neither bound nor paid
	Share     string // paid of the plan, in per cent; "" where nothing was planned
}

// BudgetLine is a line of the budget of spending, or of income: then Paid is what came in.
type BudgetLine struct {
	Year, ID, Title         string
	Organisation, Programme string
	Function, Account       string
	Sums
}

// BudgetPart is lines that belong together.
type BudgetPart struct {
	ID, Title, About string
	Sums
	Lines []BudgetLine
}

// BudgetChange is an amendment of a line.
type BudgetChange struct {
	Year, Line, Title string
	Day               string
	Amount            Figure // more, or less
	Reason, Decision  string
}

// SpendingPart is how much of what was paid is told how.
type SpendingPart struct {
	Named    Figure // shown payment by payment
	Persons  Figure // to persons, as one sum
	Payments string // how many to persons; "" where they are too few to tell
}

// SupplierRef names a supplier; without an ID it is a person, who is not named.
type SupplierRef struct{ ID, Name string }

// Ref names a thing that has a page.
type Ref struct{ ID, Title string }

// shown is an amount for the reader.
func (r Reader) shown(minor int64, currency string) Figure {
	return Figure{r.money(minor, currency), minor}
}

// changed is an amount with its sign.
func (r Reader) changed(minor int64, currency string) Figure {
	f := r.shown(minor, currency)
	if minor > 0 {
		f.Text = "+\u2060" + f.Text // which no line breaks after
	}
	return f
}

// Percent is a part of a whole, in whole per cent.
func (r Reader) Percent(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	return r.P.T("{n}%", map[string]any{"n": r.P.Number(itoa(int((200*part + whole) / (2 * whole))))})
}

// SpendingHome is where the money comes from and goes, in a year.
type SpendingHome struct {
	Year     BudgetYear
	Years    []BudgetYear // all, the newest first
	AsOf     string       // the day up to which it is told
	Until    string       // the day up to which income is told; "" where none is yet
	Currency string
	Out, In  Sums
	Going    []BudgetPart // by programme, with its lines
	Coming   []BudgetLine
	Changes  []BudgetChange // the largest
	Newest   []SpentLine
}

// BudgetPage is a year's budget.
type BudgetPage struct {
	Year          BudgetYear
	Years         []BudgetYear
	By            string // organisation, programme or function
	AsOf, Until   string // the days up to which spending and income are told
	Currency      string
	Decision, Law string
	Parts         []BudgetPart
	Out, In       Sums
	Coming        []BudgetLine
	Changes       []BudgetChange // by day
}

// LinePage is a line of a budget with all that came of it.
type LinePage struct {
	BudgetLine
	BudgetYear BudgetYear
	Income     bool
	Currency   string
	AsOf       string
	About      string // of its programme
	Code       string // of its account
	Changes    []BudgetChange
	Contracts  []CommitmentLine
	Grants     []CommitmentLine
	Orders     []CommitmentLine
	Invoices   []InvoiceLine // the newest
	Payments   []SpentLine   // the newest
	More       bool          // there are more payments, in the search
	Part       SpendingPart
	Months     []MonthFigure
}

// MonthFigure is what was paid, or came in, in a month.
type MonthFigure struct {
	Month  string // as people read it
	Date   calendar.Date
	Amount Figure
}

// CommitmentLine is a contract, a grant or an order in a list.
type CommitmentLine struct {
	ID                  string
	Number, Kind, Title string
	Supplier            SupplierRef
	Organisation        string
	Signed              string
	Value, Paid         Figure
	State               string
}

// CommitmentPage is a contract, a grant or an order with all that came of it.
type CommitmentPage struct {
	CommitmentLine
	Currency    string
	About       string // of a grant, its purpose
	First       Figure // as it was first signed
	Method      string // in words
	From, Until string
	Identifier  string // of the supplier
	OCID        string // of a contract
	Lines       []CommitmentShare
	Changes     []CommitmentChange
	Invoices    []InvoiceLine
	Payments    []SpentLine
	More        bool
	Left        Figure
}

// CommitmentShare is what of a commitment a line of a budget bears.
type CommitmentShare struct {
	Line         BudgetLine
	Amount, Paid Figure
}

// CommitmentChange is an amendment of a commitment.
type CommitmentChange struct {
	Day, Reason string
	Amount      Figure
	Line        Ref
	Year        string
}

// InvoiceLine is an invoice in a list.
type InvoiceLine struct {
	Number, Title, Day, Due string
	Supplier                SupplierRef
	Amount                  Figure
	State                   string
	Payment                 string // its id; "" not paid
}

// SpentLine is a payment in a list.
type SpentLine struct {
	ID           string
	Number, Day  string
	Supplier     SupplierRef
	Purpose      string
	Organisation string
	Year         string
	Line         Ref
	Amount       Figure
	Back         string // the day on which the bank gave it back
}

// CommitmentAsk asks for contracts, grants or orders.
type CommitmentAsk struct{ Kind, Text, Before string }

// SpentAsk asks for payments; what is empty is no bound.
type SpentAsk struct {
	Text                   string
	Supplier, Organisation string
	Year, Line             string
	Commitment             string // its number
	Least, Most            int64
	From, Until            calendar.Date
	Page                   int // from 1
}

// SpentList is payments that were asked for, the newest first.
type SpentList struct {
	Lines         []SpentLine
	Count         int
	Total         Figure
	Page, Pages   int
	Organisations []Ref // that pay anything
	Applied       []Ref // what was asked for by a link, in words; ID is its name in the address
	Part          SpendingPart
}

// SpentPage is one payment with everything that it stands on.
type SpentPage struct {
	SpentLine
	BudgetYear BudgetYear
	Commitment CommitmentLine // without a number for none
	Invoice    InvoiceFacts
	Entry      EntryLine
	Proof      Proof
}

// InvoiceFacts is the invoice that was paid. Supplied is the supplier's own number.
type InvoiceFacts struct{ Number, Supplied, Received, Due, Approved string }

// SupplierLine is a supplier in a list.
type SupplierLine struct {
	SupplierRef
	Identifier string
	Payments   int
	Paid       Figure
}

// SupplierPage is a supplier, what it was paid and for what.
type SupplierPage struct {
	SupplierRef
	Identifier string
	Currency   string
	Paid       Figure
	Years      []SupplierYear // the newest last
	Contracts  []CommitmentLine
	Grants     []CommitmentLine
	Orders     []CommitmentLine
	Payments   []SpentLine // the newest
	More       bool
}

// SupplierYear is what a supplier was paid in a year of the budget, and what part that is of all that was paid.
type SupplierYear struct {
	Year  BudgetYear
	Paid  Figure
	Share string
}

// IncomePage is what came in, by account and month.
type IncomePage struct {
	Year     BudgetYear
	Years    []BudgetYear
	AsOf     string
	Currency string
	Months   []string
	Dates    []calendar.Date
	Accounts []IncomeAccount
}

// IncomeAccount is an account of income with what was posted to it.
type IncomeAccount struct {
	Code, Title, Organisation string
	Months                    []MonthFigure // as many as the page has
	Total                     MonthFigure
}

// MoneyAbout is how money is published.
type MoneyAbout struct {
	Years                    []BudgetYear
	Contracts                bool // there are any
	Prefix                   string
	LicenceTitle, LicenceURL string
}
