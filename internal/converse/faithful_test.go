package converse_test

import (
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"stoa/internal/converse"
	"stoa/internal/i18n"
)

// checker is the slow and obvious judge of answers: it knows the words of the files as they stand there, and nothing of how
// answers are made.
type checker struct {
	texts   []string        // every scalar of every file
	numbers map[string]bool // every figure in them
	words   *i18n.Bundle
}

func newChecker(t *testing.T, files fs.FS) *checker {
	t.Helper()
	c := &checker{numbers: map[string]bool{}}
	var err error
	if c.words, err = i18n.Load(); err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var n yaml.Node
		if err := yaml.Unmarshal(raw, &n); err != nil {
			return err
		}
		c.collect(&n)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *checker) collect(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		text := strings.TrimSpace(n.Value)
		c.texts = append(c.texts, text)
		for _, figure := range figures.FindAllString(text, -1) {
			c.numbers[bare(figure)] = true
		}
	}
	for _, x := range n.Content {
		c.collect(x)
	}
}

var figures = regexp.MustCompile(`[0-9]+(?:[,.][0-9]+)*`)

// bare is a figure without thousands and hundredths that are nought.
func bare(s string) string {
	s = strings.ReplaceAll(s, ",", "")
	if whole, hundredths, ok := strings.Cut(s, "."); ok && strings.Trim(hundredths, "0") == "" {
		return whole
	}
	return s
}

// stands reports whether a text stands in a file.
func (c *checker) stands(text string) bool {
	for _, t := range c.texts {
		if strings.Contains(t, text) {
			return true
		}
	}
	return false
}

// fixed are all the words that an answer may have of its own: none states anything.
var fixed = []string{
	"This assistant cannot help with that. Please speak to a person.",
	"A person can answer you.",
	"I do not know. I answer only from what {name} publishes, and found nothing there that answers this.",
	"Ask about a service, a fee, a deadline or an office.",
	"Which of these do you mean?",
	"This takes more than fits into a conversation. The form works it out with you, and nothing is sent before you say so.",
}

// said are the words around figures that are computed.
var said = []string{"The fee is {amount}.", "There is no fee.", "This service is free.", "You can use this service, as far as these answers tell.",
	"Depends on your answers", "Ways to apply", "Online, on this site", "At our office", "By post", "By telephone",
	"Telephone", "Email", "Opening hours", "Address", "How to pay"}

// unfaithful tells what of an answer is neither quoted nor computed; "" if nothing.
func (c *checker) unfaithful(a converse.Answer) string {
	if len(a.Sources) > 3 {
		return "more than three sources"
	}
	for _, s := range a.Sentences {
		text := plain(s.Text)
		if s.Kind == converse.Fixed {
			if !c.ours(a.Language, text, fixed) {
				return "not of the platform's own words: " + text
			}
			continue
		}
		if s.Source < 0 || s.Source >= len(a.Sources) || !strings.HasPrefix(a.Sources[s.Source].URL, "/") {
			return "without a source: " + text
		}
		if s.Kind == converse.Quoted && !c.stands(text) {
			return "not in any file: " + text
		}
		if s.Kind == converse.Computed {
			if why := c.uncomputed(a.Language, text); why != "" {
				return why
			}
		}
	}
	return ""
}

// uncomputed: the label of a computed line stands in a file or is the platform's, and so do all figures.
func (c *checker) uncomputed(lang, text string) string {
	for _, figure := range figures.FindAllString(text, -1) {
		if !c.numbers[bare(figure)] {
			return "a figure that no file has: " + figure + " in " + text
		}
	}
	label, _, _ := strings.Cut(text, ": ")
	for _, n := range []int{1, 2, 5, 20, 100} { // every form of the plural
		promise := plain(c.words.For(lang).N("Our promise: {share}% are decided within {n} working day.", "Our promise: {share}% are decided within {n} working days.", n, i18n.V{"share": "§"}))
		if matches(text, strings.ReplaceAll(promise, strconv.Itoa(n), "§")) {
			return ""
		}
	}
	if c.stands(label) || c.ours(lang, text, said) || c.ours(lang, label, said) {
		return ""
	}
	return "words that no file has: " + text
}

// ours compares with the platform's words, whatever is filled in.
func (c *checker) ours(lang, text string, list []string) bool {
	p := c.words.For(lang)
	for _, msg := range list {
		if matches(text, plain(p.T(msg, i18n.V{"name": "§", "amount": "§"}))) {
			return true
		}
	}
	return false
}

// matches compares a text with a pattern whose gaps are §.
func matches(text, pattern string) bool {
	at := 0
	for _, part := range placeholder.Split(pattern, -1) {
		i := strings.Index(text[at:], part)
		if i < 0 {
			return false
		}
		at += i + len(part)
	}
	return true
}

var placeholder = regexp.MustCompile(`§`)

// plain is a text without marks of direction.
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f {
			return -1
		}
		return r
	}, s))
}
