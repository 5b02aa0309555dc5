package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// questionPage is /apply/{draft}/{page}, or an item of a group on it: /apply/{draft}/{page}/{item}.
type questionPage struct {
	view.DraftPage
	from string // "check": afterwards back to the summary
	more bool   // what was answered brings up further questions
}

// question shows the page, or keeps what was typed and says where to go on.
func (s *Site) question(w http.ResponseWriter, r *web.Request) error {
	ask := view.Ask{Page: r.PathValue("page"), Item: r.PathValue("item"), Errors: r.Query("show") != ""}
	if r.Method != http.MethodPost {
		if err := s.Flow.Known().LookUp(r.Context(), r.Actor, flow.LookUp{Draft: r.PathValue("draft"), Page: ask.Page, Item: ask.Item}); err != nil {
			return err
		}
		p, err := s.View.DraftPage(r.Context(), reader(r), r.PathValue("draft"), ask)
		if err != nil {
			return err
		}
		if p.Case != "" {
			return r.Redirect(w, "/apply/"+p.ID+"/done")
		}
		return renderQuestion(w, r, questionPage{DraftPage: p, from: r.Query("from")})
	}
	return s.answer(w, r, ask)
}

// answer handles the post. Whatever button was pressed, what was typed is kept first.
func (s *Site) answer(w http.ResponseWriter, r *web.Request, ask view.Ask) error {
	values, files, done, err := r.ReadUpload()
	defer done()
	if err != nil {
		return err
	}
	draft := r.PathValue("draft")
	before, err := s.View.DraftPage(r.Context(), reader(r), draft, ask)
	if err != nil {
		return err
	}
	refused, err := s.keep(r, before, values, files)
	if err != nil {
		return err
	}
	from := r.Field("from")
	do, what, _ := strings.Cut(r.Field("do"), ":")
	here := r.URL.Path + fromQuery(from)
	switch do {
	case "add":
		return s.addItem(w, r, before, what, from)
	case "remove":
		if err := s.Flow.RemoveItem(r.Context(), r.Actor, flow.RemoveItem{Draft: draft, ID: what}); err != nil {
			return err
		}
		return r.Redirect(w, here)
	case "remove-file":
		if err := s.removeFile(r, before, what); err != nil {
			return err
		}
		return r.Redirect(w, here)
	case "save":
		return r.Redirect(w, "/apply/"+draft+"/save")
	case "wallet":
		return s.askForAnswer(w, r, flow.AskForAnswer{Draft: draft, Page: ask.Page, Item: ask.Item, Question: what})
	case "type":
		if err := s.Flow.Credentials().TypeInstead(r.Context(), r.Actor, flow.AskForAnswer{Draft: draft, Page: ask.Page, Item: ask.Item, Question: what}); err != nil {
			return err
		}
		return r.Redirect(w, here)
	}
	ask.Find = searches(before, values, do, what)
	ask.Errors = len(ask.Find) == 0
	after, err := s.View.DraftPage(r.Context(), reader(r), draft, ask)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound && do != "find" { // the answer itself made the page go
			return r.Redirect(w, "/apply/"+draft)
		}
		return err
	}
	p := questionPage{DraftPage: after, from: from}
	p.spare(before)
	p.refuse(refused)
	if len(ask.Find) > 0 || len(p.Problems) > 0 || p.more {
		return renderQuestion(w, r, p)
	}
	return r.Redirect(w, p.next())
}

// notListed is the choice of none of the records that a look-up found.
const notListed = "-"

// keep saves the page and reports which uploads were refused, by question.
func (s *Site) keep(r *web.Request, p view.DraftPage, values url.Values, files []web.File) (map[string]string, error) {
	refused := map[string]string{}
	for _, f := range p.Fields {
		if f.Type == "lookup" && values.Get(f.ID) == notListed {
			values.Del(f.ID)
		}
	}
	in := flow.SavePage{Draft: p.ID, Page: p.Page.ID, Place: p.Place, Form: values, Language: r.P.Tag()}
	for _, f := range files {
		if f.TooLarge {
			refused[f.Field] = r.T("The file is too large. Choose one smaller than {size}", i18n.V{"size": r.P.FileSize(web.FileMost)})
			continue
		}
		in.Files = append(in.Files, flow.Upload{Question: f.Field, Name: f.Name, Type: f.Type, Content: f.Body})
	}
	_, no, err := s.Flow.SavePage(r.Context(), r.Actor, in)
	for _, n := range no {
		refused[n.Question] = r.Sentence(n.Err)
	}
	return refused, err
}

// searches are the look-ups to make: the one whose button was pressed, or where words were typed and
// nothing was chosen yet.
func searches(p view.DraftPage, values url.Values, do, what string) map[string]string {
	find := map[string]string{}
	for _, f := range p.Fields {
		if f.Type != "lookup" {
			continue
		}
		words := strings.TrimSpace(values.Get(f.ID + "-find"))
		chosen := values.Get(f.ID) != "" || values.Get(f.ID+"-manual") != ""
		if words != "" && (do == "find" && what == f.ID || do != "find" && !chosen) {
			find[f.ID] = words
		}
	}
	return find
}

