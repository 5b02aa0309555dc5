package catalogue

import (
	"maps"
	"slices"
	"strings"
)

// What both catalogues say alike. Application profiles ask that whatever is named also says what it is, so that a
// catalogue can be checked without asking anybody else; each of these says so once.

func (g *Graph) language(s Term, tags []string) {
	for _, tag := range tags {
		if l, ok := languageOf(tag); ok {
			g.Is(l, "dct:LinguisticSystem")
			g.Add(s, "dct:language", l)
		}
	}
}

// link gives a thing of somebody else's its class, and says that one stands in a relation to it.
func (g *Graph) link(s Term, predicate, address, class string) {
	if address == "" {
		return
	}
	o := IRI(address)
	g.Is(o, class)
	g.Add(s, predicate, o)
}

func (g *Graph) concept(address string, label ...Term) Term {
	c := IRI(address)
	g.Is(c, "skos:Concept")
	g.Add(c, "skos:prefLabel", label...)
	return c
}

func (g *Graph) keywords(s Term, by map[string][]string) {
	for _, language := range slices.Sorted(maps.Keys(by)) {
		for _, word := range by[language] {
			g.Add(s, "dcat:keyword", In(word, language))
		}
	}
}

func (g *Graph) place(s Term, p Place) {
	if p.URI == "" {
		return
	}
	at := IRI(p.URI)
	g.Is(at, "dct:Location")
	g.Add(at, "skos:prefLabel", Words(p.Name)...)
	g.Add(s, "dct:spatial", at)
}

func (g *Graph) law(s Term, predicate string, l Source) {
	if l.URL == "" {
		return
	}
	at := IRI(l.URL)
	if !g.Knows(at) {
		g.Is(at, "eli:LegalResource")
		g.Add(at, "dct:title", Words(l.Title)...)
	}
	g.Add(s, predicate, at)
}

// contact is how to reach a body, as vCard.
func (g *Graph) contact(s Term, a Agent) {
	if a.Email == "" && a.Phone == "" && a.Page == "" {
		return
	}
	at := IRI(a.URI + "-contact")
	g.Add(s, "dcat:contactPoint", at)
	if g.Knows(at) {
		return
	}
	g.Is(at, "vcard:Kind", "vcard:Organization")
	g.Add(at, "vcard:fn", Words(a.Name)...)
	if a.Email != "" {
		g.Add(at, "vcard:hasEmail", IRI("mailto:"+a.Email))
	}
	if a.Phone != "" {
		g.Add(at, "vcard:hasTelephone", IRI("tel:"+dialled(a.Phone)))
	}
	if a.Page != "" {
		g.Add(at, "vcard:hasURL", IRI(a.Page))
	}
}

// dialled is a telephone number without what people put into it to read it.
func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}
