package site

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }

// atoi64 is 0, the version of nothing, for what is no number.
func atoi64(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// licence is /account/licences/{licence}: the certificate, and what its holder can do with it.
func (s *Site) licence(w http.ResponseWriter, r *web.Request) error {
	l, err := s.View.Licence(r.Context(), reader(r), r.PathValue("licence"))
	if err != nil {
		return err
	}
	base := "/account/licences/" + l.ID
	cert, err := certificateOf(r, 1, l.Facts, l.LicenceLine, l.Issuer, l.VerifyURL)
	if err != nil {
		return err
	}
	proof, _, err := s.View.LogPages().Licence(r.Context(), reader(r), l.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	wallet, err := s.onLicence(r, base, l.ID)
	if err != nil {
		return err
	}
	content := page.Group{
		banner(r, map[string]string{"done": r.T("Done. The register has been changed.")}),
		cert,
		page.ButtonGroup{
			page.Button{Text: r.T("Download as PDF"), Href: base + "/pdf"},
			page.Button{Text: r.T("Open the certificate as a page"), Href: base + "/certificate", Classes: "govuk-button--secondary"},
		},
		proofOf(r, proof, base),
		wallet,
		variants(r, l.ServiceID, l.ID, r.T("What you can apply for with it"), l.Variants),
		holderActions(r, base, l.Actions),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("The application it came from"), URL: "/account/cases/" + l.Case}},
	}
	return r.Render(w, web.Page{Title: l.Kind + " " + l.Number, Area: "account", Content: content, Back: "/account"})
}

// certificateOf is a licence at a glance, with the code that leads to its verification. level is that
// of its heading.
func certificateOf(r *web.Request, level int, facts []view.RecordFact, l view.LicenceLine, issuer, verify string) (page.Component, error) {
	svg, err := document.QRSVG(verify, r.T("Code that leads to the page which verifies this"))
	if err != nil {
		return nil, err
	}
	c := page.Certificate{
		Level: level, Kind: l.Kind, Title: l.Label, Number: l.Number, Label: r.T("Number"), Issuer: issuer,
		Status: page.State(reader(r).RecordState(l.State), tone(l.State)),
		Code:   templ.Raw(string(svg)), // drawn by package document from an address of ours
		Verify: page.Paragraph{HTML: page.LinkTo{Text: r.T("Verification page"), URL: pathOf(verify)}, Classes: "govuk-body-s"},
	}
	for _, f := range facts {
		c.Facts = append(c.Facts, page.Fact{Label: f.Label, HTML: page.ID(f.Value)})
	}
	c.Facts = append(c.Facts, page.Fact{Label: r.T("Valid from"), HTML: page.ID(l.From)})
	if l.Until != "" {
		c.Facts = append(c.Facts, page.Fact{Label: r.T("Valid until"), HTML: page.ID(l.Until)})
	}
	return c, nil
}

// variants are later steps, each a form that begins its application.
func variants(r *web.Request, service, licence, title string, list []view.VariantLine) page.Component {
	if len(list) == 0 {
		return nil
	}
	g := page.Group{h2(title)}
	for _, v := range list {
		g = append(g, h3(v.Title), para(v.Summary), postButton("/apply/"+service+"/start", r.NewKey(),
			[]page.Hidden{{Name: "variant", Value: v.ID}, {Name: "licence", Value: licence}},
			page.Button{Text: v.Title, Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	return g
}

func holderActions(r *web.Request, base string, list []view.Action) page.Component {
	if len(list) == 0 {
		return nil
	}
	g := page.ButtonGroup{}
	for _, a := range list {
		g = append(g, page.Button{Text: a.Title, Href: base + "/do/" + a.ID, Classes: "govuk-button--secondary"})
	}
	return page.Group{h2(r.T("Other steps")), g}
}

// certificate is the paper form as a page.
func (s *Site) certificate(w http.ResponseWriter, r *web.Request) error {
	l, err := s.View.Licence(r.Context(), reader(r), r.PathValue("licence"))
	if err != nil {
		return err
	}
	svg, err := document.QRSVG(l.VerifyURL, r.T("Code that leads to the page which verifies this"))
	if err != nil {
		return err
	}
	base := "/account/licences/" + l.ID
	proof, _, err := s.View.LogPages().Licence(r.Context(), reader(r), l.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	content := page.Group{paper.Sheet{Document: l.Document, Code: templ.Raw(string(svg))}, proofOf(r, proof, base)}
	return r.Render(w, web.Page{Title: l.Document.Title, Area: "account", Paper: true, Content: content, Back: base})
}

func (s *Site) licencePDF(w http.ResponseWriter, r *web.Request) error {
	l, err := s.View.Licence(r.Context(), reader(r), r.PathValue("licence"))
	if err != nil {
		return err
	}
	proof, bundle, err := s.View.LogPages().Licence(r.Context(), reader(r), l.ID)
	carry, err := s.carriedProof(r, l.Document, "licence", proof, bundle, err)
	if err != nil {
		return err
	}
	return pdf(w, r, l.Document, l.Number, carry)
}

// licenceAction is /account/licences/{licence}/do/{action}.
func (s *Site) licenceAction(w http.ResponseWriter, r *web.Request) error {
	l, err := s.View.Licence(r.Context(), reader(r), r.PathValue("licence"))
	if err != nil {
		return err
	}
	base := "/account/licences/" + l.ID
	var action view.Action
	for _, a := range l.Actions {
		if a.ID == r.PathValue("action") {
			action = a
		}
	}
	if action.ID == "" && r.Method != http.MethodPost {
		return r.Redirect(w, base)
	}
	action.Kind = "withdraw" // as final as that
	f := actionForm{version: itoa64(l.Version)}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		f = actionForm{text: r.Field("text"), version: r.Field("version")}
		err := s.Flow.ActOnLicence(r.Context(), r.Actor, flow.ActOnLicence{Licence: l.ID, Version: f.number(), Action: r.PathValue("action"), Reason: f.text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, base+"?told=done")
		}
		said, ok := r.Say(err, fault.Invalid)
		if !ok {
			return err
		}
		f.problem = said
	}
	return renderAction(w, r, f, action, nil, base, l.Kind+" "+l.Number)
}
