package assist

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what is read, so that no text costs more than its share.
const (
	maxWord     = 40      // letters of a word; the rest of a longer one is dropped
	maxText     = 1 << 16 // bytes of one passage that are indexed
	maxQuestion = 2000    // bytes of a question, and of a turn of its history
)

// word is a token as written, folded but not stemmed.
type word struct {
	text       string
	start, end int  // bytes in the original text
	sentence   int  // ordinal of the sentence it stands in
	figure     bool // has a digit
}

// words cuts a text into folded words. Letters of scripts that are written without spaces become pairs.
func words(text string) []word {
	out := make([]word, 0, len(text)/6+1)
	var b strings.Builder
	sentence, start, figure := 0, -1, false
	unspaced := false
	flush := func(end int) {
		if start < 0 {
			return
		}
		if w := fold(b.String()); w != "" {
			if unspaced {
				out = pairs(out, w, start, end, sentence)
			} else {
				out = append(out, word{text: w, start: start, end: end, sentence: sentence, figure: figure})
			}
		}
		b.Reset()
		start, figure, unspaced = -1, false, false
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch {
		case isWordRune(r) && r != utf8.RuneError:
			if u := isUnspaced(r); start >= 0 && u != unspaced {
				flush(i)
				unspaced = u
			} else if start < 0 {
				unspaced = u
			}
			if start < 0 {
				start = i
			}
			figure = figure || unicode.IsDigit(r)
			b.WriteRune(r)
		case joins(text, i, next, start):
			// "U.S." and "don't" and "10,000" are one word.
		default:
			flush(i)
			if endsSentence(text, r, next) {
				sentence++
			}
		}
		i = next
	}
	flush(len(text))
	return out
}

// joins says whether the character at i is swallowed inside a word.
func joins(text string, i, next, start int) bool {
	if start < 0 {
		return false
	}
	c := text[i]
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[next:])
	switch {
	case c == '\'' || strings.HasPrefix(text[i:], "’"):
		return unicode.IsLetter(before) && unicode.IsLetter(after)
	case c == '.':
		return i-start == 1 && unicode.IsLetter(before) && unicode.IsLetter(after) || // U.S
			i-start > 1 && i >= 2 && text[i-2] == '.' && unicode.IsLetter(before) // U.S.
	case c == ',':
		return unicode.IsDigit(before) && unicode.IsDigit(after) && threeDigits(text[next:])
	}
	return false
}

func threeDigits(s string) bool {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n == 3
}

// endsSentence is told the character after a word; a stop ends a sentence only before a space or the end.
func endsSentence(text string, r rune, next int) bool {
	switch r {
	case '\n', '?', '!', '؟', '。', '！', '？', '।', '۔':
		return true
	case '.', ':', ';', '؛':
		after, _ := utf8.DecodeRuneInString(text[next:])
		return next >= len(text) || unicode.IsSpace(after)
	}
	return false
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == 'ـ'
}

func isUnspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Khmer, unicode.Lao, unicode.Myanmar)
}

// pairs adds each pair of neighbouring letters as a word.
func pairs(out []word, w string, start, end, sentence int) []word {
	letters := []rune(w)
	if len(letters) == 1 {
		return append(out, word{text: w, start: start, end: end, sentence: sentence})
	}
	for i := range len(letters) - 1 {
		out = append(out, word{text: string(letters[i : i+2]), start: start, end: end, sentence: sentence})
	}
	return out
}

// fold gives a word without case, accents, vowel points and the other marks that people leave out.
func fold(w string) string {
	ascii := true
	for i := range len(w) {
		if w[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		if len(w) > maxWord {
			w = w[:maxWord]
		}
		return strings.ToLower(w)
	}
	var b strings.Builder
	n := 0
	for _, r := range norm.NFKD.String(w) {
		if r == 'ـ' || unicode.Is(unicode.Mn, r) {
			continue
		}
		if n++; n > maxWord {
			break
		}
		b.WriteRune(foldLetter(unicode.ToLower(r)))
	}
	return b.String()
}

// foldLetter gives one form to letters that writers exchange freely.
func foldLetter(r rune) rune {
	switch r {
	case 'آ', 'أ', 'إ', 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ئ':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	case 'ؤ':
		return 'و'
	case 'ß':
		return 's'
	case 'ø':
		return 'o'
	case 'ł':
		return 'l'
	case 'ı':
		return 'i'
	}
	if r >= '٠' && r <= '٩' {
		return '0' + r - '٠'
	}
	if r >= '۰' && r <= '۹' {
		return '0' + r - '۰'
	}
	return r
}

// clip cuts a text at a letter's edge.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
