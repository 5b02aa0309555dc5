package redact_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"testing"
	"unicode/utf16"
)

// pdfFile builds a PDF by hand, object by object.
type pdfFile struct {
	b       bytes.Buffer
	offsets map[int]int
	prev    int
}

func newPDF() *pdfFile {
	p := &pdfFile{offsets: map[int]int{}}
	p.b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return p
}

func (p *pdfFile) object(n int, body string) {
	p.offsets[n] = p.b.Len()
	fmt.Fprintf(&p.b, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (p *pdfFile) stream(n int, dict string, data []byte, packed bool) {
	if packed {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(data)
		_ = w.Close()
		data, dict = z.Bytes(), dict+" /Filter /FlateDecode"
	}
	p.object(n, fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

// end writes the table of what was written since the last one; a second call is an incremental update.
func (p *pdfFile) end(trailer string) {
	at := p.b.Len()
	p.b.WriteString("xref\n0 1\n0000000000 65535 f \n")
	most := 0
	for n, offset := range p.offsets {
		fmt.Fprintf(&p.b, "%d 1\n%010d 00000 n \n", n, offset)
		most = max(most, n)
	}
	prev := ""
	if p.prev > 0 {
		prev = fmt.Sprintf(" /Prev %d", p.prev)
	}
	fmt.Fprintf(&p.b, "trailer\n<< /Size %d /Root 1 0 R %s%s >>\nstartxref\n%d\n%%%%EOF\n", most+100, trailer, prev, at)
	p.prev, p.offsets = at, map[int]int{}
}

// page is a document of one page with contents, and what else hangs on the catalogue and the page.
func page(contents, catalogue, onPage string, packed bool) *pdfFile {
	p := newPDF()
	p.object(1, "<< /Type /Catalog /Pages 2 0 R "+catalogue+" >>")
	p.object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	p.object(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /XObject << /X1 6 0 R >> >> "+onPage+" >>")
	p.stream(4, "", []byte(contents), packed)
	p.object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	return p
}

var streamRE = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)

// depths are all bytes in which a word could hide in a file: as they are, and each stream unpacked, again and again.
func depths(t *testing.T, data []byte) [][]byte {
	t.Helper()
	all := [][]byte{data}
	for i := 0; i < len(all) && len(all) < 1000; i++ {
		for _, m := range streamRE.FindAllSubmatch(all[i], -1) {
			if z, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
				if plain, _ := io.ReadAll(z); len(plain) > 0 {
					all = append(all, plain)
				}
			}
		}
	}
	return all
}

// holds reports whether a word is anywhere in a file: as bytes, as UTF-16, as hexadecimal digits, with letters apart.
func holds(t *testing.T, data []byte, word string) bool {
	t.Helper()
	var forms [][]byte
	var be, le []byte
	for _, u := range utf16.Encode([]rune(word)) {
		be, le = append(be, byte(u>>8), byte(u)), append(le, byte(u), byte(u>>8))
	}
	for _, raw := range [][]byte{[]byte(word), be, le} {
		forms = append(forms, raw, fmt.Appendf(nil, "%x", raw), fmt.Appendf(nil, "%X", raw))
	}
	for _, bytesAt := range depths(t, data) {
		for _, f := range forms {
			if bytes.Contains(bytesAt, f) {
				return true
			}
		}
	}
	return false
}
