package converse

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"stoa/internal/assist"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// Bounds of quoting.
const (
	lookedAt    = 40   // passages
	mostSources = 3    //
	mostQuoted  = 420  // characters of one passage that are quoted whole; of more, the best sentences
	enough      = 0.5  // share of what was asked that a passage must speak of
	more        = 0.15 // that a second passage must add
	perRank     = 0.02 // what each place further down in the index's order takes off
	leastTypo   = 5    // letters of a word that may be mistyped
	figured     = 0.2  // what it counts that a passage holds a figure where one was asked for
)

// search answers with what stands in the files, if it speaks of what was asked.
func (h *hearing) search() bool {
	if len(h.ws) == 0 {
		return false
	}
	q := assist.Question{Text: h.in.Text, History: h.history()}
	found := h.s.index.Search(q)
	best, most, at := -1, 0.0, 0.0
	counts := h.s.words.says(asksFigure, h.ws, nil)
	for i, hit := range found.Hits[:min(len(found.Hits), lookedAt)] {
		p := h.s.passages[hit.Passage]
		fit, about := h.fit(p)
		if !h.spoken(p) {
			continue
		}
		if h.st.About != "" && p.service == h.st.About {
			fit += 0.08
		}
		if counts && strings.ContainsFunc(text(p.pieces), unicode.IsDigit) {
			fit += figured
		}
		if score := fit - perRank*float64(i); score > most {
			best, most, at = hit.Passage, score, about
		}
	}
	if best < 0 || at < enough {
		return false
	}
	p := h.s.passages[best]
	h.a.Kind, h.a.Service = Answered, p.service
	if strings.HasPrefix(p.ID, "tax/") {
		h.a.Tax, _, _ = strings.Cut(strings.TrimPrefix(p.ID, "tax/"), "#")
		h.a.Do = append(h.a.Do, "estimate")
	}
	h.quote(q, best)
	for _, hit := range found.Hits[:min(len(found.Hits), 6)] {
		other := h.s.passages[hit.Passage]
		if hit.Passage != best && other.service == p.service && len(h.a.Sources) < mostSources && h.adds(p, other) {
			h.quote(q, hit.Passage)
			break
		}
	}
	if p.service != "" {
		h.a.Do = append(h.a.Do, "service")
	}
	return true
}

// leastSpoken is how many of the question's words must stand in a passage as they are, where there are so many: one word alone,
// or one that only looks alike, is a coincidence.
const leastSpoken = 2

// spoken reports whether a passage has enough of the question's own words; in a conversation about its service one is enough.
func (h *hearing) spoken(p *passage) bool {
	have := map[string]bool{}
	for _, t := range []string{p.Title, p.Source.Part, text(p.pieces)} {
		for _, w := range assist.Words(h.s.lang, t) {
			have[w.Stem] = true
		}
	}
	document, _, _ := strings.Cut(p.ID, "#")
	t := h.s.thingOf(document)
	all, n := 0, 0
	for _, w := range h.ws {
		if w.Stop {
			continue
		}
		all++
		if have[w.Stem] || t != nil && t.weight[w.Stem] > 0 {
			n++
		}
	}
	if p.service != "" && p.service == h.st.About {
		return n > 0
	}
	return n >= leastSpoken || n > 0 && n == all
}

// adds reports whether another passage speaks of more of what was asked.
func (h *hearing) adds(p, other *passage) bool {
	alone, _ := h.fit(p)
	both, _ := h.fit(p, other)
	return both > alone+more
}

func (h *hearing) quote(q assist.Question, i int) {
	p := h.s.passages[i]
	at := h.a.source(p.Source)
	pieces := p.pieces
	if len([]rune(text(pieces))) > mostQuoted {
		pieces = h.s.index.Quote(q, i, 3)
	}
	for _, piece := range pieces {
		h.a.say(p.kind, piece, at)
	}
}

// Weights of the places where a word of the question may stand: what all passages of a document share says little.
const (
	inPieces   = 1.0
	inPart     = 0.9
	inEveryday = 0.75 // for what a service is
	inDocument = 0.6  // its title, or everyday words for it
	mistyped   = 0.8  // of the above
)

// fit is how much of what was asked passages of one document speak of: each word as well as the best place where it stands.
// about is the share that stands anywhere in the document's words or theirs.
func (h *hearing) fit(ps ...*passage) (score, about float64) {
	place := map[string]float64{}
	put := func(text string, weight float64) {
		for _, w := range assist.Words(h.s.lang, text) {
			place[w.Stem] = max(place[w.Stem], weight)
		}
	}
	for _, p := range ps {
		put(text(p.pieces), inPieces)
		put(p.Source.Part, inPart)
		put(p.Title, inDocument)
	}
	document, _, _ := strings.Cut(ps[0].ID, "#")
	if t := h.s.thingOf(document); t != nil {
		for stem, weight := range t.weight {
			named := inDocument
			if ps[0].part == "about" && weight >= inVariant { // everyday words lead there
				named = inEveryday
			}
			place[stem] = max(place[stem], named)
		}
	}
	all := 0.0
	for _, w := range h.ws {
		if w.Stop {
			continue
		}
		m := h.s.mass(w)
		all += m
		got := place[w.Stem]
		if got == 0 && len([]rune(w.Text)) >= leastTypo {
			for _, near := range h.s.index.Near(w.Text) {
				got = max(got, mistyped*place[assist.Words(h.s.lang, near)[0].Stem])
			}
		}
		score += m * got
		if got > 0 {
			about += m
		}
	}
	if all == 0 {
		return 0, 0
	}
	return score / all, about / all
}

