package site

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// walletRoutes are the pages on which people and wallets meet.
func (s *Site) walletRoutes() []web.Route {
	return []web.Route{
		{Method: "POST", Pattern: "/account/licences/{licence}/wallet", Area: web.Account, Action: policy.CredentialOwn, Handle: s.offerWallet},
		{Method: "GET", Pattern: "/account/licences/{licence}/wallet/{offer}", Area: web.Account, Action: policy.CredentialOwn, Handle: s.walletOffer},
		{Method: "GET", Pattern: "/credentials/authorize", Area: web.Account, Action: policy.CredentialOwn, Handle: s.authorizeWallet},
		{Method: "POST", Pattern: "/credentials/authorize", Area: web.Account, Action: policy.CredentialOwn, Handle: s.authorizeWallet},
		{Method: "POST", Pattern: "/verify/wallet", Area: web.Public, Action: policy.CredentialAsk, Handle: s.askWallet},
		{Method: "GET", Pattern: "/verify/wallet/{question}", Area: web.Public, Action: policy.CredentialAsk, Handle: s.askedWallet, Current: true},
	}
}

// onLicence offers a licence to its holder's wallet, on its page.
func (s *Site) onLicence(r *web.Request, base, licence string) (page.Component, error) {
	line, err := s.View.Credentials().OnLicence(r.Context(), reader(r), licence)
	if err != nil || line == nil {
		return nil, err
	}
	g := page.Group{h2(r.T("In your wallet"))}
	if line.Count > 0 {
		g = append(g, body(r.P.N("There is {n} copy of it in wallets. It follows the licence: if the licence is suspended or revoked, so is the copy.",
			"There are {n} copies of it in wallets. They follow the licence: if the licence is suspended or revoked, so are the copies.", line.Count, i18n.V{"n": line.Count})))
	}
	if !line.Offered {
		return append(g, body(r.T("Only a licence that is in force can be added to a wallet"))), nil
	}
	return append(g, body(r.T("Keep it on your phone, and show it to anybody who asks. You choose what they see of it.")),
		postButton(base+"/wallet", r.NewKey(), nil, page.Button{Text: r.T("Add to your wallet"), Classes: "govuk-button--secondary", PreventDoubleClick: true})), nil
}

// offerWallet makes an offer.
func (s *Site) offerWallet(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	licence := r.PathValue("licence")
	id, err := s.Flow.Credentials().Offer(r.Context(), r.Actor, flow.OfferCredential{Licence: licence, Key: r.Key()})
	if err != nil {
		return err
	}
	return r.Redirect(w, "/account/licences/"+licence+"/wallet/"+id)
}

// walletOffer is /account/licences/{licence}/wallet/{offer}: the code and the digits.
func (s *Site) walletOffer(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Credentials().Offer(r.Context(), reader(r), r.PathValue("licence"), r.PathValue("offer"))
	if err != nil {
		return err
	}
	base := "/account/licences/" + p.Licence
	back := base
	if p.OfRegister {
		back = "/account/records"
	}
	title := r.T("Add to your wallet")
	g := page.Group{heading1(p.Kind+" "+p.Number, title)}
	switch {
	case p.Used:
		g = append(g, page.StatusPanel{Label: title, Status: r.T("A wallet has taken it"), Tone: page.Good,
			Text: r.T("If that was not you, tell us at once: we can make the copy invalid.")})
	case !p.Open:
		g = append(g, page.StatusPanel{Label: title, Status: r.T("This code is too old"), Tone: page.Caution,
			Text: r.T("A code is good for ten minutes and for one wallet. You can have a new one.")},
			postButton(base+"/wallet", r.NewKey(), nil, page.Button{Text: r.T("New code"), PreventDoubleClick: true}))
	default:
		svg, err := document.QRSVG(p.Link, r.T("Code to scan with your wallet"))
		if err != nil {
			return err
		}
		g = append(g, body(r.T("Scan this code with the wallet on your phone. If the wallet is on this device, open it from here.")),
			walletCode(templ.Raw(string(svg)), p.Link, r.T("Open my wallet")), walletDigits(r, p.Digits),
			page.Paragraph{HTML: r.P.H("The code can be used once, until {time}.", i18n.V{"time": timeOf(p.Until)})},
			page.WarningText{Text: r.T("Do not show the code or the digits to anybody. Whoever has both can put your licence into their own wallet.")},
			page.Paragraph{HTML: page.LinkTo{Text: r.T("I have done it: look again"), URL: r.URL.Path}},
			page.Details{SummaryText: r.T("I have no wallet"), HTML: body(r.T("Wallets that follow OpenID for Verifiable Credentials 1.0 take it. You can also go on with the certificate on paper: it is worth the same."))})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: back, NoIndex: true})
}

