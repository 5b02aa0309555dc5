package assist

import "strings"

// stemmer gives the stem of a folded word, and which words carry no subject, in one language.
type stemmer struct {
	stem func(string) string
	stop map[string]bool
	// compounds says that the language writes compounds as one word, so that their parts are indexed too.
	compounds bool
}

// stemmerOf knows English and Arabic; other languages keep their words whole, and rely on typing errors and on the
// commonness of words instead.
func stemmerOf(language string) stemmer {
	tag, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch tag {
	case "", "en":
		return stemmer{stem: stemEnglish, stop: stopEnglish}
	case "ar":
		return stemmer{stem: stemArabic, stop: stopArabic}
	case "de", "nl", "sv", "da", "nb", "nn", "no", "fi", "hu", "et", "is":
		return stemmer{stem: keep, compounds: true}
	}
	return stemmer{stem: keep}
}

func keep(w string) string { return w }

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// Folded, with apostrophes gone: don't is dont.
var stopEnglish = set(`a about above after again against all also am an and any are arent as at be because been before
being below between both but by can cant cannot could couldnt did didnt do does doesnt doing dont down during each few
for from further get got had hadnt has hasnt have havent having he her here hers him his how i id if ill im in into is
isnt it its ive just let lets like may me might more most much must my no nor not now of off ok okay on once only or
other our ours out over own please same shall she should shouldnt so some such than thank thanks that thats the their
theirs them then there theres these they theyre this those through to too under until up us very want was wasnt we were
what whats when where wheres which while who whom whos why will with wont would wouldnt yes you your yours youre hi
hello hey sure well know need tell`)

// light10's list of what carries no subject, folded.
var stopArabic = set(`من في علي الي عن ان هذا هذه ذلك تلك التي الذي الذين هو هي هم نحن انا انت كان كانت يكون تكون ما
ماذا متي اين كيف كم هل لا لم لن قد كل بعض او ثم مع عند لدي لي له لها بعد قبل حتي اذا غير اي نعم شكرا مرحبا اريد احتاج
يمكن يمكنني يجب ينبغي يلزم هناك هنا ايضا فقط لماذا و`)

// stemArabic is Larkey, Ballesteros and Connell's light10: the article and its prefixes, and the common endings.
func stemArabic(w string) string {
	letters := []rune(w)
	if len(letters) == 0 || letters[0] < 0x0600 || letters[0] > 0x06FF {
		return stemEnglish(w)
	}
	if len(letters) > 3 && letters[0] == 'و' {
		letters = letters[1:]
	}
	if len(letters) > 4 && letters[0] == 'ل' && letters[1] != 'ل' && letters[1] != 'ا' {
		letters = letters[1:]
	}
	for _, p := range []string{"وال", "بال", "كال", "فال", "لل", "ال"} {
		prefix := []rune(p)
		if len(letters) >= len(prefix)+2 && string(letters[:len(prefix)]) == p {
			letters = letters[len(prefix):]
			break
		}
	}
	for _, s := range []string{"ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"} {
		suffix := []rune(s)
		if len(letters) >= len(suffix)+2 && string(letters[len(letters)-len(suffix):]) == s {
			letters = letters[:len(letters)-len(suffix)]
			if n := len(letters); s == "ها" && n > leastRoot && letters[n-1] == 'ت' { // قيمتها is of قيمة
				letters = letters[:n-1]
			}
		}
	}
	return string(skeleton(letters))
}

// leastRoot is how many letters a root has at least: what would leave fewer is left alone.
const leastRoot = 3

// skeleton goes on from light10 towards the root, since people ask with verbs what offices publish with nouns of the same
// root: long vowels inside go, and one letter in front that forms verbs and nouns. اقدم and تقديم become قدم.
func skeleton(letters []rune) []rune {
	kept := make([]rune, 0, len(letters))
	vowels := 0
	for _, l := range letters {
		if l == 'ا' || l == 'و' || l == 'ي' {
			vowels++
		}
	}
	for i, l := range letters {
		if i > 0 && (l == 'ا' || l == 'و' || l == 'ي') && len(letters)-vowels >= leastRoot {
			continue
		}
		kept = append(kept, l)
	}
	if len(kept) > leastRoot {
		switch kept[0] {
		case 'ا', 'ت', 'م', 'ي':
			kept = kept[1:]
		}
	}
	return kept
}
