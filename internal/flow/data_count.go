package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/disclose"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// tally counts a source, one thing after the other. Its size is that of the table, not of the source.
type tally struct {
	d       *service.Dataset
	columns []string // fields of the columns by which is counted
	tables  []*counts
	values  []map[string]bool        // of each column
	days    map[string]map[int]int64 // by row: how many decisions took so many working days
	left    int                      // things that have no place in the table
	until   string                   // the last month, though nothing happened in it
}

// counts are numbers that are protected together. A case is counted when it comes, and again when it ends: the first by the
// columns only, the second also by what became of it.
type counts struct {
	name   string
	fields []string // the columns, then what is told apart within a row
	cells  map[string]*tallied
}

// tallied is one cell before protection.
type tallied struct {
	at            []string
	count, amount int64
}

// The names of counts.
const (
	countCame  = "came"
	countEnded = "ended"
	countAll   = "all"
)

func newTally(d *service.Dataset) *tally {
	t := &tally{d: d, days: map[string]map[int]int64{}}
	for _, c := range d.Fields {
		if c.Role == service.Dimension {
			t.columns, t.values = append(t.columns, c.Field), append(t.values, map[string]bool{})
		}
	}
	add := func(name string, fields []string) {
		t.tables = append(t.tables, &counts{name, fields, map[string]*tallied{}})
	}
	if d.Source != service.FromCases {
		add(countAll, t.columns)
		return t
	}
	if slices.ContainsFunc(d.Fields, func(c *service.DatasetColumn) bool { return c.Field == "received" }) {
		add(countCame, t.columns)
	}
	if slices.ContainsFunc(d.Fields, func(c *service.DatasetColumn) bool { return c.Role == service.Measure && c.Field != "received" }) {
		add(countEnded, d.Counted())
	}
	return t
}

// table is one of the counts; nil if the dataset does not have it.
func (t *tally) table(name string) *counts {
	for _, c := range t.tables {
		if c.name == name {
			return c
		}
	}
	return nil
}

func keyOf(at []string) string { return strings.Join(at, "\x00") }

// add counts one thing at a place.
func (t *tally) add(to *counts, at []string, amount int64) {
	for i := range t.columns {
		t.values[i][at[i]] = true
	}
	key := keyOf(at)
	c := to.cells[key]
	if c == nil {
		c = &tallied{at: slices.Clone(at)}
		to.cells[key] = c
	}
	c.count++
	c.amount += amount
}

// took notes how many working days a decision took, for the row that it is counted in.
func (t *tally) took(row []string, days int) {
	key := keyOf(row)
	if t.days[key] == nil {
		t.days[key] = map[int]int64{}
	}
	t.days[key][days]++
}

// count goes through the source of a dataset of statistics.
func (t *attempt) count(ctx context.Context, tx *store.Tx) (*tally, error) {
	all := newTally(t.d)
	switch t.d.Source {
	case service.FromCases:
		return all, t.countCases(ctx, tx, all)
	case service.FromTax:
		return all, t.countTax(ctx, tx, all)
	}
	today := t.today(tx)
	return all, t.eachRecord(ctx, tx, true, func(r *record.Record) error {
		if at, ok := recordPlace(t.d, r, r.On(today)); ok {
			all.add(all.tables[0], at, 0)
		} else {
			all.left++
		}
		return nil
	})
}

// recordPlace is where a record is counted; not ok where it has no date by which it could be.
func recordPlace(d *service.Dataset, r *record.Record, state string) (at []string, ok bool) {
	for _, c := range d.Fields {
		switch {
		case c.Role != service.Dimension:
		case c.Of == nil:
			at = append(at, state)
		default:
			value := together(c, fieldCell(c.Of, r.Fields[c.Of.ID]))
			if value == "" {
				return nil, false
			}
			at = append(at, value)
		}
	}
	return at, true
}

