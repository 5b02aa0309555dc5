package document

const (
	cellPadX = 8.0
	cellPadY = 5.0
)

// cell is one cell while its row is laid out.
type cell struct {
	element *element
	text    Text
	style   style
	x       float64
	width   float64
}

// row lays cells out side by side. A row stays whole unless it is taller than
// a page; then it continues on the next one. drawRule paints below it.
func (l *layout) row(cells []cell, rule Colour, thick float64) []box {
	lines := make([][]line, len(cells))
	tallest := 1
	for i, c := range cells {
		lines[i] = l.lines(c.text, c.style, c.width)
		tallest = max(tallest, len(lines[i]))
		if c.element != nil {
			c.element.states(lines[i])
		}
	}
	leading := bodyStyle.leading
	room := max(int((l.tall-120)/leading), 1)
	var out []box
	for from := 0; from < tallest; from += room {
		to := min(from+room, tallest)
		height := float64(to-from)*leading + 2*cellPadY
		out = append(out, box{height: height, draw: func(p *page, top float64) {
			for i, c := range cells {
				if c.element != nil && from < len(lines[i]) {
					p.mark(c.element)
				}
				for k := from; k < min(to, len(lines[i])); k++ {
					p.text(lines[i][k], c.style, l.dir, c.x, top+cellPadY+float64(k-from)*leading+c.style.rise(), c.width)
				}
			}
			if to == tallest {
				if !p.art {
					p.artifact("Layout")
				}
				p.fill(rule, l.left, top+height-thick, l.width, thick)
			}
		}})
	}
	return out
}

// facts lays out labels and values: each row's label is its header.
func (l *layout) facts(doc *element, items []Fact, before float64) {
	if len(items) == 0 {
		return
	}
	label := 0.0
	for _, f := range items {
		_, whole := l.widest(Plain(f.Label), bodyStyle.strong())
		label = max(label, whole)
	}
	label = min(max(label, 0.28*l.width), 0.42*l.width)
	value := l.width - label - 3*cellPadX
	table := doc.add("Table", "")
	for i, f := range items {
		tr := table.add("TR", "")
		boxes := l.row([]cell{
			{tr.add("TH", scope("Row")), Plain(f.Label), bodyStyle.strong().in(muted), l.within(cellPadX, label), label},
			{tr.add("TD", ""), f.Value, bodyStyle, l.within(label+2*cellPadX, value), value},
		}, hair, 0.6)
		if i == 0 {
			boxes[0].before = before
			l.ruleAbove(&boxes[0], hair, 0.6)
		}
		boxes[len(boxes)-1].keep = i == 0 && len(items) > 1 || i == len(items)-2
		l.add(boxes...)
	}
}

func (l *layout) ruleAbove(b *box, c Colour, thick float64) {
	draw := b.draw
	b.draw = func(p *page, top float64) {
		p.artifact("Layout")
		p.fill(c, l.left, top-thick, l.width, thick)
		draw(p, top)
	}
}

func scope(s string) string { return " /A <</O /Table /Scope /" + s + ">>" }

func (l *layout) table(doc *element, b Table) {
	if len(b.Columns) == 0 {
		return
	}
	widths := l.columns(b)
	table := doc.add("Table", "")
	if b.Caption != "" {
		caption := l.paragraph(table.add("Caption", ""), Plain(b.Caption), bodyStyle.strong(), l.left, l.width, 12)
		for i := range caption {
			caption[i].keep = true
		}
		l.add(caption...)
	}
	cells := func(tr *element, texts []Text, kind func(i int) (string, string), st style) []cell {
		in := 0.0
		var out []cell
		for i, c := range b.Columns {
			var e *element
			if tr != nil {
				e = tr.add(kind(i))
			}
			st := st
			if b.RowHeaders && i == 0 {
				st.bold = true
			}
			if c.Numeric {
				st.align = alignEnd
			}
			var t Text
			if i < len(texts) {
				t = texts[i]
			}
			w := widths[i] - 2*cellPadX
			out = append(out, cell{e, t, st, l.within(in+cellPadX, w), w})
			in += widths[i]
		}
		return out
	}
	headers := make([]Text, len(b.Columns))
	for i, c := range b.Columns {
		headers[i] = Plain(c.Header)
	}
	column := func(int) (string, string) { return "TH", scope("Column") }
	headStyle := bodyStyle.strong().in(l.accent)
	head := l.row(cells(table.add("TR", ""), headers, column, headStyle), l.accent, 1.2)
	again := stack(l.row(cells(nil, headers, column, headStyle), l.accent, 1.2))
	head[0].before = 8
	for i := range head {
		head[i].keep = len(b.Rows) > 0
	}
	l.add(head...)
	for i, r := range b.Rows {
		kind := func(j int) (string, string) {
			if b.RowHeaders && j == 0 {
				return "TH", scope("Row")
			}
			return "TD", ""
		}
		boxes := l.row(cells(table.add("TR", ""), r, kind, bodyStyle), hair, 0.6)
		for j := range boxes {
			boxes[j].head = &again
		}
		boxes[len(boxes)-1].keep = len(b.Rows) > 1 && (i == 0 || i == len(b.Rows)-2)
		l.add(boxes...)
	}
}

// columns shares the width out: a column that needs less than its even share
// gets what it needs, and the others share the rest by what they would like,
// none below its longest word where that is possible.
func (l *layout) columns(b Table) []float64 {
	least := make([]float64, len(b.Columns))
	want := make([]float64, len(b.Columns))
	for i, c := range b.Columns {
		l.measureColumn(&least[i], &want[i], Plain(c.Header), bodyStyle.strong())
		for _, r := range b.Rows {
			if i < len(r) {
				st := bodyStyle
				st.bold = b.RowHeaders && i == 0
				l.measureColumn(&least[i], &want[i], r[i], st)
			}
		}
	}
	return share(l.width, least, want)
}

func (l *layout) measureColumn(least, want *float64, t Text, st style) {
	const pad = 2*cellPadX + 0.1
	word, whole := l.widest(t, st)
	*least = max(*least, word+pad)
	*want = max(*want, whole+pad)
}

// share divides width; see columns.
func share(width float64, least, want []float64) []float64 {
	out := make([]float64, len(want))
	rest, open := width, len(want)
	for settled := true; settled && open > 0; {
		settled = false
		even := rest / float64(open)
		for i := range out {
			if out[i] == 0 && want[i] <= even {
				out[i] = want[i]
				rest -= want[i]
				open--
				settled = true
			}
		}
	}
	if open == 0 { // all have what they want: spread what is left
		for i := range out {
			out[i] *= width / (width - rest)
		}
		return out
	}
	var sumLeast, sumMore float64
	for i := range out {
		if out[i] == 0 {
			sumLeast += least[i]
			sumMore += want[i] - least[i]
		}
	}
	for i := range out {
		switch {
		case out[i] != 0:
		case sumLeast >= rest || sumMore == 0:
			out[i] = rest * least[i] / sumLeast
		default:
			out[i] = least[i] + (rest-sumLeast)*(want[i]-least[i])/sumMore
		}
	}
	return out
}
