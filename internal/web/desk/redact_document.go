package desk

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/redact"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// redact is /desk/redact/{document}: choosing what is taken out. Everything is a plain form.
func (d *Desk) redact(w http.ResponseWriter, r *web.Request) error {
	id, status := r.PathValue("document"), 0
	var bad problems
	if r.Method == http.MethodPost {
		to, err := d.changeRedaction(r, id)
		if err == nil {
			return r.Redirect(w, to)
		}
		ours := false
		if bad, ours = wrong(r, err, "reason"); !ours {
			said, conflict := r.Say(err, fault.Conflict)
			if !conflict {
				return err
			}
			bad, status = problems{Title: r.T("There is a problem"), Links: []page.ErrorLink{{Text: said}}}, http.StatusConflict
		}
	}
	from := r.Query("first")
	if r.Method == http.MethodPost {
		from = r.Field("first")
	}
	first, _ := strconv.Atoi(from) // anything else than a number is the beginning
	p, err := d.View.Disclosure().Redaction(r.Context(), reader(r), view.RedactAsk{Document: id, First: first})
	if err != nil {
		return err
	}
	title := materialName(r, p.DeskMaterial)
	g := page.Group{done(r), bad.summary(), page.Heading{Level: 1, Size: "l", Caption: headCaption(r.P, p.Head), Text: title}, redactionState(r, p)}
	change := p.Works && !p.Locked
	if change {
		g = append(g, findForm(r, p), foundForm(r, p))
	}
	if len(p.Left) > 0 {
		g = append(g, leftOver(r, p, change))
	}
	if redact.Kind(p.Kind).Picture() {
		g = append(g, pictureForm(r, p, change))
	} else {
		g = append(g, unitForm(r, p, change))
	}
	g = append(g, marksForm(r, p, change))
	if change {
		g = append(g, finishForm(r, p))
	}
	return d.show(w, r, areaCases, web.Page{Title: title, Status: status, Failed: bad.any(), Content: g,
		Crumbs: append(caseCrumbs(r, p.Head), page.Crumb{Text: r.T("Documents and publication"), Href: disclosurePath(p.Head.ID)})})
}

// redactionState says how the document stands, and what of it nobody will see.
func redactionState(r *web.Request, p view.DeskRedaction) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component) {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	add(r.T("State"), materialState(r, p.DeskMaterial))
	if p.Said != "" {
		add(r.T("What is to be changed"), page.Text(p.Said))
	}
	add(r.T("Taken out"), page.Text(takenOut(r, p.DeskMaterial)))
	look := page.Group{page.LinkTo{Text: r.T("As it would be released"), URL: redactPath(p.ID) + "/file"}}
	if p.Source == "file" {
		look = append(look, page.Text(" · "), page.LinkTo{Text: r.T("The original, which stays sealed"), URL: redactPath(p.ID) + "/original"})
	}
	add(r.T("Look"), look)
	g := page.Group{list}
	if p.Kind == string(redact.PDF) {
		g = append(g, page.InsetText{Text: r.T("Of a PDF only the text below is released, as a new document. Read every line: what a black bar covers in the original stands here.")})
	}
	if p.Hidden > 0 {
		g = append(g, page.Paragraph{Text: r.P.N("{n} letter that nobody can see on the page is left out.", "{n} letters that nobody can see on the page are left out.", p.Hidden)})
	}
	if p.Pictures > 0 {
		g = append(g, page.Paragraph{Text: r.P.N("{n} picture on the pages is left out.", "{n} pictures on the pages are left out.", p.Pictures)})
	}
	return g
}

// redactForm is a form of the page: which step, of which version, and back to the same lines.
func redactForm(r *web.Request, p view.DeskRedaction, do string, inside ...page.Component) page.Form {
	g := page.Group{hiddenVersion(p.Version), page.Hidden{Name: "do", Value: do}, page.Hidden{Name: "first", Value: strconv.Itoa(p.First)}}
	return page.Form{Action: redactPath(p.ID), Key: r.NewKey(), HTML: append(g, inside...)}
}

