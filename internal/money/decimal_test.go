package money_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/money"
)

func rat(d money.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		panic("String is not a number: " + d.String())
	}
	return r
}

func anyDecimal() *rapid.Generator[money.Decimal] {
	return rapid.Custom(func(t *rapid.T) money.Decimal {
		s := rapid.StringMatching(`-?[0-9]{1,25}(\.[0-9]{1,25})?`).Draw(t, "decimal")
		return money.MustDecimal(s)
	})
}

func must[T any](t interface{ Fatal(...any) }) func(T, error) T {
	return func(v T, err error) T {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestParseIsStrictAndPrintsTheShortestForm(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.00": "0", "007": "7", "1.50": "1.5", "-12.340": "-12.34", "100": "100",
		"0.1": "0.1", "-0.001": "-0.001", "1000000000000000000000.5": "1000000000000000000000.5",
	} {
		d, err := money.ParseDecimal(in)
		if err != nil || d.String() != want {
			t.Errorf("%q gave %v, %v; want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", "-", ".", "1.", ".5", "+1", "1e3", " 1", "1 ", "1,5", "--1", "0x1", "١", "1.2.3", "NaN"} {
		if d, err := money.ParseDecimal(in); !errors.Is(err, money.ErrNotANumber) {
			t.Errorf("%q gave %v, %v", in, d, err)
		}
	}
	for _, in := range []string{strings.Repeat("9", 301), strings.Repeat("9", 1e6), "0." + strings.Repeat("1", 301)} {
		if _, err := money.ParseDecimal(in); !errors.Is(err, money.ErrTooLarge) {
			t.Errorf("%d digits gave %v", len(in), err)
		}
	}
}

func TestArithmeticAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDecimal().Draw(t, "a"), anyDecimal().Draw(t, "b")
		ok := must[money.Decimal](t)
		for name, pair := range map[string][2]*big.Rat{
			"add": {rat(ok(a.Add(b))), new(big.Rat).Add(rat(a), rat(b))},
			"sub": {rat(ok(a.Sub(b))), new(big.Rat).Sub(rat(a), rat(b))},
			"mul": {rat(ok(a.Mul(b))), new(big.Rat).Mul(rat(a), rat(b))},
		} {
			if pair[0].Cmp(pair[1]) != 0 {
				t.Fatalf("%s: %v, want %v", name, pair[0], pair[1])
			}
		}
		if a.Cmp(b) != rat(a).Cmp(rat(b)) || a.Equal(b) != (a.String() == b.String()) {
			t.Fatal("Cmp, Equal or String disagree")
		}
		if b.Sign() == 0 {
			if _, err := a.Quo(b, 2, money.Up); !errors.Is(err, money.ErrZero) {
				t.Fatal(err)
			}
			return
		}
		rem := ok(a.Rem(b))
		whole := new(big.Rat).Quo(new(big.Rat).Sub(rat(a), rat(rem)), rat(b))
		if !whole.IsInt() || rat(rem.Abs()).Cmp(rat(b.Abs())) >= 0 || rem.Sign()*a.Sign() < 0 {
			t.Fatalf("%v rem %v = %v", a, b, rem)
		}
	})
}

// The model of rounding: the two neighbours at that scale, and which one the
// definition picks.
func TestRoundingAgreesWithItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDecimal().Draw(t, "a"), anyDecimal().Draw(t, "b")
		places := rapid.IntRange(0, 20).Draw(t, "places")
		if b.Sign() == 0 {
			b = money.NewDecimal(1)
		}
		exact := new(big.Rat).Quo(rat(a), rat(b))
		unit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
		size := new(big.Rat).Abs(exact)
		units := new(big.Rat).Quo(size, unit)
		floor := new(big.Int).Quo(units.Num(), units.Denom())
		low := new(big.Rat).Mul(new(big.Rat).SetInt(floor), unit)
		over := new(big.Rat).Sub(size, low)
		half := over.Cmp(new(big.Rat).Quo(unit, big.NewRat(2, 1)))
		for r, up := range map[money.Rounding]bool{
			money.Down:     false,
			money.Up:       over.Sign() > 0,
			money.HalfUp:   half >= 0 && over.Sign() > 0,
			money.HalfEven: half > 0 || (half == 0 && floor.Bit(0) == 1),
		} {
			want := new(big.Rat).Set(low)
			if up {
				want.Add(want, unit)
			}
			if exact.Sign() < 0 {
				want.Neg(want)
			}
			got := must[money.Decimal](t)(a.Quo(b, places, r))
			if rat(got).Cmp(want) != 0 {
				t.Fatalf("%v / %v to %d (%d) = %v, want %v", a, b, places, r, got, want)
			}
			if b.Equal(money.NewDecimal(1)) {
				if got := must[money.Decimal](t)(a.Round(places, r)); rat(got).Cmp(want) != 0 {
					t.Fatalf("round %v to %d (%d) = %v, want %v", a, places, r, got, want)
				}
			}
		}
	})
}