// together puts a value with those that are counted with it.
func together(c *service.DatasetColumn, value string) string {
	switch {
	case c.Per != "":
		return value[:min(len(value), len(map[string]string{"month": "2026-03", "year": "2026"}[c.Per]))]
	case len(c.Bands) > 0 && value != "":
		value = band(c.Bands, value)
	case c.Prefix > 0:
		if r := []rune(value); len(r) > c.Prefix {
			value = strings.TrimSpace(string(r[:c.Prefix]))
		}
	}
	if value == "" || len(c.Enum) > 0 && !slices.Contains(c.Enum, value) {
		return service.Unknown
	}
	return value
}

// band is the band that a number lies in.
func band(from []money.Decimal, value string) string {
	n, err := money.ParseDecimal(value)
	if err != nil {
		return service.Unknown
	}
	at := 0
	for at < len(from) && n.Cmp(from[at]) >= 0 {
		at++
	}
	return bandNames(from)[at]
}

func bandNames(from []money.Decimal) []string {
	names := []string{"<" + from[0].String()}
	for i := 1; i < len(from); i++ {
		names = append(names, from[i-1].String()+"-"+from[i].String())
	}
	return append(names, ">="+from[len(from)-1].String())
}

// countCases counts the applications of a service that came in, or ended, in months that are over. Such a month is final:
// what happens later is counted in later months, so that versions do not tell of single cases by their difference.
func (t *attempt) countCases(ctx context.Context, tx *store.Tx, all *tally) error {
	k := t.Docket.Releases.Current().Calendar
	last, err := t.lastMonth(tx)
	if err != nil {
		return err
	}
	all.until = monthOf(last)
	for after := ""; ; {
		page, err := cases.Past{Cases: t.Docket.Cases}.Facts(ctx, tx, t.d.Service.Service, k.EndOf(last), after, sourcePage)
		if err != nil {
			return err
		}
		for _, c := range page {
			after = c.ID
			if came := all.table(countCame); came != nil {
				all.add(came, all.place(came, c, k.DateOf(c.Submitted), false), 0)
			}
			if ended := all.table(countEnded); ended != nil && c.Ending != "" && c.Ended.Before(k.EndOf(last)) {
				if err := t.countEnded(all, ended, k, c); err != nil {
					return err
				}
			}
		}
		if len(page) < sourcePage {
			return nil
		}
	}
}

func (t *attempt) countEnded(all *tally, to *counts, k *calendar.Calendar, c cases.Fact) error {
	if c.Ending != "granted" && c.Ending != "refused" {
		all.add(to, all.place(to, c, k.DateOf(c.Ended), false), 0)
		return nil
	}
	days, err := k.WorkingDaysBetween(k.DateOf(c.Submitted), k.DateOf(c.Ended))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Working days cannot be counted for every case: the calendar does not reach back so far")
	}
	at := all.place(to, c, k.DateOf(c.Ended), days <= t.d.Standard)
	all.add(to, at, 0)
	all.took(at[:len(all.columns)], days)
	return nil
}

// place is where a case is counted, by the day on which it came or ended.
func (t *tally) place(to *counts, c cases.Fact, day calendar.Date, inTime bool) []string {
	at := make([]string, len(to.fields))
	for i, field := range to.fields {
		switch field {
		case "month":
			at[i] = monthOf(day)
		case "variant":
			at[i] = c.Variant
		case "language":
			at[i] = c.Language
		case "outcome":
			at[i] = c.Ending
		case "in_time":
			at[i] = map[bool]string{true: "yes", false: "no"}[inTime]
		}
	}
	return at
}

