package site

import (
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// openGovernment is how a home page leads to what anybody can look up about this government itself.
func openGovernment(r *web.Request) page.Component {
	t := page.TopicList{Heading: page.Heading{Text: r.T("See for yourself")}}
	if len(r.Place.Budgets) > 0 {
		t.Topics = append(t.Topics, page.Topic{Title: r.T("Where the money goes"), URL: "/money",
			Text: r.T("The budget, what became of it, and every payment down to its receipt.")})
	}
	if len(r.Place.Datasets) > 0 {
		t.Topics = append(t.Topics, page.Topic{Title: r.T("Open data"), URL: "/data",
			Text: r.T("Facts and figures to read, download and build on, with all former versions.")})
	}
	for _, s := range r.Place.Services {
		if s.Disclosure != nil {
			t.Topics = append(t.Topics, page.Topic{Title: r.T("What others have asked"), URL: "/disclosures",
				Text: r.T("Requests for information and our answers, with the documents.")})
			break
		}
	}
	t.Topics = append(t.Topics, page.Topic{Title: r.T("Public log"), URL: "/log",
		Text: r.T("Every payment, decision and licence, where nothing can be changed afterwards.")})
	if len(r.Place.Programmes) > 0 {
		t.Topics = append(t.Topics, page.Topic{Title: r.T("What programmes changed"), URL: programmesBase, Text: r.T("What was begun, and whether it made a difference.")})
	}
	t.Topics = append(t.Topics,
		page.Topic{Title: r.T("Register of decisions"), URL: "/decisions", Text: r.T("What was decided, by whom, on which law and by which rules.")},
		page.Topic{Title: r.T("Register of algorithms"), URL: "/algorithms", Text: r.T("The rules that a computer works out, in full.")},
		page.Topic{Title: r.T("What if? Studies of changed rules"), URL: "/studies", Text: r.T("Changes that were tried on the past before anybody decided on them.")},
		page.Topic{Title: r.T("What we have promised"), URL: "/commitments", Text: r.T("Plans and promises about time, and how they stand.")})
	return t
}
