package desk

import (
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// version is the case's or licence's version when the form was made; a form without one is stale.
func version(r *web.Request) int64 {
	n, err := strconv.ParseInt(r.Field("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func hiddenVersion(n int64) page.Hidden {
	return page.Hidden{Name: "version", Value: strconv.FormatInt(n, 10)}
}

// status is the panel at the head of a case.
func (c casePage) status() page.StatusPanel {
	p := c.P
	s := page.StatusPanel{Label: p.T("State"), Status: c.State, Clock: clock(c.Timing), Tone: page.Info, HTML: statusText(c)}
	switch {
	case c.Ending == "granted":
		s.Tone = page.Good
	case c.Ending == "refused":
		s.Tone = page.Bad
	case c.Ending != "":
		s.Tone = page.Neutral
	case c.Timing.Level == "late":
		s.Tone = page.Bad
	case c.Timing.Level == "soon" || c.Pending != nil:
		s.Tone = page.Caution
	}
	return s
}

// cards are answers as summary lists.
func cards(p *i18n.Printer, list []view.Card, scans map[string]string, files string) page.Component {
	var g page.Group
	for _, c := range list {
		card := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: c.Title, HeadingLevel: 3}}}
		for _, row := range c.Rows {
			card.Rows = append(card.Rows, page.SummaryRow{Key: page.Cell{Text: row.Label}, Value: page.Cell{HTML: page.Group{answer(p, row, scans, files), from(row)}}})
		}
		if c.Empty != "" {
			card.Rows = append(card.Rows, page.SummaryRow{Key: page.Cell{Text: c.Empty}})
		}
		g = append(g, card)
	}
	return g
}

// from says where an answer came from that was not simply typed.
func from(row view.Row) page.Component {
	if row.From == "" {
		return nil
	}
	return page.Hint{Text: row.From}
}

// scanWord says what is known of a file that is not known to be clean.
func scanWord(p *i18n.Printer, state string) page.Tag {
	switch state {
	case "infected":
		return page.State(p.T("Virus found: cannot be opened"), page.Bad)
	case "waiting":
		return page.State(p.T("Being checked for viruses"), page.Caution)
	}
	return page.State(p.T("Not checked for viruses"), page.Neutral)
}

// conditionTag says whether a condition held on submission.
func conditionTag(p *i18n.Printer, holds *bool) page.Tag {
	switch {
	case holds == nil:
		return page.State(p.T("Not known"), page.Neutral)
	case *holds:
		return page.State(p.T("Met"), page.Good)
	}
	return page.State(p.T("Not met"), page.Bad)
}

// replyTag is a consultee's reply.
func replyTag(p *i18n.Printer, q view.DeskConsultation) page.Component {
	switch q.Reply {
	case "":
		return page.Group{page.State(p.T("No reply yet"), page.Info), page.Text(" "), clock(q.Timing)}
	case "objection":
		return page.State(q.ReplyText, page.Bad)
	case "comment":
		return page.State(q.ReplyText, page.Caution)
	}
	return page.State(q.ReplyText, page.Good)
}

// countsTag says what an officer made of a representation.
func countsTag(p *i18n.Printer, counts string) page.Tag {
	switch counts {
	case "yes":
		return page.State(p.T("Counts"), page.Good)
	case "no":
		return page.State(p.T("Set aside"), page.Neutral)
	}
	return page.State(p.T("Not looked at yet"), page.Caution)
}

// timeline is everything that happened, newest first.
func (c casePage) timeline() page.Timeline {
	t := page.Timeline{}
	for _, e := range c.Events {
		entry := page.TimelineEntry{Title: e.Title, When: instant(e.At), By: e.By, Text: e.Text, Tone: eventTone(e.Kind)}
		switch {
		case e.Letter != "":
			entry.HTML = page.LinkTo{Text: c.P.T("Read the letter"), Hidden: e.Title, URL: c.path("/letters/" + e.Letter)}
		case e.Licence != "":
			entry.HTML = page.LinkTo{Text: e.Text, URL: "/desk/licences/" + e.Licence}
		case e.Text != "":
			entry.HTML = paragraphs(e.Text)
		}
		t.Entries = append(t.Entries, entry)
	}
	return t
}

