package rule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// test is one cell of a decision table: any of its parts, or none of them.
type test struct {
	any   bool
	not   bool
	parts []span
}

// span is an interval of values; a single value is one whose ends are the same.
// A nil end is open to infinity.
type span struct {
	lo, hi         *bound
	loOpen, hiOpen bool
}

// bound is a value written out, or a parameter.
type bound struct {
	value Value
	param string
	typ   Type
}

func (b *bound) get(r *run) (Value, error) {
	if b.param == "" {
		return b.value, nil
	}
	return r.param(b.param, b.typ)
}

// refs adds the parameters that the test uses.
func (t test) refs(uses map[Ref]bool) {
	for _, s := range t.parts {
		for _, b := range []*bound{s.lo, s.hi} {
			if b != nil && b.param != "" {
				uses[Ref{ParamRef, b.param}] = true
			}
		}
	}
}

func (t *test) matches(r *run, v Value) (bool, error) {
	if t.any {
		return true, nil
	}
	for i := range t.parts {
		ok, err := t.parts[i].holds(r, v)
		if err != nil {
			return false, err
		}
		if ok {
			return !t.not, nil
		}
	}
	return t.not, nil
}

func (s *span) holds(r *run, v Value) (bool, error) {
	if s.lo != nil && s.lo == s.hi {
		x, err := s.lo.get(r)
		return err == nil && equal(v, x), err
	}
	if s.lo != nil {
		x, err := s.lo.get(r)
		if err != nil {
			return false, err
		}
		if n := order(v, x); n < 0 || (n == 0 && s.loOpen) {
			return false, nil
		}
	}
	if s.hi != nil {
		x, err := s.hi.get(r)
		if err != nil {
			return false, err
		}
		if n := order(v, x); n > 0 || (n == 0 && s.hiOpen) {
			return false, nil
		}
	}
	return true, nil
}

// testReader reads the text of a cell.
type testReader struct {
	env  *Env
	typ  Type
	text string
	pos  int
	err  *Problem
}

// parseTest reads a cell for an input of type t.
func parseTest(e *Env, text string, t Type) (test, []Problem) {
	p := &testReader{env: e, typ: t, text: text}
	out := p.test()
	if p.skip(); p.err == nil && p.pos < len(text) {
		p.fail("I did not expect "+text[p.pos:]+" here", "a test is -, a value, several with commas, < 5, >= 5 or [1..5]")
	}
	if p.err != nil {
		return test{}, []Problem{*p.err}
	}
	return out, nil
}

func (p *testReader) fail(message, fix string) {
	if p.err == nil {
		at := source{text: p.text}.problem(len([]rune(p.text[:min(p.pos, len(p.text))])), message, fix)
		p.err = &at
	}
}

