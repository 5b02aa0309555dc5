package site

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// second is /sign-in/second/{ceremony}: the code by mail was right, and one thing more is asked.
func (s *Site) second(w http.ResponseWriter, r *web.Request) error {
	to := web.LocalPath(r.Query("to"), "")
	var f codeForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to = web.LocalPath(r.Field("to"), "")
		if f.code = r.Field("code"); f.code == "" {
			f.problem = r.T("Enter the code of your app, or a recovery code")
		} else {
			token, err := s.Flow.Identity().EnterSecond(r.Context(), flow.EnterSecond{Ceremony: r.PathValue("ceremony"), Code: f.code, Device: web.Device(r)})
			if err == nil {
				return s.enter(w, r, token, to)
			}
			said, ok := r.Say(err, fault.Invalid)
			if !ok {
				return err
			}
			f = codeForm{problem: said}
		}
	}
	how, err := s.Flow.Identity().SecondOf(r.Context(), r.PathValue("ceremony"))
	if err != nil {
		if said, ok := r.Say(err, fault.Invalid); ok {
			return s.showSignIn(w, r, r.T("Sign in"), emailForm{}, to, said)
		}
		return err
	}
	return s.showSecond(w, r, how, f, to)
}

func (s *Site) showSecond(w http.ResponseWriter, r *web.Request, how flow.Second, f codeForm, to string) error {
	title := r.T("One thing more")
	g := page.Group{}
	if how.Staff && !how.App {
		g = append(g, heading1("", title), body(r.T("People who work here sign in with a passkey. A code by email is not enough.")), s.passkeyButton(r, to),
			page.Details{SummaryText: r.T("I have no passkey, or have lost it"), HTML: body(r.T("Ask an administrator of your organisation for an invitation. It comes by email."))})
		return r.Render(w, web.Page{Title: title, Content: column(g...), NoIndex: true, Passkeys: true, Back: "/sign-in" + toQuery(to)})
	}
	q := page.Question{Heading: page.Heading{Text: title}, Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Continue: r.T("Sign in"),
		Lead: para(r.T("Your code was right. Now open your authenticator app and type the code that it shows.")),
		Fields: []page.Component{page.Input{Name: "code", Value: f.code, Label: page.Label{Text: r.T("Code of the app")}, Hint: page.Hint{Text: r.T("6 digits. A recovery code works too, once.")},
			ErrorMessage: page.ErrorMessage{Text: f.problem}, Autocomplete: "one-time-code", Classes: "govuk-input--width-10", Spellcheck: "false", Autocapitalize: "none"}}}
	if f.problem != "" {
		q.Errors = []page.ErrorLink{{Text: f.problem, Href: "#code"}}
	}
	for _, h := range toHidden(to) {
		q.Fields = append(q.Fields, h)
	}
	after := page.Group{s.passkeyButton(r, to)}
	switch {
	case how.Staff:
		after = append(after, page.Details{SummaryText: r.T("I have lost my app and my recovery codes"), HTML: body(r.T("Ask an administrator of your organisation for an invitation. It comes by email."))})
	case !how.Recovery.IsZero():
		after = append(after, page.InsetText{Text: r.T("You have asked for your account to be recovered. From {date} on the code by email is enough.", i18n.V{"date": r.P.DateTime(how.Recovery.In(r.Place.Calendar.Zone()))})})
	default:
		after = append(after, page.Details{SummaryText: r.T("I have lost my app and my recovery codes"), HTML: page.Group{
			body(r.T("We can open your account for you after three days. We tell you by email at once, so that nobody can do this behind your back, and you can stop it any time.")),
			postButton(r.URL.Path+"/lost", r.NewKey(), nil, page.Button{Text: r.T("Recover my account"), Classes: "govuk-button--secondary", PreventDoubleClick: true})}})
	}
	q.After = after
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Content: q, NoIndex: true, Passkeys: true, Back: "/sign-in" + toQuery(to)})
}

// lostSecond is POST /sign-in/second/{ceremony}/lost.
func (s *Site) lostSecond(w http.ResponseWriter, r *web.Request) error {
	if err := s.Flow.Identity().LostSecond(r.Context(), r.PathValue("ceremony")); err != nil {
		return err
	}
	return r.Redirect(w, "/sign-in/second/"+r.PathValue("ceremony"))
}

// stopRecovery is /sign-in/stop/{token}, to which the notice leads. Looking stops nothing: mail programs open links.
func (s *Site) stopRecovery(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Stop the recovery of your account")
	if r.Method == http.MethodPost {
		if err := s.Flow.Identity().StopRecovery(r.Context(), r.PathValue("token")); err != nil {
			return err
		}
		title = r.T("The recovery is stopped")
		return r.Render(w, web.Page{Title: title, NoIndex: true, Content: column(page.Panel{TitleText: title},
			body(r.T("Nobody gets into your account by it. Whoever asked for it can read your email: change the password of your mailbox.")))})
	}
	return r.Render(w, web.Page{Title: title, NoIndex: true, Content: column(heading1("", title), body(r.T("Somebody who can read your email asked for your account to be opened without your authenticator app. If it was not you, stop it.")),
		postButton(r.URL.Path, r.NewKey(), nil, page.Button{Text: r.T("Stop it"), Classes: "govuk-button--warning", PreventDoubleClick: true}))})
}

// invitation is /invitation/{token}: the first way in for somebody who works here.
func (s *Site) invitation(w http.ResponseWriter, r *web.Request) error {
	if r.Method == http.MethodPost {
		token, err := s.Flow.Identity().TakeInvitation(r.Context(), r.PathValue("token"), web.Device(r))
		if err != nil {
			return err
		}
		r.SignIn(w, token)
		return r.Redirect(w, "/account/security")
	}
	name, err := s.Flow.Identity().Invited(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	title := r.T("Set up how you sign in to work")
	return r.Render(w, web.Page{Title: title, NoIndex: true, Content: column(heading1("", title),
		page.Paragraph{HTML: r.P.H("This invitation is for {name}.", i18n.V{"name": strong(name)})},
		body(r.T("You set up a passkey on this device: a fingerprint, your face or a PIN, and no password. Do it on the device that you work with; you can add others later.")),
		page.WarningText{Text: r.T("The invitation can be used once. After you begin, you have half an hour.")},
		postButton(r.URL.Path, r.NewKey(), nil, page.Button{Text: r.T("Begin"), PreventDoubleClick: true}))})
}
