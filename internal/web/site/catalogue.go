package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/catalogue"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// catalogueRoutes are what other catalogues and search engines read.
func (s *Site) catalogueRoutes() []web.Route {
	system := func(pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Area: web.System, Action: do, Handle: h}
	}
	data, services := s.catalogue("/data", s.dataGraph), s.catalogue("/services", s.serviceGraph)
	return []web.Route{
		system("/data/catalog", policy.DataRead, data), system("/data/catalog.ttl", policy.DataRead, data), system("/data/catalog.jsonld", policy.DataRead, data),
		system("/services/catalog", policy.ServiceRead, services), system("/services/catalog.ttl", policy.ServiceRead, services), system("/services/catalog.jsonld", policy.ServiceRead, services),
		system("/sitemap.xml", policy.ServiceRead, s.sitemap),
		system("/sitemap/{part}", policy.ServiceRead, s.sitemapPart),
	}
}

// catalogues is what this site tells of itself.
func (s *Site) catalogues() view.Catalogues { return s.View.Catalogues(s.Flow.Words) }

func (s *Site) dataGraph(ctx context.Context, r view.Reader) (*catalogue.Graph, error) {
	c, err := s.catalogues().Data(ctx, r)
	if err != nil {
		return nil, err
	}
	return c.Graph(), nil
}

func (s *Site) serviceGraph(_ context.Context, r view.Reader) (*catalogue.Graph, error) {
	c, err := s.catalogues().Services(r)
	if err != nil {
		return nil, err
	}
	return c.Graph(), nil
}

// Media types of graphs.
const (
	turtleType = "text/turtle"
	jsonldType = "application/ld+json"
)

// catalogue answers BASE/catalog in the form that the reader asks for, BASE/catalog.ttl and BASE/catalog.jsonld. A browser that
// comes to the first is sent to the page for people.
func (s *Site) catalogue(base string, graph func(context.Context, view.Reader) (*catalogue.Graph, error)) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		form := ""
		switch {
		case strings.HasSuffix(r.URL.Path, ".ttl"):
			form = turtleType
		case strings.HasSuffix(r.URL.Path, ".jsonld"):
			form = jsonldType
		default:
			w.Header().Add("Vary", "Accept")
			if form = prefers(r.Header.Get("Accept"), jsonldType, turtleType, "text/html", "application/json"); form == "text/html" {
				return r.Redirect(w, base)
			}
		}
		g, err := graph(r.Context(), reader(r))
		if err != nil {
			return err
		}
		w.Header().Set("Link", `<`+r.URLOf(base+"/catalog.ttl")+`>; rel="alternate"; type="text/turtle", <`+r.URLOf(base+"/catalog.jsonld")+`>; rel="alternate"; type="application/ld+json"`)
		if form == turtleType {
			return share(w, r, turtleType+"; charset=utf-8", g.Turtle())
		}
		linked, err := g.JSONLD()
		if err != nil {
			return err
		}
		return share(w, r, form, linked)
	}
}

// prefers is the one of the offered media types that an Accept header wants most, of equals the first (RFC 9110, 12.5.1).
// Where nothing fits, the first: more useful than a refusal.
func prefers(accept string, offered ...string) string {
	best, most := offered[0], 0.0
	for _, o := range offered {
		if q := quality(accept, o); q > most {
			best, most = o, q
		}
	}
	return best
}

// share answers with what is made anew each time, unless the reader has these very bytes already.
func share(w http.ResponseWriter, r *web.Request, mediaType string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // weak: it is the same whichever way it is compressed
	w.Header().Set("ETag", tag)
	for known := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == tag || known == "*" {
			w.Header().Set("Cache-Control", web.ForSeconds)
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	return r.Share(w, mediaType, web.ForSeconds, body)
}

// linkedData is what a page says for programs that read it; nil for nothing. Browsers run none of it.
func linkedData(raw []byte) page.Component {
	if len(raw) == 0 {
		return nil
	}
	return templ.Raw(`<script type="application/ld+json">` + string(raw) + `</script>`)
}

// linkedService is linkedData of a service's page.
func (s *Site) linkedService(r *web.Request, id string) page.Component {
	raw, err := s.catalogues().ServicePage(reader(r), id)
	if err != nil {
		return nil // the page itself says what is wrong
	}
	return linkedData(raw)
}

// linkedDataset is linkedData of a dataset's page: of a version, or of the newest for 0.
func (s *Site) linkedDataset(r *web.Request, id string, number int) (page.Component, error) {
	raw, err := s.catalogues().DatasetPage(r.Context(), reader(r), id, number)
	if fault.KindOf(err) == fault.NotFound { // nothing is published yet, or it was withdrawn
		return nil, nil
	}
	return linkedData(raw), err
}
