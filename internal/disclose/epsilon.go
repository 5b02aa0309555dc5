package disclose

import (
	"math/big"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Epsilon is a loss of privacy, in millionths, so that budgets add up exactly.
type Epsilon int64

const (
	one         Epsilon = 1_000_000
	mostEpsilon         = 1000 * one
)

// ParseEpsilon reads a decimal number above zero with up to six decimals, as 0.5.
func ParseEpsilon(s string) (Epsilon, error) {
	e, err := readEpsilon(s)
	if err == nil && e == 0 {
		err = fault.NewInvalid(i18n.Msg("Epsilon must be above 0: nothing can be said without any loss of privacy"))
	}
	return e, err
}

func readEpsilon(s string) (Epsilon, error) {
	whole, part, dot := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if !digits(whole) || len(whole) > 4 || dot && (!digits(part) || len(part) > 6) {
		return 0, fault.NewInvalid(i18n.Msg("“{text}” is not an epsilon. Write a number such as 0.5, with up to six decimals, 1000 at most"), "text", s)
	}
	var e Epsilon
	for _, r := range whole + (part + "000000")[:6] {
		e = e*10 + Epsilon(r-'0')
	}
	if e > mostEpsilon {
		return 0, fault.NewInvalid(i18n.Msg("“{text}” is not an epsilon. Write a number such as 0.5, with up to six decimals, 1000 at most"), "text", s)
	}
	return e, nil
}

// String is the shortest decimal.
func (e Epsilon) String() string {
	s := big.NewRat(int64(e), int64(one)).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// MarshalText and UnmarshalText are the decimal.
func (e Epsilon) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText also reads 0, which a budget begins with.
func (e *Epsilon) UnmarshalText(b []byte) (err error) {
	*e, err = readEpsilon(string(b))
	return err
}

// Budget is what all releases of a dataset together may lose. Losses add up (sequential composition, Canonne section 2),
// whatever is asked and by whom; so a budget belongs to the persons in the data, not to those who ask.
type Budget struct{ Total, Spent Epsilon }

// Left is what can still be spent.
func (b Budget) Left() Epsilon { return b.Total - b.Spent }

// Spend gives the budget after a release, or refuses it.
func (b Budget) Spend(e Epsilon) (Budget, error) {
	if e <= 0 {
		return b, fault.NewInvalid(i18n.Msg("Epsilon must be above 0: nothing can be said without any loss of privacy"))
	}
	if e > b.Left() {
		return b, fault.NewConflict(i18n.Msg("The privacy budget is {total}, of which {spent} is spent: {epsilon} more is not left. Publish less often, or less exactly"),
			"total", b.Total.String(), "spent", b.Spent.String(), "epsilon", e.String())
	}
	b.Spent += e
	return b, nil
}
