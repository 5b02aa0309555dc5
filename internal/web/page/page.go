// Package page owns what a page is made of: the components of the design
// system and of our own, as typed values that print exact, escaped HTML.
//
// Every component is a struct that is itself a [templ.Component]; a handler
// fills it and a template prints it with @page.Button{Text: "Continue"}. The
// zero value of every option is the sensible one.
//
// The package stops at printing. It decides nothing, knows no route and no
// service, opens nothing, and takes every text already translated: only the
// design system's own fixed words ("Back", "Error") come from [Words], which
// travel in the context.
//
// A Text field is plain text and is escaped. An HTML field takes another
// component and wins over Text. There is no way to hand in a string as markup.
package page

//go:generate go tool -modfile=../../../tools/go.mod templ generate

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Attributes are extra HTML attributes, printed in the order of their names. A
// value is a string, or true for an attribute without one.
type Attributes map[string]any

// Items lists the attributes for a template. Most components have none, and
// that costs nothing.
func (a Attributes) Items() []templ.KeyValue[string, any] {
	if len(a) == 0 {
		return nil
	}
	return templ.Attributes(a).Items()
}

// Component is anything that prints itself: every struct of this package.
type Component = templ.Component

// Group prints components one after another.
type Group []Component

// Render prints the group.
func (g Group) Render(ctx context.Context, w io.Writer) error {
	for _, c := range g {
		if c == nil {
			continue
		}
		if err := c.Render(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// Text is plain text as a component.
type Text string

// Render prints the text, escaped.
func (t Text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, templ.EscapeString(string(t)))
	return err
}

// phrase is what a Text field and its HTML field say together.
func phrase(text string, html Component) Component {
	if html != nil {
		return html
	}
	return Text(text)
}

// classes joins class names, leaving out the empty ones.
func classes(first string, more ...string) string {
	n := len(first)
	for _, m := range more {
		if m != "" {
			n += 1 + len(m)
		}
	}
	if n == len(first) {
		return first
	}
	var b strings.Builder
	b.Grow(n)
	b.WriteString(first)
	for _, m := range more {
		if m == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(m)
	}
	return b.String()
}

// when gives s if the condition holds.
func when(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}

// either gives the first of its values that is not empty.
func either[T comparable](values ...T) T {
	var zero T
	for _, v := range values {
		if v != zero {
			return v
		}
	}
	return zero
}
