package site

import (
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/proof"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// log is /log: what the public log is, how it stands, and how anybody checks it.
func (s *Site) log(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.LogPages().Page(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Public log")
	state := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Entries")}, Value: page.Cell{HTML: page.ID(r.P.Number(itoa64(p.Size)))}},
	}}
	if p.At.Text != "" {
		state.Rows = append(state.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Last signed")}, Value: page.Cell{HTML: timeOf(p.At)}})
	}
	if p.Waiting > 0 {
		state.Rows = append(state.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Being published")}, Value: page.Cell{HTML: page.ID(r.P.Number(itoa64(p.Waiting)))}})
	}
	state.Rows = append(state.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Name")}, Value: page.Cell{HTML: page.ID(p.Origin)}})
	content := page.Group{
		heading1("", title),
		column(
			body(r.T("Every payment, decision and licence, and every change of the rules, leaves an entry here within a second. An entry is never changed and never taken away. Whoever tried would be found out, because anybody can keep a copy and compare.")),
			body(r.T("No names and no personal details are shown. Where there are some, the entry holds a fingerprint of them, which only the person concerned can open.")),
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Check a proof that you were given"), URL: "/verify#proof"}},
			state,
		),
		h2(r.T("Newest entries")), leafTable(r, p.Recent),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("All entries"), URL: "/log/leaves"}},
		column(logWitnesses(r, p), logCheck(r, p)),
	}
	return r.Render(w, web.Page{Title: title, Area: "log", Content: content})
}

func logWitnesses(r *web.Request, p view.LogPage) page.Component {
	g := page.Group{h2(r.T("Witnesses")),
		body(r.T("A witness is somebody outside who confirms that everybody is shown this same log."))}
	if len(p.Witnesses) == 0 {
		return append(g, body(r.T("This log has no witness yet. That everybody sees the same, only the log itself says.")))
	}
	list := page.SummaryList{}
	for _, x := range p.Witnesses {
		value := page.Component(page.Text(r.T("Has confirmed nothing yet")))
		if x.Size > 0 {
			value = r.P.H("Confirmed {count} entries on {date}", i18n.V{"count": r.P.Number(itoa64(x.Size)), "date": timeOf(x.At)})
		}
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{HTML: page.ID(x.Name)}, Value: page.Cell{HTML: value}})
	}
	return append(g, list)
}

// logCheck says how anybody checks the whole log on a machine of their own.
func logCheck(r *web.Request, p view.LogPage) page.Component {
	at := r.URLOf("/log")
	return page.Group{
		h2(r.T("Check it yourself")),
		body(r.T("The program stoa, which anybody may have, reads all entries and works out everything anew, without believing us:")),
		code("curl -O "+at+"/keys.txt", "stoa verify "+at+" --key keys.txt"),
		body(r.T("Keep the keys: they are how you know this log again. With a state of the log that you kept, the program also shows that nothing was taken away since:")),
		code("curl -O "+at+"/checkpoint", "stoa verify "+at+" --key keys.txt --extends checkpoint"),
		page.Paragraph{HTML: page.Group{
			link(r.T("Keys"), "/log/keys.txt"), page.Text(" · "), link(r.T("Newest signed state"), "/log/checkpoint"),
		}},
		page.Details{SummaryText: r.T("The keys that sign this log"), HTML: code(p.Keys...)},
		body(r.T("The files follow open standards (C2SP tlog-tiles, checkpoint and witness), so other programs read them too.")),
	}
}

func leafTable(r *web.Request, list []view.LeafLine) page.Component {
	t := page.QueueTable{Caption: r.T("Entries of the public log"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Number")}, {Text: r.T("What")}, {Text: r.T("Says")}, {Text: r.T("By")}, {Text: r.T("When")}},
		Empty:   page.EmptyState{Heading: r.T("Nothing is published yet"), Level: 3}}
	for _, l := range list {
		n := itoa64(l.Index)
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(n)}, {HTML: page.LinkTo{Text: l.Kind, URL: "/log/leaves/" + n, Hidden: n}},
			{HTML: page.ID(l.Says)}, {Text: l.By}, {HTML: timeOf(l.At)}}})
	}
	return t
}

func logCrumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Public log"), Href: "/log"}}, more...)
}

// leaves is /log/leaves?before=: all entries, the newest first.
func (s *Site) leaves(w http.ResponseWriter, r *web.Request) error {
	list, next, err := s.View.LogPages().Leaves(r.Context(), reader(r), atoi64(r.Query("before")))
	if err != nil {
		return err
	}
	title := r.T("Entries of the public log")
	content := page.Group{heading1("", title), leafTable(r, list)}
	if next > 0 {
		content = append(content, page.Pagination{Next: page.PageLink{Href: "/log/leaves?before=" + itoa64(next)}})
	}
	return r.Render(w, web.Page{Title: title, Area: "log", Content: content, Crumbs: logCrumbs(r), NoIndex: true})
}

func leafIndex(r *web.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("leaf"), 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != r.PathValue("leaf") {
		return 0, fault.NewNotFound("")
	}
	return n, nil
}