// authorizeWallet is /credentials/authorize, to which a wallet sends its holder: may it have this licence?
func (s *Site) authorizeWallet(w http.ResponseWriter, r *web.Request) error {
	given := r.URL.Query()
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		var err error
		if given, err = url.ParseQuery(r.Field("request")); err != nil {
			return fault.Wrap(err, fault.Invalid, "")
		}
	}
	in := flow.ReadAuthorization(given)
	asked, err := s.Flow.Credentials().Authorization(r.Context(), r.Actor, in)
	if err != nil {
		return web.WalletRefused(r, err)
	}
	form := authorizeForm{asked: asked, request: given.Encode(), licence: r.Field("licence")}
	if r.Method == http.MethodPost {
		licence := form.licence
		if r.Field("do") == "no" {
			licence = ""
		} else if licence == "" {
			form.problem = r.T("Choose the licence, or say no")
		}
		if form.problem == "" {
			to, err := s.Flow.Credentials().Allow(r.Context(), r.Actor, flow.AllowWallet{Asked: in, Licence: licence})
			if err != nil {
				return web.WalletRefused(r, err)
			}
			return r.ToWallet(w, to)
		}
	}
	return s.showAuthorize(w, r, form)
}

// authorizeForm is the page's form.
type authorizeForm struct {
	asked                     flow.Asked
	request, licence, problem string
}

func (s *Site) showAuthorize(w http.ResponseWriter, r *web.Request, f authorizeForm) error {
	p, err := s.View.Credentials().Authorize(r.Context(), reader(r), f.asked.Service)
	if err != nil {
		return err
	}
	title := r.T("Let a wallet have your licence?")
	to := returnName(f.asked.Redirect)
	g := page.Group{heading1("", title)}
	if f.problem != "" {
		g = append(page.Group{summary(r, []view.Problem{{Anchor: "licence", Text: f.problem}})}, g...)
	}
	g = append(g, page.Paragraph{HTML: r.P.H("A wallet asks for your {kind}. You will go on at {place}.", i18n.V{"kind": strong(p.Kind), "place": strong(to)})},
		page.WarningText{Text: r.T("Say yes only if you have just asked for this in your own wallet.")})
	var items []page.Choice
	for _, l := range p.Licences {
		items = append(items, page.Choice{Value: l.ID, Text: l.Number, Hint: page.Hint{Text: l.Label}})
	}
	chosen := f.licence
	if chosen == "" && len(items) == 1 {
		chosen = items[0].Value
	}
	buttons := page.ButtonGroup{}
	var choice page.Component
	if len(items) == 0 {
		g = append(g, page.InsetText{Text: r.T("You have no such licence that is in force.")})
	} else {
		choice = page.Radios{Name: "licence", Value: chosen, Items: items, ErrorMessage: page.ErrorMessage{Text: f.problem},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Which one?"), Classes: "govuk-fieldset__legend--m"}}}
		buttons = append(buttons, page.Button{Text: r.T("Yes, let it have this licence"), Name: "do", Value: "yes", PreventDoubleClick: true})
	}
	buttons = append(buttons, page.Button{Text: r.T("No"), Name: "do", Value: "no", Classes: "govuk-button--secondary"})
	g = append(g, page.Form{Action: "/credentials/authorize", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "request", Value: f.request}, choice, buttons}})
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Area: "account", Content: column(g...), NoIndex: true, FormTo: f.asked.Redirect})
}

// returnName is where the holder goes on, in words: a site's name, or the beginning of an address that opens a program.
func returnName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return u.Host
	}
	return u.Scheme + ":"
}

// askWallet asks a wallet for a licence.
func (s *Site) askWallet(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	shows, err := s.Flow.Credentials().Ask(r.Context(), r.Actor, r.Field("kind"))
	if err != nil {
		return err
	}
	return r.Redirect(w, "/verify/wallet/"+shows)
}

