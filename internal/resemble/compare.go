package resemble

import (
	"slices"
	"strings"
)

// Kind is what a field holds, which says how two of it are compared.
type Kind string

// The kinds.
const (
	Name     Kind = "name"     // of a person or a business
	Date     Kind = "date"     // 2026-04-01
	Address  Kind = "address"  // a house in a street
	Postcode Kind = "postcode" //
	Code     Kind = "code"     // a number of a document, a phone
	Text     Kind = "text"     // anything else
)

// Level is what comparing two values found. The empty level says nothing: a value is missing.
type Level string

// The levels.
const (
	Same     Level = "same"
	Order    Level = "order"    // the same words in another order
	Spelling Level = "spelling" // written differently
	Part     Level = "part"     // one has a word more, or only the first letter of one
	Family   Level = "family"   // the first name is the same, the last is not
	Given    Level = "given"    // the last name is the same, the first is not: often a relative
	Swapped  Level = "swapped"  // day and month the other way round
	Digit    Level = "digit"    // one digit is another, or two are swapped
	Street   Level = "street"   // the same street, another house
	Other    Level = "other"
)

// Field is a field that is compared.
type Field struct {
	ID   string
	Kind Kind
}

// Record is a record made ready to be compared often.
type Record struct{ values []value }

type value struct {
	words   []word
	numbers []string
	text    string
	runes   []rune // of a code
}

func (v *value) missing() bool { return v.text == "" && len(v.words) == 0 }

// Ready prepares a record's fields.
func Ready(fields []Field, values map[string]string) *Record {
	r := &Record{make([]value, len(fields))}
	for i, f := range fields {
		text := strings.TrimSpace(values[f.ID])
		if text == "" {
			continue
		}
		v := &r.values[i]
		switch f.Kind {
		case Name:
			v.words = ready(name(text))
		case Address:
			numbers, parts := address(text)
			slices.Sort(numbers)
			v.numbers, v.words, v.text = numbers, ready(parts), strings.Join(numbers, " ")+" "+strings.Join(parts, " ")
		case Postcode, Code:
			v.text = code(text)
			v.runes = []rune(v.text)
		case Date:
			v.text = digits(text)
		default:
			v.text = strings.Join(split(text), " ")
		}
	}
	return r
}

// Compare says what is found field by field.
func Compare(fields []Field, a, b *Record) []Level {
	levels := make([]Level, len(fields))
	for i, f := range fields {
		levels[i] = compareValues(f.Kind, &a.values[i], &b.values[i])
	}
	return levels
}

func compareValues(k Kind, x, y *value) Level {
	if x.missing() || y.missing() {
		return ""
	}
	switch k {
	case Name:
		return compareNames(x.words, y.words)
	case Date:
		return compareDates(x.text, y.text)
	case Address:
		return compareAddresses(x, y)
	case Postcode, Code:
		return compareCodes(x, y)
	}
	return compareTexts(x.text, y.text)
}

// mostWords is how many words of a name are looked at.
const mostWords = 16

func compareNames(a, b []word) Level {
	a, b = a[:min(len(a), mostWords)], b[:min(len(b), mostWords)]
	if slices.EqualFunc(a, b, func(x, y word) bool { return x.text == y.text }) {
		return Same
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	var taken, done uint32 // which words of b and of a have found each other
	pair := func(fits func(x, y *word) bool) (n int) {
		for i := range a {
			for j := range b {
				if done&(1<<i) == 0 && taken&(1<<j) == 0 && fits(&a[i], &b[j]) {
					done, taken = done|1<<i, taken|1<<j
					n++
				}
			}
		}
		return n
	}
	exact := pair(func(x, y *word) bool { return x.text == y.text })
	matched := exact + pair(sameWord)
	initials := pair(initial)
	matched += initials
	switch {
	case matched == len(a) && len(a) == len(b) && initials == 0:
		if exact == matched {
			return Order
		}
		return Spelling
	case matched == len(a) && (len(a) > 1 || len(b) == 1):
		return Part
	case matched == 0:
		return Other
	case sameWord(&a[0], &b[0]):
		return Family
	case sameWord(&a[len(a)-1], &b[len(b)-1]):
		return Given
	case matched*2 >= len(a) && matched > 1:
		return Part
	}
	return Other
}

func compareDates(a, b string) Level {
	if a == b {
		return Same
	}
	if len(a) != 10 || len(b) != 10 {
		return Other
	}
	if a[:4] == b[:4] && a[5:7] == b[8:] && a[8:] == b[5:7] {
		return Swapped
	}
	x, y := a[:4]+a[5:7]+a[8:], b[:4]+b[5:7]+b[8:]
	off, first := 0, -1
	for i := range x {
		if x[i] != y[i] {
			if off++; first < 0 {
				first = i
			}
		}
	}
	switch {
	case off == 1 && first > 1: // another century is no slip
		return Digit
	case off == 2 && first+1 < len(x) && x[first] == y[first+1] && x[first+1] == y[first]:
		return Digit
	}
	return Other
}

func compareAddresses(a, b *value) Level {
	if a.text == b.text {
		return Same
	}
	alike, least := together(a.words, b.words), min(len(a.words), len(b.words))
	switch {
	case alike*2 > least && slices.Equal(a.numbers, b.numbers):
		return Spelling
	case least > 0 && alike == max(len(a.words), len(b.words)):
		return Street
	}
	return Other
}

// together is how many words of two addresses go together, each with one of the other.
func together(a, b []word) (n int) {
	var taken uint64
	for i := range a {
		for j := range b[:min(len(b), 64)] {
			x, y := &a[i], &b[j]
			if taken&(1<<j) == 0 && (len(x.text) > 2 && strings.HasPrefix(y.text, x.text) || len(y.text) > 2 && strings.HasPrefix(x.text, y.text) || sameWord(x, y)) {
				taken |= 1 << j
				n++
				break
			}
		}
	}
	return n
}

func compareCodes(a, b *value) Level {
	switch {
	case a.text == b.text:
		return Same
	case len(a.runes) > 4 && oneEdit(a.runes, b.runes):
		return Digit
	}
	return Other
}

func compareTexts(a, b string) Level {
	switch {
	case a == b:
		return Same
	case jaroWinkler([]rune(a), []rune(b)) >= 0.92:
		return Spelling
	}
	return Other
}
