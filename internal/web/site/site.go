// Package site is the public's and the citizen's pages. One page, one file, named after its address:
// what it shows (from package view), the handler, reading the form, and what is wrong with it.
//
// Handlers choose and templates print; nothing is decided here that package flow or policy decides.
package site

import (
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// Site is the pages with what they need.
type Site struct {
	Flow *flow.Flow
	View *view.View
}

// Routes is the table of the public's and the citizen's addresses.
func Routes(s *Site) []web.Route {
	return slices.Concat(s.publicRoutes(), s.signInRoutes(), s.securityRoutes(), s.applyRoutes(), s.accountRoutes(), s.taxRoutes(), s.spendingRoutes(), s.dataRoutes(), s.chartRoutes(), s.catalogueRoutes(), s.openRoutes(), s.studyRoutes(), s.askRoutes(), s.disclosureRoutes(), s.walletRoutes(), s.copyRoutes(), s.privacyRoutes(), s.actingRoutes(), s.insightRoutes(), s.appointmentRoutes(), s.programmeRoutes())
}

func (s *Site) publicRoutes() []web.Route {
	public := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.Public, Action: do, Handle: h}
	}
	codes := func(r web.Route) web.Route { r.Codes = true; return r }
	current := func(r web.Route) web.Route { r.Current = true; return r }
	return []web.Route{
		public("GET", "/{$}", policy.ServiceRead, s.home),
		public("GET", "/services", policy.ServiceRead, s.services),
		public("GET", "/services/{service}", policy.ServiceRead, s.service),
		public("GET", "/services/{service}/check", policy.ServiceRead, s.eligibility),
		public("POST", "/services/{service}/check", policy.DraftStart, s.eligibility),
		public("GET", "/topics/{topic}", policy.ServiceRead, s.topic),
		public("GET", "/life-events/{topic}", policy.ServiceRead, s.lifeEvent),
		public("GET", "/registers", policy.LicenceRead, s.registers),
		public("GET", "/registers/{register}", policy.LicenceRead, s.register),
		public("GET", "/registers/{register}/changes", policy.LicenceRead, s.registerChanges),
		public("GET", "/registers/{register}/{number}", policy.LicenceRead, s.record),
		public("GET", "/verify", policy.LicenceRead, s.check),
		{Method: "POST", Pattern: "/verify", Area: web.Public, Action: policy.LicenceRead, Handle: s.checkGiven, Body: web.FileMost + 1<<20},
		current(public("GET", "/verify/{record}", policy.LicenceRead, s.verify)), // what was revoked must not be shown as good
		public("GET", "/log", policy.LogRead, s.log),
		public("GET", "/log/leaves", policy.LogRead, s.leaves),
		public("GET", "/log/leaves/{leaf}", policy.LogRead, s.leaf),
		public("GET", "/log/leaves/{leaf}/proof", policy.LogRead, s.leafProof),
		{Method: "GET", Pattern: "/log/keys.txt", Area: web.System, Action: policy.LogRead, Handle: s.logKeys},
		{Method: "GET", Pattern: "/log/{path...}", Area: web.System, Action: policy.LogRead, Handle: s.logFile, Current: true}, // whoever watches the log must never see it shrink
		public("GET", "/notices", policy.NoticeRead, s.notices),
		public("GET", "/notices/{case}", policy.NoticeRead, s.notice),
		public("GET", "/notices/{case}/comment", policy.NoticeReply, s.comment),
		shielded(public("POST", "/notices/{case}/comment", policy.NoticeReply, s.comment)),
		public("GET", "/notices/{case}/thanks", policy.NoticeRead, s.thanks),
		public("GET", "/resume", policy.ServiceRead, s.resumeHelp),
		public("GET", "/resume/{code}", policy.ServiceRead, s.resume),
		codes(public("POST", "/resume/{code}", policy.ServiceRead, s.resume)),
		public("GET", "/accessibility", policy.ServiceRead, s.accessibility),
		public("GET", "/privacy", policy.ServiceRead, s.privacy),
		public("GET", "/privacy/record.json", policy.ServiceRead, s.processing),
		public("GET", "/privacy/impact", policy.ServiceRead, s.impact),
		public("GET", "/privacy/impact.json", policy.ServiceRead, s.impactFile),
		public("GET", "/cookies", policy.ServiceRead, s.cookies),
		public("GET", "/contact", policy.ServiceRead, s.contact),
		{Method: "POST", Pattern: "/pay/callback/{provider}", Area: web.System, Action: policy.PaymentReport, Handle: s.hearProvider},
		public("GET", "/demo", policy.DemoUse, s.demo),
		public("POST", "/demo/sign-in", policy.DemoUse, s.demoSignIn),
		public("POST", "/demo/time", policy.DemoUse, s.demoTime),
		public("GET", "/demo/mailbox", policy.DemoUse, s.mailbox),
		public("GET", "/demo/mailbox/{mail}", policy.DemoUse, s.mail),
		public("GET", "/demo/mailbox/{mail}/files/{n}", policy.DemoUse, s.mailFile),
	}
}

