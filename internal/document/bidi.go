package document

import "golang.org/x/text/unicode/bidi"

// levels resolves the embedding level of every rune of one paragraph by the
// Unicode Bidirectional Algorithm (UAX #9), for the given base direction.
//
// Only isolates open a level of their own. The older embeddings and overrides
// (LRE, RLE, LRO, RLO, PDF) are ignored, as UAX #9 allows (section 4.2):
// documents are composed here, with isolates. The levels of white space at
// line ends (rule L1) depend on the line breaks and are set in visualOrder.
//
// golang.org/x/text/unicode/bidi has the character classes but tells only a
// direction for each run, not its level, and a number between two Arabic
// words needs its level.
func levels(text []rune, base Dir) []uint8 {
	p := &paragraphLevels{
		text:   text,
		class:  make([]bidi.Class, len(text)),
		levels: make([]uint8, len(text)),
	}
	for i, r := range text {
		props, _ := bidi.LookupRune(r)
		p.class[i] = props.Class()
	}
	p.resolve(0, len(text), uint8(base))
	for i, c := range p.class {
		if i > 0 && ignored(c) {
			p.levels[i] = p.levels[i-1] // 5.2: stays with what it follows
		}
	}
	return p.levels
}

type paragraphLevels struct {
	text   []rune
	class  []bidi.Class
	levels []uint8
}

// maxDepth is the deepest level that UAX #9 gives (BD2).
const maxDepth = 125

// resolve sets the levels of text[start:end] at the embedding level base. An
// isolate inside takes part as one neutral (X5a to X5c) and is resolved by
// itself.
func (p *paragraphLevels) resolve(start, end int, base uint8) {
	var s sequence
	s.base = direction(base)
	for i := start; i < end; i++ {
		c := p.class[i]
		switch c {
		case bidi.LRI, bidi.RLI, bidi.FSI:
			stop := p.matchingPDI(i, end)
			s.add(bidi.ON, i, 0)
			if inner := p.isolateLevel(c, i+1, stop, base); inner <= maxDepth {
				p.resolve(i+1, stop, inner)
			} else {
				for j := i + 1; j < stop; j++ {
					p.levels[j] = base
				}
			}
			i = min(stop, end-1)
		case bidi.PDI:
			s.add(bidi.ON, i, 0)
		default:
			if ignored(c) {
				p.levels[i] = base
				continue
			}
			s.add(c, i, p.text[i])
		}
	}
	s.resolveWeak()
	s.resolveBrackets()
	s.resolveNeutral()
	for k, i := range s.index {
		p.levels[i] = implicitLevel(s.class[k], base)
		if c := p.class[i]; c == bidi.LRI || c == bidi.RLI || c == bidi.FSI {
			if stop := p.matchingPDI(i, end); stop < end {
				p.levels[stop] = p.levels[i]
			}
		}
	}
}

// ignored tells what takes no part in resolving, as if removed (X9).
func ignored(c bidi.Class) bool {
	switch c {
	case bidi.BN, bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF, bidi.B:
		return true
	}
	return false
}

// matchingPDI is the index of the PDI that closes the isolate opened at i, or
// end (BD9).
func (p *paragraphLevels) matchingPDI(i, end int) int {
	depth := 0
	for j := i; j < end; j++ {
		switch p.class[j] {
		case bidi.LRI, bidi.RLI, bidi.FSI:
			depth++
		case bidi.PDI:
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return end
}

// isolateLevel is the next level of the isolate's direction; an FSI takes the
// direction of its first strong character outside inner isolates (P2, P3).
func (p *paragraphLevels) isolateLevel(c bidi.Class, start, end int, base uint8) uint8 {
	odd := c == bidi.RLI
	if c == bidi.FSI {
		odd = p.firstStrong(start, end) == bidi.R
	}
	next := base + 1
	if (next%2 == 1) != odd {
		next++
	}
	return next
}

func (p *paragraphLevels) firstStrong(start, end int) bidi.Class {
	for i := start; i < end; i++ {
		switch p.class[i] {
		case bidi.L:
			return bidi.L
		case bidi.R, bidi.AL:
			return bidi.R
		case bidi.LRI, bidi.RLI, bidi.FSI:
			i = p.matchingPDI(i, end)
		}
	}
	return bidi.L
}

func direction(level uint8) bidi.Class {
	if level%2 == 1 {
		return bidi.R
	}
	return bidi.L
}

// implicitLevel is rules I1 and I2.
func implicitLevel(c bidi.Class, base uint8) uint8 {
	switch {
	case base%2 == 0 && c == bidi.R:
		return base + 1
	case base%2 == 0 && (c == bidi.AN || c == bidi.EN):
		return base + 2
	case base%2 == 1 && (c == bidi.L || c == bidi.AN || c == bidi.EN):
		return base + 1
	}
	return base
}

// visualOrder gives the indices of a line's items from left to right (rules L1
// and L2). blank tells which items are white space.
func visualOrder(lv []uint8, blank []bool, base Dir) []int {
	lv = append([]uint8(nil), lv...)
	for i := len(lv) - 1; i >= 0 && blank[i]; i-- {
		lv[i] = uint8(base)
	}
	order := make([]int, len(lv))
	var top uint8
	for i, l := range lv {
		order[i] = i
		top = max(top, l)
	}
	for l := top; l >= 1; l-- {
		for i := 0; i < len(order); {
			if lv[order[i]] < l {
				i++
				continue
			}
			j := i
			for j < len(order) && lv[order[j]] >= l {
				j++
			}
			for a, b := i, j-1; a < b; a, b = a+1, b-1 {
				order[a], order[b] = order[b], order[a]
			}
			i = j
		}
	}
	return order
}
