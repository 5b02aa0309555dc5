package document

import (
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func testShaper(t testing.TB, dir Dir, extra ...Font) *shaper {
	t.Helper()
	set, release, err := openFonts(extra)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return &shaper{fonts: set, dir: dir}
}

// TestLinesKeepEverything: breaking loses and invents nothing, and a line is
// wider than its box only where one cluster is.
func TestLinesKeepEverything(t *testing.T) {
	s := testShaper(t, RTL)
	letter := rapid.SampledFrom([]rune("aWé fi-/—.,12(بتلاءشِّ ــ中文\u00a0\u200d\u0301𐎠"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(letter, 0, 60, -1).Draw(t, "text")
		width := rapid.Float64Range(1, 400).Draw(t, "width")
		var got strings.Builder
		for _, l := range s.lines(Plain(text), bodyStyle, width) {
			solid := 0
			for _, c := range l.clusters {
				got.WriteString(c.text)
				if !c.blank {
					solid++
				}
			}
			if l.width > width+0.01 && solid > 1 && !l.clusters[0].blank {
				t.Fatalf("a line is %.1f wide in a box of %.1f", l.width, width)
			}
		}
		// A joiner at the very start has no cluster to belong to.
		if strings.TrimLeft(got.String(), "\u200d") != strings.TrimLeft(clean(text), "\u200d") {
			t.Fatalf("%q became %q", text, got.String())
		}
	})
}

func TestBreakOpportunities(t *testing.T) {
	s := testShaper(t, LTR)
	for text, want := range map[string]string{
		"one two  three":    "one |two  |three",
		"10\u00a0km away":   "10\u00a0km |away",
		"first-class":       "first-|class",
		"BP-2026-0047":      "BP-2026-0047",
		"a/b and 1/2":       "a/|b |and |1/2",
		"before — after":    "before |— |after",
		"中文字":               "中|文|字",
		"(in brackets) end": "(in |brackets) |end",
	} {
		var b strings.Builder
		cs := s.clusters(Plain(text), false)
		for i, c := range cs {
			b.WriteString(c.text)
			if c.after && i < len(cs)-1 {
				b.WriteByte('|')
			}
		}
		if b.String() != want {
			t.Errorf("%q breaks as %q, want %q", text, b.String(), want)
		}
	}
}

func TestColumnsFillTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.SliceOfN(rapid.Float64Range(17, 300), 1, 8).Draw(t, "least")
		want := make([]float64, len(least))
		var sumLeast float64
		for i := range want {
			want[i] = least[i] + rapid.Float64Range(0, 500).Draw(t, "more")
			sumLeast += least[i]
		}
		const width = 453
		var sum float64
		for i, w := range share(width, least, want) {
			sum += w
			if w <= 0 || math.IsNaN(w) {
				t.Fatalf("column %d is %v wide", i, w)
			}
		}
		if math.Abs(sum-width) > 0.01 {
			t.Fatalf("the columns are %v wide together, want %v", sum, width)
		}
	})
}

// TestFurtherScripts needs fonts that this module does not bring. They are
// what a country with another script would pass in Options.Fonts.
func TestFurtherScripts(t *testing.T) {
	const folder = "/usr/share/fonts/truetype/noto/"
	for file, text := range map[string]string{
		"NotoSansDevanagari-Regular.ttf": "आपका निर्माण अनुमति आवेदन क्षेत्र २०२६",
		"NotoSansEthiopic-Regular.ttf":   "የግንባታ ፈቃድ ማመልከቻዎ",
		"NotoSansThai-Regular.ttf":       "ใบอนุญาตก่อสร้าง",
	} {
		data, err := os.ReadFile(folder + file)
		if err != nil {
			t.Logf("%s is not installed: its script is not checked", file)
			continue
		}
		d := Document{Lang: "und", Title: text, Blocks: []Block{Paragraph{Plain(text + " (A 1)")}}}
		r := read(t, render(t, d, Options{Fonts: []Font{{Regular: data}}}))
		all := r.speak(t)
		if got := all[len(all)-1].text; got != text+" (A 1)" {
			t.Errorf("%s: reads %q, want %q", file, got, text+" (A 1)")
		}
	}
}

// TestEmptyGlyph: what stands for the second letter of a ligature must not
// show. Noto Sans Arabic, for one, draws its zero-width non-joiner.
func TestEmptyGlyph(t *testing.T) {
	s := testShaper(t, RTL)
	for _, f := range s.fonts.all() {
		if f.empty == 0 {
			t.Errorf("%s has no empty glyph", f.ot.PostscriptName())
		}
		if o, ok := f.ot.GlyphOutline(f.empty); ok && len(o.Segments) > 0 {
			t.Errorf("%s paints its empty glyph", f.ot.PostscriptName())
		}
	}
}

func TestColours(t *testing.T) {
	contrast := func(a, b Colour) float64 {
		x, y := a.light()+0.05, b.light()+0.05
		return max(x, y) / min(x, y)
	}
	// WCAG 2.2: black on white is 21 to 1; #767676 is the lightest grey that
	// reaches 4.5 on white.
	if got := contrast(Colour{}, white); math.Abs(got-21) > 0.001 {
		t.Errorf("black on white has contrast %v", got)
	}
	if got := contrast(Colour{0x76, 0x76, 0x76}, white); got < 4.5 || got > 4.6 {
		t.Errorf("#767676 on white has contrast %v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Uint8()
		c := Colour{part.Draw(t, "r"), part.Draw(t, "g"), part.Draw(t, "b")}
		if got := contrast(c.readable(), white); got < 4.5 {
			t.Fatalf("%v has contrast %v", c, got)
		}
	})
}
