package chart

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/web/page"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var anyPart = func(levels int) *rapid.Generator[Part] {
	return rapid.Custom(func(t *rapid.T) Part {
		p := Part{Name: words.Draw(t, "name"), Value: anyValue.Draw(t, "value")}
		if rapid.Bool().Draw(t, "linked") {
			p.URL = "/x"
		}
		if levels > 1 {
			p.Parts = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Part {
				return Part{Name: words.Draw(t, "name"), Value: anyValue.Draw(t, "value")}
			}), 0, 6).Draw(t, "parts")
		}
		return p
	})
}

func TestPartsStayInTheirPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Parts{Frame: anyFrame(t), Unit: anyUnit.Draw(t, "unit"), Parts: rapid.SliceOfN(anyPart(2), 0, 30).Draw(t, "parts")}
		out := rendered(t, p)
		if err := inside(out); err != nil {
			t.Fatal(err)
		}
		p.Largest()
		want := 1
		for _, part := range p.Parts {
			want += 1 + len(part.Parts)
		}
		if got := len(cells(t, out)); len(p.Parts) > 0 && got != want {
			t.Fatalf("%d rows, not %d", got, want)
		}
	})
}

func TestMapsStayInTheirPicture(t *testing.T) {
	lon, lat := rapid.Float64Range(-180, 180), rapid.Float64Range(-90, 90)
	rapid.Check(t, func(t *rapid.T) {
		m := Map{Frame: anyFrame(t), Unit: anyUnit.Draw(t, "unit")}
		near := rapid.SampledFrom([]float64{0, 0.001, 0.2, 5, 90}).Draw(t, "extent")
		x, y := lon.Draw(t, "lon"), lat.Draw(t, "lat")
		at := func() (float64, float64) {
			return math.Max(-180, math.Min(180, x+near*rapid.Float64Range(-1, 1).Draw(t, "dx"))), math.Max(-90, math.Min(90, y+near*rapid.Float64Range(-1, 1).Draw(t, "dy")))
		}
		for range rapid.IntRange(0, 12).Draw(t, "points") {
			p := Point{Name: words.Draw(t, "name"), Value: anyValue.Draw(t, "value"), Plain: rapid.Bool().Draw(t, "plain"), Group: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "group")}
			p.Lon, p.Lat = at()
			m.Points = append(m.Points, p)
		}
		for range rapid.IntRange(0, 6).Draw(t, "regions") {
			r := Region{Name: words.Draw(t, "name"), Value: anyValue.Draw(t, "value")}
			for range rapid.IntRange(0, 2).Draw(t, "rings") {
				var ring [][2]float64
				for range rapid.IntRange(0, 12).Draw(t, "corners") {
					a, b := at()
					ring = append(ring, [2]float64{a, b})
				}
				r.Shape = append(r.Shape, ring)
			}
			m.Regions = append(m.Regions, r)
		}
		out := rendered(t, m)
		if err := inside(out); err != nil {
			t.Fatal(err)
		}
		if got := len(cells(t, out)); len(m.Points)+len(m.Regions) > 0 && got != 1+len(m.Points)+len(m.Regions) {
			t.Fatalf("%d rows", got)
		}
	})
}

// London to Paris is 343.6 km along a great circle of a sphere; on the map it must be that within one in a hundred.
func TestTheRulerIsTrue(t *testing.T) {
	m := Map{Frame: Frame{ID: "m", Title: "M", Printer: printer("en")}, Points: []Point{{Name: "London", Lon: -0.1278, Lat: 51.5074}, {Name: "Paris", Lon: 2.3522, Lat: 48.8566}}}
	p, _, ok := m.project()
	if !ok {
		t.Fatal("no picture")
	}
	a, b := p.at(-0.1278, 51.5074), p.at(2.3522, 48.8566)
	km := math.Hypot(a.x-b.x, a.y-b.y) / p.per * 111.195
	if math.Abs(km-343.6) > 3.4 {
		t.Errorf("%.1f km", km)
	}
	if !(a.y < b.y && a.x < b.x) {
		t.Error("north is not up, or west not left")
	}
}

func TestSimplifyStaysClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) point {
			return point{float64(rapid.IntRange(0, 60).Draw(t, "x")), float64(rapid.IntRange(0, 60).Draw(t, "y"))}
		}), 4, 60).Draw(t, "line")
		got := simplify(line, 2)
		if got[0] != line[0] || got[len(got)-1] != line[len(line)-1] {
			t.Fatal("lost an end")
		}
		for _, p := range line {
			near := math.Inf(1)
			for i := 1; i < len(got); i++ {
				near = math.Min(near, distance(p, got[i-1], got[i]))
			}
			if near > 2+1e-9 {
				t.Fatalf("%v is %.2f away", p, near)
			}
		}
	})
}

