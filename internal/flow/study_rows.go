package flow

import (
	"context"
	"strconv"

	"stoa/internal/simulate"
	"stoa/internal/store"
	"stoa/internal/study"
	"stoa/internal/tabular"
)

// mostStudies is how many published studies the dataset has, the newest.
const mostStudies = 1000

// studies are the groups of published studies: everybody first, then each fact that the study tells apart.
func (t *attempt) studies(ctx context.Context, tx *store.Tx) tabular.Rows {
	return func(yield func([]string) error) error {
		list, err := t.Trials.Published(ctx, tx, mostStudies)
		if err != nil {
			return err
		}
		for i := len(list) - 1; i >= 0; i-- { // the oldest first
			if err := t.study(list[i], yield); err != nil {
				return err
			}
		}
		return nil
	}
}

func (t *attempt) study(s *study.Study, yield func([]string) error) error {
	if s.Result == nil {
		return nil
	}
	r := s.Result
	all := simulate.Row{Cases: int64(r.Cases), More: -1, Same: -1, Less: -1, Unsent: -1, Hidden: true}
	if m := r.Money; m != nil {
		all = simulate.Row{Cases: int64(r.Judged), More: int64(m.More), Same: int64(m.Same), Less: int64(m.Less), Before: m.Total.Before, After: m.Total.After, Unsent: int64(m.Unsent), Hidden: m.Hidden}
	}
	if err := yield(t.studyCells(s, "", all)); err != nil {
		return err
	}
	for _, g := range r.Groups {
		for _, row := range g.Rows {
			if err := yield(t.studyCells(s, g.Fact, row)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *attempt) studyCells(s *study.Study, fact string, row simulate.Row) []string {
	number := func(n int64) string {
		if n < 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	amount := func(minor int64) string {
		if row.Hidden {
			return ""
		}
		return amountCell(minor, s.Result.Currency)
	}
	cells := make([]string, len(t.d.Fields))
	for i, c := range t.d.Fields {
		cells[i] = map[string]func() string{
			"study":         func() string { return s.ID },
			"published":     func() string { return t.Docket.Releases.Current().Calendar.DateOf(s.Published).String() },
			"title":         func() string { return s.Title },
			"about":         func() string { return s.Subject },
			"fact":          func() string { return fact },
			"group":         func() string { return row.Value },
			"cases":         func() string { return number(row.Cases) },
			"pay_more":      func() string { return number(row.More) },
			"pay_same":      func() string { return number(row.Same) },
			"pay_less":      func() string { return number(row.Less) },
			"other_outcome": func() string { return number(row.Unsent) },
			"before":        func() string { return amount(row.Before) },
			"after":         func() string { return amount(row.After) },
			"inputs":        func() string { return s.Hash },
		}[c.Field]()
	}
	return cells
}
