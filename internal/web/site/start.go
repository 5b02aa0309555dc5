package site

import (
	"net/http"
	"slices"

	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// eligibility is /services/{service}/check: a few questions before starting. Nothing of it is stored
// unless the service is for the reader, and then in the application that begins.
func (s *Site) eligibility(w http.ResponseWriter, r *web.Request) error {
	posted := r.Method == http.MethodPost
	if err := r.ReadForm(); err != nil {
		return err
	}
	id := r.PathValue("service")
	e, err := s.View.Eligibility(r.Context(), reader(r), id, r.PostForm, posted)
	if err != nil {
		return err
	}
	fields := form{r: r}.controls(unseen(&e, r.PostForm["seen"]))
	for _, f := range e.Fields {
		fields = append(fields, page.Hidden{Name: "seen", Value: f.ID})
	}
	if posted && e.Complete && len(e.Refusals) == 0 {
		return s.begin(w, r, flow.StartDraft{Service: id, Language: r.P.Tag(), Typed: e.Typed})
	}
	if posted && len(e.Refusals) > 0 {
		return refused(w, r, e)
	}
	title := r.T("Check if you can use this service")
	q := page.Question{
		Heading: page.Heading{Text: title, Caption: e.Service.Title}, Action: r.URL.Path, Key: r.NewKey(),
		Lead:       page.Paragraph{Text: r.T("We do not keep these answers unless you go on.")},
		ErrorTitle: r.T("There is a problem"), Errors: problems(e.Problems), Fields: fields, Continue: r.T("Continue"),
	}
	return r.Render(w, web.Page{Title: title, Failed: len(e.Problems) > 0, Content: q, ServiceName: e.Service.Title,
		ServiceURL: "/services/" + id, Back: "/services/" + id, Nav: []page.NavItem{}, NoIndex: true})
}

// unseen leaves out what is missing in questions that are asked only now.
func unseen(e *view.Eligibility, seen []string) []view.Field {
	for i := range e.Fields {
		if f := &e.Fields[i]; !slices.Contains(seen, f.ID) {
			e.Problems = slices.DeleteFunc(e.Problems, func(p view.Problem) bool { return p.Path == f.Path })
			f.Error, f.Wrong = "", nil
		}
	}
	return e.Fields
}

// refused says why the service is not for the reader, by which rule, and what to do instead.
func refused(w http.ResponseWriter, r *web.Request, e view.Eligibility) error {
	title := r.T("You cannot use this service")
	content := column(heading1(e.Service.Title, title), refusals(r, e.Refusals),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Change your answers"), URL: r.URL.Path}},
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Find another service"), URL: "/services"}})
	return r.Render(w, web.Page{Title: title, Content: content, ServiceName: e.Service.Title, ServiceURL: "/services/" + e.Service.ID, Back: r.URL.Path, Nav: []page.NavItem{}, NoIndex: true})
}

func refusals(r *web.Request, list []view.Refuse) page.Component {
	var g page.Group
	for _, f := range list {
		g = append(g, page.InsetText{HTML: page.Group{page.Text(f.Text), source(r.T("The rule:"), f.Law)}})
		if f.Why != nil && len(f.Why.Because) > 0 {
			g = append(g, page.Details{SummaryText: r.T("Why we say this"), HTML: paper.Reasons{Why: f.Why}})
		}
	}
	return g
}

// start is POST /apply/{service}/start: a first application, or a later step on a licence.
func (s *Site) start(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	return s.begin(w, r, flow.StartDraft{
		Service: r.PathValue("service"), Variant: r.Field("variant"), Licence: r.Field("licence"), Language: r.P.Tag(),
	})
}

// begin starts the draft, keeps its token in the browser, and leads to its first open page.
func (s *Site) begin(w http.ResponseWriter, r *web.Request, in flow.StartDraft) error {
	draft, token, err := s.Flow.StartDraft(r.Context(), r.Actor, in)
	if err != nil {
		return err
	}
	if token != "" { // none where a mandate lets in
		r.HoldDraft(w, draft, token)
		r.Actor.Draft = draft
	}
	t, err := s.View.TaskList(r.Context(), reader(r), draft)
	if err != nil {
		return err
	}
	if t.Next == "" || len(t.Pages) > 3 {
		return r.Redirect(w, "/apply/"+draft)
	}
	return r.Redirect(w, "/apply/"+draft+"/"+t.Next)
}

// tasks is /apply/{draft}: how far the application is.
func (s *Site) tasks(w http.ResponseWriter, r *web.Request) error {
	if err := s.Flow.Known().LookUp(r.Context(), r.Actor, flow.LookUp{Draft: r.PathValue("draft")}); err != nil {
		return err
	}
	t, err := s.View.TaskList(r.Context(), reader(r), r.PathValue("draft"))
	if err != nil {
		return err
	}
	base := "/apply/" + t.ID
	if t.Case != "" {
		return r.Redirect(w, base+"/done")
	}
	list := page.TaskList{}
	done, needed := 0, len(t.Pages)
	for _, p := range t.Pages {
		task := page.Task{Title: page.Cell{Text: p.Title}, Href: base + "/" + p.ID}
		switch {
		case p.Optional:
			needed--
			task.Status = page.TaskStatus{Tag: page.State(r.T("Optional"), page.Neutral)}
		case p.State == process.PageDone:
			done++
			task.Status = page.TaskStatus{Text: r.T("Completed")}
		case p.State == process.PageWrong:
			task.Status, task.Href = page.TaskStatus{Tag: page.State(r.T("Needs attention"), page.Bad)}, task.Href+"?show=1"
		default:
			task.Status = page.TaskStatus{Tag: page.State(r.T("To do"), page.Info)}
		}
		list.Items = append(list.Items, task)
	}
	check := page.Task{Title: page.Cell{Text: r.T("Check your answers and send")}, Status: page.TaskStatus{Text: r.T("Cannot start yet"), Classes: "govuk-task-list__status--cannot-start-yet"}}
	if t.Next == "" {
		check.Href, check.Status = base+"/check", page.TaskStatus{Tag: page.State(r.T("To do"), page.Info)}
	}
	list.Items = append(list.Items, check)
	next := base + "/check"
	if t.Next != "" {
		next = base + "/" + t.Next
	}
	caption, title := "", t.Service.Title
	if t.Variant != "" {
		caption, title = title, t.Variant
	}
	content := column(
		heading1(caption, title),
		page.Paragraph{Text: r.T("{done} of {all} parts completed.", i18n.V{"done": done, "all": needed})},
		knownList(r, t),
		list,
		page.ButtonGroup{page.Button{Text: r.T("Continue"), Href: next}, page.LinkTo{Text: r.T("Save and come back later"), URL: base + "/save"}},
	)
	return r.Render(w, web.Page{Title: title, Content: content, ServiceName: t.Service.Title, ServiceURL: "/services/" + t.Service.ID})
}
