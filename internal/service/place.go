package service

import (
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// places finds again, for a message, what a file says at a place: mappings, texts and rules by their
// own position, and from there by key and index.
type places map[Pos]*yaml.Node

// at returns the position of what path (keys and indices) leads to from the value at pos; of as much
// of the path as exists.
func (p places) at(pos Pos, path ...any) Pos {
	n := p[pos]
	for _, step := range path {
		if n = inside(n, step); n == nil {
			return pos
		}
		pos = Pos{pos.File, n.Line, n.Column}
	}
	return pos
}

// node returns the YAML that path leads to, nil if there is none.
func (p places) node(pos Pos, path ...any) *yaml.Node {
	n := p[pos]
	for _, step := range path {
		n = inside(n, step)
	}
	return n
}

// key returns the position of the key itself, not of its value.
func (p places) key(pos Pos, key string) Pos {
	if n := p[pos]; n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return Pos{pos.File, n.Content[i].Line, n.Content[i].Column}
			}
		}
	}
	return pos
}

func inside(n *yaml.Node, step any) *yaml.Node {
	if n == nil {
		return nil
	}
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return unalias(n.Content[step])
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return unalias(n.Content[i+1])
			}
		}
	}
	return nil
}

func unalias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// within returns the position in the file of the character at offset (in bytes) of the scalar n, whose
// value differs from the file's text by quotes, escapes, folded lines and indentation. It walks both:
// between two characters of the value the file only ever has space, or what an escape is made of.
func within(n *yaml.Node, lines []string, pos Pos, offset int) Pos {
	r := reader{lines: lines, line: n.Line - 1, col: n.Column - 1}
	r.style = n.Style
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		r.line, r.col = r.line+1, 0 // behind the line of | or >
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		r.col++
	}
	value := n.Value[:min(offset, len(n.Value))]
	for _, c := range value {
		r.take(c)
	}
	if offset < len(n.Value) {
		if c, _ := utf8.DecodeRuneInString(n.Value[offset:]); c != ' ' && c != '\n' {
			r.settle()
		}
	}
	return Pos{pos.File, r.line + 1, r.col + 1}
}

// reader stands at a character of a file, by line and by column in characters.
type reader struct {
	lines     []string
	line, col int
	style     yaml.Style
	runes     []rune // of line
	of        int    // the line that runes holds, plus one
}

func (r *reader) peek() (rune, bool) {
	if r.line >= len(r.lines) {
		return 0, false
	}
	if r.of != r.line+1 {
		r.runes, r.of = []rune(r.lines[r.line]), r.line+1
	}
	if r.col >= len(r.runes) {
		return '\n', true
	}
	return r.runes[r.col], true
}

func (r *reader) next() {
	if c, ok := r.peek(); ok && c == '\n' {
		r.line, r.col = r.line+1, 0
		return
	}
	r.col++
}

func (r *reader) skipSpace() {
	for {
		c, ok := r.peek()
		if !ok || !slices.Contains([]rune{' ', '\n', '\t', '\r'}, c) {
			return
		}
		r.next()
	}
}

// settle moves to the next character that can be one of the value: past space, and past a backslash
// by which a line goes on.
func (r *reader) settle() {
	r.skipSpace()
	for {
		p, _ := r.peek()
		if p != '\\' || r.style&yaml.DoubleQuotedStyle == 0 || r.col != len(r.runes)-1 {
			return
		}
		r.next()
		r.skipSpace()
	}
}

// take moves behind the character c of the value.
func (r *reader) take(c rune) {
	if c == ' ' || c == '\n' || c == '\t' {
		if p, ok := r.peek(); ok && (p == c || p == '\n' || p == '\r') {
			r.next()
			return
		}
		if p, ok := r.peek(); ok && p == '\\' && r.style&yaml.DoubleQuotedStyle != 0 {
			r.col += 2
		}
		return
	}
	r.settle()
	p, ok := r.peek()
	switch {
	case !ok:
		return
	case p == '\\' && r.style&yaml.DoubleQuotedStyle != 0:
		r.col++
		e, _ := r.peek()
		r.col += map[rune]int{'x': 3, 'u': 5, 'U': 9}[e]
		if e != 'x' && e != 'u' && e != 'U' {
			r.col++
		}
	case p == '\'' && r.style&yaml.SingleQuotedStyle != 0:
		r.col += 2
	default:
		r.next()
	}
}
