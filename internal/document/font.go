package document

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	arabicbold "eliasnaur.com/font/noto/sans/arabic/bold"
	arabic "eliasnaur.com/font/noto/sans/arabic/regular"
	latinbold "eliasnaur.com/font/roboto/robotobold"
	latin "eliasnaur.com/font/roboto/robotoregular"
	"github.com/boxesandglue/textshape/ot"
)

// Font is a family in TrueType form, for scripts that the built-in families
// (Latin, Greek, Cyrillic, Arabic) do not cover. Bold may be nil.
type Font struct{ Regular, Bold []byte }

// builtin are asked in this order.
var builtin = []Font{
	{Regular: latin.TTF, Bold: latinbold.TTF},
	{Regular: arabic.TTF, Bold: arabicbold.TTF},
}

// face is one font file as it is used in one document.
type face struct {
	name   string // the resource in a page's dictionary
	ot     *ot.Face
	shaper *ot.Shaper

	cid   map[meaning]int // in order of first use, from 1
	glyph []ot.GlyphID    // by cid
	text  []string        // by cid
	empty ot.GlyphID      // paints nothing and takes no room, or 0
}

// meaning is a glyph together with the text that it stands for. Fonts paint
// different characters with one glyph; in the file each gets its own number,
// and so its own text.
type meaning struct {
	glyph ot.GlyphID
	text  string
}

func newFace(data []byte) (*face, error) {
	font, err := ot.ParseFont(data, 0)
	if err != nil {
		return nil, fmt.Errorf("parse the font: %w", err)
	}
	f, err := ot.NewFace(font)
	if err != nil {
		return nil, fmt.Errorf("read the font's tables: %w", err)
	}
	if f.IsCFF() {
		return nil, fmt.Errorf("font %s has PostScript outlines; a TrueType one is needed", f.PostscriptName())
	}
	s, err := ot.NewShaper(font)
	if err != nil {
		return nil, fmt.Errorf("prepare shaping with %s: %w", f.PostscriptName(), err)
	}
	return &face{ot: f, shaper: s, empty: emptyGlyph(f)}, nil
}

// emptyGlyph looks for the zero-width space. Fonts draw some invisible
// characters, so it has to be truly empty.
func emptyGlyph(f *ot.Face) ot.GlyphID {
	g, ok := f.Cmap().Lookup('\u200b')
	_, drawn := f.GlyphExtents(g)
	if !ok || drawn || f.HorizontalAdvance(g) != 0 {
		return 0
	}
	return g
}

func (f *face) reset() {
	f.cid = map[meaning]int{}
	f.glyph = []ot.GlyphID{0}
	f.text = []string{""}
}

func (f *face) covers(r rune) bool { return f.ot.Font.HasGlyph(ot.Codepoint(r)) }

// use returns the number under which glyph g, standing for text, is in the
// file.
func (f *face) use(g ot.GlyphID, text string) int {
	m := meaning{g, text}
	if c, ok := f.cid[m]; ok {
		return c
	}
	c := len(f.glyph)
	f.cid[m] = c
	f.glyph = append(f.glyph, g)
	f.text = append(f.text, text)
	return c
}

// milli scales font units to thousandths of the size.
func (f *face) milli(units float64) float64 { return units * 1000 / float64(f.ot.Upem()) }

// fonts are the faces of one document. Shapers keep state, so a set serves one
// document at a time.
type fonts struct{ regular, bold []*face }

var pool = sync.Pool{}

// openFonts returns the built-in faces followed by the extra ones, and a
// function that gives the built-in ones back.
func openFonts(extra []Font) (*fonts, func(), error) {
	base, _ := pool.Get().(*fonts)
	if base == nil {
		var err error
		if base, err = loadFonts(builtin); err != nil {
			return nil, nil, err
		}
	}
	more, err := loadFonts(extra)
	if err != nil {
		return nil, nil, err
	}
	set := &fonts{
		regular: slices.Concat(base.regular, more.regular),
		bold:    slices.Concat(base.bold, more.bold),
	}
	for i, f := range set.all() {
		f.name = fmt.Sprintf("F%d", i+1)
		f.reset()
	}
	return set, func() { pool.Put(base) }, nil
}

func loadFonts(families []Font) (*fonts, error) {
	set := &fonts{}
	for _, family := range families {
		regular, err := newFace(family.Regular)
		if err != nil {
			return nil, err
		}
		bold := regular
		if family.Bold != nil {
			if bold, err = newFace(family.Bold); err != nil {
				return nil, err
			}
		}
		set.regular = append(set.regular, regular)
		set.bold = append(set.bold, bold)
	}
	return set, nil
}

func (s *fonts) all() []*face {
	var list []*face
	for i, f := range s.regular {
		list = append(list, f)
		if s.bold[i] != f {
			list = append(list, s.bold[i])
		}
	}
	return list
}

// pick chooses the face for r. What belongs to no script (digits, spaces,
// punctuation) and what joins a base letter stays in the face before it.
func (s *fonts) pick(r rune, bold bool, before *face) (*face, bool) {
	list := s.regular
	if bold {
		list = s.bold
	}
	if before != nil && slices.Contains(list, before) {
		if ignorable(r) || !strong(r) && before.covers(r) {
			return before, true
		}
	}
	for _, f := range list {
		if f.covers(r) {
			return f, true
		}
	}
	return list[0], ignorable(r)
}

func strong(r rune) bool {
	return unicode.IsLetter(r) && !unicode.Is(unicode.Common, r)
}

// ignorable tells what is not painted: the bidirectional controls, joiners and
// variation selectors.
func ignorable(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// clean makes text fit for one paragraph: white space of any kind becomes a
// space, other control characters go.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || r == '\ufeff' || r == '\ufffe' || r == '\uffff':
			return -1
		}
		return r
	}, s)
}
