package document

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"pgregory.net/rapid"
)

// show puts text in visual order on one line.
func show(text string, base Dir) string {
	runes := []rune(text)
	blank := make([]bool, len(runes))
	for i, r := range runes {
		blank[i] = unicode.IsSpace(r)
	}
	var b strings.Builder
	lv := levels(runes, base)
	for _, i := range visualOrder(lv, blank, base) {
		r := runes[i]
		if lv[i]%2 == 1 {
			r = mirror(r)
		}
		if r < '\u2066' || r > '\u2069' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func mirror(r rune) rune {
	const pairs = "()[]{}"
	if i := strings.IndexRune(pairs, r); i >= 0 {
		return rune(pairs[i^1])
	}
	return r
}

// The first cases are the examples of UAX #9 (section 3.4, and 3.3.4 to
// 3.3.6), with Hebrew letters for its capitals; the others are what official
// texts are made of.
func TestVisualOrder(t *testing.T) {
	hebrew := func(s string) string { // A is alef, B is bet …
		return strings.Map(func(r rune) rune {
			if r >= 'A' && r <= 'Z' {
				return 'א' + r - 'A'
			}
			return r
		}, s)
	}
	for _, c := range []struct {
		name, text, want string
		base             Dir
	}{
		{"rule L2, first example", "car means CAR.", "car means RAC.", LTR},
		{"rule L2, second example", "\u2067car MEANS CAR.\u2069", ".RAC SNAEM car", LTR},
		{"rule L2, third example", "he said \u201c\u2067car MEANS CAR\u2069.\u201d \u201c\u2067IT DOES\u2069,\u201d she agreed.",
			"he said \u201cRAC SNAEM car.\u201d \u201cSEOD TI,\u201d she agreed.", LTR},
		{"rule N0, a pair follows the text around it", "AB(CD[&ef]!)gh", "gh(![ef&]DC)BA", RTL},
		{"rule N0, in left-to-right text", "smith (fabrikam ABCD) EFGH", "smith (fabrikam DCBA) HGFE", LTR},
		{"rule N0, an empty-handed pair", "ABCD book(s)", "book(s) DCBA", RTL},
		{"a number between two words", "x ABC 12 DEF y", "x FED 12 CBA y", LTR},
		{"a date in Arabic letters is a number", "AB 02/11/2026 CD", "DC 02/11/2026 BA", RTL},
		{"an identifier breaks without isolate", "AB 88-x-7 CD", "DC x-7-88 BA", RTL},
		{"and keeps its order with one", "AB \u206888-x-7\u2069 CD", "DC 88-x-7 BA", RTL},
		{"an unclosed isolate ends with the text", "AB \u2068cd", "cd BA", RTL},
		{"a percent sign belongs to its number", "AB 12% CD", "DC 12% BA", RTL},
		{"and a currency before it", "AB $12 CD", "DC $12 BA", RTL},
		{"a stray end of isolate is harmless", "AB\u2069 CD", "DC BA", RTL},
		{"spaces at the end stay at the end", "AB cd  ", "  cd BA", RTL},
	} {
		want := hebrew(c.want)
		if got := show(hebrew(c.text), c.base); got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

// TestSpaceAtLineEnd: where a line is broken inside right-to-left text, the
// space goes to the line's end and not between the words (rule L1).
func TestSpaceAtLineEnd(t *testing.T) {
	got := visualOrder([]uint8{1, 1, 1}, []bool{false, false, true}, LTR)
	if want := []int{1, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// TestDirectionsAgree compares with golang.org/x/text, which tells the
// direction of each run but not its level. Brackets are left out: as of v0.43
// it never pairs them (it keeps '(' and ')' as different pair values).
func TestDirectionsAgree(t *testing.T) {
	alphabet := []rune("ab1 2,.-+/%:אבعم٣\u064b\u00a0")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 24).Draw(t, "text")
		base := rapid.SampledFrom([]Dir{LTR, RTL}).Draw(t, "base")
		// Its base direction is guessed; a strong mark at the start decides it.
		lead := '\u200e'
		if base == RTL {
			lead = '\u200f'
		}
		var p bidi.Paragraph
		if _, err := p.SetString(string(lead) + string(text)); err != nil {
			t.Fatal(err)
		}
		order, err := p.Order()
		if err != nil {
			t.Fatal(err)
		}
		want := make([]bool, len(text)+1)
		for i := range order.NumRuns() {
			run := order.Run(i)
			from, to := run.Pos()
			for k := from; k <= to; k++ {
				want[k] = run.Direction() == bidi.RightToLeft
			}
		}
		lv := levels(slices.Concat([]rune{lead}, text), base)
		for i := range lv {
			if (lv[i]%2 == 1) != want[i] {
				t.Fatalf("rune %d of %q, base %d: level %d, but right to left is %v", i, string(text), base, lv[i], want[i])
			}
		}
	})
}

// TestOrderIsComplete: however strange the text, every character is shown once.
func TestOrderIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(rapid.StringOf(rapid.SampledFrom([]rune("a1 ,(א)ع٣\u2066\u2067\u2068\u2069\u202a\u202c\u202e"))).Draw(t, "text"))
		base := rapid.SampledFrom([]Dir{LTR, RTL}).Draw(t, "base")
		order := visualOrder(levels(text, base), make([]bool, len(text)), base)
		slices.Sort(order)
		for i, o := range order {
			if i != o {
				t.Fatalf("%q: position %d is shown %v", string(text), i, order)
			}
		}
	})
}
