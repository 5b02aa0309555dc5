package texts

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/vorlif/spreak/catalog/po"
)

// Update reads the file of a language, lets change work on it and writes it
// back sorted, whole or not at all. Processes that update at once take turns.
func Update(root, tag string, change func(*Catalog) error) error {
	dir, err := os.Open(filepath.Join(root, Dir))
	if err != nil {
		return fmt.Errorf("updating language %s: %w", tag, err)
	}
	defer dir.Close() // and with it the lock
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("waiting for other updates: %w", err)
	}
	c, err := Read(root, tag)
	if err != nil {
		return err
	}
	if err := change(c); err != nil {
		return err
	}
	temporary := c.path + ".new"
	if err := os.WriteFile(temporary, []byte(c.String()), 0o644); err != nil {
		return fmt.Errorf("writing language %s: %w", tag, err)
	}
	if err := os.Rename(temporary, c.path); err != nil {
		return fmt.Errorf("writing language %s: %w", tag, err)
	}
	return nil
}

// Add puts in, empty, the messages the file lacks, and returns how many. A
// message that has become a plural, or ceased to be one, starts again.
func (c *Catalog) Add(messages []Message) int {
	added := 0
	for _, m := range messages {
		if e, ok := c.texts[m.ID]; c.Wants(m.ID) && (!ok || e.plural != m.Plural) {
			c.texts[m.ID] = entry{plural: m.Plural, note: e.note}
			added++
		}
	}
	return added
}

// Prune takes out what the code no longer uses, and returns how many.
func (c *Catalog) Prune(messages []Message) int {
	used := map[ID]bool{}
	for _, m := range messages {
		used[m.ID] = c.Wants(m.ID)
	}
	before := len(c.texts)
	maps.DeleteFunc(c.texts, func(id ID, _ entry) bool { return !used[id] })
	return before - len(c.texts)
}

// Gap is a message without a translation, for a translator.
type Gap struct {
	Key     string `json:"key"` // what Merge takes
	Context string `json:"context,omitempty"`
	Text    string `json:"text"` // in English
	Plural  string `json:"plural,omitempty"`
	Forms   int    `json:"forms"` // 1, or as many as the language has plurals
	Where   string `json:"where"`
}

// Name is the message in a file for Merge: its text, after "context|" if it
// has a context.
func (id ID) Name() string {
	if id.Context == "" {
		return id.Text
	}
	return id.Context + "|" + id.Text
}

// Gaps lists what is not translated. english gives the text of keys.
func (c *Catalog) Gaps(messages []Message, english *Catalog) []Gap {
	gaps := []Gap{}
	for _, m := range messages {
		if !c.Wants(m.ID) || !c.texts[m.ID].empty() {
			continue
		}
		g := Gap{Key: m.Name(), Context: m.Context, Text: m.Text, Plural: m.Plural, Forms: 1, Where: m.Where[0]}
		if e := english.texts[m.ID]; m.Key() && !e.empty() {
			g.Text = e.forms[0]
		}
		if m.Plural != "" {
			g.Forms = c.Forms
		}
		gaps = append(gaps, g)
	}
	return gaps
}

// Merge fills in translations: a JSON object from [Gap.Key] to a string, or to
// a list of all plural forms. What is sound goes in; the rest is returned.
func (c *Catalog) Merge(translations []byte, messages []Message, english *Catalog) (merged int, problems []string, err error) {
	var byName map[string]json.RawMessage
	if err := json.Unmarshal(translations, &byName); err != nil {
		return 0, nil, fmt.Errorf("reading translations: %w", err)
	}
	wanted := map[string]Message{}
	for _, m := range messages {
		if c.Wants(m.ID) {
			wanted[m.Name()] = m
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		m, ok := wanted[name]
		if !ok {
			problems = append(problems, fmt.Sprintf("%q: no such message in the code", name))
			continue
		}
		var one string
		var forms []string
		if json.Unmarshal(byName[name], &one) == nil {
			forms = []string{one}
		} else if err := json.Unmarshal(byName[name], &forms); err != nil {
			problems = append(problems, fmt.Sprintf("%q: want a string or a list of strings", name))
			continue
		}
		before := c.texts[m.ID]
		c.texts[m.ID] = entry{plural: m.Plural, forms: forms, note: before.note}
		original := english
		if english.Tag == c.Tag {
			original = c
		}
		if found := c.complaints(m, forms, original); len(found) > 0 {
			c.texts[m.ID] = before
			problems = append(problems, fmt.Sprintf("%q: %s", name, strings.Join(found, "; ")))
			continue
		}
		merged++
	}
	return merged, problems, nil
}

// String is the file: header, then messages by context and text.
func (c *Catalog) String() string {
	var b strings.Builder
	b.WriteString(c.header + "\n")
	quote := func(s string) string { return po.EncodePoString(s, 0) }
	for _, id := range slices.SortedFunc(maps.Keys(c.texts), compare) {
		e := c.texts[id]
		b.WriteByte('\n')
		if e.note != "" {
			b.WriteString("# " + strings.ReplaceAll(e.note, "\n", "\n# ") + "\n")
		}
		if id.Context != "" {
			fmt.Fprintf(&b, "msgctxt %s\n", quote(id.Context))
		}
		fmt.Fprintf(&b, "msgid %s\n", quote(id.Text))
		form := func(i int) string {
			if i < len(e.forms) {
				return quote(e.forms[i])
			}
			return `""`
		}
		if e.plural == "" {
			fmt.Fprintf(&b, "msgstr %s\n", form(0))
			continue
		}
		fmt.Fprintf(&b, "msgid_plural %s\n", quote(e.plural))
		for i := range c.Forms {
			fmt.Fprintf(&b, "msgstr[%d] %s\n", i, form(i))
		}
	}
	return b.String()
}
