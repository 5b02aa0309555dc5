package disclose

import (
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Records are rows about persons.
type Records struct {
	Columns []string
	Rows    [][]string
}

// Group is a set of records that look the same, and are too few or too alike. It is for those who publish.
type Group struct {
	Values []string // of the columns of Quasi
	Rows   int
	Kinds  int // different sensitive values, if L is asked
}

// AnonymityReport says what was done.
type AnonymityReport struct {
	Groups   int            // that were too small at first
	Coarser  map[string]int // by column, which of its steps was used, from 1
	Changed  int            // rows that are written more coarsely
	Left     int            // rows left out
	Rows     int            // rows that are published
	Smallest int            // size of the smallest group that is published
}

// Says gives what was done as sentences for the page.
func (r AnonymityReport) Says(p *i18n.Printer) (lines []string) {
	if len(r.Coarser) > 0 {
		lines = append(lines, p.N("{n} column is written more coarsely, so that nobody can be recognised.", "{n} columns are written more coarsely, so that nobody can be recognised.", len(r.Coarser)))
	}
	if r.Left > 0 {
		lines = append(lines, p.N("{n} record was left out, because too few others look like it.", "{n} records were left out, because too few others look like them.", r.Left))
	}
	if r.Rows > 0 {
		lines = append(lines, p.N("Each record looks like at least {n} other.", "Each record looks like at least {n} others.", r.Smallest-1))
	}
	return lines
}

// people are the records, put together where they look the same as they were written.
type people struct {
	rule      Anonymity
	at        []int // columns of Quasi
	sensitive int
	kinds     []kind
	of        []int // for each row, its kind
}

type kind struct {
	values    []string
	rows      int
	sensitive map[string]bool
}

func newPeople(r Records, a Anonymity) (*people, error) {
	if err := a.Check(r.Columns); err != nil {
		return nil, err
	}
	p := &people{rule: a, sensitive: -1}
	for _, q := range a.Quasi {
		p.at = append(p.at, slices.Index(r.Columns, q.Column))
	}
	if a.L > 0 {
		p.sensitive = slices.Index(r.Columns, a.Sensitive)
	}
	known := map[string]int{}
	for i, row := range r.Rows {
		if len(row) != len(r.Columns) {
			return nil, fault.NewInvalid(i18n.Msg("Row {row} does not have one value for each column"), "row", i+1)
		}
		values := make([]string, len(p.at))
		for k, c := range p.at {
			values[k] = row[c]
		}
		k, ok := known[key(values)]
		if !ok {
			k = len(p.kinds)
			known[key(values)] = k
			p.kinds = append(p.kinds, kind{values: values, sensitive: map[string]bool{}})
		}
		p.kinds[k].rows++
		if p.sensitive >= 0 {
			p.kinds[k].sensitive[row[p.sensitive]] = true
		}
		p.of = append(p.of, k)
	}
	return p, nil
}

// key joins values so that no two lists are the same text.
func key(values []string) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(strings.ReplaceAll(v, "\x00", "\x00\x01"))
		b.WriteString("\x00\x00")
	}
	return b.String()
}

// write is the kind's values by the steps of the way, 0 as they are.
func (p *people) write(k kind, way []int) ([]string, error) {
	out := make([]string, len(k.values))
	for i, v := range k.values {
		out[i] = v
		if way[i] > 0 {
			s := p.rule.Quasi[i].Steps[way[i]-1]
			coarse, ok := s.apply(v)
			if !ok {
				return nil, fault.NewInvalid(i18n.Msg("A value of column “{column}” cannot be written more coarsely by “{step}”: it is no date or number"), "column", p.rule.Quasi[i].Column, "step", s.Kind)
			}
			out[i] = coarse
		}
	}
	return out, nil
}

