// Package i18n gives every reader the platform's own words, and dates,
// numbers, money and lists, in their language and direction.
//
// The English text in the code is the message's key. Translations are PO files
// (locale/*.po, embedded): one file per language, plurals as gettext has them,
// and date patterns, month names and separators as ordinary messages, so that
// a new language is one new file. Package texts compares code and files.
//
// It stops at the platform's words: what a jurisdiction writes in its own files
// is [Text]. It knows no clock, no time zone and no request.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vorlif/spreak/catalog"
	"github.com/vorlif/spreak/catalog/po"
	"golang.org/x/text/language"
)

// Source is the language of the messages in the code.
const Source = "en"

//go:embed locale/*.po
var embedded embed.FS

// Language is one language the interface can be shown in.
type Language struct {
	Tag  string // BCP 47, for lang="…"
	Name string // in the language itself, as a reader looks for it
	Dir  string // "ltr" or "rtl", for dir="…"
}

// Digits is a numbering system (CLDR name) that a jurisdiction chooses.
type Digits string

const (
	Latin  Digits = "latn" // 0123456789
	Arabic Digits = "arab" // ٠١٢٣٤٥٦٧٨٩
)

// ParseDigits reads the setting of a jurisdiction; empty means [Latin].
func ParseDigits(s string) (Digits, error) {
	switch d := Digits(s); d {
	case "":
		return Latin, nil
	case Latin, Arabic:
		return d, nil
	}
	return "", fmt.Errorf("numbering system %q: want %q or %q", s, Latin, Arabic)
}

// Bundle holds all languages. It never changes after Load.
type Bundle struct {
	languages []Language // Source first, then by tag
	printers  map[string]*Printer
}

// Load reads the embedded languages and those in the roots of more.
// A language that appears twice is an error.
func Load(more ...fs.FS) (*Bundle, error) {
	own, err := fs.Sub(embedded, "locale")
	if err != nil {
		return nil, fmt.Errorf("opening the embedded languages: %w", err)
	}
	b := &Bundle{printers: map[string]*Printer{}}
	for _, fsys := range append([]fs.FS{own}, more...) {
		names, err := fs.Glob(fsys, "*.po")
		if err != nil {
			return nil, fmt.Errorf("listing languages: %w", err)
		}
		for _, name := range names {
			if err := b.add(fsys, name); err != nil {
				return nil, fmt.Errorf("loading language file %s: %w", name, err)
			}
		}
	}
	slices.SortFunc(b.languages, func(x, y Language) int {
		if (x.Tag == Source) != (y.Tag == Source) {
			return map[bool]int{true: -1, false: 1}[x.Tag == Source]
		}
		return strings.Compare(x.Tag, y.Tag)
	})
	return b, nil
}

func (b *Bundle) add(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	file, err := po.Parse(data)
	if err != nil {
		return err
	}
	h := file.Header
	if h == nil {
		return errors.New("the file has no header")
	}
	tag, err := language.Parse(h.Language)
	if err != nil {
		return fmt.Errorf("header Language: %w", err)
	}
	l := Language{Tag: tag.String(), Name: h.Get("X-Name"), Dir: h.Get("X-Dir")}
	switch {
	case l.Tag+".po" != name:
		return fmt.Errorf("header Language is %q, which belongs in %s.po", l.Tag, l.Tag)
	case b.printers[l.Tag] != nil:
		return fmt.Errorf("language %q is already loaded", l.Tag)
	case l.Name == "":
		return errors.New("header X-Name (the language's own name) is missing")
	case l.Dir != "ltr" && l.Dir != "rtl":
		return fmt.Errorf("header X-Dir is %q, want ltr or rtl", l.Dir)
	case h.PluralForms == "":
		return errors.New("header Plural-Forms is missing")
	}
	cat, err := catalog.NewPoDecoder().Decode(tag, "", data)
	if err != nil {
		return err
	}
	p, err := newPrinter(l, cat, h)
	if err != nil {
		return err
	}
	b.printers[l.Tag] = p
	b.languages = append(b.languages, l)
	return nil
}

// Languages lists what a reader may choose from, the source language first.
func (b *Bundle) Languages() []Language { return slices.Clone(b.languages) }

// For returns the printer of a language; "ar-EG" falls back to "ar", and an
// unknown language to [Source].
func (b *Bundle) For(tag string) *Printer {
	if t, ok := lookup(tag, func(t string) bool { return b.printers[t] != nil }); ok {
		return b.printers[t]
	}
	return b.printers[Source]
}

// Match picks from supported what an Accept-Language header asks for, in the
// reader's order (RFC 4647 lookup); supported[0] if nothing fits or the header
// is malformed. It does not guess between related languages.
func Match(acceptLanguage string, supported []string) string {
	if len(supported) == 0 {
		return ""
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return supported[0]
	}
	for _, tag := range tags {
		if t, ok := lookup(tag.String(), func(t string) bool { return slices.Contains(supported, t) }); ok {
			return t
		}
	}
	return supported[0]
}

// lookup shortens tag from the right until has accepts it.
func lookup(tag string, has func(string) bool) (string, bool) {
	for tag != "" {
		if has(tag) {
			return tag, true
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return "", false
}
