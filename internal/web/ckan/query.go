package ckan

import (
	"strings"
	"time"
	"unicode"
)

// Queries in Solr's words, as far as catalogues are asked in them: words, "phrases", field:value, field:(a OR b),
// field:[from TO until], beginnings with * at the end, AND, OR, NOT, + and -, parentheses. Words side by side must all match,
// as CKAN sets it.

// question is a query that was read: it gives how well a document matches, 0 for not.
type question func(document) float64

// document is what is known of a dataset: exact values and texts by field.
type document struct {
	exact map[string][]string // in lower case
	texts map[string]string   // in lower case
	at    map[string]time.Time
	now   time.Time
}

// weights are what a word counts in a text, for the order by score.
var weights = []struct {
	field string
	of    float64
}{{"title", 4}, {"name", 4}, {"tags", 2}, {"groups", 2}, {"organization", 1}, {"notes", 1}}

const (
	longestQuery = 4000
	deepestQuery = 30
)

// ask reads a query. Nothing and *:* match everything.
func ask(text string) (question, error) {
	if len(text) > longestQuery {
		return nil, searchQuery("it is longer than 4000 characters")
	}
	p := &parser{words: cut(text)}
	if len(p.words) == 0 {
		return everything, nil
	}
	q, err := p.either("", 0)
	if err == nil && p.at < len(p.words) {
		err = searchQuery("unexpected " + p.words[p.at].text)
	}
	return q, err
}

func everything(document) float64 { return 1 }

// word is a piece of a query: a sign, a word or a quoted phrase.
type word struct {
	text   string
	quoted bool
	glued  bool // to the one before: field:value
}

// cut parts a query into words, phrases, ranges and signs.
func cut(text string) (words []word) {
	runes := []rune(text)
	glued := false
	add := func(s string, quoted bool) { words, glued = append(words, word{s, quoted, glued}), true }
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case unicode.IsSpace(r):
			glued = false
			i++
		case r == '"' || r == '[':
			end := map[rune]rune{'"': '"', '[': ']'}[r]
			n := i + 1
			var b strings.Builder
			for ; n < len(runes) && runes[n] != end; n++ {
				if runes[n] == '\\' && n+1 < len(runes) {
					n++
				}
				b.WriteRune(runes[n])
			}
			if r == '[' {
				add("["+b.String()+"]", false)
			} else {
				add(b.String(), true)
			}
			i = n + 1
		case strings.ContainsRune("():", r):
			add(string(r), false)
			i++
		case (r == '+' || r == '-' || r == '!') && !glued:
			add(string(r), false)
			i++
		default:
			var b strings.Builder
			for ; i < len(runes) && !unicode.IsSpace(runes[i]) && !strings.ContainsRune(`():"[`, runes[i]); i++ {
				if runes[i] == '\\' && i+1 < len(runes) {
					i++
				}
				b.WriteRune(runes[i])
			}
			add(b.String(), false)
		}
	}
	return words
}

type parser struct {
	words []word
	at    int
}

func (p *parser) sign(texts ...string) bool {
	if p.at >= len(p.words) || p.words[p.at].quoted {
		return false
	}
	for _, t := range texts {
		if p.words[p.at].text == t {
			p.at++
			return true
		}
	}
	return false
}

// either is one of several that OR joins.
func (p *parser) either(field string, depth int) (question, error) {
	if depth > deepestQuery {
		return nil, searchQuery("too many parentheses")
	}
	first, err := p.all(field, depth)
	if err != nil {
		return nil, err
	}
	for p.sign("OR", "||") {
		left := first
		right, err := p.all(field, depth)
		if err != nil {
			return nil, err
		}
		first = func(d document) float64 { return left(d) + right(d) }
	}
	return first, nil
}

// all must match, with AND between them or nothing.
func (p *parser) all(field string, depth int) (question, error) {
	var parts []question
	for p.at < len(p.words) {
		w := p.words[p.at]
		if !w.quoted && (w.text == ")" || w.text == "OR" || w.text == "||") {
			break
		}
		p.sign("AND", "&&")
		q, err := p.one(field, depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, q)
	}
	if len(parts) == 0 {
		return nil, searchQuery("something is missing beside OR or between parentheses")
	}
	return func(d document) (sum float64) {
		for _, q := range parts {
			s := q(d)
			if s == 0 {
				return 0
			}
			sum += s
		}
		return sum
	}, nil
}

