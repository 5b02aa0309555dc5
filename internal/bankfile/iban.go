package bankfile

import (
	"regexp"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Errors of account and bank numbers.
var (
	ErrIBAN = fault.NewInvalid(i18n.Msg("This is not an account number (IBAN): check it against a bank card or a statement"))
	ErrBIC  = fault.NewInvalid(i18n.Msg("This is not a bank's code (BIC): it has 8 or 11 letters and digits"))
)

// IBAN is an international account number in its electronic form.
type IBAN string

// ParseIBAN reads an account number as people write it. It holds the length and the check digits to the registry; whether
// the bank has such an account only the bank knows.
func ParseIBAN(s string) (IBAN, error) {
	if i := IBAN(compact(s)); i.Valid() {
		return i, nil
	}
	return "", ErrIBAN
}

// Valid reports whether i is an account number in its electronic form.
func (i IBAN) Valid() bool {
	return len(i) > 4 && len(i) == ibanLength[i.Country()] && checked(string(i))
}

// Country is the ISO 3166 code of the country in which the account is kept.
func (i IBAN) Country() string {
	if len(i) < 2 {
		return ""
	}
	return string(i[:2])
}

// Printed is the form for paper: groups of four.
func (i IBAN) Printed() string { return inFours(string(i)) }

// ibanLength is from the IBAN registry (ISO 13616, kept by SWIFT), release 100 of 2025.
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
	"FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
	"IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
	"SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
	"UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

var bicForm = regexp.MustCompile(`^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// ParseBIC reads a bank's code (ISO 9362:2014) and gives it in capitals. It looks at its form only.
func ParseBIC(s string) (string, error) {
	if s = compact(s); bicForm.MatchString(s) {
		return s, nil
	}
	return "", ErrBIC
}