func TestQuoDigits(t *testing.T) {
	for _, c := range []struct {
		a, b   string
		digits int
		want   string
	}{
		{"1", "3", 5, "0.33333"}, {"2", "3", 5, "0.66667"}, {"10", "3", 5, "3.3333"}, {"1", "8", 34, "0.125"},
		{"200000", "3", 2, "67000"}, {"1000000", "3", 3, "333000"}, {"-2", "3", 1, "-0.7"}, {"99999", "10", 3, "10000"},
		{"0.0001", "3", 3, "0.0000333"}, {"5", "0.001", 2, "5000"}, {"0", "7", 3, "0"}, {"123456", "1", 2, "120000"},
	} {
		got, err := money.MustDecimal(c.a).QuoDigits(money.MustDecimal(c.b), c.digits)
		if err != nil || got.String() != c.want {
			t.Errorf("%s / %s to %d digits = %v, %v; want %s", c.a, c.b, c.digits, got, err, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDecimal().Draw(t, "a"), anyDecimal().Draw(t, "b")
		if b.Sign() == 0 {
			return
		}
		q := must[money.Decimal](t)(a.QuoDigits(b, 34))
		exact := new(big.Rat).Quo(rat(a), rat(b))
		off := new(big.Rat).Sub(rat(q), exact)
		bound := new(big.Rat).Mul(new(big.Rat).Abs(exact), new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(33), nil)))
		if off.Abs(off).Cmp(bound) > 0 {
			t.Fatalf("%v / %v = %v is further off than 34 digits allow", a, b, q)
		}
	})
}

func TestRoundToHundredsAndTooLarge(t *testing.T) {
	if d, err := money.MustDecimal("1250").Round(-2, money.HalfUp); err != nil || d.String() != "1300" {
		t.Error(d, err)
	}
	d := money.MustDecimal("1" + strings.Repeat("0", 200))
	if _, err := d.Mul(d); !errors.Is(err, money.ErrTooLarge) {
		t.Error(err)
	}
	if d, err := money.MustDecimal("7").Round(-300, money.Up); !errors.Is(err, money.ErrTooLarge) {
		t.Error(d, err)
	}
}

func TestTextAndJSONAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDecimal().Draw(t, "d")
		b, err := json.Marshal(d)
		if err != nil || b[0] != '"' {
			t.Fatal(string(b), err)
		}
		var s, n money.Decimal
		if json.Unmarshal(b, &s) != nil || json.Unmarshal([]byte(d.String()), &n) != nil || !s.Equal(d) || !n.Equal(d) {
			t.Fatalf("%v came back as %v and %v", d, s, n)
		}
		if back := money.MustDecimal(d.Fixed(3)); !back.Equal(d) {
			t.Fatalf("Fixed lost something: %v", back)
		}
	})
	var d money.Decimal
	for _, in := range []string{`1e3`, `null`, `"a"`, `[1]`, `true`} {
		if json.Unmarshal([]byte(in), &d) == nil && in != "null" {
			t.Errorf("%s was read", in)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-1.50", "1e9", "٣", "." + strings.Repeat("0", 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := money.ParseDecimal(s)
		if err != nil {
			return
		}
		if back, err := money.ParseDecimal(d.String()); err != nil || !back.Equal(d) {
			t.Fatalf("%q printed as %q, which reads as %v, %v", s, d, back, err)
		}
	})
}
