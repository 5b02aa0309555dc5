package stripe

import (
	"fmt"
	"strings"

	"stoa/internal/money"
	"stoa/internal/pay"
)

// Stripe states amounts in minor units by a list of its own, which is not ISO 4217's everywhere
// (https://docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies", "Special cases"):
//
//   - the currencies below have no decimals there; the ariary (MGA) has two in ISO 4217;
//   - ISK and UGX have none and are written with two, which must be 00; 5 of them are 500
//     (https://support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds). That UGX
//     is also on the zero-decimal list misleads many (https://github.com/woocommerce/woocommerce-gateway-stripe/pull/2723);
//   - three-decimal currencies must end in 0;
//   - HUF and TWD are charged with two decimals as in ISO 4217; what is special there are payouts only.
var (
	noDecimals    = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
	writtenWith2  = "ISK UGX"
	threeDecimals = "BHD JOD KWD OMR TND"
)

// digits gives Stripe's and our decimals of a currency.
func digits(code string) (theirs, ours int, err error) {
	ours, err = money.MinorDigits(code)
	switch {
	case err != nil || len(code) != 3:
		return 0, 0, fmt.Errorf("unknown currency %.3q", code)
	case strings.Contains(noDecimals, code):
		return 0, ours, nil
	case strings.Contains(writtenWith2, code):
		return 2, ours, nil
	case strings.Contains(threeDecimals, code):
		return 3, ours, nil
	case ours != 2:
		return 0, 0, fmt.Errorf("currency %s is not on the list", code)
	}
	return 2, ours, nil
}

// toStripe writes an amount as Stripe wants it.
func toStripe(a money.Amount) (minor int64, currency string, err error) {
	theirs, ours, err := digits(a.Currency)
	if err != nil {
		return 0, "", fmt.Errorf("%w: %w", pay.ErrRefused, err)
	}
	minor, err = rescale(a.Minor, ours, theirs)
	if err == nil && theirs == 3 && minor%10 != 0 {
		err = fmt.Errorf("%s must end in 0 in its third decimal", a)
	}
	if err != nil || minor <= 0 {
		return 0, "", fmt.Errorf("%w: cannot charge %s: %w", pay.ErrRefused, a, err)
	}
	return minor, strings.ToLower(a.Currency), nil
}

// fromStripe reads an amount as Stripe writes it.
func fromStripe(minor int64, currency string) (money.Amount, error) {
	code := strings.ToUpper(currency)
	theirs, ours, err := digits(code)
	if err == nil {
		minor, err = rescale(minor, theirs, ours)
	}
	if err != nil {
		return money.Amount{}, err
	}
	return money.Amount{Minor: minor, Currency: code}, nil
}

// rescale never rounds: part of a minor unit is an error.
func rescale(n int64, from, to int) (int64, error) {
	for ; from < to; from++ {
		if n > 1<<58 || n < -(1<<58) {
			return 0, money.ErrOverflow
		}
		n *= 10
	}
	for ; from > to; from-- {
		if n%10 != 0 {
			return 0, money.ErrInexact
		}
		n /= 10
	}
	return n, nil
}
