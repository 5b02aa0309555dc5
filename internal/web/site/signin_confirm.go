package site

import (
	"net/http"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// confirming is the page that asks whether it is still the same person, on the way to something.
type confirming struct {
	to      string
	carried *web.Carried
	code    string // id of the code that was sent by mail
	problem string
}

// hidden is what each of its forms carries.
func (c confirming) hidden() []page.Hidden {
	all := toHidden(c.to)
	if c.code != "" {
		all = append(all, page.Hidden{Name: "code_id", Value: c.code})
	}
	for _, f := range c.carried.Hidden() {
		all = append(all, page.Hidden(f))
	}
	return all
}

func readConfirming(r *web.Request) confirming {
	return confirming{to: web.LocalPath(r.Field("to"), ""), carried: web.ReadCarried(r), code: r.Field("code_id")}
}

// Confirm is /sign-in/confirm?to=, and what is shown instead of the answer to a form that came too late.
func (s *Site) Confirm(w http.ResponseWriter, r *web.Request) error {
	return s.showConfirm(w, r, confirming{to: web.LocalPath(r.Query("to"), "/account"), carried: r.Carried})
}

func (s *Site) showConfirm(w http.ResponseWriter, r *web.Request, c confirming) error {
	how, err := s.Flow.Identity().HowToConfirm(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	title := r.T("Confirm that it is you")
	g := page.Group{}
	if c.problem != "" {
		g = append(g, page.ErrorSummary{TitleText: r.T("There is a problem"), ErrorList: []page.ErrorLink{{Text: c.problem, Href: "#code"}}, Focus: true})
	}
	g = append(g, heading1("", title), body(r.T("You signed in a while ago. This is about money, rights or keys, so we ask once more. Nothing that you have typed is lost.")))
	if how.Click {
		g = append(g, confirmForm(r, c, "click", nil, r.T("Confirm, in this demonstration by a click")))
	}
	if how.Passkey {
		g = append(g, passkeys(passkeyForm{kind: "get", ask: web.ConfirmPath + "/ask", action: web.ConfirmPath + "/passkey", hidden: c.hidden(),
			button: r.T("Confirm with a passkey"), problem: r.T("That did not work. Try again, or confirm another way")}))
	}
	input := page.Input{Name: "code", Label: page.Label{Text: r.T("Code of the app")}, Hint: page.Hint{Text: r.T("6 digits. A recovery code works too, once.")},
		ErrorMessage: page.ErrorMessage{Text: c.problem}, Autocomplete: "one-time-code", Classes: "govuk-input--width-10", Spellcheck: "false", Autocapitalize: "none"}
	switch {
	case how.App:
		g = append(g, confirmForm(r, c, "code", input, r.T("Confirm")))
	case how.Code && c.code != "":
		input.Label.Text, input.Hint.Text = r.T("Code"), r.T("We have sent it to your email address: 6 digits")
		g = append(g, confirmForm(r, c, "code", input, r.T("Confirm")))
	case how.Code:
		g = append(g, confirmForm(r, c, "send", nil, r.T("Send a code to my email address")))
	}
	if c.carried == nil { // a form cannot be carried through another site
		for _, name := range how.Schemes {
			g = append(g, s.schemeAnew(r, name, c.to))
		}
	}
	if !how.Click && !how.Passkey && !how.App && !how.Code && len(how.Schemes) == 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Sign in again"), URL: "/sign-in" + toQuery(c.to)}})
	}
	return r.Render(w, web.Page{Title: title, Failed: c.problem != "", Content: column(g...), NoIndex: true, Passkeys: true})
}

func confirmForm(r *web.Request, c confirming, do string, field page.Component, button string) page.Component {
	var g page.Group
	for _, h := range c.hidden() {
		g = append(g, h)
	}
	g = append(g, page.Hidden{Name: "do", Value: do})
	if field != nil {
		g = append(g, field)
	}
	return page.Form{Action: web.ConfirmPath, HTML: append(g, page.Button{Text: button, PreventDoubleClick: true})}
}

func (s *Site) schemeAnew(r *web.Request, name, to string) page.Component {
	for _, scheme := range s.Flow.Ways.Schemes {
		if scheme.Name == name {
			hidden := append(toHidden(to), page.Hidden{Name: "anew", Value: "yes"})
			return postButton("/sign-in/with/"+name, r.NewKey(), hidden, page.Button{Text: r.T("Confirm with {scheme}", i18n.V{"scheme": scheme.Title}), Classes: "govuk-button--secondary"})
		}
	}
	return nil
}

// confirm is POST /sign-in/confirm.
func (s *Site) confirm(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	c := readConfirming(r)
	if r.Field("do") == "send" {
		var err error
		if c.code, err = s.Flow.Identity().SendConfirmCode(r.Context(), r.Actor); err != nil {
			return err
		}
		return s.showConfirm(w, r, c)
	}
	in := flow.Confirm{Session: web.SessionToken(r), CodeID: c.code, Code: r.Field("code")}
	if r.Field("do") != "click" && in.Code == "" {
		c.problem = r.T("Enter the code")
		return s.showConfirm(w, r, c)
	}
	token, err := s.Flow.Identity().Confirm(r.Context(), r.Actor, in)
	return s.confirmed(w, r, c, token, err)
}

// confirmed leads on to what was asked for, or says what is wrong.
func (s *Site) confirmed(w http.ResponseWriter, r *web.Request, c confirming, token string, err error) error {
	if err != nil {
		said, ok := r.Say(err, fault.Invalid)
		if !ok {
			return err
		}
		c.problem = said
		return s.showConfirm(w, r, c)
	}
	r.SignIn(w, token)
	if c.carried == nil {
		return r.Redirect(w, web.LocalPath(c.to, "/account"))
	}
	var g page.Group
	key := slices.IndexFunc(c.carried.Fields, func(f web.CarriedField) bool { return f.Name == page.FormKeyName })
	form := page.Form{Action: c.carried.To}
	for i, f := range c.carried.Fields {
		if i == key {
			form.Key = page.FormKey(f.Value)
			continue
		}
		g = append(g, page.Hidden(f))
	}
	title := r.T("Thank you: now send it")
	form.HTML = append(g, page.Button{Text: r.T("Go on and send it"), PreventDoubleClick: true})
	return r.Render(w, web.Page{Title: title, NoIndex: true, Content: column(heading1("", title), body(r.T("What you had filled in is still here. It is sent when you go on.")), form)})
}

// askConfirm is POST /sign-in/confirm/ask.
func (s *Site) askConfirm(w http.ResponseWriter, r *web.Request) error {
	asked, err := s.Flow.Identity().AskPasskey(r.Context(), r.Actor, true)
	return sendAsked(w, r, asked, err)
}

// confirmByPasskey is POST /sign-in/confirm/passkey.
func (s *Site) confirmByPasskey(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	token, err := s.Flow.Identity().ConfirmByPasskey(r.Context(), r.Actor, flow.ConfirmByPasskey{Session: web.SessionToken(r), Ceremony: r.Field("ceremony"), Answer: []byte(r.Field("answer"))})
	return s.confirmed(w, r, readConfirming(r), token, err)
}

// askScheme is POST /sign-in/with/{scheme}: on to the scheme's own page.
func (s *Site) askScheme(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	token, at, err := s.Flow.Identity().Schemes().AskScheme(r.Context(), r.Actor, flow.AskScheme{Scheme: r.PathValue("scheme"), To: web.LocalPath(r.Field("to"), ""),
		Level: policy.LevelOf(r.Field("level")), Anew: r.Field("anew") != ""})
	if err != nil {
		return err
	}
	web.HoldCeremony(w, r, token)
	return r.Leave(w, at)
}

// hearScheme is GET /sign-in/with/{scheme}, to which the scheme sends people back.
func (s *Site) hearScheme(w http.ResponseWriter, r *web.Request) error {
	in := flow.SchemeAnswer{Scheme: r.PathValue("scheme"), Ceremony: web.Ceremony(r), Session: web.SessionToken(r), Device: web.Device(r)}
	in.Code, in.State, in.Issuer, in.Error = r.Query("code"), r.Query("state"), r.Query("iss"), r.Query("error")
	web.HoldCeremony(w, r, "")
	out, err := s.Flow.Identity().Schemes().HearScheme(r.Context(), r.Actor, in)
	if err != nil {
		said, ok := r.Say(err, fault.Invalid)
		if !ok {
			return err
		}
		return s.showSignIn(w, r, r.T("Sign in"), emailForm{}, out.To, said)
	}
	if out.Link != "" {
		web.HoldCeremony(w, r, out.Link)
		return r.Redirect(w, "/sign-in/link"+toQuery(out.To))
	}
	return s.enter(w, r, out.Session, out.To)
}

// linkScheme is /sign-in/link: whoever is signed in says that it was they who signed in at the scheme.
func (s *Site) linkScheme(w http.ResponseWriter, r *web.Request) error {
	to := web.LocalPath(r.Query("to"), "/account")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to = web.LocalPath(r.Field("to"), "/account")
		ceremony := web.Ceremony(r)
		web.HoldCeremony(w, r, "")
		token, err := s.Flow.Identity().Schemes().LinkScheme(r.Context(), r.Actor, flow.LinkScheme{Session: web.SessionToken(r), Ceremony: ceremony})
		if err != nil {
			return err
		}
		r.SignIn(w, token)
		return r.Redirect(w, to)
	}
	name, err := s.Flow.Identity().Schemes().ToLink(r.Context(), web.Ceremony(r))
	if err != nil {
		return err
	}
	scheme := name
	for _, known := range s.Flow.Ways.Schemes {
		if known.Name == name {
			scheme = known.Title
		}
	}
	title := r.T("Connect {scheme} to your account?", i18n.V{"scheme": scheme})
	var g page.Group
	for _, h := range toHidden(to) {
		g = append(g, h)
	}
	return r.Render(w, web.Page{Title: title, Area: "account", NoIndex: true, Content: column(heading1("", title),
		page.Paragraph{HTML: r.P.H("You are signed in as {name}. From now on you can sign in with {scheme}, and it can show more surely who you are.", i18n.V{"name": strong(r.Actor.Name), "scheme": strong(scheme)})},
		page.WarningText{Text: r.T("Say yes only if it was you who signed in there just now.")},
		page.Form{Action: "/sign-in/link", Key: r.NewKey(), HTML: append(g, page.ButtonGroup{page.Button{Text: r.T("Yes, connect it"), PreventDoubleClick: true}, page.LinkTo{Text: r.T("No"), URL: to}})})})
}

// schemeOver is POST /sign-in/with/{scheme}/over: a scheme says that somebody has signed out there.
func (s *Site) schemeOver(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := s.Flow.Identity().Schemes().SchemeOver(r.Context(), r.PathValue("scheme"), r.Field("logout_token")); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Send(w, "text/plain; charset=utf-8", "", nil)
}
