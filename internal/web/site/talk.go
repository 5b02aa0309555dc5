package site

import (
	"net/http"
	"strings"

	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// talk is /apply/{draft}/talk: the application, one question after the other, in words or by the controls of its form. What is
// answered is in the same draft as what is typed into the form.
func (s *Site) talk(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("draft")
	var reply flow.TalkReply
	asked, said := "", ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		asked, said = r.Field("question"), r.Field("say")
		for name, v := range r.PostForm {
			if len(v) == 1 && v[0] == notListed {
				delete(r.PostForm, name)
			}
		}
		var err error
		reply, err = s.Flow.Assistant().Answer(r.Context(), r.Actor, flow.AnswerInTalk{Draft: id, Question: asked, Said: said, Form: r.PostForm, Language: r.P.Tag()})
		if err != nil {
			return err
		}
		if reply.Understood && len(reply.Hits) == 0 && reply.Words == "" {
			return r.Redirect(w, "/apply/"+id+"/talk?asked="+asked+"#question")
		}
	}
	t, err := s.View.Assistant().DraftTalk(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	if t.Case != "" {
		return r.Redirect(w, "/apply/"+id+"/done")
	}
	if t.Field == nil {
		return r.Redirect(w, "/apply/"+id+"/check")
	}
	switch {
	case r.Method == http.MethodPost && t.Field.ID == asked:
		t.Field.Searched = reply.Words
		for _, h := range reply.Hits {
			t.Field.Hits = append(t.Field.Hits, view.Hit(h))
		}
		if !reply.Understood {
			t.Field.Error = r.T("That could not be read as an answer to this question. Choose or write it below.")
		}
	case r.Query("asked") != t.Field.ID:
		t.Field.Error = "" // what is wrong with it was not typed just now
	}
	return renderDraftTalk(w, r, t, said)
}

func renderDraftTalk(w http.ResponseWriter, r *web.Request, t view.DraftTalk, said string) error {
	base := "/apply/" + t.ID
	g := page.Group{}
	if t.Field.Error != "" {
		g = append(g, summary(r, []view.Problem{{Anchor: t.Field.ID, Text: t.Field.Error}}))
	}
	g = append(g, heading1(t.Title, r.T("Apply in a conversation")))
	if len(t.Said) > 0 {
		var rows []page.SummaryRow
		for _, x := range t.Said {
			rows = append(rows, page.SummaryRow{Key: page.Cell{Text: x.Ask}, Value: page.Cell{Text: x.Answer}})
		}
		g = append(g, page.Details{SummaryText: r.P.N("{n} answer so far", "{n} answers so far", len(t.Said)), HTML: page.SummaryList{Rows: rows}})
	}
	toForm := page.Button{Text: r.T("Go over to the form"), Href: base + "/" + t.Page, Classes: "govuk-button--secondary"}
	if t.Form {
		g = append(g, page.Heading{Text: t.Field.Ask, ID: "question"}, body(r.T("This question has a page of its own. Answer it there, then come back here or go on with the form.")),
			page.ButtonGroup{page.Button{Text: r.T("Answer it on its page"), Href: base + "/" + t.Page}})
		return r.Render(w, web.Page{Title: t.Field.Ask, Content: column(g...), ServiceName: t.Service.Title, ServiceURL: base, Back: base, Asks: true})
	}
	fields := page.Group{page.Hidden{Name: "question", Value: t.Field.ID}}
	fields = append(fields, form{r: r}.controls([]view.Field{*t.Field})...)
	g = append(g, page.Form{Action: base + "/talk", Key: r.NewKey(), HTML: append(fields, page.ButtonGroup{page.Button{Text: r.T("Continue"), PreventDoubleClick: true}, toForm})})
	if inWords(t.Field.Type) {
		g = append(g, page.Form{Action: base + "/talk", HTML: page.Group{page.Hidden{Name: "question", Value: t.Field.ID},
			page.Input{Name: "say", Value: said, Label: page.Label{Text: r.T("Or say it in your own words")}, Autocomplete: "off"},
			page.Button{Text: r.T("Say it"), Classes: "govuk-button--secondary"}}})
	}
	title := strings.TrimSpace(t.Field.Ask)
	return r.Render(w, web.Page{Title: title, Failed: t.Field.Error != "", Content: column(g...), ServiceName: t.Service.Title, ServiceURL: base, Back: base, Asks: true})
}

// inWords says of which questions the answer can be said otherwise than typed into their own field.
func inWords(typ string) bool {
	switch typ {
	case "yes_no", "one_of", "many_of", "date", "address", "lookup", "number", "money":
		return true
	}
	return false
}
