package paper

import (
	"context"
	"html"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web/page"
)

// Disclosure is a request for information and its answer, as everybody may read it; the desk shows the same before it is
// published.
type Disclosure struct {
	view.DisclosurePage
	P    *i18n.Printer
	File func(id string) string // address of a released file
}

// Render prints it.
func (d Disclosure) Render(ctx context.Context, w io.Writer) error {
	p := d.P
	g := page.Group{page.Heading{Level: 1, Size: "l", Caption: p.T("Request for information"), HTML: templ.Raw(`<span lang="` + html.EscapeString(d.Language) + `" dir="auto">` + html.EscapeString(d.Title) + `</span>`)}}
	if d.Withdrawn != "" {
		g = append(g, page.WarningText{Text: p.T("This answer was withdrawn: {reason}", i18n.V{"reason": d.Withdrawn})})
	}
	g = append(g, d.facts())
	if d.Request != "" {
		g = append(g, page.Heading{Level: 2, Text: p.T("What was asked")}, written(d.Language, d.Request))
	}
	if d.Answer != "" {
		g = append(g, page.Heading{Level: 2, Text: p.T("What we answered")}, page.InsetText{HTML: written(d.Language, d.Answer)})
	}
	if len(d.Files) > 0 {
		g = append(g, page.Heading{Level: 2, Text: p.T("What we released")}, d.files())
	}
	if len(d.Exemptions) > 0 {
		g = append(g, page.Heading{Level: 2, Text: p.T("What we held back and why")}, d.exemptions())
	}
	if d.Proof.Published {
		number := strconv.FormatInt(d.Proof.Index, 10)
		g = append(g, page.Heading{Level: 2, Text: p.T("Proof")}, page.Paragraph{HTML: page.Group{
			page.LinkTo{Text: p.T("In the public log as number {number}.", i18n.V{"number": number}), URL: "/log/leaves/" + number}}})
	}
	return g.Render(ctx, w)
}

func (d Disclosure) facts() page.Component {
	p := d.P
	list := page.SummaryList{}
	add := func(key string, value page.Component) {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	add(p.T("Number"), page.ID(d.Number))
	add(p.T("Outcome"), page.State(d.Outcome, map[string]page.Tone{"granted": page.Good, "refused": page.Bad}[d.Ending]))
	if d.Topic != "" {
		add(p.T("Topic"), page.Text(d.Topic))
	}
	add(p.T("Organisation"), page.Text(d.Organisation))
	add(p.T("Received"), page.ID(d.Received))
	if d.DisclosureLine.Answered != "" {
		add(p.T("Answered"), page.ID(d.DisclosureLine.Answered))
	}
	if d.Took >= 0 {
		took := p.N("{n} working day", "{n} working days", d.Took)
		if d.Days > 0 {
			took = p.T("{time}; promised: {promised}", i18n.V{"time": took, "promised": p.N("{n} working day", "{n} working days", d.Days)})
		}
		add(p.T("Time"), page.Text(took))
	}
	return list
}

func (d Disclosure) files() page.Component {
	p := d.P
	t := page.QueueTable{Caption: p.T("What we released"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: p.T("Document")}, {Text: p.T("Size"), Format: "numeric"}, {Text: p.T("Taken out")}}}
	for _, f := range d.Files {
		out := p.T("Nothing")
		if f.Removed > 0 {
			out = p.N("{n} passage", "{n} passages", f.Removed)
		}
		name := page.Group{page.LinkTo{Text: f.Name, URL: d.File(f.ID)}}
		if f.SHA256 != "" {
			name = append(name, page.Details{SummaryText: p.T("Fingerprint (SHA-256)"), HTML: page.ID(f.SHA256), Classes: "govuk-!-margin-bottom-0 govuk-!-margin-top-1 stoa-desk__why"})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: name}, {Text: f.Size}, {Text: out}}})
	}
	return t
}

func (d Disclosure) exemptions() page.Component {
	var items []page.Component
	for _, x := range d.Exemptions {
		g := page.Group{page.Text(x.Text)}
		if x.Law.Text != "" {
			g = append(g, page.Text(" "), Law(x.Law))
		}
		items = append(items, g)
	}
	return page.List{Items: items}
}

// Foreign is a line in the language in which it was written, which need not be the reader's, in its own direction.
func Foreign(language, text string) page.Component {
	return templ.Raw(`<span lang="` + html.EscapeString(language) + `" dir="auto" class="govuk-!-font-weight-regular">` + html.EscapeString(text) + `</span>`)
}

// written is Foreign for a text of several paragraphs.
func written(language, text string) page.Component {
	var b strings.Builder
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Trim(part, "\n"); part == "" {
			continue
		}
		b.WriteString(`<p class="govuk-body" lang="` + html.EscapeString(language) + `" dir="auto">` + strings.ReplaceAll(html.EscapeString(part), "\n", "<br>") + `</p>`)
	}
	return templ.Raw(b.String())
}
