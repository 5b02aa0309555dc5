package site

import (
	"net/http"

	"stoa/internal/web"
	"stoa/internal/web/page"
)

// stopReports is /reports/{view}/{pass}, from a mail with figures: the button, and what mail programs press for the reader
// (RFC 8058). Opening it changes nothing, for programs on the way open links too.
func (s *Site) stopReports(w http.ResponseWriter, r *web.Request) error {
	title := r.T("No more e-mails with these figures")
	if r.Method != http.MethodPost {
		return r.Render(w, web.Page{Title: title, Area: "insight", NoIndex: true, Content: column(
			heading1("", title), body(r.T("Press the button, and you get no more e-mails with these figures. The view that you saved stays at the desk.")),
			postButton(r.URL.Path, r.NewKey(), nil, page.Button{Text: r.T("End the e-mails")}))})
	}
	if err := s.Flow.Insight().StopReports(r.Context(), r.PathValue("view"), r.PathValue("pass")); err != nil {
		return err
	}
	title = r.T("You get no more e-mails with these figures")
	return r.Render(w, web.Page{Title: title, Area: "insight", NoIndex: true, Content: column(page.Panel{TitleText: title}, page.Paragraph{HTML: link(r.T("How it is going"), insightBase)})})
}