// reasons asks why something is taken out.
func reasons(r *web.Request, id string, list []view.DisclosureExemption) page.Component {
	items := []page.Option{{Value: "", Text: r.T("Choose a reason")}}
	for _, x := range list {
		items = append(items, page.Option{Value: x.ID, Text: x.Law.Text + ": " + x.Text})
	}
	return page.Select{Name: "reason", ID: id, Items: items, Label: page.Label{Text: r.T("Why")}}
}

func findForm(r *web.Request, p view.DeskRedaction) page.Component {
	if p.Total == 0 {
		return page.Group{}
	}
	return redactForm(r, p, "find", page.Textarea{Name: "terms", Rows: 3, Value: strings.Join(p.Terms, "\n"), Label: page.Label{Text: r.T("Names and words to look for"), Classes: "govuk-label--m"},
		Hint: page.Hint{Text: r.T("One on each line. Email addresses, phone numbers, postcodes and insurance numbers are looked for in any case.")}},
		page.Button{Text: r.T("Look for them"), Classes: "govuk-button--secondary"})
}

// foundShown is how many passages are offered at once.
const foundShown = 200

func passage(f view.DeskFound) string { return fmt.Sprintf("%d-%d-%d", f.Unit, f.From, f.To) }

func foundForm(r *web.Request, p view.DeskRedaction) page.Component {
	if p.Total == 0 {
		return page.Group{}
	}
	if len(p.Found) == 0 {
		return page.Paragraph{Text: r.T("Nothing is found that is not taken out already.")}
	}
	return redactForm(r, p, "passages", foundBoxes(r, "found", r.T("Found: take these out"), p.Found, true), reasons(r, "reason", p.Exempt),
		page.Button{Text: r.T("Take out what is ticked"), PreventDoubleClick: true})
}

func foundBoxes(r *web.Request, id, legend string, list []view.DeskFound, ticked bool) page.Component {
	boxes := page.Checkboxes{Name: "passage", IDPrefix: id, Classes: "govuk-checkboxes--small", Fieldset: page.Fieldset{Legend: page.Legend{Text: legend, Classes: "govuk-fieldset__legend--m"}}}
	for _, f := range list[:min(len(list), foundShown)] {
		boxes.Items = append(boxes.Items, page.Choice{Value: passage(f), HTML: page.ID(f.Text), Checked: ticked,
			Hint: page.Hint{Text: f.Where + ", " + foundWord(r, f.What) + ": … " + f.Around + " …"}})
	}
	return boxes
}

func foundWord(r *web.Request, what string) string {
	switch what {
	case redact.FoundEmail:
		return r.T("email address")
	case redact.FoundPhone:
		return r.T("phone number")
	case redact.FoundPostcode:
		return r.T("postcode")
	case redact.FoundInsurance:
		return r.T("insurance number")
	}
	return r.T("word looked for")
}

// leftOver warns of what was taken out at one place and still stands at another.
func leftOver(r *web.Request, p view.DeskRedaction, change bool) page.Component {
	g := page.Group{page.WarningText{Text: r.P.N("{n} passage that you took out elsewhere still stands.", "{n} passages that you took out elsewhere still stand.", len(p.Left))}}
	if change {
		g = append(g, redactForm(r, p, "passages", foundBoxes(r, "left", r.T("Still there: take these out too"), p.Left, true), reasons(r, "left-reason", p.Exempt),
			page.Button{Text: r.T("Take out what is ticked"), PreventDoubleClick: true}))
	}
	return g
}

