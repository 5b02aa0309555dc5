package converse

import (
	"regexp"
	"strings"

	"stoa/internal/assist"
)

// Bounds of what a language model is asked, and of what is shown of its choice.
const (
	fewestSentences = 3 // fewer are short enough
	mostSentences   = 40
	mostBrief       = 3
	longestFigure   = 3 // digits: longer ones may be anybody's
)

// Digest is what a language model may be asked about an answer: to choose among its sentences. It sees of the question only
// words that somebody published, so that no name, number or address of the asker leaves the house.
type Digest struct {
	Language  string
	Question  string
	Sentences []string

	source []int          // by sentence: of the answer
	kind   []string       // by sentence
	place  map[string]int // of a sentence, by its words
}

// Digest prepares an answer for a choice; false where there is nothing to choose, or where every word counts: what the engine
// works out, fixed texts, and what is about the asker.
func (l *Library) Digest(a Answer, question string) (Digest, bool) {
	s := l.shelf(a.Language)
	d := Digest{Language: s.lang, Question: s.published(question), place: map[string]int{}}
	if a.Kind != Answered || d.Question == "" {
		return d, false
	}
	for _, part := range a.Sentences {
		if part.Kind == Fixed {
			continue
		}
		for _, one := range assist.Sentences(part.Text) {
			words := wordsOf(s.lang, one)
			if _, again := d.place[words]; again || words == "" || len(d.Sentences) == mostSentences {
				continue
			}
			d.place[words] = len(d.Sentences)
			d.Sentences = append(d.Sentences, one)
			d.source, d.kind = append(d.source, part.Source), append(d.kind, part.Kind)
		}
	}
	return d, len(d.Sentences) >= fewestSentences
}

// published is a question without the words that nobody published.
func (s *shelf) published(question string) string {
	var b strings.Builder
	any := false
	for _, w := range assist.Words(s.lang, question) {
		word := question[w.Start:w.End]
		if !w.Stop && !s.index.Knows(w.Text) || w.Figure && len(word) > longestFigure {
			word = "…"
		} else if !w.Stop {
			any = true
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	if !any {
		return ""
	}
	return b.String()
}

func wordsOf(lang, text string) string {
	var b strings.Builder
	for _, w := range assist.Words(lang, text) {
		b.WriteString(w.Text)
		b.WriteByte(' ')
	}
	return b.String()
}

var numbered = regexp.MustCompile(`^\s*(?:[-*•]|\[?\d+[\].):]+)\s*`)

// Check holds what a language model replied against the sentences, line by line. What is not one of them, word for word, is
// dropped; what is kept is the sentence as it was published, so that no reply can change a word of it.
func (d Digest) Check(reply string) (brief []Sentence, dropped int) {
	seen := map[int]bool{}
	for _, line := range strings.Split(reply, "\n") {
		for _, one := range d.lines(line) {
			i, ok := d.place[wordsOf(d.Language, one)]
			switch {
			case !ok || len(brief) == mostBrief:
				dropped++
			case !seen[i]:
				seen[i] = true
				brief = append(brief, Sentence{Kind: d.kind[i], Text: d.Sentences[i], Source: d.source[i]})
			}
		}
	}
	if len(brief) == len(d.Sentences) { // nothing is shorter
		return nil, dropped
	}
	return brief, dropped
}

// lines is a line as one sentence where it is one, and otherwise as all that stand in it.
func (d Digest) lines(line string) []string {
	line = strings.TrimSpace(numbered.ReplaceAllString(line, ""))
	if line == "" {
		return nil
	}
	if _, ok := d.place[wordsOf(d.Language, line)]; ok {
		return []string{line}
	}
	return assist.Sentences(line)
}
