package document

import "golang.org/x/text/unicode/bidi"

// sequence is an isolating run sequence (BD13): the characters that resolve
// each other's direction.
type sequence struct {
	base  bidi.Class   // the direction at both ends (sos and eos)
	class []bidi.Class // being resolved
	first []bidi.Class // as they came
	text  []rune       // 0 for what stands for an isolate
	index []int        // where each is in the paragraph
}

func (s *sequence) add(c bidi.Class, index int, r rune) {
	s.class = append(s.class, c)
	s.first = append(s.first, c)
	s.index = append(s.index, index)
	s.text = append(s.text, r)
}

// resolveWeak is rules W1 to W7.
func (s *sequence) resolveWeak() {
	t := s.class
	prev, strong := s.base, s.base
	for i, c := range t { // W1, W2, W3
		if c == bidi.NSM {
			t[i] = prev
		}
		prev = t[i]
		switch t[i] {
		case bidi.L, bidi.R, bidi.AL:
			strong = t[i]
		case bidi.EN:
			if strong == bidi.AL {
				t[i] = bidi.AN
			}
		}
	}
	for i, c := range t {
		if c == bidi.AL {
			t[i] = bidi.R
		}
	}
	for i := 1; i+1 < len(t); i++ { // W4
		a, b := t[i-1], t[i+1]
		if t[i] == bidi.ES && a == bidi.EN && b == bidi.EN {
			t[i] = bidi.EN
		}
		if t[i] == bidi.CS && a == b && (a == bidi.EN || a == bidi.AN) {
			t[i] = a
		}
	}
	for i := 0; i < len(t); { // W5
		if t[i] != bidi.ET {
			i++
			continue
		}
		j := i
		for j < len(t) && t[j] == bidi.ET {
			j++
		}
		if i > 0 && t[i-1] == bidi.EN || j < len(t) && t[j] == bidi.EN {
			for k := i; k < j; k++ {
				t[k] = bidi.EN
			}
		}
		i = j
	}
	strong = s.base
	for i, c := range t { // W6, W7
		switch c {
		case bidi.ES, bidi.ET, bidi.CS:
			t[i] = bidi.ON
		case bidi.L, bidi.R:
			strong = c
		case bidi.EN:
			if strong == bidi.L {
				t[i] = bidi.L
			}
		}
	}
}

// closing are the paired brackets of official prose. The full list of BD14
// has mathematical and ornamental ones too.
var closing = map[rune]rune{'(': ')', '[': ']', '{': '}'}

// resolveBrackets is rule N0: a pair takes one direction, so that both of its
// halves stay with what they enclose.
func (s *sequence) resolveBrackets() {
	var open []int
	pair := map[int]int{}
	for i, r := range s.text {
		if s.class[i] != bidi.ON {
			continue
		}
		if closing[r] != 0 {
			if len(open) == 63 { // BD16
				break
			}
			open = append(open, i)
			continue
		}
		for k := len(open) - 1; k >= 0; k-- {
			if closing[s.text[open[k]]] == r {
				pair[open[k]] = i
				open = open[:k]
				break
			}
		}
	}
	for i := range s.class {
		if j, ok := pair[i]; ok {
			s.resolvePair(i, j)
		}
	}
}

func (s *sequence) resolvePair(i, j int) {
	found := bidi.ON
	for k := i + 1; k < j; k++ {
		if c := s.strong(k); c == s.base {
			found = c
			break
		} else if c != bidi.ON {
			found = c
		}
	}
	if found == bidi.ON {
		return // N0 d: nothing strong inside
	}
	if found != s.base { // N0 c: the other direction only if the context has it
		before := s.base
		for k := i - 1; k >= 0; k-- {
			if c := s.strong(k); c != bidi.ON {
				before = c
				break
			}
		}
		if before != found {
			found = s.base
		}
	}
	for _, k := range []int{i, j} {
		s.class[k] = found
		for k++; k < len(s.class) && s.first[k] == bidi.NSM; k++ {
			s.class[k] = found
		}
	}
}

// strong is the direction of one resolved character, numbers counting as
// right to left (N0, N1), or ON.
func (s *sequence) strong(i int) bidi.Class {
	switch s.class[i] {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// resolveNeutral is rules N1 and N2.
func (s *sequence) resolveNeutral() {
	for i := 0; i < len(s.class); {
		if s.strong(i) != bidi.ON {
			i++
			continue
		}
		j := i
		for j < len(s.class) && s.strong(j) == bidi.ON {
			j++
		}
		before, after := s.base, s.base
		if i > 0 {
			before = s.strong(i - 1)
		}
		if j < len(s.class) {
			after = s.strong(j)
		}
		d := s.base
		if before == after {
			d = before
		}
		for k := i; k < j; k++ {
			s.class[k] = d
		}
		i = j
	}
}
