package process

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// LetterContext is what a letter says besides the case: to whom, when, and where things are.
type LetterContext struct {
	Printer *i18n.Printer // the reader's language
	To      []string      // name and address
	Date    calendar.Date // of the letter
	Follow  string        // where the reader follows the case; "" leaves it out
	Verify  string        // where the licence is verified; "" leaves the code out
	Said    *Decision     // reasons of the action that sends it, where it decides nothing
}

// RenderLetter writes a letter of the file about a case, in the language of the context's printer.
func RenderLetter(ctx context.Context, j *Judgement, f Facts, letter string, c LetterContext) (document.Document, error) {
	s := j.Situation.Service
	l := s.Letters[letter]
	if l == nil {
		return document.Document{}, fault.NewInternal("writing a letter", fmt.Errorf("%s has no letter %q", s.Service, letter))
	}
	w := newWriter(ctx, j, f, c)
	d := w.document(document.Letter, w.words(l.Title))
	d.To = c.To
	d.Head = w.head()
	for _, b := range l.Blocks {
		if b.When == nil || j.rules.holds(ctx, b.When, w.scope) {
			d.Blocks = append(d.Blocks, w.block(b)...)
		}
	}
	if w.err == nil {
		w.err = j.rules.err
	}
	return d, w.err
}

// writer writes the texts of one document.
type writer struct {
	ctx   context.Context
	p     *i18n.Printer
	s     *service.Service
	j     *Judgement
	facts Facts
	c     LetterContext
	scope *scope
	err   error
}

func newWriter(ctx context.Context, j *Judgement, f Facts, c LetterContext) *writer {
	s := j.Situation.Service
	sc := j.caseScope(f, s.Jurisdiction.Calendar.StartOf(c.Date))
	return &writer{ctx: ctx, p: c.Printer, s: s, j: j, facts: f, c: c, scope: sc}
}

func (w *writer) words(t service.Text) string { return Words(w.p, w.s, t) }

func (w *writer) document(kind document.Kind, title string) document.Document {
	d := document.Document{Kind: kind, Lang: w.p.Tag(), Title: title, Issuer: w.issuer()}
	if w.p.Dir() == "rtl" {
		d.Dir = document.RTL
	}
	return d
}

// issuer is the organisation of the service, with the jurisdiction's contact where it has none.
func (w *writer) issuer() document.Issuer {
	file := w.s.Jurisdiction.File
	is := document.Issuer{Name: w.words(file.Name)}
	contact := file.Contact
	for _, o := range file.Organisations {
		if o.ID == w.s.Organisation {
			is.Name = w.words(o.Name)
			if o.Contact.Email != "" || o.Contact.Phone != "" || len(o.Contact.Address) > 0 {
				contact = o.Contact
			}
		}
	}
	for _, line := range contact.Address {
		is.Address = append(is.Address, w.words(line))
	}
	is.Contact = strings.Join(slices.DeleteFunc([]string{contact.Email, contact.Phone}, func(c string) bool { return c == "" }), " · ")
	return is
}

func (w *writer) head() []document.Fact {
	var head []document.Fact
	if !w.c.Date.IsZero() {
		head = append(head, document.Fact{Label: w.p.T("Date"), Value: document.Isolate(w.p.DateOf(dateYMD{w.c.Date}))})
	}
	if w.facts.Number != "" {
		head = append(head, document.Fact{Label: w.p.T("Our reference"), Value: document.Isolate(w.facts.Number)})
	}
	return head
}

// block writes one block of the file; a standard part may be several, or none.
func (w *writer) block(b *service.LetterBlock) (out []document.Block) {
	if b.Heading != nil {
		out = append(out, document.Heading{Level: 2, Text: w.template(b.Heading)})
	}
	if b.Text != nil {
		for _, paragraph := range paragraphs(w.template(b.Text)) {
			out = append(out, document.Paragraph{Text: paragraph})
		}
	}
	if len(b.Items) > 0 {
		list := document.List{}
		for _, item := range b.Items {
			list.Items = append(list.Items, w.template(item))
		}
		out = append(out, list)
	}
	if len(b.Facts) > 0 {
		if facts := w.factList(b.Facts); len(facts.Items) > 0 {
			out = append(out, facts)
		}
	}
	if b.Part != "" {
		out = append(out, w.part(b.Part)...)
	}
	return out
}

// template fills a text's rules with values in the reader's language, each isolated from the words
// around it.
func (w *writer) template(t service.Template) document.Text {
	var text document.Text
	for _, piece := range pick(t, w.p.Tag(), w.s.Jurisdiction.File.Languages) {
		if piece.Rule == nil {
			text = append(text, document.Run{Text: piece.Text})
			continue
		}
		out := w.j.rules.eval(w.ctx, piece.Rule, w.scope)
		if !out.known {
			if w.err == nil {
				w.err = fault.NewInternal("writing a letter", fmt.Errorf("the value of {{ %s }} at %s is not known", piece.Rule.Expr.Source, piece.Rule.Pos))
			}
			continue
		}
		text = append(text, document.Run{Text: w.value(piece.Rule.Expr.Source, out.value), Isolated: true})
	}
	return text
}

