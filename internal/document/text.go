package document

import (
	"strconv"
	"strings"
)

// The isolates of UAX #9: FSI takes the direction of what it encloses.
const (
	fsi = '\u2068'
	pdi = '\u2069'
)

// PlainText is the document as plain text, for the body of an e-mail. In a
// right-to-left document isolated runs are enclosed in FSI and PDI; a
// left-to-right one stays free of invisible characters.
func PlainText(d Document) string {
	w := textWriter{isolate: d.Dir == RTL}
	w.line(d.Issuer.Name)
	for _, l := range d.Issuer.Address {
		w.line(l)
	}
	w.line(d.Issuer.Contact)
	w.gap()
	for _, l := range d.To {
		w.line(l)
	}
	w.gap()
	w.facts(d.Head)
	w.gap()
	w.line(d.Title)
	w.line(strings.Repeat("=", min(len([]rune(d.Title)), 72)))
	w.gap()
	for _, b := range d.Blocks {
		w.block(b)
		w.gap()
	}
	w.line(d.Footer)
	return w.b.String()
}

type textWriter struct {
	b       strings.Builder
	isolate bool
	blank   bool
}

// line writes one line; an empty text writes none.
func (w *textWriter) line(s string) {
	if s == "" {
		return
	}
	if w.blank && w.b.Len() > 0 {
		w.b.WriteByte('\n')
	}
	w.blank = false
	w.b.WriteString(s)
	w.b.WriteByte('\n')
}

// gap asks for a blank line before the next line.
func (w *textWriter) gap() { w.blank = true }

func (w *textWriter) text(t Text) string {
	var b strings.Builder
	for _, r := range t {
		if r.Isolated && w.isolate {
			b.WriteRune(fsi)
			b.WriteString(r.Text)
			b.WriteRune(pdi)
			continue
		}
		b.WriteString(r.Text)
	}
	return b.String()
}

func (w *textWriter) facts(items []Fact) {
	for _, f := range items {
		w.fact(f.Label, f.Value)
	}
}

// fact writes a label with its value; an empty value leaves no line.
func (w *textWriter) fact(label string, value Text) {
	if v := w.text(value); v != "" {
		w.line(label + ": " + v)
	}
}

func (w *textWriter) block(b Block) {
	switch b := b.(type) {
	case Heading:
		s := w.text(b.Text)
		w.line(s)
		w.line(strings.Repeat("-", min(len([]rune(s)), 72)))
	case Paragraph:
		w.line(w.text(b.Text))
	case List:
		for i, item := range b.Items {
			w.line(marker(b, i) + " " + w.text(item))
		}
	case Facts:
		w.facts(b.Items)
	case Table:
		w.table(b)
	case Notice:
		w.line(b.Title)
		w.line(w.text(b.Text))
	case QR:
		if b.URL != "" { // what is for programs is no text for people
			w.line(w.text(b.Caption))
			w.line(b.URL)
		}
	case Rule:
		w.line(strings.Repeat("-", 24))
	}
}

// table writes each row as a small list of facts: columns drawn with spaces
// do not survive proportional letters, small screens or a screen reader.
func (w *textWriter) table(t Table) {
	w.line(t.Caption)
	for i, row := range t.Rows {
		if i > 0 {
			w.gap()
		}
		for j, cell := range row {
			if j < len(t.Columns) {
				w.fact(t.Columns[j].Header, cell)
			}
		}
	}
}

// marker is what stands before a list's item.
func marker(l List, i int) string {
	if l.Ordered {
		return strconv.Itoa(i+1) + "."
	}
	return "•"
}
