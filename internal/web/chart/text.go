package chart

import (
	"strings"
	"unicode"
)

// textWidth is how wide words are at most, in ems. The reader's font is not known; these are the widths of wide ones
// (DejaVu Sans and Verdana), so that what fits here fits anywhere.
func textWidth(words string) float64 {
	var w float64
	for _, r := range words {
		w += runeWidth(r)
	}
	return w
}

func runeWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r == ' ' || r == '\u00a0' || strings.ContainsRune("iljI.,:;'|!()[]’·", r):
		return 0.4
	case strings.ContainsRune("mwMW@%—…", r):
		return 1.02
	case r >= '0' && r <= '9', r >= '٠' && r <= '٩':
		return 0.64
	case unicode.IsLower(r):
		return 0.62
	case r >= 0x1100 && (r < 0xfb00 || r > 0xfeff) && r != '–' && r != '€':
		return 1.1 // East Asian scripts, signs, emoji
	case unicode.IsUpper(r):
		return 0.76
	default:
		return 0.72
	}
}

// shorten cuts words to a width in ems, with an ellipsis. The table has them whole.
func shorten(words string, ems float64) string {
	if textWidth(words) <= ems {
		return words
	}
	ems -= runeWidth('…')
	var w float64
	for i, r := range words {
		w += runeWidth(r)
		if w > ems {
			cut := strings.TrimRightFunc(words[:i], func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
			if cut == "" {
				return ""
			}
			return cut + "…"
		}
	}
	return words
}

// wrap breaks words into at most so many lines of a width in ems, between words where it can.
func wrap(words string, ems float64, lines int) []string {
	fields := strings.Fields(words)
	var out []string
	for len(fields) > 0 && len(out) < lines-1 {
		n, line := 1, fields[0]
		for n < len(fields) && textWidth(line+" "+fields[n]) <= ems {
			line += " " + fields[n]
			n++
		}
		if textWidth(line) > ems {
			break // one word too long for a line: it is cut
		}
		out, fields = append(out, line), fields[n:]
	}
	if len(fields) > 0 {
		if s := shorten(strings.Join(fields, " "), ems); s != "" {
			out = append(out, s)
		}
	}
	return out
}
