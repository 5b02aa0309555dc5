package site

import (
	"net/http"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/totp"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// securityRoutes are about what one signs in with, and where one is signed in.
func (s *Site) securityRoutes() []web.Route {
	at := func(method, pattern string, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/account/security" + pattern, Area: web.Account, Action: policy.AccountOwn, Handle: h}
	}
	fresh := func(r web.Route) web.Route { r.Fresh = true; return r }
	return []web.Route{
		at("GET", "", s.security),
		fresh(at("GET", "/passkeys", s.newPasskey)),
		fresh(at("POST", "/passkeys", s.newPasskey)),
		fresh(at("POST", "/passkeys/ask", s.askNewPasskey)),
		fresh(at("GET", "/passkeys/{passkey}/remove", s.removePasskey)),
		fresh(at("POST", "/passkeys/{passkey}/remove", s.removePasskey)),
		fresh(at("POST", "/app/new", s.newApp)),
		fresh(at("GET", "/app", s.app)),
		fresh(at("POST", "/app", s.app)),
		fresh(at("POST", "/app/remove", s.removeApp)),
		fresh(at("POST", "/codes", s.recoveryCodes)),
		at("POST", "/sessions/end", s.endSessions),
		fresh(at("POST", "/schemes/{scheme}/remove", s.unlinkScheme)),
	}
}

// security is /account/security.
func (s *Site) security(w http.ResponseWriter, r *web.Request) error {
	return s.showSecurity(w, r, "")
}

func (s *Site) showSecurity(w http.ResponseWriter, r *web.Request, problem string) error {
	p, err := s.View.Privacy().Security(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Signing in and security")
	g := page.Group{}
	if problem != "" {
		g = append(g, summary(r, []view.Problem{{Text: problem}}))
	}
	g = append(g, banner(r, map[string]string{"passkey": r.T("The passkey is set up. You can sign in with it from now on."), "removed": r.T("It is removed."),
		"ended": r.T("Signed out there."), "linked": r.T("It is connected.")}), heading1("", title))
	if p.Invited {
		g = append(g, page.InsetText{HTML: body(r.T("Set up a passkey now. As soon as it is there, you are let in to work."))})
	}
	g = append(g, s.passkeyPart(r, p)...)
	g = append(g, appPart(r, p)...)
	g = append(g, s.schemePart(r, p)...)
	if !p.Invited {
		g = append(g, sessionPart(r, p)...)
	}
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account"})
}

func (s *Site) passkeyPart(r *web.Request, p view.Security) page.Group {
	g := page.Group{h2(r.T("Passkeys")), body(r.T("With a passkey you sign in by your fingerprint, your face or a PIN of your device. It cannot be guessed, and no false site can ask for it."))}
	for _, k := range p.Passkeys {
		list := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: k.Name}, Actions: page.Actions{Items: []page.Action{
			{Text: r.T("Remove"), Href: "/account/security/passkeys/" + k.ID + "/remove", VisuallyHiddenText: k.Name}}}},
			Rows: []page.SummaryRow{{Key: page.Cell{Text: r.T("Set up")}, Value: page.Cell{HTML: timeOf(k.Created)}}}}
		used := page.Cell{Text: r.T("Never")}
		if k.Used.Text != "" {
			used = page.Cell{HTML: timeOf(k.Used)}
		}
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Last used")}, Value: used})
		if p.Staff && !k.Desk {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Opens")}, Value: page.Cell{Text: r.T("Your account, not your work")}})
		}
		g = append(g, list)
	}
	if s.Flow.Ways.Passkeys == nil {
		return append(g, body(r.T("This site cannot use passkeys")))
	}
	return append(g, page.Button{Text: r.T("Add a passkey"), Href: "/account/security/passkeys", Classes: "govuk-button--secondary"})
}