func (p *testReader) skip() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// take moves past s if it comes next.
func (p *testReader) take(s string) bool {
	p.skip()
	if strings.HasPrefix(p.text[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *testReader) test() test {
	switch strings.TrimSpace(p.text) {
	case "-":
		p.pos = len(p.text)
		return test{any: true}
	case "":
		p.fail("there is nothing here", "write - for a test that does not matter")
		return test{}
	}
	out := test{not: p.take("not(")}
	for {
		out.parts = append(out.parts, p.span())
		if p.err != nil || !p.take(",") {
			break
		}
	}
	if out.not && !p.take(")") {
		p.fail("not( is not closed", "write not(…)")
	}
	return out
}

func (p *testReader) span() span {
	p.skip()
	start := p.pos
	var s span
	switch {
	case p.take("<="):
		s.hi = p.bound()
	case p.take("<"):
		s.hi, s.hiOpen = p.bound(), true
	case p.take(">="):
		s.lo = p.bound()
	case p.take(">"):
		s.lo, s.loOpen = p.bound(), true
	case p.take("["), p.take("("):
		s.loOpen = p.text[p.pos-1] == '('
		s.lo = p.bound()
		if !p.take("..") {
			p.fail("an interval has two dots between its ends", "write [1..5]")
		}
		s.hi = p.bound()
		switch {
		case p.take("]"):
		case p.take(")"):
			s.hiOpen = true
		default:
			p.fail("the interval is not closed", "write ] when its end belongs to it, ) when not")
		}
	default:
		b := p.bound()
		return span{lo: b, hi: b}
	}
	if p.err != nil {
		return s
	}
	end := p.pos
	p.pos = start
	if !p.typ.ordered() {
		p.fail(fmt.Sprintf("%s has no order", p.typ), "write the values, with commas between them")
	} else if s.lo != nil && s.hi != nil && s.lo.param == "" && s.hi.param == "" {
		if n := order(s.lo.value, s.hi.value); n > 0 || (n == 0 && (s.loOpen || s.hiOpen)) {
			p.fail("nothing lies in this interval", "write the smaller end first")
		}
	}
	p.pos = end
	return s
}

// bound reads a value or a parameter.
func (p *testReader) bound() *bound {
	p.skip()
	start := p.pos
	if p.take("param.") {
		return p.parameter(start)
	}
	if p.pos < len(p.text) && (p.text[p.pos] == '"' || p.text[p.pos] == '\'') {
		return p.quoted()
	}
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n,)]", p.text[p.pos]) < 0 && !strings.HasPrefix(p.text[p.pos:], "..") {
		p.pos++
	}
	word := p.text[start:p.pos]
	v, err := Value(nil), error(nil)
	switch p.typ.kind {
	case NumberKind:
		v, err = money.ParseDecimal(word)
	case DateKind:
		v, err = calendar.ParseISO(word)
	case TimeKind:
		v, err = calendar.ParseClock(word)
	case BoolKind:
		v, err = strconv.ParseBool(word)
		if word != "true" && word != "false" {
			err = strconv.ErrSyntax
		}
	default:
		p.pos = start
		p.fail(fmt.Sprintf("%q is not a text in quotation marks", word), "write "+strconv.Quote(word))
		return nil
	}
	if err != nil {
		p.pos = start
		p.fail(fmt.Sprintf("%q is not %s", word, p.typ), map[Kind]string{
			NumberKind: "write digits, with a point before any decimals", DateKind: "write 2026-01-31", TimeKind: "write 18:30", BoolKind: "write true or false",
		}[p.typ.kind])
		return nil
	}
	return &bound{value: v}
}

func (p *testReader) parameter(start int) *bound {
	from := p.pos
	for p.pos < len(p.text) && (isName(p.text[p.pos:p.pos+1]) || p.text[p.pos] >= '0' && p.text[p.pos] <= '9' ||
		(p.text[p.pos] == '.' && !strings.HasPrefix(p.text[p.pos:], ".."))) {
		p.pos++
	}
	name := p.text[from:p.pos]
	t, ok := p.env.params[name]
	switch {
	case !ok:
		p.pos = start
		p.fail("there is no parameter called "+name, didYouMean(name, slices.Collect(maps.Keys(p.env.params))))
	case !t.fits(p.typ):
		p.pos = start
		p.fail(fmt.Sprintf("param.%s is %s, not %s", name, t, p.typ), "")
	default:
		return &bound{param: name, typ: t}
	}
	return nil
}

// quoted reads a text; its quotation marks are the only characters it cannot
// hold unescaped.
func (p *testReader) quoted() *bound {
	start, mark := p.pos, p.text[p.pos]
	var b strings.Builder
	for p.pos++; p.pos < len(p.text); p.pos++ {
		switch ch := p.text[p.pos]; {
		case ch == '\\' && p.pos+1 < len(p.text):
			p.pos++
			b.WriteByte(p.text[p.pos])
		case ch == mark:
			p.pos++
			s := b.String()
			end := p.pos
			p.pos = start
			if !p.typ.textual() {
				p.fail(fmt.Sprintf("%q is a text, not %s", s, p.typ), "")
			} else if p.typ.kind == ChoiceKind && !slices.Contains(p.typ.options, s) {
				p.fail(fmt.Sprintf("no option %q", s), didYouMeanText(s, p.typ.options))
			}
			p.pos = end
			return &bound{value: s}
		default:
			b.WriteByte(ch)
		}
	}
	p.pos = start
	p.fail("a text starts here and does not end", "close it with the same quotation mark")
	return nil
}
