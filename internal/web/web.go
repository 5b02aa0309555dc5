// Package web is the edge towards browsers: routes as data, who is asking, in which language, and the
// one place where an error becomes a status, a page and a line in the log.
//
// It stops at what every page shares. Pages are in web/site (public and citizen) and web/desk (staff);
// their parts in web/page; what can happen in flow, what can be seen in view. No address is reachable
// that is not in the route table, and no route is accepted without the right it needs.
package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/web/asset"
)

// Deps are what the edge needs from inside.
type Deps struct {
	Config       Config
	Who          Who
	Jurisdiction func() *service.Jurisdiction // the one in force
	Words        *i18n.Bundle
	Assets       *asset.Set
	Outside      Outside
	// Confirm is the page that asks whether it is still the same person. It is given forms that came too late.
	Confirm Handler
	Shared  Shared // counts with the other processes of the installation; zero: this one is alone
	// Trail begins following how far a reader has come in the history of the database, from what their browser brought along; it
	// is for installations that let standbys answer, and nil for others. Where current is set none does.
	Trail func(ctx context.Context, from string, current bool) (context.Context, Trail)
}

// Config is what the operator sets.
type Config struct {
	URL            string   // https://services.greenvale.example; https turns on what needs it
	Demo           bool     // says so on every page
	PayAt          []string // origins of payment providers' pages: https://checkout.stripe.com
	SignInAt       []string // origins of identity schemes' pages
	Proxy          bool     // a proxy of ours stands in front: the last X-Forwarded-For is the reader's address
	PostsPerMinute int      // from one address; default 120
	CodesPerHour   int      // asked for or tried from one address; default 60
	FormsPerHour   int      // of those without a session, from one address, until a proof is asked for; default 60
	ShieldKey      []byte   // signs what is asked then; the same on all machines of an installation
}

// away are the origins of others to which our forms lead.
func (c Config) away() []string { return append(slices.Clone(c.PayAt), c.SignInAt...) }

// Outside is where time, randomness and the log come from.
type Outside struct {
	Now   func() time.Time
	Rand  io.Reader
	Log   *slog.Logger
	Ready func(ctx context.Context) error // what /readyz asks
	// Watch is told of every request; what it gives, of its answer. nil for nobody.
	Watch func(ctx context.Context, method string) (context.Context, func(route string, status int, system bool))
}

// Who tells who is asking, by what the browser holds.
type Who struct {
	Session func(ctx context.Context, token string) (policy.Actor, error)          // the zero Actor for none
	Draft   func(ctx context.Context, draft, token string) (holds bool, err error) //
}

// Area says what kind of page a route leads to.
type Area string

// The areas.
const (
	Public  Area = "public"  // anybody
	Apply   Area = "apply"   // whoever holds the draft
	Account Area = "account" // whoever has signed in: asked to sign in first
	Desk    Area = "desk"    // staff: asked to sign in first
	System  Area = "system"  // machines: health, style sheets
)

// Handler answers a request, or says why not.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one line of the route table. Action is the right that the handler asks of package policy,
// through flow or view.
type Route struct {
	Method, Pattern string
	Area            Area
	Action          policy.Action
	Handle          Handler
	Body            int64 // bytes; default 1 MB
	Codes           bool  // counted against codes per hour: it asks for, or tries, a code
	// Fresh: money, rights or keys are at stake. Whoever has not shown of late who they are is asked to first.
	Fresh bool
	// Shield: anybody can send it without signing in. When many came from one network, the next ones show a proof first.
	Shield bool
	// Current: what stands here must end at once where it is withdrawn, or must never go back for those who bring nothing
	// along: no standby of the database answers. What is sent, and what staff see, is always so.
	Current bool
	// Machines: programs of other sites, and scripts in their pages, call it. It knows no session, so that nobody's rights
	// can be borrowed.
	Machines bool
}

// Server answers requests.
type Server struct {
	Deps
	routes []Route
	mux    *http.ServeMux
	posts  *limiter
	codes  *common
	shield *shield
	https  bool
	csp    string
	cross  *http.CrossOriginProtection
	frames frames
}

