// Package resemble judges how much speaks for two records being about the same: it compares names, days, addresses and
// codes field by field, weighs what it finds as Fellegi and Sunter do (1969), and says why. It finds the pairs worth
// comparing, and learns the weights from the records themselves.
//
// It stops at numbers and reasons: where records come from, who may see them and what is done about a pair is for others.
package resemble

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// titles say nothing about who somebody is.
var titles = words("mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend sheikh shaikh sheikha haj hajj hajji eng engineer jr sr junior senior phd md esq السيد السيدة الدكتور الدكتورة الشيخ الشيخة الحاج الحاجة المهندس المهندسة د")

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[fold(w)] = true
	}
	return m
}

// fold writes a text in lower case, without marks, in one form of each letter.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ', r == '’', r == '\'', r == '`', r == 'ʼ', r == 'ʿ', r == 'ʾ':
		case r == 'ß':
			b.WriteString("ss")
		case r == 'æ':
			b.WriteString("ae")
		case r == 'ø':
			b.WriteString("o")
		case r == 'ł':
			b.WriteString("l")
		case r == 'đ' || r == 'ð':
			b.WriteString("d")
		case r == 'ı':
			b.WriteString("i")
		case r == 'ى':
			b.WriteRune('ي')
		case r == 'ة':
			b.WriteRune('ه')
		case r == 'ٱ':
			b.WriteRune('ا')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func split(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// joined are words of names that belong to the word after them, and article is one that says nothing by itself.
var (
	joined  = words("abd abdul abdel abdal عبد")
	article = words("al el ال")
)

// name gives the words of a name without titles, with words that belong together joined.
func name(text string) (list []string) {
	all := split(strings.NewReplacer("-", " ").Replace(text))
	for i := 0; i < len(all); i++ {
		w := all[i]
		switch {
		case titles[w] && len(all) > 1:
			continue
		case article[w] && i+1 < len(all):
			continue
		case joined[w] && i+1 < len(all):
			if i++; article[all[i]] && i+1 < len(all) {
				i++
			}
			w = "abd" + strings.TrimPrefix(all[i], "ال")
			if isArabic(all[i]) {
				w = "عبد" + strings.TrimPrefix(all[i], "ال")
			}
		case strings.HasPrefix(w, "عبدال"):
			w = "عبد" + strings.TrimPrefix(w, "عبدال")
		case strings.HasPrefix(w, "ال") && len([]rune(w)) > 4:
			w = strings.TrimPrefix(w, "ال")
		}
		list = append(list, w)
	}
	return list
}

func isArabic(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

// twoLetters are pairs of Latin letters that stand for one sound.
var twoLetters = strings.NewReplacer("kh", "x", "gh", "g", "sh", "c", "ch", "c", "th", "t", "dh", "d", "ph", "f", "ck", "k", "ou", "u", "oo", "u", "ee", "i", "ei", "i", "ai", "i", "ay", "i", "ey", "i")

// arabicSound is the sound of an Arabic letter, "" for those that Latin writing leaves out or writes as vowels.
var arabicSound = map[rune]string{'ب': "b", 'پ': "b", 'ت': "t", 'ث': "t", 'ج': "j", 'چ': "c", 'ح': "h", 'خ': "x", 'د': "d", 'ذ': "d", 'ر': "r", 'ز': "z", 'س': "s", 'ش': "c",
	'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'غ': "g", 'ف': "f", 'ق': "k", 'ك': "k", 'گ': "g", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h"}

// latinSound brings letters together that writings of one name exchange.
var latinSound = map[rune]string{'q': "k", 'c': "k", 'v': "f", 'p': "b", 'y': "", 'w': "", 'a': "", 'e': "", 'i': "", 'o': "", 'u': ""}

// sound is a word by its consonants, the same for common writings of a name in Latin and Arabic letters: Youssef, Yusuf,
// يوسف. The same sound is a hint and never a proof.
func sound(w string) string {
	var b strings.Builder
	last := rune(0)
	arabic := isArabic(w)
	text := w
	if !arabic {
		text = twoLetters.Replace(w)
	}
	runes := []rune(text)
	for i, r := range runes {
		if r == last && !arabic {
			continue
		}
		last = r
		if !arabic && r == 'h' && i == len(runes)-1 && i > 0 && runes[i-1] == 'a' { // Fatimah, Fatima
			continue
		}
		if arabic && r == 'ه' && i == len(runes)-1 && i > 0 {
			continue
		}
		if arabic {
			b.WriteString(arabicSound[r])
			continue
		}
		if r == 'c' && strings.ContainsRune(w, 'c') && !strings.Contains(w, "ch") && !strings.Contains(w, "sh") {
			r = 'k'
		} else if r == 'c' {
			b.WriteByte('c')
			continue
		}
		if s, there := latinSound[r]; there {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// word is a word made ready to be compared often.
type word struct {
	text   string
	runes  []rune
	sound  string
	arabic bool
}

func ready(list []string) []word {
	all := make([]word, len(list))
	for i, w := range list {
		all[i] = word{w, []rune(w), sound(w), isArabic(w)}
	}
	return all
}

// jaroWinkler is how alike two words are, 0 to 1 (Winkler 1990): letters in common not far apart, a common beginning
// counting more.
func jaroWinkler(x, y []rune) float64 {
	if len(x) == 0 || len(y) == 0 || len(x) > 64 || len(y) > 64 {
		return 0
	}
	window := max(len(x), len(y))/2 - 1
	var takenX, takenY uint64
	matches := 0
	for i := range x {
		for j := max(0, i-window); j < min(len(y), i+window+1); j++ {
			if takenY&(1<<j) == 0 && x[i] == y[j] {
				takenX, takenY = takenX|1<<i, takenY|1<<j
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	swaps, j := 0, 0
	for i := range x {
		if takenX&(1<<i) == 0 {
			continue
		}
		for takenY&(1<<j) == 0 {
			j++
		}
		if x[i] != y[j] {
			swaps++
		}
		j++
	}
	m := float64(matches)
	jaro := (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swaps/2))/m) / 3
	common := 0
	for common < min(4, len(x), len(y)) && x[common] == y[common] {
		common++
	}
	return jaro + float64(common)*0.1*(1-jaro)
}

// oneEdit reports whether one letter put in, left out, changed, or two neighbours swapped make one text the other.
func oneEdit(x, y []rune) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) != len(y) {
		return slices.Equal(x[i:], y[i+1:])
	}
	if i == len(x) {
		return true
	}
	if slices.Equal(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}

// sameWord reports whether two words of a name are the same but for writing. A slip in a short word makes another word of
// it; in a longer one it is a slip.
func sameWord(a, b *word) bool {
	if a.text == b.text {
		return true
	}
	if len(a.runes) == 1 || len(b.runes) == 1 {
		return false
	}
	if a.arabic != b.arabic {
		return a.sound != "" && a.sound == b.sound
	}
	if len(a.sound) >= 2 && a.sound == b.sound && jaroWinkler(a.runes, b.runes) >= 0.8 {
		return true
	}
	if oneEdit(a.runes, b.runes) {
		return min(len(a.runes), len(b.runes)) >= 6 || jaroWinkler(a.runes, b.runes) >= 0.9
	}
	if apart := len(a.runes) - len(b.runes); apart > 2 || apart < -2 || a.runes[0] != b.runes[0] {
		return false
	}
	return jaroWinkler(a.runes, b.runes) >= 0.94
}

// initial reports whether one word is the first letter of the other.
func initial(a, b *word) bool {
	if len(a.runes) > len(b.runes) {
		a, b = b, a
	}
	return len(a.runes) == 1 && strings.HasPrefix(b.text, a.text)
}

// street abbreviations, so that writings of one address are equal.
var streetWords = map[string]string{"street": "st", "str": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr", "close": "cl", "court": "ct", "square": "sq", "place": "pl", "terrace": "ter",
	"gardens": "gdns", "flat": "", "apartment": "", "apt": "", "unit": "", "no": "", "number": "", "شارع": "", "ش": ""}

// address gives the numbers and the words of an address.
func address(text string) (numbers, parts []string) {
	for _, w := range split(text) {
		if short, there := streetWords[w]; there {
			if w = short; w == "" {
				continue
			}
		}
		if strings.ContainsFunc(w, unicode.IsDigit) {
			numbers = append(numbers, digits(w))
		} else {
			parts = append(parts, w)
		}
	}
	return numbers, parts
}

// digits writes Arabic digits as Latin ones.
func digits(w string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		}
		return r
	}, w)
}

// code writes a number of a document or a postcode without what people put between its parts.
func code(text string) string {
	return strings.Join(split(digits(text)), "")
}
