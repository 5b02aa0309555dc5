package bankfile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

// Statement is what a bank says happened on one account over some days.
type Statement struct {
	ID               string // the bank's own; of a page, with "/" and its number; of CSV, made of its lines
	Account          string // IBAN, or the bank's own number
	Currency         string
	From, Until      calendar.Date // first and last day; of the lines where the file does not say
	Opening, Closing *money.Amount // nil: not said
	Lines            []Line
	Pending          int // entries left out because they are not booked yet
}

// Line is one booked movement.
type Line struct {
	ID         string // the same however often the movement is sent; see identify
	Ref        string // the bank's reference; "" where it gives none
	At         int    // line of the file
	Booked     calendar.Date
	Value      calendar.Date
	Amount     money.Amount // positive: money came in
	Name, IBAN string       // of the other side
	References []string     // structured creditor references, as they came, without spaces
	EndToEnd   string       // "": none
	Text       string       // what the payer wrote
	Code       string       // the bank's code of the kind of movement, like PMNT/RCDT/ESCT
	Returned   string       // reason code, when this brings back an earlier payment
	Reversal   bool         // takes back an earlier line
	BatchOf    int          // payments that the bank booked as one, when more than one; see Split
	Split      bool         // this line is one payment out of a batch
}

// What is wrong with a file. All name its line, but those about the whole.
var (
	msgTooLarge    = i18n.Msg("The file is too large: it may have up to {size} MB and {lines} lines of a statement")
	msgEncoding    = i18n.Msg("Line {line}: the file is not in the encoding it should be in: export it again, as UTF-8")
	msgCharset     = i18n.Msg("The file is in the encoding {name}, which we cannot read: export it again, as UTF-8")
	msgCutOff      = i18n.Msg("The file ends in the middle, at line {line}: fetch it from the bank again")
	msgAmount      = i18n.Msg("Line {line}: {amount} is not an amount of money")
	msgExact       = i18n.Msg("Line {line}: {amount} has more decimals than {currency} has")
	msgHuge        = i18n.Msg("Line {line}: {amount} is larger than we can keep books of")
	msgCurrency    = i18n.Msg("Line {line}: {currency} is not a currency we know")
	msgOther       = i18n.Msg("Line {line}: this is in {currency}, the account in {account}")
	msgDate        = i18n.Msg("Line {line}: {date} is not a date")
	msgSum         = i18n.Msg("Statement {id}: the opening balance and the lines make {sum}, the bank's closing balance is {closing}. Something is missing: fetch the file again")
	msgNoStatement = i18n.Msg("The file holds no statement")
)

// Bounds of a file. A bank that books 100,000 lines a day sends less.
const (
	maxBytes = 128 << 20
	maxLines = 200_000
)

func errTooLarge() error {
	return fault.NewTooLarge(msgTooLarge, "size", maxBytes>>20, "lines", maxLines)
}

// amount reads an unsigned decimal number of the file.
func amount(at int, text, currency string) (money.Amount, error) {
	if _, err := money.MinorDigits(currency); err != nil {
		return money.Amount{}, fault.NewInvalid(msgCurrency, "line", at, "currency", tidy(currency, 20))
	}
	d, err := money.ParseDecimal(text)
	if err != nil || d.Sign() < 0 {
		return money.Amount{}, fault.NewInvalid(msgAmount, "line", at, "amount", tidy(text, 40))
	}
	a, err := money.FromDecimal(d, currency)
	switch {
	case errors.Is(err, money.ErrInexact):
		return money.Amount{}, fault.NewInvalid(msgExact, "line", at, "amount", tidy(text, 40), "currency", currency)
	case err != nil:
		return money.Amount{}, fault.NewInvalid(msgHuge, "line", at, "amount", tidy(text, 40))
	}
	return a, nil
}

// finish gives the lines their identifiers, fills in the days, and holds the balances against the lines.
func (s *Statement) finish() error {
	identify(s.Lines)
	for _, l := range s.Lines {
		if s.From.IsZero() || l.Booked.Before(s.From) {
			s.From = l.Booked
		}
		if l.Booked.After(s.Until) {
			s.Until = l.Booked
		}
	}
	if s.Opening == nil || s.Closing == nil {
		return nil
	}
	sum, err := *s.Opening, error(nil)
	for _, l := range s.Lines {
		if sum, err = sum.Add(l.Amount); err != nil {
			return fault.NewInvalid(msgHuge, "line", l.At, "amount", sum)
		}
	}
	if sum != *s.Closing {
		return fault.NewInvalid(msgSum, "id", s.ID, "sum", sum, "closing", *s.Closing)
	}
	return nil
}

// lineTag begins what an identifier is made of. Another way to make them would let lines in twice: the golden files hold it.
const lineTag = "stoa bank line 1"

// identify gives every line an identifier that it gets again in another file: a hash of the bank's reference, day and
// amount, since banks use a reference again for the charge or the reversal; without a reference, of all that is said.
// Lines of which all that is the same are counted, so that two equal payments of one day are two. The count begins anew
// in each statement: statements that overlap must both have the whole day, as a bank's do.
func identify(lines []Line) {
	seen := make(map[[sha256.Size]byte]uint64, len(lines))
	var b []byte
	for i := range lines {
		l := &lines[i]
		b = field(b[:0], lineTag)
		b = field(b, l.Booked.String())
		b = field(b, l.Amount.Currency)
		b = binary.BigEndian.AppendUint64(b, uint64(l.Amount.Minor))
		if b = field(b, l.Ref); l.Ref == "" {
			for _, s := range append([]string{l.Value.String(), l.Name, l.IBAN, l.EndToEnd, l.Text, l.Code}, l.References...) {
				b = field(b, s)
			}
		}
		key := sha256.Sum256(b)
		if n := seen[key]; n > 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64(b, n))
			l.ID = hex.EncodeToString(sum[:16])
		} else {
			l.ID = hex.EncodeToString(key[:16])
		}
		seen[key]++
	}
}

func field(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
}

// account is an account number as a statement gives it: an IBAN in its electronic form, or what the bank calls it.
func account(s string) string {
	if i, err := ParseIBAN(s); err == nil {
		return string(i)
	}
	return tidy(s, 50)
}

// given is an identification, unless it is one of the words that stand for none.
func given(s string) string {
	switch s = tidy(s, 50); s {
	case "NOTPROVIDED", "NONREF", "NOREF", "NOT PROVIDED":
		return ""
	}
	return s
}
