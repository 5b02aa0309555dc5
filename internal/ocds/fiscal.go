package ocds

import (
	"strconv"

	"stoa/internal/money"
)

// Fiscal is a year's public money: the budget with its outturn, what came in, and each payment.
type Fiscal struct {
	Name      string // of the package: greenvale-2026
	Title     Text
	About     Text
	Homepage  string
	Year      int
	From      string // the first and the last day of the fiscal year, ISO 8601
	Until     string
	Country   string // ISO 3166-1, two letters; "" where it is not one
	Currency  string
	Licence   Licence
	Languages []string // the first is that of the tables

	Lines    []FiscalLine
	Income   []FiscalIncome
	Payments []FiscalPayment
}

// Licence is under which the tables may be used.
type Licence struct{ Name, Path, Title string }

// Code is a class with its name.
type Code struct{ ID, Label string }

// FiscalLine is a line of the budget with what became of it.
type FiscalLine struct {
	ID           string
	Title        string
	Organisation Code // administrative classification
	Programme    Code
	Function     Code // COFOG; empty where the budget names none
	Account      Code // economic classification

	Approved, Adjusted, Committed, Executed money.Amount
}

// FiscalIncome is what was posted to an account of income in a month.
type FiscalIncome struct {
	Month        string // 2026-04
	Organisation Code
	Account      Code
	Amount       money.Amount
}

// FiscalPayment is one payment, or all of a line to persons who are not named.
type FiscalPayment struct {
	ID           string
	Day          string // ISO 8601; "" for what stands for several
	Line         string
	Organisation Code
	Recipient    Code
	Contract     Code
	Purpose      string
	Amount       money.Amount
}

// Package is datapackage.json: what the tables hold, in the terms of the Fiscal Data Package, both as the mapping that
// OpenSpending reads (model) and as column types of its version 1.
func (f *Fiscal) Package() ([]byte, error) {
	var o object
	o.put("profile", "tabular-data-package")
	o.put("name", f.Name)
	o.text("title", f.Title, f.Languages)
	o.text("description", f.About, f.Languages)
	o.put("homepage", f.Homepage)
	if f.Country != "" {
		o.put("countryCode", f.Country)
	}
	o.put("granularity", "transactional")
	o.put("fiscalPeriod", object{{"start", f.From}, {"end", f.Until}})
	o.put("licenses", []object{{{"name", f.Licence.Name}, {"path", f.Licence.Path}, {"title", f.Licence.Title}}})
	var resources []object
	for _, t := range f.tables() {
		resources = append(resources, t.resource(f))
	}
	o.put("resources", resources)
	o.put("model", f.model())
	return write(o)
}

// column is a column of a table: what it is called, what it means in the taxonomy of budgets, and how a row fills it.
type column struct {
	name, title, kind, meaning string
	phase, direction           string // of an amount
}

// table is one of the three tables.
type table struct {
	name, title string
	columns     []column
	key         []string
	rows        func(yield func(cells []string) error) error
}

const (
	expenditure = "expenditure"
	revenue     = "revenue"
	approved    = "approved"
	adjusted    = "adjusted"
	executed    = "executed"
)

// tables gives the tables that hold anything: a package of a year without payments yet has two.
func (f *Fiscal) tables() []table {
	all := []table{f.budget()}
	if len(f.Income) > 0 {
		all = append(all, f.income())
	}
	if len(f.Payments) > 0 {
		all = append(all, f.spending())
	}
	return all
}

func text(name, title, meaning string) column {
	return column{name: name, title: title, kind: "string", meaning: meaning}
}

