package converse

import (
	"slices"
	"strings"

	"stoa/internal/process"
	"stoa/internal/service"
)

// writer puts what is published on a shelf, passage by passage.
type writer struct {
	l    *Library
	s    *shelf
	list []written

	// of the document being written
	document, title, url, version, service string
	also                                   []string
	rules                                  *service.Service // whose words and values they are
}

// written is a passage with what leads to it.
type written struct {
	*passage
	document string
	also     []string
}

func text(pieces []string) string { return strings.Join(pieces, "\n") }

// T is a text of the files in the shelf's language; "" where it is only in another: what is quoted is never in the wrong one.
func (w *writer) T(t service.Text) string { return strings.TrimSpace(t.By[w.s.lang]) }

// begin opens a document.
func (w *writer) begin(document, title, url, version string) {
	w.document, w.title, w.url, w.version, w.service, w.also, w.rules = document, title, url, version, "", nil, nil
}

// quote adds a passage of texts as they stand in the file.
func (w *writer) quote(part, key, heading string, law *service.SourceFile, pieces ...string) {
	w.add(Quoted, part, key, heading, law, pieces)
}

// compute adds a passage whose texts come out of the engine.
func (w *writer) compute(part, key, heading string, law *service.SourceFile, pieces ...string) *passage {
	return w.add(Computed, part, key, heading, law, pieces)
}

func (w *writer) add(kind, part, key, heading string, law *service.SourceFile, pieces []string) *passage {
	pieces = slices.DeleteFunc(slices.Clone(pieces), func(t string) bool { return strings.TrimSpace(t) == "" })
	if len(pieces) == 0 {
		return nil
	}
	id := w.document + "#" + part
	if key != "" {
		id += "/" + key
	}
	p := &passage{Source: Source{ID: id, Title: w.title, Part: heading, URL: w.url, Version: w.version}, kind: kind, pieces: pieces, part: part, service: w.service}
	if law != nil {
		p.Law = lawOf(*law)
	}
	w.list = append(w.list, written{p, w.document, w.also})
	return p
}

func lawOf(s service.SourceFile) Law {
	text := s.Title
	if s.Section != "" {
		text += ", " + s.Section
	}
	return Law{text, s.URL}
}

// law is a source that the rules' file names.
func (w *writer) law(id string) *service.SourceFile {
	if w.rules == nil {
		return nil
	}
	if src, ok := w.rules.Law[id]; ok {
		return &src
	}
	return nil
}

// period is a deadline in words; "" where it is a rule's day.
func (w *writer) period(d service.DeadlineFile) string {
	switch {
	case d.WorkingDays > 0:
		return w.s.p.N("{n} working day", "{n} working days", d.WorkingDays)
	case d.Days > 0:
		return w.s.p.N("{n} day", "{n} days", d.Days)
	case d.Months > 0:
		return w.s.p.N("{n} month", "{n} months", d.Months)
	}
	return ""
}

// figure adds a figure of the law as it is on the day.
func (w *writer) figure(x *service.Parameter) {
	v := x.On(w.l.day)
	if v == nil || x.Title.By[w.s.lang] == "" {
		return
	}
	law := v.Source
	shown := process.Show(w.s.p, &service.Service{Jurisdiction: w.l.place}, v.Value, x.Type)
	title := w.T(x.Title)
	p := w.compute("figures", x.ID, title, &law, w.s.p.T("{label}: {value}", map[string]any{"label": title, "value": shown}))
	if p != nil {
		p.Since = w.s.p.DateOf(day{v.From})
	}
}

// figures adds those that rules name.
func (w *writer) figures(s *service.Service) {
	for _, x := range s.Jurisdiction.Parameters {
		if usesParameter(s, x.ID) {
			w.figure(x)
		}
	}
}

// usesParameter looks for the figure in the rules of a file, as the file writes them.
func usesParameter(s *service.Service, id string) bool {
	names := func(source string) bool {
		for rest, name := source, "param."+id; ; {
			at := strings.Index(rest, name)
			if at < 0 {
				return false
			}
			if rest = rest[at+len(name):]; rest == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_", rune(rest[0])) {
				return true
			}
		}
	}
	for _, f := range s.ServiceFile.Fee {
		if names(f.Amount.Source) || f.When != nil && names(f.When.Source) {
			return true
		}
	}
	for _, v := range s.ServiceFile.Values {
		if names(v.Is.Source) {
			return true
		}
	}
	for _, t := range s.ServiceFile.Tables {
		for _, row := range t.Rows {
			for _, e := range row.When {
				if names(e.Source) {
					return true
				}
			}
			for _, e := range row.Then {
				if names(e.Source) {
					return true
				}
			}
		}
	}
	for _, e := range s.ServiceFile.Eligibility {
		if names(e.That.Source) {
			return true
		}
	}
	return false
}
