package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/web"
)

// Limits of a sitemap (sitemaps.org): addresses, and bytes with room for the frame.
const (
	sitemapMost  = 50_000
	sitemapBytes = 45 << 20
)

// sitemap is /sitemap.xml: every public page in every language, each with the others as its alternates. Where they are too
// many for one file, it is the list of the files.
func (s *Site) sitemap(w http.ResponseWriter, r *web.Request) error {
	parts, err := s.sitemapParts(r)
	if err != nil {
		return err
	}
	if len(parts) == 1 {
		return shareXML(w, r, sitemapOf(r, parts[0]))
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for i := range parts {
		fmt.Fprintf(&b, "<sitemap><loc>%s</loc></sitemap>\n", inXML(r.URLOf("/sitemap/"+strconv.Itoa(i+1)+".xml")))
	}
	b.WriteString("</sitemapindex>\n")
	return shareXML(w, r, b.Bytes())
}

// sitemapPart is /sitemap/{part}: 1.xml, 2.xml …
func (s *Site) sitemapPart(w http.ResponseWriter, r *web.Request) error {
	parts, err := s.sitemapParts(r)
	if err != nil {
		return err
	}
	name, _ := strings.CutSuffix(r.PathValue("part"), ".xml")
	n, err := strconv.Atoi(name)
	if err != nil || n < 1 || n > len(parts) || strconv.Itoa(n)+".xml" != r.PathValue("part") {
		return fault.NewNotFound("")
	}
	return shareXML(w, r, sitemapOf(r, parts[n-1]))
}

// sitemapParts are the paths of the pages, as many together as one file may hold.
func (s *Site) sitemapParts(r *web.Request) (parts [][]string, err error) {
	paths, err := s.catalogues().Pages(r.Context(), reader(r))
	if err != nil {
		return nil, err
	}
	return partsOf(paths, len(r.Place.File.Languages), len(r.URLOf(""))), nil
}

// partsOf cuts the list so that no file has more addresses or bytes than it may. A page has an address in each language, and
// each names all of them.
func partsOf(paths []string, languages, base int) (parts [][]string) {
	from, addresses, size := 0, 0, 0
	for i, p := range paths {
		bytes := languages * (languages + 2) * (base + len(p) + 100)
		if i > from && (addresses+languages > sitemapMost || size+bytes > sitemapBytes) {
			parts = append(parts, paths[from:i])
			from, addresses, size = i, 0, 0
		}
		addresses, size = addresses+languages, size+bytes
	}
	return append(parts, paths[from:])
}

func sitemapOf(r *web.Request, paths []string) []byte {
	languages := r.Place.File.Languages
	var b bytes.Buffer
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n")
	for _, path := range paths {
		var others strings.Builder
		address := func(tag string) string { return inXML(r.URLOf(path) + "?lang=" + url.QueryEscape(tag)) }
		for _, tag := range languages {
			fmt.Fprintf(&others, `<xhtml:link rel="alternate" hreflang="%s" href="%s"/>`, inXML(tag), address(tag))
		}
		fmt.Fprintf(&others, `<xhtml:link rel="alternate" hreflang="x-default" href="%s"/>`, inXML(r.URLOf(path)))
		for _, tag := range languages {
			fmt.Fprintf(&b, "<url><loc>%s</loc>%s</url>\n", address(tag), others.String())
		}
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}

func inXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}

func shareXML(w http.ResponseWriter, r *web.Request, body []byte) error {
	return share(w, r, "application/xml; charset=utf-8", body)
}
