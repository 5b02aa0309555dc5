package web

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// Trail is how far the reader of one request has come in the history of the database, as the store keeps it.
type Trail struct {
	Current  func()                           // from here on the primary answers
	Again    func() bool                      // standbys have answered, and nothing was stored
	Position func(ctx context.Context) string // to be brought along with the next request; "" where nothing is new
	Unknown  string                           // a position of which nothing is known: the primary answers whoever brings it
	Keep     time.Duration                    // how long a position means anything

	open bool // what follows the head of the answer may store and read more
}

// goesOn says that the answer's head is written before everything was read or stored.
func (t *Trail) goesOn() {
	if t != nil {
		t.open = true
	}
}

// follow answers a request whose reads may be answered by standbys of the database. The reader's browser brings along how far they
// have come, and is told anew: so they meet what they wrote and saw whichever machine answers them next. An error is never
// said on the word of a standby, which may not have what is asked for yet, or had to give up: the primary is asked again.
func (s *Server) follow(w http.ResponseWriter, r *Request, handle Handler) error {
	if s.Trail == nil {
		return handle(w, r)
	}
	current := r.Route.Current || r.Route.Area == Desk || r.Method != http.MethodGet && r.Method != http.MethodHead
	brought := r.cookie(s.seenName())
	ctx, t := s.Trail(r.Context(), brought, current)
	r.Request, r.trail = r.WithContext(ctx), &t
	if o, ok := w.(*observed); ok && r.Route.Area != System { // programs, and caches on the way, keep no cookies
		o.before = func() { s.keepSeen(w, r) }
	}
	err := handle(w, r)
	if err != nil && t.Again() && !written(w) && ctx.Err() == nil {
		t.Current()
		err = handle(w, r)
	}
	return err
}

// keepSeen tells the browser how far its reader has come. What everybody may keep goes without.
func (s *Server) keepSeen(w http.ResponseWriter, r *Request) {
	if strings.HasPrefix(w.Header().Get("Cache-Control"), "public") {
		return
	}
	position := r.trail.Position(r.Context())
	if r.trail.open {
		position = r.trail.Unknown
	}
	if position != "" {
		s.set(w, s.seenName(), position, "/", r.trail.Keep)
	}
}

// seenName has the prefix that lets no other host set it.
func (s *Server) seenName() string {
	if s.https {
		return "__Host-" + seenCookie
	}
	return seenCookie
}

// KeepsSeen is how long browsers keep how far their readers have come; 0 where they do not.
func KeepsSeen(r *Request) time.Duration {
	if r.trail == nil {
		return 0
	}
	return r.trail.Keep
}