// askedWallet is /verify/wallet/{question}: the code that asks, and the answer.
func (s *Site) askedWallet(w http.ResponseWriter, r *web.Request) error {
	w.Header().Set("Cache-Control", "no-store") // it shows what somebody else has shown
	p, err := s.View.Credentials().Question(r.Context(), reader(r), r.PathValue("question"))
	if err != nil {
		return err
	}
	title := r.T("Ask a wallet")
	g := page.Group{heading1("", title)}
	again := page.Paragraph{HTML: page.LinkTo{Text: r.T("Ask again"), URL: "/verify#wallet"}}
	switch {
	case p.Answer != nil:
		g = append(g, credentialSays(r, *p.Answer), again)
	case !p.Open:
		g = append(g, page.StatusPanel{Label: title, Status: r.T("Nobody has answered in time"), Tone: page.Caution}, again)
	default:
		svg, err := document.QRSVG(p.Link, r.T("Code to scan with the wallet"))
		if err != nil {
			return err
		}
		if why := refusedWords(r, p.Refused); why != "" {
			g = append(g, page.WarningText{Text: why})
		}
		g = append(g, page.Paragraph{HTML: r.P.H("Let the holder of a {kind} scan this code with their wallet.", i18n.V{"kind": strong(p.Kind)})},
			walletCode(templ.Raw(string(svg)), p.Link, r.T("Open my wallet")),
			page.Paragraph{HTML: r.P.H("It can be answered once, until {time}.", i18n.V{"time": timeOf(p.Until)})},
			page.ButtonGroup{page.Button{Text: r.T("See the answer"), Href: r.URL.Path}})
	}
	return r.Render(w, web.Page{Title: title, Area: "registers", Content: column(g...), Back: "/verify", NoIndex: true})
}

func refusedWords(r *web.Request, state string) string {
	switch state {
	case "forged":
		return r.T("Somebody has answered with something that is forged, or not from us. The question is still open.")
	case "unbound":
		return r.T("Somebody has answered with a licence that they could not prove to be theirs. The question is still open.")
	case "declined":
		return r.T("The wallet has answered that it does not show it. The question is still open.")
	}
	return ""
}

// credentialSays is what was found out about a credential.
func credentialSays(r *web.Request, p view.CheckedCredential) page.Component {
	words := map[string]string{
		"valid":     r.T("Genuine, and in force now"),
		"suspended": r.T("Genuine, but suspended: it may not be used today"),
		"revoked":   r.T("Genuine once, but not valid any more: it was revoked, or replaced by a newer one"),
		"expired":   r.T("Genuine, but its time is over: it may not be used"),
		"future":    r.T("Genuine, but not in force yet"),
		"forged":    r.T("Forged, or not from us"),
		"unbound":   r.T("Not shown by its holder"),
	}
	tones := map[string]page.Tone{"valid": page.Good, "suspended": page.Caution, "future": page.Caution, "revoked": page.Bad, "expired": page.Bad, "forged": page.Bad, "unbound": page.Bad}
	label := p.Kind
	if label == "" {
		label = r.T("Licence from a wallet")
	}
	panel := page.StatusPanel{Label: label, Status: words[p.State], Tone: tones[p.State], Heading: 2}
	switch {
	case p.State == "forged":
		panel.Text = r.T("Something in it was changed, or it was not signed by us. Do not rely on it.")
	case p.State == "unbound":
		panel.Text = r.T("It was shown by somebody who could not prove that it is theirs. Do not rely on it.")
	case p.Bound:
		panel.Text = r.T("Shown by its holder, just now.")
	default:
		panel.Text = r.T("This does not show who holds it: anybody may have a copy of what you have checked. To be sure, ask the holder's wallet.")
	}
	g := page.Group{panel}
	if len(p.Facts) > 0 {
		list := page.SummaryList{}
		for _, f := range p.Facts {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: f.Label}, Value: page.Cell{HTML: page.ID(f.Value)}})
		}
		if p.Issuer != "" {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Issued by")}, Value: page.Cell{Text: p.Issuer}})
		}
		g = append(g, list)
	}
	return g
}

// walletForm is the part of /verify that asks a wallet.
func (s *Site) walletForm(r *web.Request) page.Component {
	kinds := s.View.Credentials().Askable(reader(r))
	if len(kinds) == 0 {
		return nil
	}
	var items []page.Option
	for _, k := range kinds {
		items = append(items, page.Option{Value: k.ID, Text: k.Title})
	}
	return page.Group{
		page.Heading{Text: r.T("Ask somebody's wallet"), ID: "wallet"},
		body(r.T("Somebody says that they hold a licence, and has it in the wallet on their phone. You show them a code, they agree, and you see whether it is theirs and in force.")),
		page.Form{Action: "/verify/wallet", Key: r.NewKey(), HTML: page.Group{
			page.Select{Name: "kind", ID: "kind", Items: items, Label: page.Label{Text: r.T("What they should show")}},
			page.Button{Text: r.T("Make a code"), Classes: "govuk-button--secondary"},
		}},
	}
}
