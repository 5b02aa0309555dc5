package assist

import "strings"

// english stems one word by Porter's second algorithm (snowballstem.org/algorithms/english).
type english struct {
	w      []byte
	r1, r2 int
}

var englishWhole = map[string]string{
	"skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl", "gently": "gentl",
	"ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl", "sky": "sky", "news": "news", "howe": "howe",
	"atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
}

// englishAfterPlural are left alone once the plural is gone.
var englishAfterPlural = set("inning outing canning herring earring proceed exceed succeed")

func stemEnglish(word string) string {
	if len(word) <= 2 {
		return word
	}
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return word // figures, names of forms, other scripts
		}
	}
	if s, ok := englishWhole[word]; ok {
		return s
	}
	e := english{w: []byte(word)}
	for i, c := range e.w {
		if c == 'y' && (i == 0 || isVowel(e.w[i-1])) {
			e.w[i] = 'Y'
		}
	}
	e.regions()
	e.step1a()
	if englishAfterPlural[string(e.w)] {
		return string(e.w)
	}
	e.step1b()
	e.step1c()
	e.step2()
	e.step3()
	e.step4()
	e.step5()
	return strings.ToLower(string(e.w))
}

func isVowel(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'
}

func (e *english) regions() {
	after := func(from int) int {
		for i := from + 1; i < len(e.w); i++ {
			if !isVowel(e.w[i]) && isVowel(e.w[i-1]) {
				return i + 1
			}
		}
		return len(e.w)
	}
	e.r1 = -1
	for _, p := range []string{"gener", "commun", "arsen"} {
		if strings.HasPrefix(string(e.w), p) {
			e.r1 = len(p)
		}
	}
	if e.r1 < 0 {
		e.r1 = after(0)
	}
	e.r2 = after(e.r1)
}

func (e *english) ends(s string) bool { return strings.HasSuffix(string(e.w), s) }
func (e *english) cut(n int)          { e.w = e.w[:len(e.w)-n] }

func (e *english) swap(old, with string) {
	e.cut(len(old))
	e.w = append(e.w, with...)
}

func hasVowel(b []byte) bool {
	for _, c := range b {
		if isVowel(c) {
			return true
		}
	}
	return false
}

// shortEnd says whether b ends in a short syllable.
func shortEnd(b []byte) bool {
	n := len(b)
	if n == 2 {
		return isVowel(b[0]) && !isVowel(b[1])
	}
	return n > 2 && !isVowel(b[n-3]) && isVowel(b[n-2]) && !isVowel(b[n-1]) && b[n-1] != 'w' && b[n-1] != 'x' && b[n-1] != 'Y'
}

func (e *english) step1a() {
	switch {
	case e.ends("sses"):
		e.cut(2)
	case e.ends("ied"), e.ends("ies"):
		if len(e.w) > 4 {
			e.cut(2)
		} else {
			e.cut(1)
		}
	case e.ends("us"), e.ends("ss"):
	case e.ends("s"):
		if hasVowel(e.w[:len(e.w)-2]) {
			e.cut(1)
		}
	}
}

func (e *english) step1b() {
	for _, s := range []string{"eedly", "eed"} {
		if e.ends(s) {
			if len(e.w)-len(s) >= e.r1 {
				e.swap(s, "ee")
			}
			return
		}
	}
	for _, s := range []string{"ingly", "edly", "ing", "ed"} {
		if !e.ends(s) {
			continue
		}
		if !hasVowel(e.w[:len(e.w)-len(s)]) {
			return
		}
		e.cut(len(s))
		n := len(e.w)
		switch {
		case e.ends("at"), e.ends("bl"), e.ends("iz"):
			e.w = append(e.w, 'e')
		case n > 1 && e.w[n-1] == e.w[n-2] && strings.IndexByte("bdfgmnprt", e.w[n-1]) >= 0:
			e.cut(1)
		case e.r1 >= n && shortEnd(e.w):
			e.w = append(e.w, 'e')
		}
		return
	}
}

func (e *english) step1c() {
	n := len(e.w)
	if n > 2 && (e.w[n-1] == 'y' || e.w[n-1] == 'Y') && !isVowel(e.w[n-2]) {
		e.w[n-1] = 'i'
	}
}

type ending struct{ old, with string }

// Longest first, where one ends another.
var englishStep2 = []ending{
	{"ational", "ate"}, {"ization", "ize"}, {"fulness", "ful"}, {"ousness", "ous"}, {"iveness", "ive"},
	{"tional", "tion"}, {"biliti", "ble"}, {"lessli", "less"}, {"entli", "ent"}, {"ation", "ate"}, {"alism", "al"},
	{"aliti", "al"}, {"ousli", "ous"}, {"iviti", "ive"}, {"fulli", "ful"}, {"enci", "ence"}, {"anci", "ance"},
	{"abli", "able"}, {"izer", "ize"}, {"ator", "ate"}, {"alli", "al"}, {"bli", "ble"}, {"ogi", "og"}, {"li", ""},
}

func (e *english) step2() {
	for _, s := range englishStep2 {
		if !e.ends(s.old) {
			continue
		}
		at := len(e.w) - len(s.old)
		if at < e.r1 {
			return
		}
		switch {
		case s.old == "ogi" && (at == 0 || e.w[at-1] != 'l'):
		case s.old == "li" && (at == 0 || strings.IndexByte("cdeghkmnrt", e.w[at-1]) < 0):
		default:
			e.swap(s.old, s.with)
		}
		return
	}
}

var englishStep3 = []ending{
	{"ational", "ate"}, {"tional", "tion"}, {"alize", "al"}, {"icate", "ic"}, {"iciti", "ic"}, {"ative", ""},
	{"ical", "ic"}, {"ness", ""}, {"ful", ""},
}

func (e *english) step3() {
	for _, s := range englishStep3 {
		if !e.ends(s.old) {
			continue
		}
		at := len(e.w) - len(s.old)
		if at >= e.r1 && (s.old != "ative" || at >= e.r2) {
			e.swap(s.old, s.with)
		}
		return
	}
}

var englishStep4 = []string{"ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous",
	"ive", "ize", "ion", "al", "er", "ic"}

func (e *english) step4() {
	for _, s := range englishStep4 {
		if !e.ends(s) {
			continue
		}
		at := len(e.w) - len(s)
		if at >= e.r2 && (s != "ion" || at > 0 && (e.w[at-1] == 's' || e.w[at-1] == 't')) {
			e.cut(len(s))
		}
		return
	}
}

func (e *english) step5() {
	n := len(e.w)
	switch {
	case n == 0:
	case e.w[n-1] == 'e':
		if n-1 >= e.r2 || n-1 >= e.r1 && !shortEnd(e.w[:n-1]) {
			e.cut(1)
		}
	case e.w[n-1] == 'l':
		if n-1 >= e.r2 && n > 1 && e.w[n-2] == 'l' {
			e.cut(1)
		}
	}
}
