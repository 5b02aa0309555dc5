package i18n

import (
	"maps"
	"slices"
)

// Text is what a jurisdiction wrote, by language tag ("en", "ar").
type Text map[string]string

// In returns the text in a language, or in the first of the fallback languages
// that has it, then [Source], then any: a reader is better served by a text in
// another language than by none.
func (t Text) In(tag string, fallback ...string) string {
	s, _ := t.Pick(tag, fallback...)
	return s
}

// Pick is In, and says which language was found, because a page must mark
// words that are not in its own language (WCAG 3.1.2). Both are empty when
// there is no text at all.
func (t Text) Pick(tag string, fallback ...string) (text, found string) {
	has := func(l string) bool { return t[l] != "" }
	wanted := slices.Concat([]string{tag}, fallback, []string{Source}, slices.Sorted(maps.Keys(t)))
	for _, w := range wanted {
		if l, ok := lookup(w, has); ok {
			return t[l], l
		}
	}
	return "", ""
}
