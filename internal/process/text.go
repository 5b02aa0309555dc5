package process

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// readText returns a text as it is kept: Unicode normal form C. It refuses characters that show
// nothing and can make a text look like another: controls, and marks that override the direction of
// what follows. Marks that only separate directions, and joiners that scripts need, stay.
func readText(s string, lines bool) (string, bool) {
	if printable(s) {
		return s, true
	}
	s = norm.NFC.String(s)
	for _, r := range s {
		switch {
		case lines && (r == '\n' || r == '\t'):
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return "", false
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069': // embeddings, overrides, isolates
			return "", false
		case unicode.Is(unicode.Co, r), r >= 0xE0000 && r <= 0xE007F, r&0xFFFE == 0xFFFE: // private, tags, no characters
			return "", false
		}
	}
	return s, true
}

// printable reports whether a text is letters, digits, marks and spaces of ASCII alone, as most are: then it is as it is kept.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// oneLine puts what was pasted over several lines on one, with single spaces.
func oneLine(s string) string {
	if printable(s) && !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// plainDigits writes the digits of every script as 0 to 9: Arabic-Indic ones above all.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.Is(unicode.Nd, r) {
			return r
		}
		for _, t := range unicode.Nd.R16 {
			if rune(t.Lo) <= r && r <= rune(t.Hi) {
				return '0' + (r-rune(t.Lo))%10 // every range is whole tens
			}
		}
		for _, t := range unicode.Nd.R32 {
			if rune(t.Lo) <= r && r <= rune(t.Hi) {
				return '0' + (r-rune(t.Lo))%10
			}
		}
		return r
	}, s)
}

// without drops characters that people put in for the eye: spaces of any width, direction marks, and
// those of also.
func without(s, also string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(also, r) {
			return -1
		}
		return r
	}, s)
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
