// Package paper prints what is on paper, and reasons, as HTML: a document with the same blocks as its
// PDF, and an explanation as nested lists. Public pages and the desk share it. It decides nothing.
package paper

import (
	"context"
	"io"

	"stoa/internal/document"
	"stoa/internal/view"
	"stoa/internal/web/page"
)

// Sheet is a letter or certificate in its own language and direction.
type Sheet struct {
	Document document.Document
	Level    int            // of its title's heading; 1 when zero
	Code     page.Component // the QR code as a picture; none when nil
}

// Render prints the sheet.
func (s Sheet) Render(ctx context.Context, w io.Writer) error {
	if s.Level == 0 {
		s.Level = 1
	}
	return sheet(s).Render(ctx, w)
}

// Reasons is an explanation: value ← rule ← figure and its source ← answers.
type Reasons struct{ Why *view.Why }

// Render prints the reasons.
func (r Reasons) Render(ctx context.Context, w io.Writer) error {
	if r.Why == nil {
		return nil
	}
	return reasons(r.Why.Because).Render(ctx, w)
}

// Law is a legal source, linked where its text is on the web. Sources are in the law's own language.
type Law view.Law

// Render prints the source; nothing for the zero Law.
func (l Law) Render(ctx context.Context, w io.Writer) error { return law(l).Render(ctx, w) }

// Lines are lines of text, each in its own direction.
type Lines []string

// Render prints the lines.
func (l Lines) Render(ctx context.Context, w io.Writer) error { return lines(l).Render(ctx, w) }

func direction(d document.Document) string {
	if d.Dir == document.RTL {
		return "rtl"
	}
	return "ltr"
}

// below is the level of a block's heading under the sheet's title.
func (s Sheet) below(level int) int { return min(max(level, 2)+s.Level-1, 6) }
