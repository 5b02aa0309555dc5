package catalogue

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files again")

// hostile is a graph of what may go wrong in writing: control characters, quotes, languages, rings of blank nodes, names
// that look like prefixed ones. test/standards reads its three golden forms with parsers of others, which must find the
// same statements in each.
func hostile() *Graph {
	g := &Graph{}
	random := rand.New(rand.NewSource(7))
	texts := []string{"", " ", "plain", `say "so"`, `back\slash`, "line\nline\r\n", "tab\t", "\x00\x01\x1f\x7f", "\u2028\u202e", "مجلس غرينفيل", "𝔘nicode", "'''", `"""`, "<b>&amp;", "a@en", "^^xsd:int", "\\u0041", "\ufffd", "{}[]"}
	addresses := []string{"dct:title", "http://a.example/", "http://a.example/x y", "http://a.example/<>\"{}|^`\\", "http://a.example/ü?q=1&r=2#f", "http://purl.org/dc/terms/", "http://purl.org/dc/terms/a.b", "http://purl.org/dc/terms/9a",
		"http://purl.org/dc/terms/a/b", "mailto:a@b.example", "urn:x:y", "https://dct:title/", "http://publications.europa.eu/resource/authority/language/ENG"}
	var nodes []Term
	for _, a := range addresses {
		nodes = append(nodes, IRI(a))
	}
	for range 12 {
		nodes = append(nodes, g.Blank())
	}
	pick := func() Term { return nodes[random.Intn(len(nodes))] }
	predicates := []string{"dct:title", "dct:relation", "rdf:type", "http://a.example/p", "http://a.example/p.q", "skos:note"}
	for range 400 {
		p := predicates[random.Intn(len(predicates))]
		text := texts[random.Intn(len(texts))]
		var o Term
		switch kind := random.Intn(8); {
		case kind < 3 || p == "rdf:type":
			o = pick()
		case kind == 3:
			o = Plain(text)
		case kind == 4:
			o = In(text, []string{"en", "ar", "en-GB"}[random.Intn(3)])
		case kind == 5:
			o = Typed(text, "http://a.example/type")
		case kind == 6:
			o = Typed([]string{"1", "-02", "+3", "1.0", "true", "no"}[random.Intn(6)], []string{"xsd:integer", "xsd:boolean", "xsd:decimal"}[random.Intn(3)])
		default:
			o = Typed("2026-11-29", "xsd:date")
		}
		g.Add(pick(), p, o)
	}
	// A ring of nameless nodes that nothing else names, one that names itself, and one of which nothing is said.
	a, b, c, d := g.Blank(), g.Blank(), g.Blank(), g.Blank()
	g.Add(a, "dct:relation", b)
	g.Add(b, "dct:relation", a)
	g.Add(c, "dct:relation", c)
	g.Add(IRI("http://a.example/"), "dct:relation", d)
	return g
}

// triples writes a graph the simplest way there is, as N-Triples.
func triples(g *Graph) []byte {
	var b bytes.Buffer
	term := func(t Term) string {
		switch t.kind {
		case iri:
			return "<" + t.value + ">"
		case blank:
			return "_:" + t.value
		}
		var q strings.Builder
		for _, c := range t.value {
			if c < 0x20 || c == '"' || c == '\\' || c == 0x7f {
				fmt.Fprintf(&q, `\u%04X`, c)
			} else {
				q.WriteRune(c)
			}
		}
		switch {
		case t.language != "":
			return `"` + q.String() + `"@` + t.language
		case t.datatype != "":
			return `"` + q.String() + `"^^<` + t.datatype + ">"
		}
		return `"` + q.String() + `"`
	}
	g.Each(func(s, p, o Term) { fmt.Fprintf(&b, "%s %s %s .\n", term(s), term(p), term(o)) })
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from the golden file; -update writes it again", name)
	}
}

func TestHostileGraphAsGolden(t *testing.T) {
	g := hostile()
	linked, err := g.JSONLD()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "hostile.ttl", g.Turtle())
	golden(t, "hostile.jsonld", linked)
	golden(t, "hostile.nt", triples(g))
}

func TestSameCallsSameBytes(t *testing.T) {
	first, second := hostile(), hostile()
	if !bytes.Equal(first.Turtle(), second.Turtle()) || !bytes.Equal(first.Turtle(), first.Turtle()) {
		t.Error("the same graph was written in two ways")
	}
	a, _ := first.JSONLD()
	b, _ := second.JSONLD()
	if !bytes.Equal(a, b) || !json.Valid(a) {
		t.Error("the same graph was written in two ways as JSON-LD, or not as JSON")
	}
}

func TestAStatementCountsOnce(t *testing.T) {
	g := &Graph{}
	for range 2 {
		g.Add(IRI("http://a.example/"), "dct:title", In("a", "en"), In("a", "ar"), Plain("a"))
	}
	g.Add(IRI("http://a.example/none"), "dct:title")
	n := 0
	g.Each(func(_, _, _ Term) { n++ })
	if n != 3 || g.Knows(IRI("http://a.example/none")) {
		t.Errorf("%d statements, want 3", n)
	}
}
