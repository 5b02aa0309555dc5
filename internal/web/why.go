package web

import (
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web/page"
)

// whyNot tells a member of staff which right a kind of page needs and who gives it. It speaks of the address's kind and never of
// what is behind it: what does not exist and what is not theirs to see are answered alike, to the byte.
func whyNot(r *Request, out *page.Outcome) {
	p, reader := r.P, view.Reader{Actor: r.Actor, P: r.P}
	var needs []string
	for _, says := range policy.Actions()[r.Route.Action] {
		needs = append(needs, reader.RuleText(says))
	}
	out.Heading = p.T("You cannot open this page")
	out.Paragraphs = []string{
		p.T("Either there is nothing at this address, or it is not yours to see. We do not say which."),
		p.T("Pages of this kind are for: {right}. Who may: {rules}.", i18n.V{"right": reader.ActionText(r.Route.Action), "rules": strings.Join(needs, "; ")}),
		p.T("An administrator gives roles. If you need one for your work, ask your supervisor."),
	}
	out.Links = []page.Link{{Text: p.T("My work"), URL: "/desk"}}
	if (r.Route.Action == policy.CaseRead || r.Route.Action == policy.RecordRead) && view.EmergencyArea(r.Actor, r.Place) {
		out.Links = append(out.Links, page.Link{Text: p.T("It is an emergency"), URL: "/desk/emergency"})
	}
}
