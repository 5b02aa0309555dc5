package assist

import "slices"

// Word is a word of a text as an index sees it.
type Word struct {
	Text       string // folded: without case, accents and vowel points
	Stem       string
	Start, End int  // bytes
	Stop       bool // carries no subject
	Figure     bool // has a digit
}

// Words cuts a text into words as an index of the language does. Texts of any length and content are safe.
func Words(language, text string) []Word {
	st := stemmerOf(language)
	ws := words(clip(text, maxText))
	out := make([]Word, len(ws))
	for i, w := range ws {
		out[i] = Word{Text: w.text, Stem: st.stem(w.text), Start: w.start, End: w.end, Stop: st.stop[w.text], Figure: w.figure}
	}
	return out
}

// Knows says whether a folded word stands in what is published, in any form.
func (x *Index) Knows(word string) bool {
	_, ok := x.lookup(word)
	return ok
}

// Near gives the published words that a folded word which nobody published may be a mistyping of, the nearest first.
func (x *Index) Near(word string) (list []string) {
	for _, g := range x.spelling.near(word) {
		if !slices.Contains(list, g.word) {
			list = append(list, g.word)
		}
	}
	return list
}

// Sentences cuts a text into its sentences.
func Sentences(text string) []string {
	text = clip(text, maxText)
	var out []string
	for _, s := range sentences(text) {
		if s[0] < s[1] {
			out = append(out, text[s[0]:s[1]])
		}
	}
	return out
}
