package converse

import (
	"fmt"
	"sync"

	"stoa/internal/assist"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// bundle holds the platform's languages.
var bundle = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load() })

// Library is everything that can be answered from, as of a day.
type Library struct {
	place   *service.Jurisdiction
	day     calendar.Date
	shelves map[string]*shelf
}

// shelf is the library in one language.
type shelf struct {
	lang     string
	p        *i18n.Printer
	index    *assist.Index
	passages []*passage // in the index's order
	byID     map[string]*passage
	things   []*thing
	words    lexicon
	rarity   map[string]float64 // of a stem: how much it says
	most     float64            // of a stem that nobody published
}

// passage is something that can be quoted.
type passage struct {
	Source
	kind    string // Quoted or Computed
	pieces  []string
	part    string // of the file: needs, fee, …
	service string // "" where it belongs to none
}

// New reads a jurisdiction as of a day.
func New(j *service.Jurisdiction, day calendar.Date) (*Library, error) {
	words, err := bundle()
	if err != nil {
		return nil, fmt.Errorf("loading the interface's languages: %w", err)
	}
	l := &Library{place: j, day: day, shelves: map[string]*shelf{}}
	for _, lang := range j.File.Languages {
		s, err := l.shelve(lang, words.For(lang))
		if err != nil {
			return nil, fmt.Errorf("indexing what is published in %s: %w", lang, err)
		}
		l.shelves[lang] = s
	}
	return l, nil
}

// Len is the number of passages in a language.
func (l *Library) Len(lang string) int { return len(l.shelf(lang).passages) }

// Sources lists the ids of all passages in a language, with what each is.
func (l *Library) Sources(lang string) (list []Source) {
	for _, p := range l.shelf(lang).passages {
		list = append(list, p.Source)
	}
	return list
}

func (l *Library) shelf(lang string) *shelf {
	if s, ok := l.shelves[lang]; ok {
		return s
	}
	return l.shelves[l.place.File.Languages[0]]
}

// Libraries keeps the library of the jurisdiction in force; another jurisdiction or day makes another.
type Libraries struct {
	mu   sync.Mutex
	last *Library
}

// Of gives the library of a jurisdiction as of a day.
func (l *Libraries) Of(j *service.Jurisdiction, day calendar.Date) (*Library, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last != nil && l.last.place == j && l.last.day == day {
		return l.last, nil
	}
	made, err := New(j, day)
	if err == nil {
		l.last = made
	}
	return made, err
}

func (l *Library) shelve(lang string, p *i18n.Printer) (*shelf, error) {
	s := &shelf{lang: lang, p: p, byID: map[string]*passage{}, words: lexiconOf(lang)}
	w := &writer{l: l, s: s}
	w.all()
	var list []assist.Passage
	for _, x := range w.list {
		s.passages, s.byID[x.ID] = append(s.passages, x.passage), x.passage
		list = append(list, assist.Passage{ID: x.ID, Document: x.document, Title: x.Title, Heading: x.Part, Text: text(x.pieces), Also: x.also})
	}
	o := assist.Options{Language: lang}
	if a := l.place.File.Assistant; a != nil {
		for _, g := range a.Synonyms {
			if g.Language == lang {
				o.Synonyms = append(o.Synonyms, g.Words)
			}
		}
	}
	var err error
	if s.index, err = assist.Build(list, o); err != nil {
		return nil, err
	}
	s.weigh(list)
	l.nameThings(s)
	return s, nil
}