func (f *Fiscal) budget() table {
	return table{name: "budget", title: "Lines of the budget", key: []string{"line"}, columns: []column{
		text("line", "Line of the budget", "budget-line-id"),
		text("title", "What it is for", ""),
		text("organisation", "Organisation", "administrative-classification:generic:code"),
		text("organisation_name", "Name of the organisation", "administrative-classification:generic:label"),
		text("programme", "Programme", "activity:generic:program:code"),
		text("programme_name", "Name of the programme", "activity:generic:program:label"),
		text("function", "Function (COFOG)", "functional-classification:cofog:code"),
		text("function_name", "Name of the function", "functional-classification:cofog:label"),
		text("account", "Account", "economic-classification:generic:code"),
		text("account_name", "Name of the account", "economic-classification:generic:label"),
		{name: "approved", title: "Approved", kind: "number", phase: approved, direction: expenditure},
		{name: "adjusted", title: "Approved with all amendments", kind: "number", phase: adjusted, direction: expenditure},
		{name: "committed", title: "Committed by contracts, grants and orders", kind: "number"},
		{name: "executed", title: "Paid", kind: "number", phase: executed, direction: expenditure},
	}, rows: func(yield func([]string) error) error {
		for _, l := range f.Lines {
			amounts, err := numbers(l.Approved, l.Adjusted, l.Committed, l.Executed)
			if err == nil {
				err = yield(append([]string{l.ID, l.Title, l.Organisation.ID, l.Organisation.Label, l.Programme.ID, l.Programme.Label,
					l.Function.ID, l.Function.Label, l.Account.ID, l.Account.Label}, amounts...))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func (f *Fiscal) income() table {
	return table{name: "income", title: "What came in, by account and month", key: []string{"month", "account"}, columns: []column{
		{name: "month", title: "Month", kind: "yearmonth"},
		text("organisation", "Organisation", "administrative-classification:generic:code"),
		text("organisation_name", "Name of the organisation", "administrative-classification:generic:label"),
		text("account", "Account", "economic-classification:generic:code"),
		text("account_name", "Name of the account", "economic-classification:generic:label"),
		{name: "income", title: "Income", kind: "number", phase: executed, direction: revenue},
	}, rows: func(yield func([]string) error) error {
		for _, r := range f.Income {
			amounts, err := numbers(r.Amount)
			if err == nil {
				err = yield(append([]string{r.Month, r.Organisation.ID, r.Organisation.Label, r.Account.ID, r.Account.Label}, amounts...))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func (f *Fiscal) spending() table {
	return table{name: "spending", title: "Payments", key: []string{"payment"}, columns: []column{
		text("payment", "Payment", ""),
		{name: "day", title: "Day; empty where a row stands for several payments to persons", kind: "date", meaning: "date:generic"},
		text("line", "Line of the budget", "budget-line-id"),
		text("organisation", "Organisation", "administrative-classification:generic:code"),
		text("organisation_name", "Name of the organisation", "administrative-classification:generic:label"),
		text("recipient", "Who was paid", ""),
		text("recipient_name", "Name of who was paid", ""),
		text("contract", "Contract or grant", "activity:generic:contract:code"),
		text("contract_title", "What the contract or grant is for", "activity:generic:contract:label"),
		text("purpose", "What was paid for", ""),
		{name: "amount", title: "Paid", kind: "number", phase: executed, direction: expenditure},
	}, rows: func(yield func([]string) error) error {
		for _, p := range f.Payments {
			amounts, err := numbers(p.Amount)
			if err == nil {
				err = yield(append([]string{p.ID, p.Day, p.Line, p.Organisation.ID, p.Organisation.Label, p.Recipient.ID, p.Recipient.Label,
					p.Contract.ID, p.Contract.Label, p.Purpose}, amounts...))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func numbers(all ...money.Amount) ([]string, error) {
	list := make([]string, len(all))
	for i, a := range all {
		n, err := number(a)
		if err != nil {
			return nil, err
		}
		list[i] = n.String()
	}
	return list, nil
}

func (t table) resource(f *Fiscal) (o object) {
	var fields, extra []object
	for _, c := range t.columns {
		var one object
		one.put("name", c.name)
		one.put("title", c.title)
		one.put("type", c.kind)
		one.put("columnType", c.meaning)
		if c.phase != "" {
			one.put("normalize", object{{"phase", c.phase}, {"direction", c.direction}})
		}
		fields = append(fields, one)
	}
	// What the columns of amounts mean besides, for programs that want one amount in a row.
	extra = append(extra, object{{"name", "value"}, {"type", "number"}, {"columnType", "value"}, {"normalizationTarget", true}},
		object{{"name", "phase"}, {"type", "string"}, {"columnType", "phase:id"}},
		object{{"name", "direction"}, {"type", "string"}, {"columnType", "direction"}},
		object{{"name", "currency"}, {"type", "string"}, {"columnType", "value-currency:code"}, {"constant", f.Currency}},
		object{{"name", "fiscal_year"}, {"type", "integer"}, {"columnType", "date:fiscal-year"}, {"constant", f.Year}})
	o.put("profile", "tabular-data-resource")
	o.put("name", t.name)
	o.put("title", t.title)
	o.put("path", t.name+".csv")
	o.put("format", "csv")
	o.put("mediatype", "text/csv")
	o.put("encoding", "utf-8")
	o.put("dialect", object{{"delimiter", ","}, {"lineTerminator", "\r\n"}, {"doubleQuote", true}, {"header", true}})
	o.put("schema", object{{"fields", fields}, {"extraFields", extra}, {"missingValues", []string{""}}, {"primaryKey", t.key}})
	return o
}

// model is the mapping as OpenSpending reads it: what is counted, and by what it is told apart.
func (f *Fiscal) model() object {
	var measures, dimensions object
	for _, t := range f.tables() {
		for _, c := range t.columns {
			if c.phase != "" {
				measures.put(t.name+"_"+c.name, object{{"source", c.name}, {"resource", t.name}, {"currency", f.Currency}, {"direction", c.direction}, {"phase", c.phase}})
			}
		}
		dimensions = append(dimensions, t.dimensions()...)
	}
	dimensions.put("fiscal_year", object{{"dimensionType", "datetime"}, {"primaryKey", []string{"year"}},
		{"attributes", object{{"year", object{{"source", "year"}, {"constant", strconv.Itoa(f.Year)}}}}}})
	return object{{"measures", measures}, {"dimensions", dimensions}}
}

// dimension is columns that belong together: a code and its name.
type dimension struct {
	name, kind, class string
	code, label       string
}

var dimensions = []dimension{
	{"line", "activity", "", "line", "title"},
	{"administrative", "classification", "administrative", "organisation", "organisation_name"},
	{"programme", "activity", "", "programme", "programme_name"},
	{"functional", "classification", "functional", "function", "function_name"},
	{"economic", "classification", "economic", "account", "account_name"},
	{"date", "datetime", "", "day", ""},
	{"month", "datetime", "", "month", ""},
	{"recipient", "entity", "", "recipient", "recipient_name"},
	{"contract", "activity", "", "contract", "contract_title"},
	{"payment", "fact", "", "payment", "purpose"},
}

func (t table) has(name string) bool {
	for _, c := range t.columns {
		if c.name == name {
			return true
		}
	}
	return false
}

func (t table) dimensions() (all object) {
	for _, d := range dimensions {
		if !t.has(d.code) {
			continue
		}
		var attributes, one object
		attributes.put(d.code, object{{"source", d.code}, {"resource", t.name}})
		if d.label != "" && t.has(d.label) {
			attributes.put(d.label, object{{"source", d.label}, {"resource", t.name}, {"labelfor", d.code}})
		}
		one.put("dimensionType", d.kind)
		one.put("classificationType", d.class)
		one.put("primaryKey", []string{d.code})
		one.put("attributes", attributes)
		all.put(t.name+"_"+d.name, one)
	}
	return all
}
