package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/web/page"
)

// statusError is an error with a status that its kind does not tell.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

var errTooMany = &statusError{http.StatusTooManyRequests, fault.NewUnavailable("")}

// statusOf is the status for an error.
func statusOf(err error) int {
	var s *statusError
	if errors.As(err, &s) {
		return s.status
	}
	if tooLarge(err) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Gone:
		return http.StatusGone
	}
	return http.StatusInternalServerError
}

// fail turns an error into an answer and a line in the log: the only place that does. The reader never
// sees the cause.
func (s *Server) fail(w http.ResponseWriter, r *Request, err error) {
	if errors.Is(err, errReaderGone) || errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	if r.P == nil {
		s.enter(r)
	}
	status := statusOf(err)
	level := s.Outside.Log.Info
	if status >= 500 {
		level = s.Outside.Log.Error
	}
	level("failed", "id", r.ID, "route", r.Request.Pattern, "status", status, "err", err)
	if written(w) {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	if status == http.StatusUnauthorized {
		http.Redirect(w, r.Request, "/sign-in?to="+url.QueryEscape(r.comeBack())+levelOf(err), http.StatusSeeOther)
		return
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.Route.Area == System {
		http.Error(w, http.StatusText(status), status)
		return
	}
	out := outcomeOf(r, status, err)
	bad := r.Render(w, Page{Status: status, Title: out.Heading, Content: out, NoIndex: true})
	if bad != nil && !errors.Is(bad, errReaderGone) {
		s.Outside.Log.Error("the error page failed", "id", r.ID, "err", bad)
		http.Error(w, http.StatusText(status), status)
	}
}

// levelOf says how sure one has to be who somebody is, where the error does.
func levelOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		if level, ok := f.Args["level"].(string); ok {
			return "&level=" + url.QueryEscape(level)
		}
	}
	return ""
}

// comeBack is where to go after signing in: this page, or where the form that was sent stood.
func (r *Request) comeBack() string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return LocalPath(r.URL.RequestURI(), "/")
	}
	if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
		return LocalPath(from.RequestURI(), "/")
	}
	return "/account"
}

// outcomeOf is what the error page says: what happened, and what to do now.
func outcomeOf(r *Request, status int, err error) page.Outcome {
	p := r.P
	out := page.Outcome{Reference: r.ID, RefLabel: p.T("Reference for this problem:"), Links: []page.Link{{Text: p.T("Go to the home page"), URL: "/"}}}
	switch status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		out.Heading = p.T("Page not found")
		out.Paragraphs = []string{p.T("If you typed the address, check it. If you followed a link, the page may have moved, or it may be open to others only."),
			p.T("If it is about your own application, sign in first.")}
		out.Links = append(out.Links, page.Link{Text: p.T("Find a service"), URL: "/services"})
		if r.Actor.Person == "" {
			out.Links = append(out.Links, page.Link{Text: p.T("Sign in"), URL: "/sign-in?to=" + url.QueryEscape(r.comeBack())})
		}
	case http.StatusForbidden:
		out.Heading = p.T("You cannot do this")
		out.Paragraphs = []string{p.T("Your account does not allow it. If you think it should, ask the person who looks after accounts in your organisation.")}
	case http.StatusConflict:
		out.Heading = p.T("Something has changed")
		out.Paragraphs = []string{p.T("Somebody else, or another window of yours, was faster. Go back, open the page again and repeat.")}
	case http.StatusRequestEntityTooLarge:
		out.Heading = p.T("That is too large")
		out.Paragraphs = []string{p.T("What you sent is larger than we can take. Go back and choose a smaller file.")}
	case http.StatusTooManyRequests:
		out.Heading = p.T("Too many tries")
		out.Paragraphs = []string{p.T("Wait a few minutes, then try again. Nothing you sent before is lost.")}
	case http.StatusGone:
		out.Heading = p.T("This is finished")
		out.Paragraphs = []string{p.T("What you are looking for was here and is not any more.")}
	case http.StatusBadRequest:
		out.Heading = p.T("That did not work")
		out.Paragraphs = []string{p.T("We could not understand what was sent. Go back, open the page again and repeat.")}
	case http.StatusServiceUnavailable:
		out.Heading = p.T("Not available just now")
		out.Paragraphs = []string{p.T("Try again in a few minutes. What you have saved is safe.")}
	default:
		out.Heading = p.T("Sorry, something went wrong")
		out.Paragraphs = []string{p.T("The fault is ours and has been noted. Try again in a few minutes. What you have saved is safe.")}
	}
	if r.Route.Area == Desk && r.Actor.Staff() && (status == http.StatusNotFound || status == http.StatusForbidden) {
		whyNot(r, &out)
	}
	if said := spoken(p, err); said != "" {
		out.Paragraphs = []string{said}
	}
	return out
}

// spoken is what the error itself tells the reader; "" when it says nothing.
func spoken(p *i18n.Printer, err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || f.Key == "" || f.Kind == fault.Internal {
		return ""
	}
	return sentence(p, f)
}

// sentence is the reader's sentence for an error's key. Sizes come in bytes and are read in megabytes.
func sentence(p *i18n.Printer, f *fault.Error) string {
	values := i18n.V(f.Args)
	if most, ok := f.Args["max"].(int64); ok && f.Kind == fault.TooLarge {
		values = i18n.V{"max": p.FileSize(most)}
	}
	return p.Key(f.Key, values)
}

// Sentence is the reader's sentence for an error that a form shows beside a field.
func (r *Request) Sentence(f *fault.Error) string { return sentence(r.P, f) }

// Say is the sentence of an error that a form shows beside a field or above itself: only for those of
// the given kinds, all others are returned to fail.
func (r *Request) Say(err error, kinds ...fault.Kind) (string, bool) {
	kind := fault.KindOf(err)
	for _, k := range kinds {
		if k == kind {
			s := spoken(r.P, err)
			return s, s != ""
		}
	}
	return "", false
}
