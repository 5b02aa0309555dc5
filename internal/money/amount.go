package money

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/bojanz/currency"

	"stoa/internal/fault"
)

// Errors of amounts.
var (
	ErrCurrency = fault.NewInvalid("money.currency")     // unknown, or two different ones
	ErrOverflow = fault.NewInvalid("money.too_large")    // more than 64 bits of minor units
	ErrInexact  = fault.NewInvalid("money.inexact")      // a part of a minor unit
	ErrRatios   = fault.NewInvalid("money.shares_empty") // nothing to divide by
)

// Amount is a whole number of minor units (pence, cents, fils) of a currency
// (ISO 4217 code). Two amounts are equal when == says so.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// MinorDigits returns how many digits the currency has after the point.
func MinorDigits(code string) (int, error) {
	n, ok := currency.GetDigits(code)
	if !ok {
		return 0, ErrCurrency
	}
	return int(n), nil
}

// FromDecimal returns the amount that d major units are. It never rounds: a
// part of a minor unit is ErrInexact.
func FromDecimal(d Decimal, code string) (Amount, error) {
	digits, err := MinorDigits(code)
	if err != nil {
		return Amount{}, err
	}
	if d.scale > digits {
		return Amount{}, ErrInexact
	}
	n := new(big.Int).Mul(d.int(), pow[digits-d.scale])
	if !n.IsInt64() {
		return Amount{}, ErrOverflow
	}
	return Amount{n.Int64(), code}, nil
}

// Decimal returns the amount in major units. An unknown currency is an error.
func (a Amount) Decimal() (Decimal, error) {
	digits, err := MinorDigits(a.Currency)
	if err != nil {
		return Decimal{}, err
	}
	return Scaled(a.Minor, digits), nil
}

// String is for logs and tests: "12.30 GBP".
func (a Amount) String() string {
	d, err := a.Decimal()
	if err != nil {
		return NewDecimal(a.Minor).String() + " minor " + a.Currency
	}
	digits, _ := MinorDigits(a.Currency) // known: Decimal has just asked
	return d.Fixed(digits) + " " + a.Currency
}

// Add returns a + b, ErrCurrency for two currencies, ErrOverflow beyond 64 bits.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrCurrency
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) {
		return Amount{}, ErrOverflow
	}
	return Amount{sum, a.Currency}, nil
}

// Sub returns a - b, with the errors of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrCurrency
	}
	diff := a.Minor - b.Minor
	if (diff < a.Minor) != (b.Minor > 0) {
		return Amount{}, ErrOverflow
	}
	return Amount{diff, a.Currency}, nil
}

// Neg returns -a.
func (a Amount) Neg() (Amount, error) {
	if a.Minor == math.MinInt64 {
		return Amount{}, ErrOverflow
	}
	return Amount{-a.Minor, a.Currency}, nil
}

// Times returns a multiplied by a whole number.
func (a Amount) Times(n int64) (Amount, error) {
	p := new(big.Int).Mul(big.NewInt(a.Minor), big.NewInt(n))
	if !p.IsInt64() {
		return Amount{}, ErrOverflow
	}
	return Amount{p.Int64(), a.Currency}, nil
}

// Mul returns a multiplied by any number, rounded to the minor unit.
func (a Amount) Mul(by Decimal, r Rounding) (Amount, error) {
	d, err := NewDecimal(a.Minor).Mul(by)
	if err != nil {
		return Amount{}, ErrOverflow
	}
	if d, err = d.Round(0, r); err != nil {
		return Amount{}, ErrOverflow
	}
	n, ok := d.Int64()
	if !ok {
		return Amount{}, ErrOverflow
	}
	return Amount{n, a.Currency}, nil
}

// Cmp returns -1, 0 or 1, or ErrCurrency for two currencies.
func (a Amount) Cmp(b Amount) (int, error) {
	if a.Currency != b.Currency {
		return 0, ErrCurrency
	}
	switch {
	case a.Minor < b.Minor:
		return -1, nil
	case a.Minor > b.Minor:
		return 1, nil
	}
	return 0, nil
}

// IsZero reports whether there is nothing.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Allocate divides a in proportion to the ratios. The parts sum to a exactly;
// each is the exact share rounded down or up by less than one minor unit. The
// units left over go to the largest remainders, the earlier part first among
// equals, so that the result is the same everywhere. A ratio of 0 gets nothing.
func (a Amount) Allocate(ratios ...int64) ([]Amount, error) {
	var total uint64
	for _, r := range ratios {
		var carry uint64
		if total, carry = bits.Add64(total, uint64(r), 0); r < 0 || carry != 0 {
			return nil, ErrRatios
		}
	}
	if total == 0 {
		return nil, ErrRatios
	}
	minor, sign := uint64(a.Minor), int64(1)
	if a.Minor < 0 {
		minor, sign = -minor, -1 // also right for the least int64
	}
	parts := make([]Amount, len(ratios))
	rest := make([]uint64, len(ratios))
	left := minor
	for i, r := range ratios {
		hi, lo := bits.Mul64(minor, uint64(r))
		q, rem := bits.Div64(hi, lo, total) // r <= total, so q <= minor
		parts[i] = Amount{int64(q) * sign, a.Currency}
		rest[i] = rem
		left -= q
	}
	for ; left > 0; left-- { // fewer rounds than ratios
		most := 0
		for i := range rest {
			if rest[i] > rest[most] {
				most = i
			}
		}
		parts[most].Minor += sign
		rest[most] = 0
	}
	return parts, nil
}
