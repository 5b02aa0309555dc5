package converse

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/assist"
	"stoa/internal/service"
)

// Said is what a person says.
type Said struct {
	Text  string
	Form  map[string][]string // typed into the fields of the question that was asked, instead of words
	About string              // a service, where the page says which is meant
	Do    string              // Fee or Eligible, where a button says so
	Shown string              // what is shown of it, where a button says more than its label
	At    int64               // seconds
	Again string              // the question of the task that is to be asked again
	Page  string              // language of the page
}

// Bounds of a conversation.
const (
	LongestSaid = 1000 // characters
	mostTurns   = 40
)

// hearing is one question on its way to an answer.
type hearing struct {
	l    *Library
	w    World
	s    *shelf
	st   *State
	in   Said
	ws   []assist.Word
	used []bool // words that said what is wanted
	a    Answer
}

// Say answers, and notes both in the conversation. Its error is an outside one.
func (l *Library) Say(ctx context.Context, w World, st *State, in Said) (Answer, error) {
	in.Text = clip(strings.TrimSpace(in.Text), LongestSaid)
	lang := l.detect(in.Text, in.Page)
	if in.Form != nil || in.Again != "" || in.Do != "" && in.Text == "" {
		lang = l.known(in.Page)
	}
	h := &hearing{l: l, w: w, s: l.shelf(lang), st: st, in: in}
	h.ws = assist.Words(h.s.lang, in.Text)
	h.used = make([]bool, len(h.ws))
	h.a = Answer{Language: h.s.lang, Day: h.s.p.DateOf(day{l.day})}
	if in.About != "" && l.service(in.About) != nil {
		st.About = in.About
	}
	asked := ""
	if st.Task != nil {
		asked = st.Task.Asking
	}
	if err := h.answer(ctx); err != nil {
		return Answer{}, err
	}
	st.Language = h.s.lang
	if h.a.Service != "" {
		st.About = h.a.Service
	}
	if said := h.shown(asked); said != "" {
		st.Turns = append(st.Turns, Turn{Person: true, Text: said, At: in.At})
	}
	n := 1
	for _, t := range st.Turns {
		if t.Answer != nil {
			n = t.N + 1
		}
	}
	kept := h.a
	st.Turns = append(st.Turns, Turn{Answer: &kept, N: n, At: in.At})
	st.Turns = st.Turns[max(0, len(st.Turns)-mostTurns):]
	return h.a, nil
}

