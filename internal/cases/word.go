package cases

import "unicode"

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) || r == 'ـ' } // U+0640 only stretches Arabic words

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
