package service

// In is the text in a language, or in the nearest that there is: the first of the fallbacks that has
// it, else any.
func (t Text) In(language string, fallback ...string) string {
	if s, ok := t.By[language]; ok {
		return s
	}
	for _, l := range fallback {
		if s, ok := t.By[l]; ok {
			return s
		}
	}
	least, text := "", ""
	for l, s := range t.By {
		if least == "" || l < least {
			least, text = l, s
		}
	}
	return text
}
