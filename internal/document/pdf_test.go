package document

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func samples() map[string]Document {
	return map[string]Document{
		"letter-en": letterEnglish(), "letter-ar": letterArabic(),
		"licence-en": licenceEnglish(), "licence-ar": licenceArabic(),
	}
}

func render(t testing.TB, d Document, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wanted is what a reader should hear, in order, written down from the
// document without any knowledge of the layout.
func wanted(d Document) []string {
	var out []string
	add := func(s ...string) {
		for _, s := range s {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	}
	add(d.Issuer.Name)
	add(d.Issuer.Address...)
	add(d.Issuer.Contact)
	facts := func(items []Fact) {
		for _, f := range items {
			add(f.Label, f.Value.String())
		}
	}
	if d.Kind == Letter {
		add(d.To...)
		for _, f := range d.Head {
			add(f.Label + ": " + f.Value.String())
		}
		add(d.Title)
	} else {
		add(d.Title)
		facts(d.Head)
		add(d.To...)
	}
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case Heading:
			add(b.Text.String())
		case Paragraph:
			add(b.Text.String())
		case List:
			for i, item := range b.Items {
				add(marker(b, i), item.String())
			}
		case Facts:
			facts(b.Items)
		case Table:
			add(b.Caption)
			for _, c := range b.Columns {
				add(c.Header)
			}
			for _, r := range b.Rows {
				for _, c := range r {
					add(c.String())
				}
			}
		case Notice:
			add(b.Title, b.Text.String())
		case QR:
			add(b.Caption.String(), b.URL)
		}
	}
	return out
}

// letters are the characters of s without their order.
func letters(s string) string {
	runes := []rune(s)
	slices.Sort(runes)
	return string(runes)
}

func TestReadAloudInOrder(t *testing.T) {
	for name, d := range samples() {
		t.Run(name, func(t *testing.T) {
			r := read(t, render(t, d, Options{}))
			var got []string
			for _, s := range r.speak(t) {
				if s.text == "" {
					continue
				}
				got = append(got, strings.TrimSpace(s.text))
				if a, b := letters(s.text), letters(s.painted); a != b {
					t.Errorf("%q is painted with other letters: %q", s.text, s.painted)
				}
			}
			want := wanted(d)
			for i := range max(len(got), len(want)) {
				g, w := "", ""
				if i < len(got) {
					g = got[i]
				}
				if i < len(want) {
					w = want[i]
				}
				if g != w {
					t.Fatalf("item %d reads %q, want %q", i, g, w)
				}
			}
			if r.stray != "" {
				t.Errorf("text outside marked content: %q", r.stray)
			}
		})
	}
}

func TestStructure(t *testing.T) {
	d := letterArabic()
	file := render(t, d, Options{})
	r := read(t, file)
	catalog := r.objects[r.root]
	for _, want := range []string{"/Marked true", "/DisplayDocTitle true", "/Direction /R2L", "/Lang " + pdfText("ar")} {
		if !strings.Contains(catalog, want) {
			t.Errorf("the catalog lacks %s", want)
		}
	}
	xmp := string(r.streams[r.ref(catalog, "Metadata")])
	for _, want := range []string{d.Title, "<pdfuaid:part>1<", "<rdf:li>ar<"} {
		if !strings.Contains(xmp, want) {
			t.Errorf("the metadata lack %q", want)
		}
	}
	if !bytes.Contains(file, []byte("/Title "+pdfText(d.Title))) {
		t.Error("the file's properties lack the title")
	}
	count := map[string]int{}
	for _, s := range r.speak(t) {
		count[s.kind]++
		switch s.kind {
		case "TH":
			if !strings.Contains(s.attrs, "/Scope /Row") && !strings.Contains(s.attrs, "/Scope /Column") {
				t.Errorf("header cell %q has no scope", s.text)
			}
		case "Figure":
			if !strings.Contains(s.attrs, "/BBox [") || !strings.Contains(s.attrs, "/Alt <FEFF0") {
				t.Errorf("figure without box or alternative: %s", s.attrs)
			}
		}
	}
	for kind, want := range map[string]int{"Document": 1, "H1": 1, "H2": 3, "L": 1, "LI": 3, "Lbl": 3, "LBody": 3, "Table": 2, "Caption": 1, "TR": 7, "TH": 9, "TD": 9, "Figure": 1, "Link": 1} {
		if count[kind] != want {
			t.Errorf("%d elements %s, want %d", count[kind], kind, want)
		}
	}
}

