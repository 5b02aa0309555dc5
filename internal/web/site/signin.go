package site

import (
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// signIn is /sign-in: the address to which a code is sent.
func (s *Site) signIn(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Sign in")
	to := web.LocalPath(r.Query("to"), "")
	var f emailForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to = web.LocalPath(r.Field("to"), "")
		if f = readEmail(r); f.problem == "" {
			code, err := s.Flow.RequestCode(r.Context(), r.Actor, flow.RequestCode{Email: f.email, Language: r.P.Tag()})
			if err != nil {
				return err
			}
			return r.Redirect(w, "/sign-in/"+url.PathEscape(code)+toQuery(to))
		}
	}
	q := f.question(r, title, r.T("We send a code to your email address. You do not need a password, and no account has to be made first."), r.T("Send the code"))
	if to != "" {
		q.Fields = append(q.Fields, page.Hidden{Name: "to", Value: to})
	}
	if r.Demo() {
		q.After = page.InsetText{HTML: page.LinkTo{Text: r.T("In this demonstration you can sign in as one of its people by a click"), URL: "/demo"}}
	}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Content: q, NoIndex: true})
}

func toQuery(to string) string {
	if to == "" {
		return ""
	}
	return "?to=" + url.QueryEscape(to)
}

// enterCode is /sign-in/{code}.
func (s *Site) enterCode(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Check your email")
	to := web.LocalPath(r.Query("to"), "")
	var f codeForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to = web.LocalPath(r.Field("to"), "")
		if f = readCode(r); f.problem == "" {
			token, err := s.Flow.EnterCode(r.Context(), r.Actor, flow.EnterCode{CodeID: r.PathValue("code"), Code: f.code})
			if err == nil {
				return s.enter(w, r, token, to)
			}
			said, ok := r.Say(err, fault.Invalid)
			if !ok {
				return err
			}
			f.problem = said
		}
	}
	q := f.question(r, title, r.T("We have sent you a message with a code of 6 digits. It may take a minute; look among unwanted mail too. The code works for 15 minutes."), r.T("Sign in"))
	if to != "" {
		q.Fields = append(q.Fields, page.Hidden{Name: "to", Value: to})
	}
	again := page.Group{page.Paragraph{HTML: page.LinkTo{Text: r.T("Send a new code"), URL: "/sign-in" + toQuery(to)}}}
	if r.Demo() {
		again = append(again, page.InsetText{HTML: page.LinkTo{Text: r.T("Open the demonstration's mailbox"), URL: "/demo/mailbox"}})
	}
	q.After = again
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Content: q, Back: "/sign-in" + toQuery(to), NoIndex: true})
}

// enter keeps the session and leads on: where one was going, else to the desk or the account.
func (s *Site) enter(w http.ResponseWriter, r *web.Request, token, to string) error {
	who, err := s.Flow.Session(r.Context(), token)
	if err != nil {
		return err
	}
	r.SignIn(w, token)
	if to == "" {
		to = "/account"
		if who.Staff() {
			to = "/desk"
		}
	}
	return r.Redirect(w, to)
}

// signOut is POST /sign-out.
func (s *Site) signOut(w http.ResponseWriter, r *web.Request) error {
	if token := r.SignOut(w); token != "" {
		if err := s.Flow.SignOut(r.Context(), token); err != nil {
			return err
		}
	}
	return r.Redirect(w, "/")
}
