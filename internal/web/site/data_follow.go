package site

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// followForm is where a program is called.
type followForm struct{ url, problem string }

// followData is /data/follow and /data/{dataset}/follow: how to be told of new versions.
func (s *Site) followData(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Follow(r.Context(), reader(r), r.PathValue("dataset"))
	if err != nil {
		return err
	}
	var f followForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.Subscribe{Dataset: p.ID, Key: r.Key()}
		if r.Field("by") == "webhook" {
			if f.url = r.Field("url"); f.url == "" {
				f.problem = r.T("Enter the address of your program")
			}
			in.URL = f.url
		}
		if f.problem == "" {
			_, secret, err := s.Flow.Data().Subscribe(r.Context(), r.Actor, in)
			if err == nil && secret != "" {
				return showSecret(w, r, p, f.url, secret)
			}
			if err == nil {
				return r.Redirect(w, followPath(p)+"?told=follows")
			}
			said, ours := r.Say(err, fault.Invalid)
			if !ours {
				return err
			}
			f.problem = said
		}
	}
	return s.showFollow(w, r, p, f)
}

func followPath(p view.FollowPage) string {
	if p.ID == "" {
		return "/data/follow"
	}
	return "/data/" + p.ID + "/follow"
}

func (s *Site) showFollow(w http.ResponseWriter, r *web.Request, p view.FollowPage, f followForm) error {
	title, feed, crumbs := r.T("Be told of changes"), "/data/feed.atom", dataCrumbs(r)
	what := r.T("all open data")
	if p.ID != "" {
		feed, crumbs, what = "/data/"+p.ID+"/feed.atom", setCrumbs(r, p.DatasetLine), p.Title
	}
	g := page.Group{summary(r, followProblems(f)), banner(r, map[string]string{"follows": r.T("Done. You get an e-mail when there is a new version.")}), heading1(what, title)}
	g = append(g, h2(r.T("By e-mail")))
	switch {
	case !p.SignedIn:
		g = append(g, body(r.T("We send a code to your address, so that nobody can sign up others. You do not need a password.")),
			page.Button{Text: r.T("Go on with your e-mail address"), Href: "/sign-in" + toQuery(followPath(p))})
	case p.ByMail:
		g = append(g, page.Paragraph{HTML: r.P.H("You get an e-mail to {address} when there is a new version. {change}.",
			i18n.V{"address": page.ID(p.Email), "change": link(r.T("Change that"), "/account/data")})})
	default:
		g = append(g, page.Paragraph{HTML: r.P.H("We write to {address} when there is a new version. Every message has a link that ends it.", i18n.V{"address": page.ID(p.Email)})},
			postButton(followPath(p), r.NewKey(), []page.Hidden{{Name: "by", Value: "mail"}}, page.Button{Text: r.T("Send me e-mails")}))
	}
	g = append(g, h2(r.T("In a feed reader")), body(r.T("Give your feed reader this address (Atom). Nobody has to know you.")), code(r.URLOf(feed)))
	if s.Flow.Hooks != nil {
		g = append(g, h2(r.T("By a call to your program")), s.hookForm(r, p, f))
	}
	return r.Render(w, web.Page{Title: title + ": " + what, Failed: f.problem != "", Area: "data", Content: column(g...), Crumbs: crumbs, NoIndex: true})
}

func followProblems(f followForm) []view.Problem {
	if f.problem == "" {
		return nil
	}
	return []view.Problem{{Anchor: "url", Text: f.problem}}
}

// hookForm asks for the address of a webhook.
func (s *Site) hookForm(r *web.Request, p view.FollowPage, f followForm) page.Component {
	says := body(r.T("For programmers: we send a signed message to your address when there is a new version (webhook)."))
	if !p.SignedIn {
		return page.Group{says, page.Paragraph{HTML: link(r.T("Sign in first"), "/sign-in"+toQuery(followPath(p)))}}
	}
	return page.Group{says, page.Form{Action: followPath(p), Key: r.NewKey(), HTML: page.Group{
		page.Hidden{Name: "by", Value: "webhook"},
		page.Input{Name: "url", Type: "url", Value: f.url, Label: page.Label{Text: r.T("Address of your program")}, ErrorMessage: page.ErrorMessage{Text: f.problem},
			Hint: page.Hint{Text: r.T("It begins with https:// and can be reached from the internet.")}, Spellcheck: "false", Autocapitalize: "none"},
		page.Button{Text: r.T("Call this address"), Classes: "govuk-button--secondary"},
	}}}
}

