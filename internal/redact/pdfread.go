package redact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"
)

// The limits of a PDF: what it unpacks to, how many pages, how deep forms lie in one another.
const (
	mostPages    = 1000
	mostUnpacked = 64 << 20
	mostSteps    = 5_000_000
	deepestForm  = 8
)

// pdfReader reads the text of pages (ISO 32000-1, sections 8.4.4, 8.10 and 9).
type pdfReader struct {
	file     *pdf.Reader
	unpacked int64
	steps    int
	fonts    map[string]*pdfFont
}

func openPDF(data []byte) (*pdfReader, error) {
	file, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("opening a PDF: %w", err)
	}
	if n := file.NumPage(); n <= 0 || n > mostPages {
		return nil, fmt.Errorf("a PDF of %d pages", n)
	}
	return &pdfReader{file: file, fonts: map[string]*pdfFont{}}, nil
}

// matrix maps x, y to x*a+y*c+e, x*b+y*d+f.
type matrix struct{ a, b, c, d, e, f float64 }

var ident = matrix{a: 1, d: 1}

func (m matrix) mul(n matrix) matrix {
	return matrix{m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d, m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d, m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f}
}

// graphics is the state that q keeps and Q brings back.
type graphics struct {
	ctm                       matrix
	font                      *pdfFont
	size, lead, char, word, h float64
	rise                      float64
	mode                      int
}

// canvas is one page while it is read.
type canvas struct {
	*pdfReader
	c                        *Content
	page                     int
	left, bottom, right, top float64
	g                        graphics
	stack                    []graphics
	tm, line                 matrix

	text        strings.Builder // of the line that is being read
	y, end, was float64         // where it stands, where it ended, where the line before stood
	height      float64
	open        bool
}

func (r *pdfReader) page(c *Content, n int) error {
	p := r.file.Page(n)
	if p.V.IsNull() {
		return fmt.Errorf("page %d is missing", n)
	}
	cv := &canvas{pdfReader: r, c: c, page: n, g: graphics{ctm: ident, h: 1}, was: math.Inf(1)}
	if err := cv.bounds(p.V); err != nil {
		return err
	}
	contents := p.V.Key("Contents")
	if contents.IsNull() {
		return nil
	}
	if err := cv.run(contents, p.Resources(), 0); err != nil {
		return fmt.Errorf("page %d: %w", n, err)
	}
	cv.endLine()
	return nil
}

// bounds are those of what can be seen of the page.
func (cv *canvas) bounds(page pdf.Value) error {
	for _, key := range []string{"CropBox", "MediaBox"} {
		depth := 0
		for v := page; !v.IsNull() && depth < 32; v, depth = v.Key("Parent"), depth+1 {
			if b := v.Key(key); b.Len() == 4 {
				x1, y1, x2, y2 := b.Index(0).Float64(), b.Index(1).Float64(), b.Index(2).Float64(), b.Index(3).Float64()
				cv.left, cv.right, cv.bottom, cv.top = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
				return nil
			}
		}
	}
	return errors.New("a page without a size")
}

