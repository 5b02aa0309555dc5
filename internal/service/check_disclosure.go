package service

import (
	"errors"
	"slices"

	"stoa/internal/disclose"
	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// The floor of statistics about people, where a file says nothing, and the least that it can say.
const (
	defaultFloor = 5
	leastFloor   = 3
)

// datasetDisclosure checks how nobody is found in a dataset, and sets what the file leaves out.
func (l *loader) datasetDisclosure(d *Dataset) {
	f := &d.Disclosure
	if !d.Statistics() {
		for _, key := range []string{"floor", "complementary", "rounding", "noise"} {
			if l.places.node(f.Pos, key) != nil {
				l.problem(l.places.key(f.Pos, key), "remove it, or publish numbers: count: true, cases: or tax:", "%s: is for statistics, and these rows are single records", key)
			}
		}
		l.anonymous(d)
		return
	}
	if f.Anonymous != nil {
		l.problem(l.places.key(f.Pos, "anonymous"), "remove it: numbers have a floor", "anonymous: is for single records, and these rows are statistics")
	}
	if f.Noise != nil {
		l.noise(d)
		return
	}
	if f.Floor == nil {
		floor := defaultFloor
		f.Floor = &floor
	} else if *f.Floor < leastFloor {
		l.problem(l.places.at(f.Pos, "floor"), "write at least 3; 5 is usual", "with a floor of %d people can be found in the numbers", *f.Floor)
	}
	if f.Complementary == nil {
		yes := true
		f.Complementary = &yes
	}
	p := disclose.Policy{Floor: *f.Floor, Complementary: *f.Complementary, RoundTo: f.Rounding}
	if err := p.Check(); err != nil {
		l.problem(l.places.key(d.Pos, "disclosure"), "", "%s", sentence(err))
	}
}

// sentence is an error of another package in words.
func sentence(err error) string {
	var says *fault.Error
	if b, failed := speech(); failed == nil && errors.As(err, &says) && says.Key != "" {
		return b.For(i18n.Source).Key(says.Key, i18n.V(says.Args))
	}
	return err.Error()
}

// anonymous checks what must be shared by several records.
func (l *loader) anonymous(d *Dataset) {
	a := d.Disclosure.Anonymous
	if a == nil {
		return
	}
	if a.K < 2 {
		l.problem(l.places.at(a.Pos, "k"), "write at least 2; 5 is usual", "k: %d protects nobody", a.K)
	}
	for i, id := range a.Over {
		l.known(l.places.at(a.Pos, "over", i), "column", id, d.columnIDs())
	}
}

// noise checks what noise is added to: only to counts, in which a person is once.
func (l *loader) noise(d *Dataset) {
	f := d.Disclosure
	for _, key := range []string{"floor", "complementary", "rounding"} {
		if l.places.node(f.Pos, key) != nil {
			l.problem(l.places.key(f.Pos, key), "keep noise: or the floor", "numbers with noise need no %s:", key)
		}
	}
	if len(d.Quality) > 0 {
		l.problem(l.places.key(d.Pos, "quality"), "remove it", "noise that has to pass a check is drawn until it does, and then tells more than its budget says")
	}
	for _, c := range d.Fields {
		if c.Role == Measure && (c.Minimum != "" || c.Maximum != "" || len(c.Enum) > 0 || c.Unique) {
			l.problem(c.Pos, "remove what its values must be", "noise that has to fit is drawn until it does, and then tells more than its budget says")
		}
		if c.Role == Measure && !c.Count {
			l.problem(c.Pos, "leave the column out", "noise is added to numbers of cases only, and %q is none", c.ID)
		}
		if c.Role == Dimension && c.Of != nil && c.Of.Type == "text" && len(c.Enum) == 0 {
			l.problem(c.Pos, "add enum: with the values that there can be", "which values of %q there are would tell of single records", c.ID)
		}
		if c.Field == "item" {
			l.problem(c.Pos, "leave the column out", "an assessment has several items, so that noise for one would not hide it")
		}
	}
	if d.Source == FromCases && slices.ContainsFunc(d.Fields, func(c *DatasetColumn) bool { return c.Field == "received" }) &&
		slices.ContainsFunc(d.Fields, func(c *DatasetColumn) bool { return c.Count && c.Field != "received" }) {
		l.problem(l.places.key(f.Pos, "noise"), "count what came in, or what became of it; make two datasets of it", "an application would be counted twice, when it came and when it ended")
	}
	e, err := disclose.ParseEpsilon(f.Noise.Epsilon.String())
	if err != nil {
		l.problem(l.places.at(f.Noise.Pos, "epsilon"), "write a number above 0: 0.5", "%s cannot be spent", f.Noise.Epsilon)
		return
	}
	total, err := disclose.ParseEpsilon(f.Noise.Budget.String())
	if err == nil {
		_, err = disclose.Budget{Total: total}.Spend(e)
	}
	if err != nil {
		l.problem(l.places.at(f.Noise.Pos, "budget"), "write at least the epsilon of one version", "a budget of %s is not enough for one version", f.Noise.Budget)
	}
}
