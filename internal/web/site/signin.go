package site

import (
	"errors"
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// signInRoutes are the ways in.
func (s *Site) signInRoutes() []web.Route {
	at := func(method, pattern string, area web.Area, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: area, Action: do, Handle: h}
	}
	codes := func(r web.Route) web.Route { r.Codes = true; return r }
	fresh := func(r web.Route) web.Route { r.Fresh = true; return r }
	return []web.Route{
		at("GET", "/sign-in", web.Public, policy.ServiceRead, s.signIn),
		codes(shielded(at("POST", "/sign-in", web.Public, policy.ServiceRead, s.signIn))),
		at("GET", "/sign-in/{code}", web.Public, policy.ServiceRead, s.enterCode),
		codes(at("POST", "/sign-in/{code}", web.Public, policy.ServiceRead, s.enterCode)),
		at("POST", "/sign-in/passkey/ask", web.Public, policy.ServiceRead, s.askPasskey),
		codes(at("POST", "/sign-in/passkey", web.Public, policy.ServiceRead, s.passkeySignIn)),
		at("GET", "/sign-in/second/{ceremony}", web.Public, policy.ServiceRead, s.second),
		codes(at("POST", "/sign-in/second/{ceremony}", web.Public, policy.ServiceRead, s.second)),
		codes(at("POST", "/sign-in/second/{ceremony}/lost", web.Public, policy.ServiceRead, s.lostSecond)),
		at("GET", "/sign-in/stop/{token}", web.Public, policy.ServiceRead, s.stopRecovery),
		codes(at("POST", "/sign-in/stop/{token}", web.Public, policy.ServiceRead, s.stopRecovery)),
		codes(at("POST", "/sign-in/with/{scheme}", web.Public, policy.ServiceRead, s.askScheme)),
		at("GET", "/sign-in/with/{scheme}", web.Public, policy.ServiceRead, s.hearScheme),
		{Method: "POST", Pattern: "/sign-in/with/{scheme}/over", Area: web.System, Machines: true, Action: policy.SchemeReport, Handle: s.schemeOver},
		fresh(at("GET", "/sign-in/link", web.Account, policy.AccountOwn, s.linkScheme)),
		fresh(at("POST", "/sign-in/link", web.Account, policy.AccountOwn, s.linkScheme)),
		at("GET", web.ConfirmPath, web.Account, policy.AccountOwn, s.Confirm),
		codes(at("POST", web.ConfirmPath, web.Account, policy.AccountOwn, s.confirm)),
		at("POST", web.ConfirmPath+"/ask", web.Account, policy.AccountOwn, s.askConfirm),
		codes(at("POST", web.ConfirmPath+"/passkey", web.Account, policy.AccountOwn, s.confirmByPasskey)),
		at("POST", "/sign-out", web.Public, policy.ServiceRead, s.signOut),
		at("GET", "/signed-out", web.Public, policy.ServiceRead, s.signedOut),
		at("GET", "/invitation/{token}", web.Public, policy.ServiceRead, s.invitation),
		codes(at("POST", "/invitation/{token}", web.Public, policy.ServiceRead, s.invitation)),
	}
}

// signIn is /sign-in: a passkey, an identity scheme, or the address to which a code is sent.
func (s *Site) signIn(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Sign in")
	to, level := web.LocalPath(r.Query("to"), ""), policy.LevelOf(r.Query("level"))
	var f emailForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to, level = web.LocalPath(r.Field("to"), ""), policy.LevelOf(r.Field("level"))
		if f = readEmail(r); f.problem == "" {
			code, err := s.Flow.RequestCode(r.Context(), r.Actor, flow.RequestCode{Email: f.email, Language: r.P.Tag()})
			if err != nil {
				return err
			}
			return r.Redirect(w, "/sign-in/"+url.PathEscape(code)+toQuery(to))
		}
	}
	if level > policy.Low {
		return s.signInBetter(w, r, to, level)
	}
	return s.showSignIn(w, r, title, f, to, "")
}

// showSignIn shows the page; problem is what went wrong on another way.
func (s *Site) showSignIn(w http.ResponseWriter, r *web.Request, title string, f emailForm, to, problem string) error {
	q := f.question(r, title, "", r.T("Send the code"))
	q.Action = "/sign-in"
	lead := page.Group{}
	if problem != "" {
		q.Errors = []page.ErrorLink{{Text: problem}}
	}
	lead = append(lead, s.passkeyButton(r, to), s.schemeButtons(r, to, policy.Low, false),
		para(r.T("We send a code to your email address. You do not need a password, and no account has to be made first.")))
	q.Lead = lead
	if to != "" {
		q.Fields = append(q.Fields, page.Hidden{Name: "to", Value: to})
	}
	if r.Demo() {
		q.After = page.InsetText{HTML: page.LinkTo{Text: r.T("In this demonstration you can sign in as one of its people by a click"), URL: "/demo" + toQuery(to)}}
	}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "" || problem != "", Content: q, NoIndex: true, Passkeys: true})
}

