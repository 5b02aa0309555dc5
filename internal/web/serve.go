package web

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
)

// Limits of a request.
const (
	bodyDefault = 1 << 20
	readTime    = 30 * time.Second
	uploadTime  = 10 * time.Minute // 10 MB at EDGE speed take six
	writeTime   = 2 * time.Minute
)

// Handler is the whole edge: every answer has a request id, the security headers and a line in the log.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		begun := s.Outside.Now()
		seen := &observed{ResponseWriter: w}
		id := requestID()
		s.securityHeaders(seen.Header(), id)
		if strings.HasPrefix(hr.URL.Path, assetPrefix) {
			bare(seen.Header())
		}
		r := &Request{Request: hr, ID: id, server: s}
		if s.Outside.Watch != nil {
			ctx, answered := s.Outside.Watch(hr.Context(), hr.Method)
			hr = hr.WithContext(ctx)
			defer func() {
				answered(r.Request.Pattern, seen.status, r.Route.Area == System || strings.HasPrefix(hr.URL.Path, assetPrefix))
			}()
		}
		defer func() {
			// The pattern and not the path: paths hold ids, queries hold what people search for.
			s.Outside.Log.Info("request", "id", id, "method", hr.Method, "route", r.Request.Pattern, "status", seen.status,
				"bytes", seen.bytes, "took", s.Outside.Now().Sub(begun))
		}()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.Outside.Log.Error("panic", "id", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				s.fail(seen, r, fault.NewInternal("answering", fmt.Errorf("panic: %v", p)))
			}
		}()
		if err := s.cross.Check(hr); err != nil {
			s.enter(r)
			s.fail(seen, r, fault.Wrap(err, fault.Forbidden, "This form was sent from another site. Open our page and send it from there"))
			return
		}
		// The mux notes the pattern on the request it serves: keep that one.
		hr = hr.WithContext(withRequest(hr.Context(), r))
		r.Request = hr
		s.mux.ServeHTTP(seen, hr)
	})
}

// serve wraps a route's handler in what all share.
func (s *Server) serve(route Route) http.HandlerFunc {
	if route.Body == 0 {
		route.Body = bodyDefault
	}
	return func(w http.ResponseWriter, hr *http.Request) {
		r := requestFrom(hr)
		r.Request, r.Route = hr, route
		s.enter(r)
		if err := s.admit(w, r); err != nil {
			s.fail(w, r, err)
			return
		}
		s.cacheHeaders(w.Header(), r)
		handle := route.Handle
		ask, err := s.shielded(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		switch {
		case ask:
			handle = s.askProof
		case s.stale(r):
			handle = s.askAgain
		}
		if err := s.follow(w, r, handle); err != nil {
			s.fail(w, r, err)
		}
	}
}

// enter finds the language, first of all: whatever goes wrong later is said in it.
func (s *Server) enter(r *Request) {
	r.Place = s.Jurisdiction()
	r.P = s.Words.For(s.language(r))
}

// admit bounds the request and finds who is asking.
func (s *Server) admit(w http.ResponseWriter, r *Request) error {
	control := http.NewResponseController(w)
	read := readTime
	if r.Route.Body > bodyDefault {
		read = uploadTime
	}
	now := time.Now() // of the connection, not of the domain
	if err := errors.Join(control.SetReadDeadline(now.Add(read)), control.SetWriteDeadline(now.Add(read+writeTime))); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fault.NewInternal("setting time limits", err)
	}
	r.Body = http.MaxBytesReader(w, r.Body, r.Route.Body)
	if err := s.hold(r); err != nil {
		return err
	}
	if embedded(r.Request, r.Route.Area) {
		return errEmbedded
	}
	if r.Route.Area == System {
		return nil
	}
	var err error
	if token := r.cookie(s.sessionName()); token != "" {
		if r.Actor, err = s.Who.Session(r.Context(), token); err != nil {
			return err
		}
	}
	if draft := r.PathValue("draft"); draft != "" && r.Route.Area == Apply {
		holds, err := s.Who.Draft(r.Context(), draft, r.cookie(s.draftName()))
		if err != nil {
			return err
		}
		if holds {
			r.Actor.Draft = draft
		}
	}
	switch r.Route.Area {
	case Account:
		if r.Actor.Person == "" {
			return fault.NewUnauthenticated("")
		}
	case Desk:
		return policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"})
	}
	return nil
}

// putOff gives the reader of a long answer another writeTime.
func putOff(control *http.ResponseController) {
	_ = control.SetWriteDeadline(time.Now().Add(writeTime)) // a connection without deadlines has none to put off
}

// hold refuses those who send too much.
func (s *Server) hold(r *Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Route.Area == System && !r.Route.Machines {
		return nil // payment providers come from few addresses; what they send is signed
	}
	from := r.address(s.Config.Proxy)
	now := s.Outside.Now()
	if !s.posts.allow(from, now) || r.Route.Codes && !s.codes.allow(r.Context(), from, now) {
		return errTooMany
	}
	return nil
}

// nothingHere answers addresses that are in no table.
func (s *Server) nothingHere(w http.ResponseWriter, hr *http.Request) {
	r := requestFrom(hr)
	r.Request = hr
	s.enter(r)
	r.Route = Route{Area: Public}
	if path := strings.TrimRight(hr.URL.Path, "/"); path != "" && path != hr.URL.Path && hr.Method == http.MethodGet {
		to := url.URL{Path: "/" + strings.TrimLeft(path, "/"), RawQuery: hr.URL.RawQuery} // one address for one page
		http.Redirect(w, hr, to.String(), http.StatusMovedPermanently)
		return
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := hr.Clone(hr.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "/" && pattern != "" {
			w.Header().Set("Allow", method)
			s.fail(w, r, &statusError{http.StatusMethodNotAllowed, fault.NewNotFound("")})
			return
		}
	}
	s.fail(w, r, fault.NewNotFound(""))
}

// language is the address's ?lang=, the cookie's, or what the browser asks for; always one of the jurisdiction's.
func (s *Server) language(r *Request) string {
	supported := []string{i18n.Source}
	if r.Place != nil && len(r.Place.File.Languages) > 0 {
		supported = r.Place.File.Languages
	}
	for _, asked := range []string{r.asked(), r.cookie(languageCookie)} {
		for _, l := range supported {
			if l == asked && asked != "" {
				return l
			}
		}
	}
	return i18n.Match(r.Header.Get("Accept-Language"), supported)
}

// asked is the language that the address names.
func (r *Request) asked() string {
	if !strings.Contains(r.URL.RawQuery, "lang=") {
		return ""
	}
	return r.URL.Query().Get("lang")
}

// requestID names a request in the log and on its error page.
func requestID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// observed notes what was answered.
type observed struct {
	http.ResponseWriter
	status int
	bytes  int64
	before func() // the head is written; nil for nothing
}

// WriteHeader notes the status.
func (o *observed) WriteHeader(status int) {
	o.begin(status)
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) begin(status int) {
	if o.status != 0 {
		return
	}
	o.status = status
	if o.before != nil {
		o.before()
	}
}

// Write notes the length.
func (o *observed) Write(p []byte) (int, error) {
	o.begin(http.StatusOK)
	n, err := o.ResponseWriter.Write(p)
	o.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController through.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// written reports whether an answer has begun.
func written(w http.ResponseWriter) bool {
	o, ok := w.(*observed)
	return ok && o.status != 0
}

// gone is for errors of writing an answer: the reader has left, nobody is told.
func gone(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errReaderGone, err)
}

var errReaderGone = errors.New("the reader has gone")

var _ io.Writer = (*observed)(nil)
