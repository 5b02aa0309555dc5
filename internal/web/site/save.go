package site

import (
	"net/http"
	"net/mail"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// emailForm asks for an address; it is the form of several pages.
type emailForm struct {
	email   string
	problem string
}

// readEmail reads and checks it. What is typed is kept as it is.
func readEmail(r *web.Request) emailForm {
	f := emailForm{email: r.Field("email")}
	a, err := mail.ParseAddress(f.email)
	switch {
	case f.email == "":
		f.problem = r.T("Enter your email address")
	case err != nil || a.Address != f.email || len(f.email) > 254:
		f.problem = r.T("Enter an email address in the right form, like name@example.com")
	}
	return f
}

func (f emailForm) question(r *web.Request, heading, why, button string) page.Question {
	q := page.Question{
		Heading: page.Heading{Text: heading}, Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Continue: button,
		Lead: para(why),
		Fields: []page.Component{page.Input{Name: "email", Type: "email", Value: f.email, Label: page.Label{Text: r.T("Email address")},
			ErrorMessage: page.ErrorMessage{Text: f.problem}, Autocomplete: "email", Spellcheck: "false", Autocapitalize: "none"}},
	}
	if f.problem != "" {
		q.Errors = problems([]view.Problem{{Anchor: "email", Text: f.problem}})
	}
	return q
}

// codeForm asks for a code that was sent by mail.
type codeForm struct{ code, problem string }

func readCode(r *web.Request) codeForm {
	f := codeForm{code: r.Field("code")}
	if f.code == "" {
		f.problem = r.T("Enter the code from the message")
	}
	return f
}

func (f codeForm) question(r *web.Request, heading, lead, button string) page.Question {
	q := page.Question{
		Heading: page.Heading{Text: heading}, Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Continue: button,
		Lead: para(lead),
		Fields: []page.Component{page.Input{Name: "code", Value: f.code, Label: page.Label{Text: r.T("Code")}, Hint: page.Hint{Text: r.T("6 digits")},
			ErrorMessage: page.ErrorMessage{Text: f.problem}, Inputmode: "numeric", Autocomplete: "one-time-code", Classes: "govuk-input--width-5", Spellcheck: "false"}},
	}
	if f.problem != "" {
		q.Errors = problems([]view.Problem{{Anchor: "code", Text: f.problem}})
	}
	return q
}

// save is /apply/{draft}/save: a code by mail, to go on with on any device.
func (s *Site) save(w http.ResponseWriter, r *web.Request) error {
	t, err := s.View.TaskList(r.Context(), reader(r), r.PathValue("draft"))
	if err != nil {
		return err
	}
	base := "/apply/" + t.ID
	p := web.Page{Title: r.T("Save and come back later"), ServiceName: t.Service.Title, ServiceURL: base, Back: base}
	if r.Query("told") == "sent" {
		p.Title = r.T("Your answers are saved")
		p.Content = column(page.Panel{TitleText: p.Title}, body(r.T("We have sent you a message with a link and a code. With them you can go on for 30 days, on any device.")),
			body(r.T("Nothing has been sent to the office yet.")), page.Paragraph{HTML: page.LinkTo{Text: r.T("Go on now"), URL: base}})
		return r.Render(w, p)
	}
	var f emailForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if f = readEmail(r); f.problem == "" {
			_, err := s.Flow.SaveForLater(r.Context(), r.Actor, flow.SaveForLater{Draft: t.ID, Email: f.email})
			if err != nil {
				return err
			}
			return r.Redirect(w, base+"/save?told=sent")
		}
	}
	p.Failed = f.problem != ""
	p.Content = f.question(r, p.Title, r.T("What you have typed is saved on this device. To go on later or elsewhere, have a link and a code sent to you. You do not need an account."), r.T("Send the code"))
	return r.Render(w, p)
}

// resume is /resume/{code}: going on with a saved application in this browser.
func (s *Site) resume(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Go on with your application")
	var f codeForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if f = readCode(r); f.problem == "" {
			draft, token, err := s.Flow.ResumeDraft(r.Context(), r.Actor, flow.ResumeDraft{CodeID: r.PathValue("code"), Code: f.code})
			if err == nil {
				r.HoldDraft(w, draft, token)
				return r.Redirect(w, "/apply/"+draft)
			}
			said, ok := r.Say(err, fault.Invalid)
			if !ok {
				return err
			}
			f.problem = said
		}
	}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", NoIndex: true,
		Content: f.question(r, title, r.T("Enter the code from the message that we sent you."), r.T("Continue"))})
}

// resumeHelp is /resume, for those who have no link at hand.
func (s *Site) resumeHelp(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Go on with your application")
	return r.Render(w, web.Page{Title: title, Content: column(heading1("", title),
		body(r.T("Open the link in the message that we sent you when you saved your application. If you had signed in, you also find it in your account.")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Go to your account"), URL: "/account"}})})
}