func appPart(r *web.Request, p view.Security) page.Group {
	g := page.Group{h2(r.T("Authenticator app"))}
	if !p.App {
		return append(g, body(r.T("Where you have no device for passkeys: an app that shows a new code every half minute. It is then asked for besides the code by email.")),
			postButton("/account/security/app/new", r.NewKey(), nil, page.Button{Text: r.T("Set up an app"), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	return append(g, body(r.P.N("Your app is set up. {n} recovery code is left.", "Your app is set up. {n} recovery codes are left.", p.Codes)),
		page.ButtonGroup{
			postButton("/account/security/codes", r.NewKey(), nil, page.Button{Text: r.T("New recovery codes"), Classes: "govuk-button--secondary", PreventDoubleClick: true}),
			postButton("/account/security/app/new", r.NewKey(), nil, page.Button{Text: r.T("Change to another app"), Classes: "govuk-button--secondary", PreventDoubleClick: true}),
			postButton("/account/security/app/remove", r.NewKey(), nil, page.Button{Text: r.T("Remove the app"), Classes: "govuk-button--secondary", PreventDoubleClick: true}),
		})
}

func (s *Site) schemePart(r *web.Request, p view.Security) page.Group {
	if len(s.Flow.Ways.Schemes) == 0 || p.Invited {
		return nil
	}
	g := page.Group{h2(r.T("Identities that you have connected"))}
	for _, scheme := range s.Flow.Ways.Schemes {
		connected := false
		for _, name := range p.Schemes {
			connected = connected || name == scheme.Name
		}
		if connected {
			g = append(g, postButton("/account/security/schemes/"+scheme.Name+"/remove", r.NewKey(), nil,
				page.Button{Text: r.T("Disconnect {scheme}", i18n.V{"scheme": scheme.Title}), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
			continue
		}
		g = append(g, postButton("/sign-in/with/"+scheme.Name, r.NewKey(), toHidden("/account/security?told=linked"),
			page.Button{Text: r.T("Connect {scheme}", i18n.V{"scheme": scheme.Title}), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	return g
}

func sessionPart(r *web.Request, p view.Security) page.Group {
	g := page.Group{h2(r.T("Where you are signed in"))}
	for _, o := range p.Sessions {
		name := o.Device
		if name == "" {
			name = r.T("A device that we do not recognise")
		}
		list := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: name}}, Rows: []page.SummaryRow{
			{Key: page.Cell{Text: r.T("Signed in")}, Value: page.Cell{HTML: timeOf(o.Since)}},
			{Key: page.Cell{Text: r.T("Last used")}, Value: page.Cell{HTML: timeOf(o.Seen)}},
			{Key: page.Cell{Text: r.T("By")}, Value: page.Cell{Text: o.Method}},
		}}
		if o.Here {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("This is")}, Value: page.Cell{Text: r.T("the one that you are using now")}})
			g = append(g, list)
			continue
		}
		g = append(g, list, postButton("/account/security/sessions/end", r.NewKey(), []page.Hidden{{Name: "session", Value: o.Handle}},
			page.Button{HTML: page.Group{page.Text(r.T("Sign out there")), hiddenWords(" " + name)}, Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	if len(p.Sessions) > 1 {
		g = append(g, postButton("/account/security/sessions/end", r.NewKey(), []page.Hidden{{Name: "session", Value: "others"}},
			page.Button{Text: r.T("Sign out everywhere else"), Classes: "govuk-button--warning", PreventDoubleClick: true}))
	}
	return g
}

// endSessions is POST /account/security/sessions/end.
func (s *Site) endSessions(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	var err error
	if which := r.Field("session"); which == "others" {
		err = s.Flow.Identity().EndOtherSessions(r.Context(), r.Actor)
	} else {
		err = s.Flow.Identity().EndSession(r.Context(), r.Actor, which)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, "/account/security?told=ended")
}

// newPasskey is /account/security/passkeys: naming a passkey and asking the device for it.
func (s *Site) newPasskey(w http.ResponseWriter, r *web.Request) error {
	title, problem := r.T("Add a passkey"), ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		token, err := s.Flow.Identity().AddPasskey(r.Context(), r.Actor, flow.AddPasskey{Session: web.SessionToken(r), Ceremony: r.Field("ceremony"), Name: r.Field("name"), Answer: []byte(r.Field("answer"))})
		if err == nil {
			r.SignIn(w, token)
			return r.Redirect(w, "/account/security?told=passkey")
		}
		var ok bool
		if problem, ok = r.Say(err, fault.Invalid); !ok {
			return err
		}
	}
	var g page.Group
	if problem != "" {
		g = append(g, summary(r, []view.Problem{{Text: problem}}))
	}
	name := page.Input{Name: "name", Value: web.Device(r), Label: page.Label{Text: r.T("Name")}, Hint: page.Hint{Text: r.T("So that you recognise it later: the device it is on")}, Autocomplete: "off"}
	g = append(g, heading1("", title), passkeys(passkeyForm{kind: "create", ask: "/account/security/passkeys/ask", action: "/account/security/passkeys", fields: name,
		button: r.T("Set up the passkey"), problem: r.T("That did not work. Perhaps this device has a passkey of yours already. Load the page again to repeat")}),
		page.Details{SummaryText: r.T("I see no button here, or it does not work"), HTML: body(r.T("Passkeys need scripts, and a device or browser that knows them. You can set up an authenticator app instead."))})
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account/security", Passkeys: true})
}

// askNewPasskey is POST /account/security/passkeys/ask.
func (s *Site) askNewPasskey(w http.ResponseWriter, r *web.Request) error {
	asked, err := s.Flow.Identity().AskNewPasskey(r.Context(), r.Actor, web.SessionToken(r), r.Text(r.Place.File.Name))
	return sendAsked(w, r, asked, err)
}

// removePasskey is /account/security/passkeys/{passkey}/remove.
func (s *Site) removePasskey(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("passkey")
	if r.Method == http.MethodPost {
		err := s.Flow.Identity().RemovePasskey(r.Context(), r.Actor, id)
		if err == nil {
			return r.Redirect(w, "/account/security?told=removed")
		}
		said, ok := r.Say(err, fault.Invalid)
		if !ok {
			return err
		}
		return s.showSecurity(w, r, said)
	}
	p, err := s.View.Privacy().Security(r.Context(), reader(r))
	if err != nil {
		return err
	}
	for _, k := range p.Passkeys {
		if k.ID != id {
			continue
		}
		title := r.T("Remove this passkey?")
		return r.Render(w, web.Page{Title: title, Area: "account", Back: "/account/security", Content: column(heading1("", title),
			page.Paragraph{HTML: r.P.H("You could no longer sign in with {name}. Everywhere else you are signed out.", i18n.V{"name": strong(k.Name)})},
			postButton(r.URL.Path, r.NewKey(), nil, page.Button{Text: r.T("Remove it"), Classes: "govuk-button--warning", PreventDoubleClick: true}))})
	}
	return fault.NewNotFound("")
}

// newApp is POST /account/security/app/new.
func (s *Site) newApp(w http.ResponseWriter, r *web.Request) error {
	if err := s.Flow.Identity().NewApp(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.Redirect(w, "/account/security/app")
}

// app is /account/security/app: the secret as a code to scan and as text, and a first code of the app.
func (s *Site) app(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Set up an authenticator app")
	var f codeForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if f.code = r.Field("code"); f.code == "" {
			f.problem = r.T("Enter the code that the app shows")
		} else {
			codes, token, err := s.Flow.Identity().SetUpApp(r.Context(), r.Actor, flow.SetUpApp{Session: web.SessionToken(r), Code: f.code})
			if err == nil {
				r.SignIn(w, token)
				return showCodes(w, r, codes)
			}
			said, ok := r.Say(err, fault.Invalid)
			if !ok {
				return err
			}
			f.problem = said
		}
	}
	secret, account, err := s.Flow.Identity().AppSecret(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if secret == nil {
		return r.Redirect(w, "/account/security")
	}
	svg, err := document.QRSVG(totp.Address(r.Text(r.Place.File.Name), account, secret), r.T("Code to scan with your app"))
	if err != nil {
		return err
	}
	q := f.question(r, title, "", r.T("Set it up"))
	q.Lead = page.Group{body(r.T("Scan this code with the app, or type the letters below it. Then type the code that the app shows.")), scanCode(templ.Raw(string(svg))),
		page.Paragraph{HTML: page.ID(spaced(totp.Text(secret)))}}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Area: "account", Content: q, Back: "/account/security"})
}

// spaced parts letters in fours, for reading them off.
func spaced(s string) string {
	out := ""
	for i, c := range s {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(c)
	}
	return out
}

// showCodes shows recovery codes, this once.
func showCodes(w http.ResponseWriter, r *web.Request, codes []string) error {
	title := r.T("Your recovery codes")
	var list []page.Component
	for _, c := range codes {
		list = append(list, page.ID(c))
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(heading1("", title),
		body(r.T("Each of these works once in place of a code of your app, should you lose it. Print them or write them down, and keep them where nobody else looks.")),
		page.List{Items: list}, page.WarningText{Text: r.T("They are shown only now. We keep nothing from which they could be read.")},
		page.Paragraph{HTML: page.LinkTo{Text: r.T("I have kept them: go on"), URL: "/account/security"}})})
}

// recoveryCodes is POST /account/security/codes.
func (s *Site) recoveryCodes(w http.ResponseWriter, r *web.Request) error {
	codes, err := s.Flow.Identity().NewRecoveryCodes(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return showCodes(w, r, codes)
}

// removeApp is POST /account/security/app/remove.
func (s *Site) removeApp(w http.ResponseWriter, r *web.Request) error {
	err := s.Flow.Identity().RemoveApp(r.Context(), r.Actor)
	if err == nil {
		return r.Redirect(w, "/account/security?told=removed")
	}
	said, ok := r.Say(err, fault.Invalid)
	if !ok {
		return err
	}
	return s.showSecurity(w, r, said)
}

// unlinkScheme is POST /account/security/schemes/{scheme}/remove.
func (s *Site) unlinkScheme(w http.ResponseWriter, r *web.Request) error {
	if err := s.Flow.Identity().Schemes().UnlinkScheme(r.Context(), r.Actor, r.PathValue("scheme")); err != nil {
		return err
	}
	return r.Redirect(w, "/account/security?told=removed")
}