// signInBetter is /sign-in?level=: something asks for more than a code by mail.
func (s *Site) signInBetter(w http.ResponseWriter, r *web.Request, to string, level policy.Level) error {
	title := r.T("Show more surely who you are")
	g := page.Group{heading1("", title), body(r.T("What you are about to do asks for more than a code by email. What you have typed is kept: afterwards you go on where you are now."))}
	ways := s.schemeButtons(r, to, level, false)
	if ways != nil {
		g = append(g, ways)
	}
	g = append(g, s.passkeyButton(r, to))
	if r.Actor.Person != "" && r.Actor.Level >= level {
		return r.Redirect(w, web.LocalPath(to, "/account"))
	}
	if r.Demo() {
		g = append(g, page.InsetText{HTML: page.LinkTo{Text: r.T("In this demonstration you can sign in as one of its people by a click"), URL: "/demo" + toQuery(to)}})
	}
	if ways == nil {
		g = append(g, page.Details{SummaryText: r.T("I cannot sign in in any of these ways"), HTML: body(r.T("Come to the office, or ask there how to do it on paper. Your answers wait for you here."))})
	}
	return r.Render(w, web.Page{Title: title, Content: column(g...), NoIndex: true, Passkeys: true, Back: to})
}

func toQuery(to string) string {
	if to == "" {
		return ""
	}
	return "?to=" + url.QueryEscape(to)
}

func toHidden(to string) []page.Hidden {
	if to == "" {
		return nil
	}
	return []page.Hidden{{Name: "to", Value: to}}
}

// passkeyButton signs in by a passkey; nil where there are none.
func (s *Site) passkeyButton(r *web.Request, to string) page.Component {
	if s.Flow.Ways.Passkeys == nil {
		return nil
	}
	return passkeys(passkeyForm{kind: "get", ask: "/sign-in/passkey/ask", action: "/sign-in/passkey", button: r.T("Sign in with a passkey"), hidden: toHidden(to),
		problem: r.T("That did not work. Try again, or sign in another way"), classes: "govuk-button--secondary"})
}

// schemeButtons sign in by the identity schemes that reach a level; nil for none.
func (s *Site) schemeButtons(r *web.Request, to string, level policy.Level, anew bool) page.Component {
	var g page.Group
	for _, scheme := range s.Flow.Ways.Schemes {
		if !scheme.Reaches(level) {
			continue
		}
		hidden := append(toHidden(to), page.Hidden{Name: "level", Value: level.String()})
		if anew {
			hidden = append(hidden, page.Hidden{Name: "anew", Value: "yes"})
		}
		g = append(g, postButton("/sign-in/with/"+scheme.Name, r.NewKey(), hidden,
			page.Button{Text: r.T("Sign in with {scheme}", i18n.V{"scheme": scheme.Title}), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	if len(g) == 0 {
		return nil
	}
	return g
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
			token, err := s.Flow.EnterCode(r.Context(), r.Actor, flow.EnterCode{CodeID: r.PathValue("code"), Code: f.code, Device: web.Device(r)})
			if err == nil {
				return s.enter(w, r, token, to)
			}
			if more := (*flow.SecondNeeded)(nil); errors.As(err, &more) {
				return r.Redirect(w, "/sign-in/second/"+more.Ceremony+toQuery(to))
			}
			said, ok := r.Say(err, fault.Invalid)
			if !ok {
				return err
			}
			f.problem = said
		}
	}
	q := f.question(r, title, r.T("We have sent you a message with a code of 6 digits. It may take a minute; look among unwanted mail too. The code works for 10 minutes."), r.T("Sign in"))
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
	token := r.SignOut(w)
	if token == "" {
		return r.Redirect(w, "/")
	}
	scheme, err := s.Flow.SignOut(r.Context(), token)
	if err != nil {
		return err
	}
	if scheme != "" {
		return r.Redirect(w, "/signed-out?scheme="+url.QueryEscape(scheme))
	}
	return r.Redirect(w, "/")
}

// signedOut is /signed-out?scheme=: here one is signed out, at the scheme one still is.
func (s *Site) signedOut(w http.ResponseWriter, r *web.Request) error {
	title := r.T("You are signed out")
	g := page.Group{heading1("", title)}
	for _, scheme := range s.Flow.Ways.Schemes {
		if scheme.Name != r.Query("scheme") {
			continue
		}
		at, err := scheme.LeaveAt(r.Context(), r.URLOf("/"))
		if err == nil && at != "" {
			g = append(g, body(r.T("Here you are signed out. At {scheme} you are still signed in.", i18n.V{"scheme": scheme.Title})),
				page.Paragraph{HTML: page.LinkTo{Text: r.T("Sign out there too"), URL: at}})
		}
	}
	return r.Render(w, web.Page{Title: title, Content: column(append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Go to the home page"), URL: "/"}})...), NoIndex: true})
}