func TestEqualBytes(t *testing.T) {
	for name, d := range samples() {
		first := render(t, d, Options{})
		for range 3 {
			if !bytes.Equal(first, render(t, d, Options{})) {
				t.Fatalf("%s: two writings differ", name)
			}
		}
		done := make(chan []byte)
		for range 4 {
			go func() {
				var b bytes.Buffer
				_ = PDF(&b, d, Options{}) // a failure shows as different bytes
				done <- b.Bytes()
			}()
		}
		for range 4 {
			if !bytes.Equal(first, <-done) {
				t.Fatalf("%s: a writing beside others differs", name)
			}
		}
	}
}

// long is a document of several pages with everything that may break badly.
func long(dir Dir) Document {
	d := letterEnglish()
	d.Dir = dir
	d.Blocks = nil
	for i := range 12 {
		d.Blocks = append(d.Blocks, Heading{2, Plain("Section")},
			Paragraph{Plain(strings.Repeat("Every word of this text is printed once. ", 6+5*i))})
	}
	t := Table{Columns: []Column{{Header: "Number"}, {Header: "Remark"}}}
	for i := range 60 {
		t.Rows = append(t.Rows, []Text{Plain(strings.Repeat("7", 1+i)), Plain(strings.Repeat("remark ", i))})
	}
	t.Rows = append(t.Rows, []Text{Plain("tall"), Plain(strings.Repeat("A row that is taller than a page. ", 300))})
	d.Blocks = append(d.Blocks, t, Paragraph{Plain(strings.Repeat("unbreakable", 60))},
		Notice{Title: "Long", Text: Plain(strings.Repeat("A notice over more than one page. ", 200))})
	return d
}

func TestManyPages(t *testing.T) {
	for _, dir := range []Dir{LTR, RTL} {
		d := long(dir)
		r := read(t, render(t, d, Options{}))
		if n := len(r.pages()); n < 8 {
			t.Fatalf("only %d pages", n)
		}
		var got []string
		for _, s := range r.speak(t) {
			if s.text != "" {
				got = append(got, strings.TrimSpace(s.text))
			}
		}
		if g, w := strings.Join(got, "\n"), strings.Join(wanted(d), "\n"); g != w {
			t.Errorf("dir %d: text was lost or moved", dir)
		}
	}
}

// TestBreaks looks at where boxes land instead of at the bytes.
func TestBreaks(t *testing.T) {
	type landing struct {
		page *page
		top  float64
	}
	var pages []*page
	next := func() (*page, float64, float64) {
		pages = append(pages, &page{})
		return pages[len(pages)-1], 0, 100
	}
	var at []landing
	mk := func(h float64, keep bool) box {
		return box{height: h, keep: keep, draw: func(p *page, top float64) { at = append(at, landing{p, top}) }}
	}
	heads := 0
	head := &box{height: 10, draw: func(*page, float64) { heads++ }}
	boxes := []box{mk(85, false), mk(10, true), mk(20, false), mk(70, false), mk(30, false)}
	boxes[4].head = head
	paginate(boxes, next)
	want := []landing{{pages[0], 0}, {pages[1], 0}, {pages[1], 10}, {pages[1], 30}, {pages[2], 10}}
	for i := range want {
		if at[i] != want[i] {
			t.Errorf("box %d lands at %v, want %v", i, at[i], want[i])
		}
	}
	if heads != 1 {
		t.Errorf("the table head was repeated %d times, want once", heads)
	}
}

func TestUncoveredCharacterStaysReadable(t *testing.T) {
	d := licenceEnglish()
	d.Blocks = []Block{Paragraph{Plain("Name: 𐎠𐎡 end")}}
	r := read(t, render(t, d, Options{}))
	all := r.speak(t)
	if got := all[len(all)-1].text; got != "Name: 𐎠𐎡 end" {
		t.Errorf("reads %q", got)
	}
}

func TestHostileTexts(t *testing.T) {
	d := letterEnglish()
	d.Title = `100% ) (\ <</Type endobj`
	d.Issuer.Name = "A & B <i>"
	d.Blocks = []Block{Paragraph{Plain("a\x00b\nc\td\u2029e \u202egpj.exe\u2066")}, Heading{9, nil}, List{}, Table{}, Facts{}, Notice{}, Paragraph{}}
	r := read(t, render(t, d, Options{}))
	all := r.speak(t)
	if got, want := all[len(all)-1].text, "ab c d e gpj.exe"; got != want {
		t.Errorf("reads %q, want %q", got, want)
	}
	if err := PDF(&bytes.Buffer{}, Document{Lang: "en"}, Options{}); err == nil {
		t.Error("a document without a title was written")
	}
}