// groups puts together what looks the same, written in this way; of gives the group of each kind.
func (p *people) groups(way []int) (all []kind, of []int, err error) {
	known := map[string]int{}
	for _, k := range p.kinds {
		values, err := p.write(k, way)
		if err != nil {
			return nil, nil, err
		}
		g, ok := known[key(values)]
		if !ok {
			g = len(all)
			known[key(values)] = g
			all = append(all, kind{values: values, sensitive: map[string]bool{}})
		}
		all[g].rows += k.rows
		for s := range k.sensitive {
			all[g].sensitive[s] = true
		}
		of = append(of, g)
	}
	return all, of, nil
}

func (p *people) tooFew(g kind) bool {
	return g.rows < p.rule.K || len(g.sensitive) < p.rule.L
}

// Groups finds the records, as they are, that too few others look like.
func Groups(r Records, a Anonymity) ([]Group, error) {
	p, err := newPeople(r, a)
	if err != nil {
		return nil, err
	}
	all, _, err := p.groups(make([]int, len(p.at)))
	if err != nil {
		return nil, err
	}
	var few []Group
	for _, g := range all {
		if p.tooFew(g) {
			few = append(few, Group{Values: g.values, Rows: g.rows, Kinds: len(g.sensitive)})
		}
	}
	return few, nil
}

// Anonymise writes the columns as finely as can be so that at most MostLost percent of the records are left out, and
// leaves those out that are then still in groups too small. If no way is coarse enough, it uses the one that loses the
// fewest records. Order and all other columns stay.
func Anonymise(r Records, a Anonymity) (Records, AnonymityReport, error) {
	p, err := newPeople(r, a)
	if err != nil {
		return Records{}, AnonymityReport{}, err
	}
	few, err := Groups(r, a)
	if err != nil {
		return Records{}, AnonymityReport{}, err
	}
	lost := a.MostLost
	if lost == 0 {
		lost = usualLost
	}
	best, fewest := []int(nil), len(r.Rows)+1
	for _, way := range p.ways() {
		all, _, err := p.groups(way)
		if err != nil {
			return Records{}, AnonymityReport{}, err
		}
		left := 0
		for _, g := range all {
			if p.tooFew(g) {
				left += g.rows
			}
		}
		if left < fewest {
			best, fewest = way, left
		}
		if left*100 <= lost*len(r.Rows) {
			break
		}
	}
	out, report, err := p.publish(r, best)
	report.Groups = len(few)
	return out, report, err
}

// ways lists all ways to write the columns, those that say most first: by the sum of how far along its steps each is.
func (p *people) ways() (all [][]int) {
	all = [][]int{{}}
	for _, q := range p.rule.Quasi {
		var next [][]int
		for _, way := range all {
			for s := range len(q.Steps) + 1 {
				next = append(next, append(slices.Clone(way), s))
			}
		}
		all = next
	}
	loss := func(way []int) (sum int) {
		for i, s := range way {
			if n := len(p.rule.Quasi[i].Steps); n > 0 {
				sum += 5040 * s / n
			}
		}
		return sum
	}
	slices.SortStableFunc(all, func(x, y []int) int { return loss(x) - loss(y) })
	return all
}

func (p *people) publish(r Records, way []int) (Records, AnonymityReport, error) {
	all, of, err := p.groups(way)
	if err != nil {
		return Records{}, AnonymityReport{}, err
	}
	out := Records{Columns: slices.Clone(r.Columns)}
	report := AnonymityReport{Coarser: map[string]int{}}
	for i, s := range way {
		if s > 0 {
			report.Coarser[p.rule.Quasi[i].Column] = s
		}
	}
	for i, row := range r.Rows {
		g := all[of[p.of[i]]]
		if p.tooFew(g) {
			report.Left++
			continue
		}
		row = slices.Clone(row)
		changed := false
		for k, c := range p.at {
			changed = changed || row[c] != g.values[k]
			row[c] = g.values[k]
		}
		if changed {
			report.Changed++
		}
		if report.Smallest == 0 || g.rows < report.Smallest {
			report.Smallest = g.rows
		}
		out.Rows = append(out.Rows, row)
	}
	report.Rows = len(out.Rows)
	return out, report, nil
}
