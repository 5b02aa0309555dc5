package site

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// fromWallet offers to answer a question by showing a licence.
func (f form) fromWallet(x view.Field) page.Component {
	return formGroup(page.Group{
		page.Hint{Text: f.r.T("If you have your {kind} in a wallet, you can show it instead of typing.", i18n.V{"kind": x.Wallet.Kind})},
		page.Button{Name: "do", Value: "wallet:" + x.ID, Classes: "govuk-button--secondary", Text: f.r.T("Show it from your wallet")},
	})
}

// shown is a question that a wallet has answered.
func (f form) shown(x view.Field) page.Component {
	set := f.fieldset(x)
	set.HTML = page.Group{
		page.InsetText{HTML: page.Group{strong(x.Wallet.Shown), page.Hint{Text: x.Wallet.From}}, ID: x.ID},
		page.Button{Name: "do", Value: "type:" + x.ID, Classes: "govuk-button--secondary", Text: f.r.T("Type it instead")},
	}
	return formGroup(set)
}

// askForAnswer asks a wallet and leads to the page with the code.
func (s *Site) askForAnswer(w http.ResponseWriter, r *web.Request, in flow.AskForAnswer) error {
	shows, err := s.Flow.Credentials().AskForAnswer(r.Context(), r.Actor, in)
	if err != nil {
		return err
	}
	where := url.Values{"page": {in.Page}, "shows": {shows}}
	if in.Item != "" {
		where.Set("item", in.Item)
	}
	return r.Redirect(w, "/apply/"+in.Draft+"/wallet/"+in.Question+"?"+where.Encode())
}

// walletAnswer is /apply/{draft}/wallet/{question}: the code to scan, then what was shown, and the button that uses it.
func (s *Site) walletAnswer(w http.ResponseWriter, r *web.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	in := flow.TakeShown{AskForAnswer: flow.AskForAnswer{Draft: r.PathValue("draft"), Page: r.Query("page"), Item: r.Query("item"), Question: r.PathValue("question")}, Shows: r.Query("shows")}
	back := "/apply/" + in.Draft + "/" + in.Page
	if in.Item != "" {
		back += "/" + in.Item
	}
	said := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := s.Flow.Credentials().TakeShown(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, back)
		}
		var ok bool
		if said, ok = r.Say(err, fault.Conflict); !ok {
			return err
		}
	}
	p, err := s.View.Credentials().ForAnswer(r.Context(), reader(r), in.Draft, view.Ask{Page: in.Page, Item: in.Item}, in.Question, in.Shows)
	if err != nil {
		return err
	}
	title := r.T("Show it from your wallet")
	g := page.Group{heading1(p.Question, title)}
	if said != "" {
		g = append(g, page.WarningText{Text: said})
	}
	switch {
	case p.Answer != nil:
		g = append(g, credentialSays(r, *p.Answer))
		if p.Answer.State == "valid" {
			g = append(g, page.Form{Action: r.URL.RequestURI(), Key: r.NewKey(), HTML: page.Button{Text: r.T("Use this as my answer"), PreventDoubleClick: true}})
		}
	case !p.Open:
		g = append(g, page.StatusPanel{Label: title, Status: r.T("Nobody has answered in time"), Tone: page.Caution})
	default:
		svg, err := document.QRSVG(p.Link, r.T("Code to scan with the wallet"))
		if err != nil {
			return err
		}
		if why := refusedWords(r, p.Refused); why != "" {
			g = append(g, page.WarningText{Text: why})
		}
		g = append(g, page.Paragraph{HTML: r.P.H("Scan this code with the wallet that holds your {kind}. If the wallet is on this device, open it from here.", i18n.V{"kind": strong(p.Kind)})},
			walletCode(templ.Raw(string(svg)), p.Link, r.T("Open my wallet")),
			page.Paragraph{HTML: r.P.H("It can be answered once, until {time}.", i18n.V{"time": timeOf(p.Until)})},
			page.ButtonGroup{page.Button{Text: r.T("I have shown it"), Href: r.URL.RequestURI()}})
	}
	g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Type the answer instead"), URL: back}})
	return r.Render(w, web.Page{Title: title, Content: column(g...), ServiceName: p.Service.Title, ServiceURL: "/apply/" + in.Draft, Back: back, NoIndex: true, Asks: true})
}
