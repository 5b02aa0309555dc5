package i18n

import (
	"context"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/bojanz/currency"
	"github.com/vorlif/spreak/catalog"
	"github.com/vorlif/spreak/catalog/cldrplural"
	"github.com/vorlif/spreak/catalog/po"
	"golang.org/x/text/language"
)

// V names the values of a message: T("Due on {date}", V{"date": p.Date(…)}).
//
// A string is shown as it is, an int or int64 as a grouped number (so pass
// years and identifiers as strings), anything else by its String method.
// A value without a place, or a place without a value, is left as it stands;
// package texts finds both in the code.
type V map[string]any

// Printer speaks one language. It never changes; share it freely.
type Printer struct {
	lang    Language
	catalog catalog.Catalog
	digits  Digits
	symbols symbols
	money   *currency.Formatter
	names   *names
	other   map[Digits]*Printer
}

func newPrinter(l Language, cat catalog.Catalog, h *po.Header) (*Printer, error) {
	p := &Printer{lang: l, catalog: cat, digits: Latin, other: map[Digits]*Printer{}}
	p.names = newNames(p)
	var err error
	if p.symbols, err = newSymbols(p.C("number", "1,234,567.89"), p.C("number", "-1")); err != nil {
		return nil, err
	}
	locale := h.Get("X-Locale")
	if locale == "" {
		locale = l.Tag
	}
	p.money = currency.NewFormatter(currency.NewLocale(locale))
	if locale := h.Get("X-Locale-arab"); locale != "" {
		arab := *p
		arab.digits = Arabic
		arab.symbols.decimal, arab.symbols.group, arab.symbols.minus = "٫", "٬", "\u061c-"
		arab.money = currency.NewFormatter(currency.NewLocale(locale))
		p.other[Arabic] = &arab
	}
	p.other[Latin] = p
	return p, nil
}

// WithDigits is the printer with a jurisdiction's digits. A language that does
// not use them (English and "arab") keeps its own.
func (p *Printer) WithDigits(d Digits) *Printer {
	if q := p.other[d]; q != nil {
		return q
	}
	return p
}

// Tag is the language, for lang="…".
func (p *Printer) Tag() string { return p.lang.Tag }

// Dir is the direction, for dir="…".
func (p *Printer) Dir() string { return p.lang.Dir }

// Msg marks a message that is translated elsewhere: declare it with Msg("…"),
// show it with T(variable).
func Msg(msgid string) string { return msgid }

// T translates a message. Values are isolated (see [Printer.H] for HTML).
func (p *Printer) T(msgid string, vars ...V) string {
	return p.plain(p.get("", msgid), vars)
}

// C is T for a word that means different things in different places ("Open"
// the verb, "Open" the state); context says which.
func (p *Printer) C(context, msgid string, vars ...V) string {
	return p.plain(p.get(context, msgid), vars)
}

// N chooses the plural form for n. The place {n} is filled by itself.
func (p *Printer) N(one, many string, n int, vars ...V) string {
	return p.plain(p.getPlural(one, many, n), append([]V{{"n": n}}, vars...))
}

// Key is the sentence for the public key of an error of package fault: either
// "number.format" and the like, the one kind of message that English, too, has
// in its PO file, or a message marked with [Msg], as for T.
func (p *Printer) Key(key string, vars ...V) string {
	s, err := p.catalog.Lookup(KeyContext, key)
	if err != nil {
		return p.T(key, vars...)
	}
	return p.plain(s, vars)
}

// KeyContext is the context of keys in the PO files.
const KeyContext = "key"

// Forms gives all plural forms by their CLDR category ("one", "few", "other"),
// for scripts that choose with Intl.PluralRules. Places stay unfilled.
func (p *Printer) Forms(one, many string) map[string]string {
	forms := map[string]string{}
	rules, _ := cldrplural.ForLanguage(language.Make(p.lang.Tag))
	for n := range 201 { // every category of every language occurs below this
		if c, err := rules.Evaluate(n); err == nil {
			forms[strings.ToLower(c.String())] = p.getPlural(one, many, n)
		}
	}
	return forms
}

