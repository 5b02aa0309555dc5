package catalogue

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stoa/internal/i18n"
)

// Term is a node of the graph: an address, a blank node or a literal.
type Term struct {
	kind     kind
	value    string
	language string // of a literal with one
	datatype string // IRI; "" for plain strings and literals with a language
}

type kind byte

const (
	iri kind = iota
	blank
	literal
)

// IRI names a thing by its whole address, or by a prefix of ours (dct:title). What may not stand in an IRI is
// percent-encoded, so that no value can end it early.
func IRI(address string) Term {
	if prefix, local, ok := strings.Cut(address, ":"); ok && !strings.HasPrefix(local, "//") {
		if space, known := spaces[prefix]; known {
			address = space + local
		}
	}
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c <= 0x20 || strings.IndexByte("<>\"{}|^`\\", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return Term{kind: iri, value: b.String()}
}

// Plain is a text in no language: an identifier, a name as it is everywhere.
func Plain(text string) Term { return Term{kind: literal, value: text} }

// In is a text in a language.
func In(text, language string) Term { return Term{kind: literal, value: text, language: language} }

// Typed is a value of a datatype, which may be prefixed: xsd:date.
func Typed(value, datatype string) Term {
	return Term{kind: literal, value: value, datatype: IRI(datatype).value}
}

// Instant is a moment, in UTC and to the second.
func Instant(t time.Time) Term { return Typed(t.UTC().Format(time.RFC3339), "xsd:dateTime") }

// Words are a text in all its languages, in their order.
func Words(t i18n.Text) (all []Term) {
	for _, language := range slices.Sorted(maps.Keys(t)) {
		if t[language] != "" {
			all = append(all, In(t[language], language))
		}
	}
	return all
}

// Graph is a set of statements. It is written in the order in which subjects, and of each its predicates, were first
// spoken of: the same calls give the same bytes.
type Graph struct {
	subjects []Term
	of       map[Term]*node
	blanks   int
	used     map[Term]int // how often a blank node is an object
}

type node struct {
	predicates []Term
	objects    map[Term][]Term
	has        map[[2]Term]bool // a statement counts once
}

// Blank makes a node without a name.
func (g *Graph) Blank() Term {
	g.blanks++
	return Term{kind: blank, value: fmt.Sprintf("b%d", g.blanks)}
}

// Add states that a subject, an IRI or a blank node, stands in a relation to each of the objects. No objects, no statement.
func (g *Graph) Add(subject Term, predicate string, objects ...Term) {
	if len(objects) == 0 {
		return
	}
	if g.of == nil {
		g.of, g.used = map[Term]*node{}, map[Term]int{}
	}
	n := g.of[subject]
	if n == nil {
		n = &node{objects: map[Term][]Term{}, has: map[[2]Term]bool{}}
		g.of[subject], g.subjects = n, append(g.subjects, subject)
	}
	p := IRI(predicate)
	for _, o := range objects {
		if n.has[[2]Term{p, o}] {
			continue
		}
		n.has[[2]Term{p, o}] = true
		if len(n.objects[p]) == 0 {
			n.predicates = append(n.predicates, p)
		}
		n.objects[p] = append(n.objects[p], o)
		if o.kind == blank {
			g.used[o]++
		}
	}
}

// Is gives a subject its classes.
func (g *Graph) Is(subject Term, classes ...string) {
	for _, c := range classes {
		g.Add(subject, typeOf, IRI(c))
	}
}

// Knows reports whether anything is said of a subject.
func (g *Graph) Knows(subject Term) bool { return g.of[subject] != nil }

// Each walks the statements in their order.
func (g *Graph) Each(visit func(subject, predicate, object Term)) {
	for _, s := range g.subjects {
		n := g.of[s]
		for _, p := range n.predicates {
			for _, o := range n.objects[p] {
				visit(s, p, o)
			}
		}
	}
}

// roots are the subjects that are written by themselves, with the blank nodes that are written where they are spoken
// of: those that are spoken of once, and not by what they lead to.
func (g *Graph) roots() (roots []Term, inside map[Term]bool) {
	inside = map[Term]bool{}
	for _, s := range g.subjects {
		inside[s] = s.kind == blank && g.used[s] == 1
	}
	reached := map[Term]bool{}
	var reach func(Term)
	reach = func(s Term) {
		reached[s] = true
		for _, objects := range g.of[s].objects {
			for _, o := range objects {
				if inside[o] && !reached[o] {
					reach(o)
				}
			}
		}
	}
	for _, s := range g.subjects {
		if !inside[s] {
			reach(s)
		}
	}
	for _, s := range g.subjects { // blank nodes in a ring are reached from nowhere: one of each ring begins it
		if inside[s] && !reached[s] {
			inside[s] = false
			reach(s)
		}
	}
	for _, s := range g.subjects {
		if !inside[s] {
			roots = append(roots, s)
		}
	}
	return roots, inside
}

const typeOf = "rdf:type"

// spaces are the prefixes.
var spaces = map[string]string{
	"adms":    "http://www.w3.org/ns/adms#",
	"cpsv":    "http://purl.org/vocab/cpsv#",
	"cv":      "http://data.europa.eu/m8g/",
	"dcat":    "http://www.w3.org/ns/dcat#",
	"dcatap":  "http://data.europa.eu/r5r/",
	"dct":     "http://purl.org/dc/terms/",
	"eli":     "http://data.europa.eu/eli/ontology#",
	"foaf":    "http://xmlns.com/foaf/0.1/",
	"locn":    "http://www.w3.org/ns/locn#",
	"org":     "http://www.w3.org/ns/org#",
	"rdf":     "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	"rdfs":    "http://www.w3.org/2000/01/rdf-schema#",
	"skos":    "http://www.w3.org/2004/02/skos/core#",
	"spdx":    "http://spdx.org/rdf/terms#",
	"time":    "http://www.w3.org/2006/time#",
	"vcard":   "http://www.w3.org/2006/vcard/ns#",
	"xsd":     "http://www.w3.org/2001/XMLSchema#",
	"eulang":  "http://publications.europa.eu/resource/authority/language/",
	"eufile":  "http://publications.europa.eu/resource/authority/file-type/",
	"eutheme": "http://publications.europa.eu/resource/authority/data-theme/",
	"eufreq":  "http://publications.europa.eu/resource/authority/frequency/",
}

// short is a prefixed name for an IRI, where one can be written plainly in Turtle and JSON-LD alike.
func short(address string) (name, prefix string, ok bool) {
	cut := strings.LastIndexAny(address, "#/") + 1
	prefix, known := prefixOf[address[:cut]]
	local := address[cut:]
	if !known || local == "" {
		return "", "", false
	}
	for i, c := range local {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return "", "", false
		}
	}
	return prefix + ":" + local, prefix, true
}

var prefixOf = func() map[string]string {
	m := map[string]string{}
	for prefix, space := range spaces {
		m[space] = prefix
	}
	return m
}()

// prefixes are those that the graph's names need, in order.
func (g *Graph) prefixes() []string {
	used := map[string]bool{}
	note := func(address string) {
		if _, prefix, ok := short(address); ok {
			used[prefix] = true
		}
	}
	g.Each(func(s, p, o Term) {
		if s.kind == iri {
			note(s.value)
		}
		if p != rdfType || o.kind != iri {
			note(p.value)
		}
		if o.kind == iri {
			note(o.value)
		} else if o.datatype != "" {
			note(o.datatype)
		}
	})
	return slices.Sorted(maps.Keys(used))
}

var rdfType = IRI(typeOf)
