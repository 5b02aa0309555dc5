package site

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// registerFile is /registers/{register}.csv and .jsonl: all its records with what is public of them.
func (s *Site) registerFile(w http.ResponseWriter, r *web.Request, register, format string) error {
	f, err := s.View.RegisterFiles().PublicFile(r.Context(), reader(r), register, format)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", web.ForSeconds)
	return web.Stream(r, w, web.TableType(format), f.Name, f.Write)
}

// fileOf tells the address of a register's file from that of its page.
func fileOf(id string) (register, format string, ok bool) {
	for _, format := range []string{"csv", "jsonl"} {
		if register, ok := strings.CutSuffix(id, "."+format); ok {
			return register, format, true
		}
	}
	return "", "", false
}

// registerChanges is /registers/{register}/changes: what changed, as Atom for people's readers, and from a cursor on
// (?after=, or whoever asks for JSON) as JSON for programs.
func (s *Site) registerChanges(w http.ResponseWriter, r *web.Request) error {
	for _, name := range []string{"Accept", "Accept-Language", "Cookie"} {
		w.Header()["Vary"] = append(w.Header()["Vary"], name)
	}
	if r.URL.Query().Has("after") || strings.Contains(r.Header.Get("Accept"), "application/json") {
		return s.changesJSON(w, r)
	}
	c, err := s.View.RegisterFiles().News(r.Context(), reader(r), r.PathValue("register"))
	if err != nil {
		return err
	}
	raw, err := xml.MarshalIndent(changesAtom(r, c), "", " ")
	if err != nil {
		return err
	}
	return r.Share(w, "application/atom+xml; charset=utf-8", web.ForSeconds, append([]byte(xml.Header), raw...))
}

func (s *Site) changesJSON(w http.ResponseWriter, r *web.Request) error {
	c, err := s.View.RegisterFiles().Changes(r.Context(), reader(r), r.PathValue("register"), r.Query("after"))
	if err != nil {
		return err
	}
	if c.Changes == nil {
		c.Changes = []view.RegisterChange{}
	}
	raw, err := json.MarshalIndent(struct {
		Register string                `json:"register"`
		Changes  []view.RegisterChange `json:"changes"`
		Next     string                `json:"next"` // the cursor to ask for next, also when there is nothing more yet
		More     bool                  `json:"more"`
	}{r.PathValue("register"), c.Changes, c.Next, c.More}, "", " ")
	if err != nil {
		return err
	}
	return r.Share(w, "application/json", web.ForSeconds, append(raw, '\n'))
}

func changesAtom(r *web.Request, c view.RegisterChanges) atomFeed {
	out := atomFeed{Lang: r.P.Tag(), ID: r.URLOf(c.Path + "/changes"), Title: c.Title, Updated: c.Updated.UTC().Format(time.RFC3339), Author: atomPerson{c.Organisation},
		Links: []atomLink{{"self", "application/atom+xml", r.URLOf(c.Path + "/changes")}, {"alternate", "text/html", r.URLOf(c.Path)}}}
	for _, e := range c.Changes {
		at := e.At.UTC().Format(time.RFC3339)
		entry := atomEntry{ID: r.URLOf(c.Path + "/changes#" + e.Place), Title: e.Title, Updated: at, Published: at, Author: atomPerson{c.Organisation}, Summary: e.Words}
		if e.Public {
			entry.Links = append(entry.Links, atomLink{"alternate", "text/html", r.URLOf(e.Address)})
		}
		out.Entries = append(out.Entries, entry)
	}
	return out
}

// registerFiles are the ways to have all of a register, and to follow it.
func registerFiles(r *web.Request, base string) page.Component {
	return column(page.Heading{Level: 2, Text: r.T("The whole register"), Size: "m"}, page.List{Items: []page.Component{
		page.LinkTo{Text: r.T("All entries as a table (CSV)"), URL: base + ".csv"},
		page.LinkTo{Text: r.T("All entries for programs (JSON Lines)"), URL: base + ".jsonl"},
		page.LinkTo{Text: r.T("What has changed (Atom feed)"), URL: base + "/changes"},
	}})
}

// mergedRecord is the page of a record that lives on in another.
func (s *Site) mergedRecord(w http.ResponseWriter, r *web.Request, p view.RecordPage) error {
	g := page.Group{heading1(p.Kind, p.Number)}
	if p.Into == "" {
		g = append(g, body(r.T("This entry was merged into another one, which is not public.")))
	} else {
		to := "/registers/" + p.Register.ID + "/" + url.PathEscape(p.Into)
		g = append(g, page.InsetText{HTML: r.P.H("This entry was there twice. It was merged into {number}.", i18n.V{"number": page.LinkTo{Text: p.Into, URL: to}})})
	}
	return r.Render(w, web.Page{Title: p.Number, Area: "registers", Content: column(g...), NoIndex: true,
		Crumbs: registerCrumbs(r, page.Crumb{Text: p.Register.Title, Href: "/registers/" + p.Register.ID})})
}
