package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/disclose"
	"stoa/internal/i18n"
	"stoa/internal/opendata"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// statistics counts a dataset's source and protects the numbers.
func (t *attempt) statistics(ctx context.Context, tx *store.Tx) (*made, error) {
	all, err := t.count(ctx, tx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all.tables, func(c *counts) bool { return len(c.cells) > 0 }) {
		return &made{rows: func(func([]string) error) error { return nil }}, nil
	}
	m := &made{}
	if all.left > 0 {
		m.findings = append(m.findings, opendata.Finding{What: i18n.Msg("{n} records are left out: they have no date to be counted by."), Staff: true,
			Args: map[string]string{"n": strconv.Itoa(all.left)}})
	}
	tables := map[string]disclose.Table{}
	for _, c := range all.tables {
		table := disclose.Table{Dimensions: all.dimensions(c), Amounts: t.d.Source == service.FromTax}
		for _, key := range slices.Sorted(maps.Keys(c.cells)) {
			one := c.cells[key]
			table.Cells = append(table.Cells, disclose.Cell{At: one.at, Count: one.count, Amount: max(one.amount, -one.amount)})
		}
		tables[c.name] = table
	}
	m.truth = truth(tables)
	var shown map[string]seen
	if t.d.Disclosure.Noise != nil {
		shown, err = t.noisy(ctx, tx, tables, m)
	} else {
		shown, err = t.protected(tables, m)
	}
	if err != nil || shown == nil {
		return m, err
	}
	rows := all.rows(shown)
	m.rows = func(yield func([]string) error) error {
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	}
	return m, nil
}

// truth is a hash of the numbers before anything was done to them.
func truth(tables map[string]disclose.Table) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		for _, c := range tables[name].Cells {
			fmt.Fprintf(h, "%s %q %d %d\n", name, c.At, c.Count, c.Amount)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// seen is what may be seen of a table, by place.
type seen map[string]disclose.Figure

func shownOf(p *disclose.Published) seen {
	f := make(seen, len(p.Figures))
	for _, one := range p.Figures {
		f[keyOf(one.At)] = one
	}
	return f
}

// protected hides what would tell of few, also together with the version before. Nil: nothing may be published.
func (t *attempt) protected(tables map[string]disclose.Table, m *made) (map[string]seen, error) {
	was := remembered{}
	if len(t.before.Memory) > 0 {
		if err := json.Unmarshal(t.before.Memory, &was); err != nil {
			return nil, fmt.Errorf("reading what was published before: %w", err)
		}
	}
	before := was.Tables
	if was.Shape != shapeOf(t.d) {
		before = nil // other figures than before: nothing can be compared
	}
	f := t.d.Disclosure
	shown, next, hidden, all := map[string]seen{}, map[string]*disclose.Memory{}, 0, 0
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		table := tables[name]
		table.Before, table.Secret = before[name], t.States.Secret(t.d.Dataset)
		p, report, err := disclose.Protect(table, disclose.Policy{Floor: *f.Floor, Complementary: *f.Complementary, RoundTo: f.Rounding})
		if err != nil {
			return nil, err
		}
		if report.HeldBack {
			m.findings = append(m.findings, opendata.Finding{What: i18n.Msg("So little has changed since the last version that the difference would tell of single people. It stays until there is more.")})
			return nil, nil
		}
		shown[name], next[name] = shownOf(p), report.Memory
		hidden, all = hidden+report.Hidden(), all+report.Figures
	}
	m.findings = append(m.findings, opendata.Finding{What: i18n.Msg("{n} of {all} numbers are hidden, so that nobody can be found in them."),
		Args: map[string]string{"n": strconv.Itoa(hidden), "all": strconv.Itoa(all)}})
	var err error
	m.memory, err = json.Marshal(remembered{shapeOf(t.d), next})
	return shown, err
}

// remembered is what the next version must know: the figures, and of what form the tables are.
type remembered struct {
	Shape  string                      `json:"shape"`
	Tables map[string]*disclose.Memory `json:"tables"`
}

