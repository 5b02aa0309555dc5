package chart

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"stoa/internal/i18n"
	"stoa/internal/web/page"
)

var languages = func() *i18n.Bundle {
	b, err := i18n.Load()
	if err != nil {
		panic(err)
	}
	return b
}()

func printer(lang string) *i18n.Printer { return languages.For(lang) }

func rendered(t interface {
	Helper()
	Fatal(...any)
}, c page.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var svgs = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// inside reads every picture as XML, strictly, and says what leaves its viewBox.
func inside(markup string) error {
	for _, svg := range svgs.FindAllString(markup, -1) {
		if strings.Contains(svg, "style=") || strings.Contains(svg, "<script") {
			return fmt.Errorf("a style or a script of its own: %s", svg)
		}
		if err := insideOne(svg); err != nil {
			return fmt.Errorf("%w in %s", err, svg)
		}
	}
	return nil
}

type sheet struct {
	w, h, font float64
	rtl, known bool
	dx, dy     []float64
	text       *label
}

type label struct {
	x, y   float64
	anchor string
	words  string
}

func insideOne(svg string) error {
	d := xml.NewDecoder(strings.NewReader(svg))
	var s sheet
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if err := s.begin(e); err != nil {
				return err
			}
		case xml.CharData:
			if s.text != nil {
				s.text.words += string(e)
			}
		case xml.EndElement:
			if err := s.finish(e.Name.Local); err != nil {
				return err
			}
		}
	}
}

func (s *sheet) begin(e xml.StartElement) error {
	a := map[string]string{}
	for _, x := range e.Attr {
		a[x.Name.Local] = x.Value
	}
	n := func(name string) float64 {
		v, err := strconv.ParseFloat(a[name], 64)
		if err != nil {
			return 0
		}
		return v
	}
	switch e.Name.Local {
	case "svg":
		if box := strings.Fields(a["viewBox"]); len(box) == 4 {
			s.w, _ = strconv.ParseFloat(box[2], 64)
			s.h, _ = strconv.ParseFloat(box[3], 64)
			s.known = true
		}
		s.font, s.rtl = n("font-size"), a["direction"] == "rtl"
	case "pattern":
		s.known = false
	case "g":
		var dx, dy float64
		if t := a["transform"]; t != "" {
			if _, err := fmt.Sscanf(t, "translate(%g %g)", &dx, &dy); err != nil {
				return fmt.Errorf("transform %q: %w", t, err)
			}
		}
		s.dx, s.dy = append(s.dx, dx), append(s.dy, dy)
	case "rect":
		return s.holds(n("x"), n("y"), n("x")+n("width"), n("y")+n("height"))
	case "line":
		return s.holds(n("x1"), n("y1"), n("x2"), n("y2"))
	case "circle":
		return s.holds(n("cx")-n("r"), n("cy")-n("r"), n("cx")+n("r"), n("cy")+n("r"))
	case "path":
		return s.path(a["d"])
	case "text":
		s.text = &label{x: n("x"), y: n("y"), anchor: a["text-anchor"]}
	}
	return nil
}

var corner = regexp.MustCompile(`[ML](-?[0-9.]+) (-?[0-9.]+)`)