func (p *parser) one(field string, depth int) (question, error) {
	if depth > deepestQuery {
		return nil, searchQuery("too many signs")
	}
	if p.sign("NOT", "-", "!") {
		q, err := p.one(field, depth+1)
		return func(d document) float64 {
			if q(d) > 0 {
				return 0
			}
			return 1
		}, err
	}
	p.sign("+")
	if p.sign("(") {
		q, err := p.either(field, depth+1)
		if err == nil && !p.sign(")") {
			err = searchQuery("a parenthesis is not closed")
		}
		return q, err
	}
	if p.at >= len(p.words) {
		return nil, searchQuery("it ends where something should follow")
	}
	w := p.words[p.at]
	if !w.quoted && (w.text == ")" || w.text == ":") {
		return nil, searchQuery("unexpected " + w.text)
	}
	p.at++
	if next := p.at; !w.quoted && next < len(p.words) && p.words[next].glued && p.words[next].text == ":" && !p.words[next].quoted {
		p.at++
		return p.one(w.text, depth+1)
	}
	return match(field, w), nil
}

// match is one word, phrase or range, in a field or anywhere.
func match(field string, w word) question {
	value := strings.ToLower(w.text)
	if !w.quoted && value == "*" {
		return func(d document) float64 {
			if field == "" || field == "*" || len(d.exact[field]) > 0 || d.texts[field] != "" {
				return 1
			}
			return 0
		}
	}
	if from, until, ok := rangeOf(w); ok {
		return func(d document) float64 { return within(d, field, from, until) }
	}
	return func(d document) float64 {
		if values, known := d.exact[field]; known {
			for _, v := range values {
				if same(v, value, w.quoted) {
					return 1
				}
			}
			return 0
		}
		if field != "" && field != "text" {
			return holds(d.texts[field], value, w.quoted)
		}
		score := 0.0
		for _, in := range weights {
			score += in.of * holds(d.texts[in.field], value, w.quoted)
		}
		return score
	}
}

func same(is, asked string, quoted bool) bool {
	if start, ok := strings.CutSuffix(asked, "*"); ok && !quoted {
		return strings.HasPrefix(is, start)
	}
	return is == asked
}

// holds reports whether a text has the words of asked one after the other; of a single word its beginning is enough, so that
// "licence" finds "licences".
func holds(text, asked string, quoted bool) float64 {
	words, want := tokens(text), tokens(asked)
	if len(want) == 0 {
		return 0
	}
	for i := 0; i+len(want) <= len(words); i++ {
		whole := true
		for k, t := range want {
			whole = whole && (words[i+k] == t || !quoted && k == len(want)-1 && len([]rune(t)) >= 3 && strings.HasPrefix(words[i+k], t))
		}
		if whole {
			return 1
		}
	}
	return 0
}

func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// rangeOf reads [FROM TO UNTIL].
func rangeOf(w word) (from, until string, ok bool) {
	inner, ok := strings.CutPrefix(w.text, "[")
	if !ok || w.quoted {
		return "", "", false
	}
	from, until, ok = strings.Cut(strings.TrimSuffix(inner, "]"), " TO ")
	return strings.TrimSpace(from), strings.TrimSpace(until), ok
}

// within compares moments, and other values as texts.
func within(d document, field, from, until string) float64 {
	at, ok := d.at[field]
	if !ok {
		for _, v := range d.exact[field] {
			if (from == "*" || v >= strings.ToLower(from)) && (until == "*" || v <= strings.ToLower(until)) {
				return 1
			}
		}
		return 0
	}
	bound := func(text string) (time.Time, bool) {
		if text == "NOW" {
			return d.now, true
		}
		for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.Parse(form, text); err == nil {
				return t, true
			}
		}
		return time.Time{}, false
	}
	if t, ok := bound(from); from != "*" && (!ok || at.Before(t)) {
		return 0
	}
	if t, ok := bound(until); until != "*" && (!ok || at.After(t)) {
		return 0
	}
	return 1
}
