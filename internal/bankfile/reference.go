package bankfile

import (
	"fmt"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// ErrReference is what is no creditor reference: another form, or wrong check digits.
var ErrReference = fault.NewInvalid(i18n.Msg("This is not a creditor reference (ISO 11649), like RF18 5390 0754 7034"))

// Reference is a creditor reference in its electronic form: "RF", two check digits, and 1 to 21 letters and digits. A
// payer copies it into a transfer; a slip of one character or a swap of two neighbours never gives another valid one.
type Reference string

const maxOwn = 21 // characters of a reference after its check digits

// NewReference makes the reference of what we call the thing, such as the digits of a bill's number. Spaces go, letters
// become capitals; anything else, none at all, or more than 21 characters, is ErrReference.
func NewReference(own string) (Reference, error) {
	own = compact(own)
	if own == "" || len(own) > maxOwn || !alphanumeric(own) {
		return "", ErrReference
	}
	return Reference(fmt.Sprintf("RF%02d%s", 98-mod97(own+"RF00"), own)), nil
}

// ParseReference reads a reference as people write it: in groups, in small letters.
func ParseReference(s string) (Reference, error) {
	if r := Reference(compact(s)); r.Valid() {
		return r, nil
	}
	return "", ErrReference
}

// Valid reports whether r is a reference in its electronic form.
func (r Reference) Valid() bool {
	s := string(r)
	return len(s) >= 5 && len(s) <= 4+maxOwn && strings.HasPrefix(s, "RF") && checked(s)
}

// Own is what the reference was made of.
func (r Reference) Own() string {
	if len(r) < 4 {
		return ""
	}
	return string(r[4:])
}

// Printed is the form for paper: groups of four.
func (r Reference) Printed() string { return inFours(string(r)) }

// FindReferences gives the valid references in a free text, as electronic forms in the order of the text: they may be
// in groups and in small letters, and must begin and end where a word does. Where a reference is followed by what could
// belong to it, every length that checks out is given; which of them is one of ours is for the reader to look up.
func FindReferences(text string) []string {
	var found []string
	words := words(text)
	for i, w := range words {
		if !strings.HasPrefix(w, "RF") {
			continue
		}
		joined(words[i:], func(s string) {
			if Reference(s).Valid() && !slices.Contains(found, s) {
				found = append(found, s)
			}
		})
	}
	return found
}

const longestJoined = 4 + maxOwn

// joined calls f with the first word, the first two as one, and so on, as long as a reference may be.
func joined(words []string, f func(string)) {
	whole := ""
	for _, w := range words {
		if whole += w; len(whole) > longestJoined {
			return
		}
		f(whole)
	}
}

// words are the runs of letters and digits (of ASCII, which references and numbers are made of), in capitals.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z') })
}

// compact takes out spaces and makes capitals of letters.
func compact(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }

func inFours(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return true
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// checked tests check digits that stand in places 3 and 4. 00, 01 and 99 would pass the arithmetic for 97, 98 and 02,
// but no reference or account number is given them (ISO 13616-1, ISO 7064).
func checked(s string) bool {
	return alphanumeric(s) && digits(s[2:4]) && s[2:4] >= "02" && s[2:4] <= "98" && mod97(s[4:]+s[:4]) == 1
}

// mod97 is the remainder by 97 of the number that s is when A stands for 10, B for 11, … Z for 35 (ISO 7064).
func mod97(s string) (rest int) {
	for i := range len(s) {
		if c := s[i]; c <= '9' {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest
}
