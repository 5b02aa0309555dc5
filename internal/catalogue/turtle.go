package catalogue

import (
	"fmt"
	"regexp"
	"strings"
)

// Turtle writes the graph as Turtle (W3C Recommendation of 25 February 2014): one subject a paragraph, one predicate a
// line, nameless nodes where they are spoken of.
func (g *Graph) Turtle() []byte {
	w := &turtle{g: g}
	roots, inside := g.roots()
	w.inside = inside
	for _, prefix := range g.prefixes() {
		fmt.Fprintf(w, "@prefix %s: <%s> .\n", prefix, spaces[prefix])
	}
	for _, s := range roots {
		w.WriteString("\n")
		w.WriteString(w.name(s))
		w.statements(s, "    ")
		w.WriteString(" .\n")
	}
	return []byte(w.String())
}

type turtle struct {
	strings.Builder
	g      *Graph
	inside map[Term]bool
}

func (w *turtle) statements(s Term, indent string) {
	n := w.g.of[s]
	for i, p := range n.predicates {
		if i == 0 && !w.inside[s] {
			w.WriteString(" ")
		} else {
			w.WriteString("\n" + indent)
		}
		if p == rdfType {
			w.WriteString("a")
		} else {
			w.WriteString(w.name(p))
		}
		for k, o := range n.objects[p] {
			if k > 0 {
				w.WriteString(",")
				if o.kind == literal || w.inside[o] {
					w.WriteString("\n" + indent + "   ")
				}
			}
			w.WriteString(" ")
			w.object(o, indent)
		}
		if i < len(n.predicates)-1 {
			w.WriteString(" ;")
		}
	}
}

func (w *turtle) object(o Term, indent string) {
	if o.kind != blank || !w.inside[o] {
		w.WriteString(w.name(o))
		return
	}
	w.WriteString("[")
	w.statements(o, indent+"    ")
	w.WriteString("\n" + indent + "]")
}

// bare are the numbers and truth values that Turtle reads without quotes, as these datatypes.
var bare = map[string]*regexp.Regexp{
	spaces["xsd"] + "integer": regexp.MustCompile(`^[+-]?[0-9]+$`),
	spaces["xsd"] + "boolean": regexp.MustCompile(`^(true|false)$`),
}

func (w *turtle) name(t Term) string {
	switch t.kind {
	case iri:
		return turtleIRI(t.value)
	case blank:
		return "_:" + t.value
	}
	if form := bare[t.datatype]; form != nil && form.MatchString(t.value) {
		return t.value
	}
	quoted := `"` + turtleEscapes.Replace(t.value) + `"`
	switch {
	case t.language != "":
		return quoted + "@" + t.language
	case t.datatype != "":
		return quoted + "^^" + turtleIRI(t.datatype)
	}
	return quoted
}

func turtleIRI(address string) string {
	if name, _, ok := short(address); ok {
		return name
	}
	return "<" + address + ">"
}

var turtleEscapes = func() *strings.Replacer {
	pairs := []string{`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x7f", `\u007F`}
	for c := range 0x20 {
		if c != '\n' && c != '\r' && c != '\t' {
			pairs = append(pairs, string(rune(c)), fmt.Sprintf(`\u%04X`, c))
		}
	}
	return strings.NewReplacer(pairs...)
}()