// unitForm is the document line by line: whole lines to tick, and words of the line that is opened.
func unitForm(r *web.Request, p view.DeskRedaction, change bool) page.Component {
	title := r.T("The document, line by line")
	open, err := strconv.Atoi(r.Query("line"))
	if err != nil {
		open = -1
	}
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Where")}, {Text: r.T("Text")}}}
	for _, u := range p.Units {
		cell := page.Cell{HTML: pieces(u)}
		where := page.Cell{Text: u.Where}
		if change && strings.TrimSpace(u.Text) != "" {
			where = page.Cell{HTML: page.Group{page.Checkboxes{Name: "unit", IDPrefix: "unit-" + strconv.Itoa(u.Index), Classes: "govuk-checkboxes--small",
				Items: []page.Choice{{Value: strconv.Itoa(u.Index), Text: u.Where}}}}}
			more := address(redactPath(p.ID), url.Values{"first": {strconv.Itoa(p.First)}, "line": {strconv.Itoa(u.Index)}}) + "#words"
			cell = page.Cell{HTML: page.Group{pieces(u), page.Text(" "), page.LinkTo{Text: r.T("Choose words"), Hidden: u.Where, URL: more}}}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{where, cell}})
	}
	g := page.Group{heading2(title)}
	for _, u := range p.Units {
		if u.Index == open && change {
			g = append(g, wordForm(r, p, u))
		}
	}
	if change {
		g = append(g, redactForm(r, p, "units", t, reasons(r, "unit-reason", p.Exempt), page.Button{Text: r.T("Take out the ticked lines"), PreventDoubleClick: true}))
	} else {
		g = append(g, t)
	}
	return append(g, unitPages(p))
}

// pieces are a line with what is taken out of it named in its place. The line has its own direction as a whole.
func pieces(u view.DeskUnit) page.Component {
	var b strings.Builder
	b.WriteString(`<span dir="auto">`)
	for _, piece := range u.Pieces {
		if piece.Label != "" {
			b.WriteString(`<strong class="govuk-!-font-weight-bold"><bdi>` + html.EscapeString(piece.Label) + `</bdi></strong>`)
		} else {
			b.WriteString(html.EscapeString(piece.Text))
		}
	}
	b.WriteString(`</span>`)
	return templ.Raw(b.String())
}

func wordForm(r *web.Request, p view.DeskRedaction, u view.DeskUnit) page.Component {
	boxes := page.Checkboxes{Name: "passage", IDPrefix: "words", Classes: "govuk-checkboxes--small",
		Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Words of: {where}", i18n.V{"where": u.Where}), Classes: "govuk-fieldset__legend--m"}}}
	for _, w := range u.Words {
		boxes.Items = append(boxes.Items, page.Choice{Value: fmt.Sprintf("%d-%d-%d", u.Index, w.From, w.To), HTML: page.ID(w.Text), Disabled: w.Gone})
	}
	return redactForm(r, p, "passages", boxes, reasons(r, "word-reason", p.Exempt), page.Button{Text: r.T("Take out what is ticked"), PreventDoubleClick: true})
}

func unitPages(p view.DeskRedaction) page.Component {
	var links page.Pagination
	at := func(first int) string { return redactPath(p.ID) + "?first=" + strconv.Itoa(first) }
	if p.First > 0 {
		links.Previous.Href = at(max(0, p.First-view.UnitsOnPage))
	}
	if p.First+view.UnitsOnPage < p.Total {
		links.Next.Href = at(p.First + view.UnitsOnPage)
	}
	if links.Previous.Href == "" && links.Next.Href == "" {
		return page.Group{}
	}
	return links
}

// pictureForm asks for a rectangle by numbers, beside the picture as it would be released.
func pictureForm(r *web.Request, p view.DeskRedaction, change bool) page.Component {
	size := r.T("The picture is {width} pixels wide and {height} pixels high. Places are counted from its upper left corner.", i18n.V{"width": p.Width, "height": p.Height})
	g := page.Group{heading2(r.T("The picture as it would be released")), page.Paragraph{Text: size},
		templ.Raw(fmt.Sprintf(`<img class="stoa-picture" src="%s/file?v=%d" width="%d" height="%d" alt="%s">`, redactPath(p.ID), p.Version, p.Width, p.Height, html.EscapeString(r.T("The picture as it would be released"))))}
	if !change {
		return g
	}
	number := func(name, label string) page.Component {
		return page.Input{Name: name, Label: page.Label{Text: label}, Classes: "govuk-input--width-4", Inputmode: "numeric", Value: r.Field(name)}
	}
	return append(g, redactForm(r, p, "box", page.Fieldset{Legend: page.Legend{Text: r.T("Take out a rectangle"), Classes: "govuk-fieldset__legend--m"}, HTML: page.Group{
		number("x", r.T("From the left")), number("y", r.T("From the top")), number("width", r.T("Width")), number("height", r.T("Height")), reasons(r, "box-reason", p.Exempt)}},
		page.Button{Text: r.T("Take out the rectangle"), PreventDoubleClick: true}))
}

// marksForm lists what is taken out, to be put back.
func marksForm(r *web.Request, p view.DeskRedaction, change bool) page.Component {
	if len(p.Marks) == 0 {
		return page.Group{}
	}
	title := r.T("What is taken out")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Where")}, {Text: r.T("Passage")}, {Text: r.T("Why")}}}
	for _, m := range p.Marks {
		where := page.Cell{Text: m.Where}
		if change {
			where = page.Cell{HTML: page.Checkboxes{Name: "mark", IDPrefix: "mark-" + strconv.Itoa(m.Index), Classes: "govuk-checkboxes--small", Items: []page.Choice{{Value: strconv.Itoa(m.Index), Text: m.Where}}}}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{where, {HTML: page.ID(m.Text)}, {Text: m.Section}}})
	}
	if !change {
		return page.Group{heading2(title), t}
	}
	return redactForm(r, p, "put-back", heading2(title), t, page.Button{Text: r.T("Put the ticked ones back"), Classes: "govuk-button--secondary"})
}

