// Package money owns exact numbers: Decimal, for whatever rules compute, and
// Amount, whole minor units of one currency, for whatever is owed, paid or
// posted. Nothing here rounds unless the caller names the way, nothing wraps,
// and no float is accepted. How an amount is written for a reader is i18n's.
package money

import (
	"math/big"
	"strconv"
	"strings"

	"stoa/internal/fault"
)

// MaxDigits bounds the digits of a Decimal, those after the point included: far
// more than law needs, and little enough that hostile input costs nothing.
const MaxDigits = 300

// Errors of this package; each is of kind Invalid with a public key.
var (
	ErrNotANumber = fault.NewInvalid("number.format")
	ErrTooLarge   = fault.NewInvalid("number.too_large")
	ErrZero       = fault.NewInvalid("number.divide_by_zero")
)

// Rounding names the way a digit is dropped.
type Rounding uint8

// The ways of rounding.
const (
	HalfUp   Rounding = iota // to the nearest; a half away from zero, as in commerce
	HalfEven                 // to the nearest; a half to the even neighbour
	Down                     // towards zero
	Up                       // away from zero
)

// Decimal is an exact decimal number, immutable, kept in its shortest form: two
// equal numbers print the same. The zero value is 0. Compare with Cmp or Equal,
// not with ==.
type Decimal struct {
	coef  *big.Int // nil is 0; never changed once set
	scale int      // digits after the point; >= 0, least possible
}

var (
	zero = big.NewInt(0)
	ten  = big.NewInt(10)
	pow  = func() (p [3*MaxDigits + 2]*big.Int) {
		p[0] = big.NewInt(1)
		for i := 1; i < len(p); i++ {
			p[i] = new(big.Int).Mul(p[i-1], ten)
		}
		return
	}()
)

// small are the numbers that rules count with, made once.
var small = func() (all [256]*big.Int) {
	for i := range all {
		all[i] = big.NewInt(int64(i))
	}
	return
}()

// NewDecimal returns n.
func NewDecimal(n int64) Decimal {
	if n >= 0 && n < int64(len(small)) {
		return Decimal{coef: small[n]}
	}
	return Decimal{coef: big.NewInt(n)}
}

// Scaled returns n divided by ten to the power of places: Scaled(1234, 2) is
// 12.34. It panics for places outside 0..MaxDigits, which are never data.
func Scaled(n int64, places int) Decimal {
	d, err := shortest(big.NewInt(n), places)
	if err != nil {
		panic("money: Scaled called with more places than a number may have")
	}
	return d
}

// MustDecimal is ParseDecimal for constants in code; it panics.
func MustDecimal(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic("money: not a decimal: " + s)
	}
	return d
}

// ParseDecimal reads an optional minus sign, digits, and optionally a point
// with digits after it. Nothing else: no plus, exponent, space or separator.
func ParseDecimal(s string) (Decimal, error) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) > MaxDigits+1 {
		return Decimal{}, ErrTooLarge
	}
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || (point && frac == "") || !onlyDigits(whole) || !onlyDigits(frac) {
		return Decimal{}, ErrNotANumber
	}
	n, ok := new(big.Int).SetString(whole+frac, 10)
	if !ok {
		return Decimal{}, ErrNotANumber
	}
	if len(digits) < len(s) {
		n.Neg(n)
	}
	return shortest(n, len(frac))
}

func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// shortest takes ownership of n, drops zeros at the end and checks the size.
func shortest(n *big.Int, scale int) (Decimal, error) {
	if n.Sign() == 0 {
		return Decimal{}, nil
	}
	if scale > 0 {
		var q, r big.Int
		for scale > 0 && n.Bit(0) == 0 { // a multiple of ten is even
			if q.QuoRem(n, ten, &r); r.Sign() != 0 {
				break
			}
			n.Set(&q)
			scale--
		}
	}
	if scale > MaxDigits || n.CmpAbs(pow[MaxDigits]) >= 0 {
		return Decimal{}, ErrTooLarge
	}
	return Decimal{n, scale}, nil
}

func (d Decimal) int() *big.Int {
	if d.coef == nil {
		return zero
	}
	return d.coef
}

// align returns both coefficients at the larger of the two scales.
func align(a, b Decimal) (x, y *big.Int, scale int) {
	x, y = a.int(), b.int()
	switch {
	case a.scale < b.scale:
		return new(big.Int).Mul(x, pow[b.scale-a.scale]), y, b.scale
	case b.scale < a.scale:
		return x, new(big.Int).Mul(y, pow[a.scale-b.scale]), a.scale
	}
	return x, y, a.scale
}

// Add returns d + o exactly, or ErrTooLarge.
func (d Decimal) Add(o Decimal) (Decimal, error) {
	x, y, scale := align(d, o)
	return shortest(new(big.Int).Add(x, y), scale)
}

// Sub returns d - o exactly, or ErrTooLarge.
func (d Decimal) Sub(o Decimal) (Decimal, error) { return d.Add(o.Neg()) }

// Mul returns d × o exactly, or ErrTooLarge.
func (d Decimal) Mul(o Decimal) (Decimal, error) {
	return shortest(new(big.Int).Mul(d.int(), o.int()), d.scale+o.scale)
}

// Quo returns d ÷ o with at most places digits after the point. It returns
// ErrZero for o = 0.
func (d Decimal) Quo(o Decimal, places int, r Rounding) (Decimal, error) {
	if o.Sign() == 0 {
		return Decimal{}, ErrZero
	}
	if places < 0 || places > MaxDigits {
		return Decimal{}, ErrTooLarge
	}
	return quo(d, o, places, r)
}

