package document

import (
	"slices"
	"unicode"

	"github.com/boxesandglue/textshape/ot"
)

// style is the appearance of a stretch of lines.
type style struct {
	size, leading float64
	bold          bool
	colour        Colour
	align         align
}

type align int

const (
	alignStart align = iota
	alignCentre
	alignEnd
)

// cluster is the smallest piece of text that is painted as one: a letter with
// its marks, a ligature, a syllable.
type cluster struct {
	text   string
	face   *face
	glyphs []glyph // left to right
	width  float64 // thousandths of the size
	level  uint8
	blank  bool // white space: no break before it, hangs over the line's end
	after  bool // a line may end after it
}

// glyph is placed by its offset from the cluster's left edge, in thousandths
// of the size.
type glyph struct {
	id   ot.GlyphID
	x, y float64
}

// line is a row of clusters in reading order.
type line struct {
	clusters []cluster
	width    float64 // points, without the white space at its end
}

// shaper turns the texts of one document into lines.
type shaper struct {
	fonts *fonts
	lang  []ot.Tag
	dir   Dir
}

// lines breaks t into lines of at most width points.
func (s *shaper) lines(t Text, st style, width float64) []line {
	return breakLines(s.clusters(t, st.bold), st.size, width)
}

// clusters shapes t; the order is the reading order.
func (s *shaper) clusters(t Text, bold bool) []cluster {
	var text []rune
	var heavy []bool
	for _, r := range t {
		part := []rune(clean(r.Text))
		if r.Isolated {
			part = slices.Concat([]rune{fsi}, part, []rune{pdi})
		}
		text = append(text, part...)
		for range part {
			heavy = append(heavy, r.Bold || bold)
		}
	}
	lv := levels(text, s.dir)
	var out []cluster
	var before *face
	for i := 0; i < len(text); {
		if ignorable(text[i]) { // inside a word they take part in its shaping
			if len(out) > 0 {
				out[len(out)-1].text += visible(text[i : i+1])
			}
			i++
			continue
		}
		f, ok := s.fonts.pick(text[i], heavy[i], before)
		j := i + 1
		for ok && j < len(text) && lv[j] == lv[i] && heavy[j] == heavy[i] {
			next, covered := s.fonts.pick(text[j], heavy[j], f)
			if next != f || !covered {
				break
			}
			j++
		}
		if ok {
			out = append(out, s.item(text[i:j], f, lv[i])...)
			before = f
		} else {
			out = append(out, s.missing(text[i], f, lv[i]))
		}
		i = j
	}
	for i := range out {
		out[i].after = breakAfter(out, i)
	}
	return out
}

// missing stands for a character that no font covers: a visible replacement
// that still reads as the character itself.
func (s *shaper) missing(r rune, f *face, level uint8) cluster {
	stand := '\ufffd'
	if !f.covers(stand) {
		stand = '?'
	}
	c := s.item([]rune{stand}, f, level)[0]
	c.text = string(r)
	return c
}

// item shapes a stretch in one face and one level.
func (s *shaper) item(text []rune, f *face, level uint8) []cluster {
	buf := ot.NewBuffer()
	points := make([]ot.Codepoint, len(text))
	for i, r := range text {
		points[i] = ot.Codepoint(r)
	}
	buf.AddCodepoints(points)
	buf.Direction = ot.DirectionLTR
	if level%2 == 1 {
		buf.Direction = ot.DirectionRTL
	}
	buf.LanguageCandidates = s.lang
	buf.GuessSegmentProperties()
	f.shaper.Shape(buf, nil)

	var out []cluster
	var starts []int // where the text of each begins
	for i := 0; i < len(buf.Info); {
		start := buf.Info[i].Cluster
		c := cluster{face: f, level: level}
		for ; i < len(buf.Info) && buf.Info[i].Cluster == start; i++ {
			pos := buf.Pos[i]
			c.glyphs = append(c.glyphs, glyph{
				id: buf.Info[i].GlyphID,
				x:  c.width + f.milli(float64(pos.XOffset)),
				y:  f.milli(float64(pos.YOffset)),
			})
			c.width += f.milli(float64(pos.XAdvance))
		}
		out, starts = append(out, c), append(starts, start)
	}
	if level%2 == 1 {
		slices.Reverse(out)
		slices.Reverse(starts)
	}
	return nameClusters(out, starts, text)
}

// nameClusters gives each cluster its text. What is not painted (a joiner, a
// control) belongs to the cluster before it.
func nameClusters(in []cluster, starts []int, text []rune) []cluster {
	var out []cluster
	for i, c := range in {
		end := len(text)
		if i+1 < len(in) {
			end = starts[i+1]
		}
		part := text[starts[i]:end]
		c.text = visible(part)
		c.blank = len(part) > 0 && unicode.IsSpace(part[0])
		if !slices.ContainsFunc(part, func(r rune) bool { return !ignorable(r) }) {
			if len(out) > 0 {
				out[len(out)-1].text += c.text
			}
			continue
		}
		out = append(out, c)
	}
	return out
}

// visible drops the bidirectional controls, which must not come out again
// when the text is copied from the page: its order is already resolved.
func visible(text []rune) string {
	kept := make([]rune, 0, len(text))
	for _, r := range text {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' {
			continue
		}
		kept = append(kept, r)
	}
	return string(kept)
}

// breakAfter tells whether a line may end after cluster i: after a space, a
// dash, a slash, or beside an ideograph. It is the part of UAX #14 that
// official prose needs; words are not hyphenated.
func breakAfter(cs []cluster, i int) bool {
	text := []rune(cs[i].text)
	last := text[len(text)-1]
	var next rune
	if i+1 < len(cs) {
		next = []rune(cs[i+1].text)[0]
		if cs[i+1].blank && next != '\u00a0' {
			return false // the space goes with this line
		}
	}
	switch last {
	case '\u00a0', '\u202f', '\u2060':
		return false
	case '-', '–', '—', '/':
		return unicode.IsLetter(next)
	case '\u200b':
		return true
	}
	return unicode.IsSpace(last) || ideograph(last) && next != 0 && (unicode.IsLetter(next) || ideograph(next))
}

func ideograph(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// breakLines fills lines greedily. A word wider than a line is broken between
// clusters.
func breakLines(cs []cluster, size, width float64) []line {
	var out []line
	limit := width * 1000 / size
	for len(cs) > 0 {
		end, hard := 0, 0
		var sum float64
		for i, c := range cs {
			if !c.blank && sum+c.width > limit && i > 0 {
				break
			}
			sum += c.width
			hard = i + 1
			if c.after {
				end = i + 1
			}
		}
		if hard == len(cs) || end == 0 {
			end = hard
		}
		out = append(out, newLine(cs[:end], size))
		cs = cs[end:]
	}
	return out
}

func newLine(cs []cluster, size float64) line {
	var sum, solid float64
	for _, c := range cs {
		sum += c.width
		if !c.blank {
			solid = sum
		}
	}
	return line{clusters: cs, width: solid * size / 1000}
}

// widest is the width of the longest unbreakable piece and of the whole text
// in one line, in points.
func (s *shaper) widest(t Text, st style) (word, whole float64) {
	cs := s.clusters(t, st.bold)
	from := 0
	for i, c := range cs {
		if c.after || i == len(cs)-1 {
			word = max(word, newLine(cs[from:i+1], st.size).width)
			from = i + 1
		}
	}
	return word, newLine(cs, st.size).width
}