// finishForm hands the document to a second person, or takes it back.
func finishForm(r *web.Request, p view.DeskRedaction) page.Component {
	if p.State != "open" {
		return page.Group{heading2(r.T("Change it again")), page.Paragraph{Text: r.T("A change takes back what was proposed or agreed.")},
			redactForm(r, p, "reopen", page.Button{Text: r.T("Take it back"), Classes: "govuk-button--secondary"})}
	}
	g := page.Group{heading2(r.T("When you are finished")), page.Paragraph{Text: r.T("A second person looks at what is taken out, and at what stays, before anything is released.")},
		redactForm(r, p, "propose", page.Button{Text: r.T("Ask a second person"), PreventDoubleClick: true})}
	if p.Source == "file" {
		g = append(g, page.Details{SummaryText: r.T("Hold back all of this document, or remove it"), HTML: page.Group{
			redactForm(r, p, "withhold", reasons(r, "all-reason", p.Exempt), page.Button{Text: r.T("Propose to hold back all of it"), Classes: "govuk-button--secondary"}),
			redactForm(r, p, "remove", page.Button{Text: r.T("Remove it: it was attached by mistake"), Classes: "govuk-button--warning"})}})
	}
	return g
}

// redactedFile is what would be released, byte by byte.
func (d *Desk) redactedFile(w http.ResponseWriter, r *web.Request) error {
	name, kind, data, err := d.View.Disclosure().Preview(r.Context(), reader(r), r.PathValue("document"))
	if err != nil {
		return err
	}
	if redact.Kind(kind).Picture() {
		name = "" // shown on the page
	}
	return r.Send(w, withCharset(kind), name, data)
}

func (d *Desk) originalFile(w http.ResponseWriter, r *web.Request) error {
	name, kind, data, err := d.View.Disclosure().Original(r.Context(), reader(r), r.PathValue("document"))
	if err != nil {
		return err
	}
	return r.Send(w, withCharset(kind), name, data)
}

func withCharset(kind string) string {
	if strings.HasPrefix(kind, "text/") {
		return kind + "; charset=utf-8"
	}
	return kind
}
