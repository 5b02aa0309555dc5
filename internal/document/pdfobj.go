package document

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// ref is the number of an object in the file.
type ref int

func (r ref) String() string { return fmt.Sprintf("%d 0 R", int(r)) }

// file collects the objects of a PDF (ISO 32000-1) and writes them in order
// of their numbers.
type file struct{ objects [][]byte }

// reserve gives a number to an object that is filled in later.
func (f *file) reserve() ref {
	f.objects = append(f.objects, nil)
	return ref(len(f.objects))
}

func (f *file) set(r ref, body string) { f.objects[r-1] = []byte(body) }

func (f *file) add(body string) ref {
	r := f.reserve()
	f.set(r, body)
	return r
}

// stream adds a compressed stream; dict holds the further entries of its
// dictionary.
func (f *file) stream(dict string, data []byte) (ref, error) {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write(data); err != nil {
		return 0, fmt.Errorf("compress a stream: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("compress a stream: %w", err)
	}
	return f.plainStream(dict+" /Filter /FlateDecode", z.Bytes()), nil
}

func (f *file) plainStream(dict string, data []byte) ref {
	r := f.reserve()
	var b bytes.Buffer
	fmt.Fprintf(&b, "<<%s /Length %d>>\nstream\n", dict, len(data))
	b.Write(data)
	b.WriteString("\nendstream")
	f.objects[r-1] = b.Bytes()
	return r
}

// writeTo writes the file. Its identifier is a hash of its content, since
// equal documents are to be equal bytes.
func (f *file) writeTo(w io.Writer, root, info ref) error {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for i, body := range f.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		b.Write(body)
		b.WriteString("\nendobj\n")
	}
	sum := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %v /Info %v /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(offsets)+1, root, info, sum[:16], sum[:16], start)
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// pdfText is a text string (7.9.2.2), as UTF-16 with its mark, in hexadecimal:
// nothing in it needs escaping.
func pdfText(s string) string { return "<FEFF" + utf16Hex(s) + ">" }

func utf16Hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// pdfBytes is a byte string in hexadecimal.
func pdfBytes(s string) string { return fmt.Sprintf("<%x>", s) }

// num writes a number with at most two decimals, a hundredth of a point.
func num(v float64) string {
	s := fmt.Sprintf("%.2f", v)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func refs(list []ref) string {
	parts := make([]string, len(list))
	for i, r := range list {
		parts[i] = r.String()
	}
	return strings.Join(parts, " ")
}
