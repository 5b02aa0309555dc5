package process

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/document"
	"stoa/internal/i18n"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// part writes a standard part of a letter; nothing where it has nothing to say.
func (w *writer) part(name string) []document.Block {
	switch name {
	case "reasons":
		return w.reasons()
	case "conditions":
		return w.conditions()
	case "appeal":
		if a := w.decided(); a != nil && len(a.Appeal.By) > 0 {
			return []document.Block{w.heading(w.p.T("If you disagree")), document.Paragraph{Text: document.Plain(w.words(a.Appeal))}}
		}
	case "fee":
		return w.fee()
	case "certificate_link":
		if w.c.Verify != "" {
			return []document.Block{document.QR{
				URL: w.c.Verify, Alt: w.p.T("Code to verify this document"),
				Caption: document.Plain(w.p.T("Anyone can verify it at this address")),
			}}
		}
	case "next":
		return w.next()
	}
	return nil
}

func (w *writer) heading(text string) document.Heading {
	return document.Heading{Level: 2, Text: document.Plain(text)}
}

// decided is the action that decided the case.
func (w *writer) decided() *service.Action {
	if w.facts.Decision == nil {
		return nil
	}
	i := slices.IndexFunc(w.s.Actions, func(a *service.Action) bool { return a.ID == w.facts.Decision.Action })
	if i < 0 {
		return nil
	}
	return w.s.Actions[i]
}

func (w *writer) reasons() []document.Block {
	d := w.c.Said
	if d == nil {
		d = w.facts.Decision
	}
	if d == nil || len(d.Reasons) == 0 && d.Reason == "" {
		return nil
	}
	i := slices.IndexFunc(w.s.Actions, func(a *service.Action) bool { return a.ID == d.Action })
	if i < 0 {
		return nil
	}
	items := w.choices(w.s.Actions[i].Standard, d.Reasons)
	var out []document.Block
	if len(items) > 0 {
		out = append(out, document.List{Items: items})
	}
	if d.Reason != "" {
		out = append(out, own(d.Reason)...)
	}
	return append([]document.Block{w.heading(w.p.T("Reasons"))}, out...)
}

func (w *writer) conditions() []document.Block {
	a, d := w.decided(), w.facts.Decision
	if a == nil || len(d.Conditions)+len(d.Own) == 0 {
		return nil
	}
	items := w.choices(a.ActionFile.Conditions, d.Conditions)
	for _, text := range d.Own {
		items = append(items, document.Isolate(text))
	}
	return []document.Block{w.heading(w.p.T("Conditions")), document.List{Ordered: true, Items: items}}
}

// choices are the standard texts that were chosen, with their law, in the order of the file.
func (w *writer) choices(list []service.ChoiceFile, ids []string) (items []document.Text) {
	for _, c := range list {
		if !slices.Contains(ids, c.ID) {
			continue
		}
		text := document.Plain(w.words(c.Text))
		if src := law(w.s, c.Law); src != nil {
			text = append(text, document.Run{Text: " ("}, document.Run{Text: Source(*src), Isolated: true}, document.Run{Text: ")"})
		}
		items = append(items, text)
	}
	return items
}

// own are words an officer wrote: their language is not the reader's for certain.
func own(text string) (out []document.Block) {
	for _, p := range paragraphs(document.Plain(text)) {
		for i := range p {
			p[i].Isolated = true
		}
		out = append(out, document.Paragraph{Text: p})
	}
	return out
}

// Source writes a legal source in one line.
func Source(src service.SourceFile) string {
	if src.Section == "" {
		return src.Title
	}
	return src.Title + ", " + src.Section
}

// fee lists the items of the fee, the total, and below it which law sets each.
func (w *writer) fee() []document.Block {
	fee := w.j.Fee
	if fee == nil {
		return nil
	}
	t := document.Table{
		Caption:    w.p.T("Fee"),
		Columns:    []document.Column{{Header: w.p.T("What for")}, {Header: w.p.T("Amount"), Numeric: true}},
		RowHeaders: true,
	}
	var why []document.Text
	for _, item := range fee.Items {
		t.Rows = append(t.Rows, []document.Text{document.Plain(w.words(item.Fee.Title)), document.Isolate(Show(w.p, w.s, item.Amount, typeMoney))})
		for _, line := range w.explanation(item.Why) {
			said := slices.ContainsFunc(why, func(t document.Text) bool { return strings.HasPrefix(t.String()+" ", line.String()+" ") })
			if !said { // nor is it said already, with the law besides
				why = append(why, line)
			}
		}
	}
	t.Rows = append(t.Rows, []document.Text{
		{{Text: w.p.T("Total"), Bold: true}}, {{Text: Show(w.p, w.s, fee.Total, typeMoney), Bold: true, Isolated: true}},
	})
	out := []document.Block{t}
	if len(why) > 0 {
		out = append(out, document.List{Items: why})
	}
	return out
}

