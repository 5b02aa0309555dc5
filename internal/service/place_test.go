package service

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// TestWithin marks one character of a scalar with @ in each way to write it: its place in the value
// must lead back to the mark.
func TestWithin(t *testing.T) {
	for _, src := range []string{
		"a: one @two",
		"a: one\n  two\n  @three",
		"a: 'it''s @here'",
		"a: 'it''s\n  folded @here'",
		"a: \"tab\\t \\\"q\\\" \\u00e9 @here\"",
		"a: \"one \\\n   two @here\"",
		"a: |\n  one\n  two @here\n",
		"a: |\n\n  one\n    deeper @here\n",
		"a: |2-\n    one\n  two @here\n",
		"a: >\n  one\n  two\n\n  three @here\n",
		"a: {b: [x, \"é ü @here\"]}",
		"# comment\na:\n  - >-\n    if this\n    and @that\n",
	} {
		t.Run(fmt.Sprintf("%q", src), func(t *testing.T) {
			checkMark(t, src)
		})
	}
}

type failer interface{ Errorf(string, ...any) }

func checkMark(t failer, src string) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
		return
	}
	n := scalarWith(&doc, "@")
	if n == nil {
		return
	}
	before, _, _ := strings.Cut(src, "@")
	want := Pos{"f", strings.Count(before, "\n") + 1, len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1}
	got := within(n, strings.Split(src, "\n"), Pos{File: "f"}, strings.Index(n.Value, "@"))
	if got != want {
		t.Errorf("the mark of %q is at %s, want %s", src, got, want)
	}
}

func scalarWith(n *yaml.Node, mark string) *yaml.Node {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, mark) {
		return n
	}
	for _, c := range n.Content {
		if found := scalarWith(c, mark); found != nil {
			return found
		}
	}
	return nil
}

// TestWithinAnyText writes random texts in each style.
func TestWithinAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zé'"(]{1,6}`)
		value := strings.Join(rapid.SliceOfN(word, 1, 8).Draw(t, "before"), " ") + " @" + strings.Join(rapid.SliceOfN(word, 0, 4).Draw(t, "after"), " ")
		n := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: "key"},
			{Kind: yaml.ScalarNode, Value: value, Style: rapid.SampledFrom([]yaml.Style{0, yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle}).Draw(t, "style")},
		}}
		src, err := yaml.Marshal(&n)
		if err != nil {
			t.Fatal(err)
		}
		checkMark(t, string(src))
	})
}

func TestParts(t *testing.T) {
	for source, want := range map[string]string{
		`a && b`:                "a | b",
		` a  &&  (b && c) `:     "a | (b && c)",
		`a || b && c`:           "a || b && c",
		`x == "a && b" && y`:    `x == "a && b" | y`,
		"a &&\n  b == 'it\\'s'": `a | b == 'it\'s'`,
		`a ? b : c`:             "a ? b : c",
	} {
		if got := strings.Join(parts(source), " | "); got != want {
			t.Errorf("parts(%q) = %s, want %s", source, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	got := strings.Join(sortedNames(names(`a.b + lookup.x.y("lookup.z") + size(param.p) + c[0].d`)), " ")
	if got != "a c lookup.x param.p size" {
		t.Errorf("names: %s", got)
	}
	if got := plain(`lookup.x + "lookup.x"`); got != `lookup_x + "lookup.x"` {
		t.Errorf("plain: %s", got)
	}
}
