package sandbox

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/web/page"
)

// showPage is GET pay/{ref}: the page on which a person chooses a card.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	o := s.orders[r.PathValue("ref")]
	if o == nil {
		s.mu.Unlock()
		s.tell(w, r, nil, http.StatusNotFound, i18n.Msg("Page not found"), i18n.Msg("There is no payment at this address."))
		return
	}
	s.expire(o, s.Now())
	shown := *o
	s.mu.Unlock()
	s.answer(w, r, &shown, "")
}

// takePage is POST pay/{ref}: the person pays, or goes back.
func (s *Server) takePage(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.tell(w, r, nil, http.StatusBadRequest, i18n.Msg("Something went wrong"), i18n.Msg("The form could not be read."))
		return
	}
	s.mu.Lock()
	o := s.orders[r.PathValue("ref")]
	if o == nil {
		s.mu.Unlock()
		s.tell(w, r, nil, http.StatusNotFound, i18n.Msg("Page not found"), i18n.Msg("There is no payment at this address."))
		return
	}
	now := s.Now()
	s.expire(o, now)
	to, problem := "", ""
	_, known := cardOf(r.PostForm.Get("card"))
	switch {
	case o.done:
		to = o.Return
	case r.PostForm.Get("do") == "cancel":
		to = o.Cancel
	case o.expired:
	case !known:
		problem = i18n.Msg("Choose a card")
	case s.charge(o, r.PostForm.Get("card"), now):
		to = o.Return
	default:
		problem = i18n.Msg("The card was declined. Choose another card, or try again")
	}
	shown := *o
	s.mu.Unlock()
	s.deliver(r.Context())
	if to != "" {
		s.headers(w, &shown)
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	s.answer(w, r, &shown, problem)
}

// answer shows the page of an order.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, o *order, problem string) {
	p := s.Words(o.Language)
	switch {
	case o.done:
		s.tell(w, r, o, http.StatusOK, i18n.Msg("You have paid already"), "")
		return
	case o.expired:
		s.tell(w, r, o, http.StatusGone, i18n.Msg("The time to pay is over"), i18n.Msg("Nothing was taken. Go back and begin the payment again."))
		return
	}
	q := page.Question{
		Heading: page.Heading{Text: p.T("Pay {amount}", i18n.V{"amount": p.Money(o.amount.Minor, o.amount.Currency)})},
		Lead: page.Group{
			page.WarningText{Text: p.T("This is a practice page. No real money moves, whatever you choose.")},
			page.Paragraph{Text: o.Title},
		},
		Action:   Prefix + "pay/" + o.ref,
		Fields:   []page.Component{s.choices(p, problem)},
		Continue: p.T("Pay {amount}", i18n.V{"amount": p.Money(o.amount.Minor, o.amount.Currency)}),
		Also: []page.Component{page.Button{Text: p.T("Cancel and go back"), Name: "do", Value: "cancel", Classes: "govuk-button--secondary",
			Attributes: page.Attributes{"formnovalidate": true}}},
	}
	if problem != "" {
		q.ErrorTitle, q.Errors = p.T("There is a problem"), []page.ErrorLink{{Text: p.T(problem), Href: "#card"}}
	}
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.render(w, r, o, status, p, p.T("Payment"), problem != "", q)
}

func (s *Server) choices(p *i18n.Printer, problem string) page.Component {
	radios := page.Radios{Name: "card", Fieldset: page.Fieldset{Legend: page.Legend{Text: p.T("How shall this payment go?"), Classes: "govuk-fieldset__legend--m"}},
		Hint: page.Hint{Text: p.T("Each practice card shows one thing that can happen to a payment.")}}
	if problem != "" {
		radios.ErrorMessage = page.ErrorMessage{Text: p.T(problem)}
	}
	for i, c := range cards {
		hint := p.T("Card number {number}", i18n.V{"number": number(i)})
		if c.hint != "" {
			hint = p.T(c.hint) + " " + hint
		}
		radios.Items = append(radios.Items, page.Choice{Value: c.id, Text: p.T(c.title), Hint: page.Hint{Text: hint}})
	}
	return radios
}

// tell shows one sentence and the way back, if there is one.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, o *order, status int, heading, text string) {
	tag := "en"
	if o != nil {
		tag = o.Language
	}
	p := s.Words(tag)
	out := page.Outcome{Heading: p.T(heading)}
	if text != "" {
		out.Paragraphs = []string{p.T(text)}
	}
	if o != nil {
		to := o.Cancel
		if o.done {
			to = o.Return
		}
		out.Links = []page.Link{{Text: p.T("Go back"), URL: to}}
	}
	s.render(w, r, o, status, p, p.T(heading), false, out)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, o *order, status int, p *i18n.Printer, title string, failed bool, content page.Component) {
	words := page.WordsOf(p)
	shell := page.Shell{
		Lang: p.Tag(), Dir: p.Dir(), Words: &words, Title: title, Failed: failed, JurisdictionName: p.T("Practice payments"), JurisdictionURL: r.URL.Path,
		Notice: page.Notice{Tag: p.T("Practice"), Text: p.T("No real money moves here.")},
		Asks:   true, NoIndex: true, Assets: s.Assets, ThemeURL: s.ThemeURL,
	}
	var buf bytes.Buffer
	if err := page.Layout(shell, content).Render(r.Context(), &buf); err != nil {
		s.Log.Error("the sandbox cannot show a page", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	s.headers(w, o)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Tag())
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the reader has gone
}

// headers allow our own files only, and a form that ends where the order says: a browser holds the
// redirect after a post to form-action as well.
func (s *Server) headers(w http.ResponseWriter, o *order) {
	forms := []string{"'self'"}
	if o != nil {
		for _, raw := range []string{o.Return, o.Cancel} {
			if u, err := url.Parse(raw); err == nil && !slices.Contains(forms, u.Scheme+"://"+u.Host) {
				forms = append(forms, u.Scheme+"://"+u.Host)
			}
		}
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action "+
		strings.Join(forms, " ")+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}
