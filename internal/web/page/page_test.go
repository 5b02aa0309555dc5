package page

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

func render(t testing.TB, c Component) string {
	t.Helper()
	s, err := renderString(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sampleShell() Shell {
	return Shell{
		Lang: "ar", Dir: "rtl", Title: "About the event", JurisdictionName: "Greenvale",
		ServiceName: "Temporary event notice", Nav: []NavItem{{Text: "Services", Href: "/services", Active: true}},
		Languages: []Language{{Code: "en", Name: "English", URL: "/en"}, {Code: "ar", Name: "العربية", Dir: "rtl", Current: true}},
		User:      User{Name: "Amara Osei", Key: "once"}, BackLink: "/back",
		Notice: Notice{Tag: "Demo", Text: "Fictional"}, Footer: Footer{Links: []Link{{"Privacy", "/privacy"}}},
	}
}

// elements calls visit for every element of a document.
func elements(t *testing.T, doc string, visit func(n *html.Node, attr map[string]string)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		visit(n, attr)
	}
}

func TestLayout(t *testing.T) {
	s := sampleShell()
	s.Failed = true
	s.Words = &Words{Error: "خطأ", SkipToContent: "تخطي"}
	seen := map[string]int{}
	doc := render(t, Layout(s, Input{Name: "name", Label: Label{Text: "Name"}, ErrorMessage: ErrorMessage{Text: "Enter"}}))
	elements(t, doc, func(n *html.Node, attr map[string]string) {
		seen[n.Data]++
		switch n.Data {
		case "html":
			if attr["lang"] != "ar" || attr["dir"] != "rtl" {
				t.Errorf("html has %v", attr)
			}
		case "title":
			if want := "خطأ: About the event – Temporary event notice – Greenvale"; n.FirstChild.Data != want {
				t.Errorf("title %q, want %q", n.FirstChild.Data, want)
			}
		}
	})
	for _, name := range []string{"header", "main", "footer", "title"} {
		if seen[name] != 1 {
			t.Errorf("%d %s elements, want one", seen[name], name)
		}
	}
	if !strings.Contains(doc, `<span class="govuk-visually-hidden">خطأ:</span>`) {
		t.Error("the shell's words do not reach the components below")
	}
	if !strings.Contains(doc, `name="form-key" value="once"`) {
		t.Error("signing out carries no form key")
	}
}

// TestNothingInline: the security policy forbids inline scripts and styles.
func TestNothingInline(t *testing.T) {
	for name, doc := range map[string]string{
		"ten fields": render(t, Layout(sampleShell(), tenFields())),
		"desk":       render(t, Layout(Shell{Wide: true}, Group{QueueTable{Columns: []Column{{Text: "Case", SortURL: "?", Sorted: "ascending"}}, Rows: []QueueRow{{Cells: []Cell{{Text: "1"}}, Tone: Bad}}}, Filters{}, StatTiles{Tiles: []Stat{{Label: "Open", Value: "1"}}}})),
	} {
		elements(t, doc, func(n *html.Node, attr map[string]string) {
			if n.Data == "style" || n.Data == "script" && attr["src"] == "" {
				t.Errorf("%s: an inline %s", name, n.Data)
			}
			for key := range attr {
				if key == "style" || strings.HasPrefix(key, "on") {
					t.Errorf("%s: <%s %s>", name, n.Data, key)
				}
			}
		})
	}
}

// TestUniqueIDs: an id that occurs twice leads labels and errors astray.
func TestUniqueIDs(t *testing.T) {
	seen := map[string]bool{}
	elements(t, render(t, Layout(sampleShell(), tenFields())), func(n *html.Node, attr map[string]string) {
		id, ok := attr["id"]
		if ok && (id == "" || seen[id]) {
			t.Errorf("id %q on <%s> is empty or used twice", id, n.Data)
		}
		seen[id] = true
	})
}

// TestEscaping: no text, whatever it holds, changes the structure of a page.
func TestEscaping(t *testing.T) {
	shape := func(t rapid.TB, s string) string {
		c := Group{
			Heading{Text: s}, Paragraph{Text: s}, Button{Text: s, Value: s, Name: "n"}, LinkTo{Text: s, URL: "/x", Hidden: s},
			Input{Name: "i", Value: s, Label: Label{Text: s}, Hint: Hint{Text: "h" + s}, ErrorMessage: ErrorMessage{Text: "e" + s}},
			Textarea{Name: "t", Value: s, Label: Label{Text: "l" + s}},
			Radios{Name: "r", Value: s, Items: []Choice{{Value: s, Text: "c" + s}}}, Select{Name: "s", Items: []Option{{Value: s, Text: s}}},
			SummaryList{Rows: []SummaryRow{{Key: Cell{Text: s}, Value: Cell{Text: s}}}}, Table{Caption: "c" + s, Rows: [][]Cell{{{Text: s}}}},
			Tag{Text: s}, Clock{Text: s}, ID(s), Time{Text: s}, Message{}.thread(s), Certificate{Title: s, Number: s},
		}
		var b bytes.Buffer
		if err := Layout(Shell{Title: s, JurisdictionName: "G" + s}, c).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(&b)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for n := range root.Descendants() {
			if n.Type == html.ElementNode {
				names = append(names, n.Data+strconv.Itoa(len(n.Attr)))
			}
		}
		return strings.Join(names, " ")
	}
	want := shape(t, "x")
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(rapid.StringN(1, 20, -1), rapid.SampledFrom([]string{
			`"><script>alert(1)</script>`, `' onload='x`, `</textarea><b>`, `</title><i>`, `<!--`, `&lt;b&gt;`, "\x00<b>", `javascript:x`,
		})).Draw(rt, "text")
		s = "x" + strings.ReplaceAll(s, "\n\n", " ") // blank lines part the paragraphs of a message
		if got := shape(rt, s); got != want {
			rt.Fatalf("%q changed the page:\n%s\nwant\n%s", s, got, want)
		}
	})
}

