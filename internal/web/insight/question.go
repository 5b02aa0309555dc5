package insight

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// Answer leads a question in plain words to the page that answers it; what was not understood is told, with what can be
// asked. show prints that page.
func Answer(w http.ResponseWriter, r *web.Request, v view.Insight, base string, desk bool, show func(title string, content page.Component) error) error {
	asked := r.Query("q")
	q, unknown, err := v.Understand(r.Context(), view.Reader{Actor: r.Actor, P: r.P}, asked)
	if err != nil {
		return err
	}
	if q.Topic != "" && len(unknown) == 0 {
		q.Desk = desk
		chosen := url.Values{}
		if !q.From.IsZero() {
			chosen.Set("from", q.From.String()[:7])
		}
		if !q.Until.IsZero() {
			chosen.Set("until", q.Until.String()[:7])
		}
		return r.Redirect(w, Address(base, q, chosen))
	}
	title := r.T("I do not know")
	g := page.Group{page.Heading{Text: title, Level: 1}}
	switch {
	case asked == "":
		g = append(g, page.Paragraph{Text: r.T("Write a question first.")})
	case q.Topic == "":
		g = append(g, page.Paragraph{Text: r.T("I could not tell what “{question}” is about.", i18n.V{"question": asked})})
	default:
		g = append(g, page.Paragraph{Text: r.T("I do not know what {words} means here, and would rather not guess.", i18n.V{"words": r.P.List(quoted(unknown))})})
	}
	g = append(g, AskBox(r, base, asked), page.Paragraph{Text: r.T("I can tell about:")})
	list := page.List{}
	for _, t := range view.InsightTopics {
		list.Items = append(list.Items, page.LinkTo{Text: view.Reader{P: r.P}.InsightTitle(t), URL: base + "/" + t})
	}
	return show(title, append(g, list, page.Paragraph{Text: r.T("Name a service, an organisation, a postcode district or a time such as “since June” to narrow it down.")}))
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "“" + w + "”"
	}
	return out
}