// spare leaves out what is missing in questions that nobody has seen yet: they are shown first.
func (p *questionPage) spare(before view.DraftPage) {
	for i := range p.Fields {
		f := &p.Fields[i]
		seen := slices.ContainsFunc(before.Fields, func(b view.Field) bool { return b.Path == f.Path })
		if seen {
			continue
		}
		n := len(p.Problems)
		p.Problems = slices.DeleteFunc(p.Problems, func(x view.Problem) bool { return x.Path == f.Path })
		f.Error, f.Wrong = "", nil
		p.more = p.more || len(p.Problems) < n || f.Optional
	}
}

// refuse adds the reasons for which uploads were not taken.
func (p *questionPage) refuse(refused map[string]string) {
	for i := range p.Fields {
		f := &p.Fields[i]
		text, ok := refused[f.ID]
		if !ok {
			continue
		}
		p.Problems = slices.DeleteFunc(p.Problems, func(x view.Problem) bool { return x.Path == f.Path })
		p.Problems = append(p.Problems, view.Problem{Path: f.Path, Anchor: f.ID, Text: text})
		f.Error = text
	}
}

func (s *Site) addItem(w http.ResponseWriter, r *web.Request, p view.DraftPage, group, from string) error {
	path := group
	if p.Place != "" {
		path = p.Place + "." + group
	}
	added, err := s.Flow.AddItem(r.Context(), r.Actor, flow.AddItem{Draft: p.ID, Group: path, Key: r.Key()})
	if err != nil {
		return err
	}
	item, err := s.View.ItemAt(r.Context(), reader(r), p.ID, added)
	if err != nil {
		return err
	}
	return r.Redirect(w, "/apply/"+p.ID+"/"+p.Page.ID+"/"+item+fromQuery(from))
}

func (s *Site) removeFile(r *web.Request, p view.DraftPage, question string) error {
	for _, f := range p.Fields {
		if f.ID == question && f.File != nil {
			return s.Flow.RemoveFile(r.Context(), r.Actor, flow.RemoveFile{Draft: p.ID, Path: f.Path, File: f.File.ID})
		}
	}
	return nil
}

func fromQuery(from string) string {
	if from == "check" {
		return "?from=check"
	}
	return ""
}

// next is where a page leads that has nothing wrong.
func (p questionPage) next() string {
	base := "/apply/" + p.ID
	switch {
	case p.Parent != "":
		return base + "/" + p.Page.ID + "/" + p.Parent + fromQuery(p.from)
	case p.Item != "":
		return base + "/" + p.Page.ID + fromQuery(p.from)
	case p.from == "check" || p.After == "":
		return base + "/check"
	}
	return base + "/" + p.After
}

// back is the page before.
func (p questionPage) back() string {
	base := "/apply/" + p.ID
	switch {
	case p.Parent != "":
		return base + "/" + p.Page.ID + "/" + p.Parent
	case p.Item != "":
		return base + "/" + p.Page.ID
	case p.from == "check":
		return base + "/check"
	case p.Before != "":
		return base + "/" + p.Before
	}
	return base
}

func renderQuestion(w http.ResponseWriter, r *web.Request, p questionPage) error {
	base := "/apply/" + p.ID
	title := p.Page.Title
	if p.Item != "" {
		title = p.Each + " " + r.P.Number(strconv.Itoa(p.Number))
	}
	f := form{r: r, base: base + "/" + p.Page.ID, files: base + "/files"}
	f.single = len(p.Fields) == 1 && p.Fields[0].Type != "group" && p.Intro == "" && p.Item == ""
	q := page.Question{
		Action: r.URL.Path, Key: r.NewKey(), Files: slices.ContainsFunc(p.Fields, func(x view.Field) bool { return x.Type == "file" }),
		ErrorTitle: r.T("There is a problem"), Errors: problems(p.Problems), Continue: r.T("Save and continue"),
		Also: []page.Component{page.Button{Text: r.T("Save for later"), Name: "do", Value: "save", Classes: "govuk-button--secondary"}},
	}
	q.Heading = page.Heading{Text: title, Caption: captionOf(p)}
	if f.single {
		q.Heading = page.Heading{Caption: title}
		title = p.Fields[0].Ask
	}
	if p.Intro != "" && p.Item == "" {
		q.Lead = page.Paragraph{Text: p.Intro}
	}
	if p.more {
		q.Lead = page.InsetText{Text: r.T("Your answers bring up more questions. They are below.")}
	}
	if p.from == "check" {
		q.Fields = append(q.Fields, page.Hidden{Name: "from", Value: "check"})
	}
	q.Fields = append(q.Fields, f.controls(p.Fields)...)
	return r.Render(w, web.Page{Title: title, Failed: len(p.Problems) > 0, Content: q, ServiceName: p.Service.Title, ServiceURL: base, Back: p.back(), Asks: true})
}

// captionOf stands above the heading: what the item is part of.
func captionOf(p questionPage) string {
	if p.Item != "" {
		return p.Page.Title
	}
	return p.Variant
}

// draftFile is an upload of the application, to look at again.
func (s *Site) draftFile(w http.ResponseWriter, r *web.Request) error {
	name, mediaType, data, err := s.View.DraftFile(r.Context(), reader(r), r.PathValue("draft"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.Send(w, mediaType, name, data)
}
