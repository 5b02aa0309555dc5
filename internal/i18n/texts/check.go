package texts

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vorlif/spreak/catalog/po"

	"stoa/internal/i18n"
)

// Dir is where the PO files are, below the root of the module.
const Dir = "internal/i18n/locale"

// Check compares the code below root with every PO file: same messages, same
// places, nothing missing, nothing unused, all plural forms there. It returns
// all problems at once.
func Check(root string) ([]string, error) {
	messages, problems, err := Extract(root)
	if err != nil {
		return nil, err
	}
	english, err := Read(root, i18n.Source)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(root, Dir, "*.po"))
	if err != nil {
		return nil, fmt.Errorf("listing languages: %w", err)
	}
	for _, file := range files {
		c, err := Read(root, strings.TrimSuffix(filepath.Base(file), ".po"))
		if err != nil {
			return nil, err
		}
		problems = append(problems, c.check(messages, english)...)
	}
	return problems, nil
}

// Catalog is one PO file.
type Catalog struct {
	Tag    string
	Forms  int // plural forms of the language
	path   string
	header string // as it stands in the file
	texts  map[ID]entry
}

type entry struct {
	plural string
	forms  []string
	note   string // the translator's comment
}

var pluralForms = regexp.MustCompile(`nplurals\s*=\s*(\d)`)

// Read reads the PO file of a language.
func Read(root, tag string) (*Catalog, error) {
	c := &Catalog{Tag: tag, path: filepath.Join(root, Dir, tag+".po"), texts: map[ID]entry{}}
	data, err := os.ReadFile(c.path)
	if err != nil {
		return nil, fmt.Errorf("reading language %s: %w", tag, err)
	}
	c.header, _, _ = strings.Cut(string(data), "\n\n")
	c.header = strings.TrimSpace(c.header)
	file, err := po.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading language %s: %w", tag, err)
	}
	m := pluralForms.FindStringSubmatch(file.Header.Get(po.HeaderPluralForms))
	if m == nil {
		return nil, fmt.Errorf("reading language %s: header Plural-Forms is missing", tag)
	}
	c.Forms, _ = strconv.Atoi(m[1])
	for _, byText := range file.Messages {
		for _, m := range byText {
			if m.ID == "" {
				continue
			}
			e := entry{plural: m.IDPlural, forms: make([]string, len(m.Str))}
			for i, s := range m.Str {
				if i < len(e.forms) {
					e.forms[i] = s
				}
			}
			if m.Comment != nil {
				e.note = strings.TrimSpace(m.Comment.Translator)
			}
			c.texts[ID{m.Context, m.ID}] = e
		}
	}
	return c, nil
}

// Wants reports whether the file of this language is to hold the message:
// English has only the keys, all else is English already.
func (c *Catalog) Wants(id ID) bool { return c.Tag != i18n.Source || id.Key() }

func (c *Catalog) check(messages []Message, english *Catalog) []string {
	var problems []string
	problem := func(id ID, format string, args ...any) {
		text := strconv.Quote(id.Text)
		if id.Context != "" {
			text += " (" + id.Context + ")"
		}
		problems = append(problems, fmt.Sprintf("%s.po: %s: %s", c.Tag, text, fmt.Sprintf(format, args...)))
	}
	used := map[ID]bool{}
	for _, m := range messages {
		if !c.Wants(m.ID) {
			continue
		}
		used[m.ID] = true
		e, ok := c.texts[m.ID]
		if !ok || e.empty() {
			problem(m.ID, "missing, used at %s", m.Where[0])
			continue
		}
		if e.plural != m.Plural {
			problem(m.ID, "its plural is %q, in the code %q", e.plural, m.Plural)
		}
		for _, complaint := range c.complaints(m, e.forms, english) {
			problem(m.ID, "%s", complaint)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(c.texts), compare) {
		if !used[id] {
			problem(id, "unused")
		}
	}
	return problems
}

func (e entry) empty() bool {
	return !slices.ContainsFunc(e.forms, func(s string) bool { return s != "" })
}

// complaints are what is wrong with a translation of m.
func (c *Catalog) complaints(m Message, forms []string, english *Catalog) []string {
	original := m.Text
	want := 1
	if m.Plural != "" {
		original, want = m.Plural, c.Forms
	}
	if m.Key() {
		e := english.texts[m.ID]
		if e.empty() {
			return nil // said of en.po already
		}
		original = e.forms[0]
	}
	if len(forms) != want {
		return []string{fmt.Sprintf("has %d forms, want %d", len(forms), want)}
	}
	var found []string
	for i, form := range forms {
		switch {
		case form == "":
			found = append(found, fmt.Sprintf("form %d is empty", i))
		case strings.TrimSpace(form) != form:
			found = append(found, fmt.Sprintf("%q begins or ends with space", form))
		case !samePlaces(original, form, m.Plural != ""):
			found = append(found, fmt.Sprintf("%q has the places %v, want %v", form, places(form), places(original)))
		}
	}
	return found
}

// samePlaces: a plural form may leave out the number ("one day", "no days").
func samePlaces(original, form string, plural bool) bool {
	a, b := places(original), places(form)
	if plural {
		number := func(s string) bool { return s == "{n}" }
		if !slices.ContainsFunc(a, number) && slices.ContainsFunc(b, number) {
			return false
		}
		a, b = slices.DeleteFunc(a, number), slices.DeleteFunc(b, number)
	}
	return slices.Equal(a, b)
}
