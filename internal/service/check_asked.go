package service

import (
	"net/url"
	"slices"
	"strings"
)

// checkAsked sees to it that worked questions speak of what the service has. Whether they come true is for package converse.
func (b *builder) checkAsked() {
	var services []string
	for _, f := range b.services {
		services = append(services, f.Service)
	}
	for i := range b.f.Asked {
		a := &b.f.Asked[i]
		a.Answers = b.exampleAnswers(b.places.node(a.Pos, "answers"), b.places.at(a.Pos, "answers"), b.topQuestions())
		b.known(b.places.at(a.Pos, "law"), "source under law:", a.Law, keys(b.f.Law))
		n := 0
		for _, given := range []bool{a.Quotes != "", a.Fee != nil, a.Eligible != nil, a.Asks != "", len(a.Between) > 0, a.Unknown, a.HandOff != ""} {
			if given {
				n++
			}
		}
		if n != 1 && (n > 1 || a.Law == "") {
			b.problem(a.Pos, "give exactly one of quotes, fee, eligible, asks, between, unknown and hand_off, or law: alone", "the worked question says %s what must come of it", map[bool]string{true: "not", false: "several times"}[n == 0])
		}
		if a.Asks != "" && b.byID[a.Asks] == nil {
			b.known(b.places.at(a.Pos, "asks"), "question", a.Asks, ids(b.topQuestions(), func(q **Question) string { return (*q).ID }))
		}
		for k, id := range a.Between {
			if !b.pinned {
				b.known(b.places.at(a.Pos, "between", k), "service", id, services)
			}
		}
	}
	b.s.Asked = b.f.Asked
}

// feeQuestions are those that the fee depends on, directly or not, in asking order.
func (b *builder) feeQuestions() (list []*Question) {
	need := map[*Question]bool{}
	for _, f := range b.f.Fee {
		sources := []string{f.Amount.Source}
		if f.When != nil {
			sources = append(sources, f.When.Source)
		}
		for _, s := range sources {
			for _, q := range b.needs(s) {
				need[q] = true
			}
		}
	}
	for _, q := range b.s.Questions {
		if need[q] {
			list = append(list, q)
		}
	}
	return list
}

// checkAssistant checks what jurisdiction.yaml says of the assistant.
func (l *loader) checkAssistant() {
	a := l.j.File.Assistant
	if a == nil || l.pinned {
		return
	}
	l.unique("hand-off", len(a.HandOff), func(i int) (string, Pos) { return a.HandOff[i].On, l.places.at(a.HandOff[i].Pos, "on") })
	for _, h := range a.HandOff {
		if u, err := url.Parse(h.Link); h.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
			l.problem(l.places.at(h.Pos, "link"), "write https://…", "%q is no address", h.Link)
		}
		for _, language := range keys(h.Words) {
			l.known(l.places.at(h.Pos, "words", language), "language", language, l.j.File.Languages)
		}
	}
	for _, s := range a.Synonyms {
		l.known(l.places.at(s.Pos, "language"), "language", s.Language, l.j.File.Languages)
		if len(s.Words) < 2 {
			l.problem(s.Pos, "give at least two words that mean one thing", "%q has no other word beside it", strings.Join(s.Words, ", "))
		}
	}
	if h := a.HandOver; h != nil {
		l.checkHandOver(h)
	}
}

func (l *loader) checkHandOver(h *HandOverFile) {
	var services []string
	for _, f := range l.services {
		services = append(services, f.Service)
	}
	if !l.known(l.places.at(h.Pos, "service"), "service", h.Service, services) {
		return
	}
	f := l.services[slices.Index(services, h.Service)]
	for _, p := range f.Pages {
		for _, q := range p.Questions {
			if q.ID == h.Question && q.Type == "long_text" {
				return
			}
		}
	}
	l.problem(l.places.at(h.Pos, "question"), "name a question of type long_text in "+f.Pos.File, "the service %q has no question %q that holds a long text", h.Service, h.Question)
}