// New builds the server from the tables of the areas. A route without a right, a handler or an area
// is an error, and so is an address that two routes claim.
func New(d Deps, tables ...[]Route) (s *Server, err error) {
	if d.Outside.Now == nil {
		d.Outside.Now = time.Now
	}
	s = &Server{Deps: d, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection()}
	s.https, s.csp = isHTTPS(d.Config.URL), csp(d.Config.away())
	s.posts = newLimiter(orDefault(d.Config.PostsPerMinute, 120), time.Minute)
	key := d.Config.ShieldKey
	if len(key) == 0 {
		key = make([]byte, sha256.Size)
		_, _ = rand.Read(key) // never fails (crypto/rand)
	}
	s.codes = newCommon("codes", orDefault(d.Config.CodesPerHour, 60), time.Hour, key, d.Shared, d.Outside.Log)
	s.shield = newShield(key, orDefault(d.Config.FormsPerHour, 60), d.Shared, d.Outside.Log)
	s.routes = s.ownRoutes()
	for _, t := range tables {
		s.routes = append(s.routes, t...)
	}
	defer func() { // the mux panics where two patterns claim one address
		if p := recover(); p != nil {
			err = fmt.Errorf("building the route table: %v", p)
		}
	}()
	known, asked := policy.Actions(), map[string]bool{}
	for _, r := range s.routes {
		if _, ok := known[r.Action]; !ok || r.Handle == nil || r.Area == "" {
			return nil, fmt.Errorf("route %s %s: needs an area, a handler and a right that policy knows, not %q", r.Method, r.Pattern, r.Action)
		}
		s.mux.HandleFunc(r.Method+" "+r.Pattern, s.serve(r))
		if r.Machines && r.Area == System {
			s.cross.AddInsecureBypassPattern(r.Method + " " + r.Pattern)
			if !asked[r.Pattern] {
				asked[r.Pattern] = true
				s.mux.HandleFunc("OPTIONS "+r.Pattern, preflight)
			}
		}
	}
	if d.Assets.Present() {
		s.mux.Handle("GET "+assetPrefix, d.Assets.Handler())
	}
	s.mux.HandleFunc("/", s.nothingHere)
	return s, nil
}

// preflight tells a browser that scripts of other sites may call what is for machines.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
}

const assetPrefix = asset.Prefix

// Routes lists the table: a test walks it.
func (s *Server) Routes() []Route { return append([]Route(nil), s.routes...) }

// ownRoutes are those of no area.
func (s *Server) ownRoutes() []Route {
	return []Route{
		{Method: "GET", Pattern: "/healthz", Area: System, Action: policy.ServiceRead, Handle: s.healthy},
		{Method: "GET", Pattern: "/readyz", Area: System, Action: policy.ServiceRead, Handle: s.ready},
		{Method: "GET", Pattern: "/theme.css", Area: System, Action: policy.ServiceRead, Handle: s.theme},
		{Method: "POST", Pattern: "/csp-report", Area: System, Action: policy.ServiceRead, Handle: s.violated, Machines: true, Body: reportMost},
		{Method: "GET", Pattern: "/robots.txt", Area: System, Action: policy.ServiceRead, Handle: s.robots},
	}
}

func (s *Server) healthy(w http.ResponseWriter, r *Request) error {
	return r.Send(w, "text/plain; charset=utf-8", "", []byte("ok\n"))
}

func (s *Server) ready(w http.ResponseWriter, r *Request) error {
	if s.Outside.Ready != nil {
		if err := s.Outside.Ready(r.Context()); err != nil {
			s.Outside.Log.Warn("not ready", "err", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			_, err := io.WriteString(w, "not ready\n")
			return gone(err)
		}
	}
	return r.Send(w, "text/plain; charset=utf-8", "", []byte("ready\n"))
}

func (s *Server) robots(w http.ResponseWriter, r *Request) error {
	return r.Send(w, "text/plain; charset=utf-8", "", []byte("User-agent: *\nDisallow: /apply/\nDisallow: /account\nDisallow: /desk\nDisallow: /sign-in\n\nSitemap: "+r.URLOf("/sitemap.xml")+"\n"))
}

// HTTP is the server with its time limits. Reading a body has a limit of its own, since uploads on
// slow lines take minutes; see serve.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.Outside.Log.Handler(), slog.LevelDebug),
	}
}

func orDefault(n, d int) int {
	if n == 0 {
		return d
	}
	return n
}