// admit makes sure that a stream does not unpack to more than there is room for.
func (r *pdfReader) admit(stream pdf.Value) error {
	if stream.Kind() == pdf.Array {
		for i := range stream.Len() {
			if err := r.admit(stream.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if stream.Kind() != pdf.Stream {
		return errors.New("contents that are no stream")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(stream.Reader(), mostUnpacked-r.unpacked+1))
	if err != nil {
		return fmt.Errorf("unpacking a stream: %w", err)
	}
	if r.unpacked += n; r.unpacked > mostUnpacked {
		return errors.New("a PDF that unpacks to too much")
	}
	return nil
}

// run carries out a page's contents, or a form's.
func (cv *canvas) run(stream, resources pdf.Value, depth int) (err error) {
	if depth > deepestForm {
		return errors.New("forms lie too deep in one another")
	}
	if err := cv.admit(stream); err != nil {
		return err
	}
	inline := false
	pdf.Interpret(stream, func(stk *pdf.Stack, op string) {
		args := make([]pdf.Value, stk.Len())
		for i := len(args) - 1; i >= 0; i-- {
			args[i] = stk.Pop()
		}
		if cv.steps++; cv.steps > mostSteps && err == nil {
			err = errors.New("a PDF with too many steps")
		}
		switch {
		case op == "BI": // what follows is a picture's bytes, in which anything may look like text
			inline = true
			cv.c.Pictures++
		case op == "EI":
			inline = false
		case !inline && err == nil:
			err = cv.do(op, args, resources, depth)
		}
	})
	if inline && err == nil {
		err = errors.New("a picture without an end")
	}
	return err
}

func (cv *canvas) do(op string, args []pdf.Value, resources pdf.Value, depth int) error {
	num := func(i int) float64 { return args[i].Float64() } // without its operands it panics, as the reader does
	six := func() matrix { return matrix{num(0), num(1), num(2), num(3), num(4), num(5)} }
	switch op {
	case "q":
		cv.stack = append(cv.stack, cv.g)
	case "Q":
		if n := len(cv.stack); n > 0 {
			cv.g, cv.stack = cv.stack[n-1], cv.stack[:n-1]
		}
	case "cm":
		cv.g.ctm = six().mul(cv.g.ctm)
	case "BT":
		cv.tm, cv.line = ident, ident
	case "Tf":
		cv.g.size = num(1)
		return cv.useFont(resources.Key("Font").Key(args[0].Name()))
	case "Tc":
		cv.g.char = num(0)
	case "Tw":
		cv.g.word = num(0)
	case "Tz":
		cv.g.h = num(0) / 100
	case "TL":
		cv.g.lead = num(0)
	case "Ts":
		cv.g.rise = num(0)
	case "Tr":
		cv.g.mode = int(num(0))
	case "Td":
		cv.move(num(0), num(1))
	case "TD":
		cv.g.lead = -num(1)
		cv.move(num(0), num(1))
	case "Tm":
		cv.tm = six()
		cv.line = cv.tm
	case "T*":
		cv.move(0, -cv.g.lead)
	case "'":
		cv.move(0, -cv.g.lead)
		return cv.show(args[0].RawString())
	case "\"":
		cv.g.word, cv.g.char = num(0), num(1)
		cv.move(0, -cv.g.lead)
		return cv.show(args[2].RawString())
	case "Tj":
		return cv.show(args[0].RawString())
	case "TJ":
		return cv.showAll(args[0])
	case "Do":
		return cv.object(resources.Key("XObject").Key(args[0].Name()), resources, depth)
	}
	return nil
}

func (cv *canvas) move(x, y float64) {
	cv.line = matrix{1, 0, 0, 1, x, y}.mul(cv.line)
	cv.tm = cv.line
}

// object draws a picture, which is counted and left out, or a form, whose text belongs to the page.
func (cv *canvas) object(x, resources pdf.Value, depth int) error {
	switch x.Key("Subtype").Name() {
	case "Image":
		cv.c.Pictures++
	case "Form":
		kept, stack := cv.g, cv.stack
		if m := x.Key("Matrix"); m.Len() == 6 {
			at := func(i int) float64 { return m.Index(i).Float64() }
			cv.g.ctm = matrix{at(0), at(1), at(2), at(3), at(4), at(5)}.mul(cv.g.ctm)
		}
		if own := x.Key("Resources"); !own.IsNull() {
			resources = own
		}
		cv.stack = nil
		err := cv.run(x, resources, depth+1)
		cv.g, cv.stack = kept, stack
		return err
	}
	return nil
}

func (cv *canvas) showAll(list pdf.Value) error {
	for i := range list.Len() {
		v := list.Index(i)
		if v.Kind() == pdf.String {
			if err := cv.show(v.RawString()); err != nil {
				return err
			}
			continue
		}
		cv.tm = matrix{1, 0, 0, 1, -v.Float64() / 1000 * cv.g.size * cv.g.h, 0}.mul(cv.tm)
	}
	return nil
}

// show writes the letters of a string.
func (cv *canvas) show(raw string) error {
	f := cv.g.font
	if f == nil {
		return errors.New("text without a font")
	}
	for _, l := range f.letters(raw) {
		at := matrix{cv.g.size * cv.g.h, 0, 0, cv.g.size, 0, cv.g.rise}.mul(cv.tm).mul(cv.g.ctm)
		step := l.width*cv.g.size + cv.g.char
		if l.space {
			step += cv.g.word
		}
		cv.tm = matrix{1, 0, 0, 1, step * cv.g.h, 0}.mul(cv.tm)
		after := matrix{cv.g.size * cv.g.h, 0, 0, cv.g.size, 0, cv.g.rise}.mul(cv.tm).mul(cv.g.ctm)
		if err := cv.letter(l.text, at, after.e); err != nil {
			return err
		}
	}
	return nil
}

func (cv *canvas) letter(text string, at matrix, end float64) error {
	size := math.Hypot(at.c, at.d)
	switch {
	case strings.ContainsFunc(text, func(r rune) bool {
		return r == utf8.RuneError || unicode.Is(unicode.Co, r) || unicode.IsControl(r) && !unicode.IsSpace(r)
	}):
		return errors.New("a letter that cannot be told")
	case cv.g.mode == 3 || cv.g.mode == 7 || size < 0.5 || at.e < cv.left || at.e > cv.right || at.f < cv.bottom || at.f > cv.top:
		cv.c.Hidden++
		return nil
	}
	if cv.open && math.Abs(at.f-cv.y) > size*0.4 {
		cv.endLine()
	}
	if !cv.open {
		cv.open, cv.y, cv.height = true, at.f, size
	} else if gap := at.e - cv.end; (gap > size*0.18 || gap < -size*2) && !strings.HasSuffix(cv.text.String(), " ") {
		cv.text.WriteByte(' ')
	}
	cv.text.WriteString(text)
	cv.end = end
	return nil
}

// endLine makes a unit of the line. A paragraph begins where the distance is larger than that of lines.
func (cv *canvas) endLine() {
	if text := strings.TrimSpace(visible(cv.text.String())); text != "" {
		gap := cv.was - cv.y
		cv.c.Units = append(cv.c.Units, Unit{Text: text, Page: cv.page, Break: gap < 0 || gap > cv.height*1.7})
		cv.was = cv.y
	}
	cv.text.Reset()
	cv.open = false
}