func (s *sheet) path(d string) error {
	if rest := strings.ReplaceAll(corner.ReplaceAllString(d, ""), "Z", ""); s.known && rest != "" {
		return fmt.Errorf("a path that is not understood: %q", rest)
	}
	for _, m := range corner.FindAllStringSubmatch(d, -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		if err := s.holds(x, y, x, y); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) finish(name string) error {
	switch name {
	case "g":
		s.dx, s.dy = s.dx[:len(s.dx)-1], s.dy[:len(s.dy)-1]
	case "text":
		l := s.text
		s.text = nil
		w := textWidth(l.words) * s.font
		left, right := l.x, l.x+w
		switch {
		case l.anchor == "middle":
			left, right = l.x-w/2, l.x+w/2
		case (l.anchor == "end") != s.rtl:
			left, right = l.x-w, l.x
		}
		if err := s.holds(left, l.y-s.font*0.75, right, l.y+s.font*0.25); err != nil {
			return fmt.Errorf("%w: the words %q", err, l.words)
		}
	}
	return nil
}

func (s *sheet) holds(left, top, right, bottom float64) error {
	if !s.known {
		return nil
	}
	for i := range s.dx {
		left, right, top, bottom = left+s.dx[i], right+s.dx[i], top+s.dy[i], bottom+s.dy[i]
	}
	const close = 0.2 // coordinates are rounded
	if math.IsNaN(left+top+right+bottom) || min(left, right) < -close || max(left, right) > s.w+close || min(top, bottom) < -close || max(top, bottom) > s.h+close {
		return fmt.Errorf("(%.1f %.1f)–(%.1f %.1f) leaves the picture of %g by %g", left, top, right, bottom, s.w, s.h)
	}
	return nil
}

var words = rapid.StringMatching(`[A-Za-z&<"À-ž ]{0,60}|[ابتثجحخدذرزسشصض ]{0,40}|[一-三 ]{0,20}`)

var anyValue = rapid.Custom(func(t *rapid.T) Value {
	switch rapid.IntRange(0, 9).Draw(t, "state") {
	case 0:
		return Value{Is: Missing}
	case 1:
		return Value{Is: Suppressed}
	case 2:
		return Num(rapid.SampledFrom([]float64{0, largest, -largest, 1, 1e-9, 0.5}).Draw(t, "edge"))
	case 3:
		return Num(rapid.Float64Range(-1e15, 1e15).Draw(t, "huge"))
	}
	return Num(float64(rapid.IntRange(-5000, 90000).Draw(t, "plain")) / rapid.SampledFrom([]float64{1, 1, 100}).Draw(t, "part"))
})

func anyFrame(t *rapid.T) Frame {
	return Frame{ID: "c", Title: "T" + words.Draw(t, "title"), Finding: words.Draw(t, "finding"),
		Printer: printer(rapid.SampledFrom([]string{"en", "ar"}).Draw(t, "language"))}
}

var anyUnit = rapid.SampledFrom([]Unit{{}, {Text: "days"}, {Money: "GBP"}, {Money: "JPY"}, {Money: "XYZ"}, {Percent: true}})

var anyChart = rapid.Custom(func(t *rapid.T) Chart {
	c := Chart{Frame: anyFrame(t), Unit: anyUnit.Draw(t, "unit"),
		Kind: rapid.SampledFrom([]Kind{Bars, Stack, Lines, Area, Panels}).Draw(t, "kind")}
	n := rapid.IntRange(0, 70).Draw(t, "size")
	if rapid.Bool().Draw(t, "dates") {
		c.Grain = rapid.SampledFrom([]Grain{Day, Month, Year}).Draw(t, "grain")
		at := time.Date(rapid.IntRange(1900, 2100).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0, 0, 0, 0, time.UTC)
		most := rapid.SampledFrom([]int{1, 1, 3, 40}).Draw(t, "gap")
		for range n {
			c.Dates = append(c.Dates, at)
			step := rapid.IntRange(1, most).Draw(t, "step")
			switch c.Grain {
			case Day:
				at = at.AddDate(0, 0, step)
			case Month:
				at = at.AddDate(0, step, 0)
			default:
				at = at.AddDate(step, 0, 0)
			}
		}
	} else {
		c.Categories = rapid.SliceOfN(words, n, n).Draw(t, "names")
	}
	for range rapid.IntRange(0, 9).Draw(t, "series") {
		values := rapid.SliceOfN(anyValue, n, n).Draw(t, "values")
		if rapid.IntRange(0, 6).Draw(t, "equal") == 0 && n > 0 {
			for i := range values {
				values[i] = values[0]
			}
		}
		s := Series{Name: words.Draw(t, "name"), Values: values}
		for i := range s.Values {
			if c.Kind == Area {
				s.Values[i].N = math.Abs(s.Values[i].N)
			}
		}
		if c.Kind == Lines && rapid.Bool().Draw(t, "band") {
			s.Expected = rapid.IntRange(0, n).Draw(t, "expected")
			s.Low, s.High = rapid.SliceOfN(anyValue, n, n).Draw(t, "low"), rapid.SliceOfN(anyValue, n, n).Draw(t, "high")
		}
		c.Series = append(c.Series, s)
	}
	if rapid.Bool().Draw(t, "sorted") {
		return c.Sorted()
	}
	return c
})

func TestEveryChartStaysInItsPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChart.Draw(t, "chart")
		out := rendered(t, c)
		if err := inside(out); err != nil {
			t.Fatal(err)
		}
		if c.size() > 0 && len(c.Series) > 0 && len(svgs.FindAllString(out, -1)) < 2 {
			t.Fatal("no pictures")
		}
		c.Highest(0)
		c.Change(0)
		c.Trend(0)
		c.Share(0)
	})
}