// H is T for HTML: a component for templ, in which every value stands in
// <bdi>. A value that is itself a component (a link in a sentence) is rendered
// in its place.
func (p *Printer) H(msgid string, vars ...V) Markup {
	return p.split(p.get("", msgid), vars)
}

// HN is N for HTML.
func (p *Printer) HN(one, many string, n int, vars ...V) Markup {
	return p.split(p.getPlural(one, many, n), append([]V{{"n": n}}, vars...))
}

func (p *Printer) get(context, msgid string) string {
	if p.lang.Tag != Source {
		if s, err := p.catalog.Lookup(context, msgid); err == nil {
			return s
		}
	}
	return msgid
}

func (p *Printer) getPlural(one, many string, n int) string {
	if p.lang.Tag != Source {
		if s, err := p.catalog.LookupPlural("", one, n); err == nil {
			return s
		}
	}
	if n == 1 {
		return one
	}
	return many
}

// Isolates (UAX 9): without them a date, an identifier or a name in another
// script reorders the words around it.
const (
	isolate = "\u2068"
	release = "\u2069"
)

// isolated wraps a value for plain text. Left-to-right text without any
// right-to-left letter needs no marks, and stays free of invisible characters.
func (p *Printer) isolated(s string) string {
	if s == "" || p.lang.Dir == "ltr" && !strings.ContainsFunc(s, rightToLeft) {
		return s
	}
	return isolate + s + release
}

func rightToLeft(r rune) bool {
	return r >= 0x590 && unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana,
		unicode.Nko, unicode.Adlam, unicode.Mandaic, unicode.Samaritan, unicode.Hanifi_Rohingya)
}

func (p *Printer) plain(pattern string, vars []V) string {
	if !strings.Contains(pattern, "{") {
		return pattern
	}
	var b strings.Builder
	for _, part := range p.split(pattern, vars) {
		if part.literal {
			b.WriteString(part.text)
		} else {
			b.WriteString(p.isolated(part.text))
		}
	}
	return b.String()
}

// Markup is a message ready for HTML. It is a templ component.
type Markup []part

type part struct {
	text      string
	literal   bool
	component component
}

// component is templ.Component, which this ring does not import.
type component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Render writes the message, escaped.
func (m Markup) Render(ctx context.Context, w io.Writer) error {
	for _, part := range m {
		var err error
		switch {
		case part.component != nil:
			err = part.component.Render(ctx, w)
		case part.literal:
			_, err = io.WriteString(w, html.EscapeString(part.text))
		default:
			_, err = io.WriteString(w, "<bdi>"+html.EscapeString(part.text)+"</bdi>")
		}
		if err != nil {
			return fmt.Errorf("writing a message: %w", err)
		}
	}
	return nil
}

// split cuts a pattern at its {places} and fills them. What is put in is never
// read again, so a value may contain braces.
func (p *Printer) split(pattern string, vars []V) Markup {
	var m Markup
	for pattern != "" {
		start := strings.IndexByte(pattern, '{')
		end := -1
		if start >= 0 {
			end = strings.IndexByte(pattern[start:], '}')
		}
		if end < 0 {
			return append(m, part{text: pattern, literal: true})
		}
		if start > 0 {
			m = append(m, part{text: pattern[:start], literal: true})
		}
		m = append(m, p.value(pattern[start:start+end+1], vars))
		pattern = pattern[start+end+1:]
	}
	return m
}

func (p *Printer) value(place string, vars []V) part {
	name := place[1 : len(place)-1]
	for _, v := range vars {
		value, ok := v[name]
		if !ok {
			continue
		}
		switch value := value.(type) {
		case component:
			return part{component: value}
		case string:
			return part{text: value}
		case int:
			return part{text: p.Number(strconv.Itoa(value))}
		case int64:
			return part{text: p.Number(strconv.FormatInt(value, 10))}
		default:
			return part{text: fmt.Sprint(value)}
		}
	}
	return part{text: place, literal: true}
}
