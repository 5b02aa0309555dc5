package view

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// TaxTable is a decision table of the file in plain words: under which conditions what follows.
type TaxTable struct {
	Title   string
	Columns []string // conditions, then results
	Inputs  int      // how many of them are conditions
	First   bool     // of several rows that fit the first counts
	Rows    [][]string
	Law     Law
}

// showValue writes a value of a tax's rules for the reader.
func (r Reader) showValue(t *service.Tax, value any, typ string) string {
	return process.Show(r.P, t.Rules, value, typ)
}

// unknownTax judges a day on which nothing is known of the object: what follows from figures and days alone.
func unknownTax(ctx context.Context, t *service.Tax, span service.Span) (*process.Judgement, error) {
	known := process.Answers{t.TaxFile.Object.As: nil}
	for _, f := range t.Facts {
		known[f.ID] = nil
	}
	for _, c := range t.Carry {
		known[c.ID] = nil
	}
	return process.Judge(ctx, process.Situation{Service: t.Rules, Today: span.From, Known: known, Given: map[string]rule.Value{
		"period_begins": span.From, "period_ends": span.Until, "liable_from": span.From, "liable_until": span.Until,
	}}, process.Typed{})
}

// taxTables are the decision tables of a tax with the figures of a period. What is the same for everybody in it, such as
// which list is in force, is no column, and rows that do not hold in it are left out.
func (v *View) taxTables(ctx context.Context, r Reader, t *service.Tax, span service.Span) (list []TaxTable, err error) {
	j, err := unknownTax(ctx, t, span)
	if err != nil {
		return nil, err
	}
	cells := cellWords{r, t, span}
	for _, n := range t.Rules.Values {
		if n.Table == nil {
			continue
		}
		file := n.Table.File
		table := TaxTable{Title: r.words(t.Jurisdiction, file.Title), Law: law(t.Rules, file.Law), First: file.First}
		same := map[string]string{} // input → what it is for everybody
		for i, in := range file.Inputs {
			value, known, err := j.Compute(ctx, n.Table.Inputs[i])
			if err != nil {
				return nil, err
			}
			if b, ok := value.(bool); known && ok && settled(in.Is.Source) {
				same[in.ID] = map[bool]string{true: "true", false: "false"}[b]
				continue
			}
			table.Columns = append(table.Columns, r.words(t.Jurisdiction, in.Title))
		}
		table.Inputs = len(table.Columns)
		for _, out := range file.Outputs {
			table.Columns = append(table.Columns, r.words(t.Jurisdiction, out.Title))
		}
		for _, row := range file.Rows {
			if cells.holds(row, same) {
				table.Rows = append(table.Rows, cells.row(file, row, same))
			}
		}
		list = append(list, table.narrow(r.P.T("any"), r.P.T("all others")))
	}
	return list, nil
}

// narrow leaves out conditions on which no row rests, and names the row that is for all others.
func (t TaxTable) narrow(any, others string) TaxTable {
	for i := t.Inputs - 1; i >= 0; i-- {
		if t.Inputs > 1 && !slices.ContainsFunc(t.Rows, func(row []string) bool { return row[i] != any }) {
			t.Columns = slices.Delete(t.Columns, i, i+1)
			for n := range t.Rows {
				t.Rows[n] = slices.Delete(t.Rows[n], i, i+1)
			}
			t.Inputs--
		}
	}
	if n := len(t.Rows); t.First && n > 1 && t.Inputs > 0 && !slices.ContainsFunc(t.Rows[n-1][:t.Inputs], func(cell string) bool { return cell != any }) {
		t.Rows[n-1][0] = others
	}
	return t
}

// settled reports whether a rule rests on nothing that differs from one payer to another. A condition that stops early may
// be known without the object, and is a column all the same.
func settled(source string) bool { return !strings.ContainsAny(source, "&|?") }

// cellWords writes the cells of decision tables.
type cellWords struct {
	Reader
	t    *service.Tax
	span service.Span
}

// holds reports whether a row can match where some inputs are known.
func (c cellWords) holds(row service.TableRowFile, same map[string]string) bool {
	for id, value := range same {
		test := strings.TrimSpace(row.When[id].Source)
		if (test == "true" || test == "false") && test != value {
			return false
		}
	}
	return true
}

