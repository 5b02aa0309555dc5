package bankfile

import (
	"strings"
	"unicode/utf8"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

// Party is somebody with an account.
type Party struct {
	Name string
	IBAN IBAN
	BIC  string // "": the bank finds it by the IBAN
}

// Payment is a transfer: to us, as a payer is asked for it, or from us, as a bank is ordered to make it.
type Payment struct {
	EndToEnd  string // identifies it from end to end, and comes back on the statement; up to 35 characters
	Amount    money.Amount
	Creditor  Party
	Reference Reference // for machines; else
	Text      string    // for people
}

// Errors of QR codes of transfers.
var (
	ErrEPCCurrency = fault.NewInvalid(i18n.Msg("A payment QR code of the European Payments Council is for euros only"))
	ErrEPCAmount   = fault.NewInvalid(i18n.Msg("A payment QR code holds an amount between 0.01 and 999999999.99 euros"))
	ErrEPCText     = fault.NewInvalid(i18n.Msg("The name or the text is too long for a payment QR code"))
)

const (
	mostEuroCents = 99999999999 // SEPA, and EPC069-12
	epcName       = 70          // characters
	epcText       = 140
	epcBytes      = 331
)

// EPC is the text of the QR code with which a payer's bank fills in a transfer to the creditor (EPC069-12, version 002,
// UTF-8): print it with error correction M, at most version 13 of ISO 18004. It is defined for euros only.
func EPC(p Payment) (string, error) {
	switch {
	case p.Amount.Currency != "EUR":
		return "", ErrEPCCurrency
	case p.Amount.Minor < 1 || p.Amount.Minor > mostEuroCents:
		return "", ErrEPCAmount
	case !p.Creditor.IBAN.Valid():
		return "", ErrIBAN
	case p.Reference != "" && !p.Reference.Valid():
		return "", ErrReference
	}
	bic := ""
	if p.Creditor.BIC != "" {
		var err error
		if bic, err = ParseBIC(p.Creditor.BIC); err != nil {
			return "", err
		}
	}
	name, text := tidy(p.Creditor.Name, epcName+1), tidy(p.Text, epcText+1)
	if p.Reference != "" {
		text = "" // one or the other
	}
	if name == "" || utf8.RuneCountInString(name) > epcName || utf8.RuneCountInString(text) > epcText {
		return "", ErrEPCText
	}
	amount, err := plain(p.Amount)
	if err != nil {
		return "", err
	}
	// Service tag, version, character set (UTF-8), identification; BIC, name, IBAN, amount; purpose, reference or text.
	out := strings.TrimRight(strings.Join([]string{
		"BCD", "002", "1", "SCT",
		bic, name, string(p.Creditor.IBAN), "EUR" + amount,
		"", string(p.Reference), text,
	}, "\n"), "\n")
	if len(out) > epcBytes {
		return "", ErrEPCText
	}
	return out, nil
}

// plain writes an amount with a point and all decimals of its currency.
func plain(a money.Amount) (string, error) {
	n, err := money.MinorDigits(a.Currency)
	if err != nil {
		return "", err
	}
	return money.Scaled(a.Minor, n).Fixed(n), nil
}