// quo divides in units of 10^-places; places may be negative.
func quo(d, o Decimal, places int, r Rounding) (Decimal, error) {
	after, before := max(places, 0), max(-places, 0)
	n := new(big.Int).Mul(d.int(), pow[after+o.scale])
	m := new(big.Int).Mul(o.int(), pow[before+d.scale])
	q := divide(n, m, r)
	return shortest(q.Mul(q, pow[before]), after)
}

// QuoDigits returns d ÷ o to the given number of significant digits, a half
// going to the even neighbour; exact when the quotient is no longer than that.
// digits must be within 1..100.
func (d Decimal) QuoDigits(o Decimal, digits int) (Decimal, error) {
	if o.Sign() == 0 {
		return Decimal{}, ErrZero
	}
	if digits < 1 || digits > 100 {
		return Decimal{}, ErrTooLarge
	}
	if d.Sign() == 0 {
		return Decimal{}, nil
	}
	// d/o lies strictly between 10^(e-1) and 10^(e+1); which half decides how
	// many digits stand before the point (a negative count: zeros after it).
	e := (length(d.int()) - d.scale) - (length(o.int()) - o.scale)
	x, y := d.int(), o.int()
	if shift := e + d.scale - o.scale; shift >= 0 {
		y = new(big.Int).Mul(y, pow[shift])
	} else {
		x = new(big.Int).Mul(x, pow[-shift])
	}
	if x.CmpAbs(y) >= 0 {
		e++
	}
	return quo(d, o, min(digits-e, MaxDigits), HalfEven)
}

// length counts the decimal digits of n.
func length(n *big.Int) int { return len(new(big.Int).Abs(n).String()) }

// divide returns n ÷ m rounded to a whole number. m is not 0.
func divide(n, m *big.Int, r Rounding) *big.Int {
	q, rem := new(big.Int).QuoRem(n, m, new(big.Int))
	if rem.Sign() == 0 {
		return q
	}
	away := false
	switch r {
	case Up:
		away = true
	case HalfUp, HalfEven:
		half := new(big.Int).Lsh(rem, 1).CmpAbs(m)
		away = half > 0 || (half == 0 && (r == HalfUp || q.Bit(0) == 1))
	}
	if away {
		q.Add(q, big.NewInt(int64(n.Sign()*m.Sign())))
	}
	return q
}

// Rem returns what is left of d after taking o from it a whole number of times;
// it has the sign of d. It returns ErrZero for o = 0.
func (d Decimal) Rem(o Decimal) (Decimal, error) {
	if o.Sign() == 0 {
		return Decimal{}, ErrZero
	}
	x, y, scale := align(d, o)
	return shortest(new(big.Int).Rem(x, y), scale)
}

// Round returns d with at most places digits after the point; places may be
// negative (-2 rounds to hundreds), down to -MaxDigits.
func (d Decimal) Round(places int, r Rounding) (Decimal, error) {
	if places >= d.scale {
		return d, nil
	}
	if places < -MaxDigits {
		return Decimal{}, ErrTooLarge
	}
	q := divide(d.int(), pow[d.scale-places], r)
	if places < 0 {
		return shortest(q.Mul(q, pow[-places]), 0)
	}
	return shortest(q, places)
}

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	if d.coef == nil {
		return d
	}
	return Decimal{new(big.Int).Neg(d.coef), d.scale}
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Sign returns -1, 0 or 1.
func (d Decimal) Sign() int { return d.int().Sign() }

// Cmp returns -1, 0 or 1 as d is less than, equal to or more than o.
func (d Decimal) Cmp(o Decimal) int {
	x, y, _ := align(d, o)
	return x.Cmp(y)
}

// Equal reports whether d and o are the same number.
func (d Decimal) Equal(o Decimal) bool { return d.scale == o.scale && d.int().Cmp(o.int()) == 0 }

// IsWhole reports whether d has nothing after the point.
func (d Decimal) IsWhole() bool { return d.scale == 0 }

// Int64 returns d when it is whole and fits.
func (d Decimal) Int64() (int64, bool) {
	if d.scale != 0 || !d.int().IsInt64() {
		return 0, false
	}
	return d.int().Int64(), true
}

// String writes d in its shortest form: "-12.5", "0", "1000".
func (d Decimal) String() string { return d.Fixed(0) }

// Fixed writes d with at least places digits after the point: never fewer than
// the number has, so nothing is lost.
func (d Decimal) Fixed(places int) string {
	s := new(big.Int).Abs(d.int()).String()
	frac := ""
	if d.scale > 0 {
		if len(s) <= d.scale {
			s = strings.Repeat("0", d.scale-len(s)+1) + s
		}
		s, frac = s[:len(s)-d.scale], s[len(s)-d.scale:]
	}
	if n := min(places, MaxDigits) - len(frac); n > 0 {
		frac += strings.Repeat("0", n)
	}
	if frac != "" {
		s += "." + frac
	}
	if d.Sign() < 0 {
		s = "-" + s
	}
	return s
}

// MarshalText writes d as String does. In JSON it is a string, which no reader
// turns into a binary float.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDecimal reads.
func (d *Decimal) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDecimal(string(b))
	return err
}

// UnmarshalJSON reads a string or a number without exponent, exactly.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	s := string(b)
	if strings.HasPrefix(s, `"`) {
		var err error
		if s, err = strconv.Unquote(s); err != nil {
			return ErrNotANumber
		}
	}
	return d.UnmarshalText([]byte(s))
}
