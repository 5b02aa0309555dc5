package disclosure

import (
	"slices"
	"strings"

	"stoa/internal/service"
)

// Gathering fills an entry from its documents: for the preview and for what is published, so that both are the same.
type Gathering struct {
	Entry *Entry
	Files []PublishedFile // in the order of the documents, by their ids until they are published, with their bytes
	used  map[string]bool
}

// Gather begins with the reasons of the decision, of which those that are exemptions count.
func Gather(e *Entry, s *service.Service, reasons []string) *Gathering {
	g := &Gathering{Entry: e, used: map[string]bool{}}
	for _, id := range reasons {
		g.used[id] = slices.ContainsFunc(s.Disclosure.Exemptions, func(x service.ChoiceFile) bool { return x.ID == id })
	}
	return g
}

// Withhold notes a document that is held back whole.
func (g *Gathering) Withhold(d *Document) { g.used[d.Reason] = true }

// Add takes what is left of a document.
func (g *Gathering) Add(d *Document, data []byte) {
	switch d.Source {
	case Request:
		title, rest, _ := strings.Cut(string(data), "\n")
		g.Entry.Title, g.Entry.Request = strings.TrimSpace(title), strings.TrimSpace(rest)
	case Answer:
		g.Entry.Answer = strings.TrimSpace(string(data))
	default:
		for _, m := range d.Marks {
			g.used[m.Reason] = true
		}
		g.Files = append(g.Files, PublishedFile{ID: d.ID, Name: ReleasedName(g.Entry.Number, d.Seq, d.Kind), Kind: d.Kind, Size: int64(len(data)), Removed: len(d.Marks), Data: data})
	}
}

// Done notes the exemptions that were used.
func (g *Gathering) Done() {
	for id, is := range g.used {
		if is {
			g.Entry.Exemptions = append(g.Entry.Exemptions, id)
		}
	}
	slices.Sort(g.Entry.Exemptions)
}