// shielded marks a form that anybody can send without signing in.
func shielded(r web.Route) web.Route { r.Shield = true; return r }

func (s *Site) applyRoutes() []web.Route {
	apply := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.Apply, Action: do, Handle: h}
	}
	page := apply("POST", "/apply/{draft}/{page}", policy.DraftUse, s.question)
	item := apply("POST", "/apply/{draft}/{page}/{item}", policy.DraftUse, s.question)
	page.Body, item.Body = web.UploadMost, web.UploadMost
	return []web.Route{
		shielded(apply("POST", "/apply/{service}/start", policy.DraftStart, s.start)),
		apply("GET", "/apply/{draft}", policy.DraftUse, s.tasks),
		apply("GET", "/apply/{draft}/check", policy.DraftUse, s.answers),
		apply("POST", "/apply/{draft}/known", policy.DraftUse, s.useKnown),
		apply("GET", "/apply/{draft}/wallet/{question}", policy.DraftUse, s.walletAnswer),
		apply("POST", "/apply/{draft}/wallet/{question}", policy.DraftUse, s.walletAnswer),
		shielded(apply("POST", "/apply/{draft}/submit", policy.DraftSubmit, s.submit)),
		apply("GET", "/apply/{draft}/submit", policy.DraftUse, s.toAnswers),
		apply("GET", "/apply/{draft}/done", policy.DraftUse, s.done),
		apply("POST", "/apply/{draft}/went", policy.DraftUse, s.went),
		apply("GET", "/apply/{draft}/went", policy.DraftUse, s.done), // a reload of the address that the form was sent to
		apply("POST", "/apply/{draft}/pay", policy.BillOwn, s.payDraft),
		apply("GET", "/apply/{draft}/pay", policy.DraftUse, s.done), // a reload of the address that paying was sent to
		apply("GET", "/apply/{draft}/paid/{payment}", policy.BillOwn, s.paidDraft),
		apply("GET", "/apply/{draft}/save", policy.DraftUse, s.save),
		apply("POST", "/apply/{draft}/save", policy.DraftUse, s.save),
		apply("GET", "/apply/{draft}/files/{file}", policy.DraftUse, s.draftFile),
		apply("GET", "/apply/{draft}/{page}", policy.DraftUse, s.question),
		apply("GET", "/apply/{draft}/{page}/{item}", policy.DraftUse, s.question),
		page, item,
	}
}