func TestGeoJSON(t *testing.T) {
	features, err := ParseGeoJSON([]byte(`{"type":"FeatureCollection","features":[
		{"type":"Feature","id":7,"properties":{"name":"North"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0.2,0.1],[0.4,0.1],[0.4,0.2],[0.2,0.1]]]}},
		{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[3,4,90]}},
		{"type":"Feature","properties":{},"geometry":null}]}`))
	if err != nil || len(features) != 3 || features[0].ID != "7" || len(features[0].Shape) != 2 || features[0].Properties["name"] != "North" || features[1].Points[0] != [2]float64{3, 4} {
		t.Fatal(features, err)
	}
	for _, wrong := range []string{`{}`, `[`, `{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[500,0]}}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[0,0],[1,1]]}}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[1]}}]}`} {
		if _, err := ParseGeoJSON([]byte(wrong)); err == nil {
			t.Errorf("read %s", wrong)
		}
	}
}

// Neighbours need 3:1 against what lies between them (WCAG 2.2, 1.4.11), words 4.5:1 against what they stand on (1.4.3).
func TestContrast(t *testing.T) {
	for i, h := range hues {
		if r := contrast(h, paper); r < 4.5 {
			t.Errorf("%s on the page, or white words on it: %.2f", h, r)
		}
		if r := contrast(tint(h), "#1a2321"); r < 4.5 {
			t.Errorf("words on the tint of %s: %.2f", h, r)
		}
		for _, other := range hues[:i] {
			if h == other {
				t.Errorf("%s twice", h)
			}
		}
	}
	for i, shade := range ramp {
		words := "#1a2321"
		if i >= 3 {
			words = paper
		}
		if r := contrast(shade, words); r < 3 || i != 3 && r < 4.5 {
			t.Errorf("words on shade %d: %.2f", i, r)
		}
		if i > 0 && contrast(ramp[i-1], paper) >= contrast(shade, paper) {
			t.Errorf("shade %d is not darker than the one before", i)
		}
	}
	if r := contrast(axisColour, paper); r < 4.5 {
		t.Errorf("axis: %.2f", r)
	}
	if contrast("#000000", "#ffffff") != 21 || contrast("#777777", "#ffffff") > 4.5 {
		t.Error("the formula is not WCAG's") // 21:1 and 4.48:1 are the published examples
	}
}

func contrast(a, b string) float64 {
	luminance := func(s string) float64 {
		if len(s) == 4 {
			s = "#" + strings.Repeat(s[1:2], 2) + strings.Repeat(s[2:3], 2) + strings.Repeat(s[3:4], 2)
		}
		linear := func(v float64) float64 {
			if v <= 0.04045 {
				return v / 12.92
			}
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		var c [3]float64
		for i := range c {
			c[i] = linear(float64(hexByte(s[1+2*i:3+2*i])) / 255)
		}
		return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
	}
	x, y := luminance(a), luminance(b)
	return math.Round((math.Max(x, y)+0.05)/(math.Min(x, y)+0.05)*1000) / 1000
}

func TestNiceTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   string
	}{
		{0, 97, 5, "[0 20 40 60 80 100]"}, {0, 1, 5, "[0 0.2 0.4 0.6000000000000001 0.8 1]"}, {-3, 7, 5, "[-4 -2 0 2 4 6 8]"},
		{0, 0, 4, "[0 0.5 1]"}, {98, 104, 3, "[98 100 102 104]"},
		{1e15, 1e15 + 0.125, 5, "[1e+15 1.000000000001e+15]"},
	} {
		if got := fmt.Sprint(newScale(c.lo, c.hi, c.n, 0).ticks); got != c.want {
			t.Errorf("%v to %v: %s", c.lo, c.hi, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-1e15, 1e15).Draw(t, "a"), rapid.Float64Range(-1e15, 1e15).Draw(t, "b")
		lo, hi := math.Min(a, b), math.Max(a, b)
		s := newScale(lo, hi, rapid.IntRange(2, 8).Draw(t, "n"), 0)
		slack := 2e-9 * s.step()
		if s.lo > lo+slack || s.hi < hi-slack || len(s.ticks) > 12 {
			t.Fatalf("%v to %v: %v", lo, hi, s.ticks)
		}
		digit := strings.TrimLeft(fmt.Sprintf("%.3e", s.step()), " ")[0]
		if !strings.ContainsRune("125", rune(digit)) {
			t.Fatalf("step %v", s.step())
		}
	})
}