// explanation says in lines what a result rests on: what was answered, which figure, by which law.
func (w *writer) explanation(x *Explained) (lines []document.Text) {
	seen := map[*Explained]bool{}
	var visit func(x *Explained)
	visit = func(x *Explained) {
		if x == nil || seen[x] {
			return
		}
		seen[x] = true
		if x.Kind != "fee" && x.Kind != "given" && len(x.Title.By) > 0 {
			text := Show(w.p, w.s, x.Value, x.Type)
			if q := w.question(x.ID); x.Kind == "answer" && q != nil {
				text = w.p.List(ShowAnswer(w.p, w.s, q, w.j.Answers[q.ID]))
			}
			line := document.Text{{Text: w.words(x.Title) + ": "}, {Text: text, Isolated: true}}
			if x.Law != nil && x.Law.Title != "" {
				line = append(line, document.Run{Text: " ("}, document.Run{Text: Source(*x.Law), Isolated: true}, document.Run{Text: ")"})
			}
			if _, table := x.Value.(map[string]rule.Value); !table && text != "" {
				lines = append(lines, line)
			}
		}
		for _, b := range x.Because() {
			visit(b)
		}
	}
	visit(x)
	return lines
}

func (w *writer) question(path string) *service.Question {
	i := slices.IndexFunc(w.s.Questions, func(q *service.Question) bool { return q.Path == path })
	if i < 0 {
		return nil
	}
	return w.s.Questions[i]
}

// next tells what happens now: what the file says of the state, by when, and where to follow it.
func (w *writer) next() (out []document.Block) {
	st := w.s.States[w.facts.State]
	if st == nil {
		return nil
	}
	if tell := w.words(st.Tell); tell != "" {
		out = append(out, document.Paragraph{Text: document.Plain(tell)})
	}
	m := newMachine(w.j, w.facts, w.s.Jurisdiction.Calendar.StartOf(w.c.Date))
	due, err := m.due(w.ctx, st)
	if err != nil && w.err == nil {
		w.err = err
	}
	if due != nil {
		day := w.p.DateOf(dateYMD{due.Date})
		out = append(out, document.Paragraph{Text: document.Plain(w.p.T("This step ends on {date} at the latest.", i18n.V{"date": day}))})
	}
	if w.c.Follow != "" {
		out = append(out, document.Paragraph{Text: document.Text{
			{Text: w.p.T("Follow your application here:") + " "}, {Text: w.c.Follow, Isolated: true},
		}})
	}
	if len(out) > 0 {
		out = append([]document.Block{w.heading(w.p.T("What happens next"))}, out...)
	}
	return out
}

// Certificate writes the certificate of what was issued: its public fields, its validity, and a code
// with which a stranger verifies it.
func Certificate(ctx context.Context, j *Judgement, f Facts, number string, l Licence, c LetterContext) (document.Document, error) {
	w := newWriter(ctx, j, f, c)
	is := w.s.Issue
	d := w.document(document.Certificate, w.words(is.Title))
	facts := document.Facts{Items: []document.Fact{{Label: w.p.T("Number"), Value: document.Isolate(number)}}}
	for _, field := range is.Register.Fields {
		if text := Show(w.p, w.s, l.Fields[field.ID], field.Type); field.Public && text != "" {
			facts.Items = append(facts.Items, document.Fact{Label: w.words(field.Title), Value: document.Isolate(text)})
		}
	}
	day := func(label string, d calendar.Date) {
		facts.Items = append(facts.Items, document.Fact{Label: label, Value: document.Isolate(w.p.DateOf(dateYMD{d}))})
	}
	day(w.p.T("Valid from"), l.From)
	if !l.Until.IsZero() {
		day(w.p.T("Valid until"), l.Until)
	}
	d.Blocks = append(d.Blocks, facts)
	if is.Certificate != nil {
		for _, paragraph := range paragraphs(w.template(is.Certificate)) {
			d.Blocks = append(d.Blocks, document.Paragraph{Text: paragraph})
		}
	}
	if blocks := w.conditions(); blocks != nil {
		d.Blocks = append(d.Blocks, blocks...)
	}
	d.Blocks = append(d.Blocks, w.part("certificate_link")...)
	if w.err == nil {
		w.err = j.rules.err
	}
	return d, w.err
}
