package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/boxesandglue/textshape/ot"
	"github.com/boxesandglue/textshape/subset"
)

// write embeds the glyphs that were used and returns the font's object.
//
// The numbers in the page content (CIDs) count the glyphs in order of first
// use, so content can be written before the subset exists; CIDToGIDMap leads
// from them to the subset's own numbers.
func (f *face) write(out *file) (ref, error) {
	program, toGlyph, err := f.subset()
	if err != nil {
		return 0, err
	}
	fontFile, err := out.stream(fmt.Sprintf("/Length1 %d", len(program)), program)
	if err != nil {
		return 0, err
	}
	mapping, err := out.stream("", toGlyph)
	if err != nil {
		return 0, err
	}
	unicodes, err := out.stream("", f.toUnicode())
	if err != nil {
		return 0, err
	}
	name := f.subsetName()
	x0, y0, x1, y1 := f.ot.BBox()
	m := func(v int16) string { return num(f.milli(float64(v))) }
	weight := 80 // StemV is an estimate; viewers use it only for a stand-in
	if f.ot.WeightClass() >= 600 {
		weight = 140
	}
	descriptor := out.add(fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%s %s %s %s] /ItalicAngle 0 /Ascent %s /Descent %s /CapHeight %s /StemV %d /FontFile2 %v>>",
		name, m(x0), m(y0), m(x1), m(y1), m(f.ot.Ascender()), m(f.ot.Descender()), m(f.ot.CapHeight()), weight, fontFile))
	descendant := out.add(fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %v /DW 0 /W [1 [%s]] /CIDToGIDMap %v>>",
		name, descriptor, f.widths(), mapping))
	return out.add(fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%v] /ToUnicode %v>>",
		name, descendant, unicodes)), nil
}

func (f *face) subset() (program, toGlyph []byte, err error) {
	in := subset.NewInput()
	in.Flags = subset.FlagDropLayoutTables | subset.FlagNoHinting | subset.FlagNoLayoutClosure
	in.AddGlyphs(slices.Sorted(slices.Values(f.glyph))...)
	plan, err := subset.CreatePlan(f.ot.Font, in)
	if err != nil {
		return nil, nil, fmt.Errorf("plan the subset of %s: %w", f.ot.PostscriptName(), err)
	}
	program, err = plan.Execute()
	if err != nil {
		return nil, nil, fmt.Errorf("subset %s: %w", f.ot.PostscriptName(), err)
	}
	for _, g := range f.glyph {
		id, ok := plan.MapGlyph(g)
		if !ok {
			return nil, nil, fmt.Errorf("glyph %d of %s is not in its subset", g, f.ot.PostscriptName())
		}
		toGlyph = binary.BigEndian.AppendUint16(toGlyph, uint16(id))
	}
	return program, toGlyph, nil
}

// subsetName is the PostScript name under a tag of six letters (9.6.4).
func (f *face) subsetName() string {
	h := sha256.New()
	for _, g := range f.glyph {
		fmt.Fprintf(h, "%d ", g)
	}
	sum := h.Sum(nil)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag) + "+" + f.ot.PostscriptName()
}

// advance is the glyph's width as the file states it.
func (f *face) advance(g ot.GlyphID) int {
	return int(f.milli(float64(f.ot.HorizontalAdvance(g))) + 0.5)
}

func (f *face) widths() string {
	var b strings.Builder
	for i, g := range f.glyph[1:] {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, f.advance(g))
	}
	return b.String()
}

// toUnicode tells what each glyph stands for, so that the page can be read
// aloud, searched and copied (9.10.3).
func (f *face) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries that one section may have
	for from := 1; from < len(f.text); from += most {
		to := min(from+most, len(f.text))
		fmt.Fprintf(&b, "%d beginbfchar\n", to-from)
		for cid := from; cid < to; cid++ {
			fmt.Fprintf(&b, "<%04X> <%s>\n", cid, utf16Hex(f.text[cid]))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