func (Message) thread(s string) MessageThread {
	return MessageThread{Messages: []Message{{From: s, Text: s}}}
}

func TestLinksAreSafe(t *testing.T) {
	if s := render(t, LinkTo{Text: "x", URL: "javascript:alert(1)"}); strings.Contains(s, "javascript") {
		t.Error(s)
	}
}

func TestPages(t *testing.T) {
	for _, c := range []struct {
		current, last int
		want          string
	}{
		{1, 1, "[1]"}, {1, 3, "[1] 2 3 >"}, {5, 9, "< 1 … 4 [5] 6 … 9 >"}, {9, 9, "< 1 … 8 [9]"}, {3, 9, "< 1 2 [3] 4 … 9 >"},
	} {
		p := Pages(c.current, c.last, func(n int) string { return "?page=" + strconv.Itoa(n) })
		var got []string
		if p.Previous.Href != "" {
			got = append(got, "<")
		}
		for _, i := range p.Items {
			switch {
			case i.Ellipsis:
				got = append(got, "…")
			case i.Current:
				got = append(got, "["+i.Number+"]")
			default:
				got = append(got, i.Number)
			}
		}
		if p.Next.Href != "" {
			got = append(got, ">")
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("page %d of %d: %s, want %s", c.current, c.last, s, c.want)
		}
	}
}

func TestTheme(t *testing.T) {
	css, err := Theme{Brand: "#1d3f72", Link: "#0b4f9e", Accent: "#e0a030"}.CSS()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--stoa-band:#1d3f72;", "--stoa-button:#0b4f9e;", "--govuk-link-colour:#0b4f9e;", "--stoa-accent:#e0a030;"} {
		if !strings.Contains(css, want) {
			t.Errorf("no %s in %s", want, css)
		}
	}
	for _, bad := range []Theme{{Brand: "#77a0ff"}, {Link: "red"}, {Button: "#ffffff"}, {Accent: "#12345"}, {Brand: "#1d3f72;}body{"}} {
		if css, err := bad.CSS(); err == nil {
			t.Errorf("%+v is taken: %s", bad, css)
		}
	}
	// Worked values: black on white is 21:1 by definition; #767676 on white is
	// the grey that WebAIM and the W3C name as just passing, 4.54:1.
	white := colour{255, 255, 255}
	if r := (colour{}).contrast(white); math.Abs(r-21) > 1e-9 {
		t.Errorf("black on white: %v", r)
	}
	if r := (colour{0x76, 0x76, 0x76}).contrast(white); math.Abs(r-4.54) > 0.005 {
		t.Errorf("#767676 on white: %v", r)
	}
}

// tenFields is a form of ten fields, each with an error.
func tenFields() Component {
	q := Question{Heading: Heading{Text: "About the event"}, Action: "/apply", Key: "key", Continue: "Continue", ErrorTitle: "There is a problem"}
	for i := range 10 {
		id := "field-" + strconv.Itoa(i)
		q.Errors = append(q.Errors, ErrorLink{Text: "Enter the value", Href: "#" + id})
		q.Fields = append(q.Fields, Input{
			Name: id, Value: "wrong", Label: Label{Text: "A question"}, Hint: Hint{Text: "An explanation of the question"},
			ErrorMessage: ErrorMessage{Text: "Enter the value"}, Inputmode: "numeric",
		})
	}
	return q
}

func BenchmarkTenFields(b *testing.B) {
	p := Layout(sampleShell(), tenFields())
	var w bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		w.Reset()
		if err := p.Render(context.Background(), &w); err != nil {
			b.Fatal(err)
		}
	}
}
