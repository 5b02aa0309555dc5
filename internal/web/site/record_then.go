package site

import (
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// dayAsked is a form that asks for a page as of a day.
func dayAsked(r *web.Request, action, label, hint string, then view.Then, wrong bool, more ...page.Component) page.Component {
	problem := page.ErrorMessage{}
	if wrong {
		problem.Text = r.T("Enter a real day that is not in the future, like 2026-03-27")
	}
	g := page.Group{page.Input{Name: "on", Type: "date", Value: then.On, Classes: "govuk-input--width-10", Label: page.Label{Text: label}, Hint: page.Hint{Text: hint}, ErrorMessage: problem}}
	return page.Form{Action: action, Method: "get", HTML: append(append(g, more...), page.Button{Text: r.T("Show"), Classes: "govuk-button--secondary"})}
}

// recordThen is a record as it stood, with the form that asks for it.
func recordThen(r *web.Request, p view.RecordPage, base string, then view.Then) page.Component {
	g := page.Group{}
	if t := p.Then; t != nil && !t.Wrong {
		title := r.T("As it stood on {day}", i18n.V{"day": t.On})
		g = append(g, page.Heading{Text: title, ID: "then"})
		if t.Known != "" {
			g = append(g, body(r.T("As it was known at the end of {day}.", i18n.V{"day": t.Known})))
		} else {
			g = append(g, body(r.T("As it is known today: later corrections are taken into account.")))
		}
		if t.Nothing {
			g = append(g, page.InsetText{Text: r.T("The register says nothing about that day.")})
		} else {
			list := page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: r.T("Status on that day")}, Value: page.Cell{HTML: page.State(reader(r).RecordState(t.State), tone(t.State))}}}}
			for _, f := range t.Facts {
				list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: f.Label}, Value: page.Cell{HTML: page.ID(f.Value)}})
			}
			g = append(g, list)
		}
	}
	known := page.Input{Name: "known", Type: "date", Value: then.Known, Classes: "govuk-input--width-10", Label: page.Label{Text: r.T("As it was known on (optional)")},
		Hint: page.Hint{Text: r.T("To see what the register said before a later correction.")}}
	return append(g, page.Details{SummaryText: r.T("See an earlier day"), Open: then.Asked(),
		HTML: dayAsked(r, base, r.T("Day"), "", then, p.Then != nil && p.Then.Wrong, known)})
}