func eventTone(kind string) page.Tone {
	switch kind {
	case "issued":
		return page.Good
	case "action", "submitted":
		return page.Info
	case "proposed", "returned":
		return page.Caution
	}
	return page.Neutral
}

// thread is the conversation with the applicant.
func (c casePage) thread() page.MessageThread {
	t := page.MessageThread{}
	for _, m := range c.Messages {
		one := page.Message{From: m.From, When: instant(m.At), Text: m.Text, Own: m.Own}
		if m.New {
			one.Tag = page.State(c.P.T("New"), page.Info)
		}
		t.Messages = append(t.Messages, one)
	}
	return t
}

// staffOptions are those to whom the case can be given; first, of a case that somebody has, nobody.
func (c casePage) staffOptions() []page.Option {
	items := []page.Option{{Text: c.P.T("Nobody: back into the queue")}}
	if c.Assignee == "" {
		items[0].Text = c.P.T("Choose a person")
	}
	for _, o := range c.Staff {
		items = append(items, page.Option{Value: o.Value, Text: o.Label})
	}
	return items
}

// chosenStaff is what the list shows: what was chosen before, or who has the case.
func (c casePage) chosenStaff() string {
	if c.Typed.To != "" {
		return c.Typed.To
	}
	return c.Assignee
}

// figures are the file's results, each with its reasons.
func (c casePage) figures() page.QueueTable {
	t := page.QueueTable{Caption: c.P.T("Figures"), CaptionHidden: true, Columns: []page.Column{{Text: c.P.T("Figure")}, {Text: c.P.T("Value")}}}
	for _, w := range c.Values {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: figure(c.P, w)}, {HTML: page.ID(w.Value)}}})
	}
	return t
}

// replies are the questions to other organisations, a row each.
func (c casePage) replies() page.QueueTable {
	t := page.QueueTable{Caption: c.P.T("Replies of other organisations"), CaptionHidden: true,
		Columns: []page.Column{{Text: c.P.T("Organisation")}, {Text: c.P.T("Reply")}, {Text: c.P.T("When")}}}
	for _, q := range c.Consultations {
		when := page.Component(page.ID(q.Due))
		if q.Reply != "" {
			when = instant(q.Replied)
		}
		row := page.QueueRow{Cells: []page.Cell{{HTML: askedOf(c.P, q)}, {HTML: replyCell(c.P, q)}, {HTML: when}}}
		if q.Reply == "objection" {
			row.Tone = page.Bad
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// law is a legal source in small letters.
func law(l view.Law) page.Component {
	if l.Text == "" {
		return page.Group{}
	}
	return page.Paragraph{HTML: paper.Law(l), Classes: "govuk-!-font-size-16 govuk-!-margin-bottom-1"}
}

// caption says which service, and which later step of it.
func caption(h view.DeskHead) string {
	if h.Variant != "" {
		return h.Service + " · " + h.Variant
	}
	return h.Service
}

// short is enough of a hash to compare by eye.
func short(hash string) string {
	if len(hash) > 12 {
		return hash[:12]
	}
	return hash
}

// contents are the parts of the page that are there.
func (c casePage) contents() []page.Link {
	var list []page.Link
	add := func(is bool, id, text string) {
		if is {
			list = append(list, page.Link{Text: text, URL: "#" + id})
		}
	}
	add(len(c.Consultations) > 0, "replies", c.P.T("Replies of other organisations"))
	add(len(c.Representations) > 0 || c.Notice != "", "representations", c.P.T("Representations by the public"))
	add(c.Decision != nil, "decision", c.P.T("Decision"))
	add(true, "answers", c.P.T("Answers"))
	add(len(c.Conditions) > 0 || len(c.Values) > 0, "checks", c.P.T("Checks and figures"))
	add(c.Hints.Shown, "hints", c.P.T("Before you decide"))
	add(c.Fee != nil, "fee", c.P.T("Fee"))
	add(true, "messages", c.P.T("Messages"))
	add(true, "letters", c.P.T("Letters and documents"))
	add(true, "timeline", c.P.T("What happened"))
	return list
}

// headCaption names the case above a form about it.
func headCaption(p *i18n.Printer, h view.DeskHead) string {
	if h.Label == "" {
		return h.Number
	}
	return p.T("{number}: {label}", i18n.V{"number": h.Number, "label": h.Label})
}
