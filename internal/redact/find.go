package redact

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Found is a passage that somebody may want to take out.
type Found struct {
	Unit, From, To int
	Text           string
	What           string // email, phone, postcode, insurance, term
}

// What is looked for without being asked. They find too much rather than too little: a person decides.
const (
	FoundEmail     = "email"
	FoundPhone     = "phone"
	FoundPostcode  = "postcode"
	FoundInsurance = "insurance" // a national insurance number
	FoundTerm      = "term"      // a name or word that was given
)

var patterns = []struct {
	what string
	is   *regexp.Regexp
}{
	{FoundEmail, regexp.MustCompile(`(?i)[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)},
	{FoundInsurance, regexp.MustCompile(`(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b`)},
	// At least nine digits, as people group them.
	{FoundPhone, regexp.MustCompile(`(?:\+|\b00|\b0|\(0)\(?\d(?:[ ().\-/]{0,3}\d){8,13}\b`)},
	{FoundPostcode, regexp.MustCompile(`(?i)\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b`)},
}

// Find looks for what is mostly personal, and for terms. It gives passages in the order in which they stand; none
// overlaps another.
func Find(c *Content, terms []string) []Found {
	var folded [][]rune
	for _, t := range terms {
		if f := fold([]rune(strings.TrimSpace(t))); len(f) > 0 {
			folded = append(folded, f)
		}
	}
	// The longest first: "Ann Smith" before "Ann".
	slices.SortStableFunc(folded, func(a, b []rune) int { return len(b) - len(a) })
	var all []Found
	for i, u := range c.Units {
		all = append(all, findIn(i, u.Text, folded)...)
	}
	return all
}

func findIn(unit int, text string, terms [][]rune) []Found {
	var all []Found
	add := func(from, to int, what string) {
		for _, f := range all {
			if from < f.To && f.From < to {
				return
			}
		}
		all = append(all, Found{unit, from, to, string([]rune(text)[from:to]), what})
	}
	letters := []rune(text)
	plain := fold(letters)
	for _, t := range terms {
		for i := 0; i+len(t) <= len(plain); i++ {
			if slices.Equal(plain[i:i+len(t)], t) && alone(plain, i, i+len(t)) {
				add(i, i+len(t), FoundTerm)
				i += len(t) - 1
			}
		}
	}
	for _, p := range patterns {
		for _, at := range p.is.FindAllStringIndex(text, -1) {
			from := utf8.RuneCountInString(text[:at[0]])
			add(from, from+utf8.RuneCountInString(text[at[0]:at[1]]), p.what)
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return a.From - b.From })
	return all
}

// alone reports whether a term is not a part of a longer word. Arabic sets short words before a word without a space.
func alone(text []rune, from, to int) bool {
	before := from == 0 || !isWord(text[from-1]) || unicode.Is(unicode.Arabic, text[from])
	return before && (to == len(text) || !isWord(text[to]))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// fold makes letters comparable one by one, so that places stay: small letters, marks and spaces of all kinds alike.
func fold(text []rune) []rune {
	out := make([]rune, len(text))
	for i, r := range text {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case strings.ContainsRune("’‘ʼ`´", r):
			r = '\''
		case strings.ContainsRune("‐‑–—−", r):
			r = '-'
		case strings.ContainsRune("أإآٱ", r):
			r = 'ا'
		case r == 'ى':
			r = 'ي'
		case r == 'ة':
			r = 'ه'
		default:
			r = unicode.ToLower(r)
			if plain, ok := latin[r]; ok {
				r = plain
			}
		}
		out[i] = r
	}
	return out
}

// latin are letters with marks and what people write for them.
var latin = func() map[rune]rune {
	all := map[rune]rune{}
	for plain, marked := range map[rune]string{'a': "àáâãäåāăą", 'c': "çćč", 'd': "ďđ", 'e': "èéêëēėęě", 'g': "ğ", 'i': "ìíîïīıį", 'l': "łľ",
		'n': "ñńň", 'o': "òóôõöøōő", 'r': "řŕ", 's': "śšşș", 't': "ťțţ", 'u': "ùúûüūůűų", 'y': "ýÿ", 'z': "źżž"} {
		for _, r := range marked {
			all[r] = plain
		}
	}
	return all
}()

// Left are texts that were taken out at one place and still stand at another: mostly a slip. It looks at what is
// released, so that it also sees what was composed of several units.
func Left(c *Content, marks []Mark) []Found {
	var terms []string
	for _, text := range Removed(c, marks) {
		if utf8.RuneCountInString(text) > 2 {
			terms = append(terms, text)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	var left []Found
	for _, f := range Find(c, terms) {
		if f.What != FoundTerm && !slices.Contains(terms, f.Text) {
			continue
		}
		if !covered(f, marks) {
			left = append(left, f)
		}
	}
	return left
}

func covered(f Found, marks []Mark) bool {
	for i := f.From; i < f.To; i++ {
		if !slices.ContainsFunc(marks, func(m Mark) bool { return m.Unit == f.Unit && m.From <= i && i < m.To }) {
			return false
		}
	}
	return true
}