// shapeOf names what a dataset counts, and by what. Words may change, and places in files, without another form.
func shapeOf(d *service.Dataset) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q %q %q %q", d.Source, d.From.Register, d.From.States, d.From.Tax, d.From.Accounts)
	if d.From.Cases != nil {
		fmt.Fprintf(&b, " %q %d", d.From.Cases.Service, d.From.Cases.Standard)
	}
	for _, c := range d.Fields {
		fmt.Fprintf(&b, " %q %q %q %v", c.ID, c.Field, c.Role, c.Bands)
	}
	return b.String()
}

// rows are the figures as the dataset's columns have them; what is hidden is empty.
func (t *tally) rows(shown map[string]seen) (rows [][]string) {
	place := make([]string, len(t.columns))
	var walk func(i int)
	walk = func(i int) {
		if i == len(t.columns) {
			if row := t.row(place, shown); row != nil {
				rows = append(rows, row)
			}
			return
		}
		for _, value := range t.categories(i) {
			place[i] = value
			walk(i + 1)
		}
	}
	walk(0)
	return rows
}

// row is one combination of the dimensions; nil where there is nothing at all, which is left out unless it is a month.
func (t *tally) row(place []string, shown map[string]seen) []string {
	nothing := true
	for _, c := range t.tables {
		f := shown[c.name][keyOf(within(place, c))]
		nothing = nothing && !f.Hidden && f.Count == 0 && f.Amount == 0
	}
	if nothing && !(len(t.columns) == 1 && t.d.Months()) {
		return nil
	}
	cells, dimension := make([]string, len(t.d.Fields)), 0
	for i, c := range t.d.Fields {
		if c.Role == service.Dimension {
			cells[i] = place[dimension]
			dimension++
			continue
		}
		cells[i] = t.measure(c, place, shown)
	}
	return cells
}

// within is a row's place in counts that tell more apart: in all of it.
func within(place []string, of *counts) []string {
	at := make([]string, len(of.fields))
	copy(at, place)
	return at
}

func (t *tally) measure(c *service.DatasetColumn, place []string, shown map[string]seen) string {
	of := t.tables[0]
	if t.d.Source == service.FromCases && c.Field != "received" {
		of = t.table(countEnded)
	}
	at, f := within(place, of), shown[of.name]
	if outcome := slices.Index(of.fields, "outcome"); t.d.Source == service.FromCases && outcome >= len(t.columns) {
		at[outcome] = map[string]string{"ended": "", "in_time": "decided", "median_days": "decided", "most_days": "decided"}[c.Field]
		if c.Count && c.Field != "ended" && c.Field != "in_time" {
			at[outcome] = c.Field
		}
	}
	figure := f[keyOf(at)]
	if figure.Hidden {
		return ""
	}
	switch c.Field {
	case "in_time":
		at[slices.Index(of.fields, "in_time")] = "yes"
		if figure = f[keyOf(at)]; figure.Hidden {
			return ""
		}
	case "charged":
		return amountCell(of.sign(at)*figure.Amount, t.d.Jurisdiction.File.Currency)
	case "median_days":
		return t.quantile(place, 50, 1)
	case "most_days":
		return t.quantile(place, 90, 2*int64(*t.d.Disclosure.Floor))
	}
	return strconv.FormatInt(figure.Count, 10)
}

// sign is -1 for a cell that takes off: a relief.
func (c *counts) sign(at []string) int64 {
	if one := c.cells[keyOf(at)]; one != nil && one.amount < 0 {
		return -1
	}
	return 1
}

// quantile is the number of days within which so many in a hundred of a row's decisions were taken: the middle one or the
// mean of the two middle ones, else the first that is enough. Empty where there are fewer decisions than least.
func (t *tally) quantile(row []string, percent, least int64) string {
	days := t.days[keyOf(row)]
	var n int64
	for _, count := range days {
		n += count
	}
	if n == 0 || n < least {
		return ""
	}
	nth := func(k int64) int64 { // from 1
		for _, d := range slices.Sorted(maps.Keys(days)) {
			if k -= days[d]; k <= 0 {
				return int64(d)
			}
		}
		return 0
	}
	if percent == 50 && n%2 == 0 {
		return tabular.Unscaled((nth(n/2)+nth(n/2+1))*5, 1, 0)
	}
	return strconv.FormatInt(nth((n*percent+99)/100), 10)
}
