package redact_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"strings"
	"testing"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/redact"
)

// frame is how the tests release documents.
func frame() redact.Frame {
	return redact.Frame{Title: "Released document", Lang: "en", Note: "Made anew from the text of a PDF", Page: func(n int) string { return fmt.Sprintf("Page %d", n) },
		Label: func(reason string) string { return "[removed: " + reason + "]" }}
}

// out takes a word out wherever it is found and releases the rest.
func out(t *testing.T, kind redact.Kind, data []byte, words ...string) *redact.Result {
	t.Helper()
	c, err := redact.Read(kind, data)
	if err != nil {
		t.Fatal(err)
	}
	var marks []redact.Mark
	for _, f := range redact.Find(c, words) {
		if f.What == redact.FoundTerm {
			marks = append(marks, redact.Mark{Unit: f.Unit, From: f.From, To: f.To, Reason: "section 40(2)"})
		}
	}
	if len(marks) == 0 {
		t.Fatalf("none of %q was found in %+v", words, c.Units)
	}
	res, err := redact.Apply(kind, data, marks, frame())
	if err != nil {
		t.Fatal(err)
	}
	return res
}

const secret = "Marlowe"

const visibleLines = "BT /F1 12 Tf 72 700 Td (The report names Marlowe as the owner.) Tj 0 -14 Td (It cost 420 pounds.) Tj ET\n"

// hiding are the places in which a PDF can hold a word besides the lines of its pages.
func hiding() map[string]*pdfFile {
	all := map[string]*pdfFile{}
	add := func(name string, p *pdfFile, trailer string) {
		p.end(trailer)
		all[name] = p
	}
	add("plain", page(visibleLines, "", "", false), "")
	add("packed", page(visibleLines, "", "", true), "")

	p := page(visibleLines, "", "", true)
	p.object(9, "<< /Author (Marlowe) /Title <"+fmt.Sprintf("%x", "Marlowe")+"> >>")
	add("properties", p, "/Info 9 0 R")

	p = page(visibleLines, "/Metadata 9 0 R", "", true)
	p.stream(9, "/Type /Metadata /Subtype /XML", []byte("<x:xmpmeta><dc:creator>Marlowe</dc:creator></x:xmpmeta>"), false)
	add("XMP", p, "")

	p = page(visibleLines, "/Names << /EmbeddedFiles << /Names [(a) 9 0 R] >> >>", "", true)
	p.object(9, "<< /Type /Filespec /F (marlowe.txt) /EF << /F 10 0 R >> >>")
	p.stream(10, "/Type /EmbeddedFile", []byte("Marlowe lives at 4 Elm Road"), true)
	add("attachment", p, "")

	p = page(visibleLines, "", "/Annots [9 0 R]", true)
	p.object(9, "<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (ask Marlowe) /T (Marlowe) >>")
	add("comment", p, "")

	p = page(visibleLines, "/AcroForm << /Fields [9 0 R] >>", "", true)
	p.object(9, "<< /FT /Tx /T (owner) /V (Marlowe) >>")
	add("form", p, "")

	p = page(visibleLines+"BT 3 Tr /F1 12 Tf 72 600 Td (Marlowe in invisible letters) Tj ET", "", "", true)
	add("invisible letters", p, "")
	p = page(visibleLines+"BT /F1 12 Tf 72 5000 Td (Marlowe beside the page) Tj ET", "", "", true)
	add("beside the page", p, "")
	p = page(visibleLines+"0 0 0 rg 60 590 300 30 re f BT /F1 12 Tf 72 600 Td (Marlowe under a bar) Tj ET\n0 0 0 rg 60 590 300 30 re f", "", "", true)
	add("under a black bar", p, "")
	p = page(visibleLines+"1 1 1 rg BT /F1 12 Tf 72 560 Td (Marlowe in white) Tj ET", "", "", true)
	add("white", p, "")
	p = page(visibleLines+"BT /F1 12 Tf 72 560 Td /Span << /ActualText (Marlowe) >> BDC (the owner) Tj EMC ET", "", "", true)
	add("actual text", p, "")
	p = page(visibleLines+"% Marlowe is in a comment of the contents\n", "", "", true)
	add("comment of the contents", p, "")

	p = page(visibleLines+"q 1 0 0 1 0 0 cm /X1 Do Q", "", "", true)
	p.stream(6, "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>", []byte("BT /F1 12 Tf 72 500 Td (Marlowe in a form) Tj ET"), true)
	add("form object", p, "")

	p = page("BT /F1 12 Tf 72 700 Td (An earlier version named Marlowe Marlowe.) Tj ET", "", "", true)
	p.end("")
	p.stream(4, "", []byte(visibleLines), true)
	add("earlier version", p, "")

	p = page("BT /F1 12 Tf 72 700 Td [(The report names Mar) -20 (lowe as the) -300 (owner.)] TJ ET", "", "", true)
	add("parted letters", p, "")
	p = page(visibleLines, "", "", true)
	p.object(99, "(Marlowe, in an object that nothing leads to)")
	add("orphan", p, "")
	all["object stream"] = inObjectStream()
	return all
}