var months = func(n int) []time.Time {
	var out []time.Time
	for i := range n {
		out = append(out, time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC).AddDate(0, i, 0))
	}
	return out
}

func TestFindings(t *testing.T) {
	f := Frame{ID: "a", Title: "A", Printer: printer("en")}
	c := Chart{Frame: f, Kind: Bars, Categories: []string{"North", "Hill"}, Series: []Series{{Values: Nums(30, 10)}}}
	d := Chart{Frame: f, Kind: Lines, Unit: Unit{Money: "GBP"}, Dates: months(6), Grain: Month, Series: []Series{{Values: Nums(10000, 12000, 11000, 13000, 15000, 20000)}}}
	held, equal, falling, fromZero := c, c, d, d
	held.Series = []Series{{Values: []Value{Num(30), {Is: Suppressed}}}}
	equal.Series = []Series{{Values: Nums(5, 5)}}
	falling.Series = []Series{{Values: Nums(6, 5, 4, 3, 2, 1)}}
	fromZero.Series = []Series{{Values: Nums(0, 100, 0, 100, 0, 100)}}
	for _, x := range []struct{ got, want string }{
		{c.Highest(0), "Highest: North, with 30."}, {c.Share(0), "North has 75 percent of all 40."}, {c.Change(0), ""}, {c.Highest(1), ""},
		{held.Highest(0), ""}, {held.Share(0), ""}, {equal.Highest(0), ""}, {equal.Share(0), ""},
		{d.Change(0), "From £100 in November 2025 to £200 in April 2026: 100 percent more."},
		{d.Trend(0), "It rose from one date to the next in 4 of 5 cases."}, {falling.Trend(0), "It fell from one date to the next in 5 of 5 cases."},
		{fromZero.Change(0), "From £0 in November 2025 to £1 in April 2026."}, {fromZero.Trend(0), ""},
		{Parts{Frame: f, Parts: []Part{{Name: "Roads", Value: Num(3)}, {Name: "Parks", Value: Num(1)}}}.Largest(), "The largest part is Roads, with 75 percent of 4."},
	} {
		if x.got != x.want {
			t.Errorf("%q, not %q", x.got, x.want)
		}
	}
}

func TestGolden(t *testing.T) {
	f := func(lang string) Frame {
		return Frame{ID: "g", Title: "Applications", Finding: "Most from the north.", Printer: printer(lang), CSVURL: "/x.csv"}
	}
	bars := func(lang string) Chart {
		return Chart{Frame: f(lang), Kind: Bars, Of: "Ward", Unit: Unit{Text: "applications"}, Categories: []string{"North & West", "Hill"}, Links: []string{"/n", ""},
			Series: []Series{{Name: "2025", Values: Nums(1200, -30)}, {Name: "2026", Values: []Value{Num(900), {Is: Suppressed}}}}}
	}
	for name, c := range map[string]page.Component{
		"bars": bars("en"), "bars.ar": bars("ar"),
		"lines": Chart{Frame: f("en"), Kind: Lines, Dates: months(4), Grain: Month, Series: []Series{{Name: "Licences", Values: []Value{Num(1), {Is: Missing}, Num(3), Num(4)}, Low: Nums(0, 1, 2, 2), High: Nums(2, 3, 4, 6), Expected: 1}}},
		"parts": Parts{Frame: f("en"), Unit: Unit{Money: "GBP"}, Whole: "All", Parts: []Part{{Name: "Roads", Value: Num(300000), URL: "/r", Parts: []Part{{Name: "Repairs", Value: Num(200000)}}}, {Name: "Parks", Value: Num(100000)}}},
		"map":   Map{Frame: f("en"), Points: []Point{{Name: "Mill", Lon: -1.5, Lat: 52, Plain: true}}, Regions: []Region{{Name: "North", Value: Num(4), Shape: Shape{{{-1.6, 52}, {-1.4, 52}, {-1.4, 52.1}, {-1.6, 52}}}}}},
	} {
		out := rendered(t, c)
		out = strings.NewReplacer("><", ">\n<").Replace(out) + "\n"
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if out != string(want) {
			t.Errorf("%s differs (-update writes it):\n%s", file, out)
		}
	}
}
