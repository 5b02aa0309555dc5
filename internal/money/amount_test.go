package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/money"
)

func TestAmountsNeverWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64}))
		x, y := n.Draw(t, "x"), n.Draw(t, "y")
		a, b := money.Amount{Minor: x, Currency: "GBP"}, money.Amount{Minor: y, Currency: "GBP"}
		check := func(name string, got money.Amount, err error, want *big.Int) {
			t.Helper()
			if !want.IsInt64() {
				if !errors.Is(err, money.ErrOverflow) {
					t.Fatalf("%s of %d and %d wrapped: %v, %v", name, x, y, got, err)
				}
				return
			}
			if err != nil || got.Minor != want.Int64() {
				t.Fatalf("%s of %d and %d = %v, %v", name, x, y, got, err)
			}
		}
		bx, by := big.NewInt(x), big.NewInt(y)
		sum, err := a.Add(b)
		check("sum", sum, err, new(big.Int).Add(bx, by))
		diff, err := a.Sub(b)
		check("difference", diff, err, new(big.Int).Sub(bx, by))
		product, err := a.Times(y)
		check("product", product, err, new(big.Int).Mul(bx, by))
		neg, err := a.Neg()
		check("negation", neg, err, new(big.Int).Neg(bx))
	})
}

func TestAllocateLosesNothingAndIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount{Minor: rapid.Int64().Draw(t, "minor"), Currency: "EUR"}
		ratios := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64), 1, 8).Draw(t, "ratios")
		parts, err := a.Allocate(ratios...)
		total := new(big.Int)
		for _, r := range ratios {
			total.Add(total, big.NewInt(r))
		}
		if total.Sign() == 0 || !total.IsUint64() {
			if !errors.Is(err, money.ErrRatios) {
				t.Fatal(err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sum := new(big.Int)
		for i, p := range parts {
			sum.Add(sum, big.NewInt(p.Minor))
			exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a.Minor), big.NewInt(ratios[i])), total)
			off := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(p.Minor))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d of %v by %v is %v", i, a, ratios, p)
			}
		}
		if sum.Cmp(big.NewInt(a.Minor)) != 0 {
			t.Fatalf("%v by %v sums to %v", a, ratios, sum)
		}
	})
}

func TestAllocateGivesTheRestToTheLargestRemainder(t *testing.T) {
	parts, err := money.Amount{Minor: 10000, Currency: "GBP"}.Allocate(1, 1, 1)
	if err != nil || parts[0].Minor != 3334 || parts[1].Minor != 3333 || parts[2].Minor != 3333 {
		t.Error(parts, err)
	}
	parts, err = money.Amount{Minor: -5, Currency: "GBP"}.Allocate(3, 0, 7)
	if err != nil || parts[0].Minor != -2 || parts[1].Minor != 0 || parts[2].Minor != -3 {
		t.Error(parts, err)
	}
}

func TestFromDecimalIsExactOrRefuses(t *testing.T) {
	for _, c := range []struct {
		in, currency string
		minor        int64
		err          error
	}{
		{"12.34", "GBP", 1234, nil}, {"12.345", "GBP", 0, money.ErrInexact}, {"12.345", "KWD", 12345, nil},
		{"100", "JPY", 100, nil}, {"100.5", "JPY", 0, money.ErrInexact}, {"1", "XQX", 0, money.ErrCurrency},
		{"92233720368547758.08", "GBP", 0, money.ErrOverflow}, {"-92233720368547758.08", "GBP", math.MinInt64, nil},
	} {
		a, err := money.FromDecimal(money.MustDecimal(c.in), c.currency)
		if !errors.Is(err, c.err) || a.Minor != c.minor {
			t.Errorf("%s %s gave %v, %v", c.in, c.currency, a, err)
		}
		if err == nil {
			if d, err := a.Decimal(); err != nil || !d.Equal(money.MustDecimal(c.in)) {
				t.Errorf("%v came back as %v, %v", a, d, err)
			}
		}
	}
}

func TestMulRounds(t *testing.T) {
	a := money.Amount{Minor: 1050, Currency: "GBP"}
	if got, err := a.Mul(money.MustDecimal("0.25"), money.HalfUp); err != nil || got.Minor != 263 {
		t.Error(got, err) // 262.5
	}
	if got, err := a.Mul(money.MustDecimal("0.25"), money.HalfEven); err != nil || got.Minor != 262 {
		t.Error(got, err)
	}
	if s := a.String(); s != "10.50 GBP" {
		t.Error(s)
	}
	if _, err := a.Add(money.Amount{Minor: 1, Currency: "EUR"}); !errors.Is(err, money.ErrCurrency) {
		t.Error(err)
	}
}