// leaf is /log/leaves/{leaf}: an entry in words.
func (s *Site) leaf(w http.ResponseWriter, r *web.Request) error {
	n, err := leafIndex(r)
	if err != nil {
		return err
	}
	p, err := s.View.LogPages().Leaf(r.Context(), reader(r), n)
	if err != nil {
		return err
	}
	content := column(
		heading1(r.T("Entry {number} of the public log", i18n.V{"number": itoa64(n)}), p.Kind),
		leafFacts(r, p),
		page.ButtonGroup{page.Button{Text: r.T("Download the proof"), Href: "/log/leaves/" + itoa64(n) + "/proof", Classes: "govuk-button--secondary"}},
		body(r.T("The proof is a small file with which anybody can check, without us, that this entry is in the log.")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Check a proof"), URL: "/verify#proof"}},
	)
	return r.Render(w, web.Page{Title: p.Kind + " " + itoa64(n), Area: "log", Content: content, NoIndex: true,
		Crumbs: logCrumbs(r, page.Crumb{Text: r.T("Entries"), Href: "/log/leaves"})})
}

// leafFacts is everything that a leaf, or a proof of it, says.
func leafFacts(r *web.Request, p view.LeafPage) page.Component {
	list := page.SummaryList{}
	add := func(label string, value page.Component) {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: value}})
	}
	add(r.T("When"), timeOf(p.At))
	add(r.T("By"), page.ID(p.By))
	for _, f := range p.Facts {
		add(f.Label, page.ID(f.Value))
	}
	for _, f := range p.Shown {
		add(f.Label, page.Group{page.ID(f.Value), aside(r.T("In the log as a fingerprint only, which this proof opens"))})
	}
	if len(p.Hidden) > 0 {
		add(r.T("Not shown"), page.Group{page.Text(strings.Join(p.Hidden, ", ")), aside(r.T("Only the person concerned can show this"))})
	}
	place := r.T("{number} of {count}", i18n.V{"number": itoa64(p.Index), "count": itoa64(p.Size)})
	add(r.T("Place in the log"), page.ID(place))
	var seen []string
	for _, x := range p.Seen {
		seen = append(seen, x.Name)
	}
	if len(seen) == 0 {
		seen = []string{r.T("nobody yet")}
	}
	add(r.T("Confirmed by witnesses"), page.ID(strings.Join(seen, ", ")))
	return list
}

// leafProof is /log/leaves/{leaf}/proof.
func (s *Site) leafProof(w http.ResponseWriter, r *web.Request) error {
	n, err := leafIndex(r)
	if err != nil {
		return err
	}
	raw, err := s.View.LogPages().LeafProof(r.Context(), n)
	if err != nil {
		return err
	}
	return sendProof(w, r, "entry-"+itoa64(n), raw)
}

// proofType is what a browser saves and does not open.
const proofType = "application/octet-stream"

func sendProof(w http.ResponseWriter, r *web.Request, name string, raw []byte) error {
	return r.Send(w, proofType, strings.ReplaceAll(name, " ", "-")+".tlog-proof", raw)
}

// logFile is /log/{path...}: what programs read.
func (s *Site) logFile(w http.ResponseWriter, r *web.Request) error {
	data, final, err := s.View.LogPages().Serve(r.Context(), r.PathValue("path"))
	if err != nil {
		return err
	}
	mediaType, keep := "application/octet-stream", web.ForSeconds
	if final {
		keep = web.ForEver
	}
	if r.PathValue("path") == proof.CheckpointPath {
		mediaType = "text/plain; charset=utf-8"
	}
	return r.Share(w, mediaType, keep, data)
}

func (s *Site) logKeys(w http.ResponseWriter, r *web.Request) error {
	raw, err := s.View.LogPages().KeyFile(r.Context())
	if err != nil {
		return err
	}
	return r.Share(w, "text/plain; charset=utf-8", web.ForSeconds, raw)
}

// proofOf tells, beside what a person holds, how far it has come in the public log. base is its address.
func proofOf(r *web.Request, p view.Proof, base string) page.Component {
	if !p.Logged {
		return nil
	}
	if !p.Published {
		return page.InsetText{HTML: page.Group{page.Text(r.T("Being published in the public log. This takes a second or two.") + " "), link(r.T("Look again"), base)}}
	}
	number := itoa64(p.Index)
	said := page.Group{r.P.H("In the public log as number {number}.", i18n.V{"number": link(number, "/log/leaves/"+number)}), page.Text(" ")}
	if p.Witnesses > 0 {
		said = append(said, page.Text(r.P.N("Confirmed by {n} witness.", "Confirmed by {n} witnesses.", p.Witnesses, i18n.V{"n": p.Witnesses})+" "))
	}
	return page.InsetText{HTML: page.Group{
		page.Paragraph{HTML: append(said, page.LinkTo{Text: r.T("Proof"), URL: base + "/proof", Hidden: r.T("download")})},
		page.Paragraph{Text: r.T("With the proof, anybody can check without us that this is genuine. It shows your personal details to whoever you give it."), Classes: "govuk-body-s"},
	}}
}

// ownProof answers with the proof of something of the reader's own; before it is published, with the page that says so.
func ownProof(w http.ResponseWriter, r *web.Request, name, base string, p view.Proof, bundle func() ([]byte, error), err error) error {
	if err != nil {
		return err
	}
	if !p.Logged {
		return fault.NewNotFound("")
	}
	if !p.Published {
		return r.Redirect(w, base)
	}
	raw, err := bundle()
	if err != nil {
		return err
	}
	return sendProof(w, r, name, raw)
}

func (s *Site) paymentProof(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("payment")
	p, bundle, err := s.View.LogPages().Payment(r.Context(), reader(r), id)
	return ownProof(w, r, "receipt", "/account/payments/"+id+"/receipt", p, bundle, err)
}

func (s *Site) licenceProof(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("licence")
	p, bundle, err := s.View.LogPages().Licence(r.Context(), reader(r), id)
	return ownProof(w, r, "licence", "/account/licences/"+id, p, bundle, err)
}

func (s *Site) letterProof(w http.ResponseWriter, r *web.Request) error {
	id, letter := r.PathValue("case"), r.PathValue("letter")
	p, bundle, err := s.View.LogPages().Decision(r.Context(), reader(r), id, letter)
	return ownProof(w, r, "decision", "/account/cases/"+id+"/letters/"+letter, p, bundle, err)
}
