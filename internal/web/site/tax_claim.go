package site

import (
	"errors"
	"net/http"
	"net/url"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// evidence is the field of the files that are sent with a claim or an objection.
const evidence = "files"

// claimPage is /account/taxes/{account}/claim/{fact}: claiming a relief, or reporting what changes the charge.
type claimPage struct {
	view.ClaimForm
	Text     string
	From     map[string]string
	Sure     bool
	Problems []view.Problem
}

func (s *Site) claim(w http.ResponseWriter, r *web.Request) error {
	account, fact := r.PathValue("account"), r.PathValue("fact")
	var p claimPage
	var typed process.Typed
	if r.Method == http.MethodPost {
		form, files, done, err := r.ReadUpload()
		defer done()
		if err != nil {
			return err
		}
		typed = typedFrom(form)
		p.Text, p.Sure, p.From = r.Field("text"), r.Field("sure") != "", dayParts(r, "from")
		if p.ClaimForm, err = s.View.Taxation().Claim(r.Context(), reader(r), account, fact, typed); err != nil {
			return err
		}
		request, err := s.sendClaim(r, &p, typed, files)
		if err != nil {
			return err
		}
		if len(p.Problems) == 0 {
			return r.Redirect(w, taxURL(account, "/requests/"+request+"?told=claimed"))
		}
		return renderClaim(w, r, p)
	}
	var err error
	if p.ClaimForm, err = s.View.Taxation().Claim(r.Context(), reader(r), account, fact, typed); err != nil {
		return err
	}
	return renderClaim(w, r, p)
}

// sendClaim sends it, or notes what is wrong.
func (s *Site) sendClaim(r *web.Request, p *claimPage, typed process.Typed, files []web.File) (string, error) {
	from, err := dayTyped(p.From, "from")
	if err != nil {
		p.Problems = append(p.Problems, view.Problem{Path: "from", Anchor: "from-day", Text: r.T("Enter the day from which it holds"), Parts: []string{"day", "month", "year"}})
	}
	if !p.Sure {
		p.Problems = append(p.Problems, view.Problem{Path: "sure", Anchor: "sure", Text: r.T("Confirm that what you say is right")})
	}
	uploads, large := takeFiles(r, files)
	p.Problems = append(p.Problems, large...)
	if len(p.Problems) > 0 {
		return "", nil
	}
	request, refused, err := s.Flow.Taxation().ClaimFact(r.Context(), r.Actor, flow.ClaimFact{Account: p.Account.ID, Fact: p.Fact, From: from, Typed: typed, Text: p.Text, Files: uploads, Key: r.Key()})
	p.Problems, err = s.taxRefused(r, p.Account.TaxID, refused, err)
	return request, err
}

// taxRefused sorts what a use case of taxes refused into the lines of the form; another error is not the form's.
func (s *Site) taxRefused(r *web.Request, tax string, files []flow.Refused, err error) (list []view.Problem, _ error) {
	for _, f := range files {
		list = append(list, view.Problem{Path: evidence, Anchor: evidence, Text: r.Sentence(f.Err)})
	}
	var refused *flow.TaxRefused
	switch {
	case err == nil:
	case errors.As(err, &refused):
		list = append(list, s.View.Taxation().TaxProblems(reader(r), tax, refused.Errors)...)
	default:
		said, ok := r.Say(err, fault.Invalid, fault.Conflict)
		if !ok {
			return nil, err
		}
		list = append(list, view.Problem{Text: said})
	}
	return list, nil
}

func takeFiles(r *web.Request, files []web.File) (uploads []flow.Upload, wrong []view.Problem) {
	for _, f := range files {
		if f.TooLarge {
			wrong = append(wrong, view.Problem{Path: evidence, Anchor: evidence, Text: r.T("The file is too large. Choose one smaller than {size}", i18n.V{"size": r.P.FileSize(web.FileMost)})})
			continue
		}
		uploads = append(uploads, flow.Upload{Question: evidence, Name: f.Name, Type: f.Type, Content: f.Body})
	}
	return uploads, wrong
}

// typedFrom takes a posted form as it came.
func typedFrom(form url.Values) process.Typed {
	t := process.Typed{Fields: map[string][]string{}}
	for name, values := range form {
		t.Fields[name] = values
	}
	return t
}

func dayParts(r *web.Request, name string) map[string]string {
	parts := map[string]string{}
	for _, part := range []string{"-day", "-month", "-year"} {
		parts[name+part] = r.Field(name + part)
	}
	return parts
}

// dayTyped reads a day of three fields.
func dayTyped(parts map[string]string, name string) (calendar.Date, error) {
	two := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	return calendar.ParseISO(parts[name+"-year"] + "-" + two(parts[name+"-month"]) + "-" + two(parts[name+"-day"]))
}

// problemAt is the first problem of a field.
func problemAt(list []view.Problem, path string) string {
	for _, p := range list {
		if p.Path == path {
			return p.Text
		}
	}
	return ""
}

func renderClaim(w http.ResponseWriter, r *web.Request, p claimPage) error {
	f := form{r: r, base: r.URL.Path}
	for i := range p.Fields {
		if said := problemAt(p.Problems, p.Fields[i].Path); said != "" {
			p.Fields[i].Error = said
		}
	}
	q := page.Question{Heading: page.Heading{Text: p.Title, Caption: p.Account.Label}, Action: r.URL.Path, Key: r.NewKey(), Files: p.Upload != "none",
		ErrorTitle: r.T("There is a problem"), Errors: problems(p.Problems), Continue: r.T("Send"),
		Also: []page.Component{page.LinkTo{Text: r.T("Do not do this"), URL: taxURL(p.Account.ID, "")}}}
	lead := page.Group{para(p.Intro), source("", p.Law)}
	if p.Now != "" {
		lead = append(lead, page.InsetText{Text: r.T("What counts now: {value}, since {date}", i18n.V{"value": p.Now, "date": p.Since})})
	}
	if p.Duty {
		lead = append(lead, body(r.T("You must tell us of this also when it no longer holds.")))
	}
	q.Lead = lead
	q.Fields = append(q.Fields, f.controls(p.Fields)...)
	from := view.Field{ID: "from", Path: "from", Type: "date", Ask: r.T("From which day does this hold?"), Typed: p.From, Error: problemAt(p.Problems, "from")}
	if p.Back != "" {
		from.Help = r.T("Not before {date}. For example {today}", i18n.V{"date": p.Back, "today": p.Today})
	}
	q.Fields = append(q.Fields, f.control(from))
	if up := evidenceUpload(r, p.Upload, p.Evidence, p.Problems); up != nil {
		q.Fields = append(q.Fields, up)
	}
	q.Fields = append(q.Fields,
		page.Textarea{Name: "text", Value: p.Text, Rows: 4, Label: page.Label{Text: r.T("Anything we should know (optional)"), Classes: "govuk-label--m"}, ErrorMessage: page.ErrorMessage{Text: problemAt(p.Problems, "text")}},
		sureBox(r, p.Sure, problemAt(p.Problems, "sure")))
	q.After = privacyOf(r, p.Privacy)
	return r.Render(w, web.Page{Title: p.Title, Failed: len(p.Problems) > 0, Area: "account", Content: q, Back: taxURL(p.Account.ID, ""), Asks: true})
}

// evidenceUpload asks for what is to be shown; nil where nothing is.
func evidenceUpload(r *web.Request, kind, what string, wrong []view.Problem) page.Component {
	if kind == "none" {
		return nil
	}
	label := r.T("Evidence (optional)")
	if kind == "required" {
		label = r.T("Evidence")
	}
	about := r.T("PDF, JPEG or PNG, at most five files, up to {size} each.", i18n.V{"size": r.P.FileSize(10_000_000)})
	if what != "" {
		about = what + " " + about
	}
	return page.FileUpload{Name: evidence, Multiple: true, Label: page.Label{Text: label, Classes: "govuk-label--m"}, Hint: page.Hint{Text: about},
		ErrorMessage: page.ErrorMessage{Text: problemAt(wrong, evidence)}, Attributes: page.Attributes{"accept": ".pdf,.jpg,.jpeg,.png"}}
}

func sureBox(r *web.Request, sure bool, said string) page.Component {
	box := page.Checkboxes{Name: "sure", Items: []page.Choice{{Value: "yes", Text: r.T("What I say here is right, as far as I know"), Checked: sure}},
		Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Confirm"), Classes: "govuk-fieldset__legend--m"}}, ErrorMessage: page.ErrorMessage{Text: said}}
	return box
}

// object is /account/taxes/{account}/object/{assessment}.
func (s *Site) object(w http.ResponseWriter, r *web.Request) error {
	account := r.PathValue("account")
	f, err := s.View.Taxation().ObjectForm(r.Context(), reader(r), account, r.PathValue("assessment"))
	if err != nil {
		return err
	}
	var ground, text string
	var wrong []view.Problem
	if r.Method == http.MethodPost {
		_, files, done, err := r.ReadUpload()
		defer done()
		if err != nil {
			return err
		}
		ground, text = r.Field("ground"), r.Field("text")
		uploads, large := takeFiles(r, files)
		if wrong = large; ground == "" && len(f.Grounds) > 0 {
			wrong = append(wrong, view.Problem{Path: "ground", Anchor: "ground", Text: r.T("Choose why you object")})
		}
		if len(wrong) == 0 {
			request, refused, err := s.Flow.Taxation().Object(r.Context(), r.Actor, flow.Object{Assessment: f.Assessment, Ground: ground, Text: text, Files: uploads, Key: r.Key()})
			if wrong, err = s.taxRefused(r, f.Account.TaxID, refused, err); err != nil {
				return err
			}
			if len(wrong) == 0 {
				return r.Redirect(w, taxURL(account, "/requests/"+request+"?told=objected"))
			}
		}
	}
	return renderObject(w, r, f, ground, text, wrong)
}

func renderObject(w http.ResponseWriter, r *web.Request, f view.ObjectForm, ground, text string, wrong []view.Problem) error {
	title := r.T("Object to {what}", i18n.V{"what": f.Account.Tax + " " + f.Period})
	back := taxURL(f.Account.ID, "")
	if f.Until == "" || f.Open {
		said := r.T("The time for objections against this has passed.")
		if f.Open {
			said = r.T("You have objected to this already. We have not decided yet.")
		}
		return r.Render(w, web.Page{Title: title, Area: "account", Back: back, Content: column(heading1(f.Account.Label, title), page.InsetText{Text: said},
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Back to your tax account"), URL: back}})})
	}
	q := page.Question{Heading: page.Heading{Text: title, Caption: f.Account.Label}, Action: r.URL.Path, Key: r.NewKey(), Files: true,
		ErrorTitle: r.T("There is a problem"), Errors: problems(wrong), Continue: r.T("Send the objection"),
		Also: []page.Component{page.LinkTo{Text: r.T("Do not do this"), URL: back}},
		Lead: page.Group{page.Paragraph{HTML: r.P.H("It was assessed at {amount}. You can object until {date}.", i18n.V{"amount": strong(f.Total), "date": page.ID(f.Until)})}, body(f.Text), source("", f.Law)}}
	var items []page.Choice
	for _, g := range f.Grounds {
		items = append(items, page.Choice{Value: g.Value, Text: g.Label})
	}
	if len(items) > 0 {
		q.Fields = append(q.Fields, page.Radios{Name: "ground", Value: ground, Items: items, ErrorMessage: page.ErrorMessage{Text: problemAt(wrong, "ground")},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Why do you object?"), Classes: "govuk-fieldset__legend--m"}}})
	}
	q.Fields = append(q.Fields,
		page.Textarea{Name: "text", Value: text, Rows: 6, Label: page.Label{Text: r.T("Say what is wrong"), Classes: "govuk-label--m"}, ErrorMessage: page.ErrorMessage{Text: problemAt(wrong, "text")}},
		evidenceUpload(r, "optional", "", wrong))
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Area: "account", Content: q, Back: back, Asks: true})
}

// ownRequest is /account/taxes/{account}/requests/{request}: a claim or an objection, and what became of it.
func (s *Site) ownRequest(w http.ResponseWriter, r *web.Request) error {
	account := r.PathValue("account")
	x, a, err := s.View.Taxation().OwnRequest(r.Context(), reader(r), account, r.PathValue("request"))
	if err != nil {
		return err
	}
	title := requestTitle(r, x)
	list := page.SummaryList{}
	add := func(key string, value page.Component) {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	add(r.T("Sent"), timeOf(x.At))
	if x.By.For != "" {
		add(r.T("By"), page.Text(r.T("{name}, for {other}", i18n.V{"name": x.By.Name, "other": x.By.For})))
	}
	if x.Value != "" {
		add(r.T("You said"), page.ID(x.Value))
	}
	if x.From != "" {
		add(r.T("From"), page.ID(x.From))
	}
	if x.Ground != "" {
		add(r.T("Reason"), page.Text(x.Ground))
	}
	if x.Text != "" {
		add(r.T("In your words"), page.Text(x.Text))
	}
	var files []page.Component
	for _, f := range x.Files {
		files = append(files, page.LinkTo{Text: f.Name, URL: taxURL(account, "/files/"+f.ID)})
	}
	if len(files) > 0 {
		add(r.T("Evidence"), page.List{Items: files, Plain: true})
	}
	p := page.StatusPanel{Label: r.T("State"), Status: x.State.Text, Tone: billTone(x.State)}
	if x.Open {
		p.Text = r.T("We tell you when it is decided. Please go on paying meanwhile.")
	} else if x.Answer != "" {
		p.Text = r.T("Reasons: {text}", i18n.V{"text": x.Answer})
	}
	g := page.Group{banner(r, map[string]string{"claimed": r.T("We have received your claim. You can follow it here."), "objected": r.T("We have received your objection. Please go on paying meanwhile.")}),
		heading1(a.Label, title), p, h2(r.T("What you sent")), list}
	if x.Open {
		g = append(g, postButton(taxURL(account, "/requests/"+x.ID), r.NewKey(), nil, page.Button{Text: r.T("Take it back"), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: taxURL(account, "")})
}

// withdrawRequest takes a claim or an objection back.
func (s *Site) withdrawRequest(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := s.Flow.Taxation().WithdrawRequest(r.Context(), r.Actor, flow.WithdrawRequest{Request: r.PathValue("request"), Key: r.Key()}); err != nil {
		return err
	}
	return r.Redirect(w, taxURL(r.PathValue("account"), "?told=withdrawn"))
}
