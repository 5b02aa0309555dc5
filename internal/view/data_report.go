package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/dataset"
	"stoa/internal/disclose"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/opendata"
	"stoa/internal/service"
	"stoa/internal/store"
)

// reported is what was checked before a version was published, and what was done so that nobody is found in it.
func (d Data) reported(ctx context.Context, tx *store.Tx, r Reader, v *dataset.Version) (checks []DataCheck, privacy []string, err error) {
	if d.States == nil {
		return nil, nil, nil
	}
	found, err := d.States.Checked(ctx, tx, v.Dataset, v.Number)
	if err != nil {
		return nil, nil, err
	}
	spent, err := d.States.Spent(ctx, tx, v.Dataset)
	if err != nil {
		return nil, nil, err
	}
	set := d.place().Dataset(v.Dataset)
	if set != nil {
		if privacy, err = r.protection(d.place(), set, spent); err != nil {
			return nil, nil, err
		}
	}
	for _, f := range found {
		switch {
		case f.Staff:
		case slices.ContainsFunc(disclosures, func(begins string) bool { return strings.HasPrefix(f.What, begins) }):
			privacy = append(privacy, r.finding(d, v, f))
		default:
			checks = append(checks, DataCheck{Text: r.finding(d, v, f), Passed: !f.Bad})
		}
	}
	return checks, privacy, nil
}

// disclosures are how findings begin that are about people, and not about quality.
var disclosures = []string{"{n} of {all} numbers", "Every combination"}

// finding is a sentence, in which columns have their titles.
func (r Reader) finding(d Data, v *dataset.Version, f opendata.Finding) string {
	args := i18n.V{}
	for name, value := range f.Args {
		args[name] = value
		if name != "column" && name != "columns" {
			continue
		}
		var titles []string
		for id := range strings.SplitSeq(value, ", ") {
			if c, at := v.Spec.Column(id); at >= 0 {
				id = c.Title.In(r.P.Tag(), d.place().File.Languages...)
			}
			titles = append(titles, id)
		}
		args[name] = strings.Join(titles, ", ")
	}
	return r.P.Key(f.What, args)
}

// protection says what the rules of a dataset do so that nobody is found in it.
func (r Reader) protection(j *service.Jurisdiction, set *service.Dataset, spent []opendata.Spending) (says []string, err error) {
	rules := set.Disclosure
	switch {
	case set.Statistics() && rules.Noise != nil:
		return r.noise(rules.Noise, spent)
	case set.Statistics():
		if rules.Floor != nil {
			says = append(says, r.P.T("Numbers below {floor} are not shown: their cells are empty. So nobody can be found behind a small number.", i18n.V{"floor": itoa(*rules.Floor)}))
		}
		if rules.Complementary != nil && *rules.Complementary {
			says = append(says, r.P.T("Some other numbers are left out too: otherwise the hidden ones could be worked out from totals or from earlier versions."))
		}
		if rules.Rounding > 1 {
			says = append(says, r.P.T("Numbers are rounded to multiples of {n}, so totals can differ a little from their parts.", i18n.V{"n": itoa(rules.Rounding)}))
		}
	case set.Register != nil:
		says = append(says, r.P.T("Only what the law makes public is here. Personal details of people are left out."))
	}
	return says, nil
}

// noise says what it means that numbers are not exact, and what is left of the budget for it.
func (r Reader) noise(n *service.NoiseFile, spent []opendata.Spending) ([]string, error) {
	e, err := disclose.ParseEpsilon(n.Epsilon.String())
	if err != nil {
		return nil, err
	}
	means, err := disclose.Noise{Epsilon: e, Sensitivity: 1}.Means(r.P)
	if err != nil {
		return nil, err
	}
	sum := money.Decimal{}
	for _, s := range spent {
		e, err := money.ParseDecimal(s.Epsilon)
		if err == nil {
			sum, err = sum.Add(e)
		}
		if err != nil {
			return nil, err
		}
	}
	return []string{means, r.P.T("Every version tells a little about everybody, so there is a limit to how many there can be: a privacy budget (epsilon). Spent: {spent} of {budget}, by {n} versions.",
		i18n.V{"spent": sum.String(), "budget": n.Budget.String(), "n": itoa(len(spent))})}, nil
}
