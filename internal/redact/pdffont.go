package redact

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
)

// pdfFont turns the bytes of strings into letters. A font that does not say what its signs mean is refused.
type pdfFont struct {
	says    map[string]string // what the file itself says of its signs; nil where it says nothing
	enc     pdf.TextEncoding
	two     bool // two bytes a sign
	first   int
	widths  []float64
	byCode  map[int]float64
	missing float64
}

// letter is a sign, with its width in the units of the font's size.
type letter struct {
	text  string
	width float64
	space bool // the single byte 32, to which the distance of words is added
}

func (cv *canvas) useFont(v pdf.Value) error {
	if v.IsNull() {
		return errors.New("a font that is not there")
	}
	key := v.String()
	if f := cv.fonts[key]; f != nil {
		cv.g.font = f
		return nil
	}
	f, err := cv.readFont(v)
	if err != nil {
		return err
	}
	cv.fonts[key] = f
	cv.g.font = f
	return nil
}

func (r *pdfReader) readFont(v pdf.Value) (*pdfFont, error) {
	named := pdf.Font{V: v}
	unknown := fmt.Errorf("the font %s does not say what its signs mean", named.BaseFont())
	f := &pdfFont{byCode: map[int]float64{}, missing: 0.5}
	if tells := v.Key("ToUnicode"); tells.Kind() == pdf.Stream {
		if err := r.admit(tells); err != nil {
			return nil, err
		}
		var err error
		if f.says, err = readMeanings(tells); err != nil {
			return nil, err
		}
	}
	switch v.Key("Subtype").Name() {
	case "Type0":
		if v.Key("Encoding").Name() != "Identity-H" || f.says == nil {
			return nil, unknown
		}
		f.two = true
		f.wide(v.Key("DescendantFonts").Index(0))
	case "Type3":
		return nil, errors.New("a font of drawings")
	default:
		if f.says == nil && !tellable(v, named.BaseFont()) {
			return nil, unknown
		}
		f.first = named.FirstChar()
		for _, w := range named.Widths() {
			f.widths = append(f.widths, w/1000)
		}
		f.enc = named.Encoder()
	}
	return f, nil
}

// numbered are names of signs that mean nothing: g12, cid34, a5.
var numbered = regexp.MustCompile(`^[A-Za-z]{1,5}\d+$`)

// tellable reports whether a font without a table of meanings uses a known code.
func tellable(v pdf.Value, name string) bool {
	enc := v.Key("Encoding")
	switch enc.Kind() {
	case pdf.Name:
		return enc.Name() == "WinAnsiEncoding" || enc.Name() == "MacRomanEncoding"
	case pdf.Dict:
		list := enc.Key("Differences")
		for i := range list.Len() {
			if n := list.Index(i).Name(); numbered.MatchString(n) && !strings.HasPrefix(n, "uni") {
				return false
			}
		}
		return true
	}
	return !strings.Contains(name, "+") // a font of the standard ones, in their own code
}

// The sections of a table of meanings, and the hexadecimal strings and lists in them (Adobe Technical Note 5411).
var (
	charsRE  = regexp.MustCompile(`(?s)beginbfchar(.*?)endbfchar`)
	rangesRE = regexp.MustCompile(`(?s)beginbfrange(.*?)endbfrange`)
	charRE   = regexp.MustCompile(`<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>`)
	rangeRE  = regexp.MustCompile(`(?s)<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>\s*(?:<([0-9A-Fa-f\s]*)>|\[(.*?)\])`)
	stringRE = regexp.MustCompile(`<([0-9A-Fa-f\s]*)>`)
)

// readMeanings reads a table from signs to letters.
func readMeanings(v pdf.Value) (map[string]string, error) {
	table, err := io.ReadAll(v.Reader())
	if err != nil {
		return nil, fmt.Errorf("unpacking a table of signs: %w", err)
	}
	says := map[string]string{}
	for _, part := range charsRE.FindAllSubmatch(table, -1) {
		for _, m := range charRE.FindAllSubmatch(part[1], -1) {
			says[digits(m[1])] = utf16Text(digits(m[2]))
		}
	}
	for _, part := range rangesRE.FindAllSubmatch(table, -1) {
		for _, m := range rangeRE.FindAllSubmatch(part[1], -1) {
			var list []string
			for _, one := range stringRE.FindAllSubmatch(m[4], -1) {
				list = append(list, utf16Text(digits(one[1])))
			}
			readRange(says, digits(m[1]), digits(m[2]), utf16Text(digits(m[3])), list)
		}
	}
	return says, nil
}

// digits are the bytes that hexadecimal digits stand for; an odd last one stands for itself and a zero.
func digits(hexadecimal []byte) string {
	text := strings.Join(strings.Fields(string(hexadecimal)), "")
	if len(text)%2 == 1 {
		text += "0"
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return "" // the pattern lets nothing else through
	}
	return string(b)
}

// readRange reads signs in a row: their letters are in a row too, or listed.
func readRange(says map[string]string, low, high, first string, list []string) {
	if len(low) == 0 || len(low) > 2 || len(low) != len(high) {
		return
	}
	number := func(s string) (n int) {
		for i := range len(s) {
			n = n<<8 | int(s[i])
		}
		return n
	}
	for n := number(low); n <= number(high); n++ {
		code := string([]byte{byte(n)})
		if len(low) == 2 {
			code = string([]byte{byte(n >> 8), byte(n)})
		}
		by := n - number(low)
		letters := []rune(first)
		switch {
		case by < len(list):
			says[code] = list[by]
		case len(list) == 0 && len(letters) > 0:
			letters[len(letters)-1] += rune(by)
			says[code] = string(letters)
		}
	}
}

func utf16Text(raw string) string {
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units))
}

// wide reads the widths of a font with many signs (ISO 32000-1, section 9.7.4.3).
func (f *pdfFont) wide(v pdf.Value) {
	f.missing = 1
	if dw := v.Key("DW"); !dw.IsNull() {
		f.missing = dw.Float64() / 1000
	}
	list := v.Key("W")
	for i := 0; i+1 < list.Len(); {
		first := int(list.Index(i).Int64())
		if inner := list.Index(i + 1); inner.Kind() == pdf.Array {
			for n := range inner.Len() {
				f.byCode[first+n] = inner.Index(n).Float64() / 1000
			}
			i += 2
			continue
		}
		if i+2 >= list.Len() {
			return
		}
		for n := first; n <= min(int(list.Index(i+1).Int64()), 0xffff); n++ {
			f.byCode[n] = list.Index(i+2).Float64() / 1000
		}
		i += 3
	}
}

func (f *pdfFont) width(code int) float64 {
	if w, ok := f.byCode[code]; ok {
		return w
	}
	if i := code - f.first; i >= 0 && i < len(f.widths) {
		return f.widths[i]
	}
	return f.missing
}

func (f *pdfFont) letters(raw string) []letter {
	var all []letter
	step := 1
	if f.two {
		step = 2
	}
	for i := 0; i+step <= len(raw); i += step {
		code := int(raw[i])
		if f.two {
			code = code<<8 | int(raw[i+1])
		}
		all = append(all, letter{f.text(raw[i : i+step]), f.width(code), !f.two && code == ' '})
	}
	return all
}

// text is what a sign means; the replacement character where that is not said.
func (f *pdfFont) text(sign string) string {
	if f.says != nil {
		if text, ok := f.says[sign]; ok {
			return text
		}
		if f.enc == nil {
			return "\ufffd"
		}
	}
	return f.enc.Decode(sign)
}