// showSecret tells the secret of a new webhook, once.
func showSecret(w http.ResponseWriter, r *web.Request, p view.FollowPage, address, secret string) error {
	title := r.T("Your address will be called")
	w.Header().Set("Cache-Control", "no-store")
	return r.Render(w, web.Page{Title: title, Area: "data", NoIndex: true, Content: column(
		page.Panel{TitleText: title},
		page.Paragraph{HTML: page.ID(address)},
		h2(r.T("Keep this secret")), body(r.T("With it your program knows that a message is from us. It is shown only now.")),
		code(secret),
		h2(r.T("How to check a message")),
		body(r.T("Each message has the header Stoa-Signature with a time t and a signature v1. The signature is the HMAC-SHA256 of the time, a full stop and the body, under the secret, in hexadecimal. Refuse messages whose time is more than five minutes away.")),
		code(`import hashlib, hmac`, `def genuine(secret, header, body):`, `    part = dict(p.split("=", 1) for p in header.split(","))`,
			`    want = hmac.new(secret.encode(), part["t"].encode() + b"." + body, hashlib.sha256).hexdigest()`, `    return hmac.compare_digest(want, part["v1"])`),
		body(r.T("If your program does not answer with a status of 200 to 299, we try again for about a day. Answer 410 to a message that you never want again.")),
		page.Paragraph{HTML: link(r.T("Back to the data"), backToData(p))},
	)})
}

func backToData(p view.FollowPage) string {
	if p.ID == "" {
		return "/data"
	}
	return "/data/" + p.ID
}

// unsubscribe is /unsubscribe/{subscription}/{pass}, from a message: the button, and what mail programs press for the reader
// (RFC 8058). Opening it changes nothing, for programs on the way open links too.
func (s *Site) unsubscribe(w http.ResponseWriter, r *web.Request) error {
	title := r.T("No more e-mails about this data")
	if r.Method == http.MethodPost {
		in := flow.Unsubscribe{Subscription: r.PathValue("subscription"), Pass: r.PathValue("pass")}
		if err := s.Flow.Data().Unsubscribe(r.Context(), r.Actor, in); err != nil {
			return err
		}
		title = r.T("You get no more e-mails about this data")
		return r.Render(w, web.Page{Title: title, Area: "data", NoIndex: true, Content: column(
			page.Panel{TitleText: title}, page.Paragraph{HTML: link(r.T("Open data"), "/data")})})
	}
	return r.Render(w, web.Page{Title: title, Area: "data", NoIndex: true, Content: column(
		heading1("", title), body(r.T("Press the button, and we do not write to you about it any more.")),
		postButton(r.URL.Path, r.NewKey(), nil, page.Button{Text: r.T("End the e-mails")}))})
}

// followed is /account/data: what the reader is told of.
func (s *Site) followed(w http.ResponseWriter, r *web.Request) error {
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if err := s.Flow.Data().Unsubscribe(r.Context(), r.Actor, flow.Unsubscribe{Subscription: r.Field("subscription")}); err != nil {
			return err
		}
		return r.Redirect(w, "/account/data?told=ended")
	}
	list, err := s.View.Data().Followed(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Data that you follow")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Data")}, {Text: r.T("How")}, {Text: r.T("Since")}, {Text: r.T("End it"), Hidden: true}},
		Empty:   page.EmptyState{Heading: r.T("You follow nothing yet"), Text: r.T("On the page of each dataset you can ask to be told of changes."), Link: page.Link{Text: r.T("Open data"), URL: "/data"}}}
	for _, l := range list {
		what, how := page.Component(link(r.T("All open data"), "/data")), page.Component(page.Text(r.T("E-mail")))
		if l.Dataset != "" {
			what = link(l.Title, "/data/"+l.Dataset)
		}
		if l.URL != "" {
			how = page.Group{page.ID(l.URL), small(hookState(r, l))}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: what}, {HTML: how}, {HTML: timeOf(l.Since)},
			{HTML: postButton("/account/data", r.NewKey(), []page.Hidden{{Name: "subscription", Value: l.ID}},
				page.Button{Text: r.T("End"), Classes: "govuk-button--secondary govuk-!-margin-bottom-0", Attributes: page.Attributes{"aria-label": r.T("End") + " " + l.Title}})}}})
	}
	g := page.Group{banner(r, map[string]string{"ended": r.T("Ended. You are not told of it any more.")}), heading1("", title), t}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

// hookState is how calling a webhook went last.
func hookState(r *web.Request, l view.SubscriptionLine) string {
	switch {
	case l.Stopped:
		return r.T("Not called any more: it failed too often. The last time: {problem}", i18n.V{"problem": hookProblem(r, l.Problem)})
	case l.Problem != "":
		return r.T("The last call failed: {problem}", i18n.V{"problem": hookProblem(r, l.Problem)})
	}
	return ""
}

// hookProblem says a code of package hook.
func hookProblem(r *web.Request, code string) string {
	switch code {
	case "not_found":
		return r.T("there is no such address")
	case "timed_out":
		return r.T("it did not answer in time")
	case "untrusted":
		return r.T("its certificate is not trusted")
	case "unreachable":
		return r.T("it could not be reached")
	case "inside":
		return r.T("it is no address of the internet")
	}
	return r.T("it answered {status}", i18n.V{"status": code})
}
