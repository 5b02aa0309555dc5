package converse

import (
	"strings"

	"stoa/internal/assist"
)

// What somebody may want.
const (
	wantsFee           = "fee"
	wantsEligible      = "eligible"
	wantsApply         = "apply"
	wantsHow           = "how" // how to apply
	wantsCases         = "cases"
	wantsBills         = "bills"
	wantsPerson        = "person"
	wantsRecord        = "record" // whether something is in a register
	wantsTime          = "time"
	wantsContact       = "contact"
	wantsWho           = "who"
	wantsNeeds         = "needs"
	wantsAppeal        = "appeal"
	wantsAppointment   = "appointment"
	wantsMyAppointment = "my appointment"
	wantsNoAppointment = "no appointment"
	wantsBring         = "bring"
	saysAlone          = "alone"
	greets             = "greets"
	asksFigure         = "figure" // how many, how long, how much
)

// What must not be answered by a machine: the keys of hand_off in jurisdiction.yaml.
const (
	onSelfHarm    = "self_harm"
	onEmergency   = "emergency"
	onViolence    = "violence"
	onOthersData  = "others_data"
	onLegalAdvice = "legal_advice"
	onAbuse       = "abuse"
)

// graver is the order in which they are looked for.
var graver = []string{onSelfHarm, onEmergency, onViolence, onOthersData, onLegalAdvice}

// lexicon is what a language says for what people want of any office. It knows no service.
type lexicon struct {
	lang    string
	phrases map[string][]phrase
	yes, no map[string]bool
	and     map[string]bool
	months  map[string]int
	today   map[string]int // days from today
}

// phrase is a run of stems; "…" stands for up to four words.
type phrase []string

// gap is what may stand between two words of a phrase.
const (
	asWritten = "=" // stands before a word that counts only as it is written
	gap       = "…"
	mostGap   = 4
)

// saying is what a language is made of, as its file writes it: phrases separated by commas.
type saying struct {
	phrases              map[string]string
	yes, no, and, months string
	today                map[string]int
}

var sayings = map[string]saying{"en": english, "ar": arabic}

// lexiconOf is empty for a language that nobody has written down: what is published in it is found all the same.
func lexiconOf(lang string) lexicon {
	x := lexicon{lang: lang, phrases: map[string][]phrase{}, months: map[string]int{}, today: map[string]int{}}
	s := sayings[lang]
	for key, list := range s.phrases {
		x.add(key, strings.Split(list, ","))
	}
	x.yes, x.no, x.and = x.set(s.yes), x.set(s.no), x.set(s.and)
	for i, names := range strings.Split(s.months, ",") {
		for _, name := range strings.Fields(names) {
			for _, w := range assist.Words(lang, name) {
				x.months[w.Text] = i + 1
			}
		}
	}
	for word, days := range s.today {
		for _, w := range assist.Words(lang, word) {
			x.today[w.Text] = days
		}
	}
	return x
}

// exact are the keys whose words count only as they are written: of one root there are many words, and these are grave.
var exact = map[string]bool{onSelfHarm: true, onEmergency: true, onViolence: true, onOthersData: true, onLegalAdvice: true, onAbuse: true,
	wantsCases: true, wantsBills: true, wantsMyAppointment: true, wantsNoAppointment: true, wantsPerson: true, wantsRecord: true}

// add teaches further phrases for a key.
func (x *lexicon) add(key string, list []string) {
	for _, text := range list {
		var p phrase
		for i, part := range strings.Split(text, gap) {
			if i > 0 {
				p = append(p, gap)
			}
			for _, w := range assist.Words(x.lang, part) {
				if exact[key] {
					p = append(p, asWritten+w.Text)
				} else {
					p = append(p, w.Stem)
				}
			}
		}
		if len(p) > 0 {
			x.phrases[key] = append(x.phrases[key], p)
		}
	}
}

func (x *lexicon) set(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range assist.Words(x.lang, list) {
		all[w.Text] = true
	}
	return all
}

// says reports whether a phrase of the key is in the words, and marks the words that it is made of.
func (x *lexicon) says(key string, ws []assist.Word, used []bool) bool {
	found := false
	for _, p := range x.phrases[key] {
		for at := range ws {
			if places := p.at(ws, at); places != nil {
				found = true
				for _, i := range places {
					if used != nil {
						used[i] = true
					}
				}
			}
		}
	}
	return found
}

// at gives the places of the phrase's words if it begins at a place; nil if it does not.
func (p phrase) at(ws []assist.Word, at int) []int {
	var places []int
	for i := 0; i < len(p); i++ {
		if p[i] != gap {
			if at >= len(ws) || ws[at].Stem != p[i] && asWritten+ws[at].Text != p[i] {
				return nil
			}
			places = append(places, at)
			at++
			continue
		}
		for skipped := 0; skipped <= mostGap && at+skipped < len(ws); skipped++ {
			if rest := p[i+1:].at(ws, at+skipped); rest != nil {
				return append(places, rest...)
			}
		}
		return nil
	}
	return places
}
