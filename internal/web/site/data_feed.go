package site

import (
	"encoding/xml"
	"net/http"
	"time"

	"stoa/internal/view"
	"stoa/internal/web"
)

// atomFeed is a feed as RFC 4287 writes it.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Updated   string     `xml:"updated"`
	Published string     `xml:"published"`
	Author    atomPerson `xml:"author"`
	Links     []atomLink `xml:"link"`
	Summary   string     `xml:"summary"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

// dataFeed is /data/feed.atom and /data/{dataset}/feed.atom.
func (s *Site) dataFeed(w http.ResponseWriter, r *web.Request) error {
	f, err := s.View.Data().Feed(r.Context(), reader(r), r.PathValue("dataset"))
	if err != nil {
		return err
	}
	raw, err := xml.MarshalIndent(atomOf(r, f), "", " ")
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept-Language")
	w.Header().Add("Vary", "Cookie") // the language is chosen by either
	return r.Share(w, "application/atom+xml; charset=utf-8", web.ForSeconds, append([]byte(xml.Header), raw...))
}

func atomOf(r *web.Request, f view.DataFeed) atomFeed {
	page := r.URLOf(f.Path)
	// What a feed is called stays the same in every language and wherever it is read.
	out := atomFeed{Lang: r.P.Tag(), ID: r.URLOf(f.Path + "/feed.atom"), Title: f.Title, Updated: f.Updated.UTC().Format(time.RFC3339), Author: atomPerson{f.Author},
		Links: []atomLink{{"self", "application/atom+xml", r.URLOf(r.URL.RequestURI())}, {"alternate", "text/html", page}}}
	for _, e := range f.Entries {
		at := e.At.UTC().Format(time.RFC3339)
		entry := atomEntry{ID: r.URLOf(e.Path), Title: e.Title, Updated: at, Published: at, Author: atomPerson{e.Author}, Summary: e.Summary,
			Links: []atomLink{{"alternate", "text/html", r.URLOf(e.Path)}}}
		if e.CSV != "" {
			entry.Links = append(entry.Links, atomLink{"enclosure", "text/csv", r.URLOf(e.CSV)})
		}
		out.Entries = append(out.Entries, entry)
	}
	return out
}
