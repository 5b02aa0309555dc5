package converse

import (
	"unicode"

	"stoa/internal/assist"
)

// detect finds the language of a text among those of the jurisdiction: by its script, then by which of them has its words.
// What says nothing is taken to be in the language of the page.
func (l *Library) detect(text, page string) string {
	letters := map[bool]int{} // right to left or not
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters[rightToLeft(r)]++
		}
	}
	if letters[true]+letters[false] == 0 {
		return l.known(page)
	}
	rtl := letters[true] > letters[false]
	best, most := "", -1.0
	for _, lang := range l.place.File.Languages {
		s := l.shelves[lang]
		if (s.p.Dir() == "rtl") != rtl {
			continue
		}
		score := 0.0
		for _, w := range assist.Words(lang, text) {
			if w.Stop || s.index.Knows(w.Text) {
				score++
			}
		}
		if lang == page {
			score += 0.5
		}
		if score > most {
			best, most = lang, score
		}
	}
	if best == "" {
		return l.known(page)
	}
	return best
}

// known is the language, or the first of the jurisdiction.
func (l *Library) known(lang string) string {
	if _, ok := l.shelves[lang]; ok {
		return lang
	}
	return l.place.File.Languages[0]
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}
