package assess

import (
	"fmt"

	"stoa/internal/money"
)

// shares turns amounts for whole periods into coins for the days at hand. Everything is counted in units of
// rounding times the days of the period, so that nothing is rounded but the sum.
type shares struct {
	currency string
	unit     int64         // smallest coins in a unit of rounding
	scale    money.Decimal // from major currency units to smallest coins
	parts    money.Decimal // unit × days of the period: what a share is divided by
	how      money.Rounding
}

var roundings = map[string]money.Rounding{"half_up": money.HalfUp, "half_even": money.HalfEven, "down": money.Down, "up": money.Up}

func (a *Assessment) shares() (s shares, err error) {
	t := a.Input.Tax
	s = shares{currency: t.Jurisdiction.File.Currency, unit: 1, how: roundings[t.Rounding.How]}
	digits, err := money.MinorDigits(s.currency)
	if err != nil {
		return s, err
	}
	s.scale = money.NewDecimal(1)
	for range digits {
		if s.scale, err = s.scale.Mul(money.NewDecimal(10)); err != nil {
			return s, err
		}
	}
	if t.Rounding.To != nil {
		to, err := money.FromDecimal(*t.Rounding.To, s.currency)
		if err != nil {
			return s, fmt.Errorf("rounding to %s: %w", t.Rounding.To, err)
		}
		s.unit = to.Minor
	}
	days := int64(1)
	if t.ByDay {
		days = int64(a.Input.Period.Days())
	}
	s.parts, err = money.NewDecimal(s.unit).Mul(money.NewDecimal(days))
	return s, err
}

// divide rounds the sum, and shares it out: to the items so that they sum to it, and of each item to the
// stretches of days so that they sum to the item.
func (a *Assessment) divide() error {
	s, err := a.shares()
	if err != nil {
		return err
	}
	var sum money.Decimal
	for i := range a.Segments {
		g := &a.Segments[i]
		if g.Whole, err = sumOf(g.Lines); err != nil {
			return err
		}
		for n := range g.Lines {
			l := &g.Lines[n]
			days := int64(1)
			if a.Input.Tax.ByDay {
				days = int64(g.Days)
			}
			if l.exact, err = product(l.Whole, s.scale, money.NewDecimal(days)); err != nil {
				return err
			}
			if sum, err = sum.Add(l.exact); err != nil {
				return err
			}
		}
	}
	total, err := sum.Quo(s.parts, 0, s.how)
	if err != nil {
		return err
	}
	if err := a.items(s, total); err != nil {
		return err
	}
	if a.Total, err = s.amount(total); err != nil {
		return err
	}
	return a.sumSegments(s)
}

// items shares the total out to the items, and each of these to its lines.
func (a *Assessment) items(s shares, total money.Decimal) error {
	var exact []money.Decimal
	var lines [][]*Line
	for _, c := range a.Input.Tax.Charge {
		var sum money.Decimal
		var of []*Line
		for i := range a.Segments {
			for n := range a.Segments[i].Lines {
				l := &a.Segments[i].Lines[n]
				if l.Charge != c {
					continue
				}
				var err error
				if sum, err = sum.Add(l.exact); err != nil {
					return err
				}
				of = append(of, l)
			}
		}
		if len(of) > 0 {
			a.Items = append(a.Items, Item{Charge: c})
			exact, lines = append(exact, sum), append(lines, of)
		}
	}
	parts, err := s.share(total, exact)
	if err != nil {
		return err
	}
	for i, part := range parts {
		if a.Items[i].Amount, err = s.amount(part); err != nil {
			return err
		}
		var within []money.Decimal
		for _, l := range lines[i] {
			within = append(within, l.exact)
		}
		shares, err := s.share(part, within)
		if err != nil {
			return err
		}
		for n, l := range lines[i] {
			if l.Amount, err = s.amount(shares[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Assessment) sumSegments(s shares) (err error) {
	for i := range a.Segments {
		g := &a.Segments[i]
		g.Total = money.Amount{Currency: s.currency}
		for _, l := range g.Lines {
			if g.Total, err = g.Total.Add(l.Amount); err != nil {
				return err
			}
		}
	}
	return nil
}

// share divides a number of units, to which the exact parts sum but for less than one, into whole units: each
// part rounded down or up, up where most is left over, the earlier first.
func (s shares) share(total money.Decimal, exact []money.Decimal) (out []money.Decimal, err error) {
	left := total
	rest := make([]money.Decimal, len(exact))
	for i, x := range exact {
		floor, over, err := s.floor(x)
		if err != nil {
			return nil, err
		}
		out, rest[i] = append(out, floor), over
		if left, err = left.Sub(floor); err != nil {
			return nil, err
		}
	}
	for left.Sign() > 0 {
		most := -1
		for i := range rest {
			if rest[i].Sign() > 0 && (most < 0 || rest[i].Cmp(rest[most]) > 0) {
				most = i
			}
		}
		if most < 0 {
			return nil, fmt.Errorf("sharing %s: %w", total, ErrCharge)
		}
		rest[most] = money.Decimal{}
		if out[most], err = out[most].Add(money.NewDecimal(1)); err == nil {
			left, err = left.Sub(money.NewDecimal(1))
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// floor gives the whole units in an exact share, and what is over; never less than nothing.
func (s shares) floor(x money.Decimal) (units, over money.Decimal, err error) {
	if units, err = x.Quo(s.parts, 0, money.Down); err != nil {
		return units, over, err
	}
	if over, err = x.Rem(s.parts); err != nil || over.Sign() >= 0 {
		return units, over, err
	}
	if units, err = units.Sub(money.NewDecimal(1)); err == nil {
		over, err = over.Add(s.parts)
	}
	return units, over, err
}

func (s shares) amount(units money.Decimal) (money.Amount, error) {
	n, ok := units.Int64()
	if !ok {
		return money.Amount{}, ErrTooLarge
	}
	a, err := money.Amount{Minor: n, Currency: s.currency}.Times(s.unit)
	if err != nil {
		return a, ErrTooLarge
	}
	return a, nil
}

func product(first money.Decimal, others ...money.Decimal) (p money.Decimal, err error) {
	p = first
	for _, x := range others {
		if p, err = p.Mul(x); err != nil {
			return p, err
		}
	}
	return p, nil
}