func (c cellWords) row(file service.TableFile, row service.TableRowFile, same map[string]string) (cells []string) {
	for _, in := range file.Inputs {
		if same[in.ID] == "" {
			cells = append(cells, c.test(in, row.When[in.ID].Source))
		}
	}
	for _, out := range file.Outputs {
		cells = append(cells, c.result(out, row.Then[out.ID].Source))
	}
	return cells
}

var (
	rangeTest = regexp.MustCompile(`^([\[(])(.+)\.\.(.+)([\])])$`)
	texts     = regexp.MustCompile(`"([^"]*)"`)
	onlyTexts = regexp.MustCompile(`^\s*"[^"]*"(\s*,\s*"[^"]*")*\s*$`)
)

// test says what a cell tests, in words.
func (c cellWords) test(in service.TableInputFile, source string) string {
	source = strings.TrimSpace(source)
	p := c.P
	switch {
	case source == "" || source == "-":
		return p.T("any")
	case source == "true":
		return p.T("Yes")
	case source == "false":
		return p.T("No")
	case onlyTexts.MatchString(source):
		return p.List(c.labels(in, source))
	}
	if inside, ok := strings.CutPrefix(source, "not("); ok && onlyTexts.MatchString(strings.TrimSuffix(inside, ")")) {
		return p.T("not {values}", map[string]any{"values": p.List(c.labels(in, inside))})
	}
	if m := rangeTest.FindStringSubmatch(source); m != nil {
		low, high := c.number(m[2]), c.number(m[3])
		from, until := p.T("from {n}", map[string]any{"n": low}), p.T("to {n}", map[string]any{"n": high})
		if m[1] == "(" {
			from = p.T("more than {n}", map[string]any{"n": low})
		}
		if m[4] == ")" {
			until = p.T("less than {n}", map[string]any{"n": high})
		}
		return p.T("{low}, {high}", map[string]any{"low": from, "high": until})
	}
	for _, sign := range []string{"<=", ">=", "<", ">"} {
		rest, ok := strings.CutPrefix(source, sign)
		if !ok {
			continue
		}
		n := map[string]any{"n": c.number(rest)}
		switch sign {
		case "<=":
			return p.T("up to {n}", n)
		case ">=":
			return p.T("{n} or more", n)
		case "<":
			return p.T("less than {n}", n)
		}
		return p.T("more than {n}", n)
	}
	return c.number(source)
}

// labels are the texts of a cell, each as the fact that it is about calls it.
func (c cellWords) labels(in service.TableInputFile, source string) (list []string) {
	for _, m := range texts.FindAllStringSubmatch(source, -1) {
		list = append(list, c.label(in, m[1]))
	}
	return list
}

func (c cellWords) label(in service.TableInputFile, value string) string {
	for _, f := range c.t.Facts {
		if !strings.Contains(in.Is.Source, f.ID) {
			continue
		}
		for _, o := range f.Options {
			if o.Value == value {
				return c.words(c.t.Jurisdiction, o.Label)
			}
		}
	}
	return value
}

// result says what a row gives.
func (c cellWords) result(out service.TableOutputFile, source string) string {
	source = strings.TrimSpace(source)
	switch {
	case source == "true":
		return c.P.T("Yes")
	case source == "false":
		return c.P.T("No")
	case onlyTexts.MatchString(source):
		return strings.Trim(source, `"`)
	}
	if d, err := money.ParseDecimal(source); err == nil {
		return c.showValue(c.t, d, out.Type)
	}
	return c.number(source)
}

// number is a figure or a number of a cell; where it is more than that, the rule itself.
func (c cellWords) number(source string) string {
	source = strings.TrimSpace(source)
	if id, ok := strings.CutPrefix(source, "param."); ok {
		i := slices.IndexFunc(c.t.Jurisdiction.Parameters, func(p *service.Parameter) bool { return p.ID == id })
		if i >= 0 {
			if value := c.t.Jurisdiction.Parameters[i].On(c.span.From); value != nil {
				return c.showValue(c.t, value.Value, c.t.Jurisdiction.Parameters[i].Type)
			}
		}
		return "–"
	}
	if d, err := money.ParseDecimal(source); err == nil {
		return c.P.Number(d.String())
	}
	return source
}