func (s *Site) accountRoutes() []web.Route {
	account := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.Account, Action: do, Handle: h}
	}
	return []web.Route{
		account("GET", "/account", policy.AccountOwn, s.account),
		account("GET", "/account/bills", policy.AccountOwn, s.bills),
		account("GET", "/account/bills/{bill}", policy.BillOwn, s.bill),
		account("POST", "/account/bills/{bill}", policy.BillOwn, s.bill),
		account("GET", "/account/statement", policy.AccountOwn, s.statement),
		account("GET", "/account/payments/{payment}", policy.BillOwn, s.payment),
		account("GET", "/account/payments/{payment}/receipt", policy.BillOwn, s.receipt),
		account("GET", "/account/payments/{payment}/receipt/pdf", policy.BillOwn, s.receiptPDF),
		account("GET", "/account/payments/{payment}/receipt/proof", policy.BillOwn, s.paymentProof),
		account("GET", "/account/cases/{case}", policy.CaseOwn, s.ownCase),
		account("POST", "/account/cases/{case}/messages", policy.CaseOwn, s.message),
		account("GET", "/account/cases/{case}/messages", policy.CaseOwn, s.toCase),
		account("GET", "/account/cases/{case}/do/{action}", policy.CaseOwn, s.caseAction),
		account("POST", "/account/cases/{case}/do/{action}", policy.CaseOwn, s.caseAction),
		account("GET", "/account/cases/{case}/letters/{letter}", policy.CaseOwn, s.letter),
		account("GET", "/account/cases/{case}/letters/{letter}/pdf", policy.CaseOwn, s.letterPDF),
		account("GET", "/account/cases/{case}/letters/{letter}/proof", policy.CaseOwn, s.letterProof),
		account("GET", "/account/cases/{case}/files/{file}", policy.CaseOwn, s.caseFile),
		account("GET", "/account/licences/{licence}", policy.LicenceOwn, s.licence),
		account("GET", "/account/licences/{licence}/certificate", policy.LicenceOwn, s.certificate),
		account("GET", "/account/licences/{licence}/pdf", policy.LicenceOwn, s.licencePDF),
		account("GET", "/account/licences/{licence}/proof", policy.LicenceOwn, s.licenceProof),
		account("GET", "/account/licences/{licence}/do/{action}", policy.LicenceOwn, s.licenceAction),
		account("POST", "/account/licences/{licence}/do/{action}", policy.LicenceOwn, s.licenceAction),
	}
}

// reader is who asks, as views know it.
func reader(r *web.Request) view.Reader { return view.Reader{Actor: r.Actor, P: r.P} }

// problems are the lines of an error summary.
func problems(list []view.Problem) []page.ErrorLink {
	var links []page.ErrorLink
	for _, p := range list {
		link := page.ErrorLink{Text: p.Text}
		if p.Anchor != "" {
			link.Href = "#" + p.Anchor
		}
		links = append(links, link)
	}
	return links
}

// summary is the error summary of a page that is not one question form.
func summary(r *web.Request, list []view.Problem) page.Component {
	if len(list) == 0 {
		return nil
	}
	return page.ErrorSummary{TitleText: r.T("There is a problem"), ErrorList: problems(list), Focus: true}
}

// banner tells that something worked, on the page one is sent to afterwards.
func banner(r *web.Request, told map[string]string) page.Component {
	if text := told[r.Query("told")]; text != "" {
		return page.NotificationBanner{Type: "success", Text: text}
	}
	return nil
}

// tone is how a licence's state feels.
func tone(state string) page.Tone {
	switch state {
	case "active":
		return page.Good
	case "suspended", "future":
		return page.Caution
	case "revoked":
		return page.Bad
	}
	return page.Neutral
}

// paragraphs parts a plain text at empty lines, and each part into its lines.
func paragraphs(text string) [][]string {
	var all [][]string
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.Trim(p, "\n"); p != "" {
			all = append(all, strings.Split(p, "\n"))
		}
	}
	return all
}

// pdf answers with a document as a tagged PDF, which carries its proof in the public log.
func pdf(w http.ResponseWriter, r *web.Request, d document.Document, name string, proof carried) error {
	var b strings.Builder
	if err := document.PDF(&b, proof.printed(d), document.Options{Carry: proof.files}); err != nil {
		return err
	}
	return r.Send(w, "application/pdf", name+".pdf", []byte(b.String()))
}

func timeOf(i view.Instant) page.Time { return page.Time{Text: i.Text, Machine: i.Machine} }

// breakable prints an address whose lines break after its sign and before its dots only.
func breakable(address string) page.Component {
	breaks := strings.NewReplacer("@", "@<wbr>", ".", "<wbr>.")
	return templ.Raw("<bdi>" + breaks.Replace(html.EscapeString(address)) + "</bdi>")
}

// para is a paragraph; nothing for no text.
func para(text string) page.Component {
	if text == "" {
		return nil
	}
	return page.Paragraph{Text: text}
}
