package service

import (
	"slices"
	"strings"

	"stoa/internal/rule"
)

func (b *builder) compileLetters() {
	for _, id := range keys(b.f.Letters) {
		l := &Letter{ID: id, LetterFile: b.f.Letters[id]}
		for i := range l.LetterFile.Blocks {
			k := &LetterBlock{LetterBlockFile: l.LetterFile.Blocks[i]}
			life := setting{inCase: true}
			k.When = b.rule(k.LetterBlockFile.When, rule.Bool(), life)
			there := under(k.LetterBlockFile.When, life)
			k.Heading = b.template(k.LetterBlockFile.Heading, there)
			k.Text = b.template(k.LetterBlockFile.Text, there)
			for _, item := range k.LetterBlockFile.Items {
				k.Items = append(k.Items, b.template(item, there))
			}
			b.checkFacts(k)
			l.Blocks = append(l.Blocks, k)
		}
		b.s.Letters[id] = l
	}
}

// checkFacts sees to it that facts are questions, values or columns of a table.
func (b *builder) checkFacts(k *LetterBlock) {
	for i, id := range k.Facts {
		table, _, _ := strings.Cut(id, ".")
		b.used["table "+table] = true
		known := b.factNames()
		if !slices.Contains(known, id) {
			b.known(b.places.at(k.Pos, "facts", i), "question or value", id, known)
		}
	}
}

func (b *builder) factNames() []string {
	out := ids(b.f.Values, func(v *ValueFile) string { return v.ID })
	for _, t := range b.f.Tables {
		for _, o := range t.Outputs {
			out = append(out, t.ID+"."+o.ID)
		}
	}
	for path := range b.questions {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// template cuts a text, in each language, at its {{ rules }}.
func (b *builder) template(t Text, at setting) Template {
	if t.By == nil {
		return nil
	}
	out := Template{}
	for _, lang := range keys(t.By) {
		out[lang] = b.pieces(t, lang, at)
	}
	return out
}

func (b *builder) pieces(t Text, lang string, at setting) (out []Piece) {
	rest, offset := t.By[lang], 0
	for {
		open := strings.Index(rest, "{{")
		if open < 0 {
			break
		}
		end := strings.Index(rest[open:], "}}")
		if end < 0 {
			b.problem(b.inText(t, lang, offset+open), "close it with }}", "{{ opens a rule that does not end")
			break
		}
		if open > 0 {
			out = append(out, Piece{Text: rest[:open]})
		}
		source := rest[open+2 : open+end]
		start := offset + open + 2 + len(source) - len(strings.TrimLeft(source, " \n\t"))
		out = append(out, Piece{Rule: b.piece(strings.TrimSpace(source), t, lang, start, at)})
		rest, offset = rest[open+end+2:], offset+open+end+2
	}
	if rest != "" {
		out = append(out, Piece{Text: rest})
	}
	return out
}

// piece compiles a rule inside a text. Its value is shown, so it must be there.
func (b *builder) piece(source string, t Text, lang string, offset int, at setting) *Rule {
	if source == "" {
		b.problem(b.inText(t, lang, offset), "write the name of a question or value", "{{ }} holds nothing")
		return nil
	}
	env := b.environment(b.sureWithin(source, at))
	p := b.program(env, source, rule.Type{}, func(of int) Pos { return b.inText(t, lang, offset+of) })
	if p == nil {
		return nil
	}
	if p.Type().Kind() == rule.OptionalKind {
		b.problem(b.inText(t, lang, offset), "write .orValue(…), or give the block a when: with the condition of the question", "%s may be missing", source)
	}
	return &Rule{Expr: Expr{Pos: b.inText(t, lang, offset), Source: source}, Program: p}
}

// inText is the place of a byte of a text in one language.
func (b *builder) inText(t Text, lang string, offset int) Pos {
	n := b.places.node(t.Pos)
	if n != nil && inside(n, lang) != nil {
		n = inside(n, lang)
	}
	if n == nil {
		return t.Pos
	}
	// what Text holds is trimmed; the file may have space before it
	lead := len(n.Value) - len(strings.TrimLeft(n.Value, " \n\t\r"))
	return within(n, b.linesOf(t.Pos.File), t.Pos, lead+offset)
}