// shown is what the person said, as it is shown: of a form, the answer that it gave.
func (h *hearing) shown(asked string) string {
	switch {
	case h.in.Shown != "":
		return h.in.Shown
	case h.in.Text != "":
		return h.in.Text
	}
	for _, t := range h.a.Taken {
		if t.ID == asked {
			return t.Value
		}
	}
	return ""
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func (l *Library) service(id string) *service.Service {
	i := slices.IndexFunc(l.place.Services, func(s *service.Service) bool { return s.Service == id })
	if i < 0 {
		return nil
	}
	return l.place.Services[i]
}

// answer goes from what is gravest to what is most likely.
func (h *hearing) answer(ctx context.Context) error {
	if h.in.Form != nil && h.st.Task != nil {
		return h.reply(ctx, h.in.Form)
	}
	if h.in.Again != "" && h.st.Task != nil {
		return h.again(ctx, h.in.Again)
	}
	for _, on := range graver {
		if h.handOff(on) {
			return nil
		}
	}
	if h.in.Do == Fee || h.in.Do == Eligible {
		return h.begin(ctx, h.in.Do, h.l.service(h.st.About))
	}
	if done, err := h.booking(ctx); done || err != nil {
		return err
	}
	if done, err := h.replied(ctx); done || err != nil {
		return err
	}
	if h.says(wantsPerson) {
		h.st.Task = nil
		h.toPerson()
		return nil
	}
	if done, err := h.wanted(ctx); done || err != nil {
		return err
	}
	h.st.Task = nil
	if h.variant() || h.bare() || h.search() {
		return nil
	}
	if done, err := h.record(ctx, false); done || err != nil || h.about() {
		return err
	}
	if h.says(onAbuse) && h.handOff(onAbuse) {
		return nil
	}
	h.unknown()
	return nil
}

func (h *hearing) says(key string) bool { return h.s.words.says(key, h.ws, h.used) }

// handOff answers with the jurisdiction's fixed text where the question is of that kind.
func (h *hearing) handOff(on string) bool {
	file := h.l.handOff(on)
	words := h.s.words
	if file != nil {
		more := lexicon{lang: h.s.lang, phrases: map[string][]phrase{}}
		more.add(on, file.Words[h.s.lang])
		if more.says(on, h.ws, nil) {
			words = more
		}
	}
	if !words.says(on, h.ws, nil) {
		return false
	}
	h.st.Task = nil
	h.a.Kind, h.a.On = HandedOff, on
	if file == nil {
		h.a.Kind = ToPerson
		h.a.fixed(h.s.p.T("This assistant cannot help with that. Please speak to a person."))
		h.offerPerson()
		return true
	}
	p := h.s.byID["assistant#hand_off/"+on]
	for _, piece := range p.pieces {
		h.a.say(Quoted, piece, h.a.source(p.Source))
	}
	h.a.Phone, h.a.Link = file.Phone, file.Link
	if on != onAbuse && on != onEmergency && on != onSelfHarm {
		h.offerPerson()
	}
	return true
}

func (l *Library) handOff(on string) *service.HandOffFile {
	if l.place.File.Assistant == nil {
		return nil
	}
	for i, f := range l.place.File.Assistant.HandOff {
		if f.On == on {
			return &l.place.File.Assistant.HandOff[i]
		}
	}
	return nil
}

// offerPerson offers to hand the conversation over, where there is a service for it.
func (h *hearing) offerPerson() {
	if h.l.HandOver() != nil {
		h.a.Do = append(h.a.Do, "person")
	}
}

// HandOver is the service by which a conversation reaches a person; nil where there is none.
func (l *Library) HandOver() *service.Service {
	if a := l.place.File.Assistant; a != nil && a.HandOver != nil {
		return l.service(a.HandOver.Service)
	}
	return nil
}

func (h *hearing) toPerson() {
	h.a.Kind = ToPerson
	h.a.fixed(h.s.p.T("A person can answer you."))
	h.offerPerson()
	h.contact("")
}

// contact quotes how to reach an organisation, or the jurisdiction itself.
func (h *hearing) contact(organisation string) {
	id := "contact#contact"
	if organisation != "" {
		id = "contact/" + organisation + "#contact"
	}
	if s := h.l.service(h.st.About); s != nil && s.Organisation == organisation {
		id = "service/" + s.Service + "#contact"
	}
	if p := h.s.byID[id]; p != nil {
		at := h.a.source(p.Source)
		for _, piece := range p.pieces {
			h.a.say(p.kind, piece, at)
		}
	}
}

// unknown says so, and what to do next.
func (h *hearing) unknown() {
	h.a.Kind = Unknown
	h.a.fixed(h.s.p.T("I do not know. I answer only from what {name} publishes, and found nothing there that answers this.", map[string]any{"name": h.l.place.File.Name.By[h.s.lang]}))
	h.offerPerson()
	h.a.Do = append(h.a.Do, "search")
}

// wanted answers a question that says what is wanted: a fee, a condition, an own case …
// rest are the words that did not say what is wanted.
// mostBeyond is how much a question may say besides what is wanted of what: more than one rare word asks for more.
// beyond is the share of what the question says that neither says what is wanted nor names what of; figures are left out.
// want does what is wanted of the thing that is meant, or asks which.
// apply tells what the service is, and offers to begin.
// cite adds a whole passage.
func (h *hearing) cite(id string) {
	p := h.s.byID[id]
	if p == nil {
		return
	}
	at := h.a.source(p.Source)
	for _, piece := range p.pieces {
		h.a.say(p.kind, piece, at)
	}
}

// aboutTax tells what the tax is, and leads to where it is worked out.
// own leaves the answer to whoever knows the asker.