// pick is the text of a template in the reader's language, or in another rather than none.
func pick(t service.Template, tag string, fallback []string) []service.Piece {
	have := i18n.Text{}
	for lang := range t {
		have[lang] = lang
	}
	return t[have.In(tag, fallback...)]
}

// value shows what {{ source }} gave. A bare name is shown as the question or value that it names: an
// option by its label, money as money.
func (w *writer) value(source string, v rule.Value) string {
	if q, path := w.j.rules.question(source, w.scope); q != nil && path == q.Path {
		if a, ok := w.j.Answers[q.ID]; ok {
			return strings.Join(ShowAnswer(w.p, w.s, q, a), ", ")
		}
	}
	return Show(w.p, w.s, v, w.typeOf(source))
}

// typeOf is how to show a bare name: number unless the file says money.
func (w *writer) typeOf(source string) string {
	if source == "fee_total" {
		return typeMoney
	}
	id, output, _ := strings.Cut(source, ".")
	if id == "param" {
		if p := parameter(w.s.Jurisdiction, output); p != nil {
			return p.Type
		}
	}
	for _, n := range w.s.Values {
		switch {
		case n.ID != id:
		case n.File != nil:
			return n.File.Type
		case n.Table != nil:
			for _, o := range n.Table.File.Outputs {
				if o.ID == output {
					return o.Type
				}
			}
		}
	}
	if q, path := w.j.rules.question(source, w.scope); q != nil && path != q.Path {
		return w.fieldType(q, source)
	}
	return ""
}

// fieldType is the type of a register's field in premises.rateable_value.
func (w *writer) fieldType(q *service.Question, source string) string {
	reg := w.s.Jurisdiction.Registers[q.Register]
	if reg == nil {
		return ""
	}
	_, field, _ := strings.Cut(source, ".")
	for _, f := range reg.Fields {
		if f.ID == field {
			return f.Type
		}
	}
	return ""
}

// paragraphs cuts a text at its empty lines.
func paragraphs(t document.Text) (out []document.Text) {
	var current document.Text
	flush := func() {
		if strings.TrimSpace(current.String()) != "" {
			out = append(out, current)
		}
		current = nil
	}
	for _, run := range t {
		if run.Isolated {
			current = append(current, run)
			continue
		}
		for i, part := range strings.Split(run.Text, "\n\n") {
			if i > 0 {
				flush()
			}
			if part = strings.ReplaceAll(part, "\n", " "); part != "" {
				current = append(current, document.Run{Text: part, Bold: run.Bold})
			}
		}
	}
	flush()
	return out
}

// factList is the table of facts: questions that were asked and answered, and values that are known.
func (w *writer) factList(ids []string) (facts document.Facts) {
	for _, id := range ids {
		if fact, ok := w.fact(id); ok {
			facts.Items = append(facts.Items, fact)
		}
	}
	return facts
}

func (w *writer) fact(id string) (document.Fact, bool) {
	for _, q := range w.s.Questions {
		if q.Path != id {
			continue
		}
		if lines := w.answers(q); len(lines) > 0 {
			return document.Fact{Label: w.words(q.Short), Value: joined(lines)}, true
		}
		return document.Fact{}, false
	}
	name, output, _ := strings.Cut(id, ".")
	x := w.j.Value(name)
	if x == nil {
		return document.Fact{}, false
	}
	v, title := x.Value, w.words(x.Title)
	if rec, ok := v.(map[string]rule.Value); ok && output != "" {
		v = rec[output]
		for _, n := range w.s.Values {
			if n.ID == name && n.Table != nil {
				title = w.outputTitle(n.Table, output, title)
			}
		}
	}
	text := Show(w.p, w.s, v, w.typeOf(id))
	return document.Fact{Label: title, Value: document.Isolate(text)}, text != ""
}

func (w *writer) outputTitle(t *service.Table, output, otherwise string) string {
	for _, o := range t.File.Outputs {
		if title := w.words(o.Title); o.ID == output && title != "" {
			return title
		}
	}
	return otherwise
}

// answers are the shown answers to a question, in all items where it is inside a group.
func (w *writer) answers(q *service.Question) (lines []string) {
	var visit func(a Answers, ids []string)
	visit = func(a Answers, ids []string) {
		if len(ids) == 1 {
			lines = append(lines, ShowAnswer(w.p, w.s, q, a[ids[0]])...)
			return
		}
		items, _ := a[ids[0]].([]Item) // nothing where the group is not asked
		for _, it := range items {
			visit(it.Answers, ids[1:])
		}
	}
	visit(w.j.Answers, strings.Split(q.Path, "."))
	return lines
}

func joined(lines []string) (t document.Text) {
	for i, line := range lines {
		if i > 0 {
			t = append(t, document.Run{Text: ", "})
		}
		t = append(t, document.Run{Text: line, Isolated: true})
	}
	return t
}