func TestOutsideTools(t *testing.T) {
	dir := t.TempDir()
	run := func(t *testing.T, tool string, args ...string) string {
		if _, err := exec.LookPath(tool); err != nil {
			t.Logf("%s is not installed: its view of the file is not checked", tool)
			return ""
		}
		out, err := exec.Command(tool, args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", tool, err, out)
		}
		return string(out)
	}
	for name, d := range samples() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name+".pdf")
			if err := os.WriteFile(path, render(t, d, Options{}), 0o600); err != nil {
				t.Fatal(err)
			}
			if out := run(t, "qpdf", "--check", path); strings.Contains(out, "WARNING") {
				t.Error(out)
			}
			want := wanted(d)
			for _, args := range [][]string{{"pdfinfo", "-struct-text", path}, {"pdftotext", "-enc", "UTF-8", path, "-"}} {
				out := run(t, args[0], args[1:]...)
				if out == "" {
					continue
				}
				if args[0] == "pdfinfo" {
					if d.Dir == RTL { // it shows what is painted, not what is stated
						continue
					}
					inOrder(t, out, want)
				}
				if !strings.Contains(out, d.Title) {
					t.Errorf("%s does not find the title %q", args[0], d.Title)
				}
			}
		})
	}
}

func inOrder(t *testing.T, text string, want []string) {
	t.Helper()
	rest := text
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Fatalf("%q does not follow in:\n%s", w, rest)
		}
		rest = after
	}
}

func benchmark(b *testing.B, d Document) {
	size, pages := 0, 1
	for b.Loop() {
		out := render(b, d, Options{})
		size, pages = len(out), bytes.Count(out, []byte("/Type /Page "))
	}
	b.ReportMetric(float64(size)/1000, "kB")
	b.ReportMetric(float64(pages), "pages")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N)/float64(pages), "ms/page")
}

func BenchmarkLetterEnglish(b *testing.B)  { benchmark(b, letterEnglish()) }
func BenchmarkLetterArabic(b *testing.B)   { benchmark(b, letterArabic()) }
func BenchmarkLicenceEnglish(b *testing.B) { benchmark(b, licenceEnglish()) }
func BenchmarkLicenceArabic(b *testing.B)  { benchmark(b, licenceArabic()) }
func BenchmarkLong(b *testing.B)           { benchmark(b, long(LTR)) }

// TestPaintedFromLeftToRight: the viewers that put Arabic in order themselves
// need it painted the way they expect.
func TestPaintedFromLeftToRight(t *testing.T) {
	d := licenceArabic()
	d.Blocks = []Block{Paragraph{Plain("بلا رسوم 12 على")}}
	all := read(t, render(t, d, Options{})).speak(t)
	got := all[len(all)-1]
	if want := "ىلع 12 موسر الب"; got.painted != want {
		t.Errorf("painted as %q, want %q", got.painted, want)
	}
	if want := "بلا رسوم 12 على"; got.text != want {
		t.Errorf("stated as %q, want %q", got.text, want)
	}
}

// TestAFileInTheFile: what a PDF carries comes out byte for byte, by another program.
func TestAFileInTheFile(t *testing.T) {
	carried := []byte("c2sp.org/tlog-proof@v1\nanything \x00\xff\n")
	pdf := render(t, letterEnglish(), Options{Carry: []Attachment{{Name: "receipt.tlog-proof", Type: "text/plain", About: "Proof – إثبات", Bytes: carried}}})
	if !bytes.Contains(pdf, append(append([]byte("stream\n"), carried...), "\nendstream"...)) {
		t.Error("it is not there as it is")
	}
	path := filepath.Join(t.TempDir(), "carries.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Log("qpdf is not installed: its view of the file is not checked")
		return
	}
	out, err := exec.Command("qpdf", path, "--show-attachment=receipt.tlog-proof").Output()
	if err != nil || !bytes.Equal(out, carried) {
		t.Errorf("qpdf takes out %q: %v", out, err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
		t.Errorf("%v\n%s", err, out)
	}
}