// inObjectStream has its objects, and a copy of the word, packed into one stream, and a packed table of places.
func inObjectStream() *pdfFile {
	p := newPDF()
	bodies := []string{"<< /Type /Catalog /Pages 2 0 R /Owner (Marlowe) >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}
	numbers := []int{1, 2, 3, 5}
	var head, body string
	for i, b := range bodies {
		head += fmt.Sprintf("%d %d ", numbers[i], len(body))
		body += b + " "
	}
	p.stream(4, "", []byte(visibleLines), true)
	p.stream(7, fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(bodies), len(head)), []byte(head+body), true)
	at := p.b.Len()
	rows := make([]byte, 0, 9*4)
	row := func(kind byte, a, b int) { rows = append(rows, kind, byte(a>>8), byte(a), byte(b)) }
	row(0, 0, 0)
	row(2, 7, 0)
	row(2, 7, 1)
	row(2, 7, 2)
	row(1, p.offsets[4], 0)
	row(2, 7, 3)
	row(0, 0, 0)
	row(1, p.offsets[7], 0)
	row(1, at, 0)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(rows)
	_ = w.Close()
	fmt.Fprintf(&p.b, "8 0 obj\n<< /Type /XRef /Size 9 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", z.Len(), z.Bytes(), at)
	return p
}

// Wherever a PDF held the word, what is released does not hold it anywhere; and what should stay is there.
func TestNothingOfARemovedPassageIsInTheReleasedPDF(t *testing.T) {
	for name, p := range hiding() {
		t.Run(name, func(t *testing.T) {
			before := p.b.Bytes()
			if name != "parted letters" && !holds(t, before, secret) {
				t.Fatal("the search does not find the word where it is")
			}
			res := out(t, redact.PDF, before, secret)
			if holds(t, res.Data, secret) || holds(t, res.Data, strings.ToLower(secret)) {
				t.Fatal("the word is in the released bytes")
			}
			again, err := redact.Read(redact.PDF, res.Data)
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			for _, u := range again.Units {
				text.WriteString(u.Text + " ")
			}
			for _, want := range []string{"The report names [removed: section 40(2)] as the owner.", "Page 1"} {
				if !strings.Contains(text.String(), want) {
					t.Errorf("%q is missing in %q", want, text.String())
				}
			}
			for _, key := range []string{"/EmbeddedFile", "/Annots", "/AcroForm", "/JavaScript", "/OpenAction", "/Prev"} {
				if bytes.Contains(res.Data, []byte(key)) {
					t.Errorf("the released file has %s", key)
				}
			}
		})
	}
}

