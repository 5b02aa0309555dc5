// Package redact takes passages out of documents before they are made public: out of the bytes, and not by covering them.
//
// A document is read into units, the lines, cells or pixels that a person can see and choose from. What is released is
// built anew from those units and from nothing else of the original, so nothing travels along that nobody looked at:
// no metadata, earlier versions, attachments, comments, hidden text or thumbnails. ADR 26 says why.
//
// It stops at bytes: who may choose, approve and read is for its callers.
package redact

import (
	"bytes"
	"image"
	"slices"
	"strings"
	"unicode/utf8"

	"stoa/internal/fault"
)

// Kind is a kind of document.
type Kind string

// The kinds that can be redacted.
const (
	Text Kind = "text/plain"
	CSV  Kind = "text/csv"
	PDF  Kind = "application/pdf" // released as a new document with the text of the old one
	PNG  Kind = "image/png"
	JPEG Kind = "image/jpeg"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Text, CSV, PDF, PNG, JPEG} }

// Picture reports whether passages are rectangles.
func (k Kind) Picture() bool { return k == PNG || k == JPEG }

// Unit is what a passage lies in: a line of a text or of a page, a cell of a table.
type Unit struct {
	Text  string
	Page  int  // of a PDF, from 1
	Row   int  // of a table, from 1
	Col   int  // of a table, from 1
	Break bool // a paragraph begins
}

// Content is a document as it can be chosen from.
type Content struct {
	Kind          Kind
	Units         []Unit
	Width, Height int // of a picture, in pixels, as it is shown

	Hidden   int // pieces of text that nobody can see on the page: left out
	Pictures int // pictures on the pages of a PDF: left out
}

// Mark is a passage that is taken out, and why.
type Mark struct {
	Unit     int             // index into Units
	From, To int             // runes of it; To is the first that stays
	Box      image.Rectangle // of a picture, in pixels
	Reason   string          // id of an exemption
}

// Result is what can be released.
type Result struct {
	Kind    Kind
	Data    []byte
	Removed int // passages
}

// Frame is what a document that is made anew says about itself.
type Frame struct {
	Title, Lang string
	RTL         bool
	Note        string                     // printed at the foot: what it is made from
	Page        func(number int) string    // "Page 3"
	Label       func(reason string) string // stands where a passage stood: "[removed: section 40(2)]"
}

// The limits of what is read. A document is looked at by people: what is larger is none.
const (
	MostBytes  = 20 << 20
	mostRunes  = 2_000_000
	mostUnits  = 50_000
	mostPixels = 40_000_000
)

// Read takes a document apart. What cannot be read whole and for certain is refused, with what to do instead.
func Read(kind Kind, data []byte) (*Content, error) {
	if len(data) > MostBytes {
		return nil, fault.NewTooLarge("The document is too large to be redacted here. Split it and try again")
	}
	var c *Content
	var err error
	switch kind {
	case Text:
		c, err = readText(data)
	case CSV:
		c, err = readCSV(data)
	case PDF:
		c, err = readPDF(data)
	case PNG, JPEG:
		c, err = readPicture(kind, data)
	default:
		return nil, fault.NewInvalid("This kind of document cannot be redacted here. Save it as plain text, CSV, PDF, PNG or JPEG")
	}
	if err != nil {
		return nil, err
	}
	c.Kind = kind
	runes := 0
	for _, u := range c.Units {
		runes += utf8.RuneCountInString(u.Text)
	}
	if len(c.Units) > mostUnits || runes > mostRunes {
		return nil, fault.NewTooLarge("The document is too large to be redacted here. Split it and try again")
	}
	return c, nil
}

// Apply builds what is released: the document without the passages. The marks are those of Read's units; one that fits
// nowhere is refused, since a passage that is not found is a passage that stays.
func Apply(kind Kind, data []byte, marks []Mark, f Frame) (*Result, error) {
	c, err := Read(kind, data)
	if err != nil {
		return nil, err
	}
	if err := check(c, marks); err != nil {
		return nil, err
	}
	out := &Result{Kind: kind, Removed: len(marks)}
	switch kind {
	case Text:
		out.Data = writeText(c, marks, f)
	case CSV:
		out.Data, err = writeCSV(c, marks, f)
	case PDF:
		out.Data, err = writePDF(c, marks, f)
	default:
		out.Data, err = writePicture(kind, data, marks)
	}
	return out, err
}

func check(c *Content, marks []Mark) error {
	gone := fault.NewConflict("A passage that is to be removed is not in this document. Open the document again and choose anew")
	for _, m := range marks {
		if m.Reason == "" {
			return fault.NewInvalid("Give a reason for each passage")
		}
		if c.Kind.Picture() {
			if m.Box.Empty() || !m.Box.In(image.Rect(0, 0, c.Width, c.Height)) {
				return gone
			}
			continue
		}
		if m.Unit < 0 || m.Unit >= len(c.Units) || m.From < 0 || m.From >= m.To || m.To > utf8.RuneCountInString(c.Units[m.Unit].Text) {
			return gone
		}
	}
	return nil
}

// Piece is a stretch of a unit: text that stays, or the reason why it does not.
type Piece struct {
	Text   string
	Reason string
}

// Pieces parts a unit into what stays and what does not. Passages that touch or overlap become one if their reasons are
// the same; where they differ, the first reason stands, and nothing of either passage stays.
func Pieces(c *Content, unit int, marks []Mark) []Piece {
	text := []rune(c.Units[unit].Text)
	why := make([]string, len(text))
	for _, m := range marks {
		if m.Unit != unit {
			continue
		}
		for i := max(0, m.From); i < min(m.To, len(text)); i++ {
			if why[i] == "" {
				why[i] = m.Reason
			}
		}
	}
	var all []Piece
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && why[j] == why[i] {
			j++
		}
		all = append(all, Piece{string(text[i:j]), why[i]})
		i = j
	}
	return all
}

// released is a unit as it is released.
func released(c *Content, unit int, marks []Mark, f Frame) string {
	var b strings.Builder
	for _, p := range Pieces(c, unit, marks) {
		if p.Reason != "" {
			b.WriteString(f.Label(p.Reason))
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Removed are the texts that are taken out, each once, in the order in which they stand.
func Removed(c *Content, marks []Mark) []string {
	var all []string
	for i := range c.Units {
		for _, p := range Pieces(c, i, marks) {
			if text := strings.TrimSpace(p.Text); p.Reason != "" && text != "" && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

// Normal puts marks into one order, without those that are there twice, so that the same choice is the same bytes.
func Normal(marks []Mark) []Mark {
	all := slices.Clone(marks)
	slices.SortFunc(all, compare)
	return slices.CompactFunc(all, func(a, b Mark) bool { a.Reason, b.Reason = "", ""; return a == b })
}

func compare(a, b Mark) int {
	for _, d := range []int{a.Unit - b.Unit, a.From - b.From, a.To - b.To, a.Box.Min.Y - b.Box.Min.Y, a.Box.Min.X - b.Box.Min.X,
		a.Box.Max.Y - b.Box.Max.Y, a.Box.Max.X - b.Box.Max.X} {
		if d != 0 {
			return d
		}
	}
	return strings.Compare(a.Reason, b.Reason)
}

// plain is text as people see it: UTF-8, without a byte order mark and without signs that show nothing. A word that has
// an invisible sign in it would otherwise not be found when it is looked for.
func plain(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return "", fault.NewInvalid("The text is not UTF-8. Save it as UTF-8 and upload it again")
	}
	return visible(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))), nil
}