// cells are the table's rows as a reader of the page has them.
func cells(t interface{ Fatal(...any) }, markup string) [][]string {
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "tr" {
			rows = append(rows, nil)
		}
		if n.Type == html.ElementNode && (n.Data == "td" || n.Data == "th") {
			rows[len(rows)-1] = append(rows[len(rows)-1], textOf(n))
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return rows
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return strings.TrimSpace(b.String())
}

func TestTheTableHasTheFigures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChart.Draw(t, "chart")
		c.Unit, c.Printer = Unit{}, printer("en")
		for i := range c.Series {
			c.Series[i].Low, c.Series[i].High, c.Series[i].Expected = nil, nil, 0
		}
		rows := cells(t, rendered(t, c))
		if c.size() == 0 {
			return
		}
		if len(rows) != c.size()+1 {
			t.Fatalf("%d rows for %d", len(rows)-1, c.size())
		}
		for i, row := range rows[1:] {
			if len(row) != len(c.Series)+1 {
				t.Fatalf("row %q", row)
			}
			for j, s := range c.Series {
				v := s.Values[i]
				switch v.Is {
				case Suppressed:
					if row[j+1] != "–" {
						t.Fatalf("suppressed, shown as %q", row[j+1])
					}
				case Missing:
					if row[j+1] != "no figure" {
						t.Fatalf("missing, shown as %q", row[j+1])
					}
				default:
					got, err := strconv.ParseFloat(strings.NewReplacer(",", "", "−", "-").Replace(row[j+1]), 64)
					if err != nil || math.Abs(got-v.N) > 5.1e-7+1e-15*math.Abs(v.N) {
						t.Fatalf("%v, shown as %q", v.N, row[j+1])
					}
				}
			}
		}
	})
}

func TestWhatCannotBeDrawnIsRefused(t *testing.T) {
	good := Chart{Frame: Frame{ID: "a", Title: "A", Printer: printer("en")}, Kind: Bars, Categories: []string{"x"}, Series: []Series{{Values: Nums(1)}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, spoil := range map[string]func(c *Chart){
		"not a number": func(c *Chart) { c.Series[0].Values = Nums(math.NaN()) },
		"infinite":     func(c *Chart) { c.Series[0].Values = Nums(math.Inf(-1)) },
		"not exact":    func(c *Chart) { c.Series[0].Values = Nums(largest * 2) },
		"too few":      func(c *Chart) { c.Series[0].Values = nil },
		"links":        func(c *Chart) { c.Links = []string{"/a", "/b"} },
		"id":           func(c *Chart) { c.ID = `"><script>` },
		"kind":         func(c *Chart) { c.Kind = "pie" },
		"both":         func(c *Chart) { c.Dates, c.Grain = []time.Time{day}, Day },
		"order": func(c *Chart) {
			c.Categories, c.Dates, c.Grain, c.Series[0].Values = nil, []time.Time{day, day}, Day, Nums(1, 2)
		},
		"negative area": func(c *Chart) { c.Kind, c.Series[0].Values = Area, Nums(-1) },
		"band on bars":  func(c *Chart) { c.Series[0].Low, c.Series[0].High = Nums(0), Nums(2) },
	} {
		c := good
		c.Series = []Series{{Values: Nums(1)}}
		spoil(&c)
		if c.Check() == nil {
			t.Errorf("%s: not refused", name)
		}
		if err := c.Render(context.Background(), io.Discard); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}
