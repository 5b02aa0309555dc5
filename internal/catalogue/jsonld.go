package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JSONLD writes the graph as JSON-LD 1.1. Its context stands in it: prefixes only, nothing is fetched to read it.
func (g *Graph) JSONLD() ([]byte, error) {
	roots, inside := g.roots()
	context := object{{"@version", json.Number("1.1")}}
	for _, prefix := range g.prefixes() {
		context = append(context, member{prefix, spaces[prefix]})
	}
	nodes := []any{}
	for _, s := range roots {
		nodes = append(nodes, g.jsonNode(s, inside))
	}
	return indented(object{{"@context", context}, {"@graph", nodes}})
}

func (g *Graph) jsonNode(s Term, inside map[Term]bool) object {
	var o object
	switch {
	case s.kind == iri:
		o = append(o, member{"@id", jsonIRI(s.value)})
	case !inside[s]:
		o = append(o, member{"@id", "_:" + s.value})
	}
	n := g.of[s]
	for _, p := range n.predicates {
		var classes, values []any
		for _, v := range n.objects[p] {
			if p == rdfType && v.kind == iri { // only names may stand in @type
				classes = append(classes, jsonIRI(v.value))
			} else {
				values = append(values, g.jsonValue(v, inside))
			}
		}
		o = o.with("@type", classes).with(jsonIRI(p.value), values)
	}
	return o
}

// with adds a member: nothing for no values, one value as itself.
func (o object) with(name string, values []any) object {
	switch len(values) {
	case 0:
		return o
	case 1:
		return append(o, member{name, values[0]})
	}
	return append(o, member{name, values})
}

func (g *Graph) jsonValue(v Term, inside map[Term]bool) any {
	switch {
	case v.kind == iri:
		return object{{"@id", jsonIRI(v.value)}}
	case v.kind == blank && inside[v]:
		return g.jsonNode(v, inside)
	case v.kind == blank:
		return object{{"@id", "_:" + v.value}}
	case v.language != "":
		return object{{"@language", v.language}, {"@value", v.value}}
	case v.datatype != "":
		return object{{"@type", jsonIRI(v.datatype)}, {"@value", v.value}}
	}
	return v.value
}

func jsonIRI(address string) string {
	if name, _, ok := short(address); ok {
		return name
	}
	return address
}

// object is a JSON object whose members keep their order; empty values are left out by whoever builds it.
type object []member

type member struct {
	Name  string
	Value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing JSON-LD: %w", err)
	}
	return b.Bytes(), nil
}
