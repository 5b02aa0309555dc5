package process

import (
	"errors"
	"strings"
	"unicode"

	"stoa/internal/fault"
	"stoa/internal/money"
)

// readNumber reads a number as people type it: spaces, thousands separators, Arabic-Indic digits, a
// plus or any minus. A comma separates thousands (or lakhs) only where it stands as one does; "1234,5"
// is refused instead of guessed at.
func readNumber(s string) (money.Decimal, bool) {
	s = without(plainDigits(s), "'’٬_")
	s = numberSigns.Replace(s)
	s = strings.TrimPrefix(s, "+")
	whole, fraction, point := strings.Cut(s, ".")
	sign := ""
	if rest, ok := strings.CutPrefix(whole, "-"); ok {
		sign, whole = "-", rest
	}
	if strings.Contains(whole, ",") {
		if whole = ungroup(whole); whole == "" {
			return money.Decimal{}, false
		}
	}
	if whole == "" && fraction != "" {
		whole = "0"
	}
	if !allDigits(whole) || fraction != "" && !allDigits(fraction) || len(whole)+len(fraction) > 100 {
		return money.Decimal{}, false
	}
	text := sign + whole
	if point && fraction != "" {
		text += "." + fraction
	}
	d, err := money.ParseDecimal(text)
	return d, err == nil
}

// numberSigns are the other ways of writing the point, the comma and the minus.
var numberSigns = strings.NewReplacer("٫", ".", "−", "-", "،", ",", "﹣", "-", "－", "-")

// ungroup removes the commas of 1,234,567 or 12,34,567; "" when they do not stand as separators.
func ungroup(s string) string {
	parts := strings.Split(s, ",")
	for i, p := range parts {
		last := i == len(parts)-1
		switch {
		case !allDigits(p),
			i == 0 && len(p) > 3,
			i > 0 && len(p) > 3,
			i > 0 && len(p) < 2,
			last && len(p) != 3:
			return ""
		}
	}
	return strings.Join(parts, "")
}

// readMoney reads an amount with or without the currency's sign or code. Another currency is refused.
func readMoney(s, currency string) (money.Decimal, bool) {
	s = strings.TrimFunc(plainDigits(s), unicode.IsSpace)
	for _, sign := range append(currencySigns[currency], currency) {
		if rest, ok := cutFold(s, sign); ok {
			s = rest
			break
		}
	}
	return readNumber(s)
}

// currencySigns are the signs and words people put beside an amount; codes are always accepted.
var currencySigns = map[string][]string{
	"GBP": {"£"}, "EUR": {"€"}, "USD": {"US$", "$"}, "CAD": {"C$", "$"}, "AUD": {"A$", "$"},
	"NZD": {"NZ$", "$"}, "JPY": {"¥", "円"}, "CNY": {"¥", "元"}, "INR": {"₹", "Rs."}, "EGP": {"E£", "ج.م.", "ج.م", "جنيه"},
	"JOD": {"د.أ", "دينار"}, "SAR": {"ر.س", "ريال"}, "AED": {"د.إ", "درهم"}, "KES": {"KSh"}, "NGN": {"₦"}, "CHF": {"Fr."},
}

// cutFold removes sign from the beginning or the end of s.
func cutFold(s, sign string) (string, bool) {
	if len(s) >= len(sign) && strings.EqualFold(s[:len(sign)], sign) {
		return s[len(sign):], true
	}
	if sign != "" && strings.HasPrefix(s, "-"+sign) {
		return "-" + s[len(sign)+1:], true
	}
	if len(s) >= len(sign) && strings.EqualFold(s[len(s)-len(sign):], sign) {
		return s[:len(s)-len(sign)], true
	}
	return s, false
}

// ReadNumber reads a number as people type it.
func ReadNumber(text string) (money.Decimal, bool) { return readNumber(text) }

// ReadMoney reads an amount as people type it, in whole minor units of the currency. Its error is one to show.
func ReadMoney(text, currency string) (money.Amount, error) {
	d, ok := readNumber(text)
	if !ok {
		return money.Amount{}, fault.NewInvalid("Enter an amount like 12.50")
	}
	a, err := money.FromDecimal(d, currency)
	if errors.Is(err, money.ErrInexact) {
		return money.Amount{}, fault.Wrap(err, fault.Invalid, "Enter an amount like 12.50")
	}
	return a, err
}
