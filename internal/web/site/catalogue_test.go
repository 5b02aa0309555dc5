package site_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"stoa/internal/web/site"
)

func (b *browser) ask(path, header, value string) answer {
	b.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if header != "" {
		r.Header.Set(header, value)
	}
	return b.do(r)
}

func TestCatalogueOfServicesInTheFormAskedFor(t *testing.T) {
	b := open(t, false).browser()
	const turtle, linked = "text/turtle; charset=utf-8", "application/ld+json"
	for accept, want := range map[string]string{
		"": linked, "*/*": linked, "text/turtle": turtle, "application/ld+json": linked, "application/json": "application/json", "image/png": linked,
		"text/turtle;q=0.5, application/ld+json;q=0.9": linked, "text/turtle;q=0.9, application/ld+json;q=0.5": turtle, "text/*": turtle,
		"text/turtle;q=0": linked, "TEXT/TURTLE": turtle, "text/turtle;q=nonsense": linked,
	} {
		a := b.ask("/services/catalog", "Accept", accept)
		if got := a.header.Get("Content-Type"); a.status != 200 || got != want || !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Accept") {
			t.Errorf("Accept %q: %d %s, want %s", accept, a.status, got, want)
		}
	}
	if a := b.ask("/services/catalog", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"); a.status != 303 || a.to != "/services" {
		t.Errorf("a browser: %d %s", a.status, a.to)
	}
	for _, path := range []string{"/services/catalog.ttl", "/services/catalog.jsonld", "/data/catalog.ttl", "/data/catalog.jsonld", "/sitemap.xml"} {
		first := b.get(path)
		if first.status != 200 || first.header.Get("ETag") == "" || first.header.Get("Cache-Control") != "public, max-age=5" {
			t.Errorf("%s: %d %v", path, first.status, first.header)
		}
		if a := b.ask(path, "If-None-Match", `"other", `+first.header.Get("ETag")); a.status != 304 || a.body != "" {
			t.Errorf("%s again: %d", path, a.status)
		}
		if a := b.ask(path, "If-None-Match", `"other"`); a.status != 200 {
			t.Errorf("%s, knowing another: %d", path, a.status)
		}
	}
	ttl := b.get("/services/catalog.ttl").body
	for _, want := range []string{"<http://test/services/premises-licence> a cpsv:PublicService", "cv:hasCompetentAuthority <http://test/contact#licensing>", "@ar", "cpsv:implements <https://www.legislation.gov.uk/", `"21"^^xsd:double`} {
		if !strings.Contains(ttl, want) {
			t.Errorf("the catalogue of services does not say %s", want)
		}
	}
}

func TestServicePagesSayWhatTheyAreForPrograms(t *testing.T) {
	b := open(t, false).browser()
	in := regexp.MustCompile(`<script type="application/ld\+json">([^<]*)</script>`)
	for _, lang := range []string{"en", "ar"} {
		m := in.FindStringSubmatch(b.get("/services/temporary-event-notice?lang=" + lang).body)
		if m == nil {
			t.Fatalf("%s: no linked data", lang)
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(m[1]), &v); err != nil || v["@type"] != "GovernmentService" || v["@id"] != "http://test/services/temporary-event-notice" {
			t.Errorf("%s: %v %v", lang, err, v)
		}
	}
}

func TestEveryPageOfTheSitemapIsThere(t *testing.T) {
	b := open(t, false).browser()
	var set struct {
		URLs []struct {
			Loc   string `xml:"loc"`
			Links []struct {
				Rel  string `xml:"rel,attr"`
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"url"`
	}
	a := b.get("/sitemap.xml")
	if err := xml.Unmarshal([]byte(a.body), &set); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, u := range set.URLs {
		path := strings.TrimPrefix(u.Loc, "http://test")
		if len(u.Links) != 3 || u.Links[2].Lang != "x-default" || u.Links[i%2].Href != u.Loc || seen[u.Loc] {
			t.Fatalf("%s: %v", u.Loc, u.Links)
		}
		seen[u.Loc] = true
		if i%2 == 0 || len(set.URLs) < 100 { // one language of each page is enough
			if a := b.get(path); a.status != 200 || strings.Contains(a.body, "noindex") {
				t.Errorf("%s: %d", path, a.status)
			}
		}
	}
	for _, want := range []string{"/?lang=en", "/services/premises-licence?lang=ar", "/life-events/running-an-event?lang=en", "/registers/premises-licences?lang=en"} {
		if !seen["http://test"+want] {
			t.Errorf("%s is not in the sitemap", want)
		}
	}
	if robots := b.get("/robots.txt"); !strings.Contains(robots.body, "\nSitemap: http://test/sitemap.xml\n") {
		t.Errorf("robots.txt: %s", robots.body)
	}
	for _, path := range []string{"/sitemap/2.xml", "/sitemap/0.xml", "/sitemap/x.xml", "/sitemap/01.xml", "/sitemap/1"} {
		if a := b.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestALongSitemapIsCut(t *testing.T) {
	var paths []string
	for i := range 130_001 {
		paths = append(paths, fmt.Sprintf("/registers/r/%07d", i))
	}
	for languages, most := range map[int]int{1: 50_000, 2: 25_000, 20: 2_500} {
		parts := site.PartsOf(paths, languages, len("https://services.town.example"))
		n := 0
		for _, p := range parts {
			n += len(p)
			if len(p) > most || len(p) == 0 {
				t.Errorf("%d languages: a file of %d pages", languages, len(p))
			}
		}
		if n != len(paths) || parts[0][0] != paths[0] || parts[len(parts)-1][len(parts[len(parts)-1])-1] != paths[len(paths)-1] {
			t.Errorf("%d languages: %d pages of %d", languages, n, len(paths))
		}
	}
	if parts := site.PartsOf(nil, 2, 10); len(parts) != 1 {
		t.Errorf("nothing in %d files", len(parts))
	}
}