// history is what was said before, as the index reads it.
func (h *hearing) history() (list []assist.Turn) {
	for _, t := range h.st.Turns[max(0, len(h.st.Turns)-10):] {
		switch {
		case t.Person:
			list = append(list, assist.Turn{Person: true, Text: t.Text})
		case t.Answer != nil && len(t.Answer.Sentences) > 0:
			list = append(list, assist.Turn{Text: t.Answer.Sentences[0].Text})
		}
	}
	return list
}

// record looks a name or a number up in the public registers. asked says that the question is about what is in them.
func (h *hearing) record(ctx context.Context, asked bool) (bool, error) {
	name := h.name()
	if name == "" || !asked && !strings.ContainsFunc(name, unicode.IsDigit) {
		return false, nil
	}
	issued, others := h.registers()
	for _, list := range [][]string{issued, others} {
		if len(h.a.Sentences) > 0 {
			break // what was issued to it is what was asked for
		}
		for _, id := range list {
			found, err := h.w.find(ctx, h.s.p, id, name)
			if err != nil {
				return false, err
			}
			for _, rec := range found[:min(len(found), mostSources)] {
				if len(h.a.Sources) < mostSources {
					h.tellRecord(id, rec)
				}
			}
		}
	}
	if len(h.a.Sentences) > 0 {
		h.st.Task = nil
		h.a.Kind = Reckoned
		return true, nil
	}
	if !asked || h.w.Find == nil {
		return false, nil
	}
	h.st.Task = nil
	h.a.Kind = Reckoned
	at := h.a.source(Source{ID: "registers", Title: h.s.p.T("Registers"), URL: "/registers", Version: h.l.place.Hash})
	h.a.say(Computed, h.s.p.T("No public register has an entry with all of these words: {words}", i18n.V{"words": name}), at)
	h.offerPerson()
	return true, nil
}

func (h *hearing) tellRecord(register string, rec Record) {
	reg := h.l.place.Registers[register]
	p := h.s.p
	at := h.a.source(Source{ID: "register/" + register + "#record/" + rec.Number, Title: reg.Title.By[h.s.lang], Part: rec.Number,
		URL: "/registers/" + register + "/" + rec.Number, Law: lawOf(reg.Law), Version: h.l.place.Hash})
	line := rec.Label
	if rec.State != "" {
		line = p.T("{label}: {value}", i18n.V{"label": rec.Label, "value": rec.State})
	}
	h.a.say(Computed, line, at)
	for _, f := range rec.Facts {
		h.a.say(Computed, f, at)
	}
}

// name is what a question seems to call by name: what is quoted, a number of a register, a run of words in capitals, or of
// words that nobody published.
func (h *hearing) name() string {
	for _, pair := range [][2]string{{"“", "”"}, {"\"", "\""}, {"«", "»"}, {"‘", "’"}} {
		if _, after, ok := strings.Cut(h.in.Text, pair[0]); ok {
			if inside, _, ok := strings.Cut(after, pair[1]); ok && strings.TrimSpace(inside) != "" {
				return strings.TrimSpace(inside)
			}
		}
	}
	for _, word := range strings.FieldsFunc(h.in.Text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("?!,;:؟،", r) }) {
		if strings.Count(word, "-") >= 1 && strings.ContainsFunc(word, unicode.IsDigit) && strings.ContainsFunc(word, unicode.IsLetter) {
			return strings.Trim(word, ".")
		}
	}
	var best, run []string
	for i, w := range h.ws {
		raw := h.in.Text[w.Start:w.End]
		capital := i > 0 && unicode.IsUpper([]rune(raw)[0])
		strange := !w.Stop && !h.used[i] && !h.s.index.Knows(w.Text) && !w.Figure
		if (capital || strange) && !h.used[i] {
			run = append(run, raw)
			if len(run) > len(best) {
				best = run
			}
			continue
		}
		run = nil
	}
	return strings.Join(best, " ")
}

// registers are the public ones: those of licences and the like, and the others. Those whose name is said come first.
func (h *hearing) registers() (issued, others []string) {
	named := func(id string) int {
		n := 0
		for _, w := range assist.Words(h.s.lang, h.l.place.Registers[id].Title.By[h.s.lang]) {
			if !w.Stop && slices.ContainsFunc(h.ws, func(x assist.Word) bool { return x.Stem == w.Stem }) {
				n++
			}
		}
		return n
	}
	for _, id := range sortedKeys(h.l.place.Registers) {
		switch {
		case !h.l.place.Registers[id].Public:
		case slices.ContainsFunc(h.l.place.Services, func(s *service.Service) bool { return s.Issue != nil && s.Issue.Register.Register == id }), named(id) > 1:
			issued = append(issued, id)
		default:
			others = append(others, id)
		}
	}
	for _, list := range [][]string{issued, others} {
		slices.SortStableFunc(list, func(a, b string) int { return named(b) - named(a) })
	}
	return issued, others
}
