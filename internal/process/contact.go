package process

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// readEmail reads an e-mail address: one that mail servers deliver to, not every one that RFC 5322
// permits. The domain may be in any script and is kept in lower case.
func readEmail(s string) (string, bool) {
	s = norm.NFC.String(withoutMarks(s))
	s = strings.TrimSuffix(strings.TrimPrefix(s, "mailto:"), ".")
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || len(s) > 254 {
		return "", false
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", false
	}
	for _, r := range local {
		if r < 0x80 && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r) && !isASCIIWord(r) ||
			r >= 0x80 && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			return "", false
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || len(ascii) > 253 || !strings.Contains(ascii, ".") {
		return "", false
	}
	for _, label := range strings.Split(ascii, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.ContainsFunc(label, func(r rune) bool { return !isASCIIWord(r) && r != '-' }) {
			return "", false
		}
	}
	if last := ascii[strings.LastIndexByte(ascii, '.')+1:]; allDigits(last) {
		return "", false // an IP address
	}
	shown, err := idna.Lookup.ToUnicode(domain)
	if err != nil {
		return "", false
	}
	return local + "@" + shown, true
}

func isASCIIWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// trunk drops the zero that is dialled within Britain only.
var trunk = strings.NewReplacer("+44 (0)", "+44", "+44(0)", "+44")

var extension = regexp.MustCompile(`(?i)(?:ext\.?|extension|x|#)([0-9]{1,6})$`)

// readPhone reads a telephone number in any usual way of writing it and keeps +, digits, and an
// extension behind an x. Seven to fifteen digits (ITU-T E.164).
func readPhone(s string) (string, bool) {
	s = plainDigits(s)
	s = trunk.Replace(strings.TrimPrefix(s, "tel:"))
	s = without(s, "()-‐‑–./")
	ext := ""
	if m := extension.FindStringSubmatchIndex(s); m != nil {
		s, ext = s[:m[0]], " x"+s[m[2]:m[3]]
	}
	plus := ""
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		plus, s = "+", rest
	} else if rest, ok := strings.CutPrefix(s, "00"); ok {
		plus, s = "+", rest
	}
	if !allDigits(s) || len(s) < 7 || len(s) > 15 {
		return "", false
	}
	return plus + s + ext, true
}

var britishPostcode = regexp.MustCompile(`^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$`)

// readPostcode writes a postcode in capitals with single spaces, and a British one with its space in
// the right place. Other countries' are left as they are: there are too many forms to refuse any.
func readPostcode(s string) string {
	s = strings.ToUpper(oneLine(plainDigits(withoutMarks(s))))
	if m := britishPostcode.FindStringSubmatch(strings.ReplaceAll(s, " ", "")); m != nil {
		return m[1] + " " + m[2]
	}
	return s
}

// checksum reports whether the check characters of an identifier are right. An unknown kind is right:
// the file's check refuses it earlier.
func checksum(kind, s string) bool {
	s = without(s, "-")
	switch kind {
	case "luhn":
		return luhn(s)
	case "mod11":
		return mod11(s)
	case "mod97":
		return mod97(s)
	}
	return true
}

// luhn is ISO/IEC 7812-1 annex B: cards, IMEI.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		c := s[len(s)-1-i]
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(s) > 1 && sum%10 == 0
}

// mod11 weighs the digits n … 1 from the left: ISBN-10, NHS number. A last X is ten.
func mod11(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[i]) - '0'
		if i == len(s)-1 && (s[i] == 'X' || s[i] == 'x') {
			d = 10
		} else if d < 0 || d > 9 {
			return false
		}
		sum += d * (len(s) - i)
	}
	return len(s) > 1 && sum%11 == 0
}

var ibanStart = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}`)

// mod97 is ISO 7064 MOD 97-10: IBAN (whose first four characters are read last) and LEI.
func mod97(s string) bool {
	s = strings.ToUpper(s)
	if ibanStart.MatchString(s) {
		s = s[4:] + s[:4]
	}
	n := 0
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			n = (n*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			n = (n*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return len(s) > 4 && n == 1
}
