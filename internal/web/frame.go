package web

import (
	"net/http"
	"net/url"
	"sync"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/web/page"
)

// frames keeps what is the same around every page of a language.
type frames struct{ byLanguage sync.Map }

func (f *frames) words(p *i18n.Printer) *page.Words {
	if w, ok := f.byLanguage.Load(p.Tag()); ok {
		return w.(*page.Words)
	}
	w := page.WordsOf(p)
	f.byLanguage.Store(p.Tag(), &w)
	return &w
}

// shell is everything around a page's content.
func (s *Server) shell(r *Request, c Page) page.Shell {
	p := r.P
	shell := page.Shell{
		Lang: p.Tag(), Dir: p.Dir(), Words: s.frames.words(p), Title: c.Title, Failed: c.Failed,
		ServiceName: c.ServiceName, ServiceURL: c.ServiceURL, BackLink: c.Back, Breadcrumbs: c.Crumbs, Hero: c.Hero,
		Wide: c.Wide, Paper: c.Paper, Asks: c.Asks, Verifies: c.Verifies, Talks: c.Talks, Shielded: c.Shielded, Passkeys: c.Passkeys, Charts: c.Charts, NoIndex: c.NoIndex || r.Route.Area != Public, Assets: s.Assets, ThemeURL: s.themeURL(r),
		Languages: s.languages(r), Nav: c.Nav, Footer: s.footer(r, c.Asks),
	}
	if r.Place != nil {
		shell.JurisdictionName = r.Text(r.Place.File.Name)
	}
	if c.Nav == nil && r.Route.Area != Apply { // an application has no ways out but its own
		shell.Nav = publicNav(r, c.Area)
	}
	switch {
	case r.Actor.Person != "":
		shell.User = page.User{Name: r.Actor.Name, AccountURL: "/account", SignOutURL: "/sign-out"}
	case r.Route.Area == Public:
		shell.User = page.User{SignInURL: "/sign-in"}
	}
	if r.Actor.Acting() {
		shell.Acting = actingNow(r)
	}
	if s.Config.Demo {
		shell.Notice = page.Notice{Tag: p.T("Demonstration"), Text: p.T("Everything here is made up."), LinkText: p.T("People and mailbox"), URL: "/demo"}
	}
	return shell
}

// actingNow says for whom the reader acts, and leads back to themselves.
func actingNow(r *Request) page.Acting {
	p, to := r.P, r.Actor.For
	a := page.Acting{BackURL: "/account/acting/stop", Button: p.T("Go back to acting for myself"), Key: r.NewKey(), Over: to.Person == ""}
	switch {
	case a.Over:
		a.Text = p.T("You can no longer act for {name}. It has ended.", i18n.V{"name": to.Name})
	case to.Kind == policy.Assisted:
		a.Text, a.Button = p.T("You are helping {name} with a form.", i18n.V{"name": to.Name}), p.T("Finish helping")
	default:
		a.Text = p.T("You are acting for {name}.", i18n.V{"name": to.Name})
	}
	return a
}

func publicNav(r *Request, area string) []page.NavItem {
	p := r.P
	nav := []page.NavItem{
		{Text: p.T("Services"), Href: "/services", Active: area == "services"},
		{Text: p.T("Ask"), Href: "/ask", Active: area == "ask"},
		{Text: p.T("Registers"), Href: "/registers", Active: area == "registers"},
		{Text: p.T("Public notices"), Href: "/notices", Active: area == "notices"},
	}
	if r.Place != nil && len(r.Place.Datasets) > 0 {
		nav = append(nav, page.NavItem{Text: p.T("Open data"), Href: "/data", Active: area == "data"})
	}
	if r.Place != nil && len(r.Place.Budgets) > 0 {
		nav = append(nav, page.NavItem{Text: p.T("Where the money goes"), Href: "/money", Active: area == "money"})
	}
	nav = append(nav, page.NavItem{Text: p.T("Your account"), Href: "/account", Active: area == "account"})
	if r.Actor.Staff() {
		nav = append(nav, page.NavItem{Text: p.T("Desk"), Href: "/desk"})
	}
	return nav
}

// footer leads to what is on no page else. Who answers questions is not led away from them, and pays for no link.
func (s *Server) footer(r *Request, asks bool) page.Footer {
	p := r.P
	f := page.Footer{Links: []page.Link{
		{Text: p.T("Accessibility"), URL: "/accessibility"}, {Text: p.T("Privacy"), URL: "/privacy"}, {Text: p.T("Cookies"), URL: "/cookies"},
		{Text: p.T("Contact"), URL: "/contact"},
	}}
	if r.Place != nil {
		f.Text = p.T("Run by {name}", i18n.V{"name": r.Text(r.Place.File.Name)})
	}
	if asks {
		return f
	}
	open := page.LinkGroup{Title: p.T("Open government"), Links: []page.Link{{Text: p.T("Public log"), URL: "/log"}}}
	if r.Place != nil && len(r.Place.Datasets) > 0 {
		open.Links = append(open.Links, page.Link{Text: p.T("Open data"), URL: "/data"})
	}
	if r.Place != nil && len(r.Place.Budgets) > 0 {
		open.Links = append(open.Links, page.Link{Text: p.T("Where the money goes"), URL: "/money"})
	}
	open.Links = append(open.Links, page.Link{Text: p.T("How it is going"), URL: "/insight"}, page.Link{Text: p.T("Register of decisions"), URL: "/decisions"}, page.Link{Text: p.T("Register of algorithms"), URL: "/algorithms"},
		page.Link{Text: p.T("What we have promised"), URL: "/commitments"})
	f.Groups = append(f.Groups, open)
	return f
}

// languages offers this page in each language of the jurisdiction. An answer to a post has no address of
// its own: the language then leads to the page that the form stands on.
func (s *Server) languages(r *Request) []page.Language {
	if r.Place == nil {
		return nil
	}
	names := map[string]i18n.Language{}
	for _, l := range s.Words.Languages() {
		names[l.Tag] = l
	}
	var all []page.Language
	for _, tag := range r.Place.File.Languages {
		l, ok := names[tag]
		if !ok {
			continue
		}
		q := url.Values{}
		if r.Method == http.MethodGet {
			q = r.URL.Query()
		}
		q.Set("lang", tag)
		to := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
		all = append(all, page.Language{Code: tag, Name: l.Name, Dir: l.Dir, Current: tag == r.P.Tag(), URL: LocalPath(to.String(), "/")})
	}
	return all
}

// LanguageName is a language in its own words.
func LanguageName(r *Request, tag string) string {
	for _, l := range r.server.Words.Languages() {
		if l.Tag == tag {
			return l.Name
		}
	}
	return tag
}