// countTax counts the assessments of a tax that count, by what its records publish and, if the dataset has them, by item.
func (t *attempt) countTax(ctx context.Context, tx *store.Tx, all *tally) error {
	byItem, ofRecord := slices.Contains(all.columns, "item"), slices.ContainsFunc(t.d.Fields, func(c *service.DatasetColumn) bool { return c.Of != nil })
	for after := ""; ; {
		page, err := tax.Assessed{Taxes: t.Money.Taxes}.Charges(ctx, tx, t.Docket.Releases.Current().Money.Treasury, t.d.Tax.Tax, after, sourcePage)
		if err != nil {
			return err
		}
		for _, a := range page {
			after = a.ID
			r := &record.Record{}
			if ofRecord {
				if r, err = t.Docket.Records.PublicByNumber(ctx, tx, t.d.Register.Register, a.Object); err != nil {
					return fmt.Errorf("reading what assessment %s is about: %w", a.ID, err)
				}
			}
			at, ok := make([]string, len(all.columns)), true
			for i, field := range all.columns {
				switch c := t.d.Fields[slices.IndexFunc(t.d.Fields, func(c *service.DatasetColumn) bool { return c.Field == field })]; {
				case field == "period":
					at[i] = a.Begins.String()
				case c.Of != nil:
					at[i] = together(c, fieldCell(c.Of, r.Fields[c.Of.ID]))
					ok = ok && at[i] != ""
				}
			}
			switch {
			case !ok:
				all.left++
			case !byItem:
				all.add(all.tables[0], at, a.Total)
			default:
				for _, item := range a.Items {
					at[slices.Index(all.columns, "item")] = item.ID
					all.add(all.tables[0], at, item.Amount)
				}
			}
		}
		if len(page) < sourcePage {
			return nil
		}
	}
}

// outcomes are those of a case; what is decided contains two of them.
var outcomes = []disclose.Category{{ID: "decided"}, {ID: "granted", Parent: "decided"}, {ID: "refused", Parent: "decided"},
	{ID: "withdrawn"}, {ID: "lapsed"}, {ID: "closed"}}

// dimensions are what numbers are counted by, with all values that could have been. Nothing is published of all months, all
// periods and all items together.
func (t *tally) dimensions(of *counts) (all []disclose.Dimension) {
	for i, field := range of.fields {
		switch {
		case t.d.Source == service.FromCases && field == "outcome":
			all = append(all, disclose.Dimension{ID: field, Categories: outcomes})
		case t.d.Source == service.FromCases && field == "in_time":
			all = append(all, disclose.Flat(field, "yes", "no"))
		default:
			d := disclose.Flat(field, t.categories(i)...)
			d.NoTotal = t.d.Source == service.FromCases && field == "month" || t.d.Source == service.FromTax && (field == "item" || field == "period")
			all = append(all, d)
		}
	}
	return all
}

// categories are the values of a column.
func (t *tally) categories(i int) []string {
	field, found := t.columns[i], slices.Sorted(maps.Keys(t.values[i]))
	c := t.d.Fields[slices.IndexFunc(t.d.Fields, func(c *service.DatasetColumn) bool { return c.Field == field })]
	switch {
	case t.d.Source == service.FromCases && field == "month", c.Per == "month":
		return everyMonth(found, t.until)
	case t.d.Source == service.FromCases && field == "variant":
		return t.variants(found)
	case t.d.Source == service.FromCases && field == "outcome":
		return []string{"granted", "refused", "withdrawn", "lapsed", "closed"}
	case len(c.Enum) > 0:
		return c.Enum
	case len(c.Bands) > 0:
		names := bandNames(c.Bands)
		if t.values[i][service.Unknown] {
			names = append(names, service.Unknown)
		}
		return names
	}
	return found
}

// variants are those of the service, and those that it once had.
func (t *tally) variants(found []string) []string {
	all := []string{"new"}
	for _, v := range t.d.Service.Variants {
		all = append(all, v.ID)
	}
	for _, v := range found {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// everyMonth are the months from the first to the last of some, or to a later one, so that one in which nothing happened is
// a zero.
func everyMonth(found []string, until string) (all []string) {
	if len(found) == 0 {
		return nil
	}
	first, err := calendar.ParseISO(found[0] + "-01")
	for last := max(found[len(found)-1], until); err == nil && monthOf(first) <= last; first, err = first.AddMonths(1) {
		all = append(all, monthOf(first))
	}
	return all
}

func monthOf(day calendar.Date) string { return day.String()[:len("2026-03")] }