// What nobody can see on a page is never offered, and so never released.
func TestWhatCannotBeSeenIsLeftOut(t *testing.T) {
	for _, name := range []string{"invisible letters", "beside the page"} {
		c, err := redact.Read(redact.PDF, hiding()[name].b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if c.Hidden == 0 || len(c.Units) != 2 {
			t.Errorf("%s: %d pieces hidden, units %+v", name, c.Hidden, c.Units)
		}
	}
}

// Our own letters, with fonts that are a choice of signs, are read as they were written.
func TestOwnLettersAreRead(t *testing.T) {
	d := document.Document{Kind: document.Letter, Lang: "en", Title: "Answer to your request", Blocks: []document.Block{
		document.Paragraph{Text: document.Plain("Dear Dr Marlowe, the café’s file has 12 pages.")}, document.Paragraph{Text: document.Plain("It cost £1,250.00.")}}}
	var b bytes.Buffer
	if err := document.PDF(&b, d, document.Options{}); err != nil {
		t.Fatal(err)
	}
	c, err := redact.Read(redact.PDF, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, u := range c.Units {
		lines = append(lines, u.Text)
	}
	for _, want := range []string{"Answer to your request", "Dear Dr Marlowe, the café’s file has 12 pages.", "It cost £1,250.00."} {
		if !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("%q was not read: %q", want, lines)
		}
	}
	if res := out(t, redact.PDF, b.Bytes(), "Dr Marlowe"); holds(t, res.Data, "Marlowe") {
		t.Error("the name is in the released bytes")
	}
}

// What cannot be read for certain is refused, with what to do instead; nothing panics.
func TestUncertainPDFsAreRefused(t *testing.T) {
	noMeaning := page("BT /F1 12 Tf 72 700 Td (abc) Tj ET", "", "", true)
	noMeaning.object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Own /Encoding << /Differences [97 /g1 /g2 /g3] >> >>")
	noMeaning.end("")
	scan := page("q 595 0 0 842 0 0 cm /X1 Do Q", "", "", true)
	scan.stream(6, "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", []byte{7}, false)
	scan.end("")
	bomb := page(strings.Repeat(" ", 70<<20), "", "", true)
	bomb.end("")
	loop := page("/X1 Do", "", "", true)
	loop.stream(6, "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X1 6 0 R >> >>", []byte("/X1 Do"), true)
	loop.end("")
	locked := page(visibleLines, "", "", true)
	locked.object(9, "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O (12345678901234567890123456789012) /U (12345678901234567890123456789012) >>")
	locked.end("/Encrypt 9 0 R /ID [(a) (a)]")
	whole := hiding()["packed"].b.Bytes()
	for name, data := range map[string][]byte{"signs without meaning": noMeaning.b.Bytes(), "a scan": scan.b.Bytes(), "a bomb": bomb.b.Bytes(),
		"a form in itself": loop.b.Bytes(), "locked": locked.b.Bytes(), "cut off": whole[:len(whole)/2], "nothing": []byte("%PDF-1.7\n%%EOF")} {
		c, err := redact.Read(redact.PDF, data)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, %+v", name, err, c)
		}
	}
}

// A passage that is not there is refused: it would stay.
func TestMarksThatFitNowhereAreRefused(t *testing.T) {
	for name, m := range map[string]redact.Mark{"no unit": {Unit: 7, From: 0, To: 1, Reason: "x"}, "too long": {Unit: 0, From: 0, To: 99, Reason: "x"},
		"empty": {Unit: 0, From: 2, To: 2, Reason: "x"}, "before": {Unit: 0, From: -1, To: 2, Reason: "x"}, "no reason": {Unit: 0, From: 0, To: 2}} {
		if _, err := redact.Apply(redact.Text, []byte("some text\n"), []redact.Mark{m}, frame()); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := redact.Apply(redact.PNG, picturePNG(t, 8, 8), []redact.Mark{{Box: image.Rect(4, 4, 9, 9), Reason: "x"}}, frame()); err == nil {
		t.Error("a box beside the picture was taken")
	}
}
