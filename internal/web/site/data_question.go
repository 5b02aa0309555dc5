package site

import (
	"net/http"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// dataQuestions is /data/{dataset}/questions: what was asked about a dataset, with the answers.
func (s *Site) dataQuestions(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Questions(r.Context(), reader(r), r.PathValue("dataset"))
	if err != nil {
		return err
	}
	title := r.T("Questions and answers")
	g := page.Group{heading1(p.Title, title)}
	if told := banner(r, map[string]string{"asked": r.T("Your question has been sent. It appears here when {name} has looked at it, and you get an e-mail.", i18n.V{"name": p.Organisation})}); told != nil {
		g = append(page.Group{told}, g...)
	}
	g = append(g, body(r.T("Anybody may ask about this data. {name} answers here, for everybody to read. Nobody sees who asked.", i18n.V{"name": p.Organisation})),
		page.ButtonGroup{page.Button{Text: r.T("Ask a question"), Href: "/data/" + p.ID + "/ask"}})
	if p.CanAnswer {
		g = append(g, page.InsetText{HTML: link(r.T("Look at the questions that wait for you"), "/desk/questions")})
	}
	if len(p.Questions) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("Nobody has asked anything yet"), Level: 2})
	} else {
		g = append(g, page.Heading{Text: r.P.N("{n} question", "{n} questions", len(p.Questions))})
	}
	for _, q := range p.Questions {
		g = append(g, questionAndAnswer(r, q))
	}
	return r.Render(w, web.Page{Title: title + ": " + p.Title, Area: "data", Content: column(g...), Crumbs: setCrumbs(r, p.DatasetLine)})
}

// questionAndAnswer is one question; of a hidden one, only why.
func questionAndAnswer(r *web.Request, q view.QuestionLine) page.Component {
	if q.Hidden {
		return dialogue(view.QuestionLine{ID: q.ID, Asked: q.Asked, Answer: q.Reason}, r.T("A question that is not shown"), r.T("Why not"), "", "")
	}
	about := ""
	if q.Version > 0 {
		about = r.T("about version {n}", i18n.V{"n": strconv.Itoa(q.Version)})
	}
	if q.Answer == "" {
		q.Answer = r.T("The answer is being written.")
		return dialogue(q, r.T("Question"), r.T("Answer"), "", about)
	}
	return dialogue(q, r.T("Question"), r.T("Answer"), q.By+" · "+q.Answered.Text, about)
}

// askForm is a question about a dataset.
type askForm struct{ text, problem string }

// askAboutData is /data/{dataset}/ask.
func (s *Site) askAboutData(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Questions(r.Context(), reader(r), r.PathValue("dataset"))
	if err != nil {
		return err
	}
	base := "/data/" + p.ID
	var f askForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		f.text = r.Field("text")
		_, err := s.Flow.Data().Ask(r.Context(), r.Actor, flow.AskAboutData{Dataset: p.ID, Text: f.text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, base+"/questions?told=asked")
		}
		said, ours := r.Say(err, fault.Invalid)
		if !ours {
			return err
		}
		f.problem = said
	}
	title := r.T("Ask a question about this data")
	q := page.Question{Heading: page.Heading{Text: title, Caption: p.Title}, Action: base + "/ask", Key: r.NewKey(), ErrorTitle: r.T("There is a problem"),
		Lead: body(r.T("{name} looks at your question and answers it in public. Your name and address are not shown. Do not write anything about yourself or others that not everybody may read.",
			i18n.V{"name": p.Organisation})),
		Fields: []page.Component{page.Textarea{Name: "text", Value: f.text, Rows: 6, Label: page.Label{Text: r.T("Your question"), Classes: "govuk-label--m"},
			ErrorMessage: page.ErrorMessage{Text: f.problem}}},
		Continue: r.T("Send the question")}
	if f.problem != "" {
		q.Errors = problems([]view.Problem{{Anchor: "text", Text: f.problem}})
	}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Area: "data", Content: q, Back: base + "/questions", NoIndex: true})
}
