package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// consultationsPage is /desk/consultations: what the reader's organisations are asked.
type consultationsPage struct {
	P              *i18n.Printer
	Done           page.Component
	Open, Answered page.QueueTable
}

func (d *Desk) consultations(w http.ResponseWriter, r *web.Request) error {
	q, err := d.View.Consulting().Consultations(r.Context(), reader(r))
	if err != nil {
		return err
	}
	p := consultationsPage{P: r.P, Done: done(r), Open: questions(r.P, r.T("To answer"), q.Open, false), Answered: questions(r.P, r.T("Answered"), q.Answered, true)}
	return d.show(w, r, areaConsults, web.Page{Title: r.T("Consultations"), Content: consultations(p)})
}

func questions(p *i18n.Printer, caption string, lines []view.ConsultLine, answered bool) page.QueueTable {
	t := page.QueueTable{Caption: caption, CaptionHidden: true, Empty: page.EmptyState{Heading: p.T("Nothing here at the moment"), Level: 3},
		Columns: []page.Column{{Text: p.T("Case")}, {Text: p.T("Service")}, {Text: p.T("Asked by")}, {Text: p.T("Asked of")}, {Text: p.T("Asked")}, {Text: p.T("Due")}}}
	if answered {
		t.Columns[5].Text = p.T("Reply")
	}
	for _, l := range lines {
		row := page.QueueRow{Cells: []page.Cell{{HTML: numberLink(l)}, {Text: l.Service}, {Text: l.From}, {Text: l.To}, {HTML: instant(l.Asked)}}}
		if answered {
			row.Cells = append(row.Cells, page.Cell{Text: l.ReplyText})
		} else {
			row.Cells = append(row.Cells, page.Cell{HTML: clock(l.Timing)})
			row.Tone = map[string]page.Tone{"late": page.Bad, "soon": page.Caution}[l.Timing.Level]
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func numberLink(l view.ConsultLine) page.LinkTo {
	return page.LinkTo{Text: l.Number, URL: "/desk/consultations/" + l.ID}
}

// consultationPage is /desk/consultations/{consultation}: one question and the part of the case that
// the file shows for it.
type consultationPage struct {
	view.ConsultPage
	P        *i18n.Printer
	Key      page.FormKey
	Typed    struct{ Reply, Text string }
	Problems problems
	Changed  string
}

func (d *Desk) consultation(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("consultation")
	p := consultationPage{P: r.P, Key: r.NewKey()}
	status := 0
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		p.Typed.Reply, p.Typed.Text = r.Field("reply"), r.Field("text")
		err := d.Flow.ReplyToConsultation(r.Context(), r.Actor, flow.ReplyToConsultation{
			Case: r.Field("case"), Consultation: id, Reply: p.Typed.Reply, Text: p.Typed.Text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/desk/consultations?done=replied")
		}
		ours := false
		if p.Problems, ours = wrong(r, err, replyField(p.Typed.Reply)); !ours {
			if p.Changed, ours = r.Say(err, fault.Conflict); !ours {
				return err
			}
			status = http.StatusConflict
		}
	}
	var err error
	if p.ConsultPage, err = d.View.Consulting().Consultation(r.Context(), reader(r), id); err != nil {
		return err
	}
	return d.show(w, r, areaConsults, web.Page{Title: r.T("Consultation on case {number}", i18n.V{"number": p.Number}), Status: status, Failed: p.Problems.any(),
		Back: "/desk/consultations", Content: consultation(p)})
}

// replyField is the field that an error without a field is about.
func replyField(reply string) string {
	if reply == "" {
		return "reply"
	}
	return "text"
}

func (p consultationPage) replyChoices() page.Radios {
	return page.Radios{Name: "reply", Value: p.Typed.Reply, ErrorMessage: p.Problems.at("reply"),
		Fieldset: page.Fieldset{Legend: page.Legend{Text: p.P.T("Your reply"), Classes: "govuk-fieldset__legend--m"}},
		Items: []page.Choice{{Value: "no_objection", Text: p.P.T("No objection")}, {Value: "objection", Text: p.P.T("Objection"), Hint: page.Hint{Text: p.P.T("Give your reasons below.")}},
			{Value: "comment", Text: p.P.T("Comment, without objection")}}}
}

func (d *Desk) consultationFile(w http.ResponseWriter, r *web.Request) error {
	name, mediaType, data, err := d.View.Consulting().ConsultationFile(r.Context(), reader(r), r.PathValue("consultation"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.Send(w, mediaType, name, data)
}
