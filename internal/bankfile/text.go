package bankfile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Most characters kept of what a bank sends: far beyond what the formats allow a name or a purpose.
const (
	maxName = 200
	maxText = 2000
)

// tidy makes one line of a text: no control characters, single spaces, at most most characters.
func tidy(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// plainLetters are letters that no decomposition takes apart. (EPC217-08 converts them the same way.)
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ĸ': "k", 'ŧ': "t",
}

// fold makes names comparable: small letters without marks, compatibility forms and Arabic letters that people write for
// one another as one, everything but letters and digits a space.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == 'ـ' || r == '\'' || r == '’': // O'Neil is ONeil; U+0640 only stretches words
		case plainLetters[r] != "":
			b.WriteString(plainLetters[r])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(oneForAnother(r))
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func oneForAnother(r rune) rune {
	switch r {
	case 'ى', 'ی':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	}
	return r
}

// Latin writes a text with the characters that every bank carries (the Latin set of ISO 20022 payments and SEPA): letters
// without marks, digits, space and / - ? : ( ) . , ' +. What has no letters in it becomes a full stop. An identification
// may neither begin nor end with a slash nor hold two in a row (EPC217-08), so that a text does not either.
func Latin(s string, most int) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case carried(r):
			b.WriteRune(r)
		case plainLetters[unicode.ToLower(r)] != "":
			t := plainLetters[unicode.ToLower(r)]
			if unicode.IsUpper(r) {
				t = strings.ToUpper(t)
			}
			b.WriteString(t)
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteByte(nearest(r))
		}
	}
	out := strings.Join(strings.Fields(b.String()), " ")
	for strings.Contains(out, "//") {
		out = strings.ReplaceAll(out, "//", "/")
	}
	if len(out) > most {
		out = out[:most] // of ASCII
	}
	return strings.Trim(out, " /")
}

func carried(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" /-?:().,'+", r)
}

func nearest(r rune) byte {
	switch r {
	case '&':
		return '+'
	case '_', '–', '—', '‐', '‑':
		return '-'
	case '"', '`', '´', '’', '‘', '“', '”':
		return '\''
	case '[', '{', '<':
		return '('
	case ']', '}', '>':
		return ')'
	case ';':
		return ','
	case '\\', '|':
		return '/'
	}
	return '.'
}
