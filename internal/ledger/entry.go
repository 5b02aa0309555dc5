package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
	"unicode/utf8"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// Source is what an entry comes from: {"invoice", "01j…"}.
type Source struct{ Kind, ID string }

// Line moves an account.
type Line struct {
	Account string // code
	Amount  money.Amount
}

// Entry is what happened, in the terms of the books.
type Entry struct {
	Organisation string
	Key          string        // the same for every attempt at the same entry
	Value        calendar.Date // the day on which it counts
	Text         string        // one line for the statement
	Source       Source
	Lines        []Line // in the order in which they are shown
}

// Booked is an entry as it stands in the books.
type Booked struct {
	ID         string
	At         time.Time // when it was posted
	Reverses   string    // id of the entry that this one takes back
	ReversedBy string    // id of the entry that takes this one back
	Entry
}

const (
	maxLines = 1000
	maxKey   = 200
	maxText  = 500
	minMinor = -1 << 63 // has no opposite, so it could not be reversed
)

// check finds what is wrong with an entry whatever the accounts say.
func (e *Entry) check() error {
	malformed := func(format string, args ...any) error {
		return &Refusal{Why: ErrMalformed, Detail: fmt.Sprintf(format, args...)}
	}
	switch {
	case e.Organisation == "":
		return malformed("no organisation")
	case e.Key == "" || len(e.Key) > maxKey:
		return malformed("a key has 1 to %d bytes", maxKey)
	case e.Value.IsZero():
		return malformed("no value date")
	case e.Text == "" || len(e.Text) > maxText:
		return malformed("a text has 1 to %d bytes", maxText)
	case e.Source.Kind == "" || e.Source.ID == "":
		return malformed("no source")
	case len(e.Lines) < 2 || len(e.Lines) > maxLines:
		return malformed("%d lines, want 2 to %d", len(e.Lines), maxLines)
	}
	for _, s := range []string{e.Organisation, e.Key, e.Text, e.Source.Kind, e.Source.ID} {
		if !storable(s) {
			return malformed("not plain text")
		}
	}
	for i, l := range e.Lines {
		if l.Amount.Minor == 0 || l.Amount.Minor == minMinor {
			return malformed("line %d has an amount of %d", i+1, l.Amount.Minor)
		}
		if _, err := money.MinorDigits(l.Amount.Currency); err != nil {
			return malformed("line %d has currency %q", i+1, l.Amount.Currency)
		}
	}
	return balanced(e.Lines)
}

// storable tells whether both databases give the text back as it was.
func storable(s string) bool {
	for _, r := range s {
		if r == 0 {
			return false
		}
	}
	return utf8.ValidString(s)
}

// balanced compares debits and credits, each of which must fit 64 bits, in every currency.
func balanced(lines []Line) error {
	type sums struct{ debit, credit money.Amount }
	total := map[string]sums{}
	for _, l := range lines {
		c := l.Amount.Currency
		t, there := total[c]
		if !there {
			t = sums{money.Amount{Currency: c}, money.Amount{Currency: c}}
		}
		side := &t.debit
		if l.Amount.Minor < 0 {
			side = &t.credit
		}
		var err error
		if *side, err = side.Add(l.Amount); err != nil {
			return &Refusal{Why: ErrTooLarge, Currency: c, Detail: "the sum of one side"}
		}
		total[c] = t
	}
	for c, t := range total {
		if sum, err := t.debit.Add(t.credit); err != nil || !sum.IsZero() {
			return &Refusal{Why: ErrUnbalanced, Currency: c, Detail: fmt.Sprintf("%s against %s", t.debit, t.credit)}
		}
	}
	return nil
}

// The first field of canonical bytes. What follows it never changes; another form gets another tag.
const (
	inputTag = "stoa ledger input 1"
	leafTag  = "stoa ledger entry 1"
)

// input is what makes two attempts the same: every field as length (8 bytes, big endian) and bytes; then the number of
// lines, and of each the account's code, the currency and the amount (8 bytes, big endian, two's complement).
func (e *Entry) input(reverses string) []byte {
	b := make([]byte, 0, 256+64*len(e.Lines))
	for _, s := range []string{inputTag, e.Organisation, e.Key, e.Value.String(), e.Text, e.Source.Kind, e.Source.ID, reverses} {
		b = appendField(b, s)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(len(e.Lines)))
	for _, l := range e.Lines {
		b = appendField(b, l.Account)
		b = appendField(b, l.Amount.Currency)
		b = binary.BigEndian.AppendUint64(b, uint64(l.Amount.Minor))
	}
	return b
}

func (e *Entry) inputHash(reverses string) [sha256.Size]byte { return sha256.Sum256(e.input(reverses)) }

// Leaf is the entry as canonical bytes, for a public log: tag, id, instant in microseconds since 1970, and the input. By
// itself it holds everything that was posted, so what is published is a hash of it.
func (b *Booked) Leaf() []byte {
	out := appendField(nil, leafTag)
	out = appendField(out, b.ID)
	out = binary.BigEndian.AppendUint64(out, uint64(b.At.UnixMicro()))
	return append(out, b.input(b.Reverses)...)
}

func appendField(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
	return append(b, s...)
}
